//! What a Lambda function is.

use crate::model::{Arn, PolicyDocument, Read, Set, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A Lambda function, as its unpublished version is. Its code is never fetched. Source of the fields: the
/// CloudFormation reference of AWS::Lambda::Function and the API reference of FunctionConfiguration.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Function {
    /// The name of the function. Names are case-sensitive.
    pub function_name: Read<String>,
    /// The ARN of the function, without a version or alias.
    #[schemars(extend("x-origin" = "observed"))]
    pub arn: Read<Arn>,
    /// The ARN of the role that the function acts as.
    pub role: Read<Arn>,
    /// The runtime, such as `python3.13`; absent for a function that is a container image.
    pub runtime: Read<String>,
    /// The file and the function in it that are run, such as `lambda_function.lambda_handler`; absent for a function
    /// that is a container image.
    pub handler: Read<String>,
    /// The seconds after which a run is stopped. 1 to 900; default 3.
    pub timeout: Read<i64>,
    /// The memory, in MB. 128 to 10240; default 128.
    pub memory_size: Read<i64>,
    /// The instruction set: `x86_64` or `arm64`; default `x86_64`.
    pub architectures: Read<Set<String>>,
    /// `Zip` or `Image`; default `Zip`.
    pub package_type: Read<String>,
    /// What it is for, in its maker's words; absent when nothing was written.
    pub description: Read<String>,
    /// The environment variables; absent when there are none.
    pub environment: Read<Environment>,
    /// Where events go that the function failed on when it was invoked asynchronously; absent when nowhere.
    pub dead_letter_config: Read<DeadLetterConfig>,
    /// Whether requests are traced with X-Ray.
    pub tracing_config: Read<TracingConfig>,
    /// The customer's KMS key that encrypts the environment variables; absent when a key of AWS does.
    pub kms_key_arn: Read<Arn>,
    /// The network that the function is connected to; absent when it is not in a VPC.
    pub vpc_config: Read<VpcConfig>,
    /// The ARNs of the versions of layers, in the order in which they are laid over one another; absent when there
    /// are none.
    pub layers: Read<Vec<Arn>>,
    /// The size of the directory `/tmp`.
    pub ephemeral_storage: Read<EphemeralStorage>,
    /// Where and how the function's logs are written.
    pub logging_config: Read<LoggingConfig>,
    /// `Pending`, `Active`, `Inactive` (not used for a long time, wakes when it is invoked) or `Failed`.
    #[schemars(extend("x-origin" = "observed", "x-read-by" = "GetFunctionConfiguration"))]
    pub state: Read<String>,
    /// How the last update went: `Successful`, `Failed` or `InProgress`.
    #[schemars(extend("x-origin" = "observed", "x-read-by" = "GetFunctionConfiguration"))]
    pub last_update_status: Read<String>,
    /// When its code or a setting of it was last changed.
    #[schemars(extend("x-origin" = "observed", "x-varies" = true))]
    pub last_modified: Read<Timestamp>,
    /// The SHA-256 of the deployment package, in Base64.
    #[schemars(extend("x-origin" = "observed"))]
    pub code_sha256: Read<String>,
    /// The policy of the function, which says who may invoke it; absent when it has none. In CloudFormation:
    /// AWS::Lambda::Permission. The policies of versions and aliases are not read.
    #[schemars(extend("x-origin" = "observed", "x-read-by" = "GetPolicy"))]
    pub policy: Read<PolicyDocument>,
    /// What becomes of asynchronous invocations of the unpublished version; absent when nothing was set. In
    /// CloudFormation: AWS::Lambda::EventInvokeConfig. What is set for versions and aliases is not read.
    #[schemars(extend("x-origin" = "observed", "x-read-by" = "GetFunctionEventInvokeConfig"))]
    pub event_invoke_config: Read<EventInvokeConfig>,
    /// How many runs at once are reserved for it, and the most that it may have; absent when nothing is reserved. 0
    /// stops the function.
    #[schemars(extend("x-read-by" = "GetFunctionConcurrency"))]
    pub reserved_concurrent_executions: Read<i64>,
    /// The tags, as a map from key to value. (CloudFormation writes them as a list of pairs.)
    #[schemars(extend("x-read-by" = "ListTags"))]
    pub tags: Read<BTreeMap<String, String>>,
}

/// The environment variables of a function.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Environment {
    /// The variables, by name. A value is kept if it is an ARN, the address of a queue, a region, the name of a
    /// resource that the rules declare, or the value of a parameter; any other may be a secret and is not read.
    pub variables: Read<BTreeMap<String, Read<String>>>,
}

/// Where events go that the function failed on.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct DeadLetterConfig {
    /// The ARN of the queue or topic.
    pub target_arn: Read<Arn>,
}

/// What becomes of asynchronous invocations.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct EventInvokeConfig {
    /// How often an event that the function failed on is tried again. 0 to 2; default 2.
    pub maximum_retry_attempts: Read<i64>,
    /// The seconds after which an event is no longer tried. 60 to 21600; default 21600.
    pub maximum_event_age_in_seconds: Read<i64>,
    /// Where records of invocations go; absent when nowhere.
    pub destination_config: Read<EventDestinations>,
}

/// Where records of asynchronous invocations go.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct EventDestinations {
    /// Where the record of an event goes that was given up; absent when nowhere.
    pub on_failure: Read<EventDestination>,
    /// Where the record of an event goes that the function dealt with; absent when nowhere.
    pub on_success: Read<EventDestination>,
}

/// Where records of asynchronous invocations of one outcome go.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct EventDestination {
    /// The ARN of the queue, topic, function, bucket or event bus.
    pub destination: Read<Arn>,
}

/// Whether requests are traced with X-Ray.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct TracingConfig {
    /// `Active`, or `PassThrough`: only requests that the caller traces.
    pub mode: Read<String>,
}

/// The network that a function is connected to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct VpcConfig {
    /// The ids of the subnets.
    pub subnet_ids: Read<Set<String>>,
    /// The ids of the security groups.
    pub security_group_ids: Read<Set<String>>,
}

/// The size of the directory `/tmp`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct EphemeralStorage {
    /// In MB. 512 to 10240; default 512.
    pub size: Read<i64>,
}

/// Where and how a function's logs are written.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct LoggingConfig {
    /// The log group; default `/aws/lambda/` and the name of the function.
    pub log_group: Read<String>,
    /// `Text` or `JSON`; default `Text`.
    pub log_format: Read<String>,
}
