//! The second architecture, `order-fan-out`: a FIFO topic that feeds three queues through filters. The language is not
//! made for one lab.

use crate::case::Change;
use crate::support::binary::{Key, Plimsoll};
use crate::support::lab::{self, Function, Lab, STORES, Source, done};
use crate::support::report::{Report, changes};
use crate::support::servers::{Kind, Server};
use crate::{KEY, REGION};
use aws_sdk_sqs::types::QueueAttributeName;
use std::path::Path;

const TOPIC: &str = "shop-orders.fifo";
/// The queues that the topic feeds, each with the filter of its subscription.
const FED: [(&str, Option<&str>); 3] = [
    ("shop-billing.fifo", None),
    ("shop-shipping.fifo", Some(r#"{"kind": ["goods"]}"#)),
    ("shop-fraud.fifo", Some(r#"{"total": [{"numeric": [">=", 1000]}]}"#)),
];
const ASIDE: &str = "shop-aside.fifo";
const BILLER: Function = Function { name: "shop-biller", role: "shop-biller", ..STORES };

/// What somebody changes.
#[derive(Debug, Clone)]
enum Slip {
    Filter(&'static str, &'static str),
    NoFilter(&'static str),
    Unsubscribed(&'static str),
    FedAsWell(&'static str),
    QueuePolicy(&'static str, &'static str),
    Attribute(&'static str, QueueAttributeName, &'static str),
    Stopped,
    Inline(&'static str),
}

/// Each slip, and all verdicts that change by it.
const SLIPS: &[(Slip, &[Change])] = &[
    (
        Slip::Filter(FED[2].0, r#"{"total": [{"numeric": [">=", 100]}]}"#),
        &[("large-orders-reach-fraud", "orders → fraud", "fail")],
    ),
    (Slip::NoFilter(FED[1].0), &[("goods-reach-shipping", "orders → shipping", "fail")]),
    (
        Slip::Unsubscribed(FED[2].0),
        &[("fraud-feed-exists", "fraud-feed", "fail"), ("large-orders-reach-fraud", "orders → fraud", "blocked")],
    ),
    (Slip::FedAsWell(ASIDE), &[("no-other-feeds", "orders", "fail")]),
    (
        Slip::QueuePolicy(
            FED[0].0,
            r#", {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage",
                  "Resource": "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:shop-billing.fifo"}"#,
        ),
        &[("only-the-topic-sends", "billing", "fail")],
    ),
    (
        Slip::Attribute(
            FED[1].0,
            QueueAttributeName::RedrivePolicy,
            r#"{"deadLetterTargetArn": "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:shop-aside.fifo",
                "maxReceiveCount": 10}"#,
        ),
        &[("put-aside", "shipping", "fail")],
    ),
    (Slip::Stopped, &[("billing-is-a-function", "billing → biller", "fail")]),
    (
        Slip::Inline(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}"#,
        ),
        &[("biller-permissions", "biller-role", "fail")],
    ),
];

fn attributes(lab: &Lab, queue: &str) -> Vec<(QueueAttributeName, String)> {
    let mut attributes = vec![(QueueAttributeName::FifoQueue, "true".to_owned())];
    if queue == ASIDE {
        let sources: Vec<String> = FED.iter().map(|(name, _)| lab.queue_arn(name)).collect();
        let allow = serde_json::json!({ "redrivePermission": "byQueue", "sourceQueueArns": sources });
        attributes.push((QueueAttributeName::RedriveAllowPolicy, allow.to_string()));
        attributes.push((QueueAttributeName::MessageRetentionPeriod, "1209600".to_owned()));
    } else {
        let redrive = serde_json::json!({ "deadLetterTargetArn": lab.queue_arn(ASIDE), "maxReceiveCount": 3 });
        attributes.push((QueueAttributeName::RedrivePolicy, redrive.to_string()));
        attributes.push((QueueAttributeName::Policy, policy(lab, queue, "")));
    }
    attributes
}

/// The policy that lets the topic send to a queue, with `more` statements.
fn policy(lab: &Lab, queue: &str, more: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {{"Service": "sns.amazonaws.com"}},
            "Action": "sqs:SendMessage", "Resource": "{}", "Condition": {{"ArnEquals": {{"aws:SourceArn": "{}"}}}}}}{}]}}"#,
        lab.queue_arn(queue),
        lab.topic_arn(TOPIC),
        lab.own(more)
    )
}

async fn subscribe(lab: &Lab, queue: &str, filter: Option<&str>) {
    let subscription = lab::subscribe(lab, TOPIC, "sqs", &lab.queue_arn(queue)).await;
    if let Some(filter) = filter {
        let set = lab.sns.set_subscription_attributes().subscription_arn(subscription);
        done(queue, set.attribute_name("FilterPolicy").attribute_value(filter).send().await);
    }
}

/// The subscription of a queue.
async fn subscription(lab: &Lab, queue: &str) -> String {
    let list = lab.sns.list_subscriptions_by_topic().topic_arn(lab.topic_arn(TOPIC)).send().await;
    let of_queue = done(queue, list).subscriptions.unwrap_or_default().into_iter();
    let of_queue = of_queue.filter(|of| of.endpoint.as_deref() == Some(lab.queue_arn(queue).as_str()));
    of_queue.filter_map(|of| of.subscription_arn).next().unwrap_or_else(|| panic!("{queue} has no subscription"))
}

async fn url(lab: &Lab, queue: &str) -> String {
    let answer = done(queue, lab.sqs.get_queue_url().queue_name(queue).send().await);
    answer.queue_url.unwrap_or_else(|| panic!("{queue} has no URL"))
}

async fn build(lab: &Lab) {
    lab::create_topic(lab, TOPIC, &[("FifoTopic", "true"), ("ContentBasedDeduplication", "true")]).await;
    for queue in [ASIDE].into_iter().chain(FED.map(|(name, _)| name)) {
        let create = lab.sqs.create_queue().queue_name(queue);
        done(queue, create.set_attributes(Some(attributes(lab, queue).into_iter().collect())).send().await);
    }
    for (queue, filter) in FED {
        subscribe(lab, queue, filter).await;
    }
    let role = lab.iam.create_role().role_name(BILLER.role);
    done("role", role.assume_role_policy_document(lab::trust("lambda.amazonaws.com")).send().await);
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("expected/order-fan-out/biller.json");
    let document = std::fs::read_to_string(document).unwrap_or_else(|e| panic!("the expected document: {e}"));
    let document = document.replace("${billing.Arn}", &lab.queue_arn(FED[0].0)).replace("${biller}", BILLER.name);
    let put = lab.iam.put_role_policy().role_name(BILLER.role).policy_name("work");
    done("policy", put.policy_document(lab.own(&document)).send().await);
    lab::create_function(lab, &BILLER).await;
    lab::create_trigger(lab, BILLER.name, Source::Queue(FED[0].0)).await;
}

impl Slip {
    async fn make(self, lab: &Lab) {
        let what = format!("{self:?}");
        match self {
            Self::Filter(queue, filter) => {
                let set = lab.sns.set_subscription_attributes().subscription_arn(subscription(lab, queue).await);
                done(&what, set.attribute_name("FilterPolicy").attribute_value(filter).send().await);
            }
            Self::NoFilter(queue) => {
                let of_queue = subscription(lab, queue).await;
                done(&what, lab.sns.unsubscribe().subscription_arn(of_queue).send().await);
                subscribe(lab, queue, None).await;
            }
            Self::Unsubscribed(queue) => {
                let of_queue = subscription(lab, queue).await;
                done(&what, lab.sns.unsubscribe().subscription_arn(of_queue).send().await);
            }
            Self::FedAsWell(queue) => subscribe(lab, queue, None).await,
            Self::QueuePolicy(queue, more) => {
                let set = lab.sqs.set_queue_attributes().queue_url(url(lab, queue).await);
                done(&what, set.attributes(QueueAttributeName::Policy, policy(lab, queue, more)).send().await);
            }
            Self::Attribute(queue, ref name, value) => {
                let set = lab.sqs.set_queue_attributes().queue_url(url(lab, queue).await);
                let mut all = attributes(lab, queue);
                // moto forgets the policy of a queue when another attribute alone is set; AWS keeps it.
                all.retain(|(other, _)| *other != QueueAttributeName::FifoQueue && other != name);
                all.push((name.clone(), lab.own(value)));
                done(&what, set.set_attributes(Some(all.into_iter().collect())).send().await);
            }
            Self::Stopped => {
                for trigger in lab::triggers(lab, BILLER.name).await {
                    let update = lab.lambda.update_event_source_mapping().uuid(trigger).enabled(false);
                    done(&what, update.send().await);
                }
            }
            Self::Inline(document) => {
                let put = lab.iam.put_role_policy().role_name(BILLER.role).policy_name("more");
                done(&what, put.policy_document(lab.own(document)).send().await);
            }
        }
    }
}

fn scan(server: &Server) -> Report {
    let scan = Plimsoll::scan(&server.endpoint(), "order-fan-out", &Key::administrator(KEY));
    scan.with(&["--region", REGION]).run().report()
}

async fn shows_each(kind: Kind) {
    let server = Server::start(kind);
    let lab = Lab::of(&server.endpoint(), REGION, KEY, server.account());
    build(&lab).await;
    let report = scan(&server);
    let blamed: Vec<_> = report.findings().filter(|finding| finding.verdict() != "pass").collect();
    let blamed: Vec<_> = blamed.iter().map(|finding| (finding.text("rule"), finding.verdict())).collect();
    // moto does not know the attribute RedriveAllowPolicy, and refuses to be asked for it.
    let unread: &[_] = if kind == Kind::Moto { &[("aside-keeps", "unknown")] } else { &[] };
    assert_eq!(blamed, unread, "{kind:?}");
    let intact = report.verdicts();
    let mut wrong = Vec::new();
    for (slip, wanted) in SLIPS {
        server.reset();
        build(&lab).await;
        slip.clone().make(&lab).await;
        let wanted = wanted.iter();
        let wanted = wanted.map(|(rule, on, verdict)| ((rule.to_string(), on.to_string()), verdict.to_string()));
        let found = changes(&intact, &scan(&server).verdicts());
        if found != wanted.collect() {
            wrong.push(format!("{slip:?}: {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{kind:?}\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn ministack_shows_each_slip() {
    shows_each(Kind::Ministack).await;
}

#[tokio::test]
async fn moto_shows_each_slip() {
    shows_each(Kind::Moto).await;
}
