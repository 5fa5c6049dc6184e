//! `sqs-visibility-under-six-timeouts`: queues whose messages show up again while a function may still be at them.

use super::settings::{Rows, arn, number, read, text, without_qualifier};
use super::{Analysis, Case, Judged};
use crate::model::{Beside, Check, FUNCTION, Gap, MAPPING, QUEUE, Reads, Resource, Severity, Value, Verdict};

const VISIBILITY: &str = "VisibilityTimeout";
const TIMEOUT: &str = "Timeout";
const WINDOW: &str = "MaximumBatchingWindowInSeconds";

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "sqs-visibility-under-six-timeouts",
        title: "Messages stay hidden for six timeouts of each function that the queue triggers",
        finds: "Each trigger (event source mapping) from the queue to a function whose timeout, times six, with the batch window of the trigger added, is more than the visibility timeout of the queue: what AWS recommends at the least (Lambda Developer Guide, using Lambda with Amazon SQS).\n\n\
            Left alone: a trigger that is disabled or being deleted, and one whose function does not exist. A trigger of a version or an alias has that version's timeout, which is not read: such a trigger is unknown. Who else receives from the queue, such as a program on a server, is not known.\n\n\
            That the visibility timeout is no shorter than the timeout itself is part of the flow from a queue to a function: Lambda refuses such a trigger.",
        matters: "When Lambda is throttled it tries a batch again; a message that shows up in the meantime is handled twice, and counts as received once more on its way to the dead-letter queue.",
        mend: "SQS console > Queues > the queue > Edit > Visibility timeout: at least six times the timeout of the function and the batch window of its trigger; or a shorter timeout of the function.",
        severity: Severity::Medium,
        controls: &[],
        reads: Reads::Fields(QUEUE, &[VISIBILITY]),
        beside: &[
            Beside::InRegion(FUNCTION, &[TIMEOUT]),
            Beside::InRegion(MAPPING, &["Enabled", "EventSourceArn", "FunctionArn", WINDOW]),
        ],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    let region = &case.resource.region;
    let queue = arn(case.resource);
    for mapping in case.reach.listed(MAPPING, region).iter().copied() {
        match text(mapping, &["EventSourceArn"]) {
            Ok(Some(source)) if source == queue => of_trigger(case, mapping, &mut rows),
            Ok(_) => {}
            Err(gap) => rows.unread(format!("the trigger {}", mapping.name), &[gap]),
        }
    }
    let (calls, gaps) = case.reach.lists(MAPPING, region, None);
    rows.rest_on(&calls);
    if !gaps.is_empty() {
        rows.unread("its triggers", &gaps.iter().collect::<Vec<_>>());
    }
    rows.judged("it triggers no function")
}

/// What is said of one trigger of the queue.
fn of_trigger(case: &Case<'_>, mapping: &Resource, rows: &mut Rows) {
    rows.rest_on(&mapping.calls);
    let path = format!("the trigger {}", mapping.name);
    let is_disabled = match read(mapping, &["Enabled"]) {
        Ok(Some(Value::Bool(false))) => Ok(true),
        Ok(_) => Ok(false),
        Err(gap) => Err(gap),
    };
    if is_disabled == Ok(true) {
        return rows.pass(path, "it is disabled");
    }
    let function = match text(mapping, &["FunctionArn"]) {
        Ok(Some(function)) => function,
        Ok(None) => return rows.pass(path, "it has no function"),
        Err(gap) => return rows.unread(path, &[gap]),
    };
    let (function, qualifier) = without_qualifier(&function);
    let path = format!("the trigger of {}", function.rsplit(':').next().unwrap_or(&function));
    let called = |resource: &&&Resource| arn(resource) == function;
    let listed = case.reach.listed(FUNCTION, &mapping.region);
    let Some(found) = listed.iter().find(called).copied() else {
        let (calls, gaps) = case.reach.lists(FUNCTION, &mapping.region, None);
        rows.rest_on(&calls);
        return match gaps.first() {
            None => rows.pass(path, "there is no such function"),
            Some(gap) => rows.unread(path, &[gap]),
        };
    };
    rows.rest_on(&found.calls);
    if let Some(qualifier) = qualifier {
        let found = format!("it calls its version or alias {qualifier}, whose timeout is not read; check it by hand");
        return rows.say(path, Verdict::Unknown, found);
    }
    let (visibility, timeout) = (number(case.resource, &[VISIBILITY]), number(found, &[TIMEOUT]));
    let window = number(mapping, &[WINDOW]).map(Option::unwrap_or_default);
    match (visibility, timeout, window) {
        (Ok(Some(visibility)), Ok(Some(timeout)), Ok(window)) => {
            let seconds = Seconds { visibility, timeout, window };
            match (seconds.are_enough(), is_disabled) {
                (true, _) => rows.pass(path, seconds.in_words()),
                (false, Ok(_)) => rows.fail(path, seconds.in_words()),
                // Were it disabled, it would be left alone.
                (false, Err(gap)) => rows.unread(path, &[gap]),
            }
        }
        (visibility, timeout, window) => {
            let gaps: Vec<&Gap> = [visibility.err(), timeout.err(), window.err()].into_iter().flatten().collect();
            if gaps.is_empty() {
                rows.say(path, Verdict::Unknown, "one of the two has no timeout; check it by hand");
            } else {
                rows.unread(path, &gaps);
            }
        }
    }
}

/// The settings that are compared, in seconds.
#[derive(Clone, Copy)]
struct Seconds {
    visibility: i64,
    timeout: i64,
    window: i64,
}

impl Seconds {
    fn least(self) -> i64 {
        self.timeout.saturating_mul(6).saturating_add(self.window)
    }

    fn are_enough(self) -> bool {
        self.visibility >= self.least()
    }

    fn in_words(self) -> String {
        let Self { visibility, timeout, window } = self;
        let sum = match window {
            0 => format!("six times {timeout} s"),
            window => format!("six times {timeout} s and a batch window of {window} s"),
        };
        format!("messages stay hidden for {visibility} s, and {sum} are {} s", self.least())
    }
}
