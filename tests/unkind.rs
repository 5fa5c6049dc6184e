//! Rules files that nobody meant well with: whatever is in one, the answer is bounded, understandable and no panic.

mod judging;

use plimsoll::rules::{Diagnostics, Rules};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const HEAD: &str = "plimsoll: 1\ntitle: t\n";

fn file(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("unkind");
    std::fs::create_dir_all(&folder).expect("a folder for the tests");
    folder.join(format!("{name}.yaml"))
}

fn load(name: &str, text: impl AsRef<[u8]>) -> Result<Rules, Diagnostics> {
    let path = file(name);
    std::fs::write(&path, text).expect("a file for the test");
    judging::rules(&path, &BTreeMap::new())
}

/// What is said of a file that is wrong: never much.
fn said(name: &str, text: impl AsRef<[u8]>) -> String {
    let diagnostics = load(name, text).expect_err("the file is wrong");
    let said = diagnostics.render(false, 100);
    assert!(said.len() < 100_000, "{name}: {} bytes are too many to read", said.len());
    said
}

#[track_caller]
fn contains(said: &str, what: &str) {
    assert!(said.contains(what), "`{what}` is not in what was said:\n{}", said.chars().take(3000).collect::<String>());
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    contains(&said("large", vec![b'#'; 5 << 20]), "it is larger than 1 MiB");
}

#[test]
fn what_is_no_file_is_not_waited_for() {
    let path = file("endless");
    drop(std::fs::remove_file(&path));
    std::os::unix::fs::symlink("/dev/zero", &path).expect("a link");
    let diagnostics = judging::rules(&path, &BTreeMap::new()).expect_err("no file");
    contains(&diagnostics.render(false, 100), "it is not a file");
}

#[test]
fn nesting_has_an_end() {
    for (name, open) in [("lists", "["), ("maps", "{a: "), ("items", "- "), ("keys", "? "), ("mixed", "[{a: ")] {
        let text = open.repeat((1 << 20) / open.len());
        let said = said(&format!("deep-{name}"), text);
        assert!(said.contains("more than 64 deep") || said.contains("this is not YAML"), "{name}: {said}");
    }
    let indented: String = (0..1_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    contains(&said("deep-indented", indented), "more than 64 deep");
}

#[test]
fn fifty_of_ten_thousand_mistakes_are_shown() {
    let mistakes: String =
        (0..10_000).map(|i| format!("  - {{ id: r{i}, on: queu{i}, expect: {{ A: 1 }} }}\n")).collect();
    let said = said("mistakes", format!("{HEAD}rules:\n{mistakes}"));
    assert_eq!(said.matches("error[").count(), 50);
    contains(&said, "... and 9950 more mistakes; mend these first");
}

#[test]
fn one_long_line_is_shown_around_its_mistake() {
    let rules: String = (0..9_000)
        .map(|i| format!("{{ id: é{i:07}, each: AWS::SQS::Queue, expect: {{ DelaySeconds: 0 }} }}, "))
        .collect();
    let rules = rules.replace('é', "e");
    let text = format!(
        "{HEAD}about: \"é\"\nrules: [{rules}{{ id: last, each: AWS::SQS::Queue, expect: {{ DelaySecond: 0 }} }}]\n"
    );
    let column = 1 + text.lines().last().and_then(|line| line.find("DelaySecond:")).expect("the mistake");
    let said = said("long-line", &text);
    contains(&said, &format!("long-line.yaml:4:{column}\n"));
    contains(&said, "did you mean `DelaySeconds`?");
    assert!(said.len() < 2_000, "{said}");
}

#[test]
fn long_texts_are_not_repeated_whole() {
    let long = "x".repeat(900_000);
    let said = said(
        "long-text",
        format!("{HEAD}region: {long}\nresources: {{ a: {{ type: {long}z, name: a }} }}\n")
            .get(..1 << 20)
            .unwrap_or(""),
    );
    assert!(said.len() < 5_000, "{}", said.len());
}

#[test]
fn large_maps_and_lists_are_searched_quickly() {
    let keys: String = (0..50_000).map(|i| format!("  k{i}: {{}}\n")).collect();
    contains(&said("many-keys", format!("{HEAD}parameters:\n{keys}")), "the parameter `k0` has no value");
    let same = "  same: {}\n".repeat(50_000);
    contains(&said("same-key", format!("{HEAD}parameters:\n{same}")), "and 49950 more mistakes");
    let ids: String = (0..30_000).map(|i| format!("  - {{ id: r{} }}\n", i / 2)).collect();
    contains(&said("same-ids", format!("{HEAD}rules:\n{ids}")), "there is a rule `r0` already");
}

#[test]
fn long_chains_take_no_stack_and_little_time() {
    let resources: String = (0..12_000)
        .map(|i| format!("  r{i}: {{ type: AWS::IAM::Role, select: {{ Path: \"${{r{}.RoleId}}\" }} }}\n", i + 1))
        .collect();
    let last = "  r12000: { type: AWS::IAM::Role, name: last }\n";
    let rules = load("chain", format!("{HEAD}resources:\n{resources}{last}")).expect("the chain has an end");
    let report = judging::judge(&rules, &judging::account("resources: []"));
    assert_eq!(report.counts.blocked, 12_000);
    assert_eq!(report.counts.fail, 1);

    let needs: String = (0..10_000)
        .map(|i| {
            format!(
                "  - {{ id: r{i}, needs: [r{}], each: AWS::SQS::Queue, expect: {{ Arn: {{ $present: true }} }} }}\n",
                i + 1
            )
        })
        .collect();
    let last = "  - { id: r10000, each: AWS::SQS::Queue, expect: { Arn: { $absent: true } } }\n";
    let rules = load("needs", format!("{HEAD}rules:\n{needs}{last}")).expect("the chain has an end");
    let account = judging::account("resources: [{ type: AWS::SQS::Queue, name: q }]");
    assert_eq!(judging::judge(&rules, &account).counts.blocked, 10_000);
    let circle = needs.replace("r10000", "r0");
    contains(&said("needs-circle", format!("{HEAD}rules:\n{circle}")), "error[circle]");
}

#[test]
fn many_resources_are_judged_by_many_rules() {
    let rules: String = (0..100)
        .map(|i| format!("  - {{ id: r{i}, each: AWS::SQS::Queue, where: {{ DelaySeconds: {i} }}, expect: {{ FifoQueue: true }} }}\n"))
        .collect();
    let missing: String =
        (0..200).map(|i| format!("  m{i}: {{ type: AWS::SQS::Queue, name: missing-{i} }}\n")).collect();
    let rules = load("each", format!("{HEAD}resources:\n{missing}rules:\n{rules}")).expect("the rules are right");
    let queues: String = (0..10_000)
        .map(|i| {
            format!("  - {{ type: AWS::SQS::Queue, name: queue-{i}, properties: {{ DelaySeconds: {} }} }}\n", i % 100)
        })
        .collect();
    let report = judging::judge(&rules, &judging::account(&format!("resources:\n{queues}")));
    assert_eq!(report.counts.fail, 10_000 + 200);
}

#[test]
fn whatever_a_file_holds_is_shown_harmless() {
    let said = said(
        "harmless",
        format!("{HEAD}\"\\e[31m\\u202e\": x\n\"\u{2066}\": \"\u{9b}2J\"\n# \u{7f}\nregion: \"\\e]0;x\\a\"\n"),
    );
    let harmful = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{2069}').contains(&c);
    assert!(!said.contains(harmful), "{said:?}");
}

/// Rules that hold one role against the document called `name`, which has this text.
fn with_document(name: &str, text: impl AsRef<[u8]>) -> String {
    let document = file(name).with_extension("json");
    drop(std::fs::remove_file(&document));
    std::fs::write(&document, text).expect("a document for the test");
    holding(name)
}

fn holding(name: &str) -> String {
    format!(
        "{HEAD}resources: {{ role: {{ type: AWS::IAM::Role, name: r }} }}\n\
         rules: [{{ id: a, permissions: {{ of: role, at_most: {name}.json }} }}]\n"
    )
}

#[test]
fn documents_that_nobody_meant_well_with_end_in_a_mistake() {
    let large = format!("{{\"Statement\": [{}]}}", "{},".repeat(600_000));
    contains(&said("doc-large", with_document("doc-large", large)), "it is larger than 1 MiB");
    let deep = "[".repeat(1 << 19);
    contains(&said("doc-deep", with_document("doc-deep", deep)), "error[malformed-document]");
    contains(&said("doc-empty", with_document("doc-empty", "")), "error[malformed-document]");
    contains(&said("doc-bytes", with_document("doc-bytes", [b'{', 0xff])), "is not UTF-8");
    let twice = r#"{ "Version": "2012-10-17", "Statement": [], "Statement": [] }"#;
    contains(&said("doc-twice", with_document("doc-twice", twice)), "`Statement` is written twice");
    let open = "${x".repeat(100_000);
    contains(&said("doc-open", with_document("doc-open", open)), "this `${` has no `}`");
    let references = format!("\"{}\"", "${x}".repeat(100_000));
    contains(&said("doc-references", with_document("doc-references", references)), "`x` is no resource");
    let escapes = "{ \"Statement\": \"\u{1b}[2J\u{202e}\" }";
    assert!(!said("doc-escapes", with_document("doc-escapes", escapes)).contains(['\u{1b}', '\u{202e}']));
}

#[test]
fn a_document_that_is_no_file_is_not_waited_for() {
    let document = file("doc-endless").with_extension("json");
    drop(std::fs::remove_file(&document));
    std::os::unix::fs::symlink("/dev/zero", &document).expect("a link");
    contains(&said("doc-endless", holding("doc-endless")), "it is not a file");
}

#[test]
fn a_large_document_that_many_rules_name_is_read_once() {
    let statement = r#"{ "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "${role.Arn}" },"#;
    let text =
        format!("{{\"Version\": \"2012-10-17\", \"Statement\": [{}]}}", statement.repeat(6_000).trim_end_matches(','));
    let head = with_document("doc-often", text);
    let (head, _) = head.split_once("rules:").expect("rules");
    let rules: String = (0..10_000)
        .map(|i| format!("  - {{ id: r{i}, permissions: {{ of: role, at_most: doc-often.json }} }}\n"))
        .collect();
    let rules = load("doc-often", format!("{head}rules:\n{rules}"));
    assert_eq!(rules.map_err(|mistakes| mistakes.list).expect("nothing is wrong with it").rules.len(), 10_001);
}

#[test]
fn long_lists_of_principals_and_actions_are_searched_quickly() {
    let names: Vec<String> = (0..15_000).map(|i| format!("arn:aws:iam::123456789012:role/r{i}")).collect();
    let text = format!(
        "{HEAD}resources: {{ queue: {{ type: AWS::SQS::Queue, name: q }} }}\n\
         rules: [{{ id: a, access: {{ to: queue, actions: [sqs:SendMessage], at_most: [{}] }} }}]\n",
        names.join(", ")
    );
    let rules = load("principals", text).map_err(|mistakes| mistakes.list);
    assert!(rules.is_ok_and(|rules| rules.rules.len() == 2));
}

#[test]
fn entities_of_yaml_that_other_tools_expand_are_refused() {
    let bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n";
    let said = said("bomb", format!("{HEAD}{bomb}"));
    contains(&said, "error[yaml-anchor]");
    contains(&said, "error[yaml-alias]");
}

const VALID: &str = r#"plimsoll: 1
title: A whole file
about: >
  It holds each form once.
region: us-east-1
parameters:
  delay: { about: seconds, default: 3 }
  key: { optional: true }
resources:
  queue: { type: AWS::SQS::Queue, name: "orders-${delay}", exists: { points: 5, severity: high } }
  dead:  { type: AWS::SQS::Queue, name: dead, region: eu-west-1 }
  role:  { type: AWS::IAM::Role, select: { Path: "/x/", Description: { $like: "a*${*}" } }, several: true }
rules:
  - id: settings
    title: The queue waits
    on: [queue, dead]
    needs: [queue-exists]
    expect:
      DelaySeconds: "${delay}"
      KmsMasterKeyId: "${key}"
      Tags: { $is: { a: "1.10", 'b': 0777 } }
      RedrivePolicy: { deadLetterTargetArn: "${dead.Arn}", maxReceiveCount: { $min: 1, $max: 5 } }
    points: 2.5
  - { id: others, only: { type: AWS::IAM::Role, where: { Path: { $not: / } }, are: [role] } }
  - { id: each, each: AWS::IAM::Role, where: { Tags: { $absent: true } }, expect: { ManagedPolicyArns: { $contains: "arn:aws:iam::aws:policy/A" } } }
"#;

#[test]
fn the_file_that_is_mutated_below_is_right() {
    if let Err(diagnostics) = load("valid", VALID) {
        panic!("{}", diagnostics.render(false, 100));
    }
}

/// Pieces that mean something to YAML or to the rules language.
const PIECES: [&str; 32] = [
    "[", "]", "{", "}", ":", ": ", "- ", "\n", "\r\n", "\r", "\t", "  ", "\"", "'", "${", "}", "$", "&a ", "*a", "!x ",
    "<<: ", "---\n", "...\n", "|\n", ">-\n", "#", "\u{feff}", "\0", "é", "$not", "id: x", "~",
];

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Err(diagnostics) = load("random", bytes) {
            prop_assert!(!diagnostics.list.is_empty());
            diagnostics.render(true, 80);
        }
    }

    #[test]
    fn a_mutated_file_never_panics(
        edits in prop::collection::vec((0..VALID.len(), 0..12_usize, 0..PIECES.len(), 0..2_usize), 1..4),
    ) {
        let mut text = VALID.to_owned();
        for (at, removed, piece, inserted) in edits {
            let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let end = (at + removed..=text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(text.len());
            text.replace_range(at..end.max(at), if inserted == 0 { "" } else { PIECES[piece] });
        }
        match load("mutated", &text) {
            Ok(rules) => drop(judging::judge(&rules, &judging::account("resources: []"))),
            Err(diagnostics) => {
                prop_assert!(!diagnostics.list.is_empty());
                diagnostics.render(false, 40);
            }
        }
    }
}
