//! The table of a class for a spreadsheet. No cell can become a formula, whatever somebody is called.

use super::{Class, Marks, status};
use crate::model::harmless;

const COLUMNS: [&str; 17] = [
    "id",
    "name",
    "account",
    "status",
    "earned",
    "possible",
    "left_out",
    "percent",
    "pass",
    "fail",
    "unknown",
    "blocked",
    "costs_most",
    "costs",
    "other_accounts",
    "notes",
    "reason",
];

/// `class` as CSV: a line a student, in the order of the roster.
///
/// # Panics
/// Never: memory takes all that is written to it.
pub fn class_csv(class: &Class) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |cells: Vec<String>| {
        if let Err(error) = writer.write_record(&cells) {
            unreachable!("memory takes all that is written to it: {error}");
        }
    };
    write(COLUMNS.map(str::to_owned).to_vec());
    for student in &class.students {
        let of = |said: &dyn Fn(&Marks) -> String| student.result.as_ref().map_or_else(|_| String::new(), said);
        let first = |marks: &Marks| marks.causes.first().cloned();
        write(vec![
            cell(&student.id),
            cell(&student.name),
            of(&|marks| marks.account.clone()),
            status(student).to_owned(),
            of(&|marks| marks.points.earned.to_string()),
            of(&|marks| marks.points.possible.to_string()),
            of(&|marks| marks.left_out.to_string()),
            of(&|marks| marks.percent.to_string()),
            of(&|marks| marks.counts.pass.to_string()),
            of(&|marks| marks.counts.fail.to_string()),
            of(&|marks| marks.counts.unknown.to_string()),
            of(&|marks| marks.counts.blocked.to_string()),
            of(&|marks| cell(&first(marks).map_or_else(String::new, |(cause, _)| cause))),
            of(&|marks| first(marks).map_or_else(String::new, |(_, costs)| costs.to_string())),
            of(&|marks| cell(&class.foreign(marks))),
            of(&|marks| cell(&marks.notes.join("; "))),
            cell(student.result.as_ref().err().map_or("", |not_read| &not_read.reason)),
        ]);
    }
    match writer.into_inner().map(String::from_utf8) {
        Ok(Ok(text)) => text,
        _ => unreachable!("memory takes all that is written to it, and all of it is UTF-8"),
    }
}

/// `text` as a cell that no spreadsheet takes for a formula (OWASP, CSV injection).
fn cell(text: &str) -> String {
    let text = harmless(text);
    if text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text
    }
}
