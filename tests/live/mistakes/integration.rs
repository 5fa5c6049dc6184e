//! Mistakes in what the method hands its requests to.

use crate::case::{Case, Change, mistake, on_ministack};
use crate::step::Step;
use crate::support::lab::{Integration, TO_QUEUE};

const WRONG: &[Change] = &[("api-feeds-queue", "post → queue", "fail")];

/// The integration with another address.
const fn to(uri: &'static str) -> Step {
    Step::Integrate(Integration { uri, ..TO_QUEUE })
}

/// The integration with another template.
const fn body(templates: &'static [(&'static str, &'static str)]) -> Step {
    Step::Integrate(Integration { templates, ..TO_QUEUE })
}

/// The integration with other request parameters.
const fn header(parameters: &'static [(&'static str, &'static str)]) -> Step {
    Step::Integrate(Integration { parameters, ..TO_QUEUE })
}

/// The integration with another role.
const fn by(credentials: Option<&'static str>) -> Step {
    Step::Integrate(Integration { credentials, ..TO_QUEUE })
}

/// The cases.
pub(super) const CASES: &[Case] = &[
    mistake(
        "R44: the integration is a function",
        &[Step::Integrate(Integration {
            of_type: "AWS_PROXY",
            uri: "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/\
                  arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:POC-Lambda-1/invocations",
            ..TO_QUEUE
        })],
        WRONG,
        &[("api-feeds-queue", "AWS_PROXY, which calls Lambda functions alone")],
    ),
    mistake(
        "R44: the integration is HTTP",
        &[Step::Integrate(Integration {
            of_type: "HTTP",
            uri: "https://sqs.${AWS::Region}.amazonaws.com/${AWS::AccountId}/POC-Queue",
            ..TO_QUEUE
        })],
        WRONG,
        &[("api-feeds-queue", "HTTP, which calls an HTTP server")],
    ),
    mistake(
        "R44: the integration is a mock",
        &[Step::Integrate(Integration { of_type: "MOCK", ..TO_QUEUE })],
        WRONG,
        &[("api-feeds-queue", "MOCK, which calls nothing")],
    ),
    mistake(
        "the integration's own method is GET",
        &[Step::Integrate(Integration { method: "GET", ..TO_QUEUE })],
        WRONG,
        &[("api-feeds-queue", "method: GET")],
    ),
    mistake(
        "R45: the address is the queue's ARN",
        &[to(
            "arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:path/arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:POC-Queue",
        )],
        WRONG,
        &[("api-feeds-queue", "the path is ACCOUNT/NAME, not the ARN of the queue")],
    ),
    mistake(
        "R45: the address is the queue's name alone",
        &[to("arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:path/POC-Queue")],
        WRONG,
        &[("api-feeds-queue", "there is no account id before the name of the queue")],
    ),
    mistake(
        "R45: the address has no account",
        &[to("arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:path//POC-Queue")],
        WRONG,
        &[("api-feeds-queue", "there is no account id before the name of the queue")],
    ),
    mistake(
        "R45: the address is in another region",
        &[to("arn:${AWS::Partition}:apigateway:eu-west-1:sqs:path//${AWS::AccountId}/POC-Queue")],
        WRONG,
        &[("api-feeds-queue", "the region is eu-west-1, not us-east-1")],
    ),
    mistake(
        "R45: the address goes on after the queue",
        &[to("arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:path//${AWS::AccountId}/POC-Queue/queue")],
        WRONG,
        &[("api-feeds-queue", "POC-Queue/queue, not ")],
    ),
    mistake(
        "R45: the address is that of another queue",
        &[to("arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:path//${AWS::AccountId}/POC-Queue-2")],
        WRONG,
        &[("api-feeds-queue", "the name is POC-Queue-2, not POC-Queue")],
    ),
    mistake(
        "R12: the address has the queue's name in small letters",
        &[to("arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:path//${AWS::AccountId}/poc-queue")],
        WRONG,
        &[("api-feeds-queue", "the name is poc-queue, not POC-Queue: case counts")],
    ),
    mistake(
        "R03: the account in the address has hyphens",
        &[to("arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:path//1234-5678-9012/POC-Queue")],
        WRONG,
        &[("api-feeds-queue", "the account id 1234-5678-9012 has hyphens")],
    ),
    mistake(
        "R04: the account in the address is another one",
        &[to("arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:path//950816420455/POC-Queue")],
        WRONG,
        &[("api-feeds-queue", "the account is 950816420455, not ")],
    ),
    mistake(
        "R45: the address is that of another service",
        &[to("arn:${AWS::Partition}:apigateway:${AWS::Region}:sns:path//${AWS::AccountId}/POC-Queue")],
        WRONG,
        &[("api-feeds-queue", "it calls the service sns, not sqs")],
    ),
    mistake(
        "R45: the action in place of the path names no queue",
        &[to("arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:action/SendMessage")],
        WRONG,
        &[("api-feeds-queue", "neither the URI nor QueueUrl= says which queue")],
    ),
    mistake(
        "R46: the path override is a request parameter",
        &[Step::Integrate(Integration {
            uri: "arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:path//",
            parameters: &[
                ("integration.request.header.Content-Type", "'application/x-www-form-urlencoded'"),
                ("integration.request.path.override", "'${AWS::AccountId}/POC-Queue'"),
            ],
            ..TO_QUEUE
        })],
        WRONG,
        &[("api-feeds-queue", "the path override stands among the parameters")],
    ),
    mistake("R47: no role sends to the queue", &[by(None)], WRONG, &[("api-feeds-queue", "role: it has none")]),
    mistake(
        "R47: a function's role sends to the queue",
        &[by(Some("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/Lambda-SQS-DynamoDB"))],
        WRONG,
        &[("api-feeds-queue", "the name is Lambda-SQS-DynamoDB, not APIGateway-SQS")],
    ),
    on_ministack(mistake(
        "R03: the account in the role has hyphens",
        &[by(Some("arn:${AWS::Partition}:iam::1234-5678-9012:role/APIGateway-SQS"))],
        WRONG,
        &[("api-feeds-queue", "the account id 1234-5678-9012 has hyphens")],
    )),
    on_ministack(mistake(
        "R04: the role is of another account",
        &[by(Some("arn:${AWS::Partition}:iam::950816420455:role/APIGateway-SQS"))],
        WRONG,
        &[("api-feeds-queue", "the account is 950816420455, not ")],
    )),
    mistake(
        "R48: the header is missing",
        &[header(&[])],
        WRONG,
        &[("api-feeds-queue", "no header Content-Type is mapped")],
    ),
    mistake(
        "R48: the header's value is not quoted",
        &[header(&[("integration.request.header.Content-Type", "application/x-www-form-urlencoded")])],
        WRONG,
        &[("api-feeds-queue", "without single quotes")],
    ),
    mistake(
        "R48: the header's value is that of the client's request",
        &[header(&[("integration.request.header.Content-Type", "method.request.header.Content-Type")])],
        &[("api-feeds-queue", "post → queue", "unknown")],
        &[("api-feeds-queue", "known only when the API is called")],
    ),
    mistake(
        "R48: the header has another name",
        &[header(&[("integration.request.header.ContentType", "'application/x-www-form-urlencoded'")])],
        WRONG,
        &[("api-feeds-queue", "no header Content-Type is mapped")],
    ),
    mistake(
        "R48: the header says JSON",
        &[header(&[("integration.request.header.Content-Type", "'application/json'")])],
        WRONG,
        &[("api-feeds-queue", "Content-Type is 'application/json'")],
    ),
    mistake(
        "R49: the action is misspelt",
        &[body(&[("application/json", "Action=SendMesage&MessageBody=$input.body")])],
        WRONG,
        &[("api-feeds-queue", "Action=SendMesage, not SendMessage")],
    ),
    mistake(
        "R49: the body is not a variable",
        &[body(&[("application/json", "Action=SendMessage&MessageBody=input.body")])],
        WRONG,
        &[("api-feeds-queue", "no $ before input")],
    ),
    mistake(
        "R49: the body's parameter is misspelt",
        &[body(&[("application/json", "Action=SendMessage&Message=$input.body")])],
        WRONG,
        &[("api-feeds-queue", "Message= where MessageBody= goes")],
    ),
    mistake(
        "R49: the action is missing",
        &[body(&[("application/json", "MessageBody=$input.body")])],
        WRONG,
        &[("api-feeds-queue", "no Action=")],
    ),
    mistake(
        "R49: the body is another action's",
        &[body(&[("application/json", "Action=ReceiveMessage&MessageBody=$input.body")])],
        WRONG,
        &[("api-feeds-queue", "Action=ReceiveMessage, not SendMessage")],
    ),
    mistake(
        "R49: there is no template",
        &[body(&[])],
        WRONG,
        &[("api-feeds-queue", "no mapping template for application/json")],
    ),
    mistake(
        "R49: the template is for another content type",
        &[body(&[("application/x-www-form-urlencoded", "Action=SendMessage&MessageBody=$input.body")])],
        WRONG,
        &[("api-feeds-queue", "there is one for application/x-www-form-urlencoded")],
    ),
    mistake(
        "R49: the template is the one that the console generates",
        &[body(&[("application/json", "#set($inputRoot = $input.path('$'))\n{ }")])],
        WRONG,
        &[("api-feeds-queue", "the template makes JSON, and SQS reads a form")],
    ),
    mistake(
        "R50: other bodies pass when there is no template",
        &[Step::Integrate(Integration { passthrough: "WHEN_NO_TEMPLATES", ..TO_QUEUE })],
        &[("post-passthrough", "post", "fail")],
        &[("post-passthrough", "WHEN_NO_TEMPLATES")],
    ),
    mistake(
        "R50: other bodies pass when nothing matches",
        &[Step::Integrate(Integration { passthrough: "WHEN_NO_MATCH", ..TO_QUEUE })],
        &[("post-passthrough", "post", "fail")],
        &[("post-passthrough", "WHEN_NO_MATCH")],
    ),
];
