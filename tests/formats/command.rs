//! `plimsoll report`: a saved report, rendered again.

use super::{folder, is_as_expected, rendered, saved};
use clap::ValueEnum as _;
use plimsoll::report::Format;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.arg("report").args(arguments).env_clear().current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

fn plimsoll(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the binary runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

/// A folder of this test's own, empty.
fn fresh(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("formats-command").join(name);
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

const WHOLE: &str = "tests/formats/whole/report.json";

#[test]
fn a_saved_report_is_written_in_every_form_at_once() {
    let into = fresh("every");
    let mut arguments = vec![WHOLE.to_owned(), "--format".to_owned(), "json".to_owned()];
    for format in Format::value_variants() {
        arguments.extend(["--output".to_owned(), into.join(format!("r.{}", format.ending())).display().to_string()]);
    }
    let run = plimsoll(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((run.status.code(), text(&run.stderr)), (Some(1), ""));
    assert_eq!(text(&run.stdout), rendered(Format::Json, &saved("whole")));
    for format in Format::value_variants() {
        let written = std::fs::read_to_string(into.join(format!("r.{}", format.ending()))).expect("a file");
        is_as_expected(&folder().join("whole").join(format!("report.{}", format.ending())), &written);
    }
    assert_eq!(std::fs::read_dir(&into).expect("the folder").count(), Format::value_variants().len(), "nothing beside");
}

#[test]
fn every_form_goes_to_stdout_and_a_report_comes_from_stdin() {
    for format in Format::value_variants() {
        let name = format.to_possible_value().expect("a name");
        let mut child = command(&["-", "--format", name.get_name()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let saved_text = std::fs::read(WHOLE).expect("the saved report");
        child.stdin.take().expect("a pipe").write_all(&saved_text).expect("it reads");
        let run = child.wait_with_output().expect("it ends");
        assert_eq!(run.status.code(), Some(1));
        if *format != Format::Text {
            assert_eq!(text(&run.stdout), rendered(*format, &saved("whole")));
        }
        assert!(!run.stdout.is_empty());
    }
}

#[test]
fn the_exit_code_is_that_of_the_scan() {
    let into = fresh("codes");
    let write = |name: &str, change: &dyn Fn(&mut plimsoll::model::Report)| {
        let mut report = saved("whole");
        change(&mut report);
        report.counts = plimsoll::model::Counts::default();
        report.findings.iter().for_each(|finding| report.counts.add(finding.verdict));
        report.complete = report.counts.unknown == 0;
        let path = into.join(name);
        std::fs::write(&path, rendered(Format::Json, &report)).expect("a file");
        path.display().to_string()
    };
    let code = |arguments: &[&str]| plimsoll(arguments).status.code();
    assert_eq!(code(&[WHOLE]), Some(1));
    assert_eq!(code(&[WHOLE, "--fail-on", "critical"]), Some(1));
    let incomplete = write("incomplete.json", &|report| report.findings.retain(|f| f.verdict.as_str() == "unknown"));
    assert_eq!(code(&[&incomplete]), Some(3));
    let low = write("low.json", &|report| report.findings.retain(|f| f.rule == "table-deletion"));
    assert_eq!((code(&[&low]), code(&[&low, "--fail-on", "medium"])), (Some(1), Some(0)));
    let clean = write("clean.json", &|report| report.findings.retain(|f| f.verdict.as_str() == "pass"));
    let quiet = plimsoll(&[&clean, "--quiet"]);
    assert_eq!((quiet.status.code(), text(&quiet.stdout)), (Some(0), ""));
}

#[test]
fn what_is_no_report_is_told_with_its_place() {
    let into = fresh("broken");
    let whole = std::fs::read_to_string(WHOLE).expect("the saved report");
    let said = |name: &str, content: &[u8]| {
        let path = into.join(name);
        std::fs::write(&path, content).expect("a file");
        let run = plimsoll(&[&path.display().to_string()]);
        assert_eq!((run.status.code(), text(&run.stdout)), (Some(2), ""), "{name}");
        text(&run.stderr).to_owned()
    };
    let before = whole.split("\"verdict\": \"pass\"").next().expect("a start");
    let place = format!("line {}, column 24: unknown variant `great`", before.lines().count());
    for (name, content, wanted) in [
        ("empty.json", String::new(), "there is nothing in this file"),
        ("cut.json", whole[..whole.len() / 2].to_owned(), "column "),
        ("list.json", "[]".to_owned(), "line 1, column "),
        ("rules.json", "{\"plimsoll\": 1}".to_owned(), "missing field `version`"),
        (
            "newer.json",
            "{\"version\": 2, \"tool\": \"9.1.0\", \"x\": []}".to_owned(),
            "it is a report of version 2, written by Plimsoll 9.1.0; this Plimsoll reads version 1",
        ),
        ("lacks.json", whole.replacen("\"rule\": \"queue-exists\",", "", 1), "missing field `rule`"),
        ("verdict.json", whole.replacen("\"verdict\": \"pass\"", "\"verdict\": \"great\"", 1), &place),
        ("counts.json", whole.replacen("\"fail\": 3", "\"fail\": 0", 1), "`counts` does not say"),
        ("complete.json", whole.replacen("\"complete\": false", "\"complete\": true", 1), "`complete` does not say"),
        ("deep.json", "[".repeat(100_000), "line 1, column "),
        ("points.json", whole.replacen("2.5", "1e300", 1), "points are a number"),
    ] {
        let stderr = said(name, content.as_bytes());
        assert!(stderr.contains(wanted) && stderr.contains(name) && stderr.contains("next:"), "{name}: {stderr}");
    }
    assert!(said("latin.json", b"{\"title\": \"\xe9\"}").contains("not UTF-8 from byte 11"));
    assert!(!said("escape.json", "{\"version\": 1, \"tool\": \"\u{1b}[31m\"".as_bytes()).contains('\u{1b}'));
    let missing = plimsoll(&["nowhere.json"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("cannot read nowhere.json"), "{}", text(&missing.stderr));
    // Fields that a later Plimsoll adds are no mistake.
    let later = whole.replacen("\"version\": 1,", "\"version\": 1, \"later\": {},", 1);
    let path = into.join("later.json");
    std::fs::write(&path, later).expect("a file");
    assert_eq!(plimsoll(&[&path.display().to_string()]).status.code(), Some(1));
}

#[test]
fn an_ending_that_stands_for_no_format_is_refused_with_those_that_do() {
    let into = fresh("endings");
    let good = into.join("r.json").display().to_string();
    for ending in ["r.yaml", "r", "r.json.gz"] {
        let bad = into.join(ending).display().to_string();
        let run = plimsoll(&["nowhere.json", "--output", &good, "--output", &bad]);
        assert_eq!(run.status.code(), Some(2));
        let said = text(&run.stderr);
        assert!(said.contains("stands for no format"), "{said}");
        for format in Format::value_variants() {
            assert!(said.contains(&format!(".{}", format.ending())), "{said}");
        }
    }
    let twice = plimsoll(&[WHOLE, "--output", &good, "--output", &good]);
    assert!(text(&twice.stderr).contains("is named twice"), "{}", text(&twice.stderr));
    assert_eq!(std::fs::read_dir(&into).expect("the folder").count(), 0, "nothing was written");
    // The help names every ending too.
    let help = plimsoll(&["--help"]);
    for format in Format::value_variants() {
        assert!(text(&help.stdout).contains(&format!(".{}", format.ending())), "{}", text(&help.stdout));
    }
}

/// A reader that stops early is no fault: nothing is said.
#[test]
fn a_broken_pipe_is_quiet() {
    let into = fresh("pipe");
    let mut report = saved("whole");
    report.findings = report.findings.iter().cycle().take(4_000).cloned().collect();
    report.counts = plimsoll::model::Counts::default();
    report.findings.iter().for_each(|finding| report.counts.add(finding.verdict));
    let path = into.join("large.json");
    std::fs::write(&path, rendered(Format::Json, &report)).expect("a file");
    for format in Format::value_variants() {
        let name = format.to_possible_value().expect("a name");
        let mut child = command(&[&path.display().to_string(), "--format", name.get_name()])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let mut start = [0; 16];
        let mut stdout = child.stdout.take().expect("a pipe");
        stdout.read_exact(&mut start).expect("a start");
        drop(stdout);
        let run = child.wait_with_output().expect("it ends");
        assert_eq!(text(&run.stderr), "", "{format:?}");
        // A form that was written whole before the reader went is no broken pipe.
        assert!(matches!(run.status.code(), Some(0 | 1)), "{format:?}: {:?}", run.status);
    }
}
