//! `expect`: the properties that the rule names.

use super::{Idea, Ideas, Scene, unbound};
use crate::fix::model::Change;
use crate::fix::want::want;
use crate::model::{Resource, Shape, Truth};
use crate::reach::judge;
use crate::rules::Pattern;

impl Scene<'_> {
    pub(super) fn expect(&self, resource: &Resource, expect: &[(String, Pattern)]) -> Ideas {
        let expect = self.resolved.bind_all(expect).map_err(|why| unbound(&why))?;
        let mut changes = Vec::new();
        let mut words = Vec::new();
        for (field, pattern) in &expect {
            let found = resource.properties.get(field);
            if judge(pattern, found) != Truth::False {
                continue;
            }
            let shape = self.shape(resource.type_name, field);
            let to = want(pattern, &shape, found).map_err(|why| format!("{field} of {}: {why}", resource.name))?;
            words.push(format!("{field}: {pattern}"));
            changes.push(Change::set(resource, field, to));
        }
        Ok(vec![Idea::new(format!("{} gets {}", resource.name, words.join("; ")), changes)])
    }

    /// What a property of a type looks like.
    pub(super) fn shape(&self, type_name: &str, field: &str) -> Shape {
        let kind = self.rules.resources.iter().map(|declared| declared.kind).find(|kind| kind.type_name == type_name);
        let kind = kind.or_else(|| self.kinds().find(|kind| kind.type_name == type_name));
        kind.and_then(|kind| kind.field(field)).map_or(Shape::Text, |field| field.shape.clone())
    }
}
