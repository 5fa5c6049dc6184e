//! `dynamodb-no-point-in-time-recovery`: tables that cannot be brought back to what they were.

use super::settings::{Rows, is_true};
use super::{Analysis, Case, Judged};
use crate::model::{Check, Control, Reads, Severity, TABLE};

const FIELD: &str = "PointInTimeRecoverySpecification";

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "dynamodb-no-point-in-time-recovery",
        title: "Every table can be restored to any point in time",
        finds: "Each table whose point-in-time recovery is off, as it is by default. Backups that are made on demand or by AWS Backup are not read: they bring back the table of some moments only.",
        matters: "What a fault in the code overwrites or deletes is gone.",
        mend: "DynamoDB console > Tables > the table > Backups > Point-in-time recovery > Edit > Turn on.",
        severity: Severity::Medium,
        controls: &[
            Control::new("AWS Security Hub", "DynamoDB.2"),
            Control::new("AWS Config", "DYNAMODB_PITR_ENABLED"),
            Control::new("Prowler", "dynamodb_tables_pitr_enabled"),
            Control::new("Guard Rules Registry", "DYNAMODB_PITR_ENABLED"),
            Control::new("Checkov", "CKV_AWS_28"),
            Control::new("NIST SP 800-53 Rev. 5", "CP-9"),
            Control::new("NIST SP 800-53 Rev. 5", "CP-10"),
            Control::new("NIST SP 800-53 Rev. 5", "SI-13(5)"),
            Control::new("PCI DSS v4.0", "10.5.1"),
        ],
        reads: Reads::Fields(TABLE, &[FIELD]),
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    let is_on = is_true(case.resource, &[FIELD, "PointInTimeRecoveryEnabled"]);
    rows.must("point-in-time recovery", is_on, "it is on", "it is off");
    rows.judged("")
}
