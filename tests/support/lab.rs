//! The serverless architecture of the rules, built in an AWS-compatible server with the AWS SDK.
//!
//! Knows the policies, roles, attachments and the queue as data; tests break them through the clients afterwards. The
//! documents come from `expected/serverless-poc/`, so what is built is what the rules expect.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sqs::types::QueueAttributeName;
use aws_smithy_types::error::display::DisplayErrorContext;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The queue.
pub(crate) const QUEUE: &str = "POC-Queue";

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

/// The architecture in a server, and clients that may change it.
#[derive(Debug, Clone)]
pub(crate) struct Lab {
    /// A client for IAM with every permission.
    pub(crate) iam: aws_sdk_iam::Client,
    /// A client for SQS with every permission.
    pub(crate) sqs: aws_sdk_sqs::Client,
    /// The base URL of the server.
    pub(crate) endpoint: String,
    /// The region that the queue is in.
    pub(crate) region: String,
    /// The account that it was built in.
    pub(crate) account: String,
    /// The address of the queue.
    pub(crate) queue_url: String,
}

impl Lab {
    /// The ARN of a customer managed policy.
    pub(crate) fn policy_arn(&self, name: &str) -> String {
        format!("arn:aws:iam::{}:policy/{name}", self.account)
    }

    /// The ARN of a role.
    pub(crate) fn role_arn(&self, name: &str) -> String {
        format!("arn:aws:iam::{}:role/{name}", self.account)
    }

    /// The ARN of a queue in the region of the architecture.
    pub(crate) fn queue_arn(&self, name: &str) -> String {
        format!("arn:aws:sqs:{}:{}:{name}", self.region, self.account)
    }
}

/// Builds the architecture in the account that the access key `key` belongs to (`test`: the server's own). The
/// account must hold nothing of the same names.
///
/// # Panics
/// When the server refuses a call.
pub(crate) async fn build(endpoint: &str, region: &str, key: &str) -> Lab {
    let config = config(endpoint, region, administrator(key));
    let (iam, sqs) = (iam(&config), sqs(&config));
    let mut account = String::new();
    for policy in POLICIES {
        account = account_of(&create_policy(&iam, policy).await);
    }
    for role in &ROLES {
        create_role(&iam, role, &account).await;
    }
    let queue_url = create_queue(&sqs, region, &account).await;
    Lab { iam, sqs, endpoint: endpoint.to_owned(), region: region.to_owned(), account, queue_url }
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

/// Creates the queue with its policy and returns its address.
pub(crate) async fn create_queue(sqs: &aws_sdk_sqs::Client, region: &str, account: &str) -> String {
    let policy = bound(&expected("POC-Queue.policy.json"), region, account);
    let answer = done(QUEUE, sqs.create_queue().queue_name(QUEUE).send().await);
    let url = answer.queue_url().unwrap_or_else(|| panic!("{QUEUE} has no URL")).to_owned();
    done(QUEUE, sqs.set_queue_attributes().queue_url(&url).attributes(QueueAttributeName::Policy, policy).send().await);
    url
}

/// Creates a user who may call what `allow` names less what `deny` names (IAM actions such as `iam:GetRole` or
/// `sqs:*`, on every resource), and returns an access key of that user. Each call makes another user.
///
/// # Panics
/// When the server refuses a call.
pub(crate) async fn restricted_user(admin: &Lab, allow: &[&str], deny: &[&str]) -> Credentials {
    let (name, credentials) = user(admin).await;
    let statements: Vec<_> = [("Allow", allow), ("Deny", deny)]
        .into_iter()
        .filter(|(_, actions)| !actions.is_empty())
        .map(|(effect, actions)| serde_json::json!({ "Effect": effect, "Action": actions, "Resource": "*" }))
        .collect();
    if !statements.is_empty() {
        let policy = serde_json::json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
        permit(admin, &name, &policy).await;
    }
    credentials
}

/// Creates a user who may do nothing yet, and returns its name and an access key of it. Each call makes another user.
///
/// # Panics
/// When the server refuses a call.
pub(crate) async fn user(admin: &Lab) -> (String, Credentials) {
    static USERS: AtomicUsize = AtomicUsize::new(1);
    let name = format!("auditor-{}", USERS.fetch_add(1, Ordering::Relaxed));
    done(&name, admin.iam.create_user().user_name(&name).send().await);
    let answer = done(&name, admin.iam.create_access_key().user_name(&name).send().await);
    let key = answer.access_key().unwrap_or_else(|| panic!("{name} has no access key"));
    let credentials = Credentials::new(key.access_key_id(), key.secret_access_key(), None, None, "restricted user");
    (name, credentials)
}

/// Gives a user the permissions of `document`, in place of those that this gave it before.
///
/// # Panics
/// When the server refuses the call.
pub(crate) async fn permit(admin: &Lab, user: &str, document: &str) {
    let put = admin.iam.put_user_policy().user_name(user).policy_name("auditor").policy_document(document);
    done(user, put.send().await);
}

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

/// A client for IAM that may write.
#[allow(clippy::disallowed_methods, reason = "tests build and break the architecture: their clients must write")]
pub(crate) fn iam(config: &SdkConfig) -> aws_sdk_iam::Client {
    aws_sdk_iam::Client::new(config)
}

/// A client for SQS that may write.
#[allow(clippy::disallowed_methods, reason = "tests build and break the architecture: their clients must write")]
pub(crate) fn sqs(config: &SdkConfig) -> aws_sdk_sqs::Client {
    aws_sdk_sqs::Client::new(config)
}

/// An expected document of the architecture, as it is written.
///
/// # Panics
/// When there is none of that name.
pub(crate) fn expected(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("expected/serverless-poc").join(file);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("cannot read {}: {e}", path.display()))
}

/// The document with its references to partition, region and account replaced.
pub(crate) fn bound(document: &str, region: &str, account: &str) -> String {
    document.replace("${AWS::Partition}", "aws").replace("${AWS::Region}", region).replace("${AWS::AccountId}", account)
}

/// The trust policy that the console writes for a service.
pub(crate) fn trust(service: &str) -> String {
    serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole" }],
    })
    .to_string()
}

fn account_of(arn: &str) -> String {
    arn.split(':').nth(4).unwrap_or_default().to_owned()
}

/// The answer to a call that must succeed.
fn done<T, E: Error>(what: &str, answer: Result<T, E>) -> T {
    answer.unwrap_or_else(|error| panic!("{what}: {}", DisplayErrorContext(&error)))
}
