//! The overview as one page: no script, nothing from elsewhere, readable in light and dark and on paper. Each run is
//! linked to its report.

use super::{Overview, Tally};
use crate::model::harmless;
use maud::{DOCTYPE, Markup, PreEscaped, html as markup};

/// Colours have a contrast of at least 4.5 with what is behind them (WCAG AA); no state is told by colour alone.
const STYLE: &str = "\
:root{color-scheme:light dark;--line:#d0d4da;--soft:#f4f5f7;--bad:#a3231b;--good:#1a6b33;--open:#7a4d00;--link:#0b57d0}\
@media(prefers-color-scheme:dark){:root{--line:#444b55;--soft:#22262c;--bad:#ff9d94;--good:#7ddb9a;--open:#f0c674;--link:#8ab4f8}}\
body{font:15px/1.45 system-ui,sans-serif;margin:1.5rem auto;padding:0 1rem;max-width:80rem}\
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}a{color:var(--link)}\
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}\
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line);overflow-wrap:break-word;max-width:26rem}\
th{background:var(--soft)}.n{text-align:right;white-space:nowrap;overflow-wrap:normal}\
.clean{color:var(--good)}.findings,.not-read{color:var(--bad)}.incomplete{color:var(--open)}\
@media print{body{max-width:none}.scroll{overflow:visible}}";
/// How many runs are named of a rule.
const NAMES: usize = 20;

/// `overview` as an HTML page, in which each run that was read is linked to the file `report` in its folder.
pub(super) fn html(overview: &Overview, report: Option<&str>) -> String {
    let page = markup! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { "Plimsoll: " (overview.counted()) }
                style { (PreEscaped(STYLE)) }
            }
            "\n"
            body {
                h1 { (overview.counted()) }
                p { (overview.next()) }
                (rules(overview))
                (runs(overview, report))
            }
        }
        "\n"
    };
    // No character may reorder or hide what stands beside it.
    page.0.split('\n').map(harmless).collect::<Vec<_>>().join("\n")
}

fn rules(overview: &Overview) -> Markup {
    let shown: Vec<&Tally> = overview.rules.iter().filter(|tally| tally.fail + tally.unknown > 0).collect();
    markup! {
        @if !shown.is_empty() {
            h2 { "By rule" }
            div.scroll {
                table {
                    thead { tr {
                        th scope="col" { "Severity" } th scope="col" { "Rule" } th scope="col" { "What it asks" }
                        th.n scope="col" { "Fails" } th.n scope="col" { "Unknown" } th.n scope="col" { "Waits" }
                        th scope="col" { "Where" }
                    } }
                    tbody { @for tally in shown { "\n" tr {
                        td { (tally.severity) } td { (tally.rule) } td { (tally.title) }
                        td.n { (tally.fail) } td.n { (tally.unknown) } td.n { (tally.blocked) }
                        td { (tally.where_it_is(NAMES)) }
                    } } }
                }
            }
        }
    }
}

fn runs(overview: &Overview, report: Option<&str>) -> Markup {
    markup! {
        h2 { "Accounts" }
        div.scroll {
            table {
                thead { tr {
                    th scope="col" { "Name" } th scope="col" { "Account" } th scope="col" { "Region" }
                    th scope="col" { "Result" } th.n scope="col" { "Critical" } th.n scope="col" { "High" }
                    th.n scope="col" { "Medium" } th.n scope="col" { "Low" } th.n scope="col" { "Unknown" }
                    th.n scope="col" { "Pass" } th scope="col" { "Rules" } th scope="col" { "Notes" }
                } }
                tbody { @for line in &overview.runs { "\n" tr {
                    td {
                        @match report.filter(|_| line.reason.is_none()) {
                            Some(file) => { a href={ "./" (line.folder) "/" (file) } { (line.name) } }
                            None => { (line.name) }
                        }
                    }
                    td { (line.account.as_deref().unwrap_or_default()) }
                    td { (line.regions.join(", ")) }
                    td class=(line.state.words().replace(' ', "-")) { (line.state.words()) }
                    @if let Some(reason) = &line.reason {
                        td colspan="7" { (reason) }
                    } @else {
                        @for n in line.cells() { td.n { (n.unwrap_or_default()) } }
                        td.n { (line.counts.map(|counts| counts.pass).unwrap_or_default()) }
                        td { (line.rules.as_deref().unwrap_or_default()) }
                    }
                    td { (line.notes.join("; ")) }
                } } }
            }
        }
    }
}
