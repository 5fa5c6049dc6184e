//! `plimsoll grade`: the points of an account, with feedback for whoever built it.

use super::given::Given;
use super::plan::region_of_run;
use super::scan::{From, audited};
use super::{Failure, files, output};
use crate::grade::{Grade, Passed, Standing, classroom, grade, gradescope, text};
use crate::model::{Audience, Hundredths, Report};
use crate::report::{Look, write_harmless};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Read an account and say what it comes to in points, with feedback for whoever built it
///
/// A run of one's own is advice. Exit code: 0 passed (all points, where there is no pass mark), 1 not, 3 what could not
/// be read decides.
#[derive(Debug, Args)]
pub(super) struct GradeCommand {
    #[command(flatten)]
    given: Given,
    #[command(flatten)]
    from: From,
    /// Record the answers, redacted, to be replayed anywhere
    #[arg(long, value_name = "FILE", help_heading = "Where the answers come from")]
    record: Option<PathBuf>,
    /// Look for what is missing in the other regions as well: as many calls again for each
    #[arg(long, help_heading = "Where the answers come from")]
    locate: bool,
    /// The form of the grade on stdout
    #[arg(long, value_enum, default_value = "text", help_heading = "Where the grade goes")]
    format: Form,
    /// Write the grade to a file in a form: text, json, gradescope or classroom; may be repeated
    #[arg(long, value_name = "FORM=FILE", value_parser = form_and_file, help_heading = "Where the grade goes")]
    write: Vec<(Form, PathBuf)>,
    /// Whom it is told to; rules may keep parts for staff
    #[arg(long, value_enum, default_value = "student", help_heading = "How it is graded")]
    audience: To,
    /// The percentage of the points from which on it has passed, in the place of that of the rules
    #[arg(long, value_name = "PERCENT", value_parser = percentage, help_heading = "How it is graded")]
    pass_mark: Option<Hundredths>,
}

/// The forms of a grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For a person at a terminal
    Text,
    /// For a program
    Json,
    /// The results.json of Gradescope's autograder
    Gradescope,
    /// The result of an autograding runner of GitHub Classroom, to be handed on in base64
    Classroom,
}

/// Whom a grade is told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    /// Whoever built the account
    Student,
    /// Whoever grades it
    Staff,
}

fn form_and_file(text: &str) -> Result<(Form, PathBuf), String> {
    let (form, file) = text.split_once('=').ok_or("it is written FORM=FILE, such as gradescope=results.json")?;
    Ok((Form::from_str(form, false)?, PathBuf::from(file)))
}

fn percentage(text: &str) -> Result<Hundredths, String> {
    let mark: Hundredths = text.parse().map_err(str::to_owned)?;
    if mark > Hundredths(10_000) { Err("a percentage is no more than 100".to_owned()) } else { Ok(mark) }
}

impl GradeCommand {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let rules = self.given.load(true)?;
        let region = region_of_run(&rules, self.from.region.as_deref())?;
        for path in self.write.iter().map(|(_, path)| path).chain(&self.record) {
            files::check_writable(path)?;
        }
        let source = self.from.source()?;
        let report = audited(&rules, source, region.as_deref(), self.locate, self.record.as_deref())?;
        let told = |audience| grade(&report, audience, Standing::Advice, self.pass_mark);
        let audience = match self.audience {
            To::Student => Audience::Student,
            To::Staff => Audience::Staff,
        };
        let (grade, staff) = (told(audience), told(Audience::Staff));
        for (form, path) in &self.write {
            let look = Look { width: 120, colour: false, quiet: false };
            files::write_file(path, &form.render(&grade, &staff, look))?;
        }
        output::print(&self.format.render(&grade, &staff, output::look(false)))?;
        Ok(exit_code(&grade, &report))
    }
}

impl Form {
    /// `grade` in this form; `staff` is the same told to staff.
    fn render(self, grade: &Grade, staff: &Grade, look: Look) -> String {
        match self {
            Self::Text => text(grade, look),
            Self::Json => write_harmless(&serde_json::to_value(grade).unwrap_or_default()),
            Self::Gradescope => write_harmless(&gradescope(grade, staff)),
            Self::Classroom => write_harmless(&classroom(grade)),
        }
    }
}

/// 0 passed, 1 not, 3 what could not be read decides. Without a pass mark it takes all points.
fn exit_code(grade: &Grade, report: &Report) -> u8 {
    match grade.outcome {
        Some(Passed::Passed) => 0,
        Some(Passed::Failed) => 1,
        Some(Passed::Undecided) => 3,
        None if grade.points.earned == report.points.possible => 0,
        None if report.counts.fail + report.counts.blocked == 0 => 3,
        None => 1,
    }
}
