//! The topic of the architecture and its subscription.
//!
//! Both servers confirm a subscription by e-mail at once; AWS waits for the link in the mail to be opened.

use super::{Lab, done};

/// The topic.
pub(crate) const TOPIC: &str = "POC-Topic";

/// Where orders are announced.
pub(crate) const ADDRESS: &str = "student@example.com";

/// Creates a topic with attributes.
///
/// # Panics
/// When the server refuses the call.
pub(crate) async fn create_topic(lab: &Lab, name: &str, attributes: &[(&str, &str)]) {
    let mut create = lab.sns.create_topic().name(name);
    for (attribute, value) in attributes {
        create = create.attributes(*attribute, *value);
    }
    done(name, create.send().await);
}

/// Subscribes an address to a topic, and returns the ARN of the subscription.
///
/// # Panics
/// When the server refuses the call, or gives no ARN.
pub(crate) async fn subscribe(lab: &Lab, topic: &str, protocol: &str, endpoint: &str) -> String {
    let subscribe = lab.sns.subscribe().topic_arn(lab.topic_arn(topic)).protocol(protocol);
    let answer = done(topic, subscribe.endpoint(lab.own(endpoint)).return_subscription_arn(true).send().await);
    answer.subscription_arn.unwrap_or_else(|| panic!("{topic}: a subscription without an ARN"))
}

/// The ARNs of the subscriptions of a topic.
///
/// # Panics
/// When the server refuses the call.
pub(crate) async fn subscriptions(lab: &Lab, topic: &str) -> Vec<String> {
    let list = lab.sns.list_subscriptions_by_topic().topic_arn(lab.topic_arn(topic));
    let all = done(topic, list.send().await).subscriptions.unwrap_or_default();
    all.into_iter().filter_map(|subscription| subscription.subscription_arn).collect()
}
