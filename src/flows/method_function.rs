//! From a method to a function: an integration invokes it, as a role or let in by the function's policy.

use super::Edge;
use super::concurrency;
use super::link::{Link, arn, text};
use super::method;
use super::permission::{self, Actor, said};
use super::uri::{Goes, of_function};
use crate::model::{Gap, Resource, Value};
use crate::reach::{Asked, Asker, Said, policy_in};

const INVOKE: &str = "lambda:InvokeFunction";
const SERVICE: &str = "apigateway.amazonaws.com";
/// A stage that nobody names.
const ANY_STAGE: &str = "plimsoll-any-stage";

pub(super) fn links(edge: &Edge<'_>) -> Vec<Link> {
    let integration = match method::integration(edge) {
        Ok(integration) => integration,
        Err(link) => return vec![*link],
    };
    let function = arn(edge.to);
    let mut links = vec![method::kind(integration, &["AWS_PROXY", "AWS"]), uri(edge, integration, &function)];
    links.push(method::posts(integration));
    let (role, actor) = method::credentials(edge, integration, false);
    let named = role.is_some();
    links.extend(role);
    match actor {
        Some(Actor::Known(role, gathered)) => {
            links.push(permission::trust(edge.reach, role, SERVICE));
            let policy = || policy_in(edge.to.properties.get("Policy"), "the function policy");
            let invoke = &edge.flow.actions;
            links.push(permission::may(edge.reach, (role, &gathered), invoke, (&function, &edge.to.name), policy));
        }
        _ if named => {}
        _ => links.push(let_in(edge, &function)),
    }
    links.extend(concurrency::of(edge));
    links
}

fn uri(edge: &Edge<'_>, integration: &Value, function: &str) -> Link {
    let wanted = format!("the integration's URI goes to {}", edge.to.name);
    match text(integration, &["Uri"]) {
        Ok(Some(uri)) => match of_function(&uri, function) {
            Goes::Right if uri.contains(&format!("{function}:")) => {
                let why = format!("{uri}: whether that version or alias is there, and whom it lets in, is not read");
                Link::unclear("uri", wanted, why)
            }
            Goes::Right | Goes::ServiceAlone => Link::pass("uri", wanted, uri),
            Goes::Wrong(words) => Link::fail("uri", wanted, words),
            Goes::Unknown(why) => Link::unclear("uri", wanted, why),
        },
        Ok(None) => Link::fail("uri", wanted, "it has none"),
        Err(gap) => Link::unread("uri", wanted, gap),
    }
}

/// That the function's policy lets API Gateway invoke it for this method, from whatever stage.
fn let_in(edge: &Edge<'_>, function: &str) -> Link {
    let wanted = format!("{SERVICE} may {INVOKE} on {} for {}", edge.to.name, edge.from.name);
    let path = match source_path(edge.from, edge) {
        Ok(Some(path)) => path,
        Ok(None) => return Link::unclear("permission", wanted, "which API, method and path it is was not read"),
        Err(gap) => return Link::unread("permission", wanted, gap),
    };
    let part = |at: usize| function.split(':').nth(at).unwrap_or_default().to_owned();
    let (partition, region, account) = (part(1), &edge.from.region, &edge.reach.account.caller.account);
    let (api, rest) = path;
    let from = |stage: &str| format!("arn:{partition}:execute-api:{region}:{account}:{api}/{stage}/{rest}");
    let ask = |source: &str| {
        let policy = policy_in(edge.to.properties.get("Policy"), "the function policy");
        let asked = Asked { action: INVOKE, resource: function, policy, context: &[] };
        edge.reach.may(&Asker::Service(SERVICE, Some(source)), &asked)
    };
    let any = ask(&from(ANY_STAGE));
    if let Said::Refused(..) = any {
        // It may be let in for the stages that the policy names.
        for stage in stages_named(edge, &api) {
            if let Said::Allowed(by) = ask(&from(&stage)) {
                let why = format!(
                    "it may for the stage {stage}, by {}; whether that stage is the one in use was not asked",
                    by.join(" and ")
                );
                return Link::unclear("permission", wanted, why);
            }
        }
    }
    let mut link = said("permission", wanted, vec![any], &[INVOKE.to_owned()]);
    link.witness = link.witness.map(|line| line.replace(ANY_STAGE, "*"));
    link
}

/// The id of the API, and the method and path as the ARNs of callers have them: a parameter in the path is a `*`.
fn source_path<'a>(method: &'a Resource, edge: &Edge<'a>) -> Result<Option<(String, String)>, &'a Gap> {
    let part = |field| text(&method.properties, &[field]);
    let apis = edge.reach.listed("AWS::ApiGateway::RestApi", &method.region);
    let api = match apis.iter().find(|api| Some(&api.id) == method.parent.as_ref()) {
        Some(api) => text(&api.properties, &["RestApiId"])?,
        None => {
            let id = method.parent.as_deref().and_then(|id| id.rsplit_once("/restapis/"));
            id.map(|(_, id)| id.to_owned())
        }
    };
    let (Some(api), Some(verb), Some(path)) = (api, part("HttpMethod")?, part("ResourcePath")?) else {
        return Ok(None);
    };
    let steps = path.trim_start_matches('/').split('/').map(|step| if step.starts_with('{') { "*" } else { step });
    // A method for any verb must be let in for each.
    let verb = if verb == "ANY" { "*".to_owned() } else { verb };
    Ok(Some((api, format!("{verb}/{}", steps.collect::<Vec<_>>().join("/")))))
}

/// The stages that the ARNs in the function's policy name for this API.
fn stages_named(edge: &Edge<'_>, api: &str) -> Vec<String> {
    let Value::Policy(policy) = edge.to.properties.get("Policy") else { return Vec::new() };
    let before = format!(":{api}/");
    let after = policy.split(&before).skip(1);
    let mut stages: Vec<String> = after.filter_map(|rest| rest.split(['/', '"']).next()).map(str::to_owned).collect();
    stages.retain(|stage| !stage.is_empty() && !stage.contains(['*', '?']));
    stages.sort();
    stages.dedup();
    stages
}
