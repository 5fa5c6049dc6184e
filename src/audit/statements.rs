//! `only: { statements_of: … }`: the statements of a policy held against those of a document, each by its meaning.

use super::beside;
use super::finding::{Auditor, Outcome};
use crate::iam::Policy;
use crate::model::{Resource, Verdict};
use crate::reach::{Answer, Missing, policy_in, same_statement};
use crate::rules::Statements;

impl Auditor<'_> {
    /// `only: { statements_of: … }` on the resource it names.
    pub(super) fn statements(&self, statements: &Statements) -> Outcome {
        let Some(are) = &statements.are else { return super::forms::nothing_compared() };
        let Some(own) = self.rules.resource(&statements.of).kind.standing.own_policy else {
            unreachable!("the loader takes only what carries a policy")
        };
        let wanted = format!("the statements of the {} are those of {are}", own.noun);
        let bound = match are.bind(&mut |reference| self.resolved.bind(reference)) {
            Ok(bound) => bound,
            Err(unbound) => return self.unbound(wanted, unbound),
        };
        self.best_of(&statements.of, &wanted, |resource| {
            let outcome =
                match (policy_in(resource.properties.get(own.field), &format!("the {}", own.noun)), bound.policy()) {
                    (Err(Missing::Unread(gap)), _) => Outcome::unknown(wanted.clone(), &[*gap]),
                    (Err(Missing::Malformed(why)), _) => Outcome::plain(Verdict::Unknown, wanted.clone(), why),
                    (_, Err(why)) => Outcome::plain(Verdict::Unknown, wanted.clone(), format!("{are}: {why}")),
                    (Ok(found), Ok(expected)) => {
                        let outcome = compare(found.as_ref(), &expected, wanted.clone(), resource);
                        outcome.showing(|| {
                            let of = format!("the {}", own.noun);
                            beside::statements(of, found.as_ref(), &expected, are.to_string())
                        })
                    }
                };
            outcome.resting_on(&resource.calls)
        })
    }
}

/// What of one policy has nothing in the other that means the same: surely, and perhaps.
#[derive(Default)]
struct Odd {
    surely: Vec<String>,
    perhaps: Vec<(String, String)>,
}

fn odd(policy: &Policy, other: &Policy) -> Odd {
    let mut odd = Odd::default();
    for statement in &policy.statements {
        let mut why = None;
        let found =
            other.statements.iter().any(|candidate| match same_statement((policy, statement), (other, candidate)) {
                Answer::Yes => true,
                Answer::No(_) => false,
                Answer::Unknown(reason) => {
                    why.get_or_insert(reason);
                    false
                }
            });
        let place = policy.place(statement).to_string();
        match why {
            _ if found => {}
            None => odd.surely.push(place),
            Some(why) => odd.perhaps.push((place, why)),
        }
    }
    odd
}

fn compare(found: Option<&Policy>, expected: &Policy, wanted: String, resource: &Resource) -> Outcome {
    let (extra, missing) = match found {
        Some(found) => (odd(found, expected), odd(expected, found)),
        None => {
            let all = expected.statements.iter().map(|statement| expected.place(statement).to_string()).collect();
            (Odd::default(), Odd { surely: all, perhaps: Vec::new() })
        }
    };
    let mut faults = Vec::new();
    if !extra.surely.is_empty() {
        faults.push(format!("not wanted: {}", extra.surely.join(", ")));
    }
    if !missing.surely.is_empty() {
        faults.push(format!("missing: {}", missing.surely.join(", ")));
    }
    if found.is_none() && !faults.is_empty() {
        faults.push(format!("{} has no policy", resource.name));
    }
    if !faults.is_empty() {
        return Outcome::plain(Verdict::Fail, wanted, faults.join("; "));
    }
    let mut undecided: Vec<String> =
        extra.perhaps.into_iter().chain(missing.perhaps).map(|(place, why)| format!("{place}: {why}")).collect();
    undecided.sort();
    undecided.dedup();
    if undecided.is_empty() {
        Outcome::plain(Verdict::Pass, wanted, "no others, and none is missing".to_owned())
    } else {
        Outcome::plain(Verdict::Unknown, wanted, format!("not decided: {}", undecided.join("; ")))
    }
}
