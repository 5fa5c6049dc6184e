//! What a person may have meant by an action that the catalogue does not have.

use std::fmt;

use super::action::Action;
use super::service::Service;

/// A name close to one that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Near {
    /// An action: shown as `sqs:SendMessage`.
    Action(Action),
    /// A service that has nothing like the action: shown as its prefix.
    Service(Service),
}

/// No prefix or name of the catalogue is nearly as long; longer ones are not worth comparing.
const LONGEST: usize = 128;

/// What `action` may have meant. It looks within the service; if there is no such service, within the one whose prefix
/// is nearest.
pub(super) fn near(action: &str) -> Option<Near> {
    let (prefix, name) = action.split_once(':')?;
    if let Some(service) = Service::of(prefix) {
        return nearest(name, service.actions(), |action| action.name()).map(Near::Action);
    }
    let service = nearest(prefix, Service::all(), |service| service.prefix())?;
    Some(nearest(name, service.actions(), |action| action.name()).map_or(Near::Service(service), Near::Action))
}

/// The first of the candidates with the least distance, if less than about a third of the characters differ.
fn nearest<T>(name: &str, candidates: impl Iterator<Item = T>, spelling: impl Fn(&T) -> &'static str) -> Option<T> {
    if name.len() > LONGEST {
        return None;
    }
    let name = name.to_ascii_lowercase();
    let most = (name.len() / 3).max(1);
    candidates
        .filter(|candidate| spelling(candidate).len().abs_diff(name.len()) <= most)
        .map(|each| (strsim::damerau_levenshtein(&name, &spelling(&each).to_ascii_lowercase()), each))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

impl fmt::Display for Near {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Action(action) => action.fmt(f),
            Self::Service(service) => service.fmt(f),
        }
    }
}
