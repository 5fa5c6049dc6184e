//! What is generated from the code is up to date: the JSON Schemas in `schema/`, and the built-in rules.
//! `UPDATE=1 cargo test --test generated` writes the schemas anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn is_up_to_date(file: &str, wanted: &str) {
    let path = root().join("schema").join(file);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, wanted).expect("schema/ is writable");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "schema/{file} is out of date; write it anew with `UPDATE=1 cargo test --test generated`");
}

#[test]
fn the_schema_of_rules_files_is_up_to_date() {
    let schema = plimsoll::rules::schema(plimsoll::services::kinds(), plimsoll::checks::all());
    is_up_to_date("rules.schema.json", &plimsoll::report::write_harmless(&schema));
}

#[test]
fn the_schema_of_cases_is_up_to_date() {
    let schema = plimsoll::cases::schema(plimsoll::services::kinds());
    is_up_to_date("cases.schema.json", &plimsoll::report::write_harmless(&schema));
}

#[test]
fn the_schema_of_reports_is_up_to_date() {
    is_up_to_date("report.schema.json", &plimsoll::report::report_schema());
}

#[test]
fn the_schema_of_waivers_files_is_up_to_date() {
    let schema = plimsoll::rules::Waivers::schema();
    is_up_to_date("waivers.schema.json", &plimsoll::report::write_harmless(&schema));
}

#[test]
fn the_schema_of_differences_is_up_to_date() {
    is_up_to_date("diff.schema.json", &plimsoll::report::write_harmless(&plimsoll::diff::schema()));
}

#[test]
fn the_schemas_of_lists_of_accounts_and_of_overviews_are_up_to_date() {
    is_up_to_date("accounts.schema.json", &plimsoll::report::write_harmless(&plimsoll::accounts::schema()));
    is_up_to_date("overview.schema.json", &plimsoll::overview::schema());
}

/// An editor underlines in a list of accounts what the reader refuses, and nothing that it takes.
#[test]
fn the_schema_of_lists_of_accounts_accepts_what_is_read() {
    let schema = plimsoll::accounts::schema();
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    for (entry, right) in [
        ("{ name: a, role: Audit, account: 111122223333, external_id: ab }", true),
        ("{ name: a, role: arn:aws:iam::111122223333:role/x/Audit }", true),
        ("{ name: a, role: path/Audit, account: \"011122223333\", region: [us-east-1, us-gov-west-1] }", true),
        ("{ name: a, profile: p, regions: us-iso-east-1, rules: [a.yaml, packs/security], set: { a: 1, b: x } }", true),
        ("{ name: a, recording: a.json }", true),
        ("{ name: a, snapshot: a.json }", true),
        ("{ name: a/b, profile: p }", false),
        ("{ name: a, profile: p, regoin: us-east-1 }", false),
        ("{ name: a, profile: p, region: nowhere }", false),
        ("{ name: a, profile: p, region: us-east-1, regions: [us-east-1] }", false),
        ("{ name: a, profile: p, regions: [us-east-1, us-east-1] }", false),
        ("{ name: a, profile: p, rules: [] }", false),
        ("{ name: a, profile: p, set: [a] }", false),
        ("{ name: a, role: \"arn:aws:iam::111122223333:user/x\" }", false),
        ("{ profile: p }", false),
    ] {
        let text = format!("plimsoll_accounts: 1\naccounts:\n  - {entry}\n");
        let value: serde_json::Value = serde_yaml::from_str(&text).expect("YAML");
        assert_eq!(validator.is_valid(&value), right, "{entry}");
        // Rules are not looked for, so those that are named must be built in or files.
        let read = plimsoll::accounts::list("accounts.yaml", text);
        assert_eq!(read.is_ok(), right, "{entry}: {:?}", read.err().map(|why| why.render(false, 100)));
    }
}

/// The rules of the repository are those that the binary carries, and none is left out.
#[test]
fn every_rules_file_of_the_repository_is_built_in_and_right() {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("rules/ is readable") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let mut files = Vec::new();
    walk(&root().join("rules"), &mut files);
    // The cases beside them are for those who change them.
    files.retain(|path| !path.to_string_lossy().ends_with(".test.yaml"));
    let mut names: Vec<String> = files
        .iter()
        .map(|path| {
            path.strip_prefix(root().join("rules")).expect("below rules/").with_extension("").display().to_string()
        })
        .collect();
    names.sort();
    let mut builtin: Vec<&str> = plimsoll::rules::builtin::names().collect();
    builtin.sort_unstable();
    assert_eq!(names, builtin);
    for name in builtin {
        let request = plimsoll::rules::Request {
            origin: plimsoll::rules::Origin::Builtin(name.to_owned()),
            parameters: &BTreeMap::new(),
            complete: false,
            types: plimsoll::rules::Types {
                kind: plimsoll::services::kind,
                names: || plimsoll::services::kinds().map(|kind| kind.type_name).collect(),
                checks: || plimsoll::checks::all().collect(),
            },
        };
        if let Err(mistakes) = plimsoll::rules::load(&request) {
            panic!("{}", mistakes.render(false, 100));
        }
    }
}

/// The expected documents of the repository are those that the binary carries, and none is left out.
#[test]
fn every_expected_document_of_the_repository_is_built_in() {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("expected/ is readable") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let (root, mut files) = (root().join("expected"), Vec::new());
    walk(&root, &mut files);
    let mut paths: Vec<String> =
        files.iter().map(|path| path.strip_prefix(&root).expect("below expected/").display().to_string()).collect();
    paths.sort();
    let mut builtin: Vec<&str> = plimsoll::rules::builtin::documents().collect();
    builtin.sort_unstable();
    assert_eq!(paths, builtin);
}

/// An editor accepts what the loader accepts.
#[test]
fn the_built_in_rules_fit_the_schema() {
    let schema = plimsoll::rules::schema(plimsoll::services::kinds(), plimsoll::checks::all());
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    for name in plimsoll::rules::builtin::names() {
        let text = plimsoll::rules::builtin::rules(name).expect("a built-in name has rules");
        let rules: serde_json::Value = serde_yaml::from_str(text).expect("YAML");
        let mistakes: Vec<String> =
            validator.iter_errors(&rules).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(mistakes.is_empty(), "{name}: {}", mistakes.join("\n"));
    }
}

/// An editor underlines what the loader refuses.
#[test]
fn the_schema_refuses_slips() {
    let schema = plimsoll::rules::schema(plimsoll::services::kinds(), plimsoll::checks::all());
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    let with_rule = |rule: &str| {
        let text = format!(
            "plimsoll: 1\ntitle: x\nresources:\n  queue: {{ type: AWS::SQS::Queue, name: q }}\nrules:\n  - {rule}\n"
        );
        let rules: serde_json::Value = serde_yaml::from_str(&text).expect("YAML");
        validator.is_valid(&rules)
    };
    assert!(with_rule("{ id: a, each: AWS::SQS::Queue, expect: { VisibilityTimeout: { $min: 30 } } }"));
    assert!(!with_rule("{ id: a, each: AWS::SQS::Queue, expect: { VisibilityTimout: 30 } }"));
    assert!(!with_rule("{ id: a, each: AWS::SQS::Queue, expect: { VisibilityTimeout: { $mni: 30 } } }"));
    assert!(with_rule("{ id: a, access: { to: queue, actions: [sqs:SendMessage], exactly: [] } }"));
    assert!(with_rule("{ id: a, only: { statements_of: queue, are: a.json } }"));
    assert!(with_rule("{ id: a, permissions: { of: role, at_least: a.json }, context: { aws:SourceVpc: vpc-1 } }"));
    assert!(with_rule("{ id: a, on: queue, expect: { Policy: { $policy: { at_most: a.json } } } }"));
    assert!(!with_rule("{ id: a, access: { to: queue, actions: [sqs:SendMessage], at_most: [], exactly: [] } }"));
    assert!(!with_rule("{ id: a, access: { to: queue, actions: [sqs:SendMessage] } }"));
    assert!(!with_rule("{ id: a, access: { to: queue, actions: [SendMessage], at_most: [] } }"));
    assert!(!with_rule("{ id: a, only: { statements_of: queue, type: AWS::SQS::Queue, are: a.json } }"));
    assert!(!with_rule("{ id: a, on: queue, expect: { FifoQueue: false }, context: {} }"));
    assert!(!with_rule("{ id: a, on: queue }"));
    assert!(!with_rule("{ id: a, on: queue, expect: { FifoQueue: false }, colour: red }"));
}
