//! Snapshots: what comes back is what was saved, gaps included, and what somebody changed is told.

#[path = "judging/mod.rs"]
mod judging;

use plimsoll::snapshot::{NoSnapshot, SNAPSHOT_VERSION, Snapshot};

const ACCOUNT: &str = r#"
resources:
  - type: AWS::SQS::Queue
    name: orders
    properties:
      DelaySeconds: 3
      RedrivePolicy: { deadLetterTargetArn: "arn:aws:sqs:us-east-1:123456789012:aside", maxReceiveCount: 3 }
      Policy: '{"Version": "2012-10-17", "Statement": []}'
    unread: { KmsMasterKeyId: denied }
  - { type: AWS::IAM::Role, name: "zero\u200bwidth", properties: { Path: "/\u001b[31m/", ManagedPolicyArns: [] } }
  - { type: AWS::Lambda::Function, name: f, properties: { Environment: { Variables: { KEY: x } } }, unread: { Environment.Variables.KEY: redacted access key } }
lists: { AWS::SNS::Topic: denied }
asked: { elsewhere: missing }
"#;

fn snapshot() -> Snapshot {
    Snapshot {
        account: judging::account(ACCOUNT),
        partition: "aws".to_owned(),
        region: "us-east-1".to_owned(),
        rules_sha256: "00".repeat(32),
    }
}

fn text() -> String {
    snapshot().to_json().expect("JSON")
}

fn parse(text: &str) -> Result<Snapshot, NoSnapshot> {
    Snapshot::parse(text, judging::kind)
}

#[test]
fn what_comes_back_is_what_was_saved() {
    let back = parse(&text()).expect("a snapshot");
    assert_eq!(back, snapshot());
    assert_eq!(back.to_json().expect("JSON"), text(), "and gives the same bytes");
}

#[test]
fn what_somebody_changed_is_told() {
    for (from, to) in [
        ("\"orders\"", "\"order5\""),
        ("\"number\":3", "\"number\":4"),
        ("us-east-1\",\"sha256", "us-east-2\",\"sha256"),
        (&"00".repeat(32), &"11".repeat(32)),
    ] {
        let changed = text().replacen(from, to, 1);
        assert_ne!(changed, text(), "{from}");
        assert_eq!(parse(&changed).expect_err("changed"), NoSnapshot::Changed, "{from}");
    }
}

#[test]
fn what_is_no_snapshot_is_told_with_its_place() {
    let newer = text().replacen("\"plimsoll_snapshot\":1", "\"plimsoll_snapshot\":2", 1);
    assert_eq!(parse(&newer).expect_err("newer"), NoSnapshot::Version(SNAPSHOT_VERSION + 1));
    let text = text();
    for end in [0, 1, 40, text.len() / 2, text.len() - 3] {
        let cut = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= end).last().unwrap_or_default();
        assert!(matches!(parse(&text[..cut]), Err(NoSnapshot::Form { line: 1, .. })), "{end}");
    }
    assert!(matches!(parse("{}"), Err(NoSnapshot::Form { .. })));
}
