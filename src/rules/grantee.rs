//! Who a rule on access lets in.

use super::declare::named;
use super::fields::{map, unknown};
use super::interpret::Interpreter;
use super::node::{Content, Node};
use super::source::Span;
use super::template::{Piece, Reference, Template};
use crate::model::Arn;
use std::fmt;

/// Who may be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grantee {
    /// Everyone, with credentials or without.
    Anyone,
    /// All of an account, by its 12 digits.
    Account(Template),
    /// A role, a user, a session or an identity provider.
    Arn {
        /// What the rules file calls the resource that acts as it, if it names one.
        key: Option<String>,
        /// Its ARN.
        arn: Template,
    },
    /// A service of AWS.
    Service {
        /// Its name, such as `sns.amazonaws.com`.
        name: Template,
        /// The ARN of what it acts for, if the rule says: whatever else it acts for is then somebody else.
        source: Option<Template>,
    },
}

/// The word for everyone.
const ANYONE: &str = "anyone";

impl Grantee {
    /// The texts in it, with their references.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        let (first, second) = match self {
            Self::Anyone => (None, None),
            Self::Account(template) | Self::Arn { arn: template, .. } => (Some(template), None),
            Self::Service { name, source } => (Some(name), source.as_ref()),
        };
        first.into_iter().chain(second)
    }

    /// The same with each reference replaced by what `bind` gives for it; the first thing it refuses ends it.
    pub fn bind<E>(&self, bind: &mut impl FnMut(&Reference) -> Result<String, E>) -> Result<Self, E> {
        let mut bound = |template: &Template| Ok(Template::literal(&template.bind(bind)?));
        Ok(match self {
            Self::Anyone => Self::Anyone,
            Self::Account(account) => Self::Account(bound(account)?),
            Self::Arn { key, arn } => Self::Arn { key: key.clone(), arn: bound(arn)? },
            Self::Service { name, source } => {
                Self::Service { name: bound(name)?, source: source.as_ref().map(bound).transpose()? }
            }
        })
    }
}

impl fmt::Display for Grantee {
    /// As a sentence has it: `anyone`, `account 123456789012`, `api-role`, `sns.amazonaws.com for arn:…`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anyone => f.write_str(ANYONE),
            Self::Account(account) => write!(f, "account {account}"),
            Self::Arn { key: Some(key), .. } => f.write_str(key),
            Self::Arn { key: None, arn } => write!(f, "{arn}"),
            Self::Service { name, source: None } => write!(f, "{name}"),
            Self::Service { name, source: Some(source) } => write!(f, "{name} for {source}"),
        }
    }
}

impl Interpreter<'_> {
    /// The principal in `node`. `None` after a mistake; the name of the parameter if one was left out.
    pub(super) fn grantee(&mut self, node: &Node) -> Option<Result<Grantee, String>> {
        match &node.content {
            Content::Map(entries) if entries.iter().any(|entry| entry.key == "account") => self.account(node),
            Content::Map(_) => self.service(node),
            _ => match node.text() {
                Some(ANYONE) => {
                    if self.resources.contains_key(ANYONE) {
                        self.diagnostics
                            .error(
                                "duplicate-name",
                                &node.span,
                                "`anyone` means everyone here, and a resource is called that",
                            )
                            .help("give the resource another name");
                        return None;
                    }
                    Some(Ok(Grantee::Anyone))
                }
                Some(text) if text.starts_with("arn:") || text.contains("${") => self.arn(text, &node.span),
                Some(key) => self.named_principal(key, &node.span).map(Ok),
                None => {
                    self.no_principal(&node.span, format!("a principal is wanted here, and this is {}", node.noun()));
                    None
                }
            },
        }
    }

    fn no_principal(&mut self, span: &Span, message: String) {
        self.diagnostics.error("wrong-principal", span, message).help(
            "principals are a named role, user or function, an ARN, `anyone`, `{ account: \"…\" }` and \
             `{ service: sns.amazonaws.com, source: topic }`",
        );
    }

    /// The principal that a named resource acts as.
    fn named_principal(&mut self, key: &str, span: &Span) -> Option<Grantee> {
        if !self.resources.contains_key(key) {
            let account = key.len() == 12 && key.bytes().all(|b| b.is_ascii_digit());
            let help = if account {
                Some(format!("an account is written `{{ account: \"{key}\" }}`"))
            } else if key == "*" {
                Some("everyone is written `anyone`".to_owned())
            } else {
                key.contains(".amazonaws.com").then(|| format!("a service is written `{{ service: {key} }}`"))
            };
            if let Some(help) = help {
                self.diagnostics
                    .error("wrong-principal", span, format!("`{key}` is no resource of these rules"))
                    .help(help);
                return None;
            }
        }
        let kind = named(key, span, self)?;
        let Some(field) = kind.standing.acts_as else {
            self.no_principal(span, format!("`{key}` is {}, which is no principal", kind.one()));
            return None;
        };
        self.one_of(key, span)?;
        let reference = Reference::Attribute(key.to_owned(), field.to_owned(), field.to_owned());
        Some(Grantee::Arn { key: Some(key.to_owned()), arn: Template(vec![Piece::Reference(reference)]) })
    }

    fn arn(&mut self, text: &str, span: &Span) -> Option<Result<Grantee, String>> {
        let arn = match self.template(text, span)? {
            Ok(arn) => arn,
            Err(parameter) => return Some(Err(parameter)),
        };
        if !self.is_open(text) {
            let plausible = self.plausible(&arn);
            let known = arn.references().all(|reference| !matches!(reference, Reference::Attribute(..)));
            let right = match plausible.parse::<Arn>() {
                Ok(arn) => !known || is_principal(&arn),
                Err(why) => {
                    self.diagnostics
                        .error("wrong-arn", span, format!("`{text}` is no ARN and can match none: {why}"))
                        .help("a resource of these rules is named as it is: `exactly: [writer-role]`");
                    return None;
                }
            };
            if !right {
                self.no_principal(span, format!("`{text}` is no principal: nobody can act as it"));
                return None;
            }
            if plausible.contains(['*', '?']) {
                self.no_principal(span, format!("`{text}` names no one principal, and patterns match none"));
                return None;
            }
        }
        Some(Ok(Grantee::Arn { key: None, arn }))
    }

    fn account(&mut self, node: &Node) -> Option<Result<Grantee, String>> {
        let entries = map(node, "a principal is a map here", self.diagnostics)?;
        for entry in entries.iter().filter(|entry| entry.key != "account") {
            unknown(entry, "a principal that is an account", &entry.key, &["account"], self.diagnostics);
        }
        let value = &node.entry("account")?.value;
        let Some(text) = value.text() else {
            self.no_principal(&value.span, format!("an account is 12 digits, and this is {}", value.noun()));
            return None;
        };
        let account = match self.template(text, &value.span)? {
            Ok(account) => account,
            Err(parameter) => return Some(Err(parameter)),
        };
        let plausible = self.plausible(&account);
        let right = plausible.len() == 12 && plausible.bytes().all(|b| b.is_ascii_digit());
        if !right && !self.is_open(text) {
            self.no_principal(&value.span, format!("an account is 12 digits, and this is `{text}`"));
            return None;
        }
        Some(Ok(Grantee::Account(account)))
    }

    fn service(&mut self, node: &Node) -> Option<Result<Grantee, String>> {
        const FIELDS: [&str; 2] = ["service", "source"];
        let entries = map(node, "a principal is a map here", self.diagnostics)?;
        for entry in entries.iter().filter(|entry| !FIELDS.contains(&entry.key.as_str())) {
            let fields = ["account", "service", "source"];
            unknown(entry, "a principal", &entry.key, &fields, self.diagnostics);
        }
        let Some(service) = node.entry("service") else {
            self.no_principal(&node.span, "this says of no service and of no account".to_owned());
            return None;
        };
        let Some(text) = service.value.text() else {
            self.no_principal(
                &service.value.span,
                format!("a service is a text, and this is {}", service.value.noun()),
            );
            return None;
        };
        let name = match self.template(text, &service.value.span)? {
            Ok(name) => name,
            Err(parameter) => return Some(Err(parameter)),
        };
        let plausible = self.plausible(&name);
        if !is_service(&plausible) && !self.is_open(text) {
            self.diagnostics
                .error("wrong-principal", &service.value.span, format!("`{text}` is no name of a service"))
                .help("a service is called as in policies: sns.amazonaws.com");
            return None;
        }
        let source = match node.entry("source").map(|entry| self.source(&entry.value)) {
            None => None,
            Some(None) => return None,
            Some(Some(Ok(source))) => Some(source),
            Some(Some(Err(parameter))) => return Some(Err(parameter)),
        };
        Some(Ok(Grantee::Service { name, source }))
    }

    /// What a service acts for: a named resource, or an ARN.
    fn source(&mut self, node: &Node) -> Option<Result<Template, String>> {
        let Some(text) = node.text() else {
            self.no_principal(&node.span, format!("a source is a resource or an ARN, and this is {}", node.noun()));
            return None;
        };
        if !(text.starts_with("arn:") || text.contains("${")) {
            let kind = named(text, &node.span, self)?;
            self.one_of(text, &node.span)?;
            let Some(field) = kind.attribute("Arn") else {
                self.no_principal(&node.span, format!("`{text}` is {}, which has no ARN", kind.one()));
                return None;
            };
            let reference = Reference::Attribute(text.to_owned(), "Arn".to_owned(), field.to_owned());
            return Some(Ok(Template(vec![Piece::Reference(reference)])));
        }
        let source = match self.template(text, &node.span)? {
            Ok(source) => source,
            Err(parameter) => return Some(Err(parameter)),
        };
        if let Err(why) = self.plausible(&source).parse::<Arn>()
            && !self.is_open(text)
        {
            self.diagnostics
                .error("wrong-arn", &node.span, format!("`{text}` is no ARN and can match none: {why}"))
                .help("a resource of these rules is named as it is: `source: topic`");
            return None;
        }
        Some(Ok(source))
    }

    /// Whether the resource called `key` is one, so that it has one value.
    fn one_of(&mut self, key: &str, span: &Span) -> Option<()> {
        if self.several.contains(key) {
            self.diagnostics
                .error("wrong-reference", span, format!("there may be several of `{key}`, so this has no one value"))
                .help("declare the one that is meant as a resource of its own");
            return None;
        }
        Some(())
    }
}

/// Whether somebody can act as what `arn` names.
fn is_principal(arn: &Arn) -> bool {
    let kinds: &[&str] = match arn.service.as_str() {
        "iam" if arn.resource == "root" => return true,
        "iam" => &["user/", "role/", "oidc-provider/", "saml-provider/"],
        "sts" => &["assumed-role/", "federated-user/"],
        _ => return false,
    };
    kinds.iter().any(|kind| arn.resource.len() > kind.len() && arn.resource.starts_with(kind))
}

/// Whether `name` is written as the services of AWS are called in policies.
fn is_service(name: &str) -> bool {
    let known =
        [".amazonaws.com", ".amazonaws.com.cn", ".amazon.com", ".aws.internal", ".c2s.ic.gov", ".sc2s.sgov.gov"];
    let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_".contains(&b));
    plain && known.iter().any(|ending| name.len() > ending.len() && name.ends_with(ending))
}
