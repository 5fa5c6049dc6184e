//! What is wrong with a rules file: every mistake at once, each with its place and the next step.

use super::source::{Source, Sources, Span, floor_char_boundary};
use crate::model::harmless;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::collections::BTreeSet;

/// The mistakes that are shown in full; the rest are counted.
pub(super) const SHOWN: usize = 50;
/// The characters of a line that are shown on either side of a mistake.
const WINDOW: usize = 90;
/// The characters that a message or a help has at the most: it may quote what was written, which may be long.
const LONGEST: usize = 400;
/// How many names are compared with one that does not exist. Beyond, a slip is left to the reader.
const COMPARED: usize = 2_000;

/// A mistake in a rules file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// A stable word for the kind of mistake, such as `unknown-field`.
    pub code: &'static str,
    /// What is wrong, as a lower-case fragment.
    pub message: String,
    /// Where.
    pub span: Span,
    /// What to say under the place itself.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// The mistakes of one load, with the sources they are in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics {
    /// The sources that the spans point into.
    pub sources: Sources,
    /// The mistakes, in the order of the text.
    pub list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Notes a mistake at `span`.
    pub fn error(&mut self, code: &'static str, span: &Span, message: impl Into<String>) -> &mut Diagnostic {
        let message = head(&message.into(), LONGEST).0;
        self.list.push(Diagnostic { code, message, span: span.clone(), label: String::new(), help: None });
        let last = self.list.len() - 1;
        &mut self.list[last]
    }

    /// Puts the mistakes in the order of the text and drops those that say the same of the same place.
    pub(crate) fn sort(&mut self) {
        self.list.sort_by(|a, b| (&a.span, a.code, &a.message).cmp(&(&b.span, b.code, &b.message)));
        // What an alias stands for is not known, so nothing else can be said of it.
        let aliases: BTreeSet<Span> =
            self.list.iter().filter(|d| d.code == "yaml-alias").map(|d| d.span.clone()).collect();
        self.list.retain(|d| d.code == "yaml-alias" || !aliases.contains(&d.span));
        self.list.dedup_by(|a, b| a.span == b.span && a.code == b.code && a.message == b.message);
    }

    /// All of it as text for a person: up to 50 mistakes with the lines they stand on, and how many more there are.
    pub fn render(&self, styled: bool, width: usize) -> String {
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() }.term_width(width);
        let mut text = String::new();
        for diagnostic in self.list.iter().take(SHOWN) {
            text.push_str(&diagnostic.render(&self.sources, &renderer));
            text.push_str("\n\n");
        }
        let more = self.list.len().saturating_sub(SHOWN);
        if more > 0 {
            let mistakes = if more == 1 { "mistake" } else { "mistakes" };
            text.push_str(&format!("... and {more} more {mistakes}; mend these first\n"));
        }
        text
    }
}

impl Diagnostic {
    /// Says `label` under the place.
    pub fn label(&mut self, label: impl Into<String>) -> &mut Self {
        self.label = label.into();
        self
    }

    /// Says `help` below it.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(head(&help.into(), LONGEST).0);
        self
    }

    /// Says `did you mean` below it, if one of `candidates` is close to what was written.
    pub fn did_you_mean<'a>(&mut self, written: &str, candidates: impl IntoIterator<Item = &'a str>) -> &mut Self {
        if let Some(candidate) = closest(written, candidates.into_iter().take(COMPARED)) {
            self.help = Some(format!("did you mean `{candidate}`?"));
        }
        self
    }

    fn render(&self, sources: &Sources, renderer: &Renderer) -> String {
        let source = &sources.0[self.span.source];
        let place = sources.place(&self.span);
        let title = Level::ERROR.primary_title(harmless(&self.message)).id(self.code);
        let (line, span) = self.excerpt(source);
        let mut annotation = AnnotationKind::Primary.span(span);
        if !self.label.is_empty() {
            annotation = annotation.label(harmless(&self.label));
        }
        // The path carries line and column itself, because the excerpt may begin in the middle of a long line.
        let path = format!("{}:{}:{}", harmless(&source.name), place.line, place.column);
        let mut group = if source.text.is_empty() {
            title.element(annotate_snippets::Origin::path(harmless(&source.name)))
        } else {
            title
                .element(annotate_snippets::Origin::path(path))
                .element(Snippet::source(line).line_start(place.line).annotation(annotation))
        };
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(harmless(help)));
        }
        // The renderer sets `:::` before an excerpt that it takes for one of a second file.
        let rendered = renderer.render(&[group]);
        let lines = rendered.lines().filter(|line| anstream::adapter::strip_str(line).to_string().trim() != ":::");
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The line that the mistake begins on, shortened if it is very long, with the mistake's place in it.
    fn excerpt(&self, source: &Source) -> (String, std::ops::Range<usize>) {
        let text = &source.text;
        let line = source.line_around(floor_char_boundary(text, self.span.start));
        // A place at the very end of a line may lie behind what ends it.
        let start = floor_char_boundary(text, self.span.start).min(line.end);
        let end = floor_char_boundary(text, self.span.end).clamp(start, line.end);
        let before: String = tail(&text[line.start..start], WINDOW);
        let (marked, cut) = head(&text[start..end], WINDOW);
        let after = if cut { String::new() } else { head(&text[end..line.end], WINDOW).0 };
        let (before, marked, after) = (harmless(&before), harmless(&marked), harmless(&after));
        let at = before.len();
        let span = at..at + marked.len();
        (format!("{before}{marked}{after}"), span)
    }
}

/// The last `most` characters of `text`.
fn tail(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most { text.to_owned() } else { format!("…{}", text.chars().skip(count - most).collect::<String>()) }
}

/// The first `most` characters of `text`, and whether there are more.
fn head(text: &str, most: usize) -> (String, bool) {
    match text.char_indices().nth(most) {
        None => (text.to_owned(), false),
        Some((at, _)) => (format!("{}…", &text[..at]), true),
    }
}

/// The candidate that `written` is most likely a slip for: the same but for case, or few edits away.
pub fn closest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if written.chars().count() > 100 {
        return None;
    }
    let lower = written.to_lowercase();
    let (letters, length) = (letters(written), written.chars().count());
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let most = candidate.chars().count().max(3) / 3;
            // Counting letters is far quicker than counting edits, and rules out nearly all.
            if length.abs_diff(candidate.chars().count()) > most
                || apart(&letters, &self::letters(candidate)) > 2 * most
            {
                return None;
            }
            let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
            (distance <= most && distance < length).then_some((distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// How often each character occurs in `text`, in 32 classes that tell no capitals from others in ASCII.
fn letters(text: &str) -> [u16; 32] {
    let mut counts = [0_u16; 32];
    for c in text.chars() {
        let count = &mut counts[c as usize % 32];
        *count = count.saturating_add(1);
    }
    counts
}

/// How many characters must go or come to make one text of the other. An edit changes two at the most.
fn apart(a: &[u16; 32], b: &[u16; 32]) -> usize {
    a.iter().zip(b).map(|(a, b)| usize::from(a.abs_diff(*b))).sum()
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn a_slip_is_recognised_and_a_stranger_is_not() {
        let fields = ["VisibilityTimeout", "DelaySeconds", "QueueName"];
        assert_eq!(closest("VisibilityTimout", fields), Some("VisibilityTimeout"));
        assert_eq!(closest("queuename", fields), Some("QueueName"));
        assert_eq!(closest("Colour", fields), None);
    }
}
