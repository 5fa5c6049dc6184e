//! `flow`: an edge of the architecture. What joins its two ends follows from their kinds, and with it what else the
//! rule may say.

use super::declare::named;
use super::fields::{map, text, unknown};
use super::interpret::Interpreter;
use super::load::{Types, texts};
use super::node::{Content, Entry};
use super::pattern::Pattern;
use super::source::Span;
use super::{Finder, Form, Resource, Rules, action};
use crate::model::{Hop, Kind, MECHANISMS, Mechanism, ROLE, Shape};

/// An edge of the architecture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// Where it begins, by its name in the rules file.
    pub from: String,
    /// Where it ends, by its name in the rules file.
    pub to: String,
    /// What joins them.
    pub mechanism: &'static Mechanism,
    /// The role that acts, by its name in the rules file, where the rule says which.
    pub role: Option<String>,
    /// The actions that are asked.
    pub actions: Vec<String>,
    /// The variable of the function that holds its target.
    pub variable: Option<String>,
    /// What the resource between the ends is like.
    pub wire: Vec<(String, Pattern)>,
    /// What the stream is like, where it begins at one.
    pub stream: Vec<(String, Pattern)>,
}

/// The fields of a flow, those of every mechanism together.
const FIELDS: [&str; 5] = ["from", "to", "as", "actions", "variable"];
/// The property of a table that holds the settings of its stream.
const STREAM: &str = "StreamSpecification";

impl Flow {
    /// The resources of the rules file that it names.
    pub fn ends(&self) -> impl Iterator<Item = &str> {
        [Some(&self.from), Some(&self.to), self.role.as_ref()].into_iter().flatten().map(String::as_str)
    }
}

impl Rules {
    /// The resource of the rules file that stands between the ends of `flow`, if one is declared: it hangs on one of
    /// them, and names the other in what it is like.
    pub fn wire_of(&self, flow: &Flow) -> Option<&Resource> {
        let type_name = flow.mechanism.wire.filter(|_| flow.mechanism.hop != Hop::TopicToEndpoint)?;
        let between = |resource: &&Resource| {
            let others = resource.found_by();
            resource.kind.type_name == type_name
                && matches!(resource.finder, Finder::Select { .. })
                && [&flow.from, &flow.to].iter().all(|end| others.contains(end.as_str()))
        };
        self.resources.iter().find(between)
    }
}

/// What `flow` says, if it is right. `beside` are all the fields of its rule, called `rule`.
pub(super) fn flow(
    rule: &str,
    form: &Entry,
    beside: &[Entry],
    types: Types,
    interpreter: &mut Interpreter<'_>,
) -> Option<Form> {
    let wanted = "`flow` is a map, such as `{ from: queue, to: writer }`";
    let inner = map(&form.value, wanted, interpreter.diagnostics)?;
    for entry in inner.iter().filter(|entry| !FIELDS.contains(&entry.key.as_str())) {
        if entry.key == "wire" {
            interpreter
                .diagnostics
                .error("wrong-field", &entry.key_span, "`wire` stands beside `flow`, not in it")
                .help("write it as a field of the rule");
        } else {
            unknown(entry, "`flow`", &entry.key, &FIELDS, interpreter.diagnostics);
        }
    }
    let field = |name: &str| inner.iter().find(|entry| entry.key == name);
    let (Some(from), Some(to)) = (field("from"), field("to")) else {
        interpreter
            .diagnostics
            .error("missing-field", &form.key_span, "`flow` takes where it begins in `from`, and where it ends in `to`")
            .help("write `flow: { from: queue, to: writer }`");
        return None;
    };
    let (from_end, to_end) = (end(from, interpreter), end(to, interpreter));
    let ((from, from_kind), (to, to_kind)) = (from_end?, to_end?);
    let mechanism = mechanism(from_kind, to_kind, &form.value.span, types, interpreter)?;
    let wire_entry = beside.iter().find(|entry| entry.key == "wire");
    let given = inner.iter().filter(|entry| FIELDS[2..].contains(&entry.key.as_str())).chain(wire_entry);
    let mut right = true;
    for entry in given.filter(|entry| !mechanism.takes.contains(&entry.key.as_str())) {
        right = false;
        not_taken(entry, mechanism, [from_kind, to_kind], interpreter);
    }
    if !right {
        return None;
    }
    let role = match field("as") {
        Some(entry) => Some(role(entry, interpreter)?),
        None => None,
    };
    let actions = match field("actions") {
        Some(entry) => actions(entry, to_kind, interpreter)?,
        None => mechanism.actions.iter().map(|action| (*action).to_owned()).collect(),
    };
    let variable = match field("variable") {
        Some(entry) => Some(variable(entry, interpreter)?),
        None => None,
    };
    let (wire, stream) = match wire_entry {
        Some(entry) => settings(entry, mechanism, from_kind, rule, types, interpreter),
        None => Default::default(),
    };
    Some(Form::Flow(Flow { from, to, mechanism, role, actions, variable, wire, stream }))
}

/// The resource in `entry` and its kind.
fn end(entry: &Entry, interpreter: &mut Interpreter<'_>) -> Option<(String, &'static Kind)> {
    let key = text(entry, interpreter.diagnostics)?;
    let kind = named(&key, &entry.value.span, interpreter)?;
    Some((key, kind))
}

/// The mechanism between two kinds.
fn mechanism(
    from: &'static Kind,
    to: &'static Kind,
    span: &Span,
    types: Types,
    interpreter: &mut Interpreter<'_>,
) -> Option<&'static Mechanism> {
    let found = Mechanism::between(from.type_name, to.type_name);
    if found.is_none() {
        let noun = |type_name| (types.kind)(type_name).map_or(type_name, |kind| kind.noun);
        let nouns = |pick: fn(&Mechanism) -> (&str, &str), of: &str| -> Vec<&'static str> {
            let mut nouns: Vec<&str> = Vec::new();
            for mechanism in MECHANISMS.iter().filter(|mechanism| pick(mechanism).0 == of) {
                nouns.push(noun(if pick(mechanism).1 == mechanism.to { mechanism.to } else { mechanism.from }));
            }
            nouns
        };
        let onward = nouns(|mechanism| (mechanism.from, mechanism.to), from.type_name);
        let into = nouns(|mechanism| (mechanism.to, mechanism.from), to.type_name);
        let error = interpreter.diagnostics.error(
            "wrong-flow",
            span,
            format!("nothing goes from {} to {} by itself", from.one(), to.one()),
        );
        if Mechanism::between(to.type_name, from.type_name).is_some() {
            error.help(format!("the other way round there is one: from {} to {}", to.one(), from.one()));
        } else if !onward.is_empty() {
            error.help(format!("from a {} it goes on to a {}", from.noun, onward.join(", a ")));
        } else if !into.is_empty() {
            error.help(format!("to a {} it comes from a {}", to.noun, into.join(", a ")));
        } else {
            error.help("`plimsoll rules explain flow` lists the ends that there are");
        }
    }
    found
}

/// Notes that a mechanism has no use for a field.
fn not_taken(entry: &Entry, mechanism: &Mechanism, ends: [&Kind; 2], interpreter: &mut Interpreter<'_>) {
    let [from, to] = ends.map(|kind| kind.noun);
    let why = match entry.key.as_str() {
        "as" => "whose permissions it rests on follows from its ends",
        "actions" => "what is asked follows from its ends",
        "variable" => "no function's code chooses where it goes",
        _ => "there is no resource between its ends",
    };
    let error = interpreter.diagnostics.error(
        "wrong-field",
        &entry.key_span,
        format!("a flow from a {from} to a {to} takes no `{}`: {why}", entry.key),
    );
    if !mechanism.takes.is_empty() {
        error.help(format!("beside its ends it may have `{}`", mechanism.takes.join("` and `")));
    }
}

/// The role that `as` names.
fn role(entry: &Entry, interpreter: &mut Interpreter<'_>) -> Option<String> {
    let (key, kind) = end(entry, interpreter)?;
    if kind.type_name == ROLE {
        return Some(key);
    }
    interpreter
        .diagnostics
        .error("wrong-resource", &entry.value.span, format!("`{key}` is {}, and only a role is acted as", kind.one()))
        .help("name the role that the integration has as its execution role");
    None
}

/// The actions in `entry`, all of which are asked of a resource of this kind.
fn actions(entry: &Entry, to: &'static Kind, interpreter: &mut Interpreter<'_>) -> Option<Vec<String>> {
    let single = entry.value.text().map(|text| vec![(text, &entry.value.span)]);
    let Some(names) = single.or_else(|| texts(&entry.value.content)).filter(|names| !names.is_empty()) else {
        interpreter.diagnostics.error(
            "wrong-type",
            &entry.value.span,
            format!("`actions` takes a list of actions of `{}`", to.service),
        );
        return None;
    };
    let mut actions: Vec<String> = Vec::new();
    let mut right = true;
    for (name, span) in names {
        match interpreter.action_on(name, to, span) {
            Some(action) if actions.contains(&action) => {
                interpreter
                    .diagnostics
                    .error("duplicate-name", span, format!("`{name}` is among the actions already"))
                    .help("name it once");
                right = false;
            }
            Some(action) => actions.push(action),
            None => right = false,
        }
    }
    right.then_some(actions)
}

/// The name of an environment variable.
fn variable(entry: &Entry, interpreter: &mut Interpreter<'_>) -> Option<String> {
    let name = text(entry, interpreter.diagnostics)?;
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic());
    if starts && name.len() > 1 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Some(name);
    }
    interpreter
        .diagnostics
        .error("wrong-value", &entry.value.span, format!("`{name}` cannot be the name of an environment variable"))
        .help("Lambda takes letters, digits and _, two at least, the first a letter");
    None
}

/// What `wire` says of the resource between the ends, and of the stream where it begins at one.
#[allow(clippy::type_complexity, reason = "two lists of properties, as everywhere")]
fn settings(
    entry: &Entry,
    mechanism: &Mechanism,
    from: &'static Kind,
    rule: &str,
    types: Types,
    interpreter: &mut Interpreter<'_>,
) -> (Vec<(String, Pattern)>, Vec<(String, Pattern)>) {
    let Some(kind) = mechanism.wire.and_then(types.kind) else { return Default::default() };
    let Content::Map(entries) = &entry.value.content else {
        let found = entry.value.noun();
        interpreter
            .diagnostics
            .error("wrong-type", &entry.value.span, format!("`wire` is a map of properties, and this is {found}"))
            .help(format!("write `{{ PROPERTY: VALUE }}`; `plimsoll rules explain {}` lists them", kind.type_name));
        return Default::default();
    };
    let mut known = kind.fields().to_vec();
    let mut of_stream: Vec<String> = Vec::new();
    if mechanism.hop == Hop::StreamToFunction
        && let Some(Shape::Struct(fields)) = from.field(STREAM).map(|field| &field.shape)
    {
        of_stream.extend(fields.iter().map(|field| field.name.clone()));
        known.extend(fields.iter().cloned());
    }
    let left_out = interpreter.left_out.len();
    let before = interpreter.diagnostics.list.len();
    interpreter.kind = Some(kind);
    let settings = interpreter.fields(&known, kind.type_name, entries, &format!("{rule}.wire"), false);
    if settings.is_empty() && interpreter.left_out.len() == left_out && interpreter.diagnostics.list.len() == before {
        interpreter
            .diagnostics
            .error("nothing-to-check", &entry.key_span, "this `wire` says nothing of the resource between the ends")
            .help("leave it out, or name settings such as `{ BatchSize: 10 }`");
    }
    settings.into_iter().partition(|(name, _)| !of_stream.contains(name))
}

impl Interpreter<'_> {
    /// The action that `name` is, if it is one that can be asked of a resource of kind `to`.
    fn action_on(&mut self, name: &str, to: &'static Kind, span: &Span) -> Option<String> {
        let Some((service, verb)) = name.split_once(':').filter(|(_, verb)| !verb.is_empty()) else {
            self.diagnostics.error("wrong-action", span, format!("`{name}` is no action")).help(format!(
                "actions are written SERVICE:Action, and those on a {} begin with {}:",
                to.noun, to.service
            ));
            return None;
        };
        if !service.eq_ignore_ascii_case(to.service) {
            self.diagnostics
                .error(
                    "wrong-action",
                    span,
                    format!("a {} is asked the actions of `{}`, and this is `{name}`", to.noun, to.service),
                )
                .help("what a role may do elsewhere is said by `permissions`");
            return None;
        }
        if verb.contains(['*', '?', '$']) {
            self.diagnostics
                .error(
                    "wrong-action",
                    span,
                    format!("`{name}` stands for several actions, and each is asked by itself"),
                )
                .help("name those that the function's code calls, one by one");
            return None;
        }
        let action = match action::check(name) {
            Ok(action) => action,
            Err(wrong) => {
                self.unknown_action(name, wrong, span);
                return None;
            }
        };
        let resource_type = to.standing.own_policy.map(|own| own.resource_type);
        if let Some(resource_type) = resource_type
            && !action::may_be_asked_of(&action, resource_type)
        {
            self.diagnostics
                .error("wrong-action", span, format!("`{action}` is asked of something else than a {}", to.noun))
                .help("name the actions that the function's code calls on its target");
            return None;
        }
        Some(action)
    }
}
