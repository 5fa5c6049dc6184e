//! The declarations of parameters and resources. Those of rules are in `rule`.

use super::diagnostic::Diagnostics;
use super::fields::{META, flag, map, meta, text, unknown};
use super::file::Item;
use super::interpret::Interpreter;
use super::load::{Types, has_references};
use super::node::{Content, Entry, Node};
use super::source::Span;
use super::template::Template;
use super::{Finder, Form, Reference, Resource, Rule};
use crate::model::{Hundredths, Kind, Place, Scope, Severity, is_region_name};
use std::collections::BTreeMap;

/// A declared parameter.
pub(super) struct Parameter {
    pub(super) about: Option<String>,
    pub(super) default: Option<String>,
    pub(super) optional: bool,
}

pub(super) fn parameter(item: &Item, diagnostics: &mut Diagnostics) -> Option<Parameter> {
    let entries = map(&item.node, "a parameter is a map, such as `{ about: ..., optional: true }`", diagnostics)?;
    let mut parameter = Parameter { about: None, default: None, optional: false };
    for entry in entries {
        match entry.key.as_str() {
            "about" => parameter.about = text(entry, diagnostics),
            "default" => parameter.default = text(entry, diagnostics),
            "optional" => parameter.optional = flag(entry, diagnostics).unwrap_or_default(),
            other => {
                let fields = ["about", "default", "optional"];
                unknown(entry, "a parameter", other, &fields, diagnostics);
            }
        }
    }
    Some(parameter)
}

/// The kind of the resource that `item` declares, if it names one.
pub(super) fn kind_of(item: &Item, types: Types, diagnostics: &mut Diagnostics) -> Option<&'static Kind> {
    match item.node.entry("type") {
        Some(entry) => kind(&entry.value, types, diagnostics),
        None => {
            if matches!(item.node.content, Content::Map(_)) {
                diagnostics
                    .error("missing-field", &item.name_span, format!("the resource `{}` has no `type`", item.name))
                    .help("say what it is: `type: AWS::SQS::Queue`");
            }
            None
        }
    }
}

pub(crate) fn kind(node: &Node, types: Types, diagnostics: &mut Diagnostics) -> Option<&'static Kind> {
    let Some(type_name) = node.text() else {
        diagnostics.error("wrong-type", &node.span, "a type is a text, such as AWS::SQS::Queue");
        return None;
    };
    let kind = (types.kind)(type_name);
    if kind.is_none() {
        let names = (types.names)();
        diagnostics
            .error("unknown-type", &node.span, format!("Plimsoll knows no type `{type_name}`"))
            .help(format!("there are {}", names.join(", ")))
            .did_you_mean(type_name, names.iter().copied());
    }
    kind
}

/// The resource that `item` declares, and the rule that says it exists.
pub(super) fn resource(item: &Item, types: Types, interpreter: &mut Interpreter<'_>) -> Option<(Resource, Rule)> {
    const FIELDS: [&str; 7] = ["type", "name", "of", "select", "several", "region", "exists"];
    let wanted = "a resource is a map, such as `{ type: AWS::SQS::Queue, name: POC-Queue }`";
    let entries = map(&item.node, wanted, interpreter.diagnostics)?;
    let kind = interpreter.resources.get(&item.name).copied().flatten();
    for entry in entries.iter().filter(|entry| !FIELDS.contains(&entry.key.as_str())) {
        unknown(entry, "a resource", &entry.key, &FIELDS, interpreter.diagnostics);
    }
    let kind = kind?;
    let field = |name: &str| entries.iter().find(|entry| entry.key == name);
    let several = field("several").and_then(|entry| flag(entry, interpreter.diagnostics)).unwrap_or_default();
    let finder = match (field("name"), field("of"), field("select")) {
        (Some(entry), None, None) => Finder::Name(physical_name(entry, interpreter)?),
        (Some(entry), ..) => {
            interpreter.diagnostics.error(
                "wrong-finder",
                &entry.key_span,
                "a resource is found by its `name`, or by `of` and `select`, not by both",
            );
            return None;
        }
        (None, None, None) => {
            interpreter
                .diagnostics
                .error("missing-field", &item.name_span, format!("nothing says how `{}` is found", item.name))
                .help("give its `name`, or what it hangs on and is like: `of: api` and `select: { ... }`");
            return None;
        }
        (None, of, select) => {
            let of = match of {
                Some(entry) => Some(parent(entry, kind, types, interpreter)?),
                None => None,
            };
            let select = select.map(|entry| interpreter.subset(kind, &entry.value, &format!("{}.select", item.name)));
            Finder::Select { of, select: select.unwrap_or_default() }
        }
    };
    let region = match field("region") {
        Some(entry) if kind.scope == Scope::Global => {
            interpreter.diagnostics.error(
                "wrong-region",
                &entry.key_span,
                format!("{} lives in no region", kind.one()),
            );
            None
        }
        Some(entry) => {
            text(entry, interpreter.diagnostics).and_then(|text| region(&text, &entry.value.span, interpreter))
        }
        None => None,
    };
    let place = interpreter.diagnostics.sources.place(&item.name_span);
    let matchers = match field("select").map(|entry| &entry.value.content) {
        Some(Content::Map(select)) => places("select", select, interpreter),
        _ => BTreeMap::new(),
    };
    let called = match &finder {
        Finder::Name(name) => format!("The {} {name} exists", kind.noun),
        Finder::Select { .. } => format!("The {} `{}` exists", kind.noun, item.name),
    };
    let mut exists = Rule {
        id: format!("{}-exists", item.name),
        title: called,
        step: None,
        reason: None,
        fix: None,
        hint: None,
        audience: BTreeMap::new(),
        severity: Severity::default(),
        points: Hundredths::default(),
        needs: Vec::new(),
        controls: Vec::new(),
        form: Form::Exists(item.name.clone()),
        place: place.clone(),
        matchers,
    };
    if let Some(entry) = field("exists") {
        let wanted = "`exists` is a map, such as `{ points: 5, fix: \"...\" }`";
        for entry in map(&entry.value, wanted, interpreter.diagnostics)? {
            if !meta(&mut exists, entry, interpreter.diagnostics) {
                unknown(entry, "`exists`", &entry.key, &META, interpreter.diagnostics);
            }
        }
    }
    Some((Resource { key: item.name.clone(), kind, region, finder, several, place }, exists))
}

/// A name may hold parameters and what is known of the account before anything is read.
fn physical_name(entry: &Entry, interpreter: &mut Interpreter<'_>) -> Option<Template> {
    let text = text(entry, interpreter.diagnostics)?;
    let span = &entry.value.span;
    match interpreter.template(&text, span)? {
        Err(parameter) => {
            interpreter
                .diagnostics
                .error("missing-parameter", span, format!("this name hangs on `{parameter}`, which was not given"))
                .help(format!("give it: --set {parameter}=VALUE"));
            None
        }
        Ok(template) if template.references().any(|r| matches!(r, Reference::Name(_) | Reference::Attribute(..))) => {
            interpreter
                .diagnostics
                .error(
                    "wrong-reference",
                    span,
                    "a name is looked for before any resource is read; it cannot hold one's property",
                )
                .help("parameters and ${AWS::AccountId}, ${AWS::Region}, ${AWS::Partition} may stand in a name");
            None
        }
        Ok(template) => Some(template),
    }
}

/// The resource that one of `kind` hangs on.
pub(super) fn parent(
    entry: &Entry,
    kind: &'static Kind,
    types: Types,
    interpreter: &mut Interpreter<'_>,
) -> Option<String> {
    let key = text(entry, interpreter.diagnostics)?;
    let Some(parent) = kind.parent else {
        interpreter
            .diagnostics
            .error("wrong-parent", &entry.key_span, format!("{} hangs on nothing", kind.one()))
            .help("find it by its `name`, or by `select` alone");
        return None;
    };
    let of = named(&key, &entry.value.span, interpreter)?;
    if of.type_name == parent.type_name {
        return Some(key);
    }
    let wanted = (types.kind)(parent.type_name).map_or_else(|| parent.type_name.to_owned(), Kind::one);
    interpreter.diagnostics.error(
        "wrong-parent",
        &entry.value.span,
        format!("{} hangs on {wanted}, and `{key}` is {}", kind.one(), of.one()),
    );
    None
}

/// Where each of `entries` stands, by its path below `path`.
pub(super) fn places(path: &str, entries: &[Entry], interpreter: &Interpreter<'_>) -> BTreeMap<String, Place> {
    let place = |entry: &Entry| interpreter.diagnostics.sources.place(&entry.key_span);
    entries.iter().map(|entry| (format!("{path}.{}", entry.key), place(entry))).collect()
}

/// The kind of the named resource `key`. `None` after a mistake, here or in its own declaration.
pub(super) fn named(key: &str, span: &Span, interpreter: &mut Interpreter<'_>) -> Option<&'static Kind> {
    if let Some(kind) = interpreter.resources.get(key) {
        return *kind;
    }
    let names = interpreter.resources.keys().map(String::as_str);
    let dropped = if interpreter.dropped.contains(key) { ": it was dropped" } else { "" };
    interpreter
        .diagnostics
        .error("unknown-reference", span, format!("there is no resource `{key}` in these rules{dropped}"))
        .help(if dropped.is_empty() {
            "resources are named under `resources:`"
        } else {
            "drop this as well, or declare the resource anew"
        })
        .did_you_mean(key, names.filter(|_| dropped.is_empty()));
    None
}

/// The region that `text` names.
pub(super) fn region(text: &str, span: &Span, interpreter: &mut Interpreter<'_>) -> Option<String> {
    let name = match interpreter.template(text, span)? {
        Ok(template) if template.references().next().is_none() => template.to_string(),
        _ => {
            interpreter.diagnostics.error(
                "wrong-region",
                span,
                "a region is written out, or is a parameter that was given",
            );
            return None;
        }
    };
    // A parameter that was not given stands for itself where rules are only looked at.
    if is_region_name(&name) || has_references(&name) {
        return Some(name);
    }
    interpreter
        .diagnostics
        .error("wrong-region", span, format!("`{name}` is no region"))
        .help("a region is written like us-east-1");
    None
}
