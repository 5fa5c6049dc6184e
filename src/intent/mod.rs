//! What somebody intends an architecture to be, wherever they wrote it down: a template, or an account that is as it
//! should be. Rules are written from it.
//!
//! Resources are told in the terms of the kinds, as reading the account that is meant would tell them: a
//! `AWS::SQS::QueuePolicy` of a template is the `Policy` of its queue, a `AWS::Lambda::Permission` a statement of the
//! policy of its function, and the chain of `AWS::ApiGateway::Resource` the `ResourcePath` of a method.

pub mod golden;
pub mod template;
mod write;

pub use write::{Document, Written, write};

use std::collections::BTreeMap;

/// What an architecture is meant to be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Intent {
    /// What it is called.
    pub title: String,
    /// What it is for.
    pub about: Option<String>,
    /// What is given to it from outside.
    pub parameters: Vec<Parameter>,
    /// Its resources, in the order in which they were written.
    pub resources: Vec<Intended>,
    /// What could not be taken over.
    pub left: Vec<Left>,
}

/// Something that is given from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, as references say it.
    pub name: String,
    /// What it is for.
    pub about: Option<String>,
    /// The value where none is given.
    pub default: Option<String>,
}

/// A resource as it is meant to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intended {
    /// What it is called in references: unlike all others, in lower case with hyphens.
    pub key: String,
    /// Its type, as CloudFormation names it: that of a kind.
    pub type_name: String,
    /// Its physical name, if it is meant to have one of its own; without it, it is found by `select`.
    pub name: Option<Vec<Piece>>,
    /// The resource that it hangs on, by its key.
    pub of: Option<String>,
    /// What it is found by where it has no name: fields of its kind.
    pub select: Vec<(String, Wanted)>,
    /// What it is meant to be like: fields of its kind.
    pub properties: BTreeMap<String, Wanted>,
    /// Where it is written, such as `OrdersQueue, line 12`.
    pub origin: String,
}

/// A value as it is meant to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A yes or no.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A text, perhaps with references.
    Text(Vec<Piece>),
    /// A text of which only a pattern is known: `*` stands for whatever AWS chose.
    Like(Vec<Piece>),
    /// Items; whether their order counts, the field's shape says.
    List(Vec<Self>),
    /// Values under names. A policy document is one of these, where the field's shape says so.
    Map(BTreeMap<String, Self>),
    /// Something that could not be worked out, with the reason in words.
    Unknown(String),
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text that stands for itself.
    Text(String),
    /// What stands between `${` and `}` in rules: a key, `key.Attribute`, a parameter, or `AWS::Region` and the like.
    Reference(String),
}

/// Something that was written and could not be taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// What, such as `BucketNotification (AWS::S3::Bucket), line 40`.
    pub what: String,
    /// Why not.
    pub why: String,
}
