//! Many accounts in one scan: each with its own rules, regions and way to be read, some of them broken; the same bytes
//! every time; a run that is killed goes on; and nothing that was not read counts as anything.
#![cfg(feature = "live")]

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime};

const RECORDING: &str = include_str!("../src/cli/demo/serverless-poc.recording.json");
/// The account of the recording.
const ACCOUNT: &str = "111122223333";
/// Rules that the recorded account keeps, without a region of their own.
const QUEUE: &str = "\
plimsoll: 1
title: Queues
parameters:
  name: { default: POC-Queue }
resources:
  queue: { type: AWS::SQS::Queue, name: \"${name}\" }
";

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("accounts").join(name);
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    write(&folder.join("a.json"), RECORDING);
    write(&folder.join("b.json"), RECORDING.replace(ACCOUNT, "444455556666"));
    write(&folder.join("queue.yaml"), QUEUE);
    folder
}

fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("its folder");
    std::fs::write(path, bytes).expect("a file for the test");
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        // Nothing is looked for beyond this machine.
        .env("AWS_EC2_METADATA_DISABLED", "true");
    command
}

fn plimsoll(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().expect("the binary runs")
}

/// `plimsoll scan --accounts` of a list of these entries.
fn scan(folder: &Path, list: &str, more: &[&str]) -> Output {
    write(&folder.join("accounts.yaml"), format!("plimsoll_accounts: 1\n{list}"));
    plimsoll(folder, &[&["scan", "--accounts", "accounts.yaml", "--results", "out"], more].concat())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn json(path: impl AsRef<Path>) -> Value {
    serde_json::from_str(&read(path)).expect("JSON")
}

/// The line of the overview in `folder` on the run with the results in `of`.
fn line(folder: &Path, of: &str) -> Value {
    let overview = json(folder.join("out/overview.json"));
    let lines = overview["runs"].as_array().expect("runs");
    lines.iter().find(|line| line["folder"] == of).unwrap_or_else(|| panic!("{of}: {lines:#?}")).clone()
}

/// The files below `folder` with what `of` says of each, by their path.
fn tree<T>(folder: &Path, of: &dyn Fn(&Path) -> T) -> BTreeMap<String, T> {
    fn walk<T>(root: &Path, folder: &Path, of: &dyn Fn(&Path) -> T, found: &mut BTreeMap<String, T>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(root, &path, of, found);
            } else {
                let name = path.strip_prefix(root).expect("below the root").to_string_lossy().into_owned();
                found.insert(name, of(&path));
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, folder, of, &mut found);
    found
}

/// All that must be the same: everything but the manifest, which holds the times.
fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = tree(folder, &|path| std::fs::read(path).expect("a file"));
    found.remove("run.json").expect("a manifest");
    found
}

/// The recording with the answer to `operation` refused.
fn denying(operation: &str) -> String {
    let mut recording: Value = serde_json::from_str(RECORDING).expect("JSON");
    let mut denied = 0;
    for entry in recording["entries"].as_array_mut().expect("entries") {
        if entry["request"]["operation"] == operation {
            entry["answer"] = serde_json::json!({ "response": {
                "status": 403,
                "headers": { "x-amzn-errortype": "AccessDeniedException" },
                "body": ["{\"__type\":\"AccessDeniedException\",\"message\":\"no\"}"],
            } });
            denied += 1;
        }
    }
    assert!(denied > 0, "{operation} is in the recording");
    recording.to_string()
}

#[test]
fn ten_accounts_of_which_some_fail_each_in_its_own_way() {
    let folder = folder("ten");
    write(&folder.join("denied.json"), denying("ListQueues"));
    write(&folder.join("half.json"), &RECORDING[..RECORDING.len() / 2]);
    let list = "\
defaults: { rules: queue.yaml }
accounts:
  - { name: clean, account: 111122223333, recording: a.json }
  - { name: lab, recording: a.json, rules: serverless-poc }
  - { name: both, recording: a.json, rules: [queue.yaml, serverless-poc] }
  - { name: denied, recording: denied.json }
  - { name: named, recording: a.json, set: { name: Another-Queue } }
  - { name: another, account: 012345678901, recording: a.json }
  - { name: half, recording: half.json }
  - { name: missing, recording: none.json }
  - { name: profile, profile: nobody, region: us-east-1 }
  - { name: role, role: Audit, account: 123456789012, external_id: half-a-secret, region: us-east-1 }
";
    // A port of this machine that nobody listens on.
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|of| of.local_addr()).expect("a port");
    let run = scan(&folder, list, &["--endpoint-url", &format!("http://{free}")]);
    let (out, err) = (text(&run.stdout), text(&run.stderr));
    assert_eq!(run.status.code(), Some(1), "{err}");
    for (name, state, said) in [
        ("clean", "clean", ""),
        ("lab", "findings", ""),
        ("both", "findings", ""),
        ("denied", "incomplete", ""),
        ("another", "not-read", "111122223333, and the list of accounts says 012345678901"),
        ("half", "not-read", "half.json: "),
        ("missing", "not-read", "cannot read none.json"),
        ("profile", "not-read", "nobody"),
        ("role", "not-read", ""),
    ] {
        let line = line(&folder, name);
        assert_eq!(line["state"], state, "{line}");
        assert!(line["reason"].as_str().unwrap_or_default().contains(said), "{line}");
        let report = folder.join("out").join(name).join("report.json");
        assert_eq!(report.exists(), state != "not-read", "{name}");
        // What was not read counts as nothing.
        assert_eq!(line.get("counts").is_some(), state != "not-read", "{line}");
        assert_eq!(err.contains(&format!("note: {name}: ")), state == "not-read", "{err}");
    }
    // The recorded list of queues is whole, and that one is not in it.
    assert_eq!(line(&folder, "named")["state"], "findings");
    assert!(line(&folder, "named")["notes"][0].as_str().expect("a note").contains("made for other rules"));
    let both = json(folder.join("out/both/report.json"));
    assert_eq!(both["title"], "Queues + Serverless order intake");
    assert_eq!(both["rules"]["file"], "queue.yaml + rules/serverless-poc.yaml");
    // Of one account alone, the report is the same.
    let alone = plimsoll(&folder, &["scan", "serverless-poc", "--replay", "a.json", "--format", "json"]);
    assert_eq!(text(&alone.stdout), read(folder.join("out/lab/report.json")));

    assert!(out.starts_with("10 accounts: 3 with findings, 5 could not be read, 1 incomplete, 1 clean\n"), "{out}");
    assert!(out.contains("queue-senders · fails in 2\n"), "{out}");
    for (name, bytes) in tree(&folder.join("out"), &|path| std::fs::read(path).expect("a file")) {
        assert!(!text(&bytes).contains("half-a-secret"), "{name} tells the external id");
    }
}

#[test]
fn the_exit_code_says_the_worst_and_four_only_if_none_could_be_read() {
    let folder = folder("codes");
    write(&folder.join("denied.json"), denying("ListQueues"));
    let entry = |name: &str, rest: &str| format!("  - {{ name: {name}, {rest} }}\n");
    let (clean, lost) = (entry("clean", "recording: a.json"), entry("lost", "recording: none.json"));
    let denied = entry("denied", "recording: denied.json");
    let fails = entry("fails", "recording: a.json, rules: serverless-poc");
    for (entries, more, code) in [
        (vec![&clean], &[][..], 0),
        (vec![&clean, &denied], &[], 3),
        (vec![&clean, &lost], &[], 3),
        (vec![&lost], &[], 4),
        (vec![&lost, &fails], &[], 1),
        (vec![&clean, &fails], &["--fail-on", "critical"], 0),
        (vec![&denied, &fails], &["--fail-on", "critical"], 3),
    ] {
        let entries: String = entries.into_iter().map(String::as_str).collect();
        let run = scan(&folder, &format!("accounts:\n{entries}"), &[&["queue.yaml", "--quiet"], more].concat());
        assert_eq!(run.status.code(), Some(code), "{entries}{}{}", text(&run.stdout), text(&run.stderr));
        assert_eq!(run.stdout.is_empty(), code == 0, "{}", text(&run.stdout));
    }
}

#[test]
fn a_run_that_is_killed_goes_on_and_gives_the_same_bytes() {
    let folder = folder("killed");
    let mut list = "defaults: { rules: serverless-poc }\naccounts:\n".to_owned();
    for nth in 0..24 {
        let account = format!("2000{nth:08}");
        write(&folder.join(format!("rec/{nth}.json")), RECORDING.replace(ACCOUNT, &account));
        list.push_str(&format!("  - {{ name: team-{nth:02}, account: {account}, recording: rec/{nth}.json }}\n"));
    }
    list.push_str("  - { name: lost, recording: rec/none.json }\n");
    write(&folder.join("accounts.yaml"), format!("plimsoll_accounts: 1\n{list}"));
    let arguments = ["scan", "--accounts", "accounts.yaml", "--results", "killed", "--write", "json,csv"];
    let results = folder.join("killed");
    let is_done = |id: &str| results.join(format!(".plimsoll/{id}.json")).exists();
    let done = || (0..24).map(|nth| format!("team-{nth:02}")).filter(|id| is_done(id)).collect::<Vec<_>>();
    let kill = |after: usize| {
        let mut child =
            command(&folder, &arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        let start = Instant::now();
        while done().len() < after {
            assert!(start.elapsed() < Duration::from_secs(120), "it scans");
            assert!(child.try_wait().expect("a child").is_none(), "it is still at work");
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill().expect("it is killed");
        child.wait().expect("it ends");
    };
    kill(8);
    assert_eq!(json(results.join("run.json"))["state"], "running");
    assert!(!results.join("overview.json").exists());
    let before = done();
    assert!((8..24).contains(&before.len()), "{}", before.len());
    let written = |path: &Path| path.metadata().and_then(|of| of.modified()).expect("a time");
    let times = |id: &str| -> BTreeMap<String, SystemTime> { tree(&results.join(id), &written) };
    let earlier: Vec<_> = before.iter().map(|id| times(id)).collect();
    // What it may have been writing when it was killed.
    for half in [".plimsoll/.team-23.json.1.tmp", ".overview.csv.1.tmp", "team-23/.report.json.1.tmp"] {
        write(&results.join(half), "half");
    }
    // Of another day: it would join two days in one report.
    let old = SystemTime::now() - Duration::from_secs(13 * 60 * 60);
    let state = std::fs::File::options().write(true).open(results.join(format!(".plimsoll/{}.json", before[0])));
    state.and_then(|file| file.set_modified(old)).expect("it is made old");

    let run = plimsoll(&folder, &arguments);
    assert_eq!(run.status.code(), Some(1), "{}", text(&run.stderr));
    let said = format!("goes on where it was stopped: {} of 25 are done", before.len() - 1);
    assert!(text(&run.stderr).contains(&said), "{}", text(&run.stderr));
    for (id, earlier) in before.iter().zip(earlier) {
        assert_eq!(times(id) == earlier, *id != before[0], "{id}");
    }
    assert_eq!(json(results.join("run.json"))["state"], "finished");

    // In one go, with more at once: the same bytes.
    let run = plimsoll(
        &folder,
        &["scan", "--accounts", "accounts.yaml", "--results", "out", "--write", "csv,json", "--parallel", "9"],
    );
    assert_eq!(run.status.code(), Some(1), "{}", text(&run.stderr));
    let (once, continued) = (bytes(&folder.join("out")), bytes(&results));
    assert_eq!(once.keys().collect::<Vec<_>>(), continued.keys().collect::<Vec<_>>());
    for (name, bytes) in &once {
        assert!(continued[name] == *bytes, "{name} differs");
    }

    // A run that reached its end begins anew; so does one that is stopped, if it is told to.
    for more in [&[][..], &["--anew"]] {
        if !more.is_empty() {
            std::fs::remove_dir_all(&results).expect("it goes");
            kill(5);
        }
        let run = plimsoll(&folder, &[&arguments[..], more].concat());
        assert!(!text(&run.stderr).contains("goes on"), "{}", text(&run.stderr));
    }
}

#[test]
fn each_region_is_a_run_of_its_own() {
    let folder = folder("regions");
    let list = |regions: &str| format!("accounts:\n  - {{ name: shop, recording: a.json, {regions} }}\n");
    let several = list("regions: [us-east-1, eu-west-1]");
    let run = scan(&folder, &several, &["queue.yaml", "--write", "json,html,snapshot,evidence"]);
    assert_eq!(run.status.code(), Some(3), "{}", text(&run.stderr));
    assert!(text(&run.stdout).starts_with("1 account in 2 runs: 1 incomplete, 1 clean\n"), "{}", text(&run.stdout));
    assert_eq!(line(&folder, "shop/us-east-1")["state"], "clean");
    assert_eq!(line(&folder, "shop/eu-west-1")["state"], "incomplete", "nothing of it was recorded");
    let out = folder.join("out");
    assert!(read(out.join("overview.html")).contains("href=\"./shop/us-east-1/report.html\""));
    assert!(!out.join("shop/report.json").exists());
    let arn = json(out.join("shop/us-east-1/report.json"))["findings"][0]["arn"].clone();
    assert_eq!(arn, "arn:aws:sqs:us-east-1:111122223333:POC-Queue");
    assert!(json(out.join("shop/us-east-1/evidence.json"))["calls"].is_array());

    // A snapshot that was written can be judged in the place of the account.
    std::fs::copy(out.join("shop/us-east-1/snapshot.json"), folder.join("s.json")).expect("a copy");
    let run = scan(&folder, "accounts: [{ name: s, account: 111122223333, snapshot: s.json }]\n", &["queue.yaml"]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert!(out.join("shop/us-east-1/report.json").exists(), "an account that is listed no more keeps its folder");

    // One region now: no report of the regions before may be taken for one of this run.
    scan(&folder, &several, &["queue.yaml"]);
    let run = scan(&folder, &list("region: us-east-1"), &["queue.yaml"]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert!(out.join("shop/report.json").exists() && !out.join("shop/us-east-1/report.json").exists());
    let run = scan(&folder, &several, &["queue.yaml"]);
    assert_eq!(run.status.code(), Some(3), "{}", text(&run.stderr));
    assert!(!out.join("shop/report.json").exists() && out.join("shop/us-east-1/report.json").exists());
}

#[test]
fn every_mistake_of_the_list_is_said_at_once_and_nothing_is_asked() {
    let folder = folder("mistakes");
    write(&folder.join("broken.yaml"), "plimsoll: 1\ntitel: x\n");
    let says = |list: &str, more: &[&str], said: &[&str]| {
        let run = scan(&folder, list, more);
        let stderr = text(&run.stderr);
        assert_eq!(run.status.code(), Some(2), "{list}\n{stderr}");
        for said in said {
            assert!(stderr.contains(said), "{list}: {said}\n{stderr}");
        }
        assert!(!folder.join("out").exists(), "{list}: nothing was begun");
    };
    says(
        "\
defalts: {}
defaults: { role: \"arn:aws:iam::111122223333:role/Audit\", regoin: x }
accounts:
  - { name: a/b, account: 12345 }
  - { name: ok, profile: p, recrding: x.json }
  - { name: OK, profile: p, rules: [serverless-pok, x.yaml, x.yaml] }
  - { name: x2, account: 111122223333, role: \"arn:aws:iam::444455556666:role/Audit\" }
  - { name: x3, recording: a.json, profile: p }
  - { name: x6, profile: p, region: [us-east-1], regions: nowhere }
  - just-a-text
  - { profile: p, set: [a] }
  - { name: run.json, profile: p, external_id: \"\" }
",
        &[],
        &[
            "accounts.yaml:2:1",
            "did you mean `defaults`?",
            "a role of all accounts is a name",
            "did you mean `region`?",
            "`a/b` cannot name a folder",
            "`12345` is no account",
            "did you mean `recording`?",
            "`OK` is the name of the account in line 6 already",
            "did you mean `serverless-poc`?",
            "`x.yaml` is named twice",
            "accounts.yaml:8:26",
            "the role is in the account 444455556666",
            "it names a recording, and `profile` as well",
            "`region` and `regions` say the same",
            "`nowhere` is not the name of a region",
            "an account is a map",
            "this account has no `name`",
            "`set` is a map",
            "the name is taken",
            "this is no external id",
        ],
    );
    // What shows once the rules are read.
    says(
        "\
accounts:
  - { name: a, profile: p, rules: nope.yaml }
  - { name: b, profile: p, rules: broken.yaml }
  - { name: c, profile: p, rules: serverless-poc, region: eu-west-1 }
  - { name: d, profile: p }
  - { name: e, profile: p, rules: queue.yaml, set: { nam: x } }
",
        &[],
        &[
            "accounts.yaml:3:35",
            "cannot read `nope.yaml`",
            "the rules of `b` cannot be used: ",
            "`c` is read in eu-west-1, and its rules are about us-east-1",
            "nothing says by which rules `d` is judged",
            "did you mean `name`?",
        ],
    );
    says("accounts: [{ name: a, role: Audit }]\n", &["queue.yaml"], &["does not say whose it is", "12 digits"]);
    says("accounts: [{ name: a }]\n", &["queue.yaml"], &["it says nowhere where the answers come from"]);
    says("accounts: [{ name: a, external_id: ab, account: 111122223333 }]\n", &["queue.yaml"], &["goes with a role"]);
    says("accounts: []\n", &["queue.yaml"], &["it names no account"]);
    says("accounts: &a [{ name: a, profile: p }]\n", &["queue.yaml"], &["anchors are not part of a list of accounts"]);
    says("title: x\n", &["queue.yaml"], &["there is no `accounts`"]);
    says("accounts: [{ name: a\n", &["queue.yaml"], &["this is not YAML"]);
    let right = "accounts: [{ name: a, recording: a.json }]\n";
    says(right, &["queue.yaml", "--replay", "a.json"], &["--replay"]);
    says(right, &["queue.yaml", "--record", "r.json"], &["--record"]);
    says(right, &["queue.yaml", "--assume-role", "x"], &["--assume-role names one account"]);
    says(right, &["queue.yaml", "--format", "sarif"], &["--write gives each account"]);
    says(right, &["queue.yaml", "--output", "x.xml"], &["end it in .txt, .json, .csv, .md or .html"]);
    says(right, &["queue.yaml", "--write", "pdf"], &["evidence and snapshot"]);
    let rules = plimsoll(&folder, &["scan", "--accounts", "queue.yaml", "--results", "out"]);
    assert!(
        text(&rules.stderr).contains("this is a rules file, and not a list of accounts"),
        "{}",
        text(&rules.stderr)
    );

    // What others wrote is not overwritten, and another kind of run is not continued.
    write(&folder.join("out/overview.csv"), "mine\n");
    let run = scan(&folder, right, &["queue.yaml"]);
    assert!(text(&run.stderr).contains("no run of many accounts wrote it"), "{}", text(&run.stderr));
    std::fs::remove_dir_all(folder.join("out")).expect("it goes");
    write(&folder.join("class.csv"), "id,recording\nann,a.json\n");
    plimsoll(&folder, &["grade", "serverless-poc", "--roster", "class.csv", "--results", "out"]);
    let run = scan(&folder, right, &["queue.yaml"]);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains("another kind of run: class"), "{}", text(&run.stderr));
}

#[test]
fn what_is_typed_stands_where_the_list_says_nothing() {
    let folder = folder("typed");
    let list = "\
defaults: { set: { name: POC-Queue } }
accounts:
  - { name: a, recording: a.json }
  - { name: b, recording: b.json, rules: serverless-poc }
";
    let run = scan(&folder, list, &["queue.yaml", "--set", "name=Other", "--region", "us-east-1"]);
    // `name` is no parameter of the other rules.
    assert_eq!(run.status.code(), Some(2), "{}", text(&run.stderr));
    assert!(text(&run.stderr).contains("the rules of `b`"), "{}", text(&run.stderr));
    let list = list.replace(", rules: serverless-poc", "");
    let run = scan(&folder, &list, &["queue.yaml", "--set", "name=Other", "--region", "us-east-1"]);
    assert_eq!(run.status.code(), Some(0), "the list says which queue: {}", text(&run.stderr));
    assert_eq!(line(&folder, "b")["account"], "444455556666");
}

#[test]
fn the_overview_has_each_form_and_whatever_is_written_stays_text() {
    let folder = folder("forms");
    let hostile = "=HYPERLINK(1)<script>alert(1)</script>| `x` @all\\u202e";
    let rules = format!(
        "plimsoll: 1\ntitle: \"{hostile}\"\nextends: serverless-poc\nresources:\n  publish-policy:\n    type: \
         AWS::IAM::ManagedPolicy\n    name: Lambda-SNS-Publish\n    exists: {{ title: \"{hostile}\", severity: critical }}\n"
    );
    write(&folder.join("hostile.yaml"), rules);
    let list = "accounts:\n  - { name: a, recording: a.json }\n  - { name: lost, recording: \"=<b>&|.json\" }\n";
    let outputs = ["o.txt", "o.json", "o.csv", "o.md", "o.html"];
    let more: Vec<&str> = outputs.iter().flat_map(|file| ["--output", file]).collect();
    for format in ["text", "json", "csv", "markdown", "html"] {
        let run = scan(&folder, list, &[&["hostile.yaml", "--format", format], &more[..]].concat());
        assert_eq!(run.status.code(), Some(1), "{}", text(&run.stderr));
        let said = text(&run.stdout);
        assert!(!said.contains(['\u{1b}', '\u{202e}']), "{format}: {said}");
    }
    let of = |file: &str| read(folder.join(file));
    for (file, table) in [("o.json", "json"), ("o.csv", "csv"), ("o.md", "md")] {
        assert_eq!(of(file), of(&format!("out/overview.{table}")), "{file}");
    }
    assert!(of("o.txt").contains("FAIL critical  publish-policy-exists · fails in 1\n"), "{}", of("o.txt"));
    for cell in of("o.csv").split(['\n', ',']).map(|cell| cell.trim_start_matches('"')) {
        assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{cell}");
    }
    let html = of("o.html");
    let body = html.split_once("<body>").expect("a body").1;
    assert!(body.contains("&lt;script&gt;") && !body.contains("<script") && !body.contains("<b>"), "{body}");
    let markdown = of("o.md");
    assert!(!markdown.contains("<script") && !markdown.contains("@all") && !markdown.contains("`x`"), "{markdown}");
    let schema: Value = serde_json::from_str(&plimsoll::overview::schema()).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let overview = json(folder.join("o.json"));
    assert!(validator.is_valid(&overview), "{overview}");
    assert_eq!(overview["states"], serde_json::json!({ "findings": 1, "not-read": 1, "incomplete": 0, "clean": 0 }));
    assert_eq!(overview["rules"][0]["named"], serde_json::json!(["a"]));
    assert_eq!(overview["rules"][0]["rule"], "publish-policy-exists", "the worst comes first");
}
