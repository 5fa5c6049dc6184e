//! Takes out of an account what a test put in, through the API.
//!
//! For moto, whose own reset builds the 1,582 policies of AWS anew and takes seconds. Knows roles, users, groups,
//! customer managed policies and queues.

use super::lab::{self, Lab};
use aws_sdk_iam::types::PolicyScopeType;
use aws_smithy_types::error::display::DisplayErrorContext;
use std::error::Error;

/// Deletes every role, user, group and customer managed policy of the account of `lab`, and its queues in `regions`.
///
/// # Panics
/// When the server refuses a call.
pub(crate) async fn clear(lab: &Lab, regions: &[&str]) {
    let iam = &lab.iam;
    for role in done(iam.list_roles().send().await).roles() {
        let name = role.role_name();
        for policy in done(iam.list_attached_role_policies().role_name(name).send().await).attached_policies() {
            let arn = policy.policy_arn().unwrap_or_default();
            done(iam.detach_role_policy().role_name(name).policy_arn(arn).send().await);
        }
        for policy in done(iam.list_role_policies().role_name(name).send().await).policy_names() {
            done(iam.delete_role_policy().role_name(name).policy_name(policy).send().await);
        }
        done(iam.delete_role().role_name(name).send().await);
    }
    for user in done(iam.list_users().send().await).users() {
        let name = user.user_name();
        for policy in done(iam.list_attached_user_policies().user_name(name).send().await).attached_policies() {
            let arn = policy.policy_arn().unwrap_or_default();
            done(iam.detach_user_policy().user_name(name).policy_arn(arn).send().await);
        }
        for policy in done(iam.list_user_policies().user_name(name).send().await).policy_names() {
            done(iam.delete_user_policy().user_name(name).policy_name(policy).send().await);
        }
        for group in done(iam.list_groups_for_user().user_name(name).send().await).groups() {
            done(iam.remove_user_from_group().user_name(name).group_name(group.group_name()).send().await);
        }
        done(iam.delete_user().user_name(name).send().await);
    }
    for group in done(iam.list_groups().send().await).groups() {
        let name = group.group_name();
        for policy in done(iam.list_attached_group_policies().group_name(name).send().await).attached_policies() {
            let arn = policy.policy_arn().unwrap_or_default();
            done(iam.detach_group_policy().group_name(name).policy_arn(arn).send().await);
        }
        for policy in done(iam.list_group_policies().group_name(name).send().await).policy_names() {
            done(iam.delete_group_policy().group_name(name).policy_name(policy).send().await);
        }
        done(iam.delete_group().group_name(name).send().await);
    }
    for policy in done(iam.list_policies().scope(PolicyScopeType::Local).send().await).policies() {
        let arn = policy.arn().unwrap_or_default();
        for version in done(iam.list_policy_versions().policy_arn(arn).send().await).versions() {
            if !version.is_default_version() {
                let id = version.version_id().unwrap_or_default();
                done(iam.delete_policy_version().policy_arn(arn).version_id(id).send().await);
            }
        }
        done(iam.delete_policy().policy_arn(arn).send().await);
    }
    for region in regions {
        let sqs = lab::sqs(&lab::config(&lab.endpoint, region, lab::administrator("test")));
        for url in done(sqs.list_queues().send().await).queue_urls() {
            done(sqs.delete_queue().queue_url(url).send().await);
        }
    }
}

fn done<T, E: Error>(answer: Result<T, E>) -> T {
    answer.unwrap_or_else(|error| panic!("cannot clear the account: {}", DisplayErrorContext(&error)))
}
