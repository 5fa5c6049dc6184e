//! `lambda-shared-role`: functions that run with the permissions of one another.

use super::settings::{Rows, text};
use super::{Analysis, Case, Judged};
use crate::model::{Beside, Check, FUNCTION, Gap, Reads, Severity};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "lambda-shared-role",
        title: "Every function has a role of its own",
        finds: "Each function whose execution role is that of another function of the region too. Functions of other regions, and what else assumes the role, are not read.",
        matters: "A shared role must permit what all of its functions need, so that each of them may do more than it needs; and nobody can tell by the role which of them acted.",
        mend: "Lambda console > Functions > the function > Configuration > Permissions > Edit: a role of its own, with the permissions that this function needs.",
        severity: Severity::Low,
        controls: &[],
        reads: Reads::Fields(FUNCTION, &["Role"]),
        beside: &[Beside::InRegion(FUNCTION, &["Role"])],
    },
    run,
};

/// The other functions that are named; more are counted.
const NAMED: usize = 5;

fn run(case: &Case<'_>) -> Judged {
    const ROW: &str = "Role";
    let mut rows = Rows::new(case);
    let region = &case.resource.region;
    let role = match text(case.resource, &["Role"]) {
        Ok(Some(role)) => role,
        Ok(None) => {
            rows.pass(ROW, "it has none");
            return rows.judged("");
        }
        Err(gap) => {
            rows.unread(ROW, &[gap]);
            return rows.judged("");
        }
    };
    let mut with: Vec<&str> = Vec::new();
    let mut gaps: Vec<Gap> = Vec::new();
    for other in case.reach.listed(FUNCTION, region).iter().filter(|other| other.id != case.resource.id) {
        match text(other, &["Role"]) {
            Ok(of) if of.as_ref() == Some(&role) => {
                rows.rest_on(&other.calls);
                with.push(&other.name);
            }
            Ok(_) => {}
            Err(gap) => gaps.push(gap.clone()),
        }
    }
    let (calls, unlisted) = case.reach.lists(FUNCTION, region, None);
    rows.rest_on(&calls);
    gaps.extend(unlisted);
    if !with.is_empty() {
        let more = with.len().saturating_sub(NAMED);
        let named = with.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        rows.fail(ROW, format!("{role} is the role of {named}{more} as well"));
    } else if gaps.is_empty() {
        rows.pass(ROW, format!("{role} is the role of no other function"));
    } else {
        rows.unread(ROW, &gaps.iter().collect::<Vec<_>>());
    }
    rows.judged("")
}
