//! `dynamodb-no-deletion-protection`: tables that one call deletes.

use super::settings::{Rows, is_true};
use super::{Analysis, Case, Judged};
use crate::model::{Check, Control, Reads, Severity, TABLE};

const FIELD: &str = "DeletionProtectionEnabled";

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "dynamodb-no-deletion-protection",
        title: "No table can be deleted by one call",
        finds: "Each table whose deletion protection is off, as it is by default. What protects a table in another way, such as a policy that denies dynamodb:DeleteTable or a stack that retains it, is not weighed: whoever may write policies or delete stacks gets past it.",
        matters: "A slip in the console, or a stack that is replaced, is the end of all items.",
        mend: "DynamoDB console > Tables > the table > Additional settings > Deletion protection > Turn on.",
        severity: Severity::Medium,
        controls: &[
            Control::new("AWS Security Hub", "DynamoDB.6"),
            Control::new("AWS Config", "DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED"),
            Control::new("Prowler", "dynamodb_table_deletion_protection_enabled"),
        ],
        reads: Reads::Fields(TABLE, &[FIELD]),
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    rows.must(FIELD, is_true(case.resource, &[FIELD]), "it is on", "it is off");
    rows.judged("")
}
