//! `check`: what an analysis finds of each resource that the rule is on.

use super::finding::{About, Auditor, Outcome, Row};
use super::resolve::Found;
use crate::checks::{self, Case, Judged};
use crate::model::{Actor, Check, Kind, Verdict};
use crate::rules::{Form, Subject};
use std::collections::BTreeMap;

impl<'a> Auditor<'a> {
    /// The findings of `check`.
    pub(super) fn check(&self, check: &Check, on: &'a Subject) -> Vec<(About<'a>, Outcome)> {
        let wanted = &fragment(check.title);
        let named = self.architecture();
        let flows = self.acted_on();
        let judge = |kind: &'static Kind, resource: &crate::model::Resource| {
            let flows = flows.get(&resource.id).map_or(&[][..], Vec::as_slice);
            let assumers = |role: &crate::model::Resource| self.effective().assumed_by(role);
            let case = Case {
                flows,
                kind,
                resource,
                reach: self.reach,
                place: self.place,
                named: &named,
                assumers: &assumers,
                memo: &self.memo,
            };
            outcome(wanted, checks::run(check, &case))
        };
        match on {
            Subject::Named(keys) => keys
                .iter()
                .map(|key| {
                    let kind = self.rules.resource(key).kind;
                    (self.about(key), self.best_of(key, wanted, |resource| judge(kind, resource)))
                })
                .collect(),
            Subject::Each { kind, filter } => {
                let region = self.place.region_of_scope(kind.scope);
                self.on_each(kind.type_name, region, filter, wanted, |resource| judge(kind, resource))
            }
        }
    }

    /// The ARNs of the things that the rules file names: those they have, or would have if they were there.
    fn architecture(&self) -> Vec<String> {
        self.rules.resources.iter().flat_map(|declared| self.resolved.arns(declared)).collect()
    }

    /// What the flows have each principal act on: by the ARN of the principal, the ARNs.
    fn acted_on(&self) -> BTreeMap<String, Vec<String>> {
        let mut acted_on: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for rule in &self.rules.rules {
            let Form::Flow(flow) = &rule.form else { continue };
            let (principals, on) = match flow.mechanism.actor {
                Actor::Service => continue,
                Actor::RoleOfFrom => (self.roles_of(&flow.from), &flow.to),
                Actor::RoleOfTo => (self.roles_of(&flow.to), &flow.from),
                Actor::Credentials => match &flow.role {
                    Some(role) => (self.resolved.arns(self.rules.resource(role)), &flow.to),
                    None => continue,
                },
            };
            for principal in principals {
                acted_on.entry(principal).or_default().extend(self.resolved.arns(self.rules.resource(on)));
            }
        }
        acted_on
    }

    /// The principals that the resource called `key` acts as.
    fn roles_of(&self, key: &str) -> Vec<String> {
        let (Some(field), Found::There(found, _)) =
            (self.rules.resource(key).kind.standing.acts_as, self.resolved.get(key))
        else {
            return Vec::new();
        };
        found.iter().filter_map(|found| found.properties.get(field).as_text()).collect()
    }
}

/// What a check found, as an outcome of its rule.
fn outcome(wanted: &str, judged: Judged) -> Outcome {
    let Judged { rows, nothing, witness, instead, calls } = judged;
    if rows.is_empty() {
        return Outcome::plain(Verdict::Pass, wanted.to_owned(), nothing.to_owned()).resting_on(&calls);
    }
    let row =
        |row: checks::Row| Row { path: row.path, verdict: row.verdict, wanted: wanted.to_owned(), found: row.found };
    let said =
        |rows: &[&Row]| rows.iter().map(|row| format!("{}: {}", row.path, row.found)).collect::<Vec<_>>().join(". ");
    let outcome = Outcome::of_rows(rows.into_iter().map(row).collect(), witness, |_| wanted.to_owned(), said);
    Outcome { instead, ..outcome }.resting_on(&calls)
}

/// A sentence as a part of another: `No queue is public` as `no queue is public`.
fn fragment(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_lowercase).collect();
    let rest = letters.as_str();
    // A name in capitals stays one.
    if rest.starts_with(char::is_uppercase) { sentence.to_owned() } else { first + rest }
}
