//! One account of many: read, judged, and written, with nothing of it kept but what it came to.

use super::shelf::{Shelf, Which};
use crate::accounts::Whom;
use crate::audit::audit;
use crate::aws::{Settings, Source};
use crate::cli::accepted::TakenOfMany;
use crate::cli::forms::WIDTH;
use crate::cli::many::{check_answered, hash_of, source};
use crate::cli::plan::region_of_run;
use crate::cli::scan::{How, evidence, place_of, read_by};
use crate::cli::{Failure, saved, snapshot};
use crate::model::{Account, BaselineHead, Report};
use crate::overview::Summary;
use crate::report::{Format, Look, write_harmless};
use crate::rules::{Rules, Whereabouts};
use clap::ValueEnum as _;
use std::path::PathBuf;

/// A file that is written for each account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Write {
    /// The report in this format.
    Report(Format),
    /// Each call with its time, request id and the hash of its answer.
    Evidence,
    /// What was read, to be judged and compared again.
    Snapshot,
}

impl Write {
    /// Every file that can be.
    pub(super) fn all() -> Vec<Self> {
        Format::value_variants().iter().copied().map(Self::Report).chain([Self::Evidence, Self::Snapshot]).collect()
    }

    /// The name of the file.
    pub(super) fn file(self) -> String {
        match self {
            Self::Report(format) => format!("report.{}", format.ending()),
            Self::Evidence => "evidence.json".to_owned(),
            Self::Snapshot => "snapshot.json".to_owned(),
        }
    }
}

/// What `--write` takes.
///
/// # Errors
/// Which words there are.
pub(super) fn write_named(text: &str) -> Result<Write, String> {
    match text {
        "evidence" => Ok(Write::Evidence),
        "snapshot" => Ok(Write::Snapshot),
        _ => Format::from_str(text, false).map(Write::Report).map_err(|_| {
            let formats: Vec<String> = Format::value_variants()
                .iter()
                .filter_map(|format| Some(format.to_possible_value()?.get_name().to_owned()))
                .collect();
            format!("it is one of {}, evidence and snapshot", formats.join(", "))
        }),
    }
}

/// One account in one region, to be asked about.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) name: String,
    /// The region, where the list names several.
    pub(super) of_several: Option<String>,
    pub(super) region: Option<String>,
    pub(super) whom: Whom,
    pub(super) which: Which,
    /// The SHA-256 of the rules, as they were when the list was checked.
    pub(super) rules_sha256: String,
}

/// How each account is asked about.
pub(super) struct Asking {
    pub(super) settings: Settings,
    /// The folder that recordings and snapshots are named from.
    pub(super) beside: PathBuf,
    pub(super) shelf: Shelf,
    pub(super) locate: bool,
    pub(super) picture: bool,
    pub(super) write: Vec<Write>,
    /// What is taken as it is.
    pub(super) taken: TakenOfMany,
}

/// What came of one account.
pub(super) struct Told {
    pub(super) summary: Summary,
    /// The files, by name.
    pub(super) files: Vec<(String, Vec<u8>)>,
}

impl Asking {
    /// The SHA-256 of all options that decide what is written.
    pub(super) fn options(&self) -> String {
        let write: Vec<String> = self.write.iter().map(|write| write.file()).collect();
        hash_of(&(
            (&self.settings.profile, &self.settings.endpoint_url),
            (self.locate, self.picture, write),
            self.taken.identity(),
        ))
    }

    /// The SHA-256 of all that the result of `job` follows from, but for the answers.
    pub(super) fn made_of(&self, job: &Job) -> String {
        let of_job = (&job.name, &job.of_several, &job.region, &job.whom, &job.which, &job.rules_sha256);
        hash_of(&(env!("CARGO_PKG_VERSION"), self.options(), of_job))
    }

    /// Asks about the account of `job`.
    ///
    /// # Errors
    /// Why the account could not be read, with what to do about it.
    pub(super) async fn ask(&self, job: &Job) -> Result<Told, String> {
        self.told(job).await.map_err(|failure| failure.line())
    }

    async fn told(&self, job: &Job) -> Result<Told, Failure> {
        let rules = self.shelf.rules(&job.which)?;
        if rules.sha256 != job.rules_sha256 {
            return Err(Failure::usage("its rules were changed while the run was at work", "scan again"));
        }
        let region = region_of_run(&rules, job.region.as_deref())?;
        let (account, place, mut notes) = self.read(job, &rules, region.as_deref()).await?;
        check_answered(&job.whom, &account.caller.account, "the list of accounts")?;
        let mut report = audit(&rules, &account, &place);
        let (taken, unheld) = self.taken.of(&job.id())?;
        taken.apply(&mut report, &rules, &account)?;
        notes.extend(unheld);
        notes.extend(report.baseline.as_ref().map(since));
        let summary = Summary::of(&report, notes);
        let mut files = Vec::new();
        for write in self.write.iter().filter(|write| **write != Write::Snapshot) {
            files.push((write.file(), self.rendered(*write, &report, &account)?));
        }
        if self.write.contains(&Write::Snapshot) {
            let snapshot = snapshot::of(&rules, account, place);
            let text = snapshot.to_json().map_err(|error| {
                Failure::could_not_run(format!("the snapshot cannot be written: {error}"), "report this")
            })?;
            files.push((Write::Snapshot.file(), text.into_bytes()));
        }
        Ok(Told { summary, files })
    }

    /// What is read of the account, with where it is and what is to be known of the reading.
    async fn read(
        &self,
        job: &Job,
        rules: &Rules,
        region: Option<&str>,
    ) -> Result<(Account, Whereabouts, Vec<String>), Failure> {
        let other_rules = "made for other rules: what they did not ask for is unknown".to_owned();
        if let Some(file) = &job.whom.snapshot {
            let snapshot = saved::snapshot(&self.beside.join(file))?;
            let place = place_of(&snapshot, region)?;
            let notes = if snapshot.rules_sha256 == rules.sha256 { Vec::new() } else { vec![other_rules] };
            return Ok((snapshot.into_account(&rules.needs(&place)), place, notes));
        }
        let source = source(&job.whom, &self.settings, &self.beside, region)?;
        let is_of_others = matches!(&source, Source::Replay(recording) if recording.rules_sha256 != rules.sha256);
        let how = How { locate: self.locate, record: false, quiet: true };
        let (account, session, place) = read_by(rules, source, region, how).await?;
        drop(session);
        Ok((account, place, if is_of_others { vec![other_rules] } else { Vec::new() }))
    }

    fn rendered(&self, write: Write, report: &Report, account: &Account) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        match write {
            Write::Report(format) => {
                let look = Look { width: WIDTH, colour: false, quiet: false, picture: self.picture };
                format.render(report, look, &mut bytes).map_err(|error| {
                    Failure::could_not_run(format!("the report cannot be written: {error}"), "report this")
                })?;
            }
            Write::Evidence => bytes = write_harmless(&evidence(report, account)).into_bytes(),
            Write::Snapshot => {}
        }
        Ok(bytes)
    }
}

/// What became of an account since its earlier report.
fn since(head: &BaselineHead) -> String {
    let BaselineHead { new, known, fixed, gone, .. } = head;
    format!("{new} new, {known} known, {} settled since the earlier run", fixed + gone)
}
