//! Instructions that the policy engine takes: reading documents, deciding a request, and comparing all requests.
//!
//! Needs valgrind, and the runner of the version that Cargo.lock names:
//! `cargo install gungraun-runner --version 0.20.0`, then `cargo bench --bench iam`.

#![allow(missing_docs, clippy::exit, reason = "what the macros of the harness expand to")]

use gungraun::{library_benchmark, library_benchmark_group, main};
use plimsoll::iam::catalogue::Catalogue;
use plimsoll::iam::{Context, ContextValue, Decision, Grants, Policies, Policy, Principal, Relation, Request, decide};
use serde_json::json;
use std::hint::black_box;

/// Patterns of a policy that reads everything.
const PATTERNS: usize = 1_500;

/// A policy of many patterns, as AWS's ReadOnlyAccess is one; its next version has a few more.
fn read_only(more: usize) -> String {
    let mut patterns: Vec<String> = Vec::new();
    for action in Catalogue::embedded().actions() {
        let name = action.full_name();
        let Some((_, verb)) = name.split_once(':') else { continue };
        if ["Get", "List", "Describe", "BatchGet"].iter().any(|reads| verb.starts_with(reads)) {
            let kept = name.len() - verb.len() / 3;
            patterns.push(if patterns.len().is_multiple_of(3) { format!("{}*", &name[..kept]) } else { name });
        }
    }
    patterns.sort_unstable();
    patterns.dedup();
    let step = (patterns.len() / PATTERNS).max(1);
    let patterns: Vec<String> = patterns.into_iter().step_by(step).take(PATTERNS + more).collect();
    json!({ "Version": "2012-10-17", "Statement": [{ "Sid": "Reads", "Effect": "Allow", "Action": patterns, "Resource": "*" }] })
        .to_string()
}

/// The policy of a queue that a topic may send to.
fn queue(conditions: &serde_json::Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": [
        { "Sid": "Owner", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
          "Action": "SQS:*", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders" },
        { "Sid": "Topic", "Effect": "Allow", "Principal": { "Service": "sns.amazonaws.com" },
          "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders", "Condition": conditions },
        { "Sid": "Secure", "Effect": "Deny", "Principal": "*", "Action": "sqs:*",
          "Resource": "arn:aws:sqs:us-east-1:111122223333:orders", "Condition": { "Bool": { "aws:SecureTransport": "false" } } }
    ] })
    .to_string()
}

/// What a function that reads a queue and writes a table may do.
fn role(table: &str) -> String {
    json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": ["dynamodb:PutItem", "dynamodb:DescribeTable"],
          "Resource": format!("arn:aws:dynamodb:us-east-1:111122223333:table/{table}") },
        { "Effect": "Allow", "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
          "Resource": "arn:aws:sqs:us-east-1:111122223333:orders" },
        { "Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
          "Resource": "arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/writer:*" }
    ] })
    .to_string()
}

fn policy(text: &str) -> Policy {
    Policy::parse(text).expect("a policy")
}

/// Both sides of a comparison. The look-up by pattern, which the first policy of a process builds, is there.
fn pair(left: &str, right: &str) -> (Grants, Grants) {
    (Grants::of([&policy(left)]), Grants::of([&policy(right)]))
}

fn next_version() -> (Grants, Grants) {
    pair(&read_only(0), &read_only(20))
}

fn older_version() -> (Grants, Grants) {
    pair(&read_only(20), &read_only(0))
}

fn queues() -> (Grants, Grants) {
    let tied = json!({ "ArnEquals": { "aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:news" } });
    pair(&queue(&tied), &queue(&json!({ "ArnLike": { "aws:SourceArn": "arn:aws:sns:*:111122223333:*" } })))
}

fn roles() -> (Grants, Grants) {
    pair(&role("orders"), &role("*"))
}

fn compiled(text: &str) -> Policy {
    let policy = policy(text);
    black_box(Grants::of([&policy]));
    policy
}

fn asked() -> (Request, Policies) {
    let request = Request {
        principal: Principal::Aws("arn:aws:sts::111122223333:assumed-role/writer/one".to_owned()),
        action: "dynamodb:PutItem".to_owned(),
        resource: "arn:aws:dynamodb:us-east-1:111122223333:table/orders".to_owned(),
        resource_account: None,
        context: [("aws:SecureTransport", ContextValue::from("true"))].into_iter().collect::<Context>(),
    };
    (request, Policies { identity: vec![policy(&read_only(0)), policy(&role("orders"))], ..Policies::default() })
}

#[library_benchmark]
#[bench::read_only(read_only(0))]
#[bench::queue(queue(&json!({})))]
#[bench::role(role("orders"))]
fn parsing(text: String) -> Policy {
    policy(black_box(&text))
}

#[library_benchmark]
#[bench::read_only(compiled(&read_only(0)))]
#[bench::role(compiled(&role("orders")))]
fn compiling(policy: Policy) -> Grants {
    Grants::of([black_box(&policy)])
}

#[library_benchmark]
#[bench::next_version(next_version())]
#[bench::older_version(older_version())]
#[bench::queues(queues())]
#[bench::roles(roles())]
fn comparing((left, right): (Grants, Grants)) -> Relation {
    black_box(&left).within(black_box(&right))
}

#[library_benchmark]
#[bench::a_role(asked())]
fn deciding((request, policies): (Request, Policies)) -> Decision {
    decide(black_box(&request), black_box(&policies))
}

library_benchmark_group!(name = iam, benchmarks = [parsing, compiling, comparing, deciding]);
main!(library_benchmark_groups = iam);
