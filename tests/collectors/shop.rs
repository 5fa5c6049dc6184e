//! A small account with topics and REST APIs that answers as AWS does, with faults put in its way.

use super::account::{ID, quick, xml};
use plimsoll::aws::{Answers, Outcome, Request, Session, Source};
use plimsoll::model::{Account, Needs};
use serde_json::{Value as Json, json};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

pub(crate) const REGION: &str = "us-east-1";

type Fault = Box<dyn Fn(&Request, usize) -> Option<Outcome> + Send + Sync>;

/// The account, the size of its pages, and what goes wrong with the n-th request (from 1).
pub(crate) struct Shop {
    page: usize,
    fault: Fault,
    pub(crate) sent: Mutex<Vec<Request>>,
    count: AtomicUsize,
}

impl std::fmt::Debug for Shop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shop")
    }
}

/// The topics, in the order in which they are listed.
const TOPICS: [&str; 3] = ["alarms", "orders", "orders.fifo"];

/// A topic, and a subscription to it: its last part or what stands in its place, the protocol, the endpoint.
type Subscribed = (&'static str, &'static str, &'static str, &'static str);

const SUBSCRIPTIONS: [Subscribed; 6] = [
    ("orders", "PendingConfirmation", "email", "ann@example.com"),
    ("orders", "PendingConfirmation", "email", "ben@example.com"),
    ("orders", "0001", "email", "eve@example.com"),
    ("orders", "0002", "sqs", "arn:aws:sqs:us-east-1:123456789012:orders"),
    ("orders", "Deleted", "email", "ann@example.com"),
    ("alarms", "0003", "lambda", "arn:aws:lambda:us-east-1:123456789012:function:alarm"),
];

/// Which messages go to the queue, as somebody wrote it.
const FILTER: &str = r#"{ "store": ["b", "a"], "price": [ { "numeric": [ ">", 100 ] } ] }"#;
const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*"}]}"#;

pub(crate) fn topic(name: &str) -> String {
    format!("arn:aws:sns:us-east-1:{ID}:{name}")
}

pub(crate) fn api(id: &str) -> String {
    format!("arn:aws:apigateway:us-east-1::/restapis/{id}")
}

fn entries(entries: &[(&str, String)]) -> String {
    let mut text = "<Attributes>".to_owned();
    for (key, value) in entries {
        let value = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = write!(text, "<entry><key>{key}</key><value>{value}</value></entry>");
    }
    text + "</Attributes>"
}

fn rest(body: &Json) -> Outcome {
    let headers = vec![("content-type".into(), "application/json".into()), ("x-amzn-requestid".into(), "req".into())];
    Outcome::Response { status: 200, headers, body: body.to_string().into() }
}

/// An error as the service of `request` writes it.
pub(crate) fn error(request: &Request, status: u16, code: &str) -> Outcome {
    if request.service != "apigateway" {
        return super::account::error(request, status, code);
    }
    let headers =
        vec![("content-type".into(), "application/json".into()), ("x-amzn-errortype".into(), code.to_owned())];
    Outcome::Response { status, headers, body: json!({ "message": "no" }).to_string().into() }
}

impl Shop {
    pub(crate) fn new(page: usize, fault: impl Fn(&Request, usize) -> Option<Outcome> + Send + Sync + 'static) -> Self {
        Self { page, fault: Box::new(fault), sent: Mutex::default(), count: AtomicUsize::new(0) }
    }

    pub(crate) fn sound() -> Arc<Self> {
        Arc::new(Self::new(1000, |_, _| None))
    }

    pub(crate) fn sent(&self, operation: &str) -> usize {
        self.sent.lock().expect("lock").iter().filter(|request| request.operation == operation).count()
    }

    /// The items of the page that begins at `from`, and where the next begins.
    fn page<T: Clone>(&self, items: &[T], from: Option<&str>) -> (Vec<T>, Option<usize>) {
        let from: usize = from.map_or(0, |from| from.parse().expect("a token of ours"));
        let until = (from + self.page).min(items.len());
        (items[from..until].to_vec(), (until < items.len()).then_some(until))
    }

    fn sns(&self, request: &Request) -> Outcome {
        let operation = request.operation.as_str();
        let decoded = |name: &str| request.form(name).unwrap_or_default().replace("%3A", ":");
        let list = |element: &str, items: &[String]| {
            let (page, next) = self.page(items, request.form("NextToken"));
            let next = next.map_or_else(String::new, |next| format!("<NextToken>{next}</NextToken>"));
            xml(operation, &format!("<{element}>{}</{element}>{next}", page.concat()))
        };
        let asked = decoded("TopicArn");
        let name = asked.rsplit(':').next().unwrap_or_default();
        match operation {
            "ListTopics" => {
                list("Topics", &TOPICS.map(|name| format!("<member><TopicArn>{}</TopicArn></member>", topic(name))))
            }
            "GetTopicAttributes" | "ListSubscriptionsByTopic" if !TOPICS.contains(&name) => {
                error(request, 404, "NotFound")
            }
            "GetTopicAttributes" => xml(operation, &entries(&topic_attributes(name))),
            "ListTagsForResource" => {
                xml(operation, "<Tags><member><Key>owner</Key><Value>a secret of ann</Value></member></Tags>")
            }
            "ListSubscriptions" | "ListSubscriptionsByTopic" => {
                let members: Vec<String> = SUBSCRIPTIONS
                    .iter()
                    .filter(|(of, ..)| operation == "ListSubscriptions" || *of == name)
                    .map(|(of, id, protocol, endpoint)| {
                        let arn = if id.starts_with('0') { format!("{}:{id}", topic(of)) } else { (*id).to_owned() };
                        format!(
                            "<member><Owner>{ID}</Owner><Endpoint>{endpoint}</Endpoint><Protocol>{protocol}</Protocol>\
                             <TopicArn>{}</TopicArn><SubscriptionArn>{arn}</SubscriptionArn></member>",
                            topic(of)
                        )
                    })
                    .collect();
                list("Subscriptions", &members)
            }
            "GetSubscriptionAttributes" => {
                let arn = decoded("SubscriptionArn");
                let of = |(of, id, ..): &&Subscribed| format!("{}:{id}", topic(of)) == arn;
                let Some((_, _, protocol, endpoint)) = SUBSCRIPTIONS.iter().find(of) else {
                    return error(request, 400, "InvalidParameter");
                };
                let mut attributes = vec![
                    ("SubscriptionArn", arn.clone()),
                    ("Protocol", (*protocol).to_owned()),
                    ("Endpoint", (*endpoint).to_owned()),
                    ("PendingConfirmation", "false".to_owned()),
                    ("RawMessageDelivery", (*protocol == "sqs").to_string()),
                ];
                if *protocol == "sqs" {
                    let dead = format!("{{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:{ID}:dead\"}}");
                    attributes.extend([("FilterPolicy", FILTER.to_owned()), ("RedrivePolicy", dead)]);
                }
                xml(operation, &entries(&attributes))
            }
            other => panic!("{other} is not expected"),
        }
    }

    fn apigateway(&self, request: &Request) -> Outcome {
        let parameter = |name: &str| {
            request
                .query
                .split('&')
                .filter_map(|part| part.split_once('='))
                .find(|(key, _)| *key == name)
                .map(|(_, v)| v)
        };
        let list = |items: &[Json]| {
            let (page, next) = self.page(items, parameter("position"));
            let mut body = json!({ "item": page });
            if let Some(next) = next {
                body["position"] = next.to_string().into();
            }
            rest(&body)
        };
        let parts: Vec<&str> = request.path.trim_matches('/').split('/').skip(1).collect();
        let known = |id: &str| matches!(id, "a1" | "b2" | "b3");
        match parts[..] {
            [] => list(&[rest_api("b3", "twice"), rest_api("a1", "shop"), rest_api("b2", "twice")]),
            [id, ..] if !known(id) => error(request, 404, "NotFoundException"),
            ["a1", "resources"] => list(&[
                json!({ "id": "r0", "path": "/", "resourceMethods": { "POST": method("POST", true) } }),
                json!({
                    "id": "r1", "path": "/orders", "pathPart": "orders", "parentId": "r0",
                    "resourceMethods": { "GET": method("GET", false), "OPTIONS": {}, "PUT": {} }
                }),
            ]),
            [_, "resources"] => list(&[json!({ "id": "r9", "path": "/" })]),
            ["a1", "resources", "r1", "methods", "OPTIONS"] => rest(&method("OPTIONS", false)),
            ["a1", "resources", "r1", "methods", "PUT"] => rest(&method("PUT", true)),
            ["a1", "resources", "r1", "methods", "GET", "integration"] => {
                rest(&json!({ "type": "MOCK", "passthroughBehavior": "WHEN_NO_MATCH", "timeoutInMillis": 5000 }))
            }
            ["a1", "resources", "r1", "methods", _, "integration"] => error(request, 404, "NotFoundException"),
            ["a1", "stages"] => rest(&json!({ "item": [stage()] })),
            [_, "stages"] => rest(&json!({ "item": [] })),
            ["a1", "deployments"] => list(&[
                json!({ "id": "d1", "description": "first", "createdDate": 1_767_225_600 }),
                json!({ "id": "d2", "createdDate": 1_767_225_601.5 }),
            ]),
            ["a1", "authorizers"] => list(&[json!({
                "id": "au1", "name": "people", "type": "COGNITO_USER_POOLS", "identitySource": "method.request.header.A",
                "providerARNs": [format!("arn:aws:cognito-idp:us-east-1:{ID}:userpool/p")]
            })]),
            [_, "deployments" | "authorizers"] => list(&[]),
            _ => panic!("{} is not expected", request.path),
        }
    }

    /// What the account answers when nothing goes wrong.
    pub(crate) fn answer_to(&self, request: &Request) -> Outcome {
        match request.service.as_str() {
            "sts" => xml(
                "GetCallerIdentity",
                &format!("<Arn>arn:aws:iam::{ID}:user/auditor</Arn><UserId>AIDA</UserId><Account>{ID}</Account>"),
            ),
            "sns" => self.sns(request),
            _ => self.apigateway(request),
        }
    }
}

fn topic_attributes(name: &str) -> Vec<(&'static str, String)> {
    let mut attributes = vec![
        ("TopicArn", topic(name)),
        ("Owner", ID.to_owned()),
        ("DisplayName", String::new()),
        ("Policy", POLICY.to_owned()),
        ("SubscriptionsConfirmed", "7".to_owned()),
    ];
    if name.ends_with(".fifo") {
        attributes.extend([("FifoTopic", "true".to_owned()), ("ContentBasedDeduplication", "true".to_owned())]);
    } else {
        attributes.extend([
            ("KmsMasterKeyId", "alias/aws/sns".to_owned()),
            ("SignatureVersion", "2".to_owned()),
            ("DeliveryPolicy", "{ \"http\": { \"b\": 1, \"a\": 2 } }".to_owned()),
        ]);
    }
    attributes
}

fn rest_api(id: &str, name: &str) -> Json {
    json!({
        "id": id, "name": name, "createdDate": 1_767_225_600, "apiKeySource": "HEADER",
        "endpointConfiguration": { "types": ["REGIONAL"], "ipAddressType": "ipv4" },
        "disableExecuteApiEndpoint": false, "rootResourceId": "r0",
        // API Gateway sends the inside of a JSON text.
        "policy": POLICY.replace('"', "\\\"").replace('/', "\\/"),
        "tags": { "owner": "a secret of ann" },
    })
}

fn method(verb: &str, with_integration: bool) -> Json {
    let mut method = json!({
        "httpMethod": verb, "authorizationType": "NONE", "apiKeyRequired": false,
        "methodResponses": { "200": { "statusCode": "200", "responseModels": { "application/json": "Empty" } } },
    });
    if with_integration {
        method["methodIntegration"] = json!({
            "type": "AWS", "httpMethod": "POST", "uri": format!("arn:aws:apigateway:us-east-1:sqs:path/{ID}/orders"),
            "credentials": format!("arn:aws:iam::{ID}:role/api"), "passthroughBehavior": "NEVER",
            "timeoutInMillis": 29000, "cacheNamespace": "r0", "cacheKeyParameters": [],
            "requestParameters":
                { "integration.request.header.Content-Type": "'application/x-www-form-urlencoded'" },
            "requestTemplates": { "application/json": "Action=SendMessage&MessageBody=$input.body" },
            "integrationResponses": { "200": { "statusCode": "200", "responseTemplates": {} } },
        });
    }
    method
}

fn stage() -> Json {
    json!({
        "stageName": "prod", "deploymentId": "d1", "tracingEnabled": false, "cacheClusterEnabled": true,
        "createdDate": 1_767_225_600, "lastUpdatedDate": 1_767_225_601,
        "variables": { "queue": format!("arn:aws:sqs:us-east-1:{ID}:orders"), "key": "hunter2" },
        "methodSettings": {
            "*/*": { "loggingLevel": "ERROR", "metricsEnabled": true, "throttlingRateLimit": 100.0, "throttlingBurstLimit": 50 },
            "~1orders/GET": { "throttlingRateLimit": 0.5 },
        },
        "accessLogSettings": { "destinationArn": format!("arn:aws:logs:us-east-1:{ID}:log-group:api"), "format": "$context.requestId" },
        "tags": { "owner": "a secret of ann" },
    })
}

impl Answers for Shop {
    fn answer(&self, request: &Request) -> Outcome {
        let number = self.count.fetch_add(1, Ordering::SeqCst) + 1;
        self.sent.lock().expect("lock").push(request.clone());
        (self.fault)(request, number).unwrap_or_else(|| self.answer_to(request))
    }
}

pub(crate) async fn session(shop: &Arc<Shop>, record: bool) -> Session {
    let source = Source::Answers(Arc::clone(shop) as Arc<dyn Answers>, quick());
    Session::open(source, Some(REGION), record).await.expect("a session")
}

pub(crate) async fn fetch(shop: &Arc<Shop>, needs: &Needs) -> Account {
    plimsoll::scan::fetch(&session(shop, false).await, needs, &|_, _| {}).await
}

/// Everything that can be read of SNS and API Gateway.
pub(crate) fn everything() -> Needs {
    let mut needs = Needs::default();
    for kind in plimsoll::services::kinds().filter(|kind| matches!(kind.service, "sns" | "apigateway")) {
        needs.all(kind.type_name, REGION, kind.fields().iter().map(|field| field.name.as_str()));
    }
    needs
}

/// Everything that can be read of the topic `orders` and the API `shop` and of what hangs on them, and of one of each
/// that is not there.
pub(crate) fn by_name() -> Needs {
    let mut needs = Needs::default();
    for kind in plimsoll::services::kinds().filter(|kind| matches!(kind.service, "sns" | "apigateway")) {
        for name in if kind.service == "sns" { ["orders", "nowhere"] } else { ["shop", "nothing"] } {
            let fields = kind.fields().iter().map(|field| field.name.as_str());
            match kind.parent {
                None => needs.named(kind.type_name, REGION, name, fields),
                Some(_) => needs.children(kind.type_name, REGION, name, fields),
            }
        }
    }
    needs
}
