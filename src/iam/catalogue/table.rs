//! The table as bytes: where each section lies, how a record and a string are read.
//!
//! Knows nothing of what the records mean. Every read is total: what lies outside the table reads as zero or as the
//! empty string, so that no index can cause a panic. Nothing is parsed beforehand; the section boundaries are
//! found while the crate is compiled.
//!
//! All numbers are little-endian. `tools/catalogue/build.py` writes, in this order: the magic, ten `u32` section
//! lengths, and the sections:
//!
//! | section | record |
//! |---|---|
//! | head | strings: date, version, source |
//! | text | one blob of UTF-8; a string is a `u32`: offset × 256 + length |
//! | services | prefix, name, first action, actions, first resource type, resource types, keys, supports RCPs |
//! | actions | name, level (`u8`), resource types, keys; by service, then by name |
//! | resource types | name, first ARN format, ARN formats (`u8`), keys; by service, then by name |
//! | ARN formats | strings: the first five parts with the colon after them, the sixth part |
//! | condition keys | name, type (`u8`); by name |
//! | templates | indices of the condition keys that have a placeholder |
//! | lists | a pool of lists, each its length and its words; the address 0 is the empty list |
//! | dependents | action, list of actions; by action |
//!
//! Numbers are `u16` where nothing else is said, and a list is given by its address in the pool. Names are in ASCII
//! order without regard to case.

use std::cmp::Ordering;
use std::ops::Range;

/// The table of this build.
pub(super) static TABLE: Table = match Table::open(include_bytes!("catalogue.bin")) {
    Some(table) => table,
    None => panic!("catalogue.bin is not a table of this layout; run tools/catalogue/build.py"),
};

const MAGIC: &[u8] = b"IAMCAT01";
const SECTIONS: usize = 10;

/// The sections of a table.
pub(super) struct Table {
    pub(super) head: Section,
    text: Section,
    pub(super) services: Section,
    pub(super) actions: Section,
    pub(super) resource_types: Section,
    pub(super) arn_formats: Section,
    pub(super) condition_keys: Section,
    pub(super) templates: Section,
    lists: Section,
    pub(super) dependents: Section,
}

/// Records of one size, one after the other.
#[derive(Clone, Copy)]
pub(super) struct Section(&'static [u8]);

/// A list of the pool: an iterator over its words.
#[derive(Debug, Clone)]
pub(super) struct List {
    rest: Range<usize>,
}

impl Table {
    /// Finds the sections; `None` if these bytes are no table, or one of another layout.
    const fn open(bytes: &'static [u8]) -> Option<Self> {
        let Some((magic, lengths)) = bytes.split_at_checked(MAGIC.len()) else { return None };
        let mut at = 0;
        while at < MAGIC.len() {
            if magic[at] != MAGIC[at] {
                return None;
            }
            at += 1;
        }
        let Some((mut lengths, mut rest)) = lengths.split_at_checked(4 * SECTIONS) else { return None };
        let mut sections = [Section(&[]); SECTIONS];
        let mut index = 0;
        while let Some((length, more)) = lengths.split_first_chunk::<4>() {
            let Some((section, after)) = rest.split_at_checked(u32::from_le_bytes(*length) as usize) else {
                return None;
            };
            sections[index] = Section(section);
            (lengths, rest) = (more, after);
            index += 1;
        }
        if !rest.is_empty() {
            return None;
        }
        let [head, text, services, actions, resource_types, arn_formats, condition_keys, templates, lists, dependents] =
            sections;
        Some(Self {
            head,
            text,
            services,
            actions,
            resource_types,
            arn_formats,
            condition_keys,
            templates,
            lists,
            dependents,
        })
    }

    /// The bytes of a string.
    pub(super) fn bytes(&self, string: [u8; 4]) -> &'static [u8] {
        let string = u32::from_le_bytes(string);
        let (start, length) = ((string >> 8) as usize, (string & 0xFF) as usize);
        self.text.0.get(start..start.saturating_add(length)).unwrap_or_default()
    }

    /// A string.
    pub(super) fn text(&self, string: [u8; 4]) -> &'static str {
        std::str::from_utf8(self.bytes(string)).unwrap_or_default()
    }

    /// The list at this address.
    pub(super) fn list(&self, address: u16) -> List {
        let start = usize::from(address).saturating_add(1);
        let length = usize::from(self.lists.word(usize::from(address)));
        List { rest: start..start.saturating_add(length) }
    }
}

impl Section {
    /// How many records of `N` bytes there are.
    pub(super) const fn len<const N: usize>(self) -> usize {
        self.0.len() / N
    }

    /// The record at this index; zeroes beyond the last one.
    pub(super) fn record<const N: usize>(self, index: usize) -> [u8; N] {
        let record = index.checked_mul(N).and_then(|at| self.0.get(at..)).and_then(|rest| rest.first_chunk());
        record.copied().unwrap_or([0; N])
    }

    /// The number at this index of a section of numbers.
    pub(super) fn word(self, index: usize) -> u16 {
        u16::from_le_bytes(self.record(index))
    }
}

impl Iterator for List {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        self.rest.next().map(|at| TABLE.lists.word(at))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rest.size_hint()
    }
}

/// The order of the table's names: ASCII, letters without regard to case.
pub(super) fn compare(a: &[u8], b: &[u8]) -> Ordering {
    a.iter().map(u8::to_ascii_lowercase).cmp(b.iter().map(u8::to_ascii_lowercase))
}

/// The first index of `range` for which `before` no longer holds; it must hold for a first part and not for the rest.
pub(super) fn partition(range: Range<usize>, before: impl Fn(usize) -> bool) -> usize {
    let Range { mut start, mut end } = range;
    while start < end {
        let middle = start.midpoint(end);
        if before(middle) { start = middle.saturating_add(1) } else { end = middle }
    }
    start
}

/// The index of `range` whose name is `wanted`, in any letter case; the names must be in [`compare`]'s order.
pub(super) fn find(range: Range<usize>, wanted: &str, name: impl Fn(usize) -> &'static [u8]) -> Option<usize> {
    let end = range.end;
    let at = partition(range, |index| compare(name(index), wanted.as_bytes()).is_lt());
    (at < end && name(at).eq_ignore_ascii_case(wanted.as_bytes())).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_table_is_opened_whole_or_not_at_all() {
        let whole = include_bytes!("catalogue.bin");
        assert!(Table::open(whole).is_some());
        assert!(Table::open(&whole[..whole.len() - 1]).is_none());
        assert!(Table::open(&whole[1..]).is_none());
        assert!(Table::open(&whole[..20]).is_none());
        assert!(Table::open(b"").is_none());
    }

    #[test]
    fn every_string_is_text() {
        let whole = TABLE.text.0;
        assert!(std::str::from_utf8(whole).is_ok());
        let names = (0..TABLE.actions.len::<9>()).map(|index| {
            let [a, b, c, d, ..] = TABLE.actions.record::<9>(index);
            TABLE.text([a, b, c, d])
        });
        assert!(names.into_iter().all(|name| !name.is_empty()));
    }

    proptest! {
        #[test]
        fn any_bytes_are_opened_or_refused(lengths: [u8; SECTIONS], rest: Vec<u8>, cut: u8) {
            let lengths = lengths.iter().flat_map(|length| u32::from(*length).to_le_bytes());
            let mut bytes: Vec<u8> = MAGIC.iter().copied().chain(lengths).chain(rest).collect();
            bytes.truncate(bytes.len().saturating_sub(usize::from(cut)));
            if let Some(table) = Table::open(bytes.leak()) {
                let _ = (table.text(table.head.record(0)), table.bytes([cut; 4]), table.services.word(usize::from(cut)));
            }
        }

        #[test]
        fn nothing_outside_the_table_panics(index: usize, string: [u8; 4], address: u16) {
            let _ = TABLE.actions.record::<9>(index);
            let _ = TABLE.dependents.word(index);
            let _ = TABLE.text(string);
            let _ = TABLE.list(address).count();
        }
    }
}
