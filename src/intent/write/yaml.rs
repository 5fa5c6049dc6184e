//! YAML as a person writes it: short things on one line, long ones below each other, quotes where they are needed.
//!
//! Knows how texts, lists and maps are written; knows nothing of rules.

use crate::model::harmless;

/// How wide a line may be.
pub(super) const WIDTH: usize = 120;

/// A piece of YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Yaml {
    /// A number, or true or false: written as it is.
    Plain(String),
    /// A text.
    Text(String),
    /// Items.
    List(Vec<Self>),
    /// Values under keys, in this order.
    Map(Vec<(String, Self)>),
}

impl Yaml {
    /// A text.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A list of texts.
    pub(super) fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::List(texts.into_iter().map(|text| Self::Text(text.into())).collect())
    }

    /// A map with these entries.
    pub(super) fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    /// On one line.
    pub(super) fn inline(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Text(text) => scalar(text),
            Self::List(items) => format!("[{}]", items.iter().map(Self::inline).collect::<Vec<_>>().join(", ")),
            Self::Map(entries) if entries.is_empty() => "{}".to_owned(),
            Self::Map(entries) => format!("{{ {} }}", entries.iter().map(pair).collect::<Vec<_>>().join(", ")),
        }
    }

    /// Writes `key: value` at this indent: on one line if it fits, else the value below the key.
    pub(super) fn entry(&self, key: &str, indent: usize, to: &mut String) {
        let value = match self {
            Self::Text(text) => scalar_on_a_line(text),
            other => other.inline(),
        };
        let line = format!("{:indent$}{}: {value}", "", key_of(key));
        let whole = match self {
            Self::Plain(_) | Self::Text(_) => true,
            Self::List(items) => items.is_empty() || line.chars().count() <= WIDTH,
            Self::Map(entries) => entries.is_empty() || line.chars().count() <= WIDTH,
        };
        if whole {
            to.push_str(&line);
            to.push('\n');
        } else {
            to.push_str(&format!("{:indent$}{}:\n", "", key_of(key)));
            self.below(indent + 2, to);
        }
    }

    /// Writes what stands below a key.
    fn below(&self, indent: usize, to: &mut String) {
        match self {
            Self::Map(entries) => entries.iter().for_each(|(key, value)| value.entry(key, indent, to)),
            Self::List(items) => items.iter().for_each(|item| item.item(indent, to)),
            other => to.push_str(&format!("{:indent$}{}\n", "", other.inline())),
        }
    }

    /// Writes an item of a list at this indent.
    pub(super) fn item(&self, indent: usize, to: &mut String) {
        let line = format!("{:indent$}- {}", "", self.inline());
        match self {
            Self::Map(entries) if line.chars().count() > WIDTH && !entries.is_empty() => self.item_below(indent, to),
            _ => {
                to.push_str(&line);
                to.push('\n');
            }
        }
    }

    /// Writes an item of a list, a map, with its entries below each other.
    pub(super) fn item_below(&self, indent: usize, to: &mut String) {
        let mut text = String::new();
        self.below(indent + 2, &mut text);
        text.replace_range(indent..indent + 1, "-");
        to.push_str(&text);
    }
}

fn pair((key, value): &(String, Yaml)) -> String {
    format!("{}: {}", key_of(key), value.inline())
}

/// A key. The words that some readers take for yes and no are none here, and rules have one of them.
fn key_of(key: &str) -> String {
    if key == "on" { key.to_owned() } else { scalar(key) }
}

/// A text as a scalar that is read as the same text where it stands alone on a line, behind its key.
pub(super) fn scalar_on_a_line(text: &str) -> String {
    if is_plain(&text.replace(", ", " ")) { text.to_owned() } else { scalar(text) }
}

/// A text as a scalar that is read as the same text everywhere in a file.
pub(super) fn scalar(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else if text.contains('"') && !text.contains('\'') && harmless(text) == text {
        format!("'{text}'")
    } else {
        double_quoted(text)
    }
}

/// Whether a text may stand without quotes, in braces and brackets as well.
fn is_plain(text: &str) -> bool {
    let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '$'));
    let held = |c: char| c.is_ascii_alphanumeric() || "/_.+@=()$ :;-".contains(c);
    let word = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n" | "~"
    );
    begins
        && !word
        && text.chars().all(held)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains("  ")
        // Others read numbers, versions and times as something else than they say.
        && (!text.starts_with(|c: char| c.is_ascii_digit()) || text.contains(' '))
}

fn double_quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if harmless(c.encode_utf8(&mut [0; 4])).len() == c.len_utf8() => quoted.push(c),
            c if u32::from(c) <= 0xff => quoted.push_str(&format!("\\x{:02x}", u32::from(c))),
            c if u32::from(c) <= 0xffff => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    quoted.push('"');
    quoted
}

/// `text` as comment lines at this indent, broken between words.
pub(super) fn comment(text: &str, indent: usize, to: &mut String) {
    let start = format!("{:indent$}#", "");
    let mut line = start.clone();
    for word in harmless(&text.replace('\n', " ")).split_whitespace() {
        if line.len() > start.len() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            to.push_str(&line);
            to.push('\n');
            line = format!("{start}  ");
        }
        line.push(' ');
        line.push_str(word);
    }
    to.push_str(&line);
    to.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_yaml::granit_parser::{Event, Parser};

    /// The scalars of a text of YAML.
    fn scalars(text: &str) -> Vec<String> {
        Parser::new_from_str(text)
            .filter_map(|event| match event.expect("YAML").0 {
                Event::Scalar(text, ..) => Some(text.into_owned()),
                _ => None,
            })
            .collect()
    }

    proptest::proptest! {
        #[test]
        fn a_text_is_read_as_it_was(text in ".{0,12}|[-:#&*!|>'\"%@`{}\\[\\], a$~?0\n\t\\\\]{0,8}|[a-z: ]{0,6}") {
            let key = format!("k{text}");
            let yaml = Yaml::map([(key.as_str(), Yaml::texts([text.as_str(), "x"]))]);
            let mut block = String::new();
            yaml.entry("top", 0, &mut block);
            proptest::prop_assert_eq!(scalars(&block), vec!["top", &key, &text, "x"]);
            let mut block = String::from("top:\n");
            yaml.below(2, &mut block);
            proptest::prop_assert_eq!(scalars(&block), vec!["top", &key, &text, "x"]);
            let mut block = String::from("top:\n");
            yaml.item_below(2, &mut block);
            proptest::prop_assert_eq!(scalars(&block), vec!["top", &key, &text, "x"]);
        }
    }

    #[test]
    fn only_what_needs_quotes_has_them() {
        for plain in ["AWS::SQS::Queue", "POC-Queue", "sqs:SendMessage", "us-east-1", "/orders", "$input.body"] {
            assert_eq!(scalar(plain), plain);
        }
        for (text, quoted) in [
            ("${queue.Arn}", "\"${queue.Arn}\""),
            ("012345678901", "\"012345678901\""),
            ("true", "\"true\""),
            ("{\"kind\":[\"goods\"]}", "'{\"kind\":[\"goods\"]}'"),
            ("it's \"so\"", "\"it's \\\"so\\\"\""),
            ("a: b", "\"a: b\""),
            ("\u{202e}x", "\"\\u202ex\""),
        ] {
            assert_eq!(scalar(text), quoted);
        }
    }

    #[test]
    fn what_is_long_stands_below() {
        let mut text = String::new();
        let long = "x".repeat(70);
        Yaml::map([("a", Yaml::text(&long)), ("b", Yaml::text(&long))]).entry("top", 2, &mut text);
        assert_eq!(text, format!("  top:\n    a: {long}\n    b: {long}\n"));
        let mut text = String::new();
        comment("one\ntwo", 2, &mut text);
        assert_eq!(text, "  # one two\n");
    }
}
