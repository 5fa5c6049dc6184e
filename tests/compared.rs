//! Policies in a report, statement by statement: which stands beside which, and which of them is at fault.

mod judging;

use plimsoll::model::{Finding, ShownStatement, Verdict};
use std::collections::BTreeMap;
use std::path::Path;

const RULES: &str = r#"
plimsoll: 1
title: t
resources:
  queue:  { type: AWS::SQS::Queue, name: orders }
  role:   { type: AWS::IAM::Role, name: writer }
  policy: { type: AWS::IAM::ManagedPolicy, name: write }
rules:
  - { id: senders, access: { to: queue, actions: [sqs:SendMessage], exactly: [role] } }
  - { id: others, only: { statements_of: queue, are: queue.json } }
  - { id: most, permissions: { of: role, at_most: role.json } }
  - { id: least, permissions: { of: role, at_least: role.json } }
  - { id: document, on: policy, expect: { PolicyDocument: { $policy: { exactly: role.json } } } }
"#;

const QUEUE: &str = r#"{ "Version": "2012-10-17", "Statement": [
  { "Sid": "api", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::123456789012:role/writer" },
    "Action": "sqs:SendMessage", "Resource": "${queue.Arn}" } ] }"#;

const ROLE: &str = r#"{ "Version": "2012-10-17", "Statement": [
  { "Sid": "read", "Effect": "Allow", "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage"], "Resource": "${queue.Arn}" },
  { "Sid": "write", "Effect": "Allow", "Action": "dynamodb:PutItem",
    "Resource": "arn:aws:dynamodb:us-east-1:123456789012:table/orders" } ] }"#;

const ACCOUNT: &str = r#"
resources:
  - type: AWS::SQS::Queue
    name: orders
    properties:
      Policy:
        Version: "2012-10-17"
        Statement:
          - { Sid: open, Effect: Allow, Principal: "*", Action: "sqs:SendMessage", Resource: "arn:aws:sqs:us-east-1:123456789012:orders" }
          - { Sid: mine, Effect: Allow, Principal: { AWS: "arn:aws:iam::123456789012:role/writer" }, Action: "SQS:SendMessage", Resource: "arn:aws:sqs:us-east-1:123456789012:orders" }
  - type: AWS::IAM::Role
    name: writer
    properties:
      Policies:
        - PolicyName: work
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - { Effect: Allow, Action: "s3:GetObject", Resource: "*" }
              - { Effect: Allow, Action: ["sqs:DeleteMessage", "sqs:ReceiveMessage"], Resource: "arn:aws:sqs:us-east-1:123456789012:orders" }
  - type: AWS::IAM::ManagedPolicy
    name: write
    properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - { Sid: write, Effect: Allow, Action: "dynamodb:*", Resource: "arn:aws:dynamodb:us-east-1:123456789012:table/orders" }
"#;

fn finding(id: &str) -> Finding {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("compared-{id}"));
    std::fs::create_dir_all(&folder).expect("a folder");
    for (name, text) in [("rules.yaml", RULES), ("queue.json", QUEUE), ("role.json", ROLE)] {
        std::fs::write(folder.join(name), text).expect("a file");
    }
    let rules = judging::rules(&folder.join("rules.yaml"), &BTreeMap::new())
        .unwrap_or_else(|diagnostics| panic!("{}", diagnostics.render(false, 120)));
    let report = judging::judge(&rules, &judging::account(ACCOUNT));
    report.findings.into_iter().find(|finding| finding.rule == id).expect("a finding of that rule")
}

/// What a finding shows: the Sid or action of the wanted, and of the found, each with whether it fits.
fn shown(id: &str) -> Vec<String> {
    let finding = finding(id);
    assert_eq!(finding.verdict, Verdict::Fail, "{}", finding.found);
    let said = |shown: &Option<ShownStatement>| {
        let Some(shown) = shown else { return "-".to_owned() };
        let statement: serde_json::Value = serde_json::from_str(&shown.text).expect("JSON");
        let name = statement.get("Sid").unwrap_or(&statement["Action"]).to_string();
        let fits = shown.fits.map_or("", |fits| if fits { " fits" } else { " odd" });
        format!("{}{fits}", name.replace('"', ""))
    };
    let policies = finding.policies.iter();
    policies
        .flat_map(|policy| {
            policy.statements.iter().map(|pair| format!("{} | {}", said(&pair.wanted), said(&pair.found)))
        })
        .collect()
}

#[test]
fn a_policy_that_lets_in_too_many_says_by_which_statement() {
    assert_eq!(shown("senders"), ["- | open odd", "- | mine"]);
}

#[test]
fn statements_are_held_against_those_that_mean_the_same() {
    assert_eq!(shown("others"), ["api fits | mine fits", "- | open odd"]);
}

#[test]
fn a_ceiling_marks_what_goes_beyond_it_and_a_floor_what_is_missing() {
    let (read, s3) = ("[sqs:DeleteMessage,sqs:ReceiveMessage]", "s3:GetObject");
    assert_eq!(shown("most"), [format!("read | {read} fits"), "write | -".to_owned(), format!("- | {s3} odd")]);
    assert_eq!(shown("least"), [format!("read fits | {read}"), "write odd | -".to_owned(), format!("- | {s3}")]);
}

#[test]
fn a_document_is_judged_from_both_sides() {
    assert_eq!(shown("document"), ["read odd | -", "write fits | write odd"]);
}
