//! The fields of a method and of its integration.

use crate::model::{Read, Set};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A method: what one verb does on one path of an API, with the integration behind it.
///
/// In messages it is called by verb and path, as `POST /orders`. Source of the fields: the CloudFormation reference of
/// AWS::ApiGateway::Method and the API reference of Method and Integration.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Method {
    /// The id of the resource that it is on.
    pub resource_id: Read<String>,
    /// The path of the resource that it is on, such as `/orders`.
    #[schemars(extend("x-origin" = "derived"))]
    pub resource_path: Read<String>,
    /// The verb, or `ANY`.
    pub http_method: Read<String>,
    /// Who may call it: `NONE` (anyone), `AWS_IAM`, `CUSTOM` or `COGNITO_USER_POOLS`.
    pub authorization_type: Read<String>,
    /// The id of the authorizer; absent when there is none.
    pub authorizer_id: Read<String>,
    /// Whether a request must carry an API key. Default false.
    pub api_key_required: Read<bool>,
    /// The parts of a request that the method takes, as `method.request.querystring.id`, each with whether it is required.
    pub request_parameters: Read<BTreeMap<String, bool>>,
    /// The id of the validator of requests; absent when there is none.
    pub request_validator_id: Read<String>,
    /// The answers that the method declares, one a status.
    pub method_responses: Read<Set<MethodResponse>>,
    /// What stands behind the method; absent when nothing was set up.
    pub integration: Read<Integration>,
}

/// An answer that a method declares.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct MethodResponse {
    /// The HTTP status, as text.
    pub status_code: Read<String>,
    /// The model of the body, by media type.
    pub response_models: Read<BTreeMap<String, String>>,
    /// The headers, as `method.response.header.Location`, each with whether it is required.
    pub response_parameters: Read<BTreeMap<String, bool>>,
}

/// What stands behind a method.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Integration {
    /// `AWS`, `AWS_PROXY`, `HTTP`, `HTTP_PROXY` or `MOCK`.
    #[serde(rename = "Type")]
    pub kind: Read<String>,
    /// The verb that the integration is called with; absent for `MOCK`.
    pub integration_http_method: Read<String>,
    /// What is called; absent for `MOCK`.
    pub uri: Read<String>,
    /// The role that API Gateway acts as, or `arn:aws:iam::*:user/*` for the caller; absent when the target's own policy
    /// lets API Gateway in.
    pub credentials: Read<String>,
    /// What becomes of a body that no template is for: `WHEN_NO_MATCH`, `WHEN_NO_TEMPLATES` or `NEVER`.
    pub passthrough_behavior: Read<String>,
    /// How the body is converted: `CONVERT_TO_BINARY` or `CONVERT_TO_TEXT`; absent when it is not.
    pub content_handling: Read<String>,
    /// `INTERNET`, the default, or `VPC_LINK`.
    pub connection_type: Read<String>,
    /// The longest wait for the target, in milliseconds. Default 29000.
    pub timeout_in_millis: Read<i64>,
    /// The parts of the request to the target, as `integration.request.header.Content-Type`, each with what it is made
    /// from; a text in quotes, such as `'application/json'`, stands for itself, and is kept only if it cannot be a secret.
    pub request_parameters: Read<BTreeMap<String, Read<String>>>,
    /// The templates of the body that is sent to the target, by media type.
    pub request_templates: Read<BTreeMap<String, String>>,
    /// What becomes of the target's answers, one a status.
    pub integration_responses: Read<Set<IntegrationResponse>>,
}

/// What becomes of an answer of the target.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct IntegrationResponse {
    /// The HTTP status that the method answers with, as text.
    pub status_code: Read<String>,
    /// The regular expression for the target's answers that it is about; absent for the default.
    pub selection_pattern: Read<String>,
    /// The templates of the body, by media type. An empty one passes the body on.
    pub response_templates: Read<BTreeMap<String, String>>,
    /// How the body is converted: `CONVERT_TO_BINARY` or `CONVERT_TO_TEXT`; absent when it is not.
    pub content_handling: Read<String>,
}

/// The constant that an integration sends as the part of a request called `parameter`, where that may be a secret, such as
/// the key of somebody's API. What says how a request is to be read, and which queue it is for, is none.
pub(crate) fn constant<'v>(parameter: &str, value: &'v str) -> Option<&'v str> {
    const HARMLESS: [&str; 6] = [
        "header.accept",
        "header.content-encoding",
        "header.content-type",
        "header.x-amz-invocation-type",
        "header.x-amz-target",
        "querystring.queueurl",
    ];
    let part = parameter.strip_prefix("integration.request.").unwrap_or(parameter).to_ascii_lowercase();
    let inner = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''))?;
    (!HARMLESS.contains(&part.as_str())).then_some(inner)
}
