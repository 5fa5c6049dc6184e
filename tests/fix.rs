//! What `plimsoll fix` writes, with no SDK and no server: the text of a dozen fixes, and what strangers' names do to it.

mod judging;

use judging::{account, rules};
use plimsoll::fix::{Asked, Fixes, fix};
use plimsoll::model::{Account, Verdict};
use plimsoll::rules::{Rules, Whereabouts};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fix").join(name);
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

/// The rules in `yaml`, with a document `x.json` beside them.
fn ruled(name: &str, yaml: &str, document: &str) -> Rules {
    let folder = folder(name);
    std::fs::write(folder.join("x.json"), document).expect("a document for the test");
    let path = folder.join("r.yaml");
    std::fs::write(&path, format!("plimsoll: 1\ntitle: T\nregion: us-east-1\n{yaml}")).expect("rules for the test");
    rules(&path, &BTreeMap::new()).unwrap_or_else(|wrong| panic!("{name}: {wrong:?}"))
}

fn place() -> Whereabouts {
    Whereabouts {
        account: Some(judging::ACCOUNT.to_owned()),
        partition: "aws".to_owned(),
        region: judging::REGION.to_owned(),
    }
}

fn fixed(rules: &Rules, account: &Account) -> Fixes {
    fix(rules, account, &place(), judging::kinds(), &Asked::default())
}

/// The lines of the commands, and of those that undo them.
fn lines(fixes: &Fixes) -> (Vec<String>, Vec<String>) {
    let of =
        |commands: &[plimsoll::fix::Command]| commands.iter().map(plimsoll::fix::Command::line).collect::<Vec<_>>();
    let (commands, undo): (Vec<_>, Vec<_>) = fixes.fixes.iter().map(|fix| (of(&fix.commands), of(&fix.undo))).unzip();
    (commands.concat(), undo.concat())
}

#[track_caller]
fn writes(name: &str, yaml: &str, document: &str, of: &str, commands: &[&str], undo: &[&str]) {
    let rules = ruled(name, yaml, document);
    let fixes = fixed(&rules, &account(of));
    let (forth, back) = lines(&fixes);
    assert_eq!(forth, commands, "{name}\n{}", fixes.script());
    assert_eq!(back, undo, "{name}\n{}", fixes.script());
    assert!(fixes.left.is_empty() && fixes.unknown.is_empty(), "{name}\n{}", fixes.script());
    assert!(fixes.fixes.iter().all(|fix| fix.proven), "{name}");
}

const QUEUE: &str = "resources: { q: { type: AWS::SQS::Queue, name: q } }\nrules:\n";

#[test]
fn a_setting_is_set_and_put_back() {
    writes(
        "setting",
        &format!("{QUEUE}  - {{ id: r, on: q, expect: {{ VisibilityTimeout: {{ $min: 180 }} }} }}"),
        "{}",
        "resources: [{ type: AWS::SQS::Queue, name: q, properties: { VisibilityTimeout: 30, QueueUrl: 'https://sqs/q' } }]",
        &[
            "aws sqs set-queue-attributes --region us-east-1 --queue-url https://sqs/q --attributes '{\"VisibilityTimeout\":\"180\"}'",
        ],
        &[
            "aws sqs set-queue-attributes --region us-east-1 --queue-url https://sqs/q --attributes '{\"VisibilityTimeout\":\"30\"}'",
        ],
    );
}

#[test]
fn what_is_missing_is_made_and_its_address_asked_for() {
    writes(
        "missing",
        &format!("{QUEUE}  - {{ id: r, on: q, expect: {{ DelaySeconds: 5 }} }}"),
        "{}",
        "resources: []",
        &[
            "aws sqs create-queue --region us-east-1 --queue-name q --attributes '{\"SqsManagedSseEnabled\":\"true\",\"VisibilityTimeout\":\"30\"}'",
            "aws sqs set-queue-attributes --region us-east-1 --queue-url \"$(aws sqs get-queue-url --region us-east-1 --queue-name q --query QueueUrl --output text)\" --attributes '{\"DelaySeconds\":\"5\"}'",
        ],
        &[
            "aws sqs delete-queue --region us-east-1 --queue-url \"$(aws sqs get-queue-url --region us-east-1 --queue-name q --query QueueUrl --output text)\"",
            "aws sqs set-queue-attributes --region us-east-1 --queue-url \"$(aws sqs get-queue-url --region us-east-1 --queue-name q --query QueueUrl --output text)\" --attributes '{\"DelaySeconds\":\"0\"}'",
        ],
    );
}

#[test]
fn a_policy_is_attached_before_another_is_detached() {
    let yaml = "resources:
  w: { type: AWS::IAM::Role, name: w }
  p: { type: AWS::IAM::ManagedPolicy, name: p }
rules:
  - { id: most, permissions: { of: w, at_most: x.json } }
  - { id: has, on: w, expect: { ManagedPolicyArns: { $contains: ['${p.Arn}'] } } }";
    let document =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}}"#;
    let of = r#"
resources:
  - type: AWS::IAM::ManagedPolicy
    name: p
    properties: { Arn: "arn:aws:iam::123456789012:policy/p", AwsManaged: false, PolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "sqs:SendMessage", Resource: "*" }] } }
  - type: AWS::IAM::ManagedPolicy
    name: o
    properties: { Arn: "arn:aws:iam::123456789012:policy/o", AwsManaged: false, PolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "sqs:*", Resource: "*" }] } }
  - type: AWS::IAM::Role
    name: w
    properties: { Arn: "arn:aws:iam::123456789012:role/w", ManagedPolicyArns: ["arn:aws:iam::123456789012:policy/o"], Policies: [] }
"#;
    writes(
        "order",
        yaml,
        document,
        of,
        &[
            "aws iam attach-role-policy --role-name w --policy-arn arn:aws:iam::123456789012:policy/p",
            "aws iam detach-role-policy --role-name w --policy-arn arn:aws:iam::123456789012:policy/o",
        ],
        &[
            "aws iam detach-role-policy --role-name w --policy-arn arn:aws:iam::123456789012:policy/p",
            "aws iam attach-role-policy --role-name w --policy-arn arn:aws:iam::123456789012:policy/o",
        ],
    );
}

#[test]
fn a_managed_policy_gets_a_version_and_the_old_one_is_put_in_force_again() {
    let yaml = "resources: { p: { type: AWS::IAM::ManagedPolicy, name: p } }\nrules:
  - { id: r, permissions: { of: p, exactly: x.json } }";
    let document =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}}"#;
    let of = r#"
resources:
  - type: AWS::IAM::ManagedPolicy
    name: p
    properties: { Arn: "arn:aws:iam::123456789012:policy/p", AwsManaged: false, DefaultVersionId: v3, PolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "sqs:*", Resource: "*" }] } }
"#;
    writes(
        "version",
        yaml,
        document,
        of,
        &[
            "aws iam create-policy-version --policy-arn arn:aws:iam::123456789012:policy/p --policy-document '{\"Version\": \"2012-10-17\", \"Statement\": [{ \"Effect\": \"Allow\", \"Action\": \"sqs:SendMessage\", \"Resource\": \"*\" }]}' --set-as-default",
        ],
        &["aws iam set-default-policy-version --policy-arn arn:aws:iam::123456789012:policy/p --version-id v3"],
    );
}

#[test]
fn tables_streams_and_functions_are_changed_in_place() {
    writes(
        "table",
        "resources: { t: { type: AWS::DynamoDB::Table, name: t } }\nrules:
  - { id: a, on: t, expect: { StreamSpecification: { StreamViewType: NEW_IMAGE } } }
  - { id: b, check: dynamodb-no-deletion-protection, on: t }",
        "{}",
        "resources: [{ type: AWS::DynamoDB::Table, name: t, properties: { DeletionProtectionEnabled: false, StreamSpecification: { StreamEnabled: true, StreamViewType: KEYS_ONLY } } }]",
        &[
            "aws dynamodb update-table --region us-east-1 --table-name t --stream-specification '{\"StreamEnabled\":false}'",
            "aws dynamodb wait --region us-east-1 table-exists --table-name t",
            "aws dynamodb update-table --region us-east-1 --table-name t --stream-specification '{\"StreamEnabled\":true,\"StreamViewType\":\"NEW_IMAGE\"}'",
            "aws dynamodb wait --region us-east-1 table-exists --table-name t",
            "aws dynamodb update-table --region us-east-1 --table-name t --deletion-protection-enabled",
            "aws dynamodb wait --region us-east-1 table-exists --table-name t",
        ],
        &[
            "aws dynamodb update-table --region us-east-1 --table-name t --stream-specification '{\"StreamEnabled\":false}'",
            "aws dynamodb wait --region us-east-1 table-exists --table-name t",
            "aws dynamodb update-table --region us-east-1 --table-name t --stream-specification '{\"StreamEnabled\":true,\"StreamViewType\":\"KEYS_ONLY\"}'",
            "aws dynamodb wait --region us-east-1 table-exists --table-name t",
            "aws dynamodb update-table --region us-east-1 --table-name t --no-deletion-protection-enabled",
            "aws dynamodb wait --region us-east-1 table-exists --table-name t",
        ],
    );
    writes(
        "function",
        "resources: { f: { type: AWS::Lambda::Function, name: f } }\nrules:
  - { id: a, on: f, expect: { Timeout: { $max: 10 } } }
  - { id: b, on: f, expect: { ReservedConcurrentExecutions: { $absent: true } } }",
        "{}",
        "resources: [{ type: AWS::Lambda::Function, name: f, properties: { Timeout: 60, ReservedConcurrentExecutions: 0 } }]",
        &[
            "aws lambda update-function-configuration --region us-east-1 --function-name f --timeout 10",
            "aws lambda wait --region us-east-1 function-updated --function-name f",
            "aws lambda delete-function-concurrency --region us-east-1 --function-name f",
        ],
        &[
            "aws lambda update-function-configuration --region us-east-1 --function-name f --timeout 60",
            "aws lambda wait --region us-east-1 function-updated --function-name f",
            "aws lambda put-function-concurrency --region us-east-1 --function-name f --reserved-concurrent-executions 0",
        ],
    );
}

#[test]
fn the_statement_that_lets_in_too_many_goes() {
    let yaml = "resources: { q: { type: AWS::SQS::Queue, name: q } }\nrules:
  - { id: r, access: { to: q, actions: [sqs:SendMessage], at_most: [] } }";
    let rules = ruled("statement", yaml, "{}");
    let of = r#"
resources:
  - type: AWS::SQS::Queue
    name: q
    properties:
      QueueUrl: https://sqs/q
      Policy: { Version: "2012-10-17", Statement: [
        { Sid: owner, Effect: Allow, Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "sqs:*", Resource: "*" },
        { Sid: open, Effect: Allow, Principal: "*", Action: "sqs:SendMessage", Resource: "*" } ] }
"#;
    let fixes = fixed(&rules, &account(of));
    let (forth, back) = lines(&fixes);
    assert_eq!((forth.len(), back.len()), (1, 1), "{}", fixes.script());
    assert!(forth[0].contains("owner") && !forth[0].contains("open"), "{}", forth[0]);
    assert!(back[0].contains("owner") && back[0].contains("open"), "{}", back[0]);
}

#[test]
fn what_cannot_be_changed_in_place_is_explained_and_no_command() {
    let left = |name: &str, yaml: &str, of: &str| {
        let fixes = fixed(&ruled(name, yaml, "{}"), &account(of));
        assert!(fixes.fixes.is_empty(), "{name}\n{}", fixes.script());
        let [left] = &fixes.left[..] else { panic!("{name}\n{}", fixes.script()) };
        let script = fixes.script();
        assert!(script.lines().all(|line| line.is_empty() || line.starts_with('#')), "{script}");
        left.why.clone()
    };
    let table = "resources: { t: { type: AWS::DynamoDB::Table, name: t } }\nrules:
  - { id: r, on: t, expect: { KeySchema: [{ AttributeName: id, KeyType: HASH }] } }";
    let of = "resources: [{ type: AWS::DynamoDB::Table, name: t, properties: { KeySchema: [{ AttributeName: x, KeyType: HASH }] } }]";
    assert!(left("key", table, of).contains("the key of a table cannot be changed"));
    let of = "resources: [{ type: AWS::SQS::Queue, name: q, properties: { FifoQueue: true } }]";
    let fifo = format!("{QUEUE}  - {{ id: r, on: q, expect: {{ FifoQueue: false }} }}");
    assert!(left("fifo", &fifo, of).contains("decided when it is made"));
    let function = "resources: { f: { type: AWS::Lambda::Function, name: f } }\nrules: []";
    assert!(left("code", function, "resources: []").contains("does not have the code of f"));
    let like = "resources: { f: { type: AWS::Lambda::Function, name: f } }\nrules:
  - { id: r, on: f, expect: { Runtime: { $like: 'python3.*' } } }";
    let of = "resources: [{ type: AWS::Lambda::Function, name: f, properties: { Runtime: nodejs20.x } }]";
    assert!(left("choice", like, of).contains("for a person to choose"));
}

#[test]
fn what_was_not_read_is_neither_mended_nor_undone() {
    let yaml = format!("{QUEUE}  - {{ id: r, on: q, expect: {{ VisibilityTimeout: 180 }} }}");
    let of = "resources: [{ type: AWS::SQS::Queue, name: q, unread: { VisibilityTimeout: denied } }]";
    let fixes = fixed(&ruled("unread", &yaml, "{}"), &account(of));
    assert!(fixes.fixes.is_empty() && fixes.left.is_empty(), "{}", fixes.script());
    assert_eq!(fixes.unknown.len(), 1);
    assert_eq!(fixes.unknown[0].finding.verdict, Verdict::Unknown);

    let function = "resources: { f: { type: AWS::Lambda::Function, name: f } }\nrules:
  - { id: r, on: f, expect: { Environment: { Variables: { A: b } } } }";
    let of = "resources: [{ type: AWS::Lambda::Function, name: f, properties: { Environment: { Variables: { A: a, S: x } } }, unread: { Environment.Variables.S: redacted } }]";
    let fixes = fixed(&ruled("redacted", function, "{}"), &account(of));
    assert!(fixes.fixes.is_empty(), "{}", fixes.script());
    assert!(fixes.left[0].why.contains("not all are known"), "{}", fixes.script());
}

#[test]
fn a_choice_is_what_is_asked_about_with_what_blocks_it() {
    let yaml = "resources: { q: { type: AWS::SQS::Queue, name: q }, t: { type: AWS::SNS::Topic, name: t } }\nrules:
  - { id: r, on: q, expect: { DelaySeconds: 5 } }";
    let rules = ruled("chosen", yaml, "{}");
    let asked = Asked { rules: ["r".to_owned()].into(), ..Asked::default() };
    let fixes = fix(&rules, &account("resources: []"), &place(), judging::kinds(), &asked);
    let mended: Vec<&str> = fixes.fixes.iter().map(|fix| fix.finding.rule.as_str()).collect();
    assert_eq!(mended, ["q-exists", "r"], "{}", fixes.script());
    assert_eq!((fixes.mended, fixes.left.len()), (2, 0));
    let json = fixes.to_json();
    assert_eq!(json["fixes"][1]["commands"][0]["argv"][6]["output_of"][2], "get-queue-url");
}

/// Runs a script in which `aws` writes down its arguments; what they were.
fn arguments(name: &str, script: &str) -> String {
    let folder = folder(name);
    let log = folder.join("log");
    drop(std::fs::remove_file(&log));
    let aws = format!(
        "aws() {{ case \"$1\" in sts) echo {}; return;; esac; for a; do printf '<%s>' \"$a\"; done >> '{}'; echo >> '{}'; }}\n",
        judging::ACCOUNT,
        log.display(),
        log.display()
    );
    let path = folder.join("script");
    std::fs::write(&path, format!("{aws}{script}")).expect("a script");
    let run = Command::new("sh").arg(&path).current_dir(&folder).output().expect("a shell");
    assert!(run.status.success(), "{}\n{script}", String::from_utf8_lossy(&run.stderr));
    assert_eq!(String::from_utf8_lossy(&run.stdout), "", "{script}");
    std::fs::read_to_string(&log).unwrap_or_default()
}

#[test]
#[cfg(unix)]
fn names_of_strangers_run_nothing() {
    let hostile = [
        "a'; touch pwned; '",
        "$(touch pwned)",
        "`touch pwned`",
        "\"; touch pwned; \"",
        "--debug",
        "a b",
        "x\\",
        "#",
        "& touch pwned",
    ];
    for (at, name) in hostile.iter().enumerate() {
        let quoted = serde_json::Value::from(*name).to_string();
        let yaml = "resources: { q: { type: AWS::SQS::Queue, name: q } }\nrules:
  - { id: r, only: { type: AWS::SQS::Queue, are: [q] } }
  - { id: s, each: AWS::SQS::Queue, expect: { Tags: { owner: me } } }";
        let of = format!(
            "resources: [{{ type: AWS::SQS::Queue, name: q, properties: {{ QueueUrl: u, Tags: {{ owner: me }} }} }}, \
             {{ type: AWS::SQS::Queue, name: {quoted}, properties: {{ QueueUrl: {quoted}, Arn: 'arn:aws:sqs:us-east-1:123456789012:x{at}', Tags: {{ owner: {quoted} }} }} }}]"
        );
        let rules = ruled(&format!("hostile-{at}"), yaml, "{}");
        let fixes = fixed(&rules, &account(&of));
        let name_of = format!("hostile-{at}");
        let ran = arguments(&name_of, &fixes.script()) + &arguments(&name_of, &fixes.undo_script());
        let word =
            if name.starts_with('-') { format!("<--queue-url={name}>") } else { format!("<--queue-url><{name}>") };
        assert!(
            ran.contains(&format!("<delete-queue><--region><us-east-1>{word}")),
            "{name}\n{ran}\n{}",
            fixes.script()
        );
        assert!(!folder(&name_of).join("pwned").exists(), "{name}");
    }
    // What a terminal acts on is no word of a command, and shows escaped where it is told.
    let yaml = "resources: {}\nrules:\n  - { id: r, only: { type: AWS::SQS::Queue, are: [] } }";
    let of = r#"resources: [{ type: AWS::SQS::Queue, name: "q\n\e[2Jx", properties: { QueueUrl: "u\n\e[2Jx", Arn: "arn:aws:sqs:us-east-1:123456789012:x" } }]"#;
    let fixes = fixed(&ruled("escapes", yaml, "{}"), &account(of));
    assert!(fixes.fixes.is_empty() && fixes.left[0].why.contains("a terminal acts on"), "{}", fixes.script());
    assert!(!fixes.script().contains('\u{1b}'));
}

/// Nobody knows whether the second queue is the declared one: only the third goes.
#[test]
fn what_may_be_declared_is_not_removed() {
    let yaml = "resources:
  mine: { type: AWS::SQS::Queue, select: { DelaySeconds: 5 }, several: true }
rules:
  - { id: others, only: { type: AWS::SQS::Queue, are: [mine] } }";
    let rules = ruled("may-be", yaml, "{}");
    let queue = |name: &str, rest: &str| {
        let rest = rest.replace("DelaySeconds: 6", "DelaySeconds: 6, QueueUrl: 'https://sqs/c'");
        format!("{{ type: AWS::SQS::Queue, name: {name}, {rest} }}")
    };
    let of = format!(
        "resources: [{}, {}, {}]",
        queue("a", "properties: { DelaySeconds: 5 }"),
        queue("b", "unread: { DelaySeconds: denied }"),
        queue("c", "properties: { DelaySeconds: 6 }")
    );
    let fixes = fixed(&rules, &account(&of));
    let (forth, _) = lines(&fixes);
    assert!(
        forth.iter().any(|line| line.contains("delete-queue") && line.contains("https://sqs/c")),
        "{}",
        fixes.script()
    );
    assert_eq!(forth.len(), 1, "{forth:?}");
}

/// A statement is unexpected, not the queue that it is written on, which may be one of two that are meant.
#[test]
fn what_an_unexpected_statement_is_on_is_not_removed() {
    let yaml = "unexpected: true
resources:
  mine: { type: AWS::SQS::Queue, select: { DelaySeconds: 5 } }
rules: []";
    let rules = ruled("statement-on", yaml, "{}");
    let queue = |name: &str| {
        format!(
            "{{ type: AWS::SQS::Queue, name: {name}, properties: {{ DelaySeconds: 5, QueueUrl: 'https://sqs/{name}', Policy: {{ Version: '2012-10-17', Statement: [{{ \
             Effect: Allow, Principal: '*', Action: 'sqs:SendMessage', Resource: '*' }}] }} }} }}"
        )
    };
    for queues in [queue("a"), format!("{}, {}", queue("a"), queue("b"))] {
        let fixes = fixed(&rules, &account(&format!("resources: [{queues}]")));
        let (forth, _) = lines(&fixes);
        assert!(!forth.iter().any(|line| line.contains("delete-queue")), "{forth:?}\n{}", fixes.script());
    }
}
