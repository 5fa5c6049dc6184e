//! Reports on an account whose names were chosen by somebody unkind, and at every width.

#[path = "judging/mod.rs"]
mod judging;
#[path = "judging/reports.rs"]
mod reports;

use clap::ValueEnum as _;
use plimsoll::model::{Report, ReportedFlow, ReportedResource, Severity, Verdict};
use plimsoll::report::{Format, Look};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;
use unicode_width::UnicodeWidthStr as _;

fn report() -> Report {
    static REPORT: LazyLock<Report> = LazyLock::new(reports::unkind);
    REPORT.clone()
}

/// The report in this format.
fn rendered(format: Format, report: &Report, look: Look) -> String {
    let mut bytes = Vec::new();
    format.render(report, look, &mut bytes).expect("a writer that takes all");
    String::from_utf8(bytes).expect("UTF-8")
}

fn look(width: usize) -> Look {
    Look { width, colour: false, quiet: false, picture: false }
}

#[test]
fn no_name_acts_on_the_terminal() {
    let report = report();
    for format in Format::value_variants().iter().copied() {
        let text = rendered(format, &report, look(80)).replace("\r\n", "\n");
        let harmful: Vec<char> =
            text.chars().filter(|c| *c != '\n' && plimsoll::model::harmless(&c.to_string()) != c.to_string()).collect();
        assert!(harmful.is_empty(), "{format:?}: {harmful:?}");
    }
    let json = rendered(Format::Json, &report, look(80));
    let read: Report = serde_json::from_str(&json).expect("the report comes back");
    assert_eq!(read, report, "a report that is loaded again is the one that was saved");
}

#[test]
fn the_architecture_follows_what_flows() {
    let report = reports::chain();
    let drawn = |width: usize| {
        let text = rendered(Format::Text, &report, look(width));
        let lines: Vec<&str> = text.lines().skip(2).take_while(|line| !line.starts_with("FAIL ")).collect();
        assert!(lines.iter().all(|line| line.width() <= width), "{text}");
        lines.join("\n").trim_end().to_owned().trim_end().to_owned()
    };
    assert_eq!(drawn(160), WIDE.trim_matches('\n'));
    assert_eq!(drawn(80), NARROW.trim_matches('\n'));
}

/// The picture with boxes: branching, and never wider than the window.
#[test]
fn the_picture_fits_the_window_and_branches() {
    let lines = |report: &Report, width: usize| -> Vec<String> {
        let text = rendered(Format::Text, report, Look { picture: true, ..look(width) });
        text.lines().skip(2).take_while(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    for width in [40, 80, 120, 160] {
        for report in [reports::chain(), report(), fan_out()] {
            let drawn = lines(&report, width);
            assert!(drawn.iter().all(|line| line.width() <= width), "{width}\n{}", drawn.join("\n"));
        }
    }
    assert_eq!(lines(&fan_out(), 80).join("\n"), DOWN.trim_matches('\n'));
    assert_eq!(lines(&fan_out(), 120).join("\n"), RIGHT.trim_matches('\n'));
}

/// A topic that feeds two queues, one of which anyone may send to, and a function that both set off.
fn fan_out() -> Report {
    let mut report = reports::chain();
    report.findings.clear();
    let resource = |name: &str, of_type: &str| ReportedResource {
        resource: name.to_owned(),
        type_name: of_type.to_owned(),
        name: None,
        of: None,
        protocol: None,
        verdict: Verdict::Pass,
    };
    report.resources = vec![
        resource("orders", "AWS::SNS::Topic"),
        resource("billing", "AWS::SQS::Queue"),
        resource("shipping", "AWS::SQS::Queue"),
        resource("worker", "AWS::Lambda::Function"),
    ];
    let flow = |from: &str, to: &str, verdict: Verdict| ReportedFlow {
        rule: format!("{from}-{to}"),
        from: from.to_owned(),
        to: to.to_owned(),
        by: None,
        wire: None,
        verdict,
    };
    report.flows = vec![
        flow("orders", "billing", Verdict::Pass),
        flow("orders", "shipping", Verdict::Fail),
        flow("billing", "worker", Verdict::Pass),
        flow("shipping", "worker", Verdict::Unknown),
    ];
    report
}

const DOWN: &str = "
         ┌───────────┐
         │ SNS topic │
         │ orders    │
         │ ok        │
         └───────────┘
               │
       ┌───────┴───────┐
       │ subscription  │ subscription
       │ ok            │ FAIL
       ▼               ▼
 ┌───────────┐   ┌───────────┐
 │ SQS queue │   │ SQS queue │
 │ billing   │   │ shipping  │
 │ ok        │   │ ok        │
 └───────────┘   └───────────┘
       │               │
       │ trigger       │ trigger
       │ ok            │ UNKNOWN
       └───────┬───────┘
               ▼
      ┌─────────────────┐
      │ Lambda function │
      │ worker          │
      │ ok              │
      └─────────────────┘
";

const RIGHT: &str = "
                                    ┌───────────┐
                 subscription ok    │ SQS queue │     trigger ok
              ┌────────────────────▶│ billing   │───────────────────┐
┌───────────┐ │                     │ ok        │                   │ ┌─────────────────┐
│ SNS topic │ │                     └───────────┘                   │ │ Lambda function │
│ orders    │─┤                                                     ├▶│ worker          │
│ ok        │ │                     ┌───────────┐                   │ │ ok              │
└───────────┘ │ subscription FAIL   │ SQS queue │   trigger UNKNOWN │ └─────────────────┘
              └────────────────────▶│ shipping  │───────────────────┘
                                    │ ok        │
                                    └───────────┘
";

const WIDE: &str = "
  POST / ───▶ POC-Queue ───▶ POC-Lambda-1 ──────▶ orders ══stream══▶ POC-Lambda-2 ───▶ POC-Topic ──▶ mail
  ok     FAIL ok        FAIL ok           UNKNOWN ok     FAIL        ok           FAIL ok        ok  ok

  POC-Topic ──────▶ a-function-with-a-n…that-is-rather-long
            BLOCKED FAIL

  api
  ok
";

const NARROW: &str = "
  POST / ───▶ POC-Queue ───▶ POC-Lambda-1 ──────▶ orders
  ok     FAIL ok        FAIL ok           UNKNOWN ok

  ══stream══▶ POC-Lambda-2 ───▶ POC-Topic ──▶ mail
  FAIL        ok           FAIL ok        ok  ok

  POC-Topic ──────▶ a-function-with-a-n…that-is-rather-long
            BLOCKED FAIL

  api
  ok
";

#[test]
fn no_line_is_wider_than_the_window() {
    let report = report();
    for width in [40, 60, 80, 100, 160] {
        for line in rendered(Format::Text, &report, look(width)).lines() {
            assert!(line.width() <= width, "{} > {width}: {line}", line.width());
        }
    }
}

#[test]
fn the_report_fits_its_published_schema() {
    let schema: serde_json::Value = serde_json::from_str(include_str!("../schema/report.schema.json")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let json: serde_json::Value = serde_json::from_str(&rendered(Format::Json, &report(), look(80))).expect("JSON");
    let mistakes: Vec<String> = validator.iter_errors(&json).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

#[test]
fn steps_stand_in_the_order_of_people_and_the_last_line_says_what_to_do() {
    let text = rendered(Format::Text, &report(), look(100));
    let place = |what: &str| text.rfind(what).unwrap_or_else(|| panic!("{what} is not in\n{text}"));
    assert!(place(" 2     queue-exists") < place(" 10    roles"), "{text}");
    assert!(text.trim_end().ends_with("Next: mend queue-exists on orders; 1 other rule waits for it."), "{text}");
}

#[test]
fn quiet_says_nothing_when_all_is_well_and_something_when_it_is_not() {
    let quiet = Look { quiet: true, ..look(80) };
    assert!(rendered(Format::Text, &report(), quiet).contains("FAIL"));
    let mut clean = report();
    clean.findings.clear();
    clean.counts = plimsoll::model::Counts::default();
    assert_eq!(rendered(Format::Text, &clean, quiet), "");
    // A remark fails no run, and a job that runs each day has no use for it each day.
    let mut remarks = report();
    remarks.findings.retain(|finding| finding.verdict == Verdict::Fail);
    assert!(!remarks.findings.is_empty());
    remarks.findings.iter_mut().for_each(|finding| finding.severity = Severity::Info);
    assert_eq!(rendered(Format::Text, &remarks, quiet), "");
    assert_eq!(rendered(Format::Markdown, &remarks, quiet), "");
    assert_ne!(rendered(Format::Text, &remarks, look(80)), "");
}

/// The Sid of a statement is chosen by whoever wrote the policy, and is told with the request that it allows.
#[test]
fn a_fault_in_a_policy_is_told_with_its_statement_and_proof_and_does_nothing_else() {
    let policy = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": {
            "Sid": "\u{1b}[2J\u{202e}open\n", "Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*",
        },
    });
    let queue = serde_json::json!({ "type": "AWS::SQS::Queue", "name": "orders", "properties": { "Policy": policy } });
    let account = serde_json::json!({ "resources": [queue] });
    let account = judging::account(&plimsoll::report::write_harmless(&account));
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("unkind-policy.yaml");
    let rules = "plimsoll: 1\ntitle: t\nresources: { queue: { type: AWS::SQS::Queue, name: orders } }\n\
                 rules: [{ id: closed, access: { to: queue, actions: [sqs:SendMessage], exactly: [] } }]\n";
    std::fs::write(&path, rules).expect("a file for the test");
    let rules = judging::rules(&path, &BTreeMap::new()).expect("right rules");
    let report = judging::judge(&rules, &account);
    let catalogue = report.catalogue.as_deref().unwrap_or_default();
    assert!(
        catalogue.starts_with(plimsoll::iam::catalogue::Catalogue::embedded().date()) && catalogue.contains("iam-data"),
        "{catalogue}"
    );
    let beyond = report.findings.iter().flat_map(|finding| &finding.beyond).collect::<Vec<_>>();
    assert_eq!(beyond.len(), 1, "{beyond:?}");
    assert_eq!((beyond[0].who.as_str(), &beyond[0].actions[..]), ("anyone", &["sqs:SendMessage".to_owned()][..]));
    assert!(beyond[0].by[0].contains("open"), "{beyond:?}");
    for format in [Format::Text, Format::Json, Format::Html] {
        let text = rendered(format, &report, look(120));
        assert!(text.contains("anyone may, by statement"), "{text}");
        assert!(text.contains("sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:orders by "), "{text}");
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
    }
    assert!(rendered(Format::Text, &report, look(120)).contains("     proof   sqs:SendMessage"));
}

/// Four hundred findings of one rule are told in a few lines, and each is counted.
#[test]
fn what_a_rule_says_of_many_resources_is_told_once() {
    let rules = "plimsoll: 1\ntitle: t\nrules:\n  - { id: delay, title: No delay, each: AWS::SQS::Queue, expect: { DelaySeconds: 0 }, fix: Set it to 0. }\n";
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("many-of-a-rule.yaml");
    std::fs::write(&file, rules).expect("a file");
    let rules = judging::rules(&file, &BTreeMap::new()).expect("rules");
    let queue = |at: usize, delay: usize| {
        format!("  - {{ type: AWS::SQS::Queue, name: q-{at:03}, properties: {{ DelaySeconds: {delay} }} }}\n")
    };
    let told = |delays: &dyn Fn(usize) -> usize, count: usize| {
        let queues: String = (0..count).map(|at| queue(at, delays(at))).collect();
        let account = format!("resources:\n{queues}");
        rendered(Format::Text, &judging::judge(&rules, &judging::account(&account)), look(80))
    };
    let same = told(&|_| 5, 400);
    assert_eq!(same.matches("Set it to 0.").count(), 1, "{same}");
    assert!(same.contains("delay · 400 resources") && same.contains("q-007 and 392 more"), "{same}");
    let differing = told(&|at| at + 1, 20);
    assert!(differing.contains("q-000: DelaySeconds 1") && differing.contains("... and 12 more"), "{differing}");
    let two = told(&|at| at, 2);
    assert!(two.contains("delay · q-001") && !two.contains("resources ·"), "{two}");
}
