//! Documents that nobody wrote in good faith: whatever is read and compared, it ends, and without a panic.

use std::time::{Duration, Instant};

use plimsoll::iam::{Context, Grants, Policies, Policy, Principal, Relation, Request, decide};
use serde_json::{Value, json};

use super::alphabet::Alphabet;
use super::dice::Dice;
use super::{policy, seed, times};

/// Pieces of documents, well formed and not.
const PIECES: [&str; 40] = [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "\u{feff}",
    "null",
    "true",
    "-1e999",
    "1e-999",
    "\"Statement\"",
    "\"Effect\":\"Allow\"",
    "\"Action\"",
    "\"NotAction\"",
    "\"Resource\"",
    "\"NotResource\"",
    "\"Principal\"",
    "\"NotPrincipal\"",
    "\"Condition\"",
    "\"Version\":\"2012-10-17\"",
    "${",
    "}",
    "${aws:username, 'a'}",
    "${,}",
    "${*}",
    "*",
    "?",
    "arn:aws:sqs:*:*:*",
    "arn:",
    "::::::",
    "ForAllValues:StringLikeIfExists",
    "\u{130}\u{212a}",
    "%7B%22",
    "\u{202e}",
    "9999999999999999999999999999999999999999",
];

/// A text near to a document.
fn mutated(text: &str, dice: &mut Dice) -> String {
    let mut bytes: Vec<u8> = text.as_bytes().to_vec();
    for _ in 0..=dice.below(6) {
        let at = dice.below(bytes.len() + 1);
        let to = (at + dice.below(24)).min(bytes.len());
        match dice.below(6) {
            0 => drop(bytes.drain(at..to)),
            1 => drop(bytes.splice(at..at, dice.pick(&PIECES[..]).bytes())),
            2 => drop(bytes.splice(at..to, dice.pick(&PIECES[..]).bytes())),
            3 => {
                let copied = bytes[at..to].to_vec();
                let after = dice.below(bytes.len() + 1);
                drop(bytes.splice(after..after, copied));
            }
            4 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            _ => bytes.truncate(at.max(1)),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A document whose texts are near to those of a real one, but which is well formed.
fn distorted(value: &mut Value, dice: &mut Dice) {
    match value {
        Value::String(text) if dice.percent(15) => *text = mutated(text, dice),
        Value::Array(items) => items.iter_mut().for_each(|item| distorted(item, dice)),
        Value::Object(fields) => fields
            .iter_mut()
            .filter(|(name, _)| *name != "Effect" && *name != "Version")
            .for_each(|(_, item)| distorted(item, dice)),
        _ => {}
    }
}

fn request(policy: &Policy, dice: &mut Dice) -> Request {
    let statement = (!policy.statements.is_empty()).then(|| dice.pick(&policy.statements));
    let of = |values: Option<&Vec<String>>, otherwise: &str| {
        values.and_then(|values| values.first()).map_or_else(|| otherwise.to_owned(), Clone::clone)
    };
    let conditions = statement.map_or(&[][..], |statement| &statement.conditions);
    let context: Context = conditions
        .iter()
        .map(|entry| (entry.key.clone(), plimsoll::iam::ContextValue::Many(entry.values.clone())))
        .collect();
    Request {
        principal: if dice.percent(20) {
            Principal::Anonymous
        } else {
            Principal::Aws("arn:aws:iam::111122223333:user/a".to_owned())
        },
        action: of(statement.map(|statement| &statement.action.values), "sqs:SendMessage"),
        resource: of(statement.and_then(|statement| statement.resource.as_ref()).map(|element| &element.values), "*"),
        resource_account: None,
        context,
    }
}

#[test]
fn hostile_texts_end_in_an_answer() {
    let mut read: Vec<Policy> = Vec::new();
    let mut parsed = 0_u64;
    let count = times(10_000);
    for round in 0..count {
        let dice = &mut Dice::new(seed().wrapping_mul(7_919).wrapping_add(round));
        let alphabet = Alphabet::new(dice);
        let mut document = alphabet.document(dice, 3);
        let text = if dice.percent(50) {
            distorted(&mut document, dice);
            document.to_string()
        } else if dice.percent(90) {
            mutated(&document.to_string(), dice)
        } else {
            (0..dice.below(40)).map(|_| *dice.pick(&PIECES[..])).collect()
        };
        let Ok(found) = Policy::parse(&text) else { continue };
        parsed += 1;
        if round % 8 == 0 {
            let asked = request(&found, dice);
            let policies = Policies { identity: vec![found.clone()], ..Policies::default() };
            let _ = decide(&asked, &policies);
            if let Some(other) = read.get(dice.below(read.len().max(1))) {
                let began = Instant::now();
                let _ = Grants::of([&found]).within(&Grants::of([other]));
                let _ = Grants::of([other]).granted_by(&Grants::of([&found]), &asked.context);
                assert!(began.elapsed() < Duration::from_secs(60), "{text}");
            }
            if read.len() < 64 { read.push(found) } else { read[dice.below(64)] = found }
        }
    }
    assert!(parsed * 4 > count, "{parsed} of {count} were documents at all");
}

/// Documents that are hard to compare, by what is hard about them.
fn hard(size: usize) -> Vec<(&'static str, Value, Value)> {
    let statement = |effect: &str, resources: Value, condition: Value| json!({ "Effect": effect, "Action": "s3:*", "Resource": resources, "Condition": condition });
    let document = |statements: Vec<Value>| json!({ "Version": "2012-10-17", "Statement": statements });
    let all = |resources: Value| document(vec![statement("Allow", resources, json!({}))]);
    let letters = |at: usize| {
        let letter = |at: usize| char::from(b'a' + u8::try_from(at % 26).unwrap_or(0));
        format!("{}{}", letter(at), letter(at / 26 + at))
    };
    let infix = |from: usize, count: usize, head: &str| -> Vec<String> {
        (from..from + count).map(|at| format!("{head}*{}*{}*", letters(at), letters(at + 7))).collect()
    };
    let arn = "arn:aws:s3:::";
    let two_conditions = |at: usize| json!({ "StringEquals": { format!("lab:a{at}"): "x" }, "StringLike": { format!("lab:b{at}"): "y*" } });
    let likes = |values: Vec<String>| json!({ "StringLike": { "lab:k": values } });
    let each_like: Vec<Value> =
        infix(0, size, "").into_iter().map(|text| statement("Deny", json!("*"), likes(vec![text]))).collect();
    let actions = |from: usize| {
        let names: Vec<String> = infix(from, size, "").into_iter().map(|text| format!("s3:{text}")).collect();
        document(names.iter().map(|name| json!({ "Effect": "Allow", "Action": name, "Resource": "*" })).collect())
    };
    let exact =
        |count: usize, from: usize| -> Value { (from..from + count).map(|at| format!("{arn}bucket-{at}/*")).collect() };
    let suffixes = |count: usize, from: usize| -> Value {
        (from..from + count).map(|at| format!("{arn}*-{at}-{}", at * 7)).collect()
    };
    let questions: Vec<String> = (0..size).map(|at| format!("{arn}*a{}", "?".repeat(at + 1))).collect();
    let keys = |effect: &str, value: &str| {
        let of_all: serde_json::Map<String, Value> =
            (0..20).map(|at| (format!("lab:k{at}"), json!([value, "*x*y*"]))).collect();
        statement(effect, json!("*"), json!({ "StringLike": of_all }))
    };
    let services: Vec<Value> = (0..size).map(|at| json!({ "Effect": "Allow", "Action": (0..size).map(|of| format!("{}:*{}*{}*", letters(at), letters(of), letters(of + at))).collect::<Vec<_>>(), "Resource": "*" })).collect();
    let principals: Vec<Value> = (0..size * 10).map(|at| json!({ "Effect": if at % 2 == 0 { "Allow" } else { "Deny" }, "Principal": { "AWS": format!("arn:aws:iam::{:012}:user/u{at}", at * 3 + 1) }, "Action": format!("sqs:*{}*", letters(at)), "Resource": "*" })).collect();
    let mut crowd = principals.clone();
    crowd.rotate_left(3);
    vec![
        ("infix resources", all(json!(infix(0, size, arn))), all(json!(infix(5, size, arn)))),
        ("infix denies", all(json!("*")), document([vec![statement("Allow", json!("*"), json!({}))], infix(0, size, arn).into_iter().map(|text| statement("Deny", json!(text), json!({}))).collect()].concat())),
        ("infix values", document([vec![statement("Allow", json!("*"), json!({}))], each_like.clone()].concat()), document([vec![statement("Allow", json!("*"), likes(infix(3, size, "")))], each_like].concat())),
        ("two conditions each", document((0..size * 2).map(|at| statement("Allow", json!("*"), two_conditions(at))).collect()), document((1..=size * 2).map(|at| statement("Allow", json!("*"), two_conditions(at))).collect())),
        ("two conditions denied", document([vec![statement("Allow", json!("*"), json!({}))], (0..size * 2).map(|at| statement("Deny", json!("*"), two_conditions(at))).collect()].concat()), document((0..size * 2).map(|at| statement("Allow", json!("*"), two_conditions(at))).collect())),
        ("infix actions", actions(0), actions(9)),
        ("many resources", all(exact(size * 160, 0)), all(exact(size * 160, 1))),
        ("many resources, themselves", all(exact(size * 160, 0)), all(exact(size * 160, 0))),
        ("many suffixes", all(suffixes(size * 160, 0)), all(suffixes(size * 160, 1))),
        ("many resources denied", all(json!("*")), document(vec![statement("Allow", json!("*"), json!({})), statement("Deny", suffixes(size * 160, 0), json!({}))])),
        ("question marks", all(json!(format!("{arn}*a*"))), all(json!(questions))),
        ("twenty keys", document(vec![keys("Allow", "a*"), keys("Deny", "*b*"), keys("Allow", "*c")]), document(vec![keys("Allow", "*a*"), keys("Deny", "b*"), keys("Allow", "*d*")])),
        ("services", document(services.clone()), document(services.into_iter().rev().skip(1).collect())),
        ("principals", document(principals), document(crowd.into_iter().skip(1).collect())),
        ("statements by the thousand", document((0..size * 60).map(|at| json!({ "Effect": "Allow", "Action": format!("s3:{}*", letters(at)), "Resource": format!("{arn}{at}") })).collect()), document((1..size * 60).map(|at| json!({ "Effect": "Allow", "Action": format!("s3:*{}", letters(at)), "Resource": format!("{arn}{at}") })).collect())),
    ]
}

#[test]
fn hard_documents_end_in_an_answer() {
    // Sizes at which all is decided or given up; `PLIMSOLL_LAWS` shows the times at full size.
    let full = times(1) > 1;
    for (what, left, right) in hard(if full { 30 } else { 6 }) {
        let (left, right) = (policy(&left), policy(&right));
        for (one, other) in [(&left, &right), (&right, &left)] {
            let began = Instant::now();
            let relation = Grants::of([one]).within(&Grants::of([other]));
            let took = began.elapsed();
            let layered =
                Grants::of([one]).bounded_by([other]).bounded_by([one]).within(&Grants::of([other]).bounded_by([one]));
            let all = began.elapsed();
            println!("{what}: {took:.2?}, in layers {:.2?}: {} / {}", all - took, short(&relation), short(&layered));
            assert!(took < Duration::from_secs(60), "{what} took {took:?}");
        }
    }
}

fn short(relation: &Relation) -> String {
    relation.to_string().chars().take(60).collect()
}
