//! What a collector brings back, and how it turns a part of an answer into a property.
//!
//! A property is known, or absent because a whole answer lacks it, or unread with the call that should have told it.
//! A property that no rule wanted and no call read is unread as well ([`Reason::NotAsked`]): left out, it would look
//! absent, and a rule could pass on it.

use crate::aws::{gap, utc_seconds};
use crate::model::{Arn, Call, Gap, Listing, PolicyDocument, Read, Reason, Resource, Set, Timestamp};
use serde::de::IgnoredAny;
use std::collections::{BTreeMap, BTreeSet};

/// What was read of one service.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) resources: Vec<Resource>,
    pub(crate) names: BTreeMap<(String, String), BTreeSet<String>>,
    pub(crate) listings: BTreeMap<(String, String), Listing>,
    pub(crate) children: BTreeMap<(String, String, String), Listing>,
    pub(crate) asked: BTreeMap<(String, String, String), Result<Call, Gap>>,
}

impl Gathered {
    /// Adds what another reader brought back of other types or regions.
    pub(crate) fn extend(&mut self, other: Self) {
        self.resources.extend(other.resources);
        self.names.extend(other.names);
        self.listings.extend(other.listings);
        self.children.extend(other.children);
        self.asked.extend(other.asked);
    }
}

/// Reads the parts of one answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    /// The call that was answered.
    pub(crate) call: &'a Call,
}

impl Reader<'_> {
    /// A part of the answer that is not what the API defines.
    pub(crate) fn malformed<T>(self, what: impl Into<String>) -> Read<T> {
        Read::unread(&gap(self.call, Reason::Malformed(what.into())))
    }

    /// A part called `name` that AWS always sends. The SDK gives an empty text for some that are missing.
    pub(crate) fn always<T>(self, name: &str, part: Option<T>) -> Read<T> {
        part.map_or_else(|| self.malformed(format!("it has no {name}")), Read::Known)
    }

    /// A text called `name` that AWS always sends and that is never empty. One that is missing may come from the SDK
    /// as an empty text, or as this for one of several words.
    pub(crate) fn text(self, name: &str, part: Option<&str>) -> Read<String> {
        let part = part.filter(|text| !text.is_empty() && *text != "no value was set");
        self.always(name, part.map(str::to_owned))
    }

    /// An ARN called `name`, absent if there is none.
    pub(crate) fn arn(self, name: &str, part: Option<&str>) -> Read<Arn> {
        match part.filter(|text| !text.is_empty()).map(str::parse) {
            None => Read::Absent,
            Some(Ok(arn)) => Read::Known(arn),
            Some(Err(_)) => self.malformed(format!("its {name} is not an ARN")),
        }
    }

    /// A policy document called `name`, as JSON text.
    pub(crate) fn document(self, name: &str, text: &str) -> Read<PolicyDocument> {
        match serde_json::from_str::<BTreeMap<String, IgnoredAny>>(text) {
            Ok(_) => Read::Known(PolicyDocument(text.to_owned())),
            Err(_) => self.malformed(format!("its {name} is not a JSON object")),
        }
    }

    /// A point in time, in seconds since 1970.
    pub(crate) fn time(self, seconds: i64) -> Read<Timestamp> {
        Read::Known(Timestamp(utc_seconds(seconds)))
    }
}

/// A text, absent if there is none or nothing was written in it.
pub(crate) fn text_if_any(part: Option<&str>) -> Read<String> {
    Read::from_option(part.filter(|text| !text.is_empty()).map(str::to_owned))
}

/// Texts whose order carries no meaning, in the order of their letters.
pub(crate) fn texts<T: AsRef<str>>(parts: &[T]) -> Set<String> {
    let texts: BTreeSet<&str> = parts.iter().map(AsRef::as_ref).collect();
    texts.into_iter().map(str::to_owned).collect()
}

/// A property of `name` that no rule wanted, so that `operation`, which reads it, was not called.
pub(crate) fn not_asked<T>(call: &Call) -> Read<T> {
    Read::unread(&gap(call, Reason::NotAsked))
}
