//! The named resources of a rules file, found in an account.

use super::judge::judge;
use crate::model;
use crate::model::{Account, Call, Gap, Listing, Presence, Reason, Truth, Value};
use crate::rules::{Finder, Pattern, Reference, Resource, Rules, Whereabouts, closest};
use std::collections::BTreeMap;

/// What became of a named resource.
#[derive(Debug, Clone)]
pub(super) enum Found<'a> {
    /// It is there. More than one only where the rules file says that there may be several; then there may be even
    /// more, for all that these gaps hide.
    There(Vec<&'a model::Resource>, Vec<Gap>),
    /// It is not there, as these calls say; with the names that come close.
    Missing(Vec<Call>, Vec<String>),
    /// More than one thing is like it.
    Ambiguous(Vec<&'a model::Resource>),
    /// Nothing that was read says whether it is there.
    Unknown(Vec<Gap>),
    /// It cannot be looked for, because this other resource of the rules file is not there.
    Blocked(String),
}

/// Why a reference has no value.
#[derive(Debug, Clone)]
pub(super) enum Unbound {
    /// The resource it speaks of is not there, or not one.
    Blocked(String),
    /// The value was not read.
    Unknown(Box<Gap>),
}

/// The named resources of a rules file in an account.
pub(super) struct Resolved<'a> {
    rules: &'a Rules,
    account: &'a Account,
    place: &'a Whereabouts,
    found: BTreeMap<&'a str, Found<'a>>,
}

impl<'a> Resolved<'a> {
    pub(super) fn new(rules: &'a Rules, account: &'a Account, place: &'a Whereabouts) -> Self {
        let mut resolved = Self { rules, account, place, found: BTreeMap::new() };
        for resource in &rules.resources {
            resolved.find(resource);
        }
        resolved
    }

    /// What became of the resource called `key`.
    ///
    /// # Panics
    /// If the rules file has none; the loader has refused that.
    pub(super) fn get(&self, key: &str) -> &Found<'a> {
        match self.found.get(key) {
            Some(found) => found,
            None => unreachable!("the loader lets no reference to `{key}` pass"),
        }
    }

    /// The value of `reference`.
    pub(super) fn bind(&self, reference: &Reference) -> Result<String, Unbound> {
        if let Some(text) = self.place.bind(reference) {
            return Ok(text);
        }
        let (key, field) = match reference {
            Reference::Name(key) => (key, None),
            Reference::Attribute(key, _, field) => (key, Some(field)),
            Reference::AccountId | Reference::Partition | Reference::Region => return Ok(String::new()),
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
    pub(super) fn bind_all(&self, patterns: &[(String, Pattern)]) -> Result<Vec<(String, Pattern)>, Unbound> {
        patterns
            .iter()
            .map(|(field, pattern)| Ok((field.clone(), pattern.bind(&mut |reference| self.bind(reference))?)))
            .collect()
    }

    fn find(&mut self, resource: &'a Resource) {
        if self.found.contains_key(resource.key.as_str()) {
            return;
        }
        // What it is found by comes first; the loader has refused circles.
        if let Finder::Select { of, select } = &resource.finder {
            let mut others: Vec<&str> = of.iter().map(String::as_str).collect();
            for (_, pattern) in select {
                pattern.each_reference(&mut |reference| {
                    if let Reference::Name(name) | Reference::Attribute(name, ..) = reference {
                        others.push(name);
                    }
                });
            }
            for other in others {
                self.find(self.rules.resource(other));
            }
        }
        let found = match &resource.finder {
            Finder::Name(_) => self.by_name(resource),
            Finder::Select { of, select } => self.by_select(resource, of.as_deref(), select),
        };
        self.found.insert(&resource.key, found);
    }

    fn by_name(&self, resource: &'a Resource) -> Found<'a> {
        let (type_name, region) = (resource.kind.type_name, self.place.region_of(resource));
        let name = self.place.name_of(resource).unwrap_or_default();
        match self.account.presence(type_name, region, &name) {
            Some(Presence::Found(resources)) if resources.len() == 1 => Found::There(resources, Vec::new()),
            Some(Presence::Found(resources)) => Found::Ambiguous(resources),
            Some(Presence::Missing(calls)) => {
                let names = self.account.of_type(type_name, region).map(|r| r.name.as_str());
                let near = closest(&name, names).map(str::to_owned);
                Found::Missing(calls, near.into_iter().collect())
            }
            Some(Presence::Unknown(gap)) => Found::Unknown(vec![gap]),
            None => Found::Unknown(vec![not_asked(type_name, region)]),
        }
    }

    fn by_select(&self, resource: &'a Resource, of: Option<&str>, select: &[(String, Pattern)]) -> Found<'a> {
        let (type_name, region) = (resource.kind.type_name, self.place.region_of(resource));
        let parent = match of.map(|of| (of, self.get(of))) {
            None => None,
            Some((_, Found::There(parents, _))) => {
                Some(parents.iter().map(|parent| parent.id.as_str()).collect::<Vec<_>>())
            }
            Some((_, Found::Unknown(gaps))) => return Found::Unknown(gaps.clone()),
            Some((of, _)) => return Found::Blocked(of.to_owned()),
        };
        let select = match self.bind_all(select) {
            Ok(select) => select,
            Err(Unbound::Blocked(key)) => return Found::Blocked(key),
            Err(Unbound::Unknown(gap)) => return Found::Unknown(vec![*gap]),
        };
        let (calls, mut gaps) = match self.account.listing(type_name, region) {
            Some(Listing::Complete(calls)) => (calls.clone(), Vec::new()),
            Some(Listing::Broken(gap)) => (Vec::new(), vec![gap.clone()]),
            None => (Vec::new(), vec![not_asked(type_name, region)]),
        };
        let mut like = Vec::new();
        for candidate in self.account.of_type(type_name, region) {
            if parent.as_ref().is_some_and(|parents| !parents.iter().any(|id| candidate.parent.as_deref() == Some(*id)))
            {
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
            _ => Found::Ambiguous(like),
        }
    }
}

/// Whether `resource` is as `patterns` say.
pub(super) fn matches(patterns: &[(String, Pattern)], resource: &model::Resource) -> Truth {
    Truth::all(patterns.iter().map(|(field, pattern)| judge(pattern, resource.properties.get(field))))
}

/// The gaps in the properties of `resource` that `patterns` are about.
pub(super) fn gaps_in(patterns: &[(String, Pattern)], resource: &model::Resource) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for (field, _) in patterns {
        resource.properties.get(field).each_gap(&mut |gap| gaps.push(gap.clone()));
    }
    gaps
}

/// The gap where nobody asked: a fault of ours, which must not look like an answer.
pub(super) fn not_asked(type_name: &str, region: &str) -> Gap {
    Gap { call: Call::new(type_name, "(not asked)", region, ""), action: String::new(), reason: Reason::NotAsked }
}
