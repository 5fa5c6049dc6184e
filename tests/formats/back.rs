//! Reads formats back as other programs do.

use plimsoll::model::{Finding, Report, harmless};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The report that lines of JSON hold.
pub(crate) fn jsonl(text: &str) -> Report {
    let mut lines = text.lines();
    let mut report: serde_json::Value = serde_json::from_str(lines.next().expect("a head")).expect("JSON");
    let findings: Vec<serde_json::Value> = lines.map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(report.get("findings").is_none(), "the head has no findings");
    report["findings"] = findings.into();
    serde_json::from_value(report).expect("a report")
}

/// The rows of a table, each by the names of its columns.
pub(crate) fn csv(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.expect("a row as long as the header")).collect()
}

/// `text` as a cell shows it, without the apostrophes that keep it from being a formula.
pub(crate) fn same_cell(cell: &str, text: &str) -> bool {
    cell.replace('\'', "") == harmless(text).replace('\'', "")
}

/// The elements that say how a test case ended.
const ENDS: [&str; 4] = ["failure", "error", "skipped", "system-out"];

/// A test case.
#[derive(Debug, Default)]
pub(crate) struct Case {
    pub(crate) suite: String,
    pub(crate) class: String,
    pub(crate) name: String,
    /// The element that says how it ended; `passed` if there is none.
    pub(crate) ended: String,
    pub(crate) message: String,
    pub(crate) text: String,
}

fn attributes(element: &BytesStart<'_>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for attribute in element.attributes() {
        let attribute = attribute.expect("an attribute");
        let value = quick_xml::escape::unescape(attribute.value.as_ref()).expect("what XML escapes").into_owned();
        assert!(found.insert(attribute.key.as_ref().to_owned(), value).is_none(), "an attribute stands once");
    }
    found
}

/// The test cases of JUnit XML. Each suite must count its cases rightly.
pub(crate) fn junit(text: &str) -> Vec<Case> {
    let mut reader = Reader::from_str(text);
    let (mut cases, mut suite): (Vec<Case>, BTreeMap<String, String>) = (Vec::new(), BTreeMap::new());
    let (mut path, mut begun): (Vec<String>, usize) = (Vec::new(), 0);
    loop {
        let event = reader.read_event().unwrap_or_else(|error| panic!("{error} in {text}"));
        let (element, is_empty) = match &event {
            Event::Start(element) => (element, false),
            Event::Empty(element) => (element, true),
            Event::End(_) => {
                if path.pop().as_deref() == Some("testsuite") {
                    let of = |ended: &str| cases[begun..].iter().filter(|case| case.ended == ended).count().to_string();
                    assert_eq!(suite["tests"], (cases.len() - begun).to_string());
                    for (count, ended) in [("failures", "failure"), ("errors", "error"), ("skipped", "skipped")] {
                        assert_eq!(suite[count], of(ended), "{count} of {suite:?}");
                    }
                    begun = cases.len();
                }
                continue;
            }
            Event::Text(text) => {
                // Between elements stands the indent.
                if path.last().is_some_and(|name| ENDS.contains(&name.as_str())) {
                    cases.last_mut().expect("a case").text.push_str(text);
                }
                continue;
            }
            Event::GeneralRef(name) => {
                let character =
                    quick_xml::escape::unescape(&format!("&{};", &**name)).expect("a reference").into_owned();
                cases.last_mut().expect("a case").text.push_str(&character);
                continue;
            }
            Event::Eof => break,
            _ => continue,
        };
        let name = element.name().as_ref().to_owned();
        let mut has = attributes(element);
        match name.as_str() {
            "testsuite" => suite = has,
            "testcase" => cases.push(Case {
                suite: suite["name"].clone(),
                class: has.remove("classname").expect("a class"),
                name: has.remove("name").expect("a name"),
                ended: "passed".to_owned(),
                ..Case::default()
            }),
            ended if ENDS.contains(&ended) => {
                let case = cases.last_mut().expect("a case");
                case.ended.clone_from(&name);
                case.message = has.remove("message").unwrap_or_default();
            }
            _ => {}
        }
        if !is_empty {
            path.push(name);
        }
    }
    assert!(path.is_empty(), "every element ends");
    cases
}

/// Whether `case` tells of `finding`.
pub(crate) fn is_case_of(case: &Case, finding: &Finding) -> bool {
    let outside = |text: String| text.replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}");
    let shown = |text: &str| outside(harmless(text));
    let wanted = match finding.verdict {
        _ if finding.is_remark() => "system-out",
        // What the baseline has as well fails no build.
        plimsoll::model::Verdict::Fail | plimsoll::model::Verdict::Unknown
            if finding.since == Some(plimsoll::model::Since::Known) =>
        {
            "skipped"
        }
        plimsoll::model::Verdict::Pass => "passed",
        plimsoll::model::Verdict::Fail => "failure",
        plimsoll::model::Verdict::Unknown => "error",
        _ => "skipped",
    };
    case.class == shown(&finding.type_name)
        && case.name.starts_with(&shown(&finding.rule))
        && case.ended == wanted
        && (wanted == "passed" || case.text.contains(&shown(&finding.found)) && case.text.contains(&shown(&finding.id)))
}

pub(crate) fn fits_the_sarif_schema(text: &str) {
    static VALIDATOR: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
        // One pattern of the published schema, that of a language, is none by the letter of the standard of patterns.
        let schema = include_str!("../schemas/sarif-2.1.0.schema.json").replace("{2}]?$", r"{2}\\]?$");
        jsonschema::validator_for(&serde_json::from_str(&schema).expect("JSON")).expect("a schema")
    });
    let sarif: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let mistakes: Vec<String> = VALIDATOR.iter_errors(&sarif).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

/// What the schema says of an element.
#[derive(Debug, Default)]
struct Declared {
    attributes: BTreeSet<String>,
    required: BTreeSet<String>,
    children: BTreeSet<String>,
}

/// The elements that the schema of JUnit declares. It is simple enough that the names tell: what may stand in what.
fn declared() -> BTreeMap<String, Declared> {
    let mut reader = Reader::from_str(include_str!("../schemas/junit-10.xsd"));
    let (mut found, mut path): (BTreeMap<String, Declared>, Vec<String>) = (BTreeMap::new(), Vec::new());
    loop {
        let event = reader.read_event().expect("XML");
        let (element, is_empty) = match &event {
            Event::Start(element) => (element, false),
            Event::Empty(element) => (element, true),
            Event::End(_) => {
                path.pop();
                continue;
            }
            Event::Eof => return found,
            _ => continue,
        };
        let has = attributes(element);
        let current = path.iter().find(|name| !name.is_empty()).cloned();
        let name = element.name();
        match (name.as_ref(), current) {
            ("xs:element", None) => drop(found.entry(has["name"].clone()).or_default()),
            ("xs:element", Some(parent)) => {
                if let Some(child) = has.get("ref") {
                    found.entry(parent).or_default().children.insert(child.clone());
                }
            }
            ("xs:attribute", Some(parent)) => {
                let parent = found.entry(parent).or_default();
                parent.attributes.insert(has["name"].clone());
                if has.get("use").is_some_and(|when| when == "required") {
                    parent.required.insert(has["name"].clone());
                }
            }
            _ => {}
        }
        if !is_empty {
            let is_element = name.as_ref() == "xs:element";
            path.push(if is_element { has["name"].clone() } else { String::new() });
        }
    }
}

pub(crate) fn fits_the_junit_schema(text: &str) {
    static DECLARED: LazyLock<BTreeMap<String, Declared>> = LazyLock::new(declared);
    assert!(DECLARED["testcase"].children.contains("skipped") && DECLARED["testsuite"].required.contains("errors"));
    let mut reader = Reader::from_str(text);
    let mut path: Vec<String> = Vec::new();
    loop {
        let event = reader.read_event().unwrap_or_else(|error| panic!("{error} in {text}"));
        let (element, is_empty) = match &event {
            Event::Start(element) => (element, false),
            Event::Empty(element) => (element, true),
            Event::End(_) => {
                path.pop();
                continue;
            }
            Event::Eof => return,
            _ => continue,
        };
        let name = element.name().as_ref().to_owned();
        let rule = DECLARED.get(&name).unwrap_or_else(|| panic!("the schema has no <{name}>"));
        match path.last() {
            Some(parent) => assert!(DECLARED[parent].children.contains(&name), "<{name}> in <{parent}>"),
            None => assert_eq!(name, "testsuites"),
        }
        let has: BTreeSet<String> = attributes(element).into_keys().collect();
        assert!(has.is_subset(&rule.attributes), "<{name}> has {has:?}");
        assert!(rule.required.is_subset(&has), "<{name}> lacks some of {:?}", rule.required);
        if !is_empty {
            path.push(name);
        }
    }
}
