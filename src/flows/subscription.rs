//! Links about the subscription between a topic and what it delivers to: it is there, it is confirmed, what it lets
//! through, its settings.

use super::Edge;
use super::link::{Link, arn, read, settings, text};
use crate::model::{Gap, Resource, SUBSCRIPTION, Value};

/// The subscription of a flow, or the link that says why there is none.
pub(super) enum Wire<'a> {
    /// It is declared, so that its own rule says that it is there.
    Declared(&'a Resource),
    Found(&'a Resource, Link),
    Not(Link),
}

/// The subscription of the topic with this protocol to the ARN of the other end.
pub(super) fn of<'a>(edge: &Edge<'a>, protocol: &str) -> Wire<'a> {
    if let Some(declared) = edge.wire {
        return Wire::Declared(declared);
    }
    let (topic, endpoint) = (arn(edge.from), arn(edge.to));
    let wanted = format!("a subscription of {} to {}", edge.to.name, edge.from.name);
    let (mut found, mut gaps): (Vec<&Resource>, Vec<&Gap>) = (Vec::new(), Vec::new());
    let mut others = Vec::new();
    for subscription in edge.reach.listed(SUBSCRIPTION, &edge.from.region).iter().copied() {
        let part = |field| text(&subscription.properties, &[field]);
        match (part("TopicArn"), part("Endpoint"), part("Protocol")) {
            (Ok(Some(of)), Ok(Some(to)), Ok(Some(by))) => match (of == topic, to == endpoint) {
                (true, true) if by == protocol => found.push(subscription),
                (true, true) => others.push(format!("one is of the protocol {by}, which does not reach it")),
                (false, true) => others.push(format!("{} is subscribed to {of}", edge.to.name)),
                _ => {}
            },
            // A redacted address is no ARN.
            (Ok(Some(of)), Err(_), Ok(Some(by))) if of != topic || by != protocol => {}
            (Err(gap), ..) | (_, Err(gap), _) | (_, _, Err(gap)) => gaps.push(gap),
            _ => {}
        }
    }
    found.sort_by_key(|subscription| (is_confirmed(subscription) != Ok(true), subscription.id.clone()));
    if let Some(subscription) = found.first() {
        let link = Link::pass("wire", wanted, subscription.id.clone()).resting_on(&subscription.calls);
        return Wire::Found(subscription, link);
    }
    let parents = [edge.from];
    let (calls, unlisted) = edge.reach.lists(SUBSCRIPTION, &edge.from.region, Some(&parents));
    if let Some(gap) = gaps.into_iter().next().or(unlisted.first()) {
        return Wire::Not(Link::unread("wire", wanted, gap));
    }
    let mut words = vec!["there is none".to_owned()];
    words.extend(others.into_iter().take(1));
    Wire::Not(Link::fail("wire", wanted, words.join("; ")).resting_on(&calls))
}

/// Whether it was confirmed and is not deleted.
fn is_confirmed(subscription: &Resource) -> Result<bool, Option<&Gap>> {
    let pending = read(&subscription.properties, &["PendingConfirmation"]);
    match (pending, read(&subscription.properties, &["Deleted"])) {
        (Ok(Some(Value::Bool(true))), _) | (_, Ok(Some(Value::Bool(true)))) => Ok(false),
        (Err(gap), _) | (_, Err(gap)) => Err(Some(gap)),
        (Ok(Some(Value::Bool(false))), Ok(_)) => Ok(true),
        _ => Err(None),
    }
}

/// That the subscription was confirmed.
pub(super) fn confirmed(subscription: &Resource) -> Link {
    let wanted = "the subscription is confirmed";
    let link = match is_confirmed(subscription) {
        Ok(true) => Link::pass("confirmed", wanted, "it is"),
        Ok(false) if *subscription.properties.get("Deleted") == Value::Bool(true) => {
            Link::fail("confirmed", wanted, "it was deleted, as by the link at the end of each message")
        }
        Ok(false) => Link::fail("confirmed", wanted, "it waits for the link in the confirmation message to be opened"),
        Err(Some(gap)) => Link::unread("confirmed", wanted, gap),
        Err(None) => Link::unclear("confirmed", wanted, "it says neither that it is nor that it waits"),
    };
    link.resting_on(&subscription.calls)
}

/// That no filter keeps messages back, unless the rule states one.
pub(super) fn filter(edge: &Edge<'_>, subscription: &Resource) -> Option<Link> {
    // What is not confirmed has no filter that could be read, and nothing passes it anyway.
    let stated = edge.settings.iter().any(|(field, _)| field == "FilterPolicy");
    if stated || is_confirmed(subscription) == Ok(false) {
        return None;
    }
    let wanted = "every message is delivered";
    let link = match read(&subscription.properties, &["FilterPolicy"]) {
        Err(gap) => Link::unread("filter", wanted, gap),
        Ok(Some(filter)) if !is_empty(filter) => {
            let text = match filter {
                Value::Policy(text) => text.clone(),
                other => other.to_string(),
            };
            Link::fail("filter", wanted, format!("only messages that the filter policy takes are: {text}"))
        }
        Ok(_) => Link::pass("filter", wanted, "there is no filter policy"),
    };
    Some(link.resting_on(&subscription.calls))
}

fn is_empty(filter: &Value) -> bool {
    match filter {
        Value::Text(text) | Value::Policy(text) => matches!(text.trim(), "" | "{}" | "null"),
        Value::Map(parts) => parts.values().all(|part| *part == Value::Absent),
        _ => false,
    }
}

/// The settings that the rule states.
pub(super) fn settings_of(edge: &Edge<'_>, subscription: &Resource) -> Option<Link> {
    let link = settings("settings", edge.settings, |field| subscription.properties.get(field).clone())?;
    Some(link.resting_on(&subscription.calls))
}

/// The links that every subscription has.
pub(super) fn links(edge: &Edge<'_>, protocol: &str) -> Vec<Link> {
    let (mut links, subscription) = match of(edge, protocol) {
        Wire::Not(link) => return vec![link],
        Wire::Declared(subscription) => (Vec::new(), subscription),
        Wire::Found(subscription, link) => (vec![link], subscription),
    };
    links.push(confirmed(subscription));
    links.extend(filter(edge, subscription));
    links.extend(settings_of(edge, subscription));
    links
}
