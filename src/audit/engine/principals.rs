//! Whom the policy of a resource lets in, asked of the engine as questions of containment.
//!
//! What a policy grants on one resource for one action is the policy within a frame that names both. Somebody is let in
//! if that is not empty within a frame that names them too; somebody else is let in if it is not contained in what those
//! who are listed would be granted.

use super::{Admission, Admitted, Answer, Guarded, Who, proof};
use crate::iam::document::{Base, Element, Operator, PrincipalName, Version};
use crate::iam::document::{Condition, Origin};
use crate::iam::{Effect, Grants, Policy, Principal, Relation, Statement, Witness};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Whom `policy` lets do `action`.
pub(in crate::audit) fn admitted(policy: &Policy, guarded: &Guarded, action: &str) -> Admission {
    beyond(policy, guarded, action, &[])
}

/// Whom `policy` lets do `action` beyond `listed`.
pub(in crate::audit) fn beyond(policy: &Policy, guarded: &Guarded, action: &str, listed: &[Who]) -> Admission {
    if listed.contains(&Who::Anyone) {
        return Admission::default();
    }
    let ceiling = frame(guarded, action, listed);
    let within = |frame: Policy| {
        let granted = Grants::of([policy]).and(&Grants::of([&frame]));
        match granted.within(&Grants::of([&ceiling])) {
            // Perhaps it hangs on what AWS sets the condition keys to of those who are listed.
            Relation::Unknown(_) => granted.within(&Grants::of([&ceiling, &by_their_keys(guarded, action, listed)])),
            decided => decided,
        }
    };
    let mut whole = within(everyone(guarded, action, &[]));
    if let Relation::NotContained(witness) = &whole
        && let Some(service) = no_such_service(witness)
    {
        whole = within(everyone(guarded, action, &[service]));
    }
    if whole == Relation::Contained {
        return Admission::default();
    }
    for frame in [strangers(policy, guarded, action), unsigned(policy, guarded, action)] {
        if let Relation::NotContained(witness) = within(frame) {
            return Admission { admitted: vec![told(policy, Who::Anyone, &witness)], unknown: None };
        }
    }
    let mut admission = Admission::default();
    for who in named(policy) {
        match within(frame(guarded, action, std::slice::from_ref(&who))) {
            Relation::Contained => {}
            Relation::NotContained(witness) => admission.admitted.push(told(policy, who, &witness)),
            Relation::Unknown(why) => admission.unknown = Some(why),
        }
    }
    match whole {
        Relation::NotContained(witness) if admission.admitted.is_empty() => {
            let who = Who::from(&witness.request.principal);
            admission.admitted.push(Admitted { example: true, ..told(policy, who, &witness) });
        }
        // Somebody else may be let in as well, and those who surely are prove a fault alone.
        Relation::Unknown(why) => admission.unknown = Some(why),
        Relation::NotContained(_) | Relation::Contained => {}
    }
    admission
}

/// Whether `policy` lets `who` do `action`, in some context.
pub(in crate::audit) fn admits(policy: &Policy, guarded: &Guarded, action: &str, who: &Who) -> Answer {
    let ask = |frame: Policy| match Grants::of([policy]).and(&Grants::of([&frame])).is_empty() {
        Relation::Contained => Answer::No(Box::default()),
        Relation::NotContained(_) => Answer::Yes,
        Relation::Unknown(why) => Answer::Unknown(why),
    };
    match who {
        Who::Anyone => match ask(strangers(policy, guarded, action)) {
            Answer::No(_) => ask(unsigned(policy, guarded, action)),
            answer => answer,
        },
        // Of the principals of an account those whom the policy does not name stand for all.
        Who::Account(account) => {
            let user = fresh(policy, &format!("arn:{}:iam::{account}:user/", partition(guarded)));
            ask(frame(guarded, action, &[Who::Arn(user)]))
        }
        who => ask(frame(guarded, action, std::slice::from_ref(who))),
    }
}

/// What `who` would be granted who is let in on the resource for the action, and for nothing else.
fn frame(guarded: &Guarded, action: &str, who: &[Who]) -> Policy {
    let statement = |(index, who): (usize, &Who)| {
        let (name, source) = match who {
            Who::Anyone => (PrincipalName::Everyone, None),
            Who::Account(name) | Who::Arn(name) => (PrincipalName::Aws(name.clone()), None),
            Who::Federated(name) => (PrincipalName::Federated(name.clone()), None),
            Who::CanonicalUser(name) => (PrincipalName::CanonicalUser(name.clone()), None),
            Who::Service { name, source } => (PrincipalName::Service(name.clone()), source.clone()),
        };
        let source = source.map(|source| condition(Base::ArnEquals, "aws:SourceArn", &source));
        Statement {
            index,
            line: 1,
            sid: None,
            effect: Effect::Allow,
            principal: Some(Element { not: false, values: vec![name] }),
            action: Element { not: false, values: vec![action.to_owned()] },
            resource: Some(Element { not: false, values: vec![guarded.arn.clone()] }),
            conditions: source.into_iter().collect(),
        }
    };
    Policy {
        origin: Arc::new(Origin::default()),
        version: Version::V2012,
        id: None,
        statements: who.iter().enumerate().map(statement).collect(),
        oddities: Vec::new(),
    }
}

/// What `listed` are granted told by the condition keys that AWS sets to who they are: whose `aws:PrincipalArn` is a
/// role's is that role.
fn by_their_keys(guarded: &Guarded, action: &str, listed: &[Who]) -> Policy {
    let mut policy = frame(guarded, action, &[]);
    for who in listed {
        let (base, key, value) = match who {
            Who::Arn(arn) => (Base::ArnEquals, "aws:PrincipalArn", arn),
            Who::Account(account) => (Base::StringEquals, "aws:PrincipalAccount", account),
            Who::Anyone | Who::Service { .. } | Who::Federated(_) | Who::CanonicalUser(_) => continue,
        };
        let index = policy.statements.len();
        let everyone = frame(guarded, action, &[Who::Anyone]).statements.into_iter();
        let conditions = vec![condition(base, key, value)];
        policy.statements.extend(everyone.map(|statement| Statement {
            index,
            conditions: conditions.clone(),
            ..statement
        }));
    }
    policy
}

fn condition(base: Base, key: &str, value: &str) -> Condition {
    let operator = Ok(Operator { quantifier: None, base, if_exists: false });
    Condition { operator, key: key.to_owned(), values: vec![value.to_owned()], line: 1 }
}

/// A frame for everybody but `others`, whom `*` alone may not name: services are let in by their names. Those whom an
/// identity provider vouches for can do nothing but take on a role.
fn everyone(guarded: &Guarded, action: &str, others: &[PrincipalName]) -> Policy {
    let nobody = (!action.starts_with("sts:")).then(|| PrincipalName::Federated("*".to_owned()));
    let but: Vec<PrincipalName> = nobody.into_iter().chain(others.iter().cloned()).collect();
    let mut frame = frame(guarded, action, &[Who::Anyone]);
    for statement in &mut frame.statements {
        statement.principal = Some(Element { not: true, values: but.clone() });
    }
    frame
}

/// The service of a request that no service makes: what a service asks for in its own name has no principal of an
/// account, and with it none of that principal's keys.
fn no_such_service(witness: &Witness) -> Option<PrincipalName> {
    let Principal::Service(name) = &witness.request.principal else { return None };
    let keys = ["aws:PrincipalAccount", "aws:PrincipalArn"];
    keys.iter().any(|key| witness.request.context.get(key).is_some()).then(|| PrincipalName::Service(name.clone()))
}

/// A frame for callers without credentials: whom no account, service or provider speaks for. They have no ARN.
fn unsigned(policy: &Policy, guarded: &Guarded, action: &str) -> Policy {
    let values = policy.statements.iter().flat_map(|s| s.principal.iter().flat_map(|element| &element.values));
    let others = values.filter(|name| !matches!(name, PrincipalName::Everyone | PrincipalName::Aws(_)));
    let others: Vec<PrincipalName> = others.cloned().chain([PrincipalName::Federated("*".to_owned())]).collect();
    let mut frame = everyone(guarded, action, &others);
    for statement in &mut frame.statements {
        statement.conditions.push(condition(Base::Null, "aws:PrincipalArn", "true"));
        statement.conditions.push(condition(Base::StringEquals, "aws:PrincipalAccount", "anonymous"));
    }
    frame
}

/// A frame for all of an account that `policy` does not name.
fn strangers(policy: &Policy, guarded: &Guarded, action: &str) -> Policy {
    const ACCOUNTS: [&str; 4] = ["999988887777", "999988887776", "999988887775", "999988887774"];
    let named = |account: &&&str| texts(policy).any(|text| text.contains(**account));
    let account = ACCOUNTS.iter().find(|account| !named(account)).unwrap_or(&ACCOUNTS[0]);
    frame(guarded, action, &[Who::Account((*account).to_owned())])
}

/// An ARN that begins with `prefix` and does not occur in `policy`.
fn fresh(policy: &Policy, prefix: &str) -> String {
    let mut name = "someone".to_owned();
    while texts(policy).any(|text| text.contains(&name)) {
        name.push('-');
    }
    format!("{prefix}{name}")
}

/// The principals and the values of conditions in `policy`.
fn texts(policy: &Policy) -> impl Iterator<Item = &str> {
    policy.statements.iter().flat_map(|statement| {
        let names = statement.principal.iter().flat_map(|element| &element.values).filter_map(|name| match name {
            PrincipalName::Aws(name) => Some(name.as_str()),
            _ => None,
        });
        names.chain(statement.conditions.iter().flat_map(|condition| condition.values.iter().map(String::as_str)))
    })
}

fn partition(guarded: &Guarded) -> &str {
    guarded.arn.split(':').nth(1).unwrap_or("aws")
}

/// Those whom the statements that allow name.
fn named(policy: &Policy) -> BTreeSet<Who> {
    let allow = policy.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    allow
        .flat_map(|statement| {
            let source = source(statement);
            let values = statement.principal.iter().filter(|element| !element.not).flat_map(|element| &element.values);
            values.filter_map(move |name| {
                Some(match name {
                    PrincipalName::Everyone => return None,
                    PrincipalName::Aws(name) if name == "*" => return None,
                    PrincipalName::Aws(name) => match whole_account(name) {
                        Some(account) => Who::Account(account.to_owned()),
                        None => Who::Arn(name.clone()),
                    },
                    PrincipalName::Service(name) => Who::Service { name: name.clone(), source: source.clone() },
                    PrincipalName::Federated(name) => Who::Federated(name.clone()),
                    PrincipalName::CanonicalUser(name) => Who::CanonicalUser(name.clone()),
                })
            })
        })
        .collect()
}

/// The account that is meant whole: 12 digits, or the ARN of a root user.
fn whole_account(name: &str) -> Option<&str> {
    let account = match name.strip_suffix(":root") {
        Some(arn) => arn.split(':').nth(4)?,
        None => name,
    };
    (account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())).then_some(account)
}

/// The one ARN that a statement ties its services to, if it does.
fn source(statement: &Statement) -> Option<String> {
    let tie = statement.conditions.iter().find(|condition| condition.key.eq_ignore_ascii_case("aws:SourceArn"))?;
    let base = tie.operator.as_ref().ok().filter(|operator| operator.quantifier.is_none() && !operator.if_exists)?.base;
    match (base, tie.values.as_slice()) {
        (Base::ArnEquals | Base::ArnLike | Base::StringEquals | Base::StringLike, [only])
            if !only.contains(['*', '?']) =>
        {
            Some(only.clone())
        }
        _ => None,
    }
}

/// Somebody who is let in, by what, and on which conditions.
fn told(policy: &Policy, who: Who, witness: &Witness) -> Admitted {
    let places: Vec<_> = witness.allowed_by.iter().filter(|place| place.origin == policy.origin).collect();
    let statements = places.iter().filter_map(|place| policy.statements.iter().find(|s| s.index == place.index));
    let conditions: BTreeSet<String> = statements
        .flat_map(|statement| &statement.conditions)
        .map(|condition| {
            let operator = match &condition.operator {
                Ok(operator) => operator.to_string(),
                Err(unknown) => unknown.clone(),
            };
            format!("{operator} {} {}", condition.key, condition.values.join(" or "))
        })
        .collect();
    Admitted {
        who,
        example: false,
        by: places.iter().map(ToString::to_string).collect(),
        conditions: conditions.into_iter().collect(),
        witness: proof(witness).line,
    }
}
