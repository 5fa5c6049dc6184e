//! `AWS::Serverless::Api`, and the API that SAM makes where an event names none: a REST API with its definition, its
//! deployment and its stage.

use super::{Making, unknown};
use crate::intent::template::build::Resource;
use crate::intent::template::node::{Content, Node};
use crate::rules::Span;

/// The logical id of the API that events are for that name none.
pub(super) const IMPLICIT: &str = "ServerlessRestApi";

/// A method that an event of a function asks for.
pub(super) struct Method {
    /// The logical id of the API.
    pub(super) api: String,
    pub(super) path: String,
    /// The verb, as OpenAPI writes it.
    pub(super) verb: String,
    pub(super) span: Span,
    /// The logical id of the function, or of its alias.
    pub(super) invoked: String,
    pub(super) is_alias: bool,
    /// How the event says that the method is guarded.
    pub(super) auth: Option<Node>,
    /// The condition that the function is made under.
    pub(super) condition: Option<String>,
}

/// Makes the APIs `apis`, and the implicit one if an event is for it.
pub(super) fn expand(making: &mut Making<'_>, globals: Option<&Node>, apis: Vec<Resource>) {
    let methods = std::mem::take(&mut making.methods);
    if let Some(first) = methods.iter().find(|method| method.api == IMPLICIT) {
        let mut properties = globals.cloned().unwrap_or_else(|| Node::map(&first.span, Vec::new()));
        properties.put("StageName", Node::text(&first.span, "Prod"));
        let own: Vec<&Method> = methods.iter().filter(|method| method.api == IMPLICIT).collect();
        // It is made if any of its functions is; with one condition alone that can be said.
        let only = own.iter().all(|method| method.condition == first.condition);
        let condition = first.condition.clone().filter(|_| only).map(|name| (name, first.span.clone()));
        let implicit = Resource {
            id: IMPLICIT.to_owned(),
            key: String::new(),
            type_name: "AWS::Serverless::Api".to_owned(),
            span: first.span.clone(),
            properties,
            condition,
        };
        one(making, &implicit, &own);
    }
    for api in &apis {
        let own: Vec<&Method> = methods.iter().filter(|method| method.api == api.id).collect();
        one(making, api, &own);
    }
}

fn one(making: &mut Making<'_>, api: &Resource, methods: &[&Method]) {
    let (span, properties) = (&api.span, &api.properties);
    let mut made = Vec::new();
    for (name, of) in [
        ("ApiKeySourceType", "ApiKeySourceType"),
        ("BinaryMediaTypes", "BinaryMediaTypes"),
        ("Description", "Description"),
        ("DisableExecuteApiEndpoint", "DisableExecuteApiEndpoint"),
        ("MinimumCompressionSize", "MinimumCompressionSize"),
        ("Name", "Name"),
        ("Policy", "Policy"),
    ] {
        if let Some(node) = properties.get(of) {
            made.push((name, node.clone()));
        }
    }
    if let Some(endpoint) = properties.get("EndpointConfiguration") {
        made.push(("EndpointConfiguration", self::endpoint(endpoint, span)));
    }
    // Without tags of its own an API gets none.
    if properties.get("Tags").is_some() {
        made.push(("Tags", super::tags(api)));
    }
    let auth = properties.get("Auth");
    if auth.is_some_and(|auth| auth.get("ResourcePolicy").is_some()) {
        made.push(("Policy", unknown(span)));
        making.leave(api, "Auth.ResourcePolicy", "the policy that it stands for is not worked out");
    }
    if auth.is_some_and(|auth| auth.get("UsagePlan").is_some()) {
        making.leave(api, "Auth.UsagePlan", "Plimsoll does not read usage plans");
    }
    if properties.get("DefinitionUri").is_some() {
        making.leave(api, "DefinitionUri", "the definition is in a file of its own, not in the template");
    }
    if properties.get("Cors").is_some() {
        making.leave(api, "Cors", "the OPTIONS methods that it stands for are not worked out");
    }
    let body = match properties.get("DefinitionBody") {
        Some(body) => body.clone(),
        None => definition(api, auth, methods),
    };
    made.push(("Body", body));
    making.add(api, api.id.clone(), "AWS::ApiGateway::RestApi", made);

    let of_api = || Node::reference(span, &api.id);
    let stage_name = properties.get("StageName").cloned().unwrap_or_else(|| Node::text(span, "Prod"));
    let mut stage = vec![("RestApiId", of_api()), ("StageName", stage_name.clone())];
    for name in
        ["AccessLogSetting", "CacheClusterEnabled", "CanarySetting", "MethodSettings", "TracingEnabled", "Variables"]
    {
        if let Some(node) = properties.get(name) {
            stage.push((name, node.clone()));
        }
    }
    let stage_id = format!("{}{}Stage", api.id, stage_name.as_text().unwrap_or_default());
    making.add(api, stage_id, "AWS::ApiGateway::Stage", stage);
    // The deployment names a stage `Stage`, which AWS makes beside the one that is wanted, unless the version of OpenAPI
    // is set ("Globals section": OpenApiVersion).
    let mut deployment = vec![("RestApiId", of_api())];
    if properties.get("OpenApiVersion").is_none() {
        deployment.push(("StageName", Node::text(span, "Stage")));
    }
    making.add(api, format!("{}Deployment", api.id), "AWS::ApiGateway::Deployment", deployment);
    authorizer_permissions(making, api, auth);
}

/// How an API is reached: SAM takes a word, or a map with `Type`.
fn endpoint(node: &Node, span: &Span) -> Node {
    let types = |kind: &Node| Node::list(span, vec![kind.clone()]);
    match &node.content {
        Content::Map(_) if node.intrinsic().is_none() => {
            let mut made = Vec::new();
            if let Some(kind) = node.get("Type") {
                made.push(("Types", types(kind)));
            }
            if let Some(ids) = node.get("VPCEndpointIds") {
                made.push(("VpcEndpointIds", ids.clone()));
            }
            if let Some(kind) = node.get("IpAddressType") {
                made.push(("IpAddressType", kind.clone()));
            }
            Node::map(span, made)
        }
        _ => Node::map(span, vec![("Types", types(node))]),
    }
}

/// The definition of an API whose methods are `methods`.
fn definition(api: &Resource, auth: Option<&Node>, methods: &[&Method]) -> Node {
    let span = &api.span;
    let mut paths = Node::map(span, Vec::new());
    for method in methods {
        let of = &method.span;
        let function = if method.is_alias { method.invoked.clone() } else { format!("{}.Arn", method.invoked) };
        let uri = format!(
            "arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{{function}}}/invocations"
        );
        let mut integration = vec![
            ("type", Node::text(of, "aws_proxy")),
            ("httpMethod", Node::text(of, "POST")),
            ("uri", Node::sub(of, uri)),
        ];
        integration.extend(credentials(auth, method).map(|credentials| ("credentials", credentials)));
        let integration = Node::map(of, integration);
        let mut operation = vec![("x-amazon-apigateway-integration", integration)];
        if let Some(security) = security(auth, method) {
            operation.push(("security", security));
        }
        let mut operation = Node::map(of, operation);
        if let Some(condition) = &method.condition {
            let branches = vec![Node::text(of, condition.clone()), operation, Node::reference(of, "AWS::NoValue")];
            operation = Node::map(of, vec![("Fn::If", Node::list(of, branches))]);
        }
        let mut item = paths.get(&method.path).cloned().unwrap_or_else(|| Node::map(of, Vec::new()));
        item.put(&method.verb, operation);
        paths.put(&method.path, item);
    }
    let info = Node::map(span, vec![("title", Node::reference(span, "AWS::StackName"))]);
    Node::map(span, vec![("info", info), ("paths", paths), ("securityDefinitions", schemes(api, auth))])
}

/// What API Gateway acts as where callers are told by their signatures: the caller, unless `InvokeRole` says otherwise.
/// An event with anything under `Auth` must ask for signatures itself.
fn credentials(auth: Option<&Node>, method: &Method) -> Option<Node> {
    let own = method.auth.as_ref().filter(|own| !own.entries().is_empty());
    let named = |auth: Option<&Node>, field: &str| {
        auth.and_then(|auth| auth.get(field)).and_then(Node::as_text) == Some("AWS_IAM")
    };
    let signed = named(own, "Authorizer") || (own.is_none() && named(auth, "DefaultAuthorizer"));
    if !signed {
        return None;
    }
    let role = own.and_then(|own| own.get("InvokeRole")).or_else(|| auth.and_then(|auth| auth.get("InvokeRole")));
    match role {
        Some(role) if role.is_nothing() || role.as_text() == Some("NONE") => None,
        Some(role) if role.as_text() != Some("CALLER_CREDENTIALS") => Some(role.clone()),
        _ => Some(Node::sub(&method.span, "arn:${AWS::Partition}:iam::*:user/*")),
    }
}

/// How a method is guarded: as its event says, or else as all of the API are.
fn security(auth: Option<&Node>, method: &Method) -> Option<Node> {
    let span = &method.span;
    let of = |name: &str| method.auth.as_ref().and_then(|auth| auth.get(name));
    let authorizer = match of("Authorizer").or_else(|| auth.and_then(|auth| auth.get("DefaultAuthorizer"))) {
        None => None,
        Some(node) => match node.as_text() {
            Some("NONE") => None,
            Some(name) => Some(name),
            None => return Some(unknown(span)),
        },
    };
    let key = of("ApiKeyRequired").or_else(|| auth.and_then(|auth| auth.get("ApiKeyRequired")));
    let key = match key.map(Node::as_text) {
        None | Some(Some("false")) => false,
        Some(Some("true")) => true,
        Some(_) => return Some(unknown(span)),
    };
    let names = authorizer.into_iter().chain(key.then_some("api_key"));
    let schemes: Vec<Node> = names.map(|name| Node::map(span, vec![(name, Node::list(span, Vec::new()))])).collect();
    (!schemes.is_empty()).then(|| Node::list(span, schemes))
}

/// The schemes that methods may be guarded by.
fn schemes(api: &Resource, auth: Option<&Node>) -> Node {
    let span = &api.span;
    let text = |text: &str| Node::text(span, text);
    let mut schemes = Node::map(span, Vec::new());
    schemes.put("AWS_IAM", Node::map(span, vec![("x-amazon-apigateway-authtype", text("awsSigv4"))]));
    schemes.put("api_key", Node::map(span, vec![("name", text("x-api-key"))]));
    let named = auth.and_then(|auth| auth.get("Authorizers")).map(Node::entries).unwrap_or_default();
    for entry in named {
        let identity = entry.value.get("Identity");
        let header = identity.and_then(|identity| identity.get("Header").cloned());
        let mut scheme = vec![("name", header.unwrap_or_else(|| text("Authorization")))];
        let authorizer = if let Some(pool) = entry.value.get("UserPoolArn") {
            let pools = if pool.items().is_some() { pool.clone() } else { Node::list(span, vec![pool.clone()]) };
            vec![("type", text("cognito_user_pools")), ("providerARNs", pools)]
        } else if let Some(function) = entry.value.get("FunctionArn") {
            let uri = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function}/invocations";
            let variables = Node::map(span, vec![("Function", function.clone())]);
            let uri = Node::map(span, vec![("Fn::Sub", Node::list(span, vec![text(uri), variables]))]);
            let by_request = entry.value.get("FunctionPayloadType").and_then(Node::as_text) == Some("REQUEST");
            let mut authorizer =
                vec![("type", text(if by_request { "request" } else { "token" })), ("authorizerUri", uri)];
            if by_request {
                // What tells who sent a request is put together of several parts of it.
                authorizer.push(("identitySource", unknown(span)));
                scheme.clear();
            }
            if let Some(role) = entry.value.get("FunctionInvokeRole").filter(|role| role.as_text() != Some("NONE")) {
                authorizer.push(("authorizerCredentials", role.clone()));
            }
            authorizer
        } else {
            continue;
        };
        scheme.push(("x-amazon-apigateway-authorizer", Node::map(span, authorizer)));
        schemes.put(&entry.key, Node::map(span, scheme));
    }
    schemes
}

/// The permissions to ask the functions that decide who may call an API.
fn authorizer_permissions(making: &mut Making<'_>, api: &Resource, auth: Option<&Node>) {
    let named = auth.and_then(|auth| auth.get("Authorizers")).map(Node::entries).unwrap_or_default();
    for entry in named {
        let span = &entry.key_span;
        let Some(function) = entry.value.get("FunctionArn") else { continue };
        if entry.value.get("FunctionInvokeRole").is_some_and(|role| role.as_text() != Some("NONE")) {
            continue;
        }
        let source = format!(
            "arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{}}}/authorizers/*",
            api.id
        );
        let made = vec![
            ("Action", Node::text(span, "lambda:InvokeFunction")),
            ("FunctionName", function.clone()),
            ("Principal", Node::text(span, "apigateway.amazonaws.com")),
            ("SourceArn", Node::sub(span, source)),
        ];
        let id = format!("{}{}AuthorizerPermission", api.id, entry.key);
        making.add(api, id, "AWS::Lambda::Permission", made);
    }
}
