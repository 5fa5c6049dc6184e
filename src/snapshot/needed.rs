//! What a snapshot says to rules other than those it was made for: what these did not ask for is unknown, however whole the
//! lists are that the snapshot holds.
//!
//! A list tells that a thing exists; of the things in it, a run reads those that its rules want. So a complete list beside
//! few resources is no lack in the account, and must not look like one.

use super::Snapshot;
use crate::model::{Account, Gap, Listing, MANAGED_POLICY, Needs, Wanted};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Of what every one was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Whole {
    /// By type, region (empty: global) and the name of the parent they hang on (none: on any).
    all: BTreeSet<(String, String, Option<String>)>,
}

impl Whole {
    /// Of what `needs` want every one.
    pub fn of(needs: &Needs) -> Self {
        let mut all = BTreeSet::new();
        for (type_name, region, wanted) in needs.iter() {
            let key = |parent: Option<&String>| (type_name.to_owned(), region.to_owned(), parent.cloned());
            all.extend(wanted.all.iter().map(|_| key(None)));
            all.extend(wanted.children.keys().map(|parent| key(Some(parent))));
        }
        Self { all }
    }

    /// Whether every one of `type_name` in `region` (empty: global) was asked for, or every one that hangs on the parent
    /// of this name.
    pub fn has(&self, type_name: &str, region: &str, parent: Option<&str>) -> bool {
        let has = |parent: Option<&str>| {
            self.all.contains(&(type_name.to_owned(), region.to_owned(), parent.map(str::to_owned)))
        };
        has(None) || parent.is_some_and(|parent| has(Some(parent)))
    }
}

impl Snapshot {
    /// What was read, as an answer to `needs`: what they want and nobody asked for is unread.
    pub fn into_account(self, needs: &Needs) -> Account {
        let Self { mut account, whole, .. } = self;
        for (type_name, region, wanted) in needs.iter() {
            let key = (type_name.to_owned(), region.to_owned());
            let Some(Listing::Complete(calls)) = account.listings.get(&key) else {
                break_children(&mut account, &whole, type_name, region, wanted);
                continue;
            };
            let call = calls.first().cloned();
            let read: BTreeSet<String> =
                account.of_type(type_name, region).map(|resource| resource.name.clone()).collect();
            let listed = account.names.get(&key).cloned();
            // Where all that the list names was read, nothing is lacking; but it names no policies of AWS's.
            let all_read = type_name != MANAGED_POLICY && listed.as_ref().is_some_and(|listed| listed.is_subset(&read));
            let lacks = |parent| !whole.has(type_name, region, parent);
            let of_all = wanted.all.is_some() && lacks(None);
            let is_broken = !all_read && (of_all || wanted.children.keys().any(|parent| lacks(Some(parent.as_str()))));
            for name in wanted.named.keys().filter(|name| !read.contains(*name)) {
                let asked = match &listed {
                    Some(listed) if listed.contains(name) => Err(Gap::not_asked(type_name, region)),
                    // The list is about to break, and it did say so.
                    Some(_) if is_broken => call.clone().ok_or_else(|| Gap::not_asked(type_name, region)),
                    None if lacks(None) => Err(Gap::not_asked(type_name, region)),
                    _ => continue,
                };
                account.asked.entry((type_name.to_owned(), region.to_owned(), name.clone())).or_insert(asked);
            }
            if is_broken {
                account.listings.insert(key, Listing::Broken(Gap::not_asked(type_name, region)));
                break_children(&mut account, &whole, type_name, region, wanted);
            }
        }
        account
    }
}

/// Breaks the lists of what hangs on one parent where only some of it was asked for: such a list may be whole, and what it
/// held was thrown away.
fn break_children(account: &mut Account, whole: &Whole, type_name: &str, region: &str, wanted: &Wanted) {
    let lacks = |parent: &String| !whole.has(type_name, region, Some(parent));
    let lacking: BTreeSet<&String> = wanted.children.keys().filter(|parent| lacks(parent)).collect();
    let name_of: BTreeMap<&str, &String> = account.resources.iter().map(|one| (one.id.as_str(), &one.name)).collect();
    // Who wants all of them may want those of any parent.
    let of_any = account.children.keys().filter(|(of, of_region, parent)| {
        let is_whole = name_of.get(parent.as_str()).is_some_and(|name| !lacks(name));
        wanted.all.is_some() && of == type_name && of_region == region && !is_whole
    });
    let of_lacking = account.resources.iter().filter(|one| lacking.contains(&one.name));
    let keys: Vec<_> = of_lacking
        .map(|one| (type_name.to_owned(), region.to_owned(), one.id.clone()))
        .chain(of_any.cloned())
        .collect();
    for key in keys {
        account.children.insert(key, Listing::Broken(Gap::not_asked(type_name, region)));
    }
}
