//! One rules file, and the join of a file with those it extends: what stands where, not yet what it means.

use super::diagnostic::Diagnostics;
use super::load::{Origin, Request};
use super::node::{self, Content, Entry, Node};
use super::source::Span;
use crate::rules::builtin;
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};

/// The largest rules file that is read, in bytes.
const LARGEST: u64 = 1 << 20;
/// How many files may extend each other in a row.
const LONGEST_CHAIN: usize = 8;

/// A named entry of a rules file: a parameter, a resource or a rule.
pub(super) struct Item {
    pub(super) name: String,
    pub(super) name_span: Span,
    pub(super) node: Node,
}

/// A rules file joined with those it extends.
pub(super) struct Joined {
    pub(super) title: Option<(String, Span)>,
    pub(super) about: Option<String>,
    pub(super) region: Option<(String, Span)>,
    pub(super) parameters: Vec<Item>,
    pub(super) resources: Vec<Item>,
    pub(super) rules: Vec<Item>,
    /// The resources, parameters and rules that were dropped.
    pub(super) dropped: Vec<String>,
    pub(super) sha256: String,
}

const TOP: [&str; 9] = ["plimsoll", "title", "about", "region", "extends", "drop", "parameters", "resources", "rules"];

/// Reads the rules that `request` names, with all that they extend. Mistakes are noted; `None` if nothing could be
/// read at all.
pub(super) fn read(request: &Request<'_>, diagnostics: &mut Diagnostics) -> Option<Joined> {
    let mut chain: Vec<(Origin, usize, Node)> = Vec::new();
    let mut next: Option<(Origin, Option<Span>)> = Some((request.origin.clone(), None));
    while let Some((origin, from)) = next.take() {
        let at = |diagnostics: &mut Diagnostics| {
            from.clone().unwrap_or_else(|| {
                let source = diagnostics.sources.add(&origin.name(), String::new());
                Span { source, start: 0, end: 0 }
            })
        };
        if chain.iter().any(|(earlier, ..)| *earlier == origin) || chain.len() == LONGEST_CHAIN {
            let span = at(diagnostics);
            diagnostics.error(
                "extends-in-a-circle",
                &span,
                "these files extend each other in a circle, or in a chain of more than 8",
            );
            break;
        }
        let text = match text_of(&origin) {
            Ok(text) => text,
            Err(why) => {
                let span = at(diagnostics);
                diagnostics.error("unreadable-file", &span, format!("cannot read `{}`: {why}", origin.name()));
                break;
            }
        };
        let source = diagnostics.sources.add(&origin.name(), text);
        let Some(node) = node::read(source, diagnostics) else { break };
        next = extends(&origin, &node, diagnostics);
        chain.push((origin, source, node));
    }
    if chain.is_empty() {
        return None;
    }
    let mut hash = Sha256::new();
    for (_, source, _) in &chain {
        let text = &diagnostics.sources.0[*source].text;
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    let mut joined = Joined {
        title: None,
        about: None,
        region: None,
        parameters: Vec::new(),
        resources: Vec::new(),
        rules: Vec::new(),
        dropped: Vec::new(),
        sha256: hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect(),
    };
    while let Some((_, source, node)) = chain.pop() {
        joined.lay_over(source, &node, diagnostics);
    }
    Some(joined)
}

/// The file that `node` extends.
fn extends(origin: &Origin, node: &Node, diagnostics: &mut Diagnostics) -> Option<(Origin, Option<Span>)> {
    let entry = node.entry("extends")?;
    let Some(path) = entry.value.text() else {
        diagnostics.error("wrong-type", &entry.value.span, "`extends` takes the path of one rules file");
        return None;
    };
    let next = match origin {
        Origin::File(file) => Origin::File(file.parent().unwrap_or(Path::new("")).join(path)),
        Origin::Builtin(name) => {
            let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
            let joined = Path::new(folder).join(path);
            let mut parts: Vec<&str> = Vec::new();
            for part in joined.iter().filter_map(|part| part.to_str()) {
                match part {
                    ".." => drop(parts.pop()),
                    "." => {}
                    part => parts.push(part),
                }
            }
            Origin::Builtin(parts.join("/").trim_end_matches(".yaml").to_owned())
        }
    };
    Some((next, Some(entry.value.span.clone())))
}

fn text_of(origin: &Origin) -> Result<String, String> {
    let path: &PathBuf = match origin {
        Origin::Builtin(name) => {
            return builtin::rules(name)
                .map(str::to_owned)
                .ok_or_else(|| "there are no built-in rules of this name".into());
        }
        Origin::File(path) => path,
    };
    let file = std::fs::File::open(path).map_err(|error| plainly(&error))?;
    let length = file.metadata().map_err(|error| plainly(&error))?;
    if length.is_dir() {
        return Err("it is a folder".to_owned());
    }
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut std::io::Read::take(file, LARGEST + 1), &mut bytes)
        .map_err(|error| plainly(&error))?;
    if bytes.len() as u64 > LARGEST {
        return Err("it is larger than 1 MiB; split it with `extends:`".to_owned());
    }
    let text = String::from_utf8(bytes)
        .map_err(|error| format!("byte {} is not UTF-8", error.utf8_error().valid_up_to() + 1))?;
    Ok(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned))
}

/// What the system says, without its number.
fn plainly(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "reading it is not permitted".to_owned(),
        _ => error.to_string(),
    }
}

impl Joined {
    /// Lays the file `node` over what it extends.
    fn lay_over(&mut self, source: usize, node: &Node, diagnostics: &mut Diagnostics) {
        let Content::Map(entries) = &node.content else {
            diagnostics
                .error("wrong-type", &node.span, "a rules file is a map, with `plimsoll: 1` first")
                .help("see rules/serverless-poc.yaml for one");
            return;
        };
        if node.entry("plimsoll").is_none() {
            diagnostics
                .error("missing-field", &Span { source, start: 0, end: 0 }, "a rules file begins with `plimsoll: 1`")
                .help("this names the version of the rules language");
        }
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
                "title" => self.title = text(entry, diagnostics),
                "about" => self.about = text(entry, diagnostics).map(|(text, _)| text.trim().to_owned()),
                "region" => self.region = text(entry, diagnostics),
                "extends" => {}
                "drop" => self.drop(entry, diagnostics),
                "parameters" => lay_map_over(&mut self.parameters, entry, diagnostics),
                "resources" => lay_map_over(&mut self.resources, entry, diagnostics),
                "rules" => self.lay_rules_over(entry, diagnostics),
                other => {
                    diagnostics
                        .error("unknown-field", &entry.key_span, format!("a rules file has no field `{other}`"))
                        .help(format!("it has {}", TOP.join(", ")))
                        .did_you_mean(other, TOP);
                }
            }
        }
    }

    /// Takes away what an overlay drops of the files below it.
    fn drop(&mut self, entry: &Entry, diagnostics: &mut Diagnostics) {
        let Content::List(names) = &entry.value.content else {
            diagnostics.error("wrong-type", &entry.value.span, "`drop` takes a list of names: `[a, b]`");
            return;
        };
        for node in names {
            let Some(name) = node.text() else {
                diagnostics.error("wrong-type", &node.span, "`drop` takes names of parameters, resources and rules");
                continue;
            };
            let mut found = false;
            for items in [&mut self.parameters, &mut self.resources, &mut self.rules] {
                let before = items.len();
                items.retain(|item| item.name != name);
                found |= items.len() < before;
            }
            // The rule that says a resource exists has no entry of its own; it goes with the resource.
            let exists = name.strip_suffix("-exists").is_some_and(|key| self.resources.iter().any(|r| r.name == key));
            if found || exists {
                self.dropped.push(name.to_owned());
            } else {
                let names: Vec<&str> = [&self.parameters, &self.resources, &self.rules]
                    .into_iter()
                    .flatten()
                    .map(|item| item.name.as_str())
                    .collect();
                diagnostics
                    .error(
                        "unknown-reference",
                        &node.span,
                        format!("there is no `{name}` to drop in the files this one extends"),
                    )
                    .did_you_mean(name, names);
            }
        }
    }

    fn lay_rules_over(&mut self, entry: &Entry, diagnostics: &mut Diagnostics) {
        let Content::List(nodes) = &entry.value.content else {
            if entry.value.noun() != "nothing" {
                diagnostics.error("wrong-type", &entry.value.span, "`rules` is a list; each rule begins with `- id:`");
            }
            return;
        };
        let mut here: Vec<(String, usize)> = Vec::new();
        for node in nodes {
            let Some(id) = node.entry("id") else {
                diagnostics
                    .error("missing-field", &node.span, "this rule has no `id`")
                    .help("give it a short name of its own: `id: orders-key`");
                continue;
            };
            let Some(name) = name(&id.value, "an id", diagnostics) else { continue };
            if let Some((_, line)) = here.iter().find(|(earlier, _)| *earlier == name) {
                let line = *line;
                diagnostics
                    .error("duplicate-id", &id.value.span, format!("there is a rule `{name}` already, in line {line}"))
                    .help("ids are unique, since reports and waivers name them");
                continue;
            }
            here.push((name.clone(), diagnostics.sources.place(&id.value.span).line));
            lay(&mut self.rules, Item { name, name_span: id.value.span.clone(), node: node.clone() });
        }
    }
}

fn lay_map_over(items: &mut Vec<Item>, entry: &Entry, diagnostics: &mut Diagnostics) {
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
        lay(items, Item { name: entry.key.clone(), name_span: entry.key_span.clone(), node: entry.value.clone() });
    }
}

/// Puts `item` in the place of the one with its name, or at the end.
fn lay(items: &mut Vec<Item>, item: Item) {
    match items.iter_mut().find(|earlier| earlier.name == item.name) {
        Some(earlier) => *earlier = item,
        None => items.push(item),
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

fn is_name(text: &str) -> bool {
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
