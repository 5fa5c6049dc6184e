//! Many accounts on a server that enforces trust policies and external ids: a list of accounts, and a class.
//!
//! The auditor is of an account of its own; in each of the others it may assume a role that asks for an external id.

use crate::support::binary::{Key, Plimsoll, Run};
use crate::support::folder::Folder;
use crate::support::lab;
use crate::support::report::{Report, changes};
use crate::support::servers::Server;
use crate::{ELSEWHERE, REGION, RULES};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// The account of the auditor, whose access key on the server is its number.
const AUDITOR: &str = "123456789012";
/// An account with the architecture.
const WHOLE: &str = "111122223333";
/// An account with nothing but a queue.
const BARE: &str = "444455556666";
/// The role that the auditor assumes.
const ROLE: &str = "Audit";
/// What its trust policy asks for.
const EXTERNAL_ID: &str = "course-7:of-the-auditor";

/// What the session policy of an assumed role permits on resources, and the server, unlike AWS, checks against `*`, so
/// that it refuses them: what rests on these calls is unknown, and nothing else is.
const REFUSED: [&str; 3] =
    ["dynamodb:GetResourcePolicy", "lambda:GetFunctionConcurrency", "sns:GetSubscriptionAttributes"];

/// Holds the gaps of a report against [`REFUSED`].
fn lacks_only_what_the_server_refuses(report: &Value) {
    let gaps = report["gaps"].as_array().expect("gaps");
    let denied = gaps.iter().filter(|gap| gap["reason"] != "redacted");
    let calls: BTreeSet<&str> = denied.filter_map(|gap| gap["call"].as_str()?.split(' ').next()).collect();
    assert_eq!(calls.into_iter().collect::<Vec<_>>(), REFUSED, "{gaps:?}");
}

/// Lets the auditor assume a role of `account` that may read everything, with the external id.
async fn let_in(server: &Server, account: &str) {
    let iam = lab::iam(&lab::config(&server.endpoint(), REGION, lab::administrator(account)));
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": { "AWS": format!("arn:aws:iam::{AUDITOR}:root") },
        "Action": "sts:AssumeRole",
        "Condition": { "StringEquals": { "sts:ExternalId": EXTERNAL_ID } },
    }] });
    let create = iam.create_role().role_name(ROLE).assume_role_policy_document(trust.to_string()).send().await;
    create.unwrap_or_else(|error| panic!("the role in {account}: {error:?}"));
    let reads = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Action": ["apigateway:GET", "dynamodb:*", "iam:Get*", "iam:List*", "lambda:*", "sns:*", "sqs:*"],
        "Resource": "*",
    }] });
    let put = iam.put_role_policy().role_name(ROLE).policy_name("reads").policy_document(reads.to_string());
    put.send().await.unwrap_or_else(|error| panic!("the policy in {account}: {error:?}"));
}

/// A server with an account that has the architecture, and one that has a queue of its name in each region.
async fn server() -> Server {
    let server = Server::start_enforcing();
    lab::build(&server.endpoint(), REGION, WHOLE).await;
    for region in [REGION, ELSEWHERE] {
        let sqs = lab::sqs(&lab::config(&server.endpoint(), region, lab::administrator(BARE)));
        let created = sqs.create_queue().queue_name("POC-Queue").send().await;
        created.unwrap_or_else(|error| panic!("the queue in {region}: {error:?}"));
    }
    for account in [WHOLE, BARE] {
        let_in(&server, account).await;
    }
    server
}

fn run(server: &Server, arguments: &[&str]) -> Run {
    Plimsoll::new(arguments).with(&["--endpoint-url", &server.endpoint()]).key(&Key::administrator(AUDITOR)).run()
}

fn read(path: impl AsRef<Path>) -> Value {
    let path = path.as_ref();
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[tokio::test]
async fn accounts_are_read_by_roles_that_ask_for_an_external_id() {
    let server = server().await;
    let folder = Folder::new();
    let queue = "plimsoll: 1\ntitle: Queues\nresources:\n  queue: { type: AWS::SQS::Queue, name: POC-Queue }\n";
    std::fs::write(folder.file("queue.yaml"), queue).expect("a rules file");
    let list = format!(
        "plimsoll_accounts: 1
defaults: {{ role: {ROLE}, external_id: \"{EXTERNAL_ID}\", rules: {RULES}, region: {REGION} }}
accounts:
  - {{ name: whole, account: {WHOLE} }}
  - {{ name: by-arn, role: \"arn:aws:iam::{WHOLE}:role/{ROLE}\" }}
  - {{ name: bare, account: {BARE}, rules: queue.yaml, regions: [{REGION}, {ELSEWHERE}, ap-south-1] }}
  - {{ name: wrong-id, account: {WHOLE}, external_id: of-somebody-else }}
  - {{ name: no-role, account: 777788889999 }}
"
    );
    std::fs::write(folder.file("accounts.yaml"), list).expect("a list");
    let (accounts, results) = (folder.file("accounts.yaml"), folder.file("out"));
    let arguments = ["scan", "--accounts", &accounts, "--results", &results, "--format", "json", "--write", "json"];
    let run = run(&server, &arguments);
    assert_eq!(run.code, 1, "{}\n{}", run.stdout, run.stderr);
    let overview: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let states: Vec<(&str, &str, &str)> = overview["runs"]
        .as_array()
        .expect("runs")
        .iter()
        .map(|line| {
            let of = |field: &str| line[field].as_str().unwrap_or_default();
            (of("folder"), of("account"), of("state"))
        })
        .collect();
    assert_eq!(
        states,
        [
            ("whole", WHOLE, "incomplete"),
            ("by-arn", WHOLE, "incomplete"),
            ("bare/us-east-1", BARE, "clean"),
            ("bare/eu-west-1", BARE, "clean"),
            ("bare/ap-south-1", BARE, "findings"),
            ("wrong-id", "", "not-read"),
            ("no-role", "", "not-read"),
        ],
        "{}",
        run.stderr
    );
    let report = read(Path::new(&results).join("whole/report.json"));
    assert_eq!(report["caller"], format!("arn:aws:sts::{WHOLE}:assumed-role/{ROLE}/plimsoll"));
    for refused in [5, 6] {
        let reason = overview["runs"][refused]["reason"].as_str().expect("a reason");
        assert!(reason.contains(ROLE), "{reason}");
        assert!(!reason.contains("of-somebody-else") && !reason.contains(EXTERNAL_ID), "{reason}");
    }
    lacks_only_what_the_server_refuses(&report);
    // What could be decided is decided as a scan of the account alone decides it.
    let alone = Plimsoll::scan(&server.endpoint(), RULES, &Key::administrator(WHOLE)).run().report();
    let other = changes(&alone.verdicts(), &Report(report).verdicts());
    assert!(other.len() == 4 && other.values().all(|verdict| verdict == "unknown"), "{other:?}");
}

#[tokio::test]
async fn a_class_is_graded_by_roles_that_ask_for_an_external_id() {
    let server = server().await;
    let folder = Folder::new();
    let class = format!(
        "id,account,role,external_id\n\
         by-arn,,arn:aws:iam::{WHOLE}:role/{ROLE},{EXTERNAL_ID}\n\
         alone,{WHOLE},,{EXTERNAL_ID}\n\
         bare,{BARE},,{EXTERNAL_ID}\n\
         wrong-id,{WHOLE},,of-somebody-else\n\
         no-id,{WHOLE},,\n"
    );
    std::fs::write(folder.file("class.csv"), class).expect("a roster");
    let (roster, results) = (folder.file("class.csv"), folder.file("out"));
    let run = run(
        &server,
        &[
            "grade",
            RULES,
            "--roster",
            &roster,
            "--results",
            &results,
            "--role-name",
            ROLE,
            "--write",
            "json",
            "--write",
            "report",
        ],
    );
    assert_eq!(run.code, 3, "{}\n{}", run.stdout, run.stderr);
    let table = std::fs::read_to_string(Path::new(&results).join("class.csv")).expect("a table");
    let row = |id: &str| {
        let line = table.lines().find(|line| line.starts_with(&format!("{id},"))).unwrap_or_else(|| panic!("{table}"));
        line.split(',').map(str::to_owned).collect::<Vec<_>>()
    };
    // id, name, account, status, earned, possible
    for (id, account, status) in [
        ("by-arn", WHOLE, "undecided"),
        ("alone", WHOLE, "undecided"),
        ("bare", BARE, "graded"),
        ("wrong-id", "", "not read"),
        ("no-id", "", "not read"),
    ] {
        assert_eq!(row(id)[2..4], [account, status], "{table}");
    }
    lacks_only_what_the_server_refuses(&read(Path::new(&results).join("alone/report.json")));
    // Points, percentage and verdicts are the same however the role is named.
    assert_eq!(row("by-arn")[4..14], row("alone")[4..14], "{table}");
    let of_bare = read(Path::new(&results).join("bare/grade.json"));
    let earned = of_bare["points"]["earned"].as_f64().expect("points");
    assert!(earned > 0.0 && earned < 100.0, "a queue earns something: {earned}");
    assert!(!table.contains(EXTERNAL_ID) && !table.contains("of-somebody-else"), "{table}");
}
