//! An account with twenty planted defects, and what `packs/security` makes of it: each is found, and nothing is found
//! beside what follows from them.
//!
//! What has no general rule, such as which view type a stream is to have, is asked by the architecture that lies over the
//! pack, `tests/live/planted.yaml`.

use crate::support::binary::{Key, Plimsoll};
use crate::support::lab::{self, Lab, done};
use crate::support::report::Report;
use crate::support::servers::{Kind, Server};
use crate::{KEY, REGION};
use aws_sdk_apigateway::types::{EndpointConfiguration, EndpointType, IntegrationType};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, SseSpecification, SseType,
    StreamSpecification, StreamViewType,
};
use aws_sdk_lambda::types::{DeadLetterConfig, Runtime, TracingConfig, TracingMode};
use aws_sdk_sqs::types::QueueAttributeName;
use std::collections::{BTreeMap, BTreeSet};

/// The pack, and above it what is asked of this architecture alone.
pub(crate) const RULES: &str = "tests/live/planted.yaml";

/// The defects, each with the findings that tell it: rule and resource. The first must be among them; the others follow
/// from it.
const DEFECTS: &[(&str, &[(&str, &str)])] = &[
    ("D1 a role that anybody may assume", &[("role-not-public", "vendor")]),
    ("D2 sqs:SendMessage on every queue", &[("role-avoidable-star", "mailer")]),
    ("D3 dynamodb:* on every table", &[("role-wildcard-actions", "importer"), ("role-avoidable-star", "importer")]),
    ("D4 everything on everything, attached", &[("role-administrator", "ops"), ("role-avoidable-star", "ops")]),
    (
        "D5 iam:PassRole with a new function that may be invoked",
        &[
            ("role-escalation", "deployer"),
            ("role-escalation-two-hops", "deployer"),
            ("role-passes-any-role", "deployer"),
            ("role-avoidable-star", "deployer"),
        ],
    ),
    (
        "D6 all but a few actions, in an inline policy",
        &[
            ("role-allows-by-exception", "helper"),
            ("role-escalation", "helper"),
            ("role-escalation-two-hops", "helper"),
            ("role-avoidable-star", "helper"),
        ],
    ),
    ("D7 a policy on a user", &[("user-without-policies", "bob")]),
    ("D8 a queue open to everyone", &[("queue-not-public", "open")]),
    ("D9 a queue open to everyone who speaks TLS", &[("queue-not-public", "open-by-tls")]),
    ("D10 a stream with another view type", &[("orders-stream", "orders")]),
    ("D11 a table without point-in-time recovery", &[("table-point-in-time-recovery", "orders")]),
    ("D12 a secret in a variable", &[("function-no-secrets", "send")]),
    ("D13 a runtime out of support", &[("function-runtime", "import")]),
    ("D14 no trigger on the stream", &[("stream-triggers-announce", "orders → announce"), ("stream-read", "orders")]),
    ("D15 a function that anyone may invoke", &[("function-not-public", "announce")]),
    ("D16 a subscription without TLS", &[("subscription-encrypted", "news")]),
    ("D17 a topic without a key", &[("topic-encrypted", "news")]),
    ("D18 a topic open to everyone", &[("topic-not-public", "open")]),
    ("D19 a method that asks for no authorization", &[("method-authorized", "POST /")]),
    (
        "D20 a stage without logs, traces, firewall and certificate",
        &[
            ("stage-logs", "prod"),
            ("stage-tracing", "prod"),
            ("stage-web-acl", "prod"),
            ("stage-client-certificate", "prod"),
        ],
    ),
];

/// What moto forgets of what it is told: it answers that no function is traced.
const FORGOTTEN: &[(&str, &str)] =
    &[("function-tracing", "announce"), ("function-tracing", "import"), ("function-tracing", "send")];

/// The roles: who may assume them, and an inline policy.
const ROLES: &[(&str, &str, Option<&str>)] = &[
    ("vendor", r#"{ "AWS": "*" }"#, None),
    ("mailer", LAMBDA, Some(r#"{ "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*" }"#)),
    ("importer", LAMBDA, Some(r#"{ "Effect": "Allow", "Action": "dynamodb:*", "Resource": "*" }"#)),
    ("ops", LAMBDA, None),
    (
        "deployer",
        r#"{ "Service": "codebuild.amazonaws.com" }"#,
        Some(
            r#"{ "Effect": "Allow", "Action": ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"],
                 "Resource": "*" }"#,
        ),
    ),
    (
        "helper",
        r#"{ "Service": "codebuild.amazonaws.com" }"#,
        Some(r#"{ "Effect": "Allow", "NotAction": ["s3:*", "ec2:*"], "Resource": "*" }"#),
    ),
    (
        "announcer",
        LAMBDA,
        Some(
            r#"{ "Effect": "Allow", "Action": "sns:Publish",
                 "Resource": "arn:aws:sns:${AWS::Region}:${AWS::AccountId}:news" }"#,
        ),
    ),
];

const LAMBDA: &str = r#"{ "Service": "lambda.amazonaws.com" }"#;
const ASIDE: &str = "aside";

fn policy(statement: &str) -> String {
    format!(r#"{{ "Version": "2012-10-17", "Statement": [{statement}] }}"#)
}

/// Builds the account.
pub(crate) async fn build(lab: &Lab) {
    for (name, principal, inline) in ROLES {
        let trust =
            policy(&format!(r#"{{ "Effect": "Allow", "Principal": {principal}, "Action": "sts:AssumeRole" }}"#));
        done(name, lab.iam.create_role().role_name(*name).assume_role_policy_document(trust).send().await);
        if let Some(inline) = inline {
            let put = lab.iam.put_role_policy().role_name(*name).policy_name("work");
            done(name, put.policy_document(lab.own(&policy(inline))).send().await);
        }
    }
    let attach = lab.iam.attach_role_policy().role_name("ops");
    done("ops", attach.policy_arn("arn:aws:iam::aws:policy/AdministratorAccess").send().await);
    done("bob", lab.iam.create_user().user_name("bob").send().await);
    let read = r#"{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*" }"#;
    let put = lab.iam.put_user_policy().user_name("bob").policy_name("read");
    done("bob", put.policy_document(policy(read)).send().await);
    queues(lab).await;
    table(lab).await;
    topics(lab).await;
    functions(lab).await;
    api(lab).await;
}

async fn queues(lab: &Lab) {
    let tls = r#", "Condition": { "Bool": { "aws:SecureTransport": "true" } }"#;
    for (name, condition) in [(ASIDE, None), ("open", Some("")), ("open-by-tls", Some(tls))] {
        let mut create = lab.sqs.create_queue().queue_name(name);
        create = create.attributes(QueueAttributeName::SqsManagedSseEnabled, "true");
        if let Some(condition) = condition {
            let arn = lab.queue_arn(name);
            let open = format!(
                r#"{{ "Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "{arn}"{condition} }}"#
            );
            let aside = lab.queue_arn(ASIDE);
            let redrive = format!(r#"{{ "deadLetterTargetArn": "{aside}", "maxReceiveCount": 3 }}"#);
            create = create.attributes(QueueAttributeName::Policy, policy(&open));
            create = create.attributes(QueueAttributeName::RedrivePolicy, redrive);
        }
        done(name, create.send().await);
    }
}

async fn table(lab: &Lab) {
    let what = "orders";
    let key = KeySchemaElement::builder().attribute_name("orderID").key_type(KeyType::Hash).build();
    let attribute = AttributeDefinition::builder().attribute_name("orderID").attribute_type(ScalarAttributeType::S);
    let encrypted = SseSpecification::builder().enabled(true).sse_type(SseType::Kms).build();
    let stream = StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::KeysOnly).build();
    let create = lab.dynamodb.create_table().table_name(what).billing_mode(BillingMode::PayPerRequest);
    let create = create.key_schema(done(what, key)).attribute_definitions(done(what, attribute.build()));
    let create = create.sse_specification(encrypted).stream_specification(done(what, stream));
    done(what, create.deletion_protection_enabled(true).send().await);
}

async fn topics(lab: &Lab) {
    let open = lab.topic_arn("open");
    let anyone =
        policy(&format!(r#"{{ "Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": "{open}" }}"#));
    lab::create_topic(lab, "news", &[]).await;
    lab::subscribe(lab, "news", "http", "http://example.com/news").await;
    lab::create_topic(lab, "open", &[("KmsMasterKeyId", "alias/aws/sns"), ("Policy", &anyone)]).await;
}

async fn functions(lab: &Lab) {
    const SECRET: &[(&str, &str)] = &[("API_SECRET", "kZ8vR2mQx7TfWb4nLs9YpHd3")];
    for (name, role, runtime, variables) in [
        ("send", "mailer", "python3.13", SECRET),
        ("import", "importer", "python3.8", &[]),
        ("announce", "announcer", "python3.13", &[]),
    ] {
        let function = lab::Function { name, role, runtime, variables, ..lab::STORES };
        lab::create_function(lab, &function).await;
        let aside = DeadLetterConfig::builder().target_arn(lab.queue_arn(ASIDE)).build();
        let traced = TracingConfig::builder().mode(TracingMode::Active).build();
        let update = lab.lambda.update_function_configuration().function_name(name).runtime(Runtime::from(runtime));
        done(name, update.dead_letter_config(aside).tracing_config(traced).send().await);
    }
    let permit = lab.lambda.add_permission().function_name("announce").statement_id("open");
    done("open", permit.action("lambda:InvokeFunction").principal("*").send().await);
}

async fn api(lab: &Lab) {
    let name = "shop";
    let regional = EndpointConfiguration::builder().types(EndpointType::Regional).build();
    let create = lab.apigateway.create_rest_api().name(name).endpoint_configuration(regional);
    let id = done(name, create.send().await).id.unwrap_or_else(|| panic!("{name} has no id"));
    let api = lab::RestApi { name, integration: None, ..lab::ORDERS_API };
    let lab::Method { resource, method, .. } = lab::create_method(lab, &id, &api).await;
    let put = lab.apigateway.put_integration().rest_api_id(&id).resource_id(&resource).http_method(&method);
    done(name, put.r#type(IntegrationType::Mock).request_templates("application/json", "{}").send().await);
    done(name, lab.apigateway.create_deployment().rest_api_id(&id).stage_name("prod").send().await);
}

fn scan(server: &Server) -> Report {
    let scan = Plimsoll::scan(&server.endpoint(), RULES, &Key::administrator(KEY));
    scan.with(&["--region", REGION]).run().report()
}

async fn finds_each(kind: Kind, forgotten: &[(&str, &str)], unknown: &[(&str, &str)]) {
    let server = Server::start(kind);
    let lab = Lab::of(&server.endpoint(), REGION, KEY, server.account());
    build(&lab).await;
    let report = scan(&server);
    let mut found: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    let mut open: BTreeSet<(&str, &str)> = BTreeSet::new();
    for finding in report.findings() {
        // A subscription has no name: it is told by that of its topic.
        let resource = finding.text("resource");
        let topic = resource.split(':').nth(5).filter(|_| resource.starts_with("arn:aws:sns:"));
        let pair = (finding.text("rule"), topic.unwrap_or(resource));
        match finding.verdict() {
            // A remark is something to know, and no defect.
            "fail" if finding.text("severity") != "info" => drop(found.insert(pair, finding.text("found"))),
            "unknown" => drop(open.insert(pair)),
            _ => {}
        }
    }
    let mut wrong = Vec::new();
    for (defect, tells) in DEFECTS {
        for pair in *tells {
            if found.remove(pair).is_none() {
                wrong.push(format!("{defect} is not told by {pair:?}"));
            }
        }
    }
    for pair in forgotten {
        if found.remove(pair).is_none() {
            wrong.push(format!("{pair:?} is not found any more"));
        }
    }
    wrong.extend(found.iter().map(|(pair, said)| format!("nobody planted {pair:?}: {said}")));
    let unknown: BTreeSet<_> = unknown.iter().copied().collect();
    if open != unknown {
        wrong.push(format!("not known: {open:?}"));
    }
    assert!(wrong.is_empty(), "{kind:?}\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn ministack_shows_each_defect() {
    finds_each(Kind::Ministack, &[], &[]).await;
}

#[tokio::test]
async fn moto_shows_each_defect() {
    // moto does not list the addresses of functions.
    finds_each(Kind::Moto, FORGOTTEN, &[("function-url-not-public", "every AWS::Lambda::Url")]).await;
}
