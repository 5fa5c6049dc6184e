//! What makes a resource the same thing run after run, for the ids of findings on every resource of a type.
//!
//! Most ARNs end in the name, and come back when a thing is deleted and made again. Others hold an id that AWS draws anew
//! each time; those things are told apart by what lasts. Where that was not read, or two share it, only the ARN tells them
//! apart: then a thing that was made again counts as another, and never another as the same.

use crate::model::{Account, GROUP, MANAGED_POLICY, MAPPING, METHOD, ROLE, Resource, SUBSCRIPTION, USER, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What lasts of the types whose ARNs do not: whether what it hangs on is part of it, and the properties; the name where
/// there are none. A name is always read.
static LASTING: [(&str, bool, &[&str]); 11] = [
    ("AWS::ApiGateway::RestApi", false, &[]),
    ("AWS::ApiGateway::Resource", true, &[]),
    (METHOD, true, &[]),
    ("AWS::ApiGateway::Stage", true, &[]),
    ("AWS::ApiGateway::Authorizer", true, &[]),
    (MAPPING, false, &["FunctionArn", "EventSourceArn"]),
    (SUBSCRIPTION, false, &["TopicArn", "Protocol", "Endpoint"]),
    // Their ARNs hold the path, and their names are unique without it.
    (ROLE, false, &[]),
    (USER, false, &[]),
    (GROUP, false, &[]),
    (MANAGED_POLICY, false, &[]),
];

/// The identities of `resources`, which are all that was read of a type in a region, in their order.
pub(super) fn identities(account: &Account, resources: &[&Resource]) -> Vec<String> {
    let parents = parents(account, resources);
    let lasting: Vec<Option<String>> = resources.iter().map(|resource| lasting(resource, &parents)).collect();
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for lasting in lasting.iter().flatten() {
        *count.entry(lasting).or_default() += 1;
    }
    let is_unique = |lasting: &&String| count.get(lasting.as_str()) == Some(&1);
    let of_one = |(lasting, resource): (&Option<String>, &&Resource)| {
        lasting.as_ref().filter(is_unique).map_or_else(|| resource.id.clone(), Clone::clone)
    };
    lasting.iter().zip(resources).map(of_one).collect()
}

/// The identities of what `resources` hang on, by id.
fn parents<'a>(account: &'a Account, resources: &[&Resource]) -> BTreeMap<&'a str, String> {
    let Some(first) = resources.first().filter(|first| row(first).is_some_and(|(_, on_parent, _)| *on_parent)) else {
        return BTreeMap::new();
    };
    let ids: BTreeSet<&str> = resources.iter().filter_map(|resource| resource.parent.as_deref()).collect();
    let is_parent = |other: &&Resource| ids.contains(other.id.as_str());
    let Some(of_type) = account.resources.iter().find(is_parent).map(|parent| parent.type_name) else {
        return BTreeMap::new();
    };
    let siblings: Vec<&Resource> = account.of_type(of_type, &first.region).collect();
    siblings.iter().map(|sibling| sibling.id.as_str()).zip(identities(account, &siblings)).collect()
}

fn row(resource: &Resource) -> Option<&'static (&'static str, bool, &'static [&'static str])> {
    LASTING.iter().find(|(type_name, ..)| *type_name == resource.type_name)
}

/// What lasts of `resource`, if its ARN does not, and all of it was read. It may be that of others as well.
fn lasting(resource: &Resource, parents: &BTreeMap<&str, String>) -> Option<String> {
    let (_, on_parent, fields) = row(resource)?;
    let mut parts = vec![resource.region.clone()];
    if *on_parent {
        parts.push(parents.get(resource.parent.as_deref()?)?.clone());
    }
    if fields.is_empty() {
        parts.push(resource.name.clone());
    }
    for field in *fields {
        parts.push(match resource.properties.get(field) {
            Value::Absent => String::new(),
            Value::Text(text) => text.clone(),
            // A stream is called by its table: its label is drawn anew with the table.
            Value::Arn(arn) => {
                let text = arn.to_string();
                text.split_once("/stream/").map_or(text.as_str(), |(table, _)| table).to_owned()
            }
            _ => return None,
        });
    }
    Some(parts.iter().map(|part| format!("{}:{part}", part.len())).collect())
}
