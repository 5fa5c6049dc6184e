//! Policy documents as they were read: parsed, or why they say nothing; and `$policy`, a document held against another.

use super::engine::{Answer, Authority, Proof, within};
use crate::iam::Policy;
use crate::model::{Gap, Truth, Value};
use crate::rules::{Bounds, Expected, Pattern, Side};

/// Why a policy is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Missing {
    /// It was not read.
    Unread(Box<Gap>),
    /// It was read and cannot be understood, in these words.
    Malformed(String),
}

/// The policy in `value`, called `name`: none if there is none.
pub(crate) fn policy_in(value: &Value, name: &str) -> Result<Option<Policy>, Missing> {
    match value {
        Value::Absent => Ok(None),
        Value::Unread(gap) => Err(Missing::Unread(gap.clone())),
        Value::Policy(text) | Value::Text(text) => match Policy::parse(text) {
            Ok(policy) => Ok(Some(policy.named(name, None))),
            Err(why) => Err(Missing::Malformed(format!("{name} cannot be understood: {why}"))),
        },
        other => Err(Missing::Malformed(format!("{name} is no policy document but {other}"))),
    }
}

/// A policy document held against the bounds of `$policy`.
pub(crate) struct Compared {
    pub(crate) truth: Truth,
    /// What was found, in words.
    pub(crate) found: String,
    /// The request that shows the fault.
    pub(crate) witness: Option<String>,
}

/// Holds the document in `text` against `bounds`, which must be bound.
pub(crate) fn compare(bounds: &Bounds<Expected>, text: &str) -> Compared {
    let unknown = |found: String| Compared { truth: Truth::Unknown, found, witness: None };
    let policy = match policy_in(&Value::Policy(text.to_owned()), "the document") {
        Ok(Some(policy)) => Authority::of(policy),
        Ok(None) => Authority::default(),
        Err(Missing::Malformed(why)) => return unknown(why),
        Err(Missing::Unread(gap)) => return unknown(gap.to_string()),
    };
    let mut undecided = None;
    let mut held = Vec::new();
    for (side, expected) in bounds.iter() {
        let wanted = match expected.policy() {
            Ok(wanted) => Authority::of(wanted),
            Err(why) => return unknown(format!("{expected}: {why}")),
        };
        let over = |proof: &Proof| format!("{}, and not by {expected}", proof.allowed());
        let under = |proof: &Proof| format!("{}, and by {expected} it is", proof.refused());
        let answers = [
            side.is_ceiling().then(|| (within(&policy, &wanted), &over as &dyn Fn(&Proof) -> String)),
            side.is_floor().then(|| (within(&wanted, &policy), &under as &dyn Fn(&Proof) -> String)),
        ];
        for (answer, fault) in answers.into_iter().flatten() {
            match answer {
                Answer::Yes => {}
                Answer::No(proof) => {
                    return Compared { truth: Truth::False, found: fault(&proof), witness: Some(proof.line) };
                }
                Answer::Unknown(why) => undecided = Some(format!("not decided against {expected}: {why}")),
            }
        }
        held.push(match side {
            Side::Exactly => format!("a document that means the same as {expected}"),
            Side::AtLeast => format!("a document that allows all that {expected} says"),
            Side::AtMost => format!("a document that allows no more than {expected} says"),
        });
    }
    match undecided {
        Some(why) => unknown(why),
        None => Compared { truth: Truth::True, found: held.join(" and "), witness: None },
    }
}

/// The request that shows why `value` is not as `pattern` says, if that hangs on a policy document.
pub(crate) fn witness(pattern: &Pattern, value: &Value) -> Option<String> {
    match (pattern, value) {
        (Pattern::Policy(bounds), Value::Policy(text)) => compare(bounds, text).witness,
        (Pattern::All(patterns) | Pattern::OneOf(patterns), _) => patterns.iter().find_map(|p| witness(p, value)),
        (Pattern::Fields { fields, .. }, Value::Map(_)) => {
            fields.iter().find_map(|(name, pattern)| witness(pattern, value.get(name)))
        }
        _ => None,
    }
}
