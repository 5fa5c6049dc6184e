//! The AWS-compatible servers start side by side, take the whole architecture, and forget it again.

mod support;

use support::clear::clear;
use support::lab::{self, Lab};
use support::python;
use support::servers::{Faults, Kind, Server};

use aws_sdk_iam::error::ProvideErrorMetadata as _;
use aws_sdk_sqs::types::QueueAttributeName;
use std::fs;
use std::net::TcpStream;

const REGION: &str = "us-east-1";

#[tokio::test]
async fn ministack_holds_the_architecture() {
    holds_the_architecture(Kind::Ministack).await;
}

#[tokio::test]
async fn moto_holds_the_architecture() {
    holds_the_architecture(Kind::Moto).await;
}

async fn holds_the_architecture(kind: Kind) {
    let server = Server::start(kind);
    let lab = lab::build(&server.endpoint(), REGION, "test").await;
    assert_eq!(lab.account, server.account());
    assert_eq!(roles(&lab).await, ["APIGateway-SQS", "Lambda-DynamoDBStreams-SNS", "Lambda-SQS-DynamoDB"]);
    for role in &lab::ROLES {
        let answer =
            lab.iam.list_attached_role_policies().role_name(role.name).send().await.expect("the role is there");
        let mut attached: Vec<_> = answer.attached_policies().iter().filter_map(|p| p.policy_name()).collect();
        attached.sort_unstable();
        let own = role.policies.iter().copied();
        let mut wanted: Vec<_> =
            own.chain(role.managed_by_aws.iter().filter_map(|p| p.split('/').next_back())).collect();
        wanted.sort_unstable();
        assert_eq!(attached, wanted, "{}", role.name);
    }
    let policy = QueueAttributeName::Policy;
    let answer = lab.sqs.get_queue_attributes().queue_url(&lab.queue_url).attribute_names(policy.clone()).send().await;
    let found = answer.expect("the queue is there").attributes.and_then(|mut all| all.remove(&policy));
    let wanted = lab::bound(&lab::expected("POC-Queue.policy.json"), REGION, &lab.account);
    assert_eq!(json(&found.expect("the queue has a policy")), json(&wanted));
    let whole = [
        "orders: orderID S, NEW_IMAGE",
        "POC-Lambda-1: lambda_function.lambda_handler, python3.9, 3 s, 128 MB",
        "POC-Lambda-2: lambda_function.lambda_handler, python3.9, 3 s, 128 MB",
        "POC-Lambda-1: Enabled, the queue, 10 at once",
        "POC-Lambda-2: Enabled, the latest stream, 100 at once",
        "POC-Topic: email, confirmed",
        "POC-API: POST / by AWS, NEVER",
    ];
    assert_eq!(rest(&lab).await, whole);

    clear(&lab, &lab::Service::ALL).await;
    assert_eq!((roles(&lab).await, rest(&lab).await), (vec![], vec![]));
    assert!(lab.sqs.list_queues().send().await.expect("the list").queue_urls().is_empty());

    let lab = lab::build(&server.endpoint(), REGION, "test").await;
    assert_eq!(rest(&lab).await, whole);
    server.reset();
    assert_eq!((roles(&lab).await, rest(&lab).await), (vec![], vec![]));
    assert!(lab.sqs.list_queues().send().await.expect("the list").queue_urls().is_empty());

    let endpoint = server.endpoint();
    drop(server);
    let address = endpoint.trim_start_matches("http://");
    assert!(TcpStream::connect(address).is_err(), "{kind:?} still listens after it was dropped");
}

#[test]
fn a_second_start_installs_nothing() {
    drop(Server::start(Kind::Ministack));
    let python = python::environment("ministack");
    let stamp = python.ancestors().nth(2).expect("the environment that the Python is in").join("installed");
    let written = || fs::metadata(&stamp).and_then(|stamp| stamp.modified()).expect("a finished installation");
    let before = written();
    drop(Server::start(Kind::Ministack));
    assert_eq!(written(), before);
}

#[tokio::test]
async fn an_enforcing_server_refuses_what_a_user_may_not() {
    let server = Server::start_enforcing();
    let admin = lab::build(&server.endpoint(), REGION, "test").await;
    let user = lab::restricted_user(&admin, &["iam:*", "sqs:*"], &["iam:GetRole", "sqs:GetQueueAttributes"]).await;
    let config = lab::config(&admin.endpoint, REGION, user);
    let (iam, sqs) = (lab::iam(&config), lab::sqs(&config));

    assert!(iam.list_roles().send().await.is_ok());
    let refused = iam.get_role().role_name("APIGateway-SQS").send().await.expect_err("a denied call");
    assert_eq!(refused.code(), Some("AccessDenied"));

    assert!(sqs.list_queues().send().await.is_ok());
    let refused = sqs.get_queue_attributes().queue_url(&admin.queue_url).send().await.expect_err("a denied call");
    assert_eq!(refused.code(), Some("AccessDenied"));
}

#[tokio::test]
async fn a_proxy_injects_faults_and_can_be_told_to_stop() {
    let server = Server::start(Kind::Ministack);
    let faults = Faults::start(&server);
    let sqs = lab::sqs(&lab::config(&faults.endpoint(), REGION, lab::administrator("test")));
    faults.set(r#"[{"service": "sqs", "error": {"code": "AccessDenied", "status": 403}}]"#);
    assert!(sqs.list_queues().send().await.is_err());
    faults.set("[]");
    assert!(sqs.list_queues().send().await.is_ok());
}

async fn roles(lab: &Lab) -> Vec<String> {
    let answer = lab.iam.list_roles().send().await.expect("the list");
    let mut names: Vec<_> = answer.roles().iter().map(|role| role.role_name().to_owned()).collect();
    names.sort_unstable();
    names
}

/// A line for each table, function, trigger, subscription and method.
async fn rest(lab: &Lab) -> Vec<String> {
    let mut lines = Vec::new();
    let mut streams = Vec::new();
    for name in lab.dynamodb.list_tables().send().await.expect("the list").table_names() {
        let table = lab.dynamodb.describe_table().table_name(name).send().await.expect("it is there").table;
        let table = table.expect("its description");
        let [key] = table.key_schema() else { panic!("{table:?}") };
        let [attribute] = table.attribute_definitions() else { panic!("{table:?}") };
        let view = table.stream_specification().and_then(|stream| stream.stream_view_type()).expect("a stream");
        lines.push(format!("{name}: {} {}, {view}", key.attribute_name(), attribute.attribute_type()));
        streams.extend(table.latest_stream_arn);
    }
    for function in lab.lambda.list_functions().send().await.expect("the list").functions() {
        let (name, handler) = (function.function_name().expect("a name"), function.handler().expect("a handler"));
        let runtime = function.runtime().expect("a runtime");
        let (timeout, memory) = (function.timeout().expect("seconds"), function.memory_size().expect("megabytes"));
        lines.push(format!("{name}: {handler}, {runtime}, {timeout} s, {memory} MB"));
    }
    for mapping in lab.lambda.list_event_source_mappings().send().await.expect("the list").event_source_mappings() {
        let name = mapping.function_arn().and_then(|arn| arn.rsplit(':').next()).expect("a function");
        let source = mapping.event_source_arn().expect("a source").to_owned();
        let source = if source == lab.queue_arn(lab::QUEUE) {
            "the queue".to_owned()
        } else if streams.contains(&source) {
            "the latest stream".to_owned()
        } else {
            source
        };
        let (state, batch) = (mapping.state().expect("a state"), mapping.batch_size().expect("a size"));
        lines.push(format!("{name}: {state}, {source}, {batch} at once"));
    }
    for subscription in lab.sns.list_subscriptions().send().await.expect("the list").subscriptions() {
        let topic = subscription.topic_arn().and_then(|arn| arn.rsplit(':').next()).expect("a topic");
        let confirmed = subscription.subscription_arn().is_some_and(|arn| arn.starts_with("arn:"));
        let confirmed = if confirmed { "confirmed" } else { "pending" };
        lines.push(format!("{topic}: {}, {confirmed}", subscription.protocol().expect("a protocol")));
    }
    for api in lab.apigateway.get_rest_apis().send().await.expect("the list").items() {
        let (id, name) = (api.id().expect("an id"), api.name().expect("a name"));
        let resources = lab.apigateway.get_resources().rest_api_id(id).embed("methods").send().await;
        for resource in resources.expect("the list").items() {
            for (verb, method) in resource.resource_methods.iter().flatten() {
                let integration = method.method_integration().expect("an integration");
                let of_type = integration.r#type().expect("a type");
                let passthrough = integration.passthrough_behavior().expect("what becomes of other bodies");
                lines.push(format!("{name}: {verb} {} by {of_type}, {passthrough}", resource.path().expect("a path")));
            }
        }
    }
    lines
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("a JSON document")
}
