//! Links about the event source mapping between a source and a function: it is there, it is enabled, its settings.

use super::Edge;
use super::link::{Link, arn, read, settings, text};
use crate::model::{FUNCTION, Gap, MAPPING, Resource, Value};

/// The mapping of a flow, or the link that says why there is none.
pub(super) enum Trigger<'a> {
    /// It is declared, so that its own rule says that it is there.
    Declared(&'a Resource),
    Found(&'a Resource, Link),
    Not(Link),
}

/// The mapping from the source to the function. `is_from` says whether a mapping with this source is meant.
pub(super) fn of<'a>(edge: &Edge<'a>, is_from: impl Fn(&str) -> bool) -> Trigger<'a> {
    if let Some(declared) = edge.wire {
        return Trigger::Declared(declared);
    }
    let function = arn(edge.to);
    let (source, name) = (&edge.from.name, &edge.to.name);
    let wanted = format!("a trigger of {name} from {source}");
    let (mut found, mut gaps): (Vec<&Resource>, Vec<&Gap>) = (Vec::new(), Vec::new());
    let (mut elsewhere, mut others) = (Vec::new(), Vec::new());
    for mapping in edge.reach.listed(MAPPING, &edge.to.region).iter().copied() {
        let from = text(&mapping.properties, &["EventSourceArn"]);
        let to = text(&mapping.properties, &["FunctionArn"]);
        match (from, to) {
            (Ok(Some(from)), Ok(Some(to))) => match (is_from(&from), is_function(&to, &function)) {
                (true, true) => found.push(mapping),
                (true, false) => elsewhere.push(to),
                (false, true) => others.push(from),
                (false, false) => {}
            },
            (Err(gap), Ok(Some(to))) if is_function(&to, &function) => gaps.push(gap),
            (Ok(Some(from)), Err(gap)) if is_from(&from) => gaps.push(gap),
            (Err(gap), Err(_)) => gaps.push(gap),
            _ => {}
        }
    }
    // Where there are several, one that is enabled does the work.
    found.sort_by_key(|mapping| (state(mapping) != Ok(Some("Enabled".to_owned())), mapping.id.clone()));
    if let Some(mapping) = found.first() {
        let link = Link::pass("wire", wanted, format!("the trigger {}", mapping.name)).resting_on(&mapping.calls);
        return Trigger::Found(mapping, link);
    }
    let (calls, unlisted) = edge.reach.lists(MAPPING, &edge.to.region, None);
    if let Some(gap) = gaps.into_iter().next().or(unlisted.first()) {
        return Trigger::Not(Link::unread("wire", wanted, gap));
    }
    let mut words = vec!["there is none".to_owned()];
    if let Some(to) = elsewhere.first() {
        words.push(format!("{source} triggers {} instead", to.rsplit(':').next().unwrap_or(to)));
    }
    if let Some(from) = others.first() {
        words.push(format!("{name} is triggered by {from}"));
    }
    Trigger::Not(Link::fail("wire", wanted, words.join("; ")).resting_on(&calls))
}

/// Whether `found` is the function with the ARN `function`, or a version or alias of it.
fn is_function(found: &str, function: &str) -> bool {
    found == function || found.strip_prefix(function).is_some_and(|rest| rest.starts_with(':'))
}

fn state(mapping: &Resource) -> Result<Option<String>, &Gap> {
    text(&mapping.properties, &["State"])
}

/// The links that every trigger has.
pub(super) fn links(edge: &Edge<'_>, mapping: &Resource) -> Vec<Link> {
    let mut links = vec![enabled(mapping)];
    links.extend(version(edge, mapping));
    links.extend(filter(edge, mapping));
    links.extend(settings_of(edge, mapping));
    links
}

/// A trigger of a version or an alias calls that one, whose settings may be others than those that are read.
fn version(edge: &Edge<'_>, mapping: &Resource) -> Option<Link> {
    let function = text(&mapping.properties, &["FunctionArn"]).ok().flatten()?;
    let qualifier = function.strip_prefix(&arn(edge.to))?.strip_prefix(':')?.to_owned();
    let wanted = format!("the trigger calls {} as it is now", edge.to.name);
    let why = format!("it calls its version or alias {qualifier}, whose role and settings are not read");
    Some(Link::unclear("version", wanted, why))
}

/// That no filter keeps anything back, unless the rule states one. What a filter does not take is gone: of a queue, Lambda
/// deletes it.
fn filter(edge: &Edge<'_>, mapping: &Resource) -> Option<Link> {
    if edge.settings.iter().any(|(field, _)| field == "FilterCriteria") {
        return None;
    }
    let wanted = format!("no filter keeps anything from {}", edge.to.name);
    match read(&mapping.properties, &["FilterCriteria"]) {
        Ok(None) => None,
        Ok(Some(filter)) => {
            let patterns = match filter.get("Filters") {
                Value::Set(filters) | Value::List(filters) => {
                    let of = |filter: &Value| filter.get("Pattern").as_text().unwrap_or_default();
                    filters.iter().map(of).collect::<Vec<_>>().join(" or ")
                }
                other => other.to_string(),
            };
            Some(Link::fail("filter", wanted, format!("it gives the function only what is like {patterns}")))
        }
        Err(gap) => Some(Link::unread("filter", wanted, gap)),
    }
}

/// That the mapping is enabled.
fn enabled(mapping: &Resource) -> Link {
    let wanted = "the trigger is enabled";
    let result = match text(&mapping.properties, &["LastProcessingResult"]) {
        Ok(Some(result)) if result.starts_with("PROBLEM") => format!("; Lambda reports: {result}"),
        _ => String::new(),
    };
    let reason = match text(&mapping.properties, &["StateTransitionReason"]) {
        Ok(Some(reason)) => format!(" ({reason})"),
        _ => String::new(),
    };
    let link = match (state(mapping), read(&mapping.properties, &["Enabled"])) {
        (Ok(Some(state)), _) => match state.as_str() {
            "Enabled" => Link::pass("enabled", wanted, format!("it is enabled{result}")),
            "Disabled" | "Disabling" | "Deleting" => {
                Link::fail("enabled", wanted, format!("its state is {state}{reason}{result}"))
            }
            _ => Link::unclear("enabled", wanted, format!("its state is {state}, which passes; repeat the scan")),
        },
        (_, Ok(Some(Value::Bool(true)))) => Link::pass("enabled", wanted, format!("it is enabled{result}")),
        (_, Ok(Some(Value::Bool(false)))) => Link::fail("enabled", wanted, format!("it is disabled{reason}{result}")),
        (Err(gap), _) | (_, Err(gap)) => Link::unread("enabled", wanted, gap),
        _ => Link::unclear("enabled", wanted, "the trigger has no state"),
    };
    link.resting_on(&mapping.calls)
}

/// The settings that the rule states.
fn settings_of(edge: &Edge<'_>, mapping: &Resource) -> Option<Link> {
    debug_assert_eq!(edge.to.type_name, FUNCTION);
    let link = settings("settings", edge.settings, |field| mapping.properties.get(field).clone())?;
    Some(link.resting_on(&mapping.calls))
}
