//! Grades: what the findings of a report come to in points, for whoever built the account and for whoever grades it.
//!
//! A grade is made from a [`Report`] alone: nothing here asks AWS anything or judges anything. The total is always the
//! sum of the results that are shown. What waits for something else is told once, with its cause: a [`Cause`] is a
//! finding that costs points, with all that waits for it, and each result waits for one cause alone, so that the causes
//! add up to what is missing.
//!
//! | module | its one job |
//! |---|---|
//! | `cause` | what costs points, and what waits for it |
//! | `text` | the grade for a person at a terminal |
//! | `gradescope`, `classroom` | the files that course platforms take |
//! | `receipt` | what says later whether a report is the one that a run made |
//! | `class` | the table of a whole class, for staff |

mod cause;
mod class;

mod classroom;
mod gradescope;
mod receipt;
mod text;

pub use cause::Cause;
pub use class::{Class, Lost, Marks, NotRead, Student, Tally, class_csv, class_html, class_text};
pub use classroom::classroom;
pub use gradescope::gradescope;
pub use receipt::{Answers, Check, Checked, Receipt, SHORTEST_KEY, sha256};
pub use text::text;

use crate::model::{
    Audience, Finding, Foreign, Hundredths, Instead, Points, Report, ReportGap, RulesHead, Said, UnknownPoints, Verdict,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of the JSON form of a grade.
pub const GRADE_VERSION: u32 = 1;

/// What an account comes to in points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Grade {
    /// The version of this format.
    pub version: u32,
    /// The version of Plimsoll that judged.
    pub tool: String,
    /// The title of the rules file.
    pub title: String,
    /// The rules that were judged.
    pub rules: RulesHead,
    /// The account, 12 digits.
    pub account: String,
    /// The regions that the rules speak of, in order.
    pub regions: Vec<String>,
    /// The ARN of the principal that read the account.
    pub caller: String,
    /// What the grade is worth.
    pub standing: Standing,
    /// Whom it is told to.
    pub audience: Audience,
    /// The points: the sum of those of the results.
    pub points: Points,
    /// The points that were left out, because it could not be read whether they were earned.
    pub left_out: Hundredths,
    /// What was earned of what there is to earn, in per cent, rounded down to a hundredth; 0 if nothing counts.
    pub percent: Hundredths,
    /// The percentage from which on it has passed, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pass_mark: Option<Hundredths>,
    /// Whether it has passed; `undecided` if what could not be read decides. None without a pass mark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Passed>,
    /// What costs points, the most first.
    pub causes: Vec<Cause>,
    /// The results, by task.
    pub tasks: Vec<Task>,
    /// What could not be read, with what to permit.
    pub gaps: Vec<ReportGap>,
    /// What no rule could judge, by design.
    pub not_checked: Vec<crate::model::NotChecked>,
    /// The accounts other than its own that what was read names: facts without a verdict, told to staff alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub foreign: Vec<Foreign>,
}

/// What a grade is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Whoever built the account read it: advice, whatever the grade says.
    Advice,
    /// Whoever grades read it.
    Counts,
}

/// Whether a grade reaches the pass mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Passed {
    /// It does.
    Passed,
    /// It does not, even if all that could not be read was right.
    Failed,
    /// It does not by what was read, and might if all could be read.
    Undecided,
}

/// A task of the instructions, with what it is graded by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Task {
    /// Its number in the instructions; none for what belongs to no task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The points of its results together.
    pub points: Points,
    /// The results, in the order of the rules file.
    pub results: Vec<Graded>,
}

/// What one finding comes to, and what is said of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Graded {
    /// The id of the finding.
    pub id: String,
    /// The id of the rule.
    pub rule: String,
    /// The title of the rule.
    pub title: String,
    /// The resource: its physical name if it is known, else its name in the rules file.
    pub resource: String,
    /// What came out.
    pub verdict: Verdict,
    /// Whether it is something to know that costs nothing: a fail of severity info.
    pub is_note: bool,
    /// The points it is worth, and how many it earned.
    pub points: Points,
    /// What was looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wanted: Option<String>,
    /// What was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// A request that shows the fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<String>,
    /// What could be written in the place of what was found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub instead: Vec<Instead>,
    /// Why it matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// What sets one on the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The rule whose finding it waits for, if it was not judged for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<String>,
}

/// What `report` comes to, told to `audience`. `pass_mark` takes the place of that of the rules file.
pub fn grade(report: &Report, audience: Audience, standing: Standing, pass_mark: Option<Hundredths>) -> Grade {
    let leave_out = report.grading.unknown == UnknownPoints::LeaveOut;
    let worth = |finding: &Finding| if leave_out { decided(finding) } else { finding.points };
    let (causes, waits_for) = cause::causes(report, &worth);
    let mut tasks: Vec<Task> = Vec::new();
    let mut points = Points::default();
    for finding in &report.findings {
        let result = told(finding, audience, worth(finding), waits_for.get(finding.id.as_str()).copied());
        points = points.plus(result.points);
        let at = tasks.iter().position(|task| task.step == finding.step).unwrap_or_else(|| {
            tasks.push(Task { step: finding.step.clone(), points: Points::default(), results: Vec::new() });
            tasks.len() - 1
        });
        tasks[at].points = tasks[at].points.plus(result.points);
        tasks[at].results.push(result);
    }
    tasks.sort_by_key(|task| crate::report::step_order(task.step.as_deref()));
    let pass_mark = pass_mark.or(report.grading.pass_mark);
    Grade {
        version: GRADE_VERSION,
        tool: report.tool.clone(),
        title: report.title.clone(),
        rules: report.rules.clone(),
        account: report.account.clone(),
        regions: report.regions.clone(),
        caller: report.caller.clone(),
        standing,
        audience,
        points,
        left_out: Hundredths(report.points.possible.0 - points.possible.0),
        percent: percent(points),
        pass_mark,
        outcome: pass_mark.map(|mark| passed(report, points, mark)),
        causes,
        tasks,
        gaps: report.gaps.clone(),
        not_checked: report.not_checked.clone(),
        foreign: if audience == Audience::Staff { report.foreign.clone() } else { Vec::new() },
    }
}

/// The points of what was decided of a finding.
fn decided(finding: &Finding) -> Points {
    let open = match (finding.verdict, finding.parts.is_empty()) {
        (Verdict::Unknown, true) => finding.points.possible.0,
        (_, true) => 0,
        _ => finding.parts.iter().filter(|part| part.verdict == Verdict::Unknown).map(|p| p.points.possible.0).sum(),
    };
    Points { earned: finding.points.earned, possible: Hundredths(finding.points.possible.0 - open) }
}

/// `points` in per cent, rounded down: nobody passes by rounding, nor where nothing counts.
fn percent(points: Points) -> Hundredths {
    Hundredths((points.earned.0 * 10_000).checked_div(points.possible.0).unwrap_or_default())
}

/// Whether `points` reach `mark`, or would if all that is unknown was right.
fn passed(report: &Report, points: Points, mark: Hundredths) -> Passed {
    // Where all was left out there is nothing that could have passed, whatever the mark.
    if points.possible.0 > 0 && percent(points) >= mark {
        return Passed::Passed;
    }
    let open: u64 = report.findings.iter().map(|finding| finding.points.possible.0 - decided(finding).possible.0).sum();
    // What waits for something unknown is unknown itself, so that there is no more to win than this.
    let most = Points { earned: Hundredths(points.earned.0 + open), possible: report.points.possible };
    if open > 0 && percent(most) >= mark { Passed::Undecided } else { Passed::Failed }
}

/// What `finding` says to `audience`.
fn told(finding: &Finding, audience: Audience, points: Points, waits_for: Option<&str>) -> Graded {
    let tells = |said: Said| audience == Audience::Staff || !finding.for_staff.contains(&said);
    // Of what waits for something else there is nothing to say: it was not judged.
    let judged = waits_for.is_none();
    let text = |said: Said, text: Option<&str>| text.filter(|_| judged && tells(said)).map(str::to_owned);
    Graded {
        id: finding.id.clone(),
        rule: finding.rule.clone(),
        title: finding.title.clone(),
        resource: crate::model::called(finding.name.as_deref(), &finding.resource).to_owned(),
        verdict: finding.verdict,
        is_note: finding.is_remark(),
        points,
        wanted: text(Said::Wanted, Some(&finding.wanted)),
        found: text(Said::Found, Some(&finding.found)),
        witness: text(Said::Witness, finding.witness.as_deref()),
        instead: finding.instead.iter().filter(|_| judged && tells(Said::Instead)).cloned().collect(),
        reason: text(Said::Reason, finding.reason.as_deref()),
        fix: text(Said::Fix, finding.fix.as_deref()),
        // A hint is for whoever is to find out; staff see how to mend it.
        hint: text(Said::Hint, finding.hint.as_deref()),
        waits_for: waits_for.map(str::to_owned),
    }
}
