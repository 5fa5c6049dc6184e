//! Attributes as SNS gives them: texts by name, some of them JSON.

use crate::aws::sorted_json;
use crate::model::{Gap, Read};
use crate::services::Reader;
use std::collections::HashMap;

/// The answer of GetTopicAttributes or GetSubscriptionAttributes, or the gap where it should be.
pub(super) struct Attributes<'a> {
    pub(super) answer: Result<&'a HashMap<String, String>, &'a Gap>,
    pub(super) reader: Reader<'a>,
}

pub(super) type Members = serde_json::Map<String, serde_json::Value>;

impl Attributes<'_> {
    /// The attribute called `name`; absent if the answer lacks it or it is empty.
    pub(super) fn read<T>(&self, name: &str, parse: impl FnOnce(&str) -> Read<T>) -> Read<T> {
        match self.answer {
            Err(gap) => Read::unread(gap),
            Ok(attributes) => match attributes.get(name).filter(|text| !text.is_empty()) {
                None => Read::Absent,
                Some(text) => parse(text),
            },
        }
    }

    pub(super) fn text(&self, name: &str) -> Read<String> {
        self.read(name, |text| Read::Known(text.to_owned()))
    }

    /// A text that AWS documents the default of.
    pub(super) fn text_or(&self, name: &str, default: &str) -> Read<String> {
        known_or(self.text(name), default.to_owned())
    }

    /// `true` or `false`; false where there is none, as AWS documents for those that are read here.
    pub(super) fn bool(&self, name: &str) -> Read<bool> {
        let read = self.read(name, |text| match text {
            "true" => Read::Known(true),
            "false" => Read::Known(false),
            _ => self.reader.malformed(format!("its {name} is neither true nor false")),
        });
        known_or(read, false)
    }

    /// An attribute that AWS sends for everything.
    pub(super) fn always<T>(&self, name: &str, parse: impl FnOnce(&str) -> Read<T>) -> Read<T> {
        match self.read(name, parse) {
            Read::Absent => self.reader.always(name, None),
            other => other,
        }
    }

    /// An attribute whose text is a JSON object.
    pub(super) fn json<T>(&self, name: &str, parse: impl FnOnce(&Members) -> T) -> Read<T> {
        self.read(name, |text| match serde_json::from_str::<Members>(text) {
            Ok(members) => Read::Known(parse(&members)),
            Err(_) => self.reader.malformed(format!("its {name} is not a JSON object")),
        })
    }

    /// An attribute whose text is a JSON object, in one form: without spaces and with its keys in order.
    pub(super) fn canonical(&self, name: &str) -> Read<String> {
        match self.json(name, |_| ()) {
            Read::Known(()) => self.read(name, |text| Read::Known(sorted_json(text))),
            Read::Absent => Read::Absent,
            Read::Unread(gap) => Read::Unread(gap),
        }
    }
}

fn known_or<T>(read: Read<T>, default: T) -> Read<T> {
    match read {
        Read::Absent => Read::Known(default),
        other => other,
    }
}
