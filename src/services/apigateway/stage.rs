//! The fields of a stage.

use crate::model::{Arn, Read, Set, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A stage: the name under which a deployment of an API is served. Source of the fields: the CloudFormation reference of
/// AWS::ApiGateway::Stage and the API reference of Stage.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Stage {
    /// The name of the stage.
    pub stage_name: Read<String>,
    /// The id of the deployment that it serves.
    pub deployment_id: Read<String>,
    /// The variables of the stage. A value is kept if it cannot be a secret, and redacted otherwise.
    pub variables: Read<BTreeMap<String, Read<String>>>,
    /// Where access is logged to; absent when it is not.
    pub access_log_setting: Read<AccessLogSetting>,
    /// The settings of methods, one a path and verb.
    pub method_settings: Read<Set<MethodSetting>>,
    /// Whether there is a cache of answers; which methods use it their settings say. Default false.
    pub cache_cluster_enabled: Read<bool>,
    /// Whether requests are traced by X-Ray. Default false.
    pub tracing_enabled: Read<bool>,
    /// The ARN of the web ACL in front of it; absent when there is none.
    #[schemars(extend("x-origin" = "observed"))]
    pub web_acl_arn: Read<Arn>,
    /// The id of the certificate that API Gateway shows the target; absent when there is none.
    pub client_certificate_id: Read<String>,
    /// When the stage was made.
    #[schemars(extend("x-origin" = "observed"))]
    pub created_date: Read<Timestamp>,
    /// When the stage was last changed.
    #[schemars(extend("x-origin" = "observed", "x-varies" = true))]
    pub last_updated_date: Read<Timestamp>,
    /// The tags, as a map from key to value. (CloudFormation writes them as a list of pairs.)
    pub tags: Read<BTreeMap<String, String>>,
}

/// Where access is logged to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct AccessLogSetting {
    /// The ARN of the log group or of the delivery stream.
    pub destination_arn: Read<Arn>,
    /// The form of a line of the log.
    pub format: Read<String>,
}

/// The settings of the methods on one path, or on every path.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct MethodSetting {
    /// The path as it is, such as `/orders`, or `/*` for every path. (CloudFormation writes the slashes of a single path
    /// as `~1`.)
    pub resource_path: Read<String>,
    /// The verb, or `*` for every one.
    pub http_method: Read<String>,
    /// What the execution logs hold: `OFF`, `ERROR` or `INFO`.
    pub logging_level: Read<String>,
    /// Whether metrics are sent to CloudWatch.
    pub metrics_enabled: Read<bool>,
    /// Whether whole requests and answers are logged.
    pub data_trace_enabled: Read<bool>,
    /// Whether answers are cached.
    pub caching_enabled: Read<bool>,
    /// Whether cached answers are encrypted.
    pub cache_data_encrypted: Read<bool>,
    /// The requests a second from which calls are refused. A rate with a fraction is not read.
    pub throttling_rate_limit: Read<i64>,
    /// How many requests may come at once.
    pub throttling_burst_limit: Read<i64>,
}
