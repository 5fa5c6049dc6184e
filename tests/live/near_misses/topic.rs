//! The topic and its subscriptions with settings that no rule of the lab names.

use super::case;
use crate::case::Case;
use crate::step::Step;

/// The cases.
pub(super) const CASES: &[Case] = &[
    case("a tag and a name to show", &[Step::TagTopic, Step::SetTopic("DisplayName", "Orders")]),
    case(
        "other topics, one of the same name in a second region",
        &[
            Step::NewTopic { name: "POC-Topic-2", attributes: &[] },
            Step::NewTopic { name: "poc-topic", attributes: &[] },
            Step::In("eu-west-1", &Step::NewTopic { name: "POC-Topic", attributes: &[] }),
        ],
    ),
    case(
        "a second address, and a subscription by JSON beside it",
        &[
            Step::Subscribe { protocol: "email", endpoint: "second@example.com" },
            Step::Subscribe { protocol: "email-json", endpoint: "student@example.com" },
        ],
    ),
    case("another address", &[Step::Unsubscribe, Step::Subscribe { protocol: "email", endpoint: "other@example.com" }]),
    case(
        "a policy that lets the one role publish",
        &[Step::SetTopic(
            "Policy",
            r#"{"Version": "2012-10-17", "Statement": [{"Sid": "role", "Effect": "Allow",
                "Principal": {"AWS": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/Lambda-DynamoDBStreams-SNS"},
                "Action": "SNS:Publish",
                "Resource": "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:POC-Topic"}]}"#,
        )],
    ),
];
