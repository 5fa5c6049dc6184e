//! Those who could rewrite the policy of a resource or their own grants: facts, each with the action that makes it so.
//!
//! It is not followed what they could do by way of other principals: who can assume what is told apart.

use super::answer::Undecided;
use super::door::Door;
use super::verdict::Verdict;
use super::{Effective, Way};
use crate::model::{Arn, Value};
use serde::Serialize;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Somebody who could give it to themselves.
#[derive(Debug, Clone, Serialize)]
pub struct Administrator {
    /// The ARN.
    pub principal: String,
    /// `role` or `user`.
    pub kind: &'static str,
    /// Whether they can do it as things are; `None`: not known.
    pub can_today: Option<bool>,
    /// How, if so.
    pub ways: Vec<Way>,
    /// What makes them one.
    pub facts: Vec<Fact>,
}

/// An action that would change who can.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// Such as `iam:PutRolePolicy`.
    pub action: String,
    /// What it would be done to.
    pub resource: String,
    /// The first way in which they can.
    pub way: Way,
}

/// What a principal could do to its own grants, and what of that is not known.
#[derive(Debug, Default)]
pub(super) struct Facts {
    facts: Vec<Fact>,
    unknown: Vec<String>,
    /// Whether the boundary is among what it could do away with.
    unbound: bool,
}

const UNBOUND: [&str; 4] = [
    "iam:DeleteRolePermissionsBoundary",
    "iam:PutRolePermissionsBoundary",
    "iam:DeleteUserPermissionsBoundary",
    "iam:PutUserPermissionsBoundary",
];

impl Effective<'_> {
    /// The administrators of what is asked about.
    pub(super) fn administrators(&self, door: &Door<'_>, unknown: &mut Vec<Undecided>) -> BTreeMap<u32, Vec<Fact>> {
        let mut all = BTreeMap::new();
        for (at, _) in (0..).zip(&self.holders) {
            let mut facts = Facts::default();
            if let Some((own, _)) = &door.target.own
                && own.service.eq_ignore_ascii_case(door.action.split(':').next().unwrap_or_default())
            {
                for action in own.written_by {
                    self.fact(at, action, &door.target.arn, &mut facts);
                }
            }
            let own = self.own_grants(at);
            // Grants within a boundary that leaves nothing of it would not help.
            if !own.facts.is_empty() && (own.unbound || self.if_granted(at, door)) {
                facts.facts.extend(own.facts.iter().cloned());
            }
            let holder = self.holder(at);
            if facts.facts.is_empty() && holder.is_whole() {
                let why = facts.unknown.iter().chain(&own.unknown).cloned().collect::<Vec<_>>();
                if !why.is_empty() {
                    unknown.push(Undecided {
                        principal: holder.arn().to_owned(),
                        kind: holder.noun(),
                        about: Some("whether it could rewrite the policy or its own grants".to_owned()),
                        why: why.join("; "),
                    });
                }
            }
            if !facts.facts.is_empty() {
                all.insert(at, facts.facts);
            }
        }
        all
    }

    /// What a principal could do to its own grants: the same whatever is asked about, and looked for once.
    fn own_grants(&self, at: u32) -> Rc<Facts> {
        if let Some(known) = self.own_grants.borrow().get(&at) {
            return Rc::clone(known);
        }
        let mut facts = Facts::default();
        let holder = self.holder(at);
        let kind = if holder.is_role() { "Role" } else { "User" };
        let mut grants: Vec<(String, String)> = ["Put{}Policy", "Attach{}Policy"]
            .map(|form| (format!("iam:{}", form.replace("{}", kind)), holder.arn().to_owned()))
            .to_vec();
        if holder.boundary.is_some() || holder.lacking.1 {
            let own = UNBOUND.iter().filter(|action| action.contains(kind));
            grants.extend(own.map(|action| ((*action).to_owned(), holder.arn().to_owned())));
        }
        let mut attached = texts(holder.resource.properties.get("ManagedPolicyArns"));
        if !holder.is_role() {
            let member = texts(holder.resource.properties.get("Groups"));
            for group in self.groups() {
                let actions: &[&str] = if member.contains(&group.name) {
                    attached.extend(texts(group.properties.get("ManagedPolicyArns")));
                    &["iam:PutGroupPolicy", "iam:AttachGroupPolicy"]
                } else {
                    &["iam:AddUserToGroup"]
                };
                grants.extend(actions.iter().map(|action| ((*action).to_owned(), group.id.clone())));
            }
        }
        attached.sort();
        attached.dedup();
        let is_own = |arn: &String| arn.parse::<Arn>().is_ok_and(|arn| arn.account != "aws");
        for arn in attached.into_iter().filter(is_own) {
            grants.push(("iam:CreatePolicyVersion".to_owned(), arn.clone()));
            grants.push(("iam:SetDefaultPolicyVersion".to_owned(), arn));
        }
        for (action, arn) in grants {
            self.fact(at, &action, &arn, &mut facts);
        }
        facts.unbound = facts.facts.iter().any(|fact| UNBOUND.contains(&fact.action.as_str()));
        let facts = Rc::new(facts);
        self.own_grants.borrow_mut().insert(at, Rc::clone(&facts));
        facts
    }

    /// Notes whether a principal can do `action` to `arn`.
    fn fact(&self, at: u32, action: &str, arn: &str, facts: &mut Facts) {
        let target = self.bare(arn);
        let door = Door::new(&target, action);
        let doubt = |why: &str| format!("{action} on {arn}: {why}");
        match self.verdict_of(at, &door) {
            Verdict::No => {}
            Verdict::Unknown(why) => facts.unknown.push(doubt(&why.why)),
            Verdict::Yes(found) => match self.shown(at, &door, &found) {
                Ok(ways) => {
                    let fact = |way| Fact { action: action.to_owned(), resource: arn.to_owned(), way };
                    facts.facts.extend(ways.into_iter().next().map(fact));
                }
                Err(why) => facts.unknown.push(doubt(&why.why)),
            },
        }
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::List(items) | Value::Set(items) => items.iter().filter_map(Value::as_text).collect(),
        _ => Vec::new(),
    }
}
