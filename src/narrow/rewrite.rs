//! A policy narrowed to what is needed, statement by statement.
//!
//! Whether a statement grants a need is asked of the IAM engine, so that patterns, NotAction and NotResource are read as
//! IAM reads them. A need that several statements grant stays in one: the narrowest that has no conditions; if all have
//! some, in each. Where a statement grants less than is needed, what it grants of it stays. Denials stay.

use super::floor::Need;
use super::{allowing, policy};
use crate::iam::catalogue::Catalogue;
use crate::iam::{Effect, Policy, Statement};
use crate::model::Arn;
use crate::reach::{Answer, Authority, Gathered, within};
use std::collections::BTreeMap;

/// A policy of a role, and what could be written in its place.
#[derive(Debug, Clone)]
pub struct Rewritten {
    /// Its name.
    pub name: String,
    /// Its ARN, if it is a managed policy; else it is an inline policy.
    pub arn: Option<Arn>,
    /// As it is.
    pub before: Policy,
    /// What could be in its place; none if nothing it grants is needed.
    pub after: Option<Policy>,
    /// How the two differ.
    pub change: Change,
    /// The other roles that were read and have it attached.
    pub elsewhere: Vec<String>,
}

impl Rewritten {
    /// Whether AWS wrote it and keeps it, so that nobody else can edit it.
    pub fn is_of_aws(&self) -> bool {
        self.arn.as_ref().is_some_and(|arn| arn.account == "aws")
    }
}

/// How a policy is narrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Not at all: all that it grants is needed.
    None,
    /// It grants less.
    Narrowed,
    /// Nothing that it grants is needed of it.
    Emptied,
    /// What would be in its place cannot be written.
    Unwritten,
}

/// The policies, each with what could be in its place. `elsewhere` says which other roles have a managed policy.
pub(super) fn rewrite(gathered: &Gathered, needs: &[Need], elsewhere: impl Fn(&Arn) -> Vec<String>) -> Vec<Rewritten> {
    let mut granting: Vec<Granting<'_>> = Vec::new();
    for (policy_at, (policy, _)) in gathered.managed().enumerate() {
        let allows = |of: &&Statement| of.effect == Effect::Allow && of.principal.is_none();
        for statement in policy.statements.iter().filter(allows) {
            granting.push(Granting { policy_at, policy, statement, bare: bare(policy, statement), keeps: Vec::new() });
        }
    }
    for need in needs {
        share(need, &mut granting);
    }
    let rewritten = |(at, (policy, arn)): (usize, (&Policy, Option<&Arn>))| {
        let own: BTreeMap<usize, &Granting<'_>> =
            granting.iter().filter(|of| of.policy_at == at).map(|of| (of.statement.index, of)).collect();
        let (change, after) = narrowed(policy, &own);
        let called = &policy.origin.name;
        let name = ["the policy ", "the inline policy "].iter().find_map(|prefix| called.strip_prefix(prefix));
        Rewritten {
            name: name.unwrap_or(called).to_owned(),
            arn: arn.cloned(),
            before: policy.clone(),
            after,
            change,
            elsewhere: arn.map(&elsewhere).unwrap_or_default(),
        }
    };
    gathered.managed().enumerate().map(rewritten).collect()
}

/// A statement that allows something, and what is left of it.
struct Granting<'a> {
    policy_at: usize,
    policy: &'a Policy,
    statement: &'a Statement,
    /// What it allows where its conditions are met.
    bare: Authority,
    /// Actions with the resources that they stay on.
    keeps: Vec<(String, String)>,
}

fn bare(policy: &Policy, statement: &Statement) -> Authority {
    let statement = Statement { conditions: Vec::new(), ..statement.clone() };
    Authority::of(Policy { statements: vec![statement], ..policy.clone() })
}

fn asking(action: &str, resource: &str) -> Authority {
    Authority::of(policy("", vec![allowing(action, resource)]))
}

/// Leaves `need` in the statements that are to grant it.
fn share(need: &Need, granting: &mut [Granting<'_>]) {
    let whole = asking(&need.action, &need.resource);
    let mut plain: Option<usize> = None;
    let mut some = Vec::new();
    for (at, of) in granting.iter().enumerate() {
        if within(&whole, &of.bare) != Answer::Yes {
            some.push((at, parts(need, of)));
            continue;
        }
        some.push((at, vec![(need.action.clone(), need.resource.clone())]));
        if of.statement.conditions.is_empty() {
            let narrower = |best: usize| {
                within(&of.bare, &granting[best].bare) == Answer::Yes
                    && within(&granting[best].bare, &of.bare) != Answer::Yes
            };
            if plain.is_none_or(narrower) {
                plain = Some(at);
            }
        }
    }
    for (at, parts) in some {
        if plain.is_none_or(|plain| plain == at) {
            granting[at].keeps.extend(parts);
        }
    }
}

/// What a statement grants of a need that it does not grant whole.
fn parts(need: &Need, of: &Granting<'_>) -> Vec<(String, String)> {
    let listed = of.statement.resource.iter().filter(|element| !element.not).flat_map(|element| &element.values);
    let resources: Vec<&str> = std::iter::once(need.resource.as_str()).chain(listed.map(String::as_str)).collect();
    let catalogue = Catalogue::embedded();
    let named: Vec<String> = if need.action.contains(['*', '?']) {
        catalogue.matching(&need.action).map(|action| action.full_name()).collect()
    } else {
        vec![need.action.clone()]
    };
    let whole = asking(&need.action, &need.resource);
    let mut parts = Vec::new();
    for action in &named {
        for resource in &resources {
            let part = asking(action, resource);
            if within(&part, &of.bare) == Answer::Yes && within(&part, &whole) == Answer::Yes {
                parts.push((action.clone(), (*resource).to_owned()));
                if *resource == need.resource {
                    break;
                }
            }
        }
    }
    parts
}

/// The policy with what its statements keep, read back from its text.
fn narrowed(before: &Policy, granting: &BTreeMap<usize, &Granting<'_>>) -> (Change, Option<Policy>) {
    let mut statements: Vec<Statement> = Vec::new();
    let mut changed = false;
    for statement in &before.statements {
        match granting.get(&statement.index) {
            None => statements.push(statement.clone()),
            Some(of) => {
                let less = of.less();
                changed |= less.as_slice() != std::slice::from_ref(statement);
                statements.extend(less);
            }
        }
    }
    if !changed {
        return (Change::None, Some(before.clone()));
    }
    if !statements.iter().any(|statement| statement.effect == Effect::Allow)
        && !statements.iter().any(|statement| statement.effect == Effect::Deny)
    {
        return (Change::Emptied, None);
    }
    let written = Policy { statements, ..before.clone() };
    match Policy::parse(&written.to_json()) {
        Ok(policy) => {
            let version = before.origin.version.clone();
            (Change::Narrowed, Some(policy.named(before.origin.name.clone(), version)))
        }
        Err(_) => (Change::Unwritten, Some(before.clone())),
    }
}

impl Granting<'_> {
    /// The statements that grant what is kept; the statement itself if that is all it grants.
    fn less(&self) -> Vec<Statement> {
        let mut by_action: Vec<(String, Vec<String>)> = Vec::new();
        for (action, resource) in &self.keeps {
            match by_action.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(action)) {
                Some((_, resources)) if resources.contains(resource) => {}
                Some((_, resources)) => resources.push(resource.clone()),
                None => by_action.push((action.clone(), vec![resource.clone()])),
            }
        }
        // As the statement has them, so that the two can be read side by side.
        let written = &self.statement.action.values;
        let place = |action: &str| written.iter().position(|known| known.eq_ignore_ascii_case(action));
        by_action.sort_by_key(|(action, _)| place(action).unwrap_or(usize::MAX));
        let mut blocks: Vec<(Vec<String>, Vec<String>)> = Vec::new();
        for (action, resources) in by_action {
            match blocks.iter_mut().find(|(_, known)| *known == resources) {
                Some((actions, _)) => actions.push(action),
                None => blocks.push((vec![action], resources)),
            }
        }
        let statements: Vec<Statement> = blocks
            .iter()
            .enumerate()
            // A Sid may stand once in a policy.
            .map(|(at, (actions, resources))| {
                self.statement.on_less(self.statement.sid.as_deref().filter(|_| at == 0), actions, resources)
            })
            .collect();
        let kept = Policy {
            statements: statements.iter().map(|s| Statement { conditions: Vec::new(), ..s.clone() }).collect(),
            ..self.policy.clone()
        };
        if within(&self.bare, &Authority::of(kept)) == Answer::Yes { vec![self.statement.clone()] } else { statements }
    }
}
