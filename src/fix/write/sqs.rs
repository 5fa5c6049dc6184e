//! Queues.

use super::value::{attribute, tags};
use super::{Service, Writer, Written, cannot_set, text};
use crate::fix::command::{Arg, Builder, aws};
use crate::model::{Resource, Value};
use serde_json::json;

pub(super) const SERVICE: Service = Service { set, create, delete };

/// The attributes that can be set, and what AWS gives them where nobody does; empty: they can be taken away.
const ATTRIBUTES: [(&str, Option<&str>); 14] = [
    ("ContentBasedDeduplication", Some("false")),
    ("DeduplicationScope", None),
    ("DelaySeconds", Some("0")),
    ("FifoThroughputLimit", None),
    ("KmsDataKeyReusePeriodSeconds", Some("300")),
    ("KmsMasterKeyId", Some("")),
    ("MaximumMessageSize", None),
    ("MessageRetentionPeriod", Some("345600")),
    ("Policy", Some("")),
    ("ReceiveMessageWaitTimeSeconds", Some("0")),
    ("RedriveAllowPolicy", Some("")),
    ("RedrivePolicy", Some("")),
    ("SqsManagedSseEnabled", Some("true")),
    ("VisibilityTimeout", Some("30")),
];

fn queue(writer: &Writer<'_>, operation: &str, resource: &Resource) -> Result<Builder, String> {
    let url = writer.word(&text(resource, "QueueUrl")?)?;
    Ok(aws("sqs", operation, &resource.region).option_of("--queue-url", &url))
}

pub(super) fn pending(resource: &Resource) -> Vec<(String, Arg)> {
    let url = resource.properties.get("QueueUrl").as_text().unwrap_or_default();
    let asked = aws("sqs", "get-queue-url", &resource.region).option("--queue-name", &resource.name).output("QueueUrl");
    asked.into_iter().map(|asked| (url.clone(), asked)).collect()
}

/// The value of an attribute as a text.
fn written(resource: &Resource, field: &str, to: &Value) -> Result<String, String> {
    let Some((_, default)) = ATTRIBUTES.iter().find(|(name, _)| *name == field) else {
        return Err(cannot_set(resource, field));
    };
    match (to, default) {
        (Value::Absent, Some(default)) => Ok((*default).to_owned()),
        (Value::Absent, None) => Err(format!("{field} of {} cannot be taken away", resource.name)),
        (value, _) => attribute(value),
    }
}

fn set(writer: &Writer<'_>, resource: &Resource, field: &str, to: &Value) -> Written {
    match field {
        "FifoQueue" => Err(format!(
            "whether a queue is a FIFO queue is decided when it is made. Let {} run empty, delete it, wait a minute, and \
             create the other one; what its senders call it changes with `.fifo`",
            resource.name
        )),
        "QueueName" => Err("a queue cannot be renamed; create another one".to_owned()),
        "Tags" => {
            let (set, gone) = tags(resource.properties.get("Tags"), to);
            let mut commands = Vec::new();
            if !set.is_empty() {
                commands.push(queue(writer, "tag-queue", resource)?.json("--tags", &json!(set)).because("set tags")?);
            }
            if !gone.is_empty() {
                let untag = queue(writer, "untag-queue", resource)?.json("--tag-keys", &json!(gone));
                commands.push(untag.because("take tags away")?);
            }
            Ok(commands)
        }
        _ => {
            let mut attributes = json!({ field: written(resource, field, to)? });
            // A queue has one kind of encryption at a time, and none is left without.
            if field == "KmsMasterKeyId" {
                attributes["SqsManagedSseEnabled"] = (*to == Value::Absent).to_string().into();
            }
            let set = queue(writer, "set-queue-attributes", resource)?.json("--attributes", &attributes);
            let what = if *to == Value::Absent { "take away" } else { "set" };
            Ok(vec![set.because(format!("{what} {field} of the queue {}", resource.name))?])
        }
    }
}

fn create(_: &Writer<'_>, resource: &Resource) -> Written {
    let mut attributes = serde_json::Map::new();
    let mut partly = false;
    if resource.name.ends_with(".fifo") {
        attributes.insert("FifoQueue".to_owned(), "true".into());
    }
    if let Value::Map(parts) = &resource.properties {
        for (field, value) in parts {
            let unread = matches!(value, Value::Unread(_));
            partly |= unread;
            if *value != Value::Absent && !unread && ATTRIBUTES.iter().any(|(name, _)| name == field) {
                attributes.insert(field.clone(), written(resource, field, value)?.into());
            }
        }
    }
    let create = aws("sqs", "create-queue", &resource.region).option("--queue-name", &resource.name);
    let create = if attributes.is_empty() { create } else { create.json("--attributes", &attributes.into()) };
    let rest = if partly { ", empty, with those of its settings that were read" } else { "" };
    Ok(vec![create.because(format!("create the queue {}{rest}", resource.name))?])
}

fn delete(writer: &Writer<'_>, resource: &Resource) -> Written {
    let delete = queue(writer, "delete-queue", resource)?;
    Ok(vec![delete.because(format!("delete the queue {}, with the messages in it", resource.name))?])
}
