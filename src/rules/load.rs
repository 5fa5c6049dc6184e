//! From a rules file to [`Rules`]: the files are joined, parameters bound, every name and type checked.

use super::diagnostic::Diagnostics;
use super::file::{self, Item, Items, Joined};
use super::interpret::{Interpreter, ParameterValue};
use super::node::{Content, Node};
use super::order::order;
use super::origin::Origin;
use super::source::Span;
use super::template::{Written, pieces};
use super::{CannotAsk, Resource, Rule, Rules, declare, rule, unexpected};
use crate::model::{Check, Kind, NotChecked};
use std::collections::{BTreeMap, BTreeSet};

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
    /// The checks that rules may call, by name.
    pub checks: fn() -> Vec<&'static Check>,
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

fn interpret(request: &Request<'_>, mut joined: Joined, diagnostics: &mut Diagnostics) -> Rules {
    let whole = Span { source: 0, start: 0, end: 0 };
    let parameters = bind_parameters(request, &joined.parameters, &whole, diagnostics);
    let kinds = joined
        .resources
        .iter()
        .map(|item| (item.name.clone(), declare::kind_of(item, request.types, diagnostics)))
        .collect();
    for item in joined.parameters.iter() {
        if joined.resources.get(&item.name).is_some() {
            diagnostics
                .error(
                    "duplicate-name",
                    &item.name_span,
                    format!("`{}` is a parameter and a resource; `${{{}}}` could mean either", item.name, item.name),
                )
                .help("give one of them another name");
        }
    }
    let is_several = |item: &&Item| item.node.entry("several").is_some_and(|entry| entry.value.text() == Some("true"));
    let several = joined.resources.iter().filter(is_several).map(|item| item.name.clone()).collect();
    let mut interpreter = Interpreter {
        several,
        diagnostics,
        parameters,
        resources: kinds,
        dropped: joined.dropped.clone(),
        left_out: Vec::new(),
        origins: std::mem::take(&mut joined.origins),
        documents: BTreeMap::new(),
        checked: BTreeMap::new(),
        kind: None,
    };
    let title = if let Some((title, _)) = joined.title.take() {
        title
    } else {
        interpreter
            .diagnostics
            .error("missing-field", &whole, "a rules file has a `title`")
            .help("say what the architecture is called: `title: Serverless order intake`");
        String::new()
    };
    let region = joined.region.take().and_then(|(text, span)| declare::region(&text, &span, &mut interpreter));
    let mut resources = Vec::new();
    let mut rules: Vec<Rule> = Vec::new();
    let mut exist: BTreeMap<String, Span> = BTreeMap::new();
    for item in joined.resources.iter() {
        if let Some((resource, exists)) = declare::resource(item, request.types, &mut interpreter) {
            if !joined.dropped.contains(&exists.id) {
                exist.insert(exists.id.clone(), item.name_span.clone());
                rules.push(exists);
            }
            resources.push(resource);
        }
    }
    for item in joined.rules.iter() {
        if let Some(rule) = rule::rule(item, request.types, &mut interpreter) {
            if let Some(span) = exist.get(&rule.id) {
                let line = interpreter.diagnostics.sources.place(span).line;
                let message = format!("`{}` is the rule that the resource in line {line} exists", rule.id);
                interpreter
                    .diagnostics
                    .error("duplicate-id", &item.name_span, message)
                    .help("give this rule another id; `exists:` on the resource sets the fields of that one");
                continue;
            }
            rules.push(rule);
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
        .chain(joined.not_checked.iter().map(|(what, why)| NotChecked { what: what.clone(), why: why.clone() }))
        .collect::<BTreeSet<_>>();
    let parameters = interpreter.parameters.iter().filter_map(|(name, value)| match value {
        ParameterValue::Given(value) => Some((name.clone(), value.clone())),
        ParameterValue::Left | ParameterValue::Open => None,
    });
    let parameters = parameters.collect();
    check_circles(&resources, &joined.resources, diagnostics);
    check_needs(&mut rules, &joined, diagnostics);
    let keys = resources.iter().enumerate().map(|(at, resource)| (resource.key.clone(), at)).collect();
    let said = joined.unexpected.take();
    let unexpected =
        said.as_ref().map(|entry| unexpected::settings(entry, request.types, diagnostics)).unwrap_or_default();
    let mut rules = Rules {
        file: request.origin.name(),
        sha256: diagnostics.sources.sha256(),
        title,
        about: joined.about.take(),
        region,
        grading: joined.grading,
        audience: std::mem::take(&mut joined.audience),
        resources,
        rules,
        not_checked: not_checked.into_iter().collect(),
        parameters,
        declared: joined.parameters.iter().map(|item| item.name.clone()).collect(),
        unexpected,
        keys,
    };
    // A resource with a mistake in it is no resource yet.
    if diagnostics.list.is_empty()
        && let (Err(why), Some(said)) = (rules.made_always(request.types), &said)
    {
        let code = if why == CannotAsk::NothingDeclared { "nothing-to-check" } else { "duplicate-id" };
        diagnostics.error(code, &said.key_span, why.to_string()).help(why.hint());
    }
    if diagnostics.list.is_empty() {
        check_order(&rules, &joined, diagnostics);
    }
    rules
}

fn bind_parameters(
    request: &Request<'_>,
    items: &Items,
    whole: &Span,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, ParameterValue> {
    for given in request.parameters.keys() {
        if items.get(given).is_none() {
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
    for item in items.iter() {
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
                ParameterValue::Open
            }
        };
        bound.insert(item.name.clone(), value);
    }
    bound
}

/// Resources that are found by each other's properties can never be found.
fn check_circles(resources: &[Resource], items: &Items, diagnostics: &mut Diagnostics) {
    let at: BTreeMap<&str, usize> = resources.iter().enumerate().map(|(at, r)| (r.key.as_str(), at)).collect();
    let needs: Vec<Vec<usize>> = resources
        .iter()
        .map(|resource| resource.found_by().into_iter().filter_map(|key| at.get(key).copied()).collect())
        .collect();
    for circle in order(&needs).circles {
        let key = &resources[circle[0]].key;
        let Some(item) = items.get(key) else { continue };
        let names: Vec<String> = circle.iter().skip(1).map(|at| format!("`{}`", resources[*at].key)).collect();
        let message = if names.is_empty() {
            format!("`{key}` is found by a property of its own")
        } else {
            format!("`{key}` is found by way of {}, and that by way of `{key}`", names.join(", "))
        };
        diagnostics.error("circle", &item.name_span, message).help("find one of them by its `name`");
    }
}

/// Checks that `needs` name rules; what was dropped leaves them silently.
fn check_needs(rules: &mut [Rule], joined: &Joined, diagnostics: &mut Diagnostics) {
    let ids: BTreeSet<String> = rules.iter().map(|rule| rule.id.clone()).collect();
    for rule in rules {
        let id = rule.id.clone();
        rule.needs.retain(|need| {
            let resource = need.strip_suffix("-exists");
            let dropped = [Some(need.as_str()), resource].into_iter().flatten().any(|n| joined.dropped.contains(n));
            // What has a mistake in it has been reported already.
            let written =
                joined.rules.get(need).is_some() || resource.is_some_and(|r| joined.resources.get(r).is_some());
            let known = ids.contains(need);
            if !known && !dropped && !written {
                let span = place_of_need(&id, Some(need), joined);
                diagnostics
                    .error("unknown-reference", &span, format!("there is no rule `{need}` that `{id}` could need"))
                    .help("`needs` takes ids of rules; the rule that a resource exists is called NAME-exists")
                    .did_you_mean(need, ids.iter().map(String::as_str));
            }
            known
        });
    }
}

/// Checks that no rule needs itself, by what it says or by what the language adds.
fn check_order(rules: &Rules, joined: &Joined, diagnostics: &mut Diagnostics) {
    for circle in order(&rules.all_needs()).circles {
        let ids: Vec<&str> = circle.iter().map(|at| rules.rules[*at].id.as_str()).collect();
        let (first, next) = (ids[0], ids.get(1).copied().unwrap_or(ids[0]));
        let span = place_of_need(first, Some(next), joined);
        let message = match &ids[1..] {
            [] => format!("`{first}` needs itself"),
            others => format!("`{first}` needs `{}`, which needs `{first}`", others.join("`, which needs `")),
        };
        diagnostics
            .error("circle", &span, message)
            .help("take one out of its `needs`; what a rule is on must exist, and it need not say so");
    }
}

/// Where the rule `id` says that it needs `need`; where it is declared if it says nothing of the sort.
fn place_of_need(id: &str, need: Option<&str>, joined: &Joined) -> Span {
    let declared = joined.rules.get(id).map(|item| (item, Some(&item.node)));
    let exists = || {
        let item = joined.resources.get(id.strip_suffix("-exists")?)?;
        Some((item, item.node.entry("exists").map(|entry| &entry.value)))
    };
    let Some((item, node)) = declared.or_else(exists) else { return Span { source: 0, start: 0, end: 0 } };
    let said = node.and_then(|node| match &node.entry("needs")?.value {
        Node { content: Content::List(names), .. } => names.iter().find(|name| name.text() == need),
        _ => None,
    });
    said.map_or_else(|| item.name_span.clone(), |name| name.span.clone())
}

/// Whether `text` refers to something by `${...}`.
pub(super) fn has_references(text: &str) -> bool {
    pieces(text).iter().any(|piece| !matches!(piece, Written::Text(_)))
}

/// The texts of a list of texts.
pub(super) fn texts(content: &Content) -> Option<Vec<(&str, &Span)>> {
    match content {
        Content::List(nodes) => nodes.iter().map(|node| node.text().map(|text| (text, &node.span))).collect(),
        _ => None,
    }
}
