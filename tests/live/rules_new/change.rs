//! Changes that somebody makes by hand to what a template made.

use super::mend::patch;
use super::stack::Stack;
use crate::support::lab::{self, done, trust};
use aws_sdk_dynamodb::types::{PointInTimeRecoverySpecification, StreamSpecification};
use aws_sdk_lambda::types::FunctionUrlAuthType;
use aws_sdk_sqs::types::QueueAttributeName;

/// A change. Resources are called as in the template.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// The triggers of a function are deleted.
    DeleteTriggers(&'static str),
    /// They are turned off.
    StopTriggers(&'static str),
    /// They take other batches.
    Batch(&'static str, i32),
    /// The seconds after which a function is stopped.
    Timeout(&'static str, i32),
    /// A function loses what its policy lets anybody do, one statement or all.
    LosePermissions(&'static str),
    /// Anyone may invoke a function.
    LetAnyoneInvoke(&'static str),
    /// How many runs at once a function may have.
    Reserve(&'static str, i32),
    /// A setting of a queue.
    Queue(&'static str, QueueAttributeName, &'static str),
    /// Anyone may send to a queue.
    LetAnyoneSend(&'static str),
    /// A queue loses its policy.
    LosePolicy(&'static str),
    /// Somebody subscribes to a topic.
    Subscribe(&'static str, &'static str, &'static str),
    /// The subscription of an endpoint ends.
    Unsubscribe(&'static str, &'static str),
    /// A setting of every subscription of a topic.
    Subscriptions(&'static str, &'static str, &'static str),
    /// A setting of a topic.
    Topic(&'static str, &'static str, &'static str),
    /// A role gets an inline policy that allows these actions on everything.
    Inline(&'static str, &'static str),
    /// A role loses its inline policies.
    LoseInline(&'static str),
    /// A policy of AWS is attached to a role.
    Attach(&'static str, &'static str),
    /// A role loses the policies that are attached to it.
    Detach(&'static str),
    /// A role trusts another service.
    Trust(&'static str, &'static str),
    /// A managed policy allows everything.
    AllowAll(&'static str),
    /// A method of an API is deleted.
    DeleteMethod(&'static str, &'static str, &'static str),
    /// A setting of a method: API, path, verb, name and value.
    Method(&'static str, &'static str, &'static str, &'static str, &'static str),
    /// A setting of an integration: API, path, verb, name and value.
    Integration(&'static str, &'static str, &'static str, &'static str, &'static str),
    /// A setting of an API.
    Api(&'static str, &'static str, &'static str),
    /// A setting of a stage.
    Stage(&'static str, &'static str, &'static str, &'static str),
    /// An API is deployed to a further stage.
    NewStage(&'static str, &'static str),
    /// A setting of the authorizers of an API.
    Authorizers(&'static str, &'static str, &'static str),
    /// The stream of a table is turned off.
    StreamOff(&'static str),
    /// A table is no longer kept restorable.
    NoBackups(&'static str),
    /// The URL of a function is deleted.
    DeleteUrl(&'static str),
    /// Anyone may use the URL of a function.
    OpenUrl(&'static str),
}

impl Change {
    pub(super) async fn make(&self, stack: &Stack) {
        let lab = &stack.lab;
        let what = format!("{self:?}");
        match *self {
            Self::DeleteTriggers(function) => {
                for trigger in lab::triggers(lab, &stack.id(function)).await {
                    done(&what, lab.lambda.delete_event_source_mapping().uuid(trigger).send().await);
                }
            }
            Self::StopTriggers(function) => {
                for trigger in lab::triggers(lab, &stack.id(function)).await {
                    done(&what, lab.lambda.update_event_source_mapping().uuid(trigger).enabled(false).send().await);
                }
            }
            Self::Batch(function, size) => {
                for trigger in lab::triggers(lab, &stack.id(function)).await {
                    let update = lab.lambda.update_event_source_mapping().uuid(trigger).batch_size(size);
                    done(&what, update.send().await);
                }
            }
            Self::Timeout(function, seconds) => {
                let update = lab.lambda.update_function_configuration().function_name(stack.id(function));
                done(&what, update.timeout(seconds).send().await);
            }
            Self::LosePermissions(function) => {
                let policy = done(&what, lab.lambda.get_policy().function_name(stack.id(function)).send().await);
                let policy: serde_json::Value = done(&what, serde_json::from_str(&policy.policy.unwrap_or_default()));
                for statement in policy["Statement"].as_array().into_iter().flatten() {
                    let sid = statement["Sid"].as_str().unwrap_or_default();
                    let remove = lab.lambda.remove_permission().function_name(stack.id(function)).statement_id(sid);
                    done(&what, remove.send().await);
                }
            }
            Self::LetAnyoneInvoke(function) => {
                let add = lab.lambda.add_permission().function_name(stack.id(function)).statement_id("by-hand");
                done(&what, add.action("lambda:InvokeFunction").principal("*").send().await);
            }
            Self::Reserve(function, executions) => {
                let put = lab.lambda.put_function_concurrency().function_name(stack.id(function));
                done(&what, put.reserved_concurrent_executions(executions).send().await);
            }
            Self::Queue(queue, ref name, value) => {
                let set = lab.sqs.set_queue_attributes().queue_url(stack.id(queue));
                done(&what, set.attributes(name.clone(), stack.text(value)).send().await);
            }
            Self::LetAnyoneSend(queue) => {
                let policy = format!(
                    r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": "*",
                        "Action": "sqs:SendMessage", "Resource": "{{{queue}}}"}}]}}"#
                );
                let set = lab.sqs.set_queue_attributes().queue_url(stack.id(queue));
                done(&what, set.attributes(QueueAttributeName::Policy, stack.text(&policy)).send().await);
            }
            Self::LosePolicy(queue) => {
                let set = lab.sqs.set_queue_attributes().queue_url(stack.id(queue));
                done(&what, set.attributes(QueueAttributeName::Policy, "").send().await);
            }
            Self::Subscribe(topic, protocol, endpoint) => {
                let subscribe = lab.sns.subscribe().topic_arn(stack.id(topic)).protocol(protocol);
                done(&what, subscribe.endpoint(stack.text(endpoint)).send().await);
            }
            Self::Unsubscribe(topic, endpoint) => {
                let endpoint = stack.text(endpoint);
                let list = lab.sns.list_subscriptions_by_topic().topic_arn(stack.id(topic)).send().await;
                for of in done(&what, list).subscriptions.unwrap_or_default() {
                    if of.endpoint.as_deref() == Some(endpoint.as_str()) {
                        let arn = of.subscription_arn.unwrap_or_default();
                        done(&what, lab.sns.unsubscribe().subscription_arn(arn).send().await);
                    }
                }
            }
            Self::Subscriptions(topic, name, value) => {
                let list = lab.sns.list_subscriptions_by_topic().topic_arn(stack.id(topic)).send().await;
                for of in done(&what, list).subscriptions.unwrap_or_default() {
                    let set = lab.sns.set_subscription_attributes();
                    let set = set.subscription_arn(of.subscription_arn.unwrap_or_default());
                    done(&what, set.attribute_name(name).attribute_value(value).send().await);
                }
            }
            Self::Topic(topic, name, value) => {
                let set = lab.sns.set_topic_attributes().topic_arn(stack.id(topic)).attribute_name(name);
                done(&what, set.attribute_value(stack.text(value)).send().await);
            }
            Self::Inline(role, action) => {
                let document = format!(
                    r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}]}}"#
                );
                let put = lab.iam.put_role_policy().role_name(stack.id(role)).policy_name("by-hand");
                done(&what, put.policy_document(document).send().await);
            }
            Self::LoseInline(role) => {
                let list = lab.iam.list_role_policies().role_name(stack.id(role)).send().await;
                for name in done(&what, list).policy_names {
                    let delete = lab.iam.delete_role_policy().role_name(stack.id(role)).policy_name(name);
                    done(&what, delete.send().await);
                }
            }
            Self::Attach(role, arn) => {
                let attach = lab.iam.attach_role_policy().role_name(stack.id(role)).policy_arn(arn);
                done(&what, attach.send().await);
            }
            Self::Detach(role) => {
                let list = lab.iam.list_attached_role_policies().role_name(stack.id(role)).send().await;
                for policy in done(&what, list).attached_policies.unwrap_or_default() {
                    let detach = lab.iam.detach_role_policy().role_name(stack.id(role));
                    done(&what, detach.policy_arn(policy.policy_arn.unwrap_or_default()).send().await);
                }
            }
            Self::Trust(role, service) => {
                let update = lab.iam.update_assume_role_policy().role_name(stack.id(role));
                done(&what, update.policy_document(trust(service)).send().await);
            }
            Self::AllowAll(policy) => {
                let document =
                    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;
                let create = lab.iam.create_policy_version().policy_arn(stack.id(policy)).policy_document(document);
                done(&what, create.set_as_default(true).send().await);
            }
            Self::DeleteMethod(api, path, verb) => {
                let delete = lab.apigateway.delete_method().rest_api_id(stack.id(api)).http_method(verb);
                done(&what, delete.resource_id(resource(stack, api, path).await).send().await);
            }
            Self::Method(api, path, verb, name, value) => {
                let update = lab.apigateway.update_method().rest_api_id(stack.id(api)).http_method(verb);
                let update = update.resource_id(resource(stack, api, path).await);
                done(&what, update.patch_operations(patch(name, value)).send().await);
            }
            Self::Integration(api, path, verb, name, value) => {
                let update = lab.apigateway.update_integration().rest_api_id(stack.id(api)).http_method(verb);
                let update = update.resource_id(resource(stack, api, path).await);
                done(&what, update.patch_operations(patch(name, value)).send().await);
            }
            Self::Api(api, path, value) => {
                let update = lab.apigateway.update_rest_api().rest_api_id(stack.id(api));
                done(&what, update.patch_operations(patch(path, &stack.text(value))).send().await);
            }
            Self::Stage(api, stage, path, value) => {
                let update = lab.apigateway.update_stage().rest_api_id(stack.id(api)).stage_name(stage);
                done(&what, update.patch_operations(patch(path, value)).send().await);
            }
            Self::NewStage(api, stage) => {
                let create = lab.apigateway.create_deployment().rest_api_id(stack.id(api)).stage_name(stage);
                done(&what, create.send().await);
            }
            Self::Authorizers(api, path, value) => {
                let list = lab.apigateway.get_authorizers().rest_api_id(stack.id(api)).send().await;
                for authorizer in done(&what, list).items.unwrap_or_default() {
                    let update = lab.apigateway.update_authorizer().rest_api_id(stack.id(api));
                    let update = update.authorizer_id(authorizer.id.unwrap_or_default());
                    done(&what, update.patch_operations(patch(path, value)).send().await);
                }
            }
            Self::StreamOff(table) => {
                let off = done(&what, StreamSpecification::builder().stream_enabled(false).build());
                let update = lab.dynamodb.update_table().table_name(stack.id(table)).stream_specification(off);
                done(&what, update.send().await);
            }
            Self::NoBackups(table) => {
                let off = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(false).build();
                let update = lab.dynamodb.update_continuous_backups().table_name(stack.id(table));
                done(&what, update.point_in_time_recovery_specification(done(&what, off)).send().await);
            }
            Self::DeleteUrl(function) => {
                done(&what, lab.lambda.delete_function_url_config().function_name(stack.id(function)).send().await);
            }
            Self::OpenUrl(function) => {
                let update = lab.lambda.update_function_url_config().function_name(stack.id(function));
                done(&what, update.auth_type(FunctionUrlAuthType::None).send().await);
            }
        }
    }
}

/// The id of the resource of an API with this path.
async fn resource(stack: &Stack, api: &str, path: &str) -> String {
    let list = stack.lab.apigateway.get_resources().rest_api_id(stack.id(api)).send().await;
    let found = done(path, list).items.unwrap_or_default().into_iter();
    let mut found = found.filter(|resource| resource.path.as_deref() == Some(path));
    found.next().and_then(|resource| resource.id).unwrap_or_else(|| panic!("{api} has no {path}"))
}
