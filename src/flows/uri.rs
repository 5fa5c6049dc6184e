//! The addresses of queues and functions as integrations write them, taken apart.
//!
//! An integration of type AWS has a URI `arn:PARTITION:apigateway:REGION:SERVICE:path/…` or `…:action/…`, which is no ARN
//! of the thing it calls. A stage variable in it is known only when the API is called.

use super::address::{other_account, other_name, other_region};

/// What the URI of an integration says of where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Goes {
    /// To the right thing.
    Right,
    /// To the service, with the queue named elsewhere: by the message or by a parameter.
    ServiceAlone,
    /// Somewhere else, in words.
    Wrong(String),
    /// It hangs on this.
    Unknown(String),
}

/// The parts of the URI of an integration.
#[derive(Debug, PartialEq, Eq)]
struct Uri<'a> {
    partition: &'a str,
    region: &'a str,
    service: &'a str,
    /// `path` or `action`.
    form: &'a str,
    rest: &'a str,
}

fn parts<'a>(uri: &'a str, of: &str) -> Result<Uri<'a>, String> {
    let wrong = |why: String| Err(format!("{uri}: {why}"));
    if uri.starts_with("http://") || uri.starts_with("https://") {
        return wrong(
            "that is the address of an HTTP server; an integration of type AWS has an ARN of API Gateway's".to_owned(),
        );
    }
    let parts: Vec<&str> = uri.splitn(6, ':').collect();
    let ["arn", partition, "apigateway", region, service, rest] = parts[..] else {
        let own = uri.starts_with("arn:") && uri.split(':').nth(2) == Some(of);
        return wrong(match own {
            true => {
                format!("that is the ARN of the resource itself; the integration wants arn:…:apigateway:REGION:{of}:…")
            }
            false => format!("it is not of the form arn:…:apigateway:REGION:{of}:…"),
        });
    };
    if service != of {
        return wrong(format!("it calls the service {service}, not {of}"));
    }
    match rest.split_once('/') {
        Some((form @ ("path" | "action"), rest)) => Ok(Uri { partition, region, service, form, rest }),
        _ => wrong("after the service comes path/ or action/".to_owned()),
    }
}

/// Where the URI of an integration with SQS goes, if it is to go to the queue with the ARN `queue`.
pub(super) fn of_queue(uri: &str, queue: &str) -> Goes {
    if uri.contains("stageVariables") {
        return Goes::Unknown(format!("{uri}: a stage variable is known only when the API is called"));
    }
    let wanted: Vec<&str> = queue.splitn(6, ':').collect();
    let [_, partition, _, region, account, name] = wanted[..] else {
        return Goes::Unknown(format!("{queue} is no ARN of a queue"));
    };
    let uri_parts = match parts(uri, "sqs") {
        Ok(parts) => parts,
        Err(why) => return Goes::Wrong(why),
    };
    let mut faults = Vec::new();
    if uri_parts.partition != partition {
        faults.push(format!("the partition is {}, not {partition}", uri_parts.partition));
    }
    if uri_parts.region != region {
        faults.push(other_region(uri_parts.region, region));
    }
    let mut alone = false;
    let rest = uri_parts.rest.trim_matches('/');
    if uri_parts.form == "action" {
        alone = true;
        if rest != "SendMessage" {
            faults.push(format!("the action is {rest}, not SendMessage"));
        }
    } else {
        match rest.split('/').collect::<Vec<_>>()[..] {
            [""] => alone = true,
            [of, queue] => {
                if of != account {
                    faults.push(other_account(of, account));
                }
                if queue != name {
                    faults.push(other_name(queue, name));
                }
            }
            [only] if only == name => faults.push("there is no account id before the name of the queue".to_owned()),
            [only] if only == account => faults.push("there is no name of a queue behind the account id".to_owned()),
            _ if rest.starts_with("arn:") => {
                faults.push("the path is ACCOUNT/NAME, not the ARN of the queue".to_owned())
            }
            _ => faults.push(format!("the path is {rest}, not {account}/{name}")),
        }
    }
    match (faults.is_empty(), alone) {
        (false, _) => Goes::Wrong(format!("{uri}: {}", faults.join(", "))),
        (true, true) => Goes::ServiceAlone,
        (true, false) => Goes::Right,
    }
}

/// Where the URI of an integration with Lambda goes, if it is to go to the function with the ARN `function`.
pub(super) fn of_function(uri: &str, function: &str) -> Goes {
    if uri.contains("stageVariables") {
        return Goes::Unknown(format!("{uri}: a stage variable is known only when the API is called"));
    }
    let uri_parts = match parts(uri, "lambda") {
        Ok(parts) => parts,
        Err(why) => return Goes::Wrong(why),
    };
    let region = function.split(':').nth(3).unwrap_or_default();
    let called = uri_parts.rest.strip_suffix("/invocations").and_then(|rest| rest.split_once("/functions/"));
    let Some((_, called)) = called.filter(|_| uri_parts.form == "path") else {
        return Goes::Wrong(format!("{uri}: the path is DATE/functions/ARN/invocations"));
    };
    if uri_parts.region != region {
        return Goes::Wrong(format!("{uri}: {}", other_region(uri_parts.region, region)));
    }
    match super::address::differs(called, function) {
        None => Goes::Right,
        Some(_) if called.strip_prefix(function).is_some_and(|rest| rest.starts_with(':')) => Goes::Right,
        Some(words) => Goes::Wrong(words),
    }
}

/// Whether `text` is the URL of the queue with the ARN `queue`; none if it is the URL of no queue.
pub(super) fn is_url_of(text: &str, queue: &str) -> Option<bool> {
    let (host, path) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?.split_once('/')?;
    let of_sqs = host.split('.').any(|label| label == "sqs" || label == "queue");
    let [account, name] = path.trim_end_matches('/').split('/').collect::<Vec<_>>()[..] else { return None };
    if !of_sqs {
        return None;
    }
    let wanted: Vec<&str> = queue.splitn(6, ':').collect();
    let [_, _, "sqs", region, of, queue] = wanted[..] else { return None };
    // The old form without a region is that of us-east-1.
    let there =
        host.split('.').any(|label| label == region) || (host == "queue.amazonaws.com" && region == "us-east-1");
    Some(there && account == of && name == queue)
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUEUE: &str = "arn:aws:sqs:us-east-1:210987654321:POC-Queue";

    #[test]
    fn every_accepted_form_of_a_queues_uri_goes_there() {
        for path in ["path/210987654321/POC-Queue", "path//210987654321/POC-Queue", "path///210987654321/POC-Queue/"] {
            assert_eq!(of_queue(&format!("arn:aws:apigateway:us-east-1:sqs:{path}"), QUEUE), Goes::Right, "{path}");
        }
        for alone in ["path//", "path/", "action/SendMessage"] {
            assert_eq!(
                of_queue(&format!("arn:aws:apigateway:us-east-1:sqs:{alone}"), QUEUE),
                Goes::ServiceAlone,
                "{alone}"
            );
        }
    }

    #[test]
    fn a_wrong_uri_says_what_is_wrong_in_it() {
        let of = |uri: &str| match of_queue(uri, QUEUE) {
            Goes::Wrong(words) => words,
            other => panic!("{uri}: {other:?}"),
        };
        assert!(of(QUEUE).contains("the ARN of the resource itself"));
        assert!(of("https://sqs.us-east-1.amazonaws.com/210987654321/POC-Queue").contains("HTTP server"));
        let path = |path: &str| of(&format!("arn:aws:apigateway:us-east-1:sqs:path/{path}"));
        assert!(path("POC-Queue").contains("no account id before"));
        assert!(path("210987654321").contains("no name of a queue behind"));
        assert!(path("2109-8765-4321/POC-Queue").contains("hyphens"));
        assert!(path("123456789012/POC-Queue").contains("AWS's examples"));
        assert!(path("210987654321/poc-queue").contains("case counts"));
        assert!(path("210987654321/POC-Queue/queue").contains("not 210987654321/POC-Queue"));
        assert!(
            of("arn:aws:apigateway:eu-west-1:sqs:path/210987654321/POC-Queue").contains("eu-west-1, not us-east-1")
        );
        assert!(of("arn:aws-cn:apigateway:us-east-1:sqs:path/210987654321/POC-Queue").contains("aws-cn, not aws"));
        assert!(of("arn:aws:apigateway:us-east-1:sns:path//").contains("calls the service sns"));
        assert!(of("arn:aws:apigateway:us-east-1:sqs:action/ReceiveMessage").contains("not SendMessage"));
    }

    #[test]
    fn a_stage_variable_is_not_known() {
        let uri = "arn:aws:apigateway:us-east-1:sqs:path/210987654321/${stageVariables.queue}";
        assert!(matches!(of_queue(uri, QUEUE), Goes::Unknown(_)));
    }

    #[test]
    fn functions_are_called_by_their_arn() {
        const FUNCTION: &str = "arn:aws:lambda:us-east-1:210987654321:function:f";
        let uri =
            |arn: &str| format!("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations");
        assert_eq!(of_function(&uri(FUNCTION), FUNCTION), Goes::Right);
        assert_eq!(of_function(&uri(&format!("{FUNCTION}:live")), FUNCTION), Goes::Right);
        assert!(matches!(
            of_function(&uri("arn:aws:lambda:us-east-1:210987654321:function:g"), FUNCTION),
            Goes::Wrong(_)
        ));
        assert!(matches!(of_function(FUNCTION, FUNCTION), Goes::Wrong(_)));
    }

    #[test]
    fn urls_of_queues_are_told_from_others() {
        assert_eq!(is_url_of("https://sqs.us-east-1.amazonaws.com/210987654321/POC-Queue", QUEUE), Some(true));
        assert_eq!(is_url_of("https://queue.amazonaws.com/210987654321/POC-Queue", QUEUE), Some(true));
        assert_eq!(is_url_of("https://sqs.eu-west-1.amazonaws.com/210987654321/POC-Queue", QUEUE), Some(false));
        assert_eq!(is_url_of("https://sqs.us-east-1.amazonaws.com/210987654321/Other", QUEUE), Some(false));
        assert_eq!(is_url_of("https://example.com/a/b", QUEUE), None);
        assert_eq!(is_url_of("POC-Queue", QUEUE), None);
    }
}
