//! What changed between two accounts: only what both sides tell, and nothing that varies by itself.

#[path = "judging/mod.rs"]
mod judging;

use plimsoll::diff::{Change, Diff, FieldChange, Turn, Unread};
use plimsoll::model::{Finding, Listing, Needs, Report, Value, Verdict};
use plimsoll::snapshot::{Snapshot, Whole};

const QUEUES: &str = "
  - type: AWS::SQS::Queue
    name: orders
    properties: { DelaySeconds: 3, Tags: { team: shop, stage: prod } }
  - { type: AWS::SQS::Queue, name: aside }
";
const QUEUE: &str = "AWS::SQS::Queue";

fn snapshot(resources: &str, more: &str) -> Snapshot {
    let account = judging::account(&format!("resources:{resources}{more}"));
    let mut needs = Needs::default();
    for type_name in [QUEUE, "AWS::Lambda::Function", "AWS::ApiGateway::RestApi", "AWS::SNS::Subscription"] {
        needs.all(type_name, "us-east-1", []);
    }
    needs.all("AWS::IAM::Role", "", []);
    Snapshot {
        account,
        partition: "aws".to_owned(),
        region: "us-east-1".to_owned(),
        rules_sha256: "00".repeat(32),
        whole: Whole::of(&needs),
    }
}

fn between(old: &Snapshot, new: &Snapshot) -> Diff {
    Diff::of_snapshots(("old", old), ("new", new), judging::kind)
}

fn diff(old: &str, new: &str) -> Diff {
    between(&snapshot(old, ""), &snapshot(new, ""))
}

fn only(diff: &Diff) -> &FieldChange {
    let [resource] = diff.resources.as_slice() else { panic!("{diff:#?}") };
    let [field] = resource.fields.as_slice() else { panic!("{diff:#?}") };
    field
}

#[test]
fn an_account_does_not_differ_from_itself() {
    let same = diff(QUEUES, QUEUES);
    assert_eq!((same.exit_code(), same.resources.len(), same.not_compared.len()), (0, 0, 0), "{same:#?}");
}

#[test]
fn what_came_went_and_changed_is_told_with_old_and_new() {
    let new = "
  - type: AWS::SQS::Queue
    name: orders
    properties: { DelaySeconds: 9, Tags: { stage: prod, owner: ada } }
  - { type: AWS::SQS::Queue, name: late, properties: { DelaySeconds: 1 } }
";
    let diff = diff(QUEUES, new);
    assert_eq!(diff.exit_code(), 1);
    let told: Vec<(Change, &str)> = diff.resources.iter().map(|one| (one.change, one.name.as_str())).collect();
    assert_eq!(told, [(Change::Removed, "aside"), (Change::Added, "late"), (Change::Changed, "orders")]);
    let fields: Vec<(&str, Option<&str>, Option<&str>)> = diff.resources[2]
        .fields
        .iter()
        .map(|field| (field.path.as_str(), field.old.as_deref(), field.new.as_deref()))
        .collect();
    let wanted =
        [("DelaySeconds", Some("3"), Some("9")), ("Tags.owner", None, Some("ada")), ("Tags.team", Some("shop"), None)];
    assert_eq!(fields, wanted);
}

#[test]
fn a_set_has_no_order_and_a_list_has_one() {
    let function = |layers: &str, kinds: &str| {
        format!(
            "\n  - {{ type: AWS::Lambda::Function, name: f, properties: {{ Layers: [{layers}], Architectures: [{kinds}] }} }}\n"
        )
    };
    let (a, b) =
        ("\"arn:aws:lambda:us-east-1:123456789012:layer:a:1\"", "\"arn:aws:lambda:us-east-1:123456789012:layer:b:1\"");
    let old = function(&format!("{a}, {b}"), "arm64, x86_64");
    assert_eq!(diff(&old, &function(&format!("{a}, {b}"), "x86_64, arm64")).exit_code(), 0);
    let turned = diff(&old, &function(&format!("{b}, {a}"), "x86_64, arm64"));
    assert_eq!(turned.resources[0].fields.len(), 2, "{turned:#?}");
    let less = diff(&old, &function(&format!("{a}, {b}"), "x86_64"));
    assert_eq!((only(&less).gone.as_slice(), only(&less).come.len()), (&["arm64".to_owned()][..], 0));
}

#[test]
fn an_inline_policy_is_known_by_its_name_and_compared_by_meaning() {
    let role = |name: &str, action: &str| {
        let document = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":{action},"Resource":"*"}}]}}"#
        );
        format!(
            "\n  - type: AWS::IAM::Role\n    name: r\n    properties:\n      Policies:\n        - {{ PolicyName: {name}, \
             PolicyDocument: '{document}' }}\n"
        )
    };
    let old = role("p", "[\"sqs:SendMessage\",\"sqs:GetQueueUrl\"]");
    let reworded = diff(&old, &role("p", "[\"SQS:getqueueurl\",\"sqs:SendMessage\"]"));
    assert_eq!(reworded.exit_code(), 0, "{reworded:#?}");
    assert_eq!(reworded.apart.reworded, ["role r: Policies[p].PolicyDocument"]);
    let more = diff(&old, &role("p", "\"sqs:*Message\""));
    let policy = only(&more).policy.as_ref().expect("a policy");
    assert_eq!(only(&more).path, "Policies[p].PolicyDocument");
    assert!(policy.now_allows[0].witness.contains("role/path/r"), "{policy:?}");
    assert_eq!(policy.no_longer_allows[0].actions.items, ["sqs:GetQueueUrl"]);
    let renamed = diff(&old, &role("q", "[\"sqs:SendMessage\",\"sqs:GetQueueUrl\"]"));
    assert_eq!(renamed.resources[0].fields.len(), 2, "{renamed:#?}");
}

#[test]
fn what_was_not_read_on_either_side_neither_came_nor_went_nor_changed() {
    let unread = "
  - type: AWS::SQS::Queue
    name: orders
    properties: { Tags: { team: shop, stage: prod } }
    unread: { DelaySeconds: denied }
  - { type: AWS::SQS::Queue, name: aside }
";
    for (old, new, side) in [(QUEUES, unread, Unread::Newer), (unread, QUEUES, Unread::Older)] {
        let open = diff(old, new);
        assert_eq!((open.exit_code(), open.resources.len()), (3, 0), "{open:#?}");
        assert_eq!(open.not_compared[0].what, "queue orders: DelaySeconds");
        assert_eq!(open.not_compared[0].side, side);
        assert!(open.not_compared[0].why.contains("denied"));
    }
}

#[test]
fn a_list_that_broke_removes_nothing_and_a_list_of_some_adds_nothing() {
    let whole = snapshot(QUEUES, "");
    let broken = snapshot("\n  - { type: AWS::SQS::Queue, name: aside }\n", "lists: { AWS::SQS::Queue: denied }\n");
    let key = (QUEUE.to_owned(), "us-east-1".to_owned());
    assert!(matches!(broken.account.listings.get(&key), Some(Listing::Broken(_))));
    for (old, new) in [(&whole, &broken), (&broken, &whole)] {
        let open = between(old, new);
        assert_eq!((open.exit_code(), open.resources.len()), (3, 0), "{open:#?}");
        let told: Vec<&str> = open.not_compared.iter().map(|one| one.what.as_str()).collect();
        assert_eq!(told, ["queue orders", "the queues in us-east-1"]);
    }
    // The list names it, and nobody asked for what it is.
    let mut some = snapshot("\n  - { type: AWS::SQS::Queue, name: aside }\n", "");
    some.whole = Whole::default();
    some.account.names.entry(key).or_default().extend(["aside".to_owned(), "orders".to_owned()]);
    let open = between(&whole, &some);
    assert_eq!((open.exit_code(), open.resources.len()), (3, 0), "{open:#?}");
    assert_eq!(open.not_compared[0].remedy, "make both snapshots with the same rules");
}

#[test]
fn secrets_that_nobody_keeps_are_silent_until_one_comes_or_goes() {
    let function = |unread: &str, variables: &str| {
        format!(
            "\n  - {{ type: AWS::Lambda::Function, name: f, properties: {{ Environment: {{ Variables: {variables} }} }}{unread} }}\n"
        )
    };
    let held = function(", unread: { Environment.Variables.KEY: redacted }", "{ KEY: x, A: b }");
    let same = diff(&held, &held);
    assert_eq!((same.exit_code(), same.apart.redacted), (0, 1), "{same:#?}");
    let gone = diff(&held, &function("", "{ A: b }"));
    assert_eq!(only(&gone).path, "Environment.Variables.KEY");
    assert_eq!((only(&gone).old.as_deref(), only(&gone).new.as_deref()), (Some("(redacted)"), None));
}

#[test]
fn what_varies_by_itself_is_no_drift_and_what_was_made_anew_is() {
    let role = |used: &str, made: &str| {
        format!(
            "\n  - type: AWS::IAM::Role\n    name: r\n    properties: {{ CreateDate: \"{made}\", RoleLastUsed: {{ \
             LastUsedDate: \"{used}\" }} }}\n"
        )
    };
    let old = role("2026-11-01T00:00:00Z", "2026-01-01T00:00:00Z");
    let used = diff(&old, &role("2026-11-02T00:00:00Z", "2026-01-01T00:00:00Z"));
    assert_eq!(used.exit_code(), 0, "{used:#?}");
    assert_eq!(used.apart.varied, ["role r: RoleLastUsed"]);
    let anew = diff(&old, &role("2026-11-02T00:00:00Z", "2026-11-02T00:00:00Z"));
    assert_eq!(anew.resources[0].change, Change::MadeAgain);
}

#[test]
fn an_api_of_the_same_name_with_another_id_was_made_again() {
    let api = |id: &str, description: &str| {
        let properties = format!("{{ RestApiId: {id}, Description: {description} }}");
        let api = format!("\n  - {{ type: AWS::ApiGateway::RestApi, name: shop, properties: {properties} }}\n");
        let mut snapshot = snapshot(&api, "");
        snapshot.account.resources[0].id = format!("arn:aws:apigateway:us-east-1::/restapis/{id}");
        snapshot
    };
    let diff = between(&api("aaa", "one"), &api("bbb", "two"));
    assert_eq!(diff.resources[0].change, Change::MadeAgain, "{diff:#?}");
    assert_eq!(only(&diff).path, "Description");
}

#[test]
fn another_account_is_said_first() {
    let mut other = snapshot(QUEUES, "");
    other.account.caller.account = "999988887777".to_owned();
    let diff = between(&snapshot(QUEUES, ""), &other);
    assert_eq!(diff.notes, ["two accounts are compared: 123456789012 and 999988887777"]);
}

fn report() -> Report {
    plimsoll::report::read(include_str!("formats/whole/report.json")).expect("a report")
}

/// The report with the verdict of the finding at `at` changed.
fn with(at: usize, change: impl Fn(&mut Finding)) -> Report {
    let mut report = report();
    change(&mut report.findings[at]);
    report
}

#[test]
fn findings_turn_and_what_is_unknown_does_not() {
    let base = report();
    let between = |old: &Report, new: &Report| Diff::of_reports(("old", old), ("new", new));
    let same = between(&base, &base);
    assert!(!same.differs(), "{same:#?}");
    let turn = |old: &Report, new: &Report| -> Vec<Turn> {
        between(old, new).findings.iter().map(|finding| finding.change).collect()
    };
    let at = base.findings.iter().position(|finding| finding.verdict == Verdict::Fail).expect("a fail");
    let passes = with(at, |finding| finding.verdict = Verdict::Pass);
    assert_eq!(turn(&base, &passes), [Turn::Fixed]);
    assert_eq!(turn(&passes, &base), [Turn::New]);
    assert_eq!(turn(&base, &with(at, |finding| finding.found = "otherwise".to_owned())), [Turn::Changed]);
    assert_eq!(turn(&base, &with(at, |finding| finding.verdict = Verdict::Waived)), [Turn::Verdict]);
    let unknown = with(at, |finding| finding.verdict = Verdict::Unknown);
    for (old, new) in [(&base, &unknown), (&unknown, &base)] {
        assert!(turn(old, new).is_empty(), "unknown is no change");
        assert_eq!(between(old, new).not_compared.len(), same.not_compared.len() + 1);
    }
    let mut gone = report();
    gone.findings.remove(at);
    assert_eq!(turn(&base, &gone), [Turn::NotJudged], "and not fixed");
    assert_eq!(turn(&gone, &base), [Turn::New]);
}

/// Whatever is hidden of a newer account, nothing of it comes, goes or changes.
#[test]
fn hiding_a_field_never_makes_a_change() {
    let old = snapshot(QUEUES, "");
    for name in ["DelaySeconds", "Tags", "Policy", "VisibilityTimeout"] {
        let mut new = snapshot(QUEUES, "");
        let kind = judging::kind(QUEUE).expect("queues");
        let gap = judging::gap(kind, "us-east-1", "orders", "throttled");
        new.account.gaps.insert(gap.clone());
        for resource in &mut new.account.resources {
            if let Value::Map(fields) = &mut resource.properties {
                fields.insert(name.to_owned(), Value::Unread(Box::new(gap.clone())));
            }
        }
        let diff = between(&old, &new);
        assert!(!diff.differs(), "{diff:#?}");
        assert_eq!(diff.exit_code(), 3, "{name}");
    }
}
