//! The last step: what speaks of things that were not taken over is unknown, and only parameters that are used stay.

use super::build::Resource;
use super::parameter::Holds;
use super::resolve::{STACK, Scope};
use crate::intent::{Intended, Intent, Left, Parameter, Piece, Wanted};
use crate::services::kind;
use std::collections::{BTreeMap, BTreeSet};

/// The intent of what was put together.
pub(super) fn settle(
    title: String,
    about: Option<String>,
    mut resources: Vec<Intended>,
    mut left: Vec<Left>,
    scope: &Scope,
    extra: Vec<(String, String, String)>,
    undecided: &[(Resource, String)],
) -> Intent {
    let mut names: BTreeSet<String> = scope.parameters.values().map(|parameter| parameter.key.clone()).collect();
    names.extend(extra.iter().map(|(name, ..)| name.clone()));
    names.extend([STACK, "AWS::Region", "AWS::AccountId", "AWS::Partition"].map(str::to_owned));
    let ids: BTreeMap<&str, &str> = scope.resources.iter().map(|(id, (key, _))| (key.as_str(), id.as_str())).collect();
    // What cannot be found takes with it what is found by it.
    loop {
        let known = Known { names: &names, types: types(&resources), ids: &ids, undecided };
        let why: Vec<Option<String>> = resources.iter().map(|resource| known.lost(resource)).collect();
        if why.iter().all(Option::is_none) {
            break;
        }
        let mut kept = Vec::new();
        for (resource, why) in resources.into_iter().zip(why) {
            match why {
                None => kept.push(resource),
                Some(why) => left.push(Left { what: format!("{} ({})", resource.origin, resource.type_name), why }),
            }
        }
        resources = kept;
    }
    let known = Known { names: &names, types: types(&resources), ids: &ids, undecided };
    for resource in &mut resources {
        resource.properties.values_mut().for_each(|wanted| known.settle(wanted));
    }
    let mut used = BTreeSet::new();
    for resource in &resources {
        let of_name = resource.name.iter().flatten();
        of_name.for_each(|piece| note(piece, &mut used));
        resource.select.iter().for_each(|(_, wanted)| note_all(wanted, &mut used));
        resource.properties.values().for_each(|wanted| note_all(wanted, &mut used));
    }
    let mut parameters = Vec::new();
    if used.contains(STACK) {
        parameters.push(Parameter {
            name: STACK.to_owned(),
            about: Some("the name of the CloudFormation stack".to_owned()),
            default: scope.given.get("AWS::StackName").cloned(),
        });
    }
    for (name, parameter) in &scope.parameters {
        if used.contains(parameter.key.as_str()) {
            let about = match parameter.holds {
                Holds::Stored => Some(format!(
                    "the value that the parameter {name} of the template stands for in the Parameter Store"
                )),
                _ => parameter.about.clone().or_else(|| Some(format!("the parameter {name} of the template"))),
            };
            parameters.push(Parameter { name: parameter.key.clone(), about, default: parameter.value.clone() });
        }
    }
    for (name, about, value) in extra.into_iter().filter(|(name, ..)| used.contains(name.as_str())) {
        parameters.push(Parameter { name, about: Some(about), default: Some(value) });
    }
    Intent { title, about, parameters, resources, left }
}

fn types(resources: &[Intended]) -> BTreeMap<String, String> {
    resources.iter().map(|resource| (resource.key.clone(), resource.type_name.clone())).collect()
}

/// What references may speak of.
struct Known<'a> {
    names: &'a BTreeSet<String>,
    /// The types of the resources, by what rules call them.
    types: BTreeMap<String, String>,
    ids: &'a BTreeMap<&'a str, &'a str>,
    undecided: &'a [(Resource, String)],
}

impl Known<'_> {
    /// Why `reference` stands for nothing that rules know.
    fn dangling(&self, reference: &str) -> Option<String> {
        let (key, attribute) = reference.split_once('.').map_or((reference, None), |(key, of)| (key, Some(of)));
        if attribute.is_none() && self.names.contains(reference) {
            return None;
        }
        let Some(type_name) = self.types.get(key) else {
            let undecided = self.undecided.iter().find(|(resource, _)| resource.key == key);
            let id = self.ids.get(key).copied().unwrap_or(key);
            return Some(match undecided {
                Some((_, why)) => format!("whether there is {id} is not known: {why}"),
                None => format!("it speaks of {id}, which was not taken over"),
            });
        };
        let attribute = attribute?;
        match kind(type_name).and_then(|kind| kind.attribute(attribute)) {
            Some(_) => None,
            None => Some(format!("Plimsoll does not read {attribute} of {type_name}")),
        }
    }

    fn in_pieces(&self, pieces: &[Piece]) -> Option<String> {
        pieces.iter().find_map(|piece| match piece {
            Piece::Reference(reference) => self.dangling(reference),
            Piece::Text(_) => None,
        })
    }

    /// Why `resource` cannot be found.
    fn lost(&self, resource: &Intended) -> Option<String> {
        if let Some(why) = resource.name.as_deref().and_then(|name| self.in_pieces(name)) {
            return Some(format!("its name is not known: {why}"));
        }
        if let Some(of) = &resource.of
            && !self.types.contains_key(of)
        {
            let id = self.ids.get(of.as_str()).copied().unwrap_or(of);
            return Some(format!("it hangs on {id}, which was not taken over"));
        }
        resource.select.iter().find_map(|(field, wanted)| {
            let why = match wanted {
                Wanted::Text(pieces) | Wanted::Like(pieces) => self.in_pieces(pieces)?,
                Wanted::Unknown(why) => why.clone(),
                _ => return None,
            };
            Some(format!("its {field} is not known: {why}"))
        })
    }

    /// Makes unknown what speaks of things that were not taken over.
    fn settle(&self, wanted: &mut Wanted) {
        match wanted {
            Wanted::Text(pieces) | Wanted::Like(pieces) => {
                if let Some(why) = self.in_pieces(pieces) {
                    *wanted = Wanted::Unknown(why);
                }
            }
            Wanted::List(items) => items.iter_mut().for_each(|item| self.settle(item)),
            Wanted::Map(parts) => parts.values_mut().for_each(|part| self.settle(part)),
            Wanted::Bool(_) | Wanted::Number(_) | Wanted::Unknown(_) => {}
        }
    }
}

fn note<'a>(piece: &'a Piece, used: &mut BTreeSet<&'a str>) {
    if let Piece::Reference(reference) = piece {
        used.insert(reference);
    }
}

fn note_all<'a>(wanted: &'a Wanted, used: &mut BTreeSet<&'a str>) {
    match wanted {
        Wanted::Text(pieces) | Wanted::Like(pieces) => pieces.iter().for_each(|piece| note(piece, used)),
        Wanted::List(items) => items.iter().for_each(|item| note_all(item, used)),
        Wanted::Map(parts) => parts.values().for_each(|part| note_all(part, used)),
        Wanted::Bool(_) | Wanted::Number(_) | Wanted::Unknown(_) => {}
    }
}
