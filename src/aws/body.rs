//! Whether a body is what its protocol promises, and which of its parts a recording leaves out.

use super::xml;
use crate::services::{iam, sqs};
use std::collections::BTreeSet;

/// How the bodies of a service are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// awsQuery: forms in, XML out.
    Query,
    /// awsJson: JSON both ways.
    Json,
}

impl Protocol {
    /// The protocol that the SDK speaks with the service that has this prefix in IAM actions.
    pub(crate) fn of(service: &str) -> Self {
        if service == "sqs" { Self::Json } else { Self::Query }
    }
}

/// What is wrong with the `body` of an answer to `operation`, if anything.
///
/// An answer that this accepts is one whole document. The SDK is more lenient: it reads an empty body as an empty
/// list, and a document that breaks off as a shorter one.
pub(crate) fn fault(protocol: Protocol, operation: &str, success: bool, body: &[u8]) -> Option<String> {
    let Ok(text) = std::str::from_utf8(body) else { return Some("the body is not UTF-8".to_owned()) };
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if start.is_empty() {
        return Some("the body is empty".to_owned());
    }
    let head = start.get(..start.len().min(15)).unwrap_or_default().to_ascii_lowercase();
    if head.starts_with("<!doctype html") || head.starts_with("<html") {
        return Some("the body is an HTML page".to_owned());
    }
    match protocol {
        Protocol::Query => query_fault(operation, success, text),
        Protocol::Json => json_fault(operation, success, text),
    }
}

fn query_fault(operation: &str, success: bool, text: &str) -> Option<String> {
    if !text.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
        return Some("the body is not XML".to_owned());
    }
    let paged = operation.starts_with("List") || operation == iam::DETAILS;
    let mut truncation_told = false;
    let whole = xml::elements(text, |path, _| truncation_told |= path.len() == 3 && path[2] == "IsTruncated");
    if let Err(what) = whole {
        return Some(format!("the body is not whole XML: {what}"));
    }
    // Without it nobody could tell a list that ends from one that goes on.
    (success && paged && !truncation_told).then(|| "the list does not say whether it goes on".to_owned())
}

fn json_fault(operation: &str, success: bool, text: &str) -> Option<String> {
    let members: serde_json::Map<String, serde_json::Value> = match serde_json::from_str(text) {
        Ok(members) => members,
        Err(error) if error.is_eof() => return Some("the body is not whole JSON: it breaks off".to_owned()),
        Err(_) => return Some("the body is not a JSON object".to_owned()),
    };
    let expected = match operation {
        "ListQueues" => "QueueUrls",
        "GetQueueAttributes" => "Attributes",
        "ListQueueTags" => "Tags",
        _ => return None,
    };
    (success && !members.is_empty() && !members.contains_key(expected))
        .then(|| format!("the body is a JSON object without {expected}"))
}

/// `body` without the tags of resources whose type is not in `kept`.
///
/// Tags hold what people wrote for themselves. The body has passed [`fault`].
pub(crate) fn without_tags(service: &str, operation: &str, body: &str, kept: &BTreeSet<String>) -> String {
    if service != "iam" {
        let all = service == "sqs" && operation == "ListQueueTags" && !kept.contains(sqs::QUEUE);
        return if all { "{}".to_owned() } else { body.to_owned() };
    }
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

    fn iam_list(body: &str) -> Option<String> {
        fault(Protocol::Query, "ListRoles", true, body.as_bytes())
    }

    fn queues(body: &str) -> Option<String> {
        fault(Protocol::Json, "ListQueues", true, body.as_bytes())
    }

    #[test]
    fn a_list_is_whole_or_at_fault() {
        let whole = "<ListRolesResponse><ListRolesResult><IsTruncated>false</IsTruncated></ListRolesResult></ListRolesResponse>";
        assert_eq!(iam_list(whole), None);
        for body in [
            "",
            "  ",
            "{}",
            "<html><body>Sign in</body></html>",
            "<!DOCTYPE HTML PUBLIC>",
            &whole[..whole.len() - 5],
            "<ListRolesResponse><ListRolesResult/></ListRolesResponse>",
        ] {
            assert!(iam_list(body).is_some(), "{body}");
        }
        assert_eq!(queues("{}"), None);
        assert_eq!(queues("{\"QueueUrls\":[]}"), None);
        for body in ["", "[]", "null", "{\"QueueUrls\":[", "{\"message\":\"sign in\"}", "<html/>", "{} x"] {
            assert!(queues(body).is_some(), "{body}");
        }
        assert!(fault(Protocol::Json, "ListQueues", true, &[0xff]).is_some());
    }

    #[test]
    fn tags_of_unwanted_types_are_dropped() {
        let body = "<R><X><UserDetailList><member><Tags><member>u</member></Tags></member></UserDetailList>\
                    <RoleDetailList><member><Tags/><Name>r</Name><P><Tags>p</Tags></P></member></RoleDetailList></X></R>";
        let kept = BTreeSet::from([iam::USER.to_owned()]);
        let left = without_tags("iam", iam::DETAILS, body, &kept);
        assert!(left.contains("<Tags><member>u</member></Tags>"), "{left}");
        assert!(left.contains("<member><Name>r</Name><P></P></member>"), "{left}");
        assert!(!without_tags("iam", iam::DETAILS, body, &BTreeSet::new()).contains("Tags"));
        assert_eq!(without_tags("sqs", "ListQueueTags", "{\"Tags\":{\"a\":\"b\"}}", &BTreeSet::new()), "{}");
    }
}
