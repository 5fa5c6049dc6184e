//! The demo is a replay of a recording that a real server made.
//!
//! `UPDATE=1 cargo test --test demo` makes the recording anew, in `src/cli/demo/`: it builds a student's account in
//! an AWS-compatible server, with the mistakes below, and records a scan of it.

mod support;

use support::lab::{self, Integration, Lab};
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

/// A report is the baseline of the next, in the same file; a waiver takes one finding out.
#[test]
fn the_demo_is_held_against_itself() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("demo-baseline");
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    let [report, waivers] = ["report.json", "waivers.yaml"].map(|name| folder.join(name).display().to_string());
    let first = plimsoll(&["demo", "--output", &report]);
    assert_eq!(first.status.code(), Some(1), "{}", text(&first.stderr));
    let second = plimsoll(&["demo", "--baseline", &report, "--output", &report, "--quiet"]);
    assert_eq!((second.status.code(), text(&second.stdout)), (Some(0), ""), "{}", text(&second.stderr));
    let third = plimsoll(&["demo", "--baseline", &report]);
    assert!(text(&third.stdout).contains("0 new, "), "{}", text(&third.stdout));
    let list = "plimsoll_waivers: 1\nwaivers: [{ rule: queue-senders, resource: POC-Queue, owner: a, reason: b, expires: 2026-11-01 }]\n";
    std::fs::write(&waivers, list).expect("a file for the test");
    let waived = plimsoll(&["demo", "--waivers", &waivers, "--format", "json"]);
    let waived: serde_json::Value = serde_json::from_slice(&waived.stdout).expect("JSON");
    let day = waived["waivers"]["day"].as_str().expect("the day of the recording");
    let expired = day > "2026-11-01";
    assert_eq!(waived["counts"]["waived"], usize::from(!expired), "judged by {day}");
    let other = std::fs::read_to_string(&report).expect("a report").replace(ACCOUNT, "999988887777");
    std::fs::write(&report, &other).expect("a file for the test");
    let refused = plimsoll(&["demo", "--baseline", &report, "--output", &report]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("of account 999988887777"), "{}", text(&refused.stderr));
    assert_eq!(std::fs::read_to_string(&report).expect("a report"), other, "nothing was written");
}

/// The mistakes of the student.
async fn make_mistakes(lab: &Lab) {
    let receive = lab.policy_arn("Lambda-Read-SQS");
    let detach = lab.iam.detach_role_policy().role_name("Lambda-SQS-DynamoDB").policy_arn(&receive);
    detach.send().await.expect("the policy comes off the role it belongs on");
    let attach = lab.iam.attach_role_policy().role_name("Lambda-DynamoDBStreams-SNS").policy_arn(&receive);
    attach.send().await.expect("and goes on the wrong one");

    let publish = lab.policy_arn("Lambda-SNS-Publish");
    let detach = lab.iam.detach_role_policy().role_name("Lambda-DynamoDBStreams-SNS").policy_arn(&publish);
    detach.send().await.expect("the policy comes off");
    let document =
        lab.iam.get_policy_version().policy_arn(&publish).version_id("v1").send().await.expect("its document");
    let document = document.policy_version.and_then(|version| version.document).expect("a document");
    let document = percent_encoding::percent_decode_str(&document).decode_utf8().expect("UTF-8").into_owned();
    lab.iam.delete_policy().policy_arn(&publish).send().await.expect("the policy goes");
    let again = lab.iam.create_policy().policy_name("Lambda-SNS-publish").policy_document(document);
    let again = again.send().await.expect("and comes back under another name").policy.and_then(|policy| policy.arn);
    let attach = lab.iam.attach_role_policy().role_name("Lambda-DynamoDBStreams-SNS");
    attach.policy_arn(again.expect("an ARN")).send().await.expect("on the role it belongs on");

    let every_queue = "arn:aws:iam::aws:policy/AmazonSQSFullAccess";
    let attach = lab.iam.attach_role_policy().role_name("APIGateway-SQS").policy_arn(every_queue);
    attach.send().await.expect("the API's role gets every queue");

    let asked = lab.sqs.get_queue_attributes().queue_url(&lab.queue_url).attribute_names(QueueAttributeName::Policy);
    let answer = asked.send().await.expect("the queue's policy");
    let policy = answer.attributes.and_then(|mut of| of.remove(&QueueAttributeName::Policy)).expect("it has one");
    let mut policy: serde_json::Value = serde_json::from_str(&policy).expect("JSON");
    policy["Statement"].as_array_mut().expect("statements").push(serde_json::json!({
        "Sid": "open", "Effect": "Allow", "Principal": "*", "Action": "SQS:SendMessage",
        "Resource": format!("arn:aws:sqs:us-east-1:{ACCOUNT}:POC-Queue"),
    }));
    let open = lab.sqs.set_queue_attributes().queue_url(&lab.queue_url);
    let open = open.attributes(QueueAttributeName::Policy, policy.to_string());
    open.send().await.expect("anyone may send to the queue");

    let key = lab.sqs.set_queue_attributes().queue_url(&lab.queue_url);
    let key = key.attributes(QueueAttributeName::KmsMasterKeyId, "alias/orders");
    key.send().await.expect("the queue gets a customer key");
    let second = lab.sqs.create_queue().queue_name("POC-Queue-2");
    second.send().await.expect("and a second queue is left over");

    lab::set_stream(lab, lab::ORDERS.name, None).await;
    // The stream is another one now, and the trigger stays on the first.
    lab::set_stream(lab, lab::ORDERS.name, lab::ORDERS.stream).await;

    let method = lab::method(lab).await;
    lab::delete_integration(lab, &method).await;
    let integration = Integration {
        parameters: &[("integration.request.header.Content-Type", "application/x-www-form-urlencoded")],
        templates: &[("application/json", "Action=SendMesage&MessageBody=$input.body")],
        ..lab::TO_QUEUE
    };
    lab::put_integration(lab, &method, &integration).await;

    let slow = lab.lambda.update_function_configuration().function_name(lab::STORES.name).timeout(60);
    slow.send().await.expect("the first function may take longer than the queue hides a message");
}

/// `report` without what a server makes up anew for each account: ids of triggers, subscriptions and APIs, the times that
/// streams are called by, and the hashes of states, which are made of these.
fn without_ids(report: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let (mut left, mut rest) = (String::new(), report);
    while let Some(start) = rest.find(is_part) {
        left.push_str(&rest[..start]);
        let word = &rest[start..];
        let end = word.find(|c| !is_part(c)).unwrap_or(word.len());
        let (mut word, mut after) = word.split_at(end);
        let is_state = word.len() == 16 && left.ends_with("\"state\": \"");
        let is_uuid = word.len() == 36 && word.bytes().filter(|byte| *byte == b'-').count() == 4;
        if is_uuid || is_state || ["/restapis/", "/resources/"].iter().any(|before| left.ends_with(before)) {
            word = "ID";
        } else if word.len() == 13 && word.starts_with("20") && word.as_bytes()[10] == b'T' {
            word = "TIME";
            after = after.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ':' | '.'));
        }
        left.push_str(word);
        rest = after;
    }
    left + rest
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
    let (demo, scanned) = (without_ids(text(&demo.stdout)), without_ids(text(&scanned.stdout)));
    let differs = demo.lines().zip(scanned.lines()).find(|(demo, scanned)| demo != scanned);
    assert!(
        demo == scanned,
        "the server gives another report than the demo: {differs:?}; if that is right: UPDATE=1 cargo test --test demo"
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
