//! Patterns: `*`, `?` and policy variables, and whether a text is like one.

use super::keys::{Found, Keys};
use crate::iam::document::Version;

/// One place of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Glyph {
    /// This character, as the policy has it.
    Char(char),
    /// This character, which a variable brought: it separates nothing.
    Given(char),
    /// `?`: any one character.
    One,
    /// `*`: any text, also none.
    Any,
}

/// Why a pattern has no places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unfilled {
    /// The request has no such key, and the policy no default for it.
    Missing,
    /// What the variable stands for cannot be told.
    Unreadable(String),
}

/// The places of `text`, variables filled in.
pub(super) fn read(text: &str, version: Version, keys: &Keys<'_>) -> Result<Vec<Glyph>, Unfilled> {
    if version == Version::V2008 || !text.contains("${") {
        return Ok(plain(text));
    }
    let mut glyphs = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inner)) = rest.split_once("${") {
        glyphs.extend(before.chars().map(glyph));
        let Some((name, after)) = inner.split_once('}') else {
            return Err(Unfilled::Unreadable(format!("`{text}` opens a policy variable and does not close it")));
        };
        variable(name, keys, &mut glyphs)?;
        rest = after;
    }
    glyphs.extend(rest.chars().map(glyph));
    Ok(glyphs)
}

fn variable(name: &str, keys: &Keys<'_>, glyphs: &mut Vec<Glyph>) -> Result<(), Unfilled> {
    if let "*" | "?" | "$" = name {
        glyphs.extend(name.chars().map(Glyph::Given));
        return Ok(());
    }
    let (key, default) = match name.split_once(',') {
        None => (name, None),
        Some((key, default)) => {
            let default = default.trim();
            let quoted = default.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
            let wrong = || Unfilled::Unreadable(format!("the default of `${{{name}}}` is not within single quotes"));
            (key.trim_end(), Some(quoted.ok_or_else(wrong)?))
        }
    };
    if key.trim() != key {
        return Err(Unfilled::Unreadable(format!("`${{{name}}}` has space around its key")));
    }
    match (keys.get(key), default) {
        (Found::Values([one]), _) => glyphs.extend(one.chars().map(Glyph::Given)),
        (Found::Derived(value), _) => glyphs.extend(value.chars().map(Glyph::Given)),
        (Found::Missing, Some(default)) => glyphs.extend(default.chars().map(Glyph::Given)),
        (Found::Missing, None) => return Err(Unfilled::Missing),
        (Found::Values(_), _) => {
            return Err(Unfilled::Unreadable(format!("`${{{name}}}` stands for a key with several values")));
        }
        (Found::Unsaid, _) => return Err(Unfilled::Unreadable(format!("the request does not say its `{key}`"))),
    }
    Ok(())
}

/// The places of a text in which `$` is a character like any other.
pub(super) fn plain(text: &str) -> Vec<Glyph> {
    text.chars().map(glyph).collect()
}

fn glyph(c: char) -> Glyph {
    match c {
        '*' => Glyph::Any,
        '?' => Glyph::One,
        other => Glyph::Char(other),
    }
}

/// The places as text, wildcards as the characters that write them.
pub(super) fn literal(glyphs: &[Glyph]) -> String {
    let of = |glyph: &Glyph| match glyph {
        Glyph::Char(c) | Glyph::Given(c) => *c,
        Glyph::One => '?',
        Glyph::Any => '*',
    };
    glyphs.iter().map(of).collect()
}

/// Whether `text` is like the pattern; with `fold`, in any letter case (ASCII).
pub(super) fn is_like(pattern: &[Glyph], text: &str, fold: bool) -> bool {
    let same = |one: char, two: char| one == two || (fold && one.eq_ignore_ascii_case(&two));
    let (mut at, mut rest) = (0, text);
    // Where the last `*` stands, and the text that it has not taken yet.
    let mut star: Option<(usize, &str)> = None;
    loop {
        let next = rest.chars().next();
        match (pattern.get(at), next) {
            (None, None) => return true,
            (Some(Glyph::Any), _) => {
                at += 1;
                star = Some((at, rest));
                continue;
            }
            (Some(Glyph::One), Some(c)) => {
                at += 1;
                rest = &rest[c.len_utf8()..];
                continue;
            }
            (Some(Glyph::Char(wanted) | Glyph::Given(wanted)), Some(c)) if same(*wanted, c) => {
                at += 1;
                rest = &rest[c.len_utf8()..];
                continue;
            }
            _ => {}
        }
        let Some((after, untaken)) = star else { return false };
        let Some(taken) = untaken.chars().next() else { return false };
        rest = &untaken[taken.len_utf8()..];
        at = after;
        star = Some((after, rest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::{Context, ContextValue, Principal, Request};

    fn request(context: &[(&str, ContextValue)]) -> Request {
        Request {
            principal: Principal::Anonymous,
            action: "s3:GetObject".to_owned(),
            resource: "*".to_owned(),
            resource_account: None,
            context: context.iter().map(|(key, value)| (*key, value.clone())).collect::<Context>(),
        }
    }

    fn like(pattern: &str, text: &str) -> bool {
        let request = request(&[]);
        is_like(&read(pattern, Version::V2008, &Keys::as_given(&request)).expect("a pattern"), text, false)
    }

    #[test]
    fn wildcards() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("**", "ab", true),
            ("?", "", false),
            ("?", "é", true),
            ("a*c", "abbc", true),
            ("a*c", "abb", false),
            ("*a*b", "xaxbxb", true),
            ("*a*b*", "ba", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*?", "", false),
            ("*.iso", ".iso", true),
            ("A", "a", false),
            ("a*a", "a", false),
            ("*ab", "aab", true),
            ("?*?", "x", false),
        ] {
            assert_eq!(like(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn many_stars_take_no_exponential_time() {
        let (pattern, text) = ("*a".repeat(200), "a".repeat(199) + "b");
        assert!(!like(&pattern, &text));
    }

    #[test]
    fn variables_are_filled_in_literally() {
        let context = [
            ("aws:username", ContextValue::from("a*")),
            ("aws:PrincipalTag/a b", ContextValue::from("x")),
            ("aws:TagKeys", ContextValue::Many(vec!["a".to_owned(), "b".to_owned()])),
        ];
        let request = request(&context);
        let keys = Keys::as_given(&request);
        let text = |pattern: &str| read(pattern, Version::V2012, &keys).map(|glyphs| literal(&glyphs));
        assert_eq!(text("h/${aws:UserName}/*").as_deref(), Ok("h/a*/*"));
        assert_eq!(text("${aws:PrincipalTag/a b}").as_deref(), Ok("x"));
        assert_eq!(text("${*}${?}${$}").as_deref(), Ok("*?$"));
        assert_eq!(text("${aws:none, 'd'}${aws:none,''}").as_deref(), Ok("d"));
        assert_eq!(text("${aws:none}"), Err(Unfilled::Missing));
        for unreadable in ["${aws:username", "${aws:none, d}", "${aws:TagKeys}"] {
            assert!(matches!(text(unreadable), Err(Unfilled::Unreadable(_))), "{unreadable}");
        }
        let glyphs = read("${aws:username}", Version::V2012, &keys).expect("a pattern");
        assert!(is_like(&glyphs, "a*", false) && !is_like(&glyphs, "ab", false));
        assert_eq!(read("${aws:username}", Version::V2008, &keys).map(|glyphs| glyphs.len()), Ok(15));
    }
}
