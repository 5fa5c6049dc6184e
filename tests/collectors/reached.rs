//! The policies that roles lead to are read, each once, and no others; what is not read of them decides nothing.

use super::account::{Fake, ID, OfRole, error, fetch};
use super::{POLICY, ROLE, of, reason};
use plimsoll::aws::{Outcome, Request};
use plimsoll::model::{Account, Call, Needs, Reason, Value, Verdict};
use plimsoll::rules::{Origin, Request as Load, Rules, Types, Whereabouts, load};
use plimsoll::{audit, services};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

const BASIC: &str = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
const QUEUES: &str = "arn:aws:iam::aws:policy/AmazonSQSFullAccess";
const POWER: &str = "arn:aws:iam::aws:policy/PowerUserAccess";
const DETAILS: &str = "GetAccountAuthorizationDetails";

/// `writer` and `reader` carry the same policy of AWS's, `writer` one of the account's as well; `reader` is bounded by
/// another of AWS's, and `api` carries a third.
fn of_role(name: &str) -> OfRole {
    let own = format!("arn:aws:iam::{ID}:policy/write");
    let (attached, boundary) = match name {
        "writer" => (vec![own, BASIC.to_owned()], None),
        "reader" => (vec![BASIC.to_owned()], Some(POWER.to_owned())),
        _ => (vec![QUEUES.to_owned()], None),
    };
    OfRole { attached, boundary }
}

fn fake(fault: impl Fn(&Request, usize) -> Option<Outcome> + Send + Sync + 'static) -> Arc<Fake> {
    let mut fake = Fake::new(1000, fault);
    fake.of_role = of_role;
    Arc::new(fake)
}

/// What a rule on the permissions of these roles needs.
pub(crate) fn permissions_of(roles: &[&str]) -> Needs {
    let mut needs = Needs::default();
    for role in roles {
        needs.named(ROLE, "", role, ["ManagedPolicyArns", "Policies", "PermissionsBoundary"]);
    }
    needs.reached(POLICY, "", ["PolicyDocument"]);
    needs
}

/// The ARNs of the policies that `operation` was asked about, sorted.
fn asked(fake: &Fake, operation: &str) -> Vec<String> {
    let sent = fake.sent.lock().expect("lock");
    let asked = sent.iter().filter(|request| request.operation == operation);
    let mut arns: Vec<String> = asked
        .filter_map(|request| request.form("PolicyArn"))
        .map(|arn| arn.replace("%3A", ":").replace("%2F", "/"))
        .collect();
    arns.sort();
    arns
}

/// The ARNs of the policies in the account, sorted.
fn policies(account: &Account) -> Vec<&str> {
    let policies = account.resources.iter().filter(|resource| resource.type_name == POLICY);
    let mut arns: Vec<&str> = policies.map(|policy| policy.id.as_str()).collect();
    arns.sort_unstable();
    arns
}

fn refuse(operation: &'static str) -> impl Fn(&Request, usize) -> Option<Outcome> + Send + Sync {
    move |request, _| (request.operation == operation).then(|| error(request, 403, "AccessDenied"))
}

#[tokio::test]
async fn a_policy_of_awss_is_read_once_however_many_roles_carry_it() {
    let fake = fake(|_, _| None);
    let account = fetch(&fake, &permissions_of(&["writer", "reader"])).await;
    for operation in ["GetPolicy", "GetPolicyVersion"] {
        // The boundary of the reader is read as well; that of nobody, and what the role that no rule names carries, is not.
        assert_eq!(asked(&fake, operation), [POWER, BASIC], "{operation}");
    }
    assert_eq!(policies(&account), [&format!("arn:aws:iam::{ID}:policy/write"), POWER, BASIC]);
    for name in ["write", "PowerUserAccess", "AWSLambdaBasicExecutionRole"] {
        assert!(matches!(of(&account, POLICY, name).get("PolicyDocument"), Value::Policy(_)), "{name}");
    }
    assert_eq!((fake.sent("ListPolicies"), fake.sent("GetRole"), account.gaps.len()), (0, 0, 0));
}

#[tokio::test]
async fn what_other_roles_carry_is_not_read() {
    let fake = fake(|_, _| None);
    let account = fetch(&fake, &permissions_of(&["api"])).await;
    assert_eq!((asked(&fake, "GetPolicy"), policies(&account)), (vec![QUEUES.to_owned()], vec![QUEUES]));
    // A policy of the account comes with the answer on all of them, and is left out where no role leads to it.
    assert!(!account.resources.iter().any(|resource| resource.name == "write"));
}

#[tokio::test]
async fn a_policy_that_is_only_a_boundary_is_read() {
    let mut needs = Needs::default();
    needs.named(ROLE, "", "reader", ["PermissionsBoundary"]);
    needs.reached(POLICY, "", ["PolicyDocument"]);
    for denied in ["", DETAILS] {
        let fake = fake(refuse(denied));
        let account = fetch(&fake, &needs).await;
        let power = of(&account, POLICY, "PowerUserAccess");
        assert!(matches!(power.get("PolicyDocument"), Value::Policy(_)), "{denied}");
        assert!(asked(&fake, "GetPolicy").contains(&POWER.to_owned()), "{denied}");
    }
}

#[tokio::test]
async fn where_the_details_are_denied_the_same_policies_are_read_by_their_arns() {
    let needs = permissions_of(&["writer", "reader"]);
    let whole = fetch(&fake(|_, _| None), &needs).await;
    let fake = fake(refuse(DETAILS));
    let account = fetch(&fake, &needs).await;
    assert_eq!(policies(&account), policies(&whole));
    for policy in whole.resources.iter().filter(|resource| resource.type_name == POLICY) {
        let document = |account: &Account| of(account, POLICY, &policy.name).get("PolicyDocument").clone();
        assert_eq!(document(&account), document(&whole), "{}", policy.id);
    }
    assert_eq!(asked(&fake, "GetPolicy"), [POWER, BASIC]);
    assert_eq!(asked(&fake, "GetPolicyVersion"), [&format!("arn:aws:iam::{ID}:policy/write"), POWER, BASIC]);
}

#[tokio::test]
async fn what_is_denied_of_a_policy_is_unread_and_names_the_call() {
    for operation in ["GetPolicy", "GetPolicyVersion"] {
        let account = fetch(&fake(refuse(operation)), &permissions_of(&["writer", "reader"])).await;
        let document = of(&account, POLICY, "AWSLambdaBasicExecutionRole").get("PolicyDocument");
        assert_eq!(reason(document), &Reason::Denied("AccessDenied".into()), "{operation}");
        let Value::Unread(gap) = document else { panic!("{document:?} was read") };
        assert_eq!(gap.call, Call::new("iam", operation, "", BASIC));
        // The account's own comes with the details.
        assert!(matches!(of(&account, POLICY, "write").get("PolicyDocument"), Value::Policy(_)), "{operation}");
    }
}

const RULES: &str = "
plimsoll: 1
title: What the roles may do
region: us-east-1
resources:
  writer: { type: AWS::IAM::Role, name: writer }
  reader: { type: AWS::IAM::Role, name: reader }
  api: { type: AWS::IAM::Role, name: api }
rules:
  - { id: most, permissions: { of: [writer, reader, api], at_most: most.json } }
  - { id: none, permissions: { of: [writer, reader, api], at_most: none.json } }
";

fn rules() -> Rules {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reached");
    fs::create_dir_all(&folder).expect("a folder");
    let allow = |action: &str| {
        serde_json::json!({
            "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": action, "Resource": "*" }
        })
    };
    for (file, text) in [
        ("rules.yaml", RULES.to_owned()),
        ("most.json", allow("dynamodb:PutItem").to_string()),
        ("none.json", allow("sts:GetCallerIdentity").to_string()),
    ] {
        fs::write(folder.join(file), text).expect("a file");
    }
    let types = Types {
        kind: services::kind,
        names: || services::kinds().map(|kind| kind.type_name).collect(),
        checks: || plimsoll::checks::all().collect(),
    };
    let origin = Origin::File(folder.join("rules.yaml"));
    let rules = load(&Load { origin, parameters: &BTreeMap::new(), complete: true, types });
    rules.unwrap_or_else(|diagnostics| panic!("{}", diagnostics.render(false, 120)))
}

#[tokio::test]
async fn a_judgement_that_hangs_on_a_policy_that_is_denied_is_unknown_and_names_the_call() {
    let rules = rules();
    let place = Whereabouts { account: Some(ID.to_owned()), partition: "aws".into(), region: "us-east-1".into() };
    let needs = rules.needs(&place);
    let verdicts = |account: &Account| -> BTreeMap<(String, String), (Verdict, String)> {
        let findings = audit::audit(&rules, account, &place).findings.into_iter();
        let judged = findings.filter(|finding| matches!(finding.rule.as_str(), "most" | "none"));
        judged.map(|finding| ((finding.rule, finding.resource), (finding.verdict, finding.found))).collect()
    };
    let sound = verdicts(&fetch(&fake(|_, _| None), &needs).await);
    for ((rule, role), (verdict, found)) in &sound {
        let wanted = if rule == "most" { Verdict::Pass } else { Verdict::Fail };
        assert_eq!(*verdict, wanted, "{rule} {role}: {found}");
    }
    for operation in ["GetPolicy", "GetPolicyVersion"] {
        let told = verdicts(&fetch(&fake(refuse(operation)), &needs).await);
        assert_eq!(told.len(), sound.len());
        for ((rule, role), (verdict, found)) in told {
            assert_eq!(verdict, Verdict::Unknown, "{rule} {role}: {found}");
            assert!(found.contains(&format!("permit iam:{operation} to the auditor")), "{rule} {role}: {found}");
        }
    }
}

#[tokio::test]
async fn a_role_that_a_function_runs_as_is_read_though_no_rule_names_it() {
    let functions = |role: String| {
        move |request: &Request, _: usize| {
            (request.operation == "ListFunctions").then(|| {
                let function = serde_json::json!({
                    "FunctionName": "f", "FunctionArn": format!("arn:aws:lambda:us-east-1:{ID}:function:f"), "Role": role,
                    "Version": "$LATEST",
                });
                let body = serde_json::json!({ "Functions": [function] }).to_string();
                Outcome::Response {
                    status: 200,
                    headers: vec![("content-type".into(), "application/json".into())],
                    body: body.into(),
                }
            })
        }
    };
    let roles =
        |account: &Account| -> Vec<String> { account.of_type(ROLE, "").map(|role| role.name.clone()).collect() };
    let mut needs = Needs::default();
    needs.named("AWS::Lambda::Function", "us-east-1", "f", ["Role"]);
    let of_writer = fake(functions(format!("arn:aws:iam::{ID}:role/writer")));
    let unwanted = fetch(&of_writer, &needs).await;
    assert!(roles(&unwanted).is_empty(), "nobody asked for the role");
    needs.reached(ROLE, "", ["ManagedPolicyArns", "Policies", "PermissionsBoundary"]);
    needs.reached(POLICY, "", ["PolicyDocument"]);
    let account = fetch(&of_writer, &needs).await;
    assert_eq!(roles(&account), ["writer"]);
    assert_eq!(policies(&account).len(), 2, "with the policies that are attached to it, and no others");
    // A role of another account cannot be read here.
    let elsewhere = fetch(&fake(functions("arn:aws:iam::999988887777:role/writer".to_owned())), &needs).await;
    assert!(roles(&elsewhere).is_empty());
}
