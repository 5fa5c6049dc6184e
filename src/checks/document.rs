//! Statements written as JSON, on one line, in the order in which AWS's own documents write their elements.

use crate::iam::{Policy, Statement};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// A statement that allows `actions` on `resources`, under the Sid and the conditions of `like`.
pub(super) fn allow(like: &Statement, sid: Option<&str>, actions: &[String], resources: &[String]) -> String {
    let mut parts = Vec::new();
    parts.extend(sid.map(|sid| format!("\"Sid\": {}", text(sid))));
    parts.push("\"Effect\": \"Allow\"".to_owned());
    parts.push(format!("\"Action\": {}", one_or_more(actions)));
    parts.push(format!("\"Resource\": {}", one_or_more(resources)));
    if !like.conditions.is_empty() {
        parts.push(format!("\"Condition\": {}", conditions(like)));
    }
    format!("{{ {} }}", parts.join(", "))
}

/// A policy that allows these actions on everything, and nothing else. `None` if the text is no policy, which is not
/// to be expected.
pub(super) fn only(actions: &[String]) -> Option<Policy> {
    let statement = serde_json::json!({ "Effect": "Allow", "Action": actions, "Resource": "*" });
    Policy::parse(&serde_json::json!({ "Version": "2012-10-17", "Statement": statement }).to_string()).ok()
}

fn conditions(statement: &Statement) -> String {
    let mut blocks: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for condition in &statement.conditions {
        let operator = match &condition.operator {
            Ok(operator) => operator.to_string(),
            Err(written) => written.clone(),
        };
        let entry = format!("{}: {}", text(&condition.key), one_or_more(&condition.values));
        blocks.entry(operator).or_default().push(entry);
    }
    let block =
        |(operator, entries): (&String, &Vec<String>)| format!("{}: {{ {} }}", text(operator), entries.join(", "));
    format!("{{ {} }}", blocks.iter().map(block).collect::<Vec<_>>().join(", "))
}

fn one_or_more(values: &[String]) -> String {
    match values {
        [one] => text(one),
        several => format!("[{}]", several.iter().map(|value| text(value)).collect::<Vec<_>>().join(", ")),
    }
}

fn text(value: &str) -> String {
    Json::from(value).to_string()
}
