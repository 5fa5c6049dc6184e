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

/// What to do where a report is wanted and there is none.
const REPORT: &str =
    "name the JSON that `scan --output FILE.json` wrote; `plimsoll rules schema --report` says what is in it";
/// What to do where a snapshot is wanted and there is none.
const SNAPSHOT: &str = "name a file that `plimsoll snapshot` wrote";

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
            Peek { findings: Some(_), .. } => parsed_report(&file.to_string(), &text).map(Self::Report),
            Peek { plimsoll_recording: Some(_), .. } => {
                Err(Failure::usage(format!("{file}: it is a recording"), snapshot_of_recording(&file.to_string())))
            }
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
    Ok((*parsed_report(&path.display().to_string(), &text)?, sha256))
}

/// The snapshot in the file `path`.
pub(in crate::cli) fn snapshot(path: &Path) -> Result<Box<Snapshot>, Failure> {
    parsed(path, &bounded::read_text(path, LARGEST, SNAPSHOT)?)
}

fn parsed(path: &Path, text: &str) -> Result<Box<Snapshot>, Failure> {
    Snapshot::parse(text, services::kind).map(Box::new).map_err(|why| wrong(path, text, &why))
}

/// What to do with a recording where a snapshot is wanted.
fn snapshot_of_recording(file: &str) -> String {
    format!("make a snapshot of it: plimsoll snapshot RULES --replay {file} --output FILE")
}

/// What to say of a file where a snapshot is wanted, if `text` is something else that Plimsoll wrote.
pub(super) fn no_snapshot(file: &str, text: &str) -> Option<Failure> {
    match serde_json::from_str(text).ok()? {
        Peek { plimsoll_recording: Some(_), .. } => {
            Some(Failure::usage(format!("{file}: it is a recording, and not a snapshot"), snapshot_of_recording(file)))
        }
        Peek { findings: Some(_), .. } => {
            Some(Failure::usage(format!("{file}: it is a report, and not a snapshot"), SNAPSHOT))
        }
        _ => None,
    }
}

/// What to say of a file where a report is wanted, if `text` is something else that Plimsoll wrote.
fn no_report(file: &str, text: &str) -> Option<Failure> {
    let (is, option) = match serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()? {
        Peek { plimsoll_snapshot: Some(_), .. } => ("a snapshot", "--snapshot"),
        Peek { plimsoll_recording: Some(_), .. } => ("a recording", "--replay"),
        _ => return None,
    };
    Some(Failure::usage(
        format!("{file}: it is {is}, and not a report"),
        format!("make a report of it: plimsoll scan RULES {option} {file} --output FILE.json"),
    ))
}

/// What to say of a file that holds no snapshot.
fn wrong(path: &Path, text: &str, why: &NoSnapshot) -> Failure {
    if matches!(why, NoSnapshot::Other)
        && let Some(other) = no_snapshot(&path.display().to_string(), text)
    {
        return other;
    }
    let hint = match why {
        NoSnapshot::Version(_) => "make the snapshot again, or use the Plimsoll that wrote it",
        NoSnapshot::Changed => "make the snapshot again: what somebody wrote by hand proves nothing",
        NoSnapshot::Content(_) => "use the Plimsoll that wrote it, or one as new",
        NoSnapshot::Form { .. } | NoSnapshot::Other => SNAPSHOT,
    };
    let place = match why {
        NoSnapshot::Form { line, column, why } => format!("{}:{line}:{column}: {why}", path.display()),
        other => format!("{}: {other}", path.display()),
    };
    Failure::usage(place, hint)
}

/// The report that `text` of the file called `file` holds.
pub(super) fn parsed_report(file: &str, text: &str) -> Result<Box<Report>, Failure> {
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        return Err(Failure::usage(format!("{file}: there is nothing in this file"), REPORT));
    }
    read(text).map(Box::new).map_err(|why| {
        if let Some(other) = no_report(file, text) {
            return other;
        }
        let hint = match why {
            Unreadable::Version { .. } => "use the Plimsoll that wrote it, or one as new",
            Unreadable::Broken { .. } => REPORT,
            Unreadable::Contradiction(_) => "it was changed since a scan wrote it: scan again",
        };
        Failure::usage(format!("{file}: {why}"), hint)
    })
}
