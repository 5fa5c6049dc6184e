//! What a piece of a template comes to.

use crate::intent::{Piece, Wanted};
use crate::rules::Span;

/// A piece of a template, worked out as far as the template tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    /// Where it is written.
    pub(super) span: Span,
    /// What it is.
    pub(super) what: What,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// A text, perhaps with references.
    Text {
        /// Its pieces.
        pieces: Vec<Piece>,
        /// Whether it was written without quotes, and so may be a number or a yes or no.
        plain: bool,
    },
    /// A list.
    List(Vec<Value>),
    /// A map, in the order of the template.
    Map(Vec<(String, Value)>),
    /// Nothing: `AWS::NoValue`.
    Nothing,
    /// What cannot be told, with the reason.
    Unknown(String),
}

impl Value {
    /// A text of one piece of text.
    pub(super) fn literal(span: &Span, text: impl Into<String>) -> Self {
        Self::pieces(span, vec![Piece::Text(text.into())])
    }

    /// A text of these pieces.
    pub(super) fn pieces(span: &Span, pieces: Vec<Piece>) -> Self {
        Self { span: span.clone(), what: What::Text { pieces: joined(pieces), plain: false } }
    }

    /// What stands in a map under `key`; nothing if there is no such thing.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match &self.what {
            What::Map(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The pieces of a text.
    pub(super) fn as_pieces(&self) -> Option<&[Piece]> {
        match &self.what {
            What::Text { pieces, .. } => Some(pieces),
            _ => None,
        }
    }

    /// The reason why it, or a part of it, cannot be told.
    pub(super) fn unknown(&self) -> Option<&str> {
        match &self.what {
            What::Unknown(why) => Some(why),
            What::List(items) => items.iter().find_map(Self::unknown),
            What::Map(entries) => entries.iter().find_map(|(_, value)| value.unknown()),
            _ => None,
        }
    }

    /// It as a part of a policy document, where a number is as good as the text of it.
    pub(super) fn untyped(&self) -> Option<Wanted> {
        Some(match &self.what {
            What::Nothing => return None,
            What::Unknown(why) => Wanted::Unknown(why.clone()),
            What::List(items) => Wanted::List(items.iter().filter_map(Self::untyped).collect()),
            What::Map(entries) => {
                Wanted::Map(entries.iter().filter_map(|(key, value)| Some((key.clone(), value.untyped()?))).collect())
            }
            What::Text { pieces, plain: true } => match pieces.as_slice() {
                [Piece::Text(text)] => match text.as_str() {
                    "true" => Wanted::Bool(true),
                    "false" => Wanted::Bool(false),
                    "" | "~" | "null" | "Null" | "NULL" => return None,
                    _ => Wanted::Text(pieces.clone()),
                },
                _ => Wanted::Text(pieces.clone()),
            },
            What::Text { pieces, .. } => Wanted::Text(pieces.clone()),
        })
    }
}

/// `pieces` with neighbouring texts made one and empty ones left out.
pub(super) fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut all: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (all.last_mut(), piece) {
            (_, Piece::Text(text)) if text.is_empty() => {}
            (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
            (_, piece) => all.push(piece),
        }
    }
    all
}

/// The one reference that `pieces` are, if they are nothing else.
pub(super) fn only_reference(pieces: &[Piece]) -> Option<&str> {
    match pieces {
        [Piece::Reference(reference)] => Some(reference),
        _ => None,
    }
}

/// The text that `pieces` are, if they have no references.
pub(super) fn only_text(pieces: &[Piece]) -> Option<&str> {
    match pieces {
        [] => Some(""),
        [Piece::Text(text)] => Some(text),
        _ => None,
    }
}
