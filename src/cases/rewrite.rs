//! A file of cases with the verdicts that came out in the place of those that were expected. All else stays as it is,
//! comments included; those within a rewritten `expect` go.

use super::file::{Case, Expectation, Others, Suite, word};
use super::judge::{Judged, JudgedCase};
use crate::model::{Finding, Verdict};
use crate::rules::{Content, Node};

/// How wide a line of verdicts may be.
const WIDTH: usize = 120;

/// What is expected of one rule, as it is written.
enum Written {
    All(Verdict),
    On(Vec<(String, Verdict)>),
}

impl Suite {
    /// The text of the file, with what came out of the cases of `judged` that differ in the place of what they expect.
    /// `None` if none differs.
    pub fn rewritten(&self, judged: &Judged) -> Option<String> {
        let mut text = self.sources.0.first()?.text.clone();
        let mut changed = false;
        // From the end, so that what is rewritten moves nothing that comes after.
        for case in self.cases.iter().rev() {
            let Some(found) = judged.cases.iter().find(|judged| judged.name == case.name && !judged.is_right()) else {
                continue;
            };
            let start = case.expect_entry.key_span.start;
            let end = end(&case.expect_entry.value, &self.sources.0[0].text);
            let column = text[..start].rsplit('\n').next().map_or(0, |line| line.chars().count());
            text.replace_range(start..end, &self.written(case, found, column));
            changed = true;
        }
        changed.then_some(text)
    }
}

/// Where what is written of `node` in `text` ends: what stands in no brackets ends with the last thing in it.
fn end(node: &Node, text: &str) -> usize {
    let last = match &node.content {
        _ if text[node.span.start..].starts_with(['[', '{']) => None,
        Content::Scalar { .. } => None,
        Content::List(items) => items.last(),
        Content::Map(entries) => entries.last().map(|entry| &entry.value),
    };
    last.map_or(node.span.end, |last| end(last, text))
}

impl Suite {
    /// The entry `expect` of `case`, which begins in this column.
    fn written(&self, case: &Case, found: &JudgedCase, column: usize) -> String {
        let entries: Vec<String> = self
            .expectations(case, found)
            .into_iter()
            .map(|(rule, written)| match written {
                Written::All(verdict) => format!("{rule}: {}", word(verdict)),
                Written::On(on) => {
                    let on: Vec<String> =
                        on.iter().map(|(resource, verdict)| format!("{}: {}", key(resource), word(*verdict))).collect();
                    format!("{rule}: {{ {} }}", on.join(", "))
                }
            })
            .collect();
        if entries.is_empty() {
            return "expect: {}".to_owned();
        }
        let line = format!("expect: {{ {} }}", entries.join(", "));
        if case.in_braces || (entries.len() < 4 && column + line.chars().count() <= WIDTH) {
            return line;
        }
        let indent = " ".repeat(column + 2);
        entries.iter().fold("expect:".to_owned(), |text, entry| format!("{text}\n{indent}{entry}"))
    }

    /// What came out, as little of it as the file and `others` leave to be listed.
    fn expectations(&self, case: &Case, found: &JudgedCase) -> Vec<(String, Written)> {
        let mut rules: Vec<&str> = found.findings.iter().map(|finding| finding.rule.as_str()).collect();
        rules.dedup();
        let mut written = Vec::new();
        for rule in rules {
            let of_rule: Vec<&Finding> = found.findings.iter().filter(|finding| finding.rule == rule).collect();
            let own = case.expect.iter().find(|expected| expected.rule == rule).map(|expected| &expected.verdicts);
            let of_file = self.expect.iter().any(|expected| expected.rule == rule);
            if of_file && own.is_none() && found.mismatches.iter().all(|mismatch| mismatch.rule != rule) {
                continue;
            }
            let is_said = |finding: &Finding| match own {
                // What the file expects is answered in full.
                _ if of_file => true,
                Some(Expectation::On(on)) => on.iter().any(|(resource, ..)| *resource == finding.resource),
                Some(Expectation::All(_)) => case.others == Others::Any,
                None => false,
            };
            let said: Vec<&&Finding> =
                of_rule.iter().filter(|finding| is_said(finding) || !case.others.allows(finding.verdict)).collect();
            if said.is_empty() {
                continue;
            }
            let same = of_rule.iter().all(|finding| finding.verdict == of_rule[0].verdict);
            let on = said.iter().map(|finding| (finding.resource.clone(), finding.verdict)).collect();
            let verdicts = if same { Written::All(of_rule[0].verdict) } else { Written::On(on) };
            written.push((rule.to_owned(), verdicts));
        }
        written
    }
}

/// `text` as a key in braces.
fn key(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./".contains(c);
    let is_plain = text.starts_with(|c: char| c.is_alphanumeric() || c == '_') && text.chars().all(plain);
    if is_plain { text.to_owned() } else { serde_json::Value::String(text.to_owned()).to_string() }
}
