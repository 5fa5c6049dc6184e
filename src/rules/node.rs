//! YAML as it was written: nodes with their places and the raw text of each scalar.
//!
//! The nodes are made from the parser's events, because a deserialiser would turn `012345678901` and `0777` into
//! numbers and let the second of two equal keys win. Anchors, aliases, merge keys and tags are refused.

use super::diagnostic::Diagnostics;
use super::source::Span;
use serde_yaml::granit_parser::{Event, Parser, ScalarStyle};
use std::collections::BTreeMap;

/// How deep lists and maps may nest.
const DEEPEST: usize = 64;

/// A piece of YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    /// Where it stands.
    pub(crate) span: Span,
    /// What it is.
    pub(crate) content: Content,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// A text as it was written, escapes of quoted texts resolved.
    Scalar {
        /// The text.
        text: String,
        /// Whether it was written without quotes.
        plain: bool,
    },
    /// A list.
    List(Vec<Node>),
    /// A map; keys are unique.
    Map(Vec<Entry>),
}

/// An entry of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The key.
    pub(crate) key: String,
    /// Where the key stands.
    pub(crate) key_span: Span,
    /// The value.
    pub(crate) value: Node,
}

impl Node {
    /// What a person calls it.
    pub(crate) fn noun(&self) -> &'static str {
        match &self.content {
            Content::Scalar { text, plain: true } if is_nothing(text) => "nothing",
            Content::Scalar { .. } => "a text",
            Content::List(_) => "a list",
            Content::Map(_) => "a map",
        }
    }

    /// The text of a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar { text, plain } if !(*plain && is_nothing(text)) => Some(text),
            _ => None,
        }
    }

    /// The entry of a map under `key`.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.content {
            Content::Map(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }
}

fn is_nothing(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// The key that `node`, a scalar, is.
fn key(node: Node, diagnostics: &mut Diagnostics) -> Pending {
    match node.content {
        Content::Scalar { text, .. } if text == "<<" => {
            diagnostics
                .error("yaml-merge", &node.span, "merge keys are not part of the rules language")
                .help("write the fields out; to share settings between files, use `extends:`");
            Pending::Refused
        }
        Content::Scalar { text, .. } => Pending::Key(text, node.span),
        Content::List(_) | Content::Map(_) => Pending::Refused,
    }
}

/// Reads the source numbered `source` of `diagnostics`. `None` after a syntax error, which ends the reading; every
/// other mistake is noted and passed over.
pub(crate) fn read(source: usize, diagnostics: &mut Diagnostics) -> Option<Node> {
    let text = diagnostics.sources.0[source].text.clone();
    let mut reader = Reader { text: &text, source, diagnostics, open: Vec::new(), root: None, skipping: 0 };
    let mut documents = 0;
    for event in Parser::new_from_str(&text) {
        let (event, span) = match event {
            Ok(next) => next,
            Err(error) => {
                let at = offset(&text, error.marker());
                reader.syntax_error(at, &error.info());
                return None;
            }
        };
        let span = Span { source, start: offset(&text, &span.start), end: offset(&text, &span.end) };
        if matches!(event, Event::DocumentStart(..)) {
            documents += 1;
            if documents == 2 {
                reader
                    .diagnostics
                    .error("second-document", &span, "a rules file is one YAML document, and here a second one begins")
                    .help("remove the line `---`, or move what follows to a file of its own");
                break;
            }
        }
        if !reader.take(event, span) {
            return None;
        }
    }
    if reader.root.is_none() {
        let start = Span { source, start: 0, end: 0 };
        reader
            .diagnostics
            .error("empty-file", &start, "there is nothing in this file")
            .help("a rules file begins with `plimsoll: 1`; see rules/serverless-poc.yaml for one");
    }
    reader.root
}

fn offset(text: &str, marker: &serde_yaml::granit_parser::Marker) -> usize {
    let offset = marker.byte_offset().unwrap_or_else(|| text.chars().take(marker.index()).map(char::len_utf8).sum());
    super::source::floor_char_boundary(text, offset)
}

/// A list or map that has begun and not ended.
enum Open {
    List(Span, Vec<Node>),
    Map(OpenMap),
}

struct OpenMap {
    span: Span,
    entries: Vec<Entry>,
    /// The line of each key so far.
    lines: BTreeMap<String, usize>,
    pending: Pending,
}

/// What stands before the colon.
enum Pending {
    /// Nothing yet: a key comes next.
    Nothing,
    Key(String, Span),
    /// Something that is no key and was reported; its value is passed over.
    Refused,
}

struct Reader<'a> {
    text: &'a str,
    source: usize,
    diagnostics: &'a mut Diagnostics,
    open: Vec<Open>,
    root: Option<Node>,
    /// How many lists and maps are open inside a key that was refused.
    skipping: usize,
}

impl Reader<'_> {
    /// Takes one event; false if the reading must end.
    fn take(&mut self, event: Event<'_>, span: Span) -> bool {
        if let Event::Scalar(_, _, anchor, tag) = &event {
            self.refuse(*anchor, tag.is_some(), &span);
        }
        if let Event::SequenceStart(_, anchor, tag) | Event::MappingStart(_, anchor, tag) = &event {
            self.refuse(*anchor, tag.is_some(), &span);
        }
        match event {
            Event::Scalar(text, style, ..) if self.skipping == 0 => {
                let plain = style == ScalarStyle::Plain;
                self.put(Node { span, content: Content::Scalar { text: text.into_owned(), plain } });
            }
            Event::Alias(_) if self.skipping == 0 => {
                self.diagnostics
                    .error("yaml-alias", &span, "aliases are not part of the rules language")
                    .help("write the value out; to share settings between files, use `extends:`");
                self.put(Node { span, content: Content::Scalar { text: String::new(), plain: false } });
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => return self.begin(&event, span),
            Event::SequenceEnd | Event::MappingEnd => {
                if self.skipping > 0 {
                    self.skipping -= 1;
                } else {
                    self.end(&span);
                }
            }
            _ => {}
        }
        true
    }

    fn begin(&mut self, event: &Event<'_>, span: Span) -> bool {
        if self.skipping > 0 {
            self.skipping += 1;
        } else if let Some(Open::Map(OpenMap { pending: pending @ Pending::Nothing, .. })) = self.open.last_mut() {
            *pending = Pending::Refused;
            self.skipping = 1;
            self.diagnostics
                .error("wrong-key", &span, "a key is a text, and this is a list or a map")
                .help("write `name: value`; inside `{ }` and `[ ]`, put a reference in quotes: \"${queue.Arn}\"");
        } else {
            self.open.push(match event {
                Event::SequenceStart(..) => Open::List(span.clone(), Vec::new()),
                _ => Open::Map(OpenMap {
                    span: span.clone(),
                    entries: Vec::new(),
                    lines: BTreeMap::new(),
                    pending: Pending::Nothing,
                }),
            });
        }
        if self.open.len() + self.skipping > DEEPEST {
            self.diagnostics.error(
                "too-deep",
                &span,
                format!("lists and maps are nested more than {DEEPEST} deep here"),
            );
            return false;
        }
        true
    }

    fn end(&mut self, span: &Span) {
        // What stands in brackets ends with the bracket; what is indented has ended before the next thing begins.
        let closed = self.text[span.start..].starts_with([']', '}']);
        let end = if closed { span.end } else { span.start };
        let to = |start: Span| Span { end: end.max(start.end), ..start };
        match self.open.pop() {
            Some(Open::List(start, items)) => self.put(Node { span: to(start), content: Content::List(items) }),
            Some(Open::Map(map)) => self.put(Node { span: to(map.span), content: Content::Map(map.entries) }),
            None => {}
        }
    }

    /// Puts a finished node where it belongs: an item, a key, a value, or the whole document.
    fn put(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Map(map)) => match std::mem::replace(&mut map.pending, Pending::Nothing) {
                Pending::Nothing => map.pending = key(node, self.diagnostics),
                Pending::Key(key, key_span) => match map.lines.get(&key) {
                    None => {
                        let line = self.diagnostics.sources.place(&key_span).line;
                        map.lines.insert(key.clone(), line);
                        map.entries.push(Entry { key, key_span, value: node });
                    }
                    Some(line) => {
                        self.diagnostics
                            .error("duplicate-key", &key_span, format!("`{key}` is written twice in this map"))
                            .label("again here")
                            .help(format!("the first is in line {line}; keep one"));
                    }
                },
                Pending::Refused => {}
            },
        }
    }

    fn refuse(&mut self, anchor: usize, tag: bool, span: &Span) {
        if anchor != 0 {
            self.diagnostics
                .error("yaml-anchor", span, "anchors are not part of the rules language")
                .help("write the value out; to share settings between files, use `extends:`");
        }
        if tag {
            self.diagnostics
                .error("yaml-tag", span, "tags (`!...`) are not part of the rules language")
                .help("CloudFormation's `!Sub` is written without the tag: \"${queue.Arn}\"");
        }
    }

    fn syntax_error(&mut self, at: usize, what: &str) {
        let line = &self.text[self.diagnostics.sources.0[self.source].line_around(at)];
        let span = Span { source: self.source, start: at, end: (at + 1).min(self.text.len().max(at)) };
        let error = self.diagnostics.error("yaml-syntax", &span, format!("this is not YAML: {what}"));
        if line.contains("${") && line.contains(['{', '[']) {
            error.help("inside `{ }` and `[ ]`, put a reference in quotes: \"${queue.Arn}\"");
        } else if line.contains('\t') {
            error.help("YAML is indented with spaces, not with tabs");
        } else {
            error.help("nothing after this place was read; mend it and check again");
        }
    }
}
