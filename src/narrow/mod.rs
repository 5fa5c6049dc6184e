//! The least privilege for a role: its policies, written anew so that they grant what the rules need and no more, with
//! the proof that they do.
//!
//! `floor` knows what is needed, `rewrite` how a policy is narrowed to it. What comes out is proven by the IAM engine and
//! by nothing else: that the proposal allows nothing which the policies do not, and that it allows what is needed. A
//! proposal never adds anything; what is needed and not granted is told. Denials, conditions and the boundary stay as they
//! are. Of a role whose policies were not all read there is no proposal.
//!
//! What the rules do not say of a function, such as its VPC, its destinations or X-Ray, is not known here.

mod floor;
mod rewrite;

use crate::audit::{Found, Resolved};
use crate::iam::document::Element;
use crate::iam::{Difference, Effect, Policy, Statement};
use crate::model::{Account, Arn, Gap, IdentityPolicies, Listing, Needs, ROLE, Resource, not_read};
use crate::reach::{Answer, Authority, Gathered, Reach, excess, reaches, within};
use crate::rules::{Form, Rules, Whereabouts, closest};
use floor::{Floor, Floors};
use std::collections::BTreeSet;

pub use floor::{Need, State};
pub use rewrite::{Change, Rewritten};

/// What a role's policies may be.
const OF_ROLES: IdentityPolicies = IdentityPolicies::Identity { bounded: true, groups: false };

/// What is asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// The one role that is asked about: its name in the rules file, its ARN, or its name; else every role that the flows
    /// act as.
    pub role: Option<&'a str>,
    /// Whether only what is needed is left, and not what AWS's own policies have beside it.
    pub strict: bool,
}

/// What is made of a role.
#[derive(Debug, Clone)]
pub struct Narrowed {
    /// Its name in the rules file, if it has one there.
    pub key: Option<String>,
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// The proposal; or why there is none.
    pub proposal: Result<Proposal, String>,
}

/// What could be written in the place of a role's policies.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// What the rules need of the role, and what is left to it beside.
    pub needs: Vec<Need>,
    /// The policies, inline ones first.
    pub policies: Vec<Rewritten>,
    /// Whether the boundary of the role narrows them, which stays as it is.
    pub bounded: bool,
    /// Whether the policies as they are allow all that the proposal does.
    pub contained: Verdict,
    /// Whether the proposal allows all that is needed.
    pub floor: Verdict,
    /// What the policies as they are allow beyond the proposal.
    pub beyond: Difference,
}

/// What the engine says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is so.
    Proven,
    /// It is not so.
    Refuted {
        /// What is not as it should be.
        why: String,
        /// A request that shows it.
        request: String,
    },
    /// It was not decided, for this reason.
    Unknown(String),
}

/// Why the role that was asked about is not one to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoRole {
    /// There is none, neither in the rules nor in the account; with the name that comes near.
    Unheard(Option<String>),
    /// The rules name it, and the account does not have it.
    Missing(String),
    /// The flows of the rules act as none.
    NoFlows,
}

/// What must be read of an account for it.
pub fn needs(rules: &Rules, place: &Whereabouts) -> Needs {
    let mut needs = rules.needs(place);
    for (key, _) in floor::functions(rules) {
        let declared = rules.resource(key);
        let region = place.region_of(declared);
        match place.name_of(declared) {
            Some(name) => needs.named(declared.kind.type_name, region, &name, [floor::LOGGING]),
            None => needs.all(declared.kind.type_name, region, [floor::LOGGING]),
        }
    }
    needs
}

/// The roles that are asked about, each with its policies narrowed.
///
/// # Errors
/// If there is no such role.
pub fn narrow(
    rules: &Rules,
    account: &Account,
    place: &Whereabouts,
    asked: Asked<'_>,
) -> Result<Vec<Narrowed>, NoRole> {
    let reach = Reach::new(account, &place.region);
    let resolved = Resolved::new(rules, account, place, &reach);
    let narrower = Narrower { rules, reach: &reach, resolved: &resolved, floors: Floors::of(rules, &resolved), asked };
    let roles = match asked.role {
        Some(typed) => vec![narrower.typed(typed)?],
        None => narrower.floors.roles(),
    };
    if roles.is_empty() {
        let open = narrower.floors.open_of("");
        if open.is_empty() {
            return Err(NoRole::NoFlows);
        }
        let nobody = Narrowed {
            key: None,
            name: "the roles of the flows".to_owned(),
            arn: String::new(),
            proposal: Err(open.join("; ")),
        };
        return Ok(vec![nobody]);
    }
    Ok(roles.into_iter().map(|arn| narrower.role(arn)).collect())
}

struct Narrower<'a> {
    rules: &'a Rules,
    reach: &'a Reach<'a>,
    resolved: &'a Resolved<'a>,
    floors: Floors,
    asked: Asked<'a>,
}

impl<'a> Narrower<'a> {
    /// The ARN of the role that was typed; of one that was not read, whatever is known of it.
    fn typed(&self, typed: &str) -> Result<String, NoRole> {
        let declared = || self.rules.resources.iter().filter(|declared| declared.kind.type_name == ROLE);
        let known = self.reach.listed(ROLE, "");
        if let Some(declared) = declared().find(|declared| declared.key == typed) {
            return match self.resolved.get(&declared.key) {
                Found::There(found, _) | Found::Ambiguous(found, _) => Ok(found[0].id.clone()),
                Found::Unknown(_) => Ok(self.resolved.arns(declared).pop().unwrap_or_else(|| typed.to_owned())),
                Found::Missing(..) | Found::Blocked(_) => Err(NoRole::Missing(typed.to_owned())),
            };
        }
        let is_meant = |name: &str, arn: &str| name == typed || arn == typed;
        if let Some(role) = known.iter().find(|role| is_meant(&role.name, &role.id)) {
            return Ok(role.id.clone());
        }
        let account = self.reach.account;
        let arn = typed.parse::<Arn>().ok();
        let foreign = arn.as_ref().is_some_and(|arn| arn.account != account.caller.account);
        let listed = matches!(account.listing(ROLE, ""), Some(Listing::Complete(_)));
        let name = arn.as_ref().map_or(typed, Arn::name);
        if self.floors.acts(typed)
            || account.names_of(ROLE, "").any(|known| known == name)
            || (arn.is_some() && !listed && !foreign)
        {
            return Ok(typed.to_owned());
        }
        let names = declared().map(|declared| declared.key.as_str()).chain(known.iter().map(|role| role.name.as_str()));
        Err(NoRole::Unheard(closest(name, names).map(str::to_owned)))
    }

    fn role(&self, arn: String) -> Narrowed {
        let found = self.reach.listed(ROLE, "").iter().copied().find(|role| role.id == arn || role.name == arn);
        let Some(role) = found else {
            let name = arn.parse::<Arn>().map_or_else(|_| arn.clone(), |arn| arn.name().to_owned());
            let key = self.rules.resources.iter().find(|declared| {
                declared.kind.type_name == ROLE && (declared.key == arn || self.resolved.arns(declared).contains(&arn))
            });
            let proposal = Err(self.unread(&arn, &name, key.map(|declared| declared.key.as_str())));
            return Narrowed { key: key.map(|declared| declared.key.clone()), name, arn, proposal };
        };
        let is_it = |key: &str| match self.resolved.get(key) {
            Found::There(found, _) => found.iter().any(|found| found.id == role.id),
            _ => false,
        };
        let key = self.rules.resources.iter().find(|r| r.kind.type_name == ROLE && is_it(&r.key));
        let gathered = self.reach.gather(OF_ROLES, role);
        let proposal = if gathered.is_whole() { Ok(self.propose(role, &gathered)) } else { Err(gathered.why()) };
        Narrowed {
            key: key.map(|declared| declared.key.clone()),
            name: role.name.clone(),
            arn: role.id.clone(),
            proposal,
        }
    }

    /// Why there is nothing to say of a role that is not among those that were read.
    fn unread(&self, arn: &str, name: &str, key: Option<&str>) -> String {
        let account = self.reach.account;
        if let Ok(arn) = arn.parse::<Arn>()
            && arn.account != account.caller.account
        {
            return format!("it belongs to the account {}, which is not read", arn.account);
        }
        let gaps: Vec<Gap> = match (key.map(|key| self.resolved.get(key)), account.listing(ROLE, "")) {
            (Some(Found::Unknown(gaps)), _) => gaps.clone(),
            (_, Some(Listing::Broken(gap))) => vec![gap.clone()],
            (_, Some(Listing::Complete(_))) if !account.names_of(ROLE, "").any(|known| known == name) => {
                return "there is no such role in the account".to_owned();
            }
            _ => {
                return "its policies were not asked for; declare the role among the resources of the rules".to_owned();
            }
        };
        not_read(&gaps)
    }

    fn propose(&self, role: &Resource, gathered: &Gathered) -> Proposal {
        let original = gathered.read();
        let context = self.reach.context(OF_ROLES, role);
        let floor: Floor = self.floors.role(self.rules, self.resolved, (role, gathered), self.reach, self.asked.strict);
        let policies = rewrite::rewrite(gathered, &floor.needs, |arn| self.attached_elsewhere(arn, role));
        let proposal = Authority {
            policies: policies.iter().filter_map(|policy| policy.after.clone()).collect(),
            ..original.clone()
        };
        let contained = match policies.iter().find(|policy| policy.change == Change::Unwritten) {
            Some(policy) => Verdict::Unknown(format!("{} cannot be written anew", policy.before.origin.name)),
            None => match within(&proposal, &original) {
                Answer::Yes => Verdict::Proven,
                Answer::No(proof) => Verdict::Refuted { why: proof.allowed(), request: proof.line },
                Answer::Unknown(why) => Verdict::Unknown(why),
            },
        };
        let mut unknown = floor.open.clone();
        let mut refuted = None;
        let of_flows = (floor.of_flows, context);
        for (policy, context) in std::iter::once(&of_flows).chain(&floor.documents) {
            match reaches(&proposal, policy, context) {
                Answer::Yes => {}
                Answer::No(proof) => {
                    let by_original = reaches(&original, policy, context) == Answer::Yes;
                    let neither = if by_original { "" } else { ", nor is it by the policies as they are" };
                    let why = format!("{}{neither}; {} asks for it", proof.refused(), policy.origin.name);
                    refuted.get_or_insert(Verdict::Refuted { why, request: proof.line });
                }
                Answer::Unknown(why) => unknown.push(format!("{}: {why}", policy.origin.name)),
            }
        }
        let floor_verdict = match (refuted, unknown.is_empty()) {
            (Some(refuted), _) => refuted,
            (None, true) => Verdict::Proven,
            (None, false) => Verdict::Unknown(unknown.join("; ")),
        };
        Proposal {
            beyond: excess(&original, &proposal),
            bounded: original.boundary.is_some(),
            needs: floor.needs,
            policies,
            contained,
            floor: floor_verdict,
        }
    }

    /// The other roles that were read and have the managed policy attached.
    fn attached_elsewhere(&self, arn: &Arn, role: &Resource) -> Vec<String> {
        let arn = arn.to_string();
        let has = |other: &&&Resource| {
            let mut attached = BTreeSet::new();
            if let crate::model::Value::List(items) | crate::model::Value::Set(items) =
                other.properties.get("ManagedPolicyArns")
            {
                attached.extend(items.iter().filter_map(crate::model::Value::as_text));
            }
            other.id != role.id && attached.contains(&arn)
        };
        self.reach.listed(ROLE, "").iter().filter(has).map(|other| other.name.clone()).collect()
    }
}

impl Proposal {
    /// Whether both proofs stand, and the policies as they are allow nothing beyond the proposal.
    pub fn is_least(&self) -> bool {
        self.contained == Verdict::Proven
            && self.floor == Verdict::Proven
            && self.beyond.grants.is_empty()
            && self.beyond.unknown.is_empty()
    }

    /// Whether something is known to be amiss: a grant beyond the proposal, or a need that is not granted.
    pub fn has_findings(&self) -> bool {
        !self.beyond.grants.is_empty()
            || [&self.contained, &self.floor].iter().any(|v| matches!(v, Verdict::Refuted { .. }))
    }
}

/// A policy that allows `statements`, called `name`.
fn policy(name: &str, statements: Vec<Statement>) -> Policy {
    let policy = Policy {
        origin: Default::default(),
        version: crate::iam::document::Version::V2012,
        id: None,
        statements,
        oddities: Vec::new(),
    };
    policy.named(name, None)
}

/// A statement that allows an action on a resource, both perhaps patterns.
fn allowing(action: &str, resource: &str) -> Statement {
    let only = |value: &str| Element { not: false, values: vec![value.to_owned()] };
    Statement {
        index: 0,
        line: 1,
        sid: None,
        effect: Effect::Allow,
        principal: None,
        action: only(action),
        resource: Some(only(resource)),
        conditions: Vec::new(),
    }
}

/// The flows of the rules, with the ids of their rules.
fn flows(rules: &Rules) -> impl Iterator<Item = (&str, &crate::rules::Flow)> {
    rules.rules.iter().filter_map(|rule| match &rule.form {
        Form::Flow(flow) => Some((rule.id.as_str(), flow)),
        _ => None,
    })
}
