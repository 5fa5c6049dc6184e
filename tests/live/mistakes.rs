//! What is missing, left over, or of another name, each with its exact effect on the verdicts.

use crate::case::{BOTH, Case, Change, WITH_BOUNDARIES, shows_each};
use crate::names::{ANNOUNCER, API, LOGS, PUBLISH, RECEIVE, STREAM, WRITE, WRITER};
use crate::step::Step;
use crate::support::binary::{Key, Plimsoll};
use crate::support::lab;
use crate::support::servers::{Kind, Server};
use crate::{REGION, RULES};

const EVERY_QUEUE: &str = "every AWS::SQS::Queue";
const FIFO: &[(&str, &str)] = &[("FifoQueue", "true")];

const WRITE_POLICY_IS_GONE: &[Change] = &[
    ("write-policy-exists", "write-policy", "fail"),
    ("write-policy-content", "write-policy", "blocked"),
    ("writer-permissions", "writer-role", "blocked"),
    ("writer-role-policies", "writer-role", "blocked"),
];
const RECEIVE_POLICY_IS_GONE: &[Change] = &[
    ("receive-policy-exists", "receive-policy", "fail"),
    ("receive-policy-content", "receive-policy", "blocked"),
    ("writer-permissions", "writer-role", "blocked"),
    ("writer-role-policies", "writer-role", "blocked"),
];
const WRITER_ROLE_IS_GONE: &[Change] = &[
    ("writer-role-exists", "writer-role", "fail"),
    ("function-roles-trust", "writer-role", "blocked"),
    ("queue-others", "queue", "blocked"),
    ("queue-receivers", "queue", "blocked"),
    ("roles-unbounded", "writer-role", "blocked"),
    ("writer-permissions", "writer-role", "blocked"),
    ("writer-role-policies", "writer-role", "blocked"),
];
const ANNOUNCER_ROLE_IS_GONE: &[Change] = &[
    ("announcer-role-exists", "announcer-role", "fail"),
    ("announcer-permissions", "announcer-role", "blocked"),
    ("announcer-role-policies", "announcer-role", "blocked"),
    ("function-roles-trust", "announcer-role", "blocked"),
    ("roles-unbounded", "announcer-role", "blocked"),
];
const WRITER_LACKS_A_POLICY: &[Change] =
    &[("writer-role-policies", "writer-role", "fail"), ("writer-permissions", "writer-role", "blocked")];
const QUEUE_IS_GONE: &[Change] = &[
    ("queue-exists", "queue", "fail"),
    ("queue-no-key", "queue", "blocked"),
    ("queue-others", "queue", "blocked"),
    ("queue-receivers", "queue", "blocked"),
    ("queue-senders", "queue", "blocked"),
    ("queue-standard", "queue", "blocked"),
];

const CASES: &[Case] = &[
    Case {
        name: "the policy to write is missing",
        steps: &[Step::DeletePolicy(WRITE)],
        changes: WRITE_POLICY_IS_GONE,
        says: &[
            ("write-policy-exists", "no managed policy of that name"),
            ("writer-role-policies", "write-policy-exists"),
        ],
        on: BOTH,
    },
    Case {
        name: "the policy to publish is missing",
        steps: &[Step::DeletePolicy(PUBLISH)],
        changes: &[
            ("publish-policy-exists", "publish-policy", "fail"),
            ("announcer-permissions", "announcer-role", "blocked"),
            ("announcer-role-policies", "announcer-role", "blocked"),
            ("publish-policy-content", "publish-policy", "blocked"),
        ],
        says: &[],
        on: BOTH,
    },
    Case {
        name: "the policy to read the stream is missing",
        steps: &[Step::DeletePolicy(STREAM)],
        changes: &[
            ("stream-policy-exists", "stream-policy", "fail"),
            ("announcer-permissions", "announcer-role", "blocked"),
            ("announcer-role-policies", "announcer-role", "blocked"),
            ("stream-policy-content", "stream-policy", "blocked"),
        ],
        says: &[],
        on: BOTH,
    },
    Case {
        name: "the policy to receive is missing",
        steps: &[Step::DeletePolicy(RECEIVE)],
        changes: RECEIVE_POLICY_IS_GONE,
        says: &[],
        on: BOTH,
    },
    Case {
        name: "the writer's role is missing",
        steps: &[Step::DeleteRole(WRITER)],
        changes: WRITER_ROLE_IS_GONE,
        says: &[("writer-role-exists", "no role of that name")],
        on: BOTH,
    },
    Case {
        name: "the announcer's role is missing",
        steps: &[Step::DeleteRole(ANNOUNCER)],
        changes: ANNOUNCER_ROLE_IS_GONE,
        says: &[],
        on: BOTH,
    },
    Case {
        name: "the API's role is missing",
        steps: &[Step::DeleteRole(API)],
        changes: &[
            ("api-role-exists", "api-role", "fail"),
            ("api-role-permissions", "api-role", "blocked"),
            ("api-role-policies", "api-role", "blocked"),
            ("api-role-trust", "api-role", "blocked"),
            ("queue-others", "queue", "blocked"),
            ("queue-senders", "queue", "blocked"),
            ("roles-unbounded", "api-role", "blocked"),
        ],
        says: &[],
        on: BOTH,
    },
    Case {
        name: "the writer's role lacks the policy to write",
        steps: &[Step::Detach { role: WRITER, policy: WRITE }],
        changes: WRITER_LACKS_A_POLICY,
        says: &[("writer-role-policies", "policy/Lambda-Write-DynamoDB")],
        on: BOTH,
    },
    Case {
        name: "the writer's role lacks the policy to receive",
        steps: &[Step::Detach { role: WRITER, policy: RECEIVE }],
        changes: WRITER_LACKS_A_POLICY,
        says: &[("writer-role-policies", "policy/Lambda-Read-SQS")],
        on: BOTH,
    },
    Case {
        name: "the announcer's role has no policy at all",
        steps: &[Step::Detach { role: ANNOUNCER, policy: PUBLISH }, Step::Detach { role: ANNOUNCER, policy: STREAM }],
        changes: &[
            ("announcer-role-policies", "announcer-role", "fail"),
            ("announcer-permissions", "announcer-role", "blocked"),
        ],
        says: &[("announcer-role-policies", "Lambda-SNS-Publish"), ("announcer-role-policies", "DynamoDBStreams-Read")],
        on: BOTH,
    },
    Case {
        name: "the API's role lacks AWS's policy",
        steps: &[Step::Detach { role: API, policy: LOGS }],
        changes: &[("api-role-policies", "api-role", "fail")],
        says: &[("api-role-policies", "AmazonAPIGatewayPushToCloudWatchLogs")],
        on: BOTH,
    },
    Case {
        name: "R07: the policy to publish is on the writer's role",
        steps: &[Step::Detach { role: ANNOUNCER, policy: PUBLISH }, Step::Attach { role: WRITER, policy: PUBLISH }],
        changes: &[
            ("announcer-role-policies", "announcer-role", "fail"),
            ("writer-permissions", "writer-role", "fail"),
            ("announcer-permissions", "announcer-role", "blocked"),
        ],
        says: &[],
        on: BOTH,
    },
    Case {
        name: "R07: two policies swapped their roles",
        steps: &[
            Step::Detach { role: ANNOUNCER, policy: STREAM },
            Step::Attach { role: WRITER, policy: STREAM },
            Step::Detach { role: WRITER, policy: RECEIVE },
            Step::Attach { role: ANNOUNCER, policy: RECEIVE },
        ],
        changes: &[
            ("announcer-role-policies", "announcer-role", "fail"),
            ("writer-role-policies", "writer-role", "fail"),
            ("announcer-permissions", "announcer-role", "blocked"),
            ("writer-permissions", "writer-role", "blocked"),
        ],
        says: &[],
        on: BOTH,
    },
    Case {
        name: "R06: a policy is renamed",
        steps: &[
            Step::DeletePolicy(RECEIVE),
            Step::NewPolicy { name: "Lambda-Read_SQS", path: "/", like: RECEIVE },
            Step::Attach { role: WRITER, policy: "Lambda-Read_SQS" },
        ],
        changes: RECEIVE_POLICY_IS_GONE,
        says: &[],
        on: BOTH,
    },
    Case {
        name: "a policy's name is in other letters",
        steps: &[
            Step::DeletePolicy(WRITE),
            Step::NewPolicy { name: "lambda-write-dynamodb", path: "/", like: WRITE },
            Step::Attach { role: WRITER, policy: "lambda-write-dynamodb" },
        ],
        changes: WRITE_POLICY_IS_GONE,
        says: &[],
        on: BOTH,
    },
    Case {
        name: "R08: a role is renamed",
        steps: &[
            Step::DeleteRole(ANNOUNCER),
            Step::NewRole { name: "Lambda-DynamoDBStreams-read", path: "/", like: ANNOUNCER },
        ],
        changes: ANNOUNCER_ROLE_IS_GONE,
        says: &[],
        on: BOTH,
    },
    Case {
        name: "R10: the Lambda console made the role",
        steps: &[
            Step::DeleteRole(WRITER),
            Step::NewRole { name: "POC-Lambda-1-role-4x7ab2cd", path: "/service-role/", like: WRITER },
        ],
        changes: WRITER_ROLE_IS_GONE,
        says: &[],
        on: BOTH,
    },
    Case {
        name: "the API's role has the policies of a function's",
        steps: &[Step::DeleteRole(API), Step::NewRole { name: API, path: "/", like: WRITER }],
        changes: &[
            ("api-role-permissions", "api-role", "fail"),
            ("api-role-policies", "api-role", "fail"),
            ("api-role-trust", "api-role", "fail"),
        ],
        says: &[],
        on: BOTH,
    },
    Case {
        name: "a boundary narrows a role",
        steps: &[Step::Boundary { role: WRITER, policy: PUBLISH }],
        changes: &[("roles-unbounded", "writer-role", "fail"), ("writer-permissions", "writer-role", "fail")],
        says: &[("roles-unbounded", "policy/Lambda-SNS-Publish")],
        on: WITH_BOUNDARIES,
    },
    Case {
        name: "the queue is missing",
        steps: &[Step::DeleteQueue],
        changes: QUEUE_IS_GONE,
        says: &[("queue-exists", "no queue of that name in us-east-1")],
        on: BOTH,
    },
    Case {
        name: "R12: the queue's name is in small letters",
        steps: &[Step::DeleteQueue, Step::NewQueue { name: "poc-queue", region: REGION, attributes: &[] }],
        changes: QUEUE_IS_GONE,
        says: &[("queue-exists", "poc-queue is there, and case counts")],
        on: BOTH,
    },
    Case {
        name: "R12: the queue is a FIFO queue",
        steps: &[Step::DeleteQueue, Step::NewQueue { name: "POC-Queue.fifo", region: REGION, attributes: FIFO }],
        changes: &[
            ("one-queue", EVERY_QUEUE, "fail"),
            ("queue-exists", "queue", "fail"),
            ("queue-no-key", "queue", "blocked"),
            ("queue-others", "queue", "blocked"),
            ("queue-receivers", "queue", "blocked"),
            ("queue-senders", "queue", "blocked"),
            ("queue-standard", "queue", "blocked"),
        ],
        says: &[("one-queue", "POC-Queue.fifo")],
        on: BOTH,
    },
    Case {
        name: "a FIFO queue is left over beside the queue",
        steps: &[Step::NewQueue { name: "POC-Queue.fifo", region: REGION, attributes: FIFO }],
        changes: &[("one-queue", EVERY_QUEUE, "fail")],
        says: &[("one-queue", "POC-Queue.fifo")],
        on: BOTH,
    },
    Case {
        name: "R18: a customer key encrypts the queue",
        steps: &[Step::SetQueue("KmsMasterKeyId", "alias/aws/sqs")],
        changes: &[("queue-no-key", "queue", "fail")],
        says: &[("queue-no-key", "alias/aws/sqs")],
        on: BOTH,
    },
    Case {
        name: "R01: the queue is in another region",
        steps: &[Step::DeleteQueue, Step::NewQueue { name: "POC-Queue", region: "eu-west-1", attributes: &[] }],
        changes: QUEUE_IS_GONE,
        says: &[],
        on: BOTH,
    },
    Case {
        name: "two mistakes: no queue, and a policy on the wrong role",
        steps: &[
            Step::DeleteQueue,
            Step::Detach { role: WRITER, policy: WRITE },
            Step::Attach { role: ANNOUNCER, policy: WRITE },
        ],
        changes: &[
            ("announcer-permissions", "announcer-role", "fail"),
            ("queue-exists", "queue", "fail"),
            ("writer-role-policies", "writer-role", "fail"),
            ("queue-no-key", "queue", "blocked"),
            ("queue-others", "queue", "blocked"),
            ("queue-receivers", "queue", "blocked"),
            ("queue-senders", "queue", "blocked"),
            ("queue-standard", "queue", "blocked"),
            ("writer-permissions", "writer-role", "blocked"),
        ],
        says: &[],
        on: BOTH,
    },
    Case {
        name: "two mistakes on one role: a missing policy, and a boundary",
        steps: &[Step::DeletePolicy(STREAM), Step::Boundary { role: ANNOUNCER, policy: PUBLISH }],
        changes: &[
            ("roles-unbounded", "announcer-role", "fail"),
            ("stream-policy-exists", "stream-policy", "fail"),
            ("announcer-permissions", "announcer-role", "blocked"),
            ("announcer-role-policies", "announcer-role", "blocked"),
            ("stream-policy-content", "stream-policy", "blocked"),
        ],
        says: &[],
        on: WITH_BOUNDARIES,
    },
    Case {
        name: "two mistakes that hide each other: a missing role, and its missing policy",
        steps: &[Step::DeleteRole(WRITER), Step::Detach { role: API, policy: LOGS }],
        changes: &[
            ("api-role-policies", "api-role", "fail"),
            ("writer-role-exists", "writer-role", "fail"),
            ("function-roles-trust", "writer-role", "blocked"),
            ("queue-others", "queue", "blocked"),
            ("queue-receivers", "queue", "blocked"),
            ("roles-unbounded", "writer-role", "blocked"),
            ("writer-permissions", "writer-role", "blocked"),
            ("writer-role-policies", "writer-role", "blocked"),
        ],
        says: &[],
        on: BOTH,
    },
];

#[tokio::test]
async fn ministack_shows_each_mistake() {
    shows_each(Kind::Ministack, CASES).await;
}

#[tokio::test]
async fn moto_shows_each_mistake() {
    shows_each(Kind::Moto, CASES).await;
}

#[tokio::test]
async fn an_architecture_in_another_account_is_not_taken_for_ones_own() {
    let (theirs, mine) = ("111111111111", "222222222222");
    let server = Server::start(Kind::Ministack);
    lab::build(&server.endpoint(), REGION, theirs).await;

    let run = Plimsoll::scan(&server.endpoint(), RULES, &Key::administrator(mine)).run();
    let report = run.report();
    assert_eq!((run.code, &report.0["account"], report.complete()), (1, &mine.into(), true));
    for finding in report.findings() {
        let (rule, verdict) = (finding.text("rule"), finding.verdict());
        let wanted = match rule {
            "one-queue" => "pass",
            _ if rule.ends_with("-exists") => "fail",
            _ => "blocked",
        };
        assert_eq!(verdict, wanted, "{rule}");
    }

    let run = Plimsoll::scan(&server.endpoint(), RULES, &Key::administrator(theirs)).run();
    assert_eq!((run.code, &run.report().0["account"]), (0, &theirs.into()));
}
