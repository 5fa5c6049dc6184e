//! "Is this queue public?" asked of an account: queues with policies that look open or are, and what a scan says of each.

use crate::support::binary::{Key, Plimsoll};
use crate::support::folder::Folder;
use crate::support::lab;
use crate::support::open_queues::open_queues;
use crate::support::servers::{Kind, Server};
use crate::{KEY, REGION};
use aws_sdk_sqs::types::QueueAttributeName;
use std::collections::BTreeMap;

const RULES: &str = "\
plimsoll: 1
title: Open queues
region: us-east-1
rules:
  - { id: open, check: policy-lets-anyone-in, each: AWS::SQS::Queue }
";

#[tokio::test]
async fn a_scan_tells_the_public_queues_from_the_others() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let server = Server::start(kind);
        let sqs = lab::sqs(&lab::config(&server.endpoint(), REGION, lab::administrator(KEY)));
        let queues = open_queues(server.account(), REGION);
        for queue in &queues {
            let create = sqs.create_queue().queue_name(&queue.name).send().await;
            let url = create.unwrap_or_else(|error| panic!("{kind:?} {}: {error:?}", queue.name));
            let set = sqs.set_queue_attributes().set_queue_url(url.queue_url);
            let set = set.attributes(QueueAttributeName::Policy, &queue.policy).send().await;
            set.unwrap_or_else(|error| panic!("{kind:?} {}: {error:?}", queue.name));
        }
        let folder = Folder::new();
        let rules = folder.file("rules.yaml");
        std::fs::write(&rules, RULES).expect("a rules file");
        let run = Plimsoll::scan(&server.endpoint(), &rules, &Key::administrator(KEY)).run();
        assert_eq!((run.code, run.stderr.as_str()), (1, ""), "{kind:?}\n{}", run.stdout);
        let report = run.report();
        let found: BTreeMap<&str, &str> =
            report.findings().map(|finding| (finding.text("resource"), finding.verdict())).collect();
        let verdict = |open| if open { "fail" } else { "pass" };
        let wanted: BTreeMap<&str, &str> =
            queues.iter().map(|queue| (queue.name.as_str(), verdict(queue.open))).collect();
        assert_eq!(found, wanted, "{kind:?}");
    }
}
