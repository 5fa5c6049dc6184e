//! What a recording leaves out of the answers: what people wrote for themselves and no rule names.
//!
//! A tag is dropped with its key, since both are free text; the head of the recording says for which types. A text that
//! may be a secret is replaced in place, as [`Disclosure`] says, so that what is left has the form of an answer.

use super::xml;
use crate::model::{Disclosure, REDACTED};
use crate::services::{apigateway, dynamodb, iam, lambda, sns, sqs};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::ops::Range;

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
        "apigateway" => of_api_gateway(operation, body, kept),
        "iam" => without_tags(operation, body, &kept.tags),
        "sns" => of_sns(operation, body, kept),
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

/// What is recorded in place of the value of a variable. One that is no text is none of the API's.
fn recorded(value: &Json, disclosure: &Disclosure) -> String {
    value.as_str().map_or_else(|| REDACTED.to_owned(), |text| disclosure.recorded(text))
}

fn of_function(function: &mut Json, disclosure: &Disclosure) {
    if let Some(Json::Object(variables)) = function.pointer_mut("/Environment/Variables") {
        for value in variables.values_mut() {
            *value = recorded(value, disclosure).into();
        }
    }
    // The command line of a container image may hold secrets as well, and nothing reads it.
    if let Json::Object(function) = function {
        function.remove("ImageConfigResponse");
    }
}

/// The `body` of an answer of API Gateway: the variables of stages, and what integrations send, are texts of people's own.
fn of_api_gateway(operation: &str, body: &str, kept: &Kept) -> String {
    let owner = match operation {
        "GetRestApis" => apigateway::REST_API,
        "GetStages" => apigateway::STAGE,
        "GetResources" | "GetMethod" | "GetIntegration" => apigateway::METHOD,
        _ => return body.to_owned(),
    };
    // What cannot be read holds nothing that a replay could use.
    let Ok(mut json) = serde_json::from_str::<Json>(body) else { return String::new() };
    clean(&mut json, kept.tags.contains(owner), &kept.disclosure);
    json.to_string()
}

/// Takes the tags out of `json`, unless they are kept, and replaces the values of variables and the constants that
/// integrations send.
fn clean(json: &mut Json, keeps_tags: bool, disclosure: &Disclosure) {
    match json {
        Json::Array(items) => items.iter_mut().for_each(|item| clean(item, keeps_tags, disclosure)),
        Json::Object(members) => {
            members.retain(|name, _| keeps_tags || name != "tags");
            for (name, member) in members {
                match (name.as_str(), member) {
                    // The second are those of a canary.
                    ("variables" | "stageVariableOverrides", Json::Object(variables)) => {
                        for value in variables.values_mut() {
                            *value = recorded(value, disclosure).into();
                        }
                    }
                    ("requestParameters", Json::Object(parameters)) => {
                        for (name, value) in parameters {
                            if let Some(inner) = value.as_str().and_then(|value| apigateway::constant(name, value)) {
                                *value = format!("'{}'", disclosure.recorded(inner)).into();
                            }
                        }
                    }
                    ("tags", _) => {}
                    (_, member) => clean(member, keeps_tags, disclosure),
                }
            }
        }
        _ => {}
    }
}

/// The `body` of an answer of SNS: where a subscription delivers to may be the address of a person.
fn of_sns(operation: &str, body: &str, kept: &Kept) -> String {
    match operation {
        "ListSubscriptions" | "ListSubscriptionsByTopic" => {
            let mut endpoints = Vec::new();
            let scanned = xml::elements(body, |path, range| {
                if path.last() == Some(&"Endpoint") {
                    endpoints.push(range);
                }
            });
            if scanned.is_err() { String::new() } else { with_endpoints_redacted(body, &endpoints, &kept.disclosure) }
        }
        "GetSubscriptionAttributes" => {
            let (mut endpoints, mut key, mut value) = (Vec::new(), 0..0, None);
            let scanned = xml::elements(body, |path, range| match path.last() {
                Some(&"key") => key = range,
                Some(&"value") => value = Some(range),
                Some(&"entry") => {
                    let key = std::mem::replace(&mut key, 0..0);
                    let of_endpoint = inner(body, &key).is_some_and(|inner| body[inner].trim() == "Endpoint");
                    endpoints.extend(value.take().filter(|_| of_endpoint));
                }
                _ => {}
            });
            if scanned.is_err() { String::new() } else { with_endpoints_redacted(body, &endpoints, &kept.disclosure) }
        }
        "ListTagsForResource" if !kept.tags.contains(sns::TOPIC) => {
            let mut tags = None;
            let scanned = xml::elements(body, |path, range| {
                if path.last() == Some(&"Tags") {
                    tags = inner(body, &range);
                }
            });
            match (scanned, tags) {
                (Ok(()), Some(tags)) => [&body[..tags.start], &body[tags.end..]].concat(),
                (Ok(()), None) => body.to_owned(),
                (Err(_), _) => String::new(),
            }
        }
        _ => body.to_owned(),
    }
}

/// `body` with what stands in the elements at `ranges`, none of which is inside another, as a recording may keep it.
fn with_endpoints_redacted(body: &str, ranges: &[Range<usize>], disclosure: &Disclosure) -> String {
    let mut left = String::with_capacity(body.len());
    let mut from = 0;
    for text in ranges.iter().filter_map(|range| inner(body, range)) {
        left.push_str(&body[from..text.start]);
        left.push_str(&match xml::unescaped(&body[text.clone()]) {
            Some(plain) => xml::escaped(&disclosure.recorded(&plain)),
            None => REDACTED.to_owned(),
        });
        from = text.end;
    }
    left.push_str(&body[from..]);
    left
}

/// The part of `body` between the tags of the element at `range`; nothing for an empty element.
fn inner(body: &str, range: &Range<usize>) -> Option<Range<usize>> {
    let element = &body[range.clone()];
    let start = range.start + element.find('>')? + 1;
    let end = range.start + element.rfind("</")?;
    (start <= end).then_some(start..end)
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
                "PASSWORD": "redacted", "EMPTY": "", "ODD": "redacted",
            })
        );
        assert_eq!((one.get("ImageConfigResponse"), &one["FunctionName"]), (None, &Json::from("f")));
        let list = serde_json::json!({ "Functions": [secret, {}], "NextMarker": "m" }).to_string();
        let list = redacted("lambda", "ListFunctions", &list, &kept);
        assert!(!list.contains("hunter2") && list.contains("\"NextMarker\":\"m\""), "{list}");
        assert_eq!(redacted("lambda", "ListFunctions", "{\"Functions\":[", &kept), "");
    }

    fn kept() -> Kept {
        let disclosure = Disclosure {
            names: BTreeSet::from(["orders".to_owned()]),
            parameters: [("notify".to_owned(), "a&b@example.com".to_owned())].into(),
        };
        Kept { tags: BTreeSet::new(), disclosure }
    }

    #[test]
    fn addresses_of_people_are_not_recorded() {
        let queue = "arn:aws:sqs:us-east-1:123456789012:orders";
        let body = format!(
            "<R><S><Subscriptions><member><Endpoint>ann@example.com</Endpoint></member>\
             <member><Endpoint>a&amp;b@example.com</Endpoint></member><member><Endpoint>{queue}</Endpoint></member>\
             <member><Endpoint><![CDATA[ann@example.com]]></Endpoint><Endpoint/><Endpoint></Endpoint></member>\
             </Subscriptions></S></R>"
        );
        for operation in ["ListSubscriptions", "ListSubscriptionsByTopic"] {
            let left = redacted("sns", operation, &body, &kept());
            assert!(!left.contains("example.com"), "{left}");
            assert_eq!(left.matches(">redacted<").count(), 2, "{left}");
            assert!(left.contains(&format!("<Endpoint>{queue}</Endpoint>")), "{left}");
            assert!(left.contains("<Endpoint>${notify}</Endpoint>"), "{left}");
            assert_eq!(xml::elements(&left, |_, _| {}), Ok(()));
        }
        let body = "<R><S><Attributes><entry><key>Protocol</key><value>email</value></entry><entry><key>Endpoint</key>\
                    <value>ann@example.com</value></entry></Attributes></S></R>";
        let left = redacted("sns", "GetSubscriptionAttributes", body, &kept());
        assert!(!left.contains("example.com") && left.contains("<value>email</value>"), "{left}");
        assert!(redacted("sns", "ListSubscriptions", "<R><Endpoint>ann@example.com", &kept()).is_empty());
    }

    #[test]
    fn tags_of_topics_are_dropped_and_the_list_stays_one() {
        let body = "<R><S><Tags><member><Key>k</Key><Value>v</Value></member></Tags></S></R>";
        assert_eq!(redacted("sns", "ListTagsForResource", body, &kept()), "<R><S><Tags></Tags></S></R>");
        let tags = BTreeSet::from([sns::TOPIC.to_owned()]);
        assert_eq!(redacted("sns", "ListTagsForResource", body, &Kept { tags, ..kept() }), body);
    }

    #[test]
    fn variables_of_stages_are_redacted_and_tags_dropped() {
        let body = r#"{"item":[{"stageName":"prod","variables":{"table":"orders","key":"hunter2"},"tags":{"a":"b"},
                      "canarySettings":{"stageVariableOverrides":{"key":"hunter3"}}}]}"#;
        let left = redacted("apigateway", "GetStages", body, &kept());
        assert!(!left.contains("hunter") && !left.contains("tags"), "{left}");
        assert!(left.contains(r#""table":"orders""#) && left.contains(r#""key":"redacted""#), "{left}");
        let tags = BTreeSet::from([apigateway::STAGE.to_owned()]);
        assert!(redacted("apigateway", "GetStages", body, &Kept { tags, ..kept() }).contains(r#""tags":{"a":"b"}"#));
        let method = r#"{"item":[{"resourceMethods":{"POST":{"requestParameters":{"method.request.header.a":true},
                         "methodIntegration":{"requestParameters":{"integration.request.header.x-api-key":"'hunter4'",
                         "integration.request.header.Content-Type":"'text/plain'",
                         "integration.request.header.b":"method.request.header.a"}}}}}]}"#;
        let left = redacted("apigateway", "GetResources", method, &kept());
        assert!(!left.contains("hunter") && left.contains("'redacted'"), "{left}");
        assert!(left.contains("'text/plain'") && left.contains(r#":"method.request.header.a""#), "{left}");
        let apis = r#"{"item":[{"id":"a","tags":{"a":"b"}}]}"#;
        assert_eq!(redacted("apigateway", "GetRestApis", apis, &kept()), r#"{"item":[{"id":"a"}]}"#);
    }
}
