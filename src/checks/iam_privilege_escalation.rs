//! `iam-privilege-escalation`: principals and policies whose grants contain a known way to more rights, in one step.
//!
//! Whether a way is open, and whether more is gained by it, is decided by the IAM engine; what is coarse about it is said
//! in the documentation of the check.

use super::escalation::{Subject, by, everyone, in_words, limited};
use super::{Analysis, Case, Judged, Row};
use crate::model::{Beside, Call, Check, Control, FUNCTION, Reads, Severity, Verdict};
use std::rc::Rc;

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "iam-privilege-escalation",
        title: "No principal has a known way to more rights",
        finds: "Each known way from the rights of a role, user, group or managed policy to more rights, if all that it takes is allowed: writing its own policies, making credentials of a user, writing itself into a trust policy, passing a role to a new function, instance, task or stack, changing the code of a function, and so on. The ways and their ids are those of pathfinding.cloud as of 2026-11-23: a way can be looked up at https://pathfinding.cloud/paths/ID; an id without a number is ours.\n\n\
            A way is open if each action is allowed on what makes the way work, in some context, within the permissions boundary and past all denials: on the principal itself, one of its groups, or a policy that is attached to it; on another role or user; iam:PassRole with iam:PassedToService on a role whose trust policy lets that service in; lambda:UpdateFunctionCode on a function of the region. And something must be gained by it: rights that the principal has not. Writing to logs, metrics and traces is no gain. A policy is attached by way of iam:Attach...Policy only if AdministratorAccess may be.\n\n\
            A group or managed policy is judged by itself, as if whoever has it had nothing else: on those that have it, or, if nobody has, on somebody whom it does not name.\n\n\
            An administrator as iam-full-administrator finds them is told there, and passes here: what is denied to it does not matter as long as it could give it to another, and a condition on a tag makes no administrator. To assume a role that names the principal, or that a policy of the principal names, is what was granted, and no finding; that a role lets the whole account in and a grant on every role meets it is one. Of two ways of which one takes less, the other is not told.\n\n\
            Coarse on purpose: what runs in services other than Lambda is not read, so that a way through what is there (an instance, a build project, a stack) counts as soon as a role with more rights lets that service in. Functions of other regions, instance profiles, quotas, passwords and keys that are there already, and policies of an organization are not read either. An action that is asked of several resources counts if it is allowed on one.",
        matters: "Whoever gets hold of the principal gets more than it was given, perhaps the whole account.",
        mend: "IAM console > the policy that is named > Edit: take the action away, or narrow Resource to what is needed; for iam:PassRole name the roles, and add the condition iam:PassedToService. Or set a permissions boundary (IAM console > Roles or Users > Permissions > Permissions boundary).",
        severity: Severity::High,
        controls: &[Control::new("Checkov", "CKV_AWS_110"), Control::new("Checkov", "CKV_AWS_286")],
        reads: Reads::Permissions,
        beside: &[Beside::Principals, Beside::InRegion(FUNCTION, &["Arn", "Role"])],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    let subject = subject(case);
    let mut judged = Judged {
        rows: Vec::new(),
        nothing: "no known way to more rights is open",
        witness: None,
        instead: Vec::new(),
        calls: calls(&subject),
    };
    if subject.is_administrator() {
        judged.rows.push(administrator());
        return judged;
    }
    if subject.grants == Ok(false) {
        judged.nothing = BOUNDS;
    }
    let ways = everyone(case).ways(case, &subject);
    judged.calls.extend(ways.gaps.iter().map(|gap| gap.call.clone()));
    let mut rows = Vec::new();
    for open in &ways.open {
        judged.witness = judged.witness.or_else(|| open.steps.first().map(|step| step.request.clone()));
        let found = format!("{} ({})", in_words(open, &subject), by(open));
        rows.push(Row { path: open.path.id.to_owned(), verdict: Verdict::Fail, found });
    }
    judged.rows = limited(rows, "ways");
    let unknown = ways.unknown.iter();
    let unknown =
        unknown.map(|(id, why)| Row { path: (*id).to_owned(), verdict: Verdict::Unknown, found: why.clone() });
    judged.rows.extend(limited(unknown.collect(), "ways"));
    judged
}

/// What is said of a policy that is attached to nobody and bounds somebody.
pub(super) const BOUNDS: &str = "it bounds others and grants nobody anything";

/// The resource of `case`, as whose rights are looked at.
pub(super) fn subject(case: &Case<'_>) -> Rc<Subject> {
    if let Some(known) = everyone(case).subject(&case.resource.id) {
        return known;
    }
    match case.kind.standing.permissions {
        Some(permissions) => Rc::new(Subject::read(case.reach, permissions, case.resource)),
        None => unreachable!("the loader calls a check on what it goes with alone"),
    }
}

pub(super) fn calls(subject: &Subject) -> Vec<Call> {
    let gathered = &subject.gathered;
    gathered.calls.iter().chain(gathered.gaps.iter().map(|gap| &gap.call)).cloned().collect()
}

pub(super) fn administrator() -> Row {
    Row {
        path: "an administrator already".to_owned(),
        verdict: Verdict::Pass,
        found: "it may do everything, under conditions at the most".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::checks::escalation::AS_OF;

    #[test]
    fn the_day_of_the_table_is_said() {
        assert!(CHECK.check.finds.contains(AS_OF));
    }
}
