//! `plimsoll policy principals` as it is typed: whom a policy lets in, in words, in JSON and in exit codes.

use serde_json::Value;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:orders";

/// Runs the command on a policy given on standard input.
fn principals(policy: &str, arguments: &[&str]) -> Output {
    let mut run = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["policy", "principals", "-"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    // One that its arguments stop ends before it reads.
    drop(run.stdin.take().expect("a pipe").write_all(policy.as_bytes()));
    run.wait_with_output().expect("it ends")
}

fn statement(sid: &str, principal: &str, action: &str, condition: &str) -> String {
    format!(
        r#"{{"Sid":"{sid}","Effect":"Allow","Principal":{principal},"Action":"{action}","Resource":"{QUEUE}"{condition}}}"#
    )
}

fn policy(statements: &[String]) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn each_who_is_let_in_is_told_with_statement_condition_and_proof() {
    let source = r#","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:sns:us-east-1:123456789012:news"}}"#;
    let policy = policy(&[
        statement("owner", r#"{"AWS":"123456789012"}"#, "sqs:*", ""),
        statement("api", r#"{"AWS":"arn:aws:iam::123456789012:role/api"}"#, "SQS:SendMessage", ""),
        statement("topic", r#"{"Service":"sns.amazonaws.com"}"#, "sqs:SendMessage", source),
        statement("open", "\"*\"", "sqs:ReceiveMessage", ""),
    ]);
    let run = principals(&policy, &["--resource", QUEUE, "--action", "sqs:SendMessage"]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert_eq!(
        text(&run.stdout),
        "arn:aws:sqs:us-east-1:123456789012:orders\n\n  \
         sqs:SendMessage\n    \
         account:123456789012 (as its own administrators decide)\n      \
         by     statement \"owner\" of -\n      \
         proof  sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:orders by\n             \
         arn:aws:iam::123456789012:user/someone\n    \
         arn:aws:iam::123456789012:role/api\n      \
         by     statement \"api\" of -\n      \
         proof  sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:orders by\n             \
         arn:aws:iam::123456789012:role/api\n    \
         service:sns.amazonaws.com\n      \
         by     statement \"topic\" of -\n      \
         if     ArnLike aws:SourceArn arn:aws:sns:us-east-1:123456789012:news\n      \
         proof  sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:orders by\n             \
         sns.amazonaws.com with\n             \
         aws:SourceArn=arn:aws:sns:us-east-1:123456789012:news\n    \
         not public\n"
    );
    // Without an action it is about all that the queue has; the open statement makes it public.
    let whole = principals(&policy, &["--resource", QUEUE, "--format", "json"]);
    assert_eq!(whole.status.code(), Some(1));
    let whole: Value = serde_json::from_slice(&whole.stdout).expect("JSON");
    let access = whole["access"].as_array().expect("a list");
    let receive = access.iter().find(|of| of["actions"] == serde_json::json!(["sqs:ReceiveMessage"])).expect("one");
    assert_eq!((&receive["public"], &receive["principals"][0]["principal"]), (&true.into(), &"anyone".into()));
    assert_eq!(receive["public_by"]["principal"], "anonymous");
    assert_eq!(access.iter().flat_map(|of| of["actions"].as_array()).flatten().count(), 19, "but sqs:ListQueues");
}

#[test]
fn what_it_is_shows_in_the_exit_code() {
    let untied = policy(&[statement("s", r#"{"Service":"sns.amazonaws.com"}"#, "sqs:SendMessage", "")]);
    let run = principals(&untied, &["--resource", QUEUE]);
    assert_eq!(run.status.code(), Some(1));
    assert!(text(&run.stdout).contains("CONFUSED DEPUTY"));
    let odd = r#","Condition":{"StringMatches":{"aws:username":"x"}}"#;
    let odd = policy(&[statement("s", "\"*\"", "sqs:SendMessage", odd)]);
    let run = principals(&odd, &["--resource", QUEUE]);
    assert_eq!(run.status.code(), Some(3), "{}", text(&run.stdout));
    assert!(text(&run.stdout).contains("StringMatches"), "{}", text(&run.stdout));
    let nobody = principals(&policy(&[]), &["--resource", QUEUE]);
    assert_eq!((nobody.status.code(), text(&nobody.stdout).contains("nobody is let in")), (Some(0), true));
}

#[test]
fn a_trust_policy_is_about_taking_the_role_on() {
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999988887777:root"},"Action":"sts:AssumeRole"}}"#;
    let run = principals(trust, &["--resource", "arn:aws:iam::123456789012:role/worker"]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert!(text(&run.stdout).contains("  sts:AssumeRole\n    account:999988887777\n"), "{}", text(&run.stdout));
}

#[test]
fn wrong_input_is_told() {
    let good = policy(&[statement("s", "\"*\"", "s3:GetObject", "")]);
    for (document, arguments, said) in [
        (good.as_str(), &["--resource", "arn:aws:s3:::bucket"][..], "--account"),
        ("{\"Statement\":[{\"Effect\":\"Allow\"}]}", &["--resource", QUEUE][..], "line 1"),
        (good.as_str(), &["--resource", QUEUE, "--action", "sqs:Nothing*"][..], "no action like sqs:Nothing*"),
        (good.as_str(), &["--resource", QUEUE, "--action", "SendMessage"][..], "sqs:SendMessage"),
        (good.as_str(), &[][..], "--resource"),
    ] {
        let run = principals(document, arguments);
        assert_eq!(run.status.code(), Some(2), "{arguments:?}");
        assert!(text(&run.stderr).contains(said), "{}", text(&run.stderr));
    }
}
