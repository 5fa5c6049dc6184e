//! Mistakes in the topic and its subscription.
//!
//! That a subscription waits for its confirmation, or was ended by the link in a mail, neither server shows.

use crate::case::{Case, Change, mistake};
use crate::step::Step;
use crate::support::lab::ADDRESS;

const FIFO: &[(&str, &str)] = &[("FifoTopic", "true")];
const MAIL: Step = Step::Subscribe { protocol: "email", endpoint: ADDRESS };

const TOPIC_IS_GONE: &[Change] = &[
    ("topic-exists", "topic", "fail"),
    ("announcer-publishes", "announcer → topic", "blocked"),
    ("mail-exists", "mail", "blocked"),
    ("topic-mails", "topic → mail", "blocked"),
    ("topic-standard", "topic", "blocked"),
];
const SUBSCRIPTION_IS_GONE: &[Change] = &[("mail-exists", "mail", "fail"), ("topic-mails", "topic → mail", "blocked")];

/// The cases.
pub(super) const CASES: &[Case] = &[
    mistake(
        "the topic is missing",
        &[Step::DeleteTopic("POC-Topic")],
        TOPIC_IS_GONE,
        &[("topic-exists", "no topic of that name in us-east-1")],
    ),
    mistake(
        "R37: the topic's name is in small letters",
        &[Step::DeleteTopic("POC-Topic"), Step::NewTopic { name: "poc-topic", attributes: &[] }],
        TOPIC_IS_GONE,
        &[("topic-exists", "poc-topic is there, and case counts in names")],
    ),
    mistake(
        "R37: the topic is a FIFO topic",
        &[Step::DeleteTopic("POC-Topic"), Step::NewTopic { name: "POC-Topic.fifo", attributes: FIFO }],
        TOPIC_IS_GONE,
        &[("topic-exists", "POC-Topic.fifo is there")],
    ),
    mistake(
        "R02: the topic is in another region",
        &[
            Step::DeleteTopic("POC-Topic"),
            Step::In("eu-west-1", &Step::NewTopic { name: "POC-Topic", attributes: &[] }),
            Step::In("eu-west-1", &MAIL),
        ],
        TOPIC_IS_GONE,
        &[],
    ),
    mistake(
        "nobody is subscribed to the topic",
        &[Step::Unsubscribe],
        SUBSCRIPTION_IS_GONE,
        &[("mail-exists", "no such subscription")],
    ),
    mistake(
        "R40: the subscription is by e-mail as JSON",
        &[Step::Unsubscribe, Step::Subscribe { protocol: "email-json", endpoint: ADDRESS }],
        SUBSCRIPTION_IS_GONE,
        &[("mail-exists", "Protocol email-json")],
    ),
    mistake(
        "R40: the subscription is by text message",
        &[Step::Unsubscribe, Step::Subscribe { protocol: "sms", endpoint: "+15555550100" }],
        SUBSCRIPTION_IS_GONE,
        &[("mail-exists", "Protocol sms")],
    ),
    mistake(
        "R40: a filter holds mails back",
        &[Step::SetSubscriptions("FilterPolicy", r#"{"kind": ["order"]}"#)],
        &[("topic-mails", "topic → mail", "fail")],
        &[("topic-mails", "only messages that the filter policy takes")],
    ),
    mistake(
        "a customer key encrypts the topic",
        &[Step::SetTopic(
            "KmsMasterKeyId",
            "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        )],
        &[("announcer-publishes", "announcer → topic", "fail")],
        &[("announcer-publishes", "kms:GenerateDataKey is not allowed")],
    ),
    mistake(
        "the topic's policy denies publishing",
        &[Step::SetTopic(
            "Policy",
            r#"{"Version": "2012-10-17", "Statement": [{"Sid": "shut", "Effect": "Deny", "Principal": "*",
                "Action": "SNS:Publish",
                "Resource": "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:POC-Topic"}]}"#,
        )],
        &[("announcer-publishes", "announcer → topic", "fail")],
        &[("announcer-publishes", "statement \"shut\" of the topic policy")],
    ),
];
