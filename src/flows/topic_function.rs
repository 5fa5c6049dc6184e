//! From a topic to a function: a subscription, and a function policy that lets SNS invoke it for this topic.

use super::link::{Link, arn};
use super::permission::{said, service_may};
use super::{Edge, concurrency, subscription};

pub(super) fn links(edge: &Edge<'_>) -> Vec<Link> {
    const INVOKE: &str = "lambda:InvokeFunction";
    let mut links = subscription::links(edge, "lambda");
    let topic = arn(edge.from);
    let wanted = format!("sns.amazonaws.com may {INVOKE} on {} for {}", edge.to.name, edge.from.name);
    let answer = service_may(edge, "sns.amazonaws.com", INVOKE, &topic, ("Policy", "the function policy"));
    links.push(said("permission", wanted, vec![answer], &[INVOKE.to_owned()]));
    links.extend(concurrency::of(edge));
    links
}
