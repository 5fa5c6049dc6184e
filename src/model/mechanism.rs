//! How one resource hands something to another: which kinds of ends there is a mechanism for, what a rule on one may
//! say, and what must be read to judge it.
//!
//! Rules state the needs of a flow, and the flows are judged elsewhere; both rest on this one table.

/// The type name of the methods of REST APIs.
pub const METHOD: &str = "AWS::ApiGateway::Method";
/// The type name of tables.
pub const TABLE: &str = "AWS::DynamoDB::Table";
/// The type name of roles.
pub const ROLE: &str = "AWS::IAM::Role";
/// The type name of event source mappings, which the console calls triggers.
pub const MAPPING: &str = "AWS::Lambda::EventSourceMapping";
/// The type name of functions.
pub const FUNCTION: &str = "AWS::Lambda::Function";
/// The type name of subscriptions.
pub const SUBSCRIPTION: &str = "AWS::SNS::Subscription";
/// The type name of topics.
pub const TOPIC: &str = "AWS::SNS::Topic";
/// The type name of queues.
pub const QUEUE: &str = "AWS::SQS::Queue";

/// What joins two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hop {
    /// The integration of a method calls SQS.
    MethodToQueue,
    /// The integration of a method invokes a function.
    MethodToFunction,
    /// An event source mapping polls a queue.
    QueueToFunction,
    /// An event source mapping reads the stream of a table.
    StreamToFunction,
    /// The code of a function calls the service of its target.
    FunctionToTarget,
    /// A topic delivers to an address.
    TopicToEndpoint,
    /// A topic delivers to a queue.
    TopicToQueue,
    /// A topic invokes a function.
    TopicToFunction,
}

/// Whose permissions a mechanism rests on, beside those of the resources themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Nobody's: a service acts in its own name.
    Service,
    /// The role of the function it begins at.
    RoleOfFrom,
    /// The role of the function it ends at.
    RoleOfTo,
    /// The role that the integration names.
    Credentials,
}

/// A way from one resource to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mechanism {
    /// What it is.
    pub hop: Hop,
    /// The type it begins at.
    pub from: &'static str,
    /// The type it ends at.
    pub to: &'static str,
    /// The type of the resource between them, if there is one: what `wire` sets out.
    pub wire: Option<&'static str>,
    /// Who acts.
    pub actor: Actor,
    /// The fields beside `from` and `to` that a rule on it may have.
    pub takes: &'static [&'static str],
    /// The actions that are asked of who acts, where a rule names none.
    pub actions: &'static [&'static str],
    /// The actions that AWS's own policies and templates for such a principal have beside those, though what is handed on
    /// arrives without them: where they are granted, nobody is served by taking them away.
    pub also: &'static [&'static str],
    /// The actions that are asked on the key of the end that is acted on, if it is encrypted with one.
    pub on_key: &'static [&'static str],
    /// The fields that are read of where it begins.
    pub reads_from: &'static [&'static str],
    /// The fields that are read of where it ends.
    pub reads_to: &'static [&'static str],
    /// The fields that are read of the resource between them.
    pub reads_wire: &'static [&'static str],
}

const OF_FUNCTIONS: &[&str] = &["Arn", "Environment", "Role"];
const OF_MAPPINGS: &[&str] = &[
    "Enabled",
    "EventSourceArn",
    "FilterCriteria",
    "FunctionArn",
    "LastProcessingResult",
    "State",
    "StateTransitionReason",
];
const OF_SUBSCRIPTIONS: &[&str] =
    &["Deleted", "Endpoint", "FilterPolicy", "PendingConfirmation", "Protocol", "SubscriptionArn", "TopicArn"];
const OF_QUEUES: &[&str] = &["Arn", "KmsMasterKeyId", "Policy"];

/// What sending to something that is encrypted with a key asks of the key.
const TO_ENCRYPTED: &[&str] = &["kms:GenerateDataKey", "kms:Decrypt"];

/// All mechanisms there are.
pub const MECHANISMS: [Mechanism; 10] = [
    Mechanism {
        hop: Hop::MethodToQueue,
        from: METHOD,
        to: QUEUE,
        wire: None,
        actor: Actor::Credentials,
        takes: &["as"],
        actions: &["sqs:SendMessage"],
        also: &[],
        on_key: TO_ENCRYPTED,
        reads_from: &["HttpMethod", "Integration", "ResourcePath"],
        reads_to: OF_QUEUES,
        reads_wire: &[],
    },
    Mechanism {
        hop: Hop::MethodToFunction,
        from: METHOD,
        to: FUNCTION,
        wire: None,
        actor: Actor::Credentials,
        takes: &["as"],
        actions: &["lambda:InvokeFunction"],
        also: &[],
        on_key: &[],
        reads_from: &["HttpMethod", "Integration", "ResourcePath"],
        reads_to: &["Arn", "Policy", "ReservedConcurrentExecutions"],
        reads_wire: &[],
    },
    Mechanism {
        hop: Hop::QueueToFunction,
        from: QUEUE,
        to: FUNCTION,
        wire: Some(MAPPING),
        actor: Actor::RoleOfTo,
        takes: &["wire"],
        actions: &["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        also: &["sqs:ChangeMessageVisibility"],
        on_key: &["kms:Decrypt"],
        reads_from: &["Arn", "KmsMasterKeyId", "Policy", "VisibilityTimeout"],
        reads_to: &["Arn", "ReservedConcurrentExecutions", "Role", "Timeout"],
        reads_wire: OF_MAPPINGS,
    },
    Mechanism {
        hop: Hop::StreamToFunction,
        from: TABLE,
        to: FUNCTION,
        wire: Some(MAPPING),
        actor: Actor::RoleOfTo,
        takes: &["wire"],
        actions: &["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
        also: &["dynamodb:ListStreams"],
        on_key: &[],
        reads_from: &["Arn", "LatestStreamLabel", "StreamArn", "StreamSpecification"],
        reads_to: &["Arn", "ReservedConcurrentExecutions", "Role"],
        reads_wire: OF_MAPPINGS,
    },
    Mechanism {
        hop: Hop::FunctionToTarget,
        from: FUNCTION,
        to: TABLE,
        wire: None,
        actor: Actor::RoleOfFrom,
        takes: &["actions", "variable"],
        actions: &["dynamodb:PutItem"],
        also: &["dynamodb:DescribeTable"],
        on_key: &[],
        reads_from: OF_FUNCTIONS,
        reads_to: &["Arn", "Policy"],
        reads_wire: &[],
    },
    Mechanism {
        hop: Hop::FunctionToTarget,
        from: FUNCTION,
        to: TOPIC,
        wire: None,
        actor: Actor::RoleOfFrom,
        takes: &["actions", "variable"],
        actions: &["sns:Publish"],
        also: &["sns:GetTopicAttributes"],
        on_key: TO_ENCRYPTED,
        reads_from: OF_FUNCTIONS,
        reads_to: &["Arn", "KmsMasterKeyId", "Policy"],
        reads_wire: &[],
    },
    Mechanism {
        hop: Hop::FunctionToTarget,
        from: FUNCTION,
        to: QUEUE,
        wire: None,
        actor: Actor::RoleOfFrom,
        takes: &["actions", "variable"],
        actions: &["sqs:SendMessage"],
        also: &["sqs:GetQueueAttributes", "sqs:GetQueueUrl"],
        on_key: TO_ENCRYPTED,
        reads_from: OF_FUNCTIONS,
        reads_to: &["Arn", "KmsMasterKeyId", "Policy", "QueueUrl"],
        reads_wire: &[],
    },
    Mechanism {
        hop: Hop::TopicToEndpoint,
        from: TOPIC,
        to: SUBSCRIPTION,
        wire: Some(SUBSCRIPTION),
        actor: Actor::Service,
        takes: &["wire"],
        actions: &[],
        also: &[],
        on_key: &[],
        reads_from: &["Arn"],
        reads_to: OF_SUBSCRIPTIONS,
        reads_wire: &[],
    },
    Mechanism {
        hop: Hop::TopicToQueue,
        from: TOPIC,
        to: QUEUE,
        wire: Some(SUBSCRIPTION),
        actor: Actor::Service,
        takes: &["wire"],
        actions: &[],
        also: &[],
        on_key: &[],
        reads_from: &["Arn"],
        reads_to: OF_QUEUES,
        reads_wire: OF_SUBSCRIPTIONS,
    },
    Mechanism {
        hop: Hop::TopicToFunction,
        from: TOPIC,
        to: FUNCTION,
        wire: Some(SUBSCRIPTION),
        actor: Actor::Service,
        takes: &["wire"],
        actions: &[],
        also: &[],
        on_key: &[],
        reads_from: &["Arn"],
        reads_to: &["Arn", "Policy", "ReservedConcurrentExecutions"],
        reads_wire: OF_SUBSCRIPTIONS,
    },
];

impl Mechanism {
    /// The mechanism between resources of these types, if there is one.
    pub fn between(from: &str, to: &str) -> Option<&'static Self> {
        MECHANISMS.iter().find(|mechanism| (mechanism.from, mechanism.to) == (from, to))
    }
}
