//! The report as a table for spreadsheets: one row a finding, RFC 4180, UTF-8.
//!
//! No cell acts as a formula: where one begins with a sign that begins formulas, or such a sign follows a semicolon,
//! which separates cells in other locales, an apostrophe stands before the sign. Characters that act on terminals and
//! line breaks are spelt out, so that a row is a line. Several values in one cell are separated by `; `.

use super::text::since;
use crate::model::{Finding, FindingWaiver, NotChecked, Report, harmless};
use std::io::{self, Write};

/// The header. New columns may come at its end; those that are there stay.
pub(super) const HEADER: [&str; 29] = [
    "account",
    "id",
    "verdict",
    "severity",
    "rule",
    "title",
    "step",
    "resource",
    "type",
    "name",
    "arn",
    "earned",
    "possible",
    "wanted",
    "found",
    "witness",
    "instead",
    "reason",
    "fix",
    "controls",
    "blocked_by",
    "not_checked",
    "file",
    "line",
    "column",
    "evidence",
    "state",
    "waiver",
    "since",
];

/// `report` as CSV.
pub(super) fn csv(report: &Report, to: &mut dyn Write) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(to);
    table.write_record(HEADER).map_err(why)?;
    for finding in &report.findings {
        table.write_record(row(report, finding)).map_err(why)?;
    }
    table.flush()
}

fn row(report: &Report, finding: &Finding) -> [String; HEADER.len()] {
    let optional = |text: &Option<String>| cell(text.as_deref().unwrap_or_default());
    let instead: Vec<String> =
        finding.instead.iter().map(|instead| format!("{}: {}", instead.of, instead.text)).collect();
    let not_checked = |item: &NotChecked| format!("{}: {}", item.what, item.why);
    let not_checked: Vec<String> = finding.not_checked.iter().map(not_checked).collect();
    [
        cell(&report.account),
        cell(&finding.id),
        finding.verdict.to_string(),
        finding.severity.to_string(),
        cell(&finding.rule),
        cell(&finding.title),
        optional(&finding.step),
        cell(&finding.resource),
        cell(&finding.type_name),
        optional(&finding.name),
        optional(&finding.arn),
        finding.points.earned.to_string(),
        finding.points.possible.to_string(),
        cell(&finding.wanted),
        cell(&finding.found),
        optional(&finding.witness),
        cells(&instead),
        optional(&finding.reason),
        optional(&finding.fix),
        cells(&finding.controls),
        cells(&finding.blocked_by),
        cells(&not_checked),
        cell(&finding.place.file),
        finding.place.line.to_string(),
        finding.place.column.to_string(),
        cells(&finding.evidence),
        cell(&finding.state),
        cell(&finding.waiver.as_ref().map(FindingWaiver::says).unwrap_or_default()),
        since(finding).to_owned(),
    ]
}

fn cells(values: &[String]) -> String {
    cell(&values.join("; "))
}

/// `text` as the content of a cell that no spreadsheet takes for a formula.
pub(crate) fn cell(text: &str) -> String {
    let plain = harmless(text);
    let begins = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
    let is_skipped = |c: char| c == '"' || c.is_whitespace();
    // Most cells are nothing of the kind.
    if plain.len() == text.len() && !plain.contains(';') && !plain.trim_start_matches(is_skipped).starts_with(begins) {
        return plain;
    }
    let mut safe = String::with_capacity(plain.len() + 1);
    // Quotation marks and blanks are skipped by programs that split at semicolons, so they are skipped here.
    let mut at_start = true;
    for (at, c) in plain.char_indices() {
        // A control character at the very start would have hidden the sign; it is spelt out, and marked all the same.
        if begins(c) && at_start || at == 0 && text.starts_with(char::is_control) {
            safe.push('\'');
        }
        safe.push(c);
        at_start = c == ';' || at_start && is_skipped(c);
    }
    safe
}

/// What a writer reports comes back as what it was.
fn why(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        _ => io::Error::other("the rows of the table differ in length"),
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, shown) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝1", "'＝1"),
            (" =1", " '=1"),
            ("\t=1", "'\\u{9}=1"),
            ("\r=1", "'\\u{d}=1"),
            ("a;=1", "a;'=1"),
            ("a; \"=1", "a; \"'=1"),
            ("a=1; b-2", "a=1; b-2"),
            ("POC-Queue", "POC-Queue"),
            ("", ""),
        ] {
            assert_eq!(cell(text), shown);
        }
    }
}
