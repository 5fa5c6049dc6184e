//! Values of properties as the AWS CLI takes them.

use crate::iam::Policy;
use crate::model::Value;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// A value as JSON; what is absent is left out.
///
/// # Errors
/// If a part of it was not read, or is known only once the commands ran.
pub(super) fn json(value: &Value) -> Result<Json, String> {
    Ok(match value {
        Value::Absent => Json::Null,
        Value::Unread(gap) => return Err(format!("a part of the value is not known: {}", gap.reason)),
        Value::Bool(value) => (*value).into(),
        Value::Number(value) => (*value).into(),
        Value::Text(_) | Value::Arn(_) => {
            let text = value.as_text().unwrap_or_default();
            if super::is_pending(&text) {
                return Err("it needs a value that is known only once the commands ran".to_owned());
            }
            text.into()
        }
        Value::Policy(text) => document(text)?.into(),
        Value::List(items) => items.iter().map(json).collect::<Result<_, _>>()?,
        Value::Set(items) => {
            let mut items: Vec<Json> = items.iter().map(json).collect::<Result<_, _>>()?;
            items.sort_by_key(ToString::to_string);
            items.into()
        }
        Value::Map(parts) => {
            let mut map = Map::new();
            for (name, part) in parts.iter().filter(|(_, part)| **part != Value::Absent) {
                map.insert(name.clone(), json(part)?);
            }
            map.into()
        }
    })
}

/// A value as the text of an attribute: numbers and yes or no in words, documents and structures as JSON.
pub(super) fn attribute(value: &Value) -> Result<String, String> {
    Ok(match json(value)? {
        Json::Null => String::new(),
        Json::String(text) => text,
        other => other.to_string(),
    })
}

/// A policy document on one line, with its elements in AWS's order.
pub(super) fn document(text: &str) -> Result<String, String> {
    Policy::parse(text).map(|policy| one_line(&policy)).map_err(|why| format!("the policy cannot be understood: {why}"))
}

/// A policy on one line.
pub(super) fn one_line(policy: &Policy) -> String {
    let version = match policy.version {
        crate::iam::document::Version::V2008 => "2008-10-17",
        crate::iam::document::Version::V2012 => "2012-10-17",
    };
    let id = policy.id.as_ref().map_or_else(String::new, |id| format!("\"Id\": {}, ", Json::from(id.as_str())));
    let statements: Vec<String> = policy.statements.iter().map(crate::iam::Statement::to_json_line).collect();
    let text = format!("{{\"Version\": \"{version}\", {id}\"Statement\": [{}]}}", statements.join(", "));
    crate::fix::quote::escaped(&text)
}

/// The texts in a list or set, in order.
pub(super) fn texts(value: &Value) -> Vec<String> {
    let mut texts: Vec<String> = match value {
        Value::List(items) => return items.iter().filter_map(Value::as_text).collect(),
        Value::Set(items) => items.iter().filter_map(Value::as_text).collect(),
        _ => Vec::new(),
    };
    texts.sort();
    texts
}

/// What two maps of texts differ in: what is to be set, and the keys that are to go.
pub(super) fn tags(from: &Value, to: &Value) -> (BTreeMap<String, String>, Vec<String>) {
    let of = |value: &Value| -> BTreeMap<String, String> {
        match value {
            Value::Map(parts) => parts.iter().filter_map(|(k, v)| Some((k.clone(), v.as_text()?))).collect(),
            _ => BTreeMap::new(),
        }
    };
    let (from, to) = (of(from), of(to));
    let set = to.iter().filter(|(key, value)| from.get(*key) != Some(value));
    let set = set.map(|(key, value)| (key.clone(), value.clone())).collect();
    (set, from.into_keys().filter(|key| !to.contains_key(key)).collect())
}
