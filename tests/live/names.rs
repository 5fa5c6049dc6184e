//! The names of the architecture's roles, policies and functions, as its changes use them.

/// The role of the function that stores orders.
pub(crate) const WRITER: &str = "Lambda-SQS-DynamoDB";
/// The role of the function that announces them.
pub(crate) const ANNOUNCER: &str = "Lambda-DynamoDBStreams-SNS";
/// The role of the API.
pub(crate) const API: &str = "APIGateway-SQS";
/// The policy to store orders.
pub(crate) const WRITE: &str = "Lambda-Write-DynamoDB";
/// The policy to receive from the queue.
pub(crate) const RECEIVE: &str = "Lambda-Read-SQS";
/// The policy to announce orders.
pub(crate) const PUBLISH: &str = "Lambda-SNS-Publish";
/// The policy to read the stream.
pub(crate) const STREAM: &str = "Lambda-DynamoDBStreams-Read";
/// The policy of AWS's that comes with the API's role.
pub(crate) const LOGS: &str = "service-role/AmazonAPIGatewayPushToCloudWatchLogs";
/// The function that stores orders.
pub(crate) const LAMBDA_1: &str = "POC-Lambda-1";
/// The function that announces them.
pub(crate) const LAMBDA_2: &str = "POC-Lambda-2";
