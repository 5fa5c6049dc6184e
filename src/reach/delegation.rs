//! What a resource policy leaves to the IAM policies of the account that owns the resource.

use crate::iam::document::{PrincipalName, Version};
use crate::iam::{Effect, Policy};
use crate::model::Arn;

/// `policy` without what it leaves to the IAM policies of `account`, which owns the resource, and without the statements
/// that name nobody, which are about nobody; and the statements that leave it.
pub(crate) fn without_delegation(policy: &Policy, account: &str) -> (Policy, Vec<String>) {
    let is_root = |name: &PrincipalName| match name {
        PrincipalName::Aws(name) => {
            let root = name.parse::<Arn>();
            name == account
                || root.is_ok_and(|arn| {
                    (arn.service.as_str(), arn.account.as_str(), arn.resource.as_str()) == ("iam", account, "root")
                })
        }
        _ => false,
    };
    let mut direct = policy.clone();
    let mut delegations = Vec::new();
    direct.statements.retain_mut(|statement| match &mut statement.principal {
        Some(principals) if statement.effect == Effect::Allow && !principals.not => {
            let before = principals.values.len();
            principals.values.retain(|name| !is_root(name));
            let left = principals.values.len();
            if left < before {
                delegations.push(policy.place(statement).to_string());
            }
            left == before || left > 0
        }
        principal => principal.is_some(),
    });
    (direct, delegations)
}

/// The policy of what has none.
pub(crate) fn nothing() -> Policy {
    Policy {
        origin: Default::default(),
        version: Version::V2012,
        id: None,
        statements: Vec::new(),
        oddities: Vec::new(),
    }
}
