//! Puts together what a template means: resources in the terms of their kinds.
//!
//! What each type of resource needs beyond copying its properties is in `kinds`.

use super::keys::Keys;
use super::node::Node;
use super::resolve::{STACK, Scope};
use super::value::{Value, What, only_reference, only_text};
use crate::intent::{Intended, Left, Piece, Wanted};
use crate::model::{Disclosure, Field, Kind, Origin, Shape};
use crate::rules::{Diagnostics, Span, closest};
use std::collections::{BTreeMap, BTreeSet};

/// Why a text is not compared that reading an account redacts.
const REDACTED: &str = "such a text may be a secret, so it is not read from an account";

/// A resource of a template.
#[derive(Debug, Clone)]
pub(super) struct Resource {
    /// Its logical id.
    pub(super) id: String,
    /// What it is called in rules.
    pub(super) key: String,
    /// Its type.
    pub(super) type_name: String,
    /// Where its logical id stands.
    pub(super) span: Span,
    /// Its properties, a map.
    pub(super) properties: Node,
    /// The condition that it is made under.
    pub(super) condition: Option<(String, Span)>,
}

/// A resource that was put together, and its place among the others.
#[derive(Debug)]
struct Made {
    order: usize,
    intended: Intended,
}

/// What is put together so far.
#[derive(Debug)]
pub(super) struct Build<'a> {
    pub(super) scope: &'a Scope,
    pub(super) resources: &'a [Resource],
    pub(super) diagnostics: &'a mut Diagnostics,
    pub(super) keys: &'a mut Keys,
    made: Vec<Made>,
    left: Vec<(usize, Left)>,
    /// Properties that are not read, by type and name, with the resources that have them.
    unread: BTreeMap<(String, String), Vec<String>>,
    /// The type and the logical id of the resource whose properties are being read.
    reading: (String, String),
    disclosure: Disclosure,
    /// Parameters that are needed so that what was read is not redacted: a name, a purpose and a value.
    pub(super) extra: Vec<(String, String, String)>,
}

impl<'a> Build<'a> {
    pub(super) fn new(
        scope: &'a Scope,
        resources: &'a [Resource],
        keys: &'a mut Keys,
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        Self {
            scope,
            resources,
            diagnostics,
            keys,
            made: Vec::new(),
            left: Vec::new(),
            unread: BTreeMap::new(),
            reading: (String::new(), String::new()),
            disclosure: Disclosure::default(),
            extra: Vec::new(),
        }
    }

    /// Where `resource` is written, such as `OrdersQueue, line 12`.
    pub(super) fn origin(&self, resource: &Resource) -> String {
        format!("{}, line {}", resource.id, self.diagnostics.sources.place(&resource.span).line)
    }

    /// Notes that `resource` is not taken over.
    pub(super) fn leave(&mut self, resource: &Resource, why: impl Into<String>) {
        let line = self.diagnostics.sources.place(&resource.span).line;
        let what = format!("{} ({}), line {line}", resource.id, resource.type_name);
        let order = self.order(resource);
        self.left.push((order, Left { what, why: why.into() }));
    }

    /// Notes that the property `name` of `resource` is not taken over.
    pub(super) fn leave_property(&mut self, resource: &Resource, name: &str, why: impl Into<String>) {
        let what = format!("{name} of {}", self.origin(resource));
        let order = self.order(resource);
        self.left.push((order, Left { what, why: why.into() }));
    }

    fn order(&self, resource: &Resource) -> usize {
        self.resources.iter().position(|other| other.id == resource.id).unwrap_or(usize::MAX)
    }

    /// Adds what `resource` means.
    pub(super) fn add(&mut self, resource: &Resource, intended: Intended) {
        let order = self.order(resource);
        self.made.push(Made { order, intended });
    }

    /// What was made of the resource called `key` in rules.
    pub(super) fn made(&mut self, key: &str) -> Option<&mut Intended> {
        self.made.iter_mut().map(|made| &mut made.intended).find(|intended| intended.key == key)
    }

    /// The resource of one of `types` that was made and that `value` names: by `Ref`, by an attribute, by an ARN that
    /// ends in its name, or by the name itself.
    pub(super) fn target(&self, value: &Value, types: &[&str]) -> Option<String> {
        let pieces = value.as_pieces()?;
        let is_one = |made: &&Made| types.contains(&made.intended.type_name.as_str());
        let last = match pieces {
            [Piece::Text(text), .., Piece::Reference(reference)] if text.starts_with("arn:") => {
                Some(reference.as_str())
            }
            _ => only_reference(pieces),
        };
        if let Some(reference) = last {
            let key = reference.split_once('.').map_or(reference, |(key, _)| key);
            if let Some(made) = self.made.iter().filter(is_one).find(|made| made.intended.key == key) {
                return Some(made.intended.key.clone());
            }
        }
        let literal = self.scope.literal(pieces)?;
        let name = literal.rsplit([':', '/']).next().unwrap_or_default();
        let named = |made: &&Made| {
            let own = made.intended.name.as_ref().and_then(|name| self.scope.literal(name));
            own.is_some_and(|own| !own.is_empty() && own == name)
        };
        self.made.iter().filter(is_one).find(named).map(|made| made.intended.key.clone())
    }

    /// The property `name` of `resource`, worked out; none if it is not there, or nothing.
    pub(super) fn property(&mut self, resource: &Resource, name: &str) -> Option<Value> {
        let node = resource.properties.get(name)?;
        let value = self.scope.value(node, self.diagnostics);
        (value.what != What::Nothing && !(node.is_nothing())).then_some(value)
    }

    /// Notes a property that must be there and is not.
    pub(super) fn missing(&mut self, resource: &Resource, name: &str) {
        self.diagnostics.error(
            "missing-field",
            &resource.span,
            format!("`{}` has no `{name}`, which every {} must have", resource.id, resource.type_name),
        );
    }

    /// The properties of `resource` that are fields of `kind`, in their shapes, without those called in `beside`, which
    /// the caller deals with.
    pub(super) fn properties(
        &mut self,
        resource: &Resource,
        kind: &'static Kind,
        beside: &[&str],
    ) -> BTreeMap<String, Wanted> {
        let mut properties = BTreeMap::new();
        self.reading = (resource.type_name.clone(), resource.id.clone());
        for entry in resource.properties.entries() {
            if beside.contains(&entry.key.as_str()) {
                continue;
            }
            let field = kind.field(&entry.key).filter(|field| field.origin == Origin::CloudFormation);
            let Some(field) = field else {
                self.unread(resource, kind, &entry.key);
                continue;
            };
            let Some(value) = self.property(resource, &entry.key) else { continue };
            let wanted = match entry.key.as_str() {
                "Tags" => self.tags(&value),
                _ => self.shaped(&value, &field.shape, &entry.key),
            };
            if let Some(wanted) = wanted {
                properties.insert(entry.key.clone(), wanted);
            }
        }
        properties
    }

    fn unread(&mut self, resource: &Resource, kind: &'static Kind, name: &str) {
        let fields = kind.fields().iter().filter(|field| field.origin == Origin::CloudFormation);
        let near = closest(name, fields.map(|field| field.name.as_str()));
        let why = match near {
            // Nearly right is a slip; AWS has no two properties of one type that are so alike.
            Some(near) if near.eq_ignore_ascii_case(name) || near.len().abs_diff(name.len()) <= 1 => {
                format!("{name} (did you mean {near}?)")
            }
            _ => name.to_owned(),
        };
        self.unread.entry((resource.type_name.clone(), why)).or_default().push(resource.id.clone());
    }

    /// Tags, which CloudFormation writes as a list of pairs or as a map, as a map.
    pub(super) fn tags(&mut self, value: &Value) -> Option<Wanted> {
        let pairs: Vec<(Value, Value)> = match &value.what {
            What::Unknown(why) => return Some(Wanted::Unknown(why.clone())),
            What::Map(entries) => {
                entries.iter().map(|(key, value)| (Value::literal(&value.span, key.clone()), value.clone())).collect()
            }
            What::List(items) => {
                items.iter().filter_map(|item| Some((item.get("Key")?.clone(), item.get("Value")?.clone()))).collect()
            }
            What::Text { .. } | What::Nothing => {
                self.wrong(value, "Tags", "a list of `{ Key, Value }`");
                return None;
            }
        };
        let mut tags = BTreeMap::new();
        for (key, value) in pairs {
            let key = key.as_pieces().and_then(|pieces| self.scope.literal(pieces));
            if let (Some(key), Some(pieces)) = (key, value.as_pieces()) {
                tags.insert(key, Wanted::Text(pieces.to_vec()));
            }
        }
        (!tags.is_empty()).then_some(Wanted::Map(tags))
    }

    /// `value` in the shape of a field called `name`; none if there is nothing to compare.
    pub(super) fn shaped(&mut self, value: &Value, shape: &Shape, name: &str) -> Option<Wanted> {
        match (&value.what, shape) {
            (What::Nothing, _) => None,
            (What::Unknown(why), _) => Some(Wanted::Unknown(why.clone())),
            (_, Shape::Policy) => self.document(value, name),
            (What::Text { pieces, .. }, Shape::Bool) => self.literal(
                value,
                pieces,
                name,
                |text| match text {
                    _ if text.eq_ignore_ascii_case("true") => Some(Wanted::Bool(true)),
                    _ if text.eq_ignore_ascii_case("false") => Some(Wanted::Bool(false)),
                    _ => None,
                },
                "true or false",
            ),
            (What::Text { pieces, .. }, Shape::Integer) => self.literal(
                value,
                pieces,
                name,
                |text| {
                    let fraction =
                        || text.parse::<f64>().ok().filter(|number| number.is_finite() && number.fract() != 0.0);
                    match text.trim_end_matches('0').strip_suffix('.').unwrap_or(text).parse() {
                        Ok(number) => Some(Wanted::Number(number)),
                        Err(_) => {
                            fraction().map(|_| Wanted::Unknown("a number with a fraction is not compared".to_owned()))
                        }
                    }
                },
                "a whole number",
            ),
            (What::Text { pieces, .. }, Shape::Text | Shape::OneOf(_) | Shape::Arn | Shape::Time) => {
                (!self.scope.is_empty(value)).then(|| Wanted::Text(pieces.clone()))
            }
            (What::List(items), Shape::List(inner) | Shape::Set(inner)) => {
                let items: Vec<Wanted> = items.iter().filter_map(|item| self.shaped(item, inner, name)).collect();
                (!items.is_empty()).then_some(Wanted::List(items))
            }
            // Where one text stands for a list of texts CloudFormation takes it for one.
            (What::Text { .. }, Shape::List(inner) | Shape::Set(inner)) if is_scalar(inner) => {
                self.shaped(value, inner, name).map(|one| Wanted::List(vec![one]))
            }
            (What::Map(entries), Shape::Map(inner)) => {
                let entries: BTreeMap<String, Wanted> = entries
                    .iter()
                    .filter_map(|(key, value)| Some((key.clone(), self.shaped(value, inner, key)?)))
                    .collect();
                (!entries.is_empty()).then_some(Wanted::Map(entries))
            }
            (What::Map(entries), Shape::Struct(fields)) => {
                let mut parts = BTreeMap::new();
                for (key, value) in entries {
                    let field: Option<&Field> = fields.iter().find(|field| field.name == *key);
                    if field.is_none() {
                        let (type_name, id) = self.reading.clone();
                        let ids = self.unread.entry((type_name, format!("{name}.{key}"))).or_default();
                        if ids.last() != Some(&id) {
                            ids.push(id);
                        }
                    }
                    if let Some(wanted) = field.and_then(|field| self.shaped(value, &field.shape, key)) {
                        parts.insert(key.clone(), wanted);
                    }
                }
                (!parts.is_empty()).then_some(Wanted::Map(parts))
            }
            _ => {
                self.wrong(value, name, &shape.noun());
                None
            }
        }
    }

    /// What `read` makes of the text that is known to be meant, references to parameters replaced by their values.
    fn literal(
        &mut self,
        value: &Value,
        pieces: &[Piece],
        name: &str,
        read: impl FnOnce(&str) -> Option<Wanted>,
        wanted: &str,
    ) -> Option<Wanted> {
        let Some(text) = self.scope.literal(pieces) else {
            return Some(Wanted::Unknown("its value is not known before the stack is made".to_owned()));
        };
        let read = read(text.trim());
        if read.is_none() {
            self.diagnostics.error("wrong-type", &value.span, format!("`{name}` is {wanted}"));
        }
        read
    }

    /// A policy document.
    pub(super) fn document(&mut self, value: &Value, name: &str) -> Option<Wanted> {
        match &value.what {
            What::Unknown(why) => Some(Wanted::Unknown(why.clone())),
            What::Map(_) => value.untyped(),
            What::Text { .. } => Some(Wanted::Unknown("the document is written as one text".to_owned())),
            What::List(_) | What::Nothing => {
                self.wrong(value, name, "a policy document");
                None
            }
        }
    }

    /// Notes that what `value` is, is not what the field `name` takes.
    pub(super) fn wrong(&mut self, value: &Value, name: &str, wanted: &str) {
        let is = match &value.what {
            What::Text { .. } => "a text",
            What::List(_) => "a list",
            What::Map(_) => "a map",
            What::Nothing => "nothing",
            What::Unknown(_) => return,
        };
        self.diagnostics.error("wrong-type", &value.span, format!("`{name}` is {wanted}, and this is {is}"));
    }

    /// A text that a scan keeps only if it cannot be a secret, as far as it can be compared then.
    pub(super) fn disclosed(&self, pieces: &[Piece]) -> Wanted {
        if self.scope.has_secret(pieces) {
            return Wanted::Unknown("it holds a parameter that is not echoed".to_owned());
        }
        let is_parameter = |reference: &str| {
            self.scope
                .parameters
                .values()
                .find(|parameter| parameter.key == reference)
                .is_some_and(|parameter| parameter.value.as_ref().is_none_or(|value| !value.is_empty()))
        };
        let kept = match pieces {
            [] => true,
            [Piece::Text(text)] => self.disclosure.keeps(text),
            [Piece::Reference(reference)] => {
                let attribute = reference.split_once('.').map(|(_, attribute)| attribute);
                match attribute {
                    Some(attribute) => attribute.ends_with("Arn") || attribute == "QueueUrl",
                    None => {
                        reference == "AWS::Region"
                            || reference == STACK
                            || is_parameter(reference)
                            || self.resources.iter().any(|resource| resource.key == *reference)
                    }
                }
            }
            [Piece::Text(text), ..] => text.starts_with("arn:"),
            // The ARN of a version or alias.
            [Piece::Reference(reference), Piece::Text(rest)] => reference.ends_with(".Arn") && rest.starts_with(':'),
            _ => false,
        };
        if kept { Wanted::Text(pieces.to_vec()) } else { Wanted::Unknown(REDACTED.to_owned()) }
    }

    /// Makes unknown which managed policies roles have: something that is not worked out attaches more.
    pub(super) fn forget_attachments(&mut self) {
        for made in self.made.iter_mut().filter(|made| made.intended.type_name == "AWS::IAM::Role") {
            let why = "something in the template that is not worked out may attach more policies";
            made.intended.properties.insert("ManagedPolicyArns".to_owned(), Wanted::Unknown(why.to_owned()));
        }
    }

    /// Learns the names that were given, which a scan keeps wherever they stand.
    pub(super) fn learn_names(&mut self) {
        let names: BTreeSet<String> = self
            .made
            .iter()
            .filter_map(|made| made.intended.name.as_deref().and_then(only_text).map(str::to_owned))
            .collect();
        self.disclosure.names = names;
    }

    /// What was put together, in the order of the template, with what was left.
    pub(super) fn finish(mut self) -> (Vec<Intended>, Vec<Left>) {
        self.made.sort_by_key(|made| made.order);
        let intended: Vec<Intended> = self.made.into_iter().map(|made| made.intended).collect();
        self.left.sort_by_key(|(order, _)| *order);
        let mut left: Vec<Left> = self.left.into_iter().map(|(_, left)| left).collect();
        left.extend(self.unread.into_iter().map(|((type_name, property), ids)| Left {
            what: format!("{property} ({type_name}) of {}", ids.join(", ")),
            why: "Plimsoll does not read this property".to_owned(),
        }));
        (intended, left)
    }
}

fn is_scalar(shape: &Shape) -> bool {
    matches!(shape, Shape::Text | Shape::OneOf(_) | Shape::Arn | Shape::Integer | Shape::Bool)
}
