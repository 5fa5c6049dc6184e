//! What the roles may do by all their policies together.

use crate::case::{Case, Change, WITH_BOUNDARIES, mistake};
use crate::names::{ANNOUNCER, API, LOGS, STREAM, WRITER};
use crate::step::{DENY_ALL, Step};

const WRITER_MAY: &[Change] = &[("writer-permissions", "writer-role", "fail")];
const ANNOUNCER_MAY: &[Change] = &[("announcer-permissions", "announcer-role", "fail")];
const API_MAY: &[Change] = &[("api-role-permissions", "api-role", "fail")];

const WRITER_CANNOT_RECEIVE: &[Change] =
    &[("queue-triggers-writer", "queue → writer", "fail"), ("writer-permissions", "writer-role", "fail")];

/// The cases.
pub(super) const CASES: &[Case] = &[
    mistake(
        "an inline policy denies the API's role what the queue's policy allows",
        &[Step::Inline {
            role: API,
            document: r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "NotAction": "logs:*",
                "Resource": "*"}}"#,
        }],
        &[("api-feeds-queue", "post → queue", "fail")],
        &[("api-feeds-queue", "sqs:SendMessage is denied by statement 1 of the inline policy extra")],
    ),
    mistake(
        "the API's role has every queue",
        &[Step::Attach { role: API, policy: "aws:AmazonSQSFullAccess" }],
        API_MAY,
        &[("api-role-permissions", "sqs:AddPermission is allowed"), ("api-role-permissions", "AmazonSQSFullAccess")],
    ),
    mistake(
        "a function's role is an administrator",
        &[Step::Attach { role: ANNOUNCER, policy: "aws:AdministratorAccess" }],
        ANNOUNCER_MAY,
        &[("announcer-permissions", "the policy AdministratorAccess")],
    ),
    mistake(
        "a function's role may write logs, which the lab does not give it",
        &[Step::Attach { role: WRITER, policy: "service-role/AWSLambdaBasicExecutionRole" }],
        WRITER_MAY,
        &[("writer-permissions", "logs:CreateLogGroup is allowed")],
    ),
    mistake(
        "an inline policy allows more",
        &[Step::Inline {
            role: WRITER,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Sid": "rest", "Effect": "Allow",
                "Action": "dynamodb:*", "Resource": "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/orders"}]}"#,
        }],
        WRITER_MAY,
        &[
            ("writer-permissions", "is allowed, by statement \"rest\" of the inline policy extra"),
            ("writer-permissions", ":table/orders"),
        ],
    ),
    mistake(
        "an inline policy allows an object whose name a URL escapes",
        &[Step::Inline {
            role: WRITER,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::orders/a+b%20c&d=<é>"}]}"#,
        }],
        WRITER_MAY,
        &[("writer-permissions", "s3:GetObject on arn:aws:s3:::orders/a+b%20c&d=<é> by ")],
    ),
    mistake(
        "an inline policy allows all but one service",
        &[Step::Inline {
            role: ANNOUNCER,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "NotAction": "iam:*",
                "Resource": "*"}]}"#,
        }],
        ANNOUNCER_MAY,
        &[("announcer-permissions", "statement 1 of the inline policy extra")],
    ),
    mistake(
        "an inline policy denies everything",
        &[Step::Inline { role: WRITER, document: DENY_ALL }],
        &[
            ("queue-triggers-writer", "queue → writer", "fail"),
            ("writer-permissions", "writer-role", "fail"),
            ("writer-stores-orders", "writer → orders", "fail"),
            ("avoidable-star", "writer-role", "pass"),
        ],
        &[("writer-permissions", "is not allowed: statement 1 of the inline policy extra denies it")],
    ),
    mistake(
        "an inline policy takes an action away",
        &[Step::Inline {
            role: WRITER,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Sid": "keep", "Effect": "Deny",
                "Action": "sqs:Delete*", "Resource": "*"}]}"#,
        }],
        WRITER_CANNOT_RECEIVE,
        &[
            ("writer-permissions", "sqs:DeleteMessage is not allowed: statement \"keep\" of the inline policy extra"),
            ("writer-permissions", "role/Lambda-SQS-DynamoDB with aws:PrincipalAccount="),
        ],
    ),
    mistake(
        "an inline policy leaves one queue, and not the right one",
        &[Step::Inline {
            role: WRITER,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Sid": "scope", "Effect": "Deny", "Action": "sqs:*",
                "NotResource": "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:POC-Queues"}]}"#,
        }],
        WRITER_CANNOT_RECEIVE,
        &[("writer-permissions", "statement \"scope\" of the inline policy extra denies it")],
    ),
    mistake(
        "an inline policy leaves a topic of another region",
        &[Step::Inline {
            role: ANNOUNCER,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*",
                "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}}]}"#,
        }],
        &[
            ("announcer-permissions", "announcer-role", "fail"),
            ("announcer-publishes", "announcer → topic", "fail"),
            ("stream-triggers-announcer", "orders → announcer", "fail"),
        ],
        &[("announcer-permissions", "is not allowed"), ("announcer-permissions", "aws:RequestedRegion=us-east-1")],
    ),
    mistake(
        "a policy that means the same by itself denies what the other one allows",
        &[Step::NewVersion {
            policy: STREAM,
            document: r#"{"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"},
                {"Effect": "Deny", "Resource": "*", "NotAction": ["dynamodb:GetShardIterator",
                 "dynamodb:DescribeStream", "dynamodb:ListStreams", "dynamodb:GetRecords"]}]}"#,
        }],
        &[("announcer-permissions", "announcer-role", "fail"), ("announcer-publishes", "announcer → topic", "fail")],
        &[(
            "announcer-permissions",
            "sns:Publish is not allowed: statement 2 of the policy Lambda-DynamoDBStreams-Read (v2)",
        )],
    ),
    mistake(
        "the API's role lacks its policy and has an inline one",
        &[
            Step::Detach { role: API, policy: LOGS },
            Step::Inline {
                role: API,
                document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage",
                "Resource": "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:POC-Queue"}]}"#,
            },
        ],
        &[
            ("api-role-permissions", "api-role", "fail"),
            ("api-role-policies", "api-role", "fail"),
            ("avoidable-star", "api-role", "pass"),
        ],
        &[("api-role-permissions", "sqs:SendMessage on arn:aws:sqs:us-east-1:")],
    ),
    Case {
        on: WITH_BOUNDARIES,
        ..mistake(
            "a boundary of AWS's lacks what a role needs",
            &[Step::Boundary { role: WRITER, policy: "aws:AmazonSQSFullAccess" }],
            &[
                ("roles-unbounded", "writer-role", "fail"),
                ("writer-permissions", "writer-role", "fail"),
                ("writer-stores-orders", "writer → orders", "fail"),
            ],
            &[("writer-permissions", "dynamodb:PutItem is not allowed")],
        )
    },
    Case {
        on: WITH_BOUNDARIES,
        ..mistake(
            "a boundary of the account's own is about another queue",
            &[
                Step::NewDocument {
                    name: "limit",
                    document: r#"{"Version": "2012-10-17", "Statement": [
                        {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"},
                        {"Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:*:*:other"}]}"#,
                },
                Step::Boundary { role: WRITER, policy: "limit" },
            ],
            &[
                ("queue-triggers-writer", "queue → writer", "fail"),
                ("roles-unbounded", "writer-role", "fail"),
                ("writer-permissions", "writer-role", "fail"),
            ],
            &[("writer-permissions", "sqs:DeleteMessage is not allowed")],
        )
    },
    Case {
        on: WITH_BOUNDARIES,
        ..mistake(
            "a boundary leaves all that the role needs",
            &[
                Step::NewDocument {
                    name: "limit",
                    document: r#"{"Version": "2012-10-17", "Statement": [
                        {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "arn:*:dynamodb:*:*:table/orders"},
                        {"Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:*:*:POC-Queue"}]}"#,
                },
                Step::Boundary { role: WRITER, policy: "limit" },
            ],
            &[("roles-unbounded", "writer-role", "fail"), ("avoidable-star", "writer-role", "pass")],
            &[],
        )
    },
    Case {
        on: WITH_BOUNDARIES,
        ..mistake(
            "a boundary takes away what an attached policy allows too much",
            &[
                Step::Attach { role: API, policy: "aws:AmazonSQSFullAccess" },
                Step::Boundary { role: API, policy: LOGS },
            ],
            &[("api-feeds-queue", "post → queue", "fail"), ("roles-unbounded", "api-role", "fail")],
            &[],
        )
    },
    mistake(
        "two mistakes: a broad policy on one role, an open queue",
        &[
            Step::Attach { role: API, policy: "aws:AmazonSQSFullAccess" },
            Step::QueueGains(
                r#"{"Effect": "Allow", "Principal": "*", "Action": "SQS:ReceiveMessage", "Resource": "*"}"#,
            ),
        ],
        &[
            ("api-role-permissions", "api-role", "fail"),
            ("queue-receivers", "queue", "fail"),
            ("queue-others", "queue", "blocked"),
        ],
        &[],
    ),
];
