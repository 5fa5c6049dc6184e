//! How a property changed, by the shape that its kind gives it.

use super::policy::{self, Meaning};
use super::{FieldChange, PolicyChange, Unread};
use crate::iam::Scene;
use crate::model::{Field, Gap, Reason, Shape, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The fields by which the items of a set are told apart, where they have one: what else differs is then a change of
/// the item, and not another one.
const NAMES: [&[&str]; 6] =
    [&["PolicyName"], &["IndexName"], &["AttributeName"], &["StatusCode"], &["Name"], &["ResourcePath", "HttpMethod"]];

/// What was found of one resource.
pub(super) struct Found<'s> {
    scene: &'s Scene,
    /// Whether the rules of either side wanted what a gap kept from them.
    wanted: &'s dyn Fn(&Gap) -> bool,
    pub(super) changes: Vec<FieldChange>,
    /// Where, on which side, and why.
    pub(super) unread: Vec<(String, Unread, Gap)>,
    /// Policies that could not be compared, with the reason.
    pub(super) undecided: Vec<(String, String)>,
    pub(super) varied: Vec<String>,
    pub(super) reworded: Vec<String>,
    pub(super) redacted: usize,
}

impl<'s> Found<'s> {
    pub(super) fn new(scene: &'s Scene, wanted: &'s dyn Fn(&Gap) -> bool) -> Self {
        Self {
            scene,
            wanted,
            changes: Vec::new(),
            unread: Vec::new(),
            undecided: Vec::new(),
            varied: Vec::new(),
            reworded: Vec::new(),
            redacted: 0,
        }
    }

    /// Compares the fields that `fields` describes.
    pub(super) fn fields(&mut self, path: &str, fields: &[Field], old: &Value, new: &Value) {
        for field in fields {
            let path = under(path, &field.name);
            match (old.get(&field.name), new.get(&field.name)) {
                (old, new) if field.varies => {
                    if old != new && !is_unread(old) && !is_unread(new) {
                        self.varied.push(path);
                    }
                }
                (old, new) => self.compare(&path, &field.shape, old, new),
            }
        }
    }

    /// Compares two values of one shape.
    pub(super) fn compare(&mut self, path: &str, shape: &Shape, old: &Value, new: &Value) {
        if old == new {
            old.each_gap(&mut |gap| self.both_unread(path, gap, gap));
            return;
        }
        match (old, new) {
            (Value::Unread(old), Value::Unread(new)) => self.both_unread(path, old, new),
            // That there is a value was read; which, was not kept.
            (Value::Unread(gap), Value::Absent) if gap.reason.is_redaction() => self.scalar(path, old, new),
            (Value::Absent, Value::Unread(gap)) if gap.reason.is_redaction() => self.scalar(path, old, new),
            (Value::Unread(gap), _) => self.unread.push((path.to_owned(), Unread::Older, gap.as_ref().clone())),
            (_, Value::Unread(gap)) => self.unread.push((path.to_owned(), Unread::Newer, gap.as_ref().clone())),
            (Value::Policy(old), Value::Policy(new)) => self.policy(path, Some(old), Some(new)),
            (Value::Policy(old), Value::Absent) => self.policy(path, Some(old), None),
            (Value::Absent, Value::Policy(new)) => self.policy(path, None, Some(new)),
            (Value::Map(_), Value::Map(_)) => self.map(path, shape, old, new),
            (Value::Set(old), Value::Set(new)) => self.set(path, shape, old, new),
            (Value::Absent, Value::Set(new)) if has_policies(new) => self.set(path, shape, &[], new),
            (Value::Set(old), Value::Absent) if has_policies(old) => self.set(path, shape, old, &[]),
            (Value::List(old), Value::List(new)) if old.len() == new.len() => {
                let inner = inner(shape);
                for (at, (old, new)) in old.iter().zip(new).enumerate() {
                    self.compare(&format!("{path}[{at}]"), inner, old, new);
                }
            }
            _ => self.scalar(path, old, new),
        }
    }

    fn both_unread(&mut self, path: &str, old: &Gap, new: &Gap) {
        match (&old.reason, &new.reason) {
            (old, new) if old.is_redaction() && new.is_redaction() => self.redacted += 1,
            // Nobody asked for it; that an answer tells of it as well is no reason to miss it.
            _ if !(self.wanted)(old) && !(self.wanted)(new) => {}
            (Reason::NotAsked, _) => self.unread.push((path.to_owned(), Unread::Both, old.clone())),
            _ => self.unread.push((path.to_owned(), Unread::Both, new.clone())),
        }
    }

    fn scalar(&mut self, path: &str, old: &Value, new: &Value) {
        let shown = |value: &Value| (*value != Value::Absent).then(|| show(value));
        self.changes.push(FieldChange { old: shown(old), new: shown(new), ..at(path) });
    }

    fn policy(&mut self, path: &str, old: Option<&str>, new: Option<&str>) {
        let change = match policy::compare(old, new, self.scene) {
            Meaning::Same if old.is_some() && new.is_some() => return self.reworded.push(path.to_owned()),
            // A policy that allows and denies nothing came or went.
            Meaning::Same => Box::new(PolicyChange::default()),
            Meaning::NoPolicy(why) => {
                let said = format!("it cannot be read as a policy: {why}");
                self.undecided.push((path.to_owned(), said));
                // Whatever it says, it came or went.
                if old.is_some() && new.is_some() {
                    return;
                }
                Box::new(PolicyChange::default())
            }
            Meaning::Changed(change) => change,
        };
        let nothing = PolicyChange { undecided: change.undecided.clone(), ..PolicyChange::default() };
        self.undecided.extend(change.undecided.iter().map(|why| (path.to_owned(), why.clone())));
        if *change != nothing || old.is_none() || new.is_none() {
            let of = |text: Option<&str>| text.map(|_| "a policy".to_owned());
            let came_or_went = old.is_none() || new.is_none();
            let (old, new) = if came_or_went { (of(old), of(new)) } else { (None, None) };
            self.changes.push(FieldChange { old, new, policy: Some(*change), ..at(path) });
        }
    }

    fn map(&mut self, path: &str, shape: &Shape, old: &Value, new: &Value) {
        if let Shape::Struct(fields) = shape {
            return self.fields(path, fields, old, new);
        }
        let (Value::Map(old_parts), Value::Map(new_parts)) = (old, new) else { return };
        let keys: BTreeSet<&String> = old_parts.keys().chain(new_parts.keys()).collect();
        for key in keys {
            self.compare(&under(path, key), inner(shape), old.get(key), new.get(key));
        }
    }

    fn set(&mut self, path: &str, shape: &Shape, old: &[Value], new: &[Value]) {
        let (old, new) = without_common(old, new);
        let (mut old, mut new) = (by_name(old), by_name(new));
        let both: Vec<String> = old.named.keys().filter(|name| new.named.contains_key(*name)).cloned().collect();
        for name in both {
            if let (Some(old), Some(new)) = (old.named.remove(&name), new.named.remove(&name)) {
                self.compare(&format!("{path}[{name}]"), inner(shape), old, new);
            }
        }
        let rest = |items: Items<'_>| -> Vec<Value> {
            items.unnamed.into_iter().chain(items.named.into_values()).cloned().collect()
        };
        // What is not read in an item may be what tells it from the others.
        let gap_in = |items: &[&Value]| {
            let mut first = None;
            items.iter().for_each(|item| item.each_gap(&mut |gap| first = first.take().or_else(|| Some(gap.clone()))));
            first
        };
        let open = (gap_in(&old.unnamed), gap_in(&new.unnamed));
        match open {
            (Some(gap), Some(_)) => self.unread.push((path.to_owned(), Unread::Both, gap)),
            (Some(gap), None) => self.unread.push((path.to_owned(), Unread::Older, gap)),
            (None, Some(gap)) => self.unread.push((path.to_owned(), Unread::Newer, gap)),
            (None, None) => {
                self.policies_of(path, &mut old, true);
                self.policies_of(path, &mut new, false);
                let shown = |items: Vec<Value>| {
                    let mut shown: Vec<String> = items.iter().map(show).collect();
                    shown.sort();
                    shown
                };
                let (gone, come) = (shown(rest(old)), shown(rest(new)));
                if !gone.is_empty() || !come.is_empty() {
                    self.changes.push(FieldChange { gone, come, ..at(path) });
                }
            }
        }
    }

    /// Tells of the items with a policy, which came or went, what it allows, and takes them out.
    fn policies_of(&mut self, path: &str, items: &mut Items<'_>, went: bool) {
        let held = std::mem::take(&mut items.named);
        for (name, item) in held {
            match item.get("PolicyDocument") {
                Value::Policy(text) => {
                    let (old, new) = if went { (Some(text), None) } else { (None, Some(text)) };
                    self.policy(&format!("{path}[{name}]"), old.map(String::as_str), new.map(String::as_str));
                }
                _ => drop(items.named.insert(name, item)),
            }
        }
    }
}

/// The items of a set, by name where they have one of their own.
struct Items<'v> {
    named: BTreeMap<String, &'v Value>,
    unnamed: Vec<&'v Value>,
}

fn by_name(items: Vec<&Value>) -> Items<'_> {
    let mut named: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    let mut unnamed = Vec::new();
    for item in items {
        match name_of(item) {
            Some(name) => named.entry(name).or_default().push(item),
            None => unnamed.push(item),
        }
    }
    let mut single = BTreeMap::new();
    for (name, items) in named {
        match items.as_slice() {
            [one] => drop(single.insert(name, *one)),
            _ => unnamed.extend(items),
        }
    }
    Items { named: single, unnamed }
}

fn name_of(item: &Value) -> Option<String> {
    let of = |fields: &&[&str]| -> Option<String> {
        let parts: Option<Vec<String>> = fields.iter().map(|field| item.get(field).as_text()).collect();
        parts.map(|parts| parts.join(" "))
    };
    NAMES.iter().find_map(of)
}

/// The items that only one of the two sets has. Those with something unread stay: they may be another.
fn without_common<'v>(old: &'v [Value], new: &'v [Value]) -> (Vec<&'v Value>, Vec<&'v Value>) {
    let mut common: BTreeMap<String, usize> = BTreeMap::new();
    let key = |value: &Value| {
        let mut whole = true;
        value.each_gap(&mut |_| whole = false);
        whole.then(|| canonical(value))
    };
    let old: Vec<(Option<String>, &Value)> = old.iter().map(|value| (key(value), value)).collect();
    for key in old.iter().filter_map(|(key, _)| key.as_ref()) {
        *common.entry(key.clone()).or_default() += 1;
    }
    let mut matched: BTreeMap<String, usize> = BTreeMap::new();
    let mut left_new = Vec::new();
    for value in new {
        match key(value).filter(|key| common.get(key).is_some_and(|left| *left > 0)) {
            Some(key) => {
                common.entry(key.clone()).and_modify(|left| *left -= 1);
                *matched.entry(key).or_default() += 1;
            }
            None => left_new.push(value),
        }
    }
    let left_old = old.into_iter().filter(|(key, _)| match key.as_ref().and_then(|key| matched.get_mut(key)) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    });
    (left_old.map(|(_, value)| value).collect(), left_new)
}

/// A text that is the same for the same value, in whatever order its sets are.
fn canonical(value: &Value) -> String {
    let all = |items: &[Value]| items.iter().map(canonical).collect::<Vec<_>>();
    match value {
        Value::Set(items) => {
            let mut items = all(items);
            items.sort();
            format!("{{{}}}", items.join("\u{0}"))
        }
        Value::List(items) => format!("[{}]", all(items).join("\u{0}")),
        Value::Map(parts) => {
            let present = parts.iter().filter(|(_, part)| **part != Value::Absent);
            let parts: Vec<String> = present.map(|(name, part)| format!("{name}\u{1}{}", canonical(part))).collect();
            format!("({})", parts.join("\u{0}"))
        }
        Value::Policy(text) => format!("p{text}"),
        Value::Text(text) => format!("t{text}"),
        other => format!("v{other}"),
    }
}

fn has_policies(items: &[Value]) -> bool {
    items.iter().any(|item| matches!(item.get("PolicyDocument"), Value::Policy(_)))
}

fn is_unread(value: &Value) -> bool {
    matches!(value, Value::Unread(_))
}

/// A value for a person, on one line.
pub(super) fn show(value: &Value) -> String {
    let all = |items: &[Value]| items.iter().map(show).collect::<Vec<_>>();
    match value {
        Value::Unread(gap) if gap.reason.is_redaction() => "(redacted)".to_owned(),
        Value::List(items) => format!("[{}]", all(items).join(", ")),
        Value::Set(items) => {
            let mut items = all(items);
            items.sort();
            format!("[{}]", items.join(", "))
        }
        Value::Map(parts) => {
            let present = parts.iter().filter(|(_, part)| **part != Value::Absent);
            let parts: Vec<String> = present.map(|(name, part)| format!("{name}: {}", show(part))).collect();
            format!("{{ {} }}", parts.join(", "))
        }
        other => other.to_string(),
    }
}

fn at(path: &str) -> FieldChange {
    FieldChange { path: path.to_owned(), old: None, new: None, gone: Vec::new(), come: Vec::new(), policy: None }
}

fn under(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn inner(shape: &Shape) -> &Shape {
    match shape {
        Shape::List(inner) | Shape::Set(inner) | Shape::Map(inner) => inner,
        other => other,
    }
}
