//! The read-only ledger: what is not on the list is refused before a request is built.
//!
//! The list is that of the services, and the two operations that open a session. The same list makes the session
//! policy of an assumed role, so that the credentials themselves cannot write, whatever the role may do.

use super::endpoint;
use crate::model::Operation;
use crate::services;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextMut, BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use std::collections::{BTreeMap, BTreeSet};

/// The operations that open a session: the ledger's own entries, beside those of the services.
pub static SESSION_OPERATIONS: [Operation; 2] = [
    Operation {
        service: "sts",
        sdk_service: "STS",
        name: "AssumeRole",
        action: "sts:AssumeRole",
        resource: "arn:${Partition}:iam::${Account}:role/*",
        fallback_for: None,
    },
    Operation {
        service: "sts",
        sdk_service: "STS",
        name: "GetCallerIdentity",
        action: "sts:GetCallerIdentity",
        resource: "*",
        fallback_for: None,
    },
];

/// Every operation that may be sent.
pub(crate) fn operations() -> impl Iterator<Item = &'static Operation> {
    SESSION_OPERATIONS.iter().chain(services::operations())
}

/// The policy that an assumed role's session is limited to: what the services read in the account of `partition`
/// that is 12 digits long, and nothing else. STS takes at most 2,048 characters.
pub fn session_policy(partition: &str, account: &str) -> String {
    let mut actions: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for operation in services::operations() {
        let resource = operation
            .resource
            .replace("${Partition}", partition)
            .replace("${Region}", "*")
            .replace("${Account}", account);
        actions.entry(resource).or_default().insert(operation.action);
    }
    // The same actions on several resources are one statement: every character counts.
    let mut resources: BTreeMap<BTreeSet<&str>, BTreeSet<String>> = BTreeMap::new();
    for (resource, actions) in actions {
        resources.entry(actions).or_default().insert(resource);
    }
    let statements: Vec<_> = resources
        .iter()
        .map(|(actions, resources)| serde_json::json!({ "Effect": "Allow", "Action": actions, "Resource": resources }))
        .collect();
    serde_json::json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

/// Raised for an operation that is not on the list.
#[derive(Debug, thiserror::Error)]
#[error("{service}:{operation} is not on the read-only list and was not sent")]
pub(crate) struct NotOnTheList {
    service: String,
    operation: String,
}

/// The guard that every client carries: nothing but listed operations, to nothing but permitted hosts.
#[derive(Debug)]
pub(crate) struct Guard {
    /// Whether any host may be asked: the user said so, or there is no network behind the client.
    pub(crate) any_host: bool,
}

impl Intercept for Guard {
    fn name(&self) -> &'static str {
        "read-only ledger"
    }

    fn modify_before_serialization(
        &self,
        _: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let (service, operation) =
            config.load::<Metadata>().map_or(("?", "?"), |metadata| (metadata.service(), metadata.name()));
        if operations().any(|entry| entry.sdk_service == service && entry.name == operation) {
            return Ok(());
        }
        Err(NotOnTheList { service: service.to_owned(), operation: operation.to_owned() }.into())
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if self.any_host {
            return Ok(());
        }
        Ok(endpoint::check_request(context.request().uri())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{Answers, Outcome, Request, Session, Source, Timing};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[derive(Debug, Default)]
    struct Counted(AtomicUsize);

    impl Answers for Counted {
        fn answer(&self, request: &Request) -> Outcome {
            self.0.fetch_add(1, Ordering::SeqCst);
            assert_eq!(request.operation, "GetCallerIdentity");
            let body = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/u</Arn>\
                        <UserId>AIDA</UserId><Account>123456789012</Account></GetCallerIdentityResult>\
                        </GetCallerIdentityResponse>";
            Outcome::Response { status: 200, headers: vec![], body: body.into() }
        }
    }

    #[tokio::test]
    async fn what_writes_is_refused_before_anything_is_sent() {
        let answers = Arc::new(Counted::default());
        let source = Source::Answers(Arc::clone(&answers) as Arc<dyn Answers>, Timing::default());
        let session = Session::open(source, Some("us-east-1"), false).await.expect("a session");
        assert_eq!(answers.0.load(Ordering::SeqCst), 1);
        let refused = session.sqs("us-east-1").delete_queue().queue_url("https://q").send().await;
        let refused =
            format!("{}", aws_smithy_types::error::display::DisplayErrorContext(refused.expect_err("refused")));
        assert!(refused.contains("SQS:DeleteQueue is not on the read-only list"), "{refused}");
        let received = session.sqs("us-east-1").receive_message().queue_url("https://q").send().await;
        assert!(received.is_err());
        let created = session.iam().create_access_key().user_name("u").send().await;
        assert!(created.is_err());
        assert_eq!(answers.0.load(Ordering::SeqCst), 1, "nothing more was sent");
    }

    #[test]
    fn the_session_policy_fits_and_cannot_write() {
        let policy = session_policy("aws-us-gov", "123456789012");
        assert!(policy.len() <= 2048, "{} characters", policy.len());
        let policy: serde_json::Value = serde_json::from_str(&policy).expect("JSON");
        let statements = policy["Statement"].as_array().expect("statements");
        let mut allowed = BTreeSet::new();
        for statement in statements {
            for action in statement["Action"].as_array().expect("actions").iter().filter_map(|action| action.as_str()) {
                for resource in statement["Resource"].as_array().expect("resources") {
                    assert!(allowed.insert((action, resource.as_str().expect("a text"))), "{action} is there twice");
                }
            }
        }
        let listed: BTreeSet<_> = services::operations().map(|of| (of.action, of.resource)).collect();
        assert_eq!(allowed.len(), listed.len());
        // All that API Gateway has to read is one action, which is limited by its resources.
        let reads = |action: &str| {
            [":Describe", ":Get", ":List"].iter().any(|verb| action.contains(verb)) || action == "apigateway:GET"
        };
        assert!(allowed.iter().all(|(action, _)| reads(action)), "{allowed:?}");
        let paths = allowed.iter().filter(|(action, _)| *action == "apigateway:GET").map(|(_, resource)| *resource);
        assert_eq!(
            paths.collect::<Vec<_>>(),
            ["arn:aws-us-gov:apigateway:*::/restapis", "arn:aws-us-gov:apigateway:*::/restapis/*"]
        );
        assert!(!policy.to_string().contains("${"), "{policy}");
    }
}
