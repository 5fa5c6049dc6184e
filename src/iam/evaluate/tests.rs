//! The layers against each other: each row a rule that AWS documents, with its near miss beside it.

use super::Outcome::{self, Allowed, ExplicitlyDenied, ImplicitlyDenied, Unknown};
use super::{Layer, Level, Missed, Policies, Reason, decide, decide_some, grants};
use crate::iam::{Context, Policy, Principal, Request};

const USER: &str = "arn:aws:iam::111122223333:user/ann";
const ROLE: &str = "arn:aws:iam::111122223333:role/service-role/worker";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/worker/one";
const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/ann";
const ROOT: &str = "arn:aws:iam::111122223333:root";
const STRANGER: &str = "arn:aws:iam::444455556666:user/eve";
const STRANGERS: &str = "arn:aws:iam::444455556666:root";
const QUEUE: &str = "arn:aws:sqs:us-east-1:111122223333:orders";

fn policy(statement: &str) -> Policy {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
    Policy::parse(&text).expect("a policy").named("p", None)
}

/// Allows everything on everything.
fn all() -> Policy {
    policy(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#)
}

/// Allows nothing that is asked here.
fn other() -> Policy {
    policy(r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*"}"#)
}

fn deny() -> Policy {
    policy(r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#)
}

/// The policy of a resource that lets `principal` in to everything.
fn lets_in(principal: &str) -> Policy {
    policy(&format!(r#"{{"Effect":"Allow","Principal":{principal},"Action":"*"}}"#))
}

fn aws(arn: &str) -> String {
    format!(r#"{{"AWS":"{arn}"}}"#)
}

fn ask(principal: Principal, action: &str, resource: &str) -> Request {
    Request {
        principal,
        action: action.to_owned(),
        resource: resource.to_owned(),
        resource_account: None,
        context: Context::new(),
    }
}

fn send(arn: &str) -> Request {
    ask(Principal::Aws(arn.to_owned()), "sqs:SendMessage", QUEUE)
}

fn outcome(request: &Request, policies: &Policies) -> Outcome {
    decide(request, policies).outcome
}

#[test]
fn in_one_account_either_side_allows() {
    let none = Policies::default();
    let identity = Policies { identity: vec![all()], ..Policies::default() };
    assert_eq!(outcome(&send(USER), &none), ImplicitlyDenied);
    assert_eq!(outcome(&send(USER), &identity), Allowed);
    for (named, principal, expected) in [
        (aws(USER), USER, Allowed),
        (aws(ROLE), ROLE, Allowed),
        (aws(ROLE), SESSION, Allowed),
        (aws(SESSION), SESSION, Allowed),
        (aws(FEDERATED), FEDERATED, Allowed),
        ("\"*\"".to_owned(), USER, Allowed),
        (aws(ROOT), USER, ImplicitlyDenied),
        (aws("111122223333"), SESSION, ImplicitlyDenied),
        (aws("AIDAEXAMPLE"), USER, ImplicitlyDenied),
        (aws(STRANGER), USER, ImplicitlyDenied),
    ] {
        let policies = Policies { resource: Some(lets_in(&named)), ..Policies::default() };
        assert_eq!(outcome(&send(principal), &policies), expected, "{named} {principal}");
    }
}

#[test]
fn a_silent_limit_stops_some_grants_of_the_resource_and_not_others() {
    for (named, principal, expected) in [
        (aws(USER), USER, Allowed),
        (aws(USER), FEDERATED, ImplicitlyDenied),
        (aws(ROLE), ROLE, ImplicitlyDenied),
        (aws(ROLE), SESSION, ImplicitlyDenied),
        (aws(SESSION), SESSION, Allowed),
        (aws(FEDERATED), FEDERATED, Allowed),
        ("\"*\"".to_owned(), SESSION, Allowed),
    ] {
        for of_session in [false, true] {
            let limit = Some(vec![other()]);
            let (boundary, session) = if of_session { (None, limit) } else { (limit, None) };
            let policies = Policies { boundary, session, resource: Some(lets_in(&named)), ..Policies::default() };
            assert_eq!(outcome(&send(principal), &policies), expected, "{named} {principal} {of_session}");
            let denied = Policies { identity: vec![deny()], ..policies };
            assert_eq!(outcome(&send(principal), &denied), ExplicitlyDenied);
        }
    }
}

#[test]
fn across_accounts_both_sides_allow() {
    let request = send(STRANGER);
    let identity = [all()];
    for (identity, named, expected) in [
        (&identity[..], Some(aws(STRANGER)), Allowed),
        (&identity[..], Some(aws(STRANGERS)), Allowed),
        (&identity[..], Some("\"*\"".to_owned()), Allowed),
        (&identity[..], Some(aws(ROOT)), ImplicitlyDenied),
        (&identity[..], None, ImplicitlyDenied),
        (&[], Some(aws(STRANGER)), ImplicitlyDenied),
    ] {
        let resource = named.as_deref().map(lets_in);
        let policies = Policies { identity: identity.to_vec(), resource, ..Policies::default() };
        assert_eq!(outcome(&request, &policies), expected, "{named:?}");
        let bounded = Policies { boundary: Some(vec![other()]), ..policies };
        assert_eq!(outcome(&request, &bounded), ImplicitlyDenied, "{named:?}");
    }
}

#[test]
fn whose_the_resource_is_matters_only_if_it_does() {
    let mut request = ask(Principal::Aws(USER.to_owned()), "s3:GetObject", "arn:aws:s3:::b/k");
    let one_side = Policies { identity: vec![all()], ..Policies::default() };
    let both = Policies { resource: Some(lets_in(&aws(ROOT))), ..one_side.clone() };
    assert_eq!(outcome(&request, &one_side), Unknown);
    assert_eq!(outcome(&request, &both), Allowed);
    assert_eq!(outcome(&request, &Policies::default()), ImplicitlyDenied);
    request.resource_account = Some("111122223333".to_owned());
    assert_eq!(outcome(&request, &one_side), Allowed);
    request.resource_account = Some("444455556666".to_owned());
    assert_eq!(outcome(&request, &one_side), ImplicitlyDenied);
}

#[test]
fn organizations_limit_at_each_level() {
    let level = |policies: Vec<Policy>| Level { name: "root".to_owned(), policies };
    let with =
        |scps: Vec<Level>, rcps: Vec<Level>| Policies { identity: vec![all()], scps, rcps, ..Policies::default() };
    let request = send(USER);
    for (policies, expected) in [
        (with(vec![level(vec![all()]), level(vec![all()])], vec![]), Allowed),
        (with(vec![level(vec![all()]), level(vec![other()])], vec![]), ImplicitlyDenied),
        (with(vec![level(vec![])], vec![]), ImplicitlyDenied),
        (with(vec![level(vec![all(), deny()])], vec![]), ExplicitlyDenied),
        (with(vec![], vec![level(vec![])]), Allowed),
        (with(vec![], vec![level(vec![deny()])]), ExplicitlyDenied),
    ] {
        assert_eq!(outcome(&request, &policies), expected, "{policies:?}");
    }
    let denied = with(vec![level(vec![deny()])], vec![level(vec![deny()])]);
    let linked = send("arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/s");
    assert_eq!(outcome(&linked, &denied), Allowed);
    let lambda =
        ask(Principal::Aws(USER.to_owned()), "lambda:InvokeFunction", "arn:aws:lambda:r:111122223333:function:f");
    assert_eq!(outcome(&lambda, &with(vec![], vec![level(vec![deny()])])), Allowed);
}

#[test]
fn the_root_user_needs_no_grant_in_its_own_account() {
    let level = Level { name: "root".to_owned(), policies: vec![other()] };
    let limited = Policies { boundary: Some(vec![other()]), ..Policies::default() };
    assert_eq!(outcome(&send(ROOT), &limited), Allowed);
    assert_eq!(outcome(&send(ROOT), &Policies { scps: vec![level], ..Policies::default() }), ImplicitlyDenied);
    let policy = policy(r#"{"Effect":"Deny","Principal":"*","Action":"sqs:*"}"#);
    assert_eq!(outcome(&send(ROOT), &Policies { resource: Some(policy), ..Policies::default() }), ExplicitlyDenied);
    assert_eq!(outcome(&send(STRANGERS), &Policies::default()), ImplicitlyDenied);
}

#[test]
fn callers_without_an_account_rest_on_the_resource() {
    let service = || Principal::Service("sns.amazonaws.com".to_owned());
    let sns = r#"{"Service":"sns.amazonaws.com"}"#;
    for (principal, named, expected) in [
        (Principal::Anonymous, "\"*\"".to_owned(), Allowed),
        (Principal::Anonymous, aws("*"), Allowed),
        (Principal::Anonymous, aws(ROOT), ImplicitlyDenied),
        (service(), sns.to_owned(), Allowed),
        (service(), r#"{"Service":"s3.amazonaws.com"}"#.to_owned(), ImplicitlyDenied),
        (service(), aws(ROOT), ImplicitlyDenied),
        (service(), "\"*\"".to_owned(), Allowed),
        (Principal::CanonicalUser("79a5".to_owned()), r#"{"CanonicalUser":"79a5"}"#.to_owned(), Allowed),
    ] {
        let policies = Policies { identity: vec![deny()], resource: Some(lets_in(&named)), ..Policies::default() };
        let request = ask(principal, "sqs:SendMessage", QUEUE);
        assert_eq!(outcome(&request, &policies), expected, "{named} {}", request.principal);
    }
    let endpoint = Policies { resource: Some(lets_in("\"*\"")), endpoint: Some(vec![other()]), ..Policies::default() };
    assert_eq!(outcome(&ask(Principal::Anonymous, "sqs:SendMessage", QUEUE), &endpoint), ImplicitlyDenied);
}

#[test]
fn roles_and_keys_delegate_only_by_naming_the_account() {
    let role = ask(Principal::Aws(USER.to_owned()), "sts:AssumeRole", ROLE);
    let key = ask(Principal::Aws(USER.to_owned()), "kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/1");
    for request in [role, key] {
        for (identity, named, expected) in [
            (true, Some(aws(ROOT)), Allowed),
            (false, Some(aws(ROOT)), ImplicitlyDenied),
            (true, Some(aws(STRANGER)), ImplicitlyDenied),
            (true, None, ImplicitlyDenied),
            (false, Some(aws(USER)), Allowed),
        ] {
            let identity = if identity { vec![all()] } else { Vec::new() };
            let policies = Policies { identity, resource: named.as_deref().map(lets_in), ..Policies::default() };
            assert_eq!(outcome(&request, &policies), expected, "{} {named:?}", request.action);
        }
    }
    let provider = "arn:aws:iam::111122223333:saml-provider/idp".to_owned();
    let saml = ask(Principal::Federated(provider.clone()), "sts:AssumeRoleWithSAML", ROLE);
    let trust = lets_in(&format!(r#"{{"Federated":"{provider}"}}"#));
    assert_eq!(outcome(&saml, &Policies { resource: Some(trust), ..Policies::default() }), Allowed);
}

#[test]
fn rules_that_no_policy_changes() {
    let caller = ask(Principal::Aws(USER.to_owned()), "sts:GetCallerIdentity", "*");
    let denied = decide(&caller, &Policies { identity: vec![deny()], ..Policies::default() });
    assert_eq!(denied.outcome, Allowed);
    assert!(matches!(denied.reason, Reason::Rule(_)));
    let managed = ask(Principal::Aws(USER.to_owned()), "iam:DeletePolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess");
    let everything = Policies { identity: vec![all()], ..Policies::default() };
    assert_eq!(outcome(&managed, &everything), ImplicitlyDenied);
    let bounded = Policies {
        boundary: Some(vec![all()]),
        resource: Some(policy(&format!(
            r#"{{"Effect":"Deny","NotPrincipal":{{"AWS":["{USER}","{ROOT}"]}},"Action":"*","Resource":"*"}}"#
        ))),
        ..everything
    };
    assert_eq!(outcome(&send(USER), &bounded), ExplicitlyDenied);
    assert_eq!(outcome(&send(USER), &Policies { boundary: None, ..bounded }), Allowed);
}

#[test]
fn what_cannot_be_read_is_unknown_unless_it_does_not_matter() {
    let strange = r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringMatches":{"a:k":"x"}}}"#;
    let with = |statements: &str| Policies { identity: vec![policy(statements)], ..Policies::default() };
    let decision = decide(&send(USER), &with(strange));
    assert_eq!(decision.outcome, Unknown);
    assert_eq!(decision.statements.len(), 1);
    assert!(decision.reason.to_string().contains("StringMatches"), "{}", decision.reason);
    let allow = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let deny = strange.replace("Allow", "Deny");
    assert_eq!(outcome(&send(USER), &with(&format!("{strange},{allow}"))), Allowed);
    assert_eq!(outcome(&send(USER), &with(&format!("{deny},{allow}"))), Unknown);
    assert_eq!(outcome(&send(USER), &with(&deny)), ImplicitlyDenied);
}

#[test]
fn a_denial_says_which_layer_was_silent_and_what_came_near() {
    let statement = |sid: &str, rest: &str| format!(r#"{{"Sid":"{sid}","Effect":"Allow",{rest}}}"#);
    let identity = [
        statement("Other", r#""Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:111122223333:other""#),
        statement("Tls", r#""Action":"sqs:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}"#),
        statement("Far", r#""Action":"sns:*","Resource":"*""#),
    ];
    let policies = Policies {
        identity: vec![policy(&identity.join(","))],
        boundary: Some(vec![other()]),
        resource: Some(lets_in(&aws(STRANGER))),
        ..Policies::default()
    };
    let decision = decide(&send(USER), &policies);
    assert_eq!(decision.reason, Reason::NotAllowedBy(vec![Layer::Identity, Layer::Resource, Layer::Boundary]));
    let near: Vec<_> = decision.statements.iter().map(|one| (one.place.sid.as_deref(), one.missed.clone())).collect();
    assert_eq!(
        near,
        [
            (Some("Other"), Some(Missed::Resource)),
            (Some("Tls"), Some(Missed::Condition("Bool".to_owned(), "aws:SecureTransport".to_owned()))),
            (None, Some(Missed::Principal)),
        ]
    );
}

#[test]
fn a_resource_with_wildcards_asks_for_some() {
    let statement = |effect: &str, resource: &str| {
        format!(r#"{{"Effect":"{effect}","Action":"s3:GetObject","Resource":"arn:aws:s3:::{resource}"}}"#)
    };
    let with = |statements: &[(&str, &str)]| {
        let statements: Vec<_> = statements.iter().map(|(effect, resource)| statement(effect, resource)).collect();
        Policies { identity: vec![policy(&statements.join(","))], ..Policies::default() }
    };
    let mut request = ask(Principal::Aws(USER.to_owned()), "s3:GetObject", "arn:aws:s3:::b/*");
    request.resource_account = Some("111122223333".to_owned());
    for (statements, expected) in [
        (&[("Allow", "*")][..], Allowed),
        (&[("Allow", "*/x.iso")], Allowed),
        (&[("Allow", "c/*")], ImplicitlyDenied),
        (&[("Allow", "b/*"), ("Deny", "b/secret/*")], Allowed),
        (&[("Allow", "b/secret/*"), ("Deny", "b/s*")], ExplicitlyDenied),
        (&[("Allow", "*"), ("Deny", "*")], ExplicitlyDenied),
        (&[("Deny", "b/secret/*")], ImplicitlyDenied),
    ] {
        let decision = decide(&request, &with(statements));
        assert_eq!(decision.outcome, expected, "{statements:?} {:?}", decision.resource);
    }
    let apart = Policies { boundary: Some(vec![policy(&statement("Allow", "b/2/*"))]), ..with(&[("Allow", "b/1/*")]) };
    assert_eq!(outcome(&request, &apart), ImplicitlyDenied);
    request.resource = "*".to_owned();
    assert_eq!(outcome(&request, &with(&[("Allow", "b/*")])), ImplicitlyDenied);
    let some = decide_some(&request, &with(&[("Allow", "b/*")]));
    assert_eq!((some.outcome, some.resource.as_deref()), (Allowed, Some("arn:aws:s3:::b/")));
}

#[test]
fn patterns_that_overlap_in_too_many_ways_end_in_unknown() {
    let patterns: Vec<String> = (0..60).map(|at| format!(r#""arn:aws:s3:::*{at}*""#)).collect();
    let statement = format!(r#"{{"Effect":"Deny","Action":"*","Resource":[{}]}}"#, patterns.join(","));
    let request = ask(Principal::Aws(USER.to_owned()), "s3:GetObject", "arn:aws:s3:::b/*");
    let none = Policies { identity: vec![policy(&statement)], ..Policies::default() };
    let decision = decide(&request, &none);
    assert_eq!(decision.outcome, Unknown);
    assert!(decision.reason.to_string().contains("overlap"), "{}", decision.reason);
}

#[test]
fn documents_alone() {
    let identity = all();
    let resource = lets_in(&aws(USER));
    let mixed = policy(&format!(
        r#"{{"Effect":"Allow","Action":"*","Resource":"*"}},
           {{"Effect":"Allow","Principal":{{"AWS":"{STRANGER}"}},"Action":"sqs:*","Resource":"*"}}"#
    ));
    assert_eq!(grants(&[&identity], &send(USER)), Allowed);
    assert_eq!(grants(&[&resource], &send(USER)), Allowed);
    assert_eq!(grants(&[&resource], &send(STRANGER)), ImplicitlyDenied);
    assert_eq!(grants(&[&mixed], &send(USER)), ImplicitlyDenied);
    assert_eq!(grants(&[&mixed], &send(STRANGER)), Allowed);
    assert_eq!(grants(&[&identity, &deny()], &send(USER)), ExplicitlyDenied);
    assert_eq!(grants(&[], &send(USER)), ImplicitlyDenied);
    // Nothing is added to the context.
    let by_name =
        policy(r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:username":"ann"}}}"#);
    assert_eq!(grants(&[&by_name], &send(USER)), ImplicitlyDenied);
    assert_eq!(outcome(&send(USER), &Policies { identity: vec![by_name], ..Policies::default() }), Allowed);
}
