//! What one call sent and got: the interceptor that each request carries.

use super::body::{self, Protocol};
use super::nulls;
use super::transport::Request;
use crate::aws::xml;
use crate::model::Call;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeDeserializationInterceptorContextMut,
    BeforeTransmitInterceptorContextMut, BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use sha2::{Digest as _, Sha256};
use std::sync::{Arc, Mutex, PoisonError};

/// The headers of an answer that decide what it means.
const KEPT_HEADERS: [&str; 4] = ["content-type", "x-amzn-errortype", "x-amzn-query-error", "x-amzn-requestid"];

/// Watches one call, over all its attempts.
#[derive(Debug, Clone)]
pub(crate) struct Probe {
    account: String,
    call: Call,
    /// Whether the body of the answer is wanted afterwards.
    keeps_body: bool,
    seen: Arc<Mutex<Seen>>,
}

/// What a probe saw.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) request: Option<Request>,
    pub(crate) attempts: u32,
    /// The answer to the last attempt, if there was one.
    pub(crate) response: Option<Received>,
}

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// Empty if it broke off on the way, or is not wanted.
    pub(crate) body: Vec<u8>,
    pub(crate) request_id: Option<String>,
    pub(crate) sha256: String,
    /// What is wrong with it, whatever the SDK made of it.
    pub(crate) fault: Option<String>,
}

impl Probe {
    pub(crate) fn new(account: &str, call: &Call, keeps_body: bool) -> Self {
        Self { account: account.to_owned(), call: call.clone(), keeps_body, seen: Arc::default() }
    }

    pub(crate) fn into_seen(self) -> Seen {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn with<T>(&self, update: impl FnOnce(&mut Seen) -> T) -> T {
        update(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Intercept for Probe {
    fn name(&self) -> &'static str {
        "probe"
    }

    fn read_after_serialization(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        let body = request.body().bytes().map(String::from_utf8_lossy).unwrap_or_default();
        // The endpoint is not resolved yet: the address is path and query.
        let (path, query) = request.uri().split_once('?').unwrap_or((request.uri(), ""));
        let key = Request {
            account: self.account.clone(),
            region: self.call.region.clone(),
            service: self.call.service.clone(),
            operation: self.call.operation.clone(),
            method: request.method().to_owned(),
            path: if path.is_empty() { "/".to_owned() } else { path.to_owned() },
            query: sorted_form(query),
            body: match Protocol::of(&self.call.service) {
                Protocol::Query => sorted_form(&body),
                Protocol::Json => sorted_json(&body),
            },
        };
        self.with(|seen| seen.request = Some(key));
        Ok(())
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(request) = self.with(|seen| seen.request.clone()) {
            context.request_mut().add_extension(request);
        }
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.with(|seen| {
            seen.attempts += 1;
            seen.response = None;
        });
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if Protocol::of(&self.call.service) == Protocol::Json {
            let body = context.response_mut().take_body();
            *context.response_mut().body_mut() = nulls::left_out(body);
        }
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        let status = response.status();
        let body = response.body().bytes();
        let fault = match body {
            Some(body) => {
                body::fault(Protocol::of(&self.call.service), &self.call.operation, status.is_success(), body)
            }
            None => Some("the body breaks off".to_owned()),
        };
        let body = body.unwrap_or_default();
        let headers: Vec<_> = KEPT_HEADERS
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), response.headers().get(*name)?.to_owned())))
            .collect();
        let request_id = response.headers().get("x-amzn-requestid").map(str::to_owned).or_else(|| {
            let text = std::str::from_utf8(body).ok()?;
            xml::text_of(text, "RequestId").map(str::to_owned)
        });
        let received = Received {
            status: status.as_u16(),
            headers,
            body: if self.keeps_body { body.to_vec() } else { Vec::new() },
            request_id: request_id.map(|id| id.chars().filter(|c| c.is_ascii_graphic()).take(100).collect()),
            sha256: hexadecimal(&Sha256::digest(body)),
            fault,
        };
        self.with(|seen| seen.response = Some(received));
        Ok(())
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn sorted_form(form: &str) -> String {
    let mut fields: Vec<_> = form.split('&').filter(|field| !field.is_empty()).collect();
    fields.sort_unstable();
    fields.join("&")
}

/// `text`, if it is JSON, without spaces between its parts and with the keys of every object in order.
pub(crate) fn sorted_json(text: &str) -> String {
    fn sorted(value: serde_json::Value) -> serde_json::Value {
        match value {
            serde_json::Value::Object(members) => {
                let mut members: Vec<_> = members.into_iter().map(|(name, value)| (name, sorted(value))).collect();
                members.sort_by(|a, b| a.0.cmp(&b.0));
                serde_json::Value::Object(members.into_iter().collect())
            }
            serde_json::Value::Array(items) => serde_json::Value::Array(items.into_iter().map(sorted).collect()),
            other => other,
        }
    }
    serde_json::from_str(text).map_or_else(|_| text.to_owned(), |value| sorted(value).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_a_body_does_not_matter() {
        assert_eq!(sorted_form("b=2&a=1&&"), "a=1&b=2");
        assert_eq!(sorted_json("{\"b\":[{\"d\":1,\"c\":2}],\"a\":null}"), "{\"a\":null,\"b\":[{\"c\":2,\"d\":1}]}");
        assert_eq!(sorted_json("no"), "no");
    }
}
