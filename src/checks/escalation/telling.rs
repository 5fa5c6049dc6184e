//! Open ways in words, as rows of a finding.

use super::open::{Gain, Open};
use super::subject::Subject;
use crate::checks::Row;
use crate::model::{Arn, Verdict};
use crate::reach::Proof;

/// How many rows are told in full.
const SHOWN: usize = 10;

/// What an open way comes to: `may pass Deploy to a new function and invoke it: Deploy may do everything`.
pub(in crate::checks) fn in_words(open: &Open, subject: &Subject) -> String {
    let (name, gain) = match &open.gain {
        Gain::Own(written) => (written_in_words(written, subject), potential("it", subject)),
        Gain::Of(of, potential, proof) => (of.name.clone(), gained(of, *potential, proof)),
    };
    format!("may {}: {gain}", open.path.does.replacen("{}", &name, 1))
}

/// What somebody writes who writes what holds for them.
fn written_in_words(written: &str, subject: &Subject) -> String {
    let name = written.parse::<Arn>().map_or_else(|_| written.to_owned(), |arn| arn.name().to_owned());
    if *written == subject.arn {
        "itself".to_owned()
    } else if subject.is_unnamed(written) {
        "whoever is given it".to_owned()
    } else {
        let kinds =
            [(":group/", "the group"), (":policy/", "the policy"), (":role/", "the role"), (":user/", "the user")];
        let kind = kinds.iter().find_map(|(part, kind)| written.contains(part).then_some(*kind));
        format!("{} {name}", kind.unwrap_or_default()).trim().to_owned()
    }
}

/// What somebody could give themselves.
fn potential(who: &str, of: &Subject) -> String {
    let bounded = if of.boundary.is_some() { " within the boundary" } else { "" };
    format!("{who} may then do everything{bounded} that no other policy denies")
}

/// What somebody else may do, and whoever gets there gains.
pub(in crate::checks) fn gained(of: &Subject, rewritten: bool, proof: &Proof) -> String {
    match (of.is_administrator(), rewritten) {
        (true, _) => format!("{} may do everything", of.name),
        (false, true) => potential(&of.name, of),
        (false, false) => format!("{} may do more, such as {}", of.name, proof.action),
    }
}

/// What allows each step: `iam:PassRole by statement 1 of the inline policy deploy`.
pub(in crate::checks) fn by(open: &Open) -> String {
    let step = |step: &super::steps::Step| match step.by.as_slice() {
        [] => step.action.to_owned(),
        by => format!("{} by {}", step.action, by.join(" and ")),
    };
    open.steps.iter().map(step).collect::<Vec<_>>().join(", ")
}

/// The rows, those beyond a handful as one.
pub(in crate::checks) fn limited(mut rows: Vec<Row>, noun: &str) -> Vec<Row> {
    if rows.len() > SHOWN + 1 {
        let left = rows.split_off(SHOWN);
        let names: Vec<&str> = left.iter().map(|row| row.path.as_str()).collect();
        rows.push(Row {
            path: format!("and {} more {noun}", left.len()),
            verdict: left.iter().map(|row| row.verdict).max().unwrap_or(Verdict::Pass),
            found: names.join(", "),
        });
    }
    rows
}
