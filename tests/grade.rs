//! Grades: the total is the sum of what is shown, the causes add up to what is missing, and nobody is told what is kept
//! for others.

#[path = "judging/mod.rs"]
mod judging;

use plimsoll::grade::{Grade, Graded, Passed, Standing, classroom, grade, gradescope, text};
use plimsoll::model::{Audience, Hundredths, Points, Report, Verdict};
use plimsoll::report::Look;
use std::collections::BTreeMap;
use std::path::Path;

const RULES: &str = r#"
plimsoll: 1
title: Orders
grading: { pass_mark: 50, audience: { witness: staff } }
resources:
  orders: { type: AWS::SQS::Queue, name: orders, exists: { points: 2, step: "1", fix: Create it. } }
  aside: { type: AWS::SQS::Queue, name: aside, exists: { points: 1, step: "1" } }
rules:
  - { id: delay, on: orders, step: "2", points: 3, hint: Look at its settings., audience: { fix: staff, wanted: staff }, fix: Set it to 3., expect: { DelaySeconds: 3 } }
  - { id: two-parts, on: orders, step: "10", points: 1.01, expect: { DelaySeconds: 0, VisibilityTimeout: 30 } }
  - { id: after, on: aside, needs: [delay], step: "10", points: 2, expect: { DelaySeconds: 0 } }
  - { id: after-that, on: aside, needs: [after], points: 0.99, expect: { DelaySeconds: 0 } }
  - { id: said, on: orders, severity: info, points: 0, expect: { DelaySeconds: 4 } }
"#;

/// What `rules` make of `account`.
fn report(name: &str, rules: &str, account: &str) -> Report {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("grade-{name}.yaml"));
    std::fs::write(&path, rules).expect("a file for the test");
    let rules = judging::rules(&path, &BTreeMap::new()).unwrap_or_else(|why| panic!("{name}: {why:?}"));
    judging::judge(&rules, &judging::account(account))
}

fn advice(report: &Report) -> Grade {
    grade(report, Audience::Student, Standing::Advice, None)
}

fn results(grade: &Grade) -> impl Iterator<Item = &Graded> {
    grade.tasks.iter().flat_map(|task| &task.results)
}

fn result<'g>(grade: &'g Grade, rule: &str) -> &'g Graded {
    results(grade).find(|result| result.rule == rule).unwrap_or_else(|| panic!("there is no result of {rule}"))
}

fn points(earned: u64, possible: u64) -> Points {
    Points { earned: Hundredths(earned), possible: Hundredths(possible) }
}

/// What must hold of every grade.
fn holds(grade: &Grade) {
    let sum = results(grade).fold(Points::default(), |sum, result| sum.plus(result.points));
    assert_eq!(grade.points, sum, "the total is the sum of the results");
    let tasks = grade.tasks.iter().fold(Points::default(), |sum, task| sum.plus(task.points));
    assert_eq!(grade.points, tasks, "and that of the tasks");
    let missing: u64 = grade.causes.iter().map(|cause| cause.costs.0 + cause.waiting_costs.0).sum();
    assert_eq!(missing, sum.possible.0 - sum.earned.0, "the causes add up to what is missing");
    let class = classroom(grade);
    let tests = class["tests"].as_array().expect("tests");
    let passed = tests.iter().filter(|test| test["status"] == "pass").count() as u64;
    let scored: u64 = tests.iter().map(|test| test["score"].as_u64().expect("a score")).sum();
    assert_eq!(class["max_score"], tests.len() as u64);
    assert_eq!(scored, passed, "what the console shows is what is reported");
    assert!(scored * 100 <= sum.earned.0 && sum.earned.0 < (scored + 1) * 100, "{scored} of {sum:?}");
}

#[test]
fn what_waits_is_told_once_with_its_cause() {
    let report = report("waits", RULES, "resources:\n  - { type: AWS::SQS::Queue, name: aside }\n");
    let grade = advice(&report);
    holds(&grade);
    assert_eq!(grade.points, points(100, 1000));
    assert_eq!((grade.percent, grade.outcome), (Hundredths(1000), Some(Passed::Failed)));
    // All hangs on the queue that is not there, the notes that cost nothing as well.
    let [cause] = grade.causes.as_slice() else { panic!("{:?}", grade.causes) };
    assert_eq!(
        (cause.rule.as_str(), cause.costs, cause.waiting_costs),
        ("orders-exists", Hundredths(200), Hundredths(700))
    );
    assert_eq!(cause.waiting, ["delay", "two-parts", "after", "after-that", "said"]);
    let waiting = result(&grade, "after-that");
    assert_eq!((waiting.verdict, waiting.waits_for.as_deref()), (Verdict::Blocked, Some("orders-exists")));
    assert_eq!((&waiting.wanted, &waiting.found, &waiting.fix), (&None, &None, &None), "it was not judged");
    // Steps are ordered as people order them.
    let steps: Vec<_> = grade.tasks.iter().map(|task| task.step.as_deref()).collect();
    assert_eq!(steps, [Some("1"), Some("2"), Some("10"), None]);
}

#[test]
fn an_empty_account_earns_nothing_and_a_right_one_everything() {
    let nothing = advice(&report("empty", RULES, "resources: []\n"));
    holds(&nothing);
    assert_eq!((nothing.points.earned, nothing.outcome), (Hundredths(0), Some(Passed::Failed)));
    let right = RULES.replace("DelaySeconds: 0, Vis", "DelaySeconds: 3, Vis");
    let account = "resources:\n  - { type: AWS::SQS::Queue, name: orders, properties: { DelaySeconds: 3, VisibilityTimeout: 30 } }\n  - { type: AWS::SQS::Queue, name: aside, properties: { DelaySeconds: 0 } }\n";
    let grade = advice(&report("right", &right, account));
    holds(&grade);
    assert_eq!((grade.points, grade.percent), (points(1000, 1000), Hundredths(10_000)));
    assert!(grade.causes.is_empty());
    assert!(result(&grade, "said").is_note, "a remark costs nothing");
}

#[test]
fn parts_earn_their_share_and_nobody_passes_by_rounding() {
    let account = "resources:\n  - { type: AWS::SQS::Queue, name: orders, properties: { DelaySeconds: 1, VisibilityTimeout: 30 } }\n  - { type: AWS::SQS::Queue, name: aside }\n";
    let report = report("parts", RULES, account);
    let told = advice(&report);
    holds(&told);
    assert_eq!(result(&told, "two-parts").points, points(51, 101), "the last part takes the rest");
    assert_eq!(told.points, points(351, 1000));
    let at = |mark| grade(&report, Audience::Student, Standing::Advice, Some(Hundredths(mark))).outcome;
    assert_eq!((at(3510), at(3511)), (Some(Passed::Passed), Some(Passed::Failed)));
}

#[test]
fn what_could_not_be_read_earns_nothing_or_is_left_out() {
    let account = "resources:\n  - { type: AWS::SQS::Queue, name: orders, properties: { VisibilityTimeout: 30 }, unread: { DelaySeconds: denied } }\n  - { type: AWS::SQS::Queue, name: aside }\n";
    let nothing = advice(&report("unknown", RULES, account));
    holds(&nothing);
    // `after` waits for what is unknown, and is unknown for that.
    assert_eq!((nothing.points, nothing.left_out), (points(351, 1000), Hundredths(0)));
    assert_eq!(nothing.outcome, Some(Passed::Undecided), "what was not read decides");
    let left_out = RULES.replace("pass_mark: 50", "pass_mark: 50, unknown: leave-out");
    let left_out = advice(&report("left-out", &left_out, account));
    holds(&left_out);
    assert_eq!((left_out.points, left_out.left_out), (points(351, 351), Hundredths(649)));
    assert_eq!(left_out.outcome, Some(Passed::Passed));
    assert!(text(&left_out, look(100)).contains("6.49 more are left out"));
}

/// Whoever refuses every read has not passed, even where what is unknown is left out.
#[test]
fn nobody_passes_where_nothing_counts() {
    let rules = RULES.replace("pass_mark: 50", "pass_mark: 50, unknown: leave-out");
    let report = report(
        "nothing-read",
        &rules,
        "lists: { AWS::SQS::Queue: denied }\nasked: { orders: denied, aside: denied }\n",
    );
    let told = advice(&report);
    assert_eq!((told.points, told.left_out), (points(0, 0), Hundredths(1000)));
    assert_eq!((told.percent, told.outcome), (Hundredths(0), Some(Passed::Undecided)));
}

#[test]
fn what_is_for_staff_no_student_sees() {
    let account = "resources:\n  - { type: AWS::SQS::Queue, name: orders, properties: { DelaySeconds: 1, VisibilityTimeout: 30 } }\n  - { type: AWS::SQS::Queue, name: aside }\n";
    let report = report("staff", RULES, account);
    let student = advice(&report);
    let told = result(&student, "delay");
    assert_eq!((told.fix.as_deref(), told.wanted.as_deref()), (None, None));
    assert_eq!(told.hint.as_deref(), Some("Look at its settings."));
    assert_eq!(told.found.as_deref(), Some("DelaySeconds 1"));
    let staff = grade(&report, Audience::Staff, Standing::Counts, None);
    assert_eq!(result(&staff, "delay").fix.as_deref(), Some("Set it to 3."));
    assert_eq!(staff.points, student.points);
    for said in [text(&student, look(80)), classroom(&student).to_string()] {
        assert!(!said.contains("Set it to 3."), "{said}");
    }
    let scope = gradescope(&student, &staff);
    let tests = scope["tests"].as_array().expect("tests");
    let (visible, hidden): (Vec<_>, Vec<_>) = tests.iter().partition(|test| test["visibility"] == "visible");
    assert!(!format!("{visible:?}").contains("Set it to 3."));
    assert!(format!("{hidden:?}").contains("Set it to 3."));
    assert_eq!(hidden.len(), 1);
}

#[test]
fn other_accounts_are_told_to_staff_alone_and_cost_nothing() {
    let account = "resources:\n  - { type: AWS::SQS::Queue, name: orders, properties: { DelaySeconds: 3, VisibilityTimeout: 30, RedrivePolicy: { deadLetterTargetArn: \"arn:aws:sqs:us-east-1:999988887777:dead\", maxReceiveCount: 5 } } }\n  - { type: AWS::SQS::Queue, name: aside }\n";
    let report = report("foreign", RULES, account);
    let [fact] = report.foreign.as_slice() else { panic!("{:?}", report.foreign) };
    assert_eq!((fact.account.as_str(), fact.field.as_str()), ("999988887777", "RedrivePolicy.deadLetterTargetArn"));
    let (student, staff) = (advice(&report), grade(&report, Audience::Staff, Standing::Counts, None));
    assert_eq!(student.points, staff.points);
    let told = |grade: &Grade| serde_json::to_string(grade).expect("JSON") + &text(grade, look(80));
    assert!(!told(&student).contains("999988887777"), "{}", told(&student));
    assert_eq!(told(&staff).matches("999988887777").count(), 2, "{}", told(&staff));
    let scope = gradescope(&student, &staff);
    let (visible, hidden): (Vec<_>, Vec<_>) =
        scope["tests"].as_array().expect("tests").iter().partition(|test| test["visibility"] == "visible");
    assert!(!format!("{visible:?}").contains("999988887777"));
    assert!(format!("{hidden:?}").contains("999988887777"));
}

/// The fields that Gradescope documents, each with its type.
#[test]
fn gradescope_gets_what_it_documents() {
    let report = report("gradescope", RULES, "resources:\n  - { type: AWS::SQS::Queue, name: orders }\n");
    let (student, staff) = (advice(&report), grade(&report, Audience::Staff, Standing::Advice, None));
    let scope = gradescope(&student, &staff);
    const TOP: [&str; 11] = [
        "score",
        "execution_time",
        "output",
        "output_format",
        "test_output_format",
        "test_name_format",
        "visibility",
        "stdout_visibility",
        "extra_data",
        "tests",
        "leaderboard",
    ];
    const TEST: [&str; 11] = [
        "score",
        "max_score",
        "status",
        "name",
        "name_format",
        "number",
        "output",
        "output_format",
        "tags",
        "visibility",
        "extra_data",
    ];
    assert!(scope.as_object().expect("a map").keys().all(|key| TOP.contains(&key.as_str())));
    let (mut score, mut most) = (0.0, 0.0);
    for test in scope["tests"].as_array().expect("tests") {
        assert!(test.as_object().expect("a map").keys().all(|key| TEST.contains(&key.as_str())), "{test}");
        assert!(["passed", "failed"].contains(&test["status"].as_str().expect("a status")));
        score += test["score"].as_f64().expect("a score");
        most += test["max_score"].as_f64().expect("a most");
    }
    let close = |a: f64, points: Hundredths| (a * 100.0).round() as u64 == points.0;
    assert!(close(score, student.points.earned) && close(most, student.points.possible), "{score} of {most}");
}

/// Everything the README promises a student stands in the text, at every width.
#[test]
fn the_text_says_what_is_right_what_is_wrong_why_and_where() {
    let report = report("text", RULES, "resources:\n  - { type: AWS::SQS::Queue, name: aside }\n");
    for width in [40, 80, 120, 160] {
        let text = text(&advice(&report), look(width));
        assert!(text.lines().all(|line| line.chars().count() <= width), "{width}:\n{text}");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for said in ["1 of 10 points", "not passed, which takes 50%", "Create it.", "waits for orders-exists", "advice"]
        {
            assert!(text.contains(said), "{width}: {said}\n{text}");
        }
    }
}

fn look(width: usize) -> Look {
    Look { width, colour: false, quiet: false, picture: false }
}
