//! `iam-full-administrator`: those who may do everything on everything.

use super::everything::{Power, granting, power};
use super::grant::{Grant, conditions_of};
use super::{Analysis, Case, Judged, Row};
use crate::model::{Check, Control, GROUP, MANAGED_POLICY, Reads, Severity, USER, Verdict};

const ROLE: &str = "AWS::IAM::Role";

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "iam-full-administrator",
        title: "Nobody may do everything on everything",
        finds: "Each role, user, group or managed policy that allows every action on every resource, by one statement or by several together, within its permissions boundary and its denials; with the statements that say so. AWS's AdministratorAccess is one such policy.\n\n\
            A condition on who asks, from where, when, by which means or in which region or account does not change that; it is shown. One on a tag, or on something that a single service knows, does. Whoever is denied to attach or write a policy of any role, user or group is no full administrator; any other Deny does not change that, since who may give permissions may have what is denied done for them.\n\n\
            Left alone: PowerUserAccess and the like, which leave out IAM (`iam-allow-by-exception` finds those that are written in this account), and those who could make themselves administrators by several steps. What the policies of resources, of the organisation or of a session say is not part of it.",
        matters: "Whoever gets hold of it has the account: its data, its bills, and everybody else's permissions.",
        mend: "IAM console > the role, user or group > Permissions: detach the policy, and attach one with the actions that are needed. For a task that does need an administrator, a role that people assume with MFA and that is used for nothing else; waive the finding on that role.",
        severity: Severity::High,
        controls: &[
            Control::new("AWS Security Hub", "IAM.1"),
            Control::new("AWS Config", "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS"),
            Control::on(MANAGED_POLICY, "CIS AWS Foundations Benchmark v3.0", "1.16"),
            Control::on(MANAGED_POLICY, "CIS AWS Foundations Benchmark v4.0", "1.16"),
            Control::on(MANAGED_POLICY, "CIS AWS Foundations Benchmark v6.0", "2.15"),
            Control::new("NIST SP 800-53 Rev. 5", "AC-6"),
            Control::new("NIST SP 800-53 Rev. 5", "AC-6(2)"),
            Control::on(MANAGED_POLICY, "PCI DSS v4.0", "7.2.2"),
            Control::on(MANAGED_POLICY, "Prowler", "iam_customer_attached_policy_no_administrative_privileges"),
            Control::on(MANAGED_POLICY, "Prowler", "iam_customer_unattached_policy_no_administrative_privileges"),
            Control::on(MANAGED_POLICY, "Prowler", "iam_aws_attached_policy_no_administrative_privileges"),
            Control::new("Prowler", "iam_inline_policy_no_administrative_privileges"),
            Control::on(ROLE, "Prowler", "iam_role_administratoraccess_policy"),
            Control::on(USER, "Prowler", "iam_user_administrator_access_policy"),
            Control::on(GROUP, "Prowler", "iam_group_administrator_access_policy"),
            Control::new("Checkov", "CKV_AWS_62"),
            Control::new("Checkov", "CKV_AWS_63"),
            Control::on(ROLE, "Checkov", "CKV_AWS_274"),
        ],
        reads: Reads::Permissions,
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    let gathered = case.gathered();
    let (partition, account) = (&case.place.partition, &case.reach.account.caller.account);
    let mut judged = Judged {
        rows: Vec::new(),
        nothing: "it may do less than everything",
        witness: None,
        instead: Vec::new(),
        calls: gathered.calls.iter().chain(gathered.gaps.iter().map(|gap| &gap.call)).cloned().collect(),
    };
    let mut add = |path: String, verdict: Verdict, found: String| judged.rows.push(Row { path, verdict, found });
    match power(&gathered.most(), partition, account) {
        Power::Less => {}
        Power::Undecided(why) => add("its policies".to_owned(), Verdict::Unknown, format!("not decided: {why}")),
        // What was not read may grant the rest, or deny it.
        Power::Everything(_) if !gathered.is_whole() => {
            let read = matches!(power(&gathered.read(), partition, account), Power::Everything(_));
            let found = if read {
                format!("everything on everything, by what was read, unless the rest denies it: {}", gathered.why())
            } else {
                gathered.why()
            };
            add("its policies".to_owned(), Verdict::Unknown, found);
        }
        Power::Everything(witness) => {
            for grants in granting(&gathered, partition) {
                let path = grants.iter().map(Grant::place).collect::<Vec<_>>().join(" and ");
                let conditions: Vec<String> = grants.iter().filter_map(conditions_of).collect();
                let when =
                    if conditions.is_empty() { String::new() } else { format!(", if {}", conditions.join("; ")) };
                let together = if grants.len() > 1 { " together" } else { "" };
                add(path, Verdict::Fail, format!("every action on every resource{together}{when}"));
            }
            judged.witness = Some(witness);
        }
    }
    judged
}
