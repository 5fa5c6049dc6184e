//! The overview as GitHub's Markdown. It fits into one comment however many accounts there are: what is left out is
//! counted.

use super::{Overview, State, Tally};
use crate::report::escape::{code, prose};
use std::fmt::Write as _;

/// The sections of the page may each reach this far, in bytes: the last ends short of the 65,536 characters of a comment.
const RULES: usize = 24_000;
const NOT_READ: usize = 36_000;
const NOTES: usize = 44_000;
const TABLE: usize = 64_000;
/// How many runs are named of a rule.
const NAMES: usize = 10;

/// `overview` as Markdown.
pub(super) fn markdown(overview: &Overview) -> String {
    let mut text = format!(
        "<!-- plimsoll accounts -->\n## Plimsoll: {}\n\n{}\n",
        prose(&overview.counted()),
        prose(overview.next())
    );
    let failing: Vec<&Tally> = overview.rules.iter().filter(|tally| tally.fail + tally.unknown > 0).collect();
    section(
        &mut text,
        "\n### By rule\n\n| severity | rule | what it asks | in how many | where |\n| --- | --- | --- | --- | --- |\n",
        failing.iter().map(|tally| {
            format!(
                "| {} | {} | {} | {} | {} |\n",
                tally.severity,
                code(&tally.rule),
                prose(&tally.title),
                prose(&tally.said()),
                prose(&tally.where_it_is(NAMES))
            )
        }),
        RULES,
        "rules",
    );
    let not_read = overview.runs.iter().filter_map(|line| Some((line, line.reason.as_deref()?)));
    section(
        &mut text,
        "\n### Could not be read\n\n",
        not_read.map(|(line, reason)| format!("- {}: {}\n", code(&line.folder), prose(reason))),
        NOT_READ,
        "accounts",
    );
    section(
        &mut text,
        "\n### Notes\n\n",
        overview
            .runs
            .iter()
            .filter(|line| !line.notes.is_empty())
            .map(|line| format!("- {}: {}\n", code(&line.folder), prose(&line.notes.join("; ")))),
        NOTES,
        "accounts",
    );
    let mut lines: Vec<_> = overview.runs.iter().collect();
    lines.sort_by_key(|line| line.state == State::Clean);
    section(
        &mut text,
        "\n### Accounts\n\n| name | account | region | result | critical | high | medium | low | unknown |\n\
         | --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: |\n",
        lines.into_iter().map(|line| {
            let cells = line.cells().map(|n| n.map_or_else(String::new, |n| n.to_string()));
            format!(
                "| {} | {} | {} | {} | {} |\n",
                code(&line.name),
                line.account.as_deref().unwrap_or_default(),
                prose(&line.regions.join(", ")),
                line.state.words(),
                cells.join(" | ")
            )
        }),
        TABLE,
        "accounts",
    );
    text
}

/// Adds `heading` and `pieces` as long as the page stays below `end`, and says how many were left out.
fn section(text: &mut String, heading: &str, pieces: impl Iterator<Item = String>, end: usize, what: &str) {
    let (mut begun, mut left_out) = (false, 0);
    for piece in pieces {
        if !begun {
            text.push_str(heading);
            begun = true;
        }
        if left_out > 0 || text.len() + piece.len() > end {
            left_out += 1;
        } else {
            text.push_str(&piece);
        }
    }
    if left_out > 0 {
        let _ = write!(text, "\n… and {left_out} more {what}; the JSON has them all.\n");
    }
}
