//! Holds the dependency arrows that the crate's documentation draws, by reading every `use crate::` and every
//! `crate::` path in the sources.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What each module may use, beside itself. `collect` stands for the collectors of the services.
const ARROWS: [(&str, &[&str]); 23] = [
    ("model", &[]),
    ("iam", &[]),
    ("rules", &["iam", "model"]),
    ("services", &["model"]),
    ("collect", &["services", "aws", "model"]),
    ("reach", &["rules", "iam", "model"]),
    ("checks", &["reach", "rules", "iam", "model"]),
    ("flows", &["reach", "rules", "iam", "model"]),
    ("audit", &["checks", "flows", "reach", "rules", "iam", "model"]),
    ("cases", &["audit", "rules", "model"]),
    ("narrow", &["audit", "flows", "reach", "rules", "iam", "model"]),
    ("fix", &["audit", "reach", "rules", "iam", "model"]),
    ("report", &["model"]),
    ("accounts", &["rules", "model"]),
    ("overview", &["report", "model"]),
    ("snapshot", &["model"]),
    ("intent", &["services", "rules", "iam", "model"]),
    ("diff", &["snapshot", "iam", "model"]),
    ("grade", &["report", "model"]),
    ("aws", &["services", "model"]),
    ("scan", &["collect", "services", "aws", "model"]),
    (
        "cli",
        &[
            "fix", "cases", "accounts", "overview", "diff", "snapshot", "intent", "grade", "checks", "reach", "iam",
            "report", "narrow", "audit", "scan", "aws", "rules", "services", "model",
        ],
    ),
    ("main", &["cli"]),
];

/// Where each SDK crate may be named.
const SDK: [(&str, &str); 7] = [
    ("aws_sdk_apigateway", "src/services/apigateway/collect"),
    ("aws_sdk_dynamodb", "src/services/dynamodb/collect"),
    ("aws_sdk_iam", "src/services/iam/collect"),
    ("aws_sdk_lambda", "src/services/lambda/collect"),
    ("aws_sdk_sns", "src/services/sns/collect"),
    ("aws_sdk_sqs", "src/services/sqs/collect"),
    ("aws_sdk_sts", "src/aws/"),
];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("src is readable") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    walk(&root.join("src"), &mut paths);
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("a source is readable");
        (path.strip_prefix(root).expect("below the root").to_owned(), text)
    };
    paths.into_iter().map(read).collect()
}

/// The module that a source belongs to.
fn module_of(path: &Path) -> String {
    let text = path.to_string_lossy();
    // The reading half of the services, and what only it uses.
    if text.contains("/collect")
        || ["gathered.rs", "pages.rs"].iter().any(|file| text == format!("src/services/{file}"))
    {
        return "collect".to_owned();
    }
    let first = path.components().nth(1).expect("a file below src").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// The modules that a source names after `crate::`, comments left out.
fn used(text: &str) -> BTreeSet<String> {
    let code: String =
        text.lines().filter(|line| !line.trim_start().starts_with("//")).map(|l| format!("{l}\n")).collect();
    code.match_indices("crate::")
        .map(|(at, found)| &code[at + found.len()..])
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .filter(|name: &String| !name.is_empty())
        .collect()
}

#[test]
fn dependencies_point_one_way() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let module = module_of(&path);
        if module == "lib" {
            continue;
        }
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!("{}: the module `{module}` has no arrows", path.display()));
            continue;
        };
        for used in used(&text) {
            // A collector is part of its service, and services/mod.rs declares what the collectors share.
            let itself = used == module || (module == "collect" && used == "services");
            if !itself && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{}: `{module}` uses `{used}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_sdk_crate_is_named_in_one_place() {
    for (path, text) in sources() {
        for (name, place) in SDK {
            // The session makes the clients, so that each carries the ledger.
            let allowed = path.to_string_lossy().starts_with(place) || path.ends_with("src/aws/session.rs");
            assert!(allowed || !text.contains(name), "{} names {name}", path.display());
        }
    }
}

#[test]
fn the_tests_would_see_a_wrong_arrow() {
    assert_eq!(used("use crate::audit::audit;\n// use crate::cli\n"), BTreeSet::from(["audit".to_owned()]));
    assert_eq!(module_of(Path::new("src/services/iam/collect/pages.rs")), "collect");
    assert_eq!(module_of(Path::new("src/main.rs")), "main");
}
