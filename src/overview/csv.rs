//! The overview for a spreadsheet: a row for each run. No cell can become a formula, whatever somebody is called.

use super::{Line, Overview};
use crate::model::Counts;
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
    let shown = |n: Option<usize>| n.map_or_else(String::new, |n| n.to_string());
    let count = |of: fn(Counts) -> usize| shown(line.counts.map(of));
    let [critical, high, medium, low, unknown] = line.cells().map(shown);
    [
        cell(&line.name),
        line.account.clone().unwrap_or_default(),
        cell(&line.regions.join("; ")),
        line.state.words().to_owned(),
        critical,
        high,
        medium,
        low,
        shown(line.against.map(|of| of.info)),
        count(|of| of.pass),
        count(|of| of.fail),
        unknown,
        count(|of| of.blocked),
        count(|of| of.waived),
        shown(line.calls),
        cell(line.rules.as_deref().unwrap_or_default()),
        cell(&line.folder),
        cell(line.reason.as_deref().unwrap_or_default()),
        cell(&line.notes.join("; ")),
    ]
}
