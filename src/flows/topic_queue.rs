//! From a topic to a queue: a subscription, and a queue policy that lets SNS send for this topic.

use super::link::{Link, arn};
use super::permission::{is_of_aws, said, service_may};
use super::{Edge, subscription};
use crate::model::Value;

pub(super) fn links(edge: &Edge<'_>) -> Vec<Link> {
    let mut links = subscription::links(edge, "sqs");
    let topic = arn(edge.from);
    let wanted = format!("sns.amazonaws.com may sqs:SendMessage on {} for {}", edge.to.name, edge.from.name);
    let answer = service_may(edge, "sns.amazonaws.com", "sqs:SendMessage", &topic, ("Policy", "the queue policy"));
    links.push(said("permission", wanted, vec![answer], &["sqs:SendMessage".to_owned()]));
    links.extend(key(edge));
    links
}

/// The key of the queue must let SNS use it. The one that AWS makes for SQS cannot be told to.
fn key(edge: &Edge<'_>) -> Option<Link> {
    let wanted = format!("SNS may use the key that encrypts {}", edge.to.name);
    let id = match edge.to.properties.get("KmsMasterKeyId") {
        Value::Unread(gap) => return Some(Link::unread("key", wanted, gap)),
        value => value.as_text().filter(|id| !id.is_empty())?,
    };
    Some(if is_of_aws(&id) {
        Link::fail(
            "key",
            wanted,
            format!("{id} is AWS's own key, whose policy does not let SNS use it and cannot be changed"),
        )
    } else {
        Link::not_checked("key", format!("{} is encrypted with the key {id}, whose policy is not read", edge.to.name))
    })
}
