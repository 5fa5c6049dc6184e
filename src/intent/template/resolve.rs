//! Works out what a piece of a template comes to: references, intrinsic functions, conditions.
//!
//! Nothing is guessed. What only AWS knows, or what rests on a value that nobody gave, is unknown, with the reason.

use super::node::{Content, Entry, Node};
use super::parameter::{Holds, Parameter};
use super::value::{Value, What, joined, only_text};
use crate::intent::Piece;
use crate::model::ArnRule;
use crate::rules::{Diagnostics, Span, closest};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

/// The name of the stack, as a parameter of the rules.
pub(super) const STACK: &str = "stack";

/// What the intrinsics of a template are worked out from.
#[derive(Debug)]
pub(super) struct Scope {
    /// The parameters, by the names of the template.
    pub(super) parameters: BTreeMap<String, Parameter>,
    /// The values of pseudo parameters that the user gave, such as `AWS::Region`.
    pub(super) given: BTreeMap<String, String>,
    /// The section `Mappings`.
    pub(super) mappings: Vec<Entry>,
    /// The section `Conditions`.
    pub(super) conditions: Vec<Entry>,
    /// What each logical id is called in rules, and its type.
    pub(super) resources: BTreeMap<String, (String, String)>,
    /// What some resources of types that are not read are called, by logical id and attribute (none: `Ref`).
    pub(super) known: BTreeMap<(String, Option<&'static str>), Node>,
    /// Whether a macro may make resources that the template does not show.
    pub(super) macros: bool,
    /// What the conditions that were looked at came to.
    pub(super) decided: RefCell<BTreeMap<String, Result<bool, String>>>,
    /// Whether a name out of `known` is being worked out, which rests on no other such name.
    pub(super) in_known: Cell<bool>,
    /// The bytes of text that were worked out so far.
    pub(super) written: Cell<usize>,
}

/// How many bytes of text may be worked out of one template: references repeat what they stand for.
const MOST_TEXT: usize = 64 * 1024 * 1024;

impl Scope {
    /// What `node` comes to.
    pub(super) fn value(&self, node: &Node, diagnostics: &mut Diagnostics) -> Value {
        let what = match node.intrinsic() {
            Some((name, given)) => self.intrinsic(name, given, node, diagnostics),
            None => match &node.content {
                Content::Scalar { text, plain } => {
                    What::Text { pieces: joined(vec![Piece::Text(text.clone())]), plain: *plain }
                }
                Content::List(items) => What::List(
                    items
                        .iter()
                        .map(|item| self.value(item, diagnostics))
                        .filter(|value| value.what != What::Nothing)
                        .collect(),
                ),
                Content::Map(entries) => What::Map(
                    entries
                        .iter()
                        .map(|entry| match entry.key.strip_prefix("Fn::ForEach::") {
                            Some(_) => (entry.key.clone(), unknown(&entry.value, "Fn::ForEach is not worked out")),
                            None => (entry.key.clone(), self.value(&entry.value, diagnostics)),
                        })
                        .filter(|(_, value)| value.what != What::Nothing)
                        .collect(),
                ),
            },
        };
        let bytes: usize = match &what {
            What::Text { pieces, .. } => pieces.iter().map(length).sum(),
            What::List(items) => {
                items.iter().filter_map(Value::as_pieces).flat_map(|pieces| pieces.iter().map(length)).sum()
            }
            _ => 0,
        };
        self.written.set(self.written.get().saturating_add(bytes));
        let what = match self.written.get() {
            written if written > MOST_TEXT => What::Unknown("the template comes to too much text".to_owned()),
            _ => what,
        };
        Value { span: node.span.clone(), what }
    }

    fn intrinsic(&self, name: &str, given: &Node, node: &Node, diagnostics: &mut Diagnostics) -> What {
        match name {
            "Ref" => match given.as_text() {
                Some(to) => self.reference(to, &given.span, diagnostics),
                None => wrong(name, "the name of a parameter or resource", given, diagnostics),
            },
            "Fn::GetAtt" => self.get_att(given, diagnostics),
            "Fn::Sub" => self.sub(given, diagnostics),
            "Fn::Join" => self.join(given, diagnostics),
            "Fn::Select" => self.select(given, diagnostics),
            "Fn::Split" => self.split(given, diagnostics),
            "Fn::If" => match given.items() {
                Some([condition, then, otherwise]) => match condition.as_text() {
                    Some(named) => match self.condition(named, &condition.span, diagnostics) {
                        Ok(true) => self.value(then, diagnostics).what,
                        Ok(false) => self.value(otherwise, diagnostics).what,
                        Err(why) => What::Unknown(why),
                    },
                    None => wrong(name, "the name of a condition first", condition, diagnostics),
                },
                _ => wrong(name, "a condition and two values", given, diagnostics),
            },
            "Fn::FindInMap" => self.find_in_map(given, diagnostics),
            "Fn::Base64" => What::Unknown("the result of Fn::Base64 is not compared".to_owned()),
            "Fn::ImportValue" => What::Unknown("another stack exports it (Fn::ImportValue)".to_owned()),
            "Fn::GetAZs" => What::Unknown("AWS chooses the availability zones (Fn::GetAZs)".to_owned()),
            "Fn::Cidr" => What::Unknown("Fn::Cidr is not worked out".to_owned()),
            "Fn::Transform" => What::Unknown("a macro writes it (Fn::Transform)".to_owned()),
            "Fn::And" | "Fn::Or" | "Fn::Not" | "Fn::Equals" | "Condition" => match self.truth(node, diagnostics) {
                Ok(truth) => What::Text { pieces: vec![Piece::Text(truth.to_string())], plain: true },
                Err(why) => What::Unknown(why),
            },
            "Fn::Length"
            | "Fn::ToJsonString"
            | "Fn::Contains"
            | "Fn::EachMemberEquals"
            | "Fn::EachMemberIn"
            | "Fn::RefAll"
            | "Fn::ValueOf"
            | "Fn::ValueOfAll" => What::Unknown(format!("{name} is not worked out")),
            _ => {
                let error = diagnostics.error(
                    "unknown-function",
                    &node.span,
                    format!("there is no intrinsic function `{name}`"),
                );
                let known = [
                    "Fn::GetAtt",
                    "Fn::Sub",
                    "Fn::Join",
                    "Fn::Select",
                    "Fn::Split",
                    "Fn::If",
                    "Fn::FindInMap",
                    "Fn::Base64",
                    "Fn::ImportValue",
                    "Fn::GetAZs",
                    "Fn::Cidr",
                    "Fn::Transform",
                    "Fn::And",
                    "Fn::Or",
                    "Fn::Not",
                    "Fn::Equals",
                ];
                error.did_you_mean(name, known);
                What::Unknown(format!("there is no function {name}"))
            }
        }
    }

    /// What `Ref` gives of `to`.
    fn reference(&self, to: &str, span: &Span, diagnostics: &mut Diagnostics) -> What {
        if let Some(value) = self.given.get(to) {
            return text(value);
        }
        let reference = |name: &str| What::Text { pieces: vec![Piece::Reference(name.to_owned())], plain: false };
        match to {
            "AWS::Region" | "AWS::AccountId" | "AWS::Partition" => return reference(to),
            "AWS::StackName" => return reference(STACK),
            "AWS::NoValue" => return What::Nothing,
            "AWS::StackId" | "AWS::NotificationARNs" => return What::Unknown(format!("only AWS knows {to}")),
            "AWS::URLSuffix" => {
                return What::Unknown("AWS::URLSuffix follows from the partition, which is not known here".to_owned());
            }
            _ => {}
        }
        if let Some(parameter) = self.parameters.get(to) {
            return match (parameter.holds, &parameter.value) {
                (Holds::List, Some(value)) => What::List(
                    value.split(',').map(|item| Value { span: span.clone(), what: text(item.trim()) }).collect(),
                ),
                (Holds::List, None) => What::Unknown(format!("the parameter {to} has no value")),
                _ => reference(&parameter.key),
            };
        }
        self.of_resource(to, None, span, diagnostics)
    }

    /// What `Ref` (no attribute) or `Fn::GetAtt` gives of the resource `id`.
    fn of_resource(&self, id: &str, attribute: Option<&str>, span: &Span, diagnostics: &mut Diagnostics) -> What {
        let told = self.known.iter().find(|((of, which), _)| of == id && which.as_deref() == attribute);
        if let Some((_, node)) = told {
            if self.in_known.replace(true) {
                return What::Unknown(format!("the name of {id} rests on that of another resource"));
            }
            let what = self.value(node, diagnostics).what;
            self.in_known.set(false);
            return what;
        }
        match self.resources.get(id) {
            Some((key, type_name)) => {
                let reference = match attribute {
                    Some(attribute) => attribute_of(type_name, attribute),
                    None => reference_of(type_name),
                };
                let reference = reference.map_or_else(|| key.clone(), |attribute| format!("{key}.{attribute}"));
                What::Text { pieces: vec![Piece::Reference(reference)], plain: false }
            }
            None if self.macros => What::Unknown(format!("{id} is not in the template; a macro may make it")),
            None => {
                let what = format!("nothing in the template is called `{id}`");
                let names = self.resources.keys().chain(self.parameters.keys()).map(String::as_str);
                let error = diagnostics.error("unknown-reference", span, what);
                match closest(id, names) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None if id.contains(':') && !id.starts_with("AWS::") => {
                        error.help(format!("a variable of IAM is written `${{!{id}}}` inside Fn::Sub"))
                    }
                    None => error.help("a reference names a parameter or a resource of the same template"),
                };
                What::Unknown(format!("there is no {id}"))
            }
        }
    }

    fn get_att(&self, given: &Node, diagnostics: &mut Diagnostics) -> What {
        let (id, attribute) = match (&given.content, given.as_text().and_then(|text| text.split_once('.'))) {
            (_, Some((id, attribute))) => (id.to_owned(), attribute.to_owned()),
            (Content::List(items), _) => match items.as_slice() {
                [id, attribute] if id.as_text().is_some() => {
                    // The attribute may be worked out as well.
                    let value = self.value(attribute, diagnostics);
                    let attribute = value.as_pieces().and_then(|pieces| self.literal(pieces));
                    let Some(attribute) = attribute else {
                        return What::Unknown("the attribute that Fn::GetAtt asks for is not known".to_owned());
                    };
                    (id.as_text().unwrap_or_default().to_owned(), attribute)
                }
                _ => return wrong("Fn::GetAtt", "a resource and an attribute", given, diagnostics),
            },
            _ => return wrong("Fn::GetAtt", "`Resource.Attribute`", given, diagnostics),
        };
        self.of_resource(&id, Some(&attribute), &given.span, diagnostics)
    }

    fn sub(&self, given: &Node, diagnostics: &mut Diagnostics) -> What {
        let (template, variables) = match given.items() {
            None => (given, None),
            Some([template, variables]) if variables.is_map() => (template, Some(variables)),
            Some([template]) => (template, None),
            Some(_) => return wrong("Fn::Sub", "a text, or a text and a map of variables", given, diagnostics),
        };
        let Content::Scalar { text: template_text, .. } = &template.content else {
            return wrong("Fn::Sub", "a text", template, diagnostics);
        };
        let mut pieces = Vec::new();
        let mut rest = template_text.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            pieces.push(Piece::Text(before.to_owned()));
            let Some((inner, after)) = after.split_once('}') else {
                diagnostics
                    .error("unclosed-reference", &template.span, "a `${` in this text has no `}`")
                    .help("close it, or write `$${` apart if it is meant literally");
                return What::Unknown("a reference in it is not closed".to_owned());
            };
            rest = after;
            let inner = inner.trim();
            let what = if let Some(literal) = inner.strip_prefix('!') {
                text(&format!("${{{literal}}}"))
            } else if let Some(variable) = variables.and_then(|variables| variables.get(inner)) {
                self.value(variable, diagnostics).what
            } else if let Some((id, attribute)) = inner.split_once('.') {
                self.of_resource(id, Some(attribute), &template.span, diagnostics)
            } else {
                self.reference(inner, &template.span, diagnostics)
            };
            match what {
                What::Text { pieces: more, .. } => pieces.extend(more),
                What::Unknown(why) => return What::Unknown(why),
                What::List(_) | What::Map(_) | What::Nothing => {
                    let message = format!("`${{{inner}}}` stands for no text, and Fn::Sub puts texts together");
                    diagnostics.error("wrong-type", &template.span, message);
                    return What::Unknown(format!("{inner} is no text"));
                }
            }
        }
        pieces.push(Piece::Text(rest.to_owned()));
        What::Text { pieces: joined(pieces), plain: false }
    }

    fn join(&self, given: &Node, diagnostics: &mut Diagnostics) -> What {
        let Some([delimiter, list]) = given.items() else {
            return wrong("Fn::Join", "a delimiter and a list", given, diagnostics);
        };
        let Content::Scalar { text: delimiter, .. } = &delimiter.content else {
            return wrong("Fn::Join", "a delimiter that is a text", delimiter, diagnostics);
        };
        let items = match self.value(list, diagnostics).what {
            What::List(items) => items,
            What::Unknown(why) => return What::Unknown(why),
            _ => return wrong("Fn::Join", "a list to join", list, diagnostics),
        };
        let mut pieces = Vec::new();
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                pieces.push(Piece::Text(delimiter.clone()));
            }
            match &item.what {
                What::Text { pieces: more, .. } => pieces.extend(more.iter().cloned()),
                What::Unknown(why) => return What::Unknown(why.clone()),
                _ => return wrong("Fn::Join", "a list of texts", list, diagnostics),
            }
        }
        What::Text { pieces: joined(pieces), plain: false }
    }

    fn select(&self, given: &Node, diagnostics: &mut Diagnostics) -> What {
        let Some([index, list]) = given.items() else {
            return wrong("Fn::Select", "a number and a list", given, diagnostics);
        };
        let at = self.value(index, diagnostics);
        let at = at.as_pieces().and_then(|pieces| self.literal(pieces)).and_then(|text| text.parse::<usize>().ok());
        let list_value = self.value(list, diagnostics);
        match (at, list_value.what) {
            (_, What::Unknown(why)) => What::Unknown(why),
            (Some(at), What::List(mut items)) if at < items.len() => items.swap_remove(at).what,
            (Some(at), What::List(items)) => {
                let message = format!("Fn::Select asks for the item {at}, and the list has {}", items.len());
                diagnostics.error("wrong-index", &index.span, message).help("items are counted from 0");
                What::Unknown("the list has no such item".to_owned())
            }
            (None, What::List(_)) => What::Unknown("the number that Fn::Select is given is not known".to_owned()),
            _ => wrong("Fn::Select", "a list to select from", list, diagnostics),
        }
    }

    fn split(&self, given: &Node, diagnostics: &mut Diagnostics) -> What {
        let Some([delimiter, source]) = given.items() else {
            return wrong("Fn::Split", "a delimiter and a text", given, diagnostics);
        };
        let Some(delimiter) = delimiter.as_text().filter(|text| !text.is_empty()) else {
            return wrong("Fn::Split", "a delimiter that is a text", delimiter, diagnostics);
        };
        let value = self.value(source, diagnostics);
        match &value.what {
            What::Unknown(why) => What::Unknown(why.clone()),
            What::Text { pieces, .. } => match self.literal(pieces) {
                Some(whole) => What::List(
                    whole.split(delimiter).map(|part| Value { span: value.span.clone(), what: text(part) }).collect(),
                ),
                None => match self.parts(pieces, delimiter) {
                    Some(parts) => What::List(parts.into_iter().map(|part| Value::pieces(&value.span, part)).collect()),
                    None => {
                        What::Unknown("Fn::Split takes apart what is not known before the stack is made".to_owned())
                    }
                },
            },
            _ => wrong("Fn::Split", "a text to split", source, diagnostics),
        }
    }

    /// The parts of an ARN between `delimiter`s; none if what a reference stands for may have the delimiter in it.
    fn parts(&self, pieces: &[Piece], delimiter: &str) -> Option<Vec<Vec<Piece>>> {
        if delimiter != ":" && delimiter != "/" {
            return None;
        }
        let mut parts = vec![Vec::new()];
        for piece in
            pieces.iter().map(|piece| self.written_out(piece)).collect::<Option<Vec<_>>>()?.into_iter().flatten()
        {
            match piece {
                // A label is a time.
                Piece::Reference(reference) if reference.ends_with(".LatestStreamLabel") && delimiter == ":" => {
                    return None;
                }
                reference @ Piece::Reference(_) => parts.last_mut()?.push(reference),
                Piece::Text(text) => {
                    for (at, part) in text.split(delimiter).enumerate() {
                        if at > 0 {
                            parts.push(Vec::new());
                        }
                        parts.last_mut()?.push(Piece::Text(part.to_owned()));
                    }
                }
            }
        }
        Some(parts)
    }

    /// A piece with an ARN that follows from a name written out; none if it may hold a colon or a slash that does not
    /// show.
    fn written_out(&self, piece: &Piece) -> Option<Vec<Piece>> {
        let Piece::Reference(reference) = piece else { return Some(vec![piece.clone()]) };
        if reference.starts_with("AWS::") || reference == STACK {
            return Some(vec![piece.clone()]);
        }
        let (key, attribute) = reference.split_once('.').map_or((reference.as_str(), None), |(k, of)| (k, Some(of)));
        let (_, type_name) = self.resources.values().find(|(of, _)| of == key)?;
        let kind = crate::services::kind(type_name)?;
        let ArnRule::FromName(resource) = kind.arn else { return None };
        let (before, after) = resource.split_once("{}")?;
        let name = Piece::Reference(key.to_owned());
        let text = |text: &str| Piece::Text(text.to_owned());
        let reference = |name: &str| Piece::Reference(name.to_owned());
        let mut arn = vec![
            text("arn:"),
            reference("AWS::Partition"),
            Piece::Text(format!(":{}:", kind.service)),
            reference("AWS::Region"),
            text(":"),
            reference("AWS::AccountId"),
            Piece::Text(format!(":{before}")),
            name.clone(),
            text(after),
        ];
        match attribute {
            None => Some(vec![name]),
            Some("Arn") => Some(arn),
            Some("StreamArn") => {
                arn.extend([text("/stream/"), Piece::Reference(format!("{key}.LatestStreamLabel"))]);
                Some(arn)
            }
            Some("LatestStreamLabel") => Some(vec![piece.clone()]),
            Some(_) => None,
        }
    }

    fn find_in_map(&self, given: &Node, diagnostics: &mut Diagnostics) -> What {
        let Some([map, first, second, ..]) = given.items() else {
            return wrong("Fn::FindInMap", "a mapping and two keys", given, diagnostics);
        };
        let mut key = |node: &Node| {
            let value = self.value(node, diagnostics);
            let literal = value.as_pieces().and_then(|pieces| self.literal(pieces));
            literal.ok_or_else(|| match &value.what {
                What::Unknown(why) => why.clone(),
                _ => format!("a key of Fn::FindInMap is not known: {}", self.why_not_literal(&value)),
            })
        };
        let (name, first_key, second_key) = match (key(map), key(first), key(second)) {
            (Ok(name), Ok(first), Ok(second)) => (name, first, second),
            (Err(why), ..) | (_, Err(why), _) | (.., Err(why)) => return What::Unknown(why),
        };
        let mapping = self.mappings.iter().find(|entry| entry.key == name).map(|entry| &entry.value);
        let found = mapping.and_then(|mapping| mapping.get(&first_key)).and_then(|of| of.get(&second_key));
        match (found, mapping) {
            (Some(found), _) if found.is_literal() => self.value(found, diagnostics).what,
            (Some(found), _) => {
                diagnostics.error("wrong-type", &found.span, "a mapping holds texts and lists of texts");
                What::Unknown("the mapping holds something else".to_owned())
            }
            (None, None) => {
                let names: Vec<&str> = self.mappings.iter().map(|entry| entry.key.as_str()).collect();
                diagnostics
                    .error("unknown-mapping", &map.span, format!("there is no mapping `{name}`"))
                    .did_you_mean(&name, names);
                What::Unknown(format!("there is no mapping {name}"))
            }
            (None, Some(_)) => match given.items().and_then(|items| items.get(3)) {
                Some(options) => match options.get("DefaultValue") {
                    Some(default) => self.value(default, diagnostics).what,
                    None => wrong("Fn::FindInMap", "`DefaultValue` in its last part", options, diagnostics),
                },
                None => {
                    let message = format!("the mapping `{name}` has nothing under `{first_key}` and `{second_key}`");
                    diagnostics.error("unknown-mapping", &given.span, message);
                    What::Unknown("the mapping has no such value".to_owned())
                }
            },
        }
    }

    /// Whether the condition `name` holds, or why that cannot be told.
    pub(super) fn condition(&self, name: &str, span: &Span, diagnostics: &mut Diagnostics) -> Result<bool, String> {
        self.named(name, span, &mut BTreeSet::new(), diagnostics)
            .map_err(|why| format!("the condition {name} cannot be decided: {why}"))
    }

    fn named(
        &self,
        name: &str,
        span: &Span,
        seen: &mut BTreeSet<String>,
        diagnostics: &mut Diagnostics,
    ) -> Result<bool, String> {
        let Some(entry) = self.conditions.iter().find(|entry| entry.key == name) else {
            let names: Vec<&str> = self.conditions.iter().map(|entry| entry.key.as_str()).collect();
            diagnostics
                .error("unknown-condition", span, format!("there is no condition `{name}`"))
                .did_you_mean(name, names);
            return Err(format!("there is no condition {name}"));
        };
        if let Some(decided) = self.decided.borrow().get(name) {
            return decided.clone();
        }
        if !seen.insert(name.to_owned()) {
            diagnostics.error("circular", &entry.key_span, format!("the condition `{name}` rests on itself"));
            return Err(format!("{name} rests on itself"));
        }
        let truth = self.truth_of(&entry.value, seen, diagnostics);
        seen.remove(name);
        self.decided.borrow_mut().insert(name.to_owned(), truth.clone());
        truth
    }

    /// Whether what `node` says is so.
    fn truth(&self, node: &Node, diagnostics: &mut Diagnostics) -> Result<bool, String> {
        self.truth_of(node, &mut BTreeSet::new(), diagnostics)
    }

    fn truth_of(
        &self,
        node: &Node,
        seen: &mut BTreeSet<String>,
        diagnostics: &mut Diagnostics,
    ) -> Result<bool, String> {
        const FUNCTIONS: &str = "a condition is Fn::Equals, Fn::And, Fn::Or, Fn::Not or Condition";
        let Some((name, given)) = node.intrinsic() else {
            diagnostics.error("wrong-condition", &node.span, FUNCTIONS);
            return Err("it is no condition".to_owned());
        };
        match (name, given.items()) {
            ("Condition", _) => match given.as_text() {
                Some(named) => self.named(named, &given.span, seen, diagnostics),
                None => {
                    diagnostics.error("wrong-condition", &given.span, "this is the name of a condition");
                    Err("it names no condition".to_owned())
                }
            },
            ("Fn::Not", Some([of])) => self.truth_of(of, seen, diagnostics).map(|truth| !truth),
            ("Fn::And" | "Fn::Or", Some(all)) if !all.is_empty() => {
                // One that decides the whole needs no other.
                let decides = name == "Fn::Or";
                let mut undecided = None;
                for one in all {
                    match self.truth_of(one, seen, diagnostics) {
                        Ok(truth) if truth == decides => return Ok(decides),
                        Ok(_) => {}
                        Err(why) => undecided = undecided.or(Some(why)),
                    }
                }
                undecided.map_or(Ok(!decides), Err)
            }
            ("Fn::Equals", Some([one, other])) => {
                let (one, other) = (self.value(one, diagnostics), self.value(other, diagnostics));
                match (self.decided(&one), self.decided(&other)) {
                    (Ok(one), Ok(other)) => Ok(one == other),
                    _ if one.what == other.what && one.unknown().is_none() => Ok(true),
                    (Err(why), _) | (_, Err(why)) => Err(why),
                }
            }
            _ => {
                diagnostics.error("wrong-condition", &node.span, FUNCTIONS);
                Err("it is no condition".to_owned())
            }
        }
    }

    /// The text that `value` is, or why that is not known.
    fn decided(&self, value: &Value) -> Result<String, String> {
        match &value.what {
            What::Text { pieces, .. } => self.literal(pieces).ok_or_else(|| self.why_not_literal(value)),
            What::Unknown(why) => Err(why.clone()),
            What::List(items) => {
                let items: Result<Vec<String>, String> = items.iter().map(|item| self.decided(item)).collect();
                items.map(|items| items.join(","))
            }
            What::Nothing => Ok(String::new()),
            What::Map(_) => Err("it compares a map".to_owned()),
        }
    }

    fn why_not_literal(&self, value: &Value) -> String {
        let references = value.as_pieces().unwrap_or_default().iter().filter_map(|piece| match piece {
            Piece::Reference(reference) => Some(reference.as_str()),
            Piece::Text(_) => None,
        });
        for reference in references {
            if let Some((name, parameter)) = self.parameters.iter().find(|(_, of)| of.key == reference) {
                match parameter.holds {
                    Holds::Secret => return format!("the parameter {name} is not echoed, so its value is not used"),
                    Holds::Stored => return format!("the value of the parameter {name} is in the Parameter Store"),
                    _ if parameter.value.is_none() => return format!("nobody gave the parameter {name} a value"),
                    _ => {}
                }
            } else {
                let reference = if reference == STACK { "AWS::StackName" } else { reference };
                return format!("{reference} is not known here");
            }
        }
        "it is not known here".to_owned()
    }

    /// `pieces` with the values of parameters put in; none if something remains that is not known.
    pub(super) fn literal(&self, pieces: &[Piece]) -> Option<String> {
        let mut literal = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => literal.push_str(text),
                Piece::Reference(key) if key == STACK => literal.push_str(self.given.get("AWS::StackName")?),
                Piece::Reference(key) => {
                    let parameter = self.parameters.values().find(|parameter| parameter.key == *key)?;
                    literal.push_str(parameter.value.as_ref()?);
                }
            }
        }
        Some(literal)
    }

    /// Whether `pieces` are a parameter alone whose value must not be shown.
    pub(super) fn has_secret(&self, pieces: &[Piece]) -> bool {
        pieces.iter().any(|piece| {
            matches!(piece, Piece::Reference(key)
                if self.parameters.values().any(|parameter| parameter.key == *key && parameter.holds == Holds::Secret))
        })
    }

    /// Whether `value` is a text that is known to be empty.
    pub(super) fn is_empty(&self, value: &Value) -> bool {
        value.as_pieces().is_some_and(|pieces| {
            only_text(pieces) == Some("") || self.literal(pieces).is_some_and(|text| text.is_empty())
        })
    }
}

/// The attribute that `Ref` gives of a resource of this type; none if it is the physical name.
///
/// Sources: "Return values" on the page of each type in the CloudFormation template reference.
fn reference_of(type_name: &str) -> Option<&'static str> {
    match type_name {
        "AWS::SQS::Queue" => Some("QueueUrl"),
        "AWS::SNS::Topic" | "AWS::IAM::ManagedPolicy" => Some("Arn"),
        "AWS::SNS::Subscription" => Some("SubscriptionArn"),
        "AWS::ApiGateway::RestApi" => Some("RestApiId"),
        "AWS::ApiGateway::Resource" => Some("ResourceId"),
        "AWS::ApiGateway::Authorizer" => Some("AuthorizerId"),
        "AWS::ApiGateway::Deployment" => Some("DeploymentId"),
        "AWS::ApiGateway::Method" | "AWS::Lambda::Url" => Some("Ref"),
        _ => None,
    }
}

/// What rules call the attribute that `Fn::GetAtt` asks for; none if it is the physical name.
fn attribute_of<'a>(type_name: &str, attribute: &'a str) -> Option<&'a str> {
    match (type_name, attribute) {
        ("AWS::SQS::Queue", "QueueName") | ("AWS::SNS::Topic", "TopicName") => None,
        ("AWS::SNS::Topic", "TopicArn") | ("AWS::IAM::ManagedPolicy", "PolicyArn") => Some("Arn"),
        _ => Some(attribute),
    }
}

/// The bytes of a piece.
fn length(piece: &Piece) -> usize {
    match piece {
        Piece::Text(text) | Piece::Reference(text) => text.len(),
    }
}

fn text(text: &str) -> What {
    What::Text { pieces: joined(vec![Piece::Text(text.to_owned())]), plain: false }
}

fn unknown(node: &Node, why: &str) -> Value {
    Value { span: node.span.clone(), what: What::Unknown(why.to_owned()) }
}

/// Notes that the function `name` is not given what it takes.
fn wrong(name: &str, wanted: &str, given: &Node, diagnostics: &mut Diagnostics) -> What {
    diagnostics
        .error("wrong-function", &given.span, format!("{name} takes {wanted}, and this is {}", given.noun()))
        .help("see the intrinsic function reference of the AWS CloudFormation user guide");
    What::Unknown(format!("{name} is not given what it takes"))
}
