//! Resources beyond a border that the grant cannot cross: another partition, or another account where the action works
//! within its own account alone.

use super::super::grant::Grant;
use crate::iam::catalogue::Action;
use crate::iam::check::fits;
use crate::model::Arn;

/// Actions of SQS to which permissions across accounts do not apply (SQS Developer Guide, limitations of custom
/// policies).
const OF_SQS: [&str; 11] = [
    "AddPermission",
    "CancelMessageMoveTask",
    "CreateQueue",
    "DeleteQueue",
    "ListMessageMoveTasks",
    "ListQueueTags",
    "RemovePermission",
    "SetQueueAttributes",
    "StartMessageMoveTask",
    "TagQueue",
    "UntagQueue",
];

/// Whether an action works on the resources of the caller's own account alone. Of IAM that holds for all: its resources
/// carry no policy that could let another account in, but for the trust policies of roles, which are about STS.
fn stays_at_home(action: Action) -> bool {
    match action.prefix() {
        "iam" => true,
        "sqs" => OF_SQS.contains(&action.name()),
        _ => false,
    }
}

/// What of a statement's resources lies beyond a border, in words.
pub(super) fn beyond(grant: &Grant<'_>, partition: &str, account: &str) -> Vec<String> {
    let Some(resources) = grant.statement.resource.as_ref().filter(|element| !element.not) else { return Vec::new() };
    let literal = |part: &str| !part.contains(['*', '?', '$']);
    let mut beyond = Vec::new();
    let mut foreign: Vec<&String> = Vec::new();
    let mut near: Vec<&String> = Vec::new();
    for value in &resources.values {
        match value.parse::<Arn>() {
            Ok(arn) if literal(&arn.partition) && arn.partition != partition => beyond
                .push(format!("{value} is in the partition {}, which nobody of {partition} can reach", arn.partition)),
            Ok(arn) if is_account(&arn.account) && arn.account != account => foreign.push(value),
            _ => near.push(value),
        }
    }
    if foreign.is_empty() || grant.statement.action.not {
        return beyond;
    }
    let mut actions: Vec<Action> = grant.named().into_iter().flat_map(|named| named.actions).collect();
    actions.sort();
    actions.dedup();
    // Of an action that the resources at home suit as well, the resource abroad is what is in vain.
    for value in foreign {
        let asked: Vec<Action> = actions.iter().copied().filter(|action| fits(*action, value)).collect();
        if !asked.is_empty() && asked.iter().all(|action| stays_at_home(*action)) {
            beyond.push(format!("{value} is of another account, and {} within their own alone", named(&asked)));
            continue;
        }
        let home: Vec<Action> = asked
            .into_iter()
            .filter(|action| stays_at_home(*action) && !near.iter().any(|value| fits(*action, value)))
            .filter(|action| {
                grant.statement.action.values.iter().any(|value| value.eq_ignore_ascii_case(&action.full_name()))
            })
            .collect();
        if !home.is_empty() {
            beyond.push(format!("{} on {value}, which is of another account, within their own alone", named(&home)));
        }
    }
    beyond
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The first actions of a list, with the verb for what they do.
fn named(actions: &[Action]) -> String {
    const SHOWN: usize = 3;
    let names: Vec<String> = actions.iter().take(SHOWN).map(|action| action.full_name()).collect();
    let more = if actions.len() > SHOWN { " and others" } else { "" };
    format!("{}{more} work", names.join(", "))
}
