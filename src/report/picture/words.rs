//! AWS's words for types of resources, and for what joins two of them.

use crate::model::{Hop, Mechanism, SUBSCRIPTION};

/// What the console calls a resource of `type_name`; of a subscription, with what it delivers by.
pub fn in_aws_words(type_name: &str, protocol: Option<&str>) -> String {
    let words = match type_name {
        "AWS::ApiGateway::RestApi" => "REST API",
        "AWS::ApiGateway::Resource" => "API resource",
        "AWS::ApiGateway::Method" => "API method",
        "AWS::ApiGateway::Stage" => "API stage",
        "AWS::ApiGateway::Deployment" => "API deployment",
        "AWS::ApiGateway::Authorizer" => "API authorizer",
        "AWS::DynamoDB::Table" => "DynamoDB table",
        "AWS::IAM::Role" => "IAM role",
        "AWS::IAM::User" => "IAM user",
        "AWS::IAM::Group" => "IAM group",
        "AWS::IAM::ManagedPolicy" => "IAM policy",
        "AWS::Lambda::Function" => "Lambda function",
        "AWS::Lambda::EventSourceMapping" => "Lambda trigger",
        "AWS::Lambda::Url" => "function URL",
        "AWS::SNS::Topic" => "SNS topic",
        "AWS::SQS::Queue" => "SQS queue",
        SUBSCRIPTION => return protocol.map_or_else(|| "SNS subscription".to_owned(), subscription),
        "flow" => "flow",
        other => return other.strip_prefix("AWS::").unwrap_or(other).replace("::", " "),
    };
    words.to_owned()
}

fn subscription(protocol: &str) -> String {
    let by = match protocol {
        "email" => "e-mail",
        "email-json" => "e-mail (JSON)",
        "sms" => "SMS",
        "sqs" => "SQS",
        "lambda" => "Lambda",
        "http" => "HTTP",
        "https" => "HTTPS",
        "application" => "mobile push",
        "firehose" => "Firehose",
        other => other,
    };
    format!("{by} subscription")
}

/// What joins resources of these types, in a word.
pub fn joined_by(from: &str, to: &str) -> &'static str {
    match Mechanism::between(from, to).map(|mechanism| (mechanism.hop, mechanism.to)) {
        Some((Hop::MethodToQueue | Hop::MethodToFunction, _)) => "integration",
        Some((Hop::QueueToFunction, _)) => "trigger",
        Some((Hop::StreamToFunction, _)) => "stream",
        Some((Hop::FunctionToTarget, crate::model::TABLE)) => "write",
        Some((Hop::FunctionToTarget, crate::model::QUEUE)) => "send",
        Some((Hop::FunctionToTarget, _)) => "publish",
        Some((Hop::TopicToEndpoint | Hop::TopicToQueue | Hop::TopicToFunction, _)) => "subscription",
        None => "flow",
    }
}

#[cfg(test)]
mod tests {
    use super::{in_aws_words, joined_by};

    #[test]
    fn every_mechanism_has_a_word_of_its_own() {
        for mechanism in &crate::model::MECHANISMS {
            assert_ne!(joined_by(mechanism.from, mechanism.to), "flow", "{mechanism:?}");
        }
        assert_eq!(joined_by("a", "b"), "flow");
    }

    #[test]
    fn a_type_without_words_keeps_its_name() {
        assert_eq!(in_aws_words("AWS::Events::Rule", None), "Events Rule");
        assert_eq!(in_aws_words("AWS::SNS::Subscription", Some("email")), "e-mail subscription");
        assert_eq!(in_aws_words("AWS::SNS::Subscription", None), "SNS subscription");
    }
}
