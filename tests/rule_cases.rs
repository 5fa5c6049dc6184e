//! `plimsoll rules test`: the cases of the repository's own rules come out as expected, and what the command tells of
//! cases that differ, of files that are wrong, and of what no case puts to the test.

mod judging;

use plimsoll::rules::Whereabouts;
use plimsoll::snapshot::{Snapshot, Whole};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn plimsoll(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments)
        .env_clear()
        .current_dir(folder)
        .output()
        .expect("the binary runs")
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn complained(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

/// A folder with these files in its folder `rules`.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rule-cases").join(name);
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(folder.join("rules")).expect("a folder for the test");
    for (file, text) in files {
        std::fs::write(folder.join("rules").join(file), text).expect("a file for the test");
    }
    folder
}

const RULES: &str = "\
plimsoll: 1
title: t
resources:
  queue: { type: AWS::SQS::Queue, name: orders }
  role: { type: AWS::IAM::Role, name: sender }
rules:
  - { id: plain, on: queue, expect: { FifoQueue: false, DelaySeconds: 0 } }
  - { id: senders, access: { to: queue, actions: [sqs:SendMessage], exactly: [role] } }
  - { id: slow, each: AWS::SQS::Queue, where: { QueueName: { $like: \"o*\" } }, expect: { VisibilityTimeout: 30 } }
";

const GOOD: &str = "\
plimsoll: 1
cases:
  - name: good
    account:
      resources:
        - type: AWS::SQS::Queue
          name: orders
          properties:
            FifoQueue: false
            DelaySeconds: 0
            VisibilityTimeout: 30
            Policy:
              Statement:
                - { Effect: Allow, Principal: { AWS: \"arn:aws:iam::123456789012:role/sender\" }, Action: sqs:SendMessage, Resource: \"*\" }
        - { type: AWS::IAM::Role, name: sender }
    expect: {}
";

#[test]
fn the_cases_of_the_repository_come_out_as_expected_and_leave_no_rule_untested() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = plimsoll(root, &["rules", "test", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}{}", told(&output), complained(&output));
    let json: Json = serde_json::from_str(&told(&output)).expect("JSON");
    let counts = &json["counts"];
    assert!(counts["cases"].as_u64() >= Some(70), "{counts}");
    assert_eq!(counts["rules"], counts["rules_tested"]);
    let untested = |file: &Json| -> Vec<String> {
        let rules = file["coverage"].as_array().expect("all were judged");
        let matchers =
            rules.iter().flat_map(|rule| rule["matchers"].as_array().expect("a list").iter().map(move |m| (rule, m)));
        let untested = matchers.filter(|(_, matcher)| matcher["tested"] == false);
        untested.map(|(rule, matcher)| format!("{} {}", rule["rule"], matcher["matcher"])).collect()
    };
    let files = json["files"].as_array().expect("files");
    let gaps: Vec<String> = files.iter().flat_map(untested).collect();
    // These links cannot break while what the rule needs holds.
    let known = [
        "\"writer-stores-orders\" \"flow: role\"",
        "\"stream-triggers-announcer\" \"flow: stream\"",
        "\"topic-mails\" \"flow: wire\"",
    ];
    assert_eq!(gaps, known);
}

/// What an editor would underline: it reads the JSON Schema, which must allow all that is allowed.
#[test]
fn an_editor_underlines_nothing_in_the_cases_of_the_repository() {
    let schema = plimsoll::cases::schema(plimsoll::services::kinds());
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    for file in ["rules/serverless-poc.test.yaml", "rules/order-fan-out.test.yaml"] {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("it is there");
        let cases: Json = serde_yaml::from_str(&text).expect("YAML");
        let wrong: Vec<String> =
            validator.iter_errors(&cases).map(|error| format!("{error}, at {}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{file}: {}", wrong.join("\n"));
        let slip = text.replacen("change:", "chagne:", 1);
        let slip: Json = serde_yaml::from_str(&slip).expect("YAML");
        assert!(!validator.is_valid(&slip), "{file}: a slip is no mistake to an editor");
    }
}

#[test]
fn what_differs_is_told_as_wanted_beside_found() {
    let cases = format!(
        "{GOOD}
  - name: a FIFO queue that nobody says anything of
    from: good
    change: {{ orders: {{ FifoQueue: true }} }}
    expect: {{ senders: fail }}
  - name: the same, expected
    from: good
    change: {{ orders: {{ FifoQueue: true }} }}
    expect: {{ plain: fail }}
  - name: the same, where only one rule matters
    from: good
    change: {{ orders: {{ FifoQueue: true }} }}
    expect: {{ senders: pass }}
    others: any
"
    );
    let folder = folder("differs", &[("q.yaml", RULES), ("q.test.yaml", &cases)]);
    let output = plimsoll(&folder, &["rules", "test"]);
    let text = told(&output);
    assert_eq!(output.status.code(), Some(1), "{text}{}", complained(&output));
    for line in [
        "  ok    good\n",
        "  FAIL  a FIFO queue that nobody says anything of\n",
        "        senders · queue ",
        "          wanted  fail\n          found   pass: ",
        "        plain · queue ",
        "          wanted  pass, as all that is not listed\n          found   fail: FifoQueue true\n",
        "  ok    the same, expected\n",
        "  ok    the same, where only one rule matters\n",
        "\n4 cases: 3 as expected, 1 not\n",
    ] {
        assert!(text.contains(line), "{line:?} in\n{text}");
    }
    let one = plimsoll(&folder, &["rules", "test", "rules/q.yaml", "--filter", "EXPECTED"]);
    assert_eq!((one.status.code(), told(&one).lines().count()), (Some(0), 6), "{}", told(&one));
    let none = plimsoll(&folder, &["rules", "test", "--filter", "xyz"]);
    assert_eq!(none.status.code(), Some(2), "{}", complained(&none));
    let xml = told(&plimsoll(&folder, &["rules", "test", "--format", "junit"]));
    assert!(xml.contains(r#"<testsuite name="rules/q.test.yaml" tests="4" failures="1""#), "{xml}");
    assert!(xml.contains("senders · queue: wanted fail; found pass: "), "{xml}");
    let json: Json =
        serde_json::from_str(&told(&plimsoll(&folder, &["rules", "test", "--format", "json"]))).expect("JSON");
    assert_eq!(json["files"][0]["cases"][1]["mismatches"][0]["rule"], "senders");
    assert_eq!(json["files"][0]["cases"][1]["mismatches"][0]["found"], "pass");
}

#[test]
fn what_no_case_puts_to_the_test_is_told_with_its_line() {
    let gaps = |name: &str, more: &str| -> (String, Option<i32>) {
        let folder = folder(name, &[("q.yaml", RULES), ("q.test.yaml", &format!("{GOOD}{more}"))]);
        let output = plimsoll(&folder, &["rules", "test", "--require-coverage"]);
        assert!(told(&output).contains("all as expected"), "{}{}", told(&output), complained(&output));
        (told(&output), output.status.code())
    };
    let of_case = |name: &str, change: &str, expect: &str| {
        format!("  - name: {name}\n    from: good\n    {change}\n    expect: {{ {expect} }}\n")
    };
    let (text, code) = gaps("gaps-all", "");
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("0 of 5 rules passed in one case and failed in another; 0 of 5 matchers"), "{text}");
    assert!(text.contains("  plain  never failed "), "{text}");
    assert!(text.contains("rules/q.yaml:7\n"), "{text}");
    // A rule that failed by one of its properties says nothing of the other; a bound has two sides.
    let missing = of_case(
        "nothing",
        "remove: [orders, sender]",
        "queue-exists: fail, role-exists: fail, plain: blocked, senders: blocked, slow: not-applicable",
    );
    let fifo =
        of_case("fifo", "change: { orders: { FifoQueue: true, VisibilityTimeout: 1 } }", "plain: fail, slow: fail");
    let open = of_case(
        "open",
        "change: { orders: { Policy: { Statement: [{ Effect: Allow, Principal: \"*\", Action: sqs:*, Resource: \"*\" }] } } }",
        "senders: fail",
    );
    let (text, _) = gaps("gaps-some", &format!("{missing}{fifo}{open}"));
    assert!(text.contains("5 of 5 rules passed in one case and failed in another; 2 of 5 matchers"), "{text}");
    for line in [
        "  plain  expect.DelaySeconds  always held ",
        "  senders  access.exactly, as a floor  always held ",
        "  slow  where.QueueName  always held ",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    let closed =
        of_case("closed", "change: { orders: { Policy: null, DelaySeconds: 9 } }", "plain: fail, senders: fail");
    let other = of_case("other", "add: [{ type: AWS::SQS::Queue, name: unrelated }]", "");
    let (text, code) = gaps("gaps-none", &format!("{missing}{fifo}{open}{closed}{other}"));
    assert!(text.contains("5 of 5 rules passed in one case and failed in another; 5 of 5 matchers"), "{text}");
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn update_writes_the_verdicts_and_leaves_the_rest_as_it_is() {
    let cases = format!(
        "# a comment\n{GOOD}
  # of this case
  - name: fifo                # here
    from: good
    change: {{ orders: {{ FifoQueue: true }} }}
    expect:
      senders: fail
    # behind it
  - {{ name: gone, from: good, remove: orders, expect: {{}} }}
  - name: last
    from: good
    unread: {{ orders: {{ Policy: denied }} }}
    expect: {{ plain: fail }}"
    );
    let folder = folder("update", &[("q.yaml", RULES), ("q.test.yaml", &cases)]);
    let output = plimsoll(&folder, &["rules", "test", "--update"]);
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    let text = std::fs::read_to_string(folder.join("rules/q.test.yaml")).expect("the file is there");
    let wanted = format!(
        "# a comment\n{GOOD}
  # of this case
  - name: fifo                # here
    from: good
    change: {{ orders: {{ FifoQueue: true }} }}
    expect: {{ plain: fail }}
    # behind it
  - {{ name: gone, from: good, remove: orders, expect: {{ queue-exists: fail, plain: blocked, senders: blocked, slow: not-applicable }} }}
  - name: last
    from: good
    unread: {{ orders: {{ Policy: denied }} }}
    expect: {{ senders: unknown }}"
    );
    let wanted = wanted.replace(", slow: not-applicable", "");
    assert_eq!(text, wanted);
    let again = plimsoll(&folder, &["rules", "test"]);
    assert_eq!(again.status.code(), Some(0), "{}", told(&again));
}

#[test]
fn a_snapshot_is_an_account_and_can_be_changed() {
    let account = judging::account(
        "resources: [{ type: AWS::SQS::Queue, name: orders, properties: { FifoQueue: false, DelaySeconds: 0, \
         VisibilityTimeout: 30 } }]",
    );
    let cases = "\
plimsoll: 1
rules: q.yaml
expect: { role-exists: unknown, senders: unknown }
cases:
  - { name: saved, snapshot: saved.json, expect: {} }
  - { name: changed, from: saved, change: { orders: { DelaySeconds: 3 } }, expect: { plain: fail } }
  - { name: hidden, from: saved, unread: { orders: { DelaySeconds: redacted } }, expect: { plain: unknown } }
  - { name: gone, from: saved, remove: orders, expect: { queue-exists: fail, plain: blocked, senders: blocked } }
";
    let folder = folder("snapshot", &[("q.yaml", RULES), ("other.test.yaml", cases)]);
    let rules = judging::rules(&folder.join("rules/q.yaml"), &BTreeMap::new()).expect("right rules");
    let place = Whereabouts {
        account: Some(judging::ACCOUNT.to_owned()),
        partition: "aws".to_owned(),
        region: judging::REGION.to_owned(),
    };
    let whole = Whole::of(&rules.needs(&place));
    let Whereabouts { partition, region, .. } = place;
    let snapshot = Snapshot { account, partition, region, rules_sha256: rules.sha256, whole };
    std::fs::write(folder.join("rules/saved.json"), snapshot.to_json().expect("JSON")).expect("a file for the test");
    let output = plimsoll(&folder, &["rules", "test"]);
    assert_eq!(output.status.code(), Some(0), "{}{}", told(&output), complained(&output));
}

/// Each mistake, and what is said of it: its code, its line and column, and the next step.
#[test]
fn every_mistake_is_told_with_its_place_and_the_next_step() {
    let cases = "\
plimsoll: 1
cases:
  - name: good
    account:
      resources:
        - { type: AWS::SQS::Quueue, name: a }
        - { type: AWS::SQS::Queue, name: b, properties: { VisibilityTimout: 30 } }
        - { type: AWS::SQS::Queue, name: c, properties: { VisibilityTimeout: soon } }
        - { type: AWS::SQS::Queue, name: d, properties: { FifoQueue: yes } }
        - { type: AWS::SQS::Queue, name: e, propertys: {} }
        - { type: AWS::SQS::Queue, name: f, unread: { Polcy: denied } }
        - { type: AWS::SQS::Queue, name: g, unread: { Policy: dennied } }
        - { type: AWS::SQS::Queue, name: h, of: b }
        - { type: AWS::IAM::Role, name: i, properties: { ManagedPolicyArns: [nothing] } }
        - { type: AWS::SNS::Subscription, name: j, of: nowhere }
        - { type: AWS::SQS::Queue, name: k }
        - { type: AWS::SQS::Queue, name: k }
    expect: { plian: fail }
  - name: second
    from: good
    change: { k: { FifoQueue: true } }
    expect: {}
";
    let folder = folder("mistakes", &[("q.yaml", RULES), ("q.test.yaml", cases)]);
    let output = plimsoll(&folder, &["rules", "test"]);
    let text = complained(&output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert_eq!(text.matches("error[").count(), 12, "{text}");
    for (code, place, help) in [
        ("unknown-type", "6:19", "did you mean `AWS::SQS::Queue`?"),
        ("unknown-field", "7:59", "did you mean `VisibilityTimeout`?"),
        ("wrong-type", "8:78", ""),
        ("wrong-type", "9:70", ""),
        ("unknown-field", "10:45", "did you mean `properties`?"),
        ("unknown-field", "11:55", "did you mean `Policy`?"),
        ("wrong-value", "12:63", "did you mean `denied`?"),
        ("wrong-field", "13:45", "leave `of` out"),
        ("wrong-type", "14:78", ""),
        ("unknown-reference", "15:56", "`of` names what it hangs on"),
        ("duplicate-name", "17:42", "give it another `name`"),
        ("unknown-reference", "18:15", "did you mean `plain`?"),
    ] {
        let found = text.contains(&format!("rules/q.test.yaml:{place}\n"));
        assert!(found && text.contains(&format!("error[{code}]")) && text.contains(help), "{code} {place}\n{text}");
    }
    for (cases, wanted) in [
        ("", "there are no cases in this file"),
        ("plimsoll: 1\ncases: []\n", "nothing could differ"),
        ("plimsoll: 1\ncases: [{ name: a, expect: {} }]\n", "this case has no account"),
        ("plimsoll: 1\ncases: [{ name: a, account: {} }]\n", "does not say what it expects"),
        ("plimsoll: 1\ncases: [{ name: a, from: b, expect: {} }]\n", "there is no case `b` above this one"),
        ("plimsoll: 1\ncases: [{ name: a, account: {}, expect: { plain: failed } }]\n", "`failed` is no verdict"),
        (
            "plimsoll: 1\ncases: [{ name: a, account: {}, expect: {}, others: some }]\n",
            "`some` is no word for `others`",
        ),
        ("plimsoll: 1\ncases: [{ name: a, snapshot: no.json, expect: {} }]\n", "the snapshot `no.json` cannot be used"),
        (
            "plimsoll: 1\nset: { x: 1 }\ncases: [{ name: a, account: {}, expect: {} }]\n",
            "these rules have no such parameter",
        ),
        (
            "plimsoll: 1\ncases: [{ name: a, account: {}, expect: {} }, { name: a, account: {}, expect: {} }]\n",
            "there is a case called `a` already",
        ),
    ] {
        std::fs::write(folder.join("rules/q.test.yaml"), cases).expect("a file for the test");
        let output = plimsoll(&folder, &["rules", "test"]);
        assert_eq!(output.status.code(), Some(2), "{cases}");
        assert!(complained(&output).contains(wanted), "{wanted} in\n{}", complained(&output));
    }
    std::fs::write(folder.join("rules/alone.test.yaml"), GOOD).expect("a file for the test");
    let alone = plimsoll(&folder, &["rules", "test", "rules/alone.test.yaml"]);
    assert!(complained(&alone).contains("is about rules/alone.yaml, which is not there"), "{}", complained(&alone));
    std::fs::remove_file(folder.join("rules/alone.test.yaml")).expect("the file is there");
    std::fs::remove_file(folder.join("rules/q.test.yaml")).expect("the file is there");
    for arguments in [&["rules", "test"][..], &["rules", "test", "rules/q.yaml"], &["rules", "test", "nowhere.yaml"]] {
        let output = plimsoll(&folder, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(complained(&output).contains("next:"), "{}", complained(&output));
    }
}
