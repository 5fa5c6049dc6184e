//! `plimsoll policy compare` as it is typed: both directions, exit codes, batches.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const QUEUE: &str = "arn:aws:sqs:us-east-1:111122223333:orders";

fn document(statements: &str) -> String {
    format!("{{\"Version\":\"2012-10-17\",\n\"Statement\":[\n{statements}]}}")
}

fn allow(actions: &str) -> String {
    document(&format!(r#"{{"Sid":"Send","Effect":"Allow","Action":{actions},"Resource":"{QUEUE}"}}"#))
}

/// A folder with these documents.
fn folder(test: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("policy-compare-{test}"));
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    for (name, text) in files {
        std::fs::write(folder.join(name), text).expect("a file for the test");
    }
    folder
}

/// Runs `plimsoll policy compare` in a folder.
fn compare(folder: &Path, typed: &[&str], stdin: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["policy", "compare"])
        .args(typed)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that refuses its arguments does not read.
    drop(child.stdin.take().expect("a pipe").write_all(stdin.as_bytes()));
    child.wait_with_output().expect("the program ends")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn each_relation_is_said_in_both_directions() {
    let (send, more, delete) = (allow(r#""sqs:SendMessage""#), allow(r#""sqs:*""#), allow(r#""sqs:DeleteQueue""#));
    let strange = document(&format!(
        r#"{{"Effect":"Allow","Action":"sqs:*","Resource":"{QUEUE}","Condition":{{"Like":{{"aws:username":"a"}}}}}}"#
    ));
    let files = [("send", send.as_str()), ("more", &more), ("delete", &delete), ("strange", &strange)];
    let folder = folder("relations", &files);
    for (a, b, relation, code, head) in [
        ("send", "send", "equal", 0, "equal: send and send allow the same"),
        ("send", "more", "b-allows-more", 0, "send allows nothing beyond more; more allows more than send"),
        ("more", "send", "a-allows-more", 1, "more allows more than send; send allows nothing beyond more"),
        ("send", "delete", "each-allows-more", 1, "each allows what the other does not: send and delete"),
        ("strange", "send", "unknown", 3, "it is unknown whether strange allows more than send"),
    ] {
        let output = compare(&folder, &[a, b], "");
        assert_eq!(output.status.code(), Some(code), "{a} {b} {}", text(&output.stderr));
        assert!(text(&output.stdout).starts_with(head), "{a} {b}: {}", text(&output.stdout));
        assert!(text(&output.stdout).lines().all(|line| line.chars().count() <= 80), "{}", text(&output.stdout));
        let output = compare(&folder, &[a, b, "--format", "json"], "");
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!((output.status.code(), answer["relation"].as_str()), (Some(code), Some(relation)), "{a} {b}");
    }
}

#[test]
fn a_difference_names_its_statement_its_reason_its_proof_and_what_to_do() {
    let ceiling = document(&format!(
        "{{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}},\n\
         {{\"Sid\":\"Tls\",\"Effect\":\"Allow\",\"Action\":\"sqs:SendMessage\",\"Resource\":\"{QUEUE}\",\
         \"Condition\":{{\"Bool\":{{\"aws:SecureTransport\":\"true\"}}}}}}"
    ));
    let folder = folder("difference", &[("b.json", &ceiling)]);
    let output = compare(&folder, &["-", "b.json"], &allow(r#"["sqs:SendMessage","sqs:DeleteQueue"]"#));
    let said = text(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    for wanted in [
        "1 statement \"Send\" of -, line 3 actions sqs:DeleteQueue",
        "because no statement of b.json allows the action",
        "next take the actions out of statement \"Send\" of -, if they are not needed",
        "because statement \"Tls\" of b.json, line 4 asks for Bool aws:SecureTransport true",
        "next add to statement \"Send\" of - the condition Bool aws:SecureTransport true",
        "with aws:SecureTransport=false",
    ] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    let output = compare(&folder, &["-", "b.json", "--format", "json"], &allow(r#""sqs:SendMessage""#));
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let grant = &answer["a_beyond_b"]["grants"][0];
    assert_eq!(grant["allowed_by"][0]["sid"], "Send");
    assert_eq!(grant["actions"]["names"][0], "sqs:SendMessage");
    assert_eq!(grant["resources"]["items"][0], QUEUE);
    assert_eq!((grant["lack"]["kind"].as_str(), grant["world"].as_str()), (Some("narrower"), Some("known")));
    assert_eq!(grant["lack"]["statement"]["line"], 4);
    assert_eq!(grant["request"]["context"]["aws:SecureTransport"], "false");
    assert_eq!(answer["b_beyond_a"]["verdict"], "not-contained");
}

#[test]
fn what_cannot_be_read_is_a_usage_error_that_says_where() {
    let folder = folder("usage", &[("a.json", &allow("\"sqs:*\"")), ("bad.json", "{\n\"Statement\": [{]}")]);
    for (typed, wanted) in [
        (&["a.json", "bad.json"][..], "bad.json: line 2: this is not JSON"),
        (&["a.json", "none.json"], "cannot read none.json"),
        (&["-", "-"], "named twice"),
        (&["a.json"], "<B>"),
        (&[], "<A>"),
        (&["a.json", "a.json", "--pairs", "x"], "cannot be used with"),
        (&["--pairs", "x", "--format", "json"], "cannot be used with"),
    ] {
        let output = compare(&folder, typed, "");
        assert_eq!(output.status.code(), Some(2), "{typed:?}");
        assert!(text(&output.stderr).contains(wanted), "{typed:?}: {}", text(&output.stderr));
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_batch_answers_each_line() {
    let folder = folder("pairs", &[]);
    let pair = |id: &str, a: &str, b: &str| format!(r#"{{"id":{id},"a":{a},"b":{b}}}"#).replace('\n', " ");
    let (send, more) = (allow(r#""sqs:SendMessage""#), allow(r#""sqs:Send*""#));
    let lines = [pair("1", &send, &more), "{}".to_owned(), pair("\"two\"", &more, &send)];
    let output = compare(&folder, &["--pairs", "-"], &lines.join("\n"));
    assert_eq!(output.status.code(), Some(3));
    let answers: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((answers[0]["id"].as_i64(), answers[0]["verdict"].as_str()), (Some(1), Some("contained")));
    assert!(answers[1]["error"].is_string());
    assert_eq!((answers[2]["id"].as_str(), answers[2]["verdict"].as_str()), (Some("two"), Some("not-contained")));
    assert_eq!(
        (answers[2]["world"].as_str(), answers[2]["request"]["resource"].as_str()),
        (Some("future"), Some(QUEUE))
    );
    assert_eq!(compare(&folder, &["--pairs", "-"], &lines[0]).status.code(), Some(0));
}
