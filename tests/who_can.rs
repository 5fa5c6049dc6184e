//! Who in an account can do one thing to one resource, by all the policies that have a say: asked of the library, on
//! accounts written by hand.

#[path = "judging/mod.rs"]
mod judging;

use judging::{REGION, account, kind};
use plimsoll::model::Account;
use plimsoll::reach::effective::{Effective, WhoCan};

/// Who can do `action` to the resource of this type and name.
fn ask(account: &Account, action: &str, type_name: &str, name: &str) -> WhoCan {
    let effective = Effective::read(account, REGION);
    let resource = account.resources.iter().find(|of| of.type_name == type_name && of.name == name).expect(name);
    let own = kind(type_name).expect("a kind").standing.own_policy;
    effective.who_can(action, &effective.target(resource, own))
}

/// One line each: `role a identity statement 1 of the inline policy p if ... unless ...`.
fn told(answer: &WhoCan) -> Vec<String> {
    let short = |arn: &str| arn.rsplit(':').next().unwrap_or(arn).to_owned();
    let mut lines = Vec::new();
    let mut ways = |mark: &str, principal: &str, ways: &[plimsoll::reach::effective::Way]| {
        for way in ways {
            let mut line = format!("{mark}{} {:?} {}", short(principal), way.by, way.statements.join(" + "));
            if !way.conditions.is_empty() {
                line.push_str(&format!(" if {}", way.conditions.join(" and ")));
            }
            if !way.unless.is_empty() {
                line.push_str(&format!(" unless {}", way.unless.join(" and ")));
            }
            lines.push(line);
        }
    };
    for entry in &answer.principals {
        ways("", &entry.principal, &entry.ways);
    }
    for entry in &answer.administrators {
        ways("admin ", &entry.principal, &entry.ways);
    }
    for entry in &answer.administrators {
        let facts: Vec<String> =
            entry.facts.iter().map(|fact| format!("{} on {}", fact.action, short(&fact.resource))).collect();
        lines.push(format!("admin {}: {}", short(&entry.principal), facts.join(", ")));
    }
    for through in &answer.through_roles {
        let via: Vec<String> = through.via.iter().map(|arn| short(arn)).collect();
        let via = if via.is_empty() { String::new() } else { format!(" for {}", via.join(" for ")) };
        lines.push(format!("{} as {}{via}", short(&through.principal), short(&through.role)));
    }
    for unknown in &answer.unknown {
        let about = unknown.about.as_deref().map(|about| format!(" ({about})")).unwrap_or_default();
        lines.push(format!("unknown {}{about}: {}", short(&unknown.principal), unknown.why));
    }
    lines
}

const ACCOUNT: &str = r#"
resources:
  - type: AWS::SQS::Queue
    name: orders
    properties:
      Policy:
        Version: "2012-10-17"
        Statement:
          - { Sid: owner, Effect: Allow, Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "SQS:*", Resource: "*" }
          - { Sid: named, Effect: Allow, Principal: { AWS: ["arn:aws:iam::123456789012:role/path/named", "arn:aws:iam::123456789012:role/path/bounded"] }, Action: "SQS:SendMessage", Resource: "*" }
          - { Sid: topic, Effect: Allow, Principal: { Service: sns.amazonaws.com }, Action: "SQS:SendMessage", Resource: "*", Condition: { ArnEquals: { "aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:t" } } }
          - { Sid: neighbour, Effect: Allow, Principal: { AWS: "111122223333" }, Action: "SQS:SendMessage", Resource: "*" }
          - { Sid: tls, Effect: Deny, Principal: "*", Action: "SQS:*", Resource: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } }
  - type: AWS::IAM::Role
    name: sender
    properties:
      AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: { Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: "sts:AssumeRole" } }
      Policies:
        - { PolicyName: send, PolicyDocument: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "sqs:Send*", Resource: "arn:aws:sqs:*:123456789012:orders" } } }
  - type: AWS::IAM::Role
    name: elsewhere
    properties:
      Policies:
        - { PolicyName: send, PolicyDocument: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "sqs:Send*", Resource: "arn:aws:sqs:*:123456789012:order" } } }
  - type: AWS::IAM::Role
    name: named
    properties:
      AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: { Effect: Allow, Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "sts:AssumeRole" } }
  - type: AWS::IAM::Role
    name: bounded
    properties:
      PermissionsBoundary: arn:aws:iam::123456789012:policy/nothing-of-sqs
  - type: AWS::IAM::Role
    name: hop
    properties:
      AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: { Effect: Allow, Principal: { AWS: "arn:aws:iam::123456789012:user/path/ann" }, Action: "sts:AssumeRole" } }
      Policies:
        - { PolicyName: assume, PolicyDocument: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "sts:AssumeRole", Resource: "*" } } }
  - type: AWS::IAM::Role
    name: admin
    properties:
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"]
  - type: AWS::IAM::Role
    name: denied
    properties:
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"]
      Policies:
        - { PolicyName: deny, PolicyDocument: { Version: "2012-10-17", Statement: { Effect: Deny, Action: ["sqs:*", "iam:*", "sts:*"], Resource: "*" } } }
  - type: AWS::IAM::Role
    name: gap
    unread: { Policies: denied }
  - type: AWS::IAM::User
    name: ann
    properties: { Groups: [senders] }
  - type: AWS::IAM::Group
    name: senders
    properties:
      Policies:
        - { PolicyName: send, PolicyDocument: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "sqs:SendMessage", Resource: "*", Condition: { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } } } } }
  - type: AWS::IAM::ManagedPolicy
    name: nothing-of-sqs
    properties: { Arn: "arn:aws:iam::123456789012:policy/nothing-of-sqs", PolicyDocument: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "s3:*", Resource: "*" } } }
  - type: AWS::IAM::ManagedPolicy
    name: AdministratorAccess
    properties:
      Arn: arn:aws:iam::aws:policy/AdministratorAccess
      PolicyDocument: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "*", Resource: "*" } }
"#;

#[test]
fn every_way_in_is_told() {
    let account = account(ACCOUNT);
    let answer = ask(&account, "sqs:SendMessage", "AWS::SQS::Queue", "orders");
    println!("{}", told(&answer).join("\n"));
    panic!();
}
