//! JSON as it was written: every key, duplicates included, with the line each value begins on.
//!
//! serde_json does the reading; what is kept beside it is where a value stands and what a map would lose.

use std::fmt;

use serde::Deserializer as _;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::Malformed;

/// Deeper than any policy that AWS stores; a document is read level by level, so this also bounds the work.
const DEEPEST: usize = 32;

/// One JSON value and the line (from 1) it begins on.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) value: Json,
}

/// The kinds of JSON value; a number keeps its text.
#[derive(Debug, Clone)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    /// Reads a whole text.
    pub(super) fn read(text: &str) -> Result<Self, Malformed> {
        let raw: &RawValue = serde_json::from_str(text).map_err(|error| of_serde(&error, 1))?;
        let mut lines = Lines::new(text);
        node(raw, &mut lines, DEEPEST)
    }

    /// What the value is, in the words of JSON.
    pub(super) fn noun(&self) -> &'static str {
        match self.value {
            Json::Null => "null",
            Json::Bool(_) => "a boolean",
            Json::Number(_) => "a number",
            Json::Text(_) => "a string",
            Json::List(_) => "a list",
            Json::Map(_) => "an object",
        }
    }
}

fn of_serde(error: &serde_json::Error, first_line: usize) -> Malformed {
    let said = error.to_string();
    // serde_json ends its sentence with the place, which we say ourselves.
    let message = said.rsplit_once(" at line ").map_or(said.as_str(), |(message, _)| message).to_owned();
    Malformed { line: first_line + error.line().saturating_sub(1), message: format!("this is not JSON: {message}") }
}

/// Tells the line of a piece of the text; pieces are asked for in the order in which they stand.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// The line that `piece`, a part of the text, begins on.
    fn of(&mut self, piece: &str) -> usize {
        let offset = (piece.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        if let Some(between) = self.text.as_bytes().get(self.at..offset) {
            self.line += between.iter().filter(|byte| **byte == b'\n').count();
            self.at = offset;
        }
        self.line
    }
}

fn node(raw: &RawValue, lines: &mut Lines<'_>, depth: usize) -> Result<Node, Malformed> {
    let text = raw.get();
    let line = lines.of(text);
    let Some(depth) = depth.checked_sub(1) else {
        return Err(Malformed { line, message: format!("the document is nested more than {DEEPEST} levels deep") });
    };
    let wrong = |error: serde_json::Error| of_serde(&error, line);
    let value = match text.as_bytes().first() {
        Some(b'{') => {
            let pairs = serde_json::Deserializer::from_str(text).deserialize_map(Pairs).map_err(wrong)?;
            let read = |(key, value): (String, &RawValue)| Ok((key, node(value, lines, depth)?));
            Json::Map(pairs.into_iter().map(read).collect::<Result<_, _>>()?)
        }
        Some(b'[') => {
            let items = serde_json::Deserializer::from_str(text).deserialize_seq(Items).map_err(wrong)?;
            Json::List(items.into_iter().map(|item| node(item, lines, depth)).collect::<Result<_, _>>()?)
        }
        Some(b'"') => Json::Text(serde_json::from_str(text).map_err(wrong)?),
        Some(b't') => Json::Bool(true),
        Some(b'f') => Json::Bool(false),
        Some(b'n') => Json::Null,
        _ => Json::Number(text.to_owned()),
    };
    Ok(Node { line, value })
}

/// All pairs of an object in their order, duplicates included.
struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some((key, value)) = map.next_entry::<String, &RawValue>()? {
            pairs.push((key, value));
        }
        Ok(pairs)
    }
}

struct Items;

impl<'de> Visitor<'de> for Items {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(items)
    }
}
