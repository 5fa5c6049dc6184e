//! REST APIs: their methods, stages and authorizers.

use super::super::build::{Build, Resource};
use super::super::node::Node;
use super::super::value::{Value, What, only_reference};
use super::{kind_of, named, parent};
use crate::intent::{Intended, Piece, Wanted};
use crate::services::apigateway::constant;

pub(super) const REST_API: &str = "AWS::ApiGateway::RestApi";
const RESOURCE: &str = "AWS::ApiGateway::Resource";
pub(super) const METHOD: &str = "AWS::ApiGateway::Method";
const STAGE: &str = "AWS::ApiGateway::Stage";

/// How deep resources of an API may nest.
const DEEPEST: usize = 64;

pub(super) fn rest_api(build: &mut Build<'_>, resource: &Resource) {
    let beside = ["Body", "BodyS3Location", "Policy", "Mode", "FailOnWarnings", "Parameters"];
    let has_body = resource.properties.get("Body").is_some();
    if resource.properties.get("Name").is_none() && !has_body {
        let why = match resource.properties.get("BodyS3Location") {
            Some(_) => "it is written in a file in S3 (BodyS3Location)",
            None => "it has no Name",
        };
        build.leave(resource, why);
        return;
    }
    let mut resource_with_name = resource.clone();
    if resource.properties.get("Name").is_none() {
        // Source: "ImportRestApi": the API is called what the definition calls itself.
        let title = resource.properties.get("Body").and_then(|body| body.get("info")?.get("title").cloned());
        let Some(title) = title else {
            build.leave(resource, "it has no Name, and its Body no info.title");
            return;
        };
        resource_with_name.properties.put("Name", title);
    }
    let Some(mut api) = named(build, &resource_with_name, &beside) else { return };
    let from_body = resource.properties.get("Body").and_then(|body| body.get("x-amazon-apigateway-policy").cloned());
    let policy = match build.property(resource, "Policy") {
        Some(policy) => Some(policy),
        None => from_body.map(|node| build.scope.value(&node, build.diagnostics)),
    };
    if let Some(mut document) = policy.and_then(|policy| build.document(&policy, "Policy")) {
        expand(&mut document, &resource.key);
        api.properties.insert("Policy".to_owned(), document);
    }
    if resource.properties.get("BodyS3Location").is_some() {
        build.leave_property(resource, "BodyS3Location", "the definition is in S3, not in the template");
    }
    build.add(resource, api);
}

/// Writes out ARNs that begin with `execute-api:/`, as API Gateway does.
///
/// Source: "API Gateway resource policy examples" in the API Gateway guide: the short form is expanded to the ARN of the
/// API when the policy is saved.
fn expand(wanted: &mut Wanted, api: &str) {
    match wanted {
        Wanted::List(items) => items.iter_mut().for_each(|item| expand(item, api)),
        Wanted::Map(parts) => parts.values_mut().for_each(|part| expand(part, api)),
        Wanted::Text(pieces) => {
            let Some(Piece::Text(first)) = pieces.first() else { return };
            let Some(path) = first.strip_prefix("execute-api:/") else { return };
            let text = |text: &str| Piece::Text(text.to_owned());
            let reference = |name: &str| Piece::Reference(name.to_owned());
            let mut arn = vec![
                text("arn:"),
                reference("AWS::Partition"),
                text(":execute-api:"),
                reference("AWS::Region"),
                text(":"),
                reference("AWS::AccountId"),
                text(":"),
                reference(&format!("{api}.RestApiId")),
                Piece::Text(format!("/{path}")),
            ];
            arn.extend(pieces.drain(1..));
            *pieces = arn;
        }
        _ => {}
    }
}

pub(super) fn authorizer(build: &mut Build<'_>, resource: &Resource) {
    let Some(api) = parent(build, resource, "RestApiId", &[REST_API]) else { return };
    let Some(name) = build.property(resource, "Name") else {
        build.missing(resource, "Name");
        return;
    };
    let Some(name) = name.as_pieces().map(<[Piece]>::to_vec) else {
        build.leave(resource, "its Name is not known");
        return;
    };
    let intended = Intended {
        key: resource.key.clone(),
        type_name: resource.type_name.clone(),
        name: None,
        of: Some(api),
        select: vec![("Name".to_owned(), Wanted::Text(name))],
        properties: build.properties(resource, kind_of("AWS::ApiGateway::Authorizer"), &["RestApiId", "Name"]),
        origin: build.origin(resource),
    };
    build.add(resource, intended);
}

pub(super) fn method(build: &mut Build<'_>, resource: &Resource) {
    let Some(api) = parent(build, resource, "RestApiId", &[REST_API]) else { return };
    let (Some(on), Some(verb)) = (build.property(resource, "ResourceId"), build.property(resource, "HttpMethod"))
    else {
        build.missing(
            resource,
            if resource.properties.get("HttpMethod").is_some() { "ResourceId" } else { "HttpMethod" },
        );
        return;
    };
    let path = match path(build, &on, 0) {
        Ok(path) => path,
        Err(why) => {
            build.leave(resource, format!("its path is not known: {why}"));
            return;
        }
    };
    let Some(verb) = verb.as_pieces().and_then(|pieces| build.scope.literal(pieces)) else {
        build.leave(resource, "its HttpMethod is not known");
        return;
    };
    let beside = ["RestApiId", "ResourceId", "HttpMethod"];
    let mut properties = build.properties(resource, kind_of(METHOD), &beside);
    if let Some(integration) = properties.get_mut("Integration") {
        disclose(build, integration);
    }
    let intended = Intended {
        key: resource.key.clone(),
        type_name: METHOD.to_owned(),
        name: None,
        of: Some(api),
        select: vec![
            ("ResourcePath".to_owned(), Wanted::Text(path)),
            ("HttpMethod".to_owned(), Wanted::Text(vec![Piece::Text(verb.to_ascii_uppercase())])),
        ],
        properties,
        origin: build.origin(resource),
    };
    build.add(resource, intended);
}

/// Brings an integration into the form that is read: words in capitals, constants that may be secrets unknown.
pub(super) fn disclose(build: &Build<'_>, integration: &mut Wanted) {
    let Wanted::Map(parts) = integration else { return };
    for name in ["Type", "PassthroughBehavior"] {
        if let Some(Wanted::Text(pieces)) = parts.get_mut(name)
            && let [Piece::Text(word)] = pieces.as_mut_slice()
        {
            *word = word.to_ascii_uppercase();
        }
    }
    let Some(Wanted::Map(parameters)) = parts.get_mut("RequestParameters") else { return };
    for (name, wanted) in parameters.iter_mut() {
        let Wanted::Text(pieces) = wanted else { continue };
        // A constant stands in quotes of its own, which may have references between them.
        let (Some(Piece::Text(first)), Some(Piece::Text(last))) = (pieces.first(), pieces.last()) else { continue };
        if !(first.starts_with('\'') && last.ends_with('\'')) {
            continue;
        }
        let inner = match pieces.as_slice() {
            [Piece::Text(text)] => match constant(name, text) {
                Some(inner) => vec![Piece::Text(inner.to_owned())],
                None => continue,
            },
            [_, reference @ Piece::Reference(_), _] if first == "'" && last == "'" => vec![reference.clone()],
            _ if constant(name, "''").is_none() => continue,
            _ => vec![Piece::Text(String::new()), Piece::Text(String::new())],
        };
        if let unknown @ Wanted::Unknown(_) = build.disclosed(&inner) {
            *wanted = unknown;
        }
    }
}

/// The path of the resource that `on` names.
fn path(build: &mut Build<'_>, on: &Value, depth: usize) -> Result<Vec<Piece>, String> {
    if depth > DEEPEST {
        return Err("its resources stand below one another in a circle".to_owned());
    }
    let reference = match &on.what {
        What::Unknown(why) => return Err(why.clone()),
        _ => on.as_pieces().and_then(only_reference).map(str::to_owned),
    };
    let Some(reference) = reference else { return Err("it hangs on no resource of this template".to_owned()) };
    if reference.ends_with(".RootResourceId") {
        return Ok(vec![Piece::Text("/".to_owned())]);
    }
    let key = reference.strip_suffix(".ResourceId").unwrap_or(&reference);
    let resources = build.resources;
    let above = resources.iter().find(|resource| resource.key == key && resource.type_name == RESOURCE);
    let Some(above) = above else { return Err(format!("{key} is no resource of an API")) };
    let (Some(parent), Some(part)) = (build.property(above, "ParentId"), build.property(above, "PathPart")) else {
        return Err(format!("{} has no ParentId or no PathPart", above.id));
    };
    let mut pieces = path(build, &parent, depth + 1)?;
    if pieces != [Piece::Text("/".to_owned())] {
        pieces.push(Piece::Text("/".to_owned()));
    }
    match part.as_pieces() {
        Some(part) => pieces.extend(part.iter().cloned()),
        None => return Err(part.unknown().unwrap_or("a part of it is no text").to_owned()),
    }
    Ok(super::super::value::joined(pieces))
}

pub(super) fn stage(build: &mut Build<'_>, resource: &Resource) {
    let Some(api) = parent(build, resource, "RestApiId", &[REST_API]) else { return };
    let name = build.property(resource, "StageName");
    let Some(name) = name.as_ref().and_then(Value::as_pieces) else {
        build.leave(resource, "its StageName is not known");
        return;
    };
    let select = vec![("StageName".to_owned(), Wanted::Text(name.to_vec()))];
    let beside = ["RestApiId", "StageName", "DeploymentId", "MethodSettings", "Variables"];
    let mut properties = build.properties(resource, kind_of(STAGE), &beside);
    let fields = kind_of(STAGE);
    for name in ["MethodSettings", "Variables"] {
        let (Some(value), Some(field)) = (build.property(resource, name), fields.field(name)) else { continue };
        let Some(mut wanted) = build.shaped(&value, &field.shape, name) else { continue };
        match &mut wanted {
            Wanted::List(settings) => settings.iter_mut().for_each(unescape),
            Wanted::Map(variables) => {
                for wanted in variables.values_mut() {
                    if let Wanted::Text(pieces) = wanted {
                        *wanted = build.disclosed(pieces);
                    }
                }
            }
            _ => {}
        }
        properties.insert(name.to_owned(), wanted);
    }
    let intended = Intended {
        key: resource.key.clone(),
        type_name: STAGE.to_owned(),
        name: None,
        of: Some(api),
        select,
        properties,
        origin: build.origin(resource),
    };
    build.add(resource, intended);
}

/// The path of a setting, in which CloudFormation writes each slash after the first as `~1`, as it is read.
fn unescape(setting: &mut Wanted) {
    if let Wanted::Map(parts) = setting
        && let Some(Wanted::Text(pieces)) = parts.get_mut("ResourcePath")
        && let [Piece::Text(path)] = pieces.as_mut_slice()
    {
        let bare = path.strip_prefix('/').unwrap_or(path).replace("~1", "/");
        *path = if bare.starts_with('/') { bare } else { format!("/{bare}") };
    }
}

/// The stage that a deployment makes, if it names one. The deployment itself is of no moment: a stage serves the one that
/// it was given last.
pub(super) fn deployment(build: &mut Build<'_>, resource: &Resource) {
    let Some(name) = resource.properties.get("StageName") else { return };
    let mut properties: Node =
        resource.properties.get("StageDescription").cloned().unwrap_or_else(|| Node::map(&resource.span, Vec::new()));
    if !properties.is_map() || properties.intrinsic().is_some() {
        build.leave_property(resource, "StageDescription", "it is not written out as a map");
        properties = Node::map(&resource.span, Vec::new());
    }
    let mut settings: Vec<(&str, Node)> = Vec::new();
    for field in [
        "MethodSettings",
        "Variables",
        "AccessLogSetting",
        "CacheClusterEnabled",
        "TracingEnabled",
        "ClientCertificateId",
        "Tags",
    ] {
        if let Some(node) = properties.get(field) {
            settings.push((field, node.clone()));
        }
    }
    settings.push(("StageName", name.clone()));
    if let Some(api) = resource.properties.get("RestApiId") {
        settings.push(("RestApiId", api.clone()));
    }
    let key = build.keys.take(&format!("{}Stage", resource.id));
    let made = Resource {
        key,
        type_name: STAGE.to_owned(),
        properties: Node::map(&resource.span, settings),
        ..resource.clone()
    };
    stage(build, &made);
}
