//! `plimsoll diff`: what changed between two snapshots, two reports, or one of them and the account.

mod markdown;
mod text;

use super::saved::Saved;
use super::{Failure, files, output};
use crate::diff::Diff;
use crate::report::write_harmless;
use crate::services;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

const TO: &str = "Where the answer goes";
/// What the account is called that is read anew.
#[cfg(feature = "live")]
const LIVE: &str = "the live account";
/// The columns of a text that goes to a file.
const WIDTH: usize = 100;

/// Say what changed between two snapshots, two reports, or one of them and the account
///
/// What each file is, its content tells; the older comes first. With --live the account is read anew, by the rules that
/// are named, and stands in the place of B. Lists compare as AWS means them, with order or without, and policies by what
/// they allow: one that is reordered or reformatted is no change. What was not read on either side is told apart, and
/// never counts as added, removed or changed.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    plimsoll diff monday.json.gz tuesday.json.gz\n  \
    plimsoll diff monday.json.gz --live serverless-poc --quiet\n  \
    plimsoll diff old-report.json new-report.json --format markdown\n\n\
    Exit codes: 0 nothing differs, 1 something does, 2 usage or a file that cannot be read, 3 nothing differs \
    and something could not be compared, 4 could not run.")]
pub(super) struct DiffCommand {
    /// The older: a snapshot, or the JSON of a report
    #[arg(value_name = "A")]
    a: PathBuf,
    /// The newer: the same
    #[arg(value_name = "B")]
    b: Option<PathBuf>,
    /// Read the account by these rules, in the place of B
    #[cfg(feature = "live")]
    #[arg(long, value_name = "RULES", conflicts_with = "b")]
    live: Option<String>,
    /// The value of a parameter of the rules; may be repeated
    #[cfg(feature = "live")]
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = super::given::name_and_value)]
    set: Vec<(String, String)>,
    /// The form of the answer on stdout
    #[arg(long, value_enum, default_value = "text", help_heading = TO)]
    format: Form,
    /// Write the answer to a file, in the form of its ending (.txt, .json or .md); may be repeated
    #[arg(long, short, value_name = "FILE", help_heading = TO)]
    output: Vec<PathBuf>,
    /// One line, and nothing where nothing differs and all was compared
    #[arg(long, short, conflicts_with = "verbose", help_heading = TO)]
    quiet: bool,
    /// Say also what was left out since it is no drift
    #[arg(long, short, help_heading = TO)]
    verbose: bool,
    #[cfg(feature = "live")]
    #[command(flatten)]
    from: super::scan::From,
}

/// The forms of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For a person at a terminal
    Text,
    /// For a program; versioned, with a schema (`plimsoll rules schema --diff`)
    Json,
    /// For a comment on a pull request, or the summary of a job
    #[value(alias = "md")]
    Markdown,
}

impl Form {
    fn of(path: &Path) -> Result<Self, Failure> {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("txt") => Ok(Self::Text),
            Some("json") => Ok(Self::Json),
            Some("md") => Ok(Self::Markdown),
            _ => Err(Failure::usage(
                format!("the ending of {} stands for no format", path.display()),
                "end it in .txt, .json or .md",
            )),
        }
    }
}

impl DiffCommand {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let outputs: Vec<(&PathBuf, Form)> =
            self.output.iter().map(|path| Ok((path, Form::of(path)?))).collect::<Result<_, Failure>>()?;
        files::check_all(&self.output)?;
        let diff = self.diff()?;
        for (path, form) in outputs {
            let look = text::Look { width: WIDTH, colour: false, verbose: self.verbose };
            files::write_with(path, |to| to.write_all(render(&diff, form, look).as_bytes()))?;
        }
        let look = output::look(false);
        let look = text::Look { width: look.width, colour: look.colour, verbose: self.verbose };
        output::print(&match (self.quiet, self.format) {
            (true, Form::Text) => text::line(&diff),
            (true, _) if diff.exit_code() == 0 => String::new(),
            (_, form) => render(&diff, form, look),
        })?;
        Ok(diff.exit_code())
    }

    fn diff(&self) -> Result<Diff, Failure> {
        #[cfg(feature = "live")]
        if let Some(rules) = &self.live {
            return self.with_live(rules);
        }
        #[cfg(feature = "live")]
        if self.from.is_given() || !self.set.is_empty() {
            return Err(Failure::usage(
                "two files are compared, and no account is asked",
                "leave out the options that say how it is asked, or name rules with --live",
            ));
        }
        let Some(b) = &self.b else {
            return Err(Failure::usage(
                "there is nothing to compare it with",
                "name a second file, or the rules to read the account by: --live RULES",
            ));
        };
        let (old, new) = (Saved::load(&self.a)?, Saved::load(b)?);
        let (a, b) = (self.a.display().to_string(), b.display().to_string());
        match (old, new) {
            (Saved::Snapshot(old), Saved::Snapshot(new)) => {
                Ok(Diff::of_snapshots((&a, &old), (&b, &new), services::kind))
            }
            (Saved::Report(old), Saved::Report(new)) => Ok(Diff::of_reports((&a, &old), (&b, &new))),
            (old, _) => {
                let (snapshot, report) = if matches!(old, Saved::Snapshot(_)) { (a, b) } else { (b, a) };
                Err(Failure::usage(
                    format!("{snapshot} is a snapshot and {report} is a report"),
                    "compare two of a kind; plimsoll scan RULES --snapshot FILE --format json makes a report of a snapshot",
                ))
            }
        }
    }

    /// Compares the file with the account, which is read by `rules`.
    #[cfg(feature = "live")]
    fn with_live(&self, rules: &str) -> Result<Diff, Failure> {
        use super::plan::region_of_run;
        use super::scan::How;
        let given = super::given::Given { rules: rules.to_owned(), set: self.set.clone() };
        let rules = given.load(true)?;
        let old = Saved::load(&self.a)?;
        let a = self.a.display().to_string();
        let of_file = match &old {
            Saved::Snapshot(snapshot) => Some(snapshot.region.clone()),
            Saved::Report(_) => None,
        };
        let region = region_of_run(&rules, self.from.region.as_deref())?.or(of_file);
        super::scan::log();
        match old {
            Saved::Snapshot(old) => {
                let how = How { locate: false, record: false, quiet: self.quiet };
                let new = super::snapshot::taken(&rules, &self.from, region.as_deref(), how)?;
                Ok(Diff::of_snapshots((&a, &old), (LIVE, &new), services::kind))
            }
            Saved::Report(old) => {
                let whence = self.from.whence()?;
                let (new, _) = super::scan::audited(&rules, whence, region.as_deref(), false, None)?;
                Ok(Diff::of_reports((&a, &old), (LIVE, &new)))
            }
        }
    }
}

fn render(diff: &Diff, form: Form, look: text::Look) -> String {
    match form {
        Form::Text => text::page(diff, look),
        Form::Json => write_harmless(diff),
        Form::Markdown => markdown::page(diff),
    }
}
