//! What the SAM transform makes of a template: resources of CloudFormation in the place of those of SAM.
//!
//! Sources: the AWS SAM developer guide, "Generated CloudFormation resources" and "AWS SAM policy templates"; what the
//! published transform answers for small templates. What is made here is read on like the rest of the template, so a
//! template that was transformed already comes to the same.

mod api;
mod event;
mod function;
mod policy;
mod table;

use super::build::Resource;
use super::node::{Content, Entry, Node};
use crate::intent::Left;
use crate::rules::{Diagnostics, Span};

/// A template after the transform.
pub(super) struct Expanded {
    pub(super) resources: Vec<Resource>,
    pub(super) left: Vec<Left>,
    /// Whether connectors add policies to roles that are not worked out.
    pub(super) connectors: bool,
}

/// What is made so far.
struct Making<'a> {
    resources: Vec<Resource>,
    left: Vec<Left>,
    diagnostics: &'a mut Diagnostics,
    /// The methods of APIs: the logical id of the API, the path, the verb, and what stands under it.
    methods: Vec<api::Method>,
}

impl Making<'_> {
    /// Adds a resource that is made for `of`.
    fn add(&mut self, of: &Resource, id: String, type_name: &str, properties: Vec<(&str, Node)>) {
        self.resources.push(Resource {
            id,
            key: String::new(),
            type_name: type_name.to_owned(),
            span: of.span.clone(),
            properties: Node::map(&of.span, properties),
            condition: of.condition.clone(),
        });
    }

    /// Notes that `what` of `of` is not taken over.
    fn leave(&mut self, of: &Resource, what: &str, why: &str) {
        let line = self.diagnostics.sources.place(&of.span).line;
        self.left
            .push(Left { what: format!("{what} of {} ({}), line {line}", of.id, of.type_name), why: why.to_owned() });
    }
}

/// The template after the transform: `resources`, with the section `Globals` of `root`.
pub(super) fn expand(root: &Node, resources: Vec<Resource>, diagnostics: &mut Diagnostics) -> Expanded {
    let globals = root.get("Globals");
    let mut making = Making { resources: Vec::new(), left: Vec::new(), diagnostics, methods: Vec::new() };
    let mut apis = Vec::new();
    let mut connectors = false;
    for mut resource in resources {
        let Some(name) = resource.type_name.strip_prefix("AWS::Serverless::") else {
            making.resources.push(resource);
            continue;
        };
        if let Some(of_all) = globals.and_then(|globals| globals.get(name)) {
            resource.properties = merged(of_all, &resource.properties);
        }
        match name {
            "Function" => function::expand(&mut making, &resource),
            "Api" => apis.push(resource),
            "SimpleTable" => table::expand(&mut making, &resource),
            _ => {
                connectors |= name == "Connector";
                making.resources.push(resource);
            }
        }
    }
    api::expand(&mut making, globals.and_then(|globals| globals.get("Api")), apis);
    Expanded { resources: making.resources, left: making.left, connectors }
}

/// The properties `own` of a resource with those that `globals` has for all: maps become one, lists are joined, and
/// otherwise the own wins ("Globals section of the AWS SAM template").
fn merged(globals: &Node, own: &Node) -> Node {
    match (&globals.content, &own.content) {
        (Content::Map(of_all), Content::Map(entries)) if globals.intrinsic().is_none() && own.intrinsic().is_none() => {
            let mut all: Vec<Entry> = Vec::new();
            for entry in of_all {
                let value = own.get(&entry.key).map_or_else(|| entry.value.clone(), |own| merged(&entry.value, own));
                all.push(Entry { value, ..entry.clone() });
            }
            all.extend(entries.iter().filter(|entry| globals.get(&entry.key).is_none()).cloned());
            Node { span: own.span.clone(), content: Content::Map(all) }
        }
        (Content::List(of_all), Content::List(items)) => {
            Node::list(&own.span, of_all.iter().chain(items).cloned().collect())
        }
        _ => own.clone(),
    }
}

/// Something that cannot be told of what stands at `span`: what a macro would write.
fn unknown(span: &Span) -> Node {
    Node::map(span, vec![("Fn::Transform", Node::text(span, "AWS::Serverless"))])
}

/// The logical id that `node` refers to.
fn referred(node: &Node) -> Option<&str> {
    match node.intrinsic() {
        Some(("Ref", id)) => id.as_text(),
        _ => None,
    }
}

/// Tags as SAM writes them, a map, with the one that the transform puts on all it makes.
fn tags(resource: &Resource) -> Node {
    let span = &resource.span;
    let mut tags = vec![("lambda:createdBy", Node::text(span, "SAM"))];
    let own = resource.properties.get("Tags").filter(|tags| tags.intrinsic().is_none());
    tags.extend(own.into_iter().flat_map(Node::entries).map(|entry| (entry.key.as_str(), entry.value.clone())));
    Node::map(span, tags)
}
