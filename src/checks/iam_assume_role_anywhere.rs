//! `iam-assume-role-anywhere`: grants to assume every role of the account.

use super::{Analysis, Case, Judged, roles_in_general};
use crate::model::{Check, Control, MANAGED_POLICY, Reads, Severity};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "iam-assume-role-anywhere",
        title: "No statement allows to assume every role of the account",
        finds: "Each statement that allows sts:AssumeRole on every role: `*`, `arn:aws:iam::ACCOUNT:role/*`, or whatever means no less, by a pattern of actions as well; with its conditions. Each document is judged where it is written, within what it denies itself without a condition.\n\n\
            Left alone: roles named by their path or by the start of their names, NotAction, which `iam-allow-by-exception` is about, and a statement that allows everything on everything, which `iam-full-administrator` judges, within the boundary. Which roles let it in is for their trust policies to say, and is not part of it.",
        matters: "A role whose trust policy names the account, as most do that people assume, lets in whoever has such a grant.",
        mend: "IAM console > the policy > Edit > JSON: name the roles that are assumed under Resource.",
        severity: Severity::Medium,
        controls: &[
            Control::on(MANAGED_POLICY, "Prowler", "iam_no_custom_policy_permissive_role_assumption"),
            Control::on(MANAGED_POLICY, "Powerpipe", "iam_policy_custom_no_permissive_role_assumption"),
        ],
        reads: Reads::Documents,
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    roles_in_general::judge(case, "sts:AssumeRole", "no statement that is written here allows to assume a role")
}
