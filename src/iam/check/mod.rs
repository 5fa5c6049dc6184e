//! What is wrong, doubtful or without effect in one policy document, whoever it is attached to.
//!
//! A [`Finding`] says what was found, where, and what to do. The checks know the language and the catalogue; they know
//! nothing of an account, and do not judge whether a grant is wise: that needs to be told what was intended. What
//! depends on the whole of a document (a statement that never applies, one that adds nothing) is decided by the engine
//! of [`relate`](super::relate), after a filter that costs little.
//!
//! | module | what it looks at |
//! |---|---|
//! | `form` | the document as a whole: version, empty lists, variables, Sids |
//! | `size` | quotas |
//! | `action` | `Action` and `NotAction` |
//! | `resource` | `Resource` and `NotResource`, by themselves |
//! | `fit` | whether the actions and the resources of a statement go together |
//! | `principal` | `Principal` and `NotPrincipal` |
//! | `reference` | references of a template that were not filled in |
//! | `condition` | operators and keys |
//! | `value` | what conditions compare with |
//! | `statement` | statements against each other |

mod action;
mod condition;
mod fit;
mod form;
mod principal;
mod reference;
mod resource;
mod size;
mod statement;
#[cfg(test)]
mod tests;
mod value;

use super::catalogue::Action;
use super::document::{Malformed, Place, Policy, Statement, json_of};

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know; nothing needs to be done.
    Note,
    /// It does not do what it seems to do, or AWS may not know it.
    Warning,
    /// AWS refuses it, or nobody can say what it means.
    Error,
}

/// What kind of policy a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A policy of an identity; whether managed or inline is not known.
    Identity,
    /// A managed policy.
    Managed,
    /// An inline policy of a user.
    OfUser,
    /// An inline policy of a group.
    OfGroup,
    /// An inline policy of a role.
    OfRole,
    /// The trust policy of a role.
    Trust,
    /// The policy of another resource.
    Resource,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// A stable name, such as `action-unknown`.
    pub code: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// The line in the document, from 1.
    pub line: usize,
    /// The statement; `None` if it is the document's.
    pub statement: Option<Place>,
    /// What was found, in a sentence.
    pub message: String,
    /// What to do, in a sentence.
    pub next: String,
}

/// A document, ready to be checked.
#[derive(Debug)]
pub struct Document {
    policy: Policy,
    kind: Kind,
    json: String,
}

impl Severity {
    /// The word for it, such as `warning`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Kind {
    /// What a document is, as far as it tells itself.
    #[must_use]
    pub fn of(policy: &Policy) -> Self {
        let assumes = |action: &String| action.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sts:"));
        let trusts = |statement: &Statement| {
            statement.resource.is_none() && !statement.action.not && statement.action.values.iter().all(assumes)
        };
        if !policy.names_principals() {
            Self::Identity
        } else if policy.statements.iter().all(trusts) {
            Self::Trust
        } else {
            Self::Resource
        }
    }

    /// Whether IAM itself keeps it, with IAM's rules for characters and Sids.
    fn is_of_iam(self) -> bool {
        self != Self::Resource
    }

    /// Whether it is attached to identities, and names no principals.
    fn is_of_identity(self) -> bool {
        !matches!(self, Self::Trust | Self::Resource)
    }
}

impl Document {
    /// Reads a document in any form that AWS stores or returns; `kind`: what it is, where that is known.
    ///
    /// # Errors
    /// As [`Policy::parse`].
    pub fn read(text: &str, kind: Option<Kind>) -> Result<Self, Malformed> {
        let policy = Policy::parse(text)?;
        let kind = kind.unwrap_or_else(|| Kind::of(&policy));
        Ok(Self { kind, json: json_of(text)?.into_owned(), policy })
    }

    /// The same document under a name and, of a managed policy, its version.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>, version: Option<String>) -> Self {
        self.policy = self.policy.named(name, version);
        self
    }

    /// What kind of policy it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The characters that IAM counts: all but white space.
    #[must_use]
    pub fn size(&self) -> usize {
        size::counted(&self.json)
    }

    /// All findings, by line, then by code.
    #[must_use]
    pub fn check(&self) -> Vec<Finding> {
        let mut findings =
            Findings { policy: &self.policy, kind: self.kind, work: WORK, names: NAMES, found: Vec::new() };
        form::check(&mut findings, &self.json);
        size::check(&mut findings, &self.json);
        check_statements(&mut findings);
        findings.found.sort_by(|a, b| (a.line, a.code).cmp(&(b.line, b.code)));
        findings.found
    }
}

fn check_statements(findings: &mut Findings<'_>) {
    for statement in &findings.policy.statements {
        reference::check(findings, statement);
        action::check(findings, statement);
        resource::check(findings, statement);
        fit::check(findings, statement);
        principal::check(findings, statement);
        for entry in &statement.conditions {
            condition::check(findings, statement, entry);
            value::check(findings, statement, entry);
        }
    }
    statement::check(findings);
}

/// What is found of the statements of a policy, by line, then by code; nothing of how its text is written.
#[must_use]
pub fn statements(policy: &Policy, kind: Kind) -> Vec<Finding> {
    let mut findings = Findings { policy, kind, work: WORK, names: NAMES, found: Vec::new() };
    check_statements(&mut findings);
    findings.found.sort_by(|a, b| (a.line, a.code).cmp(&(b.line, b.code)));
    findings.found
}

/// Whether `action` is ever asked about a resource that the value of `Resource` matches. One without resource types is
/// asked about `*` alone; what is no ARN of six parts matches whatever there is, which is left to others to judge.
#[must_use]
pub fn fits(action: Action, resource: &str) -> bool {
    let parts = resource::parts(resource);
    parts.len() != 6 || parts[0] != "arn" || fit::has(action, &parts)
}

/// The characters that IAM counts of a document: all but white space.
///
/// # Errors
/// As [`Policy::parse`] of a text that is no JSON.
pub fn size_of(text: &str) -> Result<usize, Malformed> {
    Ok(size::counted(&json_of(text)?))
}

/// The characters that all inline policies of a user, group or role may have together, or one managed policy may have;
/// `None` for other kinds.
#[must_use]
pub fn most(kind: Kind) -> Option<usize> {
    size::most(kind)
}

/// A finding if inline policies of one user, group or role are too long together: `size` characters, as
/// [`Document::size`] counts them.
#[must_use]
pub fn too_long_together(kind: Kind, size: usize) -> Option<Finding> {
    size::together(kind, size)
}

/// What was found so far.
struct Findings<'p> {
    policy: &'p Policy,
    kind: Kind,
    /// Pairs of an action and a resource that may still be compared.
    work: usize,
    /// Names that a person may have meant, which may still be looked for.
    names: usize,
    found: Vec<Finding>,
}

/// Misspelt names of one document for which a near one is looked for.
const NAMES: usize = 100;

/// Pairs of an action and a resource that are compared in one document: some tenths of a second.
const WORK: usize = 300_000;

impl Findings<'_> {
    /// What a person may have meant, as far as it is looked for.
    fn near<T>(&mut self, look: impl FnOnce() -> Option<T>) -> Option<T> {
        self.names = self.names.checked_sub(1)?;
        look()
    }

    /// Adds one of a statement.
    fn add(
        &mut self,
        code: &'static str,
        severity: Severity,
        statement: &Statement,
        message: impl Into<String>,
        next: impl Into<String>,
    ) {
        self.at(code, severity, statement, statement.line, message, next);
    }

    /// Adds one of a part of a statement, on its own line.
    fn at(
        &mut self,
        code: &'static str,
        severity: Severity,
        statement: &Statement,
        line: usize,
        message: impl Into<String>,
        next: impl Into<String>,
    ) {
        let statement = Some(self.policy.place(statement));
        self.found.push(Finding { code, severity, line, statement, message: message.into(), next: next.into() });
    }

    /// Adds one of the document.
    fn of_document(
        &mut self,
        code: &'static str,
        severity: Severity,
        line: usize,
        message: impl Into<String>,
        next: impl Into<String>,
    ) {
        self.found.push(Finding { code, severity, line, statement: None, message: message.into(), next: next.into() });
    }
}

/// The first items of a list, and how many more there are.
fn some<'t>(items: &[&'t str]) -> String {
    const SHOWN: usize = 4;
    let quoted: Vec<String> = items.iter().take(SHOWN).map(|item: &&'t str| format!("`{item}`")).collect();
    match items.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        Some(more) => format!("{} and {more} more", quoted.join(", ")),
        None => quoted.join(", "),
    }
}
