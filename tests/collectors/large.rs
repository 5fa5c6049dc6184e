//! An account of 200 roles, 200 policies, 200 queues, 200 functions, 200 tables, 200 topics and 50 REST APIs, under
//! rules on each of them: how many calls it takes, held against the least that the APIs allow.
//!
//! The least, from the API references. What a list tells is not asked for singly; a page is as large as it may be.
//!
//! | what | calls |
//! |---|---|
//! | GetCallerIdentity | 1 |
//! | GetAccountAuthorizationDetails: roles and policies with their documents, 400 of at most 1,000 a page | 1 |
//! | ListQueues, at most 1,000 a page | 1 |
//! | GetQueueAttributes, one queue a call | 200 |
//! | ListFunctions with their settings, at most 50 a page | 4 |
//! | ListTables, at most 100 a page | 2 |
//! | DescribeTable, one table a call | 200 |
//! | ListTopics, 100 a page | 2 |
//! | GetTopicAttributes, one topic a call | 200 |
//! | GetRestApis, at most 500 a page | 1 |
//! | GetResources with the methods in it, at most 500 of one API a call | 50 |
//! | | 662 |

use super::account::{ID, encoded, quick, xml};
use super::lab::{rest, rules_at};
use plimsoll::audit;
use plimsoll::aws::{Answers, Outcome, Request, Session, Source};
use plimsoll::model::Verdict;
use plimsoll::rules::{Origin, Whereabouts};
use serde_json::{Value as Json, json};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

const MANY: usize = 200;
const APIS: usize = 50;
/// The sum of the table above.
const LEAST: usize = 662;

const RULES: &str = r#"
plimsoll: 1
title: A large account
region: us-east-1
rules:
  - { id: roles, each: AWS::IAM::Role, expect: { ManagedPolicyArns: { $contains: { $like: "*:policy/*" } } } }
  - { id: policies, each: AWS::IAM::ManagedPolicy, expect: { Path: /, PolicyDocument: { $present: true } } }
  - { id: queues, each: AWS::SQS::Queue, expect: { VisibilityTimeout: { $min: 30 } } }
  - { id: functions, each: AWS::Lambda::Function, expect: { Runtime: { $like: "python3.*" } } }
  - { id: tables, each: AWS::DynamoDB::Table, expect: { BillingMode: PAY_PER_REQUEST } }
  - { id: topics, each: AWS::SNS::Topic, expect: { FifoTopic: false, KmsMasterKeyId: { $absent: true } } }
  - { id: apis, each: AWS::ApiGateway::RestApi, expect: { EndpointConfiguration: { Types: [REGIONAL] } } }
  - { id: methods, each: AWS::ApiGateway::Method, expect: { AuthorizationType: NONE } }
"#;

#[derive(Debug)]
struct Large;

/// The numbers on the page that begins at `from`, of `all`, where at most `size` are asked for or given; and where the
/// next begins.
fn page(all: usize, from: Option<&str>, size: usize) -> (std::ops::Range<usize>, Option<usize>) {
    let from = from.map_or(0, |from| from.parse().expect("a token of ours"));
    let until = (from + size).min(all);
    (from..until, (until < all).then_some(until))
}

/// The size of a page: what is asked for as far as it is allowed, else what AWS takes by itself.
fn size(asked: Option<&str>, usual: usize, most: usize) -> usize {
    asked.map_or(usual, |asked| asked.parse().expect("a number")).min(most)
}

fn parameter<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    let pairs = request.query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn number(request: &Request, name: &str) -> Option<String> {
    serde_json::from_str::<Json>(&request.body)
        .ok()
        .and_then(|body| body[name].as_u64())
        .map(|number| number.to_string())
}

fn details(request: &Request) -> Outcome {
    let (numbers, next) = page(2 * MANY, request.form("Marker"), size(request.form("MaxItems"), 100, 1000));
    let document = encoded(
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}]}"#,
    );
    let (mut roles, mut policies) = (String::new(), String::new());
    for i in numbers {
        let of = i % MANY;
        let arn = format!("arn:aws:iam::{ID}:policy/policy-{of}");
        let _ = if i < MANY {
            write!(
                roles,
                "<member><Path>/</Path><RoleName>role-{of}</RoleName><RoleId>AROAEXAMPLE{of:08}</RoleId>\
                 <Arn>arn:aws:iam::{ID}:role/role-{of}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate>\
                 <AssumeRolePolicyDocument>{document}</AssumeRolePolicyDocument><InstanceProfileList/><RolePolicyList/>\
                 <AttachedManagedPolicies><member><PolicyName>policy-{of}</PolicyName><PolicyArn>{arn}</PolicyArn></member>\
                 </AttachedManagedPolicies><Tags/><RoleLastUsed/></member>"
            )
        } else {
            write!(
                policies,
                "<member><PolicyName>policy-{of}</PolicyName><PolicyId>ANPAEXAMPLE{of:08}</PolicyId><Arn>{arn}</Arn>\
                 <Path>/</Path><DefaultVersionId>v1</DefaultVersionId><AttachmentCount>1</AttachmentCount>\
                 <PermissionsBoundaryUsageCount>0</PermissionsBoundaryUsageCount><IsAttachable>true</IsAttachable>\
                 <CreateDate>2026-01-01T00:00:00Z</CreateDate><UpdateDate>2026-01-01T00:00:00Z</UpdateDate><PolicyVersionList>\
                 <member><Document>{document}</Document><VersionId>v1</VersionId><IsDefaultVersion>true</IsDefaultVersion>\
                 </member></PolicyVersionList></member>"
            )
        };
    }
    let marker = next.map_or_else(String::new, |next| format!("<Marker>{next}</Marker>"));
    xml(
        "GetAccountAuthorizationDetails",
        &format!(
            "<UserDetailList/><GroupDetailList/><RoleDetailList>{roles}</RoleDetailList><Policies>{policies}</Policies>\
             <IsTruncated>{}</IsTruncated>{marker}",
            next.is_some()
        ),
    )
}

fn queues(request: &Request) -> Outcome {
    let asked = number(request, "MaxResults");
    let (numbers, next) = page(MANY, request.member("NextToken").as_deref(), size(asked.as_deref(), 1000, 1000));
    let urls: Vec<_> = numbers.map(|i| format!("https://sqs.us-east-1.amazonaws.com/{ID}/queue-{i}")).collect();
    // Without MaxResults AWS gives the first 1,000 and no token.
    rest(&json!({ "QueueUrls": urls, "NextToken": asked.and(next).map(|next| next.to_string()) }))
}

fn functions(request: &Request) -> Outcome {
    let (numbers, next) = page(MANY, parameter(request, "Marker"), size(parameter(request, "MaxItems"), 50, 50));
    let functions: Vec<_> = numbers
        .map(|i| {
            json!({
                "FunctionName": format!("function-{i}"), "Runtime": "python3.12", "Version": "$LATEST", "Timeout": 3,
                "FunctionArn": format!("arn:aws:lambda:us-east-1:{ID}:function:function-{i}"), "MemorySize": 128,
                "Role": format!("arn:aws:iam::{ID}:role/role-{i}"), "Handler": "lambda_function.lambda_handler",
            })
        })
        .collect();
    rest(&json!({ "Functions": functions, "NextMarker": next.map(|next| next.to_string()) }))
}

fn tables(request: &Request) -> Outcome {
    let after = request.member("ExclusiveStartTableName").map(|name| name.replace("table-", ""));
    let from = after.map(|after| (after.parse::<usize>().expect("a number") + 1).to_string());
    let (numbers, next) = page(MANY, from.as_deref(), size(number(request, "Limit").as_deref(), 100, 100));
    let names: Vec<_> = numbers.map(|i| format!("table-{i:03}")).collect();
    rest(&json!({ "TableNames": names, "LastEvaluatedTableName": next.and(names.last()) }))
}

fn table(name: &str) -> Outcome {
    rest(&json!({ "Table": {
        "TableName": name, "TableArn": format!("arn:aws:dynamodb:us-east-1:{ID}:table/{name}"), "TableStatus": "ACTIVE",
        "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }], "CreationDateTime": 1_767_225_600,
        "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
        "BillingModeSummary": { "BillingMode": "PAY_PER_REQUEST" }, "DeletionProtectionEnabled": false,
    } }))
}

fn queue(url: &str) -> Outcome {
    let name = url.rsplit('/').next().unwrap_or_default();
    rest(&json!({ "Attributes": {
        "QueueArn": format!("arn:aws:sqs:us-east-1:{ID}:{name}"), "VisibilityTimeout": "30", "DelaySeconds": "0",
    } }))
}

fn topics(request: &Request) -> Outcome {
    let (numbers, next) = page(MANY, request.form("NextToken"), 100);
    let topics = numbers.fold(String::new(), |mut text, i| {
        let _ = write!(text, "<member><TopicArn>arn:aws:sns:us-east-1:{ID}:topic-{i}</TopicArn></member>");
        text
    });
    let next = next.map_or_else(String::new, |next| format!("<NextToken>{next}</NextToken>"));
    xml("ListTopics", &format!("<Topics>{topics}</Topics>{next}"))
}

fn topic(arn: &str) -> Outcome {
    let entry = |key: &str, value: &str| format!("<entry><key>{key}</key><value>{value}</value></entry>");
    let attributes = entry("TopicArn", arn) + &entry("Owner", ID) + &entry("DisplayName", "");
    xml("GetTopicAttributes", &format!("<Attributes>{attributes}</Attributes>"))
}

fn apis(request: &Request) -> Outcome {
    let (numbers, next) = page(APIS, parameter(request, "position"), size(parameter(request, "limit"), 25, 500));
    let apis: Vec<_> = numbers
        .map(|i| {
            json!({
                "id": format!("api{i}"), "name": format!("api-{i}"), "createdDate": 1_767_225_600, "apiKeySource": "HEADER",
                "endpointConfiguration": { "types": ["REGIONAL"] }, "disableExecuteApiEndpoint": false,
                "rootResourceId": "r0",
            })
        })
        .collect();
    rest(&json!({ "item": apis, "position": next.map(|next| next.to_string()) }))
}

impl Answers for Large {
    fn answer(&self, request: &Request) -> Outcome {
        match request.operation.as_str() {
            "GetCallerIdentity" => xml(
                "GetCallerIdentity",
                &format!("<Arn>arn:aws:iam::{ID}:user/auditor</Arn><UserId>AIDA</UserId><Account>{ID}</Account>"),
            ),
            "GetAccountAuthorizationDetails" => details(request),
            "ListQueues" => queues(request),
            "GetQueueAttributes" => queue(&request.member("QueueUrl").expect("the address of a queue")),
            "ListFunctions" => functions(request),
            "ListTables" => tables(request),
            "DescribeTable" => {
                let named = request.member("TableName").expect("the name of a table");
                table(named.rsplit('/').next().unwrap_or_default())
            }
            "ListTopics" => topics(request),
            "GetTopicAttributes" => topic(&request.form("TopicArn").expect("an ARN").replace("%3A", ":")),
            "GetRestApis" => apis(request),
            "GetResources" => {
                assert!(request.query.contains("embed=methods"), "the methods are asked for with the resources");
                rest(&json!({ "item": [{ "id": "r0", "path": "/", "resourceMethods": { "POST": {
                    "httpMethod": "POST", "authorizationType": "NONE", "apiKeyRequired": false,
                    "methodIntegration": { "type": "MOCK", "passthroughBehavior": "WHEN_NO_MATCH", "timeoutInMillis": 29000 },
                } } }] }))
            }
            other => panic!("{other} is not expected"),
        }
    }
}

#[tokio::test]
async fn a_large_account_takes_the_least_calls_that_the_apis_allow() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("large");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("rules.yaml"), RULES).expect("a file");
    let rules = rules_at(Origin::File(folder.join("rules.yaml")));
    let place = Whereabouts { account: Some(ID.to_owned()), partition: "aws".into(), region: "us-east-1".into() };
    let session = Session::open(Source::Answers(Arc::new(Large), quick()), Some("us-east-1"), false).await;
    let session = session.expect("a session");
    let account = plimsoll::scan::fetch(&session, &rules.needs(&place), &|_, _| {}).await;
    let report = audit::audit(&rules, &account, &place);
    let wrong: Vec<_> = report.findings.iter().filter(|finding| finding.verdict != Verdict::Pass).take(3).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(report.findings.len(), 6 * MANY + 2 * APIS);
    assert_eq!(account.answers.len(), LEAST);
    assert!(account.answers.values().all(|answer| answer.attempts == 1));
}
