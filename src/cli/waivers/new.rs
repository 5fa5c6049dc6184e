//! `plimsoll waivers new`: waivers for findings of a report, to be filled in.

use super::super::{Failure, output};
use super::saved;
use crate::model::{Finding, Report, Verdict, is_harmful};
use crate::rules::closest;
use clap::Args;
use std::path::PathBuf;

/// Print waivers for findings of a report
///
/// Owner, reason and last day are left blank, and `waivers check` asks for them. Each names the state that was found: with
/// that line, the waiver ends when something else is found there.
#[derive(Debug, Args)]
pub(in crate::cli) struct New {
    /// The saved report
    #[arg(long, value_name = "FILE.json")]
    report: PathBuf,
    /// The id of a finding that fails, as the JSON report has it; may be repeated. Without it, every finding that fails and can fail a run
    #[arg(long, value_name = "ID")]
    finding: Vec<String>,
}

impl New {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let report = saved(&self.report)?;
        let findings = self.findings(&report)?;
        let mut text = "plimsoll_waivers: 1\nwaivers:\n".to_owned();
        for finding in findings {
            text.push_str(&entry(finding, &report.account));
        }
        output::print(&text)?;
        Ok(0)
    }

    fn findings<'r>(&self, report: &'r Report) -> Result<Vec<&'r Finding>, Failure> {
        let fails = |finding: &&Finding| finding.verdict == Verdict::Fail && !finding.is_remark();
        let failing: Vec<&Finding> = report.findings.iter().filter(fails).collect();
        if self.finding.is_empty() {
            return match failing.is_empty() {
                true => Err(Failure::usage("nothing in this report fails a run", "there is nothing to waive")),
                false => Ok(failing),
            };
        }
        self.finding
            .iter()
            .map(|id| match report.findings.iter().find(|finding| finding.id == *id) {
                Some(finding) if finding.verdict == Verdict::Fail => Ok(finding),
                Some(finding) => Err(Failure::usage(
                    format!(
                        "the finding {id} ({}) is {}, and only what fails is waived",
                        finding.rule, finding.verdict
                    ),
                    "name a finding that fails",
                )),
                None => {
                    let near = closest(id, failing.iter().map(|finding| finding.id.as_str()));
                    let hint = near.map_or_else(
                        || "the ids are the `id` of the findings in the JSON report".to_owned(),
                        |near| format!("did you mean {near}?"),
                    );
                    Err(Failure::usage(format!("the report has no finding {id}"), hint))
                }
            })
            .collect()
    }
}

fn entry(finding: &Finding, account: &str) -> String {
    let resource = finding.arn.as_ref().unwrap_or(&finding.resource);
    format!(
        "  - rule: {}\n    resource: {}\n    account: \"{account}\"\n    owner:\n    reason:\n    expires:\n    state: \"{}\"\n",
        quoted(&finding.rule),
        quoted(&literal(resource)),
        finding.state,
    )
}

/// `text` as a pattern that it alone matches.
fn literal(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '*' | '?' | '$') { format!("${{{c}}}") } else { c.to_string() }).collect()
}

/// `text` as YAML has it: as it is where that is one plain word, else in double quotes.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.');
    if !text.eq_ignore_ascii_case("null")
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(plain)
    {
        return text.to_owned();
    }
    let mut shown = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => shown.extend(['\\', c]),
            c if c.is_control() || is_harmful(c) => shown.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => shown.push(c),
        }
    }
    shown + "\""
}
