//! `access` with `via: effective`: who may act on a resource by all policies that have a say, held against those whom
//! the rule names. Those who could give it to themselves are told, and counted only where the rule says so.

use super::access::{Judged, Named, Others, by_finding, in_words, told};
use super::finding::{Auditor, Outcome, Row};
use crate::model::{Call, OwnPolicy, ROLE, Resource, USER, Verdict, not_read};
use crate::reach::effective::{Effective, NOT_CHECKED, Target, WhoCan};
use crate::reach::{Admission, Admitted, Answer, Guarded, Missing, Who, admits, beyond, policy_in, without_delegation};
use crate::rules::{Access, Bounds};

impl<'a> Auditor<'a> {
    /// What the principals of the account may do, worked out when a rule first asks.
    pub(super) fn effective(&self) -> &Effective<'a> {
        self.effective.get_or_init(|| Effective::read(self.account, self.reach.region))
    }

    pub(super) fn effective_access_to(
        &self,
        resource: &Resource,
        own: OwnPolicy,
        access: &Access,
        administrators: bool,
        bounds: &Bounds<Vec<Named>>,
    ) -> Outcome {
        let effective = self.effective();
        let target = effective.target(resource, Some(own));
        let policy = policy_in(resource.properties.get(own.field), &format!("the {}", own.noun));
        let all = All { effective, target: &target, guarded: self.reach.guarded(resource), policy, administrators };
        let (mut rows, mut witness, mut others) = (Vec::new(), None, Others::default());
        for action in &access.actions {
            let Judged { verdict, found, witness: shown, extra } = all.judge(action, bounds);
            others.add(action, &extra);
            witness = witness.or(shown);
            rows.push(Row { path: action.clone(), verdict, wanted: in_words(bounds, action), found });
        }
        let wanted = in_words(bounds, &access.written.join(", "));
        let count = access.actions.len();
        let mut outcome = Outcome::of_rows(rows, witness, |_| wanted.clone(), |rows| by_finding(rows, count));
        outcome.beyond = others.told();
        // What sessions are limited by is no matter of the account's configuration.
        let [organization, _] = NOT_CHECKED;
        outcome.not_checked.push((resource.name.clone(), organization.to_owned()));
        let listed: Vec<Call> =
            [ROLE, USER].into_iter().flat_map(|type_name| self.reach.lists(type_name, "", None).0).collect();
        outcome.resting_on(&resource.calls).resting_on(&listed)
    }
}

/// A resource with all that has a say on it.
struct All<'e, 'a> {
    effective: &'e Effective<'a>,
    target: &'e Target,
    guarded: Guarded,
    policy: Result<Option<crate::iam::Policy>, Missing>,
    /// Whether those count who could give it to themselves.
    administrators: bool,
}

impl All<'_, '_> {
    fn judge(&self, action: &str, bounds: &Bounds<Vec<Named>>) -> Judged {
        let answer = self.effective.who_can_directly(action, self.target);
        let (mut faults, mut undecided): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        let (mut witness, mut all_extra) = (None, Vec::new());
        for (side, named) in bounds.iter() {
            if side.is_ceiling() {
                let extra = self.extra(action, &answer, named, &mut undecided);
                if let Some(first) = extra.first() {
                    faults.push(told(&extra, &[]));
                    witness.get_or_insert_with(|| first.witness.clone());
                }
                all_extra.extend(extra);
            }
            if side.is_floor() {
                for Named { who, name } in named {
                    match self.may(action, &answer, who) {
                        Answer::Yes => {}
                        Answer::No(_) => faults.push(format!("{name} may not")),
                        Answer::Unknown(why) => undecided.push(format!("whether {name} may is not decided: {why}")),
                    }
                }
            }
        }
        let apart = self.apart(&answer);
        if !faults.is_empty() {
            let found = faults.join("; ") + &apart;
            return Judged { verdict: Verdict::Fail, found, witness, extra: all_extra };
        }
        if !undecided.is_empty() {
            undecided.sort();
            undecided.dedup();
            return Judged::plain(Verdict::Unknown, undecided.join("; ") + &apart);
        }
        let named: Vec<&Named> = bounds.iter().flat_map(|(_, named)| named).collect();
        let all: Vec<Admitted> = answer.principals.iter().flat_map(admitted).collect();
        Judged::plain(Verdict::Pass, told(&all, &named) + &apart)
    }

    /// Those who may and are not among the named.
    fn extra(&self, action: &str, answer: &WhoCan, named: &[Named], undecided: &mut Vec<String>) -> Vec<Admitted> {
        let listed = |who: &Who| named.iter().any(|named| covers(&named.who, who));
        let own = |who: &Who| matches!(who, Who::Arn(arn) if self.effective.is_principal(arn));
        let mut extra: Vec<Admitted> = answer
            .principals
            .iter()
            .filter(|entry| own(&entry.who) && !listed(&entry.who))
            .flat_map(admitted)
            .collect();
        if self.administrators {
            let others = answer.administrators.iter().filter(|one| !listed(&Who::Arn(one.principal.clone())));
            extra.extend(others.map(|one| {
                let facts = one.facts.iter().map(|fact| format!("{} on {}", fact.action, fact.resource));
                let request = one.facts.first().map(|fact| fact.way.request.to_string());
                Admitted {
                    who: Who::Arn(one.principal.clone()),
                    by: vec![format!("what it may itself change: {}", facts.collect::<Vec<_>>().join(" and "))],
                    conditions: Vec::new(),
                    witness: request.unwrap_or_default(),
                }
            }));
        }
        // Outsiders, each held against all that is named of its kind: a service by the sources it acts for.
        if let Ok(Some(policy)) = &self.policy {
            let (direct, _) = without_delegation(policy, &self.guarded.account);
            let whos: Vec<Who> = named.iter().map(|named| named.who.clone()).collect();
            let Admission { admitted, unknown } = beyond(&direct, &self.guarded, action, &whos);
            let is_outsider =
                |of: &Admitted| answer.principals.iter().any(|entry| entry.who == of.who && !own(&entry.who));
            extra.extend(admitted.into_iter().filter(is_outsider));
            undecided.extend(unknown);
        }
        let decides =
            |about: &Option<String>| about.is_none() || self.administrators || about.as_deref() == Some(OTHERS);
        for of in answer.unknown.iter().filter(|of| decides(&of.about)) {
            if !listed(&Who::Arn(of.principal.clone())) {
                let what = of.about.as_deref().unwrap_or("whether it may is not decided");
                undecided.push(format!("{}: {what}: {}", of.principal, of.why));
            }
        }
        if !self.effective.unlisted().is_empty() && !named.iter().any(|named| named.who == Who::Anyone) {
            undecided.push(format!("there may be other principals: {}", not_read(self.effective.unlisted())));
        }
        extra
    }

    /// Whether somebody named may.
    fn may(&self, action: &str, answer: &WhoCan, who: &Who) -> Answer {
        if let Who::Arn(arn) = who
            && (self.effective.is_principal(arn) || self.is_of_the_account(arn))
        {
            let can = answer.principals.iter().any(|entry| entry.principal == *arn)
                || answer.administrators.iter().any(|one| one.principal == *arn && one.can_today == Some(true));
            let doubt = answer.unknown.iter().find(|of| of.about.is_none() && of.principal == *arn);
            return match (can, doubt) {
                (true, _) => Answer::Yes,
                (false, Some(of)) => Answer::Unknown(of.why.clone()),
                (false, None) if self.effective.is_principal(arn) || self.effective.unlisted().is_empty() => {
                    Answer::No(Box::default())
                }
                (false, None) => Answer::Unknown(not_read(self.effective.unlisted())),
            };
        }
        match &self.policy {
            Ok(Some(policy)) => admits(policy, &self.guarded, action, who),
            Ok(None) => Answer::No(Box::default()),
            Err(Missing::Unread(gap)) => Answer::Unknown(not_read(std::slice::from_ref(&**gap))),
            Err(Missing::Malformed(why)) => Answer::Unknown(why.clone()),
        }
    }

    /// Whether an ARN is that of a role or user of the account.
    fn is_of_the_account(&self, arn: &str) -> bool {
        arn.parse::<crate::model::Arn>().is_ok_and(|arn| {
            let is_principal = arn.resource.starts_with("role/") || arn.resource.starts_with("user/");
            arn.service == "iam" && arn.account == self.guarded.account && is_principal
        })
    }

    /// Those who could give it to themselves, where they do not count.
    fn apart(&self, answer: &WhoCan) -> String {
        if self.administrators || answer.administrators.is_empty() {
            return String::new();
        }
        let one = |one: &crate::reach::effective::Administrator| {
            let actions: Vec<&str> = one.facts.iter().map(|fact| fact.action.as_str()).collect();
            let name = one.principal.rsplit('/').next().unwrap_or(&one.principal);
            format!("{} {name} ({})", one.kind, actions.join(", "))
        };
        let all: Vec<String> = answer.administrators.iter().map(one).collect();
        format!("; administrators, not counted: {}", all.join(", "))
    }
}

/// What is not known of others than the principals of the account.
const OTHERS: &str = crate::reach::effective::ABOUT_OTHERS;

fn admitted(entry: &crate::reach::effective::Entry) -> Option<Admitted> {
    let first = entry.ways.first()?;
    Some(Admitted {
        who: entry.who.clone(),
        by: entry.ways.iter().flat_map(|way| way.statements.iter().cloned()).collect(),
        conditions: first.conditions.clone(),
        witness: first.request.to_string(),
    })
}

/// Whether who is named stands for somebody who may.
fn covers(named: &Who, who: &Who) -> bool {
    match (named, who) {
        (Who::Anyone, _) => true,
        (Who::Account(account), Who::Arn(arn)) => arn.split(':').nth(4) == Some(account.as_str()),
        (named, who) => named == who,
    }
}
