//! The definition of a REST API in OpenAPI, with Amazon's extensions, as a template may have it in `Body`.
//!
//! Sources: "Working with API Gateway extensions to OpenAPI" in the API Gateway guide.

use super::super::build::{Build, Resource};
use super::super::keys::kebab;
use super::super::value::{Value, What};
use super::apigateway::{METHOD, disclose};
use super::kind_of;
use crate::intent::{Intended, Piece, Wanted};
use crate::model::Shape;
use std::collections::BTreeMap;

const VERBS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method"];
const INTEGRATION: &str = "x-amazon-apigateway-integration";

/// Each part of an integration: what OpenAPI and what CloudFormation calls it.
const PARTS: [(&str, &str); 10] = [
    ("type", "Type"),
    ("httpMethod", "IntegrationHttpMethod"),
    ("uri", "Uri"),
    ("credentials", "Credentials"),
    ("passthroughBehavior", "PassthroughBehavior"),
    ("contentHandling", "ContentHandling"),
    ("connectionType", "ConnectionType"),
    ("timeoutInMillis", "TimeoutInMillis"),
    ("requestParameters", "RequestParameters"),
    ("requestTemplates", "RequestTemplates"),
];

/// How a method is guarded.
enum Guard {
    Nothing,
    Signature,
    Authorizer(String, &'static str),
    Unknown(String),
}

/// The methods and authorizers that the `Body` of `resource` defines.
pub(super) fn body(build: &mut Build<'_>, resource: &Resource) {
    if build.made(&resource.key).is_none() {
        return;
    }
    let Some(body) = build.property(resource, "Body") else { return };
    if let What::Unknown(why) = &body.what {
        let why = why.clone();
        build.leave_property(resource, "Body", why);
        return;
    }
    let Some(paths) = body.get("paths") else { return };
    let What::Map(paths) = &paths.what else {
        let why = paths.unknown().unwrap_or("its paths are no map").to_owned();
        build.leave_property(resource, "Body", why);
        return;
    };
    let schemes = schemes(&body);
    let authorizers = authorizers(build, resource, &schemes);
    for (path, item) in paths {
        let What::Map(verbs) = &item.what else {
            let why = item.unknown().unwrap_or("it is no map").to_owned();
            build.leave_property(resource, &format!("Body.paths.{path}"), why);
            continue;
        };
        for (verb, operation) in verbs.iter().filter(|(verb, _)| VERBS.contains(&verb.to_ascii_lowercase().as_str())) {
            let verb = if verb.contains('-') { "ANY".to_owned() } else { verb.to_ascii_uppercase() };
            let security = operation.get("security").or_else(|| body.get("security"));
            let method = method(build, resource, path, &verb, operation, security, &schemes, &authorizers);
            build.add(resource, method);
        }
    }
}

#[allow(clippy::too_many_arguments, reason = "each is a part of the definition of its own")]
fn method(
    build: &mut Build<'_>,
    resource: &Resource,
    path: &str,
    verb: &str,
    operation: &Value,
    security: Option<&Value>,
    schemes: &BTreeMap<String, Value>,
    authorizers: &BTreeMap<String, String>,
) -> Intended {
    let mut properties = BTreeMap::new();
    let integration = operation.get(INTEGRATION);
    if let Some(wanted) = integration.and_then(|integration| self::integration(build, integration)) {
        properties.insert("Integration".to_owned(), wanted);
    }
    let (guard, key_required) = guard(build, security, schemes);
    if key_required {
        properties.insert("ApiKeyRequired".to_owned(), Wanted::Bool(true));
    }
    let kind_of_guard = match &guard {
        Guard::Nothing => text("NONE"),
        Guard::Signature => text("AWS_IAM"),
        Guard::Authorizer(name, kind) => {
            if let Some(key) = authorizers.get(name) {
                let id = Wanted::Text(vec![Piece::Reference(format!("{key}.AuthorizerId"))]);
                properties.insert("AuthorizerId".to_owned(), id);
            }
            text(kind)
        }
        Guard::Unknown(why) => Wanted::Unknown(why.clone()),
    };
    properties.insert("AuthorizationType".to_owned(), kind_of_guard);
    let key = build.keys.take(&format!("{}-{}-{}", resource.key, verb.to_ascii_lowercase(), kebab_of(path)));
    let line = build.diagnostics.sources.place(&operation.span).line;
    Intended {
        key,
        type_name: METHOD.to_owned(),
        name: None,
        of: Some(resource.key.clone()),
        select: vec![("ResourcePath".to_owned(), text(path)), ("HttpMethod".to_owned(), text(verb))],
        properties,
        origin: format!("{} of {}, line {line}", format_args!("{verb} {path}"), resource.id),
    }
}

fn kebab_of(path: &str) -> String {
    if path == "/" { "root".to_owned() } else { kebab(path) }
}

fn integration(build: &mut Build<'_>, value: &Value) -> Option<Wanted> {
    let entries = match &value.what {
        What::Map(entries) => entries,
        What::Unknown(why) => return Some(Wanted::Unknown(why.clone())),
        _ => {
            build.wrong(value, INTEGRATION, "a map");
            return None;
        }
    };
    let mut parts: Vec<(String, Value)> = Vec::new();
    for (key, value) in entries {
        if let Some((_, name)) = PARTS.iter().find(|(openapi, _)| openapi == key) {
            parts.push(((*name).to_owned(), value.clone()));
        }
    }
    if let Some(What::Map(responses)) = value.get("responses").map(|responses| &responses.what) {
        let responses = responses.iter().map(|(pattern, response)| self::response(pattern, response)).collect();
        let span = value.span.clone();
        parts.push(("IntegrationResponses".to_owned(), Value { span, what: What::List(responses) }));
    }
    let shape = kind_of(METHOD).field("Integration").map(|field| field.shape.clone());
    let shape = shape.unwrap_or(Shape::Struct(Vec::new()));
    let whole = Value { span: value.span.clone(), what: What::Map(parts) };
    let mut wanted = build.shaped(&whole, &shape, "Integration")?;
    disclose(build, &mut wanted);
    Some(wanted)
}

/// What becomes of the target's answers that `pattern` is about.
fn response(pattern: &str, value: &Value) -> Value {
    let mut parts = Vec::new();
    for (openapi, name) in [
        ("statusCode", "StatusCode"),
        ("responseTemplates", "ResponseTemplates"),
        ("contentHandling", "ContentHandling"),
    ] {
        if let Some(part) = value.get(openapi) {
            parts.push((name.to_owned(), part.clone()));
        }
    }
    if pattern != "default" {
        parts.push(("SelectionPattern".to_owned(), Value::literal(&value.span, pattern)));
    }
    Value { span: value.span.clone(), what: What::Map(parts) }
}

/// The schemes of security, by name: those of Swagger 2.0 and of OpenAPI 3.0.
fn schemes(body: &Value) -> BTreeMap<String, Value> {
    let newer = body.get("components").and_then(|components| components.get("securitySchemes"));
    match body.get("securityDefinitions").or(newer).map(|schemes| &schemes.what) {
        Some(What::Map(schemes)) => schemes.iter().cloned().collect(),
        _ => BTreeMap::new(),
    }
}

/// Adds the authorizers among `schemes`; what each is called in rules, by the name of its scheme.
fn authorizers(
    build: &mut Build<'_>,
    resource: &Resource,
    schemes: &BTreeMap<String, Value>,
) -> BTreeMap<String, String> {
    let mut keys = BTreeMap::new();
    for (name, scheme) in schemes {
        let Some(of) = scheme.get("x-amazon-apigateway-authorizer") else { continue };
        let pieces = |name: &str| of.get(name).and_then(|value| value.as_pieces().map(<[Piece]>::to_vec));
        let mut properties = BTreeMap::new();
        let kind = of.get("type").and_then(|kind| build.scope.literal(kind.as_pieces()?));
        if let Some(kind) = kind {
            properties.insert("Type".to_owned(), text(&kind.to_ascii_uppercase()));
        }
        for (openapi, field) in [
            ("authorizerUri", "AuthorizerUri"),
            ("authorizerCredentials", "AuthorizerCredentials"),
            ("identitySource", "IdentitySource"),
        ] {
            if let Some(pieces) = pieces(openapi) {
                properties.insert(field.to_owned(), Wanted::Text(pieces));
            }
        }
        if let Some(arns) = of.get("providerARNs").and_then(Value::untyped) {
            properties.insert("ProviderARNs".to_owned(), arns);
        }
        let header = scheme.get("name").and_then(|header| build.scope.literal(header.as_pieces()?));
        if let Some(header) = header.filter(|_| !properties.contains_key("IdentitySource")) {
            // A token is taken from the header that the scheme names.
            properties.insert("IdentitySource".to_owned(), text(&format!("method.request.header.{header}")));
        }
        let key = build.keys.take(&format!("{}-{name}", resource.key));
        keys.insert(name.clone(), key.clone());
        let line = build.diagnostics.sources.place(&of.span).line;
        let intended = Intended {
            key,
            type_name: "AWS::ApiGateway::Authorizer".to_owned(),
            name: None,
            of: Some(resource.key.clone()),
            select: vec![("Name".to_owned(), text(name))],
            properties,
            origin: format!("{name} of {}, line {line}", resource.id),
        };
        build.add(resource, intended);
    }
    keys
}

/// How the `security` of a method guards it, and whether it asks for an API key as well.
fn guard(build: &Build<'_>, security: Option<&Value>, schemes: &BTreeMap<String, Value>) -> (Guard, bool) {
    let Some(security) = security else { return (Guard::Nothing, false) };
    let What::List(alternatives) = &security.what else {
        let why = security.unknown().unwrap_or("its security is no list");
        return (Guard::Unknown(why.to_owned()), false);
    };
    let (mut guard, mut key_required) = (Guard::Nothing, false);
    let names = alternatives.iter().filter_map(|alternative| match &alternative.what {
        What::Map(schemes) => Some(schemes.iter().map(|(name, _)| name.as_str())),
        _ => None,
    });
    for name in names.flatten() {
        let literal = |value: Option<&Value>| value.and_then(|value| build.scope.literal(value.as_pieces()?));
        let Some(scheme) = schemes.get(name) else { continue };
        let kind = literal(scheme.get("x-amazon-apigateway-authtype")).map(|kind| kind.to_ascii_lowercase());
        let of = scheme.get("x-amazon-apigateway-authorizer");
        guard = match (kind.as_deref(), of) {
            (Some("awssigv4"), _) => Guard::Signature,
            (Some("cognito_user_pools"), _) => Guard::Authorizer(name.to_owned(), "COGNITO_USER_POOLS"),
            (_, Some(of)) => match literal(of.get("type")).map(|kind| kind.to_ascii_lowercase()).as_deref() {
                Some("cognito_user_pools") => Guard::Authorizer(name.to_owned(), "COGNITO_USER_POOLS"),
                _ => Guard::Authorizer(name.to_owned(), "CUSTOM"),
            },
            (None, None) if literal(scheme.get("name")).is_some_and(|name| name.eq_ignore_ascii_case("x-api-key")) => {
                key_required = true;
                continue;
            }
            _ => Guard::Unknown(format!("the scheme {name} is none of API Gateway's")),
        };
    }
    (guard, key_required)
}

fn text(text: &str) -> Wanted {
    Wanted::Text(vec![Piece::Text(text.to_owned())])
}
