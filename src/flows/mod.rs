//! The edges of an architecture, each judged link by link: what stands between the two ends points at exactly the right
//! thing and is enabled, both sides are permitted, the settings agree.
//!
//! One file a pair of ends, over links that pairs share. A flow fails for what stops it; what only weakens it is no
//! matter of a flow. What lies outside of what can be read, such as the code of a function, is a link that is not
//! checked: told, and never a pass. This module knows no rule and no points.

mod address;
mod concurrency;
mod function_target;
mod link;
mod message;
mod method;
mod method_function;
mod method_queue;
mod permission;
mod queue_function;
mod stream_function;
mod subscription;
mod topic_endpoint;
mod topic_function;
mod topic_queue;
mod trigger;
mod uri;
mod variable;

use crate::model::{Hop, Resource};
use crate::reach::Reach;
use crate::rules::{Flow, Pattern};

pub(crate) use link::Link;
pub(crate) use permission::key_of;

/// A flow with the resources that it joins.
pub(crate) struct Edge<'a> {
    pub(crate) reach: &'a Reach<'a>,
    pub(crate) flow: &'a Flow,
    pub(crate) from: &'a Resource,
    pub(crate) to: &'a Resource,
    /// The role that the rule says acts.
    pub(crate) role: Option<&'a Resource>,
    /// What stands between the ends, where the rules file declares it: that it is there is said elsewhere.
    pub(crate) wire: Option<&'a Resource>,
    /// What it is to be like, bound.
    pub(crate) settings: &'a [(String, Pattern)],
    /// What the stream is to be like, bound.
    pub(crate) stream: &'a [(String, Pattern)],
}

/// The links of a flow, in the order in which what flows passes them.
pub(crate) fn links(edge: &Edge<'_>) -> Vec<Link> {
    match edge.flow.mechanism.hop {
        Hop::MethodToQueue => method_queue::links(edge),
        Hop::MethodToFunction => method_function::links(edge),
        Hop::QueueToFunction => queue_function::links(edge),
        Hop::StreamToFunction => stream_function::links(edge),
        Hop::FunctionToTarget => function_target::links(edge),
        Hop::TopicToEndpoint => topic_endpoint::links(edge),
        Hop::TopicToQueue => topic_queue::links(edge),
        Hop::TopicToFunction => topic_function::links(edge),
    }
}
