//! Waivers files: which findings somebody accepts, for how long and why, read with every mistake at once.
//!
//! Knows what is written, and not whether a waiver is of use: what day it is, which rules there are and what they found,
//! it is not told.

use super::another::is_another;
use super::diagnostic::Diagnostics;
use super::fields::{map, text, unknown};
use super::glob::Glob;
use super::node::{self, Called, Content, Entry, Node};
use super::origin;
use super::source::Span;
use crate::model::{Finding, Place, is_day};
use serde_json::{Value as Json, json};
use std::path::Path;

/// The findings that are accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waivers {
    /// The file, as it was named.
    pub file: String,
    /// The SHA-256 of its text, in hexadecimal.
    pub sha256: String,
    /// The waivers, in the order of the file.
    pub list: Vec<Waiver>,
}

/// Findings of one rule that somebody accepts for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The id of the rule.
    pub rule: String,
    /// The resources, as they were written.
    pub resource: String,
    /// The account that it is for; every account if there is none.
    pub account: Option<String>,
    /// Who answers for it.
    pub owner: String,
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it holds, `YYYY-MM-DD` in UTC.
    pub expires: String,
    /// The ticket it belongs to.
    pub ticket: Option<String>,
    /// Who approved it.
    pub approver: Option<String>,
    /// The state that was accepted, as [`Finding::state`] has it; any if there is none.
    pub state: Option<String>,
    /// Where it stands.
    pub place: Place,
    /// The resources.
    glob: Glob,
}

/// The fields of a waiver: its name, whether it must be there, what it is.
const FIELDS: [(&str, bool, &str); 9] = [
    ("rule", true, "The id of the rule, as the report names it."),
    (
        "resource",
        true,
        "Which resources: `*` stands for any run of characters, `?` for one. Held against the name in the rules file, the physical name and the ARN.",
    ),
    ("owner", true, "Who answers for it."),
    ("reason", true, "Why it is accepted."),
    ("expires", true, "The last day on which it holds, YYYY-MM-DD in UTC."),
    ("ticket", false, "The ticket it belongs to."),
    ("approver", false, "Who approved it."),
    ("account", false, "The account it is for, 12 digits. Without it, every account."),
    (
        "state",
        false,
        "The state that was accepted, as the JSON report has it. What is found later in another state is not waived.",
    ),
];

const TOP: [&str; 3] = ["plimsoll_waivers", "about", "waivers"];

const CALLED: Called = Called {
    file: "a waivers file",
    language: "waivers files",
    begins: "a waivers file begins with `plimsoll_waivers: 1`, and has a list `waivers:`",
    instead: "write the value out",
    untagged: "write the text alone, in quotes if need be",
};

impl Waivers {
    /// Reads the waivers file `path`.
    ///
    /// # Errors
    /// Every mistake in it, each with its place.
    pub fn read(path: &Path) -> Result<Self, Diagnostics> {
        let mut diagnostics = Diagnostics::default();
        let file = path.display().to_string();
        let (text, unreadable) = match origin::read(path, Some("keep one file for each account, with `account:`")) {
            Ok(text) => (text, None),
            Err(unreadable) => (String::new(), Some(unreadable)),
        };
        let source = diagnostics.sources.add(&file, text);
        if let Some(unreadable) = unreadable {
            let whole = Span { source, start: 0, end: 0 };
            let what = format!("cannot read `{file}`: {}", unreadable.why);
            let error = diagnostics.error("unreadable-file", &whole, what);
            if let Some(help) = unreadable.help {
                error.help(help);
            }
            return Err(diagnostics);
        }
        let list = node::read_as(CALLED, source, &mut diagnostics).map(|node| waivers(&node, source, &mut diagnostics));
        match list {
            Some(list) if diagnostics.list.is_empty() => {
                Ok(Self { file, sha256: diagnostics.sources.sha256_of(source), list })
            }
            _ => {
                diagnostics.sort();
                Err(diagnostics)
            }
        }
    }

    /// The JSON Schema of waivers files, for editors.
    pub fn schema() -> Json {
        let field = |(name, required, doc): &(&str, bool, &str)| {
            let mut schema = match *name {
                "expires" => json!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
                "account" => json!({ "type": ["string", "integer"], "pattern": "^[0-9]{12}$" }),
                "state" => json!({ "type": ["string", "integer"], "pattern": "^[0-9a-f]{16}$" }),
                _ => json!({ "type": ["string", "number", "boolean"], "pattern": "[^\\s]" }),
            };
            schema["description"] = json!(if *required { (*doc).to_owned() } else { format!("Optional. {doc}") });
            ((*name).to_owned(), schema)
        };
        let required: Vec<&str> = FIELDS.iter().filter(|(_, required, _)| *required).map(|(name, ..)| *name).collect();
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "A waivers file of Plimsoll",
            "type": "object",
            "required": ["plimsoll_waivers", "waivers"],
            "additionalProperties": false,
            "properties": {
                "plimsoll_waivers": { "const": 1, "description": "The version of the format." },
                "about": { "type": "string", "description": "What the file is for." },
                "waivers": {
                    "type": "array",
                    "description": "The findings that are accepted.",
                    "items": {
                        "type": "object",
                        "required": required,
                        "additionalProperties": false,
                        "properties": FIELDS.iter().map(field).collect::<serde_json::Map<_, _>>(),
                    },
                },
            },
        })
    }
}

impl Waiver {
    /// Whether it names `finding`: its rule, and its resource by any of its names.
    pub fn names(&self, finding: &Finding) -> bool {
        let mut names = [Some(&finding.resource), finding.name.as_ref(), finding.arn.as_ref()].into_iter().flatten();
        self.rule == finding.rule && names.any(|name| self.glob.matches(name))
    }
}

fn waivers(node: &Node, source: usize, diagnostics: &mut Diagnostics) -> Vec<Waiver> {
    let whole = Span { source, start: 0, end: 0 };
    let Content::Map(entries) = &node.content else {
        let message = format!("a waivers file is a map, and this is {}", node.noun());
        diagnostics.error("wrong-type", &node.span, message).help(CALLED.begins);
        return Vec::new();
    };
    if is_another(node, "a waivers file", diagnostics) {
        return Vec::new();
    }
    for (key, help) in [
        ("plimsoll_waivers", "this names the version of the format"),
        ("waivers", "write `waivers: []` where there are none"),
    ] {
        if node.entry(key).is_none() {
            let wanted = if key == "waivers" { "has a list `waivers:`" } else { "begins with `plimsoll_waivers: 1`" };
            diagnostics.error("missing-field", &whole, format!("a waivers file {wanted}")).help(help);
        }
    }
    let mut list = Vec::new();
    for entry in entries {
        match entry.key.as_str() {
            "plimsoll_waivers" if entry.value.text() == Some("1") => {}
            "plimsoll_waivers" => {
                diagnostics
                    .error("wrong-version", &entry.value.span, "this Plimsoll reads version 1 of waivers files")
                    .help("write `plimsoll_waivers: 1`");
            }
            "about" => drop(text(entry, diagnostics)),
            "waivers" => match &entry.value.content {
                Content::List(nodes) => list.extend(nodes.iter().filter_map(|node| waiver(node, diagnostics))),
                _ => {
                    let message = format!("`waivers` takes a list, and this is {}", entry.value.noun());
                    diagnostics
                        .error("wrong-type", &entry.value.span, message)
                        .help("begin each waiver with `- rule:`; write `waivers: []` where there are none");
                }
            },
            key => unknown(entry, "a waivers file", key, &TOP, diagnostics),
        }
    }
    list
}

fn waiver(node: &Node, diagnostics: &mut Diagnostics) -> Option<Waiver> {
    let entries = map(node, "a waiver is a map of rule, resource, owner, reason and expires", diagnostics)?;
    let names = FIELDS.map(|(name, ..)| name);
    for entry in entries.iter().filter(|entry| !names.contains(&entry.key.as_str())) {
        unknown(entry, "a waiver", &entry.key, &names, diagnostics);
    }
    let missing: Vec<&str> = FIELDS
        .iter()
        .filter(|(name, required, _)| *required && node.entry(name).is_none())
        .map(|(name, ..)| *name)
        .collect();
    if !missing.is_empty() {
        let message = format!("this waiver has no {}", missing.join(", no "));
        diagnostics
            .error("missing-field", &node.span, message)
            .help("a waiver has rule, resource, owner, reason and expires");
    }
    let mut read = |name: &str, check: fn(&str) -> Result<(), String>| -> Option<String> {
        let entry = node.entry(name)?;
        filled(entry, check, diagnostics)
    };
    let any = |_: &str| Ok(());
    let fields =
        (read("rule", any), read("resource", any), read("owner", any), read("reason", any), read("expires", expires));
    let optional = (read("ticket", any), read("approver", any), read("account", account), read("state", state));
    let (Some(rule), Some(resource), Some(owner), Some(reason), Some(expires)) = fields else { return None };
    let (ticket, approver, account, state) = optional;
    let mut glob = Glob::default();
    glob.push_pattern(&resource);
    let place = diagnostics.sources.place(&node.span);
    Some(Waiver { rule, resource, account, owner, reason, expires, ticket, approver, state, place, glob })
}

/// The text of `entry`, which is not empty and passes `check`.
fn filled(entry: &Entry, check: fn(&str) -> Result<(), String>, diagnostics: &mut Diagnostics) -> Option<String> {
    // Nothing at all after the colon is an empty text to whoever left it blank.
    let is_blank = entry.value.text().is_some_and(|text| text.trim().is_empty()) || entry.value.noun() == "nothing";
    if is_blank {
        let error = diagnostics.error("empty-field", &entry.value.span, format!("`{}` is empty", entry.key));
        if let Some((.., doc)) = FIELDS.iter().find(|(name, ..)| *name == entry.key) {
            error.help(first_sentence(doc));
        }
        return None;
    }
    let text = text(entry, diagnostics)?.trim().to_owned();
    if let Err(why) = check(&text) {
        diagnostics.error("wrong-value", &entry.value.span, format!("`{}` {why}, and this is `{text}`", entry.key));
        return None;
    }
    Some(text)
}

/// The first sentence of a description, as a help.
fn first_sentence(doc: &str) -> String {
    let sentence = doc.split_once(". ").map_or(doc, |(first, _)| first).trim_end_matches('.');
    let mut letters = sentence.chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

fn expires(text: &str) -> Result<(), String> {
    if is_day(text) { Ok(()) } else { Err("is a day of the calendar, written like 2026-11-23".to_owned()) }
}

fn account(text: &str) -> Result<(), String> {
    let right = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if right { Ok(()) } else { Err("is 12 digits, without hyphens".to_owned()) }
}

fn state(text: &str) -> Result<(), String> {
    let right = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if right {
        Ok(())
    } else {
        Err("is 16 hexadecimal digits in small letters, as the JSON report has them".to_owned())
    }
}
