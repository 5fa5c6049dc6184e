//! The architecture as lines of text: its resources in the order in which what flows passes them, each with the worst
//! verdict on it below, and the verdict of each edge below its arrow.
//!
//! A line is a path through the edges. Where the architecture branches, each further branch is a line of its own that
//! begins at the resource where it leaves. A path that is wider than the window goes on below.

use crate::model::{Report, ReportedFlow, ReportedResource, Verdict};
use std::collections::BTreeSet;

/// A piece of a line: what stands above, and the verdict that stands below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// The name of a resource, or an arrow.
    pub(super) above: String,
    /// The verdict; none for a resource that stands here a second time.
    pub(super) below: Option<Verdict>,
    /// Whether it is an arrow.
    pub(super) is_arrow: bool,
}

/// The paths that the edges of a report make, and the resources that no edge joins.
pub(super) struct Architecture<'r> {
    pub(super) paths: Vec<Vec<Piece>>,
    pub(super) alone: Vec<&'r ReportedResource>,
}

/// Takes a report's architecture apart.
pub(super) fn architecture<'r>(report: &'r Report, name: &dyn Fn(&ReportedResource) -> String) -> Architecture<'r> {
    let mut left: Vec<&ReportedFlow> = Vec::new();
    // Of several flows between the same ends, one arrow tells the worst.
    for flow in &report.flows {
        match left.iter_mut().find(|other| (&other.from, &other.to) == (&flow.from, &flow.to)) {
            Some(other) if other.verdict < flow.verdict => *other = flow,
            Some(_) => {}
            None => left.push(flow),
        }
    }
    let joined: BTreeSet<&str> = left.iter().flat_map(|flow| [flow.from.as_str(), &flow.to]).collect();
    let mut shown: BTreeSet<&str> = BTreeSet::new();
    let mut paths = Vec::new();
    while let Some(first) = begin(&left, &shown) {
        let mut path = Vec::new();
        let mut at = first;
        loop {
            path.push(node(report, at, name, shown.insert(at)));
            let Some(next) = left.iter().position(|flow| flow.from == at) else { break };
            let flow = left.remove(next);
            path.push(arrow(flow));
            at = &flow.to;
            if shown.contains(at) {
                path.push(node(report, at, name, false));
                break;
            }
        }
        paths.push(path);
    }
    // What joins two ends is told by its arrow.
    let wires: BTreeSet<&str> = report.flows.iter().filter_map(|flow| flow.wire.as_deref()).collect();
    let drawn = |key: &str| joined.contains(key) || wires.contains(key);
    let alone = report.resources.iter().filter(|resource| !drawn(&resource.resource)).collect();
    Architecture { paths, alone }
}

/// Where the next path begins: at a branch of what is shown, else at an end that nothing leads to, else anywhere.
fn begin<'r>(left: &[&'r ReportedFlow], shown: &BTreeSet<&str>) -> Option<&'r str> {
    let branch = left.iter().find(|flow| shown.contains(flow.from.as_str()));
    let source = || left.iter().find(|flow| !left.iter().any(|other| other.to == flow.from));
    branch.or_else(source).or(left.first()).map(|flow| flow.from.as_str())
}

fn node(report: &Report, key: &str, name: &dyn Fn(&ReportedResource) -> String, is_new: bool) -> Piece {
    let resource = report.resources.iter().find(|resource| resource.resource == key);
    Piece {
        above: resource.map_or_else(|| key.to_owned(), name),
        below: resource.filter(|_| is_new).map(|resource| resource.verdict),
        is_arrow: false,
    }
}

fn arrow(flow: &ReportedFlow) -> Piece {
    let above = match &flow.by {
        Some(by) => format!("══{by}══▶"),
        None => "──▶".to_owned(),
    };
    Piece { above, below: Some(flow.verdict), is_arrow: true }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Counts, Points, RulesHead};

    fn report(flows: &[(&str, &str)]) -> Report {
        let keys: BTreeSet<&str> = flows.iter().flat_map(|(from, to)| [*from, *to]).chain(["alone"]).collect();
        let resource = |key: &&str| ReportedResource {
            resource: (*key).to_owned(),
            type_name: String::new(),
            name: None,
            of: None,
            protocol: None,
            verdict: Verdict::Pass,
        };
        let flow = |(from, to): &(&str, &str)| ReportedFlow {
            rule: String::new(),
            from: (*from).to_owned(),
            to: (*to).to_owned(),
            by: None,
            wire: None,
            verdict: Verdict::Pass,
        };
        Report {
            version: 1,
            tool: String::new(),
            title: String::new(),
            rules: RulesHead { file: String::new(), sha256: String::new() },
            account: String::new(),
            partition: String::new(),
            caller: String::new(),
            regions: Vec::new(),
            calls: 0,
            catalogue: None,
            complete: true,
            counts: Counts::default(),
            points: Points::default(),
            grading: crate::model::Grading::default(),
            resources: keys.iter().map(resource).collect(),
            flows: flows.iter().map(flow).collect(),
            findings: Vec::new(),
            gaps: Vec::new(),
            not_checked: Vec::new(),
            foreign: Vec::new(),
            waivers: None,
            baseline: None,
        }
    }

    fn paths(flows: &[(&str, &str)]) -> Vec<String> {
        let report = report(flows);
        let architecture = architecture(&report, &|resource| resource.resource.clone());
        assert_eq!(architecture.alone.len(), 1);
        let line = |path: &Vec<Piece>| {
            path.iter().filter(|p| !p.is_arrow).map(|p| p.above.as_str()).collect::<Vec<_>>().join(">")
        };
        architecture.paths.iter().map(line).collect()
    }

    #[test]
    fn a_chain_is_one_line_in_whatever_order_its_flows_are_written() {
        assert_eq!(paths(&[("b", "c"), ("a", "b"), ("c", "d")]), ["a>b>c>d"]);
    }

    #[test]
    fn a_branch_is_a_line_of_its_own_and_a_circle_ends() {
        assert_eq!(paths(&[("a", "b"), ("b", "c"), ("b", "d"), ("d", "e")]), ["a>b>c", "b>d>e"]);
        assert_eq!(paths(&[("a", "b"), ("b", "a")]), ["a>b>a"]);
        assert_eq!(paths(&[("a", "a")]), ["a>a"]);
        assert_eq!(paths(&[("a", "c"), ("b", "c")]), ["a>c", "b>c"]);
    }
}
