//! The report for a person at a terminal: the architecture with its verdicts, what fails, worst first, what could not
//! be read, every rule in a table, and what to do next. Fitted to the width of the window.

use super::drawn::drawn;
use super::edges::{self, Piece};
use super::picture::Graph;
use super::table;
use crate::model::{
    BaselineHead, Counts, Finding, FindingWaiver, How, Hundredths, Points, Report, ReportedResource, Severity, Since,
    Verdict, WaiverNote, Was, called, harmless,
};
use anstyle::{AnsiColor, Style};
use comfy_table::CellAlignment;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// How a text report looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The columns of the window.
    pub width: usize,
    /// Whether to use colour. Colour never says what the words do not.
    pub colour: bool,
    /// Whether to say only what is not as it should be, and nothing at all if everything is, but for remarks.
    pub quiet: bool,
    /// Whether to draw the architecture as a picture with boxes, where there is room for one, rather than as lines.
    pub picture: bool,
}

/// How many findings are shown; the rest are counted.
const SHOWN: usize = 100;
/// Of how many resources a rule is told with the proof for each.
const FEW: usize = 3;
/// How many resources are named of those of which a rule says the same, and how many different things of one rule.
const EACH: usize = 8;
/// The longest that one field of a finding may be, in characters.
const LONGEST: usize = 2_000;
/// What a fail that can fail no run is called.
const NOTE: &str = "note";
/// The width that the names of what a rule is on may take in the table; more are counted.
const NAMES: usize = 48;
/// The width of the words before the fields of a finding.
const LABEL: usize = 13;

/// `report` as text.
pub(super) fn text(report: &Report, look: Look) -> String {
    let look = Look { width: look.width.clamp(40, 160), ..look };
    let mut page = Page { text: String::new(), look };
    if look.quiet && is_clean(report) {
        return String::new();
    }
    page.head(report);
    if !look.quiet {
        page.architecture(report);
    }
    page.failing(report);
    page.unread(report);
    page.blocked(report);
    page.waived(report);
    if !look.quiet {
        page.not_checked(report);
        page.table(report);
        page.catalogue(report);
    }
    page.since(report);
    page.last_line(report);
    page.text
}

/// Whether nothing fails but remarks, is unknown or waits for something that nobody waived; with a baseline, whether
/// nothing of that is new, remarks included, and nothing is settled.
pub(super) fn is_clean(report: &Report) -> bool {
    let settled = report.baseline.as_ref().is_none_or(BaselineHead::is_quiet);
    settled
        && !report.findings.iter().any(|finding| {
            let fails = finding.counts() && (report.baseline.is_some() || !finding.is_remark());
            fails || finding.is_open()
        })
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

    /// Writes `text` behind `label`, wrapped at the width of the window and indented under itself.
    fn field(&mut self, label: &str, text: &str) {
        let text: String = if text.chars().count() > LONGEST {
            text.chars().take(LONGEST).chain("… (the JSON report has all of it)".chars()).collect()
        } else {
            text.to_owned()
        };
        let lines = wrap(&harmless(&text), self.look.width.saturating_sub(LABEL).max(20));
        for (i, line) in lines.iter().enumerate() {
            let label = if i == 0 { label } else { "" };
            self.line(&format!("     {label:<8}{line}"));
        }
    }

    fn head(&mut self, report: &Report) {
        let calls = if report.calls == 1 { "1 call".to_owned() } else { format!("{} calls", report.calls) };
        let regions = report.regions.join(", ");
        let head = format!("{} · {} · {regions} · {calls}", report.title, report.account);
        for line in wrap(&harmless(&head), self.look.width) {
            let line = self.paint(&line, Style::new().bold());
            self.line(&line);
        }
        self.line("");
    }

    /// The resources in the order in which what flows passes them, and then those that no edge joins, each with the worst
    /// verdict on it below.
    fn architecture(&mut self, report: &Report) {
        if self.look.picture && self.picture(report) {
            return;
        }
        let longest = 40.min(self.look.width.saturating_sub(4));
        let name = |resource: &ReportedResource| {
            clip(&harmless(called(resource.name.as_deref(), &resource.resource)), longest)
        };
        let edges::Architecture { paths, alone } = edges::architecture(report, &name);
        for path in &paths {
            self.pieces(path, 1);
        }
        let alone: Vec<Piece> = alone
            .into_iter()
            .map(|resource| Piece { above: name(resource), below: Some(resource.verdict), is_arrow: false })
            .collect();
        self.pieces(&alone, 2);
    }

    /// The architecture as a picture, and what no edge joins below it. False if there is no room for it.
    fn picture(&mut self, report: &Report) -> bool {
        let graph = Graph::of(report);
        let Some(picture) = drawn(&graph, self.look.width) else { return false };
        for line in picture {
            let line: String = line
                .iter()
                .map(|(run, verdict)| verdict.map_or_else(|| run.clone(), |verdict| self.paint(run, style(verdict))))
                .collect();
            self.line(&line);
        }
        self.line("");
        let longest = 40.min(self.look.width.saturating_sub(4));
        let alone = graph.alone.iter().map(|node| Piece {
            above: clip(&harmless(&node.name), longest),
            below: Some(node.verdict),
            is_arrow: false,
        });
        self.pieces(&alone.collect::<Vec<_>>(), 2);
        true
    }

    /// Pieces side by side, `gap` blanks between them, each with its verdict below; on several lines where the window is
    /// too narrow. An arrow begins a line rather than ending one.
    fn pieces(&mut self, pieces: &[Piece], gap: usize) {
        let (mut above, mut below, mut used) = (String::new(), String::new(), 0);
        for (at, piece) in pieces.iter().enumerate() {
            let word = piece.below.map_or("", word);
            let above_it = harmless(&piece.above);
            let text = if piece.is_arrow { stretched(&above_it, word.width()) } else { above_it };
            let width = text.width().max(word.width());
            // What an arrow points at stands beside it.
            let next = pieces.get(at + 1).filter(|_| piece.is_arrow);
            let next = next.map_or(0, |next| gap + next.above.width().max(next.below.map_or("", self::word).width()));
            if used > 0 && used + gap + width + next > self.look.width {
                self.line(&above);
                self.line(&below);
                self.line("");
                (above, below, used) = (String::new(), String::new(), 0);
            }
            let before = " ".repeat(if used == 0 { 2 } else { gap });
            let pad = |text: &str| " ".repeat(width - text.width());
            let _ = write!(above, "{before}{text}{}", pad(&text));
            let painted = piece.below.map_or_else(String::new, |verdict| self.paint(word, style(verdict)));
            let _ = write!(below, "{before}{painted}{}", pad(word));
            used += before.len() + width;
        }
        if used > 0 {
            self.line(&above);
            self.line(&below);
            self.line("");
        }
    }

    /// What fails, worst first. What a rule says of several resources is told once, and of each what was found.
    fn failing(&mut self, report: &Report) {
        let failing: Vec<&Finding> = report.findings.iter().filter(|f| f.verdict == Verdict::Fail).collect();
        // What was known, and is as it was, is told in a line each, below.
        let is_old = |finding: &&Finding| finding.since == Some(Since::Known) && !finding.is_changed();
        let (known, mut failing): (Vec<&Finding>, Vec<&Finding>) = failing.into_iter().partition(is_old);
        failing.sort_by_key(|finding| (finding.since == Some(Since::Known), std::cmp::Reverse(finding.severity)));
        let mut room = SHOWN;
        for group in groups(&failing) {
            if room == 0 {
                break;
            }
            let (first, few) = (group[0], group.len() <= FEW);
            let what = if group.len() == 1 {
                what(first)
            } else {
                format!("{} · {} resources{}", harmless(&first.rule), group.len(), told_since(first))
            };
            self.finding_head(first, &what);
            self.title(first);
            self.field("wanted", &first.wanted);
            match &group[..] {
                [only] => {
                    self.field("found", &only.found);
                    room -= 1;
                }
                _ => room = self.found_on(&group, room),
            }
            for finding in group.iter().filter(|_| few) {
                self.proof(finding, group.len() > 1);
            }
            if !few {
                // One example shows how; what takes the place of what differs from resource to resource.
                if let Some(finding) =
                    group.iter().find(|finding| finding.witness.is_some() || !finding.instead.is_empty())
                {
                    self.proof(finding, true);
                }
            }
            if let Some(reason) = &first.reason {
                self.field("why", reason);
            }
            if let Some(fix) = &first.fix {
                self.field("fix", fix);
            }
            let of = |finding: &Finding| if group.len() > 1 { format!("{}: ", whose(finding)) } else { String::new() };
            for finding in group.iter().take(EACH) {
                if let Some(was) = &finding.was {
                    self.field("before", &format!("{}{}", of(finding), before(was)));
                }
                if let Some(waiver) = &finding.waiver {
                    self.field("waiver", &format!("{}{}", of(finding), waiver.says()));
                }
            }
            self.place_below(first, &what);
            self.line("");
        }
        let shown = SHOWN - room;
        if shown < failing.len() && room == 0 {
            self.more(failing.len(), shown, "fail");
        }
        for finding in known.iter().take(SHOWN) {
            let text = format!("{} · {}, {}, known", finding.rule, whose(finding), finding.severity);
            self.told(said(finding), painted_as(finding), &text);
        }
        self.more(known.len(), SHOWN, "fail and were known");
        if !known.is_empty() {
            self.line("");
        }
    }

    /// What was found on each of several resources, those of which the same was found together. How many findings may
    /// still be shown, given how many may be.
    fn found_on(&mut self, group: &[&Finding], room: usize) -> usize {
        let mut told: Vec<(&str, Vec<String>)> = Vec::new();
        for finding in group {
            match told.iter_mut().find(|(found, _)| *found == finding.found) {
                Some((_, names)) => names.push(whose(finding)),
                None => told.push((&finding.found, vec![whose(finding)])),
            }
        }
        let (mut left, mut label, mut shown) = (room, "found", 0);
        for (found, names) in told.iter().take(EACH) {
            if left == 0 {
                break;
            }
            let some = names.len().min(EACH).min(left);
            match &names[..some] {
                [only] if names.len() == 1 => self.field(label, &format!("{only}: {found}")),
                some => {
                    self.field(label, found);
                    let more = names.len() - some.len();
                    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                    self.field("on", &format!("{}{more}", some.join(", ")));
                }
            }
            (left, label, shown) = (left - some, if names.len() == 1 { "" } else { "found" }, shown + names.len());
        }
        if shown < group.len() {
            self.field("", &format!("... and {} more", group.len() - shown));
        }
        left
    }

    /// The request that proves a finding, and what could be written in the place of what was found.
    fn proof(&mut self, finding: &Finding, named: bool) {
        let of = if named { format!("{}: ", whose(finding)) } else { String::new() };
        if let Some(witness) = &finding.witness {
            self.field("proof", &format!("{of}{witness}"));
        }
        for instead in &finding.instead {
            self.field("instead", &format!("of {}: {}", instead.of, instead.text));
        }
    }

    /// What was not read, by gap: one refused call may leave many rules undecided.
    fn unread(&mut self, report: &Report) {
        let unknown: Vec<&Finding> = report.findings.iter().filter(|f| f.verdict == Verdict::Unknown).collect();
        for finding in unknown.iter().take(SHOWN) {
            let what = what(finding);
            self.finding_head(finding, &what);
            self.field("wanted", &finding.wanted);
            self.field("found", &finding.found);
            if let Some(was) = &finding.was {
                self.field("before", &before(was));
            }
            if let Some(waiver) = &finding.waiver {
                self.field("waiver", &waiver.says());
            }
            self.place_below(finding, &what);
            self.line("");
        }
        self.more(unknown.len(), SHOWN, "are unknown");
    }

    /// Each rule that was not judged, with the one that it waits for.
    fn blocked(&mut self, report: &Report) {
        let blocked: Vec<&Finding> = report.findings.iter().filter(|f| f.verdict == Verdict::Blocked).collect();
        for finding in blocked.iter().take(SHOWN) {
            let mut text = format!("{} · {} waits for {}", finding.rule, whose(finding), finding.blocked_by.join(", "));
            text.push_str(excuse(finding));
            if let Some(since) = finding.since {
                let _ = write!(text, "; {}", since.as_str());
            }
            self.told(word(Verdict::Blocked), style(Verdict::Blocked), &text);
        }
        self.more(blocked.len(), SHOWN, "are blocked");
        if !blocked.is_empty() {
            self.line("");
        }
    }

    /// Each finding that is waived with its waiver, and what is to be said of the waivers.
    fn waived(&mut self, report: &Report) {
        let waived: Vec<&Finding> = report.findings.iter().filter(|f| f.verdict == Verdict::Waived).collect();
        for finding in waived.iter().take(SHOWN) {
            let says = finding.waiver.as_ref().map(FindingWaiver::says).unwrap_or_default();
            self.told(
                word(Verdict::Waived),
                style(Verdict::Waived),
                &format!("{} · {} {says}", finding.rule, whose(finding)),
            );
        }
        self.more(waived.len(), SHOWN, "are waived");
        if !waived.is_empty() {
            self.line("");
        }
        let notes = report.waivers.as_ref().map_or(&[][..], |head| &head.notes);
        for (i, note) in notes.iter().take(SHOWN).enumerate() {
            if i == 0 {
                self.line("Waivers");
            }
            self.item(&note_line(note));
        }
        if notes.len() > SHOWN {
            self.line(&format!("  ... and {} more; --format json has them all", notes.len() - SHOWN));
        }
        if !notes.is_empty() {
            self.line("");
        }
    }

    /// `word`, painted, and beside it `text`, on as many lines as it takes.
    fn told(&mut self, word: &str, style: Style, text: &str) {
        let text: String = text.chars().take(LONGEST).collect();
        for (i, line) in wrap(&harmless(&text), self.look.width.saturating_sub(9).max(20)).iter().enumerate() {
            let (word, gap) = if i == 0 { (self.paint(word, style), 9 - word.len()) } else { (String::new(), 9) };
            self.line(&format!("{word}{}{line}", " ".repeat(gap)));
        }
    }

    /// `text` as one of several, behind a dash.
    fn item(&mut self, text: &str) {
        for (i, line) in wrap(&harmless(text), self.look.width.saturating_sub(4)).iter().enumerate() {
            self.line(&format!("  {} {line}", if i == 0 { "-" } else { " " }));
        }
    }

    fn more(&mut self, all: usize, shown: usize, what: &str) {
        if all > shown {
            self.line(&format!("... and {} more {what}; --format json has them all", all - shown));
            self.line("");
        }
    }

    /// Verdict, severity, rule and resource, with the place of the rule at the right where there is room for it.
    fn finding_head(&mut self, finding: &Finding, what: &str) {
        let verdict = said(finding);
        let start = format!("{verdict} {}", finding.severity);
        let painted = format!("{} {}", self.paint(verdict, painted_as(finding)), finding.severity);
        let gap = " ".repeat(LABEL.saturating_sub(start.width()).max(1));
        if let Some(room) = self.room_for_place(finding, what) {
            self.line(&format!("{painted}{gap}{what}{}{}", " ".repeat(room), place(finding)));
            return;
        }
        for (i, line) in wrap(what, self.look.width.saturating_sub(LABEL).max(20)).iter().enumerate() {
            let before = if i == 0 { format!("{painted}{gap}") } else { " ".repeat(LABEL) };
            self.line(&format!("{before}{line}"));
        }
    }

    /// The blanks between a finding's head and its place, if both fit on one line.
    fn room_for_place(&self, finding: &Finding, what: &str) -> Option<usize> {
        let start = said(finding).width() + 1 + finding.severity.as_str().width();
        let used = start.max(LABEL - 1) + 1 + what.width() + place(finding).width();
        self.look.width.checked_sub(used).filter(|room| *room >= 2)
    }

    /// The place of the rule, where the head of the finding had no room for it.
    fn place_below(&mut self, finding: &Finding, what: &str) {
        if self.room_for_place(finding, what).is_none() {
            self.field("rule", &place(finding));
        }
    }

    fn title(&mut self, finding: &Finding) {
        // What a check wants is its title.
        let is_said = finding.title.to_lowercase() == finding.wanted.to_lowercase();
        if finding.title != finding.rule && !is_said {
            for line in wrap(&harmless(&finding.title), self.look.width.saturating_sub(LABEL).max(20)) {
                let line = self.paint(&line, Style::new().bold());
                self.line(&format!("{}{line}", " ".repeat(LABEL)));
            }
        }
    }

    fn not_checked(&mut self, report: &Report) {
        if report.not_checked.is_empty() {
            return;
        }
        self.line("Not checked");
        for item in &report.not_checked {
            self.item(&format!("{}: {}", item.what, item.why));
        }
        self.line("");
    }

    /// Every rule, one row each, grouped by step where steps are given.
    fn table(&mut self, report: &Report) {
        let rows = rows(report);
        let steps = rows.iter().any(|row| row.step.is_some());
        let points = report.points.possible > Hundredths::default();
        // A narrow window has no room for the severity, which the findings above say.
        let severity = self.look.width >= 100;
        let mut header = Vec::new();
        header.extend(steps.then_some("step"));
        header.extend(["rule", "on", "verdict"]);
        header.extend(severity.then_some("severity"));
        header.extend(points.then_some("points"));
        let mut table = table::table(&header, self.look.width);
        if points && let Some(column) = table.column_mut(header.len() - 1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let mut last_step = None;
        for row in &rows {
            let step = row.step.unwrap_or_default();
            let mut cells = Vec::new();
            cells.extend(steps.then(|| if last_step == Some(step) { String::new() } else { harmless(step) }));
            cells.extend([harmless(row.rule), clip(&harmless(&row.on), 64), row.verdicts.clone()]);
            cells.extend(severity.then(|| row.severity.to_string()));
            cells.extend(points.then(|| match row.points.possible {
                Hundredths(0) => String::new(),
                possible => format!("{}/{possible}", row.points.earned),
            }));
            last_step = Some(step);
            table.add_row(cells);
        }
        self.text.push_str(&table::lines(&table));
        self.line("");
    }

    /// Which actions were known when policies were judged.
    fn catalogue(&mut self, report: &Report) {
        if let Some(catalogue) = &report.catalogue {
            let text = format!("Policies were judged by AWS's actions of {}.", harmless(catalogue));
            for line in wrap(&text, self.look.width) {
                self.line(&line);
            }
            self.line("");
        }
    }

    /// What became of the findings of the baseline, and what is new, in a line.
    fn since(&mut self, report: &Report) {
        let Some(head) = &report.baseline else { return };
        for settled in head.settled.iter().take(SHOWN) {
            let text = format!("{} · {}", settled.rule, settled.resource);
            let style = if settled.how == How::Fixed { style(Verdict::Pass) } else { Style::new().dimmed() };
            self.told(settled.how.as_str(), style, &text);
        }
        self.more(head.settled.len(), SHOWN, "are settled");
        if !head.settled.is_empty() {
            self.line("");
        }
        for note in &head.notes {
            for line in wrap(&harmless(&format!("Note: {note}.")), self.look.width) {
                self.line(&line);
            }
        }
        for line in wrap(&harmless(&format!("{}.", head.says())), self.look.width) {
            self.line(&line);
        }
    }

    fn last_line(&mut self, report: &Report) {
        for line in wrap(&format!("{}. {}", tally(report), next(report)), self.look.width) {
            self.line(&line);
        }
    }
}

/// That all that a finding waits for is waived, if it is, as the end of a sentence that names it.
pub(super) fn excuse(finding: &Finding) -> &'static str {
    match (finding.excused, finding.blocked_by.len()) {
        (false, _) => "",
        (true, 1) => ", which is waived",
        (true, _) => ", which are waived",
    }
}

/// What is to be said of a waiver, in a sentence.
pub(super) fn note_line(note: &WaiverNote) -> String {
    format!("{} · {}: {} [{}:{}]", note.rule, note.resource, note.says, note.place.file, note.place.line)
}

/// How many findings have which verdict, the points, and whether something is missing.
pub(super) fn tally(report: &Report) -> String {
    let remarks = report.findings.iter().filter(|finding| finding.is_remark()).count();
    let mut said: Vec<String> = Vec::new();
    for verdict in Verdict::WORST_FIRST {
        let count = report.counts.of(verdict).saturating_sub(if verdict == Verdict::Fail { remarks } else { 0 });
        if count > 0 {
            said.push(format!("{count} {}", in_words(verdict, count)));
        }
    }
    match remarks {
        0 => {}
        1 => said.push("1 note".to_owned()),
        n => said.push(format!("{n} notes")),
    }
    let mut line = if said.is_empty() { "no findings".to_owned() } else { said.join(", ") };
    if report.points.possible > Hundredths::default() {
        let _ = write!(line, " · {} of {} points", report.points.earned, report.points.possible);
    }
    if !report.complete {
        line.push_str(" · incomplete");
    }
    line
}

/// What a person calls the resource of a finding.
pub(super) fn whose(finding: &Finding) -> String {
    harmless(called(finding.name.as_deref(), &finding.resource))
}

/// An arrow with a shaft as long as it takes to be `width` columns wide.
fn stretched(arrow: &str, width: usize) -> String {
    let shaft = arrow.chars().next().unwrap_or('─');
    let lacking = width.saturating_sub(arrow.width());
    std::iter::repeat_n(shaft, lacking).chain(arrow.chars()).collect()
}

/// The findings by what they want of a resource, in the order in which each comes first.
fn groups<'r>(findings: &[&'r Finding]) -> Vec<Vec<&'r Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut known: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for finding in findings {
        let at = *known.entry((&finding.rule, &finding.wanted, since(finding))).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[at].push(finding);
    }
    groups
}

/// The rule and the resource of a finding, and whether it is new.
fn what(finding: &Finding) -> String {
    format!("{} · {}{}", harmless(&finding.rule), whose(finding), told_since(finding))
}

/// The same behind the rest of a finding's head.
fn told_since(finding: &Finding) -> String {
    finding.since.map_or_else(String::new, |_| format!(" · {}", since(finding)))
}

/// Whether a finding is new since the baseline, in a word; empty if there is none.
pub(super) fn since(finding: &Finding) -> &'static str {
    match finding.since {
        Some(Since::Known) if finding.is_changed() => "changed",
        Some(since) => since.as_str(),
        None => "",
    }
}

/// What a finding was in the baseline, in words.
pub(super) fn before(was: &Was) -> String {
    format!("{}, {}: {}", was.verdict, was.severity, was.found)
}

/// The place of a finding's rule.
pub(super) fn place(finding: &Finding) -> String {
    format!("{}:{}", harmless(&finding.place.file), finding.place.line)
}

/// A row of the table: a rule with all its findings.
pub(super) struct Row<'a> {
    pub(super) step: Option<&'a str>,
    pub(super) rule: &'a str,
    pub(super) on: String,
    pub(super) verdicts: String,
    pub(super) severity: Severity,
    pub(super) points: Points,
    pub(super) controls: &'a [String],
}

/// The rows of the table of all rules, in the order of steps.
pub(super) fn rows(report: &Report) -> Vec<Row<'_>> {
    let mut rows: Vec<(Row<'_>, Counts, usize)> = Vec::new();
    for finding in &report.findings {
        let on = || called(finding.name.as_deref(), &finding.resource).to_owned();
        match rows.last_mut().filter(|(row, ..)| row.rule == finding.rule) {
            Some((row, counts, findings)) => {
                counts.add(finding.verdict);
                *findings += 1;
                row.points = row.points.plus(finding.points);
                if *findings <= 3 {
                    let _ = write!(row.on, ", {}", on());
                }
            }
            None => {
                let mut counts = Counts::default();
                counts.add(finding.verdict);
                let row = Row {
                    step: finding.step.as_deref(),
                    rule: &finding.rule,
                    on: on(),
                    verdicts: String::new(),
                    severity: finding.severity,
                    points: finding.points,
                    controls: &finding.controls,
                };
                rows.push((row, counts, 1));
            }
        }
    }
    let mut rows: Vec<Row<'_>> = rows
        .into_iter()
        .map(|(mut row, counts, findings)| {
            if findings > 3 || (findings > 1 && row.on.width() > NAMES) {
                row.on = format!("{findings} resources");
            }
            let verdicts: Vec<String> = Verdict::WORST_FIRST
                .into_iter()
                .filter(|verdict| counts.of(*verdict) > 0)
                .map(|verdict| {
                    let remark = verdict == Verdict::Fail && row.severity == Severity::Info;
                    let word = if remark { NOTE } else { word(verdict) };
                    if findings == 1 { word.to_owned() } else { format!("{} {word}", counts.of(verdict)) }
                })
                .collect();
            row.verdicts = verdicts.join(", ");
            row
        })
        .collect();
    rows.sort_by_cached_key(|row| step_order(row.step));
    rows
}

/// What steps are ordered by: as people order them, 2 before 10, 4.1 before 4.3, and none last.
pub(crate) fn step_order(step: Option<&str>) -> (bool, Vec<(u64, String)>) {
    let parts = step.unwrap_or_default().split('.').map(|part| {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        (digits.parse().unwrap_or(u64::MAX), part.to_owned())
    });
    (step.is_none(), parts.collect())
}

/// What to do next, in one sentence.
pub(super) fn next(report: &Report) -> String {
    let counts = |finding: &&Finding| finding.verdict == Verdict::Fail && finding.counts() && !finding.is_remark();
    let failing = report.findings.iter().filter(counts);
    let mut waiting: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &report.findings {
        let by: BTreeSet<&str> = finding.blocked_by.iter().map(String::as_str).collect();
        by.into_iter().for_each(|rule| *waiting.entry(rule).or_default() += 1);
    }
    let waiting = |rule: &str| waiting.get(rule).copied().unwrap_or_default();
    let first = failing.max_by(|a, b| {
        let rank = |f: &Finding| (waiting(&f.rule), f.severity);
        // Of equals, the one that stands first in the rules file.
        rank(a).cmp(&rank(b)).then(std::cmp::Ordering::Greater)
    });
    if let Some(finding) = first {
        let (rule, on) = (harmless(&finding.rule), whose(finding));
        return match waiting(&finding.rule) {
            0 => format!("Next: mend {rule} on {on}."),
            1 => format!("Next: mend {rule} on {on}; 1 other rule waits for it."),
            n => format!("Next: mend {rule} on {on}; {n} other rules wait for it."),
        };
    }
    if let Some(gap) = report.gaps.first().filter(|_| report.findings.iter().any(Finding::is_open)) {
        return format!("Next: {}.", harmless(&gap.remedy));
    }
    if let Some(head) = report.baseline.as_ref().filter(|head| head.new == 0 && head.known > 0) {
        return format!("Nothing is new since {}.", harmless(&head.file));
    }
    if report.counts.waived > 0 && report.complete {
        return "All that counts holds, or is waived for a time.".to_owned();
    }
    if report.findings.iter().any(Finding::is_remark) && report.complete {
        return "All that counts holds; the notes say what could be better.".to_owned();
    }
    if report.complete { "Everything that was asked holds.".to_owned() } else { "Nothing was proven wrong.".to_owned() }
}

/// The verdict of a finding in a word: a fail that can fail no run is a note.
pub(super) fn said(finding: &Finding) -> &'static str {
    if finding.is_remark() { NOTE } else { word(finding.verdict) }
}

fn painted_as(finding: &Finding) -> Style {
    if finding.is_remark() { Style::new().bold() } else { style(finding.verdict) }
}

/// The word for a verdict that a person reads.
pub(crate) fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "ok",
        Verdict::Fail => "FAIL",
        Verdict::Unknown => "UNKNOWN",
        Verdict::Blocked => "BLOCKED",
        Verdict::Waived => "waived",
        Verdict::NotApplicable => "n/a",
    }
}

fn in_words(verdict: Verdict, count: usize) -> &'static str {
    match verdict {
        Verdict::Pass => "passed",
        Verdict::Fail => "failed",
        Verdict::Unknown => "unknown",
        Verdict::Blocked => "blocked",
        Verdict::Waived => "waived",
        Verdict::NotApplicable if count == 1 => "does not apply",
        Verdict::NotApplicable => "do not apply",
    }
}

/// How the word for a verdict is painted.
pub(crate) fn style(verdict: Verdict) -> Style {
    let colour = match verdict {
        Verdict::Pass => AnsiColor::Green,
        Verdict::Fail => AnsiColor::Red,
        Verdict::Unknown | Verdict::Blocked => AnsiColor::Yellow,
        Verdict::Waived | Verdict::NotApplicable => return Style::new().dimmed(),
    };
    colour.on_default().bold()
}

/// `text`, with its middle left out if it is wider than `most` columns.
pub(super) fn clip(text: &str, most: usize) -> String {
    if text.width() <= most {
        return text.to_owned();
    }
    let half = (most - 1) / 2;
    let take = |chars: &mut dyn Iterator<Item = char>| {
        let mut used = 0;
        chars
            .take_while(|c| {
                used += c.width().unwrap_or(0);
                used <= half
            })
            .collect::<Vec<char>>()
    };
    let start: String = take(&mut text.chars()).into_iter().collect();
    let end: String = take(&mut text.chars().rev()).into_iter().rev().collect();
    format!("{start}…{end}")
}

/// The lines of `text`, none wider than `width` columns: broken at blanks, and within a word only if it must be.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.width() + 1 + word.width() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        for c in word.chars() {
            if line.width() + c.width().unwrap_or(0) > width {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{clip, wrap};
    use unicode_width::UnicodeWidthStr as _;

    #[test]
    fn no_line_is_wider_than_the_window() {
        let arn = "arn:aws:iam::123456789012:role/".to_owned() + &"x".repeat(200);
        for width in [20, 40, 67] {
            for line in wrap(&format!("found {arn} and 東京東京東京東京東京東京 there"), width) {
                assert!(line.width() <= width, "{line}");
            }
        }
        assert_eq!(wrap("", 20), [""]);
        assert_eq!(wrap("a  b\nc", 20), ["a b c"]);
    }

    #[test]
    fn a_long_name_keeps_its_ends() {
        assert_eq!(clip("short", 40), "short");
        let clipped = clip(&format!("start{}end", "-".repeat(300)), 21);
        assert!(clipped.starts_with("start-") && clipped.ends_with("-end") && clipped.width() <= 21, "{clipped}");
    }
}
