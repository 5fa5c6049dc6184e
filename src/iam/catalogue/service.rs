//! A service: the prefix of its actions, and what the catalogue lists under it.

use std::fmt;
use std::ops::Range;

use super::action::{self, Action};
use super::key::{self, ConditionKey};
use super::resource::{self, ResourceType};
use super::table::{TABLE, find, partition};

/// A service, by the prefix of its actions. Two pages of AWS's reference that share a prefix are one service here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Service(u16);

/// A service's record.
struct Row {
    prefix: [u8; 4],
    name: [u8; 4],
    first_action: u16,
    actions: u16,
    first_type: u16,
    types: u16,
    keys: u16,
    rcp: u16,
}

impl Service {
    /// All services, by prefix.
    pub(super) fn all() -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + Clone {
        // The table has as many as fit a `u16`.
        (0..TABLE.services.len::<20>() as u16).map(Self)
    }

    /// The service of a prefix, in any letter case.
    pub(super) fn of(prefix: &str) -> Option<Self> {
        let all = 0..TABLE.services.len::<20>();
        find(all, prefix, |index| TABLE.bytes(Self(index as u16).row().prefix)).map(|index| Self(index as u16))
    }

    /// The service that the action at this index belongs to.
    pub(super) fn of_action(index: u16) -> Self {
        let all = 0..TABLE.services.len::<20>();
        let after = partition(all, |service| Self(service as u16).row().first_action <= index);
        Self(after.saturating_sub(1) as u16)
    }

    fn row(self) -> Row {
        let [p0, p1, p2, p3, n0, n1, n2, n3, rest @ ..] = TABLE.services.record::<20>(usize::from(self.0));
        let [a, b, c, d, e, f, g, h, i, j, k, l] = rest;
        let word = |low, high| u16::from_le_bytes([low, high]);
        Row {
            prefix: [p0, p1, p2, p3],
            name: [n0, n1, n2, n3],
            first_action: word(a, b),
            actions: word(c, d),
            first_type: word(e, f),
            types: word(g, h),
            keys: word(i, j),
            rcp: word(k, l),
        }
    }

    /// The indices of its actions.
    pub(super) fn action_range(self) -> Range<usize> {
        let row = self.row();
        usize::from(row.first_action)..usize::from(row.first_action) + usize::from(row.actions)
    }

    /// The prefix of its actions, such as `sqs`.
    pub fn prefix(self) -> &'static str {
        TABLE.text(self.row().prefix)
    }

    /// Its name as AWS shows it, such as `Amazon SQS`.
    pub fn name(self) -> &'static str {
        TABLE.text(self.row().name)
    }

    /// Its actions, by name.
    pub fn actions(self) -> impl DoubleEndedIterator<Item = Action> + Clone {
        self.action_range().map(move |index| action::at(index as u16, self))
    }

    /// The action of this name without prefix, in any letter case.
    pub fn action(self, name: &str) -> Option<Action> {
        find(self.action_range(), name, action::name_bytes).map(|index| action::at(index as u16, self))
    }

    /// Its resource types, by name.
    pub fn resource_types(self) -> impl DoubleEndedIterator<Item = ResourceType> + Clone {
        self.type_range().map(|index| resource::at(index as u16))
    }

    /// The resource type of this name, in any letter case.
    pub fn resource_type(self, name: &str) -> Option<ResourceType> {
        find(self.type_range(), name, resource::name_bytes).map(|index| resource::at(index as u16))
    }

    fn type_range(self) -> Range<usize> {
        let row = self.row();
        usize::from(row.first_type)..usize::from(row.first_type) + usize::from(row.types)
    }

    /// The condition keys that its reference page defines, with the global ones that it mentions, by name.
    pub fn condition_keys(self) -> impl Iterator<Item = ConditionKey> + Clone {
        key::listed(self.row().keys)
    }

    /// Whether resource control policies apply to its resources.
    pub fn rcp_supported(self) -> bool {
        self.row().rcp != 0
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.prefix())
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Service({self})")
    }
}
