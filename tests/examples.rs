//! The examples of a scheduled job do what they say: the script for cron, night after night, and the steps of the workflow
//! in their order, with `sh -e`. What is outside of this machine is played: the account by the demo's recording, the
//! webhook, cargo and the actions by a few lines of shell.
#![cfg(feature = "live")]

use serde_json::Value;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const RECORDING: &str = include_str!("../src/cli/demo/serverless-poc.recording.json");
const WORKFLOW: &str = include_str!("../examples/github-actions.yml");
const CRON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/cron.sh");

/// An empty folder with the recording of each night: as it was, with another runtime, and with a table that is denied.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples").join(name);
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(folder.join("bin")).expect("a folder for the test");
    write(&folder.join("same.json"), RECORDING);
    write(&folder.join("changed.json"), &changed());
    write(&folder.join("denied.json"), &denied());
    folder
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("a file for the test");
}

fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The recording in which the table is denied.
fn denied() -> String {
    let mut recording: Value = serde_json::from_str(RECORDING).expect("JSON");
    let mut denied = 0;
    for entry in recording["entries"].as_array_mut().expect("entries") {
        if entry["request"]["operation"] == "DescribeTable" {
            entry["answer"] = serde_json::json!({ "response": {
                "status": 403,
                "headers": { "x-amzn-errortype": "AccessDeniedException" },
                "body": ["{\"__type\":\"AccessDeniedException\",\"message\":\"no\"}"],
            } });
            denied += 1;
        }
    }
    assert!(denied > 0, "the table is in the recording");
    recording.to_string()
}

/// The recording in which both functions run something else.
fn changed() -> String {
    let changed = RECORDING.replace("python3.9", "nodejs22.x");
    assert_ne!(changed, RECORDING, "the runtimes are in the recording");
    changed
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// A program of this name, first on the path.
fn program(folder: &Path, name: &str, script: &str) {
    let path = folder.join("bin").join(name);
    write(&path, &format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("a program for the test");
}

fn command(folder: &Path, program: &str) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("PATH", format!("{}:/usr/bin:/bin", folder.join("bin").display()))
        // Nothing is looked for beyond this machine.
        .env("AWS_EC2_METADATA_DISABLED", "true");
    command
}

/// The script on a night on which `recording` answers.
fn night(folder: &Path, recording: &str, settings: &[(&str, &str)]) -> Output {
    command(folder, CRON)
        .env("PLIMSOLL", env!("CARGO_BIN_EXE_plimsoll"))
        .env("PLIMSOLL_STATE", folder.join("state"))
        .env("PLIMSOLL_FROM", format!("--replay {recording}"))
        .env("PLIMSOLL_REMIND", "0")
        .envs(settings.iter().copied())
        .output()
        .expect("the script runs")
}

/// The exit code and what was said, which cron would mail.
fn said(night: &Output) -> (Option<i32>, String) {
    (night.status.code(), text(&night.stdout) + &text(&night.stderr))
}

/// The files in the folder of the script, but for the evidence.
fn kept(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder.join("state")).expect("its folder");
    let mut names: Vec<String> =
        names.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn the_script_is_silent_on_a_night_like_the_last_and_short_on_another() {
    let folder = folder("nights");
    let (code, first) = said(&night(&folder, "same.json", &[]));
    assert_eq!((code, first.lines().count()), (Some(1), 10), "{first}");
    assert!(first.starts_with("Serverless order intake · 111122223333 · 9 fail, "), "{first}");
    assert_eq!(kept(&folder), ["lock", "report.json", "report.md", "snapshots"]);
    assert_eq!(said(&night(&folder, "same.json", &[])), (Some(0), String::new()));
    assert_eq!(kept(&folder), ["lock", "report.json", "report.md", "snapshots", "yesterday.json"]);

    let before = read(folder.join("state/report.json"));
    let (code, changed) = said(&night(&folder, "changed.json", &[]));
    assert_eq!(code, Some(1), "{changed}");
    assert!((2..=10).contains(&changed.lines().count()), "{changed}");
    assert!(
        changed.contains(" · 2 new; 17 known\nFAIL ") && changed.contains("writer-runtime · POC-Lambda-1: "),
        "{changed}"
    );
    assert_eq!(read(folder.join("state/yesterday.json")), before, "the report of the night before is kept");
    // It was told, and is known the night after.
    assert_eq!(said(&night(&folder, "changed.json", &[])), (Some(0), String::new()));
    let (code, fixed) = said(&night(&folder, "same.json", &[]));
    assert_eq!(code, Some(0), "{fixed}");
    assert!(fixed.contains("\nfixed writer-runtime · POC-Lambda-1\n"), "{fixed}");

    let (code, denied) = said(&night(&folder, "denied.json", &[]));
    assert_eq!(code, Some(3), "{denied}");
    assert!(denied.contains("unknown orders-key · orders: ") && denied.contains("dynamodb:DescribeTable"), "{denied}");
    // What could not be read for a night is not new when it can be.
    assert_eq!(said(&night(&folder, "same.json", &[])), (Some(0), String::new()));
    let evidence = std::fs::read_dir(folder.join("state/snapshots")).expect("the evidence");
    for file in evidence {
        let path = file.expect("an entry").path().display().to_string();
        let scan = command(&folder, env!("CARGO_BIN_EXE_plimsoll"))
            .args(["scan", "serverless-poc", "--snapshot", &path, "--quiet"])
            .output()
            .expect("the binary runs");
        assert_eq!(scan.status.code(), Some(1), "{}", text(&scan.stderr));
    }
}

#[test]
fn the_script_says_once_a_week_that_it_runs() {
    let folder = folder("week");
    let today = text(&command(&folder, "date").args(["-u", "+%u"]).output().expect("a day").stdout);
    night(&folder, "same.json", &[]);
    let settings = [("PLIMSOLL_REMIND", today.trim())];
    let reminder = "Serverless order intake · 111122223333 · nothing new: 17 known\n".to_owned();
    assert_eq!(said(&night(&folder, "same.json", &settings)), (Some(0), reminder));
}

#[test]
fn the_script_tells_where_it_could_not_run_and_keeps_the_baseline() {
    let folder = folder("broken");
    night(&folder, "same.json", &[]);
    let before = read(folder.join("state/report.json"));
    for (form, line) in [
        ("text", "Plimsoll could not run: plimsoll snapshot ended with exit code 2"),
        ("sns", r#"{"Subject":"Plimsoll could not run","Message":"Plimsoll could not run: plimsoll snapshot"#),
        ("slack", r#"{"text":"Plimsoll could not run: plimsoll snapshot ended with exit code 2"}"#),
    ] {
        let (code, told) = said(&night(&folder, "none.json", &[("PLIMSOLL_FORM", form)]));
        assert_eq!(code, Some(2), "{told}");
        assert!(told.starts_with(line) && told.contains("cannot read none.json"), "{told}");
    }
    // Wrong options of the judging are as loud.
    let (code, told) = said(&night(&folder, "same.json", &[("PLIMSOLL_JUDGE", "--waivers none.yaml")]));
    assert_eq!(code, Some(2), "{told}");
    assert!(told.starts_with("Plimsoll could not run: plimsoll scan ended"), "{told}");
    // What could not be told is told the night after.
    let (code, told) = said(&night(&folder, "changed.json", &[("PLIMSOLL_SEND", "exit 7")]));
    assert_eq!((code, told.as_str()), (Some(75), "plimsoll: the message could not be sent\n"));
    assert_eq!(read(folder.join("state/report.json")), before);
    assert_eq!(kept(&folder), ["lock", "report.json", "report.md", "snapshots"], "nothing is left half written");
    let sent = folder.join("sent.json").display().to_string();
    let send = format!("cat > {sent}; cmp -s \"$MESSAGE\" {sent}");
    let (code, told) = said(&night(&folder, "changed.json", &[("PLIMSOLL_SEND", &send), ("PLIMSOLL_FORM", "sns")]));
    assert_eq!((code, told.as_str()), (Some(1), ""));
    let message: Value = serde_json::from_str(&read(&sent)).expect("JSON");
    assert!(message["Subject"].as_str().is_some_and(|subject| subject.contains(" new")), "{message}");
}

#[test]
fn two_runs_of_the_script_do_not_meet_and_a_killed_one_leaves_nothing() {
    let folder = folder("locks");
    std::fs::create_dir_all(folder.join("state/work.killed")).expect("what a killed run left");
    // A run that is at work on its message while another begins.
    let script = format!("{CRON}; exit $?");
    let again = "PLIMSOLL_SEND=cat PLIMSOLL_FORM=text sh -c \"$AGAIN\" > second 2>&1; echo $? >> second";
    let first = night(&folder, "same.json", &[("PLIMSOLL_SEND", again), ("AGAIN", &script)]);
    assert_eq!(first.status.code(), Some(1), "{}", text(&first.stderr));
    let second = read(folder.join("second"));
    assert!(second.contains("another run is at work") && second.ends_with("\n75\n"), "{second}");
    assert_eq!(kept(&folder), ["lock", "report.json", "report.md", "snapshots"]);
}

/// The steps of the workflow.
fn steps() -> Vec<Value> {
    let workflow: Value = serde_yaml::from_str(WORKFLOW).expect("YAML");
    let job = &workflow["jobs"]["audit"];
    assert_eq!(workflow["permissions"], serde_json::json!({}), "nothing is permitted but to the job");
    assert_eq!(
        job["permissions"],
        serde_json::json!({ "id-token": "write", "contents": "read", "security-events": "write" })
    );
    assert_eq!(workflow["defaults"]["run"]["shell"], "sh -e {0}");
    assert!(workflow["on"]["schedule"][0]["cron"].is_string());
    job["steps"].as_array().expect("steps").clone()
}

/// Runs the steps as the job does, with the files of `hashFiles` looked for and the cache in a folder. Whether the job
/// succeeds, and what it shows.
fn job(folder: &Path, recording: &str) -> (bool, String) {
    let work = folder.join("work");
    drop(std::fs::remove_dir_all(&work));
    std::fs::create_dir_all(work.join("audit")).expect("the checked out files");
    write(&work.join("audit/architecture.yaml"), "plimsoll: 1\nextends: serverless-poc\n");
    let binary = env!("CARGO_BIN_EXE_plimsoll");
    let answers = folder.join(recording);
    program(folder, "plimsoll", &format!("exec {binary} \"$@\" --replay {}", answers.display()));
    program(folder, "cargo", "test \"$1 $2\" = 'install --locked'");
    program(folder, "curl", &format!("cat message.json >> {}", folder.join("chat").display()));
    let workflow: Value = serde_yaml::from_str(WORKFLOW).expect("YAML");
    let variables = workflow["jobs"]["audit"]["env"].as_object().expect("variables").clone();
    let (mut succeeds, mut log) = (true, String::new());
    for step in steps() {
        let condition = step["if"].as_str().unwrap_or_default();
        let file = condition.split('\'').nth(1);
        if !(succeeds || condition.starts_with("always()")) || file.is_some_and(|file| !work.join(file).exists()) {
            continue;
        }
        let uses = step["uses"].as_str().unwrap_or_default();
        let cache = folder.join("cache.json");
        if uses.starts_with("actions/cache/restore@") && cache.exists() {
            std::fs::copy(&cache, work.join("baseline.json")).expect("a cache");
        } else if uses.starts_with("actions/cache/save@") {
            std::fs::copy(work.join("baseline.json"), &cache).expect("a cache");
        } else if uses.starts_with("github/codeql-action/upload-sarif@") {
            let sarif: Value = serde_json::from_str(&read(work.join("plimsoll.sarif"))).expect("JSON");
            log += &format!("uploaded {}\n", sarif["version"]);
        }
        let Some(run) = step["run"].as_str() else { continue };
        write(&folder.join("step.sh"), run);
        let output = command(&work, "sh")
            .arg("-e")
            .arg(folder.join("step.sh"))
            .env("PATH", format!("{}:/usr/bin:/bin", folder.join("bin").display()))
            .envs(variables.iter().map(|(name, value)| (name, value.as_str().expect("a text"))))
            .env("GITHUB_STEP_SUMMARY", folder.join("summary"))
            .env("WEBHOOK", "https://hooks.example.com/x")
            .output()
            .expect("a step runs");
        succeeds &= output.status.success();
        log += &format!("{} {:?}\n{}", step["name"], output.status.code(), text(&output.stderr));
    }
    (succeeds, log)
}

#[test]
fn the_job_fails_for_what_is_new_and_shows_it_either_way() {
    let folder = folder("workflow");
    let (succeeds, log) = job(&folder, "same.json");
    assert!(!succeeds && log.contains("\"Scan\" Some(1)") && log.contains("uploaded \"2.1.0\""), "{log}");
    assert!(read(folder.join("summary")).contains("queue-senders"), "{log}");
    let first = read(folder.join("chat"));
    assert!(first.starts_with("{\"text\":") && first.contains("9 fail"), "{first}");

    let (succeeds, log) = job(&folder, "same.json");
    assert!(succeeds && log.contains("uploaded"), "{log}");
    assert_eq!(read(folder.join("chat")), first, "nothing is new, and nothing is told");

    let (succeeds, log) = job(&folder, "denied.json");
    assert!(!succeeds && log.contains("\"Scan\" Some(3)"), "{log}");
    assert!(read(folder.join("chat")).contains("newly unknown"), "{log}");
    assert!(job(&folder, "same.json").0, "it was known before");
    // Nothing could be read: the job fails, and the baseline is that of the night before.
    let before = read(folder.join("cache.json"));
    let (succeeds, log) = job(&folder, "none.json");
    assert!(!succeeds && log.contains("\"Scan\" Some(2)") && !log.contains("uploaded"), "{log}");
    assert_eq!(read(folder.join("cache.json")), before);
}

#[test]
fn the_role_of_the_workflow_has_a_policy_and_a_trust_policy() {
    let folder = folder("role");
    let plan = WORKFLOW.lines().find_map(|line| line.strip_prefix("#   plimsoll plan ")).expect("the command");
    std::fs::create_dir_all(folder.join("audit")).expect("a folder");
    write(&folder.join("audit/architecture.yaml"), "plimsoll: 1\nextends: serverless-poc\n");
    let binary = env!("CARGO_BIN_EXE_plimsoll");
    let plan = command(&folder, binary).arg("plan").args(plan.split(' ')).output().expect("the binary runs");
    assert_eq!(plan.status.code(), Some(0), "{}", text(&plan.stderr));
    write(&folder.join("policy.json"), &text(&plan.stdout));
    let trust = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/github-trust.json");
    let check = command(&folder, binary).args(["policy", "check", "policy.json", trust]).output().expect("it runs");
    assert!(text(&check.stdout).contains(": 0 errors"), "{}", text(&check.stdout));
}
