//! The policies that decide on a request, by the place they are attached to.

use std::fmt;

use super::statement::{Asked, Stands};
use super::truth::Truth;
use super::{principal::Named, services};
use crate::iam::document::{Effect, Place, Policy, Statement};

/// All policies that may have a say. What is not there does not limit; what is there and empty allows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policies {
    /// Of the principal: inline, attached, and of its groups.
    pub identity: Vec<Policy>,
    /// The permissions boundary of the principal.
    pub boundary: Option<Vec<Policy>>,
    /// The session policies that the session was begun with.
    pub session: Option<Vec<Policy>>,
    /// Service control policies for the account of the principal, from the root down. Leave them out for the management account.
    pub scps: Vec<Level>,
    /// Resource control policies for the account of the resource, from the root down. `RCPFullAWSAccess` is always
    /// attached to each level and need not be listed. Leave them out for the management account.
    pub rcps: Vec<Level>,
    /// Of the resource: its resource-based policy; of a role that is assumed, its trust policy.
    pub resource: Option<Policy>,
    /// Of the VPC endpoint that the request passes.
    pub endpoint: Option<Vec<Policy>>,
}

/// The policies attached to one node of an organization.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Level {
    /// The root, organizational unit or account.
    pub name: String,
    /// The policies attached to it.
    pub policies: Vec<Policy>,
}

/// A place that policies are attached to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The principal.
    Identity,
    /// The principal's permissions boundary.
    Boundary,
    /// The session.
    Session,
    /// A node of the organization, with service control policies.
    Scp(String),
    /// A node of the organization, with resource control policies.
    Rcp(String),
    /// The resource.
    Resource,
    /// The VPC endpoint.
    Endpoint,
}

impl Layer {
    /// One word for programs, such as `identity`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Boundary => "boundary",
            Self::Session => "session",
            Self::Scp(_) => "scp",
            Self::Rcp(_) => "rcp",
            Self::Resource => "resource",
            Self::Endpoint => "endpoint",
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identity => f.write_str("the identity policies"),
            Self::Boundary => f.write_str("the permissions boundary"),
            Self::Session => f.write_str("the session policy"),
            Self::Scp(name) => write!(f, "the service control policies at {name}"),
            Self::Rcp(name) => write!(f, "the resource control policies at {name}"),
            Self::Resource => f.write_str("the resource policy"),
            Self::Endpoint => f.write_str("the VPC endpoint policy"),
        }
    }
}

/// What the policies of one layer say to a request.
#[derive(Debug)]
pub(super) struct Said<'p> {
    pub(super) layer: Layer,
    pub(super) stands: Stands,
    pub(super) policies: Vec<&'p Policy>,
    pub(super) allow: Named,
    pub(super) deny: Truth,
    /// The statements that apply or may apply.
    pub(super) heard: Vec<Heard<'p>>,
}

/// A statement that applies, or may.
#[derive(Debug)]
pub(super) struct Heard<'p> {
    pub(super) policy: &'p Policy,
    pub(super) statement: &'p Statement,
    pub(super) truth: Truth,
    /// Why it is unknown whether it applies.
    pub(super) doubts: Vec<String>,
}

impl Heard<'_> {
    pub(super) fn place(&self) -> Place {
        self.policy.place(self.statement)
    }
}

impl<'p> Said<'p> {
    /// Asks the policies of a layer.
    pub(super) fn by(
        layer: Layer,
        stands: Stands,
        policies: impl IntoIterator<Item = &'p Policy>,
        asked: &Asked<'_>,
    ) -> Self {
        let policies: Vec<&Policy> = policies.into_iter().collect();
        let mut said = Self { layer, stands, allow: Named::default(), deny: Truth::No, heard: Vec::new(), policies };
        let mut doubts = Vec::new();
        for &policy in &said.policies {
            for statement in &policy.statements {
                let named = asked.applies(statement, policy.version, stands, &mut doubts);
                let truth = named.at_all();
                match statement.effect {
                    Effect::Allow => said.allow = said.allow.or(named),
                    Effect::Deny => said.deny = said.deny | truth,
                }
                if truth != Truth::No {
                    let doubts = if truth == Truth::Unknown { std::mem::take(&mut doubts) } else { Vec::new() };
                    said.heard.push(Heard { policy, statement, truth, doubts });
                }
                doubts.clear();
            }
        }
        said
    }
}

/// Asks every layer that has a say in the request.
pub(super) fn ask<'p>(policies: &'p Policies, asked: &Asked<'_>) -> Vec<Said<'p>> {
    use Stands::{AtEndpoint, WithIdentity, WithResource};
    let mut said = Vec::with_capacity(8);
    let request = asked.request;
    if matches!(request.principal, crate::iam::Principal::Aws(_)) {
        said.push(Said::by(Layer::Identity, WithIdentity, &policies.identity, asked));
        if let Some(boundary) = &policies.boundary {
            said.push(Said::by(Layer::Boundary, WithIdentity, boundary, asked));
        }
        if let Some(session) = &policies.session {
            said.push(Said::by(Layer::Session, WithIdentity, session, asked));
        }
    }
    if services::scps_reach(request) {
        let of = |level: &'p Level| Said::by(Layer::Scp(level.name.clone()), WithIdentity, &level.policies, asked);
        said.extend(policies.scps.iter().map(of));
    }
    if services::rcps_reach(request) {
        let of = |level: &'p Level| Said::by(Layer::Rcp(level.name.clone()), WithIdentity, &level.policies, asked);
        said.extend(policies.rcps.iter().map(of));
    }
    if let Some(policy) = &policies.resource {
        said.push(Said::by(Layer::Resource, WithResource, [policy], asked));
    }
    if let Some(endpoint) = &policies.endpoint {
        said.push(Said::by(Layer::Endpoint, AtEndpoint, endpoint, asked));
    }
    said
}
