//! Laws of comparison, on pairs of accounts at random of which parts are hidden: a report against an earlier one, and what
//! changed between two accounts or two reports.

use super::judging;
use super::random::{Dice, account, few, form, hide, load, policies, rules};
use super::saved::{place, read, snapshot, whole};
use super::{by_id, same};
use plimsoll::audit::hold_against;
use plimsoll::diff::{Change, Diff, FieldChange, ResourceChange, Turn, Unread};
use plimsoll::model::{Account, Finding, How, Report, Since, Verdict};
use plimsoll::rules::Rules;
use plimsoll::snapshot::Snapshot;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn fails(finding: &Finding) -> bool {
    matches!(finding.verdict, Verdict::Fail | Verdict::Blocked)
}

/// What is known was there, and what is settled is not there, whatever of both accounts was hidden.
fn baseline(name: &str, text: &str, accounts: [&str; 3], seeds: [u64; 3]) -> Result<(), TestCaseError> {
    let rules = load(name, text);
    let whole = accounts.map(judging::account);
    let [first, second, third] = [0, 1, 2].map(|at| judging::judge(&rules, &hide(&whole[at], seeds[at])));
    let held = |mut now: Report, earlier: &Report| {
        hold_against(&mut now, &rules, earlier, "before.json", "00").expect("one account");
        now
    };
    let second = held(second, &first);
    let third = held(third, &second);
    told(&rules, &second, &[&first], &whole[1])?;
    // What the second could not read, it carries on from the first.
    told(&rules, &third, &[&second, &first], &whole[2])
}

fn told(rules: &Rules, now: &Report, earlier: &[&Report], account: &Account) -> Result<(), TestCaseError> {
    let all = judging::judge(rules, account);
    let truth = by_id(&all);
    for finding in now.findings.iter().filter(|finding| finding.since == Some(Since::Known) && fails(finding)) {
        let failed = earlier.iter().any(|report| same(finding, &by_id(report), report).is_some_and(fails));
        prop_assert!(failed, "{} on {} is known", finding.rule, finding.resource);
    }
    for settled in now.baseline.iter().flat_map(|head| &head.settled).filter(|one| one.how != How::NotRead) {
        let is_it = |finding: &&Finding| {
            finding.rule == settled.rule
                && finding.name.is_some()
                && finding.arn.is_some()
                && finding.arn == settled.arn
        };
        let is = truth.get(settled.id.as_str()).copied().or_else(|| all.findings.iter().find(is_it));
        prop_assert!(
            is.is_none_or(|is| !fails(is)) && (settled.how == How::Gone || is.is_some()),
            "{} on {} is {}\n{}\n{}",
            settled.rule,
            settled.resource,
            settled.how.as_str(),
            judging::findings(now),
            judging::findings(&all)
        );
    }
    Ok(())
}

/// No finding is told as new, mended or gone that is not, whatever was hidden of both accounts.
fn of_reports(name: &str, text: &str, accounts: [&str; 2], seeds: [u64; 2]) -> Result<(), TestCaseError> {
    let rules = load(name, text);
    let whole = accounts.map(judging::account);
    let all = [0, 1].map(|at| judging::judge(&rules, &whole[at]));
    let seen = [0, 1].map(|at| judging::judge(&rules, &hide(&whole[at], seeds[at])));
    for report in &seen {
        prop_assert!(!Diff::of_reports(("a", report), ("a", report)).differs());
    }
    let diff = Diff::of_reports(("old", &seen[0]), ("new", &seen[1]));
    let find = |report: usize, id: &str| {
        let whole = by_id(&all[report]);
        let hidden = seen.iter().find_map(|seen| seen.findings.iter().find(|finding| finding.id == id));
        hidden.and_then(|hidden| same(hidden, &whole, &all[report])).map(|finding| finding.verdict)
    };
    for change in &diff.findings {
        let (old, new) = (find(0, &change.id), find(1, &change.id));
        // What is blocked may be something that the rule is not on.
        let failing = |is: Option<Verdict>, told: Option<Verdict>| is == told || told == Some(Verdict::Blocked);
        let holds = match change.change {
            Turn::New => failing(new, change.new_verdict) && old != Some(Verdict::Fail),
            Turn::Fixed => failing(old, change.old_verdict) && new == Some(Verdict::Pass),
            Turn::NotJudged => failing(old, change.old_verdict) && !matches!(new, Some(Verdict::Fail)),
            Turn::Changed | Turn::Verdict => true,
        };
        prop_assert!(
            holds,
            "{change:?}: {old:?}, {new:?}\n{}\n{}",
            judging::findings(&all[0]),
            judging::findings(&all[1])
        );
    }
    Ok(())
}

type Told = BTreeMap<(Change, String, String), Vec<FieldChange>>;

fn changes(diff: &Diff) -> Told {
    let key = |one: &ResourceChange| (one.change, one.type_name.clone(), one.id.clone());
    diff.resources.iter().map(|one| (key(one), one.fields.clone())).collect()
}

/// What `diff` tells the other way round.
fn mirrored(diff: &Diff) -> Told {
    let turned = |(change, type_name, id): (Change, String, String)| {
        let change = match change {
            Change::Added => Change::Removed,
            Change::Removed => Change::Added,
            other => other,
        };
        (change, type_name, id)
    };
    let swapped = |mut field: FieldChange| {
        std::mem::swap(&mut field.old, &mut field.new);
        std::mem::swap(&mut field.gone, &mut field.come);
        if let Some(policy) = &mut field.policy {
            std::mem::swap(&mut policy.now_allows, &mut policy.no_longer_allows);
            std::mem::swap(&mut policy.now_denies, &mut policy.no_longer_denies);
            policy.undecided.sort();
        }
        field
    };
    changes(diff).into_iter().map(|(key, fields)| (turned(key), fields.into_iter().map(swapped).collect())).collect()
}

fn between(old: &Snapshot, new: &Snapshot) -> Diff {
    Diff::of_snapshots(("old", old), ("new", new), judging::kind)
}

/// Nothing comes, goes or changes that did not, whatever rules the two snapshots were made for and whatever was hidden.
fn of_snapshots(rules: [&str; 2], accounts: [&str; 2], seeds: [u64; 2]) -> Result<(), TestCaseError> {
    let mut world = accounts.map(whole);
    // The id of what hangs on something names that, so that nothing moves from one to another.
    let [was, is] = &mut world;
    let parents: BTreeMap<_, _> =
        was.resources.iter().map(|of| ((of.type_name, of.id.clone()), of.parent.clone())).collect();
    for of in &mut is.resources {
        if let Some(parent) = parents.get(&(of.type_name, of.id.clone())) {
            of.parent.clone_from(parent);
        }
    }
    let there: BTreeSet<String> = is.resources.iter().map(|of| of.id.clone()).collect();
    is.resources.retain(|of| of.parent.as_ref().is_none_or(|parent| there.contains(parent)));
    let taken = |at: usize, hidden: bool| {
        let needs = load(&format!("diff-{at}"), rules[at]).needs(&place());
        let read = read(&world[at], &needs, &mut Dice(seeds[at]));
        snapshot(if hidden { hide(&read, seeds[at]) } else { read }, &needs)
    };
    let mut all = plimsoll::model::Needs::default();
    for kind in judging::kinds() {
        ["", judging::REGION].iter().for_each(|region| all.all(kind.type_name, region, []));
    }
    let [old, new] = [0, 1].map(|at| snapshot(world[at].clone(), &all));
    let truth = changes(&between(&old, &new));
    for hidden in [false, true] {
        let (old, new) = (taken(0, hidden), taken(1, hidden));
        for one in [&old, &new] {
            prop_assert_eq!(changes(&between(one, one)), Told::new());
        }
        let diff = between(&old, &new);
        for ((change, type_name, id), fields) in changes(&diff) {
            let Some(really) = truth.get(&(change, type_name.clone(), id.clone())) else {
                return Err(TestCaseError::fail(format!("{id} is told as {change:?}\n{diff:#?}")));
            };
            for field in fields {
                let about =
                    |other: &FieldChange| other.path.starts_with(&field.path) || field.path.starts_with(&other.path);
                prop_assert!(really.iter().any(about), "{id}: {field:?}\n{really:#?}");
            }
        }
        let back = between(&new, &old);
        prop_assert!(mirrored(&diff).keys().eq(changes(&back).keys()), "{diff:#?}\n{back:#?}");
        let paths = |told: Told| {
            let of = |id: &String, field: FieldChange| {
                (id.clone(), field.path, field.old, field.new, field.gone, field.come)
            };
            told.into_iter()
                .flat_map(|((_, _, id), fields)| {
                    fields.into_iter().map(move |field| of(&id, field)).collect::<Vec<_>>()
                })
                .collect::<BTreeSet<_>>()
        };
        prop_assert_eq!(paths(mirrored(&diff)), paths(changes(&back)));
        let open = |diff: &Diff, turn: bool| -> BTreeSet<(String, Unread)> {
            let side = |side: Unread| match side {
                Unread::Older if turn => Unread::Newer,
                Unread::Newer if turn => Unread::Older,
                other => other,
            };
            diff.not_compared.iter().map(|one| (one.what.clone(), side(one.side))).collect()
        };
        prop_assert_eq!(open(&diff, true), open(&back, false));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn what_is_known_was_there_and_what_is_settled_is_not(
        text in rules(form()),
        accounts in [account(false), account(false), account(false)],
        seeds: [u64; 3],
    ) {
        let [first, second, third] = &accounts;
        baseline("baseline", &text, [first, second, third], seeds)?;
    }

    #[test]
    fn a_diff_of_reports_tells_of_what_was_read(text in rules(form()), accounts in [account(false), account(false)], seeds: [u64; 2]) {
        of_reports("diff-reports", &text, [&accounts[0], &accounts[1]], seeds)?;
    }

    #[test]
    fn a_diff_of_snapshots_tells_of_what_was_read(
        made_for in [few(true), few(true)],
        accounts in [account(true), account(true)],
        seeds: [u64; 2],
    ) {
        of_snapshots([&made_for[0], &made_for[1]], [&accounts[0], &accounts[1]], seeds)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn what_is_known_of_policies_was_there(
        text in rules(policies()),
        accounts in [account(true), account(true), account(true)],
        seeds: [u64; 3],
    ) {
        let [first, second, third] = &accounts;
        baseline("baseline-policies", &text, [first, second, third], seeds)?;
        of_reports("diff-policies", &text, [first, second], [seeds[0], seeds[1]])?;
    }
}
