//! Changes to queues.

use crate::support::lab::{Lab, QUEUE, done};
use aws_sdk_sqs::types::QueueAttributeName;
use serde_json::Value;

pub(super) async fn delete(lab: &Lab) {
    done(QUEUE, lab.sqs.delete_queue().queue_url(&lab.queue_url).send().await);
}

pub(super) async fn create(lab: &Lab, name: &str, region: &str, attributes: &[(&str, &str)]) {
    let mut create = lab.in_region(region).sqs.create_queue().queue_name(name);
    for (attribute, value) in attributes {
        create = create.attributes(QueueAttributeName::from(*attribute), *value);
    }
    done(name, create.send().await);
}

/// Changes an attribute of the queue. moto forgets the policy of a queue when another attribute alone is set; AWS
/// keeps it.
pub(super) async fn set(lab: &Lab, attribute: &str, value: &str) {
    let set = lab.sqs.set_queue_attributes().queue_url(&lab.queue_url);
    let set = set.attributes(QueueAttributeName::Policy, policy(lab).await);
    done(attribute, set.attributes(QueueAttributeName::from(attribute), lab.own(value)).send().await);
}

pub(super) async fn tag(lab: &Lab) {
    done(QUEUE, lab.sqs.tag_queue().queue_url(&lab.queue_url).tags("step", "3").send().await);
}

pub(super) async fn set_policy(lab: &Lab, document: String) {
    let set = lab.sqs.set_queue_attributes().queue_url(&lab.queue_url);
    done(QUEUE, set.attributes(QueueAttributeName::Policy, document).send().await);
}

/// Gives the policy a statement more.
pub(super) async fn gains(lab: &Lab, statement: &str) {
    let more = done(statement, serde_json::from_str(&lab.own(statement)));
    change(lab, |statements| statements.push(more)).await;
}

/// Takes the statement of this Sid out of the policy.
pub(super) async fn loses(lab: &Lab, sid: &str) {
    change(lab, |all| all.retain(|statement| statement["Sid"] != sid)).await;
}

async fn policy(lab: &Lab) -> String {
    let get = lab.sqs.get_queue_attributes().queue_url(&lab.queue_url).attribute_names(QueueAttributeName::Policy);
    let answer = done(QUEUE, get.send().await);
    let policy = answer.attributes.and_then(|mut attributes| attributes.remove(&QueueAttributeName::Policy));
    policy.unwrap_or_else(|| panic!("{QUEUE} has no policy"))
}

async fn change(lab: &Lab, change: impl FnOnce(&mut Vec<Value>)) {
    let mut document: Value = done(QUEUE, serde_json::from_str(&policy(lab).await));
    change(document["Statement"].as_array_mut().unwrap_or_else(|| panic!("the policy has no statements")));
    set_policy(lab, document.to_string()).await;
}
