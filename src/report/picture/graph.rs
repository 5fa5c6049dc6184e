//! What a report has to draw: the resources that flows join and those that somebody else gets into as boxes, the flows
//! as arrows, and whoever else gets in as boxes outside. What no arrow touches stands apart, as a list.

use super::words::{in_aws_words, joined_by};
use crate::model::{Finding, Report, ReportedResource, Verdict, called};
use std::collections::{BTreeMap, BTreeSet};

/// How many of those who get into one resource have a box of their own; one more box counts the rest.
const OUTSIDERS: usize = 3;

/// Boxes and arrows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    /// The boxes: resources in the order of the rules file, then those outside.
    pub nodes: Vec<Node>,
    /// The arrows, by the places of their ends in `nodes`.
    pub arrows: Vec<Arrow>,
    /// The resources that no arrow touches and no box or arrow stands for.
    pub alone: Vec<Node>,
}

/// A box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The name of the resource in the rules file; of somebody outside, that of the resource they get into.
    pub key: String,
    /// What it is, in AWS's words.
    pub what: String,
    /// Its name.
    pub name: String,
    /// What it hangs on, where that has no box of its own.
    pub parent: Option<Parent>,
    /// The worst verdict on it.
    pub verdict: Verdict,
    /// Whether it is somebody whom the rules do not want to get in.
    pub is_outside: bool,
    /// The findings on it, by their places in the report.
    pub findings: Vec<usize>,
}

/// What the resource of a box hangs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// Its name in the rules file.
    pub key: String,
    /// What it is, in AWS's words.
    pub what: String,
    /// Its name.
    pub name: String,
    /// The worst verdict on it.
    pub verdict: Verdict,
    /// The findings on it, by their places in the report.
    pub findings: Vec<usize>,
}

/// An arrow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrow {
    /// Where it begins, in [`Graph::nodes`].
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// What joins the two, in a word.
    pub word: &'static str,
    /// What came out.
    pub verdict: Verdict,
    /// Whether it is a way in that the rules do not want.
    pub is_outside: bool,
    /// The findings on it, by their places in the report.
    pub findings: Vec<usize>,
}

impl Graph {
    /// What `report` has to draw.
    pub fn of(report: &Report) -> Self {
        let resources: BTreeMap<&str, &ReportedResource> =
            report.resources.iter().map(|resource| (resource.resource.as_str(), resource)).collect();
        let (on, by_rule) = indexed(&report.findings);
        let of = |key: &str| on.get(key).cloned().unwrap_or_default();
        let entered: BTreeSet<&str> =
            report.findings.iter().filter(|f| !f.beyond.is_empty()).map(|finding| finding.resource.as_str()).collect();
        let ends: BTreeSet<&str> = report.flows.iter().flat_map(|flow| [flow.from.as_str(), &flow.to]).collect();
        let is_box = |key: &str| ends.contains(key) || entered.contains(key);
        let wires: BTreeSet<&str> = report.flows.iter().filter_map(|flow| flow.wire.as_deref()).collect();

        let box_of = |resource: &ReportedResource| {
            let parent = resource.of.as_deref().filter(|of| !is_box(of)).and_then(|of| resources.get(of));
            Node {
                key: resource.resource.clone(),
                what: in_aws_words(&resource.type_name, resource.protocol.as_deref()),
                name: called(resource.name.as_deref(), &resource.resource).to_owned(),
                parent: parent.map(|parent| Parent {
                    key: parent.resource.clone(),
                    what: in_aws_words(&parent.type_name, None),
                    name: called(parent.name.as_deref(), &parent.resource).to_owned(),
                    verdict: parent.verdict,
                    findings: of(&parent.resource),
                }),
                verdict: resource.verdict,
                is_outside: false,
                findings: of(&resource.resource),
            }
        };
        let mut graph = Self {
            nodes: report.resources.iter().filter(|resource| is_box(&resource.resource)).map(box_of).collect(),
            ..Self::default()
        };
        let drawn: BTreeSet<String> =
            graph.nodes.iter().filter_map(|node| Some(node.parent.as_ref()?.key.clone())).collect();
        let is_alone = |key: &str| !is_box(key) && !drawn.contains(key) && !wires.contains(key);
        graph.alone = report.resources.iter().filter(|resource| is_alone(&resource.resource)).map(box_of).collect();
        for node in &mut graph.alone {
            node.parent = None;
        }
        graph.flows(report, &resources, &by_rule);
        graph.outsiders(report);
        graph
    }

    fn at(&self, key: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.key == key && !node.is_outside)
    }

    /// Adds an arrow for each two ends that flows join; of several flows between them it tells the worst.
    fn flows(&mut self, report: &Report, resources: &BTreeMap<&str, &ReportedResource>, by_rule: &Places<'_>) {
        for flow in &report.flows {
            let (Some(from), Some(to)) = (self.at(&flow.from), self.at(&flow.to)) else { continue };
            if from == to {
                continue;
            }
            let type_of = |key: &str| resources.get(key).map_or("", |resource| resource.type_name.as_str());
            let wire = flow.wire.iter().flat_map(|wire| {
                report.findings.iter().enumerate().filter(move |(_, f)| f.resource == **wire).map(|(at, _)| at)
            });
            let findings = by_rule.get(flow.rule.as_str()).into_iter().flatten().copied().chain(wire);
            match self.arrows.iter_mut().find(|arrow| (arrow.from, arrow.to) == (from, to)) {
                Some(arrow) => {
                    arrow.verdict = arrow.verdict.max(flow.verdict);
                    arrow.findings.extend(findings);
                    arrow.findings.sort_unstable();
                    arrow.findings.dedup();
                }
                None => {
                    let mut findings: Vec<usize> = findings.collect();
                    findings.sort_unstable();
                    findings.dedup();
                    self.arrows.push(Arrow {
                        from,
                        to,
                        word: joined_by(type_of(&flow.from), type_of(&flow.to)),
                        verdict: flow.verdict,
                        is_outside: false,
                        findings,
                    });
                }
            }
        }
    }

    /// Adds a box and an arrow for whoever gets into a resource beyond what is wanted.
    fn outsiders(&mut self, report: &Report) {
        for to in 0..self.nodes.len() {
            let mut whos: Vec<(&str, BTreeSet<&str>, Vec<usize>)> = Vec::new();
            for (at, finding) in report.findings.iter().enumerate().filter(|(_, f)| f.resource == self.nodes[to].key) {
                for beyond in &finding.beyond {
                    let known = whos.iter().position(|(who, ..)| *who == beyond.who).unwrap_or_else(|| {
                        whos.push((&beyond.who, BTreeSet::new(), Vec::new()));
                        whos.len() - 1
                    });
                    whos[known].1.extend(beyond.actions.iter().map(String::as_str));
                    whos[known].2.push(at);
                }
            }
            let rest = if whos.len() > OUTSIDERS + 1 { whos.split_off(OUTSIDERS) } else { Vec::new() };
            for (who, actions, findings) in whos {
                self.outsider(to, short(who).to_owned(), in_short(&actions), findings);
            }
            if !rest.is_empty() {
                let actions: BTreeSet<&str> = rest.iter().flat_map(|(_, actions, _)| actions.iter().copied()).collect();
                let mut findings: Vec<usize> =
                    rest.iter().flat_map(|(.., findings)| findings.iter().copied()).collect();
                findings.sort_unstable();
                findings.dedup();
                self.outsider(to, format!("{} others", rest.len()), in_short(&actions), findings);
            }
        }
    }

    fn outsider(&mut self, to: usize, name: String, what: String, findings: Vec<usize>) {
        let key = self.nodes[to].key.clone();
        let from = self.nodes.len();
        let verdict = Verdict::Fail;
        self.arrows.push(Arrow { from, to, word: "gets in", verdict, is_outside: true, findings: findings.clone() });
        self.nodes.push(Node { key, what, name, parent: None, verdict, is_outside: true, findings });
    }
}

/// Places of findings in the report, by a name.
type Places<'r> = BTreeMap<&'r str, Vec<usize>>;

/// The places of the findings by what they are on, and by their rule. What a rule on each resource of a type is on has
/// no name in the rules file, though what it is called may look like one; its type then tells the two apart no more
/// than this can.
fn indexed(findings: &[Finding]) -> (Places<'_>, Places<'_>) {
    let (mut on, mut by_rule) = (Places::new(), Places::new());
    for (at, finding) in findings.iter().enumerate() {
        on.entry(&finding.resource).or_default().push(at);
        by_rule.entry(&finding.rule).or_default().push(at);
    }
    (on, by_rule)
}

/// Who, without what every ARN of the kind begins with.
fn short(who: &str) -> &str {
    match who.split_once(":iam::").filter(|(start, _)| start.starts_with("arn:")) {
        Some((_, name)) => name,
        None => who,
    }
}

/// The first of the actions, and how many more there are.
fn in_short(actions: &BTreeSet<&str>) -> String {
    match (actions.first(), actions.len()) {
        (None, _) => String::new(),
        (Some(first), 1) => (*first).to_owned(),
        (Some(first), n) => format!("{first} + {}", n - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn report() -> Report {
        let resource = |key: &str, type_name: &str, of: Option<&str>, verdict: &str| json!({ "resource": key, "type": type_name, "name": key, "of": of, "verdict": verdict });
        let finding = |rule: &str, on: &str, verdict: &str, whos: &[&str]| {
            let beyond: Vec<_> = whos
                .iter()
                .map(|who| json!({ "who": who, "actions": ["sqs:SendMessage", "sqs:PurgeQueue"], "by": [] }))
                .collect();
            json!({
                "id": rule, "rule": rule, "title": rule, "resource": on, "type": "", "verdict": verdict, "severity": "high",
                "points": { "earned": 0, "possible": 0 }, "wanted": "", "found": "", "parts": [],
                "where": { "file": "", "line": 1, "column": 1 }, "beyond": beyond, "evidence": []
            })
        };
        let no = json!({ "earned": 0, "possible": 0 });
        let counts = json!({ "pass": 0, "fail": 0, "unknown": 0, "blocked": 0, "waived": 0, "not-applicable": 0 });
        let report = json!({
            "version": 1, "tool": "", "title": "", "rules": { "file": "", "sha256": "" }, "account": "", "partition": "",
            "caller": "", "regions": [], "calls": 0, "complete": true, "counts": counts, "points": no,
            "resources": [
                resource("api", "AWS::ApiGateway::RestApi", None, "pass"),
                resource("post", "AWS::ApiGateway::Method", Some("api"), "pass"),
                resource("queue", "AWS::SQS::Queue", None, "fail"),
                resource("writer", "AWS::Lambda::Function", None, "pass"),
                resource("trigger", "AWS::Lambda::EventSourceMapping", Some("writer"), "fail"),
                resource("role", "AWS::IAM::Role", None, "fail"),
                resource("policy", "AWS::IAM::ManagedPolicy", None, "pass"),
            ],
            "flows": [
                { "rule": "sends", "from": "post", "to": "queue", "verdict": "pass" },
                { "rule": "sends-too", "from": "post", "to": "queue", "verdict": "unknown" },
                { "rule": "triggers", "from": "queue", "to": "writer", "wire": "trigger", "verdict": "fail" },
            ],
            "findings": [
                finding("sends", "post \u{2192} queue", "pass", &[]),
                finding("trigger-exists", "trigger", "fail", &[]),
                finding("senders", "queue", "fail", &["anyone"]),
                finding("trust", "role", "fail", &["arn:aws:iam::1:role/a", "b", "c", "d", "e"]),
            ],
            "gaps": [], "not_checked": [],
        });
        serde_json::from_value(report).expect("a report")
    }

    #[test]
    fn what_is_joined_or_entered_is_a_box_and_the_rest_is_listed() {
        let graph = Graph::of(&report());
        let names = |nodes: &[Node]| nodes.iter().map(|node| node.name.clone()).collect::<Vec<_>>();
        assert_eq!(
            names(&graph.nodes),
            ["post", "queue", "writer", "role", "anyone", "1:role/a", "b", "c", "2 others"]
        );
        assert_eq!(names(&graph.alone), ["policy"], "the trigger is an arrow, and the API stands around its method");
        assert_eq!(graph.nodes[0].parent.as_ref().map(|parent| parent.what.as_str()), Some("REST API"));
        assert_eq!(graph.nodes[4].what, "sqs:PurgeQueue + 1");
        assert!(graph.nodes[4..].iter().all(|node| node.is_outside && node.verdict == Verdict::Fail));
    }

    #[test]
    fn an_arrow_tells_the_worst_of_its_flows_and_knows_what_joins_its_ends() {
        let graph = Graph::of(&report());
        let told: Vec<_> = graph.arrows[..2].iter().map(|a| (a.word, a.verdict, a.findings.clone())).collect();
        assert_eq!(told, [("integration", Verdict::Unknown, vec![0]), ("trigger", Verdict::Fail, vec![1])]);
        let ends: Vec<_> = graph.arrows[2..].iter().map(|a| (a.from, a.to, a.is_outside)).collect();
        assert_eq!(ends, [(4, 1, true), (5, 3, true), (6, 3, true), (7, 3, true), (8, 3, true)]);
    }
}
