//! The AWS-compatible servers start side by side, take the whole architecture, and forget it again.

mod support;

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

    server.reset();
    assert_eq!(roles(&lab).await, <[&str; 0]>::default());
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

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("a JSON document")
}
