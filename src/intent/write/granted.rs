//! What a role is meant to be allowed: the documents of its policies, and what they come to.

use super::facts::Facts;
use super::policy::{one_or_more, policy, statements};
use super::{managed, text};
use crate::iam::evaluate::{Outcome, grants};
use crate::iam::{Context, Policy, Principal, Request};
use crate::intent::{Intended, Piece, Wanted};
use crate::model::MANAGED_POLICY;

/// What a role is meant to be allowed.
pub(super) struct Granted {
    /// The statements of all its policies.
    pub(super) statements: Vec<Wanted>,
    /// The policies whose documents are not known, with the reason.
    pub(super) unknown: Vec<String>,
    policies: Vec<Policy>,
}

impl Granted {
    /// The policies of `role`, inline ones first.
    pub(super) fn of(role: &Intended, facts: &Facts<'_>) -> Self {
        let mut granted = Self { statements: Vec::new(), unknown: Vec::new(), policies: Vec::new() };
        match role.properties.get("Policies") {
            Some(Wanted::List(inline)) => inline.iter().for_each(|inline| match inline {
                Wanted::Map(parts) => match parts.get("PolicyDocument") {
                    Some(document) => granted.add(document, "an inline policy", facts),
                    None => granted.unknown.push("an inline policy has no document".to_owned()),
                },
                Wanted::Unknown(why) => granted.unknown.push(why.clone()),
                _ => granted.unknown.push("an inline policy is not written as one".to_owned()),
            }),
            Some(Wanted::Unknown(why)) => granted.unknown.push(why.clone()),
            _ => {}
        }
        match role.properties.get("ManagedPolicyArns") {
            Some(Wanted::List(arns)) => arns.iter().for_each(|arn| granted.attach(arn, facts)),
            Some(Wanted::Unknown(why)) => granted.unknown.push(why.clone()),
            _ => {}
        }
        granted
    }

    fn attach(&mut self, arn: &Wanted, facts: &Facts<'_>) {
        if let Some(own) = facts.named_by(arn, MANAGED_POLICY) {
            match own.properties.get("PolicyDocument") {
                Some(document) => self.add(document, &own.key, facts),
                None => self.unknown.push(format!("what {} allows is not known", own.key)),
            }
            return;
        }
        match arn {
            Wanted::Text(pieces) => match managed::actions(&facts.sample(pieces)) {
                Some(actions) => self.add(&allowing_everywhere(actions), "a policy of AWS", facts),
                None => self.unknown.push(format!("what {} allows is not known here", text::shown(pieces))),
            },
            Wanted::Unknown(why) => self.unknown.push(why.clone()),
            _ => self.unknown.push("a policy is not named by its ARN".to_owned()),
        }
    }

    fn add(&mut self, document: &Wanted, called: &str, facts: &Facts<'_>) {
        if let Wanted::Unknown(why) = document {
            self.unknown.push(why.clone());
            return;
        }
        match policy(document, facts) {
            Some(policy) => {
                self.policies.push(policy);
                self.statements.extend(statements(document).into_iter().cloned());
            }
            None => self.unknown.push(format!("the document of {called} could not be worked out")),
        }
    }

    /// Whether they allow `action` on `resource`, whatever the context.
    pub(super) fn allows(&self, action: &str, resource: &str) -> bool {
        let request = Request {
            principal: Principal::Aws("arn:aws:iam::000000000000:role/role".to_owned()),
            action: action.to_owned(),
            resource: resource.to_owned(),
            resource_account: None,
            context: Context::new(),
        };
        grants(&self.policies.iter().collect::<Vec<_>>(), &request) == Outcome::Allowed
    }

    /// The actions that statements name and allow, each with the resources of its statement as they could come out.
    pub(super) fn named(&self, facts: &Facts<'_>) -> Vec<(String, Vec<String>)> {
        let mut named = Vec::new();
        for statement in &self.statements {
            let Wanted::Map(parts) = statement else { continue };
            let allows = parts.get("Effect").and_then(super::policy::literal).as_deref() == Some("Allow");
            let texts = |element: &str| -> Vec<String> {
                let values = parts.get(element).map(one_or_more).unwrap_or_default().into_iter();
                let text = |value: &Wanted| match value {
                    Wanted::Text(pieces) | Wanted::Like(pieces) => Some(facts.sample(pieces)),
                    _ => None,
                };
                values.filter_map(text).collect()
            };
            if allows {
                let resources = texts("Resource");
                named.extend(texts("Action").into_iter().map(|action| (action, resources.clone())));
            }
        }
        named
    }
}

fn allowing_everywhere(actions: &[&str]) -> Wanted {
    let text = |text: &str| Wanted::Text(vec![Piece::Text(text.to_owned())]);
    let statement = [
        ("Effect".to_owned(), text("Allow")),
        ("Action".to_owned(), Wanted::List(actions.iter().map(|action| text(action)).collect())),
        ("Resource".to_owned(), text("*")),
    ];
    super::policy::of_statements([Wanted::Map(statement.into())])
}
