//! What costs points: each finding that does, with all that waits for it.

use crate::model::{Finding, Hundredths, Points, Report, Severity, Verdict, called};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A finding that costs points, with what waits for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Cause {
    /// The id of the finding.
    pub finding: String,
    /// The id of its rule.
    pub rule: String,
    /// The title of its rule.
    pub title: String,
    /// The resource that it is on.
    pub resource: String,
    /// The task that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// Whether it does not hold, or could not be read.
    pub verdict: Verdict,
    /// The points that it costs itself.
    pub costs: Hundredths,
    /// The points of what waits for it.
    pub waiting_costs: Hundredths,
    /// The ids of the rules that wait for it, in the order of the rules file.
    pub waiting: Vec<String>,
}

/// What costs points, the most first, and for each finding that waits, by its id, the rule that it waits for. `worth`
/// gives the points of a finding.
pub(super) fn causes<'r>(
    report: &'r Report,
    worth: &impl Fn(&Finding) -> Points,
) -> (Vec<Cause>, BTreeMap<&'r str, &'r str>) {
    let mut of_rule: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, finding) in report.findings.iter().enumerate() {
        of_rule.entry(&finding.rule).or_default().push(at);
    }
    let lost = |at: usize| {
        let points = worth(&report.findings[at]);
        points.possible.0 - points.earned.0
    };
    // Each finding that waits hangs on one cause, so that the causes add up to what is missing.
    let mut waiting: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut waits_for = BTreeMap::new();
    for (at, finding) in report.findings.iter().enumerate() {
        if finding.verdict == Verdict::Blocked
            && let Some(root) = root(report, &of_rule, at, &mut BTreeSet::new())
        {
            waits_for.insert(finding.id.as_str(), report.findings[root].rule.as_str());
            waiting.entry(root).or_default().push(at);
        }
    }
    let mut causes: Vec<(u64, Severity, usize)> = Vec::new();
    for (at, finding) in report.findings.iter().enumerate() {
        let all: u64 = lost(at) + waiting.get(&at).into_iter().flatten().map(|at| lost(*at)).sum::<u64>();
        if all > 0 && !(finding.verdict == Verdict::Blocked && waits_for.contains_key(finding.id.as_str())) {
            causes.push((all, finding.severity, at));
        }
    }
    causes.sort_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)).then(a.2.cmp(&b.2)));
    let causes = causes.into_iter().map(|(all, _, at)| {
        let finding = &report.findings[at];
        let waiting = waiting.get(&at).map_or(&[][..], Vec::as_slice);
        Cause {
            finding: finding.id.clone(),
            rule: finding.rule.clone(),
            title: finding.title.clone(),
            resource: called(finding.name.as_deref(), &finding.resource).to_owned(),
            step: finding.step.clone(),
            verdict: finding.verdict,
            costs: Hundredths(lost(at)),
            waiting_costs: Hundredths(all - lost(at)),
            waiting: waiting.iter().map(|at| report.findings[*at].rule.clone()).collect(),
        }
    });
    (causes.collect(), waits_for)
}

/// The finding at the end of what the one at `at` waits for: the first that is not waiting itself.
fn root(report: &Report, of_rule: &BTreeMap<&str, Vec<usize>>, at: usize, seen: &mut BTreeSet<usize>) -> Option<usize> {
    if !seen.insert(at) {
        return None;
    }
    let finding = &report.findings[at];
    let stopping =
        |of: &Finding| matches!(of.verdict, Verdict::Fail | Verdict::Unknown | Verdict::Blocked | Verdict::Waived);
    for needed in finding.blocked_by.iter().filter_map(|rule| of_rule.get(rule.as_str())).flatten().copied() {
        let found = &report.findings[needed];
        match found.verdict {
            Verdict::Blocked => {
                if let Some(root) = root(report, of_rule, needed, seen) {
                    return Some(root);
                }
            }
            _ if stopping(found) => return Some(needed),
            _ => {}
        }
    }
    None
}
