//! `apigateway-dangling-integration`: methods whose integration calls a function or queue that is gone.

use super::settings::{Rows, read, text};
use super::target::look;
use super::{Analysis, Case, Judged};
use crate::model::{Beside, Check, FUNCTION, METHOD, QUEUE, Reads, Severity, Verdict};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "apigateway-dangling-integration",
        title: "Every integration calls a function or queue that is there",
        finds: "Each method whose integration names, in its URI, a function or queue of this account and region that is gone.\n\n\
            A stage variable in the URI is known only when the API is called, and leaves the finding unknown. An integration with SQS that has the queue's address in the request, integrations with other services, with HTTP servers and with what is in another account or region are not looked at. Nor are the authorizers of the API.",
        matters: "Every call of the method fails. Whoever makes a function or queue of that name again gets the requests.",
        mend: "API Gateway console > the API > Resources > the method > Integration request > Edit: the function or queue that is meant; or delete the method. Then deploy the API.",
        severity: Severity::Medium,
        controls: &[],
        reads: Reads::Fields(METHOD, &["Integration"]),
        beside: &[Beside::InRegion(FUNCTION, &[]), Beside::InRegion(QUEUE, &[])],
    },
    run,
};

const ROW: &str = "integration";

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    match read(case.resource, &["Integration"]) {
        Ok(None) => rows.pass(ROW, "it has none"),
        Err(gap) => rows.unread(ROW, &[gap]),
        Ok(Some(_)) => match text(case.resource, &["Integration", "Uri"]) {
            Ok(Some(uri)) => calls(case, &uri, &mut rows),
            Ok(None) => rows.pass(ROW, "it calls nothing"),
            Err(gap) => rows.unread(ROW, &[gap]),
        },
    }
    rows.judged("")
}

/// What is said of an integration with this URI.
fn calls(case: &Case<'_>, uri: &str, rows: &mut Rows) {
    match target(uri) {
        Goes::To(arn) => look(case, &arn).say(ROW, rows),
        Goes::ByVariable => {
            let found = format!("{uri}: a stage variable is known only when the API is called; check it by hand");
            rows.say(ROW, Verdict::Unknown, found);
        }
        Goes::Elsewhere => rows.pass(ROW, format!("{uri} names no function and no queue, and is not looked at")),
    }
}

/// Where the URI of an integration goes.
#[derive(Debug, PartialEq, Eq)]
enum Goes {
    /// To the function or queue with this ARN.
    To(String),
    /// To what a stage variable says.
    ByVariable,
    /// To something else.
    Elsewhere,
}

/// What `uri` names. A URI is `arn:PARTITION:apigateway:REGION:SERVICE:path/...`, which is no ARN of what it calls.
fn target(uri: &str) -> Goes {
    let ["arn", partition, "apigateway", region, called, rest] = uri.splitn(6, ':').collect::<Vec<_>>()[..] else {
        return Goes::Elsewhere;
    };
    let Some(path) = rest.strip_prefix("path/") else { return Goes::Elsewhere };
    match called {
        "lambda" | "sqs" if uri.contains("stageVariables") => Goes::ByVariable,
        "lambda" => match path.strip_suffix("/invocations").and_then(|path| path.split_once("/functions/")) {
            Some((_, function)) => Goes::To(function.to_owned()),
            None => Goes::Elsewhere,
        },
        "sqs" => match path.trim_matches('/').split('/').collect::<Vec<_>>()[..] {
            [account, queue] => Goes::To(format!("arn:{partition}:sqs:{region}:{account}:{queue}")),
            _ => Goes::Elsewhere,
        },
        _ => Goes::Elsewhere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_is_taken_apart() {
        let of = |rest: &str| target(&format!("arn:aws:apigateway:us-east-1:{rest}"));
        let function = "arn:aws:lambda:us-east-1:123456789012:function:f";
        let invoke = format!("lambda:path/2015-03-31/functions/{function}/invocations");
        assert_eq!(of(&invoke), Goes::To(function.to_owned()));
        let queue = || Goes::To("arn:aws:sqs:us-east-1:123456789012:q".to_owned());
        assert_eq!((of("sqs:path/123456789012/q"), of("sqs:path//123456789012/q/")), (queue(), queue()));
        for other in ["sqs:path//", "sqs:action/SendMessage", "sns:action/Publish", "lambda:path/2015-03-31/functions"]
        {
            assert_eq!(of(other), Goes::Elsewhere, "{other}");
        }
        assert_eq!(of("sqs:path/123456789012/${stageVariables.queue}"), Goes::ByVariable);
        assert_eq!(target("https://example.com/${stageVariables.path}"), Goes::Elsewhere);
    }
}
