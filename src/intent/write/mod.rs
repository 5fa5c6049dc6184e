//! An intent as a rules file that a person would have written, with its expected documents.
//!
//! | module | its one job |
//! |---|---|
//! | `facts` | the intent, looked up: what a reference could stand for |
//! | `flows` | what hands something to what |
//! | `order` | the order of the resources, along the flows |
//! | `settings`, `access`, `roles`, `closed` | the rules on one theme each |
//! | `policy`, `granted`, `managed` | policy documents, and what they come to |
//! | `draft`, `rename` | the rules file in the making, and what things are called in it |
//! | `yaml`, `text`, `words` | how it is written |
//!
//! Only what the intent says is stated. What it does not say, or what could not be taken over, stands in a comment at the
//! end, with the reason; nothing is guessed. The same intent gives the same bytes.

mod access;
mod closed;
mod draft;
mod facts;
mod flows;
mod granted;
mod managed;
mod order;
mod policy;
mod rename;
mod roles;
mod settings;
mod text;
mod words;
mod yaml;

pub use draft::Document;

use super::{Intended, Intent, Left, Parameter, Piece, Wanted};
use crate::model::{Hop, Kind};
use draft::{Draft, Rule};
use facts::Facts;
use flows::Drawn;
use std::collections::BTreeSet;
use yaml::{WIDTH, Yaml, comment, scalar, scalar_on_a_line};

/// A rules file and its documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The text of the rules file.
    pub rules: String,
    /// The expected documents that it refers to.
    pub documents: Vec<Document>,
    /// What could not be taken over, which the rules file says in a comment as well.
    pub left: Vec<Left>,
    /// How many resources it names.
    pub resources: usize,
    /// How many rules it has, beside those that each resource exists.
    pub count: usize,
}

/// Writes the rules of `intent`, which was read from what is called `source`. The documents are put in the folder `name`
/// below `expected/`. `kinds` gives the kind of a type name.
pub fn write(intent: &Intent, source: &str, name: &str, kinds: fn(&str) -> Option<&'static Kind>) -> Written {
    let (intent, unfound) = found(intent);
    let (intent, several) = distinct(rename::renamed(intent));
    let mut draft = Draft::new(Facts::new(&intent, kinds), name);
    draft.left.extend(unfound);
    let mut left = Vec::new();
    let flows = sorted(flows::flows(&draft.facts, &mut left));
    draft.left.extend(left);
    let (along, identities) = order::order(&draft.facts, &flows);
    let all: Vec<&Intended> = along.iter().chain(&identities).copied().collect();
    let mut text = String::new();
    let mut sections: Vec<(&str, Vec<Rule>)> = Vec::new();
    let place = |of: &Intended| all.iter().position(|known| known.key == of.key);
    let mut in_order: Vec<&Drawn<'_>> = flows.iter().collect();
    in_order.sort_by_key(|flow| (place(flow.from), place(flow.to)));
    let drawn: Vec<Rule> = in_order.iter().map(|flow| draft.flow(flow)).collect();
    sections.push(("What hands on to what", drawn));
    sections.push(("How things are set up", all.iter().filter_map(|of| draft.settings(of, &flows)).collect()));
    sections.push(("Who is let in", draft.policies(&all)));
    sections.push(("What roles may do", draft.permissions(&all, &flows)));
    sections.push(("That there is nothing else", draft.nothing_else(&along)));

    let mut resources = String::from("\nresources:\n");
    declare(&mut draft, &along, &several, &mut resources);
    if !identities.is_empty() {
        comment("Who may do it", 2, &mut resources);
        declare(&mut draft, &identities, &several, &mut resources);
    }
    let mut rules = String::new();
    let count = sections.iter().map(|(_, rules)| rules.len()).sum();
    for (theme, of_theme) in sections.iter().filter(|(_, rules)| !rules.is_empty()) {
        rules.push('\n');
        comment(theme, 2, &mut rules);
        of_theme.iter().for_each(|rule| write_rule(rule, &mut rules));
    }
    let used = |parameter: &&Parameter| {
        let reference = format!("${{{}}}", parameter.name);
        [&resources, &rules].iter().any(|text| text.contains(&reference))
            || draft.documents.iter().any(|document| document.text.contains(&reference))
    };
    let parameters: Vec<&Parameter> = intent.parameters.iter().filter(used).collect();
    head(&intent, source, &parameters, &mut text);
    text.push_str(&resources);
    if count > 0 {
        text.push_str("\nrules:");
        text.push_str(&rules);
    }
    if !draft.left.is_empty() {
        text.push('\n');
        comment("Not taken over:", 0, &mut text);
        for Left { what, why } in &draft.left {
            comment(&format!("- {what}: {why}"), 0, &mut text);
        }
    }
    Written { rules: text, documents: draft.documents, left: draft.left, resources: all.len(), count }
}

/// The intent without the resources that nothing says how to find, and those that hang on one of them, with the reason.
fn found(intent: &Intent) -> (Intent, Vec<Left>) {
    let mut intent = intent.clone();
    let mut left = Vec::new();
    loop {
        let keys: BTreeSet<String> = intent.resources.iter().map(|of| of.key.clone()).collect();
        let why = |of: &Intended| match &of.of {
            Some(parent) if !keys.contains(parent) => Some(format!("it hangs on {parent}, which was not taken over")),
            None if of.name.is_none() && of.select.is_empty() => Some("nothing says how it is found".to_owned()),
            _ => None,
        };
        let Some((at, why)) = intent.resources.iter().enumerate().find_map(|(at, of)| Some((at, why(of)?))) else {
            return (intent, left);
        };
        let gone = intent.resources.remove(at);
        left.push(Left { what: format!("{} ({})", gone.origin, gone.type_name), why });
        without(&mut intent, &gone.key);
    }
}

/// Makes what refers to the resource `key`, which was not taken over, unknown.
fn without(intent: &mut Intent, key: &str) {
    for resource in &mut intent.resources {
        resource.properties.values_mut().for_each(|wanted| forget(wanted, key));
        resource.select.iter_mut().for_each(|(_, wanted)| forget(wanted, key));
    }
}

fn forget(wanted: &mut Wanted, key: &str) {
    match wanted {
        Wanted::Text(pieces) | Wanted::Like(pieces) => {
            let of_key = |piece: &Piece| matches!(piece, Piece::Reference(name) if name.split('.').next() == Some(key));
            if pieces.iter().any(of_key) {
                *wanted = Wanted::Unknown(format!("it refers to {key}, which was not taken over"));
            }
        }
        Wanted::List(items) => items.iter_mut().for_each(|item| forget(item, key)),
        Wanted::Map(parts) => parts.values_mut().for_each(|part| forget(part, key)),
        Wanted::Bool(_) | Wanted::Number(_) | Wanted::Unknown(_) => {}
    }
}

fn sorted(mut flows: Vec<Drawn<'_>>) -> Vec<Drawn<'_>> {
    // What a function does comes after what it is triggered by, so that the order of the resources follows the data.
    flows.sort_by_key(|flow| flow.mechanism.hop == Hop::FunctionToTarget);
    flows
}

fn head(intent: &Intent, source: &str, parameters: &[&Parameter], to: &mut String) {
    comment(
        &format!("Written by `plimsoll rules new` from {source}. Read it, and change what is meant otherwise."),
        0,
        to,
    );
    to.push_str("plimsoll: 1\n");
    let title = if intent.title.trim().is_empty() { source } else { intent.title.trim() };
    to.push_str(&format!("title: {}\n", scalar_on_a_line(title)));
    if let Some(about) = intent.about.as_deref().map(str::trim).filter(|about| !about.is_empty() && *about != title) {
        to.push_str(&format!("about: {}\n", scalar_on_a_line(about)));
    }
    if parameters.is_empty() {
        return;
    }
    to.push_str("\nparameters:\n");
    for parameter in parameters {
        let mut fields = Vec::new();
        fields.extend(parameter.about.as_deref().map(|about| ("about", Yaml::text(about))));
        fields.extend(parameter.default.as_deref().map(|default| ("default", Yaml::text(default))));
        Yaml::map(fields).entry(&parameter.name, 2, to);
    }
}

/// The intent with one resource for all that nothing tells apart, and the keys of those that stand for several.
fn distinct(mut intent: Intent) -> (Intent, BTreeSet<String>) {
    let mut several = BTreeSet::new();
    let mut kept: Vec<Intended> = Vec::new();
    for resource in std::mem::take(&mut intent.resources) {
        let alike = |other: &&Intended| {
            resource.name.is_none()
                && other.name.is_none()
                && other.type_name == resource.type_name
                && other.of == resource.of
                && other.select == resource.select
        };
        match kept.iter().find(alike) {
            Some(other) => {
                several.insert(other.key.clone());
            }
            None => kept.push(resource),
        }
    }
    intent.resources = kept;
    (intent, several)
}

/// Writes the declarations of `resources`, of which `several` stand for more than one.
fn declare(draft: &mut Draft<'_>, resources: &[&Intended], several: &BTreeSet<String>, to: &mut String) {
    let wide = resources.iter().map(|of| of.key.chars().count()).max().unwrap_or_default();
    // Columns help the eye only while they are near.
    let wide = if wide > 20 { 0 } else { wide };
    for resource in resources {
        let mut fields = vec![("type", Yaml::text(&resource.type_name))];
        match &resource.name {
            Some(name) => match text::written(name) {
                Ok(name) => fields.push(("name", Yaml::Text(name))),
                Err(why) => draft.leave(format!("the name of {}", resource.key), why),
            },
            None => {
                fields.extend(resource.of.as_deref().map(|of| ("of", Yaml::text(of))));
                let kind = draft.facts.kind(resource);
                let mut select = Vec::new();
                for (name, wanted) in &resource.select {
                    let shape = kind.and_then(|kind| kind.field(name)).map(|field| field.shape.clone());
                    let path = format!("{}.{name}", resource.key);
                    match shape {
                        Some(shape) => select.extend(draft.value(&shape, wanted, &path).map(|v| (name.as_str(), v))),
                        None => draft.leave(path, "there is no such property"),
                    }
                }
                if !select.is_empty() {
                    fields.push(("select", Yaml::map(select)));
                }
                if several.contains(&resource.key) {
                    fields.push(("several", Yaml::Plain("true".to_owned())));
                }
            }
        }
        let fields = Yaml::map(fields);
        let key = scalar(&resource.key);
        let wide = wide + 1;
        let line = format!("  {:wide$} {}", format!("{key}:"), fields.inline());
        if line.chars().count() <= WIDTH {
            to.push_str(&line);
            to.push('\n');
        } else {
            fields.entry(&resource.key, 2, to);
        }
    }
}

fn write_rule(rule: &Rule, to: &mut String) {
    let mut fields = vec![("id", Yaml::text(&rule.id)), ("title", Yaml::text(&rule.title))];
    fields.extend(rule.form.iter().map(|(name, value)| (*name, value.clone())));
    if rule.is_grave {
        fields.push(("severity", Yaml::text("high")));
    }
    fields.extend(rule.reason.as_deref().map(|reason| ("reason", Yaml::text(reason))));
    rule.notes.iter().for_each(|note| comment(note, 2, to));
    Yaml::map(fields).item_below(2, to);
}

impl Draft<'_> {
    /// The rule on a flow.
    fn flow(&mut self, flow: &Drawn<'_>) -> Rule {
        let (from, to) = (&flow.from.key, &flow.to.key);
        let mut fields = vec![("from", Yaml::text(from)), ("to", Yaml::text(to))];
        fields.extend(flow.role.map(|role| ("as", Yaml::text(&role.key))));
        if flow.mechanism.hop == Hop::FunctionToTarget {
            fields.push(("actions", Yaml::texts(flow.actions.iter().cloned())));
            fields.extend(flow.variable.as_deref().map(|name| ("variable", Yaml::text(name))));
        }
        let mut form = vec![("flow", Yaml::map(fields))];
        if let Some(wire) = flow.wire {
            let settings = self.wire(wire);
            if !settings.is_empty() {
                form.push(("wire", Yaml::Map(settings)));
            }
        }
        let (verb, title) = match flow.mechanism.hop {
            Hop::MethodToQueue => ("feeds", format!("{from} puts its requests on {to}")),
            Hop::MethodToFunction => ("invokes", format!("{from} invokes {to}")),
            Hop::QueueToFunction => ("triggers", format!("{from} triggers {to}")),
            Hop::StreamToFunction => ("triggers", format!("The stream of {from} triggers {to}")),
            Hop::FunctionToTarget => ("uses", format!("{from} may do its work on {to}")),
            Hop::TopicToEndpoint => ("reaches", format!("{from} delivers to {to}")),
            Hop::TopicToQueue | Hop::TopicToFunction => ("feeds", format!("{from} delivers to {to}")),
        };
        let id = self.id(&format!("{from}-{verb}-{to}"));
        Rule { id, title, form, is_grave: true, reason: None, notes: Vec::new() }
    }
}
