//! Conditions that say which resources a statement means.
//!
//! Only tags of the resource do: the resource must carry them, and they are set by whoever owns it. The account or the
//! organisation of the resource, the region, the network and who asks leave every resource of the account in.

use crate::iam::Statement;
use crate::iam::document::{Base, Condition, Quantifier};

/// Whether some condition holds for tagged resources alone.
pub(super) fn pick_resources(statement: &Statement) -> bool {
    statement.conditions.iter().any(picks)
}

/// The conditions that do, in words.
pub(super) fn of_tags(statement: &Statement) -> String {
    let in_words = |condition: &Condition| {
        let operator = condition.operator.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{operator} {} {}", condition.key, condition.values.join(" or "))
    };
    statement.conditions.iter().filter(|condition| picks(condition)).map(in_words).collect::<Vec<_>>().join(" and ")
}

fn picks(condition: &Condition) -> bool {
    let key = condition.key.to_lowercase();
    let is_tag = key.split_once(':').is_some_and(|(_, name)| name.starts_with("resourcetag/"));
    let Ok(operator) = &condition.operator else { return false };
    // A missing tag passes these, and any tag passes a pattern of nothing but `*`.
    let lets_all_in = operator.if_exists
        || operator.quantifier == Some(Quantifier::ForAllValues)
        || operator.base.is_negated()
        || operator.base == Base::Null
        || condition.values.iter().any(|value| !value.is_empty() && value.bytes().all(|byte| byte == b'*'));
    is_tag && !lets_all_in
}
