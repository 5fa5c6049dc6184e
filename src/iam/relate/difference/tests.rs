//! Differences between small policies, each with its near miss.

use super::*;
use crate::iam::relate::Grants;

const ORDERS: &str = "arn:aws:sqs:us-east-1:111122223333:orders";

fn policy(name: &str, statements: &str) -> Policy {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    Policy::parse(&text).unwrap_or_else(|error| panic!("{statements}: {error}")).named(name, None)
}

fn grants(name: &str, statements: &str) -> Grants {
    Grants::of([&policy(name, statements)])
}

/// An Allow of an identity.
fn allow(actions: &str, resources: &str, rest: &str) -> String {
    format!(r#"{{"Effect":"Allow","Action":{actions},"Resource":{resources}{rest}}}"#)
}

fn queue(name: &str) -> String {
    format!(r#""arn:aws:sqs:us-east-1:111122223333:{name}""#)
}

fn beyond(a: &str, b: &str) -> Difference {
    let (a, b) = (grants("A", a), grants("B", b));
    let difference = a.beyond(&b);
    for excess in &difference.grants {
        assert_eq!(super::super::allows(&a, &excess.witness.request), Some(true));
        assert_eq!(super::super::allows(&b, &excess.witness.request), Some(false));
    }
    difference
}

/// The one grant that goes beyond.
fn one(a: &str, b: &str) -> Excess {
    let difference = beyond(a, b);
    assert!(difference.unknown.is_empty() && difference.grants.len() == 1, "{difference:#?}");
    difference.grants.into_iter().next().expect("one")
}

#[test]
fn one_action_too_many() {
    let orders = queue("orders");
    let a = allow(r#"["sqs:SendMessage","sqs:DeleteQueue"]"#, &orders, "");
    let found = one(&a, &allow(r#""sqs:SendMessage""#, &orders, ""));
    assert_eq!(found.actions.names.items, ["sqs:DeleteQueue"]);
    assert_eq!(found.resources.items, [ORDERS]);
    assert!(!found.actions.future && found.conditions.is_empty() && found.principals.items.is_empty());
    assert_eq!(found.lack, Lack::NoStatement);
    assert_eq!(found.allowed_by[0].to_string(), "statement 1 of A");
    assert_eq!(found.witness.request.action, "sqs:DeleteQueue");
    assert_eq!(beyond(&a, &allow(r#"["sqs:Delete*","sqs:Send*"]"#, &orders, "")), Difference::default());
}

#[test]
fn one_resource_too_broad() {
    let (orders, all, other) = (queue("orders"), queue("orders-*"), queue("other"));
    let a = allow(r#""sqs:SendMessage""#, &format!("[{orders},{all},{other}]"), "");
    let b = allow(r#""sqs:SendMessage""#, &format!("[{other},{orders},{}]", queue("orders-1*")), "");
    let found = one(&a, &b);
    assert_eq!(found.resources.items, ["arn:aws:sqs:us-east-1:111122223333:orders-*"]);
    let Lack::Narrower { place, principals: false, resources: true, conditions } = found.lack else { panic!() };
    assert!(place.to_string() == "statement 1 of B" && conditions.is_empty());
    assert_eq!(beyond(&a, &allow(r#""sqs:*""#, &queue("o*"), "")), Difference::default());
}

#[test]
fn a_condition_that_is_missing() {
    let a = allow(r#""sqs:*""#, "\"*\"", "");
    let b = allow(r#""sqs:*""#, "\"*\"", r#","Condition":{"Bool":{"aws:SecureTransport":"true"}}"#);
    let found = one(&a, &b);
    assert_eq!(found.actions.names.items, ["sqs:*"]);
    assert!(found.actions.future);
    let Lack::Narrower { resources: false, conditions, .. } = found.lack else { panic!() };
    assert_eq!(conditions, ["Bool aws:SecureTransport true"]);
    assert!(found.conditions.is_empty());
    assert_eq!(one(&b, &allow(r#""sqs:SendMessage""#, "\"*\"", "")).conditions, ["Bool aws:SecureTransport true"]);
    assert_eq!(beyond(&b, &a), Difference::default());
}

#[test]
fn a_ceiling_that_names_resources_and_asks_for_a_condition_lacks_both() {
    let a = allow(r#""sqs:SendMessage""#, "\"*\"", "");
    let b = allow(r#""sqs:SendMessage""#, &queue("orders"), r#","Condition":{"Bool":{"aws:SecureTransport":"true"}}"#);
    let difference = beyond(&a, &b);
    let said: Vec<(bool, usize)> = difference
        .grants
        .iter()
        .map(|excess| match &excess.lack {
            Lack::Narrower { resources, conditions, .. } => (*resources, conditions.len()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(said.len(), 2, "{difference:#?}");
    assert!(said.contains(&(false, 1)) && said.iter().any(|(resources, _)| *resources));
}

#[test]
fn a_deny_that_is_missing() {
    let a = allow(r#""s3:*""#, "\"*\"", "");
    let deny = r#",{"Sid":"NoAcl","Effect":"Deny","Action":"s3:PutBucketAcl","Resource":"arn:aws:s3:::a*"}"#;
    let found = one(&a, &format!("{a}{deny}"));
    assert_eq!(found.actions.names.items, ["s3:PutBucketAcl"]);
    let Lack::Denied(place) = found.lack else { panic!() };
    assert_eq!(place.to_string(), "statement \"NoAcl\" of B");
    assert_eq!(found.witness.denied_by, Some(place));
    assert_eq!(beyond(&format!("{a}{deny}"), &a), Difference::default());
}

#[test]
fn not_action_says_what_it_leaves_out() {
    let a = r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#;
    let found = one(a, &allow(r#""s3:*""#, "\"*\"", ""));
    assert!(found.actions.all_but && found.actions.future);
    assert_eq!(found.actions.names.items, ["iam:*", "s3:*"]);
    let found = one(a, r#"{"Effect":"Allow","NotAction":["iam:*","sqs:Send*"],"Resource":"*"}"#);
    assert_eq!(found.actions.names.items, ["sqs:SendMessage"]);
    assert!(found.actions.future);
    assert_eq!(beyond(a, &allow("\"*\"", "\"*\"", "")), Difference::default());
}

#[test]
fn names_that_aws_may_add_are_said_even_alone() {
    let every = Catalogue::embedded().matching("sqs:Get*").map(|action| format!("\"{action}\"")).collect::<Vec<_>>();
    let found = one(&allow(r#""sqs:Get*""#, "\"*\"", ""), &allow(&format!("[{}]", every.join(",")), "\"*\"", ""));
    assert!(found.actions.future && found.actions.count == 0 && found.actions.names.items.is_empty());
    assert_eq!(found.witness.world, World::Future);
}

#[test]
fn every_layer_of_the_ceiling_and_of_the_policies_has_a_say() {
    let identity = policy("identity", &allow(r#"["sqs:*","s3:GetObject"]"#, "\"*\"", ""));
    let boundary = policy("boundary", &allow(r#""sqs:*""#, &queue("orders"), ""));
    let ceiling = policy("ceiling", &allow(r#""sqs:SendMessage""#, "\"*\"", ""));
    let limited = Grants::of([&identity]).bounded_by([&boundary]);
    let difference = limited.beyond(&Grants::of([&ceiling]));
    let [found] = difference.grants.as_slice() else { panic!("{difference:#?}") };
    let places: Vec<String> = found.allowed_by.iter().map(ToString::to_string).collect();
    assert_eq!(places, ["statement 1 of identity", "statement 1 of boundary"]);
    assert_eq!(found.resources.items, [ORDERS]);
    assert!(found.actions.names.items.iter().all(|name| name.starts_with("sqs:") && name != "sqs:SendMessage"));
    // The second layer of a ceiling takes away as much as the first.
    let two = Grants::of([&identity]).bounded_by([&policy("limit", &allow(r#""sqs:*""#, "\"*\"", ""))]);
    let difference = Grants::of([&identity]).beyond(&two);
    let [found] = difference.grants.as_slice() else { panic!("{difference:#?}") };
    assert_eq!(found.actions.names.items, ["s3:GetObject"]);
    assert_eq!(limited.beyond(&two), Difference::default());
}

#[test]
fn principals_are_named() {
    let to = |who: &str| {
        format!(r#"{{"Effect":"Allow","Principal":{who},"Action":"sqs:SendMessage","Resource":{}}}"#, queue("orders"))
    };
    let found = one(&to("\"*\""), &to(r#"{"AWS":"111122223333"}"#));
    assert!(found.principals.items.contains(&"anonymous callers".to_owned()), "{found:#?}");
    assert!(!found.principals.items.iter().any(|name| name.contains("111122223333")), "{found:#?}");
    let Lack::Narrower { principals: true, .. } = found.lack else { panic!() };
    let user = r#"{"AWS":["arn:aws:iam::111122223333:user/ann","arn:aws:iam::111122223333:user/bob"]}"#;
    let found = one(&to(user), &to(r#"{"AWS":"arn:aws:iam::111122223333:user/ann"}"#));
    assert_eq!(found.principals.items[0], "arn:aws:iam::111122223333:user/bob");
    assert!(!found.principals.items.iter().any(|name| name.ends_with("/ann")), "{found:#?}");
}

#[test]
fn what_cannot_be_decided_is_said_and_not_shown() {
    let a = allow(r#""sqs:*""#, "\"*\"", r#","Condition":{"Like":{"aws:username":"a"}}"#);
    let difference = beyond(&a, &allow(r#""s3:*""#, "\"*\"", ""));
    assert!(difference.grants.is_empty(), "{difference:#?}");
    assert!(difference.unknown[0].contains("`Like` is no condition operator"), "{difference:#?}");
}

#[test]
fn a_long_difference_is_cut_and_says_so() {
    let statements: Vec<String> =
        (0..30).map(|at| allow(r#""sqs:SendMessage""#, &queue(&format!("q{at}")), "")).collect();
    let difference = beyond(&statements.join(","), &allow(r#""s3:*""#, "\"*\"", ""));
    assert_eq!((difference.grants.len(), difference.left_out), (MOST, 10));
    let many: Vec<String> = (0..90).map(|at| queue(&format!("q{at}"))).collect();
    let found =
        one(&allow(r#""sqs:SendMessage""#, &format!("[{}]", many.join(",")), ""), &allow("\"s3:*\"", "\"*\"", ""));
    assert_eq!((found.resources.items.len(), found.resources.left_out), (40, 50));
}

#[test]
fn the_request_is_one_that_can_be_made() {
    let found =
        one(&allow(r#"["sqs:ListQueues","sqs:SendMessage"]"#, &queue("orders"), ""), &allow("\"s3:*\"", "\"*\"", ""));
    assert_eq!(found.actions.names.items, ["sqs:ListQueues", "sqs:SendMessage"]);
    assert_eq!(found.witness.request.action, "sqs:SendMessage");
}

/// The difference is empty just where containment is decided.
#[test]
fn it_agrees_with_containment() {
    let mfa = r#","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#;
    let several = format!("[{},{}]", queue("a"), queue("b*"));
    let statements = [
        allow(r#""sqs:*""#, "\"*\"", ""),
        allow(r#""sqs:SendMessage""#, &several, mfa),
        allow(r#"["sqs:Send*","s3:Get*"]"#, &several, ""),
        allow(r#""sqs:*""#, r#""arn:aws:sqs:*:*:${aws:username}""#, ""),
        r#"{"Effect":"Allow","NotAction":"sqs:Send*","NotResource":"arn:aws:sqs:*:*:a"}"#.to_owned(),
        format!("{},{}", allow("\"*\"", "\"*\"", ""), r#"{"Effect":"Deny","Action":"sqs:Send*","Resource":"*"}"#),
        String::new(),
    ];
    for a in &statements {
        for b in &statements {
            let (of_a, of_b) = (grants("A", a), grants("B", b));
            let difference = of_a.beyond(&of_b);
            match of_a.within(&of_b) {
                Relation::Contained => assert_eq!(difference, Difference::default(), "{a} in {b}"),
                Relation::NotContained(_) => assert!(!difference.grants.is_empty(), "{a} in {b}"),
                Relation::Unknown(_) => assert!(!difference.unknown.is_empty(), "{a} in {b}"),
            }
            assert_eq!(difference, of_a.beyond(&of_b), "the same every time");
        }
    }
}
