//! A difference between policies, as people and programs read it.

use super::paragraph::hanging;
use crate::iam::catalogue::Catalogue;
use crate::iam::document::Place;
use crate::iam::relate::{ActionNames, Listed};
use crate::iam::{Difference, Excess, Lack, Request, World};
use serde::Serialize;

/// A difference, as programs read it.
#[derive(Debug, Serialize)]
pub(super) struct Found {
    verdict: &'static str,
    grants: Vec<Grant>,
    /// Grants beside these that are not listed.
    left_out: usize,
    /// What could not be decided.
    unknown: Vec<String>,
}

/// A grant that goes beyond, as programs read it.
#[derive(Debug, Serialize)]
struct Grant {
    allowed_by: Vec<Statement>,
    actions: Actions,
    resources: Items,
    conditions: Vec<String>,
    principals: Items,
    lack: What,
    request: Request,
    world: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A statement, as programs read it.
#[derive(Debug, Serialize)]
pub(super) struct Statement {
    policy: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    /// From 0.
    index: usize,
    /// From 1.
    line: usize,
}

#[derive(Debug, Serialize)]
struct Items {
    items: Vec<String>,
    left_out: usize,
}

#[derive(Debug, Serialize)]
struct Actions {
    names: Vec<String>,
    left_out: usize,
    all_but: bool,
    count: usize,
    future: bool,
}

/// What keeps the other from allowing it.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum What {
    NoStatement,
    Narrower { statement: Statement, principals: bool, resources: bool, conditions: Vec<String> },
    Denied { statement: Statement },
}

/// The answer for one direction.
pub(super) fn verdict(difference: &Difference) -> &'static str {
    match (difference.grants.is_empty(), difference.unknown.is_empty()) {
        (false, _) => "not-contained",
        (true, false) => "unknown",
        (true, true) => "contained",
    }
}

pub(super) fn world(world: World) -> &'static str {
    match world {
        World::Known => "known",
        World::Future => "future",
    }
}

impl Statement {
    pub(super) fn of(place: &Place) -> Self {
        Self { policy: place.origin.name.clone(), sid: place.sid.clone(), index: place.index, line: place.line }
    }
}

impl Statement {
    /// How a person finds it in its document.
    pub(super) fn title(&self) -> String {
        match &self.sid {
            Some(sid) => format!("statement \"{sid}\""),
            None => format!("statement {}", self.index + 1),
        }
    }
}

impl Items {
    fn of(listed: Listed) -> Self {
        Self { items: listed.items, left_out: listed.left_out }
    }
}

impl Found {
    /// `advise`: say what to do about each grant.
    pub(super) fn of(difference: Difference, advise: bool) -> Self {
        let grant = |excess: Excess| Grant {
            next: advise.then(|| next(&excess)),
            allowed_by: excess.allowed_by.iter().map(Statement::of).collect(),
            resources: Items::of(excess.resources),
            conditions: excess.conditions,
            principals: Items::of(excess.principals),
            lack: match excess.lack {
                Lack::NoStatement => What::NoStatement,
                Lack::Denied(place) => What::Denied { statement: Statement::of(&place) },
                Lack::Narrower { place, principals, resources, conditions } => {
                    What::Narrower { statement: Statement::of(&place), principals, resources, conditions }
                }
            },
            world: world(excess.witness.world),
            request: excess.witness.request,
            actions: {
                let ActionNames { names, all_but, count, future, .. } = excess.actions;
                Actions { names: names.items, left_out: names.left_out, all_but, count, future }
            },
        };
        Self {
            verdict: verdict(&difference),
            left_out: difference.left_out,
            unknown: difference.unknown,
            grants: difference.grants.into_iter().map(grant).collect(),
        }
    }
}

/// Items of a list that are shown to a person.
const SHOWN: usize = 12;
/// The longest label.
const LABEL: usize = 9;

/// The grants for a person, one paragraph each. `other`: what the ceiling is called.
pub(super) fn text(difference: &Difference, other: &str, advise: bool, width: usize) -> String {
    because_of(difference, &|lack| because(lack, other), advise, width)
}

/// The same, where `because` says what keeps the ceiling from allowing it.
pub(super) fn because_of(
    difference: &Difference,
    because: &dyn Fn(&Lack) -> String,
    advise: bool,
    width: usize,
) -> String {
    let mut text = String::new();
    for (at, excess) in difference.grants.iter().enumerate() {
        let places: Vec<String> = excess.allowed_by.iter().map(at_line).collect();
        text.push_str(&hanging(2, &(at + 1).to_string(), 2, &places.join(", limited by "), width));
        let mut line = |label: &str, said: &str| text.push_str(&hanging(6, label, LABEL, said, width));
        line("actions", &actions(&excess.actions, &excess.witness.request.action));
        if !excess.resources.items.is_empty() {
            line("resources", &listed(&excess.resources));
        }
        if !excess.principals.items.is_empty() {
            line("who", &listed(&excess.principals));
        }
        if !excess.conditions.is_empty() {
            line("if", &excess.conditions.join(", and "));
        }
        line("because", &because(&excess.lack));
        line("proof", &excess.witness.to_string());
        if advise {
            line("next", &next(excess));
        }
    }
    if difference.left_out > 0 {
        text.push_str(&hanging(2, "", 0, &format!("… and {} more grants", difference.left_out), width));
    }
    for why in &difference.unknown {
        text.push_str(&hanging(2, "unknown", LABEL, why, width));
    }
    text
}

/// A statement with its line.
pub(super) fn at_line(place: &Place) -> String {
    format!("{place}, line {}", place.line)
}

fn listed(list: &Listed) -> String {
    let hidden = list.left_out + list.items.len().saturating_sub(SHOWN);
    let shown = list.items.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if hidden == 0 { shown } else { format!("{shown} and {hidden} more") }
}

fn actions(actions: &ActionNames, example: &str) -> String {
    let date = Catalogue::embedded().date();
    match (actions.count, actions.future) {
        (0, _) => format!("none of the catalogue of {date}; names that AWS may add, such as {example}"),
        (_, future) => {
            let names = match (actions.all_but, actions.names.items.is_empty()) {
                (true, true) => "every action".to_owned(),
                (true, false) => format!("every action but {}", listed(&actions.names)),
                (false, _) => listed(&actions.names),
            };
            if future { format!("{names}; and names that AWS may add") } else { names }
        }
    }
}

pub(super) fn because(lack: &Lack, other: &str) -> String {
    match lack {
        Lack::NoStatement => format!("no statement of {other} allows the action"),
        Lack::Denied(place) => format!("{} denies it", at_line(place)),
        Lack::Narrower { place, principals, resources, conditions } => {
            let mut parts = Vec::new();
            if *principals {
                parts.push("names other principals".to_owned());
            }
            if *resources {
                parts.push("covers other resources".to_owned());
            }
            if !conditions.is_empty() {
                parts.push(format!("asks for {}", conditions.join(" and ")));
            }
            format!("{} {}", at_line(place), parts.join(", and "))
        }
    }
}

/// What to do about a grant that goes beyond.
fn next(excess: &Excess) -> String {
    let here = excess.allowed_by.first().map(ToString::to_string).unwrap_or_default();
    match &excess.lack {
        Lack::NoStatement => format!("take the actions out of {here}, if they are not needed"),
        Lack::Denied(place) => format!("leave out of {here} what {place} denies"),
        Lack::Narrower { principals: true, .. } => format!("name fewer principals in {here}"),
        Lack::Narrower { resources: true, place, .. } => format!("narrow Resource of {here} to what {place} covers"),
        Lack::Narrower { conditions, .. } => format!("add to {here} the condition {}", conditions.join(" and ")),
    }
}
