//! What a broken account is, and how it is held against a server.
//!
//! What a case does not list must stay as it is in the intact architecture: a case fails when a verdict that it lists
//! does not change, and when one changes that it does not list.

use crate::step::Step;
use crate::support::binary::{Key, Plimsoll};
use crate::support::clear::clear;
use crate::support::lab::{self, Lab, Service};
use crate::support::report::{Report, Verdicts, changes};
use crate::support::servers::{Kind, Server};
use crate::{ELSEWHERE, KEY, REGION, RULES};
use std::collections::BTreeSet;

/// Rule, resource and the verdict on them.
pub(crate) type Change = (&'static str, &'static str, &'static str);

/// A broken account.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) steps: &'static [Step],
    /// All that differs from the intact architecture.
    pub(crate) changes: &'static [Change],
    /// Rule and a part of what its finding says was found, or of its witness.
    pub(crate) says: &'static [(&'static str, &'static str)],
    /// The servers whose answers can show it.
    pub(crate) on: &'static [Kind],
}

/// Both servers.
pub(crate) const BOTH: &[Kind] = &[Kind::Ministack, Kind::Moto];
/// The server that gives permissions boundaries in GetAccountAuthorizationDetails, as AWS does.
pub(crate) const WITH_BOUNDARIES: &[Kind] = &[Kind::Moto];

/// A case that both servers show.
pub(crate) const fn mistake(
    name: &'static str,
    steps: &'static [Step],
    changes: &'static [Change],
    says: &'static [(&'static str, &'static str)],
) -> Case {
    Case { name, steps, changes, says, on: BOTH }
}

/// A case that only ministack shows: moto turns a stream on once in a table's life, takes no role of another account for
/// an integration, and has no TagResource of API Gateway.
pub(crate) const fn on_ministack(case: Case) -> Case {
    Case { on: &[Kind::Ministack], ..case }
}

/// Holds every case against one server. All cases are tried before the first failure is told.
pub(crate) async fn shows_each(kind: Kind, cases: &[Case]) {
    let server = Server::start(kind);
    let mut lab = lab::build(&server.endpoint(), REGION, KEY).await;
    let elsewhere = lab.in_region(ELSEWHERE);
    let intact = intact(&server);
    let mut wrong = Vec::new();
    for case in cases.iter().filter(|case| case.on.contains(&kind)) {
        for step in case.steps {
            step.make(&lab).await;
        }
        let run = Plimsoll::scan(&server.endpoint(), RULES, &Key::administrator(KEY)).run();
        let report = run.report();
        let wanted = case.changes.iter();
        let wanted =
            wanted.map(|(rule, on, verdict)| ((rule.to_string(), on.to_string()), verdict.to_string())).collect();
        let found = changes(&intact.verdicts(), &report.verdicts());
        if found != wanted {
            wrong.push(format!("{}\n{}", case.name, differences(&wanted, &found, &report)));
        }
        // Points are lost by the rules whose verdicts change, and by no others.
        let listed = |rule: &str, on: &str| case.changes.iter().any(|(of, about, _)| *of == rule && *about == on);
        for finding in report.findings() {
            let (rule, on) = (finding.text("rule"), finding.text("resource"));
            let lost = finding.0["points"]["earned"] != finding.0["points"]["possible"];
            if lost && !listed(rule, on) {
                wrong.push(format!("{}: {rule} on {on} loses points: {}", case.name, finding.0["points"]));
            }
        }
        for (rule, words) in case.says {
            let told: Vec<_> = report
                .findings()
                .filter(|finding| finding.text("rule") == *rule)
                .flat_map(|finding| [finding.text("found"), finding.text("witness")])
                .collect();
            if !told.iter().any(|told| told.contains(words)) {
                wrong.push(format!("{}: {rule} does not say `{words}`: {told:?}", case.name));
            }
        }
        let decided = case.changes.iter().all(|(_, _, verdict)| *verdict != "unknown");
        if (run.code, run.stderr.as_str(), report.complete()) != (report.exit_code(), "", decided) {
            wrong.push(format!("{}: exit code {}, stderr `{}`", case.name, run.code, run.stderr));
        }
        mend(&server, kind, case, &mut lab, &elsewhere).await;
    }
    assert_eq!(self::intact(&server).verdicts(), intact.verdicts(), "{kind:?}: the last cases left something behind");
    assert!(wrong.is_empty(), "{kind:?}\n{}", wrong.join("\n"));
}

/// Brings the architecture back after a case. moto's own reset takes longer than all of a case, so there only what the
/// case touched is deleted and built anew; the intact account after the last case shows that nothing stayed behind.
pub(crate) async fn mend(server: &Server, kind: Kind, case: &Case, lab: &mut Lab, elsewhere: &Lab) {
    let touched = |region: &str| {
        let there = case.steps.iter().filter(|step| step.region() == region);
        let services: BTreeSet<_> = there.flat_map(|step| step.touches()).copied().collect();
        services.into_iter().collect::<Vec<_>>()
    };
    match kind {
        Kind::Ministack => {
            server.reset();
            lab::rebuild(lab, &Service::ALL).await;
        }
        Kind::Moto => {
            clear(elsewhere, &touched(ELSEWHERE)).await;
            let services = touched(REGION);
            clear(lab, &services).await;
            lab::rebuild(lab, &services).await;
        }
    }
}

/// The changes that are missing and those that are too many, in the form that cases are written in.
fn differences(wanted: &Verdicts, found: &Verdicts, report: &Report) -> String {
    let line = |mark: &str, (rule, on): &(String, String), verdict: &str| {
        let told = report.findings().find(|of| of.text("rule") == rule && of.text("resource") == on);
        let told = told.map_or_else(String::new, |of| of.text("found").replace('\n', " / "));
        format!("  {mark} (\"{rule}\", \"{on}\", \"{verdict}\"), // {told}\n")
    };
    let missing = wanted.iter().filter(|(pair, verdict)| found.get(*pair) != Some(verdict));
    let missing = missing.map(|(pair, verdict)| line("missing", pair, verdict));
    let further = found.iter().filter(|(pair, verdict)| wanted.get(*pair) != Some(verdict));
    missing.chain(further.map(|(pair, verdict)| line("further", pair, verdict))).collect()
}

/// The report on the intact architecture, which must be without blame.
pub(crate) fn intact(server: &Server) -> Report {
    let run = Plimsoll::scan(&server.endpoint(), RULES, &Key::administrator(KEY)).run();
    let report = run.report();
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    assert!(report.complete());
    let blamed: Vec<_> = report.findings().filter(|finding| finding.verdict() != "pass").collect();
    let starred: Vec<_> = blamed.iter().map(|of| (of.text("rule"), of.text("severity"), of.verdict())).collect();
    assert_eq!(starred, [("avoidable-star", "info", "fail"); 3], "{blamed:?}");
    assert_eq!(report.0["points"]["earned"], report.0["points"]["possible"]);
    assert!(report.0["points"]["possible"].as_f64().is_some_and(|points| points > 0.0));
    assert_eq!(report.0["account"], server.account());
    report
}
