//! `sns-subscription-unencrypted`: subscriptions that deliver in the clear.

use super::settings::{Rows, is_true, text};
use super::{Analysis, Case, Judged};
use crate::model::{Check, Control, Reads, SUBSCRIPTION, Severity};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "sns-subscription-unencrypted",
        title: "No subscription delivers over HTTP",
        finds: "Each subscription with the protocol http, confirmed or not. One that was deleted and is only still listed delivers nothing. Mail and text messages, which leave AWS in their own ways, are not part of it.",
        matters: "Whoever is on the way reads the messages, and can change them; the signature tells only a receiver that checks it.",
        mend: "SNS console > Subscriptions > Create subscription: protocol HTTPS and the same endpoint; confirm it, then delete the one with HTTP.",
        severity: Severity::Medium,
        controls: &[Control::new("Prowler", "sns_subscription_not_using_http_endpoints")],
        reads: Reads::Fields(SUBSCRIPTION, &["Deleted", "Protocol"]),
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    const ROW: &str = "Protocol";
    let mut rows = Rows::new(case);
    match (text(case.resource, &["Protocol"]), is_true(case.resource, &["Deleted"])) {
        (_, Ok(true)) => rows.pass(ROW, "the subscription was deleted and is only still listed"),
        (Ok(protocol), _) if protocol.as_deref() != Some("http") => rows.pass(ROW, protocol.unwrap_or_default()),
        (Ok(_), Ok(false)) => rows.fail(ROW, "http, which is not encrypted"),
        (Err(gap), _) | (_, Err(gap)) => rows.unread(ROW, &[gap]),
    }
    rows.judged("")
}
