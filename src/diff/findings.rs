//! What changed between two reports.

use super::{FindingChange, NotCompared, Turn, Unread};
use crate::model::{Finding, Report, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// The findings that differ, the worst first, and those that could not be compared.
///
/// A finding that is unknown on either side is none that differs. One that failed and is not judged any more is told as
/// that, and not as fixed.
pub fn reports(old: &Report, new: &Report) -> (Vec<FindingChange>, Vec<NotCompared>) {
    let before: BTreeMap<&str, &Finding> = old.findings.iter().map(|finding| (finding.id.as_str(), finding)).collect();
    let now: BTreeSet<&str> = new.findings.iter().map(|finding| finding.id.as_str()).collect();
    let (mut changes, mut open) = (Vec::new(), Vec::new());
    for finding in &new.findings {
        let old = before.get(finding.id.as_str()).copied();
        match (old.map(|old| old.verdict), finding.verdict) {
            (Some(Verdict::Unknown), Verdict::Unknown) => open.push(unknown(finding, finding, Unread::Both)),
            (_, Verdict::Unknown) => open.push(unknown(finding, finding, Unread::Newer)),
            (Some(Verdict::Unknown), _) => open.push(unknown(finding, old.unwrap_or(finding), Unread::Older)),
            (was, is) => changes.extend(turn(was, is, old, finding).map(|turn| change(turn, old, Some(finding)))),
        }
    }
    let gone = old.findings.iter().filter(|finding| !now.contains(finding.id.as_str()));
    let failed = gone.filter(|finding| fails(finding.verdict));
    changes.extend(failed.map(|finding| change(Turn::NotJudged, Some(finding), None)));
    let is_blocked = |change: &FindingChange| change.new_verdict == Some(Verdict::Blocked);
    changes.sort_by_key(|change| (change.change, is_blocked(change), std::cmp::Reverse(change.severity)));
    (changes, open)
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
