//! Policies as a report shows them: what is wanted beside what was found, statement by statement.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A policy that was found beside what is wanted of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ComparedPolicy {
    /// Which policy, such as `the queue policy`.
    pub of: String,
    /// The document that says what is wanted, if there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub wanted_by: Option<String>,
    /// The statements, those that are alike beside each other.
    pub statements: Vec<StatementPair>,
    /// How many more statements there are than are shown.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub more: usize,
}

/// A statement that is wanted beside one that was found and is like it, or one without the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatementPair {
    /// The one that is wanted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub wanted: Option<ShownStatement>,
    /// The one that was found.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub found: Option<ShownStatement>,
}

/// A statement of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShownStatement {
    /// Where it stands, such as `statement "open" of the queue policy`.
    pub place: String,
    /// The statement as JSON on one line, its lists in order.
    pub text: String,
    /// Of one that is wanted, whether all it allows is allowed; of one that was found, whether it allows nothing else
    /// than what is wanted. None where the rule does not ask that of it, or it was not decided.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fits: Option<bool>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}
