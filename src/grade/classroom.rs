//! The result that an autograding runner of GitHub Classroom hands to the reporter, which takes it in base64.
//!
//! The console shows the share of the tests that pass times `max_score`; what is reported is the sum of the scores of
//! the tests (classroom-resources/autograding-grading-reporter). The two agree only where all tests are worth the same,
//! so that each whole point is a test of its own. Parts of a point are added up over the results and rounded down.

use super::Grade;
use super::gradescope::feedback;
use crate::model::harmless;
use serde_json::{Value, json};

/// Hundredths in a point.
const POINT: u64 = 100;

/// `grade` for GitHub Classroom.
pub fn classroom(grade: &Grade) -> Value {
    let mut tests = Vec::new();
    let (mut possible, mut earned, mut passed) = (0, 0, 0);
    for result in grade.tasks.iter().flat_map(|task| &task.results) {
        possible += result.points.possible.0;
        earned += result.points.earned.0;
        let of_result = possible / POINT - tests.len() as u64;
        let right = of_result.min(earned / POINT - passed);
        passed += right;
        for nth in 0..of_result {
            let is_right = nth < right;
            let which = if of_result > 1 { format!(" ({} of {of_result})", nth + 1) } else { String::new() };
            tests.push(json!({
                "name": format!("{}{which}", harmless(&result.title)),
                "status": if is_right { "pass" } else { "fail" },
                "score": u8::from(is_right),
                // Said once, with the first point that was lost.
                "message": if nth == right { feedback(result) } else { String::new() },
                "test_code": result.rule,
                "filename": "",
                "line_no": 0,
                "duration": 0,
            }));
        }
    }
    let all = tests.len() as u64;
    json!({
        "version": 1,
        "status": if passed == all { "pass" } else { "fail" },
        "max_score": all,
        "tests": tests,
    })
}
