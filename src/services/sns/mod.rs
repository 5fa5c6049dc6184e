//! Amazon SNS: topics and their subscriptions.
//!
//! Topics are listed first, by pages of 100, and GetTopicAttributes is asked for those of which a rule names a property.
//! The subscriptions of the topics that rules name are listed topic by topic; where all are wanted, by one list.
//! GetSubscriptionAttributes is asked only for what no list tells, and never of a subscription that waits for its
//! confirmation: it has no ARN that AWS could be asked about, so its filter stays unread.

#[cfg(feature = "live")]
pub(crate) mod collect;
mod plan;

use super::Service;
use crate::model::{Arn, ArnRule, Kind, Needs, Operation, OwnPolicy, Parent, PolicyDocument, Read, Scope, Standing};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// The type name of topics.
pub const TOPIC: &str = "AWS::SNS::Topic";
/// The type name of subscriptions.
pub const SUBSCRIPTION: &str = "AWS::SNS::Subscription";

/// An SNS topic. Source of the fields: the CloudFormation reference of AWS::SNS::Topic and the API reference of
/// GetTopicAttributes.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Topic {
    /// The name of the topic. A FIFO topic's ends in `.fifo`.
    pub topic_name: Read<String>,
    /// The ARN of the topic. (CloudFormation's attribute is `TopicArn`.)
    #[schemars(extend("x-origin" = "observed"))]
    pub arn: Read<Arn>,
    /// Whether the topic keeps messages in order and delivers each once. False for a standard topic.
    pub fifo_topic: Read<bool>,
    /// Whether a FIFO topic drops a message whose content it has seen in the last five minutes. Default false.
    #[schemars(extend("x-read-by" = "GetTopicAttributes"))]
    pub content_based_deduplication: Read<bool>,
    /// The name that mails and texts from the topic come from; absent when none was given.
    #[schemars(extend("x-read-by" = "GetTopicAttributes"))]
    pub display_name: Read<String>,
    /// The KMS key that encrypts the messages; absent when none does.
    #[schemars(extend("x-read-by" = "GetTopicAttributes"))]
    pub kms_master_key_id: Read<String>,
    /// How notices are signed: `1` (SHA1, the default) or `2` (SHA256).
    #[schemars(extend("x-read-by" = "GetTopicAttributes"))]
    pub signature_version: Read<String>,
    /// Whether traces of X-Ray are made or only passed on: `Active` or `PassThrough`, the default. Absent for a FIFO
    /// topic, which has none.
    #[schemars(extend("x-read-by" = "GetTopicAttributes"))]
    pub tracing_config: Read<String>,
    /// How deliveries over HTTP are tried again, as JSON without spaces and with its keys in order; absent when AWS's
    /// own way was left as it is. Compared as text.
    #[schemars(extend("x-origin" = "observed", "x-read-by" = "GetTopicAttributes"))]
    pub delivery_policy: Read<String>,
    /// The access policy of the topic. In CloudFormation: AWS::SNS::TopicPolicy.
    #[schemars(extend("x-origin" = "observed", "x-read-by" = "GetTopicAttributes"))]
    pub policy: Read<PolicyDocument>,
    /// The account that owns the topic.
    #[schemars(extend("x-origin" = "observed", "x-read-by" = "GetTopicAttributes"))]
    pub owner: Read<String>,
    /// The tags, as a map from key to value. (CloudFormation writes them as a list of pairs.)
    #[schemars(extend("x-read-by" = "ListTagsForResource"))]
    pub tags: Read<BTreeMap<String, String>>,
}

/// A subscription to a topic.
///
/// Its physical name is its ARN, as CloudFormation's `Ref` gives it. One that nobody confirmed yet has none, and is called
/// `PendingConfirmation`; what only GetSubscriptionAttributes reads cannot be known of it. Source of the fields: the
/// CloudFormation reference of AWS::SNS::Subscription and the API reference of Subscription and
/// GetSubscriptionAttributes.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Subscription {
    /// The ARN of the subscription; absent while it waits for its confirmation, or once it was deleted.
    #[schemars(extend("x-origin" = "observed"))]
    pub subscription_arn: Read<Arn>,
    /// Whether it waits for its confirmation: until then nothing is delivered.
    #[schemars(extend("x-origin" = "observed"))]
    pub pending_confirmation: Read<bool>,
    /// Whether it was deleted, as by the link in a mail, and is only still listed: nothing is delivered any more.
    #[schemars(extend("x-origin" = "observed"))]
    pub deleted: Read<bool>,
    /// How notices are delivered: `email`, `email-json`, `sms`, `sqs`, `lambda`, `http`, `https`, `firehose` or
    /// `application`.
    pub protocol: Read<String>,
    /// Where notices are delivered to. The ARN of a queue, a function or the like; an address of a person is kept only
    /// if it is the value of a parameter.
    pub endpoint: Read<String>,
    /// The ARN of the topic.
    pub topic_arn: Read<Arn>,
    /// The account that owns the subscription.
    #[schemars(extend("x-origin" = "observed"))]
    pub owner: Read<String>,
    /// Which messages are delivered, as JSON without spaces and with its keys in order:
    /// `{"price":[{"numeric":[">",100]}],"store":["a","b"]}`. Compared as text; absent when every message is.
    #[schemars(extend("x-read-by" = "GetSubscriptionAttributes"))]
    pub filter_policy: Read<String>,
    /// What the filter looks at: `MessageAttributes`, the default, or `MessageBody`.
    #[schemars(extend("x-read-by" = "GetSubscriptionAttributes"))]
    pub filter_policy_scope: Read<String>,
    /// Whether the message is delivered as it is, without SNS's own wrapping. Default false.
    #[schemars(extend("x-read-by" = "GetSubscriptionAttributes"))]
    pub raw_message_delivery: Read<bool>,
    /// Where messages go that could not be delivered; absent when there is no dead-letter queue.
    #[schemars(extend("x-read-by" = "GetSubscriptionAttributes"))]
    pub redrive_policy: Read<RedrivePolicy>,
    /// How deliveries over HTTP are tried again, as JSON without spaces and with its keys in order. Compared as text.
    #[schemars(extend("x-read-by" = "GetSubscriptionAttributes"))]
    pub delivery_policy: Read<String>,
    /// The role that SNS acts as to deliver to Firehose.
    #[schemars(extend("x-read-by" = "GetSubscriptionAttributes"))]
    pub subscription_role_arn: Read<Arn>,
}

/// Where messages go that could not be delivered.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RedrivePolicy {
    /// The ARN of the dead-letter queue.
    pub dead_letter_target_arn: Read<Arn>,
}

/// The service.
pub static SERVICE: Service = Service { prefix: "sns", kinds: &KINDS, operations: &OPERATIONS, plan: plan::plan };

static KINDS: [Kind; 2] = [
    Kind {
        type_name: SUBSCRIPTION,
        noun: "subscription",
        service: "sns",
        scope: Scope::Regional,
        name_field: "SubscriptionArn",
        arn: ArnRule::Read,
        attributes: &[("Arn", "SubscriptionArn"), ("SubscriptionArn", "SubscriptionArn")],
        shared: None,
        parent: Some(Parent { type_name: TOPIC }),
        standing: Standing::NONE,
        schema: || schemars::schema_for!(Subscription),
        fields: OnceLock::new(),
    },
    Kind {
        type_name: TOPIC,
        noun: "topic",
        service: "sns",
        scope: Scope::Regional,
        name_field: "TopicName",
        arn: ArnRule::FromName("{}"),
        attributes: &[("Arn", "Arn"), ("TopicArn", "Arn"), ("TopicName", "TopicName")],
        shared: None,
        parent: None,
        standing: Standing {
            own_policy: Some(OwnPolicy {
                field: "Policy",
                noun: "topic policy",
                service: "sns",
                resource_type: "topic",
                written_by: &["sns:AddPermission", "sns:SetTopicAttributes"],
            }),
            ..Standing::NONE
        },
        schema: || schemars::schema_for!(Topic),
        fields: OnceLock::new(),
    },
];

/// The regions in which anything of SNS is wanted.
pub(crate) fn regions(needs: &Needs) -> BTreeSet<&str> {
    KINDS.iter().flat_map(|kind| needs.regions_of(kind.type_name)).collect()
}

/// The kind of subscriptions.
fn subscriptions() -> &'static Kind {
    &KINDS[0]
}

/// The kind of topics.
fn topics() -> &'static Kind {
    &KINDS[1]
}

const TOPICS: &str = "arn:${Partition}:sns:${Region}:${Account}:*";

static OPERATIONS: [Operation; 6] = [
    operation("ListTopics", "sns:ListTopics", "*"),
    operation("GetTopicAttributes", "sns:GetTopicAttributes", TOPICS),
    operation("ListTagsForResource", "sns:ListTagsForResource", TOPICS),
    operation("ListSubscriptions", "sns:ListSubscriptions", "*"),
    operation("ListSubscriptionsByTopic", "sns:ListSubscriptionsByTopic", TOPICS),
    // The topic is what is asked about, and its ARN begins that of the subscription.
    operation("GetSubscriptionAttributes", "sns:GetSubscriptionAttributes", TOPICS),
];

const fn operation(name: &'static str, action: &'static str, resource: &'static str) -> Operation {
    Operation { service: "sns", sdk_service: "SNS", name, action, resource, fallback_for: None }
}
