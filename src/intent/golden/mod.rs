//! A golden account: one that is as it should be, read from a snapshot as the intent that it stands for.
//!
//! What AWS made, what is for people, and what lies elsewhere is left out with the reason. Of each resource the fields are
//! taken that differ from what AWS gives by itself; what a snapshot does not hold is left, never guessed.

mod defaults;
mod keys;
mod references;

use super::{Intended, Intent, Left, Piece, Wanted};
use crate::model::{
    Account, FUNCTION, Field, GROUP, Kind, MAPPING, METHOD, Origin, ROLE, Reason, Resource, SUBSCRIPTION, Scope, USER,
    Value,
};
use references::References;
use std::collections::{BTreeMap, BTreeSet};

/// Gives the kind of a type name.
type Kinds = fn(&str) -> Option<&'static Kind>;

/// Types that are only steps on the way to others, or copies of them.
const PASSED_OVER: [(&str, &str); 2] = [
    ("AWS::ApiGateway::Deployment", "a deployment is what an API once was; the API itself is stated"),
    ("AWS::ApiGateway::Resource", "the methods say their paths"),
];

/// Fields that say nothing of how an architecture works.
const WORDS: [&str; 5] = ["Description", "Tags", "DisplayName", "StartingPosition", "DeploymentId"];

/// The intent of an account, as far as `region` goes.
pub fn read(account: &Account, region: &str, kinds: Kinds) -> Intent {
    let mut left = Vec::new();
    let chosen = chosen(account, region, kinds, &mut left);
    let keys = keys::keys(&chosen, kinds);
    let references = References::new(account, region, &chosen, &keys, kinds);
    let mut reader = Reader { keys: &keys, references, unasked: BTreeMap::new(), left };
    let resources =
        chosen.iter().filter_map(|resource| reader.resource(resource, kinds(resource.type_name)?)).collect();
    for (type_name, fields) in std::mem::take(&mut reader.unasked) {
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        reader.leave(
            format!("{} of {type_name}", fields.join(", ")),
            "the snapshot was made for rules that did not ask for it",
        );
    }
    Intent {
        title: format!("The account {} in {region}", account.caller.account),
        about: None,
        parameters: Vec::new(),
        resources,
        left: reader.left,
    }
}

/// The resources that belong to the architecture.
fn chosen<'a>(account: &'a Account, region: &str, kinds: Kinds, left: &mut Vec<Left>) -> Vec<&'a Resource> {
    let mut out: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    let mut chosen = Vec::new();
    let named = mentioned(account);
    for resource in &account.resources {
        let Some(kind) = kinds(resource.type_name) else { continue };
        match left_out(resource, kind, region, &named) {
            Some(why) => out.entry((kind.noun.to_owned(), why)).or_default().push(resource.name.clone()),
            None => chosen.push(resource),
        }
    }
    for ((noun, why), names) in out {
        const SHOWN: usize = 5;
        let shown = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
        let more = if names.len() > SHOWN { format!(" and {} more", names.len() - SHOWN) } else { String::new() };
        left.push(Left { what: format!("{noun} {shown}{more}"), why });
    }
    for ((type_name, of), listing) in &account.listings {
        if let (crate::model::Listing::Broken(gap), true) = (listing, of.is_empty() || of == region) {
            let what = format!("some or all of {type_name}");
            left.push(Left { what, why: format!("the list was not read to its end: {}", gap.reason) });
        }
    }
    chosen
}

/// Why a resource is none of the architecture's own, if it is not.
fn left_out(resource: &Resource, kind: &Kind, region: &str, named: &BTreeSet<String>) -> Option<String> {
    if let Some((_, why)) = PASSED_OVER.iter().find(|(type_name, _)| *type_name == resource.type_name) {
        return Some((*why).to_owned());
    }
    if kind.shared.is_some_and(|field| *resource.properties.get(field) == Value::Bool(true)) {
        return Some("AWS wrote it".to_owned());
    }
    if kind.scope == Scope::Regional && resource.region != region {
        return Some(format!("it lives in {}, and these rules are about {region}", resource.region));
    }
    if [USER, GROUP].contains(&resource.type_name) {
        return Some("it is for people, and no part of an architecture".to_owned());
    }
    if resource.type_name == ROLE {
        let path = resource.properties.get("Path").as_text().unwrap_or_default();
        if path.starts_with("/aws-service-role/") || resource.id.contains(":role/aws-service-role/") {
            return Some("it is linked to a service of AWS, which made it".to_owned());
        }
        if path.starts_with("/aws-reserved/") || resource.id.contains(":role/aws-reserved/") {
            return Some("AWS made it, for people who sign in".to_owned());
        }
        let trusts_a_service = match resource.properties.get("AssumeRolePolicyDocument") {
            Value::Policy(text) => text.contains("\"Service\""),
            _ => true,
        };
        if !trusts_a_service && !named.contains(&resource.id) {
            return Some(
                "no service may assume it and nothing here names it: it is for people or other accounts".to_owned(),
            );
        }
    }
    None
}

/// The roles that functions and methods name.
fn mentioned(account: &Account) -> BTreeSet<String> {
    let of = |resource: &Resource| match resource.type_name {
        FUNCTION => resource.properties.get("Role").as_text(),
        METHOD => resource.properties.get("Integration").get("Credentials").as_text(),
        _ => None,
    };
    account.resources.iter().filter_map(of).collect()
}

struct Reader<'a> {
    keys: &'a BTreeMap<String, String>,
    references: References<'a>,
    /// The fields that nobody asked for, by type.
    unasked: BTreeMap<&'static str, BTreeSet<String>>,
    left: Vec<Left>,
}

impl Reader<'_> {
    fn leave(&mut self, what: impl Into<String>, why: impl Into<String>) {
        let left = Left { what: what.into(), why: why.into() };
        if !self.left.contains(&left) {
            self.left.push(left);
        }
    }

    fn resource(&mut self, resource: &Resource, kind: &'static Kind) -> Option<Intended> {
        let key = self.keys.get(&resource.id)?.clone();
        let (name, of, select) = match (kind.parent, &resource.parent) {
            (Some(_), parent) => {
                let Some(parent) = parent.as_ref().and_then(|id| self.keys.get(id)) else {
                    self.leave(format!("{} {}", kind.noun, resource.name), "what it hangs on is not in the snapshot");
                    return None;
                };
                (None, Some(parent.clone()), self.select(resource, &key))
            }
            (None, _) => (Some(vec![Piece::Text(resource.name.clone())]), None, Vec::new()),
        };
        let mut properties = BTreeMap::new();
        for field in kind.fields() {
            if let Some(wanted) = self.field(resource, kind, field, &key) {
                properties.insert(field.name.clone(), wanted);
            }
        }
        let origin = format!("{} {}", kind.noun, resource.name);
        Some(Intended { key, type_name: resource.type_name.to_owned(), name, of, select, properties, origin })
    }

    /// What a resource without a name of its own is found by.
    fn select(&mut self, resource: &Resource, key: &str) -> Vec<(String, Wanted)> {
        let fields: &[&str] = match resource.type_name {
            MAPPING => &["EventSourceArn"],
            SUBSCRIPTION => &["Protocol", "Endpoint"],
            METHOD => &["ResourcePath", "HttpMethod"],
            "AWS::ApiGateway::Authorizer" => &["Name"],
            "AWS::ApiGateway::Stage" => &["StageName"],
            "AWS::Lambda::Url" => &["Qualifier"],
            _ => &[],
        };
        let mut select = Vec::new();
        for field in fields {
            let wanted = match resource.properties.get(field) {
                Value::Unread(gap) => {
                    self.unread(resource.type_name, field, &format!("{key}.{field}"), &gap.reason);
                    None
                }
                value => self.wanted(value, key, field),
            };
            select.extend(wanted.map(|wanted| ((*field).to_owned(), wanted)));
        }
        select
    }

    fn field(&mut self, resource: &Resource, kind: &Kind, field: &Field, key: &str) -> Option<Wanted> {
        let name = field.name.as_str();
        let own_policy = kind.standing.own_policy.is_some_and(|own| own.field == name);
        let kept = own_policy || field.origin == Origin::CloudFormation;
        if !kept || name == kind.name_field || WORDS.contains(&name) {
            return None;
        }
        let value = resource.properties.get(name);
        if defaults::is_default(resource, name, value) {
            return None;
        }
        let path = format!("{key}.{name}");
        if let Value::Unread(gap) = value {
            self.unread(resource.type_name, name, &path, &gap.reason);
            return None;
        }
        self.wanted(value, &path, name)
    }

    fn unread(&mut self, type_name: &'static str, field: &str, path: &str, reason: &Reason) {
        match reason {
            Reason::NotAsked => {
                self.unasked.entry(type_name).or_default().insert(field.to_owned());
            }
            reason => self.leave(path, format!("it was not read: {reason}")),
        }
    }

    /// A value as it is meant; none if there is none, or none that was read, which is noted.
    fn wanted(&mut self, value: &Value, path: &str, name: &str) -> Option<Wanted> {
        Some(match value {
            Value::Absent => return None,
            Value::Unread(gap) => {
                self.leave(path, format!("it was not read: {}", gap.reason));
                return None;
            }
            Value::Bool(value) => Wanted::Bool(*value),
            Value::Number(value) => Wanted::Number(*value),
            Value::Text(text) => Wanted::Text(self.references.pieces(text)),
            Value::Arn(arn) => Wanted::Text(self.references.pieces(&arn.to_string())),
            Value::Policy(text) => match serde_json::from_str(text) {
                Ok(json) => self.document(&json),
                Err(error) => Wanted::Unknown(format!("the policy is no JSON: {error}")),
            },
            Value::List(items) | Value::Set(items) => {
                let whole = items.len();
                let known: Vec<Wanted> = items.iter().filter_map(|item| self.wanted(item, path, name)).collect();
                if known.len() < whole && known.is_empty() {
                    return None;
                }
                let unknown = (known.len() < whole).then(|| Wanted::Unknown("an item was not read".to_owned()));
                Wanted::List(known.into_iter().chain(unknown).collect())
            }
            Value::Map(parts) => {
                let mut known = BTreeMap::new();
                for (part, value) in parts {
                    if !defaults::is_default_part(name, part, value) {
                        let inner = self.wanted(value, &format!("{path}.{part}"), part);
                        known.extend(inner.map(|wanted| (part.clone(), wanted)));
                    }
                }
                if known.is_empty() {
                    return None;
                }
                Wanted::Map(known)
            }
        })
    }

    fn document(&self, json: &serde_json::Value) -> Wanted {
        use serde_json::Value as Json;
        match json {
            Json::Null => Wanted::Unknown("a policy with nothing where a value goes".to_owned()),
            Json::Bool(value) => Wanted::Bool(*value),
            Json::Number(number) => match number.as_i64() {
                Some(number) => Wanted::Number(number),
                None => Wanted::Text(vec![Piece::Text(number.to_string())]),
            },
            Json::String(text) => Wanted::Text(self.references.pieces(text)),
            Json::Array(items) => Wanted::List(items.iter().map(|item| self.document(item)).collect()),
            Json::Object(parts) => {
                Wanted::Map(parts.iter().map(|(name, part)| (name.clone(), self.document(part))).collect())
            }
        }
    }
}
