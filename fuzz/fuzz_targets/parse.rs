//! Any text is read as a policy document or refused, and what was read is decided and compared with itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll::iam::{Context, Grants, Policies, Policy, Principal, Relation, Request, decide};

fuzz_target!(|text: &str| {
    let Ok(policy) = Policy::parse(text) else { return };
    let asked = |statement: &plimsoll::iam::Statement| {
        let resource = statement.resource.iter().flat_map(|element| &element.values).next();
        Request {
            principal: Principal::Aws("arn:aws:iam::111122223333:user/ann".to_owned()),
            action: statement.action.values.first().cloned().unwrap_or_default(),
            resource: resource.cloned().unwrap_or_else(|| "*".to_owned()),
            resource_account: None,
            context: Context::new(),
        }
    };
    let policies = Policies { identity: vec![policy.clone()], ..Policies::default() };
    for statement in policy.statements.iter().take(4) {
        let _ = decide(&asked(statement), &policies);
    }
    let grants = Grants::of([&policy]);
    assert!(!matches!(grants.within(&grants), Relation::NotContained(_)), "{text}");
});
