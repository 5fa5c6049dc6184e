//! What a report says of waivers: which finding one covers, and what is to be said of the waivers themselves.

use super::Place;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The waivers that a report was made with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WaiversHead {
    /// The waivers file, as it was named.
    pub file: String,
    /// The SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// The day by which they were judged, `YYYY-MM-DD` in UTC: that of the last answer.
    pub day: String,
    /// What is to be said of them, in the order of the file.
    pub notes: Vec<WaiverNote>,
}

/// Something to be said of a waiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WaiverNote {
    /// What it is, in a word.
    pub kind: WaiverMatter,
    /// The same in a sentence, with the next step.
    pub says: String,
    /// The rule that the waiver names.
    pub rule: String,
    /// The resources that it names, as they were written.
    pub resource: String,
    /// Where it stands.
    #[serde(rename = "where")]
    pub place: Place,
}

/// What can be said of a waiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WaiverMatter {
    /// It has expired.
    Expired,
    /// What it accepted is no longer what is there.
    StateChanged,
    /// It names a rule that there is not.
    UnknownRule,
    /// No finding of its rule is on what it names.
    Unmatched,
    /// What it covers no longer fails.
    NotNeeded,
    /// It expires more than a year from now.
    FarOff,
    /// Another waiver covers the same finding.
    Overlap,
    /// Whether it is needed was not read.
    Undecided,
    /// It expires within 30 days.
    Soon,
}

/// The waiver that covers a finding, or that no longer does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FindingWaiver {
    /// Whether it holds.
    pub status: WaiverStatus,
    /// Who answers for it.
    pub owner: String,
    /// Why it was accepted.
    pub reason: String,
    /// The last day on which it holds, `YYYY-MM-DD` in UTC.
    pub expires: String,
    /// The ticket it belongs to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ticket: Option<String>,
    /// Who approved it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub approver: Option<String>,
    /// Where it stands.
    #[serde(rename = "where")]
    pub place: Place,
}

/// Whether a waiver holds for a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WaiverStatus {
    /// It does: the finding is waived.
    Live,
    /// Its last day has passed: the finding is back.
    Expired,
    /// What was found is not what was accepted: the finding is back.
    StateChanged,
}

impl WaiverMatter {
    /// Whether somebody should mend the waivers file for it.
    pub fn is_to_mend(self) -> bool {
        !matches!(self, Self::Undecided | Self::Soon)
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::StateChanged => "state-changed",
            Self::UnknownRule => "unknown-rule",
            Self::Unmatched => "unmatched",
            Self::NotNeeded => "not-needed",
            Self::FarOff => "far-off",
            Self::Overlap => "overlap",
            Self::Undecided => "undecided",
            Self::Soon => "soon",
        }
    }
}

impl FindingWaiver {
    /// The waiver in a sentence: until when, by whom and why, or that it no longer holds.
    pub fn says(&self) -> String {
        let mut by = format!("{}: {}", self.owner, self.reason);
        if let Some(ticket) = &self.ticket {
            by.push_str(&format!(" ({ticket})"));
        }
        if let Some(approver) = &self.approver {
            by.push_str(&format!(", approved by {approver}"));
        }
        let place = format!("{}:{}", self.place.file, self.place.line);
        match self.status {
            WaiverStatus::Live => format!("until {} by {by} [{place}]", self.expires),
            WaiverStatus::Expired => format!("expired on {}; it was by {by} [{place}]", self.expires),
            WaiverStatus::StateChanged => {
                format!("no longer holds: what was found is not what was accepted; it was by {by} [{place}]")
            }
        }
    }
}
