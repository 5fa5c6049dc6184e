//! Links about the integration of a method: what kind it is, how it calls, and whose credentials it uses.

use super::Edge;
use super::address::differs;
use super::link::{Link, read, text};
use super::permission::{self, Actor};
use crate::model::{Gap, REDACTED, Value};
use std::collections::BTreeMap;

/// The integration of the method, or the one link that says why there is nothing to judge.
pub(super) fn integration<'a>(edge: &Edge<'a>) -> Result<&'a Value, Box<Link>> {
    let wanted = format!("{} has an integration", edge.from.name);
    match read(&edge.from.properties, &["Integration"]) {
        Ok(Some(integration)) => Ok(integration),
        Ok(None) => Err(Box::new(Link::fail("type", wanted, "it has none"))),
        Err(gap) => Err(Box::new(Link::unread("type", wanted, gap))),
    }
}

/// That the integration is of one of these types.
pub(super) fn kind(integration: &Value, types: &[&str]) -> Link {
    let wanted = format!("the integration type is {}", types.join(" or "));
    match text(integration, &["Type"]) {
        Ok(Some(found)) if types.contains(&found.as_str()) => Link::pass("type", wanted, found),
        Ok(Some(found)) => {
            let what = match found.as_str() {
                "MOCK" => ", which calls nothing",
                "HTTP" | "HTTP_PROXY" => ", which calls an HTTP server",
                "AWS_PROXY" => ", which calls Lambda functions alone",
                _ => "",
            };
            Link::fail("type", wanted, format!("{found}{what}"))
        }
        Ok(None) => Link::fail("type", wanted, "it has none"),
        Err(gap) => Link::unread("type", wanted, gap),
    }
}

/// That the integration calls with POST, whatever the method of the API is.
pub(super) fn posts(integration: &Value) -> Link {
    let wanted = "the integration's HTTP method is POST";
    match text(integration, &["IntegrationHttpMethod"]) {
        Ok(Some(found)) if found == "POST" => Link::pass("method", wanted, found),
        Ok(Some(found)) => Link::fail("method", wanted, found),
        Ok(None) => Link::fail("method", wanted, "it has none"),
        Err(gap) => Link::unread("method", wanted, gap),
    }
}

/// The role that the integration names, with the link that judges that it does. No link and no role if it names none and
/// need not.
pub(super) fn credentials<'a>(
    edge: &Edge<'a>,
    integration: &Value,
    required: bool,
) -> (Option<Link>, Option<Actor<'a>>) {
    let wanted = match edge.role {
        Some(role) => format!("the execution role is {}", role.name),
        None => "the integration has an execution role".to_owned(),
    };
    let stated = || edge.role.map(|role| permission::known(edge.reach, role));
    match text(integration, &["Credentials"]) {
        Err(gap) => (Some(Link::unread("role", wanted, gap)), stated()),
        Ok(None) if !required && edge.role.is_none() => (None, None),
        Ok(None) => (Some(Link::fail("role", wanted, "it has none")), stated()),
        // The caller's own.
        Ok(Some(found)) if found.contains(":user/*") => {
            let why = format!("{found}: it calls with the credentials of whoever calls the API");
            let link =
                if edge.role.is_some() { Link::fail("role", wanted, why) } else { Link::unclear("role", wanted, why) };
            (Some(link), stated())
        }
        Ok(Some(found)) => {
            let actor = permission::by_arn(edge.reach, &found);
            match (edge.role.and_then(|role| differs(&found, &role.id)), actor) {
                (Some(words), actor) => (
                    Some(Link::fail("role", wanted, words)),
                    match actor {
                        Actor::Not(_) => stated(),
                        known => Some(known),
                    },
                ),
                (None, Actor::Not(link)) => (Some(*link), None),
                (None, known) => (Some(Link::pass("role", wanted, found)), Some(known)),
            }
        }
    }
}

/// A map of texts below the integration; what was not read of it is a gap.
pub(super) fn texts<'v>(integration: &'v Value, field: &str) -> Result<BTreeMap<String, String>, &'v Gap> {
    let Some(Value::Map(parts)) = read(integration, &[field])? else { return Ok(BTreeMap::new()) };
    let mut texts = BTreeMap::new();
    for (name, value) in parts {
        match value {
            // Which constant it is was left out; that there is one was not.
            Value::Unread(gap) if gap.reason.is_redaction() => {
                texts.insert(name.clone(), format!("'{REDACTED}'"));
            }
            Value::Unread(gap) => return Err(gap),
            value => drop(value.as_text().map(|text| texts.insert(name.clone(), text))),
        }
    }
    Ok(texts)
}
