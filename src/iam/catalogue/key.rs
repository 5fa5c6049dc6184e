//! A condition key: its type, and whether it may have several values.

use std::fmt;

use super::table::{TABLE, find};

/// A condition key, such as `aws:SourceArn` or `aws:RequestTag/${TagKey}`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConditionKey(u16);

/// What the values of a condition key are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueType {
    /// Text.
    String,
    /// An ARN.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A number.
    Numeric,
    /// An instant: ISO 8601, or seconds since 1970.
    Date,
    /// An IPv4 or IPv6 address.
    IpAddress,
}

const TYPE: u8 = 0x0F;
const MULTIVALUED: u8 = 0x10;
const GLOBAL: u8 = 0x20;

/// The condition keys of a list.
pub(super) fn listed(list: u16) -> impl Iterator<Item = ConditionKey> + Clone {
    TABLE.list(list).map(ConditionKey)
}

fn name_bytes(index: usize) -> &'static [u8] {
    let [a, b, c, d, _] = TABLE.condition_keys.record::<5>(index);
    TABLE.bytes([a, b, c, d])
}

impl ConditionKey {
    /// All condition keys, by name.
    pub(super) fn all() -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + Clone {
        // The table has as many as fit a `u16`.
        (0..TABLE.condition_keys.len::<5>() as u16).map(Self)
    }

    /// The key that a policy means by `name`, in any letter case; among several keys with a placeholder the one that
    /// says most.
    pub(super) fn of(name: &str) -> Option<Self> {
        let exact = find(0..TABLE.condition_keys.len::<5>(), name, name_bytes).map(|index| Self(index as u16));
        exact.or_else(|| {
            let templates = (0..TABLE.templates.len::<2>()).map(|index| Self(TABLE.templates.word(index)));
            templates
                .filter(|key| key.fits(name.as_bytes()))
                .max_by_key(|key| key.around().map_or(0, |(a, b)| a.len() + b.len()))
        })
    }

    /// What stands before and after the placeholder.
    fn around(self) -> Option<(&'static [u8], &'static [u8])> {
        let name = name_bytes(usize::from(self.0));
        let open = name.iter().position(|byte| matches!(byte, b'$' | b'<'))?;
        let close = name.iter().position(|byte| matches!(byte, b'}' | b'>'))?;
        Some((name.get(..open)?, name.get(close.saturating_add(1)..)?))
    }

    /// Whether `name` is this key with at least one character for its placeholder.
    fn fits(self, name: &[u8]) -> bool {
        self.around().is_some_and(|(before, after)| {
            name.len() > before.len() + after.len()
                && name.get(..before.len()).is_some_and(|start| start.eq_ignore_ascii_case(before))
                && name.get(name.len() - after.len()..).is_some_and(|end| end.eq_ignore_ascii_case(after))
        })
    }

    fn kind(self) -> u8 {
        let [.., kind] = TABLE.condition_keys.record::<5>(usize::from(self.0));
        kind
    }

    /// Its name as AWS spells it. A part that policies choose is a placeholder: `aws:RequestTag/${TagKey}`,
    /// `s3:ExistingObjectTag/<key>`.
    pub fn name(self) -> &'static str {
        let [a, b, c, d, _] = TABLE.condition_keys.record::<5>(usize::from(self.0));
        TABLE.text([a, b, c, d])
    }

    /// Whether a part of its name is a placeholder.
    pub fn is_template(self) -> bool {
        self.around().is_some()
    }

    /// What its values are.
    pub fn value_type(self) -> ValueType {
        match self.kind() & TYPE {
            0 => ValueType::String,
            1 => ValueType::Arn,
            2 => ValueType::Bool,
            3 => ValueType::Numeric,
            4 => ValueType::Date,
            _ => ValueType::IpAddress,
        }
    }

    /// Whether a request may carry several values: such a key is compared by `ForAllValues` or `ForAnyValue`.
    pub fn is_multivalued(self) -> bool {
        self.kind() & MULTIVALUED != 0
    }

    /// Whether requests to every service may carry it: the keys `aws:…`, and those that the credentials of EC2,
    /// Lambda and others bring along, such as `lambda:SourceFunctionArn`.
    pub fn is_global(self) -> bool {
        self.kind() & GLOBAL != 0
    }
}

impl fmt::Display for ConditionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for ConditionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConditionKey({self})")
    }
}
