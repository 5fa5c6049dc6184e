//! What the findings of a report come to together: the counts, and the worst verdict of each resource and edge.

use super::edges;
use crate::model::{Counts, Report, Verdict};
use crate::rules::Rules;
use std::collections::{BTreeMap, BTreeSet};

/// Makes the counts of `report`, its resources and its flows say what its findings come to. `rules` are those that it
/// was made by.
pub(super) fn sum_up(report: &mut Report, rules: &Rules) {
    let named: BTreeSet<&str> =
        rules.rules.iter().filter(|rule| !rule.form.named().is_empty()).map(|rule| rule.id.as_str()).collect();
    let mut worst: BTreeMap<&str, Verdict> = BTreeMap::new();
    let mut counts = Counts::default();
    for finding in &report.findings {
        counts.add(finding.verdict);
        // Elsewhere, what a finding is about is no name of the rules file, though it may look like one.
        if named.contains(finding.rule.as_str()) {
            // A remark takes nothing away from what it is about.
            let said = if finding.is_remark() { Verdict::Pass } else { finding.verdict };
            let verdict = worst.entry(&finding.resource).or_insert(said);
            *verdict = said.max(*verdict);
        }
    }
    for resource in &mut report.resources {
        resource.verdict = worst.get(resource.resource.as_str()).copied().unwrap_or(Verdict::NotApplicable);
    }
    report.flows = edges::reported(rules, &report.findings);
    report.complete = counts.unknown == 0;
    report.counts = counts;
}
