//! Somebody whose rights are looked at: a role or user, or a group or managed policy, which stand for whoever is given
//! them.

use crate::checks::everything::{Power, power};
use crate::checks::generic::Generic;
use crate::iam::catalogue::Catalogue;
use crate::iam::{Context, Effect, Malformed, Policy, Statement, evaluate};
use crate::model::{Arn, GROUP, Gap, IdentityPolicies, MANAGED_POLICY, ROLE, Resource, USER, Value};
use crate::reach::effective::known_of;
use crate::reach::{Authority, Gathered, May, Reach, Ready};
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

/// Somebody, and what they may do.
pub(crate) struct Subject {
    pub(in crate::checks) type_name: &'static str,
    /// The ARN.
    pub(in crate::checks) arn: String,
    /// What a person calls it.
    pub(in crate::checks) name: String,
    pub(in crate::checks) gathered: Gathered,
    /// What they may do by what was read; all, if one of the policies was not.
    pub(in crate::checks) authority: Authority,
    /// What that is, ready to be asked; worked out when it is first asked.
    ready: OnceCell<Ready>,
    /// What it was asked, by action and by what it is done to.
    asked: RefCell<BTreeMap<(&'static str, String), May>>,
    known: Context,
    account: String,
    /// The ARNs of what holds for it: itself, its groups, the policies of its own account.
    pub(in crate::checks) own: Vec<String>,
    /// What kept those from being known.
    pub(in crate::checks) own_gaps: Vec<Gap>,
    /// Whether it grants anything: a policy that does nothing but bound others does not. The gaps, if it is not known.
    pub(in crate::checks) grants: Result<bool, Vec<Gap>>,
    /// The ARN of its boundary.
    pub(in crate::checks) boundary: Option<String>,
    administrator: OnceCell<bool>,
}

impl Subject {
    /// `resource`, whose kind says where its policies are.
    pub(in crate::checks) fn read(reach: &Reach<'_>, of: IdentityPolicies, resource: &Resource) -> Self {
        let gathered = reach.gather(of, resource);
        let authority = if gathered.lacking_policies() { gathered.most() } else { gathered.read() };
        let type_name = match (resource.type_name, of) {
            (ROLE, _) => ROLE,
            (USER, _) => USER,
            (_, IdentityPolicies::Document(_)) => MANAGED_POLICY,
            _ => GROUP,
        };
        let is_principal = matches!(type_name, ROLE | USER);
        let mut subject = Self {
            type_name,
            arn: resource.id.clone(),
            name: resource.name.clone(),
            gathered,
            authority,
            ready: OnceCell::new(),
            asked: RefCell::default(),
            known: if is_principal { known_of(resource) } else { Context::new() },
            account: reach.account.caller.account.clone(),
            own: Vec::new(),
            own_gaps: Vec::new(),
            grants: Ok(true),
            boundary: resource.properties.get("PermissionsBoundary").as_text(),
            administrator: OnceCell::new(),
        };
        subject.find_own(reach, resource);
        subject
    }

    fn find_own(&mut self, reach: &Reach<'_>, resource: &Resource) {
        let mut own = vec![resource.id.clone()];
        own.extend(texts(resource.properties.get("ManagedPolicyArns")));
        let groups = |user: &Resource| -> Vec<&Resource> {
            let names = texts(user.properties.get("Groups"));
            reach.listed(GROUP, "").iter().filter(|group| names.contains(&group.name)).copied().collect()
        };
        for group in groups(resource) {
            own.push(group.id.clone());
            own.extend(texts(group.properties.get("ManagedPolicyArns")));
        }
        if !self.is_principal() {
            self.find_holders(reach, resource, &mut own);
        }
        own.retain(|arn| arn.parse::<Arn>().is_ok_and(|arn| arn.account != "aws"));
        own.sort();
        own.dedup();
        self.own = own;
    }

    /// Finds those that have a group or policy, which is their own then: its members, and what it is attached to.
    fn find_holders(&mut self, reach: &Reach<'_>, resource: &Resource, own: &mut Vec<String>) {
        let is_group = self.type_name == GROUP;
        let has_policy = |holder: &Resource| texts(holder.properties.get("ManagedPolicyArns")).contains(&resource.id);
        let lends = |group: &&&Resource| if is_group { group.id == resource.id } else { has_policy(group) };
        let lending: Vec<&str> =
            reach.listed(GROUP, "").iter().filter(lends).map(|group| group.name.as_str()).collect();
        let (mut holders, mut bounds, mut bound_gaps) = (0, false, Vec::new());
        for type_name in [ROLE, USER, GROUP] {
            self.own_gaps.extend(reach.lists(type_name, "", None).1);
            for holder in reach.listed(type_name, "") {
                let groups = texts(holder.properties.get("Groups"));
                for field in ["ManagedPolicyArns", "Groups"] {
                    self.own_gaps.extend(gaps(holder.properties.get(field)));
                }
                let boundary = holder.properties.get("PermissionsBoundary");
                bound_gaps.extend(gaps(boundary));
                bounds |= boundary.as_text().as_deref() == Some(&resource.id);
                if has_policy(holder) || groups.iter().any(|group| lending.contains(&group.as_str())) {
                    holders += usize::from(type_name != GROUP);
                    own.push(holder.id.clone());
                }
            }
        }
        if holders > 0 {
            return;
        }
        if !is_group {
            self.grants = match (bounds, self.own_gaps.is_empty() && (bounds || bound_gaps.is_empty())) {
                (bounds, true) => Ok(!bounds),
                (_, false) => Err(self.own_gaps.iter().cloned().chain(bound_gaps).collect()),
            };
        }
        if self.own_gaps.is_empty() {
            // Nobody has it yet: somebody may be given it, whom no policy names.
            let types = if is_group { &[USER][..] } else { &[ROLE, USER] };
            own.extend(types.iter().filter_map(|type_name| self.unnamed(type_name)));
        }
    }

    /// The ARN of a role or user whom none of its policies names.
    pub(in crate::checks) fn unnamed(&self, type_name: &str) -> Option<String> {
        let form = Catalogue::embedded().resource_type("iam", if type_name == ROLE { "role" } else { "user" })?;
        let partition = self.arn.split(':').nth(1).unwrap_or("aws");
        Some(Generic::new(&self.authority)?.arn(form.arn_formats().next()?, partition, &self.account))
    }

    /// Whether an ARN is that of somebody whom it does not name.
    pub(in crate::checks) fn is_unnamed(&self, arn: &str) -> bool {
        [ROLE, USER].iter().any(|type_name| self.unnamed(type_name).as_deref() == Some(arn))
    }

    pub(in crate::checks) fn is_principal(&self) -> bool {
        matches!(self.type_name, ROLE | USER)
    }

    /// Whether anybody could get at it: AWS alone changes and uses the roles that it makes for its services.
    pub(in crate::checks) fn is_of_aws(&self) -> bool {
        self.arn.contains(":role/aws-service-role/") || self.arn.contains(":role/aws-reserved/")
    }

    /// Whether it may do `action` to this ARN, with these keys as said; asked of the engine once.
    pub(in crate::checks) fn may(&self, action: &'static str, arn: &str, pins: &[(&str, Option<&str>)]) -> May {
        let key = (action, format!("{arn} {pins:?}"));
        if let Some(known) = self.asked.borrow().get(&key) {
            return known.clone();
        }
        let may = self.ready().may(action, arn, pins);
        self.asked.borrow_mut().insert(key, may.clone());
        may
    }

    /// Whether it may do `action` to something that `asked` names; asked of the engine once.
    pub(in crate::checks) fn may_somewhere(
        &self,
        action: &'static str,
        asked: impl FnOnce() -> Result<Policy, Malformed>,
    ) -> May {
        let key = (action, String::new());
        if let Some(known) = self.asked.borrow().get(&key) {
            return known.clone();
        }
        let may = match asked() {
            Ok(asked) => self.ready().may_any(action, &asked),
            Err(why) => May::Unknown(why.to_string()),
        };
        self.asked.borrow_mut().insert(key, may.clone());
        may
    }

    fn ready(&self) -> &Ready {
        self.ready.get_or_init(|| {
            let principal = if self.is_principal() { Some(self.arn.clone()) } else { self.unnamed(ROLE) };
            let principal = principal.unwrap_or_else(|| self.arn.clone());
            Ready::new(&self.authority, &principal, &self.account, self.known.clone())
        })
    }

    /// Whether any statement could allow `action` on something.
    pub(in crate::checks) fn speaks_of(&self, action: &str) -> bool {
        let speaks =
            |statement: &Statement| statement.effect == Effect::Allow && evaluate::speaks_of(statement, action);
        self.authority.policies.iter().flat_map(|policy| &policy.statements).any(speaks)
    }

    /// Whether it is what `iam-full-administrator` calls an administrator, so that of the two checks one tells of it.
    pub(in crate::checks) fn is_administrator(&self) -> bool {
        let partition = self.arn.split(':').nth(1).unwrap_or("aws");
        *self.administrator.get_or_init(|| {
            self.gathered.is_whole()
                && is_wide(&self.authority)
                && matches!(power(&self.authority, partition, &self.account), Power::Everything(_))
        })
    }

    /// The most that it could give itself by writing its own policies: everything, less what its other policies deny,
    /// within its boundary.
    pub(in crate::checks) fn potential(&self) -> Authority {
        let mut potential = self.authority.clone();
        potential.policies.extend(everything());
        potential
    }
}

/// Whether a statement could be over every action, which spares the question where none is.
fn is_wide(authority: &Authority) -> bool {
    let stars = |value: &String| value.split(':').all(|part| !part.is_empty() && part.bytes().all(|byte| byte == b'*'));
    let wide = |statement: &Statement| {
        let action = &statement.action;
        statement.effect == Effect::Allow && (action.not || action.values.iter().any(stars))
    };
    authority.policies.iter().flat_map(|policy| &policy.statements).any(wide)
}

pub(in crate::checks) fn everything() -> Option<Policy> {
    Policy::parse(r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#).ok()
}

pub(in crate::checks) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::List(items) | Value::Set(items) => items.iter().filter_map(Value::as_text).collect(),
        _ => Vec::new(),
    }
}

/// What was not read of a value that is a list.
fn gaps(value: &Value) -> Vec<Gap> {
    let gap = |value: &Value| if let Value::Unread(gap) = value { Some((**gap).clone()) } else { None };
    match value {
        Value::List(items) | Value::Set(items) => items.iter().filter_map(gap).collect(),
        value => gap(value).into_iter().collect(),
    }
}
