//! Changes to functions and their triggers.

use crate::support::lab::{self, Lab, done};
use aws_sdk_lambda::types::{Filter, FilterCriteria, FunctionUrlAuthType, Runtime};

/// A setting of a function.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Setting {
    /// The name of its role, with the path before it.
    Role(&'static str),
    /// The ARN of its role.
    RoleArn(&'static str),
    Runtime(&'static str),
    Handler(&'static str),
    /// In seconds.
    Timeout(i32),
    /// In megabytes.
    Memory(i32),
    Description(&'static str),
    Variables(&'static [(&'static str, &'static str)]),
}

/// A setting of a trigger.
#[derive(Debug, Clone, Copy)]
pub(crate) enum TriggerSetting {
    Disabled,
    BatchSize(i32),
    /// The pattern of its only filter.
    Filter(&'static str),
}

/// Deletes a function. Its triggers stay.
pub(super) async fn delete(lab: &Lab, name: &str) {
    done(name, lab.lambda.delete_function().function_name(name).send().await);
}

/// Changes a setting of a function.
pub(super) async fn set(lab: &Lab, name: &str, setting: Setting) {
    let update = lab.lambda.update_function_configuration().function_name(name);
    let update = match setting {
        Setting::Role(role) => update.role(lab.role_arn(role)),
        Setting::RoleArn(arn) => update.role(lab.own(arn)),
        Setting::Runtime(runtime) => update.runtime(Runtime::from(runtime)),
        Setting::Handler(handler) => update.handler(handler),
        Setting::Timeout(seconds) => update.timeout(seconds),
        Setting::Memory(megabytes) => update.memory_size(megabytes),
        Setting::Description(text) => update.description(text),
        Setting::Variables(variables) => update.environment(lab::environment(lab, variables)),
    };
    done(name, update.send().await);
}

/// Puts a tag on a function.
pub(super) async fn tag(lab: &Lab, name: &str) {
    let arn = format!("arn:aws:lambda:{}:{}:function:{name}", lab.region, lab.account);
    done(name, lab.lambda.tag_resource().resource(arn).tags("step", "4").send().await);
}

/// Deletes the triggers of a function.
pub(super) async fn delete_triggers(lab: &Lab, function: &str) {
    for id in lab::triggers(lab, function).await {
        done(function, lab.lambda.delete_event_source_mapping().uuid(id).send().await);
    }
}

/// Keeps so many executions for a function.
pub(super) async fn reserve(lab: &Lab, name: &str, executions: i32) {
    let put = lab.lambda.put_function_concurrency().function_name(name);
    done(name, put.reserved_concurrent_executions(executions).send().await);
}

/// Changes a setting of the triggers of a function.
pub(super) async fn set_triggers(lab: &Lab, function: &str, setting: TriggerSetting) {
    for id in lab::triggers(lab, function).await {
        let update = lab.lambda.update_event_source_mapping().uuid(id);
        let update = match setting {
            TriggerSetting::Disabled => update.enabled(false),
            TriggerSetting::BatchSize(records) => update.batch_size(records),
            TriggerSetting::Filter(pattern) => {
                let filter = Filter::builder().pattern(pattern).build();
                update.filter_criteria(FilterCriteria::builder().filters(filter).build())
            }
        };
        done(function, update.send().await);
    }
}

/// Lets another account invoke a function, by a statement called `extra`.
pub(super) async fn permit(lab: &Lab, function: &str) {
    let permit = lab.lambda.add_permission().function_name(function).statement_id("extra");
    done(function, permit.action("lambda:InvokeFunction").principal("111122223333").send().await);
}

/// Gives a function an address.
pub(super) async fn new_url(lab: &Lab, function: &str) {
    let create = lab.lambda.create_function_url_config().function_name(function);
    done(function, create.auth_type(FunctionUrlAuthType::AwsIam).send().await);
}
