//! The calls that a set of needs takes from SNS.

use super::{OPERATIONS, SUBSCRIPTION, TOPIC, regions, subscriptions, topics};
use crate::model::{Call, Condition, Needs, PlannedCall};
use crate::services::planned;

pub(super) fn plan(needs: &Needs) -> Vec<PlannedCall> {
    let mut calls = Vec::new();
    for region in regions(needs) {
        of_topics(needs, region, &mut calls);
        of_subscriptions(needs, region, &mut calls);
    }
    calls
}

fn call(operation: &str, region: &str, subject: &str, condition: Condition) -> PlannedCall {
    planned(&OPERATIONS, Call::new("sns", operation, region, subject), condition)
}

/// A call about the topic called `name`. The ARN of a topic follows from its name, so the permission can be as narrow.
fn about(operation: &str, region: &str, name: &str, condition: Condition) -> PlannedCall {
    let mut planned = call(operation, region, name, condition);
    planned.resource = planned.resource.replace("${Account}:*", &format!("${{Account}}:{name}"));
    planned
}

fn exists() -> Condition {
    Condition::IfPresent("the topic exists".to_owned())
}

fn of_topics(needs: &Needs, region: &str, calls: &mut Vec<PlannedCall>) {
    let Some(wanted) = needs.of(TOPIC, region) else { return };
    calls.push(call("ListTopics", region, "", Condition::Always));
    calls.push(call("ListTopics", region, "further pages", Condition::FurtherPages));
    for operation in wanted.all.iter().flat_map(|fields| topics().read_by(fields)) {
        calls.push(call(operation, region, "each topic", Condition::ForEach("topic".to_owned())));
    }
    for (name, fields) in &wanted.named {
        let read_by = topics().read_by(fields);
        for operation in &read_by {
            calls.push(about(operation, region, name, exists()));
        }
        if !read_by.contains("GetTopicAttributes") {
            calls.push(about("GetTopicAttributes", region, name, Condition::Fallback("sns:ListTopics".to_owned())));
        }
    }
}

fn of_subscriptions(needs: &Needs, region: &str, calls: &mut Vec<PlannedCall>) {
    let Some(wanted) = needs.of(SUBSCRIPTION, region) else { return };
    if wanted.of_any_parent() {
        calls.push(call("ListSubscriptions", region, "", Condition::Always));
        calls.push(call("ListSubscriptions", region, "further pages", Condition::FurtherPages));
    }
    for topic in wanted.children.keys() {
        let condition = match wanted.of_any_parent() {
            true => Condition::Fallback("sns:ListSubscriptions".to_owned()),
            false => exists(),
        };
        calls.push(about("ListSubscriptionsByTopic", region, topic, condition));
        if !wanted.of_any_parent() {
            let mut further = about("ListSubscriptionsByTopic", region, topic, Condition::FurtherPages);
            further.call.subject.push_str(", further pages");
            calls.push(further);
        }
    }
    let fields = wanted.all.iter().chain(wanted.named.values()).chain(wanted.children.values());
    if fields.flat_map(|fields| subscriptions().read_by(fields)).next().is_some() {
        let each = Condition::ForEach("confirmed subscription".to_owned());
        calls.push(call("GetSubscriptionAttributes", region, "each confirmed subscription", each));
    }
}
