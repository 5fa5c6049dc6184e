//! Expected documents: policies that rules refer to, with references in them that are bound when the account is known.

use super::template::{Piece, Reference, Template};
use crate::iam::{Malformed, Policy};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// A policy document that a rule refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The file, as the rule writes it.
    pub written: String,
    /// The file, as a person would name it.
    pub file: String,
    /// The JSON text, with its references.
    text: Arc<Template>,
    /// The references in it, each once: a document may have many thousands.
    references: Arc<BTreeSet<Reference>>,
}

impl Expected {
    pub(super) fn new(file: &str, text: Template) -> Self {
        let references = text.references().cloned().collect();
        Self { written: file.to_owned(), file: file.to_owned(), text: Arc::new(text), references: Arc::new(references) }
    }

    /// The same document, as another rule writes its path.
    pub(super) fn written_as(self, written: &str) -> Self {
        Self { written: written.to_owned(), ..self }
    }

    /// The same document with each reference replaced by what `bind` gives for it; the first thing it refuses ends it.
    ///
    /// What is bound stands for itself: where it holds what means more to IAM (`*`, `?`, `${`), that is written as IAM
    /// writes the characters themselves (`${*}`, `${?}`, `${$}`).
    pub fn bind<E>(&self, bind: &mut impl FnMut(&Reference) -> Result<String, E>) -> Result<Self, E> {
        let mut text = String::new();
        for piece in &self.text.0 {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Given(value) => text.push_str(&literal(value)),
                Piece::Reference(reference) => text.push_str(&literal(&bind(reference)?)),
            }
        }
        Ok(Self { text: Arc::new(Template::literal(&text)), references: Arc::default(), ..self.clone() })
    }

    /// Calls `found` for each reference in it, once.
    pub fn each_reference<'a>(&'a self, found: &mut impl FnMut(&'a Reference)) {
        self.references.iter().for_each(found);
    }

    /// The policy, of which all references must be bound.
    ///
    /// # Errors
    /// If the text is no policy document. The loader has refused those, whatever is bound in them.
    pub fn policy(&self) -> Result<Policy, Malformed> {
        Ok(Policy::parse(&self.text.to_string())?.named(&self.written, None))
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// Whether IAM reads more than the characters themselves in `value`.
pub(super) fn means_more(value: &str) -> bool {
    value.contains(['*', '?']) || value.contains("${")
}

/// `value` as it stands inside a JSON string of a policy document, meaning nothing but its own characters.
fn literal(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    let mut characters = value.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '*' => escaped.push_str("${*}"),
            '?' => escaped.push_str("${?}"),
            '$' if characters.peek() == Some(&'{') => escaped.push_str("${$}"),
            c => escaped.push(c),
        }
    }
    let quoted = serde_json::Value::String(escaped).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(text: &str, value: &str) -> Expected {
        let template = Template(vec![
            Piece::Text(format!(
                r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"sqs:*","Resource":"{text}"#
            )),
            Piece::Reference(Reference::AccountId),
            Piece::Text("\"}}".to_owned()),
        ]);
        let expected = Expected::new("expected/x.json", template);
        let bound: Result<_, std::convert::Infallible> = expected.bind(&mut |_| Ok(value.to_owned()));
        bound.unwrap_or_else(|never| match never {})
    }

    fn resource(expected: &Expected) -> String {
        let policy = expected.policy().expect("a policy document");
        policy.statements[0].resource.as_ref().expect("a resource").values.join(", ")
    }

    #[test]
    fn what_is_bound_stands_for_itself() {
        assert_eq!(resource(&bound("arn:*:", "123456789012")), "arn:*:123456789012");
        assert_eq!(resource(&bound("", "a*b?c${aws:username}d$e")), "a${*}b${?}c${$}{aws:username}d$e");
        assert_eq!(resource(&bound("", "\"], \"NotAction\": \"\\\n")), "\"], \"NotAction\": \"\\\n");
    }
}
