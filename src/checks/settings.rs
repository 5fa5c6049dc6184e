//! Properties of a resource as they were read, and the rows of a finding that rests on them.

use super::{Case, Judged, Row};
use crate::model::{Call, Gap, Resource, Value, Verdict, not_read};

/// The value at `path` below the properties of `resource`: none if there is none, the gap if it was not read.
pub(super) fn read<'v>(resource: &'v Resource, path: &[&str]) -> Result<Option<&'v Value>, &'v Gap> {
    let mut at = &resource.properties;
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

/// The text at `path`: none if there is none or it is empty, the gap if it was not read.
pub(super) fn text<'v>(resource: &'v Resource, path: &[&str]) -> Result<Option<String>, &'v Gap> {
    Ok(read(resource, path)?.and_then(Value::as_text).filter(|text| !text.is_empty()))
}

/// The number at `path`: none if there is none, the gap if it was not read.
pub(super) fn number<'v>(resource: &'v Resource, path: &[&str]) -> Result<Option<i64>, &'v Gap> {
    Ok(match read(resource, path)? {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    })
}

/// Whether what is at `path` is true; false if there is nothing, the gap if it was not read.
pub(super) fn is_true<'v>(resource: &'v Resource, path: &[&str]) -> Result<bool, &'v Gap> {
    Ok(read(resource, path)? == Some(&Value::Bool(true)))
}

/// The items of the list or set at `path`, none if there is none; the gap if it or an item of it was not read.
pub(super) fn items<'v>(resource: &'v Resource, path: &[&str]) -> Result<&'v [Value], &'v Gap> {
    let items = match read(resource, path)? {
        Some(Value::List(items) | Value::Set(items)) => items.as_slice(),
        _ => &[],
    };
    let unread = items.iter().find_map(|item| if let Value::Unread(gap) = item { Some(gap.as_ref()) } else { None });
    unread.map_or(Ok(items), Err)
}

/// The ARN of a resource.
pub(super) fn arn(resource: &Resource) -> String {
    resource.properties.get("Arn").as_text().unwrap_or_else(|| resource.id.clone())
}

/// The function with this ARN, and the version or alias that the ARN names, if it names one.
pub(super) fn without_qualifier(function: &str) -> (String, Option<String>) {
    // The ARN of a function alone has six colons.
    match function.match_indices(':').nth(6) {
        Some((at, _)) => {
            let qualifier = &function[at + 1..];
            (function[..at].to_owned(), (qualifier != "$LATEST").then(|| qualifier.to_owned()))
        }
        None => (function.to_owned(), None),
    }
}

/// The rows of a finding as they come up, with the calls that they rest on.
pub(super) struct Rows {
    rows: Vec<Row>,
    calls: Vec<Call>,
}

impl Rows {
    /// None yet, of what rests on the resource of `case`.
    pub(super) fn new(case: &Case<'_>) -> Self {
        Self { rows: Vec::new(), calls: case.resource.calls.clone() }
    }

    pub(super) fn pass(&mut self, path: impl Into<String>, found: impl Into<String>) {
        self.say(path, Verdict::Pass, found);
    }

    pub(super) fn fail(&mut self, path: impl Into<String>, found: impl Into<String>) {
        self.say(path, Verdict::Fail, found);
    }

    pub(super) fn say(&mut self, path: impl Into<String>, verdict: Verdict, found: impl Into<String>) {
        self.rows.push(Row { path: path.into(), verdict, found: found.into() });
    }

    /// That these gaps leave it open. At least one.
    pub(super) fn unread(&mut self, path: impl Into<String>, gaps: &[&Gap]) {
        let gaps: Vec<Gap> = gaps.iter().map(|gap| (*gap).clone()).collect();
        self.say(path, Verdict::Unknown, not_read(&gaps));
        self.rest_on(gaps.iter().map(|gap| &gap.call));
    }

    /// That a setting must be there, which `is_there` says; with what is said of it in either case.
    pub(super) fn must(&mut self, path: &str, is_there: Result<bool, &Gap>, there: &str, missing: &str) {
        match is_there {
            Ok(true) => self.pass(path, there),
            Ok(false) => self.fail(path, missing),
            Err(gap) => self.unread(path, &[gap]),
        }
    }

    pub(super) fn rest_on<'c>(&mut self, calls: impl IntoIterator<Item = &'c Call>) {
        self.calls.extend(calls.into_iter().cloned());
    }

    /// The finding; `nothing` is said of it where there are no rows.
    pub(super) fn judged(self, nothing: &'static str) -> Judged {
        Judged { rows: self.rows, nothing, witness: None, instead: Vec::new(), calls: self.calls }
    }
}

#[cfg(test)]
mod tests {
    use super::without_qualifier;

    #[test]
    fn a_version_or_alias_is_told_from_the_function() {
        let function = "arn:aws:lambda:us-east-1:123456789012:function:f";
        let of = |arn: &str| without_qualifier(arn);
        assert_eq!(of(function), (function.to_owned(), None));
        assert_eq!(of(&format!("{function}:live")), (function.to_owned(), Some("live".to_owned())));
        assert_eq!(of(&format!("{function}:$LATEST")), (function.to_owned(), None));
    }
}
