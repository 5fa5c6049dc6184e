//! What `plimsoll fix` prints, run with the AWS CLI: after it, all verdicts are those of the intact architecture.
//!
//! What cannot be mended in place is listed by name, with the rules that fail until a person mends it; the list is held
//! both ways.

use crate::case::{Case, intact, mend};
use crate::step::Step;
use crate::support::awscli::AwsCli;
use crate::support::binary::{Key, Plimsoll, Run};
use crate::support::lab::{self, ADDRESS};
use crate::support::report::{Report, Verdicts, changes};
use crate::support::servers::{Kind, Server};
use crate::{ELSEWHERE, KEY, REGION, RULES, grants, mistakes};
use std::collections::BTreeSet;

/// The mistakes that a person must mend, the rules that fail until then, and why no command does it.
const BY_HAND: &[(&str, &[&str], &str)] = &[
    ("two APIs have the name", &["api-exists"], "which of them is meant"),
    ("the function that stores is missing", &["writer-exists"], "its code"),
    ("the function that announces is missing", &["announcer-exists"], "its code"),
    ("the function that stores was deleted, and its trigger was not", &["writer-exists"], "its code"),
    ("a function's name is in small letters", &["writer-exists"], "its code"),
    ("R02: a function is in another region", &["announcer-exists"], "its code"),
    ("the function is not in Python", &["writer-runtime"], "which version of Python, and the code for it"),
    ("R19: the partition key is OrderID", &["orders-key"], "a key cannot be changed"),
    ("R19: the partition key is id", &["orders-key"], "a key cannot be changed"),
    ("R20: the partition key is a number", &["orders-key"], "a key cannot be changed"),
    ("the table has a sort key", &["orders-key"], "a key cannot be changed"),
    ("a customer key encrypts the topic", &["announcer-publishes"], "the key or the permission: a person decides"),
    // The test servers confirm at once what AWS asks the reader of the mail to confirm.
    ("the topic is missing", &[], "the subscription must be confirmed"),
    ("R37: the topic's name is in small letters", &[], "the subscription must be confirmed"),
    ("R37: the topic is a FIFO topic", &[], "the subscription must be confirmed"),
    ("R02: the topic is in another region", &[], "the subscription must be confirmed"),
    ("nobody is subscribed to the topic", &[], "the subscription must be confirmed"),
    ("R40: the subscription is by e-mail as JSON", &[], "the subscription must be confirmed"),
    ("R40: the subscription is by text message", &[], "the subscription must be confirmed"),
];

/// The mistakes whose mending shows only afterwards: a policy of AWS's that nothing carried was not read.
const SHOWS_LATER: &[&str] = &["the API's role is missing", "the API's role has the policies of a function's"];

/// The mistakes whose commands the server takes and answers wrongly afterwards: it writes the type of an endpoint where
/// the list of types stands.
const BEYOND_THE_SERVER: &[&str] = &["R42: the API is edge-optimised", "R42: the API is private"];

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
async fn mends_each(kind: Kind, cases: &[Case]) {
    let server = Server::start(kind);
    let aws = AwsCli::start(&server, REGION, KEY);
    let mut lab = lab::build(&server.endpoint(), REGION, KEY).await;
    let elsewhere = lab.in_region(ELSEWHERE);
    let before = intact(&server).verdicts();
    let mut wrong = Vec::new();
    for case in cases.iter().filter(|case| case.on.contains(&kind)) {
        for step in case.steps {
            step.make(&lab).await;
        }
        if let Err(why) = mends(&server, &aws, &before, case) {
            wrong.push(format!("{}\n{why}", case.name));
        }
        mend(&server, kind, case, &mut lab, &elsewhere).await;
    }
    assert!(wrong.is_empty(), "{kind:?}: {} of {}\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// Whether what is printed mends the account, but for what is left to a person.
fn mends(server: &Server, aws: &AwsCli, intact: &Verdicts, case: &Case) -> Result<(), String> {
    let by_hand = BY_HAND.iter().find(|(name, ..)| *name == case.name).map(|(_, rules, _)| *rules);
    let unknown = case.changes.iter().filter(|(_, _, verdict)| *verdict == "unknown").map(|(rule, ..)| *rule);
    let left: BTreeSet<&str> = by_hand.into_iter().flatten().copied().chain(unknown).collect();
    // Nothing says whether what is unknown fails, so that nothing mends it.
    let code = match (by_hand, left.is_empty()) {
        (Some(_), _) => 1,
        (None, false) => 3,
        (None, true) if SHOWS_LATER.contains(&case.name) => 3,
        (None, true) => 0,
    };
    let printed = fix(server, &[]);
    let told = || format!("{}\n{}", printed.stdout, printed.stderr);
    if BEYOND_THE_SERVER.contains(&case.name) {
        let changes = printed.stdout.contains("\"path\":\"/endpointConfiguration/types/") && printed.code == code;
        return if changes { Ok(()) } else { Err(told()) };
    }
    let ran = aws.sh(&printed.stdout);
    if ran.code != 0 {
        return Err(format!("the script failed ({}): {}\n{}", ran.code, ran.said, told()));
    }
    let differs = changes(intact, &scan(server).verdicts());
    // What is left fails still, and what rests on it is not judged; all else is as it was.
    let open = |verdict: &str| !matches!(verdict, "blocked" | "pass");
    let failing: BTreeSet<&str> =
        differs.iter().filter(|(_, verdict)| open(verdict)).map(|((rule, _), _)| rule.as_str()).collect();
    if failing != left || (left.is_empty() && !differs.is_empty()) {
        return Err(format!("after it: {differs:?}, left to a person: {left:?}\n{}", told()));
    }
    if printed.code != code {
        return Err(format!("exit code {}, and not {code}\n{}", printed.code, told()));
    }
    Ok(())
}

/// A test for each file of mistakes.
macro_rules! of_each {
    ($($name:ident $file:literal)*) => { $(
        #[tokio::test]
        async fn $name() {
            mends_each(Kind::Ministack, mistakes::cases($file)).await;
        }
    )* };
}

of_each! {
    fixes_mend_the_api "api"
    fixes_mend_functions "function"
    fixes_mend_policies_and_roles "identity"
    fixes_mend_the_integration "integration"
    fixes_mend_queues "queue"
    fixes_mend_the_table "table"
    fixes_mend_the_topic "topic"
}

#[tokio::test]
async fn fixes_mend_grants() {
    mends_each(Kind::Ministack, &grants::cases()).await;
}

/// What brings back the broken state brings back its verdicts. The server has no SetDefaultPolicyVersion.
#[tokio::test]
async fn what_undoes_a_fix_brings_the_mistake_back() {
    const SAMPLE: &[&[Step]] = &[
        &[Step::Detach { role: "Lambda-SQS-DynamoDB", policy: "Lambda-Read-SQS" }],
        &[Step::SetQueue("VisibilityTimeout", "1")],
        &[Step::QueueGains(
            r#"{"Sid": "open", "Effect": "Allow", "Principal": "*", "Action": "SQS:SendMessage", "Resource": "*"}"#,
        )],
        &[Step::Inline {
            role: "Lambda-SQS-DynamoDB",
            document: r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}"#,
        }],
        &[Step::DeleteTriggers("POC-Lambda-1")],
        &[Step::DeleteRole("Lambda-SQS-DynamoDB")],
        &[Step::DeleteIntegration],
        &[Step::Reserve("POC-Lambda-2", 0)],
    ];
    let server = Server::start(Kind::Ministack);
    let aws = AwsCli::start(&server, REGION, KEY);
    let mut lab = lab::build(&server.endpoint(), REGION, KEY).await;
    let intact = intact(&server).verdicts();
    for steps in SAMPLE {
        for step in *steps {
            step.make(&lab).await;
        }
        let broken = scan(&server).verdicts();
        assert_ne!(broken, intact, "{steps:?}");
        let (forth, back) = (fix(&server, &[]), fix(&server, &["--undo"]));
        let ran = aws.sh(&forth.stdout);
        assert_eq!(
            (ran.code, scan(&server).verdicts()),
            (0, intact.clone()),
            "{steps:?}\n{}\n{}",
            ran.said,
            forth.stdout
        );
        let ran = aws.sh(&back.stdout);
        assert_eq!((ran.code, scan(&server).verdicts()), (0, broken), "{steps:?}\n{}\n{}", ran.said, back.stdout);
        server.reset();
        lab::rebuild(&mut lab, &lab::Service::ALL).await;
    }
}

#[test]
fn what_is_left_to_a_person_is_a_mistake_that_there_is() {
    let files = ["api", "function", "identity", "integration", "queue", "table", "topic"];
    let listed = BY_HAND.iter().map(|(name, ..)| name).chain(SHOWS_LATER).chain(BEYOND_THE_SERVER);
    for name in listed {
        let there = files.iter().any(|file| mistakes::cases(file).iter().any(|case| case.name == *name));
        assert!(there, "{name}");
    }
}
