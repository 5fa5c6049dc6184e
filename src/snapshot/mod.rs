//! Snapshots: what was read of an account, in a file that can be judged again and compared.
//!
//! A snapshot is the [`Account`] itself, redacted as it is, with its gaps; it names the rules it was made for, and carries
//! a hash over what it holds. What varies between two runs over the same account, such as request ids, stands apart in it.

mod laid_out;
mod needed;
mod stored;

use crate::model::{Account, Kind};
pub use needed::Whole;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use stored::StoredAccount;

/// The version of the format. It counts up when a field changes its meaning or goes.
pub const SNAPSHOT_VERSION: u32 = 1;

/// What was read of an account, and for which rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// What was read.
    pub account: Account,
    /// The partition that the account is in.
    pub partition: String,
    /// The region that the rules were about.
    pub region: String,
    /// The SHA-256 of the rules that said what was read, in hexadecimal.
    pub rules_sha256: String,
    /// Of what every one was asked for, and not only some by name.
    pub whole: Whole,
}

/// Why a text is no snapshot.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NoSnapshot {
    /// It is not of the form of one.
    #[error("line {line}, column {column}: {why}")]
    Form {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
        /// What was wrong there.
        why: String,
    },
    /// It is of another version.
    #[error("it is of version {0} of the format, and this Plimsoll reads version {SNAPSHOT_VERSION}")]
    Version(u32),
    /// It is JSON that does not begin as one does.
    #[error("it is JSON, and not a snapshot: it has no `plimsoll_snapshot`")]
    Other,
    /// It is not what was written.
    #[error("its hash is not that of what it holds: somebody changed it")]
    Changed,
    /// It holds what no account can.
    #[error("{0}")]
    Content(String),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    plimsoll_snapshot: u32,
    tool: String,
    rules_sha256: String,
    partition: String,
    region: String,
    sha256: String,
    whole: Whole,
    read: StoredAccount,
}

#[derive(Deserialize)]
struct Versioned {
    plimsoll_snapshot: Option<u32>,
}

impl Snapshot {
    /// The snapshot as JSON, with a newline at the end: the same account gives the same bytes. Each property of a resource
    /// stands on a line of its own.
    ///
    /// # Errors
    /// If it cannot be written as JSON, which is not to be expected.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let read = StoredAccount::from(&self.account);
        let written = Written {
            plimsoll_snapshot: SNAPSHOT_VERSION,
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            rules_sha256: self.rules_sha256.clone(),
            partition: self.partition.clone(),
            region: self.region.clone(),
            sha256: hash(&read, [&self.rules_sha256, &self.partition, &self.region].map(String::as_str), &self.whole)?,
            whole: self.whole.clone(),
            read,
        };
        Ok(laid_out::text(&written)? + "\n")
    }

    /// The snapshot in `text`; `kind` gives the kind of a type name.
    ///
    /// # Errors
    /// Why it is none.
    pub fn parse(text: &str, kind: fn(&str) -> Option<&'static Kind>) -> Result<Self, NoSnapshot> {
        let form = |error: serde_json::Error| {
            let (line, column) = (error.line(), error.column());
            let why = error.to_string();
            let place = format!(" at line {line} column {column}");
            NoSnapshot::Form { line, column, why: why.strip_suffix(&place).unwrap_or(&why).to_owned() }
        };
        let versioned: Versioned = serde_json::from_str(text).map_err(form)?;
        match versioned.plimsoll_snapshot {
            None => return Err(NoSnapshot::Other),
            Some(SNAPSHOT_VERSION) => {}
            Some(other) => return Err(NoSnapshot::Version(other)),
        }
        let written: Written = serde_json::from_str(text).map_err(form)?;
        let named = [&written.rules_sha256, &written.partition, &written.region].map(String::as_str);
        let found = hash(&written.read, named, &written.whole).map_err(form)?;
        if found != written.sha256 {
            return Err(NoSnapshot::Changed);
        }
        Ok(Self {
            account: written.read.account(kind).map_err(NoSnapshot::Content)?,
            partition: written.partition,
            region: written.region,
            rules_sha256: written.rules_sha256,
            whole: written.whole,
        })
    }
}

/// The hash over all that a snapshot says, each part with its length before it.
fn hash(read: &StoredAccount, named: [&str; 3], whole: &Whole) -> Result<String, serde_json::Error> {
    let mut hash = Sha256::new();
    let (read, whole) = (serde_json::to_string(read)?, serde_json::to_string(whole)?);
    for part in [read.as_str(), whole.as_str()].into_iter().chain(named) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
