//! The answer of GetAccountAuthorizationDetails, put together from its pages.

use super::super::{DETAILS, GROUP, ROLE, USER};
use super::Context;
use super::policy::Policy;
use super::principal::Principal;
use crate::model::{Call, Gap};
use crate::services::{Page, all_pages};
use aws_sdk_iam::types::EntityType;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// The largest page that is given.
const PAGE: i32 = 1000;

/// All that was read.
pub(super) struct Details {
    principals: BTreeMap<String, Principal>,
    pub(super) policies: BTreeMap<String, Policy>,
    /// The calls that were answered.
    pub(super) calls: Vec<Call>,
    /// Why it was not read to its end, if it was not.
    pub(super) broken: Option<Gap>,
}

/// What a policy is attached to.
#[derive(Debug, Default)]
pub(super) struct Attachments {
    pub(super) roles: BTreeSet<String>,
    pub(super) users: BTreeSet<String>,
    pub(super) groups: BTreeSet<String>,
}

enum Item {
    Principal(Box<Principal>),
    Policy(Box<Policy>),
}

/// Reads the kinds of entity in `filter`.
pub(super) async fn read(context: &Context<'_>, filter: &[&str]) -> Details {
    let filter: Vec<EntityType> = filter.iter().map(|entity| EntityType::from(*entity)).collect();
    let pages = all_pages(Call::new("iam", DETAILS, "", ""), async |call, marker| {
        let page = context
            .asker
            .ask(call, |probe| {
                context
                    .client
                    .get_account_authorization_details()
                    .set_filter(Some(filter.clone()))
                    .max_items(PAGE)
                    .set_marker(marker)
                    .customize()
                    .interceptor(probe)
                    .send()
            })
            .await?;
        let roles = page.role_detail_list.unwrap_or_default().into_iter();
        let users = page.user_detail_list.unwrap_or_default().into_iter();
        let groups = page.group_detail_list.unwrap_or_default().into_iter();
        let policies = page.policies.unwrap_or_default().into_iter();
        let principals = roles
            .map(|role| Principal::from_role_detail(role, call))
            .chain(users.map(|user| Principal::from_user_detail(user, call)))
            .chain(groups.map(|group| Principal::from_group_detail(group, call)));
        let items = principals
            .map(|principal| Item::Principal(Box::new(principal)))
            .chain(policies.map(|policy| Item::Policy(Box::new(Policy::from_detail(policy, call)))))
            .collect();
        Ok(Page { items, truncated: page.is_truncated, marker: page.marker })
    })
    .await;
    let mut details =
        Details { principals: BTreeMap::new(), policies: BTreeMap::new(), calls: pages.calls, broken: pages.broken };
    for item in pages.items {
        match item {
            Item::Principal(principal) => match details.principals.entry(principal.arn.clone()) {
                Entry::Vacant(vacant) => {
                    vacant.insert(*principal);
                }
                // A page may end in the middle of a principal as well as of a kind.
                Entry::Occupied(mut occupied) => occupied.get_mut().merge(*principal),
            },
            Item::Policy(policy) => match details.policies.entry(policy.arn.clone()) {
                Entry::Vacant(vacant) => {
                    vacant.insert(*policy);
                }
                Entry::Occupied(mut occupied) => occupied.get_mut().merge(*policy),
            },
        }
    }
    details
}

impl Details {
    /// The principals of `type_name`, which are no longer here afterwards.
    pub(super) fn take(&mut self, type_name: &str) -> Vec<Principal> {
        let (taken, left): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.principals).into_iter().partition(|(_, p)| p.type_name == type_name);
        self.principals = left.into_iter().collect();
        taken.into_iter().map(|(_, principal)| principal).collect()
    }

    /// What each managed policy is attached to, by its ARN, as far as the principals were read.
    pub(super) fn attachments(&self) -> BTreeMap<String, Attachments> {
        let mut attachments: BTreeMap<String, Attachments> = BTreeMap::new();
        for principal in self.principals.values() {
            for arn in principal.attached.iter().flatten() {
                let of = attachments.entry(arn.clone()).or_default();
                let names = match principal.type_name {
                    ROLE => &mut of.roles,
                    USER => &mut of.users,
                    GROUP => &mut of.groups,
                    _ => continue,
                };
                names.insert(principal.name.clone());
            }
        }
        attachments
    }
}
