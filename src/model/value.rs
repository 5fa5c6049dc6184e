//! One shape for the properties of every kind, made from the kind's struct by its own `Serialize`.

use super::{Arn, Gap};
use serde::ser::{self, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A property, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// AWS answered, and there is none.
    Absent,
    /// There is no answer to rely on.
    Unread(Box<Gap>),
    /// A yes or no.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
    /// An ARN, compared by its parts.
    Arn(Arn),
    /// A policy document as JSON text, compared by meaning.
    Policy(String),
    /// Items in an order that matters.
    List(Vec<Self>),
    /// Items in no order.
    Set(Vec<Self>),
    /// Named parts.
    Map(BTreeMap<String, Self>),
}

impl Value {
    /// The part called `name`; absent where there is none.
    pub fn get(&self, name: &str) -> &Self {
        match self {
            Self::Map(parts) => parts.get(name).unwrap_or(&Self::Absent),
            _ => &Self::Absent,
        }
    }

    /// The text of a text or an ARN.
    pub fn as_text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Arn(arn) => Some(arn.to_string()),
            _ => None,
        }
    }

    /// Calls `found` for each gap in it.
    pub fn each_gap<'a>(&'a self, found: &mut impl FnMut(&'a Gap)) {
        match self {
            Self::Unread(gap) => found(gap),
            Self::List(items) | Self::Set(items) => items.iter().for_each(|item| item.each_gap(found)),
            Self::Map(parts) => parts.values().for_each(|part| part.each_gap(found)),
            _ => {}
        }
    }
}

impl fmt::Display for Value {
    /// As a person writes it in a rules file, on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, items: &[Self]| {
            write!(f, "[")?;
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    write!(f, ", ")?;
                }
                write!(f, "{item}")?;
            }
            write!(f, "]")
        };
        match self {
            Self::Absent => write!(f, "nothing"),
            Self::Unread(_) => write!(f, "(not read)"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Text(value) if value.is_empty() => write!(f, "\"\""),
            Self::Text(value) => write!(f, "{value}"),
            Self::Arn(value) => write!(f, "{value}"),
            Self::Policy(_) => write!(f, "(a policy document)"),
            Self::List(items) => list(f, items),
            Self::Set(items) => list(f, items),
            Self::Map(parts) => {
                write!(f, "{{")?;
                let present = parts.iter().filter(|(_, part)| **part != Self::Absent);
                for (i, (name, part)) in present.enumerate() {
                    write!(f, "{} {name}: {part}", if i > 0 { "," } else { "" })?;
                }
                write!(f, " }}")
            }
        }
    }
}

/// The properties of a kind's struct as one [`Value`].
///
/// The types of [`super::properties`] and [`Arn`] keep their meaning: they are told apart by the Rust names they
/// serialise under, so nothing that AWS or a user wrote can pass for a gap.
///
/// # Panics
/// On a type that no kind is made of, such as a float: a fault of the kind's definition, which its tests show.
pub fn to_value<T: Serialize>(properties: &T) -> Value {
    match properties.serialize(ToValue) {
        Ok(value) => value,
        Err(error) => unreachable!("a kind's properties always make a value: {error}"),
    }
}

struct ToValue;

/// Raised for a type that no kind is made of.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct NotAProperty(String);

impl ser::Error for NotAProperty {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

fn no<T>(what: &str) -> Result<T, NotAProperty> {
    Err(NotAProperty(format!("no kind has a field of type {what}")))
}

impl ser::Serializer for ToValue {
    type Ok = Value;
    type Error = NotAProperty;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = ser::Impossible<Value, NotAProperty>;
    type SerializeMap = Parts;
    type SerializeStruct = Parts;
    type SerializeStructVariant = ser::Impossible<Value, NotAProperty>;

    fn serialize_bool(self, v: bool) -> Result<Value, NotAProperty> {
        Ok(Value::Bool(v))
    }

    fn serialize_i8(self, v: i8) -> Result<Value, NotAProperty> {
        Ok(Value::Number(v.into()))
    }

    fn serialize_i16(self, v: i16) -> Result<Value, NotAProperty> {
        Ok(Value::Number(v.into()))
    }

    fn serialize_i32(self, v: i32) -> Result<Value, NotAProperty> {
        Ok(Value::Number(v.into()))
    }

    fn serialize_i64(self, v: i64) -> Result<Value, NotAProperty> {
        Ok(Value::Number(v))
    }

    fn serialize_u8(self, v: u8) -> Result<Value, NotAProperty> {
        Ok(Value::Number(v.into()))
    }

    fn serialize_u16(self, v: u16) -> Result<Value, NotAProperty> {
        Ok(Value::Number(v.into()))
    }

    fn serialize_u32(self, v: u32) -> Result<Value, NotAProperty> {
        Ok(Value::Number(v.into()))
    }

    fn serialize_u64(self, v: u64) -> Result<Value, NotAProperty> {
        i64::try_from(v).map(Value::Number).or_else(|_| no("u64 beyond i64"))
    }

    fn serialize_f32(self, _: f32) -> Result<Value, NotAProperty> {
        no("f32")
    }

    fn serialize_f64(self, _: f64) -> Result<Value, NotAProperty> {
        no("f64")
    }

    fn serialize_char(self, v: char) -> Result<Value, NotAProperty> {
        Ok(Value::Text(v.to_string()))
    }

    fn serialize_str(self, v: &str) -> Result<Value, NotAProperty> {
        Ok(Value::Text(v.to_owned()))
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<Value, NotAProperty> {
        no("bytes")
    }

    fn serialize_none(self) -> Result<Value, NotAProperty> {
        Ok(Value::Absent)
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<Value, NotAProperty> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, NotAProperty> {
        Ok(Value::Absent)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value, NotAProperty> {
        no("unit struct")
    }

    fn serialize_unit_variant(self, name: &'static str, _: u32, variant: &'static str) -> Result<Value, NotAProperty> {
        Ok(if name == "Read" { Value::Absent } else { Value::Text(variant.to_owned()) })
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<Value, NotAProperty> {
        Ok(match (name, value.serialize(Self)?) {
            ("Set", Value::List(items)) => Value::Set(items),
            ("PolicyDocument", Value::Text(text)) => Value::Policy(text),
            ("Arn", Value::Text(text)) => text.parse().map_or(Value::Text(text), Value::Arn),
            (_, value) => value,
        })
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, NotAProperty> {
        match (name, variant) {
            ("Read", "Known") => value.serialize(Self),
            ("Read", "Unread") => {
                let gap = serde_json::to_value(value).and_then(serde_json::from_value).map_err(ser::Error::custom)?;
                Ok(Value::Unread(Box::new(gap)))
            }
            _ => no("enum with data"),
        }
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items, NotAProperty> {
        Ok(Items(Vec::new()))
    }

    fn serialize_tuple(self, _: usize) -> Result<Items, NotAProperty> {
        Ok(Items(Vec::new()))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items, NotAProperty> {
        Ok(Items(Vec::new()))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, NotAProperty> {
        no("tuple variant")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Parts, NotAProperty> {
        Ok(Parts { parts: BTreeMap::new(), key: None })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Parts, NotAProperty> {
        Ok(Parts { parts: BTreeMap::new(), key: None })
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, NotAProperty> {
        no("struct variant")
    }
}

struct Items(Vec<Value>);

impl ser::SerializeSeq for Items {
    type Ok = Value;
    type Error = NotAProperty;

    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), NotAProperty> {
        self.0.push(value.serialize(ToValue)?);
        Ok(())
    }

    fn end(self) -> Result<Value, NotAProperty> {
        Ok(Value::List(self.0))
    }
}

impl ser::SerializeTuple for Items {
    type Ok = Value;
    type Error = NotAProperty;

    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), NotAProperty> {
        ser::SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<Value, NotAProperty> {
        ser::SerializeSeq::end(self)
    }
}

impl ser::SerializeTupleStruct for Items {
    type Ok = Value;
    type Error = NotAProperty;

    fn serialize_field<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), NotAProperty> {
        ser::SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<Value, NotAProperty> {
        ser::SerializeSeq::end(self)
    }
}

struct Parts {
    parts: BTreeMap<String, Value>,
    key: Option<String>,
}

impl ser::SerializeMap for Parts {
    type Ok = Value;
    type Error = NotAProperty;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Result<(), NotAProperty> {
        match key.serialize(ToValue)? {
            Value::Text(key) => {
                self.key = Some(key);
                Ok(())
            }
            _ => no("map with other keys than text"),
        }
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), NotAProperty> {
        let key = self.key.take().unwrap_or_default();
        self.parts.insert(key, value.serialize(ToValue)?);
        Ok(())
    }

    fn end(self) -> Result<Value, NotAProperty> {
        Ok(Value::Map(self.parts))
    }
}

impl ser::SerializeStruct for Parts {
    type Ok = Value;
    type Error = NotAProperty;

    fn serialize_field<T: ?Sized + Serialize>(&mut self, key: &'static str, value: &T) -> Result<(), NotAProperty> {
        self.parts.insert(key.to_owned(), value.serialize(ToValue)?);
        Ok(())
    }

    fn end(self) -> Result<Value, NotAProperty> {
        Ok(Value::Map(self.parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Call, PolicyDocument, Read, Reason, Set};
    use serde::Serialize;

    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Awkward {
        #[serde(rename = "SSESpecification")]
        sse: Read<BTreeMap<String, String>>,
        key_schema: Read<Set<BTreeMap<String, String>>>,
        role: Read<Arn>,
        policy: Read<PolicyDocument>,
        batch: Read<i64>,
        missing: Read<bool>,
        denied: Read<String>,
        variables: BTreeMap<String, String>,
    }

    #[test]
    fn gaps_sets_policies_and_arns_keep_their_meaning() {
        let gap = Gap {
            call: Call::new("iam", "GetRole", "", "r"),
            action: "iam:GetRole".into(),
            reason: Reason::Denied("AccessDenied".into()),
        };
        let hash = BTreeMap::from([("KeyType".to_owned(), "HASH".to_owned())]);
        let value = to_value(&Awkward {
            sse: Read::Known(BTreeMap::from([("SSEType".into(), "KMS".into())])),
            key_schema: Read::Known(Set(vec![hash])),
            role: Read::Known(Arn::new("aws", "iam", "", "123456789012", "role/r")),
            policy: Read::Known(PolicyDocument("{}".into())),
            batch: Read::Known(10),
            missing: Read::Absent,
            denied: Read::unread(&gap),
            variables: BTreeMap::from([("Unread".into(), "Absent".into()), ("$unread".into(), "x".into())]),
        });
        assert_eq!(value.get("SSESpecification").get("SSEType"), &Value::Text("KMS".into()));
        assert!(matches!(value.get("KeySchema"), Value::Set(items) if items.len() == 1));
        assert!(matches!(value.get("Role"), Value::Arn(arn) if arn.name() == "r"));
        assert_eq!(value.get("Policy"), &Value::Policy("{}".into()));
        assert_eq!(value.get("Batch"), &Value::Number(10));
        assert_eq!(value.get("Missing"), &Value::Absent);
        assert_eq!(value.get("Denied"), &Value::Unread(Box::new(gap)));
        assert_eq!(value.get("Variables").get("Unread"), &Value::Text("Absent".into()));
        assert_eq!(value.get("Variables").get("$unread"), &Value::Text("x".into()));
    }
}
