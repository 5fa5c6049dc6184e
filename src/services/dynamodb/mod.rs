//! Amazon DynamoDB: tables.
//!
//! Tables are listed by pages of 100, which give names alone and prove what does not exist. Then one DescribeTable for
//! each table of which a rule names a property, and a call of its own for the time to live, the continuous backups, the
//! policy and the tags, where a rule names one. The items of a table are never read.

#[cfg(feature = "live")]
pub(crate) mod collect;
mod plan;
mod table;

pub use table::{
    AttributeDefinition, GlobalSecondaryIndex, KeySchema, LocalSecondaryIndex, PointInTimeRecoverySpecification,
    Projection, ProvisionedThroughput, SseSpecification, StreamSpecification, Table, TimeToLiveSpecification,
};

use super::Service;
use crate::model::{ArnRule, Kind, Operation, OwnPolicy, Scope, Standing};
use std::sync::OnceLock;

/// The type name of tables.
pub const TABLE: &str = "AWS::DynamoDB::Table";

/// The operation that lists the tables.
const LIST: &str = "ListTables";
/// The operation that reads one table by its name.
const DESCRIBE: &str = "DescribeTable";

/// The service.
pub static SERVICE: Service = Service { prefix: "dynamodb", kinds: &KINDS, operations: &OPERATIONS, plan: plan::plan };

static KINDS: [Kind; 1] = [Kind {
    type_name: TABLE,
    noun: "table",
    service: "dynamodb",
    scope: Scope::Regional,
    name_field: "TableName",
    arn: ArnRule::FromName("table/{}"),
    attributes: &[
        ("Arn", "Arn"),
        ("LatestStreamLabel", "LatestStreamLabel"),
        ("StreamArn", "StreamArn"),
        ("TableName", "TableName"),
    ],
    shared: None,
    parent: None,
    standing: Standing {
        own_policy: Some(OwnPolicy {
            field: "Policy",
            noun: "table policy",
            service: "dynamodb",
            resource_type: "table",
            written_by: &["dynamodb:PutResourcePolicy"],
        }),
        ..Standing::NONE
    },
    schema: || schemars::schema_for!(Table),
    fields: OnceLock::new(),
}];

const TABLES: &str = "arn:${Partition}:dynamodb:${Region}:${Account}:table/*";

static OPERATIONS: [Operation; 6] = [
    operation(LIST, "dynamodb:ListTables", "*", None),
    operation(DESCRIBE, "dynamodb:DescribeTable", TABLES, Some(LIST)),
    operation("DescribeTimeToLive", "dynamodb:DescribeTimeToLive", TABLES, None),
    operation("DescribeContinuousBackups", "dynamodb:DescribeContinuousBackups", TABLES, None),
    operation("GetResourcePolicy", "dynamodb:GetResourcePolicy", TABLES, None),
    operation("ListTagsOfResource", "dynamodb:ListTagsOfResource", TABLES, None),
];

const fn operation(
    name: &'static str,
    action: &'static str,
    resource: &'static str,
    fallback_for: Option<&'static str>,
) -> Operation {
    Operation { service: "dynamodb", sdk_service: "DynamoDB", name, action, resource, fallback_for }
}
