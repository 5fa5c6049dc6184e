//! Proposals as programs read them.

use crate::cli::policy::difference::Found;
use crate::narrow::{Change, Narrowed, Need, Proposal, Rewritten, State, Verdict};
use crate::rules::Rules;
use serde::Serialize;
use serde_json::Value as Json;

/// The answer.
#[derive(Serialize)]
pub(super) struct Whole<'a> {
    version: u8,
    rules: &'a str,
    account: &'a str,
    /// Whether nothing is unknown.
    complete: bool,
    roles: Vec<Role<'a>>,
}

#[derive(Serialize)]
struct Role<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    name: &'a str,
    arn: &'a str,
    /// Why there is no proposal.
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<Proposed<'a>>,
}

#[derive(Serialize)]
struct Proposed<'a> {
    least: bool,
    bounded: bool,
    needs: Vec<Needed<'a>>,
    policies: Vec<Policy<'a>>,
    contained_in_original: Proof<'a>,
    contains_floor: Proof<'a>,
    original_beyond_proposal: Found,
}

#[derive(Serialize)]
struct Needed<'a> {
    action: &'a str,
    resource: &'a str,
    required: bool,
    by: &'a [String],
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<String>,
}

#[derive(Serialize)]
struct Policy<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    arn: Option<String>,
    aws_managed: bool,
    change: &'static str,
    /// What could be in its place; none if it could be taken away.
    document: Option<Json>,
    also_attached_to: &'a [String],
}

#[derive(Serialize)]
struct Proof<'a> {
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a str>,
}

impl<'a> Whole<'a> {
    pub(super) fn of(rules: &'a Rules, account: &'a str, roles: &'a [Narrowed]) -> Self {
        let is_open = |role: &Narrowed| role.proposal.as_ref().map_or(true, super::is_open);
        let complete = !roles.iter().any(is_open);
        Self { version: 1, rules: &rules.file, account, complete, roles: roles.iter().map(role).collect() }
    }
}

fn role(of: &Narrowed) -> Role<'_> {
    Role {
        key: of.key.as_deref(),
        name: &of.name,
        arn: &of.arn,
        unknown: of.proposal.as_ref().err().map(String::as_str),
        proposal: of.proposal.as_ref().ok().map(proposed),
    }
}

fn proposed(of: &Proposal) -> Proposed<'_> {
    Proposed {
        least: of.is_least(),
        bounded: of.bounded,
        needs: of.needs.iter().map(needed).collect(),
        policies: of.policies.iter().map(policy).collect(),
        contained_in_original: proof(&of.contained),
        contains_floor: proof(&of.floor),
        original_beyond_proposal: Found::of(of.beyond.clone(), false),
    }
}

fn needed(of: &Need) -> Needed<'_> {
    let (state, found) = match &of.state {
        State::Granted => ("granted", None),
        State::ByResource(places) => ("granted-by-resource", Some(places.join(" and "))),
        State::Missing(why) => ("missing", Some(why.clone())),
        State::Unknown(why) => ("unknown", Some(why.clone())),
    };
    Needed { action: &of.action, resource: &of.resource, required: of.required, by: &of.why, state, found }
}

fn policy(of: &Rewritten) -> Policy<'_> {
    // What is written is JSON: it was read back.
    let document = of.after.as_ref().and_then(|policy| serde_json::from_str(&policy.to_json()).ok());
    Policy {
        name: &of.name,
        arn: of.arn.as_ref().map(ToString::to_string),
        aws_managed: of.is_of_aws(),
        change: match of.change {
            Change::None => "none",
            Change::Narrowed => "narrowed",
            Change::Emptied => "take-away",
            Change::Unwritten => "unknown",
        },
        document: document.filter(|_| of.change != Change::Unwritten),
        also_attached_to: &of.elsewhere,
    }
}

fn proof(of: &Verdict) -> Proof<'_> {
    match of {
        Verdict::Proven => Proof { verdict: "proven", reason: None, request: None },
        Verdict::Refuted { why, request } => Proof { verdict: "refuted", reason: Some(why), request: Some(request) },
        Verdict::Unknown(why) => Proof { verdict: "unknown", reason: Some(why), request: None },
    }
}
