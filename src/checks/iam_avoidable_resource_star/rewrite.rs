//! The statements that would do in the place of one on every resource.
//!
//! They are written out, read back, and held against the statement by the engine: what is shown allows nothing that the
//! statement does not.

use super::super::Case;
use super::super::grant::Grant;
use super::super::scope::scope;
use super::Sorted;
use crate::iam::Policy;
use crate::reach::{Answer, Authority, within};
use std::collections::BTreeSet;

/// ARNs, or actions without a resource type, beyond which nobody would want to read what could be written.
const LONGEST: usize = 30;

/// What could be written in the place of a statement.
pub(super) struct Rewrite {
    /// The statements, as JSON.
    statements: Vec<String>,
    scoped: Vec<Scoped>,
}

/// Actions that could be granted on the same ARNs.
struct Scoped {
    /// As the statement writes them.
    actions: Vec<String>,
    /// The same, each pattern with how many actions it comes to.
    said: Vec<String>,
    arns: Vec<String>,
}

impl Rewrite {
    /// The statements that would do; `None` if they would be too many to read.
    pub(super) fn of(case: &Case<'_>, grant: &Grant<'_>, sorted: &[Sorted]) -> Option<Self> {
        if grant.statement.action.not {
            return None;
        }
        let mut scoped: Vec<Scoped> = Vec::new();
        let mut as_before = Vec::new();
        let mut on_all = Vec::new();
        for of in sorted {
            if of.named.is_pattern {
                on_all.extend(of.rightly.iter().map(ToString::to_string));
            } else if !of.rightly.is_empty() || of.named.actions.is_empty() {
                on_all.push(of.named.written.clone());
            }
            let services: BTreeSet<&str> = of.avoidable.iter().map(|action| action.prefix()).collect();
            if services.len() > 1 {
                return None;
            }
            if of.avoidable.is_empty() {
                if of.rightly.is_empty() && !of.named.actions.is_empty() {
                    as_before.push(of.named.written.clone());
                }
                continue;
            }
            let arns: BTreeSet<String> = of.avoidable.iter().flat_map(|action| scope(case, *action)).collect();
            let arns: Vec<String> = arns.into_iter().collect();
            let at = scoped.iter().position(|scoped| scoped.arns == arns).unwrap_or_else(|| {
                scoped.push(Scoped { actions: Vec::new(), said: Vec::new(), arns });
                scoped.len() - 1
            });
            scoped[at].actions.push(of.named.written.clone());
            scoped[at].said.push(of.avoidable_in_words());
        }
        if on_all.len() > LONGEST || scoped.iter().map(|scoped| scoped.arns.len()).sum::<usize>() > LONGEST {
            return None;
        }
        let before: Vec<String> =
            grant.statement.resource.iter().flat_map(|element| element.values.iter().cloned()).collect();
        if !as_before.is_empty() && grant.statement.resource.as_ref().is_some_and(|element| element.not) {
            return None;
        }
        let mut blocks: Vec<(&[String], &[String])> =
            scoped.iter().map(|scoped| (scoped.actions.as_slice(), scoped.arns.as_slice())).collect();
        let star = ["*".to_owned()];
        if !as_before.is_empty() {
            blocks.push((&as_before, &before));
        }
        if !on_all.is_empty() {
            blocks.push((&on_all, &star));
        }
        // A Sid may stand once in a policy.
        let sid = |at: usize| grant.statement.sid.as_deref().filter(|_| at == 0);
        let statements = blocks
            .iter()
            .enumerate()
            .map(|(at, (actions, arns))| grant.statement.on_less(sid(at), actions, arns).to_json_line())
            .collect();
        Some(Self { statements, scoped })
    }

    /// The statements as a policy of their own, if the engine proves that they allow nothing that `grant` does not.
    pub(super) fn proven(&self, grant: &Grant<'_>) -> Option<Policy> {
        let text = format!("{{\"Version\": \"2012-10-17\", \"Statement\": {}}}", self.text());
        let mut policy = Policy::parse(&text).ok()?.named(grant.policy.origin.name.clone(), None);
        policy.version = grant.policy.version;
        let before = Policy { statements: vec![grant.statement.clone()], ..grant.policy.clone() };
        (within(&Authority::of(policy.clone()), &Authority::of(before)) == Answer::Yes).then_some(policy)
    }

    /// The statements, as a JSON list.
    pub(super) fn text(&self) -> String {
        format!("[{}]", self.statements.join(", "))
    }

    /// What is granted on every resource, and which ARNs would do.
    pub(super) fn in_words(&self) -> String {
        let one = |scoped: &Scoped| {
            format!("{} on every resource, where {} would do", scoped.said.join(", "), scoped.arns.join(" and "))
        };
        self.scoped.iter().map(one).collect::<Vec<_>>().join("; ")
    }
}
