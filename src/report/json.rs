//! The report as JSON: the same account gives the same bytes.

use crate::model::{Report, harmless};
use serde::Serialize;

/// `report` as JSON, indented, with a newline at the end.
pub fn json(report: &Report) -> String {
    write_harmless(report)
}

/// The JSON Schema of [`json`].
pub fn report_schema() -> String {
    write_harmless(&schemars::schema_for!(Report))
}

/// Any value as indented JSON with a newline at the end, in which no character can move the cursor of a terminal that
/// it is printed on, or reorder its line: those are written as `\u....`, which means the same to a program.
///
/// # Panics
/// If the value cannot be JSON at all, which none that is handed here is.
pub fn write_harmless<T: Serialize>(value: &T) -> String {
    spell_out(match serde_json::to_string_pretty(value) {
        Ok(plain) => plain,
        Err(error) => unreachable!("only values that are JSON are written: {error}"),
    })
}

/// [`write_harmless`] without the indents: all on one line, with a newline at the end.
///
/// # Panics
/// As [`write_harmless`] does.
pub fn write_harmless_line<T: Serialize>(value: &T) -> String {
    spell_out(match serde_json::to_string(value) {
        Ok(plain) => plain,
        Err(error) => unreachable!("only values that are JSON are written: {error}"),
    })
}

fn spell_out(mut plain: String) -> String {
    if plain.split('\n').all(|line| harmless(line) == line) {
        plain.push('\n');
        return plain;
    }
    let mut text = String::with_capacity(plain.len() + 1);
    let mut units = [0; 2];
    for line in plain.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        if harmless(line) == line {
            text.push_str(line);
        } else {
            for c in line.chars() {
                let mut one = [0; 4];
                let shown = c.encode_utf8(&mut one);
                if harmless(shown) == *shown {
                    text.push(c);
                } else {
                    text.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
                }
            }
        }
        text.push_str(end);
    }
    text.push('\n');
    text
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
    }
}
