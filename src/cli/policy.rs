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
    Can(Box<can::Can>),
    Check(Box<check::Check>),
    Compare(Box<compare::Compare>),
    #[cfg(feature = "live")]
    Narrow(Box<narrow::Narrow>),
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
