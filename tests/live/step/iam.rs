//! Changes to roles, users and managed policies.

use crate::support::lab::{self, Lab, ROLES, Role, done};
use aws_sdk_iam::types::Tag;

pub(super) async fn attach(lab: &Lab, role: &str, policy: &str) {
    done(role, lab.iam.attach_role_policy().role_name(role).policy_arn(arn(lab, policy)).send().await);
}

pub(super) async fn detach(lab: &Lab, role: &str, policy: &str) {
    done(role, lab.iam.detach_role_policy().role_name(role).policy_arn(arn(lab, policy)).send().await);
}

/// Takes a policy off the roles of the architecture and deletes it.
pub(super) async fn delete_policy(lab: &Lab, name: &str) {
    for role in ROLES.iter().filter(|role| role.policies.contains(&name)) {
        detach(lab, role.name, name).await;
    }
    done(name, lab.iam.delete_policy().policy_arn(arn(lab, name)).send().await);
}

pub(super) async fn new_policy(lab: &Lab, name: &str, path: &str, document: &str) {
    done(name, lab.iam.create_policy().policy_name(name).path(path).policy_document(document).send().await);
}

pub(super) async fn new_version(lab: &Lab, policy: &str, document: &str, in_force: bool) {
    let create = lab.iam.create_policy_version().policy_arn(arn(lab, policy)).set_as_default(in_force);
    done(policy, create.policy_document(lab.own(document)).send().await);
}

pub(super) async fn delete_role(lab: &Lab, name: &str) {
    for policy in like(name).policies.iter().chain(like(name).managed_by_aws) {
        detach(lab, name, policy).await;
    }
    done(name, lab.iam.delete_role().role_name(name).send().await);
}

pub(super) async fn new_role(lab: &Lab, name: &str, path: &str, original: &str) {
    let original = like(original);
    let create = lab.iam.create_role().role_name(name).path(path);
    done(name, create.assume_role_policy_document(lab::trust(original.service)).send().await);
    for policy in original.policies.iter().chain(original.managed_by_aws) {
        attach(lab, name, policy).await;
    }
}

pub(super) async fn describe_role(lab: &Lab, name: &str) {
    done(name, lab.iam.update_role().role_name(name).description("another text").send().await);
}

pub(super) async fn tag_role(lab: &Lab, name: &str) {
    let tag = done(name, Tag::builder().key("step").value("1").build());
    done(name, lab.iam.tag_role().role_name(name).tags(tag).send().await);
}

pub(super) async fn trust(lab: &Lab, role: &str, document: &str) {
    let update = lab.iam.update_assume_role_policy().role_name(role);
    done(role, update.policy_document(lab.own(document)).send().await);
}

pub(super) async fn inline(lab: &Lab, role: &str, document: &str) {
    let put = lab.iam.put_role_policy().role_name(role).policy_name("extra");
    done(role, put.policy_document(lab.own(document)).send().await);
}

pub(super) async fn bound(lab: &Lab, role: &str, policy: &str) {
    let put = lab.iam.put_role_permissions_boundary().role_name(role);
    done(role, put.permissions_boundary(arn(lab, policy)).send().await);
}

pub(super) async fn new_user(lab: &Lab, name: &str) {
    done(name, lab.iam.create_user().user_name(name).send().await);
}

/// The ARN of a policy of the account, or of AWS's own where the name has a path.
fn arn(lab: &Lab, policy: &str) -> String {
    match policy.strip_prefix("aws:") {
        Some(of_aws) => format!("arn:aws:iam::aws:policy/{of_aws}"),
        None if policy.contains('/') => format!("arn:aws:iam::aws:policy/{policy}"),
        None => lab.policy_arn(policy),
    }
}

fn like(name: &str) -> &'static Role {
    ROLES.iter().find(|role| role.name == name).unwrap_or_else(|| panic!("the architecture has no role {name}"))
}
