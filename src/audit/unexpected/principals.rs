//! Policies that hang on declared principals: those that are written into them, and those that are attached.
//!
//! A policy is accounted for if a rule on the principal names it (`Policies`, `ManagedPolicyArns`), if it is attached and
//! is itself a resource of the rules file, or if a bound says what the principal may do at most (`permissions` with
//! `at_most` or `exactly`) and the policy, by itself, allows something and nothing beyond it. A bound judges what policies
//! mean: who wrote one has said that it does not matter by which policies the principal may do that much. What a policy
//! denies no bound asks for, so one that allows nothing is accounted for by none.

use super::super::finding::{About, Auditor};
use super::super::resolve::Unbound;
use super::{Survey, arn_of};
use crate::iam::Policy;
use crate::model::{Arn, Call, Gap, IdentityPolicies, Reason, Resource, Truth, Value};
use crate::reach::{Answer, Authority, Gathered, judge, within};
use crate::rules::{Expected, Finder, Form, Pattern, Subject};
use std::collections::BTreeSet;

/// A principal, and what the rules say of it.
struct Principal<'a> {
    resource: &'a Resource,
    /// The bounds of what it may do, bound.
    bounds: Vec<(&'a Expected, Result<Policy, String>)>,
    /// The items that rules ask for, or let there be, among its policies.
    named: Vec<Pattern>,
    /// What keeps the bounds and the items from being known.
    open: Vec<Unbound>,
    /// Its policies with their documents, where there are bounds.
    gathered: Option<Gathered>,
}

/// One of its policies.
struct Hanging<'a> {
    name: String,
    identity: String,
    /// As a sentence begins with it.
    noun: String,
    /// As rules on the field would name it.
    item: &'a Value,
    /// The ARN, if it is attached.
    arn: Option<String>,
}

impl<'a> Auditor<'a> {
    pub(super) fn inline_policies(&self, keys: &'a [String], survey: &mut Survey<'a>) {
        let wanted = format!("no inline policy of {} that no rule accounts for", self.names_of(keys));
        survey.is_about(self.type_of(keys), "every inline policy".to_owned(), wanted);
        for principal in self.principals(keys, "Policies", survey) {
            for item in items(principal.resource, "Policies", survey) {
                let Some(name) = text_of(item, item.get("PolicyName"), principal.resource, survey) else { continue };
                let hanging = Hanging {
                    identity: format!("{} inline {name}", principal.resource.id),
                    noun: format!("the inline policy {name}"),
                    item,
                    arn: None,
                    name,
                };
                self.weigh_policy(&principal, &hanging, survey);
            }
        }
    }

    pub(super) fn attached_policies(&self, keys: &'a [String], survey: &mut Survey<'a>) {
        let wanted = format!("no policy attached to {} that no rule accounts for", self.names_of(keys));
        survey.is_about(self.type_of(keys), "every attached policy".to_owned(), wanted);
        for principal in self.principals(keys, "ManagedPolicyArns", survey) {
            for item in items(principal.resource, "ManagedPolicyArns", survey) {
                let Some(arn) = text_of(item, item, principal.resource, survey) else { continue };
                let name = arn.parse::<Arn>().map_or_else(|_| arn.clone(), |arn| arn.name().to_owned());
                let hanging = Hanging {
                    identity: format!("{} attached {arn}", principal.resource.id),
                    noun: format!("the policy {arn} is attached, which"),
                    item,
                    arn: Some(arn),
                    name,
                };
                self.weigh_policy(&principal, &hanging, survey);
            }
        }
    }

    fn type_of(&self, keys: &[String]) -> &'static str {
        keys.first().map_or("", |key| self.rules.resource(key).kind.type_name)
    }

    /// The principals that the file calls `keys`, with what rules say of them and of the policies in their `field`.
    fn principals(&self, keys: &'a [String], field: &str, survey: &mut Survey<'a>) -> Vec<Principal<'a>> {
        let carriers = self.carriers(keys, survey);
        carriers
            .into_iter()
            .map(|(resource, keys)| {
                let open = self.perhaps_called(resource, &keys);
                let mut principal = Principal { resource, bounds: Vec::new(), named: Vec::new(), open, gathered: None };
                survey.calls.extend(resource.calls.iter().cloned());
                for rule in &self.rules.rules {
                    self.take_in(&rule.form, &keys, field, &mut principal);
                }
                if !principal.bounds.is_empty() {
                    let of = keys.first().and_then(|key| self.rules.resource(key).kind.standing.permissions);
                    let of = of.unwrap_or(IdentityPolicies::Identity { bounded: false, groups: false });
                    principal.gathered = Some(self.reach.gather(of, resource));
                }
                principal
            })
            .collect()
    }

    /// What one rule says of the principal that the file calls `keys`.
    fn take_in(&self, form: &'a Form, keys: &[&str], field: &str, principal: &mut Principal<'a>) {
        let is_on = |named: &[String]| named.iter().any(|key| keys.contains(&key.as_str()));
        match form {
            Form::Permissions(permissions) if is_on(&permissions.of) => {
                for (_, expected) in permissions.bounds.iter().filter(|(side, _)| side.is_ceiling()) {
                    match expected.bind(&mut |reference| self.resolved.bind(reference)) {
                        Ok(bound) => {
                            let policy = bound.policy().map_err(|why| format!("{expected}: {why}"));
                            principal.bounds.push((expected, policy));
                        }
                        Err(unbound) => principal.open.push(unbound),
                    }
                }
            }
            Form::Expect { on: Subject::Named(named), expect } if is_on(named) => {
                for (_, pattern) in expect.iter().filter(|(of, _)| of == field) {
                    match pattern.bind(&mut |reference| self.resolved.bind(reference)) {
                        Ok(pattern) => items_named(&pattern, &mut principal.named),
                        Err(unbound) => principal.open.push(unbound),
                    }
                }
            }
            _ => {}
        }
    }

    fn weigh_policy(&self, principal: &Principal<'a>, hanging: &Hanging<'_>, survey: &mut Survey<'a>) {
        let resource = principal.resource;
        let named = Truth::any(principal.named.iter().map(|pattern| judge(pattern, hanging.item)));
        if named == Truth::True || hanging.arn.as_deref().is_some_and(|arn| self.is_declared(arn)) {
            return;
        }
        let label = format!("{}/{}", resource.name, hanging.name);
        if survey.is_excepted(&[&hanging.name, &label]) {
            return;
        }
        let about = About {
            resource: label,
            type_name: resource.type_name,
            identity: hanging.identity.clone(),
            name: None,
            arn: arn_of(&resource.id),
        };
        let mut gaps: Vec<Gap> = Vec::new();
        if named == Truth::Unknown {
            hanging.item.each_gap(&mut |gap| gaps.push(gap.clone()));
        }
        let (mut undecided, mut beyond) = (Vec::new(), None);
        if let Some(gathered) = &principal.gathered {
            match document(gathered, hanging) {
                None if gathered.is_whole() => undecided.push("its document was not read".to_owned()),
                None if gathered.gaps.is_empty() => undecided.push(gathered.why()),
                None => gaps.extend(gathered.gaps.iter().cloned()),
                Some(alone) if !alone.policies.iter().any(Policy::allows) => {
                    beyond = Some(("which allows nothing that a bound asks for".to_owned(), None));
                }
                Some(alone) => {
                    for (expected, bound) in &principal.bounds {
                        let answer = match bound {
                            Ok(bound) => within(&alone, &Authority::of(bound.clone())),
                            Err(why) => Answer::Unknown(why.clone()),
                        };
                        match answer {
                            Answer::Yes => return,
                            Answer::Unknown(why) => undecided.push(format!("not decided against {expected}: {why}")),
                            Answer::No(proof) => {
                                let found = format!("by which {}, and not by {expected}", proof.allowed());
                                beyond.get_or_insert((found, Some(proof.line)));
                            }
                        }
                    }
                }
            }
        }
        let mut blocked_by = BTreeSet::new();
        for unbound in &principal.open {
            match unbound {
                Unbound::Unknown(gap) => gaps.push((**gap).clone()),
                Unbound::Blocked(key) => drop(blocked_by.insert(self.exists_id(key))),
            }
        }
        if !gaps.is_empty() || !blocked_by.is_empty() {
            survey.perhaps(about, &gaps, blocked_by, &resource.calls);
        } else if !undecided.is_empty() {
            survey.undecided(about, undecided.join("; "), &resource.calls);
        } else {
            let noun = &hanging.noun;
            let (found, witness) = match beyond {
                Some((found, witness)) if hanging.arn.is_some() => {
                    (format!("{noun} no rule and no resource names, and {found}"), witness)
                }
                Some((found, witness)) => (format!("{noun}, which no rule names, and {found}"), witness),
                None if hanging.arn.is_some() => (format!("{noun} no rule and no resource names"), None),
                None => (format!("{noun}, which no rule names, and no bound says what {} may do", resource.name), None),
            };
            survey.fail(about, found, witness, &resource.calls);
        }
    }

    /// Whether the managed policy with this ARN is a resource of the rules file. Names of policies are unique in an
    /// account, whatever their paths.
    fn is_declared(&self, arn: &str) -> bool {
        let own = arn.parse::<Arn>().ok().filter(|arn| arn.account == self.account.caller.account);
        let managed = |declared: &&crate::rules::Resource| declared.kind.type_name == crate::model::MANAGED_POLICY;
        self.rules.resources.iter().filter(managed).any(|declared| match declared.finder {
            Finder::Name(_) => {
                let name = self.place.name_of(declared);
                own.as_ref().is_some_and(|own| name.as_deref() == Some(own.name()))
            }
            Finder::Select { .. } => self.resolved.arns(declared).iter().any(|known| known == arn),
        })
    }
}

/// What one of the policies allows by itself, if its document was read.
fn document(gathered: &Gathered, hanging: &Hanging<'_>) -> Option<Authority> {
    let alone = gathered.apart().into_iter().find(|alone| {
        alone.managed().any(|(policy, arn)| match &hanging.arn {
            Some(wanted) => arn.is_some_and(|arn| arn.to_string() == *wanted),
            None => arn.is_none() && policy.origin.name == hanging.noun,
        })
    })?;
    Some(alone.read())
}

/// The items of which `pattern` says that they are in a list.
fn items_named(pattern: &Pattern, named: &mut Vec<Pattern>) {
    match pattern {
        Pattern::Contains(items) | Pattern::Items(items) => named.extend(items.iter().cloned()),
        Pattern::All(patterns) | Pattern::OneOf(patterns) => {
            patterns.iter().for_each(|pattern| items_named(pattern, named));
        }
        _ => {}
    }
}

/// The items of a property; one that was not read is noted.
fn items<'a>(resource: &'a Resource, field: &str, survey: &mut Survey<'_>) -> &'a [Value] {
    match resource.properties.get(field) {
        Value::List(items) | Value::Set(items) => items,
        Value::Unread(gap) => {
            survey.gaps.push((**gap).clone());
            &[]
        }
        _ => &[],
    }
}

/// The text that tells which policy an item is; that it was not read, or is none, is noted: there is one all the same.
fn text_of(item: &Value, value: &Value, resource: &Resource, survey: &mut Survey<'_>) -> Option<String> {
    let text = value.as_text();
    match (item, value) {
        (Value::Unread(gap), _) | (_, Value::Unread(gap)) => survey.gaps.push((**gap).clone()),
        _ if text.is_none() => {
            let read = resource.calls.last().cloned();
            let call = read.unwrap_or_else(|| Call::new("iam", "(read)", "", &resource.name));
            let reason = Reason::Malformed("it lists a policy that has no name".to_owned());
            survey.gaps.push(Gap { call, action: String::new(), reason });
        }
        _ => {}
    }
    text
}
