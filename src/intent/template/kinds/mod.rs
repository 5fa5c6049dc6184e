//! What each type of resource in a template means, in the terms of the kinds. One file a service.

mod apigateway;
mod dynamodb;
mod iam;
mod lambda;
mod openapi;
mod sns;
mod sqs;

use super::build::{Build, Resource};
use super::name::{Found, found};
use crate::intent::Intended;
use crate::model::Kind;
use crate::services::kind;

/// Types that only serve others: what they say stands in those, or says nothing of the account.
const SERVING: [&str; 4] = [
    "AWS::ApiGateway::Resource",
    "AWS::CDK::Metadata",
    "AWS::CloudFormation::WaitConditionHandle",
    "AWS::Serverless::Globals",
];

/// Puts all of `resources` together.
pub(super) fn all(build: &mut Build<'_>, resources: &[Resource]) {
    // What hangs on another, or is written into it, comes after it.
    for resource in resources {
        match resource.type_name.as_str() {
            "AWS::SQS::Queue" => sqs::queue(build, resource),
            "AWS::SNS::Topic" => sns::topic(build, resource),
            "AWS::Lambda::Function" => lambda::function(build, resource),
            "AWS::DynamoDB::Table" => dynamodb::table(build, resource),
            "AWS::IAM::Role" | "AWS::IAM::User" | "AWS::IAM::Group" => iam::principal(build, resource),
            "AWS::IAM::ManagedPolicy" => iam::managed_policy(build, resource),
            "AWS::ApiGateway::RestApi" => apigateway::rest_api(build, resource),
            _ => {}
        }
    }
    build.learn_names();
    for resource in resources {
        match resource.type_name.as_str() {
            "AWS::Lambda::Function" => lambda::environment(build, resource),
            "AWS::Lambda::EventSourceMapping" => lambda::mapping(build, resource),
            "AWS::Lambda::Url" => lambda::url(build, resource),
            "AWS::SNS::Topic" => sns::subscriptions_of(build, resource),
            "AWS::SNS::Subscription" => sns::subscription(build, resource),
            "AWS::ApiGateway::RestApi" => openapi::body(build, resource),
            "AWS::ApiGateway::Authorizer" => apigateway::authorizer(build, resource),
            "AWS::ApiGateway::Method" => apigateway::method(build, resource),
            "AWS::ApiGateway::Stage" => apigateway::stage(build, resource),
            "AWS::ApiGateway::Deployment" => apigateway::deployment(build, resource),
            _ => {}
        }
    }
    for resource in resources {
        match resource.type_name.as_str() {
            "AWS::SQS::QueuePolicy" => sqs::policy(build, resource, "Queues"),
            "AWS::SQS::QueueInlinePolicy" => sqs::policy(build, resource, "Queue"),
            "AWS::SNS::TopicPolicy" => sns::policy(build, resource, "Topics"),
            "AWS::SNS::TopicInlinePolicy" => sns::policy(build, resource, "TopicArn"),
            "AWS::Lambda::Permission" => lambda::permission(build, resource),
            "AWS::Lambda::EventInvokeConfig" => lambda::event_invoke_config(build, resource),
            "AWS::IAM::Policy" => iam::policy(build, resource, &["Roles", "Users", "Groups"]),
            "AWS::IAM::RolePolicy" => iam::policy(build, resource, &["RoleName"]),
            "AWS::IAM::UserPolicy" => iam::policy(build, resource, &["UserName"]),
            "AWS::IAM::GroupPolicy" => iam::policy(build, resource, &["GroupName"]),
            "AWS::IAM::ManagedPolicy" => iam::attachments(build, resource),
            "AWS::IAM::UserToGroupAddition" => iam::membership(build, resource),
            other if kind(other).is_some() || SERVING.contains(&other) => {}
            other => {
                let near = crate::services::kinds()
                    .map(|kind| kind.type_name)
                    .find(|name| strsim::damerau_levenshtein(&name.to_lowercase(), &other.to_lowercase()) <= 2);
                let why = match (other, near) {
                    (_, Some(near)) => format!("Plimsoll reads no such type; did you mean {near}?"),
                    ("AWS::Serverless::HttpApi" | "AWS::ApiGatewayV2::Api", _) => {
                        "HTTP APIs and WebSocket APIs are not read".to_owned()
                    }
                    ("AWS::Lambda::Alias" | "AWS::Lambda::Version", _) => {
                        "versions and aliases are not read, nor their policies".to_owned()
                    }
                    _ => "Plimsoll does not read this type".to_owned(),
                };
                build.leave(resource, why);
            }
        }
    }
}

/// The kind called `type_name`.
///
/// # Panics
/// If there is none: the callers name kinds.
fn kind_of(type_name: &str) -> &'static Kind {
    match kind(type_name) {
        Some(kind) => kind,
        None => unreachable!("{type_name} is a kind"),
    }
}

/// `resource`, which has a name, with its properties but for those called in `beside`; none if it cannot be found.
fn named(build: &mut Build<'_>, resource: &Resource, beside: &[&str]) -> Option<Intended> {
    let kind = kind_of(&resource.type_name);
    let mut beside = beside.to_vec();
    beside.push(kind.name_field);
    // What is wrong with its properties is said even if it cannot be found.
    let properties = build.properties(resource, kind, &beside);
    let Found { name, select } = match found(build, resource, kind) {
        Ok(found) => found,
        Err(why) => {
            build.leave(resource, why);
            return None;
        }
    };
    Some(Intended {
        key: resource.key.clone(),
        type_name: resource.type_name.clone(),
        name,
        of: None,
        select,
        properties,
        origin: build.origin(resource),
    })
}

/// The resource of one of `types` that the property `name` of `resource` says it belongs to; what it is left for, if
/// there is no telling.
fn parent(build: &mut Build<'_>, resource: &Resource, name: &str, types: &[&str]) -> Option<String> {
    let Some(value) = build.property(resource, name) else {
        build.missing(resource, name);
        return None;
    };
    let target = build.target(&value, types);
    if target.is_none() {
        let why = match value.unknown() {
            Some(why) => format!("its {name} is not known: {why}"),
            None => format!("its {name} is nothing that was taken over from this template"),
        };
        build.leave(resource, why);
    }
    target
}
