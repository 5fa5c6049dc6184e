//! `iam-wildcard-actions`: grants by a pattern that takes in more than reading.

use super::document::only;
use super::everything::{Power, granting, power};
use super::grant::{Grant, NamedActions, by_level};
use super::written::{Told, each_grant};
use super::{Analysis, Case, Judged};
use crate::iam::catalogue::{AccessLevel, Action};
use crate::iam::{Effect, Statement};
use crate::model::{Check, Control, MANAGED_POLICY, Reads, Severity, Verdict};
use crate::reach::{Answer, Gathered, actions_of, apart_from};
use std::collections::BTreeSet;

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "iam-wildcard-actions",
        title: "No statement allows actions by a pattern that takes in more than reading",
        finds: "Each statement that allows actions by a pattern, such as sqs:* or dynamodb:Put*, if the pattern takes in actions of the access levels Write, Permissions management or Tagging; with how many of each level there are, and of which service it is full access. Each document is judged where it is written: the inline policies of a role, user or group, and the document of a managed policy.\n\n\
            Counted are the actions that the statement's resources can be asked about, less those that the same document denies without a condition.\n\n\
            Left alone: a pattern of nothing but Read and List actions, such as sqs:Get*, which is named in the finding; statements that deny; NotAction, which `iam-allow-by-exception` is about; and a statement that allows everything on everything, which `iam-full-administrator` judges, within the boundary. Actions that are named one by one pass, however many they are.",
        matters: "Whoever wrote the pattern meant some of the actions that it takes in. It also takes in those that let others in or delete things, and each one that AWS adds later.",
        mend: "IAM console > the policy > Edit > JSON: name the actions that are needed, one by one. CloudTrail and the tab Last Accessed of the role show which ones are used.",
        severity: Severity::Low,
        controls: &[
            Control::on(MANAGED_POLICY, "AWS Security Hub", "IAM.21"),
            Control::on(MANAGED_POLICY, "AWS Config", "IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS"),
            Control::new("Guard Rules Registry", "IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS"),
            Control::on(MANAGED_POLICY, "Powerpipe", "iam_all_policy_no_service_wild_card"),
        ],
        reads: Reads::Documents,
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    each_grant(case, "no statement allows actions by a pattern", |document, grant| tell(case, document, grant))
}

/// What a pattern takes in.
struct Wide {
    named: NamedActions,
    /// The actions that it comes to, as far as they can be asked about the statement's resources and are not denied.
    taken: Vec<Action>,
}

impl Wide {
    /// The actions that do more than read.
    fn graver(&self) -> impl Iterator<Item = Action> {
        self.taken.iter().copied().filter(|action| gravity(*action) > 0)
    }

    /// The pattern, how many actions there are of each level, and of what it is full access.
    fn in_words(&self) -> String {
        let full = match self.named.actions.first().map(|action| action.service()) {
            Some(service) if service.actions().count() == self.named.actions.len() => {
                format!("full access to {}: ", service.name())
            }
            _ => String::new(),
        };
        let full = if self.named.written.starts_with(['*', '?']) { String::new() } else { full };
        format!("{} ({full}{})", self.named.written, by_level(&self.taken))
    }
}

/// How much more than reading an action does.
fn gravity(action: Action) -> u8 {
    match action.access_level() {
        AccessLevel::List | AccessLevel::Read => 0,
        AccessLevel::Tagging => 1,
        AccessLevel::Write => 2,
        AccessLevel::PermissionsManagement => 3,
    }
}

fn tell(case: &Case<'_>, document: &Gathered, grant: Grant<'_>) -> Option<Told> {
    let patterns: Vec<NamedActions> = grant.named().into_iter().filter(|named| named.is_pattern).collect();
    if grant.statement.action.not || patterns.is_empty() {
        return None;
    }
    if is_administration(case, document, &grant) {
        return Some(Told::plain(Verdict::NotApplicable, "everything on everything, which is full administration"));
    }
    let left = match left(&grant, document) {
        Ok(left) => left,
        Err(why) => return Some(Told::plain(Verdict::Unknown, format!("not decided: {why}"))),
    };
    let wide = patterns.into_iter().map(|named| {
        let is_left = |action: &&Action| left.as_ref().is_none_or(|left| left.contains(action));
        let taken =
            named.actions.iter().filter(is_left).copied().filter(|action| grant.can_be_asked(*action)).collect();
        Wide { named, taken }
    });
    let (graver, reading): (Vec<Wide>, Vec<Wide>) = wide.partition(|wide| wide.graver().next().is_some());
    let words = |wide: &[Wide]| wide.iter().map(Wide::in_words).collect::<Vec<_>>().join(", ");
    let reading: Vec<Wide> = reading.into_iter().filter(|wide| !wide.taken.is_empty()).collect();
    let aside = if reading.is_empty() { String::new() } else { format!("for reading alone: {}", words(&reading)) };
    if graver.is_empty() {
        let nothing = "its patterns take in nothing that could be allowed here".to_owned();
        return Some(Told::plain(Verdict::Pass, if aside.is_empty() { nothing } else { aside }));
    }
    let mut found = words(&graver);
    if !aside.is_empty() {
        found.push_str("; ");
        found.push_str(&aside);
    }
    // The first of those that do the most.
    let shown =
        graver.iter().flat_map(Wide::graver).max_by_key(|action| (gravity(*action), std::cmp::Reverse(*action)));
    let shown = shown.and_then(|action| only(&[action.full_name()]));
    match shown.map(|only| apart_from(&grant.as_it_is(document), &only)) {
        Some(Answer::No(proof)) => Some(Told { verdict: Verdict::Fail, found, witness: Some(proof.line) }),
        Some(Answer::Unknown(why)) => Some(Told::plain(Verdict::Unknown, format!("{found}; not decided: {why}"))),
        Some(Answer::Yes) | None => {
            Some(Told::plain(Verdict::Pass, format!("{found}; but its conditions are never met")))
        }
    }
}

/// The actions that the denials of the document leave; none if it denies nothing for certain.
fn left(grant: &Grant<'_>, document: &Gathered) -> Result<Option<BTreeSet<Action>>, String> {
    let denies = |statement: &Statement| statement.effect == Effect::Deny && statement.conditions.is_empty();
    if !grant.policy.statements.iter().any(denies) {
        return Ok(None);
    }
    actions_of(&grant.at_most(document)).map(Some)
}

/// Whether the document makes a full administrator, and this statement is what does.
fn is_administration(case: &Case<'_>, document: &Gathered, grant: &Grant<'_>) -> bool {
    let partition = &case.place.partition;
    matches!(power(&document.read(), partition, &case.reach.account.caller.account), Power::Everything(_))
        && granting(document, partition).iter().flatten().any(|other| other.statement.index == grant.statement.index)
}
