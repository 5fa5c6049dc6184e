//! The calls that a set of needs takes from Lambda.

use super::{CONFIGURATION, FUNCTION, KINDS, LIST, MAPPING, OPERATIONS, URL};
use crate::model::{Call, Condition, Kind, Needs, PlannedCall, Wanted};
use crate::services::planned;
use std::collections::BTreeSet;

/// The kind of functions.
pub(super) fn functions() -> &'static Kind {
    let [_, functions, _] = &KINDS;
    functions
}

/// The functions that are asked for their URLs, as far as they are known by name; none if every one is asked.
pub(super) fn asked_for_urls(urls: &Wanted) -> Option<BTreeSet<&str>> {
    (!urls.of_any_parent()).then(|| urls.children.keys().map(String::as_str).collect())
}

/// The regions in which something of Lambda is wanted.
pub(super) fn regions(needs: &Needs) -> BTreeSet<&str> {
    [FUNCTION, MAPPING, URL].into_iter().flat_map(|type_name| needs.regions_of(type_name)).collect()
}

pub(super) fn plan(needs: &Needs) -> Vec<PlannedCall> {
    let mut calls = Vec::new();
    for region in regions(needs) {
        let call = |operation: &str, subject: &str, condition: Condition| {
            planned(&OPERATIONS, Call::new("lambda", operation, region, subject), condition)
        };
        let each = |operation: &str| call(operation, "each function", Condition::ForEach("function".to_owned()));
        let of = |operation: &str, name: &str, condition: Condition| {
            let mut planned = call(operation, name, condition);
            // The ARN of a function follows from its name, so the permission can be as narrow.
            planned.resource = planned.resource.replace("function:*", &format!("function:{name}"));
            planned
        };
        let exists = || Condition::IfPresent("the function exists".to_owned());
        if needs.of(MAPPING, region).is_some() {
            calls.push(call("ListEventSourceMappings", "", Condition::Always));
            calls.push(call("ListEventSourceMappings", "further pages", Condition::FurtherPages));
        }
        let (functions_wanted, urls) = (needs.of(FUNCTION, region), needs.of(URL, region));
        if functions_wanted.is_some() || urls.is_some() {
            calls.push(call(LIST, "", Condition::Always));
            calls.push(call(LIST, "further pages", Condition::FurtherPages));
        }
        if let Some(wanted) = functions_wanted {
            calls.extend(wanted.all.iter().flat_map(|fields| functions().read_by(fields)).map(each));
            for (name, fields) in &wanted.named {
                calls.push(of(CONFIGURATION, name, Condition::Fallback(format!("lambda:{LIST}"))));
                calls.extend(functions().read_by(fields).into_iter().map(|operation| of(operation, name, exists())));
            }
        }
        match urls.map(asked_for_urls) {
            None => {}
            Some(None) => calls.push(each("ListFunctionUrlConfigs")),
            Some(Some(names)) => {
                calls.extend(names.into_iter().map(|name| of("ListFunctionUrlConfigs", name, exists())));
            }
        }
    }
    calls
}
