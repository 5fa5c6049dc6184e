//! What would mend the findings, as text: the commands of the AWS CLI that bring an account to the intention, in an order
//! that works, and those that take them back.
//!
//! Pure: it reads rules and an account, and what comes out is text. Nothing here, and nothing else in Plimsoll, runs a
//! command or writes to AWS.
//!
//! `ideas` knows what could be changed for which rule, `write` how a change is written, and `plan` judges each idea on a
//! copy of the account before it takes it. What a person must decide or do, and what needs something that was not read, is
//! said in words and never written as a command.

mod command;
mod ideas;
mod model;
mod plan;
mod quote;
mod script;
mod want;
mod write;

use crate::model::{Account, Finding, Kind, Verdict};
use crate::rules::{Rules, Whereabouts};
use std::collections::BTreeSet;

pub use command::{Arg, Command};
pub use quote::Unquotable;

/// Which findings are asked about; all that fail, but for remarks, if none is named.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The ids of rules.
    pub rules: BTreeSet<String>,
    /// The ids of findings.
    pub findings: BTreeSet<String>,
}

/// What would mend an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixes {
    /// The account that the commands are for, 12 digits.
    pub account: String,
    /// The partition it is in.
    pub partition: String,
    /// The region of the architecture.
    pub region: String,
    /// The title of the rules file.
    pub title: String,
    /// The rules file, as it was named.
    pub rules: String,
    /// How many findings that fail, or wait for one that does, pass after all commands.
    pub mended: usize,
    /// What is mended, in the order in which the commands work.
    pub fixes: Vec<Fix>,
    /// What a person must mend.
    pub left: Vec<Left>,
    /// What hangs on something that was not read, or shows only once the commands have run.
    pub unknown: Vec<Left>,
}

/// What mends a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The finding.
    pub finding: About,
    /// What is done, in sentences.
    pub what: Vec<String>,
    /// The commands, in their order.
    pub commands: Vec<Command>,
    /// The commands that bring back what was read, in their order.
    pub undo: Vec<Command>,
    /// What they do not bring back, and why.
    pub not_undone: Vec<String>,
    /// Whether the audit says that the finding passes then, and not only that nothing read speaks against it.
    pub proven: bool,
}

/// A finding that no command mends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The finding.
    pub finding: About,
    /// Why, and what to do.
    pub why: String,
    /// What its rule says that would mend it.
    pub advice: Option<String>,
}

/// Which finding something is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Its id.
    pub id: String,
    /// The id of its rule.
    pub rule: String,
    /// The title of its rule.
    pub title: String,
    /// What it is on.
    pub resource: String,
    /// What came out.
    pub verdict: Verdict,
    /// What was found.
    pub found: String,
}

impl About {
    fn of(finding: &Finding) -> Self {
        Self {
            id: finding.id.clone(),
            rule: finding.rule.clone(),
            title: finding.title.clone(),
            resource: finding.resource.clone(),
            verdict: finding.verdict,
            found: finding.found.clone(),
        }
    }
}

impl Fix {
    fn of(finding: &Finding) -> Self {
        Self {
            finding: About::of(finding),
            what: Vec::new(),
            commands: Vec::new(),
            undo: Vec::new(),
            not_undone: Vec::new(),
            proven: false,
        }
    }
}

impl Left {
    fn of(finding: &Finding, why: String) -> Self {
        Self { finding: About::of(finding), why, advice: finding.fix.clone() }
    }
}

/// What would mend the findings of `rules` on `account` that are `asked` about. `kinds` are all there are.
pub fn fix(
    rules: &Rules,
    account: &Account,
    place: &Whereabouts,
    kinds: impl Iterator<Item = &'static Kind>,
    asked: &Asked,
) -> Fixes {
    plan::Planner::new(rules, account, place, kinds.collect()).run(asked)
}
