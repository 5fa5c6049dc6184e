//! The JSON Schema of a list of accounts, for editors.

use serde_json::{Value as Json, json};

/// The schema of a list of accounts.
pub fn schema() -> Json {
    let text = json!({ "type": ["string", "number", "boolean"] });
    let one_or_more = |item: &Json| json!({ "anyOf": [item, { "type": "array", "items": item, "minItems": 1, "uniqueItems": true }] });
    let region = json!({ "type": "string", "pattern": "^[a-z]{2,}(-[a-z]+)+-[0-9]+$" });
    let about = |schema: &Json, description: &str| {
        let mut schema = schema.clone();
        schema["description"] = description.into();
        schema
    };
    let string = json!({ "type": "string", "minLength": 1 });
    let mut shared = json!({
        "role": {
            "type": "string",
            "pattern": "^(arn:[a-z-]+:iam::[0-9]{12}:role/.+|[A-Za-z0-9_+=,.@-][A-Za-z0-9_+=,.@/-]*)$",
            "description": "The role to assume: its ARN, or its name in `account`.",
        },
        "external_id": about(&text, "The external id that the role asks for."),
        "profile": about(&string, "The profile of the AWS configuration files whose credentials ask, or assume the role."),
        "region": about(&one_or_more(&region), "The region; of several, each is a run of its own."),
        "regions": about(&one_or_more(&region), "The regions, each of which is a run of its own."),
        "rules": about(&one_or_more(&string), "The rules: a path relative to this file that ends in .yaml, or the name of built-in rules. Of several, each is laid over those before it."),
        "set": {
            "type": "object",
            "additionalProperties": text,
            "description": "The values of parameters of the rules.",
        },
    });
    let not_both = json!({ "required": ["region", "regions"] });
    let defaults = json!({
        "type": "object",
        "description": "What holds for each account that does not say otherwise.",
        "additionalProperties": false,
        "properties": shared,
        "not": not_both,
    });
    let own = json!({
        "name": {
            "type": "string",
            "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}$",
            "description": "Its name in what is told, and the name of the folder of its results.",
        },
        "account": {
            "type": ["string", "integer"],
            "description": "The account that must answer, 12 digits.",
        },
        "recording": about(&string, "A recording to replay: a path relative to this file."),
        "snapshot": about(&string, "A snapshot to judge: a path relative to this file."),
    });
    if let (Some(shared), Some(own)) = (shared.as_object_mut(), own.as_object()) {
        shared.extend(own.clone());
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The accounts of a Plimsoll scan",
        "type": "object",
        "required": ["plimsoll_accounts", "accounts"],
        "additionalProperties": false,
        "properties": {
            "plimsoll_accounts": { "const": 1, "description": "The version of this form." },
            "defaults": defaults,
            "accounts": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["name"],
                    "additionalProperties": false,
                    "properties": shared,
                    "not": not_both,
                },
            },
        },
    })
}
