//! `plimsoll policy compare`: what one policy allows beyond another.

use super::difference::{self, Found};
use super::paragraph::{self, hanging};
use super::{documents, lines};
use crate::cli::Failure;
use crate::cli::output::{self, AnswerFormat};
use crate::iam::catalogue::Catalogue;
use crate::iam::{Difference, Grants, Policy, Relation, Request};
use crate::report::write_harmless;
use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::HashMap;

/// Say what one policy allows beyond another, both ways, with a request that proves each difference
///
/// Every request there is counts, those for actions that AWS may add as well. Many pairs come with --pairs, one JSON
/// object a line, each answered on a line of its own.
#[derive(Debug, Args)]
#[command(
    after_help = "Files hold a policy document in any form that AWS returns, or a JSON list of them, which then count\n\
                  together; - is standard input.\n\n\
                  Exit codes: 0 A allows nothing beyond B, 1 it does, 2 usage or unreadable document, 3 unknown.\n\
                  With --pairs: 0 every line was answered, 3 some line could not be read."
)]
pub(in crate::cli) struct Compare {
    /// The policy that should stay within B
    #[arg(value_name = "A", required_unless_present = "pairs")]
    a: Option<String>,
    /// The most that A may allow
    #[arg(value_name = "B", required_unless_present = "pairs")]
    b: Option<String>,
    /// Answer each line of a file: {"id", "a", "b"}; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["a", "b", "format"])]
    pairs: Option<String>,
    /// The form of the answer
    #[arg(long, value_enum, default_value = "text")]
    format: AnswerFormat,
}

/// The answer, as programs read it.
#[derive(Debug, Serialize)]
struct Both {
    a: String,
    b: String,
    /// The day of the catalogue of actions.
    catalogue: &'static str,
    relation: &'static str,
    /// What to know before reading the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    a_beyond_b: Found,
    b_beyond_a: Found,
}

/// One line of `--pairs`.
#[derive(Deserialize)]
struct Pair<'l> {
    id: Box<RawValue>,
    #[serde(borrow)]
    a: &'l RawValue,
    #[serde(borrow)]
    b: &'l RawValue,
}

/// The answer to one line.
#[derive(Serialize)]
struct Answer {
    id: Box<RawValue>,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<Request>,
    #[serde(skip_serializing_if = "Option::is_none")]
    world: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Compare {
    pub(super) fn run(self) -> Result<u8, Failure> {
        if let Some(path) = &self.pairs {
            let mut cache = Cache::default();
            let all = lines::answer(path, |line| {
                let pair: Pair<'_> = serde_json::from_str(line).map_err(|error| error.to_string())?;
                let (a, b) = (cache.grants(pair.a.get(), "a")?, cache.grants(pair.b.get(), "b")?);
                Ok(answer(pair.id, a.within(&b)))
            })?;
            return Ok(if all { 0 } else { 3 });
        }
        let (Some(a), Some(b)) = (self.a, self.b) else {
            return Err(Failure::usage("two policies are compared", "give two files, or --pairs"));
        };
        if a == "-" && b == "-" {
            return Err(Failure::usage("standard input (-) is named twice", "put one of the documents into a file"));
        }
        let (of_a, of_b) = (documents::of_file(&a)?, documents::of_file(&b)?);
        let note = note(&a, &of_a, &b, &of_b);
        let (of_a, of_b) = (Grants::of(&of_a), Grants::of(&of_b));
        let (beyond, behind) = (of_a.beyond(&of_b), of_b.beyond(&of_a));
        let code = match difference::verdict(&beyond) {
            "contained" => 0,
            "not-contained" => 1,
            _ => 3,
        };
        output::print(&match self.format {
            AnswerFormat::Text => text(&a, &b, note.as_deref(), &beyond, &behind),
            AnswerFormat::Json => write_harmless(&Both {
                a,
                b,
                catalogue: Catalogue::embedded().date(),
                relation: relation(&beyond, &behind),
                note,
                a_beyond_b: Found::of(beyond, true),
                b_beyond_a: Found::of(behind, false),
            }),
        })?;
        Ok(code)
    }
}

/// What to know when one side names principals and the other does not.
fn note(a: &str, of_a: &[Policy], b: &str, of_b: &[Policy]) -> Option<String> {
    let names = |policies: &[Policy]| policies.iter().any(Policy::names_principals);
    let has_statements = |policies: &[Policy]| policies.iter().any(|policy| !policy.statements.is_empty());
    if names(of_a) == names(of_b) || !has_statements(of_a) || !has_statements(of_b) {
        return None;
    }
    let (with, without) = if names(of_a) { (a, b) } else { (b, a) };
    Some(format!("{with} names principals and {without} does not: {without} counts for whoever asks"))
}

fn relation(beyond: &Difference, behind: &Difference) -> &'static str {
    match (difference::verdict(beyond), difference::verdict(behind)) {
        ("contained", "contained") => "equal",
        ("not-contained", "contained") => "a-allows-more",
        ("contained", "not-contained") => "b-allows-more",
        ("not-contained", "not-contained") => "each-allows-more",
        _ => "unknown",
    }
}

/// The answer for a person.
fn text(a: &str, b: &str, note: Option<&str>, beyond: &Difference, behind: &Difference) -> String {
    let width = paragraph::width();
    let sentence = |difference: &Difference, a: &str, b: &str| match difference::verdict(difference) {
        "contained" => format!("{a} allows nothing beyond {b}"),
        "not-contained" => format!("{a} allows more than {b}"),
        _ => format!("it is unknown whether {a} allows more than {b}"),
    };
    let head = match relation(beyond, behind) {
        "equal" => format!("equal: {a} and {b} allow the same"),
        "each-allows-more" => format!("each allows what the other does not: {a} and {b}"),
        _ => format!("{}; {}", sentence(beyond, a, b), sentence(behind, b, a)),
    };
    let mut text = hanging(0, "", 0, &head, width);
    if let Some(note) = note {
        text.push_str(&hanging(0, "note:", 5, note, width));
    }
    for (difference, one, other, advise) in [(beyond, a, b, true), (behind, b, a, false)] {
        if difference::verdict(difference) != "contained" {
            text.push('\n');
            text.push_str(&hanging(0, "", 0, &format!("{one} beyond {other}"), width));
            text.push_str(&difference::text(difference, other, advise, width));
        }
    }
    text
}

fn answer(id: Box<RawValue>, relation: Relation) -> Answer {
    let plain = |verdict| Answer { id, verdict, request: None, world: None, reason: None };
    match relation {
        Relation::Contained => plain("contained"),
        Relation::Unknown(why) => Answer { reason: Some(why), ..plain("unknown") },
        Relation::NotContained(witness) => Answer {
            world: Some(difference::world(witness.world)),
            reason: Some(witness.to_string()),
            request: Some(witness.request),
            ..plain("not-contained")
        },
    }
}

/// Documents that were read, by their text: one that is compared with many is read once.
#[derive(Default)]
struct Cache {
    read: HashMap<Box<str>, Grants>,
}

/// Documents that are kept.
const KEPT: usize = 8192;

impl Cache {
    fn grants(&mut self, text: &str, name: &str) -> Result<Grants, String> {
        if let Some(known) = self.read.get(text) {
            return Ok(known.clone());
        }
        let policy = Policy::parse(text).map_err(|error| format!("{name}: {error}"))?;
        let grants = Grants::of([&policy.named(name, None)]);
        if self.read.len() >= KEPT {
            self.read.clear();
        }
        self.read.insert(text.into(), grants.clone());
        Ok(grants)
    }
}
