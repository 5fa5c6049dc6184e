//! The answer to "who can do this?": principals, those apart who could give it to themselves, outsiders, and all that
//! is not known.

use super::door::Door;
use super::verdict::{Doubt, Found, Verdict, denials};
use super::{Administrator, Effective, NOT_CHECKED, Target, Through, Way};
use crate::iam::{self, Grantee};
use crate::model::{Gap, not_read};
use crate::reach::Who;
use crate::reach::policies::Missing;
use serde::Serialize;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Who can do one thing to one resource.
#[derive(Debug, Clone, Serialize)]
pub struct WhoCan {
    /// The action, as AWS spells it.
    pub action: String,
    /// The ARN of the resource; `*` for an action that is asked of none.
    pub resource: String,
    /// What a person calls the resource.
    #[serde(skip)]
    pub name: String,
    /// The account that owns it.
    pub account: String,
    /// Whether all of it is known: nobody is in `unknown`, and the lists of principals were read to their end.
    pub complete: bool,
    /// Those who can, those in `administrators` left out.
    pub principals: Vec<Entry>,
    /// Those who could rewrite the policy of the resource, or their own grants, whether or not they can today.
    pub administrators: Vec<Administrator>,
    /// Those who can assume a role that can, or a role that can assume one.
    pub through_roles: Vec<Through>,
    /// Those of whom it is not known whether they can.
    pub unknown: Vec<Undecided>,
    /// What is not read by design.
    pub not_checked: Vec<String>,
    /// What was not read, each with what to do about it.
    pub gaps: Vec<String>,
}

/// Somebody who can.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// An ARN, the name of a service, an account, `anyone`.
    pub principal: String,
    /// `role`, `user`, `session`, `account`, `service`, `anyone`, `federated`, `canonical-user`, `pattern`.
    pub kind: &'static str,
    /// How.
    pub ways: Vec<Way>,
    /// What else must be so, of which Plimsoll sees nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'static str>,
    #[serde(skip)]
    pub(crate) who: Who,
}

/// Somebody of whom it is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Undecided {
    /// As in [`Entry`].
    pub principal: String,
    /// As in [`Entry`].
    pub kind: &'static str,
    /// What is not known of them, where it is not whether they can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Why.
    pub why: String,
}

/// What the principals of the account can do to one resource, before it is told.
pub(super) struct Light {
    pub(super) may: Vec<(u32, Rc<Vec<Found>>)>,
    pub(super) unknown: Vec<(u32, Rc<Doubt>)>,
}

/// What is not known where the policy of the resource was not read.
pub(crate) const ABOUT_OTHERS: &str = "whom the policy of the resource lets in beside the principals of the account";

/// Those of another account need its permission too.
const ACROSS: &str = "its own account must allow it as well, which is not read";

/// Everyone is named, and conditions leave out all who are not the owner's.
const NO_STRANGERS: &str = "strangers are not among them: the conditions hold for what only the owner can give";

impl Effective<'_> {
    /// What each principal of the account can do.
    pub(super) fn light(&self, door: &Door<'_>) -> Light {
        let index = self.index(&door.action);
        let hits = index.hits(&self.documents, &door.target.arn);
        let mut asked: BTreeSet<u32> = BTreeSet::new();
        let mut last = None;
        for hit in hits.iter().filter(|hit| !hit.denies) {
            if last.replace(hit.document) != Some(hit.document) {
                asked.extend(&self.held_by[hit.document as usize]);
            }
        }
        let others = (0..)
            .zip(&self.holders)
            .filter(|(_, holder)| !holder.is_whole() || door.missing.is_some() || door.lets_in.means(holder.arn()));
        asked.extend(others.map(|(at, _)| at));
        let mut light = Light { may: Vec::new(), unknown: Vec::new() };
        let mut own = Vec::new();
        for at in asked {
            own.clear();
            for document in self.holder(at).documents() {
                let from = hits.partition_point(|hit| hit.document < document);
                own.extend(hits[from..].iter().take_while(|hit| hit.document == document));
            }
            match self.verdict(at, door, &own) {
                Verdict::No => {}
                Verdict::Yes(found) => light.may.push((at, found)),
                Verdict::Unknown(doubt) => light.unknown.push((at, doubt)),
            }
        }
        light
    }

    /// Whether an ARN is that of a role or user that was listed.
    pub(crate) fn is_principal(&self, arn: &str) -> bool {
        self.by_arn.contains_key(arn)
    }

    /// How many of the principals of the account can do `action` to `target`, and of how many it is not known.
    #[must_use]
    pub fn count(&self, action: &str, target: &Target) -> (usize, usize) {
        let light = self.light(&Door::new(target, action));
        (light.may.len(), light.unknown.len())
    }

    /// Who can do `action` to `target`; the action must be spelt as AWS does.
    #[must_use]
    pub fn who_can(&self, action: &str, target: &Target) -> WhoCan {
        let mut answer = self.who_can_directly(action, target);
        let today = answer.administrators.iter().filter(|one| one.can_today == Some(true)).map(|one| &one.principal);
        let can = answer.principals.iter().map(|entry| &entry.principal).chain(today);
        let roles: Vec<u32> = can
            .filter_map(|arn| self.by_arn.get(arn.as_str()).copied())
            .filter(|at| self.holder(*at).is_role())
            .collect();
        answer.through_roles = self.through(&roles, &mut answer.unknown);
        answer.complete = answer.complete && answer.unknown.is_empty();
        answer
    }

    /// The same without those who can assume a role that can.
    #[must_use]
    pub fn who_can_directly(&self, action: &str, target: &Target) -> WhoCan {
        let door = Door::new(target, action);
        let light = self.light(&door);
        let mut answer = self.entries(&door, &light);
        let facts = self.administrators(&door, &mut answer.unknown);
        for (at, facts) in facts {
            let holder = self.holder(at);
            let entry = answer.principals.iter().position(|entry| entry.principal == holder.arn());
            let ways = entry.map(|entry| answer.principals.remove(entry).ways).unwrap_or_default();
            let in_doubt = answer.unknown.iter().any(|of| of.about.is_none() && of.principal == holder.arn());
            let can_today = (!in_doubt).then_some(!ways.is_empty());
            answer.administrators.push(Administrator {
                principal: holder.arn().to_owned(),
                kind: holder.noun(),
                can_today,
                ways,
                facts,
            });
        }
        answer.complete = answer.unknown.is_empty() && self.unlisted.is_empty();
        answer
    }

    /// The principals that can, without what they could give themselves and what roles lead to.
    pub(super) fn entries(&self, door: &Door<'_>, light: &Light) -> WhoCan {
        let target = door.target;
        let mut unknown: Vec<Undecided> = Vec::new();
        let mut gaps: BTreeSet<Gap> = self.unlisted.iter().cloned().collect();
        let mut principals = Vec::new();
        let mut doubtful = |at: u32, doubt: &Doubt, gaps: &mut BTreeSet<Gap>| {
            let holder = self.holder(at);
            gaps.extend(doubt.gaps.iter().cloned());
            unknown.push(Undecided {
                principal: holder.arn().to_owned(),
                kind: holder.noun(),
                about: None,
                why: doubt.why.clone(),
            });
        };
        for (at, doubt) in &light.unknown {
            doubtful(*at, doubt, &mut gaps);
        }
        for (at, found) in &light.may {
            let holder = self.holder(*at);
            match self.shown(*at, door, found) {
                Ok(ways) => principals.push(Entry {
                    principal: holder.arn().to_owned(),
                    kind: holder.noun(),
                    ways,
                    note: None,
                    who: Who::Arn(holder.arn().to_owned()),
                }),
                Err(doubt) => doubtful(*at, &doubt, &mut gaps),
            }
        }
        principals.extend(self.outsiders(door, &mut unknown, &mut gaps));
        principals.sort_by(|a, b| rank(a.kind).cmp(&rank(b.kind)).then_with(|| a.principal.cmp(&b.principal)));
        unknown.sort_by(|a, b| (&a.principal, &a.why).cmp(&(&b.principal, &b.why)));
        WhoCan {
            action: door.action.clone(),
            resource: target.arn.clone(),
            name: target.name.clone(),
            account: target.account.clone(),
            complete: unknown.is_empty() && self.unlisted.is_empty(),
            principals,
            administrators: Vec::new(),
            through_roles: Vec::new(),
            unknown,
            not_checked: NOT_CHECKED.map(str::to_owned).to_vec(),
            gaps: gaps.iter().map(|gap| not_read(std::slice::from_ref(gap))).collect(),
        }
    }

    /// Those whom the resource's policy lets in and who are no principals that the account lists.
    pub(super) fn outsiders(
        &self,
        door: &Door<'_>,
        unknown: &mut Vec<Undecided>,
        gaps: &mut BTreeSet<Gap>,
    ) -> Vec<Entry> {
        let others = |why: String| Undecided {
            principal: "others".to_owned(),
            kind: "others",
            about: Some(ABOUT_OTHERS.to_owned()),
            why,
        };
        match door.missing {
            Some(Missing::Unread(gap)) => {
                gaps.insert((**gap).clone());
                unknown.push(others(not_read(std::slice::from_ref(&**gap))));
                return Vec::new();
            }
            Some(Missing::Malformed(why)) => {
                unknown.push(others(why.clone()));
                return Vec::new();
            }
            None => {}
        }
        let Some(policy) = door.policy.filter(|_| door.speaking.allows()) else { return Vec::new() };
        let guarded = iam::Guarded { arn: &door.target.arn, account: &door.target.account };
        let admission = iam::admission(policy, &guarded, &door.action);
        unknown.extend(admission.unknown.map(others));
        let own = door.target.account.as_str();
        let direct = admission.admitted.into_iter().filter(|admitted| !admitted.delegation);
        let unless = denials(&[&door.speaking]);
        let mut others: Vec<Entry> = Vec::new();
        for admitted in direct {
            match principal_of(&admitted.who, own) {
                Some(arn) if self.unlisted.is_empty() || self.by_arn.contains_key(arn) => {}
                // Whether there is one of that name was not read, and nobody is let in who is not there.
                Some(arn) => {
                    gaps.extend(self.unlisted.iter().cloned());
                    unknown.push(Undecided {
                        principal: arn.to_owned(),
                        kind: kind_of(arn),
                        about: None,
                        why: not_read(&self.unlisted),
                    });
                }
                None if matches!(&admitted.who, Grantee::Account(account) if account == own) => {}
                None => others.push(outsider(admitted, own)),
            }
        }
        if admission.public == Some(false) {
            let all = others.iter_mut().filter(|entry| entry.who == Who::Anyone);
            all.for_each(|entry| entry.note = Some(NO_STRANGERS));
        }
        others.iter_mut().flat_map(|entry| &mut entry.ways).for_each(|way| way.unless = unless.clone());
        others
    }
}

/// The ARN of the role or user of the account that is meant, each of which is asked about by itself if it is there; none
/// if somebody else is.
fn principal_of<'a>(who: &'a Grantee, own: &str) -> Option<&'a str> {
    let Grantee::Arn(arn) = who else { return None };
    let mut parts = arn.splitn(6, ':').skip(2);
    let (service, account, resource) = (parts.next(), parts.nth(1), parts.next().unwrap_or_default());
    let is_own = service == Some("iam") && account == Some(own);
    let kind = resource.split('/').next().unwrap_or_default();
    (is_own && (matches!(kind, "role" | "user") || resource.contains(['*', '?']))).then_some(arn)
}

fn rank(kind: &str) -> usize {
    ["anyone", "account", "pattern", "canonical-user", "federated", "service", "session", "role", "user"]
        .iter()
        .position(|known| *known == kind)
        .unwrap_or(usize::MAX)
}

fn outsider(admitted: iam::Admitted, own: &str) -> Entry {
    let (principal, kind) = match &admitted.who {
        Grantee::Anyone => ("anyone".to_owned(), "anyone"),
        Grantee::Account(account) => (account.clone(), "account"),
        Grantee::Arn(arn) => (arn.clone(), kind_of(arn)),
        Grantee::Service { name, .. } => (name.clone(), "service"),
        Grantee::Federated(provider) => (provider.clone(), "federated"),
        Grantee::CanonicalUser(id) => (id.clone(), "canonical-user"),
    };
    let across = match &admitted.who {
        Grantee::Account(_) | Grantee::CanonicalUser(_) => true,
        Grantee::Arn(arn) => arn.split(':').nth(4) != Some(own),
        _ => false,
    };
    let way = Way {
        by: super::verdict::By::Resource,
        statements: admitted.statements.iter().map(ToString::to_string).collect(),
        conditions: admitted.conditions,
        unless: Vec::new(),
        request: admitted.witness,
    };
    Entry { principal, kind, ways: vec![way], note: across.then_some(ACROSS), who: Who::from(&admitted.who) }
}

/// What an ARN in a policy is.
fn kind_of(arn: &str) -> &'static str {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
    match resource.split('/').next().unwrap_or_default() {
        _ if arn.contains(['*', '?']) => "pattern",
        "role" => "role",
        "user" => "user",
        "root" => "account",
        _ => "session",
    }
}
