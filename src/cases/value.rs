//! Properties as a person writes them, read by the shape that the kind declares.

use crate::model::{Field, Gap, Shape, Value};
use crate::rules::{Content, Diagnostics, Entry, Node, unknown};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The value that `node` is, of this shape; `what` has it, in words. Nothing (`null`) is absent. `None` after a mistake.
pub(super) fn value(shape: &Shape, node: &Node, what: &str, diagnostics: &mut Diagnostics) -> Option<Value> {
    if node.noun() == "nothing" {
        return Some(Value::Absent);
    }
    let mut wrong = |message: String| {
        diagnostics.error("wrong-type", &node.span, message);
        None
    };
    match (shape, &node.content) {
        (Shape::Policy, Content::Scalar { text, .. }) => Some(Value::Policy(text.clone())),
        (Shape::Policy, _) => Some(Value::Policy(json(node).to_string())),
        (Shape::Bool, Content::Scalar { text, .. }) => match text.as_str() {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => wrong(format!("`true` or `false` is wanted here, and this is `{text}`")),
        },
        (Shape::Integer, Content::Scalar { text, .. }) => match text.parse() {
            Ok(number) => Some(Value::Number(number)),
            Err(_) => wrong(format!("a whole number is wanted here, such as 30, and this is `{text}`")),
        },
        (Shape::Text, Content::Scalar { text, .. }) => Some(Value::Text(text.clone())),
        (Shape::Time, Content::Scalar { text, .. }) => {
            if is_time(text) {
                return Some(Value::Text(text.clone()));
            }
            wrong(format!("a time is wanted here, such as 2026-11-23T08:44:00Z, and this is `{text}`"))
        }
        (Shape::OneOf(values), Content::Scalar { text, .. }) => {
            if values.contains(text) {
                return Some(Value::Text(text.clone()));
            }
            diagnostics
                .error("wrong-value", &node.span, format!("`{text}` is none of the values of this property"))
                .help(format!("it is one of {}", values.join(", ")))
                .did_you_mean(text, values.iter().map(String::as_str));
            None
        }
        (Shape::Arn, Content::Scalar { text, .. }) => match text.parse() {
            Ok(arn) => Some(Value::Arn(arn)),
            Err(why) => wrong(format!("`{text}` is no ARN: {why}")),
        },
        (Shape::List(item), Content::List(nodes)) => items(item, nodes, what, diagnostics).map(Value::List),
        (Shape::Set(item), Content::List(nodes)) => items(item, nodes, what, diagnostics).map(Value::Set),
        (Shape::Map(_) | Shape::Struct(_), Content::Map(entries)) => {
            let mut parts = Value::Map(BTreeMap::new());
            merge(shape, &mut parts, entries, what, diagnostics).then_some(parts)
        }
        _ => wrong(format!("{} is wanted here, and this is {}", shape.noun(), node.noun())),
    }
}

fn items(item: &Shape, nodes: &[Node], what: &str, diagnostics: &mut Diagnostics) -> Option<Vec<Value>> {
    // All are read, so that the mistakes in each are told.
    let items: Vec<Option<Value>> = nodes.iter().map(|node| value(item, node, what, diagnostics)).collect();
    items.into_iter().collect()
}

/// Lays `entries` over what `parts`, of this shape, has: a map over a map part by part, all else in its place, and
/// nothing (`null`) takes away. A policy is replaced whole. False after a mistake.
pub(super) fn merge(
    shape: &Shape,
    parts: &mut Value,
    entries: &[Entry],
    what: &str,
    diagnostics: &mut Diagnostics,
) -> bool {
    if !matches!(parts, Value::Map(_)) {
        *parts = Value::Map(BTreeMap::new());
    }
    let Value::Map(parts) = parts else { return false };
    let mut right = true;
    for entry in entries {
        let shape = match shape {
            Shape::Struct(fields) => match fields.iter().find(|field| field.name == entry.key) {
                Some(field) => &field.shape,
                None => {
                    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
                    unknown(entry, what, &entry.key, &names, diagnostics);
                    right = false;
                    continue;
                }
            },
            Shape::Map(item) => item.as_ref(),
            _ => return false,
        };
        let inner = format!("`{}`", entry.key);
        match (&entry.value.content, shape) {
            (Content::Map(entries), Shape::Struct(_) | Shape::Map(_)) => {
                let part = parts.entry(entry.key.clone()).or_insert(Value::Absent);
                right &= merge(shape, part, entries, &inner, diagnostics);
            }
            _ => match value(shape, &entry.value, &inner, diagnostics) {
                Some(Value::Absent) => drop(parts.remove(&entry.key)),
                Some(value) => drop(parts.insert(entry.key.clone(), value)),
                None => right = false,
            },
        }
    }
    right
}

/// Marks the part of `value`, of this shape, at `path` as not read. Names and positions in lists, counted from 0, have
/// dots between.
///
/// # Errors
/// Why there is no such part.
pub(super) fn hide(value: &mut Value, shape: &Shape, path: &str, gap: Gap) -> Result<(), String> {
    if path.is_empty() {
        *value = Value::Unread(Box::new(gap));
        return Ok(());
    }
    let after = |name: &str| match path.strip_prefix(name)? {
        "" => Some(String::new()),
        rest => rest.strip_prefix('.').map(str::to_owned),
    };
    match shape {
        Shape::Struct(fields) => {
            let Some((field, rest)) = fields.iter().find_map(|field| Some((field, after(&field.name)?))) else {
                return Err(no_field(fields, path));
            };
            let part = part(value, &field.name);
            hide(part, &field.shape, &rest, gap)
        }
        Shape::Map(item) => {
            // A key may have dots in it.
            let known = match &*value {
                Value::Map(parts) => parts.keys().find_map(|key| Some((key.clone(), after(key)?))),
                _ => None,
            };
            let (key, rest) = known.unwrap_or_else(|| (path.to_owned(), String::new()));
            hide(part(value, &key), item, &rest, gap)
        }
        Shape::List(item) | Shape::Set(item) => {
            let (at, rest) = path.split_once('.').unwrap_or((path, ""));
            let (Value::List(items) | Value::Set(items)) = value else { return Err(format!("no item {at} is there")) };
            let found = at.parse::<usize>().ok().and_then(|at| items.get_mut(at));
            hide(found.ok_or_else(|| format!("no item {at} is there; items count from 0"))?, item, rest, gap)
        }
        _ => Err(format!("`{path}` is no part of {}", shape.noun())),
    }
}

fn no_field(fields: &[Field], path: &str) -> String {
    let name = path.split('.').next().unwrap_or(path);
    let names = fields.iter().map(|field| field.name.as_str());
    match crate::rules::closest(name, names) {
        Some(close) => format!("there is no property `{name}`; did you mean `{close}`?"),
        None => format!("there is no property `{name}`"),
    }
}

fn part<'v>(value: &'v mut Value, name: &str) -> &'v mut Value {
    if !matches!(value, Value::Map(_)) {
        *value = Value::Map(BTreeMap::new());
    }
    let Value::Map(parts) = value else { unreachable!("it was made a map") };
    parts.entry(name.to_owned()).or_insert(Value::Absent)
}

/// A policy document as JSON. Every scalar is a text: IAM takes `"true"` for `true` and `"3"` for `3`, and an account
/// number is one with its leading zeros.
fn json(node: &Node) -> Json {
    match &node.content {
        Content::Scalar { .. } => node.text().map_or(Json::Null, |text| Json::String(text.to_owned())),
        Content::List(items) => Json::Array(items.iter().map(json).collect()),
        Content::Map(entries) => {
            Json::Object(entries.iter().map(|entry| (entry.key.clone(), json(&entry.value))).collect())
        }
    }
}

/// Whether `text` begins with a day, and goes on with a time if it goes on.
fn is_time(text: &str) -> bool {
    let day = text.bytes().zip(*b"0000-00-00").filter(|(b, s)| if *s == b'0' { b.is_ascii_digit() } else { b == s });
    day.count() == 10 && (text.len() == 10 || (text.as_bytes()[10] == b'T' && text.ends_with('Z')))
}

#[cfg(test)]
mod tests {
    use super::is_time;

    #[test]
    fn times_are_told_from_other_texts() {
        for (text, right) in [
            ("2026-11-23", true),
            ("2026-11-23T08:44:00.000Z", true),
            ("2026-11-23 08:44", false),
            ("yesterday", false),
            ("2026-11", false),
            ("", false),
            ("2026-11-2€", false),
        ] {
            assert_eq!(is_time(text), right, "{text}");
        }
    }
}
