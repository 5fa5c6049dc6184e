//! Statements against each other: one that a Deny swallows, one that others say already.
//!
//! The engine decides, over every request. It is asked only where the actions and resources of a statement lie textually
//! within those of others that ask for conditions on no other keys, which few do; so a statement that others cover in a
//! more roundabout way is not found.

use super::{Findings, Severity};
use crate::iam::Policy;
use crate::iam::document::{Effect, Element, PrincipalName, Statement};
use crate::iam::relate::{Grants, Relation};

/// Questions to the engine for one document.
const QUESTIONS: usize = 40;
/// Questions that one without an answer counts for: it was a hard one.
const HARD: usize = 10;
/// Statements of a document that are compared; what AWS stores has fewer.
const STATEMENTS: usize = 400;

pub(super) fn check(findings: &mut Findings<'_>) {
    let policy = findings.policy;
    if policy.statements.len() < 2 {
        return;
    }
    // In a document that names principals a statement without any means nobody.
    let names = policy.names_principals();
    let is_judged = |statement: &Statement| match &statement.principal {
        Some(element) => !element.not,
        None => !names,
    };
    let judged: Vec<&Statement> = policy.statements.iter().filter(|statement| is_judged(statement)).collect();
    let mut left = if judged.len() > STATEMENTS { 0 } else { QUESTIONS };
    let swallowed = swallowed(findings, &judged, &mut left);
    redundant(findings, &judged, &swallowed, &mut left);
    if left == 0 {
        findings.of_document(
            "not-all-compared",
            Severity::Note,
            1,
            "its statements are too many, or overlap too much, to compare all of them with each other",
            "split the policy to have all of them compared",
        );
    }
}

/// Reports the grants that the Denys take away whole, and returns their positions in the document.
fn swallowed(findings: &mut Findings<'_>, judged: &[&Statement], left: &mut usize) -> Vec<usize> {
    let denies: Vec<&Statement> = judged.iter().copied().filter(|statement| statement.effect == Effect::Deny).collect();
    let mut found = Vec::new();
    if denies.is_empty() {
        return found;
    }
    for allow in judged.iter().filter(|statement| statement.effect == Effect::Allow) {
        if *left == 0 {
            break;
        }
        let near = covering(allow, &denies);
        if near.is_empty() {
            continue;
        }
        let statements: Vec<&Statement> = [*allow].into_iter().chain(near.iter().copied()).collect();
        if is_so(left, &Grants::of([&part(findings.policy, &statements, false)]).is_empty()) {
            found.push(allow.index);
            findings.add(
                "never-applies",
                Severity::Warning,
                allow,
                format!("{} {} all that it allows", named(&near), if near.len() == 1 { "denies" } else { "deny" }),
                "remove it, or narrow the Deny",
            );
        }
    }
    found
}

/// Reports the statements that others of the same effect make superfluous; of two that say the same, the later one.
fn redundant(findings: &mut Findings<'_>, judged: &[&Statement], swallowed: &[usize], left: &mut usize) {
    let mut gone: Vec<usize> = swallowed.to_vec();
    for statement in judged.iter().rev() {
        if *left == 0 {
            break;
        }
        if gone.contains(&statement.index) {
            continue;
        }
        let others: Vec<&Statement> = judged
            .iter()
            .copied()
            .filter(|other| {
                other.index != statement.index
                    && other.effect == statement.effect
                    && !gone.contains(&other.index)
                    && names_all(other, statement)
            })
            .collect();
        let near = covering(statement, &others);
        if near.is_empty() {
            continue;
        }
        // What a Deny takes away is compared as if it were granted.
        let one = Grants::of([&part(findings.policy, &[statement], true)]);
        if is_so(left, &one.within(&Grants::of([&part(findings.policy, &near, true)]))) {
            gone.push(statement.index);
            let says = match (statement.effect, near.len()) {
                (Effect::Allow, 1) => "allows",
                (Effect::Allow, _) => "together allow",
                (Effect::Deny, 1) => "denies",
                (Effect::Deny, _) => "together deny",
            };
            findings.add(
                "adds-nothing",
                Severity::Note,
                statement,
                format!("{} {says} all that it says", named(&near)),
                "remove it",
            );
        }
    }
}

/// Whether the answer is yes; it is paid for.
fn is_so(left: &mut usize, answer: &Relation) -> bool {
    *left = left.saturating_sub(if matches!(answer, Relation::Unknown(_)) { HARD } else { 1 });
    *answer == Relation::Contained
}

/// Whether a statement names every principal of another, or everyone. An account does not stand for its principals here:
/// naming it delegates to the account, naming one of them grants.
fn names_all(wide: &Statement, narrow: &Statement) -> bool {
    let (Some(wide), Some(narrow)) = (&wide.principal, &narrow.principal) else { return true };
    let everyone = |name: &PrincipalName| match name {
        PrincipalName::Everyone => true,
        PrincipalName::Aws(name) => name == "*",
        _ => false,
    };
    wide.values.iter().any(everyone) || narrow.values.iter().all(|name| wide.values.contains(name))
}

/// A document of these statements alone; `granted`: all of them as Allow.
fn part(policy: &Policy, statements: &[&Statement], granted: bool) -> Policy {
    let take = |statement: &&Statement| {
        let mut statement = (*statement).clone();
        if granted {
            statement.effect = Effect::Allow;
        }
        statement
    };
    Policy {
        origin: policy.origin.clone(),
        version: policy.version,
        id: None,
        statements: statements.iter().map(take).collect(),
        oddities: Vec::new(),
    }
}

fn named(statements: &[&Statement]) -> String {
    let name = |statement: &&Statement| match &statement.sid {
        Some(sid) => format!("\"{sid}\" (line {})", statement.line),
        None => format!("{} (line {})", statement.index + 1, statement.line),
    };
    let names: Vec<String> = statements.iter().take(3).map(name).collect();
    let more = if statements.len() > names.len() { " and others" } else { "" };
    let word = if statements.len() == 1 { "statement" } else { "statements" };
    format!("{word} {}{more}", names.join(", "))
}

/// Those of `others` that matter to whether they cover `statement`; none if it is plain that they do not.
fn covering<'s>(statement: &Statement, others: &[&'s Statement]) -> Vec<&'s Statement> {
    // One that asks for more covers only with another that asks for the contrary, which nobody writes.
    let asks_no_more = |other: &Statement| {
        let asked = |key: &str| statement.conditions.iter().any(|entry| entry.key.eq_ignore_ascii_case(key));
        other.conditions.iter().all(|entry| asked(&entry.key))
    };
    let others: Vec<&'s Statement> = others.iter().copied().filter(|other| asks_no_more(other)).collect();
    let mut near: Vec<usize> = Vec::new();
    let mut find = |covers: &dyn Fn(&Statement) -> bool| {
        let before = near.len();
        near.extend(others.iter().enumerate().filter(|(_, other)| covers(other)).map(|(at, _)| at));
        near.len() > before
    };
    let actions = if statement.action.not {
        find(&|other| other.action.not || other.action.values.iter().any(|value| value == "*"))
    } else {
        statement.action.values.iter().all(|value| find(&|other| within(value, &other.action, true)))
    };
    if !actions {
        return Vec::new();
    }
    near.sort_unstable();
    near.dedup();
    let near: Vec<&Statement> = near.into_iter().map(|at| others[at]).collect();
    let resource = |value: &String| {
        near.iter().any(|other| other.resource.as_ref().is_none_or(|element| within(value, element, false)))
    };
    let covered = match &statement.resource {
        Some(element) if !element.not => element.values.iter().all(resource),
        _ => true,
    };
    if covered { near } else { Vec::new() }
}

/// Whether a pattern lies within one of the element's; what an element leaves out is not looked into.
fn within(value: &str, element: &Element<String>, any_case: bool) -> bool {
    element.not || element.values.iter().any(|wide| lies_within(value.as_bytes(), wide.as_bytes(), any_case))
}

/// Whether all that `narrow` matches is plainly matched by `wide`: only `*` covers `*`.
fn lies_within(narrow: &[u8], wide: &[u8], any_case: bool) -> bool {
    let same = |a: u8, b: u8| if any_case { a.eq_ignore_ascii_case(&b) } else { a == b };
    let (mut at, mut taken) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while taken < narrow.len() {
        match wide.get(at) {
            Some(b'*') => {
                back = Some((at + 1, taken));
                at += 1;
            }
            Some(token) if same(*token, narrow[taken]) || (*token == b'?' && narrow[taken] != b'*') => {
                at += 1;
                taken += 1;
            }
            _ => {
                let Some((after, from)) = back else { return false };
                back = Some((after, from + 1));
                (at, taken) = (after, from + 1);
            }
        }
    }
    wide[at..].iter().all(|byte| *byte == b'*')
}
