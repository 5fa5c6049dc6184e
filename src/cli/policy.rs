//! `plimsoll policy`: the IAM engine on documents alone.

mod batch;
mod compare;

use super::Failure;
use clap::Subcommand;

/// Check and compare policy documents; no account needed
#[derive(Debug, Subcommand)]
pub(super) enum Policy {
    /// Whether one policy allows all that another does, and a request that proves it if not
    Compare(compare::Compare),
}

impl Policy {
    pub(super) fn run(self) -> Result<u8, Failure> {
        match self {
            Self::Compare(compare) => compare.run(),
        }
    }
}
