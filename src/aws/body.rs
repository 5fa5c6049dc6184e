//! Whether a body is what its protocol promises.

use super::xml;
use crate::services::iam;

/// How the bodies of a service are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// awsQuery: forms in, XML out.
    Query,
    /// awsJson and restJson: JSON both ways.
    Json,
}

impl Protocol {
    /// The protocol that the SDK speaks with the service that has this prefix in IAM actions.
    pub(crate) fn of(service: &str) -> Self {
        if matches!(service, "iam" | "sns" | "sts") { Self::Query } else { Self::Json }
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
    let (expected, without) = match operation {
        "ListTopics" => (Some("Topics"), "the list is not one of topics"),
        "ListSubscriptions" | "ListSubscriptionsByTopic" => {
            (Some("Subscriptions"), "the list is not one of subscriptions")
        }
        "ListTagsForResource" => (Some("Tags"), "the list is not one of tags"),
        "GetTopicAttributes" | "GetSubscriptionAttributes" => (Some("Attributes"), "the body has no Attributes"),
        // Without it nobody could tell a list of IAM that ends from one that goes on.
        _ if operation.starts_with("List") || operation == iam::DETAILS => {
            (Some("IsTruncated"), "the list does not say whether it goes on")
        }
        _ => (None, ""),
    };
    let mut has = false;
    let whole = xml::elements(text, |path, _| has |= path.len() == 3 && expected == Some(path[2]));
    if let Err(what) = whole {
        return Some(format!("the body is not whole XML: {what}"));
    }
    (success && expected.is_some() && !has).then(|| without.to_owned())
}

fn json_fault(operation: &str, success: bool, text: &str) -> Option<String> {
    let members: serde_json::Map<String, serde_json::Value> = match serde_json::from_str(text) {
        Ok(members) => members,
        Err(error) if error.is_eof() => return Some("the body is not whole JSON: it breaks off".to_owned()),
        Err(_) => return Some("the body is not a JSON object".to_owned()),
    };
    let (expected, may_be_empty) = expected(operation)?;
    let lacks = !(members.contains_key(expected) || (may_be_empty && members.is_empty()));
    (success && lacks).then(|| format!("the body is a JSON object without {expected}"))
}

/// The member that a whole answer to `operation` has, and whether the service leaves it out, and all others, when there
/// is nothing to tell. An object of somebody else's is no answer.
fn expected(operation: &str) -> Option<(&'static str, bool)> {
    Some(match operation {
        "DescribeContinuousBackups" => ("ContinuousBackupsDescription", false),
        "DescribeTable" => ("Table", false),
        "DescribeTimeToLive" => ("TimeToLiveDescription", false),
        "GetFunctionConcurrency" => ("ReservedConcurrentExecutions", true),
        "GetFunctionConfiguration" => ("FunctionArn", false),
        "GetAuthorizers" | "GetDeployments" | "GetResources" | "GetRestApis" | "GetStages" => ("item", true),
        "GetIntegration" => ("type", false),
        "GetMethod" => ("httpMethod", false),
        "GetPolicy" | "GetResourcePolicy" => ("Policy", false),
        "GetQueueAttributes" => ("Attributes", true),
        "ListEventSourceMappings" => ("EventSourceMappings", false),
        "ListFunctionUrlConfigs" => ("FunctionUrlConfigs", false),
        "ListFunctions" => ("Functions", false),
        "ListQueueTags" => ("Tags", true),
        "ListQueues" => ("QueueUrls", true),
        "ListTables" => ("TableNames", false),
        "ListTags" | "ListTagsOfResource" => ("Tags", false),
        _ => return None,
    })
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
    fn a_list_of_sns_or_api_gateway_has_its_element() {
        let topics = |body: &str| fault(Protocol::Query, "ListTopics", true, body.as_bytes());
        assert_eq!(
            topics("<ListTopicsResponse><ListTopicsResult><Topics/></ListTopicsResult></ListTopicsResponse>"),
            None
        );
        assert!(topics("<ListTopicsResponse><ListTopicsResult/></ListTopicsResponse>").is_some());
        assert!(topics("<Other><Topics/></Other>").is_some());
        let apis = |body: &str| fault(Protocol::Json, "GetRestApis", true, body.as_bytes());
        assert_eq!(apis("{\"item\":[]}"), None);
        assert_eq!(apis("{}"), None);
        assert!(fault(Protocol::Json, "GetIntegration", true, b"{}").is_some());
        assert!(apis("{\"message\":\"sign in\"}").is_some() && apis("{\"items\":[]}").is_some());
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
        let functions = |body: &str| fault(Protocol::Json, "ListFunctions", true, body.as_bytes());
        assert_eq!(functions("{\"Functions\":[]}"), None);
        // An empty object is what Lambda answers of nothing reserved, and no list of it.
        assert!(functions("{}").is_some() && functions("{\"message\":\"sign in\"}").is_some());
        assert_eq!(fault(Protocol::Json, "GetFunctionConcurrency", true, b"{}"), None);
        assert!(fault(Protocol::Json, "GetFunctionConcurrency", true, b"{\"message\":\"sign in\"}").is_some());
    }
}
