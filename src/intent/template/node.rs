//! A template as it was written: nodes with their places, short intrinsics written out as long ones.
//!
//! `!Sub x` becomes the map `Fn::Sub: x`, so that nothing behind this file knows of tags. JSON is read by the same
//! parser, of which it is a part. What CloudFormation itself refuses (anchors, aliases, merge keys, other tags) is a
//! mistake here too, so nothing can grow while it is read.

use crate::rules::{Diagnostics, Span, closest};
use serde_yaml::granit_parser::{Event, Marker, Parser, ScalarStyle, Tag};
use std::collections::BTreeMap;

/// How deep lists and maps may nest.
const DEEPEST: usize = 64;

/// How many scalars, lists and maps a template may have. CloudFormation takes 1 MB.
const MOST: usize = 300_000;

/// How many mistakes are noted before the reading ends.
const MISTAKES: usize = 200;

/// The short intrinsics, each with what it is called when it is written out.
const TAGS: [(&str, &str); 20] = [
    ("And", "Fn::And"),
    ("Base64", "Fn::Base64"),
    ("Cidr", "Fn::Cidr"),
    ("Condition", "Condition"),
    ("Contains", "Fn::Contains"),
    ("Equals", "Fn::Equals"),
    ("FindInMap", "Fn::FindInMap"),
    ("GetAZs", "Fn::GetAZs"),
    ("GetAtt", "Fn::GetAtt"),
    ("If", "Fn::If"),
    ("ImportValue", "Fn::ImportValue"),
    ("Join", "Fn::Join"),
    ("Length", "Fn::Length"),
    ("Not", "Fn::Not"),
    ("Or", "Fn::Or"),
    ("Ref", "Ref"),
    ("Select", "Fn::Select"),
    ("Split", "Fn::Split"),
    ("Sub", "Fn::Sub"),
    ("Transform", "Fn::Transform"),
];

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    /// Where it stands.
    pub(super) span: Span,
    /// What it is.
    pub(super) content: Content,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    /// A text as it was written.
    Scalar {
        /// The text, escapes resolved.
        text: String,
        /// Whether it was written without quotes, and so may be a number, a yes or no, or nothing.
        plain: bool,
    },
    /// A list.
    List(Vec<Node>),
    /// A map; keys are unique.
    Map(Vec<Entry>),
}

/// An entry of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The key.
    pub(super) key: String,
    /// Where the key stands.
    pub(super) key_span: Span,
    /// The value.
    pub(super) value: Node,
}

impl Node {
    /// A text that stands for what is at `span`.
    pub(super) fn text(span: &Span, text: impl Into<String>) -> Self {
        Self { span: span.clone(), content: Content::Scalar { text: text.into(), plain: false } }
    }

    /// A list that stands for what is at `span`.
    pub(super) fn list(span: &Span, items: Vec<Self>) -> Self {
        Self { span: span.clone(), content: Content::List(items) }
    }

    /// A map that stands for what is at `span`.
    pub(super) fn map(span: &Span, entries: Vec<(&str, Self)>) -> Self {
        let entry = |(key, value): (&str, Self)| Entry { key: key.to_owned(), key_span: span.clone(), value };
        Self { span: span.clone(), content: Content::Map(entries.into_iter().map(entry).collect()) }
    }

    /// `{ Ref: name }`.
    pub(super) fn reference(span: &Span, name: &str) -> Self {
        Self::map(span, vec![("Ref", Self::text(span, name))])
    }

    /// `{ Fn::GetAtt: name.attribute }`.
    pub(super) fn attribute(span: &Span, name: &str, attribute: &str) -> Self {
        Self::map(span, vec![("Fn::GetAtt", Self::text(span, format!("{name}.{attribute}")))])
    }

    /// `{ Fn::Sub: text }`.
    pub(super) fn sub(span: &Span, text: impl Into<String>) -> Self {
        Self::map(span, vec![("Fn::Sub", Self::text(span, text))])
    }

    /// What a person calls it.
    pub(super) fn noun(&self) -> &'static str {
        match &self.content {
            Content::Scalar { .. } if self.is_nothing() => "nothing",
            Content::Scalar { .. } => "a text",
            Content::List(_) => "a list",
            Content::Map(_) => "a map",
        }
    }

    /// Whether nothing is written here.
    pub(super) fn is_nothing(&self) -> bool {
        matches!(&self.content, Content::Scalar { text, plain: true }
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The text of a scalar.
    pub(super) fn as_text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar { text, .. } if !self.is_nothing() => Some(text),
            _ => None,
        }
    }

    /// The items of a list.
    pub(super) fn items(&self) -> Option<&[Self]> {
        match &self.content {
            Content::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a map; none of anything else.
    pub(super) fn entries(&self) -> &[Entry] {
        match &self.content {
            Content::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Whether it is a map.
    pub(super) fn is_map(&self) -> bool {
        matches!(self.content, Content::Map(_))
    }

    /// What stands in a map under `key`.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// Whether it is a text, or a list of texts.
    pub(super) fn is_literal(&self) -> bool {
        match &self.content {
            Content::Scalar { .. } => true,
            Content::List(items) => items.iter().all(|item| matches!(item.content, Content::Scalar { .. })),
            Content::Map(_) => false,
        }
    }

    /// Whether two pieces of a template say the same, wherever they stand.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        match (&self.content, &other.content) {
            (Content::List(a), Content::List(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.says_the_same(b))
            }
            (Content::Map(a), Content::Map(b)) => {
                let in_other =
                    |entry: &Entry| other.get(&entry.key).is_some_and(|value| entry.value.says_the_same(value));
                a.len() == b.len() && a.iter().all(in_other)
            }
            (Content::Scalar { text: a, .. }, Content::Scalar { text: b, .. }) => a == b,
            _ => false,
        }
    }

    /// The intrinsic that it is: its name written out, and what it is given.
    pub(super) fn intrinsic(&self) -> Option<(&str, &Self)> {
        match self.entries() {
            [only] if only.key == "Ref" || only.key == "Condition" || only.key.starts_with("Fn::") => {
                Some((&only.key, &only.value))
            }
            _ => None,
        }
    }

    /// Puts `value` into a map under `key`, in the place of what may be there.
    pub(super) fn put(&mut self, key: &str, value: Self) {
        if let Content::Map(entries) = &mut self.content {
            match entries.iter_mut().find(|entry| entry.key == key) {
                Some(entry) => entry.value = value,
                None => entries.push(Entry { key: key.to_owned(), key_span: value.span.clone(), value }),
            }
        }
    }
}

/// Reads the source numbered `source` of `diagnostics`. `None` after a mistake that ends the reading; every other is
/// noted and passed over.
pub(super) fn read(source: usize, diagnostics: &mut Diagnostics) -> Option<Node> {
    let text = diagnostics.sources.0[source].text.clone();
    let mut reader = Reader { text: &text, source, diagnostics, open: Vec::new(), root: None, nodes: 0 };
    let mut documents = 0;
    for event in Parser::new_from_str(&text) {
        let (event, span) = match event {
            Ok(next) => next,
            Err(error) => {
                reader.syntax_error(offset(&text, error.marker()), &error.info());
                return None;
            }
        };
        let span = Span { source, start: offset(&text, &span.start), end: offset(&text, &span.end) };
        if matches!(event, Event::DocumentStart(..)) {
            documents += 1;
            if documents == 2 {
                reader
                    .diagnostics
                    .error("second-document", &span, "a template is one document, and here a second one begins")
                    .help("remove the line `---`, or move what follows to a file of its own");
                return None;
            }
        }
        if !reader.take(event, span) || reader.diagnostics.list.len() >= MISTAKES {
            return None;
        }
    }
    reader.root
}

/// The byte that `marker` points at.
fn offset(text: &str, marker: &Marker) -> usize {
    let at = marker.byte_offset().unwrap_or_else(|| text.chars().take(marker.index()).map(char::len_utf8).sum());
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A list or map that has begun and not ended.
struct Open {
    span: Span,
    /// The intrinsic that its tag says it is given to.
    tag: Option<&'static str>,
    what: Begun,
}

enum Begun {
    List(Vec<Node>),
    Map {
        entries: Vec<Entry>,
        /// The line of each key so far.
        lines: BTreeMap<String, usize>,
        key: Option<(String, Span)>,
    },
}

struct Reader<'a> {
    text: &'a str,
    source: usize,
    diagnostics: &'a mut Diagnostics,
    open: Vec<Open>,
    root: Option<Node>,
    nodes: usize,
}

impl Reader<'_> {
    /// Takes one event; false if the reading must end.
    fn take(&mut self, event: Event<'_>, span: Span) -> bool {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tag = self.tag(anchor, tag.as_deref(), &span);
                let plain = style == ScalarStyle::Plain && tag.is_none();
                let content = Content::Scalar { text: text.into_owned(), plain };
                return self.put(tagged(tag, Node { span, content }));
            }
            Event::Alias(_) => {
                self.diagnostics
                    .error("yaml-alias", &span, "CloudFormation takes no aliases (`*name`) in a template")
                    .help("write the value out");
                return false;
            }
            Event::SequenceStart(_, anchor, tag) => {
                let tag = self.tag(anchor, tag.as_deref(), &span);
                return self.begin(Open { span, tag, what: Begun::List(Vec::new()) });
            }
            Event::MappingStart(_, anchor, tag) => {
                let tag = self.tag(anchor, tag.as_deref(), &span);
                let what = Begun::Map { entries: Vec::new(), lines: BTreeMap::new(), key: None };
                return self.begin(Open { span, tag, what });
            }
            Event::SequenceEnd | Event::MappingEnd => return self.end(&span),
            _ => {}
        }
        true
    }

    /// The intrinsic that a tag stands for.
    fn tag(&mut self, anchor: usize, tag: Option<&Tag>, span: &Span) -> Option<&'static str> {
        if anchor != 0 {
            self.diagnostics
                .error("yaml-anchor", span, "CloudFormation takes no anchors (`&name`) in a template")
                .help("write the value out where it is needed");
        }
        let tag = tag?;
        if tag.handle().starts_with("tag:yaml.org") || tag.suffix().starts_with("tag:yaml.org") {
            // `!!str` and the like say of a scalar what it is written as anyway.
            return None;
        }
        let name = tag.suffix().trim_start_matches('!');
        let known = TAGS.iter().find(|(short, _)| *short == name);
        if known.is_none() {
            let error = self.diagnostics.error("yaml-tag", span, format!("there is no intrinsic function `!{name}`"));
            match closest(name, TAGS.iter().map(|(short, _)| *short)) {
                Some(near) => error.help(format!("did you mean `!{near}`?")),
                None => error.help("see the intrinsic function reference of the AWS CloudFormation user guide"),
            };
        }
        known.map(|(_, long)| *long)
    }

    fn begin(&mut self, open: Open) -> bool {
        if let Some(Open { what: Begun::Map { key: None, .. }, .. }) = self.open.last() {
            self.diagnostics
                .error("wrong-key", &open.span, "a key is a text, and this is a list or a map")
                .help("write `Name: value`");
            return false;
        }
        if self.open.len() >= DEEPEST {
            self.diagnostics.error(
                "too-deep",
                &open.span,
                format!("lists and maps are nested more than {DEEPEST} deep here"),
            );
            return false;
        }
        self.open.push(open);
        true
    }

    fn end(&mut self, span: &Span) -> bool {
        let Some(Open { span: start, tag, what }) = self.open.pop() else { return true };
        // What stands in brackets ends with the bracket; what is indented has ended before the next thing begins.
        let closed = self.text[span.start..].starts_with([']', '}']);
        let end = if closed { span.end } else { span.start };
        let span = Span { end: end.max(start.end), ..start };
        let content = match what {
            Begun::List(items) => Content::List(items),
            Begun::Map { entries, .. } => Content::Map(entries),
        };
        self.put(tagged(tag, Node { span, content }))
    }

    /// Puts a finished node where it belongs: an item, a key, a value, or the whole document.
    fn put(&mut self, node: Node) -> bool {
        self.nodes += 1;
        if self.nodes > MOST {
            self.diagnostics.error("too-large", &node.span, format!("a template has at most {MOST} values"));
            return false;
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return true;
        };
        match &mut open.what {
            Begun::List(items) => items.push(node),
            Begun::Map { entries, lines, key } => match key.take() {
                Some((key, key_span)) => match lines.get(&key) {
                    None => {
                        lines.insert(key.clone(), self.diagnostics.sources.place(&key_span).line);
                        entries.push(Entry { key, key_span, value: node });
                    }
                    Some(line) => {
                        self.diagnostics
                            .error("duplicate-key", &key_span, format!("`{key}` is written twice in this map"))
                            .label("again here")
                            .help(format!("the first is in line {line}; keep one"));
                    }
                },
                None => match node.content {
                    Content::Scalar { text, .. } if text == "<<" => {
                        self.diagnostics
                            .error("yaml-merge", &node.span, "CloudFormation takes no merge keys (`<<`) in a template")
                            .help("write the fields out");
                        return false;
                    }
                    Content::Scalar { text, .. } => *key = Some((text, node.span)),
                    _ => {
                        self.diagnostics.error("wrong-key", &node.span, "a key is a text, and this is an intrinsic");
                        return false;
                    }
                },
            },
        }
        true
    }

    fn syntax_error(&mut self, at: usize, what: &str) {
        let end = self.text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
        let span = Span { source: self.source, start: at, end };
        let json = self.text.trim_start().starts_with('{');
        let error = self.diagnostics.error(
            "template-syntax",
            &span,
            format!("this is not {}: {what}", if json { "JSON" } else { "YAML" }),
        );
        error.help("nothing after this place was read; mend it and try again");
    }
}

/// `node` as what the intrinsic of its tag is given.
fn tagged(tag: Option<&'static str>, node: Node) -> Node {
    match tag {
        None => node,
        Some(name) => {
            let span = node.span.clone();
            Node::map(&span, vec![(name, node)])
        }
    }
}
