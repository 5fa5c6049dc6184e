//! Nodes into patterns, checked against the schema of the kind they are about.

use super::diagnostic::Diagnostics;
use super::node::{Content, Entry, Node};
use super::pattern::{Bound, Pattern};
use super::source::Span;
use super::template::{Piece, Reference, Template, Written, pieces};
use crate::model::{Arn, Field, Kind, Shape};
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
}

const MATCHERS: [&str; 10] =
    ["$is", "$one_of", "$like", "$min", "$max", "$contains", "$absent", "$present", "$not", "$policy"];

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

    fn reference(&mut self, inner: &str, span: &Span) -> Option<Result<Piece, String>> {
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
                                    format!("a {} has no attribute `{attribute}`", kind.noun),
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
        self.fields(kind.fields(), kind.type_name, entries, path, false)
    }

    fn fields(
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
            (Shape::Policy, _) => self.no_policies_yet(&node.span),
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
    fn whole(&mut self, read: impl FnOnce(&mut Self) -> Read) -> Read {
        let before = self.left_out.len();
        match read(self) {
            Read::Pattern(_) if self.left_out.len() > before => Read::LeftOut,
            other => other,
        }
    }

    /// The patterns of the items of a list; those that an optional parameter leaves out are not among them.
    fn items(&mut self, item: &Shape, nodes: &[Node], path: &str, exact: bool) -> Option<Vec<Pattern>> {
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

    fn wrong_type(&mut self, shape: &Shape, node: &Node) -> Read {
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

    fn scalar(&mut self, shape: &Shape, node: &Node, path: &str) -> Read {
        let Some(text) = node.text() else { return self.wrong_type(shape, node) };
        let template = match self.template(text, &node.span) {
            None => return Read::Wrong,
            Some(Err(parameter)) => {
                self.left_out.push((path.to_owned(), parameter));
                return Read::LeftOut;
            }
            Some(Ok(template)) => template,
        };
        if self.is_open(text) {
            return Read::Pattern(Pattern::Text(template));
        }
        let known = template.references().next().is_none();
        let text = template.to_string();
        let mut wrong = |message: String| {
            self.diagnostics.error("wrong-type", &node.span, message);
            Read::Wrong
        };
        match shape {
            Shape::Bool => match text.as_str() {
                "true" => Read::Pattern(Pattern::Bool(true)),
                "false" => Read::Pattern(Pattern::Bool(false)),
                _ => wrong(format!("`true` or `false` is wanted here, and this is `{text}`")),
            },
            Shape::Integer => match integer(&text) {
                Some(number) => Read::Pattern(Pattern::Number(number)),
                None => wrong(format!("a whole number is wanted here, such as 30, and this is `{text}`")),
            },
            Shape::Time => match time(&text) {
                Some(time) => Read::Pattern(Pattern::Time(time)),
                None => wrong(format!(
                    "a time is wanted here, such as 2026-11-23 or 2026-11-23T08:44:00Z, and this is `{text}`"
                )),
            },
            Shape::OneOf(values) if known && !values.contains(&text) => {
                let (list, values) = (values.join(", "), values.clone());
                self.diagnostics
                    .error("wrong-value", &node.span, format!("`{text}` is none of the values of this property"))
                    .help(format!("it is one of {list}"))
                    .did_you_mean(&text, values.iter().map(String::as_str));
                Read::Wrong
            }
            Shape::Arn => match self.plausible(&template).parse::<Arn>() {
                Ok(_) => Read::Pattern(Pattern::Arn(template)),
                Err(why) => {
                    self.diagnostics
                        .error("wrong-arn", &node.span, format!("`{text}` is no ARN and can match none: {why}"))
                        .help("the ARN of a named resource is \"${name.Arn}\"; for a part of one, use `$like`");
                    Read::Wrong
                }
            },
            _ => Read::Pattern(Pattern::Text(template)),
        }
    }

    /// Whether `text` holds a parameter whose value is not known yet, so that nothing can be said of what comes out.
    fn is_open(&self, text: &str) -> bool {
        pieces(text).iter().any(|piece| {
            matches!(piece, Written::Reference(name, _) if self.parameters.get(*name) == Some(&ParameterValue::Open))
        })
    }

    /// `template` as it could come out, to see whether it can be an ARN at all.
    fn plausible(&self, template: &Template) -> String {
        template
            .bind::<std::convert::Infallible>(&mut |reference| {
                Ok(match reference {
                    Reference::AccountId => "000000000000".to_owned(),
                    Reference::Region => "region".to_owned(),
                    Reference::Partition => "aws".to_owned(),
                    Reference::Name(_) => "name".to_owned(),
                    Reference::Attribute(name, _, field) => {
                        let kind = self.resources.get(name).copied().flatten();
                        match kind.and_then(|kind| kind.field(field)).map(|field| &field.shape) {
                            Some(Shape::Arn) => "arn:aws:service:region:000000000000:resource".to_owned(),
                            _ => "text".to_owned(),
                        }
                    }
                })
            })
            .unwrap_or_default()
    }

    fn matchers(&mut self, shape: &Shape, entries: &[Entry], path: &str) -> Read {
        let mut patterns = Vec::new();
        let (mut left_out, mut wrong) = (false, false);
        for entry in entries {
            match self.matcher(shape, entry, path) {
                Read::Pattern(pattern) => patterns.push(pattern),
                Read::LeftOut => left_out = true,
                Read::Wrong => wrong = true,
            }
        }
        match patterns.pop() {
            _ if wrong => Read::Wrong,
            _ if left_out => Read::LeftOut,
            Some(only) if patterns.is_empty() => Read::Pattern(only),
            Some(last) => {
                patterns.push(last);
                Read::Pattern(Pattern::All(patterns))
            }
            None => Read::Wrong,
        }
    }

    fn matcher(&mut self, shape: &Shape, entry: &Entry, path: &str) -> Read {
        let node = &entry.value;
        let does_not_fit = |this: &mut Self, fits: &str| {
            this.diagnostics
                .error(
                    "wrong-matcher",
                    &entry.key_span,
                    format!("`{}` fits {fits}, and this property is {}", entry.key, shape.noun()),
                )
                .help("`plimsoll rules explain TYPE` says what a property holds");
            Read::Wrong
        };
        match entry.key.as_str() {
            "$absent" | "$present" => match node.text() {
                Some("true") if entry.key == "$absent" => Read::Pattern(Pattern::Absent),
                Some("true") => Read::Pattern(Pattern::Present),
                _ => {
                    let other = if entry.key == "$absent" { "$present" } else { "$absent" };
                    self.diagnostics
                        .error("wrong-type", &node.span, format!("`{}` takes `true` and nothing else", entry.key))
                        .help(format!("for the opposite, write `{other}: true`"));
                    Read::Wrong
                }
            },
            "$policy" => match shape {
                Shape::Policy => self.no_policies_yet(&entry.key_span),
                _ => does_not_fit(self, "a policy document"),
            },
            _ if *shape == Shape::Policy && MATCHERS.contains(&entry.key.as_str()) && entry.key != "$not" => {
                self.no_policies_yet(&entry.key_span)
            }
            "$not" => self.whole(|this| match this.pattern(shape, node, path, false) {
                Read::Pattern(pattern) => Read::Pattern(Pattern::Not(Box::new(pattern))),
                other => other,
            }),
            "$is" => self.whole(|this| this.pattern(shape, node, path, true)),
            "$one_of" => match &node.content {
                Content::List(nodes) if !nodes.is_empty() => self.whole(|this| {
                    this.items(shape, nodes, path, false)
                        .map_or(Read::Wrong, |patterns| Read::Pattern(Pattern::OneOf(patterns)))
                }),
                _ => {
                    self.diagnostics.error("wrong-type", &node.span, "`$one_of` takes a list of values: `[a, b]`");
                    Read::Wrong
                }
            },
            "$like" => match shape {
                Shape::Text | Shape::Arn | Shape::OneOf(_) => match self.scalar(&Shape::Text, node, path) {
                    Read::Pattern(Pattern::Text(template)) => Read::Pattern(Pattern::Like(template)),
                    other => other,
                },
                _ => does_not_fit(self, "a text or an ARN"),
            },
            "$min" | "$max" => {
                let bound = match (shape, self.scalar_of_bound(shape, node, path)) {
                    (Shape::Integer | Shape::Time, Read::Pattern(Pattern::Number(number))) => Bound::Number(number),
                    (Shape::Integer | Shape::Time, Read::Pattern(Pattern::Time(time))) => Bound::Time(time),
                    (Shape::Integer | Shape::Time, Read::Pattern(Pattern::Text(open))) => Bound::Time(open.to_string()),
                    (Shape::Integer | Shape::Time, other) => return other,
                    _ => return does_not_fit(self, "a number or a time"),
                };
                Read::Pattern(if entry.key == "$min" { Pattern::Min(bound) } else { Pattern::Max(bound) })
            }
            "$contains" => match shape {
                Shape::List(item) | Shape::Set(item) => {
                    let one = std::slice::from_ref(node);
                    let nodes = if let Content::List(nodes) = &node.content { nodes } else { one };
                    if nodes.is_empty() {
                        self.diagnostics
                            .error("nothing-to-check", &node.span, "every list contains nothing")
                            .help("for a list without items, write `[]` without `$contains`");
                        return Read::Wrong;
                    }
                    match self.items(item, nodes, path, false) {
                        Some(items) if items.is_empty() && !nodes.is_empty() => Read::LeftOut,
                        Some(items) => Read::Pattern(Pattern::Contains(items)),
                        None => Read::Wrong,
                    }
                }
                _ => does_not_fit(self, "a list"),
            },
            other => {
                let error = if other.starts_with('$') {
                    self.diagnostics.error("unknown-matcher", &entry.key_span, format!("there is no matcher `{other}`"))
                } else {
                    self.diagnostics.error(
                        "mixed-map",
                        &entry.key_span,
                        format!("`{other}` stands beside a matcher; a map holds matchers or properties, not both"),
                    )
                };
                error.help(format!("the matchers are {}", MATCHERS.join(", "))).did_you_mean(other, MATCHERS);
                Read::Wrong
            }
        }
    }

    fn scalar_of_bound(&mut self, shape: &Shape, node: &Node, path: &str) -> Read {
        match shape {
            Shape::Integer | Shape::Time => self.scalar(shape, node, path),
            _ => Read::Wrong,
        }
    }

    /// Policy documents are compared by meaning, which takes an engine that this version does not have.
    fn no_policies_yet(&mut self, span: &Span) -> Read {
        self.diagnostics
            .error("not-available-yet", span, "comparing policy documents is not available yet in this version")
            .help("`{ $present: true }` and `{ $absent: true }` are");
        Read::Wrong
    }
}

/// `path` without the rule or resource that it begins with.
fn inside(path: &str) -> &str {
    path.split_once('.').map_or(path, |(_, inside)| inside)
}

/// `path.name`, or `name` at the top.
fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The whole number in `text`. Leading zeros and a plus are refused: `0777` could be meant in base eight.
fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits == "0" || digits.starts_with(|first: char| ('1'..='9').contains(&first));
    if plain { text.parse().ok() } else { None }
}

/// A day or a time in UTC, as it was written, if it is one.
fn time(text: &str) -> Option<String> {
    let shape = |text: &str, shape: &str| {
        text.len() == shape.len()
            && text.bytes().zip(shape.bytes()).all(|(b, s)| if s == b'0' { b.is_ascii_digit() } else { b == s })
    };
    let number = |range: std::ops::Range<usize>| text.get(range).and_then(|digits| digits.parse::<u32>().ok());
    let day = text.get(..10).is_some_and(|day| shape(day, "0000-00-00"));
    let in_range = (1..=12).contains(&number(5..7)?) && (1..=31).contains(&number(8..10)?);
    let clock = text.len() == 10
        || (shape(text.get(10..)?, "T00:00:00Z")
            && number(11..13)? < 24
            && number(14..16)? < 60
            && number(17..19)? < 60);
    (day && in_range && clock).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn days_and_times_are_told_from_other_texts() {
        for right in ["2026-11-23", "2026-11-23T08:44:00Z"] {
            assert_eq!(time(right).as_deref(), Some(right));
        }
        for wrong in ["", "2026-13-01", "2026-11-23T25:00:00Z", "2026-11-23 08:44", "yesterday", "2026-11-2€"] {
            assert_eq!(time(wrong), None, "{wrong}");
        }
    }
}
