//! Every kind, and for IAM and SQS every form of rule, against an account that has one of each.

use crate::names::LAMBDA_1;
use crate::step::Step;
use crate::support::binary::{Key, Plimsoll};
use crate::support::lab::{self, Lab};
use crate::support::report::Report;
use crate::support::servers::{Kind, Server};
use crate::{KEY, REGION};
use aws_sdk_apigateway::types::AuthorizerType;
use aws_sdk_iam::types::Tag;
use aws_sdk_lambda::types::FunctionUrlAuthType;
use aws_sdk_sqs::types::QueueAttributeName as Name;
use aws_smithy_types::error::display::DisplayErrorContext;
use std::error::Error;

/// The rules on it.
pub(crate) const PRINCIPALS: &str = "tests/live/principals.yaml";
const LEFT_OUT: &str = "tests/live/left_out.yaml";
const SERVICES: &str = "tests/live/services.yaml";

#[tokio::test]
async fn ministack_shows_every_kind() {
    let server = Server::start(Kind::Ministack);
    populate(&lab_of(&server)).await;
    holds_or_differs(&scan(&server, PRINCIPALS));
}

#[tokio::test]
async fn moto_shows_every_kind() {
    let server = Server::start(Kind::Moto);
    populate(&lab_of(&server)).await;
    holds_or_differs(&scan(&server, PRINCIPALS));
    // ministack leaves boundaries and counts of attachments out of GetAccountAuthorizationDetails, where AWS gives
    // them; neither server gives the boundary of a user there.
    holds_or_differs(&scan(&server, LEFT_OUT));
}

/// Every kind of Lambda, DynamoDB, SNS and API Gateway, each with rules that hold and rules that do not.
#[tokio::test]
async fn both_servers_show_every_kind_of_the_other_services() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let server = Server::start(kind);
        let lab = lab::build(&server.endpoint(), REGION, KEY).await;
        Step::Deploy("prod").make(&lab).await;
        let url = lab.lambda.create_function_url_config().function_name(LAMBDA_1);
        done(url.auth_type(FunctionUrlAuthType::AwsIam).send().await);
        let pool = format!("arn:aws:cognito-idp:{REGION}:{}:userpool/{REGION}_people", lab.account);
        let create = lab.apigateway.create_authorizer().rest_api_id(lab::api_id(&lab, lab::API).await).name("people");
        let create = create.r#type(AuthorizerType::CognitoUserPools).provider_arns(pool);
        done(create.identity_source("method.request.header.Authorization").send().await);
        let report = scan(&server, SERVICES);
        // moto has no ListFunctionUrlConfigs and answers with a page, which says nothing.
        let unread = if kind == Kind::Moto { vec!["holds-url", "differs-url"] } else { Vec::new() };
        let (unknown, wrong) = astray(&report);
        assert!(wrong.is_empty(), "{kind:?}\n{}", wrong.join("\n"));
        assert_eq!(unknown, unread, "{kind:?}");
        let members = |type_name: &str| report.findings().filter(|of| of.text("type") == type_name).count();
        for (type_name, count) in [("AWS::Lambda::Function", 4), ("AWS::Lambda::Url", 2), ("AWS::ApiGateway::Stage", 2)]
        {
            assert_eq!(members(type_name), count, "{kind:?}: {type_name}");
        }
    }
}

fn scan(server: &Server, rules: &str) -> Report {
    let run = Plimsoll::scan(&server.endpoint(), rules, &Key::administrator(KEY)).run();
    assert_eq!((run.code, run.stderr.as_str()), (1, ""), "{}", run.stdout);
    run.report()
}

/// Holds each rule to what its id promises.
fn holds_or_differs(report: &Report) {
    let (unknown, wrong) = astray(report);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(unknown, [""; 0]);
    assert!(report.complete());
}

/// The rules that could not be judged, and what is said of those that came out otherwise than their ids promise.
fn astray(report: &Report) -> (Vec<&str>, Vec<String>) {
    let (mut unknown, mut wrong) = (Vec::new(), Vec::new());
    for finding in report.findings() {
        let rule = finding.text("rule");
        let wanted = if rule.starts_with("differs-") { "fail" } else { "pass" };
        if finding.verdict() == "unknown" {
            unknown.push(rule);
        } else if finding.verdict() != wanted {
            let words = (finding.text("wanted"), finding.text("found"));
            wrong.push(format!("{rule} on {}: {} {words:?}", finding.text("resource"), finding.verdict()));
        }
    }
    (unknown, wrong)
}

/// Clients of the server's own account, which is empty.
pub(crate) fn lab_of(server: &Server) -> Lab {
    Lab::of(&server.endpoint(), REGION, KEY, server.account())
}

/// Builds the account that the rules speak of.
pub(crate) async fn populate(lab: &Lab) {
    let iam = &lab.iam;
    let document = lab::expected("Lambda-Read-SQS.json");
    let create = iam.create_policy().policy_name("read").path("/lab/").description("Reads one queue");
    done(create.tags(tag("kind", "read")).policy_document(&document).send().await);
    done(iam.create_policy().policy_name("limit").policy_document(&document).send().await);
    let read = lab.policy_arn("lab/read");
    let limit = lab.policy_arn("limit");

    done(iam.create_group().group_name("auditors").send().await);
    done(iam.create_group().group_name("empty").send().await);
    done(iam.attach_group_policy().group_name("auditors").policy_arn(&read).send().await);
    let put = iam.put_group_policy().group_name("auditors").policy_name("read-logs").policy_document(&document);
    done(put.send().await);

    let create = iam.create_user().user_name("alice").path("/people/").tags(tag("team", "orders"));
    done(create.permissions_boundary(&limit).send().await);
    done(iam.create_user().user_name("bob").send().await);
    done(iam.add_user_to_group().user_name("alice").group_name("auditors").send().await);
    done(iam.attach_user_policy().user_name("alice").policy_arn(&read).send().await);
    let put = iam.put_user_policy().user_name("alice").policy_name("own-keys").policy_document(&document);
    done(put.send().await);

    let create = iam.create_role().role_name("deployer").path("/ci/").description("Deploys the service");
    let create = create.max_session_duration(7200).permissions_boundary(&limit);
    let create = create.tags(tag("team", "orders")).tags(tag("stage", "test"));
    done(create.assume_role_policy_document(lab::trust("codebuild.amazonaws.com")).send().await);
    done(iam.attach_role_policy().role_name("deployer").policy_arn(&read).send().await);
    let put = iam.put_role_policy().role_name("deployer").policy_name("inner").policy_document(&document);
    done(put.send().await);
    let create = iam.create_role().role_name("plain");
    done(create.assume_role_policy_document(lab::trust("lambda.amazonaws.com")).send().await);
    let logs = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs";
    done(iam.attach_role_policy().role_name("plain").policy_arn(logs).send().await);

    done(lab.sqs.create_queue().queue_name("orders-dead").send().await);
    let redrive = serde_json::json!({ "deadLetterTargetArn": lab.queue_arn("orders-dead"), "maxReceiveCount": 5 });
    let create = lab.sqs.create_queue().queue_name("orders").attributes(Name::RedrivePolicy, redrive.to_string());
    done(create.attributes(Name::VisibilityTimeout, "90").tags("team", "orders").send().await);
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().unwrap_or_else(|e| panic!("a tag: {e}"))
}

fn done<T, E: Error>(answer: Result<T, E>) -> T {
    answer.unwrap_or_else(|error| panic!("{}", DisplayErrorContext(&error)))
}
