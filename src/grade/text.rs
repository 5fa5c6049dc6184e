//! A grade for a person at a terminal: the points, what to mend first, and per task what is right, what is wrong, why
//! that matters and where to mend it.

use super::{Cause, Grade, Graded, Passed, Standing};
use crate::model::{Hundredths, Points, Verdict, harmless};
use crate::report::{Look, style, word, wrap};
use anstyle::Style;

/// How many causes are told first.
const FIRST: usize = 3;
/// The width of the words before what is said of a result.
const LABEL: usize = 14;
/// The longest that one field may be, in characters.
const LONGEST: usize = 2_000;
/// How many of the places that name another account are shown.
const PLACES: usize = 5;

/// `grade` as text.
pub fn text(grade: &Grade, look: Look) -> String {
    let look = Look { width: look.width.clamp(40, 160), ..look };
    let mut page = Page { text: String::new(), look };
    page.head(grade);
    page.first(&grade.causes);
    for task in &grade.tasks {
        let name = task.step.as_deref().map_or("No task".to_owned(), |step| format!("Task {step}"));
        let worth = if task.points.possible.0 > 0 { format!(" · {}", points(task.points)) } else { String::new() };
        page.bold(&format!("{}{worth}", harmless(&name)));
        let (notes, results): (Vec<_>, Vec<_>) = task.results.iter().partition(|result| result.is_note);
        for result in &results {
            let alone = results.iter().filter(|other| other.title == result.title).count() == 1;
            page.result(result, alone && result.verdict == Verdict::Pass);
        }
        if results.is_empty() {
            page.line(&format!("  {} below", if notes.len() == 1 { "a note" } else { "notes" }));
        }
        page.line("");
    }
    page.notes(grade);
    page.gaps(grade);
    page.foreign(grade);
    page.standing(grade);
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

    fn bold(&mut self, text: &str) {
        for line in wrap(text, self.look.width) {
            let line = self.paint(&line, Style::new().bold());
            self.line(&line);
        }
    }

    /// Writes `text` behind `label`, wrapped and indented under itself.
    fn field(&mut self, label: &str, text: &str) {
        let text: String = if text.chars().count() > LONGEST {
            text.chars().take(LONGEST).chain("… (the JSON form has all of it)".chars()).collect()
        } else {
            text.to_owned()
        };
        let indent = if self.look.width < 60 { 4 } else { 11 };
        let room = self.look.width.saturating_sub(LABEL + indent).max(20);
        for (at, line) in wrap(&harmless(&text), room).iter().enumerate() {
            let label = if at == 0 { label } else { "" };
            self.line(&format!("{}{label:<LABEL$}{line}", " ".repeat(indent)));
        }
    }

    fn paragraph(&mut self, text: &str) {
        for line in wrap(&harmless(text), self.look.width) {
            self.line(&line);
        }
    }

    fn head(&mut self, grade: &Grade) {
        self.bold(&format!("{} · {} · {}", harmless(&grade.title), grade.account, grade.regions.join(", ")));
        self.line("");
        let outcome = match (grade.outcome, grade.pass_mark) {
            (Some(Passed::Passed), Some(mark)) => format!(" · passed, from {mark}%"),
            (Some(Passed::Failed), Some(mark)) => format!(" · not passed, which takes {mark}%"),
            (Some(Passed::Undecided), Some(mark)) => {
                format!(" · not known whether it passed, from {mark}%: what could not be read decides")
            }
            _ => String::new(),
        };
        self.bold(&format!("{} · {}%{outcome}", points(grade.points), grade.percent));
        if grade.left_out.0 > 0 {
            let left_out = format!("{} more are left out: what they hang on could not be read.", grade.left_out);
            self.paragraph(&left_out);
        }
        self.line("");
    }

    /// What costs most, with what waits for it.
    fn first(&mut self, causes: &[Cause]) {
        if causes.is_empty() {
            return;
        }
        self.bold(if causes.len() == 1 { "What to mend" } else { "What to mend first" });
        for (at, cause) in causes.iter().take(FIRST).enumerate() {
            let whole = Hundredths(cause.costs.0 + cause.waiting_costs.0);
            let mut text = format!("{} ({}): {}", cause.title, cause.resource, count(whole));
            match (cause.waiting.len(), cause.waiting_costs) {
                (0, _) => {}
                (1, Hundredths(0)) => text.push_str("; 1 other waits for it"),
                (n, Hundredths(0)) => text.push_str(&format!("; {n} others wait for it")),
                (1, costs) => text.push_str(&format!(", {costs} of it for 1 other that waits for it")),
                (n, costs) => text.push_str(&format!(", {costs} of it for {n} others that wait for it")),
            }
            for (line_at, line) in wrap(&harmless(&text), self.look.width.saturating_sub(5).max(20)).iter().enumerate()
            {
                let number = if line_at == 0 { format!("{}.", at + 1) } else { String::new() };
                self.line(&format!("  {number:<3}{line}"));
            }
        }
        if causes.len() > FIRST {
            self.line(&format!("     and {} more", causes.len() - FIRST));
        }
        self.line("");
    }

    /// What works and could be better: by rule, on what.
    fn notes(&mut self, grade: &Grade) {
        let mut notes: Vec<(&Graded, Vec<&str>)> = Vec::new();
        for note in grade.tasks.iter().flat_map(|task| &task.results).filter(|result| result.is_note) {
            match notes.iter_mut().find(|(first, _)| first.rule == note.rule) {
                Some((_, on)) => on.push(&note.resource),
                None => notes.push((note, vec![&note.resource])),
            }
        }
        if notes.is_empty() {
            return;
        }
        self.bold("It works, and could be better (`plimsoll scan` says more)");
        for (note, on) in notes {
            let text = format!("{} · {}", note.title, on.join(", "));
            for (at, line) in wrap(&harmless(&text), self.look.width.saturating_sub(4).max(20)).iter().enumerate() {
                self.line(&format!("  {} {line}", if at == 0 { "-" } else { " " }));
            }
        }
        self.line("");
    }

    /// One result; without what it is on where the title says enough.
    fn result(&mut self, result: &Graded, title_alone: bool) {
        let (verdict, style) = (word(result.verdict), style(result.verdict));
        let worth = match result.points.possible {
            Hundredths(0) => String::new(),
            possible => format!("{}/{possible}", result.points.earned),
        };
        let mut title = harmless(&result.title);
        if !title_alone {
            title.push_str(&format!(" · {}", harmless(&result.resource)));
        }
        if let Some(waits_for) = &result.waits_for {
            title.push_str(&format!(" · waits for {waits_for}"));
        }
        let pad = " ".repeat(9_usize.saturating_sub(verdict.len()));
        let lines = wrap(&title, self.look.width.saturating_sub(22).max(16));
        for (at, line) in lines.iter().enumerate() {
            let start = match at {
                0 => format!("  {}{pad}{worth:<11}", self.paint(verdict, style)),
                _ => " ".repeat(22),
            };
            self.line(&format!("{start}{line}"));
        }
        if matches!(result.verdict, Verdict::Pass | Verdict::NotApplicable | Verdict::Waived) {
            return;
        }
        let fields = [
            ("looked for", &result.wanted),
            ("found", &result.found),
            ("proof", &result.witness),
            ("why", &result.reason),
            ("do this", &result.fix),
            ("hint", &result.hint),
        ];
        for (label, text) in fields {
            if let Some(text) = text {
                self.field(label, text);
            }
        }
        for instead in &result.instead {
            self.field("instead", &format!("of {}: {}", instead.of, instead.text));
        }
    }

    fn gaps(&mut self, grade: &Grade) {
        if grade.gaps.is_empty() {
            return;
        }
        self.bold("What could not be read");
        for gap in &grade.gaps {
            for (at, line) in wrap(
                &harmless(&format!("{}: {}; {}", gap.call, gap.reason, gap.remedy)),
                self.look.width.saturating_sub(4).max(20),
            )
            .iter()
            .enumerate()
            {
                self.line(&format!("  {} {line}", if at == 0 { "-" } else { " " }));
            }
        }
        self.line("");
    }

    /// The other accounts that are named, each with the places: for staff, who know what to make of it.
    fn foreign(&mut self, grade: &Grade) {
        if grade.foreign.is_empty() {
            return;
        }
        self.bold("Other accounts that are named (a fact, not a verdict)");
        let mut rest = grade.foreign.as_slice();
        while let Some(first) = rest.first() {
            let (same, others) = rest.split_at(rest.iter().take_while(|one| one.account == first.account).count());
            let shown = same.iter().take(PLACES).map(|one| format!("{} of {}", one.field, one.resource));
            let mut places: Vec<String> = shown.collect();
            if same.len() > PLACES {
                places.push(format!("{} more places", same.len() - PLACES));
            }
            let text = format!("{}: {}", first.account, places.join(", "));
            for (at, line) in wrap(&harmless(&text), self.look.width.saturating_sub(4).max(20)).iter().enumerate() {
                self.line(&format!("  {} {line}", if at == 0 { "-" } else { " " }));
            }
            rest = others;
        }
        self.line("");
    }

    fn standing(&mut self, grade: &Grade) {
        match grade.standing {
            Standing::Advice => self.paragraph(
                "This is advice to whoever ran it. What counts is the run of whoever grades, or a receipt that they \
                 have verified.",
            ),
            Standing::Counts => self.paragraph(&format!("Read by {}.", grade.caller)),
        }
    }
}

fn points(points: Points) -> String {
    format!("{} of {}", points.earned, count(points.possible))
}

fn count(points: Hundredths) -> String {
    if points == Hundredths(100) { "1 point".to_owned() } else { format!("{points} points") }
}
