//! Whom the policy of the queue lets in.

use crate::case::{Case, Change, mistake};
use crate::names::WRITER;
use crate::step::Step;

const SENDER: &str = "__sender_statement";
const RECEIVER: &str = "__receiver_statement";
const SENDERS: &[Change] = &[("queue-senders", "queue", "fail"), ("queue-others", "queue", "blocked")];
const RECEIVERS: &[Change] = &[("queue-receivers", "queue", "fail"), ("queue-others", "queue", "blocked")];
const BOTH_SIDES: &[Change] =
    &[("queue-receivers", "queue", "fail"), ("queue-senders", "queue", "fail"), ("queue-others", "queue", "blocked")];
const OTHERS: &[Change] = &[("queue-others", "queue", "fail")];

const NOBODY_SENDS: &[Change] = &[
    ("api-feeds-queue", "post → queue", "fail"),
    ("queue-senders", "queue", "fail"),
    ("queue-others", "queue", "blocked"),
];

/// The cases.
pub(super) const CASES: &[Case] = &[
    mistake(
        "anyone may send",
        &[Step::QueueGains(
            r#"{"Sid": "open", "Effect": "Allow", "Principal": "*", "Action": "SQS:SendMessage", "Resource": "*"}"#,
        )],
        SENDERS,
        &[
            ("queue-senders", "anyone may, by statement \"open\" of the queue policy"),
            ("queue-senders", "sqs:SendMessage on arn:aws:sqs:us-east-1:"),
            ("queue-senders", ":POC-Queue by anonymous"),
            ("queue-others", "queue-senders"),
        ],
    ),
    mistake(
        "anyone may do anything",
        &[Step::QueueGains(r#"{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sqs:*", "Resource": "*"}"#)],
        BOTH_SIDES,
        &[("queue-senders", "anyone may, by statement 4"), ("queue-receivers", "sqs:ReceiveMessage")],
    ),
    mistake(
        "anyone may send, by a condition that anyone meets",
        &[Step::QueueGains(
            r#"{"Sid": "tls", "Effect": "Allow", "Principal": "*", "Action": "SQS:SendMessage", "Resource": "*",
                "Condition": {"Bool": {"aws:SecureTransport": "true"}}}"#,
        )],
        SENDERS,
        &[("queue-senders", "anyone may"), ("queue-senders", "aws:SecureTransport=true")],
    ),
    mistake(
        "anyone may send who is in the organisation, or in none",
        &[Step::QueueGains(
            r#"{"Sid": "org", "Effect": "Allow", "Principal": "*", "Action": "SQS:SendMessage", "Resource": "*",
                "Condition": {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}"#,
        )],
        SENDERS,
        &[("queue-senders", "anyone may")],
    ),
    mistake(
        "everyone may receive but one user",
        &[Step::QueueGains(
            r#"{"Sid": "not", "Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:user/eve"},
                "Action": "SQS:ReceiveMessage", "Resource": "*"}"#,
        )],
        RECEIVERS,
        &[("queue-receivers", "sqs:ReceiveMessage: anyone may")],
    ),
    mistake(
        "another account may send",
        &[Step::QueueGains(
            r#"{"Sid": "partner", "Effect": "Allow", "Principal": {"AWS": "111122223333"},
                "Action": "SQS:SendMessage", "Resource": "*"}"#,
        )],
        SENDERS,
        &[
            ("queue-senders", "account 111122223333 may, by statement \"partner\""),
            ("queue-senders", "::111122223333:"),
        ],
    ),
    mistake(
        "another account may purge",
        &[Step::QueueGains(
            r#"{"Sid": "partner", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                "Action": ["SQS:PurgeQueue", "SQS:GetQueueUrl"], "Resource": "*"}"#,
        )],
        OTHERS,
        &[("queue-others", "sqs:GetQueueUrl, sqs:PurgeQueue: account 111122223333 may")],
    ),
    mistake(
        "another role may send",
        &[Step::QueueGains(
            r#"{"Sid": "announcer", "Effect": "Allow", "Action": "SQS:SendMessage", "Resource": "*",
                "Principal": {"AWS": "arn:aws:iam::${AWS::AccountId}:role/Lambda-DynamoDBStreams-SNS"}}"#,
        )],
        SENDERS,
        &[("queue-senders", ":role/Lambda-DynamoDBStreams-SNS may, by statement \"announcer\"")],
    ),
    mistake(
        "the role of the same name in another account may send",
        &[
            Step::QueueLoses(SENDER),
            Step::QueueGains(
                r#"{"Sid": "other", "Effect": "Allow", "Action": "SQS:SendMessage", "Resource": "*",
                    "Principal": {"AWS": "arn:aws:iam::111122223333:role/APIGateway-SQS"}}"#,
            ),
        ],
        NOBODY_SENDS,
        &[
            ("queue-senders", "APIGateway-SQS may not"),
            ("queue-senders", "arn:aws:iam::111122223333:role/APIGateway-SQS"),
        ],
    ),
    mistake(
        "nobody is named who may send",
        &[Step::QueueLoses(SENDER)],
        NOBODY_SENDS,
        &[
            ("queue-senders", "APIGateway-SQS may not"),
            ("queue-senders", "leaves the rest to the account's IAM policies"),
        ],
    ),
    mistake(
        "the sender is a role that was deleted, whose id is left",
        &[
            Step::QueueLoses(SENDER),
            Step::QueueGains(
                r#"{"Sid": "ghost", "Effect": "Allow", "Principal": {"AWS": "AROAEXAMPLEROLEID0001"},
                    "Action": "SQS:SendMessage", "Resource": "*"}"#,
            ),
        ],
        NOBODY_SENDS,
        &[("queue-senders", "APIGateway-SQS may not")],
    ),
    mistake(
        "the sender may do anything",
        &[
            Step::QueueLoses(SENDER),
            Step::QueueGains(
                r#"{"Sid": "all", "Effect": "Allow", "Action": "SQS:*", "Resource": "*",
                    "Principal": {"AWS": "arn:aws:iam::${AWS::AccountId}:role/APIGateway-SQS"}}"#,
            ),
        ],
        RECEIVERS,
        &[("queue-receivers", "role/APIGateway-SQS may, by statement \"all\"")],
    ),
    mistake(
        "the statement of the sender is about another queue",
        &[
            Step::QueueLoses(SENDER),
            Step::QueueGains(
                r#"{"Sid": "else", "Effect": "Allow", "Action": "SQS:SendMessage",
                    "Principal": {"AWS": "arn:aws:iam::${AWS::AccountId}:role/APIGateway-SQS"},
                    "Resource": "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:poc-queue"}"#,
            ),
        ],
        NOBODY_SENDS,
        &[("queue-senders", "APIGateway-SQS may not")],
    ),
    mistake(
        "the sender is denied",
        &[Step::QueueGains(
            r#"{"Sid": "stop", "Effect": "Deny", "Action": "SQS:Send*", "Resource": "*",
                "Principal": {"AWS": "arn:aws:iam::${AWS::AccountId}:role/APIGateway-SQS"}}"#,
        )],
        NOBODY_SENDS,
        &[("queue-senders", "APIGateway-SQS may not")],
    ),
    mistake(
        "everyone is denied",
        &[Step::QueueGains(r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}"#)],
        &[
            ("api-feeds-queue", "post → queue", "fail"),
            ("queue-receivers", "queue", "fail"),
            ("queue-senders", "queue", "fail"),
            ("queue-triggers-writer", "queue → writer", "fail"),
            ("queue-others", "queue", "blocked"),
        ],
        &[("queue-receivers", "Lambda-SQS-DynamoDB may not")],
    ),
    mistake(
        "the receiver may not delete",
        &[
            Step::QueueLoses(RECEIVER),
            Step::QueueGains(
                r#"{"Sid": "read", "Effect": "Allow", "Resource": "*",
                    "Action": ["SQS:ChangeMessageVisibility", "SQS:ReceiveMessage"],
                    "Principal": {"AWS": "arn:aws:iam::${AWS::AccountId}:role/Lambda-SQS-DynamoDB"}}"#,
            ),
        ],
        RECEIVERS,
        &[("queue-receivers", "sqs:DeleteMessage: Lambda-SQS-DynamoDB may not")],
    ),
    mistake(
        "the receiver has another path than the role that is named",
        &[Step::DeleteRole(WRITER), Step::NewRole { name: WRITER, path: "/service-role/", like: WRITER }],
        &[
            ("queue-receivers", "queue", "fail"),
            ("writer-runs-as", "writer", "fail"),
            ("queue-others", "queue", "blocked"),
            ("queue-triggers-writer", "queue → writer", "blocked"),
            ("writer-stores-orders", "writer → orders", "blocked"),
        ],
        &[("queue-receivers", ":role/Lambda-SQS-DynamoDB may, by statement \"__receiver_statement\"")],
    ),
    mistake(
        "a topic may send",
        &[Step::QueueGains(
            r#"{"Sid": "topic", "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "SQS:SendMessage", "Resource": "*",
                "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:${AWS::Region}:${AWS::AccountId}:t"}}}"#,
        )],
        SENDERS,
        &[("queue-senders", "sns.amazonaws.com may, by statement \"topic\""), ("queue-senders", "aws:SourceArn=")],
    ),
    mistake(
        "the default policy of the console is left as it was",
        &[Step::QueueLoses(SENDER), Step::QueueLoses(RECEIVER)],
        &[
            ("api-feeds-queue", "post → queue", "fail"),
            ("queue-receivers", "queue", "fail"),
            ("queue-senders", "queue", "fail"),
            ("queue-others", "queue", "blocked"),
        ],
        &[("queue-receivers", "Lambda-SQS-DynamoDB may not")],
    ),
];
