//! What each form of rule makes of each resource it is on: that it exists, what it is like, that there are no others.

use super::beside;
use super::finding::{About, Auditor, Outcome, Row};
use super::identity::identities;
use super::resolve::{Found, Unbound, gaps_in, is_child_of, matches};
use crate::model::{Arn, Call, ComparedPolicy, Gap, Listing, Resource, SUBSCRIPTION, Truth, Value, Verdict, not_read};
use crate::reach::{found, judge, policy_in, witness as witness_of};
use crate::rules::{Finder, Form, Pattern, Rule};
use std::collections::BTreeSet;

impl<'a> Auditor<'a> {
    pub(super) fn about(&self, key: &str) -> About<'a> {
        let declared = self.rules.resource(key);
        let found = match self.resolved.get(key) {
            Found::There(resources, _) if resources.len() == 1 => Some(resources[0]),
            _ => None,
        };
        About {
            resource: key.to_owned(),
            type_name: declared.kind.type_name,
            identity: key.to_owned(),
            name: found.map(|resource| resource.name.clone()).or_else(|| self.place.name_of(declared)),
            arn: found.map(|resource| resource.id.clone()).filter(|id| id.starts_with("arn:")),
        }
    }

    /// How the subscription called `key` delivers, if it was found and read.
    pub(super) fn protocol(&self, key: &str) -> Option<String> {
        match self.resolved.get(key) {
            Found::There(resources, _) if self.rules.resource(key).kind.type_name == SUBSCRIPTION => {
                resources.first()?.properties.get("Protocol").as_text()
            }
            _ => None,
        }
    }

    pub(super) fn exists(&self, key: &str) -> Outcome {
        let declared = self.rules.resource(key);
        let noun = declared.kind.noun;
        let region = self.place.region_of(declared);
        let inside = if region.is_empty() { String::new() } else { format!(" in {region}") };
        let name = self.place.name_of(declared);
        let wanted = match &name {
            Some(name) => format!("{} called {name}{inside}", declared.kind.one()),
            None => format!("{}{}{}{inside}", declared.kind.one(), of(&declared.finder), like(declared.select())),
        };
        match self.resolved.get(key) {
            Found::There(resources, _) => {
                let ids: Vec<&str> = resources.iter().map(|resource| resource.id.as_str()).collect();
                let calls: Vec<Call> = resources.iter().flat_map(|resource| resource.calls.clone()).collect();
                Outcome::plain(Verdict::Pass, wanted, some(&ids)).resting_on(&calls)
            }
            Found::Missing(calls, near) => {
                let mut found = match &name {
                    Some(_) => format!("no {noun} of that name{inside}"),
                    None => format!("no such {noun}{inside}"),
                };
                if let (Some(near), Some(name)) = (near.first(), &name) {
                    if near.eq_ignore_ascii_case(name) {
                        found.push_str(&format!("; {near} is there, and case counts in names"));
                    } else {
                        found.push_str(&format!("; {near} is there"));
                    }
                }
                if name.is_none() {
                    found.push_str(&self.siblings(key));
                }
                if let Some(elsewhere) = name.as_ref().and_then(|name| self.elsewhere(declared.kind.type_name, name)) {
                    found.push_str(&format!("; there is one called {elsewhere}"));
                }
                Outcome::plain(Verdict::Fail, wanted, found).resting_on(calls)
            }
            Found::Ambiguous(resources, _) => {
                let ids: Vec<&str> = resources.iter().map(|resource| resource.id.as_str()).collect();
                let calls: Vec<Call> = resources.iter().flat_map(|resource| resource.calls.clone()).collect();
                let found = format!("{} of them, and nothing tells them apart: {}", ids.len(), some(&ids));
                Outcome::plain(Verdict::Fail, wanted, found).resting_on(&calls)
            }
            Found::Unknown(gaps) => Outcome::unknown(wanted, gaps),
            Found::Blocked(other) => Outcome::blocked(wanted, vec![self.exists_id(other)]),
        }
    }

    /// What hangs there in the place of the missing `key`, by what it should be found by; empty if nothing does.
    fn siblings(&self, key: &str) -> String {
        const SHOWN: usize = 3;
        let declared = self.rules.resource(key);
        let Finder::Select { of: Some(of), select } = &declared.finder else { return String::new() };
        let Found::There(parents, _) = self.resolved.get(of) else { return String::new() };
        let region = self.place.region_of(declared);
        let there = self.resolved.listed(declared.kind.type_name, region).iter();
        let mut shown: Vec<String> = there
            .filter(|resource| is_child_of(resource, parents))
            .map(|resource| {
                let field = |(name, pattern): &(String, Pattern)| match resource.properties.get(name) {
                    Value::Absent | Value::Unread(_) => None,
                    value => Some(format!("{name} {}", found(pattern, value))),
                };
                select.iter().filter_map(field).collect::<Vec<_>>().join(", ")
            })
            .filter(|words| !words.is_empty())
            .collect();
        shown.sort_unstable();
        shown.dedup();
        let more = shown.len().saturating_sub(SHOWN);
        shown.truncate(SHOWN);
        match (shown.is_empty(), more) {
            (true, _) => String::new(),
            (false, 0) => format!("; there is {}", shown.join("; ")),
            (false, more) => format!("; there is {}; and {more} more", shown.join("; ")),
        }
    }

    /// The id of `resource`, with the name of what it hangs on.
    fn named_with_parent(&self, resource: &Resource) -> String {
        // It may not have been read, and its ARN names it all the same.
        let parent = resource.parent.as_deref().and_then(|id| id.parse::<Arn>().ok());
        match &parent {
            Some(parent) => format!("{} of {}", resource.id, parent.name()),
            None => resource.id.clone(),
        }
    }

    /// The name of what is missing, with the other regions that have one of that name, if any was found there.
    fn elsewhere(&self, type_name: &str, name: &str) -> Option<String> {
        let regions = self.account.elsewhere.get(&(type_name.to_owned(), name.to_owned()))?;
        let regions: Vec<&str> = regions.iter().map(String::as_str).collect();
        (!regions.is_empty()).then(|| format!("{name} in {}", regions.join(" and in ")))
    }

    /// The rule that says `key` exists, or `key` itself where that rule was dropped.
    pub(super) fn exists_id(&self, key: &str) -> String {
        let id = self.rules.resource(key).exists_rule();
        if self.rules.rules.iter().any(|rule| rule.id == id) { id } else { key.to_owned() }
    }

    pub(super) fn expect_of(&self, key: &str, expect: &[(String, Pattern)]) -> Outcome {
        if expect.is_empty() {
            return nothing_compared();
        }
        let wanted = in_words(expect);
        let bound = self.resolved.bind_all(expect);
        self.best_of(key, &wanted, |resource| match &bound {
            Ok(expect) => judged(expect, resource),
            Err(unbound) => self.unbound(wanted.clone(), unbound.clone()),
        })
    }

    /// What `judge` makes of the resource called `key`. Of several, the rule must hold for one: the best outcome counts,
    /// and none that was read can refute it while others may be there.
    pub(super) fn best_of(&self, key: &str, wanted: &str, judge: impl Fn(&Resource) -> Outcome) -> Outcome {
        match self.resolved.get(key) {
            Found::There(resources, perhaps_more) => {
                match resources.iter().map(|resource| judge(resource)).min_by_key(|outcome| outcome.verdict) {
                    Some(best) if best.verdict != Verdict::Fail || perhaps_more.is_empty() => best,
                    _ => Outcome::unknown(wanted.to_owned(), perhaps_more),
                }
            }
            Found::Unknown(gaps) => Outcome::unknown(wanted.to_owned(), gaps),
            Found::Missing(..) | Found::Ambiguous(..) | Found::Blocked(_) => {
                Outcome::blocked(wanted.to_owned(), vec![self.exists_id(key)])
            }
        }
    }

    pub(super) fn unbound(&self, wanted: String, unbound: Unbound) -> Outcome {
        match unbound {
            Unbound::Blocked(key) => Outcome::blocked(wanted, vec![self.exists_id(&key)]),
            Unbound::Unknown(gap) => Outcome::unknown(wanted, &[*gap]),
        }
    }

    pub(super) fn expect_of_each(
        &self,
        type_name: &'a str,
        region: &str,
        filter: &[(String, Pattern)],
        expect: &[(String, Pattern)],
    ) -> Vec<(About<'a>, Outcome)> {
        let wanted = in_words(expect);
        let bound = self.resolved.bind_all(expect);
        self.on_each(type_name, region, filter, &wanted, |resource| match &bound {
            Ok(expect) => judged(expect, resource),
            Err(unbound) => self.unbound(wanted.clone(), unbound.clone()),
        })
    }

    /// What `judge` makes of every resource of a type that is like `filter`; and of all of them together, where they may
    /// be more or are none.
    pub(super) fn on_each(
        &self,
        type_name: &'a str,
        region: &str,
        filter: &[(String, Pattern)],
        wanted: &str,
        judge: impl Fn(&Resource) -> Outcome,
    ) -> Vec<(About<'a>, Outcome)> {
        let wanted = wanted.to_owned();
        let whole = |outcome: Outcome| {
            let everything = format!("every {type_name}");
            let about = About { resource: everything.clone(), type_name, identity: everything, name: None, arn: None };
            vec![(about, outcome)]
        };
        let filter = match self.resolved.bind_all(filter) {
            Ok(filter) => filter,
            Err(unbound) => return whole(self.unbound(wanted, unbound)),
        };
        let mut outcomes = Vec::new();
        let listed = self.resolved.listed(type_name, region);
        for (resource, identity) in listed.iter().copied().zip(identities(self.account, listed)) {
            let about = About {
                resource: resource.name.clone(),
                type_name,
                identity,
                name: Some(resource.name.clone()),
                arn: Some(resource.id.clone()).filter(|id| id.starts_with("arn:")),
            };
            match matches(&filter, resource) {
                Truth::False => {}
                Truth::True => outcomes.push((about, judge(resource))),
                // It may not be one of those the rule is on, so nothing can be said of it.
                Truth::Unknown => {
                    outcomes.push((about, Outcome::unknown(wanted.clone(), &gaps_in(&filter, resource))));
                }
            }
        }
        match self.account.listing(type_name, region) {
            Some(Listing::Complete(calls)) if outcomes.is_empty() => {
                let found = "the account has none that this is about".to_owned();
                whole(Outcome::plain(Verdict::NotApplicable, wanted, found).resting_on(calls))
            }
            Some(Listing::Complete(_)) => outcomes,
            Some(Listing::Broken(gap)) => {
                outcomes.extend(whole(Outcome::unknown(wanted, std::slice::from_ref(gap))));
                outcomes
            }
            None => whole(Outcome::unknown(wanted, &[Gap::not_asked(type_name, region)])),
        }
    }

    /// The closed world: whatever else is there is a fail.
    pub(super) fn only(&self, rule: &'a Rule) -> (About<'a>, Outcome) {
        let Form::Only { kind, of, filter, are } = &rule.form else { unreachable!("called for `only` alone") };
        let region = self.place.region_of_scope(kind.scope);
        let names: Vec<String> =
            are.iter().map(|key| self.place.name_of(self.rules.resource(key)).unwrap_or_else(|| key.clone())).collect();
        let mut wanted = format!("no {}", kind.noun);
        if let Some(of) = of {
            wanted.push_str(&format!(" of {of}"));
        }
        wanted.push_str(&like(filter));
        wanted.push_str(&if names.is_empty() { " at all".to_owned() } else { format!(" but {}", names.join(", ")) });
        let subject = of.clone().unwrap_or_else(|| format!("every {}", kind.type_name));
        let about =
            About { identity: subject.clone(), resource: subject, type_name: kind.type_name, name: None, arn: None };
        (about, self.only_outcome(kind.type_name, region, of.as_deref(), filter, are, wanted))
    }

    fn only_outcome(
        &self,
        type_name: &str,
        region: &str,
        of: Option<&str>,
        filter: &[(String, Pattern)],
        are: &[String],
        wanted: String,
    ) -> Outcome {
        let filter = match self.resolved.bind_all(filter) {
            Ok(filter) => filter,
            Err(unbound) => return self.unbound(wanted, unbound),
        };
        let mut gaps: Vec<Gap> = Vec::new();
        let parents = match of.map(|of| (of, self.resolved.get(of))) {
            None => None,
            Some((_, Found::There(parents, perhaps_more))) => {
                gaps.extend(perhaps_more.iter().cloned());
                Some(parents)
            }
            Some((_, Found::Unknown(gaps))) => return Outcome::unknown(wanted, gaps),
            Some((of, _)) => return Outcome::blocked(wanted, vec![self.exists_id(of)]),
        };
        let mut allowed: BTreeSet<&str> = BTreeSet::new();
        for key in are {
            match self.resolved.get(key) {
                Found::There(resources, _) | Found::Ambiguous(resources, _) => {
                    allowed.extend(resources.iter().map(|resource| resource.id.as_str()));
                }
                Found::Unknown(_) | Found::Missing(..) | Found::Blocked(_) => {}
            }
        }
        let (mut calls, unlisted) = self.reach.lists(type_name, region, parents.map(Vec::as_slice));
        gaps.extend(unlisted);
        let mut others = Vec::new();
        let mut blocking: BTreeSet<String> = BTreeSet::new();
        for resource in self.resolved.listed(type_name, region).iter().copied() {
            let hangs_elsewhere = parents.is_some_and(|parents| !is_child_of(resource, parents));
            if hangs_elsewhere || allowed.contains(resource.id.as_str()) {
                continue;
            }
            let fits = matches(&filter, resource);
            if fits == Truth::False {
                continue;
            }
            // A thing that may be one of those allowed, for all that was read, is not proven to be another.
            let maybe: Vec<&String> = are.iter().filter(|key| self.resolved.may_be(key, resource)).collect();
            for key in &maybe {
                match self.resolved.get(key) {
                    Found::Blocked(other) => drop(blocking.insert(self.exists_id(other))),
                    Found::There(_, more) | Found::Ambiguous(_, more) | Found::Unknown(more) => {
                        gaps.extend(more.iter().cloned())
                    }
                    Found::Missing(..) => {}
                }
            }
            if fits == Truth::Unknown {
                gaps.extend(gaps_in(&filter, resource));
            } else if maybe.is_empty() {
                others.push(self.named_with_parent(resource));
                calls.extend(resource.calls.iter().cloned());
            }
        }
        if !others.is_empty() {
            let found = format!("also there: {}", some(&others.iter().map(String::as_str).collect::<Vec<_>>()));
            return Outcome::plain(Verdict::Fail, wanted, found).resting_on(&calls);
        }
        if !blocking.is_empty() {
            return Outcome::blocked(wanted, blocking.into_iter().collect());
        }
        if gaps.is_empty() {
            Outcome::plain(Verdict::Pass, wanted, "no others".to_owned()).resting_on(&calls)
        } else {
            Outcome::unknown(wanted, &gaps)
        }
    }
}

/// `expect` on one resource, part by part. The verdict is the worst part's.
fn judged(expect: &[(String, Pattern)], resource: &Resource) -> Outcome {
    let mut parts = Vec::new();
    let mut calls = resource.calls.clone();
    let mut witness = None;
    let mut policies = Vec::new();
    for (field, pattern) in expect {
        let value = resource.properties.get(field);
        let mut gaps = Vec::new();
        value.each_gap(&mut |gap| gaps.push(gap.clone()));
        let truth = judge(pattern, value);
        let (verdict, found) = match truth {
            Truth::True => (Verdict::Pass, found(pattern, value)),
            Truth::False => (Verdict::Fail, found(pattern, value)),
            // A policy may have been read and yet not be decided.
            Truth::Unknown if gaps.is_empty() => (Verdict::Unknown, found(pattern, value)),
            Truth::Unknown => {
                calls.extend(gaps.iter().map(|gap| gap.call.clone()));
                (Verdict::Unknown, not_read(&gaps))
            }
        };
        if truth == Truth::False && witness.is_none() {
            witness = witness_of(pattern, value);
        }
        if truth != Truth::True {
            compared_policies(field, pattern, value, &mut policies);
        }
        parts.push(Row { path: field.clone(), verdict, wanted: pattern.to_string(), found });
    }
    let said = |rows: &[&Row], pick: fn(&Row) -> &str| {
        rows.iter().map(|row| format!("{} {}", row.path, pick(row))).collect::<Vec<_>>().join("; ")
    };
    let outcome =
        Outcome::of_rows(parts, witness, |rows| said(rows, |row| &row.wanted), |rows| said(rows, |row| &row.found));
    Outcome { policies, ..outcome }.resting_on(&calls)
}

/// The policies in `value`, at `path`, that `pattern` bounds, statement by statement.
fn compared_policies(path: &str, pattern: &Pattern, value: &Value, compared: &mut Vec<ComparedPolicy>) {
    match (pattern, value) {
        (Pattern::Policy(bounds), Value::Policy(_)) => {
            let Ok(found) = policy_in(value, path) else { return };
            for (side, expected) in bounds.iter() {
                compared.extend(beside::documents(path.to_owned(), found.as_ref(), expected, side));
            }
        }
        (Pattern::All(patterns), _) => {
            patterns.iter().for_each(|pattern| compared_policies(path, pattern, value, compared));
        }
        (Pattern::Fields { fields, .. }, Value::Map(_)) => {
            for (name, pattern) in fields {
                compared_policies(&format!("{path}.{name}"), pattern, value.get(name), compared);
            }
        }
        _ => {}
    }
}

/// Every property hangs on an optional parameter that was not given.
pub(super) fn nothing_compared() -> Outcome {
    let found = "nothing is compared: every property hangs on a parameter that was not given".to_owned();
    Outcome::plain(Verdict::NotApplicable, "nothing".to_owned(), found)
}

/// What a resource hangs on, in words.
fn of(finder: &Finder) -> String {
    match finder {
        Finder::Select { of: Some(of), .. } => format!(" of {of}"),
        _ => String::new(),
    }
}

/// What resources are like, in words.
fn like(select: &[(String, Pattern)]) -> String {
    if select.is_empty() {
        return String::new();
    }
    format!(" like {}", Pattern::Fields { fields: select.to_vec(), exact: false })
}

/// The first of `ids`, and how many more there are.
fn some(ids: &[&str]) -> String {
    const SHOWN: usize = 20;
    let more = ids.len().saturating_sub(SHOWN);
    let shown = ids[..ids.len() - more].join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

fn in_words(expect: &[(String, Pattern)]) -> String {
    expect.iter().map(|(field, pattern)| format!("{field} {pattern}")).collect::<Vec<_>>().join("; ")
}
