//! What a run is told to take as it is: `--waivers` and `--baseline`.

use super::{Failure, saved};
use crate::audit::{day_of, hold_against, waive};
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
    /// Fail only for what is new since an earlier report, which `--output FILE.json` wrote
    #[arg(long, value_name = "FILE.json")]
    baseline: Option<PathBuf>,
}

/// The same, read.
pub(super) struct Taken {
    waivers: Option<Waivers>,
    baseline: Option<Baseline>,
}

/// An earlier report, the file it is in, and the hash of that.
struct Baseline {
    report: Report,
    file: String,
    sha256: String,
}

impl Accepted {
    /// Reads what was named, before anything is asked.
    pub(super) fn read(&self) -> Result<Taken, Failure> {
        const NO_REPORT: &str =
            "name the JSON that an earlier `scan --output FILE.json` wrote; the first scan has no --baseline";
        let waivers = self.waivers.as_deref().map(Waivers::read).transpose()?;
        let baseline = match &self.baseline {
            None => None,
            Some(path) => {
                let (report, sha256) = saved::report(path, NO_REPORT)?;
                Some(Baseline { report, file: path.display().to_string(), sha256 })
            }
        };
        Ok(Taken { waivers, baseline })
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
        if let Some(Baseline { report: earlier, file, sha256 }) = &self.baseline {
            hold_against(report, rules, earlier, file, sha256).map_err(|other| {
                Failure::usage(
                    format!("{file} is no baseline for this account: {other}"),
                    "name an earlier report on the same account",
                )
            })?;
        }
        Ok(())
    }
}
