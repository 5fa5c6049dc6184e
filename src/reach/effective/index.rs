//! The statements that speak of one action, by the resources they cover: found once for all resources.

use super::holder::{Document, Holder};
use crate::iam::{Effect, Statement, evaluate};
use std::collections::HashMap;

/// A statement that speaks of the action and covers the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Hit {
    pub(super) document: u32,
    pub(super) statement: u16,
    /// Whether it applies whatever the context: no variable of its resource and no condition has a say.
    pub(super) plain: bool,
    pub(super) denies: bool,
}

/// The statements that speak of one action.
pub(super) struct Index {
    /// By document, in order: its statements.
    speaking: Vec<(u32, Vec<u16>)>,
    /// By a resource that is written out, in lower case; that the case is right is seen to after.
    exact: HashMap<String, Vec<(u32, u16)>>,
    /// Those with wildcards, variables, or `NotResource`.
    others: Vec<(u32, u16)>,
}

impl Index {
    pub(super) fn of(documents: &[Document], action: &str) -> Self {
        let mut index = Self { speaking: Vec::new(), exact: HashMap::new(), others: Vec::new() };
        for (at, document) in (0..).zip(documents) {
            let mut speaking = Vec::new();
            for (statement, of) in (0..).zip(&document.policy.statements) {
                if evaluate::speaks_of(of, action) {
                    speaking.push(statement);
                    index.add(at, statement, of);
                }
            }
            if !speaking.is_empty() {
                index.speaking.push((at, speaking));
            }
        }
        index
    }

    fn add(&mut self, document: u32, statement: u16, of: &Statement) {
        let exact = of
            .resource
            .as_ref()
            .filter(|resource| !resource.not && resource.values.iter().all(|value| !value.contains(['*', '?', '$'])));
        match exact {
            Some(resource) => {
                for value in &resource.values {
                    self.exact.entry(value.to_ascii_lowercase()).or_default().push((document, statement));
                }
            }
            None => self.others.push((document, statement)),
        }
    }

    /// The statements that cover `resource` or may, in order.
    pub(super) fn hits(&self, documents: &[Document], resource: &str) -> Vec<Hit> {
        let exact = self.exact.get(&resource.to_ascii_lowercase()).into_iter().flatten();
        let hit = |(document, statement): &(u32, u16)| hit(documents, *document, *statement, resource);
        let mut hits: Vec<Hit> = exact.chain(&self.others).filter_map(hit).collect();
        hits.sort_unstable();
        hits.dedup();
        hits
    }

    /// Of them those that stand in a document of `holder`.
    pub(super) fn hits_of(&self, documents: &[Document], holder: &Holder<'_>, resource: &str) -> Vec<Hit> {
        let mut hits = Vec::new();
        for document in holder.documents() {
            if let Ok(at) = self.speaking.binary_search_by_key(&document, |(document, _)| *document) {
                let of = self.speaking[at].1.iter();
                hits.extend(of.filter_map(|statement| hit(documents, document, *statement, resource)));
            }
        }
        hits
    }
}

fn hit(documents: &[Document], document: u32, statement: u16, resource: &str) -> Option<Hit> {
    let policy = &documents[document as usize].policy;
    let of = &policy.statements[usize::from(statement)];
    let covers = evaluate::covers(policy, of, resource);
    let plain = covers == Some(true) && of.conditions.is_empty();
    let hit = Hit { document, statement, plain, denies: of.effect == Effect::Deny };
    (covers != Some(false)).then_some(hit)
}
