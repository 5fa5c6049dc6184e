//! The engine against the evaluator: two documents, and a request made of their words. What is said to be contained may
//! not be contradicted by it. The three are lines of JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll::iam::evaluate::grants;
use plimsoll::iam::{Context, ContextValue, Grants, Outcome, Policy, Principal, Relation, Request};

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(2, '\n');
    let (Some(one), Some(two)) = (lines.next(), lines.next()) else { return };
    let (Ok(left), Ok(right)) = (Policy::parse(one), Policy::parse(two)) else { return };
    // Keys that go together with the principal are left to the tests that know how.
    let both = || left.statements.iter().chain(&right.statements);
    let tied = |key: &str| key.to_ascii_lowercase().starts_with("aws:");
    if left.names_principals() || right.names_principals() || both().any(|s| s.conditions.iter().any(|c| tied(&c.key))) {
        return;
    }
    if Grants::of([&left]).within(&Grants::of([&right])) != Relation::Contained {
        return;
    }
    for statement in both() {
        let mut context = Context::new();
        for entry in both().flat_map(|statement| &statement.conditions) {
            if let Some(value) = entry.values.first() {
                context.set(entry.key.clone(), ContextValue::One(value.clone()));
            }
        }
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | ':');
        for action in statement.action.values.iter().map(|value| value.replace(['*', '?'], "x")).filter(|a| a.chars().all(is_name)) {
            let resources = statement.resource.iter().flat_map(|element| &element.values);
            for resource in resources.map(|value| value.replace(['*', '?'], "x")).filter(|text| text.starts_with("arn:")) {
                for context in [Context::new(), context.clone()] {
                    let request = Request {
                        principal: Principal::Aws("arn:aws:iam::111122223333:user/ann".to_owned()),
                        action: action.clone(),
                        resource: resource.clone(),
                        resource_account: None,
                        context,
                    };
                    let allowed = grants(&[&left], &request) == Outcome::Allowed;
                    let refused = matches!(grants(&[&right], &request), Outcome::ImplicitlyDenied | Outcome::ExplicitlyDenied);
                    assert!(!(allowed && refused), "{request}\n{text}");
                }
            }
        }
    }
});
