//! The fields that every declaration is made of: texts, flags, maps, and those that every rule may carry.

use super::Rule;
use super::diagnostic::Diagnostics;
use super::file::{is_name, name};
use super::node::{Content, Entry, Node};
use super::source::Span;
use crate::model::{Audience, Said, Severity};
use std::collections::BTreeMap;

/// The fields that every rule and every `exists` may carry.
pub(super) const META: [&str; 10] =
    ["title", "step", "reason", "fix", "hint", "audience", "severity", "points", "needs", "controls"];

/// Takes `entry` into the fields that every rule has. False if it is none of them.
pub(super) fn meta(rule: &mut Rule, entry: &Entry, diagnostics: &mut Diagnostics) -> bool {
    let trimmed = |text: String| text.trim().to_owned();
    match entry.key.as_str() {
        "title" => {
            if let Some(title) = text(entry, diagnostics) {
                rule.title = trimmed(title);
            }
        }
        "step" => rule.step = text(entry, diagnostics),
        "reason" => rule.reason = text(entry, diagnostics).map(trimmed),
        "fix" => rule.fix = text(entry, diagnostics).map(trimmed),
        "hint" => rule.hint = text(entry, diagnostics).map(trimmed),
        "audience" => rule.audience = audience(entry, diagnostics),
        "severity" => {
            let Some(text) = text(entry, diagnostics) else { return true };
            let found = one_of(&text, "severity", Severity::ALL, Severity::as_str, &entry.value.span, diagnostics);
            rule.severity = found.unwrap_or(rule.severity);
        }
        "points" => {
            let Some(text) = text(entry, diagnostics) else { return true };
            match text.parse() {
                Ok(points) => rule.points = points,
                Err(why) => {
                    diagnostics.error("wrong-value", &entry.value.span, format!("{why}, and this is `{text}`"));
                }
            }
        }
        "needs" => {
            let Content::List(nodes) = &entry.value.content else {
                diagnostics.error("wrong-type", &entry.value.span, "`needs` takes a list of rule ids: `[a, b]`");
                return true;
            };
            rule.needs = nodes.iter().filter_map(|node| needed(node, diagnostics)).collect();
        }
        "controls" => {
            let Content::List(nodes) = &entry.value.content else {
                let wanted = "`controls` takes a list of texts: `[CIS 2.15, AWS Security Hub IAM.1]`";
                diagnostics.error("wrong-type", &entry.value.span, wanted);
                return true;
            };
            rule.controls = nodes.iter().filter_map(|node| control(node, diagnostics)).collect();
        }
        _ => return false,
    }
    true
}

/// For whom parts of what is said of a finding are.
pub(super) fn audience(entry: &Entry, diagnostics: &mut Diagnostics) -> BTreeMap<Said, Audience> {
    let wanted = "`audience` is a map, such as `{ witness: staff }`";
    let mut audience = BTreeMap::new();
    for entry in map(&entry.value, wanted, diagnostics).unwrap_or_default() {
        let said = one_of(&entry.key, "part of a finding", Said::ALL, Said::as_str, &entry.key_span, diagnostics);
        let Some(text) = text(entry, diagnostics) else { continue };
        let span = &entry.value.span;
        let whose = one_of(&text, "audience", Audience::ALL, Audience::as_str, span, diagnostics);
        audience.extend(said.zip(whose));
    }
    audience
}

/// The one of `all` that `text` is the word for; that there is none is noted.
pub(crate) fn one_of<T: Copy, const N: usize>(
    text: &str,
    what: &str,
    all: [T; N],
    word: fn(T) -> &'static str,
    span: &Span,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    let found = all.into_iter().find(|one| word(*one) == text);
    if found.is_none() {
        let names = all.map(word);
        diagnostics
            .error("wrong-value", span, format!("`{text}` is no {what}"))
            .help(format!("it is one of {}", names.join(", ")))
            .did_you_mean(text, names);
    }
    found
}

/// The name of a control.
fn control(node: &Node, diagnostics: &mut Diagnostics) -> Option<String> {
    let text = node.text().map(str::trim).filter(|text| !text.is_empty());
    if text.is_none() {
        let message = format!("a control is a text such as `AWS Security Hub IAM.1`, and this is {}", node.noun());
        diagnostics.error("wrong-type", &node.span, message);
    }
    text.map(str::to_owned)
}

/// The id of a needed rule. The rule that a resource exists has a longer one than may be written elsewhere.
fn needed(node: &Node, diagnostics: &mut Diagnostics) -> Option<String> {
    match node.text().and_then(|text| text.strip_suffix("-exists")) {
        Some(resource) if is_name(resource) => node.text().map(str::to_owned),
        _ => name(node, "the id of a rule", diagnostics),
    }
}

pub(crate) fn map<'a>(node: &'a Node, wanted: &str, diagnostics: &mut Diagnostics) -> Option<&'a [Entry]> {
    match &node.content {
        Content::Map(entries) => Some(entries),
        _ => {
            diagnostics.error("wrong-type", &node.span, format!("{wanted}, and this is {}", node.noun()));
            None
        }
    }
}

pub(crate) fn text(entry: &Entry, diagnostics: &mut Diagnostics) -> Option<String> {
    let text = entry.value.text();
    if text.is_none() {
        diagnostics.error(
            "wrong-type",
            &entry.value.span,
            format!("`{}` takes a text, and this is {}", entry.key, entry.value.noun()),
        );
    }
    text.map(str::to_owned)
}

pub(crate) fn flag(entry: &Entry, diagnostics: &mut Diagnostics) -> Option<bool> {
    match entry.value.text() {
        Some("true") => Some(true),
        Some("false") => Some(false),
        _ => {
            diagnostics.error("wrong-type", &entry.value.span, format!("`{}` takes `true` or `false`", entry.key));
            None
        }
    }
}

pub(crate) fn unknown(entry: &Entry, of: &str, key: &str, fields: &[&str], diagnostics: &mut Diagnostics) {
    diagnostics
        .error("unknown-field", &entry.key_span, format!("{of} has no field `{key}`"))
        .help(format!("it has {}", fields.join(", ")))
        .did_you_mean(key, fields.iter().copied());
}
