//! A request to AWS, as authorization sees it: who asks to do what to which resource, in which context.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// One concrete request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Who asks.
    pub principal: Principal,
    /// What is asked for, such as `sqs:SendMessage`.
    pub action: String,
    /// The ARN of the resource, or `*` for actions that have none.
    pub resource: String,
    /// The account that owns the resource, if it is known. An ARN such as a bucket's does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_account: Option<String>,
    /// The condition keys of the request.
    #[serde(default)]
    pub context: Context,
}

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// No credentials at all.
    Anonymous,
    /// A principal of an account by its ARN: `…:root`, a user, a role (any session of it), a session of a role
    /// (`arn:aws:sts::…:assumed-role/…`) or a federated user.
    Aws(String),
    /// A service, by its name such as `sns.amazonaws.com`.
    Service(String),
    /// Someone who an identity provider vouches for, by the provider's ARN or host, as in trust policies.
    Federated(String),
    /// An account by its canonical user id, as S3 has it.
    CanonicalUser(String),
}

/// The condition keys that a request carries. Keys compare without regard to letter case; the spelling that was given
/// first is kept for display.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// By lower-cased key: the key as written and its values.
    keys: BTreeMap<String, (String, ContextValue)>,
}

/// The value of a condition key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ContextValue {
    /// A key that has one value by its nature.
    One(String),
    /// A key that may have several, such as `aws:TagKeys`; an empty list is as good as no key.
    Many(Vec<String>),
}

impl Principal {
    /// The account that the principal belongs to; `None` for services, identity providers and nobody.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Aws(arn) => arn.split(':').nth(4).filter(|account| !account.is_empty()),
            _ => None,
        }
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::Aws(name) | Self::Service(name) | Self::Federated(name) | Self::CanonicalUser(name) => {
                f.write_str(name)
            }
        }
    }
}

impl fmt::Display for Request {
    /// `sqs:SendMessage on arn:… by arn:…`, with the context if there is any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {} by {}", self.action, self.resource, self.principal)?;
        for (at, (key, value)) in self.context.iter().enumerate() {
            let values = value.values().join(",");
            write!(f, "{}{key}={values}", if at == 0 { " with " } else { ", " })?;
        }
        Ok(())
    }
}

impl Context {
    /// A context without keys.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a key, in any letter case.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&ContextValue> {
        self.keys.get(&key.to_lowercase()).map(|(_, value)| value)
    }

    /// Sets a key.
    pub fn set(&mut self, key: impl Into<String>, value: ContextValue) {
        let key = key.into();
        self.keys.insert(key.to_lowercase(), (key, value));
    }

    /// Removes a key.
    pub fn remove(&mut self, key: &str) -> Option<ContextValue> {
        self.keys.remove(&key.to_lowercase()).map(|(_, value)| value)
    }

    /// The keys as written, with their values, in the order of their lower-cased names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ContextValue)> {
        self.keys.values().map(|(key, value)| (key.as_str(), value))
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

impl<K: Into<String>> FromIterator<(K, ContextValue)> for Context {
    fn from_iter<I: IntoIterator<Item = (K, ContextValue)>>(pairs: I) -> Self {
        let mut context = Self::new();
        for (key, value) in pairs {
            context.set(key, value);
        }
        context
    }
}

impl ContextValue {
    /// All values.
    #[must_use]
    pub fn values(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

impl From<&str> for ContextValue {
    fn from(value: &str) -> Self {
        Self::One(value.to_owned())
    }
}

impl Serialize for Context {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Context {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(BTreeMap::<String, ContextValue>::deserialize(deserializer)?.into_iter().collect())
    }
}

impl Serialize for Principal {
    /// An ARN as a string; others as `{"Service": "…"}`, in the words of the element `Principal`.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Aws(arn) => serializer.serialize_str(arn),
            Self::Anonymous => serializer.serialize_str("anonymous"),
            Self::Service(name) => serializer.collect_map([("Service", name)]),
            Self::Federated(name) => serializer.collect_map([("Federated", name)]),
            Self::CanonicalUser(name) => serializer.collect_map([("CanonicalUser", name)]),
        }
    }
}

impl<'de> Deserialize<'de> for Principal {
    /// Reads what is written, and `{"AWS": "…"}` and `{"type": "Anonymous"}` as well.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Map(BTreeMap<String, String>),
        }
        let wanted = "an ARN, \"anonymous\", or one of AWS, Service, Federated, CanonicalUser with a name";
        let wrong = || serde::de::Error::custom(format!("the principal is {wanted}"));
        match Written::deserialize(deserializer)? {
            Written::Text(text) if text.eq_ignore_ascii_case("anonymous") => Ok(Self::Anonymous),
            Written::Text(text) => Ok(Self::Aws(text)),
            Written::Map(map) => {
                let mut pairs = map.into_iter();
                let (Some((kind, name)), None) = (pairs.next(), pairs.next()) else { return Err(wrong()) };
                match kind.as_str() {
                    "AWS" => Ok(Self::Aws(name)),
                    "Service" => Ok(Self::Service(name)),
                    "Federated" => Ok(Self::Federated(name)),
                    "CanonicalUser" => Ok(Self::CanonicalUser(name)),
                    "type" if name == "Anonymous" => Ok(Self::Anonymous),
                    _ => Err(wrong()),
                }
            }
        }
    }
}
