//! The settings of methods that a stage has, told apart by the path and verb that they are for.

use super::settings::items;
use crate::model::{Gap, Resource, Value};

/// What of the settings of `stage` is as `wanted` says, in words; whether a setting is for every method; and the gaps
/// that could hold more. `wanted` is handed one setting.
pub(super) struct Settings {
    /// The methods whose settings are as wanted: `GET /orders`, `every method`.
    pub(super) hits: Vec<String>,
    /// Whether one of the settings, as wanted or not, is for every method.
    pub(super) has_default: bool,
    /// What was not read.
    pub(super) gaps: Vec<Gap>,
}

/// Looks for settings of `stage` that are as `wanted` says.
pub(super) fn settings(stage: &Resource, wanted: impl Fn(&Value) -> Result<bool, Gap>) -> Settings {
    let mut found = Settings { hits: Vec::new(), has_default: false, gaps: Vec::new() };
    let settings = match items(stage, &["MethodSettings"]) {
        Ok(settings) => settings,
        Err(gap) => {
            found.gaps.push(gap.clone());
            return found;
        }
    };
    for setting in settings {
        let part = |name: &str| setting.get(name).as_text().unwrap_or_else(|| "?".to_owned());
        let (path, verb) = (part("ResourcePath"), part("HttpMethod"));
        let is_default = path == "/*" && verb == "*";
        found.has_default |= is_default;
        match wanted(setting) {
            Ok(true) => found.hits.push(if is_default { "every method".to_owned() } else { format!("{verb} {path}") }),
            Ok(false) => {}
            Err(gap) => found.gaps.push(gap),
        }
    }
    found.hits.sort();
    found
}

/// Whether the part called `name` of a setting is true; false if there is none, the gap if it was not read.
pub(super) fn is_set(setting: &Value, name: &str) -> Result<bool, Gap> {
    match setting.get(name) {
        Value::Unread(gap) => Err(gap.as_ref().clone()),
        value => Ok(*value == Value::Bool(true)),
    }
}
