//! The values of conditions: whether the operator can read them.

use super::reference::is_unbound;
use super::{Findings, Severity, some};
use crate::iam::document::{Base, Condition, Statement, Version};
use crate::iam::evaluate;

pub(super) fn check(findings: &mut Findings<'_>, statement: &Statement, entry: &Condition) {
    let Ok(operator) = &entry.operator else { return };
    let filled =
        |value: &&String| is_unbound(value) || (findings.policy.version == Version::V2012 && value.contains("${"));
    let read = |value: &&String| evaluate::is_readable(operator.base, value);
    let unread: Vec<&str> =
        entry.values.iter().filter(|value| !filled(value) && !read(value)).map(String::as_str).collect();
    if !unread.is_empty() {
        findings.at(
            "value-form",
            Severity::Error,
            statement,
            entry.line,
            format!("{} cannot be read by {operator} (on {})", some(&unread), entry.key),
            wanted(operator.base),
        );
    }
    let equals = matches!(operator.base, Base::StringEquals | Base::StringNotEquals)
        || matches!(operator.base, Base::StringEqualsIgnoreCase | Base::StringNotEqualsIgnoreCase);
    let starred: Vec<&str> =
        entry.values.iter().map(String::as_str).filter(|value| value.replace("${*}", "").contains('*')).collect();
    if equals && !starred.is_empty() {
        let like = if operator.base.is_negated() { "StringNotLike" } else { "StringLike" };
        findings.at(
            "wildcard-literal",
            Severity::Warning,
            statement,
            entry.line,
            format!("{operator} takes the `*` of {} as a character (on {})", some(&starred), entry.key),
            format!("use {like} if a pattern is meant"),
        );
    }
}

fn wanted(base: Base) -> &'static str {
    let name = base.name();
    match () {
        () if name.starts_with("Numeric") => "write a number, such as 10",
        () if name.starts_with("Date") => {
            "write a date as ISO 8601 does, such as 2026-01-31T00:00:00Z, or the seconds since 1970"
        }
        () if name.ends_with("IpAddress") => "write an address or a block, such as 192.0.2.0/24 or 2001:db8::/32",
        () if name.starts_with("Arn") => "write an ARN of six parts: arn:partition:service:region:account:resource",
        () if name == "BinaryEquals" => "write base64",
        () => "write true or false",
    }
}
