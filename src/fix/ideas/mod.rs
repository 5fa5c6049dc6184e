//! What could mend a finding: changes to the account, in the order in which they are to be tried.
//!
//! One file a form of rule. An idea is no more than that: whether it mends its finding, and what else it does, is judged
//! by the audit on the account as it would be.

mod access;
mod check;
mod exists;
mod expect;
mod flow;
mod integration;
mod only;
mod permissions;
mod statement;

use super::model::{Change, Model};
use crate::audit::{Found, Resolved};
use crate::model::{Finding, Resource};
use crate::rules::{Form, Rule, Rules, Subject, Whereabouts};

/// What ideas rest on.
pub(super) struct Scene<'a> {
    pub(super) rules: &'a Rules,
    pub(super) place: &'a Whereabouts,
    pub(super) model: &'a Model,
    pub(super) resolved: &'a Resolved<'a>,
}

/// Changes that may mend a finding.
#[derive(Debug, Clone)]
pub(super) struct Idea {
    /// What they come to, in a sentence.
    pub(super) what: String,
    pub(super) changes: Vec<Change>,
}

impl Idea {
    fn new(what: impl Into<String>, changes: Vec<Change>) -> Self {
        Self { what: what.into(), changes }
    }
}

/// The ideas, the best first; or why a person must mend it.
pub(super) type Ideas = Result<Vec<Idea>, String>;

/// In which order the forms of rules are mended: what things are first, what they may do and who is let in next, then
/// what rests on both, and at last what is too much.
pub(super) fn tier(rule: &Rule) -> u8 {
    match &rule.form {
        Form::Exists(_) => 0,
        Form::Expect { .. } => 1,
        Form::Permissions(_) | Form::Access(_) | Form::Statements(_) => 2,
        Form::Flow(_) => 3,
        Form::Check { .. } => 4,
        Form::Only { .. } | Form::Unexpected(_) => 5,
    }
}

impl<'a> Scene<'a> {
    pub(super) fn ideas(&self, rule: &Rule, finding: &Finding) -> Ideas {
        match &rule.form {
            Form::Exists(key) => self.exists(key),
            Form::Expect { on, expect } => self.expect(self.subject(on, finding)?, expect),
            Form::Access(access) => self.access(self.named(&finding.resource)?, access, finding),
            Form::Statements(statements) => self.statements(self.named(&statements.of)?, statements),
            Form::Permissions(permissions) => {
                self.permissions(&finding.resource, self.named(&finding.resource)?, permissions)
            }
            Form::Flow(flow) => self.flow(flow, finding),
            Form::Check { check, on } => self.check(check, self.subject(on, finding)?, finding),
            Form::Only { kind, of, filter, are } => self.only(kind, of.as_deref(), filter, are),
            Form::Unexpected(unexpected) => self.unexpected(unexpected, finding),
        }
    }

    /// The resource that a rule on `subject` found fault with.
    fn subject(&self, subject: &Subject, finding: &Finding) -> Result<&'a Resource, String> {
        let kind = match subject {
            Subject::Named(_) => return self.named(&finding.resource),
            Subject::Each { kind, .. } => kind,
        };
        let is_it = |of: &&Resource| {
            of.type_name == kind.type_name
                && match &finding.arn {
                    Some(arn) => of.id == *arn,
                    None => of.name == finding.resource,
                }
        };
        let mut found = self.model.account.resources.iter().filter(is_it);
        match (found.next(), found.next()) {
            (Some(resource), None) => Ok(resource),
            (None, _) => Err("it is not among what was read".to_owned()),
            _ => Err("there are several of that name".to_owned()),
        }
    }

    /// The one resource that the rules file calls `key`.
    fn named(&self, key: &str) -> Result<&'a Resource, String> {
        match self.resolved.get(key) {
            Found::There(resources, _) if !resources.is_empty() => Ok(resources[0]),
            _ => Err(format!("{key} is not there")),
        }
    }

    /// The resources of a type in the account as it would be.
    fn all(&self, type_name: &str) -> impl Iterator<Item = &'a Resource> {
        let type_name = type_name.to_owned();
        self.model.account.resources.iter().filter(move |of| of.type_name == type_name)
    }

    /// All kinds there are.
    fn kinds(&self) -> impl Iterator<Item = &'static crate::model::Kind> {
        self.model.kinds()
    }

    /// The rules, with the keys of the resources they are on.
    fn rules_on(&self, key: &str) -> impl Iterator<Item = &'a Rule> {
        let key = key.to_owned();
        self.rules.rules.iter().filter(move |rule| rule.form.named().contains(&key))
    }
}

/// What an unbound reference comes to in words.
fn unbound(unbound: &crate::audit::Unbound) -> String {
    match unbound {
        crate::audit::Unbound::Blocked(key) => format!("it rests on {key}, which is not there"),
        crate::audit::Unbound::Unknown(gap) => format!("it rests on what was not read: {gap}"),
    }
}
