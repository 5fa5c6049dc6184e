//! `permissions`: what a principal or a managed policy allows, held against a floor and a ceiling.

use super::Form;
use super::action;
use super::bounds::{Bounds, Side, WORDS};
use super::document::{Of, asks_for_nothing};
use super::expected::Expected;
use super::fields::{map, unknown};
use super::interpret::Interpreter;
use super::node::{Content, Entry, Node};
use super::rule::resource_keys;
use super::template::Template;
use std::convert::Infallible;

/// What principals or managed policies allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permissions {
    /// Of which resources, by their names in the rules file.
    pub of: Vec<String>,
    /// What they are held against.
    pub bounds: Bounds<Expected>,
    /// The condition keys that are fixed while a floor is judged, beyond those that follow from the call of a service.
    /// No values: the key is absent.
    pub context: Vec<(String, Vec<Template>)>,
}

/// What `permissions` says, if it is right. `beside` are all the fields of its rule, called `rule`.
pub(super) fn permissions(
    rule: &str,
    form: &Entry,
    beside: &[Entry],
    interpreter: &mut Interpreter<'_>,
) -> Option<Form> {
    const FIELDS: [&str; 4] = ["of", WORDS[0], WORDS[1], WORDS[2]];
    let wanted = "`permissions` is a map, such as `{ of: writer-role, at_most: writer.ceiling.json }`";
    let inner = map(&form.value, wanted, interpreter.diagnostics)?;
    for entry in inner.iter().filter(|entry| !FIELDS.contains(&entry.key.as_str())) {
        if entry.key == "context" {
            interpreter
                .diagnostics
                .error("wrong-field", &entry.key_span, "`context` stands beside `permissions`, not in it")
                .help("write it as a field of the rule");
        } else {
            unknown(entry, "`permissions`", &entry.key, &FIELDS, interpreter.diagnostics);
        }
    }
    let of = inner.iter().find(|entry| entry.key == "of").map(|entry| holders(entry, interpreter));
    let bounds = interpreter.bounds(inner, &form.key_span, |this, side, entry| {
        this.bound(side, entry, Of::Identity, &format!("{rule}.{}", side.as_str()))
    });
    let context = match beside.iter().find(|entry| entry.key == "context") {
        None => Some(Vec::new()),
        Some(entry) => {
            if let Some(Bounds::Between { at_least: None, at_most: Some(_) }) = &bounds {
                interpreter
                    .diagnostics
                    .error("wrong-field", &entry.key_span, "`context` is about a floor, and there is none here")
                    .help("a ceiling holds in every context; leave `context` out, or add `at_least`");
            }
            interpreter.context(entry, rule)
        }
    };
    let Some(of) = of else {
        interpreter
            .diagnostics
            .error("missing-field", &form.key_span, "`permissions` takes in `of` whose they are")
            .help("name a role, a user, a group or a managed policy: `of: writer-role`");
        return None;
    };
    Some(Form::Permissions(Permissions { of: of?, bounds: bounds?, context: context? }))
}

/// The resources in `entry`, all of which have permissions.
fn holders(entry: &Entry, interpreter: &mut Interpreter<'_>) -> Option<Vec<String>> {
    let keys = resource_keys(entry, interpreter)?;
    let mut right = true;
    for key in &keys {
        let kind = interpreter.resources.get(key).copied().flatten()?;
        if kind.standing.permissions.is_some() {
            continue;
        }
        right = false;
        let error = interpreter.diagnostics.error(
            "wrong-resource",
            &entry.value.span,
            format!("`{key}` is {}, which has no permissions", kind.one()),
        );
        if kind.standing.own_policy.is_some() {
            error.help("who may act on it is said by `access: { to: … }`");
        }
    }
    right.then_some(keys)
}

impl Interpreter<'_> {
    /// The document of a bound. `None` after a mistake; `Some(None)` if it hangs on a parameter that was left out.
    pub(super) fn bound(&mut self, side: Side, entry: &Entry, of: Of, path: &str) -> Option<Option<Expected>> {
        let document = self.document(&entry.value, of, path)?;
        if let (Side::AtLeast, Some(expected)) = (side, &document) {
            let Ok(bound) = expected.bind::<Infallible>(&mut |reference| Ok(self.plausible_value(reference)));
            if bound.policy().is_ok_and(|policy| asks_for_nothing(&policy)) {
                self.diagnostics
                    .error("nothing-to-check", &entry.value.span, "a floor that allows nothing is always there")
                    .help("a floor is a document of what must be allowed");
                return None;
            }
        }
        Some(document)
    }

    /// The condition keys in `entry`.
    fn context(&mut self, entry: &Entry, rule: &str) -> Option<Vec<(String, Vec<Template>)>> {
        let wanted = "`context` is a map from condition keys to values, such as `{ aws:PrincipalTag/team: orders }`";
        let entries = map(&entry.value, wanted, self.diagnostics)?;
        let mut keys: Vec<(String, Vec<Template>)> = Vec::new();
        let mut right = true;
        for entry in entries {
            if !action::is_condition_key(&entry.key) {
                self.diagnostics
                    .error("wrong-value", &entry.key_span, format!("`{}` is no condition key of AWS's", entry.key))
                    .help("condition keys are written as in policies: aws:SourceVpce");
                right = false;
                continue;
            }
            if keys.iter().any(|(key, _)| key.eq_ignore_ascii_case(&entry.key)) {
                self.diagnostics
                    .error(
                        "duplicate-key",
                        &entry.key_span,
                        format!("`{}` is fixed already; case does not count", entry.key),
                    )
                    .help("fix each condition key once");
                right = false;
                continue;
            }
            match self.values(&entry.value, &format!("{rule}.context.{}", entry.key)) {
                Some(Some(values)) => keys.push((entry.key.clone(), values)),
                Some(None) => {}
                None => right = false,
            }
        }
        right.then_some(keys)
    }

    /// The values of a condition key: one, several, or none for `{ $absent: true }`.
    fn values(&mut self, node: &Node, path: &str) -> Option<Option<Vec<Template>>> {
        if let Content::Map(entries) = &node.content
            && let [only] = entries.as_slice()
            && (only.key.as_str(), only.value.text()) == ("$absent", Some("true"))
        {
            return Some(Some(Vec::new()));
        }
        let single = std::slice::from_ref(node);
        let nodes: &[Node] = if let Content::List(nodes) = &node.content { nodes } else { single };
        let mut values = Vec::new();
        for node in nodes {
            let Some(text) = node.text() else {
                self.diagnostics
                    .error(
                        "wrong-type",
                        &node.span,
                        format!("a value of a condition key is a text, and this is {}", node.noun()),
                    )
                    .help("a key that is not in the request is written `{ $absent: true }`");
                return None;
            };
            match self.template(text, &node.span)? {
                Ok(value) => values.push(value),
                Err(parameter) => {
                    self.left_out.push((path.to_owned(), parameter));
                    return Some(None);
                }
            }
        }
        Some(Some(values))
    }
}
