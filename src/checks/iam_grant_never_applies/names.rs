//! Names in `Action` that no action of AWS has.

use super::super::grant::Grant;
use crate::iam::catalogue::Catalogue;

/// Names that no action of the catalogue has.
#[derive(Default)]
pub(super) struct Unknown {
    /// Those that come near to a name that AWS has, or cannot be a name at all.
    pub(super) misspelt: Vec<String>,
    /// The others.
    pub(super) newer: Vec<String>,
}

/// What of the statement's `Action` AWS does not have. A name in `NotAction` grants nothing anyway.
pub(super) fn unknown(grant: &Grant<'_>) -> Unknown {
    let mut unknown = Unknown::default();
    if grant.statement.action.not {
        return unknown;
    }
    let catalogue = Catalogue::embedded();
    for named in grant.named().into_iter().filter(|named| named.actions.is_empty()) {
        let written = &named.written;
        let what = if named.is_pattern { "matches no action of AWS" } else { "is no action of AWS" };
        let plain = written.trim().replace(['*', '?'], "");
        let spelt = catalogue.action(written.trim()).map(|action| action.full_name());
        let near =
            spelt.or_else(|| near_pattern(written)).or_else(|| catalogue.near(&plain).map(|near| near.to_string()));
        match near {
            Some(near) => unknown.misspelt.push(format!("`{written}` {what} (did you mean {near}?)")),
            None if !is_formed(written) => unknown.misspelt.push(format!("`{written}` {what}")),
            None => unknown
                .newer
                .push(format!("`{written}` {what} as of {}: newer than the catalogue, or misspelt", catalogue.date())),
        }
    }
    unknown
}

/// The pattern that a person may have meant, of one that ends in its only wildcard: `sqs:Receive*` of `sqs:Recieve*`.
fn near_pattern(written: &str) -> Option<String> {
    let (service, name) = written.strip_suffix('*')?.split_once(':')?;
    if name.contains(['*', '?']) || name.len() > LONGEST {
        return None;
    }
    let name = name.to_ascii_lowercase();
    let starts = Catalogue::embedded().service(service)?.actions().filter_map(|action| action.name().get(..name.len()));
    let distance = |start: &&str| strsim::damerau_levenshtein(&name, &start.to_ascii_lowercase());
    let near = starts.min_by_key(distance).filter(|start| distance(start) <= name.len() / 4)?;
    Some(format!("{service}:{near}*"))
}

/// The longest name of which a near one is looked for.
const LONGEST: usize = 64;

/// Whether AWS could have an action of this name: `service:Name`.
fn is_formed(written: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '*' | '?');
    written.split_once(':').is_some_and(|(service, name)| {
        !service.is_empty() && !name.is_empty() && service.chars().all(allowed) && name.chars().all(allowed)
    })
}
