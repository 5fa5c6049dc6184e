//! `permissions`: what a managed policy says, or what a principal carries.

use super::statement::read;
use super::{Idea, Ideas, Scene, unbound};
use crate::fix::model::Change;
use crate::fix::want::{document, want};
use crate::model::{IdentityPolicies, MANAGED_POLICY, Resource, Shape, Value};
use crate::rules::{Form, Permissions, Subject};

impl<'a> Scene<'a> {
    pub(super) fn permissions(&self, key: &str, resource: &Resource, permissions: &Permissions) -> Ideas {
        let bounds = permissions.bounds.try_map(|expected| expected.bind(&mut |r| self.resolved.bind(r)));
        let bounds = bounds.map_err(|why| unbound(&why))?;
        let declared = self.rules.resource(key);
        if let Some(IdentityPolicies::Document(field)) = declared.kind.standing.permissions {
            let mut ideas = Vec::new();
            for (_, expected) in bounds.iter() {
                let to = Value::Policy(expected.policy().map_err(|why| format!("{expected}: {why}"))?.to_json());
                ideas.push(Idea::new(
                    format!("{} says what {expected} says", resource.name),
                    vec![Change::set(resource, field, to)],
                ));
            }
            let by_statements =
                self.rewritten(resource, field, "document", read(resource.properties.get(field))?.as_ref(), &[], &[]);
            // Less of what is there comes before another document, where only a ceiling is asked for.
            if bounds.iter().all(|(side, _)| !side.is_floor()) {
                ideas.splice(0..0, by_statements);
            }
            return Ok(ideas);
        }
        let mut ideas = self.lighter(key, resource);
        ideas.extend(self.declared_documents(resource));
        if let Some((_, floor)) = bounds.iter().find(|(side, _)| side.is_floor()) {
            let policy = floor.policy().map_err(|why| format!("{floor}: {why}"))?;
            ideas.push(self.inline(
                resource,
                "plimsoll-needs",
                &policy.to_json(),
                format!("{} is given what {floor} asks for", resource.name),
            ));
        }
        if let Some((_, ceiling)) = bounds.iter().find(|(side, _)| side.is_ceiling()) {
            ideas.extend(document(&bounds).ok().map(|floor| {
                let mut idea = self.inline(
                    resource,
                    "plimsoll-needs",
                    &text(&floor),
                    format!("all that {} carries gives way to one inline policy within {ceiling}", resource.name),
                );
                idea.changes.insert(0, Change::set(resource, "ManagedPolicyArns", Value::Set(Vec::new())));
                idea
            }));
        }
        Ok(ideas)
    }

    /// What an identity carries, less one thing or another that no rule asks for.
    pub(super) fn lighter(&self, key: &str, resource: &Resource) -> Vec<Idea> {
        let asked = self.asked_for(key);
        let inline = items(resource.properties.get("Policies"));
        let attached = items(resource.properties.get("ManagedPolicyArns"));
        let (kept, unasked): (Vec<Value>, Vec<Value>) =
            attached.iter().cloned().partition(|arn| asked.iter().any(|of| of.as_text() == arn.as_text()));
        let without = |all: &[Value], at: usize| {
            let rest = all.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, item)| item.clone());
            Value::Set(rest.collect())
        };
        let name = &resource.name;
        let mut ideas = Vec::new();
        for (at, policy) in inline.iter().enumerate() {
            let policy = policy.get("PolicyName").as_text().unwrap_or_default();
            let change = Change::set(resource, "Policies", without(&inline, at));
            ideas.push(Idea::new(format!("{name} loses its inline policy {policy}"), vec![change]));
        }
        for arn in &unasked {
            let rest = attached.iter().filter(|other| *other != arn).cloned().collect();
            let change = Change::set(resource, "ManagedPolicyArns", Value::Set(rest));
            ideas.push(Idea::new(format!("{name} loses {arn}, which no rule asks for"), vec![change]));
        }
        let bounded = *resource.properties.get("PermissionsBoundary") != Value::Absent;
        let unbound = || Change::set(resource, "PermissionsBoundary", Value::Absent);
        if bounded {
            ideas.push(Idea::new(format!("{name} loses its permissions boundary"), vec![unbound()]));
        }
        let mut all = Vec::new();
        if !unasked.is_empty() {
            all.push(Change::set(resource, "ManagedPolicyArns", Value::Set(kept)));
        }
        if !inline.is_empty() {
            all.push(Change::set(resource, "Policies", Value::Set(Vec::new())));
        }
        if unasked.len() + inline.len() > 1 {
            let what = format!("{name} loses the policies that no rule asks for");
            ideas.push(Idea::new(what.clone(), all.clone()));
            if bounded {
                all.push(unbound());
                ideas.push(Idea::new(format!("{what}, and its permissions boundary"), all));
            }
        }
        ideas
    }

    /// The attached policies that rules ask `key` to carry.
    fn asked_for(&self, key: &str) -> Vec<Value> {
        let mut asked = Vec::new();
        for rule in self.rules_on(key) {
            if let Form::Expect { on: Subject::Named(_), expect } = &rule.form {
                for (_, pattern) in expect.iter().filter(|(field, _)| field == "ManagedPolicyArns") {
                    let bound = pattern.bind(&mut |reference| self.resolved.bind(reference));
                    let list = Shape::Set(Box::new(Shape::Arn));
                    let value = bound.ok().and_then(|pattern| want(&pattern, &list, &Value::Absent).ok());
                    asked.extend(value.as_ref().map(items).unwrap_or_default());
                }
            }
        }
        asked
    }

    /// The managed policies that `resource` carries, each as the rules say it is to be.
    pub(super) fn declared_documents(&self, resource: &Resource) -> Vec<Idea> {
        let attached: Vec<String> =
            items(resource.properties.get("ManagedPolicyArns")).iter().filter_map(Value::as_text).collect();
        let mut ideas = Vec::new();
        for declared in self.rules.resources.iter().filter(|declared| declared.kind.type_name == MANAGED_POLICY) {
            let Ok(policy) = self.named(&declared.key) else { continue };
            if !attached.contains(&policy.id) {
                continue;
            }
            for rule in self.rules_on(&declared.key) {
                let Form::Permissions(permissions) = &rule.form else { continue };
                let bounds = permissions.bounds.try_map(|expected| expected.bind(&mut |r| self.resolved.bind(r)));
                if let Some(to) = bounds.ok().and_then(|bounds| document(&bounds).ok()) {
                    let what = format!("{} says what its own rule asks for, in the words of the rule", policy.name);
                    ideas.push(Idea::new(what, vec![Change::set(policy, "PolicyDocument", to)]));
                }
            }
        }
        ideas
    }

    /// An identity with an inline policy more.
    pub(super) fn inline(&self, resource: &Resource, name: &str, document: &str, what: String) -> Idea {
        let mut inline = items(resource.properties.get("Policies"));
        inline.retain(|policy| policy.get("PolicyName").as_text().as_deref() != Some(name));
        inline.push(Value::Map(
            [
                ("PolicyName".to_owned(), Value::Text(name.to_owned())),
                ("PolicyDocument".to_owned(), Value::Policy(document.to_owned())),
            ]
            .into(),
        ));
        Idea::new(what, vec![Change::set(resource, "Policies", Value::Set(inline))])
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Policy(text) => text.clone(),
        _ => String::new(),
    }
}

/// The items of a list or set.
pub(super) fn items(value: &Value) -> Vec<Value> {
    match value {
        Value::List(items) | Value::Set(items) => items.clone(),
        _ => Vec::new(),
    }
}
