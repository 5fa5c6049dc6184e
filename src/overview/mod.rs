//! What the reports on many accounts come to: which accounts have findings, which could not be read, and which rules fail
//! in how many of them.
//!
//! Of each report an [`Outcome`] is kept, never the report: the overview grows by a line an account. Knows nothing of
//! files, of sessions, and of how accounts are asked.

mod csv;
mod html;
mod markdown;
mod notify;
mod text;

use crate::model::{BaselineHead, Counts, Finding, Report, Severity, Verdict, harmless};
use crate::report::{Look, Message, write_harmless};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the JSON form. It counts up when a field changes its meaning or goes.
const VERSION: u32 = 1;
/// How many accounts are named of a rule; the rest are counted.
const NAMED: usize = 50;
/// The longest text that is kept of others, in characters.
const LONGEST: usize = 300;

/// What came of one account in one region: what is kept of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The name of the account in the list.
    pub name: String,
    /// The region, where the list names several for the account.
    pub region: Option<String>,
    /// What its report came to, or why there is none.
    pub result: Result<Summary, String>,
}

/// What a report came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The account, 12 digits.
    pub account: String,
    /// The regions that the rules spoke of.
    pub regions: Vec<String>,
    /// The title of the rules.
    pub title: String,
    /// The rules file.
    pub rules: String,
    /// The SHA-256 of the rules.
    pub rules_sha256: String,
    /// Whether every rule could be decided, those aside that were known from an earlier report to be open.
    pub complete: bool,
    /// How many calls were made.
    pub calls: usize,
    /// How many findings have each verdict.
    pub counts: Counts,
    /// How many findings fail or wait for one that fails, and are neither waived nor known, by severity.
    pub against: BySeverity,
    /// The rules that do not hold, or are not known to.
    pub lost: Vec<Lost>,
    /// What is to be known of the run.
    pub notes: Vec<String>,
    /// What came of it since the earlier run, if it was held against one.
    #[serde(default)]
    pub since: Option<Changes>,
}

/// How many findings are new since an earlier run, how many were known, and what became of those that were there then.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Changes {
    /// How many that fail, are blocked or unknown are new.
    pub new: usize,
    /// How many of them were known.
    pub known: usize,
    /// How many of those that were known fail otherwise than they did.
    pub changed: usize,
    /// How many failed then, and pass now.
    pub fixed: usize,
    /// How many failed then, and their rule or resource is no longer there.
    pub gone: usize,
    /// How many failed then, and whether they still do was not read.
    pub not_read: usize,
}

impl From<&BaselineHead> for Changes {
    fn from(head: &BaselineHead) -> Self {
        let BaselineHead { new, known, changed, fixed, gone, not_read, .. } = *head;
        Self { new, known, changed, fixed, gone, not_read }
    }
}

/// How many of each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "each field is the severity it is named after")]
pub struct BySeverity {
    pub critical: usize,
    pub high: usize,
    pub medium: usize,
    pub low: usize,
    pub info: usize,
}

/// A rule that does not hold in an account, or is not known to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// The id of the rule.
    pub rule: String,
    /// The file it stands in.
    pub file: String,
    /// Its title.
    pub title: String,
    /// How bad a fail is.
    pub severity: Severity,
    /// The worst verdict on it: fail, unknown or blocked.
    pub verdict: Verdict,
    /// How many findings on it are none of `pass`, `waived` and `not-applicable`.
    pub findings: usize,
}

impl BySeverity {
    fn of(&mut self, severity: Severity) -> &mut usize {
        match severity {
            Severity::Critical => &mut self.critical,
            Severity::High => &mut self.high,
            Severity::Medium => &mut self.medium,
            Severity::Low => &mut self.low,
            Severity::Info => &mut self.info,
        }
    }

    /// How many are at or above `severity`.
    pub fn from(mut self, severity: Severity) -> usize {
        Severity::ALL.into_iter().filter(|one| *one >= severity).map(|one| *self.of(one)).sum()
    }
}

impl Summary {
    /// What is kept of `report`.
    pub fn of(report: &Report, notes: Vec<String>) -> Self {
        let mut lost: Vec<Lost> = Vec::new();
        let mut at: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        let mut against = BySeverity::default();
        // What is waived, or known from an earlier report, is told in the account's own report.
        for finding in report.findings.iter().filter(|finding| finding.counts() || finding.is_open()) {
            if finding.verdict != Verdict::Unknown {
                *against.of(finding.severity) += 1;
            }
            let Finding { rule, title, severity, verdict, place, .. } = finding;
            let place = *at.entry((rule, &place.file)).or_insert_with(|| {
                lost.push(Lost {
                    rule: cut(rule),
                    file: cut(&place.file),
                    title: cut(title),
                    severity: *severity,
                    verdict: *verdict,
                    findings: 0,
                });
                lost.len() - 1
            });
            lost[place].verdict = lost[place].verdict.max(*verdict);
            lost[place].findings += 1;
        }
        Self {
            account: report.account.clone(),
            regions: report.regions.clone(),
            title: cut(&report.title),
            rules: report.rules.file.clone(),
            rules_sha256: report.rules.sha256.clone(),
            complete: !report.findings.iter().any(Finding::is_open),
            calls: report.calls,
            counts: report.counts,
            against,
            lost,
            notes,
            since: report.baseline.as_ref().map(Changes::from),
        }
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST { text.to_owned() } else { text.chars().take(LONGEST).chain(['…']).collect() }
}

/// What an account came to, in a word. Ordered from worst to best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It has findings that fail the run.
    Findings,
    /// It could not be read at all.
    NotRead,
    /// Something is unknown, and nothing fails the run.
    Incomplete,
    /// All that could fail the run was read, and holds.
    Clean,
}

impl State {
    fn all() -> [Self; 4] {
        [Self::Findings, Self::NotRead, Self::Incomplete, Self::Clean]
    }

    /// The words for it.
    fn words(self) -> &'static str {
        match self {
            Self::Findings => "findings",
            Self::NotRead => "not read",
            Self::Incomplete => "incomplete",
            Self::Clean => "clean",
        }
    }

    /// What is said of several: `3 with findings`.
    fn counted(self) -> &'static str {
        match self {
            Self::Findings => "with findings",
            Self::NotRead => "could not be read",
            Self::Incomplete => "incomplete",
            Self::Clean => "clean",
        }
    }
}

/// What all accounts of a run came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Overview {
    /// The version of this format.
    pub version: u32,
    /// The version of Plimsoll that wrote it.
    pub tool: String,
    /// How many accounts the list names.
    pub accounts: usize,
    /// The mildest severity that fails the run.
    pub fail_on: Severity,
    /// Whether every account was read, and every rule decided.
    pub complete: bool,
    /// How many of the runs came to what.
    pub states: States,
    /// How many findings of all accounts have each verdict.
    pub counts: Counts,
    /// The runs in the order of the list: an account in a region.
    pub runs: Vec<Line>,
    /// The rules that do not hold in some account, or are not known to, the worst first.
    pub rules: Vec<Tally>,
}

/// How many of the runs came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each field is the state it is named after")]
pub struct States {
    pub findings: usize,
    pub not_read: usize,
    pub incomplete: usize,
    pub clean: usize,
}

impl States {
    fn of(&mut self, state: State) -> &mut usize {
        match state {
            State::Findings => &mut self.findings,
            State::NotRead => &mut self.not_read,
            State::Incomplete => &mut self.incomplete,
            State::Clean => &mut self.clean,
        }
    }
}

/// One run: an account in a region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Line {
    /// The name of the account in the list.
    pub name: String,
    /// What it came to.
    pub state: State,
    /// The account, 12 digits; none if it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The regions that the rules spoke of, or the one that was asked for.
    pub regions: Vec<String>,
    /// The folder of its reports, relative to that of the results.
    pub folder: String,
    /// The rules file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
    /// The SHA-256 of the rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules_sha256: Option<String>,
    /// How many calls were made; none if it could not be read, and so with what follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls: Option<usize>,
    /// How many findings have each verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
    /// How many findings fail or wait for one that fails, by severity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<BySeverity>,
    /// Why it could not be read, and what to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What is to be known of the run.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<String>,
    /// What came of it since the earlier run, if it was held against one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Changes>,
}

/// A rule over all accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tally {
    /// The id of the rule.
    pub rule: String,
    /// The file it stands in.
    pub file: String,
    /// Its title.
    pub title: String,
    /// How bad a fail is.
    pub severity: Severity,
    /// Of the runs in which it fails: how many there are.
    pub fail: usize,
    /// In how many it is not known.
    pub unknown: usize,
    /// In how many it waits for another rule.
    pub blocked: usize,
    /// How many findings there are on it, those that hold left out.
    pub findings: usize,
    /// In which runs it fails, by the folders of their results; where it fails in none, in which it is not known or waits.
    /// The first 50 of them.
    pub named: Vec<String>,
}

impl Overview {
    /// What `outcomes`, in the order of the list, come to, where `fail_on` is the mildest severity that fails the run.
    pub fn new(fail_on: Severity, outcomes: impl Iterator<Item = Outcome>) -> Self {
        let mut overview = Self {
            version: VERSION,
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            accounts: 0,
            fail_on,
            complete: true,
            states: States::default(),
            counts: Counts::default(),
            runs: Vec::new(),
            rules: Vec::new(),
        };
        let mut tallies: BTreeMap<(String, String), (Verdict, Tally)> = BTreeMap::new();
        for outcome in outcomes {
            let line = overview.line(outcome, &mut tallies);
            let is_another = overview.runs.last().is_none_or(|before| before.name != line.name);
            overview.accounts += usize::from(is_another);
            *overview.states.of(line.state) += 1;
            overview.runs.push(line);
        }
        overview.rules = tallies.into_values().map(|(_, tally)| tally).collect();
        overview.rules.sort_by(|a, b| {
            let key = |tally: &Tally| (tally.fail > 0, tally.severity, tally.fail, tally.unknown, tally.blocked);
            key(b).cmp(&key(a)).then_with(|| (&a.rule, &a.file).cmp(&(&b.rule, &b.file)))
        });
        overview
    }

    fn line(&mut self, outcome: Outcome, tallies: &mut BTreeMap<(String, String), (Verdict, Tally)>) -> Line {
        let folder = folder_of(&outcome.name, outcome.region.as_deref());
        let mut line = Line {
            name: outcome.name,
            state: State::NotRead,
            account: None,
            regions: outcome.region.into_iter().collect(),
            folder,
            rules: None,
            rules_sha256: None,
            calls: None,
            counts: None,
            against: None,
            reason: None,
            notes: Vec::new(),
            since: None,
        };
        let summary = match outcome.result {
            Ok(summary) => summary,
            Err(reason) => {
                self.complete = false;
                line.reason = Some(reason);
                return line;
            }
        };
        for lost in summary.lost {
            let (worst, tally) = tallies.entry((lost.rule.clone(), lost.file.clone())).or_insert_with(|| {
                let Lost { rule, file, title, severity, verdict, .. } = lost;
                let (fail, unknown, blocked, findings) = (0, 0, 0, 0);
                let named = Vec::new();
                (verdict, Tally { rule, file, title, severity, fail, unknown, blocked, findings, named })
            });
            tally.severity = tally.severity.max(lost.severity);
            tally.findings += lost.findings;
            match lost.verdict {
                Verdict::Fail => tally.fail += 1,
                Verdict::Blocked => tally.blocked += 1,
                _ => tally.unknown += 1,
            }
            // Those where it fails are named, if there are any.
            if lost.verdict == Verdict::Fail && *worst != Verdict::Fail {
                *worst = Verdict::Fail;
                tally.named.clear();
            }
            if (lost.verdict == Verdict::Fail) == (*worst == Verdict::Fail) && tally.named.len() < NAMED {
                tally.named.push(line.folder.clone());
            }
        }
        line.state = match (summary.against.from(self.fail_on), summary.complete) {
            (1.., _) => State::Findings,
            (0, true) => State::Clean,
            (0, false) => State::Incomplete,
        };
        self.complete &= summary.complete;
        for verdict in Verdict::WORST_FIRST {
            add(&mut self.counts, verdict, summary.counts.of(verdict));
        }
        Line {
            account: Some(summary.account),
            regions: summary.regions,
            rules: Some(summary.rules),
            rules_sha256: Some(summary.rules_sha256),
            calls: Some(summary.calls),
            counts: Some(summary.counts),
            against: Some(summary.against),
            notes: summary.notes,
            since: summary.since,
            ..line
        }
    }

    /// The exit code: 1 if an account has findings that fail the run, else 4 if none could be read, 3 if one could not or
    /// something is unknown, 0 if all are clean.
    pub fn exit_code(&self) -> u8 {
        match self.states {
            States { findings: 1.., .. } => 1,
            States { not_read, .. } if not_read == self.runs.len() => 4,
            _ if self.complete => 0,
            _ => 3,
        }
    }

    /// For a person at a terminal.
    pub fn text(&self, look: Look) -> String {
        text::text(self, look)
    }

    /// For a program.
    pub fn json(&self) -> String {
        write_harmless(self)
    }

    /// A row for each run, for spreadsheets.
    pub fn csv(&self) -> String {
        csv::csv(self)
    }

    /// For a comment on a pull request, or the summary of a job.
    pub fn markdown(&self) -> String {
        markdown::markdown(self)
    }

    /// For a browser: one page. `report` is the file in each folder that a run is linked to, if there is one.
    pub fn html(&self, report: Option<&str>) -> String {
        html::html(self, report)
    }

    /// A short message: one line where all are clean, and nothing came of what an earlier run found.
    pub fn notify(&self) -> Message {
        notify::notify(self)
    }

    /// How many of the runs came to what, in words, and whether they are accounts or runs.
    fn counted(&self) -> String {
        let mut states = self.states;
        let some = State::all().into_iter().filter_map(|state| match *states.of(state) {
            0 => None,
            n => Some(format!("{n} {}", state.counted())),
        });
        let accounts = if self.accounts == 1 { "1 account".to_owned() } else { format!("{} accounts", self.accounts) };
        let of = match self.runs.len() {
            n if n == self.accounts => accounts,
            n => format!("{accounts} in {n} runs"),
        };
        format!("{of}: {}", some.collect::<Vec<_>>().join(", "))
    }

    /// Whether all runs are by the same rules.
    fn has_one_rules_file(&self) -> bool {
        let mut files = self.runs.iter().filter_map(|line| line.rules.as_deref());
        let first = files.next();
        files.all(|file| Some(file) == first)
    }

    /// What to do next, in a sentence.
    fn next(&self) -> &'static str {
        match self.states {
            States { findings: 1.., not_read: 0, incomplete: 0, .. } => "Mend what fails, the worst first.",
            States { findings: 1.., .. } => "Mend what fails, the worst first; what was not read may hide more.",
            States { not_read: 1.., .. } => "Let the auditor read what it could not, then scan again.",
            States { incomplete: 1.., .. } => "Permit what is missing, as each report says, then scan again.",
            _ => "Nothing to do.",
        }
    }
}

impl Line {
    /// How many findings are against it: critical, high, medium and low ones; and how many are not known. Nothing where it
    /// could not be read.
    fn cells(&self) -> [Option<usize>; 5] {
        let of = |severity: fn(BySeverity) -> usize| self.against.map(severity);
        [of(|of| of.critical), of(|of| of.high), of(|of| of.medium), of(|of| of.low), self.counts.map(|c| c.unknown)]
    }

    /// What it is called among the others.
    fn called(&self) -> String {
        harmless(&self.folder)
    }
}

impl Tally {
    /// In which runs it fails, or what else: `fails in 3`, `unknown in 1`.
    fn said(&self) -> String {
        let some = [("fails", self.fail), ("unknown", self.unknown), ("waits for another rule", self.blocked)];
        let some = some.into_iter().filter(|(_, n)| *n > 0).map(|(word, n)| format!("{word} in {n}"));
        some.collect::<Vec<_>>().join(", ")
    }

    /// The first `most` runs, and how many more there are.
    fn where_it_is(&self, most: usize) -> String {
        let all = if self.fail > 0 { self.fail } else { self.unknown + self.blocked };
        let mut names: Vec<String> = self.named.iter().take(most).map(|name| harmless(name)).collect();
        let more = all.saturating_sub(names.len());
        if more > 0 {
            names.push(format!("{more} more"));
        }
        names.join(", ")
    }

    /// The worst verdict.
    fn verdict(&self) -> Verdict {
        match (self.fail, self.unknown) {
            (1.., _) => Verdict::Fail,
            (0, 1..) => Verdict::Unknown,
            _ => Verdict::Blocked,
        }
    }
}

/// The folder of the account `name`, in `region` where it has several, relative to that of the results.
pub fn folder_of(name: &str, region: Option<&str>) -> String {
    region.map_or_else(|| name.to_owned(), |region| format!("{name}/{region}"))
}

fn add(counts: &mut Counts, verdict: Verdict, more: usize) {
    for _ in 0..more {
        counts.add(verdict);
    }
}

/// The JSON Schema of the JSON form.
pub fn schema() -> String {
    write_harmless(&schemars::schema_for!(Overview))
}
