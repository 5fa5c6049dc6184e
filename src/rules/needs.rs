//! What rules must have read of an account before they can be judged.

use super::{Finder, Form, Reference, Resource, Rules, Subject};
use crate::model::{ArnRule, Needs, Scope};

/// Where an account is, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whereabouts {
    /// The account, 12 digits; none before anything was asked.
    pub account: Option<String>,
    /// The partition.
    pub partition: String,
    /// The region that the rules are about.
    pub region: String,
}

impl Whereabouts {
    /// What a reference to the account itself stands for; `*` for an account that is not known yet.
    pub fn bind(&self, reference: &Reference) -> Option<String> {
        match reference {
            Reference::AccountId => Some(self.account.clone().unwrap_or_else(|| "*".to_owned())),
            Reference::Partition => Some(self.partition.clone()),
            Reference::Region => Some(self.region.clone()),
            Reference::Name(_) | Reference::Attribute(..) => None,
        }
    }

    /// The region that a resource lives in; empty if it is global.
    pub fn region_of<'a>(&'a self, resource: &'a Resource) -> &'a str {
        match resource.kind.scope {
            Scope::Global => "",
            Scope::Regional => resource.region.as_deref().unwrap_or(&self.region),
        }
    }

    /// The region in which a rule on every resource of a kind looks; empty if they are global.
    pub fn region_of_scope(&self, scope: Scope) -> &str {
        match scope {
            Scope::Global => "",
            Scope::Regional => &self.region,
        }
    }

    /// The physical name of a resource that has one.
    pub fn name_of(&self, resource: &Resource) -> Option<String> {
        match &resource.finder {
            Finder::Name(name) => name.bind(&mut |reference| self.bind(reference).ok_or(())).ok(),
            Finder::Select { .. } => None,
        }
    }
}

impl Rules {
    /// What must be read of an account that is at `place`.
    pub fn needs(&self, place: &Whereabouts) -> Needs {
        let mut needs = Needs::default();
        for resource in &self.resources {
            self.need(resource, &[], place, &mut needs);
        }
        for rule in &self.rules {
            match &rule.form {
                Form::Exists(_) => {}
                Form::Expect { on: Subject::Named(keys), expect } => {
                    let fields: Vec<&str> = expect.iter().map(|(field, _)| field.as_str()).collect();
                    for key in keys {
                        self.need(self.resource(key), &fields, place, &mut needs);
                    }
                }
                Form::Expect { on: Subject::Each { kind, filter }, expect } => {
                    let fields = filter.iter().chain(expect).map(|(field, _)| field.as_str());
                    needs.all(kind.type_name, place.region_of_scope(kind.scope), fields);
                }
                Form::Only { kind, filter, .. } => {
                    let fields = filter.iter().map(|(field, _)| field.as_str());
                    needs.all(kind.type_name, place.region_of_scope(kind.scope), fields);
                }
            }
            for reference in rule.references() {
                self.need_reference(reference, place, &mut needs);
            }
        }
        needs
    }

    /// Whether the value of `reference` must be read; an ARN that follows from a name need not be.
    pub fn must_read(&self, reference: &Reference) -> bool {
        match reference {
            Reference::AccountId | Reference::Partition | Reference::Region => false,
            Reference::Name(name) => matches!(self.resource(name).finder, Finder::Select { .. }),
            Reference::Attribute(name, _, field) => {
                let resource = self.resource(name);
                let named = matches!(resource.finder, Finder::Name(_));
                let follows = (field == "Arn" && matches!(resource.kind.arn, ArnRule::FromName(_)))
                    || field == resource.kind.name_field;
                !(named && follows)
            }
        }
    }

    fn need(&self, resource: &Resource, fields: &[&str], place: &Whereabouts, needs: &mut Needs) {
        let region = place.region_of(resource);
        let type_name = resource.kind.type_name;
        match place.name_of(resource) {
            Some(name) => needs.named(type_name, region, &name, fields.iter().copied()),
            None => {
                let select = resource.select();
                needs.all(
                    type_name,
                    region,
                    select.iter().map(|(field, _)| field.as_str()).chain(fields.iter().copied()),
                );
                for (_, pattern) in select {
                    pattern.each_reference(&mut |reference| self.need_reference(reference, place, needs));
                }
            }
        }
    }

    fn need_reference(&self, reference: &Reference, place: &Whereabouts, needs: &mut Needs) {
        if let Reference::Attribute(name, _, field) = reference
            && self.must_read(reference)
        {
            self.need(self.resource(name), &[field], place, needs);
        }
    }
}
