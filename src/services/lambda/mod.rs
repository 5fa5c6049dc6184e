//! AWS Lambda: functions, event source mappings and function URLs.
//!
//! Functions are listed by pages of 50, which give nearly all of each and prove what does not exist; the state, the
//! policy, the reserved concurrency, the settings of asynchronous invocation and the tags are asked for singly, and only when a rule names them. The event
//! source mappings of the account come in one list, never one a function. Function URLs have no list of the account:
//! each wanted function is asked for its own. GetFunction is never called, since its answer holds a signed address of
//! the code.

#[cfg(feature = "live")]
pub(crate) mod collect;
mod function;
mod mapping;
mod plan;
mod url;

pub use function::{
    DeadLetterConfig, Environment, EphemeralStorage, EventDestination, EventDestinations, EventInvokeConfig, Function,
    LoggingConfig, TracingConfig, VpcConfig,
};
pub use mapping::{DestinationConfig, EventSourceMapping, Filter, FilterCriteria, OnFailure, ScalingConfig};
pub use url::{Cors, Url};

use super::Service;
use crate::model::{ArnRule, Kind, Operation, OwnPolicy, Parent, Scope, Standing};
use std::sync::OnceLock;

/// The type name of functions.
pub const FUNCTION: &str = "AWS::Lambda::Function";
/// The type name of event source mappings.
pub const MAPPING: &str = "AWS::Lambda::EventSourceMapping";
/// The type name of function URLs.
pub const URL: &str = "AWS::Lambda::Url";

/// The operation that lists the functions.
const LIST: &str = "ListFunctions";
/// The operation that reads one function by its name.
const CONFIGURATION: &str = "GetFunctionConfiguration";
/// The operation that reads what becomes of asynchronous invocations of one function.
const EVENT_INVOKE_CONFIG: &str = "GetFunctionEventInvokeConfig";

/// The service.
pub static SERVICE: Service = Service { prefix: "lambda", kinds: &KINDS, operations: &OPERATIONS, plan: plan::plan };

const OF_FUNCTIONS: Standing = Standing {
    own_policy: Some(OwnPolicy {
        field: "Policy",
        noun: "function policy",
        service: "lambda",
        resource_type: "function",
        written_by: &["lambda:AddPermission"],
    }),
    acts_as: Some("Role"),
    permissions: None,
};

static KINDS: [Kind; 3] = [
    Kind {
        type_name: MAPPING,
        noun: "event source mapping",
        service: "lambda",
        scope: Scope::Regional,
        name_field: "Id",
        arn: ArnRule::FromName("event-source-mapping:{}"),
        attributes: &[("Id", "Id")],
        shared: None,
        parent: Some(Parent { type_name: FUNCTION }),
        standing: Standing::NONE,
        schema: || schemars::schema_for!(EventSourceMapping),
        fields: OnceLock::new(),
    },
    Kind {
        type_name: FUNCTION,
        noun: "function",
        service: "lambda",
        scope: Scope::Regional,
        name_field: "FunctionName",
        arn: ArnRule::FromName("function:{}"),
        attributes: &[("Arn", "Arn"), ("FunctionName", "FunctionName")],
        shared: None,
        parent: None,
        standing: OF_FUNCTIONS,
        schema: || schemars::schema_for!(Function),
        fields: OnceLock::new(),
    },
    Kind {
        type_name: URL,
        noun: "function URL",
        service: "lambda",
        scope: Scope::Regional,
        name_field: "FunctionUrl",
        arn: ArnRule::Read,
        attributes: &[("FunctionUrl", "FunctionUrl")],
        shared: None,
        parent: Some(Parent { type_name: FUNCTION }),
        standing: Standing::NONE,
        schema: || schemars::schema_for!(Url),
        fields: OnceLock::new(),
    },
];

const FUNCTIONS: &str = "arn:${Partition}:lambda:${Region}:${Account}:function:*";

static OPERATIONS: [Operation; 8] = [
    operation(LIST, "lambda:ListFunctions", "*", None),
    operation(CONFIGURATION, "lambda:GetFunctionConfiguration", FUNCTIONS, Some(LIST)),
    operation("GetPolicy", "lambda:GetPolicy", FUNCTIONS, None),
    operation("GetFunctionConcurrency", "lambda:GetFunctionConcurrency", FUNCTIONS, None),
    operation(EVENT_INVOKE_CONFIG, "lambda:GetFunctionEventInvokeConfig", FUNCTIONS, None),
    operation("ListTags", "lambda:ListTags", FUNCTIONS, None),
    operation("ListFunctionUrlConfigs", "lambda:ListFunctionUrlConfigs", FUNCTIONS, None),
    operation("ListEventSourceMappings", "lambda:ListEventSourceMappings", "*", None),
];

const fn operation(
    name: &'static str,
    action: &'static str,
    resource: &'static str,
    fallback_for: Option<&'static str>,
) -> Operation {
    Operation { service: "lambda", sdk_service: "Lambda", name, action, resource, fallback_for }
}
