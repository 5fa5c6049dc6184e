//! Clients that may write. They take nothing from the environment.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;

/// Credentials of the account that `key` belongs to, which may do anything.
pub(crate) fn administrator(key: &str) -> Credentials {
    Credentials::new(key, "test", None, None, "administrator")
}

/// A configuration that takes nothing from the environment.
pub(crate) fn config(endpoint: &str, region: &str, credentials: Credentials) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

/// A client for API Gateway that may write.
#[allow(clippy::disallowed_methods, reason = "tests build and break the architecture: their clients must write")]
pub(crate) fn apigateway(config: &SdkConfig) -> aws_sdk_apigateway::Client {
    aws_sdk_apigateway::Client::new(config)
}

/// A client for DynamoDB that may write.
#[allow(clippy::disallowed_methods, reason = "tests build and break the architecture: their clients must write")]
pub(crate) fn dynamodb(config: &SdkConfig) -> aws_sdk_dynamodb::Client {
    aws_sdk_dynamodb::Client::new(config)
}

/// A client for IAM that may write.
#[allow(clippy::disallowed_methods, reason = "tests build and break the architecture: their clients must write")]
pub(crate) fn iam(config: &SdkConfig) -> aws_sdk_iam::Client {
    aws_sdk_iam::Client::new(config)
}

/// A client for Lambda that may write.
#[allow(clippy::disallowed_methods, reason = "tests build and break the architecture: their clients must write")]
pub(crate) fn lambda(config: &SdkConfig) -> aws_sdk_lambda::Client {
    aws_sdk_lambda::Client::new(config)
}

/// A client for SNS that may write.
#[allow(clippy::disallowed_methods, reason = "tests build and break the architecture: their clients must write")]
pub(crate) fn sns(config: &SdkConfig) -> aws_sdk_sns::Client {
    aws_sdk_sns::Client::new(config)
}

/// A client for SQS that may write.
#[allow(clippy::disallowed_methods, reason = "tests build and break the architecture: their clients must write")]
pub(crate) fn sqs(config: &SdkConfig) -> aws_sdk_sqs::Client {
    aws_sdk_sqs::Client::new(config)
}
