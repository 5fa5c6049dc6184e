//! `access`: whom the policy of a resource lets in, action by action, held against those whom the rule names.
//!
//! A statement that lets the owning account's root in hands the decision to the IAM policies of that account. It is
//! told and never counted; another account's root counts.

use super::beside;
use super::finding::{Auditor, Outcome, Row};
use super::resolve::Unbound;
use crate::iam::{Policy, Statement};
use crate::model::{Arn, Beyond, ComparedPolicy, OwnPolicy, Resource, Verdict};
use crate::reach::{
    Admission, Admitted, Answer, Guarded, Missing, Who, admits, admitted, beyond, nothing, policy_in,
    without_delegation,
};
use crate::rules::{Access, Bounds, Grantee, Side, Via};
use std::collections::BTreeMap;

/// How many of those who are let in are told.
const SHOWN: usize = 5;

/// Somebody whom the rule names, and what a person calls them.
pub(super) struct Named {
    pub(super) who: Who,
    pub(super) name: String,
}

impl Auditor<'_> {
    /// `access` on the resource called `key`.
    pub(super) fn access(&self, key: &str, access: &Access) -> Outcome {
        let bounds = match access.who.try_map(|grantees| self.named(grantees)) {
            Ok(bounds) => bounds,
            Err(unbound) => return self.unbound(self.access_in_words(access), unbound),
        };
        if bounds.iter().next().is_none() {
            return super::forms::nothing_compared();
        }
        let wanted = in_words(&bounds, &access.written.join(", "));
        self.best_of(key, &wanted, |resource| self.access_to(key, resource, access, &bounds))
    }

    fn access_to(&self, key: &str, resource: &Resource, access: &Access, bounds: &Bounds<Vec<Named>>) -> Outcome {
        let kind = self.rules.resource(key).kind;
        let Some(own) = kind.standing.own_policy else { unreachable!("the loader takes only what carries a policy") };
        let wanted = in_words(bounds, &access.written.join(", "));
        let noun = format!("the {}", own.noun);
        if !is_about(own, &resource.id) {
            let found = format!(
                "who gets in differs from path to path below the {}, with {noun} and without; that is not judged",
                kind.noun
            );
            return Outcome::plain(Verdict::Unknown, wanted, found).resting_on(&resource.calls);
        }
        if let Via::Effective { administrators } = access.via {
            return self.effective_access_to(resource, own, access, administrators, bounds);
        }
        let (policy, absent) = match policy_in(resource.properties.get(own.field), &noun) {
            Ok(Some(policy)) => (policy, false),
            // Who has no policy lets nobody in.
            Ok(None) => (nothing(), true),
            Err(Missing::Unread(gap)) => return Outcome::unknown(wanted, &[*gap]).resting_on(&resource.calls),
            Err(Missing::Malformed(why)) => {
                return Outcome::plain(Verdict::Unknown, wanted, why).resting_on(&resource.calls);
            }
        };
        let guarded = self.reach.guarded(resource);
        let (direct, delegations) = without_delegation(&policy, &guarded.account);
        let door = Door { policy, direct, guarded, noun: kind.noun, absent };
        let mut witness = None;
        let mut rows = Vec::new();
        let mut others = Others::default();
        for action in &access.actions {
            let Judged { verdict, found, witness: shown, extra } = door.judge(action, bounds);
            others.add(action, &extra);
            if witness.is_none() {
                witness = shown;
            }
            rows.push(Row { path: action.clone(), verdict, wanted: in_words(bounds, action), found });
        }
        let mut outcome =
            Outcome::of_rows(rows, witness, |_| wanted.clone(), |rows| by_finding(rows, access.actions.len()));
        outcome.beyond = others.told();
        let by: Vec<String> = outcome.beyond.iter().flat_map(|beyond| beyond.by.clone()).collect();
        outcome = outcome.showing(|| door.shown(&noun, &by));
        if !delegations.is_empty() {
            let by = delegations.join(" and ");
            outcome.found.push_str(&format!("; {by} leaves the rest to the account's IAM policies"));
        }
        if outcome.verdict == Verdict::Fail {
            outcome.found.extend(deleted(&door.policy));
        }
        outcome.resting_on(&resource.calls)
    }

    /// Those whom the rule names, bound.
    fn named(&self, grantees: &[Grantee]) -> Result<Vec<Named>, Unbound> {
        grantees
            .iter()
            .map(|grantee| {
                let bound = grantee.bind(&mut |reference| self.resolved.bind(reference))?;
                let name = match &bound {
                    Grantee::Arn { key: Some(key), .. } => {
                        self.place.name_of(self.rules.resource(key)).unwrap_or_else(|| key.clone())
                    }
                    other => other.to_string(),
                };
                Ok(Named { who: who(&bound), name })
            })
            .collect()
    }

    /// What is wanted, before it is known who the named are.
    fn access_in_words(&self, access: &Access) -> String {
        let named = |grantees: &Vec<Grantee>| -> Result<Vec<Named>, Unbound> {
            Ok(grantees.iter().map(|grantee| Named { who: who(grantee), name: grantee.to_string() }).collect())
        };
        access.who.try_map(named).map(|bounds| in_words(&bounds, &access.written.join(", "))).unwrap_or_default()
    }
}

/// One action of a rule, judged.
pub(super) struct Judged {
    pub(super) verdict: Verdict,
    pub(super) found: String,
    /// A request that shows a fault.
    pub(super) witness: Option<String>,
    /// Those who may and should not.
    pub(super) extra: Vec<Admitted>,
}

impl Judged {
    pub(super) fn plain(verdict: Verdict, found: String) -> Self {
        Self { verdict, found, witness: None, extra: Vec::new() }
    }
}

/// Those who may do what a rule does not want, gathered over its actions: each once, in the order they were found.
#[derive(Default)]
pub(super) struct Others(Vec<(Who, Beyond)>);

impl Others {
    /// Takes in those who may do `action`.
    pub(super) fn add(&mut self, action: &str, admitted: &[Admitted]) {
        for one in admitted {
            let at = self.0.iter().position(|(who, _)| *who == one.who).unwrap_or_else(|| {
                let who = in_person(&one.who);
                let nothing = Beyond { who, actions: Vec::new(), by: Vec::new(), conditions: Vec::new() };
                self.0.push((one.who.clone(), nothing));
                self.0.len() - 1
            });
            let beyond = &mut self.0[at].1;
            for (all, new) in [(&mut beyond.by, &one.by), (&mut beyond.conditions, &one.conditions)] {
                for text in new {
                    if !all.contains(text) {
                        all.push(text.clone());
                    }
                }
            }
            if !beyond.actions.iter().any(|known| known == action) {
                beyond.actions.push(action.to_owned());
            }
        }
    }

    /// All of them.
    pub(super) fn told(self) -> Vec<Beyond> {
        self.0.into_iter().map(|(_, beyond)| beyond).collect()
    }
}

/// A policy and the resource that carries it.
struct Door {
    policy: Policy,
    /// The same without the statements that only delegate.
    direct: Policy,
    guarded: Guarded,
    noun: &'static str,
    /// Whether the resource carries no policy at all.
    absent: bool,
}

impl Door {
    fn judge(&self, action: &str, bounds: &Bounds<Vec<Named>>) -> Judged {
        let mut undecided: Vec<String> = Vec::new();
        let mut faults: Vec<String> = Vec::new();
        let mut extra: Vec<Admitted> = Vec::new();
        let mut witness = None;
        for (side, named) in bounds.iter() {
            if side.is_ceiling() {
                let listed: Vec<Who> = named.iter().map(|named| named.who.clone()).collect();
                let Admission { admitted, unknown } = beyond(&self.direct, &self.guarded, action, &listed);
                if let Some(first) = admitted.first() {
                    faults.push(told(&admitted, &[]));
                    witness.get_or_insert_with(|| first.witness.clone());
                }
                extra.extend(admitted);
                undecided.extend(unknown);
            }
            if side.is_floor() {
                for Named { who, name } in named {
                    match self.lets_in(action, who) {
                        Answer::Yes => {}
                        Answer::No(proof) => {
                            let why =
                                if self.absent { format!(": the {} has no policy", self.noun) } else { String::new() };
                            faults.push(format!("{name} may not{why}"));
                            if !proof.line.is_empty() {
                                witness.get_or_insert(proof.line);
                            }
                        }
                        Answer::Unknown(why) => undecided.push(format!("whether {name} may is not decided: {why}")),
                    }
                }
            }
        }
        if !faults.is_empty() {
            return Judged { verdict: Verdict::Fail, found: faults.join("; "), witness, extra };
        }
        if !undecided.is_empty() {
            undecided.dedup();
            return Judged::plain(Verdict::Unknown, undecided.join("; "));
        }
        let named: Vec<&Named> = bounds.iter().flat_map(|(_, named)| named).collect();
        let all = admitted(&self.direct, &self.guarded, action);
        let found = match (all.admitted.is_empty(), all.unknown) {
            (true, Some(_)) => "nobody else may".to_owned(),
            _ => told(&all.admitted, &named),
        };
        Judged::plain(Verdict::Pass, found)
    }

    /// The policy, with those statements marked that let in who is not wanted.
    fn shown(&self, noun: &str, by: &[String]) -> Option<ComparedPolicy> {
        let fits =
            |policy: &Policy, statement: &Statement| by.contains(&policy.place(statement).to_string()).then_some(false);
        let nothing_wanted = beside::Judged::by([], |_, _| None);
        beside::compared(noun.to_owned(), None, nothing_wanted, beside::Judged::by([&self.policy], fits))
    }

    fn lets_in(&self, action: &str, who: &Who) -> Answer {
        // The whole of the owning account is what delegation is about.
        let delegated = matches!(who, Who::Account(account) if *account == self.guarded.account);
        admits(if delegated { &self.policy } else { &self.direct }, &self.guarded, action, who)
    }
}

/// What is to be said of the principals of `policy` that were deleted: who is made anew is not let in by what named the
/// former one.
fn deleted(policy: &Policy) -> Vec<String> {
    let mut told = Vec::new();
    for statement in &policy.statements {
        for name in statement.principal.iter().flat_map(|principals| &principals.values) {
            if let Some(id) = name.deleted() {
                let place = policy.place(statement);
                told.push(format!(
                    "; {place} names {id}, the id of a principal that was deleted: it lets in nobody, nor a new one of that name"
                ));
            }
        }
    }
    told
}

/// Who a bound grantee is.
pub(super) fn who(grantee: &Grantee) -> Who {
    match grantee {
        Grantee::Anyone => Who::Anyone,
        Grantee::Account(account) => Who::Account(account.to_string()),
        Grantee::Service { name, source } => {
            Who::Service { name: name.to_string(), source: source.as_ref().map(ToString::to_string) }
        }
        Grantee::Arn { arn, .. } => {
            let text = arn.to_string();
            match text.parse::<Arn>() {
                Ok(arn) if arn.service == "iam" && arn.resource == "root" => Who::Account(arn.account),
                Ok(arn) if arn.resource.starts_with("oidc-provider/") || arn.resource.starts_with("saml-provider/") => {
                    Who::Federated(text)
                }
                _ => Who::Arn(text),
            }
        }
    }
}

/// Those who are let in, with the statements that do so: `anyone may, by statement "open" of the queue policy`.
pub(super) fn told(admitted: &[Admitted], named: &[&Named]) -> String {
    if admitted.is_empty() {
        return "nobody may".to_owned();
    }
    let mut told: Vec<String> = admitted
        .iter()
        .take(SHOWN)
        .map(|admitted| {
            let name = named.iter().find(|named| named.who == admitted.who).map(|named| named.name.clone());
            let mut text = name.unwrap_or_else(|| in_person(&admitted.who));
            text.push_str(" may");
            if !admitted.by.is_empty() {
                text.push_str(&format!(", by {}", admitted.by.join(" and ")));
            }
            if !admitted.conditions.is_empty() {
                text.push_str(&format!(", if {}", admitted.conditions.join(" and ")));
            }
            text
        })
        .collect();
    let more = admitted.len().saturating_sub(SHOWN);
    if more > 0 {
        told.push(format!("{more} more may"));
    }
    told.join("; ")
}

fn in_person(who: &Who) -> String {
    match who {
        Who::Anyone => "anyone".to_owned(),
        Who::Account(account) => format!("account {account}"),
        Who::Arn(name) => name.clone(),
        Who::Federated(provider) => format!("whoever {provider} vouches for"),
        Who::CanonicalUser(id) => format!("the canonical user {id}"),
        Who::Service { name, source: None } => name.clone(),
        Who::Service { name, source: Some(source) } => format!("{name} for {source}"),
    }
}

/// What is wanted of `action`: `only APIGateway-SQS may sqs:SendMessage`.
pub(super) fn in_words(bounds: &Bounds<Vec<Named>>, action: &str) -> String {
    let say = |(side, named): (Side, &Vec<Named>)| {
        let names = named.iter().map(|named| named.name.as_str()).collect::<Vec<_>>().join(" and ");
        match side {
            _ if named.is_empty() => format!("nobody may {action}"),
            Side::Exactly => format!("only {names} may {action}"),
            Side::AtLeast => format!("{names} may {action}"),
            Side::AtMost => format!("nobody but {names} may {action}"),
        }
    };
    bounds.iter().map(say).collect::<Vec<_>>().join("; ")
}

/// What was found of several of `all` actions: those of which the same was found together.
pub(super) fn by_finding(rows: &[&Row], all: usize) -> String {
    let mut same: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in rows {
        same.entry(&row.found).or_default().push(&row.path);
    }
    if let (1, Some(only)) = (same.len(), same.keys().next())
        && rows.len() == all
    {
        return (*only).to_owned();
    }
    let mut groups: Vec<(&Vec<&str>, &&str)> = same.iter().map(|(found, actions)| (actions, found)).collect();
    groups.sort();
    groups.into_iter().map(|(actions, found)| format!("{}: {found}", actions.join(", "))).collect::<Vec<_>>().join("; ")
}

/// Whether the actions that `own` is about are asked of the resource with this `id` itself, and not of others below it,
/// as those on a REST API are. Those on a role are another service's, and yet asked of the role.
fn is_about(own: OwnPolicy, id: &str) -> bool {
    id.parse::<Arn>().is_ok_and(|arn| arn.service == own.service || own.service == "sts")
}
