//! The JSON Schema of a rules file, for editors. Made from the kinds, so that it cannot fall behind them.

use crate::model::{Audience, Check, Field, Kind, MECHANISMS, Said, Severity, Shape, TABLE, UnknownPoints};
use serde_json::{Map, Value as Json, json};

/// The schema of a rules file that may speak of `kinds` and call `checks`.
pub fn schema(
    kinds: impl IntoIterator<Item = &'static Kind>,
    checks: impl IntoIterator<Item = &'static Check>,
) -> Json {
    let kinds: Vec<_> = kinds.into_iter().collect();
    let types: Vec<&str> = kinds.iter().map(|kind| kind.type_name).collect();
    let mut definitions = Map::new();
    for kind in &kinds {
        let of_kind = fields(kind.fields(), kind.type_name, kind.type_name, &mut definitions);
        definitions.insert(kind.type_name.to_owned(), of_kind);
    }
    definitions.insert("name".into(), json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$" }));
    definitions.insert("text".into(), json!({ "type": ["string", "number", "boolean"] }));
    definitions.insert("names".into(), json!({ "type": "array", "items": { "$ref": "#/$defs/name" } }));
    definitions.insert(
        "audience".into(),
        json!({
            "type": "object",
            "description": "Which parts of what is said of a finding only staff see.",
            "propertyNames": { "enum": Said::ALL.map(Said::as_str) },
            "additionalProperties": { "enum": Audience::ALL.map(Audience::as_str) },
        }),
    );
    definitions.insert("type".into(), json!({ "enum": types }));
    definitions
        .insert("any-subset".into(), json!({ "anyOf": types.iter().map(|name| reference(name)).collect::<Vec<_>>() }));
    for (name, shape) in SCALARS {
        let scalar = value_or_matchers(&shape, name, &mut definitions);
        definitions.insert(name.into(), scalar);
    }
    definitions.extend(on_policies());
    definitions.insert("flow".into(), flow());
    let wire = wire(&kinds, &mut definitions);
    definitions.insert("wire".into(), wire);
    let meta = meta();
    let of_type = |form: Json, at: &str| -> Vec<Json> {
        types
            .iter()
            .map(|name| {
                json!({
                    "if": { "properties": { at: { "const": name } }, "required": [at] },
                    "then": { "properties": form.as_object().map(|fields| {
                        fields.keys().map(|key| (key.clone(), reference(name))).collect::<Map<_, _>>()
                    }) }
                })
            })
            .collect()
    };
    definitions.insert("resource".into(), json!({
        "type": "object",
        "required": ["type"],
        "additionalProperties": false,
        "properties": {
            "type": { "$ref": "#/$defs/type", "description": "What it is, as CloudFormation names it." },
            "name": { "$ref": "#/$defs/text", "description": "Its physical name." },
            "of": { "$ref": "#/$defs/name", "description": "The named resource it hangs on." },
            "select": { "type": "object", "description": "What it is like, where it has no name." },
            "several": { "type": "boolean", "description": "Whether there may be several; a rule on it must hold for one." },
            "region": { "$ref": "#/$defs/text", "description": "The region it lives in, if not the file's." },
            "exists": { "type": "object", "additionalProperties": false, "properties": meta,
                "description": "The fields of the rule NAME-exists." },
        },
        "allOf": of_type(json!({ "select": null }), "type"),
    }));
    let mut rule = Map::from_iter([
        ("id".to_owned(), json!({ "$ref": "#/$defs/name" })),
        (
            "on".to_owned(),
            json!({
                "description": "The named resource, or resources, that the rule is on.",
                "anyOf": [{ "$ref": "#/$defs/name" }, { "$ref": "#/$defs/names" }]
            }),
        ),
        (
            "each".to_owned(),
            json!({ "$ref": "#/$defs/type", "description": "The type of which the rule is on every resource." }),
        ),
        ("where".to_owned(), json!({ "$ref": "#/$defs/any-subset", "description": "Which of `each` the rule is on." })),
        ("expect".to_owned(), json!({ "$ref": "#/$defs/any-subset", "description": "What they are like." })),
        (
            "only".to_owned(),
            json!({
                "type": "object",
                "description": "There are no others.",
                "required": ["are"],
                "additionalProperties": false,
                "properties": {
                    "type": { "$ref": "#/$defs/type" },
                    "of": { "$ref": "#/$defs/name" },
                    "where": { "type": "object" },
                    "statements_of": { "$ref": "#/$defs/name", "description": "The resource whose policy has no other statements." },
                    "are": true,
                },
                "oneOf": [
                    { "required": ["type"], "properties": { "are": { "anyOf": [{ "$ref": "#/$defs/name" }, { "$ref": "#/$defs/names" }] }, "statements_of": false } },
                    { "required": ["statements_of"], "properties": { "are": { "$ref": "#/$defs/document" }, "of": false, "where": false, "type": false } },
                ],
                "allOf": of_type(json!({ "where": null }), "type"),
            }),
        ),
        ("access".to_owned(), json!({ "$ref": "#/$defs/access" })),
        ("permissions".to_owned(), json!({ "$ref": "#/$defs/permissions" })),
        ("context".to_owned(), json!({ "$ref": "#/$defs/context" })),
        ("check".to_owned(), check(checks)),
        ("flow".to_owned(), json!({ "$ref": "#/$defs/flow" })),
        ("wire".to_owned(), json!({ "$ref": "#/$defs/wire" })),
    ]);
    rule.extend(meta);
    let forms = ["expect", "only", "access", "permissions", "check", "flow"].map(|form| json!({ "required": [form] }));
    definitions.insert(
        "rule".into(),
        json!({
            "type": "object",
            "required": ["id"],
            "additionalProperties": false,
            "properties": rule,
            "oneOf": forms,
            "dependentRequired": { "context": ["permissions"], "wire": ["flow"] },
            "allOf": of_type(json!({ "where": null, "expect": null }), "each"),
        }),
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A rules file of Plimsoll",
        "type": "object",
        "required": ["plimsoll"],
        "additionalProperties": false,
        "properties": {
            "plimsoll": { "const": 1, "description": "The version of the rules language." },
            "title": { "type": "string", "description": "What the architecture is called." },
            "about": { "type": "string", "description": "What it is for." },
            "region": { "$ref": "#/$defs/text", "description": "The region it lives in." },
            "extends": {
                "oneOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }],
                "description": "The rules files that this one is laid over: one, or a list, each over those before it.",
            },
            "drop": { "$ref": "#/$defs/names", "description": "Resources, parameters and rules of the files below to leave out." },
            "grading": {
                "type": "object",
                "description": "How a report becomes a grade.",
                "additionalProperties": false,
                "properties": {
                    "pass_mark": {
                        "type": "number", "minimum": 0, "maximum": 100,
                        "description": "The percentage of the points from which on the work has passed.",
                    },
                    "unknown": {
                        "enum": UnknownPoints::ALL.map(UnknownPoints::as_str),
                        "description": "What becomes of the points of what could not be read: they are not earned, or left out of the total.",
                    },
                    "audience": { "$ref": "#/$defs/audience" },
                },
            },
            "unexpected": {
                "description": "Whether things that nobody declared fail.",
                "oneOf": [{ "type": "boolean" }, {
                    "type": "object",
                    "additionalProperties": false,
                    "properties": {
                        "when": { "enum": ["always", "asked"], "description": "In every run, or only with --unexpected." },
                        "severity": { "enum": Severity::ALL.map(Severity::as_str) },
                        "points": { "type": "number", "minimum": 0, "multipleOf": 0.01,
                            "description": "What each of the rules is worth." },
                        "except": { "type": "array", "items": { "anyOf": [
                            { "type": "string", "pattern": "^unexpected-[a-z-]+$", "description": "A rule that is not made." },
                            {
                                "type": "object",
                                "required": ["rule", "name"],
                                "additionalProperties": false,
                                "properties": {
                                    "rule": { "type": "string", "pattern": "^unexpected-[a-z-]+$" },
                                    "name": { "$ref": "#/$defs/text", "description": "The names that are left out: * is any run of characters, ? is one." },
                                },
                            },
                        ] } },
                    },
                }],
            },
            "not_checked": { "type": "object", "description": "What these rules cannot judge, and why.",
                "additionalProperties": { "type": "string" } },
            "parameters": { "type": "object", "additionalProperties": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "about": { "type": "string" },
                    "default": { "$ref": "#/$defs/text" },
                    "optional": { "type": "boolean" },
                },
            } },
            "resources": { "type": "object", "additionalProperties": { "$ref": "#/$defs/resource" } },
            "rules": { "type": "array", "items": { "$ref": "#/$defs/rule" } },
        },
        "$defs": definitions,
    })
}

/// The names of the checks, each with what it asks.
fn check(checks: impl IntoIterator<Item = &'static Check>) -> Json {
    let names: Vec<Json> =
        checks.into_iter().map(|check| json!({ "const": check.name, "description": check.title })).collect();
    json!({ "description": "An analysis, by its name.", "anyOf": names })
}

/// What rules on access and permissions are made of.
fn on_policies() -> Map<String, Json> {
    let one_or_more = |item: Json| json!({ "anyOf": [item, { "type": "array", "items": item }] });
    let names = one_or_more(json!({ "$ref": "#/$defs/name" }));
    let actions = one_or_more(json!({ "type": "string", "pattern": "^[A-Za-z0-9-]+:([A-Za-z0-9-]+|\\*)$" }));
    let to = json!({
        "to": names,
        "actions": actions,
        "via": { "const": "effective", "description": "Ask all policies that have a say, not the resource's own alone." },
        "administrators": { "const": "count", "description": "Count those who could rewrite the policy or their own grants." },
    });
    let definitions = json!({
        "document": { "type": "string", "minLength": 1, "description": "A policy document: its path below expected/." },
        "principal": { "anyOf": [
            { "type": "string", "minLength": 1, "description": "A named role, user or function, an ARN, or `anyone`." },
            {
                "type": "object",
                "required": ["account"],
                "additionalProperties": false,
                "properties": { "account": { "$ref": "#/$defs/text", "description": "All of an account: 12 digits." } },
            },
            {
                "type": "object",
                "required": ["service"],
                "additionalProperties": false,
                "properties": {
                    "service": { "type": "string", "description": "A service, such as sns.amazonaws.com." },
                    "source": { "type": "string", "description": "What it acts for: a named resource, or an ARN." },
                },
            },
        ] },
        "access": triple(&one_or_more(json!({ "$ref": "#/$defs/principal" })), &["to", "actions"], &to),
        "permissions": triple(&json!({ "$ref": "#/$defs/document" }), &["of"], &json!({ "of": names })),
        "context": {
            "type": "object",
            "description": "Condition keys that are fixed while a floor is judged.",
            "additionalProperties": { "anyOf": [
                { "$ref": "#/$defs/text" },
                { "type": "array", "items": { "$ref": "#/$defs/text" } },
                { "type": "object", "required": ["$absent"], "additionalProperties": false,
                    "properties": { "$absent": { "const": true } } },
            ] },
        },
    });
    definitions.as_object().cloned().unwrap_or_default()
}

/// An edge of the architecture.
fn flow() -> Json {
    json!({
        "type": "object",
        "description": "What arrives at one resource goes on to another.",
        "required": ["from", "to"],
        "additionalProperties": false,
        "properties": {
            "from": { "$ref": "#/$defs/name", "description": "The named resource where it begins." },
            "to": { "$ref": "#/$defs/name", "description": "The named resource where it ends." },
            "as": { "$ref": "#/$defs/name", "description": "The execution role of the integration." },
            "actions": {
                "description": "What the function's role must be allowed on the target.",
                "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }],
            },
            "variable": { "type": "string", "description": "The environment variable with the target." },
        },
    })
}

/// What `wire` may say: the properties of what stands between the ends of a flow.
fn wire(kinds: &[&'static Kind], definitions: &mut Map<String, Json>) -> Json {
    let mut types: Vec<&str> = MECHANISMS.iter().filter_map(|mechanism| mechanism.wire).collect();
    types.sort_unstable();
    types.dedup();
    let mut properties = Map::new();
    for kind in kinds.iter().filter(|kind| types.contains(&kind.type_name) || kind.type_name == TABLE) {
        let (known, path) = match kind.field("StreamSpecification").map(|field| &field.shape) {
            Some(Shape::Struct(of_stream)) => (of_stream.as_slice(), format!("{}.StreamSpecification", kind.type_name)),
            _ => (kind.fields(), kind.type_name.to_owned()),
        };
        if let Some(known) = fields(known, "", &path, definitions).get("properties").and_then(Json::as_object) {
            properties.extend(known.clone());
        }
    }
    json!({
        "type": "object",
        "description": "What stands between the ends of the flow, and its settings.",
        "additionalProperties": false,
        "properties": properties,
    })
}

/// A map of `fields`, some of them `required`, and of `exactly`, or `at_least` and `at_most`, which hold a `bound`.
fn triple(bound: &Json, required: &[&str], fields: &Json) -> Json {
    let mut properties = fields.as_object().cloned().unwrap_or_default();
    for (word, description) in
        [("exactly", "This, no less and no more."), ("at_least", "This or more."), ("at_most", "This or less.")]
    {
        properties.insert(word.to_owned(), json!({ "description": description, "allOf": [bound] }));
    }
    json!({
        "type": "object",
        "required": required,
        "additionalProperties": false,
        "properties": properties,
        "oneOf": [
            { "required": ["exactly"], "properties": { "at_least": false, "at_most": false } },
            { "anyOf": [{ "required": ["at_least"] }, { "required": ["at_most"] }], "properties": { "exactly": false } },
        ],
    })
}

fn reference(type_name: &str) -> Json {
    json!({ "$ref": format!("#/$defs/{type_name}") })
}

fn meta() -> Map<String, Json> {
    let fields = json!({
        "title": { "type": "string", "description": "What must hold, in a sentence." },
        "step": { "$ref": "#/$defs/text", "description": "The step of the instructions it belongs to." },
        "reason": { "type": "string", "description": "Why it matters." },
        "fix": { "type": "string", "description": "How to mend it." },
        "hint": { "type": "string", "description": "What sets somebody who is to find out for themselves on the way." },
        "audience": { "$ref": "#/$defs/audience" },
        "severity": { "enum": Severity::ALL.map(Severity::as_str), "description": "How bad a fail is." },
        "points": { "type": "number", "minimum": 0, "multipleOf": 0.01, "description": "What it is worth." },
        "needs": { "$ref": "#/$defs/names", "description": "The rules that must pass before it is judged." },
        "controls": {
            "type": "array",
            "items": { "type": "string" },
            "description": "The controls of published catalogues that ask for the same, or for part of it.",
        },
    });
    fields.as_object().cloned().unwrap_or_default()
}

fn fields(fields: &[Field], what: &str, path: &str, definitions: &mut Map<String, Json>) -> Json {
    let properties: Map<_, _> = fields
        .iter()
        .map(|field| {
            let mut schema = pattern(&field.shape, &format!("{path}.{}", field.name), definitions);
            if let Some(schema) = schema.as_object_mut() {
                schema.insert("description".into(), field.doc.clone().into());
            }
            (field.name.clone(), schema)
        })
        .collect();
    json!({ "type": "object", "description": what, "additionalProperties": false, "properties": properties })
}

/// The shapes that need no words of their own, and the definitions that all their properties share.
const SCALARS: [(&str, Shape); 6] = [
    ("yes-or-no", Shape::Bool),
    ("whole-number", Shape::Integer),
    ("any-text", Shape::Text),
    ("arn", Shape::Arn),
    ("time", Shape::Time),
    ("policy-document", Shape::Policy),
];

/// What may be written for the property at `path`, which has this shape. What is not a scalar has a definition of its
/// own: it stands in several matchers, so that written out, each level would multiply those below it.
fn pattern(shape: &Shape, path: &str, definitions: &mut Map<String, Json>) -> Json {
    if let Some((name, _)) = SCALARS.iter().find(|(_, scalar)| scalar == shape) {
        return reference(name);
    }
    let written_out = value_or_matchers(shape, path, definitions);
    definitions.insert(path.to_owned(), written_out);
    reference(path)
}

/// What may be written for an item of the list, set or map at `path`.
fn item_pattern(item: &Shape, path: &str, definitions: &mut Map<String, Json>) -> Json {
    pattern(item, &format!("{path}.item"), definitions)
}

/// A value of this shape, or matchers.
fn value_or_matchers(shape: &Shape, path: &str, definitions: &mut Map<String, Json>) -> Json {
    let value = match shape {
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::Integer => json!({ "type": ["integer", "string"] }),
        Shape::OneOf(values) => json!({ "anyOf": [{ "enum": values }, { "type": "string", "pattern": "\\$\\{" }] }),
        Shape::Text | Shape::Arn | Shape::Time => json!({ "$ref": "#/$defs/text" }),
        Shape::Policy => return matchers(shape, &json!({}), None),
        Shape::List(item) | Shape::Set(item) => {
            let one = item_pattern(item, path, definitions);
            let value = json!({ "type": "array", "items": one });
            let matchers = matchers(shape, &value, Some(&one));
            return json!({ "anyOf": [value, matchers] });
        }
        Shape::Map(item) => json!({
            "type": "object",
            "propertyNames": { "not": { "pattern": "^\\$" } },
            "additionalProperties": item_pattern(item, path, definitions),
        }),
        Shape::Struct(known) => fields(known, "", path, definitions),
    };
    let matchers = matchers(shape, &value, None);
    json!({ "anyOf": [value, matchers] })
}

/// The matchers for this shape, given what its value is and, of a list, what one item is.
fn matchers(shape: &Shape, value: &Json, item: Option<&Json>) -> Json {
    let mut properties = Map::from_iter([
        ("$absent".to_owned(), json!({ "const": true, "description": "There is none." })),
        ("$present".to_owned(), json!({ "const": true, "description": "There is one." })),
    ]);
    properties.insert("$not".into(), json!({ "description": "All but this." }));
    if *shape == Shape::Policy {
        properties.insert("$policy".into(), json!({
            "description": "A policy document that means the same as the one in this file, or is bounded by it.",
            "anyOf": [{ "$ref": "#/$defs/document" }, triple(&json!({ "$ref": "#/$defs/document" }), &[], &json!({}))],
        }));
        properties.insert("$one_of".into(), json!({ "type": "array", "minItems": 1, "items": { "type": "object" } }));
    } else {
        properties.insert("$is".into(), value.clone());
        // A matcher among the values is not looked into: the schema would have no end.
        let matcher = json!({ "type": "object", "minProperties": 1, "patternProperties": { "^\\$": true }, "additionalProperties": false });
        let one = json!({ "anyOf": [value, matcher] });
        properties.insert("$one_of".into(), json!({ "type": "array", "minItems": 1, "items": one }));
    }
    match shape {
        Shape::Text | Shape::Arn | Shape::OneOf(_) => {
            properties.insert("$like".into(), json!({ "type": "string", "description": "A glob with * and ?." }));
        }
        Shape::Integer | Shape::Time => {
            for bound in ["$min", "$max"] {
                properties.insert(bound.into(), value.clone());
            }
        }
        _ => {}
    }
    if let Some(one) = item {
        properties.insert("$contains".into(), json!({ "anyOf": [{ "type": "array", "items": one }, one] }));
    }
    json!({ "type": "object", "minProperties": 1, "additionalProperties": false, "properties": properties })
}
