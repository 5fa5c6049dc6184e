//! What an intent says, looked up: resources by key, whom a role is for, what an ARN means.
//!
//! References are compared by what they could stand for: each resource has a name and an ARN of its own here, so that
//! `${queue.Arn}` and the ARN written out are the same thing.

use crate::intent::{Intended, Intent, Piece, Wanted};
use crate::model::{ArnRule, Kind, ROLE, Scope};
use std::collections::BTreeMap;

/// The account, the region and the partition that references stand for here.
const ACCOUNT: &str = "000000000000";
const REGION: &str = "us-east-1";

/// Gives the kind of a type name.
pub(crate) type Kinds = fn(&str) -> Option<&'static Kind>;

/// An intent, looked up.
pub(super) struct Facts<'a> {
    pub(super) intent: &'a Intent,
    kinds: Kinds,
    keys: BTreeMap<&'a str, &'a Intended>,
}

impl<'a> Facts<'a> {
    pub(super) fn new(intent: &'a Intent, kinds: Kinds) -> Self {
        let keys = intent.resources.iter().map(|resource| (resource.key.as_str(), resource)).collect();
        Self { intent, kinds, keys }
    }

    /// The resource called `key`.
    pub(super) fn get(&self, key: &str) -> Option<&'a Intended> {
        self.keys.get(key).copied()
    }

    /// The resources of a type, in their order.
    pub(super) fn of_type(&self, type_name: &str) -> impl Iterator<Item = &'a Intended> + use<'a, '_> {
        let type_name = type_name.to_owned();
        self.intent.resources.iter().filter(move |resource| resource.type_name == type_name)
    }

    /// The kind of a resource.
    pub(super) fn kind(&self, resource: &Intended) -> Option<&'static Kind> {
        (self.kinds)(&resource.type_name)
    }

    /// The resource that a value names whole: its ARN, its name or, for a queue, its URL; for a table the ARN of its
    /// stream.
    pub(super) fn named_by(&self, wanted: &Wanted, type_name: &str) -> Option<&'a Intended> {
        let Wanted::Text(pieces) = wanted else { return None };
        if pieces.is_empty() {
            return None;
        }
        let text = self.sample(pieces);
        self.of_type(type_name).find(|resource| {
            ["Arn", "QueueUrl", "StreamArn", "TopicArn"].iter().any(|attribute| {
                self.kind(resource).is_some_and(|kind| kind.attribute(attribute).is_some())
                    && self.sample_of(resource, attribute) == text
            }) || self.name_of(resource) == text
        })
    }

    /// The role that a function runs as.
    pub(super) fn role_of(&self, function: &Intended) -> Option<&'a Intended> {
        function.properties.get("Role").and_then(|role| self.named_by(role, ROLE))
    }

    /// What pieces could stand for.
    pub(super) fn sample(&self, pieces: &[Piece]) -> String {
        let one = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Reference(name) => self.sample_of_reference(name),
        };
        pieces.iter().map(one).collect()
    }

    fn sample_of_reference(&self, name: &str) -> String {
        match name {
            "AWS::AccountId" => ACCOUNT.to_owned(),
            "AWS::Region" => REGION.to_owned(),
            "AWS::Partition" => "aws".to_owned(),
            _ => {
                let (key, attribute) = name.split_once('.').map_or((name, None), |(key, of)| (key, Some(of)));
                match (self.get(key), attribute) {
                    (Some(resource), None) => self.name_of(resource),
                    (Some(resource), Some(attribute)) => self.sample_of(resource, attribute),
                    (None, _) => {
                        let parameter = self.intent.parameters.iter().find(|parameter| parameter.name == name);
                        let default = parameter.and_then(|parameter| parameter.default.clone());
                        default.filter(|default| !default.is_empty()).unwrap_or_else(|| name.to_owned())
                    }
                }
            }
        }
    }

    fn name_of(&self, resource: &Intended) -> String {
        // A name cannot hold a reference to a resource, so this ends.
        resource.name.as_deref().map_or_else(|| resource.key.clone(), |name| self.sample(name))
    }

    /// What an attribute of a resource could be.
    pub(super) fn sample_of(&self, resource: &Intended, attribute: &str) -> String {
        let Some(kind) = self.kind(resource) else { return resource.key.clone() };
        let name = self.name_of(resource);
        let field = kind.attribute(attribute).unwrap_or(attribute);
        if field == kind.name_field {
            return name;
        }
        let region = if kind.scope == Scope::Global { "" } else { REGION };
        let arn = match kind.arn {
            ArnRule::FromName(form) => {
                format!("arn:aws:{}:{region}:{ACCOUNT}:{}", kind.service, form.replace("{}", &name))
            }
            ArnRule::Read => {
                let word = match kind.noun {
                    "managed policy" => "policy",
                    noun => noun,
                };
                let path = match resource.properties.get("Path") {
                    Some(Wanted::Text(path)) => self.sample(path),
                    _ => "/".to_owned(),
                };
                format!("arn:aws:{}:{region}:{ACCOUNT}:{word}{path}{name}", kind.service)
            }
        };
        match field {
            "Arn" => arn,
            "StreamArn" => format!("{arn}/stream/label"),
            "QueueUrl" => format!("https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"),
            _ => format!("{}-{field}", resource.key),
        }
    }
}

/// The keys of resources that a value refers to, each once, in their order.
pub(super) fn referred(wanted: &Wanted) -> Vec<String> {
    fn walk(wanted: &Wanted, found: &mut Vec<String>) {
        match wanted {
            Wanted::Text(pieces) | Wanted::Like(pieces) => of_pieces(pieces, found),
            Wanted::List(items) => items.iter().for_each(|item| walk(item, found)),
            Wanted::Map(parts) => parts.values().for_each(|part| walk(part, found)),
            Wanted::Bool(_) | Wanted::Number(_) | Wanted::Unknown(_) => {}
        }
    }
    let mut found = Vec::new();
    walk(wanted, &mut found);
    found
}

fn of_pieces(pieces: &[Piece], found: &mut Vec<String>) {
    for piece in pieces {
        if let Piece::Reference(name) = piece {
            let key = name.split('.').next().unwrap_or(name).to_owned();
            if !name.starts_with("AWS::") && !found.contains(&key) {
                found.push(key);
            }
        }
    }
}

/// The part of a value under these names.
pub(super) fn part<'w>(properties: &'w BTreeMap<String, Wanted>, path: &[&str]) -> Option<&'w Wanted> {
    let (first, rest) = path.split_first()?;
    let found = properties.get(*first)?;
    match (rest, found) {
        ([], found) => Some(found),
        (_, Wanted::Map(parts)) => part(parts, rest),
        _ => None,
    }
}
