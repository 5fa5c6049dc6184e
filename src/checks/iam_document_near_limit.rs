//! `iam-document-near-limit`: documents that have little room left.

use super::settings::{Rows, read};
use super::{Analysis, Case, Judged};
use crate::iam::check::{Kind, most, size_of};
use crate::model::{Check, GROUP, Gap, IdentityPolicies, Reads, Severity, USER, Value, Verdict};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "iam-document-near-limit",
        title: "No policy is near the size that IAM allows",
        finds: "Documents at 90 % or more of their quota: a managed policy of the account, of 6,144 characters; and the inline policies of a role, user or group together, of 10,240, 2,048 and 5,120. White space does not count. These quotas cannot be raised.\n\n\
            AWS's own policies are left alone: they may be longer.",
        matters: "The next statement does not fit. Whoever is in a hurry then puts a wildcard where names stood.",
        mend: "IAM console > the policy > Edit > JSON: remove statements that others cover, or split the policy by what it is for into several managed policies.",
        severity: Severity::Info,
        controls: &[],
        reads: Reads::Documents,
        beside: &[],
    },
    run,
};

/// Of a hundred, how many make it near.
const NEAR: usize = 90;

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    match case.kind.standing.permissions {
        Some(IdentityPolicies::Document(field)) => {
            // A policy of AWS's has AWS's word for the account in its ARN.
            if case.resource.id.split(':').nth(4) == Some("aws") {
                rows.say("its document", Verdict::NotApplicable, "a policy of AWS's own");
                return rows.judged("");
            }
            let size = match read(case.resource, &[field]) {
                Ok(document) => document.map_or(Ok(0), size),
                Err(gap) => {
                    rows.unread("its document", &[gap]);
                    return rows.judged("");
                }
            };
            match size {
                Ok(size) => tell(&mut rows, "its document", size, Kind::Managed, &[]),
                Err(why) => rows.say("its document", Verdict::Unknown, why),
            }
        }
        Some(IdentityPolicies::Identity { .. }) => inline(case, &mut rows),
        None => unreachable!("the loader calls a check on what it goes with alone"),
    }
    rows.judged("")
}

/// All inline policies together.
fn inline(case: &Case<'_>, rows: &mut Rows) {
    const ROW: &str = "its inline policies";
    let mut gaps: Vec<&Gap> = Vec::new();
    let mut total = 0;
    let items = match read(case.resource, &["Policies"]) {
        Ok(Some(Value::List(items) | Value::Set(items))) => items.as_slice(),
        Ok(_) => &[],
        Err(gap) => {
            gaps.push(gap);
            &[]
        }
    };
    for item in items {
        let document = if matches!(item, Value::Unread(_)) { item } else { item.get("PolicyDocument") };
        match document {
            Value::Unread(gap) => gaps.push(gap),
            document => match size(document) {
                Ok(size) => total += size,
                Err(why) => {
                    let name = item.get("PolicyName").as_text().unwrap_or_default();
                    rows.say(format!("the inline policy {name}"), Verdict::Unknown, why);
                }
            },
        }
    }
    let kind = match case.kind.type_name {
        USER => Kind::OfUser,
        GROUP => Kind::OfGroup,
        _ => Kind::OfRole,
    };
    tell(rows, ROW, total, kind, &gaps);
}

/// The characters of a document.
fn size(document: &Value) -> Result<usize, String> {
    match document {
        Value::Absent => Ok(0),
        Value::Policy(text) | Value::Text(text) => size_of(text).map_err(|why| format!("it cannot be read: {why}")),
        other => Err(format!("it is no policy document but {other}")),
    }
}

/// What is said of so many characters, at the least; `gaps` may hold more.
fn tell(rows: &mut Rows, row: &str, size: usize, kind: Kind, gaps: &[&Gap]) {
    let Some(most) = most(kind) else { return };
    let share = size * 100 / most;
    let found = format!("{size} of {most} characters, {share} %");
    if size * 100 >= most * NEAR {
        rows.fail(row, found);
    } else if gaps.is_empty() {
        rows.pass(row, found);
    } else {
        rows.unread(row, gaps);
    }
}
