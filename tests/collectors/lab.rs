//! The whole of the serverless order intake as AWS answers of it, whatever a server makes of it: documented and recorded
//! answers, with the defaults of the console. What a test changes, it changes in the text of an answer.

use super::account::{ID, encoded, error, quick, xml};
use plimsoll::aws::{Answers, Outcome, Request, Session, Source};
use plimsoll::model::{Account, Report, Verdict};
use plimsoll::rules::{Origin, Request as Load, Rules, Types, Whereabouts, load};
use plimsoll::{audit, services};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

const REGION: &str = "us-east-1";
/// When the stream of the table was turned on.
pub(crate) const LABEL: &str = "2026-11-01T10:00:00.123";
const LOGS: &str = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs";
/// The address that is subscribed.
pub(crate) const ADDRESS: &str = "student@example.com";

/// A text of an answer, and what stands there in place of it: the operation, or `trust` and the name of a role; before;
/// after. The text before must be there.
pub(crate) type Change = (&'static str, &'static str, &'static str);

/// What answers in the place of a service.
pub(crate) type Stranger = fn(&Request) -> Outcome;

/// The account, and what is other in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lab {
    changes: Vec<Change>,
    /// The service that cannot be reached, and what answers in its place.
    stranger: Option<(&'static str, Stranger)>,
}

/// The roles: name, the service that may assume it, the policies that are attached to it.
const ROLES: [(&str, &str, &[&str]); 3] = [
    ("APIGateway-SQS", "apigateway", &[LOGS]),
    ("Lambda-DynamoDBStreams-SNS", "lambda", &["Lambda-SNS-Publish", "Lambda-DynamoDBStreams-Read"]),
    ("Lambda-SQS-DynamoDB", "lambda", &["Lambda-Write-DynamoDB", "Lambda-Read-SQS"]),
];
const POLICIES: [&str; 4] =
    ["Lambda-DynamoDBStreams-Read", "Lambda-Read-SQS", "Lambda-SNS-Publish", "Lambda-Write-DynamoDB"];

/// An answer in JSON.
pub(crate) fn rest(body: &Json) -> Outcome {
    let headers = vec![("content-type".into(), "application/json".into()), ("x-amzn-requestid".into(), "req".into())];
    Outcome::Response { status: 200, headers, body: body.to_string().into() }
}

fn entries(entries: &[(&str, String)]) -> String {
    let entries = entries.iter().fold(String::new(), |mut text, (key, value)| {
        let value = value.replace('&', "&amp;").replace('<', "&lt;");
        let _ = write!(text, "<entry><key>{key}</key><value>{value}</value></entry>");
        text
    });
    format!("<Attributes>{entries}</Attributes>")
}

fn arn_of_policy(policy: &str) -> String {
    if policy.starts_with("arn:") { policy.to_owned() } else { format!("arn:aws:iam::{ID}:policy/{policy}") }
}

impl Lab {
    /// With these changes.
    pub(crate) fn with(changes: &[Change]) -> Self {
        Self { changes: changes.to_vec(), stranger: None }
    }

    /// With something else in the place of `service`, which answers everything so.
    pub(crate) fn without(service: &'static str, stranger: Stranger) -> Self {
        Self { changes: Vec::new(), stranger: Some((service, stranger)) }
    }

    fn changed(&self, what: &str, mut text: String) -> String {
        for (of, before, after) in self.changes.iter().filter(|(of, ..)| *of == what) {
            assert!(text.contains(before), "{of} has no {before}: {text}");
            text = text.replace(before, after);
        }
        text
    }

    fn details(&self) -> String {
        let mut text = "<UserDetailList/><GroupDetailList/><RoleDetailList>".to_owned();
        for (name, service, policies) in ROLES {
            let trust = json!({ "Version": "2012-10-17", "Statement": [{
                "Sid": "", "Effect": "Allow", "Principal": { "Service": format!("{service}.amazonaws.com") }, "Action": "sts:AssumeRole"
            }] });
            let trust = encoded(&self.changed(&format!("trust {name}"), trust.to_string()));
            let attached = policies.iter().fold(String::new(), |mut text, policy| {
                let name = policy.rsplit('/').next().unwrap_or(policy);
                let arn = arn_of_policy(policy);
                let _ = write!(text, "<member><PolicyName>{name}</PolicyName><PolicyArn>{arn}</PolicyArn></member>");
                text
            });
            let _ = write!(
                text,
                "<member><Path>/</Path><RoleName>{name}</RoleName><RoleId>AROA{}</RoleId><Arn>arn:aws:iam::{ID}:role/{name}</Arn>\
                 <CreateDate>2026-11-01T09:00:00Z</CreateDate><AssumeRolePolicyDocument>{trust}</AssumeRolePolicyDocument>\
                 <InstanceProfileList/><RolePolicyList/><AttachedManagedPolicies>{attached}</AttachedManagedPolicies><Tags/>\
                 <RoleLastUsed/></member>",
                name.to_uppercase().replace('-', "")
            );
        }
        text.push_str("</RoleDetailList><Policies>");
        for name in POLICIES {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("expected/serverless-poc/{name}.json"));
            let document = encoded(&std::fs::read_to_string(file).expect("an expected document"));
            let _ = write!(
                text,
                "<member><PolicyName>{name}</PolicyName><PolicyId>ANPA{}</PolicyId><Arn>{}</Arn><Path>/</Path>\
                 <DefaultVersionId>v1</DefaultVersionId><AttachmentCount>1</AttachmentCount>\
                 <PermissionsBoundaryUsageCount>0</PermissionsBoundaryUsageCount><IsAttachable>true</IsAttachable>\
                 <CreateDate>2026-11-01T09:00:00Z</CreateDate><UpdateDate>2026-11-01T09:00:00Z</UpdateDate><PolicyVersionList>\
                 <member><Document>{document}</Document><VersionId>v1</VersionId><IsDefaultVersion>true</IsDefaultVersion>\
                 <CreateDate>2026-11-01T09:00:00Z</CreateDate></member></PolicyVersionList></member>",
                name.to_uppercase().replace('-', ""),
                arn_of_policy(name)
            );
        }
        text + "</Policies><IsTruncated>false</IsTruncated>"
    }

    fn answer_to(&self, request: &Request) -> Outcome {
        let operation = request.operation.as_str();
        let function = |number: u8, role: &str| {
            json!({
                "FunctionName": format!("POC-Lambda-{number}"), "Runtime": "python3.9", "Handler": "lambda_function.lambda_handler",
                "FunctionArn": format!("arn:aws:lambda:{REGION}:{ID}:function:POC-Lambda-{number}"), "CodeSize": 299,
                "Role": format!("arn:aws:iam::{ID}:role/{role}"), "Description": "", "Timeout": 3, "MemorySize": 128,
                "LastModified": "2026-11-01T09:30:00.000+0000", "CodeSha256": "bm9uZQ==", "Version": "$LATEST",
                "TracingConfig": { "Mode": "PassThrough" }, "RevisionId": "00000000-0000-0000-0000-000000000001",
                "PackageType": "Zip", "Architectures": ["x86_64"], "EphemeralStorage": { "Size": 512 },
                "SnapStart": { "ApplyOn": "None", "OptimizationStatus": "Off" },
                "LoggingConfig": { "LogFormat": "Text", "LogGroup": format!("/aws/lambda/POC-Lambda-{number}") },
            })
        };
        let table = format!("arn:aws:dynamodb:{REGION}:{ID}:table/orders");
        let queue = format!("arn:aws:sqs:{REGION}:{ID}:POC-Queue");
        let topic = format!("arn:aws:sns:{REGION}:{ID}:POC-Topic");
        let subscription = format!("{topic}:00000000-0000-0000-0000-000000000002");
        let mapping = |number: u8, source: String, batch: u32| {
            let uuid = format!("00000000-0000-0000-0000-00000000001{number}");
            json!({
                "UUID": uuid, "BatchSize": batch, "MaximumBatchingWindowInSeconds": 0, "EventSourceArn": source,
                "FunctionArn": format!("arn:aws:lambda:{REGION}:{ID}:function:POC-Lambda-{number}"),
                "LastModified": 1_793_525_400.0, "State": "Enabled", "StateTransitionReason": "USER_INITIATED",
                "FunctionResponseTypes": [], "EventSourceMappingArn": format!("arn:aws:lambda:{REGION}:{ID}:event-source-mapping:{uuid}"),
            })
        };
        match operation {
            "GetCallerIdentity" => xml(
                operation,
                &format!("<Arn>arn:aws:iam::{ID}:user/auditor</Arn><UserId>AIDA</UserId><Account>{ID}</Account>"),
            ),
            "GetAccountAuthorizationDetails" => xml(operation, &self.details()),
            "GetPolicy" => xml(
                operation,
                &format!(
                    "<Policy><PolicyName>AmazonAPIGatewayPushToCloudWatchLogs</PolicyName><PolicyId>ANPALOGS</PolicyId>\
                     <Arn>{LOGS}</Arn><Path>/service-role/</Path><DefaultVersionId>v1</DefaultVersionId>\
                     <AttachmentCount>1</AttachmentCount><PermissionsBoundaryUsageCount>0</PermissionsBoundaryUsageCount>\
                     <IsAttachable>true</IsAttachable><CreateDate>2015-11-11T23:41:46Z</CreateDate>\
                     <UpdateDate>2015-11-11T23:41:46Z</UpdateDate><Tags/></Policy>"
                ),
            ),
            "GetPolicyVersion" => {
                let document = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Resource": "*", "Action": [
                    "logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams",
                    "logs:PutLogEvents", "logs:GetLogEvents", "logs:FilterLogEvents"
                ] }] });
                xml(
                    operation,
                    &format!(
                        "<PolicyVersion><Document>{}</Document><VersionId>v1</VersionId>\
                         <IsDefaultVersion>true</IsDefaultVersion><CreateDate>2015-11-11T23:41:46Z</CreateDate></PolicyVersion>",
                        encoded(&document.to_string())
                    ),
                )
            }
            "ListQueues" => {
                rest(&json!({ "QueueUrls": [format!("https://sqs.{REGION}.amazonaws.com/{ID}/POC-Queue")] }))
            }
            "GetQueueAttributes" => {
                let statement = |sid: &str, principal: &str, action: Json| {
                    json!({ "Sid": sid, "Effect": "Allow", "Principal": { "AWS": format!("arn:aws:iam::{ID}:{principal}") },
                            "Action": action, "Resource": queue })
                };
                let policy = json!({ "Version": "2012-10-17", "Id": "__default_policy_ID", "Statement": [
                    statement("__owner_statement", "root", json!("SQS:*")),
                    statement("__sender_statement", "role/APIGateway-SQS", json!("SQS:SendMessage")),
                    statement("__receiver_statement", "role/Lambda-SQS-DynamoDB",
                              json!(["SQS:ChangeMessageVisibility", "SQS:DeleteMessage", "SQS:ReceiveMessage"])),
                ] });
                let policy = self.changed("queue policy", policy.to_string());
                rest(&json!({ "Attributes": {
                    "QueueArn": queue, "CreatedTimestamp": "1793525400", "LastModifiedTimestamp": "1793525400",
                    "VisibilityTimeout": "30", "MaximumMessageSize": "1048576", "MessageRetentionPeriod": "345600",
                    "DelaySeconds": "0", "ReceiveMessageWaitTimeSeconds": "0", "SqsManagedSseEnabled": "true", "Policy": policy,
                } }))
            }
            "ListFunctions" => rest(&json!({ "NextMarker": null, "Functions": [
                function(1, "Lambda-SQS-DynamoDB"), function(2, "Lambda-DynamoDBStreams-SNS"),
            ] })),
            "ListEventSourceMappings" => {
                let mut of_stream = mapping(2, format!("{table}/stream/{LABEL}"), 100);
                let further = json!({
                    "StartingPosition": "LATEST", "ParallelizationFactor": 1, "LastProcessingResult": "OK",
                    "DestinationConfig": { "OnFailure": {} }, "MaximumRecordAgeInSeconds": -1,
                    "BisectBatchOnFunctionError": false, "MaximumRetryAttempts": -1, "TumblingWindowInSeconds": 0,
                    "StateTransitionReason": "User action",
                });
                let further = further.as_object().expect("a map").clone();
                of_stream.as_object_mut().expect("a map").extend(further);
                rest(&json!({ "NextMarker": null, "EventSourceMappings": [mapping(1, queue, 10), of_stream] }))
            }
            // Without concurrency of its own.
            "GetFunctionConcurrency" => rest(&json!({})),
            "ListTables" => rest(&json!({ "TableNames": ["orders"] })),
            "DescribeTable" => rest(&json!({ "Table": {
                "TableName": "orders", "TableArn": table, "TableStatus": "ACTIVE", "CreationDateTime": 1_793_525_400.25,
                "KeySchema": [{ "AttributeName": "orderID", "KeyType": "HASH" }],
                "AttributeDefinitions": [{ "AttributeName": "orderID", "AttributeType": "S" }],
                "ProvisionedThroughput": { "NumberOfDecreasesToday": 0, "ReadCapacityUnits": 0, "WriteCapacityUnits": 0 },
                "BillingModeSummary": { "BillingMode": "PAY_PER_REQUEST" }, "TableSizeBytes": 0, "ItemCount": 0,
                "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "NEW_IMAGE" },
                "LatestStreamLabel": LABEL, "LatestStreamArn": format!("{table}/stream/{LABEL}"),
                "DeletionProtectionEnabled": false, "TableId": "00000000-0000-0000-0000-000000000003",
            } })),
            "DescribeContinuousBackups" => rest(&json!({ "ContinuousBackupsDescription": {
                "ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": { "PointInTimeRecoveryStatus": "DISABLED" },
            } })),
            "GetResourcePolicy" => error(request, 400, "PolicyNotFoundException"),
            "ListTopics" => xml(operation, &format!("<Topics><member><TopicArn>{topic}</TopicArn></member></Topics>")),
            "GetTopicAttributes" => {
                let policy = json!({ "Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [{
                    "Sid": "__default_statement_ID", "Effect": "Allow", "Principal": { "AWS": "*" }, "Resource": topic,
                    "Action": ["SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:AddPermission", "SNS:RemovePermission",
                               "SNS:DeleteTopic", "SNS:Subscribe", "SNS:ListSubscriptionsByTopic", "SNS:Publish"],
                    "Condition": { "StringEquals": { "AWS:SourceOwner": ID } },
                }] });
                let attributes = [
                    ("TopicArn", topic),
                    ("Owner", ID.to_owned()),
                    ("DisplayName", String::new()),
                    ("Policy", policy.to_string()),
                    ("SubscriptionsConfirmed", "1".to_owned()),
                    ("SubscriptionsPending", "0".to_owned()),
                    ("SubscriptionsDeleted", "0".to_owned()),
                ];
                xml(operation, &entries(&attributes))
            }
            "ListSubscriptionsByTopic" => xml(
                operation,
                &format!(
                    "<Subscriptions><member><Owner>{ID}</Owner><Endpoint>{ADDRESS}</Endpoint><Protocol>email</Protocol>\
                     <TopicArn>{topic}</TopicArn><SubscriptionArn>{subscription}</SubscriptionArn></member></Subscriptions>"
                ),
            ),
            "GetSubscriptionAttributes" => {
                let attributes = [
                    ("SubscriptionArn", subscription),
                    ("TopicArn", topic),
                    ("Owner", ID.to_owned()),
                    ("Protocol", "email".to_owned()),
                    ("Endpoint", ADDRESS.to_owned()),
                    ("PendingConfirmation", "false".to_owned()),
                    ("ConfirmationWasAuthenticated", "false".to_owned()),
                    ("RawMessageDelivery", "false".to_owned()),
                ];
                xml(operation, &entries(&attributes))
            }
            "GetRestApis" => rest(&json!({ "item": [{
                "id": "a1b2c3d4e5", "name": "POC-API", "createdDate": 1_793_525_400, "apiKeySource": "HEADER",
                "endpointConfiguration": { "types": ["REGIONAL"], "ipAddressType": "ipv4" },
                "disableExecuteApiEndpoint": false, "rootResourceId": "r0",
            }] })),
            "GetResources" => rest(&json!({ "item": [{ "id": "r0", "path": "/", "resourceMethods": { "POST": {
                "httpMethod": "POST", "authorizationType": "NONE", "apiKeyRequired": false,
                "methodResponses": { "200": { "statusCode": "200", "responseModels": { "application/json": "Empty" } } },
                "methodIntegration": {
                    "type": "AWS", "httpMethod": "POST", "uri": format!("arn:aws:apigateway:{REGION}:sqs:path//{ID}/POC-Queue"),
                    "credentials": format!("arn:aws:iam::{ID}:role/APIGateway-SQS"), "passthroughBehavior": "NEVER",
                    "requestParameters": { "integration.request.header.Content-Type": "'application/x-www-form-urlencoded'" },
                    "requestTemplates": { "application/json": "Action=SendMessage&MessageBody=$input.body" },
                    "timeoutInMillis": 29000, "cacheNamespace": "r0", "cacheKeyParameters": [],
                    "integrationResponses": { "200": { "statusCode": "200", "responseTemplates": {} } },
                },
            } } }] })),
            "GetStages" => rest(&json!({ "item": [{
                "stageName": "prod", "deploymentId": "d1", "createdDate": 1_793_525_400, "lastUpdatedDate": 1_793_525_400,
                "cacheClusterEnabled": false, "cacheClusterStatus": "NOT_AVAILABLE", "methodSettings": {}, "tracingEnabled": false,
            }] })),
            other => panic!("{other} is not expected"),
        }
    }
}

impl Answers for Lab {
    fn answer(&self, request: &Request) -> Outcome {
        if let Some((service, stranger)) = self.stranger
            && request.service == service
        {
            return stranger(request);
        }
        match self.answer_to(request) {
            Outcome::Response { status, headers, body } => {
                let body = self.changed(&request.operation, String::from_utf8(body).expect("text"));
                Outcome::Response { status, headers, body: body.into() }
            }
            other => other,
        }
    }
}

/// The rules at `origin`.
pub(crate) fn rules_at(origin: Origin) -> Rules {
    let types = Types {
        kind: services::kind,
        names: || services::kinds().map(|kind| kind.type_name).collect(),
        checks: || plimsoll::checks::all().collect(),
    };
    let rules = load(&Load { origin, parameters: &BTreeMap::new(), complete: true, types });
    rules.unwrap_or_else(|diagnostics| panic!("{}", diagnostics.render(false, 120)))
}

/// What a scan of `lab` by the rules called `name` reads and says. All of it goes through a recording, from which it is
/// read again: what is said must be the same.
pub(crate) async fn scanned(lab: Lab, name: &str) -> (Account, Report) {
    let rules = rules_at(Origin::Builtin(name.to_owned()));
    let place = Whereabouts { account: Some(ID.to_owned()), partition: "aws".into(), region: REGION.into() };
    let source = Source::Answers(Arc::new(lab), quick());
    let session = Session::open(source, Some(REGION), true).await.expect("a session");
    let needs = rules.needs(&place);
    let account = plimsoll::scan::fetch(&session, &needs, &|_, _| {}).await;
    let report = audit::audit(&rules, &account, &place);
    let recording = session.recording("x").expect("a recording");
    assert!(!recording.to_json().expect("JSON").contains(ADDRESS), "an address was recorded");
    let replayed = super::replay(recording, &needs).await;
    assert_eq!(audit::audit(&rules, &replayed, &place).findings, report.findings, "a replay says something else");
    (account, report)
}

/// The verdict on each pair of rule and resource, with what was found.
pub(crate) type Said = BTreeMap<(String, String), (Verdict, String)>;

/// What a report says.
pub(crate) fn said(report: &Report) -> Said {
    let findings = report.findings.iter().cloned();
    findings.map(|finding| ((finding.rule, finding.resource), (finding.verdict, finding.found))).collect()
}
