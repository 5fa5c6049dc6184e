//! Functions, event source mappings and function URLs: how AWS answers of them, and what is made of it.

use super::account::{Fake, ID, TRUST, by_name, error, everything, fetch, json, session};
use super::{FUNCTION, MAPPING, URL, of, reason, replay};
use plimsoll::aws::{Outcome, Request};
use plimsoll::model::{
    Account, Arn, Call, Condition, Disclosure, Gap, Listing, Needs, Presence, Reason, SecretShape, Value,
};
use plimsoll::services;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const REGION: &str = "us-east-1";

fn arn(name: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ID}:function:{name}")
}

/// What AWS lists of a function: all but its state.
pub(crate) fn configuration(name: &str) -> serde_json::Value {
    serde_json::json!({
        "FunctionName": name, "FunctionArn": arn(name), "Runtime": "python3.13",
        "Role": format!("arn:aws:iam::{ID}:role/writer"), "Handler": "lambda_function.lambda_handler",
        "CodeSize": 299, "Description": "", "Timeout": 3, "MemorySize": 128,
        "LastModified": "2026-01-02T03:04:05.000+0000", "CodeSha256": "c2hhMjU2", "Version": "$LATEST",
        "VpcConfig": { "SubnetIds": [], "SecurityGroupIds": [], "VpcId": "" },
        "Environment": { "Variables": { "TARGET": format!("arn:aws:sqs:{REGION}:{ID}:orders") } },
        "DeadLetterConfig": { "TargetArn": format!("arn:aws:sqs:{REGION}:{ID}:dead") },
        "TracingConfig": { "Mode": "Active" }, "PackageType": "Zip", "Architectures": ["arm64"],
        "Layers": [{ "Arn": format!("arn:aws:lambda:{REGION}:{ID}:layer:l:1"), "CodeSize": 1 }],
        "EphemeralStorage": { "Size": 1024 }, "LoggingConfig": { "LogFormat": "JSON", "LogGroup": "logs" },
    })
}

/// What AWS lists of the mapping on the function called `name`: from a queue to `writer`, from a stream to others.
fn mapping(name: &str) -> serde_json::Value {
    let mut mapping = serde_json::json!({
        "UUID": format!("00000000-0000-0000-0000-{name}"), "FunctionArn": arn(name), "BatchSize": 10,
        "EventSourceArn": format!("arn:aws:sqs:{REGION}:{ID}:orders"), "LastModified": 1_767_225_600.5,
        "MaximumBatchingWindowInSeconds": 0, "State": "Enabled", "StateTransitionReason": "USER_INITIATED",
        "FunctionResponseTypes": [],
    });
    if name != "writer" {
        mapping["EventSourceArn"] =
            format!("arn:aws:dynamodb:{REGION}:{ID}:table/orders/stream/2026-01-01T00:00:00.000").into();
        mapping["StartingPosition"] = "LATEST".into();
        mapping["DestinationConfig"] = serde_json::json!({ "OnFailure": {} });
        mapping["MaximumRetryAttempts"] = 2.into();
        mapping["FilterCriteria"] = serde_json::json!({ "Filters": [{ "Pattern": "{\"eventName\":[\"INSERT\"]}" }] });
    }
    mapping
}

fn url(name: &str) -> serde_json::Value {
    serde_json::json!({
        "FunctionUrl": format!("https://{name}.lambda-url.{REGION}.on.aws/"), "FunctionArn": arn(name),
        "AuthType": "NONE", "Cors": { "AllowOrigins": ["*"] }, "CreationTime": "2026-01-02T03:04:05Z",
        "LastModifiedTime": "2026-01-02T03:04:05Z",
    })
}

impl Fake {
    pub(crate) fn lambda(&self, request: &Request) -> Outcome {
        let page = |member: &str, items: Vec<serde_json::Value>| {
            let field = |field: &str| field.strip_prefix("Marker=").map(|marker| marker.parse().expect("a marker"));
            let from: usize = request.query.split('&').find_map(field).unwrap_or(0);
            let until = (from + self.page.min(50)).min(items.len());
            let mut page = serde_json::json!({ member: items[from..until] });
            if until < items.len() {
                page["NextMarker"] = until.to_string().into();
            }
            json(&page)
        };
        let all = |of: fn(&str) -> serde_json::Value| self.functions.iter().map(|name| of(name)).collect();
        match request.operation.as_str() {
            "ListFunctions" => return page("Functions", all(configuration)),
            "ListEventSourceMappings" => return page("EventSourceMappings", all(mapping)),
            "ListTags" => return json(&serde_json::json!({ "Tags": { "owner": "a secret of ann" } })),
            _ => {}
        }
        let name = request.path.split('/').nth(3).expect("a name");
        if !self.functions.iter().any(|function| function == name) {
            return error(request, 404, "ResourceNotFoundException");
        }
        match request.operation.as_str() {
            "GetFunctionConfiguration" => {
                let mut configuration = configuration(name);
                configuration["State"] = "Active".into();
                configuration["LastUpdateStatus"] = "Successful".into();
                json(&configuration)
            }
            "GetPolicy" => json(&serde_json::json!({ "Policy": TRUST, "RevisionId": "r" })),
            "GetFunctionConcurrency" => json(&serde_json::json!({ "ReservedConcurrentExecutions": 5 })),
            "GetFunctionEventInvokeConfig" => json(&serde_json::json!({
                "LastModified": 1_767_225_600.5, "FunctionArn": format!("{}:$LATEST", arn(name)), "MaximumRetryAttempts": 1,
                "DestinationConfig": {
                    "OnSuccess": {}, "OnFailure": { "Destination": format!("arn:aws:sqs:{REGION}:{ID}:failed") },
                },
            })),
            "ListFunctionUrlConfigs" => page("FunctionUrlConfigs", vec![url(name)]),
            other => panic!("{other} is not expected"),
        }
    }
}

async fn answering(operation: &'static str, answer: serde_json::Value) -> Account {
    let fault = move |request: &Request, _| (request.operation == operation).then(|| json(&answer));
    fetch(&Arc::new(Fake::new(1000, fault)), &everything()).await
}

async fn refusing(operation: &'static str, status: u16, code: &'static str, needs: &Needs) -> (Arc<Fake>, Account) {
    let fault = move |request: &Request, _| {
        (request.operation == operation && request.service == "lambda").then(|| error(request, status, code))
    };
    let fake = Arc::new(Fake::new(1000, fault));
    let account = fetch(&fake, needs).await;
    (fake, account)
}

fn function_with(change: impl Fn(&mut serde_json::Value)) -> serde_json::Value {
    let mut function = configuration("writer");
    change(&mut function);
    serde_json::json!({ "Functions": [function] })
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[tokio::test]
async fn a_function_is_read_as_aws_tells_it() {
    let fake = Arc::new(Fake::sound());
    let account = fetch(&fake, &everything()).await;
    let function = of(&account, FUNCTION, "writer");
    assert_eq!(function.get("Role"), &Value::Arn(format!("arn:aws:iam::{ID}:role/writer").parse().expect("an ARN")));
    assert_eq!(function.get("Runtime"), &text("python3.13"));
    assert_eq!(function.get("Timeout"), &Value::Number(3));
    assert_eq!(function.get("Architectures"), &Value::Set(vec![text("arm64")]));
    assert_eq!((function.get("Description"), function.get("VpcConfig")), (&Value::Absent, &Value::Absent));
    assert_eq!(function.get("LastModified"), &text("2026-01-02T03:04:05Z"));
    assert_eq!((function.get("State"), function.get("LastUpdateStatus")), (&text("Active"), &text("Successful")));
    assert_eq!(function.get("ReservedConcurrentExecutions"), &Value::Number(5));
    assert_eq!(function.get("LoggingConfig").get("LogGroup"), &text("logs"));
    assert!(matches!(function.get("DeadLetterConfig").get("TargetArn"), Value::Arn(_)));
    assert!(matches!(function.get("Layers"), Value::List(layers) if layers.len() == 1));
    assert!(matches!(function.get("Policy"), Value::Policy(_)));
    assert_eq!(function.get("Tags").get("owner"), &text("a secret of ann"));
    assert_eq!((fake.sent("ListFunctions"), fake.sent("ListEventSourceMappings")), (1, 1));
    assert_eq!(fake.sent("GetFunction"), 0, "its answer has a signed address of the code");

    let parent = Some(arn("announcer"));
    for type_name in [MAPPING, URL] {
        let children: Vec<_> =
            account.resources.iter().filter(|r| r.type_name == type_name && r.parent == parent).collect();
        assert_eq!(children.len(), 1, "{type_name}");
    }
    let of_queue = of(&account, MAPPING, "00000000-0000-0000-0000-writer");
    assert_eq!((of_queue.get("Enabled"), of_queue.get("FunctionName")), (&Value::Bool(true), &text("writer")));
    assert_eq!((of_queue.get("FilterCriteria"), of_queue.get("StartingPosition")), (&Value::Absent, &Value::Absent));
    assert_eq!((of_queue.get("MaximumRetryAttempts"), of_queue.get("ScalingConfig")), (&Value::Absent, &Value::Absent));
    assert_eq!(of_queue.get("LastModified"), &text("2026-01-01T00:00:00Z"));
    let of_stream = of(&account, MAPPING, "00000000-0000-0000-0000-announcer");
    assert_eq!(of_stream.get("MaximumRetryAttempts"), &Value::Number(2));
    // What AWS documents as the default of a stream's mapping, where the answer lacks it.
    assert_eq!(of_stream.get("MaximumRecordAgeInSeconds"), &Value::Number(-1));
    assert_eq!(of_stream.get("BisectBatchOnFunctionError"), &Value::Bool(false));
    assert_eq!(of_stream.get("DestinationConfig"), &Value::Absent);
    assert!(matches!(of_stream.get("FilterCriteria").get("Filters"), Value::Set(filters) if filters.len() == 1));
    let of_url = of(&account, URL, "https://writer.lambda-url.us-east-1.on.aws/");
    assert_eq!((of_url.get("AuthType"), of_url.get("InvokeMode")), (&text("NONE"), &text("BUFFERED")));
    assert_eq!((of_url.get("Qualifier"), of_url.get("Cors").get("MaxAge")), (&Value::Absent, &Value::Number(0)));
}

#[tokio::test]
async fn what_aws_leaves_out_is_its_default_or_absent() {
    let answer = function_with(|function| {
        for left_out in [
            "Environment",
            "DeadLetterConfig",
            "TracingConfig",
            "PackageType",
            "Architectures",
            "Layers",
            "EphemeralStorage",
            "LoggingConfig",
            "VpcConfig",
            "Runtime",
            "Handler",
            "Description",
        ] {
            function.as_object_mut().expect("an object").remove(left_out);
        }
    });
    let account = answering("ListFunctions", answer).await;
    let function = of(&account, FUNCTION, "writer");
    for absent in ["Environment", "DeadLetterConfig", "TracingConfig", "Layers", "VpcConfig", "Runtime", "KmsKeyArn"] {
        assert_eq!(function.get(absent), &Value::Absent, "{absent}");
    }
    assert_eq!(
        (function.get("PackageType"), function.get("Architectures")),
        (&text("Zip"), &Value::Set(vec![text("x86_64")]))
    );
    assert_eq!(function.get("EphemeralStorage").get("Size"), &Value::Number(512));
    assert_eq!(function.get("LoggingConfig").get("LogGroup"), &text("/aws/lambda/writer"));
    assert_eq!(account.gaps, BTreeSet::new());
}

#[tokio::test]
async fn one_bad_value_of_a_function_spoils_one_field() {
    let answer = function_with(|function| {
        function["Role"] = "writer".into();
        function["LastModified"] = "yesterday".into();
        function["Layers"] = serde_json::json!([{ "CodeSize": 1 }]);
        function.as_object_mut().expect("an object").remove("Timeout");
    });
    let account = answering("ListFunctions", answer).await;
    let function = of(&account, FUNCTION, "writer");
    for field in ["Role", "LastModified", "Layers", "Timeout"] {
        assert!(matches!(reason(function.get(field)), Reason::Malformed(_)), "{field}");
    }
    assert_eq!(function.get("MemorySize"), &Value::Number(128));
}

#[tokio::test]
async fn a_function_without_a_policy_has_none() {
    let (_, account) = refusing("GetPolicy", 404, "ResourceNotFoundException", &everything()).await;
    assert_eq!(of(&account, FUNCTION, "writer").get("Policy"), &Value::Absent);
    assert_eq!(account.gaps, BTreeSet::new());
    for (policy, absent) in [
        (serde_json::json!({ "Policy": "{\"Version\":\"2012-10-17\",\"Id\":\"default\",\"Statement\":[]}" }), true),
        (serde_json::json!({ "Policy": "" }), false),
        (serde_json::json!({ "Policy": "[]" }), false),
        (serde_json::json!({}), false),
    ] {
        let fault = move |request: &Request, _: usize| {
            (request.operation == "GetPolicy" && request.service == "lambda").then(|| json(&policy))
        };
        let account = fetch(&Arc::new(Fake::new(1000, fault)), &everything()).await;
        let policy = of(&account, FUNCTION, "writer").get("Policy").clone();
        assert_eq!(policy == Value::Absent, absent, "{policy:?}");
        assert!(absent || matches!(reason(&policy), Reason::Malformed(_)), "{policy:?}");
    }
}

#[tokio::test]
async fn where_failed_invocations_go_is_read() {
    let of_writer = |account: &Account| of(account, FUNCTION, "writer").get("EventInvokeConfig").clone();
    let config = of_writer(&fetch(&Arc::new(Fake::sound()), &everything()).await);
    let failed = Value::Arn(format!("arn:aws:sqs:{REGION}:{ID}:failed").parse().expect("an ARN"));
    assert_eq!(config.get("DestinationConfig").get("OnFailure").get("Destination"), &failed);
    assert_eq!(config.get("DestinationConfig").get("OnSuccess"), &Value::Absent);
    assert_eq!(config.get("MaximumRetryAttempts"), &Value::Number(1));
    assert_eq!(config.get("MaximumEventAgeInSeconds"), &Value::Number(21_600));

    const OPERATION: &str = "GetFunctionEventInvokeConfig";
    let nowhere =
        serde_json::json!({ "FunctionArn": arn("writer"), "DestinationConfig": { "OnSuccess": {}, "OnFailure": {} } });
    let config = of_writer(&answering(OPERATION, nowhere).await);
    assert_eq!(config.get("DestinationConfig"), &Value::Absent);
    assert_eq!(config.get("MaximumRetryAttempts"), &Value::Number(2));
    let odd = serde_json::json!({
        "FunctionArn": arn("writer"), "DestinationConfig": { "OnFailure": { "Destination": "failed" } },
    });
    let config = of_writer(&answering(OPERATION, odd).await);
    let destination = config.get("DestinationConfig").get("OnFailure").get("Destination").clone();
    assert!(matches!(reason(&destination), Reason::Malformed(_)), "{destination:?}");

    let config = of_writer(&answering(OPERATION, serde_json::json!({ "FunctionArn": arn("announcer") })).await);
    assert!(matches!(reason(&config), Reason::Malformed(_)), "{config:?}");

    let (_, account) = refusing(OPERATION, 404, "ResourceNotFoundException", &everything()).await;
    assert_eq!((of_writer(&account), account.gaps.len()), (Value::Absent, 0), "nobody set anything");
    let (_, account) = refusing(OPERATION, 403, "AccessDeniedException", &everything()).await;
    let denied = Reason::Denied("AccessDeniedException".to_owned());
    assert_eq!(reason(&of_writer(&account)), &denied);
    assert!(account.gaps.iter().all(|gap| gap.action == "lambda:GetFunctionEventInvokeConfig"), "{:?}", account.gaps);
    let fake = Arc::new(Fake::sound());
    let account = fetch(&fake, &by_name()).await;
    let asked = by_name().of(FUNCTION, REGION).is_some_and(|wanted| wanted.wants("EventInvokeConfig"));
    assert!(asked || (reason(&of_writer(&account)) == &Reason::NotAsked && fake.sent(OPERATION) == 0));
}

#[tokio::test]
async fn a_function_that_vanished_is_unread() {
    for operation in ["GetFunctionConfiguration", "GetFunctionConcurrency", "ListTags"] {
        let (_, account) = refusing(operation, 404, "ResourceNotFoundException", &everything()).await;
        let gone = Reason::Vanished("ResourceNotFoundException".to_owned());
        assert!(account.gaps.iter().all(|gap| gap.reason == gone && gap.call.operation == operation), "{operation}");
        assert_eq!(account.gaps.len(), 2, "{operation}");
    }
}

#[tokio::test]
async fn a_concurrency_that_is_not_reserved_is_absent() {
    let account = answering("GetFunctionConcurrency", serde_json::json!({})).await;
    assert_eq!(of(&account, FUNCTION, "writer").get("ReservedConcurrentExecutions"), &Value::Absent);
    let account = answering("GetFunctionConcurrency", serde_json::json!({ "ReservedConcurrentExecutions": 0 })).await;
    assert_eq!(of(&account, FUNCTION, "writer").get("ReservedConcurrentExecutions"), &Value::Number(0));
}

#[tokio::test]
async fn where_the_list_is_refused_functions_are_read_by_name() {
    let whole = fetch(&Arc::new(Fake::sound()), &by_name()).await;
    for (status, code) in [(403, "AccessDeniedException"), (429, "TooManyRequestsException"), (500, "ServiceException")]
    {
        let (fake, account) = refusing("ListFunctions", status, code, &by_name()).await;
        assert_eq!(of(&account, FUNCTION, "writer"), of(&whole, FUNCTION, "writer"), "{code}");
        assert_eq!(fake.sent("GetFunctionConfiguration"), 2, "once a name: its answer tells the state as well");
        let missing = account.presence(FUNCTION, REGION, "nowhere");
        let call = Call::new("lambda", "GetFunctionConfiguration", REGION, "nowhere");
        assert_eq!(missing, Some(Presence::Missing(vec![call])), "{code}");
        assert!(matches!(account.listing(FUNCTION, REGION), Some(Listing::Broken(_))));
        let urls = account.listing_of_children(URL, REGION, &arn("writer"));
        assert!(matches!(urls, Some(Listing::Complete(_))), "{code}");
    }
    let denied = |request: &Request, _: usize| {
        ["ListFunctions", "GetFunctionConfiguration"]
            .contains(&request.operation.as_str())
            .then(|| error(request, 403, "AccessDeniedException"))
    };
    let account = fetch(&Arc::new(Fake::new(1000, denied)), &by_name()).await;
    for name in ["writer", "nowhere"] {
        assert!(matches!(account.presence(FUNCTION, REGION, name), Some(Presence::Unknown(_))), "{name}");
    }
    // One that only the list would tell is not asked for by name.
    let (fake, account) = refusing("ListFunctions", 403, "AccessDeniedException", &everything()).await;
    assert_eq!((fake.sent("GetFunctionConfiguration"), account.of_type(FUNCTION, REGION).count()), (0, 0));
    assert!(matches!(account.listing(URL, REGION), Some(Listing::Broken(_))));
}

#[tokio::test]
async fn a_list_that_breaks_off_is_made_up_for_by_name() {
    let fault = |request: &Request, _: usize| {
        let second = request.operation == "ListFunctions" && request.query.contains("Marker=");
        second.then(|| error(request, 403, "AccessDeniedException"))
    };
    let fake = Arc::new(Fake::new(1, fault));
    let account = fetch(&fake, &by_name()).await;
    assert_eq!(fake.sent("GetFunctionConfiguration"), 2, "writer is on the second page, and nowhere on none");
    assert!(matches!(account.presence(FUNCTION, REGION, "writer"), Some(Presence::Found(_))));
    assert!(matches!(account.presence(FUNCTION, REGION, "nowhere"), Some(Presence::Missing(_))));
    assert_eq!(account.names_of(FUNCTION, REGION).collect::<Vec<_>>(), ["announcer"]);
}

#[tokio::test]
async fn an_answer_about_another_function_is_refused() {
    let other = |request: &Request, _: usize| {
        (request.operation == "GetFunctionConfiguration").then(|| json(&configuration("announcer")))
    };
    let account = fetch(&Arc::new(Fake::new(1000, other)), &everything()).await;
    assert!(matches!(reason(of(&account, FUNCTION, "writer").get("State")), Reason::Malformed(_)));
    for foreign in [
        "arn:aws:lambda:us-east-1:999988887777:function:writer",
        "arn:aws:lambda:eu-west-1:123456789012:function:writer",
        "writer",
        "",
    ] {
        let account =
            answering("ListFunctions", function_with(|function| function["FunctionArn"] = foreign.into())).await;
        assert!(matches!(account.presence(FUNCTION, REGION, "writer"), Some(Presence::Unknown(_))), "{foreign}");
    }
}

#[tokio::test]
async fn mappings_and_urls_of_the_named_functions_only_are_read() {
    let mut needs = Needs::default();
    needs.named(FUNCTION, REGION, "writer", ["Timeout"]);
    needs.children(MAPPING, REGION, "writer", ["State"]);
    needs.children(URL, REGION, "writer", ["AuthType"]);
    let mut fake = Fake::sound();
    fake.functions = (0..200).map(|n| format!("function-{n:03}")).chain(["writer".to_owned()]).collect();
    let fake = Arc::new(fake);
    let account = fetch(&fake, &needs).await;
    let kinds: Vec<_> = account.resources.iter().map(|resource| resource.type_name).collect();
    assert_eq!(kinds, [MAPPING, FUNCTION, URL]);
    assert_eq!((fake.sent("ListFunctions"), fake.sent("ListEventSourceMappings")), (5, 5));
    assert_eq!(fake.sent("ListFunctionUrlConfigs"), 1);
    assert_eq!(account.answers.len(), 12, "11 and that of the session");
    assert!(matches!(account.listing_of_children(URL, REGION, &arn("writer")), Some(Listing::Complete(_))));
    assert_eq!(account.listing_of_children(URL, REGION, &arn("function-000")), None);
    assert_eq!(account.gaps, BTreeSet::new());
}

#[tokio::test]
async fn urls_of_all_functions_take_one_call_each_and_break_one_by_one() {
    let mut needs = Needs::default();
    needs.all(URL, REGION, ["AuthType"]);
    let sound = Arc::new(Fake::sound());
    let account = fetch(&sound, &needs).await;
    assert_eq!((sound.sent("ListFunctions"), sound.sent("ListFunctionUrlConfigs")), (1, 2));
    assert_eq!((account.of_type(URL, REGION).count(), account.of_type(FUNCTION, REGION).count()), (2, 0));
    let denied = |request: &Request, _: usize| {
        request.path.contains("announcer").then(|| error(request, 403, "AccessDeniedException"))
    };
    let account = fetch(&Arc::new(Fake::new(1000, denied)), &needs).await;
    assert!(matches!(account.listing(URL, REGION), Some(Listing::Broken(gap)) if gap.call.subject == "announcer"));
    assert!(matches!(account.listing_of_children(URL, REGION, &arn("writer")), Some(Listing::Complete(_))));
    assert!(matches!(account.listing_of_children(URL, REGION, &arn("announcer")), Some(Listing::Broken(_))));
}

#[tokio::test]
async fn urls_that_are_no_urls_of_the_function_break_its_list() {
    for (member, value) in [
        ("FunctionUrl", ""),
        ("FunctionArn", ""),
        ("FunctionArn", "arn:aws:lambda:us-east-1:123456789012:function:other"),
    ] {
        let mut told = url("writer");
        told[member] = value.into();
        let account = answering("ListFunctionUrlConfigs", serde_json::json!({ "FunctionUrlConfigs": [told] })).await;
        assert!(matches!(account.listing(URL, REGION), Some(Listing::Broken(_))), "{member} {value}");
    }
    let mut told = url("writer");
    told["FunctionArn"] = format!("{}:live", arn("writer")).into();
    told.as_object_mut().expect("an object").remove("AuthType");
    let fault = move |request: &Request, _: usize| {
        let of_writer = request.operation == "ListFunctionUrlConfigs" && request.path.contains("writer");
        of_writer.then(|| json(&serde_json::json!({ "FunctionUrlConfigs": [told] })))
    };
    let account = fetch(&Arc::new(Fake::new(1000, fault)), &everything()).await;
    let of_alias = of(&account, URL, "https://writer.lambda-url.us-east-1.on.aws/");
    assert_eq!(of_alias.get("Qualifier"), &text("live"));
    assert_eq!(of_alias.get("TargetFunctionArn"), &Value::Arn(arn("writer").parse::<Arn>().expect("an ARN")));
    assert!(matches!(reason(of_alias.get("AuthType")), Reason::Malformed(_)));
}

#[tokio::test]
async fn what_a_mapping_is_set_to_follows_from_its_state() {
    for (state, enabled) in [
        ("Enabled", Some(true)),
        ("Enabling", Some(true)),
        ("Disabled", Some(false)),
        ("Disabling", Some(false)),
        ("Deleting", Some(false)),
        ("Creating", None),
        ("Updating", None),
        ("Resting", None),
        ("", None),
    ] {
        let mut told = mapping("writer");
        told["State"] = state.into();
        let account = answering("ListEventSourceMappings", serde_json::json!({ "EventSourceMappings": [told] })).await;
        let of_writer = of(&account, MAPPING, "00000000-0000-0000-0000-writer");
        match enabled {
            Some(enabled) => assert_eq!(of_writer.get("Enabled"), &Value::Bool(enabled), "{state}"),
            None => assert!(matches!(reason(of_writer.get("Enabled")), Reason::Undecided(_) | Reason::Malformed(_))),
        }
    }
}

#[tokio::test]
async fn a_filter_that_no_list_shows_is_not_absent() {
    let mut told = mapping("writer");
    told["KMSKeyArn"] = format!("arn:aws:kms:{REGION}:{ID}:key/k").into();
    let account = answering("ListEventSourceMappings", serde_json::json!({ "EventSourceMappings": [told] })).await;
    let filter = of(&account, MAPPING, "00000000-0000-0000-0000-writer").get("FilterCriteria").clone();
    assert!(matches!(reason(&filter), Reason::Undecided(why) if why.contains("encrypted")), "{filter:?}");
}

#[tokio::test]
async fn a_mapping_of_which_nothing_tells_the_function_breaks_the_list() {
    for (member, value) in [("UUID", ""), ("FunctionArn", ""), ("FunctionArn", "writer")] {
        let mut told = mapping("writer");
        told[member] = value.into();
        let answer = serde_json::json!({ "EventSourceMappings": [told, mapping("announcer")] });
        let account = answering("ListEventSourceMappings", answer).await;
        assert!(matches!(account.listing(MAPPING, REGION), Some(Listing::Broken(_))), "{member} {value}");
        assert_eq!(account.of_type(MAPPING, REGION).count(), 1);
    }
}

const ACCESS_KEY: &str = "AKIAQ7EXAMPLEHUNTER2";
const PRIVATE_KEY: &str = "-----BEGIN RSA PRIVATE KEY-----\nMIIEhunter2\n-----END RSA PRIVATE KEY-----";
const RANDOM: &str = "q8Zr2Kx7Vb4Nm9Wt3Lc6Hd1Sf5Jg0Pa";

/// Secrets among the variables, and what the rules let be kept.
fn with_secrets() -> (Arc<Fake>, Needs) {
    let variables = |request: &Request, _: usize| {
        let told = || {
            let mut function = configuration("writer");
            function["Environment"] = serde_json::json!({ "Variables": {
                "TABLE": "orders", "NOTIFY": "ann@example.com", "REGION": "eu-west-1", "PASSWORD": "hunter2",
                "TEMPLATE": "${notify}", "EMPTY": "", "KEY": ACCESS_KEY, "PEM": PRIVATE_KEY, "VALUE": RANDOM,
                "CLAIMED": "redacted, has the shape of a private key",
            } });
            function
        };
        match request.operation.as_str() {
            "ListFunctions" => Some(json(&serde_json::json!({ "Functions": [told()] }))),
            "GetFunctionConfiguration" => Some(json(&told())),
            _ => None,
        }
    };
    let disclosure = Disclosure {
        names: BTreeSet::from(["orders".to_owned()]),
        parameters: BTreeMap::from([("notify".to_owned(), "ann@example.com".to_owned())]),
    };
    let mut needs = Needs::disclosing(disclosure);
    needs.named(FUNCTION, REGION, "writer", ["Environment", "State", "Tags"]);
    (Arc::new(Fake::new(1000, variables)), needs)
}

#[tokio::test]
async fn secrets_are_neither_in_the_account_nor_in_a_recording() {
    let (fake, needs) = with_secrets();
    let session = session(&fake, true).await;
    let live = plimsoll::scan::fetch(&session, &needs, &|_, _| {}).await;
    assert!(!format!("{live:?}").contains("hunter2"));
    let variables = of(&live, FUNCTION, "writer").get("Environment").get("Variables");
    for (name, kept) in [("TABLE", "orders"), ("NOTIFY", "ann@example.com"), ("REGION", "eu-west-1")] {
        assert_eq!(variables.get(name), &text(kept));
    }
    for secret in ["PASSWORD", "TEMPLATE", "CLAIMED"] {
        assert_eq!(reason(variables.get(secret)), &Reason::Redacted, "{secret}");
    }
    assert_eq!(variables.get("EMPTY"), &text(""));
    let shapes = [("KEY", SecretShape::AccessKey), ("PEM", SecretShape::PrivateKey), ("VALUE", SecretShape::Token)];
    for (secret, shape) in shapes {
        assert_eq!(reason(variables.get(secret)), &Reason::Secret(shape), "{secret}");
    }
    let recording = session.recording("x").expect("a recording");
    let json = recording.to_json().expect("JSON");
    assert!(!json.contains("hunter2") && !json.contains("ann@example.com") && json.contains("${notify}"), "{json}");
    // No four letters in a row of a secret are in the account or in the recording.
    let account = format!("{live:?}");
    for window in [ACCESS_KEY, RANDOM].iter().flat_map(|secret| secret.as_bytes().windows(4)) {
        let window = std::str::from_utf8(window).expect("ASCII");
        assert!(!json.contains(window) && !account.contains(window), "{window}");
    }
    let replayed = replay(recording, &needs).await;
    assert_eq!(replayed.resources, live.resources);
    // They were named by the rules.
    assert_eq!(of(&replayed, FUNCTION, "writer").get("Tags").get("owner"), &text("a secret of ann"));
}

#[tokio::test]
async fn tags_of_functions_that_no_rule_names_are_not_recorded() {
    let session = session(&Arc::new(Fake::sound()), true).await;
    let mut needs = Needs::default();
    needs.all(FUNCTION, REGION, ["Timeout"]);
    plimsoll::scan::fetch(&session, &needs, &|_, _| {}).await;
    let recording = session.recording("x").expect("a recording");
    assert!(recording.tags_left_out.contains(FUNCTION));
    needs.all(FUNCTION, REGION, ["Tags"]);
    assert_eq!(reason(of(&replay(recording, &needs).await, FUNCTION, "writer").get("Tags")), &Reason::NotRecorded);
}

#[tokio::test]
async fn variables_that_the_auditor_may_not_decrypt_are_unread() {
    let answer = function_with(|function| {
        let error =
            serde_json::json!({ "ErrorCode": "AccessDeniedException", "Message": "Lambda was unable to decrypt" });
        function["Environment"] = serde_json::json!({ "Error": error });
    });
    let account = answering("ListFunctions", answer).await;
    let variables = of(&account, FUNCTION, "writer").get("Environment").get("Variables");
    let Value::Unread(gap) = variables else { panic!("{variables:?} was read") };
    let Gap { action, reason, .. } = &**gap;
    assert_eq!((action.as_str(), reason), ("kms:Decrypt", &Reason::Denied("AccessDeniedException".to_owned())));
}

#[tokio::test]
async fn the_plan_asks_no_more_than_the_rules_need() {
    let mut needs = Needs::default();
    needs.named(FUNCTION, REGION, "writer", ["Timeout", "Policy"]);
    needs.children(MAPPING, REGION, "writer", []);
    needs.children(URL, REGION, "writer", []);
    let plan = services::plan(&needs);
    let always = plan.iter().filter(|planned| planned.condition == Condition::Always);
    let always: Vec<_> = always.map(|planned| planned.call.operation.as_str()).collect();
    assert_eq!(always, ["ListEventSourceMappings", "ListFunctions"]);
    let narrow = plan.iter().filter(|planned| planned.call.subject == "writer");
    let narrow: BTreeSet<_> = narrow.map(|planned| (planned.action.as_str(), planned.resource.as_str())).collect();
    let of_writer = "arn:${Partition}:lambda:${Region}:${Account}:function:writer";
    let actions = ["lambda:GetFunctionConfiguration", "lambda:GetPolicy", "lambda:ListFunctionUrlConfigs"];
    assert_eq!(narrow, actions.map(|action| (action, of_writer)).into());
}
