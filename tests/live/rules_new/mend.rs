//! What AWS's CloudFormation does and that of the test server leaves out: made by the service's own API.

use super::stack::Stack;
use crate::support::lab::done;
use aws_sdk_apigateway::types::{Op, PatchOperation};
use aws_sdk_dynamodb::types::{PointInTimeRecoverySpecification, SseSpecification, TimeToLiveSpecification};

/// Something that the server leaves out.
#[derive(Debug, Clone, Copy)]
pub(super) enum Mend {
    /// GetSubscriptionAttributes does not answer for the subscriptions of a stack, so that they are made anew: topic,
    /// protocol, endpoint, and the attributes that the template gives it.
    Subscription(&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]),
    /// An attribute of a topic is not set.
    Topic(&'static str, &'static str, &'static str),
    /// A setting of an API: its policy is not completed with the ARN of the API.
    Api(&'static str, &'static str, &'static str),
    /// The settings of a stage's methods are not set, or not those of every method.
    Stage(&'static str, &'static str, &'static [(&'static str, &'static str)]),
    /// The settings of asynchronous invocation are kept for the version `$LATEST` and not for the function.
    Invocations(&'static str, i32, i32),
    /// No concurrency is reserved for a function.
    Reserved(&'static str, i32),
    /// A table is not encrypted with a key of KMS.
    Encrypted(&'static str),
    /// A table has no point-in-time recovery, and its items do not expire.
    Backups(&'static str, &'static str),
}

impl Mend {
    pub(super) async fn make(self, stack: &Stack) {
        let lab = &stack.lab;
        let what = format!("{self:?}");
        match self {
            Self::Subscription(topic, protocol, endpoint, attributes) => {
                let (topic, endpoint) = (stack.id(topic), stack.text(endpoint));
                let list = lab.sns.list_subscriptions_by_topic().topic_arn(&topic).send().await;
                for of in done(&what, list).subscriptions.unwrap_or_default() {
                    if of.endpoint.as_deref() == Some(endpoint.as_str()) {
                        let arn = of.subscription_arn.unwrap_or_default();
                        done(&what, lab.sns.unsubscribe().subscription_arn(arn).send().await);
                    }
                }
                let subscribe = lab.sns.subscribe().topic_arn(topic).protocol(protocol).endpoint(endpoint);
                let made = done(&what, subscribe.return_subscription_arn(true).send().await);
                for (name, value) in attributes {
                    let set = lab.sns.set_subscription_attributes();
                    let set = set.subscription_arn(made.subscription_arn.clone().unwrap_or_default());
                    done(&what, set.attribute_name(*name).attribute_value(stack.text(value)).send().await);
                }
            }
            Self::Topic(topic, name, value) => {
                let set = lab.sns.set_topic_attributes().topic_arn(stack.id(topic)).attribute_name(name);
                done(&what, set.attribute_value(value).send().await);
            }
            Self::Api(api, path, value) => {
                let update = lab.apigateway.update_rest_api().rest_api_id(stack.id(api));
                done(&what, update.patch_operations(patch(path, &stack.text(value))).send().await);
            }
            Self::Stage(api, stage, settings) => {
                for (path, value) in settings {
                    let update = lab.apigateway.update_stage().rest_api_id(stack.id(api)).stage_name(stage);
                    done(&what, update.patch_operations(patch(path, value)).send().await);
                }
            }
            Self::Invocations(function, retries, age) => {
                let put = lab.lambda.put_function_event_invoke_config().function_name(stack.id(function));
                let put = put.maximum_retry_attempts(retries).maximum_event_age_in_seconds(age);
                done(&what, put.send().await);
            }
            Self::Reserved(function, executions) => {
                let put = lab.lambda.put_function_concurrency().function_name(stack.id(function));
                done(&what, put.reserved_concurrent_executions(executions).send().await);
            }
            Self::Encrypted(table) => {
                let on = SseSpecification::builder().enabled(true).build();
                let update = lab.dynamodb.update_table().table_name(stack.id(table)).sse_specification(on);
                done(&what, update.send().await);
            }
            Self::Backups(table, attribute) => {
                let table = stack.id(table);
                let backups = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(true).build();
                let update = lab.dynamodb.update_continuous_backups().table_name(&table);
                let update = update.point_in_time_recovery_specification(done(&what, backups));
                done(&what, update.send().await);
                let expiry = TimeToLiveSpecification::builder().enabled(true).attribute_name(attribute).build();
                let update = lab.dynamodb.update_time_to_live().table_name(table);
                done(&what, update.time_to_live_specification(done(&what, expiry)).send().await);
            }
        }
    }
}

/// A setting of API Gateway replaced.
pub(super) fn patch(path: &str, value: &str) -> PatchOperation {
    PatchOperation::builder().op(Op::Replace).path(path).value(value).build()
}
