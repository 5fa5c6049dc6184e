//! A report in its JSON form, as a program that reads it would see it.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The verdict on each pair of rule and resource.
pub(crate) type Verdicts = BTreeMap<(String, String), String>;

/// A parsed report.
#[derive(Debug, Clone)]
pub(crate) struct Report(pub(crate) Value);

impl Report {
    /// Parses the text of a report.
    ///
    /// # Errors
    /// When it is not one JSON document with findings.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if value["findings"].is_array() { Ok(Self(value)) } else { Err("it has no findings".to_owned()) }
    }

    /// The findings.
    pub(crate) fn findings(&self) -> impl Iterator<Item = Finding<'_>> {
        self.0["findings"].as_array().into_iter().flatten().map(Finding)
    }

    /// The verdicts of all findings.
    ///
    /// # Panics
    /// When two findings are about the same rule and resource.
    pub(crate) fn verdicts(&self) -> Verdicts {
        let mut verdicts = Verdicts::new();
        for finding in self.findings() {
            let pair = (finding.text("rule").to_owned(), finding.text("resource").to_owned());
            let twice = verdicts.insert(pair.clone(), finding.verdict().to_owned());
            assert!(twice.is_none(), "two findings on {pair:?}");
        }
        verdicts
    }

    /// Whether every rule could be decided.
    pub(crate) fn complete(&self) -> bool {
        self.0["complete"] == Value::Bool(true)
    }

    /// The exit code that belongs to it, with the default of `--fail-on`.
    pub(crate) fn exit_code(&self) -> i32 {
        let counts = |finding: &Finding<'_>| {
            matches!(finding.verdict(), "fail" | "blocked") && finding.text("severity") != "info"
        };
        match (self.findings().any(|finding| counts(&finding)), self.complete()) {
            (true, _) => 1,
            (false, true) => 0,
            (false, false) => 3,
        }
    }

    /// What would close the gaps, each once.
    pub(crate) fn remedies(&self) -> BTreeSet<&str> {
        self.0["gaps"].as_array().into_iter().flatten().filter_map(|gap| gap["remedy"].as_str()).collect()
    }

    /// The report without what names the caller and the number of calls.
    pub(crate) fn without_caller_and_calls(&self) -> Value {
        let mut value = self.0.clone();
        if let Some(members) = value.as_object_mut() {
            members.remove("caller");
            members.remove("calls");
        }
        value
    }
}

/// One finding of a report.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Finding<'a>(pub(crate) &'a Value);

impl<'a> Finding<'a> {
    /// The text of a field; empty when it has none.
    pub(crate) fn text(&self, field: &str) -> &'a str {
        self.0[field].as_str().unwrap_or_default()
    }

    /// The verdict.
    pub(crate) fn verdict(&self) -> &'a str {
        self.text("verdict")
    }
}

/// What is other in `after` than it was in `before`: the verdict after, or `(no finding)`.
pub(crate) fn changes(before: &Verdicts, after: &Verdicts) -> Verdicts {
    let mut changes = Verdicts::new();
    for (pair, verdict) in after {
        if before.get(pair) != Some(verdict) {
            changes.insert(pair.clone(), verdict.clone());
        }
    }
    for pair in before.keys().filter(|pair| !after.contains_key(*pair)) {
        changes.insert(pair.clone(), "(no finding)".to_owned());
    }
    changes
}
