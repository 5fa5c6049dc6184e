//! What somebody who waits for a scheduled job wants to know of a report: one line where nothing is new, and else what
//! fails, what was not read, what is fixed and which waivers end.
//!
//! With a baseline, that is what is new since then; without one, all of it. Agrees with the exit code of the run.

use super::message::{Message, Sort};
use crate::model::{Finding, How, Report, Severity, Since, Verdict, WaiverMatter, called};
use std::cmp::Reverse;

/// How many resources are named of those on which a rule fails.
const NAMED: usize = 3;

/// The message on `report`, where `fail_on` is the mildest severity that fails the run.
pub fn notify(report: &Report, fail_on: Severity) -> Message {
    let told = Told::of(report, fail_on);
    let of = format!("{} · {}", report.title, report.account);
    let news = told.sorts(report);
    let is_news = news.iter().any(|sort| !sort.lines.is_empty());
    let says = told.says(report, fail_on);
    // Notes are told along with news, and are none themselves.
    let sorts = if is_news { news.into_iter().chain(notes(report)).collect() } else { Vec::new() };
    Message::new(&of, &says, sorts)
}

/// The findings that are told, by what they are.
struct Told<'r> {
    fails: Vec<&'r Finding>,
    waits: Vec<&'r Finding>,
    unknown: Vec<&'r Finding>,
    changed: Vec<&'r Finding>,
    /// How many are milder than what fails the run.
    milder: usize,
}

impl<'r> Told<'r> {
    fn of(report: &'r Report, fail_on: Severity) -> Self {
        let all = || report.findings.iter();
        let counting = |verdict: Verdict| -> Vec<&Finding> {
            all().filter(|f| f.counts() && f.severity >= fail_on && f.verdict == verdict).collect()
        };
        Self {
            fails: counting(Verdict::Fail),
            waits: counting(Verdict::Blocked),
            unknown: all().filter(|f| f.is_open()).collect(),
            changed: all().filter(|f| f.is_changed() && f.severity >= fail_on).collect(),
            milder: all().filter(|f| f.counts() && f.severity < fail_on).count(),
        }
    }

    /// What is news, the worst first.
    fn sorts(&self, report: &Report) -> Vec<Sort> {
        let settled = |how: How, word: &str| -> Vec<String> {
            let of = report.baseline.iter().flat_map(|head| &head.settled).filter(|one| one.how == how);
            of.map(|one| format!("{word} {} · {}", one.rule, one.resource)).collect()
        };
        let lines = |findings: &[&Finding], word: &str| -> Vec<String> {
            groups(findings).iter().map(|group| line(group, word)).collect()
        };
        let waits = groups(&self.waits).into_iter().map(|group| {
            let names = names(group.iter().map(|finding| whose(finding)).collect());
            format!("waits {} · {names}: for {}", group[0].rule, group[0].blocked_by.join(", "))
        });
        vec![
            Sort { called: "that fail", lines: lines(&self.fails, "FAIL") },
            Sort { called: "that are unknown", lines: lines(&self.unknown, "unknown") },
            Sort { called: "not read", lines: settled(How::NotRead, "not read") },
            Sort { called: "changed", lines: lines(&self.changed, "changed") },
            Sort { called: "fixed", lines: settled(How::Fixed, "fixed") },
            Sort { called: "gone", lines: settled(How::Gone, "gone") },
            Sort { called: "that wait for another rule", lines: waits.collect() },
        ]
    }

    /// What it comes to, in a few words.
    fn says(&self, report: &Report, fail_on: Severity) -> String {
        let mut said = Vec::new();
        let mut say = |n: usize, words: &str| {
            if n > 0 {
                said.push(format!("{n} {words}"));
            }
        };
        let quiet = match &report.baseline {
            Some(head) => {
                say(self.fails.len(), "new");
                say(self.unknown.len(), "newly unknown");
                say(self.waits.len(), "waiting");
                say(head.not_read, "not read");
                say(self.changed.len(), "changed");
                say(head.fixed, "fixed");
                say(head.gone, "gone");
                "nothing new"
            }
            None => {
                say(self.fails.len(), if self.fails.len() == 1 { "fails" } else { "fail" });
                say(self.unknown.len(), "unknown");
                say(self.waits.len(), "waiting");
                "nothing fails"
            }
        };
        let beside = self.beside(report, fail_on).join(", ");
        match (said.is_empty(), beside.is_empty()) {
            (true, true) => format!("{quiet}: {} pass", report.counts.pass),
            (true, false) => format!("{quiet}: {beside}"),
            (false, true) => said.join(", "),
            (false, false) => format!("{}; {beside}", said.join(", ")),
        }
    }

    /// What stands as it did.
    fn beside(&self, report: &Report, fail_on: Severity) -> Vec<String> {
        let known = |verdicts: &[Verdict]| {
            let is_known = |f: &&Finding| f.since == Some(Since::Known) && verdicts.contains(&f.verdict);
            report.findings.iter().filter(is_known).count()
        };
        let mut said = Vec::new();
        match known(&[Verdict::Fail, Verdict::Blocked]).saturating_sub(self.changed.len()) {
            0 => {}
            n => said.push(format!("{n} known")),
        }
        match known(&[Verdict::Unknown]) {
            0 => {}
            n => said.push(format!("{n} known but not read")),
        }
        let waived = || report.findings.iter().filter(|f| f.verdict == Verdict::Waived);
        let first = waived().filter_map(|f| f.waiver.as_ref()).map(|waiver| waiver.expires.as_str()).min();
        match (waived().count(), first) {
            (0, _) => {}
            (1, Some(day)) => said.push(format!("1 waived until {day}")),
            (n, Some(day)) => said.push(format!("{n} waived, the first until {day}")),
            (n, None) => said.push(format!("{n} waived")),
        }
        match (self.milder, fail_on) {
            (0, _) => {}
            (1, Severity::Info | Severity::Low) => said.push("1 note".to_owned()),
            (n, Severity::Info | Severity::Low) => said.push(format!("{n} notes")),
            (n, _) => said.push(format!("{n} milder than {fail_on}")),
        }
        let to_mend = report.waivers.iter().flat_map(|head| &head.notes).filter(|note| note.kind.is_to_mend()).count();
        match to_mend {
            0 => {}
            1 => said.push("1 waiver to mend".to_owned()),
            n => said.push(format!("{n} waivers to mend")),
        }
        said
    }
}

/// What is told along with news: waivers that end or no longer do what they should, and what else sets the report apart
/// from the baseline.
fn notes(report: &Report) -> [Sort; 2] {
    let mut matters: Vec<_> = report.waivers.iter().flat_map(|head| &head.notes).collect();
    matters.retain(|note| note.kind != WaiverMatter::Undecided);
    matters.sort_by_key(|note| note.kind != WaiverMatter::Soon);
    let waivers = matters.iter().map(|note| format!("waiver {} · {}: {}", note.rule, note.resource, note.says));
    let since = report.baseline.iter().flat_map(|head| &head.notes).map(|note| format!("note {note}"));
    [
        Sort { called: "on waivers", lines: waivers.collect() },
        Sort { called: "on the baseline", lines: since.collect() },
    ]
}

/// The findings by rule, the worst first.
fn groups<'r>(findings: &[&'r Finding]) -> Vec<Vec<&'r Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut findings = findings.to_vec();
    // What only follows from another rule comes after it. Else the order of the report stays within a severity.
    findings.sort_by_key(|finding| (!finding.blocked_by.is_empty(), Reverse(finding.severity)));
    let mut at = std::collections::BTreeMap::new();
    for finding in findings {
        let key = (&finding.rule, &finding.place.file, finding.severity);
        let place = *at.entry(key).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

/// A rule on one resource or several, in a line.
fn line(group: &[&Finding], word: &str) -> String {
    let first = group[0];
    let severity = if first.verdict == Verdict::Unknown { String::new() } else { format!(" {}", first.severity) };
    let names = names(group.iter().map(|finding| whose(finding)).collect());
    format!("{word}{severity} {} · {names}: {}", first.rule, first.found)
}

/// The first names, and how many more there are.
fn names(all: Vec<&str>) -> String {
    let more = all.len().saturating_sub(NAMED);
    let named = all[..all.len() - more].join(", ");
    if more > 0 { format!("{named} and {more} more") } else { named }
}

fn whose(finding: &Finding) -> &str {
    called(finding.name.as_deref(), &finding.resource)
}
