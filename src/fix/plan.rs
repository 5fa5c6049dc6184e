//! Which changes mend the findings, in an order that works.
//!
//! In rounds: the rules on what exists come first, then what things are like, then permissions, then what rests on them,
//! and what is too much last. Each idea is tried on a copy of the account and judged there by the same audit that judges
//! accounts: it is taken if its finding then passes and nothing that held fails. What a mended finding blocked is judged
//! in the next round.

use super::command::Command;
use super::ideas::{Idea, Scene, tier};
use super::model::{Change, Model};
use super::write::Writer;
use super::{Asked, Fix, Fixes, Left};
use crate::audit::{Resolved, audit};
use crate::model::{Account, Finding, Kind, Report, Severity, Verdict};
use crate::reach::Reach;
use crate::rules::{Rules, Whereabouts};
use std::collections::{BTreeMap, BTreeSet};

/// How many rounds there are at the most. A round mends something, or there is no other.
const ROUNDS: usize = 40;
/// How many ideas are tried for a finding.
const TRIED: usize = 40;

pub(super) struct Planner<'a> {
    pub(super) rules: &'a Rules,
    pub(super) place: &'a Whereabouts,
    model: Model,
    report: Report,
    fixes: BTreeMap<String, Fix>,
    /// The ids of findings in the order in which they were mended.
    order: Vec<String>,
    left: BTreeMap<String, String>,
}

/// An idea that mends its finding.
struct Taken {
    model: Model,
    report: Report,
    commands: Vec<Command>,
    undo: Vec<Command>,
    not_undone: Vec<String>,
    what: String,
    /// Whether the finding is known to pass, and not only no longer known to fail.
    proven: bool,
}

impl<'a> Planner<'a> {
    pub(super) fn new(rules: &'a Rules, account: &Account, place: &'a Whereabouts, kinds: Vec<&'static Kind>) -> Self {
        let report = audit(rules, account, place);
        let model = Model::new(account.clone(), kinds);
        Self { rules, place, model, report, fixes: BTreeMap::new(), order: Vec::new(), left: BTreeMap::new() }
    }

    pub(super) fn run(mut self, asked: &Asked) -> Fixes {
        let first = self.report.clone();
        let chosen = self.chosen(asked);
        for _ in 0..ROUNDS {
            // What hides whether another finding fails waits until that one is mended.
            if !self.round(&chosen, false) && !self.round(&chosen, true) {
                break;
            }
        }
        self.result(&first, &chosen)
    }

    /// The findings that are to be mended: those that were chosen, with what blocks them.
    fn chosen(&self, asked: &Asked) -> BTreeSet<String> {
        let all = asked.rules.is_empty() && asked.findings.is_empty();
        let mut chosen: BTreeSet<String> = self
            .report
            .findings
            .iter()
            .filter(|finding| match all {
                true => finding.severity != Severity::Info,
                false => asked.rules.contains(&finding.rule) || asked.findings.contains(&finding.id),
            })
            .map(|finding| finding.id.clone())
            .collect();
        loop {
            let waits = |finding: &&Finding| chosen.contains(&finding.id) && finding.verdict == Verdict::Blocked;
            let by: BTreeSet<&str> = self
                .report
                .findings
                .iter()
                .filter(waits)
                .flat_map(|finding| &finding.blocked_by)
                .map(String::as_str)
                .collect();
            let more: Vec<String> = self
                .report
                .findings
                .iter()
                .filter(|finding| by.contains(finding.rule.as_str()) && !chosen.contains(&finding.id))
                .map(|finding| finding.id.clone())
                .collect();
            if more.is_empty() {
                return chosen;
            }
            chosen.extend(more);
        }
    }

    /// Mends what it can of the lowest tier that something can be mended of. Whether it did.
    fn round(&mut self, chosen: &BTreeSet<String>, blinding: bool) -> bool {
        let mut failing: Vec<(u8, Finding)> = self
            .report
            .findings
            .iter()
            .filter(|finding| finding.verdict == Verdict::Fail && chosen.contains(&finding.id))
            .filter_map(|finding| Some((tier(self.rule(&finding.rule)?), finding.clone())))
            .collect();
        failing.sort_by_key(|(tier, _)| *tier);
        let mut mended_in = None;
        for (tier, finding) in failing {
            if mended_in.is_some_and(|mended| mended < tier) {
                break;
            }
            // An earlier one of the round may have mended it as well.
            let now = self.report.findings.iter().find(|other| other.id == finding.id).cloned();
            let Some(now) = now.filter(|now| now.verdict == Verdict::Fail) else { continue };
            match self.mend(&now) {
                Ok(taken) if !blinding && hides(&self.report, &taken.report, &now) => {}
                Ok(taken) => {
                    mended_in = Some(tier);
                    self.left.remove(&now.id);
                    self.take(&now, taken);
                }
                Err(why) => drop(self.left.insert(now.id.clone(), why)),
            }
        }
        mended_in.is_some()
    }

    fn rule(&self, id: &str) -> Option<&'a crate::rules::Rule> {
        self.rules.rules.iter().find(|rule| rule.id == id)
    }

    /// The first idea that mends `finding` and breaks nothing.
    fn mend(&self, finding: &Finding) -> Result<Taken, String> {
        let rule = self.rule(&finding.rule).ok_or("its rule is gone")?;
        let ideas = {
            let reach = Reach::new(&self.model.account, &self.place.region);
            let resolved = Resolved::new(self.rules, &self.model.account, self.place, &reach);
            let scene = Scene { rules: self.rules, place: self.place, model: &self.model, resolved: &resolved };
            scene.ideas(rule, finding)?
        };
        let mut why = None;
        let mut second = None;
        for idea in ideas.iter().take(TRIED) {
            match self.attempt(idea, finding) {
                Ok(taken) if taken.proven => return Ok(taken),
                Ok(taken) => drop(second.get_or_insert(taken)),
                Err(no) => drop(why.get_or_insert(no)),
            }
        }
        second
            .ok_or_else(|| why.unwrap_or_else(|| "nothing that Plimsoll knows a command for would mend it".to_owned()))
    }

    /// What comes of an idea, if it mends `finding`.
    fn attempt(&self, idea: &Idea, finding: &Finding) -> Result<Taken, String> {
        let mut model = self.model.clone();
        let (mut commands, mut undo, mut not_undone) = (Vec::new(), Vec::new(), Vec::new());
        for change in &idea.changes {
            let (forth, back) = Writer { model: &model }.write(change)?;
            commands.extend(forth);
            match back {
                // What was done last is undone first.
                Ok(back) => undo.splice(0..0, back).for_each(drop),
                Err(why) => not_undone.push(format!("{}: {why}", described(change))),
            }
            model.apply(change);
        }
        let report = audit(self.rules, &model.account, self.place);
        let after = report.findings.iter().find(|other| other.id == finding.id);
        // What only was about the thing that is gone is gone with it.
        let proven =
            after.is_none_or(|after| matches!(after.verdict, Verdict::Pass | Verdict::NotApplicable | Verdict::Waived));
        if let Some(after) = after
            && !proven
            && after.verdict != Verdict::Unknown
        {
            return Err(format!("no one change mends it: with the likeliest one, still {}", after.found));
        }
        if let Some(worse) = worse(&self.report, &report, finding) {
            return Err(format!(
                "what would mend it breaks `{}`, which holds: {}. A person must say which of the two is meant",
                worse.rule, worse.found
            ));
        }
        if commands.is_empty() {
            return Err("there is nothing to change that was read".to_owned());
        }
        Ok(Taken { model, report, commands, undo, not_undone, what: idea.what.clone(), proven })
    }

    fn take(&mut self, finding: &Finding, taken: Taken) {
        if !self.fixes.contains_key(&finding.id) {
            self.order.push(finding.id.clone());
        }
        let fix = self.fixes.entry(finding.id.clone()).or_insert_with(|| Fix::of(finding));
        fix.what.push(taken.what);
        fix.commands.extend(taken.commands);
        fix.undo.splice(0..0, taken.undo);
        fix.not_undone.extend(taken.not_undone);
        fix.proven = taken.proven;
        self.model = taken.model;
        self.report = taken.report;
    }

    fn result(mut self, first: &Report, chosen: &BTreeSet<String>) -> Fixes {
        let was: BTreeMap<&str, &Finding> =
            first.findings.iter().map(|finding| (finding.id.as_str(), finding)).collect();
        let mut left = Vec::new();
        let mut unknown = Vec::new();
        let mut mended = Vec::new();
        for finding in self.report.findings.iter().filter(|finding| chosen.contains(&finding.id)) {
            let before = was.get(finding.id.as_str()).map_or(finding.verdict, |before| before.verdict);
            let failed = matches!(before, Verdict::Fail | Verdict::Blocked);
            match finding.verdict {
                Verdict::Fail => {
                    let why = self.left.remove(&finding.id);
                    let why =
                        why.unwrap_or_else(|| "nothing that Plimsoll knows a command for would mend it".to_owned());
                    left.push(Left::of(finding, why));
                }
                Verdict::Blocked => left.push(Left::of(
                    finding,
                    format!("it waits for {}, which must be mended first", finding.blocked_by.join(", ")),
                )),
                Verdict::Unknown if before == Verdict::Unknown => {
                    unknown.push(Left::of(finding, format!("it is not known whether it fails: {}", finding.found)));
                }
                Verdict::Unknown if !self.fixes.contains_key(&finding.id) && failed => {
                    let why = "whether it passes shows only once the commands have run; scan again then";
                    unknown.push(Left::of(finding, why.to_owned()));
                }
                _ if failed => mended.push(finding.id.clone()),
                _ => {}
            }
        }
        let fixes: Vec<Fix> = self.order.iter().filter_map(|id| self.fixes.remove(id)).collect();
        Fixes {
            account: self.model.account.caller.account.clone(),
            partition: self.place.partition.clone(),
            region: self.place.region.clone(),
            title: self.rules.title.clone(),
            rules: self.rules.file.clone(),
            mended: mended.len(),
            fixes,
            left,
            unknown,
        }
    }
}

/// A finding that held and would not any more. Remarks hold no one back.
fn worse<'r>(before: &Report, after: &'r Report, of: &Finding) -> Option<&'r Finding> {
    let held: BTreeSet<&str> = before
        .findings
        .iter()
        .filter(|finding| matches!(finding.verdict, Verdict::Pass | Verdict::NotApplicable))
        .map(|finding| finding.id.as_str())
        .collect();
    let known: BTreeSet<&str> = before.findings.iter().map(|finding| finding.id.as_str()).collect();
    after.findings.iter().find(|finding| {
        let fails = finding.verdict == Verdict::Fail && finding.severity != Severity::Info;
        let new = !known.contains(finding.id.as_str());
        fails && finding.id != of.id && (new || held.contains(finding.id.as_str()))
    })
}

/// Whether something else that fails would no longer be known to.
fn hides(before: &Report, after: &Report, of: &Finding) -> bool {
    let unknown: BTreeSet<&str> = after
        .findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::Unknown)
        .map(|finding| finding.id.as_str())
        .collect();
    before
        .findings
        .iter()
        .any(|finding| finding.verdict == Verdict::Fail && finding.id != of.id && unknown.contains(finding.id.as_str()))
}

fn described(change: &Change) -> String {
    match change {
        Change::Set { field, .. } => field.clone(),
        Change::Create(resource) => format!("what was made ({})", resource.type_name),
        Change::Delete(id) => format!("what was deleted ({})", id.type_name),
    }
}
