//! What changed between two accounts, or an account and itself at another time.

use super::pair::{Pair, by_id, likeness};
pub use super::presence::Seen;
use super::presence::Side as Proof;
use super::value::Found;
use super::{Apart, Change, FieldChange, NotCompared, ResourceChange, Unread};
use crate::iam::Scene;
use crate::model::{Account, Gap, Kind, Listing, Origin, Reason, Resource, Shape, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What differs between two accounts.
#[derive(Debug, Default)]
pub struct Changes {
    /// The resources that differ.
    pub resources: Vec<ResourceChange>,
    /// What could not be compared.
    pub not_compared: Vec<NotCompared>,
    /// What is no drift.
    pub apart: Apart,
}

/// Compares two accounts; `kind` gives the kind of a type name, and examples of requests are set in `scene`.
pub fn accounts(old: &Seen<'_>, new: &Seen<'_>, kind: fn(&str) -> Option<&'static Kind>, scene: &Scene) -> Changes {
    let mut told = Told {
        old: Proof::new(old),
        new: Proof::new(new),
        old_ids: ids(old.account),
        new_ids: ids(new.account),
        scene,
        out: Changes::default(),
        open: BTreeMap::new(),
        gaps: [&old.account.gaps, &new.account.gaps],
        same_account: old.account.caller.account == new.account.caller.account,
    };
    let mut alone: Vec<Pair<'_>> = Vec::new();
    for pair in by_id(old.account, new.account) {
        match pair {
            (Some(before), Some(now)) => told.both(before, now, kind(now.type_name), false),
            pair => alone.push(pair),
        }
    }
    told.alone(alone, kind);
    told.lists(old.account, new.account, kind);
    told.finish()
}

fn ids(account: &Account) -> BTreeMap<&str, &Resource> {
    account.resources.iter().map(|one| (one.id.as_str(), one)).collect()
}

struct Told<'a> {
    old: Proof<'a>,
    new: Proof<'a>,
    old_ids: BTreeMap<&'a str, &'a Resource>,
    new_ids: BTreeMap<&'a str, &'a Resource>,
    scene: &'a Scene,
    out: Changes,
    /// What could not be compared: the thing and why, with its parts.
    open: BTreeMap<(String, Unread, String, String), BTreeSet<String>>,
    /// What either side wanted and could not read.
    gaps: [&'a BTreeSet<Gap>; 2],
    /// Whether it is one account: between two, each thing has another id, and none was made again.
    same_account: bool,
}

impl<'a> Told<'a> {
    fn both(&mut self, old: &'a Resource, new: &'a Resource, kind: Option<&'static Kind>, again: bool) {
        let Some(kind) = kind else { return };
        let scene = Scene { principal: principal(new), ..self.scene.clone() };
        let gaps = self.gaps;
        let wanted = |gap: &Gap| gaps.iter().any(|gaps| gaps.contains(gap));
        let mut found = Found::new(&scene, &wanted);
        if old.properties == new.properties {
            // Only what is unread is looked for.
            if let Value::Map(fields) = &new.properties {
                for (name, value) in fields.iter().filter(|(name, _)| kind.field(name).is_some_and(|of| !of.varies)) {
                    found.compare(name, &Shape::Text, value, value);
                }
            }
        } else {
            found.fields("", kind.fields(), &old.properties, &new.properties);
        }
        let called = called(new, kind);
        for (path, side, gap) in found.unread {
            self.not_read(&called, side, &gap, &path);
        }
        for (path, why) in found.undecided {
            let remedy = "look at both documents: plimsoll policy compare says what each allows".to_owned();
            self.open.entry((called.clone(), Unread::Both, why, remedy)).or_default().insert(path);
        }
        self.out.apart.redacted += found.redacted;
        let within = |paths: Vec<String>| paths.into_iter().map(|path| format!("{called}: {path}")).collect::<Vec<_>>();
        self.out.apart.varied.extend(within(found.varied));
        self.out.apart.reworded.extend(within(found.reworded));
        let made_anew = again || found.changes.iter().any(|change| is_made_at(kind, change));
        let fields: Vec<FieldChange> = match made_anew {
            true => found.changes.into_iter().filter(|change| !follows(kind, change)).collect(),
            false => found.changes,
        };
        if made_anew || !fields.is_empty() {
            let change = if made_anew { Change::MadeAgain } else { Change::Changed };
            self.tell(change, new, kind, self.new_ids.get(new.parent.as_deref().unwrap_or_default()).copied(), fields);
        }
    }

    fn tell(
        &mut self,
        change: Change,
        resource: &Resource,
        kind: &Kind,
        parent: Option<&Resource>,
        fields: Vec<FieldChange>,
    ) {
        self.out.resources.push(ResourceChange {
            change,
            type_name: resource.type_name.to_owned(),
            noun: kind.noun.to_owned(),
            name: resource.name.clone(),
            region: resource.region.clone(),
            id: resource.id.clone(),
            of: parent.map(|parent| parent.name.clone()),
            fields,
        });
    }

    /// Those that only one of the accounts has.
    fn alone(&mut self, alone: Vec<Pair<'a>>, kind: fn(&str) -> Option<&'static Kind>) {
        let (mut gone, mut come) = (Vec::new(), Vec::new());
        for pair in alone {
            let (one, was) = match pair {
                (Some(old), None) => (old, true),
                (None, Some(new)) => (new, false),
                _ => continue,
            };
            let Some(kind) = kind(one.type_name) else { continue };
            // Whether a policy of AWS's is read follows from who has it attached, and that is told of them.
            if kind.shared.is_some_and(|field| *one.properties.get(field) == Value::Bool(true)) {
                continue;
            }
            let (ids, proof) = if was { (&self.old_ids, &self.new) } else { (&self.new_ids, &self.old) };
            let parent = one.parent.as_deref().and_then(|parent| ids.get(parent).copied());
            match proof.lacks(one, kind, parent) {
                Ok(()) if was => gone.push((one, kind, parent)),
                Ok(()) => come.push((one, kind, parent)),
                Err(gap) => {
                    let side = if was { Unread::Newer } else { Unread::Older };
                    self.not_read(&called(one, kind), side, &gap, "");
                }
            }
        }
        let mut like: BTreeMap<[String; 4], (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (at, (one, _, parent)) in gone.iter().enumerate() {
            if let Some(key) = likeness(one, *parent) {
                like.entry(key).or_default().0.push(at);
            }
        }
        for (at, (one, _, parent)) in come.iter().enumerate() {
            if let Some(key) = likeness(one, *parent) {
                like.entry(key).or_default().1.push(at);
            }
        }
        let (mut old_paired, mut new_paired) = (BTreeSet::new(), BTreeSet::new());
        for (old, new) in like.into_values() {
            if let ([old], [new]) = (old.as_slice(), new.as_slice()) {
                old_paired.insert(*old);
                new_paired.insert(*new);
                let ((before, kind, _), (now, ..)) = (gone[*old], come[*new]);
                self.both(before, now, Some(kind), self.same_account);
            }
        }
        for (at, (one, kind, parent)) in gone.into_iter().enumerate() {
            if !old_paired.contains(&at) {
                let fields = self.held(one, kind, true);
                self.tell(Change::Removed, one, kind, parent, fields);
            }
        }
        for (at, (one, kind, parent)) in come.into_iter().enumerate() {
            if !new_paired.contains(&at) {
                let fields = self.held(one, kind, false);
                self.tell(Change::Added, one, kind, parent, fields);
            }
        }
    }

    /// What a resource that came or went has, as far as it is settings and says something.
    fn held(&mut self, resource: &Resource, kind: &Kind, went: bool) -> Vec<FieldChange> {
        let scene = Scene { principal: principal(resource), ..self.scene.clone() };
        let gaps = self.gaps;
        let wanted = |gap: &Gap| gaps.iter().any(|gaps| gaps.contains(gap));
        let mut found = Found::new(&scene, &wanted);
        for field in kind.fields() {
            let says_little = match resource.properties.get(&field.name) {
                Value::Absent | Value::Unread(_) | Value::Bool(false) => true,
                Value::Set(items) | Value::List(items) => items.is_empty(),
                Value::Map(parts) => parts.is_empty(),
                _ => false,
            };
            let is_setting = field.origin == Origin::CloudFormation || field.shape == Shape::Policy;
            if says_little || !is_setting || field.name == kind.name_field {
                continue;
            }
            let value = resource.properties.get(&field.name);
            let (old, new) = if went { (value, &Value::Absent) } else { (&Value::Absent, value) };
            found.compare(&field.name, &field.shape, old, new);
        }
        found.changes
    }

    /// The lists that broke on one side: what is in them may have come or gone.
    fn lists(&mut self, old: &'a Account, new: &'a Account, kind: fn(&str) -> Option<&'static Kind>) {
        let keys: BTreeSet<&(String, String)> = old.listings.keys().chain(new.listings.keys()).collect();
        for key in keys {
            let Some(kind) = kind(&key.0) else { continue };
            let place = if key.1.is_empty() { String::new() } else { format!(" in {}", key.1) };
            let what = format!("the {}s{place}", kind.noun);
            let gap = |account: &Account| match account.listings.get(key) {
                Some(Listing::Complete(_)) => None,
                Some(Listing::Broken(gap)) => Some(gap.clone()),
                None => Some(Gap::not_asked(&key.0, &key.1)),
            };
            self.sides(&what, gap(old), gap(new));
        }
        let keys: BTreeSet<&(String, String, String)> = old.children.keys().chain(new.children.keys()).collect();
        for key in keys {
            let Some(kind) = kind(&key.0) else { continue };
            let parent = self.new_ids.get(key.2.as_str()).or_else(|| self.old_ids.get(key.2.as_str()));
            let what = format!("the {}s of {}", kind.noun, parent.map_or(key.2.as_str(), |parent| &parent.name));
            let gap = |account: &Account| match account.children.get(key) {
                Some(Listing::Broken(gap)) => Some(gap.clone()),
                // A parent that is not there has no list.
                _ => None,
            };
            self.sides(&what, gap(old), gap(new));
        }
        let keys: BTreeSet<&(String, String, String)> = old.asked.keys().chain(new.asked.keys()).collect();
        for key in keys {
            let Some(kind) = kind(&key.0) else { continue };
            let gap = |account: &Account| account.asked.get(key).and_then(|asked| asked.as_ref().err()).cloned();
            self.sides(&format!("{} {}", kind.noun, key.2), gap(old), gap(new));
        }
    }

    fn sides(&mut self, what: &str, old: Option<Gap>, new: Option<Gap>) {
        match (old, new) {
            (None, None) => {}
            (Some(old), Some(_)) => self.not_read(what, Unread::Both, &old, ""),
            (Some(old), None) => self.not_read(what, Unread::Older, &old, ""),
            (None, Some(new)) => self.not_read(what, Unread::Newer, &new, ""),
        }
    }

    fn not_read(&mut self, what: &str, side: Unread, gap: &Gap, part: &str) {
        let why = match gap.reason {
            Reason::NotAsked => "the rules it was made for did not ask".to_owned(),
            _ => gap.to_string(),
        };
        let remedy = match gap.reason {
            Reason::NotAsked => "make both snapshots with the same rules".to_owned(),
            _ => gap.remedy(),
        };
        let parts = self.open.entry((what.to_owned(), side, why, remedy)).or_default();
        if !part.is_empty() {
            parts.insert(part.to_owned());
        }
    }

    fn finish(mut self) -> Changes {
        let key = |one: &ResourceChange| {
            (one.type_name.clone(), one.region.clone(), one.name.clone(), one.id.clone(), one.change)
        };
        self.out.resources.sort_by_cached_key(key);
        for ((what, side, why, remedy), parts) in self.open {
            let parts = parts.into_iter().collect::<Vec<_>>().join(", ");
            let what = if parts.is_empty() { what } else { format!("{what}: {parts}") };
            self.out.not_compared.push(NotCompared { what, side, why, remedy });
        }
        self.out.apart.varied.sort();
        self.out.apart.reworded.sort();
        self.out
    }
}

/// The principal that policies of `resource` are attached to, if it is one.
fn principal(resource: &Resource) -> Option<String> {
    let is_principal = matches!(resource.type_name, crate::model::ROLE | crate::model::USER);
    is_principal.then(|| resource.id.clone())
}

fn called(resource: &Resource, kind: &Kind) -> String {
    format!("{} {}", kind.noun, resource.name)
}

/// Whether it is the time at which the resource was made.
fn is_made_at(kind: &Kind, change: &FieldChange) -> bool {
    kind.field(&change.path).is_some_and(|field| field.shape == Shape::Time)
}

/// Whether a field follows from its resource being made again: a time, an ARN or an id that AWS gives.
fn follows(kind: &Kind, change: &FieldChange) -> bool {
    kind.field(&change.path).is_some_and(|field| {
        let is_id = ["Id", "Arn", "Url", "Label"].iter().any(|end| field.name.ends_with(end));
        field.shape == Shape::Time || (field.origin == Origin::Observed && is_id) || field.name == kind.name_field
    })
}
