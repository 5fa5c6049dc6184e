//! What `plimsoll fix` prints, run with the AWS CLI: after it, all verdicts are those of the intact architecture.
//!
//! What cannot be mended in place is listed by name, with the rules that are left to a person; the list is held both ways.

use crate::case::{Case, intact, mend};
use crate::support::awscli::AwsCli;
use crate::support::binary::{Key, Plimsoll, Run};
use crate::support::lab::{self, ADDRESS};
use crate::support::report::{Report, changes};
use crate::support::servers::{Kind, Server};
use crate::{ELSEWHERE, KEY, REGION, RULES, grants, mistakes};
use std::collections::BTreeSet;

/// The mistakes that a person must mend, the rules that are left, and why no command does it.
const BY_HAND: &[(&str, &[&str], &str)] = &[];

/// `plimsoll fix`, told the address that the subscription is for.
fn fix(server: &Server, more: &[&str]) -> Run {
    let notify = format!("notify={ADDRESS}");
    let fix = Plimsoll::new(&["fix", RULES, "--endpoint-url", &server.endpoint(), "--set", &notify]);
    fix.with(more).key(&Key::administrator(KEY)).run()
}

fn scan(server: &Server) -> Report {
    Plimsoll::scan(&server.endpoint(), RULES, &Key::administrator(KEY)).run().report()
}

/// Breaks the architecture in each way, mends it by what is printed, and compares.
async fn mends_each(kind: Kind, cases: Vec<Case>, left_out: usize) {
    let server = Server::start(kind);
    let aws = AwsCli::start(&server, REGION, KEY);
    let mut lab = lab::build(&server.endpoint(), REGION, KEY).await;
    let elsewhere = lab.in_region(ELSEWHERE);
    let before = intact(&server).verdicts();
    let mut wrong = Vec::new();
    let mut mended = 0;
    for case in cases.iter().filter(|case| case.on.contains(&kind)) {
        for step in case.steps {
            step.make(&lab).await;
        }
        let by_hand = BY_HAND.iter().find(|(name, ..)| *name == case.name).map(|(_, rules, _)| *rules);
        if let Err(why) = mends(&server, &aws, &before, by_hand.unwrap_or(&[])) {
            wrong.push(format!("{}\n{why}", case.name));
        } else if by_hand.is_none() {
            mended += 1;
        }
        mend(&server, kind, case, &mut lab, &elsewhere).await;
    }
    assert!(wrong.is_empty(), "{kind:?}: {mended} mended\n{}", wrong.join("\n"));
    assert_eq!(mended, cases.iter().filter(|case| case.on.contains(&kind)).count() - left_out);
}

/// Whether what is printed mends the account, but for what is `left`.
fn mends(
    server: &Server,
    aws: &AwsCli,
    intact: &crate::support::report::Verdicts,
    left: &[&str],
) -> Result<(), String> {
    let printed = fix(server, &[]);
    let told = || format!("{}\n{}", printed.stdout, printed.stderr);
    let expected = i32::from(!left.is_empty());
    let ran = aws.sh(&printed.stdout);
    if ran.code != 0 {
        return Err(format!("the script failed ({}): {}\n{}", ran.code, ran.said, told()));
    }
    let after = scan(server).verdicts();
    let differs = changes(intact, &after);
    // What is left fails still, and what rests on it is not judged; all else is as it was.
    let failing: BTreeSet<&str> = differs
        .iter()
        .filter(|(_, verdict)| !matches!(verdict.as_str(), "blocked" | "pass"))
        .map(|((rule, _), _)| rule.as_str())
        .collect();
    if failing != left.iter().copied().collect() || (left.is_empty() && !differs.is_empty()) {
        return Err(format!("after it: {differs:?}, left to a person: {left:?}\n{}", told()));
    }
    if printed.code != expected {
        return Err(format!("exit code {}, and not {expected}\n{}", printed.code, told()));
    }
    Ok(())
}

#[tokio::test]
async fn what_is_printed_mends_each_mistake() {
    mends_each(Kind::Ministack, mistakes::cases(), 0).await;
}

#[tokio::test]
async fn what_is_printed_mends_each_grant() {
    mends_each(Kind::Ministack, grants::cases(), 0).await;
}
