//! Whether the actions and the resources of a statement go together: an action is asked about resources of its own
//! types alone, and one without resource types about `*`.

use super::reference::is_unbound;
use super::resource::parts;
use super::{Findings, Severity, some};
use crate::iam::catalogue::{Action, Catalogue};
use crate::iam::document::{Effect, Statement};

pub(super) fn check(findings: &mut Findings<'_>, statement: &Statement) {
    let Some(resources) = statement.resource.as_ref().filter(|element| !element.not) else { return };
    if statement.action.not || resources.values.is_empty() || resources.values.iter().any(|value| is_unbound(value)) {
        return;
    }
    let arns: Vec<Vec<&str>> = resources.values.iter().map(|value| parts(value)).collect();
    // Values that are no ARNs have a finding of their own, and `*` fits everything.
    if arns.iter().any(|arn| arn.len() != 6 || arn[0] != "arn") {
        return;
    }
    let mut fits = vec![false; arns.len()];
    let mut without: Vec<&str> = Vec::new();
    let mut wildcard_only = true;
    let mut unknown = false;
    for value in &statement.action.values {
        let mut any = false;
        let mut matched = false;
        for action in Catalogue::embedded().matching(value) {
            matched = true;
            for (arn, fit) in arns.iter().zip(&mut fits) {
                // What is already known need not be asked again.
                if (!*fit || !any) && has(action, arn) {
                    *fit = true;
                    any = true;
                }
            }
            if any && fits.iter().all(|fit| *fit) {
                break;
            }
        }
        // An action that the catalogue does not have may be asked about anything.
        unknown |= !matched;
        if matched && !any {
            wildcard_only &= Catalogue::embedded().matching(value).all(Action::is_wildcard_only);
            without.push(value);
        }
    }
    let effect = match statement.effect {
        Effect::Allow => "grants nothing",
        Effect::Deny => "denies nothing",
    };
    if !without.is_empty() {
        let (message, next) = if wildcard_only {
            (
                format!("{} can be granted on `*` alone: here it {effect}", some(&without)),
                "put it into a statement with Resource `*`",
            )
        } else {
            (
                format!("{} is asked about none of the statement's resources: here it {effect}", some(&without)),
                "name a resource of a type that the action has, or remove it",
            )
        };
        findings.add("action-fits-no-resource", Severity::Warning, statement, message, next);
    }
    let idle: Vec<&str> =
        resources.values.iter().zip(&fits).filter(|(_, fit)| !**fit).map(|(value, _)| value.as_str()).collect();
    if !idle.is_empty() && !unknown && without.len() < statement.action.values.len() {
        findings.add(
            "resource-fits-no-action",
            Severity::Warning,
            statement,
            format!("no action of the statement is asked about {}", some(&idle)),
            "remove it, or add the action that is meant",
        );
    }
}

/// Whether an action is ever asked about a resource like this.
fn has(action: Action, arn: &[&str]) -> bool {
    action.resource_types().any(|target| {
        target.resource_type().arn_formats().any(|format| {
            let head = format.head().split(':').take(5);
            head.zip(arn).all(|(form, part)| meet(form, part)) && meet(format.resource(), arn[5])
        })
    })
}

/// Whether some text is of the form and like the pattern: `${…}` of either and `*` stand for any text.
fn meet(form: &str, pattern: &str) -> bool {
    if form == pattern || pattern == "*" || (form.starts_with("${") && form.ends_with('}') && !form[2..].contains("${"))
    {
        return true;
    }
    // What stands before the first wildcard mostly tells two apart.
    let fixed = |text: &str| text.find(['*', '?', '$']).unwrap_or(text.len());
    let shared = fixed(form).min(fixed(pattern));
    if form.as_bytes()[..shared] != pattern.as_bytes()[..shared] {
        return false;
    }
    let (a, b) = (tokens(&form[shared..]), tokens(&pattern[shared..]));
    // Row by row: whether the rests of both from here on have a text in common.
    let mut below = vec![false; b.len() + 1];
    for at in (0..=a.len()).rev() {
        let mut row = vec![false; b.len() + 1];
        for to in (0..=b.len()).rev() {
            row[to] = match (a.get(at), b.get(to)) {
                (None, None) => true,
                (Some(None), _) if below[to] => true,
                (_, Some(None)) if row[to + 1] => true,
                (Some(None), Some(_)) => row[to + 1],
                (Some(_), Some(None)) => below[to],
                (Some(Some(x)), Some(Some(y))) => (x == y || *x == b'?' || *y == b'?') && below[to + 1],
                _ => false,
            };
        }
        below = row;
    }
    below.first() == Some(&true)
}

/// The bytes of a text; `None` where any text may stand.
fn tokens(text: &str) -> Vec<Option<u8>> {
    let mut tokens = Vec::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let close = bytes[at..].starts_with(b"${").then(|| bytes[at..].iter().position(|byte| *byte == b'}')).flatten();
        match close {
            Some(close) => {
                tokens.push(None);
                at += close;
            }
            None => tokens.push((bytes[at] != b'*').then_some(bytes[at])),
        }
        at += 1;
    }
    tokens.dedup_by(|a, b| a.is_none() && b.is_none());
    tokens
}

#[cfg(test)]
mod tests {
    use super::meet;

    #[test]
    fn forms_and_patterns_meet() {
        for (form, pattern, wanted) in [
            ("table/${TableName}", "table/*", true),
            ("table/${TableName}", "table/orders/stream/*", true),
            ("table/${TableName}/stream/${StreamLabel}", "table/orders", false),
            ("table/${TableName}/stream/${StreamLabel}", "table/*", true),
            ("${QueueName}", "orders", true),
            ("${BucketName}/${ObjectName}", "bucket", false),
            ("${BucketName}/${ObjectName}", "bucket*", true),
            ("${BucketName}/${ObjectName}", "bucket/${aws:username}/x", true),
            ("", "*", true),
            ("", "us-east-1", false),
            ("function:${Name}", "func?ion:a", true),
            ("function:${Name}", "table/a", false),
            ("user/${UserNameWithPath}", "user/a*/?", true),
        ] {
            assert_eq!(meet(form, pattern), wanted, "{form} {pattern}");
        }
    }
}
