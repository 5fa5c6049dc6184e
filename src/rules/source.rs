//! The files that rules are written in, and places in them.

use crate::model::Place;
use sha2::{Digest as _, Sha256};
use std::ops::Range;

/// A file that was read while loading rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file, as a person would name it.
    pub name: String,
    /// Its text.
    pub text: String,
    /// The byte at which each line begins, in order.
    lines: Vec<usize>,
    /// How many characters begin before each multiple of [`STRIDE`] bytes.
    characters: Vec<usize>,
}

/// Characters are counted from the last multiple of this many bytes: a line may be as long as the file.
const STRIDE: usize = 1024;

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

impl Source {
    fn new(name: &str, text: String) -> Self {
        let bytes = text.as_bytes();
        let ends_line = |at: &usize| match bytes[*at] {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        let lines = std::iter::once(0).chain((0..bytes.len()).filter(ends_line).map(|at| at + 1)).collect();
        let mut characters = vec![0];
        for chunk in bytes.chunks(STRIDE) {
            characters.push(characters.last().copied().unwrap_or_default() + begun(chunk));
        }
        Self { name: name.to_owned(), text, lines, characters }
    }

    /// How many characters begin before the byte `at`.
    fn characters_before(&self, at: usize) -> usize {
        let stride = at / STRIDE;
        self.characters[stride] + begun(&self.text.as_bytes()[stride * STRIDE..at])
    }

    /// The number of the line, counted from 0, that the byte `at` stands in.
    fn line_of(&self, at: usize) -> usize {
        self.lines.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// The bytes of the line that the byte `at` stands in, without what ends it.
    pub(super) fn line_around(&self, at: usize) -> Range<usize> {
        let line = self.line_of(at);
        let start = self.lines[line];
        let end = self.lines.get(line + 1).copied().unwrap_or(self.text.len());
        start..start + self.text[start..end].trim_end_matches(['\r', '\n']).len()
    }
}

/// All the sources of one load.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources(pub Vec<Source>);

impl Sources {
    /// The SHA-256 over all of them, each with its length before it, in hexadecimal.
    pub(super) fn sha256(&self) -> String {
        let mut hash = Sha256::new();
        for source in &self.0 {
            hash.update((source.text.len() as u64).to_be_bytes());
            hash.update(source.text.as_bytes());
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The SHA-256 of the text of the source numbered `source`, in hexadecimal.
    pub(super) fn sha256_of(&self, source: usize) -> String {
        Sha256::digest(self.0[source].text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Adds a source and says which it is.
    pub fn add(&mut self, name: &str, text: String) -> usize {
        self.0.push(Source::new(name, text));
        self.0.len() - 1
    }

    /// The line numbered `line`, from 1, of the source numbered `source`, without blanks around it; the last line if
    /// there are fewer.
    pub(super) fn line(&self, source: usize, line: usize) -> Span {
        let Source { text, lines, .. } = &self.0[source];
        let start = lines.get(line.saturating_sub(1)).or(lines.last()).copied().unwrap_or_default();
        let line = self.0[source].line_around(start);
        let written = &text[line.clone()];
        let start = line.start + (written.len() - written.trim_start().len());
        Span { source, start, end: start + written.trim().len() }
    }

    /// Where `text` first stands in double quotes at or after the start of `span`.
    pub(super) fn quoted(&self, span: &Span, text: &str) -> Option<Span> {
        let start = span.start + self.0[span.source].text.get(span.start..)?.find(&format!("\"{text}\""))? + 1;
        Some(Span { source: span.source, start, end: start + text.len() })
    }

    /// The file, line and column of the start of `span`. Lines end as YAML's do: with LF, CRLF or CR.
    pub fn place(&self, span: &Span) -> Place {
        let source = &self.0[span.source];
        let at = floor_char_boundary(&source.text, span.start);
        let line = source.line_of(at);
        Place {
            file: source.name.clone(),
            line: line + 1,
            column: source.characters_before(at) - source.characters_before(source.lines[line]) + 1,
        }
    }
}

/// How many characters begin in `bytes` of UTF-8.
fn begun(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

/// The greatest character boundary in `text` at or before `index`.
pub(super) fn floor_char_boundary(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_from_one_in_characters_whatever_ends_the_lines() {
        let mut sources = Sources::default();
        let source = sources.add("f", "é: x\r\nb\rc\n".to_owned());
        let place = |start: usize| {
            let place = sources.place(&Span { source, start, end: start });
            (place.line, place.column)
        };
        assert_eq!(place(0), (1, 1));
        assert_eq!(place(4), (1, 4), "é is two bytes and one character");
        assert_eq!(place(7), (2, 1));
        assert_eq!(place(9), (3, 1));
        assert_eq!(place(11), (4, 1));
        assert_eq!(place(1000), (4, 1));
    }

    #[test]
    fn columns_count_characters_in_lines_of_any_length() {
        let mut sources = Sources::default();
        let text = format!("x\n{}z", "aé🚢".repeat(2_000));
        for at in [0, 2, 3, 1_024, 1_030, 4_000, text.len() - 1, text.len()] {
            let source = sources.add("f", text.clone());
            let at = floor_char_boundary(&text, at);
            let expected = text[..at].rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
            assert_eq!(sources.place(&Span { source, start: at, end: at }).column, expected, "{at}");
        }
    }
}
