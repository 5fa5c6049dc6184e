//! JSON that two versions of a file can be compared line by line in: the outer parts stand on lines of their own, what lies
//! deeper on one.

use serde::Serialize;
use serde_json::ser::Formatter;
use std::io::{self, Write};

/// How deep objects are that stand on lines of their own: the properties of a resource.
const OBJECTS: usize = 5;
/// How deep such lists are: the list of resources.
const LISTS: usize = 3;

/// `value` as JSON.
///
/// # Errors
/// If it cannot be written as JSON.
pub(super) fn text<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    let mut bytes = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, LaidOut::default()))?;
    String::from_utf8(bytes).map_err(serde::ser::Error::custom)
}

/// For each part that is open, whether what it holds stands on lines of its own; and whether the last one was empty.
#[derive(Default)]
struct LaidOut {
    open: Vec<bool>,
    empty: bool,
}

impl LaidOut {
    fn begin(&mut self, most: usize) {
        let within = self.open.last().copied().unwrap_or(true);
        self.open.push(within && self.open.len() < most);
        self.empty = true;
    }

    fn is_broken(&self) -> bool {
        self.open.last().copied().unwrap_or(false)
    }

    fn next<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.empty = false;
        if !first {
            writer.write_all(b",")?;
        }
        if self.is_broken() { self.line(writer, self.open.len()) } else { Ok(()) }
    }

    fn end<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let broken = self.open.pop().unwrap_or(false) && !self.empty;
        self.empty = false;
        if broken { self.line(writer, self.open.len()) } else { Ok(()) }
    }

    fn line<W: ?Sized + Write>(&self, writer: &mut W, indent: usize) -> io::Result<()> {
        writer.write_all(b"\n")?;
        (0..indent).try_for_each(|_| writer.write_all(b" "))
    }
}

impl Formatter for LaidOut {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.begin(LISTS);
        writer.write_all(b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end(writer)?;
        writer.write_all(b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.next(writer, first)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.begin(OBJECTS);
        writer.write_all(b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end(writer)?;
        writer.write_all(b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.next(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_outer_parts_stand_on_lines_of_their_own() {
        let value = serde_json::json!({ "a": { "b": [{ "c": { "d": { "e": [1, 2] } } }], "f": [], "g": {} } });
        let text = super::text(&value).expect("JSON");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).expect("JSON"), value);
        let wanted = "{\n \"a\": {\n  \"b\": [\n   {\n    \"c\": {\n     \"d\": {\"e\": [1,2]}\n    }\n   }\n  ],\n  \
                      \"f\": [],\n  \"g\": {}\n }\n}";
        assert_eq!(text, wanted);
    }
}
