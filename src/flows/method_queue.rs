//! From a method to a queue: an integration of type AWS sends what is posted to SQS, as a role or let in by the queue.

use super::Edge;
use super::link::{Link, arn, text};
use super::message::{self, Part};
use super::method;
use super::permission::{self, Actor};
use super::uri::{Goes, of_queue};
use crate::model::Value;
use crate::reach::policy_in;

pub(super) fn links(edge: &Edge<'_>) -> Vec<Link> {
    let integration = match method::integration(edge) {
        Ok(integration) => integration,
        Err(link) => return vec![*link],
    };
    let queue = arn(edge.to);
    let mut links = vec![method::kind(integration, &["AWS"])];
    let (uri, goes) = uri(edge, integration, &queue);
    links.push(uri);
    links.push(method::posts(integration));
    links.extend(request(integration, &queue, goes));
    let (role, actor) = method::credentials(edge, integration, true);
    links.extend(role);
    if let Some(Actor::Known(role, gathered)) = actor {
        links.push(permission::trust(edge.reach, role, "apigateway.amazonaws.com"));
        let policy = || policy_in(edge.to.properties.get("Policy"), "the queue policy");
        let send = &edge.flow.actions;
        links.push(permission::may(edge.reach, (role, &gathered), send, (&queue, &edge.to.name), policy));
        links.extend(permission::key(edge.reach, (role, &gathered), edge.flow.mechanism.on_key, edge.to));
    }
    links
}

/// That the URI is the queue's; and what it leaves to the request to say.
fn uri(edge: &Edge<'_>, integration: &Value, queue: &str) -> (Link, Goes) {
    let wanted = format!("the integration's URI goes to {}", edge.to.name);
    let uri = match text(integration, &["Uri"]) {
        Ok(Some(uri)) => uri,
        Ok(None) => return (Link::fail("uri", wanted, "it has none"), Goes::Right),
        Err(gap) => return (Link::unread("uri", wanted, gap), Goes::Right),
    };
    let goes = of_queue(&uri, queue);
    let link = match &goes {
        Goes::Right => Link::pass("uri", wanted, uri.clone()),
        Goes::ServiceAlone => Link::pass("uri", wanted, format!("{uri}, and the request says which queue")),
        Goes::Wrong(words) => Link::fail("uri", wanted, words.clone()),
        Goes::Unknown(why) => Link::unclear("uri", wanted, why.clone()),
    };
    (link, goes)
}

/// The header and the template.
fn request(integration: &Value, queue: &str, goes: Goes) -> [Link; 2] {
    let of = |name: &'static str, wanted: &str, part: Part| match part {
        Part::Right(found) => Link::pass(name, wanted, found),
        Part::Wrong(found) => Link::fail(name, wanted, found),
        Part::Unknown(why) => Link::unclear(name, wanted, why),
    };
    let header = "the header Content-Type is mapped from 'application/x-www-form-urlencoded'";
    let template = "the mapping template for application/json is Action=SendMessage&MessageBody=$input.body";
    let parameters = match method::texts(integration, "RequestParameters") {
        Ok(parameters) => parameters,
        Err(gap) => return [Link::unread("header", header, gap), Link::unread("template", template, gap)],
    };
    // The URI may hold the action, or leave it to the template.
    let uri = text(integration, &["Uri"]);
    let has_action = matches!(&uri, Ok(Some(uri)) if uri.contains(":action/SendMessage"));
    match uri.and_then(|_| method::texts(integration, "RequestTemplates")) {
        Ok(templates) => {
            let json = templates.get("application/json").map(String::as_str);
            let form = message::template(&templates, &parameters, queue, goes == Goes::ServiceAlone, has_action);
            [of("header", header, message::header(&parameters, json)), of("template", template, form)]
        }
        Err(gap) => [of("header", header, message::header(&parameters, None)), Link::unread("template", template, gap)],
    }
}
