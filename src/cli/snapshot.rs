//! `plimsoll snapshot`: what was read of an account, in a file that can be judged again and compared.

use super::given::{Given, Unexpected};
use super::plan::region_of_run;
use super::scan::{From, How, log, read};
use super::{Failure, files, output};
use crate::services;
use crate::snapshot::Snapshot;
use clap::Args;
use std::path::{Path, PathBuf};

/// Read what rules need of an account, and save it
///
/// The values are redacted as in a report. `plimsoll scan RULES --snapshot FILE` judges it as if the account was asked.
#[derive(Debug, Args)]
pub(super) struct SnapshotCommand {
    #[command(flatten)]
    given: Given,
    #[command(flatten)]
    unexpected: Unexpected,
    #[command(flatten)]
    from: From,
    /// Record the answers, redacted, to be replayed anywhere
    #[arg(long, value_name = "FILE", hide = true)]
    record: Option<PathBuf>,
    /// Look for what is missing in the other regions as well: as many calls again for each
    #[arg(long, help_heading = "Where the answers come from")]
    locate: bool,
    /// The file that it is written to
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

impl SnapshotCommand {
    pub(super) fn run(self) -> Result<u8, Failure> {
        log();
        let rules = self.given.load_asking(self.unexpected)?;
        let region = region_of_run(&rules, self.from.region.as_deref())?;
        files::check_writable(&self.output)?;
        let how = How { locate: self.locate, record: false, quiet: false };
        let (account, session, place) = read(&rules, self.from.source()?, region.as_deref(), how)?;
        drop(session);
        let snapshot =
            Snapshot { account, partition: place.partition, region: place.region, rules_sha256: rules.sha256 };
        let text = snapshot.to_json().map_err(|error| {
            Failure::could_not_run(format!("the snapshot cannot be written: {error}"), "report this")
        })?;
        files::write_file(&self.output, &text)?;
        let account = &snapshot.account;
        let gaps = match account.gaps.len() {
            0 => "all of it was read".to_owned(),
            1 => "1 gap".to_owned(),
            n => format!("{n} gaps"),
        };
        output::print(&format!(
            "{} resources of {} in {}; {gaps}\n",
            account.resources.len(),
            account.caller.account,
            crate::model::harmless(&self.output.display().to_string()),
        ))?;
        Ok(if account.gaps.iter().all(|gap| gap.reason.is_redaction()) { 0 } else { 3 })
    }
}

/// The snapshot in the file `path`.
pub(super) fn load(path: &Path) -> Result<Snapshot, Failure> {
    let wrong = |why: String| {
        Failure::usage(format!("{}: {why}", path.display()), "name a file that `plimsoll snapshot` wrote")
    };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    Snapshot::parse(&text, services::kind).map_err(|error| wrong(error.to_string()))
}
