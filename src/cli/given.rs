//! The rules that a command is given, with their parameters.

use super::Failure;
use crate::checks;
use crate::rules::{Origin, Request, Rules, Types, builtin, closest, load};
use crate::services;
use clap::Args;
use std::collections::BTreeMap;

/// The rules that a command is given.
#[derive(Debug, Clone, Args)]
pub(super) struct Given {
    /// A rules file (.yaml), or the name of built-in rules (`plimsoll rules list`)
    #[arg(value_name = "RULES")]
    pub(super) rules: String,
    /// The value of a parameter of the rules; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = name_and_value)]
    pub(super) set: Vec<(String, String)>,
}

impl Given {
    /// Loads the rules. `complete` if every parameter must have a value.
    pub(super) fn load(&self, complete: bool) -> Result<Rules, Failure> {
        let mut parameters = BTreeMap::new();
        for (name, value) in &self.set {
            if parameters.insert(name.clone(), value.clone()).is_some() {
                return Err(Failure::usage(format!("--set {name} is given twice"), "give each parameter one value"));
            }
        }
        let origin = Origin::named(&self.rules);
        if let Origin::Builtin(name) = &origin
            && builtin::rules(name).is_none()
        {
            return Err(no_such_rules(name));
        }
        Ok(load(&Request { origin, parameters: &parameters, complete, types: types() })?)
    }
}

fn no_such_rules(name: &str) -> Failure {
    let names: Vec<&str> = builtin::names().collect();
    let hint = match closest(name, names.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("there are {}; the path of a rules file ends in .yaml", names.join(", ")),
    };
    Failure::usage(format!("there are no built-in rules `{name}`"), hint)
}

/// The kinds that rules may speak of.
pub(super) fn types() -> Types {
    Types {
        kind: services::kind,
        names: || services::kinds().map(|kind| kind.type_name).collect(),
        checks: || checks::all().collect(),
    }
}

/// Reads `NAME=VALUE`.
pub(super) fn name_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("a parameter is written NAME=VALUE".to_owned()),
    }
}
