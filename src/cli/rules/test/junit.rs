//! What is told of cases to a build server: each case a test; with a wanted coverage, each gap in it as well.

use super::super::super::Failure;
use super::Run;
use super::text::{of_matcher, of_rule};
use crate::model::Place;
use crate::report::xml_safe;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io;

/// A test, and what is wrong with it: in a line, and in all.
struct Case {
    name: String,
    wrong: Option<(String, String)>,
}

/// All of it as JUnit XML. `gaps` are told as failures where coverage is required.
pub(super) fn junit(runs: &[Run], gaps: bool) -> Result<String, Failure> {
    write(runs, gaps)
        .map_err(|error| Failure::could_not_run(format!("the XML cannot be written: {error}"), "report this"))
}

fn write(runs: &[Run], gaps: bool) -> io::Result<String> {
    let mut suites: Vec<(String, Vec<Case>)> = runs.iter().map(|run| (run.suite.file.clone(), cases(run))).collect();
    if gaps {
        suites.extend(runs.iter().map(|run| (format!("{} (coverage)", run.suite.file), coverage(run))));
    }
    suites.retain(|(_, cases)| !cases.is_empty());
    let failures = |cases: &[Case]| cases.iter().filter(|case| case.wrong.is_some()).count();
    let tests: usize = suites.iter().map(|(_, cases)| cases.len()).sum();
    let failed: usize = suites.iter().map(|(_, cases)| failures(cases)).sum();
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element("testsuites")
        .with_attribute(("name", "plimsoll rules test"))
        .with_attribute(("tests", tests.to_string().as_str()))
        .with_attribute(("failures", failed.to_string().as_str()))
        .with_attribute(("errors", "0"))
        .with_attribute(("time", "0"))
        .write_inner_content(|xml| {
            suites.iter().try_for_each(|(name, cases)| {
                xml.create_element("testsuite")
                    .with_attribute(("name", xml_safe(name).as_str()))
                    .with_attribute(("tests", cases.len().to_string().as_str()))
                    .with_attribute(("failures", failures(cases).to_string().as_str()))
                    .with_attribute(("errors", "0"))
                    .with_attribute(("skipped", "0"))
                    .with_attribute(("time", "0"))
                    .write_inner_content(|xml| cases.iter().try_for_each(|case| write_case(name, case, xml)))
                    .map(drop)
            })
        })?;
    let mut bytes = xml.into_inner();
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(io::Error::other)
}

fn write_case(suite: &str, case: &Case, xml: &mut Writer<Vec<u8>>) -> io::Result<()> {
    let element = xml
        .create_element("testcase")
        .with_attribute(("classname", xml_safe(suite).as_str()))
        .with_attribute(("name", xml_safe(&case.name).as_str()))
        .with_attribute(("time", "0"));
    let Some((line, whole)) = &case.wrong else { return element.write_empty().map(drop) };
    element
        .write_inner_content(|xml| {
            let failure = xml.create_element("failure").with_attribute(("message", xml_safe(line).as_str()));
            failure.with_attribute(("type", "verdict")).write_text_content(BytesText::new(whole)).map(drop)
        })
        .map(drop)
}

fn cases(run: &Run) -> Vec<Case> {
    let case = |case: &crate::cases::JudgedCase| {
        let lines = case.mismatches.iter().map(|mismatch| {
            let found = mismatch.found.map_or_else(String::new, |found| format!("{found}: "));
            let (rule, resource, wanted) = (&mismatch.rule, &mismatch.resource, &mismatch.wanted);
            let on = if resource.is_empty() { String::new() } else { format!(" · {resource}") };
            let line = format!("{rule}{on}: wanted {wanted}; found {found}{}", mismatch.why);
            format!("{}\n{}\n", xml_safe(&line), xml_safe(&at(&mismatch.place)))
        });
        let whole: String = lines.collect();
        let first = whole.lines().next().map(str::to_owned);
        Case { name: case.name.clone(), wrong: first.map(|first| (first, whole)) }
    };
    run.judged.cases.iter().map(case).collect()
}

fn coverage(run: &Run) -> Vec<Case> {
    let mut cases = Vec::new();
    for rule in run.coverage().iter().flat_map(|coverage| &coverage.rules) {
        let wrong = |what: &str, place: &Place| Some((what.to_owned(), format!("{what}\n{}\n", xml_safe(&at(place)))));
        cases.push(Case { name: rule.rule.clone(), wrong: of_rule(rule).and_then(|what| wrong(what, &rule.place)) });
        for matcher in rule.untested() {
            let name = format!("{} {}", rule.rule, matcher.matcher);
            cases.push(Case { name, wrong: wrong(of_matcher(matcher), &matcher.place) });
        }
    }
    cases
}

fn at(place: &Place) -> String {
    format!("{}:{}", place.file, place.line)
}
