//! Laws of what is printed as a fix, on rules and accounts at random of which parts are hidden.

use super::random::{account, form, hide, load, policies, rules};
use super::saved::{place, whole};
use super::{by_id, judging, same};
use plimsoll::fix::{Asked, Command, fix};
use plimsoll::model::{Value, Verdict};
use proptest::prelude::*;

const QUEUE: &str = "AWS::SQS::Queue";

/// No command is for a finding that does not fail with everything read, none deletes what no rule forbids, and none holds
/// a word for what was not read.
fn rests_on_what_was_read(name: &str, text: &str, world: &str, seed: u64) -> Result<(), TestCaseError> {
    let (rules, mut world) = (load(name, text), whole(world));
    for queue in world.resources.iter_mut().filter(|one| one.type_name == QUEUE) {
        if let Value::Map(parts) = &mut queue.properties {
            parts.insert("QueueUrl".to_owned(), Value::Text(format!("https://sqs/{}", queue.name)));
        }
    }
    let seen = hide(&world, seed);
    let (partial, all) = (judging::judge(&rules, &seen), judging::judge(&rules, &world));
    let (before, truth) = (by_id(&partial), by_id(&all));
    let fixes = fix(&rules, &seen, &place(), judging::kinds(), &Asked::default());
    for fix in &fixes.fixes {
        let lines: Vec<String> = fix.commands.iter().chain(&fix.undo).map(Command::line).collect();
        let Some(finding) = before.get(fix.finding.id.as_str()) else { continue };
        if finding.verdict == Verdict::Fail {
            let really = same(finding, &truth, &all).map(|finding| finding.verdict);
            prop_assert_eq!(really, Some(Verdict::Fail), "{}: {:?}", fix.finding.rule, lines);
        }
        for line in &lines {
            let tells = ["not read", "AccessDenied", "not asked", "Unread"].iter().any(|word| line.contains(word));
            prop_assert!(!tells, "{line}");
        }
        for queue in world.of_type(QUEUE, judging::REGION) {
            let deletes = |line: &Command| {
                let line = line.line();
                line.contains("delete-queue") && line.ends_with(&format!("https://sqs/{}", queue.name))
            };
            if fix.commands.iter().any(deletes) {
                let is_it = |finding: &&plimsoll::model::Finding| {
                    let told = finding.found.contains(&format!("{},", queue.id)) || finding.found.ends_with(&queue.id);
                    finding.rule == fix.finding.rule
                        && finding.verdict == Verdict::Fail
                        && (told || finding.arn.as_ref() == Some(&queue.id))
                };
                prop_assert!(all.findings.iter().any(|finding| is_it(&finding)), "{}: {lines:?}\n{}", queue.id, text);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn a_fix_rests_on_what_was_read(text in rules(form()), world in account(false), seed: u64) {
        rests_on_what_was_read("fix", &text, &world, seed)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn a_fix_of_policies_rests_on_what_was_read(text in rules(policies()), world in account(true), seed: u64) {
        rests_on_what_was_read("fix-policies", &text, &world, seed)?;
    }
}
