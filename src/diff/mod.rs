//! What changed: between two accounts, resource by resource, or between two reports, finding by finding.
//!
//! Fields compare as their kinds say: sets without order, policies by what they allow. What was not read on either side
//! is neither added nor removed nor changed: it is told apart, with the gap. What varies without anybody changing
//! anything is left out, and counted. This module reads no file, and knows no rule and no service.

mod account;
mod findings;
mod pair;
mod policy;
mod presence;
mod state;
mod value;

pub use account::{Changes, Seen, accounts};
pub use findings::reports;

use crate::model::{Severity, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of the format. It counts up when a field changes its meaning or goes.
pub const VERSION: u32 = 1;

/// What changed from an older to a newer state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Diff {
    /// The version of this format.
    pub version: u32,
    /// The version of Plimsoll that wrote it.
    pub tool: String,
    /// The older state.
    pub older: Side,
    /// The newer state.
    pub newer: Side,
    /// What to know before reading the rest, such as that two accounts are compared.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<String>,
    /// The resources that differ, by type and name. Empty where reports are compared.
    pub resources: Vec<ResourceChange>,
    /// The findings that differ. Empty where accounts are compared.
    pub findings: Vec<FindingChange>,
    /// What may differ, and was not read on both sides.
    pub not_compared: Vec<NotCompared>,
    /// What was left out since it is no drift.
    pub apart: Apart,
}

/// One of the two that are compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Side {
    /// The file, as it was named, or `live`.
    pub file: String,
    /// The account, 12 digits.
    pub account: String,
    /// The regions.
    pub regions: Vec<String>,
    /// The ARN of the principal that read the account.
    pub caller: String,
    /// When the last answer came, in UTC, if that is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub read_at: Option<String>,
    /// The SHA-256 of the rules, in hexadecimal.
    pub rules_sha256: String,
}

/// What became of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It is there now, and was not.
    Added,
    /// It was there, and is no more.
    Removed,
    /// Another of the same name is in its place.
    MadeAgain,
    /// Some of its fields differ.
    Changed,
}

/// A resource that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResourceChange {
    /// What became of it.
    pub change: Change,
    /// Its type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// What a person calls one: `queue`.
    pub noun: String,
    /// Its physical name.
    pub name: String,
    /// The region it lives in; empty if it is global.
    pub region: String,
    /// Its ARN or what else tells it from all others: the newer one.
    pub id: String,
    /// The name of the resource it hangs on, if it does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub of: Option<String>,
    /// The fields that differ. Of one that was added or removed, those that have a value.
    pub fields: Vec<FieldChange>,
}

/// A field, or a part of one, that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldChange {
    /// Where, such as `RedrivePolicy.maxReceiveCount` or `Policies[write].PolicyDocument`.
    pub path: String,
    /// What it was; none if there was nothing, or if it is a list without order or a policy.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub old: Option<String>,
    /// What it is; none if there is nothing, or if it is a list without order or a policy.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub new: Option<String>,
    /// What a list without order no longer has.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub gone: Vec<String>,
    /// What a list without order has now.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub come: Vec<String>,
    /// What a policy allows and denies that it did not, and the other way round.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub policy: Option<PolicyChange>,
}

/// How the meaning of a policy changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyChange {
    /// What it allows now and did not.
    pub now_allows: Vec<Grant>,
    /// What it allowed and does no more.
    pub no_longer_allows: Vec<Grant>,
    /// What it denies now and did not.
    pub now_denies: Vec<Grant>,
    /// What it denied and does no more.
    pub no_longer_denies: Vec<Grant>,
    /// Grants beside these that are not listed.
    pub left_out: usize,
    /// What of it could not be decided.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub undecided: Vec<String>,
}

/// Something that a policy allows or denies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Grant {
    /// The actions, as names and patterns that stand for these alone.
    pub actions: Items,
    /// Whether it is every action but these.
    pub all_but: bool,
    /// Who; empty if the policy names no principals.
    #[serde(skip_serializing_if = "Items::is_empty", default)]
    pub who: Items,
    /// The resources; empty if the policy names none.
    #[serde(skip_serializing_if = "Items::is_empty", default)]
    pub resources: Items,
    /// The conditions.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub conditions: Vec<String>,
    /// The statements that say so.
    pub by: Vec<String>,
    /// One request that only one of the two policies allows or denies.
    pub witness: String,
}

/// A list that is cut where a person would stop to read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Items {
    /// The first items.
    pub items: Vec<String>,
    /// How many more there are.
    pub left_out: usize,
}

impl Items {
    fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

/// What became of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    /// It fails, and did not.
    New,
    /// It fails as before, for another reason.
    Changed,
    /// It has another verdict, and neither is a pass that fails now nor the other way round.
    Verdict,
    /// It failed, and passes now.
    Fixed,
    /// It failed, and is not among what is judged now: its resource is gone, or its rule.
    NotJudged,
}

/// A finding that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FindingChange {
    /// What became of it.
    pub change: Turn,
    /// The id of the finding.
    pub id: String,
    /// The id of the rule.
    pub rule: String,
    /// The title of the rule.
    pub title: String,
    /// What was judged: its physical name, or its name in the rules file.
    pub resource: String,
    /// The type of the resource.
    #[serde(rename = "type")]
    pub type_name: String,
    /// How bad a fail is.
    pub severity: Severity,
    /// The older verdict; none if it was not judged.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub old_verdict: Option<Verdict>,
    /// The newer verdict; none if it was not judged.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub new_verdict: Option<Verdict>,
    /// What was found, in words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub old_found: Option<String>,
    /// What is found, in words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub new_found: Option<String>,
    /// A request that shows the fault, when the rule is about policies.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub witness: Option<String>,
    /// How to mend it, if it fails.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fix: Option<String>,
}

/// Which side was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unread {
    /// The older.
    Older,
    /// The newer.
    Newer,
    /// Both, or what was read on both does not decide.
    Both,
}

/// Something that may differ and could not be compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct NotCompared {
    /// What: `queue POC-Queue: Tags`.
    pub what: String,
    /// Which side was not read.
    pub side: Unread,
    /// Why, in words.
    pub why: String,
    /// What would mend it.
    pub remedy: String,
}

/// What was left out since it is no drift.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Apart {
    /// Fields that vary without anybody changing anything, such as when a role was last used.
    pub varied: Vec<String>,
    /// Policies that are written otherwise and mean the same.
    pub reworded: Vec<String>,
    /// How many values are never kept, so that they cannot be compared.
    pub redacted: usize,
}

impl Diff {
    /// Whether anything differs.
    pub fn differs(&self) -> bool {
        !self.resources.is_empty() || !self.findings.is_empty()
    }

    /// 1 if something differs, 3 if nothing does and something could not be compared, else 0.
    pub fn exit_code(&self) -> u8 {
        match (self.differs(), self.not_compared.is_empty()) {
            (true, _) => 1,
            (false, false) => 3,
            (false, true) => 0,
        }
    }
}

/// The JSON Schema of [`Diff`].
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Diff)
}
