//! Policies with a statement more or less.

use super::Scene;
use crate::iam::document::{Place, PrincipalName};
use crate::iam::{Effect, Policy, Statement};
use crate::model::Value;
use crate::rules::{Access, Form, Grantee, Via};
use serde_json::{Value as Json, json};

/// A policy document of these statements, with the version and the id of `like`.
pub(super) fn policy_of(like: Option<&Policy>, statements: Vec<Statement>) -> Value {
    let empty = || Policy::parse(r#"{"Version": "2012-10-17", "Statement": []}"#).ok();
    match like.cloned().or_else(empty) {
        Some(policy) => Value::Policy(Policy { statements, ..policy }.to_json()),
        None => Value::Absent,
    }
}

/// The policy in `value`; one without statements if there is none.
pub(super) fn read(value: &Value) -> Result<Option<Policy>, String> {
    match value {
        Value::Absent => Ok(None),
        Value::Policy(text) => {
            Policy::parse(text).map(Some).map_err(|why| format!("its policy cannot be understood: {why}"))
        }
        _ => Err("its policy was not read".to_owned()),
    }
}

/// The statements in `json`.
pub(super) fn parsed(statements: &[Json]) -> Vec<Statement> {
    let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    Policy::parse(&text).map(|policy| policy.statements).unwrap_or_default()
}

/// Whether a finding calls this statement by the words in `by`.
pub(super) fn is_called(policy: &Policy, statement: &Statement, by: &[String]) -> bool {
    let place = policy.place(statement);
    let place = Place { origin: Default::default(), ..place }.to_string();
    by.iter().any(|words| words.strip_prefix(&place).is_some_and(|rest| rest.is_empty() || rest.starts_with(" of ")))
}

/// Whether the statement leaves the decision to the IAM policies of `account`.
pub(super) fn delegates(statement: &Statement, account: &str) -> bool {
    statement.effect == Effect::Allow
        && statement.conditions.is_empty()
        && statement.principal.as_ref().is_some_and(|element| {
            !element.not
                && element.values.iter().all(|value| match value {
                    PrincipalName::Aws(name) => {
                        name == account || (name.ends_with(":root") && name.split(':').nth(4) == Some(account))
                    }
                    _ => false,
                })
        })
}

impl Scene<'_> {
    /// The statements that let in whom the rules on access to `key` want there: all rules, or `only` this one. `on` is
    /// the ARN they are about, where such a policy names one.
    pub(super) fn wanted_statements(&self, key: &str, only: Option<&Access>, on: Option<&str>) -> Vec<Statement> {
        let mut statements = Vec::new();
        for rule in self.rules_on(key) {
            let Form::Access(access) = &rule.form else { continue };
            if access.via != Via::ResourcePolicy || only.is_some_and(|only| only != access) {
                continue;
            }
            for (_, grantees) in access.who.iter().filter(|(side, _)| side.is_floor()) {
                let bound = grantees.iter().map(|grantee| grantee.bind(&mut |reference| self.resolved.bind(reference)));
                for grantee in bound.filter_map(Result::ok) {
                    statements.push(statement(&grantee, &access.written, on));
                }
            }
        }
        parsed(&statements)
    }
}

/// The statement that lets `grantee` do `actions`.
pub(super) fn statement(grantee: &Grantee, actions: &[String], on: Option<&str>) -> Json {
    let (principal, source) = match grantee {
        Grantee::Anyone => (json!("*"), None),
        Grantee::Account(account) => (json!({ "AWS": account.to_string() }), None),
        Grantee::Arn { arn, .. } => (json!({ "AWS": arn.to_string() }), None),
        Grantee::Service { name, source } => (json!({ "Service": name.to_string() }), source.as_ref()),
    };
    let mut statement = json!({ "Effect": "Allow", "Principal": principal, "Action": actions });
    if let Some(on) = on {
        statement["Resource"] = on.into();
    }
    if let Some(source) = source {
        statement["Condition"] = json!({ "ArnEquals": { "aws:SourceArn": source.to_string() } });
    }
    statement
}
