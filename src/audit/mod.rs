//! Rules against an account: the findings, and with them the report.
//!
//! A rule gives one finding for each resource it is on. Before it is judged, what it needs must stand: the rules it
//! names, and the resources whose values it reads. A need that does not hold makes the finding `blocked`, one that was
//! not read makes it `unknown`. A finding passes only if all it rests on was read.

mod finding;
mod judge;
mod resolve;

use crate::model::{Account, Counts, Points, Report, ReportedResource, RulesHead, Verdict};
use crate::rules::{Form, Rule, Rules, Subject, Whereabouts};
use finding::Auditor;
use resolve::Resolved;
use std::collections::BTreeMap;

pub use judge::{found, judge};

/// The version of the report's JSON format.
pub const REPORT_VERSION: u32 = 1;

/// Judges `account` by `rules`. `place` says where the rules look; its account is the caller's.
pub fn audit(rules: &Rules, account: &Account, place: &Whereabouts) -> Report {
    let resolved = Resolved::new(rules, account, place);
    let auditor = Auditor { rules, account, place, resolved: &resolved };
    let mut judged: BTreeMap<&str, Vec<crate::model::Finding>> = BTreeMap::new();
    for rule in in_order_of_need(&rules.rules) {
        let findings = auditor.findings(rule, &judged);
        judged.insert(&rule.id, findings);
    }
    let findings: Vec<_> =
        rules.rules.iter().flat_map(|rule| judged.remove(rule.id.as_str()).unwrap_or_default()).collect();
    let mut counts = Counts::default();
    let mut points = Points::default();
    for finding in &findings {
        counts.add(finding.verdict);
        points = points.plus(finding.points);
    }
    let mut regions: Vec<String> = rules.resources.iter().filter_map(|r| r.region.clone()).collect();
    regions.push(place.region.clone());
    regions.sort();
    regions.dedup();
    let resources = rules
        .resources
        .iter()
        .map(|resource| ReportedResource {
            resource: resource.key.clone(),
            type_name: resource.kind.type_name.to_owned(),
            name: place.name_of(resource),
            verdict: findings
                .iter()
                .filter(|finding| finding.resource == resource.key && is_about(rules, &finding.rule))
                .map(|finding| finding.verdict)
                .max()
                .unwrap_or(Verdict::NotApplicable),
        })
        .collect();
    Report {
        version: REPORT_VERSION,
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        title: rules.title.clone(),
        rules: RulesHead { file: rules.file.clone(), sha256: rules.sha256.clone() },
        account: account.caller.account.clone(),
        partition: place.partition.clone(),
        caller: account.caller.arn.to_string(),
        regions,
        calls: account.answers.len(),
        catalogue: None,
        complete: counts.unknown == 0,
        counts,
        points,
        resources,
        findings,
        gaps: account.gaps.iter().map(Into::into).collect(),
        not_checked: rules.not_checked.clone(),
    }
}

/// Whether the findings of the rule are about named resources, by their names in the rules file.
fn is_about(rules: &Rules, rule: &str) -> bool {
    rules
        .rules
        .iter()
        .any(|r| r.id == rule && matches!(r.form, Form::Exists(_) | Form::Expect { on: Subject::Named(_), .. }))
}

/// The rules, each after those it needs; otherwise in the order of the file. The loader has refused circles.
fn in_order_of_need(rules: &[Rule]) -> Vec<&Rule> {
    let by_id: BTreeMap<&str, &Rule> = rules.iter().map(|rule| (rule.id.as_str(), rule)).collect();
    let mut order: Vec<&Rule> = Vec::with_capacity(rules.len());
    let mut done: std::collections::BTreeSet<&str> = std::collections::BTreeSet::new();
    for rule in rules {
        let mut open = vec![rule];
        while let Some(rule) = open.last().copied() {
            let missing = rule.needs.iter().find(|need| !done.contains(need.as_str()));
            match missing.and_then(|need| by_id.get(need.as_str())) {
                Some(need) => open.push(need),
                None => {
                    open.pop();
                    if done.insert(&rule.id) {
                        order.push(rule);
                    }
                }
            }
        }
    }
    order
}
