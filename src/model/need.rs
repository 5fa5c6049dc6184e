//! What must be read of an account: stated by rules, flows and checks, turned into calls by the services.

use super::Disclosure;
use std::collections::{BTreeMap, BTreeSet};

/// What must be read, for each type and region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// What may be kept of the texts that people wrote for themselves.
    pub disclosure: Disclosure,
    wanted: BTreeMap<(String, String), Wanted>,
}

/// What must be read of one type in one region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The fields wanted of every resource of the type, if every one is wanted.
    pub all: Option<BTreeSet<String>>,
    /// The fields wanted of the resources with these names. Existence alone wants none.
    pub named: BTreeMap<String, BTreeSet<String>>,
    /// The fields wanted of everything that hangs on the parents with these names, where the type hangs on another:
    /// who needs the methods of one API need not list those of all.
    pub children: BTreeMap<String, BTreeSet<String>>,
    /// The fields wanted of those that other wanted resources lead to: of policies, those that are attached to a
    /// principal or bound it.
    pub reached: Option<BTreeSet<String>>,
}

impl Needs {
    /// Nothing yet, for rules that let this be kept of the texts that people wrote.
    pub fn disclosing(disclosure: Disclosure) -> Self {
        Self { disclosure, ..Self::default() }
    }

    /// Every resource of `type_name` in `region` (empty: global) is wanted, with `fields`.
    pub fn all<'a>(&mut self, type_name: &str, region: &str, fields: impl IntoIterator<Item = &'a str>) {
        let all = self.entry(type_name, region).all.get_or_insert_default();
        all.extend(fields.into_iter().map(str::to_owned));
    }

    /// The resource of `type_name` called `name` in `region` (empty: global) is wanted, with `fields`.
    pub fn named<'a>(&mut self, type_name: &str, region: &str, name: &str, fields: impl IntoIterator<Item = &'a str>) {
        let named = self.entry(type_name, region).named.entry(name.to_owned()).or_default();
        named.extend(fields.into_iter().map(str::to_owned));
    }

    /// The resources of `type_name` in `region` (empty: global) that hang on the parent called `parent` are wanted, with
    /// `fields`.
    pub fn children<'a>(
        &mut self,
        type_name: &str,
        region: &str,
        parent: &str,
        fields: impl IntoIterator<Item = &'a str>,
    ) {
        let children = self.entry(type_name, region).children.entry(parent.to_owned()).or_default();
        children.extend(fields.into_iter().map(str::to_owned));
    }

    /// The resources of `type_name` in `region` (empty: global) that other wanted ones lead to are wanted, with `fields`.
    pub fn reached<'a>(&mut self, type_name: &str, region: &str, fields: impl IntoIterator<Item = &'a str>) {
        let reached = self.entry(type_name, region).reached.get_or_insert_default();
        reached.extend(fields.into_iter().map(str::to_owned));
    }

    fn entry(&mut self, type_name: &str, region: &str) -> &mut Wanted {
        self.wanted.entry((type_name.to_owned(), region.to_owned())).or_default()
    }

    /// What is wanted of `type_name` in `region` (empty: global), if anything.
    pub fn of(&self, type_name: &str, region: &str) -> Option<&Wanted> {
        self.wanted.get(&(type_name.to_owned(), region.to_owned()))
    }

    /// The regions in which something of `type_name` is wanted, in order.
    pub fn regions_of(&self, type_name: &str) -> impl Iterator<Item = &str> {
        self.wanted.keys().filter(move |(of, _)| of == type_name).map(|(_, region)| region.as_str())
    }

    /// What is wanted of each type in each region (empty: global), in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &Wanted)> {
        self.wanted.iter().map(|((type_name, region), wanted)| (type_name.as_str(), region.as_str(), wanted))
    }

    /// Whether nothing is wanted.
    pub fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }
}

impl Wanted {
    /// Whether `field` is wanted of any resource.
    pub fn wants(&self, field: &str) -> bool {
        let named = self.named.values().chain(self.children.values());
        self.all.iter().chain(named).chain(&self.reached).any(|fields| fields.contains(field))
    }

    /// Whether `field` is wanted of the resource called `name`.
    pub fn wants_of(&self, name: &str, field: &str) -> bool {
        self.all.iter().chain(self.named.get(name)).any(|fields| fields.contains(field))
    }

    /// Whether `field` is wanted of the resource called `name` that hangs on the parent called `parent`.
    pub fn wants_of_child(&self, name: &str, parent: &str, field: &str) -> bool {
        self.wants_of(name, field) || self.children.get(parent).is_some_and(|fields| fields.contains(field))
    }

    /// Whether the resource called `name` is wanted at all.
    pub fn includes(&self, name: &str) -> bool {
        self.all.is_some() || self.named.contains_key(name)
    }

    /// Whether the parent of what is wanted may be any: then only a list of all will do.
    pub fn of_any_parent(&self) -> bool {
        self.all.is_some() || !self.named.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_children_of_one_parent_are_not_those_of_all() {
        let mut needs = Needs::default();
        needs.children("Stage", "r", "api", ["Name"]);
        needs.children("Stage", "r", "api", ["Tags"]);
        let wanted = needs.of("Stage", "r").expect("stages are wanted");
        assert!(wanted.wants("Tags") && !wanted.wants("Variables") && !wanted.of_any_parent());
        assert!(wanted.wants_of_child("prod", "api", "Name") && !wanted.wants_of_child("prod", "other", "Name"));
        assert!(!wanted.includes("prod") && !wanted.wants_of("prod", "Name"));
        needs.named("Stage", "r", "prod", ["Variables"]);
        let wanted = needs.of("Stage", "r").expect("stages are wanted");
        assert!(wanted.of_any_parent() && wanted.wants_of_child("prod", "other", "Variables"));
    }
}
