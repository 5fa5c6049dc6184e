//! What there is nothing else of: other triggers on a source, and other things that hang on a resource.

use super::draft::{Draft, Rule};
use super::flows::{field, source};
use super::words::list;
use super::yaml::Yaml;
use crate::intent::Intended;
use crate::model::{MAPPING, Shape};

impl Draft<'_> {
    /// The rules that nothing else feeds on the sources, or hangs on the resources, of which `resources` has some.
    pub(super) fn nothing_else(&mut self, resources: &[&Intended]) -> Vec<Rule> {
        let mut rules = Vec::new();
        let mut seen: Vec<(&str, &str)> = Vec::new();
        for resource in resources {
            let type_name = resource.type_name.as_str();
            let rule = if type_name == MAPPING {
                let Some(source) = source(resource, &self.facts).map(|source| source.key.as_str()) else { continue };
                if seen.contains(&(type_name, source)) {
                    continue;
                }
                seen.push((type_name, source));
                self.of_source(source, resources)
            } else {
                let Some(parent) = resource.of.as_deref() else { continue };
                if seen.contains(&(type_name, parent)) {
                    continue;
                }
                seen.push((type_name, parent));
                self.of_parent(parent, resource, resources)
            };
            rules.extend(rule);
        }
        rules
    }

    fn of_source(&mut self, source_key: &str, resources: &[&Intended]) -> Option<Rule> {
        let mappings: Vec<&&Intended> = resources
            .iter()
            .filter(|of| of.type_name == MAPPING)
            .filter(|of| source(of, &self.facts).is_some_and(|found| found.key == source_key))
            .collect();
        let wanted = field(mappings.first()?, "EventSourceArn")?.clone();
        let value = self.value(&Shape::Arn, &wanted, source_key)?;
        let functions: Vec<String> = mappings.iter().filter_map(|of| of.of.clone()).collect();
        let only = Yaml::map([
            ("type", Yaml::text(MAPPING)),
            ("where", Yaml::map([("EventSourceArn", value)])),
            ("are", Yaml::texts(mappings.iter().map(|of| of.key.clone()))),
        ]);
        let id = self.id(&format!("{source_key}-only-triggers"));
        let title = format!("{source_key} triggers {}, and nothing else", list(&functions));
        Some(Rule { id, title, form: vec![("only", only)], is_grave: false, reason: None, notes: Vec::new() })
    }

    fn of_parent(&mut self, parent: &str, one: &Intended, resources: &[&Intended]) -> Option<Rule> {
        let noun = self.facts.kind(one)?.noun;
        let same = |of: &&&Intended| of.type_name == one.type_name && of.of.as_deref() == Some(parent);
        let keys: Vec<String> = resources.iter().filter(same).map(|of| of.key.clone()).collect();
        let only =
            Yaml::map([("type", Yaml::text(&one.type_name)), ("of", Yaml::text(parent)), ("are", Yaml::texts(keys))]);
        let id = self.id(&format!("{parent}-only-{}s", noun.to_lowercase().replace(' ', "-")));
        let title = format!("{parent} has no other {noun}");
        Some(Rule { id, title, form: vec![("only", only)], is_grave: false, reason: None, notes: Vec::new() })
    }
}
