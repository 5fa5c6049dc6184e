//! Nodes into patterns, checked against the schema of the kind they are about.

use super::diagnostic::Diagnostics;
use super::document::{Checked, Of};
use super::node::{Content, Entry, Node};
use super::origin::Origin;
use super::pattern::Pattern;
use super::source::Span;
use super::template::{Piece, Reference, Template, Written, pieces};
use crate::model::{Field, Kind, Shape};
use std::collections::{BTreeMap, BTreeSet};

/// What a parameter stands for in this load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ParameterValue {
    /// This text.
    Given(String),
    /// It is optional and was not given: what it would be compared with is not compared.
    Left,
    /// It will be given when the rules are used; here they are only looked at.
    Open,
}

/// A pattern, or why there is none.
pub(super) enum Read {
    Pattern(Pattern),
    /// It names an optional parameter that was not given.
    LeftOut,
    /// A mistake was noted.
    Wrong,
}

/// What is known while the rules of one load are interpreted.
pub(super) struct Interpreter<'a> {
    pub(super) diagnostics: &'a mut Diagnostics,
    /// The parameters, by name.
    pub(super) parameters: BTreeMap<String, ParameterValue>,
    /// The kinds of the named resources; none for one whose type was a mistake.
    pub(super) resources: BTreeMap<String, Option<&'static Kind>>,
    /// The resources of which there may be several.
    pub(super) several: BTreeSet<String>,
    /// What the files below had and an overlay dropped.
    pub(super) dropped: BTreeSet<String>,
    /// What was not compared because an optional parameter was not given: the path, and the parameter.
    pub(super) left_out: Vec<(String, String)>,
    /// Where each rules file comes from, in the order of the sources.
    pub(super) origins: Vec<Origin>,
    /// The expected documents that were read, by name: which source each is.
    pub(super) documents: BTreeMap<String, usize>,
    /// The same, checked for what they are held against.
    pub(super) checked: BTreeMap<(usize, Of), Checked>,
    /// The kind whose properties are being read.
    pub(super) kind: Option<&'static Kind>,
}

impl Interpreter<'_> {
    /// The template in a scalar. `None` after a mistake; the name of the parameter if one was left out.
    pub(super) fn template(&mut self, text: &str, span: &Span) -> Option<Result<Template, String>> {
        let mut template = Template::default();
        for piece in pieces(text) {
            match piece {
                Written::Text(text) => template.0.push(Piece::Text(text)),
                Written::Unclosed(_) => {
                    self.diagnostics
                        .error("unclosed-reference", span, "this `${` has no `}`")
                        .help("a reference is written \"${queue.Arn}\"; a literal `${x}` is written `${!x}`");
                    return None;
                }
                Written::Reference(inner, _) => match self.reference(inner, span)? {
                    Ok(piece) => template.0.push(piece),
                    Err(parameter) => return Some(Err(parameter)),
                },
            }
        }
        Some(Ok(template))
    }

    pub(super) fn reference(&mut self, inner: &str, span: &Span) -> Option<Result<Piece, String>> {
        const PSEUDO: [&str; 3] = ["AWS::AccountId", "AWS::Partition", "AWS::Region"];
        let reference = match inner {
            "AWS::AccountId" => Reference::AccountId,
            "AWS::Partition" => Reference::Partition,
            "AWS::Region" => Reference::Region,
            _ if inner.starts_with("AWS::") => {
                self.diagnostics
                    .error("unknown-reference", span, format!("there is no reference `${{{inner}}}`"))
                    .help(format!("there are {}", PSEUDO.map(|name| format!("`${{{name}}}`")).join(", ")))
                    .did_you_mean(inner, PSEUDO);
                return None;
            }
            _ => {
                let (name, attribute) =
                    inner.split_once('.').map_or((inner, None), |(name, attribute)| (name, Some(attribute)));
                if attribute.is_none() {
                    match self.parameters.get(name) {
                        Some(ParameterValue::Given(value)) => return Some(Ok(Piece::Given(value.clone()))),
                        Some(ParameterValue::Left) => return Some(Err(name.to_owned())),
                        Some(ParameterValue::Open) => return Some(Ok(Piece::Given(format!("${{{name}}}")))),
                        None => {}
                    }
                }
                let Some(kind) = self.resources.get(name).copied() else {
                    let names = self.resources.keys().chain(self.parameters.keys()).map(String::as_str);
                    let dropped = if self.dropped.contains(name) { ": it was dropped" } else { "" };
                    self.diagnostics
                        .error(
                            "unknown-reference",
                            span,
                            format!("`{name}` is no resource and no parameter of these rules{dropped}"),
                        )
                        .help(format!("a literal `${{{inner}}}` is written `${{!{inner}}}`"))
                        .did_you_mean(name, names.filter(|_| dropped.is_empty()));
                    return None;
                };
                let kind = kind?;
                if self.several.contains(name) {
                    self.diagnostics
                        .error(
                            "wrong-reference",
                            span,
                            format!("there may be several of `{name}`, so this has no one value"),
                        )
                        .help("declare the one that is meant as a resource of its own");
                    return None;
                }
                match attribute {
                    None => Reference::Name(name.to_owned()),
                    Some(attribute) => {
                        let Some(field) = kind.attribute(attribute) else {
                            let names: Vec<&str> = kind.attributes.iter().map(|(name, _)| *name).collect();
                            self.diagnostics
                                .error(
                                    "unknown-attribute",
                                    span,
                                    format!("{} has no attribute `{attribute}`", kind.one()),
                                )
                                .help(format!("{} has {}", kind.type_name, names.join(", ")))
                                .did_you_mean(attribute, names.iter().copied());
                            return None;
                        };
                        Reference::Attribute(name.to_owned(), attribute.to_owned(), field.to_owned())
                    }
                }
            }
        };
        Some(Ok(Piece::Reference(reference)))
    }

    /// The fields of a subset of `kind`: those of `expect`, `where` and `select`.
    pub(super) fn subset(&mut self, kind: &'static Kind, node: &Node, path: &str) -> Vec<(String, Pattern)> {
        let Content::Map(entries) = &node.content else {
            let found = node.noun();
            self.diagnostics
                .error("wrong-type", &node.span, format!("a map of properties is wanted here, and this is {found}"))
                .help(format!("write `{{ PROPERTY: VALUE }}`; `plimsoll rules explain {}` lists them", kind.type_name));
            return Vec::new();
        };
        self.kind = Some(kind);
        self.fields(kind.fields(), kind.type_name, entries, path, false)
    }

    pub(super) fn fields(
        &mut self,
        known: &[Field],
        of: &str,
        entries: &[Entry],
        path: &str,
        exact: bool,
    ) -> Vec<(String, Pattern)> {
        let mut fields = Vec::new();
        for entry in entries {
            let Some(field) = known.iter().find(|field| field.name == entry.key) else {
                let names: Vec<&str> = known.iter().map(|field| field.name.as_str()).collect();
                let error = self.diagnostics.error(
                    "unknown-field",
                    &entry.key_span,
                    format!("{of} has no property `{}`", entry.key),
                );
                if names.len() <= 8 {
                    error.help(format!("it has {}", names.join(", ")));
                } else if of.starts_with("AWS::") {
                    error.help(format!("`plimsoll rules explain {of}` lists its properties"));
                }
                error.did_you_mean(&entry.key, names);
                continue;
            };
            let path = join(path, &entry.key);
            match self.pattern(&field.shape, &entry.value, &path, exact) {
                Read::Pattern(pattern) => fields.push((entry.key.clone(), pattern)),
                Read::LeftOut | Read::Wrong => {}
            }
        }
        fields
    }

    /// The pattern that `node` states for a property of this `shape`. With `exact`, maps have no other fields.
    pub(super) fn pattern(&mut self, shape: &Shape, node: &Node, path: &str, exact: bool) -> Read {
        if let Content::Map(entries) = &node.content
            && entries.iter().any(|entry| entry.key.starts_with('$'))
        {
            return self.matchers(shape, entries, path);
        }
        match (shape, &node.content) {
            (Shape::Policy, _) => {
                self.diagnostics
                    .error(
                        "wrong-type",
                        &node.span,
                        "a policy document is compared by its meaning, with a document of its own",
                    )
                    .help("write `{ $policy: FILE }`, with a file below `expected/`");
                Read::Wrong
            }
            (Shape::Struct(_) | Shape::Map(_), Content::Map(entries)) if entries.is_empty() && !exact => {
                self.diagnostics
                    .error("nothing-to-check", &node.span, "an empty map asks for nothing")
                    .help("to say that there is one, write `{ $present: true }`; that it is empty, `{ $is: {} }`");
                Read::Wrong
            }
            (Shape::Struct(known), Content::Map(entries)) if exact => {
                self.whole(|this| this.map(exact, |this| this.fields(known, inside(path), entries, path, exact)))
            }
            (Shape::Struct(known), Content::Map(entries)) => {
                self.map(exact, |this| this.fields(known, inside(path), entries, path, exact))
            }
            (Shape::Map(item), Content::Map(entries)) => self.map(exact, |this| {
                let mut fields = Vec::new();
                for entry in entries {
                    match this.pattern(item, &entry.value, &join(path, &entry.key), exact) {
                        Read::Pattern(pattern) => fields.push((entry.key.clone(), pattern)),
                        Read::LeftOut | Read::Wrong => {}
                    }
                }
                fields
            }),
            (Shape::List(item) | Shape::Set(item), Content::List(nodes)) => self.whole(|this| {
                this.items(item, nodes, path, exact).map_or(Read::Wrong, |items| Read::Pattern(Pattern::Items(items)))
            }),
            (Shape::List(_) | Shape::Set(_) | Shape::Struct(_) | Shape::Map(_), _) => self.wrong_type(shape, node),
            (_, Content::Scalar { .. }) => self.scalar(shape, node, path),
            _ => self.wrong_type(shape, node),
        }
    }

    /// The map of the fields that `read` gives. If they are none, because all were left out, it is left out as well.
    fn map(&mut self, exact: bool, read: impl FnOnce(&mut Self) -> Vec<(String, Pattern)>) -> Read {
        let left_out = self.left_out.len();
        let fields = read(self);
        match (fields.is_empty(), self.left_out.len() > left_out) {
            (true, true) => Read::LeftOut,
            (true, false) if !exact => Read::Wrong,
            _ => Read::Pattern(Pattern::Fields { fields, exact }),
        }
    }

    /// What `read` gives, unless some of it was left out: a list of exactly these items, or of alternatives, or what
    /// must not be, would mean something else without one of its parts.
    pub(super) fn whole(&mut self, read: impl FnOnce(&mut Self) -> Read) -> Read {
        let before = self.left_out.len();
        match read(self) {
            Read::Pattern(_) if self.left_out.len() > before => Read::LeftOut,
            other => other,
        }
    }

    /// The patterns of the items of a list; those that an optional parameter leaves out are not among them.
    pub(super) fn items(&mut self, item: &Shape, nodes: &[Node], path: &str, exact: bool) -> Option<Vec<Pattern>> {
        let mut patterns = Vec::new();
        let mut right = true;
        for node in nodes {
            match self.pattern(item, node, path, exact) {
                Read::Pattern(pattern) => patterns.push(pattern),
                Read::LeftOut => {}
                Read::Wrong => right = false,
            }
        }
        right.then_some(patterns)
    }

    pub(super) fn wrong_type(&mut self, shape: &Shape, node: &Node) -> Read {
        let error = self.diagnostics.error(
            "wrong-type",
            &node.span,
            format!("{} is wanted here, and this is {}", shape.noun(), node.noun()),
        );
        if node.noun() == "nothing" {
            error.help("to say that there must be none, write `{ $absent: true }`");
        } else if let (Shape::List(_) | Shape::Set(_), Some(text)) = (shape, node.text()) {
            error.help(format!("write `[{text}]` for exactly this item, or `{{ $contains: {text} }}` for at least it"));
        }
        Read::Wrong
    }
}

/// `path` without the rule or resource that it begins with.
pub(super) fn inside(path: &str) -> &str {
    path.split_once('.').map_or(path, |(_, inside)| inside)
}

/// `path.name`, or `name` at the top.
pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
