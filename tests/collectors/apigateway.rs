//! What is read of REST APIs and of what hangs on them, and what is asked for it.

use super::shop::{REGION, Shop, api, error, everything, fetch, session};
use super::{of, reason, replay};
use plimsoll::aws::{Outcome, Request};
use plimsoll::model::{Listing, Needs, Presence, Reason, Value};
use std::sync::Arc;

const API: &str = "AWS::ApiGateway::RestApi";
const METHOD: &str = "AWS::ApiGateway::Method";
const RESOURCE: &str = "AWS::ApiGateway::Resource";
const STAGE: &str = "AWS::ApiGateway::Stage";

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[tokio::test]
async fn an_api_has_what_aws_says() {
    let account = fetch(&Shop::sound(), &everything()).await;
    let shop = of(&account, API, "shop");
    assert_eq!(shop.get("RestApiId"), &text("a1"));
    assert_eq!(shop.get("EndpointConfiguration").get("Types"), &Value::Set(vec![text("REGIONAL")]));
    assert_eq!(shop.get("EndpointConfiguration").get("VpcEndpointIds"), &Value::Absent);
    assert_eq!(shop.get("DisableExecuteApiEndpoint"), &Value::Bool(false));
    assert_eq!(shop.get("MinimumCompressionSize"), &Value::Absent);
    assert_eq!(shop.get("RootResourceId"), &text("r0"));
    assert_eq!(shop.get("CreatedDate"), &text("2026-01-01T00:00:00Z"));
    let Value::Policy(policy) = shop.get("Policy") else { panic!("the policy was not read") };
    assert!(policy.contains(r#""Resource":"execute-api:/*""#), "{policy}");
    assert_eq!(account.resources.iter().find(|of| of.name == "shop").expect("the API").id, api("a1"));
    let deployments: Vec<_> =
        account.of_type("AWS::ApiGateway::Deployment", REGION).map(|of| of.name.as_str()).collect();
    assert_eq!(deployments, ["d1", "d2"]);
    let authorizer = of(&account, "AWS::ApiGateway::Authorizer", "people");
    assert_eq!(authorizer.get("Type"), &text("COGNITO_USER_POOLS"));
    assert!(matches!(authorizer.get("ProviderARNs"), Value::Set(arns) if arns.len() == 1));
    let orders = of(&account, RESOURCE, "/orders");
    assert_eq!((orders.get("PathPart"), orders.get("ParentId")), (&text("orders"), &text("r0")));
    let gaps: Vec<_> = account.gaps.iter().map(|gap| (gap.call.service.as_str(), &gap.reason)).collect();
    let others: Vec<_> = gaps.iter().filter(|(service, _)| *service == "apigateway").collect();
    assert!(matches!(others[..], [(_, Reason::Redacted), (_, Reason::Undecided(_))]), "{others:?}");
}

#[tokio::test]
async fn a_method_comes_with_its_integration_or_is_asked_for() {
    let shop = Shop::sound();
    let account = fetch(&shop, &everything()).await;
    let post = of(&account, METHOD, "POST /");
    assert_eq!((post.get("HttpMethod"), post.get("ResourcePath")), (&text("POST"), &text("/")));
    assert_eq!(post.get("AuthorizationType"), &text("NONE"));
    assert_eq!(post.get("ApiKeyRequired"), &Value::Bool(false));
    let integration = post.get("Integration");
    assert_eq!((integration.get("Type"), integration.get("PassthroughBehavior")), (&text("AWS"), &text("NEVER")));
    assert_eq!(integration.get("Uri"), &text("arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders"));
    assert_eq!(integration.get("TimeoutInMillis"), &Value::Number(29_000));
    let header = "integration.request.header.Content-Type";
    assert_eq!(integration.get("RequestParameters").get(header), &text("'application/x-www-form-urlencoded'"));
    let Value::Set(responses) = integration.get("IntegrationResponses") else { panic!("no answers were read") };
    assert_eq!(responses[0].get("StatusCode"), &text("200"));
    assert_eq!(responses[0].get("ResponseTemplates"), &Value::Absent);
    // Told without its integration, without anything and without an integration, without anything.
    assert_eq!(of(&account, METHOD, "GET /orders").get("Integration").get("Type"), &text("MOCK"));
    assert_eq!(of(&account, METHOD, "OPTIONS /orders").get("Integration"), &Value::Absent);
    assert_eq!(of(&account, METHOD, "OPTIONS /orders").get("AuthorizationType"), &text("NONE"));
    assert_eq!(of(&account, METHOD, "PUT /orders").get("Integration").get("Type"), &text("AWS"));
    assert_eq!((shop.sent("GetMethod"), shop.sent("GetIntegration")), (2, 2));
    let sent = shop.sent.lock().expect("lock");
    let lists = sent.iter().filter(|request| request.operation == "GetResources");
    assert!(
        lists.into_iter().all(|request| request.query.contains("embed=methods") && request.query.contains("limit=500"))
    );
    assert!(sent.iter().filter(|of| of.service == "apigateway").all(|of| of.path.starts_with("/restapis")));
}

#[tokio::test]
async fn an_integration_that_is_denied_is_unread() {
    for operation in ["GetIntegration", "GetMethod"] {
        let denied = move |request: &Request, _| {
            (request.operation == operation).then(|| error(request, 403, "AccessDeniedException"))
        };
        let account = fetch(&Arc::new(Shop::new(1000, denied)), &everything()).await;
        let integration = of(&account, METHOD, "OPTIONS /orders").get("Integration");
        assert_eq!(reason(integration), &Reason::Denied("AccessDeniedException".into()), "{operation}");
    }
}

#[tokio::test]
async fn what_hangs_on_a_named_api_is_asked_of_it_alone() {
    let shop = Shop::sound();
    let mut needs = Needs::default();
    needs.named(API, REGION, "shop", []);
    needs.named(API, REGION, "nothing", []);
    needs.children(METHOD, REGION, "shop", ["HttpMethod", "ResourcePath"]);
    needs.children(STAGE, REGION, "shop", ["StageName"]);
    needs.children(STAGE, REGION, "nothing", ["StageName"]);
    let account = fetch(&shop, &needs).await;
    let calls = ["GetRestApis", "GetResources", "GetStages"].map(|operation| shop.sent(operation));
    assert_eq!(calls, [1, 1, 1]);
    // Two came as bare names, and no rule wants the integration of another.
    assert_eq!((shop.sent("GetMethod"), shop.sent("GetIntegration")), (2, 0));
    assert_eq!(account.of_type(METHOD, REGION).count(), 4);
    assert_eq!(account.of_type(RESOURCE, REGION).count(), 0);
    let lists = account.listing_of_children(METHOD, REGION, &api("a1"));
    assert!(matches!(lists, Some(Listing::Complete(_))) && account.listing(METHOD, REGION).is_none());
    assert!(matches!(account.presence(API, REGION, "nothing"), Some(Presence::Missing(_))));
    assert!(account.gaps.is_empty(), "{:?}", account.gaps);
}

#[tokio::test]
async fn two_apis_of_one_name_are_two() {
    let mut needs = Needs::default();
    needs.named(API, REGION, "twice", []);
    needs.children(STAGE, REGION, "twice", ["StageName"]);
    let shop = Shop::sound();
    let account = fetch(&shop, &needs).await;
    let Some(Presence::Found(apis)) = account.presence(API, REGION, "twice") else { panic!("they were not found") };
    assert_eq!(apis.iter().map(|of| of.id.clone()).collect::<Vec<_>>(), [api("b2"), api("b3")]);
    assert_eq!(shop.sent("GetStages"), 2);
    let subjects: Vec<_> =
        account.answers.keys().filter(|call| call.operation == "GetStages").map(|of| of.subject.as_str()).collect();
    assert_eq!(subjects, ["twice (b2)", "twice (b3)"]);
}

#[tokio::test]
async fn a_namesake_may_follow_where_the_list_broke_off() {
    let second = |request: &Request, _: usize| {
        request.query.contains("position").then(|| error(request, 403, "AccessDeniedException"))
    };
    let mut needs = Needs::default();
    needs.named(API, REGION, "twice", []);
    let account = fetch(&Arc::new(Shop::new(1, second)), &needs).await;
    assert_eq!(account.of_type(API, REGION).count(), 1);
    let key = (API.to_owned(), REGION.to_owned(), "twice".to_owned());
    assert!(matches!(account.asked.get(&key), Some(Err(_))));
}

#[tokio::test]
async fn an_api_without_any_resource_is_no_answer() {
    let empty = |request: &Request, _: usize| {
        let body = || Outcome::Response { status: 200, headers: vec![], body: "{\"item\":[]}".into() };
        (request.operation == "GetResources").then(body)
    };
    let account = fetch(&Arc::new(Shop::new(1000, empty)), &everything()).await;
    let Some(Listing::Broken(gap)) = account.listing(METHOD, REGION) else { panic!("the list is whole") };
    assert!(matches!(&gap.reason, Reason::Malformed(why) if why.contains("lists no resource")));
}

#[tokio::test]
async fn variables_of_a_stage_are_kept_only_if_they_cannot_be_secrets() {
    let session = session(&Shop::sound(), true).await;
    let mut needs = Needs::default();
    needs.named(API, REGION, "shop", []);
    needs.children(STAGE, REGION, "shop", ["Variables", "MethodSettings"]);
    let live = plimsoll::scan::fetch(&session, &needs, &|_, _| {}).await;
    let recording = session.recording("x").expect("a recording");
    let kept = recording.to_json().expect("JSON");
    assert!(!kept.contains("hunter2") && !kept.contains("a secret of ann"), "{kept}");
    for account in [&live, &replay(recording.clone(), &needs).await] {
        let stage = of(account, STAGE, "prod");
        let variables = stage.get("Variables");
        assert_eq!(variables.get("queue"), &text("arn:aws:sqs:us-east-1:123456789012:orders"));
        assert_eq!(reason(variables.get("key")), &Reason::Redacted);
        assert_eq!(stage.get("CacheClusterEnabled"), &Value::Bool(true));
        let Value::Set(settings) = stage.get("MethodSettings") else { panic!("no settings were read") };
        assert_eq!((settings[0].get("ResourcePath"), settings[0].get("HttpMethod")), (&text("/*"), &text("*")));
        assert_eq!(settings[0].get("ThrottlingRateLimit"), &Value::Number(100));
        assert_eq!(settings[1].get("ResourcePath"), &text("/orders"));
        assert!(matches!(reason(settings[1].get("ThrottlingRateLimit")), Reason::Undecided(_)));
    }
    needs.children(STAGE, REGION, "shop", ["Tags"]);
    assert_eq!(reason(of(&replay(recording, &needs).await, STAGE, "prod").get("Tags")), &Reason::Redacted);
}
