//! What a property is compared with: a value, a matcher, or a map or list of these.

use super::bounds::Bounds;
use super::expected::Expected;
use super::glob::Glob;
use super::template::{Piece, Reference, Template};
use std::fmt;

/// What a property must be like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// This yes or no.
    Bool(bool),
    /// This whole number.
    Number(i64),
    /// This text.
    Text(Template),
    /// This ARN, part by part.
    Arn(Template),
    /// This time, or this day.
    Time(String),
    /// `$one_of`: one of these.
    OneOf(Vec<Self>),
    /// `$like`: a text that this glob matches.
    Like(Template),
    /// `$min`: this or more.
    Min(Bound),
    /// `$max`: this or less.
    Max(Bound),
    /// `$contains`: for each of these, some item.
    Contains(Vec<Self>),
    /// `$absent: true`: there is none.
    Absent,
    /// `$present: true`: there is one.
    Present,
    /// `$not`: all but this.
    Not(Box<Self>),
    /// Several matchers on one property: all of them.
    All(Vec<Self>),
    /// A map with at least these fields; with exactly these if `exact`.
    Fields {
        /// The fields, in the order they were written.
        fields: Vec<(String, Self)>,
        /// Whether there may be no others.
        exact: bool,
    },
    /// A list with exactly these items.
    Items(Vec<Self>),
    /// `$policy`: a policy document that means the same, or more, or less.
    Policy(Bounds<Expected>),
}

/// The bound of `$min` and `$max`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound {
    /// A whole number.
    Number(i64),
    /// A time: `2026-11-23` or `2026-11-23T08:44:00Z`.
    Time(String),
}

impl Pattern {
    /// The same pattern with each reference replaced by what `bind` gives for it; the first thing it refuses ends it.
    pub fn bind<E>(&self, bind: &mut impl FnMut(&Reference) -> Result<String, E>) -> Result<Self, E> {
        let mut all = |patterns: &[Self]| patterns.iter().map(|pattern| pattern.bind(bind)).collect::<Result<_, E>>();
        Ok(match self {
            Self::OneOf(patterns) => Self::OneOf(all(patterns)?),
            Self::Contains(patterns) => Self::Contains(all(patterns)?),
            Self::All(patterns) => Self::All(all(patterns)?),
            Self::Items(patterns) => Self::Items(all(patterns)?),
            Self::Text(template) => Self::Text(Template::literal(&template.bind(bind)?)),
            Self::Arn(template) => Self::Arn(Template::literal(&template.bind(bind)?)),
            Self::Like(template) => {
                let pieces = template.0.iter().map(|piece| {
                    Ok(match piece {
                        Piece::Reference(reference) => Piece::Given(bind(reference)?),
                        piece => piece.clone(),
                    })
                });
                Self::Like(Template(pieces.collect::<Result<_, E>>()?))
            }
            Self::Not(pattern) => Self::Not(Box::new(pattern.bind(bind)?)),
            Self::Fields { fields, exact } => Self::Fields {
                fields: fields
                    .iter()
                    .map(|(name, pattern)| Ok((name.clone(), pattern.bind(bind)?)))
                    .collect::<Result<_, E>>()?,
                exact: *exact,
            },
            Self::Policy(bounds) => Self::Policy(bounds.try_map(|expected| expected.bind(bind))?),
            Self::Bool(_)
            | Self::Number(_)
            | Self::Time(_)
            | Self::Min(_)
            | Self::Max(_)
            | Self::Absent
            | Self::Present => self.clone(),
        })
    }

    /// Whether it holds a policy document against another.
    pub fn compares_policies(&self) -> bool {
        match self {
            Self::Policy(_) => true,
            Self::OneOf(patterns) | Self::Contains(patterns) | Self::All(patterns) | Self::Items(patterns) => {
                patterns.iter().any(Self::compares_policies)
            }
            Self::Not(pattern) => pattern.compares_policies(),
            Self::Fields { fields, .. } => fields.iter().any(|(_, pattern)| pattern.compares_policies()),
            _ => false,
        }
    }

    /// Calls `found` for each reference in it.
    pub fn each_reference<'a>(&'a self, found: &mut impl FnMut(&'a Reference)) {
        match self {
            Self::Text(template) | Self::Arn(template) | Self::Like(template) => {
                template.references().for_each(found);
            }
            Self::OneOf(patterns) | Self::Contains(patterns) | Self::All(patterns) | Self::Items(patterns) => {
                patterns.iter().for_each(|pattern| pattern.each_reference(found));
            }
            Self::Not(pattern) => pattern.each_reference(found),
            Self::Fields { fields, .. } => fields.iter().for_each(|(_, pattern)| pattern.each_reference(found)),
            Self::Policy(bounds) => bounds.iter().for_each(|(_, expected)| expected.each_reference(found)),
            Self::Bool(_)
            | Self::Number(_)
            | Self::Time(_)
            | Self::Min(_)
            | Self::Max(_)
            | Self::Absent
            | Self::Present => {}
        }
    }
}

/// The glob of a bound `$like`.
pub fn glob(template: &Template) -> Glob {
    let mut glob = Glob::default();
    for piece in &template.0 {
        match piece {
            Piece::Text(text) => glob.push_pattern(text),
            Piece::Given(text) => glob.push_literal(text),
            Piece::Reference(reference) => glob.push_literal(&reference.to_string()),
        }
    }
    glob
}

impl fmt::Display for Pattern {
    /// In words: `at least 30`, `one of a, b`, `{ maxReceiveCount: at most 5 }`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, patterns: &[Self], between: &str| {
            for (i, pattern) in patterns.iter().enumerate() {
                if i > 0 {
                    f.write_str(between)?;
                }
                write!(f, "{pattern}")?;
            }
            Ok(())
        };
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Text(template) if template.0.is_empty() => f.write_str("\"\""),
            Self::Text(template) | Self::Arn(template) => write!(f, "{template}"),
            Self::Time(time) => f.write_str(time),
            Self::OneOf(patterns) => {
                f.write_str("one of ")?;
                list(f, patterns, ", ")
            }
            Self::Like(template) => write!(f, "like {template}"),
            Self::Min(bound) => write!(f, "at least {bound}"),
            Self::Max(bound) => write!(f, "at most {bound}"),
            Self::Contains(patterns) => {
                f.write_str("contains ")?;
                list(f, patterns, " and ")
            }
            Self::Absent => f.write_str("nothing"),
            Self::Present => f.write_str("any value"),
            Self::Not(pattern) => write!(f, "not {pattern}"),
            Self::All(patterns) => list(f, patterns, " and "),
            Self::Fields { fields, exact } => {
                f.write_str(if *exact { "exactly {" } else { "{" })?;
                for (i, (name, pattern)) in fields.iter().enumerate() {
                    write!(f, "{} {name}: {pattern}", if i > 0 { "," } else { "" })?;
                }
                f.write_str(" }")
            }
            Self::Items(patterns) => {
                f.write_str("[")?;
                list(f, patterns, ", ")?;
                f.write_str("]")
            }
            Self::Policy(bounds) => {
                for (i, (side, expected)) in bounds.iter().enumerate() {
                    let between = if i > 0 { " and " } else { "" };
                    let word = side.in_words();
                    write!(f, "{between}{word} what {expected} says")?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Time(time) => f.write_str(time),
        }
    }
}
