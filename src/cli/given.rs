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
    /// Loads the rules, all parameters with their values, with those on things that nobody declared if they are asked for.
    pub(super) fn load_asking(&self, unexpected: Unexpected) -> Result<Rules, Failure> {
        unexpected.asked(self.load(true)?)
    }

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

/// Whether things that nobody declared are to be told.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Unexpected {
    /// Tell as well what is there and nobody declared: `plimsoll rules explain unexpected`
    #[arg(long)]
    pub(super) unexpected: bool,
}

impl Unexpected {
    /// `rules`, with those on things that nobody declared if they are asked for.
    pub(super) fn asked(self, mut rules: Rules) -> Result<Rules, Failure> {
        if self.unexpected {
            rules
                .ask_for_unexpected(types())
                .map_err(|why| Failure::usage(format!("{}: --unexpected: {why}", rules.file), why.hint()))?;
        }
        Ok(rules)
    }
}

/// The rules that `scan` is given: with a list of accounts, they may be named there.
#[cfg(feature = "live")]
#[derive(Debug, Args)]
pub(super) struct MaybeGiven {
    /// A rules file (.yaml), or the name of built-in rules (`plimsoll rules list`)
    #[arg(value_name = "RULES", required_unless_present = "accounts")]
    pub(super) rules: Option<String>,
    /// The value of a parameter of the rules; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = name_and_value)]
    pub(super) set: Vec<(String, String)>,
}

#[cfg(feature = "live")]
impl MaybeGiven {
    /// Loads the rules of one account, as [`Given::load_asking`] does.
    pub(super) fn load_asking(&self, unexpected: Unexpected) -> Result<Rules, Failure> {
        let Some(rules) = self.rules.clone() else {
            return Err(Failure::usage("no rules are named", "name a rules file, or built-in rules"));
        };
        Given { rules, set: self.set.clone() }.load_asking(unexpected)
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
