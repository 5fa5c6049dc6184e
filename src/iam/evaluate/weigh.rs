//! The layers weighed against each other.

use super::decision::{Applied, Decision, Missed, Outcome, Reason};
use super::keys::{Keys, account_of};
use super::policies::{Layer, Policies, Said, ask};
use super::principal::{Identity, Kind};
use super::services::{self, Fixed};
use super::statement::{Asked, Stands};
use super::truth::Truth;
use crate::iam::document::{Effect, Statement};
use crate::iam::{Policy, Principal, Request};

/// A decision, and whether the request would be allowed if nothing were denied.
pub(super) struct Weighed {
    pub(super) decision: Decision,
    pub(super) granted: Truth,
}

pub(super) fn grants(policies: &[&Policy], request: &Request) -> Outcome {
    let asked = Asked::new(request, Keys::as_given(request), false);
    let (mut allow, mut deny) = (Truth::No, Truth::No);
    for policy in policies {
        let stands = if policy.names_principals() { Stands::WithResource } else { Stands::WithIdentity };
        let said = Said::by(Layer::Identity, stands, [*policy], &asked);
        allow = allow | said.allow.at_all();
        deny = deny | said.deny;
    }
    outcome(allow, deny)
}

pub(super) fn near_grants(policy: &Policy, request: &Request) -> Vec<(usize, Vec<Missed>)> {
    let asked = Asked::new(request, Keys::as_given(request), false);
    let stands = if policy.names_principals() { Stands::WithResource } else { Stands::WithIdentity };
    let of = |(at, statement)| (at, asked.misses(statement, policy.version, stands).collect::<Vec<_>>());
    let allows = |(_, statement): &(usize, &Statement)| statement.effect == Effect::Allow;
    policy.statements.iter().enumerate().filter(allows).map(of).filter(|(_, missed)| !missed.is_empty()).collect()
}

pub(super) fn denying(policy: &Policy, request: &Request) -> Option<usize> {
    let asked = Asked::new(request, Keys::as_given(request), false);
    let stands = if policy.names_principals() { Stands::WithResource } else { Stands::WithIdentity };
    let applies = |statement: &Statement| {
        let named = asked.applies(statement, policy.version, stands, &mut Vec::new());
        statement.effect == Effect::Deny && named.at_all() == Truth::Yes
    };
    policy.statements.iter().position(applies)
}

fn outcome(granted: Truth, denied: Truth) -> Outcome {
    match (granted, denied) {
        (_, Truth::Yes) => Outcome::ExplicitlyDenied,
        (Truth::No, _) => Outcome::ImplicitlyDenied,
        (Truth::Yes, Truth::No) => Outcome::Allowed,
        _ => Outcome::Unknown,
    }
}

/// Decides a request on one resource.
pub(super) fn decide(request: &Request, policies: &Policies) -> Weighed {
    let asked = Asked::new(request, Keys::new(request), policies.boundary.is_some());
    let said = ask(policies, &asked);
    let denied = Truth::any(said.iter().map(|said| said.deny));
    let (granted, same_account) = match same_account(request) {
        Some(same) => (granted(request, &said, same), Some(same)),
        // Whose the resource is decides only if the two answers differ.
        None => {
            let (one, two) = (granted(request, &said, true), granted(request, &said, false));
            (if one == two { one } else { Truth::Unknown }, None)
        }
    };
    let fixed = services::fixed(request);
    let decision = match fixed {
        Some(Fixed::Allowed(rule)) => by_rule(Outcome::Allowed, rule),
        Some(Fixed::Denied(rule)) if denied != Truth::Yes => by_rule(Outcome::ImplicitlyDenied, rule),
        _ => explain(outcome(granted, denied), &asked, &said, same_account),
    };
    let granted = if matches!(fixed, Some(Fixed::Denied(_))) { Truth::No } else { granted };
    Weighed { decision, granted }
}

fn by_rule(outcome: Outcome, rule: &'static str) -> Decision {
    Decision { outcome, statements: Vec::new(), reason: Reason::Rule(rule), resource: None }
}

/// Whether the principal's account owns the resource; `None` if that is not known. What has no owner, such as what AWS
/// manages or `*`, is asked for in the principal's own account.
fn same_account(request: &Request) -> Option<bool> {
    let principal = request.principal.account();
    match account_of(request) {
        Some(owner) => Some(principal == Some(owner)),
        None if request.resource == "*" => Some(true),
        None if request.resource.split(':').nth(4) == Some("aws") => Some(true),
        None => None,
    }
}

fn is_root(request: &Request) -> bool {
    matches!(&request.principal, Principal::Aws(arn)
        if Identity::of(arn).is_some_and(|identity| identity.kind == Kind::Root))
}

/// The layer's Allow, if the layer is there.
fn allow_of(said: &[Said<'_>], layer: &Layer) -> Option<Truth> {
    said.iter().find(|said| said.layer == *layer).map(|said| said.allow.at_all())
}

/// Whether everything that must allow the request does.
fn granted(request: &Request, said: &[Said<'_>], same_account: bool) -> Truth {
    let resource = said.iter().find(|said| said.layer == Layer::Resource).map(|said| said.allow).unwrap_or_default();
    let endpoint = allow_of(said, &Layer::Endpoint).unwrap_or(Truth::Yes);
    if !matches!(request.principal, Principal::Aws(_)) {
        return resource.at_all() & endpoint;
    }
    let scps =
        Truth::all(said.iter().filter(|said| matches!(said.layer, Layer::Scp(_))).map(|said| said.allow.at_all()));
    let root = is_root(request);
    let limit = |layer| if root { Truth::Yes } else { allow_of(said, &layer).unwrap_or(Truth::Yes) };
    let limits = limit(Layer::Boundary) & limit(Layer::Session);
    let identity = if root { Truth::Yes } else { allow_of(said, &Layer::Identity).unwrap_or(Truth::No) };
    let by_identity = identity & limits;
    let core = if !same_account {
        by_identity & resource.at_all()
    } else {
        let delegated = if services::needs_resource_side(request) { resource.account } else { Truth::Yes };
        (by_identity & delegated) | (resource.parent & limits) | resource.direct
    };
    core & scps & endpoint
}

fn explain(outcome: Outcome, asked: &Asked<'_>, said: &[Said<'_>], same_account: Option<bool>) -> Decision {
    let decision = |statements, reason| Decision { outcome, statements, reason, resource: None };
    match outcome {
        Outcome::Allowed => {
            let statements = heard(said, Some(Effect::Allow), Truth::Yes);
            let grants = |layer: &&Layer| matches!(layer, Layer::Identity | Layer::Resource);
            let layers: Vec<Layer> = layers_of(&statements).iter().filter(grants).cloned().collect();
            let reason = if layers.is_empty() { Reason::RootUser } else { Reason::GrantedBy(layers) };
            decision(statements, reason)
        }
        Outcome::ExplicitlyDenied => {
            let statements = heard(said, Some(Effect::Deny), Truth::Yes);
            let layers = layers_of(&statements);
            decision(statements, Reason::DeniedBy(layers))
        }
        Outcome::ImplicitlyDenied => {
            decision(near(asked, said), Reason::NotAllowedBy(silent(asked, said, same_account)))
        }
        Outcome::Unknown => {
            let statements = heard(said, None, Truth::Unknown);
            let mut doubts = Vec::new();
            for (layer, heard) in said.iter().flat_map(|said| said.heard.iter().map(move |heard| (&said.layer, heard)))
            {
                for doubt in &heard.doubts {
                    doubts.push(format!("{} in {layer}: {doubt}", heard.place()));
                }
            }
            if same_account.is_none() {
                doubts.push("the request does not say which account owns the resource".to_owned());
            }
            if doubts.is_empty() {
                doubts
                    .push("how the resource policy names the principal is not settled by the documentation".to_owned());
            }
            decision(statements, Reason::Unsettled(doubts))
        }
    }
}

fn layers_of(statements: &[Applied]) -> Vec<Layer> {
    let mut layers: Vec<Layer> = statements.iter().map(|applied| applied.layer.clone()).collect();
    layers.dedup();
    layers
}

/// The statements of an effect that apply, or, with [`Truth::Unknown`], may apply.
fn heard(said: &[Said<'_>], effect: Option<Effect>, truth: Truth) -> Vec<Applied> {
    let of_layer = |said: &Said<'_>| {
        let wanted = said.heard.iter().filter(|heard| heard.truth == truth);
        let wanted = wanted.filter(|heard| effect.is_none_or(|effect| heard.statement.effect == effect));
        let applied = |heard: &super::policies::Heard<'_>| Applied {
            layer: said.layer.clone(),
            place: heard.place(),
            effect: heard.statement.effect,
            missed: None,
        };
        wanted.map(applied).collect::<Vec<_>>()
    };
    said.iter().flat_map(of_layer).collect()
}

/// The statements that would allow the action on another resource, under other conditions or to others.
fn near(asked: &Asked<'_>, said: &[Said<'_>]) -> Vec<Applied> {
    let mut found = Vec::new();
    for said in said.iter().filter(|said| said.allow.at_all() != Truth::Yes) {
        for policy in &said.policies {
            for statement in policy.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
                if let Some(missed) = asked.missed(statement, policy.version, said.stands) {
                    found.push(Applied {
                        layer: said.layer.clone(),
                        place: policy.place(statement),
                        effect: Effect::Allow,
                        missed: Some(missed),
                    });
                }
            }
        }
    }
    found
}

/// The layers that would have to allow the request and do not.
fn silent(asked: &Asked<'_>, said: &[Said<'_>], same_account: Option<bool>) -> Vec<Layer> {
    let request = asked.request;
    let signed = matches!(request.principal, Principal::Aws(_));
    let across = signed && same_account == Some(false);
    let root = is_root(request);
    let allows = |layer: &Layer| allow_of(said, layer) == Some(Truth::Yes);
    let (identity, resource) = (root || allows(&Layer::Identity), allows(&Layer::Resource));
    let strict = services::needs_resource_side(request);
    let mut layers = Vec::new();
    let either = !across && !strict;
    if signed && !identity && (!either || !resource) {
        layers.push(Layer::Identity);
    }
    let resource_matters = !signed || across || strict || said.iter().any(|said| said.layer == Layer::Resource);
    if !resource && resource_matters && (!either || !identity || !signed) {
        layers.push(Layer::Resource);
    }
    let limits = said.iter().filter(|said| match said.layer {
        Layer::Boundary | Layer::Session => !root,
        Layer::Scp(_) | Layer::Endpoint => true,
        _ => false,
    });
    layers.extend(limits.filter(|said| said.allow.at_all() != Truth::Yes).map(|said| said.layer.clone()));
    if layers.is_empty() {
        // The grant names the account alone, and delegates to policies that are silent.
        layers.push(Layer::Identity);
    }
    layers
}
