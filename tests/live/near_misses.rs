//! Changes to the account that are no mistakes: no verdict may change.
//!
//! Those to policies, roles and the queue are here, the others one file a service.

mod api;
mod function;
mod table;
mod topic;

use crate::REGION;
use crate::case::{Case, mistake, shows_each};
use crate::names::{ANNOUNCER, API, LAMBDA_1, PUBLISH, RECEIVE, STREAM, WRITE, WRITER};
use crate::step::{DENY_ALL, Setting, Step};
use crate::support::servers::Kind;

const fn case(name: &'static str, steps: &'static [Step]) -> Case {
    mistake(name, steps, &[], &[])
}

const CASES: &[Case] = &[
    case("a version of a policy that is not in force denies everything", &[Step::StaleVersion(WRITE)]),
    case("a tag on a role and on the queue", &[Step::TagRole(WRITER), Step::TagQueue]),
    case(
        "a further role, queue, user and policy",
        &[
            Step::NewPolicy { name: "Lambda-Write-DynamoDB-2", path: "/", like: WRITE },
            Step::NewRole { name: "Lambda-SQS-DynamoDB-2", path: "/", like: WRITER },
            Step::NewQueue { name: "other", region: REGION, attributes: &[] },
            Step::NewUser(WRITER),
        ],
    ),
    case(
        "the attachments in another order",
        &[
            Step::Detach { role: WRITER, policy: WRITE },
            Step::Detach { role: WRITER, policy: RECEIVE },
            Step::Attach { role: WRITER, policy: RECEIVE },
            Step::Attach { role: WRITER, policy: WRITE },
        ],
    ),
    case("another description", &[Step::DescribeRole(WRITER)]),
    case("another visibility timeout", &[Step::SetQueue("VisibilityTimeout", "180")]),
    case(
        "the queue of the same name in a second region",
        &[Step::NewQueue { name: "POC-Queue", region: "eu-west-1", attributes: &[] }],
    ),
    case(
        "a policy written in another way: Sid, letters, a list for one, an order, escapes, letters that a URL escapes",
        &[
            Step::NewVersion {
                policy: RECEIVE,
                document: r#"{"Statement": {"Resource": ["*", "arn:aws:sqs:*:*:a+b%20c&d=<é>"], "Sid": "Read", "Effect": "Allow",
                    "Action": ["SQS:ReceiveMessage", "sqs:getqueueattributes", "sqs:ChangeMessageVisibility",
                               "Sqs:DeleteMessage"]}, "Version": "2012-10-17"}"#,
            },
            Step::NewVersion {
                policy: WRITE,
                document: "{\"Version\":\"2012-10-17\",\r\n\t\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"dynamodb:\\u0050utItem\",\"dynamodb:DescribeTable\"],\"Resource\":[\"\\u002a\"]}]}",
            },
        ],
    ),
    case(
        "a policy split into statements, and one that says it by what it leaves out",
        &[
            Step::NewVersion {
                policy: PUBLISH,
                document: r#"{"Version": "2012-10-17", "Statement": [
                    {"Sid": "A", "Effect": "Allow", "Action": "sns:ListTopics", "Resource": "*"},
                    {"Sid": "B", "Effect": "Allow", "Action": "sns:GetTopicAttributes", "Resource": "*"},
                    {"Sid": "C", "Effect": "Allow", "Action": ["sns:Publish", "sns:ListTopics"], "Resource": "*"}]}"#,
            },
            Step::NewVersion {
                policy: STREAM,
                document: r#"{"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"},
                    {"Effect": "Deny", "Resource": "*", "NotAction": ["dynamodb:GetShardIterator",
                     "dynamodb:DescribeStream", "dynamodb:ListStreams", "dynamodb:GetRecords", "sns:*"]}]}"#,
            },
        ],
    ),
    case(
        "the right version of a policy in force again, after a wrong one",
        &[
            Step::NewVersion { policy: STREAM, document: DENY_ALL },
            Step::NewVersion {
                policy: STREAM,
                document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", "Action":
                    ["dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams",
                     "dynamodb:GetRecords"]}]}"#,
            },
        ],
    ),
    case(
        "inline policies that allow nothing more and deny nothing needed",
        &[
            Step::Inline {
                role: WRITER,
                document: r#"{"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Action": "sqs:ReceiveMessage",
                     "Resource": "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:POC-Queue"},
                    {"Effect": "Deny", "NotAction": ["sqs:*", "dynamodb:*"], "Resource": "*"},
                    {"Effect": "Deny", "Action": "sqs:*",
                     "NotResource": "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:POC-Queue"}]}"#,
            },
            Step::Inline {
                role: ANNOUNCER,
                document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*",
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}"#,
            },
            Step::Inline {
                role: API,
                document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*",
                    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"]}]}"#,
            },
        ],
    ),
    case(
        "a policy that allows too much, and another that takes it away again",
        &[
            Step::Attach { role: ANNOUNCER, policy: "aws:AmazonSQSFullAccess" },
            Step::Inline {
                role: ANNOUNCER,
                document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Resource": "*",
                    "NotAction": ["dynamodb:*", "sns:*"]}]}"#,
            },
        ],
    ),
    case(
        "a policy of AWS's on a role that no rule names",
        &[
            Step::NewRole { name: "other", path: "/", like: WRITER },
            Step::Attach { role: "other", policy: "aws:AdministratorAccess" },
        ],
    ),
    case(
        "the queue policy without names, in another order, with the owner by number",
        &[Step::QueuePolicy(
            r#"{"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "sqs:ReceiveMessage", "Resource": "*",
                 "Principal": {"AWS": "arn:aws:iam::${AWS::AccountId}:role/Lambda-SQS-DynamoDB"}},
                {"Effect": "Allow", "Action": ["SQS:DeleteMessage", "sqs:Change*"], "Resource": "*",
                 "Principal": {"AWS": ["arn:aws:iam::${AWS::AccountId}:role/Lambda-SQS-DynamoDB"]}},
                {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:*:*:POC-*",
                 "Principal": {"AWS": "arn:aws:iam::${AWS::AccountId}:role/APIGateway-SQS"}},
                {"Effect": "Allow", "Action": "SQS:*", "Resource": "*", "Principal": {"AWS": "${AWS::AccountId}"}}]}"#,
        )],
    ),
    case("the queue policy without the owner's statement", &[Step::QueueLoses("__owner_statement")]),
    case(
        "a statement for anyone that the Deny beside it closes, and one without TLS denied",
        &[
            Step::QueueGains(r#"{"Effect": "Allow", "Principal": "*", "Action": "sqs:PurgeQueue", "Resource": "*"}"#),
            Step::QueueGains(r#"{"Effect": "Deny", "Principal": "*", "Action": "sqs:Purge*", "Resource": "*"}"#),
            Step::QueueGains(
                r#"{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*",
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#,
            ),
        ],
    ),
    case(
        "a statement for anyone that is about another queue",
        &[Step::QueueGains(
            r#"{"Effect": "Allow", "Principal": "*", "Action": "sqs:*",
                "Resource": "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:POC-Queue2"}"#,
        )],
    ),
    case(
        "a statement for anyone whose condition leaves the sender alone",
        &[
            Step::QueueLoses("__sender_statement"),
            Step::QueueGains(
                r#"{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*", "Condition":
                    {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::${AWS::AccountId}:role/APIGateway-SQS"}}}"#,
            ),
        ],
    ),
    case(
        "a topic, another account and anyone are denied",
        &[
            Step::QueueGains(
                r#"{"Effect": "Deny", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "*", "Resource": "*"}"#,
            ),
            Step::QueueGains(
                r#"{"Effect": "Deny", "Principal": {"AWS": "111122223333"}, "Action": "*", "Resource": "*"}"#,
            ),
            Step::QueueGains(
                r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition":
                    {"StringNotEquals": {"aws:PrincipalAccount": "${AWS::AccountId}"},
                     "Bool": {"aws:PrincipalIsAWSService": "false"}}}"#,
            ),
        ],
    ),
    case(
        "trust policies in other words, and with the account's own root",
        &[
            Step::Trust {
                role: WRITER,
                document: r#"{"Version": "2012-10-17", "Statement": {"Sid": "lambda", "Effect": "Allow",
                    "Principal": {"Service": ["lambda.amazonaws.com"]}, "Action": ["sts:AssumeRole"]}}"#,
            },
            Step::Trust {
                role: ANNOUNCER,
                document: r#"{"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
                    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::${AWS::AccountId}:root"},
                     "Action": "sts:AssumeRole"}]}"#,
            },
            Step::Trust {
                role: API,
                document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                    "Principal": {"Service": ["apigateway.amazonaws.com"]}, "Action": ["sts:AssumeRole"]}]}"#,
            },
        ],
    ),
    case(
        "a role and a policy under a path, and a queue policy that names it",
        &[
            Step::QueueLoses("__receiver_statement"),
            Step::QueueGains(
                r#"{"Effect": "Allow", "Resource": "*",
                    "Action": ["SQS:ChangeMessageVisibility", "SQS:DeleteMessage", "SQS:ReceiveMessage"],
                    "Principal": {"AWS": "arn:aws:iam::${AWS::AccountId}:role/service-role/Lambda-SQS-DynamoDB"}}"#,
            ),
            Step::DeleteRole(WRITER),
            Step::Detach { role: ANNOUNCER, policy: PUBLISH },
            Step::NewPolicy { name: "unused", path: "/lab/", like: WRITE },
            Step::NewRole { name: WRITER, path: "/service-role/", like: WRITER },
            Step::SetFunction(LAMBDA_1, Setting::Role("service-role/Lambda-SQS-DynamoDB")),
            Step::Attach { role: ANNOUNCER, policy: PUBLISH },
        ],
    ),
];

fn cases() -> Vec<Case> {
    [CASES, table::CASES, function::CASES, topic::CASES, api::CASES].concat()
}

#[tokio::test]
async fn ministack_shows_no_mistake() {
    shows_each(Kind::Ministack, &cases()).await;
}

#[tokio::test]
async fn moto_shows_no_mistake() {
    shows_each(Kind::Moto, &cases()).await;
}
