//! Policy documents from files and from within other JSON.

use crate::cli::Failure;
use crate::iam;
use serde_json::value::RawValue;
use std::io::Read as _;

/// The documents in a piece of JSON: one, or a list of them; each may be a JSON string that holds it. They are read
/// from their text, so that a key which is written twice is seen.
pub(super) fn of_json(json: &RawValue, name: &str) -> Result<Vec<iam::Policy>, String> {
    if !json.get().starts_with('[') {
        return Ok(vec![one(json.get(), name)?]);
    }
    let items: Vec<&RawValue> = serde_json::from_str(json.get()).map_err(|error| format!("{name}: {error}"))?;
    let several = items.len() > 1;
    let of = |(at, item): (usize, &&RawValue)| {
        let name = if several { format!("{name} {}", at + 1) } else { name.to_owned() };
        one(item.get(), &name)
    };
    items.iter().enumerate().map(of).collect()
}

fn one(text: &str, name: &str) -> Result<iam::Policy, String> {
    let policy = iam::Policy::parse(text).map_err(|error| format!("{name}: {error}"))?;
    Ok(policy.named(name, None))
}

/// The documents in a file (`-`: standard input): one in any form that AWS returns, or a JSON list of them.
pub(super) fn of_file(path: &str) -> Result<Vec<iam::Policy>, Failure> {
    let text = text_of(path)?;
    let wrong =
        |message: String| Failure::usage(message, "give a policy document as AWS returns it, or a list of them");
    if text.trim_start().starts_with('[') {
        let json: &RawValue = serde_json::from_str(text.trim()).map_err(|error| wrong(format!("{path}: {error}")))?;
        return of_json(json, path).map_err(wrong);
    }
    Ok(vec![one(&text, path).map_err(wrong)?])
}

fn text_of(path: &str) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    // Beyond what a document may have, so that the document's own error says what is wrong.
    let most = 16 * (iam::document::LONGEST as u64);
    let read = if path == "-" {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes))
    };
    read.map_err(|error| {
        Failure::usage(format!("cannot read {path}: {error}"), "name a file, or - for standard input")
    })?;
    String::from_utf8(bytes).map_err(|_| Failure::usage(format!("{path} is not UTF-8"), "save the document as UTF-8"))
}
