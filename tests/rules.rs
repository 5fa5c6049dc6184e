//! Wrong rules files, each beside what is said about it: `NAME.yaml` and `NAME.stderr.txt`, byte for byte.
//!
//! A first line `# --set NAME=VALUE` gives a parameter. `UPDATE=1` rewrites what is said; read it as the person would who
//! made the mistake: is it clear where, what was wanted, and what to do next?

mod judging;

use plimsoll::rules::{Origin, Request, Whereabouts, load};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.to_str().is_some_and(|path| path.ends_with(ending)))
        .collect();
    files.sort();
    files
}

fn said(path: &Path) -> String {
    let text = std::fs::read(path).expect("the case is there");
    let text = String::from_utf8_lossy(&text);
    let set = text.lines().next().and_then(|line| line.strip_prefix("# --set ")?.split_once('='));
    let parameters: BTreeMap<String, String> =
        set.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
    match judging::rules(path, &parameters) {
        Ok(_) => "nothing is wrong\n".to_owned(),
        Err(diagnostics) => diagnostics.render(false, 100),
    }
}

#[test]
fn each_mistake_is_told_as_it_should_be() {
    let mut wrong = Vec::new();
    for path in files("tests/rules", ".yaml") {
        let said = said(&path);
        let beside = path.with_extension("stderr.txt");
        let expected = std::fs::read_to_string(&beside).unwrap_or_default();
        if said == expected {
            continue;
        }
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&beside, &said).expect("the folder can be written to");
        } else {
            wrong.push(format!("{}\n--- expected\n{expected}--- said\n{said}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_has_a_case() {
    let mut codes = BTreeSet::new();
    for path in files("src/rules", ".rs") {
        let source = std::fs::read_to_string(&path).expect("a source");
        for after in source.split(".error(").chain(source.split("Err((")).skip(1) {
            let code = after.trim_start().strip_prefix('"').and_then(|code| code.split('"').next());
            codes.extend(
                code.filter(|code| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')).map(str::to_owned),
            );
        }
    }
    assert!(codes.len() > 30, "the codes were not found in the sources: {codes:?}");
    let answers = files("tests/rules", ".stderr.txt").into_iter().chain(files("tests/waivers", ".stderr.txt"));
    let said: String = answers.flat_map(std::fs::read_to_string).collect();
    // This one takes two files that are laid over each other: a test of its own has it.
    assert!(codes.remove("two-regions"));
    codes.retain(|code| !said.contains(&format!("error[{code}]")));
    assert!(codes.is_empty(), "no file in tests/rules or tests/waivers makes these mistakes: {codes:?}");
}

#[test]
fn rules_for_two_regions_are_not_laid_over_each_other() {
    let file = |region: &str| {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("rules-for-{region}.yaml"));
        std::fs::write(&path, format!("plimsoll: 1\ntitle: t\nregion: {region}\n")).expect("a file for the test");
        Origin::File(path)
    };
    let said = |regions: [&str; 2]| {
        let origin = Origin::Several(regions.map(file).to_vec());
        let request = Request { origin, parameters: &BTreeMap::new(), complete: true, types: judging::types() };
        load(&request).map_or_else(|mistakes| mistakes.render(false, 100), |_| String::new())
    };
    let apart = said(["us-east-1", "eu-west-1"]);
    assert!(apart.contains("error[two-regions]: this is about eu-west-1"), "{apart}");
    assert!(apart.contains("judge them apart"), "{apart}");
    assert!(!said(["us-east-1", "us-east-1"]).contains("two-regions"));
}

#[test]
fn every_case_is_wrong_and_every_answer_has_its_case() {
    for answer in files("tests/rules", ".stderr.txt") {
        let case = answer.to_str().expect("a path").replace(".stderr.txt", ".yaml");
        assert!(Path::new(&case).exists(), "{case} is gone");
        assert_ne!(std::fs::read_to_string(&answer).expect("the answer"), "nothing is wrong\n", "{case}");
    }
}

/// Documents are looked for in the `expected/` beside the `rules/` that a file is in, then beside the file; what they
/// say is part of what a recording is made for.
#[test]
fn documents_are_found_beside_the_rules_and_are_part_of_their_hash() {
    const ALLOWS: &str =
        r#"{ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "ACTION", "Resource": "*" } }"#;
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("expected-documents");
    drop(std::fs::remove_dir_all(&root));
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder for the test");
        std::fs::write(path, text).expect("a file for the test");
    };
    write(
        "rules/lab/r.yaml",
        "plimsoll: 1\ntitle: t\nresources: { role: { type: AWS::IAM::Role, name: r } }\n\
         rules: [{ id: a, permissions: { of: role, at_most: lab/d.json } }]\n",
    );
    write(
        "rules/lab/over.yaml",
        "plimsoll: 1\nextends: r.yaml\nrules: [{ id: b, permissions: { of: role, at_least: lab/d.json } }]\n",
    );
    let load = |file: &str| judging::rules(&root.join(file), &BTreeMap::new());
    let missing = load("rules/lab/r.yaml").expect_err("no document is there");
    assert!(missing.list[0].label.contains("expected/lab/d.json` and `"), "{}", missing.list[0].label);

    write("rules/lab/lab/d.json", &ALLOWS.replace("ACTION", "sqs:SendMessage"));
    let beside = load("rules/lab/r.yaml").expect("the document is beside the file").sha256;
    write("expected/lab/d.json", &ALLOWS.replace("ACTION", "sqs:PurgeQueue"));
    let expected = load("rules/lab/r.yaml").expect("the document is in expected/").sha256;
    assert_ne!(beside, expected);
    assert_eq!(load("rules/lab/over.yaml").expect("both rules find it").rules.len(), 3);
    write("expected/lab/d.json", &ALLOWS.replace("ACTION", "sqs:DeleteQueue"));
    assert_ne!(load("rules/lab/r.yaml").expect("the document is right").sha256, expected);
}

/// What a check reads becomes needs with all else that the rules read, so that the plan knows it beforehand.
#[test]
fn a_check_says_what_must_be_read() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("needs-of-checks");
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    let path = folder.join("rules.yaml");
    let text = "plimsoll: 1\ntitle: t\nresources: { user: { type: AWS::IAM::User, name: u } }\nrules:\n  \
                - { id: a, check: iam-avoidable-resource-star, on: user }\n  \
                - { id: b, check: iam-avoidable-resource-star, each: AWS::IAM::Role, where: { Path: / } }\n";
    std::fs::write(&path, text).expect("a file for the test");
    let rules = judging::rules(&path, &BTreeMap::new()).expect("the rules are right");
    let place = Whereabouts { account: None, partition: "aws".into(), region: "us-east-1".into() };
    let needs = rules.needs(&place);
    let fields = |fields: &Option<BTreeSet<String>>| fields.iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    let roles = needs.of("AWS::IAM::Role", "").expect("roles are read");
    assert_eq!(fields(&roles.all), "ManagedPolicyArns Path PermissionsBoundary Policies");
    let users = needs.of("AWS::IAM::User", "").expect("the user is read");
    assert_eq!(fields(&users.named.get("u").cloned()), "Groups ManagedPolicyArns PermissionsBoundary Policies");
    let groups = needs.of("AWS::IAM::Group", "").expect("groups are read for the user");
    assert_eq!(fields(&groups.all), "ManagedPolicyArns Policies");
    let policies = needs.of("AWS::IAM::ManagedPolicy", "").expect("what is attached is read");
    assert_eq!((fields(&policies.reached).as_str(), &policies.all), ("PolicyDocument", &None));
}

/// What a check reads beside a resource is needed of all in the region of the resource, and nowhere else.
#[test]
fn a_check_says_what_must_be_read_beside() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("needs-beside");
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    let path = folder.join("rules.yaml");
    let text = "plimsoll: 1\ntitle: t\nresources: { q: { type: AWS::SQS::Queue, name: q, region: eu-west-1 } }\nrules:\n  \
                - { id: a, check: sqs-visibility-under-six-timeouts, on: q }\n";
    std::fs::write(&path, text).expect("a file for the test");
    let rules = judging::rules(&path, &BTreeMap::new()).expect("the rules are right");
    let place = Whereabouts { account: None, partition: "aws".into(), region: "us-east-1".into() };
    let needs = rules.needs(&place);
    let fields = |fields: &Option<BTreeSet<String>>| fields.iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    let queues = needs.of("AWS::SQS::Queue", "eu-west-1").expect("the queue is read");
    assert_eq!((fields(&queues.named.get("q").cloned()).as_str(), &queues.all), ("VisibilityTimeout", &None));
    let functions = needs.of("AWS::Lambda::Function", "eu-west-1").expect("functions are read");
    assert_eq!(fields(&functions.all), "Timeout");
    let mappings = needs.of("AWS::Lambda::EventSourceMapping", "eu-west-1").expect("triggers are read");
    assert_eq!(fields(&mappings.all), "Enabled EventSourceArn FunctionArn MaximumBatchingWindowInSeconds");
    assert_eq!(needs.of("AWS::Lambda::Function", "us-east-1"), None);
}

/// What hangs on a parent whose name is known is needed of that parent alone.
#[test]
fn what_hangs_on_a_named_parent_is_needed_of_that_parent() {
    let text = r#"
plimsoll: 1
title: t
resources:
  api: { type: AWS::ApiGateway::RestApi, name: shop }
  post: { type: AWS::ApiGateway::Method, of: api, select: { HttpMethod: POST } }
  stage: { type: AWS::ApiGateway::Stage, of: api, select: { StageName: prod } }
  elsewhere: { type: AWS::ApiGateway::RestApi, name: shop, region: eu-west-1 }
  deployment: { type: AWS::ApiGateway::Deployment, of: elsewhere, select: { Description: x } }
  any: { type: AWS::SNS::Subscription, select: { Protocol: sqs } }
rules:
  - { id: type, on: post, expect: { Integration: { Type: AWS } } }
  - { id: two, only: { type: AWS::ApiGateway::Stage, of: api, where: { TracingEnabled: true }, are: [stage] } }
  - { id: none, only: { type: AWS::ApiGateway::Authorizer, are: [] } }
"#;
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("needs-of-one-parent.yaml");
    std::fs::write(&path, text).expect("a file for the test");
    let rules = judging::rules(&path, &BTreeMap::new()).unwrap_or_else(|said| panic!("{}", said.render(false, 100)));
    let place = Whereabouts { account: None, partition: "aws".to_owned(), region: "us-east-1".to_owned() };
    let needs = rules.needs(&place);
    let of_shop = |type_name: &str| {
        let wanted = needs.of(type_name, "us-east-1").expect("something is wanted");
        assert!(!wanted.of_any_parent() && wanted.children.len() == 1, "{type_name}");
        wanted.children["shop"].iter().map(String::as_str).collect::<Vec<_>>()
    };
    assert_eq!(of_shop("AWS::ApiGateway::Method"), ["HttpMethod", "Integration"]);
    assert_eq!(of_shop("AWS::ApiGateway::Stage"), ["StageName", "TracingEnabled"]);
    // A parent elsewhere, or none, says nothing of where to look.
    for type_name in ["AWS::ApiGateway::Deployment", "AWS::ApiGateway::Authorizer", "AWS::SNS::Subscription"] {
        let wanted = needs.of(type_name, "us-east-1").expect("something is wanted");
        assert!(wanted.all.is_some() && wanted.children.is_empty(), "{type_name}");
    }
}
