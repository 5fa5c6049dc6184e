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

const TLS: &str = "unless Bool aws:SecureTransport false (statement \"tls\" of the queue policy)";

#[test]
fn every_way_in_is_told() {
    let account = account(ACCOUNT);
    let answer = ask(&account, "sqs:SendMessage", "AWS::SQS::Queue", "orders");
    let gap = "not read: iam:Get gap: denied (AccessDenied); permit iam:Get to the auditor";
    let expected = [
        format!("111122223333 Resource statement \"neighbour\" of the queue policy {TLS}"),
        format!(
            "sns.amazonaws.com Resource statement \"topic\" of the queue policy \
             if ArnEquals aws:SourceArn arn:aws:sns:us-east-1:123456789012:t {TLS}"
        ),
        format!("role/path/named Resource statement \"named\" of the queue policy {TLS}"),
        format!("role/path/sender Identity statement 1 of the inline policy send {TLS}"),
        format!(
            "user/path/ann Identity statement 1 of the inline policy send of the group senders \
             if IpAddress aws:SourceIp 203.0.113.0/24 {TLS}"
        ),
        format!("admin role/path/admin Identity statement 1 of the policy AdministratorAccess {TLS}"),
        "admin role/path/admin: sqs:AddPermission on orders, sqs:SetQueueAttributes on orders, \
         iam:PutRolePolicy on role/path/admin, iam:AttachRolePolicy on role/path/admin"
            .to_owned(),
        "role/path/admin as role/path/named".to_owned(),
        "role/path/hop as role/path/named".to_owned(),
        "lambda.amazonaws.com as role/path/sender".to_owned(),
        "user/path/ann as role/path/hop for role/path/named".to_owned(),
        format!("unknown role/path/gap: {gap}"),
        format!("unknown role/path/gap (who can assume arn:aws:iam::123456789012:role/path/named): {gap}"),
    ];
    assert_eq!(told(&answer), expected);
    assert!(!answer.complete);
    let neighbour = &answer.principals[0];
    assert!(neighbour.note.is_some_and(|note| note.contains("its own account must allow it")));
}

#[test]
fn what_is_shown_is_allowed_and_names_what_it_takes() {
    let account = account(ACCOUNT);
    let answer = ask(&account, "sqs:SendMessage", "AWS::SQS::Queue", "orders");
    let of = |name: &str| {
        let entry = answer.principals.iter().find(|entry| entry.principal.ends_with(name)).expect(name);
        entry.ways[0].request.to_string()
    };
    assert_eq!(
        of("role/path/sender"),
        "sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:orders by arn:aws:iam::123456789012:role/path/sender \
         with aws:SecureTransport=true"
    );
    assert!(of("user/path/ann").contains("aws:SourceIp=203.0.113."), "{}", of("user/path/ann"));
}

#[test]
fn the_trust_policy_and_the_own_policies_decide_who_assumes_a_role() {
    let account = account(ACCOUNT);
    let who = |name: &str| {
        let answer = ask(&account, "sts:AssumeRole", "AWS::IAM::Role", name);
        answer
            .principals
            .iter()
            .map(|of| of.principal.rsplit('/').next().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    // To name a user is enough; to name the account leaves it to the policies of its principals.
    assert_eq!(who("hop"), ["ann"]);
    assert_eq!(who("named"), ["hop"]);
    assert_eq!(who("sender"), ["lambda.amazonaws.com"]);
    assert_eq!(who("elsewhere"), Vec::<String>::new());
}

/// A session that a policy names is somebody else than its role.
#[test]
fn sessions_and_conditions_on_the_principal() {
    let account = account(
        r#"
resources:
  - type: AWS::SQS::Queue
    name: q
    properties:
      Policy:
        Version: "2012-10-17"
        Statement:
          - { Sid: session, Effect: Allow, Principal: { AWS: "arn:aws:sts::123456789012:assumed-role/worker/one" }, Action: "SQS:SendMessage", Resource: "*" }
          - { Sid: like, Effect: Allow, Principal: "*", Action: "SQS:SendMessage", Resource: "*", Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/path/be?r" } } }
  - { type: AWS::IAM::Role, name: worker }
  - { type: AWS::IAM::Role, name: bear }
  - { type: AWS::IAM::Role, name: cat }
"#,
    );
    let answer = ask(&account, "sqs:SendMessage", "AWS::SQS::Queue", "q");
    assert_eq!(
        told(&answer),
        [
            "assumed-role/worker/one Resource statement \"session\" of the queue policy",
            "role/path/bear Resource statement \"like\" of the queue policy \
             if ArnLike aws:PrincipalArn arn:aws:iam::123456789012:role/path/be?r",
        ]
    );
}

/// Tags and names of users that stand in a policy as variables.
#[test]
fn variables_are_filled_where_they_are_known() {
    let account = account(
        r#"
resources:
  - { type: AWS::SQS::Queue, name: ann }
  - { type: AWS::SQS::Queue, name: red }
  - { type: AWS::IAM::User, name: ann, properties: { Groups: [own] } }
  - { type: AWS::IAM::User, name: bob, properties: { Groups: [own] } }
  - type: AWS::IAM::Group
    name: own
    properties:
      Policies:
        - { PolicyName: own, PolicyDocument: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "sqs:SendMessage", Resource: "arn:aws:sqs:*:*:${aws:username}" } } }
  - type: AWS::IAM::Role
    name: team
    properties:
      Policies:
        - { PolicyName: team, PolicyDocument: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "sqs:SendMessage", Resource: "arn:aws:sqs:*:*:${aws:PrincipalTag/team}" } } }
"#,
    );
    let who = |queue: &str| -> Vec<String> {
        let answer = ask(&account, "sqs:SendMessage", "AWS::SQS::Queue", queue);
        assert!(answer.complete, "{:?}", answer.unknown);
        let requests = answer.principals.iter().map(|entry| entry.ways[0].request.to_string());
        requests.filter_map(|request| Some(request.split_once(" by ")?.1.to_owned())).collect()
    };
    let ann = "arn:aws:iam::123456789012:user/path/ann with aws:username=ann";
    let team = |tag: &str| format!("arn:aws:iam::123456789012:role/path/team with aws:principaltag/team={tag}");
    assert_eq!(who("ann"), [team("ann"), ann.to_owned()]);
    assert_eq!(who("red"), [team("red")]);
}

/// A boundary that leaves nothing of the action makes rewriting one's own grants useless; doing away with it does not.
#[test]
fn grants_within_a_boundary_make_no_administrator() {
    let account = account(
        r#"
resources:
  - { type: AWS::SQS::Queue, name: q }
  - type: AWS::IAM::Role
    name: kept
    properties:
      PermissionsBoundary: arn:aws:iam::123456789012:policy/own
      Policies:
        - { PolicyName: p, PolicyDocument: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "iam:PutRolePolicy", Resource: "*" } } }
  - type: AWS::IAM::Role
    name: freed
    properties:
      PermissionsBoundary: arn:aws:iam::123456789012:policy/own
      Policies:
        - { PolicyName: p, PolicyDocument: { Version: "2012-10-17", Statement: { Effect: Allow, Action: ["iam:PutRolePolicy", "iam:DeleteRolePermissionsBoundary"], Resource: "*" } } }
  - type: AWS::IAM::ManagedPolicy
    name: own
    properties:
      Arn: arn:aws:iam::123456789012:policy/own
      PolicyDocument: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "iam:*", Resource: "*" } }
  - { type: AWS::IAM::User, name: joiner, properties: { Policies: [{ PolicyName: p, PolicyDocument: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "iam:AddUserToGroup", Resource: "*" } } }] } }
  - { type: AWS::IAM::Group, name: senders }
"#,
    );
    let answer = ask(&account, "sqs:SendMessage", "AWS::SQS::Queue", "q");
    assert_eq!(
        told(&answer),
        [
            "admin role/path/freed: iam:PutRolePolicy on role/path/freed, \
             iam:DeleteRolePermissionsBoundary on role/path/freed",
            "admin user/path/joiner: iam:AddUserToGroup on group/path/senders",
        ]
    );
}

#[test]
fn lists_that_broke_off_leave_the_answer_open() {
    let account = account("resources:\n  - { type: AWS::SQS::Queue, name: q }\nlists: { AWS::IAM::User: denied }\n");
    let answer = ask(&account, "sqs:SendMessage", "AWS::SQS::Queue", "q");
    assert!(!answer.complete && answer.principals.is_empty() && answer.gaps.len() == 1, "{answer:?}");
}

/// What a principal can do, and on what: the other way round gives the same.
#[test]
fn what_a_principal_can_do_is_grouped_by_service_and_level() {
    let account = account(ACCOUNT);
    let effective = Effective::read(&account, REGION);
    let one = |name: &str| match effective.find(name).as_slice() {
        [one] => *one,
        other => panic!("{name}: {other:?}"),
    };
    let may = effective.may_do(one("role/sender"), None, &[]);
    let rows: Vec<String> = may
        .does
        .iter()
        .map(|does| {
            format!("{} {} {} on {}", does.service, does.level, does.actions.join(" "), does.resources.join(" "))
        })
        .collect();
    assert_eq!(rows, ["sqs write SendMessage on arn:aws:sqs:*:123456789012:orders"]);
    let admin = effective.may_do(one("arn:aws:iam::123456789012:role/path/admin"), None, &[]);
    assert_eq!((admin.does[0].service.as_str(), admin.does[0].level), ("*", "everything"));
    let denied = effective.may_do(one("denied"), None, &[]);
    assert!(denied.does.iter().all(|does| does.all_but && does.actions.contains(&"sqs:*".to_owned())), "{denied:?}");
    let named = effective.may_do(one("arn:aws:sts::123456789012:assumed-role/named/x"), None, &[]);
    assert!(named.does.is_empty() && named.complete, "{named:?}");
    assert!(effective.find("role/nobody").is_empty());
}

/// Random accounts: whoever the evaluator allows in some context is told, as one who can or as one not decided.
mod law {
    use super::{Effective, REGION, account, kind};
    use plimsoll::iam::{Context, ContextValue, Outcome, Policies, Policy, Principal, Request, decide};
    use serde_json::{Value as Json, json};

    const ACCOUNT: &str = "123456789012";

    /// Throws of a die, the same in every run.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, sides: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(self.0 >> 33).expect("31 bits") % sides
        }

        fn of<T: Clone>(&mut self, all: &[T]) -> T {
            all[self.below(all.len())].clone()
        }
    }

    fn statement(dice: &mut Dice, principal: bool) -> Json {
        let mut statement = json!({
            "Effect": dice.of(&["Allow", "Allow", "Allow", "Deny"]),
            "Action": dice.of(&["sqs:SendMessage", "sqs:*", "sqs:Get*", "*"]),
            "Resource": dice.of(&[
                "arn:aws:sqs:us-east-1:123456789012:ann",
                "arn:aws:sqs:us-east-1:123456789012:other",
                "arn:aws:sqs:us-east-1:123456789012:a*",
                "*",
            ]),
        });
        if !principal && dice.below(8) == 0 {
            statement["Resource"] = "arn:aws:sqs:*:*:${aws:username}".into();
        }
        if principal {
            statement["Principal"] = dice.of(&[
                json!("*"),
                json!({ "AWS": "arn:aws:iam::123456789012:root" }),
                json!({ "AWS": "arn:aws:iam::123456789012:role/path/worker" }),
                json!({ "AWS": "arn:aws:iam::123456789012:user/path/ann" }),
                json!({ "Service": "sns.amazonaws.com" }),
            ]);
        }
        let conditions = [
            json!({ "Bool": { "aws:SecureTransport": "true" } }),
            json!({ "Bool": { "aws:SecureTransport": "false" } }),
            json!({ "StringEquals": { "aws:PrincipalTag/team": "a" } }),
            json!({ "StringNotEquals": { "aws:PrincipalTag/team": "a" } }),
            json!({ "StringLike": { "aws:PrincipalArn": "arn:aws:iam::*:role/*" } }),
            json!({ "Null": { "aws:PrincipalTag/team": "true" } }),
            json!({ "ArnLike": { "aws:SourceArn": "arn:aws:sns:*:*:t" } }),
        ];
        if dice.below(2) == 0 {
            statement["Condition"] = dice.of(&conditions);
        }
        statement
    }

    fn document(dice: &mut Dice, principal: bool) -> Json {
        let statements: Vec<Json> = (0..1 + dice.below(3)).map(|_| statement(dice, principal)).collect();
        json!({ "Version": "2012-10-17", "Statement": statements })
    }

    fn contexts() -> Vec<Context> {
        let mut all = Vec::new();
        // Every request has a transport.
        for secure in [Some("true"), Some("false")] {
            for team in [None, Some("a"), Some("b")] {
                let mut context = Context::new();
                for (key, value) in [("aws:SecureTransport", secure), ("aws:PrincipalTag/team", team)] {
                    if let Some(value) = value {
                        context.set(key, ContextValue::from(value));
                    }
                }
                all.push(context);
            }
        }
        all
    }

    #[test]
    fn whoever_is_allowed_is_told() {
        let mut dice = Dice(11);
        let (mut seen, mut told, mut open) = (0, 0, 0);
        for _ in 0..400 {
            let (boundary, resource) = (document(&mut dice, false), document(&mut dice, true));
            let bounded = dice.below(3) == 0;
            let own: Vec<Json> = (0..2).map(|_| document(&mut dice, false)).collect();
            let principal = |kind: &str, name: &str, own: &Json| {
                let mut properties = json!({ "Policies": [{ "PolicyName": "p", "PolicyDocument": own }] });
                if bounded {
                    properties["PermissionsBoundary"] = format!("arn:aws:iam::{ACCOUNT}:policy/b").into();
                }
                json!({ "type": kind, "name": name, "properties": properties })
            };
            let yaml = json!({ "resources": [
                { "type": "AWS::SQS::Queue", "name": "ann", "properties": { "Policy": resource } },
                { "type": "AWS::IAM::ManagedPolicy", "name": "b",
                  "properties": { "Arn": format!("arn:aws:iam::{ACCOUNT}:policy/b"), "PolicyDocument": boundary } },
                principal("AWS::IAM::Role", "worker", &own[0]),
                principal("AWS::IAM::User", "ann", &own[1]),
            ] });
            let account = account(&yaml.to_string());
            let effective = Effective::read(&account, REGION);
            let queue = account.resources.iter().find(|of| of.type_name == "AWS::SQS::Queue").expect("the queue");
            let own_policy = kind("AWS::SQS::Queue").expect("queues").standing.own_policy;
            let answer = effective.who_can("sqs:SendMessage", &effective.target(queue, own_policy));
            let parse = |json: &Json| Policy::parse(&json.to_string()).expect("a policy");
            for (arn, own) in [("role/path/worker", &own[0]), ("user/path/ann", &own[1])] {
                let arn = format!("arn:aws:iam::{ACCOUNT}:{arn}");
                let policies = Policies {
                    identity: vec![parse(own)],
                    boundary: bounded.then(|| vec![parse(&boundary)]),
                    resource: Some(parse(&resource)),
                    ..Policies::default()
                };
                let request = |context| Request {
                    principal: Principal::Aws(arn.clone()),
                    action: "sqs:SendMessage".to_owned(),
                    resource: queue.id.clone(),
                    resource_account: Some(ACCOUNT.to_owned()),
                    context,
                };
                let allowed = contexts()
                    .into_iter()
                    .any(|context| decide(&request(context), &policies).outcome == Outcome::Allowed);
                let today = answer.administrators.iter().filter(|one| one.can_today == Some(true));
                let can = answer.principals.iter().map(|of| &of.principal).chain(today.map(|of| &of.principal));
                let can = can.into_iter().any(|told| *told == arn);
                let unknown = answer.unknown.iter().any(|of| of.principal == arn);
                assert!(can || unknown || !allowed, "{arn} is allowed and not told\n{yaml:#}");
                // The contexts here are all that the conditions tell apart.
                assert!(allowed || unknown || !can, "{arn} is told and not allowed\n{yaml:#}\n{answer:#?}");
                seen += usize::from(allowed);
                told += usize::from(can);
                open += usize::from(unknown);
            }
        }
        assert!(seen > 150 && told == seen && open == 0, "{seen} {told} {open}");
    }
}
