//! Each mistake that people make with the architecture, with its exact effect on the verdicts.
//!
//! One file a service; what policies allow and whom they let in is in `grants`.

mod api;
mod combined;
mod function;
mod identity;
mod integration;
mod queue;
mod table;
mod topic;

use crate::case::{Case, shows_each};
use crate::step::Step;
use crate::support::binary::{Key, Plimsoll};
use crate::support::lab;
use crate::support::report::changes;
use crate::support::servers::{Kind, Server};
use crate::{KEY, REGION, RULES};

/// A test for each file and server.
macro_rules! on_both {
    ($($ministack:ident $moto:ident $file:ident)*) => { $(
        #[tokio::test]
        async fn $ministack() {
            shows_each(Kind::Ministack, $file::CASES).await;
        }

        #[tokio::test]
        async fn $moto() {
            shows_each(Kind::Moto, $file::CASES).await;
        }
    )* };
}

on_both! {
    ministack_shows_mistakes_in_the_api moto_shows_mistakes_in_the_api api
    ministack_shows_combined_mistakes moto_shows_combined_mistakes combined
    ministack_shows_mistakes_in_functions moto_shows_mistakes_in_functions function
    ministack_shows_mistakes_in_policies_and_roles moto_shows_mistakes_in_policies_and_roles identity
    ministack_shows_mistakes_in_the_integration moto_shows_mistakes_in_the_integration integration
    ministack_shows_mistakes_in_queues moto_shows_mistakes_in_queues queue
    ministack_shows_mistakes_in_the_table moto_shows_mistakes_in_the_table table
    ministack_shows_mistakes_in_the_topic moto_shows_mistakes_in_the_topic topic
}

/// The cases of every file.
pub(crate) fn all() -> impl Iterator<Item = &'static Case> {
    let files = [
        api::CASES,
        combined::CASES,
        function::CASES,
        identity::CASES,
        integration::CASES,
        queue::CASES,
        table::CASES,
        topic::CASES,
    ];
    files.into_iter().flatten()
}

/// Those of one file.
#[cfg(unix)]
pub(crate) fn cases(of: &str) -> &'static [crate::case::Case] {
    match of {
        "api" => api::CASES,
        "function" => function::CASES,
        "identity" => identity::CASES,
        "integration" => integration::CASES,
        "queue" => queue::CASES,
        "table" => table::CASES,
        "topic" => topic::CASES,
        other => panic!("there is no file {other}"),
    }
}

#[tokio::test]
async fn an_api_that_was_never_deployed_is_told_where_that_is_asked() {
    const DEPLOYED: &str = "rules/serverless-poc/deployed.yaml";
    for kind in [Kind::Ministack, Kind::Moto] {
        let server = Server::start(kind);
        let lab = lab::build(&server.endpoint(), REGION, KEY).await;
        let scan = || Plimsoll::scan(&server.endpoint(), DEPLOYED, &Key::administrator(KEY)).run();
        let before = scan();
        Step::Deploy("dev").make(&lab).await;
        let after = scan();
        assert_eq!((before.code, after.code), (1, 0), "{kind:?}");
        let deployed = ("deployed-stage-exists".to_owned(), "deployed-stage".to_owned());
        let wanted = [(deployed, "pass".to_owned())].into();
        assert_eq!(changes(&before.report().verdicts(), &after.report().verdicts()), wanted, "{kind:?}");
    }
}

#[tokio::test]
async fn an_architecture_in_another_account_is_not_taken_for_ones_own() {
    let (theirs, mine) = ("111111111111", "222222222222");
    let server = Server::start(Kind::Ministack);
    lab::build(&server.endpoint(), REGION, theirs).await;

    let run = Plimsoll::scan(&server.endpoint(), RULES, &Key::administrator(mine)).run();
    let report = run.report();
    assert_eq!((run.code, &report.0["account"], report.complete()), (1, &mine.into(), true));
    for finding in report.findings() {
        let (rule, verdict) = (finding.text("rule"), finding.verdict());
        let wanted = match rule {
            "one-queue" => "pass",
            "only-writer-reads-queue" | "only-announcer-reads-stream" => "pass",
            "announcer-trigger-exists" | "mail-exists" | "post-exists" | "writer-trigger-exists" => "blocked",
            _ if rule.ends_with("-exists") => "fail",
            _ => "blocked",
        };
        assert_eq!(verdict, wanted, "{rule}");
    }

    let run = Plimsoll::scan(&server.endpoint(), RULES, &Key::administrator(theirs)).run();
    assert_eq!((run.code, &run.report().0["account"]), (0, &theirs.into()));
}
