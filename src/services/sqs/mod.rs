//! Amazon SQS: queues.
//!
//! Queues are listed first, by pages of 1,000, since a refused GetQueueUrl or GetQueueAttributes can answer
//! `NonExistentQueue`: only the list tells what does not exist. Then one GetQueueAttributes for each queue of which a
//! rule names a property. The attributes are asked for by name, so that counters of messages never enter.

#[cfg(feature = "live")]
pub(crate) mod collect;

use super::{Service, planned};
use crate::model::{
    Arn, ArnRule, Call, Condition, Kind, Needs, Operation, OwnPolicy, PlannedCall, PolicyDocument, Read, Scope, Set,
    Standing, Timestamp,
};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The type name of queues.
pub const QUEUE: &str = "AWS::SQS::Queue";

/// An SQS queue. Source of the fields: the CloudFormation reference of AWS::SQS::Queue and the API reference of
/// GetQueueAttributes.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Queue {
    /// The name of the queue. A FIFO queue's ends in `.fifo`.
    pub queue_name: Read<String>,
    /// The ARN of the queue.
    #[schemars(extend("x-origin" = "observed"))]
    pub arn: Read<Arn>,
    /// The address that messages are sent to.
    #[schemars(extend("x-origin" = "observed"))]
    pub queue_url: Read<String>,
    /// Whether the queue keeps messages in order and delivers each once. False for a standard queue.
    pub fifo_queue: Read<bool>,
    /// Whether a FIFO queue drops a message whose content it has seen in the last five minutes.
    #[schemars(extend("x-read-by" = "GetQueueAttributes"))]
    pub content_based_deduplication: Read<bool>,
    /// Whether a FIFO queue looks for duplicates in the whole queue or in each message group.
    #[schemars(extend("x-read-by" = "GetQueueAttributes"))]
    pub deduplication_scope: Read<String>,
    /// Whether the limit of messages a second holds for the whole FIFO queue or for each message group.
    #[schemars(extend("x-read-by" = "GetQueueAttributes"))]
    pub fifo_throughput_limit: Read<String>,
    /// The seconds for which a new message is withheld. 0 to 900; default 0.
    #[schemars(extend("x-read-by" = "GetQueueAttributes"))]
    pub delay_seconds: Read<i64>,
    /// The largest message, in bytes. The default was 262144 until 2025 and is 1048576 since.
    #[schemars(extend("x-read-by" = "GetQueueAttributes"))]
    pub maximum_message_size: Read<i64>,
    /// The seconds after which a message that nobody took is deleted. 60 to 1209600; default 345600 (4 days).
    #[schemars(extend("x-read-by" = "GetQueueAttributes"))]
    pub message_retention_period: Read<i64>,
    /// The seconds that a receiver waits for a message. 0 to 20; default 0.
    #[schemars(extend("x-read-by" = "GetQueueAttributes"))]
    pub receive_message_wait_time_seconds: Read<i64>,
    /// The seconds for which a received message stays hidden from other receivers. 0 to 43200; default 30.
    #[schemars(extend("x-read-by" = "GetQueueAttributes"))]
    pub visibility_timeout: Read<i64>,
    /// The KMS key that encrypts the messages; absent when no customer key does.
    #[schemars(extend("x-read-by" = "GetQueueAttributes"))]
    pub kms_master_key_id: Read<String>,
    /// The seconds for which a data key is used again. 60 to 86400.
    #[schemars(extend("x-read-by" = "GetQueueAttributes"))]
    pub kms_data_key_reuse_period_seconds: Read<i64>,
    /// Whether SQS encrypts the messages with a key of its own. The default is true since October 2022.
    #[schemars(extend("x-read-by" = "GetQueueAttributes"))]
    pub sqs_managed_sse_enabled: Read<bool>,
    /// Where messages go that were received too often; absent when there is no dead-letter queue.
    #[schemars(extend("x-read-by" = "GetQueueAttributes"))]
    pub redrive_policy: Read<RedrivePolicy>,
    /// Which queues may name this one as their dead-letter queue.
    #[schemars(extend("x-read-by" = "GetQueueAttributes"))]
    pub redrive_allow_policy: Read<RedriveAllowPolicy>,
    /// The access policy of the queue; absent when it has none. In CloudFormation: AWS::SQS::QueuePolicy.
    #[schemars(extend("x-origin" = "observed", "x-read-by" = "GetQueueAttributes"))]
    pub policy: Read<PolicyDocument>,
    /// When the queue was made.
    #[schemars(extend("x-origin" = "observed", "x-read-by" = "GetQueueAttributes"))]
    pub created_timestamp: Read<Timestamp>,
    /// When a setting of the queue was last changed.
    #[schemars(extend("x-origin" = "observed", "x-read-by" = "GetQueueAttributes", "x-varies" = true))]
    pub last_modified_timestamp: Read<Timestamp>,
    /// The tags, as a map from key to value. (CloudFormation writes them as a list of pairs.)
    #[schemars(extend("x-read-by" = "ListQueueTags"))]
    pub tags: Read<BTreeMap<String, String>>,
}

/// Where messages go that were received too often.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RedrivePolicy {
    /// The ARN of the dead-letter queue.
    pub dead_letter_target_arn: Read<Arn>,
    /// How often a message may be received before it goes there.
    pub max_receive_count: Read<i64>,
}

/// Which queues may name this one as their dead-letter queue.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RedriveAllowPolicy {
    /// `allowAll`, `denyAll` or `byQueue`.
    pub redrive_permission: Read<String>,
    /// The queues, when it is `byQueue`.
    pub source_queue_arns: Read<Set<Arn>>,
}

/// The service.
pub static SERVICE: Service = Service { prefix: "sqs", kinds: &KINDS, operations: &OPERATIONS, plan };

static KINDS: [Kind; 1] = [Kind {
    type_name: QUEUE,
    noun: "queue",
    service: "sqs",
    scope: Scope::Regional,
    name_field: "QueueName",
    arn: ArnRule::FromName("{}"),
    attributes: &[("Arn", "Arn"), ("QueueName", "QueueName"), ("QueueUrl", "QueueUrl")],
    shared: None,
    parent: None,
    standing: Standing {
        own_policy: Some(OwnPolicy {
            field: "Policy",
            noun: "queue policy",
            service: "sqs",
            resource_type: "queue",
            written_by: &["sqs:AddPermission", "sqs:SetQueueAttributes"],
        }),
        ..Standing::NONE
    },
    schema: || schemars::schema_for!(Queue),
    fields: OnceLock::new(),
}];

const QUEUES: &str = "arn:${Partition}:sqs:${Region}:${Account}:*";

static OPERATIONS: [Operation; 3] = [
    operation("ListQueues", "sqs:ListQueues", "*"),
    operation("GetQueueAttributes", "sqs:GetQueueAttributes", QUEUES),
    operation("ListQueueTags", "sqs:ListQueueTags", QUEUES),
];

const fn operation(name: &'static str, action: &'static str, resource: &'static str) -> Operation {
    Operation { service: "sqs", sdk_service: "SQS", name, action, resource, fallback_for: None }
}

fn plan(needs: &Needs) -> Vec<PlannedCall> {
    let mut calls = Vec::new();
    for region in needs.regions_of(QUEUE) {
        let call = |operation: &str, subject: &str, condition: Condition| {
            planned(&OPERATIONS, Call::new("sqs", operation, region, subject), condition)
        };
        calls.push(call("ListQueues", "", Condition::Always));
        calls.push(call("ListQueues", "further pages", Condition::FurtherPages));
        let Some(wanted) = needs.of(QUEUE, region) else { continue };
        for operation in wanted.all.iter().flat_map(|fields| KINDS[0].read_by(fields)) {
            calls.push(call(operation, "each queue", Condition::ForEach("queue".to_owned())));
        }
        for (name, fields) in &wanted.named {
            for operation in KINDS[0].read_by(fields) {
                let mut planned = call(operation, name, Condition::IfPresent("the queue exists".to_owned()));
                // The ARN of a queue follows from its name, so the permission can be as narrow.
                planned.resource = planned.resource.replace("${Account}:*", &format!("${{Account}}:{name}"));
                calls.push(planned);
            }
        }
    }
    calls
}
