//! The calls that a set of needs takes from API Gateway.

use super::{AUTHORIZER, DEPLOYMENT, METHOD, OPERATIONS, RESOURCE, STAGE};
use crate::model::{Call, Condition, Needs, PlannedCall, Wanted};
use crate::services::planned;
use std::collections::BTreeSet;

/// The operation that lists what hangs on one API, the types that it lists, and whether it does so by pages.
pub(super) struct List {
    pub(super) operation: &'static str,
    pub(super) types: &'static [&'static str],
    paged: bool,
}

pub(super) const LISTS: [List; 4] = [
    List { operation: "GetResources", types: &[RESOURCE, METHOD], paged: true },
    List { operation: "GetStages", types: &[STAGE], paged: false },
    List { operation: "GetDeployments", types: &[DEPLOYMENT], paged: true },
    List { operation: "GetAuthorizers", types: &[AUTHORIZER], paged: true },
];

impl List {
    /// What is wanted of the types that it lists.
    pub(super) fn wanted<'a>(&self, needs: &'a Needs, region: &str) -> Vec<&'a Wanted> {
        self.types.iter().filter_map(|type_name| needs.of(type_name, region)).collect()
    }
}

/// The regions in which anything of API Gateway is wanted.
pub(crate) fn regions(needs: &Needs) -> BTreeSet<&str> {
    super::KINDS.iter().flat_map(|kind| needs.regions_of(kind.type_name)).collect()
}

pub(super) fn plan(needs: &Needs) -> Vec<PlannedCall> {
    let mut calls = Vec::new();
    for region in regions(needs) {
        let mut add = |operation: &str, subject: &str, condition: Condition| {
            calls.push(planned(&OPERATIONS, Call::new("apigateway", operation, region, subject), condition));
        };
        add("GetRestApis", "", Condition::Always);
        add("GetRestApis", "further pages", Condition::FurtherPages);
        for list in &LISTS {
            let wanted = list.wanted(needs, region);
            if wanted.is_empty() {
                continue;
            }
            if wanted.iter().any(|wanted| wanted.of_any_parent()) {
                add(list.operation, "each REST API", Condition::ForEach("REST API".to_owned()));
            } else {
                for api in wanted.iter().flat_map(|wanted| wanted.children.keys()).collect::<BTreeSet<_>>() {
                    add(list.operation, api, Condition::IfPresent("the REST API exists".to_owned()));
                }
            }
            if list.paged {
                add(list.operation, "further pages", Condition::FurtherPages);
            }
        }
        let Some(methods) = needs.of(METHOD, region) else { continue };
        let lacks = |what: &str| Condition::IfPresent(format!("the list of methods lacks {what}"));
        add("GetMethod", "a method", lacks("its settings"));
        if methods.wants("Integration") {
            add("GetIntegration", "a method", lacks("its integration"));
        }
    }
    calls
}
