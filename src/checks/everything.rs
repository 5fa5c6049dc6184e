//! Whether somebody may do everything on everything, and which statements say so.
//!
//! Two things are asked of the engine. Do the grants, and the boundary's, take in every action on all that has an ARN?
//! Conditions that say who asks, from where and when do not narrow that; those on tags and on what a single service
//! knows do. And do the denials leave a way to give somebody what they take away: a policy of any role, user or group?
//! Whoever is denied that is no full administrator.

use super::document::only;
use super::generic::{Generic, asks};
use super::grant::{Grant, grants};
use crate::iam::catalogue::Catalogue;
use crate::iam::{Effect, Policy, Statement};
use crate::reach::{Answer, Authority, Gathered, apart_from, within};

/// What gives permissions, and to what.
const GIVING: [(&str, &str); 7] = [
    ("iam:AttachRolePolicy", "role"),
    ("iam:AttachUserPolicy", "user"),
    ("iam:AttachGroupPolicy", "group"),
    ("iam:PutRolePolicy", "role"),
    ("iam:PutUserPolicy", "user"),
    ("iam:PutGroupPolicy", "group"),
    ("iam:CreatePolicyVersion", "policy"),
];

/// Grants that are tried one by one, to find those that make up everything together.
const TRIED: usize = 20;

/// What somebody may do.
pub(super) enum Power {
    Less,
    /// Everything; a request of theirs, on one line.
    Everything(String),
    /// It was not decided, for this reason.
    Undecided(String),
}

/// Whether `authority` is over everything in this partition.
pub(super) fn power(authority: &Authority, partition: &str, account: &str) -> Power {
    let granted = part(authority, |statement| (statement.effect == Effect::Allow).then(|| relaxed(statement)));
    match is_everything(&granted, partition) {
        Ok(true) => {}
        Ok(false) => return Power::Less,
        Err(why) => return Power::Undecided(why),
    }
    let denied = part(authority, |statement| match statement.effect {
        Effect::Allow => Some(relaxed(statement)),
        // One that the caller can see to is no hindrance; of the others it counts what they may deny at the most.
        Effect::Deny => statement
            .conditions
            .iter()
            .all(|condition| narrows(&condition.key))
            .then(|| Statement { conditions: Vec::new(), ..statement.clone() }),
    });
    let Some(generic) = Generic::new(&denied) else {
        return Power::Undecided("its resources name every letter there is".to_owned());
    };
    let Some(like) = granted.policies.iter().find_map(|policy| policy.statements.first().map(|first| (policy, first)))
    else {
        return Power::Less;
    };
    let mut undecided = None;
    for (action, target) in GIVING {
        let form = Catalogue::embedded().resource_type("iam", target).and_then(|of| of.arn_formats().next());
        let Some(arn) = form.map(|form| generic.arn(form, partition, account)) else { continue };
        match within(&asks(action, &arn, like.0, like.1), &denied) {
            Answer::Yes => {}
            Answer::No(_) => continue,
            Answer::Unknown(why) => {
                undecided = Some(why);
                continue;
            }
        }
        // The conditions that were left out may be such that nobody can meet them.
        match only(&[action.to_owned()]).map(|asked| apart_from(authority, &asked)) {
            Some(Answer::No(proof)) => return Power::Everything(proof.line),
            Some(Answer::Unknown(why)) => undecided = Some(why),
            Some(Answer::Yes) | None => {}
        }
    }
    undecided.map_or(Power::Less, Power::Undecided)
}

/// The grants that are everything: each alone, else those that are so together.
pub(super) fn granting<'g>(gathered: &'g Gathered, partition: &str) -> Vec<Vec<Grant<'g>>> {
    let all = grants(gathered);
    let is_all = |grants: &[Grant<'_>]| {
        let policies =
            grants.iter().map(|grant| Policy { statements: vec![relaxed(grant.statement)], ..grant.policy.clone() });
        is_everything(&Authority { policies: policies.collect(), ..Authority::default() }, partition) == Ok(true)
    };
    let alone: Vec<Vec<Grant<'_>>> = all.iter().filter(|grant| is_all(&[**grant])).map(|grant| vec![*grant]).collect();
    if !alone.is_empty() {
        return alone;
    }
    let mut together = all;
    let mut at = 0;
    while at < together.len().min(TRIED) {
        let without: Vec<Grant<'_>> = [&together[..at], &together[at + 1..]].concat();
        if is_all(&without) {
            together = without;
        } else {
            at += 1;
        }
    }
    vec![together]
}

/// Whether every action that AWS has is allowed on all that has an ARN.
fn is_everything(authority: &Authority, partition: &str) -> Result<bool, String> {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"arn:{partition}:*:*:*:*"}}}}"#
    );
    let Ok(everything) = Policy::parse(&text) else { return Err(format!("`{partition}` is no partition")) };
    match within(&Authority::of(everything), authority) {
        Answer::Yes => Ok(true),
        Answer::No(proof) => Ok(proof.future),
        Answer::Unknown(why) => Err(why),
    }
}

/// Whether a condition on this key says what is acted on, rather than who acts, from where, when, or in which account
/// and region.
fn narrows(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    !key.starts_with("aws:")
        || ["aws:resourcetag/", "aws:requesttag/", "aws:tagkeys"].iter().any(|start| key.starts_with(start))
}

/// A statement without the conditions that do not narrow it.
fn relaxed(statement: &Statement) -> Statement {
    let mut statement = statement.clone();
    statement.conditions.retain(|condition| narrows(&condition.key));
    statement
}

/// What `take` makes of each statement.
fn part(authority: &Authority, take: impl Fn(&Statement) -> Option<Statement>) -> Authority {
    let of_policy = |policy: &Policy| {
        let statements = policy.statements.iter().filter_map(&take).collect();
        Policy { statements, ..policy.clone() }
    };
    Authority {
        policies: authority.policies.iter().map(of_policy).filter(|policy| !policy.statements.is_empty()).collect(),
        boundary: authority.boundary.as_ref().map(|boundary| boundary.iter().map(of_policy).collect()),
        scene: authority.scene.clone(),
    }
}
