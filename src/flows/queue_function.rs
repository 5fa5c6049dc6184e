//! From a queue to a function: a trigger polls the queue, with the permissions of the function's role.

use super::Edge;
use super::concurrency;
use super::link::{Link, arn, read};
use super::permission::{self, Actor};
use super::trigger::{self, Trigger};
use crate::model::Value;
use crate::reach::policy_in;

pub(super) fn links(edge: &Edge<'_>) -> Vec<Link> {
    let queue = arn(edge.from);
    let mut links = Vec::new();
    match trigger::of(edge, |source| source == queue) {
        Trigger::Not(link) => links.push(link),
        Trigger::Declared(mapping) => links.extend(trigger::links(edge, mapping)),
        Trigger::Found(mapping, link) => {
            links.push(link);
            links.extend(trigger::links(edge, mapping));
        }
    }
    match permission::of_function(edge, edge.to) {
        Actor::Not(link) => links.push(*link),
        Actor::Known(role, gathered) => {
            links.push(permission::trust(edge.reach, role, "lambda.amazonaws.com"));
            let policy = || policy_in(edge.from.properties.get("Policy"), "the queue policy");
            let polls = &edge.flow.actions;
            links.push(permission::may(edge.reach, (role, &gathered), polls, (&queue, &edge.from.name), policy));
            links.extend(permission::key(edge.reach, (role, &gathered), edge.flow.mechanism.on_key, edge.from));
        }
    }
    links.push(timeout(edge));
    links.extend(concurrency::of(edge));
    links
}

/// Lambda refuses a trigger, and a change of either side that makes it so, where a message would become visible again
/// while the function still works on it.
fn timeout(edge: &Edge<'_>) -> Link {
    let wanted = format!("{} ends within the visibility timeout of {}", edge.to.name, edge.from.name);
    let seconds = |value: Result<Option<&Value>, _>| match value {
        Ok(Some(Value::Number(seconds))) => Ok(*seconds),
        Ok(_) => Err(None),
        Err(gap) => Err(Some(gap)),
    };
    let visibility = seconds(read(&edge.from.properties, &["VisibilityTimeout"]));
    match (seconds(read(&edge.to.properties, &["Timeout"])), visibility) {
        (Ok(timeout), Ok(visibility)) => {
            let found = format!("the function's timeout is {timeout} s, the queue's visibility timeout {visibility} s");
            if timeout <= visibility {
                Link::pass("timeout", wanted, found)
            } else {
                Link::fail("timeout", wanted, found)
            }
        }
        (Err(Some(gap)), _) | (_, Err(Some(gap))) => Link::unread("timeout", wanted, gap),
        _ => Link::unclear("timeout", wanted, "one of the two has no timeout"),
    }
}
