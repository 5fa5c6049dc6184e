//! Queues and their policies.

use super::super::build::{Build, Resource};
use super::super::value::{Value, What};
use super::named;
use crate::intent::Wanted;

pub(super) fn queue(build: &mut Build<'_>, resource: &Resource) {
    if let Some(queue) = named(build, resource, &[]) {
        build.add(resource, queue);
    }
}

/// A policy of the queues that the property `of` names.
pub(super) fn policy(build: &mut Build<'_>, resource: &Resource, of: &str) {
    policy_of(build, resource, of, "AWS::SQS::Queue");
}

/// Writes the document of `resource` into the resources of `type_name` that its property `of` names.
pub(super) fn policy_of(build: &mut Build<'_>, resource: &Resource, of: &str, type_name: &str) {
    let document = build.property(resource, "PolicyDocument");
    let (Some(document), Some(targets)) = (document, build.property(resource, of)) else {
        build.missing(resource, if resource.properties.get(of).is_some() { "PolicyDocument" } else { of });
        return;
    };
    let Some(document) = build.document(&document, "PolicyDocument") else { return };
    for target in each(&targets) {
        let Some(key) = build.target(target, &[type_name]) else {
            let what = if type_name.ends_with("Queue") { "queue" } else { "topic" };
            build.leave(resource, format!("it is for a {what} that was not taken over from this template"));
            continue;
        };
        if let Some(intended) = build.made(&key) {
            let twice = Wanted::Unknown("two policies of the template are for it, and the later one wins".to_owned());
            let policy = if intended.properties.contains_key("Policy") { twice } else { document.clone() };
            intended.properties.insert("Policy".to_owned(), policy);
        }
    }
}

/// The items of a list, or the one thing that stands for a list.
pub(super) fn each(value: &Value) -> &[Value] {
    match &value.what {
        What::List(items) => items,
        _ => std::slice::from_ref(value),
    }
}
