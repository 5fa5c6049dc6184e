//! `iam-user-has-policies`: users with policies of their own.

use super::settings::{Rows, read};
use super::{Analysis, Case, Judged};
use crate::model::{Check, Control, Gap, Reads, Severity, USER, Value};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "iam-user-has-policies",
        title: "No user has policies of their own",
        finds: "Each user with inline policies or with managed policies attached. What a user has by way of a group is what is wanted; a permissions boundary grants nothing and does not count.",
        matters: "Permissions of single people are forgotten when their work changes. Those of a group or role are read, changed and taken away in one place.",
        mend: "IAM console > User groups: make a group with the permissions, and add the user; then IAM console > Users > the user > Permissions: remove the policies. Better still, let people sign in through IAM Identity Center, and remove the user.",
        severity: Severity::Low,
        controls: &[
            Control::new("AWS Security Hub", "IAM.2"),
            Control::new("AWS Config", "IAM_USER_NO_POLICIES_CHECK"),
            Control::new("CIS AWS Foundations Benchmark v3.0", "1.15"),
            Control::new("CIS AWS Foundations Benchmark v4.0", "1.15"),
            Control::new("CIS AWS Foundations Benchmark v6.0", "2.14"),
            Control::new("PCI DSS v4.0", "7.2.5"),
            Control::new("Prowler", "iam_policy_attached_only_to_group_or_roles"),
            Control::new("Checkov", "CKV_AWS_40"),
            Control::new("Guard Rules Registry", "IAM_USER_NO_POLICIES_CHECK"),
        ],
        reads: Reads::Fields(USER, &["ManagedPolicyArns", "Policies"]),
        beside: &[],
    },
    run,
};

/// Where a user's own policies stand, and what they are called.
const OWN: [(&str, &str); 2] = [("Policies", "inline"), ("ManagedPolicyArns", "attached")];

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    let mut names: Vec<String> = Vec::new();
    let mut gaps: Vec<&Gap> = Vec::new();
    for (field, word) in OWN {
        let items = match read(case.resource, &[field]) {
            Ok(Some(Value::List(items) | Value::Set(items))) => items.as_slice(),
            Ok(_) => &[],
            Err(gap) => {
                gaps.push(gap);
                &[]
            }
        };
        let mut named: Vec<String> = Vec::new();
        for item in items {
            match (item, item.as_text().or_else(|| item.get("PolicyName").as_text())) {
                (Value::Unread(gap), _) => gaps.push(gap),
                (_, Some(name)) => named.push(format!("{name} ({word})")),
                (_, None) => named.push(format!("one without a name ({word})")),
            }
        }
        named.sort();
        names.extend(named);
    }
    if !names.is_empty() {
        rows.fail("policies", names.join(", "));
    } else if gaps.is_empty() {
        rows.pass("policies", "none of the user's own");
    } else {
        rows.unread("policies", &gaps);
    }
    rows.judged("")
}
