//! The three things that a rules file declares: parameters, resources and rules.

use super::diagnostic::Diagnostics;
use super::file::{Item, name};
use super::interpret::Interpreter;
use super::load::{Types, has_references, texts};
use super::node::{Content, Entry, Node};
use super::source::Span;
use super::template::Template;
use super::{Finder, Form, Reference, Resource, Rule, Subject};
use crate::model::{Hundredths, Kind, Scope, Severity, is_region_name};

/// A declared parameter.
pub(super) struct Parameter {
    pub(super) about: Option<String>,
    pub(super) default: Option<String>,
    pub(super) optional: bool,
}

/// The fields that every rule and every `exists` may carry.
const META: [&str; 7] = ["title", "step", "reason", "fix", "severity", "points", "needs"];
/// The fields that say what a rule asks; each rule has one of them.
const FORMS: [&str; 6] = ["expect", "only", "access", "permissions", "flow", "check"];

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

fn kind(node: &Node, types: Types, diagnostics: &mut Diagnostics) -> Option<&'static Kind> {
    let Some(type_name) = node.text() else {
        diagnostics.error("wrong-type", &node.span, "a type is a text, such as AWS::SQS::Queue");
        return None;
    };
    let kind = (types.kind)(type_name);
    if kind.is_none() {
        let names = (types.names)();
        if types.not_yet.contains(&type_name) {
            diagnostics
                .error("not-available-yet", &node.span, format!("{type_name} is not available yet in this version"))
                .help(format!("there are {}", names.join(", ")));
        } else {
            diagnostics
                .error("unknown-type", &node.span, format!("Plimsoll knows no type `{type_name}`"))
                .help(format!("there are {}", names.join(", ")))
                .did_you_mean(type_name, names.iter().chain(types.not_yet).copied());
        }
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
                format!("a {} lives in no region", kind.noun),
            );
            None
        }
        Some(entry) => {
            text(entry, interpreter.diagnostics).and_then(|text| region(&text, &entry.value.span, interpreter))
        }
        None => None,
    };
    let place = interpreter.diagnostics.sources.place(&item.name_span);
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
        severity: Severity::default(),
        points: Hundredths::default(),
        needs: Vec::new(),
        form: Form::Exists(item.name.clone()),
        place: place.clone(),
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
fn parent(entry: &Entry, kind: &'static Kind, types: Types, interpreter: &mut Interpreter<'_>) -> Option<String> {
    let key = text(entry, interpreter.diagnostics)?;
    let Some(parent) = kind.parent else {
        interpreter
            .diagnostics
            .error("wrong-parent", &entry.key_span, format!("a {} hangs on nothing", kind.noun))
            .help("find it by its `name`, or by `select` alone");
        return None;
    };
    let of = named(&key, &entry.value.span, interpreter)?;
    if of.type_name == parent.type_name {
        return Some(key);
    }
    let wanted = (types.kind)(parent.type_name).map_or(parent.type_name, |kind| kind.noun);
    interpreter.diagnostics.error(
        "wrong-parent",
        &entry.value.span,
        format!("a {} hangs on a {wanted}, and `{key}` is a {}", kind.noun, of.noun),
    );
    None
}

/// The kind of the named resource `key`. `None` after a mistake, here or in its own declaration.
fn named(key: &str, span: &Span, interpreter: &mut Interpreter<'_>) -> Option<&'static Kind> {
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

/// The rule that `item` declares.
pub(super) fn rule(item: &Item, types: Types, interpreter: &mut Interpreter<'_>) -> Option<Rule> {
    let Content::Map(entries) = &item.node.content else { return None };
    let mut rule = Rule {
        id: item.name.clone(),
        title: item.name.clone(),
        step: None,
        reason: None,
        fix: None,
        severity: Severity::default(),
        points: Hundredths::default(),
        needs: Vec::new(),
        form: Form::Exists(String::new()),
        place: interpreter.diagnostics.sources.place(&item.name_span),
    };
    const SUBJECTS: [&str; 3] = ["on", "each", "where"];
    for entry in entries {
        let key = entry.key.as_str();
        let known = key == "id" || SUBJECTS.contains(&key) || FORMS.contains(&key) || beside(entries, key);
        if !known && !meta(&mut rule, entry, interpreter.diagnostics) {
            let fields: Vec<&str> = ["id"].iter().chain(&META).chain(&SUBJECTS).chain(&FORMS).copied().collect();
            unknown(entry, "a rule", key, &fields, interpreter.diagnostics);
        }
    }
    let mut forms = entries.iter().filter(|entry| FORMS.contains(&entry.key.as_str()));
    let Some(form) = forms.next() else {
        interpreter
            .diagnostics
            .error("missing-field", &item.name_span, format!("the rule `{}` asks nothing", item.name))
            .help("say what must hold with `expect`, or `only`");
        return None;
    };
    if let Some(second) = forms.next() {
        interpreter
            .diagnostics
            .error(
                "two-forms",
                &second.key_span,
                format!("a rule asks one thing, and this one has `{}` already", form.key),
            )
            .help("make it two rules");
        return None;
    }
    rule.form = match form.key.as_str() {
        "expect" => expect(item, form, entries, types, interpreter)?,
        "only" => only(item, form, entries, types, interpreter)?,
        other => {
            let what = match other {
                "access" => "who may act on a resource (`access`)",
                "permissions" => "what a principal may do (`permissions`)",
                "flow" => "the edges of the architecture (`flow`)",
                _ => "analyses written in Rust (`check`)",
            };
            interpreter
                .diagnostics
                .error(
                    "not-available-yet",
                    &form.key_span,
                    format!("rules on {what} are not available yet in this version"),
                )
                .help("`expect`, `only` and `exists` are; leave this rule out until then");
            return None;
        }
    };
    Some(rule)
}

/// Whether `key` may stand beside the form of the rule.
fn beside(entries: &[Entry], key: &str) -> bool {
    const BESIDE: [(&str, &str); 4] =
        [("permissions", "context"), ("access", "via"), ("access", "administrators"), ("flow", "wire")];
    BESIDE.iter().any(|(form, field)| *field == key && entries.iter().any(|entry| entry.key == *form))
}

fn expect(
    item: &Item,
    form: &Entry,
    entries: &[Entry],
    types: Types,
    interpreter: &mut Interpreter<'_>,
) -> Option<Form> {
    let field = |name: &str| entries.iter().find(|entry| entry.key == name);
    let (subject, kind) = match (field("on"), field("each")) {
        (Some(on), None) => {
            if let Some(filter) = field("where") {
                interpreter.diagnostics.error(
                    "wrong-field",
                    &filter.key_span,
                    "`where` goes with `each`; `on` names its resources",
                );
            }
            let keys = resource_keys(on, interpreter)?;
            let mut kinds = keys.iter().filter_map(|key| interpreter.resources.get(key).copied().flatten());
            let kind = kinds.next()?;
            if let Some(other) = kinds.find(|other| other.type_name != kind.type_name) {
                interpreter.diagnostics.error(
                    "mixed-types",
                    &on.value.span,
                    format!("these are of more than one type: a {} and a {}", kind.noun, other.noun),
                );
                return None;
            }
            (Subject::Named(keys), kind)
        }
        (None, Some(each)) => {
            let kind = kind(&each.value, types, interpreter.diagnostics)?;
            let filter = field("where")
                .map(|entry| interpreter.subset(kind, &entry.value, &format!("{}.where", item.name)))
                .unwrap_or_default();
            (Subject::Each { kind, filter }, kind)
        }
        (Some(_), Some(each)) => {
            interpreter.diagnostics.error(
                "two-subjects",
                &each.key_span,
                "a rule is `on` named resources or on `each` of a type, not both",
            );
            return None;
        }
        (None, None) => {
            interpreter
                .diagnostics
                .error("missing-field", &form.key_span, "nothing says what this is expected of")
                .help("name a resource with `on: queue`, or a type with `each: AWS::SQS::Queue`");
            return None;
        }
    };
    let before = interpreter.diagnostics.list.len();
    let expect = interpreter.subset(kind, &form.value, &item.name);
    let left_out = interpreter.left_out.iter().any(|(path, _)| path.starts_with(&format!("{}.", item.name)));
    if expect.is_empty() && interpreter.diagnostics.list.len() == before && !left_out {
        interpreter
            .diagnostics
            .error("nothing-to-check", &form.key_span, "this rule expects nothing, so it would always pass")
            .help(format!("`plimsoll rules explain {}` lists what can be expected", kind.type_name));
    }
    Some(Form::Expect { on: subject, expect })
}

fn only(item: &Item, form: &Entry, entries: &[Entry], types: Types, interpreter: &mut Interpreter<'_>) -> Option<Form> {
    const FIELDS: [&str; 4] = ["type", "of", "where", "are"];
    for entry in entries.iter().filter(|entry| matches!(entry.key.as_str(), "on" | "each" | "where")) {
        interpreter.diagnostics.error(
            "wrong-field",
            &entry.key_span,
            format!("`{}` does not go with `only`, which says itself what it is about", entry.key),
        );
    }
    let wanted = "`only` is a map, such as `{ type: AWS::SQS::Queue, are: [queue] }`";
    let inner = map(&form.value, wanted, interpreter.diagnostics)?;
    if let Some(entry) = inner.iter().find(|entry| entry.key == "statements_of") {
        interpreter.diagnostics.error(
            "not-available-yet",
            &entry.key_span,
            "`only` on the statements of a policy is not available yet in this version",
        );
        return None;
    }
    for entry in inner.iter().filter(|entry| !FIELDS.contains(&entry.key.as_str())) {
        unknown(entry, "`only`", &entry.key, &FIELDS, interpreter.diagnostics);
    }
    let field = |name: &str| inner.iter().find(|entry| entry.key == name);
    let (Some(type_entry), Some(are)) = (field("type"), field("are")) else {
        interpreter
            .diagnostics
            .error(
                "missing-field",
                &form.key_span,
                "`only` takes a `type`, and in `are` the names of those there may be",
            )
            .help("for none at all, write `are: []`");
        return None;
    };
    let kind = kind(&type_entry.value, types, interpreter.diagnostics)?;
    let of = match field("of") {
        Some(entry) => Some(parent(entry, kind, types, interpreter)?),
        None => None,
    };
    let filter = field("where")
        .map(|entry| interpreter.subset(kind, &entry.value, &format!("{}.where", item.name)))
        .unwrap_or_default();
    let are_empty = matches!(&are.value.content, Content::List(names) if names.is_empty());
    let keys = if are_empty { Vec::new() } else { resource_keys(are, interpreter)? };
    for key in &keys {
        if let Some(other) = interpreter.resources.get(key).copied().flatten()
            && other.type_name != kind.type_name
        {
            interpreter.diagnostics.error(
                "mixed-types",
                &are.value.span,
                format!("`{key}` is a {}, and this is about the type {}", other.noun, kind.type_name),
            );
        }
    }
    Some(Form::Only { kind, of, filter, are: keys })
}

/// The named resources in `entry`: one name, or a list of them.
fn resource_keys(entry: &Entry, interpreter: &mut Interpreter<'_>) -> Option<Vec<String>> {
    let single = entry.value.text().map(|text| vec![(text, &entry.value.span)]);
    let Some(names) = single.or_else(|| texts(&entry.value.content)).filter(|names| !names.is_empty()) else {
        interpreter.diagnostics.error(
            "wrong-type",
            &entry.value.span,
            format!("`{}` takes the name of a resource or a list of names: `[a, b]`", entry.key),
        );
        return None;
    };
    let mut keys = Vec::new();
    let mut right = true;
    for (key, span) in names {
        right &= named(key, span, interpreter).is_some();
        if keys.iter().any(|earlier| earlier == key) {
            interpreter
                .diagnostics
                .error("duplicate-name", span, format!("`{key}` is named twice"))
                .help("name it once");
        }
        keys.push(key.to_owned());
    }
    right.then_some(keys)
}

/// Takes `entry` into the fields that every rule has. False if it is none of them.
fn meta(rule: &mut Rule, entry: &Entry, diagnostics: &mut Diagnostics) -> bool {
    let trimmed = |text: String| text.trim().to_owned();
    match entry.key.as_str() {
        "title" => {
            if let Some(title) = text(entry, diagnostics) {
                rule.title = trimmed(title);
            }
        }
        "step" => rule.step = text(entry, diagnostics),
        "reason" => rule.reason = text(entry, diagnostics).map(trimmed),
        "fix" => rule.fix = text(entry, diagnostics).map(trimmed),
        "severity" => {
            let Some(text) = text(entry, diagnostics) else { return true };
            match Severity::ALL.into_iter().find(|severity| severity.as_str() == text) {
                Some(severity) => rule.severity = severity,
                None => {
                    let names = Severity::ALL.map(Severity::as_str);
                    diagnostics
                        .error("wrong-value", &entry.value.span, format!("`{text}` is no severity"))
                        .help(format!("it is one of {}", names.join(", ")))
                        .did_you_mean(&text, names);
                }
            }
        }
        "points" => {
            let Some(text) = text(entry, diagnostics) else { return true };
            match text.parse() {
                Ok(points) => rule.points = points,
                Err(why) => {
                    diagnostics.error("wrong-value", &entry.value.span, format!("{why}, and this is `{text}`"));
                }
            }
        }
        "needs" => {
            let Content::List(nodes) = &entry.value.content else {
                diagnostics.error("wrong-type", &entry.value.span, "`needs` takes a list of rule ids: `[a, b]`");
                return true;
            };
            rule.needs = nodes.iter().filter_map(|node| needed(node, diagnostics)).collect();
        }
        _ => return false,
    }
    true
}

/// The id of a needed rule. The rule that a resource exists has a longer one than may be written elsewhere.
fn needed(node: &Node, diagnostics: &mut Diagnostics) -> Option<String> {
    match node.text().and_then(|text| text.strip_suffix("-exists")) {
        Some(resource) if super::file::is_name(resource) => node.text().map(str::to_owned),
        _ => name(node, "the id of a rule", diagnostics),
    }
}

fn map<'a>(node: &'a Node, wanted: &str, diagnostics: &mut Diagnostics) -> Option<&'a [Entry]> {
    match &node.content {
        Content::Map(entries) => Some(entries),
        _ => {
            diagnostics.error("wrong-type", &node.span, format!("{wanted}, and this is {}", node.noun()));
            None
        }
    }
}

fn text(entry: &Entry, diagnostics: &mut Diagnostics) -> Option<String> {
    let text = entry.value.text();
    if text.is_none() {
        diagnostics.error(
            "wrong-type",
            &entry.value.span,
            format!("`{}` takes a text, and this is {}", entry.key, entry.value.noun()),
        );
    }
    text.map(str::to_owned)
}

fn flag(entry: &Entry, diagnostics: &mut Diagnostics) -> Option<bool> {
    match entry.value.text() {
        Some("true") => Some(true),
        Some("false") => Some(false),
        _ => {
            diagnostics.error("wrong-type", &entry.value.span, format!("`{}` takes `true` or `false`", entry.key));
            None
        }
    }
}

fn unknown(entry: &Entry, of: &str, key: &str, fields: &[&str], diagnostics: &mut Diagnostics) {
    diagnostics
        .error("unknown-field", &entry.key_span, format!("{of} has no field `{key}`"))
        .help(format!("it has {}", fields.join(", ")))
        .did_you_mean(key, fields.iter().copied());
}
