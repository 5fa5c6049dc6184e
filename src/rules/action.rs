//! The actions that rules and their documents name: whether AWS has them, and which of them there are.

use crate::iam::catalogue::Catalogue;
use crate::model::OwnPolicy;

/// An action that AWS does not have.
pub(super) struct Unknown {
    /// The one that may have been meant.
    pub(super) near: Option<String>,
}

/// The name of an action as AWS writes it, from one in any letter case.
pub(super) fn check(name: &str) -> Result<String, Unknown> {
    match Catalogue::embedded().action(name) {
        Some(action) => Ok(action.full_name()),
        None => Err(unknown(name)),
    }
}

/// Checks that AWS has actions that `pattern`, the value of an `Action` element, matches.
pub(super) fn check_pattern(pattern: &str) -> Result<(), Unknown> {
    match Catalogue::embedded().matching(pattern).next() {
        Some(_) => Ok(()),
        None => Err(unknown(pattern)),
    }
}

fn unknown(name: &str) -> Unknown {
    Unknown { near: Catalogue::embedded().near(name).map(|near| near.to_string()) }
}

/// The day as of which it is known which actions AWS has.
pub(super) fn as_of() -> &'static str {
    Catalogue::embedded().date()
}

/// Every action that can be asked of a resource that carries this policy, such as those of `sqs:*` for a queue.
pub(super) fn every(policy: OwnPolicy) -> Vec<String> {
    let service = Catalogue::embedded().service(policy.service);
    let actions = service.into_iter().flat_map(|service| service.actions());
    let on_it = actions
        .filter(|action| action.resource_types().any(|target| target.resource_type().name() == policy.resource_type));
    on_it.map(|action| action.full_name()).collect()
}

/// Whether the action called `name` can be asked of a resource of the type `resource_type`, or of none at all.
pub(super) fn may_be_asked_of(name: &str, resource_type: &str) -> bool {
    let Some(action) = Catalogue::embedded().action(name) else { return false };
    action.is_wildcard_only() || action.resource_types().any(|target| target.resource_type().name() == resource_type)
}

/// Whether AWS has a condition key of this name.
pub(super) fn is_condition_key(name: &str) -> bool {
    Catalogue::embedded().condition_key(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_of_a_resource_is_one_that_its_policy_decides() {
        let of = |service, resource_type| {
            every(OwnPolicy { field: "Policy", noun: "policy", service, resource_type, written_by: &[] })
        };
        let queue = of("sqs", "queue");
        assert!(queue.contains(&"sqs:SendMessage".to_owned()) && queue.contains(&"sqs:PurgeQueue".to_owned()));
        assert!(!queue.contains(&"sqs:ListQueues".to_owned()), "it is asked of no queue");
        assert!(of("sts", "role").contains(&"sts:AssumeRole".to_owned()));
        assert!(!of("sts", "role").contains(&"sts:GetCallerIdentity".to_owned()));
    }
}
