//! `iam-unused-policy`: managed policies that nobody has.

use super::settings::{Rows, is_true, number};
use super::{Analysis, Case, Judged};
use crate::model::{Check, Control, Gap, MANAGED_POLICY, Reads, Severity, Verdict};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "iam-unused-policy",
        title: "Every managed policy is attached to somebody, or bounds somebody",
        finds: "Each managed policy of the account itself that is attached to no role, user or group and is the permissions boundary of none. AWS's own policies are left alone.\n\n\
            A policy that is only passed with a session, or that IAM Identity Center attaches in other accounts by its name, counts as used by nobody.",
        matters: "Nobody looks after it, and whoever may attach policies can take it up as it is.",
        mend: "IAM console > Policies > the policy > Delete; its versions are lost with it, so export the document first.",
        severity: Severity::Low,
        controls: &[
            Control::new("AWS Config", "IAM_POLICY_IN_USE"),
            Control::new("ScoutSuite", "iam-managed-policy-no-attachments"),
            Control::new("Powerpipe", "iam_custom_policy_unused"),
        ],
        reads: Reads::Fields(MANAGED_POLICY, &["AttachmentCount", "AwsManaged", "PermissionsBoundaryUsageCount"]),
        beside: &[],
    },
    run,
};

const ROW: &str = "who has it";

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    let aws = is_true(case.resource, &["AwsManaged"]);
    let attached = number(case.resource, &["AttachmentCount"]);
    let bounded = number(case.resource, &["PermissionsBoundaryUsageCount"]);
    let some = |count: &Result<Option<i64>, &Gap>| matches!(count, Ok(Some(count)) if *count > 0);
    match (aws, attached, bounded) {
        (Ok(true), ..) => rows.say(ROW, Verdict::NotApplicable, "a policy of AWS's own"),
        (_, attached, bounded) if some(&attached) || some(&bounded) => {
            let said = |count: Result<Option<i64>, &Gap>, of: &str| match count {
                Ok(Some(count)) if count > 0 => Some(format!("{of} {count}")),
                _ => None,
            };
            let said = [said(attached, "attached to"), said(bounded, "the boundary of")];
            rows.pass(ROW, said.into_iter().flatten().collect::<Vec<_>>().join(", "));
        }
        (Ok(false), Ok(Some(0)), Ok(Some(0) | None)) => {
            rows.fail(ROW, "attached to nobody, and the boundary of nobody")
        }
        (aws, attached, bounded) => {
            let gaps: Vec<&Gap> = [aws.err(), attached.err(), bounded.err()].into_iter().flatten().collect();
            if gaps.is_empty() {
                rows.say(ROW, Verdict::Unknown, "AWS did not say how often it is attached");
            } else {
                rows.unread(ROW, &gaps);
            }
        }
    }
    rows.judged("")
}
