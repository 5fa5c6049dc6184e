//! Whether one statement applies to a request.

use super::arn::{self, Short};
use super::condition;
use super::keys::Keys;
use super::pattern::{self, Unfilled};
use super::principal::{self, Named};
use super::truth::Truth;
use crate::iam::Request;
use crate::iam::document::{Condition, Element, Policy, Statement, Version};

/// A request, made ready to be held against many statements.
#[derive(Debug)]
pub(super) struct Asked<'r> {
    pub(super) request: &'r Request,
    pub(super) keys: Keys<'r>,
    /// Whether the principal has a permissions boundary.
    pub(super) bounded: bool,
}

/// What kind of document a statement stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    /// In a policy of an identity, a boundary, a session or an organization: without Principal it means everyone whom
    /// the document is attached to.
    WithIdentity,
    /// In a policy of a resource: without Principal it means nobody.
    WithResource,
    /// In the policy of a VPC endpoint: without Principal it means everyone, as its default policy does.
    AtEndpoint,
}

/// Where a statement with the same action parts from the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missed {
    /// It names other principals.
    Principal,
    /// It covers other resources.
    Resource,
    /// This condition does not hold: operator and key.
    Condition(String, String),
}

impl<'r> Asked<'r> {
    pub(super) fn new(request: &'r Request, keys: Keys<'r>, bounded: bool) -> Self {
        Self { request, keys, bounded }
    }

    /// Whether the statement speaks of the action.
    pub(super) fn is_of_action(&self, statement: &Statement) -> Truth {
        speaks_of(statement, &self.request.action)
    }

    /// In which ways the statement applies.
    pub(super) fn applies(
        &self,
        statement: &Statement,
        version: Version,
        stands: Stands,
        doubts: &mut Vec<String>,
    ) -> Named {
        let action = self.is_of_action(statement);
        if action == Truth::No {
            return Named::default();
        }
        let named = self.names(statement, stands);
        if named.at_all() == Truth::No {
            return named;
        }
        if named.at_all() == Truth::Unknown {
            doubts.push("whether the principal is meant is not settled by the documentation".to_owned());
        }
        let resource = self.covers(statement, version, stands, doubts);
        if resource == Truth::No {
            return Named::default();
        }
        let conditions =
            Truth::all(statement.conditions.iter().map(|entry| condition::holds(entry, version, &self.keys, doubts)));
        named.and(action & resource & conditions)
    }

    /// The first thing that keeps a statement of the same action from applying.
    pub(super) fn missed(&self, statement: &Statement, version: Version, stands: Stands) -> Option<Missed> {
        self.misses(statement, version, stands).next()
    }

    /// All that keeps a statement of the same action from applying; nothing if it speaks of other actions.
    pub(super) fn misses<'a>(
        &'a self,
        statement: &'a Statement,
        version: Version,
        stands: Stands,
    ) -> impl Iterator<Item = Missed> + use<'a, 'r> {
        let of_action = self.is_of_action(statement) == Truth::Yes;
        let principal = move || self.names(statement, stands).at_all() == Truth::No;
        let resource = move || self.covers(statement, version, stands, &mut Vec::new()) == Truth::No;
        let conditions = statement
            .conditions
            .iter()
            .filter(move |entry| condition::holds(entry, version, &self.keys, &mut Vec::new()) == Truth::No);
        let named = |entry: &Condition| {
            let operator = entry.operator.as_ref().map_or_else(Clone::clone, ToString::to_string);
            Missed::Condition(operator, entry.key.clone())
        };
        let first = std::iter::once_with(move || principal().then_some(Missed::Principal)).flatten();
        let second = std::iter::once_with(move || resource().then_some(Missed::Resource)).flatten();
        of_action.then(|| first.chain(second).chain(conditions.map(named))).into_iter().flatten()
    }

    fn names(&self, statement: &Statement, stands: Stands) -> Named {
        match (&statement.principal, stands) {
            (Some(element), _) => principal::means(element, statement.effect, self.request, self.bounded),
            (None, Stands::WithResource) => Named::default(),
            (None, _) => Named { direct: Truth::Yes, ..Named::default() },
        }
    }

    fn covers(&self, statement: &Statement, version: Version, stands: Stands, doubts: &mut Vec<String>) -> Truth {
        let Some(element) = &statement.resource else { return Truth::Yes };
        let short = match stands {
            Stands::WithIdentity => Short::Padded,
            Stands::WithResource | Stands::AtEndpoint => Short::PaddedWithWildcard,
        };
        let found =
            Truth::any(element.values.iter().map(|value| self.resource(value, version, short, element, doubts)));
        negated(element, found)
    }

    fn resource(
        &self,
        value: &str,
        version: Version,
        short: Short,
        element: &Element<String>,
        doubts: &mut Vec<String>,
    ) -> Truth {
        let resource = self.request.resource.as_str();
        if value == "*" || cannot_match(value, resource) {
            return (value == "*").into();
        }
        let glyphs = match pattern::read(value, version, &self.keys) {
            Ok(glyphs) => glyphs,
            Err(Unfilled::Missing) if !element.not => return Truth::No,
            Err(Unfilled::Missing) => {
                doubts.push(format!("a variable of `{value}` has no value, and NotResource does not say what then"));
                return Truth::Unknown;
            }
            Err(Unfilled::Unreadable(why)) => {
                doubts.push(why);
                return Truth::Unknown;
            }
        };
        let filled = |part: &&[pattern::Glyph]| part.iter().any(|glyph| matches!(glyph, pattern::Glyph::Given(_)));
        if arn::split(&glyphs).iter().take(5).any(filled) {
            doubts.push(format!("`{value}` has a variable before the fifth colon, where none may stand"));
            return Truth::Unknown;
        }
        let covers = arn::covers(&glyphs, resource, short);
        if covers == Truth::Unknown {
            doubts.push(format!("whether `{value}` covers the resource is not settled by the documentation"));
        }
        covers
    }
}

/// Whether a statement speaks of an action.
pub(super) fn speaks_of(statement: &Statement, asked: &str) -> Truth {
    let found = Truth::any(statement.action.values.iter().map(|value| action(value, asked)));
    negated(&statement.action, found)
}

/// Whether a statement covers a resource without a variable having a say; the policy is an identity's or a resource's.
pub(super) fn covers(policy: &Policy, statement: &Statement, resource: &str) -> Option<bool> {
    let Some(element) = &statement.resource else { return Some(true) };
    let short = if policy.names_principals() { Short::PaddedWithWildcard } else { Short::Padded };
    let of = |value: &String| {
        if value == "*" || cannot_match(value, resource) {
            return (value == "*").into();
        }
        if policy.version == Version::V2012 && value.contains("${") {
            return Truth::Unknown;
        }
        arn::covers(&pattern::plain(value), resource, short)
    };
    match negated(element, Truth::any(element.values.iter().map(of))) {
        Truth::Yes => Some(true),
        Truth::No => Some(false),
        Truth::Unknown => None,
    }
}

fn negated<T>(element: &Element<T>, found: Truth) -> Truth {
    if element.not { !found } else { found }
}

/// Whether what stands before the first wildcard or variable already tells the two apart, in any letter case.
fn cannot_match(value: &str, resource: &str) -> bool {
    let literal = value.find(['*', '?', '$']).unwrap_or(value.len());
    let (value, resource) = (&value.as_bytes()[..literal], resource.as_bytes());
    let shared = value.len().min(resource.len());
    !value[..shared].eq_ignore_ascii_case(&resource[..shared])
}

/// Whether an action is like a value of `Action`, in any letter case. Only the name may have wildcards, or `*` stands
/// alone; `*:*` says the same.
fn action(value: &str, asked: &str) -> Truth {
    if value == "*:*" || (!value.is_empty() && value.bytes().all(|byte| byte == b'*')) {
        return Truth::Yes;
    }
    let (Some((service, name)), Some((asked_service, asked_name))) = (value.split_once(':'), asked.split_once(':'))
    else {
        return Truth::No;
    };
    if name.is_empty() || !is_like(name.as_bytes(), asked_name.as_bytes()) {
        return Truth::No;
    }
    if service.eq_ignore_ascii_case(asked_service) {
        return Truth::Yes;
    }
    // Documented by what Access Analyzer warns of: a wildcard in the name of a service reaches all of similar names.
    is_like(service.as_bytes(), asked_service.as_bytes()).into()
}

/// Whether a name of ASCII letters is like a pattern, in any letter case.
fn is_like(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut from) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        match (pattern.get(at), text.get(from)) {
            (None, None) => return true,
            (Some(b'*'), _) => {
                at += 1;
                star = Some((at, from));
            }
            (Some(wanted), Some(found)) if *wanted == b'?' || wanted.eq_ignore_ascii_case(found) => {
                at += 1;
                from += 1;
            }
            _ => match star {
                Some((after, taken)) if taken < text.len() => {
                    at = after;
                    from = taken + 1;
                    star = Some((after, from));
                }
                _ => return false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions() {
        for (value, asked, expected) in [
            ("*", "s3:GetObject", Truth::Yes),
            ("*:*", "s3:GetObject", Truth::Yes),
            ("**", "s3:GetObject", Truth::Yes),
            ("", "s3:GetObject", Truth::No),
            ("s3:*", "s3:GetObject", Truth::Yes),
            ("S3:getobject", "s3:GetObject", Truth::Yes),
            ("s3:Get*", "s3:GETOBJECT", Truth::Yes),
            ("s3:Get?bject", "s3:GetObject", Truth::Yes),
            ("s3:*Object*", "s3:GetObject", Truth::Yes),
            ("s3:Get", "s3:GetObject", Truth::No),
            ("s3:GetObject ", "s3:GetObject", Truth::No),
            ("s3:GetObject,PutObject", "s3:GetObject", Truth::No),
            ("s3:", "s3:GetObject", Truth::No),
            ("s3", "s3:GetObject", Truth::No),
            ("s3*", "s3:GetObject", Truth::No),
            ("sqs:*", "s3:GetObject", Truth::No),
            ("s?:Get*", "s3:GetObject", Truth::Yes),
            ("s?:Put*", "s3:GetObject", Truth::No),
        ] {
            assert_eq!(action(value, asked), expected, "{value} {asked}");
        }
    }

    #[test]
    fn what_cannot_match_is_seen_early() {
        assert!(cannot_match("arn:aws:s3:::a/*", "arn:aws:s3:::b/1"));
        assert!(!cannot_match("arn:aws:s3:::a/*", "arn:aws:s3:::a/1"));
        assert!(!cannot_match("arn:aws:s3", "arn:aws:s3:::a"));
        assert!(!cannot_match("ARN:aws:s3:::a", "arn:aws:s3:::a"));
        assert!(cannot_match("arn:aws:s3:::a", "*"));
    }
}
