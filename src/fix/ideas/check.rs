//! Checks: those that ask for a setting which everybody would choose alike, and those that propose a text themselves.

use super::statement::{policy_of, read};
use super::{Idea, Ideas, Scene};
use crate::fix::model::Change;
use crate::iam::Policy;
use crate::model::{Check, FUNCTION, Finding, MANAGED_POLICY, MAPPING, Reads, Resource, Value};
use std::collections::BTreeMap;

/// A yes of a property, or of a part of it.
enum Setting {
    /// The property has this value.
    Is(&'static str, fn() -> Value),
    /// The resource is removed.
    Gone,
}

fn yes() -> Value {
    Value::Bool(true)
}

fn no() -> Value {
    Value::Bool(false)
}

fn part(name: &str, value: Value) -> Value {
    Value::Map(BTreeMap::from([(name.to_owned(), value)]))
}

/// The checks with an obvious setting, what it is, and what to know of it.
const SETTINGS: [(&str, Setting, &str); 9] = [
    ("sqs-unencrypted", Setting::Is("SqsManagedSseEnabled", yes), "messages are encrypted with a key of SQS's"),
    (
        "sns-unencrypted",
        Setting::Is("KmsMasterKeyId", || Value::Text("alias/aws/sns".to_owned())),
        "messages are encrypted with AWS's key for SNS; services of AWS that publish to the topic cannot use that key, and \
         need a key of the account's own instead",
    ),
    ("dynamodb-no-deletion-protection", Setting::Is("DeletionProtectionEnabled", yes), "the table is protected"),
    (
        "dynamodb-no-point-in-time-recovery",
        Setting::Is("PointInTimeRecoverySpecification", || part("PointInTimeRecoveryEnabled", Value::Bool(true))),
        "the table can be brought back to any second of the last 35 days, which costs by its size",
    ),
    (
        "lambda-without-tracing",
        Setting::Is("TracingConfig", || part("Mode", Value::Text("Active".to_owned()))),
        "calls are traced; the function's role needs xray:PutTraceSegments and xray:PutTelemetryRecords for it",
    ),
    ("apigateway-stage-without-tracing", Setting::Is("TracingEnabled", yes), "calls of the stage are traced"),
    (
        "lambda-url-without-auth",
        Setting::Is("AuthType", || Value::Text("AWS_IAM".to_owned())),
        "callers must sign; those who do not are refused from then on",
    ),
    ("lambda-dangling-trigger", Setting::Gone, "the trigger that leads nowhere is deleted"),
    ("sns-dangling-subscription", Setting::Gone, "the subscription that leads nowhere is ended"),
];

impl Scene<'_> {
    pub(super) fn check(&self, check: &Check, resource: &Resource, finding: &Finding) -> Ideas {
        if let Some((_, setting, what)) = SETTINGS.iter().find(|(name, ..)| *name == check.name) {
            let change = match setting {
                Setting::Is(field, value) => Change::set(resource, field, value()),
                Setting::Gone => Change::delete(resource),
            };
            return Ok(vec![Idea::new(*what, vec![change])]);
        }
        match check.name {
            "sqs-visibility-under-six-timeouts" => return self.six_timeouts(resource),
            "apigateway-stage-traces-data" => return method_settings(resource, "DataTraceEnabled", no()),
            "apigateway-stage-cache-unencrypted" => return method_settings(resource, "CacheDataEncrypted", yes()),
            _ => {}
        }
        if !finding.instead.is_empty() {
            return self.instead(resource, finding);
        }
        if let (Reads::OwnPolicy, Some(kind)) =
            (check.reads, self.kinds().find(|kind| kind.type_name == resource.type_name))
            && let Some(own) = kind.standing.own_policy
        {
            let policy = read(resource.properties.get(own.field))?;
            return Ok(self.rewritten(resource, own.field, own.noun, policy.as_ref(), &[], &[]));
        }
        Err(format!("{}. No one command does that", check.mend.trim_end_matches('.')))
    }

    /// Six times the longest timeout of the functions that the queue triggers.
    fn six_timeouts(&self, queue: &Resource) -> Ideas {
        let of = |resource: &Resource, field: &str| resource.properties.get(field).as_text();
        let functions = self
            .all(MAPPING)
            .filter(|mapping| of(mapping, "EventSourceArn").as_deref() == Some(queue.id.as_str()))
            .filter_map(|mapping| of(mapping, "FunctionArn"));
        let mut longest = None;
        for arn in functions {
            let function =
                self.all(FUNCTION).find(|function| arn == function.id || arn.starts_with(&format!("{}:", function.id)));
            match function.map(|function| function.properties.get("Timeout")) {
                Some(Value::Number(timeout)) => longest = longest.max(Some(*timeout)),
                _ => return Err(format!("the timeout of {arn} was not read")),
            }
        }
        let longest = longest.ok_or("no function that the queue triggers was read")?;
        let wanted = (longest * 6).min(43_200);
        let what = format!("messages stay hidden for {wanted} s, six times the function's timeout");
        Ok(vec![Idea::new(what, vec![Change::set(queue, "VisibilityTimeout", Value::Number(wanted))])])
    }

    /// The statements that the finding proposes, in the documents that hold those it blames.
    fn instead(&self, resource: &Resource, finding: &Finding) -> Ideas {
        let mut changes: Vec<Change> = Vec::new();
        let mut foreign = Vec::new();
        let replaced = |policy: &Policy, name: &str| -> Option<Policy> {
            let mut touched = false;
            let mut statements = Vec::new();
            for statement in &policy.statements {
                let place = policy.clone().named(name, policy.origin.version.clone()).place(statement).to_string();
                let instead = finding
                    .instead
                    .iter()
                    .find(|instead| instead.of == place || instead.of.starts_with(&format!("{place} (")));
                match instead.and_then(|instead| serde_json::from_str::<Vec<serde_json::Value>>(&instead.text).ok()) {
                    Some(new) => {
                        touched = true;
                        statements.extend(super::statement::parsed(&new));
                    }
                    None => statements.push(statement.clone()),
                }
            }
            touched.then(|| Policy { statements, ..policy.clone() })
        };
        let document = |policy: Policy| policy_of(Some(&policy), policy.statements.clone());
        if resource.type_name == MANAGED_POLICY {
            if let Some(policy) = read(resource.properties.get("PolicyDocument"))?
                && let Some(policy) = replaced(&policy, &resource.name)
            {
                changes.push(Change::set(resource, "PolicyDocument", document(policy)));
            }
        } else {
            let mut inline = super::permissions::items(resource.properties.get("Policies"));
            let mut touched = false;
            for item in &mut inline {
                let name = item.get("PolicyName").as_text().unwrap_or_default();
                let policy = read(item.get("PolicyDocument"))?;
                if let Some(policy) = policy.and_then(|policy| replaced(&policy, &format!("the inline policy {name}")))
                    && let Value::Map(parts) = item
                {
                    parts.insert("PolicyDocument".to_owned(), document(policy));
                    touched = true;
                }
            }
            if touched {
                changes.push(Change::set(resource, "Policies", Value::Set(inline)));
            }
            for managed in
                self.all(MANAGED_POLICY).filter(|policy| Self::holds(resource, "ManagedPolicyArns", &policy.id))
            {
                let policy = read(managed.properties.get("PolicyDocument"))?;
                let Some(policy) = policy.and_then(|policy| replaced(&policy, &format!("the policy {}", managed.name)))
                else {
                    continue;
                };
                if *managed.properties.get("AwsManaged") == Value::Bool(true) {
                    foreign.push(managed.name.clone());
                } else {
                    changes.push(Change::set(managed, "PolicyDocument", document(policy)));
                }
            }
        }
        if changes.is_empty() {
            return Err(match foreign.is_empty() {
                true => "the statements that the finding proposes were not found in the policies".to_owned(),
                false => format!(
                    "{} is AWS's own and cannot be changed; write a policy of your own in its place",
                    foreign.join(", ")
                ),
            });
        }
        Ok(vec![Idea::new("the statements that the finding proposes take the place of the broad ones", changes)])
    }
}

/// The method settings of a stage, with one of them changed where it is wrong.
fn method_settings(stage: &Resource, field: &str, to: Value) -> Ideas {
    let mut settings = super::permissions::items(stage.properties.get("MethodSettings"));
    for setting in &mut settings {
        if let Value::Map(parts) = setting
            && parts.get(field).is_some_and(|value| *value != Value::Absent && *value != to)
        {
            parts.insert(field.to_owned(), to.clone());
        }
    }
    let change = Change::set(stage, "MethodSettings", Value::Set(settings));
    Ok(vec![Idea::new(format!("{field} of the stage {} is set", stage.name), vec![change])])
}
