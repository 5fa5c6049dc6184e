//! The seam between the SDK's clients and whatever answers in place of AWS: a recording, or a test.
//!
//! The clients serialise, sign, retry and parse as ever; only the connection is replaced.

use crate::model::Reason;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A request as far as it decides the answer: the key of a recording. Never host, headers or the order of its parts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The account that is read; empty for calls of the session itself.
    pub account: String,
    /// The region that is read; empty for a global service.
    pub region: String,
    /// The prefix of the service in IAM actions.
    pub service: String,
    /// The operation as the API names it.
    pub operation: String,
    /// The HTTP method.
    pub method: String,
    /// The path, without host and query.
    pub path: String,
    /// The parameters of the query, sorted.
    pub query: String,
    /// The body: the fields of a form sorted, the members of a JSON object sorted.
    pub body: String,
}

impl Request {
    /// The value of the field called `name` in a form body, as it was encoded.
    pub fn form(&self, name: &str) -> Option<&str> {
        self.body.split('&').filter_map(|field| field.split_once('=')).find(|(key, _)| *key == name).map(|(_, v)| v)
    }

    /// The text of the member called `name` of a JSON body.
    pub fn member(&self, name: &str) -> Option<String> {
        let body: serde_json::Value = serde_json::from_str(&self.body).ok()?;
        Some(body.get(name)?.as_str()?.to_owned())
    }
}

/// What comes of one attempt at a request.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// An answer.
    Response {
        /// The HTTP status.
        status: u16,
        /// The headers.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// The connection is refused or lost; tried again as any such failure is.
    Unreachable(String),
    /// No answer, ever.
    Hang,
    /// No answer, finally, for the reason that a recording gives.
    None {
        /// Why there is none.
        reason: Reason,
        /// The HTTP status of an answer that was no good.
        status: Option<u16>,
    },
}

/// Answers requests in place of AWS.
pub trait Answers: Send + Sync + std::fmt::Debug {
    /// What comes of one attempt at `request`.
    fn answer(&self, request: &Request) -> Outcome;
}

/// Why there is no answer, told by what stands in for AWS.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{reason}")]
pub(crate) struct Unanswered {
    pub(crate) reason: Reason,
    pub(crate) status: Option<u16>,
}

/// An HTTP client that asks `answers` and never opens a connection.
pub(crate) fn client(answers: Arc<dyn Answers>) -> SharedHttpClient {
    http_client_fn(move |_, _| SharedHttpConnector::new(Connector(Arc::clone(&answers))))
}

#[derive(Debug)]
struct Connector(Arc<dyn Answers>);

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        // The extensions of a request are readable only in its http 1.x form.
        let key = request.try_into_http1x().ok().and_then(|request| request.extensions().get::<Request>().cloned());
        let Some(key) = key else {
            let unnamed = Unanswered { reason: Reason::NotRecorded, status: None };
            return HttpConnectorFuture::ready(Err(ConnectorError::other(unnamed.into(), None)));
        };
        match self.0.answer(&key) {
            Outcome::Hang => HttpConnectorFuture::new(std::future::pending()),
            Outcome::Unreachable(what) => HttpConnectorFuture::ready(Err(ConnectorError::io(what.into()))),
            Outcome::None { reason, status } => {
                let unanswered = Unanswered { reason, status };
                HttpConnectorFuture::ready(Err(ConnectorError::other(unanswered.into(), None)))
            }
            Outcome::Response { status, headers, body } => HttpConnectorFuture::ready(response(status, headers, body)),
        }
    }
}

fn response(status: u16, headers: Vec<(String, String)>, body: Vec<u8>) -> Result<HttpResponse, ConnectorError> {
    let status = StatusCode::try_from(status).map_err(|error| ConnectorError::other(error.into(), None))?;
    let mut response = HttpResponse::new(status, SdkBody::from(body));
    for (name, value) in headers {
        response.headers_mut().try_insert(name, value).map_err(|error| ConnectorError::other(error.into(), None))?;
    }
    Ok(response)
}
