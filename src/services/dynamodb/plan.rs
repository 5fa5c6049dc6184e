//! The calls that a set of needs takes from DynamoDB.

use super::{DESCRIBE, KINDS, LIST, OPERATIONS, TABLE};
use crate::model::{Call, Condition, Needs, PlannedCall};
use crate::services::planned;

pub(super) fn plan(needs: &Needs) -> Vec<PlannedCall> {
    let mut calls = Vec::new();
    for region in needs.regions_of(TABLE) {
        let call = |operation: &str, subject: &str, condition: Condition| {
            planned(&OPERATIONS, Call::new("dynamodb", operation, region, subject), condition)
        };
        calls.push(call(LIST, "", Condition::Always));
        calls.push(call(LIST, "further pages", Condition::FurtherPages));
        let Some(wanted) = needs.of(TABLE, region) else { continue };
        for operation in wanted.all.iter().flat_map(|fields| KINDS[0].read_by(fields)) {
            calls.push(call(operation, "each table", Condition::ForEach("table".to_owned())));
        }
        for (name, fields) in &wanted.named {
            let of = |operation: &str, condition: Condition| {
                let mut planned = call(operation, name, condition);
                // The ARN of a table follows from its name, so the permission can be as narrow.
                planned.resource = planned.resource.replace("table/*", &format!("table/{name}"));
                planned
            };
            calls.push(of(DESCRIBE, Condition::Fallback(format!("dynamodb:{LIST}"))));
            for operation in KINDS[0].read_by(fields) {
                calls.push(of(operation, Condition::IfPresent("the table exists".to_owned())));
            }
        }
    }
    calls
}
