//! The flows of an intent: what hands something to what, recognised by what joins them.

use super::facts::{Facts, part, referred};
use super::granted::Granted;
use super::text::shown;
use crate::iam::catalogue::Catalogue;
use crate::intent::{Intended, Left, Piece, Wanted};
use crate::model::{FUNCTION, MAPPING, METHOD, Mechanism, QUEUE, ROLE, SUBSCRIPTION, TABLE, TOPIC};
use std::collections::BTreeSet;

/// A flow that was recognised.
#[derive(Debug, Clone)]
pub(super) struct Drawn<'a> {
    pub(super) from: &'a Intended,
    pub(super) to: &'a Intended,
    pub(super) mechanism: &'static Mechanism,
    /// The role that a method acts as.
    pub(super) role: Option<&'a Intended>,
    /// The actions that a function's code is meant to do, where they are known.
    pub(super) actions: Vec<String>,
    /// The variable that names a function's target, where it can be read.
    pub(super) variable: Option<String>,
    /// The resource between the ends, where there is one.
    pub(super) wire: Option<&'a Intended>,
}

/// The flows, each once.
pub(super) fn flows<'a>(facts: &Facts<'a>, left: &mut Vec<Left>) -> Vec<Drawn<'a>> {
    let mut flows: Vec<Drawn<'a>> = Vec::new();
    let all = of_mappings(facts)
        .into_iter()
        .chain(of_subscriptions(facts))
        .chain(of_methods(facts))
        .chain(of_functions(facts, left));
    for flow in all {
        if !flows.iter().any(|known| known.from.key == flow.from.key && known.to.key == flow.to.key) {
            flows.push(flow);
        }
    }
    flows
}

fn drawn<'a>(from: &'a Intended, to: &'a Intended) -> Option<Drawn<'a>> {
    let mechanism = Mechanism::between(&from.type_name, &to.type_name)?;
    Some(Drawn { from, to, mechanism, role: None, actions: Vec::new(), variable: None, wire: None })
}

/// What a hanging resource says of the other end: by what it is like, or by what it is found by.
pub(super) fn field<'w>(resource: &'w Intended, name: &str) -> Option<&'w Wanted> {
    let found_by = resource.select.iter().find(|(field, _)| field == name).map(|(_, wanted)| wanted);
    resource.properties.get(name).or(found_by)
}

fn of_mappings<'a>(facts: &Facts<'a>) -> Vec<Drawn<'a>> {
    let of = |mapping: &'a Intended| {
        let function = facts.get(mapping.of.as_deref()?)?;
        // What is meant to be turned off hands nothing on.
        if field(mapping, "Enabled") == Some(&Wanted::Bool(false)) {
            return None;
        }
        let source = source(mapping, facts)?;
        Some(Drawn { wire: Some(mapping), ..drawn(source, function)? })
    };
    facts.of_type(MAPPING).filter_map(of).collect()
}

/// The queue or table that a mapping takes records from.
pub(super) fn source<'a>(mapping: &Intended, facts: &Facts<'a>) -> Option<&'a Intended> {
    let source = field(mapping, "EventSourceArn")?;
    if let Wanted::Like(_) = source {
        let keys = referred(source);
        return facts.get(keys.first()?).filter(|of| matches!(of.type_name.as_str(), QUEUE | TABLE));
    }
    facts.named_by(source, QUEUE).or_else(|| facts.named_by(source, TABLE))
}

fn of_subscriptions<'a>(facts: &Facts<'a>) -> Vec<Drawn<'a>> {
    let of = |subscription: &'a Intended| {
        let topic = facts.get(subscription.of.as_deref()?)?;
        let protocol = field(subscription, "Protocol").and_then(super::policy::literal)?;
        let endpoint = field(subscription, "Endpoint");
        let to = match protocol.as_str() {
            "sqs" => facts.named_by(endpoint?, QUEUE)?,
            "lambda" => facts.named_by(endpoint?, FUNCTION)?,
            _ => subscription,
        };
        Some(Drawn { wire: Some(subscription), ..drawn(topic, to)? })
    };
    facts.of_type(SUBSCRIPTION).filter_map(of).collect()
}

fn of_methods<'a>(facts: &Facts<'a>) -> Vec<Drawn<'a>> {
    let of = |method: &'a Intended| {
        let Wanted::Text(uri) = part(&method.properties, &["Integration", "Uri"])? else { return None };
        let uri = facts.sample(uri);
        let target = if uri.contains(":sqs:") {
            let named = |queue: &&Intended| uri.ends_with(&format!("/{}", facts.sample_of(queue, "QueueName")));
            let mentioned = || {
                let keys = referred(method.properties.get("Integration")?);
                keys.iter().filter_map(|key| facts.get(key)).find(|of| of.type_name == QUEUE)
            };
            facts.of_type(QUEUE).find(named).or_else(mentioned)
        } else {
            let invoked = |function: &&Intended| uri.contains(&format!("/{}/", facts.sample_of(function, "Arn")));
            facts.of_type(FUNCTION).find(invoked)
        }?;
        let role = part(&method.properties, &["Integration", "Credentials"]).and_then(|of| facts.named_by(of, ROLE));
        Some(Drawn { role, ..drawn(method, target)? })
    };
    facts.of_type(METHOD).filter_map(of).collect()
}

fn of_functions<'a>(facts: &Facts<'a>, left: &mut Vec<Left>) -> Vec<Drawn<'a>> {
    let mut flows = Vec::new();
    let fed = of_mappings(facts);
    for function in facts.of_type(FUNCTION) {
        let granted = facts.role_of(function).map(|role| Granted::of(role, facts));
        let named = granted.as_ref().map(|granted| granted.named(facts)).unwrap_or_default();
        for target in [QUEUE, TABLE, TOPIC].into_iter().flat_map(|of| facts.of_type(of)) {
            let Some(flow) = drawn(function, target) else { continue };
            let feeds = fed.iter().find(|feed| feed.from.key == target.key && feed.to.key == function.key);
            let told = told_by(function, target, facts);
            let arn = facts.sample_of(target, "Arn");
            let polls = |action: &str| {
                let mechanism = feeds.map(|feed| feed.mechanism);
                mechanism.is_some_and(|of| of.actions.contains(&action) || of.also.contains(&action))
            };
            let actions = asked(&named, flow.mechanism, (target, &arn), facts);
            let mut actions: Vec<String> = actions.into_iter().filter(|action| !polls(action)).collect();
            let allowed = |action: &str| granted.as_ref().is_some_and(|granted| granted.allows(action, &arn));
            if actions.is_empty() && feeds.is_none() && told.is_some() {
                let usual = flow.mechanism.actions.iter().map(|action| (*action).to_owned());
                actions = usual.filter(|action| allowed(action)).collect();
                if actions.is_empty() && granted.is_some() {
                    let what = format!("{} is told of {}", function.key, target.key);
                    let why = "its role names no action on it, so that what it does there is not known".to_owned();
                    left.push(Left { what, why });
                }
            }
            if actions.iter().all(|action| allowed(action)) && !actions.is_empty() {
                let variable = told.filter(|(_, kept)| *kept).map(|(name, _)| name);
                flows.push(Drawn { actions, variable, ..flow });
            }
        }
    }
    flows
}

/// The actions on a target that are named one by one, in statements that are about it: that name it, or everything where
/// there is no other of its type.
fn asked(
    named: &[(String, Vec<String>)],
    mechanism: &Mechanism,
    (target, arn): (&Intended, &str),
    facts: &Facts<'_>,
) -> Vec<String> {
    let Some(kind) = facts.kind(target) else { return Vec::new() };
    let alone = facts.of_type(&target.type_name).count() == 1;
    let resource_type = kind.standing.own_policy.map(|own| own.resource_type);
    let mut actions: Vec<String> = Vec::new();
    for (name, resources) in named {
        // A pattern that is about this target alone stands for what one usually does to it.
        if name.contains(['*', '?']) {
            let usual = |action: &&&str| Catalogue::embedded().matching(name).any(|of| of.full_name() == ***action);
            if resources.iter().any(|resource| resource == arn) {
                actions.extend(mechanism.actions.iter().filter(usual).map(|action| (*action).to_owned()));
            }
            continue;
        }
        let about = |resource: &String| resource == arn || (alone && resource == "*");
        let Some(action) = Catalogue::embedded().action(name) else { continue };
        let full = action.full_name();
        let on_it = action.resource_types().any(|of| Some(of.resource_type().name()) == resource_type);
        if action.prefix() == kind.service && on_it && resources.iter().any(about) && !actions.contains(&full) {
            actions.push(full);
        }
    }
    // What only looks at the target says nothing of what is handed on.
    let mut seen = BTreeSet::new();
    actions.retain(|action| seen.insert(action.clone()));
    let works: Vec<String> =
        actions.iter().filter(|action| !mechanism.also.contains(&action.as_str())).cloned().collect();
    if works.is_empty() { actions } else { works }
}

/// The variable of a function that names a target, and whether its value is kept when an account is read: that of a name
/// is only where the rules say it.
fn told_by(function: &Intended, target: &Intended, facts: &Facts<'_>) -> Option<(String, bool)> {
    let Some(Wanted::Map(variables)) = part(&function.properties, &["Environment", "Variables"]) else { return None };
    let (name, value) = variables
        .iter()
        .find(|(_, value)| facts.named_by(value, &target.type_name).is_some_and(|found| found.key == target.key))?;
    Some((name.clone(), is_kept(value, facts)))
}

/// Whether a text is one that is kept when an account is read, and is not redacted as something that may be a secret.
pub(super) fn is_kept(value: &Wanted, facts: &Facts<'_>) -> bool {
    let Wanted::Text(pieces) = value else { return false };
    let sample = facts.sample(pieces);
    let parameter = matches!(&pieces[..], [Piece::Reference(name)]
        if facts.intent.parameters.iter().any(|parameter| parameter.name == *name));
    let declared = facts.intent.resources.iter().filter_map(|resource| resource.name.as_deref());
    sample.parse::<crate::model::Arn>().is_ok()
        || parameter
        || shown(pieces) == "${AWS::Region}"
        || sample.starts_with("https://sqs.")
        || sample.is_empty()
        || declared.into_iter().any(|name| facts.sample(name) == sample)
}
