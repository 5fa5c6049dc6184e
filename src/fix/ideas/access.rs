//! `access` and `only: { statements_of: … }`: the policy of a resource, without the statements that let in too many and
//! with those that let in whom the rules want.

use super::statement::{delegates, is_called, policy_of, read};
use super::{Idea, Ideas, Scene, unbound};
use crate::fix::model::Change;
use crate::iam::{Effect, Policy, Statement};
use crate::model::{Finding, ROLE, Resource, Value};
use crate::rules::{Access, Statements};

/// How many statements a policy may have for each to be tried without.
const TRIED: usize = 12;

impl Scene<'_> {
    pub(super) fn access(&self, resource: &Resource, access: &Access, finding: &Finding) -> Ideas {
        let declared = self.rules.resource(&finding.resource);
        let Some(own) = declared.kind.standing.own_policy else { return Err("it has no policy of its own".to_owned()) };
        let policy = read(resource.properties.get(own.field))?;
        let on = (resource.type_name != ROLE).then_some(resource.id.as_str());
        let more = self.wanted_statements(&finding.resource, Some(access), on);
        let all = self.wanted_statements(&finding.resource, None, on);
        let by: Vec<String> = finding.beyond.iter().flat_map(|beyond| beyond.by.iter().cloned()).collect();
        let mut ideas = self.rewritten(resource, own.field, own.noun, policy.as_ref(), &by, &more);
        // At the last resort, the policy is what the rules say and no more.
        let account = &self.model.account.caller.account;
        let owners = policy.iter().flat_map(|policy| &policy.statements).filter(|of| delegates(of, account)).cloned();
        let anew: Vec<Statement> = owners.chain(all.clone()).collect();
        for statements in [anew, all] {
            if let Some(change) = set(resource, own.field, policy.as_ref(), statements) {
                let what = format!("the {} of {} says what the rules ask for, and no more", own.noun, resource.name);
                ideas.push(Idea::new(what, vec![change]));
            }
        }
        Ok(ideas)
    }

    /// The policy of a resource without what is called `by`, or without one statement or another, and with `more`.
    pub(super) fn rewritten(
        &self,
        resource: &Resource,
        field: &str,
        noun: &str,
        policy: Option<&Policy>,
        by: &[String],
        more: &[Statement],
    ) -> Vec<Idea> {
        let statements: Vec<Statement> = policy.iter().flat_map(|policy| policy.statements.clone()).collect();
        let of = format!("the {noun} of {}", resource.name);
        let mut ideas = Vec::new();
        let mut propose = |what: String, kept: Vec<Statement>, with: bool| {
            let kept: Vec<Statement> = kept.into_iter().chain(if with { more.to_vec() } else { Vec::new() }).collect();
            ideas.extend(set(resource, field, policy, kept).map(|change| Idea::new(what, vec![change])));
        };
        let named = |statement: &Statement| policy.is_some_and(|policy| is_called(policy, statement, by));
        let unnamed: Vec<Statement> = statements.iter().filter(|of| !named(of)).cloned().collect();
        if unnamed.len() < statements.len() {
            propose(format!("{of} loses the statements that let in too many"), unnamed.clone(), false);
            if !more.is_empty() {
                let what = format!("{of} loses the statements that let in too many, and gains those that are missing");
                propose(what, unnamed, true);
            }
        }
        if !more.is_empty() {
            propose(format!("{of} gains the statements that are missing"), statements.clone(), true);
        }
        if statements.len() > TRIED {
            return ideas;
        }
        // What denies stands in the way more often than what allows.
        let mut order: Vec<usize> = (0..statements.len()).collect();
        order.sort_by_key(|at| statements[*at].effect == Effect::Allow);
        for with in [false, true] {
            for at in order.iter().copied().filter(|_| !with || !more.is_empty()) {
                let mut kept = statements.clone();
                let gone = kept.remove(at);
                let name =
                    gone.sid.map_or_else(|| format!("statement {}", at + 1), |sid| format!("the statement \"{sid}\""));
                let gains = if with { ", and gains those that are missing" } else { "" };
                propose(format!("{of} loses {name}{gains}"), kept, with);
            }
        }
        ideas
    }

    pub(super) fn statements(&self, resource: &Resource, statements: &Statements) -> Ideas {
        let declared = self.rules.resource(&statements.of);
        let (Some(own), Some(are)) = (declared.kind.standing.own_policy, &statements.are) else {
            return Err("the rule names no document".to_owned());
        };
        let bound = are.bind(&mut |reference| self.resolved.bind(reference)).map_err(|why| unbound(&why))?;
        let expected = bound.policy().map_err(|why| format!("{are}: {why}"))?;
        let change = Change::set(resource, own.field, Value::Policy(expected.to_json()));
        Ok(vec![Idea::new(format!("the {} of {} becomes {are}", own.noun, resource.name), vec![change])])
    }
}

/// The policy of a resource with these statements; none at all where there are none and it can do without.
fn set(resource: &Resource, field: &str, like: Option<&Policy>, statements: Vec<Statement>) -> Option<Change> {
    let to = match statements.is_empty() {
        true if resource.type_name == ROLE => return None,
        true => Value::Absent,
        false => policy_of(like, statements),
    };
    Some(Change::set(resource, field, to))
}
