//! Baselines: a report held against an earlier one. What is new, what stays, what is settled, and that nothing is settled
//! because it was not read; and the ids of findings, which outlast that a resource is deleted and made again.

mod judging;

use plimsoll::audit::{OtherAccount, day_of, hold_against, waive};
use plimsoll::model::{BaselineHead, Finding, How, Report, Settled, Since, Verdict};
use plimsoll::report::{Format, Look};
use plimsoll::rules::{Rules, Waivers};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const RULES: &str = "\
plimsoll: 1
title: Shop
resources:
  orders: { type: AWS::SQS::Queue, name: orders }
  role: { type: AWS::IAM::Role, name: worker }
rules:
  - { id: delay, on: orders, expect: { DelaySeconds: 0 } }
  - { id: timeout, on: orders, expect: { VisibilityTimeout: 30 } }
  - { id: encrypted, each: AWS::SQS::Queue, expect: { SqsManagedSseEnabled: true } }
  - { id: path, on: role, needs: [delay], expect: { Path: / } }
";

const ACCOUNT: &str = r#"
resources:
  - { type: AWS::SQS::Queue, name: orders, properties: { DelaySeconds: 5, VisibilityTimeout: 30, SqsManagedSseEnabled: true } }
  - { type: AWS::SQS::Queue, name: other, properties: { SqsManagedSseEnabled: false } }
  - { type: AWS::IAM::Role, name: worker, properties: { Path: / } }
at: 2026-11-23T10:00:00.000Z
"#;

/// A file of this name with this text, for this test alone.
fn file(name: &str, text: &str) -> PathBuf {
    let test = std::thread::current().name().unwrap_or("test").replace(':', "-");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("baseline").join(test);
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a file for the test");
    path
}

fn rules(text: &str) -> Rules {
    judging::rules(&file("rules.yaml", text), &BTreeMap::new())
        .unwrap_or_else(|said| panic!("{}", said.render(false, 100)))
}

fn judged(account: &str) -> Report {
    judging::judge(&rules(RULES), &judging::account(account))
}

/// The report on `account` held against `earlier`, saved and read again as the command line does.
fn held(account: &str, earlier: &Report) -> Report {
    held_by(RULES, account, earlier)
}

fn held_by(text: &str, account: &str, earlier: &Report) -> Report {
    let rules = rules(text);
    let mut report = judging::judge(&rules, &judging::account(account));
    let earlier = plimsoll::report::read(&plimsoll::report::write_harmless(earlier)).expect("a report");
    hold_against(&mut report, &rules, &earlier, "before.json", "00").expect("the same account");
    report
}

fn head(report: &Report) -> &BaselineHead {
    report.baseline.as_ref().expect("a baseline")
}

/// New, known, changed, fixed, gone and not read.
fn counts(report: &Report) -> [usize; 6] {
    let head = head(report);
    [head.new, head.known, head.changed, head.fixed, head.gone, head.not_read]
}

fn finding<'r>(report: &'r Report, rule: &str, on: &str) -> &'r Finding {
    let is_it = |finding: &&Finding| finding.rule == rule && finding.resource == on;
    report.findings.iter().find(is_it).unwrap_or_else(|| panic!("{rule} on {on}"))
}

fn since(report: &Report, rule: &str, on: &str) -> Option<Since> {
    finding(report, rule, on).since
}

fn settled(report: &Report) -> Vec<(How, &str, &str)> {
    head(report).settled.iter().map(|Settled { how, rule, resource, .. }| (*how, &**rule, &**resource)).collect()
}

#[test]
fn what_was_there_is_known_and_what_was_not_is_new() {
    let before = judged(ACCOUNT);
    let same = held(ACCOUNT, &before);
    assert_eq!(counts(&same), [0, 3, 0, 0, 0, 0], "two fails and what waits for one");
    assert!(head(&same).is_quiet() && !same.findings.iter().any(Finding::counts));
    assert_eq!(since(&same, "timeout", "orders"), None, "what passes is neither");

    let worse = held(&ACCOUNT.replace("VisibilityTimeout: 30", "VisibilityTimeout: 31"), &before);
    assert_eq!(counts(&worse), [1, 3, 0, 0, 0, 0]);
    assert_eq!(since(&worse, "timeout", "orders"), Some(Since::New));
    assert_eq!(finding(&worse, "timeout", "orders").was.as_ref().map(|was| was.verdict), Some(Verdict::Pass));
    let counting: Vec<&str> = worse.findings.iter().filter(|f| f.counts()).map(|f| f.rule.as_str()).collect();
    assert_eq!(counting, ["timeout"]);

    let more = ACCOUNT
        .replace("at:", "  - { type: AWS::SQS::Queue, name: third, properties: { SqsManagedSseEnabled: false } }\nat:");
    let more = held(&more, &before);
    assert_eq!(since(&more, "encrypted", "third"), Some(Since::New));
    assert_eq!(finding(&more, "encrypted", "third").was, None);
}

#[test]
fn what_fails_otherwise_is_changed_and_known() {
    let report = held(&ACCOUNT.replace("DelaySeconds: 5", "DelaySeconds: 6"), &judged(ACCOUNT));
    assert_eq!(counts(&report), [0, 3, 1, 0, 0, 0]);
    let delay = finding(&report, "delay", "orders");
    assert!(delay.is_changed() && !delay.counts());
    assert!(delay.was.as_ref().is_some_and(|was| was.found.contains('5')), "{:?}", delay.was);
    assert!(!head(&report).is_quiet());
}

#[test]
fn what_passes_is_fixed_and_what_is_not_there_is_gone() {
    let before = judged(ACCOUNT);
    let fixed = held(&ACCOUNT.replace("DelaySeconds: 5", "DelaySeconds: 0"), &before);
    assert_eq!(settled(&fixed), [(How::Fixed, "delay", "orders"), (How::Fixed, "path", "worker")]);
    let without = ACCOUNT
        .replace("  - { type: AWS::SQS::Queue, name: other, properties: { SqsManagedSseEnabled: false } }\n", "");
    let gone = held(&without, &before);
    assert_eq!(settled(&gone), [(How::Gone, "encrypted", "other")]);
    let fewer =
        RULES.replace("  - { id: encrypted, each: AWS::SQS::Queue, expect: { SqsManagedSseEnabled: true } }\n", "");
    let fewer = held_by(&fewer, ACCOUNT, &before);
    assert_eq!(settled(&fewer), [(How::Gone, "encrypted", "other")]);
    assert!(head(&fewer).notes[0].contains("other rules"), "{:?}", head(&fewer).notes);
    assert_eq!(head(&gone).notes, [] as [&str; 0]);
}

/// Nothing is fixed, gone or new because it was not read, even where one report is held against the next for days.
#[test]
fn what_was_not_read_stays() {
    let first = judged(ACCOUNT);
    let unread = ACCOUNT.replace("DelaySeconds: 5, ", "").replace(
        "} }\n  - { type: AWS::SQS::Queue, name: other",
        "}, unread: { DelaySeconds: denied } }\n  - { type: AWS::SQS::Queue, name: other",
    );
    let second = held(&unread, &first);
    let delay = finding(&second, "delay", "orders");
    assert_eq!((delay.verdict, delay.since), (Verdict::Unknown, Some(Since::Known)));
    assert!(!delay.is_open());
    assert_eq!(counts(&second)[3..], [0, 0, 0]);
    let third = held(&unread, &second);
    let fourth = held(ACCOUNT, &third);
    assert_eq!(
        since(&fourth, "delay", "orders"),
        Some(Since::Known),
        "it failed before, and nobody has read that it did not"
    );
    assert!(!finding(&fourth, "delay", "orders").is_changed());
    // What passed and cannot be read now is new, and leaves the run incomplete.
    let blind = ACCOUNT.replace("VisibilityTimeout: 30, ", "").replace(
        "} }\n  - { type: AWS::SQS::Queue, name: other",
        "}, unread: { VisibilityTimeout: denied } }\n  - { type: AWS::SQS::Queue, name: other",
    );
    let blind = held(&blind, &first);
    assert!(since(&blind, "timeout", "orders") == Some(Since::New) && finding(&blind, "timeout", "orders").is_open());

    // The queue is in no list that was read, and the list was not read to its end.
    let broken = ACCOUNT
        .replace("  - { type: AWS::SQS::Queue, name: other, properties: { SqsManagedSseEnabled: false } }\n", "")
        + "lists: { AWS::SQS::Queue: denied }\n";
    let second = held(&broken, &first);
    assert_eq!(settled(&second), [(How::NotRead, "encrypted", "other")]);
    let third = held(&broken, &second);
    assert_eq!(settled(&third), [(How::NotRead, "encrypted", "other")]);
    let fourth = held(ACCOUNT, &third);
    assert_eq!(since(&fourth, "encrypted", "other"), Some(Since::Known));
}

/// What makes an id may not be read, or there may be two of a name: the ARN tells that it is the same thing.
#[test]
fn what_has_another_id_is_known_by_its_arn() {
    const RULES: &str = "plimsoll: 1\ntitle: t\nrules: [{ id: raw, each: AWS::SNS::Subscription, expect: { RawMessageDelivery: true } }]\n";
    let of = |more: &str| {
        format!(
            "resources:\n  - {{ type: AWS::SNS::Subscription, name: a, id: \"arn:aws:sns:us-east-1:123456789012:news:a\", properties: {{ TopicArn: \"arn:aws:sns:us-east-1:123456789012:news\", Protocol: sqs, RawMessageDelivery: false, {more} }}\n"
        )
    };
    let (read, hidden) = (of("Endpoint: x }"), of("}, unread: { Endpoint: denied }"));
    let before = judging::judge(&rules(RULES), &judging::account(&read));
    let blind = held_by(RULES, &hidden, &before);
    assert_ne!(before.findings[0].id, blind.findings[0].id);
    assert_eq!((blind.findings[0].verdict, blind.findings[0].since), (Verdict::Fail, Some(Since::Known)));
    assert_eq!(settled(&blind), []);
    let back = held_by(RULES, &read, &blind);
    assert_eq!((counts(&back), settled(&back)), ([0, 1, 0, 0, 0, 0], Vec::new()));
}

#[test]
fn a_higher_severity_is_new() {
    let high = RULES.replace("id: delay,", "id: delay, severity: high,");
    let low = judged(ACCOUNT);
    let rose = held_by(&high, ACCOUNT, &low);
    assert_eq!(since(&rose, "delay", "orders"), Some(Since::New));
    let high = judging::judge(&rules(&high), &judging::account(ACCOUNT));
    assert_eq!(since(&held(ACCOUNT, &high), "delay", "orders"), Some(Since::Known), "a lower one is not");
}

#[test]
fn a_waiver_that_expired_is_new() {
    let rules = rules(RULES);
    let text =
        "plimsoll_waivers: 1\nwaivers: [{ rule: delay, resource: orders, owner: a, reason: b, expires: 2026-11-23 }]\n";
    let waivers = Waivers::read(&file("waivers.yaml", text)).expect("waivers");
    let run = |account: &str, earlier: Option<&Report>| {
        let account = judging::account(account);
        let mut report = judging::judge(&rules, &account);
        waive(&mut report, &rules, &waivers, &day_of(&account).expect("a day"));
        if let Some(earlier) = earlier {
            hold_against(&mut report, &rules, earlier, "before.json", "00").expect("the same account");
        }
        report
    };
    let first = run(ACCOUNT, None);
    let second = run(ACCOUNT, Some(&first));
    assert_eq!(since(&second, "delay", "orders"), Some(Since::Known));
    assert_eq!(counts(&second), [0, 2, 0, 0, 0, 0], "what is waived is not counted");
    let third = run(&ACCOUNT.replace("11-23T", "11-24T"), Some(&second));
    assert_eq!(since(&third, "delay", "orders"), Some(Since::New));
}

#[test]
fn another_account_is_no_baseline() {
    let mut earlier = judged(ACCOUNT);
    earlier.account = "999988887777".to_owned();
    let mut report = judged(ACCOUNT);
    let error = hold_against(&mut report, &rules(RULES), &earlier, "f", "00").expect_err("another account");
    assert_eq!(error, OtherAccount { theirs: "999988887777".to_owned(), ours: judging::ACCOUNT.to_owned() });
    assert_eq!(report.baseline, None);
}

#[test]
fn every_format_tells_what_is_new() {
    let account = ACCOUNT
        .replace("VisibilityTimeout: 30", "VisibilityTimeout: 31")
        .replace("SqsManagedSseEnabled: false", "SqsManagedSseEnabled: true")
        .replace("DelaySeconds: 5", "DelaySeconds: 6");
    let report = held(&account, &judged(ACCOUNT));
    let shown = |format: Format, quiet: bool| {
        let mut bytes = Vec::new();
        let look = Look { width: 80, colour: false, quiet, picture: false };
        format.render(&report, look, &mut bytes).expect("a writer that takes all");
        String::from_utf8(bytes).expect("UTF-8")
    };
    let says = "1 new, 2 known (1 changed), 1 fixed since before.json";
    for format in [Format::Text, Format::Html, Format::Markdown] {
        assert!(
            shown(format, false).replace("&#40;", "(").replace("&#41;", ")").contains(says),
            "{format:?}\n{}",
            shown(format, false)
        );
    }
    let text = shown(Format::Text, false);
    let at = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words} in\n{text}"));
    assert!(at("timeout · orders · new") < at("delay · orders · changed"), "what is new comes first\n{text}");
    at("before  fail, medium: DelaySeconds 5");
    at("fixed    encrypted · other");
    at("BLOCKED  path · worker waits for delay; known");
    assert!(text.ends_with("Next: mend timeout on orders.\n"), "{text}");
    let sarif: serde_json::Value = serde_json::from_str(&shown(Format::Sarif, false)).expect("JSON");
    let run = &sarif["runs"][0];
    let of = |rule: &str| {
        let result = run["results"].as_array().expect("results").iter().find(|result| result["ruleId"] == rule);
        result.expect(rule)["baselineState"].as_str().expect("a state").to_owned()
    };
    assert_eq!((of("timeout"), of("delay")), ("new".to_owned(), "updated".to_owned()));
    assert_eq!(run["properties"]["baseline"]["fixed"], 1);
    let junit = shown(Format::Junit, false);
    assert_eq!((junit.matches("<failure ").count(), junit.matches("fail, changed since the baseline").count()), (1, 1));
    assert!(shown(Format::Csv, false).lines().filter(|line| line.ends_with(",new")).count() == 1);
    let back = plimsoll::report::read(&shown(Format::Json, false)).expect("a report");
    assert_eq!(back, report);
    // A job is silent while nothing changes, however much is known.
    let same = held(ACCOUNT, &judged(ACCOUNT));
    let mut bytes = Vec::new();
    let look = Look { width: 80, colour: false, quiet: true, picture: false };
    Format::Text.render(&same, look, &mut bytes).expect("a writer that takes all");
    assert_eq!(bytes, b"");
    assert!(!shown(Format::Text, true).is_empty());
}

/// An account of things whose ARNs AWS draws anew: `draw` stands for all that it draws.
fn drawn(draw: &str) -> String {
    r#"
resources:
  - { type: AWS::ApiGateway::RestApi, name: shop, id: "arn:aws:apigateway:us-east-1::/restapis/DRAW", properties: { Name: shop } }
  - { type: AWS::ApiGateway::Resource, name: /orders, hangs-on: shop, id: "arn:aws:apigateway:us-east-1::/restapis/DRAW/resources/DRAW", properties: { ResourcePath: /orders } }
  - { type: AWS::ApiGateway::Method, name: POST /orders, hangs-on: shop, id: "arn:aws:apigateway:us-east-1::/restapis/DRAW/resources/DRAW/methods/POST", properties: { HttpMethod: POST, ResourcePath: /orders } }
  - { type: AWS::ApiGateway::Stage, name: prod, hangs-on: shop, id: "arn:aws:apigateway:us-east-1::/restapis/DRAW/stages/prod", properties: { StageName: prod } }
  - { type: AWS::ApiGateway::Authorizer, name: token, hangs-on: shop, id: "arn:aws:apigateway:us-east-1::/restapis/DRAW/authorizers/DRAW", properties: { Name: token } }
  - { type: AWS::Lambda::EventSourceMapping, name: DRAW, id: "arn:aws:lambda:us-east-1:123456789012:event-source-mapping:DRAW", properties: { FunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:f", EventSourceArn: "arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/DRAW" } }
  - { type: AWS::SNS::Subscription, name: DRAW, id: "arn:aws:sns:us-east-1:123456789012:news:DRAW", properties: { TopicArn: "arn:aws:sns:us-east-1:123456789012:news", Protocol: sqs, Endpoint: "arn:aws:sqs:us-east-1:123456789012:q" } }
  - { type: AWS::IAM::Role, name: worker, id: "arn:aws:iam::123456789012:role/DRAW/worker", properties: { RoleId: AROADRAW } }
  - { type: AWS::IAM::User, name: ann, id: "arn:aws:iam::123456789012:user/DRAW/ann" }
  - { type: AWS::IAM::Group, name: staff, id: "arn:aws:iam::123456789012:group/DRAW/staff" }
  - { type: AWS::IAM::ManagedPolicy, name: write, id: "arn:aws:iam::123456789012:policy/DRAW/write" }
  - { type: AWS::SQS::Queue, name: q }
  - { type: AWS::SNS::Topic, name: news }
  - { type: AWS::DynamoDB::Table, name: orders }
  - { type: AWS::Lambda::Function, name: f }
  - { type: AWS::Lambda::Url, name: "https://DRAW", id: "arn:aws:lambda:us-east-1:123456789012:function:f" }
"#
    .replace("DRAW", draw)
}

/// A rule on every thing of each type. What it asks for matters little.
fn on_each() -> String {
    let types: Vec<&str> = plimsoll::services::kinds().map(|kind| kind.type_name).collect();
    let rule = |(at, name): (usize, &&str)| {
        let kind = plimsoll::services::kind(name).expect("a kind");
        format!("  - {{ id: r{at}, each: {name}, expect: {{ {}: {{ $present: true }} }} }}\n", kind.name_field)
    };
    format!("plimsoll: 1\ntitle: t\nrules:\n{}", types.iter().enumerate().map(rule).collect::<String>())
}

fn ids(account: &str) -> BTreeMap<(String, String), Vec<String>> {
    let mut ids: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for finding in judging::judge(&rules(&on_each()), &judging::account(account)).findings {
        ids.entry((finding.type_name, finding.rule)).or_default().push(finding.id);
    }
    ids
}

#[test]
fn ids_outlast_that_a_thing_is_made_again() {
    let (before, after) = (ids(&drawn("abc123")), ids(&drawn("xyz789")));
    assert_eq!(before, after);
    // Of every type there is one, but of deployments: a new one is another thing.
    let types: BTreeSet<&str> = plimsoll::services::kinds().map(|kind| kind.type_name).collect();
    let with: BTreeSet<String> =
        judging::account(&drawn("a")).resources.iter().map(|r| r.type_name.to_owned()).collect();
    let without: Vec<&&str> = types.iter().filter(|name| !with.contains(**name)).collect();
    assert_eq!(without, [&"AWS::ApiGateway::Deployment"], "is the ARN of a new kind drawn anew with each thing?");
    let all: Vec<&String> = before.values().flatten().collect();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "each has its own");
}

/// Two of one name are told apart by what AWS drew, and so is what has lasted by what was not read.
#[test]
fn what_may_be_another_has_another_id() {
    let api = |draw: &str| {
        format!(
            "  - {{ type: AWS::ApiGateway::RestApi, name: shop, id: \"arn:aws:apigateway:us-east-1::/restapis/{draw}\", properties: {{ Name: shop }} }}\n"
        )
    };
    let of = |apis: &[&str]| {
        let account = format!("resources:\n{}", apis.iter().map(|draw| api(draw)).collect::<String>());
        let ids = ids(&account);
        let found = ids.iter().find(|((name, _), _)| name == "AWS::ApiGateway::RestApi").expect("APIs").1.clone();
        found.into_iter().collect::<BTreeSet<String>>()
    };
    assert_eq!(of(&["a"]), of(&["b"]));
    assert_eq!(of(&["a", "b"]).len(), 2);
    assert!(of(&["a", "b"]).is_disjoint(&of(&["a"])));
    let mail = |draw: &str, rest: &str| {
        let account = format!(
            "resources:\n  - {{ type: AWS::SNS::Subscription, name: {draw}, id: \"arn:aws:sns:us-east-1:123456789012:news:{draw}\", properties: {{ TopicArn: \"arn:aws:sns:us-east-1:123456789012:news\", Protocol: email{rest} }} }}\n"
        );
        ids(&account).remove(&("AWS::SNS::Subscription".to_owned(), rule_of("AWS::SNS::Subscription"))).expect("it")
    };
    let hidden = ", Endpoint: x }, unread: { Endpoint: redacted";
    assert_ne!(mail("a", hidden), mail("b", hidden), "whose mailbox it is was not read");
    assert_eq!(mail("a", ", Endpoint: ann"), mail("b", ", Endpoint: ann"));
    assert_ne!(mail("a", ", Endpoint: ann"), mail("a", ", Endpoint: eve"));
}

fn rule_of(name: &str) -> String {
    let at = plimsoll::services::kinds().position(|kind| kind.type_name == name).expect("a kind");
    format!("r{at}")
}

const OPEN: &str = "\
plimsoll: 1
title: Open
unexpected: true
resources:
  orders: { type: AWS::SQS::Queue, name: orders }
";

/// The queue with a policy of these statements, each with the action it allows everyone.
fn opened(actions: &[&str], unread: &str) -> String {
    let statement = |action: &&str| {
        format!("{{ Sid: {action}, Effect: Allow, Principal: \"*\", Action: \"sqs:{action}\", Resource: \"*\" }}")
    };
    let statements = actions.iter().map(statement).collect::<Vec<_>>().join(", ");
    format!(
        "resources:\n  - {{ type: AWS::SQS::Queue, name: orders, properties: {{ Policy: {{ Version: \"2012-10-17\", Statement: \
         [{statements}] }} }}{unread} }}\n"
    )
}

/// One statement is no other, though both are in the policy of one queue.
#[test]
fn another_statement_in_the_same_policy_is_new() {
    let before = judging::judge(&rules(OPEN), &judging::account(&opened(&["SendMessage"], "")));
    assert_eq!(before.counts.fail, 1, "{}", judging::findings(&before));
    let same = held_by(OPEN, &opened(&["SendMessage"], ""), &before);
    assert_eq!(counts(&same), [0, 1, 0, 0, 0, 0]);
    let another = held_by(OPEN, &opened(&["SendMessage", "DeleteMessage"], ""), &before);
    assert_eq!(counts(&another), [1, 1, 0, 0, 0, 0], "{}", judging::findings(&another));
    let instead = held_by(OPEN, &opened(&["DeleteMessage"], ""), &before);
    assert_eq!(counts(&instead), [1, 0, 0, 0, 1, 0], "{}", judging::findings(&instead));
}

/// The policy was not read, or cannot be understood: what became of its statements nobody knows.
#[test]
fn a_statement_is_not_gone_where_its_policy_was_not_read() {
    let before = judging::judge(&rules(OPEN), &judging::account(&opened(&["SendMessage"], "")));
    let unread = held_by(OPEN, &opened(&[], ", unread: { Policy: denied }"), &before);
    assert_eq!(settled(&unread)[0].0, How::NotRead, "{}", judging::findings(&unread));
    let garbled = opened(&["SendMessage"], "").replace("Effect: Allow", "Effect: Perhaps");
    let garbled = held_by(OPEN, &garbled, &before);
    assert_eq!(settled(&garbled)[0].0, How::NotRead, "{}", judging::findings(&garbled));
}

/// Of very many things none is told by itself, and none of them is gone for that.
#[test]
fn what_is_told_together_is_not_gone() {
    let queues = |n: usize| {
        let queue = |at: usize| format!("  - {{ type: AWS::SQS::Queue, name: q{at} }}\n");
        format!("resources:\n{}", (0..n).map(queue).collect::<String>())
    };
    let before = judging::judge(&rules(OPEN), &judging::account(&queues(3)));
    assert_eq!(before.counts.fail, 4, "{}", judging::findings(&before));
    let many = held_by(OPEN, &queues(60), &before);
    assert_eq!(settled(&many), [], "{}", judging::findings(&many));
}
