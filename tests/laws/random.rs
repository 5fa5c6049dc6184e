//! Rules and accounts at random, and accounts of which parts are hidden or turned round.

use super::judging;
use plimsoll::model::{Account, Listing, Value};
use plimsoll::rules::{self, Origin, Request, Rules, Types};
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
pub(crate) fn policies() -> BoxedStrategy<String> {
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
pub(crate) fn form() -> BoxedStrategy<String> {
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
pub(crate) fn rules(form: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    let rule = (form, 0..500_u32, prop::option::weighted(0.3, any::<prop::sample::Index>()));
    let unexpected = prop::bool::weighted(0.7);
    (book(), book(), queue(), prop::collection::vec(rule, 1..8), unexpected).prop_map(
        |(first, some, like, rules, unexpected)| {
            let first = if first.contains("${") { "{ Title: x }" } else { &first };
            let some = if some.contains("${") { "{ Cover: { Material: Cloth } }" } else { &some };
            let mut text = format!(
                "plimsoll: 1\ntitle: t\n{}resources:\n  \
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
             u: {{ type: AWS::IAM::User, name: u }}\nrules:\n",
                if unexpected { "unexpected: { points: 1 }\n" } else { "" }
            );
            for (i, (form, points, need)) in rules.iter().enumerate() {
                let need =
                    need.filter(|_| i > 0).map(|need| format!("needs: [r{}], ", need.index(i))).unwrap_or_default();
                let (whole, part) = (points / 100, points % 100);
                writeln!(text, "  - {{ id: r{i}, points: {whole}.{part:02}, {need}{form} }}")
                    .expect("a string takes it");
            }
            text
        },
    )
}

/// Rules on some of the same things, each of which may be named by nobody: what is read for them is less than everything.
pub(crate) fn few(acting: bool) -> impl Strategy<Value = String> {
    /// What may be declared, and what may be asked of it; a form that is on no name of the file stands for itself.
    const MAY: [(&str, &[&str]); 13] = [
        ("s: { type: Test::Library::Shelf, name: s0 }", &["on: s, expect: { Room: x }"]),
        (
            "b: { type: Test::Library::Book, name: b1 }",
            &["on: b, expect: { Title: x }", "only: { type: Test::Library::Book, where: { Title: x }, are: [b] }"],
        ),
        (
            "t: { type: Test::Library::Shelf, name: s1 }\n  tb: { type: Test::Library::Book, of: t, select: { Title: x } }",
            &[
                "on: tb, expect: { Cover: { Material: Cloth } }",
                "only: { type: Test::Library::Book, of: t, are: [tb] }",
            ],
        ),
        (
            "w: { type: Test::Library::Shelf, select: { Room: x } }\n  wb: { type: Test::Library::Book, of: w, several: true, select: { Title: x } }",
            &[
                "on: wb, expect: { Keywords: [] }",
                "only: { type: Test::Library::Book, of: w, where: { Title: xy }, are: [wb] }",
            ],
        ),
        ("", &["each: Test::Library::Book, expect: { Title: x }", "only: { type: Test::Library::Book, are: [] }"]),
        (
            "q: { type: AWS::SQS::Queue, name: x }",
            &["on: q, expect: { DelaySeconds: 0 }", "only: { type: AWS::SQS::Queue, are: [q] }"],
        ),
        ("k: { type: AWS::SQS::Queue, name: xy }", &["on: k, expect: { Tags: { a: x } }"]),
        (
            "",
            &[
                "each: AWS::SQS::Queue, expect: { VisibilityTimeout: 1 }",
                "each: AWS::SQS::Queue, where: { DelaySeconds: 0 }, expect: { Tags: { a: x } }",
            ],
        ),
        (
            "r: { type: AWS::IAM::Role, name: r0 }",
            &[
                "on: r, check: iam-wildcard-actions",
                "permissions: { of: r, at_most: all.json }",
                "on: r, expect: { Policies: [] }",
            ],
        ),
        ("p: { type: AWS::IAM::ManagedPolicy, name: p1 }", &["on: p, check: iam-wildcard-actions"]),
        (
            "u: { type: AWS::IAM::User, name: u }",
            &["permissions: { of: u, at_most: send.json }", "on: u, expect: { ManagedPolicyArns: [] }"],
        ),
        (
            "a: { type: AWS::SQS::Queue, name: z }",
            &[
                "access: { to: a, actions: [sqs:SendMessage], at_most: [], via: effective }",
                "access: { to: a, actions: [sqs:SendMessage], at_most: [anyone] }",
            ],
        ),
        (
            "",
            &[
                "each: AWS::IAM::Role, check: iam-pass-role-anywhere",
                "each: AWS::IAM::ManagedPolicy, check: iam-wildcard-actions",
            ],
        ),
    ];
    let one = (prop::bool::weighted(0.4), any::<prop::sample::Index>(), any::<bool>());
    (prop::collection::vec(one, MAY.len()), any::<bool>()).prop_map(move |(picked, unexpected)| {
        let mut resources = String::new();
        let mut rules = "rules:\n".to_owned();
        for (at, (resource, asks)) in MAY.into_iter().enumerate() {
            let (is_there, which, asked) = &picked[at];
            if !is_there || (at > 7 && !acting) {
                continue;
            }
            if !resource.is_empty() {
                writeln!(resources, "  {resource}").expect("a string takes it");
            }
            if *asked || resource.is_empty() {
                writeln!(rules, "  - {{ id: r{at}, {} }}", which.get(asks)).expect("a string takes it");
            }
        }
        let head = if unexpected && !resources.is_empty() { "unexpected: true\n" } else { "" };
        let rules = if rules.ends_with(":\n") { String::new() } else { rules };
        let named = if resources.is_empty() { String::new() } else { format!("resources:\n{resources}") };
        let all = if named.is_empty() && rules.is_empty() {
            "rules:\n  - { id: r, each: AWS::SQS::Queue, expect: { DelaySeconds: 0 } }\n"
        } else {
            ""
        };
        format!("plimsoll: 1\ntitle: t\n{head}{named}{rules}{all}")
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
pub(crate) fn account(acting: bool) -> impl Strategy<Value = String> {
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

pub(crate) fn load(name: &str, text: &str) -> Rules {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("laws").join(name);
    std::fs::create_dir_all(&folder).expect("a folder for the tests");
    let path = folder.join("rules.yaml");
    std::fs::write(&path, text).expect("a file for the test");
    for (name, document) in DOCUMENTS {
        std::fs::write(folder.join(name), document).expect("a document for the test");
    }
    let types = Types { names: || judging::kinds().map(|kind| kind.type_name).collect(), ..judging::types() };
    let parameters = BTreeMap::new();
    match rules::load(&Request { origin: Origin::File(path), parameters: &parameters, complete: true, types }) {
        Ok(rules) => rules,
        Err(diagnostics) => panic!("{}\n{text}", diagnostics.render(false, 120)),
    }
}

/// Yes and no at random, the same for the same seed.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33).is_multiple_of(n)
    }
}

/// The same account, less well read: some properties and parts of properties are unread, some lists broke off, and of
/// those some resources are not known.
pub(crate) fn hide(account: &Account, seed: u64) -> Account {
    let mut dice = Dice(seed);
    let mut hidden = account.clone();
    for ((type_name, region), listing) in &mut hidden.listings {
        let kind = judging::kind(type_name).expect("a kind that exists");
        if dice.one_in(3) {
            *listing = Listing::Broken(judging::gap(kind, region, "", "denied"));
            for (_, list) in hidden.children.iter_mut().filter(|((of, ..), _)| of == type_name) {
                *list = Listing::Broken(judging::gap(kind, region, "", "denied"));
            }
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
pub(crate) fn turn(account: &Account, by: usize) -> Account {
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
