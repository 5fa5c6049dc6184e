//! The property `Events` of a function: what invokes it, and what permits that.

use super::api::{IMPLICIT, Method};
use super::policy::{self, Grants, managed};
use super::{Making, referred, unknown};
use crate::intent::template::build::Resource;
use crate::intent::template::node::{Entry, Node};
use crate::rules::closest;

/// The types of event source.
const TYPES: [&str; 20] = [
    "AlexaSkill",
    "Api",
    "CloudWatchEvent",
    "CloudWatchLogs",
    "Cognito",
    "DocumentDB",
    "DynamoDB",
    "EventBridgeRule",
    "HttpApi",
    "IoTRule",
    "Kinesis",
    "MQ",
    "MSK",
    "S3",
    "SNS",
    "SQS",
    "Schedule",
    "ScheduleV2",
    "SelfManagedKafka",
    "WebSocketApi",
];

/// What an event source mapping has of an event, under the same names.
const OF_MAPPING: [&str; 14] = [
    "BatchSize",
    "BisectBatchOnFunctionError",
    "Enabled",
    "FilterCriteria",
    "FunctionResponseTypes",
    "MaximumBatchingWindowInSeconds",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "MetricsConfig",
    "ParallelizationFactor",
    "ScalingConfig",
    "StartingPosition",
    "StartingPositionTimestamp",
    "TumblingWindowInSeconds",
];

/// Makes what the events of `resource` stand for. `invoked` is the logical id of the function, or of its alias.
pub(super) fn expand(making: &mut Making<'_>, resource: &Resource, invoked: &str, grants: &mut Grants) {
    let Some(events) = resource.properties.get("Events") else { return };
    if events.intrinsic().is_some() {
        making.leave(resource, "Events", "they are not written out");
        return;
    }
    for entry in events.entries() {
        let event = &entry.value;
        let Some(kind) = event.get("Type").and_then(Node::as_text) else {
            let message = format!("the event `{}` has no `Type`", entry.key);
            making.diagnostics.error("missing-field", &entry.key_span, message).help("such as `Type: SQS`");
            continue;
        };
        let nothing = Node::map(&entry.key_span, Vec::new());
        let properties = event.get("Properties").unwrap_or(&nothing);
        let one = Event { entry, id: format!("{}{}", resource.id, entry.key), properties };
        match kind {
            "Api" => one.api(making, resource, invoked),
            "SQS" => one.mapping(making, resource, invoked, "Queue", "AWSLambdaSQSQueueExecutionRole", grants),
            "DynamoDB" => one.mapping(making, resource, invoked, "Stream", "AWSLambdaDynamoDBExecutionRole", grants),
            "Kinesis" => one.mapping(making, resource, invoked, "Stream", "AWSLambdaKinesisExecutionRole", grants),
            "SNS" => one.topic(making, resource, invoked),
            "MQ" | "MSK" | "DocumentDB" | "SelfManagedKafka" | "ScheduleV2" => {
                // These have their own ways in, and their roles get policies that are not worked out.
                grants.managed.push(unknown(&entry.key_span));
                making.leave(resource, &format!("the event {}", entry.key), "events of this type are not worked out");
            }
            "HttpApi" => {
                one.other(making, resource, invoked, "apigateway.amazonaws.com", "HTTP APIs are not read");
            }
            "S3" => one.other(making, resource, invoked, "s3.amazonaws.com", "buckets are not read"),
            "Schedule" | "EventBridgeRule" | "CloudWatchEvent" => {
                one.other(making, resource, invoked, "events.amazonaws.com", "rules of EventBridge are not read");
            }
            other if TYPES.contains(&other) => {
                let why = "events of this type are not worked out";
                making.leave(resource, &format!("the event {}", entry.key), why);
                one.permission(making, resource, invoked, unknown(&entry.key_span), Some(unknown(&entry.key_span)), "");
            }
            other => {
                let at = event.get("Type").map_or(&entry.key_span, |kind| &kind.span);
                let error =
                    making.diagnostics.error("unknown-event", at, format!("there is no type of event `{other}`"));
                match closest(other, TYPES) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error.help(format!("the types are {}", TYPES.join(", "))),
                };
            }
        }
    }
}

/// An event of a function.
struct Event<'a> {
    entry: &'a Entry,
    /// The logical id of what is made for it.
    id: String,
    properties: &'a Node,
}

impl Event<'_> {
    /// A property that must be there.
    fn needed(&self, making: &mut Making<'_>, name: &str) -> Option<Node> {
        let node = self.properties.get(name).cloned();
        if node.is_none() {
            let message = format!("the event `{}` has no `{name}`", self.entry.key);
            making.diagnostics.error("missing-field", &self.entry.key_span, message);
        }
        node
    }

    fn permission(
        &self,
        making: &mut Making<'_>,
        resource: &Resource,
        invoked: &str,
        principal: Node,
        source: Option<Node>,
        suffix: &str,
    ) {
        let span = &self.entry.key_span;
        let mut made = vec![
            ("Action", Node::text(span, "lambda:InvokeFunction")),
            ("FunctionName", Node::reference(span, invoked)),
            ("Principal", principal),
        ];
        made.extend(source.map(|source| ("SourceArn", source)));
        making.add(resource, format!("{}Permission{suffix}", self.id), "AWS::Lambda::Permission", made);
    }

    /// An event whose source is not read: what lets it in is known but for the source.
    fn other(&self, making: &mut Making<'_>, resource: &Resource, invoked: &str, service: &str, why: &str) {
        let span = &self.entry.key_span;
        making.leave(resource, &format!("the event {}", self.entry.key), why);
        self.permission(making, resource, invoked, Node::text(span, service), Some(unknown(span)), "");
    }

    fn mapping(
        &self,
        making: &mut Making<'_>,
        resource: &Resource,
        invoked: &str,
        source: &str,
        role_policy: &str,
        grants: &mut Grants,
    ) {
        let span = &self.entry.key_span;
        let Some(arn) = self.needed(making, source) else { return };
        let mut made = vec![("EventSourceArn", arn), ("FunctionName", Node::reference(span, invoked))];
        for name in OF_MAPPING {
            if let Some(node) = self.properties.get(name) {
                made.push((name, node.clone()));
            }
        }
        let failed = self.properties.get("DestinationConfig").and_then(|config| config.get("OnFailure"));
        if let (Some(to), Some(destination)) = (failed, failed.and_then(|to| to.get("Destination"))) {
            let on_failure = Node::map(span, vec![("Destination", destination.clone())]);
            made.push(("DestinationConfig", Node::map(span, vec![("OnFailure", on_failure)])));
            let kind = to.get("Type").and_then(Node::as_text).unwrap_or_default();
            if let Some(action) = policy::action_to(kind).filter(|_| kind == "SQS" || kind == "SNS") {
                let document = policy::allow(span, action, destination, false);
                // SAM writes no document into a role twice.
                if !grants.inline.iter().any(|(_, other)| other.says_the_same(&document)) {
                    grants.inline.push((format!("{}{kind}Policy", self.id), document));
                }
            }
        }
        grants.managed.push(managed(span, role_policy));
        making.add(resource, self.id.clone(), "AWS::Lambda::EventSourceMapping", made);
    }

    fn topic(&self, making: &mut Making<'_>, resource: &Resource, invoked: &str) {
        let span = &self.entry.key_span;
        let Some(topic) = self.needed(making, "Topic") else { return };
        let through_queue = self.properties.get("SqsSubscription");
        if through_queue.is_some_and(|queue| queue.as_text() != Some("false")) {
            let what = format!("the event {}", self.entry.key);
            making.leave(resource, &what, "a subscription through a queue (SqsSubscription) is not worked out");
            return;
        }
        let service = Node::text(span, "sns.amazonaws.com");
        self.permission(making, resource, invoked, service, Some(topic.clone()), "");
        // A subscription is given the ARN, whether of the function or of its alias.
        let endpoint =
            if invoked == resource.id { Node::attribute(span, invoked, "Arn") } else { Node::reference(span, invoked) };
        let mut made = vec![("Endpoint", endpoint), ("Protocol", Node::text(span, "lambda")), ("TopicArn", topic)];
        for name in ["FilterPolicy", "FilterPolicyScope", "RedrivePolicy", "Region"] {
            if let Some(node) = self.properties.get(name) {
                made.push((name, node.clone()));
            }
        }
        making.add(resource, self.id.clone(), "AWS::SNS::Subscription", made);
    }

    /// A method of an API, with the permission to invoke the function through it.
    fn api(&self, making: &mut Making<'_>, resource: &Resource, invoked: &str) {
        let span = &self.entry.key_span;
        let (Some(path), Some(verb)) = (self.needed(making, "Path"), self.needed(making, "Method")) else { return };
        let (Some(path), Some(verb)) = (path.as_text(), verb.as_text()) else {
            making.leave(resource, &format!("the event {}", self.entry.key), "its Path or Method is no plain text");
            return;
        };
        let api = match self.properties.get("RestApiId") {
            None => IMPLICIT.to_owned(),
            Some(node) => match referred(node) {
                Some(id) => id.to_owned(),
                None => {
                    let what = format!("the event {}", self.entry.key);
                    making.leave(resource, &what, "its API is not one of this template");
                    let service = Node::text(span, "apigateway.amazonaws.com");
                    self.permission(making, resource, invoked, service, Some(unknown(span)), "");
                    return;
                }
            },
        };
        // A trailing slash is left out, and each part in braces stands for whatever a request has there.
        let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
        let any = verb.eq_ignore_ascii_case("any") || verb == "x-amazon-apigateway-any-method";
        let asked = if any { "*".to_owned() } else { verb.to_ascii_uppercase() };
        let source = Node::map(
            span,
            vec![(
                "Fn::Sub",
                Node::list(
                    span,
                    vec![
                        Node::text(
                            span,
                            format!(
                                "arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{Api}}/*/{asked}{}",
                                starred(path)
                            ),
                        ),
                        Node::map(span, vec![("Api", Node::reference(span, &api))]),
                    ],
                ),
            )],
        );
        let service = Node::text(span, "apigateway.amazonaws.com");
        self.permission(making, resource, invoked, service, Some(source), "Api");
        making.methods.push(Method {
            api,
            path: path.to_owned(),
            verb: if any { "x-amazon-apigateway-any-method".to_owned() } else { verb.to_ascii_lowercase() },
            span: span.clone(),
            invoked: invoked.to_owned(),
            is_alias: invoked != resource.id,
            auth: self.properties.get("Auth").cloned(),
            condition: resource.condition.as_ref().map(|(name, _)| name.clone()),
        });
    }
}

/// A path with each part in braces as `*`.
fn starred(path: &str) -> String {
    let mut starred = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        starred.push_str(before);
        match after.split_once('}') {
            Some((_, after)) => {
                starred.push('*');
                rest = after;
            }
            None => {
                starred.push('{');
                rest = after;
            }
        }
    }
    starred + rest
}
