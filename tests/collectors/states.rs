//! The serverless order intake in states that last for minutes, that hang on a person, or that only AWS shows: which
//! verdicts change, all of them, and what a student is told.

use super::lab::{Change, Lab, Said, said, scanned};
use super::shop::error;
use plimsoll::aws::{Outcome, Request};
use plimsoll::model::Verdict::{self, Blocked, Fail, Unknown};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

const RULES: &str = "serverless-poc";

/// Rule, resource, verdict, and a part of what was found.
type Told = (&'static str, &'static str, Verdict, &'static str);

/// What is said of the account as the text has it.
async fn intact() -> &'static Said {
    static INTACT: OnceLock<Said> = OnceLock::new();
    if INTACT.get().is_none() {
        let _ = INTACT.set(said(&scanned(Lab::default(), RULES).await.1));
    }
    INTACT.get().expect("it was set")
}

/// Holds that these changes to the intact account change these verdicts and no others.
async fn tells(changes: &[Change], wanted: &[Told]) {
    let intact = intact().await;
    let told = said(&scanned(Lab::with(changes), RULES).await.1);
    let other: BTreeMap<_, _> = told.iter().filter(|(pair, (verdict, _))| intact[*pair].0 != *verdict).collect();
    let pairs: BTreeSet<_> = wanted.iter().map(|(rule, on, ..)| ((*rule).to_owned(), (*on).to_owned())).collect();
    assert_eq!(other.keys().map(|pair| (*pair).clone()).collect::<BTreeSet<_>>(), pairs, "{other:#?}");
    assert_eq!(told.len(), intact.len());
    for (rule, on, verdict, words) in wanted {
        let (of, found) = other[&((*rule).to_owned(), (*on).to_owned())];
        assert_eq!(of, verdict, "{rule}: {found}");
        assert!(found.contains(words), "{rule} says `{found}`, not `{words}`");
    }
}

/// What AWS itself answers of an account that was built as the text says: full marks, in so many calls.
#[tokio::test]
async fn the_intact_lab_takes_these_calls_and_has_full_marks() {
    let (account, report) = scanned(Lab::default(), RULES).await;
    let blamed: Vec<_> = report.findings.iter().filter(|finding| finding.verdict != Verdict::Pass).collect();
    assert!(blamed.iter().all(|finding| finding.rule == "avoidable-star"), "{blamed:#?}");
    assert_eq!(blamed.len(), 3);
    assert_eq!(account.answers.len(), 17, "{:#?}", account.answers.keys());
    let (hardened, report) = scanned(Lab::default(), "serverless-poc/hardened").await;
    assert!(report.findings.iter().all(|finding| finding.verdict != Unknown));
    assert_eq!(hardened.answers.len(), 19, "{:#?}", hardened.answers.keys());
}

const CONFIRMED: &str = "<SubscriptionArn>arn:aws:sns:us-east-1:123456789012:POC-Topic:00000000-0000-0000-0000-000000000002</SubscriptionArn>";
const PENDING: Change =
    ("ListSubscriptionsByTopic", CONFIRMED, "<SubscriptionArn>PendingConfirmation</SubscriptionArn>");

#[tokio::test]
async fn an_address_that_was_not_confirmed() {
    let words = "confirmed: it waits for the link in the confirmation message to be opened";
    tells(&[PENDING], &[("topic-mails", "topic → mail", Fail, words)]).await;
    // One who subscribes by the API may have the ARN before the link is opened.
    let by_arn = (
        "GetSubscriptionAttributes",
        "<key>PendingConfirmation</key><value>false</value>",
        "<key>PendingConfirmation</key><value>true</value>",
    );
    tells(&[by_arn], &[("topic-mails", "topic → mail", Fail, words)]).await;
}

#[tokio::test]
async fn an_address_that_the_link_in_a_mail_unsubscribed() {
    let deleted = ("ListSubscriptionsByTopic", CONFIRMED, "<SubscriptionArn>Deleted</SubscriptionArn>");
    let words = "confirmed: it was deleted, as by the link at the end of each message";
    tells(&[deleted], &[("topic-mails", "topic → mail", Fail, words)]).await;
}

/// Who mistypes an address subscribes the right one beside it; the wrong one lapses some day.
#[tokio::test]
async fn an_address_that_was_not_confirmed_beside_one_that_was() {
    for state in ["PendingConfirmation", "Deleted"] {
        let beside: &'static str = match state {
            "Deleted" => {
                "<Subscriptions><member><Owner>123456789012</Owner><Endpoint>studnet@example.com</Endpoint><Protocol>email</Protocol><TopicArn>arn:aws:sns:us-east-1:123456789012:POC-Topic</TopicArn><SubscriptionArn>Deleted</SubscriptionArn></member>"
            }
            _ => {
                "<Subscriptions><member><Owner>123456789012</Owner><Endpoint>studnet@example.com</Endpoint><Protocol>email</Protocol><TopicArn>arn:aws:sns:us-east-1:123456789012:POC-Topic</TopicArn><SubscriptionArn>PendingConfirmation</SubscriptionArn></member>"
            }
        };
        tells(&[("ListSubscriptionsByTopic", "<Subscriptions>", beside)], &[]).await;
    }
}

const OF_QUEUE: &str = "\"State\":\"Enabled\",\"StateTransitionReason\":\"USER_INITIATED\"";
const OF_STREAM: &str = "\"State\":\"Enabled\",\"StateTransitionReason\":\"User action\"";

#[tokio::test]
async fn a_trigger_that_is_on_its_way_is_not_judged() {
    for (state, after) in [
        ("Creating", "\"State\":\"Creating\""),
        ("Enabling", "\"State\":\"Enabling\""),
        ("Updating", "\"State\":\"Updating\""),
    ] {
        let words = format!("enabled: its state is {state}, which passes; repeat the scan");
        let words: &'static str = words.leak();
        let of_queue = ("ListEventSourceMappings", OF_QUEUE, after);
        tells(&[of_queue], &[("queue-triggers-writer", "queue → writer", Unknown, words)]).await;
        let of_stream = ("ListEventSourceMappings", OF_STREAM, after);
        tells(&[of_stream], &[("stream-triggers-announcer", "orders → announcer", Unknown, words)]).await;
    }
}

#[tokio::test]
async fn a_trigger_that_is_turned_off() {
    for (after, words) in [
        ("\"State\":\"Disabling\"", "enabled: its state is Disabling"),
        (
            "\"State\":\"Disabled\",\"StateTransitionReason\":\"USER_INITIATED\"",
            "enabled: its state is Disabled (USER_INITIATED)",
        ),
        ("\"State\":\"Deleting\"", "enabled: its state is Deleting"),
    ] {
        let of_queue = ("ListEventSourceMappings", OF_QUEUE, after);
        tells(&[of_queue], &[("queue-triggers-writer", "queue → writer", Fail, words)]).await;
    }
}

/// Whoever made a role anew finds in the policies that named it the id that the deleted one had: AWS never takes it for
/// the new one.
#[tokio::test]
async fn a_principal_that_was_deleted() {
    let id = "AROAEXAMPLEOFDELETED1";
    let sender = ("queue policy", "arn:aws:iam::123456789012:role/APIGateway-SQS", id);
    let words =
        "__sender_statement\" of the queue policy names AROAEXAMPLEOFDELETED1, the id of a principal that was deleted";
    let told: &[Told] = &[
        ("queue-senders", "queue", Fail, words),
        ("queue-others", "queue", Blocked, "queue-senders did not pass"),
        ("api-feeds-queue", "post → queue", Fail, "permission: sqs:SendMessage is not allowed"),
    ];
    tells(&[sender], told).await;
    let receiver = ("queue policy", "arn:aws:iam::123456789012:role/Lambda-SQS-DynamoDB", id);
    let told: &[Told] =
        &[("queue-receivers", "queue", Fail, id), ("queue-others", "queue", Blocked, "queue-receivers did not pass")];
    tells(&[receiver], told).await;
    let trusted =
        ("trust APIGateway-SQS", "{\"Service\":\"apigateway.amazonaws.com\"}", "{\"AWS\":\"AROAEXAMPLEOFDELETED1\"}");
    let told: &[Told] =
        &[("api-role-trust", "api-role", Fail, id), ("api-feeds-queue", "post → queue", Fail, "trust: ")];
    tells(&[trusted], told).await;
}

/// What passes within seconds or minutes and stops no order is no finding.
#[tokio::test]
async fn states_that_change_no_verdict() {
    tells(&[("DescribeTable", "\"TableStatus\":\"ACTIVE\"", "\"TableStatus\":\"UPDATING\"")], &[]).await;
    let last = (
        "ListEventSourceMappings",
        "\"LastProcessingResult\":\"OK\"",
        "\"LastProcessingResult\":\"PROBLEM: Function call failed\"",
    );
    tells(&[last], &[]).await;
    let report = scanned(Lab::with(&[last]), RULES).await.1;
    let finding = report.findings.iter().find(|finding| finding.rule == "stream-triggers-announcer").expect("it");
    assert!(finding.found.contains("Lambda reports: PROBLEM: Function call failed"), "{}", finding.found);
}

/// What answers in the place of a service, or the service when it is in trouble.
const STRANGERS: [fn(&Request) -> Outcome; 6] = [
    |_| page(200, "<html><body>Sign in to the network</body></html>"),
    |_| page(403, "<html><body>Forbidden</body></html>"),
    |_| page(500, "<html><body>Internal error</body></html>"),
    |_| page(404, "{}"),
    |request| error(request, 500, "InternalFailure"),
    |request| error(request, 400, "ThrottlingException"),
];

fn page(status: u16, body: &str) -> Outcome {
    Outcome::Response { status, headers: vec![], body: body.into() }
}

/// Of a service that does not answer nothing is said, and of the others what is said of them at all times.
#[tokio::test]
async fn a_service_that_does_not_answer_proves_nothing() {
    for service in ["apigateway", "dynamodb", "iam", "lambda", "sns", "sqs"] {
        for (number, stranger) in STRANGERS.into_iter().enumerate() {
            let told = said(&scanned(Lab::without(service, stranger), RULES).await.1);
            let case = format!("{service}, stranger {number}");
            let mut unknown = 0;
            for (pair, (verdict, found)) in &told {
                if *verdict == Unknown {
                    unknown += 1;
                } else {
                    assert_eq!(*verdict, intact().await[pair].0, "{case}: {pair:?}: {found}");
                }
            }
            assert!(unknown > 2, "{case}: {unknown} findings are unknown");
        }
    }
}
