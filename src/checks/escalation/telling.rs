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
        Gain::Own(written, proof) => {
            let within = if subject.boundary.is_some() { ", within its boundary" } else { "" };
            let gain = format!("it may give itself {}{within}", what(proof));
            (written.parse::<Arn>().map_or_else(|_| written.clone(), |arn| arn.name().to_owned()), gain)
        }
        Gain::Of(of, potential, proof) => (of.name.clone(), gained(of, *potential, proof)),
    };
    format!("may {}: {gain}", open.path.does.replacen("{}", &name, 1))
}

/// What somebody else may do, and whoever gets there gains.
pub(in crate::checks) fn gained(of: &Subject, potential: bool, proof: &Proof) -> String {
    match (of.is_administrator(), potential) {
        (true, _) => format!("{} may do everything", of.name),
        (false, true) => format!("{} may then do {}", of.name, what(proof)),
        (false, false) => format!("{} may {}", of.name, what(proof)),
    }
}

fn what(proof: &Proof) -> String {
    if proof.action.is_empty() { "everything".to_owned() } else { format!("{} and more", proof.action) }
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
