//! XML as far as an answer must be judged and redacted: whether it is whole, and where its elements lie.
//!
//! The SDK's parser reads a document that breaks off between two elements as a shorter one, which for a list would
//! make what is missing look absent. Knows tags, and the entities of plain text: no namespaces, no document types.

use std::ops::Range;

/// Calls `found` at the end of each element of `text` with the names of the elements around it, outermost first and
/// itself last, and the bytes it takes up.
///
/// # Errors
/// What keeps `text` from being one whole element.
pub(crate) fn elements(text: &str, mut found: impl FnMut(&[&str], Range<usize>)) -> Result<(), &'static str> {
    let mut names: Vec<&str> = Vec::new();
    let mut starts: Vec<usize> = Vec::new();
    let mut closed = false;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let Some(open) = rest.find('<') else {
            if rest.trim().is_empty() && closed {
                return Ok(());
            }
            return Err(if closed { "text follows its end" } else { "it breaks off" });
        };
        if names.is_empty() && !rest[..open].trim_start_matches('\u{feff}').trim().is_empty() {
            return Err("text stands outside its elements");
        }
        let tag = &rest[open..];
        let from = at + open;
        if let Some(end) = skipped(tag)? {
            at = from + end;
            continue;
        }
        let end = tag_end(tag).ok_or("it breaks off")?;
        at = from + end;
        let inner = &tag[1..end - 1];
        if let Some(name) = inner.strip_prefix('/') {
            if names.last() != Some(&name.trim_end()) {
                return Err("its tags do not match");
            }
            found(&names, starts.pop().unwrap_or(from)..at);
            names.pop();
            closed = names.is_empty();
            continue;
        }
        if closed {
            return Err("a second element follows its end");
        }
        let empty = inner.ends_with('/');
        let name = inner.trim_end_matches('/').split_ascii_whitespace().next().unwrap_or_default();
        if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return Err("it has a tag without a name");
        }
        names.push(name);
        if names.len() > 64 {
            return Err("its elements are nested too deeply");
        }
        if empty {
            found(&names, from..at);
            names.pop();
            closed = names.is_empty();
        } else {
            starts.push(from);
        }
    }
    if closed { Ok(()) } else { Err("it breaks off") }
}

/// The length of the comment, character data or processing instruction that `tag` begins with, if it is one.
fn skipped(tag: &str) -> Result<Option<usize>, &'static str> {
    for (begin, end) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")] {
        if tag.starts_with(begin) {
            return tag.find(end).map(|at| Some(at + end.len())).ok_or("it breaks off");
        }
    }
    if tag.starts_with("<!") { Err("it has a document type") } else { Ok(None) }
}

/// The length of the tag that `tag` begins with. A `>` in a quoted attribute does not end it.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (None, b'>') => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The text of the first element called `name`, if it holds nothing but text.
pub(crate) fn text_of<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = text.split_once(&format!("<{name}>"))?;
    let (inner, _) = after.split_once(&format!("</{name}>"))?;
    (!inner.contains('<')).then_some(inner.trim())
}

/// `text` of an element as it is meant; none if it holds more than text.
pub(crate) fn unescaped(text: &str) -> Option<String> {
    if text.contains('<') {
        return None;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        let (entity, after) = after.split_once(';')?;
        plain.push_str(before);
        plain.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            other => {
                let number = other.strip_prefix('#')?;
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
                    None => number.parse(),
                };
                char::from_u32(code.ok()?)?
            }
        });
        rest = after;
    }
    plain.push_str(rest);
    Some(plain)
}

/// `plain` as the text of an element.
pub(crate) fn escaped(plain: &str) -> String {
    plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Result<(), &'static str> {
        elements(text, |_, _| {})
    }

    #[test]
    fn whole_documents_pass() {
        for text in [
            "<a/>",
            "<?xml version=\"1.0\"?>\n<a x=\"1 > 0\"><b/>text<c>&lt;</c><!-- <d> --><![CDATA[<e>]]></a>\n",
            "\u{feff}<a:b xmlns:a='u'></a:b>",
        ] {
            assert_eq!(whole(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn every_cut_of_a_document_is_noticed() {
        let text = "<r><l><m>one</m><m>two</m></l><t>false</t></r>";
        for cut in 0..text.len() {
            assert!(whole(&text[..cut]).is_err(), "{}", &text[..cut]);
        }
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for text in [
            "",
            "no",
            "<a></b>",
            "<a/><b/>",
            "<a/>tail",
            "head<a/>",
            "<!DOCTYPE html><html/>",
            "<a></a></a>",
            "<1/>",
            "<>",
        ] {
            assert!(whole(text).is_err(), "{text}");
        }
    }

    #[test]
    fn text_is_escaped_and_back() {
        for plain in ["", "a&b", "<a>", "&amp;", "\"'"] {
            assert_eq!(unescaped(&escaped(plain)).as_deref(), Some(plain));
        }
        assert_eq!(unescaped("&#97;&#x62;&quot;&apos;").as_deref(), Some("ab\"'"));
        for text in ["<b/>", "a&b", "&other;", "&#xZ;", "&#1114112;"] {
            assert_eq!(unescaped(text), None, "{text}");
        }
    }

    #[test]
    fn elements_are_found_with_their_path() {
        let mut found = Vec::new();
        let text = "<r><l><m>1</m></l><m/></r>";
        assert_eq!(elements(text, |path, range| found.push((path.join("/"), &text[range]))), Ok(()));
        assert_eq!(
            found,
            [
                ("r/l/m".to_owned(), "<m>1</m>"),
                ("r/l".to_owned(), "<l><m>1</m></l>"),
                ("r/m".to_owned(), "<m/>"),
                ("r".to_owned(), text)
            ]
        );
        assert_eq!(text_of("<a><RequestId> x </RequestId></a>", "RequestId"), Some("x"));
    }
}
