//! `lambda-no-dead-letter-or-destination`: functions that lose the events they fail on.
//!
//! Two ways lose events: a stream that moves on, and an asynchronous invocation that is given up. Versions and aliases have
//! settings of their own for the latter, which are not read, so that nothing is said of those.

use super::settings::{Rows, arn, is_true, text, without_qualifier};
use super::{Analysis, Case, Judged};
use crate::model::{
    Beside, Check, Control, FUNCTION, Gap, MAPPING, Reads, Resource, SUBSCRIPTION, Severity, Verdict, not_read,
};
use crate::reach::{Missing, Who, admitted, policy_in};

/// The services that invoke functions asynchronously, by their principals (Lambda Developer Guide, event-driven
/// invocation).
const ASYNCHRONOUS: [&str; 11] = [
    "cloudformation.amazonaws.com",
    "codecommit.amazonaws.com",
    "codepipeline.amazonaws.com",
    "config.amazonaws.com",
    "events.amazonaws.com",
    "iot.amazonaws.com",
    "iotevents.amazonaws.com",
    "logs.amazonaws.com",
    "s3.amazonaws.com",
    "ses.amazonaws.com",
    "sns.amazonaws.com",
];

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "lambda-no-dead-letter-or-destination",
        title: "No function loses the events that it fails on",
        finds: "Each trigger of a function from a stream (DynamoDB or Kinesis) that has no destination for what was given up, unless it is being deleted or disabled. Records that the function fails on hold up their shard until they are tried often enough or expire, and are gone then. A queue keeps its messages itself: see sqs-no-dead-letter-queue.\n\n\
            And each function that is invoked asynchronously with neither a dead-letter queue nor a destination on failure: by a subscription to a topic, or by a service that its policy lets in and that invokes so (S3, SNS, EventBridge, SES and others). A version or an alias has settings of its own, which are not read: where a subscription invokes one, the finding is unknown.\n\n\
            Who else invokes it so, such as a schedule or a program by its own permissions, is not known. Whether the queue or topic is there, and whether the function's role may send to it, is not part of it.",
        matters: "Lambda tries an asynchronous event three times in all, and a record of a stream until it expires; then it is gone without a trace.",
        mend: "Lambda console > Functions > the function > Configuration > Triggers > the trigger > Edit > On-failure destination, for a stream; Configuration > Asynchronous invocation > Edit > Dead-letter queue service, or Destinations, for all else. The function's role must be permitted to send there.",
        severity: Severity::Medium,
        controls: &[
            Control::new("AWS Config", "LAMBDA_DLQ_CHECK"),
            Control::new("Prowler", "awslambda_function_no_dead_letter_queue"),
            Control::new("Guard Rules Registry", "LAMBDA_DLQ_CHECK"),
            Control::new("Checkov", "CKV_AWS_116"),
            Control::new("NIST SP 800-53 Rev. 5", "SI-2"),
        ],
        reads: Reads::Fields(FUNCTION, &["DeadLetterConfig", "EventInvokeConfig", "Policy"]),
        beside: &[
            Beside::InRegion(MAPPING, &["DestinationConfig", "Enabled", "EventSourceArn", "FunctionArn"]),
            Beside::InRegion(SUBSCRIPTION, &["Deleted", "Endpoint", "PendingConfirmation", "Protocol", "TopicArn"]),
        ],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    streams(case, &mut rows);
    asynchronous(case, &mut rows);
    rows.judged("")
}

/// What is said of each trigger from a stream.
fn streams(case: &Case<'_>, rows: &mut Rows) {
    let (function, region) = (arn(case.resource), &case.resource.region);
    for mapping in case.reach.listed(MAPPING, region).iter().copied() {
        let path = format!("the trigger {}", mapping.name);
        match text(mapping, &["FunctionArn"]) {
            Ok(Some(called)) if without_qualifier(&called).0 == function => {}
            Ok(_) => continue,
            Err(gap) => {
                rows.unread(path, &[gap]);
                continue;
            }
        }
        let source = match text(mapping, &["EventSourceArn"]) {
            Ok(Some(source)) if is_stream(&source) => source,
            Ok(_) => continue,
            Err(gap) => {
                rows.unread(path, &[gap]);
                continue;
            }
        };
        rows.rest_on(&mapping.calls);
        let path = format!("the trigger from {}", stream_of(&source));
        let is_enabled = is_true(mapping, &["Enabled"]);
        match (text(mapping, &["DestinationConfig", "OnFailure", "Destination"]), is_enabled) {
            (Ok(Some(destination)), _) => rows.pass(path, format!("what is given up goes to {destination}")),
            (_, Ok(false)) => rows.pass(path, "it is disabled"),
            (Ok(None), Ok(true)) => rows.fail(path, "what is given up goes nowhere"),
            (Err(gap), _) | (_, Err(gap)) => rows.unread(path, &[gap]),
        }
    }
    let (calls, gaps) = case.reach.lists(MAPPING, region, None);
    rows.rest_on(&calls);
    if !gaps.is_empty() {
        rows.unread("its triggers", &gaps.iter().collect::<Vec<_>>());
    }
}

/// What is said of asynchronous invocations.
fn asynchronous(case: &Case<'_>, rows: &mut Rows) {
    const ROW: &str = "asynchronous invocation";
    const PUBLISHED: &str = "asynchronous invocation of a version or alias";
    let mut seen = Seen::default();
    subscriptions(case, rows, &mut seen);
    let kept = kept(case);
    if let Ok(Some(target)) = kept {
        rows.pass(ROW, format!("what is given up goes to {target}"));
        if let Some(found) = seen.published() {
            rows.say(PUBLISHED, Verdict::Unknown, found);
        } else if !seen.gaps.is_empty() {
            rows.unread(PUBLISHED, &seen.gaps.iter().collect::<Vec<_>>());
        }
        return;
    }
    services(case, &mut seen);
    if seen.is_nothing() {
        return rows.pass(ROW, "nothing that was read invokes it so");
    }
    if let Err(gaps) = kept {
        return rows.unread(ROW, &gaps);
    }
    if let Some(by) = seen.by.first() {
        let found = format!("{by} it, and what is given up goes nowhere");
        return rows.fail(ROW, found);
    }
    rows.rest_on(seen.gaps.iter().map(|gap| &gap.call));
    let published = seen.published();
    let whys = seen.why.into_iter().chain(published).chain((!seen.gaps.is_empty()).then(|| not_read(&seen.gaps)));
    rows.say(ROW, Verdict::Unknown, whys.collect::<Vec<_>>().join("; "));
}

/// Where events go that were given up: to a dead-letter queue or a destination, if there is one.
fn kept<'a>(case: &Case<'a>) -> Result<Option<String>, Vec<&'a Gap>> {
    const DESTINATION: [&str; 4] = ["EventInvokeConfig", "DestinationConfig", "OnFailure", "Destination"];
    let both = [text(case.resource, &["DeadLetterConfig", "TargetArn"]), text(case.resource, &DESTINATION)];
    let gaps: Vec<&Gap> = both.iter().filter_map(|read| read.as_ref().err().copied()).collect();
    match both.into_iter().find_map(|read| read.ok().flatten()) {
        Some(target) => Ok(Some(target)),
        None if gaps.is_empty() => Ok(None),
        None => Err(gaps),
    }
}

/// Who invokes a function asynchronously, as far as it was read.
#[derive(Default)]
struct Seen {
    by: Vec<String>,
    /// Who invokes a version or alias of it, and which.
    of_published: Vec<String>,
    /// What was not read and could tell of more.
    gaps: Vec<Gap>,
    /// What was read and could not be decided, in words.
    why: Vec<String>,
}

impl Seen {
    fn is_nothing(&self) -> bool {
        self.by.is_empty() && self.of_published.is_empty() && self.gaps.is_empty() && self.why.is_empty()
    }

    /// What is said of a version or alias that is invoked: it has settings of its own.
    fn published(&self) -> Option<String> {
        self.of_published.first().map(|which| format!("{which}, whose settings are not read; check it by hand"))
    }
}

/// The subscriptions that deliver to the function.
fn subscriptions(case: &Case<'_>, rows: &mut Rows, seen: &mut Seen) {
    let (function, region) = (arn(case.resource), &case.resource.region);
    for subscription in case.reach.listed(SUBSCRIPTION, region).iter().copied().filter(|found| delivers(found)) {
        let endpoint = text(subscription, &["Endpoint"]).map(|end| end.as_deref().map(without_qualifier));
        match (text(subscription, &["Protocol"]), endpoint) {
            (Ok(protocol), _) if protocol.as_deref() != Some("lambda") => {}
            (_, Ok(end)) if end.as_ref().is_none_or(|(of, _)| *of != function) => {}
            (Ok(_), Ok(end)) => {
                rows.rest_on(&subscription.calls);
                let topic = text(subscription, &["TopicArn"]).ok().flatten().unwrap_or_default();
                let topic = format!("the topic {}", topic.rsplit(':').next().unwrap_or_default());
                match end.and_then(|(_, qualifier)| qualifier) {
                    Some(qualifier) => seen.of_published.push(format!("{topic} invokes {qualifier} of it")),
                    None => seen.by.push(format!("{topic} invokes")),
                }
            }
            (Err(gap), _) | (_, Err(gap)) => seen.gaps.push(gap.clone()),
        }
    }
    let (calls, gaps) = case.reach.lists(SUBSCRIPTION, region, None);
    rows.rest_on(&calls);
    seen.gaps.extend(gaps);
}

/// Whether a subscription can come to deliver anything.
fn delivers(subscription: &Resource) -> bool {
    is_true(subscription, &["PendingConfirmation"]) != Ok(true) && is_true(subscription, &["Deleted"]) != Ok(true)
}

/// The services that the policy of the function lets invoke it, of those that do so asynchronously.
fn services(case: &Case<'_>, seen: &mut Seen) {
    let policy = match policy_in(case.resource.properties.get("Policy"), "the function policy") {
        Ok(None) => return,
        Ok(Some(policy)) => policy,
        Err(Missing::Unread(gap)) => return seen.gaps.push(*gap),
        Err(Missing::Malformed(why)) => return seen.why.push(why),
    };
    let admission = admitted(&policy, &case.reach.guarded(case.resource), "lambda:InvokeFunction");
    for found in admission.admitted {
        match found.who {
            Who::Service { name, .. } if ASYNCHRONOUS.contains(&without_region(&name).as_str()) => {
                // Whether there is a rule or a notification that does so is not read.
                seen.by.push(format!("{name} is let in to invoke"));
            }
            _ => {}
        }
    }
    seen.why.extend(admission.unknown);
}

/// The principal of a service without the region that some have in it: `logs.eu-west-1.amazonaws.com`.
fn without_region(service: &str) -> String {
    match service.split('.').collect::<Vec<_>>()[..] {
        [name, region, "amazonaws", "com"] if region.contains('-') => format!("{name}.amazonaws.com"),
        _ => service.to_owned(),
    }
}

fn is_stream(source: &str) -> bool {
    matches!(source.split(':').nth(2), Some("dynamodb" | "kinesis"))
}

/// What a person calls a stream by: the table that it is of, or its own name.
fn stream_of(source: &str) -> &str {
    source.splitn(6, ':').nth(5).and_then(|of| of.split('/').nth(1)).unwrap_or(source)
}
