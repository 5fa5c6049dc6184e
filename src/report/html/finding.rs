//! One finding: what was wanted beside what was found, who gets in, the proof, the fix, and where all of it is from.

use super::sign::{Sign, severity};
use super::words::{about, marked};
use crate::model::{Finding, Hundredths, Part, Points, Verdict};
use crate::report::picture::in_aws_words;
use maud::{Markup, html};

/// One finding. What it shares with every finding of its rule stands at the `first` of them, so that a page with
/// thousands stays small; the page's script copies it over where the finding is opened.
pub(super) fn finding<'r>(
    finding: &Finding,
    first: Option<&Finding>,
    of_rule: &dyn Fn(&str) -> Option<&'r Finding>,
) -> Markup {
    let sign = Sign::of(finding);
    let (name, what) = about(finding);
    html! {
        details class={ "f " (sign.class()) } id={ "f-" (finding.id) } open
            data-v=(sign.class()) data-s=(finding.severity) data-p=[finding.step.as_deref()] data-t=(finding.type_name) data-o=(finding.resource) {
            summary {
                span.v { (sign.mark()) " " (sign.word()) }
                h4 { (finding.title) }
                span.on { (name) " " small { (what) } }
                span.end {
                    @if !matches!(sign, Sign::Pass | Sign::NotApplicable | Sign::Note) { (severity(finding.severity)) }
                    (points(finding.points))
                }
            }
            div.b {
                (compared(finding))
                (waits_for(finding, of_rule))
                (beyond(finding))
                @if let Some(witness) = &finding.witness {
                    div.x { h5 { "Proof: a request that shows it" } p.copy { code { (witness) } } }
                }
                (instead(finding))
                (shared(finding, first))
                (facts(finding))
            }
        }
    }
}

fn points(points: Points) -> Markup {
    html! {
        @if points.possible > Hundredths::default() {
            span.pts title="points" { (points.earned) "/" (points.possible) }
        }
    }
}

/// What was wanted beside what was found: by parts where there are several.
fn compared(finding: &Finding) -> Markup {
    if finding.parts.len() < 2 {
        return html! {
            div.wf {
                div { h5 { "Wanted" } p { (marked(&finding.wanted)) } }
                div.found { h5 { "Found" } p { (marked(&finding.found)) } }
            }
        };
    }
    let scored = finding.points.possible > Hundredths::default();
    html! {
        table.parts {
            thead { tr {
                th scope="col" { "Part" } th scope="col" { "Wanted" } th scope="col" { "Found" } th scope="col" { "Verdict" }
                @if scored { th.num scope="col" { "Points" } }
            } }
            tbody {
                @for part in &finding.parts { (row(part, scored)) }
            }
        }
        @if says_more(finding) {
            p.all { b { "Together: " } (marked(&finding.found)) }
        }
    }
}

fn row(part: &Part, scored: bool) -> Markup {
    let sign = Sign::from(part.verdict);
    html! {
        tr class=(sign.class()) {
            th scope="row" { (part.path) }
            td data-l="Wanted" { (marked(&part.wanted)) }
            td.found data-l="Found" { (marked(&part.found)) }
            td.v data-l="Verdict" { (sign.mark()) " " (sign.word()) }
            @if scored { td.num data-l="Points" { (part.points.earned) "/" (part.points.possible) } }
        }
    }
}

/// Whether the finding as a whole says what none of its parts does.
fn says_more(finding: &Finding) -> bool {
    let mut rest = finding.found.clone();
    for text in finding.parts.iter().flat_map(|part| [&part.found, &part.path]).filter(|text| !text.is_empty()) {
        rest = rest.replace(text.as_str(), "");
    }
    rest.chars().any(char::is_alphanumeric)
}

/// The rules that did not pass, each as a link to its worst finding.
fn waits_for<'r>(finding: &Finding, of_rule: &dyn Fn(&str) -> Option<&'r Finding>) -> Markup {
    html! {
        @if !finding.blocked_by.is_empty() {
            div.x {
                h5 { "Waits for" }
                ul { @for rule in &finding.blocked_by {
                    li { @match of_rule(rule) {
                        Some(other) => { a href={ "#f-" (other.id) } { (other.title) } " (" (Sign::of(other).word()) ")" }
                        None => (rule),
                    } }
                } }
            }
        }
    }
}

/// Those who may do more than is wanted.
fn beyond(finding: &Finding) -> Markup {
    html! {
        @if !finding.beyond.is_empty() {
            div.x {
                h5 { "Who gets in beyond what is wanted" }
                ul.who { @for one in &finding.beyond {
                    li {
                        b { (marked(&one.who)) } " may " (marked(&one.actions.join(", ")))
                        @if !one.by.is_empty() { ", by " (marked(&one.by.join(" and "))) }
                        @if !one.conditions.is_empty() { ", if " (marked(&one.conditions.join(" and "))) }
                    }
                } }
            }
        }
    }
}

/// What could be written in the place of what was found, as code.
fn instead(finding: &Finding) -> Markup {
    html! {
        @for instead in &finding.instead {
            div.x {
                h5 { "Instead of " (instead.of) }
                pre.copy { code { (pretty(&instead.text)) } }
            }
        }
    }
}

/// JSON with its indents; anything else as it is.
fn pretty(text: &str) -> String {
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

/// Why the rule matters, how to mend a fail, and who else asks for it.
fn shared(finding: &Finding, first: Option<&Finding>) -> Markup {
    let mends = !matches!(finding.verdict, Verdict::Pass | Verdict::NotApplicable);
    let same = |first: &&Finding| {
        // A finding that passes does not say how to mend it.
        let first_mends = !matches!(first.verdict, Verdict::Pass | Verdict::NotApplicable);
        first.fix == finding.fix && first.reason == finding.reason && first_mends == mends && first.controls == finding.controls
    };
    if finding.fix.is_none() && finding.reason.is_none() && finding.controls.is_empty() {
        return html! {};
    }
    if let Some(first) = first.filter(same) {
        return html! {
            p.as data-as=(first.id) {
                (if mends { "Why it matters and how to mend it: as with " } else { "Why it matters: as with " })
                a href={ "#f-" (first.id) } { (about(first).0) }
            }
        };
    }
    html! {
        div.c {
            @if let Some(fix) = finding.fix.as_ref().filter(|_| mends) {
                div.x.fix { h5 { "How to mend it" } p.copy { (fix) } }
            }
            @if let Some(reason) = &finding.reason {
                div.x { h5 { "Why it matters" } p { (reason) } }
            }
            @if !finding.controls.is_empty() {
                div.x { h5 { "Controls that ask for it" } ul.tags { @for control in &finding.controls { li { (control) } } } }
            }
        }
    }
}

/// Where it is from.
fn facts(finding: &Finding) -> Markup {
    html! {
        dl.from {
            div { dt { "Rule" } dd { code { (finding.rule) } } }
            div { dt { "Written at" } dd { code { (finding.place.file) ":" (finding.place.line) } } }
            @if let Some(step) = &finding.step { div { dt { "Step" } dd { (step) } } }
            @if finding.type_name.contains("::") {
                div { dt { "Type" } dd { (finding.type_name) } }
            } @else {
                div { dt { "Type" } dd { (in_aws_words(&finding.type_name, None)) } }
            }
            @if let Some(arn) = &finding.arn { div { dt { "ARN" } dd { code { (arn) } } } }
            @if !finding.evidence.is_empty() {
                div.wide { dt { "Rests on" } dd { @for (at, call) in finding.evidence.iter().enumerate() { @if at > 0 { ", " } code { (call) } } } }
            }
            @for item in &finding.not_checked {
                div.wide { dt { "Not checked" } dd { (marked(&item.what)) ": " (marked(&item.why)) } }
            }
            div { dt { "Finding" } dd { code { (finding.id) } } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::pretty;

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
}
