//! Functions, who may invoke them, and what invokes them.

use super::super::build::{Build, Resource};
use super::super::value::{Value, What, only_reference};
use super::{kind_of, named, parent};
use crate::intent::{Intended, Piece, Wanted};
use crate::model::Shape;
use std::collections::BTreeMap;

const FUNCTION: &str = "AWS::Lambda::Function";

pub(super) fn function(build: &mut Build<'_>, resource: &Resource) {
    if let Some(function) = named(build, resource, &["Environment"]) {
        build.add(resource, function);
    }
}

/// The variables of a function, as far as a scan may keep them.
pub(super) fn environment(build: &mut Build<'_>, resource: &Resource) {
    if build.made(&resource.key).is_none() {
        return;
    }
    let Some(value) = build.property(resource, "Environment") else { return };
    if let Some(What::Map(variables)) = value.get("Variables").map(|variables| &variables.what) {
        for (name, value) in variables.iter().filter(|(name, _)| !is_variable(name)) {
            let name = crate::model::harmless(name);
            build
                .diagnostics
                .error("wrong-name", &value.span, format!("`{name}` cannot be the name of an environment variable"))
                .help("Lambda takes letters, digits and _, two at least, the first a letter");
        }
    }
    let variables = match (&value.what, value.get("Variables").map(|variables| &variables.what)) {
        (What::Unknown(why), _) | (_, Some(What::Unknown(why))) => Wanted::Unknown(why.clone()),
        (_, Some(What::Map(variables))) => Wanted::Map(
            variables
                .iter()
                .filter_map(|(name, value)| {
                    let wanted = match &value.what {
                        What::Text { pieces, .. } => build.disclosed(pieces),
                        What::Unknown(why) => Wanted::Unknown(why.clone()),
                        _ => return None,
                    };
                    Some((name.clone(), wanted))
                })
                .collect(),
        ),
        (What::Map(_), None) => return,
        _ => {
            build.wrong(&value, "Environment", "a map with `Variables`");
            return;
        }
    };
    if variables == Wanted::Map(BTreeMap::new()) {
        return;
    }
    if let Some(function) = build.made(&resource.key) {
        let environment = Wanted::Map(BTreeMap::from([("Variables".to_owned(), variables)]));
        function.properties.insert("Environment".to_owned(), environment);
    }
}

/// Whether Lambda takes `name` for an environment variable ("Environment" in the Lambda API reference).
fn is_variable(name: &str) -> bool {
    name.len() >= 2
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

pub(super) fn mapping(build: &mut Build<'_>, resource: &Resource) {
    let alias = qualified(build, resource, "FunctionName");
    let function = match &alias {
        Some((function, _)) => function.clone(),
        None => match parent(build, resource, "FunctionName", &[FUNCTION]) {
            Some(function) => function,
            None => return,
        },
    };
    let source = build.property(resource, "EventSourceArn");
    let source = match &source {
        None => {
            build.leave(resource, "it takes records from no queue or stream of AWS");
            return;
        }
        Some(Value { what: What::Text { pieces, .. }, .. }) => pieces.clone(),
        Some(value) => {
            let why = format!("its source is not known: {}", value.unknown().unwrap_or("it is no text"));
            build.leave(resource, why);
            return;
        }
    };
    let mut properties = build.properties(
        resource,
        kind_of("AWS::Lambda::EventSourceMapping"),
        &["FunctionName", "EventSourceArn", "KmsKeyArn"],
    );
    if resource.properties.get("KmsKeyArn").is_some() && properties.contains_key("FilterCriteria") {
        let why = "a customer's key encrypts the filter, and no list shows it";
        properties.insert("FilterCriteria".to_owned(), Wanted::Unknown(why.to_owned()));
    }
    if let Some((function, alias)) = alias {
        let mut arn = vec![Piece::Reference(format!("{function}.Arn")), Piece::Text(":".to_owned())];
        arn.extend(alias);
        properties.insert("FunctionArn".to_owned(), Wanted::Text(super::super::value::joined(arn)));
    }
    let intended = Intended {
        key: resource.key.clone(),
        type_name: resource.type_name.clone(),
        name: None,
        of: Some(function),
        select: vec![("EventSourceArn".to_owned(), Wanted::Text(source))],
        properties,
        origin: build.origin(resource),
    };
    build.add(resource, intended);
}

/// The function of this template that the property `name` names with a version or alias, and which.
fn qualified(build: &mut Build<'_>, resource: &Resource, name: &str) -> Option<(String, Vec<Piece>)> {
    let value = build.property(resource, name)?;
    let [Piece::Reference(function), rest @ ..] = value.as_pieces()? else { return None };
    let key = function.strip_suffix(".Arn")?.to_owned();
    let [Piece::Text(first), more @ ..] = rest else { return None };
    let first = first.strip_prefix(':')?;
    build.made(&key).filter(|made| made.type_name == FUNCTION)?;
    let mut qualifier = vec![Piece::Text(first.to_owned())];
    qualifier.extend(more.iter().cloned());
    Some((key, super::super::value::joined(qualifier)))
}

pub(super) fn url(build: &mut Build<'_>, resource: &Resource) {
    let mut select = Vec::new();
    let function = match qualified(build, resource, "TargetFunctionArn") {
        Some((function, alias)) => {
            select.push(("Qualifier".to_owned(), Wanted::Text(alias)));
            function
        }
        None => match parent(build, resource, "TargetFunctionArn", &[FUNCTION]) {
            Some(function) => function,
            None => return,
        },
    };
    if let Some(qualifier) = build.property(resource, "Qualifier") {
        match qualifier.as_pieces() {
            Some(pieces) => select.push(("Qualifier".to_owned(), Wanted::Text(pieces.to_vec()))),
            None => {
                build.leave(resource, "its Qualifier is not known");
                return;
            }
        }
    }
    let beside = ["TargetFunctionArn", "Qualifier"];
    let intended = Intended {
        key: resource.key.clone(),
        type_name: resource.type_name.clone(),
        name: None,
        of: Some(function),
        select,
        properties: build.properties(resource, kind_of("AWS::Lambda::Url"), &beside),
        origin: build.origin(resource),
    };
    build.add(resource, intended);
}

/// What becomes of asynchronous invocations of a function. What is set for versions and aliases is not read.
pub(super) fn event_invoke_config(build: &mut Build<'_>, resource: &Resource) {
    let Some(function) = parent(build, resource, "FunctionName", &[FUNCTION]) else { return };
    let qualifier = build.property(resource, "Qualifier").and_then(|value| build.scope.literal(value.as_pieces()?));
    if qualifier.as_deref() != Some("$LATEST") {
        build.leave(resource, "it is for a version or alias, and what is set for those is not read");
        return;
    }
    let fields = kind_of(FUNCTION).field("EventInvokeConfig").map(|field| field.shape.clone());
    let value = build.scope.value(&resource.properties, build.diagnostics);
    let What::Map(entries) = value.what else { return };
    let entries = entries.into_iter().filter(|(key, _)| key != "FunctionName" && key != "Qualifier").collect();
    let settings = Value { span: value.span, what: What::Map(entries) };
    let shape = fields.unwrap_or(Shape::Struct(Vec::new()));
    if let Some(settings) = build.shaped(&settings, &shape, "EventInvokeConfig")
        && let Some(intended) = build.made(&function)
    {
        intended.properties.insert("EventInvokeConfig".to_owned(), settings);
    }
}

/// A permission, as the statement that Lambda writes of it into the policy of the function.
///
/// Source: AddPermission in the Lambda API reference, and "Using resource-based policies" in the Lambda guide. The
/// statement's id is made up by CloudFormation, so none is wanted.
pub(super) fn permission(build: &mut Build<'_>, resource: &Resource) {
    let Some(value) = build.property(resource, "FunctionName") else {
        build.missing(resource, "FunctionName");
        return;
    };
    let Some(function) = build.target(&value, &[FUNCTION]) else {
        build.leave(
            resource,
            "it is for something other than a function of this template; policies of versions and aliases are not read",
        );
        return;
    };
    let statement = statement(build, resource, &function);
    let Some(intended) = build.made(&function) else { return };
    let policy = intended.properties.entry("Policy".to_owned()).or_insert_with(|| {
        Wanted::Map(BTreeMap::from([
            ("Statement".to_owned(), Wanted::List(Vec::new())),
            ("Version".to_owned(), text("2012-10-17")),
        ]))
    });
    if let Wanted::Map(document) = policy
        && let Some(Wanted::List(statements)) = document.get_mut("Statement")
    {
        statements.push(statement);
    }
}

fn statement(build: &mut Build<'_>, resource: &Resource, function: &str) -> Wanted {
    let mut statement = BTreeMap::from([
        ("Effect".to_owned(), text("Allow")),
        ("Resource".to_owned(), Wanted::Text(vec![Piece::Reference(format!("{function}.Arn"))])),
    ]);
    let action = build.property(resource, "Action");
    let principal = build.property(resource, "Principal");
    for (name, value) in [("Action", &action), ("Principal", &principal)] {
        if value.is_none() {
            build.missing(resource, name);
        }
    }
    let (Some(action), Some(principal)) = (action, principal) else {
        return Wanted::Unknown("it lacks what a permission must have".to_owned());
    };
    statement.insert("Action".to_owned(), whole(&action));
    statement.insert("Principal".to_owned(), whom(build, &principal));
    let mut conditions: BTreeMap<String, BTreeMap<String, Wanted>> = BTreeMap::new();
    // Lambda writes the keys of these two in capitals.
    for (property, operator, key) in [
        ("SourceArn", "ArnLike", "AWS:SourceArn"),
        ("SourceAccount", "StringEquals", "AWS:SourceAccount"),
        ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
        ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
        ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
        ("InvokedViaFunctionUrl", "Bool", "lambda:InvokedViaFunctionUrl"),
    ] {
        if let Some(value) = build.property(resource, property) {
            conditions.entry(operator.to_owned()).or_default().insert(key.to_owned(), whole(&value));
        }
    }
    if !conditions.is_empty() {
        let conditions = conditions.into_iter().map(|(operator, keys)| (operator, Wanted::Map(keys)));
        statement.insert("Condition".to_owned(), Wanted::Map(conditions.collect()));
    }
    Wanted::Map(statement)
}

/// Whom a permission lets in, as Lambda writes it.
fn whom(build: &Build<'_>, value: &Value) -> Wanted {
    let Some(pieces) = value.as_pieces() else { return whole(value) };
    let of = |kind: &str, pieces: Vec<Piece>| Wanted::Map(BTreeMap::from([(kind.to_owned(), Wanted::Text(pieces))]));
    let literal = build.scope.literal(pieces);
    match literal.as_deref() {
        Some("*") => return text("*"),
        Some(account) if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) => {
            return of("AWS", root_of(pieces));
        }
        Some(arn) if arn.starts_with("arn:") => return of("AWS", pieces.to_vec()),
        Some(service) if service.contains('.') => return of("Service", pieces.to_vec()),
        _ => {}
    }
    match (only_reference(pieces), pieces) {
        (Some("AWS::AccountId"), _) => of("AWS", root_of(pieces)),
        (Some(reference), _) if reference.ends_with(".Arn") => of("AWS", pieces.to_vec()),
        (None, [Piece::Text(first), ..]) if first.starts_with("arn:") => of("AWS", pieces.to_vec()),
        _ => Wanted::Unknown("whether it is an account, an ARN or a service is not known".to_owned()),
    }
}

/// The root of an account: `arn:aws:iam::ACCOUNT:root`.
fn root_of(account: &[Piece]) -> Vec<Piece> {
    let mut pieces = vec![
        Piece::Text("arn:".to_owned()),
        Piece::Reference("AWS::Partition".to_owned()),
        Piece::Text(":iam::".to_owned()),
    ];
    pieces.extend(account.iter().cloned());
    pieces.push(Piece::Text(":root".to_owned()));
    super::super::value::joined(pieces)
}

fn whole(value: &Value) -> Wanted {
    match value.as_pieces() {
        Some(pieces) => Wanted::Text(pieces.to_vec()),
        None => Wanted::Unknown(value.unknown().unwrap_or("it is no text").to_owned()),
    }
}

fn text(text: &str) -> Wanted {
    Wanted::Text(vec![Piece::Text(text.to_owned())])
}
