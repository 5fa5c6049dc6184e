//! `flow`: the links of an edge as the parts of one finding, and the edges as a report draws them.

use super::finding::{About, Auditor, Outcome, Row};
use super::resolve::Found;
use crate::flows::{Edge, Link, links};
use crate::model::{Finding, Gap, Hop, ReportedFlow, Resource, Verdict, called};
use crate::rules::{Flow, Form, Rules};

/// What findings on edges have in place of a type.
const TYPE: &str = "flow";

impl<'a> Auditor<'a> {
    /// `flow`: the edge, and what came out.
    pub(super) fn flow(&self, flow: &Flow) -> (About<'a>, Outcome) {
        let name = |key: &str| called(self.about(key).name.as_deref(), key).to_owned();
        let (from, to) = (name(&flow.from), name(&flow.to));
        let edge = format!("{} → {}", flow.from, flow.to);
        let about = About {
            resource: edge.clone(),
            type_name: TYPE,
            identity: edge,
            name: Some(format!("{from} → {to}")),
            arn: None,
        };
        (about, self.flow_outcome(flow, format!("what arrives at {from} goes on to {to}")))
    }

    fn flow_outcome(&self, flow: &Flow, wanted: String) -> Outcome {
        let bound =
            self.resolved.bind_all(&flow.wire).and_then(|wire| Ok((wire, self.resolved.bind_all(&flow.stream)?)));
        let (settings, stream) = match bound {
            Ok(bound) => bound,
            Err(unbound) => return self.unbound(wanted, unbound),
        };
        let mut perhaps_more: Vec<Gap> = Vec::new();
        let mut there = |key: &str| match self.resolved.get(key) {
            Found::There(resources, more) => {
                perhaps_more.extend(more.iter().cloned());
                Ok(resources.clone())
            }
            Found::Unknown(gaps) => Err(Box::new(Outcome::unknown(wanted.clone(), gaps))),
            Found::Missing(..) | Found::Ambiguous(..) | Found::Blocked(_) => {
                Err(Box::new(Outcome::blocked(wanted.clone(), vec![self.exists_id(key)])))
            }
        };
        let mut optional = |key: Option<&str>| match key {
            Some(key) => Ok(there(key)?.into_iter().map(Some).collect()),
            None => Ok(vec![None]),
        };
        let wire = self.rules.wire_of(flow).map(|wire| wire.key.as_str());
        let gathered: Result<Vec<Vec<Option<&Resource>>>, Box<Outcome>> =
            [Some(flow.from.as_str()), Some(&flow.to), flow.role.as_deref(), wire]
                .into_iter()
                .map(&mut optional)
                .collect();
        let gathered = match gathered {
            Ok(gathered) => gathered,
            Err(outcome) => return *outcome,
        };
        let mut best: Option<Outcome> = None;
        // Where the rules file says that there may be several of one, the flow must hold for one.
        for ways in ways(&gathered) {
            let [Some(from), Some(to), role, wire] = ways[..] else { unreachable!("both ends were found") };
            let edge = Edge { reach: self.reach, flow, from, to, role, wire, settings: &settings, stream: &stream };
            let outcome = judged(links(&edge), &wanted).resting_on(&from.calls).resting_on(&to.calls);
            if best.as_ref().is_none_or(|best| outcome.verdict < best.verdict) {
                best = Some(outcome);
            }
        }
        match best {
            Some(best) if best.verdict != Verdict::Fail || perhaps_more.is_empty() => best,
            _ => Outcome::unknown(wanted, &perhaps_more),
        }
    }
}

/// Every choice of one from each.
fn ways<'r>(of: &[Vec<Option<&'r Resource>>]) -> Vec<Vec<Option<&'r Resource>>> {
    of.iter().fold(vec![Vec::new()], |ways, choices| {
        let longer = |way: &Vec<Option<&'r Resource>>| {
            choices.iter().map(|choice| way.iter().copied().chain([*choice]).collect()).collect::<Vec<_>>()
        };
        ways.iter().flat_map(longer).collect()
    })
}

/// The links as parts of one finding. One that is not checked is told beside them.
fn judged(links: Vec<Link>, wanted: &str) -> Outcome {
    let (mut rows, mut not_checked) = (Vec::new(), Vec::new());
    let (mut witness, mut calls) = (None, Vec::new());
    for link in links {
        calls.extend(link.calls);
        match link.verdict {
            None => not_checked.push((link.name.to_owned(), link.found)),
            Some(verdict) => {
                if verdict == Verdict::Fail && witness.is_none() {
                    witness = link.witness;
                }
                rows.push(Row { path: link.name.to_owned(), verdict, wanted: link.wanted, found: link.found });
            }
        }
    }
    let said = |rows: &[&Row], pick: fn(&Row) -> &str| {
        rows.iter().map(|row| format!("{}: {}", row.path, pick(row))).collect::<Vec<_>>().join("; ")
    };
    let passes = rows.iter().all(|row| row.verdict == Verdict::Pass);
    let wanted = |rows: &[&Row]| if passes { wanted.to_owned() } else { said(rows, |row| &row.wanted) };
    let outcome = Outcome::of_rows(rows, witness, wanted, |rows| said(rows, |row| &row.found));
    Outcome { not_checked, calls, ..outcome }
}

/// The edges of the architecture with the verdicts of their flows.
pub(super) fn reported(rules: &Rules, findings: &[Finding]) -> Vec<ReportedFlow> {
    let flows = rules.rules.iter().filter_map(|rule| match &rule.form {
        Form::Flow(flow) => Some((rule, flow)),
        _ => None,
    });
    flows
        .map(|(rule, flow)| {
            let wire = rules.wire_of(flow);
            let exists = wire.map(|wire| wire.exists_rule());
            let of_edge = |finding: &&Finding| finding.rule == rule.id || exists.as_ref() == Some(&finding.rule);
            ReportedFlow {
                rule: rule.id.clone(),
                from: flow.from.clone(),
                to: flow.to.clone(),
                by: (flow.mechanism.hop == Hop::StreamToFunction).then(|| "stream".to_owned()),
                wire: wire.map(|wire| wire.key.clone()),
                verdict: findings
                    .iter()
                    .filter(of_edge)
                    .map(|finding| finding.verdict)
                    .max()
                    .unwrap_or(Verdict::NotApplicable),
            }
        })
        .collect()
}
