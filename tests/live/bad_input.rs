//! What cannot be done is said in two sentences, what happened and what to do, with an exit code that tells whose
//! turn it is: 2 for what was typed, 4 for what could not be run. Nothing is half written.

use crate::support::binary::{Key, Plimsoll, Run};
use crate::support::fake::{Answer, Fake, nothing_listens};
use crate::support::folder::Folder;
use crate::support::servers::Server;
use crate::{KEY, RULES};
use std::fs;
use std::process::Command;
use std::time::Duration;

/// Holds a run to its exit code, to two sentences, and to silence on stdout.
fn says(run: &Run, code: i32, happened: &str, next: &str) {
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert_eq!((run.code, lines.len(), run.stdout.as_str()), (code, 2, ""), "{}", run.stderr);
    assert!(lines[0].starts_with("error: ") && lines[0].contains(happened), "{}", run.stderr);
    assert!(lines[1].starts_with("next:  ") && lines[1].contains(next), "{}", run.stderr);
}

fn key() -> Key {
    Key::administrator(KEY)
}

#[test]
fn without_credentials_it_says_where_they_are_looked_for() {
    says(&Plimsoll::new(&["scan", RULES]).run(), 4, "No AWS credentials", "aws sso login");
    let profile = Plimsoll::new(&["scan", RULES, "--profile", "orders"]).run();
    says(&profile, 4, "`orders`", "aws configure list-profiles");
}

#[test]
fn without_a_region_it_says_how_to_name_one() {
    let folder = Folder::new();
    let rules = folder.file("rules.yaml");
    let text = "plimsoll: 1\ntitle: x\nresources: { q: { type: AWS::SQS::Queue, name: q } }\n";
    fs::write(&rules, text).expect("a rules file");
    says(&Plimsoll::new(&["scan", &rules]).key(&key()).run(), 4, "No AWS region", "--region");
    says(&Plimsoll::new(&["scan", &rules, "--region", "nowhere"]).key(&key()).run(), 2, "`nowhere`", "us-east-1");
    says(&Plimsoll::new(&["plan", &rules]).run(), 2, "names no region", "--region");
}

#[test]
fn a_region_that_is_not_the_files_is_refused() {
    let run = Plimsoll::new(&["scan", RULES, "--region", "eu-west-1"]).key(&key()).run();
    says(&run, 2, "differs from the region of the rules file, us-east-1", "--region");
}

#[test]
fn credentials_that_aws_refuses_are_told_apart() {
    let server = Server::start_enforcing();
    let unknown = Plimsoll::scan(&server.endpoint(), RULES, &Key::new("AKIAUNKNOWNUNKNOWN00", "secret")).run();
    says(&unknown, 4, "does not accept the credentials", "access key");

    let expired = "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message></Error><RequestId>r</RequestId></ErrorResponse>";
    let fake = Fake::page(403, "text/xml", expired);
    says(&Plimsoll::scan(&fake.endpoint(), RULES, &key()).run(), 4, "expired", "Sign in again");
}

#[test]
fn what_is_not_aws_is_called_so() {
    let html = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Proxy</body></html>";
    for status in [200, 403] {
        let proxy = Fake::page(status, "text/html", html);
        says(&Plimsoll::scan(&proxy.endpoint(), RULES, &key()).run(), 4, "is not AWS", "proxy");
    }
    let empty = Fake::page(200, "text/xml", "");
    assert_eq!(Plimsoll::scan(&empty.endpoint(), RULES, &key()).run().code, 4);
    let other = Fake::page(404, "application/json", "{\"message\":\"Not Found\"}");
    says(&Plimsoll::scan(&other.endpoint(), RULES, &key()).run(), 4, "", "endpoint");
    says(&Plimsoll::scan(&nothing_listens(), RULES, &key()).run(), 4, "could not be reached", "network");
}

#[test]
fn an_endpoint_on_another_machine_is_refused_before_anything_is_sent() {
    for url in ["http://192.0.2.1", "http://example.com:8000", "https://127.0.0.1.example.com", "http://[2001:db8::1]"]
    {
        let run = Plimsoll::scan(url, RULES, &key()).run();
        says(&run, 2, "on another machine", "--allow-remote-endpoint");
    }
    let here = Fake::page(200, "text/xml", "");
    for variable in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL_IAM", "AWS_ENDPOINT_URL_STS"] {
        let run = Plimsoll::new(&["scan", RULES]).key(&key()).variable("AWS_ENDPOINT_URL_STS", &here.endpoint());
        let run = run.variable(variable, "http://192.0.2.1").run();
        says(&run, 2, "192.0.2.1", "--allow-remote-endpoint");
    }
    assert!(here.requests().is_empty(), "something was sent before the endpoint was refused");
    says(&Plimsoll::scan("localhost", RULES, &key()).run(), 2, "localhost", "http://");
}

#[test]
fn a_file_that_is_no_recording_says_what_is_wrong() {
    let folder = Folder::new();
    let replay = |text: &str| {
        let file = folder.file("recording.json");
        fs::write(&file, text).expect("a file");
        Plimsoll::new(&["scan", RULES, "--replay", &file]).run()
    };
    says(&replay(""), 2, "line 1, column 0", "--record");
    says(&replay("{ \"plimsoll_recording\": 1,\n  \"x\": }"), 2, "line 2, column 8", "--record");
    says(&replay("{}"), 2, "not a recording", "--record");
    says(&replay("{ \"plimsoll_recording\": 2 }"), 2, "format 2", "--record");
    let missing = Plimsoll::new(&["scan", RULES, "--replay", &folder.file("missing.json")]).run();
    says(&missing, 2, "missing.json", "--record");
}

#[test]
fn a_place_that_cannot_be_written_is_refused_before_the_scan() {
    let folder = Folder::new();
    let fake = Fake::page(200, "text/xml", "");
    let scan = |option: &str, path: &str| Plimsoll::scan(&fake.endpoint(), RULES, &key()).with(&[option, path]).run();
    for option in ["--output", "--record", "--evidence"] {
        says(&scan(option, &folder.file("missing/report.json")), 2, "its folder does not exist", "folder");
    }
    says(&scan("--output", &folder.file("report.docx")), 2, "no format", ".json");
    let twice = folder.file("report.json");
    let run = Plimsoll::scan(&fake.endpoint(), RULES, &key()).with(&["--output", &twice, "--record", &twice]).run();
    says(&run, 2, "named twice", "its own");
    assert!(fake.requests().is_empty() && folder.names().is_empty());
}

#[cfg(unix)]
#[test]
fn an_interruption_ends_cleanly_and_leaves_no_file() {
    let folder = Folder::new();
    let fake = Fake::start(|_| Answer::Silence);
    let arguments = ["--output", &folder.file("report.json"), "--record", &folder.file("recording.json")];
    let (child, _home) = Plimsoll::scan(&fake.endpoint(), RULES, &key()).with(&arguments).start();
    fake.wait_for_a_request();
    // The handler stands before the first request goes out; a moment lets the wait begin.
    std::thread::sleep(Duration::from_millis(100));
    let interrupt = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(interrupt.success());
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(output.status.code(), Some(130));
    assert!(String::from_utf8_lossy(&output.stderr).contains("stopped"));
    assert!(output.stdout.is_empty() && folder.names().is_empty(), "{:?}", folder.names());
}
