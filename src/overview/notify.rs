//! What somebody who waits for a scheduled job wants to know of many accounts: one line where all are clean, and else
//! which rules fail, which accounts could not be read, and what is fixed.

use super::{Changes, Line, Overview, Tally};
use crate::model::Verdict;
use crate::report::{Message, Sort};

/// How many runs are named of a rule.
const NAMED: usize = 3;

/// The message on `overview`. With the results of an earlier run, what fails is what is new since then.
pub(super) fn notify(overview: &Overview) -> Message {
    let rules = |word: &str, which: &dyn Fn(&Tally) -> bool| -> Vec<String> {
        overview.rules.iter().filter(|tally| which(tally)).map(|tally| rule(word, tally)).collect()
    };
    let counts = |tally: &Tally| tally.severity >= overview.fail_on;
    let not_read = overview.runs.iter().filter_map(|line| {
        let reason = line.reason.as_ref()?;
        Some(format!("not read {}: {reason}", line.folder))
    });
    let settled = overview.runs.iter().filter_map(|line| Some(format!("{}: {}", line.folder, became(line.since?)?)));
    let sorts = vec![
        Sort { called: "rules that fail", lines: rules("FAIL", &|t| counts(t) && t.verdict() == Verdict::Fail) },
        Sort { called: "accounts not read", lines: not_read.collect() },
        Sort { called: "rules that are unknown", lines: rules("unknown", &|t| t.verdict() == Verdict::Unknown) },
        Sort {
            called: "rules that wait for another",
            lines: rules("waits", &|t| counts(t) && t.verdict() == Verdict::Blocked),
        },
        Sort { called: "accounts with changes", lines: settled.collect() },
    ];
    let is_news = sorts.iter().any(|sort| !sort.lines.is_empty());
    let says = match (since(&overview.runs), is_news) {
        (Some(changes), true) => format!("{} new, {} fixed, {} known", changes.new, changes.fixed, changes.known),
        (Some(changes), false) => format!("nothing new: {} known", changes.known),
        (None, true) => format!("{} fail, {} unknown", overview.counts.fail, overview.counts.unknown),
        (None, false) => "nothing fails".to_owned(),
    };
    Message::new(&overview.counted(), &says, sorts)
}

/// `word`, how bad, the rule, and the runs.
fn rule(word: &str, tally: &Tally) -> String {
    let severity = if tally.verdict() == Verdict::Unknown { String::new() } else { format!(" {}", tally.severity) };
    format!("{word}{severity} {} · {}: {}", tally.rule, tally.said(), tally.where_it_is(NAMED))
}

/// What became of what an earlier run found in an account, if anything did.
fn became(changes: Changes) -> Option<String> {
    let Changes { changed, fixed, gone, not_read, .. } = changes;
    let some = [(changed, "changed"), (fixed, "fixed"), (gone, "gone"), (not_read, "not read")];
    let some: Vec<String> = some.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    if some.is_empty() { None } else { Some(some.join(", ")) }
}

/// What came of all runs together, if any was held against an earlier one.
///
/// Of a run that was not, all is new.
fn since(runs: &[Line]) -> Option<Changes> {
    runs.iter().find_map(|line| line.since)?;
    let all_new = |line: &Line| {
        let counts = line.counts?;
        Some(Changes { new: counts.fail + counts.blocked + counts.unknown, ..Changes::default() })
    };
    let held = || runs.iter().filter_map(|line| line.since.or_else(|| all_new(line)));
    let sum = |of: fn(Changes) -> usize| held().map(of).sum();
    Some(Changes {
        new: sum(|c| c.new),
        known: sum(|c| c.known),
        changed: sum(|c| c.changed),
        fixed: sum(|c| c.fixed),
        gone: sum(|c| c.gone),
        not_read: sum(|c| c.not_read),
    })
}
