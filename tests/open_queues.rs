//! "Is this queue public?" for eighteen policies that look it or are it: the command on documents, and the check on an
//! account, each with the known answer.

mod judging;
#[path = "support/open_queues.rs"]
mod open_queues;

use open_queues::open_queues;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

fn folder() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

#[test]
fn the_command_on_documents_knows_each() {
    let queues = open_queues(judging::ACCOUNT, judging::REGION);
    assert_eq!(queues.len(), 18);
    let lines: Vec<String> = queues
        .iter()
        .map(|queue| {
            let arn = format!("arn:aws:sqs:{}:{}:{}", judging::REGION, judging::ACCOUNT, queue.name);
            let policy: Value = serde_json::from_str(&queue.policy).expect("JSON");
            json!({ "id": queue.name, "resource_arn": arn, "policy": policy, "action": "sqs:SendMessage" }).to_string()
        })
        .collect();
    let file = folder().join("open-queues.jsonl");
    std::fs::write(&file, lines.join("\n")).expect("a file");
    let file = file.to_str().expect("UTF-8");
    let run = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["policy", "principals", "--cases", file])
        .output()
        .expect("the binary runs");
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    let answers = String::from_utf8(run.stdout).expect("UTF-8");
    let answers: Vec<Value> = answers.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let found: Vec<(&str, Option<bool>)> =
        answers.iter().map(|answer| (answer["id"].as_str().unwrap_or_default(), answer["public"].as_bool())).collect();
    let wanted: Vec<(&str, Option<bool>)> =
        queues.iter().map(|queue| (queue.name.as_str(), Some(queue.open))).collect();
    assert_eq!(found, wanted);
}

#[test]
fn the_check_on_an_account_knows_each() {
    let queues = open_queues(judging::ACCOUNT, judging::REGION);
    let resources: Vec<Value> = queues
        .iter()
        .map(|queue| {
            let policy: Value = serde_json::from_str(&queue.policy).expect("JSON");
            json!({ "type": "AWS::SQS::Queue", "name": queue.name, "properties": { "Policy": policy } })
        })
        .collect();
    let file = folder().join("open-queues.yaml");
    let rules =
        "plimsoll: 1\ntitle: t\nrules:\n  - { id: open, check: policy-lets-anyone-in, each: AWS::SQS::Queue }\n";
    std::fs::write(&file, rules).expect("a file");
    let rules = judging::rules(&file, &BTreeMap::new()).unwrap_or_else(|wrong| panic!("{}", wrong.render(false, 120)));
    let report = judging::judge(&rules, &judging::account(&json!({ "resources": resources }).to_string()));
    let found: BTreeMap<String, String> =
        report.findings.iter().map(|of| (of.resource.clone(), of.verdict.to_string())).collect();
    let verdict = |open: bool| if open { "fail" } else { "pass" };
    let wanted: BTreeMap<String, String> =
        queues.into_iter().map(|queue| (queue.name, verdict(queue.open).to_owned())).collect();
    assert_eq!(found, wanted);
    assert!(report.findings.iter().all(|of| of.witness.is_some() == (of.verdict.to_string() == "fail")));
}
