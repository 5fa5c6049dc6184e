//! The named resources of a rules file, found in an account.

use crate::iam::ContextValue;
use crate::model;
use crate::model::{Account, Call, Gap, Listing, Presence, Reason, Truth, Value};
use crate::reach::{Reach, found, judge};
use crate::rules::{Finder, Pattern, Reference, Resource, Rules, Template, Whereabouts, closest, order};
use std::collections::{BTreeMap, BTreeSet};

/// What became of a named resource.
#[derive(Debug, Clone)]
pub(crate) enum Found<'a> {
    /// It is there. More than one only where the rules file says that there may be several; then there may be even
    /// more, for all that these gaps hide.
    There(Vec<&'a model::Resource>, Vec<Gap>),
    /// It is not there, as these calls say; with the names that come close.
    Missing(Vec<Call>, Vec<String>),
    /// More than one thing is like it, and there may be even more, for all that these gaps hide.
    Ambiguous(Vec<&'a model::Resource>, Vec<Gap>),
    /// Nothing that was read says whether it is there.
    Unknown(Vec<Gap>),
    /// It cannot be looked for, because this other resource of the rules file is not there.
    Blocked(String),
}

/// Why a reference has no value.
#[derive(Debug, Clone)]
pub(crate) enum Unbound {
    /// The resource it speaks of is not there, or not one.
    Blocked(String),
    /// The value was not read.
    Unknown(Box<Gap>),
}

/// The named resources of a rules file in an account.
pub(crate) struct Resolved<'a> {
    rules: &'a Rules,
    account: &'a Account,
    place: &'a Whereabouts,
    reach: &'a Reach<'a>,
    found: BTreeMap<&'a str, Found<'a>>,
}

impl<'a> Resolved<'a> {
    pub(crate) fn new(rules: &'a Rules, account: &'a Account, place: &'a Whereabouts, reach: &'a Reach<'a>) -> Self {
        let mut resolved = Self { rules, account, place, reach, found: BTreeMap::new() };
        let at: BTreeMap<&str, usize> =
            rules.resources.iter().enumerate().map(|(at, r)| (r.key.as_str(), at)).collect();
        let found_by = |resource: &Resource| resource.found_by().into_iter().map(|key| at[key]).collect();
        let needs: Vec<Vec<usize>> = rules.resources.iter().map(found_by).collect();
        for at in order(&needs).order {
            let resource = &rules.resources[at];
            let found = match &resource.finder {
                Finder::Name(_) => resolved.by_name(resource),
                Finder::Select { of, select } => resolved.by_select(resource, of.as_deref(), select),
            };
            resolved.found.insert(&resource.key, found);
        }
        resolved
    }

    /// The resources of a type in a region (empty: global), in the order of their ids.
    pub(super) fn listed(&self, type_name: &str, region: &str) -> &[&'a model::Resource] {
        self.reach.listed(type_name, region)
    }

    /// Whether `resource` may be one of what the rules file calls `key`, for all that was read. Those that surely are
    /// were found.
    pub(crate) fn may_be(&self, key: &str, resource: &model::Resource) -> bool {
        let declared = self.rules.resource(key);
        let Finder::Select { of, select } = &declared.finder else { return false };
        let undecided = match self.get(key) {
            Found::There(_, gaps) | Found::Ambiguous(_, gaps) | Found::Unknown(gaps) => !gaps.is_empty(),
            Found::Blocked(_) => true,
            Found::Missing(..) => false,
        };
        let hangs_elsewhere = match of.as_deref().map(|of| self.get(of)) {
            Some(Found::There(parents, gaps)) if gaps.is_empty() => !is_child_of(resource, parents),
            // What it hangs on is there, and is none of what is missing.
            Some(Found::Missing(..)) => {
                self.account.resources.iter().any(|one| resource.parent.as_ref() == Some(&one.id))
            }
            _ => false,
        };
        // What one property is to be may not be known, and another still tells that it is none of them.
        let like =
            Truth::all(select.iter().map(|one| {
                self.bind_all(std::slice::from_ref(one)).map_or(Truth::Unknown, |one| matches(&one, resource))
            }));
        undecided && !hangs_elsewhere && like != Truth::False
    }

    /// What became of the resource called `key`.
    ///
    /// # Panics
    /// If the rules file has none; the loader has refused that.
    pub(crate) fn get(&self, key: &str) -> &Found<'a> {
        match self.found.get(key) {
            Some(found) => found,
            None => unreachable!("the loader lets no reference to `{key}` pass"),
        }
    }

    /// The value of `reference`.
    pub(crate) fn bind(&self, reference: &Reference) -> Result<String, Unbound> {
        let (key, field) = match reference {
            Reference::AccountId => return Ok(self.account.caller.account.clone()),
            Reference::Partition => return Ok(self.place.partition.clone()),
            Reference::Region => return Ok(self.place.region.clone()),
            Reference::Name(key) => (key, None),
            Reference::Attribute(key, _, field) => (key, Some(field)),
        };
        let declared = self.rules.resource(key);
        if !self.rules.must_read(reference) {
            let name = self.place.name_of(declared).unwrap_or_default();
            return Ok(match (field.map(String::as_str), declared.kind.arn) {
                (Some("Arn"), model::ArnRule::FromName(form)) => {
                    let account = self.account.caller.account.as_str();
                    let region = self.place.region_of(declared);
                    let service = declared.kind.service;
                    model::Arn::new(&self.place.partition, service, region, account, &form.replace("{}", &name))
                        .to_string()
                }
                _ => name,
            });
        }
        match self.get(key) {
            Found::There(_, gaps) if !gaps.is_empty() => Err(Unbound::Unknown(Box::new(gaps[0].clone()))),
            Found::There(resources, _) if resources.len() == 1 => {
                let Some(field) = field else { return Ok(resources[0].name.clone()) };
                match resources[0].properties.get(field) {
                    Value::Unread(gap) => Err(Unbound::Unknown(gap.clone())),
                    value => value.as_text().ok_or_else(|| Unbound::Blocked(key.clone())),
                }
            }
            Found::Unknown(gaps) => gaps
                .first()
                .map_or(Err(Unbound::Blocked(key.clone())), |gap| Err(Unbound::Unknown(Box::new(gap.clone())))),
            _ => Err(Unbound::Blocked(key.clone())),
        }
    }

    /// `patterns` with their references bound.
    pub(crate) fn bind_all(&self, patterns: &[(String, Pattern)]) -> Result<Vec<(String, Pattern)>, Unbound> {
        patterns
            .iter()
            .map(|(field, pattern)| Ok((field.clone(), pattern.bind(&mut |reference| self.bind(reference))?)))
            .collect()
    }

    /// The condition keys that a rule fixes, with their values bound.
    pub(crate) fn fixed(&self, context: &[(String, Vec<Template>)]) -> Result<Vec<(String, ContextValue)>, Unbound> {
        let bind = |template: &Template| template.bind(&mut |reference| self.bind(reference));
        context
            .iter()
            .map(|(key, values)| {
                let mut values = values.iter().map(bind).collect::<Result<Vec<_>, _>>()?;
                let value = match values.pop() {
                    Some(only) if values.is_empty() => ContextValue::One(only),
                    last => ContextValue::Many(values.into_iter().chain(last).collect()),
                };
                Ok((key.clone(), value))
            })
            .collect()
    }

    /// The ARNs of what `declared` means: those of what is there, or the one it would have if it were.
    pub(crate) fn arns(&self, declared: &Resource) -> Vec<String> {
        if let Found::There(found, _) | Found::Ambiguous(found, _) = self.get(&declared.key) {
            return found.iter().map(|found| found.id.clone()).collect();
        }
        let arn = Reference::Attribute(declared.key.clone(), "Arn".to_owned(), "Arn".to_owned());
        let follows = declared.kind.attribute("Arn") == Some("Arn") && !self.rules.must_read(&arn);
        if follows { self.bind(&arn).into_iter().collect() } else { Vec::new() }
    }

    fn by_name(&self, resource: &'a Resource) -> Found<'a> {
        let (type_name, region) = (resource.kind.type_name, self.place.region_of(resource));
        let name = self.place.name_of(resource).unwrap_or_default();
        match self.account.presence(type_name, region, &name) {
            Some(Presence::Found(resources)) => {
                let mut resources: Vec<_> = resources.into_iter().filter(|found| is_own(resource, found)).collect();
                resources.sort_by(|a, b| a.id.cmp(&b.id));
                let key = (type_name.to_owned(), region.to_owned(), name.clone());
                match (resources.len(), self.account.listing(type_name, region)) {
                    (0, Some(Listing::Complete(calls))) => Found::Missing(calls.clone(), self.near(resource, &name)),
                    (0, Some(Listing::Broken(gap))) => Found::Unknown(vec![gap.clone()]),
                    (0, None) => Found::Unknown(vec![Gap::not_asked(type_name, region)]),
                    (1, _) => match self.account.asked.get(&key) {
                        // Another of the same name may be there.
                        Some(Err(gap)) => Found::Unknown(vec![gap.clone()]),
                        _ => Found::There(resources, Vec::new()),
                    },
                    _ => Found::Ambiguous(resources, Vec::new()),
                }
            }
            Some(Presence::Missing(calls)) => Found::Missing(calls, self.near(resource, &name)),
            Some(Presence::Unknown(gap)) => Found::Unknown(vec![gap]),
            None => Found::Unknown(vec![Gap::not_asked(type_name, region)]),
        }
    }

    /// The names in the account that `name`, which is missing, may have been meant by: a slip, or one with a word
    /// more or less. Those that the rules file names itself are
    /// not among them, unless nothing but case differs.
    fn near(&self, resource: &Resource, name: &str) -> Vec<String> {
        let declared: BTreeSet<String> = self.rules.resources.iter().filter_map(|r| self.place.name_of(r)).collect();
        let (type_name, region) = (resource.kind.type_name, self.place.region_of(resource));
        let meant = |other: &&str| !declared.contains(*other) || other.eq_ignore_ascii_case(name);
        let candidates = || self.account.names_of(type_name, region).filter(meant);
        let small = name.to_lowercase();
        let within = |candidate: &&str| {
            let other = candidate.to_lowercase();
            other.len().min(small.len()) >= 6 && (other.contains(&small) || small.contains(&other))
        };
        closest(name, candidates())
            .or_else(|| candidates().filter(within).min())
            .map(str::to_owned)
            .into_iter()
            .collect()
    }

    fn by_select(&self, resource: &'a Resource, of: Option<&str>, select: &[(String, Pattern)]) -> Found<'a> {
        let (type_name, region) = (resource.kind.type_name, self.place.region_of(resource));
        // What hangs on a parent that was not read may be one of them.
        let mut gaps = Vec::new();
        let parents = match of.map(|of| (of, self.get(of))) {
            None => None,
            Some((_, Found::There(parents, perhaps_more))) => {
                gaps.extend(perhaps_more.iter().cloned());
                Some(parents)
            }
            Some((_, Found::Unknown(gaps))) => return Found::Unknown(gaps.clone()),
            Some((of, _)) => return Found::Blocked(of.to_owned()),
        };
        let select = match self.bind_all(select) {
            Ok(select) => select,
            Err(Unbound::Blocked(key)) => return Found::Blocked(key),
            Err(Unbound::Unknown(gap)) => return Found::Unknown(vec![*gap]),
        };
        let (calls, unlisted) = self.reach.lists(type_name, region, parents.map(Vec::as_slice));
        gaps.extend(unlisted);
        let mut like = Vec::new();
        for candidate in self.listed(type_name, region).iter().copied() {
            if parents.is_some_and(|parents| !is_child_of(candidate, parents)) {
                continue;
            }
            match matches(&select, candidate) {
                Truth::True => like.push(candidate),
                Truth::False => {}
                Truth::Unknown => gaps.extend(gaps_in(&select, candidate)),
            }
        }
        match like.len() {
            0 if gaps.is_empty() => Found::Missing(calls, Vec::new()),
            0 => Found::Unknown(gaps),
            _ if resource.several => Found::There(like, gaps),
            1 if gaps.is_empty() => Found::There(like, gaps),
            1 => Found::Unknown(gaps),
            _ => Found::Ambiguous(like, gaps),
        }
    }
}

/// Whether the name of `declared` can mean `found`: not if AWS owns it and every account shares it.
fn is_own(declared: &Resource, found: &model::Resource) -> bool {
    declared.kind.shared.is_none_or(|shared| *found.properties.get(shared) != Value::Bool(true))
}

/// Whether `resource` hangs on one of `parents`.
pub(super) fn is_child_of(resource: &model::Resource, parents: &[&model::Resource]) -> bool {
    parents.iter().any(|parent| resource.parent.as_deref() == Some(parent.id.as_str()))
}

/// Whether `resource` is as `patterns` say.
pub(super) fn matches(patterns: &[(String, Pattern)], resource: &model::Resource) -> Truth {
    Truth::all(patterns.iter().map(|(field, pattern)| judge(pattern, resource.properties.get(field))))
}

/// Why it is not known whether `resource` is as `patterns` say: the gaps in the properties that they are about, and the
/// policies that were read and yet cannot be compared. At least one, if it is not known.
pub(super) fn gaps_in(patterns: &[(String, Pattern)], resource: &model::Resource) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for (field, pattern) in patterns {
        let value = resource.properties.get(field);
        let before = gaps.len();
        value.each_gap(&mut |gap| gaps.push(gap.clone()));
        if gaps.len() == before && judge(pattern, value) == Truth::Unknown {
            let read = resource.calls.last().cloned();
            let call =
                read.unwrap_or_else(|| Call::new(resource.type_name, "(read)", &resource.region, &resource.name));
            let reason = Reason::Undecided(format!("{field}: {}", found(pattern, value)));
            gaps.push(Gap { call, action: String::new(), reason });
        }
    }
    gaps
}
