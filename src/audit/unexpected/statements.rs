//! Statements in the policies of declared resources that nothing in the rules accounts for.
//!
//! Statements are compared by meaning: one that lets in those whom the rules let in, for what they let them do, is
//! accounted for however it is written and called. A statement is one thing by its content, so that one that was changed
//! is another, and one that was moved or renamed is the same.

use super::super::finding::{About, Auditor};
use super::super::resolve::Unbound;
use super::{Survey, arn_of, fingerprint, known};
use crate::iam::document::PrincipalName;
use crate::iam::{Effect, Policy, Statement};
use crate::model::{Arn, Gap, Resource};
use crate::reach::{Answer, Authority, Missing, policy_in, same_statement, within};
use std::collections::BTreeSet;

impl<'a> Auditor<'a> {
    pub(super) fn statements_beside(&self, keys: &'a [String], survey: &mut Survey<'a>) {
        let Some(first) = keys.first() else { return };
        let kind = self.rules.resource(first).kind;
        let Some(own) = kind.standing.own_policy else { return };
        let wanted = format!(
            "no statement in the {} of {} that no flow, rule on access or document accounts for",
            own.noun,
            self.names_of(keys)
        );
        survey.is_about(kind.type_name, format!("every statement of a {}", own.noun), wanted);
        for (resource, keys) in self.carriers(keys, survey) {
            survey.calls.extend(resource.calls.iter().cloned());
            match policy_in(resource.properties.get(own.field), &format!("the {}", own.noun)) {
                Ok(None) => {}
                Ok(Some(policy)) => self.weigh_statements(resource, &keys, &policy, survey),
                Err(Missing::Unread(gap)) => survey.gaps.push(*gap),
                Err(Missing::Malformed(why)) => {
                    let about = About {
                        resource: resource.name.clone(),
                        type_name: resource.type_name,
                        identity: resource.id.clone(),
                        name: Some(resource.name.clone()),
                        arn: arn_of(&resource.id),
                    };
                    survey.undecided(about, why, &resource.calls);
                }
            }
        }
    }

    fn weigh_statements(&self, resource: &'a Resource, keys: &[&str], policy: &Policy, survey: &mut Survey<'a>) {
        let account = resource.id.parse::<Arn>().ok().map(|arn| arn.account).filter(|account| !account.is_empty());
        let account = account.unwrap_or_else(|| self.account.caller.account.clone());
        let accounted = self.accounted(resource, keys);
        for statement in &policy.statements {
            let mut alone = Policy { statements: vec![statement.clone()], ..policy.clone() };
            if let Some(left_out) = known::statement(&alone, &account) {
                survey.leave_out(left_out);
                continue;
            }
            let content = content(statement);
            let short = statement.sid.clone().map_or_else(|| content[..8].to_owned(), |sid| format!("\"{sid}\""));
            let label = format!("{}: statement {short}", resource.name);
            if survey.is_excepted(&[statement.sid.as_deref().unwrap_or_default(), &label]) {
                continue;
            }
            let place = policy.place(statement);
            let (mut gaps, mut blocked_by): (Vec<Gap>, BTreeSet<String>) = Default::default();
            let (mut undecided, mut found, mut witness) = (None, format!("{place}, which nothing accounts for"), None);
            name_the_resource(&mut alone, resource);
            if statement.effect == Effect::Deny {
                match denied(&accounted.denied, policy, statement) {
                    Answer::Yes => continue,
                    Answer::Unknown(why) => undecided = Some(format!("{place}: {why}")),
                    Answer::No(_) => found = format!("{place} denies, and no document of the rules has it"),
                }
            } else {
                match within(
                    &Authority::of(alone),
                    &Authority { policies: accounted.allowed.clone(), ..Authority::default() },
                ) {
                    Answer::Yes => continue,
                    Answer::Unknown(why) => undecided = Some(format!("{place}: {why}")),
                    Answer::No(proof) => {
                        found = format!("{}, which nothing accounts for", proof.allowed());
                        witness = Some(proof.line);
                    }
                }
            }
            for unbound in &accounted.open {
                match unbound {
                    Unbound::Unknown(gap) => gaps.push((**gap).clone()),
                    Unbound::Blocked(key) => drop(blocked_by.insert(self.exists_id(key))),
                }
            }
            let about = About {
                resource: label,
                type_name: resource.type_name,
                identity: format!("{} statement {content}", resource.id),
                name: None,
                arn: arn_of(&resource.id),
            };
            if !gaps.is_empty() || !blocked_by.is_empty() {
                survey.perhaps(about, &gaps, blocked_by, &resource.calls);
            } else if let Some(why) = undecided {
                survey.undecided(about, format!("not decided: {why}"), &resource.calls);
            } else {
                survey.fail(about, found, witness, &resource.calls);
            }
        }
    }
}

/// Puts the ARN of the resource in the place of `*`: in its own policy that is all it can mean, and a request that shows
/// the fault is then about it.
fn name_the_resource(alone: &mut Policy, resource: &Resource) {
    // The policy of a REST API is about what is below it.
    let is_about_itself = !resource.id.contains(":apigateway:");
    let elements = alone.statements.iter_mut().filter_map(|statement| statement.resource.as_mut());
    for element in elements.filter(|element| is_about_itself && !element.not && element.values == ["*"]) {
        element.values = vec![resource.id.clone()];
    }
}

/// Whether one of `documents` has a statement that denies the same.
fn denied(documents: &[Policy], policy: &Policy, statement: &Statement) -> Answer {
    let mut open = None;
    for document in documents {
        for candidate in document.statements.iter().filter(|candidate| candidate.effect == Effect::Deny) {
            match same_statement((policy, statement), (document, candidate)) {
                Answer::Yes => return Answer::Yes,
                Answer::No(_) => {}
                Answer::Unknown(why) => open = Some(why),
            }
        }
    }
    open.map_or_else(|| Answer::No(Box::default()), Answer::Unknown)
}

/// What a statement says, whatever it is called and in whatever order its lists are.
fn content(statement: &Statement) -> String {
    let sorted = |not: bool, values: &[String]| {
        let mut values = values.to_vec();
        values.sort();
        values.dedup();
        format!("{not} {values:?}")
    };
    let principals = statement.principal.as_ref().map(|principals| {
        let name = |name: &PrincipalName| match name {
            PrincipalName::Everyone => "*".to_owned(),
            PrincipalName::Aws(name) => format!("AWS {name}"),
            PrincipalName::Service(name) => format!("Service {name}"),
            PrincipalName::Federated(name) => format!("Federated {name}"),
            PrincipalName::CanonicalUser(name) => format!("CanonicalUser {name}"),
        };
        sorted(principals.not, &principals.values.iter().map(name).collect::<Vec<_>>())
    });
    let actions: Vec<String> = statement.action.values.iter().map(|action| action.to_ascii_lowercase()).collect();
    let resources = statement.resource.as_ref().map(|resources| sorted(resources.not, &resources.values));
    let mut conditions: Vec<String> = statement
        .conditions
        .iter()
        .map(|condition| {
            let operator = condition.operator.as_ref().map_or_else(Clone::clone, ToString::to_string);
            format!("{operator} {} {}", condition.key.to_ascii_lowercase(), sorted(false, &condition.values))
        })
        .collect();
    conditions.sort();
    let parts = [
        statement.effect.word().to_owned(),
        principals.unwrap_or_default(),
        sorted(statement.action.not, &actions),
        resources.unwrap_or_default(),
    ];
    fingerprint(parts.iter().chain(&conditions).map(String::as_str))
}
