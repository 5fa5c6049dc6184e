//! `plimsoll rules list --controls`: what published catalogues ask for, which rules ask for it, and what none does.

use super::super::given::Given;
use super::super::{Failure, output};
use crate::checks::controls::{CATALOGUES, PUBLISHED};
use crate::model::harmless;
use crate::report::table;
use crate::rules::builtin;
use std::collections::{BTreeMap, BTreeSet};

/// Where the packs stand among the built-in rules.
const PACKS: &str = "packs/";

/// The matrix, for the rules called `rules` or for all packs.
pub(super) fn text(rules: Option<String>) -> Result<String, Failure> {
    let names: Vec<String> = match rules {
        Some(rules) => vec![rules],
        None => builtin::names().filter(|name| name.starts_with(PACKS)).map(str::to_owned).collect(),
    };
    let mut asked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for rules in &names {
        let given = Given { rules: rules.clone(), set: Vec::new() };
        for rule in given.load(false)?.rules {
            for control in &rule.controls {
                asked.entry(control.clone()).or_default().insert(rule.id.clone());
            }
        }
    }
    let mut text = format!("Controls that the rules of {} ask for, whole or in part\n", names.join(", "));
    for catalogue in CATALOGUES {
        add_catalogue(catalogue, &mut asked, &mut text);
    }
    if !asked.is_empty() {
        text.push_str("\nOthers\n");
        text.push_str(&rows(asked.into_iter().map(|(control, rules)| [control, String::new(), joined(&rules)])));
    }
    Ok(text)
}

/// Moves what is asked of `catalogue` out of `asked` into `text`, with what nobody asks for of one that stands in whole.
fn add_catalogue(catalogue: &str, asked: &mut BTreeMap<String, BTreeSet<String>>, text: &mut String) {
    let mut found = Vec::new();
    let mut left_out = 0;
    for published in PUBLISHED.iter().filter(|published| published.control.of == catalogue) {
        let rules = asked.remove(&published.control.to_string());
        let by = match &rules {
            Some(rules) => joined(rules),
            None => {
                left_out += 1;
                format!("not covered: {}", published.not_covered.unwrap_or("no rule of these asks for it"))
            }
        };
        found.push([published.control.id.to_owned(), published.asks.to_owned(), by]);
    }
    let listed = found.len();
    let prefix = format!("{catalogue} ");
    let mut others: Vec<String> = asked.keys().filter(|control| control.starts_with(&prefix)).cloned().collect();
    others.sort_by_key(|control| natural(control));
    for control in others {
        let rules = asked.remove(&control).unwrap_or_default();
        found.push([control[prefix.len()..].to_owned(), String::new(), joined(&rules)]);
    }
    if found.is_empty() {
        return;
    }
    text.push_str(&format!("\n{catalogue}"));
    match listed {
        0 => text.push_str(": those that a rule asks for\n"),
        _ => text.push_str(&format!(": {} of {listed} covered\n", listed - left_out)),
    }
    text.push_str(&rows(found));
}

fn rows(rows: impl IntoIterator<Item = [String; 3]>) -> String {
    let rows: Vec<[String; 3]> = rows.into_iter().map(|row| row.map(|cell| harmless(&cell))).collect();
    // What other catalogues ask for is not ours to tell.
    let told = rows.iter().any(|[_, asks, _]| !asks.is_empty());
    let header: &[&str] = if told { &["control", "asks that", "rules"] } else { &["control", "rules"] };
    let mut table = table::table(header, output::width());
    for [control, asks, rules] in rows {
        table.add_row(if told { vec![control, asks, rules] } else { vec![control, rules] });
    }
    table::lines(&table)
}

fn joined(rules: &BTreeSet<String>) -> String {
    rules.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// A text with its numbers padded, so that `2.9` stands before `2.10`.
fn natural(text: &str) -> String {
    let mut key = String::new();
    let mut digits = String::new();
    for letter in text.chars().chain([' ']) {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        if !digits.is_empty() {
            key.push_str(&format!("{digits:0>6}"));
            digits.clear();
        }
        key.push(letter);
    }
    key
}
