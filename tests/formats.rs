//! Every format of a report: byte for byte on saved reports, against published schemas, and read back by programs that
//! know nothing of Plimsoll. `UPDATE=1 cargo test --test formats` writes the expected files anew.

mod judging;
#[path = "judging/reports.rs"]
mod reports;

#[path = "formats/back.rs"]
mod back;
#[path = "formats/command.rs"]
mod command;
#[path = "formats/strange.rs"]
mod strange;

use clap::ValueEnum as _;
use plimsoll::model::{Report, Verdict};
use plimsoll::report::{Format, Look, read};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats")
}

fn rendered(format: Format, report: &Report) -> String {
    let look = Look { width: 120, colour: false, quiet: false, picture: false };
    let mut bytes = Vec::new();
    format.render(report, look, &mut bytes).expect("a writer that takes all");
    String::from_utf8(bytes).expect("UTF-8")
}

/// The report that was saved under this name.
fn saved(name: &str) -> Report {
    let path = folder().join(name).join("report.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    read(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[track_caller]
fn is_as_expected(path: &Path, found: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, found).expect("tests/ is writable");
    }
    let wanted = std::fs::read_to_string(path).unwrap_or_default();
    let differs = wanted.lines().zip(found.lines()).find(|(wanted, found)| wanted != found);
    assert!(wanted == found, "{} is out of date: {differs:?}", path.display());
}

/// `report` as it would be on any machine and in any version.
fn anywhere(mut report: Report) -> Report {
    report.tool = "0.1.0".to_owned();
    report.rules.file = "rules/shop.yaml".to_owned();
    report.findings.iter_mut().for_each(|finding| finding.place.file = "rules/shop.yaml".to_owned());
    report
}

#[test]
fn the_saved_reports_are_what_is_judged() {
    for (name, report) in [("unkind", reports::unkind()), ("chain", reports::chain())] {
        is_as_expected(&folder().join(name).join("report.json"), &rendered(Format::Json, &anywhere(report)));
    }
}

#[test]
fn every_format_is_the_same_byte_for_byte() {
    for name in ["unkind", "chain", "whole", "since"] {
        let report = saved(name);
        for format in Format::value_variants() {
            let file = folder().join(name).join(format!("report.{}", format.ending()));
            is_as_expected(&file, &rendered(*format, &report));
        }
    }
}

#[test]
fn the_endings_pick_the_formats() {
    for format in Format::value_variants() {
        let path = PathBuf::from(format!("a.b/report.{}", format.ending()));
        assert_eq!(Format::of(&path), Some(*format));
    }
    assert_eq!(Format::of(Path::new("REPORT.JSON")), Some(Format::Json));
    for path in ["report", "report.", ".json", "report.yaml", "report.json.gz"] {
        assert_eq!(Format::of(Path::new(path)), None, "{path}");
    }
}

/// What GitHub needs beyond the standard, and what the standard needs beyond its schema.
#[test]
fn code_scanning_takes_the_sarif() {
    let report = saved("whole");
    let text = rendered(Format::Sarif, &report);
    back::fits_the_sarif_schema(&text);
    let sarif: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let run = &sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), 5, "three fails, one that is waived and one unknown");
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("a number")).expect("a small one");
        let rule = &rules[index];
        assert_eq!(rule["id"], result["ruleId"]);
        for text in [&rule["shortDescription"]["text"], &rule["fullDescription"]["text"], &rule["help"]["text"]] {
            assert!((1..=1024).contains(&text.as_str().expect("a text").chars().count()), "{rule}");
        }
        assert!(rule["properties"]["tags"].as_array().expect("tags").len() <= 10);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "rules/shop.yaml");
        assert!(place["region"]["startLine"].as_u64().expect("a line") > 0);
        let unknown = result["properties"]["verdict"] == "unknown";
        // The standard: a result that is not of the kind `fail` has no level of its own.
        assert_eq!((result["kind"] == "open", result.get("level").is_none()), (unknown, unknown), "{result}");
        assert_eq!(
            rule["properties"].get("security-severity").is_none(),
            unknown || result["level"] == "note" && result["properties"]["severity"] == "info"
        );
    }
    let senders = rules.iter().find(|rule| rule["id"] == "queue-senders").expect("the rule");
    assert_eq!(senders["properties"]["security-severity"], "9.5");
    assert_eq!(senders["properties"]["tags"][1], "AWS Security Hub SQS.3");
    assert_eq!(
        results[0]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"],
        report.findings[1].arn.as_deref().expect("an ARN")
    );
    assert_eq!(results[0]["partialFingerprints"]["primaryLocationLineHash"], report.findings[1].id);
}

/// 26,000 results: the worst are kept, and what is left out is said.
#[test]
fn code_scanning_gets_no_more_than_it_takes() {
    let mut report = saved("whole");
    let fail = report.findings.iter().find(|finding| finding.verdict == Verdict::Fail).expect("a fail").clone();
    report.findings = (0..26_000)
        .map(|i| {
            let mut finding = fail.clone();
            finding.id = format!("{i:016x}");
            finding.severity = if i < 2_000 { plimsoll::model::Severity::Low } else { plimsoll::model::Severity::High };
            finding
        })
        .collect();
    let sarif: serde_json::Value = serde_json::from_str(&rendered(Format::Sarif, &report)).expect("JSON");
    let run = &sarif["runs"][0];
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), 25_000);
    assert_eq!(results.iter().filter(|result| result["properties"]["severity"] == "high").count(), 24_000);
    assert_eq!(run["properties"]["resultsLeftOut"], 1_000);
    let said = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str().expect("a text");
    assert!(said.contains("1000 milder"), "{said}");
}

#[test]
fn build_servers_take_the_junit() {
    for name in ["unkind", "chain", "whole", "since"] {
        back::fits_the_junit_schema(&rendered(Format::Junit, &saved(name)));
    }
    let cases = back::junit(&rendered(Format::Junit, &saved("whole")));
    let ended: Vec<(&str, &str)> = cases.iter().map(|case| (case.suite.as_str(), case.ended.as_str())).collect();
    assert_eq!(
        ended,
        [
            ("step 1", "passed"),
            ("step 2", "failure"),
            ("step 2", "error"),
            ("step 2", "skipped"),
            ("step 10", "skipped"),
            ("step 10", "skipped"),
            ("no step", "system-out"),
            ("no step", "failure"),
        ]
    );
}

/// A comment on a pull request has room for 65,536 characters.
#[test]
fn a_long_report_fits_into_a_comment() {
    let mut report = saved("whole");
    report.findings = report.findings.iter().cycle().take(10_000).cloned().collect();
    for (i, finding) in report.findings.iter_mut().enumerate() {
        finding.rule = format!("rule-{}", i / 8);
        finding.id = format!("{i:016x}");
    }
    let page = rendered(Format::Markdown, &report);
    assert!(page.len() < 65_536, "{}", page.len());
    let left_out = |what: &str| -> usize {
        let (_, rest) = page.split_once("… and ").expect("something is left out");
        let line = std::iter::once(rest).chain(rest.split("… and ")).find(|line| line.contains(what)).expect(what);
        line.split(' ').next().expect("a number").parse().expect("a number")
    };
    let failing = report.findings.iter().filter(|finding| finding.verdict == Verdict::Fail).count();
    let shown = page.split("### Unknown").next().expect("a page").matches("<details>").count();
    assert_eq!(shown + left_out("more fail;"), failing);
    for section in ["### Failing", "### Unknown", "### Blocked", "### All rules", "<summary>Not checked"] {
        assert!(page.contains(section), "{section}");
    }
    assert!(page.matches("\n| ").count() > 30, "the table has rows");
    let mut empty = report;
    empty.findings.clear();
    empty.resources.clear();
    empty.counts = plimsoll::model::Counts::default();
    assert!(rendered(Format::Markdown, &empty).contains("**no findings"));
}
