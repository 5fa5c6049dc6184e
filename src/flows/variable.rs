//! The link about the environment variable with which a function is told its target.
//!
//! Values that are no ARN, queue URL, region or name of the architecture are never read, so that nothing can be said of
//! them; and code may name its target itself, so that no such variable says nothing either.

use super::Edge;
use super::address::differs;
use super::link::{Link, arn, read};
use super::uri::is_url_of;
use crate::model::{Arn, Resource, Value};
use std::collections::BTreeMap;

const LINK: &str = "target";

pub(super) fn target(edge: &Edge<'_>) -> Link {
    let empty = BTreeMap::new();
    let variables = match read(&edge.from.properties, &["Environment", "Variables"]) {
        Ok(Some(Value::Map(variables))) => variables,
        Ok(_) => &empty,
        Err(gap) => return Link::unread(LINK, format!("{} is given {}", edge.from.name, edge.to.name), gap),
    };
    match &edge.flow.variable {
        Some(name) => named(edge, name, variables.get(name).unwrap_or(&Value::Absent)),
        None => any(edge, variables),
    }
}

/// Whether a value is the target: its ARN, its name, or the URL of the queue.
fn is_target(value: &str, target: &Resource) -> bool {
    value == arn(target) || value == target.name || is_url_of(value, &arn(target)) == Some(true)
}

fn named(edge: &Edge<'_>, name: &str, value: &Value) -> Link {
    let wanted = format!("the variable {name} of {} says {}", edge.from.name, edge.to.name);
    match value {
        Value::Unread(gap) => Link::unread(LINK, wanted, gap),
        Value::Absent => Link::fail(LINK, wanted, "there is no such variable"),
        value => match value.as_text() {
            Some(text) if is_target(&text, edge.to) => Link::pass(LINK, wanted, text),
            Some(text) => Link::fail(LINK, wanted, other(&text, edge.to)),
            None => Link::fail(LINK, wanted, value.to_string()),
        },
    }
}

/// Where the rule names no variable, one with an ARN of the right service is taken to be meant.
fn any(edge: &Edge<'_>, variables: &BTreeMap<String, Value>) -> Link {
    let wanted = format!("the variables of {} name no other target than {}", edge.from.name, edge.to.name);
    let texts = || variables.iter().filter_map(|(name, value)| Some((name, value.as_text()?)));
    if let Some((name, text)) = texts().find(|(_, text)| is_target(text, edge.to)) {
        return Link::pass(LINK, wanted, format!("{name} is {text}"));
    }
    // A redacted value is no ARN.
    let unread = variables.values().find_map(|value| match value {
        Value::Unread(gap) if !gap.reason.is_redaction() => Some(gap),
        _ => None,
    });
    if let Some(gap) = unread {
        return Link::unread(LINK, wanted, gap);
    }
    let service = arn(edge.to).split(':').nth(2).unwrap_or_default().to_owned();
    let rival = texts().find(|(_, text)| {
        text.parse::<Arn>().is_ok_and(|arn| arn.service == service) || is_url_of(text, &arn(edge.to)) == Some(false)
    });
    match rival {
        Some((name, text)) => Link::fail(LINK, wanted, format!("{name} is {}", other(&text, edge.to))),
        None => {
            let name = &edge.from.name;
            Link::not_checked(LINK, format!("no variable of {name} says where it writes to, and its code is not read"))
        }
    }
}

/// A value that is not the target, and what it is.
fn other(text: &str, target: &Resource) -> String {
    let wanted = arn(target);
    if text.strip_prefix(&wanted).is_some_and(|rest| rest.starts_with(':')) && wanted.contains(":sns:") {
        return format!("{text}, which is the ARN of a subscription and not of the topic");
    }
    match differs(text, &wanted) {
        Some(words) if text.starts_with("arn:") => words,
        _ => format!("{text}, not {wanted}"),
    }
}
