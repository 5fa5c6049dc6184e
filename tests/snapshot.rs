//! Snapshots: what comes back is what was saved, gaps included, and what somebody changed is told.

#[path = "judging/mod.rs"]
mod judging;

use plimsoll::model::{Listing, Needs, Presence, Reason, Value};
use plimsoll::snapshot::{NoSnapshot, SNAPSHOT_VERSION, Snapshot, Whole};

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
    let mut account = judging::account(ACCOUNT);
    // What a collector writes of a field that it reads and that is not there.
    for resource in &mut account.resources {
        let kind = judging::kind(resource.type_name).expect("a kind");
        if let Value::Map(parts) = &mut resource.properties {
            for field in kind.fields() {
                parts.entry(field.name.clone()).or_insert(Value::Absent);
            }
        }
    }
    Snapshot {
        account,
        partition: "aws".to_owned(),
        region: "us-east-1".to_owned(),
        rules_sha256: "00".repeat(32),
        whole: plimsoll::snapshot::Whole::default(),
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
        ("\"number\": 3", "\"number\": 4"),
        ("us-east-1\",\n \"sha256", "us-east-2\",\n \"sha256"),
        (&"00".repeat(32), &"11".repeat(32)),
    ] {
        let changed = text().replacen(from, to, 1);
        assert_ne!(changed, text(), "{from}");
        assert_eq!(parse(&changed).expect_err("changed"), NoSnapshot::Changed, "{from}");
    }
}

#[test]
fn what_is_no_snapshot_is_told_with_its_place() {
    let newer = text().replacen("\"plimsoll_snapshot\": 1", "\"plimsoll_snapshot\": 2", 1);
    assert_eq!(parse(&newer).expect_err("newer"), NoSnapshot::Version(SNAPSHOT_VERSION + 1));
    let text = text();
    for end in [0, 1, 40, text.len() / 2, text.len() - 3] {
        let cut = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= end).last().unwrap_or_default();
        assert!(matches!(parse(&text[..cut]), Err(NoSnapshot::Form { .. })), "{end}");
    }
    assert_eq!(parse("{}").expect_err("no snapshot"), NoSnapshot::Other);
    let Err(NoSnapshot::Form { line, column, why }) = parse("{\n  \"a\": oops }") else { panic!("no JSON") };
    assert_eq!((line, column, why.as_str()), (2, 8, "expected value"));
}

/// A complete list beside one queue: the rules asked for that one alone.
#[test]
fn what_its_rules_did_not_ask_for_is_unknown_to_others() {
    let queues = |name: &str| {
        let account = format!("resources:\n  - {{ type: AWS::SQS::Queue, name: {name} }}\n");
        judging::account(&account)
    };
    let mut account = queues("asked");
    let key = ("AWS::SQS::Queue".to_owned(), "us-east-1".to_owned());
    account.names.entry(key.clone()).or_default().extend(["asked".to_owned(), "other".to_owned()]);
    let saved = |whole| Snapshot { account: account.clone(), whole, ..snapshot() };
    let mut all = Needs::default();
    all.all(&key.0, &key.1, ["DelaySeconds"]);
    ["other", "none"].iter().for_each(|name| all.named(&key.0, &key.1, name, []));
    let other = saved(Whole::default()).into_account(&all);
    assert!(matches!(other.listing(&key.0, &key.1), Some(Listing::Broken(_))), "a rule on each of them is open");
    assert!(matches!(other.presence(&key.0, &key.1, "other"), Some(Presence::Unknown(_))));
    assert!(matches!(other.presence(&key.0, &key.1, "none"), Some(Presence::Missing(_))), "the list does not name it");
    let same = saved(Whole::of(&all)).into_account(&Needs::default());
    assert_eq!(same, account, "and nothing changes for who asks for no more");
}

/// The list of one API's stages was read to its end for the one stage that was asked for: the others were thrown away.
#[test]
fn a_list_of_one_parent_is_open_to_who_asks_for_those_of_any() {
    const STAGE: &str = "AWS::ApiGateway::Stage";
    let mut account = judging::account(
        "resources:\n  - { type: AWS::ApiGateway::RestApi, name: shop }\n  - { type: AWS::ApiGateway::Stage, name: prod, hangs-on: shop }\nchildren: { shop: listed }\n",
    );
    let key = (STAGE.to_owned(), "us-east-1".to_owned());
    account.names.insert(key.clone(), ["prod".to_owned(), "test".to_owned()].into());
    let (mut one, mut all) = (Needs::default(), Needs::default());
    one.named(STAGE, &key.1, "prod", []);
    all.all(STAGE, &key.1, []);
    let shop = account.resources.iter().find(|one| one.name == "shop").expect("the API").id.clone();
    let of_shop = |whole: Whole| {
        let account = Snapshot { account: account.clone(), whole, ..snapshot() }.into_account(&all);
        let listing = account.listing_of_children(STAGE, &key.1, &shop).cloned();
        matches!(listing, Some(Listing::Complete(_)))
    };
    assert!(!of_shop(Whole::of(&one)), "only one was asked for");
    assert!(of_shop(Whole::of(&all)));
}

/// A list names what nobody read: it is not missing, whoever asks for it by its name.
#[test]
fn what_a_list_names_is_never_missing() {
    let mut account = judging::account("resources:\n  - { type: AWS::SQS::Queue, name: asked }\n");
    let key = ("AWS::SQS::Queue".to_owned(), "us-east-1".to_owned());
    account.names.entry(key.clone()).or_default().insert("other".to_owned());
    let mut needs = Needs::default();
    ["other", "none"].iter().for_each(|name| needs.named(&key.0, &key.1, name, ["DelaySeconds"]));
    let seen = Snapshot { account, whole: Whole::default(), ..snapshot() }.into_account(&needs);
    assert!(matches!(seen.listing(&key.0, &key.1), Some(Listing::Complete(_))), "no rule is on each of them");
    assert!(
        matches!(seen.presence(&key.0, &key.1, "other"), Some(Presence::Unknown(gap)) if gap.reason == Reason::NotAsked)
    );
    assert!(matches!(seen.presence(&key.0, &key.1, "none"), Some(Presence::Missing(_))));
}

/// A snapshot of a Plimsoll that did not know the field: that it is not there was never said.
#[test]
fn a_field_that_it_does_not_have_was_not_asked_for() {
    let mut older = snapshot();
    for resource in &mut older.account.resources {
        if let Value::Map(parts) = &mut resource.properties {
            parts.remove("Tags");
            if let Some(Value::Map(redrive)) = parts.get_mut("RedrivePolicy") {
                redrive.remove("maxReceiveCount");
            }
        }
    }
    let back = parse(&older.to_json().expect("JSON")).expect("a snapshot");
    let queue = back.account.of_type("AWS::SQS::Queue", "us-east-1").next().expect("a queue");
    let is_open = |value: &Value| matches!(value, Value::Unread(gap) if gap.reason == Reason::NotAsked);
    assert!(is_open(queue.properties.get("Tags")));
    assert!(is_open(queue.properties.get("RedrivePolicy").get("maxReceiveCount")));
    assert_eq!(queue.properties.get("Policy"), snapshot_queue().properties.get("Policy"));
}

fn snapshot_queue() -> plimsoll::model::Resource {
    let account = snapshot().account;
    account.of_type("AWS::SQS::Queue", "us-east-1").next().expect("a queue").clone()
}
