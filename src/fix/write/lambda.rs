//! Functions, their event source mappings and URLs.

use super::value::{json, tags};
use super::{Service, Writer, Written, cannot_set, text};
use crate::fix::command::{Arg, Command, aws};
use crate::fix::model::is_pending;
use crate::iam::document::PrincipalName;
use crate::iam::{Effect, Policy, Statement};
use crate::model::{FUNCTION, MAPPING, Resource, Value};
use serde_json::json as object;

pub(super) const SERVICE: Service = Service { set, create, delete };

pub(super) fn pending(resource: &Resource) -> Vec<(String, Arg)> {
    let of = |field: &str| resource.properties.get(field).as_text().unwrap_or_default();
    let (function, source) = (of("FunctionArn"), of("EventSourceArn"));
    let list = aws("lambda", "list-event-source-mappings", &resource.region).option("--function-name", &function);
    // A source that is not known yet is the only one that a new mapping can have come from last.
    let (list, query) = if is_pending(&source) {
        (list, "sort_by(EventSourceMappings, &LastModified)[-1].UUID")
    } else {
        (list.option("--event-source-arn", &source), "EventSourceMappings[0].UUID")
    };
    list.output(query).into_iter().map(|asked| (resource.name.clone(), asked)).collect()
}

fn set(writer: &Writer<'_>, resource: &Resource, field: &str, to: &Value) -> Written {
    match resource.type_name {
        FUNCTION => of_function(resource, field, to),
        MAPPING => of_mapping(writer, resource, field, to),
        _ => of_url(resource, field, to),
    }
}

fn of_function(resource: &Resource, field: &str, to: &Value) -> Written {
    let name = &resource.name;
    let function = |operation: &str| aws("lambda", operation, &resource.region).option("--function-name", name);
    let update = || function("update-function-configuration");
    let structure = |option: &str| Ok::<_, String>(update().json(option, &json(to)?));
    let needed = || to.as_text().ok_or_else(|| format!("{field} of {name} cannot be taken away"));
    let number = |default: i64| match to {
        Value::Number(number) => number.to_string(),
        _ => default.to_string(),
    };
    let builder = match field {
        "Role" => update().option("--role", &needed()?),
        "Runtime" => update().option("--runtime", &needed()?),
        "Handler" => update().option("--handler", &needed()?),
        "Timeout" => update().option("--timeout", &number(3)),
        "MemorySize" => update().option("--memory-size", &number(128)),
        "Description" => update().option("--description", &to.as_text().unwrap_or_default()),
        "KmsKeyArn" => update().option("--kms-key-arn", &to.as_text().unwrap_or_default()),
        "DeadLetterConfig" if *to == Value::Absent => {
            update().json("--dead-letter-config", &object!({ "TargetArn": "" }))
        }
        "DeadLetterConfig" => structure("--dead-letter-config")?,
        "TracingConfig" if *to == Value::Absent => {
            update().json("--tracing-config", &object!({ "Mode": "PassThrough" }))
        }
        "TracingConfig" => structure("--tracing-config")?,
        "EphemeralStorage" if *to != Value::Absent => structure("--ephemeral-storage")?,
        "LoggingConfig" if *to != Value::Absent => structure("--logging-config")?,
        "Environment" if *to == Value::Absent => update().json("--environment", &object!({ "Variables": {} })),
        "Environment" => structure("--environment").map_err(|why| {
            format!("all variables are set at once, and not all are known ({why}): change it in the Lambda console")
        })?,
        "ReservedConcurrentExecutions" => {
            return Ok(vec![match to {
                Value::Number(number) => function("put-function-concurrency")
                    .option("--reserved-concurrent-executions", &number.to_string())
                    .because(format!("reserve {number} executions for {name}"))?,
                _ => function("delete-function-concurrency")
                    .because(format!("let {name} run with the executions that the account has"))?,
            }]);
        }
        "Policy" => return permissions(resource, to),
        "Tags" => {
            let (set, gone) = tags(resource.properties.get("Tags"), to);
            let of = |operation: &str| aws("lambda", operation, &resource.region).option("--resource", &resource.id);
            let mut commands = Vec::new();
            if !set.is_empty() {
                commands.push(of("tag-resource").json("--tags", &object!(set)).because("set tags")?);
            }
            if !gone.is_empty() {
                commands.push(of("untag-resource").json("--tag-keys", &object!(gone)).because("take tags away")?);
            }
            return Ok(commands);
        }
        "Architectures" | "PackageType" | "CodeSha256" => {
            return Err(format!("{field} of {name} comes with its code: deploy the code again"));
        }
        _ => return Err(cannot_set(resource, field)),
    };
    let updated = aws("lambda", "wait", &resource.region).flag("function-updated").option("--function-name", name);
    Ok(vec![
        builder.because(format!("set {field} of the function {name}"))?,
        updated.because("wait until the function takes the next change")?,
    ])
}

/// The statements of a function's own policy are added and removed one by one.
fn permissions(resource: &Resource, to: &Value) -> Written {
    let statements = |value: &Value| match value {
        Value::Policy(text) => Policy::parse(text).map(|policy| policy.statements).map_err(|why| why.to_string()),
        _ => Ok(Vec::new()),
    };
    let (from, to) = (statements(resource.properties.get("Policy"))?, statements(to)?);
    let same = |a: &Statement, b: &Statement| a.to_json_line() == b.to_json_line();
    let mut commands = Vec::new();
    for (at, statement) in to.iter().enumerate().filter(|(_, new)| !from.iter().any(|old| same(old, new))) {
        commands.push(add_permission(resource, statement, at)?);
    }
    for statement in from.iter().filter(|old| !to.iter().any(|new| same(old, new))) {
        let Some(sid) = &statement.sid else {
            return Err(format!("a statement of the policy of {} has no id to remove it by", resource.name));
        };
        let remove = aws("lambda", "remove-permission", &resource.region).option("--function-name", &resource.name);
        let remove = remove.option("--statement-id", sid);
        commands.push(remove.because(format!("remove the statement from the policy of {}", resource.name))?);
    }
    Ok(commands)
}

fn add_permission(resource: &Resource, statement: &Statement, at: usize) -> Result<Command, String> {
    let cannot = || format!("`lambda add-permission` cannot write the statement {}", statement.to_json_line());
    let principal = match statement.principal.as_ref().map(|element| (element.not, element.values.as_slice())) {
        Some((false, [PrincipalName::Service(name) | PrincipalName::Aws(name)])) => name.clone(),
        Some((false, [PrincipalName::Everyone])) => "*".to_owned(),
        _ => return Err(cannot()),
    };
    let ([action], Effect::Allow, false) = (&statement.action.values[..], statement.effect, statement.action.not)
    else {
        return Err(cannot());
    };
    let sid = statement.sid.clone().unwrap_or_else(|| format!("plimsoll-{}", at + 1));
    let mut add = aws("lambda", "add-permission", &resource.region)
        .option("--function-name", &resource.name)
        .option("--statement-id", &sid)
        .option("--action", action)
        .option("--principal", &principal);
    for condition in &statement.conditions {
        let [value] = &condition.values[..] else { return Err(cannot()) };
        add = match condition.key.to_ascii_lowercase().as_str() {
            "aws:sourcearn" => add.option("--source-arn", value),
            "aws:sourceaccount" => add.option("--source-account", value),
            "lambda:functionurlauthtype" => add.option("--function-url-auth-type", value),
            _ => return Err(cannot()),
        };
    }
    add.because(format!("let {principal} call {}", resource.name))
}

fn of_mapping(writer: &Writer<'_>, resource: &Resource, field: &str, to: &Value) -> Written {
    let update = aws("lambda", "update-event-source-mapping", &resource.region)
        .option_of("--uuid", &writer.word(&resource.name)?);
    let number = |option: &str| match to {
        Value::Number(number) => Ok(update.clone().option(option, &number.to_string())),
        _ => Err(format!("{field} of the trigger cannot be taken away")),
    };
    let structure = |option: &str| Ok::<_, String>(update.clone().json(option, &json(to)?));
    let absent = *to == Value::Absent;
    let builder = match field {
        "Enabled" if *to == Value::Bool(true) => update.clone().flag("--enabled"),
        "Enabled" => update.clone().flag("--no-enabled"),
        "BatchSize" => number("--batch-size")?,
        "MaximumBatchingWindowInSeconds" => number("--maximum-batching-window-in-seconds")?,
        "MaximumRetryAttempts" => number("--maximum-retry-attempts")?,
        "MaximumRecordAgeInSeconds" => number("--maximum-record-age-in-seconds")?,
        "ParallelizationFactor" => number("--parallelization-factor")?,
        "TumblingWindowInSeconds" => number("--tumbling-window-in-seconds")?,
        "BisectBatchOnFunctionError" if *to == Value::Bool(true) => {
            update.clone().flag("--bisect-batch-on-function-error")
        }
        "BisectBatchOnFunctionError" => update.clone().flag("--no-bisect-batch-on-function-error"),
        "FilterCriteria" if absent => update.clone().json("--filter-criteria", &object!({})),
        "FilterCriteria" => structure("--filter-criteria")?,
        "DestinationConfig" if absent => update.clone().json("--destination-config", &object!({ "OnFailure": {} })),
        "DestinationConfig" => structure("--destination-config")?,
        "ScalingConfig" if absent => update.clone().json("--scaling-config", &object!({})),
        "ScalingConfig" => structure("--scaling-config")?,
        "FunctionResponseTypes" if absent => update.clone().json("--function-response-types", &object!([])),
        "FunctionResponseTypes" => structure("--function-response-types")?,
        _ => return Err(cannot_set(resource, field)),
    };
    Ok(vec![builder.because(format!("set {field} of the trigger"))?])
}

fn of_url(resource: &Resource, field: &str, to: &Value) -> Written {
    let function = text(resource, "TargetFunctionArn")?;
    let update = aws("lambda", "update-function-url-config", &resource.region).option("--function-name", &function);
    let update = match resource.properties.get("Qualifier").as_text() {
        Some(qualifier) => update.option("--qualifier", &qualifier),
        None => update,
    };
    let update = match (field, to.as_text()) {
        ("AuthType", Some(kind)) => update.option("--auth-type", &kind),
        ("InvokeMode", Some(mode)) => update.option("--invoke-mode", &mode),
        ("Cors", _) if *to != Value::Absent => update.json("--cors", &json(to)?),
        _ => return Err(cannot_set(resource, field)),
    };
    Ok(vec![update.because(format!("set {field} of the function URL"))?])
}

fn create(writer: &Writer<'_>, resource: &Resource) -> Written {
    match resource.type_name {
        FUNCTION => Err(format!(
            "Plimsoll does not have the code of {name}. Create the function {name} with its code and its role, in the \
             Lambda console or by its deployment, and run `plimsoll fix` again for what hangs on it",
            name = resource.name
        )),
        MAPPING => {
            let (function, source) = (text(resource, "FunctionName")?, text(resource, "EventSourceArn")?);
            let mut create = aws("lambda", "create-event-source-mapping", &resource.region)
                .option("--function-name", &function)
                .option_of("--event-source-arn", &writer.word(&source)?);
            let properties = &resource.properties;
            for (field, option) in [("StartingPosition", "--starting-position")] {
                if let Some(text) = properties.get(field).as_text() {
                    create = create.option(option, &text);
                }
            }
            for (field, option) in [
                ("BatchSize", "--batch-size"),
                ("MaximumBatchingWindowInSeconds", "--maximum-batching-window-in-seconds"),
                ("MaximumRetryAttempts", "--maximum-retry-attempts"),
                ("MaximumRecordAgeInSeconds", "--maximum-record-age-in-seconds"),
                ("ParallelizationFactor", "--parallelization-factor"),
            ] {
                if let Value::Number(number) = properties.get(field) {
                    create = create.option(option, &number.to_string());
                }
            }
            for (field, option) in [
                ("FilterCriteria", "--filter-criteria"),
                ("DestinationConfig", "--destination-config"),
                ("ScalingConfig", "--scaling-config"),
                ("FunctionResponseTypes", "--function-response-types"),
            ] {
                let value = json(properties.get(field))?;
                let empty = value.as_object().is_some_and(serde_json::Map::is_empty)
                    || value.as_array().is_some_and(Vec::is_empty)
                    || value.is_null();
                if !empty {
                    create = create.json(option, &value);
                }
            }
            if *properties.get("Enabled") == Value::Bool(false) {
                create = create.flag("--no-enabled");
            }
            let from = match source.split_once("/stream/") {
                Some((table, _)) => format!("the stream of {}", table.rsplit('/').next().unwrap_or(table)),
                None => source.rsplit(':').next().unwrap_or(&source).to_owned(),
            };
            Ok(vec![create.because(format!("let {from} trigger {function}"))?])
        }
        _ => Err(format!("Plimsoll writes no command that makes the function URL {}", resource.name)),
    }
}

fn delete(writer: &Writer<'_>, resource: &Resource) -> Written {
    match resource.type_name {
        FUNCTION => Err(format!(
            "the code of {name} would be gone. Look at what it is for, and delete the function in the Lambda console",
            name = resource.name
        )),
        MAPPING => {
            let delete = aws("lambda", "delete-event-source-mapping", &resource.region);
            let delete = delete.option_of("--uuid", &writer.word(&resource.name)?);
            Ok(vec![delete.because("delete the trigger")?])
        }
        _ => {
            let delete = aws("lambda", "delete-function-url-config", &resource.region);
            let delete = delete.option("--function-name", &text(resource, "TargetFunctionArn")?);
            Ok(vec![delete.because("delete the function URL, which has another address when it is made again")?])
        }
    }
}
