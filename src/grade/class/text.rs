//! What a class came to, in short: for whoever started the run.

use super::{Class, Passed};
use crate::model::{Hundredths, harmless};
use crate::report::{Look, wrap};

/// How many rules are shown.
const RULES: usize = 5;
/// How many of those that could not be read are shown.
const REASONS: usize = 10;

/// `class` as a summary for a terminal.
pub fn class_text(class: &Class, look: Look) -> String {
    let width = look.width.clamp(40, 160);
    let mut text = String::new();
    let mut paragraph = |said: &str, indent: usize| {
        for (at, line) in wrap(&harmless(said), width.saturating_sub(indent + 2).max(20)).iter().enumerate() {
            let pad = " ".repeat(if at == 0 { indent } else { indent + 2 });
            text.push_str(format!("{pad}{line}").trim_end());
            text.push('\n');
        }
    };
    paragraph(&format!("{} · a class of {}", class.title, class.students.len()), 0);
    for line in summary(class) {
        paragraph(&line, 0);
    }
    if !class.rules.is_empty() {
        paragraph("", 0);
        paragraph("Which rules most failed", 0);
        for tally in class.rules.iter().take(RULES) {
            let waiting = if tally.blocked > 0 { format!(", waits for {}", tally.blocked) } else { String::new() };
            let unknown = if tally.unknown > 0 { format!(", unknown for {}", tally.unknown) } else { String::new() };
            paragraph(&format!("{} fail{waiting}{unknown}: {} ({})", tally.fail, tally.title, tally.rule), 2);
        }
    }
    let not_read: Vec<_> = class.students.iter().filter_map(|s| Some((s, s.result.as_ref().err()?))).collect();
    if !not_read.is_empty() {
        paragraph("", 0);
        paragraph("Could not be read", 0);
        for (student, why) in not_read.iter().take(REASONS) {
            paragraph(&format!("{}: {}", student.id, why.reason), 2);
        }
        if not_read.len() > REASONS {
            paragraph(&format!("and {} more", not_read.len() - REASONS), 2);
        }
    }
    text
}

/// How many came to what, and how the percentages lie.
pub(super) fn summary(class: &Class) -> Vec<String> {
    let of = |passed: Passed| class.marks().filter(|(_, marks)| marks.outcome == Some(passed)).count();
    let mut counts =
        vec![format!("{} graded", class.marks().count()), format!("{} could not be read", class.not_read())];
    if class.marks().any(|(_, marks)| marks.outcome.is_some()) {
        counts.push(format!("{} passed", of(Passed::Passed)));
        counts.push(format!("{} did not", of(Passed::Failed)));
    }
    counts.push(format!("{} undecided", class.undecided()));
    let mut lines = vec![counts.join(", ")];
    let mut percents: Vec<Hundredths> = class.marks().map(|(_, marks)| marks.percent).collect();
    percents.sort_unstable();
    if let (Some(lowest), Some(highest)) = (percents.first(), percents.last()) {
        let mean = Hundredths(percents.iter().map(|percent| percent.0).sum::<u64>() / percents.len() as u64);
        let median = percents[percents.len() / 2];
        lines.push(format!("percent: mean {mean}, median {median}, from {lowest} to {highest}"));
    }
    lines
}
