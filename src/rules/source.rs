//! The files that rules are written in, and places in them.

use crate::model::Place;
use std::ops::Range;

/// A file that was read while loading rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file, as a person would name it.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A stretch of one of the sources, in bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Which source.
    pub source: usize,
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// The bytes it covers.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// All the sources of one load.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources(pub Vec<Source>);

impl Sources {
    /// Adds a source and says which it is.
    pub fn add(&mut self, name: &str, text: String) -> usize {
        self.0.push(Source { name: name.to_owned(), text });
        self.0.len() - 1
    }

    /// The file, line and column of the start of `span`.
    pub fn place(&self, span: &Span) -> Place {
        let source = &self.0[span.source];
        let before = &source.text[..floor_char_boundary(&source.text, span.start)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Place {
            file: source.name.clone(),
            line: before.bytes().filter(|b| *b == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// The greatest character boundary in `text` at or before `index`.
pub(super) fn floor_char_boundary(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}
