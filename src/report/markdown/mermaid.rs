//! The architecture as a flowchart of Mermaid: each resource with its verdict in words, each edge with its own.

use super::clipped;
use super::escape::label;
use crate::model::{Report, ReportedResource, Verdict, called};
use crate::report::text::word;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The most resources and edges that are drawn: more can be read by nobody, and Mermaid itself draws 500 edges.
const MOST: usize = 60;

/// The architecture of `report`; nothing if the rules name no resource.
pub(super) fn flowchart(report: &Report) -> String {
    let wires: BTreeSet<&str> = report.flows.iter().filter_map(|flow| flow.wire.as_deref()).collect();
    let ends: BTreeSet<&str> = report.flows.iter().flat_map(|flow| [flow.from.as_str(), &flow.to]).collect();
    // What joins two ends is told by its arrow.
    let is_drawn = |resource: &&ReportedResource| {
        ends.contains(resource.resource.as_str()) || !wires.contains(resource.resource.as_str())
    };
    let mut nodes: Vec<&ReportedResource> = report.resources.iter().filter(is_drawn).collect();
    // Those that something flows through come first, so that what is left out is what stands alone.
    nodes.sort_by_key(|resource| !ends.contains(resource.resource.as_str()));
    let left_out = nodes.len().saturating_sub(MOST);
    nodes.truncate(MOST);
    if nodes.is_empty() {
        return String::new();
    }
    let mut chart = "\n```mermaid\nflowchart LR\n".to_owned();
    let mut number: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, resource) in nodes.iter().enumerate() {
        number.insert(&resource.resource, at);
        let name = label(&clipped(called(resource.name.as_deref(), &resource.resource), 40));
        let _ = writeln!(chart, "  n{at}[\"{name}<br/>{}\"]:::{}", word(resource.verdict), class(resource.verdict));
    }
    let mut verdicts: BTreeSet<Verdict> = nodes.iter().map(|resource| resource.verdict).collect();
    let (mut drawn, mut missing) = (Vec::new(), 0);
    for flow in &report.flows {
        let (Some(from), Some(to)) = (number.get(flow.from.as_str()), number.get(flow.to.as_str())) else {
            missing += 1;
            continue;
        };
        if drawn.len() == MOST {
            missing += 1;
            continue;
        }
        let by = flow.by.as_deref().map_or_else(String::new, |by| format!("{}<br/>", label(&clipped(by, 20))));
        let arrow = if flow.by.is_some() { "==>" } else { "-->" };
        let _ = writeln!(chart, "  n{from} {arrow}|\"{by}{}\"| n{to}", word(flow.verdict));
        drawn.push(flow.verdict);
        verdicts.insert(flow.verdict);
    }
    for (at, verdict) in drawn.iter().enumerate().filter(|(_, verdict)| **verdict != Verdict::Pass) {
        let _ = writeln!(chart, "  linkStyle {at} {}", stroke(*verdict));
    }
    for verdict in verdicts {
        let _ = writeln!(chart, "  classDef {} {},color:#1f2328,{}", class(verdict), fill(verdict), stroke(verdict));
    }
    chart.push_str("```\n");
    if left_out + missing > 0 {
        let _ = write!(chart, "\nNot drawn: {left_out} more resources and {missing} more edges.\n");
    }
    chart
}

fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Unknown => "unknown",
        Verdict::Blocked => "blocked",
        Verdict::Waived => "waived",
        Verdict::NotApplicable => "notApplicable",
    }
}

fn fill(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "fill:#dafbe1",
        Verdict::Fail => "fill:#ffebe9",
        Verdict::Unknown | Verdict::Blocked => "fill:#fff8c5",
        Verdict::Waived | Verdict::NotApplicable => "fill:#f6f8fa",
    }
}

/// Lines differ in more than their colour.
fn stroke(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "stroke:#1a7f37,stroke-width:1px",
        Verdict::Fail => "stroke:#cf222e,stroke-width:4px",
        Verdict::Unknown => "stroke:#9a6700,stroke-width:2px,stroke-dasharray:6 4",
        Verdict::Blocked => "stroke:#9a6700,stroke-width:2px,stroke-dasharray:2 3",
        Verdict::Waived => "stroke:#57606a,stroke-width:1px,stroke-dasharray:6 4",
        Verdict::NotApplicable => "stroke:#57606a,stroke-width:1px",
    }
}
