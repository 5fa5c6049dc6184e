//! What a function URL is.

use crate::model::{Arn, Read, Set};
use schemars::JsonSchema;
use serde::Serialize;

/// A function URL: an address of its own at which a function, or an alias of it, is invoked over HTTPS. It hangs on its
/// function. Source of the fields: the CloudFormation reference of AWS::Lambda::Url and the API reference of
/// FunctionUrlConfig.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Url {
    /// The address, such as `https://abc.lambda-url.us-east-1.on.aws/`.
    #[schemars(extend("x-origin" = "observed"))]
    pub function_url: Read<String>,
    /// The ARN of the function, without an alias. (CloudFormation takes a name here as well.)
    pub target_function_arn: Read<Arn>,
    /// The alias that the address invokes; absent when it invokes the unpublished version.
    pub qualifier: Read<String>,
    /// Who may use the address: `AWS_IAM`, those whom policies allow; `NONE`, whoever the function's policy allows,
    /// without a signature.
    pub auth_type: Read<String>,
    /// `BUFFERED` or `RESPONSE_STREAM`; default `BUFFERED`.
    pub invoke_mode: Read<String>,
    /// What pages of other origins may do; absent when there are no such settings.
    pub cors: Read<Cors>,
}

/// What pages of other origins may do.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Cors {
    /// Whether cookies and other credentials may be sent; default false.
    pub allow_credentials: Read<bool>,
    /// The headers that may be sent.
    pub allow_headers: Read<Set<String>>,
    /// The methods that may be used.
    pub allow_methods: Read<Set<String>>,
    /// The origins, or `*`.
    pub allow_origins: Read<Set<String>>,
    /// The headers of the answer that pages may read.
    pub expose_headers: Read<Set<String>>,
    /// The seconds for which a browser may keep the answer to its question; default 0.
    pub max_age: Read<i64>,
}
