//! `permissions`: what a role, user, group or managed policy allows, held against a floor and a ceiling.
//!
//! A part that was not read may allow anything and deny anything. So a floor fails only where it would fail even if
//! that part allowed everything, and a ceiling holds only where it would hold even then; all else is unknown.

use super::beside;
use super::finding::{Auditor, Outcome, Row};
use crate::iam::{Context, Policy};
use crate::model::Verdict;
use crate::reach::{Answer, Authority, Gathered, reaches, within};
use crate::rules::{Bounds, Expected, Permissions, Side};

impl Auditor<'_> {
    /// `permissions` on the resource called `key`.
    pub(super) fn permissions(&self, key: &str, permissions: &Permissions) -> Outcome {
        let wanted = in_words(&permissions.bounds);
        if permissions.bounds.iter().next().is_none() {
            return super::forms::nothing_compared();
        }
        let bound = permissions
            .bounds
            .try_map(|expected| expected.bind(&mut |reference| self.resolved.bind(reference)))
            .and_then(|bounds| Ok((bounds, self.resolved.fixed(&permissions.context)?)));
        let (bounds, fixed) = match bound {
            Ok(bound) => bound,
            Err(unbound) => return self.unbound(wanted, unbound),
        };
        self.best_of(key, &wanted, |resource| {
            let Some(of) = self.rules.resource(key).kind.standing.permissions else {
                unreachable!("the loader takes only what has permissions")
            };
            let gathered = self.reach.gather(of, resource);
            let mut context = self.reach.context(of, resource);
            for (key, value) in &fixed {
                context.set(key.as_str(), value.clone());
            }
            judged(&bounds, &gathered, &context)
        })
    }
}

/// What was gathered, held against each bound.
fn judged(bounds: &Bounds<Expected>, gathered: &Gathered, context: &Context) -> Outcome {
    let mut parts = Vec::new();
    let mut witness = None;
    let most = gathered.most();
    for (side, expected) in bounds.iter() {
        let part = match expected.policy() {
            Ok(policy) => bound(side, expected, policy, &most, gathered, context),
            Err(why) => (Verdict::Unknown, format!("{expected}: {why}"), None),
        };
        let (verdict, found, shown) = part;
        witness = witness.or(shown);
        let wanted = one_in_words(side, expected);
        parts.push(Row { path: side.as_str().to_owned(), verdict, wanted, found });
    }
    let calls = gathered.calls.iter().chain(gathered.gaps.iter().map(|gap| &gap.call)).cloned().collect();
    let said = |rows: &[&Row], pick: fn(&Row) -> &str| {
        // What was not read leaves both bounds open, and is told once.
        let mut said: Vec<&str> = rows.iter().map(|row| pick(row)).collect();
        said.dedup();
        said.join("; ")
    };
    let outcome =
        Outcome::of_rows(parts, witness, |rows| said(rows, |row| &row.wanted), |rows| said(rows, |row| &row.found));
    let mut outcome = Outcome { calls, ..outcome };
    let read = gathered.read();
    for (side, expected) in bounds.iter() {
        outcome = outcome.showing(|| {
            let found = gathered.policies().map(|(policy, _)| policy);
            let has = |asked: &Authority| match asked.policies.first() {
                Some(floor) => reaches(&read, floor, context),
                None => Answer::Yes,
            };
            beside::bounded("what it may do".to_owned(), found, &read, expected, side, has)
        });
    }
    outcome
}

/// One bound: the verdict, what was found, and the request that shows a fault.
fn bound(
    side: Side,
    expected: &Expected,
    policy: Policy,
    most: &Authority,
    gathered: &Gathered,
    context: &Context,
) -> (Verdict, String, Option<String>) {
    let mut undecided = Vec::new();
    let mut held = Vec::new();
    if side.is_ceiling() {
        match within(most, &Authority::of(policy.clone())) {
            Answer::Yes => held.push(format!("nothing beyond {expected}")),
            Answer::No(proof) if gathered.is_whole() => {
                return (Verdict::Fail, format!("{}, and not by {expected}", proof.allowed()), Some(proof.line));
            }
            // What was not read may deny it, or the boundary leave it out.
            Answer::No(_) => {
                if let Answer::No(proof) = within(&gathered.read(), &Authority::of(policy.clone())) {
                    undecided.push(format!(
                        "{}, and not by {expected}, unless what was not read denies it",
                        proof.allowed()
                    ));
                }
                undecided.push(gathered.why());
            }
            Answer::Unknown(why) => undecided.push(format!("not decided against {expected}: {why}")),
        }
    }
    if side.is_floor() {
        match reaches(most, &policy, context) {
            Answer::Yes if gathered.is_whole() => held.push(format!("all that {expected} asks for")),
            Answer::Yes => undecided.push(gathered.why()),
            Answer::No(proof) => {
                return (Verdict::Fail, format!("{}, and {expected} asks for it", proof.refused()), Some(proof.line));
            }
            Answer::Unknown(why) => undecided.push(format!("not decided against {expected}: {why}")),
        }
    }
    if undecided.is_empty() {
        return (Verdict::Pass, held.join(", and "), None);
    }
    undecided.dedup();
    (Verdict::Unknown, undecided.join("; "), None)
}

fn in_words(bounds: &Bounds<Expected>) -> String {
    bounds.iter().map(|(side, expected)| one_in_words(side, expected)).collect::<Vec<_>>().join("; ")
}

fn one_in_words(side: Side, expected: &Expected) -> String {
    match side {
        Side::Exactly => format!("allowed is exactly what {expected} says"),
        Side::AtLeast => format!("allowed is at least what {expected} asks for"),
        Side::AtMost => format!("allowed is at most what {expected} says"),
    }
}
