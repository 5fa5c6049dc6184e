//! Calls of the AWS APIs: those that may be made, those that will be, and those that failed.

use super::SecretShape;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// A read operation that Plimsoll may call: one line of the read-only ledger.
///
/// What is not on the list of a service cannot be sent. The same entries make the plan, the IAM policy that an
/// auditor needs, and the session policy of an assumed role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// The prefix of the service in IAM actions, such as `sqs`.
    pub service: &'static str,
    /// The service as the SDK's operation metadata names it, such as `SQS` (or `API Gateway`).
    pub sdk_service: &'static str,
    /// The operation as the API names it, such as `GetQueueAttributes`.
    pub name: &'static str,
    /// The IAM action that permits it, such as `sqs:GetQueueAttributes`.
    pub action: &'static str,
    /// The ARNs that the action is permitted on, with `${Partition}`, `${Region}`, `${Account}` and `*`.
    pub resource: &'static str,
    /// The operation whose refusal makes this one necessary, if it is a fallback.
    pub fallback_for: Option<&'static str>,
}

/// One call of an operation: its identity across runs, and the way it is written in reports.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Call {
    /// The prefix of the service in IAM actions, such as `sqs`.
    pub service: String,
    /// The operation as the API names it.
    pub operation: String,
    /// Empty for a global service.
    pub region: String,
    /// What the call asks about: a resource's name, or `page 2` of a listing. Empty when there is nothing to tell.
    pub subject: String,
}

impl Call {
    /// A call of `operation` of `service` in `region` (empty: global) about `subject` (empty: nothing to tell).
    pub fn new(service: &str, operation: &str, region: &str, subject: &str) -> Self {
        Self {
            service: service.to_owned(),
            operation: operation.to_owned(),
            region: region.to_owned(),
            subject: subject.to_owned(),
        }
    }
}

impl fmt::Display for Call {
    /// `sqs:GetQueueAttributes POC-Queue (us-east-1)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.service, self.operation)?;
        if !self.subject.is_empty() {
            write!(f, " {}", self.subject)?;
        }
        if !self.region.is_empty() {
            write!(f, " ({})", self.region)?;
        }
        Ok(())
    }
}

/// Something that could not be read: the call that would have read it, and why it did not. Data, not an error.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Gap {
    /// The call that failed.
    pub call: Call,
    /// The IAM action that permits the call.
    pub action: String,
    /// Why there is no answer.
    pub reason: Reason,
}

/// Why a call gave no answer that can be relied on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Reason {
    /// AWS refused it for want of a permission; with AWS's error code.
    Denied(String),
    /// The credentials expired or were revoked during the run; with AWS's error code.
    Expired(String),
    /// AWS still throttled it after all attempts; with AWS's error code.
    Throttled(String),
    /// No answer came within the time limit.
    TimedOut,
    /// No connection could be made; with what the network said.
    Unreachable(String),
    /// An answer came that is not what the API defines; with what was wrong.
    Malformed(String),
    /// AWS answered with another error; with its code.
    Failed(String),
    /// The thing was listed and was gone when it was asked about, or a refusal that looks like that; with AWS's code.
    Vanished(String),
    /// The recording that is replayed holds no answer to this call.
    NotRecorded,
    /// Nobody asked. No rule should rest on such a value; that one does is a fault of Plimsoll.
    NotAsked,
    /// The value was left out on purpose, to protect a secret.
    Redacted,
    /// So was this one, which looks like a secret of this shape.
    Secret(SecretShape),
    /// It was read, and what it means cannot be decided; with the reason.
    Undecided(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied(code) => write!(f, "denied ({code})"),
            Self::Expired(code) => write!(f, "the credentials are no longer valid ({code})"),
            Self::Throttled(code) => write!(f, "throttled on every attempt ({code})"),
            Self::TimedOut => write!(f, "no answer in time"),
            Self::Unreachable(what) => write!(f, "no connection: {what}"),
            Self::Malformed(what) => write!(f, "the answer is not what the API defines: {what}"),
            Self::Failed(code) => write!(f, "failed ({code})"),
            Self::Vanished(code) => write!(f, "listed, then not there ({code})"),
            Self::NotRecorded => write!(f, "not in the recording"),
            Self::NotAsked => write!(f, "nobody asked"),
            Self::Redacted => write!(f, "redacted"),
            Self::Secret(shape) => write!(f, "redacted, has the shape of {shape}"),
            Self::Undecided(why) => write!(f, "{why}"),
        }
    }
}

impl Reason {
    /// Whether there is a value, which was left out on purpose.
    pub fn is_redaction(&self) -> bool {
        matches!(self, Self::Redacted | Self::Secret(_))
    }
}

impl Gap {
    /// The gap where nobody asked: a fault of ours, which must not look like an answer.
    pub fn not_asked(type_name: &str, region: &str) -> Self {
        Self { call: Call::new(type_name, "(not asked)", region, ""), action: String::new(), reason: Reason::NotAsked }
    }

    /// What would close the gap, as a sentence fragment for a person.
    pub fn remedy(&self) -> String {
        match &self.reason {
            Reason::Denied(_) => format!("permit {} to the auditor", self.action),
            Reason::Expired(_) => "sign in again and repeat the scan".to_owned(),
            Reason::Throttled(_) | Reason::TimedOut | Reason::Vanished(_) => "repeat the scan".to_owned(),
            Reason::Unreachable(_) => "check the network and repeat the scan".to_owned(),
            Reason::Malformed(_) | Reason::Failed(_) => {
                "check the endpoint and any proxy, then repeat the scan".to_owned()
            }
            Reason::NotRecorded => "record again with these rules: plimsoll scan RULES --record FILE".to_owned(),
            Reason::NotAsked => "a snapshot or a recording holds what its rules asked for: make it again with these; \
                                 if the account itself was asked, this is a fault of Plimsoll, please report it"
                .to_owned(),
            Reason::Redacted | Reason::Secret(_) => "this value is never shown; check it by hand".to_owned(),
            Reason::Undecided(_) => "check it by hand".to_owned(),
        }
    }
}

/// The gaps in words, each once, with what would close them.
pub fn not_read(gaps: &[Gap]) -> String {
    let one = |gap: &Gap| {
        let what = if matches!(gap.reason, Reason::Undecided(_)) { "not decided" } else { "not read" };
        format!("{what}: {gap}; {}", gap.remedy())
    };
    let gaps: BTreeSet<String> = gaps.iter().map(one).collect();
    gaps.into_iter().collect::<Vec<_>>().join("; ")
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.call, self.reason)
    }
}

/// A call that a run will make, as `plimsoll plan` prints it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlannedCall {
    /// The call. Its subject may be a description (`each queue`) where names are known only at run time.
    pub call: Call,
    /// When it is made.
    pub condition: Condition,
    /// The IAM action that permits it.
    pub action: String,
    /// The ARNs the action is needed on, with `*` where a part is not known.
    pub resource: String,
}

/// When a planned call is made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// In every run.
    Always,
    /// As often as the answer before it says that there is more.
    FurtherPages,
    /// Once for each thing that a listing gives; the text names them.
    ForEach(String),
    /// If the thing exists; the text says which.
    IfPresent(String),
    /// Only if the named operation is refused or fails.
    Fallback(String),
    /// With `--locate`, in each other region, for what is missing where the rules look for it.
    Located,
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always => write!(f, "always"),
            Self::FurtherPages => write!(f, "once a further page"),
            Self::ForEach(what) => write!(f, "for each {what}"),
            Self::IfPresent(what) => write!(f, "if {what}"),
            Self::Fallback(_) => write!(f, "as a fallback"),
            Self::Located => write!(f, "with --locate, for what is missing"),
        }
    }
}
