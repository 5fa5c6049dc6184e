//! What a recording leaves out of the answers: what people wrote for themselves and no rule names.
//!
//! A tag is dropped with its key, since both are free text; the head of the recording says for which types. A text that
//! may be a secret is replaced in place, as [`Disclosure`] says, so that what is left has the form of an answer.

use super::xml;
use crate::model::Disclosure;
use crate::services::{dynamodb, iam, lambda, sqs};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// What a recording may keep of what people wrote for themselves.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// The types of resource whose tags are kept.
    pub(crate) tags: BTreeSet<String>,
    /// The texts that are kept.
    pub(crate) disclosure: Disclosure,
}

/// The `body` of an answer to `operation` of `service` without what a recording must not keep. It is whole.
pub(crate) fn redacted(service: &str, operation: &str, body: &str, kept: &Kept) -> String {
    match service {
        "iam" => without_tags(operation, body, &kept.tags),
        "sqs" if operation == "ListQueueTags" && !kept.tags.contains(sqs::QUEUE) => "{}".to_owned(),
        "dynamodb" if operation == "ListTagsOfResource" && !kept.tags.contains(dynamodb::TABLE) => {
            "{\"Tags\":[]}".to_owned()
        }
        "lambda" => of_lambda(operation, body, kept),
        _ => body.to_owned(),
    }
}

/// The `body` of an answer of Lambda without tags, and without the variables of functions that may be secrets.
fn of_lambda(operation: &str, body: &str, kept: &Kept) -> String {
    match operation {
        "ListTags" if !kept.tags.contains(lambda::FUNCTION) => return "{\"Tags\":{}}".to_owned(),
        "ListFunctions" | "GetFunctionConfiguration" => {}
        _ => return body.to_owned(),
    }
    let Ok(mut answer) = serde_json::from_str::<Json>(body) else { return String::new() };
    match answer.get_mut("Functions") {
        Some(Json::Array(functions)) => {
            functions.iter_mut().for_each(|function| of_function(function, &kept.disclosure))
        }
        _ => of_function(&mut answer, &kept.disclosure),
    }
    answer.to_string()
}

fn of_function(function: &mut Json, disclosure: &Disclosure) {
    if let Some(Json::Object(variables)) = function.pointer_mut("/Environment/Variables") {
        for value in variables.values_mut() {
            *value = disclosure.recorded(value.as_str().unwrap_or_default()).into();
        }
    }
    // The command line of a container image may hold secrets as well, and nothing reads it.
    if let Json::Object(function) = function {
        function.remove("ImageConfigResponse");
    }
}

/// The `body` of an answer of IAM without the tags of resources whose type is not in `kept`.
fn without_tags(operation: &str, body: &str, kept: &BTreeSet<String>) -> String {
    let owner = |path: &[&str]| match operation {
        iam::DETAILS => match path.get(2).copied() {
            Some("RoleDetailList") => Some(iam::ROLE),
            Some("UserDetailList") => Some(iam::USER),
            Some("Policies") => Some(iam::MANAGED_POLICY),
            _ => None,
        },
        "GetRole" | "ListRoles" => Some(iam::ROLE),
        "GetUser" | "ListUsers" => Some(iam::USER),
        "GetPolicy" | "ListPolicies" => Some(iam::MANAGED_POLICY),
        _ => None,
    };
    let mut dropped = Vec::new();
    let scanned = xml::elements(body, |path, range| {
        if path.last() == Some(&"Tags") && !owner(path).is_some_and(|owner| kept.contains(owner)) {
            dropped.push(range);
        }
    });
    if scanned.is_err() {
        return String::new();
    }
    let mut left = String::with_capacity(body.len());
    let mut from = 0;
    for range in dropped {
        // An element ends after those within it: one that was dropped inside it has been copied around already.
        if range.start < from {
            continue;
        }
        left.push_str(&body[from..range.start]);
        from = range.end;
    }
    left.push_str(&body[from..]);
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_unwanted_types_are_dropped() {
        let body = "<R><X><UserDetailList><member><Tags><member>u</member></Tags></member></UserDetailList>\
                    <RoleDetailList><member><Tags/><Name>r</Name><P><Tags>p</Tags></P></member></RoleDetailList></X></R>";
        let kept = BTreeSet::from([iam::USER.to_owned()]);
        let left = without_tags(iam::DETAILS, body, &kept);
        assert!(left.contains("<Tags><member>u</member></Tags>"), "{left}");
        assert!(left.contains("<member><Name>r</Name><P></P></member>"), "{left}");
        assert!(!without_tags(iam::DETAILS, body, &BTreeSet::new()).contains("Tags"));
        assert_eq!(redacted("sqs", "ListQueueTags", "{\"Tags\":{\"a\":\"b\"}}", &Kept::default()), "{}");
        let of_table = "{\"Tags\":[{\"Key\":\"a\",\"Value\":\"b\"}]}";
        assert_eq!(redacted("dynamodb", "ListTagsOfResource", of_table, &Kept::default()), "{\"Tags\":[]}");
        let of_function = "{\"Tags\":{\"a\":\"b\"}}";
        assert_eq!(redacted("lambda", "ListTags", of_function, &Kept::default()), "{\"Tags\":{}}");
        let tags = BTreeSet::from([lambda::FUNCTION.to_owned(), dynamodb::TABLE.to_owned()]);
        let kept = Kept { tags, ..Kept::default() };
        assert_eq!(redacted("lambda", "ListTags", of_function, &kept), of_function);
        assert_eq!(redacted("dynamodb", "ListTagsOfResource", of_table, &kept), of_table);
    }

    #[test]
    fn variables_that_may_be_secrets_are_replaced_in_place() {
        let function = |variables: Json| {
            serde_json::json!({
                "FunctionName": "f",
                "Environment": { "Variables": variables },
                "ImageConfigResponse": { "ImageConfig": { "Command": ["--password", "hunter2"] } },
            })
        };
        let secret = function(serde_json::json!({
            "TABLE": "orders", "NOTIFY": "a@example.com", "TOPIC": "arn:aws:sns:us-east-1:123456789012:t",
            "PASSWORD": "hunter2", "EMPTY": "", "ODD": 7,
        }));
        let disclosure = Disclosure {
            names: BTreeSet::from(["orders".to_owned()]),
            parameters: [("notify".to_owned(), "a@example.com".to_owned())].into(),
        };
        let kept = Kept { disclosure, ..Kept::default() };
        let one = redacted("lambda", "GetFunctionConfiguration", &secret.to_string(), &kept);
        let one: Json = serde_json::from_str(&one).expect("JSON");
        assert_eq!(
            one["Environment"]["Variables"],
            serde_json::json!({
                "TABLE": "orders", "NOTIFY": "${notify}", "TOPIC": "arn:aws:sns:us-east-1:123456789012:t",
                "PASSWORD": "redacted", "EMPTY": "redacted", "ODD": "redacted",
            })
        );
        assert_eq!((one.get("ImageConfigResponse"), &one["FunctionName"]), (None, &Json::from("f")));
        let list = serde_json::json!({ "Functions": [secret, {}], "NextMarker": "m" }).to_string();
        let list = redacted("lambda", "ListFunctions", &list, &kept);
        assert!(!list.contains("hunter2") && list.contains("\"NextMarker\":\"m\""), "{list}");
        assert_eq!(redacted("lambda", "ListFunctions", "{\"Functions\":[", &kept), "");
    }
}
