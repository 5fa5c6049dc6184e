//! What was decided, and why.

use std::fmt;

use super::policies::Layer;
pub use super::statement::Missed;
use crate::iam::document::{Effect, Place};

/// The answer to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The request is allowed.
    Allowed,
    /// Nothing denies it, and not everything that must allow it does.
    ImplicitlyDenied,
    /// A statement with the effect Deny applies.
    ExplicitlyDenied,
    /// It rests on something that cannot be read, or that the documentation leaves open.
    Unknown,
}

/// An answer with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The answer.
    pub outcome: Outcome,
    /// The statements that made it: of an allowed request those that allow it, of an explicitly denied one those that
    /// deny it, of an implicitly denied one those that came near, of an unknown one those in doubt.
    pub statements: Vec<Applied>,
    /// Why.
    pub reason: Reason,
    /// Where the request asked about any resource like a pattern: one that the answer holds for.
    pub resource: Option<String>,
}

/// A statement that a decision names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Where its policy is attached.
    pub layer: Layer,
    /// Where it stands.
    pub place: Place,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// What keeps it from applying, if it does not apply.
    pub missed: Option<Missed>,
}

/// Why a request was decided as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// These grant it, and nothing that limits them stands against it.
    GrantedBy(Vec<Layer>),
    /// These deny it.
    DeniedBy(Vec<Layer>),
    /// These would have to allow it and do not.
    NotAllowedBy(Vec<Layer>),
    /// The account's root user is not limited by missing grants in its own account.
    RootUser,
    /// A rule of the service that no policy changes.
    Rule(&'static str),
    /// What stands in the way of an answer, one sentence each.
    Unsettled(Vec<String>),
}

impl Outcome {
    /// The word for programs, such as `ImplicitlyDenied`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Allowed => "Allowed",
            Self::ImplicitlyDenied => "ImplicitlyDenied",
            Self::ExplicitlyDenied => "ExplicitlyDenied",
            Self::Unknown => "Unknown",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GrantedBy(layers) => write!(f, "granted by {}", list(layers, "and")),
            Self::DeniedBy(layers) => write!(f, "denied by {}", list(layers, "and")),
            Self::NotAllowedBy(layers) => write!(f, "not allowed by {}", list(layers, "and")),
            Self::RootUser => f.write_str("the root user needs no grant in its own account"),
            Self::Rule(rule) => f.write_str(rule),
            Self::Unsettled(doubts) => f.write_str(&doubts.join("; ")),
        }
    }
}

fn list(layers: &[Layer], last: &str) -> String {
    let names: Vec<String> = layers.iter().map(ToString::to_string).collect();
    match names.split_last() {
        None => "any policy".to_owned(),
        Some((one, [])) => one.clone(),
        Some((end, others)) => format!("{} {last} {end}", others.join(", ")),
    }
}

impl fmt::Display for Missed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Principal => f.write_str("it names other principals"),
            Self::Resource => f.write_str("it covers other resources"),
            Self::Condition(operator, key) => write!(f, "its condition {operator} on {key} does not hold"),
        }
    }
}
