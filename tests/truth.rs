//! The truth tables of IAM are well formed, and can be fed to the batch commands.
//!
//! `tests/truth/public.yaml` says which resource policies are public and whom they let in; `tests/truth/evaluations.yaml`
//! what AWS decides on single requests. Both were written from AWS's documentation before the code that is judged by them,
//! so this test knows nothing of that code: it holds that every row is whole, and writes each table as JSON, one object a
//! line, under the test's temporary folder in the fields that the batch commands read.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// The page that supports a row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    page: String,
    address: String,
}

/// One resource policy and what is known of it. The fields are explained at the head of the table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exposure {
    id: String,
    why: String,
    source: Source,
    resource_type: String,
    account: String,
    resource_arn: String,
    policy: Map<String, Value>,
    action: String,
    #[serde(deserialize_with = "given")]
    public: Option<bool>,
    confused_deputy: bool,
    #[serde(deserialize_with = "given")]
    principals: Option<Vec<String>>,
}

/// What may be `null` must still be written down: a function for the field makes serde ask for it.
fn given<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

/// The policies of one organisation's root, unit or account.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Level {
    org_identifier: String,
    policies: Vec<Map<String, Value>>,
}

/// One request, the policies that apply to it, and AWS's decision.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Evaluation {
    id: String,
    #[serde(skip_serializing)]
    why: String,
    #[serde(skip_serializing)]
    source: Source,
    #[serde(default)]
    identity_policies: Vec<Map<String, Value>>,
    #[serde(default)]
    resource_policy: Option<Map<String, Value>>,
    #[serde(default)]
    boundaries: Vec<Map<String, Value>>,
    #[serde(default)]
    has_boundary: bool,
    #[serde(default)]
    scps: Vec<Level>,
    #[serde(default)]
    rcps: Vec<Level>,
    #[serde(default)]
    session_policy: Option<Map<String, Value>>,
    #[serde(default)]
    endpoint_policies: Vec<Map<String, Value>>,
    request: Request,
    expected: Decision,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Request {
    principal: Value,
    action: String,
    resource: String,
    resource_account: String,
    context: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord)]
enum Decision {
    Allowed,
    ImplicitlyDenied,
    ExplicitlyDenied,
}

fn table<T: DeserializeOwned>(name: &str) -> Vec<T> {
    let path = Path::new("tests/truth").join(name);
    let text = std::fs::read_to_string(&path).expect("the table is there");
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What the rows of both tables have in common.
fn whole<'a>(rows: impl Iterator<Item = (&'a str, &'a str, &'a Source)>) {
    let mut ids = BTreeSet::new();
    for (id, why, source) in rows {
        assert!(ids.insert(id), "two rows are called {id}");
        let named = id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        assert!(named && !id.is_empty(), "`{id}` is no name of a row");
        assert!(!why.trim().is_empty(), "{id} does not say why");
        assert!(!source.page.is_empty(), "{id} names no page");
        assert!(source.address.starts_with("https://docs.aws.amazon.com/"), "{id}: {} is not AWS's", source.address);
    }
}

/// A policy as AWS stores it: statements that allow or deny, and nothing that the YAML made a number.
fn is_policy(id: &str, policy: &Map<String, Value>) {
    let statements = match policy.get("Statement") {
        Some(Value::Array(statements)) => statements.as_slice(),
        Some(statement) => std::slice::from_ref(statement),
        None => panic!("{id}: a policy without statements"),
    };
    assert!(!statements.is_empty(), "{id}: a policy without statements");
    assert!(policy.keys().all(|key| matches!(key.as_str(), "Version" | "Statement" | "Id")), "{id}: {policy:?}");
    assert!(policy.get("Version").is_none_or(Value::is_string), "{id}: a version is text");
    for statement in statements {
        let statement = statement.as_object().unwrap_or_else(|| panic!("{id}: a statement is an object"));
        assert!(
            matches!(statement.get("Effect").and_then(Value::as_str), Some("Allow" | "Deny")),
            "{id}: {statement:?}"
        );
        assert!(statement.contains_key("Action") != statement.contains_key("NotAction"), "{id}: {statement:?}");
        for (element, value) in statement {
            match element.as_str() {
                "Sid" | "Effect" => assert!(value.is_string(), "{id}: {element}"),
                "Action" | "NotAction" | "Resource" | "NotResource" => texts(id, value),
                "Principal" | "NotPrincipal" if value == "*" => {}
                "Principal" | "NotPrincipal" => {
                    let kinds = value.as_object().unwrap_or_else(|| panic!("{id}: {value}"));
                    kinds.iter().for_each(|(_, value)| texts(id, value));
                }
                "Condition" => {
                    let operators = value.as_object().unwrap_or_else(|| panic!("{id}: {value}"));
                    assert!(operators.values().all(Value::is_object), "{id}: {value}");
                }
                _ => panic!("{id}: an unknown element {element}"),
            }
        }
    }
}

fn texts(id: &str, value: &Value) {
    let text = value.is_string() || value.as_array().is_some_and(|values| values.iter().all(Value::is_string));
    assert!(text, "{id}: {value} should be text or a list of it");
}

fn is_account(id: &str, text: &str) {
    assert!(text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()), "{id}: {text} is no account");
}

/// The notation at the head of the table.
fn is_principal(id: &str, text: &str) {
    match text.split_once(':') {
        None => assert_eq!(text, "anyone", "{id}"),
        Some(("account", account)) => is_account(id, account),
        Some(("service", name)) => assert!(name.ends_with(".amazonaws.com"), "{id}: {name}"),
        Some(("federated", provider)) => assert!(!provider.is_empty(), "{id}"),
        Some(("arn", _)) => {
            assert!(text.starts_with("arn:aws:iam::") || text.starts_with("arn:aws:sts::"), "{id}: {text}")
        }
        Some(_) => panic!("{id}: {text} is not in the notation of the table"),
    }
}

fn write_lines(name: &str, lines: impl Iterator<Item = Value>) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("truth");
    std::fs::create_dir_all(&folder).expect("a folder for the tables");
    let text: String = lines.map(|line| format!("{line}\n")).collect();
    std::fs::write(folder.join(name), text).expect("the table can be written");
}

#[test]
fn the_table_of_public_policies_is_whole() {
    let rows: Vec<Exposure> = table("public.yaml");
    assert!(rows.len() >= 80, "{} rows are too few", rows.len());
    whole(rows.iter().map(|row| (row.id.as_str(), row.why.as_str(), &row.source)));
    let mut counts = BTreeMap::new();
    for row in &rows {
        let id = &row.id;
        let (service, action) = match row.resource_type.as_str() {
            "AWS::SQS::Queue" => ("arn:aws:sqs:", "sqs:"),
            "AWS::SNS::Topic" => ("arn:aws:sns:", "sns:"),
            "AWS::Lambda::Function" => ("arn:aws:lambda:", "lambda:"),
            "AWS::DynamoDB::Table" => ("arn:aws:dynamodb:", "dynamodb:"),
            "AWS::IAM::Role" => ("arn:aws:iam:", "sts:"),
            other => panic!("{id}: {other} is no type of this table"),
        };
        assert!(row.resource_arn.starts_with(service), "{id}: {}", row.resource_arn);
        assert!(row.action.starts_with(action), "{id}: {}", row.action);
        is_account(id, &row.account);
        assert_eq!(row.resource_arn.split(':').nth(4), Some(row.account.as_str()), "{id}: the owner is in the ARN");
        is_policy(id, &row.policy);
        if let Some(principals) = &row.principals {
            principals.iter().for_each(|principal| is_principal(id, principal));
            assert!(principals.is_sorted(), "{id}: the principals are sorted");
            let anyone = principals.iter().any(|principal| principal == "anyone");
            assert!(!anyone || principals.len() == 1, "{id}: anyone takes the others in");
            assert!(anyone || row.public != Some(true), "{id}: public lets anyone in");
            let service = principals.iter().any(|principal| principal.starts_with("service:"));
            assert!(service || !row.confused_deputy, "{id}: a confused deputy is a service");
        }
        *counts.entry((row.resource_type.as_str(), row.public)).or_insert(0) += 1;
    }
    for resource_type in rows.iter().map(|row| row.resource_type.as_str()).collect::<BTreeSet<_>>() {
        for public in [true, false] {
            let count = counts.get(&(resource_type, Some(public))).copied().unwrap_or(0);
            assert!(count >= 3, "{resource_type}: {count} rows are public: {public}");
        }
    }
    write_lines(
        "public.jsonl",
        rows.into_iter().map(|row| {
            serde_json::json!({
                "id": row.id, "resource_type": row.resource_type, "account": row.account,
                "resource_arn": row.resource_arn, "policy": row.policy, "action": row.action,
            })
        }),
    );
}

#[test]
fn the_table_of_evaluations_is_whole() {
    let rows: Vec<Evaluation> = table("evaluations.yaml");
    assert!(rows.len() >= 60, "{} rows are too few", rows.len());
    whole(rows.iter().map(|row| (row.id.as_str(), row.why.as_str(), &row.source)));
    for row in &rows {
        let id = &row.id;
        let levels = row.scps.iter().chain(&row.rcps);
        let policies = row.identity_policies.iter().chain(&row.resource_policy).chain(&row.boundaries);
        let policies = policies.chain(&row.session_policy).chain(&row.endpoint_policies);
        policies.chain(levels.flat_map(|level| &level.policies)).for_each(|policy| is_policy(id, policy));
        assert_eq!(row.has_boundary, !row.boundaries.is_empty(), "{id}: `has_boundary` follows from `boundaries`");
        assert!(row.scps.iter().chain(&row.rcps).all(|level| !level.org_identifier.is_empty()), "{id}");
        let principal = &row.request.principal;
        let anonymous = principal.as_object().is_some_and(|kind| kind.get("type") == Some(&Value::from("Anonymous")));
        assert!(anonymous || principal.is_string(), "{id}: {principal}");
        assert!(row.request.action.contains(':') && row.request.resource.starts_with("arn:aws:"), "{id}");
        is_account(id, &row.request.resource_account);
        row.request.context.values().for_each(|value| texts(id, value));
    }
    for decision in [Decision::Allowed, Decision::ImplicitlyDenied, Decision::ExplicitlyDenied] {
        let count = rows.iter().filter(|row| row.expected == decision).count();
        assert!(count >= 10, "{count} rows are {decision:?}");
    }
    let lines = rows.iter().map(|row| serde_json::to_value(row).expect("a row is JSON"));
    write_lines("evaluations.jsonl", lines);
}

/// The answers of a batch command to lines, by id.
fn answers(command: &[&str], name: &str, lines: impl Iterator<Item = Value>) -> BTreeMap<String, Value> {
    write_lines(name, lines);
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("truth").join(name);
    let run = Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(command).arg(&path).output().expect("the command runs");
    assert!(run.status.success(), "{command:?}: {}", String::from_utf8_lossy(&run.stderr));
    let answer = |line: &str| {
        let answer: Value = serde_json::from_str(line).expect("an answer is JSON");
        (answer["id"].as_str().expect("an answer has the id of its line").to_owned(), answer)
    };
    String::from_utf8(run.stdout).expect("the answers are UTF-8").lines().map(answer).collect()
}

#[test]
fn every_policy_is_judged_as_the_table_says() {
    let rows: Vec<Exposure> = table("public.yaml");
    let lines = rows.iter().map(|row| {
        serde_json::json!({
            "id": row.id, "resource_type": row.resource_type, "account": row.account,
            "resource_arn": row.resource_arn, "policy": row.policy, "action": row.action,
        })
    });
    let answers = answers(&["policy", "principals", "--cases"], "judged.jsonl", lines);
    let mut wrong = Vec::new();
    for row in &rows {
        let answer = &answers[&row.id];
        // Where documentation leaves it open, unknown and the safe answer are right.
        let public = answer["public"].as_bool();
        let is_public = public == row.public || (row.public.is_none() && public == Some(true));
        let is_deputy = answer["confused_deputy"] == row.confused_deputy;
        let named = row.principals.as_ref().is_none_or(|wanted| answer["principals"] == serde_json::json!(wanted));
        if !(is_public && is_deputy && named) {
            let (deputy, principals) = (row.confused_deputy, &row.principals);
            wrong.push(format!("{answer}\n    wanted {:?}, {deputy}, {principals:?}", row.public));
        }
    }
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[test]
fn every_request_is_decided_as_the_table_says() {
    let rows: Vec<Evaluation> = table("evaluations.yaml");
    let lines = rows.iter().map(|row| serde_json::to_value(row).expect("a row is JSON"));
    let answers = answers(&["policy", "can", "--cases"], "decided.jsonl", lines);
    let wanted = |row: &Evaluation| serde_json::to_value(&row.expected).expect("a decision is JSON");
    let wrong: Vec<&Value> =
        rows.iter().filter(|row| answers[&row.id]["decision"] != wanted(row)).map(|row| &answers[&row.id]).collect();
    assert!(wrong.is_empty(), "{} of {} rows: {wrong:#?}", wrong.len(), rows.len());
}
