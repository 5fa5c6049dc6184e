//! The API with settings that no rule of the lab names, and the integration in its accepted spellings.

use super::case;
use crate::case::{Case, on_ministack};
use crate::step::Step;
use crate::support::lab::{Integration, ORDERS_API, RestApi, TO_QUEUE};

/// The integration with another template.
const fn body(templates: &'static [(&'static str, &'static str)]) -> Step {
    Step::Integrate(Integration { templates, ..TO_QUEUE })
}

/// The cases.
pub(super) const CASES: &[Case] = &[
    case("a text", &[Step::SetApi("/description", "takes orders")]),
    on_ministack(case("a tag", &[Step::TagApi])),
    case("the API is deployed", &[Step::Deploy("dev")]),
    case("the API is deployed twice", &[Step::Deploy("dev"), Step::Deploy("prod")]),
    case(
        "another API, and one of the same name in a second region",
        &[
            Step::NewApi(RestApi { name: "POC-API-2", endpoint: "EDGE", integration: None, ..ORDERS_API }),
            Step::NewApi(RestApi { name: "poc-api", ..ORDERS_API }),
            Step::In("eu-west-1", &Step::NewApi(RestApi { endpoint: "EDGE", ..ORDERS_API })),
        ],
    ),
    case(
        "a further resource with a method",
        &[Step::NewMethod(RestApi { path: "/health", method: "GET", integration: None, ..ORDERS_API })],
    ),
    case(
        "the address with one slash",
        &[Step::Integrate(Integration {
            uri: "arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/POC-Queue",
            ..TO_QUEUE
        })],
    ),
    case(
        "the body escaped as a form wants it",
        &[body(&[("application/json", "Action=SendMessage&MessageBody=$util.urlEncode($input.body)")])],
    ),
    case(
        "a line's end after the template",
        &[body(&[("application/json", "Action=SendMessage&MessageBody=$input.body\n")])],
    ),
    case(
        "a template for a second content type",
        &[body(&[
            ("application/json", "Action=SendMessage&MessageBody=$input.body"),
            ("text/plain", "Action=SendMessage&MessageBody=$input.body"),
        ])],
    ),
    case(
        "a further header",
        &[Step::Integrate(Integration {
            parameters: &[
                ("integration.request.header.X-Trace", "'order'"),
                ("integration.request.header.Content-Type", "'application/x-www-form-urlencoded'"),
            ],
            ..TO_QUEUE
        })],
    ),
    case("an empty template for the answers", &[Step::EmptyTemplate]),
    case("the API was made a second time", &[Step::ReplaceApi(ORDERS_API)]),
];
