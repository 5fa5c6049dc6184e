//! Laws of judging, on accounts and rules at random.

mod judging;

use plimsoll::model::{Account, Finding, Hundredths, Listing, Report, Value, Verdict};
use plimsoll::rules::Rules;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// What may be written for a whole number, and for a text.
fn scalar(values: [&'static str; 3]) -> impl Strategy<Value = String> {
    let value = prop::sample::select(values.to_vec()).prop_map(str::to_owned);
    prop_oneof![
        4 => value.clone(),
        1 => value.clone().prop_map(|value| format!("{{ $is: {value} }}")),
        1 => prop::collection::vec(value.clone(), 1..3).prop_map(|values| format!("{{ $one_of: [{}] }}", values.join(", "))),
        1 => Just("{ $absent: true }".to_owned()),
        1 => Just("{ $present: true }".to_owned()),
        1 => value.prop_map(|value| format!("{{ $not: {value} }}")),
    ]
}

fn number() -> BoxedStrategy<String> {
    prop_oneof![
        3 => scalar(["0", "1", "2"]),
        1 => (0..3).prop_map(|n| format!("{{ $min: {n} }}")),
        1 => (0..3).prop_map(|n| format!("{{ $max: {n}, $not: 0 }}")),
    ]
    .boxed()
}

fn text() -> BoxedStrategy<String> {
    prop_oneof![
        3 => scalar(["x", "xy", "z"]),
        1 => prop::sample::select(vec!["x*", "?", "*y"]).prop_map(|glob| format!("{{ $like: \"{glob}\" }}")),
    ]
    .boxed()
}

fn list() -> BoxedStrategy<String> {
    let items = || prop::collection::vec(text(), 0..3).prop_map(|items| format!("[{}]", items.join(", ")));
    prop_oneof![
        2 => items(),
        1 => prop::collection::vec(text(), 1..3).prop_map(|items| format!("{{ $contains: [{}] }}", items.join(", "))),
        1 => items().prop_map(|items| format!("{{ $not: {items} }}")),
        1 => Just("{ $present: true }".to_owned()),
    ]
    .boxed()
}

fn cover() -> BoxedStrategy<String> {
    let material = || prop::sample::select(vec!["Cloth", "Paper"]);
    prop_oneof![
        (material(), text()).prop_map(|(material, colour)| format!("{{ Material: {material}, Colour: {colour} }}")),
        material().prop_map(|material| format!("{{ $is: {{ Material: {material} }} }}")),
        text().prop_map(|colour| format!("{{ $not: {{ Colour: {colour} }} }}")),
        Just("{ $absent: true }".to_owned()),
    ]
    .boxed()
}

/// A subset of a book.
fn book() -> BoxedStrategy<String> {
    prop_oneof![
        2 => text().prop_map(|p| format!("{{ Title: {p} }}")),
        1 => list().prop_map(|p| format!("{{ Keywords: {p} }}")),
        1 => list().prop_map(|p| format!("{{ Chapters: {p} }}")),
        1 => cover().prop_map(|p| format!("{{ Cover: {p} }}")),
        2 => (text(), cover(), list()).prop_map(|(t, c, k)| format!("{{ Title: {t}, Cover: {c}, Keywords: {k} }}")),
        1 => Just("{ ShelfArn: \"${shelf.Arn}\", Title: x }".to_owned()),
        1 => Just("{ Title: \"${blue.Room}\" }".to_owned()),
    ]
    .boxed()
}

/// A subset of a queue.
fn queue() -> BoxedStrategy<String> {
    prop_oneof![
        number().prop_map(|p| format!("{{ DelaySeconds: {p} }}")),
        (number(), number()).prop_map(|(a, b)| format!("{{ DelaySeconds: {a}, VisibilityTimeout: {b} }}")),
        text().prop_map(|p| format!("{{ Tags: {{ a: {p} }} }}")),
        text().prop_map(|p| format!("{{ QueueName: {p} }}")),
    ]
    .boxed()
}

/// What may stand in the policy of a queue.
const QUEUE_POLICIES: [&str; 5] = [
    r#"{ Version: "2012-10-17", Statement: [{ Sid: open, Effect: Allow, Principal: "*", Action: "sqs:SendMessage", Resource: "*" }] }"#,
    r#"{ Version: "2012-10-17", Statement: [{ Effect: Allow, Principal: { AWS: "arn:aws:iam::123456789012:role/path/r0" }, Action: "SQS:*", Resource: "*" }] }"#,
    r#"{ Statement: { Effect: Allow, Principal: { AWS: ["123456789012", "arn:aws:iam::123456789012:role/path/r1"] }, Action: ["sqs:SendMessage", "sqs:PurgeQueue"], Resource: "*" } }"#,
    r#"{ Version: "2012-10-17", Statement: [{ Effect: Allow, Principal: { Service: sns.amazonaws.com }, Action: "sqs:SendMessage", Resource: "*" }, { Effect: Deny, Principal: "*", Action: "sqs:PurgeQueue", Resource: "*" }] }"#,
    r#"{ Statement: { Effect: Perhaps } }"#,
];

/// What may stand in a policy of a role.
const ROLE_POLICIES: [&str; 5] = [
    r#"{ Version: "2012-10-17", Statement: { Effect: Allow, Action: "sqs:SendMessage", Resource: "*" } }"#,
    r#"{ Version: "2012-10-17", Statement: { Effect: Allow, Action: ["sqs:*", "sns:Publish"], Resource: "*" } }"#,
    r#"{ Version: "2012-10-17", Statement: { Effect: Deny, Action: "sqs:SendMessage", Resource: "*", Condition: { Bool: { "aws:SecureTransport": false } } } }"#,
    r#"{ Version: "2012-10-17", Statement: { Effect: Deny, NotAction: "sqs:SendMessage", Resource: "*" } }"#,
    r#"{ Statement: { Effect: Perhaps } }"#,
];

/// Checks of all that has permissions.
const POLICY_CHECKS: [&str; 9] = [
    "iam-allow-by-exception",
    "iam-assume-role-anywhere",
    "iam-avoidable-resource-star",
    "iam-document-near-limit",
    "iam-duplicate-statement",
    "iam-full-administrator",
    "iam-grant-never-applies",
    "iam-pass-role-anywhere",
    "iam-wildcard-actions",
];

/// The expected documents that rules refer to: two of principals, one of a queue.
const DOCUMENTS: [(&str, &str); 3] = [
    (
        "send.json",
        r#"{ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*" } }"#,
    ),
    (
        "all.json",
        r#"{ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": ["sqs:*", "sns:*"], "Resource": "*" } }"#,
    ),
    (
        "queue.json",
        r#"{ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Principal": { "AWS": "${r0.Arn}" }, "Action": "sqs:*", "Resource": "*" } }"#,
    ),
];

/// What a rule asks of policies.
fn policies() -> BoxedStrategy<String> {
    let bound = || prop::sample::select(vec!["exactly", "at_least", "at_most"]);
    let queue = || prop::sample::select(vec!["a", "[a, b]", "like"]);
    let who = prop::sample::select(vec![
        "",
        "r0",
        "r0, r1",
        "anyone",
        "{ service: sns.amazonaws.com }",
        "{ account: \"123456789012\" }",
    ]);
    let actions = prop::sample::select(vec!["sqs:SendMessage", "sqs:PurgeQueue, sqs:SendMessage"]);
    let via = prop::sample::select(vec!["", ", via: effective", ", via: effective, administrators: count"]);
    let document = || prop::sample::select(vec!["send.json", "all.json"]);
    let of = prop::sample::select(vec!["r0", "[r0, r1]", "p0", "u"]);
    prop_oneof![
        (queue(), actions, bound(), who, via).prop_map(|(to, actions, bound, who, via)| {
            let bound = if who.is_empty() && bound == "at_least" { "at_most" } else { bound };
            format!("access: {{ to: {to}, actions: [{actions}], {bound}: [{who}]{via} }}")
        }),
        (of, bound(), document())
            .prop_map(|(of, bound, document)| format!("permissions: {{ of: {of}, {bound}: {document} }}")),
        (queue(), bound()).prop_map(|(on, bound)| format!(
            "on: {on}, expect: {{ Policy: {{ $policy: {{ {bound}: queue.json }} }} }}"
        )),
        prop::sample::select(vec!["a", "b"]).prop_map(|of| format!("only: {{ statements_of: {of}, are: queue.json }}")),
        (
            prop::sample::select(vec![
                "on: r0",
                "on: [r1, u]",
                "on: p0",
                "each: AWS::IAM::Role",
                "each: AWS::IAM::Group"
            ]),
            prop::sample::select(POLICY_CHECKS.to_vec()),
        )
            .prop_map(|(on, check)| format!("{on}, check: {check}")),
        document().prop_map(|document| format!(
            "each: AWS::IAM::ManagedPolicy, expect: {{ PolicyDocument: {{ $not: {{ $policy: {document} }} }} }}"
        )),
    ]
    .boxed()
}

/// What a rule asks.
fn form() -> BoxedStrategy<String> {
    let books = prop::sample::select(vec!["first", "some", "[first, some]", "by-reference", "[any, first]"]);
    let queues = prop::sample::select(vec!["a", "[a, b, c]", "like"]);
    let of = || prop::sample::select(vec!["", "of: shelf, ", "of: red, "]);
    let are = || prop::sample::select(vec!["", "first", "some", "first, any", "by-reference"]);
    prop_oneof![
        3 => (books, book()).prop_map(|(on, expect)| format!("on: {on}, expect: {expect}")),
        3 => (queues, queue()).prop_map(|(on, expect)| format!("on: {on}, expect: {expect}")),
        2 => (book(), book()).prop_map(|(filter, expect)| format!("each: Test::Library::Book, where: {filter}, expect: {expect}")),
        2 => queue().prop_map(|expect| format!("each: AWS::SQS::Queue, expect: {expect}")),
        2 => (of(), book(), are())
            .prop_map(|(of, filter, are)| format!("only: {{ type: Test::Library::Book, {of}where: {filter}, are: [{are}] }}")),
        1 => are().prop_map(|are| format!("only: {{ type: Test::Library::Book, are: [{are}] }}")),
        1 => prop::sample::select(vec!["", "a", "a, b", "like, a"])
            .prop_map(|are| format!("only: {{ type: AWS::SQS::Queue, are: [{are}] }}")),
    ]
    .boxed()
}

/// A rules file: fixed names, found in ways at random, and rules at random that need earlier ones.
fn rules(form: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    let rule = (form, 0..500_u32, prop::option::weighted(0.3, any::<prop::sample::Index>()));
    (book(), book(), queue(), prop::collection::vec(rule, 1..8)).prop_map(|(first, some, like, rules)| {
        let first = if first.contains("${") { "{ Title: x }" } else { &first };
        let some = if some.contains("${") { "{ Cover: { Material: Cloth } }" } else { &some };
        let mut text = format!(
            "plimsoll: 1\ntitle: t\nunexpected: {{ points: 1 }}\nresources:\n  \
             shelf: {{ type: Test::Library::Shelf, name: s0 }}\n  \
             red: {{ type: Test::Library::Shelf, select: {{ Room: x }}, several: true }}\n  \
             blue: {{ type: Test::Library::Shelf, select: {{ Room: x }} }}\n  \
             first: {{ type: Test::Library::Book, of: shelf, select: {first} }}\n  \
             any: {{ type: Test::Library::Book, of: red, several: true, exists: {{ points: 1 }} }}\n  \
             some: {{ type: Test::Library::Book, select: {some}, several: true }}\n  \
             by-reference: {{ type: Test::Library::Book, select: {{ ShelfArn: \"${{shelf.Arn}}\" }} }}\n  \
             a: {{ type: AWS::SQS::Queue, name: x, exists: {{ points: 2 }} }}\n  \
             b: {{ type: AWS::SQS::Queue, name: xy }}\n  \
             c: {{ type: AWS::SQS::Queue, name: z, exists: {{ needs: [a-exists] }} }}\n  \
             like: {{ type: AWS::SQS::Queue, select: {like} }}\n  \
             r0: {{ type: AWS::IAM::Role, name: r0 }}\n  \
             r1: {{ type: AWS::IAM::Role, name: r1 }}\n  \
             p0: {{ type: AWS::IAM::ManagedPolicy, name: p0 }}\n  \
             u: {{ type: AWS::IAM::User, name: u }}\nrules:\n"
        );
        for (i, (form, points, need)) in rules.iter().enumerate() {
            let need = need.filter(|_| i > 0).map(|need| format!("needs: [r{}], ", need.index(i))).unwrap_or_default();
            let (whole, part) = (points / 100, points % 100);
            writeln!(text, "  - {{ id: r{i}, points: {whole}.{part:02}, {need}{form} }}").expect("a string takes it");
        }
        text
    })
}

fn maybe<T: std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    prop::option::weighted(0.8, value)
}

/// Some of the policies of roles, by number: inline, attached, the boundary, and those of a user's group.
type Identities = (Vec<usize>, Vec<usize>, Option<usize>, bool);

/// Roles, a user, groups and the managed policies that they attach, as lines of an account.
fn identities() -> impl Strategy<Value = String> {
    let some = || prop::collection::btree_set(0..ROLE_POLICIES.len(), 0..3).prop_map(|set| set.into_iter().collect());
    let one = (some(), some(), prop::option::weighted(0.3, 0..ROLE_POLICIES.len()), any::<bool>());
    prop::collection::vec(one, 4).prop_map(|all: Vec<Identities>| {
        let mut text = String::new();
        for (i, document) in ROLE_POLICIES.iter().enumerate() {
            writeln!(text, "  - {{ type: AWS::IAM::ManagedPolicy, name: p{i}, properties: {{ PolicyDocument: {document} }} }}")
                .expect("a string takes it");
        }
        let arn = |i: &usize| format!("\"arn:aws:iam::123456789012:managed-policy/path/p{i}\"");
        for (i, (inline, attached, boundary, grouped)) in all.iter().enumerate() {
            let inline: Vec<String> = inline
                .iter()
                .map(|i| format!("{{ PolicyName: i{i}, PolicyDocument: {} }}", ROLE_POLICIES[*i]))
                .collect();
            let attached: Vec<String> = attached.iter().map(arn).collect();
            let (of, name) = [("Role", "r0"), ("Role", "r1"), ("User", "u"), ("Group", "g")][i];
            let boundary = boundary.filter(|_| of != "Group").map(|i| format!(", PermissionsBoundary: {}", arn(&i)));
            let groups = if of == "User" && *grouped { ", Groups: [g]" } else { "" };
            let (inline, attached, boundary) = (inline.join(", "), attached.join(", "), boundary.unwrap_or_default());
            writeln!(
                text,
                "  - {{ type: AWS::IAM::{of}, name: {name}, properties: {{ Policies: [{inline}], ManagedPolicyArns: [{attached}]{boundary}{groups} }} }}"
            )
            .expect("a string takes it");
        }
        text
    })
}

/// An account of shelves, books and queues, and with `acting` of those who act on them.
fn account(acting: bool) -> impl Strategy<Value = String> {
    let word = || prop::sample::select(vec!["x", "xy", "z"]);
    let words = || prop::collection::vec(word(), 0..3);
    let cover = (prop::sample::select(vec!["Cloth", "Paper"]), maybe(word()));
    let book = (0..3_usize, maybe(word()), maybe(words()), maybe(words()), maybe(cover), maybe(0..3_usize));
    let policy = prop::sample::select(QUEUE_POLICIES.to_vec());
    let queue = (
        maybe(0..3_i32),
        maybe(0..3_i32),
        maybe(word()),
        maybe(policy).prop_map(move |policy| policy.filter(|_| acting)),
    );
    let queues = prop::collection::btree_map(word(), queue, 0..4);
    (
        prop::collection::vec(maybe(word()), 0..3),
        prop::collection::vec(book, 0..5),
        queues,
        maybe(identities()).prop_map(move |lines| lines.filter(|_| acting)),
    )
        .prop_map(|(shelves, books, queues, identities)| {
            let mut text = "resources:\n".to_owned();
            let mut add = |of: &str, name: &str, hangs: &str, properties: &[Option<String>]| {
                let properties: Vec<&str> = properties.iter().flatten().map(String::as_str).collect();
                let properties = properties.join(", ");
                writeln!(text, "  - {{ type: {of}, name: {name}{hangs}, properties: {{ {properties} }} }}")
                    .expect("a string takes it");
            };
            for (i, room) in shelves.iter().enumerate() {
                add("Test::Library::Shelf", &format!("s{i}"), "", &[room.map(|room| format!("Room: {room}"))]);
            }
            for (i, (shelf, title, keywords, chapters, cover, written_for)) in books.iter().enumerate() {
                let hangs = if *shelf < shelves.len() { format!(", hangs-on: s{shelf}") } else { String::new() };
                let shelf_arn = |i| format!("ShelfArn: \"arn:aws:library:us-east-1:123456789012:shelf/path/s{i}\"");
                add(
                    "Test::Library::Book",
                    &format!("b{i}"),
                    &hangs,
                    &[
                        title.map(|title| format!("Title: {title}")),
                        keywords.as_ref().map(|words| format!("Keywords: [{}]", words.join(", "))),
                        chapters.as_ref().map(|words| format!("Chapters: [{}]", words.join(", "))),
                        cover.map(|(material, colour)| match colour {
                            Some(colour) => format!("Cover: {{ Material: {material}, Colour: {colour} }}"),
                            None => format!("Cover: {{ Material: {material} }}"),
                        }),
                        written_for.map(shelf_arn),
                    ],
                );
            }
            for (name, (delay, timeout, tag, policy)) in &queues {
                add(
                    "AWS::SQS::Queue",
                    name,
                    "",
                    &[
                        delay.map(|delay| format!("DelaySeconds: {delay}")),
                        timeout.map(|timeout| format!("VisibilityTimeout: {timeout}")),
                        tag.map(|tag| format!("Tags: {{ a: {tag} }}")),
                        policy.map(|policy| format!("Policy: {policy}")),
                    ],
                );
            }
            text.push_str(&identities.unwrap_or_default());
            if text.ends_with(":\n") { "resources: []".to_owned() } else { text }
        })
}

fn load(name: &str, text: &str) -> Rules {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("laws").join(name);
    std::fs::create_dir_all(&folder).expect("a folder for the tests");
    let path = folder.join("rules.yaml");
    std::fs::write(&path, text).expect("a file for the test");
    for (name, document) in DOCUMENTS {
        std::fs::write(folder.join(name), document).expect("a document for the test");
    }
    match judging::rules(&path, &BTreeMap::new()) {
        Ok(rules) => rules,
        Err(diagnostics) => panic!("{}\n{text}", diagnostics.render(false, 120)),
    }
}

/// Yes and no at random, the same for the same seed.
struct Dice(u64);

impl Dice {
    fn one_in(&mut self, n: u64) -> bool {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33).is_multiple_of(n)
    }
}

/// The same account, less well read: some properties and parts of properties are unread, some lists broke off, and of
/// those some resources are not known.
fn hide(account: &Account, seed: u64) -> Account {
    let mut dice = Dice(seed);
    let mut hidden = account.clone();
    for ((type_name, region), listing) in &mut hidden.listings {
        let kind = judging::kind(type_name).expect("a kind that exists");
        if dice.one_in(3) {
            *listing = Listing::Broken(judging::gap(kind, region, "", "denied"));
            hidden.resources.retain(|resource| resource.type_name != type_name || !dice.one_in(3));
        }
    }
    for resource in &mut hidden.resources {
        let kind = judging::kind(resource.type_name).expect("a kind that exists");
        let gap = Value::Unread(Box::new(judging::gap(kind, &resource.region, &resource.name, "denied")));
        hide_parts(&mut resource.properties, &gap, &mut dice);
        // A property that AWS left out may be unread just as well.
        if let Value::Map(parts) = &mut resource.properties {
            for field in kind.fields() {
                if !parts.contains_key(&field.name) && dice.one_in(5) {
                    parts.insert(field.name.clone(), gap.clone());
                }
            }
        }
    }
    hidden
}

fn hide_parts(value: &mut Value, gap: &Value, dice: &mut Dice) {
    let parts: Vec<&mut Value> = match value {
        Value::Map(parts) => parts.values_mut().collect(),
        Value::List(items) | Value::Set(items) => items.iter_mut().collect(),
        _ => return,
    };
    for part in parts {
        if dice.one_in(5) { *part = gap.clone() } else { hide_parts(part, gap, dice) }
    }
}

/// The same account in another order.
fn turn(account: &Account, by: usize) -> Account {
    fn turn_sets(value: &mut Value, by: usize) {
        match value {
            Value::Set(items) => {
                items.iter_mut().for_each(|item| turn_sets(item, by));
                items.reverse();
                let by = by % items.len().max(1);
                items.rotate_left(by);
            }
            Value::List(items) => items.iter_mut().for_each(|item| turn_sets(item, by)),
            Value::Map(parts) => parts.values_mut().for_each(|part| turn_sets(part, by)),
            _ => {}
        }
    }
    let mut turned = account.clone();
    turned.resources.reverse();
    let by_resources = by % turned.resources.len().max(1);
    turned.resources.rotate_left(by_resources);
    turned.resources.iter_mut().for_each(|resource| turn_sets(&mut resource.properties, by));
    turned
}

fn by_id(report: &Report) -> BTreeMap<&str, &Finding> {
    report.findings.iter().map(|finding| (finding.id.as_str(), finding)).collect()
}

/// The finding that `finding` is among those of `all`: by its id, or by its ARN where what makes the id was hidden.
fn same<'r>(finding: &Finding, whole: &BTreeMap<&str, &'r Finding>, all: &'r Report) -> Option<&'r Finding> {
    let by_arn = |other: &&Finding| other.rule == finding.rule && finding.arn.is_some() && other.arn == finding.arn;
    whole.get(finding.id.as_str()).copied().or_else(|| all.findings.iter().find(by_arn))
}

fn sum(points: impl Iterator<Item = Hundredths>) -> u64 {
    points.map(|points| points.0).sum()
}

/// The denial law: whatever is hidden, no finding passes, fails or is not applicable that would not with everything read.
fn denial(name: &str, text: &str, account: &str, seed: u64) -> Result<(), TestCaseError> {
    let (rules, account) = (load(name, text), judging::account(account));
    let all = judging::judge(&rules, &account);
    let partial = judging::judge(&rules, &hide(&account, seed));
    let whole = by_id(&all);
    for finding in &partial.findings {
        if matches!(finding.verdict, Verdict::Pass | Verdict::Fail | Verdict::NotApplicable) {
            let with_all = same(finding, &whole, &all).map(|finding| finding.verdict);
            prop_assert_eq!(
                with_all,
                Some(finding.verdict),
                "{} on {}\n{}\n{}\n{}",
                finding.rule,
                finding.resource,
                text,
                judging::findings(&partial),
                judging::findings(&all)
            );
        }
    }
    Ok(())
}

fn order(name: &str, text: &str, account: &str, seed: u64, by: usize) -> Result<(), TestCaseError> {
    let rules = load(name, text);
    let account = hide(&judging::account(account), seed);
    prop_assert_eq!(judging::judge(&rules, &account), judging::judge(&rules, &turn(&account, by)), "{}", text);
    Ok(())
}

fn points(name: &str, text: &str, account: &str, seed: u64) -> Result<(), TestCaseError> {
    let rules = load(name, text);
    let report = judging::judge(&rules, &hide(&judging::account(account), seed));
    for rule in &rules.rules {
        let of_rule: Vec<&Finding> = report.findings.iter().filter(|finding| finding.rule == rule.id).collect();
        let applies = of_rule.iter().any(|finding| finding.verdict != Verdict::NotApplicable);
        let possible = sum(of_rule.iter().map(|finding| finding.points.possible));
        prop_assert_eq!(possible, if applies { rule.points.0 } else { 0 }, "{}", rule.id);
        for finding in of_rule.iter().filter(|finding| !finding.parts.is_empty()) {
            prop_assert_eq!(sum(finding.parts.iter().map(|part| part.points.possible)), finding.points.possible.0);
            prop_assert_eq!(sum(finding.parts.iter().map(|part| part.points.earned)), finding.points.earned.0);
        }
    }
    prop_assert_eq!(sum(report.findings.iter().map(|finding| finding.points.possible)), report.points.possible.0);
    prop_assert_eq!(sum(report.findings.iter().map(|finding| finding.points.earned)), report.points.earned.0);
    prop_assert_eq!(report.complete, report.findings.iter().all(|finding| finding.verdict != Verdict::Unknown));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn what_is_hidden_never_makes_a_verdict(text in rules(form()), account in account(false), seed: u64) {
        denial("denial", &text, &account, seed)?;
    }

    #[test]
    fn order_never_shows(text in rules(form()), account in account(false), seed: u64, by in 0..7_usize) {
        order("order", &text, &account, seed, by)?;
    }

    #[test]
    fn points_add_up(text in rules(form()), account in account(false), seed: u64) {
        points("points", &text, &account, seed)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_hidden_policy_never_makes_a_verdict(text in rules(policies()), account in account(true), seed: u64) {
        denial("policies-denial", &text, &account, seed)?;
    }

    #[test]
    fn the_order_of_policies_never_shows(text in rules(policies()), account in account(true), seed: u64, by in 0..7_usize) {
        order("policies-order", &text, &account, seed, by)?;
    }

    #[test]
    fn points_of_policies_add_up(text in rules(policies()), account in account(true), seed: u64) {
        points("policies-points", &text, &account, seed)?;
    }
}

/// The denial law, and that order never shows, on the case files of the checks: what a check reads beside the resource that
/// it is on is in no other account here. The checks of policies have these laws above, on policies at random, and take longer.
#[test]
fn the_cases_of_checks_keep_the_laws() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<_> = std::fs::read_dir(&folder)
        .expect("the cases are there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            name.starts_with("check-") && !name.starts_with("check-avoidable-star")
        })
        .collect();
    cases.sort();
    assert!(cases.len() >= 10, "{cases:?}");
    for path in cases {
        let markdown = std::fs::read_to_string(&path).expect("a case is readable");
        let block = |info: &str| {
            let (_, after) = markdown.split_once(&format!("```yaml {info}\n")).expect("a block");
            after.split_once("```").expect("the end of a block").0
        };
        let rules = load("checks", block("rules"));
        let account = judging::account(block("account"));
        let all = judging::judge(&rules, &account);
        let whole = by_id(&all);
        let is_of_policies = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("check-iam-"));
        for seed in 0..if is_of_policies { 30 } else { 200 } {
            let hidden = hide(&account, seed);
            let partial = judging::judge(&rules, &hidden);
            for finding in partial.findings.iter().filter(|finding| finding.verdict != Verdict::Unknown) {
                let with_all = same(finding, &whole, &all).map(|finding| finding.verdict);
                let blocked = finding.verdict == Verdict::Blocked;
                assert!(
                    blocked || with_all == Some(finding.verdict),
                    "{}, seed {seed}: {} on {}\n{}",
                    path.display(),
                    finding.rule,
                    finding.resource,
                    judging::findings(&partial)
                );
            }
            let by = usize::try_from(seed % 7).expect("a small number");
            assert_eq!(partial, judging::judge(&rules, &turn(&hidden, by)), "{}, seed {seed}", path.display());
        }
    }
}
