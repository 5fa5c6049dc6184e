//! What is read of topics and subscriptions, and what is asked for it.

use super::shop::{REGION, Shop, by_name, error, everything, fetch, session, topic};
use super::{of, reason, replay};
use plimsoll::model::{Account, Listing, Needs, Presence, Reason, Resource, Value};
use std::sync::Arc;

const TOPIC: &str = "AWS::SNS::Topic";
const SUBSCRIPTION: &str = "AWS::SNS::Subscription";

fn subscriptions(account: &Account) -> Vec<&Resource> {
    account.of_type(SUBSCRIPTION, REGION).collect()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[tokio::test]
async fn a_topic_has_what_aws_says_and_its_defaults() {
    let shop = Shop::sound();
    let account = fetch(&shop, &everything()).await;
    let orders = of(&account, TOPIC, "orders");
    assert_eq!(orders.get("FifoTopic"), &Value::Bool(false));
    assert_eq!(orders.get("ContentBasedDeduplication"), &Value::Absent);
    assert_eq!(orders.get("DisplayName"), &Value::Absent);
    assert_eq!(orders.get("KmsMasterKeyId"), &text("alias/aws/sns"));
    assert_eq!(orders.get("SignatureVersion"), &text("2"));
    assert_eq!(orders.get("TracingConfig"), &text("PassThrough"));
    assert_eq!(orders.get("DeliveryPolicy"), &text(r#"{"http":{"a":2,"b":1}}"#));
    assert!(matches!(orders.get("Policy"), Value::Policy(_)));
    assert_eq!(orders.get("Tags").get("owner"), &text("a secret of ann"));
    let fifo = of(&account, TOPIC, "orders.fifo");
    assert_eq!(fifo.get("FifoTopic"), &Value::Bool(true));
    assert_eq!(fifo.get("ContentBasedDeduplication"), &Value::Bool(true));
    assert_eq!(fifo.get("SignatureVersion"), &text("1"));
    assert_eq!(fifo.get("TracingConfig"), &Value::Absent);
    assert_eq!((shop.sent("ListSubscriptions"), shop.sent("ListSubscriptionsByTopic")), (1, 0));
    // Never of one that has no ARN.
    assert_eq!(shop.sent("GetSubscriptionAttributes"), 3);
}

#[tokio::test]
async fn a_subscription_that_waits_is_told_from_one_that_is_confirmed() {
    let account = fetch(&Shop::sound(), &everything()).await;
    let waits: Vec<_> = subscriptions(&account)
        .into_iter()
        .filter(|of| *of.properties.get("PendingConfirmation") == Value::Bool(true))
        .collect();
    let ids: Vec<_> = waits.iter().map(|of| of.id.as_str()).collect();
    let orders = topic("orders");
    assert_eq!(
        ids,
        [format!("PendingConfirmation email 1 of {orders}"), format!("PendingConfirmation email 2 of {orders}")]
    );
    for waiting in waits {
        assert_eq!((waiting.name.as_str(), waiting.parent.as_ref()), ("PendingConfirmation", Some(&orders)));
        let properties = &waiting.properties;
        assert_eq!(properties.get("SubscriptionArn"), &Value::Absent);
        assert_eq!(properties.get("Protocol"), &text("email"));
        assert_eq!(reason(properties.get("Endpoint")), &Reason::Redacted);
        assert!(matches!(reason(properties.get("FilterPolicy")), Reason::Undecided(why) if why.contains("waits")));
    }
    let deleted = of(&account, SUBSCRIPTION, "Deleted");
    assert_eq!((deleted.get("Deleted"), deleted.get("PendingConfirmation")), (&Value::Bool(true), &Value::Bool(false)));
    let queue = of(&account, SUBSCRIPTION, &format!("{orders}:0002"));
    assert_eq!(queue.get("PendingConfirmation"), &Value::Bool(false));
    assert_eq!(queue.get("Endpoint"), &text("arn:aws:sqs:us-east-1:123456789012:orders"));
    assert_eq!(queue.get("FilterPolicy"), &text(r#"{"price":[{"numeric":[">",100]}],"store":["b","a"]}"#));
    assert_eq!(queue.get("FilterPolicyScope"), &text("MessageAttributes"));
    assert_eq!(queue.get("RawMessageDelivery"), &Value::Bool(true));
    assert!(matches!(queue.get("RedrivePolicy").get("deadLetterTargetArn"), Value::Arn(arn) if arn.resource == "dead"));
}

#[tokio::test]
async fn the_subscriptions_of_a_named_topic_are_listed_by_topic() {
    let shop = Shop::sound();
    let mut needs = Needs::default();
    needs.named(TOPIC, REGION, "orders", []);
    needs.named(TOPIC, REGION, "nowhere", []);
    needs.children(SUBSCRIPTION, REGION, "orders", ["Protocol", "PendingConfirmation"]);
    needs.children(SUBSCRIPTION, REGION, "nowhere", ["Protocol"]);
    let account = fetch(&shop, &needs).await;
    assert_eq!(subscriptions(&account).len(), 5);
    let calls = ["ListTopics", "ListSubscriptionsByTopic"].map(|operation| shop.sent(operation));
    assert_eq!((calls, shop.sent.lock().expect("lock").len()), ([1, 1], 3), "and GetCallerIdentity");
    let listing = account.listing_of_children(SUBSCRIPTION, REGION, &topic("orders"));
    assert!(matches!(listing, Some(Listing::Complete(calls)) if calls.len() == 1));
    assert_eq!(account.listing(SUBSCRIPTION, REGION), None);
    assert!(matches!(account.presence(TOPIC, REGION, "nowhere"), Some(Presence::Missing(_))));
    assert!(account.gaps.is_empty());
    // No rule wants what only the attributes tell.
    let queue = of(&account, SUBSCRIPTION, &format!("{}:0002", topic("orders")));
    assert_eq!(reason(queue.get("FilterPolicy")), &Reason::NotAsked);
}

#[tokio::test]
async fn without_the_list_a_topic_is_asked_for_by_name() {
    let denied = |request: &plimsoll::aws::Request, _| {
        (request.operation == "ListTopics").then(|| error(request, 403, "AuthorizationError"))
    };
    let account = fetch(&Arc::new(Shop::new(1000, denied)), &by_name()).await;
    assert!(matches!(account.presence(TOPIC, REGION, "orders"), Some(Presence::Found(_))));
    let missing = account.presence(TOPIC, REGION, "nowhere");
    assert!(matches!(missing, Some(Presence::Missing(calls)) if calls[0].operation == "GetTopicAttributes"));
    assert!(matches!(of(&account, TOPIC, "orders").get("Policy"), Value::Policy(_)));
    assert_eq!(subscriptions(&account).len(), 5);

    let both = |request: &plimsoll::aws::Request, _| {
        let refused = matches!(request.operation.as_str(), "ListTopics" | "GetTopicAttributes");
        refused.then(|| error(request, 403, "AuthorizationError"))
    };
    let account = fetch(&Arc::new(Shop::new(1000, both)), &by_name()).await;
    for name in ["orders", "nowhere"] {
        assert!(matches!(account.presence(TOPIC, REGION, name), Some(Presence::Unknown(_))), "{name}");
    }
}

#[tokio::test]
async fn without_the_list_of_all_the_named_topics_are_listed() {
    let mut needs = by_name();
    needs.all(SUBSCRIPTION, REGION, ["Protocol"]);
    let denied = |request: &plimsoll::aws::Request, _| {
        (request.operation == "ListSubscriptions").then(|| error(request, 403, "AuthorizationError"))
    };
    let account = fetch(&Arc::new(Shop::new(1000, denied)), &needs).await;
    assert!(matches!(account.listing(SUBSCRIPTION, REGION), Some(Listing::Broken(_))));
    let of_orders = account.listing_of_children(SUBSCRIPTION, REGION, &topic("orders"));
    assert!(matches!(of_orders, Some(Listing::Complete(_))));
    assert_eq!(subscriptions(&account).len(), 5);
}

#[tokio::test]
async fn attributes_of_another_topic_or_subscription_are_refused() {
    let swap = |request: &plimsoll::aws::Request, _| {
        let mut other = request.clone();
        other.body = match request.operation.as_str() {
            "GetTopicAttributes" => other.body.replace("%3Aalarms", "%3Aorders"),
            "GetSubscriptionAttributes" => other.body.replace("0001", "0002"),
            _ => return None,
        };
        Some(Shop::sound().answer_to(&other))
    };
    let account = fetch(&Arc::new(Shop::new(1000, swap)), &everything()).await;
    assert!(matches!(reason(of(&account, TOPIC, "alarms").get("Policy")), Reason::Malformed(_)));
    let first = of(&account, SUBSCRIPTION, &format!("{}:0001", topic("orders")));
    assert!(matches!(reason(first.get("FilterPolicy")), Reason::Malformed(_)));
}

#[tokio::test]
async fn an_address_that_a_parameter_gives_is_kept_and_tags_that_no_rule_names_are_not() {
    let mut needs = Needs::default();
    needs.disclosure.parameters.insert("notify".into(), "ben@example.com".into());
    needs.named(TOPIC, REGION, "orders", ["Tags"]);
    needs.children(SUBSCRIPTION, REGION, "orders", ["Endpoint"]);
    let session = session(&Shop::sound(), true).await;
    let live = plimsoll::scan::fetch(&session, &needs, &|_, _| {}).await;
    let endpoints = |account: &Account| -> Vec<Value> {
        subscriptions(account).iter().map(|of| of.properties.get("Endpoint").clone()).collect()
    };
    assert_eq!(endpoints(&live).iter().filter(|endpoint| **endpoint == text("ben@example.com")).count(), 1);
    let recording = session.recording("x").expect("a recording");
    let kept = recording.to_json().expect("JSON");
    assert!(kept.contains("${notify}") && kept.contains("a secret of ann"), "{kept}");
    assert!(!kept.contains("@example.com"), "{kept}");
    assert_eq!(endpoints(&replay(recording.clone(), &needs).await), endpoints(&live));

    needs.disclosure.parameters.insert("notify".into(), "zoe@example.com".into());
    let other = endpoints(&replay(recording, &needs).await);
    assert!(other.contains(&text("zoe@example.com")) && !other.contains(&text("ben@example.com")));
}
