//! REST APIs, their methods and stages.

use super::value::{document, json};
use super::{Service, Writer, Written, cannot_set, text};
use crate::fix::command::{Arg, Builder, aws, literal};
use crate::fix::model::is_pending;
use crate::model::{METHOD, Resource, Value};
use serde_json::{Value as Json, json as object};

pub(super) const SERVICE: Service = Service { set, create, delete };

pub(super) const REST_API: &str = "AWS::ApiGateway::RestApi";
const STAGE: &str = "AWS::ApiGateway::Stage";
/// What is said of a change to an API that may have stages.
const DEPLOY: &str = "a stage shows it after the next deployment";

fn asked_id(name: &str, region: &str) -> Result<Arg, String> {
    let query = format!("items[?name=={}] | [0].id", literal(name));
    aws("apigateway", "get-rest-apis", region).output(&query)
}

pub(super) fn pending(resource: &Resource) -> Vec<(String, Arg)> {
    if resource.type_name != REST_API {
        return Vec::new();
    }
    let of = |field: &str| resource.properties.get(field).as_text().unwrap_or_default();
    let Ok(id) = asked_id(&resource.name, &resource.region) else { return Vec::new() };
    let resources = aws("apigateway", "get-resources", &resource.region).option_of("--rest-api-id", &id);
    let root = resources.output("items[?path=='/'] | [0].id");
    let root = root.into_iter().map(|root| (of("RootResourceId"), root));
    std::iter::once((of("RestApiId"), id)).chain(root).collect()
}

/// The API that a resource is, or hangs on.
fn api<'m>(writer: &Writer<'m>, resource: &'m Resource) -> Result<&'m Resource, String> {
    if resource.type_name == REST_API {
        return Ok(resource);
    }
    let all = writer.model.account.resources.iter();
    let mut parents = all.filter(|of| of.type_name == REST_API && resource.parent.as_deref() == Some(of.id.as_str()));
    parents.next().ok_or_else(|| format!("the API of {} was not read", resource.name))
}

fn of_api(writer: &Writer<'_>, operation: &str, resource: &Resource) -> Result<Builder, String> {
    let id = writer.word(&text(api(writer, resource)?, "RestApiId")?)?;
    Ok(aws("apigateway", operation, &resource.region).option_of("--rest-api-id", &id))
}

fn of_method(writer: &Writer<'_>, operation: &str, method: &Resource) -> Result<Builder, String> {
    let resource = writer.word(&text(method, "ResourceId")?)?;
    Ok(of_api(writer, operation, method)?
        .option_of("--resource-id", &resource)
        .option("--http-method", &text(method, "HttpMethod")?))
}

/// What a person calls a method.
fn called(method: &Resource) -> String {
    let of = |field: &str| method.properties.get(field).as_text().unwrap_or_default();
    format!("{} {}", of("HttpMethod"), of("ResourcePath"))
}

fn replace(path: &str, value: &str) -> Json {
    object!([{ "op": "replace", "path": path, "value": value }])
}

fn set(writer: &Writer<'_>, resource: &Resource, field: &str, to: &Value) -> Written {
    match resource.type_name {
        REST_API => of_rest_api(writer, resource, field, to),
        METHOD => on_method(writer, resource, field, to),
        STAGE => on_stage(writer, resource, field, to),
        _ => Err(cannot_set(resource, field)),
    }
}

fn of_rest_api(writer: &Writer<'_>, resource: &Resource, field: &str, to: &Value) -> Written {
    let update = |patch: Json, why: String| {
        of_api(writer, "update-rest-api", resource)?.json("--patch-operations", &patch).because(why)
    };
    let name = &resource.name;
    let text = to.as_text().unwrap_or_default();
    let flag = (*to == Value::Bool(true)).to_string();
    let command = match field {
        "EndpointConfiguration" => {
            let kind = |value: &Value| super::value::texts(value.get("Types")).into_iter().next();
            let from = kind(resource.properties.get(field));
            let (Some(from), Some(to)) = (from, kind(to)) else { return Err(cannot_set(resource, field)) };
            if to == "PRIVATE" {
                return Err(format!(
                    "a private API needs a policy and VPC endpoints that the rules do not name; change the endpoint type of \
                     {name} in the API Gateway console"
                ));
            }
            let path = format!("/endpointConfiguration/types/{from}");
            update(replace(&path, &to), format!("make the API {name} {to} in the place of {from}"))?
        }
        "Description" => update(replace("/description", &text), format!("set the description of the API {name}"))?,
        "ApiKeySourceType" => update(replace("/apiKeySource", &text), format!("set where {name} takes API keys from"))?,
        "DisableExecuteApiEndpoint" => {
            update(replace("/disableExecuteApiEndpoint", &flag), format!("set the default address of the API {name}"))?
        }
        "Policy" => {
            let policy = match to {
                Value::Policy(policy) => document(policy)?,
                _ => String::new(),
            };
            update(replace("/policy", &policy), format!("replace the resource policy of the API {name}; {DEPLOY}"))?
        }
        "Name" => update(replace("/name", &text), format!("rename the API {name}"))?,
        _ => return Err(cannot_set(resource, field)),
    };
    Ok(vec![command])
}

fn on_method(writer: &Writer<'_>, method: &Resource, field: &str, to: &Value) -> Written {
    let name = called(method);
    let update = |patch: Json, why: String| {
        of_method(writer, "update-method", method)?.json("--patch-operations", &patch).because(why)
    };
    match field {
        "Integration" if *to == Value::Absent => {
            let delete = of_method(writer, "delete-integration", method)?;
            Ok(vec![delete.because(format!("remove the integration of {name}"))?])
        }
        "Integration" => integration(writer, method, to),
        "AuthorizationType" => {
            let kind = to.as_text().unwrap_or_else(|| "NONE".to_owned());
            let why = format!("set who may call {name}; {DEPLOY}");
            Ok(vec![update(replace("/authorizationType", &kind), why)?])
        }
        "ApiKeyRequired" => {
            let why = format!("set whether {name} asks for an API key; {DEPLOY}");
            Ok(vec![update(replace("/apiKeyRequired", &(*to == Value::Bool(true)).to_string()), why)?])
        }
        "ResourcePath" | "HttpMethod" => {
            Err("a method stays on its path and with its verb; make another one in its place".to_owned())
        }
        _ => Err(cannot_set(method, field)),
    }
}

/// The whole integration: PutIntegration replaces it, and what becomes of its responses AWS does not say, so that they
/// are put as well.
fn integration(writer: &Writer<'_>, method: &Resource, to: &Value) -> Written {
    let name = called(method);
    let of = |field: &str| to.get(field).as_text().filter(|text| !text.is_empty());
    let mut put = of_method(writer, "put-integration", method)?
        .option("--type", &of("Type").ok_or_else(|| format!("the type of the integration of {name} is not known"))?);
    for (field, option) in [
        ("IntegrationHttpMethod", "--integration-http-method"),
        ("Uri", "--uri"),
        ("Credentials", "--credentials"),
        ("PassthroughBehavior", "--passthrough-behavior"),
        ("ContentHandling", "--content-handling"),
        ("ConnectionType", "--connection-type"),
    ] {
        if let Some(text) = of(field) {
            put = put.option(option, &text);
        }
    }
    if let Value::Number(timeout) = to.get("TimeoutInMillis") {
        put = put.option("--timeout-in-millis", &timeout.to_string());
    }
    for (field, option) in [("RequestParameters", "--request-parameters"), ("RequestTemplates", "--request-templates")]
    {
        match json(to.get(field)) {
            Ok(map) if map.as_object().is_some_and(|map| !map.is_empty()) => put = put.json(option, &map),
            Ok(_) => {}
            Err(why) => {
                return Err(format!(
                    "the integration of {name} is set as a whole, and not all of it is known ({why}): change it in the \
                     API Gateway console"
                ));
            }
        }
    }
    let mut commands = vec![put.because(format!("set the integration of {name}; {DEPLOY}"))?];
    let responses = match to.get("IntegrationResponses") {
        Value::Set(items) | Value::List(items) => items.as_slice(),
        _ => &[],
    };
    for response in responses {
        let Some(status) = response.get("StatusCode").as_text() else { continue };
        let mut put = of_method(writer, "put-integration-response", method)?.option("--status-code", &status);
        if let Some(pattern) = response.get("SelectionPattern").as_text().filter(|pattern| !pattern.is_empty()) {
            put = put.option("--selection-pattern", &pattern);
        }
        if let Some(handling) = response.get("ContentHandling").as_text() {
            put = put.option("--content-handling", &handling);
        }
        let templates = json(response.get("ResponseTemplates"))?;
        if templates.as_object().is_some_and(|map| !map.is_empty()) {
            put = put.json("--response-templates", &templates);
        }
        commands.push(put.because(format!("what {name} answers with {status}"))?);
    }
    Ok(commands)
}

fn on_stage(writer: &Writer<'_>, stage: &Resource, field: &str, to: &Value) -> Written {
    let flag = (*to == Value::Bool(true)).to_string();
    let patch = match (field, to) {
        ("TracingEnabled", _) => replace("/tracingEnabled", &flag),
        ("ClientCertificateId", _) => replace("/clientCertificateId", &to.as_text().unwrap_or_default()),
        ("MethodSettings", Value::Set(settings) | Value::List(settings)) => {
            let mut operations = Vec::new();
            for setting in settings {
                let of = |field: &str| setting.get(field).as_text();
                let path = of("ResourcePath").unwrap_or_else(|| "/*".to_owned());
                let path = path.trim_start_matches('/').replace('~', "~0").replace('/', "~1");
                let verb = of("HttpMethod").unwrap_or_else(|| "*".to_owned());
                for (field, rest) in [
                    ("DataTraceEnabled", "logging/dataTrace"),
                    ("CacheDataEncrypted", "caching/dataEncrypted"),
                    ("MetricsEnabled", "metrics/enabled"),
                ] {
                    if let Value::Bool(on) = setting.get(field) {
                        operations.push(
                            object!({ "op": "replace", "path": format!("/{path}/{verb}/{rest}"), "value": on.to_string() }),
                        );
                    }
                }
            }
            operations.into()
        }
        _ => return Err(cannot_set(stage, field)),
    };
    let update = of_api(writer, "update-stage", stage)?.option("--stage-name", &stage.name);
    Ok(vec![update.json("--patch-operations", &patch).because(format!("set {field} of the stage {}", stage.name))?])
}

fn create(writer: &Writer<'_>, resource: &Resource) -> Written {
    match resource.type_name {
        REST_API => {
            let kind = super::value::texts(resource.properties.get("EndpointConfiguration").get("Types"));
            let create = aws("apigateway", "create-rest-api", &resource.region).option("--name", &resource.name);
            let create = match kind.first() {
                Some(kind) => create.json("--endpoint-configuration", &object!({ "types": [kind] })),
                None => create,
            };
            Ok(vec![create.because(format!("create the REST API {}", resource.name))?])
        }
        METHOD => {
            let name = called(resource);
            let kind = resource.properties.get("AuthorizationType").as_text().unwrap_or_else(|| "NONE".to_owned());
            let open = if kind == "NONE" { ", which anyone may call" } else { "" };
            let put = of_method(writer, "put-method", resource)?.option("--authorization-type", &kind);
            let answer = of_method(writer, "put-method-response", resource)?.option("--status-code", "200");
            Ok(vec![
                put.because(format!("create the method {name}{open}"))?,
                answer.because(format!("let {name} answer with 200"))?,
            ])
        }
        STAGE => {
            let deploy = of_api(writer, "create-deployment", resource)?.option("--stage-name", &resource.name);
            Ok(vec![deploy.because(format!("deploy the API as it is then to the stage {}", resource.name))?])
        }
        _ => Err(super::no_command(resource.type_name)),
    }
}

fn delete(writer: &Writer<'_>, resource: &Resource) -> Written {
    match resource.type_name {
        REST_API if resource.properties.get("RestApiId").as_text().is_some_and(|id| is_pending(&id)) => {
            Ok(vec![of_api(writer, "delete-rest-api", resource)?.because("delete the API that was made")?])
        }
        REST_API => Err(format!(
            "all methods and stages of the API {} would be gone, and its address with them. Delete it in the API Gateway \
             console once nobody calls it",
            resource.name
        )),
        METHOD => {
            let delete = of_method(writer, "delete-method", resource)?;
            Ok(vec![delete.because(format!("delete the method {}", called(resource)))?])
        }
        STAGE => {
            let delete = of_api(writer, "delete-stage", resource)?.option("--stage-name", &resource.name);
            Ok(vec![delete.because(format!("delete the stage {}", resource.name))?])
        }
        _ => Err(super::no_command(resource.type_name)),
    }
}
