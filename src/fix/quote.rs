//! Words of a POSIX shell and lines of its comments, made from text that a stranger may have written.
//!
//! Knows nothing of AWS. What could act on a terminal, or cannot be written in a word, is refused and never repaired.

use crate::model::{harmless, is_harmful};

/// Why a text cannot be a word of a command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unquotable {
    /// It holds a control, format or private character.
    #[error("`{0}` holds characters that a terminal acts on or does not show; use the console for it")]
    Harmful(String),
    /// The AWS CLI would read it as the name of a file or an address to fetch.
    #[error("the AWS CLI would fetch `{0}` and send what it finds there; use the console for it")]
    Fetched(String),
}

/// Whether `text` can be a word of a command.
///
/// # Errors
/// If it holds a character that [`harmless`] would replace.
pub(super) fn check(text: &str) -> Result<(), Unquotable> {
    if text.chars().any(is_harmful) { Err(Unquotable::Harmful(harmless(text))) } else { Ok(()) }
}

/// `text` as one word of a POSIX shell, in which nothing is expanded.
pub(super) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+=,".contains(c);
    // A word that begins with `=` is a path in some shells.
    if !text.is_empty() && text.chars().all(plain) && !text.starts_with('=') {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// `value` as JSON, with all that a terminal could act on escaped.
pub(super) fn json(value: &serde_json::Value) -> String {
    escaped(&value.to_string())
}

/// JSON text that has no line breaks between its parts, with all that a terminal could act on escaped.
pub(super) fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if is_harmful(c) {
            // Beyond the first plane, JSON has two escapes.
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(c);
        }
    }
    text
}

/// `text` as comment lines of at most `width` characters. No line of it can end the comment.
pub(super) fn comment(text: &str, width: usize) -> String {
    let mut lines = String::new();
    let mut line = String::from("#");
    for word in harmless(text).split(' ').filter(|word| !word.is_empty()) {
        if line.len() > 1 && line.chars().count() + 1 + word.chars().count() > width {
            lines.push_str(&line);
            lines.push('\n');
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    lines.push_str(&line);
    lines.push('\n');
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a shell makes of a word is what went in.
    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        for text in [
            "plain-name_1.fifo",
            "",
            "a b",
            "it's",
            "''",
            "'; rm -rf / #",
            "$(touch x)",
            "`touch x`",
            "${HOME}",
            "a\\b",
            "a\"b",
            "-rf",
            "=x",
            "~",
            "*",
            "a\nb",
            "!!",
            "größe",
            "&& true",
        ] {
            let run = std::process::Command::new("sh")
                .arg("-c")
                .arg(format!("set -eu\nprintf %s {}", quoted(text)))
                .output()
                .expect("a shell");
            assert_eq!(String::from_utf8_lossy(&run.stdout), text);
            assert!(run.stderr.is_empty(), "{text}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

        /// Any text that holds no zero byte, which no word can hold.
        #[test]
        fn a_shell_reads_back_any_text(text in "[^\u{0}]{0,40}|['\"\\\\$`!*?~#&|;<>(){}\\[\\] \n=-]{0,12}") {
            let run = std::process::Command::new("sh").arg("-c").arg(format!("printf %s {}", quoted(&text))).output();
            let run = run.expect("a shell");
            proptest::prop_assert_eq!(run.stdout, text.as_bytes());
            proptest::prop_assert!(run.stderr.is_empty());
        }
    }

    #[test]
    fn what_a_terminal_acts_on_is_refused_or_escaped() {
        for text in ["\u{1b}[2J", "a\nb", "a\rb", "\u{202e}", "\u{0}", "\u{e000}"] {
            assert!(check(text).is_err(), "{text:?}");
            assert!(!comment(text, 80).trim_end().contains(['\n', '\r', '\u{1b}', '\u{202e}']));
        }
        assert_eq!(check("it's $(fine)"), Ok(()));
        let text = "a\u{1b}\n\u{202e}\u{e0041}b";
        let written = json(&text.into());
        assert!(!written.chars().any(is_harmful), "{written}");
        assert_eq!(serde_json::from_str::<String>(&written).expect("JSON"), text);
    }

    #[test]
    fn a_comment_stays_a_comment() {
        let hostile = "a queue\nrm -rf /\r\n`id` $(id) called x";
        for line in comment(hostile, 20).lines() {
            assert!(line.starts_with('#'), "{line}");
        }
    }
}
