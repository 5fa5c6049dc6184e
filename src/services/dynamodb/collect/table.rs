//! One table: the calls that read it and what they tell.

use super::super::{
    AttributeDefinition, DESCRIBE, GlobalSecondaryIndex, KINDS, KeySchema, LocalSecondaryIndex,
    PointInTimeRecoverySpecification, Projection, ProvisionedThroughput, SseSpecification, StreamSpecification, TABLE,
    Table, TimeToLiveSpecification,
};
use super::{Context, Told};
use crate::aws::{Refusal, gap};
use crate::model::{Arn, Call, Gap, PolicyDocument, Read, Reason, Resource, Set, Timestamp, Wanted, to_value};
use crate::services::{Page, Reader, all_pages, not_asked, text_if_any, texts};
use aws_sdk_dynamodb::types;
use std::collections::BTreeMap;

/// Reads the table called `name`, which `known_by` tells of; `told` if it was described already.
pub(super) async fn read(
    context: &Context<'_>,
    wanted: &Wanted,
    name: &str,
    known_by: &Call,
    told: Option<Told>,
) -> Resource {
    let mut calls = vec![known_by.clone()];
    let mut wants = |operation: &str| {
        let mut read = KINDS[0].fields().iter().filter(|field| field.read_by.as_deref() == Some(operation));
        let wants = read.any(|field| wanted.wants_of(name, &field.name));
        let call = context.call(operation, name);
        if wants && !calls.contains(&call) {
            calls.push(call.clone());
        }
        (wants, call)
    };
    let (wants_description, call) = wants(DESCRIBE);
    let description = match told {
        Some(told) => Ok(told),
        None if wants_description => context.describe(name).await.map_err(Refusal::of_listed),
        None => Err(gap(&call, Reason::NotAsked)),
    };
    let description = Description { told: description };
    let time_to_live = match wants("DescribeTimeToLive") {
        (true, call) => time_to_live(context, &call).await,
        (false, call) => not_asked(&call),
    };
    let recovery = match wants("DescribeContinuousBackups") {
        (true, call) => recovery(context, &call).await,
        (false, call) => not_asked(&call),
    };
    let policy = match wants("GetResourcePolicy") {
        (true, call) => policy(context, &call).await,
        (false, call) => not_asked(&call),
    };
    let tags = match wants("ListTagsOfResource") {
        (true, call) => tags(context, &call).await,
        (false, call) => not_asked(&call),
    };
    let arn = context.arn(name);
    let table = Table {
        table_name: Read::Known(name.to_owned()),
        arn: Read::Known(arn.clone()),
        time_to_live_specification: time_to_live,
        point_in_time_recovery_specification: recovery,
        policy,
        tags,
        key_schema: description.part(|table, reader| match table.key_schema() {
            [] => reader.always("KeySchema", None),
            keys => Read::Known(key_schema(keys, reader)),
        }),
        attribute_definitions: description.part(|table, reader| match table.attribute_definitions() {
            [] => reader.always("AttributeDefinitions", None),
            definitions => Read::Known(attribute_definitions(definitions, reader)),
        }),
        billing_mode: description.part(|table, _| Read::Known(billing_mode(table).to_owned())),
        provisioned_throughput: description
            .part(|table, reader| throughput(table, table.provisioned_throughput(), reader)),
        table_class: description.part(|table, _| {
            let class = table.table_class_summary().and_then(|summary| summary.table_class());
            Read::Known(class.map_or("STANDARD", |class| class.as_str()).to_owned())
        }),
        table_status: description
            .part(|table, reader| reader.text("TableStatus", table.table_status().map(|status| status.as_str()))),
        deletion_protection_enabled: description
            .part(|table, _| Read::Known(table.deletion_protection_enabled().unwrap_or(false))),
        stream_specification: description.part(stream_specification),
        stream_arn: description.part(|table, reader| reader.arn("LatestStreamArn", table.latest_stream_arn())),
        latest_stream_label: description.part(|table, _| text_if_any(table.latest_stream_label())),
        sse_specification: description.part(sse_specification),
        global_secondary_indexes: description.part(global_secondary_indexes),
        local_secondary_indexes: description.part(local_secondary_indexes),
        creation_date_time: description.part(creation_date_time),
    };
    Resource {
        type_name: TABLE,
        region: context.region.to_owned(),
        name: name.to_owned(),
        id: arn.to_string(),
        parent: None,
        properties: to_value(&table),
        calls,
    }
}

/// What DescribeTable told, or the gap where that should be.
struct Description {
    told: Result<Told, Gap>,
}

impl Description {
    fn part<T>(&self, read: impl FnOnce(&types::TableDescription, Reader<'_>) -> Read<T>) -> Read<T> {
        match &self.told {
            Ok(told) => read(&told.description, Reader { call: &told.call }),
            Err(gap) => Read::unread(gap),
        }
    }
}

/// The billing mode. AWS leaves it out for a table that was never anything but provisioned.
fn billing_mode(table: &types::TableDescription) -> &str {
    table.billing_mode_summary().and_then(|summary| summary.billing_mode()).map_or("PROVISIONED", |mode| mode.as_str())
}

/// The capacity of `table` or an index of it. AWS sends zeros for what is not provisioned.
fn throughput(
    table: &types::TableDescription,
    told: Option<&types::ProvisionedThroughputDescription>,
    reader: Reader<'_>,
) -> Read<ProvisionedThroughput> {
    if billing_mode(table) != "PROVISIONED" {
        return Read::Absent;
    }
    let Some(told) = told else { return reader.always("ProvisionedThroughput", None) };
    Read::Known(ProvisionedThroughput {
        read_capacity_units: reader.always("ReadCapacityUnits", told.read_capacity_units()),
        write_capacity_units: reader.always("WriteCapacityUnits", told.write_capacity_units()),
    })
}

fn key_schema(keys: &[types::KeySchemaElement], reader: Reader<'_>) -> Vec<KeySchema> {
    let key = |key: &types::KeySchemaElement| KeySchema {
        attribute_name: reader.text("AttributeName", Some(key.attribute_name())),
        key_type: reader.text("KeyType", Some(key.key_type().as_str())),
    };
    keys.iter().map(key).collect()
}

fn attribute_definitions(definitions: &[types::AttributeDefinition], reader: Reader<'_>) -> Set<AttributeDefinition> {
    let mut definitions: Vec<_> = definitions.iter().collect();
    definitions.sort_by_key(|definition| definition.attribute_name());
    let definition = |definition: &types::AttributeDefinition| AttributeDefinition {
        attribute_name: reader.text("AttributeName", Some(definition.attribute_name())),
        attribute_type: reader.text("AttributeType", Some(definition.attribute_type().as_str())),
    };
    definitions.into_iter().map(definition).collect()
}

fn stream_specification(table: &types::TableDescription, reader: Reader<'_>) -> Read<StreamSpecification> {
    match table.stream_specification() {
        Some(stream) if stream.stream_enabled() => Read::Known(StreamSpecification {
            stream_enabled: Read::Known(true),
            stream_view_type: reader.text("StreamViewType", stream.stream_view_type().map(|view| view.as_str())),
        }),
        _ => Read::Absent,
    }
}

/// The encryption. AWS leaves it out where a key that it owns encrypts the table.
fn sse_specification(table: &types::TableDescription, reader: Reader<'_>) -> Read<SseSpecification> {
    let Some(told) = table.sse_description() else { return Read::Absent };
    let status = told.status().map(|status| status.as_str());
    let sse_enabled = match status {
        Some("ENABLED" | "ENABLING" | "UPDATING") => true,
        // A key that AWS owns, as where it is left out.
        Some("DISABLED" | "DISABLING") => return Read::Absent,
        _ => return reader.malformed("the Status of its SSEDescription is none that the API defines"),
    };
    Read::Known(SseSpecification {
        sse_enabled: Read::Known(sse_enabled),
        sse_type: text_if_any(told.sse_type().map(|kind| kind.as_str())),
        kms_master_key_id: reader.arn("KMSMasterKeyArn", told.kms_master_key_arn()),
    })
}

fn projection(told: Option<&types::Projection>, reader: Reader<'_>) -> Read<Projection> {
    let Some(told) = told else { return reader.always("Projection", None) };
    let attributes = told.non_key_attributes();
    Read::Known(Projection {
        projection_type: reader.text("ProjectionType", told.projection_type().map(|kind| kind.as_str())),
        non_key_attributes: if attributes.is_empty() { Read::Absent } else { Read::Known(texts(attributes)) },
    })
}

fn global_secondary_indexes(table: &types::TableDescription, reader: Reader<'_>) -> Read<Set<GlobalSecondaryIndex>> {
    let mut indexes: Vec<_> = table.global_secondary_indexes().iter().collect();
    indexes.sort_by_key(|index| index.index_name());
    let index = |index: &types::GlobalSecondaryIndexDescription| GlobalSecondaryIndex {
        index_name: reader.text("IndexName", index.index_name()),
        key_schema: Read::Known(key_schema(index.key_schema(), reader)),
        projection: projection(index.projection(), reader),
        provisioned_throughput: throughput(table, index.provisioned_throughput(), reader),
        index_status: reader.text("IndexStatus", index.index_status().map(|status| status.as_str())),
    };
    if indexes.is_empty() { Read::Absent } else { Read::Known(indexes.into_iter().map(index).collect()) }
}

fn local_secondary_indexes(table: &types::TableDescription, reader: Reader<'_>) -> Read<Set<LocalSecondaryIndex>> {
    let mut indexes: Vec<_> = table.local_secondary_indexes().iter().collect();
    indexes.sort_by_key(|index| index.index_name());
    let index = |index: &types::LocalSecondaryIndexDescription| LocalSecondaryIndex {
        index_name: reader.text("IndexName", index.index_name()),
        key_schema: Read::Known(key_schema(index.key_schema(), reader)),
        projection: projection(index.projection(), reader),
    };
    if indexes.is_empty() { Read::Absent } else { Read::Known(indexes.into_iter().map(index).collect()) }
}

fn creation_date_time(table: &types::TableDescription, reader: Reader<'_>) -> Read<Timestamp> {
    match table.creation_date_time() {
        Some(time) => reader.time(time.secs()),
        None => reader.always("CreationDateTime", None),
    }
}

async fn time_to_live(context: &Context<'_>, call: &Call) -> Read<TimeToLiveSpecification> {
    let request = context.client.describe_time_to_live().table_name(&call.subject);
    let answer = match context.asker.ask(call, |probe| request.customize().interceptor(probe).send()).await {
        Ok(answer) => answer,
        Err(refusal) => return Read::unread(&refusal.of_listed()),
    };
    let told = answer.time_to_live_description();
    let enabled = match told.and_then(|told| told.time_to_live_status()).map(|status| status.as_str()) {
        Some("ENABLED" | "ENABLING") => true,
        Some("DISABLED" | "DISABLING") => false,
        _ => return Reader { call }.malformed("its TimeToLiveStatus is none that the API defines"),
    };
    let attribute = told.and_then(|told| told.attribute_name()).filter(|_| enabled);
    Read::Known(TimeToLiveSpecification { enabled: Read::Known(enabled), attribute_name: text_if_any(attribute) })
}

async fn recovery(context: &Context<'_>, call: &Call) -> Read<PointInTimeRecoverySpecification> {
    let request = context.client.describe_continuous_backups().table_name(&call.subject);
    let answer = match context.asker.ask(call, |probe| request.customize().interceptor(probe).send()).await {
        Ok(answer) => answer,
        Err(refusal) => return Read::unread(&refusal.of_listed()),
    };
    let told = answer.continuous_backups_description();
    let told = told.and_then(|told| told.point_in_time_recovery_description());
    let enabled = match told.and_then(|told| told.point_in_time_recovery_status()).map(|status| status.as_str()) {
        Some("ENABLED") => true,
        Some("DISABLED") => false,
        _ => return Reader { call }.malformed("its PointInTimeRecoveryStatus is none that the API defines"),
    };
    Read::Known(PointInTimeRecoverySpecification { point_in_time_recovery_enabled: Read::Known(enabled) })
}

async fn policy(context: &Context<'_>, call: &Call) -> Read<PolicyDocument> {
    let request = context.client.get_resource_policy().resource_arn(context.arn(&call.subject).to_string());
    match context.asker.ask(call, |probe| request.customize().interceptor(probe).send()).await {
        Ok(answer) => (Reader { call }).document("Policy", answer.policy().unwrap_or_default()),
        Err(refusal)
            if refusal.failure.code.as_deref() == Some("PolicyNotFoundException") && refusal.says_missing() =>
        {
            Read::Absent
        }
        Err(refusal) => Read::unread(&refusal.of_listed()),
    }
}

async fn tags(context: &Context<'_>, call: &Call) -> Read<BTreeMap<String, String>> {
    let arn: Arn = context.arn(&call.subject);
    let pages = all_pages(call.clone(), async |call, token| {
        let request = context.client.list_tags_of_resource().resource_arn(arn.to_string()).set_next_token(token);
        let page = context.asker.ask(call, |probe| request.customize().interceptor(probe).send()).await;
        let page = page.map_err(|refusal| Refusal::of(call, refusal.of_listed().reason))?;
        Ok(Page::before(page.tags.unwrap_or_default(), page.next_token))
    });
    let pages = pages.await;
    match pages.broken {
        Some(gap) => Read::unread(&gap),
        None if context.asker.session().leaves_tags_out(TABLE) => Read::unread(&gap(call, Reason::Redacted)),
        None => Read::Known(pages.items.into_iter().map(|tag| (tag.key, tag.value)).collect()),
    }
}
