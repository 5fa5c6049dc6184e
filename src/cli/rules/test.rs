//! `plimsoll rules test`: the cases beside rules files, judged, and what they put to the test.

mod files;
mod inputs;
mod json;
mod junit;
mod text;

use super::super::given::types;
use super::super::{Failure, files as written, output};
use crate::cases::{Coverage, Judged, Suite};
use crate::model::harmless;
use clap::Args;
use std::path::PathBuf;

/// Judge the cases beside rules files
///
/// Do the rules judge as meant, and is each of them put to the test?
/// The cases of rules/NAME.yaml stand in rules/NAME.test.yaml: accounts, written by hand or saved, and the verdicts that
/// must come out. A rule is tested when it passed in one case and failed in another; a matcher when it was seen to hold
/// and not to hold. No account, no credentials, no network.
/// Exit code: 0 all as expected, 1 something is not (or is not tested, with --require-coverage), 2 a file is wrong.
#[derive(Debug, Args)]
pub(in crate::cli) struct Test {
    /// Files of cases (NAME.test.yaml), rules files with cases beside them, or folders; without any, the folder rules
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Judge only the cases whose name has this text in it
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// The form of what is told
    #[arg(long, value_enum, default_value = "text", conflicts_with = "update")]
    format: TestFormat,
    /// Fail where a rule or a matcher is not put to the test
    #[arg(long, conflicts_with_all = ["filter", "update"])]
    require_coverage: bool,
    /// Write the verdicts that came out into the files, where others are expected; read what it wrote
    #[arg(long)]
    update: bool,
}

/// The forms of what is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum TestFormat {
    /// For a person at a terminal
    Text,
    /// For a program; versioned
    Json,
    /// For build servers, as tests
    Junit,
}

/// A file of cases, judged.
struct Run {
    suite: Suite,
    judged: Judged,
}

impl Run {
    /// The coverage, if all cases were judged.
    fn coverage(&self) -> Option<&Coverage> {
        self.judged.coverage.as_ref()
    }
}

/// How many there are of what is told.
#[derive(Default)]
struct Counts {
    cases: usize,
    right: usize,
    rules: usize,
    rules_tested: usize,
    matchers: usize,
    matchers_tested: usize,
}

impl Counts {
    fn of(runs: &[Run]) -> Self {
        let mut counts = Self::default();
        for run in runs {
            counts.cases += run.judged.cases.len();
            counts.right += run.judged.cases.iter().filter(|case| case.is_right()).count();
            for rule in run.coverage().iter().flat_map(|coverage| &coverage.rules) {
                counts.rules += 1;
                counts.rules_tested += usize::from(rule.is_tested());
                counts.matchers += rule.matchers.len();
                counts.matchers_tested += rule.matchers.iter().filter(|matcher| matcher.is_tested()).count();
            }
        }
        counts
    }
}

impl Test {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let paths = files::found(&self.files)?;
        let small = self.filter.as_ref().map(|text| text.to_lowercase());
        let chosen = |name: &str| small.as_ref().is_none_or(|text| name.to_lowercase().contains(text));
        let mut runs = Vec::new();
        for path in &paths {
            let suite = files::read(path)?;
            let mut inputs = inputs::FromFiles::new(path, suite.rules.as_deref());
            inputs.check(&suite.file)?;
            let judged = suite.judge(types(), &mut inputs, &chosen)?;
            if !judged.cases.is_empty() {
                runs.push(Run { suite, judged });
            }
        }
        if let (true, Some(text)) = (runs.is_empty(), &self.filter) {
            return Err(Failure::usage(
                format!("no case has `{text}` in its name"),
                "leave --filter out to see the names",
            ));
        }
        if self.update {
            return update(&runs);
        }
        match self.format {
            TestFormat::Text => output::print(&text::text(&runs, output::width()))?,
            TestFormat::Json => output::print(&json::json(&runs))?,
            TestFormat::Junit => output::print(&junit::junit(&runs, self.require_coverage)?)?,
        }
        let right = runs.iter().flat_map(|run| &run.judged.cases).all(|case| case.is_right());
        let covered = runs.iter().all(|run| run.coverage().is_some_and(Coverage::is_whole));
        Ok(u8::from(!right || (self.require_coverage && !covered)))
    }
}

/// Writes the verdicts that came out where others are expected.
fn update(runs: &[Run]) -> Result<u8, Failure> {
    let mut told = String::new();
    for Run { suite, judged } in runs {
        let Some(text) = suite.rewritten(judged) else { continue };
        let path = PathBuf::from(&suite.file);
        let again = Suite::read(&suite.file, text.clone())?;
        let mut inputs = inputs::FromFiles::new(&path, again.rules.as_deref());
        let chosen = |name: &str| judged.cases.iter().any(|case| case.name == name);
        if again.judge(types(), &mut inputs, &chosen)?.cases.iter().any(|case| !case.is_right()) {
            return Err(Failure::could_not_run(
                format!("{}: what came out cannot be written as an expectation", suite.file),
                "write it by hand; nothing was changed in this file",
            ));
        }
        written::write_with(&path, |to| to.write_all(text.as_bytes()))?;
        for case in judged.cases.iter().filter(|case| !case.is_right()) {
            told.push_str(&format!("{}:{}: {}\n", harmless(&suite.file), case.place.line, harmless(&case.name)));
        }
    }
    let end = if told.is_empty() { "nothing to write: all came out as expected\n" } else { "written; read it\n" };
    output::print(&(told + end))?;
    Ok(0)
}
