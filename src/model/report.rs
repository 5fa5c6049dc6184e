//! What a run found: one value that every format renders and that can be saved and loaded.

use super::{BaselineHead, ComparedPolicy, FindingWaiver, Gap, Grading, Said, Since, WaiversHead, Was};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The outcome of a run over one account. Its JSON form is versioned: `plimsoll.report` counts up when a field
/// changes its meaning or goes; new fields may come at any time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The version of this format.
    pub version: u32,
    /// The version of Plimsoll that wrote it.
    pub tool: String,
    /// The title of the rules file.
    pub title: String,
    /// The rules that were judged.
    pub rules: RulesHead,
    /// The account, 12 digits.
    pub account: String,
    /// The partition the account is in.
    pub partition: String,
    /// The ARN of the principal that read the account.
    pub caller: String,
    /// The regions that the rules speak of, in order.
    pub regions: Vec<String>,
    /// How many calls were made. Retries do not count.
    pub calls: usize,
    /// The catalogue of IAM actions that was used, when a rule rests on one: its date and, in brackets, where it is from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub catalogue: Option<String>,
    /// Whether every rule could be decided: no finding is `unknown`.
    pub complete: bool,
    /// How many findings have each verdict.
    pub counts: Counts,
    /// The points of all findings together.
    pub points: Points,
    /// How they become a grade.
    #[serde(default)]
    pub grading: Grading,
    /// The named resources of the rules file, in its order, each with the worst verdict on it.
    pub resources: Vec<ReportedResource>,
    /// The edges of the architecture that the rules file states, in its order.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub flows: Vec<ReportedFlow>,
    /// The findings, in the order of the rules file and then of the resources.
    pub findings: Vec<Finding>,
    /// What could not be read.
    pub gaps: Vec<ReportGap>,
    /// What lies outside Plimsoll's reach by design, or was left out because an optional parameter was not given.
    pub not_checked: Vec<NotChecked>,
    /// The accounts other than its own that what was read names, by account: facts without a verdict.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub foreign: Vec<Foreign>,
    /// The waivers that were applied, if any were handed in.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub waivers: Option<WaiversHead>,
    /// The earlier report that this one was held against, if one was named.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub baseline: Option<BaselineHead>,
}

/// Another account that something in the account names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Foreign {
    /// The other account, 12 digits.
    pub account: String,
    /// What names it: the ARN of the resource, where it has one.
    pub resource: String,
    /// Where in its properties it stands, such as `Policy.Statement[1].Principal.AWS`; statements count from 0.
    pub field: String,
}

/// The rules of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RulesHead {
    /// The rules file, as it was named.
    pub file: String,
    /// The SHA-256 over the rules file and all the files it draws on, in hexadecimal.
    pub sha256: String,
}

/// A rule on a resource, judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Stays the same for the same rule and resource, run after run: 16 hexadecimal digits.
    pub id: String,
    /// Stays the same as long as the same is found there, whatever the day: 16 hexadecimal digits. Waivers may name it.
    #[serde(default)]
    pub state: String,
    /// The id of the rule.
    pub rule: String,
    /// The title of the rule.
    pub title: String,
    /// The name in the rules file of the resource that was judged, or its physical name if it has none there.
    pub resource: String,
    /// The type of the resource.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The physical name of the resource, if it is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// The ARN of the resource, if it is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub arn: Option<String>,
    /// What came out.
    pub verdict: Verdict,
    /// How bad a fail is.
    pub severity: Severity,
    /// The points it is worth, and how many it earned.
    pub points: Points,
    /// The step of the instructions that the rule belongs to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub step: Option<String>,
    /// What the rule asks for, in words.
    pub wanted: String,
    /// What was found, in words. Where something was not read, the call and what to permit.
    pub found: String,
    /// The parts it consists of, each judged by itself.
    pub parts: Vec<Part>,
    /// Where the rule stands.
    #[serde(rename = "where")]
    pub place: Place,
    /// A request that shows the fault, when the rule is about policies.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub witness: Option<String>,
    /// Who may do something beyond what the rule wants, as far as that is proven.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub beyond: Vec<Beyond>,
    /// Policies that are not as wanted, statement by statement.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub policies: Vec<ComparedPolicy>,
    /// What could be written in the place of what was found.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub instead: Vec<Instead>,
    /// Why the rule matters.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// How to mend a fail.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fix: Option<String>,
    /// What sets somebody who is to find out for themselves on the way.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hint: Option<String>,
    /// Which of all this is kept from whoever is graded.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub for_staff: Vec<Said>,
    /// The controls of published catalogues that ask for the same, or for part of it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub controls: Vec<String>,
    /// What it asks for that lies outside of what can be read, so that it says nothing of it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub not_checked: Vec<NotChecked>,
    /// The rules that did not pass, if that is why it was not judged.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub blocked_by: Vec<String>,
    /// Whether all that it waits for is waived, so that it can fail no run.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub excused: bool,
    /// The waiver that covers it, or that no longer does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub waiver: Option<FindingWaiver>,
    /// Whether it is new since the baseline, if it was held against one and does not simply pass.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub since: Option<Since>,
    /// What it was in the baseline, if that was something else.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub was: Option<Was>,
    /// The calls whose answers the verdict rests on. Request ids, times and hashes of the answers are in the file
    /// that `--evidence` writes, under the same names.
    pub evidence: Vec<String>,
}

/// Somebody who may do what a rule wants nobody, or nobody but others, to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Beyond {
    /// Who: `anyone`, an ARN, an account, a service.
    pub who: String,
    /// The actions, as the rule asks for them.
    pub actions: Vec<String>,
    /// The statements that let them in, such as `statement "open" of the queue policy`.
    pub by: Vec<String>,
    /// The conditions under which they are let in.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub conditions: Vec<String>,
}

/// What could be written in the place of something that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Instead {
    /// What it would take the place of, such as a statement of a policy.
    pub of: String,
    /// What could be written there: of a statement, the JSON list of those that would do.
    pub text: String,
}

/// One thing that a rule asks of a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Part {
    /// The property it is about, such as `RedrivePolicy`.
    pub path: String,
    /// What came out.
    pub verdict: Verdict,
    /// What the rule asks for.
    pub wanted: String,
    /// What was found.
    pub found: String,
    /// The points it is worth, and how many it earned.
    pub points: Points,
}

/// What came out of a rule on a resource. Ordered from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// There is nothing that the rule speaks of.
    NotApplicable,
    /// It holds, and all that it rests on was read.
    Pass,
    /// It does not hold, and somebody accepted that for a time.
    Waived,
    /// A prerequisite does not hold.
    Blocked,
    /// Something it rests on was not read.
    Unknown,
    /// It does not hold, and what was read proves it.
    Fail,
}

/// How bad a fail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Said, and never a reason to fail a run.
    Info,
    /// Barely matters.
    Low,
    /// Matters.
    #[default]
    Medium,
    /// Breaks the architecture or opens it.
    High,
    /// Must be mended at once.
    Critical,
}

/// Points, exact to a hundredth. Written as a decimal number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hundredths(pub u64);

/// The points that something is worth, and how many of them it earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Points {
    /// The points it earned.
    pub earned: Hundredths,
    /// The points it is worth.
    pub possible: Hundredths,
}

/// How many findings have each verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each field is the verdict it is named after")]
pub struct Counts {
    pub pass: usize,
    pub fail: usize,
    pub unknown: usize,
    pub blocked: usize,
    pub waived: usize,
    pub not_applicable: usize,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// The file, as it was named.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
}

/// A named resource of the rules file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportedResource {
    /// Its name in the rules file.
    pub resource: String,
    /// Its type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Its physical name, if it is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// The resource that it hangs on, by its name in the rules file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub of: Option<String>,
    /// How a subscription delivers, such as `email`, if it was read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub protocol: Option<String>,
    /// The worst verdict of the findings on it.
    pub verdict: Verdict,
}

/// An edge of the architecture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportedFlow {
    /// The id of the rule that states it.
    pub rule: String,
    /// Where it begins, by its name in the rules file.
    pub from: String,
    /// Where it ends, by its name in the rules file.
    pub to: String,
    /// What joins them, where that is more than a call: `stream`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub by: Option<String>,
    /// The resource that joins them, such as an event source mapping, by its name in the rules file, if it is declared.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub wire: Option<String>,
    /// What came out, the existence of what joins them included.
    pub verdict: Verdict,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ReportGap {
    /// The call that failed.
    pub call: String,
    /// Why.
    pub reason: String,
    /// What would close the gap.
    pub remedy: String,
}

/// Something that no rule could judge, by design.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct NotChecked {
    /// What was not checked.
    pub what: String,
    /// Why.
    pub why: String,
}

impl From<&Gap> for ReportGap {
    fn from(gap: &Gap) -> Self {
        Self { call: gap.call.to_string(), reason: gap.reason.to_string(), remedy: gap.remedy() }
    }
}

impl Verdict {
    /// All verdicts, worst first.
    pub const WORST_FIRST: [Self; 6] =
        [Self::Fail, Self::Unknown, Self::Blocked, Self::Waived, Self::Pass, Self::NotApplicable];

    /// The word for it in machine formats.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Blocked => "blocked",
            Self::Waived => "waived",
            Self::NotApplicable => "not-applicable",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Finding {
    /// Whether it fails and can fail no run: something to know, beside what counts.
    pub fn is_remark(&self) -> bool {
        self.verdict == Verdict::Fail && self.severity == Severity::Info
    }

    /// Whether it is on all of a kind together, such as `every AWS::SQS::Queue`, and on none by itself: where it is open,
    /// there may be more of them than were read.
    pub fn is_on_all(&self) -> bool {
        self.name.is_none() && self.arn.is_none() && self.resource.starts_with("every ")
    }

    /// Its rule and the ARN of what it is on, if it is on that itself and not on a part of it, such as a statement: then no
    /// other finding of the rule has this ARN.
    pub fn on_itself(&self) -> Option<(&str, &str)> {
        self.name.as_ref().and_then(|_| Some((self.rule.as_str(), self.arn.as_deref()?)))
    }

    /// Whether it can fail a run, by its verdict. What is blocked does not hold, for all that is known. What the
    /// baseline has as well does not count.
    pub fn counts(&self) -> bool {
        let stands = match self.verdict {
            Verdict::Fail => true,
            Verdict::Blocked => !self.excused,
            _ => false,
        };
        stands && self.since != Some(Since::Known)
    }

    /// Whether it leaves a run incomplete: it is unknown, and the baseline does not have it as well.
    pub fn is_open(&self) -> bool {
        self.verdict == Verdict::Unknown && self.since != Some(Since::Known)
    }

    /// Whether it failed in the baseline as it does now, and something else was found.
    pub fn is_changed(&self) -> bool {
        let failed = self.was.as_ref().is_some_and(|was| was.verdict == Verdict::Fail && was.state != self.state);
        failed && self.verdict == Verdict::Fail && self.since == Some(Since::Known)
    }
}

impl Severity {
    /// All severities, mildest first.
    pub const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Counts {
    /// Counts one more finding with `verdict`.
    pub fn add(&mut self, verdict: Verdict) {
        *match verdict {
            Verdict::Pass => &mut self.pass,
            Verdict::Fail => &mut self.fail,
            Verdict::Unknown => &mut self.unknown,
            Verdict::Blocked => &mut self.blocked,
            Verdict::Waived => &mut self.waived,
            Verdict::NotApplicable => &mut self.not_applicable,
        } += 1;
    }

    /// How many findings have `verdict`.
    pub fn of(&self, verdict: Verdict) -> usize {
        match verdict {
            Verdict::Pass => self.pass,
            Verdict::Fail => self.fail,
            Verdict::Unknown => self.unknown,
            Verdict::Blocked => self.blocked,
            Verdict::Waived => self.waived,
            Verdict::NotApplicable => self.not_applicable,
        }
    }
}

impl Points {
    /// The sum of both.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            earned: Hundredths(self.earned.0 + other.earned.0),
            possible: Hundredths(self.possible.0 + other.possible.0),
        }
    }
}

impl Hundredths {
    /// Divides into `parts` shares that differ by nothing but the last, which takes the rest.
    pub fn shares(self, parts: usize) -> Vec<Self> {
        let Some(last) = parts.checked_sub(1) else { return Vec::new() };
        let share = self.0 / parts as u64;
        let mut shares = vec![Self(share); parts];
        shares[last] = Self(self.0 - share * last as u64);
        shares
    }
}

impl fmt::Display for Hundredths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 100, self.0 % 100);
        match part {
            0 => write!(f, "{whole}"),
            _ if part % 10 == 0 => write!(f, "{whole}.{}", part / 10),
            _ => write!(f, "{whole}.{part:02}"),
        }
    }
}

impl std::str::FromStr for Hundredths {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WANTED: &str = "points are a number from 0 to 1000000 with at most two decimals";
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |t: &str, most: usize| (1..=most).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole, 7) || !digits(part, 2) {
            return Err(WANTED);
        }
        let whole: u64 = whole.parse().map_err(|_| WANTED)?;
        let tenths: u64 = part.parse().map_err(|_| WANTED)?;
        let total = whole * 100 + if part.len() == 1 { tenths * 10 } else { tenths };
        if total > 100_000_000 { Err(WANTED) } else { Ok(Self(total)) }
    }
}

impl Serialize for Hundredths {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_multiple_of(100) {
            serializer.serialize_u64(self.0 / 100)
        } else {
            #[allow(clippy::cast_precision_loss, reason = "at most 10^8, exact in an f64; printed shortest")]
            serializer.serialize_f64(self.0 as f64 / 100.0)
        }
    }
}

impl<'de> Deserialize<'de> for Hundredths {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde_json::Number::deserialize(deserializer)?.to_string().parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Hundredths {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Hundredths".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number", "minimum": 0, "multipleOf": 0.01 })
    }
}

#[cfg(test)]
mod tests {
    use super::Hundredths;

    #[test]
    fn points_divide_in_hundredths_and_the_last_share_takes_the_rest() {
        let shares = Hundredths(500).shares(3);
        assert_eq!(shares, [Hundredths(166), Hundredths(166), Hundredths(168)]);
        assert!(Hundredths(500).shares(0).is_empty());
    }

    #[test]
    fn points_are_written_as_they_were_meant() {
        for (text, shown) in [("5", "5"), ("2.5", "2.5"), ("0.25", "0.25"), ("10.05", "10.05")] {
            let points: Hundredths = text.parse().expect(text);
            assert_eq!(points.to_string(), shown);
            assert_eq!(serde_json::to_string(&points).expect("a number"), shown);
            assert_eq!(serde_json::from_str::<Hundredths>(shown).expect("a number"), points);
        }
        for text in ["-1", "1.234", "", ".", "1e3", "10000001", "NaN"] {
            assert!(text.parse::<Hundredths>().is_err(), "{text}");
        }
    }
}
