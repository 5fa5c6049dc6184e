//! Reads a template of CloudFormation, or of its Serverless Application Model (SAM), into an [`Intent`].
//!
//! It knows the language of templates (YAML with short or long intrinsics, JSON, and what the SAM transform makes of a
//! template) and what each type of resource comes to in the terms of the kinds. It refuses to guess: what only AWS
//! knows, or what rests on a value that nobody gave, is unknown or left, with the reason. What is wrong in a template is
//! said with its place, all at once.

mod build;
mod keys;
mod kinds;
mod name;
mod node;
mod parameter;
mod resolve;
mod sam;
mod settle;
mod value;

use crate::intent::{Intent, Left};
use crate::model::harmless;
use crate::rules::{Diagnostics, Span};
use build::{Build, Resource};
use keys::Keys;
use node::Node;
use resolve::{STACK, Scope};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// The most bytes that a template may have: what CloudFormation takes from S3.
pub const LARGEST: usize = 1_048_576;

/// The most resources that a template may have ("CloudFormation quotas").
const MOST_RESOURCES: usize = 500;

/// The sections of a template.
const SECTIONS: [&str; 12] = [
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Globals",
    "Hooks",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
];

/// The transform that makes SAM of CloudFormation.
const SAM: &str = "AWS::Serverless-2016-10-31";

/// The intent of the template `text`, which messages call `file`. `given` are values of its parameters and of pseudo
/// parameters (`AWS::Region`), by their names; `stack` is the name of the stack.
///
/// # Errors
/// Everything that is wrong in the template, with the places.
pub fn read(text: &str, file: &str, given: &BTreeMap<String, String>) -> Result<Intent, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > LARGEST {
        let source = diagnostics.sources.add(file, String::new());
        let at = Span { source, start: 0, end: 0 };
        diagnostics.error(
            "too-large",
            &at,
            format!("a template has at most {LARGEST} bytes, and this has {}", text.len()),
        );
        return Err(diagnostics);
    }
    let source = diagnostics.sources.add(file, text.to_owned());
    let intent = node::read(source, &mut diagnostics).and_then(|root| intent(root, file, given, &mut diagnostics));
    if diagnostics.list.is_empty() && intent.is_none() {
        let at = Span { source, start: 0, end: 0 };
        diagnostics
            .error("empty-file", &at, "there is nothing in this file")
            .help("a template has at least a section `Resources`");
    }
    match intent {
        Some(intent) if diagnostics.list.is_empty() => Ok(intent),
        _ => {
            diagnostics.list.sort_by(|a, b| (&a.span, a.code, &a.message).cmp(&(&b.span, b.code, &b.message)));
            diagnostics.list.dedup_by(|a, b| a.span == b.span && a.code == b.code && a.message == b.message);
            Err(diagnostics)
        }
    }
}

fn intent(
    mut root: Node,
    file: &str,
    given: &BTreeMap<String, String>,
    diagnostics: &mut Diagnostics,
) -> Option<Intent> {
    // What `aws cloudformation get-template` prints has the template inside.
    if let Some(body) =
        root.get("TemplateBody").filter(|body| body.is_map()).filter(|_| root.get("Resources").is_none())
    {
        root = body.clone();
    }
    if !root.is_map() {
        diagnostics.error(
            "wrong-type",
            &root.span,
            format!("a template is a map with a section `Resources`, and this is {}", root.noun()),
        );
        return None;
    }
    for entry in root.entries().iter().filter(|entry| !SECTIONS.contains(&entry.key.as_str())) {
        diagnostics
            .error("unknown-section", &entry.key_span, format!("a template has no section `{}`", harmless(&entry.key)))
            .help(format!("the sections are {}", SECTIONS.join(", ")))
            .did_you_mean(&entry.key, SECTIONS);
    }
    let Some(section) = root.get("Resources").filter(|section| section.is_map()) else {
        let at = Span { end: root.span.start, ..root.span.clone() };
        diagnostics
            .error("missing-section", &at, "this is no template of CloudFormation: it has no section `Resources`")
            .help("give the template itself, or what `aws cloudformation get-template` prints of a stack");
        return None;
    };
    let section = section.clone();
    let transforms: Vec<String> = transforms(&root);
    let mut left: Vec<Left> = transforms
        .iter()
        .filter(|transform| *transform != SAM && *transform != "AWS::LanguageExtensions")
        .map(|transform| Left {
            what: format!("Transform {}", harmless(transform)),
            why: "what a macro makes of a template is known only to AWS; give the processed template".to_owned(),
        })
        .collect();
    let mut macros = !left.is_empty();

    if section.entries().len() > MOST_RESOURCES {
        let message =
            format!("a template has at most {MOST_RESOURCES} resources, and this has {}", section.entries().len());
        diagnostics.error("too-large", &section.entries()[MOST_RESOURCES].key_span, message);
        return None;
    }
    let mut resources = Vec::new();
    let mut keys = Keys::default();
    keys.take(STACK);
    for entry in section.entries() {
        if entry.key.starts_with("Fn::ForEach::") || entry.key == "Fn::Transform" {
            macros = true;
            let line = diagnostics.sources.place(&entry.key_span).line;
            left.push(Left {
                what: format!("{}, line {line}", harmless(&entry.key)),
                why: "the resources that it makes are not worked out; give the processed template".to_owned(),
            });
        } else if let Some(resource) = resource(entry, diagnostics) {
            resources.push(resource);
        }
    }
    let mut attached_elsewhere = macros;
    let serverless = resources.iter().find(|resource| resource.type_name.starts_with("AWS::Serverless::"));
    if transforms.iter().any(|transform| transform == SAM) {
        // Further ids follow from it, and it may make more than is known here.
        macros = true;
        let expanded = sam::expand(&root, std::mem::take(&mut resources), diagnostics);
        resources = expanded.resources;
        left.extend(expanded.left);
        attached_elsewhere = expanded.connectors;
    } else if let Some(serverless) = serverless {
        diagnostics
            .error(
                "missing-transform",
                &serverless.span,
                format!("`{}` is written for SAM, and the template does not say so", serverless.id),
            )
            .help(format!("add `Transform: {SAM}` at its beginning"));
    }
    for resource in &mut resources {
        resource.key = keys.take(&resource.id);
    }
    let parameters = parameter::read(&root, given, &mut keys, diagnostics);
    let mut scope = Scope {
        parameters,
        given: given
            .iter()
            .filter(|(name, _)| name.starts_with("AWS::"))
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect(),
        mappings: root.get("Mappings").map(|node| node.entries().to_vec()).unwrap_or_default(),
        conditions: root.get("Conditions").map(|node| node.entries().to_vec()).unwrap_or_default(),
        resources: resources.iter().map(|of| (of.id.clone(), (of.key.clone(), of.type_name.clone()))).collect(),
        known: BTreeMap::new(),
        macros,
        decided: RefCell::default(),
        in_known: Cell::new(false),
        written: Cell::new(0),
    };
    if let Some(stack) = given.get(STACK) {
        scope.given.insert("AWS::StackName".to_owned(), stack.clone());
    }
    scope.known = known(&resources);

    // Those that no resource asks for may be wrong as well.
    for entry in &scope.conditions {
        drop(scope.condition(&entry.key, &entry.key_span, diagnostics));
    }
    let mut present = Vec::new();
    let mut undecided = Vec::new();
    for resource in resources {
        let holds =
            resource.condition.as_ref().map_or(Ok(true), |(name, span)| scope.condition(name, span, diagnostics));
        match holds {
            Ok(true) => present.push(resource),
            Ok(false) => {}
            Err(why) => undecided.push((resource, why)),
        }
    }
    let mut build = Build::new(&scope, &present, &mut keys, diagnostics);
    kinds::all(&mut build, &present);
    if attached_elsewhere {
        build.forget_attachments();
    }
    let extra = std::mem::take(&mut build.extra);
    let (intended, more) = build.finish();
    for (resource, why) in &undecided {
        let line = diagnostics.sources.place(&resource.span).line;
        left.push(Left { what: format!("{} ({}), line {line}", resource.id, resource.type_name), why: why.clone() });
    }
    left.extend(more);
    let (title, about) = title(&root, file);
    Some(settle::settle(title, about, intended, left, &scope, extra, &undecided))
}

/// What the architecture is called, and what it is for: its description, or the name of the file.
fn title(root: &Node, file: &str) -> (String, Option<String>) {
    let description = root.get("Description").and_then(Node::as_text).map(str::trim).filter(|text| !text.is_empty());
    let stem = std::path::Path::new(file).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let stem = stem.filter(|stem| !stem.is_empty()).unwrap_or_else(|| "Template".to_owned());
    match description {
        // A short one is a title.
        Some(text) if text.chars().count() <= 72 && !text.contains('\n') => {
            (text.trim_end_matches('.').to_owned(), None)
        }
        Some(text) => (stem, Some(text.to_owned())),
        None => (stem, None),
    }
}

/// The macros that the template is given to.
fn transforms(root: &Node) -> Vec<String> {
    match root.get("Transform") {
        None => Vec::new(),
        Some(node) => match node.items() {
            Some(items) => items.iter().filter_map(Node::as_text).map(str::to_owned).collect(),
            None => vec![node.as_text().unwrap_or("Fn::Transform").to_owned()],
        },
    }
}

/// The resource that `entry` declares.
fn resource(entry: &node::Entry, diagnostics: &mut Diagnostics) -> Option<Resource> {
    const FIELDS: [&str; 10] = [
        "Condition",
        "CreationPolicy",
        "Connectors",
        "DeletionPolicy",
        "DependsOn",
        "Metadata",
        "Properties",
        "Type",
        "UpdatePolicy",
        "UpdateReplacePolicy",
    ];
    let node = &entry.value;
    let id = &entry.key;
    if !id.chars().all(|c| c.is_ascii_alphanumeric()) || id.is_empty() || id.len() > 255 {
        diagnostics
            .error("wrong-name", &entry.key_span, "a logical id is made of letters and digits, 255 at the most")
            .help("rename it");
        return None;
    }
    if !node.is_map() {
        let message = format!("a resource is a map with a `Type`, and `{id}` is {}", node.noun());
        diagnostics.error("wrong-type", &node.span, message);
        return None;
    }
    for field in node.entries().iter().filter(|field| {
        !FIELDS.contains(&field.key.as_str()) && field.key != "IgnoreGlobals" && !field.key.starts_with("Fn::")
    }) {
        diagnostics
            .error("unknown-field", &field.key_span, format!("a resource has no field `{}`", harmless(&field.key)))
            .help("what a resource is like stands under `Properties`")
            .did_you_mean(&field.key, FIELDS);
    }
    let Some(type_name) = node.get("Type").and_then(Node::as_text) else {
        diagnostics
            .error("missing-field", &entry.key_span, format!("the resource `{id}` has no `Type`"))
            .help("say what it is: `Type: AWS::SQS::Queue`");
        return None;
    };
    let condition = node.get("Condition").and_then(|node| Some((node.as_text()?.to_owned(), node.span.clone())));
    let properties = match node.get("Properties") {
        Some(properties) if properties.is_map() => properties.clone(),
        None => Node::map(&entry.key_span, Vec::new()),
        Some(nothing) if nothing.is_nothing() => Node::map(&entry.key_span, Vec::new()),
        Some(other) => {
            let message = format!("the `Properties` of `{id}` are a map, and this is {}", other.noun());
            diagnostics.error("wrong-type", &other.span, message);
            return None;
        }
    };
    Some(Resource {
        id: id.clone(),
        key: String::new(),
        type_name: type_name.to_owned(),
        span: entry.key_span.clone(),
        properties,
        condition,
    })
}

/// What follows from the template of resources that are not read: names and ARNs that are made of a given name. By the
/// logical id and the attribute; without one, what `Ref` gives.
fn known(resources: &[Resource]) -> BTreeMap<(String, Option<&'static str>), Node> {
    let mut known = BTreeMap::new();
    for resource in resources {
        if resource.type_name == "AWS::Lambda::Alias" {
            if let (Some(function), Some(name)) =
                (resource.properties.get("FunctionName"), resource.properties.get("Name"))
            {
                // An alias is named by its ARN: that of the function, and its own name.
                let function = match function.intrinsic() {
                    Some(("Ref", id)) if id.as_text().is_some() => {
                        Node::attribute(&function.span, id.as_text().unwrap_or_default(), "Arn")
                    }
                    _ => function.clone(),
                };
                let span = &name.span;
                let parts = Node::list(span, vec![function, name.clone()]);
                let arn = Node::map(span, vec![("Fn::Join", Node::list(span, vec![Node::text(span, ":"), parts]))]);
                known.insert((resource.id.clone(), None), arn);
            }
            continue;
        }
        let (name, arn) = match resource.type_name.as_str() {
            "AWS::Logs::LogGroup" => {
                ("LogGroupName", "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Name}:*")
            }
            "AWS::S3::Bucket" => ("BucketName", "arn:${AWS::Partition}:s3:::${Name}"),
            _ => continue,
        };
        let Some(name) = resource.properties.get(name) else { continue };
        let span = &name.span;
        let variables = Node::map(span, vec![("Name", name.clone())]);
        let arn = Node::map(span, vec![("Fn::Sub", Node::list(span, vec![Node::text(span, arn), variables]))]);
        known.insert((resource.id.clone(), None), name.clone());
        known.insert((resource.id.clone(), Some("Arn")), arn);
    }
    known
}
