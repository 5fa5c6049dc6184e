//! What each of the four policies allows by itself.

use crate::case::{Case, Change, mistake};
use crate::names::{PUBLISH, RECEIVE, STREAM, WRITE};
use crate::step::Step;

const WRITE_CONTENT: &[Change] = &[
    ("write-policy-content", "write-policy", "fail"),
    ("writer-stores-orders", "writer → orders", "fail"),
    ("writer-permissions", "writer-role", "blocked"),
];
const RECEIVE_CONTENT: &[Change] =
    &[("receive-policy-content", "receive-policy", "fail"), ("writer-permissions", "writer-role", "blocked")];
const PUBLISH_CONTENT: &[Change] =
    &[("publish-policy-content", "publish-policy", "fail"), ("announcer-permissions", "announcer-role", "blocked")];
const STREAM_CONTENT: &[Change] = &[
    ("stream-policy-content", "stream-policy", "fail"),
    ("stream-triggers-announcer", "orders → announcer", "fail"),
    ("announcer-permissions", "announcer-role", "blocked"),
];

/// The cases.
pub(super) const CASES: &[Case] = &[
    mistake(
        "the policy to read the stream has the actions of the queue",
        &[Step::NewVersion {
            policy: STREAM,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Sid": "VisualEditor0", "Effect": "Allow",
                "Action": ["sqs:DeleteMessage", "sqs:ReceiveMessage", "sqs:GetQueueAttributes",
                           "sqs:ChangeMessageVisibility"],
                "Resource": "*"}]}"#,
        }],
        STREAM_CONTENT,
        &[
            ("stream-policy-content", "is allowed, by statement \"VisualEditor0\" of Lambda-DynamoDBStreams-Read"),
            ("stream-policy-content", "sqs:ChangeMessageVisibility on "),
            ("announcer-permissions", "stream-policy-content"),
        ],
    ),
    mistake(
        "the policy to write lacks an action",
        &[Step::NewVersion {
            policy: WRITE,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Action": ["dynamodb:DescribeTable", "dynamodb:PutItems"], "Resource": "*"}]}"#,
        }],
        WRITE_CONTENT,
        &[],
    ),
    mistake(
        "the policy to write has one action less",
        &[Step::NewVersion {
            policy: WRITE,
            document: r#"{"Version": "2012-10-17", "Statement":
                {"Effect": "Allow", "Action": "dynamodb:DescribeTable", "Resource": "*"}}"#,
        }],
        WRITE_CONTENT,
        &[
            ("write-policy-content", "dynamodb:PutItem is not allowed"),
            ("write-policy-content", "dynamodb:PutItem on "),
        ],
    ),
    mistake(
        "the policy to publish allows everything of SNS",
        &[Step::NewVersion {
            policy: PUBLISH,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Sid": "all", "Effect": "Allow",
                "Action": "sns:*", "Resource": "*"}]}"#,
        }],
        PUBLISH_CONTENT,
        &[("publish-policy-content", "sns:AddPermission is allowed, by statement \"all\" of Lambda-SNS-Publish")],
    ),
    mistake(
        "the policy to receive names actions by a pattern, which what AWS adds may meet",
        &[Step::NewVersion {
            policy: RECEIVE,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*",
                "Action": ["sqs:DeleteMessage", "sqs:Receive*", "sqs:GetQueueAttributes",
                           "sqs:ChangeMessageVisibility"]}]}"#,
        }],
        RECEIVE_CONTENT,
        &[("receive-policy-content", "a name that AWS may give to an action")],
    ),
    mistake(
        "the policy to receive is about another queue",
        &[Step::NewVersion {
            policy: RECEIVE,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Action": ["sqs:DeleteMessage", "sqs:ReceiveMessage", "sqs:GetQueueAttributes",
                           "sqs:ChangeMessageVisibility"],
                "Resource": "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:other"}]}"#,
        }],
        &[
            ("queue-triggers-writer", "queue → writer", "fail"),
            ("receive-policy-content", "receive-policy", "fail"),
            ("writer-permissions", "writer-role", "blocked"),
        ],
        &[("receive-policy-content", "is not allowed, and serverless-poc/Lambda-Read-SQS.json asks for it")],
    ),
    mistake(
        "the policy to write denies what it should allow",
        &[Step::NewVersion {
            policy: WRITE,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Sid": "no", "Effect": "Deny",
                "Action": ["dynamodb:PutItem", "dynamodb:DescribeTable"], "Resource": "*"}]}"#,
        }],
        WRITE_CONTENT,
        &[("write-policy-content", "dynamodb:DescribeTable is not allowed")],
    ),
    mistake(
        "the policy to publish holds with a second factor alone",
        &[Step::NewVersion {
            policy: PUBLISH,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Action": ["sns:Publish", "sns:GetTopicAttributes", "sns:ListTopics"], "Resource": "*",
                "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}]}"#,
        }],
        &[
            ("publish-policy-content", "publish-policy", "fail"),
            ("announcer-publishes", "announcer → topic", "fail"),
            ("announcer-permissions", "announcer-role", "blocked"),
        ],
        &[("publish-policy-content", "is not allowed")],
    ),
    mistake(
        "three of the four policies hold what another should",
        &[
            Step::NewVersion {
                policy: WRITE,
                document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*",
                    "Action": ["sns:Publish", "sns:GetTopicAttributes", "sns:ListTopics"]}]}"#,
            },
            Step::NewVersion {
                policy: PUBLISH,
                document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*",
                    "Action": ["dynamodb:PutItem", "dynamodb:DescribeTable"]}]}"#,
            },
            Step::NewVersion {
                policy: RECEIVE,
                document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*",
                    "Action": ["dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:GetRecords"]}]}"#,
            },
        ],
        &[
            ("publish-policy-content", "publish-policy", "fail"),
            ("queue-triggers-writer", "queue → writer", "fail"),
            ("receive-policy-content", "receive-policy", "fail"),
            ("write-policy-content", "write-policy", "fail"),
            ("writer-stores-orders", "writer → orders", "fail"),
            ("announcer-publishes", "announcer → topic", "fail"),
            ("announcer-permissions", "announcer-role", "blocked"),
            ("writer-permissions", "writer-role", "blocked"),
        ],
        &[],
    ),
];
