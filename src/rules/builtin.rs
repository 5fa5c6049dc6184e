//! The rules and expected documents of the repository, which every binary carries.

/// The built-in rules, by name.
const RULES: [(&str, &str); 1] = [("serverless-poc", include_str!("../../rules/serverless-poc.yaml"))];

/// The text of the built-in rules called `name`.
pub fn rules(name: &str) -> Option<&'static str> {
    RULES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The names of all built-in rules.
pub fn names() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|(name, _)| *name)
}
