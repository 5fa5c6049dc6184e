//! Proposals for a person: what is needed, the documents, what is taken away, and the proof.

use crate::cli::policy::difference::{self, because_of};
use crate::cli::policy::paragraph::hanging;
use crate::iam::Lack;
use crate::model::harmless;
use crate::narrow::{Change, Narrowed, Need, Proposal, Rewritten, State, Verdict};

/// The longest label.
const LABEL: usize = 9;

/// The roles, one after the other, and what it comes to.
pub(super) fn of(roles: &[Narrowed], width: usize) -> String {
    let mut text = String::new();
    for role in roles {
        text.push_str(&head(role, width));
        match &role.proposal {
            Ok(proposal) => text.push_str(&proposed(proposal, width)),
            Err(why) => text.push_str(&hanging(2, "unknown", LABEL, why, width)),
        }
        text.push('\n');
    }
    text + &hanging(0, "", 0, &sum(roles), width)
}

fn head(role: &Narrowed, width: usize) -> String {
    let key = role.key.as_deref().filter(|key| *key != role.name).map(|key| format!(", {key} of the rules"));
    hanging(0, "", 0, &format!("{}{}", role.name, key.unwrap_or_default()), width)
}

fn proposed(of: &Proposal, width: usize) -> String {
    let mut text = needs(&of.needs, width);
    for policy in &of.policies {
        text.push('\n');
        text.push_str(&document(policy, width));
    }
    if !of.beyond.grants.is_empty() || !of.beyond.unknown.is_empty() {
        text.push('\n');
        text.push_str(&hanging(2, "", 0, "allowed as it is, and not by the proposal", width));
        text.push_str(&because_of(&of.beyond, &because, false, width));
    }
    text.push('\n');
    let mut proof = |label: &str, holds: &str, fails: &str, verdict: &Verdict| match verdict {
        Verdict::Proven => text.push_str(&hanging(2, label, LABEL, holds, width)),
        Verdict::Refuted { why, request } => {
            text.push_str(&hanging(2, label, LABEL, &format!("{fails}: {why}"), width));
            text.push_str(&hanging(2, "", LABEL, &format!("shown by {request}"), width));
        }
        Verdict::Unknown(why) => text.push_str(&hanging(2, label, LABEL, &format!("unknown: {why}"), width)),
    };
    let within = if of.bounded { "the policies as they are, within the boundary" } else { "the policies as they are" };
    proof(
        "proven",
        &format!("{within} allow all that the proposal does"),
        "it goes beyond the policies",
        &of.contained,
    );
    proof(
        if of.floor == Verdict::Proven { "proven" } else { "floor" },
        "the proposal allows all that the rules need of the role's policies",
        "does not contain the floor",
        &of.floor,
    );
    text
}

/// What is needed, by the resource that it is needed on; and what is let in elsewhere, missing or not known.
fn needs(needs: &[Need], width: usize) -> String {
    let mut text = String::new();
    let label = |need: &Need| match (&need.state, need.required) {
        (State::Granted, true) => Some("needs"),
        (State::Granted, false) => Some("keeps"),
        (State::ByResource(_), true) => Some("elsewhere"),
        (State::Missing(_), true) => Some("lacks"),
        (State::Unknown(_), _) => Some("unknown"),
        (State::ByResource(_) | State::Missing(_), false) => None,
    };
    let aside = |need: &Need| match &need.state {
        State::ByResource(places) => format!(": let in by {}", places.join(" and ")),
        State::Missing(_) => " (not granted, and not added)".to_owned(),
        State::Unknown(why) => format!(": {why}"),
        State::Granted => String::new(),
    };
    let mut lines: Vec<(&str, Vec<&str>, &Need)> = Vec::new();
    for need in needs {
        let Some(label) = label(need) else { continue };
        let same = |line: &&mut (&str, Vec<&str>, &Need)| {
            line.0 == label
                && line.2.resource == need.resource
                && line.2.why == need.why
                && aside(line.2) == aside(need)
        };
        match lines.iter_mut().find(same) {
            Some((_, actions, _)) => actions.push(&need.action),
            None => lines.push((label, vec![&need.action], need)),
        }
    }
    let order = ["needs", "keeps", "elsewhere", "lacks", "unknown"];
    lines.sort_by_key(|(label, ..)| order.iter().position(|known| known == label));
    for (label, actions, need) in lines {
        let said = format!("{} on {}{}, for {}", actions.join(", "), need.resource, aside(need), need.why.join(", "));
        text.push_str(&hanging(2, label, LABEL, &said, width));
    }
    if text.is_empty() { hanging(2, "needs", LABEL, "nothing that the rules say", width) } else { text }
}

fn document(of: &Rewritten, width: usize) -> String {
    let called = match (&of.arn, of.is_of_aws()) {
        (_, true) => format!("the AWS managed policy {}", of.name),
        (Some(_), false) => format!("the policy {}", of.name),
        (None, _) => format!("the inline policy {}", of.name),
    };
    let also = if of.elsewhere.is_empty() {
        String::new()
    } else {
        format!("; it is attached to {} as well, so give this role one of its own", of.elsewhere.join(", "))
    };
    let says = match of.change {
        Change::None => "stays as it is".to_owned(),
        Change::Narrowed if of.is_of_aws() => {
            "AWS keeps it, so attach one of your own in its place, with this document".to_owned()
        }
        Change::Narrowed => format!("write this in its place{also}"),
        Change::Emptied if of.arn.is_some() => "nothing in the rules needs what it grants: detach it".to_owned(),
        Change::Emptied => "nothing in the rules needs what it grants: delete it".to_owned(),
        Change::Unwritten => "cannot be written anew: look at it by hand".to_owned(),
    };
    let mut text = hanging(2, "", 0, &format!("{called}: {says}"), width);
    if of.change == Change::Narrowed {
        for line in of.after.iter().flat_map(|policy| policy.to_json().lines().map(str::to_owned).collect::<Vec<_>>()) {
            text.push_str(&format!("    {}\n", harmless(&line)));
        }
    }
    text
}

fn because(lack: &Lack) -> String {
    match lack {
        Lack::NoStatement => "nothing in the rules needs it".to_owned(),
        Lack::Narrower { resources: true, .. } => "the rules need it on what the proposal names alone".to_owned(),
        other => difference::because(other, "the proposal"),
    }
}

/// What it comes to.
fn sum(roles: &[Narrowed]) -> String {
    let count = |is: &dyn Fn(&Proposal) -> bool| roles.iter().filter(|r| r.proposal.as_ref().is_ok_and(is)).count();
    let least = count(&Proposal::is_least);
    let broader = count(&|of| !of.beyond.grants.is_empty());
    let lacking = count(&|of| matches!(of.floor, Verdict::Refuted { .. }));
    let open = roles.iter().filter(|role| role.proposal.as_ref().map_or(true, super::is_open)).count();
    let said = [
        (least, "grant what is needed and no more"),
        (broader, "grant more than is needed"),
        (lacking, "lack something that is needed"),
        (open, "are not known whole"),
    ];
    let said: Vec<String> =
        said.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let noun = if roles.len() == 1 { "role" } else { "roles" };
    format!("{} {noun}: {}. Nothing was changed.", roles.len(), said.join(", "))
}
