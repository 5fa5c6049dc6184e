//! `lambda-dangling-trigger`: triggers between a function and a source of which one is gone.

use super::settings::{Rows, read, text};
use super::target::{Target, look};
use super::{Analysis, Case, Judged};
use crate::model::{Arn, Beside, Check, FUNCTION, MAPPING, QUEUE, Reads, Severity, TABLE};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "lambda-dangling-trigger",
        title: "Every trigger leads from a source that is there to a function that is there",
        finds: "Each event source mapping whose function, queue, table or DynamoDB stream is gone, of this account and region. A stream is gone when the table has another one now, which a stream that was turned off and on again is, or when it is turned off: AWS keeps what is left in it for a day.\n\n\
            Sources of other services (Kinesis, Kafka, MQ, DocumentDB), of another account or another region are not looked at. Nor is the version or alias that a trigger may name. A mapping that is being deleted is left alone.",
        matters: "The trigger does nothing, while whoever reads the console takes it for wired. Whoever makes a queue or function of that name again wires it without knowing.",
        mend: "Lambda console > Functions > the function > Configuration > Triggers: delete the trigger, and add one from the source that is meant. Where the function is gone, AWS CLI: aws lambda delete-event-source-mapping --uuid ID.",
        severity: Severity::Medium,
        controls: &[],
        reads: Reads::Fields(MAPPING, &["EventSourceArn", "FunctionArn", "State"]),
        beside: &[
            Beside::InRegion(FUNCTION, &[]),
            Beside::InRegion(QUEUE, &[]),
            Beside::InRegion(TABLE, &["StreamArn", "StreamSpecification"]),
        ],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    match text(case.resource, &["State"]) {
        Ok(Some(state)) if state == "Deleting" => {
            rows.pass("State", "it is being deleted");
            return rows.judged("");
        }
        Ok(_) => {}
        Err(gap) => {
            rows.unread("State", &[gap]);
            return rows.judged("");
        }
    }
    match text(case.resource, &["EventSourceArn"]) {
        Ok(Some(source)) => from(case, &source, &mut rows),
        Ok(None) => rows.pass("source", "it has no ARN, and is not looked at"),
        Err(gap) => rows.unread("source", &[gap]),
    }
    match text(case.resource, &["FunctionArn"]) {
        Ok(Some(function)) => look(case, &function).say("function", &mut rows),
        Ok(None) => rows.pass("function", "it names none"),
        Err(gap) => rows.unread("function", &[gap]),
    }
    rows.judged("")
}

/// What became of the source. Of a stream, the table must be there and the stream be the one that it has.
fn from(case: &Case<'_>, source: &str, rows: &mut Rows) {
    let looked = look(case, source);
    let stream = source.parse::<Arn>().ok().filter(|arn| arn.service == "dynamodb");
    let (Some(stream), Target::There(_)) = (stream, &looked.target) else {
        return looked.say("source", rows);
    };
    let name = stream.resource.split('/').nth(1).unwrap_or_default();
    let tables = case.reach.listed(TABLE, &case.resource.region);
    let Some(table) = tables.iter().copied().find(|table| table.name == name) else {
        return looked.say("source", rows);
    };
    rows.rest_on(&table.calls);
    match (text(table, &["StreamArn"]), read(table, &["StreamSpecification"]).map(|of| of.is_some())) {
        (Ok(Some(now)), _) if now != source => {
            rows.fail("source", format!("the stream is not there: {name} has {now} now, not {source}"));
        }
        (Ok(None), _) => rows.fail("source", format!("{name} has no stream ({source})")),
        (_, Ok(false)) => rows.fail("source", format!("the stream of {name} is turned off ({source})")),
        (Ok(Some(_)), Ok(true)) => rows.pass("source", format!("{name} has this stream")),
        (Err(gap), _) | (_, Err(gap)) => rows.unread("source", &[gap]),
    }
}
