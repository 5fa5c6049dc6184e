//! `sns-unencrypted`: topics whose messages no key encrypts.

use super::settings::{Rows, text};
use super::{Analysis, Case, Judged};
use crate::model::{Check, Control, Reads, Severity, TOPIC};

const FIELD: &str = "KmsMasterKeyId";

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "sns-unencrypted",
        title: "Every topic is encrypted with a key",
        finds: "Each topic that has no KMS key. The key of AWS, alias/aws/sns, counts as one of the account's own does; only with one of its own can the services of AWS publish to the topic. What messages are once they were delivered is up to those who get them.",
        matters: "SNS keeps messages until they are delivered, and encrypts them only with a key.",
        mend: "SNS console > Topics > the topic > Edit > Encryption: on, with a key. Whoever publishes, a service of AWS too, must be permitted kms:GenerateDataKey and kms:Decrypt on it.",
        severity: Severity::Medium,
        controls: &[
            Control::new("AWS Security Hub", "SNS.1"),
            Control::new("AWS Config", "SNS_ENCRYPTED_KMS"),
            Control::new("Prowler", "sns_topics_kms_encryption_at_rest_enabled"),
            Control::new("Guard Rules Registry", "SNS_ENCRYPTED_KMS"),
            Control::new("Checkov", "CKV_AWS_26"),
            Control::new("NIST SP 800-53 Rev. 5", "SC-13"),
            Control::new("NIST SP 800-53 Rev. 5", "SC-28(1)"),
        ],
        reads: Reads::Fields(TOPIC, &[FIELD]),
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    match text(case.resource, &[FIELD]) {
        Ok(Some(key)) => rows.pass(FIELD, format!("the key {key}")),
        Ok(None) => rows.fail(FIELD, "there is no key"),
        Err(gap) => rows.unread(FIELD, &[gap]),
    }
    rows.judged("")
}
