//! Rules against an account: the findings, and with them the report.
//!
//! A rule gives one finding for each resource it is on. Before it is judged, what it needs must stand: the rules it
//! names, and the resources whose values it reads. A need that does not hold makes the finding `blocked`, one that was
//! not read makes it `unknown`. A finding passes only if all it rests on was read. [`waive`] then says which of what
//! fails somebody accepts, and [`hold_against`] what is new since an earlier report.

mod access;
mod baseline;
mod beside;
mod check;
mod edges;
mod effective;
mod finding;
mod foreign;
mod forms;
mod identity;
mod permissions;
mod resolve;
mod statements;
mod summary;
mod unexpected;
mod waive;

use crate::iam::catalogue::Catalogue;
use crate::model::{Account, Counts, Finding, Points, Report, ReportedResource, RulesHead, Verdict};
use crate::reach::Reach;
use crate::rules::{Rules, Whereabouts, order};
pub use baseline::{OtherAccount, hold_against};
use finding::Auditor;
pub(crate) use resolve::{Found, Resolved, Unbound};
use std::collections::{BTreeMap, BTreeSet};
pub use waive::{Reviewed, day_of, review, say_days, unknown_rule, waive};

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
    let mut judged: BTreeMap<&str, Vec<Finding>> = BTreeMap::new();
    for at in order(&rules.all_needs()).order {
        let rule = &rules.rules[at];
        let findings = auditor.findings(rule, &judged);
        judged.insert(&rule.id, findings);
    }
    let mut findings = Vec::new();
    for rule in &rules.rules {
        findings.extend(judged.remove(rule.id.as_str()).unwrap_or_default());
    }
    let points = findings.iter().fold(Points::default(), |sum, finding: &Finding| sum.plus(finding.points));
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
            verdict: Verdict::NotApplicable,
        })
        .collect();
    let mut report = Report {
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
        complete: false,
        counts: Counts::default(),
        points,
        grading: rules.grading,
        resources,
        flows: Vec::new(),
        findings,
        gaps: account.gaps.iter().map(Into::into).collect(),
        not_checked,
        foreign: foreign::foreign(account),
        waivers: None,
        baseline: None,
    };
    summary::sum_up(&mut report, rules);
    report
}
