//! The findings, worst first, under a heading for each verdict, and what they can be filtered by.

use super::finding::{Page, finding};
use super::head::counts;
use super::sign::Sign;
use crate::model::{Report, Severity};
use crate::report::picture::in_aws_words;
use maud::{Markup, PreEscaped, html};
use std::collections::{BTreeMap, BTreeSet};

/// The places of the findings in the report, worst first; what is equally bad stays in the order of the rules file.
pub(super) fn worst_first(report: &Report) -> Vec<usize> {
    let mut order: Vec<usize> = (0..report.findings.len()).collect();
    order.sort_by_key(|&at| (Sign::of(&report.findings[at]), std::cmp::Reverse(report.findings[at].severity)));
    order
}

/// The form that filters. The page's script shows it; without, everything is visible.
pub(super) fn filters(report: &Report) -> Markup {
    let mut steps: Vec<&str> = Vec::new();
    for step in report.findings.iter().filter_map(|finding| finding.step.as_deref()) {
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    let types: BTreeMap<String, &str> =
        report.findings.iter().map(|f| (in_aws_words(&f.type_name, None), f.type_name.as_str())).collect();
    let severities: BTreeSet<Severity> = report.findings.iter().map(|finding| finding.severity).collect();
    html! {
        (PreEscaped("<section class=\"list\" aria-labelledby=\"findings\">"))
        h2 #findings tabindex="-1" { "Findings" }
        form #filters hidden role="search" aria-label="Filter the findings" {
            fieldset {
                legend { "Verdict" }
                @for (sign, count) in counts(report).into_iter().filter(|(_, count)| *count > 0) {
                    label class={ "chip " (sign.class()) } {
                        input type="checkbox" name="verdict" value=(sign.class());
                        (sign.mark()) " " (sign.word()) " " b { (count) }
                    }
                }
            }
            div.row {
                label.grow { "Search" input type="search" name="q" autocomplete="off" spellcheck="false" placeholder="name, ARN, action, words"; }
                @if severities.len() > 1 {
                    label { "Severity" select name="severity" {
                        option value="" { "any" }
                        @for severity in severities.iter().rev() { option value=(severity) { (severity) } }
                    } }
                }
                @if steps.len() > 1 {
                    label { "Step" select name="step" {
                        option value="" { "any" }
                        @for step in steps { option value=(step) { (step) } }
                    } }
                }
                @if types.len() > 1 {
                    label { "Type" select name="type" {
                        option value="" { "any" }
                        @for (words, type_name) in types { option value=(type_name) { (words) } }
                    } }
                }
            }
            div.row.state {
                output #shown aria-live="polite" {}
                button #where.chip type="button" hidden {}
                span.grow {}
                button #open type="button" { "Open all" }
                button #close type="button" { "Close all" }
                button #clear type="button" { "Clear filters" }
            }
        }
        p #none hidden { "No finding fits these filters." }
    }
}

/// Hands every finding to `put`, in `order`, and then the calls that they rest on.
pub(super) fn each(
    report: &Report,
    order: &[usize],
    put: &mut dyn FnMut(&Markup) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let calls: BTreeSet<&str> = report.findings.iter().flat_map(|f| f.evidence.iter().map(String::as_str)).collect();
    let calls_by_number = calls.iter().copied().zip(1..).collect();
    let mut page = Page { worst_of: BTreeMap::new(), rules: BTreeMap::new(), calls: calls_by_number };
    for &at in order {
        let finding = &report.findings[at];
        page.worst_of.entry(&finding.rule).or_insert(finding);
        let next = page.rules.len() + 1;
        page.rules.entry(&finding.rule).or_insert(next);
    }
    let mut open = None;
    for &at in order {
        let one = &report.findings[at];
        let sign = Sign::of(one);
        if open != Some(sign) {
            if open.is_some() {
                put(&PreEscaped("</section>".to_owned()))?;
            }
            open = Some(sign);
            let count = report.findings.iter().filter(|finding| Sign::of(finding) == sign).count();
            put(&html! {
                (PreEscaped(format!("<section class=\"g\" aria-labelledby=\"g-{}\">", sign.class())))
                h3 id={ "g-" (sign.class()) } tabindex="-1" { (sign.heading()) " " span.count { (count) } " " small { (sign.meaning()) } }
            })?;
        }
        put(&finding(one, &page))?;
    }
    put(&match open {
        Some(_) => PreEscaped("</section>".to_owned()),
        None => html! { p { "The rules file asks for nothing." } },
    })?;
    put(&html! {
        @if !calls.is_empty() {
            section #calls.more tabindex="-1" {
                h3 { "Calls that the findings rest on" }
                ol { @for call in &calls { li { code { (call) } } } }
            }
        }
        (PreEscaped("</section>"))
    })
}
