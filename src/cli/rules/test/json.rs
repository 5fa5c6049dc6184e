//! What is told of cases to a program.

use super::{Counts, Run};
use crate::cases::{MatcherSeen, RuleSeen};
use crate::model::Place;
use crate::report::write_harmless;
use serde_json::{Value as Json, json};

/// The version of this form. New fields may come at any time.
const VERSION: u32 = 1;

/// All of it as JSON.
pub(super) fn json(runs: &[Run]) -> String {
    let counts = Counts::of(runs);
    write_harmless(&json!({
        "version": VERSION,
        "tool": env!("CARGO_PKG_VERSION"),
        "counts": {
            "cases": counts.cases,
            "as_expected": counts.right,
            "rules": counts.rules,
            "rules_tested": counts.rules_tested,
            "matchers": counts.matchers,
            "matchers_tested": counts.matchers_tested,
        },
        "files": runs.iter().map(file).collect::<Vec<_>>(),
    }))
}

fn file(run: &Run) -> Json {
    let cases: Vec<Json> = run
        .judged
        .cases
        .iter()
        .map(|case| {
            let mismatches: Vec<Json> = case
                .mismatches
                .iter()
                .map(|mismatch| {
                    json!({
                        "rule": mismatch.rule,
                        "resource": mismatch.resource,
                        "wanted": mismatch.wanted,
                        "found": mismatch.found,
                        "why": mismatch.why,
                        "where": place(&mismatch.place),
                    })
                })
                .collect();
            json!({
                "name": case.name,
                "why": case.why,
                "where": place(&case.place),
                "as_expected": case.is_right(),
                "mismatches": mismatches,
            })
        })
        .collect();
    json!({
        "file": run.suite.file,
        "cases": cases,
        "coverage": run.coverage().map(|coverage| coverage.rules.iter().map(rule).collect::<Vec<_>>()),
    })
}

fn rule(rule: &RuleSeen) -> Json {
    json!({
        "rule": rule.rule,
        "where": place(&rule.place),
        "passed_in": rule.passed,
        "failed_in": rule.failed,
        "tested": rule.is_tested(),
        "matchers": rule.matchers.iter().map(matcher).collect::<Vec<_>>(),
    })
}

fn matcher(matcher: &MatcherSeen) -> Json {
    json!({
        "matcher": matcher.matcher,
        "where": place(&matcher.place),
        "held_in": matcher.held,
        "not_held_in": matcher.broken,
        "tested": matcher.is_tested(),
    })
}

fn place(place: &Place) -> Json {
    json!({ "file": place.file, "line": place.line, "column": place.column })
}
