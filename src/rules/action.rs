//! The actions that rules and their documents name: whether AWS has them, and which of them there are.

use crate::model::OwnPolicy;

/// An action that AWS does not have.
pub(super) struct Unknown {
    /// The one that may have been meant.
    pub(super) near: Option<String>,
}

/// Checks that AWS has the action `name`, or one that it matches where it has wildcards.
pub(super) fn check(_name: &str) -> Result<(), Unknown> {
    Ok(())
}

/// Every action that AWS has for a resource with a policy of its own, such as those of `sqs:*` for a queue. `None` where
/// that is not known.
pub(super) fn every(_policy: OwnPolicy) -> Option<Vec<String>> {
    None
}
