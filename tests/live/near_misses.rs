//! Changes to the account that are no mistakes: no verdict may change.

use crate::REGION;
use crate::mistakes::{BOTH, Case, shows_each};
use crate::step::Step;
use crate::support::servers::Kind;

const WRITER: &str = "Lambda-SQS-DynamoDB";
const WRITE: &str = "Lambda-Write-DynamoDB";
const RECEIVE: &str = "Lambda-Read-SQS";

const fn case(name: &'static str, steps: &'static [Step]) -> Case {
    Case { name, steps, changes: &[], says: &[], on: BOTH }
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
    case(
        "a further policy on a role",
        &[Step::Attach { role: WRITER, policy: "service-role/AWSLambdaBasicExecutionRole" }],
    ),
    case("a policy inside a role", &[Step::InlinePolicy(WRITER)]),
    case("another visibility timeout", &[Step::SetQueue("VisibilityTimeout", "180")]),
    case(
        "the queue of the same name in a second region",
        &[Step::NewQueue { name: "POC-Queue", region: "eu-west-1", attributes: &[] }],
    ),
    case(
        "a role and a policy under a path",
        &[
            Step::DeleteRole(WRITER),
            Step::Detach { role: "Lambda-DynamoDBStreams-SNS", policy: "Lambda-SNS-Publish" },
            Step::NewPolicy { name: "unused", path: "/lab/", like: WRITE },
            Step::NewRole { name: WRITER, path: "/service-role/", like: WRITER },
            Step::Attach { role: "Lambda-DynamoDBStreams-SNS", policy: "Lambda-SNS-Publish" },
        ],
    ),
];

#[tokio::test]
async fn ministack_shows_no_mistake() {
    shows_each(Kind::Ministack, CASES).await;
}

#[tokio::test]
async fn moto_shows_no_mistake() {
    shows_each(Kind::Moto, CASES).await;
}
