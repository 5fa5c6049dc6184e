//! A small account that answers as AWS does, in XML and JSON, with faults put in its way.

use plimsoll::aws::{Answers, Outcome, Request, Session, Source, Timing};
use plimsoll::model::{Account, Needs, Scope};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) const ID: &str = "123456789012";

type Fault = Box<dyn Fn(&Request, usize) -> Option<Outcome> + Send + Sync>;

/// The account, the size of its pages, and what goes wrong with the n-th request (from 1).
pub(crate) struct Fake {
    pub(crate) page: usize,
    pub(crate) fault: Fault,
    pub(crate) roles: Vec<&'static str>,
    pub(crate) queues: Vec<String>,
    pub(crate) functions: Vec<String>,
    pub(crate) tables: Vec<String>,
    /// What each role has.
    pub(crate) of_role: fn(&str) -> OfRole,
    pub(crate) sent: Mutex<Vec<Request>>,
    count: AtomicUsize,
}

/// What a role has: the ARNs of the policies that are attached to it, and that of its boundary.
pub(crate) struct OfRole {
    pub(crate) attached: Vec<String>,
    pub(crate) boundary: Option<String>,
}

impl OfRole {
    /// What every principal has where a test says nothing else.
    fn usual(_: &str) -> Self {
        let own = format!("arn:aws:iam::{ID}:policy/write");
        Self { attached: vec![own.clone(), AWS_POLICY.to_owned()], boundary: Some(own) }
    }

    fn attached(&self) -> String {
        self.attached.iter().fold(String::new(), |mut text, arn| {
            let name = arn.rsplit('/').next().unwrap_or_default();
            let _ = write!(text, "<member><PolicyName>{name}</PolicyName><PolicyArn>{arn}</PolicyArn></member>");
            text
        })
    }

    fn boundary(&self) -> String {
        self.boundary.as_ref().map_or_else(String::new, |arn| {
            format!(
                "<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType>\
                 <PermissionsBoundaryArn>{arn}</PermissionsBoundaryArn></PermissionsBoundary>"
            )
        })
    }
}

impl std::fmt::Debug for Fake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fake")
    }
}

impl Fake {
    pub(crate) fn new(page: usize, fault: impl Fn(&Request, usize) -> Option<Outcome> + Send + Sync + 'static) -> Self {
        Self {
            page,
            fault: Box::new(fault),
            roles: vec!["api", "reader", "writer"],
            queues: ["dead", "orders", "orders.fifo"].map(str::to_owned).to_vec(),
            functions: ["announcer", "writer"].map(str::to_owned).to_vec(),
            tables: ["orders", "sessions"].map(str::to_owned).to_vec(),
            of_role: OfRole::usual,
            sent: Mutex::default(),
            count: AtomicUsize::new(0),
        }
    }

    pub(crate) fn sound() -> Self {
        Self::new(1000, |_, _| None)
    }

    pub(crate) fn sent(&self, operation: &str) -> usize {
        self.sent.lock().expect("lock").iter().filter(|request| request.operation == operation).count()
    }
}

pub(crate) fn quick() -> Timing {
    Timing {
        operation: Duration::from_secs(5),
        attempt: Duration::from_secs(2),
        first_pause: Duration::ZERO,
        attempts: 6,
        keeps_pace: false,
    }
}

pub(crate) async fn session(fake: &Arc<Fake>, record: bool) -> Session {
    let source = Source::Answers(Arc::clone(fake) as Arc<dyn Answers>, quick());
    Session::open(source, Some("us-east-1"), record).await.expect("a session")
}

pub(crate) async fn fetch(fake: &Arc<Fake>, needs: &Needs) -> Account {
    plimsoll::scan::fetch(&session(fake, false).await, needs, &|_, _| {}).await
}

/// The services that this account has something of.
const HERE: [&str; 4] = ["dynamodb", "iam", "lambda", "sqs"];

/// Everything that can be read, of everything in this account.
pub(crate) fn everything() -> Needs {
    everything_of(|_| true)
}

/// Everything that can be read of the services that are `wanted`.
pub(crate) fn everything_of(wanted: impl Fn(&str) -> bool) -> Needs {
    let mut needs = Needs::default();
    for kind in plimsoll::services::kinds().filter(|kind| HERE.contains(&kind.service) && wanted(kind.service)) {
        let region = if kind.scope == Scope::Regional { "us-east-1" } else { "" };
        needs.all(kind.type_name, region, kind.fields().iter().map(|field| field.name.as_str()));
    }
    needs
}

/// Everything that can be read of some things, and one of each kind that is not there.
pub(crate) fn by_name() -> Needs {
    by_name_of(|_| true)
}

/// Everything that can be read of some things of the services that are `wanted`, and one of each kind that is not there.
pub(crate) fn by_name_of(wanted: impl Fn(&str) -> bool) -> Needs {
    let mut needs = Needs::default();
    for (type_name, region, names) in [
        ("AWS::IAM::Role", "", ["writer", "nobody"]),
        ("AWS::IAM::User", "", ["ann", "nobody"]),
        ("AWS::IAM::Group", "", ["staff", "nobody"]),
        ("AWS::IAM::ManagedPolicy", "", ["write", "nothing"]),
        ("AWS::SQS::Queue", "us-east-1", ["orders", "nowhere"]),
        ("AWS::Lambda::Function", "us-east-1", ["writer", "nowhere"]),
        ("AWS::DynamoDB::Table", "us-east-1", ["orders", "nowhere"]),
    ] {
        let kind = plimsoll::services::kind(type_name).expect("a kind");
        for name in names.into_iter().filter(|_| wanted(kind.service)) {
            needs.named(type_name, region, name, kind.fields().iter().map(|field| field.name.as_str()));
        }
    }
    for type_name in ["AWS::Lambda::EventSourceMapping", "AWS::Lambda::Url"] {
        let kind = plimsoll::services::kind(type_name).expect("a kind");
        for name in ["writer", "nowhere"].into_iter().filter(|_| wanted(kind.service)) {
            needs.children(type_name, "us-east-1", name, kind.fields().iter().map(|field| field.name.as_str()));
        }
    }
    needs
}

pub(crate) fn xml(operation: &str, result: &str) -> Outcome {
    let body = format!(
        "<{operation}Response xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\n<{operation}Result>{result}</{operation}Result>\n\
         <ResponseMetadata><RequestId>req-{operation}</RequestId></ResponseMetadata>\n</{operation}Response>\n"
    );
    Outcome::Response { status: 200, headers: vec![("content-type".into(), "text/xml".into())], body: body.into() }
}

pub(crate) fn json(body: &serde_json::Value) -> Outcome {
    let headers = vec![
        ("content-type".into(), "application/x-amz-json-1.0".into()),
        ("x-amzn-requestid".into(), "req-json".into()),
    ];
    Outcome::Response { status: 200, headers, body: body.to_string().into() }
}

/// An error as the service of `request` writes it.
pub(crate) fn error(request: &Request, status: u16, code: &str) -> Outcome {
    if request.service == "sqs" {
        let headers = vec![
            ("content-type".into(), "application/x-amz-json-1.0".into()),
            ("x-amzn-query-error".into(), format!("{code};Sender")),
        ];
        let body = serde_json::json!({ "__type": format!("com.amazonaws.sqs#{code}"), "message": "no" });
        return Outcome::Response { status, headers, body: body.to_string().into() };
    }
    if request.service == "lambda" {
        let headers = vec![
            ("content-type".into(), "application/json".into()),
            ("x-amzn-errortype".into(), format!("{code}:http://internal.amazon.com/coral/com.amazonaws.awsgirapi/")),
        ];
        let body = serde_json::json!({ "Type": "User", "Message": "no" });
        return Outcome::Response { status, headers, body: body.to_string().into() };
    }
    if request.service == "dynamodb" {
        let headers = vec![("content-type".into(), "application/x-amz-json-1.0".into())];
        let body = serde_json::json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "no" });
        return Outcome::Response { status, headers, body: body.to_string().into() };
    }
    let body = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>no</Message></Error>\
         <RequestId>req-error</RequestId></ErrorResponse>"
    );
    Outcome::Response { status, headers: vec![("content-type".into(), "text/xml".into())], body: body.into() }
}

pub(crate) fn encoded(document: &str) -> String {
    document.bytes().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "%{byte:02X}");
        text
    })
}

pub(crate) const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const WRITE: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:PutItem","Resource":"*"}]}"#;
const AWS_POLICY: &str = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

fn tags() -> &'static str {
    "<Tags><member><Key>owner</Key><Value>a secret of ann</Value></member></Tags>"
}

fn last_used() -> &'static str {
    "<RoleLastUsed><LastUsedDate>2026-11-01T10:00:00Z</LastUsedDate><Region>us-east-1</Region></RoleLastUsed>"
}

fn role_head(name: &str) -> String {
    format!(
        "<Path>/</Path><RoleName>{name}</RoleName><RoleId>AROA{name}</RoleId><Arn>arn:aws:iam::{ID}:role/{name}</Arn>\
         <CreateDate>2026-01-01T00:00:00Z</CreateDate><AssumeRolePolicyDocument>{}</AssumeRolePolicyDocument>",
        encoded(TRUST)
    )
}

fn user_head() -> String {
    format!(
        "<Path>/</Path><UserName>ann</UserName><UserId>AIDAann</UserId><Arn>arn:aws:iam::{ID}:user/ann</Arn>\
         <CreateDate>2026-01-01T00:00:00Z</CreateDate>"
    )
}

fn group_head() -> String {
    format!(
        "<Path>/</Path><GroupName>staff</GroupName><GroupId>AGPAstaff</GroupId><Arn>arn:aws:iam::{ID}:group/staff</Arn>\
         <CreateDate>2026-01-01T00:00:00Z</CreateDate>"
    )
}

fn policy_head(arn: &str, name: &str) -> String {
    format!(
        "<PolicyName>{name}</PolicyName><PolicyId>ANPA{name}</PolicyId><Arn>{arn}</Arn><Path>/</Path>\
         <DefaultVersionId>v2</DefaultVersionId><AttachmentCount>5</AttachmentCount>\
         <PermissionsBoundaryUsageCount>1</PermissionsBoundaryUsageCount><IsAttachable>true</IsAttachable>\
         <CreateDate>2026-01-01T00:00:00Z</CreateDate><UpdateDate>2026-01-02T00:00:00Z</UpdateDate>"
    )
}

fn inline(list: &str) -> String {
    format!(
        "<{list}><member><PolicyName>in</PolicyName><PolicyDocument>{}</PolicyDocument></member></{list}>",
        encoded(WRITE)
    )
}

impl Fake {
    /// The entities of the account: the name that the filter has for each, the list it is in, and itself.
    fn entities(&self) -> Vec<(&'static str, &'static str, String)> {
        let managed = |of: &OfRole| format!("<AttachedManagedPolicies>{}</AttachedManagedPolicies>", of.attached());
        let usual = OfRole::usual("");
        let attached = managed(&usual);
        let mut entities = vec![
            (
                "User",
                "UserDetailList",
                format!(
                    "{}{attached}{}<GroupList><member>staff</member></GroupList>{}{}",
                    user_head(),
                    inline("UserPolicyList"),
                    usual.boundary(),
                    tags()
                ),
            ),
            ("Group", "GroupDetailList", format!("{}{attached}{}", group_head(), inline("GroupPolicyList"))),
        ];
        for name in &self.roles {
            let of_role = (self.of_role)(name);
            entities.push((
                "Role",
                "RoleDetailList",
                format!(
                    "{}{}{}<InstanceProfileList/>{}{}{}",
                    role_head(name),
                    managed(&of_role),
                    inline("RolePolicyList"),
                    of_role.boundary(),
                    tags(),
                    last_used()
                ),
            ));
        }
        let versions = format!(
            "<PolicyVersionList><member><Document>%7B%7D</Document><VersionId>v1</VersionId>\
             <IsDefaultVersion>false</IsDefaultVersion></member><member><Document>{}</Document><VersionId>v2</VersionId>\
             <IsDefaultVersion>true</IsDefaultVersion></member></PolicyVersionList>",
            encoded(WRITE)
        );
        let arn = format!("arn:aws:iam::{ID}:policy/write");
        entities.push(("LocalManagedPolicy", "Policies", format!("{}{versions}", policy_head(&arn, "write"))));
        entities
    }

    fn details(&self, request: &Request) -> Outcome {
        let wanted: Vec<_> = request
            .body
            .split('&')
            .filter(|field| field.starts_with("Filter"))
            .filter_map(|f| f.split_once('='))
            .collect();
        let entities: Vec<_> = self
            .entities()
            .into_iter()
            .filter(|(entity, _, _)| wanted.iter().any(|(_, value)| value == entity))
            .collect();
        let from: usize = request.form("Marker").map_or(0, |marker| marker.parse().expect("a marker"));
        let until = (from + self.page).min(entities.len());
        let mut result = String::new();
        for list in ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"] {
            let _ = write!(result, "<{list}>");
            for (_, _, entity) in entities[from..until].iter().filter(|(_, of, _)| *of == list) {
                let _ = write!(result, "<member>{entity}</member>");
            }
            let _ = write!(result, "</{list}>");
        }
        let more = until < entities.len();
        let _ = write!(result, "<IsTruncated>{more}</IsTruncated>");
        if more {
            let _ = write!(result, "<Marker>{until}</Marker>");
        }
        xml(&request.operation, &result)
    }

    fn iam(&self, request: &Request) -> Outcome {
        let operation = request.operation.as_str();
        let named = |key: &str, known: &[&str]| request.form(key).is_some_and(|name| known.contains(&name));
        let exists = if operation.contains("Role") && operation != "ListRoles" {
            named("RoleName", &self.roles)
        } else if operation.contains("User") && operation != "ListUsers" {
            named("UserName", &["ann"])
        } else if operation.contains("Group") && operation != "ListGroups" {
            named("GroupName", &["staff"])
        } else {
            true
        };
        if !exists {
            return error(request, 404, "NoSuchEntity");
        }
        let role = request.form("RoleName").unwrap_or_default();
        let whole = |list: &str, items: &str| {
            xml(operation, &format!("<{list}>{items}</{list}><IsTruncated>false</IsTruncated>"))
        };
        let arn = request.form("PolicyArn").unwrap_or_default().replace("%3A", ":").replace("%2F", "/");
        let policy_name = arn.rsplit('/').next().unwrap_or_default();
        let local = format!("arn:aws:iam::{ID}:policy/write");
        match operation {
            "GetAccountAuthorizationDetails" => self.details(request),
            "GetRole" => xml(
                operation,
                &format!(
                    "<Role>{}<Description>what {role} does</Description><MaxSessionDuration>3600</MaxSessionDuration>{}{}{}</Role>",
                    role_head(role),
                    (self.of_role)(role).boundary(),
                    tags(),
                    last_used()
                ),
            ),
            "GetUser" => xml(
                operation,
                &format!(
                    "<User>{}{}{}<PasswordLastUsed>2026-11-02T00:00:00Z</PasswordLastUsed></User>",
                    user_head(),
                    OfRole::usual("").boundary(),
                    tags()
                ),
            ),
            "GetGroup" => xml(
                operation,
                &format!("<Group>{}</Group><Users/><IsTruncated>true</IsTruncated><Marker>m</Marker>", group_head()),
            ),
            "ListRoles" => {
                let roles: String =
                    self.roles.iter().map(|name| format!("<member>{}</member>", role_head(name))).collect();
                whole("Roles", &roles)
            }
            "ListUsers" => whole("Users", &format!("<member>{}</member>", user_head())),
            "ListGroups" | "ListGroupsForUser" => whole("Groups", &format!("<member>{}</member>", group_head())),
            "ListAttachedRolePolicies" => whole("AttachedPolicies", &(self.of_role)(role).attached()),
            "ListAttachedUserPolicies" | "ListAttachedGroupPolicies" => {
                whole("AttachedPolicies", &OfRole::usual("").attached())
            }
            "ListRolePolicies" | "ListUserPolicies" | "ListGroupPolicies" => {
                whole("PolicyNames", "<member>in</member>")
            }
            "GetRolePolicy" | "GetUserPolicy" | "GetGroupPolicy" => xml(
                operation,
                &format!(
                    "<RoleName>x</RoleName><UserName>x</UserName><GroupName>x</GroupName><PolicyName>in</PolicyName>\
                     <PolicyDocument>{}</PolicyDocument>",
                    encoded(WRITE)
                ),
            ),
            "ListPolicies" if request.form("OnlyAttached") == Some("true") => whole(
                "Policies",
                &format!("<member>{}</member>", policy_head(AWS_POLICY, "AWSLambdaBasicExecutionRole")),
            ),
            "ListPolicies" => whole("Policies", &format!("<member>{}</member>", policy_head(&local, "write"))),
            "GetPolicy" => xml(
                operation,
                &format!(
                    "<Policy>{}<Description>writes</Description>{}</Policy>",
                    policy_head(&arn, policy_name),
                    tags()
                ),
            ),
            "GetPolicyVersion" => xml(
                operation,
                &format!(
                    "<PolicyVersion><Document>{}</Document><VersionId>v2</VersionId><IsDefaultVersion>true</IsDefaultVersion></PolicyVersion>",
                    encoded(WRITE)
                ),
            ),
            other => panic!("{other} is not expected"),
        }
    }

    fn sqs(&self, request: &Request) -> Outcome {
        let url = |name: &str| format!("https://sqs.us-east-1.amazonaws.com/{ID}/{name}");
        match request.operation.as_str() {
            "ListQueues" => {
                let from: usize = request.member("NextToken").map_or(0, |token| token.parse().expect("a token"));
                let until = (from + self.page).min(self.queues.len());
                let urls: Vec<_> = self.queues[from..until].iter().map(|name| url(name)).collect();
                let mut page = serde_json::json!({ "QueueUrls": urls });
                if until < self.queues.len() {
                    page["NextToken"] = until.to_string().into();
                }
                json(&page)
            }
            "ListQueueTags" => json(&serde_json::json!({ "Tags": { "owner": "a secret of ann" } })),
            "GetQueueAttributes" => {
                let url = request.member("QueueUrl").expect("a url");
                json(&serde_json::json!({ "Attributes": attributes(url.rsplit('/').next().expect("a name")) }))
            }
            other => panic!("{other} is not expected"),
        }
    }
}

/// The attributes of a queue as AWS sends them.
pub(crate) fn attributes(name: &str) -> serde_json::Value {
    let arn = |name: &str| format!("arn:aws:sqs:us-east-1:{ID}:{name}");
    let mut attributes = serde_json::json!({
        "QueueArn": arn(name),
        "CreatedTimestamp": "1767225600",
        "LastModifiedTimestamp": "1767225601.25",
        "DelaySeconds": "0",
        "MaximumMessageSize": "1048576",
        "MessageRetentionPeriod": "345600",
        "ReceiveMessageWaitTimeSeconds": "20",
        "VisibilityTimeout": "30",
        "SqsManagedSseEnabled": "true",
        "Policy": TRUST,
        "RedrivePolicy": serde_json::json!({ "deadLetterTargetArn": arn("dead"), "maxReceiveCount": "5" }).to_string(),
        "RedriveAllowPolicy":
            serde_json::json!({ "redrivePermission": "byQueue", "sourceQueueArns": [arn("orders")] }).to_string(),
    });
    if name.ends_with(".fifo") {
        attributes["FifoQueue"] = "true".into();
        attributes["ContentBasedDeduplication"] = "false".into();
        attributes["DeduplicationScope"] = "queue".into();
        attributes["FifoThroughputLimit"] = "perQueue".into();
    }
    attributes
}

impl Fake {
    /// What the account answers when nothing goes wrong.
    pub(crate) fn answer_to(&self, request: &Request) -> Outcome {
        match request.service.as_str() {
            "sts" => xml(
                "GetCallerIdentity",
                &format!("<Arn>arn:aws:iam::{ID}:user/auditor</Arn><UserId>AIDA</UserId><Account>{ID}</Account>"),
            ),
            "iam" => self.iam(request),
            "lambda" => self.lambda(request),
            "dynamodb" => self.dynamodb(request),
            _ => self.sqs(request),
        }
    }
}

impl Answers for Fake {
    fn answer(&self, request: &Request) -> Outcome {
        let number = self.count.fetch_add(1, Ordering::SeqCst) + 1;
        self.sent.lock().expect("lock").push(request.clone());
        if let Some(outcome) = (self.fault)(request, number) {
            return outcome;
        }
        self.answer_to(request)
    }
}
