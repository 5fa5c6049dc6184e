//! Checks: analyses that a rule calls by name (`check: iam-avoidable-resource-star`).
//!
//! A check is one file, with its documentation in it, and one word in [`CHECKS`]. It is handed a [`Case`]: a resource,
//! the account it is in, and the architecture that the rules name; it answers with a [`Judged`]. It asks AWS nothing:
//! what it reads is stated in its description, and becomes calls with all else that the rules need.
//!
//! | module | what checks share |
//! |---|---|
//! | `grant` | the statements of a principal that allow something, and the actions that they name |
//! | `generic` | a resource that no policy names, to see whether a statement means all of them |
//! | `scope` | the ARNs that an action could be granted on, as the architecture and the account have them |
//! | `settings` | properties as they were read, and findings that rest on them |

mod apigateway_method_without_authorization;
mod apigateway_stage_without_logs;
mod dynamodb_no_deletion_protection;
mod dynamodb_no_point_in_time_recovery;
mod generic;
mod grant;
mod iam_avoidable_resource_star;
mod lambda_no_dead_letter_or_destination;
mod lambda_runtime_end_of_life;
mod scope;
mod settings;
mod sns_unencrypted;
mod sqs_no_dead_letter_queue;
mod sqs_unencrypted;
mod sqs_visibility_under_six_timeouts;

use crate::model::{Call, Check, Instead, Kind, Resource, Verdict};
use crate::reach::{Gathered, Reach};
use crate::rules::Whereabouts;

/// All checks, by name.
static CHECKS: [&Analysis; 11] = [
    &apigateway_method_without_authorization::CHECK,
    &apigateway_stage_without_logs::CHECK,
    &dynamodb_no_deletion_protection::CHECK,
    &dynamodb_no_point_in_time_recovery::CHECK,
    &iam_avoidable_resource_star::CHECK,
    &lambda_no_dead_letter_or_destination::CHECK,
    &lambda_runtime_end_of_life::CHECK,
    &sns_unencrypted::CHECK,
    &sqs_no_dead_letter_queue::CHECK,
    &sqs_unencrypted::CHECK,
    &sqs_visibility_under_six_timeouts::CHECK,
];

/// A check: what everybody may know of it, and how it judges.
struct Analysis {
    check: Check,
    run: fn(&Case<'_>) -> Judged,
}

/// What a check is handed.
pub(crate) struct Case<'a> {
    /// What the resource is.
    pub(crate) kind: &'static Kind,
    /// The resource that is judged.
    pub(crate) resource: &'a Resource,
    /// The account it is in, and what the IAM engine says of it.
    pub(crate) reach: &'a Reach<'a>,
    /// Where the account is.
    pub(crate) place: &'a Whereabouts,
    /// The ARNs of what the flows of the rules file have the resource act on.
    pub(crate) flows: &'a [String],
    /// The ARNs of the things that the rules file names, as far as they are known.
    pub(crate) named: &'a [String],
}

/// What a check makes of a resource. The worst row is the verdict.
#[derive(Debug)]
pub(crate) struct Judged {
    /// One row for each thing that was judged by itself.
    pub(crate) rows: Vec<Row>,
    /// What is said where there are none: it passes.
    pub(crate) nothing: &'static str,
    /// A request that shows the first fault.
    pub(crate) witness: Option<String>,
    /// What could be written in the place of what was found.
    pub(crate) instead: Vec<Instead>,
    /// The calls that it rests on.
    pub(crate) calls: Vec<Call>,
}

/// One thing that was judged by itself.
#[derive(Debug)]
pub(crate) struct Row {
    /// What it is, such as a statement of a policy.
    pub(crate) path: String,
    pub(crate) verdict: Verdict,
    /// What was found, in words.
    pub(crate) found: String,
}

impl<'a> Case<'a> {
    /// The policies that say what the resource may do.
    fn gathered(&self) -> Gathered {
        match self.kind.standing.permissions {
            Some(permissions) => self.reach.gather(permissions, self.resource),
            None => unreachable!("the loader calls a check on what it goes with alone"),
        }
    }
}

/// The descriptions of all checks, by name.
pub fn all() -> impl Iterator<Item = &'static Check> {
    CHECKS.iter().map(|analysis| &analysis.check)
}

/// What `check` makes of `case`.
///
/// # Panics
/// If it is none of [`all`], which the loader has refused.
pub(crate) fn run(check: &Check, case: &Case<'_>) -> Judged {
    match CHECKS.iter().find(|analysis| analysis.check.name == check.name) {
        Some(analysis) => (analysis.run)(case),
        None => unreachable!("the loader takes no check of another name"),
    }
}

#[cfg(test)]
mod tests {
    use super::CHECKS;

    #[test]
    fn checks_stand_in_order_and_are_documented() {
        let names: Vec<&str> = CHECKS.iter().map(|analysis| analysis.check.name).collect();
        assert!(names.is_sorted(), "{names:?}");
        for analysis in &CHECKS {
            let check = &analysis.check;
            for text in [check.title, check.finds, check.matters, check.mend] {
                assert!(!text.is_empty() && text == text.trim(), "{}: {text:?}", check.name);
            }
            assert!(check.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", check.name);
        }
    }
}
