//! Which resource of the one account is which of the other: by id, and what is left by name.

use crate::model::{Account, MAPPING, Resource, SUBSCRIPTION};
use std::collections::BTreeMap;

/// What was there before, what is there now, or both.
pub(super) type Pair<'a> = (Option<&'a Resource>, Option<&'a Resource>);

/// The resources of both accounts in pairs of the same id, and beside them those that only one of the accounts has.
pub(super) fn by_id<'a>(old: &'a Account, new: &'a Account) -> Vec<Pair<'a>> {
    let mut all: BTreeMap<_, (Vec<&Resource>, Vec<&Resource>)> = BTreeMap::new();
    let key = |one: &'a Resource| (one.type_name, one.region.as_str(), one.id.as_str());
    for one in &old.resources {
        all.entry(key(one)).or_default().0.push(one);
    }
    for one in &new.resources {
        all.entry(key(one)).or_default().1.push(one);
    }
    let zipped = all.into_values().flat_map(|(old, new)| {
        let most = old.len().max(new.len());
        (0..most).map(|at| (old.get(at).copied(), new.get(at).copied())).collect::<Vec<_>>()
    });
    zipped.collect()
}

/// What a person takes for the same thing once it was made again: the type, the place, what it hangs on, and its name or,
/// where that is made up by AWS, what it joins.
pub(super) fn likeness(resource: &Resource, parent: Option<&Resource>) -> Option<[String; 4]> {
    let text = |field: &str| resource.properties.get(field).as_text();
    let name = match resource.type_name {
        SUBSCRIPTION => format!("{} {}", text("Protocol")?, text("Endpoint")?),
        MAPPING => text("EventSourceArn")?,
        _ => resource.name.clone(),
    };
    // The ids within a parent that was made again changed with it.
    let parent = parent.map(|parent| parent.name.clone()).or_else(|| resource.parent.clone()).unwrap_or_default();
    Some([resource.type_name.to_owned(), resource.region.clone(), parent, name])
}
