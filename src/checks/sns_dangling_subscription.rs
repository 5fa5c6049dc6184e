//! `sns-dangling-subscription`: subscriptions that deliver to a thing that is gone.

use super::settings::{Rows, is_true, text};
use super::target::look;
use super::{Analysis, Case, Judged};
use crate::model::{Beside, Check, FUNCTION, QUEUE, Reads, SUBSCRIPTION, Severity};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "sns-dangling-subscription",
        title: "Every subscription delivers to a queue or function that is there",
        finds: "Each subscription with the protocol sqs or lambda whose queue or function is gone, of this account and region.\n\n\
            Other protocols, and queues and functions of another account or region, are not looked at; nor is the version or alias that an endpoint may name. A subscription that was deleted and is only still listed delivers nothing and is left alone.",
        matters: "Every message to it fails, and is lost where the subscription has no dead-letter queue. Whoever makes a queue or function of that name again gets what is published.",
        mend: "SNS console > Subscriptions > the subscription > Delete; where the queue or function was made again elsewhere, subscribe that.",
        severity: Severity::Medium,
        controls: &[],
        reads: Reads::Fields(SUBSCRIPTION, &["Deleted", "Endpoint", "Protocol"]),
        beside: &[Beside::InRegion(FUNCTION, &[]), Beside::InRegion(QUEUE, &[])],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    const ROW: &str = "endpoint";
    let mut rows = Rows::new(case);
    match (is_true(case.resource, &["Deleted"]), text(case.resource, &["Protocol"])) {
        (Ok(true), _) => rows.pass(ROW, "the subscription was deleted and is only still listed"),
        (_, Ok(protocol)) if !matches!(protocol.as_deref(), Some("lambda" | "sqs")) => {
            rows.pass(ROW, format!("the protocol is {}, which is not looked at", protocol.unwrap_or_default()));
        }
        (Err(gap), _) | (_, Err(gap)) => rows.unread(ROW, &[gap]),
        (Ok(false), Ok(_)) => match text(case.resource, &["Endpoint"]) {
            Ok(Some(endpoint)) => look(case, &endpoint).say(ROW, &mut rows),
            Ok(None) => rows.pass(ROW, "it has none"),
            Err(gap) => rows.unread(ROW, &[gap]),
        },
    }
    rows.judged("")
}
