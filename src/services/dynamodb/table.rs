//! What a DynamoDB table is.

use crate::model::{Arn, PolicyDocument, Read, Set, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A DynamoDB table. Counts of items and sizes, which change by themselves, are left out. Source of the fields: the
/// CloudFormation reference of AWS::DynamoDB::Table and the API reference of TableDescription.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Table {
    /// The name of the table. Names are case-sensitive.
    pub table_name: Read<String>,
    /// The ARN of the table.
    #[schemars(extend("x-origin" = "observed"))]
    pub arn: Read<Arn>,
    /// The attributes that make the primary key: the partition key, then the sort key if there is one. Cannot be
    /// changed.
    #[schemars(extend("x-read-by" = "DescribeTable"))]
    pub key_schema: Read<Vec<KeySchema>>,
    /// The types of the attributes that keys of the table and its indexes are made of.
    #[schemars(extend("x-read-by" = "DescribeTable"))]
    pub attribute_definitions: Read<Set<AttributeDefinition>>,
    /// `PROVISIONED` or `PAY_PER_REQUEST` (the console: on-demand); default `PROVISIONED`.
    #[schemars(extend("x-read-by" = "DescribeTable"))]
    pub billing_mode: Read<String>,
    /// The capacity that is paid for; absent when the billing mode is `PAY_PER_REQUEST`.
    #[schemars(extend("x-read-by" = "DescribeTable"))]
    pub provisioned_throughput: Read<ProvisionedThroughput>,
    /// `STANDARD` or `STANDARD_INFREQUENT_ACCESS`; default `STANDARD`.
    #[schemars(extend("x-read-by" = "DescribeTable"))]
    pub table_class: Read<String>,
    /// `CREATING`, `UPDATING`, `ACTIVE`, `DELETING`, `ARCHIVED` and others.
    #[schemars(extend("x-origin" = "observed", "x-read-by" = "DescribeTable"))]
    pub table_status: Read<String>,
    /// Whether the table cannot be deleted; default false.
    #[schemars(extend("x-read-by" = "DescribeTable"))]
    pub deletion_protection_enabled: Read<bool>,
    /// The settings of the stream of changes; absent when it is off.
    #[schemars(extend("x-read-by" = "DescribeTable"))]
    pub stream_specification: Read<StreamSpecification>,
    /// The ARN of the latest stream; absent when the table never had one. A stream that is turned off and on again has
    /// another ARN.
    #[schemars(extend("x-origin" = "observed", "x-read-by" = "DescribeTable"))]
    pub stream_arn: Read<Arn>,
    /// The label of the latest stream, the time at which it was turned on: the last part of its ARN.
    #[schemars(extend("x-origin" = "observed", "x-read-by" = "DescribeTable"))]
    pub latest_stream_label: Read<String>,
    /// The KMS key that encrypts the table; absent when a key that AWS owns does.
    #[serde(rename = "SSESpecification")]
    #[schemars(extend("x-read-by" = "DescribeTable"))]
    pub sse_specification: Read<SseSpecification>,
    /// The indexes with keys of their own; absent when there are none.
    #[schemars(extend("x-read-by" = "DescribeTable"))]
    pub global_secondary_indexes: Read<Set<GlobalSecondaryIndex>>,
    /// The indexes with the table's partition key and another sort key; absent when there are none.
    #[schemars(extend("x-read-by" = "DescribeTable"))]
    pub local_secondary_indexes: Read<Set<LocalSecondaryIndex>>,
    /// Whether items expire by themselves.
    #[schemars(extend("x-read-by" = "DescribeTimeToLive"))]
    pub time_to_live_specification: Read<TimeToLiveSpecification>,
    /// Whether the table can be restored to any second of the last days.
    #[schemars(extend("x-read-by" = "DescribeContinuousBackups"))]
    pub point_in_time_recovery_specification: Read<PointInTimeRecoverySpecification>,
    /// The policy of the table, which says who may act on it; absent when it has none. In CloudFormation:
    /// ResourcePolicy. AWS may answer without a policy that was attached seconds ago.
    #[schemars(extend("x-origin" = "observed", "x-read-by" = "GetResourcePolicy"))]
    pub policy: Read<PolicyDocument>,
    /// The tags, as a map from key to value. (CloudFormation writes them as a list of pairs.)
    #[schemars(extend("x-read-by" = "ListTagsOfResource"))]
    pub tags: Read<BTreeMap<String, String>>,
    /// When the table was made.
    #[schemars(extend("x-origin" = "observed", "x-read-by" = "DescribeTable"))]
    pub creation_date_time: Read<Timestamp>,
}

/// One attribute of a key.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct KeySchema {
    /// The name of the attribute. Names are case-sensitive.
    pub attribute_name: Read<String>,
    /// `HASH`, the partition key, or `RANGE`, the sort key.
    pub key_type: Read<String>,
}

/// The type of an attribute of a key.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct AttributeDefinition {
    /// The name of the attribute.
    pub attribute_name: Read<String>,
    /// `S` (text), `N` (number) or `B` (bytes).
    pub attribute_type: Read<String>,
}

/// The capacity that is paid for. Auto scaling moves it between its bounds.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct ProvisionedThroughput {
    /// Strongly consistent reads of 4 KB a second.
    pub read_capacity_units: Read<i64>,
    /// Writes of 1 KB a second.
    pub write_capacity_units: Read<i64>,
}

/// The settings of a stream of changes that is on.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct StreamSpecification {
    /// True: a stream that is off has no settings.
    #[schemars(extend("x-origin" = "observed"))]
    pub stream_enabled: Read<bool>,
    /// What of a changed item is in the stream: `KEYS_ONLY`, `NEW_IMAGE`, `OLD_IMAGE` or `NEW_AND_OLD_IMAGES`.
    pub stream_view_type: Read<String>,
}

/// The KMS key that encrypts a table.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SseSpecification {
    /// Whether a KMS key of the account encrypts the table.
    #[serde(rename = "SSEEnabled")]
    pub sse_enabled: Read<bool>,
    /// `KMS`.
    #[serde(rename = "SSEType")]
    pub sse_type: Read<String>,
    /// The ARN of the key. (CloudFormation takes an id or an alias here as well.)
    #[serde(rename = "KMSMasterKeyId")]
    pub kms_master_key_id: Read<Arn>,
}

/// An index with keys of its own.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct GlobalSecondaryIndex {
    /// The name of the index.
    pub index_name: Read<String>,
    /// The attributes that make its key.
    pub key_schema: Read<Vec<KeySchema>>,
    /// Which attributes of an item are in the index.
    pub projection: Read<Projection>,
    /// The capacity that is paid for; absent when the billing mode is `PAY_PER_REQUEST`.
    pub provisioned_throughput: Read<ProvisionedThroughput>,
    /// `CREATING`, `UPDATING`, `DELETING` or `ACTIVE`.
    #[schemars(extend("x-origin" = "observed"))]
    pub index_status: Read<String>,
}

/// An index with the table's partition key and another sort key.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct LocalSecondaryIndex {
    /// The name of the index.
    pub index_name: Read<String>,
    /// The attributes that make its key.
    pub key_schema: Read<Vec<KeySchema>>,
    /// Which attributes of an item are in the index.
    pub projection: Read<Projection>,
}

/// Which attributes of an item are in an index.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Projection {
    /// `ALL`, `KEYS_ONLY` or `INCLUDE`.
    pub projection_type: Read<String>,
    /// The attributes beside the keys, when it is `INCLUDE`.
    pub non_key_attributes: Read<Set<String>>,
}

/// Whether items expire by themselves.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct TimeToLiveSpecification {
    /// Whether they do, or will as soon as the setting takes effect.
    pub enabled: Read<bool>,
    /// The attribute with the time, in seconds since 1970, after which an item expires; absent when none does.
    pub attribute_name: Read<String>,
}

/// Whether a table can be restored to any second of the last days.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PointInTimeRecoverySpecification {
    /// Whether it can.
    pub point_in_time_recovery_enabled: Read<bool>,
}
