//! `plimsoll policy`: what policy documents say, without an account. One file a question.

mod can;
mod case;
mod documents;
mod lines;

use super::Failure;
use clap::Subcommand;

/// Ask what policy documents allow: no account needed
#[derive(Debug, Subcommand)]
pub(super) enum Policy {
    /// Say whether a request is allowed, and by which statements
    Can(Box<can::Can>),
}

impl Policy {
    pub(super) fn run(self) -> Result<u8, Failure> {
        match self {
            Self::Can(can) => can.run(),
        }
    }
}
