//! JSON: the same value gives the same bytes, and no byte of it acts on the terminal that it is printed on.

use crate::model::{Report, is_harmful};
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};
use std::io::{self, Write};

/// `report` as JSON, indented, with a newline at the end.
pub(super) fn json(report: &Report, to: &mut dyn Write) -> io::Result<()> {
    write(report, PrettyFormatter::new(), to)
}

/// The JSON Schema of the format `json`.
pub fn report_schema() -> String {
    write_harmless(&schemars::schema_for!(Report))
}

/// Any value as indented JSON with a newline at the end, in which no character can move the cursor of a terminal that
/// it is printed on, or reorder its line: those are written as `\u....`, which means the same to a program.
///
/// # Panics
/// If the value cannot be JSON at all, which none that is handed here is.
pub fn write_harmless<T: Serialize>(value: &T) -> String {
    as_text(value, PrettyFormatter::new())
}

/// [`write_harmless`] without the indents: all on one line, with a newline at the end.
///
/// # Panics
/// As [`write_harmless`] does.
pub fn write_harmless_line<T: Serialize>(value: &T) -> String {
    as_text(value, CompactFormatter)
}

/// Writes `value` on one line.
pub(super) fn line<T: Serialize>(value: &T, to: &mut dyn Write) -> io::Result<()> {
    write(value, CompactFormatter, to)
}

/// Writes `value` on indented lines.
pub(super) fn indented<T: Serialize>(value: &T, to: &mut dyn Write) -> io::Result<()> {
    write(value, PrettyFormatter::new(), to)
}

fn write<T: Serialize, F: Formatter>(value: &T, form: F, to: &mut dyn Write) -> io::Result<()> {
    // What the writer reports comes back as what it was: a pipe that nobody reads is told apart from a full disk.
    value.serialize(&mut Serializer::with_formatter(&mut *to, Harmless(form))).map_err(io::Error::from)?;
    to.write_all(b"\n")
}

fn as_text<T: Serialize, F: Formatter>(value: &T, form: F) -> String {
    let mut bytes = Vec::new();
    if let Err(error) = write(value, form, &mut bytes) {
        unreachable!("only values that are JSON are written: {error}");
    }
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => unreachable!("JSON is made of texts: {error}"),
    }
}

/// A form of JSON in which harmful characters within texts are spelt out.
struct Harmless<F>(F);

impl<F: Formatter> Formatter for Harmless<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        let mut units = [0; 2];
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| !matches!(c, ' '..='~') && is_harmful(*c)) {
            writer.write_all(&rest.as_bytes()[..at])?;
            for unit in c.encode_utf16(&mut units) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[at + c.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_key(writer)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::write_harmless;

    #[test]
    fn a_name_cannot_act_on_the_terminal_and_comes_back_as_it_was() {
        let name = "a\u{1b}[31m\u{202e}\u{9b}\u{7f}\u{e0041}é\n";
        let written = write_harmless(&name);
        assert_eq!(written, "\"a\\u001b[31m\\u202e\\u009b\\u007f\\udb40\\udc41é\\n\"\n");
        assert_eq!(serde_json::from_str::<String>(&written).expect("JSON"), name);
        let keyed = super::write_harmless_line(&std::collections::BTreeMap::from([(name, 1)]));
        assert!(keyed.is_ascii() || keyed.contains('é'), "{keyed}");
        assert!(!keyed.trim_end().contains(super::is_harmful), "{keyed}");
    }
}
