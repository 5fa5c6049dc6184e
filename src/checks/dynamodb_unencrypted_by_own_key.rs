//! `dynamodb-unencrypted-by-own-key`: tables that a key encrypts which the account does not see.

use super::settings::{Rows, is_true, text};
use super::{Analysis, Case, Judged};
use crate::model::{Check, Control, Reads, Severity, TABLE};

const FIELD: &str = "SSESpecification";

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "dynamodb-unencrypted-by-own-key",
        title: "A KMS key of the account encrypts every table",
        finds: "Each table that is encrypted with the key that AWS owns, which DynamoDB uses where none is chosen. A table is never without encryption. Whether the key is the customer's own or the one that AWS manages in the account (aws/dynamodb), whom its policy lets in, and whether it is enabled, are not read.",
        matters: "The use of the key that AWS owns shows in no trail, and nobody in the account can take it away or say who may use it.",
        mend: "DynamoDB console > Tables > the table > Additional settings > Encryption > Manage encryption: stored in your account, and owned and managed by you.",
        severity: Severity::Low,
        controls: &[
            Control::new("AWS Config", "DYNAMODB_TABLE_ENCRYPTED_KMS"),
            Control::new("Prowler", "dynamodb_tables_kms_cmk_encryption_enabled"),
            Control::new("Guard Rules Registry", "DYNAMODB_TABLE_ENCRYPTED_KMS"),
            Control::new("Powerpipe", "dynamodb_table_encrypted_with_kms"),
            Control::new("Checkov", "CKV_AWS_119"),
            Control::new("NIST SP 800-53 Rev. 5", "SC-13"),
            Control::new("NIST SP 800-53 Rev. 5", "SC-28(1)"),
        ],
        reads: Reads::Fields(TABLE, &[FIELD]),
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    let key = text(case.resource, &[FIELD, "KMSMasterKeyId"]).ok().flatten().unwrap_or_default();
    let there = if key.is_empty() { "a KMS key of the account".to_owned() } else { key };
    rows.must("encryption", is_true(case.resource, &[FIELD, "SSEEnabled"]), &there, "with the key that AWS owns");
    rows.judged("")
}
