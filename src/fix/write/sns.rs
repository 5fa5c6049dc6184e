//! Topics and subscriptions.

use super::value::{attribute, tags};
use super::{Service, Writer, Written, cannot_set, text};
use crate::fix::command::{Arg, aws, literal};
use crate::fix::model::is_pending;
use crate::model::{Resource, SUBSCRIPTION, Value};
use serde_json::json;

pub(super) const SERVICE: Service = Service { set, create, delete };

const OF_TOPICS: [&str; 7] = [
    "ContentBasedDeduplication",
    "DeliveryPolicy",
    "DisplayName",
    "KmsMasterKeyId",
    "Policy",
    "SignatureVersion",
    "TracingConfig",
];
const OF_SUBSCRIPTIONS: [&str; 6] = [
    "DeliveryPolicy",
    "FilterPolicy",
    "FilterPolicyScope",
    "RawMessageDelivery",
    "RedrivePolicy",
    "SubscriptionRoleArn",
];

pub(super) fn pending(resource: &Resource) -> Vec<(String, Arg)> {
    let of = |field: &str| resource.properties.get(field).as_text().unwrap_or_default();
    let like = format!(
        "Subscriptions[?Protocol=={} && Endpoint=={}] | [0].SubscriptionArn",
        literal(&of("Protocol")),
        literal(&of("Endpoint"))
    );
    let list = aws("sns", "list-subscriptions-by-topic", &resource.region).option("--topic-arn", &of("TopicArn"));
    list.output(&like).into_iter().map(|asked| (resource.id.clone(), asked)).collect()
}

fn set(writer: &Writer<'_>, resource: &Resource, field: &str, to: &Value) -> Written {
    let is_subscription = resource.type_name == SUBSCRIPTION;
    let known: &[&str] = if is_subscription { &OF_SUBSCRIPTIONS } else { &OF_TOPICS };
    match field {
        "FifoTopic" => {
            return Err(format!(
                "whether a topic is a FIFO topic is decided when it is made. Delete {}, create the other one, and \
                 subscribe again",
                resource.name
            ));
        }
        "PendingConfirmation" => {
            return Err("only whoever is subscribed can confirm: open the link in the mail from AWS, or request the \
                        confirmation again in the SNS console"
                .to_owned());
        }
        "Tags" if !is_subscription => {
            let (set, gone) = tags(resource.properties.get("Tags"), to);
            let mut commands = Vec::new();
            let arn = &resource.id;
            if !set.is_empty() {
                let list: Vec<_> = set.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
                let tag = aws("sns", "tag-resource", &resource.region).option("--resource-arn", arn);
                commands.push(tag.json("--tags", &list.into()).because("set tags")?);
            }
            if !gone.is_empty() {
                let untag = aws("sns", "untag-resource", &resource.region).option("--resource-arn", arn);
                commands.push(untag.json("--tag-keys", &json!(gone)).because("take tags away")?);
            }
            return Ok(commands);
        }
        field if !known.contains(&field) => return Err(cannot_set(resource, field)),
        _ => {}
    }
    let value = match (field, to) {
        ("Policy", Value::Absent) => return Err("a topic always has a policy; write the one it is to have".to_owned()),
        ("FilterPolicy" | "RedrivePolicy" | "DeliveryPolicy", Value::Absent) => "{}".to_owned(),
        ("ContentBasedDeduplication" | "RawMessageDelivery", Value::Absent) => "false".to_owned(),
        ("FilterPolicyScope", Value::Absent) => "MessageAttributes".to_owned(),
        (_, value) => attribute(value)?,
    };
    let set = if is_subscription {
        aws("sns", "set-subscription-attributes", &resource.region)
            .option_of("--subscription-arn", &writer.word(&resource.id)?)
    } else {
        aws("sns", "set-topic-attributes", &resource.region).option("--topic-arn", &resource.id)
    };
    let noun = if is_subscription { "the subscription".to_owned() } else { format!("the topic {}", resource.name) };
    let what = if *to == Value::Absent { "take away" } else { "set" };
    let set = set.option("--attribute-name", field).option("--attribute-value", &value);
    Ok(vec![set.because(format!("{what} {field} of {noun}"))?])
}

fn create(_: &Writer<'_>, resource: &Resource) -> Written {
    if resource.type_name != SUBSCRIPTION {
        let create = aws("sns", "create-topic", &resource.region).option("--name", &resource.name);
        let fifo = resource.name.ends_with(".fifo");
        let create = if fifo { create.json("--attributes", &json!({ "FifoTopic": "true" })) } else { create };
        return Ok(vec![create.because(format!("create the topic {}", resource.name))?]);
    }
    let (topic, protocol) = (text(resource, "TopicArn")?, text(resource, "Protocol")?);
    let endpoint = text(resource, "Endpoint").map_err(|_| {
        "Plimsoll does not know the endpoint of the subscription: give the parameter of the rules that holds it with \
         --set NAME=VALUE, or subscribe in the SNS console"
            .to_owned()
    })?;
    let mut attributes = serde_json::Map::new();
    for field in OF_SUBSCRIPTIONS {
        let value = resource.properties.get(field);
        if *value != Value::Absent {
            attributes.insert(field.to_owned(), attribute(value)?.into());
        }
    }
    let subscribe = aws("sns", "subscribe", &resource.region).option("--topic-arn", &topic);
    let subscribe = subscribe.option("--protocol", &protocol).option("--notification-endpoint", &endpoint);
    let subscribe = if attributes.is_empty() { subscribe } else { subscribe.json("--attributes", &attributes.into()) };
    let confirm = match protocol.as_str() {
        "email" | "email-json" => "; whoever reads mail there must then open the link in it",
        "http" | "https" => "; the endpoint must then confirm it",
        _ => "",
    };
    Ok(vec![subscribe.because(format!("subscribe by {protocol}{confirm}"))?])
}

fn delete(writer: &Writer<'_>, resource: &Resource) -> Written {
    if resource.type_name != SUBSCRIPTION {
        let delete = aws("sns", "delete-topic", &resource.region).option("--topic-arn", &resource.id);
        return Ok(vec![delete.because(format!("delete the topic {}, with its subscriptions", resource.name))?]);
    }
    if *resource.properties.get("PendingConfirmation") == Value::Bool(true) && !is_pending(&resource.id) {
        return Err("a subscription that was never confirmed cannot be ended; AWS drops it after two days".to_owned());
    }
    let end = aws("sns", "unsubscribe", &resource.region).option_of("--subscription-arn", &writer.word(&resource.id)?);
    Ok(vec![end.because("end the subscription")?])
}
