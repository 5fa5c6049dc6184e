//! Other accounts that what was read names: facts for whoever grades, without a verdict.
//!
//! Knows where the id of an account stands in what AWS answers: in ARNs, in the addresses of queues, in the targets of
//! integrations, in principals and conditions of policies. Does not know whether it may stand there. What could not be
//! read says nothing, and what AWS wrote itself (its managed policies) is not looked at.

use crate::model::{Account, Foreign, Value};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Accounts in which AWS publishes layers for everybody's functions, and nothing else that is shared: Powertools, Lambda
/// Insights, OpenTelemetry, the SDK for pandas.
const OF_AWS: [&str; 4] = ["017000801446", "580247275435", "901920570463", "336392948345"];

/// The accounts other than its own that `account` names, by account, resource and field.
pub(super) fn foreign(account: &Account) -> Vec<Foreign> {
    let mut found = BTreeSet::new();
    for resource in account.resources.iter().filter(|resource| !is_of_aws(&resource.id)) {
        each_text(&resource.properties, &mut String::new(), &mut |field, id| {
            if id != account.caller.account && !OF_AWS.contains(&id) {
                found.insert(Foreign {
                    account: id.to_owned(),
                    resource: resource.id.clone(),
                    field: field.to_owned(),
                });
            }
        });
    }
    found.into_iter().collect()
}

fn is_of_aws(id: &str) -> bool {
    id.split(':').nth(4) == Some("aws")
}

/// Calls `found` with the place and the id of each account in `value`, which stands at `place`.
fn each_text(value: &Value, place: &mut String, found: &mut dyn FnMut(&str, &str)) {
    match value {
        Value::Text(text) => in_text(text, &mut |id| found(place, id)),
        Value::Arn(arn) => in_text(&arn.to_string(), &mut |id| found(place, id)),
        Value::Policy(text) => in_policy(text, place, found),
        Value::List(items) | Value::Set(items) => items.iter().for_each(|item| each_text(item, place, found)),
        Value::Map(parts) => {
            for (name, part) in parts {
                within(place, name, |place| each_text(part, place, found));
            }
        }
        Value::Absent | Value::Unread(_) | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn within(place: &mut String, name: &str, then: impl FnOnce(&mut String)) {
    let before = place.len();
    if !place.is_empty() && !name.starts_with('[') {
        place.push('.');
    }
    place.push_str(name);
    then(place);
    place.truncate(before);
}

/// A policy that is no JSON is searched as the text it is.
fn in_policy(text: &str, place: &mut String, found: &mut dyn FnMut(&str, &str)) {
    let plain = decoded(text.trim_start_matches('\u{feff}'));
    match serde_json::from_str::<serde_json::Value>(&plain) {
        // A document within a string occurs where a service escapes it once more.
        Ok(serde_json::Value::String(inner)) if inner.len() < text.len() => in_policy(&inner, place, found),
        Ok(document) => in_document(&document, place, found),
        Err(_) => in_text(&plain, &mut |id| found(place, id)),
    }
}

fn in_document(value: &serde_json::Value, place: &mut String, found: &mut dyn FnMut(&str, &str)) {
    match value {
        serde_json::Value::String(text) if is_account(text) => found(place, text),
        serde_json::Value::String(text) => in_text(text, &mut |id| found(place, id)),
        serde_json::Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                // Of a list of texts the place of each says nothing: AWS gives it back in any order.
                if item.is_object() {
                    within(place, &format!("[{at}]"), |place| in_document(item, place, found));
                } else {
                    in_document(item, place, found);
                }
            }
        }
        serde_json::Value::Object(parts) => {
            for (name, part) in parts.iter().filter(|(name, _)| !matches!(name.as_str(), "Sid" | "Id" | "Version")) {
                within(place, name, |place| in_document(part, place, found));
            }
        }
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {}
    }
}

/// Calls `found` with each account that an ARN, the target of an integration or the address of a queue in `text` names.
fn in_text(text: &str, found: &mut dyn FnMut(&str)) {
    let text = decoded(text);
    for (at, _) in text.match_indices("arn:") {
        if text[..at].ends_with(|c: char| c.is_alphanumeric()) {
            continue;
        }
        let mut parts = text[at..].splitn(6, ':').skip(2);
        let (service, _, account, resource) = (parts.next(), parts.next(), parts.next(), parts.next());
        // What an integration calls stands in the place of the region's account: `apigateway:REGION:sqs:path/ACCOUNT/NAME`.
        let of_target = resource.and_then(|resource| resource.strip_prefix("path/")?.split('/').next());
        let named = if service == Some("apigateway") { of_target } else { account };
        if let Some(id) = named.filter(|id| is_account(id)) {
            found(id);
        }
    }
    for (at, _) in text.match_indices("://") {
        let mut parts = text[at + 3..].split('/');
        let (Some(host), Some(id)) = (parts.next(), parts.next()) else { continue };
        let host = host.split(':').next().unwrap_or(host);
        if host.split('.').any(|label| matches!(label, "sqs" | "sqs-fips" | "queue")) && is_account(id) {
            found(id);
        }
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn decoded(text: &str) -> Cow<'_, str> {
    if text.contains("%3A") || text.contains("%3a") {
        percent_decode_str(text).decode_utf8_lossy()
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Caller, Resource};

    fn found(properties: &[(&str, Value)]) -> Vec<(String, String)> {
        let arn = "arn:aws:iam::123456789012:user/u".parse().expect("an ARN");
        let mut account = Account::new(Caller { account: "123456789012".to_owned(), arn });
        account.resources.push(Resource {
            type_name: "AWS::SQS::Queue",
            region: "us-east-1".to_owned(),
            name: "q".to_owned(),
            id: "arn:aws:sqs:us-east-1:123456789012:q".to_owned(),
            parent: None,
            properties: Value::Map(properties.iter().map(|(name, of)| ((*name).to_owned(), of.clone())).collect()),
            calls: Vec::new(),
        });
        foreign(&account).into_iter().map(|one| (one.account, one.field)).collect()
    }

    fn in_one(text: &str) -> Vec<String> {
        found(&[("X", Value::Text(text.to_owned()))]).into_iter().map(|(id, _)| id).collect()
    }

    #[test]
    fn an_account_is_found_wherever_aws_writes_one() {
        for (text, id) in [
            ("arn:aws:sqs:us-east-1:999988887777:other", "999988887777"),
            ("arn:aws:apigateway:us-east-1:sqs:path/999988887777/POC-Queue", "999988887777"),
            (
                "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:999988887777:function:f/invocations",
                "999988887777",
            ),
            ("https://sqs.us-east-1.amazonaws.com/999988887777/POC-Queue", "999988887777"),
            ("https://us-east-1.queue.amazonaws.com:443/999988887777/POC-Queue", "999988887777"),
            ("QueueUrl=https%3A%2F%2Fsqs.us-east-1.amazonaws.com%2F999988887777%2Fq", "999988887777"),
            ("{\"RedrivePolicy\":\"arn:aws-cn:sqs:cn-north-1:999988887777:dead\"}", "999988887777"),
        ] {
            assert_eq!(in_one(text), [id], "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_another_account_is_none() {
        for text in [
            "arn:aws:sqs:us-east-1:123456789012:q",
            "arn:aws:iam::aws:policy/AmazonSQSFullAccess",
            "arn:aws:sqs:us-east-1::999988887777",
            "arn:aws:lambda:us-east-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python313-x86_64:7",
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/x",
            "arn:aws:apigateway:us-east-1::/restapis/999988887777",
            "barn:aws:sqs:us-east-1:999988887777:q",
            "https://example.com/999988887777/x",
            "999988887777",
            "arn:",
            "://",
            "arn:aws:sqs:us-east-1:9999888877777:q",
        ] {
            assert!(in_one(text).is_empty(), "{text}: {:?}", in_one(text));
        }
    }

    #[test]
    fn of_a_policy_it_is_said_where() {
        let policy = r#"{"Version":"2012-10-17","Statement":[{"Sid":"999988887777"},{"Effect":"Allow","Principal":{"AWS":["222233334444","arn:aws:iam::555566667777:root"]},"Action":"*","Resource":"arn:aws:sqs:us-east-1:123456789012:q","Condition":{"StringEquals":{"aws:SourceAccount":"888899990000"}}}]}"#;
        let said = [
            ("222233334444", "Policy.Statement[1].Principal.AWS"),
            ("555566667777", "Policy.Statement[1].Principal.AWS"),
            ("888899990000", "Policy.Statement[1].Condition.StringEquals.aws:SourceAccount"),
        ];
        let said = said.map(|(id, field)| (id.to_owned(), field.to_owned()));
        assert_eq!(found(&[("Policy", Value::Policy(policy.to_owned()))]), said);
        let again = serde_json::to_string(policy).expect("JSON");
        assert_eq!(found(&[("Policy", Value::Policy(again))]), said);
        let torn = "{\"Statement\": arn:aws:iam::555566667777:root".to_owned();
        let torn =
            found(&[("Policies", Value::List(vec![Value::Map([("D".to_owned(), Value::Policy(torn))].into())]))]);
        assert_eq!(torn, [("555566667777".to_owned(), "Policies.D".to_owned())]);
    }
}
