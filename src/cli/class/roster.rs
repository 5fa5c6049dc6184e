//! The roster of a class: who there is, and where the answers about each come from.
//!
//! Knows the columns and what each cell may be; every mistake is said at once, with its line and column. Does not read
//! what a row names: a recording that is not there, or a role that cannot be assumed, is that student's result.

use crate::accounts::{Whom, check_account, check_region, check_role, is_safe};
use crate::grade::sha256;
use crate::rules::closest;
use std::collections::{BTreeMap, BTreeSet};

/// The columns that a roster may have, beside those named after parameters of the rules.
const COLUMNS: [&str; 8] = ["id", "name", "account", "role", "external_id", "profile", "recording", "region"];
/// The files beside the folders of the students.
const TAKEN: [&str; 3] = ["class.csv", "class.html", "run.json"];
/// The most rows.
const MOST: usize = 100_000;

/// Who there is.
#[derive(Debug)]
pub(super) struct Roster {
    /// The students, in the order of the file.
    pub(super) rows: Vec<Row>,
    /// The SHA-256 of the file.
    pub(super) sha256: String,
}

/// One student.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub(super) struct Row {
    /// The line it stands on, from 1.
    #[serde(skip)]
    pub(super) line: u64,
    pub(super) id: String,
    #[serde(skip)]
    pub(super) name: String,
    /// Where the answers come from, and the account that must give them.
    pub(super) whom: Whom,
    pub(super) region: Option<String>,
    /// The values of parameters of the rules.
    pub(super) parameters: BTreeMap<String, String>,
}

/// What a roster is read with.
pub(super) struct Reading<'a> {
    /// The file, as it was named.
    pub(super) file: &'a str,
    /// The parameters of the rules.
    pub(super) parameters: &'a BTreeSet<String>,
    /// Those that have their value from --set.
    pub(super) set: BTreeSet<&'a str>,
    /// The role to assume in an account that is named alone: --role-name.
    pub(super) role_name: Option<&'a str>,
}

/// Reads a roster.
///
/// # Errors
/// Every mistake, each with file, line, column and what was wanted.
pub(super) fn roster(bytes: &[u8], with: &Reading<'_>) -> Result<Roster, Vec<String>> {
    let mut mistakes = Vec::new();
    let rows = rows(bytes, with, &mut mistakes);
    if mistakes.is_empty() { Ok(Roster { rows, sha256: sha256(bytes) }) } else { Err(mistakes) }
}

fn rows(bytes: &[u8], with: &Reading<'_>, mistakes: &mut Vec<String>) -> Vec<Row> {
    let file = with.file;
    let Ok(text) = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)) else {
        mistakes.push(format!("{file}: it is not UTF-8; save it as CSV UTF-8"));
        return Vec::new();
    };
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut records = reader.records();
    let header = match records.next() {
        Some(Ok(header)) => header,
        Some(Err(error)) => {
            mistakes.push(format!("{file}: {error}"));
            return Vec::new();
        }
        None => {
            mistakes.push(format!("{file}:1: it is empty; the first line names the columns: id,name,role,..."));
            return Vec::new();
        }
    };
    let columns = columns(&header, with, mistakes);
    if !mistakes.is_empty() {
        return Vec::new();
    }
    let mut lines = Lines { text, at: 0, line: 1 };
    let mut rows: Vec<Row> = Vec::new();
    let mut ids: BTreeMap<String, u64> = BTreeMap::new();
    for record in records {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                mistakes.push(format!("{file}: {error}"));
                continue;
            }
        };
        let line = lines.of(&record);
        if record.iter().all(str::is_empty) {
            continue;
        }
        if record.len() != columns.len() {
            mistakes.push(format!(
                "{file}:{line}: it has {} cells, and there are {} columns; put a cell with a comma in quotes",
                record.len(),
                columns.len()
            ));
            continue;
        }
        let before = mistakes.len();
        let row = row(&record, line, &columns, with, mistakes);
        if before == mistakes.len() {
            let at = columns.iter().position(|column| column == "id").unwrap_or_default() + 1;
            match ids.get(&row.id.to_ascii_lowercase()) {
                Some(first) => mistakes.push(format!(
                    "{file}:{line}, column {at} (id): `{}` is the id in line {first} already (capitals do not tell two \
                     apart); each student has one of their own",
                    row.id
                )),
                None => {
                    ids.insert(row.id.to_ascii_lowercase(), line);
                    rows.push(row);
                }
            }
        }
        if rows.len() > MOST {
            mistakes.push(format!("{file}:{line}: it has more than {MOST} students"));
            break;
        }
    }
    if rows.is_empty() && mistakes.is_empty() {
        mistakes.push(format!("{file}:2: it names no student; write a line for each"));
    }
    rows
}

/// Where records begin. The reader tells where it went on reading, which is before the line breaks that lead to the next
/// record: a second one after a carriage return, and those of empty lines.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line on which `record` begins, from 1. Records are asked about in their order.
    fn of(&mut self, record: &csv::StringRecord) -> u64 {
        let bytes = self.text.as_bytes();
        let told = record.position().and_then(|at| usize::try_from(at.byte()).ok()).unwrap_or(self.at);
        let breaks = bytes.iter().skip(told).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let begin = (told + breaks).clamp(self.at, bytes.len());
        self.line += bytes[self.at..begin].iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at = begin;
        self.line
    }
}

fn columns(header: &csv::StringRecord, with: &Reading<'_>, mistakes: &mut Vec<String>) -> Vec<String> {
    let file = with.file;
    let columns: Vec<String> = header.iter().map(str::to_owned).collect();
    if columns.len() == 1 && columns[0].contains([';', '\t']) {
        mistakes.push(format!("{file}:1: the columns stand between commas, not between semicolons or tabs"));
        return columns;
    }
    let known = || COLUMNS.into_iter().chain(with.parameters.iter().map(String::as_str));
    for (at, column) in columns.iter().enumerate() {
        let place = format!("{file}:1, column {}", at + 1);
        if columns[..at].contains(column) {
            mistakes.push(format!("{place}: `{column}` is named twice"));
        } else if with.set.contains(column.as_str()) && !COLUMNS.contains(&column.as_str()) {
            mistakes.push(format!("{place}: `{column}` has a value from --set as well; leave out one of them"));
        } else if column.is_empty() {
            mistakes.push(format!("{place}: the column has no name"));
        } else if !known().any(|name| name == column) {
            let next = match closest(column, known()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are {}", known().collect::<Vec<_>>().join(", ")),
            };
            mistakes.push(format!("{place}: there is no column `{column}`, and no parameter of the rules; {next}"));
        }
    }
    if !columns.iter().any(|column| column == "id") {
        mistakes.push(format!("{file}:1: there is no column `id`, by which students are told apart"));
    }
    columns
}

fn row(
    record: &csv::StringRecord,
    line: u64,
    columns: &[String],
    with: &Reading<'_>,
    mistakes: &mut Vec<String>,
) -> Row {
    let file = with.file;
    let mut row = Row { line, ..Row::default() };
    for (at, (column, cell)) in columns.iter().zip(record.iter()).enumerate() {
        let wrong = |what: String| mistakes.push(format!("{file}:{line}, column {} ({column}): {what}", at + 1));
        let given = (!cell.is_empty()).then(|| cell.to_owned());
        match column.as_str() {
            "id" => {
                is_safe(cell, &TAKEN).unwrap_or_else(wrong);
                row.id = cell.to_owned();
            }
            "name" => row.name = cell.to_owned(),
            "account" | "role" | "region" => {
                let check: fn(&str) -> Result<(), String> = match column.as_str() {
                    "account" => check_account,
                    "role" => check_role,
                    _ => check_region,
                };
                given.as_deref().map_or(Ok(()), check).unwrap_or_else(wrong);
                match column.as_str() {
                    "account" => row.whom.account = given,
                    "role" => row.whom.role = given,
                    _ => row.region = given,
                }
            }
            "external_id" => row.whom.external_id = given,
            "profile" => row.whom.profile = given,
            "recording" => row.whom.recording = given,
            // What an empty cell leaves out has the default of the rules, or none.
            parameter => row.parameters.extend(given.map(|value| (parameter.to_owned(), value))),
        }
    }
    for what in contradictions(&row, with) {
        mistakes.push(format!("{file}:{line}: {what}"));
    }
    row
}

fn contradictions(row: &Row, with: &Reading<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    let whom = &row.whom;
    if whom.recording.is_some() && (whom.role.is_some() || whom.profile.is_some()) {
        wrong.push("it names a recording, and a role or profile as well; name one".to_owned());
    }
    if whom.recording.is_none() && whom.role.is_none() && whom.profile.is_none() {
        match (&whom.account, with.role_name) {
            (Some(_), Some(_)) => {}
            (Some(_), None) => wrong.push(
                "an account alone does not say how it is read; name a role, a profile or a recording, or the role of \
                 all with --role-name"
                    .to_owned(),
            ),
            (None, _) => wrong
                .push("it says nowhere where the answers come from; name a role, a profile or a recording".to_owned()),
        }
    }
    if whom.external_id.is_some() && whom.role.is_none() && !(whom.account.is_some() && with.role_name.is_some()) {
        wrong.push("an external id goes with a role".to_owned());
    }
    wrong.extend(whom.role_of_another_account());
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Row>, Vec<String>> {
        let parameters = BTreeSet::from(["notify".to_owned(), "prefix".to_owned()]);
        let with = Reading { file: "r.csv", parameters: &parameters, set: ["prefix"].into(), role_name: None };
        roster(text.as_bytes(), &with).map(|roster| roster.rows)
    }

    #[test]
    fn columns_stand_in_any_order_and_name_parameters() {
        let text = "\u{feff}notify,recording,name,id\r\na@example.com,\"a,b.json\",\"Ann \"\"A\"\" Li\",ann\r\n\r\n,c.json,,Bo@x.org\r\n";
        let rows = read(text).expect("a roster");
        assert_eq!((rows[0].id.as_str(), rows[0].name.as_str(), rows[0].line), ("ann", "Ann \"A\" Li", 2));
        assert_eq!(rows[0].whom.recording.as_deref(), Some("a,b.json"));
        assert_eq!(rows[0].parameters, BTreeMap::from([("notify".to_owned(), "a@example.com".to_owned())]));
        assert_eq!((rows[1].id.as_str(), rows[1].line, rows[1].parameters.len()), ("Bo@x.org", 4, 0));
    }

    #[test]
    fn every_mistake_is_said_with_its_place() {
        let text = "id,account,role,external_id,profile,recording,region\n\
            a/b,,,,p,,\n\
            ok,12345,,,p,,\n\
            ok2,,arn:aws:iam::123456789012:user/u,,,,\n\
            ok3,,,,,,\n\
            ok4,,,x,p,,\n\
            ok5,,,,p,x.json,\n\
            ok6,,,,p,,nowhere\n\
            Same,,,,p,,\n\
            sAME,,,,p,,\n\
            short,,\n\
            ok7,123456789012,arn:aws:iam::111122223333:role/r,,,,\n\
            ok8,123456789012,,,,,\n\
            nul.txt,,,,p,,\n";
        let mistakes = read(text).expect_err("mistakes");
        for (place, said) in [
            ("r.csv:2, column 1 (id)", "cannot name a folder"),
            ("r.csv:3, column 2 (account)", "zeros in front"),
            ("r.csv:4, column 3 (role)", "not the ARN of a role"),
            ("r.csv:5:", "name a role, a profile or a recording"),
            ("r.csv:6:", "an external id goes with a role"),
            ("r.csv:7:", "as well; name one"),
            ("r.csv:8, column 7 (region)", "us-east-1"),
            ("r.csv:10, column 1 (id)", "line 9 already"),
            ("r.csv:11:", "3 cells, and there are 7"),
            ("r.csv:12:", "the role is in the account 111122223333"),
            ("r.csv:13:", "--role-name"),
            ("r.csv:14, column 1 (id)", "the name is taken"),
        ] {
            assert!(
                mistakes.iter().any(|m| m.starts_with(place) && m.contains(said)),
                "{place}: {said}\n{mistakes:#?}"
            );
        }
        assert_eq!(mistakes.len(), 12, "{mistakes:#?}");
    }

    #[test]
    fn a_header_that_cannot_be_meant_is_said() {
        for (text, said) in [
            ("", "it is empty"),
            ("id;name;profile\na;b;c\n", "between commas"),
            ("id,profil\n", "did you mean `profile`?"),
            ("id,id,profile\n", "`id` is named twice"),
            ("name,profile\n", "there is no column `id`"),
            ("id,prefix,profile\n", "--set as well"),
            ("id,profile\n", "it names no student"),
        ] {
            let mistakes = read(text).expect_err(text);
            assert!(mistakes.iter().any(|m| m.contains(said)), "{text}: {mistakes:?}");
        }
        assert!(
            roster(
                b"id,name\n\xff,x\n",
                &Reading { file: "r.csv", parameters: &BTreeSet::new(), set: BTreeSet::new(), role_name: None }
            )
            .expect_err("no UTF-8")[0]
                .contains("UTF-8")
        );
    }
}
