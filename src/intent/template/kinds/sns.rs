//! Topics, their policies and subscriptions.

use super::super::build::{Build, Resource};
use super::super::value::{Value, What, joined, only_text};
use super::{kind_of, named, parent};
use crate::intent::{Intended, Piece, Wanted};
use std::collections::BTreeMap;

const TOPIC: &str = "AWS::SNS::Topic";
const SUBSCRIPTION: &str = "AWS::SNS::Subscription";

pub(super) fn topic(build: &mut Build<'_>, resource: &Resource) {
    let Some(mut topic) = named(build, resource, &["Subscription", "DeliveryPolicy"]) else { return };
    if let Some(policy) = build.property(resource, "DeliveryPolicy").and_then(|value| json_text(build, &value)) {
        topic.properties.insert("DeliveryPolicy".to_owned(), policy);
    }
    build.add(resource, topic);
}

/// A policy of the topics that the property `of` names.
pub(super) fn policy(build: &mut Build<'_>, resource: &Resource, of: &str) {
    super::sqs::policy_of(build, resource, of, TOPIC);
}

/// The subscriptions that are written in a topic.
pub(super) fn subscriptions_of(build: &mut Build<'_>, resource: &Resource) {
    if build.made(&resource.key).is_none() {
        return;
    }
    let Some(value) = build.property(resource, "Subscription") else { return };
    let What::List(items) = &value.what else {
        match value.unknown() {
            Some(why) => {
                let why = why.to_owned();
                build.leave_property(resource, "Subscription", why);
            }
            None => build.wrong(&value, "Subscription", "a list of subscriptions"),
        }
        return;
    };
    for item in items {
        let (Some(protocol), Some(endpoint)) = (item.get("Protocol"), item.get("Endpoint")) else {
            let why = item.unknown().unwrap_or("a subscription has an Endpoint and a Protocol").to_owned();
            build.leave_property(resource, "Subscription", why);
            continue;
        };
        let key = build.keys.take(&format!("{}Subscription", resource.id));
        let select = select(build, &key, Some(protocol), Some(endpoint));
        let subscription = Intended {
            key,
            type_name: SUBSCRIPTION.to_owned(),
            name: None,
            of: Some(resource.key.clone()),
            select,
            properties: BTreeMap::new(),
            origin: build.origin(resource),
        };
        build.add(resource, subscription);
    }
}

pub(super) fn subscription(build: &mut Build<'_>, resource: &Resource) {
    let Some(topic) = parent(build, resource, "TopicArn", &[TOPIC]) else { return };
    let protocol = build.property(resource, "Protocol");
    let endpoint = build.property(resource, "Endpoint");
    if protocol.is_none() {
        build.missing(resource, "Protocol");
    }
    let beside = ["TopicArn", "Protocol", "Endpoint", "FilterPolicy", "DeliveryPolicy"];
    let mut properties = build.properties(resource, kind_of(SUBSCRIPTION), &beside);
    for name in ["FilterPolicy", "DeliveryPolicy"] {
        if let Some(text) = build.property(resource, name).and_then(|value| json_text(build, &value)) {
            properties.insert(name.to_owned(), text);
        }
    }
    let select = select(build, &resource.key, protocol.as_ref(), endpoint.as_ref());
    let subscription = Intended {
        key: resource.key.clone(),
        type_name: SUBSCRIPTION.to_owned(),
        name: None,
        of: Some(topic),
        select,
        properties,
        origin: build.origin(resource),
    };
    build.add(resource, subscription);
}

/// What a subscription is found by.
fn select(
    build: &mut Build<'_>,
    key: &str,
    protocol: Option<&Value>,
    endpoint: Option<&Value>,
) -> Vec<(String, Wanted)> {
    let mut select = Vec::new();
    if let Some(pieces) = protocol.and_then(Value::as_pieces) {
        select.push(("Protocol".to_owned(), Wanted::Text(pieces.to_vec())));
    }
    if let Some(pieces) = endpoint.and_then(Value::as_pieces) {
        let wanted = match (build.disclosed(pieces), pieces) {
            // An address of a person is read only where it is the value of a parameter.
            (Wanted::Unknown(_), [Piece::Text(address)]) => {
                let parameter = build.keys.take(&format!("{key}-endpoint"));
                let about = format!("where {key} delivers to");
                build.extra.push((parameter.clone(), about, address.clone()));
                Wanted::Text(vec![Piece::Reference(parameter)])
            }
            (wanted, _) => wanted,
        };
        if !matches!(wanted, Wanted::Unknown(_)) {
            select.push(("Endpoint".to_owned(), wanted));
        }
    }
    select
}

/// JSON as SNS gives it, without spaces and with its keys in order.
fn json_text(build: &mut Build<'_>, value: &Value) -> Option<Wanted> {
    if let Some(text) = value.as_pieces() {
        let whole = build.scope.literal(text).and_then(|text| serde_json::from_str(&text).ok());
        return Some(match whole {
            Some(json) => Wanted::Text(vec![Piece::Text(sorted(json).to_string())]),
            None => Wanted::Unknown("the text is no JSON whose parts are all known".to_owned()),
        });
    }
    let mut pieces = Vec::new();
    match written(value, &mut pieces) {
        Ok(()) => Some(Wanted::Text(joined(pieces))),
        Err(why) => Some(Wanted::Unknown(why)),
    }
}

fn written(value: &Value, pieces: &mut Vec<Piece>) -> Result<(), String> {
    let mut push = |text: &str| pieces.push(Piece::Text(text.to_owned()));
    match &value.what {
        What::Nothing => push("null"),
        What::Unknown(why) => return Err(why.clone()),
        What::Text { pieces: texts, plain: true } if only_text(texts).is_some_and(is_json) => {
            pieces.extend(texts.iter().cloned());
        }
        What::Text { pieces: texts, .. } => {
            push("\"");
            for piece in texts {
                match piece {
                    Piece::Text(text) => {
                        let quoted = serde_json::Value::String(text.clone()).to_string();
                        pieces.push(Piece::Text(quoted[1..quoted.len() - 1].to_owned()));
                    }
                    reference @ Piece::Reference(_) => pieces.push(reference.clone()),
                }
            }
            pieces.push(Piece::Text("\"".to_owned()));
        }
        What::List(items) => {
            push("[");
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    pieces.push(Piece::Text(",".to_owned()));
                }
                written(item, pieces)?;
            }
            pieces.push(Piece::Text("]".to_owned()));
        }
        What::Map(entries) => {
            push("{");
            let entries: BTreeMap<&String, &Value> = entries.iter().map(|(key, value)| (key, value)).collect();
            for (at, (key, value)) in entries.into_iter().enumerate() {
                let comma = if at > 0 { "," } else { "" };
                pieces.push(Piece::Text(format!("{comma}{}:", serde_json::Value::String(key.clone()))));
                written(value, pieces)?;
            }
            pieces.push(Piece::Text("}".to_owned()));
        }
    }
    Ok(())
}

/// Whether a text without quotes is a number, a yes or no, or nothing in JSON as well.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(text).is_ok_and(|json| !json.is_object() && !json.is_array())
}

fn sorted(json: serde_json::Value) -> serde_json::Value {
    match json {
        serde_json::Value::Object(members) => {
            let members: BTreeMap<_, _> = members.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            serde_json::Value::Object(members.into_iter().collect())
        }
        serde_json::Value::Array(items) => serde_json::Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}
