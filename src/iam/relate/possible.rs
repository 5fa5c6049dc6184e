//! One principal, one action, one resource: whether there is a context in which the request is allowed.

use super::compare::{Comparison, Pins};
use super::who::Who;
use super::{Grants, Relation, stranger};
use crate::iam::document::Policy;
use crate::iam::request::Context;
use std::collections::BTreeSet;

/// A request of which all is settled but its context.
#[derive(Debug, Clone, Copy)]
pub struct Aim<'r> {
    /// The ARN of the principal.
    pub principal: &'r str,
    /// Such as `sqs:SendMessage`.
    pub action: &'r str,
    /// The ARN of the resource; `*` for an action that has none.
    pub resource: &'r str,
    /// The account that owns the resource.
    pub account: &'r str,
    /// The condition keys that are known: an empty list says that there is no such key.
    pub known: &'r Context,
}

impl Grants {
    /// Whether the request is allowed in some context: [`Relation::NotContained`] with one in which it is,
    /// [`Relation::Contained`] if it is in none. The layers count alike: each must allow it, and none deny it.
    #[must_use]
    pub fn in_some_context(&self, aim: &Aim<'_>) -> Relation {
        let nothing = Self::nothing();
        let asked = self.asked();
        let known = having(aim.known, &asked);
        let always = || stranger::always(aim.account).into_iter().filter(|(key, _)| asked.contains(key));
        let with = |pins: Vec<(String, super::key::Say)>| {
            let pins = Pins::of(&known).on(aim.resource, always().chain(pins));
            Comparison::of(self, &nothing, pins, Some(vec![Who::Named(aim.principal.to_owned())])).ask(aim.action)
        };
        let first = with(Vec::new());
        if !matches!(first, Relation::Unknown(_)) {
            return first;
        }
        // The value of a variable may be what decides: those are tried that make a statement mean the resource.
        let documents: Vec<&Policy> = self.layers.iter().flatten().map(|document| &document.policy).collect();
        let instances = documents.iter().flat_map(|policy| stranger::instances(policy, aim.resource)).skip(1);
        instances
            .filter(|(_, pins)| !pins.is_empty() && pins.iter().all(|(key, _)| known.get(key).is_none()))
            .map(|(_, pins)| with(pins))
            .find(|relation| matches!(relation, Relation::NotContained(_)))
            .unwrap_or(first)
    }

    /// Whether a request of `principal` for `action` is allowed on some resource, in some context in which the known keys
    /// are as said: as [`Grants::in_some_context`], with the resource left open.
    #[must_use]
    pub fn on_some_resource(&self, principal: &str, action: &str, known: &Context) -> Relation {
        let nothing = Self::nothing();
        let pins = Pins::of(&having(known, &self.asked()));
        Comparison::of(self, &nothing, pins, Some(vec![Who::Named(principal.to_owned())])).ask(action)
    }

    /// The condition keys that any of the policies asks for.
    fn asked(&self) -> BTreeSet<String> {
        self.layers.iter().flatten().flat_map(|document| stranger::asked(&document.policy)).collect()
    }
}

/// The keys of `context` that are among these.
fn having(context: &Context, asked: &BTreeSet<String>) -> Context {
    let among = context.iter().filter(|(key, _)| asked.contains(&key.to_lowercase()));
    among.map(|(key, value)| (key, value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::ContextValue;

    const ROLE: &str = "arn:aws:iam::111122223333:role/worker";
    const QUEUE: &str = "arn:aws:sqs:us-east-1:111122223333:red";

    fn policy(statements: &str) -> Policy {
        Policy::parse(&format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)).expect("a policy")
    }

    fn asked(policies: &[Policy], known: &[(&str, &str)]) -> Relation {
        let known: Context = known.iter().map(|(key, value)| (*key, ContextValue::from(*value))).collect();
        let aim =
            Aim { principal: ROLE, action: "sqs:SendMessage", resource: QUEUE, account: "111122223333", known: &known };
        Grants::of(policies).in_some_context(&aim)
    }

    #[test]
    fn a_context_is_found_if_there_is_one() {
        let allow =
            r#"{"Effect":"Allow","Action":"sqs:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}"#;
        let Relation::NotContained(found) = asked(&[policy(allow)], &[]) else { panic!("there is one") };
        assert_eq!(
            found.request.to_string(),
            format!("sqs:SendMessage on {QUEUE} by {ROLE} with aws:SecureTransport=true")
        );
        let deny =
            r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}"#;
        assert_eq!(asked(&[policy(allow), policy(deny)], &[]), Relation::Contained);
        assert_eq!(asked(&[policy(allow)], &[("aws:SecureTransport", "false")]), Relation::Contained);
    }

    #[test]
    fn a_tag_that_names_the_resource_is_found() {
        let allow = r#"{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:*:*:${aws:PrincipalTag/team}"}"#;
        let Relation::NotContained(found) = asked(&[policy(allow)], &[]) else { panic!("there is one") };
        assert!(found.request.to_string().to_lowercase().contains("aws:principaltag/team=red"), "{}", found.request);
    }
}
