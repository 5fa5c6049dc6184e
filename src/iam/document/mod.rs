//! Policy documents: what was written, in every form that AWS stores or returns, and where each statement stands.
//!
//! A [`Policy`] keeps the words of the document: patterns, operators and values are text here, and what they mean is
//! said by [`evaluate`](super::evaluate) and [`relate`](super::relate), each for itself. Reading is tolerant of form
//! (a scalar for a list, one statement for a list of them, numbers and booleans, percent-encoding, JSON inside a JSON
//! string) and strict about meaning: what could be read in two ways, such as a key that is written twice, is an error
//! and never a guess. What AWS would refuse to store today but stored once is kept and noted as an [`Oddity`].

mod json;
mod operator;
mod read;
mod write;

use std::fmt;
use std::sync::Arc;

pub use operator::{Base, Operator, Quantifier};

/// A policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// What the policy is called, for those who must find it.
    pub origin: Arc<Origin>,
    /// The language version, which decides about variables.
    pub version: Version,
    /// The element `Id`.
    pub id: Option<String>,
    /// The statements in their order.
    pub statements: Vec<Statement>,
    /// What is unusual about how it is written.
    pub oddities: Vec<Oddity>,
}

/// Which policy a document is.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// A name, an ARN or a file; empty if there is none.
    pub name: String,
    /// The version of a managed policy, such as `v3`.
    pub version: Option<String>,
}

/// The version of the policy language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `2008-10-17`, also when the element is missing: `${…}` is plain text.
    V2008,
    /// `2012-10-17`: policy variables are filled in.
    V2012,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Position in the document, from 0.
    pub index: usize,
    /// The line it begins on, from 1.
    pub line: usize,
    /// The element `Sid`.
    pub sid: Option<String>,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// `Principal` or `NotPrincipal`; `None` in policies of identities.
    pub principal: Option<Element<PrincipalName>>,
    /// `Action` or `NotAction`.
    pub action: Element<String>,
    /// `Resource` or `NotResource`; `None` in trust policies, and means the resource that carries the policy.
    pub resource: Option<Element<String>>,
    /// The entries of `Condition`: all of them must hold.
    pub conditions: Vec<Condition>,
}

/// The element `Effect`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// `Allow`
    Allow,
    /// `Deny`
    Deny,
}

impl Effect {
    /// As it is written.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

/// An element that lists what it covers or, as `Not…`, what it leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element<T> {
    /// `NotAction`, `NotResource` or `NotPrincipal`: everything but the union of the values.
    pub not: bool,
    /// The values as written, in their order.
    pub values: Vec<T>,
}

/// One value of `Principal`, with the type it stands under.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalName {
    /// `"Principal": "*"`
    Everyone,
    /// Under `AWS`: an account id, an ARN, `*`, or the unique id of a principal that was deleted.
    Aws(String),
    /// Under `Service`
    Service(String),
    /// Under `Federated`
    Federated(String),
    /// Under `CanonicalUser`
    CanonicalUser(String),
}

impl PrincipalName {
    /// The unique id that AWS puts in place of the ARN of a principal once it was deleted. It means nobody, nor a new
    /// principal of the same name.
    pub fn deleted(&self) -> Option<&str> {
        let Self::Aws(name) = self else { return None };
        let is_unique_id = name.len() > 16
            && ["AIDA", "AROA", "AGPA", "AIPA"].iter().any(|start| name.starts_with(start))
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_unique_id.then_some(name)
    }
}

/// One entry of `Condition`: an operator on one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The operator; `Err` keeps the text of one that AWS does not have.
    pub operator: Result<Operator, String>,
    /// The condition key as written. Keys compare without regard to case.
    pub key: String,
    /// The values as written: numbers and booleans as their JSON text.
    pub values: Vec<String>,
    /// The line of the key, from 1.
    pub line: usize,
}

/// Something about a document that a reader should know: AWS would refuse it today, or reads it in a way that few expect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    /// The line, from 1.
    pub line: usize,
    /// A stable word for the kind of oddity, such as `duplicate-sid`.
    pub code: &'static str,
    /// A sentence.
    pub message: String,
}

/// A document that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct Malformed {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what was wanted.
    pub message: String,
}

/// The longest text that is read, in bytes: many times what any service stores.
pub const LONGEST: usize = 1 << 20;

/// The JSON text of a document in any form that [`Policy::parse`] reads: percent-encoding, and a JSON string around it,
/// taken off.
///
/// # Errors
/// [`Malformed`] if that cannot be done, or the text is longer than [`LONGEST`].
pub fn json_of(text: &str) -> Result<std::borrow::Cow<'_, str>, Malformed> {
    read::plain(text)
}

impl Policy {
    /// Reads a document in any form that AWS stores or returns.
    ///
    /// # Errors
    /// [`Malformed`] with the line if the text is longer than [`LONGEST`], is not JSON, or has no single meaning.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        read::policy(text)
    }

    /// The same document under a name (an ARN, a name, a file) and, of a managed policy, its version.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>, version: Option<String>) -> Self {
        self.origin = Arc::new(Origin { name: name.into(), version });
        self
    }

    /// Whether any statement has `Principal` or `NotPrincipal`, as only policies of resources have.
    #[must_use]
    pub fn names_principals(&self) -> bool {
        self.statements.iter().any(|statement| statement.principal.is_some())
    }

    /// Whether any statement has the effect Allow.
    #[must_use]
    pub fn allows(&self) -> bool {
        self.statements.iter().any(|statement| statement.effect == Effect::Allow)
    }

    /// Where a statement of this policy stands.
    #[must_use]
    pub fn place(&self, statement: &Statement) -> Place {
        Place {
            origin: Arc::clone(&self.origin),
            sid: statement.sid.clone(),
            index: statement.index,
            line: statement.line,
        }
    }
}

/// Where a statement stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The policy.
    pub origin: Arc<Origin>,
    /// Its position in the policy, from 0.
    pub index: usize,
    /// Its `Sid`.
    pub sid: Option<String>,
    /// The line it begins on, from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    /// `statement "Open" of POC-Queue`, or `statement 2 of …` (from 1) if it has no Sid.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sid {
            Some(sid) => write!(f, "statement \"{sid}\"")?,
            None => write!(f, "statement {}", self.index + 1)?,
        }
        if !self.origin.name.is_empty() {
            write!(f, " of {}", self.origin.name)?;
        }
        if let Some(version) = &self.origin.version {
            write!(f, " ({version})")?;
        }
        Ok(())
    }
}
