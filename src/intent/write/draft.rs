//! A rules file in the making: its rules, its expected documents, and what could not be taken over.

use super::facts::Facts;
use super::policy::document;
use super::yaml::Yaml;
use crate::intent::{Left, Wanted};
use std::collections::BTreeSet;

/// How long the id of a rule may be.
const LONGEST: usize = 64;

/// `wanted`, cut so that it has `most` characters at the most.
pub(super) fn short(wanted: &str, most: usize) -> String {
    let cut: String = wanted.chars().take(most).collect();
    cut.trim_end_matches('-').to_owned()
}

/// An expected document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its path below `expected/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// A rule.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) title: String,
    /// What it says: its form, and what stands beside that.
    pub(super) form: Vec<(&'static str, Yaml)>,
    /// Whether a fail of it stops the architecture or opens it.
    pub(super) is_grave: bool,
    pub(super) reason: Option<String>,
    /// What is said of it in a comment.
    pub(super) notes: Vec<String>,
}

/// What is being written.
pub(super) struct Draft<'a> {
    pub(super) facts: Facts<'a>,
    /// The folder of the documents below `expected/`.
    pub(super) folder: String,
    pub(super) documents: Vec<Document>,
    pub(super) left: Vec<Left>,
    ids: BTreeSet<String>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(facts: Facts<'a>, folder: &str) -> Self {
        let ids = facts.intent.resources.iter().map(|resource| format!("{}-exists", resource.key)).collect();
        let left = facts.intent.left.clone();
        Self { facts, folder: folder.to_owned(), documents: Vec::new(), left, ids }
    }

    /// An id like `wanted` that no other rule has.
    pub(super) fn id(&mut self, wanted: &str) -> String {
        let mut id = short(wanted, LONGEST);
        let mut number = 2;
        while !self.ids.insert(id.clone()) {
            id = format!("{}-{number}", short(wanted, LONGEST - 4));
            number += 1;
        }
        id
    }

    /// Notes that `what` was not taken over.
    pub(super) fn leave(&mut self, what: impl Into<String>, why: impl Into<String>) {
        let left = Left { what: what.into(), why: why.into() };
        if !self.left.contains(&left) {
            self.left.push(left);
        }
    }

    /// Keeps a document under a name like `wanted`, and gives its path as rules write it; none, with a note, if it
    /// cannot be written.
    pub(super) fn keep(&mut self, wanted: &str, what: &str, policy: &Wanted) -> Option<String> {
        match document(policy) {
            Ok(text) => Some(self.keep_text(wanted, text)),
            Err(why) => {
                self.leave(what, why);
                None
            }
        }
    }

    fn keep_text(&mut self, wanted: &str, text: String) -> String {
        if let Some(same) = self.documents.iter().find(|document| document.text == text) {
            return same.path.clone();
        }
        let mut path = format!("{}/{wanted}.json", self.folder);
        let mut number = 2;
        while self.documents.iter().any(|document| document.path.eq_ignore_ascii_case(&path)) {
            path = format!("{}/{wanted}-{number}.json", self.folder);
            number += 1;
        }
        self.documents.push(Document { path: path.clone(), text });
        path
    }
}
