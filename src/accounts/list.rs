//! The file that lists the accounts of a run, read into [`List`] or refused with every mistake at once.
//!
//! Knows which fields there are, what each may hold and what contradicts what. Reads none of the files that it names.

use super::{Whom, check_account, check_region, check_role, is_safe};
use crate::rules::fields::{map, text, unknown};
use crate::rules::{Called, Content, Entry, Node, is_another, read_nodes};
use crate::rules::{Diagnostics, Origin, Span, builtin};
use std::collections::BTreeMap;

/// The most accounts.
const MOST: usize = 10_000;
/// The files that say something of all accounts. They stand beside the folders of the accounts, as `run.json` does.
pub const TABLES: [&str; 4] = ["overview.csv", "overview.html", "overview.json", "overview.md"];
/// What such a file is called.
const CALLED: Called = Called {
    file: "a list of accounts",
    language: "a list of accounts",
    instead: "write the value out; what all accounts share stands under `defaults:`",
    untagged: "write the text alone, in quotes if need be",
    begins: "a list of accounts begins with `plimsoll_accounts: 1`, and `accounts:` has an entry for each",
};
const TOP: [&str; 3] = ["plimsoll_accounts", "defaults", "accounts"];
/// The fields that `defaults` may have, and every account.
const SHARED: [&str; 7] = ["role", "external_id", "profile", "region", "regions", "rules", "set"];
/// The fields of an account.
const FIELDS: [&str; 11] =
    ["name", "account", "role", "external_id", "profile", "recording", "snapshot", "region", "regions", "rules", "set"];

/// The accounts of a run.
#[derive(Debug)]
pub struct List {
    /// What each entry says, what it takes from `defaults` included, in the order of the file.
    pub entries: Vec<Listed>,
    /// The file, for mistakes that show once more is known.
    pub diagnostics: Diagnostics,
}

/// One account.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its name: it names the folder of its results.
    pub name: String,
    /// Where the answers come from.
    pub whom: Whom,
    /// The regions, each of which is a run of its own; none if the rules or AWS's conventions say which.
    pub regions: Vec<String>,
    /// The rules, as they are written; none if the command line says which.
    pub rules: Vec<String>,
    /// The values of parameters of the rules.
    pub set: BTreeMap<String, String>,
    /// Where it begins.
    pub span: Span,
    /// Where its rules are named, if they are.
    pub rules_span: Option<Span>,
}

/// Reads `text`, the content of `file`.
///
/// # Errors
/// Every mistake, each with its place.
pub fn list(file: &str, text: String) -> Result<List, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    let source = diagnostics.sources.add(file, text);
    let entries = read_nodes(CALLED, source, &mut diagnostics).map(|root| {
        let mut reader = Reader { diagnostics: &mut diagnostics, names: BTreeMap::new() };
        reader.root(&root)
    });
    match entries {
        Some(entries) if diagnostics.list.is_empty() => Ok(List { entries, diagnostics }),
        _ => {
            diagnostics.sort();
            Err(diagnostics)
        }
    }
}

/// What is written of an account, or of all: each with where it stands.
#[derive(Default)]
struct Said {
    name: Option<(String, Span)>,
    account: Option<(String, Span)>,
    role: Option<(String, Span)>,
    external_id: Option<(String, Span)>,
    profile: Option<(String, Span)>,
    recording: Option<(String, Span)>,
    snapshot: Option<(String, Span)>,
    regions: Option<(Vec<String>, Span)>,
    rules: Option<(Vec<String>, Span)>,
    set: BTreeMap<String, String>,
}

struct Reader<'d> {
    diagnostics: &'d mut Diagnostics,
    /// The line of each name so far, without regard to capitals.
    names: BTreeMap<String, usize>,
}

impl Reader<'_> {
    fn root(&mut self, root: &Node) -> Vec<Listed> {
        let Some(entries) = map(root, "a list of accounts is a map", self.diagnostics) else { return Vec::new() };
        let start = Span { end: root.span.start, ..root.span.clone() };
        if is_another(root, "a list of accounts", self.diagnostics) {
            return Vec::new();
        }
        if root.entry(TOP[0]).is_none() {
            let error = self.diagnostics.error("missing-field", &start, CALLED.begins);
            error.help("`plimsoll_accounts: 1` names the version of its form");
            return Vec::new();
        }
        let mut defaults = Said::default();
        if let Some(entry) = root.entry("defaults") {
            defaults = self.said(&entry.value, "`defaults`", &SHARED);
            if let Some((_, span)) = defaults.role.as_ref().filter(|(role, _)| role.starts_with("arn:")) {
                let message = "a role of all accounts is a name, and this is the ARN of one account's role";
                self.diagnostics.error("wrong-value", span, message).help(
                    "write its name: it is assumed in the account that each entry names, \
                     arn:aws:iam::ACCOUNT:role/NAME",
                );
            }
        }
        let mut listed = Vec::new();
        let mut has_accounts = false;
        for entry in entries {
            match entry.key.as_str() {
                "plimsoll_accounts" if entry.value.text() == Some("1") => {}
                "plimsoll_accounts" => {
                    let message = "this is not a version of the list of accounts that Plimsoll knows";
                    self.diagnostics
                        .error("wrong-version", &entry.value.span, message)
                        .help("write `plimsoll_accounts: 1`");
                }
                "defaults" => {}
                "accounts" => {
                    has_accounts = true;
                    listed = self.accounts(entry, &defaults);
                }
                other => unknown(entry, "a list of accounts", other, &TOP, self.diagnostics),
            }
        }
        if !has_accounts {
            self.diagnostics
                .error("missing-field", &start, "there is no `accounts`")
                .help("name them: `accounts:`, and below it `- name: shop`, with `role` or `profile`, for each");
        }
        listed
    }

    fn accounts(&mut self, entry: &Entry, defaults: &Said) -> Vec<Listed> {
        let Content::List(nodes) = &entry.value.content else {
            let message = format!("`accounts` takes a list, and this is {}", entry.value.noun());
            self.diagnostics.error("wrong-type", &entry.value.span, message).help("begin each with `- name: NAME`");
            return Vec::new();
        };
        if nodes.is_empty() {
            self.diagnostics.error("nothing-to-check", &entry.value.span, "it names no account");
        }
        if let Some(node) = nodes.get(MOST) {
            let message = format!("there are more than {MOST} accounts");
            self.diagnostics.error("too-many", &node.span, message).help("split the file");
        }
        nodes.iter().take(MOST).filter_map(|node| self.account(node, defaults)).collect()
    }

    fn account(&mut self, node: &Node, defaults: &Said) -> Option<Listed> {
        let before = self.diagnostics.list.len();
        let own = self.said(node, "an account", &FIELDS);
        if !matches!(node.content, Content::Map(_)) {
            return None;
        }
        match &own.name {
            None if node.entry("name").is_none() => {
                self.diagnostics
                    .error("missing-field", &node.span, "this account has no `name`")
                    .help("give it one of its own: it names the folder of its results");
            }
            None => {}
            Some((name, span)) => {
                let line = self.diagnostics.sources.place(span).line;
                match self.names.get(&name.to_ascii_lowercase()) {
                    Some(first) => {
                        let message = format!("`{name}` is the name of the account in line {first} already");
                        self.diagnostics
                            .error("duplicate-name", span, message)
                            .help("give each a name of its own; capitals do not tell two apart");
                    }
                    None => drop(self.names.insert(name.to_ascii_lowercase(), line)),
                }
            }
        }
        let offline = own.recording.is_some() || own.snapshot.is_some();
        let pick = |own: &Option<(String, Span)>, default: &Option<(String, Span)>| {
            own.as_ref().or(default.as_ref().filter(|_| !offline)).map(|(text, _)| text.clone())
        };
        // A profile of its own says by itself who asks.
        let default_role = defaults.role.clone().filter(|_| own.profile.is_none());
        let role = pick(&own.role, &default_role);
        let whom = Whom {
            account: own.account.as_ref().map(|(text, _)| text.clone()),
            external_id: pick(&own.external_id, &defaults.external_id).filter(|_| role.is_some()),
            role,
            profile: pick(&own.profile, &defaults.profile),
            recording: own.recording.as_ref().map(|(text, _)| text.clone()),
            snapshot: own.snapshot.as_ref().map(|(text, _)| text.clone()),
        };
        self.contradictions(node, &own, &whom, before);
        let mut set = defaults.set.clone();
        set.extend(own.set);
        let rules = own.rules.or_else(|| defaults.rules.clone());
        let (name, _) = own.name.filter(|_| before == self.diagnostics.list.len())?;
        Some(Listed {
            name,
            whom,
            regions: own.regions.or_else(|| defaults.regions.clone()).map(|(all, _)| all).unwrap_or_default(),
            rules_span: rules.as_ref().map(|(_, span)| span.clone()),
            rules: rules.map(|(all, _)| all).unwrap_or_default(),
            set,
            span: node.span.clone(),
        })
    }

    /// What an account says that does not go together. `before` is how many mistakes there were before it: a field that
    /// is there and wrong is not missing as well.
    fn contradictions(&mut self, node: &Node, own: &Said, whom: &Whom, before: usize) {
        let sources = [("recording", &own.recording), ("snapshot", &own.snapshot)];
        for (at, (word, said)) in sources.iter().enumerate() {
            let Some((_, span)) = said else { continue };
            let others = [("role", &own.role), ("profile", &own.profile), ("external_id", &own.external_id)];
            let others = others.into_iter().chain(sources[..at].iter().copied());
            if let Some((other, _)) = others.into_iter().find(|(_, other)| other.is_some()) {
                let message = format!("it names a {word}, and `{other}` as well");
                self.diagnostics
                    .error("contradiction", span, message)
                    .help("name one: nobody is asked where answers are replayed");
            }
        }
        if let Some((_, span)) = own.external_id.as_ref().filter(|_| whom.role.is_none()) {
            self.diagnostics
                .error("contradiction", span, "an external id goes with a role, and there is none")
                .help("add `role:`, or leave out `external_id`");
        }
        if let (Some(wrong), Some((_, span))) = (whom.role_of_another_account(), &own.account) {
            self.diagnostics.error("contradiction", span, wrong).help("mend one of them");
        }
        if whom.role.as_ref().is_some_and(|role| !role.starts_with("arn:")) && node.entry("account").is_none() {
            let span = own.role.as_ref().map_or(&node.span, |(_, span)| span);
            self.diagnostics
                .error("missing-field", span, "the name of a role does not say whose it is")
                .help("add `account:` with its 12 digits, or write the ARN of the role");
        }
        // An account alone is asked with the credentials there are, and must be the one that answers.
        let is_named = [&whom.account, &whom.role, &whom.profile, &whom.recording, &whom.snapshot];
        if !is_named.iter().any(|said| said.is_some()) && self.diagnostics.list.len() == before {
            self.diagnostics
                .error("missing-field", &node.span, "it says nowhere where the answers come from")
                .help("add `account`, `role`, `profile`, `recording` or `snapshot`");
        }
    }

    /// What `node` says, of the fields in `fields`.
    fn said(&mut self, node: &Node, of: &str, fields: &[&str]) -> Said {
        let mut said = Said::default();
        let wanted = format!("{of} is a map, such as `{{ name: shop, profile: shop }}`");
        for entry in map(node, &wanted, self.diagnostics).unwrap_or_default() {
            match entry.key.as_str() {
                other if !fields.contains(&other) => unknown(entry, of, other, fields, self.diagnostics),
                "name" => said.name = self.checked(entry, |name| is_safe(name, &[&TABLES[..], &["run.json"]].concat())),
                "account" => said.account = self.checked(entry, check_account),
                "role" => said.role = self.checked(entry, check_role_or_name),
                "external_id" => said.external_id = self.checked(entry, check_external_id),
                "profile" => said.profile = self.checked(entry, not_empty),
                "recording" => said.recording = self.checked(entry, not_empty),
                "snapshot" => said.snapshot = self.checked(entry, not_empty),
                "region" | "regions" => {
                    if let Some((_, first)) = &said.regions {
                        let line = self.diagnostics.sources.place(first).line;
                        let message = format!("`region` and `regions` say the same; the other is in line {line}");
                        self.diagnostics.error("contradiction", &entry.key_span, message).help("keep one of them");
                    }
                    said.regions = self.one_or_more(entry, check_region);
                }
                "rules" => {
                    said.rules = self.one_or_more(entry, not_empty);
                    self.check_built_in(&entry.value);
                }
                _ => {
                    let wanted = "`set` is a map from parameters of the rules to their values";
                    for entry in map(&entry.value, wanted, self.diagnostics).unwrap_or_default() {
                        if let Some(value) = text(entry, self.diagnostics) {
                            said.set.insert(entry.key.clone(), value);
                        }
                    }
                }
            }
        }
        said
    }

    /// Notes the names of built-in rules in `node` that there are not.
    fn check_built_in(&mut self, node: &Node) {
        let nodes = match &node.content {
            Content::List(nodes) => nodes.as_slice(),
            _ => std::slice::from_ref(node),
        };
        for node in nodes {
            let Some(name) = node.text().filter(|text| !text.is_empty()) else { continue };
            if matches!(Origin::named(name), Origin::Builtin(name) if builtin::rules(&name).is_none()) {
                let all: Vec<&str> = builtin::names().collect();
                self.diagnostics
                    .error("unknown-rules", &node.span, format!("there are no built-in rules `{name}`"))
                    .help(format!("there are {}; the path of a rules file ends in .yaml", all.join(", ")))
                    .did_you_mean(name, all.iter().copied());
            }
        }
    }

    fn checked(&mut self, entry: &Entry, check: impl Fn(&str) -> Result<(), String>) -> Option<(String, Span)> {
        let text = text(entry, self.diagnostics)?;
        match check(&text) {
            Ok(()) => Some((text, entry.value.span.clone())),
            Err(why) => {
                self.diagnostics.error("wrong-value", &entry.value.span, why);
                None
            }
        }
    }

    /// One text, or a list of different ones.
    fn one_or_more(
        &mut self,
        entry: &Entry,
        check: impl Fn(&str) -> Result<(), String>,
    ) -> Option<(Vec<String>, Span)> {
        let nodes = match &entry.value.content {
            Content::List(nodes) if nodes.is_empty() => {
                let message = format!("`{}` names none", entry.key);
                self.diagnostics.error("wrong-value", &entry.value.span, message).help("name one, or leave it out");
                return None;
            }
            Content::List(nodes) => nodes.as_slice(),
            _ => std::slice::from_ref(&entry.value),
        };
        let mut all: Vec<String> = Vec::new();
        let mut right = true;
        for node in nodes {
            let problem = match node.text() {
                None => Some(format!("`{}` takes a text or a list of texts, and this is {}", entry.key, node.noun())),
                Some(text) if all.iter().any(|one| one == text) => Some(format!("`{text}` is named twice")),
                Some(text) => check(text).err(),
            };
            match problem {
                Some(why) => drop(self.diagnostics.error("wrong-value", &node.span, why)),
                None => all.extend(node.text().map(str::to_owned)),
            }
            right &= all.last().map(String::as_str) == node.text();
        }
        right.then(|| (all, entry.value.span.clone()))
    }
}

fn not_empty(text: &str) -> Result<(), String> {
    if text.is_empty() { Err("it is empty".to_owned()) } else { Ok(()) }
}

/// The ARN of a role, or the name of one, with its path if it has one.
fn check_role_or_name(text: &str) -> Result<(), String> {
    if text.starts_with("arn:") {
        return check_role(text);
    }
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-/".contains(c);
    if text.is_empty() || text.starts_with('/') || text.ends_with('/') || !text.chars().all(is_of_name) {
        return Err(format!(
            "`{text}` is neither the ARN of a role (arn:aws:iam::123456789012:role/NAME) nor the name of one (Audit, or \
             path/Audit)"
        ));
    }
    Ok(())
}

/// As AWS STS has it: 2 to 1,224 letters, digits and marks.
fn check_external_id(text: &str) -> Result<(), String> {
    let is_of_id = |c: char| c.is_ascii_alphanumeric() || "_+=,.@:/-".contains(c);
    if (2..=1224).contains(&text.len()) && text.chars().all(is_of_id) {
        return Ok(());
    }
    // It is half a secret, so it is not repeated.
    Err("this is no external id: it has 2 to 1,224 letters, digits and `_+=,.@:/-`".to_owned())
}
