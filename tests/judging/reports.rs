//! Reports that tests of the formats share: an account whose names were chosen by somebody unkind, and a chain of flows.

use super::judging;
use plimsoll::model::Report;
use std::collections::BTreeMap;
use std::path::Path;

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

/// The report on an account with these names.
pub(crate) fn unkind() -> Report {
    let resources: Vec<serde_json::Value> = names()
        .iter()
        .map(|name| serde_json::json!({ "type": "AWS::IAM::Role", "name": name, "properties": { "Path": name } }))
        .collect();
    let account = serde_json::json!({ "resources": resources });
    judged("unkind-names", RULES, &plimsoll::report::write_harmless(&account))
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

/// The report on the chain.
pub(crate) fn chain() -> Report {
    judged("chain", CHAIN, CHAINED)
}

fn judged(name: &str, rules: &str, account: &str) -> Report {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME"));
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    let path = folder.join(format!("{name}.yaml"));
    // Several tests of one binary judge the same rules at the same time, and none may find the file half written.
    static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let beside = folder.join(format!("{name}.{}.{count}", std::process::id()));
    std::fs::write(&beside, rules).expect("a file for the test");
    std::fs::rename(&beside, &path).expect("a file for the test");
    let rules = judging::rules(&path, &BTreeMap::new()).expect("right rules");
    judging::judge(&rules, &judging::account(account))
}
