//! Mistakes in the REST API and its method.

use crate::case::{Case, Change, mistake, on_ministack};
use crate::step::Step;
use crate::support::lab::{ORDERS_API, RestApi};

const API_IS_GONE: &[Change] = &[
    ("api-exists", "api", "fail"),
    ("api-feeds-queue", "post → queue", "blocked"),
    ("api-regional", "api", "blocked"),
    ("post-exists", "post", "blocked"),
    ("post-passthrough", "post", "blocked"),
];
const METHOD_IS_GONE: &[Change] = &[
    ("post-exists", "post", "fail"),
    ("api-feeds-queue", "post → queue", "blocked"),
    ("post-passthrough", "post", "blocked"),
];

/// The cases.
pub(super) const CASES: &[Case] = &[
    mistake(
        "the API is missing",
        &[Step::DeleteApi("POC-API")],
        API_IS_GONE,
        &[("api-exists", "no REST API of that name in us-east-1")],
    ),
    mistake(
        "the API's name is in small letters",
        &[Step::ReplaceApi(RestApi { name: "poc-api", ..ORDERS_API })],
        API_IS_GONE,
        &[("api-exists", "poc-api is there, and case counts in names")],
    ),
    mistake(
        "R02: the API is in another region",
        &[Step::DeleteApi("POC-API"), Step::In("eu-west-1", &Step::NewApi(ORDERS_API))],
        API_IS_GONE,
        &[],
    ),
    mistake(
        "two APIs have the name",
        &[Step::NewApi(ORDERS_API)],
        API_IS_GONE,
        &[("api-exists", "2 of them, and nothing tells them apart")],
    ),
    mistake(
        "R42: the API is edge-optimised",
        &[Step::ReplaceApi(RestApi { endpoint: "EDGE", ..ORDERS_API })],
        &[("api-regional", "api", "fail")],
        &[("api-regional", "EDGE")],
    ),
    mistake(
        "R42: the API is private",
        &[Step::ReplaceApi(RestApi { endpoint: "PRIVATE", ..ORDERS_API })],
        &[("api-regional", "api", "fail")],
        &[("api-regional", "PRIVATE")],
    ),
    mistake("the API has no method", &[Step::DeleteMethod], METHOD_IS_GONE, &[("post-exists", "no such method")]),
    mistake(
        "R43: the method is on a child resource",
        &[Step::ReplaceApi(RestApi { path: "/order", ..ORDERS_API })],
        METHOD_IS_GONE,
        &[("post-exists", "ResourcePath /order")],
    ),
    mistake(
        "R43: the method is ANY",
        &[Step::ReplaceApi(RestApi { method: "ANY", ..ORDERS_API })],
        METHOD_IS_GONE,
        &[("post-exists", "HttpMethod ANY")],
    ),
    mistake(
        "the method is PUT",
        &[Step::ReplaceApi(RestApi { method: "PUT", ..ORDERS_API })],
        METHOD_IS_GONE,
        &[("post-exists", "HttpMethod PUT")],
    ),
    // moto answers GetIntegration of a method without one with an empty object, AWS with NotFoundException.
    on_ministack(mistake(
        "the method has no integration",
        &[Step::DeleteIntegration],
        &[("api-feeds-queue", "post → queue", "fail"), ("post-passthrough", "post", "fail")],
        &[("api-feeds-queue", "it has none")],
    )),
];
