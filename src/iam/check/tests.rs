//! Each check with a hit and its near miss.

use super::*;

const QUEUE: &str = "arn:aws:sqs:us-east-1:111122223333:orders";

/// The codes that are found in a document, in their order, each once.
fn codes(text: &str, kind: Option<Kind>) -> Vec<&'static str> {
    let document = Document::read(text, kind).unwrap_or_else(|error| panic!("{text}: {error}"));
    let mut codes: Vec<_> = document.check().into_iter().map(|finding| finding.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn document(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

/// The codes of a document with these statements.
fn of(statements: &str) -> Vec<&'static str> {
    codes(&document(statements), None)
}

fn allow(action: &str, resource: &str) -> String {
    format!(r#"{{"Effect":"Allow","Action":{action},"Resource":{resource}}}"#)
}

/// An Allow of an identity under a condition.
fn under(condition: &str) -> Vec<&'static str> {
    of(&format!(r#"{{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*","Condition":{{{condition}}}}}"#))
}

/// An Allow of a queue's policy.
fn to(principal: &str) -> Vec<&'static str> {
    of(&format!(r#"{{"Effect":"Allow",{principal},"Action":"sqs:SendMessage","Resource":"{QUEUE}"}}"#))
}

/// The first finding of a code.
fn finding(text: &str, code: &str) -> Finding {
    let found = Document::read(text, None).expect("a document").check();
    found.into_iter().find(|finding| finding.code == code).unwrap_or_else(|| panic!("no {code}"))
}

const NONE: [&str; 0] = [];

#[test]
fn the_form_of_the_document() {
    assert_eq!(codes(r#"{"Version":"2012-10-17","Statement":[]}"#, None), ["no-statement"]);
    let one = allow("\"sqs:SendMessage\"", "\"*\"");
    assert_eq!(codes(&format!(r#"{{"Statement":{one}}}"#), None), ["version-missing"]);
    assert_eq!(codes(&format!(r#"{{"Version":"2008-10-17","Statement":{one}}}"#), None), NONE);
    assert_eq!(of(&one), NONE);
    let variable = allow("\"s3:GetObject\"", r#""arn:aws:s3:::b/${aws:username}/*""#);
    assert_eq!(codes(&format!(r#"{{"Version":"2008-10-17","Statement":{variable}}}"#), None), ["variable-in-2008"]);
    assert_eq!(of(&variable), NONE);
    let literal = allow("\"s3:GetObject\"", r#""arn:aws:s3:::b/${*}""#);
    assert_eq!(codes(&format!(r#"{{"Version":"2008-10-17","Statement":{literal}}}"#), None), NONE);
    assert_eq!(of(&one.replace("\"Effect\"", "\"Note\":1,\"Effect\"")), ["unknown-element"]);
    assert_eq!(of(&allow("[]", "\"*\"")), ["empty-list"]);
    assert_eq!(under(r#""StringEquals":{"aws:username":[]}"#), ["empty-list"]);
}

#[test]
fn what_is_found_of_the_statements_alone() {
    let text = document(&allow("\"sqs:SendMesage\"", "\"orders\"")).replace("2012-10-17", "2008-10-17");
    let policy = Policy::parse(&text).expect("a policy");
    let found: Vec<_> = statements(&policy, Kind::Managed).into_iter().map(|finding| finding.code).collect();
    assert_eq!(found, ["action-unknown", "resource-form"]);
    assert_eq!(codes(&text, Some(Kind::Managed)), found, "the text has no faults of its own");
}

#[test]
fn actions_fit_resources_of_their_types() {
    let fits = |action: &str, resource: &str| {
        let action = crate::iam::catalogue::Catalogue::embedded().action(action).expect("an action");
        super::fits(action, resource)
    };
    assert!(fits("sqs:SendMessage", QUEUE) && fits("sqs:SendMessage", "arn:aws:sqs:*:*:*"));
    assert!(!fits("sqs:SendMessage", "arn:aws:sns:us-east-1:111122223333:orders"));
    assert!(!fits("sqs:ListQueues", QUEUE));
    assert!(fits("sqs:ListQueues", "*"), "what is no ARN is left to others");
}

#[test]
fn sids_and_parts_of_each_kind() {
    let with = |sid: &str| {
        allow("\"sqs:SendMessage\"", "\"*\"").replace("\"Effect\"", &format!("\"Sid\":\"{sid}\",\"Effect\""))
    };
    assert_eq!(of(&with("Send it")), ["sid-characters"]);
    assert_eq!(of(&with("SendIt1")), NONE);
    assert_eq!(to(r#""Sid":"a b","Principal":{"AWS":"111122223333"}"#), NONE, "queues take other Sids");
    let trust = r#"{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}"#;
    assert_eq!(of(trust), NONE);
    assert_eq!(codes(&document(trust), Some(Kind::Managed)), ["principal-not-allowed", "resource-missing"]);
    let with_resource = trust.replace("\"Effect\"", "\"Resource\":\"*\",\"Effect\"");
    assert_eq!(codes(&document(&with_resource), Some(Kind::Trust)), ["resource-not-allowed"]);
    assert_eq!(of(r#"{"Effect":"Allow","Action":"sqs:SendMessage"}"#), ["resource-missing"]);
    let two = format!(r#"{{"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"{QUEUE}"}},{}"#, with("a"));
    assert_eq!(of(&two.replace("\"*\"}", &format!("\"{QUEUE}\"}}"))), ["principal-missing"]);
}

#[test]
fn actions() {
    for (action, code) in [
        ("sqs:SendMesage", "action-unknown"),
        ("sqss:SendMessage", "service-unknown"),
        ("sqs:Recieve*", "action-pattern-matches-nothing"),
        ("s?s:Recieve*", "action-pattern-matches-nothing"),
        ("s?s:Send*", "action-service-wildcard"),
        ("sqs", "action-form"),
        ("sqs:", "action-form"),
        ("sqs:SendMessage ", "action-form"),
        ("sqs:SendMessage,sqs:DeleteMessage", "action-form"),
    ] {
        assert_eq!(of(&allow(&format!("\"{action}\""), "\"*\"")), [code], "{action}");
    }
    for action in ["SQS:sendmessage", "*", "sqs:*", "sqs:?endMessage", "*:*", "sqs:Send*"] {
        assert_eq!(of(&allow(&format!("\"{action}\""), "\"*\"")), NONE, "{action}");
    }
    let found = finding(&document(&allow("\"sqs:SendMesage\"", "\"*\"")), "action-unknown");
    assert!(found.next.contains("did you mean `sqs:SendMessage`?"), "{found:?}");
    let not = finding(&document(r#"{"Effect":"Deny","NotAction":"sqs:SendMesage","Resource":"*"}"#), "action-unknown");
    assert!(not.message.contains("leaves out nothing"), "{not:?}");
}

#[test]
fn resources() {
    for (resource, code) in [
        ("orders", "resource-form"),
        ("arn:aws:s3", "resource-short"),
        ("arn:aws:*:us-east-1:111122223333:orders", "resource-service-wildcard"),
        ("arn:aws:sqs:us-east-1:111122223333:", "resource-form"),
        ("arn:aws:sqs:us-east-1:1111222233:orders", "resource-account"),
        ("arn:amazon:sqs:us-east-1:111122223333:orders", "resource-partition"),
        ("arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:orders", "resource-variable-place"),
    ] {
        let found = of(&allow("\"sqs:SendMessage\"", &format!("\"{resource}\"")));
        assert!(found.contains(&code), "{resource}: {found:?}");
    }
    for resource in [QUEUE, "*", "arn:*:sqs:*:*:orders", "arn:aws-cn:sqs:*:111122223333:${aws:username}"] {
        assert_eq!(of(&allow("\"sqs:SendMessage\"", &format!("\"{resource}\""))), NONE, "{resource}");
    }
    assert_eq!(of(r#"{"Effect":"Deny","Action":"sqs:*","NotResource":"*"}"#), ["matches-nothing"]);
}

#[test]
fn actions_and_resources_that_do_not_go_together() {
    let orders = format!("\"{QUEUE}\"");
    let table = "\"arn:aws:dynamodb:us-east-1:111122223333:table/orders\"";
    let stream = "\"arn:aws:dynamodb:us-east-1:111122223333:table/orders/stream/*\"";
    assert_eq!(of(&allow("\"sqs:ListQueues\"", &orders)), ["action-fits-no-resource"]);
    assert_eq!(of(&allow("\"sqs:ListQueues\"", "\"*\"")), NONE);
    assert_eq!(of(&allow("\"dynamodb:GetRecords\"", table)), ["action-fits-no-resource"]);
    assert_eq!(of(&allow("\"dynamodb:GetRecords\"", stream)), NONE);
    assert_eq!(of(&allow(r#"["dynamodb:GetRecords","dynamodb:PutItem"]"#, &format!("[{table},{stream}]"))), NONE);
    assert_eq!(of(&allow("\"sqs:SendMessage\"", &format!("[{orders},{table}]"))), ["resource-fits-no-action"]);
    assert_eq!(of(&allow("\"sqs:*\"", &orders)), NONE, "some of them fit");
    assert_eq!(of(&allow("\"s3:GetObject\"", "\"arn:aws:s3:::bucket\"")), ["action-fits-no-resource"]);
    assert_eq!(of(&allow("\"s3:GetObject\"", "\"arn:aws:s3:::bucket*\"")), NONE);
    let unknown = of(&allow(r#"["sqs:SendMessage","sqs:Newest"]"#, &format!("[{orders},{table}]")));
    assert_eq!(unknown, ["action-unknown"], "what a new action is asked about is not known");
    assert_eq!(of(&allow("\"*\"", "\"arn:aws:nosuch:::x\"")), NONE, "`*` means what is to come as well");
    let many: Vec<String> = (0..20_000).map(|at| format!("\"arn:aws:nosuch:::x{at}\"")).collect();
    let found = codes(&document(&allow("\"ec2:*\"", &format!("[{}]", many.join(",")))), Some(Kind::OfRole));
    assert_eq!(found, ["not-all-compared"]);
    let deny = r#"{"Effect":"Deny","Action":"sqs:ListQueues","Resource":"arn:aws:sqs:*:*:orders"}"#;
    assert!(finding(&document(deny), "action-fits-no-resource").message.contains("denies nothing"));
}

#[test]
fn principals() {
    assert_eq!(to(r#""Principal":"*""#), ["principal-anyone"]);
    assert_eq!(to(r#""Principal":{"AWS":"*"}"#), ["principal-anyone"]);
    assert_eq!(to(r#""NotPrincipal":{"AWS":"111122223333"}"#), ["not-principal-allow"]);
    assert_eq!(to(r#""Principal":{"AWS":"AROAEXAMPLEEXAMPLE123"}"#), ["principal-deleted"]);
    assert_eq!(to(r#""Principal":{"AWS":"arn:aws:iam::111122223333:role/a*"}"#), ["principal-wildcard"]);
    assert_eq!(to(r#""Principal":{"AWS":"ann"}"#), ["principal-form"]);
    assert_eq!(to(r#""Principal":{"AWS":"arn:aws:iam::111122223333:group/g"}"#), ["principal-form"]);
    assert_eq!(to(r#""Principal":{"Service":"sns.amazonaws.co"}"#), ["principal-service"]);
    assert_eq!(to(r#""Principal":"111122223333""#), ["bare-principal"]);
    for fine in [
        r#"{"AWS":"111122223333"}"#,
        r#"{"AWS":["arn:aws:iam::111122223333:root","arn:aws:iam::111122223333:role/team/a"]}"#,
        r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/a/b"}"#,
        r#"{"Service":"sns.amazonaws.com"}"#,
        r#"{"Federated":"accounts.google.com"}"#,
    ] {
        assert_eq!(to(&format!("\"Principal\":{fine}")), NONE, "{fine}");
    }
    let deny = r#"{"Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},"Action":"sqs:*","Resource":"*"}"#;
    assert_eq!(of(deny), ["not-principal-deny"]);
}

#[test]
fn references_of_a_template() {
    for resource in ["${Queue.Arn}", "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:orders"] {
        let text = document(&allow("\"sqs:SendMessage\"", &format!("\"{resource}\"")));
        assert_eq!(codes(&text, None), ["reference-unbound"], "{resource}");
        assert_eq!(codes(&text.replace("2012", "2008"), None), ["reference-unbound"], "{resource}");
    }
    assert_eq!(to(r#""Principal":{"AWS":"arn:aws:iam::${AWS::AccountId}:root"}"#), ["reference-unbound"]);
    assert_eq!(under(r#""IpAddress":{"aws:SourceIp":"${Office}"}"#), ["reference-unbound"]);
    for variable in ["${aws:username}", "${aws:PrincipalTag/team, 'none'}", "${*}"] {
        let resource = format!("\"arn:aws:sqs:us-east-1:111122223333:{variable}\"");
        assert_eq!(of(&allow("\"sqs:SendMessage\"", &resource)), NONE, "{variable}");
    }
}

#[test]
fn operators_and_keys() {
    for (condition, code) in [
        (r#""StringEqual":{"aws:username":"a"}"#, "operator-unknown"),
        (r#""StringEquals":{"aws:PrincipleOrgID":"o-1"}"#, "key-unknown"),
        (r#""StringEquals":{"username":"a"}"#, "key-form"),
        (r#""Bool":{"aws:SourceArn":"true"}"#, "operator-type"),
        (r#""StringEquals":{"aws:SourceIp":"10.0.0.1"}"#, "operator-type"),
        (r#""NumericEquals":{"aws:username":"1"}"#, "operator-type"),
        (r#""StringEquals":{"aws:TagKeys":"a"}"#, "set-operator-missing"),
        (r#""ForAllValues:StringEquals":{"aws:SourceAccount":"111122223333"}"#, "for-all-values-single"),
        (r#""ForAllValues:StringEquals":{"aws:TagKeys":"a"}"#, "for-all-values-missing"),
        (r#""ForAnyValue:StringEquals":{"aws:SourceAccount":"111122223333"}"#, "set-operator-single"),
        (r#""StringEquals":{"aws:PrincipalTag/team":"a*"}"#, "wildcard-literal"),
    ] {
        assert_eq!(under(condition), [code], "{condition}");
    }
    for fine in [
        r#""stringequals":{"AWS:UserName":"a"}"#,
        r#""StringEquals":{"aws:ResourceTag/team":"a"}"#,
        r#""StringEquals":{"secretsmanager:ResourceTag/team":"a"}"#,
        r#""StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}"#,
        r#""ForAllValues:StringEquals":{"aws:TagKeys":"a"},"Null":{"aws:TagKeys":"false"}"#,
        r#""ForAnyValue:StringEquals":{"aws:TagKeys":"a"}"#,
        r#""ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:*"}"#,
        r#""StringLike":{"aws:PrincipalTag/team":"a*"}"#,
        r#""StringEquals":{"aws:PrincipalTag/team":"a${*}"}"#,
        r#""NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}"#,
        r#""Null":{"aws:TagKeys":"true"}"#,
    ] {
        assert_eq!(under(fine), NONE, "{fine}");
    }
    let deny = r#"{"Effect":"Deny","Action":"sqs:*","Resource":"*",
        "Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":"a"}}}"#;
    assert_eq!(of(deny), NONE, "a Deny that also holds without the key is the safe side");
    let operator = finding(
        &document(
            &allow("\"*\"", "\"*\"").replace("}", r#","Condition":{"ForAnyValues:StringLikes":{"aws:TagKeys":"a"}}}"#),
        ),
        "operator-unknown",
    );
    assert_eq!(operator.next, "did you mean `ForAnyValue:StringLike`?");
}

#[test]
fn values() {
    for (condition, fits) in [
        (r#""Bool":{"aws:SecureTransport":"yes"}"#, false),
        (r#""Bool":{"aws:SecureTransport":true}"#, true),
        (r#""Bool":{"aws:SecureTransport":"TRUE"}"#, true),
        (r#""Null":{"aws:username":"no"}"#, false),
        (r#""NumericLessThan":{"aws:MultiFactorAuthAge":"one hour"}"#, false),
        (r#""IpAddress":{"aws:SourceIp":"10.0.0.0/33"}"#, false),
        (r#""IpAddress":{"aws:SourceIp":["10.0.0.0/8","2001:db8::/32","192.0.2.1"]}"#, true),
        (r#""DateLessThan":{"aws:CurrentTime":"tomorrow"}"#, false),
        (r#""DateLessThan":{"aws:CurrentTime":"2026-02-30T00:00:00Z"}"#, false),
        (r#""DateLessThan":{"aws:CurrentTime":"2026-02-28T00:00:00Z"}"#, true),
        (r#""ArnEquals":{"aws:SourceArn":"orders"}"#, false),
        (r#""ArnEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:${aws:PrincipalAccount}:orders"}"#, true),
    ] {
        let wanted: &[&str] = if fits { &[] } else { &["value-form"] };
        assert_eq!(under(condition), wanted, "{condition}");
    }
}

#[test]
fn a_deny_that_swallows_an_allow() {
    let kms = allow("\"kms:Decrypt\"", "\"*\"");
    let deny = |rest: &str| format!(r#"{{"Effect":"Deny",{rest}}}"#);
    let all = deny(r#""Action":"kms:*","Resource":"*""#);
    assert_eq!(of(&format!("{kms},{all}")), ["never-applies"]);
    assert_eq!(of(&format!("{all},{kms}")), ["never-applies"], "order does not matter");
    let two = [
        deny(r#""Action":"kms:D*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}"#),
        deny(r#""Action":"kms:*","Resource":"*","Condition":{"BoolIfExists":{"aws:SecureTransport":"false"}}"#),
    ];
    let tls = kms.replace('}', r#","Condition":{"Bool":{"aws:SecureTransport":"true"}}}"#);
    assert_eq!(of(&format!("{tls},{}", two.join(","))), ["never-applies"]);
    assert_eq!(of(&format!("{tls},{}", two[1])), NONE);
    assert_eq!(of(&format!("{kms},{}", deny(r#""Action":"kms:Encrypt","Resource":"*""#))), NONE);
    assert_eq!(of(&format!("{kms},{}", deny(r#""NotAction":"sqs:*","Resource":"*""#))), ["never-applies"]);
    assert_eq!(of(&format!("{kms},{}", deny(r#""NotAction":"kms:*","Resource":"*""#))), NONE);
    let key = r#""Action":"kms:*","Resource":"arn:aws:kms:us-east-1:111122223333:key/1""#;
    assert_eq!(of(&format!("{kms},{}", deny(key))), NONE);
}

#[test]
fn statements_that_add_nothing() {
    let send = allow("\"sqs:SendMessage\"", &format!("\"{QUEUE}\""));
    let all = allow("\"sqs:*\"", "\"*\"");
    assert_eq!(of(&format!("{send},{all}")), ["adds-nothing"]);
    let found = finding(&document(&format!("{send},\n{send}")), "adds-nothing");
    assert_eq!((found.line, found.severity), (2, Severity::Note), "of two that say the same, the later one");
    assert_eq!(
        of(&format!("{send},{}", allow("\"sqs:SendMessage\"", "\"arn:aws:sqs:us-east-1:111122223333:o\""))),
        NONE
    );
    let tls = all.replace('}', r#","Condition":{"Bool":{"aws:SecureTransport":"true"}}}"#);
    assert_eq!(of(&format!("{send},{tls}")), NONE);
    let both = allow(r#"["sqs:SendMessage","sqs:DeleteMessage"]"#, "\"*\"");
    let delete = allow("\"sqs:Delete*\"", "\"*\"");
    assert_eq!(of(&format!("{both},{delete},{}", allow("\"sqs:Send*\"", "\"*\""))), ["adds-nothing"], "two together");
    let deny = all.replace("Allow", "Deny");
    assert_eq!(of(&format!("{deny},{}", send.replace("Allow", "Deny"))), ["adds-nothing"]);
    let to = |who: &str| {
        format!(r#"{{"Effect":"Allow","Principal":{who},"Action":"sqs:SendMessage","Resource":"{QUEUE}"}}"#)
    };
    let (account, user) = (to(r#"{"AWS":"111122223333"}"#), to(r#"{"AWS":"arn:aws:iam::444455556666:user/a"}"#));
    assert_eq!(of(&format!("{account},{user}")), NONE);
    assert_eq!(of(&format!("{account},{account}")), ["adds-nothing"]);
    let role = to(r#"{"AWS":"arn:aws:iam::111122223333:role/a"}"#);
    assert_eq!(of(&format!("{account},{role}")), NONE, "an account delegates, a role is granted");
    assert_eq!(of(&format!("{},{role}", to("\"*\""))), ["adds-nothing", "principal-anyone"]);
}

#[test]
fn quotas() {
    let long =
        |bytes: usize| document(&allow("\"s3:GetObject\"", &format!("\"arn:aws:s3:::b/{}\"", "x".repeat(bytes))));
    assert_eq!(codes(&long(6_100), Some(Kind::Managed)), ["too-long"]);
    assert_eq!(codes(&long(5_900), Some(Kind::Managed)), NONE);
    let spaced = long(5_900).replace("\"Effect\"", &format!("{}\"Effect\"", " ".repeat(5_000)));
    assert_eq!(codes(&spaced, Some(Kind::Managed)), NONE, "white space does not count");
    assert!(too_long_together(Kind::OfUser, 2_049).is_some() && too_long_together(Kind::OfUser, 2_048).is_none());
    assert!(too_long_together(Kind::Managed, 1_000_000).is_none());
    let of_queue = |count: usize| {
        let one = |at: usize| {
            format!(
                r#"{{"Effect":"Allow","Principal":{{"AWS":"{:012}"}},"Action":"sqs:SendMessage","Resource":"{QUEUE}"}}"#,
                at
            )
        };
        of(&(1..=count).map(one).collect::<Vec<_>>().join(","))
    };
    assert_eq!(of_queue(21), ["too-many"]);
    assert_eq!(of_queue(20), NONE);
    let strange = document(&allow("\"s3:GetObject\"", "\"arn:aws:s3:::b/\u{2014}\""));
    assert_eq!(codes(&strange, None), ["character-not-allowed"]);
    assert_eq!(codes(&document(&allow("\"s3:GetObject\"", "\"arn:aws:s3:::b/é\"")), None), NONE);
}

#[test]
fn findings_stand_on_their_lines() {
    let text = "{\n\"Version\":\"2012-10-17\",\n\"Statement\":[\n{\"Sid\":\"S\",\"Effect\":\"Allow\",\"Action\":\"sqs:*\",\
                \"Resource\":\"*\",\n\"Condition\":{\"Bool\":{\n\"aws:SecureTransport\":\"yes\"}}}]}";
    let found = Document::read(text, None).expect("a document").named("P", None).check();
    let [found] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((found.line, found.severity), (6, Severity::Error));
    assert_eq!(found.statement.as_ref().map(ToString::to_string).as_deref(), Some("statement \"S\" of P"));
}
