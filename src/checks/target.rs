//! Things that another thing names by ARN: whether they are still there.
//!
//! Looked for are queues, topics, functions, tables and REST APIs of the same account and region, in the lists of these.
//! That one is gone follows from a list that was read to its end, and from nothing else; what is of another account,
//! region or service is not looked at, and said not to be.

use super::Case;
use super::settings::{Rows, text};
use crate::model::{Arn, Call, FUNCTION, Gap, QUEUE, TABLE, TOPIC, Verdict};

/// The type name of REST APIs.
pub(super) const REST_API: &str = "AWS::ApiGateway::RestApi";

/// What became of a thing that is named.
#[derive(Debug)]
pub(super) enum Target {
    /// It was found.
    There(String),
    /// A complete list lacks it.
    Gone(String),
    /// What was read leaves it open, in words.
    Unsure(String),
    /// What was not read leaves it open.
    Unread(Vec<Gap>),
    /// It is nothing that is looked for, in words.
    NotLookedAt(String),
}

/// What became of a thing, and the calls that say so.
#[derive(Debug)]
pub(super) struct Looked {
    pub(super) target: Target,
    pub(super) calls: Vec<Call>,
}

impl Looked {
    fn not_at(what: impl Into<String>) -> Self {
        Self { target: Target::NotLookedAt(format!("{}, which is not looked at", what.into())), calls: Vec::new() }
    }

    /// Adds to `rows` what became of the thing that stands at `path`.
    pub(super) fn say(self, path: impl Into<String>, rows: &mut Rows) {
        rows.rest_on(&self.calls);
        match self.target {
            Target::There(words) | Target::NotLookedAt(words) => rows.pass(path, words),
            Target::Gone(words) => rows.fail(path, words),
            Target::Unsure(words) => rows.say(path, Verdict::Unknown, words),
            Target::Unread(gaps) => rows.unread(path, &gaps.iter().collect::<Vec<_>>()),
        }
    }
}

/// What the resource part of an ARN names.
struct Named<'a> {
    type_name: &'static str,
    noun: &'static str,
    name: &'a str,
    /// A version or an alias, of which no list is read.
    qualifier: Option<&'a str>,
}

/// What `arn` names, if that is of a kind that is looked for.
fn named(arn: &Arn) -> Option<Named<'_>> {
    let whole = arn.resource.as_str();
    let of = |type_name, noun, name| Some(Named { type_name, noun, name, qualifier: None });
    match arn.service.as_str() {
        "sqs" => of(QUEUE, "queue", whole),
        // A subscription has a colon in it.
        "sns" if !whole.contains(':') => of(TOPIC, "topic", whole),
        "execute-api" => of(REST_API, "REST API", whole.split('/').next().unwrap_or_default()),
        "dynamodb" => of(TABLE, "table", whole.strip_prefix("table/")?.split('/').next().unwrap_or_default()),
        "lambda" => {
            let (name, qualifier) = match whole.strip_prefix("function:")?.split_once(':') {
                Some((name, qualifier)) => (name, Some(qualifier).filter(|qualifier| *qualifier != "$LATEST")),
                None => (whole.strip_prefix("function:")?, None),
            };
            Some(Named { type_name: FUNCTION, noun: "function", name, qualifier })
        }
        _ => None,
    }
}

/// What became of the thing with the ARN `arn`, which the resource of `case` names.
pub(super) fn look(case: &Case<'_>, arn: &str) -> Looked {
    let Ok(parsed) = arn.parse::<Arn>() else {
        let what = if arn.contains(['*', '?', '$']) { "is a pattern" } else { "is no ARN" };
        return Looked::not_at(format!("{arn} {what}"));
    };
    let Some(Named { type_name, noun, name, qualifier }) = named(&parsed) else {
        return Looked::not_at(format!("{arn} is of another service"));
    };
    let (region, account) = (&case.resource.region, &case.reach.account.caller.account);
    if [&parsed.region, &parsed.account, name].iter().any(|part| part.contains(['*', '?', '$'])) {
        return Looked::not_at(format!("{arn} is a pattern and no one {noun}"));
    }
    if parsed.partition != case.place.partition || parsed.account != *account {
        return Looked::not_at(format!("{arn} is of another account"));
    }
    if parsed.region != *region {
        return Looked::not_at(format!("{arn} is in another region"));
    }
    let mut gaps = Vec::new();
    for found in case.reach.listed(type_name, region) {
        let is_it = match type_name {
            REST_API => text(found, &["RestApiId"]).map(|id| id.as_deref() == Some(name)),
            _ => Ok(found.name == name),
        };
        match is_it {
            Ok(true) => {
                let there = match qualifier {
                    Some(qualifier) => {
                        format!(
                            "the function {name} is there; whether it has the version or alias {qualifier} is not read"
                        )
                    }
                    None => format!("the {noun} {} is there", found.name),
                };
                return Looked { target: Target::There(there), calls: found.calls.clone() };
            }
            Ok(false) => {}
            Err(gap) => gaps.push(gap.clone()),
        }
    }
    let (calls, unlisted) = case.reach.lists(type_name, region, None);
    gaps.extend(unlisted);
    let target = if !gaps.is_empty() {
        Target::Unread(gaps)
    } else if type_name == REST_API {
        Target::Unsure(format!(
            "no REST API has the id {name}; an HTTP or WebSocket API may have it, and those are not read, so check it by hand"
        ))
    } else {
        Target::Gone(format!("the {noun} {name} is not there ({arn})"))
    };
    Looked { target, calls }
}
