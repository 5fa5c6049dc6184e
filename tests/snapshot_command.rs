//! `plimsoll snapshot` and `--snapshot`, as a user types them: what is judged is what was read, packed or not, and what is
//! no snapshot is refused with a sentence.

use std::io::Write as _;
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

/// The recording of the demo, and a snapshot of it.
fn demo(folder: &Path, snapshot: &str) -> (String, String) {
    let path = |name: &str| folder.join(name).to_str().expect("UTF-8").to_owned();
    let (recording, snapshot) = (path("recording.json"), path(snapshot));
    assert!(plimsoll(&["demo", "--save", &recording]).status.code().is_some());
    let made = plimsoll(&["snapshot", "serverless-poc", "--replay", &recording, "--output", &snapshot]);
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    assert!(text(&made.stdout).contains("20 resources of 111122223333"), "{}", text(&made.stdout));
    (recording, snapshot)
}

#[test]
fn a_snapshot_is_judged_as_what_was_read() {
    for name in ["a.json", "a.json.gz"] {
        let (recording, snapshot) = demo(&folder("judged"), name);
        for question in [
            &["scan", "serverless-poc", "--format", "json"][..],
            &["grade", "serverless-poc"],
            &["policy", "narrow", "serverless-poc", "--format", "json"],
        ] {
            let of = |option: &str, file: &str| plimsoll(&[question, &[option, file]].concat());
            let (live, saved) = (of("--replay", &recording), of("--snapshot", &snapshot));
            assert_eq!(text(&saved.stdout), text(&live.stdout), "{question:?}: {}", text(&saved.stderr));
            assert_eq!(saved.status.code(), live.status.code(), "{question:?}");
            assert!(!saved.stdout.is_empty(), "{question:?}: {}", text(&saved.stderr));
        }
        let can = ["can", "role/APIGateway-SQS", "sqs:SendMessage", "queue/POC-Queue", "--snapshot", &snapshot];
        assert_eq!(plimsoll(&can).status.code(), Some(0), "{}", text(&plimsoll(&can).stderr));
    }
}

#[test]
fn what_cannot_be_done_with_one_is_said() {
    let folder = folder("refused");
    let (recording, snapshot) = demo(&folder, "a.json");
    let refused = |arguments: &[&str], why: &str| {
        let output = plimsoll(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(why), "{arguments:?}: {}", text(&output.stderr));
    };
    let scan = |more: &[&str], why: &str| refused(&[&["scan", "serverless-poc"], more].concat(), why);
    scan(&["--snapshot", &snapshot, "--locate"], "leave out --locate");
    scan(&["--snapshot", &snapshot, "--record", "x"], "leave out --record");
    scan(&["--snapshot", &snapshot, "--replay", &recording], "cannot be used with");
    scan(&["--snapshot", &recording], "make a snapshot of it: plimsoll snapshot RULES --replay");
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("a file for the test");
        path.to_str().expect("UTF-8").to_owned()
    };
    let (report, other) = (folder.join("report.json"), file("other.json", "{}"));
    let report = report.to_str().expect("UTF-8");
    assert_eq!(plimsoll(&["scan", "serverless-poc", "--replay", &recording, "-o", report]).status.code(), Some(1));
    scan(&["--snapshot", report], "it is a report, and not a snapshot");
    scan(&["--snapshot", &other], "not a snapshot: it has no `plimsoll_snapshot`");
    scan(&["--snapshot", &file("empty.json", " \n")], "there is nothing in this file");
    for wants_a_report in [
        &["scan", "serverless-poc", "--replay", &recording, "--baseline"][..],
        &["waivers", "new", "--report"],
        &["report"],
    ] {
        let given = |file: &str, why: &str| refused(&[wants_a_report, &[file]].concat(), why);
        given(&snapshot, "make a report of it: plimsoll scan RULES --snapshot");
        given(&recording, "make a report of it: plimsoll scan RULES --replay");
        given(&other, "missing field `version`");
        given(&file("empty.json", ""), "there is nothing in this file");
    }
    refused(&["rules", "new", "--from", &recording], "make a snapshot of it: plimsoll snapshot RULES --replay");
    refused(&["rules", "new", "--from", report], "it is a report, and not a snapshot");
    scan(&["--snapshot", "nowhere.json"], "cannot read nowhere.json");
    refused(&["snapshot", "serverless-poc", "--snapshot", &snapshot, "-o", "x"], "a snapshot cannot be read here");
    let edited = folder.join("edited.json");
    let saved = std::fs::read_to_string(&snapshot).expect("a snapshot");
    std::fs::write(&edited, saved.replacen("POC-Queue", "POC-Qveve", 1)).expect("a file for the test");
    scan(&["--snapshot", edited.to_str().expect("UTF-8")], "somebody changed it");
}

/// What an editor puts before a text, and a packed snapshot, are read wherever a snapshot is.
#[test]
fn a_snapshot_may_be_packed_or_have_a_byte_order_mark() {
    let folder = folder("packed");
    let (_, snapshot) = demo(&folder, "a.json");
    let (_, packed) = demo(&folder, "a.json.gz");
    std::fs::create_dir_all(folder.join("marked")).expect("a folder for the test");
    let marked = folder.join("marked").join("a.json");
    let text_of = std::fs::read_to_string(&snapshot).expect("a snapshot");
    std::fs::write(&marked, format!("\u{feff}{text_of}")).expect("a file for the test");
    let marked = marked.to_str().expect("UTF-8");
    let diff = plimsoll(&["diff", marked, &packed]);
    assert_eq!(diff.status.code(), Some(0), "{}", text(&diff.stderr));
    let rules = |file: &str| plimsoll(&["rules", "new", "--title", "T", "--from", file]);
    let without_name = |output: Output| text(&output.stdout).lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    let plain = without_name(rules(&snapshot));
    assert!(!plain.is_empty(), "{}", text(&rules(&snapshot).stderr));
    assert_eq!(without_name(rules(marked)), plain);
    assert_eq!(without_name(rules(&packed)), plain, "{}", text(&rules(&packed).stderr));
}

/// 300 MiB of blanks, packed into a few hundred kilobytes.
#[test]
fn a_bomb_is_refused() {
    let path = folder("bomb").join("bomb.json.gz");
    let file = std::fs::File::create(&path).expect("a file for the test");
    let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    let blanks = vec![b' '; 1 << 20];
    (0..300).for_each(|_| packed.write_all(&blanks).expect("a file for the test"));
    packed.finish().expect("a file for the test");
    let output = plimsoll(&["scan", "serverless-poc", "--snapshot", path.to_str().expect("UTF-8")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("it has more than 268435456 bytes"), "{}", text(&output.stderr));
}
