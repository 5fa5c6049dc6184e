//! `iam-grant-never-applies`: what a policy allows in vain.
//!
//! The findings on documents of `iam::check` are taken where they say that something grants nothing, and the engine
//! says whether a statement can be met at all. What hangs on the account is added here: its partition, and actions that
//! work within their own account alone.

mod borders;
mod names;

use super::grant::{Grant, grants};
use super::written::{Told, each_document};
use super::{Analysis, Case, Judged};
use crate::iam::check::{Finding, Kind, statements};
use crate::iam::{Policy, Statement};
use crate::model::{Check, Reads, Severity, Verdict};
use crate::reach::{Answer, Authority, Gathered, within};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "iam-grant-never-applies",
        title: "Nothing is allowed in vain",
        finds: "Each part of an Allow that can never be used: an action that is asked about `*` alone, on a named resource (sqs:ListQueues on a queue); an action on resources of another service or type alone, and a resource that none of the statement's actions is asked about; a name that no action of AWS has; what is no ARN; a resource in another partition than the account's; an action of IAM, or one of SQS that AWS documents to work within its own account alone, on a resource of another account; conditions that contradict each other; and a statement that the same document denies whole. Each document is judged where it is written: the inline policies of a role, user or group, and the document of a managed policy.\n\n\
            A name that AWS does not have is a fail if it comes near to one that it has, else unknown: the action may be newer than the catalogue.\n\n\
            Left alone: a resource of another account that may let this one in, such as a queue or a topic; a pattern of which some actions fit and others do not; denials; and resources that are not there: they may come.",
        matters: "Somebody believes that it is allowed, and it is not; or the policy looks narrower or broader than it is.",
        mend: "IAM console > the policy > Edit > JSON: put an action that has no resource type into a statement with Resource `*`, write the name or ARN as AWS does, or remove what is allowed in vain.",
        severity: Severity::Low,
        controls: &[],
        reads: Reads::Documents,
        beside: &[],
    },
    run,
};

/// The findings on a document that say that something grants nothing. Those on names of actions are made here.
const IN_VAIN: [&str; 7] = [
    "action-fits-no-resource",
    "matches-nothing",
    "never-applies",
    "resource-account",
    "resource-fits-no-action",
    "resource-form",
    "resource-partition",
];

fn run(case: &Case<'_>) -> Judged {
    each_document(case, "nothing is allowed in vain", |document| {
        let findings: Vec<Finding> =
            document.policies().flat_map(|(policy, _)| statements(policy, Kind::Identity)).collect();
        let of_grant = |grant: Grant<'_>| Some((grant.place(), tell(case, document, &grant, &findings)?));
        let mut said: Vec<(String, Told)> = grants(document).into_iter().filter_map(of_grant).collect();
        let undecided = findings.into_iter().filter(|finding| finding.code == "not-all-compared");
        let place = |finding: &Finding| match (&finding.statement, document.policies().next()) {
            (Some(place), _) => place.to_string(),
            (None, Some((policy, _))) => policy.origin.name.clone(),
            (None, None) => String::new(),
        };
        said.extend(undecided.map(|finding| (place(&finding), Told::plain(Verdict::Unknown, finding.message))));
        said
    })
}

/// What is said of a grant; nothing if all of it may apply.
fn tell(case: &Case<'_>, document: &Gathered, grant: &Grant<'_>, findings: &[Finding]) -> Option<Told> {
    let place = grant.policy.place(grant.statement);
    let of_it = findings.iter().filter(|finding| finding.statement.as_ref() == Some(&place));
    let mut vain: Vec<String> =
        of_it.filter(|finding| IN_VAIN.contains(&finding.code)).map(|finding| finding.message.clone()).collect();
    let names = names::unknown(grant);
    vain.extend(names.misspelt);
    vain.extend(borders::beyond(grant, &case.place.partition, &case.reach.account.caller.account));
    let mut undecided = names.newer;
    if vain.is_empty() && undecided.is_empty() {
        match unmet(grant, document) {
            Ok(why) => vain.extend(why),
            Err(why) => undecided.push(format!("not decided whether it can be met: {why}")),
        }
    }
    let verdict = if vain.is_empty() { Verdict::Unknown } else { Verdict::Fail };
    vain.extend(undecided);
    (!vain.is_empty()).then(|| Told::plain(verdict, vain.join("; ")))
}

/// Why no request meets the statement, if none does.
fn unmet(grant: &Grant<'_>, document: &Gathered) -> Result<Option<String>, String> {
    let scene = document.read().scene;
    let is_met = |statement: Statement| {
        let policy = Policy { statements: vec![statement], ..grant.policy.clone() };
        let alone = Authority { policies: vec![policy], boundary: None, scene: scene.clone() };
        match within(&alone, &Authority::default()) {
            Answer::Yes => Ok(false),
            Answer::No(_) => Ok(true),
            Answer::Unknown(why) => Err(why),
        }
    };
    if is_met(grant.statement.clone())? {
        return Ok(None);
    }
    let bare = Statement { conditions: Vec::new(), ..grant.statement.clone() };
    Ok(Some(match super::grant::conditions_of(grant) {
        Some(conditions) if is_met(bare)? => format!("no request meets its conditions: {conditions}"),
        _ => "no request is of this form".to_owned(),
    }))
}
