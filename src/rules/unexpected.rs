//! `unexpected`: what is there and nobody declared, asked by rules that are made from the resources of the file.
//!
//! For each kind of the architecture there is a rule on what else there is of it, and for each thing that hangs on a
//! declared one a rule on what else hangs there. They are rules as all others, so that the plan, the report and a grade
//! know nothing of them. What AWS itself makes is known where the rules are judged, not here.

use super::diagnostic::Diagnostics;
use super::fields::{map, one_of, text, unknown};
use super::glob::Glob;
use super::load::Types;
use super::node::{Content, Entry, Node};
use super::{Form, Rule, Rules};
use crate::model::{Hundredths, IdentityPolicies, Kind, Place, Severity};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What is asked not to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unexpected {
    /// What it would be.
    pub aspect: Aspect,
    /// The names that are left out, as the file says.
    pub except: Vec<(String, Glob)>,
}

/// What may be there and be declared by nobody.
#[derive(Debug, Clone)]
pub enum Aspect {
    /// A resource of a kind.
    Resource {
        /// Of which kind.
        kind: &'static Kind,
        /// Hanging on which resources, by their names in the rules file; any in the regions of the declared ones, where
        /// the kind hangs on nothing that is declared.
        of: Option<Vec<String>>,
    },
    /// A policy that is written into one of these principals.
    Inline(Vec<String>),
    /// A managed policy that is attached to one of these principals.
    Attached(Vec<String>),
    /// A statement in the policy that one of these resources carries.
    Statement(Vec<String>),
}

impl PartialEq for Aspect {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Resource { kind, of }, Self::Resource { kind: other, of: on }) => {
                kind.type_name == other.type_name && of == on
            }
            (Self::Inline(keys), Self::Inline(others))
            | (Self::Attached(keys), Self::Attached(others))
            | (Self::Statement(keys), Self::Statement(others)) => keys == others,
            _ => false,
        }
    }
}

impl Eq for Aspect {}

/// What a rules file says of unexpected things.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    /// Whether they are told in every run, or only where a run asks.
    always: bool,
    severity: Severity,
    points: Hundredths,
    /// The rules that are not made.
    without: BTreeSet<String>,
    /// What is left out of a rule: by its id, the names as they were written.
    except: BTreeMap<String, Vec<String>>,
    /// Where the file says so.
    place: Option<Place>,
}

/// The id of the rule on policies that are written into principals.
const INLINE: &str = "unexpected-inline-policies";
/// The id of the rule on managed policies that are attached to principals.
const ATTACHED: &str = "unexpected-attached-policies";

/// The kinds that are made with each use of what they hang on and stay behind, so that more of them is no news: each
/// deployment of a REST API leaves one, and the stages say which of them is served (API Gateway Developer Guide, "Deploy
/// REST APIs").
const LEFT_BEHIND: [&str; 1] = ["AWS::ApiGateway::Deployment"];

const FIELDS: [&str; 4] = ["when", "severity", "points", "except"];

/// What `entry` says.
pub(super) fn settings(entry: &Entry, types: Types, diagnostics: &mut Diagnostics) -> Settings {
    let place = Some(diagnostics.sources.place(&entry.key_span));
    let mut settings = Settings { always: true, place, ..Settings::default() };
    match entry.value.text() {
        Some("true") => return settings,
        Some("false") => return Settings::default(),
        _ => {}
    }
    let wanted = "`unexpected` is `true`, `false` or a map, such as `{ severity: high, except: [unexpected-roles] }`";
    for entry in map(&entry.value, wanted, diagnostics).unwrap_or_default() {
        match entry.key.as_str() {
            "when" => {
                let Some(text) = text(entry, diagnostics) else { continue };
                let word = |always: bool| if always { "always" } else { "asked" };
                let found = one_of(&text, "word for `when`", [true, false], word, &entry.value.span, diagnostics);
                settings.always = found.unwrap_or(settings.always);
            }
            "severity" => {
                let Some(text) = text(entry, diagnostics) else { continue };
                let (all, word) = (Severity::ALL, Severity::as_str);
                let found = one_of(&text, "severity", all, word, &entry.value.span, diagnostics);
                settings.severity = found.unwrap_or_default();
            }
            "points" => {
                let Some(text) = text(entry, diagnostics) else { continue };
                match text.parse() {
                    Ok(points) => settings.points = points,
                    Err(why) => {
                        diagnostics.error("wrong-value", &entry.value.span, format!("{why}, and this is `{text}`"));
                    }
                }
            }
            "except" => except(entry, &mut settings, types, diagnostics),
            other => unknown(entry, "`unexpected`", other, &FIELDS, diagnostics),
        }
    }
    settings
}

/// What is left out: whole rules by their ids, and names within a rule.
fn except(entry: &Entry, settings: &mut Settings, types: Types, diagnostics: &mut Diagnostics) {
    const WANTED: &str =
        "`except` takes a list of ids such as `unexpected-roles`, and of `{ rule: unexpected-roles, name: \"ci-*\" }`";
    let Content::List(nodes) = &entry.value.content else {
        diagnostics.error("wrong-type", &entry.value.span, format!("{WANTED}, and this is {}", entry.value.noun()));
        return;
    };
    let ids = every_id(types);
    for node in nodes {
        if matches!(node.content, Content::Map(_)) {
            names_left_out(node, &ids, settings, diagnostics);
        } else if let Some(id) = known_id(node, &ids, WANTED, diagnostics) {
            settings.without.insert(id);
        }
    }
}

fn names_left_out(node: &Node, ids: &BTreeSet<String>, settings: &mut Settings, diagnostics: &mut Diagnostics) {
    const WANTED: &str = "`rule` takes an id such as `unexpected-roles`";
    const FIELDS: [&str; 2] = ["rule", "name"];
    let Content::Map(entries) = &node.content else { return };
    for entry in entries.iter().filter(|entry| !FIELDS.contains(&entry.key.as_str())) {
        unknown(entry, "what is left out", &entry.key, &FIELDS, diagnostics);
    }
    let (Some(rule), Some(name)) = (node.entry("rule"), node.entry("name")) else {
        diagnostics
            .error("missing-field", &node.span, "what is left out is said by `rule` and `name`")
            .help("write `{ rule: unexpected-roles, name: \"ci-*\" }`, or the id of the rule alone for all of it");
        return;
    };
    let id = known_id(&rule.value, ids, WANTED, diagnostics);
    if let (Some(id), Some(name)) = (id, text(name, diagnostics)) {
        settings.except.entry(id).or_default().push(name);
    }
}

/// The id in `node`, if there can be such a rule.
fn known_id(node: &Node, ids: &BTreeSet<String>, wanted: &str, diagnostics: &mut Diagnostics) -> Option<String> {
    let Some(id) = node.text() else {
        diagnostics.error("wrong-type", &node.span, format!("{wanted}, and this is {}", node.noun()));
        return None;
    };
    if ids.contains(id) {
        return Some(id.to_owned());
    }
    diagnostics
        .error("unknown-reference", &node.span, format!("`unexpected` makes no rule `{id}`"))
        .help("`plimsoll rules explain unexpected` says how they are called")
        .did_you_mean(id, ids.iter().map(String::as_str));
    None
}

/// The ids of all rules that can be made.
fn every_id(types: Types) -> BTreeSet<String> {
    let mut ids = BTreeSet::from([INLINE.to_owned(), ATTACHED.to_owned()]);
    for kind in kinds(types) {
        ids.insert(id_of(kind));
        ids.extend(carries_a_policy(kind).then(|| id_of_statements(kind)));
    }
    ids
}

/// The kinds that are asked about.
fn kinds(types: Types) -> impl Iterator<Item = &'static Kind> {
    let kinds = (types.names)().into_iter().filter_map(types.kind);
    kinds.filter(|kind| !LEFT_BEHIND.contains(&kind.type_name))
}

/// Whether the statements of its policy are asked about. Whom a role trusts is the matter of rules on `access`.
fn carries_a_policy(kind: &Kind) -> bool {
    kind.standing.own_policy.is_some_and(|own| own.service != "sts")
}

fn plural(noun: &str) -> String {
    match noun.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{noun}s"),
    }
}

fn id_of(kind: &Kind) -> String {
    format!("unexpected-{}", plural(kind.noun).replace(' ', "-").to_lowercase())
}

fn id_of_statements(kind: &Kind) -> String {
    format!("unexpected-{}-statements", kind.noun.replace(' ', "-").to_lowercase())
}

/// Why no rules on unexpected things can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotAsk {
    /// The file gave this id to a rule of its own.
    #[error("`unexpected` makes a rule `{0}`, and there is one of that name already")]
    Taken(String),
    /// The file names no resources, so that nothing is declared.
    #[error("these rules name no resources, so nothing tells what is expected")]
    NothingDeclared,
}

impl CannotAsk {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Taken(_) => "give the rule of that name another id",
            Self::NothingDeclared => "ask it of a file that names the resources of an architecture",
        }
    }
}

impl Rules {
    /// Makes the rules on unexpected things, unless the file has them made already.
    ///
    /// # Errors
    /// Where an id is taken, or nothing is declared.
    pub fn ask_for_unexpected(&mut self, types: Types) -> Result<(), CannotAsk> {
        if self.unexpected.always {
            return Ok(());
        }
        self.make(types)?;
        self.unexpected.always = true;
        // What is asked is more than the files say, and who compares what was asked compares this.
        let mut hash = Sha256::new();
        hash.update(self.sha256.as_bytes());
        hash.update(b" unexpected");
        self.sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(())
    }

    /// The same where the file says that they are told in every run.
    pub(super) fn made_always(&mut self, types: Types) -> Result<(), CannotAsk> {
        if self.unexpected.always { self.make(types) } else { Ok(()) }
    }

    fn make(&mut self, types: Types) -> Result<(), CannotAsk> {
        if self.resources.is_empty() {
            return Err(CannotAsk::NothingDeclared);
        }
        let made = self.on_unexpected(types);
        if let Some(taken) = made.iter().find(|made| self.rules.iter().any(|rule| rule.id == made.id)) {
            return Err(CannotAsk::Taken(taken.id.clone()));
        }
        self.rules.extend(made);
        Ok(())
    }

    fn on_unexpected(&self, types: Types) -> Vec<Rule> {
        let mut rules = Vec::new();
        let keys = |is_meant: &dyn Fn(&Kind) -> bool| -> Vec<String> {
            self.resources.iter().filter(|resource| is_meant(resource.kind)).map(|r| r.key.clone()).collect()
        };
        for kind in kinds(types) {
            let own = keys(&|declared| declared.type_name == kind.type_name);
            let parents = match kind.parent {
                Some(parent) => keys(&|declared| declared.type_name == parent.type_name),
                None => Vec::new(),
            };
            let one = kind.noun;
            if let (Some(parent), false) = (kind.parent, parents.is_empty()) {
                let noun = (types.kind)(parent.type_name).map_or(parent.type_name, |parent| parent.noun);
                let title = format!("On no declared {noun} hangs an undeclared {one}");
                rules.extend(self.rule(id_of(kind), title, Aspect::Resource { kind, of: Some(parents) }));
            } else if !own.is_empty() {
                let title = format!("There is no undeclared {one}");
                rules.extend(self.rule(id_of(kind), title, Aspect::Resource { kind, of: None }));
            }
        }
        let principals = keys(&|kind| matches!(kind.standing.permissions, Some(IdentityPolicies::Identity { .. })));
        if !principals.is_empty() {
            let title = "No declared principal has an inline policy that nothing accounts for";
            rules.extend(self.rule(INLINE.to_owned(), title.to_owned(), Aspect::Inline(principals.clone())));
            let title = "No declared principal has a managed policy attached that nothing accounts for";
            rules.extend(self.rule(ATTACHED.to_owned(), title.to_owned(), Aspect::Attached(principals)));
        }
        for kind in kinds(types).filter(|kind| carries_a_policy(kind)) {
            let carriers = keys(&|declared| declared.type_name == kind.type_name);
            if !carriers.is_empty() {
                let title =
                    format!("The policy of no declared {} has a statement that nothing accounts for", kind.noun);
                rules.extend(self.rule(id_of_statements(kind), title, Aspect::Statement(carriers)));
            }
        }
        rules
    }

    /// The rule on `aspect`, unless the file leaves it out.
    fn rule(&self, id: String, title: String, aspect: Aspect) -> Option<Rule> {
        let settings = &self.unexpected;
        if settings.without.contains(&id) {
            return None;
        }
        let glob = |name: &String| {
            let mut glob = Glob::default();
            glob.push_pattern(name);
            (name.clone(), glob)
        };
        let except = settings.except.get(&id).into_iter().flatten().map(glob).collect();
        let whole = || Place { file: self.file.clone(), line: 1, column: 1 };
        Some(Rule {
            id,
            title,
            // Where the report goes by steps, these come after them.
            step: self.rules.iter().any(|rule| rule.step.is_some()).then(|| "unexpected".to_owned()),
            reason: Some("What nobody declared nobody looks after: it is left over, or it is a way in.".to_owned()),
            fix: Some(
                "Declare it in the rules file if it belongs to the architecture, remove it if it does not, or leave it \
                 out under `unexpected: { except: [...] }`."
                    .to_owned(),
            ),
            hint: None,
            audience: BTreeMap::new(),
            severity: settings.severity,
            points: settings.points,
            needs: Vec::new(),
            controls: Vec::new(),
            matchers: BTreeMap::new(),
            form: Form::Unexpected(Unexpected { aspect, except }),
            place: settings.place.clone().unwrap_or_else(whole),
        })
    }
}

impl Aspect {
    /// The resources of the rules file on which it would hang, by their names there.
    pub fn carriers(&self) -> &[String] {
        match self {
            Self::Resource { of, .. } => of.as_deref().unwrap_or_default(),
            Self::Inline(keys) | Self::Attached(keys) | Self::Statement(keys) => keys,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::plural;

    #[test]
    fn nouns_become_ids() {
        assert_eq!((plural("queue").as_str(), plural("managed policy").as_str()), ("queues", "managed policies"));
    }
}
