//! What a run is told to take as it is: `--waivers`.

use super::Failure;
use crate::audit::{day_of, waive};
use crate::model::{Account, Report};
use crate::rules::{Rules, Waivers};
use clap::Args;
use std::path::PathBuf;

/// What is taken as it is.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is taken as it is")]
pub(super) struct Accepted {
    /// Waive what a waivers file (.yaml) accepts: findings that somebody answers for until a day
    #[arg(long, value_name = "FILE")]
    waivers: Option<PathBuf>,
}

/// The same, read.
pub(super) struct Taken {
    waivers: Option<Waivers>,
}

impl Accepted {
    /// Reads what was named, before anything is asked.
    pub(super) fn read(&self) -> Result<Taken, Failure> {
        Ok(Taken { waivers: self.waivers.as_deref().map(Waivers::read).transpose()? })
    }
}

impl Taken {
    /// Applies it to `report`, which `rules` made of `account`.
    pub(super) fn apply(&self, report: &mut Report, rules: &Rules, account: &Account) -> Result<(), Failure> {
        if let Some(waivers) = &self.waivers {
            let day = day_of(account).ok_or_else(|| {
                Failure::usage(
                    "no answer says on what day the account was read, so no waiver can be judged",
                    "scan again without --waivers, or name a recording or snapshot whose answers have times",
                )
            })?;
            waive(report, rules, waivers, &day);
        }
        Ok(())
    }
}
