//! `plimsoll rules`: check, test, list and explain rules files, and the schema for editors.

mod controls;
mod explain;
mod new;
mod test;

use super::given::{Given, types};
use super::{Failure, output};
use crate::accounts;
use crate::cases;
use crate::checks;
use crate::model::harmless;
use crate::report::{report_schema, table, write_harmless};
use crate::rules::{self, Form, Origin, Request, Rule, builtin};
use crate::services;
use clap::{Args, Subcommand};
use std::collections::BTreeMap;

/// Check, test, list and explain rules files
#[derive(Debug, Subcommand)]
pub(super) enum Rules {
    /// Check a rules file without asking AWS anything
    Check(Given),
    Test(test::Test),
    /// List the built-in rules, or the rules of a file
    List(List),
    Explain(explain::Explain),
    /// Print the JSON Schema of rules files, for editors
    Schema(Schema),
    New(new::New),
}

/// List the built-in rules, or the rules of a file
#[derive(Debug, Args)]
pub(super) struct List {
    /// A rules file (.yaml), or the name of built-in rules
    #[arg(value_name = "RULES")]
    rules: Option<String>,
    /// The controls of published catalogues: which rules ask for each, of RULES or of all packs, and what none asks for
    #[arg(long)]
    controls: bool,
}

/// Print the JSON Schema of rules files, for editors
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(super) struct Schema {
    /// The schema of the JSON report instead
    #[arg(long)]
    report: bool,
    /// The schema of the JSON of `plimsoll diff` instead
    #[arg(long)]
    diff: bool,
    /// The schema of a list of accounts instead, which `scan --accounts` takes
    #[arg(long)]
    accounts: bool,
    /// The schema of files of cases (`plimsoll rules test`) instead
    #[arg(long)]
    cases: bool,
    /// The schema of waivers files instead, which `scan --waivers` takes
    #[arg(long)]
    waivers: bool,
}

impl Rules {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let text = match self {
            Self::Check(given) => check(&given)?,
            Self::Test(test) => return test.run(),
            Self::List(List { rules, controls: true }) => controls::text(rules)?,
            Self::List(List { rules: None, .. }) => list_builtin(),
            Self::List(List { rules: Some(rules), .. }) => list(&Given { rules, set: Vec::new() })?,
            Self::Explain(explain) => explain.text()?,
            Self::New(new) => return new.run(),
            Self::Schema(Schema { report: true, .. }) => report_schema(),
            Self::Schema(Schema { diff: true, .. }) => write_harmless(&crate::diff::schema()),
            Self::Schema(Schema { accounts: true, .. }) => write_harmless(&accounts::schema()),
            Self::Schema(Schema { cases: true, .. }) => write_harmless(&cases::schema(services::kinds())),
            Self::Schema(Schema { waivers: true, .. }) => write_harmless(&rules::Waivers::schema()),
            Self::Schema(_) => write_harmless(&rules::schema(services::kinds(), checks::all())),
        };
        output::print(&text)?;
        Ok(0)
    }
}

fn check(given: &Given) -> Result<String, Failure> {
    let rules = given.load(false)?;
    Ok(format!(
        "{}: no mistakes; {} and {}\n",
        harmless(&rules.file),
        count(rules.resources.len(), "resource"),
        count(rules.rules.len(), "rule"),
    ))
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

fn list_builtin() -> String {
    let mut text = String::new();
    for name in builtin::names() {
        let parameters = BTreeMap::new();
        let origin = Origin::Builtin(name.to_owned());
        match rules::load(&Request { origin, parameters: &parameters, complete: false, types: types() }) {
            Ok(rules) => {
                text.push_str(&format!("{name}  {} ({})\n", rules.title, count(rules.rules.len(), "rule")));
                for line in rules.about.iter().flat_map(|about| about.lines()) {
                    text.push_str(&format!("    {}\n", line.trim()));
                }
            }
            Err(diagnostics) => unreachable!("the built-in rules are right, which a test holds: {diagnostics:?}"),
        }
    }
    text
}

fn list(given: &Given) -> Result<String, Failure> {
    let rules = given.load(false)?;
    let mut table = table::table(&["rule", "form", "severity", "points", "title"], output::width());
    for rule in &rules.rules {
        table.add_row([
            rule.id.clone(),
            form(rule).to_owned(),
            rule.severity.to_string(),
            rule.points.to_string(),
            harmless(&rule.title),
        ]);
    }
    Ok(table::lines(&table))
}

fn form(rule: &Rule) -> &'static str {
    match rule.form {
        Form::Exists(_) => "exists",
        Form::Expect { .. } => "expect",
        Form::Only { .. } | Form::Statements(_) => "only",
        Form::Access(_) => "access",
        Form::Permissions(_) => "permissions",
        Form::Check { .. } => "check",
        Form::Flow(_) => "flow",
        Form::Unexpected(_) => "unexpected",
    }
}
