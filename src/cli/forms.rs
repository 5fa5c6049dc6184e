//! The forms in which a report is written, where each goes, and the exit code: what `scan`, `demo` and `report` share.

use super::{Failure, files, output};
use crate::model::{Finding, Report, Severity};
use crate::report::{Format, Look, Message, MessageForm, notify};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// The columns of a text that goes to a file.
pub(super) const WIDTH: usize = 120;

/// Where the report goes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Where the report goes")]
pub(super) struct Forms {
    /// The form of the report on stdout
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: Format,
    /// Write the report to a file, in the form of its ending: .txt, .json, .jsonl, .csv, .md, .xml (JUnit), .sarif or .html; may be repeated
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Vec<PathBuf>,
    /// Draw the architecture with boxes, where the window has room for it
    #[arg(long)]
    pub(super) picture: bool,
    /// The mildest severity that makes the exit code 1; info never does
    #[arg(long, value_enum, default_value = "low", value_name = "SEVERITY")]
    pub(super) fail_on: FailOn,
    /// Say only what is not as it should be
    #[arg(long, short)]
    pub(super) quiet: bool,
    /// Print a short message instead of the report: one line where nothing is new since --baseline, else what is new
    ///
    /// The exit code stays what it is. With --quiet, the message is empty where nothing is new. Nothing is sent.
    #[arg(
        long,
        value_enum,
        value_name = "FORM",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "text"
    )]
    notify: Option<MessageForm>,
    /// Write the message to a file, and the report to stdout as ever
    #[arg(long, value_name = "FILE")]
    notify_to: Option<PathBuf>,
}

/// The mildest severity that fails a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// Every fail but those of severity info
    Low,
    /// Medium, high and critical
    Medium,
    /// High and critical
    High,
    /// Critical alone
    Critical,
}

impl FailOn {
    pub(super) fn severity(self) -> Severity {
        match self {
            Self::Low => Severity::Low,
            Self::Medium => Severity::Medium,
            Self::High => Severity::High,
            Self::Critical => Severity::Critical,
        }
    }
}

impl Forms {
    /// Refuses endings that stand for no format, and two things that would both go to stdout, before anything is asked.
    pub(super) fn check(&self) -> Result<(), Failure> {
        self.check_stdout()?;
        self.output.iter().try_for_each(|path| format_of(path).map(drop))
    }

    /// Refuses a message on stdout where the report is asked for there as well.
    pub(super) fn check_stdout(&self) -> Result<(), Failure> {
        let is_asked_for = self.format != Format::Text || self.picture;
        if self.notify.is_some() && self.notify_to.is_none() && is_asked_for {
            return Err(Failure::usage(
                "with --notify, stdout carries the message and not the report",
                "write the message to a file with --notify-to FILE, or the report with --output FILE",
            ));
        }
        Ok(())
    }

    /// The files that are written.
    pub(super) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.output.iter().chain(&self.notify_to)
    }

    /// Writes `message` where it is to go, if one is asked for. Whether it took the place of the report on stdout.
    pub(super) fn tell(&self, message: impl FnOnce() -> Message) -> Result<bool, Failure> {
        if self.notify.is_none() && self.notify_to.is_none() {
            return Ok(false);
        }
        let message = message();
        let is_silent = self.quiet && !message.is_news();
        let text = if is_silent { String::new() } else { message.render(self.notify.unwrap_or_default()) };
        match &self.notify_to {
            Some(path) => files::write_with(path, |to| to.write_all(text.as_bytes())).map(|()| false),
            None => output::print(&text).map(|()| true),
        }
    }

    /// Writes `report` wherever it is to go, and says the exit code.
    pub(super) fn write(&self, report: &Report) -> Result<u8, Failure> {
        for path in &self.output {
            let (format, look) =
                (format_of(path)?, Look { width: WIDTH, colour: false, quiet: false, picture: self.picture });
            files::write_with(path, |to| format.render(report, look, to))?;
        }
        let fail_on = self.fail_on.severity();
        if !self.tell(|| notify(report, fail_on))? {
            let look = Look { picture: self.picture, ..output::look(self.quiet) };
            output::print_report(report, self.format, look)?;
        }
        Ok(exit_code(report, fail_on))
    }
}

fn format_of(path: &Path) -> Result<Format, Failure> {
    Format::of(path).ok_or_else(|| {
        let endings: Vec<String> =
            Format::value_variants().iter().map(|format| format!(".{}", format.ending())).collect();
        Failure::usage(
            format!("the ending of {} stands for no format", path.display()),
            format!("end it in one of {}", endings.join(", ")),
        )
    })
}

/// 0 clean; 1 findings at or above `fail_on`; 3 incomplete. A rule that was not judged because its prerequisite fails
/// counts as one that fails: it does not hold, for all that is known. Where that prerequisite is waived, so is this.
/// With a baseline, only what is new counts.
fn exit_code(report: &Report, fail_on: Severity) -> u8 {
    let found = report.findings.iter().any(|finding| finding.counts() && finding.severity >= fail_on);
    match (found, report.findings.iter().any(Finding::is_open)) {
        (true, _) => 1,
        (false, false) => 0,
        (false, true) => 3,
    }
}
