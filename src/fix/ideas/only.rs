//! `only`: what nobody declared goes. What may be declared, for all that was read, stays.

use super::{Idea, Ideas, Scene, unbound};
use crate::audit::Found;
use crate::fix::model::Change;
use crate::model::{Finding, Kind, Resource, Truth};
use crate::reach::judge;
use crate::rules::{Aspect, Pattern, Unexpected};

impl Scene<'_> {
    pub(super) fn only(&self, kind: &Kind, of: Option<&str>, filter: &[(String, Pattern)], are: &[String]) -> Ideas {
        let filter = self.resolved.bind_all(filter).map_err(|why| unbound(&why))?;
        let region = self.place.region_of_scope(kind.scope);
        let parents: Option<Vec<&str>> = match of.map(|of| self.resolved.get(of)) {
            None => None,
            Some(Found::There(parents, _)) => Some(parents.iter().map(|parent| parent.id.as_str()).collect()),
            Some(_) => return Err("what they hang on is not there".to_owned()),
        };
        let mut allowed: Vec<&str> = Vec::new();
        for key in are {
            if let Found::There(resources, _) | Found::Ambiguous(resources, _) = self.resolved.get(key) {
                allowed.extend(resources.iter().map(|resource| resource.id.as_str()));
            }
        }
        let others: Vec<&Resource> = self
            .all(kind.type_name)
            .filter(|other| {
                let hangs = parents
                    .as_ref()
                    .is_none_or(|parents| other.parent.as_deref().is_some_and(|parent| parents.contains(&parent)));
                let like =
                    filter.iter().all(|(field, pattern)| judge(pattern, other.properties.get(field)) == Truth::True);
                let may_be_allowed = || are.iter().any(|key| self.resolved.may_be(key, other));
                other.region == region && hangs && like && !allowed.contains(&other.id.as_str()) && !may_be_allowed()
            })
            .collect();
        let names: Vec<&str> = others.iter().map(|other| other.name.as_str()).collect();
        let what = format!("what the rules do not name is removed: {}. Look at what it is for first", names.join(", "));
        Ok(vec![Idea::new(what, others.iter().map(|other| Change::delete(other)).collect())])
    }

    /// A resource that nobody declared goes. What hangs on a declared one is for a person to look at.
    pub(super) fn unexpected(&self, unexpected: &Unexpected, finding: &Finding) -> Ideas {
        const DECIDE: &str = "nobody declared it, so nothing says what it is for: remove it, or declare it";
        // The ARN is otherwise that of what it hangs on, which is not to go with it.
        if !matches!(unexpected.aspect, Aspect::Resource { .. }) {
            return Err(DECIDE.to_owned());
        }
        let is_it = |of: &&Resource| finding.arn.as_ref() == Some(&of.id) && finding.type_name == of.type_name;
        let declares = |of: &Resource| {
            self.rules.resources.iter().any(|declared| match self.resolved.get(&declared.key) {
                Found::There(resources, _) => resources.iter().any(|other| other.id == of.id),
                _ => false,
            })
        };
        match self.model.account.resources.iter().find(is_it).filter(|of| !declares(of)) {
            Some(other) => {
                let what = format!("what nobody declared is removed: {}. Look at what it is for first", other.name);
                Ok(vec![Idea::new(what, vec![Change::delete(other)])])
            }
            None => Err(DECIDE.to_owned()),
        }
    }
}
