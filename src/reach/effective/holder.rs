//! A principal of the account with the documents that hold for it; a document is kept once however many it holds for.

use super::super::Reach;
use super::super::gather::Gathered;
use crate::iam::{Context, ContextValue, Policy};
use crate::model::{Gap, IdentityPolicies, ROLE, Resource};
use std::collections::{BTreeMap, BTreeSet};

/// A policy document.
pub(super) struct Document {
    pub(super) policy: Policy,
}

/// The documents of an account, each once.
#[derive(Default)]
pub(super) struct Documents {
    all: Vec<Document>,
    /// By what they are called: names are not unique across paths.
    named: BTreeMap<String, Vec<u32>>,
}

impl Documents {
    fn add(&mut self, policy: Policy) -> u32 {
        let known = self.named.entry(policy.origin.name.clone()).or_default();
        if let Some(at) = known.iter().find(|at| self.all[**at as usize].policy == policy) {
            return *at;
        }
        let at = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        known.push(at);
        self.all.push(Document { policy });
        at
    }

    pub(super) fn into_all(self) -> Vec<Document> {
        self.all
    }
}

/// A role or a user.
pub(super) struct Holder<'a> {
    pub(super) resource: &'a Resource,
    /// By position.
    pub(super) identity: Vec<u32>,
    pub(super) boundary: Option<Vec<u32>>,
    /// Whether one of the policies was not read, and whether the boundary was not.
    pub(super) lacking: (bool, bool),
    /// What was not read, in words, and the gaps.
    pub(super) why: String,
    pub(super) gaps: Vec<Gap>,
    /// The condition keys that are the same in all its requests.
    pub(super) known: Context,
}

impl<'a> Holder<'a> {
    pub(super) fn read(reach: &Reach<'a>, resource: &'a Resource, documents: &mut Documents) -> Self {
        let of = IdentityPolicies::Identity { bounded: true, groups: resource.type_name != ROLE };
        let gathered = reach.gather(of, resource);
        let why = gathered.why();
        let Gathered { policies, boundary, lacking, gaps, .. } = gathered;
        let mut known: BTreeSet<u32> = BTreeSet::new();
        let mut identity = Vec::new();
        for policy in policies {
            let at = documents.add(policy);
            // What is attached to a user and to the user's group says it once.
            if known.insert(at) {
                identity.push(at);
            }
        }
        let boundary = boundary.map(|policies| policies.into_iter().map(|policy| documents.add(policy)).collect());
        Self { resource, identity, boundary, lacking, why, gaps, known: Self::known(resource) }
    }

    /// A request of a principal in its own name comes from no service, and so has no source; a role has no user's name.
    pub(super) fn known(resource: &Resource) -> Context {
        const OF_SERVICES: [&str; 5] =
            ["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceOwner"];
        let mut known: Context = OF_SERVICES.into_iter().map(|key| (key, ContextValue::Many(Vec::new()))).collect();
        let is_role = resource.type_name == ROLE;
        known.set("aws:PrincipalType", if is_role { "AssumedRole" } else { "User" }.into());
        let name = if is_role { ContextValue::Many(Vec::new()) } else { resource.name.as_str().into() };
        known.set("aws:username", name);
        known
    }

    pub(super) fn arn(&self) -> &'a str {
        &self.resource.id
    }

    pub(super) fn is_role(&self) -> bool {
        self.resource.type_name == ROLE
    }

    /// What a person calls it.
    pub(super) fn noun(&self) -> &'static str {
        if self.is_role() { "role" } else { "user" }
    }

    pub(super) fn is_whole(&self) -> bool {
        self.lacking == (false, false)
    }

    /// All documents that have a say, each once.
    pub(super) fn documents(&self) -> BTreeSet<u32> {
        self.identity.iter().chain(self.boundary.iter().flatten()).copied().collect()
    }
}
