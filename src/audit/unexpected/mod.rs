//! `unexpected`: what is there and nobody declared, one finding for each thing.
//!
//! A thing is declared if a resource of the rules file is found to be it, or if a flow is found to go by it. What hangs
//! on a declared thing, such as a statement of its policy, is accounted for by what the rules say of that policy. AWS
//! makes some things itself: those are known ([`known`]), left out, and counted. Where a list broke, or a thing cannot
//! be told apart, nothing is said to be expected or not: it is unknown.

mod accounted;
mod known;
mod principals;
mod resources;
mod statements;

use super::finding::{About, Auditor, Outcome};
use super::resolve::{Found, Unbound};
use crate::model::{Call, Gap, Resource, Verdict};
use crate::rules::{Aspect, Glob, Unexpected};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// How many things a rule tells one by one. Where there are more, the file and the account are not about the same, and
/// one finding tells how many there are.
const MOST: usize = 50;
/// How many of those are named.
const NAMED: usize = 20;

/// What was looked at for one rule, and what came of it.
struct Survey<'a> {
    /// What the rule wants, in words.
    wanted: String,
    /// The type of what it is about.
    type_name: &'a str,
    /// What all of it together is called.
    whole: String,
    /// The names that the file leaves out.
    except: &'a [(String, Glob)],
    /// What is not expected, or may not be.
    told: Vec<(About<'a>, Outcome)>,
    /// What kept the lists from their end.
    gaps: Vec<Gap>,
    /// The rules on what cannot be looked for.
    blocked_by: BTreeSet<String>,
    calls: Vec<Call>,
    /// What was left out, with how often and why.
    left_out: BTreeMap<&'static str, (usize, &'static str)>,
}

/// Whether the rules account for a thing.
enum Standing {
    Expected,
    /// It may be something that they name, for all that was read; with the rules on what else would have to be there.
    Perhaps(Vec<Gap>, BTreeSet<String>),
    Unexpected,
}

/// Why the file leaves out what it names under `except`.
const EXCEPT: (&str, &str) = ("named under `except`", "The rules file leaves them out.");

impl<'a> Auditor<'a> {
    /// The findings on what nobody declared.
    pub(super) fn unexpected(&self, unexpected: &'a Unexpected) -> Vec<(About<'a>, Outcome)> {
        let Unexpected { aspect, except } = unexpected;
        let mut survey = Survey::new(except);
        match aspect {
            Aspect::Resource { kind, of } => self.undeclared(kind, of.as_deref(), &mut survey),
            Aspect::Inline(keys) => self.inline_policies(keys, &mut survey),
            Aspect::Attached(keys) => self.attached_policies(keys, &mut survey),
            Aspect::Statement(keys) => self.statements_beside(keys, &mut survey),
        }
        survey.finish()
    }

    /// What the resources of the rules file are on which others hang, each once, with all that the file calls it. What
    /// keeps them from being known goes to `survey`.
    fn carriers(&self, keys: &'a [String], survey: &mut Survey<'a>) -> Vec<(&'a Resource, Vec<&'a str>)> {
        let mut carriers: BTreeMap<&str, (&Resource, Vec<&str>)> = BTreeMap::new();
        for key in keys {
            match self.resolved.get(key) {
                Found::There(found, gaps) | Found::Ambiguous(found, gaps) => {
                    survey.gaps.extend(gaps.iter().cloned());
                    for resource in found {
                        carriers.entry(&resource.id).or_insert((*resource, Vec::new())).1.push(key.as_str());
                    }
                }
                // Nothing hangs on what is not there.
                Found::Missing(calls, _) => survey.calls.extend(calls.iter().cloned()),
                Found::Unknown(gaps) => survey.gaps.extend(gaps.iter().cloned()),
                Found::Blocked(other) => drop(survey.blocked_by.insert(self.exists_id(other))),
            }
        }
        carriers.into_values().collect()
    }

    /// Why the file may call `resource` something beside `keys`, so that more rules may be on it.
    fn perhaps_called(&self, resource: &Resource, keys: &[&str]) -> Vec<Unbound> {
        let of_kind = self.rules.resources.iter().filter(|declared| declared.kind.type_name == resource.type_name);
        let others = of_kind.filter(|declared| !keys.contains(&declared.key.as_str()));
        let perhaps = others.filter(|declared| self.resolved.may_be(&declared.key, resource));
        perhaps
            .flat_map(|declared| match self.resolved.get(&declared.key) {
                Found::Blocked(other) => vec![Unbound::Blocked(other.clone())],
                Found::There(_, gaps) | Found::Ambiguous(_, gaps) | Found::Unknown(gaps) => {
                    gaps.iter().map(|gap| Unbound::Unknown(Box::new(gap.clone()))).collect()
                }
                Found::Missing(..) => Vec::new(),
            })
            .collect()
    }

    /// The names by which people know the resources that the file calls `keys`.
    fn names_of(&self, keys: &[String]) -> String {
        let name = |key: &String| self.place.name_of(self.rules.resource(key)).unwrap_or_else(|| key.clone());
        keys.iter().map(name).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
    }
}

impl<'a> Survey<'a> {
    fn new(except: &'a [(String, Glob)]) -> Self {
        Self {
            wanted: String::new(),
            type_name: "",
            whole: String::new(),
            except,
            told: Vec::new(),
            gaps: Vec::new(),
            blocked_by: BTreeSet::new(),
            calls: Vec::new(),
            left_out: BTreeMap::new(),
        }
    }

    fn is_about(&mut self, type_name: &'a str, whole: String, wanted: String) {
        (self.type_name, self.whole, self.wanted) = (type_name, whole, wanted);
    }

    fn leave_out(&mut self, (what, why): (&'static str, &'static str)) {
        self.left_out.entry(what).or_insert((0, why)).0 += 1;
    }

    /// Whether the file leaves out what has one of these names. Then it is counted.
    fn is_excepted(&mut self, names: &[&str]) -> bool {
        let left_out = self.except.iter().any(|(_, glob)| names.iter().any(|name| glob.matches(name)));
        if left_out {
            self.leave_out(EXCEPT);
        }
        left_out
    }

    /// Tells of a thing that the rules do not account for.
    fn fail(&mut self, about: About<'a>, found: String, witness: Option<String>, calls: &[Call]) {
        let outcome = Outcome { witness, ..Outcome::plain(Verdict::Fail, self.wanted.clone(), found) };
        self.told.push((about, outcome.resting_on(calls)));
    }

    /// Tells of a thing that they may account for.
    fn perhaps(&mut self, about: About<'a>, gaps: &[Gap], blocked_by: BTreeSet<String>, calls: &[Call]) {
        let outcome = if gaps.is_empty() {
            Outcome::blocked(self.wanted.clone(), blocked_by.into_iter().collect())
        } else {
            Outcome::unknown(self.wanted.clone(), gaps)
        };
        self.told.push((about, outcome.resting_on(calls)));
    }

    /// Tells of a thing that was read and cannot be decided.
    fn undecided(&mut self, about: About<'a>, why: String, calls: &[Call]) {
        self.told.push((about, Outcome::plain(Verdict::Unknown, self.wanted.clone(), why).resting_on(calls)));
    }

    fn about_whole(&self, resource: String, identity: String) -> About<'a> {
        About { resource, type_name: self.type_name, identity, name: None, arn: None }
    }

    /// The findings: one for each thing, and one on the whole where there is none, where there may be more, or where
    /// there are very many.
    fn finish(mut self) -> Vec<(About<'a>, Outcome)> {
        self.told.sort_by(|(one, _), (other, _)| one.identity.cmp(&other.identity));
        // The same statement twice is one thing.
        self.told.dedup_by(|(one, _), (other, _)| one.identity == other.identity);
        let (mut fails, mut others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.told).into_iter().partition(|(_, outcome)| outcome.verdict == Verdict::Fail);
        let mut many = Vec::new();
        if fails.len() > MOST {
            many.push(self.many(&std::mem::take(&mut fails)));
        }
        if others.len() > MOST {
            many.push(self.undecided_together(std::mem::take(&mut others)));
        }
        let whole = if !self.gaps.is_empty() {
            Some(Outcome::unknown(self.wanted.clone(), &self.gaps))
        } else if !self.blocked_by.is_empty() {
            Some(Outcome::blocked(self.wanted.clone(), self.blocked_by.iter().cloned().collect()))
        } else if fails.is_empty() && others.is_empty() && many.is_empty() {
            let found = "no others".to_owned();
            Some(Outcome::plain(Verdict::Pass, self.wanted.clone(), found).resting_on(&self.calls))
        } else {
            None
        };
        let whole = whole.map(|outcome| (self.about_whole(self.whole.clone(), self.whole.clone()), outcome));
        let mut findings: Vec<_> = fails.into_iter().chain(others).chain(many).chain(whole).collect();
        tell_apart(&mut findings);
        if let Some((_, first)) = findings.first_mut() {
            let told = |(what, (count, why)): (&&str, &(usize, &str))| (format!("{what} ({count})"), (*why).to_owned());
            first.not_checked.extend(self.left_out.iter().map(told));
        }
        findings
    }

    /// One finding for very many things. Its identity is that of all of them, so that whoever accepts it hears of the
    /// next one.
    fn many(&self, fails: &[(About<'a>, Outcome)]) -> (About<'a>, Outcome) {
        let identity = fingerprint(fails.iter().map(|(about, _)| about.identity.as_str()));
        let named: Vec<&str> = fails.iter().take(NAMED).map(|(about, _)| about.resource.as_str()).collect();
        let more = fails.len() - named.len();
        let found = format!(
            "{} of them are there, and nothing accounts for them: {} and {more} more",
            fails.len(),
            named.join(", ")
        );
        let calls: Vec<Call> = fails.iter().flat_map(|(_, outcome)| outcome.calls.iter().cloned()).collect();
        let outcome = Outcome::plain(Verdict::Fail, self.wanted.clone(), found).resting_on(&calls);
        let resource = format!("{} ({} of them)", self.whole, fails.len());
        (self.about_whole(resource, format!("{} {identity}", self.whole)), outcome)
    }

    /// One finding for very many things that may be expected: what is said of the first of the worst.
    fn undecided_together(&self, others: Vec<(About<'a>, Outcome)>) -> (About<'a>, Outcome) {
        let number = others.len();
        let worst = others.into_iter().map(|(_, outcome)| outcome).max_by_key(|outcome| outcome.verdict);
        let outcome =
            worst.map(|outcome| Outcome { found: format!("of {number} of them: {}", outcome.found), ..outcome });
        let outcome = outcome.unwrap_or_else(|| Outcome::unknown(self.wanted.clone(), &self.gaps));
        let whole = format!("{} that may be expected", self.whole);
        (self.about_whole(whole.clone(), whole), outcome)
    }
}

/// Calls by their identity those of which several have one name.
fn tell_apart(findings: &mut [(About<'_>, Outcome)]) {
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for (about, _) in findings.iter() {
        *names.entry(about.resource.clone()).or_default() += 1;
    }
    for (about, _) in findings {
        if names.get(&about.resource).is_some_and(|count| *count > 1) {
            about.resource.clone_from(&about.identity);
        }
    }
}

/// What stands for these texts in their order: 16 hexadecimal digits.
fn fingerprint<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The ARN that `id` is, if it is one.
fn arn_of(id: &str) -> Option<String> {
    id.starts_with("arn:").then(|| id.to_owned())
}
