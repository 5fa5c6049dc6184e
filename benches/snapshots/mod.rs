//! Two snapshots of one account, days apart: every set in another order, one policy in ten written otherwise, one setting in
//! fifty changed, one policy in a hundred widened.

use crate::account::{REGION, account};
use plimsoll::diff::Diff;
use plimsoll::model::{Account, Call, Needs, Value};
use plimsoll::services;
use plimsoll::snapshot::{Snapshot, Whole};
use std::collections::BTreeMap;

/// The texts of both, with this many roles and as many queues.
pub(crate) fn two(of_each: usize) -> (String, String) {
    let mut old = account(of_each, of_each);
    old.resources.sort_by(|a, b| (a.type_name, &a.id).cmp(&(b.type_name, &b.id)));
    for (at, resource) in old.resources.iter_mut().enumerate() {
        let operation = if resource.region.is_empty() { "GetRole" } else { "GetQueueAttributes" };
        resource.calls = vec![Call::new("service", operation, &resource.region, &resource.name)];
        if let Value::Map(fields) = &mut resource.properties {
            fields.extend(settings(at, resource.region.is_empty()));
        }
    }
    let mut new = old.clone();
    for (at, resource) in new.resources.iter_mut().enumerate() {
        later(at, &mut resource.properties);
    }
    (saved(old), saved(new))
}

/// How many resources differ, once both were read.
pub(crate) fn changes(old: &str, new: &str) -> usize {
    let parse = |text: &str| Snapshot::parse(text, services::kind).expect("a snapshot");
    Diff::of_snapshots(("old", &parse(old)), ("new", &parse(new)), services::kind).resources.len()
}

/// What a resource has beside its policies, about as much as AWS tells.
fn settings(at: usize, is_role: bool) -> Vec<(String, Value)> {
    let numbers: &[&str] = match is_role {
        true => &["MaxSessionDuration"],
        false => &[
            "DelaySeconds",
            "MaximumMessageSize",
            "MessageRetentionPeriod",
            "ReceiveMessageWaitTimeSeconds",
            "VisibilityTimeout",
            "KmsDataKeyReusePeriodSeconds",
        ],
    };
    let absent: &[&str] = match is_role {
        true => &["PermissionsBoundary", "Description"],
        false => {
            &["RedrivePolicy", "RedriveAllowPolicy", "KmsMasterKeyId", "DeduplicationScope", "FifoThroughputLimit"]
        }
    };
    let number = |name: &&str| ((*name).to_owned(), Value::Number(i64::try_from(at % 7).unwrap_or_default()));
    let mut fields: Vec<(String, Value)> = numbers.iter().map(number).collect();
    fields.extend(absent.iter().map(|name| ((*name).to_owned(), Value::Absent)));
    let tags = [("team", "shop"), ("stage", "prod"), ("cost-centre", "4711")];
    let tags: BTreeMap<String, Value> =
        tags.iter().map(|(key, value)| ((*key).to_owned(), Value::Text((*value).to_owned()))).collect();
    fields.push(("Tags".to_owned(), Value::Map(tags)));
    fields
}

fn later(at: usize, properties: &mut Value) {
    let Value::Map(fields) = properties else { return };
    for (name, value) in fields.iter_mut() {
        match value {
            Value::Number(number) if at.is_multiple_of(50) && name.starts_with("Ma") => *number += 1,
            value => reworded(at, value),
        }
    }
}

fn reworded(at: usize, value: &mut Value) {
    match value {
        Value::Set(items) => {
            items.reverse();
            items.iter_mut().for_each(|item| reworded(at, item));
        }
        Value::Map(parts) => parts.values_mut().for_each(|part| reworded(at, part)),
        Value::Policy(text) if at.is_multiple_of(100) => *text = text.replace("sqs:SendMessage", "sqs:*"),
        // Another way to write the same: a list of one.
        Value::Policy(text) if at.is_multiple_of(10) => {
            *text = text.replace("\"SQS:*\"", "[\"sqs:*\"]").replace("\"sqs:SendMessage\"", "\"sqs:sendmessage\"");
        }
        _ => {}
    }
}

fn saved(account: Account) -> String {
    let mut needs = Needs::default();
    needs.all("AWS::SQS::Queue", REGION, []);
    needs.all("AWS::IAM::Role", "", []);
    let snapshot = Snapshot {
        account,
        partition: "aws".to_owned(),
        region: REGION.to_owned(),
        rules_sha256: "00".repeat(32),
        whole: Whole::of(&needs),
    };
    snapshot.to_json().expect("JSON")
}
