//! What the report rests on: the account, the rules, what could not be read, and what nobody judged.

use super::words::{counted, marked};
use crate::model::Report;
use maud::{Markup, html};

pub(super) fn section(report: &Report) -> Markup {
    html! {
        section.summary aria-labelledby="about" {
            h2 #about { "What this rests on" }
            dl.facts {
                div { dt { "Account" } dd { (report.account) @if report.partition != "aws" { " (" (report.partition) ")" } } }
                div { dt { (if report.regions.len() == 1 { "Region" } else { "Regions" }) } dd { (report.regions.join(", ")) } }
                div { dt { "Read by" } dd { code { (report.caller) } } }
                div { dt { "Calls" } dd { (report.calls) } }
                div { dt { "Rules" } dd { code { (report.rules.file) } } }
                div { dt { "SHA-256 of the rules" } dd { code.hash { (report.rules.sha256) } } }
                @if let Some(catalogue) = &report.catalogue {
                    div { dt { "IAM actions as of" } dd { (catalogue) } }
                }
                div { dt { "Complete" } dd { (if report.complete { "yes: every rule was decided" } else { "no: something could not be read or decided" }) } }
            }
            @if !report.gaps.is_empty() {
                details.more open {
                    summary { h3 { "Not read (" (counted(report.gaps.len(), "gap", "gaps")) ")" } }
                    table.stack {
                        thead { tr { th scope="col" { "Call" } th scope="col" { "Why" } th scope="col" { "What would close it" } } }
                        tbody {
                            @for gap in &report.gaps {
                                tr { th { code { (gap.call) } } td { (marked(&gap.reason)) } td { (marked(&gap.remedy)) } }
                            }
                        }
                    }
                }
            }
            @if let Some(baseline) = &report.baseline {
                details.more open {
                    summary { h3 { "Since the baseline" } }
                    p { (baseline.says()) }
                    @for note in &baseline.notes { p.soft { (marked(note)) } }
                    @if !baseline.settled.is_empty() {
                        dl.unchecked {
                            @for one in &baseline.settled {
                                div { dt { (one.rule) " \u{b7} " (one.resource) } dd { (one.how.as_str()) } }
                            }
                        }
                    }
                }
            }
            @if let Some(waivers) = &report.waivers {
                details.more open {
                    summary { h3 { "Waivers (" (counted(waivers.notes.len(), "note", "notes")) ")" } }
                    p { "From " code { (waivers.file) } ", judged as of " (waivers.day) " (UTC)." }
                    @if !waivers.notes.is_empty() {
                        dl.unchecked {
                            @for note in &waivers.notes {
                                div {
                                    dt { (note.rule) " \u{b7} " (note.resource) }
                                    dd { (marked(&note.says)) " " code { (note.place.file) ":" (note.place.line) } }
                                }
                            }
                        }
                    }
                }
            }
            @if !report.not_checked.is_empty() {
                details.more.later open {
                    summary { h3 { "Not checked, by design (" (report.not_checked.len()) ")" } }
                    dl.unchecked {
                        @for item in &report.not_checked {
                            div { dt { (marked(&item.what)) } dd { (marked(&item.why)) } }
                        }
                    }
                }
            }
        }
    }
}
