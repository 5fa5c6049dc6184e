//! `sqs-unencrypted`: queues whose messages no key encrypts.

use super::settings::{Rows, is_true, text};
use super::{Analysis, Case, Judged};
use crate::model::{Check, Control, QUEUE, Reads, Severity};

const KEY: &str = "KmsMasterKeyId";
const MANAGED: &str = "SqsManagedSseEnabled";

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "sqs-unencrypted",
        title: "Every queue is encrypted",
        finds: "Each queue that neither a KMS key (SSE-KMS) nor a key of SQS's own (SSE-SQS) encrypts. One of the two is enough; since October 2022 a new queue has the latter unless it is turned off.",
        matters: "Messages lie in the queue for up to 14 days.",
        mend: "SQS console > Queues > the queue > Edit > Encryption: enabled, Amazon SQS key (SSE-SQS).",
        severity: Severity::Medium,
        controls: &[
            Control::new("AWS Security Hub", "SQS.1"),
            Control::new("Prowler", "sqs_queues_server_side_encryption_enabled"),
            Control::new("Checkov", "CKV_AWS_27"),
        ],
        reads: Reads::Fields(QUEUE, &[KEY, MANAGED]),
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    match (text(case.resource, &[KEY]), is_true(case.resource, &[MANAGED])) {
        (Ok(Some(key)), _) => rows.pass("encryption", format!("SSE-KMS with the key {key}")),
        (_, Ok(true)) => rows.pass("encryption", "SSE-SQS"),
        (Ok(None), Ok(false)) => rows.fail("encryption", "neither SSE-KMS nor SSE-SQS"),
        (Err(one), Err(other)) => rows.unread("encryption", &[one, other]),
        (Err(gap), _) | (_, Err(gap)) => rows.unread("encryption", &[gap]),
    }
    rows.judged("")
}
