//! Which answers are worth another attempt, beyond those that the SDK knows.
//!
//! The SDK compares an error code as it stands. SQS may write a code behind a prefix, and an answer of status 429 may
//! have any code or none: [`meaning`] calls those throttled, so they are tried again as what is throttled is.

use super::failure::meaning;
use crate::model::Reason;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};

/// Tries again what is throttled by its status, or by the code that the query-compatible protocol has in a header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Throttling;

impl ClassifyRetry for Throttling {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(answer) = context.response().filter(|answer| !answer.status().is_success()) else {
            return RetryAction::NoActionIndicated;
        };
        let code = answer.headers().get("x-amzn-query-error").and_then(|header| header.split(';').next());
        match meaning(answer.status().as_u16(), code) {
            Reason::Throttled(_) => RetryAction::throttling_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "Throttling"
    }
}
