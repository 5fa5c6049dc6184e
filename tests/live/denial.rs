//! The denial law: what an auditor may not read never turns into a verdict.
//!
//! Of the calls that the plan names, each is denied alone, with what stands in for it, and all of them together; for
//! the intact architecture also a sample of the pairs and of the larger sets. A finding then says what it said with
//! everything permitted, or it is `unknown` and names a permission that is missing. Knows nothing of single rules.
//!
//! All reads of API Gateway are one IAM action on paths, so they are denied path by path.

use crate::kinds::{PRINCIPALS, lab_of, populate};
use crate::names::{ANNOUNCER, API, LAMBDA_1, LAMBDA_2, WRITER};
use crate::planted;
use crate::step::{DENY_ALL, Setting, Step, TriggerSetting};
use crate::support::binary::{Key, Plimsoll, Run};
use crate::support::lab::{self, Integration, Lab, TO_QUEUE};
use crate::support::report::{Finding, Report, Verdicts};
use crate::support::servers::Server;
use crate::{KEY, REGION, RULES};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What is denied: actions, those of API Gateway with the path, such as `apigateway:GET /restapis`.
type Denied = BTreeSet<String>;

/// The same architecture under other rules, which ask for more.
const HARDENED: &str = "serverless-poc/hardened";
/// The same architecture, and nothing beside it.
const UNEXPECTED: &str = "tests/live/unexpected.yaml";
/// How many of the pairs are tried.
const PAIRS: usize = 28;
/// How many of the larger sets are tried.
const SAMPLE: usize = 16;

#[tokio::test]
async fn the_intact_architecture() {
    let outcomes = holds(RULES, &[], Plan::many).await;
    let all = outcomes.get(&plan_of(RULES).actions()).expect("the case in which everything is denied");
    assert!(all.values().all(|verdict| verdict == "unknown"), "{all:?}");
    for (denied, verdicts) in &outcomes {
        // What has no fallback and is read in every run is missed.
        let missed = NEEDED.iter().any(|action| denied.contains(*action));
        assert!(!missed || verdicts.values().any(|verdict| verdict == "unknown"), "{denied:?}");
    }
}

/// These rules ask for all that the others ask for, and much of what they want is not there.
#[tokio::test]
async fn the_intact_architecture_under_stricter_rules() {
    let outcomes = holds(HARDENED, &[], Plan::plain).await;
    let all = outcomes.get(&plan_of(HARDENED).actions()).expect("the case in which everything is denied");
    assert!(all.values().all(|verdict| verdict == "unknown"), "{all:?}");
}

/// Of what is there and nobody declared, as much is told as was read, and the rest is not said to be expected.
#[tokio::test]
async fn things_that_nobody_declared() {
    let steps = [
        Step::Inline {
            role: WRITER,
            document: r#"{"Version": "2012-10-17", "Statement":
                {"Effect": "Allow", "Action": "sqs:PurgeQueue", "Resource": "*"}}"#,
        },
        Step::Attach { role: API, policy: "aws:AmazonSQSFullAccess" },
        Step::NewRole { name: "other", path: "/", like: WRITER },
        Step::NewQueue { name: "other", region: REGION, attributes: &[] },
        Step::QueueGains(r#"{"Effect": "Allow", "Principal": "*", "Action": "sqs:PurgeQueue", "Resource": "*"}"#),
        Step::Subscribe { protocol: "https", endpoint: "https://example.com/orders" },
        Step::Permit(LAMBDA_1),
        Step::NewUrl(LAMBDA_1),
        Step::Deploy("dev"),
    ];
    let outcomes = holds(UNEXPECTED, &steps, Plan::typical).await;
    let of = |verdicts: &Verdicts, wanted: &str| {
        let of_rules = verdicts.iter().filter(|((rule, _), _)| rule.starts_with("unexpected-"));
        of_rules.filter(|(_, verdict)| *verdict == wanted).count()
    };
    let all = outcomes.get(&plan_of(UNEXPECTED).actions()).expect("the case in which everything is denied");
    assert_eq!((of(all, "pass"), of(all, "fail")), (0, 0), "{all:?}");
    assert!(outcomes.values().any(|verdicts| of(verdicts, "fail") >= 8), "the additions are told");
}

#[tokio::test]
async fn nothing_that_nobody_declared() {
    let outcomes = holds(UNEXPECTED, &[], Plan::plain).await;
    let all = outcomes.get(&plan_of(UNEXPECTED).actions()).expect("the case in which everything is denied");
    assert!(all.values().all(|verdict| verdict == "unknown"), "{all:?}");
}

/// A mistake in each service, some of which hide others.
#[tokio::test]
async fn a_mistake_in_each_service() {
    let steps = [
        Step::SetFunction(LAMBDA_2, Setting::Role(WRITER)),
        Step::SetFunction(LAMBDA_1, Setting::Variables(&[("TABLE", "orders"), ("TOKEN", "hunter2")])),
        Step::SetTriggers(LAMBDA_1, TriggerSetting::Disabled),
        Step::StreamAgain("KEYS_ONLY"),
        Step::SetSubscriptions("FilterPolicy", r#"{"store": ["example"]}"#),
        Step::Integrate(Integration { passthrough: "WHEN_NO_MATCH", parameters: &[], ..TO_QUEUE }),
        Step::QueueLoses("__sender_statement"),
    ];
    let outcomes = holds(RULES, &steps, Plan::plain).await;
    let fails = |verdicts: &&Verdicts| verdicts.values().filter(|verdict| *verdict == "fail").count() > 3;
    assert!(outcomes.values().any(|verdicts| fails(&verdicts)) && !outcomes.values().all(|v| fails(&v)));
}

#[tokio::test]
async fn a_policy_detached_and_a_queue_of_another_name() {
    let steps = [
        Step::Detach { role: WRITER, policy: "Lambda-Write-DynamoDB" },
        Step::DeleteQueue,
        Step::NewQueue { name: "poc-queue", region: REGION, attributes: &[] },
    ];
    let outcomes = holds(RULES, &steps, Plan::plain).await;
    let fails = |verdicts: &&Verdicts| verdicts.values().any(|verdict| verdict == "fail");
    assert!(outcomes.values().any(|verdicts| fails(&verdicts)) && !outcomes.values().all(|v| fails(&v)));
}

#[tokio::test]
async fn a_role_and_a_policy_missing_and_a_queue_left_over() {
    let steps = [
        Step::DeleteRole(ANNOUNCER),
        Step::DeletePolicy("Lambda-Read-SQS"),
        Step::NewQueue { name: "POC-Queue.fifo", region: REGION, attributes: &[("FifoQueue", "true")] },
        Step::SetQueue("KmsMasterKeyId", "alias/aws/sqs"),
    ];
    holds(RULES, &steps, Plan::typical).await;
}

/// Grants that are too broad and grants that are missing, some of them in two places.
#[tokio::test]
async fn policies_that_let_in_and_allow_too_much_and_too_little() {
    let steps = [
        Step::QueueGains(r#"{"Effect": "Allow", "Principal": "*", "Action": "SQS:*", "Resource": "*"}"#),
        Step::Attach { role: API, policy: "aws:AmazonSQSFullAccess" },
        Step::Inline {
            role: API,
            document: r#"{"Version": "2012-10-17", "Statement":
                {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}}"#,
        },
        Step::Inline { role: WRITER, document: DENY_ALL },
        Step::Trust {
            role: ANNOUNCER,
            document: r#"{"Version": "2012-10-17", "Statement":
                {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}}"#,
        },
        Step::NewVersion { policy: "Lambda-SNS-Publish", document: DENY_ALL },
    ];
    let outcomes = holds(RULES, &steps, Plan::typical).await;
    let verdict = |denied: &[&str], rule: &str, on: &str| {
        let denied = denied.iter().map(|action| (*action).to_owned()).collect::<Denied>();
        outcomes.get(&denied).and_then(|verdicts| verdicts.get(&(rule.to_owned(), on.to_owned()))).cloned()
    };
    // What the inline policy denies is denied, whatever AWS's policies say; what they might deny is not known to be
    // allowed.
    for (rule, on, told) in
        [("writer-permissions", "writer-role", "fail"), ("api-role-permissions", "api-role", "unknown")]
    {
        assert_eq!(verdict(&["iam:GetPolicy"], rule, on).as_deref(), Some(told), "{rule}");
    }
}

/// What passes only because one policy takes away what another allows passes only where both are read.
#[tokio::test]
async fn a_policy_that_takes_away_what_another_allows() {
    let steps = [
        Step::Attach { role: API, policy: "aws:AmazonSQSFullAccess" },
        Step::Inline {
            role: API,
            document: r#"{"Version": "2012-10-17", "Statement":
                {"Effect": "Deny", "NotAction": "logs:*", "Resource": "*"}}"#,
        },
        Step::QueueGains(r#"{"Effect": "Allow", "Principal": "*", "Action": "sqs:PurgeQueue", "Resource": "*"}"#),
        Step::QueueGains(r#"{"Effect": "Deny", "Principal": "*", "Action": "sqs:Purge*", "Resource": "*"}"#),
    ];
    let outcomes = holds(RULES, &steps, Plan::plain).await;
    for pair in [("api-role-permissions", "api-role"), ("queue-others", "queue")] {
        let pair = (pair.0.to_owned(), pair.1.to_owned());
        let verdicts: BTreeSet<_> = outcomes.values().map(|verdicts| verdicts[&pair].as_str()).collect();
        assert_eq!(verdicts, BTreeSet::from(["pass", "unknown"]), "{pair:?}");
    }
}

/// The packs, on an account with a defect for nearly each of their rules.
#[tokio::test]
async fn general_rules_on_an_account_with_twenty_defects() {
    let server = Server::start_enforcing();
    let lab = Lab::of(&server.endpoint(), REGION, KEY, server.account());
    planted::build(&lab).await;
    for rules in [planted::RULES, "packs/least-privilege"] {
        let outcomes = holds_in(&lab, rules, Plan::plain).await;
        let all = outcomes.get(&plan_of(rules).actions()).expect("the case in which everything is denied");
        assert!(all.values().all(|verdict| verdict == "unknown"), "{rules}: {all:?}");
    }
}

#[tokio::test]
async fn every_kind_of_principal_and_queue() {
    holds(PRINCIPALS, &[], Plan::typical).await;
}

/// The policy that `plimsoll plan` prints is enough, whether or not the first call for IAM is refused.
///
/// It permits what AWS's service authorization reference says that a call needs. ministack finds no topic in
/// GetSubscriptionAttributes, no table in GetResourcePolicy, takes GetFunctionConcurrency for another action, and holds
/// them against `*`: there, and only there, the auditor is permitted them on everything, after a scan without that has shown
/// that nothing else is missing.
#[tokio::test]
async fn the_printed_policy_is_enough() {
    let server = Server::start_enforcing();
    let lab = lab::build(&server.endpoint(), REGION, KEY).await;
    populate(&lab_of(&server)).await;
    let auditor = Auditor::new(&lab).await;
    for rules in [RULES, HARDENED, PRINCIPALS] {
        let full = auditor.administrator(rules);
        let printed = Plimsoll::new(&["plan", rules, "--format", "policy"]).run();
        assert_eq!((printed.code, printed.stderr.as_str()), (0, ""));
        let mut policy: Value = serde_json::from_str(&printed.stdout).expect("a policy document");
        if rules != PRINCIPALS {
            let report = auditor.scan(rules, &printed.stdout).await.report();
            let missing: BTreeSet<_> = report.findings().flat_map(advice).collect();
            assert_eq!(missing, BTreeSet::from(HELD_AGAINST_ALL.map(|(action, _)| action)), "{rules}");
            let statements = policy["Statement"].as_array_mut().expect("statements");
            for (action, narrow) in HELD_AGAINST_ALL {
                let permits = |of: &&Value| of["Action"].as_array().is_some_and(|all| all.contains(&json!(action)));
                let on: Vec<_> = statements.iter().filter(permits).map(|of| of["Resource"].clone()).collect();
                assert_eq!(on, narrow, "{rules}: {action}");
                statements.push(json!({ "Effect": "Allow", "Action": on_server(action), "Resource": "*" }));
            }
        }
        let run = auditor.scan(rules, &policy.to_string()).await;
        let report = run.report();
        assert!(report.complete(), "{rules}: {:?}", report.remedies());
        assert_ne!(report.0["caller"], full.report().0["caller"]);
        assert_eq!(run.code, full.code, "{rules}");
        let without_caller = |report: &Report| {
            let mut value = report.0.clone();
            value["caller"].take();
            value
        };
        assert_eq!(without_caller(&report), without_caller(&full.report()), "{rules}");

        let statements = policy["Statement"].as_array_mut().expect("statements");
        statements.push(json!({ "Effect": "Deny", "Action": [DETAILS], "Resource": "*" }));
        let run = auditor.scan(rules, &policy.to_string()).await;
        assert_eq!(breaches(&full.report(), &run, &BTreeSet::from([DETAILS.to_owned()]), true), [""; 0], "{rules}");
        assert_eq!(run.report().complete(), rules != PRINCIPALS);
    }
}

/// Who permits what the report names, and repeats the scan, comes to a complete report.
#[tokio::test]
async fn the_advice_of_a_report_closes_its_gaps() {
    let server = Server::start_enforcing();
    let lab = lab::build(&server.endpoint(), REGION, KEY).await;
    populate(&lab_of(&server)).await;
    let auditor = Auditor::new(&lab).await;
    for rules in [RULES, PRINCIPALS] {
        let full = auditor.administrator(rules).report();
        let mut denied = plan_of(rules).actions();
        loop {
            let report = auditor.denied(rules, &denied).await.report();
            if report.complete() {
                assert_eq!(report.verdicts(), full.verdicts(), "{rules}");
                break;
            }
            let before = denied.len();
            for finding in report.findings().filter(|finding| finding.verdict() == "unknown") {
                denied.retain(|of| !advice(finding).contains(action_of(of)));
            }
            assert!(denied.len() < before, "{rules}: {denied:?} are denied and none is named");
        }
    }
}

/// What each run of the architecture's rules needs, whatever else is permitted: a role of it carries a policy of AWS's,
/// which no other call reads.
const NEEDED: [&str; 11] = [
    "apigateway:GET /restapis",
    "apigateway:GET /restapis/*/resources",
    "dynamodb:DescribeTable",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "lambda:ListEventSourceMappings",
    SUBSCRIPTION,
    "sns:GetTopicAttributes",
    "sns:ListSubscriptionsByTopic",
    "sqs:GetQueueAttributes",
    "sqs:ListQueues",
];
/// The action that has fallbacks.
const DETAILS: &str = "iam:GetAccountAuthorizationDetails";
/// The action that names no topic, though it is permitted on topics.
const SUBSCRIPTION: &str = "sns:GetSubscriptionAttributes";
/// Actions that the server knows no resource of, and what the printed policy permits them on.
const HELD_AGAINST_ALL: [(&str, &[&str]); 3] = [
    ("dynamodb:GetResourcePolicy", &["arn:aws:dynamodb:us-east-1:*:table/orders"]),
    (
        "lambda:GetFunctionConcurrency",
        &["arn:aws:lambda:us-east-1:*:function:POC-Lambda-1", "arn:aws:lambda:us-east-1:*:function:POC-Lambda-2"],
    ),
    (SUBSCRIPTION, &["arn:aws:sns:us-east-1:*:*"]),
];
/// Actions whose fallbacks read what rules name, and nothing else.
const FOR_NAMED: [&str; 2] = ["dynamodb:ListTables", "lambda:ListFunctions"];
/// Rules on what a managed policy is attached to, which no fallback tells.
const WITHOUT_A_FALLBACK: [&str; 3] = ["differs-attached", "holds-attached", "holds-each-policy"];

/// Holds the law for each choice of denied actions, and returns the verdicts under each. All are tried before the
/// first failure is told.
async fn holds(rules: &str, steps: &[Step], choices: impl Fn(&Plan) -> BTreeSet<Denied>) -> BTreeMap<Denied, Verdicts> {
    let server = Server::start_enforcing();
    let lab = lab::build(&server.endpoint(), REGION, KEY).await;
    if rules == PRINCIPALS {
        populate(&lab_of(&server)).await;
    }
    for step in steps {
        step.make(&lab).await;
    }
    holds_in(&lab, rules, choices).await
}

/// Holds the law for each choice of denied actions in an account as it is.
async fn holds_in(lab: &Lab, rules: &str, choices: impl Fn(&Plan) -> BTreeSet<Denied>) -> BTreeMap<Denied, Verdicts> {
    let auditor = Auditor::new(lab).await;
    let plan = plan_of(rules);
    let full = auditor.denied(rules, &Denied::new()).await;
    assert_eq!(full.report().verdicts(), auditor.administrator(rules).report().verdicts());
    assert!(full.report().complete());
    let mut outcomes = BTreeMap::new();
    let mut wrong = Vec::new();
    for denied in choices(&plan) {
        let run = auditor.denied(rules, &denied).await;
        // What stands in for these reads the named ones alone, and general rules ask for all.
        let for_named =
            [planted::RULES, UNEXPECTED].contains(&rules) && FOR_NAMED.iter().any(|of| denied.contains(*of));
        let told = breaches(&full.report(), &run, &denied, plan.reads_the_same(&denied) && !for_named);
        wrong.extend(told.into_iter().map(|breach| format!("{denied:?}: {breach}")));
        outcomes.insert(denied, run.report().verdicts());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let distinct: BTreeSet<_> = outcomes.values().collect();
    assert!(distinct.len() > 2, "denials make no difference: {} outcomes", distinct.len());
    outcomes
}

/// Where a run under denials breaks the law.
fn breaches(full: &Report, run: &Run, denied: &Denied, same: bool) -> Vec<String> {
    let report = run.report();
    // The auditor's own permissions are what changes from run to run.
    let spared = |report: &Report| {
        let mut verdicts = report.verdicts();
        verdicts.retain(|(_, on), _| !on.starts_with("auditor-"));
        verdicts
    };
    let (before, after) = (spared(full), spared(&report));
    let mut wrong = Vec::new();
    for (pair, verdict) in &after {
        if verdict != "unknown" && before.get(pair) != Some(verdict) {
            wrong.push(format!("{pair:?} was {:?} and is {verdict}", before.get(pair)));
        }
    }
    let unknown: BTreeSet<&str> =
        report.findings().filter(|f| f.verdict() == "unknown").map(|f| f.text("rule")).collect();
    // Where a list could not be read, one finding stands for those on its members.
    for pair in before.keys().filter(|pair| !after.contains_key(*pair)) {
        if !unknown.contains(pair.0.as_str()) {
            wrong.push(format!("{pair:?} is gone"));
        }
    }
    let code = report.exit_code();
    if run.code != code || report.complete() != unknown.is_empty() {
        wrong.push(format!("exit code {}, complete: {}, unknown: {unknown:?}", run.code, report.complete()));
    }
    let refused: BTreeSet<&str> = denied.iter().map(|of| action_of(of)).collect();
    for finding in report.findings().filter(|finding| finding.verdict() == "unknown") {
        let named = advice(finding);
        let by: Vec<_> = finding.0["blocked_by"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let rests_on_another = !by.is_empty() && by.iter().all(|rule| unknown.contains(rule));
        if !named.is_subset(&refused) || (named.is_empty() && !rests_on_another) {
            wrong.push(format!("{} says `{}`", finding.text("rule"), finding.text("found")));
        }
    }
    if same && !unknown.iter().all(|rule| WITHOUT_A_FALLBACK.contains(rule)) {
        wrong.push(format!("what is permitted reads the same, yet these are unknown: {unknown:?}"));
    }
    wrong
}

/// The actions that a finding says to permit.
fn advice(finding: Finding<'_>) -> BTreeSet<&str> {
    let after_permit = finding.text("found").split("permit ").skip(1);
    after_permit.filter_map(|rest| rest.split_once(" to the auditor").map(|(action, _)| action)).collect()
}

/// The IAM action of what is denied.
fn action_of(denied: &str) -> &str {
    denied.split(' ').next().unwrap_or(denied)
}

/// What the server takes an action for: it takes the call that reads a function's concurrency for the one that sets it.
fn on_server(action: &str) -> &str {
    if action == "lambda:GetFunctionConcurrency" { "lambda:PutFunctionConcurrency" } else { action }
}

/// What is denied, in the account's own words.
fn statement(denied: &str) -> Value {
    let on = |path: &str| format!("arn:aws:apigateway:{REGION}::{path}");
    let resource = denied.split_once(' ').map_or_else(|| "*".to_owned(), |(_, path)| on(path));
    json!({ "Effect": "Deny", "Action": on_server(action_of(denied)), "Resource": resource })
}

/// A user of the account whose permissions change from scan to scan.
struct Auditor<'a> {
    lab: &'a Lab,
    name: String,
    key: Key,
}

impl<'a> Auditor<'a> {
    async fn new(lab: &'a Lab) -> Self {
        let (name, credentials) = lab::user(lab).await;
        Self { lab, name, key: Key::from(&credentials) }
    }

    /// A scan under the policy `document`.
    async fn scan(&self, rules: &str, document: &str) -> Run {
        lab::permit(self.lab, &self.name, document).await;
        Plimsoll::scan(&self.lab.endpoint, rules, &self.key).with(&["--region", REGION]).run()
    }

    /// A scan with everything permitted but `denied`.
    async fn denied(&self, rules: &str, denied: &Denied) -> Run {
        let mut statements = vec![json!({ "Effect": "Allow", "Action": "*", "Resource": "*" })];
        statements.extend(denied.iter().map(|of| statement(of)));
        self.scan(rules, &json!({ "Version": "2012-10-17", "Statement": statements }).to_string()).await
    }

    /// A scan by an administrator.
    fn administrator(&self, rules: &str) -> Run {
        Plimsoll::scan(&self.lab.endpoint, rules, &Key::administrator(KEY)).with(&["--region", REGION]).run()
    }
}

/// The actions of a plan, and what stands in for what.
struct Plan {
    /// Actions that are needed however the others are answered.
    first: BTreeSet<String>,
    /// For each action that has fallbacks, theirs.
    fallbacks: BTreeMap<String, BTreeSet<String>>,
}

/// What `plimsoll plan` says of these rules.
fn plan_of(rules: &str) -> Plan {
    let run = Plimsoll::new(&["plan", rules, "--format", "json", "--region", REGION]).run();
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let plan: Value = serde_json::from_str(&run.stdout).expect("a JSON document");
    let calls = plan["calls"].as_array().expect("the calls");
    let text = |call: &Value, field: &str| call[field].as_str().unwrap_or_default().to_owned();
    // What --locate asks for is not asked for here.
    let calls: Vec<_> = calls.iter().filter(|call| call["region"] != "*").collect();
    let denied_by = |call: &Value| match text(call, "operation").as_str() {
        "GetRestApis" => "apigateway:GET /restapis".to_owned(),
        "GetResources" => "apigateway:GET /restapis/*/resources".to_owned(),
        "GetMethod" | "GetIntegration" => "apigateway:GET /restapis/*/resources/*".to_owned(),
        "GetAuthorizers" => "apigateway:GET /restapis/*/authorizers".to_owned(),
        "GetStages" => "apigateway:GET /restapis/*/stages".to_owned(),
        _ => text(call, "action"),
    };
    let of_operation: BTreeMap<_, _> = calls
        .iter()
        .map(|call| (format!("{}:{}", text(call, "service"), text(call, "operation")), denied_by(call)))
        .collect();
    let mut plan = Plan { first: BTreeSet::new(), fallbacks: BTreeMap::new() };
    for call in calls.iter().filter(|call| !text(call, "action").is_empty()) {
        let denied = denied_by(call);
        assert!(denied != "apigateway:GET", "{call} has no path here");
        match call["fallback_for"].as_str() {
            None => {
                plan.first.insert(denied);
            }
            Some(operation) => {
                let by = of_operation.get(operation).unwrap_or_else(|| panic!("{operation} is not in the plan"));
                plan.fallbacks.entry(by.clone()).or_default().insert(denied);
            }
        }
    }
    assert!(plan.fallbacks.contains_key(DETAILS));
    plan
}

impl Plan {
    /// Every action.
    fn actions(&self) -> Denied {
        self.fallbacks.values().flatten().chain(&self.first).cloned().collect()
    }

    /// Each action alone, each that has fallbacks with all of them, and all.
    fn plain(&self) -> BTreeSet<Denied> {
        let mut choices: BTreeSet<Denied> = self.actions().into_iter().map(|action| BTreeSet::from([action])).collect();
        for (action, fallbacks) in &self.fallbacks {
            choices.insert(fallbacks.iter().chain([action]).cloned().collect());
        }
        choices.insert(self.actions());
        choices
    }

    /// The plain ones, and each action that has fallbacks with each one of them and with all but one.
    fn typical(&self) -> BTreeSet<Denied> {
        let mut choices = self.plain();
        for (action, fallbacks) in &self.fallbacks {
            for fallback in fallbacks {
                choices.insert(BTreeSet::from([action.clone(), fallback.clone()]));
                let but_one = fallbacks.iter().filter(|other| *other != fallback).chain([action]);
                choices.insert(but_one.cloned().collect());
            }
        }
        choices
    }

    /// The typical ones, and samples of the pairs and of the larger sets: the same in every run.
    fn many(&self) -> BTreeSet<Denied> {
        let actions: Vec<String> = self.actions().into_iter().collect();
        let mut state = 1_u64;
        let mut dice = || {
            // The linear congruential generator of Knuth's MMIX, of which the upper bits are the random ones.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 33
        };
        let mut choices = self.typical();
        let mut further = |wanted: usize, is_right: &dyn Fn(u32) -> bool| {
            let wanted = choices.len() + wanted;
            while choices.len() < wanted {
                let bits = dice() % (1 << actions.len());
                // Sets of two are rare among all sets.
                let bits = if is_right(2) {
                    1 << (bits % actions.len() as u64) | 1 << (dice() % actions.len() as u64)
                } else {
                    bits
                };
                if is_right(bits.count_ones()) {
                    let picked = actions.iter().enumerate().filter(|(index, _)| bits >> index & 1 == 1);
                    choices.insert(picked.map(|(_, action)| action.clone()).collect());
                }
            }
        };
        further(PAIRS, &|size| size == 2);
        further(SAMPLE, &|size| size > 2);
        choices
    }

    /// Whether what is still permitted reads all that the plan reads: for each denied action that is needed, all of
    /// its fallbacks.
    fn reads_the_same(&self, denied: &Denied) -> bool {
        denied
            .intersection(&self.first)
            .all(|action| self.fallbacks.get(action).is_some_and(|fallbacks| fallbacks.is_disjoint(denied)))
    }
}
