//! `iam-unused-role`: roles that nobody has used for a long time.

use super::day::{days_between, today};
use super::settings::{Rows, text};
use super::{Analysis, Case, Judged};
use crate::model::{Check, Control, ROLE, Reads, Severity, Verdict};

/// The days without use from which a role counts as unused.
const LONG: i64 = 90;

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "iam-unused-role",
        title: "Every role is used",
        finds: "Each role with which no request was made for 90 days, on the day on which it was read. IAM tracks the last 400 days: of a role that shows no use there, it is not known whether it was ever used. A role that was made less than 90 days ago is left alone.\n\n\
            Service-linked roles are AWS's to delete; leave them out with `where: { Path: { $not: { $like: \"/aws-service-role/*\" } } }`. A role that is there for an emergency looks unused: waive the finding.",
        matters: "What nobody uses nobody watches. Its permissions stay open to whoever may assume it.",
        mend: "IAM console > Roles > the role > Last Accessed: see what it was used for; then Delete. To be able to go back, first attach AWSDenyAll and wait.",
        severity: Severity::Low,
        controls: &[Control::new("Powerpipe", "iam_role_unused_60")],
        reads: Reads::Fields(ROLE, &["CreateDate", "RoleLastUsed"]),
        beside: &[],
    },
    run,
};

const ROW: &str = "last use";

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    let Some(today) = today(case) else {
        rows.say(ROW, Verdict::Unknown, "no answer says on what day the role was read; repeat the scan");
        return rows.judged("");
    };
    let ago = |time: &str| days_between(time, &today);
    let (used, made) = (text(case.resource, &["RoleLastUsed", "LastUsedDate"]), text(case.resource, &["CreateDate"]));
    let is_recent = |time: &str| ago(time).is_some_and(|days| days < LONG);
    match (used, made) {
        (Ok(Some(used)), _) if is_recent(&used) => rows.pass(ROW, format!("it was used on {}", day(&used))),
        (_, Ok(Some(made))) if is_recent(&made) => rows.pass(ROW, format!("it was made on {}", day(&made))),
        (Err(gap), _) | (_, Err(gap)) => rows.unread(ROW, &[gap]),
        (Ok(Some(used)), Ok(_)) => match ago(&used) {
            // How many days more grows each day, and is no change of the account.
            Some(_) => {
                rows.fail(ROW, format!("it was last used on {}, {LONG} days or more before it was read", day(&used)))
            }
            None => rows.say(ROW, Verdict::Unknown, format!("{used} is no day; check it by hand")),
        },
        (Ok(None), Ok(Some(made))) => match ago(&made) {
            Some(_) => rows.fail(
                ROW,
                format!("it was made on {}, {LONG} days or more before it was read, and shows no use", day(&made)),
            ),
            None => rows.say(ROW, Verdict::Unknown, format!("{made} is no day; check it by hand")),
        },
        (Ok(None), Ok(None)) => rows.say(ROW, Verdict::Unknown, "IAM does not say when it was made; check it by hand"),
    }
    rows.judged("")
}

/// The day of a time.
fn day(time: &str) -> &str {
    time.split('T').next().unwrap_or(time)
}
