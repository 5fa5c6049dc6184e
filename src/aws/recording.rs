//! A recording: the final answer to every call of a run, without what must not leave it.
//!
//! Credentials cannot enter: they travel in headers, and a request is kept as method, path, query and body only.
//! AssumeRole, whose answer is a secret, is never kept. Tags are dropped before anything is stored, unless the rules
//! of the run named them; the head says for which types, so that what was dropped is unread on replay, not absent.

use super::probe::Received;
use super::redact::{self, redacted};
use super::transport::Request;
use crate::model::{Needs, Reason};
use crate::services;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// The version of the format that is written, and the only one that is read.
const VERSION: u64 = 1;

/// The largest recording that is read, in bytes.
const LARGEST: usize = 256 << 20;

/// The answers of one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// The version of the format: 1.
    pub plimsoll_recording: u64,
    /// When the run began, in UTC with milliseconds. A replay answers at this time.
    pub recorded_at: String,
    /// The SHA-256 of the rules that it was made for, in hexadecimal.
    pub rules_sha256: String,
    /// The account, 12 digits.
    pub account: String,
    /// The partition of the account.
    pub partition: String,
    /// The region of the session.
    pub region: String,
    /// The types of resource whose tags were left out.
    pub tags_left_out: BTreeSet<String>,
    /// The answers, sorted by request.
    pub entries: Vec<Entry>,
}

/// One request and what came of it in the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What was asked.
    pub request: Request,
    /// What came of it, after all attempts.
    pub answer: Recorded,
}

/// What came of a request in the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Recorded {
    /// An answer.
    Response {
        /// The HTTP status.
        status: u16,
        /// The headers that decide its meaning.
        headers: BTreeMap<String, String>,
        /// The body, cut behind each line break.
        body: Vec<String>,
    },
    /// Nothing that can be read as an answer.
    None {
        /// Why not.
        reason: Reason,
        /// The HTTP status, if there was one.
        status: Option<u16>,
        /// The length of the body in bytes: all that is kept of it.
        length: usize,
    },
}

/// Why a text is no recording that can be replayed.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// It is not JSON of the right form.
    #[error("not a recording: {message} at line {line}, column {column}")]
    Malformed {
        /// What is wrong.
        message: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// It does not say that it is a recording.
    #[error("not a recording: it has no `plimsoll_recording` with the version of its format")]
    NoVersion,
    /// It was written by another version of Plimsoll.
    #[error("the recording has format {0}; this version of Plimsoll reads format {VERSION}")]
    Version(u64),
    /// It is too large to be one.
    #[error("the recording has {0} bytes; the limit is {LARGEST}")]
    TooLarge(usize),
    /// The same request has two answers.
    #[error("the recording has two answers to {0}")]
    Twice(String),
}

impl From<serde_json::Error> for RecordingError {
    fn from(error: serde_json::Error) -> Self {
        let message = error.to_string();
        // serde_json ends its messages with the position, which has fields of its own here.
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message).to_owned();
        Self::Malformed { message, line: error.line(), column: error.column() }
    }
}

impl Recording {
    /// Reads a recording.
    ///
    /// # Errors
    /// If `text` is not JSON, not a recording, of another version, too large, or contradicts itself.
    pub fn parse(text: &str) -> Result<Self, RecordingError> {
        #[derive(Deserialize)]
        struct Head {
            plimsoll_recording: Option<u64>,
        }
        if text.len() > LARGEST {
            return Err(RecordingError::TooLarge(text.len()));
        }
        let head: Head = serde_json::from_str(text)?;
        match head.plimsoll_recording {
            Some(VERSION) => {}
            Some(other) => return Err(RecordingError::Version(other)),
            None => return Err(RecordingError::NoVersion),
        }
        let recording: Self = serde_json::from_str(text)?;
        let mut seen = BTreeSet::new();
        for Entry { request, .. } in &recording.entries {
            if !seen.insert(request) {
                return Err(RecordingError::Twice(format!("{}:{}", request.service, request.operation)));
            }
        }
        Ok(recording)
    }

    /// The recording as JSON: the same bytes for the same answers, one line of a body a line.
    ///
    /// # Errors
    /// None that can occur: every part of a recording has a form in JSON.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|json| json + "\n")
    }
}

/// What a run keeps while it goes on.
#[derive(Debug)]
pub(crate) struct Recorder {
    started: String,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    kept: redact::Kept,
    entries: BTreeMap<Request, Recorded>,
}

/// What is kept of an answer, or of the lack of one for this `reason`.
pub(crate) fn outcome(response: Option<Received>, reason: Option<&Reason>) -> Recorded {
    let told_by_aws = matches!(
        reason,
        None | Some(Reason::Denied(_) | Reason::Expired(_) | Reason::Throttled(_) | Reason::Failed(_))
    );
    match response {
        Some(Received { status, headers, body, fault: None, .. }) if told_by_aws => {
            let body = String::from_utf8_lossy(&body).split_inclusive('\n').map(str::to_owned).collect();
            Recorded::Response { status, headers: headers.into_iter().collect(), body }
        }
        response => Recorded::None {
            reason: reason.cloned().unwrap_or_else(|| Reason::Malformed("the body".to_owned())),
            status: response.as_ref().map(|response| response.status),
            length: response.map_or(0, |response| response.body.len()),
        },
    }
}

impl Recorder {
    pub(crate) fn new(started: String) -> Self {
        Self { started, kept: Mutex::default() }
    }

    /// Keeps the tags of the types whose tags `needs` name, and the texts that they disclose, from now on.
    pub(crate) fn keep_what_is_named_by(&self, needs: &Needs) {
        let wanted = services::kinds().filter(|kind| {
            needs
                .regions_of(kind.type_name)
                .any(|region| needs.of(kind.type_name, region).is_some_and(|wanted| wanted.wants("Tags")))
        });
        let tags: Vec<String> = wanted.map(|kind| kind.type_name.to_owned()).collect();
        self.with(|kept| {
            // A second look at the same account keeps what the first one did.
            kept.kept.tags.extend(tags);
            kept.kept.disclosure = needs.disclosure.clone();
        });
    }

    /// Keeps what came of `request`.
    pub(crate) fn keep(&self, request: Request, mut answer: Recorded) {
        if request.operation == "AssumeRole" {
            return;
        }
        self.with(|kept| {
            if let Recorded::Response { status: 200..=299, body, .. } = &mut answer {
                let left = redacted(&request.service, &request.operation, &body.concat(), &kept.kept);
                *body = left.split_inclusive('\n').map(str::to_owned).collect();
            }
            kept.entries.insert(request, answer);
        });
    }

    /// All that was kept so far, as a recording of `account` for the rules with this hash.
    pub(crate) fn recording(&self, account: &str, partition: &str, region: &str, rules_sha256: &str) -> Recording {
        self.with(|kept| Recording {
            plimsoll_recording: VERSION,
            recorded_at: self.started.clone(),
            rules_sha256: rules_sha256.to_owned(),
            account: account.to_owned(),
            partition: partition.to_owned(),
            region: region.to_owned(),
            tags_left_out: services::kinds()
                .filter(|kind| kind.field("Tags").is_some() && !kept.kept.tags.contains(kind.type_name))
                .map(|kind| kind.type_name.to_owned())
                .collect(),
            entries: kept
                .entries
                .iter()
                .map(|(request, answer)| Entry { request: request.clone(), answer: answer.clone() })
                .collect(),
        })
    }

    fn with<T>(&self, update: impl FnOnce(&mut Kept) -> T) -> T {
        update(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Recording::parse(text).expect_err(text).to_string()
    }

    #[test]
    fn what_is_no_recording_says_why() {
        assert_eq!(error("{\n  \"a\": nope}"), "not a recording: expected ident at line 2, column 9");
        assert_eq!(error("{}"), "not a recording: it has no `plimsoll_recording` with the version of its format");
        assert_eq!(
            error("{\"plimsoll_recording\": 2, \"new\": true}"),
            "the recording has format 2; this version of Plimsoll reads format 1"
        );
        assert!(error("{\"plimsoll_recording\": 1, \"entries\": []}").contains("missing field `recorded_at`"));
        assert!(error("").contains("line 1"));
    }
}
