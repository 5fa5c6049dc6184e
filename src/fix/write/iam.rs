//! Roles, users, groups and managed policies.

use super::value::{document, tags, texts};
use super::{Service, Writer, Written, cannot_set, text};
use crate::fix::command::{Builder, Command, aws};
use crate::model::{GROUP, MANAGED_POLICY, ROLE, Resource, USER, Value};
use serde_json::json;
use std::collections::BTreeMap;

pub(super) const SERVICE: Service = Service { set, create, delete };

/// The word that the operations on such an identity have in their names, and the option that names it.
fn words(resource: &Resource) -> (&'static str, &'static str) {
    match resource.type_name {
        USER => ("user", "--user-name"),
        GROUP => ("group", "--group-name"),
        _ => ("role", "--role-name"),
    }
}

fn identity(verb: &str, rest: &str, resource: &Resource) -> Builder {
    let (word, option) = words(resource);
    aws("iam", &format!("{verb}-{word}{rest}"), "").option(option, &resource.name)
}

/// The inline policies of an identity by name.
fn inline(value: &Value) -> Result<BTreeMap<String, String>, String> {
    let items = match value {
        Value::Set(items) | Value::List(items) => items.as_slice(),
        _ => &[],
    };
    items
        .iter()
        .map(|item| match (item.get("PolicyName").as_text(), item.get("PolicyDocument")) {
            (Some(name), Value::Policy(text)) => Ok((name, document(text)?)),
            _ => Err("an inline policy was not read".to_owned()),
        })
        .collect()
}

fn set(_: &Writer<'_>, resource: &Resource, field: &str, to: &Value) -> Written {
    let name = &resource.name;
    let (word, _) = words(resource);
    match (resource.type_name, field) {
        (MANAGED_POLICY, "PolicyDocument") => {
            let Value::Policy(text) = to else { return Err("a managed policy has a document".to_owned()) };
            if *resource.properties.get("AwsManaged") == Value::Bool(true) {
                return Err(format!("{name} is AWS's own and cannot be changed; attach another policy in its place"));
            }
            let create = aws("iam", "create-policy-version", "").option("--policy-arn", &resource.id);
            let create = create.document("--policy-document", &document(text)?).flag("--set-as-default");
            Ok(vec![create.because(format!(
                "put a new version of {name} in force; IAM keeps five, so that an old one may have to be deleted first"
            ))?])
        }
        (ROLE, "AssumeRolePolicyDocument") => {
            let Value::Policy(text) = to else { return Err("a role has a trust policy".to_owned()) };
            let update = aws("iam", "update-assume-role-policy", "").option("--role-name", name);
            let update = update.document("--policy-document", &document(text)?);
            Ok(vec![update.because(format!("replace the trust policy of {name}"))?])
        }
        (_, "ManagedPolicyArns") => {
            let (from, to) = (texts(resource.properties.get(field)), texts(to));
            let named = |arn: &String| arn.rsplit('/').next().unwrap_or(arn).to_owned();
            let mut commands = Vec::new();
            for arn in to.iter().filter(|arn| !from.contains(arn)) {
                let attach = identity("attach", "-policy", resource).option("--policy-arn", arn);
                commands.push(attach.because(format!("attach {} to the {word} {name}", named(arn)))?);
            }
            for arn in from.iter().filter(|arn| !to.contains(arn)) {
                let detach = identity("detach", "-policy", resource).option("--policy-arn", arn);
                commands.push(detach.because(format!("detach {} from the {word} {name}", named(arn)))?);
            }
            Ok(commands)
        }
        (_, "Policies") => {
            let (from, to) = (inline(resource.properties.get(field))?, inline(to)?);
            let mut commands = Vec::new();
            for (policy, text) in to.iter().filter(|(policy, text)| from.get(*policy) != Some(text)) {
                let put = identity("put", "-policy", resource).option("--policy-name", policy);
                let put = put.document("--policy-document", text);
                commands.push(put.because(format!("write the inline policy {policy} on the {word} {name}"))?);
            }
            for policy in from.keys().filter(|policy| !to.contains_key(*policy)) {
                let delete = identity("delete", "-policy", resource).option("--policy-name", policy);
                commands.push(delete.because(format!("remove the inline policy {policy} from the {word} {name}"))?);
            }
            Ok(commands)
        }
        (ROLE | USER, "PermissionsBoundary") => Ok(vec![match to.as_text() {
            Some(arn) => identity("put", "-permissions-boundary", resource)
                .option("--permissions-boundary", &arn)
                .because(format!("bound what the {word} {name} may do"))?,
            None => identity("delete", "-permissions-boundary", resource)
                .because(format!("remove the permissions boundary of the {word} {name}"))?,
        }]),
        (ROLE, "Description" | "MaxSessionDuration") => {
            let update = aws("iam", "update-role", "").option("--role-name", name);
            let update = match to {
                Value::Number(seconds) => update.option("--max-session-duration", &seconds.to_string()),
                Value::Absent if field == "MaxSessionDuration" => update.option("--max-session-duration", "3600"),
                value => update.option("--description", &value.as_text().unwrap_or_default()),
            };
            Ok(vec![update.because(format!("set {field} of the role {name}"))?])
        }
        (ROLE | USER, "Tags") => {
            let (set, gone) = tags(resource.properties.get("Tags"), to);
            let mut commands = Vec::new();
            if !set.is_empty() {
                let list: Vec<_> = set.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
                commands.push(identity("tag", "", resource).json("--tags", &list.into()).because("set tags")?);
            }
            if !gone.is_empty() {
                let untag = identity("untag", "", resource).json("--tag-keys", &json!(gone));
                commands.push(untag.because("take tags away")?);
            }
            Ok(commands)
        }
        (_, "Path" | "RoleName" | "ManagedPolicyName" | "UserName" | "GroupName") => Err(format!(
            "{field} of {name} is decided when it is made; make another one, move what uses it, delete this"
        )),
        _ => Err(cannot_set(resource, field)),
    }
}

/// The command that puts back what was in force, where that is another than the one that sets it.
pub(super) fn previous(resource: &Resource, field: &str) -> Option<Written> {
    if (resource.type_name, field) != (MANAGED_POLICY, "PolicyDocument") {
        return None;
    }
    Some(text(resource, "DefaultVersionId").and_then(|version| {
        let set = aws("iam", "set-default-policy-version", "").option("--policy-arn", &resource.id);
        let set = set.option("--version-id", &version);
        Ok(vec![set.because(format!("put {version} of {} in force again", resource.name))?])
    }))
}

fn create(_: &Writer<'_>, resource: &Resource) -> Written {
    let name = &resource.name;
    let path = resource.properties.get("Path").as_text().filter(|path| path != "/");
    let with_path = |builder: Builder| match &path {
        Some(path) => builder.option("--path", path),
        None => builder,
    };
    match (resource.type_name, resource.properties.get("PolicyDocument")) {
        (MANAGED_POLICY, Value::Policy(text)) => {
            let create = with_path(aws("iam", "create-policy", "").option("--policy-name", name));
            let create = create.document("--policy-document", &document(text)?);
            Ok(vec![
                create.because(format!("create the policy {name}"))?,
                wait("policy-exists", "--policy-arn", &resource.id)?,
            ])
        }
        (MANAGED_POLICY, _) => Err(format!("the rules do not say what the policy {name} allows")),
        (ROLE, _) => {
            let Value::Policy(trust) = resource.properties.get("AssumeRolePolicyDocument") else {
                return Err(format!("the rules do not say who may assume the role {name}"));
            };
            let create = with_path(aws("iam", "create-role", "").option("--role-name", name));
            let create = create.document("--assume-role-policy-document", &document(trust)?);
            Ok(vec![create.because(format!("create the role {name}"))?, wait("role-exists", "--role-name", name)?])
        }
        _ => Err(format!("Plimsoll writes no command that makes the {} {name}", words(resource).0)),
    }
}

fn wait(what: &str, option: &str, value: &str) -> Result<Command, String> {
    aws("iam", "wait", "").flag(what).option(option, value).because("wait until IAM knows it")
}

fn delete(_: &Writer<'_>, resource: &Resource) -> Written {
    let name = &resource.name;
    match resource.type_name {
        MANAGED_POLICY => {
            let delete = aws("iam", "delete-policy", "").option("--policy-arn", &resource.id);
            Ok(vec![delete.because(format!("delete the policy {name}, which must be attached to nothing"))?])
        }
        ROLE => {
            let mut commands = Vec::new();
            for policy in inline(resource.properties.get("Policies"))?.keys() {
                let delete = identity("delete", "-policy", resource).option("--policy-name", policy);
                commands.push(delete.because(format!("remove the inline policy {policy}"))?);
            }
            for arn in texts(resource.properties.get("ManagedPolicyArns")) {
                let detach = identity("detach", "-policy", resource).option("--policy-arn", &arn);
                commands.push(detach.because("detach what it carries")?);
            }
            commands.push(identity("delete", "", resource).because(format!("delete the role {name}"))?);
            Ok(commands)
        }
        _ => Err(format!("look at what {name} is for, and delete it in the IAM console")),
    }
}
