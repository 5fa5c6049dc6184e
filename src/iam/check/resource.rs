//! `Resource` and `NotResource`: whether each value is an ARN at all.

use super::reference::is_unbound;
use super::{Findings, Severity};
use crate::iam::document::Statement;

/// Partitions that AWS documents.
const PARTITIONS: [&str; 8] =
    ["aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"];

pub(super) fn check(findings: &mut Findings<'_>, statement: &Statement) {
    let Some(element) = &statement.resource else { return };
    let name = if element.not { "NotResource" } else { "Resource" };
    for value in &element.values {
        check_one(findings, statement, name, value);
    }
    if element.not && element.values.iter().any(|value| value == "*") {
        findings.add(
            "matches-nothing",
            Severity::Warning,
            statement,
            "NotResource \"*\" leaves no resource: the statement never applies",
            "name the resources that are meant",
        );
    }
}

fn check_one(findings: &mut Findings<'_>, statement: &Statement, element: &str, value: &str) {
    if is_unbound(value) || (!value.is_empty() && value.bytes().all(|byte| byte == b'*')) {
        return;
    }
    let parts = parts(value);
    let [arn, partition, service, region, account, resource] = match parts.as_slice() {
        [arn, partition, service, region, account, resource] => {
            [*arn, *partition, *service, *region, *account, *resource]
        }
        [arn, _, ..] if *arn == "arn" => {
            findings.add(
                "resource-short",
                Severity::Warning,
                statement,
                format!("`{value}` in {element} has {} of the six parts of an ARN", parts.len()),
                "write arn:partition:service:region:account:resource",
            );
            return;
        }
        _ => return no_arn(findings, statement, element, value),
    };
    if arn != "arn" {
        return no_arn(findings, statement, element, value);
    }
    let mut say = |code, severity, what: String, next: &str| {
        findings.add(code, severity, statement, format!("{what} in `{value}` ({element})"), next);
    };
    if [partition, service, region, account].iter().any(|part| part.contains("${")) {
        say(
            "resource-variable-place",
            Severity::Warning,
            "a policy variable stands before the fifth colon, where AWS documents none".to_owned(),
            "write that part out; variables belong into the part after the fifth colon",
        );
        return;
    }
    if service.contains(['*', '?']) {
        say(
            "resource-service-wildcard",
            Severity::Warning,
            "a wildcard stands for the service, where AWS allows none".to_owned(),
            "name the service, or use `*` alone for every resource",
        );
    }
    if service.is_empty() || resource.is_empty() {
        let which = if service.is_empty() { "the service is missing" } else { "the resource is missing" };
        say("resource-form", Severity::Error, which.to_owned(), "write arn:partition:service:region:account:resource");
    }
    if !partition.contains(['*', '?']) && !PARTITIONS.contains(&partition) {
        say("resource-partition", Severity::Warning, format!("`{partition}` is no partition of AWS"), "write `aws`");
    }
    let is_id = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    // Some resources belong to AWS itself: their account is named by a word.
    let is_word = matches!(account, "" | "aws" | "aws-managed" | "cloudfront" | "third-party");
    if !is_id && !is_word && !account.contains(['*', '?']) {
        say(
            "resource-account",
            Severity::Warning,
            format!("`{account}` is no account id"),
            "an account id has twelve digits, leading zeroes included",
        );
    }
}

fn no_arn(findings: &mut Findings<'_>, statement: &Statement, element: &str, value: &str) {
    findings.add(
        "resource-form",
        Severity::Error,
        statement,
        format!("`{value}` in {element} is no ARN: it matches nothing"),
        "write arn:partition:service:region:account:resource, or `*` for every resource",
    );
}

/// The six parts of an ARN; a colon within `${…}` does not separate.
pub(super) fn parts(value: &str) -> Vec<&str> {
    let mut parts = Vec::with_capacity(6);
    let (mut from, mut within) = (0, false);
    let bytes = value.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'{' if at > 0 && bytes[at - 1] == b'$' => within = true,
            b'}' => within = false,
            b':' if !within && parts.len() < 5 => {
                parts.push(&value[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&value[from..]);
    parts
}
