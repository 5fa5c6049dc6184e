//! `plimsoll policy`: what policy documents say, without an account; and, of an account, what they could say instead. One
//! file a question.

pub(super) mod can;
mod case;
mod check;
mod compare;
mod difference;
mod documents;
mod lines;
#[cfg(feature = "live")]
mod narrow;
mod principals;
mod sources;

use super::{Failure, paragraph};
use clap::Subcommand;

/// Ask what policy documents allow: no account needed, except to narrow them
#[derive(Debug, Subcommand)]
pub(super) enum Policy {
    /// Say whether a request is allowed, and by which statements
    Can(Box<can::Can>),
    /// Say what is wrong, doubtful or without effect in policy documents
    Check(Box<check::Check>),
    /// Say what one policy allows beyond another, both ways, with a request that proves each difference
    Compare(Box<compare::Compare>),
    /// Propose policies that grant a role what the rules need and no more, and prove that they do
    #[cfg(feature = "live")]
    Narrow(Box<narrow::Narrow>),
    /// Say whom the policy of a resource lets in, and whether strangers are among them
    Principals(Box<principals::Principals>),
}

impl Policy {
    pub(super) fn run(self) -> Result<u8, Failure> {
        match self {
            Self::Can(can) => can.run(),
            Self::Check(check) => check.run(),
            Self::Compare(compare) => compare.run(),
            #[cfg(feature = "live")]
            Self::Narrow(narrow) => narrow.run(),
            Self::Principals(principals) => principals.run(),
        }
    }
}
