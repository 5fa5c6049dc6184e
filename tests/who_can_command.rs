//! `plimsoll who-can` and `plimsoll can` as they are typed: what is refused before anything is asked, and what a
//! recording that was made for other questions answers.

#![cfg(feature = "live")]

use std::process::{Command, Output};

/// The recording of the demo: the lab of a student, read by rules that name no user.
const RECORDING: &str = "src/cli/demo/serverless-poc.recording.json";

fn plimsoll(typed: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(typed)
        .args(["--replay", RECORDING, "--region", "us-east-1"])
        .env_clear()
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn what_cannot_be_meant_is_refused_with_what_may_be() {
    for (typed, says) in [
        (&["who-can", "sqs:SendMesage", "queue/POC-Queue"][..], "did you mean sqs:SendMessage?"),
        (&["who-can", "sqs:*", "queue/POC-Queue"], "name one action"),
        (&["who-can", "sqs:SendMessage", "POC-Queue"], "such as queue/POC-Queue"),
        (&["who-can", "sqs:SendMessage", "quee/POC-Queue"], "did you mean queue/POC-Queue?"),
        (&["who-can", "sqs:SendMessage", "queue/POC-Quee"], "did you mean queue/POC-Queue?"),
        (&["who-can", "s3:GetObject", "arn:aws:s3:::bucket/key"], "no type that Plimsoll reads"),
        (&["who-can", "sqs:SendMessage", "arn:aws:sqs:us-east-1"], "is no ARN"),
        (&["who-can", "sqs:SendMessage", "arn:aws:sqs:us-east-1:999988887777:POC-Queue"], "belongs to the account"),
        (&["who-can", "sqs:SendMessage", "topic/POC-Topic"], "is not asked of a topic"),
        (&["who-can", "dynamodb:GetRecords", "table/orders"], "it is asked of: stream"),
        (&["who-can", "sqs:ListQueues", "queue/POC-Queue"], "write '*' in its place"),
        (&["who-can", "sqs:SendMessage", "*"], "is asked of a resource"),
        (&["can", "role/APIGateway-SQS", "sqs:SendMessage", "queue/*"], "more than one resource"),
    ] {
        let output = plimsoll(typed);
        assert_eq!(output.status.code(), Some(2), "{typed:?}: {}{}", text(&output.stdout), text(&output.stderr));
        assert!(text(&output.stderr).contains(says), "{typed:?}: {}", text(&output.stderr));
    }
}

#[test]
fn the_roles_of_a_recording_without_users_are_told() {
    let output = plimsoll(&["can", "role/APIGateway-SQS"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let told = text(&output.stdout);
    assert!(told.contains("sqs\n  everything   all 20 actions\n  on           *\n"), "{told}");
    let output = plimsoll(&["who-can", "sqs:SendMessage", "queue/POC-Queue"]);
    assert_eq!(output.status.code(), Some(3));
    let told = text(&output.stdout);
    // The policy of the queue was read by another question, and so was not read for this one.
    assert!(told.contains("not known\n  roles APIGateway-SQS"), "{told}");
    assert!(told.contains("there may be others"), "{told}");
    assert!(!told.contains("fault of Plimsoll"), "{told}");
    let output = plimsoll(&["can", "role/APIGateway-SQ"]);
    assert_eq!(output.status.code(), Some(3), "a user may be called that: {}", text(&output.stderr));
}

#[test]
fn one_request_is_decided_as_policy_can_decides_it() {
    let output = plimsoll(&["can", "role/APIGateway-SQS", "sqs:ListQueues", "*"]);
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{told}{}", text(&output.stderr));
    assert!(told.starts_with("allowed: sqs:ListQueues on * by arn:aws:iam::"), "{told}");
    assert!(told.contains("granted by the identity policies"), "{told}");
    let output = plimsoll(&["can", "role/APIGateway-SQS", "sns:ListTopics", "*"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
    assert!(text(&output.stdout).starts_with("denied (nothing allows it)"), "{}", text(&output.stdout));
    let json = plimsoll(&["who-can", "sqs:ListQueues", "*", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    let way = &json["answers"][0]["principals"][0]["ways"][0];
    assert_eq!((way["by"].as_str(), json["complete"].as_bool()), (Some("identity"), Some(false)), "{json:#}");
    assert_eq!(way["request"]["resource"], "*");
}
