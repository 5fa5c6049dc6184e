//! `plimsoll fix`: what would mend the findings, as commands that a person reads and runs.

use super::given::Given;
use super::plan::region_of_run;
use super::scan::{From, How, log, read, write_recording};
use super::{Failure, files, output};
use crate::audit::audit;
use crate::fix::{Asked, fix};
use crate::model::Account;
use crate::report::write_harmless;
use crate::rules::{Rules, Whereabouts, closest};
use crate::services;
use clap::{Args, ValueEnum};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Print the AWS CLI commands that would mend the findings, with those that undo them
///
/// Plimsoll never writes to AWS: it prints a shell script, which you read and then run. Each group of commands stands below
/// the finding that it mends, prerequisites first; what must be done by hand, and why, stands at the end. An idea that would
/// break another rule is not printed.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    plimsoll fix serverless-poc                             for all that fails\n  \
    plimsoll fix serverless-poc --rule queue-senders        for one rule, with what blocks it\n  \
    plimsoll fix serverless-poc > fix.sh && less fix.sh && sh fix.sh\n  \
    plimsoll fix serverless-poc --undo > undo.sh            to be printed before the fix is run\n\n\
    Exit codes: 0 the commands mend all that was asked about, or nothing fails; 1 something is left for a person; \
    2 usage or rules file; 3 of something it is not known whether it fails, or will; 4 could not run.")]
pub(super) struct FixCommand {
    #[command(flatten)]
    given: Given,
    /// Mend the findings of this rule; may be repeated. Without it and --finding: all that fail, but for remarks
    #[arg(long = "rule", value_name = "ID")]
    chosen: Vec<String>,
    /// Mend the finding with this id, as the reports give it; may be repeated
    #[arg(long = "finding", value_name = "ID")]
    findings: Vec<String>,
    /// Print the script that takes the commands back in the place of the one that runs them
    #[arg(long, conflicts_with = "format")]
    undo: bool,
    /// What to print
    #[arg(long, value_enum, default_value = "sh")]
    format: FixFormat,
    #[command(flatten)]
    from: From,
    /// Record the answers, redacted, to be replayed anywhere
    #[arg(long, value_name = "FILE", help_heading = "Where the answers come from")]
    record: Option<PathBuf>,
}

/// What `plimsoll fix` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FixFormat {
    /// A script for a POSIX shell
    Sh,
    /// For a program
    Json,
}

impl FixCommand {
    pub(super) fn run(self) -> Result<u8, Failure> {
        log();
        let rules = self.given.load(true)?;
        for id in &self.chosen {
            known(id, "rule", rules.rules.iter().map(|rule| rule.id.as_str()))?;
        }
        let (account, place) = self.read(&rules)?;
        if !self.findings.is_empty() {
            let report = audit(&rules, &account, &place);
            for id in &self.findings {
                known(id, "finding", report.findings.iter().map(|finding| finding.id.as_str()))?;
            }
        }
        let asked = Asked { rules: set(&self.chosen), findings: set(&self.findings) };
        let fixes = fix(&rules, &account, &place, services::kinds(), &asked);
        output::print(&match self.format {
            FixFormat::Json => write_harmless(&fixes.to_json()),
            FixFormat::Sh if self.undo => fixes.undo_script(),
            FixFormat::Sh => fixes.script(),
        })?;
        Ok(match (fixes.left.is_empty(), fixes.unknown.is_empty()) {
            (false, _) => 1,
            (true, false) => 3,
            (true, true) => 0,
        })
    }

    fn read(&self, rules: &Rules) -> Result<(Account, Whereabouts), Failure> {
        let region = region_of_run(rules, self.from.region.as_deref())?;
        files::check_all(&self.record)?;
        let how = How { locate: false, record: self.record.is_some(), quiet: false };
        let (account, session, place) = read(rules, self.from.whence()?, region.as_deref(), how)?;
        if let (Some(path), Some(session)) = (&self.record, &session) {
            write_recording(session, rules, path)?;
        }
        Ok((account, place))
    }
}

fn set(ids: &[String]) -> BTreeSet<String> {
    ids.iter().cloned().collect()
}

/// Refuses an id that is not among `all`.
fn known<'i>(id: &str, what: &str, all: impl Iterator<Item = &'i str> + Clone) -> Result<(), Failure> {
    if all.clone().any(|other| other == id) {
        return Ok(());
    }
    let hint = match closest(id, all) {
        Some(near) => format!("did you mean `{near}`?"),
        None if what == "rule" => "`plimsoll rules list RULES` lists each rule with its id".to_owned(),
        None => format!("`plimsoll scan RULES --format json` lists each {what} with its id"),
    };
    Err(Failure::usage(format!("there is no {what} `{id}`"), hint))
}
