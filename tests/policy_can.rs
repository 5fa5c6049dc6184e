//! `plimsoll policy can` as it is typed: answers, exit codes, batches.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

const USER: &str = "arn:aws:iam::111122223333:user/ann";
const QUEUE: &str = "arn:aws:sqs:us-east-1:111122223333:orders";

fn document(statement: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#)
}

/// Runs `plimsoll policy can` with what is typed and what comes in.
fn can(typed: &[&str], stdin: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["policy", "can"])
        .args(typed)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that refuses its arguments does not read.
    drop(child.stdin.take().expect("a pipe").write_all(stdin.as_bytes()));
    child.wait_with_output().expect("the program ends")
}

fn ask(typed: &[&str], policy: &str) -> (Option<i32>, String) {
    let asked = ["--principal", USER, "--action", "sqs:SendMessage", "--resource", QUEUE, "--identity", "-"];
    let output = can(&[&asked[..], typed].concat(), policy);
    let error = String::from_utf8(output.stderr).expect("UTF-8");
    (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8") + &error)
}

#[test]
fn one_request_is_answered_with_what_made_the_answer() {
    let allow = document(r#"{"Sid":"Send","Effect":"Allow","Action":"sqs:*","Resource":"*"}"#);
    assert_eq!(
        ask(&[], &allow),
        (
            Some(0),
            format!(
                "allowed: sqs:SendMessage on {QUEUE} by {USER}\n  granted by the identity policies\n  \
                 Allow  statement \"Send\" of -, line 1, in the identity policies\n"
            )
        )
    );
    let deny = document(r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#);
    let (code, text) = ask(&[], &deny);
    assert!(code == Some(1) && text.starts_with("denied (explicitly)"), "{text}");
    let near = document(
        r#"{"Effect":"Allow","Action":"sqs:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}"#,
    );
    let (code, text) = ask(&[], &near);
    assert!(code == Some(1) && text.contains("near   statement 1 of -"), "{text}");
    assert!(text.contains("its condition Bool on aws:SecureTransport does not hold"), "{text}");
    assert_eq!(ask(&["--context", "aws:SecureTransport=true"], &near).0, Some(0));
    let strange = document(r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Like":{"a:k":"x"}}}"#);
    let (code, text) = ask(&["--format", "json"], &strange);
    let answer: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((code, answer["decision"].as_str()), (Some(3), Some("Unknown")));
    assert!(answer["reason"].as_str().is_some_and(|reason| reason.contains("`Like` is no condition operator")));
}

#[test]
fn several_values_of_a_key_are_a_set() {
    let policy = document(
        r#"{"Effect":"Allow","Action":"*","Resource":"*",
            "Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}}}"#,
    );
    assert_eq!(ask(&["--context", "aws:TagKeys=a", "--context", "AWS:tagkeys=b"], &policy).0, Some(0));
    assert_eq!(ask(&["--context", "aws:TagKeys=a", "--context", "aws:TagKeys=c"], &policy).0, Some(1));
}

#[test]
fn what_cannot_be_done_is_a_usage_error() {
    for typed in
        [&["--scp", "-"][..], &["--boundary", "no/such/file"], &["--context", "aws:SecureTransport"], &["--cases", "-"]]
    {
        let (code, text) = ask(typed, &document(""));
        assert_eq!(code, Some(2), "{typed:?} {text}");
    }
    let (code, text) = ask(&[], r#"{"Statement":[],"Statement":[]}"#);
    assert!(code == Some(2) && text.contains("written twice"), "{text}");
    assert_eq!(can(&["--action", "sqs:SendMessage"], "").status.code(), Some(2));
}

#[test]
fn a_batch_keeps_its_order_and_goes_on() {
    let allow = document(r#"{"Effect":"Allow","Action":"sqs:*","Resource":"*"}"#);
    let case = |id: &str, policy: &str| {
        format!(
            r#"{{"id":{id},"identity_policies":[{policy}],
                "request":{{"principal":"{USER}","action":"sqs:SendMessage","resource":"{QUEUE}"}}}}"#
        )
        .replace('\n', " ")
    };
    let in_a_string = serde_json::to_string(&allow).expect("JSON");
    let lines = [
        case("1", &allow),
        case("\"two\"", &in_a_string),
        case("3", r#"{"Statement":[],"Statement":[]}"#),
        "not JSON".to_owned(),
        case("[5]", &document("")),
    ];
    let output = can(&["--cases", "-"], &lines.join("\n"));
    assert_eq!(output.status.code(), Some(3));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let answers: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let ids: Vec<String> = answers.iter().map(|answer| answer["id"].to_string()).collect();
    assert_eq!(ids, ["1", "\"two\"", "3", "null", "[5]"]);
    let said: Vec<_> = answers.iter().map(|answer| answer["decision"].as_str().unwrap_or("error")).collect();
    assert_eq!(said, ["Allowed", "Allowed", "error", "error", "ImplicitlyDenied"]);
    assert_eq!(answers[3]["line"], 4);
    assert_eq!(can(&["--cases", "-"], &lines[..2].join("\n")).status.code(), Some(0));
}
