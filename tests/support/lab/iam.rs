//! The policies and roles of the architecture.

use super::{account_of, done, expected, trust};

/// The customer managed policies. Each has its document in `NAME.json`.
pub(crate) const POLICIES: [&str; 4] =
    ["Lambda-Write-DynamoDB", "Lambda-SNS-Publish", "Lambda-DynamoDBStreams-Read", "Lambda-Read-SQS"];

/// A role of the architecture.
pub(crate) struct Role {
    /// Its name.
    pub(crate) name: &'static str,
    /// The service that may assume it.
    pub(crate) service: &'static str,
    /// What the console writes for the service's use case.
    pub(crate) description: &'static str,
    /// The attached policies of the account, by name.
    pub(crate) policies: &'static [&'static str],
    /// The attached policies that AWS manages, by path and name.
    pub(crate) managed_by_aws: &'static [&'static str],
}

/// The roles.
pub(crate) const ROLES: [Role; 3] = [
    Role {
        name: "Lambda-SQS-DynamoDB",
        service: "lambda.amazonaws.com",
        description: "Allows Lambda functions to call AWS services on your behalf.",
        policies: &["Lambda-Write-DynamoDB", "Lambda-Read-SQS"],
        managed_by_aws: &[],
    },
    Role {
        name: "Lambda-DynamoDBStreams-SNS",
        service: "lambda.amazonaws.com",
        description: "Allows Lambda functions to call AWS services on your behalf.",
        policies: &["Lambda-SNS-Publish", "Lambda-DynamoDBStreams-Read"],
        managed_by_aws: &[],
    },
    Role {
        name: "APIGateway-SQS",
        service: "apigateway.amazonaws.com",
        description: "Allows API Gateway to push logs to CloudWatch Logs.",
        policies: &[],
        managed_by_aws: &["service-role/AmazonAPIGatewayPushToCloudWatchLogs"],
    },
];

/// Creates the policies and roles, and returns the number of the account.
pub(super) async fn build(iam: &aws_sdk_iam::Client) -> String {
    let mut account = String::new();
    for policy in POLICIES {
        account = account_of(&create_policy(iam, policy).await);
    }
    for role in &ROLES {
        create_role(iam, role, &account).await;
    }
    account
}

/// Creates a customer managed policy and returns its ARN.
pub(crate) async fn create_policy(iam: &aws_sdk_iam::Client, name: &str) -> String {
    let document = expected(&format!("{name}.json"));
    let answer = done(name, iam.create_policy().policy_name(name).policy_document(document).send().await);
    answer.policy().and_then(|policy| policy.arn()).unwrap_or_else(|| panic!("{name} has no ARN")).to_owned()
}

/// Creates a role with its attachments; the policies must be there.
pub(crate) async fn create_role(iam: &aws_sdk_iam::Client, role: &Role, account: &str) {
    let create = iam.create_role().role_name(role.name).description(role.description);
    done(role.name, create.assume_role_policy_document(trust(role.service)).send().await);
    let own = role.policies.iter().map(|name| format!("arn:aws:iam::{account}:policy/{name}"));
    let aws = role.managed_by_aws.iter().map(|name| format!("arn:aws:iam::aws:policy/{name}"));
    for arn in own.chain(aws) {
        done(&arn, iam.attach_role_policy().role_name(role.name).policy_arn(&arn).send().await);
    }
}
