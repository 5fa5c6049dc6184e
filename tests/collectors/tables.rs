//! Tables: how AWS answers of them, and what is made of it.

use super::account::{Fake, ID, TRUST, by_name, error, everything, fetch, json, session};
use super::{TABLE, of, reason, replay};
use plimsoll::aws::{Outcome, Request};
use plimsoll::model::{Account, Call, Listing, Needs, Presence, Reason, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

const REGION: &str = "us-east-1";

fn arn(name: &str) -> String {
    format!("arn:aws:dynamodb:{REGION}:{ID}:table/{name}")
}

/// What AWS tells of a table: `orders` with all there is, others with what a table must have.
fn table(name: &str) -> serde_json::Value {
    let key = |name: &str, kind: &str| serde_json::json!({ "AttributeName": name, "KeyType": kind });
    let mut table = serde_json::json!({
        "TableName": name, "TableArn": arn(name), "TableStatus": "ACTIVE", "CreationDateTime": 1_767_225_600.25,
        "KeySchema": [key("orderID", "HASH"), key("at", "RANGE")], "ItemCount": 7, "TableSizeBytes": 512,
        "AttributeDefinitions": [
            { "AttributeName": "orderID", "AttributeType": "S" }, { "AttributeName": "at", "AttributeType": "N" },
        ],
        "ProvisionedThroughput": { "NumberOfDecreasesToday": 0, "ReadCapacityUnits": 5, "WriteCapacityUnits": 6 },
    });
    if name == "orders" {
        let stream = format!("{}/stream/2026-01-01T00:00:00.000", arn(name));
        table["StreamSpecification"] = serde_json::json!({ "StreamEnabled": true, "StreamViewType": "NEW_IMAGE" });
        table["LatestStreamArn"] = stream.into();
        table["LatestStreamLabel"] = "2026-01-01T00:00:00.000".into();
        table["BillingModeSummary"] = serde_json::json!({ "BillingMode": "PAY_PER_REQUEST" });
        table["ProvisionedThroughput"] = serde_json::json!({ "ReadCapacityUnits": 0, "WriteCapacityUnits": 0 });
        table["TableClassSummary"] = serde_json::json!({ "TableClass": "STANDARD_INFREQUENT_ACCESS" });
        table["DeletionProtectionEnabled"] = true.into();
        table["SSEDescription"] = serde_json::json!({
            "Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": format!("arn:aws:kms:{REGION}:{ID}:key/k"),
        });
        let index = |name: &str| {
            serde_json::json!({
                "IndexName": name, "KeySchema": [key("at", "HASH")], "IndexStatus": "ACTIVE",
                "Projection": { "ProjectionType": "INCLUDE", "NonKeyAttributes": ["y", "x"] },
            })
        };
        table["GlobalSecondaryIndexes"] = serde_json::json!([index("second"), index("first")]);
        table["LocalSecondaryIndexes"] = serde_json::json!([index("local")]);
    }
    table
}

impl Fake {
    pub(crate) fn dynamodb(&self, request: &Request) -> Outcome {
        if request.operation == "ListTables" {
            let after = request.member("ExclusiveStartTableName");
            let from = after.map_or(0, |after| self.tables.iter().position(|name| *name == after).expect("it") + 1);
            let until = (from + self.page.min(100)).min(self.tables.len());
            let mut page = serde_json::json!({ "TableNames": self.tables[from..until] });
            if until < self.tables.len() {
                page["LastEvaluatedTableName"] = self.tables[until - 1].clone().into();
            }
            return json(&page);
        }
        let arn = request.member("TableName").or_else(|| request.member("ResourceArn")).expect("a table");
        let name = arn.rsplit('/').next().expect("a name");
        if !self.tables.iter().any(|table| table == name) {
            return error(request, 400, "ResourceNotFoundException");
        }
        json(&match request.operation.as_str() {
            "DescribeTable" => serde_json::json!({ "Table": table(name) }),
            "DescribeTimeToLive" => serde_json::json!({
                "TimeToLiveDescription": { "TimeToLiveStatus": "ENABLED", "AttributeName": "expires" },
            }),
            "DescribeContinuousBackups" => serde_json::json!({ "ContinuousBackupsDescription": {
                "ContinuousBackupsStatus": "ENABLED",
                "PointInTimeRecoveryDescription": { "PointInTimeRecoveryStatus": "ENABLED" },
            } }),
            "GetResourcePolicy" => serde_json::json!({ "Policy": TRUST, "RevisionId": "r" }),
            "ListTagsOfResource" if request.member("NextToken").is_some() => {
                serde_json::json!({ "Tags": [{ "Key": "team", "Value": "orders" }] })
            }
            "ListTagsOfResource" => {
                serde_json::json!({ "Tags": [{ "Key": "owner", "Value": "a secret of ann" }], "NextToken": "more" })
            }
            other => panic!("{other} is not expected"),
        })
    }
}

async fn answering(operation: &'static str, answer: serde_json::Value) -> Account {
    let fault = move |request: &Request, _| (request.operation == operation).then(|| json(&answer));
    fetch(&Arc::new(Fake::new(1000, fault)), &everything()).await
}

async fn refusing(operation: &'static str, status: u16, code: &'static str, needs: &Needs) -> (Arc<Fake>, Account) {
    let fault = move |request: &Request, _| (request.operation == operation).then(|| error(request, status, code));
    let fake = Arc::new(Fake::new(1000, fault));
    let account = fetch(&fake, needs).await;
    (fake, account)
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[tokio::test]
async fn a_table_is_read_as_aws_tells_it() {
    let account = fetch(&Arc::new(Fake::sound()), &everything()).await;
    let orders = of(&account, TABLE, "orders");
    let Value::List(keys) = orders.get("KeySchema") else { panic!("no list of keys") };
    let keys: Vec<_> = keys.iter().map(|key| (key.get("AttributeName"), key.get("KeyType"))).collect();
    assert_eq!(keys, [(&text("orderID"), &text("HASH")), (&text("at"), &text("RANGE"))]);
    assert!(matches!(orders.get("AttributeDefinitions"), Value::Set(of) if of[0].get("AttributeType") == &text("N")));
    assert_eq!(
        (orders.get("BillingMode"), orders.get("ProvisionedThroughput")),
        (&text("PAY_PER_REQUEST"), &Value::Absent)
    );
    assert_eq!(orders.get("TableClass"), &text("STANDARD_INFREQUENT_ACCESS"));
    assert_eq!(orders.get("DeletionProtectionEnabled"), &Value::Bool(true));
    assert_eq!(orders.get("StreamSpecification").get("StreamViewType"), &text("NEW_IMAGE"));
    assert!(
        matches!(orders.get("StreamArn"), Value::Arn(arn) if arn.resource.ends_with("stream/2026-01-01T00:00:00.000"))
    );
    assert_eq!(orders.get("SSESpecification").get("SSEEnabled"), &Value::Bool(true));
    assert!(matches!(orders.get("SSESpecification").get("KMSMasterKeyId"), Value::Arn(_)));
    let Value::Set(indexes) = orders.get("GlobalSecondaryIndexes") else { panic!("no set of indexes") };
    let names: Vec<_> = indexes.iter().map(|index| index.get("IndexName")).collect();
    assert_eq!(names, [&text("first"), &text("second")]);
    assert_eq!(indexes[0].get("Projection").get("NonKeyAttributes"), &Value::Set(vec![text("x"), text("y")]));
    assert_eq!(indexes[0].get("ProvisionedThroughput"), &Value::Absent);
    assert_eq!(orders.get("TimeToLiveSpecification").get("AttributeName"), &text("expires"));
    let recovery = orders.get("PointInTimeRecoverySpecification").get("PointInTimeRecoveryEnabled");
    assert_eq!(recovery, &Value::Bool(true));
    assert!(matches!(orders.get("Policy"), Value::Policy(_)));
    // The tags came in two pages.
    assert_eq!(
        (orders.get("Tags").get("owner"), orders.get("Tags").get("team")),
        (&text("a secret of ann"), &text("orders"))
    );
    assert_eq!(orders.get("CreationDateTime"), &text("2026-01-01T00:00:00Z"));
    assert!(!format!("{orders:?}").contains("ItemCount"));

    let sessions = of(&account, TABLE, "sessions");
    assert_eq!((sessions.get("BillingMode"), sessions.get("TableClass")), (&text("PROVISIONED"), &text("STANDARD")));
    assert_eq!(sessions.get("ProvisionedThroughput").get("WriteCapacityUnits"), &Value::Number(6));
    assert_eq!(sessions.get("DeletionProtectionEnabled"), &Value::Bool(false));
    for absent in [
        "StreamSpecification",
        "StreamArn",
        "LatestStreamLabel",
        "SSESpecification",
        "GlobalSecondaryIndexes",
        "LocalSecondaryIndexes",
    ] {
        assert_eq!(sessions.get(absent), &Value::Absent, "{absent}");
    }
}

#[tokio::test]
async fn a_table_without_a_policy_has_none_and_one_that_vanished_is_unread() {
    let (_, account) = refusing("GetResourcePolicy", 400, "PolicyNotFoundException", &everything()).await;
    assert_eq!((of(&account, TABLE, "orders").get("Policy"), account.gaps.len()), (&Value::Absent, 0));
    for (operation, code) in [
        ("GetResourcePolicy", "ResourceNotFoundException"),
        ("DescribeTable", "ResourceNotFoundException"),
        ("DescribeTimeToLive", "ResourceNotFoundException"),
        ("DescribeContinuousBackups", "TableNotFoundException"),
        ("ListTagsOfResource", "ResourceNotFoundException"),
    ] {
        let (_, account) = refusing(operation, 400, code, &everything()).await;
        let gone = Reason::Vanished(code.to_owned());
        assert!(account.gaps.iter().all(|gap| gap.reason == gone && gap.call.operation == operation), "{operation}");
        assert_eq!(account.gaps.len(), 2, "{operation}");
        assert!(matches!(account.presence(TABLE, REGION, "orders"), Some(Presence::Found(_))), "{operation}");
    }
}

#[tokio::test]
async fn what_is_off_is_known_to_be_off() {
    let off = serde_json::json!({ "TimeToLiveDescription": { "TimeToLiveStatus": "DISABLED" } });
    let account = answering("DescribeTimeToLive", off).await;
    let setting = of(&account, TABLE, "orders").get("TimeToLiveSpecification");
    assert_eq!((setting.get("Enabled"), setting.get("AttributeName")), (&Value::Bool(false), &Value::Absent));
    let off = serde_json::json!({ "ContinuousBackupsDescription": {
        "ContinuousBackupsStatus": "ENABLED",
        "PointInTimeRecoveryDescription": { "PointInTimeRecoveryStatus": "DISABLED" },
    } });
    let account = answering("DescribeContinuousBackups", off).await;
    let setting = of(&account, TABLE, "orders").get("PointInTimeRecoverySpecification");
    assert_eq!(setting.get("PointInTimeRecoveryEnabled"), &Value::Bool(false));
    for (operation, answer, field) in [
        ("DescribeTimeToLive", serde_json::json!({ "TimeToLiveDescription": {} }), "TimeToLiveSpecification"),
        (
            "DescribeContinuousBackups",
            serde_json::json!({ "ContinuousBackupsDescription": { "ContinuousBackupsStatus": "ENABLED" } }),
            "PointInTimeRecoverySpecification",
        ),
    ] {
        let account = answering(operation, answer).await;
        assert!(matches!(reason(of(&account, TABLE, "orders").get(field)), Reason::Malformed(_)), "{field}");
    }
    let mut table = table("orders");
    table["StreamSpecification"] = serde_json::json!({ "StreamEnabled": false });
    table["SSEDescription"] = serde_json::json!({ "Status": "DISABLED" });
    let account = answering("DescribeTable", serde_json::json!({ "Table": table })).await;
    let orders = of(&account, TABLE, "orders");
    assert_eq!((orders.get("StreamSpecification"), orders.get("SSESpecification")), (&Value::Absent, &Value::Absent));
    // AWS goes on telling which stream was the latest.
    assert!(matches!(orders.get("StreamArn"), Value::Arn(_)));
}

#[tokio::test]
async fn one_bad_value_of_a_table_spoils_one_field() {
    let mut table = table("orders");
    for left_out in ["KeySchema", "AttributeDefinitions", "TableStatus", "CreationDateTime"] {
        table.as_object_mut().expect("an object").remove(left_out);
    }
    table["LatestStreamArn"] = "orders".into();
    table["SSEDescription"] = serde_json::json!({ "SSEType": "KMS" });
    table["StreamSpecification"] = serde_json::json!({ "StreamEnabled": true });
    let account = answering("DescribeTable", serde_json::json!({ "Table": table })).await;
    let orders = of(&account, TABLE, "orders");
    for field in
        ["KeySchema", "AttributeDefinitions", "TableStatus", "CreationDateTime", "StreamArn", "SSESpecification"]
    {
        assert!(matches!(reason(orders.get(field)), Reason::Malformed(_)), "{field}");
    }
    assert!(matches!(reason(orders.get("StreamSpecification").get("StreamViewType")), Reason::Malformed(_)));
    assert_eq!(orders.get("BillingMode"), &text("PAY_PER_REQUEST"));
    // And the answer about another table spoils all.
    assert!(matches!(reason(of(&account, TABLE, "sessions").get("BillingMode")), Reason::Malformed(_)));
}

#[tokio::test]
async fn where_the_list_is_refused_tables_are_read_by_name() {
    let whole = fetch(&Arc::new(Fake::sound()), &by_name()).await;
    for (status, code) in [(400, "AccessDeniedException"), (400, "ThrottlingException"), (500, "InternalServerError")] {
        let (fake, account) = refusing("ListTables", status, code, &by_name()).await;
        assert_eq!(of(&account, TABLE, "orders"), of(&whole, TABLE, "orders"), "{code}");
        assert_eq!(fake.sent("DescribeTable"), 2, "once a name");
        let call = Call::new("dynamodb", "DescribeTable", REGION, "nowhere");
        assert_eq!(account.presence(TABLE, REGION, "nowhere"), Some(Presence::Missing(vec![call])), "{code}");
        assert!(matches!(account.listing(TABLE, REGION), Some(Listing::Broken(_))));
    }
    let denied = |request: &Request, _: usize| {
        (request.service == "dynamodb").then(|| error(request, 400, "AccessDeniedException"))
    };
    let account = fetch(&Arc::new(Fake::new(1000, denied)), &by_name()).await;
    for name in ["orders", "nowhere"] {
        assert!(matches!(account.presence(TABLE, REGION, name), Some(Presence::Unknown(_))), "{name}");
    }
}

#[tokio::test]
async fn a_table_whose_existence_alone_matters_takes_the_list_alone() {
    let mut needs = Needs::default();
    needs.named(TABLE, REGION, "orders", []);
    needs.named(TABLE, REGION, "Orders", []);
    let fake = Arc::new(Fake::sound());
    let account = fetch(&fake, &needs).await;
    assert_eq!((fake.sent("ListTables"), fake.sent("DescribeTable")), (1, 0));
    assert!(matches!(account.presence(TABLE, REGION, "Orders"), Some(Presence::Missing(_))));
    assert_eq!(reason(of(&account, TABLE, "orders").get("KeySchema")), &Reason::NotAsked);
    assert_eq!(account.names_of(TABLE, REGION).collect::<Vec<_>>(), ["orders", "sessions"]);
}

#[tokio::test]
async fn a_large_account_takes_as_many_calls_as_it_has_pages() {
    let mut fake = Fake::sound();
    fake.tables = (0..200).map(|n| format!("table-{n:03}")).chain(["orders".to_owned()]).collect();
    let fake = Arc::new(fake);
    let mut needs = Needs::default();
    needs.named(TABLE, REGION, "orders", ["KeySchema", "StreamArn"]);
    let account = fetch(&fake, &needs).await;
    assert_eq!((fake.sent("ListTables"), fake.sent("DescribeTable"), account.gaps), (3, 1, BTreeSet::new()));
}

#[tokio::test]
async fn tags_of_tables_that_break_off_are_unread_and_unnamed_ones_are_not_recorded() {
    let second = |request: &Request, _: usize| {
        let second = request.operation == "ListTagsOfResource" && request.member("NextToken").is_some();
        second.then(|| error(request, 400, "AccessDeniedException"))
    };
    let account = fetch(&Arc::new(Fake::new(1000, second)), &everything()).await;
    let tags = of(&account, TABLE, "orders").get("Tags");
    assert_eq!(reason(tags), &Reason::Denied("AccessDeniedException".to_owned()));

    let session = session(&Arc::new(Fake::sound()), true).await;
    let mut needs = Needs::default();
    needs.named(TABLE, REGION, "orders", ["Tags", "Policy"]);
    let live = plimsoll::scan::fetch(&session, &needs, &|_, _| {}).await;
    let recording = session.recording("x").expect("a recording");
    assert_eq!(replay(recording, &needs).await.resources, live.resources);
}
