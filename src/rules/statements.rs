//! `only: { statements_of: … }`: the statements that the policy of a resource may have.

use super::Form;
use super::access::own_policy;
use super::declare::named;
use super::document::Of;
use super::expected::Expected;
use super::fields::{text, unknown};
use super::interpret::Interpreter;
use super::node::Entry;

/// The statements that the policy of a resource may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statements {
    /// The resource, by its name in the rules file.
    pub of: String,
    /// The document that has them.
    pub are: Option<Expected>,
}

/// What `only: { statements_of: … }` says, if it is right. `inner` are the fields of `only`, `rule` the id of its rule.
pub(super) fn statements(rule: &str, inner: &[Entry], of: &Entry, interpreter: &mut Interpreter<'_>) -> Option<Form> {
    const FIELDS: [&str; 2] = ["statements_of", "are"];
    for entry in inner.iter().filter(|entry| !FIELDS.contains(&entry.key.as_str())) {
        unknown(entry, "`only` on the statements of a policy", &entry.key, &FIELDS, interpreter.diagnostics);
    }
    let are = inner.iter().find(|entry| entry.key == "are");
    let are = are.map(|entry| interpreter.document(&entry.value, Of::Resource, &format!("{rule}.are")));
    let key = text(of, interpreter.diagnostics)?;
    named(&key, &of.value.span, interpreter)?;
    own_policy(&key, &of.value.span, interpreter)?;
    let Some(are) = are else {
        interpreter
            .diagnostics
            .error("missing-field", &of.key_span, "`only` takes in `are` the document whose statements there may be")
            .help("write `only: { statements_of: queue, are: serverless-poc/POC-Queue.policy.json }`");
        return None;
    };
    Some(Form::Statements(Statements { of: key, are: are? }))
}
