//! The JSON Schema of a file of cases, for editors. Made from the kinds, so that it cannot fall behind them.

use super::file::{Others, VERDICTS, word};
use super::reason::WORDS;
use crate::model::{Kind, Shape};
use serde_json::{Map, Value as Json, json};

/// The schema of a file of cases whose accounts hold resources of `kinds`.
pub fn schema(kinds: impl IntoIterator<Item = &'static Kind>) -> Json {
    let kinds: Vec<&Kind> = kinds.into_iter().collect();
    let types: Vec<&str> = kinds.iter().map(|kind| kind.type_name).collect();
    let mut definitions = Map::new();
    for kind in &kinds {
        definitions.insert(kind.type_name.to_owned(), of_shape(&Shape::Struct(kind.fields().to_vec())));
    }
    let of_type = |type_name: &&str| {
        json!({
            "if": { "properties": { "type": { "const": type_name } } },
            "then": { "properties": { "properties": { "$ref": format!("#/$defs/{}", type_name) } } }
        })
    };
    definitions.insert("text".into(), json!({ "type": ["string", "number", "boolean"] }));
    definitions.insert("reason".into(), json!({ "enum": WORDS }));
    definitions.insert(
        "unread".into(),
        json!({
            "type": "object",
            "description": "Properties that could not be read, and why; parts of them with dots between.",
            "additionalProperties": { "$ref": "#/$defs/reason" },
        }),
    );
    definitions.insert("verdict".into(), json!({ "enum": VERDICTS.map(word) }));
    definitions.insert("resource".into(), json!({
        "type": "object",
        "required": ["type", "name"],
        "additionalProperties": false,
        "properties": {
            "type": { "enum": types, "description": "What it is, as CloudFormation names it." },
            "name": { "$ref": "#/$defs/text", "description": "Its physical name." },
            "of": { "$ref": "#/$defs/text", "description": "The name of the resource it hangs on." },
            "region": { "type": "string", "description": "The region it lives in, if not the account's." },
            "properties": { "type": ["object", "null"], "description": "Its properties; what is not named is absent." },
            "unread": { "$ref": "#/$defs/unread" },
        },
        "allOf": types.iter().map(of_type).collect::<Vec<_>>(),
    }));
    definitions.insert("account".into(), account());
    definitions.insert("case".into(), case());
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Cases for Plimsoll rules",
        "type": "object",
        "required": ["plimsoll", "cases"],
        "additionalProperties": false,
        "properties": {
            "plimsoll": { "const": 1, "description": "The version of the language." },
            "rules": { "type": "string", "description": "The rules, if not those of the file NAME.yaml beside NAME.test.yaml." },
            "set": parameters("The parameters of the rules, for all cases."),
            "expect": verdicts("What is expected in every case that says nothing else of the rule."),
            "cases": { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/case" } },
        },
        "$defs": definitions,
    })
}

fn verdicts(description: &str) -> Json {
    let on = json!({ "type": "object", "minProperties": 1, "additionalProperties": { "$ref": "#/$defs/verdict" } });
    json!({
        "type": "object",
        "description": description,
        "additionalProperties": { "anyOf": [{ "$ref": "#/$defs/verdict" }, on] },
    })
}

fn parameters(description: &str) -> Json {
    json!({ "type": "object", "description": description, "additionalProperties": { "$ref": "#/$defs/text" } })
}

/// What of an account was not read, in an account and in a case alike.
fn lists() -> Map<String, Json> {
    let reasons = |description: &str, beside: &[&str]| {
        let words: Vec<&str> = beside.iter().copied().chain(WORDS).collect();
        json!({ "type": "object", "description": description, "additionalProperties": { "enum": words } })
    };
    Map::from_iter([
        ("lists".to_owned(), reasons("Types whose list broke off, and why.", &[])),
        ("children".to_owned(), reasons("Resources whose list of what hangs on them broke off, and why.", &["listed"])),
        ("asked".to_owned(), reasons("What AWS answered about a single thing, by its type and name.", &["missing"])),
    ])
}

fn account() -> Json {
    let mut properties = Map::from_iter([
        ("account".to_owned(), json!({ "type": ["string", "number"], "description": "12 digits." })),
        (
            "region".to_owned(),
            json!({ "type": "string", "description": "Where it is read, if not the rules' region." }),
        ),
        ("resources".to_owned(), json!({ "type": "array", "items": { "$ref": "#/$defs/resource" } })),
        (
            "elsewhere".to_owned(),
            json!({
                "type": "object",
                "description": "Other regions in which something of a type and name was found.",
                "additionalProperties": { "type": "array", "items": { "type": "string" } },
            }),
        ),
        (
            "at".to_owned(),
            json!({ "type": "string", "description": "When the answers came that told of the resources." }),
        ),
    ]);
    properties.extend(lists());
    json!({
        "type": "object",
        "description": "An account written by hand. Every list was read to its end unless it says otherwise.",
        "additionalProperties": false,
        "properties": properties,
    })
}

fn case() -> Json {
    let of_resources = |description: &str, of: Json| json!({ "type": "object", "description": description, "additionalProperties": of });
    let mut properties = Map::from_iter([
        (
            "name".to_owned(),
            json!({ "$ref": "#/$defs/text", "description": "What the account is like, in a few words." }),
        ),
        ("why".to_owned(), json!({ "$ref": "#/$defs/text", "description": "Why the case is there." })),
        ("set".to_owned(), parameters("Parameters of the rules, for this case.")),
        ("account".to_owned(), json!({ "$ref": "#/$defs/account" })),
        ("snapshot".to_owned(), json!({ "type": "string", "description": "A file that `plimsoll snapshot` wrote." })),
        ("recording".to_owned(), json!({ "type": "string", "description": "A file that `--record` wrote." })),
        (
            "from".to_owned(),
            json!({ "$ref": "#/$defs/text", "description": "The case above whose account this one begins with." }),
        ),
        (
            "change".to_owned(),
            of_resources(
                "Properties laid over those of resources: maps part by part, all else whole; null takes away.",
                json!({ "type": "object" }),
            ),
        ),
        (
            "remove".to_owned(),
            json!({ "description": "Resources that are not there.", "anyOf": [{ "$ref": "#/$defs/text" }, { "type": "array", "items": { "$ref": "#/$defs/text" } }] }),
        ),
        (
            "add".to_owned(),
            json!({ "type": "array", "description": "Resources that are there as well.", "items": { "$ref": "#/$defs/resource" } }),
        ),
        (
            "unread".to_owned(),
            of_resources("What could not be read of resources.", json!({ "$ref": "#/$defs/unread" })),
        ),
        ("expect".to_owned(), verdicts("The verdict of each rule that does not pass.")),
        (
            "others".to_owned(),
            json!({
                "enum": Others::ALL.map(Others::as_str),
                "description": "What is asked of all that `expect` does not list: that it passes (the default), does not fail, or nothing.",
            }),
        ),
    ]);
    properties.extend(lists());
    json!({
        "type": "object",
        "required": ["name", "expect"],
        "additionalProperties": false,
        "properties": properties,
        "oneOf": [
            { "required": ["account"] }, { "required": ["snapshot"] }, { "required": ["recording"] }, { "required": ["from"] }
        ],
    })
}

/// What a value of this shape is written as.
fn of_shape(shape: &Shape) -> Json {
    match shape {
        Shape::Bool => json!({ "type": ["boolean", "null"] }),
        Shape::Integer => json!({ "type": ["integer", "null"] }),
        Shape::Text | Shape::Arn | Shape::Time => json!({ "type": ["string", "number", "boolean", "null"] }),
        Shape::OneOf(values) => {
            json!({ "enum": values.iter().map(|value| json!(value)).chain([Json::Null]).collect::<Vec<_>>() })
        }
        Shape::Policy => json!({ "type": ["object", "string", "null"] }),
        Shape::List(item) | Shape::Set(item) => json!({ "type": ["array", "null"], "items": of_shape(item) }),
        Shape::Map(item) => json!({ "type": ["object", "null"], "additionalProperties": of_shape(item) }),
        Shape::Struct(fields) => {
            let property = |field: &crate::model::Field| {
                let mut property = of_shape(&field.shape);
                if let Some(property) = property.as_object_mut().filter(|_| !field.doc.is_empty()) {
                    property.insert("description".into(), field.doc.clone().into());
                }
                (field.name.clone(), property)
            };
            let properties: Map<String, Json> = fields.iter().map(property).collect();
            json!({ "type": ["object", "null"], "additionalProperties": false, "properties": properties })
        }
    }
}
