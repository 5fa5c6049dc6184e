//! Who can do what in the lab, asked of a server that speaks like AWS, and of a recording of that.

use crate::support::binary::{Key, Plimsoll, Run};
use crate::support::folder::Folder;
use crate::support::lab;
use crate::support::servers::{Kind, Server};
use crate::{KEY, REGION};
use serde_json::Value;

fn ask(server: &Server, question: &[&str]) -> Run {
    Plimsoll::new(question)
        .with(&["--endpoint-url", &server.endpoint(), "--region", REGION])
        .key(&Key::administrator(KEY))
        .run()
}

fn principals(answer: &Value) -> Vec<&str> {
    let all = answer["answers"][0]["principals"].as_array().expect("principals");
    all.iter().filter_map(|of| of["principal"].as_str()?.rsplit('/').next()).collect()
}

#[tokio::test]
async fn who_can_send_to_the_queue_and_use_the_table() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let server = Server::start(kind);
        lab::build(&server.endpoint(), REGION, KEY).await;
        for (question, who) in [
            (["sqs:SendMessage", "queue/POC-Queue"], &["APIGateway-SQS"][..]),
            (["dynamodb:PutItem", "table/orders"], &["Lambda-SQS-DynamoDB"]),
            // The policy that SNS gives to a new topic names everyone, for the owner's account.
            (["sns:Publish", "topic/POC-Topic"], &["anyone", "Lambda-DynamoDBStreams-SNS"]),
            (["sts:AssumeRole", "role/APIGateway-SQS"], &["apigateway.amazonaws.com"]),
        ] {
            let run = ask(&server, &[&["who-can"], &question[..], &["--format", "json"]].concat());
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{kind:?} {question:?}\n{}", run.stdout);
            let answer: Value = serde_json::from_str(&run.stdout).expect("JSON");
            assert_eq!(principals(&answer), who, "{kind:?} {question:?}");
            // Nobody in the lab may rewrite the policies.
            assert_eq!(answer["answers"][0]["administrators"], Value::Array(Vec::new()), "{kind:?} {question:?}");
        }
    }
}

#[tokio::test]
async fn a_recording_answers_as_the_account_did() {
    let server = Server::start(Kind::Moto);
    lab::build(&server.endpoint(), REGION, KEY).await;
    let folder = Folder::new();
    let file = folder.file("recording");
    for question in [
        &["who-can", "sqs:SendMessage", "queue/POC-Queue"][..],
        &["who-can", "sqs:SendMessage", "queue/*"],
        &["can", "role/Lambda-SQS-DynamoDB"],
        &["can", "role/Lambda-SQS-DynamoDB", "sqs:ReceiveMessage"],
        &["can", "role/Lambda-SQS-DynamoDB", "dynamodb:PutItem", "table/orders"],
    ] {
        let live = ask(&server, &[question, &["--record", &file]].concat());
        assert_eq!(live.stderr, "", "{question:?}");
        let replay = Plimsoll::new(question).with(&["--replay", &file, "--region", REGION]).run();
        assert_eq!(
            (replay.code, &replay.stdout, replay.stderr.as_str()),
            (live.code, &live.stdout, ""),
            "{question:?}"
        );
        assert_eq!(live.code, 0, "{question:?}\n{}", live.stdout);
    }
}
