//! How the meaning of a policy changed: what it allows and denies now and did not, and the other way round.
//!
//! Denials count by themselves, beside what the document allows: one that takes nothing away in its own document takes
//! something away from the others that stand beside it.

use super::{Grant, Items, PolicyChange};
use crate::iam::relate::{ActionNames, Listed};
use crate::iam::{Difference, Effect, Grants, Policy, Scene};

/// How two documents compare.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// They mean the same.
    Same,
    /// They do not, or it could not be decided.
    Changed(Box<PolicyChange>),
    /// One of them cannot be read as a policy.
    NoPolicy(String),
}

/// Compares two documents; none is one that allows nothing.
pub(super) fn compare(old: Option<&str>, new: Option<&str>, scene: &Scene) -> Meaning {
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    if let (Some(old), Some(new)) = (old, new)
        && (old == new || json(old).is_some_and(|old| json(new) == Some(old)))
    {
        return Meaning::Same;
    }
    let read = |text: Option<&str>| text.map(Policy::parse).transpose().map_err(|why| why.to_string());
    let (old, new) = match (read(old), read(new)) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(why), _) | (_, Err(why)) => return Meaning::NoPolicy(why),
    };
    let grants = |policy: &Option<Policy>| Grants::of(policy.iter()).set_in(scene.clone());
    let (allowed, allows) = (grants(&old), grants(&new));
    let (denied, denies) = (old.as_ref().and_then(denials), new.as_ref().and_then(denials));
    let mut change = PolicyChange::default();
    change.now_allows = grants_of(allows.beyond(&allowed), &mut change);
    change.no_longer_allows = grants_of(allowed.beyond(&allows), &mut change);
    if denied.is_some() || denies.is_some() {
        let (denied, denies) = (grants(&denied), grants(&denies));
        change.now_denies = grants_of(denies.beyond(&denied), &mut change);
        change.no_longer_denies = grants_of(denied.beyond(&denies), &mut change);
    }
    change.undecided.sort();
    change.undecided.dedup();
    if change == PolicyChange::default() { Meaning::Same } else { Meaning::Changed(Box::new(change)) }
}

/// What a document denies, as one that allows it; none if it denies nothing.
fn denials(policy: &Policy) -> Option<Policy> {
    let mut statements: Vec<_> =
        policy.statements.iter().filter(|statement| statement.effect == Effect::Deny).cloned().collect();
    statements.iter_mut().for_each(|statement| statement.effect = Effect::Allow);
    (!statements.is_empty()).then(|| Policy { statements, ..policy.clone() })
}

fn grants_of(difference: Difference, change: &mut PolicyChange) -> Vec<Grant> {
    change.left_out += difference.left_out;
    change.undecided.extend(difference.unknown);
    let grants = difference.grants.into_iter().map(|excess| {
        let (actions, all_but) = actions(excess.actions, &excess.witness.request.action);
        Grant {
            actions,
            all_but,
            who: items(excess.principals),
            resources: items(excess.resources),
            conditions: excess.conditions,
            by: excess
                .allowed_by
                .iter()
                .map(|place| match &place.sid {
                    Some(sid) => format!("statement \"{sid}\""),
                    None => format!("statement {}", place.index + 1),
                })
                .collect(),
            witness: excess.witness.to_string(),
        }
    });
    grants.collect()
}

fn items(list: Listed) -> Items {
    Items { items: list.items, left_out: list.left_out }
}

fn actions(actions: ActionNames, example: &str) -> (Items, bool) {
    if actions.count == 0 {
        let may_come = format!("actions that AWS may add, such as {example}");
        return (Items { items: vec![may_come], left_out: 0 }, false);
    }
    (items(actions.names), actions.all_but)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEND: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"s","Effect":"Allow",
        "Principal":{"AWS":"111122223333"},"Action":"sqs:SendMessage","Resource":"*"}]}"#;

    fn change(old: Option<&str>, new: Option<&str>) -> PolicyChange {
        match compare(old, new, &Scene::default()) {
            Meaning::Changed(change) => *change,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_written_otherwise_means_the_same() {
        let reordered = r#"{"Statement":[{"Resource":["*"],"Action":["sqs:sendmessage","sqs:Send*Message"],
            "Principal":{"AWS":["arn:aws:iam::111122223333:root"]},"Effect":"Allow"}],"Version":"2012-10-17"}"#;
        assert_eq!(
            compare(Some(SEND), Some(&reordered.replace(",\"sqs:Send*Message\"", "")), &Scene::default()),
            Meaning::Same
        );
        assert_eq!(compare(Some(SEND), Some(SEND), &Scene::default()), Meaning::Same);
    }

    #[test]
    fn both_directions_are_told_with_a_witness() {
        let other = SEND.replace("111122223333", "222222222222");
        let change = change(Some(SEND), Some(&other));
        let [now] = change.now_allows.as_slice() else { panic!("{change:?}") };
        assert_eq!(now.actions.items, ["sqs:SendMessage"]);
        assert!(now.who.items.iter().any(|who| who.contains("222222222222")), "{now:?}");
        assert!(now.witness.contains("222222222222"), "{now:?}");
        let [before] = change.no_longer_allows.as_slice() else { panic!("{change:?}") };
        assert!(before.witness.contains("111122223333"), "{before:?}");
        assert!(change.now_denies.is_empty() && change.no_longer_denies.is_empty());
    }

    #[test]
    fn a_denial_that_takes_nothing_from_its_own_document_counts() {
        let nothing = r#"{"Version":"2012-10-17","Statement":[]}"#;
        let denies = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}"#;
        let change = change(Some(nothing), Some(denies));
        assert!(change.now_allows.is_empty() && change.no_longer_allows.is_empty());
        assert_eq!(change.now_denies[0].actions.items, ["s3:*"]);
        assert_eq!(super::tests::change(Some(denies), None).no_longer_denies.len(), 1);
    }

    #[test]
    fn what_is_no_policy_is_never_the_same() {
        assert!(matches!(compare(Some(SEND), Some("{\"Statement\": 3}"), &Scene::default()), Meaning::NoPolicy(_)));
    }
}
