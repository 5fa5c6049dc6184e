//! Roles, users, groups and their policies.

use super::super::build::{Build, Resource};
use super::super::value::Value;
use super::named;
use super::sqs::each;
use crate::intent::{Piece, Wanted};
use std::collections::BTreeMap;

const PRINCIPALS: [&str; 3] = ["AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"];

/// A role, user or group. All of its policies are in the template, so what it lists is all that it is meant to have.
pub(super) fn principal(build: &mut Build<'_>, resource: &Resource) {
    let Some(mut principal) = named(build, resource, &["LoginProfile"]) else { return };
    for name in ["ManagedPolicyArns", "Policies"] {
        principal.properties.entry(name.to_owned()).or_insert_with(|| Wanted::List(Vec::new()));
    }
    build.add(resource, principal);
}

pub(super) fn managed_policy(build: &mut Build<'_>, resource: &Resource) {
    if let Some(policy) = named(build, resource, &["Roles", "Users", "Groups"]) {
        build.add(resource, policy);
    }
}

/// A policy that is written into the principals that its properties called in `of` name.
pub(super) fn policy(build: &mut Build<'_>, resource: &Resource, of: &[&str]) {
    let name = build.property(resource, "PolicyName");
    let document = build.property(resource, "PolicyDocument");
    let (Some(name), Some(document)) = (name, document) else {
        build.missing(
            resource,
            if resource.properties.get("PolicyName").is_some() { "PolicyDocument" } else { "PolicyName" },
        );
        return;
    };
    let name = match name.as_pieces() {
        Some(pieces) => Wanted::Text(pieces.to_vec()),
        None => Wanted::Unknown(name.unknown().unwrap_or("its name is no text").to_owned()),
    };
    let Some(document) = build.document(&document, "PolicyDocument") else { return };
    let policy =
        Wanted::Map(BTreeMap::from([("PolicyDocument".to_owned(), document), ("PolicyName".to_owned(), name)]));
    for property in of {
        each_principal(build, resource, property, "Policies", &policy);
    }
}

/// The principals that a managed policy says it is attached to.
pub(super) fn attachments(build: &mut Build<'_>, resource: &Resource) {
    let arn = Wanted::Text(vec![Piece::Reference(format!("{}.Arn", resource.key))]);
    for property in ["Roles", "Users", "Groups"] {
        each_principal(build, resource, property, "ManagedPolicyArns", &arn);
    }
}

/// Users that are put into a group.
pub(super) fn membership(build: &mut Build<'_>, resource: &Resource) {
    let Some(group) = build.property(resource, "GroupName") else {
        build.missing(resource, "GroupName");
        return;
    };
    let group = match group.as_pieces() {
        Some(pieces) => Wanted::Text(pieces.to_vec()),
        None => Wanted::Unknown(group.unknown().unwrap_or("it is no text").to_owned()),
    };
    each_principal(build, resource, "Users", "Groups", &group);
}

/// Adds `what` to the list `field` of each principal that the property `property` of `resource` names.
fn each_principal(build: &mut Build<'_>, resource: &Resource, property: &str, field: &str, what: &Wanted) {
    let Some(principals) = build.property(resource, property) else { return };
    for principal in each(&principals) {
        let Some(key) = build.target(principal, &PRINCIPALS) else {
            let why = match Value::unknown(principal) {
                Some(why) => format!("whom it is for is not known: {why}"),
                None => "it is for a principal that was not taken over from this template".to_owned(),
            };
            build.leave_property(resource, property, why);
            continue;
        };
        let Some(intended) = build.made(&key) else { continue };
        match intended.properties.entry(field.to_owned()).or_insert_with(|| Wanted::List(Vec::new())) {
            Wanted::List(items) if !items.contains(what) => items.push(what.clone()),
            _ => {}
        }
    }
}
