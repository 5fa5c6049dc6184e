//! Whether it is proven that something is not there. Absence follows from a list that was read to its end and held back
//! nothing, or from an answer that says so.

use crate::model::{Account, Gap, Kind, Listing, Resource, SUBSCRIPTION};
use std::collections::{BTreeMap, BTreeSet};

/// An account, and of what every one was asked for.
pub struct Seen<'a> {
    /// The account.
    pub account: &'a Account,
    /// Whether every one of a type in a region (empty: global) was asked for, or every one that hangs on the parent of
    /// this name.
    pub whole: &'a dyn Fn(&str, &str, Option<&str>) -> bool,
}

/// What is needed of one side to say that something is not there.
pub(super) struct Side<'a> {
    seen: &'a Seen<'a>,
    /// The names of the resources that were read, by type and region.
    names: BTreeMap<(&'a str, &'a str), BTreeSet<&'a str>>,
    ids: BTreeSet<&'a str>,
}

impl<'a> Side<'a> {
    pub(super) fn new(seen: &'a Seen<'a>) -> Self {
        let (mut names, mut ids) = (BTreeMap::<_, BTreeSet<_>>::new(), BTreeSet::new());
        for one in &seen.account.resources {
            names.entry((one.type_name, one.region.as_str())).or_default().insert(one.name.as_str());
            ids.insert(one.id.as_str());
        }
        Self { seen, names, ids }
    }

    /// Whether it is proven that `resource`, which was not read here, is not there; else the gap that leaves it open. Its
    /// parent, if it has one, is `parent` on the other side.
    pub(super) fn lacks(&self, resource: &Resource, kind: &Kind, parent: Option<&Resource>) -> Result<(), Gap> {
        let account = self.seen.account;
        let (type_name, region) = (resource.type_name, resource.region.as_str());
        let key = (type_name.to_owned(), region.to_owned());
        let of_name = (type_name.to_owned(), region.to_owned(), resource.name.clone());
        match account.asked.get(&of_name) {
            Some(Ok(_)) => return Ok(()),
            Some(Err(gap)) => return Err(gap.clone()),
            None => {}
        }
        let not_asked = || Gap::not_asked(type_name, region);
        let whole = (self.seen.whole)(type_name, region, parent.map(|parent| parent.name.as_str()));
        // A thing cannot hang on what is not there; but a subscription outlives its topic.
        let without_parent = || match parent {
            Some(parent) if type_name != SUBSCRIPTION && !self.ids.contains(parent.id.as_str()) => {
                kind.parent.is_some() && self.lacks(parent, kind, None).is_ok()
            }
            _ => false,
        };
        match account.listings.get(&key) {
            Some(Listing::Complete(_)) if (self.seen.whole)(type_name, region, None) => return Ok(()),
            Some(Listing::Complete(_)) => {
                let read =
                    self.names.get(&(type_name, region)).is_some_and(|read| read.contains(resource.name.as_str()));
                match account.names.get(&key) {
                    // Those of one name are all read, or none is.
                    Some(names) if !names.contains(&resource.name) || read => return Ok(()),
                    Some(_) => return Err(not_asked()),
                    None => {}
                }
            }
            Some(Listing::Broken(_)) | None => {}
        }
        let own = resource
            .parent
            .as_ref()
            .and_then(|parent| account.children.get(&(type_name.to_owned(), region.to_owned(), parent.clone())));
        match (own, account.listings.get(&key)) {
            (Some(Listing::Complete(_)), _) if whole => Ok(()),
            _ if without_parent() => Ok(()),
            (Some(Listing::Broken(gap)), _) | (None, Some(Listing::Broken(gap))) => Err(gap.clone()),
            _ => Err(not_asked()),
        }
    }
}
