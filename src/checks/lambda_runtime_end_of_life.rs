//! `lambda-runtime-end-of-life`: functions whose runtime AWS no longer patches.
//!
//! The table of runtimes has a date of its own, since AWS adds runtimes and puts dates off. What day it is says the
//! answer that told of the function, so that a recording is judged alike whenever it is replayed.

mod table;

use super::day::today;
use super::settings::{Rows, text};
use super::{Analysis, Case, Judged};
use crate::model::{Check, Control, FUNCTION, Reads, Severity, Verdict};
use table::{AS_OF, RUNTIMES};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "lambda-runtime-end-of-life",
        title: "Every function runs on a runtime that AWS supports",
        finds: "Each function whose runtime AWS has deprecated by the day on which the function was read: from then on the runtime gets no patches. The dates are those of the tables in the Lambda Developer Guide (Lambda runtimes), as of 2026-10-20; a date that lay ahead then, and has passed, is taken as AWS announced it, though AWS sometimes puts one off. A runtime that is not in the table is newer than it, or misspelt, and leaves the finding unknown.\n\n\
            A function that is a container image has its runtime in the image, which is not read: the check does not apply to it. Published versions, which keep the runtime they were made with, are not read either.",
        matters: "Flaws that become known in the language or the system under the function stay open, and AWS at last refuses to update the function.",
        mend: "Lambda console > Functions > the function > Code > Runtime settings > Edit: a runtime that is supported; try the code on it first.",
        severity: Severity::Medium,
        controls: &[
            Control::new("AWS Security Hub", "Lambda.2"),
            Control::new("AWS Config", "LAMBDA_FUNCTION_SETTINGS_CHECK"),
            Control::new("Prowler", "awslambda_function_using_supported_runtimes"),
            Control::new("PCI DSS v4.0", "6.3.3"),
        ],
        reads: Reads::Fields(FUNCTION, &["PackageType", "Runtime"]),
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    match (text(case.resource, &["Runtime"]), text(case.resource, &["PackageType"])) {
        (Ok(Some(runtime)), _) => {
            let (verdict, found) = judge(&runtime, today(case).as_deref().unwrap_or(AS_OF));
            rows.say("Runtime", verdict, found);
        }
        (_, Ok(Some(package))) if package == "Image" => {
            rows.say("Runtime", Verdict::NotApplicable, "it is a container image, whose runtime is not read");
        }
        (Err(gap), _) | (_, Err(gap)) => rows.unread("Runtime", &[gap]),
        (Ok(None), Ok(_)) => rows.say("Runtime", Verdict::Unknown, "Lambda tells of no runtime; check it by hand"),
    }
    rows.judged("")
}

/// What is said of `runtime` on this day.
fn judge(runtime: &str, today: &str) -> (Verdict, String) {
    let Some((_, deprecated)) = RUNTIMES.iter().find(|(name, _)| *name == runtime) else {
        let found = format!("{runtime} is not among the runtimes that AWS had on {AS_OF}; check it by hand");
        return (Verdict::Unknown, found);
    };
    // Dates in this form are in order as texts are.
    if *deprecated > today {
        (Verdict::Pass, format!("{runtime} is supported until {deprecated}, as AWS announced by {AS_OF}"))
    } else if *deprecated > AS_OF {
        (Verdict::Fail, format!("AWS announced by {AS_OF} that {runtime} would be deprecated on {deprecated}"))
    } else {
        (Verdict::Fail, format!("AWS deprecated {runtime} on {deprecated}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_is_supported_until_the_day_of_its_deprecation() {
        let verdict = |runtime: &str, today: &str| judge(runtime, today).0;
        assert_eq!(verdict("dotnet8", "2026-11-09"), Verdict::Pass);
        assert_eq!(verdict("dotnet8", "2026-11-10"), Verdict::Fail);
        assert_eq!(verdict("python3.9", AS_OF), Verdict::Fail);
        // A recording may be older than the table.
        assert_eq!(verdict("python3.9", "2025-12-14"), Verdict::Pass);
        assert_eq!(verdict("python4.0", "2026-11-10"), Verdict::Unknown);
        assert_eq!(verdict("Python3.13", "2026-11-10"), Verdict::Unknown);
    }

    #[test]
    fn the_documentation_gives_the_date_of_the_table() {
        assert!(CHECK.check.finds.contains(&format!("as of {AS_OF};")));
    }
}
