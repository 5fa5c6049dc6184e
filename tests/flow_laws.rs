//! What is not read never lets a flow pass or fail that otherwise would not.
//!
//! The accounts and the rules are those of the case files on flows. Each property of each resource, and each part of one,
//! is hidden in turn, then each list: a verdict stays what it was or becomes unknown or blocked, and nothing else.

mod judging;

use plimsoll::model::{Account, Listing, Report, Resource, Value, Verdict};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The case files on flows: their rules, written to a file, and their account.
fn cases() -> Vec<(String, PathBuf, Account)> {
    let mut cases = Vec::new();
    for entry in std::fs::read_dir("tests/cases").expect("the cases are there") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if !name.starts_with("flow-") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a case");
        let block = |start: &str| {
            let (_, after) = text.split_once(start).expect("the block is there");
            after.split_once("```").expect("it ends").0
        };
        let rules = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("law-of-{name}.yaml"));
        std::fs::write(&rules, block("```yaml rules\n")).expect("a file for the test");
        cases.push((name, rules, judging::account(block("```yaml account\n"))));
    }
    cases.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(cases.len() >= 7, "{}", cases.len());
    cases
}

/// The paths of all that can be hidden in a value: each part, and the parts of maps in it.
fn paths(value: &Value, path: &[String], found: &mut Vec<Vec<String>>) {
    if let Value::Map(parts) = value {
        for (name, part) in parts {
            let path: Vec<String> = path.iter().cloned().chain([name.clone()]).collect();
            paths(part, &path, found);
            found.push(path);
        }
    }
}

fn hide(resource: &mut Resource, path: &[String]) {
    let kind = judging::kind(resource.type_name).expect("a kind");
    let gap = judging::gap(kind, &resource.region, &resource.name, "denied");
    let mut at = &mut resource.properties;
    for step in path {
        let Value::Map(parts) = at else { panic!("there is no {path:?}") };
        at = parts.get_mut(step).expect("the part is there");
    }
    *at = Value::Unread(Box::new(gap));
}

fn verdicts(report: &Report) -> BTreeMap<(String, String), Verdict> {
    report.findings.iter().map(|f| ((f.rule.clone(), f.resource.clone()), f.verdict)).collect()
}

fn hold(before: &BTreeMap<(String, String), Verdict>, report: &Report, hidden: &str, wrong: &mut Vec<String>) {
    for (finding, verdict) in verdicts(report) {
        let was = before[&finding];
        let allowed = verdict == was || matches!(verdict, Verdict::Unknown | Verdict::Blocked);
        if !allowed {
            wrong.push(format!("{finding:?} was {was} and is {verdict} without {hidden}"));
        }
    }
}

#[test]
fn what_is_hidden_decides_nothing() {
    let (mut hidden, mut wrong) = (0, Vec::new());
    for (name, rules, account) in cases() {
        let rules = judging::rules(&rules, &BTreeMap::new()).expect("right rules");
        let before = verdicts(&judging::judge(&rules, &account));
        for at in 0..account.resources.len() {
            let mut found = Vec::new();
            paths(&account.resources[at].properties, &[], &mut found);
            for path in found {
                // What a resource is called is never a part of an answer that can be missing alone.
                let kind = judging::kind(account.resources[at].type_name).expect("a kind");
                if matches!(path[..], [ref name] if name == kind.name_field || name == "Arn") {
                    continue;
                }
                let mut partial = account.clone();
                hide(&mut partial.resources[at], &path);
                let what = format!("{name}: {} of {}", path.join("."), partial.resources[at].name);
                hold(&before, &judging::judge(&rules, &partial), &what, &mut wrong);
                hidden += 1;
            }
        }
        for key in account.listings.keys() {
            let mut partial = account.clone();
            let kind = judging::kind(&key.0).expect("a kind");
            partial.listings.insert(key.clone(), Listing::Broken(judging::gap(kind, &key.1, "", "denied")));
            hold(&before, &judging::judge(&rules, &partial), &format!("{name}: the list of {}", key.0), &mut wrong);
            // A list that broke off before the first.
            partial.resources.retain(|resource| (resource.type_name, resource.region.as_str()) != (&key.0, &key.1));
            partial.names.remove(key);
            hold(&before, &judging::judge(&rules, &partial), &format!("{name}: every {}", key.0), &mut wrong);
            hidden += 2;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(hidden > 300, "{hidden} things were hidden");
}
