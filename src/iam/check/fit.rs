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
    let Some(fit) = fit(&statement.action.values, &arns, &mut findings.work) else {
        return findings.add(
            "not-all-compared",
            Severity::Note,
            statement,
            "its actions and resources are too many to compare all of them with each other",
            "split the statement to have all of them compared",
        );
    };
    let effect = match statement.effect {
        Effect::Allow => "grants nothing",
        Effect::Deny => "denies nothing",
    };
    if !fit.on_star_alone.is_empty() {
        findings.add(
            "action-fits-no-resource",
            Severity::Warning,
            statement,
            format!("{} can be granted on `*` alone: here it {effect}", some(&fit.on_star_alone)),
            "put it into a statement with Resource `*`",
        );
    }
    if !fit.on_others.is_empty() {
        findings.add(
            "action-fits-no-resource",
            Severity::Warning,
            statement,
            match fit.on_others.as_slice() {
                [one] => format!("`{one}` is asked about none of the statement's resources: here it {effect}"),
                several => format!(
                    "{} are asked about none of the statement's resources: here they {}",
                    some(several),
                    effect.replacen("s nothing", " nothing", 1).replacen("denie ", "deny ", 1)
                ),
            },
            "name a resource of a type that the action has, or remove it",
        );
    }
    let idle: Vec<&str> =
        resources.values.iter().zip(&fit.arns).filter(|(_, fits)| !**fits).map(|(value, _)| value.as_str()).collect();
    let some_fit = fit.on_star_alone.len() + fit.on_others.len() < statement.action.values.len();
    if !idle.is_empty() && !fit.unknown && some_fit {
        findings.add(
            "resource-fits-no-action",
            Severity::Warning,
            statement,
            format!("no action of the statement is asked about {}", some(&idle)),
            "remove it, or add the action that is meant",
        );
    }
}

/// How the actions and the resources of a statement go together.
struct Fit<'s> {
    /// Actions that have no resource types.
    on_star_alone: Vec<&'s str>,
    /// Other actions that none of the resources suits.
    on_others: Vec<&'s str>,
    /// Whether an action is not in the catalogue: it may be asked about anything.
    unknown: bool,
    /// Of each resource, whether some action is asked about it.
    arns: Vec<bool>,
}

/// `None` if there is not enough work left to tell.
fn fit<'s>(actions: &'s [String], arns: &[Vec<&str>], work: &mut usize) -> Option<Fit<'s>> {
    let mut found =
        Fit { on_star_alone: Vec::new(), on_others: Vec::new(), unknown: false, arns: vec![false; arns.len()] };
    for value in actions {
        let mut any = false;
        let mut matched = false;
        let mut has_types = false;
        // Every action there is, and every one to come, fits whatever there is.
        if value.split(':').all(|part| !part.is_empty() && part.bytes().all(|byte| byte == b'*')) {
            found.unknown = true;
            continue;
        }
        for action in Catalogue::embedded().matching(value) {
            matched = true;
            has_types |= !action.is_wildcard_only();
            for (arn, fits) in arns.iter().zip(&mut found.arns) {
                // What is already known need not be asked again.
                if *fits && any {
                    continue;
                }
                *work = work.checked_sub(1)?;
                if has(action, arn) {
                    *fits = true;
                    any = true;
                }
            }
            if any && found.arns.iter().all(|fits| *fits) {
                break;
            }
        }
        found.unknown |= !matched;
        if matched && !any {
            if has_types { found.on_others.push(value) } else { found.on_star_alone.push(value) }
        }
    }
    Some(found)
}

/// Whether an action is ever asked about a resource like this.
pub(super) fn has(action: Action, arn: &[&str]) -> bool {
    action.resource_types().any(|target| {
        target.resource_type().arn_formats().any(|format| {
            let head = format.head().split(':').take(5);
            head.zip(arn).all(|(form, part)| meet(form, part)) && meet(format.resource(), arn[5])
        })
    })
}

/// Names that have no `/` in them, and are all that stands in the last part of an ARN: `bucket/*` is no bucket.
const PLAIN: [&str; 3] = ["${BucketName}", "${QueueName}", "${TopicName}"];

/// Whether some text is of the form and like the pattern: `${…}` of either and `*` stand for any text.
fn meet(form: &str, pattern: &str) -> bool {
    if form == pattern || pattern == "*" {
        return true;
    }
    if form.starts_with("${") && form.ends_with('}') && !form[2..].contains("${") {
        return !PLAIN.contains(&form) || !tokens(pattern).contains(&Some(b'/'));
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
            ("${BucketName}", "bucket/*", false),
            ("${BucketName}", "bucket-${aws:PrincipalTag/team}", true),
            ("${BucketName}", "bucket*", true),
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
