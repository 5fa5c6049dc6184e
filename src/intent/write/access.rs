//! The policies that resources carry: rules on who may do what where they say only that, else the documents.

use super::draft::{Draft, Rule};
use super::facts::Facts;
use super::policy::{literal, one_or_more, statements};
use super::words::{self, kebab, list};
use super::yaml::Yaml;
use crate::intent::{Intended, Wanted};
use crate::model::{FUNCTION, OwnPolicy, QUEUE, ROLE};
use std::collections::BTreeMap;

/// Somebody whom a policy lets in: as rules name them, and in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Who {
    rule: Yaml,
    words: String,
}

/// A policy that is stated as a document, and the resources that are to carry it.
struct Whole {
    own: OwnPolicy,
    file: String,
    keys: Vec<String>,
}

/// One statement of a policy that says only who may do what.
struct Grant {
    actions: Vec<String>,
    who: Vec<Who>,
}

impl Draft<'_> {
    /// The rules on the policies that resources carry, in the order of `resources`.
    pub(super) fn policies(&mut self, resources: &[&Intended]) -> Vec<Rule> {
        let mut rules = Vec::new();
        let mut trusted: Vec<(Vec<Who>, Vec<String>)> = Vec::new();
        let mut whole: Vec<Whole> = Vec::new();
        for resource in resources {
            let Some(own) = self.facts.kind(resource).and_then(|kind| kind.standing.own_policy) else { continue };
            let Some(document) = resource.properties.get(own.field) else { continue };
            match simple(resource, document, &self.facts) {
                Some(grants) if resource.type_name == ROLE => {
                    let who: Vec<Who> = distinct(grants.into_iter().flat_map(|grant| grant.who));
                    match trusted.iter_mut().find(|(known, _)| *known == who) {
                        Some((_, keys)) => keys.push(resource.key.clone()),
                        None => trusted.push((who, vec![resource.key.clone()])),
                    }
                }
                Some(grants) => rules.extend(self.grants(resource, own.service, grants)),
                None => {
                    let Some(file) = self.kept(resource, own.noun, document) else { continue };
                    match whole.iter_mut().find(|of| of.own == own && of.file == file) {
                        Some(same) => same.keys.push(resource.key.clone()),
                        None => whole.push(Whole { own, file, keys: vec![resource.key.clone()] }),
                    }
                }
            }
        }
        rules.extend(whole.into_iter().map(|of| self.whole(of)));
        rules.extend(self.closed(resources));
        rules.extend(self.trust(trusted));
        rules
    }

    /// Only those whom the policy lets in may do what it lets them.
    fn grants(&mut self, resource: &Intended, service: &str, grants: Vec<Grant>) -> Vec<Rule> {
        let key = &resource.key;
        let mut by_action: BTreeMap<String, Vec<Who>> = BTreeMap::new();
        for grant in &grants {
            for action in &grant.actions {
                let who = by_action.entry(action.clone()).or_default();
                who.extend(grant.who.iter().filter(|one| !who.contains(one)).cloned().collect::<Vec<_>>());
            }
        }
        let mut groups: Vec<(Vec<String>, Vec<Who>)> = Vec::new();
        for (action, who) in by_action {
            match groups.iter_mut().find(|(_, known)| *known == who) {
                Some((actions, _)) => actions.push(action),
                None => groups.push((vec![action], who)),
            }
        }
        let mut rules = Vec::new();
        for (actions, who) in &groups {
            let id = self.id(&format!("{key}-{}", kebab(&actions[0])));
            let title = format!("Only {} may {} {key}", names(who), words::may(actions));
            let form = access(std::slice::from_ref(key), actions, "exactly", who);
            rules.push(Rule { id, title, form, is_grave: true, reason: None, notes: Vec::new() });
        }
        let everybody = distinct(groups.iter().flat_map(|(_, who)| who.iter().cloned()));
        let id = self.id(&format!("{key}-others"));
        let title = match everybody.is_empty() {
            true => format!("The policy of {key} lets nobody in but its own account"),
            false => format!("Nobody else may do anything to {key}"),
        };
        let every = [format!("{service}:*")];
        let mut form = access(std::slice::from_ref(key), &every, "at_most", &everybody);
        if !rules.is_empty() {
            form.push(("needs", Yaml::texts(rules.iter().map(|rule| rule.id.clone()))));
        }
        rules.push(Rule { id, title, form, is_grave: true, reason: None, notes: Vec::new() });
        rules
    }

    /// The path of the document of a policy, if it can be written.
    fn kept(&mut self, resource: &Intended, noun: &str, document: &Wanted) -> Option<String> {
        let key = &resource.key;
        if let Wanted::Unknown(why) = document {
            self.leave(format!("the {noun} of {key}"), why.clone());
            return None;
        }
        self.keep(&format!("{key}.{}", word(resource.type_name == ROLE)), &format!("the {noun} of {key}"), document)
    }

    /// The policies mean what the document means.
    fn whole(&mut self, Whole { own, file, keys }: Whole) -> Rule {
        let is_trust = own.service == "sts";
        let id = self.id(&format!("{}-{}", keys[0], word(is_trust)));
        let policy = Yaml::map([(own.field, Yaml::map([("$policy", Yaml::Text(file))]))]);
        let title = format!("The {} of {} says what is intended, and nothing else", own.noun, list(&keys));
        let form = vec![("on", one_or_list(&keys)), ("expect", policy)];
        Rule { id, title, form, is_grave: true, reason: None, notes: Vec::new() }
    }

    /// Queues and functions that are meant to have no policy let nobody in: AWS gives them none of its own.
    fn closed(&mut self, resources: &[&Intended]) -> Vec<Rule> {
        let mut rules = Vec::new();
        for (type_name, id, nouns) in [(QUEUE, "queues-closed", "queues"), (FUNCTION, "functions-closed", "functions")]
        {
            let without = |of: &&&Intended| of.type_name == type_name && !of.properties.contains_key("Policy");
            let keys: Vec<String> = resources.iter().filter(without).map(|of| of.key.clone()).collect();
            let service = if type_name == QUEUE { "sqs:*" } else { "lambda:*" };
            if keys.is_empty() {
                continue;
            }
            let title = match &keys[..] {
                [key] => format!("{key} has no policy of its own that lets anybody in"),
                _ => format!("{} {nouns} have no policies of their own that let anybody in", keys.len()),
            };
            let form = access(&keys, &[service.to_owned()], "at_most", &[]);
            let id = self.id(id);
            rules.push(Rule { id, title, form, is_grave: true, reason: None, notes: Vec::new() });
        }
        rules
    }

    fn trust(&mut self, trusted: Vec<(Vec<Who>, Vec<String>)>) -> Vec<Rule> {
        let mut rules = Vec::new();
        let all: Vec<String> = trusted.iter().flat_map(|(_, keys)| keys.clone()).collect();
        for (who, keys) in trusted {
            let id = match &keys[..] {
                [key] => format!("{key}-trust"),
                _ => format!("{}-trust", names(&who).to_lowercase().replace([' ', ',', '.'], "-")),
            };
            let id = self.id(&id);
            let assume = ["sts:AssumeRole".to_owned()];
            let title = format!("Only {} may assume {}", names(&who), list(&keys));
            let form = access(&keys, &assume, "exactly", &who);
            rules.push(Rule { id, title, form, is_grave: true, reason: None, notes: Vec::new() });
        }
        if !all.is_empty() {
            let id = self.id("roles-trust-nobody-else");
            let vouched = ["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"].map(str::to_owned);
            let title = "No identity provider may hand out these roles".to_owned();
            let form = access(&all, &vouched, "at_most", &[]);
            rules.push(Rule { id, title, form, is_grave: true, reason: None, notes: Vec::new() });
        }
        rules
    }
}

fn names(who: &[Who]) -> String {
    list(&who.iter().map(|who| who.words.clone()).collect::<Vec<_>>())
}

fn distinct(all: impl Iterator<Item = Who>) -> Vec<Who> {
    let mut distinct: Vec<Who> = Vec::new();
    all.for_each(|who| {
        if !distinct.contains(&who) {
            distinct.push(who);
        }
    });
    distinct
}

fn one_or_list(keys: &[String]) -> Yaml {
    match keys {
        [one] => Yaml::text(one),
        several => Yaml::texts(several.iter().cloned()),
    }
}

/// What documents and rules of a policy are called.
fn word(is_trust: bool) -> &'static str {
    if is_trust { "trust" } else { "policy" }
}

fn access(to: &[String], actions: &[String], side: &str, who: &[Who]) -> Vec<(&'static str, Yaml)> {
    let to = one_or_list(to);
    let who = Yaml::List(who.iter().map(|who| who.rule.clone()).collect());
    vec![("access", Yaml::map([("to", to), ("actions", Yaml::texts(actions.to_vec())), (side, who)]))]
}

/// What a policy says, if it says only who may do what to the resource that carries it.
fn simple(resource: &Intended, document: &Wanted, facts: &Facts<'_>) -> Option<Vec<Grant>> {
    let statements = statements(document);
    if statements.is_empty() {
        return None;
    }
    let mut grants = Vec::new();
    for statement in statements {
        let Wanted::Map(parts) = statement else { return None };
        let known = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"];
        if parts.keys().any(|element| !known.contains(&element.as_str())) || literal(parts.get("Effect")?)? != "Allow" {
            return None;
        }
        if let Some(on) = parts.get("Resource") {
            let own = facts.sample_of(resource, "Arn");
            let is_own =
                |on: &&Wanted| matches!(on, Wanted::Text(of) if ["*", &own].contains(&facts.sample(of).as_str()));
            if !one_or_more(on).iter().all(is_own) {
                return None;
            }
        }
        let condition = parts.get("Condition");
        let principals = principals(parts.get("Principal")?)?;
        // The account's own root hands the question on to the account's IAM, which no rule on access counts.
        if condition.is_none() && principals.iter().all(|(of, one)| of == "AWS" && is_own_account(one, facts)) {
            continue;
        }
        let source = match condition {
            None => None,
            Some(condition) => Some(source(condition, facts)?),
        };
        let mut who = Vec::new();
        for (of, one) in principals {
            who.push(match (of.as_str(), &source) {
                ("Service", source) => service(&literal(one)?, source.as_deref()),
                ("AWS", None) => {
                    let role = facts.named_by(one, ROLE)?;
                    Who { rule: Yaml::text(&role.key), words: role.key.clone() }
                }
                _ => return None,
            });
        }
        let mut actions = Vec::new();
        for action in one_or_more(parts.get("Action")?) {
            actions.push(words::action(&literal(action)?)?);
        }
        if resource.type_name == ROLE && actions != ["sts:AssumeRole"] {
            return None;
        }
        grants.push(Grant { actions, who });
    }
    Some(grants)
}

/// The principals of a statement, each with the type it stands under.
fn principals(principal: &Wanted) -> Option<Vec<(String, &Wanted)>> {
    let Wanted::Map(parts) = principal else { return None };
    let of = |(of, ones): (&String, _)| one_or_more(ones).into_iter().map(|one| (of.clone(), one)).collect::<Vec<_>>();
    Some(parts.iter().flat_map(of).collect())
}

fn is_own_account(one: &Wanted, facts: &Facts<'_>) -> bool {
    let Wanted::Text(pieces) = one else { return false };
    let sample = facts.sample(pieces);
    sample == "arn:aws:iam::000000000000:root" || sample == "000000000000"
}

/// The key of the one resource that a condition lets a service act for.
fn source(condition: &Wanted, facts: &Facts<'_>) -> Option<String> {
    let Wanted::Map(operators) = condition else { return None };
    let [(operator, keys)] = operators.iter().collect::<Vec<_>>()[..] else { return None };
    let Wanted::Map(keys) = keys else { return None };
    let [(key, value)] = keys.iter().collect::<Vec<_>>()[..] else { return None };
    let equals = ["ArnEquals", "ArnLike", "StringEquals"].contains(&operator.as_str());
    if !equals || !key.eq_ignore_ascii_case("aws:SourceArn") {
        return None;
    }
    let [value] = one_or_more(value)[..] else { return None };
    let Wanted::Text(pieces) = value else { return None };
    let arn = facts.sample(pieces);
    let found = facts.intent.resources.iter().find(|of| {
        facts.kind(of).is_some_and(|kind| kind.attribute("Arn").is_some()) && facts.sample_of(of, "Arn") == arn
    });
    found.map(|of| of.key.clone())
}

fn service(name: &str, source: Option<&str>) -> Who {
    let rule = match source {
        Some(source) => Yaml::map([("service", Yaml::text(name)), ("source", Yaml::text(source))]),
        None => Yaml::map([("service", Yaml::text(name))]),
    };
    let of = source.map_or_else(String::new, |source| format!(" for {source}"));
    Who { rule, words: format!("{}{of}", words::service(name)) }
}
