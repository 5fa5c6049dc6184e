//! The overview for a person at a terminal: the accounts in a table, the rules that fail, worst first, and what could not
//! be read.

use super::{Line, Overview, State, Tally};
use crate::model::{Severity, Verdict, harmless};
use crate::report::{Look, style, table, word, wrap};
use anstyle::Style;
use comfy_table::CellAlignment;

/// How many runs are shown before those that are clean are left out.
const ALL: usize = 40;
/// How many that are not clean are shown.
const ROWS: usize = 60;
/// How many rules are shown.
const RULES: usize = 20;
/// How many of those that could not be read are shown with the reason, and how many with what is to be known of them.
const REASONS: usize = 20;
/// The blanks before what is said of a rule.
const INDENT: usize = 17;
/// How many runs are named of a rule.
const NAMES: usize = 8;

/// `overview` as text.
pub(super) fn text(overview: &Overview, look: Look) -> String {
    let look = Look { width: look.width.clamp(40, 160), ..look };
    if look.quiet && overview.states.clean == overview.runs.len() {
        return String::new();
    }
    let mut page = Page { text: String::new(), look };
    page.paragraph("", &overview.counted(), Style::new().bold());
    page.line("");
    page.table(overview);
    page.rules(overview, "Failing, by rule", |verdict| verdict == Verdict::Fail);
    page.rules(overview, "Not known, by rule", |verdict| verdict == Verdict::Unknown);
    page.not_read(overview);
    page.notes(overview);
    page.paragraph("", overview.next(), Style::new());
    page.text
}

struct Page {
    text: String,
    look: Look,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn paint(&self, text: &str, style: Style) -> String {
        if self.look.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// `text` after `indent`, wrapped under itself.
    fn paragraph(&mut self, indent: &str, text: &str, style: Style) {
        for line in wrap(&harmless(text), self.look.width.saturating_sub(indent.len()).max(20)) {
            let line = format!("{indent}{}", self.paint(&line, style));
            self.line(&line);
        }
    }

    fn table(&mut self, overview: &Overview) {
        let is_shown = |line: &&Line| overview.runs.len() <= ALL && !self.look.quiet || line.state != State::Clean;
        let mut shown: Vec<&Line> = overview.runs.iter().filter(is_shown).collect();
        let all = shown.len();
        if all > ROWS {
            shown.sort_by_key(|line| (line.state, std::cmp::Reverse(line.against)));
            shown.truncate(ROWS);
        }
        if shown.is_empty() {
            return;
        }
        let rules = !overview.has_one_rules_file() && self.look.width >= 110;
        let mut header = vec!["name", "account", "region"];
        header.extend(rules.then_some("rules"));
        let words = header.len();
        header.extend(["result", "crit", "high", "med", "low", "unknown"]);
        let mut table = table::table(&header, self.look.width);
        for at in words + 1..header.len() {
            if let Some(column) = table.column_mut(at) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        for line in &shown {
            let of = |n: Option<usize>| n.filter(|n| *n > 0).map_or_else(String::new, |n| n.to_string());
            let mut cells = vec![
                harmless(&line.name),
                line.account.clone().unwrap_or_default(),
                harmless(&line.regions.join(", ")),
            ];
            cells.extend(rules.then(|| harmless(line.rules.as_deref().unwrap_or_default())));
            cells.push(line.state.words().to_owned());
            cells.extend(line.cells().map(of));
            table.add_row(cells);
        }
        self.text.push_str(&table::lines(&table));
        let clean = overview.runs.iter().filter(|line| line.state == State::Clean).count();
        if all > shown.len() {
            self.line(&format!("... and {} more that are not clean", all - shown.len()));
        }
        if clean > 0 && (overview.runs.len() > ALL || self.look.quiet) {
            self.line(&match clean {
                1 => "1 that is clean is left out".to_owned(),
                clean => format!("{clean} that are clean are left out"),
            });
        }
        self.line("");
    }

    fn rules(&mut self, overview: &Overview, heading: &str, which: impl Fn(Verdict) -> bool) {
        let rules: Vec<&Tally> = overview.rules.iter().filter(|tally| which(tally.verdict())).collect();
        if rules.is_empty() {
            return;
        }
        self.paragraph("", heading, Style::new().bold());
        for tally in rules.iter().take(RULES) {
            let verdict = tally.verdict();
            // What can fail no run is something to know, as in a report.
            let said = if tally.severity == Severity::Info { "note" } else { word(verdict) };
            let label = format!("{} {}", self.paint(said, style(verdict)), tally.severity);
            let used = said.len() + 1 + tally.severity.as_str().len();
            let indent = " ".repeat(INDENT);
            let of = format!("{} · {}", tally.rule, tally.said());
            for (at, line) in wrap(&harmless(&of), self.look.width.saturating_sub(INDENT).max(20)).iter().enumerate() {
                let pad = " ".repeat(INDENT.saturating_sub(used + 2).max(1));
                let before = if at == 0 { format!("  {label}{pad}") } else { indent.clone() };
                self.line(&format!("{before}{line}"));
            }
            if tally.title != tally.rule {
                self.paragraph(&indent, &tally.title, Style::new());
            }
            self.paragraph(&indent, &tally.where_it_is(NAMES), Style::new());
        }
        if rules.len() > RULES {
            self.line(&format!("  ... and {} more; the JSON has them all", rules.len() - RULES));
        }
        self.line("");
    }

    fn not_read(&mut self, overview: &Overview) {
        let not_read: Vec<(&Line, &str)> =
            overview.runs.iter().filter_map(|line| Some((line, line.reason.as_deref()?))).collect();
        if not_read.is_empty() {
            return;
        }
        self.paragraph("", "Could not be read", Style::new().bold());
        for (line, reason) in not_read.iter().take(REASONS) {
            self.paragraph("  ", &format!("{}: {reason}", line.called()), Style::new());
        }
        if not_read.len() > REASONS {
            self.line(&format!("  ... and {} more", not_read.len() - REASONS));
        }
        self.line("");
    }

    /// What is to be known of runs, such as what is new in them. Where little is to be said, not of those that are clean.
    fn notes(&mut self, overview: &Overview) {
        let noted: Vec<&Line> = overview
            .runs
            .iter()
            .filter(|line| !(line.notes.is_empty() || self.look.quiet && line.state == State::Clean))
            .collect();
        if noted.is_empty() {
            return;
        }
        self.paragraph("", "Notes", Style::new().bold());
        for line in noted.iter().take(REASONS) {
            self.paragraph("  ", &format!("{}: {}", line.called(), line.notes.join("; ")), Style::new());
        }
        if noted.len() > REASONS {
            self.line(&format!("  ... and {} more; the CSV has them all", noted.len() - REASONS));
        }
        self.line("");
    }
}
