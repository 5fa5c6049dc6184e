//! What the SAM transform makes of a template.

use super::build::Resource;
use super::node::Node;
use crate::intent::Left;
use crate::rules::Diagnostics;

/// A template after the transform.
pub(super) struct Expanded {
    pub(super) resources: Vec<Resource>,
    pub(super) left: Vec<Left>,
}

pub(super) fn expand(_root: &Node, resources: Vec<Resource>, _diagnostics: &mut Diagnostics) -> Expanded {
    Expanded { resources, left: Vec::new() }
}
