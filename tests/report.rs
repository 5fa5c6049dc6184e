//! Reports on an account whose names were chosen by somebody unkind, and at every width.

#[path = "judging/mod.rs"]
mod judging;

use plimsoll::model::Report;
use plimsoll::report::{Format, Look};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;
use unicode_width::UnicodeWidthStr as _;

const RULES: &str = "\
plimsoll: 1
title: Unkind \"names\"
resources:
  queue: { type: AWS::SQS::Queue, name: orders, exists: { points: 5, step: \"2\" } }
rules:
  - { id: roles, each: AWS::IAM::Role, points: 1, step: \"10\", title: Every role has the path of the team, fix: Make it again with the path, expect: { Path: /team/ } }
  - { id: queue-delay, on: queue, step: \"2\", expect: { DelaySeconds: 0 } }
";

/// Escapes that colour, move and clear; text that runs the other way; nothing at all to see; markup; and length.
fn names() -> Vec<String> {
    vec![
        "\u{1b}[2J\u{1b}[31mred".to_owned(),
        "\u{9b}31mred".to_owned(),
        "evil\u{202e}gpj.exe".to_owned(),
        "zero\u{200b}width\u{feff}".to_owned(),
        "<script>alert(1)</script>".to_owned(),
        "=HYPERLINK(\"x\")".to_owned(),
        "line\nbreak\r\ttab\u{7}".to_owned(),
        "x".repeat(256),
        "東".repeat(100),
    ]
}

/// Made once: the tests run side by side, and the rules are in a file.
static REPORT: LazyLock<Report> = LazyLock::new(|| {
    let resources: Vec<serde_json::Value> = names()
        .iter()
        .map(|name| serde_json::json!({ "type": "AWS::IAM::Role", "name": name, "properties": { "Path": name } }))
        .collect();
    let account = serde_json::json!({ "resources": resources });
    let account = judging::account(&plimsoll::report::write_harmless(&account));
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("unkind-names.yaml");
    std::fs::write(&path, RULES).expect("a file for the test");
    let rules = judging::rules(&path, &BTreeMap::new()).expect("right rules");
    judging::judge(&rules, &account)
});

fn report() -> Report {
    REPORT.clone()
}

fn look(width: usize) -> Look {
    Look { width, colour: false, quiet: false }
}

#[test]
fn no_name_acts_on_the_terminal() {
    let report = report();
    for format in [Format::Text, Format::Json] {
        let text = format.render(&report, look(80));
        let harmful: Vec<char> =
            text.chars().filter(|c| *c != '\n' && plimsoll::model::harmless(&c.to_string()) != c.to_string()).collect();
        assert!(harmful.is_empty(), "{format:?}: {harmful:?}");
    }
    let json = Format::Json.render(&report, look(80));
    let read: Report = serde_json::from_str(&json).expect("the report comes back");
    assert_eq!(read, report, "a report that is loaded again is the one that was saved");
}

/// A chain with a branch: what is posted is queued, stored, announced from the stream, and billed.
const CHAIN: &str = "\
plimsoll: 1
title: Order intake
resources:
  api: { type: AWS::ApiGateway::RestApi, name: api }
  post: { type: AWS::ApiGateway::Method, of: api, select: { HttpMethod: POST } }
  queue: { type: AWS::SQS::Queue, name: POC-Queue }
  writer: { type: AWS::Lambda::Function, name: POC-Lambda-1 }
  orders: { type: AWS::DynamoDB::Table, name: orders }
  announcer: { type: AWS::Lambda::Function, name: POC-Lambda-2 }
  topic: { type: AWS::SNS::Topic, name: POC-Topic }
  mail: { type: AWS::SNS::Subscription, of: topic, select: { Protocol: email } }
  biller: { type: AWS::Lambda::Function, name: a-function-with-a-name-that-is-rather-long }
rules:
  - { id: f1, flow: { from: post, to: queue } }
  - { id: f3, flow: { from: writer, to: orders } }
  - { id: f2, flow: { from: queue, to: writer } }
  - { id: f4, flow: { from: orders, to: announcer } }
  - { id: f5, flow: { from: announcer, to: topic } }
  - { id: f6, flow: { from: topic, to: mail } }
  - { id: f7, flow: { from: topic, to: biller } }
";

const CHAINED: &str = r#"
resources:
  - { type: AWS::ApiGateway::RestApi, name: api }
  - { type: AWS::ApiGateway::Method, name: POST /, hangs-on: api, properties: { HttpMethod: POST, ResourcePath: / } }
  - { type: AWS::SQS::Queue, name: POC-Queue }
  - { type: AWS::Lambda::Function, name: POC-Lambda-1, unread: { Role: denied } }
  - { type: AWS::Lambda::Function, name: POC-Lambda-2 }
  - { type: AWS::DynamoDB::Table, name: orders }
  - { type: AWS::SNS::Topic, name: POC-Topic }
  - { type: AWS::SNS::Subscription, name: mail, hangs-on: POC-Topic, properties: { Protocol: email, PendingConfirmation: false, TopicArn: "arn:aws:sns:us-east-1:123456789012:POC-Topic" } }
"#;

#[test]
fn the_architecture_follows_what_flows() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("chain.yaml");
    std::fs::write(&path, CHAIN).expect("a file for the test");
    let rules = judging::rules(&path, &BTreeMap::new()).expect("right rules");
    let report = judging::judge(&rules, &judging::account(CHAINED));
    let drawn = |width: usize| {
        let text = Format::Text.render(&report, look(width));
        let lines: Vec<&str> = text.lines().skip(2).take_while(|line| !line.starts_with("FAIL ")).collect();
        assert!(lines.iter().all(|line| line.width() <= width), "{text}");
        lines.join("\n").trim_end().to_owned().trim_end().to_owned()
    };
    assert_eq!(drawn(160), WIDE.trim_matches('\n'));
    assert_eq!(drawn(80), NARROW.trim_matches('\n'));
}

const WIDE: &str = "
  POST / ───▶ POC-Queue ───▶ POC-Lambda-1 ──────▶ orders ══stream══▶ POC-Lambda-2 ───▶ POC-Topic ──▶ mail
  ok     FAIL ok        FAIL ok           UNKNOWN ok     FAIL        ok           FAIL ok        ok  ok

  POC-Topic ──────▶ a-function-with-a-n…that-is-rather-long
            BLOCKED FAIL

  api
  ok
";

const NARROW: &str = "
  POST / ───▶ POC-Queue ───▶ POC-Lambda-1 ──────▶ orders
  ok     FAIL ok        FAIL ok           UNKNOWN ok

  ══stream══▶ POC-Lambda-2 ───▶ POC-Topic ──▶ mail
  FAIL        ok           FAIL ok        ok  ok

  POC-Topic ──────▶ a-function-with-a-n…that-is-rather-long
            BLOCKED FAIL

  api
  ok
";

#[test]
fn no_line_is_wider_than_the_window() {
    let report = report();
    for width in [40, 60, 80, 100, 160] {
        for line in Format::Text.render(&report, look(width)).lines() {
            assert!(line.width() <= width, "{} > {width}: {line}", line.width());
        }
    }
}

#[test]
fn the_report_fits_its_published_schema() {
    let schema: serde_json::Value = serde_json::from_str(include_str!("../schema/report.schema.json")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let json: serde_json::Value = serde_json::from_str(&Format::Json.render(&report(), look(80))).expect("JSON");
    let mistakes: Vec<String> = validator.iter_errors(&json).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

#[test]
fn steps_stand_in_the_order_of_people_and_the_last_line_says_what_to_do() {
    let text = Format::Text.render(&report(), look(100));
    let place = |what: &str| text.rfind(what).unwrap_or_else(|| panic!("{what} is not in\n{text}"));
    assert!(place(" 2     queue-exists") < place(" 10    roles"), "{text}");
    assert!(text.trim_end().ends_with("Next: mend queue-exists on orders; 1 other rule waits for it."), "{text}");
}

#[test]
fn quiet_says_nothing_when_all_is_well_and_something_when_it_is_not() {
    let quiet = Look { quiet: true, ..look(80) };
    assert!(Format::Text.render(&report(), quiet).contains("FAIL"));
    let mut clean = report();
    clean.findings.clear();
    clean.counts = plimsoll::model::Counts::default();
    assert_eq!(Format::Text.render(&clean, quiet), "");
}

/// The Sid of a statement is chosen by whoever wrote the policy, and is told with the request that it allows.
#[test]
fn a_fault_in_a_policy_is_told_with_its_statement_and_proof_and_does_nothing_else() {
    let policy = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": {
            "Sid": "\u{1b}[2J\u{202e}open\n", "Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*",
        },
    });
    let queue = serde_json::json!({ "type": "AWS::SQS::Queue", "name": "orders", "properties": { "Policy": policy } });
    let account = serde_json::json!({ "resources": [queue] });
    let account = judging::account(&plimsoll::report::write_harmless(&account));
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("unkind-policy.yaml");
    let rules = "plimsoll: 1\ntitle: t\nresources: { queue: { type: AWS::SQS::Queue, name: orders } }\n\
                 rules: [{ id: closed, access: { to: queue, actions: [sqs:SendMessage], exactly: [] } }]\n";
    std::fs::write(&path, rules).expect("a file for the test");
    let rules = judging::rules(&path, &BTreeMap::new()).expect("right rules");
    let report = judging::judge(&rules, &account);
    let catalogue = report.catalogue.as_deref().unwrap_or_default();
    assert!(
        catalogue.starts_with(plimsoll::iam::catalogue::Catalogue::embedded().date()) && catalogue.contains("iam-data"),
        "{catalogue}"
    );
    for format in [Format::Text, Format::Json] {
        let text = format.render(&report, look(120));
        assert!(text.contains("anyone may, by statement"), "{text}");
        assert!(text.contains("sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:orders by "), "{text}");
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
    }
    assert!(Format::Text.render(&report, look(120)).contains("     proof   sqs:SendMessage"));
}
