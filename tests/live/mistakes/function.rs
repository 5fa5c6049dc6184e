//! Mistakes in the functions and their triggers.

use crate::case::{Case, Change, mistake};
use crate::names::{ANNOUNCER, LAMBDA_1, LAMBDA_2, WRITER};
use crate::step::{Setting, Step, TriggerSetting};
use crate::support::lab::{ANNOUNCES, Function, STORES, Source};

const QUEUE: Source = Source::Queue("POC-Queue");
const STREAM: Source = Source::Stream("orders");

const ANNOUNCER_IS_GONE: &[Change] = &[
    ("announcer-exists", "announcer", "fail"),
    ("announcer-publishes", "announcer → topic", "blocked"),
    ("announcer-runs-as", "announcer", "blocked"),
    ("announcer-runtime", "announcer", "blocked"),
    ("announcer-trigger-exists", "announcer-trigger", "blocked"),
    ("stream-triggers-announcer", "orders → announcer", "blocked"),
];
const WRITER_IS_GONE: &[Change] = &[
    ("writer-exists", "writer", "fail"),
    ("only-writer-reads-queue", "every AWS::Lambda::EventSourceMapping", "blocked"),
    ("queue-triggers-writer", "queue → writer", "blocked"),
    ("writer-runs-as", "writer", "blocked"),
    ("writer-runtime", "writer", "blocked"),
    ("writer-stores-orders", "writer → orders", "blocked"),
    ("writer-trigger-exists", "writer-trigger", "blocked"),
];
const WRITER_RUNS_AS_ANOTHER: &[Change] = &[
    ("writer-runs-as", "writer", "fail"),
    ("queue-triggers-writer", "queue → writer", "blocked"),
    ("writer-stores-orders", "writer → orders", "blocked"),
];

/// The cases.
pub(super) const CASES: &[Case] = &[
    mistake(
        "the function that stores is missing",
        &[Step::DeleteTriggers(LAMBDA_1), Step::DeleteFunction(LAMBDA_1)],
        &[
            ("writer-exists", "writer", "fail"),
            ("queue-triggers-writer", "queue → writer", "blocked"),
            ("writer-runs-as", "writer", "blocked"),
            ("writer-runtime", "writer", "blocked"),
            ("writer-stores-orders", "writer → orders", "blocked"),
            ("writer-trigger-exists", "writer-trigger", "blocked"),
        ],
        &[("writer-exists", "no function of that name in us-east-1")],
    ),
    mistake(
        "the function that announces is missing",
        &[Step::DeleteTriggers(LAMBDA_2), Step::DeleteFunction(LAMBDA_2)],
        ANNOUNCER_IS_GONE,
        &[],
    ),
    mistake(
        "the function that stores was deleted, and its trigger was not",
        &[Step::DeleteFunction(LAMBDA_1)],
        WRITER_IS_GONE,
        &[],
    ),
    mistake(
        "a function's name is in small letters",
        &[
            Step::DeleteTriggers(LAMBDA_1),
            Step::DeleteFunction(LAMBDA_1),
            Step::NewFunction(Function { name: "poc-lambda-1", ..STORES }),
            Step::NewTrigger { function: "poc-lambda-1", source: QUEUE },
        ],
        WRITER_IS_GONE,
        &[("writer-exists", "poc-lambda-1 is there, and case counts in names")],
    ),
    mistake(
        "R02: a function is in another region",
        &[
            Step::DeleteTriggers(LAMBDA_2),
            Step::DeleteFunction(LAMBDA_2),
            Step::In("eu-west-1", &Step::NewFunction(ANNOUNCES)),
        ],
        ANNOUNCER_IS_GONE,
        &[],
    ),
    mistake(
        "R11: the function that announces has the other's role",
        &[Step::SetFunction(LAMBDA_2, Setting::Role(WRITER))],
        &[
            ("announcer-runs-as", "announcer", "fail"),
            ("announcer-publishes", "announcer → topic", "blocked"),
            ("stream-triggers-announcer", "orders → announcer", "blocked"),
        ],
        &[("announcer-runs-as", "role/Lambda-SQS-DynamoDB")],
    ),
    mistake(
        "R11: the function that stores has the other's role",
        &[Step::SetFunction(LAMBDA_1, Setting::Role(ANNOUNCER))],
        WRITER_RUNS_AS_ANOTHER,
        &[("writer-runs-as", "role/Lambda-DynamoDBStreams-SNS")],
    ),
    mistake(
        "R10: the function has the role that the Lambda console makes",
        &[
            Step::NewRole { name: "POC-Lambda-1-role-4x7ab2cd", path: "/service-role/", like: WRITER },
            Step::SetFunction(LAMBDA_1, Setting::Role("service-role/POC-Lambda-1-role-4x7ab2cd")),
        ],
        WRITER_RUNS_AS_ANOTHER,
        &[("writer-runs-as", "role/service-role/POC-Lambda-1-role-4x7ab2cd")],
    ),
    mistake(
        "R04: the function's role is of another account",
        &[Step::SetFunction(
            LAMBDA_1,
            Setting::RoleArn("arn:${AWS::Partition}:iam::950816420455:role/Lambda-SQS-DynamoDB"),
        )],
        WRITER_RUNS_AS_ANOTHER,
        &[("writer-runs-as", "950816420455")],
    ),
    mistake(
        "the function is not in Python",
        &[
            Step::SetFunction(LAMBDA_1, Setting::Runtime("nodejs20.x")),
            Step::SetFunction(LAMBDA_1, Setting::Handler("index.handler")),
        ],
        &[("writer-runtime", "writer", "fail")],
        &[("writer-runtime", "Runtime nodejs20.x"), ("writer-runtime", "Handler index.handler")],
    ),
    mistake(
        "R35: the handler was renamed",
        &[Step::SetFunction(LAMBDA_2, Setting::Handler("lambda_function.handler"))],
        &[("announcer-runtime", "announcer", "fail")],
        &[("announcer-runtime", "lambda_function.handler")],
    ),
    mistake(
        "R25: the queue triggers nothing",
        &[Step::DeleteTriggers(LAMBDA_1)],
        &[("writer-trigger-exists", "writer-trigger", "fail"), ("queue-triggers-writer", "queue → writer", "blocked")],
        &[
            ("writer-trigger-exists", "no such event source mapping"),
            ("queue-triggers-writer", "writer-trigger-exists"),
        ],
    ),
    mistake(
        "R25: the stream triggers nothing",
        &[Step::DeleteTriggers(LAMBDA_2)],
        &[
            ("announcer-trigger-exists", "announcer-trigger", "fail"),
            ("stream-triggers-announcer", "orders → announcer", "blocked"),
        ],
        &[("announcer-trigger-exists", "no such event source mapping")],
    ),
    mistake(
        "R26: the queue's trigger is disabled",
        &[Step::SetTriggers(LAMBDA_1, TriggerSetting::Disabled)],
        &[("queue-triggers-writer", "queue → writer", "fail")],
        &[("queue-triggers-writer", "its state is Disabled")],
    ),
    mistake(
        "R26: the stream's trigger is disabled",
        &[Step::SetTriggers(LAMBDA_2, TriggerSetting::Disabled)],
        &[("stream-triggers-announcer", "orders → announcer", "fail")],
        &[("stream-triggers-announcer", "its state is Disabled")],
    ),
    mistake(
        "R27: the queue triggers the other function",
        &[Step::DeleteTriggers(LAMBDA_1), Step::NewTrigger { function: LAMBDA_2, source: QUEUE }],
        &[
            ("only-writer-reads-queue", "every AWS::Lambda::EventSourceMapping", "fail"),
            ("writer-trigger-exists", "writer-trigger", "fail"),
            ("queue-triggers-writer", "queue → writer", "blocked"),
        ],
        &[("only-writer-reads-queue", "of POC-Lambda-2")],
    ),
    mistake(
        "R27: the stream triggers the other function",
        &[Step::DeleteTriggers(LAMBDA_2), Step::NewTrigger { function: LAMBDA_1, source: STREAM }],
        &[
            ("announcer-trigger-exists", "announcer-trigger", "fail"),
            ("only-announcer-reads-stream", "every AWS::Lambda::EventSourceMapping", "fail"),
            ("stream-triggers-announcer", "orders → announcer", "blocked"),
        ],
        &[("only-announcer-reads-stream", "of POC-Lambda-1")],
    ),
    mistake(
        "R27: the triggers of the two functions are exchanged",
        &[
            Step::DeleteTriggers(LAMBDA_1),
            Step::DeleteTriggers(LAMBDA_2),
            Step::NewTrigger { function: LAMBDA_1, source: STREAM },
            Step::NewTrigger { function: LAMBDA_2, source: QUEUE },
        ],
        &[
            ("announcer-trigger-exists", "announcer-trigger", "fail"),
            ("only-announcer-reads-stream", "every AWS::Lambda::EventSourceMapping", "fail"),
            ("only-writer-reads-queue", "every AWS::Lambda::EventSourceMapping", "fail"),
            ("writer-trigger-exists", "writer-trigger", "fail"),
            ("queue-triggers-writer", "queue → writer", "blocked"),
            ("stream-triggers-announcer", "orders → announcer", "blocked"),
        ],
        &[
            ("only-writer-reads-queue", "of POC-Lambda-2"),
            ("only-announcer-reads-stream", "of POC-Lambda-1"),
            ("writer-trigger-exists", "table/orders/stream/"),
        ],
    ),
    mistake(
        "R27: the queue triggers a second function",
        &[
            Step::NewFunction(Function { name: "POC-Lambda-3", ..STORES }),
            Step::NewTrigger { function: "POC-Lambda-3", source: QUEUE },
        ],
        &[("only-writer-reads-queue", "every AWS::Lambda::EventSourceMapping", "fail")],
        &[("only-writer-reads-queue", "of POC-Lambda-3")],
    ),
    mistake(
        "R27: the stream triggers a second function",
        &[
            Step::NewFunction(Function { name: "POC-Lambda-3", ..ANNOUNCES }),
            Step::NewTrigger { function: "POC-Lambda-3", source: STREAM },
        ],
        &[("only-announcer-reads-stream", "every AWS::Lambda::EventSourceMapping", "fail")],
        &[("only-announcer-reads-stream", "of POC-Lambda-3")],
    ),
    mistake(
        "R36: a function may run longer than a message stays hidden",
        &[Step::SetFunction(LAMBDA_1, Setting::Timeout(60))],
        &[("queue-triggers-writer", "queue → writer", "fail")],
        &[("queue-triggers-writer", "the function's timeout is 60 s, the queue's visibility timeout 30 s")],
    ),
    mistake(
        "R32: the variable with the topic's ARN names another region",
        &[Step::SetFunction(
            LAMBDA_2,
            Setting::Variables(&[("SNS_ID", "arn:${AWS::Partition}:sns:us-west-2:${AWS::AccountId}:POC-Topic")]),
        )],
        &[("announcer-publishes", "announcer → topic", "fail")],
        &[("announcer-publishes", "the region is us-west-2, not us-east-1")],
    ),
    mistake(
        "R32: the variable with the topic's ARN names another account",
        &[Step::SetFunction(
            LAMBDA_2,
            Setting::Variables(&[("SNS_ID", "arn:${AWS::Partition}:sns:${AWS::Region}:950816420455:POC-Topic")]),
        )],
        &[("announcer-publishes", "announcer → topic", "fail")],
        &[("announcer-publishes", "the account is 950816420455")],
    ),
];
