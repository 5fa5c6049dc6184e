//! Showing what others wrote without letting it act.

/// `text` with every character that could move the cursor, reorder the line or hide itself written as an escape.
///
/// Names in an account are chosen by whoever made the resource: terminal escapes, bidirectional overrides,
/// zero-width and other control characters become `\u{..}`.
pub fn harmless(text: &str) -> String {
    // Most text is plain, and then bytes tell.
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_harmful(c) { shown.extend(c.escape_unicode()) } else { shown.push(c) }
    }
    shown
}

/// Whether `c` is a control, format or private character, or a line separator.
pub(crate) fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E000}'..='\u{F8FF}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
            | '\u{F0000}'..='\u{10FFFF}')
}

/// What a person calls a resource: its physical `name`, or its `key` in the rules file where it has none, or one that AWS
/// made up.
pub fn called<'a>(name: Option<&'a str>, key: &'a str) -> &'a str {
    let is_id = |name: &str| {
        name.starts_with("arn:") || (name.len() == 36 && name.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-'))
    };
    name.filter(|name| !is_id(name)).unwrap_or(key)
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn escapes_bidi_and_invisible_characters_are_spelt_out() {
        assert_eq!(harmless("\u{1b}[31mred"), "\\u{1b}[31mred");
        assert_eq!(harmless("a\u{202e}b\u{200b}c\u{9b}d\n"), "a\\u{202e}b\\u{200b}c\\u{9b}d\\u{a}");
        assert_eq!(harmless("Größe ✓ 東京"), "Größe ✓ 東京");
    }
}
