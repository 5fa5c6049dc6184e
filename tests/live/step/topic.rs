//! Changes to topics and subscriptions.

use crate::support::lab::{self, Lab, TOPIC, done};
use aws_sdk_sns::types::Tag;

/// Deletes a topic, and its subscriptions as AWS does; the servers leave them behind.
pub(super) async fn delete(lab: &Lab, name: &str) {
    for subscription in lab::subscriptions(lab, name).await {
        done(name, lab.sns.unsubscribe().subscription_arn(subscription).send().await);
    }
    done(name, lab.sns.delete_topic().topic_arn(lab.topic_arn(name)).send().await);
}

/// Changes an attribute of the topic. The value may refer to the account as expected documents do.
pub(super) async fn set(lab: &Lab, attribute: &str, value: &str) {
    let set = lab.sns.set_topic_attributes().topic_arn(lab.topic_arn(TOPIC)).attribute_name(attribute);
    done(attribute, set.attribute_value(lab.own(value)).send().await);
}

/// Puts a tag on the topic.
pub(super) async fn tag(lab: &Lab) {
    let tag = done(TOPIC, Tag::builder().key("step").value("6").build());
    done(TOPIC, lab.sns.tag_resource().resource_arn(lab.topic_arn(TOPIC)).tags(tag).send().await);
}

/// Ends the subscriptions of the topic.
pub(super) async fn unsubscribe(lab: &Lab) {
    for subscription in lab::subscriptions(lab, TOPIC).await {
        done(TOPIC, lab.sns.unsubscribe().subscription_arn(subscription).send().await);
    }
}

/// Changes an attribute of the subscriptions of the topic.
pub(super) async fn set_subscriptions(lab: &Lab, attribute: &str, value: &str) {
    for subscription in lab::subscriptions(lab, TOPIC).await {
        let set = lab.sns.set_subscription_attributes().subscription_arn(subscription).attribute_name(attribute);
        done(attribute, set.attribute_value(value).send().await);
    }
}
