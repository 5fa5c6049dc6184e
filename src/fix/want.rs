//! The value that a pattern asks for: the one it names, or the nearest to what was found.
//!
//! Where a pattern leaves the choice among values that nobody can guess, that is said, and no value is made up.

use super::model::arn_or_text;
use crate::model::{Shape, Truth, Value};
use crate::reach::judge;
use crate::rules::{Bound, Bounds, Pattern, glob};
use std::collections::BTreeMap;

/// The value that is like the bound `pattern`, where `found` is what there is.
///
/// # Errors
/// Why there is no saying which.
pub(super) fn want(pattern: &Pattern, shape: &Shape, found: &Value) -> Result<Value, String> {
    match judge(pattern, found) {
        Truth::True => return Ok(found.clone()),
        Truth::Unknown if matches!(found, Value::Unread(_)) => return Err("what there is was not read".to_owned()),
        _ => {}
    }
    let choice = || format!("the rule allows {pattern}: which of it is for a person to choose");
    Ok(match pattern {
        Pattern::Bool(value) => Value::Bool(*value),
        Pattern::Number(value) => Value::Number(*value),
        Pattern::Text(text) => Value::Text(text.to_string()),
        Pattern::Arn(arn) => arn_or_text(&arn.to_string()),
        Pattern::Absent => Value::Absent,
        Pattern::Min(Bound::Number(number)) | Pattern::Max(Bound::Number(number)) => Value::Number(*number),
        Pattern::OneOf(patterns) => {
            let mut fitting = patterns.iter().filter_map(|pattern| want(pattern, shape, found).ok());
            fitting.next().ok_or_else(choice)?
        }
        Pattern::Like(template) => {
            let text = template.to_string();
            let literal = !text.contains(['*', '?']) && glob(template).matches(&text);
            if literal { Value::Text(text) } else { return Err(choice()) }
        }
        Pattern::All(patterns) => {
            let mut value = found.clone();
            for pattern in patterns {
                value = want(pattern, shape, &value)?;
            }
            value
        }
        Pattern::Fields { fields, exact } => {
            let mut parts = match found {
                Value::Map(parts) => parts.clone(),
                _ => BTreeMap::new(),
            };
            if *exact {
                parts.retain(|name, _| fields.iter().any(|(field, _)| field == name));
            }
            for (name, pattern) in fields {
                let value = want(pattern, inner(shape, name), parts.get(name).unwrap_or(&Value::Absent))?;
                parts.insert(name.clone(), value);
            }
            Value::Map(parts)
        }
        Pattern::Items(patterns) => {
            let items = found_items(found);
            let item = item_shape(shape);
            let like = |pattern: &Pattern| items.iter().find(|item| judge(pattern, item) == Truth::True).cloned();
            let wanted =
                patterns.iter().map(|pattern| like(pattern).map_or_else(|| want(pattern, item, &Value::Absent), Ok));
            listed(shape, wanted.collect::<Result<_, _>>()?)
        }
        Pattern::Contains(patterns) => {
            let mut items = found_items(found);
            for pattern in patterns {
                if !items.iter().any(|item| judge(pattern, item) == Truth::True) {
                    items.push(want(pattern, item_shape(shape), &Value::Absent)?);
                }
            }
            listed(shape, items)
        }
        Pattern::Not(unwanted) => match (&**unwanted, found) {
            (Pattern::Bool(value), _) => Value::Bool(!value),
            (Pattern::Contains(patterns), Value::List(_) | Value::Set(_)) => {
                let unwanted = |item: &Value| patterns.iter().any(|pattern| judge(pattern, item) == Truth::True);
                listed(shape, found_items(found).into_iter().filter(|item| !unwanted(item)).collect())
            }
            (Pattern::Present, _) => Value::Absent,
            (Pattern::Not(pattern), _) => want(pattern, shape, found)?,
            _ => return Err(choice()),
        },
        Pattern::Policy(bounds) => document(bounds)?,
        Pattern::Present | Pattern::Time(_) | Pattern::Min(_) | Pattern::Max(_) => return Err(choice()),
    })
}

/// The document of `bounds`: the one that is asked for exactly, else the floor, else the ceiling.
pub(super) fn document(bounds: &Bounds<crate::rules::Expected>) -> Result<Value, String> {
    let (_, expected) = bounds.iter().next().ok_or("the rule names no document")?;
    let policy = expected.policy().map_err(|why| format!("{expected}: {why}"))?;
    Ok(Value::Policy(policy.to_json()))
}

fn found_items(found: &Value) -> Vec<Value> {
    match found {
        Value::List(items) | Value::Set(items) => items.clone(),
        _ => Vec::new(),
    }
}

fn listed(shape: &Shape, items: Vec<Value>) -> Value {
    if matches!(shape, Shape::Set(_)) { Value::Set(items) } else { Value::List(items) }
}

fn item_shape(shape: &Shape) -> &Shape {
    match shape {
        Shape::List(item) | Shape::Set(item) => item,
        _ => &Shape::Text,
    }
}

/// The shape of the part called `name`.
fn inner<'s>(shape: &'s Shape, name: &str) -> &'s Shape {
    match shape {
        Shape::Struct(fields) => {
            fields.iter().find(|field| field.name == name).map_or(&Shape::Text, |field| &field.shape)
        }
        Shape::Map(item) => item,
        _ => &Shape::Text,
    }
}
