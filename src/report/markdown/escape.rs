//! Foreign text within Markdown, HTML and Mermaid: shown as it is, and taken for markup by none of them.

use crate::model::harmless;
use std::fmt::Write as _;

/// `text` as running text: no markup, no link, nobody mentioned and no issue referred to.
pub(crate) fn prose(text: &str) -> String {
    escaped(text, true)
}

/// `text` as a name or a place. GitHub looks for no mentions in code.
pub(crate) fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<code>{}</code>", escaped(text, false)) }
}

/// Characters that mean something to Markdown become references, which mean the same character within Markdown and
/// within HTML, and are markup in neither; a backslash would be shown within HTML, and does not protect a pipe in a table.
fn escaped(text: &str, is_prose: bool) -> String {
    let plain = harmless(text);
    let mut safe = String::with_capacity(plain.len());
    for (at, c) in plain.char_indices() {
        let rest = &plain[at + c.len_utf8()..];
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            // Mentions and references are looked for in the text that is left when the references of HTML are
            // resolved; they do not reach across an element.
            '@' | '#' if is_prose => {
                let _ = write!(safe, "<span>&#{};</span>", u32::from(c));
            }
            '-' if is_prose && plain[..at].to_ascii_uppercase().ends_with("GH") => safe.push_str("<span>-</span>"),
            // Links that are made of bare addresses.
            ':' if rest.starts_with("//") => safe.push_str("&#58;"),
            '.' if plain[..at].to_ascii_lowercase().ends_with("www") => safe.push_str("&#46;"),
            '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '|' | '!' | '$' | '@' | '#' => {
                let _ = write!(safe, "&#{};", u32::from(c));
            }
            _ => safe.push(c),
        }
    }
    safe
}

/// `text` as a label of a flowchart, to stand between quotation marks.
///
/// Mermaid reads Markdown and HTML in labels, and its own `#...;` for characters. Letters, digits and what cannot mean
/// anything stay; where a label begins, a hyphen would begin a list, and `end` the end of a group.
pub(super) fn label(text: &str) -> String {
    let plain = harmless(text);
    let mut safe = String::with_capacity(plain.len());
    let is_end = plain.trim().eq_ignore_ascii_case("end");
    for (at, c) in plain.char_indices() {
        let stays = c.is_alphanumeric() || matches!(c, ' ' | '/') || c == '-' && at > 0 || !c.is_ascii();
        if stays && !is_end {
            safe.push(c);
        } else {
            let _ = write!(safe, "#{};", u32::from(c));
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::{code, label, prose};

    #[test]
    fn nothing_is_markup() {
        for (text, shown) in [
            ("<script>", "&lt;script&gt;"),
            ("&lt;", "&amp;lt;"),
            ("a|b", "a&#124;b"),
            ("a\\|b", "a&#92;&#124;b"),
            ("`x`", "&#96;x&#96;"),
            ("[a](https://b.c)", "&#91;a&#93;(https&#58;//b.c)"),
            ("WWW.a.b", "WWW&#46;a.b"),
            ("hi @all", "hi <span>&#64;</span>all"),
            ("o/r#1", "o/r<span>&#35;</span>1"),
            ("GH-1", "GH<span>-</span>1"),
            ("a:b: \"c\"", "a:b: \"c\""),
            ("a\nb", "a&#92;u{a}b"),
            ("Größe, 10 (ten)", "Größe, 10 (ten)"),
        ] {
            assert_eq!(prose(text), shown);
        }
        assert_eq!(code("arn:aws:iam::1:role/x-y"), "<code>arn:aws:iam::1:role/x-y</code>");
        assert_eq!(code("</code>@x"), "<code>&lt;/code&gt;&#64;x</code>");
        assert_eq!(code(""), "");
    }

    #[test]
    fn no_label_ends_early() {
        assert_eq!(label("POC-Queue"), "POC-Queue");
        assert_eq!(label("\"]; click"), "#34;#93;#59; click");
        assert_eq!(label("end"), "#101;#110;#100;");
        assert_eq!(label("- 1. #x"), "#45; 1#46; #35;x");
        assert_eq!(label("<b>`x`"), "#60;b#62;#96;x#96;");
    }
}
