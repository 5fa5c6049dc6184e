//! `check`: an analysis that is called by its name, on named resources or on each of a type.

use super::fields::text;
use super::file::Item;
use super::interpret::Interpreter;
use super::load::Types;
use super::node::Entry;
use super::rule::subject;
use super::{Form, Rule, Subject};
use crate::model::{Check, Control, Kind};

/// What `check` says, if it is right. What the rule does not say for itself, the check says for it: title, reason, fix,
/// severity and controls.
pub(super) fn check(
    rule: &mut Rule,
    item: &Item,
    form: &Entry,
    entries: &[Entry],
    types: Types,
    interpreter: &mut Interpreter<'_>,
) -> Option<Form> {
    let check = called(form, types, interpreter);
    let on = subject(item, form, "nothing says what this is checked on", entries, types, interpreter);
    let check = check?;
    let says = |field: &str| entries.iter().any(|entry| entry.key == field);
    if !says("title") {
        rule.title = check.title.to_owned();
    }
    if !says("severity") {
        rule.severity = check.severity;
    }
    rule.reason.get_or_insert_with(|| check.matters.to_owned());
    rule.fix.get_or_insert_with(|| check.mend.to_owned());
    let on = on?;
    if !goes_with(check, &on, entries, interpreter) {
        return None;
    }
    if !says("controls") {
        let kinds: Vec<&Kind> = match &on {
            Subject::Each { kind, .. } => vec![*kind],
            Subject::Named(keys) => {
                keys.iter().filter_map(|key| interpreter.resources.get(key).copied().flatten()).collect()
            }
        };
        let about = |control: &&Control| control.on.is_none_or(|on| kinds.iter().any(|kind| kind.type_name == on));
        rule.controls = check.controls.iter().filter(about).map(ToString::to_string).collect();
    }
    Some(Form::Check { check, on })
}

/// The check that is called.
fn called(form: &Entry, types: Types, interpreter: &mut Interpreter<'_>) -> Option<&'static Check> {
    let name = text(form, interpreter.diagnostics)?;
    let checks = (types.checks)();
    let found = checks.iter().find(|check| check.name == name).copied();
    if found.is_none() {
        let names: Vec<&str> = checks.iter().map(|check| check.name).collect();
        interpreter
            .diagnostics
            .error("unknown-check", &form.value.span, format!("there is no check `{name}`"))
            .help("`plimsoll rules explain` lists the checks")
            .did_you_mean(&name, names);
    }
    found
}

/// Whether the check goes with all that the rule is on.
fn goes_with(check: &Check, on: &Subject, entries: &[Entry], interpreter: &mut Interpreter<'_>) -> bool {
    let wrong = |kind: &Kind| check.reads.fields_of(kind).is_none();
    let (field, message) = match on {
        Subject::Each { kind, .. } if wrong(kind) => {
            ("each", format!("`{}` does not go with {}", check.name, kind.one()))
        }
        Subject::Each { .. } => return true,
        Subject::Named(keys) => {
            let named = keys.iter().filter_map(|key| Some((key, interpreter.resources.get(key).copied().flatten()?)));
            match named.into_iter().find(|(_, kind)| wrong(kind)) {
                Some((key, kind)) => {
                    ("on", format!("`{key}` is {}, and `{}` does not go with one", kind.one(), check.name))
                }
                None => return true,
            }
        }
    };
    if let Some(entry) = entries.iter().find(|entry| entry.key == field) {
        interpreter
            .diagnostics
            .error("wrong-resource", &entry.value.span, message)
            .help(format!("it is about {}", check.reads.in_words()));
    }
    false
}
