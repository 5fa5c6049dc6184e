//! A policy document as the search reads it: each statement a few boxes, a box one literal for each dimension.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::actions::Actions;
use super::key::{Empty, Many, Say, Values};
use super::points::{Bound, Line, Points};
use super::text::{Pattern, Texts, Token};
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
    /// Something whose meaning is not settled: the reason, and behind a NUL the words themselves. The same words mean
    /// the same wherever they stand, and nothing else is known of them.
    Open(Arc<str>),
}

impl Literal {
    fn open(why: &str, words: &str) -> Self {
        Self::Open(format!("{why}\0{words}").into())
    }

    fn texts(&self) -> Option<&Texts> {
        match self {
            Self::Resource(texts) | Self::Key(_, Say { one: Values::Texts(texts), .. }) => Some(texts),
            Self::Key(..) | Self::Open(_) => None,
        }
    }

    /// Whether it depends on the value of a variable.
    pub(super) fn has_variable(&self) -> bool {
        self.texts().is_some_and(Texts::has_variable)
    }

    /// The same with the values of the variables that are known.
    pub(super) fn filled(&self, value: &dyn Fn(&str) -> Option<String>) -> Self {
        let mut filled = self.clone();
        match &mut filled {
            Self::Resource(texts) | Self::Key(_, Say { one: Values::Texts(texts), .. }) if texts.has_variable() => {
                *texts = texts.filled(value);
            }
            _ => {}
        }
        filled
    }
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
            boxes: boxes(statement, policy.version, policy.names_principals()),
        });
        Self {
            names_principals: policy.names_principals(),
            statements: statements.collect(),
            actions: Actions::of(policy),
            policy: policy.clone(),
        }
    }
}

/// What is written in an element or a condition, so that the same words are the same text.
fn words(name: &str, not: bool, version: Version, values: &[String]) -> String {
    let version = if version == Version::V2012 { "2012" } else { "2008" };
    let mut values: Vec<&str> = values.iter().map(String::as_str).collect();
    values.sort_unstable();
    values.dedup();
    format!("{version}\0{name}\0{not}\0{}", values.join("\0"))
}

fn words_of(entry: &Condition, version: Version) -> String {
    let operator = entry.operator.as_ref().map_or_else(Clone::clone, ToString::to_string);
    words(&format!("{operator}\0{}", entry.key.to_lowercase()), false, version, &entry.values)
}

/// One way in which an element holds.
type Way = Vec<Literal>;

/// The boxes of a statement. `of_resource`: the document is the policy of a resource.
fn boxes(statement: &Statement, version: Version, of_resource: bool) -> Vec<Way> {
    let mut boxes: Vec<Way> = vec![Vec::new()];
    let resource = statement.resource.as_ref().map(|element| resource(element, version, of_resource));
    let conditions = statement.conditions.iter().map(|entry| condition(entry, version));
    for ways in resource.into_iter().chain(conditions) {
        if boxes.len() * ways.len() > BOXES {
            let element =
                statement.resource.iter().map(|element| words("Resource", element.not, version, &element.values));
            let conditions = statement.conditions.iter().map(|entry| words_of(entry, version));
            let words = element.chain(conditions).collect::<Vec<_>>().join("\0");
            return vec![vec![Literal::open("a statement has too many variables to tell apart", &words)]];
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
    /// A character that `${…}` stands for.
    Given(char),
    One,
    Many,
    Variable {
        key: Arc<str>,
        default: Option<String>,
    },
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
            return Piece::Given(inside.chars().next().unwrap_or_default());
        }
        let (key, default) = match inside.split_once(',') {
            None => (inside, None),
            Some((key, default)) => (key.trim_end(), Some(default.trim())),
        };
        if key.trim() != key {
            self.unreadable = Some(format!("`${{{inside}}}` has space around its key"));
        }
        let quoted = default.map(|text| text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')));
        if quoted == Some(None) {
            self.unreadable = Some(format!("the default of `${{{inside}}}` is not within single quotes"));
        }
        Piece::Variable { key: key.to_lowercase().into(), default: quoted.flatten().map(str::to_owned) }
    }

    /// Whether the pieces before the first colon are the text `arn`; `None` if they are neither that nor a text that
    /// is no beginning of an ARN.
    fn begins_as_arn(&self) -> Option<bool> {
        let mut head = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Char(':') => return if head == "arn" { Some(true) } else { self::other_case(&head) },
                Piece::Char(c) => head.push(*c),
                Piece::Given(_) | Piece::One | Piece::Many | Piece::Variable { .. } => {
                    // What comes before already tells that it is none.
                    let possible = head.len() <= 3 && "arn".starts_with(&head.to_ascii_lowercase());
                    return if possible || head == "*" { None } else { Some(false) };
                }
            }
        }
        if head.eq_ignore_ascii_case("arn") { None } else { Some(false) }
    }

    /// Why it is not settled which resources this covers.
    fn why_no_resource(&self, text: &str) -> Option<String> {
        if self.pieces.iter().all(|piece| matches!(piece, Piece::Many)) {
            return None;
        }
        if self.begins_as_arn().is_none() {
            return Some(format!("`{text}` is neither an ARN nor `*`"));
        }
        let given = |piece: &Piece| matches!(piece, Piece::Given(_) | Piece::Variable { .. });
        let first_five = self.pieces.splitn(6, |piece| matches!(piece, Piece::Char(':'))).take(5);
        first_five
            .flatten()
            .any(given)
            .then(|| format!("`{text}` has a variable before the fifth colon, where none may stand"))
    }

    /// Why it is not settled which ARNs this pattern of a condition is like. Practice reads one with fewer than six
    /// parts as if the rest were `*`, and the documentation does not.
    fn why_no_arn(&self, text: &str) -> Option<String> {
        if !self.pieces.is_empty() && self.pieces.iter().all(|piece| matches!(piece, Piece::Many)) {
            return None;
        }
        let colons = self.pieces.iter().filter(|piece| matches!(piece, Piece::Char(':'))).count();
        let wild = self.pieces.iter().any(|piece| !matches!(piece, Piece::Char(_)));
        let has_colon =
            |piece: &Piece| matches!(piece, Piece::Variable { default: Some(text), .. } if text.contains(':'));
        let begins = self.begins_as_arn();
        let open = match begins {
            None => true,
            Some(true) => (colons < 5 && wild) || self.pieces.iter().any(has_colon),
            Some(false) => false,
        };
        open.then(|| format!("`{text}` has not the six parts of an ARN"))
    }

    /// Why letter case cannot be left aside.
    fn why_not_folded(&self, text: &str) -> Option<String> {
        (!text.is_ascii()).then(|| format!("letter case beyond ASCII is not settled, as in `{text}`"))
    }

    fn variables(&self) -> impl Iterator<Item = &Arc<str>> {
        self.pieces.iter().filter_map(|piece| if let Piece::Variable { key, .. } = piece { Some(key) } else { None })
    }

    /// The pattern when just these variables have a value; `None` if it then matches nothing.
    fn pattern(&self, present: &BTreeSet<Arc<str>>, style: Style) -> Option<Pattern> {
        let char_of = |c: char| match style {
            Style::AnyCase => Token::Fold(c.to_ascii_lowercase()),
            Style::Plain => Token::Char(c),
        };
        let mut tokens = Pattern::new();
        for piece in &self.pieces {
            match piece {
                Piece::Char(c) | Piece::Given(c) => tokens.push(char_of(*c)),
                Piece::One => tokens.push(Token::One { within: false }),
                Piece::Many => tokens.push(Token::Many { within: false }),
                Piece::Variable { key, .. } if present.contains(key) => tokens.push(match style {
                    Style::AnyCase => Token::FoldVariable(Arc::clone(key)),
                    Style::Plain => Token::Variable(Arc::clone(key)),
                }),
                Piece::Variable { default: Some(text), .. } => tokens.extend(text.chars().map(char_of)),
                Piece::Variable { default: None, .. } => return None,
            }
        }
        Some(tokens)
    }
}

/// A head in another letter case than `arn` is an ARN to some.
fn other_case(head: &str) -> Option<bool> {
    if head.eq_ignore_ascii_case("arn") { None } else { Some(false) }
}

#[derive(Clone, Copy, PartialEq)]
enum Style {
    Plain,
    AnyCase,
}

/// The ways in which a list of values holds: one for each case of which variables have a value.
fn by_presence(
    values: &[Written],
    style: Style,
    shape: impl Fn(Pattern) -> Option<Pattern>,
    open: impl Fn(&str) -> Vec<Way>,
    say: impl Fn(Vec<Pattern>) -> Literal,
) -> Vec<Way> {
    if let Some(why) = values.iter().find_map(|value| value.unreadable.as_deref()) {
        return open(why);
    }
    let variables: BTreeSet<Arc<str>> = values.iter().flat_map(Written::variables).cloned().collect();
    if variables.len() > VARIABLES {
        return open("one element uses too many variables to tell apart");
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
        Literal::Key(..) | Literal::Open(_) => false,
    };
    cases.into_iter().map(way).filter(|way| !way.iter().any(impossible)).collect()
}

fn resource(element: &Element<String>, version: Version, of_resource: bool) -> Vec<Way> {
    let mut values: Vec<Written> = element.values.iter().map(|text| Written::of(text, version, true)).collect();
    for (value, text) in values.iter_mut().zip(&element.values) {
        let why = value.unreadable.take().or_else(|| value.why_no_resource(text));
        value.unreadable = why;
    }
    // A short ARN in the policy of a resource means something only with a wildcard.
    let shape = |pattern: Pattern| {
        let is_wild = pattern.iter().any(|token| matches!(token, Token::Many { .. } | Token::One { .. }));
        arn_of_resource(pattern, is_wild || !of_resource)
    };
    let open = |why: &str| vec![vec![Literal::open(why, &words("Resource", element.not, version, &element.values))]];
    by_presence(&values, Style::Plain, shape, open, |patterns| Literal::Resource(Texts::of(patterns, element.not)))
}

/// The pattern of a resource: `*` in one of the first five parts of an ARN stays within it. What has fewer parts goes
/// on with `*`, if it `may_be_short`; what is no ARN matches nothing.
fn arn_of_resource(pattern: Pattern, may_be_short: bool) -> Option<Pattern> {
    if pattern.iter().all(|token| matches!(token, Token::Many { .. })) {
        return (!pattern.is_empty()).then_some(pattern);
    }
    let mut parts = parts(&pattern);
    if !is_arn(&parts[0]) || (parts.len() < 6 && !may_be_short) {
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
        let arn = ['a', 'r', 'n'].map(Token::Fold).to_vec();
        let any = vec![Token::Many { within: false }];
        return Some(joined([vec![arn], vec![any; 5]].concat()));
    }
    let parts = parts(&pattern);
    (parts.len() == 6 && is_arn(&parts[0])).then(|| joined(parts))
}

fn is_arn(first: &[Token]) -> bool {
    first == ['a', 'r', 'n'].map(Token::Char)
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
    let unreadable = |why: String| vec![vec![Literal::open(&why, &words_of(entry, version))]];
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
        let empty = match (operator.quantifier, &one) {
            (Some(Quantifier::ForAllValues), _) => Empty::In,
            (Some(Quantifier::ForAnyValue), _) => Empty::Out,
            (None, Values::Texts(texts)) => texts.holds_nothing(),
            (None, Values::Points(points)) => points.unreadable.into(),
        };
        Literal::Key(Arc::clone(&key), Say { missing, empty, one, many })
    };
    let texts = |patterns: bool, style: Style, shape: fn(Pattern) -> Option<Pattern>| {
        let mut values: Vec<Written> = entry.values.iter().map(|text| Written::of(text, version, patterns)).collect();
        for (value, text) in values.iter_mut().zip(&entry.values) {
            let why = match base {
                Base::ArnEquals | Base::ArnLike | Base::ArnNotEquals | Base::ArnNotLike => value.why_no_arn(text),
                _ if style == Style::AnyCase => value.why_not_folded(text),
                _ => None,
            };
            value.unreadable = value.unreadable.take().or(why);
        }
        by_presence(
            &values,
            style,
            shape,
            |why| unreadable(why.to_owned()),
            |patterns| say(Values::Texts(Texts::of(patterns, false))),
        )
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
            _ => {
                return vec![vec![Literal::open(
                    &format!("Null takes true or false, not `{value}`"),
                    &words_of(entry, Version::V2012),
                )]];
            }
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
