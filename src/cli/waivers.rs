//! `plimsoll waivers`: waivers files checked and begun, with no account and no network.

mod new;

use super::given::Given;
use super::{Failure, output};
use crate::audit::{review, say_days, unknown_rule};
use crate::model::{Report, WaiverMatter, WaiverNote, harmless, is_day, utc_seconds};
use crate::report::wrap;
use crate::rules::Waivers;
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// What to do where a report cannot be read.
const NO_REPORT: &str = "name the JSON that `scan --output FILE.json` wrote";

/// Check and begin waivers files: no account needed
#[derive(Debug, Subcommand)]
pub(super) enum WaiversCommand {
    /// Check a waivers file: mistakes, what has expired or soon will, and what is of no use
    ///
    /// Exit code: 0 fine, 1 something to mend, 2 mistakes in the file. What expires within 30 days is said and is fine.
    Check(Check),
    New(new::New),
}

/// Check a waivers file
#[derive(Debug, Args)]
pub(super) struct Check {
    /// The waivers file (.yaml)
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The rules that the waivers are for: a rules file, or the name of built-in rules; may be repeated
    #[arg(long, value_name = "RULES")]
    rules: Vec<String>,
    /// A saved report: what matches nothing in it, or passes there, is said
    #[arg(long, value_name = "FILE.json")]
    report: Option<PathBuf>,
    /// The day that counts, in the place of today (UTC)
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    day: Option<String>,
}

fn day(text: &str) -> Result<String, String> {
    if is_day(text) { Ok(text.to_owned()) } else { Err("a day is written like 2026-11-23".to_owned()) }
}

impl WaiversCommand {
    pub(super) fn run(self) -> Result<u8, Failure> {
        match self {
            Self::Check(check) => check.run(),
            Self::New(new) => new.run(),
        }
    }
}

impl Check {
    fn run(self) -> Result<u8, Failure> {
        let waivers = Waivers::read(&self.file)?;
        let rules = self.rules()?;
        let report = self.report.as_deref().map(saved).transpose()?;
        let day = self.day.unwrap_or_else(today);
        let notes = notes(&waivers, rules.as_deref(), report.as_ref(), &day);
        let to_mend = notes.iter().filter(|note| note.kind.is_to_mend()).count();
        let room = output::width().clamp(40, 160);
        let mut text = String::new();
        for note in &notes {
            text.push_str(&said(note, room));
        }
        let count = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
        let held = match &report {
            Some(report) => format!(" held against the report on {}", harmless(&report.account)),
            None => String::new(),
        };
        let end = match to_mend {
            0 => "nothing to mend".to_owned(),
            n => count(n, "thing to mend", "things to mend"),
        };
        let all = count(waivers.list.len(), "waiver", "waivers");
        text.push_str(&format!("{all}{held} as of {day}; {end}\n"));
        output::print(&text)?;
        Ok(u8::from(to_mend > 0))
    }

    /// The ids of the rules that were named, if any were.
    fn rules(&self) -> Result<Option<Vec<String>>, Failure> {
        let mut ids = Vec::new();
        for rules in &self.rules {
            let rules = Given { rules: rules.clone(), set: Vec::new() }.load(false)?;
            ids.extend(rules.rules.into_iter().map(|rule| rule.id));
        }
        Ok((!self.rules.is_empty()).then_some(ids))
    }
}

/// What is to be said of `waivers` by what there is to judge them by.
fn notes(waivers: &Waivers, rules: Option<&[String]>, report: Option<&Report>, day: &str) -> Vec<WaiverNote> {
    let of_report: Vec<&str> =
        report.map_or_else(Vec::new, |report| report.findings.iter().map(|finding| finding.rule.as_str()).collect());
    let known: Option<Vec<&str>> = match rules {
        Some(ids) => Some(ids.iter().map(String::as_str).chain(of_report.iter().copied()).collect()),
        None => report.map(|_| of_report),
    };
    if let (Some(report), Some(known)) = (report, &known) {
        return review(waivers, report, known, day).notes;
    }
    let mut notes = Vec::new();
    for waiver in &waivers.list {
        let mut say = |kind, says| {
            let (rule, resource) = (waiver.rule.clone(), waiver.resource.clone());
            notes.push(WaiverNote { kind, says, rule, resource, place: waiver.place.clone() });
        };
        if let Some(known) = known.as_ref().filter(|known| !known.contains(&waiver.rule.as_str())) {
            say(WaiverMatter::UnknownRule, unknown_rule(&waiver.rule, known));
        }
        say_days(waiver, day, &mut say);
    }
    notes
}

/// A note as a paragraph: what it is and where, and what it says below.
fn said(note: &WaiverNote, room: usize) -> String {
    let head = format!("{} · {}", note.rule, note.resource);
    let place = format!("{}:{}", note.place.file, note.place.line);
    let room = room.saturating_sub(14);
    let lines =
        wrap(&harmless(&head), room).into_iter().chain(wrap(&harmless(&format!("{} [{place}]", note.says)), room));
    let word = |at: usize| if at == 0 { note.kind.as_str() } else { "" };
    lines.enumerate().map(|(at, line)| format!("{:<14}{line}\n", word(at))).collect()
}

/// The saved report in the file `path`.
fn saved(path: &Path) -> Result<Report, Failure> {
    Ok(super::saved::report(path, NO_REPORT)?.0)
}

/// This day, in UTC.
fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    utc_seconds(i64::try_from(since.as_secs()).unwrap_or(i64::MAX)).chars().take(10).collect()
}
