//! `plimsoll diff`, as a user types it: an account that did not change is silent, one that did is told in every form.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn plimsoll(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(arguments).env_clear().output().expect("the binary runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

/// A path in `folder`, as it is typed.
fn at(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().expect("UTF-8").to_owned()
}

/// The demo's recording, with the answers of some operations changed.
fn recording(path: &str, change: &dyn Fn(&str, &str) -> Option<String>) {
    assert!(plimsoll(&["demo", "--save", path]).status.code().is_some());
    let saved = std::fs::read_to_string(path).expect("a recording");
    let mut recording: Value = serde_json::from_str(&saved).expect("JSON");
    for entry in recording["entries"].as_array_mut().expect("entries") {
        let operation = entry["request"]["operation"].as_str().expect("an operation").to_owned();
        for body in entry["answer"]["response"]["body"].as_array_mut().into_iter().flatten() {
            if let Some(changed) = change(&operation, body.as_str().expect("a text")) {
                *body = json!(changed);
            }
        }
    }
    std::fs::write(path, recording.to_string()).expect("a file for the test");
}

fn snapshot(recording: &str, path: &str) {
    let made = plimsoll(&["snapshot", "serverless-poc", "--replay", recording, "-o", path, "--quiet"]);
    assert_eq!((made.status.code(), text(&made.stdout)), (Some(0), ""), "{}", text(&made.stderr));
}

/// An answer as JSON, changed.
fn edited(body: &str, change: impl Fn(&mut Value)) -> Option<String> {
    let mut answer: Value = serde_json::from_str(body).expect("JSON");
    change(&mut answer);
    Some(answer.to_string())
}

#[test]
fn two_scans_of_an_unchanged_account_do_not_differ() {
    let folder = folder("unchanged");
    let [one, two] = ["one.recording.json", "two.recording.json"].map(|name| at(&folder, name));
    recording(&one, &|_, _| None);
    // What varies from run to run: the ids of requests, when a mapping ran, the order of a list without one.
    recording(&two, &|operation, body| match operation {
        "ListEventSourceMappings" => edited(body, |answer| {
            let mappings = answer["EventSourceMappings"].as_array_mut().expect("mappings");
            mappings.reverse();
            for mapping in mappings {
                mapping["LastProcessingResult"] = json!("OK");
                mapping["LastModified"] = json!(1_795_453_999);
            }
        }),
        "GetQueueAttributes" => edited(body, |answer| {
            let policy = answer["Attributes"]["Policy"].as_str().expect("a policy");
            let mut policy: Value = serde_json::from_str(policy).expect("JSON");
            policy["Statement"].as_array_mut().expect("statements").reverse();
            answer["Attributes"]["Policy"] = json!(serde_json::to_string_pretty(&policy).expect("JSON"));
        }),
        _ => Some(body.replace("<RequestId>", "<RequestId>0")),
    });
    let (a, b) = (at(&folder, "a.json"), at(&folder, "b.json.gz"));
    snapshot(&one, &a);
    snapshot(&two, &b);
    let quiet = plimsoll(&["diff", &a, &b, "--quiet"]);
    assert_eq!((quiet.status.code(), text(&quiet.stdout)), (Some(0), ""), "{}", text(&quiet.stderr));
    let told = plimsoll(&["diff", &a, &b, "--verbose"]);
    assert!(text(&told.stdout).contains("nothing differs"), "{}", text(&told.stdout));
    assert!(text(&told.stdout).contains("LastProcessingResult"), "{}", text(&told.stdout));
    assert!(text(&told.stdout).contains("queue POC-Queue: Policy"), "{}", text(&told.stdout));
    let live = plimsoll(&["diff", &a, "--live", "serverless-poc", "--replay", &two]);
    assert_eq!(live.status.code(), Some(0), "{}", text(&live.stdout));
    let reports = [&one, &two].map(|recording| {
        let report = format!("{recording}.report.json");
        let scan = plimsoll(&["scan", "serverless-poc", "--replay", recording, "--format", "json"]);
        std::fs::write(&report, scan.stdout).expect("a file for the test");
        report
    });
    assert_eq!(plimsoll(&["diff", &reports[0], &reports[1]]).status.code(), Some(0));
}

/// The queue lets another account in, a mapping is gone, and a setting has another value.
fn changed(operation: &str, body: &str) -> Option<String> {
    match operation {
        "ListEventSourceMappings" => {
            edited(body, |answer| drop(answer["EventSourceMappings"].as_array_mut().expect("mappings").pop()))
        }
        "GetQueueAttributes" => edited(body, |answer| {
            answer["Attributes"]["VisibilityTimeout"] = json!("120");
            let policy = answer["Attributes"]["Policy"].as_str().expect("a policy");
            let mut policy: Value = serde_json::from_str(policy).expect("JSON");
            policy["Statement"][3]["Principal"] = json!({ "AWS": "222222222222" });
            policy["Statement"][3]["Action"] = json!("sqs:PurgeQueue");
            answer["Attributes"]["Policy"] = json!(policy.to_string());
        }),
        _ => None,
    }
}

#[test]
fn what_changed_is_told_in_every_form() {
    let folder = folder("changed");
    let [one, two] = ["one.recording.json", "two.recording.json"].map(|name| at(&folder, name));
    recording(&one, &|_, _| None);
    recording(&two, &changed);
    let (a, b) = (at(&folder, "a.json"), at(&folder, "b.json"));
    snapshot(&one, &a);
    snapshot(&two, &b);
    let (json, markdown) = (at(&folder, "diff.json"), at(&folder, "diff.md"));
    let told = plimsoll(&["diff", &a, &b, "--output", &json, "--output", &markdown]);
    assert_eq!(told.status.code(), Some(1), "{}", text(&told.stderr));
    let page = text(&told.stdout);
    for part in [
        "changed queue POC-Queue · us-east-1",
        "VisibilityTimeout  30 → 120",
        "now also allows sqs:PurgeQueue from principals of account 222222222222",
        "no longer allows sqs:SendMessage from anonymous callers",
        "removed event source mapping",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(page.lines().all(|line| line.chars().count() <= 100), "{page}");
    let saved: Value = serde_json::from_slice(&std::fs::read(&json).expect("a file")).expect("JSON");
    assert_eq!(saved["resources"].as_array().map(Vec::len), Some(2), "{saved}");
    let schema: Value = serde_json::from_slice(&plimsoll(&["rules", "schema", "--diff"]).stdout).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    assert!(validator.is_valid(&saved), "{saved}");
    let markdown = std::fs::read_to_string(&markdown).expect("a file");
    assert!(markdown.contains("### changed: queue <code>POC-Queue</code>"), "{markdown}");
    let quiet = plimsoll(&["diff", &a, &b, "--quiet"]);
    let line = text(&quiet.stdout);
    assert_eq!(line.lines().count(), 1, "{line}");
    assert!(line.starts_with("111122223333 · removed: event source mapping"), "{line}");
    assert!(line.ends_with("; changed: queue POC-Queue\n"), "{line}");
    assert_eq!(plimsoll(&["diff", &a, &b]).stdout, told.stdout, "the same files give the same bytes");
}

#[test]
fn what_cannot_be_compared_is_said() {
    let folder = folder("refused");
    let one = at(&folder, "diff.recording.json");
    recording(&one, &|_, _| None);
    let (a, report) = (at(&folder, "diff-a.json"), at(&folder, "diff-report.json"));
    snapshot(&one, &a);
    let scan = plimsoll(&["scan", "serverless-poc", "--replay", &one, "--format", "json"]);
    std::fs::write(&report, scan.stdout).expect("a file for the test");
    let broken = at(&folder, "broken.json");
    std::fs::write(&broken, "{\n  \"findings\": [,]\n}").expect("a file for the test");
    let refused = |arguments: &[&str], why: &str| {
        let output = plimsoll(&[&["diff"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(why), "{arguments:?}: {}", text(&output.stderr));
    };
    refused(&[&a], "--live RULES");
    refused(&[&a, &one], "it is a recording");
    refused(&[&a, &report], "is a snapshot and");
    refused(&[&a, &broken], "broken.json:2:16: it is not the JSON of a snapshot or a report");
    refused(&[&a, &a, "--region", "eu-west-1"], "no account is asked");
    refused(&[&a, &a, "--set", "notify=ann@example.com"], "no account is asked");
    refused(&[&a, &a, "--output", "x.pdf"], "stands for no format");
    refused(&[&a, &a, "--live", "serverless-poc"], "cannot be used with");
    refused(&[&a, "--live", "serverless-pok"], "did you mean `serverless-poc`?");
}
