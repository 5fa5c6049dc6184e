//! Tables.

use super::value::{document, json, tags};
use super::{Service, Writer, Written, cannot_set};
use crate::fix::command::{Arg, Builder, Command, aws};
use crate::model::{Resource, Value};
use serde_json::json as object;

pub(super) const SERVICE: Service = Service { set, create, delete };

fn table(operation: &str, resource: &Resource) -> Builder {
    aws("dynamodb", operation, &resource.region).option("--table-name", &resource.name)
}

/// How the ARN of the latest stream of a table is asked for.
pub(in crate::fix) fn latest_stream(resource: &Resource) -> Option<Arg> {
    table("describe-table", resource).output("Table.LatestStreamArn").ok()
}

/// A table that is being changed takes no other change.
fn settled(resource: &Resource) -> Result<Command, String> {
    aws("dynamodb", "wait", &resource.region)
        .flag("table-exists")
        .option("--table-name", &resource.name)
        .because("wait until the table takes the next change")
}

fn set(_: &Writer<'_>, resource: &Resource, field: &str, to: &Value) -> Written {
    let update = || table("update-table", resource);
    let name = &resource.name;
    let command = match field {
        "KeySchema" | "AttributeDefinitions" | "LocalSecondaryIndexes" => {
            return Err(format!(
                "the key of a table cannot be changed. Save what {name} holds if it is needed, delete the table, create \
                 it with the right key, turn its stream on again and make the triggers on it anew"
            ));
        }
        "TableName" => return Err("a table cannot be renamed; create another one".to_owned()),
        "StreamSpecification" => return stream(resource, to),
        "DeletionProtectionEnabled" => {
            let on = *to == Value::Bool(true);
            let flag = if on { "--deletion-protection-enabled" } else { "--no-deletion-protection-enabled" };
            update()
                .flag(flag)
                .because(format!("{} the protection of {name}", if on { "turn on" } else { "turn off" }))?
        }
        "BillingMode" => match to.as_text().as_deref() {
            Some("PAY_PER_REQUEST") => {
                update().option("--billing-mode", "PAY_PER_REQUEST").because(format!("bill {name} by request"))?
            }
            Some("PROVISIONED")
                if resource.properties.get("ProvisionedThroughput").get("ReadCapacityUnits") != &Value::Absent =>
            {
                let units = json(resource.properties.get("ProvisionedThroughput"))?;
                update()
                    .option("--billing-mode", "PROVISIONED")
                    .json("--provisioned-throughput", &units)
                    .because(format!("bill {name} by capacity"))?
            }
            _ => return Err(format!("the rules do not say which capacity {name} is to have")),
        },
        "ProvisionedThroughput" => {
            update().json("--provisioned-throughput", &json(to)?).because(format!("set the capacity of {name}"))?
        }
        "TableClass" => {
            let class = to.as_text().unwrap_or_else(|| "STANDARD".to_owned());
            update().option("--table-class", &class).because(format!("set the class of {name}"))?
        }
        "SSESpecification" => {
            let Value::Map(parts) = to else {
                let off = update().json("--sse-specification", &object!({ "Enabled": false }));
                return Ok(vec![off.because(format!("encrypt {name} with the key of DynamoDB"))?, settled(resource)?]);
            };
            let mut specification = object!({ "Enabled": true });
            for (part, as_api) in [("SSEType", "SSEType"), ("KMSMasterKeyId", "KMSMasterKeyId")] {
                if let Some(text) = parts.get(part).and_then(Value::as_text) {
                    specification[as_api] = text.into();
                }
            }
            update().json("--sse-specification", &specification).because(format!("set the encryption of {name}"))?
        }
        "TimeToLiveSpecification" => {
            let mut specification = json(to)?;
            if *to == Value::Absent {
                specification = json(resource.properties.get(field))?;
                specification["Enabled"] = false.into();
            }
            return Ok(vec![
                table("update-time-to-live", resource)
                    .json("--time-to-live-specification", &specification)
                    .because(format!("set the time to live of {name}"))?,
            ]);
        }
        "PointInTimeRecoverySpecification" => {
            let on = *to.get("PointInTimeRecoveryEnabled") == Value::Bool(true);
            return Ok(vec![
                table("update-continuous-backups", resource)
                    .json("--point-in-time-recovery-specification", &object!({ "PointInTimeRecoveryEnabled": on }))
                    .because(format!("turn the point-in-time recovery of {name} {}", if on { "on" } else { "off" }))?,
            ]);
        }
        "Policy" => {
            let of =
                |operation: &str| aws("dynamodb", operation, &resource.region).option("--resource-arn", &resource.id);
            let command = match to {
                Value::Policy(text) => {
                    of("put-resource-policy").document("--policy", &document(text)?).because("replace the table policy")
                }
                _ => of("delete-resource-policy").because("remove the table policy"),
            };
            return Ok(vec![command?]);
        }
        "Tags" => {
            let (set, gone) = tags(resource.properties.get("Tags"), to);
            let of =
                |operation: &str| aws("dynamodb", operation, &resource.region).option("--resource-arn", &resource.id);
            let mut commands = Vec::new();
            if !set.is_empty() {
                let list: Vec<_> = set.iter().map(|(key, value)| object!({ "Key": key, "Value": value })).collect();
                commands.push(of("tag-resource").json("--tags", &list.into()).because("set tags")?);
            }
            if !gone.is_empty() {
                commands.push(of("untag-resource").json("--tag-keys", &object!(gone)).because("take tags away")?);
            }
            return Ok(commands);
        }
        _ => return Err(cannot_set(resource, field)),
    };
    Ok(vec![command, settled(resource)?])
}

/// A stream keeps its view type: it is turned off and on again, and is another one then.
fn stream(resource: &Resource, to: &Value) -> Written {
    let name = &resource.name;
    let now = resource.properties.get("StreamSpecification");
    let on = |value: &Value| *value != Value::Absent && *value.get("StreamEnabled") != Value::Bool(false);
    let mut commands = Vec::new();
    let set = |specification: serde_json::Value, why: String| {
        table("update-table", resource).json("--stream-specification", &specification).because(why)
    };
    if on(now) {
        commands.push(set(object!({ "StreamEnabled": false }), format!("turn the stream of {name} off"))?);
        commands.push(settled(resource)?);
    }
    if on(to) {
        let Some(view) = to.get("StreamViewType").as_text() else {
            return Err(format!("the rules do not say what the stream of {name} is to show"));
        };
        let why = format!("turn the stream of {name} on with {view}; it is a new stream, with an ARN of its own");
        commands.push(set(object!({ "StreamEnabled": true, "StreamViewType": view }), why)?);
        commands.push(settled(resource)?);
    }
    Ok(commands)
}

fn create(_: &Writer<'_>, resource: &Resource) -> Written {
    let of = |field: &str| match resource.properties.get(field) {
        Value::Absent => Err(format!("the rules do not say {field} of the table {}", resource.name)),
        value => json(value),
    };
    let mut create = table("create-table", resource)
        .json("--attribute-definitions", &of("AttributeDefinitions")?)
        .json("--key-schema", &of("KeySchema")?);
    create = match resource.properties.get("ProvisionedThroughput") {
        Value::Map(parts) if parts.values().any(|units| matches!(units, Value::Number(1..))) => {
            create.json("--provisioned-throughput", &of("ProvisionedThroughput")?)
        }
        _ => create.option("--billing-mode", "PAY_PER_REQUEST"),
    };
    let created =
        create.because(format!("create the table {}, billed by request unless the rules say more", resource.name))?;
    Ok(vec![created, settled(resource)?])
}

fn delete(_: &Writer<'_>, resource: &Resource) -> Written {
    Err(format!(
        "what the table {} holds would be gone. Look at it, save what is needed, and delete the table in the DynamoDB \
         console",
        resource.name
    ))
}
