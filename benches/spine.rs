//! Instructions that the spine takes: loading rules, reading an account of 1,000 roles, 1,000 policies and 1,000
//! queues through the SDK's own clients (no network), and judging it.
//!
//! Needs valgrind, and the runner of the version that Cargo.lock names:
//! `cargo install gungraun-runner --version 0.20.0`, then `cargo bench`.

#![allow(missing_docs, clippy::exit, reason = "what the macros of the harness expand to")]

use gungraun::{library_benchmark, library_benchmark_group, main};
use plimsoll::audit::audit;
use plimsoll::aws::{Answers, Outcome, Request as Asked, Session, Source, Timing};
use plimsoll::model::{Account, Report};
use plimsoll::rules::{Origin, Request, Rules, Types, Whereabouts, load};
use plimsoll::{scan, services};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;

const MANY: usize = 1_000;
const ACCOUNT: &str = "111122223333";

/// Rules that must read every role, policy and queue.
const WHOLE_ACCOUNT: &str = r#"
plimsoll: 1
title: A large account
region: us-east-1
rules:
  - { id: roles, each: AWS::IAM::Role, expect: { ManagedPolicyArns: { $contains: { $like: "*:policy/*" } } } }
  - { id: policies, each: AWS::IAM::ManagedPolicy, expect: { Path: / } }
  - { id: queues, each: AWS::SQS::Queue, expect: { VisibilityTimeout: { $min: 30 } } }
"#;

fn rules(origin: Origin) -> Rules {
    let types = Types {
        kind: services::kind,
        names: || services::kinds().map(|kind| kind.type_name).collect(),
        checks: || plimsoll::checks::all().collect(),
    };
    load(&Request { origin, parameters: &BTreeMap::new(), complete: true, types }).expect("right rules")
}

fn whole_account() -> Rules {
    let file = std::env::temp_dir().join(format!("plimsoll-bench-{}.yaml", std::process::id()));
    std::fs::write(&file, WHOLE_ACCOUNT).expect("a temporary file");
    let rules = rules(Origin::File(PathBuf::from(&file)));
    std::fs::remove_file(file).expect("the temporary file");
    rules
}

/// An account that answers as AWS does.
#[derive(Debug)]
struct Large {
    identity: String,
    details: String,
    queues: String,
}

impl Large {
    fn new() -> Self {
        let mut details = String::from(
            "<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult><IsTruncated>false</IsTruncated><UserDetailList/><GroupDetailList/><RoleDetailList>",
        );
        let trust = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D";
        for i in 0..MANY {
            let _ = write!(
                details,
                "<member><Path>/</Path><RoleName>role-{i}</RoleName><RoleId>AROAEXAMPLE{i:08}</RoleId><Arn>arn:aws:iam::{ACCOUNT}:role/role-{i}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate><AssumeRolePolicyDocument>{trust}</AssumeRolePolicyDocument><InstanceProfileList/><RolePolicyList/><AttachedManagedPolicies><member><PolicyName>policy-{i}</PolicyName><PolicyArn>arn:aws:iam::{ACCOUNT}:policy/policy-{i}</PolicyArn></member></AttachedManagedPolicies><Tags/><RoleLastUsed/></member>"
            );
        }
        details.push_str("</RoleDetailList><Policies>");
        for i in 0..MANY {
            let _ = write!(
                details,
                "<member><PolicyName>policy-{i}</PolicyName><PolicyId>ANPAEXAMPLE{i:08}</PolicyId><Arn>arn:aws:iam::{ACCOUNT}:policy/policy-{i}</Arn><Path>/</Path><DefaultVersionId>v1</DefaultVersionId><AttachmentCount>1</AttachmentCount><PermissionsBoundaryUsageCount>0</PermissionsBoundaryUsageCount><IsAttachable>true</IsAttachable><CreateDate>2026-01-01T00:00:00Z</CreateDate><UpdateDate>2026-01-01T00:00:00Z</UpdateDate><PolicyVersionList><member><Document>{trust}</Document><VersionId>v1</VersionId><IsDefaultVersion>true</IsDefaultVersion><CreateDate>2026-01-01T00:00:00Z</CreateDate></member></PolicyVersionList></member>"
            );
        }
        details.push_str("</Policies></GetAccountAuthorizationDetailsResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetAccountAuthorizationDetailsResponse>");
        let urls: Vec<String> =
            (0..MANY).map(|i| format!("https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/queue-{i}")).collect();
        Self {
            identity: format!(
                "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::{ACCOUNT}:user/auditor</Arn><UserId>AIDAEXAMPLE</UserId><Account>{ACCOUNT}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
            ),
            details,
            queues: serde_json::json!({ "QueueUrls": urls }).to_string(),
        }
    }
}

impl Answers for Large {
    fn answer(&self, request: &Asked) -> Outcome {
        let body = match request.operation.as_str() {
            "GetCallerIdentity" => self.identity.clone(),
            "GetAccountAuthorizationDetails" => self.details.clone(),
            "ListQueues" => self.queues.clone(),
            _ => {
                let url = request.member("QueueUrl").expect("the address of a queue");
                let name = url.rsplit('/').next().unwrap_or_default().to_owned();
                serde_json::json!({ "Attributes": {
                    "QueueArn": format!("arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"),
                    "VisibilityTimeout": "30", "DelaySeconds": "0", "MessageRetentionPeriod": "345600",
                    "MaximumMessageSize": "262144", "ReceiveMessageWaitTimeSeconds": "0", "SqsManagedSseEnabled": "true",
                    "CreatedTimestamp": "1767225600", "LastModifiedTimestamp": "1767225600",
                } })
                .to_string()
            }
        };
        let content = if body.starts_with('<') { "text/xml" } else { "application/x-amz-json-1.0" };
        Outcome::Response {
            status: 200,
            headers: vec![("content-type".to_owned(), content.to_owned())],
            body: body.into_bytes(),
        }
    }
}

fn place() -> Whereabouts {
    Whereabouts { account: Some(ACCOUNT.to_owned()), partition: "aws".to_owned(), region: "us-east-1".to_owned() }
}

fn read((rules, answers): (Rules, Arc<Large>)) -> Account {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let source = Source::Answers(answers, Timing::default());
        let session = Session::open(source, Some("us-east-1"), false).await.expect("a session");
        scan::fetch(&session, &rules.needs(&place()), &|_, _| {}).await
    })
}

fn inputs() -> (Rules, Arc<Large>) {
    (whole_account(), Arc::new(Large::new()))
}

fn read_already() -> (Rules, Account) {
    let (rules, answers) = inputs();
    (rules.clone(), read((rules, answers)))
}

#[library_benchmark]
fn load_the_built_in_rules() -> Rules {
    black_box(rules(Origin::Builtin("serverless-poc".to_owned())))
}

#[library_benchmark]
#[bench::large(setup = inputs)]
fn collect_a_large_account(inputs: (Rules, Arc<Large>)) -> Account {
    black_box(read(inputs))
}

#[library_benchmark]
#[bench::large(setup = read_already)]
fn audit_a_large_account((rules, account): (Rules, Account)) -> Report {
    black_box(audit(&rules, &account, &place()))
}

library_benchmark_group!(
    name = spine,
    benchmarks = [load_the_built_in_rules, collect_a_large_account, audit_a_large_account]
);
main!(library_benchmark_groups = spine);
