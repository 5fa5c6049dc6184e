//! What of the texts that people wrote for themselves may be kept: a function's variables, the addresses that notices
//! go to.
//!
//! Such a text may be a secret, and nothing tells which are. So only what cannot be one is kept: an ARN, the address
//! of a queue, the name of a region, the name of a resource that the rules declare, the value of a parameter that the
//! user gave. All else is redacted where it enters, and nothing is kept of it but the shape that it has, if it is that of
//! a secret.

use super::{Arn, Reason, SecretShape, regions};
use std::collections::{BTreeMap, BTreeSet};

/// What stands in a recording where a text was redacted; behind it, the shape that the text had, if any.
pub const REDACTED: &str = "redacted";

/// What may be kept, beside ARNs, addresses of queues and regions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Disclosure {
    /// The physical names of the resources that the rules declare.
    pub names: BTreeSet<String>,
    /// The values of the parameters that were given or have a default, by name.
    pub parameters: BTreeMap<String, String>,
}

impl Disclosure {
    /// Whether `text` may be kept as it is.
    pub fn keeps(&self, text: &str) -> bool {
        self.names.contains(text) || self.parameter(text).is_some() || cannot_be_a_secret(text)
    }

    /// What is said of `text`: itself, or why it is left out.
    pub fn told(&self, text: &str) -> Result<String, Reason> {
        if self.keeps(text) {
            Ok(text.to_owned())
        } else {
            Err(SecretShape::of(text).map_or(Reason::Redacted, Reason::Secret))
        }
    }

    /// What is recorded in place of `text`: itself, `${name}` for the value of a parameter, or [`REDACTED`] and its shape.
    pub fn recorded(&self, text: &str) -> String {
        match self.parameter(text) {
            Some(name) => format!("${{{name}}}"),
            None if self.keeps(text) => text.to_owned(),
            None => SecretShape::of(text).map_or_else(|| REDACTED.to_owned(), redacted),
        }
    }

    /// What `recorded` stood for, or why it was left out. The value of a parameter that is not given now is redacted.
    pub fn replayed(&self, recorded: &str) -> Result<String, Reason> {
        match recorded.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
            Some(name) => self.parameters.get(name).cloned().ok_or(Reason::Redacted),
            None if self.keeps(recorded) => Ok(recorded.to_owned()),
            None => {
                let shape = SecretShape::ALL.into_iter().find(|shape| redacted(*shape) == recorded);
                Err(shape.map_or(Reason::Redacted, Reason::Secret))
            }
        }
    }

    /// The parameter that has this value.
    fn parameter(&self, text: &str) -> Option<&str> {
        self.parameters.iter().find(|(_, value)| !value.is_empty() && *value == text).map(|(name, _)| name.as_str())
    }
}

/// What is recorded in place of a text of this shape.
fn redacted(shape: SecretShape) -> String {
    format!("{REDACTED}, has the shape of {shape}")
}

fn cannot_be_a_secret(text: &str) -> bool {
    // That nothing was written is no secret.
    if text.is_empty() {
        return true;
    }
    // The last part of an ARN may be anything, so those of services that keep secrets in names are no exception: an
    // ARN names a thing, and what it names stays where it is.
    text.parse::<Arn>().is_ok() || regions::is_known(text) || is_queue_url(text)
}

/// Whether `text` is the address of a queue: a host, an account of 12 digits and a name, and nothing beside.
fn is_queue_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let parts: Vec<&str> = rest.split('/').collect();
    let [host, account, name] = parts[..] else { return false };
    let plain = |text: &str, more: &[char]| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || more.contains(&c))
    };
    matches!(scheme, "http" | "https")
        && plain(host, &['.', ':'])
        && account.len() == 12
        && account.bytes().all(|byte| byte.is_ascii_digit())
        && plain(name, &['_', '.'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_be_a_secret_is_kept() {
        let disclosure = Disclosure {
            names: BTreeSet::from(["orders".to_owned()]),
            parameters: BTreeMap::from([("notify".to_owned(), "a@example.com".to_owned())]),
        };
        for kept in [
            "orders",
            "us-east-1",
            "arn:aws:sns:us-east-1:123456789012:POC-Topic",
            "https://sqs.us-east-1.amazonaws.com/123456789012/POC-Queue",
            "a@example.com",
            "",
        ] {
            assert!(disclosure.keeps(kept), "{kept}");
        }
        for redacted in [
            "hunter2",
            "us-hunter-2",
            "b@example.com",
            "Orders",
            "${notify}",
            "https://example.com/123456789012/POC-Queue?token=x",
            "https://example.com/token",
        ] {
            assert!(!disclosure.keeps(redacted), "{redacted}");
            assert_eq!(disclosure.recorded(redacted), REDACTED);
        }
        assert_eq!(disclosure.recorded("a@example.com"), "${notify}");
        assert_eq!(disclosure.replayed("${notify}").as_deref(), Ok("a@example.com"));
        assert_eq!(disclosure.replayed("${other}"), Err(Reason::Redacted));
        assert_eq!(disclosure.replayed(REDACTED), Err(Reason::Redacted));
        assert_eq!(disclosure.replayed("us-east-1").as_deref(), Ok("us-east-1"));
    }

    #[test]
    fn the_shape_of_a_secret_survives_a_recording_and_nothing_else_of_it() {
        let disclosure = Disclosure::default();
        for (text, shape) in [
            ("AKIAIOSFODNN7EXAMPLE", SecretShape::AccessKey),
            ("-----BEGIN PRIVATE KEY-----\nMIIEvQ", SecretShape::PrivateKey),
            ("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", SecretShape::Token),
            ("https://user:secret@sqs.us-east-1.amazonaws.com/123456789012/POC-Queue", SecretShape::Password),
        ] {
            let recorded = disclosure.recorded(text);
            assert_eq!(recorded, format!("redacted, has the shape of {shape}"));
            assert_eq!(disclosure.told(text), Err(Reason::Secret(shape)));
            assert_eq!(disclosure.replayed(&recorded), Err(Reason::Secret(shape)));
            // Nobody can write a text that is taken for one that was redacted.
            assert_eq!(disclosure.recorded(&recorded), REDACTED);
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_recorded_of_a_text_that_is_not_kept(text in ".{0,80}|[A-Za-z0-9+/=_-]{20,60}|AKIA[A-Z2-7]{16}") {
            let disclosure = Disclosure::default();
            let recorded = disclosure.recorded(&text);
            let fixed: Vec<String> = SecretShape::ALL.into_iter().map(redacted).chain([REDACTED.to_owned()]).collect();
            proptest::prop_assert!(fixed.contains(&recorded) || (recorded == text && cannot_be_a_secret(&text)));
            proptest::prop_assert_eq!(disclosure.told(&text), disclosure.replayed(&recorded));
        }
    }
}
