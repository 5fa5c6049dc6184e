//! The table of the architecture and its stream.

use super::{Lab, done};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, StreamSpecification,
    StreamViewType,
};

/// A table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table {
    /// Its name.
    pub(crate) name: &'static str,
    /// The partition key.
    pub(crate) key: &'static str,
    /// The type of the partition key: S, N or B.
    pub(crate) key_type: &'static str,
    /// The sort key, a string.
    pub(crate) sort_key: Option<&'static str>,
    /// What the stream shows; none: it is off.
    pub(crate) stream: Option<&'static str>,
}

/// The table.
pub(crate) const ORDERS: Table =
    Table { name: "orders", key: "orderID", key_type: "S", sort_key: None, stream: Some("NEW_IMAGE") };

/// Creates a table, and turns its stream on afterwards as the lab does.
///
/// # Panics
/// When the server refuses a call.
pub(crate) async fn create_table(lab: &Lab, table: &Table) {
    let what = table.name;
    let mut create = lab.dynamodb.create_table().table_name(what).billing_mode(BillingMode::PayPerRequest);
    let sort_key = table.sort_key.map(|name| (name, "S", KeyType::Range));
    for (name, of_type, key_type) in [(table.key, table.key_type, KeyType::Hash)].into_iter().chain(sort_key) {
        let element = KeySchemaElement::builder().attribute_name(name).key_type(key_type).build();
        let of_type = ScalarAttributeType::from(of_type);
        let definition = AttributeDefinition::builder().attribute_name(name).attribute_type(of_type).build();
        create = create.key_schema(done(what, element)).attribute_definitions(done(what, definition));
    }
    done(what, create.send().await);
    if let Some(view) = table.stream {
        set_stream(lab, what, Some(view)).await;
    }
}

/// Turns the stream of a table on with a view type, or off.
///
/// # Panics
/// When the server refuses, as it does where the stream is on already.
pub(crate) async fn set_stream(lab: &Lab, table: &str, view: Option<&str>) {
    let stream = StreamSpecification::builder().stream_enabled(view.is_some());
    let stream = done(table, stream.set_stream_view_type(view.map(StreamViewType::from)).build());
    done(table, lab.dynamodb.update_table().table_name(table).stream_specification(stream).send().await);
}

/// The ARN of the stream that a table has now, or had last.
///
/// # Panics
/// When it never had one.
pub(crate) async fn stream_arn(lab: &Lab, table: &str) -> String {
    let answer = done(table, lab.dynamodb.describe_table().table_name(table).send().await);
    let arn = answer.table.and_then(|table| table.latest_stream_arn);
    arn.unwrap_or_else(|| panic!("{table} has no stream"))
}
