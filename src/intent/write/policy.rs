//! Policy documents of an intent: as the JSON text of an expected document, and as the IAM engine reads them.

use super::facts::Facts;
use super::text::written;
use crate::iam::Policy;
use crate::intent::{Piece, Wanted};
use serde_json::Value as Json;

/// How wide a list or a map in a document may be on one line.
const WIDTH: usize = 100;
/// The order in which people write the elements of a policy.
const ORDER: [&str; 12] = [
    "Version",
    "Id",
    "Statement",
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// The text of an expected document, with a newline at the end.
///
/// # Errors
/// If something in it is not known, or cannot be written.
pub(super) fn document(wanted: &Wanted) -> Result<String, String> {
    let mut text = String::new();
    write(&json(wanted, &written)?, 0, &mut text);
    text.push('\n');
    Ok(text)
}

/// The document as the IAM engine reads it, with what its references could stand for; none if it is no policy.
pub(super) fn policy(wanted: &Wanted, facts: &Facts<'_>) -> Option<Policy> {
    let json = json(wanted, &|pieces| Ok(facts.sample(pieces))).ok()?;
    Policy::parse(&json.to_string()).ok()
}

/// The statements of a document: a single one may stand without a list.
pub(super) fn statements(document: &Wanted) -> Vec<&Wanted> {
    match document {
        Wanted::Map(parts) => match parts.get("Statement") {
            Some(Wanted::List(statements)) => statements.iter().collect(),
            Some(one) => vec![one],
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// A document of these statements. A `Sid` may stand once in a document; of two that are the same, the second goes.
pub(super) fn of_statements(statements: impl IntoIterator<Item = Wanted>) -> Wanted {
    let mut list: Vec<Wanted> = Vec::new();
    let mut sids: Vec<Wanted> = Vec::new();
    for mut statement in statements {
        if let Wanted::Map(parts) = &mut statement
            && let Some(sid) = parts.get("Sid").cloned()
        {
            if sids.contains(&sid) {
                parts.remove("Sid");
            } else {
                sids.push(sid);
            }
        }
        if !list.contains(&statement) {
            list.push(statement);
        }
    }
    let version = Wanted::Text(vec![Piece::Text("2012-10-17".to_owned())]);
    Wanted::Map([("Version".to_owned(), version), ("Statement".to_owned(), Wanted::List(list))].into())
}

/// One value or several, as policies have them.
pub(super) fn one_or_more(wanted: &Wanted) -> Vec<&Wanted> {
    match wanted {
        Wanted::List(items) => items.iter().collect(),
        one => vec![one],
    }
}

/// The text of a value that has no references.
pub(super) fn literal(wanted: &Wanted) -> Option<String> {
    match wanted {
        Wanted::Text(pieces) => pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => Some(text.as_str()),
                Piece::Reference(_) => None,
            })
            .collect(),
        Wanted::Bool(value) => Some(value.to_string()),
        Wanted::Number(value) => Some(value.to_string()),
        _ => None,
    }
}

fn json(wanted: &Wanted, text: &dyn Fn(&[Piece]) -> Result<String, String>) -> Result<Json, String> {
    Ok(match wanted {
        Wanted::Bool(value) => Json::Bool(*value),
        Wanted::Number(value) => Json::from(*value),
        Wanted::Text(pieces) | Wanted::Like(pieces) => Json::String(text(pieces)?),
        Wanted::List(items) => Json::Array(items.iter().map(|item| json(item, text)).collect::<Result<_, _>>()?),
        Wanted::Map(parts) => {
            let entries = parts.iter().map(|(name, part)| Ok((name.clone(), json(part, text)?)));
            Json::Object(entries.collect::<Result<_, String>>()?)
        }
        Wanted::Unknown(why) => return Err(why.clone()),
    })
}

fn inline(json: &Json) -> String {
    match json {
        Json::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Json::Object(_) => {
            let pairs: Vec<String> =
                entries(json).iter().map(|(key, value)| format!("{}: {}", quoted(key), inline(value))).collect();
            if pairs.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", pairs.join(", ")) }
        }
        other => other.to_string(),
    }
}

fn quoted(text: &str) -> String {
    Json::String(text.to_owned()).to_string()
}

/// The entries of an object, those of policies in the order in which people write them.
fn entries(json: &Json) -> Vec<(&str, &Json)> {
    let mut entries: Vec<(&str, &Json)> =
        json.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value)).collect();
    let place = |key: &str| ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len());
    entries.sort_by(|(a, _), (b, _)| (place(a), a).cmp(&(place(b), b)));
    entries
}

fn write(json: &Json, indent: usize, to: &mut String) {
    // A statement is easier to read with its elements below each other.
    let element =
        json.as_object().is_some_and(|object| object.contains_key("Effect") || object.contains_key("Version"));
    let statements = matches!(json, Json::Array(items) if items.iter().any(Json::is_object));
    let line = inline(json);
    if !element && !statements && indent + line.chars().count() <= WIDTH {
        to.push_str(&line);
        return;
    }
    let (open, close, parts): (_, _, Vec<(Option<&str>, &Json)>) = match json {
        Json::Array(items) => ('[', ']', items.iter().map(|item| (None, item)).collect()),
        Json::Object(_) => ('{', '}', entries(json).into_iter().map(|(key, value)| (Some(key), value)).collect()),
        other => {
            to.push_str(&other.to_string());
            return;
        }
    };
    to.push(open);
    for (at, (key, value)) in parts.iter().enumerate() {
        to.push_str(if at == 0 { "\n" } else { ",\n" });
        to.push_str(&" ".repeat(indent + 2));
        if let Some(key) = key {
            to.push_str(&format!("{}: ", quoted(key)));
        }
        write(value, indent + 2, to);
    }
    to.push_str(&format!("\n{:indent$}{close}", ""));
}
