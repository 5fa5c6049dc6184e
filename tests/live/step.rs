//! Single changes to an account, as a person would make them in the console.

use crate::support::lab::{self, Lab, ROLES, Role};
use aws_sdk_iam::types::Tag;
use aws_sdk_sqs::types::QueueAttributeName;
use aws_smithy_types::error::display::DisplayErrorContext;
use serde_json::Value;
use std::error::Error;

/// A change. Policies are named as in the account; with a path before the name, or beginning with `aws:`, they are
/// AWS's own. Documents and statements may refer to the account as expected documents do.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Attach {
        role: &'static str,
        policy: &'static str,
    },
    Detach {
        role: &'static str,
        policy: &'static str,
    },
    /// Takes the policy off the roles of the architecture and deletes it.
    DeletePolicy(&'static str),
    /// A policy with the document of another.
    NewPolicy {
        name: &'static str,
        path: &'static str,
        like: &'static str,
    },
    /// A policy with this document.
    NewDocument {
        name: &'static str,
        document: &'static str,
    },
    /// A further version that is not in force, and denies everything.
    StaleVersion(&'static str),
    /// A further version, with this document, that is in force from now on.
    NewVersion {
        policy: &'static str,
        document: &'static str,
    },
    DeleteRole(&'static str),
    /// A role with the trust policy and the attachments of one of the architecture.
    NewRole {
        name: &'static str,
        path: &'static str,
        like: &'static str,
    },
    DescribeRole(&'static str),
    TagRole(&'static str),
    /// The trust policy of a role is replaced.
    Trust {
        role: &'static str,
        document: &'static str,
    },
    /// An inline policy called `extra`.
    Inline {
        role: &'static str,
        document: &'static str,
    },
    Boundary {
        role: &'static str,
        policy: &'static str,
    },
    NewUser(&'static str),
    DeleteQueue,
    NewQueue {
        name: &'static str,
        region: &'static str,
        attributes: &'static [(&'static str, &'static str)],
    },
    SetQueue(&'static str, &'static str),
    TagQueue,
    /// The policy of the queue is replaced.
    QueuePolicy(&'static str),
    /// The policy of the queue has a statement more.
    QueueGains(&'static str),
    /// The policy of the queue has a statement less.
    QueueLoses(&'static str),
}

impl Step {
    /// Makes the change.
    ///
    /// # Panics
    /// When the server refuses it.
    pub(crate) async fn make(self, lab: &Lab) {
        let iam = &lab.iam;
        let what = format!("{self:?}");
        match self {
            Self::Attach { role, policy } => {
                let arn = arn(lab, policy);
                done(&what, iam.attach_role_policy().role_name(role).policy_arn(arn).send().await);
            }
            Self::Detach { role, policy } => {
                let arn = arn(lab, policy);
                done(&what, iam.detach_role_policy().role_name(role).policy_arn(arn).send().await);
            }
            Self::DeletePolicy(name) => {
                let arn = arn(lab, name);
                for role in ROLES.iter().filter(|role| role.policies.contains(&name)) {
                    done(&what, iam.detach_role_policy().role_name(role.name).policy_arn(&arn).send().await);
                }
                done(&what, iam.delete_policy().policy_arn(&arn).send().await);
            }
            Self::NewPolicy { name, path, like } => {
                let document = lab::expected(&format!("{like}.json"));
                let create = iam.create_policy().policy_name(name).path(path).policy_document(document);
                done(&what, create.send().await);
            }
            Self::NewDocument { name, document } => {
                done(&what, iam.create_policy().policy_name(name).policy_document(own(lab, document)).send().await);
            }
            Self::StaleVersion(name) => {
                let create = iam.create_policy_version().policy_arn(arn(lab, name)).set_as_default(false);
                done(&what, create.policy_document(DENY_ALL).send().await);
            }
            Self::NewVersion { policy, document } => {
                let create = iam.create_policy_version().policy_arn(arn(lab, policy)).set_as_default(true);
                done(&what, create.policy_document(own(lab, document)).send().await);
            }
            Self::DeleteRole(name) => {
                for policy in like(name).policies.iter().chain(like(name).managed_by_aws) {
                    let arn = arn(lab, policy);
                    done(&what, iam.detach_role_policy().role_name(name).policy_arn(arn).send().await);
                }
                done(&what, iam.delete_role().role_name(name).send().await);
            }
            Self::NewRole { name, path, like: original } => {
                let original = like(original);
                let create = iam.create_role().role_name(name).path(path);
                done(&what, create.assume_role_policy_document(lab::trust(original.service)).send().await);
                for policy in original.policies.iter().chain(original.managed_by_aws) {
                    let arn = arn(lab, policy);
                    done(&what, iam.attach_role_policy().role_name(name).policy_arn(arn).send().await);
                }
            }
            Self::DescribeRole(name) => {
                done(&what, iam.update_role().role_name(name).description("another text").send().await);
            }
            Self::TagRole(name) => {
                let tag = Tag::builder().key("step").value("1").build().unwrap_or_else(|e| panic!("{what}: {e}"));
                done(&what, iam.tag_role().role_name(name).tags(tag).send().await);
            }
            Self::Trust { role, document } => {
                let update = iam.update_assume_role_policy().role_name(role);
                done(&what, update.policy_document(own(lab, document)).send().await);
            }
            Self::Inline { role, document } => {
                let put = iam.put_role_policy().role_name(role).policy_name("extra");
                done(&what, put.policy_document(own(lab, document)).send().await);
            }
            Self::Boundary { role, policy } => {
                let put = iam.put_role_permissions_boundary().role_name(role);
                done(&what, put.permissions_boundary(arn(lab, policy)).send().await);
            }
            Self::NewUser(name) => {
                done(&what, iam.create_user().user_name(name).send().await);
            }
            Self::DeleteQueue => {
                done(&what, lab.sqs.delete_queue().queue_url(&lab.queue_url).send().await);
            }
            Self::NewQueue { name, region, attributes } => {
                let sqs = lab::sqs(&lab::config(&lab.endpoint, region, lab::administrator(crate::KEY)));
                let mut create = sqs.create_queue().queue_name(name);
                for (attribute, value) in attributes {
                    create = create.attributes(QueueAttributeName::from(*attribute), *value);
                }
                done(&what, create.send().await);
            }
            Self::SetQueue(attribute, value) => {
                let set = lab.sqs.set_queue_attributes().queue_url(&lab.queue_url);
                // moto forgets the policy of a queue when another attribute alone is set; AWS keeps it.
                let policy = queue_policy(lab, &what).await;
                let set = set.attributes(QueueAttributeName::Policy, policy);
                done(&what, set.attributes(QueueAttributeName::from(attribute), value).send().await);
            }
            Self::TagQueue => {
                done(&what, lab.sqs.tag_queue().queue_url(&lab.queue_url).tags("step", "3").send().await);
            }
            Self::QueuePolicy(document) => set_policy(lab, &what, own(lab, document)).await,
            Self::QueueGains(statement) => {
                let more = own(lab, statement);
                let more = serde_json::from_str(&more).unwrap_or_else(|e| panic!("{what}: {e}"));
                let document = changed(lab, &what, |statements| statements.push(more)).await;
                set_policy(lab, &what, document).await;
            }
            Self::QueueLoses(sid) => {
                let document = changed(lab, &what, |all| all.retain(|statement| statement["Sid"] != sid)).await;
                set_policy(lab, &what, document).await;
            }
        }
    }
}

pub(crate) const DENY_ALL: &str =
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}"#;

/// The ARN of a policy of the account, or of AWS's own where the name has a path.
fn arn(lab: &Lab, policy: &str) -> String {
    match policy.strip_prefix("aws:") {
        Some(of_aws) => format!("arn:aws:iam::aws:policy/{of_aws}"),
        None if policy.contains('/') => format!("arn:aws:iam::aws:policy/{policy}"),
        None => lab.policy_arn(policy),
    }
}

/// A document with its references to the account replaced.
fn own(lab: &Lab, document: &str) -> String {
    lab::bound(document, &lab.region, &lab.account)
}

/// The policy that the queue has now.
async fn queue_policy(lab: &Lab, what: &str) -> String {
    let get = lab.sqs.get_queue_attributes().queue_url(&lab.queue_url).attribute_names(QueueAttributeName::Policy);
    let answer = done(what, get.send().await);
    let policy = answer.attributes().and_then(|attributes| attributes.get(&QueueAttributeName::Policy));
    policy.unwrap_or_else(|| panic!("{what}: the queue has no policy")).clone()
}

/// The policy that the queue has now, with other statements.
async fn changed(lab: &Lab, what: &str, change: impl FnOnce(&mut Vec<Value>)) -> String {
    let policy = queue_policy(lab, what).await;
    let mut document: Value = serde_json::from_str(&policy).unwrap_or_else(|e| panic!("{what}: {e}"));
    change(document["Statement"].as_array_mut().unwrap_or_else(|| panic!("{what}: the policy has no statements")));
    document.to_string()
}

async fn set_policy(lab: &Lab, what: &str, document: String) {
    let set = lab.sqs.set_queue_attributes().queue_url(&lab.queue_url);
    done(what, set.attributes(QueueAttributeName::Policy, document).send().await);
}

fn like(name: &str) -> &'static Role {
    ROLES.iter().find(|role| role.name == name).unwrap_or_else(|| panic!("the architecture has no role {name}"))
}

/// The answer to a call that must succeed.
pub(crate) fn done<T, E: Error>(what: &str, answer: Result<T, E>) -> T {
    answer.unwrap_or_else(|error| panic!("{what}: {}", DisplayErrorContext(&error)))
}
