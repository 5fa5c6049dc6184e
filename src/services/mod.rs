//! One folder a service: its kinds, the operations that read them, the calls that a set of needs takes, and (feature
//! `live`) the collector, which is the only place that names the service's SDK crate.
//!
//! To add a service: one folder, and one line in [`SERVICES`].

use crate::model::{Call, Condition, Kind, Needs, Operation, PlannedCall};

pub mod apigateway;
pub mod dynamodb;
#[cfg(feature = "live")]
mod gathered;
pub mod iam;
pub mod lambda;
#[cfg(feature = "live")]
mod pages;
pub mod sns;
pub mod sqs;

#[cfg(feature = "live")]
pub(crate) use gathered::{Gathered, Reader, not_asked, text_if_any, texts};
#[cfg(feature = "live")]
pub(crate) use pages::{Page, Pages, all_pages, pages};

/// A service that Plimsoll can read.
#[derive(Debug)]
pub struct Service {
    /// Its prefix in IAM actions.
    pub prefix: &'static str,
    /// The types of resource it has.
    pub kinds: &'static [Kind],
    /// The operations that may be called: its part of the read-only ledger.
    pub operations: &'static [Operation],
    /// The calls that these needs take, as far as they are known before anything is asked.
    pub plan: fn(&Needs) -> Vec<PlannedCall>,
}

/// All services, in alphabetical order.
pub static SERVICES: [&Service; 6] =
    [&apigateway::SERVICE, &dynamodb::SERVICE, &iam::SERVICE, &lambda::SERVICE, &sns::SERVICE, &sqs::SERVICE];

/// All kinds of all services.
pub fn kinds() -> impl Iterator<Item = &'static Kind> {
    SERVICES.iter().flat_map(|service| service.kinds)
}

/// The kind called `type_name`.
pub fn kind(type_name: &str) -> Option<&'static Kind> {
    kinds().find(|kind| kind.type_name == type_name)
}

/// Every operation that may be called, those of the session itself aside.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    SERVICES.iter().flat_map(|service| service.operations)
}

/// The calls that `needs` take, in order.
pub fn plan(needs: &Needs) -> Vec<PlannedCall> {
    let mut calls: Vec<_> = SERVICES.iter().flat_map(|service| (service.plan)(needs)).collect();
    calls.sort();
    calls.dedup();
    calls
}

/// The planned `call` of one of `operations`, which says what permits it.
///
/// # Panics
/// If the operation is not on the list: what is not in the ledger cannot be planned.
fn planned(operations: &'static [Operation], call: Call, condition: Condition) -> PlannedCall {
    let Some(operation) = operations.iter().find(|operation| operation.name == call.operation) else {
        unreachable!("{call} is not on the read-only list of its service")
    };
    PlannedCall { action: operation.action.to_owned(), resource: operation.resource.to_owned(), call, condition }
}
