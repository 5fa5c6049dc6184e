//! A policy document as the search reads it: each statement a few boxes, a box one literal for each dimension.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::actions::Actions;
use super::key::{Many, Say, Values};
use super::points::{Bound, Line, Points};
use super::text::{self, Pattern, Texts, Token};
use crate::iam::document::{Base, Condition, Effect, Element, Policy, PrincipalName, Quantifier, Statement, Version};

/// A document, read once for any number of comparisons.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) policy: Policy,
    pub(super) names_principals: bool,
    pub(super) statements: Vec<Compartment>,
    pub(super) actions: Actions,
}

/// A statement: it applies where one of its boxes does, to the actions that [`Compiled::actions`] tells.
#[derive(Debug)]
pub(super) struct Compartment {
    pub(super) effect: Effect,
    pub(super) principal: Option<Element<PrincipalName>>,
    pub(super) boxes: Vec<Vec<Literal>>,
}

/// What a box says of one dimension.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Literal {
    Resource(Texts),
    /// The key, in lower case.
    Key(Arc<str>, Say),
    /// Something that could not be read: why, and all that was written, so that the same text is the same question.
    Unreadable(Arc<str>),
}

/// More boxes than this are not made of one statement; policies in use have one or two.
const BOXES: usize = 64;
/// Variables of one element whose presence is told apart.
const VARIABLES: usize = 4;

impl Compiled {
    pub(super) fn of(policy: &Policy) -> Self {
        let statements = policy.statements.iter().map(|statement| Compartment {
            effect: statement.effect,
            principal: statement.principal.clone(),
            boxes: boxes(statement, policy.version),
        });
        Self {
            names_principals: policy.names_principals(),
            statements: statements.collect(),
            actions: Actions::of(policy),
            policy: policy.clone(),
        }
    }
}

/// One way in which an element holds.
type Way = Vec<Literal>;

fn boxes(statement: &Statement, version: Version) -> Vec<Way> {
    let mut boxes: Vec<Way> = vec![Vec::new()];
    let resource = statement.resource.as_ref().map(|element| resource(element, version));
    let conditions = statement.conditions.iter().map(|entry| condition(entry, version));
    for ways in resource.into_iter().chain(conditions) {
        if boxes.len() * ways.len() > BOXES {
            let written = format!("{:?} {:?}", statement.resource, statement.conditions);
            let why = format!("a statement has too many variables to tell apart: {written}");
            return vec![vec![Literal::Unreadable(why.into())]];
        }
        let with = |so_far: &Way| ways.iter().map(|way| [so_far.as_slice(), way].concat()).collect::<Vec<_>>();
        boxes = boxes.iter().flat_map(with).collect();
    }
    boxes
}

/// A value of a policy with its variables: `${key}` or `${key, 'default'}`.
struct Written {
    pieces: Vec<Piece>,
    /// What of it has no meaning that is documented.
    unreadable: Option<String>,
}

enum Piece {
    Char(char),
    One,
    Many,
    Variable { key: Arc<str>, default: Option<String> },
}

impl Written {
    /// Reads a value; `patterns`: `*` and `?` are wildcards.
    fn of(text: &str, version: Version, patterns: bool) -> Self {
        let mut written = Self { pieces: Vec::new(), unreadable: None };
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if version == Version::V2012
                && let Some(opened) = rest.strip_prefix("${")
            {
                let Some((inside, after)) = opened.split_once('}') else {
                    written.unreadable = Some(format!("`{text}` opens a policy variable and does not close it"));
                    break;
                };
                let piece = written.variable(inside);
                written.pieces.push(piece);
                rest = after;
                continue;
            }
            written.pieces.push(match c {
                '*' if patterns => Piece::Many,
                '?' if patterns => Piece::One,
                c => Piece::Char(c),
            });
            rest = &rest[c.len_utf8()..];
        }
        written
    }

    /// What stands between `${` and `}`.
    fn variable(&mut self, inside: &str) -> Piece {
        if let "*" | "?" | "$" = inside {
            return Piece::Char(inside.chars().next().unwrap_or_default());
        }
        let (key, default) = match inside.split_once(',') {
            None => (inside, None),
            Some((key, default)) => (key, Some(default.trim())),
        };
        let quoted = default.map(|text| text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')));
        if quoted == Some(None) {
            self.unreadable = Some(format!("the default of `${{{inside}}}` is not within single quotes"));
        }
        Piece::Variable { key: key.trim().to_lowercase().into(), default: quoted.flatten().map(str::to_owned) }
    }

    fn variables(&self) -> impl Iterator<Item = &Arc<str>> {
        self.pieces.iter().filter_map(|piece| if let Piece::Variable { key, .. } = piece { Some(key) } else { None })
    }

    /// The pattern when just these variables have a value; `None` if it then matches nothing.
    fn pattern(&self, present: &BTreeSet<Arc<str>>, style: Style) -> Option<Pattern> {
        let char_of = |c: char| match style {
            Style::AnyCase => Token::Fold(text::lower(c)),
            Style::Plain => Token::Char(c),
        };
        let mut tokens = Pattern::new();
        for piece in &self.pieces {
            match piece {
                Piece::Char(c) => tokens.push(char_of(*c)),
                Piece::One => tokens.push(Token::One { within: false }),
                Piece::Many => tokens.push(Token::Many { within: false }),
                Piece::Variable { key, .. } if present.contains(key) => tokens.push(Token::Variable(Arc::clone(key))),
                Piece::Variable { default: Some(text), .. } => tokens.extend(text.chars().map(char_of)),
                Piece::Variable { default: None, .. } => return None,
            }
        }
        Some(tokens)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Style {
    Plain,
    AnyCase,
}

/// The ways in which a list of values holds: one for each case of which variables have a value. `what`: all that was
/// written.
fn by_presence(
    what: &str,
    values: &[Written],
    style: Style,
    shape: impl Fn(Pattern) -> Option<Pattern>,
    say: impl Fn(Vec<Pattern>) -> Literal,
) -> Vec<Way> {
    let unreadable = |why: &str| vec![vec![Literal::Unreadable(format!("{why} ({what})").into())]];
    if let Some(why) = values.iter().find_map(|value| value.unreadable.as_deref()) {
        return unreadable(why);
    }
    let variables: BTreeSet<Arc<str>> = values.iter().flat_map(Written::variables).cloned().collect();
    if variables.len() > VARIABLES {
        return unreadable("one element uses too many variables to tell apart");
    }
    let mut cases = vec![BTreeSet::new()];
    for variable in &variables {
        let with: Vec<BTreeSet<Arc<str>>> =
            cases.iter().map(|case| case.iter().chain([variable]).cloned().collect()).collect();
        cases.extend(with);
    }
    let way = |present: BTreeSet<Arc<str>>| {
        let patterns = values.iter().filter_map(|value| shape(value.pattern(&present, style)?)).collect();
        let presence = variables.iter().map(|key| {
            let has = Say::has_one();
            Literal::Key(Arc::clone(key), if present.contains(key) { has } else { has.complement() })
        });
        presence.chain([say(patterns)]).collect::<Way>()
    };
    let impossible = |literal: &Literal| match literal {
        Literal::Resource(texts) => !texts.not && texts.patterns.is_empty(),
        Literal::Key(..) | Literal::Unreadable(_) => false,
    };
    cases.into_iter().map(way).filter(|way| !way.iter().any(impossible)).collect()
}

fn resource(element: &Element<String>, version: Version) -> Vec<Way> {
    let values: Vec<Written> = element.values.iter().map(|text| Written::of(text, version, true)).collect();
    let what = format!("{} {}", if element.not { "NotResource" } else { "Resource" }, element.values.join(", "));
    by_presence(&what, &values, Style::Plain, arn_of_resource, |patterns| {
        Literal::Resource(Texts::of(patterns, element.not))
    })
}

/// The pattern of a resource: `*` in one of the first five parts of an ARN stays within it. What has fewer parts goes
/// on with `*`; what is no ARN matches nothing.
fn arn_of_resource(pattern: Pattern) -> Option<Pattern> {
    if pattern.iter().all(|token| matches!(token, Token::Many { .. })) {
        return (!pattern.is_empty()).then_some(pattern);
    }
    let mut parts = parts(&pattern);
    if parts.len() < 2 || parts[0].iter().any(|token| !matches!(token, Token::Char(_))) {
        return None;
    }
    while parts.len() < 6 {
        parts.push(vec![Token::Many { within: false }]);
    }
    Some(joined(parts))
}

/// The pattern of an ARN in a condition: six parts, each compared by itself. `*` alone is every ARN: AWS's own wording
/// reads it so, though it has not six parts.
fn arn_of_condition(pattern: Pattern) -> Option<Pattern> {
    if !pattern.is_empty() && pattern.iter().all(|token| matches!(token, Token::Many { .. })) {
        return Some(pattern);
    }
    let parts = parts(&pattern);
    (parts.len() == 6).then(|| joined(parts))
}

/// Whether a pattern of fewer than six parts would match ARNs as plain text, so that practice and documentation differ.
fn is_short_arn(value: &str) -> bool {
    let everything = !value.is_empty() && value.chars().all(|c| c == '*');
    !everything && value.contains('*') && value.split(':').count() < 6
}

/// The six parts of an ARN's pattern, the last with its colons.
fn parts(pattern: &[Token]) -> Vec<Pattern> {
    pattern.splitn(6, |token| *token == Token::Char(':')).map(<[Token]>::to_vec).collect()
}

fn joined(mut parts: Vec<Pattern>) -> Pattern {
    for token in parts.iter_mut().take(5).flatten() {
        if let Token::Many { within } | Token::One { within } = token {
            *within = true;
        }
    }
    parts.join(&Token::Char(':'))
}

fn condition(entry: &Condition, version: Version) -> Vec<Way> {
    let key: Arc<str> = entry.key.to_lowercase().into();
    let name = entry.operator.as_ref().map_or_else(Clone::clone, ToString::to_string);
    let era = if version == Version::V2008 { ", version 2008-10-17" } else { "" };
    let what = format!("{name} on {}: {}{era}", key, entry.values.join(", "));
    let unreadable = |why: String| vec![vec![Literal::Unreadable(format!("{why} ({what})").into())]];
    let operator = match &entry.operator {
        Ok(operator) => *operator,
        Err(name) => return unreadable(format!("`{name}` is no condition operator of AWS")),
    };
    let base = operator.base;
    if entry.values.is_empty() {
        return unreadable(format!(
            "the condition on {} has no values, and it is not documented what that means",
            entry.key
        ));
    }
    let is_boolean = |value: &String| value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false");
    if base == Base::Bool && !entry.values.iter().all(|value| is_boolean(value) || value.contains("${")) {
        return unreadable(format!("a value of Bool on {} is neither true nor false", entry.key));
    }
    let missing = match operator.quantifier {
        _ if operator.if_exists => true,
        Some(Quantifier::ForAllValues) => true,
        Some(Quantifier::ForAnyValue) => false,
        None => base.is_negated(),
    };
    let many = match operator.quantifier {
        Some(Quantifier::ForAllValues) => Many::Every,
        Some(Quantifier::ForAnyValue) => Many::Some,
        None => Many::Never,
    };
    let say = |values: Values| {
        let one = if base.is_negated() { values.complement() } else { values };
        Literal::Key(Arc::clone(&key), Say { missing, one, many })
    };
    let texts = |patterns: bool, style: Style, shape: fn(Pattern) -> Option<Pattern>| {
        let values: Vec<Written> = entry.values.iter().map(|text| Written::of(text, version, patterns)).collect();
        by_presence(&what, &values, style, shape, |patterns| say(Values::Texts(Texts::of(patterns, false))))
    };
    let points = |line: Line, bound: Bound| {
        let read: Option<Vec<Points>> = entry.values.iter().map(|text| Points::of(line, bound, text)).collect();
        match read {
            Some(sets) => vec![vec![say(Values::Points(Points::union(&sets, line)))]],
            None => unreadable(format!("a value of {} on {} cannot be read", base.name(), entry.key)),
        }
    };
    match base {
        Base::StringEquals | Base::StringNotEquals | Base::BinaryEquals => texts(false, Style::Plain, Some),
        Base::StringEqualsIgnoreCase | Base::StringNotEqualsIgnoreCase | Base::Bool => {
            texts(false, Style::AnyCase, Some)
        }
        Base::StringLike | Base::StringNotLike => texts(true, Style::Plain, Some),
        Base::ArnEquals | Base::ArnLike | Base::ArnNotEquals | Base::ArnNotLike => {
            if let Some(short) = entry.values.iter().find(|value| is_short_arn(value)) {
                return unreadable(format!("`{short}` has fewer than the six parts of an ARN"));
            }
            texts(true, Style::Plain, arn_of_condition)
        }
        Base::NumericEquals | Base::NumericNotEquals => points(Line::Number, Bound::Equal),
        Base::NumericLessThan => points(Line::Number, Bound::Less),
        Base::NumericLessThanEquals => points(Line::Number, Bound::LessOrEqual),
        Base::NumericGreaterThan => points(Line::Number, Bound::Greater),
        Base::NumericGreaterThanEquals => points(Line::Number, Bound::GreaterOrEqual),
        Base::DateEquals | Base::DateNotEquals => points(Line::Date, Bound::Equal),
        Base::DateLessThan => points(Line::Date, Bound::Less),
        Base::DateLessThanEquals => points(Line::Date, Bound::LessOrEqual),
        Base::DateGreaterThan => points(Line::Date, Bound::Greater),
        Base::DateGreaterThanEquals => points(Line::Date, Bound::GreaterOrEqual),
        Base::IpAddress | Base::NotIpAddress => points(Line::Address, Bound::Equal),
        Base::Null => null(entry, &key),
    }
}

fn null(entry: &Condition, key: &Arc<str>) -> Vec<Way> {
    let mut ways = Vec::new();
    for value in &entry.values {
        let say = match value.to_ascii_lowercase().as_str() {
            "true" => Say::present().complement(),
            "false" => Say::present(),
            _ => return vec![vec![Literal::Unreadable(format!("Null takes true or false, not `{value}`").into())]],
        };
        let way = vec![Literal::Key(Arc::clone(key), say)];
        if !ways.contains(&way) {
            ways.push(way);
        }
    }
    // "true" and "false" together say nothing at all.
    if ways.len() > 1 { vec![Vec::new()] } else { ways }
}

/// The condition keys that a document asks about, in lower case: those with set operators apart.
pub(super) fn keys(policy: &Policy) -> BTreeMap<String, bool> {
    let mut keys = BTreeMap::new();
    for entry in policy.statements.iter().flat_map(|statement| &statement.conditions) {
        let set = entry.operator.as_ref().is_ok_and(|operator| operator.quantifier.is_some());
        *keys.entry(entry.key.to_lowercase()).or_insert(false) |= set;
    }
    keys
}
