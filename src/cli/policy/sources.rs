//! The policy documents in what AWS prints: a document, a list of them, an answer that holds some, a
//! GetAccountAuthorizationDetails file, or JSON lines of these.

use crate::cli::Failure;
use crate::iam::check::Kind;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;
use std::io::Read as _;

/// A document as it stands in a file.
#[derive(Debug)]
pub(super) struct Source<'t> {
    /// What it is called: the file, and within it the role, user, group or policy.
    pub(super) name: String,
    /// The version of a managed policy.
    pub(super) version: Option<String>,
    /// Its text.
    pub(super) text: &'t str,
    /// What kind it is, where that is known.
    pub(super) kind: Option<Kind>,
    /// Whose inline policy it is.
    pub(super) owner: Option<String>,
    /// The line of the file on which it begins, from 1.
    pub(super) line: usize,
    /// Whether its own lines are lines of the file: not so for one inside a JSON string.
    pub(super) own_lines: bool,
}

/// What was found in a file.
#[derive(Debug, Default)]
pub(super) struct Found<'t> {
    pub(super) sources: Vec<Source<'t>>,
    /// Versions of managed policies that are not the default, and have no effect.
    pub(super) old_versions: usize,
    /// Managed policies of AWS, which nobody but AWS can change.
    pub(super) of_aws: usize,
    /// Lines that are not JSON, with what is wrong.
    pub(super) broken: Vec<(usize, String)>,
}

/// The longest file that is read, in bytes.
const LONGEST: u64 = 256 << 20;
/// Deeper than any answer of AWS.
const DEEPEST: usize = 12;

/// The text of a file; `-` is standard input.
pub(super) fn text_of(path: &str) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = if path == "-" {
        std::io::stdin().lock().take(LONGEST + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes))
    };
    read.map_err(|error| {
        Failure::usage(format!("cannot read {path}: {error}"), "name a file, or - for standard input")
    })?;
    if bytes.len() as u64 > LONGEST {
        return Err(Failure::usage(format!("{path} is longer than {LONGEST} bytes"), "split the file"));
    }
    String::from_utf8(bytes).map_err(|_| Failure::usage(format!("{path} is not UTF-8"), "save the file as UTF-8"))
}

/// The documents in a text that was read from `path`.
pub(super) fn within<'t>(path: &str, text: &'t str) -> Found<'t> {
    let mut finder = Finder { found: Found::default(), lines: Lines { text, at: 0, line: 1 } };
    match serde_json::from_str::<&RawValue>(text) {
        Ok(whole) => finder.look(whole.get(), &Known { name: path.to_owned(), ..Known::default() }, DEEPEST),
        Err(_) if is_lines(text) => {
            for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                let known = Known { name: path.to_owned(), line: Some(at + 1), ..Known::default() };
                match serde_json::from_str::<&RawValue>(line) {
                    Ok(value) => finder.look(value.get(), &known, DEEPEST),
                    Err(error) => finder.found.broken.push((at + 1, not_json(&error))),
                }
            }
        }
        // It may be percent-encoded, or a document that says itself what is wrong with it.
        Err(_) => finder.add(text, &Known { name: path.to_owned(), ..Known::default() }),
    }
    finder.found
}

/// What is wrong with a line; its number is said elsewhere.
fn not_json(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let what = said.rsplit_once(" at line ").map_or(said.as_str(), |(what, _)| what);
    format!("this is not JSON: {what}, in column {}", error.column())
}

/// Whether a text that is not one JSON value is one of them on each line.
fn is_lines(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().is_some_and(|line| serde_json::from_str::<&RawValue>(line).is_ok());
    first && lines.next().is_some()
}

/// What is known of a document from what it stands in.
#[derive(Debug, Clone, Default)]
struct Known {
    name: String,
    version: Option<String>,
    kind: Option<Kind>,
    owner: Option<String>,
    /// Whether AWS keeps it.
    of_aws: bool,
    /// The line, of JSON lines.
    line: Option<usize>,
}

struct Finder<'t> {
    found: Found<'t>,
    lines: Lines<'t>,
}

/// Tells the line of a piece of the text; pieces are asked for in the order in which they stand.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    fn of(&mut self, piece: &str) -> usize {
        let offset = (piece.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        if let Some(between) = self.text.as_bytes().get(self.at..offset) {
            self.line += between.iter().filter(|byte| **byte == b'\n').count();
            self.at = offset;
        }
        self.line
    }
}

impl<'t> Finder<'t> {
    fn add(&mut self, text: &'t str, known: &Known) {
        let own_lines = !text.trim_start().starts_with('"');
        let line = known.line.unwrap_or_else(|| self.lines.of(text));
        let Known { name, version, kind, owner, .. } = known.clone();
        self.found.sources.push(Source { name, version, text, kind, owner, line, own_lines });
    }

    /// Looks for documents in a value.
    fn look(&mut self, value: &'t str, known: &Known, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return self.add(value, known) };
        if value.starts_with('[') {
            let items: Vec<&'t RawValue> = serde_json::from_str(value).unwrap_or_default();
            let many = items.len() > 1;
            for (at, item) in items.into_iter().enumerate() {
                let number = if many { format!("{} {}", known.name, at + 1) } else { known.name.clone() };
                self.look(item.get(), &Known { name: number, ..known.clone() }, depth);
            }
            return;
        }
        let Ok(Fields(fields)) = serde_json::from_str::<Fields<'t>>(value) else { return self.add(value, known) };
        let has = |name: &str| fields.iter().any(|(field, _)| field.eq_ignore_ascii_case(name));
        if has("Statement") || !fields.iter().any(|(field, value)| holds(field, value.get())) {
            return self.add(value, known);
        }
        let known = named(&fields, known);
        for (field, value) in &fields {
            let value = value.get();
            match field.as_str() {
                "Document" | "document" | "PolicyDocument" | "Policy" | "policy" => {
                    let is_old = fields.iter().any(|(field, value)| {
                        field == "IsDefaultVersion" && value.get() == "false" && known.kind == Some(Kind::Managed)
                    });
                    if known.of_aws {
                        self.found.of_aws += 1;
                    } else if is_old {
                        self.found.old_versions += 1;
                    } else {
                        self.look(value, &known, depth);
                    }
                }
                "AssumeRolePolicyDocument" => {
                    let name = format!("{}, trust policy", known.name);
                    self.look(value, &Known { name, kind: Some(Kind::Trust), owner: None, ..known.clone() }, depth);
                }
                "UserPolicyList" => self.inline(value, &known, Kind::OfUser, depth),
                "GroupPolicyList" => self.inline(value, &known, Kind::OfGroup, depth),
                "RolePolicyList" => self.inline(value, &known, Kind::OfRole, depth),
                "PolicyVersionList" => self.each(value, &Known { kind: Some(Kind::Managed), ..known.clone() }, depth),
                "UserDetailList" | "GroupDetailList" | "RoleDetailList" | "Policies" => self.each(value, &known, depth),
                "Attributes" | "PolicyVersion" | "Role" => self.look(value, &known, depth),
                _ => {}
            }
        }
    }

    fn inline(&mut self, value: &'t str, known: &Known, kind: Kind, depth: usize) {
        let owner = Some(known.name.clone());
        self.each(value, &Known { kind: Some(kind), owner, ..known.clone() }, depth);
    }

    /// Looks into the items of a list that have names of their own.
    fn each(&mut self, value: &'t str, known: &Known, depth: usize) {
        for item in serde_json::from_str::<Vec<&'t RawValue>>(value).unwrap_or_default() {
            self.look(item.get(), known, depth);
        }
    }
}

/// Whether a field of an answer holds documents.
fn holds(field: &str, value: &str) -> bool {
    let list = value.starts_with('[');
    let object = value.starts_with('{');
    match field {
        "Document" | "document" | "PolicyDocument" | "Policy" | "policy" | "AssumeRolePolicyDocument" => {
            object || value.starts_with('"')
        }
        "UserPolicyList" | "GroupPolicyList" | "RolePolicyList" | "PolicyVersionList" | "UserDetailList"
        | "GroupDetailList" | "RoleDetailList" | "Policies" => list,
        "Attributes" | "PolicyVersion" | "Role" => object,
        _ => false,
    }
}

/// What the fields beside a document say about it.
fn named(fields: &[(String, &RawValue)], known: &Known) -> Known {
    let text = |name: &str| {
        let value = fields.iter().find(|(field, _)| field == name)?.1.get();
        serde_json::from_str::<String>(value)
            .ok()
            .or_else(|| serde_json::from_str::<i64>(value).ok().map(|n| n.to_string()))
    };
    let kinds = [("UserName", "user"), ("GroupName", "group"), ("RoleName", "role")];
    let owner = kinds.iter().find_map(|(field, kind)| Some(format!("{kind} {}", text(field)?)));
    let policy = text("PolicyName").map(|name| format!("policy {name}"));
    let id = || text("id").or_else(|| text("name"));
    let more: Vec<String> = owner.into_iter().chain(policy).collect();
    let more = if more.is_empty() { id() } else { Some(more.join(", ")) };
    let name = more.map_or_else(|| known.name.clone(), |more| format!("{}, {more}", known.name));
    let of_aws = known.of_aws || text("Arn").is_some_and(|arn| arn.contains(":iam::aws:policy/"));
    Known { of_aws, name, version: text("VersionId").or_else(|| known.version.clone()), ..known.clone() }
}

/// The fields of an object, in their order.
struct Fields<'t>(Vec<(String, &'t RawValue)>);

impl<'de> serde::Deserialize<'de> for Fields<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Fields(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}
