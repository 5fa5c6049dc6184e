//! `plimsoll grade`: the points of an account, or of those of a class, with feedback for whoever built it.

use super::class::{ClassArgs, Common, Written};
use super::given::Given;
use super::plan::region_of_run;
use super::receipt::ReceiptTo;
use super::scan::{From, audited};
use super::{Failure, files, output};
use crate::grade::{Grade, Passed, Standing, classroom, grade, gradescope, text};
use crate::model::{Audience, Hundredths, Report};
use crate::report::{Look, write_harmless};
use crate::rules::Rules;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Read an account and say what it comes to in points, with feedback for whoever built it
///
/// A run of one's own is advice. Exit code: 0 passed (all points, where there is no pass mark), 1 not, 3 what could not
/// be read decides. With --roster, a class at once: 0 all were graded, whatever their marks, 3 some were not, 4 nobody was.
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
    /// Write the grade to a file in a form: text, json, gradescope, classroom or report (the whole report as JSON); may
    /// be repeated. For a class FORM alone, or `receipt`, which writes the report as well
    #[arg(long, value_name = "FORM=FILE", value_parser = form_and_file, help_heading = "Where the grade goes")]
    write: Vec<(Written, Option<PathBuf>)>,
    #[command(flatten, next_help_heading = "Where the grade goes")]
    receipt: ReceiptTo,
    /// Whom it is told to; rules may keep parts for staff
    #[arg(long, value_enum, default_value = "student", help_heading = "How it is graded")]
    audience: To,
    /// The percentage of the points from which on it has passed, in the place of that of the rules
    #[arg(long, value_name = "PERCENT", value_parser = percentage, help_heading = "How it is graded")]
    pass_mark: Option<Hundredths>,
    #[command(flatten)]
    class: ClassArgs,
}

/// The forms of a grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum Form {
    /// For a person at a terminal
    Text,
    /// For a program
    Json,
    /// The results.json of Gradescope's autograder
    Gradescope,
    /// The result of an autograding runner of GitHub Classroom, to be handed on in base64
    Classroom,
    /// The report that the grade is made from, as JSON: all there is, whoever it is for
    Report,
}

/// Whom a grade is told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    /// Whoever built the account
    Student,
    /// Whoever grades it
    Staff,
}

fn form_and_file(text: &str) -> Result<(Written, Option<PathBuf>), String> {
    let (form, file) = match text.split_once('=') {
        Some((form, file)) => (form, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let written = if form == "receipt" { Written::Receipt } else { Written::Form(Form::from_str(form, false)?) };
    Ok((written, file))
}

fn percentage(text: &str) -> Result<Hundredths, String> {
    let mark: Hundredths = text.parse().map_err(str::to_owned)?;
    if mark > Hundredths(10_000) { Err("a percentage is no more than 100".to_owned()) } else { Ok(mark) }
}

impl GradeCommand {
    pub(super) fn run(self) -> Result<u8, Failure> {
        if self.class.is_given() {
            return self.run_class();
        }
        let write = self.files()?;
        let rules = self.given.load(true)?;
        check_gradable(&rules)?;
        let region = region_of_run(&rules, self.from.region.as_deref())?;
        let key = self.receipt.key()?;
        for path in write.iter().map(|(_, path)| *path).chain(&self.record).chain(self.receipt.path()) {
            files::check_writable(path)?;
        }
        let whence = self.from.whence()?;
        let (report, answers) = audited(&rules, whence, region.as_deref(), self.locate, self.record.as_deref())?;
        let told = |audience| grade(&report, audience, Standing::Advice, self.pass_mark);
        let audience = match self.audience {
            To::Student => Audience::Student,
            To::Staff => Audience::Staff,
        };
        let (grade, staff) = (told(audience), told(Audience::Staff));
        for (form, path) in write {
            let look = Look { width: 120, colour: false, quiet: false, picture: false };
            files::write_file(path, &form.render(&grade, &staff, &report, look))?;
        }
        self.receipt.write(&report, &answers, key.as_deref())?;
        output::print(&self.format.render(&grade, &staff, &report, output::look(false)))?;
        Ok(exit_code(&grade, &report))
    }

    /// The files of one account's grade, each with its form.
    fn files(&self) -> Result<Vec<(Form, &PathBuf)>, Failure> {
        let file = |write: &'_ (Written, Option<PathBuf>)| match write.0 {
            Written::Form(form) if write.1.is_some() => Ok(form),
            Written::Form(_) => Err(Failure::usage(
                "--write names a form and no file",
                "write it FORM=FILE, such as gradescope=results.json; a form alone is for a class, with --roster",
            )),
            Written::Receipt => Err(Failure::usage(
                "--write receipt is for a class",
                "write --receipt FILE for one account, or name a class with --roster",
            )),
        };
        let forms: Vec<Form> = self.write.iter().map(file).collect::<Result<_, _>>()?;
        Ok(forms.into_iter().zip(self.write.iter().filter_map(|(_, path)| path.as_ref())).collect())
    }

    fn run_class(self) -> Result<u8, Failure> {
        if let Some((_, Some(path))) = self.write.iter().find(|(_, path)| path.is_some()) {
            return Err(Failure::usage(
                format!("--write names the file {}, and a class has one for each student", path.display()),
                "write the form alone, such as --write gradescope: the file stands in DIR/ID",
            ));
        }
        let write: Vec<Written> = self.write.iter().map(|(written, _)| *written).collect();
        let key = self.receipt.key_alone()?;
        if key.is_some() && !write.contains(&Written::Receipt) {
            return Err(Failure::usage("--receipt-key is given, and no receipt is asked for", "add --write receipt"));
        }
        let Self { given, from, locate, pass_mark, class, .. } = self;
        class.run(Common { given, from, locate, pass_mark, write, key })
    }
}

/// Refuses rules that give no points: whatever is found, nothing could be earned.
pub(super) fn check_gradable(rules: &Rules) -> Result<(), Failure> {
    if rules.rules.iter().any(|rule| rule.points > Hundredths::default()) {
        return Ok(());
    }
    Err(Failure::usage(
        format!("the rules of {} give no points", rules.file),
        "say with `points` what each rule is worth, or use `plimsoll scan`",
    ))
}

impl Form {
    /// `grade` in this form; `staff` is the same told to staff, and `report` what both are made from.
    pub(super) fn render(self, grade: &Grade, staff: &Grade, report: &Report, look: Look) -> String {
        match self {
            Self::Text => text(grade, look),
            Self::Json => write_harmless(&serde_json::to_value(grade).unwrap_or_default()),
            Self::Gradescope => write_harmless(&gradescope(grade, staff)),
            Self::Classroom => write_harmless(&classroom(grade)),
            Self::Report => write_harmless(report),
        }
    }

    /// The file of a student of a class in this form.
    pub(super) fn file(self) -> &'static str {
        match self {
            Self::Text => "grade.txt",
            Self::Json => "grade.json",
            Self::Gradescope => "gradescope.json",
            Self::Classroom => "classroom.json",
            Self::Report => "report.json",
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
