//! `plimsoll policy narrow` as it is typed, on the recording of the demo: a student's lab.

#![cfg(feature = "live")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const RECORDING: &str = "src/cli/demo/serverless-poc.recording.json";

fn narrow(recording: &str, typed: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["policy", "narrow", "serverless-poc", "--replay", recording])
        .args(typed)
        .env_clear()
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("policy-narrow-{name}"))
}

#[test]
fn the_demo_is_narrowed_as_saved() {
    let told = narrow(RECORDING, &[]);
    assert_eq!(told.status.code(), Some(1), "{}", text(&told.stderr));
    assert_eq!(text(&told.stderr), "", "the recording was made with these rules");
    let saved = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policy_narrow/demo.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(saved.parent().expect("a folder")).expect("tests/ is writable");
        std::fs::write(&saved, &told.stdout).expect("tests/ is writable");
    }
    let saved = std::fs::read_to_string(saved).expect("what is compared with");
    assert_eq!(text(&told.stdout), saved, "if that is right: UPDATE=1 cargo test --test policy_narrow");
}

#[test]
fn programs_read_the_same() {
    let path = file("writer.json");
    let output = path.to_str().expect("UTF-8");
    let told = narrow(RECORDING, &["--role", "writer-role", "--format", "json", "-o", output]);
    assert_eq!(told.status.code(), Some(1), "{}", text(&told.stderr));
    assert_eq!(std::fs::read(&path).expect("a file"), told.stdout);
    let json: serde_json::Value = serde_json::from_slice(&told.stdout).expect("JSON");
    assert_eq!((json["complete"].as_bool(), json["account"].as_str()), (Some(true), Some("111122223333")));
    let role = &json["roles"][0];
    assert_eq!((role["key"].as_str(), role["name"].as_str()), (Some("writer-role"), Some("Lambda-SQS-DynamoDB")));
    let proposal = &role["proposal"];
    assert_eq!(proposal["contained_in_original"]["verdict"], "proven");
    assert_eq!(proposal["contains_floor"]["verdict"], "refuted");
    assert_eq!(proposal["policies"][0]["change"], "narrowed");
    let resource = &proposal["policies"][0]["document"]["Statement"][0]["Resource"];
    assert_eq!(resource, "arn:aws:dynamodb:us-east-1:111122223333:table/orders");
    let grants = proposal["original_beyond_proposal"]["grants"].as_array().expect("a difference");
    assert!(grants.iter().all(|grant| grant["request"]["action"].is_string()), "{grants:?}");
}

/// A recording in which the document of a policy was denied.
fn denied() -> PathBuf {
    let recording = Path::new(env!("CARGO_MANIFEST_DIR")).join(RECORDING);
    let mut json: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(recording).expect("the recording")).expect("JSON");
    let mut changed = 0;
    for entry in json["entries"].as_array_mut().expect("entries") {
        let request = &entry["request"];
        let is_it = request["operation"] == "GetPolicyVersion"
            && request["body"].as_str().is_some_and(|body| body.contains("AmazonSQSFullAccess"));
        if is_it {
            let response = &mut entry["answer"]["response"];
            response["status"] = 403.into();
            response["body"] = serde_json::json!([
                "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
            ]);
            changed += 1;
        }
    }
    assert_eq!(changed, 1);
    let path = file("denied.recording.json");
    std::fs::write(&path, json.to_string()).expect("a file for the test");
    path
}

#[test]
fn a_policy_that_was_denied_leaves_its_role_unknown() {
    let denied = denied();
    let denied = denied.to_str().expect("UTF-8");
    let told = narrow(denied, &["--role", "api-role"]);
    assert_eq!(told.status.code(), Some(3), "{}{}", text(&told.stdout), text(&told.stderr));
    assert!(text(&told.stdout).contains("GetPolicyVersion"), "{}", text(&told.stdout));
    assert!(!text(&told.stdout).contains("proven"), "{}", text(&told.stdout));
    let json = narrow(denied, &["--role", "api-role", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(json["complete"].as_bool(), Some(false));
    assert!(json["roles"][0]["proposal"].is_null() && json["roles"][0]["unknown"].is_string(), "{json:#}");
    // What is known of the others is a finding still.
    assert_eq!(narrow(denied, &[]).status.code(), Some(1));
}

#[test]
fn slips_are_told() {
    for (typed, says) in [
        (&["--role", "writer-rol"][..], "did you mean writer-role?"),
        (&["--role", "queue"], "there is no role `queue`"),
        (&["--role", "arn:aws:iam::111122223333:role/none"], "there is no role"),
        (&["--region", "eu-west-1"], "differs from the region"),
        (&["-o", "proposal.pdf"], "stands for no format"),
    ] {
        let told = narrow(RECORDING, typed);
        assert_eq!(told.status.code(), Some(2), "{typed:?}: {}{}", text(&told.stdout), text(&told.stderr));
        assert!(text(&told.stderr).contains(says), "{typed:?}: {}", text(&told.stderr));
    }
    let foreign = narrow(RECORDING, &["--role", "arn:aws:iam::999988887777:role/x"]);
    assert_eq!(foreign.status.code(), Some(2), "{}", text(&foreign.stdout));
    let by_arn = narrow(RECORDING, &["--role", "arn:aws:iam::111122223333:role/APIGateway-SQS", "--strict"]);
    assert_eq!(by_arn.status.code(), Some(1), "{}", text(&by_arn.stderr));
    assert!(text(&by_arn.stdout).starts_with("APIGateway-SQS, api-role of the rules\n"), "{}", text(&by_arn.stdout));
}
