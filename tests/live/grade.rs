//! Grades of the lab: all points for what its text says, none for an empty account.

use crate::support::binary::{Key, Plimsoll, Run};
use crate::support::lab;
use crate::support::servers::{Kind, Server};
use crate::{KEY, RULES};
use serde_json::Value;

fn grade(server: &Server, rules: &str) -> (Run, Value) {
    let run = Plimsoll::new(&["grade", rules, "--pass-mark", "60", "--format", "json"])
        .with(&["--endpoint-url", &server.endpoint(), "--region", crate::REGION])
        .key(&Key::administrator(KEY))
        .run();
    let grade = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.stdout));
    (run, grade)
}

#[tokio::test]
async fn the_lab_by_its_text_earns_all_and_an_empty_account_nothing() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let server = Server::start(kind);
        for rules in [RULES, "serverless-poc/course-video", "serverless-poc/hardened"] {
            let (run, empty) = grade(&server, rules);
            assert_eq!(empty["points"]["earned"], 0, "{kind:?} {rules}");
            assert_eq!((empty["points"]["possible"].as_f64(), run.code), (Some(100.0), 1), "{kind:?} {rules}");
            assert_eq!(empty["outcome"], "failed");
        }
        lab::build(&server.endpoint(), crate::REGION, KEY).await;
        let (run, whole) = grade(&server, RULES);
        assert_eq!(whole["points"]["earned"], 100, "{kind:?}: {}", whole["causes"]);
        assert_eq!((run.code, &whole["outcome"]), (0, &Value::from("passed")), "{kind:?}");
        assert_eq!(whole["standing"], "advice");
    }
}
