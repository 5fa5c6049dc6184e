//! The `results.json` that Gradescope's autograder takes: one test a result, by task.
//!
//! Gradescope adds up the tests by itself, so that no total is written beside them (Gradescope autograder
//! documentation, Autograder Specifications). What only staff are to see stands in a last test that students do not.

use super::{Grade, Graded, Standing};
use crate::model::{Hundredths, Verdict, harmless};
use serde_json::{Value, json};

/// `grade` for Gradescope; `staff` is the same told to staff.
pub fn gradescope(grade: &Grade, staff: &Grade) -> Value {
    let mut tests: Vec<Value> = Vec::new();
    for (task_at, task) in grade.tasks.iter().enumerate() {
        let step = task.step.clone().unwrap_or_else(|| (task_at + 1).to_string());
        for (at, result) in task.results.iter().enumerate() {
            tests.push(json!({
                "number": format!("{step}.{}", at + 1),
                "name": harmless(&result.title),
                "name_format": "text",
                "score": number(result.points.earned),
                "max_score": number(result.points.possible),
                "status": if is_right(result) { "passed" } else { "failed" },
                "output": feedback(result),
                "output_format": "text",
                "visibility": "visible",
            }));
        }
    }
    let mut of_staff: Vec<String> =
        staff.tasks.iter().flat_map(|task| &task.results).filter(|r| !is_right(r)).map(said).collect();
    of_staff.extend(
        staff
            .foreign
            .iter()
            .map(|one| harmless(&format!("Names the account {}: {} of {}", one.account, one.field, one.resource))),
    );
    if !of_staff.is_empty() {
        tests.push(json!({
            "name": "For staff",
            "score": 0,
            "max_score": 0,
            "status": "passed",
            "output": of_staff.join("\n\n"),
            "output_format": "text",
            "visibility": "hidden",
        }));
    }
    json!({
        "output": summary(grade),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {
            "account": grade.account,
            "caller": grade.caller,
            "rules": grade.rules.sha256,
            "outcome": grade.outcome,
        },
        "tests": tests,
    })
}

/// Whether a result takes nothing away.
pub(super) fn is_right(result: &Graded) -> bool {
    result.is_note || matches!(result.verdict, Verdict::Pass | Verdict::Waived | Verdict::NotApplicable)
}

/// Points as a JSON number.
pub(super) fn number(points: Hundredths) -> Value {
    serde_json::to_value(points).unwrap_or_default()
}

fn summary(grade: &Grade) -> String {
    let mut text = format!(
        "{}: {} of {} points ({}%) for account {}.",
        harmless(&grade.title),
        grade.points.earned,
        grade.points.possible,
        grade.percent,
        grade.account
    );
    if let Some(cause) = grade.causes.first() {
        let waiting = if cause.waiting.is_empty() { "" } else { ", which others wait for" };
        text.push_str(&format!(" Mend first: {} ({}){waiting}.", harmless(&cause.title), harmless(&cause.resource)));
    }
    if grade.standing == Standing::Advice {
        text.push_str(" This run is advice.");
    }
    text
}

/// What is said of a result that is not right; of one that is, nothing.
pub(super) fn feedback(result: &Graded) -> String {
    if is_right(result) && !result.is_note { String::new() } else { said(result) }
}

fn said(result: &Graded) -> String {
    let mut lines = vec![format!("{} on {} ({})", result.rule, result.resource, result.verdict)];
    if let Some(waits_for) = &result.waits_for {
        lines.push(format!("Not judged: waits for {waits_for}."));
    }
    let fields = [
        ("Looked for", &result.wanted),
        ("Found", &result.found),
        ("Proof", &result.witness),
        ("Why it matters", &result.reason),
        ("Do this", &result.fix),
        ("Hint", &result.hint),
    ];
    lines.extend(fields.into_iter().filter_map(|(label, text)| Some(format!("{label}: {}", text.as_deref()?))));
    lines.extend(result.instead.iter().map(|instead| format!("Instead of {}: {}", instead.of, instead.text)));
    lines.iter().map(|line| harmless(line)).collect::<Vec<_>>().join("\n")
}
