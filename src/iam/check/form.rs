//! The document as a whole.

use super::reference::is_unbound;
use super::{Findings, Severity};
use crate::iam::document::{PrincipalName, Statement, Version};

pub(super) fn check(findings: &mut Findings<'_>, json: &str) {
    let policy = findings.policy;
    for oddity in &policy.oddities {
        let next = match oddity.code {
            "duplicate-sid" => "give each statement a Sid of its own",
            "bare-principal" => "write it as an object: { \"AWS\": … }",
            _ => "remove it, or write the name as AWS does",
        };
        findings.of_document(oddity.code, Severity::Warning, oddity.line, oddity.message.clone(), next);
    }
    if policy.statements.is_empty() {
        findings.of_document(
            "no-statement",
            Severity::Warning,
            1,
            "the list of statements is empty: the policy allows nothing",
            "add a statement, or remove the policy",
        );
    }
    let uses_variables = policy.statements.iter().any(has_variable);
    if policy.version == Version::V2008 && !uses_variables && !has_version(json) {
        findings.of_document(
            "version-missing",
            Severity::Note,
            1,
            "Version is missing, which means `2008-10-17`: a policy variable would be plain text",
            "add \"Version\": \"2012-10-17\"",
        );
    }
    for statement in &policy.statements {
        if policy.version == Version::V2008 && has_variable(statement) {
            findings.add(
                "variable-in-2008",
                Severity::Warning,
                statement,
                "it uses a policy variable, and by the version `2008-10-17` (or without Version) `${…}` is plain text",
                "set \"Version\": \"2012-10-17\"; then check what the statement matches",
            );
        }
        lists(findings, statement);
        sid(findings, statement);
        parts(findings, statement);
    }
}

/// Whether the document has the element `Version`.
fn has_version(json: &str) -> bool {
    #[derive(serde::Deserialize)]
    struct Top {
        #[serde(rename = "Version")]
        version: Option<serde::de::IgnoredAny>,
    }
    serde_json::from_str::<Top>(json).is_ok_and(|top| top.version.is_some())
}

fn has_variable(statement: &Statement) -> bool {
    let opened = |text: &String| text.contains("${") && !is_literal(text) && !is_unbound(text);
    statement.resource.iter().flat_map(|element| &element.values).any(opened)
        || statement.conditions.iter().flat_map(|entry| &entry.values).any(opened)
}

/// Whether each `${` of a text writes one character: `${*}`, `${?}`, `${$}`.
fn is_literal(text: &str) -> bool {
    text.match_indices("${").all(|(at, _)| {
        let rest = &text[at..];
        ["${*}", "${?}", "${$}"].iter().any(|literal| rest.starts_with(literal))
    })
}

fn lists(findings: &mut Findings<'_>, statement: &Statement) {
    let lists = [
        ("Action", Some((statement.action.not, statement.action.values.len()))),
        ("Resource", statement.resource.as_ref().map(|element| (element.not, element.values.len()))),
        ("Principal", statement.principal.as_ref().map(|element| (element.not, element.values.len()))),
    ];
    for (name, list) in lists {
        if let Some((not, 0)) = list {
            let name = if not { format!("Not{name}") } else { name.to_owned() };
            findings.add(
                "empty-list",
                Severity::Error,
                statement,
                format!("{name} is empty: AWS refuses it, and what it would mean is not documented"),
                format!("name a value in {name}, or remove the statement"),
            );
        }
    }
    for entry in statement.conditions.iter().filter(|entry| entry.values.is_empty()) {
        findings.at(
            "empty-list",
            Severity::Error,
            statement,
            entry.line,
            format!("the condition on {} has no values, and it is not documented what that means", entry.key),
            "name a value, or remove the condition",
        );
    }
}

fn sid(findings: &mut Findings<'_>, statement: &Statement) {
    let Some(sid) = &statement.sid else { return };
    if findings.kind.is_of_iam() && !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        findings.add(
            "sid-characters",
            Severity::Error,
            statement,
            format!("the Sid `{sid}` has other characters than letters and digits, which IAM refuses"),
            "use letters and digits alone",
        );
    }
}

/// Parts that this kind of policy must have, or must not.
fn parts(findings: &mut Findings<'_>, statement: &Statement) {
    let kind = findings.kind;
    if kind.is_of_identity() && statement.principal.is_some() {
        findings.add(
            "principal-not-allowed",
            Severity::Error,
            statement,
            "a policy of an identity names no principals: it means whoever it is attached to",
            "remove Principal, or attach the policy to a resource",
        );
    }
    if !kind.is_of_identity() && statement.principal.is_none() {
        findings.add(
            "principal-missing",
            Severity::Error,
            statement,
            "a statement of a resource's policy without Principal means nobody",
            "add Principal",
        );
    }
    if kind.is_of_identity() && statement.resource.is_none() {
        findings.add(
            "resource-missing",
            Severity::Error,
            statement,
            "a statement of an identity's policy needs Resource or NotResource",
            "add Resource; if this is a trust policy, add Principal",
        );
    }
    if kind == super::Kind::Trust && statement.resource.is_some() {
        findings.add(
            "resource-not-allowed",
            Severity::Error,
            statement,
            "a trust policy names no resource: it means the role itself",
            "remove Resource",
        );
    }
    let anyone = |name: &PrincipalName| matches!(name, PrincipalName::Everyone);
    let everyone = statement.principal.iter().any(|element| element.not && element.values.iter().any(anyone));
    if everyone {
        findings.add(
            "matches-nothing",
            Severity::Warning,
            statement,
            "NotPrincipal \"*\" leaves nobody",
            "name the principals that are meant",
        );
    }
}
