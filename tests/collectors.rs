//! The collectors through the real clients of the SDK, over answers that are made here: no network, no account.
//!
//! The law that most of them hold: whatever goes wrong, what is still said of the account is what a sound run says,
//! or is unread. Nothing that could not be read looks absent, and nothing that exists is said to be missing.

#[path = "collectors/account.rs"]
mod account;
#[path = "collectors/apigateway.rs"]
mod apigateway;
#[path = "collectors/faults.rs"]
mod faults;
#[path = "collectors/functions.rs"]
mod functions;
#[path = "collectors/lab.rs"]
mod lab;
#[path = "collectors/large.rs"]
mod large;
#[path = "collectors/located.rs"]
mod located;
#[path = "collectors/reached.rs"]
mod reached;
#[path = "collectors/shop.rs"]
mod shop;
#[path = "collectors/sns.rs"]
mod sns;
#[path = "collectors/states.rs"]
mod states;
#[path = "collectors/tables.rs"]
mod tables;

use account::{
    Fake, ID, attributes, by_name, by_name_of, error, everything, everything_of, fetch, json, quick, session, xml,
};
use plimsoll::aws::{Outcome, Recording, Request, Session, Source, StartError, Timing};
use plimsoll::model::{Account, Condition, Gap, Listing, Needs, Presence, Reason, Value};
use plimsoll::services;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// What a test makes of a request, given how many came before it; nothing to let the account answer.
type Fault = Box<dyn Fn(&Request, usize) -> Option<Outcome> + Send + Sync>;

const ROLE: &str = "AWS::IAM::Role";
const QUEUE: &str = "AWS::SQS::Queue";
const POLICY: &str = "AWS::IAM::ManagedPolicy";
const FUNCTION: &str = "AWS::Lambda::Function";
const MAPPING: &str = "AWS::Lambda::EventSourceMapping";
const URL: &str = "AWS::Lambda::Url";
const TABLE: &str = "AWS::DynamoDB::Table";

/// Panics unless all that `partial` says is what `sound` says, or is unread.
fn agrees(partial: &Account, sound: &Account, case: &str) {
    for resource in &partial.resources {
        let same = sound.resources.iter().find(|r| r.type_name == resource.type_name && r.id == resource.id);
        let same = same.unwrap_or_else(|| panic!("{case}: {} was made up", resource.id));
        agrees_value(&resource.properties, &same.properties, &format!("{case}: {}", resource.id));
    }
    for resource in &sound.resources {
        let of_parent = resource.parent.as_ref().and_then(|parent| {
            partial.children.get(&(resource.type_name.to_owned(), resource.region.clone(), parent.clone()))
        });
        match partial.presence(resource.type_name, &resource.region, &resource.name) {
            Some(Presence::Found(_) | Presence::Unknown(_)) => {}
            None if matches!(of_parent, Some(Listing::Broken(_))) => {}
            other => panic!("{case}: {} is said to be missing: {other:?}", resource.id),
        }
    }
}

fn agrees_value(partial: &Value, sound: &Value, path: &str) {
    match (partial, sound) {
        (Value::Unread(gap), _) => assert_ne!(gap.reason, Reason::NotAsked, "{path} was not asked for"),
        (Value::Map(parts), Value::Map(of_sound)) => {
            assert_eq!(parts.keys().collect::<Vec<_>>(), of_sound.keys().collect::<Vec<_>>(), "{path}");
            for (name, part) in parts {
                agrees_value(part, &of_sound[name], &format!("{path}.{name}"));
            }
        }
        (Value::Set(items) | Value::List(items), Value::Set(of_sound) | Value::List(of_sound))
            if items.len() == of_sound.len() =>
        {
            items.iter().zip(of_sound).for_each(|(item, of_sound)| agrees_value(item, of_sound, path));
        }
        _ => assert_eq!(partial, sound, "{path}"),
    }
}

fn of<'a>(account: &'a Account, type_name: &str, name: &str) -> &'a Value {
    let resource = account.resources.iter().find(|r| r.type_name == type_name && r.name == name);
    &resource.unwrap_or_else(|| panic!("there is no {type_name} {name}")).properties
}

fn reason(value: &Value) -> &Reason {
    match value {
        Value::Unread(gap) => &gap.reason,
        other => panic!("{other:?} was read"),
    }
}

async fn with_fault(fault: impl Fn(&Request, usize) -> Option<Outcome> + Send + Sync + 'static) -> Account {
    fetch(&Arc::new(Fake::new(1000, fault)), &everything()).await
}

#[tokio::test]
async fn a_sound_run_reads_everything() {
    let fake = Arc::new(Fake::sound());
    let account = fetch(&fake, &everything()).await;
    assert_eq!(account.gaps, BTreeSet::new());
    assert_eq!(account.caller.account, ID);
    let names: Vec<_> = account.resources.iter().map(|r| (r.type_name, r.name.as_str())).collect();
    assert_eq!(
        names,
        [
            (TABLE, "orders"),
            (TABLE, "sessions"),
            ("AWS::IAM::Group", "staff"),
            (POLICY, "write"),
            (POLICY, "AWSLambdaBasicExecutionRole"),
            (ROLE, "api"),
            (ROLE, "reader"),
            (ROLE, "writer"),
            ("AWS::IAM::User", "ann"),
            (MAPPING, "00000000-0000-0000-0000-announcer"),
            (MAPPING, "00000000-0000-0000-0000-writer"),
            (FUNCTION, "announcer"),
            (FUNCTION, "writer"),
            (URL, "https://announcer.lambda-url.us-east-1.on.aws/"),
            (URL, "https://writer.lambda-url.us-east-1.on.aws/"),
            (QUEUE, "dead"),
            (QUEUE, "orders"),
            (QUEUE, "orders.fifo"),
        ]
    );
    let role = of(&account, ROLE, "writer");
    assert!(
        matches!(role.get("AssumeRolePolicyDocument"), Value::Policy(text) if text.contains("lambda.amazonaws.com"))
    );
    assert_eq!(role.get("Description"), &Value::Text("what writer does".into()));
    assert_eq!(role.get("MaxSessionDuration"), &Value::Number(3600));
    assert_eq!(role.get("RoleLastUsed").get("LastUsedDate"), &Value::Text("2026-11-01T10:00:00Z".into()));
    assert!(matches!(role.get("ManagedPolicyArns"), Value::Set(arns) if arns.len() == 2));
    assert_eq!(role.get("Tags").get("owner"), &Value::Text("a secret of ann".into()));
    let policy = of(&account, POLICY, "write");
    assert!(matches!(policy.get("PolicyDocument"), Value::Policy(text) if text.contains("dynamodb:PutItem")));
    assert!(matches!(policy.get("Roles"), Value::Set(roles) if roles.len() == 3));
    assert_eq!(policy.get("AwsManaged"), &Value::Bool(false));
    let aws = of(&account, POLICY, "AWSLambdaBasicExecutionRole");
    assert_eq!(aws.get("AwsManaged"), &Value::Bool(true));
    assert!(matches!(aws.get("PolicyDocument"), Value::Policy(_)));
    let queue = of(&account, QUEUE, "orders");
    assert_eq!(queue.get("FifoQueue"), &Value::Bool(false));
    assert_eq!(queue.get("ContentBasedDeduplication"), &Value::Absent);
    assert_eq!(queue.get("RedrivePolicy").get("maxReceiveCount"), &Value::Number(5));
    assert_eq!(queue.get("LastModifiedTimestamp"), &Value::Text("2026-01-01T00:00:01Z".into()));
    assert_eq!(queue.get("KmsMasterKeyId"), &Value::Absent);
    assert_eq!(of(&account, QUEUE, "orders.fifo").get("ContentBasedDeduplication"), &Value::Bool(false));

    let requests = fake.sent.lock().expect("lock");
    let asked: Vec<_> = requests.iter().filter(|r| r.operation == "GetQueueAttributes").collect();
    assert!(asked.iter().all(|r| !r.body.contains("Approximate") && !r.body.contains("\"All\"")));
    assert!(asked.iter().all(|r| r.body.contains("FifoThroughputLimit") == r.body.contains("orders.fifo")));
    for answer in account.answers.values() {
        assert_eq!((answer.status, answer.attempts), (Some(200), 1));
        assert!(answer.request_id.is_some() && answer.sha256.as_ref().is_some_and(|hash| hash.len() == 64));
    }
}

#[tokio::test]
async fn pages_of_any_size_give_the_same_account() {
    let whole = fetch(&Arc::new(Fake::sound()), &everything()).await;
    for page in 1..6 {
        let fake = Arc::new(Fake::new(page, |_, _| None));
        let paged = fetch(&fake, &everything()).await;
        assert!(fake.sent("GetAccountAuthorizationDetails") > 1 || page == 6);
        assert_eq!(paged.resources.len(), whole.resources.len());
        for (a, b) in paged.resources.iter().zip(&whole.resources) {
            assert_eq!((&a.id, &a.properties), (&b.id, &b.properties));
        }
        assert_eq!(paged.gaps, BTreeSet::new());
        assert!(paged.listings.values().all(|listing| matches!(listing, Listing::Complete(_))));
    }
}

#[tokio::test]
async fn throttling_every_fifth_call_changes_nothing() {
    let whole = fetch(&Arc::new(Fake::sound()), &everything()).await;
    for code in ["Throttling", "ThrottlingException", "RequestThrottled"] {
        let account = with_fault(move |request, n| (n % 5 == 0).then(|| error(request, 400, code))).await;
        assert_eq!(account.resources, whole.resources, "{code}");
        assert_eq!(account.listings, whole.listings);
        assert_eq!(account.gaps, BTreeSet::new());
        assert!(account.answers.values().any(|answer| answer.attempts > 1));
    }
}

#[tokio::test]
async fn a_call_that_is_always_throttled_is_a_gap() {
    let account = with_fault(|request, _| {
        (request.operation == "GetQueueAttributes").then(|| error(request, 400, "RequestThrottled"))
    })
    .await;
    let delay = of(&account, QUEUE, "orders").get("DelaySeconds");
    assert_eq!(reason(delay), &Reason::Throttled("RequestThrottled".into()));
}

/// Puts this fault in the way of each operation in turn, with the details refused where it is a fallback for them,
/// and holds the law.
async fn every_operation(what: &str, fault: impl Fn(&Request) -> Outcome + Send + Sync + Clone + 'static) {
    let small = |fault: Fault| {
        let mut fake = Fake::new(1000, fault);
        (fake.roles, fake.queues) = (vec!["writer"], vec!["orders".to_owned()]);
        (fake.functions, fake.tables) = (vec!["writer".to_owned()], vec!["orders".to_owned()]);
        Arc::new(fake)
    };
    // A fault of one service cannot reach another.
    for (service, needs) in services::SERVICES.iter().flat_map(|service| {
        let of_service = |prefix: &str| prefix == service.prefix;
        [(service, everything_of(of_service)), (service, by_name_of(of_service))]
    }) {
        let sound = fetch(&small(Box::new(|_, _| None)), &needs).await;
        for operation in service.operations {
            let name = operation.name;
            let fault = fault.clone();
            let fake = small(Box::new(move |request, _| {
                if request.operation == name {
                    return Some(fault(request));
                }
                let refused = operation.fallback_for == Some(request.operation.as_str());
                refused.then(|| error(request, 403, "AccessDenied"))
            }));
            let account = fetch(&fake, &needs).await;
            let case = format!("{name} {what}");
            agrees(&account, &sound, &case);
            if fake.sent(name) > 0 && name != "GetAccountAuthorizationDetails" {
                assert!(account.gaps.iter().any(|gap| gap.call.operation == name), "{case}: no gap");
            }
            for missing in ["nobody", "nothing", "nowhere"] {
                assert!(!account.resources.iter().any(|resource| resource.name == missing), "{case}: {missing}");
            }
        }
    }
}

#[tokio::test]
async fn denial_in_all_its_codes_is_a_gap() {
    for (status, code) in [(403, "AccessDenied"), (400, "AccessDeniedException"), (403, "AuthorizationError")] {
        every_operation(code, move |request| error(request, status, code)).await;
    }
}

#[tokio::test]
async fn bodies_that_break_off_are_gaps() {
    for cut in [1, 30, 90] {
        every_operation("breaks off", move |request| match Fake::sound().answer_to(request) {
            Outcome::Response { status, headers, mut body } => {
                body.truncate(body.len() * cut / 100);
                Outcome::Response { status, headers, body }
            }
            other => other,
        })
        .await;
    }
}

#[tokio::test]
async fn bodies_of_others_are_gaps() {
    for (status, body) in [
        (200, ""),
        (200, "<html><body>Sign in to the network</body></html>"),
        (200, "<!DOCTYPE html><html></html>"),
        (403, "<html>Forbidden</html>"),
        (200, "{\"error\":\"sign in\"}"),
        (200, "<?xml version=\"1.0\"?><Other/>"),
        (404, "not found"),
        (200, "\u{0}\u{1}"),
    ] {
        every_operation(body, move |_| Outcome::Response { status, headers: vec![], body: body.into() }).await;
    }
}

#[tokio::test]
async fn a_page_of_a_proxy_is_never_a_denial() {
    let account = with_fault(|request, _| {
        let page = || Outcome::Response { status: 403, headers: vec![], body: "<html>no</html>".into() };
        (request.operation == "ListQueues").then(page)
    })
    .await;
    let Some(Listing::Broken(gap)) = account.listing(QUEUE, "us-east-1") else { panic!("the list is whole") };
    assert_eq!(gap.reason, Reason::Malformed("HTTP 403: the body is an HTML page".into()));
}

#[tokio::test]
async fn a_list_that_breaks_on_its_second_page_keeps_its_first() {
    let fake = Arc::new(Fake::new(2, |request, _| {
        let second = request.form("Marker").is_some() || request.member("NextToken").is_some();
        let by_name = request.service == "iam" && request.operation != "GetAccountAuthorizationDetails";
        (second || by_name).then(|| error(request, 403, "AccessDenied"))
    }));
    let account = fetch(&fake, &everything()).await;
    let sound = fetch(&Arc::new(Fake::sound()), &everything()).await;
    agrees(&account, &sound, "page 2 denied");
    assert!(matches!(account.listing(QUEUE, "us-east-1"), Some(Listing::Broken(gap)) if gap.call.subject == "page 2"));
    assert_eq!(of(&account, QUEUE, "dead").get("DelaySeconds"), &Value::Number(0));
    assert!(matches!(account.presence(QUEUE, "us-east-1", "orders.fifo"), Some(Presence::Unknown(_))));
    assert!(matches!(account.presence("AWS::IAM::User", "", "ann"), Some(Presence::Found(_))));
    assert!(matches!(account.presence(ROLE, "", "writer"), Some(Presence::Unknown(_))));
}

#[tokio::test]
async fn a_list_that_runs_in_a_circle_is_broken() {
    let account = with_fault(|request, _| match request.operation.as_str() {
        "ListQueues" => Some(json(&serde_json::json!({ "QueueUrls": [], "NextToken": "again" }))),
        "GetAccountAuthorizationDetails" => {
            Some(xml(&request.operation, "<IsTruncated>true</IsTruncated><Marker>again</Marker>"))
        }
        _ => None,
    })
    .await;
    let Some(Listing::Broken(gap)) = account.listing(QUEUE, "us-east-1") else { panic!("the list is whole") };
    assert_eq!(gap.reason, Reason::Malformed("it gives the same next page twice".into()));
    // The calls by name take the place of the details.
    assert!(matches!(account.listing(ROLE, ""), Some(Listing::Complete(calls)) if calls[0].operation == "ListRoles"));
}

#[tokio::test]
async fn a_name_is_missing_only_if_aws_says_so() {
    let refused = |request: &Request, _| {
        (request.operation == "GetAccountAuthorizationDetails").then(|| error(request, 403, "AccessDenied"))
    };
    let account = fetch(&Arc::new(Fake::new(1000, refused)), &by_name()).await;
    for (type_name, region, name) in [
        (ROLE, "", "nobody"),
        ("AWS::IAM::User", "", "nobody"),
        (POLICY, "", "nothing"),
        (QUEUE, "us-east-1", "nowhere"),
        (FUNCTION, "us-east-1", "nowhere"),
        (TABLE, "us-east-1", "nowhere"),
    ] {
        let presence = account.presence(type_name, region, name);
        assert!(matches!(presence, Some(Presence::Missing(_))), "{type_name}: {presence:?}");
    }
    assert_eq!(
        account.gaps.iter().map(|gap| gap.call.operation.as_str()).collect::<BTreeSet<_>>(),
        BTreeSet::from([
            // What a policy is attached to is known to nothing else.
            "GetAccountAuthorizationDetails"
        ])
    );
}

#[tokio::test]
async fn a_listed_thing_that_is_said_not_to_exist_is_unread() {
    let account = with_fault(|request, _| match request.operation.as_str() {
        "GetQueueAttributes" => Some(error(request, 400, "AWS.SimpleQueueService.NonExistentQueue")),
        "GetRole" => Some(error(request, 404, "NoSuchEntity")),
        _ => None,
    })
    .await;
    let gone = |code: &str| Reason::Vanished(code.to_owned());
    let queue = of(&account, QUEUE, "orders");
    assert_eq!(reason(queue.get("Policy")), &gone("AWS.SimpleQueueService.NonExistentQueue"));
    assert_eq!(reason(of(&account, ROLE, "writer").get("Description")), &gone("NoSuchEntity"));
}

#[tokio::test]
async fn one_bad_value_spoils_one_field() {
    let account = with_fault(|request, _| {
        if request.operation != "GetQueueAttributes" {
            return None;
        }
        let url = request.member("QueueUrl").expect("a url");
        let mut attributes = attributes(url.rsplit('/').next().expect("a name"));
        attributes["DelaySeconds"] = "soon".into();
        attributes["Policy"] = "{not json".into();
        attributes["RedrivePolicy"] = "{\"maxReceiveCount\":{}}".into();
        attributes["CreatedTimestamp"] = "1767225600.x".into();
        attributes.as_object_mut().expect("an object").remove("VisibilityTimeout");
        Some(json(&serde_json::json!({ "Attributes": attributes })))
    })
    .await;
    let queue = of(&account, QUEUE, "orders");
    for field in ["DelaySeconds", "Policy", "CreatedTimestamp", "VisibilityTimeout"] {
        assert!(matches!(reason(queue.get(field)), Reason::Malformed(_)), "{field}");
    }
    assert!(matches!(reason(queue.get("RedrivePolicy").get("deadLetterTargetArn")), Reason::Malformed(_)));
    assert_eq!(queue.get("MessageRetentionPeriod"), &Value::Number(345_600));
}

#[tokio::test]
async fn attributes_of_another_queue_are_refused() {
    let account = with_fault(|request, _| {
        let other = || json(&serde_json::json!({ "Attributes": attributes("dead") }));
        (request.operation == "GetQueueAttributes").then(other)
    })
    .await;
    assert_eq!(of(&account, QUEUE, "dead").get("DelaySeconds"), &Value::Number(0));
    assert!(matches!(reason(of(&account, QUEUE, "orders").get("DelaySeconds")), Reason::Malformed(_)));
}

#[tokio::test]
async fn documents_that_cannot_be_decoded_are_unread() {
    for document in ["%FF%FE", "%7Bnot json", "", "[]"] {
        let account = with_fault(move |request, _| {
            (request.operation == "GetPolicyVersion").then(|| {
                let version = format!("<PolicyVersion><Document>{document}</Document></PolicyVersion>");
                xml(&request.operation, &version)
            })
        })
        .await;
        let policy = of(&account, POLICY, "AWSLambdaBasicExecutionRole");
        assert!(matches!(reason(policy.get("PolicyDocument")), Reason::Malformed(_)), "{document}");
    }
}

#[tokio::test]
async fn a_call_without_an_answer_times_out() {
    let fake = Arc::new(Fake::new(1000, |request, _| (request.operation == "ListQueues").then_some(Outcome::Hang)));
    let timing = Timing { operation: Duration::from_millis(150), attempt: Duration::from_millis(60), ..quick() };
    let session = Session::open(Source::Answers(fake, timing), Some("us-east-1"), false).await.expect("a session");
    let account = plimsoll::scan::fetch(&session, &everything(), &|_, _| {}).await;
    let Some(Listing::Broken(gap)) = account.listing(QUEUE, "us-east-1") else { panic!("the list is whole") };
    assert_eq!(gap.reason, Reason::TimedOut);
}

#[tokio::test]
async fn a_lost_connection_is_tried_again() {
    let account = with_fault(|_, n| (n % 4 == 3).then(|| Outcome::Unreachable("connection reset".into()))).await;
    assert_eq!(account.gaps, BTreeSet::new());
    let account = with_fault(|request, _| {
        (request.service == "sqs").then(|| Outcome::Unreachable("connection\u{1b}[31m refused".into()))
    })
    .await;
    let Some(Listing::Broken(gap)) = account.listing(QUEUE, "us-east-1") else { panic!("the list is whole") };
    assert_eq!(gap.reason, Reason::Unreachable("connection\\u{1b}[31m refused".into()));
}

#[tokio::test]
async fn what_no_rule_names_is_neither_asked_for_nor_absent() {
    let mut needs = Needs::default();
    needs.named(QUEUE, "us-east-1", "orders", []);
    needs.named(ROLE, "", "writer", ["ManagedPolicyArns"]);
    let fake = Arc::new(Fake::sound());
    let account = fetch(&fake, &needs).await;
    assert_eq!(fake.sent("GetQueueAttributes") + fake.sent("ListQueueTags") + fake.sent("GetRole"), 0);
    assert_eq!(account.resources.len(), 2);
    assert_eq!(reason(of(&account, QUEUE, "orders").get("KmsMasterKeyId")), &Reason::NotAsked);
    assert_eq!(reason(of(&account, ROLE, "writer").get("Description")), &Reason::NotAsked);
    assert_eq!(account.gaps, BTreeSet::new());
    assert!(matches!(account.presence(QUEUE, "us-east-1", "nowhere"), Some(Presence::Missing(_))));
}

#[tokio::test]
async fn nothing_is_asked_for_no_needs() {
    let fake = Arc::new(Fake::sound());
    let account = fetch(&fake, &Needs::default()).await;
    assert_eq!((account.resources.len(), account.answers.len()), (0, 1));
}

#[tokio::test]
async fn the_calls_are_those_of_the_plan() {
    let mut partial = Needs::default();
    partial.all(POLICY, "", ["PolicyDocument"]);
    partial.named(QUEUE, "eu-west-1", "orders", ["Tags"]);
    for needs in [everything(), by_name(), partial, reached::permissions_of(&["writer", "api"])] {
        for operation in [None, Some("GetAccountAuthorizationDetails")] {
            let fake = Arc::new(Fake::new(2, move |request, _| {
                (Some(request.operation.as_str()) == operation).then(|| error(request, 403, "AccessDenied"))
            }));
            let account = fetch(&fake, &needs).await;
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

/// What must be the same between a run and its replay: all but when and how often.
fn same(live: &Account, replayed: &Account) {
    assert_eq!(live.caller, replayed.caller);
    assert_eq!(live.resources, replayed.resources);
    assert_eq!(live.listings, replayed.listings);
    assert_eq!(live.children, replayed.children);
    assert_eq!(live.asked, replayed.asked);
    assert_eq!(live.gaps, replayed.gaps);
    let kept = |account: &Account| -> Vec<_> {
        account.answers.iter().map(|(call, answer)| (call.clone(), answer.status)).collect()
    };
    assert_eq!(kept(live), kept(replayed));
}

async fn replay(recording: Recording, needs: &Needs) -> Account {
    let session = Session::open(Source::Replay(recording), None, false).await.expect("a session");
    plimsoll::scan::fetch(&session, needs, &|_, _| {}).await
}

#[tokio::test]
async fn a_replay_gives_the_account_that_was_recorded() {
    type Faulty = fn(&Request, usize) -> Option<Outcome>;
    let faults: [Faulty; 5] = [
        |_, _| None,
        |request, _| {
            (request.operation == "GetAccountAuthorizationDetails").then(|| error(request, 403, "AccessDenied"))
        },
        |request, n| (n % 5 == 0).then(|| error(request, 400, "ThrottlingException")),
        |request, _| (request.operation == "GetQueueAttributes").then(|| error(request, 400, "RequestThrottled")),
        |request, _| match request.operation.as_str() {
            "GetRole" => Some(Outcome::Response { status: 502, headers: vec![], body: "<html>".into() }),
            "ListQueues" => Some(Outcome::Unreachable("refused".into())),
            _ => None,
        },
    ];
    for needs in [everything(), by_name()] {
        for fault in faults {
            let fake = Arc::new(Fake::new(2, fault));
            let session = session(&fake, true).await;
            let live = plimsoll::scan::fetch(&session, &needs, &|_, _| {}).await;
            let recording = session.recording("0".repeat(64).as_str()).expect("a recording");
            let text = recording.to_json().expect("JSON");
            let read = Recording::parse(&text).expect("a recording");
            assert_eq!(read, recording);
            let requests = fake.sent.lock().expect("lock").len();
            let replayed = replay(read, &needs).await;
            assert_eq!(fake.sent.lock().expect("lock").len(), requests, "a replay asks nobody");
            same(&live, &replayed);
            assert!(replayed.answers.values().all(|answer| answer.at == recording.recorded_at));
            assert!(!text.contains("AKID") && !text.to_lowercase().contains("authorization:"), "a credential");
        }
    }
}

#[tokio::test]
async fn the_same_account_gives_the_same_recording() {
    let mut texts = BTreeSet::new();
    for _ in 0..3 {
        let session = session(&Arc::new(Fake::new(2, |_, _| None)), true).await;
        plimsoll::scan::fetch(&session, &everything(), &|_, _| {}).await;
        let mut recording = session.recording("x").expect("a recording");
        recording.recorded_at = String::new();
        texts.insert(recording.to_json().expect("JSON"));
    }
    assert_eq!(texts.len(), 1);
}

#[tokio::test]
async fn tags_that_no_rule_names_are_not_recorded() {
    let mut needs = Needs::default();
    needs.all(ROLE, "", ["Path", "Description"]);
    needs.all("AWS::IAM::User", "", ["Path"]);
    needs.all(QUEUE, "us-east-1", ["DelaySeconds"]);
    let session = session(&Arc::new(Fake::sound()), true).await;
    plimsoll::scan::fetch(&session, &needs, &|_, _| {}).await;
    let recording = session.recording("x").expect("a recording");
    assert!(!recording.to_json().expect("JSON").contains("a secret of ann"));
    assert!(recording.tags_left_out.contains(ROLE));

    needs.all(ROLE, "", ["Tags"]);
    let replayed = replay(recording, &needs).await;
    assert_eq!(reason(of(&replayed, ROLE, "writer").get("Tags")), &Reason::Redacted);
    assert_eq!(of(&replayed, ROLE, "writer").get("Path"), &Value::Text("/".into()));
}

#[tokio::test]
async fn what_was_not_recorded_is_a_gap_and_never_asked_for() {
    let mut needs = Needs::default();
    needs.all(QUEUE, "us-east-1", []);
    let session = session(&Arc::new(Fake::sound()), true).await;
    plimsoll::scan::fetch(&session, &needs, &|_, _| {}).await;
    let recording = session.recording("x").expect("a recording");
    let replayed = replay(recording, &everything()).await;
    assert_eq!(reason(of(&replayed, QUEUE, "orders").get("DelaySeconds")), &Reason::NotRecorded);
    assert!(matches!(
        replayed.presence(ROLE, "", "writer"),
        Some(Presence::Unknown(Gap { reason: Reason::NotRecorded, .. }))
    ));
}

async fn start(fault: impl Fn(&Request, usize) -> Option<Outcome> + Send + Sync + 'static) -> StartError {
    let fake = Arc::new(Fake::new(1000, fault));
    let timing = Timing { operation: Duration::from_millis(200), attempt: Duration::from_millis(60), ..quick() };
    Session::open(Source::Answers(fake, timing), Some("us-east-1"), false).await.expect_err("a refusal")
}

#[tokio::test]
async fn a_start_that_fails_says_what_happened_and_what_to_do() {
    let answered =
        |status: u16, code: &'static str| move |request: &Request, _: usize| Some(error(request, status, code));
    let body = |status: u16, body: &'static str| {
        move |_: &Request, _: usize| Some(Outcome::Response { status, headers: vec![], body: body.into() })
    };
    let cases = [
        (start(answered(403, "ExpiredToken")).await, "The AWS credentials have expired (ExpiredToken)."),
        (
            start(answered(403, "InvalidClientTokenId")).await,
            "AWS does not accept the credentials (InvalidClientTokenId).",
        ),
        (
            start(answered(403, "SignatureDoesNotMatch")).await,
            "AWS does not accept the credentials (SignatureDoesNotMatch).",
        ),
        (start(answered(403, "AccessDenied")).await, "AWS denied sts:GetCallerIdentity (AccessDenied)."),
        (start(answered(400, "InvalidAction")).await, "The endpoint does not answer as AWS STS does (InvalidAction)."),
        (
            start(body(404, "not found")).await,
            "The endpoint does not answer as AWS STS does (HTTP 404: the body is not XML).",
        ),
        (
            start(body(200, "<html>Sign in</html>")).await,
            "What answered in place of AWS is not AWS: the body is an HTML page.",
        ),
        (start(|_, _| Some(Outcome::Hang)).await, "AWS did not answer in time."),
        (
            start(|_, _| Some(Outcome::Unreachable("connection refused".into()))).await,
            "AWS could not be reached: connection refused.",
        ),
        (
            start(|_, _| Some(xml("GetCallerIdentity", "<Account>12</Account>"))).await,
            "What answered in place of AWS is not AWS: its answer to GetCallerIdentity names no account and caller.",
        ),
    ];
    for (error, said) in cases {
        assert_eq!(error.to_string(), said);
        assert!(error.hint().ends_with('.') && !error.is_usage());
    }
    let fake = Arc::new(Fake::sound());
    let none = Session::open(Source::Answers(Arc::clone(&fake) as _, quick()), None, false).await;
    assert_eq!(none.expect_err("no region"), StartError::NoRegion);
    let bad = Session::open(Source::Answers(fake, quick()), Some("evil.example/"), false).await;
    assert!(bad.expect_err("a bad region").is_usage());
}

#[tokio::test]
async fn a_large_account_takes_as_many_calls_as_it_has_pages_and_queues() {
    let mut fake = Fake::sound();
    fake.queues = (0..1100).map(|n| format!("queue-{n}")).collect();
    let fake = Arc::new(fake);
    let mut needs = Needs::default();
    needs.all(QUEUE, "us-east-1", ["DelaySeconds"]);
    let account = fetch(&fake, &needs).await;
    assert_eq!((account.resources.len(), account.gaps.len()), (1100, 0));
    assert_eq!((fake.sent("ListQueues"), fake.sent("GetQueueAttributes")), (2, 1100));
}
