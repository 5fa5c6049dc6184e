//! One rules file, and the join of a file with those it extends: what stands where, not yet what it means.

use super::another::is_another;
use super::diagnostic::Diagnostics;
use super::fields::map;
use super::grading;
use super::load::Request;
use super::node::{self, Content, Entry, Node};
use super::origin::Origin;
use super::source::Span;
use crate::model::{Audience, Grading, Said};
use std::collections::{BTreeMap, BTreeSet};

/// How many files may extend each other in a row.
const LONGEST_CHAIN: usize = 8;

/// A named entry of a rules file: a parameter, a resource or a rule.
pub(super) struct Item {
    pub(super) name: String,
    pub(super) name_span: Span,
    pub(super) node: Node,
}

/// Items in the order they were written, each findable by its name.
#[derive(Default)]
pub(super) struct Items {
    list: Vec<Item>,
    at: BTreeMap<String, usize>,
}

impl Items {
    /// Puts `item` in the place of the one with its name, or at the end.
    fn lay(&mut self, item: Item) {
        match self.at.get(&item.name) {
            Some(at) => self.list[*at] = item,
            None => {
                self.at.insert(item.name.clone(), self.list.len());
                self.list.push(item);
            }
        }
    }

    /// Takes away those with these names.
    fn drop(&mut self, names: &BTreeSet<String>) {
        self.list.retain(|item| !names.contains(&item.name));
        self.at = self.list.iter().enumerate().map(|(at, item)| (item.name.clone(), at)).collect();
    }

    /// The item called `name`.
    pub(super) fn get(&self, name: &str) -> Option<&Item> {
        self.at.get(name).map(|at| &self.list[*at])
    }

    /// All of them, in order.
    pub(super) fn iter(&self) -> std::slice::Iter<'_, Item> {
        self.list.iter()
    }
}

/// A rules file joined with those it extends.
#[derive(Default)]
pub(super) struct Joined {
    pub(super) title: Option<(String, Span)>,
    pub(super) about: Option<String>,
    pub(super) region: Option<(String, Span)>,
    pub(super) grading: Grading,
    /// For whom parts of what is said of a finding are.
    pub(super) audience: BTreeMap<Said, Audience>,
    pub(super) parameters: Items,
    pub(super) resources: Items,
    pub(super) rules: Items,
    /// What is said of things that nobody declared.
    pub(super) unexpected: Option<Entry>,
    /// What the rules cannot judge, and why.
    pub(super) not_checked: BTreeMap<String, String>,
    /// The resources, parameters and rules that were dropped.
    pub(super) dropped: BTreeSet<String>,
    /// Where each of the sources comes from.
    pub(super) origins: Vec<Origin>,
}

const TOP: [&str; 12] = [
    "plimsoll",
    "title",
    "about",
    "region",
    "extends",
    "drop",
    "not_checked",
    "grading",
    "unexpected",
    "parameters",
    "resources",
    "rules",
];

/// Reads the rules that `request` names, with all that they extend. Mistakes are noted; `None` if one of the files could
/// not be read, since nothing can be said of an overlay without what it lies over.
pub(super) fn read(request: &Request<'_>, diagnostics: &mut Diagnostics) -> Option<Joined> {
    let mut files = Files::default();
    let mut joined = Joined::default();
    let mut titles: Vec<String> = Vec::new();
    let mut first_region: Option<(String, Span)> = None;
    for origin in request.origin.each() {
        files.read(origin, None, &mut Vec::new(), diagnostics)?;
        for (source, node) in std::mem::take(&mut files.laid) {
            joined.lay_over(source, &node, diagnostics);
        }
        if let Some((title, _)) = joined.title.as_ref().filter(|(title, _)| !titles.contains(title)) {
            titles.push(title.clone());
        }
        match (&first_region, &joined.region) {
            (Some((first, _)), Some((other, span))) if first != other => {
                diagnostics
                    .error("two-regions", span, format!("this is about {other}, and the rules before it about {first}"))
                    .help("judge them apart, each with its own region");
            }
            (None, Some(region)) => first_region = Some(region.clone()),
            _ => {}
        }
    }
    if let (true, Some((title, _))) = (titles.len() > 1, &mut joined.title) {
        *title = titles.join(" + ");
    }
    joined.origins = files.origins;
    Some(joined)
}

/// The files that a rules file draws on.
#[derive(Default)]
struct Files {
    /// Where they come from, in the order in which they were read, which is that of the sources.
    origins: Vec<Origin>,
    /// What stands in them, each after all that it extends.
    laid: Vec<(usize, Node)>,
}

impl Files {
    /// Reads a file and what it extends, unless that was done. `from` is where it is named, `above` are the files that
    /// extend it.
    fn read(
        &mut self,
        origin: &Origin,
        from: Option<Span>,
        above: &mut Vec<Origin>,
        diagnostics: &mut Diagnostics,
    ) -> Option<()> {
        let text = if above.iter().any(|earlier| earlier.is_same_as(origin)) {
            Err(("extends-in-a-circle", "these files extend each other in a circle".to_owned(), None))
        } else if self.origins.iter().any(|earlier| earlier.is_same_as(origin)) {
            return Some(());
        } else if above.len() == LONGEST_CHAIN {
            Err(("too-many-files", format!("more than {LONGEST_CHAIN} files extend each other in a row"), None))
        } else {
            origin.text().map_err(|unreadable| {
                let what = format!("cannot read `{}`: {}", origin.name(), unreadable.why);
                ("unreadable-file", what, unreadable.help)
            })
        };
        let text = match text {
            Ok(text) => text,
            Err((code, message, help)) => {
                let span = from.unwrap_or_else(|| {
                    let source = diagnostics.sources.add(&origin.name(), String::new());
                    Span { source, start: 0, end: 0 }
                });
                let error = diagnostics.error(code, &span, message);
                if let Some(help) = help {
                    error.help(help);
                }
                return None;
            }
        };
        let source = diagnostics.sources.add(&origin.name(), text);
        self.origins.push(origin.clone());
        let node = node::read(source, diagnostics)?;
        if !matches!(node.content, Content::Map(_)) {
            diagnostics
                .error("wrong-type", &node.span, format!("a rules file is a map, and this is {}", node.noun()))
                .help("it begins with `plimsoll: 1`; see rules/serverless-poc.yaml for one");
            return None;
        }
        if is_another(&node, "a rules file", diagnostics) {
            return None;
        }
        above.push(origin.clone());
        for below in node.entry("extends").map_or(Some(Vec::new()), |entry| extended(entry, diagnostics))? {
            let path = below.text().unwrap_or_default();
            self.read(&origin.beside(path), Some(below.span.clone()), above, diagnostics)?;
        }
        above.pop();
        self.laid.push((source, node));
        Some(())
    }
}

/// The paths that `extends` names: one, or a list of them.
fn extended<'n>(entry: &'n Entry, diagnostics: &mut Diagnostics) -> Option<Vec<&'n Node>> {
    let nodes: Vec<&Node> = match &entry.value.content {
        Content::List(nodes) => nodes.iter().collect(),
        _ => vec![&entry.value],
    };
    if let Some(node) = nodes.iter().find(|node| node.text().is_none()) {
        let wanted = "`extends` takes the path of a rules file, or a list of them";
        diagnostics.error("wrong-type", &node.span, format!("{wanted}, and this is {}", node.noun()));
        return None;
    }
    Some(nodes)
}

impl Joined {
    /// Lays the file `node` over what it extends.
    fn lay_over(&mut self, source: usize, node: &Node, diagnostics: &mut Diagnostics) {
        let Content::Map(entries) = &node.content else { return };
        if node.entry("plimsoll").is_none() {
            diagnostics
                .error("missing-field", &Span { source, start: 0, end: 0 }, "a rules file begins with `plimsoll: 1`")
                .help("this names the version of the rules language");
        }
        // What is dropped is dropped from the files below, wherever in this file it is said.
        let dropped = node.entry("drop").map(|entry| self.drop(entry, diagnostics)).unwrap_or_default();
        for entry in entries {
            match entry.key.as_str() {
                "plimsoll" if entry.value.text() == Some("1") => {}
                "plimsoll" => {
                    diagnostics
                        .error(
                            "wrong-version",
                            &entry.value.span,
                            "this is not a version of the rules language that Plimsoll knows",
                        )
                        .help("write `plimsoll: 1`");
                }
                "title" => self.title = text(entry, diagnostics).map(|(text, span)| (text.trim().to_owned(), span)),
                "about" => self.about = text(entry, diagnostics).map(|(text, _)| text.trim().to_owned()),
                "region" => self.region = text(entry, diagnostics),
                "extends" | "drop" => {}
                "not_checked" => {
                    let wanted = "`not_checked` takes a map from what is not checked to why";
                    for entry in map(&entry.value, wanted, diagnostics).unwrap_or_default() {
                        if let Some((why, _)) = text(entry, diagnostics) {
                            self.not_checked.insert(entry.key.clone(), why.trim().to_owned());
                        }
                    }
                }
                "grading" => grading::lay_over(entry, &mut self.grading, &mut self.audience, diagnostics),
                "unexpected" => self.unexpected = Some(entry.clone()),
                "parameters" => lay_map_over(&mut self.parameters, entry, diagnostics),
                "resources" => {
                    lay_map_over(&mut self.resources, entry, diagnostics);
                    // A resource that is declared anew comes with the rule that it exists.
                    if let Content::Map(resources) = &entry.value.content {
                        for resource in resources {
                            self.dropped.remove(&format!("{}-exists", resource.key));
                        }
                    }
                }
                "rules" => self.lay_rules_over(entry, diagnostics),
                other => {
                    diagnostics
                        .error("unknown-field", &entry.key_span, format!("a rules file has no field `{other}`"))
                        .help(format!("it has {}", TOP.join(", ")))
                        .did_you_mean(other, TOP);
                }
            }
        }
        self.dropped.extend(dropped);
    }

    /// Takes away what an overlay drops of the files below it, and says what that was.
    fn drop(&mut self, entry: &Entry, diagnostics: &mut Diagnostics) -> BTreeSet<String> {
        let mut dropped = BTreeSet::new();
        let Content::List(names) = &entry.value.content else {
            diagnostics.error("wrong-type", &entry.value.span, "`drop` takes a list of names: `[a, b]`");
            return dropped;
        };
        for node in names {
            let Some(name) = node.text() else {
                diagnostics.error("wrong-type", &node.span, "`drop` takes names of parameters, resources and rules");
                continue;
            };
            // The rule that says a resource exists has no entry of its own.
            let exists = name.strip_suffix("-exists").is_some_and(|key| self.resources.get(key).is_some());
            let all = [&self.parameters, &self.resources, &self.rules];
            if exists || all.iter().any(|items| items.get(name).is_some()) {
                dropped.insert(name.to_owned());
            } else {
                diagnostics
                    .error(
                        "unknown-reference",
                        &node.span,
                        format!("there is no `{name}` to drop in the files this one extends"),
                    )
                    .help("`drop` takes names of their parameters, resources and rules")
                    .did_you_mean(name, all.into_iter().flat_map(Items::iter).map(|item| item.name.as_str()));
            }
        }
        for items in [&mut self.parameters, &mut self.resources, &mut self.rules] {
            items.drop(&dropped);
        }
        dropped
    }

    fn lay_rules_over(&mut self, entry: &Entry, diagnostics: &mut Diagnostics) {
        let Content::List(nodes) = &entry.value.content else {
            if entry.value.noun() != "nothing" {
                diagnostics.error("wrong-type", &entry.value.span, "`rules` is a list; each rule begins with `- id:`");
            }
            return;
        };
        let mut here: BTreeMap<String, usize> = BTreeMap::new();
        for node in nodes {
            if !matches!(node.content, Content::Map(_)) {
                diagnostics
                    .error("wrong-type", &node.span, format!("a rule is a map, and this is {}", node.noun()))
                    .help("write `- id: orders-key`, and below it what the rule says");
                continue;
            }
            let Some(id) = node.entry("id") else {
                diagnostics
                    .error("missing-field", &node.span, "this rule has no `id`")
                    .help("give it a short name of its own: `id: orders-key`");
                continue;
            };
            let Some(name) = name(&id.value, "an id", diagnostics) else { continue };
            if let Some(line) = here.get(&name) {
                diagnostics
                    .error("duplicate-id", &id.value.span, format!("there is a rule `{name}` already, in line {line}"))
                    .help("ids are unique, since reports and waivers name them");
                continue;
            }
            here.insert(name.clone(), diagnostics.sources.place(&id.value.span).line);
            self.rules.lay(Item { name, name_span: id.value.span.clone(), node: node.clone() });
        }
    }
}

fn lay_map_over(items: &mut Items, entry: &Entry, diagnostics: &mut Diagnostics) {
    let Content::Map(entries) = &entry.value.content else {
        if entry.value.noun() != "nothing" {
            diagnostics.error(
                "wrong-type",
                &entry.value.span,
                format!("`{}` is a map from names to what they stand for", entry.key),
            );
        }
        return;
    };
    for entry in entries {
        if !is_name(&entry.key) {
            wrong_name(&entry.key_span, "a name", &entry.key, diagnostics);
            continue;
        }
        items.lay(Item { name: entry.key.clone(), name_span: entry.key_span.clone(), node: entry.value.clone() });
    }
}

fn text(entry: &Entry, diagnostics: &mut Diagnostics) -> Option<(String, Span)> {
    let Some(text) = entry.value.text() else {
        diagnostics.error(
            "wrong-type",
            &entry.value.span,
            format!("`{}` takes a text, and this is {}", entry.key, entry.value.noun()),
        );
        return None;
    };
    Some((text.to_owned(), entry.value.span.clone()))
}

pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn wrong_name(span: &Span, what: &str, text: &str, diagnostics: &mut Diagnostics) {
    diagnostics.error(
        "wrong-name",
        span,
        format!("{what} is up to 64 letters, digits, `-` and `_`, and this is `{text}`"),
    );
}

/// The name in `node`.
pub(super) fn name(node: &Node, what: &str, diagnostics: &mut Diagnostics) -> Option<String> {
    match node.text() {
        Some(text) if is_name(text) => Some(text.to_owned()),
        Some(text) => {
            wrong_name(&node.span, what, text, diagnostics);
            None
        }
        None => {
            diagnostics.error("wrong-type", &node.span, format!("{what} is a text, and this is {}", node.noun()));
            None
        }
    }
}
