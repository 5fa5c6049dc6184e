//! From a function to a table, a topic or a queue: its code calls the service, with the permissions of its role.
//!
//! What the code calls is not read. An environment variable may say which target it is given.

use super::link::{Link, arn};
use super::permission::{self, Actor};
use super::{Edge, variable};
use crate::model::{TABLE, TOPIC};
use crate::reach::policy_in;

pub(super) fn links(edge: &Edge<'_>) -> Vec<Link> {
    let target = arn(edge.to);
    let mut links = Vec::new();
    match permission::of_function(edge, edge.from) {
        Actor::Not(link) => links.push(*link),
        Actor::Known(role, gathered) => {
            links.push(permission::trust(edge.reach, role, "lambda.amazonaws.com"));
            let noun = match edge.to.type_name {
                TABLE => "the table policy",
                TOPIC => "the topic policy",
                _ => "the queue policy",
            };
            let policy = || policy_in(edge.to.properties.get("Policy"), noun);
            let actor = (role, &*gathered);
            links.push(permission::may(edge.reach, actor, &edge.flow.actions, (&target, &edge.to.name), policy));
            if edge.to.type_name != TABLE {
                links.extend(permission::key(edge.reach, actor, edge.flow.mechanism.on_key, edge.to));
            }
        }
    }
    links.push(variable::target(edge));
    links
}
