//! Waivers against findings: what is accepted, and what is to be said of the waivers themselves.
//!
//! Only what fails is ever waived. What was not read stays unknown, also where another part of the same finding fails and
//! is waived; and what waits for something stays blocked; where all that it waits for is waived, it fails no run. The day
//! that counts is handed in.

use super::summary;
use crate::model::{
    Account, Finding, FindingWaiver, Part, Report, Verdict, WaiverMatter, WaiverNote, WaiverStatus, WaiversHead,
    called, days_between,
};
use crate::rules::{Rules, Waiver, Waivers, closest};
use std::collections::{BTreeMap, BTreeSet};

/// From how many days before its end on a waiver is told to end soon.
const SOON: i64 = 30;

/// The day on which `account` was read, `YYYY-MM-DD` in UTC: that of the last answer, so that a recording and a snapshot
/// are judged by their own day. None if no answer has a time.
pub fn day_of(account: &Account) -> Option<String> {
    account.answers.values().filter_map(|answer| answer.at.get(..10)).max().map(str::to_owned)
}

/// What waivers come to on the findings of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewed {
    /// What is to be said of them, in the order of the file.
    pub notes: Vec<WaiverNote>,
    /// The waiver of each finding that has one, by its place among the findings.
    pub covered: BTreeMap<usize, FindingWaiver>,
}

/// Applies `waivers` to `report`, which was made by `rules`, as on `day`, `YYYY-MM-DD`.
pub fn waive(report: &mut Report, rules: &Rules, waivers: &Waivers, day: &str) {
    let ids: Vec<&str> = rules.rules.iter().map(|rule| rule.id.as_str()).collect();
    let Reviewed { notes, covered } = review(waivers, report, &ids, day);
    for (at, waiver) in covered {
        let finding = &mut report.findings[at];
        if waiver.status == WaiverStatus::Live {
            accept(finding);
        }
        finding.waiver = Some(waiver);
    }
    excuse(&mut report.findings);
    summary::sum_up(report, rules);
    report.waivers =
        Some(WaiversHead { file: waivers.file.clone(), sha256: waivers.sha256.clone(), day: day.to_owned(), notes });
}

/// Waives what fails of `finding`. What else of it was not read is as open as before.
fn accept(finding: &mut Finding) {
    for part in finding.parts.iter_mut().filter(|part| part.verdict == Verdict::Fail) {
        part.verdict = Verdict::Waived;
    }
    let open: Vec<&Part> = finding.parts.iter().filter(|part| part.verdict == Verdict::Unknown).collect();
    if open.is_empty() {
        finding.verdict = Verdict::Waived;
        return;
    }
    let all = |said: fn(&Part) -> &str| {
        open.iter().map(|part| format!("{} {}", part.path, said(part))).collect::<Vec<_>>().join("; ")
    };
    finding.wanted = all(|part| &part.wanted);
    finding.found = format!("{}; waived: {}", all(|part| &part.found), finding.found);
    finding.verdict = Verdict::Unknown;
}

/// Whether `finding` fails, or would without a waiver.
fn is_failing(finding: &Finding) -> bool {
    matches!(finding.verdict, Verdict::Fail | Verdict::Waived)
        || finding.parts.iter().any(|part| part.verdict == Verdict::Waived)
}

/// What `waivers` come to on the findings of `report` as on `day`; `ids` are the rules there are. A finding that was
/// waived before counts as one that fails.
pub fn review(waivers: &Waivers, report: &Report, ids: &[&str], day: &str) -> Reviewed {
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    let mut of_rule: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, finding) in report.findings.iter().enumerate() {
        of_rule.entry(&finding.rule).or_default().push(at);
    }
    let mut reviewed = Reviewed { notes: Vec::new(), covered: BTreeMap::new() };
    let mut ended = BTreeMap::new();
    let here = |waiver: &&Waiver| waiver.account.as_ref().is_none_or(|account| *account == report.account);
    for waiver in waivers.list.iter().filter(here) {
        let findings = of_rule.get(waiver.rule.as_str()).map_or(&[][..], Vec::as_slice);
        let mut say = |kind, says: String| reviewed.notes.push(note(waiver, kind, says));
        say_days(waiver, day, &mut say);
        if !known.contains(waiver.rule.as_str()) {
            say(WaiverMatter::UnknownRule, unknown_rule(&waiver.rule, ids));
            continue;
        }
        let named: Vec<(usize, &Finding)> = findings
            .iter()
            .map(|at| (*at, &report.findings[*at]))
            .filter(|(_, finding)| waiver.names(finding))
            .collect();
        if named.is_empty() {
            let of_rule: Vec<&Finding> = findings.iter().map(|at| &report.findings[*at]).collect();
            let (kind, says) = unmatched(waiver, &of_rule);
            say(kind, says);
            continue;
        }
        let failing: Vec<(usize, &Finding)> =
            named.iter().copied().filter(|(_, finding)| is_failing(finding)).collect();
        if failing.is_empty() {
            let (kind, says) = idle(&named);
            say(kind, says);
            continue;
        }
        let is_expired = is_expired(waiver, day);
        for (at, finding) in failing {
            let accepts = waiver.state.as_ref().is_none_or(|state| *state == finding.state);
            let status = match (is_expired, accepts) {
                (true, _) => WaiverStatus::Expired,
                (false, true) => WaiverStatus::Live,
                (false, false) => WaiverStatus::StateChanged,
            };
            if status == WaiverStatus::StateChanged {
                let says = format!(
                    "what {} fails for is no longer what was accepted; look at it again, and write its state {}",
                    subject(finding),
                    finding.state
                );
                reviewed.notes.push(note(waiver, WaiverMatter::StateChanged, says));
            }
            if status != WaiverStatus::Live {
                ended.entry(at).or_insert_with(|| covering(waiver, status));
            } else if let Some(first) = reviewed.covered.get(&at) {
                let says =
                    format!("the waiver in line {} covers {} already; keep one", first.place.line, subject(finding));
                reviewed.notes.push(note(waiver, WaiverMatter::Overlap, says));
            } else {
                reviewed.covered.insert(at, covering(waiver, status));
            }
        }
    }
    // One that no longer holds is told where no other does.
    for (at, waiver) in ended {
        reviewed.covered.entry(at).or_insert(waiver);
    }
    reviewed
}

/// What there is to say of the last day of `waiver`.
pub fn say_days(waiver: &Waiver, day: &str, say: &mut impl FnMut(WaiverMatter, String)) {
    let expires = &waiver.expires;
    if is_expired(waiver, day) {
        say(WaiverMatter::Expired, format!("it expired on {expires}; decide anew with {}, or remove it", waiver.owner));
        return;
    }
    match days_between(day, expires) {
        _ if is_far_off(day, expires) => {
            say(
                WaiverMatter::FarOff,
                format!("it expires on {expires}, more than a year from {day}; name a nearer day"),
            );
        }
        Some(0) => say(WaiverMatter::Soon, format!("it holds until the end of this day, {expires}")),
        Some(days) if days <= SOON => {
            let days = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
            say(WaiverMatter::Soon, format!("it expires on {expires}, in {days}"));
        }
        _ => {}
    }
}

/// Days are written so that their order is that of their letters.
fn is_expired(waiver: &Waiver, day: &str) -> bool {
    waiver.expires.as_str() < day
}

/// Whether `expires` is after the same day of the next year.
fn is_far_off(day: &str, expires: &str) -> bool {
    let next = |(year, rest): (&str, &str)| Some(format!("{:04}-{rest}", year.parse::<u32>().ok()? + 1));
    day.split_once('-').and_then(next).is_some_and(|next| expires > next.as_str())
}

/// What there is to say of the rule `id`, which is none of `ids`.
pub fn unknown_rule(id: &str, ids: &[&str]) -> String {
    let hint = closest(id, ids.iter().copied()).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    format!("there is no rule `{id}` among those that were judged{hint}")
}

/// No finding of the rule is on what `waiver` names.
fn unmatched(waiver: &Waiver, of_rule: &[&Finding]) -> (WaiverMatter, String) {
    let resource = &waiver.resource;
    if let Some(open) = of_rule.iter().find(|finding| matches!(finding.verdict, Verdict::Unknown | Verdict::Blocked)) {
        let says = format!("`{resource}` names nothing that was read; {} is {}", subject(open), open.verdict);
        return (WaiverMatter::Undecided, says);
    }
    let names = of_rule.iter().flat_map(|finding| [Some(finding.resource.as_str()), finding.name.as_deref()]).flatten();
    let hint = closest(resource, names)
        .map_or("; remove it, or mend the name".to_owned(), |near| format!("; did you mean `{near}`?"));
    (WaiverMatter::Unmatched, format!("no finding of {} is on `{resource}`{hint}", waiver.rule))
}

/// Nothing of what a waiver names fails.
fn idle(named: &[(usize, &Finding)]) -> (WaiverMatter, String) {
    let open = named.iter().find(|(_, finding)| matches!(finding.verdict, Verdict::Unknown | Verdict::Blocked));
    if let Some((_, open)) = open {
        let says = format!("{} is {}, and only what fails is waived", subject(open), open.verdict);
        return (WaiverMatter::Undecided, says);
    }
    let (_, first) = named[0];
    let says = match (named.len(), first.verdict) {
        (1, Verdict::NotApplicable) => "what it covers does not apply; remove it".to_owned(),
        (1, _) => format!("{} passes now; remove it", subject(first)),
        (n, _) => format!("all {n} findings that it covers pass or do not apply; remove it"),
    };
    (WaiverMatter::NotNeeded, says)
}

/// A finding in a few words.
fn subject(finding: &Finding) -> String {
    format!("{} on {}", finding.rule, called(finding.name.as_deref(), &finding.resource))
}

fn note(waiver: &Waiver, kind: WaiverMatter, says: String) -> WaiverNote {
    let (rule, resource) = (waiver.rule.clone(), waiver.resource.clone());
    WaiverNote { kind, says, rule, resource, place: waiver.place.clone() }
}

fn covering(waiver: &Waiver, status: WaiverStatus) -> FindingWaiver {
    FindingWaiver {
        status,
        owner: waiver.owner.clone(),
        reason: waiver.reason.clone(),
        expires: waiver.expires.clone(),
        ticket: waiver.ticket.clone(),
        approver: waiver.approver.clone(),
        place: waiver.place.clone(),
    }
}

/// Marks what is blocked by nothing but what is waived, or by what is so marked.
fn excuse(findings: &mut [Finding]) {
    let mut of_rule: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, finding) in findings.iter().enumerate() {
        of_rule.entry(&finding.rule).or_default().push(at);
    }
    // At first all that is blocked is taken to be excused; then what waits for something else is not, until nothing changes.
    let mut excused: BTreeSet<usize> =
        (0..findings.len()).filter(|at| findings[*at].verdict == Verdict::Blocked).collect();
    loop {
        let stands = |rule: &String| {
            // What was dropped from the rules is no rule, and nobody can have waived it.
            let Some(of_rule) = of_rule.get(rule.as_str()) else { return false };
            // What could not be decided stops nothing, and leaves the run incomplete by itself.
            let is_stopping = |at: &&usize| findings[**at].verdict == Verdict::Blocked || is_failing(&findings[**at]);
            let mut stopping = of_rule.iter().filter(is_stopping).peekable();
            stopping.peek().is_some()
                && stopping.all(|at| {
                    findings[*at].verdict != Verdict::Fail && {
                        findings[*at].verdict != Verdict::Blocked || excused.contains(at)
                    }
                })
        };
        let kept: BTreeSet<usize> =
            excused.iter().copied().filter(|at| findings[*at].blocked_by.iter().all(stands)).collect();
        if kept.len() == excused.len() {
            break;
        }
        excused = kept;
    }
    for at in excused {
        let finding = &mut findings[at];
        finding.excused = true;
        finding.found.push_str("; what it waits for is waived");
    }
}
