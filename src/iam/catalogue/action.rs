//! An action: its access level, and what a statement about it may name.

use std::fmt;

use super::key::{self, ConditionKey};
use super::resource::{self, ResourceType};
use super::service::Service;
use super::table::{List, TABLE, partition};

/// An action, such as `sqs:SendMessage`.
///
/// Ordered by prefix, then by name, without regard to case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Action {
    id: ActionId,
    service: Service,
}

/// The place of an action among all actions of one catalogue. Another catalogue gives it to another action: never
/// keep it longer than the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId(u16);

/// What an action does, in AWS's five levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    /// Lists resources, to see that they exist.
    List,
    /// Reads the contents or attributes of a resource.
    Read,
    /// Creates, changes or deletes.
    Write,
    /// Grants or changes permissions. AWS marks these as writing too.
    PermissionsManagement,
    /// Changes tags only. AWS marks these as writing too.
    Tagging,
}

/// A resource type that an action can be granted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    resource_type: ResourceType,
    required: bool,
    keys: u16,
}

/// The action at this index, which must be one of this service.
pub(super) fn at(index: u16, service: Service) -> Action {
    Action { id: ActionId(index), service }
}

/// The name of the action at this index.
pub(super) fn name_bytes(index: usize) -> &'static [u8] {
    let [a, b, c, d, ..] = TABLE.actions.record::<9>(index);
    TABLE.bytes([a, b, c, d])
}

impl ActionId {
    /// The place, from 0 to the number of actions.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// The id with this place, if there are that many actions.
    pub(super) fn with_index(index: usize) -> Option<Self> {
        u16::try_from(index).ok().filter(|_| index < TABLE.actions.len::<9>()).map(Self)
    }
}

impl Action {
    /// The action with this id.
    pub(super) fn with_id(id: ActionId) -> Self {
        at(id.0, Service::of_action(id.0))
    }

    fn row(self) -> [u8; 9] {
        TABLE.actions.record(self.id.index())
    }

    /// Its place among all actions.
    pub fn id(self) -> ActionId {
        self.id
    }

    /// The service it belongs to.
    pub fn service(self) -> Service {
        self.service
    }

    /// The prefix of its service, such as `sqs`.
    pub fn prefix(self) -> &'static str {
        self.service.prefix()
    }

    /// Its name without prefix, such as `SendMessage`, as AWS spells it.
    pub fn name(self) -> &'static str {
        let [a, b, c, d, ..] = self.row();
        TABLE.text([a, b, c, d])
    }

    /// Prefix and name, such as `sqs:SendMessage`, as AWS spells them.
    pub fn full_name(self) -> String {
        self.to_string()
    }

    /// What it does.
    pub fn access_level(self) -> AccessLevel {
        match self.row()[4] {
            0 => AccessLevel::List,
            1 => AccessLevel::Read,
            2 => AccessLevel::Write,
            3 => AccessLevel::PermissionsManagement,
            _ => AccessLevel::Tagging,
        }
    }

    /// The resource types it can be granted on, by name.
    pub fn resource_types(self) -> impl Iterator<Item = Target> + Clone {
        let [.., low, high, _, _] = self.row();
        Targets(TABLE.list(u16::from_le_bytes([low, high])))
    }

    /// Whether it has no resource-level permission: only `Resource: "*"` grants it.
    pub fn is_wildcard_only(self) -> bool {
        self.resource_types().next().is_none()
    }

    /// The condition keys that apply whatever the resource; [`Target::condition_keys`] has those of one resource type.
    pub fn condition_keys(self) -> impl Iterator<Item = ConditionKey> + Clone {
        let [.., low, high] = self.row();
        key::listed(u16::from_le_bytes([low, high]))
    }

    /// The actions that AWS documents as needed besides it, in order.
    pub fn dependent_actions(self) -> impl Iterator<Item = Self> + Clone {
        let row = |index| TABLE.dependents.record::<4>(index);
        let end = TABLE.dependents.len::<4>();
        let at = partition(0..end, |index| {
            let [low, high, ..] = row(index);
            u16::from_le_bytes([low, high]) < self.id.0
        });
        let [id_low, id_high, low, high] = row(at);
        let found = at < end && u16::from_le_bytes([id_low, id_high]) == self.id.0;
        let list = if found { u16::from_le_bytes([low, high]) } else { 0 };
        TABLE.list(list).map(|index| Self::with_id(ActionId(index)))
    }
}

impl Target {
    /// The resource type.
    pub fn resource_type(self) -> ResourceType {
        self.resource_type
    }

    /// Whether a grant of the action must name a resource of this type (or `*`). AWS marks these by an asterisk.
    pub fn is_required(self) -> bool {
        self.required
    }

    /// The condition keys that apply to the action on a resource of this type.
    pub fn condition_keys(self) -> impl Iterator<Item = ConditionKey> + Clone {
        key::listed(self.keys)
    }
}

/// Pairs of words: a resource type with the mark of a required one, and a list of condition keys.
#[derive(Clone)]
struct Targets(List);

impl Iterator for Targets {
    type Item = Target;

    fn next(&mut self) -> Option<Target> {
        const REQUIRED: u16 = 0x8000;
        let (word, keys) = (self.0.next()?, self.0.next()?);
        Some(Target { resource_type: resource::at(word & !REQUIRED), required: word & REQUIRED != 0, keys })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.prefix(), self.name())
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Action({self})")
    }
}

impl fmt::Display for AccessLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::List => "List",
            Self::Read => "Read",
            Self::Write => "Write",
            Self::PermissionsManagement => "Permissions management",
            Self::Tagging => "Tagging",
        })
    }
}
