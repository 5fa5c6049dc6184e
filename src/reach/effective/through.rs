//! Those who can become a principal that can: who may assume a role, and who may assume a role that may, on and on.

use super::answer::{Entry, Undecided};
use super::door::Door;
use super::{Effective, Way};
use crate::model::Resource;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Somebody who can assume a role that can.
#[derive(Debug, Clone, Serialize)]
pub struct Through {
    /// The role, by its ARN: it can, or can assume the next of `via`.
    pub role: String,
    /// As in [`Entry`].
    pub principal: String,
    /// As in [`Entry`].
    pub kind: &'static str,
    /// How many roles are assumed, one after the other.
    pub hops: usize,
    /// The roles that follow, to the one that can; empty where `role` can itself.
    pub via: Vec<String>,
    /// How the role is assumed.
    pub ways: Vec<Way>,
    /// As in [`Entry`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'static str>,
}

/// The roles and users of the account that can assume one role.
#[derive(Debug, Clone, Default)]
pub(crate) struct Assumers {
    /// By ARN, the first way of each.
    pub(crate) can: BTreeMap<String, Way>,
    /// By ARN, why it is not known of these.
    pub(crate) unknown: BTreeMap<String, String>,
}

/// The ways to assume a role. The last two are asked by those whom an identity provider vouches for.
const ASSUME: [&str; 3] = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

impl Effective<'_> {
    /// Who can assume one of `roles`, in one hop or more. Each role is told by the shortest way that leads to it.
    pub(super) fn through(&self, roles: &[u32], unknown: &mut Vec<Undecided>) -> Vec<Through> {
        let mut via: BTreeMap<u32, Vec<String>> = roles.iter().map(|at| (*at, Vec::new())).collect();
        let mut next: VecDeque<u32> = roles.iter().copied().collect();
        let mut all = Vec::new();
        while let Some(at) = next.pop_front() {
            let role = self.holder(at);
            let chain = via.get(&at).cloned().unwrap_or_default();
            let (entries, undecided) = self.assumers(at);
            unknown.extend(undecided);
            for Entry { principal, kind, ways, note, .. } in entries {
                // Who is the role already gains nothing by assuming it.
                if principal == role.arn() {
                    continue;
                }
                if let Some(other) = self.by_arn.get(principal.as_str())
                    && self.holder(*other).is_role()
                    && !via.contains_key(other)
                {
                    via.insert(*other, [&[role.arn().to_owned()], chain.as_slice()].concat());
                    next.push_back(*other);
                }
                let (role, hops) = (role.arn().to_owned(), chain.len() + 1);
                all.push(Through { role, principal, kind, hops, via: chain.clone(), ways, note });
            }
        }
        all.sort_by(|a, b| (a.hops, &a.role, &a.principal).cmp(&(b.hops, &b.role, &b.principal)));
        all
    }

    /// The roles and users of the account that can assume `role`.
    pub(crate) fn assumed_by(&self, role: &Resource) -> Assumers {
        let target = self.to_assume(role);
        let door = Door::new(&target, ASSUME[0]);
        let light = self.light(&door);
        let arn = |at: u32| self.holder(at).arn().to_owned();
        let mut assumers = Assumers::default();
        assumers.unknown.extend(light.unknown.into_iter().map(|(at, doubt)| (arn(at), doubt.why.clone())));
        for (at, found) in light.may {
            match self.shown(at, &door, &found) {
                Ok(ways) => assumers.can.extend(ways.into_iter().next().map(|way| (arn(at), way))),
                Err(doubt) => drop(assumers.unknown.insert(arn(at), doubt.why.clone())),
            }
        }
        assumers
    }

    /// Who can assume a role.
    fn assumers(&self, at: u32) -> (Vec<Entry>, Vec<Undecided>) {
        let role = self.holder(at);
        let target = self.to_assume(role.resource);
        let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
        let mut unknown: BTreeSet<(String, &'static str, String)> = BTreeSet::new();
        for action in ASSUME {
            let door = Door::new(&target, action);
            // Roles and users call AssumeRole; the others are for those who come from a provider.
            let answer = if action == ASSUME[0] {
                let light = self.light(&door);
                self.entries(&door, &light)
            } else if door.speaking.allows() {
                let none = super::answer::Light { may: Vec::new(), unknown: Vec::new() };
                self.entries(&door, &none)
            } else {
                continue;
            };
            for entry in answer.principals {
                match entries.get_mut(&entry.principal) {
                    Some(known) => known.ways.extend(entry.ways),
                    None => drop(entries.insert(entry.principal.clone(), entry)),
                }
            }
            unknown.extend(answer.unknown.into_iter().map(|of| (of.principal, of.kind, of.why)));
        }
        let about = |(principal, kind, why)| Undecided {
            principal,
            kind,
            about: Some(format!("who can assume {}", role.arn())),
            why,
        };
        (entries.into_values().collect(), unknown.into_iter().map(about).collect())
    }
}
