//! Queues that are missing, left over, of another name or kind.

use crate::REGION;
use crate::case::{BOTH, Case, Change};
use crate::step::Step;

const EVERY_QUEUE: &str = "every AWS::SQS::Queue";
const FIFO: &[(&str, &str)] = &[("FifoQueue", "true")];
const QUEUE_IS_GONE: &[Change] = &[
    ("queue-exists", "queue", "fail"),
    ("api-feeds-queue", "post → queue", "blocked"),
    ("queue-no-key", "queue", "blocked"),
    ("queue-others", "queue", "blocked"),
    ("queue-receivers", "queue", "blocked"),
    ("queue-senders", "queue", "blocked"),
    ("queue-standard", "queue", "blocked"),
    ("queue-triggers-writer", "queue → writer", "blocked"),
];

/// The cases.
pub(super) const CASES: &[Case] = &[
    Case {
        name: "the queue is missing",
        steps: &[Step::DeleteQueue],
        changes: QUEUE_IS_GONE,
        says: &[("queue-exists", "no queue of that name in us-east-1")],
        on: BOTH,
    },
    Case {
        name: "R12: the queue's name is in small letters",
        steps: &[Step::DeleteQueue, Step::NewQueue { name: "poc-queue", region: REGION, attributes: &[] }],
        changes: QUEUE_IS_GONE,
        says: &[("queue-exists", "poc-queue is there, and case counts")],
        on: BOTH,
    },
    Case {
        name: "R12: the queue is a FIFO queue",
        steps: &[Step::DeleteQueue, Step::NewQueue { name: "POC-Queue.fifo", region: REGION, attributes: FIFO }],
        changes: &[
            ("one-queue", EVERY_QUEUE, "fail"),
            ("queue-exists", "queue", "fail"),
            ("api-feeds-queue", "post → queue", "blocked"),
            ("queue-no-key", "queue", "blocked"),
            ("queue-others", "queue", "blocked"),
            ("queue-receivers", "queue", "blocked"),
            ("queue-senders", "queue", "blocked"),
            ("queue-standard", "queue", "blocked"),
            ("queue-triggers-writer", "queue → writer", "blocked"),
        ],
        says: &[("one-queue", "POC-Queue.fifo")],
        on: BOTH,
    },
    Case {
        name: "a FIFO queue is left over beside the queue",
        steps: &[Step::NewQueue { name: "POC-Queue.fifo", region: REGION, attributes: FIFO }],
        changes: &[("one-queue", EVERY_QUEUE, "fail")],
        says: &[("one-queue", "POC-Queue.fifo")],
        on: BOTH,
    },
    Case {
        name: "R18: a key of the account encrypts the queue, and no role may use it",
        steps: &[Step::SetQueue(
            "KmsMasterKeyId",
            "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        )],
        changes: &[
            ("api-feeds-queue", "post → queue", "fail"),
            ("queue-no-key", "queue", "fail"),
            ("queue-triggers-writer", "queue → writer", "fail"),
        ],
        says: &[
            ("api-feeds-queue", "kms:GenerateDataKey is not allowed"),
            ("queue-no-key", "key/1234abcd-12ab-34cd-56ef-1234567890ab"),
            ("queue-triggers-writer", "kms:Decrypt is not allowed"),
        ],
        on: BOTH,
    },
    Case {
        name: "R18: the key that AWS keeps for SQS encrypts the queue",
        steps: &[Step::SetQueue("KmsMasterKeyId", "alias/aws/sqs")],
        changes: &[("queue-no-key", "queue", "fail")],
        says: &[("queue-no-key", "alias/aws/sqs")],
        on: BOTH,
    },
    Case {
        name: "R01: the queue is in another region",
        steps: &[Step::DeleteQueue, Step::NewQueue { name: "POC-Queue", region: "eu-west-1", attributes: &[] }],
        changes: QUEUE_IS_GONE,
        says: &[],
        on: BOTH,
    },
];
