//! Mistakes in what policies allow, and in whom they let in, each with its exact effect on the verdicts.
//!
//! Every document is one that a person pastes or clicks together; each has its near miss in `near_misses`.

use crate::case::{Case, Change, WITH_BOUNDARIES, mistake, shows_each};
use crate::step::{DENY_ALL, Step};
use crate::support::servers::Kind;

const WRITER: &str = "Lambda-SQS-DynamoDB";
const ANNOUNCER: &str = "Lambda-DynamoDBStreams-SNS";
const API: &str = "APIGateway-SQS";
const WRITE: &str = "Lambda-Write-DynamoDB";
const RECEIVE: &str = "Lambda-Read-SQS";
const PUBLISH: &str = "Lambda-SNS-Publish";
const STREAM: &str = "Lambda-DynamoDBStreams-Read";
const LOGS: &str = "service-role/AmazonAPIGatewayPushToCloudWatchLogs";

const SENDER: &str = "__sender_statement";
const RECEIVER: &str = "__receiver_statement";

const SENDERS: &[Change] = &[("queue-senders", "queue", "fail"), ("queue-others", "queue", "blocked")];
const RECEIVERS: &[Change] = &[("queue-receivers", "queue", "fail"), ("queue-others", "queue", "blocked")];
const BOTH_SIDES: &[Change] =
    &[("queue-senders", "queue", "fail"), ("queue-receivers", "queue", "fail"), ("queue-others", "queue", "blocked")];
const OTHERS: &[Change] = &[("queue-others", "queue", "fail")];
const FUNCTIONS_TRUST: &[Change] = &[("function-roles-trust", "writer-role", "fail")];
const API_TRUST: &[Change] = &[("api-role-trust", "api-role", "fail")];
const WRITE_CONTENT: &[Change] =
    &[("write-policy-content", "write-policy", "fail"), ("writer-permissions", "writer-role", "blocked")];
const RECEIVE_CONTENT: &[Change] =
    &[("receive-policy-content", "receive-policy", "fail"), ("writer-permissions", "writer-role", "blocked")];
const PUBLISH_CONTENT: &[Change] =
    &[("publish-policy-content", "publish-policy", "fail"), ("announcer-permissions", "announcer-role", "blocked")];
const STREAM_CONTENT: &[Change] =
    &[("stream-policy-content", "stream-policy", "fail"), ("announcer-permissions", "announcer-role", "blocked")];
const WRITER_MAY: &[Change] = &[("writer-permissions", "writer-role", "fail")];
const ANNOUNCER_MAY: &[Change] = &[("announcer-permissions", "announcer-role", "fail")];
const API_MAY: &[Change] = &[("api-role-permissions", "api-role", "fail")];

/// The policy of the queue.
const QUEUE: &[Case] = &[
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
        SENDERS,
        &[
            ("queue-senders", "APIGateway-SQS may not"),
            ("queue-senders", "arn:aws:iam::111122223333:role/APIGateway-SQS"),
        ],
    ),
    mistake(
        "nobody is named who may send",
        &[Step::QueueLoses(SENDER)],
        SENDERS,
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
        SENDERS,
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
        SENDERS,
        &[("queue-senders", "APIGateway-SQS may not")],
    ),
    mistake(
        "the sender is denied",
        &[Step::QueueGains(
            r#"{"Sid": "stop", "Effect": "Deny", "Action": "SQS:Send*", "Resource": "*",
                "Principal": {"AWS": "arn:aws:iam::${AWS::AccountId}:role/APIGateway-SQS"}}"#,
        )],
        SENDERS,
        &[("queue-senders", "APIGateway-SQS may not")],
    ),
    mistake(
        "everyone is denied",
        &[Step::QueueGains(r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}"#)],
        BOTH_SIDES,
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
        RECEIVERS,
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
        BOTH_SIDES,
        &[("queue-receivers", "Lambda-SQS-DynamoDB may not")],
    ),
];

/// The trust policies of the roles.
const TRUST: &[Case] = &[
    mistake(
        "another service may assume a function's role as well",
        &[Step::Trust {
            role: WRITER,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Sid": "two", "Effect": "Allow",
                "Principal": {"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]}, "Action": "sts:AssumeRole"}]}"#,
        }],
        FUNCTIONS_TRUST,
        &[("function-roles-trust", "ec2.amazonaws.com may, by statement \"two\" of the trust policy")],
    ),
    mistake(
        "another service alone may assume the API's role",
        &[Step::Trust {
            role: API,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#,
        }],
        API_TRUST,
        &[("api-role-trust", "apigateway.amazonaws.com may not"), ("api-role-trust", "lambda.amazonaws.com may")],
    ),
    mistake(
        "the account itself in place of the service may assume a role",
        &[Step::Trust {
            role: WRITER,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::${AWS::AccountId}:root"}, "Action": "sts:AssumeRole"}]}"#,
        }],
        FUNCTIONS_TRUST,
        &[
            ("function-roles-trust", "lambda.amazonaws.com may not"),
            ("function-roles-trust", "leaves the rest to the account's IAM policies"),
        ],
    ),
    mistake(
        "another account may assume a role",
        &[Step::Trust {
            role: WRITER,
            document: r#"{"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
                {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole",
                 "Condition": {"StringEquals": {"sts:ExternalId": "orders"}}}]}"#,
        }],
        FUNCTIONS_TRUST,
        &[
            ("function-roles-trust", "account 111122223333 may, by statement 2 of the trust policy"),
            ("function-roles-trust", "sts:ExternalId"),
        ],
    ),
    mistake(
        "anyone may assume a role",
        &[Step::Trust {
            role: API,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Sid": "", "Effect": "Allow",
                "Principal": {"AWS": "*", "Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#,
        }],
        API_TRUST,
        &[("api-role-trust", "anyone may"), ("api-role-trust", "sts:AssumeRole on arn:aws:iam::")],
    ),
    mistake(
        "a role trusts its service for another action",
        &[Step::Trust {
            role: WRITER,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:TagSession"}]}"#,
        }],
        FUNCTIONS_TRUST,
        &[("function-roles-trust", "lambda.amazonaws.com may not")],
    ),
];

/// What the four policies say.
const CONTENT: &[Case] = &[
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
        RECEIVE_CONTENT,
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
        PUBLISH_CONTENT,
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
            ("write-policy-content", "write-policy", "fail"),
            ("publish-policy-content", "publish-policy", "fail"),
            ("receive-policy-content", "receive-policy", "fail"),
            ("writer-permissions", "writer-role", "blocked"),
            ("announcer-permissions", "announcer-role", "blocked"),
        ],
        &[],
    ),
];

/// What the roles may do by all their policies together.
const ROLES: &[Case] = &[
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
        WRITER_MAY,
        &[("writer-permissions", "is not allowed: statement 1 of the inline policy extra denies it")],
    ),
    mistake(
        "an inline policy takes an action away",
        &[Step::Inline {
            role: WRITER,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Sid": "keep", "Effect": "Deny",
                "Action": "sqs:Delete*", "Resource": "*"}]}"#,
        }],
        WRITER_MAY,
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
        WRITER_MAY,
        &[("writer-permissions", "statement \"scope\" of the inline policy extra denies it")],
    ),
    mistake(
        "an inline policy leaves a topic of another region",
        &[Step::Inline {
            role: ANNOUNCER,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*",
                "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}}]}"#,
        }],
        ANNOUNCER_MAY,
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
        ANNOUNCER_MAY,
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
        &[("api-role-policies", "api-role", "fail"), ("api-role-permissions", "api-role", "fail")],
        &[("api-role-permissions", "sqs:SendMessage on arn:aws:sqs:us-east-1:")],
    ),
    Case {
        on: WITH_BOUNDARIES,
        ..mistake(
            "a boundary of AWS's lacks what a role needs",
            &[Step::Boundary { role: WRITER, policy: "aws:AmazonSQSFullAccess" }],
            &[("roles-unbounded", "writer-role", "fail"), ("writer-permissions", "writer-role", "fail")],
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
            &[("roles-unbounded", "writer-role", "fail"), ("writer-permissions", "writer-role", "fail")],
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
            &[("roles-unbounded", "writer-role", "fail")],
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
            &[("roles-unbounded", "api-role", "fail")],
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

#[tokio::test]
async fn ministack_shows_each_grant() {
    shows_each(Kind::Ministack, &[QUEUE, TRUST, CONTENT, ROLES].concat()).await;
}

#[tokio::test]
async fn moto_shows_each_grant() {
    shows_each(Kind::Moto, &[QUEUE, TRUST, CONTENT, ROLES].concat()).await;
}
