//! From a table to a function: a trigger reads the table's stream, with the permissions of the function's role.

use super::Edge;
use super::concurrency;
use super::link::{Link, arn, read, settings, text};
use super::permission::{self, Actor};
use super::trigger::{self, Trigger};
use crate::model::{Resource, Value};

pub(super) fn links(edge: &Edge<'_>) -> Vec<Link> {
    let table = &edge.from.name;
    let streams = format!("{}/stream/", arn(edge.from));
    let mut links = vec![on(edge)];
    links.extend(settings("view", edge.stream, |field| match edge.from.properties.get("StreamSpecification") {
        Value::Unread(gap) => Value::Unread(gap.clone()),
        stream => stream.get(field).clone(),
    }));
    let latest = text(&edge.from.properties, &["StreamArn"]);
    let declared;
    let mapping = match trigger::of(edge, |source| source.starts_with(&streams)) {
        Trigger::Not(link) => {
            links.push(link);
            None
        }
        Trigger::Declared(mapping) => Some(mapping),
        Trigger::Found(mapping, link) => {
            links.push(link);
            // Of several, the one that reads the latest stream is meant.
            declared = newest(edge, mapping, latest.as_ref().ok().and_then(Option::as_deref));
            Some(declared)
        }
    };
    if let Some(mapping) = mapping {
        links.push(label(edge, mapping));
        links.extend(trigger::links(edge, mapping));
    }
    match permission::of_function(edge, edge.to) {
        Actor::Not(link) => links.push(*link),
        Actor::Known(role, gathered) => {
            links.push(permission::trust(edge.reach, role, "lambda.amazonaws.com"));
            let stream = match latest {
                Ok(Some(stream)) => stream,
                // Without a stream: whether it could read one that is made.
                _ => format!("{streams}2000-01-01T00:00:00.000"),
            };
            let reads = &edge.flow.actions;
            let actor = (role, &*gathered);
            let mut link =
                permission::may(edge.reach, actor, reads, (&stream, &format!("the stream of {table}")), || Ok(None));
            let lists =
                permission::may(edge.reach, actor, &["dynamodb:ListStreams".to_owned()], ("*", "*"), || Ok(None));
            if lists.verdict == Some(crate::model::Verdict::Fail) && link.verdict == Some(crate::model::Verdict::Pass) {
                link.found.push_str("; dynamodb:ListStreams is not allowed, which AWS's own policy for such functions has and the trigger does without");
            }
            links.push(link);
            let why = format!("a stream may carry a policy of its own, and that of the stream of {table} is not read");
            links.push(Link::not_checked("policy", why));
        }
    }
    links.extend(concurrency::of(edge));
    links
}

/// The mapping that reads the stream with the ARN `latest`, if there is one beside the one that was found.
fn newest<'a>(edge: &Edge<'a>, found: &'a Resource, latest: Option<&str>) -> &'a Resource {
    let function = text(&found.properties, &["FunctionArn"]);
    let all = edge.reach.listed(crate::model::MAPPING, &edge.to.region).iter().copied();
    let mut newest = all.filter(|mapping| {
        text(&mapping.properties, &["EventSourceArn"]).ok().flatten().as_deref() == latest
            && text(&mapping.properties, &["FunctionArn"]) == function
    });
    if latest.is_some() { newest.next().unwrap_or(found) } else { found }
}

/// That the table has a stream that is on.
fn on(edge: &Edge<'_>) -> Link {
    let wanted = format!("the stream of {} is on", edge.from.name);
    let view = match text(&edge.from.properties, &["StreamSpecification", "StreamViewType"]) {
        Ok(Some(view)) => format!(", with {view}"),
        _ => String::new(),
    };
    let enabled = read(&edge.from.properties, &["StreamSpecification", "StreamEnabled"]);
    match (read(&edge.from.properties, &["StreamSpecification"]), enabled) {
        (Err(gap), _) | (_, Err(gap)) => Link::unread("stream", wanted, gap),
        (Ok(None), _) if text(&edge.from.properties, &["StreamArn"]).is_ok_and(|latest| latest.is_some()) => {
            Link::fail("stream", wanted, "the stream was turned off")
        }
        (Ok(None), _) => Link::fail("stream", wanted, "the table has no stream"),
        (_, Ok(Some(Value::Bool(false)))) => Link::fail("stream", wanted, "the stream was turned off"),
        (Ok(Some(_)), _) => Link::pass("stream", wanted, format!("it is on{view}")),
    }
}

/// That the trigger reads the table's latest stream: one that was made before the stream was turned off and on again
/// reads the old one, which ends.
fn label(edge: &Edge<'_>, mapping: &Resource) -> Link {
    let wanted = format!("the trigger reads the latest stream of {}", edge.from.name);
    let (source, latest) =
        (text(&mapping.properties, &["EventSourceArn"]), text(&edge.from.properties, &["StreamArn"]));
    let link = match (source, latest) {
        (Err(gap), _) | (_, Err(gap)) => Link::unread("label", wanted, gap),
        (Ok(Some(source)), Ok(Some(latest))) if source == latest => Link::pass("label", wanted, source),
        (Ok(Some(source)), Ok(Some(latest))) => {
            let of = |arn: &str| arn.rsplit("/stream/").next().unwrap_or(arn).to_owned();
            let found = format!(
                "it reads the stream {}, and the latest is {}: the stream was turned off and on again after the trigger was made",
                of(&source),
                of(&latest)
            );
            Link::fail("label", wanted, found)
        }
        (Ok(Some(source)), Ok(None)) => {
            Link::fail("label", wanted, format!("it reads {source}, and the table has no stream"))
        }
        (Ok(None), _) => Link::fail("label", wanted, "it reads nothing"),
    };
    link.resting_on(&mapping.calls)
}
