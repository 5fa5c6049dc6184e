//! An account of many roles and queues, made in memory: most roles send to a queue of their own, some to all of them,
//! some under a condition; most queues have the policy of the console, some deny without TLS, some let a topic in.

use plimsoll::model::{Account, Arn, Caller, Listing, Resource, Value};
use std::collections::BTreeMap;

const ACCOUNT: &str = "123456789012";
/// The region of the queues.
pub(crate) const REGION: &str = "us-east-1";

fn resource(type_name: &'static str, region: &str, name: &str, id: String, fields: Vec<(&str, Value)>) -> Resource {
    let properties: BTreeMap<String, Value> =
        fields.into_iter().map(|(field, value)| (field.to_owned(), value)).collect();
    Resource {
        type_name,
        region: region.to_owned(),
        name: name.to_owned(),
        id,
        parent: None,
        properties: Value::Map(properties),
        calls: Vec::new(),
    }
}

fn policy(statements: &str) -> Value {
    Value::Policy(format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#))
}

fn inline(name: &str, document: Value) -> Value {
    let fields = [("PolicyName".to_owned(), Value::Text(name.to_owned())), ("PolicyDocument".to_owned(), document)];
    Value::Map(fields.into())
}

fn role(at: usize) -> Resource {
    let own = format!("arn:aws:sqs:{REGION}:{ACCOUNT}:queue-{at:04}");
    let condition = if at.is_multiple_of(5) { r#","Condition":{"Bool":{"aws:SecureTransport":"true"}}"# } else { "" };
    let send = policy(&format!(
        r#"{{"Sid":"Send","Effect":"Allow","Action":["sqs:SendMessage","sqs:GetQueueUrl"],"Resource":"{own}"{condition}}},
           {{"Sid":"Log","Effect":"Allow","Action":"logs:*","Resource":"*"}}"#
    ));
    let mut managed = Vec::new();
    if at.is_multiple_of(10) {
        managed.push(Value::Text(format!("arn:aws:iam::{ACCOUNT}:policy/all-queues")));
    }
    let trust =
        policy(r#"{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}"#);
    let name = format!("role-{at:04}");
    let fields = vec![
        ("AssumeRolePolicyDocument", trust),
        ("Policies", Value::Set(vec![inline("own", send)])),
        ("ManagedPolicyArns", Value::Set(managed)),
    ];
    resource("AWS::IAM::Role", "", &name, format!("arn:aws:iam::{ACCOUNT}:role/{name}"), fields)
}

fn queue(at: usize) -> Resource {
    let (name, topic) = (format!("queue-{at:04}"), format!("arn:aws:sns:{REGION}:{ACCOUNT}:topic-{at:04}"));
    let id = format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}");
    let owner = format!(
        r#"{{"Sid":"__owner_statement","Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{ACCOUNT}:root"}},"Action":"SQS:*","Resource":"{id}"}}"#
    );
    let fields = match at % 4 {
        0 => Vec::new(),
        1 => vec![("Policy", policy(&owner))],
        2 => vec![(
            "Policy",
            policy(&format!(
                r#"{owner},{{"Sid":"Tls","Effect":"Deny","Principal":"*","Action":"SQS:*","Resource":"{id}","Condition":{{"Bool":{{"aws:SecureTransport":"false"}}}}}}"#
            )),
        )],
        _ => vec![(
            "Policy",
            policy(&format!(
                r#"{owner},{{"Sid":"Topic","Effect":"Allow","Principal":{{"Service":"sns.amazonaws.com"}},"Action":"sqs:SendMessage","Resource":"{id}","Condition":{{"ArnEquals":{{"aws:SourceArn":"{topic}"}}}}}}"#
            )),
        )],
    };
    resource("AWS::SQS::Queue", REGION, &name, id, fields)
}

/// An account with this many roles and this many queues.
pub(crate) fn account(roles: usize, queues: usize) -> Account {
    let arn: Arn = format!("arn:aws:iam::{ACCOUNT}:user/auditor").parse().unwrap_or_else(|_| unreachable!());
    let mut account = Account::new(Caller { account: ACCOUNT.to_owned(), arn });
    let all = policy(r#"{"Sid":"All","Effect":"Allow","Action":"sqs:Send*","Resource":"*"}"#);
    let id = format!("arn:aws:iam::{ACCOUNT}:policy/all-queues");
    account.resources.push(resource("AWS::IAM::ManagedPolicy", "", "all-queues", id, vec![("PolicyDocument", all)]));
    account.resources.extend((0..roles).map(role));
    account.resources.extend((0..queues).map(queue));
    for (type_name, region) in [("AWS::IAM::Role", ""), ("AWS::IAM::User", ""), ("AWS::SQS::Queue", REGION)] {
        account.listings.insert((type_name.to_owned(), region.to_owned()), Listing::Complete(Vec::new()));
    }
    account
}
