//! What is told of cases to a person: a line for each, what differs, what was not put to the test, and the sum.

use super::{Counts, Run};
use crate::cases::{JudgedCase, MatcherSeen, Mismatch, RuleSeen};
use crate::model::{Place, Verdict, harmless};
use crate::report::{style, wrap};
use unicode_width::UnicodeWidthStr as _;

/// All of it, for a window of this many columns.
pub(super) fn text(runs: &[Run], width: usize) -> String {
    let width = width.clamp(40, 160);
    let mut text = String::new();
    for run in runs {
        text.push_str(&format!("{}\n", harmless(&run.suite.file)));
        for case in &run.judged.cases {
            add_case(case, width, &mut text);
        }
    }
    let counts = Counts::of(runs);
    text.push('\n');
    add_coverage(runs, &counts, width, &mut text);
    let files = if runs.len() == 1 { String::new() } else { format!(" in {} files", runs.len()) };
    let cases = if counts.cases == 1 { "1 case".to_owned() } else { format!("{} cases", counts.cases) };
    let end = match counts.cases - counts.right {
        0 => format!("{cases}{files}: all as expected"),
        wrong => format!("{cases}{files}: {} as expected, {wrong} not", counts.right),
    };
    text.push_str(&format!("{end}\n"));
    text
}

fn add_case(case: &JudgedCase, width: usize, text: &mut String) {
    let (word, verdict) = if case.is_right() { ("ok", Verdict::Pass) } else { ("FAIL", Verdict::Fail) };
    let style = style(verdict);
    let name = harmless(&case.name);
    let lines = wrap(&name, width - 8);
    for (at, line) in lines.iter().enumerate() {
        let word = if at == 0 { word } else { "" };
        text.push_str(&format!("  {style}{word:<4}{style:#}  {line}\n"));
    }
    if case.is_right() {
        return;
    }
    if let Some(why) = &case.why {
        add(8, "", why, width, text);
    }
    for mismatch in &case.mismatches {
        add_mismatch(mismatch, width, text);
    }
}

fn add_mismatch(mismatch: &Mismatch, width: usize, text: &mut String) {
    let what = match mismatch.resource.as_str() {
        "" => harmless(&mismatch.rule),
        resource => format!("{} · {}", harmless(&mismatch.rule), harmless(resource)),
    };
    add_with_place(8, &what, &mismatch.place, width, text);
    add(10, "wanted  ", &mismatch.wanted, width, text);
    let found = match mismatch.found {
        Some(verdict) => format!("{verdict}: {}", mismatch.why),
        None => mismatch.why.clone(),
    };
    add(10, "found   ", &found, width, text);
}

fn add_coverage(runs: &[Run], counts: &Counts, width: usize, text: &mut String) {
    if runs.iter().any(|run| run.coverage().is_none()) {
        add(0, "", "What is put to the test is told when all cases are judged.", width, text);
        text.push('\n');
        return;
    }
    let rules = format!("{} of {} rules passed in one case and failed in another", counts.rules_tested, counts.rules);
    let matchers =
        format!("{} of {} matchers were seen to hold and not to hold", counts.matchers_tested, counts.matchers);
    let sum = if counts.matchers == 0 { rules } else { format!("{rules}; {matchers}") };
    let sum = format!("Coverage: {sum}.");
    add(0, "", &sum, width, text);
    for run in runs {
        for rule in run.coverage().iter().flat_map(|coverage| &coverage.rules) {
            if let Some(what) = of_rule(rule) {
                add_with_place(2, &format!("{}  {what}", harmless(&rule.rule)), &rule.place, width, text);
            }
            for matcher in rule.untested() {
                let what = format!("{}  {}  {}", harmless(&rule.rule), harmless(&matcher.matcher), of_matcher(matcher));
                add_with_place(2, &what, &matcher.place, width, text);
            }
        }
    }
    text.push('\n');
}

/// What was not seen of a rule, if something was not.
pub(super) fn of_rule(rule: &RuleSeen) -> Option<&'static str> {
    match (rule.passed, rule.failed) {
        (0, 0) => Some("never passed and never failed"),
        (0, _) => Some("never passed"),
        (_, 0) => Some("never failed"),
        _ => None,
    }
}

/// What was seen of a matcher that was not put to the test.
pub(super) fn of_matcher(matcher: &MatcherSeen) -> &'static str {
    match (matcher.held, matcher.broken) {
        (0, 0) => "was never decided",
        (0, _) => "never held",
        _ => "always held",
    }
}

/// `text` with its label, hanging beside it.
fn add(indent: usize, label: &str, said: &str, width: usize, text: &mut String) {
    let hang = indent + label.width();
    for (at, line) in wrap(&harmless(said), width.saturating_sub(hang).max(20)).iter().enumerate() {
        let start = if at == 0 { format!("{:indent$}{label}", "") } else { " ".repeat(hang) };
        text.push_str(format!("{start}{line}").trim_end());
        text.push('\n');
    }
}

/// `said`, with the place at the right end of the line; on a line of its own where there is no room.
fn add_with_place(indent: usize, said: &str, place: &Place, width: usize, text: &mut String) {
    let place = harmless(&format!("{}:{}", place.file, place.line));
    let room = width.saturating_sub(indent + said.width() + 2);
    if place.width() <= room {
        let gap = room + 2 - place.width();
        text.push_str(&format!("{:indent$}{said}{:gap$}{place}\n", "", ""));
    } else {
        text.push_str(&format!("{:indent$}{said}\n", ""));
        text.push_str(&format!("{:indent$}{place}\n", "", indent = indent + 2));
    }
}
