//! `iam-allow-by-exception`: grants that say what they leave out instead of what they let in.

use super::document::only;
use super::grant::{Grant, by_level, conditions_of};
use super::written::{Told, each_grant};
use super::{Analysis, Case, Judged};
use crate::iam::Effect;
use crate::iam::catalogue::{AccessLevel, Action, Catalogue};
use crate::model::{Check, Control, Reads, Severity, Verdict};
use crate::reach::{Answer, Gathered, actions_of, apart_from};
use std::collections::BTreeSet;

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "iam-allow-by-exception",
        title: "No statement allows all but what it names",
        finds: "Each Allow with NotAction or NotResource; with how many actions of how many services it lets in, by access level, and a request that it allows. Counted are the actions that the statement's resources can be asked about, less those that the same document denies without a condition. Each document is judged where it is written: the inline policies of a role, user or group, and the document of a managed policy.\n\n\
            Left alone: Deny with NotAction or NotResource, which is the usual way to bound what others allow; and a statement that leaves out everything.",
        matters: "It lets in whatever nobody thought of, and each action, service and resource that comes later. NotAction does not deny: what it leaves out may be allowed elsewhere.",
        mend: "IAM console > the policy > Edit > JSON: name what is needed under Action and Resource. To keep something out, allow what is needed and add a Deny.",
        severity: Severity::Medium,
        controls: &[
            Control::new("Guard Rules Registry", "IAM_ROLE_OR_POLICY_NO_ALLOW_PLUS_NOT_ACTION"),
            Control::new("Guard Rules Registry", "IAM_ROLE_OR_POLICY_NO_ALLOW_PLUS_NOT_RESOURCE"),
            Control::on("AWS::IAM::ManagedPolicy", "ScoutSuite", "iam-managed-policy-allows-NotActions"),
            Control::on("AWS::IAM::Role", "ScoutSuite", "iam-inline-policy-allows-NotActions"),
            Control::on("AWS::IAM::User", "ScoutSuite", "iam-inline-policy-allows-NotActions"),
            Control::on("AWS::IAM::Group", "ScoutSuite", "iam-inline-policy-allows-NotActions"),
        ],
        reads: Reads::Documents,
        beside: &[],
    },
    run,
};

/// What nobody means to give away by leaving something else out, the most surprising first.
const UNEXPECTED: [&str; 8] = [
    "iam:CreateAccessKey",
    "iam:PutRolePolicy",
    "organizations:LeaveOrganization",
    "kms:ScheduleKeyDeletion",
    "cloudtrail:StopLogging",
    "s3:DeleteBucket",
    "secretsmanager:GetSecretValue",
    "sts:AssumeRole",
];

fn run(case: &Case<'_>) -> Judged {
    each_grant(case, "no statement allows all but what it names", tell)
}

fn tell(document: &Gathered, grant: Grant<'_>) -> Option<Told> {
    let statement = grant.statement;
    let resource_not = statement.resource.as_ref().filter(|element| element.not);
    if !statement.action.not && resource_not.is_none() {
        return None;
    }
    // All that it may come to: a denial under a condition may be of no help.
    let mut left: Vec<Action> = grant.named().into_iter().flat_map(|named| named.actions).collect();
    if denies(&grant) {
        match actions_of(&grant.at_most(document)) {
            Ok(allowed) => left.retain(|action| allowed.contains(action)),
            Err(why) => return Some(Told::plain(Verdict::Unknown, format!("not decided: {why}"))),
        }
    }
    left.retain(|action| grant.can_be_asked(*action));
    left.sort();
    left.dedup();
    let resources = match (&statement.resource, resource_not) {
        (_, Some(element)) => format!("every resource but {}", element.values.join(", ")),
        (Some(element), None) if element.values == ["*"] => "every resource".to_owned(),
        (Some(element), None) => element.values.join(", "),
        (None, None) => "what it is attached to".to_owned(),
    };
    let actions = if statement.action.not {
        format!("every action but {}", statement.action.values.join(", "))
    } else {
        statement.action.values.join(", ")
    };
    let when = conditions_of(&grant).map(|conditions| format!(", if {conditions}")).unwrap_or_default();
    let found = format!("{actions} on {resources}{when}: {}", how_many(&left));
    let as_it_is = grant.as_it_is(document);
    let shown = shown(&left).map(|action| action.full_name());
    let all = || Some("*".to_owned());
    for action in shown.into_iter().chain(all()) {
        match only(&[action]).map(|asked| apart_from(&as_it_is, &asked)) {
            Some(Answer::No(proof)) => {
                return Some(Told { verdict: Verdict::Fail, found, witness: Some(proof.line) });
            }
            Some(Answer::Unknown(why)) => {
                return Some(Told::plain(Verdict::Unknown, format!("{found}; not decided: {why}")));
            }
            Some(Answer::Yes) | None => {}
        }
    }
    Some(Told::plain(Verdict::Pass, format!("{actions} on {resources}{when}: nothing is left of it")))
}

fn denies(grant: &Grant<'_>) -> bool {
    grant.policy.statements.iter().any(|other| other.effect == Effect::Deny && other.conditions.is_empty())
}

/// How many actions of how many services there are, by level.
fn how_many(actions: &[Action]) -> String {
    let services: BTreeSet<&str> = actions.iter().map(|action| action.prefix()).collect();
    match (actions.len(), services.len()) {
        (0, _) => "no action that AWS has today".to_owned(),
        (1, _) => format!("1 action ({})", by_level(actions)),
        (count, 1) => format!("{count} actions ({})", by_level(actions)),
        (count, services) => format!("{count} actions of {services} services ({})", by_level(actions)),
    }
}

/// The action that shows best what it lets in: one that nobody means, else the one that does the most.
fn shown(actions: &[Action]) -> Option<Action> {
    let unexpected = UNEXPECTED.iter().filter_map(|name| Catalogue::embedded().action(name));
    unexpected.into_iter().find(|action| actions.contains(action)).or_else(|| {
        let gravity = |action: &Action| match action.access_level() {
            AccessLevel::PermissionsManagement => 0,
            AccessLevel::Write => 1,
            AccessLevel::Tagging => 2,
            AccessLevel::Read => 3,
            AccessLevel::List => 4,
        };
        actions.iter().copied().min_by_key(|action| (gravity(action), *action))
    })
}
