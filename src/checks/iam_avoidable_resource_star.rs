//! `iam-avoidable-resource-star`: grants on every resource whose actions could be granted on fewer.
//!
//! "Every resource" is decided by the IAM engine and never by the text: a statement means every resource of a type if
//! it allows the action on one that no policy names. What is left under the denials and the boundary counts, and a
//! statement whose conditions pick resources by their tags is no such grant.

mod conditions;
mod rewrite;
mod stars;

use super::grant::{Grant, NamedActions, by_level, grants};
use super::{Analysis, Case, Judged, Row};
use crate::iam::catalogue::Action;
use crate::iam::document::Element;
use crate::model::{Check, Control, Instead, Reads, Severity, Verdict};
use crate::reach::{Answer, Authority, Gathered, within};
use rewrite::Rewrite;
use stars::Stars;

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "iam-avoidable-resource-star",
        title: "No grant on every resource where its actions could be granted on fewer",
        finds: "Each statement of the identity policies (inline, attached, and of a user's groups) that allows an action on every resource of a type, although AWS lets that action be granted on single ones; with the ARN that would do, and the statement to write in its place. The ARN is that of what the flows of the rules file have the principal act on; if they say nothing of the type, of the things that the rules file names; if it names none, of those that were read of the account, up to five; if there are none, AWS's form of it, with what must be filled in between < and >.\n\n\
            Every resource is `*`, and whatever means no less: `**`, `arn:aws:sqs:*:*:*`, NotResource. A pattern that holds a region or a part of a name is narrower and is left alone.\n\n\
            Left alone as well: actions that have no resource type, such as sns:ListTopics, for which `*` is right; statements that deny; what the permissions boundary or a Deny without conditions narrows; and statements with a condition on a tag of the resource (aws:ResourceTag/..., ec2:ResourceTag/...), which says which resources are meant. A condition on aws:ResourceAccount, aws:RequestedRegion or on who asks does not. sns:Publish to telephone numbers has no ARN either and needs `*`: give it a statement of its own.\n\n\
            A policy of AWS's own is told apart, since only AWS can edit it. Use the check on `each: AWS::IAM::ManagedPolicy` with `where: { AwsManaged: false }` to leave them out.",
        matters: "Whoever gets hold of the principal reaches every resource of the account, not only those that the architecture uses.",
        mend: "IAM console > the policy > Edit > JSON: put the statements shown in the place of this one. A policy that AWS manages cannot be edited: attach one of your own in its place.",
        severity: Severity::Low,
        controls: &[
            Control::new("Checkov", "CKV_AWS_355"),
            Control::new("Checkov", "CKV_AWS_356"),
            Control::new("Checkov", "CKV_AWS_111"),
            Control::new("Checkov", "CKV_AWS_290"),
            Control::new("Guard Rules Registry", "IAM_POLICYDOCUMENT_NO_WILDCARD_RESOURCE"),
        ],
        reads: Reads::Permissions,
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    let gathered = case.gathered();
    let mut judged = Judged {
        rows: Vec::new(),
        nothing: "no policy allows anything",
        witness: None,
        instead: Vec::new(),
        calls: gathered.calls.iter().chain(gathered.gaps.iter().map(|gap| &gap.call)).cloned().collect(),
    };
    for grant in grants(&gathered) {
        let told = tell(case, &gathered, grant);
        judged.witness = judged.witness.or(told.witness);
        judged.instead.extend(told.instead.map(|text| Instead { of: grant.place(), text }));
        judged.rows.push(Row { path: grant.place(), verdict: told.verdict, found: told.found });
    }
    if !gathered.is_whole() {
        judged.rows.push(Row { path: "its policies".to_owned(), verdict: Verdict::Unknown, found: gathered.why() });
    }
    judged
}

/// What is said of one statement.
struct Told {
    verdict: Verdict,
    found: String,
    witness: Option<String>,
    instead: Option<String>,
}

impl Told {
    fn plain(verdict: Verdict, found: impl Into<String>) -> Self {
        Self { verdict, found: found.into(), witness: None, instead: None }
    }
}

/// What one value of `Action` comes to.
struct Sorted {
    named: NamedActions,
    /// The actions that are allowed on every resource, and could be allowed on fewer.
    avoidable: Vec<Action>,
    /// Those that have no resource type: `*` is right for them.
    rightly: Vec<Action>,
    /// Those that a condition of the statement ties to tagged resources.
    conditioned: Vec<Action>,
}

fn tell(case: &Case<'_>, gathered: &Gathered, grant: Grant<'_>) -> Told {
    let authority = grant.at_most(gathered);
    let Some(mut stars) = Stars::new(&grant, &authority, &case.place.partition, &case.reach.account.caller.account)
    else {
        return Told::plain(
            Verdict::Unknown,
            "its resources name every letter there is; whether it means all was not decided",
        );
    };
    let mut sorted = Vec::new();
    let mut not_known = Vec::new();
    for named in grant.named() {
        let mut of = Sorted { avoidable: Vec::new(), rightly: Vec::new(), conditioned: Vec::new(), named };
        if of.named.actions.is_empty() && !of.named.is_pattern {
            not_known.push(of.named.written.clone());
        }
        for action in of.named.actions.clone() {
            if action.is_wildcard_only() {
                of.rightly.push(action);
                continue;
            }
            match stars.means_all(action) {
                Err(why) => return Told::plain(Verdict::Unknown, why),
                Ok(false) => {}
                Ok(true) if conditions::pick_resources(grant.statement) => of.conditioned.push(action),
                Ok(true) => of.avoidable.push(action),
            }
        }
        sorted.push(of);
    }
    let left_alone = |told: bool| left_alone(&sorted, &not_known, &grant, told);
    if sorted.iter().all(|of| of.avoidable.is_empty()) {
        // What the catalogue does not have may be an action that could be granted on fewer.
        let undecided = not_known.iter().any(|action| stars.means_everything(action) != Ok(false));
        let found = left_alone(true).unwrap_or_else(|| "on some resources only".to_owned());
        return Told::plain(if undecided { Verdict::Unknown } else { Verdict::Pass }, found);
    }
    let rewrite = Rewrite::of(case, &grant, &sorted);
    let mut found = match &rewrite {
        Some(rewrite) => rewrite.in_words(),
        None => format!(
            "{} on every resource: too many for a list, so say first which of them are needed",
            listed(&sorted, |of| &of.avoidable)
        ),
    };
    found.extend(left_alone(rewrite.is_some()).map(|left_alone| format!("; {left_alone}")));
    if grant.is_of_aws {
        found.push_str("; AWS keeps this policy, so attach one of your own in its place");
    }
    if !gathered.is_whole() {
        found.push_str("; unless what was not read denies it");
        return Told::plain(Verdict::Unknown, found);
    }
    let narrower = rewrite.as_ref().and_then(|rewrite| rewrite.proven(&grant));
    let mut as_it_is = grant.as_it_is(gathered);
    if narrower.is_none() {
        // With nothing to compare with, any request would do: one that could be granted on less says most.
        as_it_is.policies.iter_mut().take(1).flat_map(|policy| &mut policy.statements).for_each(|statement| {
            let first = sorted.iter().find_map(|of| of.avoidable.first());
            statement.action = Element { not: false, values: first.map(ToString::to_string).into_iter().collect() };
        });
    }
    let witness = match within(&as_it_is, &narrower.clone().map(Authority::of).unwrap_or_default()) {
        Answer::No(proof) => Some(proof.line),
        Answer::Yes | Answer::Unknown(_) => None,
    };
    let instead = rewrite.filter(|_| narrower.is_some()).map(|rewrite| rewrite.text());
    Told { verdict: Verdict::Fail, found, witness, instead }
}

impl Sorted {
    /// The value of `Action`; a pattern with its `actions`, or how many of them there are of which level.
    fn in_words(&self, actions: &[Action]) -> String {
        const FEW: usize = 3;
        let written = &self.named.written;
        match actions.len() {
            _ if !self.named.is_pattern => written.clone(),
            0..=FEW => {
                format!("{written} ({})", actions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
            }
            _ => format!("{written} ({})", by_level(actions)),
        }
    }

    fn avoidable_in_words(&self) -> String {
        self.in_words(&self.avoidable)
    }
}

/// The values of `Action` that have some of the actions that `pick` picks.
fn listed(sorted: &[Sorted], pick: fn(&Sorted) -> &Vec<Action>) -> String {
    let some = sorted.iter().filter(|of| !pick(of).is_empty());
    some.map(|of| of.in_words(pick(of))).collect::<Vec<_>>().join(", ")
}

/// What was left alone of a statement, and why; what is rightly on `*` only if it is to be `told`.
fn left_alone(sorted: &[Sorted], not_known: &[String], grant: &Grant<'_>, told: bool) -> Option<String> {
    let rightly = listed(sorted, |of| &of.rightly);
    let conditioned = listed(sorted, |of| &of.conditioned);
    let mut parts = Vec::new();
    if !conditioned.is_empty() {
        parts.push(format!("{conditioned} on those alone that meet {}", conditions::of_tags(grant.statement)));
    }
    if !rightly.is_empty() && told && grant.names_star() {
        parts.push(format!("rightly on *, having no resource type: {rightly}"));
    }
    if !not_known.is_empty() {
        parts.push(format!("not in the catalogue of actions, so newer or misspelt: {}", not_known.join(", ")));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}
