//! What an event source mapping is.

use crate::model::{Arn, Read, Set, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

/// An event source mapping: Lambda takes records from a queue or stream and gives them to a function in batches. The
/// console calls it a trigger. It hangs on its function. Source of the fields: the CloudFormation reference of
/// AWS::Lambda::EventSourceMapping and the API reference of EventSourceMappingConfiguration.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct EventSourceMapping {
    /// The id of the mapping, a UUID that AWS gives.
    pub id: Read<String>,
    /// The name of the function, without a version or alias. (CloudFormation takes an ARN here as well.)
    pub function_name: Read<String>,
    /// The ARN of the function as the mapping has it, with the version or alias if it names one.
    #[schemars(extend("x-origin" = "observed"))]
    pub function_arn: Read<Arn>,
    /// The ARN of the queue or stream that records are taken from. That of a DynamoDB stream has the label of the
    /// stream in it, which changes when the stream is turned off and on.
    pub event_source_arn: Read<Arn>,
    /// Whether it is set to take records, worked out from its state: true when `Enabled` or `Enabling`, false when
    /// `Disabled`, `Disabling` or `Deleting`. While it is `Creating` or `Updating` nothing tells, and it is not read.
    pub enabled: Read<bool>,
    /// `Creating`, `Enabling`, `Enabled`, `Disabling`, `Disabled`, `Updating` or `Deleting`.
    #[schemars(extend("x-origin" = "observed"))]
    pub state: Read<String>,
    /// Who made the last change of its state, a user or Lambda, or why.
    #[schemars(extend("x-origin" = "observed"))]
    pub state_transition_reason: Read<String>,
    /// How the last attempt to take records went, such as `OK` or `PROBLEM: ...`; absent for a queue, or before the
    /// first attempt.
    #[schemars(extend("x-origin" = "observed", "x-varies" = true))]
    pub last_processing_result: Read<String>,
    /// The most records in one batch. Default 10 for a queue, 100 for a stream.
    pub batch_size: Read<i64>,
    /// The most seconds that records are gathered for before the function is invoked. 0 to 300; default 0.
    pub maximum_batching_window_in_seconds: Read<i64>,
    /// Where in a stream reading begins: `TRIM_HORIZON`, `LATEST` or `AT_TIMESTAMP`; absent for a queue.
    pub starting_position: Read<String>,
    /// Which records the function is given; absent when it is given all. One that a customer's key encrypts is not
    /// read: the list does not show it.
    pub filter_criteria: Read<FilterCriteria>,
    /// `ReportBatchItemFailures`, or nothing: whether the function reports which records of a batch failed.
    pub function_response_types: Read<Set<String>>,
    /// Whether a batch of a stream that failed is split in two; default false; absent for a queue.
    pub bisect_batch_on_function_error: Read<bool>,
    /// How often a batch of a stream that failed is tried again; default -1, until the records expire; absent for a
    /// queue.
    pub maximum_retry_attempts: Read<i64>,
    /// The seconds after which a record of a stream is no longer tried; default -1, never; absent for a queue.
    pub maximum_record_age_in_seconds: Read<i64>,
    /// How many batches of each shard of a stream are worked on at once; default 1; absent for a queue.
    pub parallelization_factor: Read<i64>,
    /// The seconds of a window over which the function aggregates a stream; default 0, no window; absent for a queue.
    pub tumbling_window_in_seconds: Read<i64>,
    /// Where records go that were given up; absent for a queue, whose own dead-letter queue takes them.
    pub destination_config: Read<DestinationConfig>,
    /// How many runs of the function a queue may cause at once; absent when there is no limit.
    pub scaling_config: Read<ScalingConfig>,
    /// When the mapping was last changed, or its state.
    #[schemars(extend("x-origin" = "observed", "x-varies" = true))]
    pub last_modified: Read<Timestamp>,
}

/// Which records a function is given.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct FilterCriteria {
    /// The filters: a record that one of them matches is given to the function.
    pub filters: Read<Set<Filter>>,
}

/// One filter.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Filter {
    /// What a record must be like: JSON, as text.
    pub pattern: Read<String>,
}

/// Where records go that were given up.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct DestinationConfig {
    /// Where records go on which the function failed; absent when nowhere.
    pub on_failure: Read<OnFailure>,
}

/// Where records go on which the function failed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct OnFailure {
    /// The ARN of the queue, topic or bucket.
    pub destination: Read<Arn>,
}

/// How much a queue may cause at once.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct ScalingConfig {
    /// The most runs of the function. 2 to 1000.
    pub maximum_concurrency: Read<i64>,
}
