//! `apigateway-method-without-authorization`: methods that anyone may call.

use super::own::{complete, methods_of};
use super::policy_lets_anyone_in::methods::arns;
use super::settings::{Rows, is_true, items, read, text};
use super::{Analysis, Case, Judged};
use crate::iam::Outsider;
use crate::model::{Beside, Check, Control, Gap, METHOD, Reads, Resource, Severity, Value, Verdict};
use crate::reach::{Guarded, Missing, outsider, policy_in};

const REST_API: &str = "AWS::ApiGateway::RestApi";

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "apigateway-method-without-authorization",
        title: "No method can be called without authorization",
        finds: "Each method of a REST API whose authorization type is NONE, in an API without a resource policy, or with one that lets strangers call the method. IAM, an authorizer and Cognito count as authorization, however the authorizer decides.\n\n\
            An API key is none: it tells clients apart and limits how often they call, and AWS says not to rely on it (API Gateway Developer Guide, usage plans). A resource policy can close such a method: whether it lets strangers in there, in the sense of policy-lets-anyone-in, is decided by the IAM engine. A private API without one cannot be deployed.\n\n\
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
        (Ok(Some(_)), _) => guarded(case, api, &none, rows),
        (Ok(None), Ok(true)) => rows.pass("authorization", format!("{none}, and {} is private and closed", api.name)),
        (Ok(None), Ok(false)) => {
            rows.fail("authorization", format!("{none}, and {} has no resource policy", api.name));
        }
        (Err(gap), _) | (_, Err(gap)) => rows.unread("authorization", &[gap]),
    }
}

/// What is said of a method that asks for nothing, of an API with a resource policy: that it asks for none, in words.
fn guarded(case: &Case<'_>, api: &Resource, none: &str, rows: &mut Rows) {
    let (method, name) = (case.resource, &api.name);
    let mut policy = match policy_in(api.properties.get("Policy"), "the resource policy") {
        Ok(Some(policy)) => policy,
        Ok(None) => return rows.fail("authorization", format!("{none}, and {name} has no resource policy")),
        Err(Missing::Unread(gap)) => return rows.unread("authorization", &[&gap]),
        Err(Missing::Malformed(why)) => return rows.say("authorization", Verdict::Unknown, why),
    };
    let (verb, path) = match (text(method, &["HttpMethod"]), text(method, &["ResourcePath"])) {
        (Ok(verb), Ok(path)) => (verb.unwrap_or_default(), path.unwrap_or_else(|| "/".to_owned())),
        (Err(gap), _) | (_, Err(gap)) => return rows.unread("authorization", &[gap]),
    };
    let all = methods_of(case, api);
    let base = all.arn.strip_suffix('*').unwrap_or_default();
    let targets = arns(base, &verb, &path).map(|arn| Guarded { arn, account: all.account.clone() });
    complete(&mut policy, std::slice::from_ref(&all));
    let mut doubt = None;
    for target in &targets {
        match outsider(&policy, target, "execute-api:Invoke", Outsider::Stranger) {
            Ok(Some(_)) => {
                return rows.fail("authorization", format!("{none}, and the resource policy of {name} lets anyone in"));
            }
            Ok(None) => {}
            Err(why) => doubt = Some(why),
        }
    }
    match doubt {
        None => rows.pass("authorization", format!("{none}, and the resource policy of {name} lets no stranger in")),
        Some(why) => {
            let found = format!("{none}; whether the resource policy of {name} lets anyone in is not decided: {why}");
            rows.say("authorization", Verdict::Unknown, found);
        }
    }
}

/// Whether VPC endpoints alone lead to the API; without a resource policy nothing does.
fn is_private(api: &Resource) -> Result<bool, &Gap> {
    Ok(items(api, &["EndpointConfiguration", "Types"])?.contains(&Value::Text("PRIVATE".to_owned())))
}
