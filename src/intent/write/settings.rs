//! The settings of resources: what a rule expects of each, in the terms of its kind.

use super::draft::{Draft, Rule};
use super::facts::referred;
use super::flows::{Drawn, is_kept};
use super::text::written;
use super::yaml::Yaml;
use crate::intent::{Intended, Wanted};
use crate::model::{Arn, FUNCTION, Field, MANAGED_POLICY, MAPPING, METHOD, ROLE, SUBSCRIPTION, Shape};

/// Fields that other rules are about, by type.
fn elsewhere(type_name: &str) -> &'static [&'static str] {
    match type_name {
        MAPPING => &["EventSourceArn", "FunctionArn", "FunctionName"],
        SUBSCRIPTION => &["Endpoint", "Protocol", "TopicArn"],
        METHOD => &["HttpMethod", "ResourceId", "ResourcePath"],
        ROLE => &["Policies"],
        // What it allows has a rule of its own; whom it is attached to is said by its roles.
        MANAGED_POLICY => &["Groups", "PolicyDocument", "Roles", "Users"],
        "AWS::Lambda::Url" => &["TargetFunctionArn"],
        _ => &[],
    }
}

impl Draft<'_> {
    /// The rule on the settings of `resource`; none if nothing is said of it beyond what other rules say.
    pub(super) fn settings(&mut self, resource: &Intended, flows: &[Drawn<'_>]) -> Option<Rule> {
        if flows.iter().any(|flow| flow.wire.is_some_and(|wire| wire.key == resource.key)) {
            return None;
        }
        let judged = flows.iter().any(|flow| flow.from.key == resource.key && resource.type_name == METHOD);
        let expect = self.expect(resource, if judged { JUDGED_BY_FLOWS } else { &[] });
        if expect.is_empty() {
            return None;
        }
        let key = &resource.key;
        let noun = self.facts.kind(resource)?.noun;
        let id = self.id(&format!("{key}-settings"));
        let title = format!("The {noun} {key} is set up as intended");
        let form = vec![("on", Yaml::text(key)), ("expect", Yaml::Map(expect))];
        Some(Rule { id, title, form, is_grave: false, reason: None, notes: Vec::new() })
    }

    /// The settings of what stands between the ends of a flow, and is not what rules take it to be anyway.
    pub(super) fn wire(&mut self, wire: &Intended) -> Vec<(String, Yaml)> {
        let mut settings = self.expect(wire, &[]);
        settings.retain(|(name, value)| !(name == "Enabled" && *value == Yaml::Plain("true".to_owned())));
        settings
    }

    pub(super) fn expect(&mut self, resource: &Intended, judged: &[&str]) -> Vec<(String, Yaml)> {
        let Some(kind) = self.facts.kind(resource) else { return Vec::new() };
        let found_by: Vec<&str> = resource.select.iter().map(|(field, _)| field.as_str()).collect();
        let own_policy = kind.standing.own_policy.map(|own| own.field);
        let mut expect = Vec::new();
        for field in kind.fields() {
            let name = field.name.as_str();
            let said = name == kind.name_field
                || Some(name) == own_policy
                || found_by.contains(&name)
                || elsewhere(&resource.type_name).contains(&name);
            let Some(wanted) = resource.properties.get(name).filter(|_| !said) else { continue };
            let path = format!("{}.{name}", resource.key);
            let wanted = self.readable(resource, field, wanted, judged);
            if let Some(value) = wanted.and_then(|wanted| self.value(&field.shape, &wanted, &path)) {
                expect.push((name.to_owned(), value));
            }
        }
        expect
    }

    /// What of a field can be compared: without what is never read since it may be a secret, and without what flows judge.
    fn readable(&mut self, of: &Intended, field: &Field, wanted: &Wanted, judged: &[&str]) -> Option<Wanted> {
        let Wanted::Map(parts) = wanted else { return Some(wanted.clone()) };
        let mut parts = parts.clone();
        let mut secrets = Vec::new();
        match (of.type_name.as_str(), field.name.as_str()) {
            (FUNCTION, "Environment") => {
                if let Some(Wanted::Map(variables)) = parts.get_mut("Variables") {
                    variables.retain(|name, value| {
                        let kept = is_kept(value, &self.facts) || matches!(value, Wanted::Unknown(_));
                        if !kept {
                            secrets.push(name.clone());
                        }
                        kept
                    });
                }
            }
            (METHOD, "Integration") => {
                parts.retain(|name, _| !judged.contains(&name.as_str()));
                if let Some(Wanted::Map(parameters)) = parts.get_mut("RequestParameters") {
                    parameters.retain(|name, value| {
                        let text = super::policy::literal(value).unwrap_or_default();
                        let kept = !text.starts_with('\'') || name.ends_with(".header.Content-Type");
                        if !kept {
                            secrets.push(name.clone());
                        }
                        kept
                    });
                }
            }
            ("AWS::ApiGateway::Stage", "Variables") => {
                parts.retain(|name, value| {
                    let kept = is_kept(value, &self.facts);
                    if !kept {
                        secrets.push(name.clone());
                    }
                    kept
                });
            }
            _ => {}
        }
        if !secrets.is_empty() {
            let what = format!("{}.{}: {}", of.key, field.name, secrets.join(", "));
            self.leave(what, "such a text may be a secret, so it is not read from an account");
        }
        drop_empty(&mut parts);
        (!parts.is_empty()).then_some(Wanted::Map(parts))
    }

    /// A value as a rule expects it; none, with a note, if nothing of it can be compared.
    pub(super) fn value(&mut self, shape: &Shape, wanted: &Wanted, path: &str) -> Option<Yaml> {
        if let Wanted::Unknown(why) = wanted {
            self.leave(path, why);
            return None;
        }
        match (shape, wanted) {
            (Shape::Policy, document) => {
                let name = path.replace('.', "-");
                let file = self.keep(&name, path, document)?;
                Some(Yaml::map([("$policy", Yaml::Text(file))]))
            }
            (Shape::List(_) | Shape::Set(_), Wanted::List(items)) if items.is_empty() => {
                Some(Yaml::map([("$one_of", Yaml::List(vec![absent(), Yaml::List(Vec::new())]))]))
            }
            (Shape::List(item) | Shape::Set(item), Wanted::List(items)) => {
                let before = self.left.len();
                let known: Vec<Yaml> = items.iter().filter_map(|wanted| self.value(item, wanted, path)).collect();
                match (known.is_empty(), known.len() == items.len() && self.left.len() == before) {
                    (true, _) => None,
                    (_, true) => Some(Yaml::List(known)),
                    // Exactly these would be wrong where one is not known.
                    _ => Some(Yaml::map([("$contains", Yaml::List(known))])),
                }
            }
            (Shape::Struct(fields), Wanted::Map(parts)) => {
                let mut entries = Vec::new();
                for (name, part) in parts {
                    let path = format!("{path}.{name}");
                    match fields.iter().find(|field| field.name == *name) {
                        Some(field) => entries.extend(self.value(&field.shape, part, &path).map(|v| (name.clone(), v))),
                        None => self.leave(path, "it is not read"),
                    }
                }
                (!entries.is_empty()).then_some(Yaml::Map(entries))
            }
            (Shape::Map(item), Wanted::Map(parts)) => {
                let mut entries = Vec::new();
                for (name, part) in parts {
                    let path = format!("{path}.{name}");
                    if name.starts_with('$') {
                        self.leave(path, "a name that begins with $ means a matcher in rules");
                        continue;
                    }
                    entries.extend(self.value(item, part, &path).map(|value| (name.clone(), value)));
                }
                (!entries.is_empty()).then_some(Yaml::Map(entries))
            }
            (Shape::Bool, Wanted::Bool(value)) => Some(Yaml::Plain(value.to_string())),
            (Shape::Integer, Wanted::Number(value)) => Some(Yaml::Plain(value.to_string())),
            (Shape::Text | Shape::OneOf(_), Wanted::Bool(value)) => Some(Yaml::Text(value.to_string())),
            (Shape::Text | Shape::OneOf(_), Wanted::Number(value)) => Some(Yaml::Text(value.to_string())),
            (Shape::Text | Shape::Arn, Wanted::Like(pieces)) => {
                let text = self.written(pieces, path)?;
                Some(Yaml::map([("$like", Yaml::Text(text))]))
            }
            (shape, Wanted::Text(pieces)) => {
                let sample = self.facts.sample(pieces);
                let open = referred(wanted).iter().any(|name| self.facts.get(name).is_none());
                let fits = open
                    || match shape {
                        Shape::Bool => matches!(sample.as_str(), "true" | "false"),
                        Shape::Integer => sample.parse::<i64>().is_ok_and(|number| number.to_string() == sample),
                        Shape::Arn => sample.parse::<Arn>().is_ok(),
                        Shape::OneOf(values) => values.contains(&sample),
                        Shape::Text => true,
                        _ => false,
                    };
                if !fits {
                    self.leave(path, format!("{} is read there, and this is {sample}", shape.noun()));
                    return None;
                }
                let text = self.written(pieces, path)?;
                let plain = matches!(shape, Shape::Bool | Shape::Integer) && !text.contains("${");
                Some(if plain { Yaml::Plain(text) } else { Yaml::Text(text) })
            }
            (shape, _) => {
                self.leave(path, format!("{} is read there, and this is not", shape.noun()));
                None
            }
        }
    }

    fn written(&mut self, pieces: &[crate::intent::Piece], path: &str) -> Option<String> {
        written(pieces).map_err(|why| self.leave(path, why)).ok()
    }
}

/// What a flow from a method says of its integration.
const JUDGED_BY_FLOWS: &[&str] = &["Credentials", "IntegrationHttpMethod", "Type", "Uri"];

fn absent() -> Yaml {
    Yaml::map([("$absent", Yaml::Plain("true".to_owned()))])
}

fn drop_empty(parts: &mut std::collections::BTreeMap<String, Wanted>) {
    parts.retain(|_, part| !matches!(part, Wanted::Map(parts) if parts.is_empty()));
}
