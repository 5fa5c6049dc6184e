//! What somebody may do, read once for any number of questions about single requests.

use super::{Authority, Proof, proof};
use crate::iam::{Aim, Context, ContextValue, Effect, Grants, Policy, Relation};

/// What somebody may do, ready to be asked.
pub(crate) struct Ready {
    grants: Grants,
    principal: String,
    account: String,
    /// The condition keys that are the same in all their requests; an empty list says that there is no such key.
    known: Context,
}

/// Whether somebody may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum May {
    /// In no context.
    No,
    /// In this request.
    Yes(Box<Proof>),
    /// It is not decided, for this reason.
    Unknown(String),
}

impl From<Relation> for May {
    fn from(relation: Relation) -> Self {
        match relation {
            Relation::Contained => Self::No,
            Relation::NotContained(witness) => Self::Yes(Box::new(proof(&witness))),
            Relation::Unknown(why) => Self::Unknown(why),
        }
    }
}

impl Ready {
    /// `authority` of the principal with this ARN, of this account.
    pub(crate) fn new(authority: &Authority, principal: &str, account: &str, known: Context) -> Self {
        let mut authority = authority.clone();
        if let Some(name) = known.get("aws:username") {
            let of_boundary = authority.boundary.iter_mut().flatten();
            for policy in authority.policies.iter_mut().chain(of_boundary) {
                bind(policy, name.values().first().map(String::as_str));
            }
        }
        Self { grants: authority.grants(), principal: principal.to_owned(), account: account.to_owned(), known }
    }

    /// Whether `action` is allowed on the resource with this ARN, in some context in which these keys have these values,
    /// or are not there.
    pub(crate) fn may(&self, action: &str, resource: &str, pins: &[(&str, Option<&str>)]) -> May {
        let mut known = self.known.clone();
        for (key, value) in pins {
            known.set(*key, value.map_or_else(|| ContextValue::Many(Vec::new()), ContextValue::from));
        }
        let aim = Aim { principal: &self.principal, action, resource, account: &self.account, known: &known };
        self.grants.in_some_context(&aim).into()
    }

    /// Whether `action` is allowed on any resource that `asked`, a policy without a name, allows it on, in some context.
    pub(crate) fn may_any(&self, action: &str, asked: &Policy) -> May {
        let grants = self.grants.clone().and(&Grants::of([asked]));
        match grants.on_some_resource(&self.principal, action, &self.known) {
            Relation::NotContained(mut witness) => {
                // What is asked for allows nothing: it has no name.
                witness.allowed_by.retain(|place| !place.origin.name.is_empty());
                May::Yes(Box::new(proof(&witness)))
            }
            other => other.into(),
        }
    }
}

/// Puts the name of a user in the place of `${aws:username}`; without one, what is written with it matches nothing.
///
/// The names of users have no wildcards in them.
fn bind(policy: &mut Policy, name: Option<&str>) {
    const VARIABLE: &str = "${aws:username}";
    let has = |text: &String| text.to_ascii_lowercase().contains(VARIABLE);
    policy.statements.retain_mut(|statement| {
        let Some(resource) = &mut statement.resource else { return true };
        match name {
            Some(name) => resource.values.iter_mut().filter(|text| has(text)).for_each(|text| {
                let lower = text.to_ascii_lowercase();
                let mut bound = String::with_capacity(text.len());
                let mut at = 0;
                for (found, _) in lower.match_indices(VARIABLE) {
                    bound.push_str(&text[at..found]);
                    bound.push_str(name);
                    at = found + VARIABLE.len();
                }
                bound.push_str(&text[at..]);
                *text = bound;
            }),
            // All but nothing is everything: a Deny like that is left as it is, for the engine to say.
            None if resource.not => {}
            None => resource.values.retain(|text| !has(text)),
        }
        !resource.values.is_empty() || statement.effect == Effect::Deny && resource.not
    });
}
