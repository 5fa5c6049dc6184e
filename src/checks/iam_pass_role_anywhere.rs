//! `iam-pass-role-anywhere`: grants to pass every role of the account to a service.

use super::{Analysis, Case, Judged, roles_in_general};
use crate::model::{Check, Control, Reads, Severity};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "iam-pass-role-anywhere",
        title: "No statement allows to pass every role of the account",
        finds: "Each statement that allows iam:PassRole on every role: `*`, `arn:aws:iam::ACCOUNT:role/*`, or whatever means no less, by a pattern of actions as well. A condition on iam:PassedToService does not change that, and is shown: any role that trusts that service may then be passed. Each document is judged where it is written, within what it denies itself without a condition.\n\n\
            Left alone: roles named by their path or by the start of their names, NotAction, which `iam-allow-by-exception` is about, and a statement that allows everything on everything, which `iam-full-administrator` judges, within the boundary.",
        matters: "Whoever may pass every role and start something that runs with it (a function, an instance, a stack) has the permissions of the most powerful role of the account.",
        mend: "IAM console > the policy > Edit > JSON: name the roles that are passed under Resource, and the service that they are passed to under Condition, as StringEquals iam:PassedToService.",
        severity: Severity::Medium,
        controls: &[
            Control::new("Guard Rules Registry", "IAM_POLICY_NO_WILDCARD_RESOURCE_ON_PASSROLE"),
            Control::on("AWS::IAM::Role", "Guard Rules Registry", "IAM_ROLE_NO_WILDCARD_RESOURCE_ON_PASSROLE"),
        ],
        reads: Reads::Documents,
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    roles_in_general::judge(case, "iam:PassRole", "no statement that is written here allows to pass a role")
}
