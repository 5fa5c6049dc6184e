//! References of a template that nobody filled in: `${AWS::Region}`, `${Queue.Arn}`. A policy variable has a prefix and
//! one colon; anything else within `${…}` is no variable, and what such a value will be is not known. No other check
//! looks at it.

use super::{Findings, Severity, some};
use crate::iam::document::{PrincipalName, Statement};

/// Whether a value has a reference that is no policy variable.
pub(super) fn is_unbound(value: &str) -> bool {
    value.match_indices("${").any(|(at, _)| {
        let Some((inside, _)) = value[at + 2..].split_once('}') else { return false };
        let key = inside.split(',').next().unwrap_or_default();
        !matches!(inside, "*" | "?" | "$") && (key.contains("::") || !key.contains(':'))
    })
}

pub(super) fn check(findings: &mut Findings<'_>, statement: &Statement) {
    let principal = |name| match name {
        &PrincipalName::Everyone => None,
        PrincipalName::Aws(name)
        | PrincipalName::Service(name)
        | PrincipalName::Federated(name)
        | PrincipalName::CanonicalUser(name) => Some(name),
    };
    let resources = statement.resource.iter().flat_map(|element| &element.values);
    let principals = statement.principal.iter().flat_map(|element| element.values.iter().filter_map(principal));
    let values = statement.conditions.iter().flat_map(|entry| &entry.values);
    let all = resources.chain(principals).chain(values).map(String::as_str);
    let mut unbound: Vec<&str> = all.filter(|value| is_unbound(value)).collect();
    unbound.dedup();
    if unbound.is_empty() {
        return;
    }
    findings.add(
        "reference-unbound",
        Severity::Warning,
        statement,
        format!(
            "{}: a reference that is no policy variable, such as a template has; AWS takes it as text",
            some(&unbound)
        ),
        "check the document that the template makes, with its references filled in",
    );
}
