//! The serverless architecture of the rules, built in an AWS-compatible server with the AWS SDK.
//!
//! One file a service: its part of the architecture as data, and the calls that make such a thing; tests break them
//! through the clients afterwards. The documents come from `expected/serverless-poc/`, so what is built is what the
//! rules expect. A file says at its head which faults of the servers it copes with.

mod apigateway;
mod client;
mod documents;
mod dynamodb;
mod iam;
mod lambda;
mod sns;
mod sqs;
mod user;
mod zip;

pub(crate) use apigateway::{
    API, Integration, Method, ORDERS_API, RestApi, TO_QUEUE, api_id, create_api, create_method, delete_integration,
    delete_method, method, put_empty_template, put_integration,
};
pub(crate) use client::{administrator, config, iam, sqs};
pub(crate) use documents::{bound, expected, trust};
pub(crate) use dynamodb::{ORDERS, Table, create_table, set_stream, stream_arn};
pub(crate) use iam::{POLICIES, ROLES, Role, create_policy, create_role};
pub(crate) use lambda::{ANNOUNCES, Function, STORES, Source, create_function, create_trigger, environment, triggers};
pub(crate) use sns::{ADDRESS, TOPIC, create_topic, subscribe, subscriptions};
pub(crate) use sqs::{QUEUE, create_queue};
pub(crate) use user::{permit, restricted_user, user};

use aws_smithy_types::error::display::DisplayErrorContext;
use std::error::Error;

/// The architecture in a server, and clients that may change it.
#[derive(Debug, Clone)]
pub(crate) struct Lab {
    /// A client for API Gateway with every permission.
    pub(crate) apigateway: aws_sdk_apigateway::Client,
    /// A client for DynamoDB with every permission.
    pub(crate) dynamodb: aws_sdk_dynamodb::Client,
    /// A client for IAM with every permission.
    pub(crate) iam: aws_sdk_iam::Client,
    /// A client for Lambda with every permission.
    pub(crate) lambda: aws_sdk_lambda::Client,
    /// A client for SNS with every permission.
    pub(crate) sns: aws_sdk_sns::Client,
    /// A client for SQS with every permission.
    pub(crate) sqs: aws_sdk_sqs::Client,
    /// The base URL of the server.
    pub(crate) endpoint: String,
    /// The region that it is in.
    pub(crate) region: String,
    /// The access key of the clients.
    pub(crate) key: String,
    /// The account that it was built in.
    pub(crate) account: String,
    /// The address of the queue.
    pub(crate) queue_url: String,
}

impl Lab {
    /// Clients of the account that the access key `key` belongs to, and nothing built.
    pub(crate) fn of(endpoint: &str, region: &str, key: &str, account: &str) -> Self {
        let config = config(endpoint, region, administrator(key));
        Self {
            apigateway: client::apigateway(&config),
            dynamodb: client::dynamodb(&config),
            iam: iam(&config),
            lambda: client::lambda(&config),
            sns: client::sns(&config),
            sqs: sqs(&config),
            endpoint: endpoint.to_owned(),
            region: region.to_owned(),
            key: key.to_owned(),
            account: account.to_owned(),
            queue_url: String::new(),
        }
    }

    /// The same with clients of another region.
    pub(crate) fn in_region(&self, region: &str) -> Self {
        Self { queue_url: self.queue_url.clone(), ..Self::of(&self.endpoint, region, &self.key, &self.account) }
    }

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

    /// The ARN of a topic in the region of the architecture.
    pub(crate) fn topic_arn(&self, name: &str) -> String {
        format!("arn:aws:sns:{}:{}:{name}", self.region, self.account)
    }

    /// A text with its references to the account replaced.
    pub(crate) fn own(&self, text: &str) -> String {
        bound(text, &self.region, &self.account)
    }
}

/// A service, and what the architecture has of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Service {
    /// The REST API.
    ApiGateway,
    /// The table.
    DynamoDb,
    /// The policies and roles.
    Iam,
    /// The functions and their triggers.
    Lambda,
    /// The topic and its subscription.
    Sns,
    /// The queue.
    Sqs,
}

impl Service {
    /// All of them.
    pub(crate) const ALL: [Self; 6] = [Self::ApiGateway, Self::DynamoDb, Self::Iam, Self::Lambda, Self::Sns, Self::Sqs];
}

/// Builds the architecture in the account that the access key `key` belongs to (`test`: the server's own). The account
/// must hold nothing of the same names.
///
/// # Panics
/// When the server refuses a call.
pub(crate) async fn build(endpoint: &str, region: &str, key: &str) -> Lab {
    let mut lab = Lab::of(endpoint, region, key, "");
    rebuild(&mut lab, &Service::ALL).await;
    lab
}

/// Builds what the architecture has of `services`, each after what it refers to. The account must hold the rest, and
/// nothing of these.
///
/// # Panics
/// When the server refuses a call.
pub(crate) async fn rebuild(lab: &mut Lab, services: &[Service]) {
    let has = |service| services.contains(&service);
    if has(Service::Iam) {
        lab.account = iam::build(&lab.iam).await;
    }
    if has(Service::DynamoDb) {
        create_table(lab, &ORDERS).await;
    }
    if has(Service::Sqs) {
        lab.queue_url = create_queue(&lab.sqs, &lab.region, &lab.account).await;
    }
    if has(Service::Sns) {
        create_topic(lab, TOPIC, &[]).await;
        subscribe(lab, TOPIC, "email", ADDRESS).await;
    }
    if has(Service::Lambda) {
        create_function(lab, &STORES).await;
        create_trigger(lab, STORES.name, Source::Queue(QUEUE)).await;
        create_function(lab, &ANNOUNCES).await;
        create_trigger(lab, ANNOUNCES.name, Source::Stream(ORDERS.name)).await;
    }
    if has(Service::ApiGateway) {
        create_api(lab, &ORDERS_API).await;
    }
}

fn account_of(arn: &str) -> String {
    arn.split(':').nth(4).unwrap_or_default().to_owned()
}

/// The answer to a call that must succeed.
pub(crate) fn done<T, E: Error>(what: &str, answer: Result<T, E>) -> T {
    answer.unwrap_or_else(|error| panic!("{what}: {}", DisplayErrorContext(&error)))
}
