//! A request to AWS, as authorization sees it: who asks to do what to which resource, in which context.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    /// Reads an object of keys. A key that is given twice, in whatever letter case, is an error.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Context;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of condition keys")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Context, A::Error> {
                let mut context = Context::new();
                while let Some((key, value)) = map.next_entry::<String, ContextValue>()? {
                    if context.get(&key).is_some() {
                        return Err(A::Error::custom(format!("the condition key `{key}` is given twice")));
                    }
                    context.set(key, value);
                }
                Ok(context)
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

impl<'de> Deserialize<'de> for ContextValue {
    /// Reads a scalar or a list of them; numbers and booleans are their JSON text.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Scalar {
            Text(String),
            Bool(bool),
            Number(serde_json::Number),
        }
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            One(Scalar),
            Many(Vec<Scalar>),
        }
        let text = |scalar| match scalar {
            Scalar::Text(text) => text,
            Scalar::Bool(value) => value.to_string(),
            Scalar::Number(number) => number.to_string(),
        };
        match Written::deserialize(deserializer) {
            Ok(Written::One(scalar)) => Ok(Self::One(text(scalar))),
            Ok(Written::Many(scalars)) => Ok(Self::Many(scalars.into_iter().map(text).collect())),
            Err(_) => Err(D::Error::custom("the value of a condition key is a scalar or a list of scalars")),
        }
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
    /// Reads what is written, and `{"AWS": "…"}`, `{"type": "Anonymous"}` and the bare name of a service as well.
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
            Written::Text(text) if text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn") => {
                Ok(Self::Service(text))
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_read_back_and_in_their_other_forms() {
        for principal in [
            Principal::Anonymous,
            Principal::Aws("arn:aws:iam::111122223333:user/ann".to_owned()),
            Principal::Service("sns.amazonaws.com".to_owned()),
            Principal::Federated("accounts.google.com".to_owned()),
            Principal::CanonicalUser("79a5".to_owned()),
        ] {
            let written = serde_json::to_string(&principal).expect("JSON");
            assert_eq!(serde_json::from_str::<Principal>(&written).expect("a principal"), principal);
        }
        let read = |text: &str| serde_json::from_str::<Principal>(text).ok();
        assert_eq!(read("\"sns.amazonaws.com\""), Some(Principal::Service("sns.amazonaws.com".to_owned())));
        assert_eq!(read("{\"type\":\"Anonymous\"}"), Some(Principal::Anonymous));
        assert_eq!(read("{\"AWS\":\"a\",\"Service\":\"b\"}"), None);
        assert_eq!(read("{\"User\":\"a\"}"), None);
    }

    #[test]
    fn a_context_takes_scalars_and_no_key_twice() {
        let read = |text: &str| serde_json::from_str::<Context>(text);
        let context = read(r#"{"aws:SecureTransport":true,"aws:MultiFactorAuthAge":15,"aws:TagKeys":["a",1]}"#);
        let context = context.expect("a context");
        assert_eq!(context.get("AWS:securetransport"), Some(&ContextValue::from("true")));
        assert_eq!(context.get("aws:MultiFactorAuthAge"), Some(&ContextValue::from("15")));
        assert_eq!(context.get("aws:TagKeys"), Some(&ContextValue::Many(vec!["a".to_owned(), "1".to_owned()])));
        let twice = read(r#"{"aws:username":"a","AWS:UserName":"b"}"#).expect_err("twice");
        assert!(twice.to_string().contains("given twice"), "{twice}");
        assert!(read(r#"{"a":{"b":1}}"#).is_err() && read(r#"{"a":null}"#).is_err());
    }
}
