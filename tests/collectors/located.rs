//! What is missing is looked for in the other regions: once in each, and never in a scan that was not asked to.

use super::account::{Fake, ID, error, fetch, json, quick};
use super::{QUEUE, Session, Source};
use plimsoll::aws::{Answers, Outcome, Request};
use plimsoll::model::{Account, Needs, regions_of};
use plimsoll::scan::{Missing, locate};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Queues of two names in three regions, none where the rules look; one region that the account has not enabled.
fn regions(request: &Request, _: usize) -> Option<Outcome> {
    let queues: &[&str] = match request.region.as_str() {
        _ if request.operation != "ListQueues" => return None,
        "ap-east-1" => return Some(error(request, 403, "InvalidClientTokenId")),
        "eu-west-1" => &["lost", "others"],
        "us-west-2" => &["Lost", "gone", "lost"],
        "us-east-2" => &["lost"],
        _ => &[],
    };
    let url = |name: &&str| format!("https://sqs.{}.amazonaws.com/{ID}/{name}", request.region);
    Some(json(&serde_json::json!({ "QueueUrls": queues.iter().map(url).collect::<Vec<_>>() })))
}

fn missing(name: &str, region: &str) -> Missing {
    Missing { type_name: QUEUE, region: region.to_owned(), name: name.to_owned() }
}

async fn located(fake: &Arc<Fake>, missing: &BTreeSet<Missing>) -> Account {
    let source = Source::Answers(Arc::clone(fake) as Arc<dyn Answers>, quick());
    let session = Session::open(source, Some("us-east-1"), false).await.expect("a session");
    let needs = Needs::default();
    let mut account = plimsoll::scan::fetch(&session, &needs, &|_, _| {}).await;
    locate(&session, &needs, missing, &mut account, &|_, _| {}).await;
    account
}

#[tokio::test]
async fn what_is_missing_is_found_where_it_is() {
    let fake = Arc::new(Fake::new(1000, regions));
    let wanted =
        BTreeSet::from([missing("lost", "us-east-1"), missing("gone", "us-west-2"), missing("no", "us-east-1")]);
    let account = located(&fake, &wanted).await;
    let lost = ["eu-west-1", "us-east-2", "us-west-2"].map(str::to_owned);
    // `gone` is missing in the one region that has one by the time it is looked for: that is not elsewhere.
    let expected = BTreeMap::from([((QUEUE.to_owned(), "lost".to_owned()), BTreeSet::from(lost))]);
    assert_eq!(account.elsewhere, expected);
    assert_eq!(fake.sent("ListQueues"), regions_of("aws").len(), "each region is asked once");
    assert_eq!(fake.sent("GetQueueAttributes"), 0, "that it is there is all that is asked");
    assert!(account.gaps.is_empty() && account.resources.is_empty(), "{:?}", account.gaps);
    assert!(account.answers.keys().any(|call| call.region == "ap-east-1"), "each call is told");
}

#[tokio::test]
async fn nothing_is_asked_where_nothing_is_missing() {
    let fake = Arc::new(Fake::new(1000, regions));
    assert!(located(&fake, &BTreeSet::new()).await.elsewhere.is_empty());
    assert_eq!(fake.sent("ListQueues"), 0);
    let mut needs = Needs::default();
    needs.named(QUEUE, "us-east-1", "lost", []);
    let fake = Arc::new(Fake::new(1000, regions));
    assert!(fetch(&fake, &needs).await.elsewhere.is_empty(), "a scan looks nowhere else");
    assert_eq!(fake.sent("ListQueues"), 1);
}
