//! `plimsoll snapshot`: what was read of an account, in a file that can be judged again and compared.

use super::given::{Given, Unexpected};
use super::plan::region_of_run;
use super::scan::{From, How, log, read};
use super::{Failure, files, output};
use crate::rules::{Rules, Whereabouts};
use crate::snapshot::{Snapshot, Whole};
use clap::Args;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Read what rules need of an account, and save it
///
/// The values are redacted as in a report. `plimsoll scan RULES --snapshot FILE` judges it as if the account was asked, and
/// `plimsoll diff` says what changed since. A file whose name ends in .gz is compressed.
#[derive(Debug, Args)]
#[command(
    mut_arg("snapshot", |snapshot| snapshot.hide(true)),
    after_help = "Exit codes: 0 all that the rules need was read, 2 usage or rules file, 3 something was not read \
                        (the file says what), 4 could not run."
)]
pub(super) struct SnapshotCommand {
    #[command(flatten)]
    given: Given,
    #[command(flatten)]
    unexpected: Unexpected,
    #[command(flatten)]
    from: From,
    /// Look for what is missing in the other regions as well: as many calls again for each
    #[arg(long, help_heading = "Where the answers come from")]
    locate: bool,
    /// The file that it is written to; .gz at its end compresses it
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Say nothing of what was read
    #[arg(long, short)]
    quiet: bool,
}

impl SnapshotCommand {
    pub(super) fn run(self) -> Result<u8, Failure> {
        log();
        let rules = self.given.load_asking(self.unexpected)?;
        let region = region_of_run(&rules, self.from.region.as_deref())?;
        files::check_writable(&self.output)?;
        let how = How { locate: self.locate, record: false, quiet: self.quiet };
        let snapshot = taken(&rules, &self.from, region.as_deref(), how)?;
        write(&snapshot, &self.output)?;
        let account = &snapshot.account;
        let unread: Vec<_> = account.gaps.iter().filter(|gap| !gap.reason.is_redaction()).collect();
        if !self.quiet {
            let gaps = match unread.as_slice() {
                [] => "all of it was read".to_owned(),
                [one] => format!("not read: {one}"),
                [one, ..] => format!("{} things were not read, such as {one}", unread.len()),
            };
            let resources = match account.resources.len() {
                1 => "1 resource".to_owned(),
                n => format!("{n} resources"),
            };
            let said = format!("{resources} of {} in {}; {gaps}", account.caller.account, self.output.display());
            output::print(&(crate::model::harmless(&said) + "\n"))?;
        }
        Ok(if unread.is_empty() { 0 } else { 3 })
    }
}

/// A snapshot of what the rules need, read anew.
pub(super) fn taken(rules: &Rules, from: &From, region: Option<&str>, how: How) -> Result<Snapshot, Failure> {
    let (account, session, place) = read(rules, from.source()?, region, how)?;
    drop(session);
    Ok(of(rules, account, place))
}

/// What was read for `rules` as a snapshot.
pub(super) fn of(rules: &Rules, account: crate::model::Account, place: Whereabouts) -> Snapshot {
    let whole = Whole::of(&rules.needs(&place));
    Snapshot { account, partition: place.partition, region: place.region, rules_sha256: rules.sha256.clone(), whole }
}

fn write(snapshot: &Snapshot, path: &Path) -> Result<(), Failure> {
    let text = snapshot
        .to_json()
        .map_err(|error| Failure::could_not_run(format!("the snapshot cannot be written: {error}"), "report this"))?;
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz")) {
        return files::write_with(path, |to| {
            let mut packed = GzEncoder::new(to, Compression::default());
            packed.write_all(text.as_bytes())?;
            packed.finish().map(drop)
        });
    }
    files::write_file(path, &text)
}
