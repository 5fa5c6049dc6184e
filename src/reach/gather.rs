//! The policies that say what a role, user, group or managed policy allows: its own, those attached to it, those of its
//! groups, and its boundary. What was not read, or cannot be understood, is kept beside them.

use super::Reach;
use super::engine::Authority;
use super::policies::{Missing, policy_in};
use crate::iam::{Policy, Scene};
use crate::model::{Arn, Call, GROUP, Gap, IdentityPolicies, Listing, MANAGED_POLICY, Resource, Value, not_read};
use std::collections::BTreeMap;

/// The policies that say what something may do, as far as they were read.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(super) policies: Vec<Policy>,
    /// The ARNs of those that are managed policies, by their positions.
    managed: BTreeMap<usize, Arn>,
    pub(super) boundary: Option<Vec<Policy>>,
    scene: Option<Scene>,
    /// What was not read of the policies and of the boundary.
    pub(crate) gaps: Vec<Gap>,
    /// The documents that cannot be understood, in the parser's words.
    malformed: Vec<String>,
    /// Whether one of the policies is missing, and whether the boundary is.
    pub(super) lacking: (bool, bool),
    pub(crate) calls: Vec<Call>,
}

impl Gathered {
    fn missing(&mut self, missing: Missing) {
        match missing {
            Missing::Unread(gap) => self.gaps.push(*gap),
            Missing::Malformed(why) => self.malformed.push(why),
        }
    }

    fn add(&mut self, policy: Result<Option<Policy>, Missing>) {
        match policy {
            Ok(policy) => self.policies.extend(policy),
            Err(missing) => {
                self.lacking.0 = true;
                self.missing(missing);
            }
        }
    }

    /// The policies that were read, each with whether AWS wrote and keeps it.
    pub(crate) fn policies(&self) -> impl Iterator<Item = (&Policy, bool)> {
        self.managed().map(|(policy, arn)| (policy, arn.is_some_and(|arn| arn.account == "aws")))
    }

    /// The policies that were read, each with its ARN if it is a managed policy.
    pub(crate) fn managed(&self) -> impl Iterator<Item = (&Policy, Option<&Arn>)> {
        self.policies.iter().enumerate().map(|(at, policy)| (policy, self.managed.get(&at)))
    }

    /// Adds the policy with this ARN.
    fn add_managed(&mut self, arn: &str, policy: Result<Option<Policy>, Missing>) {
        if let (Ok(arn), Ok(Some(_))) = (arn.parse(), &policy) {
            self.managed.insert(self.policies.len(), arn);
        }
        self.add(policy);
    }

    /// Whether one of the policies was not read, or cannot be understood, the boundary aside.
    pub(crate) fn lacking_policies(&self) -> bool {
        self.lacking.0
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.lacking == (false, false)
    }

    /// Each of the policies that were read by itself, with nothing beside it that lends, denies or bounds.
    pub(crate) fn apart(&self) -> Vec<Self> {
        let alone = |(policy, arn): (&Policy, Option<&Arn>)| Self {
            policies: vec![policy.clone()],
            managed: arn.map(|arn| (0, arn.clone())).into_iter().collect(),
            scene: self.scene.clone(),
            ..Self::default()
        };
        self.managed().map(alone).collect()
    }

    /// What it allows by what was read.
    pub(crate) fn read(&self) -> Authority {
        Authority { policies: self.policies.clone(), boundary: self.boundary.clone(), scene: self.scene.clone() }
    }

    /// The most that it may allow, for all that was not read.
    pub(crate) fn most(&self) -> Authority {
        let mut authority = self.read();
        if self.lacking.0 {
            authority.policies.extend(everything());
        }
        authority
    }

    /// What is missing, in words.
    pub(crate) fn why(&self) -> String {
        let mut why = self.malformed.clone();
        why.sort();
        if !self.gaps.is_empty() {
            why.push(not_read(&self.gaps));
        }
        why.join("; ")
    }
}

/// A policy that allows everything.
fn everything() -> Option<Policy> {
    let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    Policy::parse(text).ok()
}

impl Reach<'_> {
    /// All policies that say what `resource` may do.
    pub(crate) fn gather(&self, of: IdentityPolicies, resource: &Resource) -> Gathered {
        let mut gathered = self.gather_documents(of, resource);
        if let IdentityPolicies::Identity { bounded, groups } = of {
            self.gather_attached(resource, "", &mut gathered);
            if groups {
                self.gather_groups(resource, &mut gathered);
            }
            if bounded {
                self.gather_boundary(resource, &mut gathered);
            }
        }
        gathered
    }

    /// The documents that are written on `resource` itself, without what is attached to it, lent by a group, or bounds it.
    pub(crate) fn gather_documents(&self, of: IdentityPolicies, resource: &Resource) -> Gathered {
        let scene = Scene {
            // A group is no principal, nor is a policy.
            principal: matches!(of, IdentityPolicies::Identity { bounded: true, .. }).then(|| resource.id.clone()),
            partition: resource.id.split(':').nth(1).unwrap_or("aws").to_owned(),
            region: self.region.to_owned(),
            account: self.account.caller.account.clone(),
        };
        let mut gathered = Gathered { calls: resource.calls.clone(), scene: Some(scene), ..Gathered::default() };
        match of {
            IdentityPolicies::Document(field) => {
                let policy = policy_in(resource.properties.get(field), &resource.name);
                gathered.add_managed(&resource.id, policy);
            }
            IdentityPolicies::Identity { .. } => gather_inline(resource, "", &mut gathered),
        }
        gathered
    }

    /// The managed policies that are attached to `resource`. `owner` says whose they are, if not its own.
    fn gather_attached(&self, resource: &Resource, owner: &str, gathered: &mut Gathered) {
        for item in items(resource.properties.get("ManagedPolicyArns"), gathered) {
            match (item, item.as_text()) {
                (_, Some(arn)) => {
                    let policy = self.managed(&arn, owner, gathered);
                    gathered.add_managed(&arn, policy);
                }
                (Value::Unread(gap), _) => gathered.add(Err(Missing::Unread(gap.clone()))),
                (other, _) => gathered.add(Err(Missing::Malformed(format!("{other} is no ARN of a policy")))),
            }
        }
    }

    /// The managed policy with this ARN. An attached policy is there, so that one which was not found was not read.
    fn managed(&self, arn: &str, owner: &str, gathered: &mut Gathered) -> Result<Option<Policy>, Missing> {
        let Some(resource) = self.listed(MANAGED_POLICY, "").iter().find(|policy| policy.id == *arn) else {
            let gap = match self.account.listing(MANAGED_POLICY, "") {
                Some(Listing::Broken(gap)) => gap.clone(),
                _ => Gap { call: Call::new("iam", "GetPolicy", "", arn), ..Gap::not_asked(MANAGED_POLICY, "") },
            };
            return Err(Missing::Unread(Box::new(gap)));
        };
        gathered.calls.extend(resource.calls.iter().cloned());
        let version = resource.properties.get("DefaultVersionId").as_text();
        let name = format!("the policy {}{owner}", resource.name);
        match policy_in(resource.properties.get("PolicyDocument"), &name)? {
            Some(policy) => Ok(Some(policy.named(name, version))),
            None => Err(Missing::Malformed(format!("{name} has no document"))),
        }
    }

    fn gather_groups(&self, user: &Resource, gathered: &mut Gathered) {
        for item in items(user.properties.get("Groups"), gathered) {
            let group = item.as_text().and_then(|name| {
                let groups = self.listed(GROUP, "");
                groups.iter().find(|group| group.name == name).copied()
            });
            match (group, item) {
                (Some(group), _) => {
                    gathered.calls.extend(group.calls.iter().cloned());
                    let owner = format!(" of the group {}", group.name);
                    gather_inline(group, &owner, gathered);
                    self.gather_attached(group, &owner, gathered);
                }
                (None, Value::Unread(gap)) => gathered.add(Err(Missing::Unread(gap.clone()))),
                (None, item) => {
                    let gap = match self.account.listing(GROUP, "") {
                        Some(Listing::Broken(gap)) => gap.clone(),
                        _ => Gap {
                            call: Call::new("iam", "GetGroup", "", &item.to_string()),
                            ..Gap::not_asked(GROUP, "")
                        },
                    };
                    gathered.add(Err(Missing::Unread(Box::new(gap))));
                }
            }
        }
    }

    fn gather_boundary(&self, resource: &Resource, gathered: &mut Gathered) {
        let boundary = match resource.properties.get("PermissionsBoundary") {
            Value::Absent => return,
            Value::Unread(gap) => Err(Missing::Unread(gap.clone())),
            value => match value.as_text() {
                Some(arn) => self.managed(&arn, ", the boundary", gathered),
                None => Err(Missing::Malformed(format!("{value} is no ARN of a policy"))),
            },
        };
        match boundary {
            Ok(policy) => gathered.boundary = Some(policy.into_iter().collect()),
            Err(missing) => {
                gathered.lacking.1 = true;
                gathered.missing(missing);
            }
        }
    }
}

/// The inline policies of `resource`. `owner` says whose they are, if not its own.
fn gather_inline(resource: &Resource, owner: &str, gathered: &mut Gathered) {
    for item in items(resource.properties.get("Policies"), gathered) {
        match item {
            Value::Unread(gap) => gathered.add(Err(Missing::Unread(gap.clone()))),
            item => {
                let name = item.get("PolicyName").as_text().unwrap_or_default();
                gathered.add(policy_in(item.get("PolicyDocument"), &format!("the inline policy {name}{owner}")));
            }
        }
    }
}

/// The items of a list or set; a list that was not read, or is none, is noted.
fn items<'v>(value: &'v Value, gathered: &mut Gathered) -> Vec<&'v Value> {
    match value {
        Value::List(items) | Value::Set(items) => {
            let mut items: Vec<&Value> = items.iter().collect();
            // The order of a set is not AWS's to choose: what is told first must not hang on it.
            items.sort_by_cached_key(|item| {
                // Two whose names were not read differ in their documents alone.
                let document = match item.get("PolicyDocument") {
                    Value::Policy(text) => text.as_str(),
                    _ => "",
                };
                (item.get("PolicyName").to_string(), item.to_string(), document.to_owned())
            });
            items
        }
        Value::Absent => Vec::new(),
        Value::Unread(gap) => {
            gathered.add(Err(Missing::Unread(gap.clone())));
            Vec::new()
        }
        other => {
            gathered.add(Err(Missing::Malformed(format!("{other} is no list"))));
            Vec::new()
        }
    }
}
