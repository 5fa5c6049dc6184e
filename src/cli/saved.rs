//! What Plimsoll saved, read again. What a file is, its content tells.

use super::{Failure, bounded};
use crate::model::Report;
use crate::report::{Unreadable, read};
use crate::services;
use crate::snapshot::{NoSnapshot, Snapshot};
use serde::Deserialize;
use serde::de::IgnoredAny;
use sha2::{Digest as _, Sha256};
use std::path::Path;

/// The largest file that is read, in bytes, once it is unpacked.
const LARGEST: u64 = 256 << 20;

/// A file that Plimsoll wrote.
pub(super) enum Saved {
    /// What was read of an account.
    Snapshot(Box<Snapshot>),
    /// What was found.
    Report(Box<Report>),
}

/// What the first look at a file tells.
#[derive(Deserialize)]
struct Peek {
    plimsoll_snapshot: Option<IgnoredAny>,
    plimsoll_recording: Option<IgnoredAny>,
    findings: Option<IgnoredAny>,
}

impl Saved {
    /// What the file `path` holds: a snapshot or a report as JSON.
    pub(super) fn load(path: &Path) -> Result<Self, Failure> {
        const HINT: &str = "name a file that `plimsoll snapshot` wrote, or the JSON of a report";
        let text = bounded::read_text(path, LARGEST, HINT)?;
        let file = path.display();
        // A snapshot says so before all else, and is large.
        let head: String = text.chars().take(64).collect();
        if head.contains("\"plimsoll_snapshot\"") {
            return parsed(path, &text).map(Self::Snapshot);
        }
        let peek: Peek = serde_json::from_str(&text).map_err(|error| {
            Failure::usage(
                format!("{file}:{}:{}: it is not the JSON of a snapshot or a report", error.line(), error.column()),
                HINT,
            )
        })?;
        match peek {
            Peek { plimsoll_snapshot: Some(_), .. } => parsed(path, &text).map(Self::Snapshot),
            Peek { findings: Some(_), .. } => parsed_report(path, &text).map(Self::Report),
            Peek { plimsoll_recording: Some(_), .. } => Err(Failure::usage(
                format!("{file}: it is a recording"),
                format!("make a snapshot of it: plimsoll snapshot RULES --replay {file} --output FILE"),
            )),
            _ => Err(Failure::usage(format!("{file}: it is JSON, and neither a snapshot nor a report"), HINT)),
        }
    }
}

/// The report in the file `path`, and the SHA-256 of the file in hexadecimal. `hint` says what to do where there is none.
pub(super) fn report(path: &Path, hint: &str) -> Result<(Report, String), Failure> {
    let bytes = bounded::read_file(path, LARGEST, hint)?;
    let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let text =
        String::from_utf8(bytes).map_err(|_| Failure::usage(format!("{}: it is not UTF-8", path.display()), hint))?;
    Ok((*parsed_report(path, &text)?, sha256))
}

/// The snapshot in the file `path`.
pub(in crate::cli) fn snapshot(path: &Path) -> Result<Box<Snapshot>, Failure> {
    parsed(path, &bounded::read_text(path, LARGEST, "name a file that `plimsoll snapshot` wrote")?)
}

fn parsed(path: &Path, text: &str) -> Result<Box<Snapshot>, Failure> {
    Snapshot::parse(text, services::kind).map(Box::new).map_err(|why| wrong(path, &why))
}

/// What to say of a file that holds no snapshot.
fn wrong(path: &Path, why: &NoSnapshot) -> Failure {
    let hint = match why {
        NoSnapshot::Version(_) => "make the snapshot again, or use the Plimsoll that wrote it",
        NoSnapshot::Changed => "make the snapshot again: what somebody wrote by hand proves nothing",
        NoSnapshot::Content(_) => "use the Plimsoll that wrote it, or one as new",
        NoSnapshot::Form { .. } | NoSnapshot::Other => "name a file that `plimsoll snapshot` wrote",
    };
    let place = match why {
        NoSnapshot::Form { line, column, why } => format!("{}:{line}:{column}: {why}", path.display()),
        other => format!("{}: {other}", path.display()),
    };
    Failure::usage(place, hint)
}

fn parsed_report(path: &Path, text: &str) -> Result<Box<Report>, Failure> {
    read(text).map(Box::new).map_err(|why| {
        let hint = match why {
            Unreadable::Version { .. } => "use the Plimsoll that wrote it, or one as new",
            Unreadable::Broken { .. } => "name the JSON that a scan wrote",
            Unreadable::Contradiction(_) => "it was changed since a scan wrote it: scan again",
        };
        Failure::usage(format!("{}: {why}", path.display()), hint)
    })
}
