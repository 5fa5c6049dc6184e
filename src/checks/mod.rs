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
//! | `own` | the policy that a resource carries, statement by statement |
//! | `document` | policies made to be asked about |
//! | `controls` | what published catalogues ask for, and what of it no check does |
//! | `everything` | whether somebody may do everything on everything |
//! | `roles_in_general` | statements that allow an action on every role |
//! | `written` | the documents that are written on a resource, each judged by itself |
//! | `day` | which day it is, and how many lie between two |
//! | `method_setting` | the settings of methods that a stage has |
//! | `escalation` | the known ways from some rights to more, and to whom they are open |
//! | `settings` | properties as they were read, and findings that rest on them |
//! | `target` | things that another thing names by ARN, and whether they are there |

mod apigateway_dangling_integration;
mod apigateway_method_without_authorization;
mod apigateway_stage_cache_unencrypted;
mod apigateway_stage_traces_data;
mod apigateway_stage_without_client_certificate;
mod apigateway_stage_without_logs;
mod apigateway_stage_without_tracing;
mod apigateway_stage_without_web_acl;
pub mod controls;
mod day;
mod document;
mod dynamodb_no_deletion_protection;
mod dynamodb_no_point_in_time_recovery;
mod dynamodb_stream_unread;
mod dynamodb_unencrypted_by_own_key;
mod escalation;
mod everything;
mod generic;
mod grant;
mod iam_allow_by_exception;
mod iam_assume_role_anywhere;
mod iam_avoidable_resource_star;
mod iam_document_near_limit;
mod iam_duplicate_statement;
mod iam_full_administrator;
mod iam_grant_never_applies;
mod iam_pass_role_anywhere;
mod iam_privilege_escalation;
mod iam_privilege_escalation_two_hops;
mod iam_trust_without_external_id;
mod iam_unused_policy;
mod iam_unused_role;
mod iam_user_has_policies;
mod iam_wildcard_actions;
mod lambda_dangling_permission;
mod lambda_dangling_trigger;
mod lambda_no_dead_letter_or_destination;
mod lambda_runtime_end_of_life;
mod lambda_secret_in_environment;
mod lambda_shared_role;
mod lambda_url_without_auth;
mod lambda_without_tracing;
mod method_setting;
mod own;
mod policy_allow_by_exception;
mod policy_confused_deputy;
mod policy_lets_anyone_in;
mod policy_lets_other_accounts_in;
mod policy_names_deleted_principal;
mod policy_wildcard_actions;
mod roles_in_general;
mod scope;
mod settings;
mod sns_dangling_subscription;
mod sns_subscription_unencrypted;
mod sns_unencrypted;
mod sqs_no_dead_letter_queue;
mod sqs_unencrypted;
mod sqs_visibility_under_six_timeouts;
mod target;
mod written;

use crate::model::{Call, Check, Instead, Kind, Resource, Verdict};
use crate::reach::effective::Assumers;
use crate::reach::{Gathered, Reach};
use crate::rules::Whereabouts;

/// All checks, by name.
static CHECKS: [&Analysis; 47] = [
    &apigateway_dangling_integration::CHECK,
    &apigateway_method_without_authorization::CHECK,
    &apigateway_stage_cache_unencrypted::CHECK,
    &apigateway_stage_traces_data::CHECK,
    &apigateway_stage_without_client_certificate::CHECK,
    &apigateway_stage_without_logs::CHECK,
    &apigateway_stage_without_tracing::CHECK,
    &apigateway_stage_without_web_acl::CHECK,
    &dynamodb_no_deletion_protection::CHECK,
    &dynamodb_no_point_in_time_recovery::CHECK,
    &dynamodb_stream_unread::CHECK,
    &dynamodb_unencrypted_by_own_key::CHECK,
    &iam_allow_by_exception::CHECK,
    &iam_assume_role_anywhere::CHECK,
    &iam_avoidable_resource_star::CHECK,
    &iam_document_near_limit::CHECK,
    &iam_duplicate_statement::CHECK,
    &iam_full_administrator::CHECK,
    &iam_grant_never_applies::CHECK,
    &iam_pass_role_anywhere::CHECK,
    &iam_privilege_escalation::CHECK,
    &iam_privilege_escalation_two_hops::CHECK,
    &iam_trust_without_external_id::CHECK,
    &iam_unused_policy::CHECK,
    &iam_unused_role::CHECK,
    &iam_user_has_policies::CHECK,
    &iam_wildcard_actions::CHECK,
    &lambda_dangling_permission::CHECK,
    &lambda_dangling_trigger::CHECK,
    &lambda_no_dead_letter_or_destination::CHECK,
    &lambda_runtime_end_of_life::CHECK,
    &lambda_secret_in_environment::CHECK,
    &lambda_shared_role::CHECK,
    &lambda_url_without_auth::CHECK,
    &lambda_without_tracing::CHECK,
    &policy_allow_by_exception::CHECK,
    &policy_confused_deputy::CHECK,
    &policy_lets_anyone_in::CHECK,
    &policy_lets_other_accounts_in::CHECK,
    &policy_names_deleted_principal::CHECK,
    &policy_wildcard_actions::CHECK,
    &sns_dangling_subscription::CHECK,
    &sns_subscription_unencrypted::CHECK,
    &sns_unencrypted::CHECK,
    &sqs_no_dead_letter_queue::CHECK,
    &sqs_unencrypted::CHECK,
    &sqs_visibility_under_six_timeouts::CHECK,
];

pub(crate) use escalation::Memo;

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
    /// The roles and users of the account that can assume a role.
    pub(crate) assumers: &'a dyn Fn(&Resource) -> Assumers,
    /// What was worked out of the account for other resources.
    pub(crate) memo: &'a Memo,
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

    /// The documents that are written on the resource itself.
    fn documents(&self) -> Gathered {
        match self.kind.standing.permissions {
            Some(permissions) => self.reach.gather_documents(permissions, self.resource),
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
    use super::controls::CATALOGUES;

    #[test]
    fn checks_stand_in_order_and_are_documented() {
        let names: Vec<&str> = CHECKS.iter().map(|analysis| analysis.check.name).collect();
        assert!(names.is_sorted(), "{names:?}");
        for analysis in &CHECKS {
            let check = &analysis.check;
            for text in [check.title, check.finds, check.matters, check.mend] {
                assert!(!text.is_empty() && text == text.trim(), "{}: {text:?}", check.name);
            }
            for control in check.controls {
                assert!(CATALOGUES.contains(&control.of), "{}: {control}", check.name);
            }
            assert!(check.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", check.name);
        }
    }
}
