//! `dynamodb-stream-unread`: streams of changes that nobody takes.

use super::settings::{Rows, is_true, read, text, without_qualifier};
use super::{Analysis, Case, Judged};
use crate::model::{Beside, Check, Gap, MAPPING, Reads, Severity, TABLE};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "dynamodb-stream-unread",
        title: "A trigger reads every stream that is turned on",
        finds: "Each table whose stream is turned on and from which no enabled trigger of a Lambda function of the region takes records.\n\n\
            A reader other than Lambda cannot be seen: a program with the Kinesis adapter, a pipe of EventBridge, or the replication of a global table, which needs the stream. Waive the finding for such a table.",
        matters: "Either a trigger is missing or was disabled, and changes go unnoticed until they expire after a day; or a copy of each change is kept for nobody, open to whoever may read the stream.",
        mend: "Lambda console > Functions > the function > Configuration > Triggers > Add trigger: DynamoDB, the table; or DynamoDB console > Tables > the table > Exports and streams > DynamoDB stream details > Turn off.",
        severity: Severity::Low,
        controls: &[],
        reads: Reads::Fields(TABLE, &["StreamArn", "StreamSpecification"]),
        beside: &[Beside::InRegion(MAPPING, &["Enabled", "EventSourceArn", "FunctionArn"])],
    },
    run,
};

const ROW: &str = "stream";

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    match (read(case.resource, &["StreamSpecification"]), text(case.resource, &["StreamArn"])) {
        (Ok(None), _) => rows.pass(ROW, "it is turned off"),
        (Ok(Some(_)), Ok(Some(stream))) => readers(case, &stream, &mut rows),
        (Ok(Some(_)), Ok(None)) => rows.fail(ROW, "it is turned on and has no ARN that a trigger could name"),
        (Err(gap), _) | (_, Err(gap)) => rows.unread(ROW, &[gap]),
    }
    rows.judged("")
}

/// What is said of the readers of `stream`.
fn readers(case: &Case<'_>, stream: &str, rows: &mut Rows) {
    let region = &case.resource.region;
    let (mut idle, mut gaps): (Vec<String>, Vec<Gap>) = (Vec::new(), Vec::new());
    for mapping in case.reach.listed(MAPPING, region).iter().copied() {
        match (text(mapping, &["EventSourceArn"]), is_true(mapping, &["Enabled"])) {
            (Ok(source), _) if source.as_deref() != Some(stream) => {}
            (Ok(_), Ok(enabled)) => {
                rows.rest_on(&mapping.calls);
                let function = text(mapping, &["FunctionArn"]).ok().flatten().unwrap_or_default();
                let function = without_qualifier(&function).0.rsplit(':').next().unwrap_or_default().to_owned();
                if enabled {
                    return rows.pass(ROW, format!("a trigger gives its records to {function}"));
                }
                idle.push(function);
            }
            (Err(gap), _) | (_, Err(gap)) => gaps.push(gap.clone()),
        }
    }
    let (calls, unlisted) = case.reach.lists(MAPPING, region, None);
    rows.rest_on(&calls);
    gaps.extend(unlisted);
    if !gaps.is_empty() {
        rows.unread(ROW, &gaps.iter().collect::<Vec<_>>());
    } else if idle.is_empty() {
        rows.fail(ROW, "it is turned on, and no trigger takes its records");
    } else {
        rows.fail(ROW, format!("it is turned on, and its trigger is disabled: {}", idle.join(", ")));
    }
}
