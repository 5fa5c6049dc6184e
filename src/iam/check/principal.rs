//! `Principal` and `NotPrincipal`.

use super::reference::is_unbound;
use super::{Findings, Severity};
use crate::iam::document::{Effect, PrincipalName, Statement};

pub(super) fn check(findings: &mut Findings<'_>, statement: &Statement) {
    let Some(element) = &statement.principal else { return };
    if element.not && statement.effect == Effect::Allow {
        findings.add(
            "not-principal-allow",
            Severity::Error,
            statement,
            "NotPrincipal with Allow lets in everyone else, callers without credentials too; AWS stores it no more",
            "name those who shall be let in under Principal",
        );
    } else if element.not {
        findings.add(
            "not-principal-deny",
            Severity::Note,
            statement,
            "NotPrincipal with Deny also denies those it names whose account (and, of a session, role) is not listed, \
             and every principal that has a permissions boundary",
            "deny \"*\" with the condition ArnNotEquals aws:PrincipalArn instead",
        );
    }
    for name in &element.values {
        match name {
            PrincipalName::Everyone => anyone(findings, statement, element.not),
            PrincipalName::Aws(name) if name == "*" => anyone(findings, statement, element.not),
            PrincipalName::Aws(name) | PrincipalName::Service(name) if is_unbound(name) => {}
            PrincipalName::Aws(name) => of_aws(findings, statement, name),
            PrincipalName::Service(name) => service(findings, statement, name),
            PrincipalName::Federated(_) | PrincipalName::CanonicalUser(_) => {}
        }
    }
}

fn anyone(findings: &mut Findings<'_>, statement: &Statement, not: bool) {
    if !not && statement.effect == Effect::Allow {
        let rest = if statement.conditions.is_empty() { "without condition" } else { "under its conditions" };
        findings.add(
            "principal-anyone",
            Severity::Note,
            statement,
            format!("Principal \"*\" lets in anyone, callers without credentials too, {rest}"),
            "name the principals, unless everyone is meant",
        );
    }
}

fn of_aws(findings: &mut Findings<'_>, statement: &Statement, name: &str) {
    let is_account = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if PrincipalName::Aws(name.to_owned()).deleted().is_some() {
        findings.add(
            "principal-deleted",
            Severity::Warning,
            statement,
            format!(
                "`{name}` is the id of a principal that was deleted: it lets in nobody, nor a new one of that name"
            ),
            "remove it, or name the ARN of the new principal",
        );
        return;
    }
    if name.contains(['*', '?']) {
        findings.add(
            "principal-wildcard",
            Severity::Error,
            statement,
            format!("`{name}` has a wildcard: a principal is named whole, or is \"*\""),
            "use \"*\" with the condition ArnLike aws:PrincipalArn",
        );
        return;
    }
    let mut parts = name.splitn(6, ':');
    let is_arn = parts.next() == Some("arn")
        && parts.next().is_some_and(|partition| !partition.is_empty())
        && parts.next().is_some_and(|service| matches!(service, "iam" | "sts"))
        && parts.next() == Some("")
        && parts.next().is_some_and(is_account)
        && parts.next().is_some_and(|rest| {
            rest == "root"
                || ["user/", "role/", "assumed-role/", "federated-user/", "service-role/"]
                    .iter()
                    .any(|kind| rest.strip_prefix(kind).is_some_and(|name| !name.is_empty()))
        });
    if !is_arn && !is_account(name) {
        findings.add(
            "principal-form",
            Severity::Error,
            statement,
            format!("`{name}` is no principal of AWS"),
            "write an account id of twelve digits, or the ARN of a user, a role, a session or the account's root",
        );
    }
}

fn service(findings: &mut Findings<'_>, statement: &Statement, name: &str) {
    let ends = [".amazonaws.com", ".amazonaws.com.cn", ".amazon.com", ".aws.internal", ".aws.com", ".amazonaws.eu"];
    if !ends.iter().any(|end| name.strip_suffix(end).is_some_and(|start| !start.is_empty())) {
        findings.add(
            "principal-service",
            Severity::Warning,
            statement,
            format!("`{name}` does not look like a service: their names end in `.amazonaws.com`"),
            "write the name that the service's guide gives, such as sns.amazonaws.com",
        );
    }
}
