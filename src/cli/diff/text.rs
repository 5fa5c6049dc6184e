//! What changed, for a person at a terminal: one paragraph a resource or finding, old and new beside each other.

use crate::cli::paragraph::hanging;
use crate::diff::{
    Change, Diff, FieldChange, FindingChange, Grant, Items, NotCompared, PolicyChange, ResourceChange, Turn, Unread,
};
use crate::model::harmless;
use anstyle::{AnsiColor, Style};
use std::collections::BTreeMap;
use unicode_width::UnicodeWidthStr as _;

/// How a page looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// The columns there are.
    pub(super) width: usize,
    pub(super) colour: bool,
    /// Whether what is no drift is told as well.
    pub(super) verbose: bool,
}

/// The widest that text reads well.
const WIDEST: usize = 160;
/// The widest column of paths.
const PATHS: usize = 36;
/// From how many characters on only the part of a value that differs is shown.
const LONG: usize = 120;
/// The characters that are shown of what two long values have in common.
const AROUND: usize = 24;
/// The most characters that are shown of a value.
const MOST: usize = 600;
/// Items of a grant that are named.
const LISTED: usize = 12;
/// Things with the same change that are named in one line.
const FEW: usize = 3;
/// Things with the same gap that are named.
const NAMED: usize = 5;

/// The whole page.
pub(super) fn page(diff: &Diff, look: Look) -> String {
    let look = Look { width: look.width.clamp(40, WIDEST), ..look };
    let mut page = Page { text: String::new(), look };
    page.head(diff);
    for resource in &diff.resources {
        page.resource(resource);
    }
    for finding in &diff.findings {
        page.finding(finding);
    }
    page.not_compared(&diff.not_compared);
    page.apart(diff);
    page.blank();
    page.bold(&summary(diff));
    page.text
}

/// All in one line; nothing if nothing differs and all was compared.
pub(super) fn line(diff: &Diff) -> String {
    if diff.exit_code() == 0 {
        String::new()
    } else {
        format!("{} · {}\n", diff.newer.account, harmless(&summary(diff)))
    }
}

/// How much differs.
pub(super) fn summary(diff: &Diff) -> String {
    let mut parts = Vec::new();
    let mut resources: BTreeMap<Change, Vec<&ResourceChange>> = BTreeMap::new();
    for resource in &diff.resources {
        resources.entry(resource.change).or_default().push(resource);
    }
    for (change, of) in &resources {
        let word = change_word(*change);
        parts.push(match of.len() {
            ..=FEW => {
                let names: Vec<String> = of.iter().map(|one| format!("{} {}", one.noun, one.name)).collect();
                format!("{word}: {}", names.join(", "))
            }
            many => format!("{many} {word}"),
        });
    }
    let mut findings: BTreeMap<Turn, Vec<&FindingChange>> = BTreeMap::new();
    for finding in &diff.findings {
        findings.entry(finding.change).or_default().push(finding);
    }
    for (turn, of) in &findings {
        let word = turn_word(*turn);
        parts.push(match of.len() {
            ..=FEW => {
                let names: Vec<String> = of.iter().map(|one| format!("{} on {}", one.rule, one.resource)).collect();
                format!("{word}: {}", names.join(", "))
            }
            many => format!("{many} {word}"),
        });
    }
    if parts.is_empty() {
        parts.push("nothing differs".to_owned());
    }
    match diff.not_compared.len() {
        0 => {}
        1 => parts.push("1 thing could not be compared".to_owned()),
        n => parts.push(format!("{n} things could not be compared")),
    }
    parts.join("; ")
}

pub(super) fn change_word(change: Change) -> &'static str {
    match change {
        Change::Added => "added",
        Change::Removed => "removed",
        Change::MadeAgain => "made again",
        Change::Changed => "changed",
    }
}

pub(super) fn turn_word(turn: Turn) -> &'static str {
    match turn {
        Turn::New => "new",
        Turn::Changed => "fails otherwise",
        Turn::Verdict => "other verdict",
        Turn::Fixed => "fixed",
        Turn::NotJudged => "no longer judged",
    }
}

/// Where a resource is: what it hangs on, and its region.
pub(super) fn place(resource: &ResourceChange) -> String {
    let of = resource.of.as_deref().map(|of| format!(" of {of}")).unwrap_or_default();
    let region = if resource.region.is_empty() { String::new() } else { format!(" · {}", resource.region) };
    format!("{of}{region}")
}

/// What a policy says differently, sentence by sentence, with the request that proves each.
pub(super) fn sentences(policy: &PolicyChange, whole: Option<bool>) -> Vec<(String, Option<String>)> {
    let words = match whole {
        // All of a policy that came, or that went.
        Some(true) => ["allows", "allowed", "denies", "denied"],
        Some(false) => ["allowed", "it allowed", "denied", "it denied"],
        None => ["now also allows", "no longer allows", "now also denies", "no longer denies"],
    };
    let lists = [&policy.now_allows, &policy.no_longer_allows, &policy.now_denies, &policy.no_longer_denies];
    let mut said: Vec<(String, Option<String>)> = Vec::new();
    for (word, grants) in words.iter().zip(lists) {
        said.extend(grants.iter().map(|grant| (sentence(word, grant), Some(grant.witness.clone()))));
    }
    if policy.left_out > 0 {
        said.push((format!("and {} grants more", policy.left_out), None));
    }
    said.extend(policy.undecided.iter().map(|why| (format!("not decided: {why}"), None)));
    if said.is_empty() {
        said.push(("it allows nothing and denies nothing".to_owned(), None));
    }
    said
}

fn sentence(word: &str, grant: &Grant) -> String {
    let with = |word: &str, items: &Items| match items.items.is_empty() {
        true => String::new(),
        false => format!(" {word} {}", listed(items)),
    };
    let (who, on) = (with("from", &grant.who), with("on", &grant.resources));
    let actions = match (grant.all_but, grant.actions.items.is_empty()) {
        (true, true) => "every action".to_owned(),
        (true, false) => format!("every action but {}", listed(&grant.actions)),
        (false, _) => listed(&grant.actions),
    };
    let under =
        if grant.conditions.is_empty() { String::new() } else { format!(" if {}", grant.conditions.join(" and ")) };
    format!("{word} {actions}{who}{on}{under}")
}

fn listed(items: &Items) -> String {
    let more = items.left_out + items.items.len().saturating_sub(LISTED);
    let shown = items.items.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

/// Whether a policy came (true) or went as a whole.
pub(super) fn came(field: &FieldChange) -> Option<bool> {
    match (&field.old, &field.new) {
        (None, Some(_)) => Some(true),
        (Some(_), None) => Some(false),
        _ => None,
    }
}

/// Two values, cut to where they differ if they are long.
pub(super) fn cut(old: &str, new: &str) -> (String, String) {
    if old.chars().count().max(new.chars().count()) <= LONG {
        return (old.to_owned(), new.to_owned());
    }
    let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let room = old.len().min(new.len()) - same;
    let tail = old.iter().rev().zip(new.iter().rev()).take(room).take_while(|(a, b)| a == b).count();
    let shown = |text: &[char]| {
        let (from, to) = (same.saturating_sub(AROUND), (text.len() - tail + AROUND).min(text.len()));
        let before = if from > 0 { "…" } else { "" };
        let after = if to < text.len() { "…" } else { "" };
        clipped(&format!("{before}{}{after}", text[from..to].iter().collect::<String>()))
    };
    (shown(&old), shown(&new))
}

fn clipped(text: &str) -> String {
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}… ({} characters)", &text[..at], text.chars().count()),
        None => text.to_owned(),
    }
}

struct Page {
    text: String,
    look: Look,
}

impl Page {
    fn paint(&self, text: &str, style: Style) -> String {
        if self.look.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    fn blank(&mut self) {
        self.text.push('\n');
    }

    fn bold(&mut self, text: &str) {
        for line in crate::report::wrap(&harmless(text), self.look.width) {
            let line = self.paint(&line, Style::new().bold());
            self.text.push_str(&line);
            self.text.push('\n');
        }
    }

    /// What a paragraph is about, with the word that says what became of it.
    fn title(&mut self, word: &str, colour: AnsiColor, name: &str) {
        let room = self.look.width.saturating_sub(word.len() + 1);
        let painted = self.paint(word, colour.on_default().bold());
        for (at, line) in crate::report::wrap(&harmless(name), room).iter().enumerate() {
            let start = if at == 0 { painted.as_str() } else { &" ".repeat(word.len()) };
            self.text.push_str(&format!("{start} {line}\n"));
        }
    }

    fn hang(&mut self, indent: usize, label: &str, wide: usize, text: &str) {
        let width = self.look.width;
        self.text.push_str(&hanging(indent, label, wide, text, width));
    }

    fn head(&mut self, diff: &Diff) {
        let accounts = match diff.older.account == diff.newer.account {
            true => diff.newer.account.clone(),
            false => format!("{} → {}", diff.older.account, diff.newer.account),
        };
        let at = |side: &crate::diff::Side| match side.read_at.as_deref().and_then(|at| at.get(..16)) {
            Some(at) => format!("{} ({} UTC)", side.file, at.replace('T', " ")),
            None => side.file.clone(),
        };
        self.bold(&format!("{accounts} · {}", diff.newer.regions.join(", ")));
        self.hang(0, "", 0, &format!("from {} to {}", at(&diff.older), at(&diff.newer)));
        for note in &diff.notes {
            self.hang(0, "note:", 4, note);
        }
    }

    fn resource(&mut self, resource: &ResourceChange) {
        self.blank();
        let colour = match resource.change {
            Change::Added => AnsiColor::Green,
            Change::Removed => AnsiColor::Red,
            Change::MadeAgain | Change::Changed => AnsiColor::Yellow,
        };
        let name = format!("{} {}{}", resource.noun, resource.name, place(resource));
        self.title(change_word(resource.change), colour, &name);
        // What is gone had settings that are of no use to most.
        if resource.change == Change::Removed && !self.look.verbose {
            return;
        }
        let fits = |field: &FieldChange| field.path.width().min(PATHS);
        let wide = resource.fields.iter().map(fits).max().unwrap_or_default();
        for field in &resource.fields {
            self.field(field, wide);
        }
    }

    fn field(&mut self, field: &FieldChange, wide: usize) {
        let path = harmless(&field.path);
        let label = match path.width() > wide {
            true => {
                self.text.push_str(&format!("  {path}\n"));
                String::new()
            }
            false => path,
        };
        if let Some(policy) = &field.policy {
            for (at, (said, witness)) in sentences(policy, came(field)).into_iter().enumerate() {
                self.hang(2, if at == 0 { &label } else { "" }, wide, &said);
                if let Some(witness) = witness {
                    self.hang(4 + wide, "proof", 5, &witness);
                }
            }
            return;
        }
        match (&field.old, &field.new) {
            (Some(old), Some(new)) => {
                let (old, new) = cut(old, new);
                let beside = format!("{old} → {new}");
                if harmless(&beside).width() + wide + 4 <= self.look.width {
                    self.hang(2, &label, wide, &beside);
                } else {
                    self.signed(&label, wide, "-", &old);
                    self.signed("", wide, "+", &new);
                }
            }
            (None, Some(new)) => self.signed(&label, wide, "+", &clipped(new)),
            (Some(old), None) => self.signed(&label, wide, "-", &clipped(old)),
            (None, None) => {
                let signs = field.gone.iter().map(|item| ("-", item)).chain(field.come.iter().map(|item| ("+", item)));
                for (at, (sign, item)) in signs.enumerate() {
                    self.signed(if at == 0 { &label } else { "" }, wide, sign, &clipped(item));
                }
            }
        }
    }

    /// A value with the sign that says whether it went or came.
    fn signed(&mut self, label: &str, wide: usize, sign: &str, value: &str) {
        let colour = if sign == "-" { AnsiColor::Red } else { AnsiColor::Green };
        let start = format!("  {label:<wide$}  ");
        let hung = hanging(4 + wide, sign, 1, value, self.look.width);
        let hung: String = hung.chars().skip(4 + wide + 1).collect();
        let sign = self.paint(sign, colour.on_default());
        // The blanks of a hanging label are one too many for a sign.
        self.text.push_str(&format!("{start}{sign}{hung}"));
    }

    fn finding(&mut self, finding: &FindingChange) {
        self.blank();
        let colour = match finding.change {
            Turn::New => AnsiColor::Red,
            Turn::Fixed => AnsiColor::Green,
            Turn::Changed | Turn::Verdict | Turn::NotJudged => AnsiColor::Yellow,
        };
        let name = format!("{} · {} on {}", finding.severity, finding.rule, finding.resource);
        self.title(turn_word(finding.change), colour, &name);
        self.hang(2, "", 0, &finding.title);
        let verdicts = (finding.old_verdict, finding.new_verdict);
        if let (Some(old), Some(new)) = verdicts
            && old != new
        {
            self.hang(2, "verdict", 7, &format!("{old} → {new}"));
        }
        let (old, new) = (finding.old_found.as_deref(), finding.new_found.as_deref());
        if let Some(old) = old.filter(|_| old != new) {
            self.hang(2, "was", 7, &clipped(old));
        }
        if let Some(new) = new {
            self.hang(2, "is", 7, &clipped(new));
        }
        if let Some(witness) = finding.witness.as_deref().filter(|_| finding.fix.is_some()) {
            self.hang(2, "proof", 7, witness);
        }
        if let Some(fix) = finding.fix.as_deref().filter(|_| finding.change == Turn::New) {
            self.hang(2, "fix", 7, fix);
        }
    }

    fn not_compared(&mut self, all: &[NotCompared]) {
        if all.is_empty() {
            return;
        }
        self.blank();
        self.bold("could not be compared");
        for ((side, why, remedy), what) in grouped(all) {
            let more = what.len().saturating_sub(NAMED);
            let mut named = what.iter().take(NAMED).copied().collect::<Vec<_>>().join("; ");
            if more > 0 && !self.look.verbose {
                named.push_str(&format!("; and {more} more"));
            } else {
                named = what.join("; ");
            }
            self.hang(2, "", 0, &named);
            self.hang(4, "", 0, &format!("{}: {why}; {remedy}", side_word(side)));
        }
    }

    fn apart(&mut self, diff: &Diff) {
        if !self.look.verbose {
            return;
        }
        let apart = &diff.apart;
        let lists = [("varies by itself", &apart.varied), ("written otherwise, means the same", &apart.reworded)];
        for (head, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            self.blank();
            self.bold(head);
            for item in list {
                self.hang(2, "", 0, item);
            }
        }
        if apart.redacted > 0 {
            self.blank();
            self.hang(0, "", 0, &format!("values that are never kept, and so not compared: {}", apart.redacted));
        }
    }
}

/// What could not be compared, by its reason.
pub(super) fn grouped(all: &[NotCompared]) -> BTreeMap<(Unread, &str, &str), Vec<&str>> {
    let mut by_reason: BTreeMap<(Unread, &str, &str), Vec<&str>> = BTreeMap::new();
    for one in all {
        by_reason.entry((one.side, &one.why, &one.remedy)).or_default().push(&one.what);
    }
    by_reason
}

pub(super) fn side_word(side: Unread) -> &'static str {
    match side {
        Unread::Older => "in the older",
        Unread::Newer => "in the newer",
        Unread::Both => "in both",
    }
}
