//! Maps of matchers (`{ $min: 1, $not: 3 }`) into patterns.

use super::bounds::{Bounds, WORDS};
use super::document::Of;
use super::fields::unknown;
use super::interpret::{Interpreter, Read, inside};
use super::node::{Content, Entry, Node};
use super::pattern::{Bound, Pattern};
use crate::model::Shape;

const MATCHERS: [&str; 10] =
    ["$is", "$one_of", "$like", "$min", "$max", "$contains", "$absent", "$present", "$not", "$policy"];

impl Interpreter<'_> {
    pub(super) fn matchers(&mut self, shape: &Shape, entries: &[Entry], path: &str) -> Read {
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
                Shape::Policy => self.policy(entry, path),
                _ => does_not_fit(self, "a policy document"),
            },
            "$is" if *shape == Shape::Policy => does_not_fit(self, "values that are written out"),
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

    /// `{ $policy: FILE }`, or `{ $policy: { at_most: FILE } }` and the like.
    fn policy(&mut self, entry: &Entry, path: &str) -> Read {
        let field = inside(path);
        let field = ["where.", "select."].iter().find_map(|filter| field.strip_prefix(filter)).unwrap_or(field);
        let of = match self.kind.and_then(|kind| kind.standing.own_policy) {
            Some(own) if own.field == field => Of::Resource,
            _ => Of::Identity,
        };
        let bounds = if let Content::Map(entries) = &entry.value.content {
            for other in entries.iter().filter(|entry| !WORDS.contains(&entry.key.as_str())) {
                unknown(other, "`$policy`", &other.key, &WORDS, self.diagnostics);
            }
            self.bounds(entries, &entry.key_span, |this, side, entry| this.bound(side, entry, of, path))
        } else {
            let document = self.document(&entry.value, of, path);
            document.map(|document| match document {
                Some(document) => Bounds::Exactly(document),
                None => Bounds::Between { at_least: None, at_most: None },
            })
        };
        match bounds {
            Some(bounds) if bounds.iter().next().is_none() => Read::LeftOut,
            Some(bounds) => Read::Pattern(Pattern::Policy(bounds)),
            None => Read::Wrong,
        }
    }
}
