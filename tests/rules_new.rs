//! `plimsoll rules new` as a person uses it: the rules that it writes from ten templates, byte for byte, and what it says
//! to those who ask for what cannot be done. `UPDATE=1` writes the files that are compared with.

#[path = "support/mod.rs"]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use support::binary::{Plimsoll, Run};
use support::folder::Folder;

fn templates() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/templates");
    let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "yaml" || ending == "json"));
    paths.sort();
    paths
}

fn new(arguments: &[&str]) -> Run {
    Plimsoll::new(&["rules", "new"]).with(arguments).run()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[test]
fn ten_templates_become_rules_that_somebody_would_have_written() {
    let templates = templates();
    assert!(templates.len() >= 10, "{templates:?}");
    let mut wrong = Vec::new();
    for template in &templates {
        let run = new(&["--from", &shown(template)]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", template.display());
        assert_eq!(run.stdout, new(&["--from", &shown(template)]).stdout, "the same template gives the same bytes");
        let name = template.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/rules_new/{name}.yaml"));
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&stored, &run.stdout).unwrap_or_else(|e| panic!("{}: {e}", stored.display()));
        } else if read(&stored) != run.stdout {
            wrong.push(name);
        }
        let long = run.stdout.lines().filter(|line| line.chars().count() > 200).count();
        assert_eq!(long, 0, "{}: lines that nobody reads", template.display());
    }
    assert!(wrong.is_empty(), "other rules than are stored are written from {wrong:?}");
}

#[test]
fn rules_and_documents_are_written_where_rules_look_for_them() {
    let folder = Folder::new();
    let rules = folder.path().join("rules");
    fs::create_dir(&rules).unwrap_or_else(|e| panic!("{e}"));
    for template in templates() {
        let file = rules.join(template.file_name().unwrap_or_default()).with_extension("yaml");
        let run = new(&["--from", &shown(&template), "--output", &shown(&file)]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        assert!(run.stdout.starts_with("wrote "), "{}", run.stdout);
        let check = Plimsoll::new(&["rules", "check", &shown(&file)]).run();
        assert_eq!((check.code, check.stderr.as_str()), (0, ""), "{}", check.stdout);
    }
    assert!(folder.path().join("expected/api-to-queue/orders-queue.policy.json").is_file());

    // Outside a folder `rules`, the documents stand beside the file.
    let file = folder.path().join("mine.yaml");
    let run = new(&["--from", &shown(&templates()[0]), "--output", &shown(&file), "--title", "My: own"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(folder.path().join("mine/orders-queue.policy.json").is_file());
    assert!(read(&file).contains("\ntitle: \"My: own\"\n"));
    assert_eq!(Plimsoll::new(&["rules", "check", &shown(&file)]).run().code, 0);
}

#[test]
fn what_is_there_stays_unless_it_is_to_go() {
    let folder = Folder::new();
    let file = folder.path().join("mine.yaml");
    let template = shown(&templates()[0]);
    fs::write(&file, "mine").unwrap_or_else(|e| panic!("{e}"));
    let run = new(&["--from", &template, "--output", &shown(&file)]);
    assert_eq!((run.code, read(&file).as_str()), (2, "mine"));
    assert!(run.stderr.contains("is there already, and nothing was written"), "{}", run.stderr);
    assert!(!folder.path().join("mine").exists(), "no documents without their rules");
    assert_eq!(new(&["--from", &template, "--output", &shown(&file), "--force"]).code, 0);
    assert!(read(&file).starts_with("# Written by"));
}

#[test]
fn who_asks_for_what_cannot_be_done_hears_why() {
    let folder = Folder::new();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap_or_else(|e| panic!("{e}"));
        shown(&path)
    };
    let template = shown(&templates()[0]);
    let snapshot = put("s.json", "{\"plimsoll_snapshot\":99,\"tool\":\"x\"}");
    let none = put("n.yaml", "Resources:\n  Bucket: { Type: \"AWS::S3::Bucket\" }\n");
    let cases: &[(&[&str], &str)] = &[
        (&["--from", "nowhere.yaml"], "cannot read nowhere.yaml"),
        (&["--from", &snapshot], "it is of version 99 of the format"),
        (&["--from", &snapshot, "--set", "a=b"], "--set a is for templates"),
        (&["--from", &none], "has no resource that rules could be about"),
        (&["--from", &put("l.yaml", "- a\n")], "a template is a map with a section `Resources`"),
        (&["--from", &template, "--output", "x.json"], "a rules file ends in .yaml"),
        (&["--from", &template, "--output", "no/such/x.yaml"], "its folder does not exist"),
        (&["--from", &template, "--set", "StageNam=x"], "StageName"),
        (&["--from", &template, "--set", "StageName=live", "--set", "StageName=test"], "is given twice"),
    ];
    for (arguments, words) in cases {
        let run = new(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn hostile_names_do_nothing_in_what_is_written() {
    let folder = Folder::new();
    let path = folder.path().join("t.yaml");
    let template = "Description: \"a: b # c \\u001b[31m\\nplimsoll: 2\"\nResources:\n  Queue:\n    Type: AWS::SQS::Queue\n    \
                    Properties: { QueueName: \"x }, y: { z\", KmsMasterKeyId: \"a\\\"'\\n- id: b ${!Queue} \\u202e\" }\n";
    fs::write(&path, template).unwrap_or_else(|e| panic!("{e}"));
    let run = new(&["--from", &shown(&path)]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    assert!(!run.stdout.contains('\u{1b}') && !run.stdout.contains('\u{202e}'), "{:?}", run.stdout);
    assert_eq!(run.stdout.matches("\nplimsoll: ").count(), 1);
    let rules = folder.path().join("r.yaml");
    assert_eq!(new(&["--from", &shown(&path), "--output", &shown(&rules)]).code, 0);
    assert_eq!(Plimsoll::new(&["rules", "check", &shown(&rules)]).run().code, 0);
}
