//! What a type of resource is: its fields, their docs, how each compares, and the operation that reads it.

use super::Standing;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// The description of a resource type, such as `AWS::SQS::Queue`. Each service lists its own.
#[derive(Debug)]
pub struct Kind {
    /// The name of the type in CloudFormation.
    pub type_name: &'static str,
    /// What a person calls one: `queue`.
    pub noun: &'static str,
    /// The prefix of its service in IAM actions.
    pub service: &'static str,
    /// Whether it lives in a region.
    pub scope: Scope,
    /// The field that holds its physical name.
    pub name_field: &'static str,
    /// How its ARN is found.
    pub arn: ArnRule,
    /// The attributes that `${name.Attribute}` may ask for, each with the field that holds it.
    pub attributes: &'static [(&'static str, &'static str)],
    /// The field that is true of those that AWS owns and every account shares. A name never means one of them.
    pub shared: Option<&'static str>,
    /// The kind it hangs on, if it is found with `of`.
    pub parent: Option<Parent>,
    /// What it is to IAM.
    pub standing: Standing,
    /// The schema that its struct derives.
    pub schema: fn() -> schemars::Schema,
    /// The fields, worked out from the schema when they are first asked for.
    pub fields: OnceLock<Shape>,
}

/// Whether resources of a kind live in a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One for the whole account, such as a role.
    Global,
    /// One in each region, such as a queue.
    Regional,
}

/// How the ARN of a resource is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArnRule {
    /// It follows from the name alone: this is its resource part, with `{}` for the name.
    FromName(&'static str),
    /// It has a part that only AWS knows, such as a path or an id.
    Read,
}

/// The kind that another hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parent {
    /// The type name of the parent.
    pub type_name: &'static str,
}

/// A field of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name, as CloudFormation or the API has it.
    pub name: String,
    /// What it means.
    pub doc: String,
    /// What it holds.
    pub shape: Shape,
    /// Whose name it carries.
    pub origin: Origin,
    /// The operation that reads it where the kind's listing does not, such as `GetRole`.
    pub read_by: Option<String>,
    /// Whether it changes without anybody changing the resource, such as when it was last used, or tells no more than that
    /// something changed.
    pub varies: bool,
}

/// Whose name a field carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// CloudFormation's.
    CloudFormation,
    /// The API's: CloudFormation has no name for it.
    Observed,
    /// Plimsoll's own.
    Derived,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A yes or no.
    Bool,
    /// A whole number.
    Integer,
    /// A text.
    Text,
    /// One of these texts.
    OneOf(Vec<String>),
    /// An ARN.
    Arn,
    /// A point in time.
    Time,
    /// A policy document.
    Policy,
    /// Items in an order that matters.
    List(Box<Self>),
    /// Items in no order.
    Set(Box<Self>),
    /// Values under keys of the user's.
    Map(Box<Self>),
    /// Named fields.
    Struct(Vec<Field>),
}

impl Kind {
    /// The fields of a resource of this kind, in the order they are declared.
    ///
    /// # Panics
    /// If the derived schema has a form that no kind uses; a test reads every kind.
    pub fn fields(&self) -> &[Field] {
        let shape = self.fields.get_or_init(|| {
            let schema = (self.schema)();
            let root = schema.as_value();
            Shape::read(root, root)
        });
        match shape {
            Shape::Struct(fields) => fields,
            _ => unreachable!("a kind is a struct"),
        }
    }

    /// What a person calls one, with its article: `a queue`, `an event source mapping`.
    pub fn one(&self) -> String {
        let article = if self.noun.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
        format!("{article} {}", self.noun)
    }

    /// The field called `name`.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields().iter().find(|field| field.name == name)
    }

    /// The operations beside the kind's listing that reading `fields` takes, in order.
    pub fn read_by<'a>(&'a self, fields: &BTreeSet<String>) -> BTreeSet<&'a str> {
        self.fields().iter().filter(|field| fields.contains(&field.name)).filter_map(|f| f.read_by.as_deref()).collect()
    }

    /// The field that holds the attribute that `${name.ATTRIBUTE}` asks for.
    pub fn attribute(&self, attribute: &str) -> Option<&'static str> {
        self.attributes.iter().find(|(name, _)| *name == attribute).map(|(_, field)| *field)
    }
}

impl Shape {
    /// Reads the shape that `schema`, a part of `root`, describes.
    fn read(schema: &Json, root: &Json) -> Self {
        if let Some(target) = schema.get("$ref").and_then(Json::as_str) {
            let target = target.trim_start_matches('#');
            return Self::read(root.pointer(target).unwrap_or(&Json::Null), root);
        }
        if let Some(values) = schema.get("enum").and_then(Json::as_array) {
            return Self::OneOf(values.iter().filter_map(Json::as_str).map(str::to_owned).collect());
        }
        if let Some(variants) = schema.get("oneOf").and_then(Json::as_array) {
            return Self::OneOf(
                variants.iter().filter_map(|v| v.get("const")).filter_map(Json::as_str).map(str::to_owned).collect(),
            );
        }
        let format = schema.get("format").and_then(Json::as_str);
        match (schema.get("type").and_then(Json::as_str), format) {
            (Some("boolean"), _) => Self::Bool,
            (Some("integer"), _) => Self::Integer,
            (Some("string"), Some("arn")) => Self::Arn,
            (Some("string"), Some("date-time")) => Self::Time,
            (Some("string"), _) => Self::Text,
            (Some("object"), Some("policy")) => Self::Policy,
            (Some("array"), _) => {
                let items = Box::new(Self::read(&schema["items"], root));
                if schema.get("uniqueItems").is_some() { Self::Set(items) } else { Self::List(items) }
            }
            (Some("object"), _) => match schema.get("properties").and_then(Json::as_object) {
                Some(properties) => {
                    Self::Struct(properties.iter().map(|(name, schema)| Field::read(name, schema, root)).collect())
                }
                None => Self::Map(Box::new(Self::read(&schema["additionalProperties"], root))),
            },
            _ => unreachable!("no kind has a field with the schema {schema}"),
        }
    }

    /// What a person calls it: `a whole number`.
    pub fn noun(&self) -> String {
        match self {
            Self::Bool => "true or false".to_owned(),
            Self::Integer => "a whole number".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::OneOf(values) => format!("one of {}", values.join(", ")),
            Self::Arn => "an ARN".to_owned(),
            Self::Time => "a time (2026-11-23 or 2026-11-23T08:44:00Z)".to_owned(),
            Self::Policy => "a policy document".to_owned(),
            Self::List(_) => "a list".to_owned(),
            Self::Set(_) => "a list (in any order)".to_owned(),
            Self::Map(_) | Self::Struct(_) => "a map".to_owned(),
        }
    }
}

impl Field {
    fn read(name: &str, schema: &Json, root: &Json) -> Self {
        let text = |key: &str| schema.get(key).and_then(Json::as_str);
        Self {
            name: name.to_owned(),
            doc: text("description").unwrap_or_default().to_owned(),
            shape: Shape::read(schema, root),
            origin: match text("x-origin") {
                Some("observed") => Origin::Observed,
                Some("derived") => Origin::Derived,
                _ => Origin::CloudFormation,
            },
            read_by: text("x-read-by").map(str::to_owned),
            varies: schema.get("x-varies").and_then(Json::as_bool).unwrap_or_default(),
        }
    }
}
