//! What a report says of an earlier one: what is new since then, what was known, and what is settled.

use super::{Severity, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The earlier report that a report was held against, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BaselineHead {
    /// The file of the earlier report, as it was named.
    pub file: String,
    /// The SHA-256 of that file, in hexadecimal.
    pub sha256: String,
    /// How many findings that fail, are blocked or unknown are new since then.
    pub new: usize,
    /// How many of them were known.
    pub known: usize,
    /// How many of those that were known fail otherwise than they did.
    pub changed: usize,
    /// How many failed then, and pass now.
    pub fixed: usize,
    /// How many failed then, and their rule or resource is no longer there.
    pub gone: usize,
    /// How many failed then, and whether they still do was not read: their resources are in no list that was read.
    pub not_read: usize,
    /// What else sets the two apart, such as other rules: a sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<String>,
    /// The findings of the earlier report that are fixed, gone or not read, in its order.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub settled: Vec<Settled>,
}

/// A finding of an earlier report that no longer fails, or that is no longer there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Settled {
    /// What became of it.
    pub how: How,
    /// Its id.
    pub id: String,
    /// The id of its rule.
    pub rule: String,
    /// Its resource, as a person calls it.
    pub resource: String,
    /// The ARN of the resource, if it was known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub arn: Option<String>,
    /// What it was.
    pub was: Was,
}

/// What became of a finding that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// It passes.
    Fixed,
    /// Its rule or its resource is no longer there, or it no longer applies.
    Gone,
    /// Its resource was in no list that was read, and the lists were not read to their end.
    NotRead,
}

/// Whether a finding is new since an earlier report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Since {
    /// It is.
    New,
    /// The earlier report has it, and no milder.
    Known,
}

/// What a finding was in an earlier report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Was {
    /// What had come out.
    pub verdict: Verdict,
    /// How bad a fail was.
    pub severity: Severity,
    /// The hash over what had been found.
    #[serde(default)]
    pub state: String,
    /// What had been found, in words.
    pub found: String,
}

impl How {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Gone => "gone",
            Self::NotRead => "not-read",
        }
    }
}

impl Since {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Known => "known",
        }
    }
}

impl BaselineHead {
    /// Whether nothing is new, changed or settled.
    pub fn is_quiet(&self) -> bool {
        self.new + self.changed + self.fixed + self.gone == 0
    }

    /// All of it in a line: `3 new, 12 known (1 changed), 2 fixed since report.json`.
    pub fn says(&self) -> String {
        let mut said = vec![format!("{} new", self.new)];
        said.push(match self.changed {
            0 => format!("{} known", self.known),
            n => format!("{} known ({n} changed)", self.known),
        });
        said.push(format!("{} fixed", self.fixed));
        if self.gone > 0 {
            said.push(format!("{} gone", self.gone));
        }
        if self.not_read > 0 {
            said.push(format!("{} not read", self.not_read));
        }
        format!("{} since {}", said.join(", "), self.file)
    }
}
