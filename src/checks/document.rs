//! Policies made to be asked about.

use crate::iam::Policy;

/// A policy that allows these actions on everything, and nothing else. `None` if the text is no policy, which is not
/// to be expected.
pub(super) fn only(actions: &[String]) -> Option<Policy> {
    let statement = serde_json::json!({ "Effect": "Allow", "Action": actions, "Resource": "*" });
    Policy::parse(&serde_json::json!({ "Version": "2012-10-17", "Statement": statement }).to_string()).ok()
}
