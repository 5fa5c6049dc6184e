//! What roles may do: the least, from what the flows need of them, and the most, from their intended policies.

use super::draft::{Draft, Rule};
use super::flows::Drawn;
use super::granted::Granted;
use super::policy::of_statements;
use super::yaml::Yaml;
use crate::intent::{Intended, Piece, Wanted};
use crate::model::{FUNCTION, MANAGED_POLICY, ROLE, TABLE};

impl Draft<'_> {
    /// The rules on what roles and managed policies allow, in the order of `resources`.
    pub(super) fn permissions(&mut self, resources: &[&Intended], flows: &[Drawn<'_>]) -> Vec<Rule> {
        let mut rules = Vec::new();
        for resource in resources.iter().filter(|resource| resource.type_name == ROLE) {
            rules.extend(self.of_role(resource, flows));
            rules.extend(self.inline(resource));
        }
        for resource in resources.iter().filter(|resource| resource.type_name == MANAGED_POLICY) {
            rules.extend(self.of_policy(resource));
        }
        rules
    }

    fn of_role(&mut self, role: &Intended, flows: &[Drawn<'_>]) -> Option<Rule> {
        let key = &role.key;
        let granted = Granted::of(role, &self.facts);
        let floor = self.floor(role, &granted, flows);
        let mut bounds = vec![("of", Yaml::text(key))];
        let mut notes = Vec::new();
        if let Some(floor) = floor.and_then(|floor| self.keep(&format!("{key}.needs"), key, &floor)) {
            bounds.push(("at_least", Yaml::Text(floor)));
        }
        if granted.unknown.is_empty() {
            // A document needs a statement; one that only denies allows nothing.
            let ceiling = match granted.statements.is_empty() {
                true => of_statements([statement("Deny", &["*".to_owned()], &[vec![Piece::Text("*".to_owned())]])]),
                false => of_statements(granted.statements),
            };
            if let Some(ceiling) = self.keep(&format!("{key}.ceiling"), &format!("the policies of {key}"), &ceiling) {
                bounds.push(("at_most", Yaml::Text(ceiling)));
            }
        } else {
            let why = granted.unknown.join("; ");
            self.leave(format!("the most that {key} may do"), why.clone());
            notes.push(format!("The most that it may do is not said: {why}."));
        }
        if bounds.len() == 1 {
            return None;
        }
        let does_work = bounds.iter().any(|(side, _)| *side == "at_least");
        let bounded = bounds.iter().any(|(side, _)| *side == "at_most");
        let title = match (does_work, bounded) {
            (true, true) => format!("{key} can do its work, and nothing else"),
            (true, false) => format!("{key} can do its work"),
            _ => format!("{key} can do no more than is intended"),
        };
        let id = self.id(&format!("{key}-permissions"));
        let form = vec![("permissions", Yaml::map(bounds))];
        let reason = bounded.then(|| "Whoever gets hold of what runs as it can do what it may.".to_owned());
        Some(Rule { id, title, form, is_grave: true, reason, notes })
    }

    /// The inline policies of a role one by one, where what its other policies allow is not known.
    fn inline(&mut self, role: &Intended) -> Option<Rule> {
        if Granted::of(role, &self.facts).unknown.is_empty() {
            return None;
        }
        let key = &role.key;
        let shape = self.facts.kind(role)?.field("Policies")?.shape.clone();
        let none = Wanted::List(Vec::new());
        let policies = role.properties.get("Policies").unwrap_or(&none);
        let expect = Yaml::map([("Policies", self.value(&shape, policies, &format!("{key}.Policies"))?)]);
        let id = self.id(&format!("{key}-policies"));
        let title = format!("{key} has no other inline policies than are intended");
        let form = vec![("on", Yaml::text(key)), ("expect", expect)];
        Some(Rule { id, title, form, is_grave: true, reason: None, notes: Vec::new() })
    }

    /// What the flows need of a role, as far as its own policies are meant to give it: a policy of the other end may do as
    /// well.
    fn floor(&self, role: &Intended, granted: &Granted, flows: &[Drawn<'_>]) -> Option<Wanted> {
        let mut statements: Vec<Wanted> = Vec::new();
        for flow in flows {
            let of_function = |function: &Intended| {
                function.type_name == FUNCTION && self.facts.role_of(function).is_some_and(|of| of.key == role.key)
            };
            let acts = match flow.mechanism.wire {
                Some(_) => of_function(flow.to) && !flow.mechanism.actions.is_empty(),
                None => of_function(flow.from) || flow.role.is_some_and(|of| of.key == role.key),
            };
            let (on, attribute) = match flow.mechanism.wire {
                Some(_) if flow.from.type_name == TABLE => (flow.from, "StreamArn"),
                Some(_) => (flow.from, "Arn"),
                None => (flow.to, "Arn"),
            };
            if !acts {
                continue;
            }
            let arn = self.facts.sample_of(on, attribute);
            let usual = || flow.mechanism.actions.iter().map(|action| (*action).to_owned()).collect();
            let actions: Vec<String> = if flow.actions.is_empty() { usual() } else { flow.actions.clone() };
            let actions: Vec<String> = actions.into_iter().filter(|action| granted.allows(action, &arn)).collect();
            if !actions.is_empty() {
                let on = vec![Piece::Reference(format!("{}.{attribute}", on.key))];
                statements.push(statement("Allow", &actions, &[on]));
            }
        }
        (!statements.is_empty()).then(|| of_statements(statements))
    }

    fn of_policy(&mut self, policy: &Intended) -> Option<Rule> {
        let key = &policy.key;
        let document = policy.properties.get("PolicyDocument")?;
        if let Wanted::Unknown(why) = document {
            self.leave(format!("what {key} allows"), why.clone());
            return None;
        }
        let file = self.keep(key, &format!("what {key} allows"), document)?;
        let id = self.id(&format!("{key}-content"));
        let expect = Yaml::map([("PolicyDocument", Yaml::map([("$policy", Yaml::Text(file))]))]);
        let form = vec![("on", Yaml::text(key)), ("expect", expect)];
        let title = format!("{key} allows what is intended");
        Some(Rule { id, title, form, is_grave: true, reason: None, notes: Vec::new() })
    }
}

fn statement(effect: &str, actions: &[String], resources: &[Vec<Piece>]) -> Wanted {
    let text = |text: &str| Wanted::Text(vec![Piece::Text(text.to_owned())]);
    let one_or_list = |mut values: Vec<Wanted>| match values.pop() {
        Some(one) if values.is_empty() => one,
        last => Wanted::List(values.into_iter().chain(last).collect()),
    };
    let parts = [
        ("Effect".to_owned(), text(effect)),
        ("Action".to_owned(), Wanted::List(actions.iter().map(|action| text(action)).collect())),
        ("Resource".to_owned(), one_or_list(resources.iter().cloned().map(Wanted::Text).collect())),
    ];
    Wanted::Map(parts.into())
}
