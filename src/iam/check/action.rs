//! `Action` and `NotAction`: names that AWS does not have.

use super::{Findings, Severity};
use crate::iam::catalogue::Catalogue;
use crate::iam::document::Statement;

pub(super) fn check(findings: &mut Findings<'_>, statement: &Statement) {
    let element = if statement.action.not { "NotAction" } else { "Action" };
    // What a name that is none does: it grants nothing, denies nothing, or leaves out nothing.
    let effect = if statement.action.not { "leaves out nothing" } else { "has no effect" };
    for value in &statement.action.values {
        check_one(findings, statement, element, effect, value);
    }
}

fn check_one(findings: &mut Findings<'_>, statement: &Statement, element: &str, effect: &str, value: &str) {
    let catalogue = Catalogue::embedded();
    if !value.is_empty() && value.bytes().all(|byte| byte == b'*') {
        return;
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '*' | '?');
    let parts = value.split_once(':').filter(|(service, name)| {
        !service.is_empty() && !name.is_empty() && service.chars().all(allowed) && name.chars().all(allowed)
    });
    let Some((service, name)) = parts else {
        let message = format!("`{value}` in {element} is no action: it {effect}");
        let trimmed = value.trim();
        let next = match catalogue.action(trimmed) {
            Some(action) => format!("write `{action}`, without blanks"),
            None => "write it as service:Name, such as sqs:SendMessage, or `*`".to_owned(),
        };
        findings.add("action-form", Severity::Error, statement, message, next);
        return;
    };
    if service.contains(['*', '?']) {
        if catalogue.matching(value).next().is_none() {
            unmatched(findings, statement, element, effect, value);
        } else if service != "*" {
            findings.add(
                "action-service-wildcard",
                Severity::Note,
                statement,
                format!("`{value}` has a wildcard in the name of the service: it reaches every service of such a name"),
                "name the services",
            );
        }
        return;
    }
    let Some(known) = catalogue.service(service) else {
        let near = findings.near(|| catalogue.near(value)).map(|near| format!("did you mean `{near}`? if not, "));
        findings.add(
            "service-unknown",
            Severity::Warning,
            statement,
            format!(
                "`{service}` of `{value}` is no service of the catalogue of {}: newer, or misspelt; if so, it {effect}",
                catalogue.date()
            ),
            format!("{}look it up in the Service Authorization Reference", near.unwrap_or_default()),
        );
        return;
    };
    if name.contains(['*', '?']) {
        if catalogue.matching(value).next().is_none() {
            unmatched(findings, statement, element, effect, value);
        }
    } else if known.action(name).is_none() {
        let near = findings.near(|| catalogue.near(value)).map(|near| format!("did you mean `{near}`? if not, "));
        findings.add(
            "action-unknown",
            Severity::Warning,
            statement,
            format!(
                "`{value}` is no action of the catalogue of {}: newer, or misspelt; if so, it {effect}",
                catalogue.date()
            ),
            format!("{}look it up in the Service Authorization Reference", near.unwrap_or_default()),
        );
    }
}

fn unmatched(findings: &mut Findings<'_>, statement: &Statement, element: &str, effect: &str, value: &str) {
    let date = Catalogue::embedded().date();
    let plain = value.replace(['*', '?'], "");
    let near = findings
        .near(|| Catalogue::embedded().near(&plain))
        .map(|near| format!("did you mean something like `{near}`? if not, "));
    findings.add(
        "action-pattern-matches-nothing",
        Severity::Warning,
        statement,
        format!("the pattern `{value}` in {element} matches no action of the catalogue of {date}: today it {effect}"),
        format!("{}write a pattern that matches, or remove it", near.unwrap_or_default()),
    );
}
