//! From a topic to an address: a subscription that was confirmed.

use super::link::{Link, arn, text};
use super::{Edge, address, subscription};

pub(super) fn links(edge: &Edge<'_>) -> Vec<Link> {
    let mut links = vec![topic(edge), subscription::confirmed(edge.to)];
    links.extend(subscription::filter(edge, edge.to));
    links.extend(subscription::settings_of(edge, edge.to));
    links
}

/// That it is subscribed to this topic.
fn topic(edge: &Edge<'_>) -> Link {
    let wanted = format!("it is subscribed to {}", edge.from.name);
    match text(&edge.to.properties, &["TopicArn"]) {
        Ok(Some(topic)) => match address::differs(&topic, &arn(edge.from)) {
            None => Link::pass("wire", wanted, topic),
            Some(words) => Link::fail("wire", wanted, words),
        },
        Ok(None) => Link::fail("wire", wanted, "it is subscribed to nothing"),
        Err(gap) => Link::unread("wire", wanted, gap),
    }
}
