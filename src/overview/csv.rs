//! The overview for a spreadsheet: a row for each run. No cell can become a formula, whatever somebody is called.

use super::{Line, Overview};
use crate::report::cell;

const COLUMNS: [&str; 19] = [
    "name", "account", "regions", "state", "critical", "high", "medium", "low", "info", "pass", "fail", "unknown",
    "blocked", "waived", "calls", "rules", "folder", "reason", "notes",
];

/// `overview` as CSV, in the order of the list.
///
/// # Panics
/// Never: memory takes all that is written to it.
pub(super) fn csv(overview: &Overview) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |cells: [String; COLUMNS.len()]| {
        if let Err(error) = writer.write_record(&cells) {
            unreachable!("memory takes all that is written to it: {error}");
        }
    };
    write(COLUMNS.map(str::to_owned));
    overview.runs.iter().map(row).for_each(&mut write);
    match writer.into_inner().map(String::from_utf8) {
        Ok(Ok(text)) => text,
        _ => unreachable!("memory takes all that is written to it, and all of it is UTF-8"),
    }
}

fn row(line: &Line) -> [String; COLUMNS.len()] {
    let count = |n: usize| if line.reason.is_some() { String::new() } else { n.to_string() };
    let (against, counts) = (line.against, line.counts);
    [
        cell(&line.name),
        line.account.clone().unwrap_or_default(),
        cell(&line.regions.join("; ")),
        line.state.words().to_owned(),
        count(against.critical),
        count(against.high),
        count(against.medium),
        count(against.low),
        count(against.info),
        count(counts.pass),
        count(counts.fail),
        count(counts.unknown),
        count(counts.blocked),
        count(counts.waived),
        count(line.calls),
        cell(line.rules.as_deref().unwrap_or_default()),
        cell(&line.folder),
        cell(line.reason.as_deref().unwrap_or_default()),
        cell(&line.notes.join("; ")),
    ]
}
