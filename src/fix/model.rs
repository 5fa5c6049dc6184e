//! The account as it would be after changes: what is judged before a command is printed.

use super::command::Arg;
use super::write;
use crate::model::{Account, Call, Kind, Listing, Resource, TABLE, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Something that would be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// A property has this value.
    Set { of: Id, field: String, to: Value },
    /// There is this resource as well.
    Create(Box<Resource>),
    /// The resource is gone.
    Delete(Id),
}

/// What tells a resource from all others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id {
    pub(super) type_name: &'static str,
    pub(super) region: String,
    pub(super) id: String,
}

impl Id {
    pub(super) fn of(resource: &Resource) -> Self {
        Self { type_name: resource.type_name, region: resource.region.clone(), id: resource.id.clone() }
    }
}

impl Change {
    pub(super) fn set(of: &Resource, field: &str, to: Value) -> Self {
        Self::Set { of: Id::of(of), field: field.to_owned(), to }
    }

    pub(super) fn delete(of: &Resource) -> Self {
        Self::Delete(Id::of(of))
    }
}

/// An account, and what stands in it for values that AWS gives when the commands run.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub(super) account: Account,
    /// How each such value is asked for.
    pub(super) pending: BTreeMap<String, Arg>,
    /// All kinds there are.
    kinds: Vec<&'static Kind>,
}

/// Begins every text that stands for a value that is not known yet. No name in AWS can hold it.
const PENDING: char = '\u{E000}';

impl Model {
    pub(super) fn new(account: Account, kinds: Vec<&'static Kind>) -> Self {
        Self { account, pending: BTreeMap::new(), kinds }
    }

    /// A text that stands for a value that is not known yet.
    pub(super) fn unknown(&self, serial: usize) -> String {
        format!("{PENDING}{}", self.pending.len() + serial)
    }

    /// All kinds there are.
    pub(super) fn kinds(&self) -> impl Iterator<Item = &'static Kind> {
        self.kinds.iter().copied()
    }

    pub(super) fn get(&self, id: &Id) -> Option<&Resource> {
        let same = |of: &&Resource| of.type_name == id.type_name && of.region == id.region && of.id == id.id;
        self.account.resources.iter().find(same)
    }

    /// Makes a change that was written down as commands.
    pub(super) fn apply(&mut self, change: &Change) {
        match change {
            Change::Set { of, field, to } => {
                let same = |r: &&mut Resource| r.type_name == of.type_name && r.region == of.region && r.id == of.id;
                if let Some(resource) = self.account.resources.iter_mut().find(same)
                    && let Value::Map(parts) = &mut resource.properties
                {
                    parts.insert(field.clone(), to.clone());
                    for (field, value) in effects(resource.type_name, field, to) {
                        parts.insert(field.to_owned(), value);
                    }
                    if (resource.type_name, field.as_str()) == (TABLE, "StreamSpecification") && *to != Value::Absent {
                        // A stream that is turned on is a new one, of which only AWS knows the name.
                        let label = format!("{PENDING}{}", self.pending.len());
                        let stream = format!("{}/stream/{label}", resource.id);
                        parts.insert("StreamArn".to_owned(), arn_or_text(&stream));
                        parts.insert("LatestStreamLabel".to_owned(), Value::Text(label));
                        self.pending.extend(write::latest_stream(resource).map(|asked| (stream, asked)));
                    }
                }
            }
            Change::Create(resource) => {
                for kind in &self.kinds {
                    if kind.parent.is_some_and(|parent| parent.type_name == resource.type_name) {
                        let key = (kind.type_name.to_owned(), resource.region.clone(), resource.id.clone());
                        let call = Call::new(kind.service, "(new)", &resource.region, &resource.name);
                        self.account.children.entry(key).or_insert(Listing::Complete(vec![call]));
                    }
                }
                let key = (resource.type_name.to_owned(), resource.region.clone());
                self.account.names.entry(key).or_default().insert(resource.name.clone());
                self.pending.extend(write::pending(resource));
                self.account.resources.push((**resource).clone());
            }
            Change::Delete(id) => {
                let gone: BTreeSet<String> = self
                    .account
                    .of_type(id.type_name, &id.region)
                    .filter(|of| of.id == id.id)
                    .map(|of| of.name.clone())
                    .collect();
                self.account
                    .resources
                    .retain(|of| !(of.type_name == id.type_name && of.region == id.region && of.id == id.id));
                let there: BTreeSet<String> =
                    self.account.of_type(id.type_name, &id.region).map(|of| of.name.clone()).collect();
                if let Some(names) = self.account.names.get_mut(&(id.type_name.to_owned(), id.region.clone())) {
                    // What was listed and not read is there still.
                    names.retain(|name| !gone.contains(name) || there.contains(name));
                }
            }
        }
    }
}

/// The other properties that AWS changes when one is set.
fn effects(type_name: &str, field: &str, to: &Value) -> Vec<(&'static str, Value)> {
    match (type_name, field, to) {
        (crate::model::MAPPING, "Enabled", Value::Bool(on)) => {
            vec![("State", Value::Text(if *on { "Enabled" } else { "Disabled" }.to_owned()))]
        }
        (crate::model::QUEUE, "KmsMasterKeyId", Value::Absent) => vec![("SqsManagedSseEnabled", Value::Bool(true))],
        (crate::model::QUEUE, "KmsMasterKeyId", _) => vec![("SqsManagedSseEnabled", Value::Bool(false))],
        _ => Vec::new(),
    }
}

/// Whether a text stands for a value that is not known yet.
pub(super) fn is_pending(text: &str) -> bool {
    text.contains(PENDING)
}

/// An ARN, if `text` is one.
pub(super) fn arn_or_text(text: &str) -> Value {
    text.parse().map_or_else(|_| Value::Text(text.to_owned()), Value::Arn)
}
