//! `apigateway-method-without-authorization`: methods that anyone may call.

use super::settings::{Rows, is_true, items, read, text};
use super::{Analysis, Case, Judged};
use crate::model::{Beside, Check, Control, Gap, METHOD, Reads, Resource, Severity, Value, Verdict};

const REST_API: &str = "AWS::ApiGateway::RestApi";

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "apigateway-method-without-authorization",
        title: "No method can be called without authorization",
        finds: "Each method of a REST API whose authorization type is NONE, in an API without a resource policy. IAM, an authorizer and Cognito count as authorization, however the authorizer decides.\n\n\
            An API key is none: it tells clients apart and limits how often they call, and AWS says not to rely on it (API Gateway Developer Guide, usage plans). A resource policy can close such a method: whom it lets in differs from path to path and is not judged, so that a method of an API with one is unknown. A private API without one cannot be deployed.\n\n\
            OPTIONS with a mock integration is left alone: it answers the question that a browser asks before it calls from another site (CORS), which carries no credentials, and reaches nothing. ANY takes in OPTIONS and all else, and is judged as they are. Whether the API is deployed is not asked: one call deploys it.",
        matters: "Once deployed, the method does its work for the whole internet.",
        mend: "API Gateway console > the API > Resources > the method > Method request > Edit: authorization AWS IAM, or an authorizer; then deploy the API.",
        severity: Severity::High,
        controls: &[
            Control::new("Prowler", "apigateway_restapi_authorizers_enabled"),
            Control::new("Guard Rules Registry", "API_GW_METHOD_AUTHORIZATION_TYPE_RULE"),
            Control::new("Checkov", "CKV_AWS_59"),
            Control::new("Checkov", "CKV2_AWS_70"),
        ],
        reads: Reads::Fields(
            METHOD,
            &["ApiKeyRequired", "AuthorizationType", "HttpMethod", "Integration", "ResourcePath"],
        ),
        beside: &[Beside::InRegion(REST_API, &["EndpointConfiguration", "Policy"])],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    let method = case.resource;
    let asked = match text(method, &["AuthorizationType"]) {
        Ok(Some(asked)) if asked != "NONE" => {
            rows.pass("authorization", asked);
            return rows.judged("");
        }
        Ok(_) => Ok(()),
        Err(gap) => Err(gap),
    };
    match (asked, is_preflight(method)) {
        (_, Ok(true)) => {
            rows.pass("authorization", "OPTIONS with a mock integration answers browsers and reaches nothing");
        }
        (Err(gap), _) | (_, Err(gap)) => rows.unread("authorization", &[gap]),
        (Ok(()), Ok(false)) => open(case, &mut rows),
    }
    rows.judged("")
}

/// Whether the method only answers what a browser asks before it calls. Either half alone rules it out.
fn is_preflight(method: &Resource) -> Result<bool, &Gap> {
    let is = |path: &[&str], wanted: &str| text(method, path).map(|found| found.as_deref() == Some(wanted));
    match (is(&["HttpMethod"], "OPTIONS"), is(&["Integration", "Type"], "MOCK")) {
        (Ok(false), _) | (_, Ok(false)) => Ok(false),
        (Ok(true), Ok(true)) => Ok(true),
        (Err(gap), _) | (_, Err(gap)) => Err(gap),
    }
}

/// What is said of a method that asks for nothing: the resource policy of its API is all that can close it.
fn open(case: &Case<'_>, rows: &mut Rows) {
    let key = match is_true(case.resource, &["ApiKeyRequired"]) {
        Ok(true) => ", beside an API key, which is none",
        Ok(false) | Err(_) => "",
    };
    let none = format!("it asks for none{key}");
    let apis = case.reach.listed(REST_API, &case.resource.region);
    let is_parent = |api: &&&Resource| case.resource.parent.as_deref() == Some(api.id.as_str());
    let Some(api) = apis.iter().find(is_parent).copied() else {
        let (_, gaps) = case.reach.lists(REST_API, &case.resource.region, None);
        match gaps.first() {
            Some(gap) => rows.unread("authorization", &[gap]),
            None => {
                let found = format!("{none}; what resource policy its API has is not known, so check it by hand");
                rows.say("authorization", Verdict::Unknown, found);
            }
        }
        return;
    };
    rows.rest_on(&api.calls);
    match (read(api, &["Policy"]), is_private(api)) {
        (Ok(Some(_)), _) => {
            let found = format!(
                "{none}; whom the resource policy of {} lets in there is not judged, so check it by hand",
                api.name
            );
            rows.say("authorization", Verdict::Unknown, found);
        }
        (Ok(None), Ok(true)) => rows.pass("authorization", format!("{none}, and {} is private and closed", api.name)),
        (Ok(None), Ok(false)) => {
            rows.fail("authorization", format!("{none}, and {} has no resource policy", api.name));
        }
        (Err(gap), _) | (_, Err(gap)) => rows.unread("authorization", &[gap]),
    }
}

/// Whether VPC endpoints alone lead to the API; without a resource policy nothing does.
fn is_private(api: &Resource) -> Result<bool, &Gap> {
    Ok(items(api, &["EndpointConfiguration", "Types"])?.contains(&Value::Text("PRIVATE".to_owned())))
}
