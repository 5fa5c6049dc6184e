//! Laws of judging, on accounts and rules at random; and of what is judged later: snapshots, baselines, differences, fixes.

mod compared;
mod fixes;
#[path = "../judging/mod.rs"]
mod judging;
mod random;
mod saved;

use plimsoll::model::{Finding, Hundredths, Report, Verdict};
use proptest::prelude::*;
use random::{account, form, hide, load, policies, rules, turn};
use std::collections::BTreeMap;
use std::path::Path;

fn by_id(report: &Report) -> BTreeMap<&str, &Finding> {
    report.findings.iter().map(|finding| (finding.id.as_str(), finding)).collect()
}

/// The finding that `finding` is among those of `all`: by its id, or by its ARN where what makes the id was hidden.
fn same<'r>(finding: &Finding, whole: &BTreeMap<&str, &'r Finding>, all: &'r Report) -> Option<&'r Finding> {
    let by_arn = |other: &&Finding| finding.on_itself().is_some() && other.on_itself() == finding.on_itself();
    whole.get(finding.id.as_str()).copied().or_else(|| all.findings.iter().find(by_arn))
}

fn sum(points: impl Iterator<Item = Hundredths>) -> u64 {
    points.map(|points| points.0).sum()
}

/// The denial law: whatever is hidden, no finding passes, fails or is not applicable that would not with everything read.
fn denial(name: &str, text: &str, account: &str, seed: u64) -> Result<(), TestCaseError> {
    let (rules, account) = (load(name, text), judging::account(account));
    let all = judging::judge(&rules, &account);
    let partial = judging::judge(&rules, &hide(&account, seed));
    let whole = by_id(&all);
    for finding in &partial.findings {
        if matches!(finding.verdict, Verdict::Pass | Verdict::Fail | Verdict::NotApplicable) {
            let with_all = same(finding, &whole, &all).map(|finding| finding.verdict);
            prop_assert_eq!(
                with_all,
                Some(finding.verdict),
                "{} on {}\n{}\n{}\n{}",
                finding.rule,
                finding.resource,
                text,
                judging::findings(&partial),
                judging::findings(&all)
            );
        }
    }
    Ok(())
}

fn order(name: &str, text: &str, account: &str, seed: u64, by: usize) -> Result<(), TestCaseError> {
    let rules = load(name, text);
    let account = hide(&judging::account(account), seed);
    prop_assert_eq!(judging::judge(&rules, &account), judging::judge(&rules, &turn(&account, by)), "{}", text);
    Ok(())
}

fn points(name: &str, text: &str, account: &str, seed: u64) -> Result<(), TestCaseError> {
    let rules = load(name, text);
    let report = judging::judge(&rules, &hide(&judging::account(account), seed));
    for rule in &rules.rules {
        let of_rule: Vec<&Finding> = report.findings.iter().filter(|finding| finding.rule == rule.id).collect();
        let applies = of_rule.iter().any(|finding| finding.verdict != Verdict::NotApplicable);
        let possible = sum(of_rule.iter().map(|finding| finding.points.possible));
        prop_assert_eq!(possible, if applies { rule.points.0 } else { 0 }, "{}", rule.id);
        for finding in of_rule.iter().filter(|finding| !finding.parts.is_empty()) {
            prop_assert_eq!(sum(finding.parts.iter().map(|part| part.points.possible)), finding.points.possible.0);
            prop_assert_eq!(sum(finding.parts.iter().map(|part| part.points.earned)), finding.points.earned.0);
        }
    }
    prop_assert_eq!(sum(report.findings.iter().map(|finding| finding.points.possible)), report.points.possible.0);
    prop_assert_eq!(sum(report.findings.iter().map(|finding| finding.points.earned)), report.points.earned.0);
    prop_assert_eq!(report.complete, report.findings.iter().all(|finding| finding.verdict != Verdict::Unknown));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn what_is_hidden_never_makes_a_verdict(text in rules(form()), account in account(false), seed: u64) {
        denial("denial", &text, &account, seed)?;
    }

    #[test]
    fn order_never_shows(text in rules(form()), account in account(false), seed: u64, by in 0..7_usize) {
        order("order", &text, &account, seed, by)?;
    }

    #[test]
    fn points_add_up(text in rules(form()), account in account(false), seed: u64) {
        points("points", &text, &account, seed)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_hidden_policy_never_makes_a_verdict(text in rules(policies()), account in account(true), seed: u64) {
        denial("policies-denial", &text, &account, seed)?;
    }

    #[test]
    fn the_order_of_policies_never_shows(text in rules(policies()), account in account(true), seed: u64, by in 0..7_usize) {
        order("policies-order", &text, &account, seed, by)?;
    }

    #[test]
    fn points_of_policies_add_up(text in rules(policies()), account in account(true), seed: u64) {
        points("policies-points", &text, &account, seed)?;
    }
}

/// The denial law, and that order never shows, on the case files of the checks: what a check reads beside the resource that
/// it is on is in no other account here. The checks of policies have these laws above, on policies at random, and take longer.
#[test]
fn the_cases_of_checks_keep_the_laws() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<_> = std::fs::read_dir(&folder)
        .expect("the cases are there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            name.starts_with("check-") && !name.starts_with("check-avoidable-star")
        })
        .collect();
    cases.sort();
    assert!(cases.len() >= 10, "{cases:?}");
    for path in cases {
        let markdown = std::fs::read_to_string(&path).expect("a case is readable");
        let block = |info: &str| {
            let (_, after) = markdown.split_once(&format!("```yaml {info}\n")).expect("a block");
            after.split_once("```").expect("the end of a block").0
        };
        let rules = load("checks", block("rules"));
        let account = judging::account(block("account"));
        let all = judging::judge(&rules, &account);
        let whole = by_id(&all);
        let is_of_policies = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("check-iam-"));
        for seed in 0..if is_of_policies { 30 } else { 200 } {
            let hidden = hide(&account, seed);
            let partial = judging::judge(&rules, &hidden);
            for finding in partial.findings.iter().filter(|finding| finding.verdict != Verdict::Unknown) {
                let with_all = same(finding, &whole, &all).map(|finding| finding.verdict);
                let blocked = finding.verdict == Verdict::Blocked;
                assert!(
                    blocked || with_all == Some(finding.verdict),
                    "{}, seed {seed}: {} on {}\n{}",
                    path.display(),
                    finding.rule,
                    finding.resource,
                    judging::findings(&partial)
                );
            }
            let by = usize::try_from(seed % 7).expect("a small number");
            assert_eq!(partial, judging::judge(&rules, &turn(&hidden, by)), "{}, seed {seed}", path.display());
        }
    }
}
