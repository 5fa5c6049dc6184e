//! A report that was saved as JSON, read again. It may come from anywhere: what contradicts itself is refused.

use crate::model::{Counts, Report, Verdict};
use serde::Deserialize;
use std::fmt;

/// The version of the format that this reads.
const VERSION: u32 = 1;

/// Why a text is no report that can be rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// It is no JSON, or not the JSON of a report.
    Broken {
        /// Where, counted from 1.
        line: usize,
        /// Where, counted from 1.
        column: usize,
        /// What is wrong there.
        why: String,
    },
    /// It has a version that this cannot read.
    Version {
        /// The version of the format.
        version: u64,
        /// The version of Plimsoll that wrote it, if it says so.
        tool: Option<String>,
    },
    /// It says two things that cannot both be.
    Contradiction(&'static str),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken { line, column, why } => write!(f, "line {line}, column {column}: {why}"),
            Self::Version { version, tool } => {
                write!(f, "it is a report of version {version}")?;
                if let Some(tool) = tool {
                    write!(f, ", written by Plimsoll {tool}")?;
                }
                write!(f, "; this Plimsoll reads version {VERSION}")
            }
            Self::Contradiction(what) => f.write_str(what),
        }
    }
}

/// The report that `text` holds: the JSON that the format `json` writes.
///
/// # Errors
/// Why it is none.
pub fn read(text: &str) -> Result<Report, Unreadable> {
    #[derive(Deserialize)]
    struct Head {
        version: u64,
        tool: Option<String>,
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // The version comes first: a later one may say everything else in another way.
    let head: Head = serde_json::from_str(text).map_err(broken)?;
    if head.version != u64::from(VERSION) {
        return Err(Unreadable::Version { version: head.version, tool: head.tool });
    }
    let report: Report = serde_json::from_str(text).map_err(broken)?;
    let mut counts = Counts::default();
    report.findings.iter().for_each(|finding| counts.add(finding.verdict));
    if counts != report.counts {
        return Err(Unreadable::Contradiction("`counts` does not say how many findings have each verdict"));
    }
    if report.complete != (counts.of(Verdict::Unknown) == 0) {
        return Err(Unreadable::Contradiction("`complete` does not say whether a finding is unknown"));
    }
    Ok(report)
}

fn broken(error: serde_json::Error) -> Unreadable {
    let whole = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let why = whole.strip_suffix(&place).unwrap_or(&whole).to_owned();
    Unreadable::Broken { line: error.line(), column: error.column(), why }
}
