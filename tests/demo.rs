//! The demo is a replay of a recording that a real server made.
//!
//! `UPDATE=1 cargo test --test demo` makes the recording anew, in `src/cli/demo/`: it builds a student's account in
//! an AWS-compatible server, with the mistakes below, and records a scan of it.

mod support;

use support::lab::{self, Lab};
use support::servers::{Kind, Server};

use aws_sdk_sqs::types::QueueAttributeName;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The account of AWS's own examples; the server takes an access key of 12 digits for the account.
const ACCOUNT: &str = "111122223333";

fn recording() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/demo/serverless-poc.recording.json")
}

/// Runs the binary with an environment that holds nothing but credentials for the server.
fn plimsoll(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments)
        .env_clear()
        .env("AWS_ACCESS_KEY_ID", ACCOUNT)
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .output()
        .expect("the binary runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

/// The mistakes of the student.
async fn make_mistakes(lab: &Lab) {
    let receive = lab.policy_arn("Lambda-Read-SQS");
    let detach = lab.iam.detach_role_policy().role_name("Lambda-SQS-DynamoDB").policy_arn(&receive);
    detach.send().await.expect("the policy comes off the role it belongs on");
    let attach = lab.iam.attach_role_policy().role_name("Lambda-DynamoDBStreams-SNS").policy_arn(&receive);
    attach.send().await.expect("and goes on the wrong one");

    let api = "APIGateway-SQS";
    let logs = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs";
    lab.iam.detach_role_policy().role_name(api).policy_arn(logs).send().await.expect("the policy comes off");
    lab.iam.delete_role().role_name(api).send().await.expect("the role goes");
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let role = lab.iam.create_role().role_name("APIGateway-SQS-role").assume_role_policy_document(trust);
    role.send().await.expect("and comes back under another name");

    let key = lab.sqs.set_queue_attributes().queue_url(&lab.queue_url);
    let key = key.attributes(QueueAttributeName::KmsMasterKeyId, "alias/orders");
    key.send().await.expect("the queue gets a customer key");
    let second = lab.sqs.create_queue().queue_name("POC-Queue-2");
    second.send().await.expect("and a second queue is left over");
}

#[tokio::test]
async fn the_recording_is_what_a_server_answers() {
    let server = Server::start(Kind::Ministack);
    let lab = lab::build(&server.endpoint(), "us-east-1", ACCOUNT).await;
    make_mistakes(&lab).await;

    let fresh = Path::new(env!("CARGO_TARGET_TMPDIR")).join("demo.recording.json");
    let fresh = fresh.to_str().expect("UTF-8");
    let endpoint = server.endpoint();
    let scan = ["scan", "serverless-poc", "--endpoint-url", &endpoint, "--format", "json"];
    let scanned = plimsoll(&[&scan[..], &["--record", fresh]].concat());
    assert_eq!(scanned.status.code(), Some(1), "{}", text(&scanned.stderr));

    if std::env::var_os("UPDATE").is_some() {
        std::fs::copy(fresh, recording()).expect("src/ is writable");
        return;
    }
    let demo = plimsoll(&["demo", "--format", "json"]);
    assert!(
        text(&demo.stdout) == text(&scanned.stdout),
        "the server gives another report than the demo; if that is right: UPDATE=1 cargo test --test demo"
    );
}

#[test]
fn the_demo_is_a_replay_byte_for_byte() {
    let saved = Path::new(env!("CARGO_TARGET_TMPDIR")).join("demo.saved.json");
    let saved = saved.to_str().expect("UTF-8");
    plimsoll(&["demo", "--quiet", "--save", saved]);
    for format in ["text", "json"] {
        let demo = plimsoll(&["demo", "--format", format]);
        let replay = plimsoll(&["scan", "serverless-poc", "--replay", saved, "--format", format]);
        assert!(!demo.stdout.is_empty());
        assert_eq!(text(&demo.stdout), text(&replay.stdout));
        assert_eq!(text(&demo.stderr), "", "the recording was made with the rules as they are now");
        assert_eq!((demo.status.code(), replay.status.code()), (Some(1), Some(1)));
    }
}

#[test]
fn the_demo_shows_a_pass_a_fail_and_a_blocked_rule() {
    let demo = plimsoll(&["demo", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&demo.stdout).expect("JSON");
    for verdict in ["pass", "fail", "blocked"] {
        let findings = report["findings"].as_array().expect("findings");
        assert!(findings.iter().any(|finding| finding["verdict"] == verdict), "{verdict}");
    }
}
