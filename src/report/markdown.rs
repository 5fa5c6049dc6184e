//! The report as GitHub's Markdown: a comment on a pull request, or the summary of a job.
//!
//! It fits into one comment however long the report is: what is left out is counted. Every text that somebody else
//! chose goes through [`escape`]; nothing here knows of GitHub beyond its Markdown.

pub(crate) mod escape;
mod mermaid;

use super::Look;
use super::text::{Row, before, excuse, is_clean, next, note_line, place, rows, said, since, tally, whose};
use crate::model::{Finding, FindingWaiver, Hundredths, NotChecked, Report, Settled, Since, Verdict, harmless};
pub(crate) use escape::{code, prose};
use std::fmt::Write as _;
use std::io::{self, Write};

/// The sections of the page may each reach this far, in bytes: each leaves room for the next, and the last ends short of
/// the 65,536 characters that a comment may have.
const SETTLED: usize = 12_000;
const FAILING: usize = 36_000;
const UNKNOWN: usize = 44_000;
const BLOCKED: usize = 47_000;
const WAIVED: usize = 52_000;
const TABLE: usize = 61_000;
const NOT_CHECKED: usize = 64_000;
/// The longest that one field of a finding may be, in characters.
const LONGEST: usize = 500;
/// The longest that a name may be, in characters.
const LONGEST_NAME: usize = 100;
/// How many of several values of a field are shown.
const SHOWN: usize = 3;

/// `report` as Markdown.
pub(super) fn markdown(report: &Report, look: Look, to: &mut dyn Write) -> io::Result<()> {
    if look.quiet && is_clean(report) {
        return Ok(());
    }
    let mut page = Page { text: String::new() };
    page.head(report);
    page.text.push_str(&mermaid::flowchart(report));
    page.since(report);
    page.findings(report, Verdict::Fail, "Failing", "fail", FAILING);
    page.findings(report, Verdict::Unknown, "Unknown", "are unknown", UNKNOWN);
    page.blocked(report);
    page.waived(report);
    page.table(report);
    page.not_checked(report);
    page.foot(report);
    to.write_all(page.text.as_bytes())
}

struct Page {
    text: String,
}

impl Page {
    /// Adds what `show` says of `items` as long as the page stays below `end`, and says how many were left out.
    fn add<T>(&mut self, items: &[T], show: impl Fn(&T) -> String, end: usize) -> usize {
        for (at, item) in items.iter().enumerate() {
            let piece = show(item);
            if self.text.len() + piece.len() > end {
                return items.len() - at;
            }
            self.text.push_str(&piece);
        }
        0
    }

    fn more(&mut self, left_out: usize, what: &str) {
        if left_out > 0 {
            let _ = write!(self.text, "\n… and {left_out} more {what}; the JSON report has them all.\n");
        }
    }

    /// The mark at the start lets a program find the comment again that it wrote before.
    fn head(&mut self, report: &Report) {
        let calls = if report.calls == 1 { "1 call".to_owned() } else { format!("{} calls", report.calls) };
        let name = |text: &str| prose(&clipped(text, LONGEST_NAME));
        let _ = write!(
            self.text,
            "<!-- plimsoll -->\n## Plimsoll: {}\n\n**{}**. {}\n\nAccount {} · {} · {calls} · rules {}\n",
            prose(&clipped(&report.title, 200)),
            tally(report),
            prose(&clipped(&next(report), 300)),
            name(&report.account),
            name(&report.regions.join(", ")),
            code(&clipped(&report.rules.file, 300)),
        );
    }

    /// What is new since the baseline, in a line, and what became of what it has.
    fn since(&mut self, report: &Report) {
        let Some(head) = &report.baseline else { return };
        let _ = write!(self.text, "\n### Since the baseline\n\n{}\n", prose(&clipped(&head.says(), LONGEST)));
        for note in &head.notes {
            let _ = write!(self.text, "\n{}\n", prose(&clipped(note, LONGEST)));
        }
        if !head.settled.is_empty() {
            self.text.push('\n');
        }
        let line = |one: &Settled| {
            let (rule, resource) = (clipped(&one.rule, LONGEST_NAME), clipped(&one.resource, LONGEST_NAME));
            format!("- {} {} · {}\n", one.how.as_str(), code(&rule), code(&resource))
        };
        let left_out = self.add(&head.settled, line, SETTLED);
        self.more(left_out, "are settled");
    }

    /// The findings with this verdict, worst first, each folded up.
    fn findings(&mut self, report: &Report, verdict: Verdict, heading: &str, what: &str, end: usize) {
        let mut findings: Vec<&Finding> = report.findings.iter().filter(|f| f.verdict == verdict).collect();
        if findings.is_empty() {
            return;
        }
        findings.sort_by_key(|finding| (finding.since == Some(Since::Known), std::cmp::Reverse(finding.severity)));
        let _ = write!(self.text, "\n### {heading}\n\n");
        let left_out = self.add(&findings, |finding| folded(finding), end);
        self.more(left_out, what);
    }

    /// Each rule that was not judged, with those that it waits for.
    fn blocked(&mut self, report: &Report) {
        let blocked: Vec<&Finding> = report.findings.iter().filter(|f| f.verdict == Verdict::Blocked).collect();
        if blocked.is_empty() {
            return;
        }
        self.text.push_str("\n### Blocked\n\n");
        let line = |finding: &&Finding| {
            let waits_for: Vec<String> = some(&finding.blocked_by, |rule| code(&clipped(rule, LONGEST_NAME)));
            let waived = excuse(finding);
            format!("- {} waits for {}{waived}\n", what(finding), waits_for.join(", "))
        };
        let left_out = self.add(&blocked, line, BLOCKED);
        self.more(left_out, "are blocked");
    }

    /// Each finding that is waived with its waiver, and what is to be said of the waivers.
    fn waived(&mut self, report: &Report) {
        let waived: Vec<&Finding> = report.findings.iter().filter(|f| f.verdict == Verdict::Waived).collect();
        if !waived.is_empty() {
            self.text.push_str("\n### Waived\n\n");
            let line = |finding: &&Finding| {
                let says = finding.waiver.as_ref().map(FindingWaiver::says).unwrap_or_default();
                format!("- {} {}\n", what(finding), prose(&clipped(&says, LONGEST)))
            };
            let left_out = self.add(&waived, line, WAIVED);
            self.more(left_out, "are waived");
        }
        let notes = report.waivers.as_ref().map_or(&[][..], |head| &head.notes);
        if !notes.is_empty() {
            self.text.push_str("\n### Waivers\n\n");
            let left_out =
                self.add(notes, |note| format!("- {}\n", prose(&clipped(&note_line(note), LONGEST))), WAIVED + 2_000);
            self.more(left_out, "on waivers");
        }
    }

    /// Every rule, one row each.
    fn table(&mut self, report: &Report) {
        let rows = rows(report);
        let columns = Columns {
            step: rows.iter().any(|row| row.step.is_some()),
            points: report.points.possible > Hundredths::default(),
            controls: rows.iter().any(|row| !row.controls.is_empty()),
        };
        let _ = write!(self.text, "\n### All rules\n\n{}", columns.header());
        let left_out = self.add(&rows, |row| columns.row(row), TABLE);
        self.more(left_out, if left_out == 1 { "rule" } else { "rules" });
    }

    fn not_checked(&mut self, report: &Report) {
        if report.not_checked.is_empty() {
            return;
        }
        self.text.push_str("\n<details><summary>Not checked</summary>\n\n");
        let line = |item: &NotChecked| {
            format!("- {}: {}\n", prose(&clipped(&item.what, LONGEST)), prose(&clipped(&item.why, LONGEST)))
        };
        let left_out = self.add(&report.not_checked, line, NOT_CHECKED);
        self.more(left_out, "were not checked");
        self.text.push_str("\n</details>\n");
    }

    fn foot(&mut self, report: &Report) {
        let _ = write!(self.text, "\n<sub>Plimsoll {}", prose(&clipped(&report.tool, 40)));
        if let Some(catalogue) = &report.catalogue {
            let _ = write!(self.text, " · AWS's actions of {}", prose(&clipped(catalogue, LONGEST_NAME)));
        }
        self.text.push_str("</sub>\n");
    }
}

/// Which columns the table of rules has beside those that it always has.
struct Columns {
    step: bool,
    points: bool,
    controls: bool,
}

impl Columns {
    fn line(&self, step: &str, always: [&str; 4], points: &str, controls: &str) -> String {
        let mut cells = Vec::new();
        cells.extend(self.step.then_some(step));
        cells.extend(always);
        cells.extend(self.points.then_some(points));
        cells.extend(self.controls.then_some(controls));
        format!("| {} |\n", cells.join(" | "))
    }

    fn header(&self) -> String {
        self.line("step", ["rule", "on", "verdict", "severity"], "points", "controls")
            + &self.line("---", ["---"; 4], "---:", "---")
    }

    fn row(&self, row: &Row<'_>) -> String {
        let points = match row.points.possible {
            Hundredths(0) => String::new(),
            possible => format!("{}/{possible}", row.points.earned),
        };
        let controls = some(row.controls, |control| prose(&clipped(control, LONGEST_NAME)));
        let always = [
            &code(&clipped(row.rule, LONGEST_NAME)),
            &code(&clipped(&row.on, LONGEST_NAME)),
            row.verdicts.as_str(),
            row.severity.as_str(),
        ];
        let step = prose(&clipped(row.step.unwrap_or_default(), LONGEST_NAME));
        self.line(&step, always, &points, &controls.join("<br>"))
    }
}

/// A finding folded up: what it is, and below that all that the terminal shows of it.
fn folded(finding: &Finding) -> String {
    let mut text = format!("<details><summary><b>{} {}</b> · {}", said(finding), finding.severity, what(finding));
    if finding.since.is_some() {
        let _ = write!(text, " · {}", since(finding));
    }
    if finding.title != finding.rule {
        let _ = write!(text, "<br>{}", prose(&clipped(&finding.title, 200)));
    }
    text.push_str("</summary>\n\n");
    let mut field = |label: &str, value: String| {
        let _ = writeln!(text, "- **{label}** {value}");
    };
    field("wanted", prose(&clipped(&finding.wanted, LONGEST)));
    field("found", prose(&clipped(&finding.found, LONGEST)));
    if let Some(was) = &finding.was {
        field("before", prose(&clipped(&before(was), LONGEST)));
    }
    if let Some(witness) = &finding.witness {
        field("proof", code(&clipped(witness, LONGEST)));
    }
    for instead in finding.instead.iter().take(SHOWN) {
        let of = prose(&clipped(&instead.of, LONGEST_NAME));
        field("instead", format!("of {of}: {}", code(&clipped(&instead.text, LONGEST))));
    }
    if let Some(reason) = &finding.reason {
        field("why", prose(&clipped(reason, LONGEST)));
    }
    if let Some(fix) = &finding.fix {
        field("fix", prose(&clipped(fix, LONGEST)));
    }
    if let Some(waiver) = &finding.waiver {
        field("waiver", prose(&clipped(&waiver.says(), LONGEST)));
    }
    if !finding.controls.is_empty() {
        field("controls", some(&finding.controls, |control| prose(&clipped(control, LONGEST_NAME))).join(", "));
    }
    field("rule", code(&clipped(&place(finding), 300)));
    text.push_str("\n</details>\n");
    text
}

/// The rule and the resource of a finding.
fn what(finding: &Finding) -> String {
    format!("{} · {}", code(&clipped(&finding.rule, LONGEST_NAME)), code(&clipped(&whose(finding), LONGEST_NAME)))
}

/// The first of `values`, and how many there are beyond.
fn some(values: &[String], show: impl Fn(&str) -> String) -> Vec<String> {
    let more = values.len().saturating_sub(SHOWN);
    let shown = values.iter().take(SHOWN).map(|value| show(value));
    shown.chain((more > 0).then(|| format!("{more} more"))).collect()
}

/// `text` without harmful characters, cut after `most` characters.
fn clipped(text: &str, most: usize) -> String {
    let mut plain = harmless(text);
    if let Some((end, _)) = plain.char_indices().nth(most) {
        plain.truncate(end);
        plain.push('…');
    }
    plain
}
