//! Changes to tables and their streams.

use crate::support::lab::{self, ANNOUNCES, Lab, ORDERS, Source, Table, done};
use aws_sdk_dynamodb::types::{BillingMode, ProvisionedThroughput, Tag};

/// Deletes a table.
pub(super) async fn delete(lab: &Lab, name: &str) {
    done(name, lab.dynamodb.delete_table().table_name(name).send().await);
}

/// Replaces the table by another, and its trigger by one on the other's stream, if it has one.
pub(super) async fn replace(lab: &Lab, other: &Table) {
    super::function::delete_triggers(lab, ANNOUNCES.name).await;
    delete(lab, ORDERS.name).await;
    lab::create_table(lab, other).await;
    if other.stream.is_some() {
        lab::create_trigger(lab, ANNOUNCES.name, Source::Stream(other.name)).await;
    }
}

/// Turns the stream of the table off and on again, so that it has another label.
pub(super) async fn stream_again(lab: &Lab, view: &str) {
    lab::set_stream(lab, ORDERS.name, None).await;
    lab::set_stream(lab, ORDERS.name, Some(view)).await;
}

/// Gives the table what the console gave one when its capacity was provisioned.
pub(super) async fn provision(lab: &Lab) {
    let units = ProvisionedThroughput::builder().read_capacity_units(5).write_capacity_units(5);
    let update = lab.dynamodb.update_table().table_name(ORDERS.name).billing_mode(BillingMode::Provisioned);
    done(ORDERS.name, update.provisioned_throughput(done(ORDERS.name, units.build())).send().await);
}

/// Protects the table against being deleted.
pub(super) async fn protect(lab: &Lab) {
    let update = lab.dynamodb.update_table().table_name(ORDERS.name).deletion_protection_enabled(true);
    done(ORDERS.name, update.send().await);
}

/// Puts a tag on the table.
pub(super) async fn tag(lab: &Lab) {
    let arn = format!("arn:aws:dynamodb:{}:{}:table/{}", lab.region, lab.account, ORDERS.name);
    let tag = done(ORDERS.name, Tag::builder().key("step").value("2").build());
    done(ORDERS.name, lab.dynamodb.tag_resource().resource_arn(arn).tags(tag).send().await);
}
