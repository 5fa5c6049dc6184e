//! How a report is turned into a grade, as the rules file says it, and which parts of a finding are for whom.

use super::Hundredths;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a report becomes a grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Grading {
    /// The percentage of the points from which on the work has passed, if there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pass_mark: Option<Hundredths>,
    /// What becomes of the points of what could not be read.
    #[serde(default)]
    pub unknown: UnknownPoints,
}

/// What becomes of the points of what could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UnknownPoints {
    /// They are not earned.
    #[default]
    Nothing,
    /// They are left out of the total.
    LeaveOut,
}

/// Who reads what is said of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// Whoever built the account, and is to learn from it.
    Student,
    /// Whoever grades it: they see all there is.
    Staff,
}

/// A part of what is said of a finding that a rules file may keep for staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each is the field of a finding that it is named after")]
pub enum Said {
    Wanted,
    Found,
    Witness,
    Instead,
    Reason,
    Fix,
    Hint,
}

impl UnknownPoints {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Nothing, Self::LeaveOut];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::LeaveOut => "leave-out",
        }
    }
}

impl Audience {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Student, Self::Staff];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Student => "student",
            Self::Staff => "staff",
        }
    }
}

impl Said {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Wanted, Self::Found, Self::Witness, Self::Instead, Self::Reason, Self::Fix, Self::Hint];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wanted => "wanted",
            Self::Found => "found",
            Self::Witness => "witness",
            Self::Instead => "instead",
            Self::Reason => "reason",
            Self::Fix => "fix",
            Self::Hint => "hint",
        }
    }
}
