//! What an account's principals may do, whom its resources let in, and whether what was read is as wanted.
//!
//! This joins an account with the IAM engine, and patterns with values, for the audit and for the analyses below it. It
//! knows no rule and no finding: it answers what it is asked of a resource, and keeps what was not read beside the
//! answer.

mod asked;
mod delegation;
pub mod effective;
mod engine;
mod gather;
mod judge;
mod policies;

use crate::iam::{Context, ContextValue};
use crate::model::{Account, Arn, Call, Gap, IdentityPolicies, Listing, Resource};
use std::collections::BTreeMap;

pub(crate) use asked::{Asked, Asker, Said};
pub(crate) use delegation::{nothing, without_delegation};
pub(crate) use engine::{
    Admission, Admitted, Answer, Authority, Guarded, May, Proof, Ready, Who, actions_of, admits, admitted, apart_from,
    beyond, excess, outsider, reaches, same_statement, unproven, within,
};
pub(crate) use gather::Gathered;
pub use judge::{found, judge};
pub(crate) use policies::{Missing, policy_in, witness};

/// An account in which things are looked for, and the region that its architecture lives in.
pub(crate) struct Reach<'a> {
    pub(crate) account: &'a Account,
    pub(crate) region: &'a str,
    /// The resources of the account by type and region, each list in the order of the ids.
    listed: BTreeMap<&'a str, BTreeMap<&'a str, Vec<&'a Resource>>>,
}

impl<'a> Reach<'a> {
    pub(crate) fn new(account: &'a Account, region: &'a str) -> Self {
        let mut listed: BTreeMap<&str, BTreeMap<&str, Vec<&Resource>>> = BTreeMap::new();
        for resource in &account.resources {
            listed.entry(resource.type_name).or_default().entry(&resource.region).or_default().push(resource);
        }
        for resources in listed.values_mut().flat_map(BTreeMap::values_mut) {
            resources.sort_by(|a, b| (&a.id, &a.name).cmp(&(&b.id, &b.name)));
        }
        Self { account, region, listed }
    }

    /// The resources of a type in a region (empty: global), in the order of their ids.
    pub(crate) fn listed(&self, type_name: &str, region: &str) -> &[&'a Resource] {
        self.listed.get(type_name).and_then(|regions| regions.get(region)).map_or(&[], Vec::as_slice)
    }

    /// The calls that listed all of a type in a region (empty: global), or all that hang on `parents`, and what kept them
    /// from their end.
    pub(crate) fn lists(&self, type_name: &str, region: &str, parents: Option<&[&Resource]>) -> (Vec<Call>, Vec<Gap>) {
        let listings: Vec<Option<&Listing>> = match parents {
            None => vec![self.account.listing(type_name, region)],
            Some(parents) => {
                let of = |parent: &&Resource| self.account.listing_of_children(type_name, region, &parent.id);
                parents.iter().map(of).collect()
            }
        };
        let (mut calls, mut gaps) = (Vec::new(), Vec::new());
        for listing in listings {
            match listing {
                Some(Listing::Complete(listed)) => calls.extend(listed.iter().cloned()),
                Some(Listing::Broken(gap)) => gaps.push(gap.clone()),
                None => gaps.push(Gap::not_asked(type_name, region)),
            }
        }
        (calls, gaps)
    }

    /// `resource` as what carries a policy of its own.
    pub(crate) fn guarded(&self, resource: &Resource) -> Guarded {
        let account = match resource.id.parse::<Arn>() {
            Ok(arn) if !arn.account.is_empty() => arn.account,
            _ => self.account.caller.account.clone(),
        };
        Guarded { arn: resource.id.clone(), account }
    }

    /// The context in which a service acts as `resource`, or on its behalf.
    ///
    /// Its principal, region and TLS are known. A service has no MFA device and comes from no address or VPC of the
    /// account: those keys are absent, which an empty list of values says. So are those that say for what a service acts
    /// (aws:SourceArn and its kin): they are in a request only where a service calls in its own name (IAM User Guide,
    /// global condition context keys). aws:SourceOwner, which the default policy of topics asks for, is an older one of
    /// them: a principal of the owner's account needs a permission of its own to publish (SNS Developer Guide).
    pub(crate) fn context(&self, of: IdentityPolicies, resource: &Resource) -> Context {
        const ABSENT: [&str; 11] = [
            "aws:MultiFactorAuthAge",
            "aws:MultiFactorAuthPresent",
            "aws:SourceAccount",
            "aws:SourceArn",
            "aws:SourceIp",
            "aws:SourceOrgID",
            "aws:SourceOrgPaths",
            "aws:SourceOwner",
            "aws:SourceVpc",
            "aws:SourceVpce",
            "aws:VpcSourceIp",
        ];
        let mut context: Context = ABSENT.into_iter().map(|key| (key, ContextValue::Many(Vec::new()))).collect();
        context.set("aws:SecureTransport", "true".into());
        context.set("aws:RequestedRegion", self.region.into());
        context.set("aws:PrincipalAccount", self.account.caller.account.as_str().into());
        if let IdentityPolicies::Identity { bounded: true, groups } = of {
            context.set("aws:PrincipalArn", resource.id.as_str().into());
            context.set("aws:PrincipalType", if groups { "User" } else { "AssumedRole" }.into());
            if groups {
                context.set("aws:username", resource.name.as_str().into());
            }
        }
        context
    }
}
