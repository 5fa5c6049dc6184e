//! The message of a scheduled job: one line where nothing is new, a few where something is, never longer than its
//! receivers take, and nothing in it that acts on them.

mod judging;
#[allow(dead_code, reason = "one of its reports is enough here")]
#[path = "judging/reports.rs"]
mod reports;

use plimsoll::audit::{hold_against, waive};
use plimsoll::model::{Report, Severity, Verdict};
use plimsoll::overview::{Outcome, Overview, Summary};
use plimsoll::report::{Message, MessageForm, notify, read, write_harmless};
use plimsoll::rules::{Rules, Waivers};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const RULES: &str = "\
plimsoll: 1
title: Shop
resources:
  orders: { type: AWS::SQS::Queue, name: orders }
rules:
  - { id: delay, on: orders, severity: high, expect: { DelaySeconds: 0 } }
  - { id: timeout, on: orders, severity: low, expect: { VisibilityTimeout: 30 } }
  - { id: after, on: orders, needs: [delay], expect: { VisibilityTimeout: 30 } }
  - { id: encrypted, each: AWS::SQS::Queue, expect: { SqsManagedSseEnabled: true } }
  - { id: large, on: orders, severity: info, expect: { MaximumMessageSize: 1024 } }
";

/// An account with the queue `orders`, of which this is known, and other queues.
fn account(orders: &str, others: &[&str]) -> String {
    let queue = |name: &str, rest: &str| format!("  - {{ type: AWS::SQS::Queue, name: {name}, {rest} }}\n");
    let others: String = others.iter().map(|name| queue(name, "properties: { SqsManagedSseEnabled: false }")).collect();
    format!("resources:\n{}{others}at: 2026-11-23T10:00:00.000Z\n", queue("orders", orders))
}

const RIGHT: &str =
    "properties: { DelaySeconds: 0, VisibilityTimeout: 30, SqsManagedSseEnabled: true, MaximumMessageSize: 1024 }";
const SLOW: &str =
    "properties: { DelaySeconds: 9, VisibilityTimeout: 30, SqsManagedSseEnabled: true, MaximumMessageSize: 1024 }";
const DENIED: &str = "properties: { VisibilityTimeout: 30, SqsManagedSseEnabled: true, MaximumMessageSize: 1024 }, \
                      unread: { DelaySeconds: denied }";

fn file(name: &str, text: &str) -> PathBuf {
    let test = std::thread::current().name().unwrap_or("test").replace(':', "-");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("notify").join(test);
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a file for the test");
    path
}

fn rules() -> Rules {
    judging::rules(&file("rules.yaml", RULES), &BTreeMap::new())
        .unwrap_or_else(|said| panic!("{}", said.render(false, 100)))
}

fn judged(account: &str) -> Report {
    judging::judge(&rules(), &judging::account(account))
}

/// The report on `account`, held against `earlier`.
fn held(account: &str, earlier: &Report) -> Report {
    let mut report = judged(account);
    let earlier = read(&write_harmless(earlier)).expect("a report");
    hold_against(&mut report, &rules(), &earlier, "before.json", "00").expect("the same account");
    report
}

fn text(message: &Message) -> String {
    message.render(MessageForm::Text)
}

fn json(message: &Message, form: MessageForm) -> Value {
    let text = message.render(form);
    assert!(text.is_ascii() && text.ends_with("}\n") && text.lines().count() == 1, "{text}");
    serde_json::from_str(&text).expect("JSON")
}

fn told(report: &Report) -> String {
    text(&notify(report, Severity::Low))
}

#[test]
fn where_nothing_is_new_it_is_one_line() {
    let right = judged(&account(RIGHT, &[]));
    assert_eq!(told(&right), "Shop · 123456789012 · nothing fails: 6 pass\n");
    assert!(!notify(&right, Severity::Low).is_news());
    let slow = judged(&account(SLOW, &["spare"]));
    let again = held(&account(SLOW, &["spare"]), &slow);
    // What waits for it was known as well.
    assert_eq!(told(&again), "Shop · 123456789012 · nothing new: 3 known\n");
    assert!(!notify(&again, Severity::Low).is_news());
}

#[test]
fn what_is_new_is_told_the_worst_first_and_without_a_baseline_all_of_it() {
    let before = judged(&account(RIGHT, &["spare"]));
    let now = held(&account(SLOW, &["spare", "another", "third"]), &before);
    let lines: Vec<String> = told(&now).lines().map(str::to_owned).collect();
    assert_eq!(lines[0], "Shop · 123456789012 · 3 new, 1 waiting; 1 known");
    assert!(lines[1].starts_with("FAIL high delay · orders: DelaySeconds 9"), "{lines:?}");
    assert!(lines[2].starts_with("FAIL medium encrypted · another, third: "), "{lines:?}");
    assert_eq!(lines[3], "waits after · orders: for delay");
    assert_eq!(lines.len(), 4, "{lines:?}");
    let all = told(&judged(&account(SLOW, &["spare", "another", "third", "fourth"])));
    assert!(all.starts_with("Shop · 123456789012 · 5 fail, 1 waiting\n"), "{all}");
    assert!(all.contains("encrypted · another, fourth, spare and 1 more: "), "{all}");
}

#[test]
fn what_is_fixed_and_gone_is_told() {
    let before = judged(&account(SLOW, &["spare"]));
    let now = held(&account(RIGHT, &[]), &before);
    let said = told(&now);
    assert_eq!(said.lines().next(), Some("Shop · 123456789012 · 2 fixed, 1 gone"), "{said}");
    assert!(said.contains("\nfixed delay · orders\n") && said.contains("\ngone encrypted · spare\n"), "{said}");
}

/// Nothing that was not read is fixed, passed or new, and none of it is left out of the line.
#[test]
fn what_was_not_read_is_never_settled() {
    let right = judged(&account(RIGHT, &[]));
    let now = held(&account(DENIED, &[]), &right);
    let said = told(&now);
    assert!(said.starts_with("Shop · 123456789012 · 2 newly unknown\n"), "{said}");
    assert!(said.contains("\nunknown delay · orders: "), "{said}");
    assert!(said.contains("permit sqs:"), "{said}");
    // It failed, and now nobody knows: the run is quiet, and says so.
    let slow = judged(&account(SLOW, &[]));
    let said = told(&held(&account(DENIED, &[]), &slow));
    assert_eq!(said, "Shop · 123456789012 · nothing new: 2 known but not read\n");
    let said = told(&judged(&account(DENIED, &[])));
    assert!(said.starts_with("Shop · 123456789012 · 2 unknown"), "{said}");
}

#[test]
fn waivers_are_in_the_line_and_told_where_they_end() {
    let waived = |expires: &str, orders: &str| {
        let rule = "owner: ann, reason: known, resource: orders";
        let text = format!("plimsoll_waivers: 1\nwaivers:\n  - {{ rule: timeout, expires: {expires}, {rule} }}\n");
        let path = file("waivers.yaml", &text);
        let waivers = Waivers::read(&path).unwrap_or_else(|said| panic!("{}", said.render(false, 100)));
        let mut report = judged(&account(orders, &[]));
        waive(&mut report, &rules(), &waivers, "2026-11-23");
        report
    };
    let late = RIGHT.replace("VisibilityTimeout: 30", "VisibilityTimeout: 60");
    // `after` waits for nothing, and fails of itself.
    let report = waived("2027-01-31", &late);
    assert_eq!(report.findings.iter().filter(|f| f.verdict == Verdict::Waived).count(), 1);
    let said = told(&report);
    assert!(said.starts_with("Shop · 123456789012 · 1 fails; 1 waived until 2027-01-31\n"), "{said}");
    assert!(!said.contains("\nwaiver "), "{said}");
    let said = told(&waived("2026-12-01", &late));
    assert!(said.contains("\nwaiver timeout · orders: ") && said.contains("2026-12-01"), "{said}");
    // A waiver that ends is no news by itself: that would be a message each night.
    let mut calm = waived("2026-12-01", &late);
    calm.findings.retain(|finding| finding.rule != "after");
    assert_eq!(told(&calm), "Shop · 123456789012 · nothing fails: 1 waived until 2026-12-01\n");
    assert!(told(&waived("2026-12-01", RIGHT)).ends_with("nothing fails: 1 waiver to mend\n"));
}

/// The message is quiet just where the exit code is 0 and nothing is settled.
#[test]
fn what_fails_no_run_is_no_news() {
    let late = RIGHT.replace("VisibilityTimeout: 30", "VisibilityTimeout: 60").replace("1024", "2048");
    let mut report = judged(&account(&late, &[]));
    report.findings.retain(|finding| finding.rule != "after");
    assert!(told(&report).starts_with("Shop · 123456789012 · 1 fails; 1 note\nFAIL low timeout"), "{}", told(&report));
    let said = text(&notify(&report, Severity::High));
    assert_eq!(said, "Shop · 123456789012 · nothing fails: 2 milder than high\n");
}

#[test]
fn it_is_never_longer_than_its_receivers_take_and_counts_what_it_leaves_out() {
    let mut report = judged(&account(SLOW, &["spare"]));
    let first = report.findings.iter().find(|f| f.rule == "delay").expect("the finding").clone();
    for number in 0..200 {
        let mut more = first.clone();
        more.rule = format!("rule-{number}-{}", "x".repeat(500));
        more.found = "y z".repeat(100_000);
        if number % 4 == 0 {
            more.verdict = Verdict::Unknown;
        }
        report.findings.push(more);
    }
    report.title = "Größe 東京 \n".repeat(100);
    let message = notify(&report, Severity::Low);
    let said = text(&message);
    assert_eq!(said.lines().count(), 10, "{said}");
    assert!(said.chars().count() <= 1_600, "{}", said.chars().count());
    assert!(said.lines().any(|line| line.starts_with("unknown rule-0-")), "one of each sort is told: {said}");
    // 150 rules and the two of the account itself fail, 50 are unknown and one waits; six, one and one are told.
    assert!(said.ends_with("\n... and 146 more that fail, 49 more that are unknown\n"), "{said}");
    let sns = json(&message, MessageForm::Sns);
    let subject = sns["Subject"].as_str().expect("a subject");
    assert!(subject.len() < 100 && subject.bytes().all(|b| (b' '..=b'~').contains(&b)), "{subject}");
    assert!(subject.starts_with("Plimsoll: 152 fail, 50 unknown, 1 waiting - Gr??e ?? "), "{subject}");
    assert_eq!(format!("{}\n", sns["Message"].as_str().expect("a message")), said);
    assert_eq!(sns.as_object().expect("an object").len(), 2, "the AWS CLI refuses what it does not know");
}

#[test]
fn hostile_names_are_harmless_in_every_form() {
    let mut report = reports::unkind();
    report.title = "<!channel> & \u{1b}[31m\u{202e}`x`\n```".to_owned();
    let mut shown = report.findings.iter().filter(|f| f.verdict == Verdict::Fail).cloned().collect::<Vec<_>>();
    assert!(shown.len() > 5);
    // Each in a line of its own.
    for (number, finding) in shown.iter_mut().enumerate() {
        finding.rule = format!("r{number}");
        finding.found = "<!here|x> <https://evil.example|ok> ``` @channel\u{200b}\r\n\u{9b}2J".to_owned();
    }
    report.findings = shown;
    let message = notify(&report, Severity::Low);
    let harmful = |text: &str| text.chars().find(|c| *c != '\n' && plimsoll::model::harmless(&c.to_string()).len() > 4);
    let said = text(&message);
    assert_eq!(harmful(&said), None, "{said}");
    assert_eq!(said.lines().count(), 10, "no name makes a line: {said}");
    let sns = json(&message, MessageForm::Sns);
    assert_eq!(harmful(sns["Message"].as_str().expect("a message")), None);
    let slack = json(&message, MessageForm::Slack);
    let slack = slack["text"].as_str().expect("a text");
    assert_eq!(harmful(slack), None);
    assert!(!slack.contains(['<', '>']), "{slack}");
    assert!(slack.starts_with("&lt;!channel&gt; &amp; "), "{slack}");
    // One block of code, from the second line to the last.
    assert_eq!(slack.matches('`').count(), 6, "{slack}");
    assert_eq!((slack.lines().nth(1), slack.lines().last()), (Some("```"), Some("```")), "{slack}");
    // Of an entity, none is cut in two.
    assert!(slack.split('&').skip(1).all(|rest| ["lt;", "gt;", "amp;"].iter().any(|e| rest.starts_with(e))), "{slack}");
}

#[test]
fn of_many_accounts_it_tells_the_rules_the_accounts_not_read_and_what_is_settled() {
    let outcome = |name: &str, report: &Report| Outcome {
        name: name.to_owned(),
        region: None,
        result: Ok(Summary::of(report, Vec::new())),
    };
    let lost = Outcome { name: "c".to_owned(), region: None, result: Err("no\u{1b} <credentials>".to_owned()) };
    let (right, slow) = (judged(&account(RIGHT, &[])), judged(&account(SLOW, &[])));
    let of = |outcomes: Vec<Outcome>| Overview::new(Severity::Low, outcomes.into_iter()).notify();
    let calm = of(vec![outcome("a", &right), outcome("b", &right)]);
    assert_eq!((text(&calm).as_str(), calm.is_news()), ("2 accounts: 2 clean · nothing fails\n", false));
    let said = text(&of(vec![outcome("a", &slow), outcome("b", &right), lost.clone()]));
    assert_eq!(
        said,
        "3 accounts: 1 with findings, 1 could not be read, 1 clean · 1 fail, 0 unknown\n\
         FAIL high delay · fails in 1: a\n\
         not read c: no\\u{1b} <credentials>\n\
         waits medium after · waits for another rule in 1: a\n"
    );
    // Held against an earlier run: what is known is silent, what is fixed is told, what is not read is not settled.
    let (known, fixed) = (held(&account(SLOW, &[]), &slow), held(&account(RIGHT, &[]), &slow));
    let calm = of(vec![outcome("a", &known), outcome("b", &held(&account(RIGHT, &[]), &right))]);
    assert_eq!(text(&calm), "2 accounts: 2 clean · nothing new: 2 known\n");
    let said = text(&of(vec![outcome("a", &fixed), outcome("b", &known)]));
    assert_eq!(said, "2 accounts: 2 clean · 0 new, 2 fixed, 2 known\na: 2 fixed\n");
    let unknown = held(&account(DENIED, &[]), &right);
    let said = text(&of(vec![outcome("a", &unknown), outcome("b", &slow)]));
    // Of `b`, no earlier report was there: all of it is new.
    assert_eq!(
        said,
        "2 accounts: 1 with findings, 1 incomplete · 4 new, 0 fixed, 0 known\n\
         FAIL high delay · fails in 1, unknown in 1: b\n\
         unknown after · unknown in 1, waits for another rule in 1: a, b\n"
    );
    let many: Vec<Outcome> = (0..500).map(|n| Outcome { name: format!("n{n}"), ..lost.clone() }).collect();
    let said = text(&of(many));
    assert_eq!(said.lines().count(), 10, "{said}");
    assert!(said.ends_with("\n... and 492 more accounts not read\n"), "{said}");
}

fn plimsoll(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(arguments).env_clear().output().expect("the binary runs")
}

fn utf8(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn the_command_line_prints_it_or_writes_it_beside_the_report() {
    let slow = judged(&account(SLOW, &[]));
    let saved = file("slow.json", &write_harmless(&slow)).display().to_string();
    let calm = file("calm.json", &write_harmless(&held(&account(SLOW, &[]), &slow))).display().to_string();
    let message = file("message", "of yesterday").display().to_string();
    let run = plimsoll(&["report", &saved, "--notify"]);
    assert_eq!((run.status.code(), utf8(&run.stdout)), (Some(1), told(&slow).as_str()));
    let run = plimsoll(&["report", &calm, "--notify"]);
    assert_eq!((run.status.code(), utf8(&run.stdout)), (Some(0), "Shop · 123456789012 · nothing new: 2 known\n"));
    let run = plimsoll(&["report", &calm, "--notify=sns", "--quiet"]);
    assert_eq!((run.status.code(), utf8(&run.stdout)), (Some(0), ""));
    // To a file: stdout carries the report, and what was in the file goes even where nothing is new.
    let run = plimsoll(&["report", &saved, "--notify=slack", "--notify-to", &message, "--format", "csv"]);
    assert!(utf8(&run.stdout).starts_with("account,id,"), "{}", utf8(&run.stdout));
    let written: Value = serde_json::from_str(&std::fs::read_to_string(&message).expect("a message")).expect("JSON");
    assert!(written["text"].as_str().is_some_and(|text| text.contains("delay")), "{written}");
    plimsoll(&["report", &calm, "--notify=slack", "--notify-to", &message, "--quiet"]);
    assert_eq!(std::fs::read_to_string(&message).expect("a message"), "");
    for (more, said) in [
        (&["--notify", "--format", "json"][..], "stdout carries the message and not the report"),
        (&["--notify=slak"], "'slack'"),
        (&["--notify-to", "/none/at/all"], "its folder does not exist"),
        (&["--notify-to", &message, "--output", &message], "stands for no format"),
        (&["--notify-to", &saved, "--output", &saved], "is named twice"),
    ] {
        let run = plimsoll(&[&["report", &saved], more].concat());
        assert_eq!(run.status.code(), Some(2), "{more:?}");
        assert!(utf8(&run.stderr).contains(said), "{more:?}: {}", utf8(&run.stderr));
    }
}
