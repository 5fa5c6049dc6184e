//! Policies as a reader compares them: what is wanted beside what was found, statement by statement, with the lines marked
//! that stand on one side alone.

use crate::model::{ComparedPolicy, Finding, ShownStatement, StatementPair};
use maud::{Markup, html};

/// The policies of a finding that are not as wanted. What is at fault stands first, the rest is folded away.
pub(super) fn policies(finding: &Finding) -> Markup {
    html! {
        @for policy in &finding.policies {
            @let (odd, others): (Vec<_>, Vec<_>) = policy.statements.iter().partition(|pair| is_odd(pair));
            div.x {
                h5 {
                    "Statement by statement: " (policy.of)
                    @if let Some(by) = &policy.wanted_by { " beside " (by) }
                }
                @for pair in odd { (compared(pair, policy)) }
                @if !others.is_empty() {
                    details.folded {
                        summary { (others.len()) @if others.len() == 1 { " statement" } @else { " statements" } " not at fault" }
                        @for pair in others { (compared(pair, policy)) }
                    }
                }
                @if policy.more > 0 { p.soft { (policy.more) " more statements are not shown." } }
            }
        }
    }
}

/// Whether a statement of the pair is why the finding did not pass.
fn is_odd(pair: &StatementPair) -> bool {
    [&pair.wanted, &pair.found].into_iter().flatten().any(|shown| shown.fits == Some(false))
}

fn compared(pair: &StatementPair, policy: &ComparedPolicy) -> Markup {
    match (&pair.wanted, &pair.found) {
        (Some(wanted), Some(found)) if wanted.text == found.text => html! {
            p.soft { (found.place) " is just as it is wanted." }
        },
        (wanted, found) => html! {
            // Where no document says what is wanted, what was found has the whole width.
            div.st.one[policy.wanted_by.is_none()] {
                @if policy.wanted_by.is_some() {
                    (side(wanted.as_ref(), found.as_ref(), "Wanted", "-", "no statement like it is wanted"))
                }
                (side(found.as_ref(), wanted.as_ref().filter(|_| found.is_some()), "Found", "+", "no statement like it was found"))
            }
        },
    }
}

fn side(
    shown: Option<&ShownStatement>,
    other: Option<&ShownStatement>,
    word: &str,
    mark: &str,
    without: &str,
) -> Markup {
    let Some(shown) = shown else {
        return html! { div { p.soft { b { (word) } ": " (without) } } };
    };
    let text = pretty(&shown.text);
    let beside = other.map(|other| pretty(&other.text));
    let mut theirs: Vec<&str> = beside.iter().flat_map(|text| text.lines()).map(plain).collect();
    html! {
        div.odd[shown.fits == Some(false)] {
            p.soft {
                b { (word) } ": " (shown.place)
                @match (shown.fits, word) {
                    (Some(false), "Wanted") => { b.c { " \u{2718} not all of it is allowed" } }
                    (Some(false), _) => { b.c { " \u{2718} goes beyond what is wanted" } }
                    _ => {}
                }
            }
            pre { code { @for line in text.lines() {
                @if other.is_none() || take(&mut theirs, plain(line)) { "  " (line) "\n" }
                @else { mark { (mark) " " (line) } "\n" }
            } } }
        }
    }
}

/// A line without what only its place in a list gives it.
fn plain(line: &str) -> &str {
    line.trim().trim_end_matches(',')
}

/// Takes `line` out of `lines`, if it is there.
fn take(lines: &mut Vec<&str>, line: &str) -> bool {
    match lines.iter().position(|other| *other == line) {
        Some(at) => {
            lines.remove(at);
            true
        }
        None => false,
    }
}

/// JSON with its indents; anything else as it is.
pub(super) fn pretty(text: &str) -> String {
    // Parsed as text alone, so that no order and no number changes.
    let Ok(raw) = serde_json::from_str::<Box<serde_json::value::RawValue>>(text) else { return text.to_owned() };
    let mut shown = String::new();
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    let mut chars = raw.get().chars().peekable();
    while let Some(c) = chars.next() {
        if in_string {
            shown.push(c);
            (in_string, escaped) = (escaped || c != '"', !escaped && c == '\\');
            continue;
        }
        let line = |shown: &mut String, depth: usize| {
            shown.push('\n');
            shown.extend(std::iter::repeat_n("  ", depth));
        };
        match c {
            '{' | '[' => {
                shown.push(c);
                while chars.next_if(|c| c.is_whitespace()).is_some() {}
                if let Some(close) = chars.next_if(|c| matches!(c, '}' | ']')) {
                    shown.push(close);
                } else {
                    depth += 1;
                    line(&mut shown, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut shown, depth);
                shown.push(c);
            }
            ',' => {
                shown.push(c);
                line(&mut shown, depth);
            }
            ':' => shown.push_str(": "),
            '"' => {
                in_string = true;
                shown.push(c);
            }
            c if c.is_whitespace() => {}
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::pretty;
    use crate::model::{ComparedPolicy, ShownStatement, StatementPair};

    #[test]
    fn statements_are_indented_and_keep_every_letter() {
        let text = r#"[{ "Sid": "a, b: {\"c\"}", "Action": ["x:y", "z"], "Condition": {}, "n": 1.10 }]"#;
        let shown = pretty(text);
        assert_eq!(
            shown,
            "[\n  {\n    \"Sid\": \"a, b: {\\\"c\\\"}\",\n    \"Action\": [\n      \"x:y\",\n      \"z\"\n    ],\n    \
             \"Condition\": {},\n    \"n\": 1.10\n  }\n]"
        );
        assert_eq!(pretty("no JSON"), "no JSON");
    }

    #[test]
    fn lines_that_stand_on_one_side_alone_are_marked() {
        let shown = |text: &str, fits| {
            Some(ShownStatement { place: "statement \"<a>\"".to_owned(), text: text.to_owned(), fits })
        };
        let pair = StatementPair {
            wanted: shown(r#"{ "Action": ["a:B", "a:C"] }"#, None),
            found: shown(r#"{ "Action": ["a:B", "a:*"] }"#, Some(false)),
        };
        let policy =
            ComparedPolicy { of: "p".to_owned(), wanted_by: Some("w".to_owned()), statements: vec![], more: 0 };
        let page = super::compared(&pair, &policy).into_string();
        assert!(page.contains("<mark>- "), "{page}");
        assert_eq!(page.matches("<mark>").count(), 2, "{page}");
        assert!(
            page.contains("statement &quot;&lt;a&gt;&quot;") && page.contains("goes beyond what is wanted"),
            "{page}"
        );
    }
}
