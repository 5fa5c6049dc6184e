//! Reading expected documents: where they are, what they refer to, and whether they are policies that fit.

use super::action;
use super::diagnostic::SHOWN;
use super::expected::{Expected, means_more};
use super::interpret::Interpreter;
use super::node::Node;
use super::source::Span;
use super::template::{Piece, Template, Written, pieces};
use crate::iam::{Effect, Policy};
use std::convert::Infallible;

/// What a document is held against, which decides what may stand in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Of {
    /// What principals may do: nobody is named in it.
    Identity,
    /// Who may act on a resource: each statement names principals.
    Resource,
}

/// A document that was looked at: none after a mistake; the name of the optional parameter it hangs on, if that was not
/// given.
pub(super) type Checked = Option<Result<Expected, String>>;

impl Interpreter<'_> {
    /// The document whose path `node` holds. `None` after a mistake; `Some(None)` if it hangs on an optional parameter
    /// that was not given, which is noted for `path`.
    pub(super) fn document(&mut self, node: &Node, of: Of, path: &str) -> Option<Option<Expected>> {
        let Some(written) = node.text().filter(|text| !text.is_empty()) else {
            self.diagnostics
                .error(
                    "wrong-type",
                    &node.span,
                    format!("the path of an expected document is wanted here, and this is {}", node.noun()),
                )
                .help("write the path below `expected/`, such as serverless-poc/writer.needs.json");
            return None;
        };
        let (file, source) = self.document_source(written, &node.span)?;
        // Many rules may name one large document, which is read and checked once.
        let key = (source, of);
        if !self.checked.contains_key(&key) {
            let checked = self.check(&file, source, of, &node.span);
            self.checked.insert(key, checked);
        }
        match self.checked.get(&key)?.clone()? {
            Ok(expected) => Some(Some(expected.written_as(written))),
            Err(parameter) => {
                self.left_out.push((path.to_owned(), parameter));
                Some(None)
            }
        }
    }

    /// The document in a source, if it is right; the name of the parameter if one was left out.
    fn check(&mut self, file: &str, source: usize, of: Of, named: &Span) -> Checked {
        let text = self.diagnostics.sources.0[source].text.clone();
        let before = self.diagnostics.list.len();
        let template = match self.document_template(&text, source)? {
            Ok(template) => template,
            Err(parameter) => return Some(Err(parameter)),
        };
        let expected = Expected::new(file, template);
        let Ok(bound) = expected.bind::<Infallible>(&mut |reference| Ok(self.plausible_value(reference)));
        match bound.policy() {
            Ok(policy) => self.check_document(&policy, of, source, named),
            Err(malformed) => {
                let span = self.diagnostics.sources.line(source, malformed.line);
                self.diagnostics.error("malformed-document", &span, malformed.message);
            }
        }
        (self.diagnostics.list.len() == before).then_some(Ok(expected))
    }

    /// The name of the document that a rule calls `written`, and its source, read once in a load.
    fn document_source(&mut self, written: &str, span: &Span) -> Option<(String, usize)> {
        let places = self.origins.get(span.source).map(|origin| origin.expected(written)).unwrap_or_default();
        for place in &places {
            let name = place.name();
            if let Some(source) = self.documents.get(&name) {
                return Some((name, *source));
            }
            match place.text() {
                None => {}
                Some(Ok(text)) => {
                    let source = self.diagnostics.sources.add(&name, text);
                    self.documents.insert(name.clone(), source);
                    return Some((name, source));
                }
                Some(Err(unreadable)) => {
                    let error = self.diagnostics.error(
                        "unreadable-document",
                        span,
                        format!("cannot read `{name}`: {}", unreadable.why),
                    );
                    if let Some(help) = unreadable.help {
                        error.help(help);
                    }
                    return None;
                }
            }
        }
        let looked: Vec<String> = places.iter().map(|place| format!("`{}`", place.name())).collect();
        // Folders are looked through for the mistakes that are shown.
        let shown = self.diagnostics.list.len() < SHOWN;
        let siblings: Vec<String> = places.iter().filter(|_| shown).flat_map(|place| place.siblings(written)).collect();
        self.diagnostics
            .error("missing-document", span, format!("there is no document `{written}`"))
            .help(format!("it was looked for at {}", looked.join(" and ")))
            .label(format!("looked for at {}", looked.join(" and ")))
            .did_you_mean(written, siblings.iter().map(String::as_str));
        None
    }

    /// The text of a document with what it refers to; the name of the parameter if one was left out.
    fn document_template(&mut self, text: &str, source: usize) -> Option<Result<Template, String>> {
        let mut template = Template::default();
        let mut left_out = None;
        for piece in pieces(text) {
            let (inner, at) = match piece {
                Written::Text(text) => {
                    template.0.push(Piece::Text(text));
                    continue;
                }
                Written::Reference(inner, at) => (inner, at),
                Written::Unclosed(at) => ("\"", at),
            };
            // A reference ends where its string ends, or the braces of the JSON around it would close it.
            if inner.contains(['"', '\n', '{']) {
                let span = Span { source, start: at, end: at + 2 };
                self.diagnostics
                    .error("unclosed-reference", &span, "this `${` has no `}`")
                    .help("a reference is written \"${queue.Arn}\"; a literal `${x}` is written `${!x}`");
                return None;
            }
            let span = Span { source, start: at, end: at + inner.len() + 3 };
            match self.reference(inner, &span) {
                Some(Ok(Piece::Given(value))) if means_more(&value) && !self.is_open(&format!("${{{inner}}}")) => {
                    self.check_language(text, inner, &span);
                    template.0.push(Piece::Given(value));
                }
                Some(Ok(piece)) => template.0.push(piece),
                Some(Err(parameter)) => left_out = Some(parameter),
                // A mistake was noted; the rest of the document is looked at nonetheless.
                None => template.0.push(Piece::Text("x".to_owned())),
            }
        }
        Some(left_out.map_or(Ok(template), Err))
    }

    /// Notes a value with `*`, `?` or `${` in it that the document cannot hold: only the newer language can write them.
    fn check_language(&mut self, text: &str, parameter: &str, span: &Span) {
        if !text.contains("2012-10-17") {
            self.diagnostics
                .error(
                    "wrong-value",
                    span,
                    format!("the value of `{parameter}` has `*`, `?` or `${{` in it, which would not stand for itself"),
                )
                .help("give the document `\"Version\": \"2012-10-17\"`, in which they can be written as themselves");
        }
    }

    /// Notes what in `policy` has no effect, or none of the effect that was meant by the rule that names it at `named`.
    fn check_document(&mut self, policy: &Policy, of: Of, source: usize, named: &Span) {
        let named = self.diagnostics.sources.place(named);
        let named = format!("line {} of {} holds one against it", named.line, named.file);
        let line = |this: &Self, line: usize| this.diagnostics.sources.line(source, line);
        for oddity in policy.oddities.iter().filter(|oddity| oddity.code == "unknown-element") {
            let span = line(self, oddity.line);
            self.diagnostics.error("malformed-document", &span, oddity.message.clone());
        }
        for statement in &policy.statements {
            let span = line(self, statement.line);
            match (of, &statement.principal) {
                (Of::Identity, Some(_)) => {
                    self.diagnostics
                        .error(
                            "wrong-document",
                            &span,
                            "this statement names principals, and in what somebody may do nobody is named",
                        )
                        .help(format!("a policy of a role, user or group has no `Principal`, and {named}"));
                }
                (Of::Resource, None) => {
                    self.diagnostics
                        .error("wrong-document", &span, "this statement names no principal, so it is about nobody")
                        .help(format!("in the policy of a resource each statement has a `Principal`, and {named}"));
                }
                _ => {}
            }
            for condition in &statement.conditions {
                if let Err(operator) = &condition.operator {
                    let span = line(self, condition.line);
                    self.diagnostics.error(
                        "malformed-document",
                        &span,
                        format!("IAM has no condition operator `{operator}`"),
                    );
                }
            }
            for name in statement.action.values.iter().filter(|name| !name.contains("${")) {
                if let Err(unknown) = action::check_pattern(name) {
                    let span = self.diagnostics.sources.quoted(&span, name).unwrap_or_else(|| span.clone());
                    self.unknown_action(name, unknown, &span);
                }
            }
        }
    }

    pub(super) fn unknown_action(&mut self, name: &str, unknown: action::Unknown, span: &Span) {
        self.diagnostics
            .error("unknown-action", span, format!("AWS has no action `{name}`, as of {}", action::as_of()))
            .help("actions are written SERVICE:Action, as AWS's service authorization reference lists them")
            .did_you_mean(name, unknown.near.as_deref());
    }
}

/// Whether `expected`, a floor, asks for anything.
pub(super) fn asks_for_nothing(policy: &Policy) -> bool {
    policy.statements.iter().all(|statement| statement.effect == Effect::Deny)
}
