//! The report as SARIF 2.1.0, as GitHub's code scanning takes it.
//!
//! What fails, what is waived and what is unknown becomes a result; one that is waived is suppressed. A live resource has no file, so the place of a result is the line of
//! the rule, and the resource stands in the message and in the logical locations. An alert stays the same alert for the
//! same rule and resource: its fingerprint is the finding's id.
//!
//! Unknown is no fail: its result has the kind `open` and a rule of its own, `RULE/unknown`, whose level is `warning` and
//! which has no security severity. The standard has a result that is not of kind `fail` state no level; GitHub, which
//! reads no kinds, then takes the level of the rule. Only the worst results are kept beyond the number that GitHub takes.

use super::json;
use crate::model::{
    BaselineHead, Finding, FindingWaiver, Report, Severity, Since, Verdict, WaiverStatus, called, harmless,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::Path;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// What GitHub takes of results and of rules.
const MOST: usize = 25_000;
/// The longest text that GitHub takes, in characters.
const LONGEST: usize = 1_024;
/// How many tags GitHub shows.
const TAGS: usize = 10;
/// The most gaps that are told.
const GAPS: usize = 1_000;
/// What stands for itself in the path of an address.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `report` as SARIF. Files that are named by an absolute path are told relative to the folder that this runs in, which
/// in a pipeline is the checkout.
pub(super) fn sarif(report: &Report, to: &mut dyn Write) -> io::Result<()> {
    let here = std::env::current_dir().unwrap_or_default();
    json::indented(&log(report, &here.to_string_lossy()), to)
}

#[derive(Serialize)]
struct Log<'r> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'r> {
    tool: Tool,
    automation_details: AutomationDetails,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    results: Results<'r>,
    properties: RunProperties<'r>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: String,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    short_description: Text,
    full_description: Text,
    help: Text,
    default_configuration: Configuration,
    properties: RuleProperties,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct RuleProperties {
    tags: Vec<String>,
    precision: &'static str,
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    security_severity: Option<&'static str>,
}

/// What keeps the alerts of several accounts and rules files in one repository apart.
#[derive(Serialize)]
struct AutomationDetails {
    id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunProperties<'r> {
    account: &'r str,
    regions: &'r [String],
    caller: &'r str,
    rules_sha256: &'r str,
    complete: bool,
    results_left_out: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<&'r BaselineHead>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Result<'r> {
    rule_id: String,
    rule_index: usize,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<&'static str>,
    message: Text,
    locations: [Location; 1],
    partial_fingerprints: Fingerprints<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<Vec<Suppression>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
    properties: ResultProperties<'r>,
}

/// That somebody accepts a result.
#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
    logical_locations: [LogicalLocation; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    name: String,
    fully_qualified_name: String,
    kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fingerprints<'r> {
    primary_location_line_hash: &'r str,
}

/// The finding as other formats have it, for programs.
#[derive(Serialize)]
struct ResultProperties<'r> {
    id: &'r str,
    rule: &'r str,
    verdict: Verdict,
    severity: Severity,
    resource: &'r str,
    #[serde(rename = "type")]
    type_name: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arn: Option<&'r str>,
}

/// The results, each made when it is written: there may be many.
struct Results<'r> {
    findings: Vec<&'r Finding>,
    rules: BTreeMap<(&'r str, bool), usize>,
    here: String,
    /// Whether waivers were applied: then every result says whether it is suppressed, as the standard asks.
    waivers: bool,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_seq(self.findings.iter().map(|finding| self.result(finding)))
    }
}

fn log<'r>(report: &'r Report, here: &str) -> Log<'r> {
    let mut findings: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|f| matches!(f.verdict, Verdict::Fail | Verdict::Waived | Verdict::Unknown))
        .collect();
    let results_left_out = findings.len().saturating_sub(MOST);
    if results_left_out > 0 {
        findings.sort_by_key(|finding| std::cmp::Reverse((finding.verdict, finding.severity)));
        findings.truncate(MOST);
    }
    let (rules, numbers) = rules(report, &findings);
    let mut notifications: Vec<Notification> = Vec::new();
    if results_left_out > 0 {
        notifications.push(notification(&format!("{results_left_out} milder results were left out")));
    }
    let gap = |gap: &crate::model::ReportGap| notification(&format!("{}: {}. {}", gap.call, gap.reason, gap.remedy));
    notifications.extend(report.gaps.iter().take(GAPS).map(gap));
    Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver: Driver { name: "Plimsoll", version: or(&report.tool, "unknown"), rules } },
            automation_details: AutomationDetails {
                id: format!("plimsoll/{}/{}/", or(&report.account, "unknown"), relative(&report.rules.file, here)),
            },
            invocations: [Invocation { execution_successful: true, tool_execution_notifications: notifications }],
            column_kind: "unicodeCodePoints",
            results: Results { findings, rules: numbers, here: here.to_owned(), waivers: report.waivers.is_some() },
            properties: RunProperties {
                account: &report.account,
                regions: &report.regions,
                caller: &report.caller,
                rules_sha256: &report.rules.sha256,
                complete: report.complete,
                results_left_out,
                baseline: report.baseline.as_ref(),
            },
        }],
    }
}

fn notification(text: &str) -> Notification {
    Notification { level: "warning", message: Text { text: shown(text) } }
}

/// The rules that were judged, in the order of the report, and the number of each; that of what is unknown beside its
/// rule. More than GitHub takes are told only where a result needs them.
fn rules<'r>(report: &'r Report, results: &[&'r Finding]) -> (Vec<Rule>, BTreeMap<(&'r str, bool), usize>) {
    let is_unknown = |finding: &Finding| finding.verdict == Verdict::Unknown;
    let needed: BTreeSet<(&str, bool)> = results.iter().map(|f| (f.rule.as_str(), is_unknown(f))).collect();
    let known: BTreeSet<&str> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
    let all = known.len() + needed.iter().filter(|(_, unknown)| *unknown).count() <= MOST;
    let (mut rules, mut numbers) = (Vec::new(), BTreeMap::new());
    for finding in &report.findings {
        for unknown in [false, true] {
            let key = (finding.rule.as_str(), unknown);
            let wanted = needed.contains(&key) || all && !unknown;
            if wanted && !numbers.contains_key(&key) {
                numbers.insert(key, rules.len());
                rules.push(rule(finding, unknown));
            }
        }
    }
    (rules, numbers)
}

fn rule_id(rule: &str, unknown: bool) -> String {
    let id = or(rule, "rule");
    if unknown { format!("{id}/unknown") } else { id }
}

fn rule(finding: &Finding, unknown: bool) -> Rule {
    let title = or(&finding.title, &or(&finding.rule, "rule"));
    let title = if unknown { format!("Not decided: {title}") } else { title };
    let reason = finding.reason.as_deref().filter(|reason| !reason.is_empty());
    let help: Vec<&str> = if unknown {
        vec!["Something that the rule rests on was not read, or could not be decided. The message says what to permit."]
    } else {
        reason.into_iter().chain(finding.fix.as_deref()).filter(|text| !text.is_empty()).collect()
    };
    let help = if help.is_empty() { title.clone() } else { help.join(" ") };
    let mut tags = vec!["security".to_owned()];
    // What cannot be decided is nothing that a severity of security could be told of.
    if unknown {
        tags.clear();
    }
    tags.extend(finding.controls.iter().filter(|control| !control.is_empty()).map(|control| shown(control)));
    let mut seen = BTreeSet::new();
    tags.retain(|tag| seen.insert(tag.clone()));
    tags.truncate(TAGS);
    Rule {
        id: rule_id(&finding.rule, unknown),
        short_description: Text { text: shown(&title) },
        full_description: Text { text: shown(reason.unwrap_or(&title)) },
        help: Text { text: shown(&help) },
        default_configuration: Configuration { level: if unknown { "warning" } else { level(finding.severity) } },
        properties: RuleProperties {
            tags,
            precision: "very-high",
            security_severity: security_severity(finding.severity).filter(|_| !unknown),
        },
    }
}

impl<'r> Results<'r> {
    fn result(&self, finding: &'r Finding) -> Result<'r> {
        let unknown = finding.verdict == Verdict::Unknown;
        let name = called(finding.name.as_deref(), &finding.resource);
        let whole = finding.arn.as_deref().filter(|arn| !arn.is_empty()).unwrap_or(&finding.resource);
        let mut message = format!("{name} ({whole}): {}", or(&finding.found, "nothing"));
        message.push_str(&format!(". Wanted: {}", finding.wanted));
        if let Some(witness) = &finding.witness {
            message.push_str(&format!(". Proof: {witness}"));
        }
        if let Some(waiver) = finding.waiver.as_ref().filter(|_| finding.verdict != Verdict::Waived) {
            message.push_str(&format!(". Waiver: {}", waiver.says()));
        }
        Result {
            rule_id: rule_id(&finding.rule, unknown),
            rule_index: self.rules.get(&(finding.rule.as_str(), unknown)).copied().unwrap_or_default(),
            kind: if unknown { "open" } else { "fail" },
            level: (!unknown).then(|| level(finding.severity)),
            message: Text { text: shown(&message) },
            locations: [Location {
                physical_location: PhysicalLocation {
                    artifact_location: ArtifactLocation { uri: relative(&finding.place.file, &self.here) },
                    region: Region { start_line: finding.place.line.max(1), start_column: finding.place.column.max(1) },
                },
                logical_locations: [LogicalLocation {
                    name: or(&harmless(name), "resource"),
                    fully_qualified_name: or(&harmless(whole), "resource"),
                    kind: "resource",
                }],
            }],
            suppressions: self.waivers.then(|| suppressions(finding)),
            baseline_state: finding.since.map(|since| baseline_state(since, finding)),
            partial_fingerprints: Fingerprints { primary_location_line_hash: &finding.id },
            properties: ResultProperties {
                id: &finding.id,
                rule: &finding.rule,
                verdict: finding.verdict,
                severity: finding.severity,
                resource: &finding.resource,
                type_name: &finding.type_name,
                name: finding.name.as_deref(),
                arn: finding.arn.as_deref(),
            },
        }
    }
}

/// The state of `finding` relative to the baseline, in the words of the standard. What is absent now has no result: readers
/// that know of no baselines would take it for one that is there. The run's properties name it.
fn baseline_state(since: Since, finding: &Finding) -> &'static str {
    match (since, &finding.was) {
        (Since::New, _) => "new",
        (Since::Known, Some(_)) => "updated",
        (Since::Known, None) => "unchanged",
    }
}

/// Whether somebody accepts `finding`, all of it. A waiver that no longer holds is none: some readers take any for an accepted
/// one. What was not read nobody can accept.
fn suppressions(finding: &Finding) -> Vec<Suppression> {
    let is_waived = |waiver: &&FindingWaiver| waiver.status == WaiverStatus::Live && finding.verdict == Verdict::Waived;
    let live = finding.waiver.iter().filter(is_waived);
    let suppression = |waiver: &FindingWaiver| Suppression {
        kind: "external",
        status: "accepted",
        justification: shown(&waiver.says()),
    };
    live.map(suppression).collect()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// A number within the band that GitHub calls by the same word; none for what can fail no run.
fn security_severity(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Critical => Some("9.5"),
        Severity::High => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("2.5"),
        Severity::Info => None,
    }
}

/// `text` as people read it: without harmful characters, no link within, and no longer than GitHub takes.
fn shown(text: &str) -> String {
    // `[words](address)` is a link in the plain text of SARIF. Braces stay single, as other tools write them: only a
    // message with arguments is a pattern to those that read it.
    let plain = harmless(text).replace("](", "] (");
    match plain.char_indices().nth(LONGEST) {
        Some(_) => plain.chars().take(LONGEST - 1).chain(['…']).collect(),
        None => plain,
    }
}

/// `text`, or `other` where it is empty, which GitHub takes for missing.
fn or(text: &str, other: &str) -> String {
    if text.trim().is_empty() { other.to_owned() } else { text.to_owned() }
}

/// The address of `file` relative to the folder `here`. What lies outside keeps its own path, without the steps up.
fn relative(file: &str, here: &str) -> String {
    let parts = |path: &str| -> Vec<String> {
        let mut parts: Vec<String> = Vec::new();
        for part in path.split(['/', '\\']) {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop()),
                part => parts.push(part.to_owned()),
            }
        }
        parts
    };
    let is_absolute = Path::new(file).has_root() || file.get(1..3).is_some_and(|drive| drive == ":\\" || drive == ":/");
    let below = parts(here);
    let whole = if is_absolute { parts(file) } else { parts(&format!("{here}/{file}")) };
    let rest = match whole.strip_prefix(below.as_slice()) {
        Some(rest) if !rest.is_empty() => rest.to_vec(),
        _ => parts(file),
    };
    let encoded: Vec<String> = rest.iter().map(|part| utf8_percent_encode(part, PATH).to_string()).collect();
    or(&encoded.join("/"), "rules.yaml")
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, relative, shown};

    #[test]
    fn every_file_has_a_relative_address() {
        for (file, address) in [
            ("rules/a.yaml", "rules/a.yaml"),
            ("./rules/a.yaml", "rules/a.yaml"),
            ("/home/ann/shop/rules/a.yaml", "rules/a.yaml"),
            ("../shop/a.yaml", "a.yaml"),
            ("../other/a.yaml", "other/a.yaml"),
            ("/etc/a.yaml", "etc/a.yaml"),
            ("rules\\a b.yaml", "rules/a%20b.yaml"),
            ("C:\\x\\a.yaml", "C%3A/x/a.yaml"),
            ("a:b?c#d%.yaml", "a%3Ab%3Fc%23d%25.yaml"),
            ("\u{1b}[2J東.yaml", "%1B%5B2J%E6%9D%B1.yaml"),
            ("", "rules.yaml"),
            ("..", "rules.yaml"),
        ] {
            assert_eq!(relative(file, "/home/ann/shop"), address, "{file}");
        }
    }

    #[test]
    fn a_message_has_no_link_and_an_end() {
        assert_eq!(shown("[a](https://b)"), "[a] (https://b)");
        let long = shown(&"東".repeat(2 * LONGEST));
        assert_eq!(long.chars().count(), LONGEST);
        assert!(long.ends_with('…'));
    }
}
