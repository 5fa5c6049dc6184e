//! The functions of the architecture and their triggers.
//!
//! What a function does is no matter of the read APIs, so the code is the shortest that a server takes. moto lets
//! nobody create a function whose role it does not have; neither server holds against the role what AWS refuses to
//! make a trigger for.

use super::{Lab, done, zip};
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{Environment, EventSourcePosition, FunctionCode, Runtime};

/// A function.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Function {
    /// Its name.
    pub(crate) name: &'static str,
    /// The name of its role, with the path before it.
    pub(crate) role: &'static str,
    /// What runs it.
    pub(crate) runtime: &'static str,
    /// The file without its ending, and the function in it.
    pub(crate) handler: &'static str,
    /// The seconds that it may run.
    pub(crate) timeout: i32,
    /// Its environment.
    pub(crate) variables: &'static [(&'static str, &'static str)],
}

/// The function that stores orders.
pub(crate) const STORES: Function = Function {
    name: "POC-Lambda-1",
    role: "Lambda-SQS-DynamoDB",
    runtime: "python3.9",
    handler: "lambda_function.lambda_handler",
    timeout: 3,
    variables: &[],
};

/// The function that announces orders.
pub(crate) const ANNOUNCES: Function = Function { name: "POC-Lambda-2", role: "Lambda-DynamoDBStreams-SNS", ..STORES };

const CODE: &[u8] = b"def lambda_handler(event, context):\n    pass\n";

/// Creates a function.
///
/// # Panics
/// When the server refuses the call.
pub(crate) async fn create_function(lab: &Lab, function: &Function) {
    let code = FunctionCode::builder().zip_file(Blob::new(zip::of("lambda_function.py", CODE))).build();
    let create = lab.lambda.create_function().function_name(function.name).role(lab.role_arn(function.role));
    let create = create.runtime(Runtime::from(function.runtime)).handler(function.handler).timeout(function.timeout);
    let variables = (!function.variables.is_empty()).then(|| environment(lab, function.variables));
    done(function.name, create.set_environment(variables).code(code).send().await);
}

/// An environment, with its references to the account replaced.
pub(crate) fn environment(lab: &Lab, variables: &[(&str, &str)]) -> Environment {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), lab.own(value))).collect();
    Environment::builder().set_variables(Some(variables)).build()
}

/// What sets off a function.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    /// The queue of this name.
    Queue(&'static str),
    /// The stream that the table of this name has now.
    Stream(&'static str),
}

impl Source {
    async fn arn(self, lab: &Lab) -> String {
        match self {
            Self::Queue(name) => lab.queue_arn(name),
            Self::Stream(table) => super::stream_arn(lab, table).await,
        }
    }
}

/// Makes `source` the trigger of a function, with the settings of the console.
///
/// # Panics
/// When the server refuses the call.
pub(crate) async fn create_trigger(lab: &Lab, function: &str, source: Source) {
    let create = lab.lambda.create_event_source_mapping().function_name(function);
    let create = match source {
        Source::Queue(_) => create.batch_size(10),
        Source::Stream(_) => create.batch_size(100).starting_position(EventSourcePosition::Latest),
    };
    done(function, create.event_source_arn(source.arn(lab).await).send().await);
}

/// The ids of the triggers of a function.
///
/// # Panics
/// When the server refuses the call, or lists a trigger without an id.
pub(crate) async fn triggers(lab: &Lab, function: &str) -> Vec<String> {
    let list = lab.lambda.list_event_source_mappings().function_name(function);
    let mappings = done(function, list.send().await).event_source_mappings.unwrap_or_default();
    mappings.into_iter().map(|of| of.uuid.unwrap_or_else(|| panic!("a trigger of {function} has no id"))).collect()
}
