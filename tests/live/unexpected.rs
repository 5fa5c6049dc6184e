//! What nobody declared: an account as a profile of the rules has it holds nothing of the sort, and each thing that is
//! added by hand is told by one finding of its own.

use crate::case::{BOTH, Case, mend, on_ministack};
use crate::names::{ANNOUNCER, API, LAMBDA_1, LAMBDA_2, WRITER};
use crate::step::Step;
use crate::support::binary::{Key, Plimsoll};
use crate::support::lab::{self, Integration, ORDERS, ORDERS_API, RestApi, STORES, Source, TO_QUEUE};
use crate::support::report::{Report, changes};
use crate::support::servers::{Kind, Server};
use crate::{ELSEWHERE, KEY, REGION, RULES};
use std::collections::BTreeSet;

/// What moto does not tell: the addresses of functions.
const URLS: &str = "unexpected-function-urls";

fn scan(server: &Server, rules: &str) -> Report {
    let run = Plimsoll::scan(&server.endpoint(), rules, &Key::administrator(KEY)).with(&["--unexpected"]).run();
    assert_eq!(run.stderr, "");
    run.report()
}

/// The findings on unexpected things with this verdict: rule and resource.
fn told(report: &Report, verdict: &str) -> Vec<(String, String)> {
    let of_rules = report.findings().filter(|finding| finding.text("rule").starts_with("unexpected-"));
    let those = of_rules.filter(|finding| finding.verdict() == verdict);
    those.map(|finding| (finding.text("rule").to_owned(), finding.text("resource").to_owned())).collect()
}

/// The account as a profile has it, if it is not as the lab's text has it.
struct Profile {
    rules: &'static str,
    steps: &'static [Step],
}

const LAB_ROLE: &str = "LabRole";

const PROFILES: [Profile; 5] = [
    Profile { rules: RULES, steps: &[] },
    Profile { rules: "serverless-poc/deployed", steps: &[Step::Deploy("dev")] },
    Profile {
        rules: "serverless-poc/course-video",
        steps: &[
            Step::Attach { role: WRITER, policy: "service-role/AWSLambdaBasicExecutionRole" },
            Step::Attach { role: ANNOUNCER, policy: "service-role/AWSLambdaBasicExecutionRole" },
            Step::Attach { role: API, policy: "aws:AmazonSQSFullAccess" },
            Step::ReplaceApi(RestApi { path: "/order", ..ORDERS_API }),
        ],
    },
    Profile {
        rules: "serverless-poc/hardened",
        steps: &[
            Step::Deploy("prod"),
            Step::NewQueue { name: "orders-aside", region: REGION, attributes: &[] },
            Step::SetQueue(
                "RedrivePolicy",
                r#"{"deadLetterTargetArn": "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:orders-aside", "maxReceiveCount": 5}"#,
            ),
            Step::Inline {
                role: WRITER,
                document: r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
                    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                    "Resource": "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/POC-Lambda-1:*"}}"#,
            },
        ],
    },
    Profile {
        rules: "serverless-poc/lab-role",
        steps: &[
            Step::NewRole { name: LAB_ROLE, path: "/", like: WRITER },
            Step::QueuePolicy(
                r#"{"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::${AWS::AccountId}:root"}, "Action": "SQS:*",
                     "Resource": "*"},
                    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::${AWS::AccountId}:role/LabRole"},
                     "Action": ["SQS:SendMessage", "SQS:ReceiveMessage", "SQS:DeleteMessage"], "Resource": "*"}]}"#,
            ),
        ],
    },
];

async fn holds_nothing(kind: Kind) {
    for Profile { rules, steps } in PROFILES {
        let server = Server::start(kind);
        let lab = lab::build(&server.endpoint(), REGION, KEY).await;
        for step in steps {
            step.make(&lab).await;
        }
        let report = scan(&server, rules);
        assert_eq!(told(&report, "fail"), [], "{kind:?}, {rules}");
        assert_eq!(told(&report, "blocked"), [], "{kind:?}, {rules}");
        let unknown: Vec<_> = told(&report, "unknown").into_iter().map(|(rule, _)| rule).collect();
        assert_eq!(unknown, if kind == Kind::Moto { vec![URLS] } else { vec![] }, "{kind:?}, {rules}");
        assert!(told(&report, "pass").len() > 10, "{kind:?}, {rules}");
    }
}

#[tokio::test]
async fn ministack_holds_nothing_unexpected() {
    holds_nothing(Kind::Ministack).await;
}

#[tokio::test]
async fn moto_holds_nothing_unexpected() {
    holds_nothing(Kind::Moto).await;
}

/// Something that is added by hand: the steps, and the rule and the resource of the one finding on it. An id that the
/// server gives is written `*`.
const fn addition(name: &'static str, steps: &'static [Step], says: &'static [(&'static str, &'static str)]) -> Case {
    Case { name, steps, changes: &[], says, on: BOTH }
}

const SENDS: &str = r#"{"Version": "2012-10-17", "Statement":
    {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}}"#;

const ADDITIONS: &[Case] = &[
    addition(
        "an inline policy",
        &[Step::Inline { role: ANNOUNCER, document: SENDS }],
        &[("unexpected-inline-policies", "Lambda-DynamoDBStreams-SNS/extra")],
    ),
    addition(
        "an attached policy of AWS's",
        &[Step::Attach { role: API, policy: "aws:AmazonSQSFullAccess" }],
        &[("unexpected-attached-policies", "APIGateway-SQS/AmazonSQSFullAccess")],
    ),
    addition(
        "a policy of the account's own",
        &[Step::NewDocument { name: "more", document: SENDS }],
        &[("unexpected-managed-policies", "more")],
    ),
    addition(
        "a subscription",
        &[Step::Subscribe { protocol: "https", endpoint: "https://example.com/orders" }],
        &[("unexpected-subscriptions", "*")],
    ),
    addition(
        "a second trigger",
        &[
            Step::NewQueue { name: "other", region: ELSEWHERE, attributes: &[] },
            Step::NewTrigger { function: LAMBDA_2, source: Source::Queue("POC-Queue") },
        ],
        &[("unexpected-event-source-mappings", "* of POC-Lambda-2")],
    ),
    addition(
        "a statement for everyone in the policy of the queue",
        &[Step::QueueGains(
            r#"{"Sid": "open", "Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}"#,
        )],
        &[("unexpected-queue-statements", "POC-Queue: statement \"open\"")],
    ),
    addition(
        "a denial in the policy of the queue",
        &[Step::QueueGains(
            r#"{"Sid": "closed", "Effect": "Deny", "Principal": "*", "Action": "sqs:PurgeQueue", "Resource": "*"}"#,
        )],
        &[("unexpected-queue-statements", "POC-Queue: statement \"closed\"")],
    ),
    addition(
        "a policy of the topic",
        &[Step::SetTopic(
            "Policy",
            r#"{"Version": "2012-10-17", "Statement": [{"Sid": "partner", "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sns:Publish",
                "Resource": "arn:aws:sns:${AWS::Region}:${AWS::AccountId}:POC-Topic"}]}"#,
        )],
        &[("unexpected-topic-statements", "POC-Topic: statement \"partner\"")],
    ),
    addition(
        "a permission to invoke a function",
        &[Step::Permit(LAMBDA_1)],
        &[("unexpected-function-statements", "POC-Lambda-1: statement \"extra\"")],
    ),
    // moto does not tell the addresses of functions.
    on_ministack(addition("the address of a function", &[Step::NewUrl(LAMBDA_1)], &[(URLS, "* of POC-Lambda-1")])),
    addition("a stage", &[Step::Deploy("dev")], &[("unexpected-stages", "dev of POC-API")]),
    addition(
        "a method on the path that is there",
        &[Step::NewMethod(RestApi { method: "GET", ..ORDERS_API })],
        &[("unexpected-methods", "GET / of POC-API")],
    ),
    addition(
        "a method on a path of its own",
        &[Step::NewMethod(RestApi { path: "/orders", integration: Some(Integration { ..TO_QUEUE }), ..ORDERS_API })],
        &[("unexpected-methods", "POST /orders of POC-API")],
    ),
    addition(
        "an API",
        &[Step::NewApi(RestApi { name: "another", ..ORDERS_API })],
        &[("unexpected-rest-apis", "another")],
    ),
    addition(
        "a queue, and one elsewhere",
        &[
            Step::NewQueue { name: "other", region: REGION, attributes: &[] },
            Step::NewQueue { name: "POC-Queue", region: ELSEWHERE, attributes: &[] },
        ],
        &[("unexpected-queues", "other")],
    ),
    addition(
        "a function",
        &[Step::NewFunction(lab::Function { name: "other", ..STORES })],
        &[("unexpected-functions", "other")],
    ),
    addition(
        "a table",
        &[Step::NewTable(lab::Table { name: "orders-2", ..ORDERS })],
        &[("unexpected-tables", "orders-2")],
    ),
    addition("a topic", &[Step::NewTopic { name: "other", attributes: &[] }], &[("unexpected-topics", "other")]),
    addition(
        "a role, and two that are AWS's",
        &[
            Step::NewRole { name: "other", path: "/service-role/", like: WRITER },
            Step::NewRole {
                name: "AWSServiceRoleForOther",
                path: "/aws-service-role/other.amazonaws.com/",
                like: WRITER,
            },
            Step::NewRole { name: "AWSReservedSSO_Other", path: "/aws-reserved/sso.amazonaws.com/", like: WRITER },
        ],
        &[("unexpected-roles", "other")],
    ),
];

/// Whether `resource` is called as a case says, where `*` is what the server chose.
fn is_called(resource: &str, wanted: &str) -> bool {
    match wanted.strip_prefix('*') {
        Some(rest) => resource.len() > rest.len() && resource.ends_with(rest),
        None => resource == wanted,
    }
}

async fn tells_each(kind: Kind) {
    let server = Server::start(kind);
    let mut lab = lab::build(&server.endpoint(), REGION, KEY).await;
    let elsewhere = lab.in_region(ELSEWHERE);
    let intact = scan(&server, RULES);
    let mut wrong = Vec::new();
    let mut ids = BTreeSet::new();
    for case in ADDITIONS.iter().filter(|case| case.on.contains(&kind)) {
        for step in case.steps {
            step.make(&lab).await;
        }
        let report = scan(&server, RULES);
        let fails = told(&report, "fail");
        let right = fails.len() == case.says.len()
            && fails.iter().zip(case.says).all(|((rule, on), (wanted, name))| rule == wanted && is_called(on, name));
        if !right {
            wrong.push(format!("{}: {fails:?}", case.name));
        }
        // What is told of one thing changes nothing that is said of the others.
        let changed = changes(&intact.verdicts(), &report.verdicts());
        let others: Vec<_> = changed
            .iter()
            .filter(|((rule, _), verdict)| {
                rule.starts_with("unexpected-") && *verdict != "fail" && *verdict != "(no finding)"
            })
            .collect();
        if !others.is_empty() {
            wrong.push(format!("{}: {others:?}", case.name));
        }
        for finding in report.findings().filter(|finding| finding.text("rule").starts_with("unexpected-")) {
            if finding.verdict() == "fail" && !ids.insert(finding.text("id").to_owned()) {
                wrong.push(format!("{}: {} is the id of another", case.name, finding.text("id")));
            }
            if finding.verdict() == "fail" && (finding.text("severity") != "medium" || finding.text("found").is_empty())
            {
                wrong.push(format!("{}: {}", case.name, finding.0));
            }
        }
        mend(&server, kind, case, &mut lab, &elsewhere).await;
    }
    assert_eq!(told(&scan(&server, RULES), "fail"), [], "{kind:?}: the last cases left something behind");
    assert!(wrong.is_empty(), "{kind:?}\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn ministack_shows_each_addition() {
    tells_each(Kind::Ministack).await;
}

#[tokio::test]
async fn moto_shows_each_addition() {
    tells_each(Kind::Moto).await;
}
