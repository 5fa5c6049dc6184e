//! What becomes of asynchronous invocations of a function, between the SDK's types and the kind.

use super::super::{EventDestination, EventDestinations, EventInvokeConfig};
use super::Context;
use crate::model::{Call, Read};
use crate::services::Reader;

/// The settings of the function that `call` is about.
pub(super) async fn read(context: &Context<'_>, call: &Call) -> Read<EventInvokeConfig> {
    let request = context.client.get_function_event_invoke_config().function_name(&call.subject);
    let answer = match context.asker.ask(call, |probe| request.customize().interceptor(probe).send()).await {
        Ok(answer) => answer,
        Err(refusal) if refusal.says_missing() => return Read::Absent,
        Err(refusal) => return Read::unread(&refusal.gap),
    };
    let reader = Reader { call };
    // Without this an answer of somebody else's would be one that sets nothing.
    let arn = context.function_arn(&call.subject).to_string();
    if answer.function_arn().map(|of| of.strip_suffix(":$LATEST").unwrap_or(of)) != Some(&arn) {
        return reader.malformed("its FunctionArn is not that of the function that was asked about");
    }
    let told = answer.destination_config();
    let on_failure = destination(reader, told.and_then(|to| to.on_failure()).and_then(|to| to.destination()));
    let on_success = destination(reader, told.and_then(|to| to.on_success()).and_then(|to| to.destination()));
    let destination_config = match (&on_failure, &on_success) {
        (Read::Absent, Read::Absent) => Read::Absent,
        _ => Read::Known(EventDestinations { on_failure, on_success }),
    };
    Read::Known(EventInvokeConfig {
        maximum_retry_attempts: Read::Known(answer.maximum_retry_attempts().unwrap_or(2).into()),
        maximum_event_age_in_seconds: Read::Known(answer.maximum_event_age_in_seconds().unwrap_or(21_600).into()),
        destination_config,
    })
}

/// The destination with this ARN. AWS sends an empty part for one that is not set.
fn destination(reader: Reader<'_>, arn: Option<&str>) -> Read<EventDestination> {
    match reader.arn("Destination", arn) {
        Read::Absent => Read::Absent,
        destination => Read::Known(EventDestination { destination }),
    }
}
