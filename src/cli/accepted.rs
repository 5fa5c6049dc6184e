//! What a run is told to take as it is: `--waivers` and `--baseline`.

use super::{Failure, saved};
use crate::audit::{day_of, hold_against, waive};
use crate::model::{Account, Report};
use crate::rules::{Rules, Waivers};
use clap::Args;
use std::path::{Path, PathBuf};

/// What is taken as it is.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is taken as it is")]
pub(super) struct Accepted {
    /// Waive what a waivers file (.yaml) accepts: findings that somebody answers for until a day
    #[arg(long, value_name = "FILE")]
    waivers: Option<PathBuf>,
    /// Fail only for what is new since an earlier report, which `--output FILE.json` wrote; with --accounts, since the
    /// reports in the folder of an earlier run's results
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

/// What a run over many accounts takes as it is.
pub(super) struct TakenOfMany {
    waivers: Option<Waivers>,
    /// The folder of an earlier run's results.
    earlier: Option<PathBuf>,
}

impl Accepted {
    /// Reads what was named for a run over many accounts, whose results go to the folder `results`.
    pub(super) fn read_of_many(&self, results: &Path) -> Result<TakenOfMany, Failure> {
        let waivers = self.waivers.as_deref().map(Waivers::read).transpose()?;
        if let Some(folder) = &self.baseline {
            if !folder.join("run.json").is_file() {
                return Err(Failure::usage(
                    format!("{} is not the folder of an earlier run's results", folder.display()),
                    "with --accounts, --baseline is what --results was in an earlier run",
                ));
            }
            if folder.canonicalize().ok().is_some_and(|earlier| results.canonicalize().ok() == Some(earlier)) {
                return Err(Failure::usage(
                    format!("{} is the folder that the results go to", folder.display()),
                    "give each run a folder of its own, and name the one before with --baseline",
                ));
            }
        }
        Ok(TakenOfMany { waivers, earlier: self.baseline.clone() })
    }
}

impl TakenOfMany {
    /// What decides what becomes of a report: the hash of the waivers, and the folder of the earlier reports.
    pub(super) fn identity(&self) -> (Option<&str>, Option<&Path>) {
        (self.waivers.as_ref().map(|waivers| waivers.sha256.as_str()), self.earlier.as_deref())
    }

    /// What is taken as it is of the account whose results are in the folder `id`; and what is to be known of that.
    pub(super) fn of(&self, id: &str) -> Result<(Taken, Option<String>), Failure> {
        let waivers = self.waivers.clone();
        let Some(path) = self.earlier.as_ref().map(|folder| folder.join(id).join("report.json")) else {
            return Ok((Taken { waivers, baseline: None }, None));
        };
        if !path.exists() {
            let note = "the earlier run has no report.json of it: everything is new".to_owned();
            return Ok((Taken { waivers, baseline: None }, Some(note)));
        }
        let (report, sha256) = saved::report(&path, "name the results of an earlier run")?;
        let baseline = Some(Baseline { report, file: path.display().to_string(), sha256 });
        Ok((Taken { waivers, baseline }, None))
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
