//! Policies shown statement by statement: what is wanted beside what was found.
//!
//! Which statement stands beside which is only a matter of reading, and follows from how alike they are written. Whether
//! a statement fits is what the IAM engine says of it.

use crate::iam::{Effect, Policy, Statement};
use crate::model::{ComparedPolicy, ShownStatement, StatementPair};
use crate::reach::{Answer, Authority, same_statement, within};
use crate::rules::{Expected, Side};
use std::collections::BTreeSet;

/// How many statements of each side are shown, which bounds what the engine is asked.
const SHOWN: usize = 30;

/// One side of a comparison: its statements, each with whether it fits.
pub(super) struct Judged<'p>(Vec<(&'p Policy, &'p Statement, Option<bool>)>);

impl<'p> Judged<'p> {
    /// The statements of `policies`, each with what `fits` says of it.
    pub(super) fn by(
        policies: impl IntoIterator<Item = &'p Policy>,
        fits: impl Fn(&Policy, &Statement) -> Option<bool>,
    ) -> Self {
        let statements = policies.into_iter().flat_map(|policy| policy.statements.iter().map(move |s| (policy, s)));
        let judged = statements.enumerate().map(|(at, (policy, statement))| {
            let fits = if at < SHOWN { fits(policy, statement) } else { None };
            (policy, statement, fits)
        });
        Self(judged.collect())
    }
}

/// A document that was found held against the expected one, as `side` asks.
pub(super) fn documents(of: String, found: Option<&Policy>, expected: &Expected, side: Side) -> Option<ComparedPolicy> {
    let most = found.cloned().map(Authority::of).unwrap_or_default();
    bounded(of, found, &most, expected, side, |part| within(part, &most))
}

/// The policies that were found, which come to `most`, held against the expected document. `has` says whether all that a
/// statement asks for is allowed.
pub(super) fn bounded<'p>(
    of: String,
    found: impl IntoIterator<Item = &'p Policy>,
    most: &Authority,
    expected: &Expected,
    side: Side,
    has: impl Fn(&Authority) -> Answer,
) -> Option<ComparedPolicy> {
    let wanted = expected.policy().ok()?;
    let ceiling = Authority::of(wanted.clone());
    let decided = |answer: Answer| match answer {
        Answer::Yes => Some(true),
        Answer::No(_) => Some(false),
        Answer::Unknown(_) => None,
    };
    // What a denial takes away shows in what the floor lacks, not in itself.
    let alone = |policy: &Policy, statement: &Statement, on: &Authority| {
        (statement.effect == Effect::Allow).then(|| Authority {
            policies: vec![Policy { statements: vec![statement.clone()], ..policy.clone() }],
            ..on.clone()
        })
    };
    let found = Judged::by(found, |policy, statement| {
        let alone = alone(policy, statement, most).filter(|_| side.is_ceiling())?;
        decided(within(&alone, &ceiling))
    });
    let asked = Judged::by([&wanted], |policy, statement| {
        let alone = alone(policy, statement, &Authority::default()).filter(|_| side.is_floor())?;
        decided(has(&alone))
    });
    compared(of, Some(expected.to_string()), asked, found)
}

/// The statements of `found` held against those of `wanted`, each by its meaning.
pub(super) fn statements(of: String, found: Option<&Policy>, wanted: &Policy, by: String) -> Option<ComparedPolicy> {
    let among = |other: Option<&Policy>, policy: &Policy, statement: &Statement| {
        let Some(other) = other else { return Some(false) };
        let mut undecided = false;
        for candidate in &other.statements {
            match same_statement((policy, statement), (other, candidate)) {
                Answer::Yes => return Some(true),
                Answer::No(_) => {}
                Answer::Unknown(_) => undecided = true,
            }
        }
        (!undecided).then_some(false)
    };
    let asked = Judged::by([wanted], |policy, statement| among(found, policy, statement));
    let there = Judged::by(found, |policy, statement| among(Some(wanted), policy, statement));
    compared(of, Some(by), asked, there)
}

/// The pairs, in the order of what is wanted; then what else was found. None if there is no statement at all.
pub(super) fn compared(
    of: String,
    wanted_by: Option<String>,
    mut wanted: Judged<'_>,
    mut found: Judged<'_>,
) -> Option<ComparedPolicy> {
    let more = wanted.0.len().saturating_sub(SHOWN) + found.0.len().saturating_sub(SHOWN);
    wanted.0.truncate(SHOWN);
    found.0.truncate(SHOWN);
    let mut scores: Vec<(usize, usize, usize)> = Vec::new();
    for (at, (_, one, _)) in wanted.0.iter().enumerate() {
        for (beside, (_, other, _)) in found.0.iter().enumerate() {
            scores.push((likeness(one, other), at, beside));
        }
    }
    scores.retain(|(score, ..)| *score > 0);
    scores.sort_by_key(|(score, at, beside)| (std::cmp::Reverse(*score), *at, *beside));
    let mut partner: Vec<Option<usize>> = vec![None; wanted.0.len()];
    let mut taken = vec![false; found.0.len()];
    for (_, at, beside) in scores {
        if partner[at].is_none() && !taken[beside] {
            partner[at] = Some(beside);
            taken[beside] = true;
        }
    }
    let pairs = wanted
        .0
        .iter()
        .zip(&partner)
        .map(|(one, beside)| StatementPair { wanted: Some(shown(one)), found: beside.map(|at| shown(&found.0[at])) });
    let alone = found.0.iter().zip(&taken).filter(|(_, taken)| !**taken);
    let alone = alone.map(|(one, _)| StatementPair { wanted: None, found: Some(shown(one)) });
    let statements: Vec<StatementPair> = pairs.chain(alone).collect();
    (!statements.is_empty()).then_some(ComparedPolicy { of, wanted_by, statements, more })
}

fn shown((policy, statement, fits): &(&Policy, &Statement, Option<bool>)) -> ShownStatement {
    ShownStatement { place: policy.place(statement).to_string(), text: in_order(statement).to_json_line(), fits: *fits }
}

/// The statement with its lists in order, so that those that differ in order alone look the same.
fn in_order(statement: &Statement) -> Statement {
    let mut ordered = statement.clone();
    ordered.action.values.sort();
    if let Some(resource) = &mut ordered.resource {
        resource.values.sort();
    }
    if let Some(principal) = &mut ordered.principal {
        principal.values.sort();
    }
    for condition in &mut ordered.conditions {
        condition.values.sort();
    }
    ordered
}

/// How much two statements look like two versions of one; 0 if not at all.
fn likeness(one: &Statement, other: &Statement) -> usize {
    if in_order(one).to_json_line() == in_order(other).to_json_line() {
        return 100;
    }
    if one.effect != other.effect {
        return 0;
    }
    let words = |statement: &Statement| -> BTreeSet<String> {
        statement.action.values.iter().map(|action| action.to_ascii_lowercase()).collect()
    };
    let services = |words: &BTreeSet<String>| -> BTreeSet<String> {
        words.iter().map(|word| word.split(':').next().unwrap_or_default().to_owned()).collect()
    };
    let (a, b) = (words(one), words(other));
    let named = usize::from(one.sid.is_some() && one.sid == other.sid);
    let actions = a.intersection(&b).count().min(5);
    let service = services(&a).intersection(&services(&b)).count().min(1);
    let alike = 8 * named + 3 * actions + service;
    if alike == 0 {
        return 0;
    }
    let same_place = |a: Option<&Vec<String>>, b: Option<&Vec<String>>| usize::from(a == b);
    let resources = same_place(one.resource.as_ref().map(|r| &r.values), other.resource.as_ref().map(|r| &r.values));
    let principals = usize::from(one.principal == other.principal);
    alike + resources + principals
}
