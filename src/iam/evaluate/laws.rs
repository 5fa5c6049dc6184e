//! What holds for all policies and requests, on random ones.

use proptest::prelude::*;
use proptest::sample::select;

use super::{Level, Outcome, Policies, decide, decide_some, grants};
use crate::iam::document::{Base, Condition, Effect, Element, Operator, PrincipalName, Quantifier, Statement, Version};
use crate::iam::{Context, ContextValue, Policy, Principal, Request};

const ACTIONS: [&str; 8] = ["a:Get", "a:Put", "a:G*", "A:get", "*", "a:?et", "b:Get", "a:*t"];
const RESOURCES: [&str; 12] = [
    "*",
    "arn:aws:a:r:111122223333:x",
    "arn:aws:a:r:111122223333:x/y",
    "arn:aws:a:r:*:x*",
    "arn:aws:a:*:111122223333:*y",
    "arn:aws:a:r:111122223333:${aws:username}",
    "arn:aws:a:r:111122223333:${a:k, 'x'}/?",
    "arn:aws:a",
    "arn:aws:a:*",
    "arn:aws:kms:r:111122223333:key/1",
    "arn:aws:iam::111122223333:role/r",
    "x",
];
const KEYS: [&str; 6] = ["aws:username", "AWS:PrincipalArn", "a:k", "aws:userid", "aws:TagKeys", "aws:SourceIp"];
const VALUES: [&str; 14] = [
    "ann",
    "x*",
    "?",
    "${aws:username}",
    "${a:none}",
    "1",
    "1.0",
    "2026-11-23",
    "10.0.0.0/8",
    "10.0.0.1",
    "true",
    "arn:aws:iam::111122223333:user/ann",
    "arn:aws:iam::*:*",
    "",
];
const PRINCIPALS: [&str; 7] = [
    "arn:aws:iam::111122223333:user/ann",
    "arn:aws:iam::111122223333:role/p/r",
    "arn:aws:sts::111122223333:assumed-role/r/s",
    "arn:aws:sts::111122223333:federated-user/ann",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::444455556666:user/ann",
    "AIDAEXAMPLE",
];

fn texts(pool: &'static [&'static str], most: usize) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(select(pool).prop_map(str::to_owned), 1..=most)
}

fn element(pool: &'static [&'static str]) -> impl Strategy<Value = Element<String>> {
    (prop::bool::weighted(0.2), texts(pool, 3)).prop_map(|(not, values)| Element { not, values })
}

fn condition() -> impl Strategy<Value = Condition> {
    let quantifier = select(vec![None, None, Some(Quantifier::ForAllValues), Some(Quantifier::ForAnyValue)]);
    (quantifier, select(Base::ALL), any::<bool>(), select(&KEYS[..]), texts(&VALUES, 2)).prop_map(
        |(quantifier, base, if_exists, key, values)| {
            let null = base == Base::Null;
            let quantifier = quantifier.filter(|_| !null);
            let operator = Operator { quantifier, base, if_exists: if_exists && !null };
            Condition { operator: Ok(operator), key: key.to_owned(), values, line: 1 }
        },
    )
}

fn name() -> impl Strategy<Value = PrincipalName> {
    prop_oneof![
        Just(PrincipalName::Everyone),
        Just(PrincipalName::Aws("111122223333".to_owned())),
        Just(PrincipalName::Service("a.amazonaws.com".to_owned())),
        select(&PRINCIPALS[..]).prop_map(|text| PrincipalName::Aws(text.to_owned())),
    ]
}

fn statement(of_resource: bool) -> impl Strategy<Value = Statement> {
    let names = (prop::bool::weighted(0.2), prop::collection::vec(name(), 1..3))
        .prop_map(|(not, values)| Element { not, values });
    let principal = prop::option::weighted(if of_resource { 0.9 } else { 0.02 }, names);
    let effect = prop::bool::weighted(0.7).prop_map(|allow| if allow { Effect::Allow } else { Effect::Deny });
    let conditions = prop::collection::vec(condition(), 0..2);
    (effect, principal, element(&ACTIONS), prop::option::weighted(0.9, element(&RESOURCES)), conditions).prop_map(
        |(effect, principal, action, resource, conditions)| Statement {
            index: 0,
            line: 1,
            sid: None,
            effect,
            principal,
            action,
            resource,
            conditions,
        },
    )
}

fn policy(of_resource: bool) -> impl Strategy<Value = Policy> {
    let version = select(vec![Version::V2012, Version::V2008]);
    (version, prop::collection::vec(statement(of_resource), 1..4)).prop_map(|(version, statements)| Policy {
        origin: std::sync::Arc::default(),
        version,
        id: None,
        statements,
        oddities: Vec::new(),
    })
}

fn policies() -> impl Strategy<Value = Policies> {
    let some = |weight| prop::option::weighted(weight, prop::collection::vec(policy(false), 1..2));
    let levels = || {
        let level =
            prop::collection::vec(policy(false), 1..2).prop_map(|policies| Level { name: "l".to_owned(), policies });
        prop::collection::vec(level, 0..2)
    };
    let identity = prop::collection::vec(policy(false), 0..3);
    let resource = prop::option::of(policy(true));
    (identity, some(0.2), some(0.2), levels(), levels(), resource, some(0.1)).prop_map(
        |(identity, boundary, session, scps, rcps, resource, endpoint)| Policies {
            identity,
            boundary,
            session,
            scps,
            rcps,
            resource,
            endpoint,
        },
    )
}

fn request() -> impl Strategy<Value = Request> {
    let principal = prop_oneof![
        4 => select(&PRINCIPALS[..6]).prop_map(|arn| Principal::Aws(arn.to_owned())),
        1 => Just(Principal::Anonymous),
        1 => Just(Principal::Service("a.amazonaws.com".to_owned())),
    ];
    let resources = [
        "*",
        "arn:aws:a:r:111122223333:x",
        "arn:aws:a:r:111122223333:x/y",
        "arn:aws:a:r::ann",
        "arn:aws:kms:r:111122223333:key/1",
        "arn:aws:a:r:111122223333:x*",
        "arn:aws:iam::111122223333:role/r",
    ];
    let value =
        prop_oneof![select(&VALUES[..]).prop_map(ContextValue::from), texts(&VALUES, 2).prop_map(ContextValue::Many)];
    let context = prop::collection::vec((select(&KEYS[..]), value), 0..3);
    (principal, select(vec!["a:Get", "a:Put", "b:Get"]), select(resources.to_vec()), context).prop_map(
        |(principal, action, resource, context)| Request {
            principal,
            action: action.to_owned(),
            resource: resource.to_owned(),
            resource_account: None,
            context: context.into_iter().collect::<Context>(),
        },
    )
}

/// Every document of the policies.
fn documents(policies: &mut Policies) -> Vec<&mut Policy> {
    let Policies { identity, boundary, session, scps, rcps, resource, endpoint } = policies;
    let lists = [boundary, session, endpoint].into_iter().flatten().flatten();
    let levels = scps.iter_mut().chain(rcps).flat_map(|level| &mut level.policies);
    identity.iter_mut().chain(lists).chain(levels).chain(resource).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn adding_an_allow_takes_nothing_away(
        mut policies in policies(), request in request(), mut more in statement(true), at in any::<prop::sample::Index>()
    ) {
        let before = decide(&request, &policies).outcome;
        more.effect = Effect::Allow;
        let mut documents = documents(&mut policies);
        prop_assume!(!documents.is_empty());
        let count = documents.len();
        documents[at.index(count)].statements.push(more);
        let after = decide(&request, &policies).outcome;
        if before == Outcome::Allowed {
            prop_assert_eq!(after, Outcome::Allowed);
        }
        // Where any resource is asked about, a grant can bring to light that it is denied.
        if before != Outcome::ExplicitlyDenied && !request.resource.contains('*') {
            prop_assert_ne!(after, Outcome::ExplicitlyDenied);
        }
    }

    #[test]
    fn adding_a_deny_gives_nothing(
        mut policies in policies(), request in request(), mut more in statement(true), at in any::<prop::sample::Index>()
    ) {
        let before = decide(&request, &policies).outcome;
        more.effect = Effect::Deny;
        let mut documents = documents(&mut policies);
        prop_assume!(!documents.is_empty());
        let count = documents.len();
        documents[at.index(count)].statements.push(more);
        let after = decide(&request, &policies).outcome;
        if after == Outcome::Allowed {
            prop_assert_eq!(before, Outcome::Allowed);
        }
    }

    #[test]
    fn the_order_of_statements_and_the_case_of_actions_say_nothing(
        mut policies in policies(), request in request()
    ) {
        let before = decide(&request, &policies).outcome;
        for document in documents(&mut policies) {
            document.statements.reverse();
            for statement in &mut document.statements {
                statement.conditions.reverse();
                for action in &mut statement.action.values {
                    *action = action.to_uppercase();
                }
            }
        }
        policies.identity.reverse();
        let mut shouted = request.clone();
        shouted.action = request.action.to_lowercase();
        prop_assert_eq!(decide(&request, &policies).outcome, before);
        prop_assert_eq!(decide(&shouted, &policies).outcome, before);
    }

    #[test]
    fn a_statement_may_be_split_by_its_actions(mut policy in policy(false), request in request()) {
        let before = grants(&[&policy], &request);
        let split = policy.statements.iter().flat_map(|statement| {
            let parts: Vec<_> = if statement.action.not {
                vec![statement.clone()]
            } else {
                let one = |value: &String| Statement {
                    action: Element { not: false, values: vec![value.clone()] },
                    ..statement.clone()
                };
                statement.action.values.iter().map(one).collect()
            };
            parts
        });
        policy.statements = split.collect();
        prop_assert_eq!(grants(&[&policy], &request), before);
    }

    #[test]
    fn an_answer_names_what_made_it(policies in policies(), request in request()) {
        let decision = decide(&request, &policies);
        let wanted = match decision.outcome {
            Outcome::Allowed | Outcome::ImplicitlyDenied => Some(Effect::Allow),
            Outcome::ExplicitlyDenied => Some(Effect::Deny),
            Outcome::Unknown => None,
        };
        prop_assert!(decision.statements.iter().all(|applied| wanted.is_none_or(|wanted| applied.effect == wanted)));
        if decision.outcome == Outcome::ExplicitlyDenied {
            prop_assert!(!decision.statements.is_empty());
        }
        prop_assert!(!decision.reason.to_string().is_empty());
    }

    #[test]
    fn some_resource_is_allowed_exactly_if_one_is_found(
        policies in policies(),
        mut request in request(),
        pattern in select(vec!["arn:aws:a:r:111122223333:*", "arn:aws:a:r:111122223333:x?y", "arn:aws:a:?:*:x*"]),
    ) {
        request.resource_account = Some("111122223333".to_owned());
        request.resource = pattern.to_owned();
        let answer = decide_some(&request, &policies);
        if let Some(resource) = answer.resource {
            request.resource = resource;
            prop_assert_eq!(decide(&request, &policies).outcome, answer.outcome);
        }
        if matches!(answer.outcome, Outcome::ImplicitlyDenied | Outcome::ExplicitlyDenied) {
            let glyphs = super::pattern::plain(pattern);
            for end in ["x", "x/y", "x/", "xy", "y", "xyy", "ann", "z", ""] {
                request.resource = format!("arn:aws:a:r:111122223333:{end}");
                if super::pattern::is_like(&glyphs, &request.resource, false) {
                    prop_assert_ne!(decide(&request, &policies).outcome, Outcome::Allowed);
                }
            }
        }
    }

    #[test]
    fn no_text_panics(
        words in prop::collection::vec("[*?:${}',a-c/é\u{1F600}0-9+=TZ. -]{0,12}", 12),
        operator in select(Base::ALL),
        wild in any::<bool>(),
    ) {
        let word = |at: usize| words[at].clone();
        let text = serde_json::json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": if wild { "Allow" } else { "Deny" },
                "Principal": { "AWS": [word(0), format!("arn:aws:iam::{}", word(1))] },
                "Action": [word(2), format!("a:{}", word(3))],
                "Resource": [word(4), format!("arn:{}", word(5)), format!("arn:aws:a:::{}", word(6))],
                "Condition": { operator.name(): { "a:k": [word(7), "1"] } },
            }],
        });
        let Ok(policy) = Policy::parse(&text.to_string()) else { return Ok(()) };
        let mut request = Request {
            principal: Principal::Aws(format!("arn:{}", word(8))),
            action: format!("a:{}", word(9)),
            resource: word(10),
            resource_account: None,
            context: [("a:k", ContextValue::One(word(11)))].into_iter().collect(),
        };
        let policies = Policies { identity: vec![policy.clone()], resource: Some(policy.clone()), ..Policies::default() };
        for resource in [word(10), format!("arn:aws:a:::{}", word(10)), format!("arn:{}", word(5))] {
            request.resource = resource;
            drop(decide(&request, &policies));
            drop(decide_some(&request, &policies));
            let _: Outcome = grants(&[&policy], &request);
        }
    }
}
