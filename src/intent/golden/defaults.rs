//! What AWS gives a resource by itself, so that nobody meant it: the defaults that AWS documents, those of earlier years
//! among them.

use crate::model::{FUNCTION, MAPPING, METHOD, QUEUE, Resource, TABLE, TOPIC, Value};

/// Whether `value` is what AWS gives the field of `resource` by itself, or there is none.
pub(super) fn is_default(resource: &Resource, field: &str, value: &Value) -> bool {
    if *value == Value::Absent {
        return true;
    }
    let number = |defaults: &[i64]| matches!(value, Value::Number(number) if defaults.contains(number));
    let text = |defaults: &[&str]| value.as_text().is_some_and(|text| defaults.contains(&text.as_str()));
    let no = *value == Value::Bool(false);
    let empty = match value {
        Value::List(items) | Value::Set(items) => items.is_empty(),
        Value::Map(parts) => parts.values().all(|part| *part == Value::Absent),
        _ => false,
    };
    let of_queue = resource.properties.get("EventSourceArn").as_text().is_some_and(|arn| arn.contains(":sqs:"));
    if empty {
        return true;
    }
    match (resource.type_name, field) {
        (QUEUE, "DelaySeconds" | "ReceiveMessageWaitTimeSeconds") => number(&[0]),
        (QUEUE, "MaximumMessageSize") => number(&[262_144, 1_048_576]),
        (QUEUE, "MessageRetentionPeriod") => number(&[345_600]),
        (QUEUE, "VisibilityTimeout") => number(&[30]),
        (QUEUE, "KmsDataKeyReusePeriodSeconds") => number(&[300]),
        // True since 2022; false before, and where a key of KMS encrypts.
        (QUEUE, "SqsManagedSseEnabled") => true,
        (QUEUE, "DeduplicationScope") => text(&["queue"]),
        (QUEUE, "FifoThroughputLimit") => text(&["perQueue"]),
        (QUEUE, "FifoQueue" | "ContentBasedDeduplication") => no,
        (TOPIC, "FifoTopic" | "ContentBasedDeduplication") => no,
        (TOPIC, "SignatureVersion") => text(&["1"]),
        (TOPIC, "TracingConfig") => text(&["PassThrough"]),
        // Every topic is made with a policy that lets its own account in.
        (TOPIC, "Policy") => matches!(value, Value::Policy(policy) if policy.contains("__default_policy_ID")),
        ("AWS::SNS::Subscription", "FilterPolicyScope") => text(&["MessageAttributes"]),
        ("AWS::SNS::Subscription", "RawMessageDelivery") => no,
        // Auto scaling moves what is paid for; the mode stays.
        (TABLE, "ProvisionedThroughput") => true,
        (TABLE, "TableClass") => text(&["STANDARD"]),
        (TABLE, "DeletionProtectionEnabled") => no,
        (TABLE, "PointInTimeRecoverySpecification") => *value.get("PointInTimeRecoveryEnabled") == Value::Bool(false),
        (TABLE, "TimeToLiveSpecification") => *value.get("Enabled") == Value::Bool(false),
        (FUNCTION, "Timeout") => number(&[3]),
        (FUNCTION, "MemorySize") => number(&[128]),
        (FUNCTION, "PackageType") => text(&["Zip"]),
        (FUNCTION, "Architectures") => matches!(value, Value::Set(all) | Value::List(all)
            if all.iter().all(|one| one.as_text().as_deref() == Some("x86_64"))),
        (FUNCTION, "TracingConfig") => value.get("Mode").as_text().as_deref() == Some("PassThrough"),
        (FUNCTION, "EphemeralStorage") => *value.get("Size") == Value::Number(512),
        (FUNCTION, "LoggingConfig") => {
            let group = format!("/aws/lambda/{}", resource.name);
            let usual = |part: &str, usual: &str| value.get(part).as_text().is_none_or(|text| text == usual);
            usual("LogGroup", &group) && usual("LogFormat", "Text")
        }
        (MAPPING, "BatchSize") => number(if of_queue { &[10] } else { &[100] }),
        (MAPPING, "MaximumBatchingWindowInSeconds" | "TumblingWindowInSeconds") => number(&[0]),
        (MAPPING, "MaximumRetryAttempts" | "MaximumRecordAgeInSeconds") => number(&[-1]),
        (MAPPING, "ParallelizationFactor") => number(&[1]),
        (MAPPING, "BisectBatchOnFunctionError") => no,
        (MAPPING, "Enabled") => *value == Value::Bool(true),
        (MAPPING, "DestinationConfig") => value.get("OnFailure").get("Destination").as_text().is_none(),
        ("AWS::ApiGateway::RestApi", "ApiKeySourceType") => text(&["HEADER"]),
        ("AWS::ApiGateway::RestApi", "DisableExecuteApiEndpoint") => no,
        (METHOD, "ApiKeyRequired") => no,
        (METHOD, "ResourceId") => true,
        ("AWS::ApiGateway::Stage", "CacheClusterEnabled" | "TracingEnabled") => no,
        ("AWS::IAM::Role", "Path") | ("AWS::IAM::ManagedPolicy", "Path") => text(&["/"]),
        ("AWS::IAM::Role", "MaxSessionDuration") => number(&[3600]),
        ("AWS::Lambda::Url", "InvokeMode") => text(&["BUFFERED"]),
        (_, "Tags") => matches!(value, Value::Map(tags) if tags.keys().all(|key| key.starts_with("aws:"))),
        _ => false,
    }
}

/// Whether a part of a field is what AWS gives by itself.
pub(super) fn is_default_part(of: &str, part: &str, value: &Value) -> bool {
    if *value == Value::Absent {
        return true;
    }
    match (of, part) {
        ("Integration", "ConnectionType") => value.as_text().as_deref() == Some("INTERNET"),
        ("Integration", "TimeoutInMillis") => *value == Value::Number(29_000),
        ("EndpointConfiguration", "IpAddressType") => value.as_text().as_deref() == Some("ipv4"),
        ("Tags", key) => key.starts_with("aws:"),
        // On whenever there are settings.
        ("StreamSpecification", "StreamEnabled") => true,
        ("GlobalSecondaryIndexes", "IndexStatus" | "ProvisionedThroughput") => true,
        (_, _) => match value {
            Value::List(items) | Value::Set(items) => items.is_empty(),
            Value::Map(parts) => parts.is_empty(),
            _ => false,
        },
    }
}
