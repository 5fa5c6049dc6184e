//! The queue of the architecture.

use super::{bound, done, expected};
use aws_sdk_sqs::types::QueueAttributeName;

/// The queue.
pub(crate) const QUEUE: &str = "POC-Queue";

/// Creates the queue with its policy and returns its address.
pub(crate) async fn create_queue(sqs: &aws_sdk_sqs::Client, region: &str, account: &str) -> String {
    let policy = bound(&expected("POC-Queue.policy.json"), region, account);
    let answer = done(QUEUE, sqs.create_queue().queue_name(QUEUE).send().await);
    let url = answer.queue_url().unwrap_or_else(|| panic!("{QUEUE} has no URL")).to_owned();
    done(QUEUE, sqs.set_queue_attributes().queue_url(&url).attributes(QueueAttributeName::Policy, policy).send().await);
    url
}
