//! The report as lines of JSON, for what reads a line at a time: the head first, then each finding on a line of its own.
//!
//! A finding is what it is in the format `json`; the head is that format's report without `findings`.

use super::json;
use crate::model::{
    BaselineHead, Counts, NotChecked, Points, Report, ReportGap, ReportedFlow, ReportedResource, RulesHead, WaiversHead,
};
use serde::Serialize;
use std::io::{self, Write};

/// A report without its findings.
#[derive(Serialize)]
struct Head<'r> {
    version: u32,
    tool: &'r str,
    title: &'r str,
    rules: &'r RulesHead,
    account: &'r str,
    partition: &'r str,
    caller: &'r str,
    regions: &'r [String],
    calls: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    catalogue: Option<&'r str>,
    complete: bool,
    counts: Counts,
    points: Points,
    resources: &'r [ReportedResource],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    flows: &'r [ReportedFlow],
    gaps: &'r [ReportGap],
    not_checked: &'r [NotChecked],
    #[serde(skip_serializing_if = "Option::is_none")]
    waivers: Option<&'r WaiversHead>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<&'r BaselineHead>,
}

/// `report` as lines of JSON.
pub(super) fn jsonl(report: &Report, to: &mut dyn Write) -> io::Result<()> {
    let head = Head {
        version: report.version,
        tool: &report.tool,
        title: &report.title,
        rules: &report.rules,
        account: &report.account,
        partition: &report.partition,
        caller: &report.caller,
        regions: &report.regions,
        calls: report.calls,
        catalogue: report.catalogue.as_deref(),
        complete: report.complete,
        counts: report.counts,
        points: report.points,
        resources: &report.resources,
        flows: &report.flows,
        gaps: &report.gaps,
        not_checked: &report.not_checked,
        waivers: report.waivers.as_ref(),
        baseline: report.baseline.as_ref(),
    };
    json::line(&head, to)?;
    report.findings.iter().try_for_each(|finding| json::line(finding, to))
}
