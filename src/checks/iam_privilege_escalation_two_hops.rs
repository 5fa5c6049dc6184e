//! `iam-privilege-escalation-two-hops`: principals that can become another one, which is an administrator or has a known
//! way to more rights itself.
//!
//! Only those others are looked at who are administrators or have a way open, which is worked out once for all: what
//! leads to somebody harmless is no finding, and costs nothing.

use super::escalation::{
    Everyone, Gain, Open, Path, Subject, Taken, Way, assumes, by_length, everyone, gained, in_words, limited, prepared,
    toward, unlisted,
};
use super::iam_privilege_escalation::{BOUNDS, administrator, calls, subject};
use super::{Analysis, Case, Judged, Row};
use crate::model::{Beside, Check, Control, FUNCTION, Gap, Reads, Severity, Verdict, not_read};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "iam-privilege-escalation-two-hops",
        title: "No principal can become one that has a way to more rights",
        finds: "Each other role, user or group that a principal can become, if that one is an administrator or has a known way to more rights than the principal has: the chain in words, with what allows the first hop. A principal becomes another by assuming it, by one of the ways of iam-privilege-escalation (passing it to a new function, instance or task; credentials of a user; its trust policy), or by changing the code of a function that runs as it.\n\n\
            One row for each that it can become, by the way that takes the least; ten at the most, administrators first. To assume an administrator is left alone here: it is one step and no chain; iam-privilege-escalation tells of it where neither side names the other. What that check says of ways, of what is gained and of what is coarse holds for both hops.\n\n\
            A principal that is an administrator already passes. Chains of more than two hops are not followed: what can be reached by the first hop is judged by itself, and has a finding of its own.",
        matters: "Each grant of such a chain looks harmless where it is written: only together they lead to rights that nobody meant to give.",
        mend: "Break the chain at its weakest hop: IAM console > Roles > the role in the middle > Trust relationships, so that fewer may assume it; or the policy that is named > Edit: name the roles in Resource of iam:PassRole, and add the condition iam:PassedToService.",
        severity: Severity::High,
        controls: &[Control::new("Checkov", "CKV_AWS_110"), Control::new("Checkov", "CKV_AWS_286")],
        reads: Reads::Permissions,
        beside: &[Beside::Principals, Beside::InRegion(FUNCTION, &["Arn", "Role"])],
    },
    run,
};

/// How many that somebody can become are told: they are no fewer to mend where there are more.
const TOLD: usize = 10;

fn run(case: &Case<'_>) -> Judged {
    let subject = subject(case);
    let mut judged = Judged {
        rows: Vec::new(),
        nothing: "it can become nobody who has a way to more rights",
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
        return judged;
    }
    if subject.gathered.lacking_policies() {
        let found = subject.gathered.why();
        judged.rows.push(Row { path: "its policies".to_owned(), verdict: Verdict::Unknown, found });
        return judged;
    }
    let everyone = everyone(case);
    let first: Vec<(&'static Path, Taken)> = by_length()
        .into_iter()
        .filter(|path| !matches!(path.way, Way::Own | Way::Assume))
        .map(|path| (path, prepared(case, &subject, path)))
        .filter(|(_, taken)| *taken != Taken::No)
        .collect();
    let (mut fails, mut unknown) = (Vec::new(), Vec::new());
    for other in everyone.that_matter(case, &subject) {
        if fails.len() == TOLD {
            break;
        }
        match hop(case, everyone, &subject, &first, &other) {
            Hop::No => {}
            Hop::Unknown(found) => unknown.push(Row { path: other.name.clone(), verdict: Verdict::Unknown, found }),
            Hop::To(found, witness) => {
                judged.witness = judged.witness.or(witness);
                judged.calls.extend(other.gathered.calls.iter().cloned());
                fails.push(Row { path: other.name.clone(), verdict: Verdict::Fail, found });
            }
        }
    }
    let gaps = not_listed(case, everyone, &subject, &first);
    if !gaps.is_empty() {
        judged.calls.extend(gaps.iter().map(|gap| gap.call.clone()));
        unknown.push(Row { path: "others".to_owned(), verdict: Verdict::Unknown, found: not_read(&gaps) });
    }
    judged.rows = fails;
    judged.rows.extend(limited(unknown, "that it may become"));
    judged
}

/// Whether somebody can become another, and gains by it.
enum Hop {
    No,
    /// The chain in words, and a request of its first hop.
    To(String, Option<String>),
    Unknown(String),
}

fn hop(
    case: &Case<'_>,
    everyone: &Everyone,
    subject: &Subject,
    first: &[(&'static Path, Taken)],
    other: &Subject,
) -> Hop {
    let further = match further(case, everyone, subject, other) {
        Ok(None) => return Hop::No,
        further => further,
    };
    let mut doubt = None;
    let assumed =
        (!other.is_administrator()).then(|| ("sts-001", "assume {}", assumes(case, everyone, subject, other, false)));
    let others = first.iter().map(|(path, before)| {
        let taken = match toward(case, everyone, subject, path, other) {
            Taken::No => Taken::No,
            taken => taken.and(|| before.clone()),
        };
        (path.id, path.does, taken)
    });
    for (id, does, taken) in assumed.into_iter().chain(others) {
        let steps = match taken {
            Taken::No => continue,
            Taken::Unknown(why) => {
                doubt.get_or_insert(why);
                continue;
            }
            Taken::Yes(steps) => steps,
        };
        let further = match &further {
            Ok(Some(further)) if subject.gathered.is_whole() && subject.grants == Ok(true) => further,
            Ok(_) => {
                let why = subject.grants.as_ref().err().map(|gaps| not_read(gaps));
                return Hop::Unknown(why.unwrap_or_else(|| subject.gathered.why()));
            }
            Err(why) => return Hop::Unknown(why.clone()),
        };
        let by: Vec<String> = steps
            .iter()
            .filter(|step| !step.by.is_empty())
            .map(|step| format!("{} by {}", step.action, step.by.join(" and ")))
            .collect();
        let found = format!("it may {} ({id}: {}); {further}", does.replacen("{}", &other.name, 1), by.join(", "));
        return Hop::To(found, steps.first().map(|step| step.request.clone()));
    }
    doubt.map_or(Hop::No, Hop::Unknown)
}

/// What `other` may do that `subject` may not, in words: none if nothing.
fn further(case: &Case<'_>, everyone: &Everyone, subject: &Subject, other: &Subject) -> Result<Option<String>, String> {
    if other.is_administrator() {
        return Ok(Some(gained(other, false, &Default::default())));
    }
    let ways = everyone.ways(case, other);
    let mut doubt =
        ways.unknown.first().map(|(_, why)| format!("whether {} has a way to more rights: {why}", other.name));
    let in_turn = |open: &Open| format!("{} {} ({})", other.name, in_words(open, other), open.path.id);
    for open in &ways.open {
        let more = match &open.gain {
            Gain::Own(_) => everyone.more(other, true, subject),
            Gain::Of(of, potential, _) => everyone.more(of, *potential, subject),
        };
        match more {
            Ok(Some(_)) => return Ok(Some(in_turn(open))),
            Ok(None) => {}
            Err(why) => drop(doubt.get_or_insert(why)),
        }
    }
    doubt.map_or(Ok(None), Err)
}

/// What kept those from being known that it could become.
fn not_listed(case: &Case<'_>, everyone: &Everyone, subject: &Subject, first: &[(&'static Path, Taken)]) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = first.iter().flat_map(|(path, _)| unlisted(case, everyone, subject, path)).collect();
    if subject.is_principal() {
        // A role that was not listed may let it in.
        gaps.extend(everyone.roles_not_listed().iter().cloned());
    }
    gaps.sort_by_key(|gap| gap.to_string());
    gaps.dedup();
    gaps
}
