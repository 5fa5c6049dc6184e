//! Mistakes in the REST API and its method.

use crate::case::{Case, mistake};
use crate::step::Step;
use crate::support::lab::{ORDERS_API, RestApi};

/// The cases.
pub(super) const CASES: &[Case] = &[
    mistake("the API is missing", &[Step::DeleteApi("POC-API")], &[], &[]),
    mistake(
        "the API's name is in small letters",
        &[Step::ReplaceApi(RestApi { name: "poc-api", ..ORDERS_API })],
        &[],
        &[],
    ),
    mistake(
        "R02: the API is in another region",
        &[Step::DeleteApi("POC-API"), Step::In("eu-west-1", &Step::NewApi(ORDERS_API))],
        &[],
        &[],
    ),
    mistake("two APIs have the name", &[Step::NewApi(ORDERS_API)], &[], &[]),
    mistake(
        "R42: the API is edge-optimised",
        &[Step::ReplaceApi(RestApi { endpoint: "EDGE", ..ORDERS_API })],
        &[],
        &[],
    ),
    mistake("R42: the API is private", &[Step::ReplaceApi(RestApi { endpoint: "PRIVATE", ..ORDERS_API })], &[], &[]),
    mistake("the API has no method", &[Step::DeleteMethod], &[], &[]),
    mistake(
        "R43: the method is on a child resource",
        &[Step::ReplaceApi(RestApi { path: "/order", ..ORDERS_API })],
        &[],
        &[],
    ),
    mistake("R43: the method is ANY", &[Step::ReplaceApi(RestApi { method: "ANY", ..ORDERS_API })], &[], &[]),
    mistake("the method is PUT", &[Step::ReplaceApi(RestApi { method: "PUT", ..ORDERS_API })], &[], &[]),
    mistake("the method has no integration", &[Step::DeleteIntegration], &[], &[]),
];
