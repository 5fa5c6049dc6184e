//! The same account gives the same bytes: twice, built in another order, and from a recording.

use crate::kinds::{PRINCIPALS, lab_of, populate};
use crate::names::{LAMBDA_1, LAMBDA_2};
use crate::step::{Setting, Step, done};
use crate::support::binary::{Key, Plimsoll, Run};
use crate::support::folder::Folder;
use crate::support::lab::{self, Lab, ROLES, Service};
use crate::support::servers::{Kind, Server};
use crate::{KEY, REGION, RULES};
use aws_sdk_apigateway::types::{Op, PatchOperation};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

fn scan(server: &Server, rules: &str, more: &[&str]) -> Run {
    Plimsoll::scan(&server.endpoint(), rules, &Key::administrator(KEY)).with(more).run()
}

#[tokio::test]
async fn two_scans_give_the_same_bytes() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let server = Server::start(kind);
        lab::build(&server.endpoint(), REGION, KEY).await;
        populate(&lab_of(&server)).await;
        for rules in [RULES, PRINCIPALS] {
            assert_eq!(scan(&server, rules, &[]).stdout, scan(&server, rules, &[]).stdout, "{kind:?} {rules}");
        }
    }
}

/// AWS chooses other ids for the things that are made anew, and lists them in another order. But for the ids all bytes
/// are the same.
#[tokio::test]
async fn the_order_in_which_things_were_made_leaves_no_trace() {
    let server = Server::start(Kind::Ministack);
    let first = lab::build(&server.endpoint(), REGION, KEY).await;
    let others = ["POC-Queue-b", "POC-Queue-a", "other"];
    for name in others {
        crate::step::done(name, first.sqs.create_queue().queue_name(name).send().await);
    }
    let before = scan(&server, RULES, &[]);
    assert_eq!(before.code, 1);
    let before = without_ids(&first, &before.stdout).await;

    server.reset();
    for name in others.iter().rev() {
        crate::step::done(name, first.sqs.create_queue().queue_name(*name).send().await);
    }
    lab::create_queue(&first.sqs, REGION, &first.account).await;
    for policy in lab::POLICIES.iter().rev() {
        lab::create_policy(&first.iam, policy).await;
    }
    for role in ROLES.iter().rev() {
        lab::create_role(&first.iam, role, &first.account).await;
    }
    let mut second = first.clone();
    for service in [Service::ApiGateway, Service::Sns, Service::DynamoDb, Service::Lambda] {
        lab::rebuild(&mut second, &[service]).await;
    }
    assert_eq!(without_ids(&second, &scan(&server, RULES, &[]).stdout).await, before);
}

/// A report with words in the place of the ids that the server chose.
async fn without_ids(lab: &Lab, report: &str) -> String {
    let method = lab::method(lab).await;
    let stream = lab::stream_arn(lab, lab::ORDERS.name).await;
    let label = stream.rsplit('/').next().expect("a label").to_owned();
    let mut ids = vec![(method.api, "API"), (method.resource, "ROOT"), (label, "LABEL")];
    for function in [lab::STORES.name, lab::ANNOUNCES.name] {
        ids.extend(lab::triggers(lab, function).await.into_iter().map(|id| (id, function)));
    }
    for subscription in lab::subscriptions(lab, lab::TOPIC).await {
        ids.push((subscription.rsplit(':').next().expect("an id").to_owned(), "SUBSCRIPTION"));
    }
    let text = ids.iter().fold(report.to_owned(), |text, (id, word)| text.replace(id, word));
    // The hash of what was found is made of these ids as well.
    text.lines().filter(|line| !line.trim_start().starts_with("\"state\": ")).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_recording_gives_the_bytes_of_the_scan_it_was_made_in() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let server = Server::start(kind);
        lab::build(&server.endpoint(), REGION, KEY).await;
        populate(&lab_of(&server)).await;
        for (rules, code) in [(RULES, 0), (PRINCIPALS, 1)] {
            let folder = Folder::new();
            let file = |name| folder.file(name);
            let live = scan(&server, rules, &["--record", &file("recording"), "--output", &file("live.txt")]);
            assert_eq!((live.code, live.stderr.as_str()), (code, ""), "{kind:?} {rules}\n{}", live.stdout);

            let arguments = ["scan", rules, "--replay", &file("recording"), "--format", "json"];
            let replay = Plimsoll::new(&arguments).with(&["--output", &file("replay.txt")]).run();
            assert_eq!((replay.code, replay.stderr.as_str()), (code, ""), "{kind:?} {rules}");
            assert_eq!(replay.stdout, live.stdout, "{kind:?} {rules}");
            assert_eq!(fs::read(file("replay.txt")).ok(), fs::read(file("live.txt")).ok(), "{kind:?} {rules}");
            assert_eq!(folder.names(), ["live.txt", "recording", "replay.txt"]);

            let recording = fs::read_to_string(file("recording")).expect("the recording");
            for secret in ["AWS4-HMAC", "Credential=", "Signature", "x-amz-date"] {
                assert!(!recording.to_ascii_lowercase().contains(&secret.to_ascii_lowercase()), "{secret}");
            }
        }
    }
}

/// What the rules of the recording did not ask for is not in it. That is unknown, never a pass.
#[tokio::test]
async fn a_recording_for_other_rules_proves_nothing_that_it_does_not_hold() {
    let server = Server::start(Kind::Ministack);
    lab::build(&server.endpoint(), REGION, KEY).await;
    populate(&lab_of(&server)).await;
    let folder = Folder::new();
    let recording = folder.file("recording");
    assert_eq!(scan(&server, RULES, &["--record", &recording]).code, 0);
    let full = scan(&server, PRINCIPALS, &[]).report().verdicts();
    let run = Plimsoll::new(&["scan", PRINCIPALS, "--replay", &recording, "--format", "json"]).run();
    let report = run.report();
    assert!(run.stderr.contains("made with other rules"), "{}", run.stderr);
    assert!(!report.complete());
    for (pair, verdict) in report.verdicts() {
        assert!(verdict == "unknown" || full.get(&pair) == Some(&verdict), "{pair:?} became {verdict}");
    }
}

#[tokio::test]
async fn the_evidence_names_every_call_that_a_finding_rests_on() {
    let server = Server::start(Kind::Ministack);
    lab::build(&server.endpoint(), REGION, KEY).await;
    populate(&lab_of(&server)).await;
    for rules in [RULES, PRINCIPALS] {
        let folder = Folder::new();
        let run = scan(&server, rules, &["--evidence", &folder.file("evidence.json")]);
        let text = fs::read_to_string(folder.file("evidence.json")).expect("the evidence");
        let evidence: Value = serde_json::from_str(&text).expect("a JSON document");
        let calls = evidence["calls"].as_array().expect("the calls");
        assert_eq!(run.report().0["calls"], calls.len());
        let mut named = BTreeSet::new();
        for call in calls {
            let what = call["call"].as_str().expect("the name of the call");
            assert!(named.insert(what.to_owned()), "{what} twice");
            assert!(call["request_id"].as_str().is_some_and(|id| id.len() >= 16), "{call}");
            assert!(call["sha256"].as_str().is_some_and(|hash| hash.len() == 64), "{call}");
            // That there is no policy is said with an error.
            let status = if call["operation"] == "GetResourcePolicy" { 400 } else { 200 };
            assert_eq!((call["status"].as_u64(), call["attempts"].as_u64()), (Some(status), Some(1)), "{call}");
            assert!(call["at"].as_str().is_some_and(|at| at.ends_with('Z')), "{call}");
        }
        for finding in run.report().findings() {
            let rests_on = finding.0["evidence"].as_array().expect("the evidence of a finding");
            assert!(!rests_on.is_empty() || finding.verdict() == "blocked", "{}", finding.0);
            for call in rests_on {
                assert!(call.as_str().is_some_and(|call| named.contains(call)), "{call} is not in the evidence");
            }
        }
    }
}

/// What people write where anything can be written, and an auditor has no use for.
const SECRETS: [&str; 5] = ["hunter2", "ann.private@example.com", "s3cr3t-stage", "t4g-of-ann", "pr1vate-note"];

/// Secrets stand in the variables of a function and of a stage, in the address of a subscription, in tags and in a
/// description. None of them is in a recording, in the evidence or in a report.
#[tokio::test]
async fn no_secret_is_kept() {
    let server = Server::start(Kind::Ministack);
    let lab = lab::build(&server.endpoint(), REGION, KEY).await;
    for step in [
        Step::SetFunction(LAMBDA_1, Setting::Variables(&[("TOKEN", SECRETS[0]), ("TABLE", "orders")])),
        Step::Subscribe { protocol: "email", endpoint: SECRETS[1] },
        Step::Deploy("prod"),
    ] {
        step.make(&lab).await;
    }
    let api = lab::api_id(&lab, lab::API).await;
    let variable = PatchOperation::builder().op(Op::Add).path("/variables/key").value(SECRETS[2]).build();
    let update = lab.apigateway.update_stage().rest_api_id(&api).stage_name("prod").patch_operations(variable);
    done("a stage", update.send().await);
    let tag = lab.sqs.tag_queue().queue_url(&lab.queue_url).tags("owner", SECRETS[3]);
    done("a tag", tag.send().await);
    let describe = lab.lambda.update_function_configuration().function_name(LAMBDA_2);
    let noted = lab::environment(&lab, &[("NOTE", SECRETS[4])]);
    done("a function", describe.environment(noted).send().await);

    for rules in [RULES, "serverless-poc/hardened", "serverless-poc/deployed"] {
        let folder = Folder::new();
        let files: Vec<String> =
            ["recording", "evidence.json", "report.txt"].into_iter().map(|name| folder.file(name)).collect();
        let to = ["--record", &files[0], "--evidence", &files[1], "--output", &files[2]];
        let run = scan(&server, rules, &to);
        assert!(run.code < 2, "{rules}: {}", run.stderr);
        let mut kept: Vec<String> = files.iter().map(|file| fs::read_to_string(file).expect("a file")).collect();
        assert!(kept[0].contains("POC-Lambda-1") && kept[0].contains("TOKEN"), "{rules}: the variables are not there");
        kept.extend([run.stdout, run.stderr]);
        for (text, what) in kept.iter().zip(["recording", "evidence", "report", "stdout", "stderr"]) {
            for secret in SECRETS {
                assert!(!text.contains(secret), "{rules}: {secret} is in the {what}");
            }
        }
    }
}
