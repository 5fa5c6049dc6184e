//! One link of a flow, judged; and how a link reads a property.

use crate::model::{Call, Gap, Resource, Truth, Value, Verdict, not_read};
use crate::reach::{found, judge};
use crate::rules::Pattern;

/// One link of a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// One word, the same in every flow that has such a link.
    pub(crate) name: &'static str,
    /// What came out; none if it lies outside of what can be read.
    pub(crate) verdict: Option<Verdict>,
    pub(crate) wanted: String,
    pub(crate) found: String,
    /// A request that shows the fault.
    pub(crate) witness: Option<String>,
    /// The calls it rests on, beside those of the resources at the ends.
    pub(crate) calls: Vec<Call>,
}

impl Link {
    fn new(name: &'static str, verdict: Option<Verdict>, wanted: impl Into<String>, found: impl Into<String>) -> Self {
        Self { name, verdict, wanted: wanted.into(), found: found.into(), witness: None, calls: Vec::new() }
    }

    pub(super) fn pass(name: &'static str, wanted: impl Into<String>, found: impl Into<String>) -> Self {
        Self::new(name, Some(Verdict::Pass), wanted, found)
    }

    pub(super) fn fail(name: &'static str, wanted: impl Into<String>, found: impl Into<String>) -> Self {
        Self::new(name, Some(Verdict::Fail), wanted, found)
    }

    /// It hangs on what was read and cannot be decided.
    pub(super) fn unclear(name: &'static str, wanted: impl Into<String>, why: impl Into<String>) -> Self {
        Self::new(name, Some(Verdict::Unknown), wanted, why)
    }

    pub(super) fn unread(name: &'static str, wanted: impl Into<String>, gap: &Gap) -> Self {
        let link = Self::unclear(name, wanted, not_read(std::slice::from_ref(gap)));
        Self { calls: vec![gap.call.clone()], ..link }
    }

    pub(super) fn not_checked(name: &'static str, why: impl Into<String>) -> Self {
        Self::new(name, None, "", why)
    }

    pub(super) fn shown_by(self, witness: Option<String>) -> Self {
        Self { witness, ..self }
    }

    pub(super) fn resting_on(mut self, calls: &[Call]) -> Self {
        self.calls.extend_from_slice(calls);
        self
    }
}

/// The value at `path` below `value`: none if there is none, the gap if it was not read.
pub(super) fn read<'v>(value: &'v Value, path: &[&str]) -> Result<Option<&'v Value>, &'v Gap> {
    let mut at = value;
    for step in path {
        if let Value::Unread(gap) = at {
            return Err(gap);
        }
        at = at.get(step);
    }
    match at {
        Value::Unread(gap) => Err(gap),
        Value::Absent => Ok(None),
        value => Ok(Some(value)),
    }
}

/// The text of a property: none if there is none or it is empty, the gap if it was not read.
pub(super) fn text<'v>(value: &'v Value, path: &[&str]) -> Result<Option<String>, &'v Gap> {
    Ok(read(value, path)?.and_then(Value::as_text).filter(|text| !text.is_empty()))
}

/// The ARN of a resource.
pub(super) fn arn(resource: &Resource) -> String {
    resource.properties.get("Arn").as_text().unwrap_or_else(|| resource.id.clone())
}

/// What a resource is to be like, property by property, as one link; none if nothing is said of it.
pub(super) fn settings(
    name: &'static str,
    expect: &[(String, Pattern)],
    value: impl Fn(&str) -> Value,
) -> Option<Link> {
    let wanted = expect.iter().map(|(field, pattern)| format!("{field} {pattern}")).collect::<Vec<_>>().join("; ");
    let mut by_truth: [Vec<String>; 2] = Default::default();
    let mut held = Vec::new();
    let mut calls = Vec::new();
    for (field, pattern) in expect {
        let value = value(field);
        let words = format!("{field} {}", found(pattern, &value));
        match judge(pattern, &value) {
            Truth::True => held.push(words),
            Truth::False => by_truth[0].push(words),
            Truth::Unknown => {
                let mut gaps = Vec::new();
                value.each_gap(&mut |gap| gaps.push(gap.clone()));
                calls.extend(gaps.iter().map(|gap| gap.call.clone()));
                by_truth[1].push(if gaps.is_empty() { words } else { format!("{field}: {}", not_read(&gaps)) });
            }
        }
    }
    let [wrong, open] = by_truth;
    let link = match (expect.is_empty(), wrong.is_empty(), open.is_empty()) {
        (true, ..) => return None,
        (_, false, _) => Link::fail(name, wanted, wrong.join("; ")),
        (_, _, false) => Link::unclear(name, wanted, open.join("; ")),
        _ => Link::pass(name, wanted, held.join("; ")),
    };
    Some(link.resting_on(&calls))
}
