//! The request that proves an answer.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::actions::Class;
use super::key::{self, State};
use super::search::{Choice, RESOURCE, Region, Table};
use super::text::{Letter, Word};
use super::who::Who;
use super::{Grants, Scene};
use crate::iam::catalogue::Catalogue;
use crate::iam::document::Place;
use crate::iam::request::{Context, ContextValue, Request};

/// A request that one set of policies allows and another does not; the evaluator has decided it so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// The request.
    pub request: Request,
    /// Whether it can be made today.
    pub world: World,
    /// The statements that allow it, one of each layer.
    pub allowed_by: Vec<Place>,
    /// The statement of the other side that denies it; `None`: no statement there allows it.
    pub denied_by: Option<Place>,
}

/// Whether the action of a request exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum World {
    /// The catalogue has the action.
    Known,
    /// It is a name that the catalogue does not have: AWS may add it, or it is newer than the catalogue.
    Future,
}

impl fmt::Display for Witness {
    /// One line: `sqs:SendMessage on arn:… by arn:… with aws:SecureTransport=true`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.request)?;
        if self.world == World::Future {
            f.write_str(" (an action that AWS may add)")?;
        }
        Ok(())
    }
}

/// The ARN that an example of a resource of this action has.
fn examples(action: &str, scene: &Scene) -> Vec<String> {
    let Scene { partition, region, account, .. } = scene;
    let (service, _) = action.split_once(':').unwrap_or((action, ""));
    let made_up = format!("arn:{partition}:{service}:{region}:{account}:something");
    let Some(known) = Catalogue::embedded().action(action) else { return vec![made_up, "*".to_owned()] };
    if known.is_wildcard_only() {
        return vec!["*".to_owned()];
    }
    let mut targets: Vec<_> = known.resource_types().collect();
    targets.sort_by_key(|target| !target.is_required());
    let of = targets
        .iter()
        .flat_map(|target| target.resource_type().arn_formats())
        .map(|format| format.example(partition, region, account));
    of.chain([made_up]).collect()
}

/// Actions of a class that are looked at for one that goes with the resources of a region.
const LOOKED_AT: usize = 32;

/// An action of the class, and resources that go with it, such that a request in the region can be made as far as the
/// catalogue tells: the search knows nothing of which actions go with which resources.
fn realisable(table: &Table, region: &Region, class: &Class, scene: &Scene) -> (String, Vec<String>) {
    let service = |arn: &str| arn.split(':').nth(2).map(str::to_owned);
    let known = class.known.iter().filter_map(|at| Catalogue::embedded().action_at(*at as usize));
    let others = known.skip(1).take(LOOKED_AT).map(|action| action.full_name());
    let first = (class.action.clone(), examples(&class.action, scene));
    let mut all = std::iter::once(first.clone()).chain(others.map(|action| {
        let hints = examples(&action, scene);
        (action, hints)
    }));
    let goes = all.find(|(_, hints)| match table.resource(region, hints) {
        None => true,
        Some(word) => super::text::plain(&word).is_none_or(|text| match text.as_str() {
            "*" => hints.iter().any(|hint| hint == "*"),
            arn => hints.iter().any(|hint| hint != "*" && service(hint) == service(arn)),
        }),
    });
    goes.unwrap_or(first)
}

/// A request in a region.
pub(super) fn make(
    table: &Table,
    region: &Region,
    class: &Class,
    (who, scene): (&Who, &Scene),
    world: World,
    allowed_by: Vec<Place>,
    denied_by: Option<Place>,
) -> Witness {
    let (action, hints) = realisable(table, region, class, scene);
    let mut resource = Word::new();
    let mut has_resource = false;
    let mut states: BTreeMap<Arc<str>, State> = BTreeMap::new();
    for (dimension, choice) in table.choose(region, &hints) {
        match choice {
            Choice::Resource(word) => {
                resource = word;
                has_resource = true;
            }
            Choice::Key(state) => drop(states.insert(Arc::clone(table.name(dimension)), state)),
        }
    }
    if !has_resource {
        resource = super::text::word(hints.first().map_or("*", String::as_str));
    }
    debug_assert!(region.iter().all(|(dimension, _)| *dimension != RESOURCE || has_resource));
    // The variables first: what they stand for is written into the rest.
    let of_key = |name: &Arc<str>| match states.get(name) {
        Some(State::One(word)) if word.iter().all(|letter| matches!(letter, Letter::Char(_))) => {
            plain(word, &BTreeMap::new())
        }
        _ => key::example(name),
    };
    let words = states.values().flat_map(|state| match state {
        State::Missing => &[][..],
        State::One(word) => std::slice::from_ref(word),
        State::Many(words) => words,
    });
    let mut variables: BTreeMap<Arc<str>, String> = BTreeMap::new();
    for letter in words.flatten().chain(&resource) {
        if let Letter::Variable(name) | Letter::FoldVariable(name) = letter
            && !variables.contains_key(name)
        {
            variables.insert(Arc::clone(name), of_key(name));
        }
    }
    let mut context = Context::new();
    for (name, state) in &states {
        let spelling = Catalogue::embedded().condition_key(name).filter(|key| !key.is_template());
        let spelling = spelling.map_or_else(|| name.to_string(), |key| key.name().to_owned());
        match state {
            State::Missing => {}
            State::One(word) => context.set(spelling, ContextValue::One(plain(word, &variables))),
            State::Many(words) => {
                let values = words.iter().map(|word| plain(word, &variables)).collect();
                context.set(spelling, ContextValue::Many(values));
            }
        }
    }
    for (name, value) in &variables {
        context.set(name.to_string(), ContextValue::One(value.clone()));
    }
    let arn = match context.get("aws:PrincipalArn") {
        Some(ContextValue::One(arn)) => Some(arn.as_str()),
        _ => None,
    };
    let request = Request {
        principal: who.principal(arn, scene),
        action,
        resource: plain(&resource, &variables),
        resource_account: None,
        context,
    };
    Witness { request, world, allowed_by, denied_by }
}

fn plain(word: &[Letter], variables: &BTreeMap<Arc<str>, String>) -> String {
    let mut text = String::new();
    for letter in word {
        match letter {
            Letter::Char(c) => text.push(*c),
            Letter::Variable(name) => text.push_str(variables.get(name).map_or("", String::as_str)),
            Letter::FoldVariable(name) => {
                text.push_str(&variables.get(name).map_or_else(String::new, |value| value.to_ascii_uppercase()));
            }
        }
    }
    text
}

/// Lets the evaluator decide the request; an answer that does not agree is no witness.
pub(super) fn verify(witness: Witness, left: &Grants, right: &Grants) -> Result<Witness, String> {
    match (super::allows(left, &witness.request), super::allows(right, &witness.request)) {
        (Some(true), Some(false)) => Ok(witness),
        _ => Err(format!("the request that was found was not confirmed by the evaluator: {}", witness.request)),
    }
}
