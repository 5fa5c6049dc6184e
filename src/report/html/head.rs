//! The head of the page, which says what came out, and its foot.

use super::sign::Sign;
use super::words::counted;
use crate::model::{Hundredths, Report, Verdict};
use maud::{Markup, html};

/// How many findings have each sign, worst first.
pub(super) fn counts(report: &Report) -> Vec<(Sign, usize)> {
    let count = |sign| report.findings.iter().filter(|finding| Sign::of(finding) == sign).count();
    Sign::ALL.into_iter().map(|sign| (sign, count(sign))).collect()
}

/// What came out, in a few words.
pub(super) fn outcome(report: &Report) -> String {
    let of = |sign| report.findings.iter().filter(|finding| Sign::of(finding) == sign).count();
    let (fail, unknown) = (of(Sign::Fail), of(Sign::Unknown));
    let blocked = report.findings.iter().filter(|f| f.verdict == Verdict::Blocked && !f.excused).count();
    if fail > 0 {
        return counted(fail, "finding fails", "findings fail");
    }
    if unknown > 0 {
        return format!("Nothing fails, {} unknown", counted(unknown, "finding is", "findings are"));
    }
    if blocked > 0 {
        return counted(blocked, "finding is blocked", "findings are blocked");
    }
    if report.counts.waived > 0 {
        return "All that counts holds, or is waived for a time".to_owned();
    }
    if report.findings.is_empty() { "No findings".to_owned() } else { "All that was asked holds".to_owned() }
}

/// The banner.
pub(super) fn head(report: &Report) -> Markup {
    let counts = counts(report);
    let worst = counts
        .iter()
        .find(|(sign, count)| *count > 0 && !matches!(sign, Sign::Note | Sign::Waived))
        .map_or(Sign::NotApplicable, |(sign, _)| *sign);
    html! {
        header.top {
            div.brand {
                span { "Plimsoll" }
                div.tools {
                    button #theme type="button" hidden { "Dark" }
                    button #print type="button" hidden { "Print" }
                }
            }
            h1 { (report.title) }
            p.where {
                "Account " b { (report.account) }
                " · " (report.regions.join(", "))
                " · " (counted(report.calls, "call", "calls"))
            }
            p class={ "outcome " (worst.class()) } {
                (worst.mark()) " "
                strong { (outcome(report)) }
                @if !report.complete { " · incomplete: something could not be read" }
                @if let Some(baseline) = &report.baseline { " · " (baseline.says()) }
            }
            ul.counts aria-label="Findings by verdict" {
                @for (sign, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
                    li class=(sign.class()) {
                        a href={ "#g-" (sign.class()) } data-hash={ "verdict=" (sign.class()) } title=(sign.meaning()) {
                            (sign.mark()) " " b { (count) } " " (sign.word())
                        }
                    }
                }
                @if report.points.possible > Hundredths::default() {
                    li.points {
                        span { b { (report.points.earned) } " of " (report.points.possible) " points" }
                        (bar(report.points.earned, report.points.possible))
                    }
                }
            }
        }
    }
}

/// How much of the points was earned, drawn.
fn bar(earned: Hundredths, possible: Hundredths) -> Markup {
    let part = (earned.0.saturating_mul(100) / possible.0.max(1)).min(100);
    html! {
        svg.bar viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" {
            rect.rest width="100" height="6" {}
            rect.done width=(part) height="6" {}
        }
    }
}

/// What made the page.
pub(super) fn foot(report: &Report) -> Markup {
    html! {
        footer {
            p {
                "Made by Plimsoll " (report.tool) ", which only reads. This page needs no network and sends nothing anywhere."
            }
        }
    }
}
