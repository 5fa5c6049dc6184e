//! The laws of all collectors, held for SNS and API Gateway: whatever goes wrong, nothing that exists is said to be
//! missing, nothing is made up, and a replay gives the account that was recorded.

use super::shop::{Shop, by_name, error, everything, fetch, session};
use super::{agrees_value, replay, same};
use plimsoll::aws::{Outcome, Recording, Request};
use plimsoll::model::{Account, Condition, Listing, Presence, Reason};
use plimsoll::services;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Panics unless all that `partial` says is what `sound` says, or is unread.
fn agrees(partial: &Account, sound: &Account, case: &str) {
    for resource in &partial.resources {
        let same = sound.resources.iter().find(|r| r.type_name == resource.type_name && r.id == resource.id);
        let same = same.unwrap_or_else(|| panic!("{case}: {} was made up", resource.id));
        agrees_value(&resource.properties, &same.properties, &format!("{case}: {}", resource.id));
    }
    for of in &sound.resources {
        if partial.resources.iter().any(|resource| resource.id == of.id) {
            continue;
        }
        let presence = partial.presence(of.type_name, &of.region, &of.name);
        assert!(!matches!(presence, Some(Presence::Missing(_))), "{case}: {} is said to be missing", of.id);
        if let Some(parent) = &of.parent {
            let listing = partial.listing_of_children(of.type_name, &of.region, parent);
            assert!(!matches!(listing, Some(Listing::Complete(_))), "{case}: {} is said to be missing", of.id);
        }
    }
}

fn reasons(account: &Account) -> BTreeSet<&Reason> {
    account.gaps.iter().map(|gap| &gap.reason).collect()
}

/// Puts this fault in the way of each operation in turn and holds the law.
async fn every_operation(what: &str, fault: impl Fn(&Request) -> Outcome + Send + Sync + Clone + 'static) {
    for needs in [everything(), by_name()] {
        let sound = fetch(&Shop::sound(), &needs).await;
        for operation in services::operations().filter(|of| matches!(of.service, "sns" | "apigateway")) {
            let (name, fault) = (operation.name, fault.clone());
            let shop = Arc::new(Shop::new(1000, move |request, _| (request.operation == name).then(|| fault(request))));
            let account = fetch(&shop, &needs).await;
            let case = format!("{name} {what}");
            agrees(&account, &sound, &case);
            if shop.sent(name) > 0 {
                assert!(account.gaps.iter().any(|gap| gap.call.operation == name), "{case}: no gap");
            }
        }
    }
}

#[tokio::test]
async fn pages_of_any_size_give_the_same_account() {
    for needs in [everything(), by_name()] {
        let whole = fetch(&Shop::sound(), &needs).await;
        for page in 1..4 {
            let shop = Arc::new(Shop::new(page, |_, _| None));
            let paged = fetch(&shop, &needs).await;
            assert!(shop.sent("ListTopics") > 1 || page == 3);
            // A gap names the page that it is on.
            assert_eq!(reasons(&paged), reasons(&whole));
            assert_eq!(paged.resources.len(), whole.resources.len());
            for (a, b) in paged.resources.iter().zip(&whole.resources) {
                assert_eq!(a.id, b.id, "pages of {page}");
                agrees_value(&a.properties, &b.properties, &a.id);
                agrees_value(&b.properties, &a.properties, &a.id);
            }
            let lists = paged.listings.values().chain(paged.children.values());
            assert!(lists.into_iter().all(|listing| matches!(listing, Listing::Complete(_))));
        }
    }
}

#[tokio::test]
async fn throttling_changes_nothing_and_without_end_is_a_gap() {
    let whole = fetch(&Shop::sound(), &everything()).await;
    for (status, code) in [(429, "TooManyRequestsException"), (400, "Throttling"), (429, "Throttled")] {
        let shop = Shop::new(1000, move |request, n| (n % 5 == 0).then(|| error(request, status, code)));
        let account = fetch(&Arc::new(shop), &everything()).await;
        assert_eq!((account.resources, account.gaps), (whole.resources.clone(), whole.gaps.clone()), "{code}");
    }
    every_operation("throttled", |request| error(request, 429, "TooManyRequestsException")).await;
}

#[tokio::test]
async fn denial_in_all_its_codes_is_a_gap() {
    for (status, code) in [(403, "AccessDenied"), (403, "AccessDeniedException"), (403, "AuthorizationError")] {
        every_operation(code, move |request| error(request, status, code)).await;
    }
}

#[tokio::test]
async fn bodies_that_break_off_are_gaps() {
    for cut in [1, 30, 90] {
        every_operation("breaks off", move |request| match Shop::sound().answer_to(request) {
            Outcome::Response { status: 200, headers, mut body } => {
                body.truncate(body.len() * cut / 100);
                Outcome::Response { status: 200, headers, body }
            }
            // What is said not to exist is asked about otherwise.
            _ => error(request, 403, "AccessDenied"),
        })
        .await;
    }
}

#[tokio::test]
async fn bodies_of_others_are_gaps() {
    for (status, body) in [
        (200, ""),
        (200, "<html><body>Sign in to the network</body></html>"),
        (200, "{\"error\":\"sign in\"}"),
        (200, "<?xml version=\"1.0\"?><Other/>"),
        (403, "<html>Forbidden</html>"),
        (404, "<html>Not found</html>"),
        (500, "<html>Internal error</html>"),
        (404, "{}"),
    ] {
        every_operation(body, move |_| Outcome::Response { status, headers: vec![], body: body.into() }).await;
    }
}

#[tokio::test]
async fn a_list_that_runs_in_a_circle_is_broken() {
    let first = |request: &Request| {
        let body = request.body.split('&').filter(|field| !field.starts_with("NextToken")).collect::<Vec<_>>();
        Request { query: String::new(), body: body.join("&"), ..request.clone() }
    };
    let shop = Shop::new(1000, move |request, _| match Shop::sound().answer_to(&first(request)) {
        Outcome::Response { status, headers, body } => {
            let text = String::from_utf8(body).expect("text");
            let text = match request.operation.as_str() {
                "ListTopics" => text.replace("</Topics>", "</Topics><NextToken>again</NextToken>"),
                "GetRestApis" => text.replacen('{', "{\"position\":\"again\",", 1),
                _ => text,
            };
            Some(Outcome::Response { status, headers, body: text.into() })
        }
        other => Some(other),
    });
    let account = fetch(&Arc::new(shop), &everything()).await;
    for type_name in ["AWS::SNS::Topic", "AWS::ApiGateway::RestApi"] {
        let Some(Listing::Broken(gap)) = account.listing(type_name, "us-east-1") else { panic!("the list is whole") };
        assert_eq!(gap.reason, Reason::Malformed("it gives the same next page twice".into()));
    }
}

#[tokio::test]
async fn a_replay_gives_the_account_that_was_recorded() {
    type Faulty = fn(&Request, usize) -> Option<Outcome>;
    let faults: [Faulty; 4] = [
        |_, _| None,
        |request, _| (request.operation == "ListTopics").then(|| error(request, 403, "AuthorizationError")),
        |request, _| (request.operation == "GetRestApis").then(|| error(request, 403, "AccessDeniedException")),
        |request, _| match request.operation.as_str() {
            "GetStages" => Some(Outcome::Response { status: 502, headers: vec![], body: "<html>".into() }),
            "ListSubscriptions" => Some(Outcome::Unreachable("refused".into())),
            _ => None,
        },
    ];
    for mut needs in [everything(), by_name()] {
        needs.disclosure.parameters.insert("notify".into(), "ben@example.com".into());
        for fault in faults {
            let shop = Arc::new(Shop::new(2, fault));
            let session = session(&shop, true).await;
            let live = plimsoll::scan::fetch(&session, &needs, &|_, _| {}).await;
            let recording = session.recording("x").expect("a recording");
            let text = recording.to_json().expect("JSON");
            assert!(!text.contains("example.com") && !text.contains("hunter2"), "a secret was recorded");
            let requests = shop.sent.lock().expect("lock").len();
            let replayed = replay(Recording::parse(&text).expect("a recording"), &needs).await;
            assert_eq!(shop.sent.lock().expect("lock").len(), requests, "a replay asks nobody");
            same(&live, &replayed);
        }
    }
}

#[tokio::test]
async fn the_calls_are_those_of_the_plan() {
    for needs in [everything(), by_name()] {
        for denied in ["", "ListTopics", "ListSubscriptions", "GetRestApis"] {
            let shop = Shop::new(2, move |request, _| {
                (request.operation == denied).then(|| error(request, 403, "AccessDenied"))
            });
            let account = fetch(&Arc::new(shop), &needs).await;
            let plan = services::plan(&needs);
            for call in account.answers.keys().filter(|call| call.service != "sts") {
                let planned = plan.iter().any(|planned| {
                    (&planned.call.service, &planned.call.operation, &planned.call.region)
                        == (&call.service, &call.operation, &call.region)
                });
                assert!(planned, "{call} is not in the plan");
            }
            for planned in plan.iter().filter(|planned| planned.condition == Condition::Always) {
                assert!(account.answers.contains_key(&planned.call), "{} was not made", planned.call);
            }
        }
    }
}

#[tokio::test]
async fn the_same_account_gives_the_same_recording() {
    let mut texts = BTreeSet::new();
    for _ in 0..3 {
        let session = session(&Arc::new(Shop::new(2, |_, _| None)), true).await;
        plimsoll::scan::fetch(&session, &everything(), &|_, _| {}).await;
        let mut recording = session.recording("x").expect("a recording");
        recording.recorded_at = String::new();
        texts.insert(recording.to_json().expect("JSON"));
    }
    assert_eq!(texts.len(), 1);
}
