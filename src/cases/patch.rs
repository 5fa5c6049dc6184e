//! What a case changes of the account that it begins with.

use super::fragment::{add, hide_lists, hide_properties, named};
use super::value::merge;
use crate::model::{Account, Call, Kind, Shape};
use crate::rules::{Content, Diagnostics, Entry, Types, Whereabouts, map};

/// Makes the `changes` to `account`: first what is changed, then what is taken away, what comes, and what was not read.
pub(super) fn patch(
    account: &mut Account,
    place: &Whereabouts,
    changes: &[Entry],
    types: Types,
    diagnostics: &mut Diagnostics,
) {
    let field = |name: &str| changes.iter().find(|entry| entry.key == name);
    if let Some(entry) = field("change") {
        change(account, entry, types, diagnostics);
    }
    if let Some(entry) = field("remove") {
        remove(account, entry, diagnostics);
    }
    if let Some(entry) = field("add") {
        add(account, place, entry, types, diagnostics);
    }
    if let Some(entry) = field("unread") {
        let wanted = "`unread` is a map from resources to properties: `{ POC-Queue: { Policy: denied } }`";
        for of in map(&entry.value, wanted, diagnostics).unwrap_or_default() {
            let Some((at, kind)) = resource(account, of, types, diagnostics) else { continue };
            hide_properties(&mut account.resources[at], kind, &of.value, diagnostics);
        }
    }
    hide_lists(account, place, changes, types, diagnostics);
}

/// Lays the properties in `entry` over those of the resources.
fn change(account: &mut Account, entry: &Entry, types: Types, diagnostics: &mut Diagnostics) {
    let wanted = "`change` is a map from resources to properties: `{ POC-Queue: { FifoQueue: true } }`";
    for of in map(&entry.value, wanted, diagnostics).unwrap_or_default() {
        let Some((at, kind)) = resource(account, of, types, diagnostics) else { continue };
        let wanted = format!("what changes of `{}` is a map of properties", of.key);
        let Some(entries) = map(&of.value, &wanted, diagnostics) else { continue };
        // What finds it: the property that has its name in it, and its ARN.
        let resource = &account.resources[at];
        let fixed = |entry: &&Entry| {
            let told = |field: &str| resource.properties.get(field).as_text();
            entry.key == "Arn"
                || (entry.key == kind.name_field && told(kind.name_field).as_ref() == Some(&resource.name))
        };
        if let Some(entry) = entries.iter().find(fixed) {
            let message = format!("`{}` is what tells {} from others, and cannot change", entry.key, kind.one());
            diagnostics.error("wrong-field", &entry.key_span, message).help("`remove` it, and `add` the other");
            continue;
        }
        let shape = Shape::Struct(kind.fields().to_vec());
        merge(&shape, &mut account.resources[at].properties, entries, kind.type_name, diagnostics);
    }
}

/// Takes away the resources that `entry` names. AWS says of each that it does not exist.
fn remove(account: &mut Account, entry: &Entry, diagnostics: &mut Diagnostics) {
    let one = std::slice::from_ref(&entry.value);
    let nodes = if let Content::List(nodes) = &entry.value.content { nodes } else { one };
    for node in nodes {
        let Some(name) = node.text() else {
            let message = format!("`remove` takes names of resources, and this is {}", node.noun());
            diagnostics.error("wrong-type", &node.span, message);
            continue;
        };
        let Some(at) = named(account, name, &node.span, diagnostics) else { continue };
        let gone = account.resources.remove(at);
        let key = (gone.type_name.to_owned(), gone.region.clone());
        let twin = account.of_type(gone.type_name, &gone.region).any(|resource| resource.name == gone.name);
        if !twin {
            if let Some(names) = account.names.get_mut(&key) {
                names.remove(&gone.name);
            }
            let call = gone.calls.first().cloned();
            let call = call.unwrap_or_else(|| Call::new(gone.type_name, "Get", &gone.region, &gone.name));
            account.asked.insert((key.0, key.1, gone.name), Ok(call));
        }
    }
}

/// The resource that the key of `entry` names, and its kind.
fn resource(
    account: &Account,
    entry: &Entry,
    types: Types,
    diagnostics: &mut Diagnostics,
) -> Option<(usize, &'static Kind)> {
    let at = named(account, &entry.key, &entry.key_span, diagnostics)?;
    Some((at, (types.kind)(account.resources[at].type_name)?))
}
