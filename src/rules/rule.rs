//! The declaration of a rule: what it says, and of what.

use super::access::access;
use super::check::check;
use super::declare::{kind, named, parent, places};
use super::fields::{META, map, meta, unknown};
use super::file::Item;
use super::flow::flow;
use super::interpret::Interpreter;
use super::load::{Types, texts};
use super::node::{Content, Entry};
use super::permissions::permissions;
use super::statements::statements;
use super::{Form, Rule, Subject};
use crate::model::{Hundredths, Severity};
use std::collections::BTreeMap;

/// The fields that say what a rule asks; each rule has one of them.
const FORMS: [&str; 6] = ["expect", "only", "access", "permissions", "flow", "check"];

/// The rule that `item` declares.
pub(super) fn rule(item: &Item, types: Types, interpreter: &mut Interpreter<'_>) -> Option<Rule> {
    let Content::Map(entries) = &item.node.content else { return None };
    let mut rule = Rule {
        id: item.name.clone(),
        title: item.name.clone(),
        step: None,
        reason: None,
        fix: None,
        hint: None,
        audience: BTreeMap::new(),
        severity: Severity::default(),
        points: Hundredths::default(),
        needs: Vec::new(),
        controls: Vec::new(),
        form: Form::Exists(String::new()),
        place: interpreter.diagnostics.sources.place(&item.name_span),
        matchers: BTreeMap::new(),
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
            .help("say what must hold with `expect`, `only`, `access`, `permissions`, `flow` or `check`");
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
    for entry in entries.iter().filter(|entry| entry.key == form.key || entry.key == "where") {
        rule.matchers.insert(entry.key.clone(), interpreter.diagnostics.sources.place(&entry.key_span));
        let Content::Map(inner) = &entry.value.content else { continue };
        rule.matchers.extend(places(&entry.key, inner, interpreter));
        if let Some(Content::Map(filter)) =
            inner.iter().find(|inner| inner.key == "where").map(|entry| &entry.value.content)
        {
            rule.matchers.extend(places("where", filter, interpreter));
        }
    }
    rule.form = match form.key.as_str() {
        "expect" => expect(item, form, entries, types, interpreter)?,
        "only" => only(item, form, entries, types, interpreter)?,
        "access" => {
            says_its_subject("access", entries, interpreter);
            access(&item.name, form, interpreter)?
        }
        "permissions" => {
            says_its_subject("permissions", entries, interpreter);
            permissions(&item.name, form, entries, interpreter)?
        }
        "flow" => {
            says_its_subject("flow", entries, interpreter);
            flow(&item.name, form, entries, types, interpreter)?
        }
        _ => check(&mut rule, item, form, entries, types, interpreter)?,
    };
    Some(rule)
}

/// Whether `key` may stand beside the form of the rule.
fn beside(entries: &[Entry], key: &str) -> bool {
    const BESIDE: [(&str, &str); 2] = [("permissions", "context"), ("flow", "wire")];
    BESIDE.iter().any(|(form, field)| *field == key && entries.iter().any(|entry| entry.key == *form))
}

/// Notes what would say what a rule is on, where its `form` does so itself.
fn says_its_subject(form: &str, entries: &[Entry], interpreter: &mut Interpreter<'_>) {
    for entry in entries.iter().filter(|entry| matches!(entry.key.as_str(), "on" | "each" | "where")) {
        interpreter.diagnostics.error(
            "wrong-field",
            &entry.key_span,
            format!("`{}` does not go with `{form}`, which says itself what it is about", entry.key),
        );
    }
}

fn expect(
    item: &Item,
    form: &Entry,
    entries: &[Entry],
    types: Types,
    interpreter: &mut Interpreter<'_>,
) -> Option<Form> {
    let subject = subject(item, form, "nothing says what this is expected of", entries, types, interpreter)?;
    let kind = match &subject {
        Subject::Each { kind, .. } => kind,
        Subject::Named(keys) => {
            let mut kinds = keys.iter().filter_map(|key| interpreter.resources.get(key).copied().flatten());
            let kind = kinds.next()?;
            if let Some(other) = kinds.find(|other| other.type_name != kind.type_name) {
                let on = entries.iter().find(|entry| entry.key == "on")?;
                interpreter.diagnostics.error(
                    "mixed-types",
                    &on.value.span,
                    format!("these are of more than one type: {} and {}", kind.one(), other.one()),
                );
                return None;
            }
            kind
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

/// What the rule is on: the resources that `on` names, or `each` of a type that is like `where`. `lacking` says what is
/// missing where there is neither.
pub(super) fn subject(
    item: &Item,
    form: &Entry,
    lacking: &str,
    entries: &[Entry],
    types: Types,
    interpreter: &mut Interpreter<'_>,
) -> Option<Subject> {
    let field = |name: &str| entries.iter().find(|entry| entry.key == name);
    match (field("on"), field("each")) {
        (Some(on), None) => {
            if let Some(filter) = field("where") {
                interpreter.diagnostics.error(
                    "wrong-field",
                    &filter.key_span,
                    "`where` goes with `each`; `on` names its resources",
                );
            }
            resource_keys(on, interpreter).map(Subject::Named)
        }
        (None, Some(each)) => {
            let kind = kind(&each.value, types, interpreter.diagnostics)?;
            let filter = field("where")
                .map(|entry| interpreter.subset(kind, &entry.value, &format!("{}.where", item.name)))
                .unwrap_or_default();
            Some(Subject::Each { kind, filter })
        }
        (Some(_), Some(each)) => {
            interpreter.diagnostics.error(
                "two-subjects",
                &each.key_span,
                "a rule is `on` named resources or on `each` of a type, not both",
            );
            None
        }
        (None, None) => {
            interpreter
                .diagnostics
                .error("missing-field", &form.key_span, lacking)
                .help("name a resource with `on: queue`, or a type with `each: AWS::SQS::Queue`");
            None
        }
    }
}

fn only(item: &Item, form: &Entry, entries: &[Entry], types: Types, interpreter: &mut Interpreter<'_>) -> Option<Form> {
    const FIELDS: [&str; 5] = ["type", "of", "where", "are", "statements_of"];
    says_its_subject("only", entries, interpreter);
    let wanted = "`only` is a map, such as `{ type: AWS::SQS::Queue, are: [queue] }`";
    let inner = map(&form.value, wanted, interpreter.diagnostics)?;
    if let Some(of) = inner.iter().find(|entry| entry.key == "statements_of") {
        return statements(&item.name, inner, of, interpreter);
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
                format!("`{key}` is {}, and this is about the type {}", other.one(), kind.type_name),
            );
        }
    }
    Some(Form::Only { kind, of, filter, are: keys })
}

/// The named resources in `entry`: one name, or a list of them.
pub(super) fn resource_keys(entry: &Entry, interpreter: &mut Interpreter<'_>) -> Option<Vec<String>> {
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
