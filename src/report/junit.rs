//! The report as JUnit XML, which build servers show as tests: each finding a test case.
//!
//! A suite is a step of the instructions where rules have steps, else a type of resource. A fail is a failure, unknown an
//! error; blocked, waived, not applicable and what a baseline knows are skipped; a fail that can fail no run is a passed test with output. The
//! elements and attributes are those that the Jenkins xUnit plugin publishes a schema for. No rule takes time of its own,
//! so every time is 0.

use super::text::{before, excuse, place, since, step_order, whose};
use crate::model::{Counts, Finding, FindingWaiver, Points, Report, Since, Verdict, harmless};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io::{self, Write};

/// `report` as JUnit XML.
pub(super) fn junit(report: &Report, to: &mut dyn Write) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(to, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let suites = suites(report);
    let all = Tally::of(&report.findings.iter().collect::<Vec<&Finding>>());
    let root = xml.create_element("testsuites").with_attribute(("name", safe(&report.title).as_str()));
    root.with_attribute(("tests", all.tests.to_string().as_str()))
        .with_attribute(("failures", all.failures.to_string().as_str()))
        .with_attribute(("errors", all.errors.to_string().as_str()))
        .with_attribute(("time", "0"))
        .write_inner_content(|xml| suites.iter().try_for_each(|suite| write_suite(report, suite, xml)))?;
    xml.into_inner().write_all(b"\n")
}

/// Findings that are shown together.
struct Suite<'r> {
    name: String,
    findings: Vec<&'r Finding>,
}

fn suites(report: &Report) -> Vec<Suite<'_>> {
    let by_step = report.findings.iter().any(|finding| finding.step.is_some());
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    if by_step {
        findings.sort_by_cached_key(|finding| step_order(finding.step.as_deref()));
    } else {
        findings.sort_by_key(|finding| &finding.type_name);
    }
    let name = |finding: &Finding| match &finding.step {
        Some(step) => format!("step {step}"),
        None if by_step => "no step".to_owned(),
        None => finding.type_name.clone(),
    };
    let mut suites: Vec<Suite<'_>> = Vec::new();
    for finding in findings {
        let name = name(finding);
        match suites.last_mut().filter(|suite| suite.name == name) {
            Some(suite) => suite.findings.push(finding),
            None => suites.push(Suite { name, findings: vec![finding] }),
        }
    }
    suites
}

/// How many test cases there are, and how they ended.
struct Tally {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Tally {
    fn of(findings: &[&Finding]) -> Self {
        let mut counts = Counts::default();
        findings.iter().for_each(|finding| counts.add(finding.verdict));
        let remarks = findings.iter().filter(|finding| finding.is_remark()).count();
        let known = |verdict: Verdict| {
            findings.iter().filter(|finding| finding.verdict == verdict && is_known(finding)).count()
        };
        let (failing, unknown) = (known(Verdict::Fail), known(Verdict::Unknown));
        let skipped = counts.blocked + counts.waived + counts.not_applicable + failing + unknown;
        let (failures, errors) = (counts.fail - remarks - failing, counts.unknown - unknown);
        Self { tests: findings.len(), failures, errors, skipped }
    }
}

/// Whether the baseline has it as well, so that it fails no build.
fn is_known(finding: &Finding) -> bool {
    finding.since == Some(Since::Known) && !finding.is_remark()
}

fn write_suite(report: &Report, suite: &Suite<'_>, xml: &mut Writer<&mut dyn Write>) -> io::Result<()> {
    let tally = Tally::of(&suite.findings);
    xml.create_element("testsuite")
        .with_attribute(("name", safe(&suite.name).as_str()))
        .with_attribute(("tests", tally.tests.to_string().as_str()))
        .with_attribute(("failures", tally.failures.to_string().as_str()))
        .with_attribute(("errors", tally.errors.to_string().as_str()))
        .with_attribute(("skipped", tally.skipped.to_string().as_str()))
        .with_attribute(("time", "0"))
        .write_inner_content(|xml| {
            write_properties(report, suite, xml)?;
            suite.findings.iter().try_for_each(|finding| write_case(finding, xml))
        })?;
    Ok(())
}

fn write_properties(report: &Report, suite: &Suite<'_>, xml: &mut Writer<&mut dyn Write>) -> io::Result<()> {
    let points = suite.findings.iter().fold(Points::default(), |sum, finding| sum.plus(finding.points));
    let properties = [
        ("account", report.account.clone()),
        ("regions", report.regions.join(", ")),
        ("caller", report.caller.clone()),
        ("rules", report.rules.file.clone()),
        ("rules.sha256", report.rules.sha256.clone()),
        ("tool", format!("plimsoll {}", report.tool)),
        ("points.earned", points.earned.to_string()),
        ("points.possible", points.possible.to_string()),
    ];
    xml.create_element("properties").write_inner_content(|xml| {
        properties.iter().try_for_each(|(name, value)| {
            let property = xml.create_element("property").with_attribute(("name", *name));
            property.with_attribute(("value", safe(value).as_str())).write_empty().map(drop)
        })
    })?;
    Ok(())
}

fn write_case(finding: &Finding, xml: &mut Writer<&mut dyn Write>) -> io::Result<()> {
    let name = format!("{} · {}", safe(&finding.rule), xml_only(&whose(finding)));
    let case = xml.create_element("testcase").with_attribute(("classname", safe(&finding.type_name).as_str()));
    let case = case.with_attribute(("name", name.as_str())).with_attribute(("time", "0"));
    let (element, why) = match finding.verdict {
        Verdict::Pass => return case.write_empty().map(drop),
        Verdict::Fail if finding.is_remark() => {
            return case
                .write_inner_content(|xml| {
                    let text = format!("note\n{}", whole(finding));
                    xml.create_element("system-out").write_text_content(BytesText::new(&text)).map(drop)
                })
                .map(drop);
        }
        Verdict::Fail | Verdict::Unknown if is_known(finding) => {
            ("skipped", format!("{}, {} since the baseline: {}", finding.verdict, since(finding), finding.found))
        }
        Verdict::Fail => ("failure", finding.found.clone()),
        Verdict::Unknown => ("error", finding.found.clone()),
        Verdict::Blocked => {
            let waived = excuse(finding);
            ("skipped", format!("blocked: it waits for {}{waived}", finding.blocked_by.join(", ")))
        }
        Verdict::Waived => {
            let why = finding.waiver.as_ref().map_or_else(|| finding.found.clone(), FindingWaiver::says);
            ("skipped", format!("waived: {why}"))
        }
        Verdict::NotApplicable => ("skipped", format!("not applicable: {}", finding.found)),
    };
    case.write_inner_content(|xml| {
        let ended = xml.create_element(element).with_attribute(("message", safe(&why).as_str()));
        let ended = ended.with_attribute(("type", finding.severity.as_str()));
        ended.write_text_content(BytesText::new(&whole(finding))).map(drop)
    })
    .map(drop)
}

/// All that the terminal shows of a finding, a line each.
fn whole(finding: &Finding) -> String {
    let mut text = String::new();
    let mut line = |label: &str, value: &str| text.push_str(&format!("{label}: {}\n", safe(value)));
    line("title", &finding.title);
    line("severity", finding.severity.as_str());
    line("resource", finding.arn.as_deref().unwrap_or(&finding.resource));
    line("wanted", &finding.wanted);
    line("found", &finding.found);
    if finding.since.is_some() {
        line("since the baseline", since(finding));
    }
    if let Some(was) = &finding.was {
        line("before", &before(was));
    }
    if let Some(witness) = &finding.witness {
        line("proof", witness);
    }
    for instead in &finding.instead {
        line("instead", &format!("of {}: {}", instead.of, instead.text));
    }
    if let Some(reason) = &finding.reason {
        line("why", reason);
    }
    if let Some(fix) = &finding.fix {
        line("fix", fix);
    }
    if let Some(waiver) = &finding.waiver {
        line("waiver", &waiver.says());
    }
    if !finding.controls.is_empty() {
        line("controls", &finding.controls.join(", "));
    }
    line("rule", &place(finding));
    line("id", &finding.id);
    text
}

/// `text` without what acts on a terminal and what XML cannot say.
pub(crate) fn safe(text: &str) -> String {
    xml_only(&harmless(text))
}

/// Two characters that print nothing are none of XML's, and no escape says them.
fn xml_only(text: &str) -> String {
    let is_outside = |c: char| matches!(c, '\u{fffe}' | '\u{ffff}');
    if !text.contains(is_outside) {
        return text.to_owned();
    }
    text.chars().map(|c| if is_outside(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}
