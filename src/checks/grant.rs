//! The statements that allow something, and the actions that they name.

use crate::iam::catalogue::{AccessLevel, Action, Catalogue};
use crate::iam::check::fits;
use crate::iam::document::{Condition, Element};
use crate::iam::{Effect, Policy, Statement};
use crate::reach::{Authority, Gathered};
use std::collections::{BTreeMap, BTreeSet};

/// A statement that allows something to somebody.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grant<'a> {
    pub(super) policy: &'a Policy,
    pub(super) statement: &'a Statement,
    /// Whether AWS wrote the policy and keeps it, so that nobody else can edit it.
    pub(super) is_of_aws: bool,
}

/// The statements that allow something in the policies that were read, in their order.
pub(super) fn grants(gathered: &Gathered) -> Vec<Grant<'_>> {
    let of_policy = |(policy, is_of_aws): (_, bool)| {
        let policy: &Policy = policy;
        let allows = policy.statements.iter().filter(|statement| statement.effect == Effect::Allow);
        allows.map(move |statement| Grant { policy, statement, is_of_aws })
    };
    gathered.policies().flat_map(of_policy).collect()
}

impl Grant<'_> {
    /// Where it stands: `statement "VisualEditor0" of the policy Lambda-Read-SQS (v1)`.
    pub(super) fn place(&self) -> String {
        let place = self.policy.place(self.statement).to_string();
        if self.is_of_aws { place.replacen("the policy ", "the AWS managed policy ", 1) } else { place }
    }

    /// Whether it lets in what has no resource type, which is asked about `*` alone.
    pub(super) fn names_star(&self) -> bool {
        let all = |value: &String| !value.is_empty() && value.bytes().all(|byte| byte == b'*');
        self.statement.resource.as_ref().is_some_and(|element| element.not || element.values.iter().any(all))
    }

    /// What it names in `Action`, in its order; of `NotAction`, all that it leaves, as one.
    pub(super) fn named(&self) -> Vec<NamedActions> {
        let catalogue = Catalogue::embedded();
        let element = &self.statement.action;
        if element.not {
            let out: BTreeSet<Action> = element.values.iter().flat_map(|value| catalogue.matching(value)).collect();
            let left = catalogue.actions().filter(|action| !out.contains(action)).collect();
            let written = format!("all but {}", element.values.join(", "));
            return vec![NamedActions { written, actions: left, is_pattern: true }];
        }
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let mut named = Vec::new();
        for value in element.values.iter().filter(|value| seen.insert(value.to_lowercase())) {
            let actions: Vec<Action> = catalogue.matching(value).collect();
            let is_pattern = value.contains(['*', '?']);
            // As AWS spells it, whatever was typed.
            let written = match actions.as_slice() {
                [action] if !is_pattern => action.full_name(),
                _ => value.clone(),
            };
            named.push(NamedActions { written, actions, is_pattern });
        }
        named
    }

    /// Whether an action is ever asked about one of its resources.
    pub(super) fn can_be_asked(&self, action: Action) -> bool {
        let fits = |element: &Element<String>| {
            // What most statements name is told first: it costs nothing.
            element.not
                || element.values.iter().any(|value| value == "*")
                || element.values.iter().any(|v| fits(action, v))
        };
        self.statement.resource.as_ref().is_none_or(fits)
    }

    /// The grant within everything that narrows it, whatever the conditions of a request: the denials that have no
    /// conditions, and the boundary without those of its own.
    ///
    /// What it allows at the most: a denial or a boundary that hangs on a condition may be of no help.
    pub(super) fn at_most(&self, gathered: &Gathered) -> Authority {
        let bare = Statement { conditions: Vec::new(), ..self.statement.clone() };
        let Authority { policies, boundary, scene } = gathered.read();
        let denials = |policy: &Policy| only(policy, |s| s.effect == Effect::Deny && s.conditions.is_empty());
        let mut all = vec![Policy { statements: vec![bare], ..self.policy.clone() }];
        all.extend(policies.iter().map(denials).filter(|policy| !policy.statements.is_empty()));
        let boundary = boundary.map(|policies| policies.iter().map(without_conditions).collect());
        Authority { policies: all, boundary, scene }
    }

    /// The grant as it is, conditions and all, within the denials and the boundary.
    pub(super) fn as_it_is(&self, gathered: &Gathered) -> Authority {
        let Authority { policies, boundary, scene } = gathered.read();
        let mut all = vec![Policy { statements: vec![self.statement.clone()], ..self.policy.clone() }];
        let denials = policies.iter().map(|policy| only(policy, |statement| statement.effect == Effect::Deny));
        all.extend(denials.filter(|policy| !policy.statements.is_empty()));
        Authority { policies: all, boundary, scene }
    }
}

/// The conditions of a grant, in words: `Bool aws:MultiFactorAuthPresent true`. None if it has none.
pub(super) fn conditions_of(grant: &Grant<'_>) -> Option<String> {
    let in_words = |condition: &Condition| {
        let operator = condition.operator.as_ref().map_or_else(Clone::clone, ToString::to_string);
        format!("{operator} {} {}", condition.key, condition.values.join(" or "))
    };
    let all: Vec<String> = grant.statement.conditions.iter().map(in_words).collect();
    (!all.is_empty()).then(|| all.join(" and "))
}

fn only(policy: &Policy, keep: impl Fn(&Statement) -> bool) -> Policy {
    let statements = policy.statements.iter().filter(|statement| keep(statement)).cloned().collect();
    Policy { statements, ..policy.clone() }
}

fn without_conditions(policy: &Policy) -> Policy {
    let mut policy = only(policy, |s| s.effect == Effect::Allow || s.conditions.is_empty());
    policy.statements.iter_mut().for_each(|statement| statement.conditions.clear());
    policy
}

/// What one value of `Action` names.
#[derive(Debug, Clone)]
pub(super) struct NamedActions {
    /// The value: an action as AWS spells it, or a pattern as it was written.
    pub(super) written: String,
    /// The actions of the catalogue; none for one that it does not have.
    pub(super) actions: Vec<Action>,
    /// Whether more than one could be meant.
    pub(super) is_pattern: bool,
}

/// How many `actions` there are of each access level: `12 Write, 3 Read`.
pub(super) fn by_level<'a>(actions: impl IntoIterator<Item = &'a Action>) -> String {
    let mut counts: BTreeMap<AccessLevel, usize> = BTreeMap::new();
    for action in actions {
        *counts.entry(action.access_level()).or_default() += 1;
    }
    counts.iter().map(|(level, count)| format!("{count} {level}")).collect::<Vec<_>>().join(", ")
}
