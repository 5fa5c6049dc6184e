//! What changed between two reports.

use super::{FindingChange, NotCompared, Turn, Unread};
use crate::model::{Finding, Report, Verdict};
use std::collections::BTreeMap;

/// The findings that differ, the worst first, and those that could not be compared.
///
/// A finding that is unknown on either side is none that differs, nor is one that is not there because the list of what its
/// rule is on was not read to its end. One that failed and is not judged any more is told as that, and not as fixed.
pub fn reports(old: &Report, new: &Report) -> (Vec<FindingChange>, Vec<NotCompared>) {
    let (before, now) = (Judged::of(old), Judged::of(new));
    let (mut changes, mut open) = (Vec::new(), Vec::new());
    for finding in &new.findings {
        let old = before.same(finding);
        match (old.map(|old| old.verdict), finding.verdict) {
            (None, is) if is != Verdict::Unknown && before.open_list(finding).is_some() => {
                if let Some(list) = before.open_list(finding).filter(|_| fails(is)) {
                    open.push(unknown(finding, list, Unread::Older));
                }
            }
            (Some(Verdict::Unknown), Verdict::Unknown) => open.push(unknown(finding, finding, Unread::Both)),
            (_, Verdict::Unknown) => open.push(unknown(finding, finding, Unread::Newer)),
            (Some(Verdict::Unknown), _) => open.push(unknown(finding, old.unwrap_or(finding), Unread::Older)),
            (was, is) => changes.extend(turn(was, is, old, finding).map(|turn| change(turn, old, Some(finding)))),
        }
    }
    let gone = old.findings.iter().filter(|finding| now.same(finding).is_none());
    for failed in gone.filter(|finding| fails(finding.verdict)) {
        match now.open_list(failed) {
            Some(list) => open.push(unknown(failed, list, Unread::Newer)),
            None => changes.push(change(Turn::NotJudged, Some(failed), None)),
        }
    }
    let is_blocked = |change: &FindingChange| change.new_verdict == Some(Verdict::Blocked);
    changes.sort_by_key(|change| (change.change, is_blocked(change), std::cmp::Reverse(change.severity)));
    (changes, open)
}

/// The findings of a report.
struct Judged<'r> {
    by_id: BTreeMap<&'r str, &'r Finding>,
    by_arn: BTreeMap<(&'r str, &'r str), &'r Finding>,
    /// By rule, the finding that there may be more than was read.
    open_lists: BTreeMap<&'r str, &'r Finding>,
}

impl<'r> Judged<'r> {
    fn of(report: &'r Report) -> Self {
        let all = || report.findings.iter();
        let open = |finding: &&Finding| matches!(finding.verdict, Verdict::Unknown | Verdict::Blocked);
        Self {
            by_id: all().map(|finding| (finding.id.as_str(), finding)).collect(),
            by_arn: all().filter_map(|finding| Some((finding.on_itself()?, finding))).collect(),
            open_lists: all().filter(|f| f.is_on_all()).filter(open).map(|f| (f.rule.as_str(), f)).collect(),
        }
    }

    /// What this report finds of what `finding` is about. What tells a thing from others may not have been read on one
    /// side: then its id is another one, and its ARN tells that it is the same.
    fn same(&self, finding: &Finding) -> Option<&'r Finding> {
        let by_arn = || self.by_arn.get(&finding.on_itself()?).copied();
        self.by_id.get(finding.id.as_str()).copied().or_else(by_arn)
    }

    /// Why what `finding` is about may be there and not have been judged: a list that is open, or the thing that it is a
    /// part of.
    fn open_list(&self, finding: &Finding) -> Option<&'r Finding> {
        let is_open = |of: &&Finding| matches!(of.verdict, Verdict::Unknown | Verdict::Blocked);
        let whole = finding.arn.as_deref().and_then(|arn| self.by_arn.get(&(finding.rule.as_str(), arn)));
        self.open_lists.get(finding.rule.as_str()).or(whole.filter(|whole| is_open(whole))).copied()
    }
}

/// A rule that was not judged because its prerequisite fails does not hold either, for all that is known.
fn fails(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Fail | Verdict::Blocked)
}

fn turn(was: Option<Verdict>, is: Verdict, old: Option<&Finding>, new: &Finding) -> Option<Turn> {
    match was {
        None => fails(is).then_some(Turn::New),
        Some(was) if was == is => {
            let reasons = |finding: &Finding| {
                let parts = finding.parts.iter().filter(|part| fails(part.verdict));
                let parts: Vec<_> = parts.map(|part| (part.path.clone(), part.found.clone())).collect();
                (finding.found.clone(), finding.witness.clone(), parts)
            };
            // What blocks a finding is told of what blocks it.
            (is == Verdict::Fail && old.map(reasons) != Some(reasons(new))).then_some(Turn::Changed)
        }
        Some(was) if fails(is) && matches!(was, Verdict::Pass | Verdict::NotApplicable) => Some(Turn::New),
        Some(was) if fails(was) && is == Verdict::Pass => Some(Turn::Fixed),
        Some(was) if fails(was) || fails(is) || was == Verdict::Waived || is == Verdict::Waived => Some(Turn::Verdict),
        // Between a pass and nothing to judge nothing is wrong.
        Some(_) => None,
    }
}

fn name_of(finding: &Finding) -> String {
    crate::model::called(finding.name.as_deref(), &finding.resource).to_owned()
}

fn change(turn: Turn, old: Option<&Finding>, new: Option<&Finding>) -> FindingChange {
    let Some(told) = new.or(old) else { unreachable!("one of the two is there") };
    FindingChange {
        change: turn,
        id: told.id.clone(),
        rule: told.rule.clone(),
        title: told.title.clone(),
        resource: name_of(told),
        type_name: told.type_name.clone(),
        severity: told.severity,
        old_verdict: old.map(|old| old.verdict),
        new_verdict: new.map(|new| new.verdict),
        old_found: old.map(|old| old.found.clone()),
        new_found: new.map(|new| new.found.clone()),
        witness: new.and_then(|new| new.witness.clone()),
        fix: new.filter(|new| fails(new.verdict)).and_then(|new| new.fix.clone()),
    }
}

fn unknown(finding: &Finding, unread: &Finding, side: Unread) -> NotCompared {
    let verdict = match side {
        Unread::Older => format!(", {} now", finding.verdict),
        Unread::Newer | Unread::Both => String::new(),
    };
    NotCompared {
        what: format!("{} on {}{verdict}", finding.rule, name_of(finding)),
        side,
        why: unread.found.clone(),
        remedy: "mend what the finding names, and scan again".to_owned(),
    }
}
