//! A class: who came to what, which rules most failed, and who could not be read. For staff.
//!
//! Of each student a [`Student`] is kept, never a report: the table of a class grows by a line a student. Knows nothing
//! of files, of sessions, and of how a class is asked.

mod csv;
mod html;
mod text;

pub use csv::class_csv;
pub use html::class_html;
pub use text::class_text;

use super::{Grade, Passed};
use crate::model::{Counts, Hundredths, Points, Report, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many of the causes are kept of a student.
const CAUSES: usize = 3;
/// How many other accounts are kept of a student.
const ACCOUNTS: usize = 20;
/// The longest text that is kept of one cause, in characters.
const LONGEST: usize = 200;

/// What is kept of one student.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Student {
    /// The id in the roster.
    pub id: String,
    /// The name in the roster; empty if it has none.
    pub name: String,
    /// What came of it.
    pub result: Result<Marks, NotRead>,
}

/// Why an account was not graded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotRead {
    /// What happened, and what to do about it.
    pub reason: String,
}

/// What an account came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// The account, 12 digits.
    pub account: String,
    /// The SHA-256 of the rules it was judged by.
    pub rules_sha256: String,
    /// The points.
    pub points: Points,
    /// The points that were left out, because it could not be read whether they were earned.
    pub left_out: Hundredths,
    /// The same in per cent.
    pub percent: Hundredths,
    /// Whether it has passed; none without a pass mark.
    pub outcome: Option<Passed>,
    /// How many findings have each verdict.
    pub counts: Counts,
    /// What costs most, the most first: the finding in words, and what it costs with all that waits for it.
    pub causes: Vec<(String, Hundredths)>,
    /// Other accounts that it names, and how many more there are.
    pub foreign: (Vec<String>, usize),
    /// The rules that did not hold.
    pub lost: Vec<Lost>,
    /// What staff are to know of the run.
    pub notes: Vec<String>,
}

/// A rule that did not hold for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// The id of the rule.
    pub rule: String,
    /// Its title.
    pub title: String,
    /// The worst verdict on it: fail, unknown or blocked.
    pub verdict: Verdict,
    /// The points it cost.
    pub points: Hundredths,
}

impl Marks {
    /// What is kept of a grade that was told to staff, and of the report it was made from.
    pub fn of(grade: &Grade, report: &Report, notes: Vec<String>) -> Self {
        let mut lost: Vec<Lost> = Vec::new();
        let mut at: BTreeMap<&str, usize> = BTreeMap::new();
        for result in grade.tasks.iter().flat_map(|task| &task.results).filter(|result| !result.is_note) {
            if !matches!(result.verdict, Verdict::Fail | Verdict::Unknown | Verdict::Blocked) {
                continue;
            }
            let place = *at.entry(&result.rule).or_insert_with(|| {
                lost.push(Lost {
                    rule: result.rule.clone(),
                    title: cut(&result.title),
                    verdict: result.verdict,
                    points: Hundredths::default(),
                });
                lost.len() - 1
            });
            lost[place].verdict = lost[place].verdict.max(result.verdict);
            lost[place].points.0 += result.points.possible.0 - result.points.earned.0;
        }
        let causes = grade.causes.iter().take(CAUSES).map(|cause| {
            let all = Hundredths(cause.costs.0 + cause.waiting_costs.0);
            (cut(&format!("{} ({})", cause.title, cause.resource)), all)
        });
        let mut foreign: Vec<String> = report.foreign.iter().map(|one| one.account.clone()).collect();
        foreign.dedup();
        let more = foreign.len().saturating_sub(ACCOUNTS);
        foreign.truncate(ACCOUNTS);
        Self {
            account: grade.account.clone(),
            rules_sha256: grade.rules.sha256.clone(),
            points: grade.points,
            left_out: grade.left_out,
            percent: grade.percent,
            outcome: grade.outcome,
            counts: report.counts,
            causes: causes.collect(),
            foreign: (foreign, more),
            lost,
            notes,
        }
    }

    /// Whether what could not be read decides: over the pass mark, or, without one, over any rule.
    pub fn is_undecided(&self) -> bool {
        match self.outcome {
            Some(outcome) => outcome == Passed::Undecided,
            None => self.counts.unknown > 0,
        }
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST { text.to_owned() } else { text.chars().take(LONGEST).chain(['…']).collect() }
}

/// The table of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// The title of the rules file.
    pub title: String,
    /// The SHA-256 of the rules.
    pub rules_sha256: String,
    /// The students, in the order of the roster, without the rules that each lost.
    pub students: Vec<Student>,
    /// The rules that did not hold for somebody, those that failed most first.
    pub rules: Vec<Tally>,
}

/// For how many a rule did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// The id of the rule.
    pub rule: String,
    /// Its title.
    pub title: String,
    /// For how many it failed.
    pub fail: usize,
    /// For how many it was not judged, because something else comes first.
    pub blocked: usize,
    /// For how many it is not known.
    pub unknown: usize,
    /// The points it cost all of them together.
    pub points: Hundredths,
}

impl Class {
    /// The table of `students`, who come in the order of the roster.
    pub fn new(title: &str, rules_sha256: &str, students: impl Iterator<Item = Student>) -> Self {
        let mut kept = Vec::new();
        let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
        for mut student in students {
            if let Ok(marks) = &mut student.result {
                for lost in std::mem::take(&mut marks.lost) {
                    let tally = tallies.entry(lost.rule.clone()).or_insert_with(|| Tally {
                        rule: lost.rule,
                        title: lost.title,
                        fail: 0,
                        blocked: 0,
                        unknown: 0,
                        points: Hundredths::default(),
                    });
                    tally.points.0 += lost.points.0;
                    match lost.verdict {
                        Verdict::Fail => tally.fail += 1,
                        Verdict::Blocked => tally.blocked += 1,
                        _ => tally.unknown += 1,
                    }
                }
                if marks.rules_sha256 != rules_sha256 {
                    marks.notes.push("kept from an earlier run by other rules".to_owned());
                }
            }
            kept.push(student);
        }
        let mut rules: Vec<Tally> = tallies.into_values().collect();
        rules.sort_by(|a, b| {
            (b.fail, b.points, b.blocked, b.unknown, &a.rule).cmp(&(a.fail, a.points, a.blocked, a.unknown, &b.rule))
        });
        let mut class = Self { title: title.to_owned(), rules_sha256: rules_sha256.to_owned(), students: kept, rules };
        class.note_shared_accounts();
        class
    }

    /// Whose the account `of` is, by the roster.
    pub fn owner(&self, of: &str) -> Option<&str> {
        self.marks().find(|(_, marks)| marks.account == of).map(|(student, _)| student.id.as_str())
    }

    /// Those that were graded.
    pub fn marks(&self) -> impl Iterator<Item = (&Student, &Marks)> {
        self.students.iter().filter_map(|student| Some((student, student.result.as_ref().ok()?)))
    }

    /// How many could not be read.
    pub fn not_read(&self) -> usize {
        self.students.iter().filter(|student| student.result.is_err()).count()
    }

    /// How many are not decided.
    pub fn undecided(&self) -> usize {
        self.marks().filter(|(_, marks)| marks.is_undecided()).count()
    }

    /// Two students whose results are of one account: staff want to know.
    fn note_shared_accounts(&mut self) {
        let mut first: BTreeMap<String, String> = BTreeMap::new();
        for student in &mut self.students {
            let Ok(marks) = &mut student.result else { continue };
            match first.get(&marks.account) {
                Some(other) => marks.notes.push(format!("the same account as {other}")),
                None => drop(first.insert(marks.account.clone(), student.id.clone())),
            }
        }
    }

    /// The other accounts that `marks` name, each with whose it is.
    fn foreign(&self, marks: &Marks) -> String {
        let mut named: Vec<String> = marks
            .foreign
            .0
            .iter()
            .map(|account| match self.owner(account) {
                Some(id) => format!("{account} ({id})"),
                None => account.clone(),
            })
            .collect();
        if marks.foreign.1 > 0 {
            named.push(format!("{} more", marks.foreign.1));
        }
        named.join(", ")
    }
}

/// The word for what came of a student.
fn status(student: &Student) -> &'static str {
    match &student.result {
        Err(_) => "not read",
        Ok(marks) => match marks.outcome {
            Some(Passed::Passed) => "passed",
            Some(Passed::Failed) => "not passed",
            Some(Passed::Undecided) => "undecided",
            None if marks.is_undecided() => "undecided",
            None => "graded",
        },
    }
}
