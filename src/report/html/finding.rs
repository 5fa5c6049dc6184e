//! One finding: what was wanted beside what was found, who gets in, the proof, the fix, and where all of it is from.

use super::policies::{policies, pretty};
use super::sign::{Sign, severity};
use super::words::{about, marked};
use crate::model::{Finding, Hundredths, Part, Points, Verdict};
use crate::report::text::{before, since};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// What the page knows beside the finding itself.
pub(super) struct Page<'r> {
    /// The worst finding of each rule.
    pub(super) worst_of: BTreeMap<&'r str, &'r Finding>,
    /// The number of each rule, in the order of the page.
    pub(super) rules: BTreeMap<&'r str, usize>,
    /// The number of each call that findings rest on.
    pub(super) calls: BTreeMap<&'r str, usize>,
}

/// One finding. What it shares with every finding of its rule stands at the worst of them, so that a page with thousands
/// stays small; the page's script copies it over where another is opened.
pub(super) fn finding(finding: &Finding, page: &Page<'_>) -> Markup {
    let sign = Sign::of(finding);
    let (name, what) = about(finding);
    let worst = page.worst_of.get(finding.rule.as_str()).filter(|worst| worst.id != finding.id);
    let is_first = worst.is_none();
    let type_name = worst.is_none_or(|worst| worst.type_name != finding.type_name).then_some(&finding.type_name);
    html! {
        details class={ "f " (sign.class()) } id={ "f-" (finding.id) } open
            data-s=[is_first.then_some(finding.severity)] data-p=[finding.step.as_deref().filter(|_| is_first)]
            data-t=[type_name] data-o=(finding.resource) {
            summary {
                i { (sign.mark()) " " (sign.word()) }
                h4 { (finding.title) }
                span.on { (name) " " small { (what) } }
                b {
                    @if !matches!(sign, Sign::Pass | Sign::NotApplicable | Sign::Note) { (severity(finding.severity)) }
                    @if finding.since.is_some() { span.sev { (since(finding)) } }
                    (points(finding.points))
                }
            }
            div.b {
                (compared(finding))
                @if let Some(was) = &finding.was {
                    p.soft { b { "In the baseline: " } (marked(&before(was))) }
                }
                (waits_for(finding, page))
                @if let Some(waiver) = &finding.waiver {
                    div.x { h5 { "Waiver" } p { (marked(&waiver.says())) } }
                }
                (beyond(finding))
                @if let Some(witness) = &finding.witness {
                    div.x { h5 { "Proof: a request that shows it" } p.copy { code { (witness) } } }
                }
                (policies(finding))
                (instead(finding))
                @for item in &finding.not_checked {
                    p.soft { b { "Not checked: " } (marked(&item.what)) ": " (marked(&item.why)) }
                }
                @if is_first { (of_rule(finding, page)) }
                (facts(finding, page, is_first))
            }
        }
    }
}

fn points(points: Points) -> Markup {
    html! {
        @if points.possible > Hundredths::default() {
            (points.earned) "/" (points.possible)
        }
    }
}

/// What was wanted beside what was found: by parts where there are several.
fn compared(finding: &Finding) -> Markup {
    // Where all is as it should be, nothing needs to stand out.
    let said = |text: &str| {
        if finding.verdict == Verdict::Pass {
            html! { (text) }
        } else {
            marked(text)
        }
    };
    if finding.parts.len() < 2 {
        return html! {
            dl.w {
                dt { "Wanted" } dd { (said(&finding.wanted)) }
                dt { "Found" } dd { (said(&finding.found)) }
            }
        };
    }
    // Where every part passes, the head of the finding has said so.
    let told = finding.parts.iter().any(|part| part.verdict != Verdict::Pass);
    let scored = told && finding.points.possible > Hundredths::default();
    // What fails no run is a note, in its parts as well.
    let sign = |part: &Part| if part.verdict == finding.verdict { Sign::of(finding) } else { part.verdict.into() };
    let class = |part: &Part| Some(sign(part).class()).filter(|_| part.verdict != finding.verdict);
    html! {
        table.parts {
            thead { tr {
                th { "Part" } th { "Wanted" } th { "Found" }
                @if told { th { "Verdict" } }
                @if scored { th { "Points" } }
            } }
            @for part in &finding.parts {
                tr class=[class(part)] {
                    th { (part.path) }
                    td { (said(&part.wanted)) }
                    td { (said(&part.found)) }
                    @if told { td { (sign(part).word()) } }
                    @if scored { td { (part.points.earned) "/" (part.points.possible) } }
                }
            }
        }
        @if says_more(finding) {
            p.soft { b { "Together: " } (said(&finding.found)) }
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
fn waits_for(finding: &Finding, page: &Page<'_>) -> Markup {
    html! {
        @if !finding.blocked_by.is_empty() {
            div.x {
                h5 { "Waits for" }
                ul { @for rule in &finding.blocked_by {
                    li { @match page.worst_of.get(rule.as_str()) {
                        Some(other) => { a href={ "#f-" (other.id) } { (other.title) } " (" (Sign::of(other).word()) ")" }
                        None => (rule),
                    } }
                } }
                @if finding.excused { p.soft { "All of it is waived, so this fails no run." } }
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

/// What holds of the rule: how to mend a fail, why it matters, who else asks for it, and where it is written.
fn of_rule(finding: &Finding, page: &Page<'_>) -> Markup {
    let mends = !matches!(finding.verdict, Verdict::Pass | Verdict::NotApplicable);
    html! {
        div.c id={ "r-" (page.number(finding)) } tabindex="-1" {
            @if let Some(fix) = finding.fix.as_ref().filter(|_| mends) {
                div.x.fix { h5 { "How to mend it" } p.copy { (fix) } }
            }
            @if let Some(reason) = &finding.reason {
                div.x { h5 { "Why it matters" } p { (reason) } }
            }
            @if !finding.controls.is_empty() {
                div.x { h5 { "Controls that ask for it" } ul.tags { @for control in &finding.controls { li { (control) } } } }
            }
            p.e {
                "Rule " code { (finding.rule) } " \u{b7} severity " (finding.severity)
                @if let Some(step) = &finding.step { " \u{b7} step " (step) }
                " \u{b7} written at " code { (finding.place.file) ":" (finding.place.line) }
            }
        }
    }
}

/// What was judged, and the calls it rests on, by their numbers in the list at the end of the page.
fn facts(finding: &Finding, page: &Page<'_>, is_first: bool) -> Markup {
    html! {
        p.e {
            @if !is_first { a href={ "#r-" (page.number(finding)) } { "The rule" } " " }
            @if let Some(arn) = finding.arn.as_ref().filter(|arn| !finding.found.contains(*arn)) {
                code { (arn) } @if !finding.evidence.is_empty() { " \u{b7} " }
            }
            @if !finding.evidence.is_empty() {
                "Rests on "
                a href="#calls" {
                    @for (at, call) in finding.evidence.iter().enumerate() {
                        @if at > 0 { ", " }
                        (page.calls.get(call.as_str()).copied().unwrap_or_default())
                    }
                }
            }
        }
    }
}

impl Page<'_> {
    fn number(&self, finding: &Finding) -> usize {
        self.rules.get(finding.rule.as_str()).copied().unwrap_or_default()
    }
}
