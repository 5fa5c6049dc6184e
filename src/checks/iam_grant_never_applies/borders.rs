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
    for value in foreign {
        let asked: Vec<Action> = actions.iter().copied().filter(|action| fits(*action, value)).collect();
        let all_stay = asked.iter().all(|action| stays_at_home(*action));
        // Where the resource is of some use, an action is in vain that was named for it: not one that suits a resource
        // of the own account as well, or that a pattern takes in.
        let in_vain = |action: &Action| {
            let name = action.full_name();
            let is_named = grant.statement.action.values.iter().any(|value| value.eq_ignore_ascii_case(&name));
            all_stay || (stays_at_home(*action) && is_named && !near.iter().any(|value| fits(*action, value)))
        };
        let vain: Vec<Action> = asked.iter().copied().filter(in_vain).collect();
        if !vain.is_empty() {
            beyond.push(format!("AWS does not allow {} across accounts, and {value} is of another", listed(&vain)));
        }
    }
    beyond
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The first actions of a list, and whether there are more.
fn listed(actions: &[Action]) -> String {
    const SHOWN: usize = 3;
    let names: Vec<String> = actions.iter().take(SHOWN).map(|action| action.full_name()).collect();
    let more = if actions.len() > SHOWN { " and others" } else { "" };
    format!("{}{more}", names.join(", "))
}
