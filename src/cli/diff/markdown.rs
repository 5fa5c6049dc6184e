//! What changed, for a comment on a pull request or the summary of a job.

use super::text::{came, change_word, cut, grouped, place, sentences, side_word, summary, turn_word};
use crate::diff::{Change, Diff, FieldChange};
use crate::report::{code, prose};

/// Rows of one table; GitHub cuts pages that are too long.
const ROWS: usize = 200;

/// The whole page.
pub(super) fn page(diff: &Diff) -> String {
    let mut text = format!("## {}\n\n", prose(&summary(diff)));
    text.push_str(&format!(
        "Account {} · from {} to {}\n",
        code(&diff.newer.account),
        code(&diff.older.file),
        code(&diff.newer.file)
    ));
    for note in &diff.notes {
        text.push_str(&format!("\n> {}\n", prose(note)));
    }
    for resource in &diff.resources {
        let name = format!("{} {}", prose(&resource.noun), code(&resource.name));
        text.push_str(&format!("\n### {}: {name}{}\n\n", change_word(resource.change), prose(&place(resource))));
        if resource.change == Change::Removed {
            continue;
        }
        if !resource.fields.is_empty() {
            text.push_str("| field | was | is |\n|---|---|---|\n");
        }
        for field in resource.fields.iter().take(ROWS) {
            text.push_str(&row(field));
        }
        if let Some(more) = resource.fields.len().checked_sub(ROWS + 1) {
            text.push_str(&format!("| … and {} more | | |\n", more + 1));
        }
    }
    if !diff.findings.is_empty() {
        text.push_str("\n| | severity | rule | on | was | is |\n|---|---|---|---|---|---|\n");
    }
    for finding in diff.findings.iter().take(ROWS) {
        let found = |found: Option<&String>| found.map(|found| prose(found)).unwrap_or_default();
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} |\n",
            turn_word(finding.change),
            finding.severity,
            code(&finding.rule),
            code(&finding.resource),
            found(finding.old_found.as_ref()),
            found(finding.new_found.as_ref()),
        ));
    }
    if let Some(more) = diff.findings.len().checked_sub(ROWS + 1) {
        text.push_str(&format!("| … and {} more | | | | | |\n", more + 1));
    }
    if !diff.not_compared.is_empty() {
        text.push_str("\n### could not be compared\n\n");
    }
    for ((side, why, remedy), what) in grouped(&diff.not_compared) {
        text.push_str(&format!(
            "- {}: {}: {}; {}\n",
            prose(&what.join("; ")),
            side_word(side),
            prose(why),
            prose(remedy)
        ));
    }
    text
}

fn row(field: &FieldChange) -> String {
    let path = code(&field.path);
    if let Some(policy) = &field.policy {
        let said = |(said, witness): (String, Option<String>)| match witness {
            Some(witness) => format!("{}<br>proof: {}", prose(&said), code(&witness)),
            None => prose(&said),
        };
        let said: Vec<String> = sentences(policy, came(field)).into_iter().map(said).collect();
        let said = said.join("<br>");
        return match came(field) {
            Some(false) => format!("| {path} | {said} | |\n"),
            _ => format!("| {path} | | {said} |\n"),
        };
    }
    let (old, new) = match (&field.old, &field.new) {
        (Some(old), Some(new)) => cut(old, new),
        (old, new) => (old.clone().unwrap_or_default(), new.clone().unwrap_or_default()),
    };
    let list = |items: &[String]| items.iter().map(|item| code(item)).collect::<Vec<_>>().join("<br>");
    match field.gone.is_empty() && field.come.is_empty() {
        true => format!("| {path} | {} | {} |\n", code(&old), code(&new)),
        false => format!("| {path} | {} | {} |\n", list(&field.gone), list(&field.come)),
    }
}
