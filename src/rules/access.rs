//! `access`: who may act on a resource, by the policy that it carries or by all policies that have a say.

use super::Form;
use super::action;
use super::bounds::{Bounds, WORDS};
use super::fields::{map, unknown};
use super::grantee::Grantee;
use super::interpret::Interpreter;
use super::load::texts;
use super::node::{Content, Entry, Node};
use super::rule::resource_keys;
use super::source::Span;
use crate::model::OwnPolicy;
use std::collections::BTreeSet;

/// Who may act on resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The resources, by their names in the rules file.
    pub to: Vec<String>,
    /// The actions, each judged by itself.
    pub actions: Vec<String>,
    /// The actions as they were written, such as `sqs:*`.
    pub written: Vec<String>,
    /// Who is let in.
    pub who: Bounds<Vec<Grantee>>,
    /// By which policies.
    pub via: Via,
}

/// Which policies have a say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// The resource's own.
    ResourcePolicy,
    /// Those of identities, their boundaries and trust policies as well.
    Effective {
        /// Whether those count who could rewrite the policy or their own grants.
        administrators: bool,
    },
}

impl Access {
    /// Everybody it names.
    pub fn grantees(&self) -> impl Iterator<Item = &Grantee> {
        self.who.iter().flat_map(|(_, grantees)| grantees)
    }
}

/// What `access` says, if it is right. Its rule is called `rule`.
pub(super) fn access(rule: &str, form: &Entry, interpreter: &mut Interpreter<'_>) -> Option<Form> {
    const FIELDS: [&str; 7] = ["to", "actions", "via", "administrators", WORDS[0], WORDS[1], WORDS[2]];
    let wanted = "`access` is a map, such as `{ to: queue, actions: [sqs:SendMessage], exactly: [api-role] }`";
    let inner = map(&form.value, wanted, interpreter.diagnostics)?;
    for entry in inner.iter().filter(|entry| !FIELDS.contains(&entry.key.as_str())) {
        unknown(entry, "`access`", &entry.key, &FIELDS, interpreter.diagnostics);
    }
    let field = |name: &str| inner.iter().find(|entry| entry.key == name);
    let via = via(field("via"), field("administrators"), interpreter);
    let to = field("to").map(|entry| policy_holders(entry, interpreter));
    let policy = to.as_ref().and_then(|to| Some(to.as_ref()?.1));
    let actions = field("actions").map(|entry| actions(entry, policy, interpreter));
    let who = interpreter
        .bounds(inner, &form.key_span, |this, side, entry| this.grantees(entry, &format!("{rule}.{}", side.as_str())));
    let (Some(to), Some(actions)) = (to, actions) else {
        interpreter
            .diagnostics
            .error("missing-field", &form.key_span, "`access` takes the resource in `to`, and `actions`")
            .help("write `access: { to: queue, actions: [sqs:SendMessage], exactly: [api-role] }`");
        return None;
    };
    let ((to, _), (actions, written)) = (to?, actions?);
    Some(Form::Access(Access { to, actions, written, who: who?, via: via? }))
}

/// Which policies have a say. `None` after a mistake.
fn via(via: Option<&Entry>, administrators: Option<&Entry>, interpreter: &mut Interpreter<'_>) -> Option<Via> {
    let mut word = |entry: &Entry, wanted: &str| {
        let right = entry.value.text() == Some(wanted);
        if !right {
            interpreter
                .diagnostics
                .error("wrong-value", &entry.value.span, format!("`{}` takes the word `{wanted}`", entry.key))
                .help("`via: effective` asks all policies that have a say, `administrators: count` counts those who could give it to themselves");
        }
        right
    };
    let effective = via.map(|entry| word(entry, "effective"));
    let counted = administrators.map(|entry| word(entry, "count"));
    match (effective, counted, administrators) {
        (Some(false), _, _) | (_, Some(false), _) => None,
        (None, Some(true), Some(entry)) => {
            interpreter
                .diagnostics
                .error("wrong-field", &entry.key_span, "`administrators` goes with `via: effective`")
                .help("without it, `access` is about those whom the resource's own policy lets in");
            None
        }
        (None, _, _) => Some(Via::ResourcePolicy),
        (Some(true), counted, _) => Some(Via::Effective { administrators: counted == Some(true) }),
    }
}

/// The resources in `entry`, which all have a policy of the same kind, and that kind.
fn policy_holders(entry: &Entry, interpreter: &mut Interpreter<'_>) -> Option<(Vec<String>, OwnPolicy)> {
    let keys = resource_keys(entry, interpreter)?;
    let mut own: Option<OwnPolicy> = None;
    for key in &keys {
        let policy = own_policy(key, &entry.value.span, interpreter)?;
        if own.is_some_and(|own| own != policy) {
            interpreter
                .diagnostics
                .error("mixed-types", &entry.value.span, "these are of more than one type, and share no actions")
                .help("make it a rule for each type");
            return None;
        }
        own = Some(policy);
    }
    Some((keys, own?))
}

/// The policy that the resource called `key` carries. `None` after a mistake.
pub(super) fn own_policy(key: &str, span: &Span, interpreter: &mut Interpreter<'_>) -> Option<OwnPolicy> {
    let kind = interpreter.resources.get(key).copied().flatten()?;
    if kind.standing.own_policy.is_none() {
        let error = interpreter.diagnostics.error(
            "wrong-resource",
            span,
            format!("`{key}` is {}, which carries no policy that says who may act on it", kind.one()),
        );
        if kind.standing.permissions.is_some() {
            error.help("what it may do is said by `permissions: { of: … }`");
        }
    }
    kind.standing.own_policy
}

/// The actions in `entry`, each once, and as they were written.
fn actions(
    entry: &Entry,
    policy: Option<OwnPolicy>,
    interpreter: &mut Interpreter<'_>,
) -> Option<(Vec<String>, Vec<String>)> {
    let single = entry.value.text().map(|text| vec![(text, &entry.value.span)]);
    let Some(names) = single.or_else(|| texts(&entry.value.content)).filter(|names| !names.is_empty()) else {
        interpreter.diagnostics.error(
            "wrong-type",
            &entry.value.span,
            "`actions` takes a list of actions: `[sqs:SendMessage]`",
        );
        return None;
    };
    let mut actions: Vec<String> = Vec::new();
    let mut written = Vec::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut right = true;
    for (name, span) in names {
        let Some(of_name) = interpreter.actions_of(name, policy, span) else {
            right = false;
            continue;
        };
        let new = of_name.iter().filter(|action| seen.insert((*action).clone())).count();
        if new < of_name.len() {
            interpreter
                .diagnostics
                .error("duplicate-name", span, format!("`{name}` is among the actions already"))
                .help("name it once");
            right = false;
        }
        actions.extend(of_name);
        written.push(name.to_owned());
    }
    right.then_some((actions, written))
}

impl Interpreter<'_> {
    /// The actions that `name` stands for where a resource has a policy of this kind.
    fn actions_of(&mut self, name: &str, policy: Option<OwnPolicy>, span: &Span) -> Option<Vec<String>> {
        let Some((service, verb)) = name.split_once(':').filter(|(_, verb)| !verb.is_empty()) else {
            self.diagnostics
                .error("wrong-action", span, format!("`{name}` is no action"))
                .help("actions are written SERVICE:Action, such as sqs:SendMessage");
            return None;
        };
        if let Some(policy) = policy
            && !service.eq_ignore_ascii_case(policy.service)
        {
            self.diagnostics
                .error(
                    "wrong-action",
                    span,
                    format!("a {} is about the actions of `{}`, and this is `{name}`", policy.noun, policy.service),
                )
                .help("what a principal may do elsewhere is said by `permissions`");
            return None;
        }
        match verb {
            "*" => Some(action::every(policy?)),
            _ if verb.contains(['*', '?', '$']) => {
                self.diagnostics
                    .error(
                        "wrong-action",
                        span,
                        format!("`{name}` stands for several actions, and each is judged by itself"),
                    )
                    .help(format!("name them one by one, or all of them with `{service}:*`"));
                None
            }
            _ => match action::check(name) {
                Ok(name) => Some(vec![name]),
                Err(wrong) => {
                    self.unknown_action(name, wrong, span);
                    None
                }
            },
        }
    }

    /// The principals in `entry`. `None` after a mistake; `Some(None)` if one hangs on a parameter that was left out.
    fn grantees(&mut self, entry: &Entry, path: &str) -> Option<Option<Vec<Grantee>>> {
        let single = std::slice::from_ref(&entry.value);
        let nodes: &[Node] = if let Content::List(nodes) = &entry.value.content { nodes } else { single };
        if nodes.is_empty() && entry.key == WORDS[1] {
            self.diagnostics
                .error("nothing-to-check", &entry.value.span, "at least nobody is let in by every policy")
                .help("that nobody may is written `exactly: []`");
            return None;
        }
        let mut grantees = Vec::new();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let (mut right, mut left_out) = (true, None);
        for node in nodes {
            match self.grantee(node) {
                Some(Ok(grantee)) if !seen.insert(grantee.to_string()) => {
                    self.diagnostics
                        .error("duplicate-name", &node.span, format!("`{grantee}` is named twice"))
                        .help("name it once");
                    right = false;
                }
                Some(Ok(grantee)) => grantees.push(grantee),
                Some(Err(parameter)) => left_out = Some(parameter),
                None => right = false,
            }
        }
        if let Some(parameter) = left_out {
            self.left_out.push((path.to_owned(), parameter));
            return right.then_some(None);
        }
        right.then_some(Some(grantees))
    }
}
