//! Reports in which every text may be hostile: nothing acts, and programs read back what was found.

use super::{back, rendered, saved};
use clap::ValueEnum as _;
use plimsoll::model::{
    BaselineHead, Beyond, ComparedPolicy, Counts, Finding, FindingWaiver, Grading, How, Hundredths, Instead,
    NotChecked, Part, Place, Points, Report, ReportGap, ReportedFlow, ReportedResource, RulesHead, Settled, Severity,
    ShownStatement, Since, StatementPair, Verdict, WaiverMatter, WaiverNote, WaiverStatus, WaiversHead, Was, harmless,
};
use plimsoll::report::Format;
use proptest::prelude::*;

/// Pieces of what people with ill intent write.
const PIECES: &[&str] = &[
    "\u{1b}[2J\u{1b}[31m",
    "\u{9b}31m",
    "\u{202e}gpj",
    "\u{200b}",
    "\u{feff}",
    "\u{fffe}",
    "\u{0}",
    "<script>alert(1)</script>",
    "</code></details><img src=x onerror=y>",
    "<!--",
    "-->",
    "]]>",
    "<![CDATA[",
    "&amp;",
    "&#64;",
    "=cmd|' /C calc'!A1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r",
    "\n",
    "\r\n| a | b |\n",
    "|",
    "\\|",
    "`",
    "```",
    "~~~",
    "[x](https://example.com)",
    "![x](x)",
    "www.example.com",
    "@everyone",
    "a/b#1",
    "GH-1",
    "end",
    "\"]; click n0 call x()",
    "n0-->n1",
    "%%{init: {}}%%",
    "#quot;",
    "---",
    "# h",
    "- l",
    "1. n",
    "\"",
    "'",
    "\"\"",
    ",",
    ";",
    ";=1",
    "東京",
    "é",
    "🦀",
    "POC-Queue",
    " ",
    "\u{e0041}",
    "\u{2028}",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::collection::vec(prop::sample::select(PIECES), 0..4).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
    ]
}

fn verdict() -> impl Strategy<Value = Verdict> {
    prop::sample::select(&Verdict::WORST_FIRST[..])
}

fn points() -> impl Strategy<Value = Points> {
    (0_u64..500, 0_u64..500)
        .prop_map(|(earned, more)| Points { earned: Hundredths(earned), possible: Hundredths(earned + more) })
}

fn not_checked() -> impl Strategy<Value = Vec<NotChecked>> {
    prop::collection::vec((text(), text()).prop_map(|(what, why)| NotChecked { what, why }), 0..2)
}

fn finding() -> impl Strategy<Value = Finding> {
    let names = (text(), text(), text(), text(), prop::option::of(text()), prop::option::of(text()));
    let judged =
        (verdict(), prop::sample::select(&Severity::ALL[..]), points(), prop::option::of(text()), text(), text());
    let place = (text(), 0_usize..100, 0_usize..100).prop_map(|(file, line, column)| Place { file, line, column });
    let more = (
        prop::option::of(text()),
        prop::collection::vec((text(), text()).prop_map(|(of, text)| Instead { of, text }), 0..2),
        prop::option::of(text()),
        prop::option::of(text()),
        prop::collection::vec(text(), 0..12),
        not_checked(),
        prop::collection::vec(text(), 0..3),
        prop::collection::vec(text(), 0..3),
    );
    (names, judged, place, more).prop_map(|(names, judged, place, more)| {
        let (id, rule, title, resource, name, arn) = names;
        let (verdict, severity, points, step, wanted, found) = judged;
        let (witness, instead, reason, fix, controls, not_checked, blocked_by, evidence) = more;
        let beyond = |instead: &Instead| Beyond {
            who: instead.of.clone(),
            actions: vec![instead.text.clone()],
            by: vec![instead.of.clone()],
            conditions: vec![instead.text.clone()],
        };
        let compared = |instead: &Instead| {
            let shown = ShownStatement { place: instead.of.clone(), text: instead.text.clone(), fits: Some(false) };
            let pair = StatementPair { wanted: Some(shown), found: None };
            ComparedPolicy {
                of: instead.of.clone(),
                wanted_by: Some(instead.of.clone()),
                statements: vec![pair],
                more: 1,
            }
        };
        let part = Part { path: wanted.clone(), verdict, wanted: wanted.clone(), found: found.clone(), points };
        // A waiver says what others wrote, wherever it is shown.
        let waiver = waiver_of(&reason, &found, &place);
        // And so does a baseline.
        let baseline = fix.clone().map(|words| {
            let since = if words.len() % 2 == 0 { Since::New } else { Since::Known };
            (since, Was { verdict, severity, state: words.clone(), found: words })
        });
        let (since, was) = baseline.unzip();
        Finding {
            state: id.clone(),
            id,
            rule,
            title,
            type_name: resource.clone(),
            resource,
            name,
            arn,
            verdict,
            severity,
            points,
            step,
            wanted,
            found,
            parts: vec![part],
            place,
            witness,
            beyond: instead.iter().map(beyond).collect(),
            policies: instead.iter().map(compared).collect(),
            instead,
            hint: reason.clone(),
            for_staff: Vec::new(),
            reason,
            fix,
            controls,
            not_checked,
            blocked_by,
            excused: waiver.is_some(),
            waiver,
            since,
            was,
            evidence,
        }
    })
}

/// A waiver with this reason, if there is one.
fn waiver_of(reason: &Option<String>, owner: &str, place: &Place) -> Option<FindingWaiver> {
    let reason = reason.clone()?;
    Some(FindingWaiver {
        status: if reason.len() % 2 == 0 { WaiverStatus::Live } else { WaiverStatus::Expired },
        owner: owner.to_owned(),
        expires: owner.to_owned(),
        ticket: Some(reason.clone()),
        approver: Some(reason.clone()),
        reason,
        place: place.clone(),
    })
}

/// What is said of a baseline of others.
fn baseline(said: &[(String, String, String)]) -> Option<BaselineHead> {
    let (file, ..) = said.first()?;
    let settled = said.iter().map(|(id, rule, resource)| Settled {
        how: How::Fixed,
        id: id.clone(),
        rule: rule.clone(),
        resource: resource.clone(),
        arn: None,
        was: Was { verdict: Verdict::Fail, severity: Severity::Low, state: id.clone(), found: rule.clone() },
    });
    Some(BaselineHead {
        file: file.clone(),
        sha256: String::new(),
        new: 1,
        known: 2,
        changed: 3,
        fixed: 4,
        gone: 5,
        not_read: 6,
        notes: vec![file.clone()],
        settled: settled.collect(),
    })
}

/// What is said of a waiver of others.
fn waivers(said: &[(String, String, String)]) -> Option<WaiversHead> {
    let (file, ..) = said.first()?;
    let place = Place { file: file.clone(), line: 1, column: 1 };
    let notes = said.iter().map(|(rule, resource, says)| WaiverNote {
        kind: WaiverMatter::Unmatched,
        says: says.clone(),
        rule: rule.clone(),
        resource: resource.clone(),
        place: place.clone(),
    });
    Some(WaiversHead { file: file.clone(), sha256: String::new(), day: file.clone(), notes: notes.collect() })
}

fn report() -> impl Strategy<Value = Report> {
    let resource =
        (text(), text(), prop::option::of(text()), verdict()).prop_map(|(resource, type_name, name, verdict)| {
            ReportedResource { resource, type_name, of: name.clone(), protocol: name.clone(), name, verdict }
        });
    let flow = (text(), 0_usize..4, 0_usize..4, prop::option::of(text()), verdict());
    let head = (text(), text(), text(), text(), text(), prop::collection::vec(text(), 0..3), prop::option::of(text()));
    let lists = (
        prop::collection::vec(resource, 0..5),
        prop::collection::vec(flow, 0..4),
        prop::collection::vec(finding(), 0..8),
        prop::collection::vec((text(), text(), text()), 0..3),
        not_checked(),
    );
    (head, lists).prop_map(|(head, lists)| {
        let (tool, title, file, account, caller, regions, catalogue) = head;
        let (resources, flows, findings, gaps, not_checked) = lists;
        let key = |at: usize| resources.get(at).map_or_else(|| "elsewhere".to_owned(), |one| one.resource.clone());
        let flows = flows
            .into_iter()
            .map(|(rule, from, to, by, verdict)| ReportedFlow {
                rule,
                from: key(from),
                to: key(to),
                by,
                wire: None,
                verdict,
            })
            .collect();
        let mut counts = Counts::default();
        findings.iter().for_each(|finding| counts.add(finding.verdict));
        let points = findings.iter().fold(Points::default(), |sum, finding| sum.plus(finding.points));
        Report {
            version: 1,
            tool,
            title,
            rules: RulesHead { sha256: file.clone(), file },
            partition: account.clone(),
            account,
            caller,
            regions,
            calls: 1,
            catalogue,
            complete: counts.unknown == 0,
            counts,
            points,
            grading: Grading::default(),
            foreign: Vec::new(),
            resources,
            flows,
            findings,
            waivers: waivers(&gaps),
            baseline: baseline(&gaps),
            gaps: gaps.into_iter().map(|(call, reason, remedy)| ReportGap { call, reason, remedy }).collect(),
            not_checked,
        }
    })
}

/// What is left of a page when the elements that it makes itself are taken out.
fn without_own_elements(page: &str) -> String {
    let own = [
        "<!-- plimsoll -->",
        "<code>",
        "</code>",
        "<details>",
        "</details>",
        "<summary>",
        "</summary>",
        "<b>",
        "</b>",
        "<br>",
        "<br/>",
        "<span>",
        "</span>",
        "<sub>",
        "</sub>",
    ];
    own.iter().fold(page.to_owned(), |page, element| page.replace(element, ""))
}

fn nothing_acts_in_markdown(page: &str) {
    assert!(page.len() < 65_536);
    let (before, rest) = page.split_once("\n```mermaid\n").unwrap_or((page, "```\n"));
    let (chart, after) = rest.split_once("```\n").expect("the chart ends");
    for part in [before, after] {
        let plain = without_own_elements(part);
        assert!(!plain.contains(['<', '>', '`', '~', '[', ']', '@', '$', '\\', '!']), "{plain}");
        assert!(!plain.contains("://") && !plain.to_ascii_lowercase().contains("www."), "{plain}");
        // What is left of `*` makes our own words bold.
        assert_eq!(plain.replace("**", "").find('*'), None, "{plain}");
    }
    for line in chart.lines().skip(1) {
        let labels = line.matches('"').count();
        assert!(labels == 0 || labels == 2, "{line}");
        let label = line.split('"').nth(1).unwrap_or_default().replace("<br/>", "");
        assert!(
            !label.contains(['<', '>', '`', '*', '_', '[', ']', '(', ')', '{', '}', '|', '%', '&', '\\']),
            "{line}"
        );
        let bare = line.split('"').step_by(2).collect::<String>();
        assert!(bare.is_ascii() && !bare.contains("click"), "{line}");
    }
    // Every row of the table has as many cells as its header.
    let mut rows = after.lines().filter(|line| line.starts_with('|'));
    let cells = rows.next().map(|row| row.matches('|').count());
    assert!(rows.all(|row| Some(row.matches('|').count()) == cells), "{after}");
}

fn the_same_findings(report: &Report) {
    assert_eq!(back::jsonl(&rendered(Format::Jsonl, report)), *report);
    assert_eq!(plimsoll::report::read(&rendered(Format::Json, report)).as_ref(), Ok(report));

    let rows = back::csv(&rendered(Format::Csv, report));
    assert_eq!(rows.len(), report.findings.len());
    for (row, finding) in rows.iter().zip(&report.findings) {
        for (column, value) in [
            ("id", &finding.id),
            ("rule", &finding.rule),
            ("resource", &finding.resource),
            ("found", &finding.found),
            ("controls", &finding.controls.join("; ")),
            ("verdict", &finding.verdict.to_string()),
        ] {
            assert!(back::same_cell(&row[column], value), "{column}: {:?} of {value:?}", row[column]);
        }
        for cell in row.values() {
            let splits: Vec<&str> = cell.split(';').map(|part| part.trim_start_matches([' ', '"'])).collect();
            assert!(!splits.iter().any(|part| part.starts_with(['=', '+', '-', '@'])), "{cell}");
        }
    }

    let text = rendered(Format::Junit, report);
    back::fits_the_junit_schema(&text);
    let cases = back::junit(&text);
    assert_eq!(cases.len(), report.findings.len());
    for finding in &report.findings {
        assert!(cases.iter().any(|case| back::is_case_of(case, finding)), "{finding:?} in {cases:?}");
    }

    let text = rendered(Format::Sarif, report);
    back::fits_the_sarif_schema(&text);
    let sarif: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let told = |finding: &&Finding| matches!(finding.verdict, Verdict::Fail | Verdict::Waived | Verdict::Unknown);
    let findings: Vec<&Finding> = report.findings.iter().filter(told).collect();
    assert_eq!(results.len(), findings.len());
    for (result, finding) in results.iter().zip(findings) {
        let properties = &result["properties"];
        assert_eq!(properties["id"], finding.id);
        assert_eq!(properties["rule"], finding.rule);
        assert_eq!(properties["verdict"], finding.verdict.as_str());
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().expect("an address");
        assert!(uri.is_ascii() && !uri.is_empty() && !uri.starts_with('/') && !uri.contains(':'), "{uri}");
        let message = result["message"]["text"].as_str().expect("a text");
        assert!(
            !message.contains("](") && harmless(message) == message && message.chars().count() <= 1024,
            "{message}"
        );
    }
}

fn nothing_acts(report: &Report) {
    for format in Format::value_variants() {
        let text = rendered(*format, report).replace("\r\n", "\n");
        let harmful: Vec<char> =
            text.chars().filter(|c| *c != '\n' && harmless(&c.to_string()) != c.to_string()).collect();
        assert!(harmful.is_empty(), "{format:?}: {harmful:?}");
    }
    nothing_acts_in_markdown(&rendered(Format::Markdown, report));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_in_a_report_nothing_acts_and_nothing_is_lost(report in report()) {
        nothing_acts(&report);
        the_same_findings(&report);
    }
}

/// Each piece in every field of every verdict at once.
#[test]
fn no_piece_acts_anywhere() {
    for piece in PIECES {
        let mut report = saved("whole");
        report.title = (*piece).to_owned();
        report.account = (*piece).to_owned();
        report.regions = vec![(*piece).to_owned()];
        report.rules.file = (*piece).to_owned();
        for resource in &mut report.resources {
            resource.name = Some((*piece).to_owned());
        }
        for flow in &mut report.flows {
            flow.by = Some((*piece).to_owned());
        }
        for finding in &mut report.findings {
            for text in [
                &mut finding.rule,
                &mut finding.title,
                &mut finding.resource,
                &mut finding.wanted,
                &mut finding.found,
                &mut finding.place.file,
            ] {
                *text = (*piece).to_owned();
            }
            for text in [&mut finding.name, &mut finding.arn, &mut finding.witness, &mut finding.fix, &mut finding.step]
            {
                *text = Some((*piece).to_owned());
            }
            finding.controls = vec![(*piece).to_owned(); 30];
            finding.blocked_by = vec![(*piece).to_owned()];
        }
        nothing_acts(&report);
        the_same_findings(&report);
    }
}

/// The longest of the worst in every place: the page still fits.
#[test]
fn a_page_of_escapes_fits_into_a_comment() {
    for piece in ["@", "\u{10ffff}", "|", "東", "\""] {
        let mut report = saved("whole");
        let long = piece.repeat(3_000);
        report.title.clone_from(&long);
        report.account.clone_from(&long);
        report.regions = vec![long.clone(); 30];
        report.rules.file.clone_from(&long);
        report.tool.clone_from(&long);
        report.catalogue = Some(long.clone());
        report.resources = (0..200)
            .map(|i| ReportedResource {
                resource: i.to_string(),
                type_name: long.clone(),
                name: Some(long.clone()),
                of: None,
                protocol: None,
                verdict: Verdict::Unknown,
            })
            .collect();
        report.flows = (0..199)
            .map(|i: usize| ReportedFlow {
                rule: long.clone(),
                from: i.to_string(),
                to: (i + 1).to_string(),
                by: Some(long.clone()),
                wire: None,
                verdict: Verdict::Unknown,
            })
            .collect();
        for finding in &mut report.findings {
            finding.rule.clone_from(&long);
            finding.found.clone_from(&long);
            finding.wanted.clone_from(&long);
            finding.name = Some(long.clone());
            finding.fix = Some(long.clone());
            finding.reason = Some(long.clone());
        }
        report.not_checked = vec![NotChecked { what: long.clone(), why: long.clone() }; 50];
        nothing_acts_in_markdown(&rendered(Format::Markdown, &report));
    }
}
