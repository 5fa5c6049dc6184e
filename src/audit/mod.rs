//! Rules against an account: the findings, and with them the report.
//!
//! A rule gives one finding for each resource it is on. Before it is judged, what it needs must stand: the rules it
//! names, and the resources whose values it reads. A need that does not hold makes the finding `blocked`, one that was
//! not read makes it `unknown`. A finding passes only if all it rests on was read.

mod access;
mod check;
mod edges;
mod effective;
mod finding;
mod foreign;
mod forms;
mod permissions;
mod resolve;
mod statements;
mod unexpected;

use crate::iam::catalogue::Catalogue;
use crate::model::{Account, Counts, Points, Report, ReportedResource, RulesHead, Verdict};
use crate::reach::Reach;
use crate::rules::{Rules, Whereabouts, order};
use finding::Auditor;
pub(crate) use resolve::{Found, Resolved, Unbound};
use std::collections::{BTreeMap, BTreeSet};

/// The version of the report's JSON format.
pub const REPORT_VERSION: u32 = 1;

/// Judges `account` by `rules`. `place` says where the rules look; its account is the caller's.
pub fn audit(rules: &Rules, account: &Account, place: &Whereabouts) -> Report {
    let reach = Reach::new(account, &place.region);
    let resolved = Resolved::new(rules, account, place, &reach);
    let auditor = Auditor {
        rules,
        account,
        place,
        resolved: &resolved,
        reach: &reach,
        effective: std::cell::OnceCell::new(),
        memo: crate::checks::Memo::default(),
    };
    let mut judged: BTreeMap<&str, Vec<crate::model::Finding>> = BTreeMap::new();
    for at in order(&rules.all_needs()).order {
        let rule = &rules.rules[at];
        let findings = auditor.findings(rule, &judged);
        judged.insert(&rule.id, findings);
    }
    let mut worst: BTreeMap<String, Verdict> = BTreeMap::new();
    let mut findings = Vec::new();
    for rule in &rules.rules {
        let of_rule = judged.remove(rule.id.as_str()).unwrap_or_default();
        // Elsewhere, what a finding is about is no name of the rules file, though it may look like one.
        if !rule.form.named().is_empty() {
            for finding in &of_rule {
                // A remark takes nothing away from what it is about.
                let said = if finding.is_remark() { Verdict::Pass } else { finding.verdict };
                let verdict = worst.entry(finding.resource.clone()).or_insert(said);
                *verdict = said.max(*verdict);
            }
        }
        findings.extend(of_rule);
    }
    let flows = edges::reported(rules, &findings);
    let mut counts = Counts::default();
    let mut points = Points::default();
    for finding in &findings {
        counts.add(finding.verdict);
        points = points.plus(finding.points);
    }
    let of_findings = findings.iter().flat_map(|finding| &finding.not_checked);
    let not_checked: BTreeSet<_> = rules.not_checked.iter().chain(of_findings).cloned().collect();
    let not_checked = not_checked.into_iter().collect();
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
            name: auditor.about(&resource.key).name,
            of: resource.finder.parent().map(str::to_owned),
            protocol: auditor.protocol(&resource.key),
            verdict: worst.get(&resource.key).copied().unwrap_or(Verdict::NotApplicable),
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
        catalogue: rules.compares_policies().then(|| {
            let catalogue = Catalogue::embedded();
            format!("{} ({})", catalogue.date(), catalogue.source())
        }),
        complete: counts.unknown == 0,
        counts,
        points,
        grading: rules.grading,
        resources,
        flows,
        findings,
        gaps: account.gaps.iter().map(Into::into).collect(),
        not_checked,
        foreign: foreign::foreign(account),
    }
}
