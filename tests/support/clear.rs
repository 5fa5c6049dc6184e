//! Takes out of an account what a test put in, through the API.
//!
//! For moto, whose own reset forgets the 1,582 policies of AWS as well and builds them anew at the next call, which
//! takes four seconds of CPU. One function a service.

use super::lab::{Lab, Service, done, subscriptions};
use aws_sdk_iam::types::PolicyScopeType;

const WHAT: &str = "cannot clear the account";

/// Deletes what the account of `lab` has of `services`, in the region of `lab` where they are regional: roles, users,
/// groups and customer managed policies; queues; tables; functions and triggers; topics and subscriptions; REST APIs.
///
/// # Panics
/// When the server refuses a call.
pub(crate) async fn clear(lab: &Lab, services: &[Service]) {
    for service in services {
        match service {
            Service::ApiGateway => apigateway(lab).await,
            Service::DynamoDb => dynamodb(lab).await,
            Service::Iam => {
                roles(lab).await;
                users(lab).await;
                groups(lab).await;
                policies(lab).await;
            }
            Service::Lambda => lambda(lab).await,
            Service::Sns => sns(lab).await,
            Service::Sqs => sqs(lab).await,
        }
    }
}

async fn lambda(lab: &Lab) {
    let mappings = done(WHAT, lab.lambda.list_event_source_mappings().send().await);
    for id in mappings.event_source_mappings().iter().filter_map(|mapping| mapping.uuid()) {
        done(WHAT, lab.lambda.delete_event_source_mapping().uuid(id).send().await);
    }
    let functions = done(WHAT, lab.lambda.list_functions().send().await);
    for name in functions.functions().iter().filter_map(|function| function.function_name()) {
        done(WHAT, lab.lambda.delete_function().function_name(name).send().await);
    }
}

async fn dynamodb(lab: &Lab) {
    for name in done(WHAT, lab.dynamodb.list_tables().send().await).table_names() {
        let update = lab.dynamodb.update_table().table_name(name).deletion_protection_enabled(false);
        done(WHAT, update.send().await);
        done(WHAT, lab.dynamodb.delete_table().table_name(name).send().await);
    }
}

async fn sns(lab: &Lab) {
    for topic in done(WHAT, lab.sns.list_topics().send().await).topics() {
        let arn = topic.topic_arn().unwrap_or_default();
        for subscription in subscriptions(lab, arn.rsplit(':').next().unwrap_or_default()).await {
            done(WHAT, lab.sns.unsubscribe().subscription_arn(subscription).send().await);
        }
        done(WHAT, lab.sns.delete_topic().topic_arn(arn).send().await);
    }
}

async fn apigateway(lab: &Lab) {
    let apis = done(WHAT, lab.apigateway.get_rest_apis().send().await);
    for id in apis.items().iter().filter_map(|api| api.id()) {
        done(WHAT, lab.apigateway.delete_rest_api().rest_api_id(id).send().await);
    }
}

async fn sqs(lab: &Lab) {
    for url in done(WHAT, lab.sqs.list_queues().send().await).queue_urls() {
        done(WHAT, lab.sqs.delete_queue().queue_url(url).send().await);
    }
}

async fn roles(lab: &Lab) {
    let iam = &lab.iam;
    for role in done(WHAT, iam.list_roles().send().await).roles() {
        let name = role.role_name();
        for policy in done(WHAT, iam.list_attached_role_policies().role_name(name).send().await).attached_policies() {
            let arn = policy.policy_arn().unwrap_or_default();
            done(WHAT, iam.detach_role_policy().role_name(name).policy_arn(arn).send().await);
        }
        for policy in done(WHAT, iam.list_role_policies().role_name(name).send().await).policy_names() {
            done(WHAT, iam.delete_role_policy().role_name(name).policy_name(policy).send().await);
        }
        done(WHAT, iam.delete_role().role_name(name).send().await);
    }
}

async fn users(lab: &Lab) {
    let iam = &lab.iam;
    for user in done(WHAT, iam.list_users().send().await).users() {
        let name = user.user_name();
        for policy in done(WHAT, iam.list_attached_user_policies().user_name(name).send().await).attached_policies() {
            let arn = policy.policy_arn().unwrap_or_default();
            done(WHAT, iam.detach_user_policy().user_name(name).policy_arn(arn).send().await);
        }
        for policy in done(WHAT, iam.list_user_policies().user_name(name).send().await).policy_names() {
            done(WHAT, iam.delete_user_policy().user_name(name).policy_name(policy).send().await);
        }
        for group in done(WHAT, iam.list_groups_for_user().user_name(name).send().await).groups() {
            let group = group.group_name();
            done(WHAT, iam.remove_user_from_group().user_name(name).group_name(group).send().await);
        }
        done(WHAT, iam.delete_user().user_name(name).send().await);
    }
}

async fn groups(lab: &Lab) {
    let iam = &lab.iam;
    for group in done(WHAT, iam.list_groups().send().await).groups() {
        let name = group.group_name();
        for policy in done(WHAT, iam.list_attached_group_policies().group_name(name).send().await).attached_policies() {
            let arn = policy.policy_arn().unwrap_or_default();
            done(WHAT, iam.detach_group_policy().group_name(name).policy_arn(arn).send().await);
        }
        for policy in done(WHAT, iam.list_group_policies().group_name(name).send().await).policy_names() {
            done(WHAT, iam.delete_group_policy().group_name(name).policy_name(policy).send().await);
        }
        done(WHAT, iam.delete_group().group_name(name).send().await);
    }
}

async fn policies(lab: &Lab) {
    let iam = &lab.iam;
    for policy in done(WHAT, iam.list_policies().scope(PolicyScopeType::Local).send().await).policies() {
        let arn = policy.arn().unwrap_or_default();
        for version in done(WHAT, iam.list_policy_versions().policy_arn(arn).send().await).versions() {
            if !version.is_default_version() {
                let id = version.version_id().unwrap_or_default();
                done(WHAT, iam.delete_policy_version().policy_arn(arn).version_id(id).send().await);
            }
        }
        done(WHAT, iam.delete_policy().policy_arn(arn).send().await);
    }
}
