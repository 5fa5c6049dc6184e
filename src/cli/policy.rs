//! `plimsoll policy`: what policy documents say, without an account. One file a question.

mod can;
mod case;
mod compare;
mod documents;
mod lines;

use super::Failure;
use clap::Subcommand;

/// Ask what policy documents allow: no account needed
#[derive(Debug, Subcommand)]
pub(super) enum Policy {
    /// Say whether a request is allowed, and by which statements
    Can(Box<can::Can>),
    /// Say whether one policy allows all that another does, with a request that proves it if not
    Compare(Box<compare::Compare>),
}

impl Policy {
    pub(super) fn run(self) -> Result<u8, Failure> {
        match self {
            Self::Can(can) => can.run(),
            Self::Compare(compare) => compare.run(),
        }
    }
}
