//! `sqs-no-dead-letter-queue`: queues from which a message that nobody can handle is lost.

use super::settings::{Rows, arn, is_true, number, text, without_qualifier};
use super::{Analysis, Case, Judged};
use crate::model::{Beside, Check, Control, FUNCTION, Gap, MAPPING, QUEUE, Reads, Resource, SUBSCRIPTION, Severity};

/// What can have a dead-letter queue, and where it says which.
const SENDERS: [(&str, &[&str], &str); 5] = [
    (QUEUE, &["RedrivePolicy", "deadLetterTargetArn"], "the queue"),
    (FUNCTION, &["DeadLetterConfig", "TargetArn"], "the function"),
    (FUNCTION, &["EventInvokeConfig", "DestinationConfig", "OnFailure", "Destination"], "the function"),
    (MAPPING, &["DestinationConfig", "OnFailure", "Destination"], "a trigger of"),
    (SUBSCRIPTION, &["RedrivePolicy", "deadLetterTargetArn"], "a subscription to"),
];

/// What is read of each of [`SENDERS`].
const READ: &[Beside] = &[
    Beside::InRegion(QUEUE, &["RedrivePolicy"]),
    Beside::InRegion(FUNCTION, &["DeadLetterConfig", "EventInvokeConfig"]),
    Beside::InRegion(MAPPING, &["DestinationConfig", "FunctionName"]),
    Beside::InRegion(SUBSCRIPTION, &["Deleted", "PendingConfirmation", "RedrivePolicy", "TopicArn"]),
];

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "sqs-no-dead-letter-queue",
        title: "Every queue has a dead-letter queue, or is one",
        finds: "Each queue without a redrive policy that is no dead-letter queue itself: of another queue, of a function (as its destination on failure too), of a trigger or of a subscription, as far as these are of the same account and region. Whether the dead-letter queue is there is not part of it.\n\n\
            A queue that takes what a rule of EventBridge or a schedule could not deliver, or that is the destination on failure of a version or alias of a function, is not known for what it is: those are not read. Waive the finding, or leave the queue out with `where`. The dead-letter queue of a subscription that waits for its confirmation gets nothing yet, and does not count.",
        matters: "A message that nobody can handle is received again and again until it is too old, and then lost; in a FIFO queue it holds up its whole group.",
        mend: "SQS console > Queues > the queue > Edit > Dead-letter queue: enabled, a queue of its own, maximum receives 5 or more.",
        severity: Severity::Medium,
        controls: &[Control::new("Powerpipe", "sqs_queue_dead_letter_queue_configured")],
        reads: Reads::Fields(QUEUE, &["RedrivePolicy"]),
        beside: READ,
    },
    run,
};

const ROW: &str = "dead-letter queue";

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    let own = match text(case.resource, &["RedrivePolicy", "deadLetterTargetArn"]) {
        Ok(Some(target)) => {
            let receives = match number(case.resource, &["RedrivePolicy", "maxReceiveCount"]) {
                Ok(Some(most)) => format!(", after {most} receives"),
                Ok(None) | Err(_) => String::new(),
            };
            rows.pass(ROW, format!("{target}{receives}"));
            return rows.judged("");
        }
        Ok(None) => None,
        Err(gap) => Some(gap),
    };
    let queue = arn(case.resource);
    let region = &case.resource.region;
    let mut gaps: Vec<Gap> = own.cloned().into_iter().collect();
    for (type_name, path, noun) in SENDERS {
        for sender in case.reach.listed(type_name, region).iter().copied().filter(|sender| sends(sender)) {
            match text(sender, path) {
                Ok(Some(target)) if target == queue => {
                    rows.rest_on(&sender.calls);
                    rows.pass(ROW, format!("it is that of {noun} {}", subject(sender)));
                    return rows.judged("");
                }
                Ok(_) => {}
                Err(gap) => gaps.push(gap.clone()),
            }
        }
        let (calls, unlisted) = case.reach.lists(type_name, region, None);
        rows.rest_on(&calls);
        gaps.extend(unlisted);
    }
    if gaps.is_empty() {
        rows.fail(ROW, "it has none, and is that of nothing");
    } else {
        rows.unread(ROW, &gaps.iter().collect::<Vec<_>>());
    }
    rows.judged("")
}

/// Whether it can come to send anything to a dead-letter queue: not a subscription that delivers nothing.
fn sends(sender: &Resource) -> bool {
    sender.type_name != SUBSCRIPTION
        || (is_true(sender, &["PendingConfirmation"]) != Ok(true) && is_true(sender, &["Deleted"]) != Ok(true))
}

/// What a person calls it by: of a trigger its function, of a subscription its topic.
fn subject(sender: &Resource) -> String {
    let of = |field: &str| text(sender, &[field]).ok().flatten();
    let last = |arn: String| without_qualifier(&arn).0.rsplit(':').next().unwrap_or_default().to_owned();
    match sender.type_name {
        MAPPING => of("FunctionName"),
        SUBSCRIPTION => of("TopicArn").map(last),
        _ => None,
    }
    .unwrap_or_else(|| sender.name.clone())
}
