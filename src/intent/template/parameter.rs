//! The parameters of a template.

use super::node::{Content, Node};
use crate::model::harmless;
use crate::rules::{Diagnostics, closest};
use std::collections::BTreeMap;

/// The most bytes that the value of a parameter may have ("CloudFormation quotas").
const LONGEST: usize = 4096;

/// A parameter of a template.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    /// What it is called in rules.
    pub(super) key: String,
    /// What it is for.
    pub(super) about: Option<String>,
    /// The value that was given, or else its default.
    pub(super) value: Option<String>,
    /// What it holds.
    pub(super) holds: Holds,
}

/// What a parameter holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// A text or a number.
    Text,
    /// Texts with commas between them.
    List,
    /// The name of something in the Parameter Store, whose value nobody but AWS knows.
    Stored,
    /// Something that must not be shown.
    Secret,
}

/// Reads the section `Parameters`. `given` are the values that the user gave, by the names of the template.
pub(super) fn read(
    root: &Node,
    given: &BTreeMap<String, String>,
    keys: &mut super::keys::Keys,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, Parameter> {
    let mut parameters = BTreeMap::new();
    let section = root.get("Parameters");
    if let Some(section) = section.filter(|section| !section.is_map() && !section.is_nothing()) {
        diagnostics.error(
            "wrong-type",
            &section.span,
            format!("`Parameters` is a map, and this is {}", section.noun()),
        );
    }
    for entry in section.map(Node::entries).unwrap_or_default() {
        let node = &entry.value;
        if !node.is_map() {
            let message = format!("a parameter is a map, such as `{{ Type: String }}`, and this is {}", node.noun());
            diagnostics.error("wrong-type", &node.span, message);
            continue;
        }
        const FIELDS: [&str; 12] = [
            "AllowedPattern",
            "AllowedValues",
            "ConstraintDescription",
            "Default",
            "Description",
            "MaxLength",
            "MaxValue",
            "MinLength",
            "MinValue",
            "NoEcho",
            "Type",
            "Label",
        ];
        for field in node.entries().iter().filter(|field| !FIELDS.contains(&field.key.as_str())) {
            diagnostics
                .error("unknown-field", &field.key_span, format!("a parameter has no field `{}`", field.key))
                .did_you_mean(&field.key, FIELDS);
        }
        let text = |key: &str| node.get(key).and_then(Node::as_text);
        let Some(type_name) = text("Type") else {
            diagnostics
                .error("missing-field", &entry.key_span, format!("the parameter `{}` has no `Type`", entry.key))
                .help("say what it holds: `Type: String`");
            continue;
        };
        let secret = text("NoEcho").is_some_and(|text| text.eq_ignore_ascii_case("true"));
        let holds = match type_name {
            _ if secret => Holds::Secret,
            _ if type_name.starts_with("AWS::SSM::Parameter::Value") => Holds::Stored,
            "CommaDelimitedList" => Holds::List,
            _ if type_name.starts_with("List<") => Holds::List,
            _ => Holds::Text,
        };
        let value = given.get(&entry.key).cloned().or_else(|| {
            let default = text("Default").map(str::to_owned);
            let empty =
                matches!(&node.get("Default")?.content, Content::Scalar { text, plain: false } if text.is_empty());
            default.or(empty.then(String::new))
        });
        if let (Some(value), Some(allowed)) = (&value, node.get("AllowedValues").and_then(Node::items)) {
            let allowed: Vec<&str> = allowed.iter().filter_map(Node::as_text).collect();
            if holds == Holds::Text && !allowed.is_empty() && !allowed.contains(&value.as_str()) {
                diagnostics
                    .error(
                        "wrong-value",
                        &entry.key_span,
                        format!("the parameter `{}` cannot be `{}`", entry.key, harmless(value)),
                    )
                    .help(format!("it is one of {}", allowed.join(", ")))
                    .did_you_mean(value, allowed.iter().copied());
            }
        }
        if value.as_ref().is_some_and(|value| value.len() > LONGEST) {
            let message = format!("a parameter has at most {LONGEST} bytes, and `{}` has more", entry.key);
            diagnostics.error("too-large", &entry.key_span, message);
            continue;
        }
        let kept = matches!(holds, Holds::Text | Holds::List);
        let parameter = Parameter {
            key: keys.take(&entry.key),
            about: text("Description").map(str::to_owned),
            value: value.filter(|_| kept),
            holds,
        };
        parameters.insert(entry.key.clone(), parameter);
    }
    for name in given.keys().filter(|name| !parameters.contains_key(*name)) {
        if name.starts_with("AWS::") || name == "stack" {
            continue;
        }
        let span = section.map_or_else(|| root.span.clone(), |section| section.span.clone());
        let at = crate::rules::Span { end: span.start, ..span };
        let error = diagnostics.error(
            "unknown-parameter",
            &at,
            format!("a value is given for `{}`, and the template has no such parameter", harmless(name)),
        );
        match closest(name, parameters.keys().map(String::as_str)) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None if parameters.is_empty() => error.help("the template has no parameters; `stack` is always one"),
            None => error.help(format!("it has {}", parameters.keys().cloned().collect::<Vec<_>>().join(", "))),
        };
    }
    parameters
}
