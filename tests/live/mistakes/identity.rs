//! Policies and roles that are missing, of another name, or on the wrong role.

use crate::case::{BOTH, Case, Change, WITH_BOUNDARIES};
use crate::names::{ANNOUNCER, API, LOGS, PUBLISH, RECEIVE, STREAM, WRITE, WRITER};
use crate::step::Step;

const WRITE_POLICY_IS_GONE: &[Change] = &[
    ("write-policy-exists", "write-policy", "fail"),
    ("writer-stores-orders", "writer → orders", "fail"),
    ("write-policy-content", "write-policy", "blocked"),
    ("writer-permissions", "writer-role", "blocked"),
    ("writer-role-policies", "writer-role", "blocked"),
];
const RECEIVE_POLICY_IS_GONE: &[Change] = &[
    ("queue-triggers-writer", "queue → writer", "fail"),
    ("receive-policy-exists", "receive-policy", "fail"),
    ("receive-policy-content", "receive-policy", "blocked"),
    ("writer-permissions", "writer-role", "blocked"),
    ("writer-role-policies", "writer-role", "blocked"),
];
const WRITER_ROLE_IS_GONE: &[Change] = &[
    ("writer-role-exists", "writer-role", "fail"),
    ("avoidable-star", "writer-role", "blocked"),
    ("function-roles-trust", "writer-role", "blocked"),
    ("queue-others", "queue", "blocked"),
    ("queue-receivers", "queue", "blocked"),
    ("queue-triggers-writer", "queue → writer", "blocked"),
    ("roles-unbounded", "writer-role", "blocked"),
    ("writer-permissions", "writer-role", "blocked"),
    ("writer-role-policies", "writer-role", "blocked"),
    ("writer-runs-as", "writer", "blocked"),
    ("writer-stores-orders", "writer → orders", "blocked"),
];
const ANNOUNCER_ROLE_IS_GONE: &[Change] = &[
    ("announcer-role-exists", "announcer-role", "fail"),
    ("announcer-permissions", "announcer-role", "blocked"),
    ("announcer-publishes", "announcer → topic", "blocked"),
    ("announcer-role-policies", "announcer-role", "blocked"),
    ("announcer-runs-as", "announcer", "blocked"),
    ("avoidable-star", "announcer-role", "blocked"),
    ("function-roles-trust", "announcer-role", "blocked"),
    ("roles-unbounded", "announcer-role", "blocked"),
    ("stream-triggers-announcer", "orders → announcer", "blocked"),
];
const WRITER_LACKS_A_POLICY: &[Change] = &[
    ("writer-role-policies", "writer-role", "fail"),
    ("writer-stores-orders", "writer → orders", "fail"),
    ("writer-permissions", "writer-role", "blocked"),
];

/// The cases.
pub(super) const CASES: &[Case] = &[
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
            ("announcer-publishes", "announcer → topic", "fail"),
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
            ("stream-triggers-announcer", "orders → announcer", "fail"),
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
            ("api-feeds-queue", "post → queue", "blocked"),
            ("api-role-permissions", "api-role", "blocked"),
            ("api-role-policies", "api-role", "blocked"),
            ("api-role-trust", "api-role", "blocked"),
            ("avoidable-star", "api-role", "blocked"),
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
        changes: &[
            ("queue-triggers-writer", "queue → writer", "fail"),
            ("writer-role-policies", "writer-role", "fail"),
            ("writer-permissions", "writer-role", "blocked"),
        ],
        says: &[("writer-role-policies", "policy/Lambda-Read-SQS")],
        on: BOTH,
    },
    Case {
        name: "the announcer's role has no policy at all",
        steps: &[Step::Detach { role: ANNOUNCER, policy: PUBLISH }, Step::Detach { role: ANNOUNCER, policy: STREAM }],
        changes: &[
            ("announcer-role-policies", "announcer-role", "fail"),
            ("stream-triggers-announcer", "orders → announcer", "fail"),
            ("announcer-publishes", "announcer → topic", "fail"),
            ("announcer-permissions", "announcer-role", "blocked"),
            ("avoidable-star", "announcer-role", "pass"),
        ],
        says: &[("announcer-role-policies", "Lambda-SNS-Publish"), ("announcer-role-policies", "DynamoDBStreams-Read")],
        on: BOTH,
    },
    Case {
        name: "the API's role lacks AWS's policy",
        steps: &[Step::Detach { role: API, policy: LOGS }],
        changes: &[("api-role-policies", "api-role", "fail"), ("avoidable-star", "api-role", "pass")],
        says: &[("api-role-policies", "AmazonAPIGatewayPushToCloudWatchLogs")],
        on: BOTH,
    },
    Case {
        name: "R07: the policy to publish is on the writer's role",
        steps: &[Step::Detach { role: ANNOUNCER, policy: PUBLISH }, Step::Attach { role: WRITER, policy: PUBLISH }],
        changes: &[
            ("announcer-role-policies", "announcer-role", "fail"),
            ("writer-permissions", "writer-role", "fail"),
            ("announcer-publishes", "announcer → topic", "fail"),
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
            ("queue-triggers-writer", "queue → writer", "fail"),
            ("stream-triggers-announcer", "orders → announcer", "fail"),
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
        changes: &[
            ("receive-policy-exists", "receive-policy", "fail"),
            ("receive-policy-content", "receive-policy", "blocked"),
            ("writer-permissions", "writer-role", "blocked"),
            ("writer-role-policies", "writer-role", "blocked"),
        ],
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
        changes: &[
            ("write-policy-exists", "write-policy", "fail"),
            ("write-policy-content", "write-policy", "blocked"),
            ("writer-permissions", "writer-role", "blocked"),
            ("writer-role-policies", "writer-role", "blocked"),
        ],
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
            ("api-feeds-queue", "post → queue", "fail"),
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
        changes: &[
            ("queue-triggers-writer", "queue → writer", "fail"),
            ("roles-unbounded", "writer-role", "fail"),
            ("writer-permissions", "writer-role", "fail"),
            ("writer-stores-orders", "writer → orders", "fail"),
            ("avoidable-star", "writer-role", "pass"),
        ],
        says: &[("roles-unbounded", "policy/Lambda-SNS-Publish")],
        on: WITH_BOUNDARIES,
    },
];
