//! Snapshots: what was read of an account, in a file that can be judged again and compared.
//!
//! A snapshot is the [`Account`] itself, redacted as it is, with its gaps; it names the rules it was made for, and carries
//! a hash over what it holds. What varies between two runs over the same account, such as request ids, stands apart in it.

mod stored;

use crate::model::{Account, Kind};
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
    read: StoredAccount,
}

#[derive(Deserialize)]
struct Versioned {
    plimsoll_snapshot: u32,
}

impl Snapshot {
    /// The snapshot as JSON, with a newline at the end: the same account gives the same bytes.
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
            sha256: hash(&read, &self.rules_sha256, &self.partition, &self.region)?,
            read,
        };
        Ok(serde_json::to_string(&written)? + "\n")
    }

    /// The snapshot in `text`; `kind` gives the kind of a type name.
    ///
    /// # Errors
    /// Why it is none.
    pub fn parse(text: &str, kind: fn(&str) -> Option<&'static Kind>) -> Result<Self, NoSnapshot> {
        let form = |error: serde_json::Error| NoSnapshot::Form {
            line: error.line(),
            column: error.column(),
            why: error.to_string(),
        };
        let versioned: Versioned = serde_json::from_str(text).map_err(form)?;
        if versioned.plimsoll_snapshot != SNAPSHOT_VERSION {
            return Err(NoSnapshot::Version(versioned.plimsoll_snapshot));
        }
        let written: Written = serde_json::from_str(text).map_err(form)?;
        let found = hash(&written.read, &written.rules_sha256, &written.partition, &written.region).map_err(form)?;
        if found != written.sha256 {
            return Err(NoSnapshot::Changed);
        }
        Ok(Self {
            account: written.read.account(kind).map_err(NoSnapshot::Content)?,
            partition: written.partition,
            region: written.region,
            rules_sha256: written.rules_sha256,
        })
    }
}

/// The hash over all that a snapshot says, each part with its length before it.
fn hash(read: &StoredAccount, rules: &str, partition: &str, region: &str) -> Result<String, serde_json::Error> {
    let mut hash = Sha256::new();
    for part in [serde_json::to_string(read)?.as_str(), rules, partition, region] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
