//! Policies narrowed to what rules need: the lab's come out as its hardened documents, and nothing hostile makes a proposal
//! that is wider than the policies, or a proof of what was not read.

mod judging;

use judging::{ACCOUNT, account};
use plimsoll::iam::{Grants, Policy, Relation};
use plimsoll::narrow::{Asked, Change, Narrowed, NoRole, Proposal, State, Verdict, narrow};
use plimsoll::rules::{Rules, Whereabouts};
use std::collections::BTreeMap;
use std::path::Path;

const LOGS: &str =
    r#"{ Effect: Allow, Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], Resource: "*" }"#;
const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:POC-Queue";

fn place() -> Whereabouts {
    let (partition, region) = ("aws".to_owned(), judging::REGION.to_owned());
    Whereabouts { account: Some(ACCOUNT.to_owned()), partition, region }
}

fn rules(path: &str) -> Rules {
    judging::rules(Path::new(path), &BTreeMap::new()).unwrap_or_else(|wrong| panic!("{}", wrong.render(false, 100)))
}

/// Rules with a queue, a function that polls it, and its role.
fn small(test: &str, more: &str) -> Rules {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("narrow");
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    let path = folder.join(format!("{test}.yaml"));
    let text = format!(
        "plimsoll: 1\ntitle: T\nregion: us-east-1\nresources:\n  \
         queue: {{ type: AWS::SQS::Queue, name: POC-Queue }}\n  \
         worker: {{ type: AWS::Lambda::Function, name: worker }}\n  \
         worker-role: {{ type: AWS::IAM::Role, name: worker-role }}\n\
         rules:\n  - {{ id: polls, flow: {{ from: queue, to: worker }} }}\n{more}"
    );
    std::fs::write(&path, text).expect("a file for the test");
    rules(path.to_str().expect("UTF-8"))
}

/// An account with the queue, the function, and its role with this inline policy; `more` stands among the resources.
fn with(statements: &str, role: &str, more: &str) -> plimsoll::model::Account {
    account(&format!(
        r#"
resources:
  - {{ type: AWS::SQS::Queue, name: POC-Queue }}
  - type: AWS::Lambda::Function
    name: worker
    properties: {{ Role: "arn:aws:iam::123456789012:role/path/worker-role" }}
  - type: AWS::IAM::Role
    name: worker-role
    properties: {{ Policies: [{{ PolicyName: inline, PolicyDocument: {{ Version: "2012-10-17", Statement: [{statements}] }} }}]{role} }}
{more}"#
    ))
}

fn only(roles: Result<Vec<Narrowed>, NoRole>) -> Narrowed {
    let mut roles = roles.expect("a role");
    assert_eq!(roles.len(), 1, "{roles:?}");
    roles.remove(0)
}

fn proposed(rules: &Rules, account: &plimsoll::model::Account) -> Proposal {
    only(narrow(rules, account, &place(), Asked::default())).proposal.expect("a proposal")
}

fn after(proposal: &Proposal) -> Vec<Policy> {
    proposal.policies.iter().filter_map(|policy| policy.after.clone()).collect()
}

fn same(one: &[Policy], other: &[Policy], what: &str) {
    let (one, other) = (Grants::of(one), Grants::of(other));
    assert_eq!(one.within(&other), Relation::Contained, "{what}");
    assert_eq!(other.within(&one), Relation::Contained, "{what}");
}

fn on_one_line(policy: &Policy) -> Vec<String> {
    policy.statements.iter().map(plimsoll::iam::Statement::to_json_line).collect()
}

/// A document of `expected/`, with what it refers to.
fn expected(file: &str) -> Policy {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("expected/serverless-poc/hardened").join(file);
    let text = std::fs::read_to_string(path).expect("a document");
    let bound = [
        ("${AWS::Partition}", "aws"),
        ("${AWS::Region}", judging::REGION),
        ("${AWS::AccountId}", ACCOUNT),
        ("${queue.Arn}", QUEUE),
    ];
    let text = bound.iter().fold(text, |text, (reference, value)| text.replace(reference, value));
    assert!(!text.contains("${"), "{text}");
    Policy::parse(&text).expect("a policy")
}

/// The lab as its text has it, with the logs that a role made for Lambda has, and the queue granted to the API's role.
fn lab() -> plimsoll::model::Account {
    let document = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("expected/serverless-poc").join(name);
        std::fs::read_to_string(path).expect("a document").replace('\n', " ")
    };
    let mut text = String::from("resources:\n");
    for queue_or in [
        "{ type: AWS::SQS::Queue, name: POC-Queue }",
        "{ type: AWS::DynamoDB::Table, name: orders }",
        "{ type: AWS::SNS::Topic, name: POC-Topic }",
        r#"{ type: AWS::Lambda::Function, name: POC-Lambda-1, properties: { Role: "arn:aws:iam::123456789012:role/path/Lambda-SQS-DynamoDB" } }"#,
        r#"{ type: AWS::Lambda::Function, name: POC-Lambda-2, properties: { Role: "arn:aws:iam::123456789012:role/path/Lambda-DynamoDBStreams-SNS" } }"#,
    ] {
        text.push_str(&format!("  - {queue_or}\n"));
    }
    for name in ["Lambda-Write-DynamoDB", "Lambda-SNS-Publish", "Lambda-DynamoDBStreams-Read", "Lambda-Read-SQS"] {
        let document = document(&format!("{name}.json"));
        text.push_str(&format!(
            "  - {{ type: AWS::IAM::ManagedPolicy, name: {name}, properties: {{ Arn: 'arn:aws:iam::{ACCOUNT}:policy/{name}', DefaultVersionId: v1, PolicyDocument: {document} }} }}\n"
        ));
    }
    let of_aws = [
        ("service-role/AWSLambdaBasicExecutionRole", LOGS.to_owned()),
        ("AmazonSQSFullAccess", r#"{ Effect: Allow, Action: ["sqs:*"], Resource: "*" }"#.to_owned()),
        (
            "service-role/AmazonAPIGatewayPushToCloudWatchLogs",
            r#"{ Effect: Allow, Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents", "logs:GetLogEvents", "logs:FilterLogEvents"], Resource: "*" }"#
                .to_owned(),
        ),
    ];
    for (path, statement) in &of_aws {
        let name = path.rsplit('/').next().expect("a name");
        text.push_str(&format!(
            "  - {{ type: AWS::IAM::ManagedPolicy, name: {name}, properties: {{ Arn: 'arn:aws:iam::aws:policy/{path}', AwsManaged: true, DefaultVersionId: v1, PolicyDocument: {{ Version: '2012-10-17', Statement: [{statement}] }} }} }}\n"
        ));
    }
    let own = |name: &str| format!("arn:aws:iam::{ACCOUNT}:policy/{name}");
    let aws = |at: usize| format!("arn:aws:iam::aws:policy/{}", of_aws[at].0);
    for (role, policies) in [
        ("Lambda-SQS-DynamoDB", [own("Lambda-Write-DynamoDB"), own("Lambda-Read-SQS"), aws(0)].to_vec()),
        (
            "Lambda-DynamoDBStreams-SNS",
            [own("Lambda-SNS-Publish"), own("Lambda-DynamoDBStreams-Read"), aws(0)].to_vec(),
        ),
        ("APIGateway-SQS", [aws(1), aws(2)].to_vec()),
    ] {
        text.push_str(&format!(
            "  - {{ type: AWS::IAM::Role, name: {role}, properties: {{ ManagedPolicyArns: {policies:?} }} }}\n"
        ));
    }
    account(&text)
}

#[test]
fn the_lab_comes_out_as_its_hardened_documents() {
    let account = lab();
    for file in ["rules/serverless-poc.yaml", "rules/serverless-poc/hardened.yaml"] {
        let roles = narrow(&rules(file), &account, &place(), Asked::default()).expect("roles");
        let keys: Vec<&str> = roles.iter().filter_map(|role| role.key.as_deref()).collect();
        assert_eq!(keys, ["api-role", "writer-role", "announcer-role"]);
        for (role, ceiling) in roles.iter().zip(["api.ceiling.json", "writer.ceiling.json", "announcer.ceiling.json"]) {
            let proposal = role.proposal.as_ref().expect("a proposal");
            assert_eq!((&proposal.contained, &proposal.floor), (&Verdict::Proven, &Verdict::Proven), "{}", role.name);
            assert!(proposal.has_findings() && !proposal.is_least(), "the lab grants more");
            same(&after(proposal), &[expected(ceiling)], ceiling);
            for policy in &proposal.policies {
                if policy.name.starts_with("Lambda-") {
                    let hardened = expected(&format!("{}.json", policy.name));
                    assert_eq!(policy.change, Change::Narrowed);
                    let after = policy.after.as_ref().expect("a document");
                    assert_eq!(after.statements[0].sid.as_deref(), Some("VisualEditor0"), "the Sid stays");
                    same(std::slice::from_ref(after), &[hardened], &policy.name);
                }
            }
        }
        let kept = &roles[0].proposal.as_ref().expect("a proposal").policies[1];
        assert_eq!((kept.name.as_str(), kept.change), ("AmazonAPIGatewayPushToCloudWatchLogs", Change::None));
        assert!(kept.is_of_aws());
    }
}

/// What was proposed is the least: proposed again, nothing changes.
#[test]
fn a_proposal_is_its_own_proposal() {
    let rules = small("again", "");
    let account = with(r#"{ Effect: Allow, Action: "sqs:*", Resource: "*" }"#, "", "");
    let first = proposed(&rules, &account);
    let statement = on_one_line(&after(&first)[0]).remove(0);
    let again = proposed(&rules, &with(&statement, "", ""));
    assert!(again.is_least() && !again.has_findings(), "{again:?}");
    assert_eq!(again.policies[0].change, Change::None);
}

#[test]
fn strict_leaves_only_what_is_needed() {
    let rules = small("strict", "");
    let account = with(
        r#"{ Effect: Allow, Action: ["sqs:ChangeMessageVisibility", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], Resource: "*" }"#,
        "",
        "",
    );
    let all = |strict| {
        let asked = Asked { strict, ..Asked::default() };
        let proposal = only(narrow(&rules, &account, &place(), asked)).proposal.expect("a proposal");
        assert_eq!((&proposal.contained, &proposal.floor), (&Verdict::Proven, &Verdict::Proven));
        on_one_line(&after(&proposal)[0]).remove(0)
    };
    assert!(all(false).contains("ChangeMessageVisibility"), "{}", all(false));
    assert!(!all(true).contains("ChangeMessageVisibility"), "{}", all(true));
}

#[test]
fn statements_are_read_as_iam_reads_them() {
    let queue = QUEUE.replace("us-east-1", "*");
    let not_action = r#"{ Sid: most, Effect: Allow, NotAction: "iam:*", Resource: "*" }"#;
    let not_resource = r#"{ Effect: Allow, Action: "sqs:*", NotResource: "arn:aws:sqs:*:*:other" }"#;
    let patterns = format!(r#"{{ Effect: Allow, Action: ["sqs:?*Message", "sqs:get*"], Resource: "{queue}" }}"#);
    for (statement, actions) in [(not_action.to_owned(), 4), (not_resource.to_owned(), 4), (patterns, 3)] {
        let proposal = proposed(&small("meaning", ""), &with(&statement, "", ""));
        assert_eq!((&proposal.contained, &proposal.floor), (&Verdict::Proven, &Verdict::Proven), "{statement}");
        let [policy] = &after(&proposal)[..] else { panic!("one policy: {proposal:?}") };
        let on_queue: usize = policy
            .statements
            .iter()
            .filter(|s| s.resource.as_ref().is_some_and(|r| r.values == [QUEUE]))
            .map(|s| s.action.values.len())
            .sum();
        assert_eq!(on_queue, actions, "{statement}: {:?}", on_one_line(policy));
    }
}

#[test]
fn denials_and_conditions_stay_and_a_denied_need_is_told() {
    let rules = small("denied", "");
    let deny = r#"{ Sid: never, Effect: Deny, Action: "sqs:DeleteMessage", Resource: "*" }"#;
    let allow =
        r#"{ Effect: Allow, Action: "sqs:*", Resource: "*", Condition: { Bool: { "aws:SecureTransport": "true" } } }"#;
    let proposal = proposed(&rules, &with(&format!("{allow}, {deny}"), "", ""));
    assert_eq!(proposal.contained, Verdict::Proven);
    let Verdict::Refuted { why, request } = &proposal.floor else { panic!("{:?}", proposal.floor) };
    assert!(why.contains("sqs:DeleteMessage is not allowed") && why.contains("denies it"), "{why}");
    assert!(why.contains("nor is it by the policies as they are"), "{why}");
    assert!(request.contains(QUEUE), "{request}");
    let lines = on_one_line(&after(&proposal)[0]).join("\n");
    assert!(lines.contains(r#""Condition": { "Bool": { "aws:SecureTransport": "true" } }"#), "{lines}");
    assert!(lines.contains(r#"{ "Sid": "never", "Effect": "Deny""#), "{lines}");
}

#[test]
fn what_rests_on_an_unknown_condition_is_unknown_and_stays() {
    let allow = r#"{ Effect: Allow, Action: "sqs:*", Resource: "*", Condition: { StringEquals: { "aws:PrincipalTag/team": "orders" } } }"#;
    let proposal = proposed(&small("tag", ""), &with(allow, "", ""));
    assert_eq!(proposal.contained, Verdict::Proven);
    assert!(
        matches!(&proposal.floor, Verdict::Unknown(why) if why.contains("rests on conditions")),
        "{:?}",
        proposal.floor
    );
    assert!(on_one_line(&after(&proposal)[0])[0].contains("sqs:ReceiveMessage"));
}

#[test]
fn a_boundary_bounds_what_is_needed() {
    let boundary = |actions: &str| {
        format!(
            r#"  - {{ type: AWS::IAM::ManagedPolicy, name: edge, properties: {{ Arn: "arn:aws:iam::{ACCOUNT}:policy/edge", PolicyDocument: {{ Version: "2012-10-17", Statement: [{{ Effect: Allow, Action: {actions}, Resource: "*" }}] }} }} }}"#
        )
    };
    let bounded = format!(r#", PermissionsBoundary: "arn:aws:iam::{ACCOUNT}:policy/edge""#);
    let allow = r#"{ Effect: Allow, Action: "*", Resource: "*" }"#;
    let rules = small("boundary", "");
    let proposal = proposed(&rules, &with(allow, &bounded, &boundary(r#""sqs:*""#)));
    assert_eq!((&proposal.contained, &proposal.floor), (&Verdict::Proven, &Verdict::Proven));
    assert!(proposal.bounded);
    let proposal = proposed(&rules, &with(allow, &bounded, &boundary(r#""sqs:ReceiveMessage""#)));
    assert_eq!(proposal.contained, Verdict::Proven);
    assert!(matches!(proposal.floor, Verdict::Refuted { .. }), "{:?}", proposal.floor);
}

#[test]
fn what_the_policy_of_the_queue_lets_in_need_not_be_granted() {
    let queue = format!(
        r#"{{ Version: "2012-10-17", Statement: [{{ Sid: in, Effect: Allow, Principal: {{ AWS: "arn:aws:iam::{ACCOUNT}:role/path/worker-role" }}, Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], Resource: "{QUEUE}" }}] }}"#
    );
    let read = with(r#"{ Effect: Allow, Action: "sqs:ListQueues", Resource: "*" }"#, "", "");
    let mut let_in = read.clone();
    for resource in let_in.resources.iter_mut().filter(|resource| resource.name == "POC-Queue") {
        if let plimsoll::model::Value::Map(parts) = &mut resource.properties {
            let text = serde_yaml::from_str::<serde_json::Value>(&queue).expect("YAML").to_string();
            parts.insert("Policy".to_owned(), plimsoll::model::Value::Policy(text));
        }
    }
    let rules = small("queue-policy", "");
    let proposal = proposed(&rules, &let_in);
    assert_eq!((&proposal.contained, &proposal.floor), (&Verdict::Proven, &Verdict::Proven), "{proposal:?}");
    assert!(proposal.needs.iter().any(|need| matches!(need.state, State::ByResource(_))));
    assert_eq!(proposal.policies[0].change, Change::Emptied);
    let proposal = proposed(&rules, &read);
    assert!(matches!(proposal.floor, Verdict::Refuted { .. }));
    assert!(proposal.needs.iter().any(|need| need.required && matches!(need.state, State::Missing(_))));
}

#[test]
fn a_floor_of_the_rules_is_added_and_what_is_granted_of_it_stays() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("narrow");
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::b/${queue}/*"}}"#;
    std::fs::write(folder.join("needs.json"), document).expect("a file for the test");
    let rules = small("floor", "  - { id: f, permissions: { of: worker-role, at_least: needs.json } }\n");
    let proposal = proposed(&rules, &with(r#"{ Effect: Allow, Action: "*", Resource: "*" }"#, "", ""));
    assert_eq!((&proposal.contained, &proposal.floor), (&Verdict::Proven, &Verdict::Proven));
    let lines = on_one_line(&after(&proposal)[0]).join("\n");
    assert!(lines.contains(r#""Action": "s3:Get*", "Resource": "arn:aws:s3:::b/POC-Queue/*""#), "{lines}");
    // Of a pattern that is not granted whole, what is granted stays.
    let part = format!(
        r#"{{ Effect: Allow, Action: ["sqs:*", "s3:GetObject"], Resource: ["{QUEUE}", "arn:aws:s3:::b/POC-Queue/*"] }}"#
    );
    let proposal = proposed(&rules, &with(&part, "", ""));
    assert_eq!(proposal.contained, Verdict::Proven);
    assert!(
        matches!(&proposal.floor, Verdict::Refuted { why, .. } if why.contains("needs.json")),
        "{:?}",
        proposal.floor
    );
    let lines = on_one_line(&after(&proposal)[0]).join("\n");
    assert!(lines.contains(r#""Action": "s3:GetObject""#), "{lines}");
}

#[test]
fn of_what_was_not_read_there_is_no_proof() {
    let rules = small("unread", "");
    let allow = r#"{ Effect: Allow, Action: "sqs:*", Resource: "*" }"#;
    let attached = format!(r#", ManagedPolicyArns: ["arn:aws:iam::{ACCOUNT}:policy/unread"]"#);
    let role = only(narrow(&rules, &with(allow, &attached, ""), &place(), Asked::default()));
    assert!(role.proposal.is_err_and(|why| why.contains("GetPolicy")), "a policy that was not read");
    let denied = with(allow, "", "lists: { AWS::IAM::Role: denied }");
    let mut gone = denied.clone();
    gone.resources.retain(|resource| resource.name != "worker-role");
    gone.names.clear();
    let role = only(narrow(&rules, &gone, &place(), Asked::default()));
    assert!(role.proposal.is_err_and(|why| why.contains("AccessDenied")), "a role that was not read");
    // Whose function it is was not read: any role may be it.
    let mut unread = with(allow, "", "");
    for resource in unread.resources.iter_mut().filter(|resource| resource.name == "worker") {
        if let plimsoll::model::Value::Map(parts) = &mut resource.properties {
            let kind = judging::kind("AWS::Lambda::Function").expect("functions are known");
            let gap = judging::gap(kind, "us-east-1", "worker", "denied");
            parts.insert("Role".to_owned(), plimsoll::model::Value::Unread(Box::new(gap)));
        }
    }
    let all = only(narrow(&rules, &unread, &place(), Asked::default()));
    assert!(all.proposal.is_err_and(|why| why.contains("the flow polls")));
    let asked = Asked { role: Some("worker-role"), ..Asked::default() };
    let proposal = only(narrow(&rules, &unread, &place(), asked)).proposal.expect("a proposal");
    assert!(matches!(proposal.floor, Verdict::Unknown(_)), "{:?}", proposal.floor);
}

#[test]
fn a_role_is_named_in_three_ways_and_slips_are_told() {
    let (rules, account) = (small("names", ""), with(r#"{ Effect: Allow, Action: "sqs:*", Resource: "*" }"#, "", ""));
    let ask = |role| narrow(&rules, &account, &place(), Asked { role: Some(role), ..Asked::default() });
    let arn = "arn:aws:iam::123456789012:role/path/worker-role";
    for typed in ["worker-role", arn] {
        assert_eq!(only(ask(typed)).arn, arn);
    }
    assert_eq!(ask("worker-rol").expect_err("a slip"), NoRole::Unheard(Some("worker-role".to_owned())));
    assert!(matches!(ask("arn:aws:iam::123456789012:role/none"), Err(NoRole::Unheard(_))));
    assert!(matches!(ask("queue"), Err(NoRole::Unheard(_))), "no role of that name");
    let mut gone = account.clone();
    gone.resources.retain(|resource| resource.type_name != "AWS::IAM::Role");
    gone.names.retain(|(type_name, _), _| type_name != "AWS::IAM::Role");
    let missing = narrow(&rules, &gone, &place(), Asked { role: Some("worker-role"), ..Asked::default() });
    assert_eq!(missing.expect_err("no such role"), NoRole::Missing("worker-role".to_owned()));
}

#[test]
fn of_two_grants_the_narrower_stays() {
    let precise = format!(
        r#"{{ Sid: precise, Effect: Allow, Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], Resource: "{QUEUE}" }}"#
    );
    let all = r#"{ Sid: all, Effect: Allow, Action: "*", Resource: "*" }"#;
    let proposal = proposed(&small("two", ""), &with(&format!("{all}, {precise}"), "", ""));
    let policy = &after(&proposal)[0];
    let of = |sid: &str| policy.statements.iter().find(|statement| statement.sid.as_deref() == Some(sid));
    assert_eq!(of("precise").map(|statement| statement.action.values.len()), Some(3));
    let rest = of("all").map(|statement| statement.action.values.join(" "));
    assert!(rest.as_deref().is_none_or(|rest| !rest.contains("Receive")), "{rest:?}");
}

#[test]
fn other_roles_with_the_same_policy_are_told() {
    let more = format!(
        r#"  - {{ type: AWS::IAM::ManagedPolicy, name: shared, properties: {{ Arn: "arn:aws:iam::{ACCOUNT}:policy/shared", PolicyDocument: {{ Version: "2012-10-17", Statement: [{{ Effect: Allow, Action: "sqs:*", Resource: "*" }}] }} }} }}
  - {{ type: AWS::IAM::Role, name: other, properties: {{ ManagedPolicyArns: ["arn:aws:iam::{ACCOUNT}:policy/shared"] }} }}"#
    );
    let attached = format!(r#", ManagedPolicyArns: ["arn:aws:iam::{ACCOUNT}:policy/shared"]"#);
    let proposal = proposed(&small("shared", ""), &with(LOGS, &attached, &more));
    assert_eq!(proposal.policies[1].elsewhere, ["other"]);
    assert_eq!((&proposal.contained, &proposal.floor), (&Verdict::Proven, &Verdict::Proven));
    let logs = on_one_line(proposal.policies[0].after.as_ref().expect("a document")).join("\n");
    assert!(logs.contains("arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/worker:*"), "{logs}");
}
