//! From a rules file to [`Rules`]: the files are joined, parameters bound, every name and type checked.

use super::diagnostic::Diagnostics;
use super::file::{self, Item, Joined};
use super::interpret::{Interpreter, ParameterValue};
use super::node::Content;
use super::source::Span;
use super::template::{Written, pieces};
use super::{Finder, Form, Reference, Resource, Rule, Rules, declare};
use crate::model::{Kind, NotChecked};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Where rules come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A file.
    File(PathBuf),
    /// The rules of this name that the binary carries.
    Builtin(String),
}

impl Origin {
    /// What `RULES` on the command line names: a file if it ends in `.yaml` or `.yml`, else built-in rules.
    pub fn named(argument: &str) -> Self {
        if argument.ends_with(".yaml") || argument.ends_with(".yml") {
            Self::File(PathBuf::from(argument))
        } else {
            Self::Builtin(argument.to_owned())
        }
    }

    /// The file, as a person would name it.
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Builtin(name) => format!("rules/{name}.yaml"),
        }
    }
}

/// What to load, and how.
#[derive(Debug)]
pub struct Request<'a> {
    /// The rules.
    pub origin: Origin,
    /// The parameters that were given, by name.
    pub parameters: &'a BTreeMap<String, String>,
    /// Whether every parameter that is not optional must have been given. Not so where rules are only looked at.
    pub complete: bool,
    /// The kinds there are.
    pub types: Types,
}

/// The kinds that rules may speak of.
#[derive(Debug, Clone, Copy)]
pub struct Types {
    /// The kind of this name.
    pub kind: fn(&str) -> Option<&'static Kind>,
    /// The names of all kinds.
    pub names: fn() -> Vec<&'static str>,
    /// The names of kinds that a later version will know.
    pub not_yet: &'static [&'static str],
}

/// Loads rules.
///
/// # Errors
/// Every mistake that was found, each with its place.
pub fn load(request: &Request<'_>) -> Result<Rules, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    let rules = file::read(request, &mut diagnostics).map(|joined| interpret(request, joined, &mut diagnostics));
    match rules {
        Some(rules) if diagnostics.list.is_empty() => Ok(rules),
        _ => {
            diagnostics.sort();
            Err(diagnostics)
        }
    }
}

fn interpret(request: &Request<'_>, joined: Joined, diagnostics: &mut Diagnostics) -> Rules {
    let whole = Span { source: 0, start: 0, end: 0 };
    let parameters = bind_parameters(request, &joined.parameters, &whole, diagnostics);
    let kinds = joined
        .resources
        .iter()
        .map(|item| (item.name.clone(), declare::kind_of(item, request.types, diagnostics)))
        .collect();
    for item in &joined.parameters {
        if joined.resources.iter().any(|resource| resource.name == item.name) {
            diagnostics.error(
                "duplicate-name",
                &item.name_span,
                format!("`{}` is a parameter and a resource; `${{{}}}` could mean either", item.name, item.name),
            );
        }
    }
    let mut interpreter = Interpreter { diagnostics, parameters, resources: kinds, left_out: Vec::new() };
    let title = if let Some((title, _)) = joined.title {
        title
    } else {
        interpreter
            .diagnostics
            .error("missing-field", &whole, "a rules file has a `title`")
            .help("say what the architecture is called: `title: Serverless order intake`");
        String::new()
    };
    let region = joined.region.and_then(|(text, span)| declare::region(&text, &span, &mut interpreter));
    let mut resources = Vec::new();
    let mut rules = Vec::new();
    for item in &joined.resources {
        if let Some((resource, exists)) = declare::resource(item, request.types, &mut interpreter) {
            if !joined.dropped.contains(&exists.id) {
                rules.push((exists, item.name_span.clone()));
            }
            resources.push(resource);
        }
    }
    for item in &joined.rules {
        if let Some(rule) = declare::rule(item, request.types, &mut interpreter) {
            if let Some((exists, span)) = rules.iter().find(|(earlier, _)| earlier.id == rule.id) {
                let line = interpreter.diagnostics.sources.place(span).line;
                let message = format!("`{}` is the rule that the resource in line {line} exists", exists.id);
                interpreter
                    .diagnostics
                    .error("duplicate-id", &item.name_span, message)
                    .help("give this rule another id; `exists:` on the resource sets the fields of that one");
                continue;
            }
            rules.push((rule, item.name_span.clone()));
        }
    }
    if resources.is_empty() && rules.is_empty() && interpreter.diagnostics.list.is_empty() {
        interpreter
            .diagnostics
            .error("nothing-to-check", &whole, "this rules file names no resources and no rules")
            .help("a file in which nothing can fail would always pass");
    }
    let not_checked = interpreter
        .left_out
        .iter()
        .map(|(what, parameter)| NotChecked {
            what: what.clone(),
            why: format!("the optional parameter `{parameter}` was not given: --set {parameter}=VALUE"),
        })
        .collect::<BTreeSet<_>>();
    check_circles(&resources, &joined.resources, diagnostics);
    let rules = check_needs(rules, &joined.rules, &joined.dropped, diagnostics);
    Rules {
        file: request.origin.name(),
        sha256: joined.sha256,
        title,
        about: joined.about,
        region,
        resources,
        rules,
        not_checked: not_checked.into_iter().collect(),
    }
}

fn bind_parameters(
    request: &Request<'_>,
    items: &[Item],
    whole: &Span,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, ParameterValue> {
    for given in request.parameters.keys() {
        if !items.iter().any(|item| item.name == *given) {
            let names: Vec<&str> = items.iter().map(|item| item.name.as_str()).collect();
            let error = diagnostics.error(
                "unknown-parameter",
                whole,
                format!("--set {given}: these rules have no such parameter"),
            );
            if names.is_empty() {
                error.help("they have none");
            } else {
                error.help(format!("they have {}", names.join(", "))).did_you_mean(given, names);
            }
        }
    }
    let mut bound = BTreeMap::new();
    for item in items {
        let Some(declared) = declare::parameter(item, diagnostics) else { continue };
        let value = match (request.parameters.get(&item.name), declared.default) {
            (Some(given), _) => ParameterValue::Given(given.clone()),
            (None, Some(default)) => ParameterValue::Given(default),
            (None, None) if declared.optional => ParameterValue::Left,
            (None, None) => {
                if request.complete {
                    let about = declared.about.map_or(String::new(), |about| format!(" ({about})"));
                    diagnostics
                        .error(
                            "missing-parameter",
                            &item.name_span,
                            format!("the parameter `{}`{about} has no value", item.name),
                        )
                        .help(format!("give it one: --set {}=VALUE", item.name));
                }
                ParameterValue::Given(format!("${{{}}}", item.name))
            }
        };
        bound.insert(item.name.clone(), value);
    }
    bound
}

/// Resources that are found by each other's properties can never be found.
fn check_circles(resources: &[Resource], items: &[Item], diagnostics: &mut Diagnostics) {
    let uses = |key: &str| -> BTreeSet<String> {
        let Some(resource) = resources.iter().find(|resource| resource.key == key) else { return BTreeSet::new() };
        let mut uses = BTreeSet::new();
        if let Finder::Select { of, select } = &resource.finder {
            uses.extend(of.iter().cloned());
            for (_, pattern) in select {
                pattern.each_reference(&mut |reference| match reference {
                    Reference::Name(name) | Reference::Attribute(name, ..) => drop(uses.insert(name.clone())),
                    Reference::AccountId | Reference::Partition | Reference::Region => {}
                });
            }
        }
        uses
    };
    for item in items {
        if reaches(&item.name, &item.name, &uses) {
            diagnostics.error(
                "circle",
                &item.name_span,
                format!("`{}` is found by a property of a resource that is found by one of its own", item.name),
            );
        }
    }
}

/// Whether `to` can be reached from `from` in one step or more.
fn reaches(from: &str, to: &str, next: &impl Fn(&str) -> BTreeSet<String>) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from.to_owned()];
    while let Some(at) = open.pop() {
        for name in next(&at) {
            if name == to {
                return true;
            }
            if seen.insert(name.clone()) {
                open.push(name);
            }
        }
    }
    false
}

/// Checks that `needs` name rules and go round in no circle; what was dropped leaves them silently.
fn check_needs(
    mut rules: Vec<(Rule, Span)>,
    items: &[Item],
    dropped: &[String],
    diagnostics: &mut Diagnostics,
) -> Vec<Rule> {
    let ids: BTreeSet<String> = rules.iter().map(|(rule, _)| rule.id.clone()).collect();
    let written: BTreeSet<&str> = items.iter().map(|item| item.name.as_str()).collect();
    for (rule, span) in &mut rules {
        let (rule_id, span) = (rule.id.clone(), span.clone());
        rule.needs.retain(|need| {
            let known = ids.contains(need);
            // A rule with a mistake in it has been reported already.
            if !known && !dropped.contains(need) && !written.contains(need.as_str()) {
                let gone = dropped.iter().any(|d| need.strip_suffix("-exists") == Some(d));
                if !gone {
                    diagnostics
                        .error(
                            "unknown-reference",
                            &span,
                            format!("`{rule_id}` needs `{need}`, and there is no such rule"),
                        )
                        .did_you_mean(need, ids.iter().map(String::as_str));
                }
            }
            known
        });
    }
    let needs = |id: &str| -> BTreeSet<String> {
        rules.iter().filter(|(rule, _)| rule.id == id).flat_map(|(rule, _)| rule.needs.iter().cloned()).collect()
    };
    for (rule, span) in &rules {
        if reaches(&rule.id, &rule.id, &needs) {
            diagnostics.error("circle", span, format!("`{}` needs itself, by way of what it needs", rule.id));
        }
    }
    rules.into_iter().map(|(rule, _)| rule).collect()
}

/// Whether `text` refers to something by `${...}`.
pub(super) fn has_references(text: &str) -> bool {
    pieces(text).iter().any(|piece| !matches!(piece, Written::Text(_)))
}

/// The resources of the rules file that a rule reads a value of: those its patterns refer to.
impl Rule {
    /// The names of the resources that the rule's patterns refer to.
    pub fn refers_to(&self) -> BTreeSet<&str> {
        let mut names: BTreeSet<&str> = self
            .references()
            .into_iter()
            .filter_map(|reference| match reference {
                Reference::Name(name) | Reference::Attribute(name, ..) => Some(name.as_str()),
                Reference::AccountId | Reference::Partition | Reference::Region => None,
            })
            .collect();
        if let Form::Only { of, .. } = &self.form {
            names.extend(of.as_deref());
        }
        names
    }
}

/// The texts of a list of texts.
pub(super) fn texts(content: &Content) -> Option<Vec<(&str, &Span)>> {
    match content {
        Content::List(nodes) => nodes.iter().map(|node| node.text().map(|text| (text, &node.span))).collect(),
        _ => None,
    }
}
