//! The pages that the browser is shown: the lab with some mistakes, one with names that somebody unkind chose, a long one.

use super::judging;
use plimsoll::model::{Counts, Points, Report};
use plimsoll::report::html;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const ACCOUNT: &str = r#"
resources:
  - { type: AWS::ApiGateway::RestApi, name: POC-API }
  - { type: AWS::ApiGateway::Method, name: POST /, hangs-on: POC-API, properties: { HttpMethod: POST, ResourcePath: / } }
  - type: AWS::SQS::Queue
    name: POC-Queue
    properties:
      QueueName: POC-Queue
      DelaySeconds: 5
      Policy: '{"Version":"2012-10-17","Statement":[{"Sid":"open","Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:123456789012:POC-Queue"}]}'
  - { type: AWS::Lambda::Function, name: POC-Lambda-1, unread: { Role: denied } }
  - { type: AWS::Lambda::Function, name: POC-Lambda-2 }
  - { type: AWS::DynamoDB::Table, name: orders }
  - { type: AWS::SNS::Topic, name: POC-Topic }
  - { type: AWS::SNS::Subscription, name: mail, hangs-on: POC-Topic, properties: { Protocol: email, PendingConfirmation: false, TopicArn: "arn:aws:sns:us-east-1:123456789012:POC-Topic" } }
  - { type: AWS::IAM::Role, name: APIGateway-SQS, properties: { Path: / } }
  - { type: AWS::IAM::Role, name: other, properties: { Path: /team/ } }
"#;

const RULES: &str = "\
plimsoll: 1
title: Order intake
resources:
  api: { type: AWS::ApiGateway::RestApi, name: POC-API }
  post: { type: AWS::ApiGateway::Method, of: api, select: { HttpMethod: POST } }
  queue: { type: AWS::SQS::Queue, name: POC-Queue, exists: { points: 2, step: \"3\" } }
  writer: { type: AWS::Lambda::Function, name: POC-Lambda-1 }
  writer-trigger: { type: AWS::Lambda::EventSourceMapping, of: writer, select: { EventSourceArn: \"${queue.Arn}\" } }
  orders: { type: AWS::DynamoDB::Table, name: orders }
  announcer: { type: AWS::Lambda::Function, name: POC-Lambda-2 }
  topic: { type: AWS::SNS::Topic, name: POC-Topic }
  mail: { type: AWS::SNS::Subscription, of: topic, select: { Protocol: email } }
  biller: { type: AWS::Lambda::Function, name: a-function-with-a-name-that-is-rather-long }
  api-role: { type: AWS::IAM::Role, name: APIGateway-SQS }
rules:
  - id: queue-senders
    title: Only the API's role may send to the queue
    access: { to: queue, actions: [sqs:SendMessage], exactly: [api-role] }
    severity: high
    points: 3
    step: \"3\"
    reason: Whoever can send to the queue can place orders.
    fix: 'SQS console > POC-Queue > Access policy > Edit: remove the statement.'
  - { id: queue-delay, title: The queue hands on at once, on: queue, severity: low, step: \"4\", points: 1, expect: { DelaySeconds: 0 } }
  - { id: roles, each: AWS::IAM::Role, title: Every role has the path of the team, severity: info, step: \"10\", fix: Make it again with the path, reason: It tells whose it is., expect: { Path: /team/ } }
  - { id: f1, flow: { from: post, to: queue, as: api-role } }
  - { id: f3, flow: { from: writer, to: orders } }
  - { id: f2, flow: { from: queue, to: writer } }
  - { id: f4, flow: { from: orders, to: announcer } }
  - { id: f5, flow: { from: announcer, to: topic } }
  - { id: f6, flow: { from: topic, to: mail } }
  - { id: f7, flow: { from: topic, to: biller } }
";

fn report() -> Report {
    static LOCK: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _one_writes = LOCK.lock();
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser.yaml");
    std::fs::write(&path, RULES).expect("a file for the test");
    let rules = judging::rules(&path, &BTreeMap::new()).expect("right rules");
    judging::judge(&rules, &judging::account(ACCOUNT))
}

/// The page of the lab, under a name of its own.
pub(crate) fn page(name: &str) -> PathBuf {
    written(name, &report())
}

/// The page of `report` in a file.
pub(crate) fn written(name: &str, report: &Report) -> PathBuf {
    let mut bytes = Vec::new();
    html(report, &mut bytes).expect("a writer that takes all");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("browser-{name}.html"));
    std::fs::write(&path, bytes).expect("a file for the test");
    path
}

/// The same with every text of others' replaced.
pub(crate) fn unkind() -> Report {
    let mut report = report();
    let name = "\"'></script><script>alert(1)</script><img src=x onerror=alert(2)>\u{202e}\u{200b}\u{1b}[31m&amp;`${x}";
    report.title = name.to_owned();
    report.rules.file = name.to_owned();
    for resource in &mut report.resources {
        resource.name = Some(name.to_owned());
    }
    for finding in &mut report.findings {
        for text in [&mut finding.title, &mut finding.wanted, &mut finding.found] {
            *text = format!("{name} {}", "x".repeat(300));
        }
        finding.name = Some(name.to_owned());
        finding.step = Some(name.to_owned());
        finding.witness = Some(name.to_owned());
        for option in [&mut finding.reason, &mut finding.fix, &mut finding.arn] {
            *option = Some(name.to_owned());
        }
        finding.controls = vec![name.to_owned()];
        finding.evidence = vec![name.to_owned()];
        for part in &mut finding.parts {
            for text in [&mut part.path, &mut part.wanted, &mut part.found] {
                *text = name.to_owned();
            }
        }
        for beyond in &mut finding.beyond {
            beyond.who = name.to_owned();
            beyond.by = vec![name.to_owned()];
        }
    }
    report
}

/// The same findings over and over, as if there were more of every resource.
pub(crate) fn thousand() -> Report {
    let mut report = report();
    let own = report.findings.clone();
    report.findings = (0..1_000)
        .map(|at| {
            let mut finding = own[at % own.len()].clone();
            let round = at / own.len();
            if round > 0 {
                finding.resource = format!("{}-{round}", finding.resource);
                finding.name = finding.name.map(|name| format!("{name}-{round}"));
                finding.id = format!("{:08x}{}", round, &finding.id[8..]);
            }
            finding
        })
        .collect();
    report.counts = Counts::default();
    report.points = Points::default();
    for finding in &report.findings {
        report.counts.add(finding.verdict);
        report.points = report.points.plus(finding.points);
    }
    report
}
