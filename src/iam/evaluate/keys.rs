//! The condition keys of a request: what its context says, and what follows from the request itself.
//!
//! What the context says always stands. Where it is silent, these follow from the principal and the resource:
//! `aws:PrincipalArn` (of a session: the ARN of its role, which is taken to have no path unless its name is one that
//! services give to roles with a path: then it is unknown), `aws:PrincipalAccount`,
//! `aws:PrincipalType`, `aws:username` (of users), `aws:userid` (of the root user, federated users and anonymous
//! callers; users and roles have one too, but the request does not say it, so a condition on it is unknown),
//! `aws:PrincipalIsAWSService`, `aws:PrincipalServiceName`, `aws:ResourceAccount`.
//!
//! Every other key that the context does not name is missing. That goes for the keys of the transport and the time
//! (`aws:SecureTransport`, `aws:SourceIp`, `aws:CurrentTime`) as well: a caller who means a request over TLS says so.

use std::borrow::Cow;

use super::principal::{Identity, Kind};
use crate::iam::{Principal, Request};

/// The condition keys of a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keys<'r> {
    request: &'r Request,
    derive: bool,
}

/// What a request says about a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found<'r> {
    /// There is no such key.
    Missing,
    /// The context has these values, one at least.
    Values(&'r [String]),
    /// This value follows from the request.
    Derived(Cow<'r, str>),
    /// There is a value, and it cannot be told.
    Unsaid,
}

impl<'r> Keys<'r> {
    /// The context and what follows from the request.
    pub(super) fn new(request: &'r Request) -> Self {
        Self { request, derive: true }
    }

    /// The context alone.
    pub(super) fn as_given(request: &'r Request) -> Self {
        Self { request, derive: false }
    }

    /// The value of a key, in any letter case.
    pub(super) fn get(&self, key: &str) -> Found<'r> {
        match self.request.context.get(key).map(|value| value.values()) {
            Some([]) => Found::Missing,
            Some(values) => Found::Values(values),
            None if self.derive => self.derived(key).unwrap_or(Found::Missing),
            None => Found::Missing,
        }
    }

    fn derived(&self, key: &str) -> Option<Found<'r>> {
        let name = key.split_once(':').filter(|(service, _)| service.eq_ignore_ascii_case("aws"))?.1;
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
        let found = |value: &'r str| Some(Found::Derived(Cow::Borrowed(value)));
        if is("ResourceAccount") {
            return account_of(self.request).and_then(found);
        }
        match &self.request.principal {
            Principal::Anonymous if is("PrincipalAccount") || is("userid") => found("anonymous"),
            Principal::Anonymous if is("PrincipalType") => found("Anonymous"),
            Principal::Service(_) if is("PrincipalIsAWSService") => found("true"),
            Principal::Service(name) if is("PrincipalServiceName") => found(name),
            Principal::Aws(_) if is("PrincipalIsAWSService") => found("false"),
            Principal::Aws(arn) => {
                let identity = Identity::of(arn)?;
                if is("PrincipalArn") && identity.is_of_role_with_path() {
                    return Some(Found::Unsaid);
                }
                if is("PrincipalArn") {
                    return Some(Found::Derived(identity.arn_of_principal(arn)));
                }
                if is("PrincipalAccount") {
                    return found(identity.account);
                }
                match identity.kind {
                    Kind::Root if is("PrincipalType") => found("Account"),
                    Kind::Root if is("userid") => found(identity.account),
                    Kind::User(_) if is("PrincipalType") => found("User"),
                    Kind::User(path) if is("username") => found(path.rsplit('/').next().unwrap_or(path)),
                    Kind::Role(_) | Kind::Session { .. } if is("PrincipalType") => found("AssumedRole"),
                    Kind::User(_) | Kind::Role(_) | Kind::Session { .. } if is("userid") => Some(Found::Unsaid),
                    Kind::FederatedUser(_) if is("PrincipalType") => found("FederatedUser"),
                    Kind::FederatedUser(name) if is("userid") => {
                        Some(Found::Derived(Cow::Owned(format!("{}:{name}", identity.account))))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// The account that owns the resource: as the request says, or as its ARN does.
pub(super) fn account_of(request: &Request) -> Option<&str> {
    let in_arn = || request.resource.split(':').nth(4).filter(|account| is_account(account));
    request.resource_account.as_deref().or_else(in_arn)
}

/// Whether this is written as account ids are.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::{Context, ContextValue};

    fn value(principal: Principal, key: &str) -> Option<String> {
        let request = Request {
            principal,
            action: "sqs:SendMessage".to_owned(),
            resource: "arn:aws:sqs:us-east-1:111122223333:q".to_owned(),
            resource_account: None,
            context: Context::new(),
        };
        match Keys::new(&request).get(key) {
            Found::Derived(value) => Some(value.into_owned()),
            Found::Unsaid => Some("?".to_owned()),
            _ => None,
        }
    }

    #[test]
    fn keys_follow_from_the_principal() {
        let session = || Principal::Aws("arn:aws:sts::111122223333:assumed-role/r/s".to_owned());
        let sso = || Principal::Aws("arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0/ann".to_owned());
        let user = || Principal::Aws("arn:aws:iam::111122223333:user/team/ann".to_owned());
        let federated = || Principal::Aws("arn:aws:sts::111122223333:federated-user/ann".to_owned());
        let root = || Principal::Aws("arn:aws:iam::111122223333:root".to_owned());
        let service = || Principal::Service("sns.amazonaws.com".to_owned());
        for (principal, key, expected) in [
            (session(), "aws:PrincipalArn", Some("arn:aws:iam::111122223333:role/r")),
            (sso(), "aws:PrincipalArn", Some("?")),
            (session(), "AWS:principaltype", Some("AssumedRole")),
            (session(), "aws:username", None),
            (session(), "aws:userid", Some("?")),
            (user(), "aws:PrincipalArn", Some("arn:aws:iam::111122223333:user/team/ann")),
            (user(), "aws:username", Some("ann")),
            (user(), "aws:PrincipalAccount", Some("111122223333")),
            (user(), "aws:PrincipalIsAWSService", Some("false")),
            (user(), "aws:SecureTransport", None),
            (user(), "s3:PrincipalArn", None),
            (federated(), "aws:userid", Some("111122223333:ann")),
            (federated(), "aws:username", None),
            (root(), "aws:userid", Some("111122223333")),
            (root(), "aws:PrincipalType", Some("Account")),
            (service(), "aws:PrincipalIsAWSService", Some("true")),
            (service(), "aws:PrincipalServiceName", Some("sns.amazonaws.com")),
            (service(), "aws:PrincipalArn", None),
            (service(), "aws:ResourceAccount", Some("111122223333")),
            (Principal::Anonymous, "aws:PrincipalAccount", Some("anonymous")),
            (Principal::Anonymous, "aws:PrincipalArn", None),
            (Principal::Anonymous, "aws:PrincipalIsAWSService", None),
        ] {
            assert_eq!(value(principal.clone(), key).as_deref(), expected, "{principal} {key}");
        }
    }

    #[test]
    fn the_context_stands() {
        let request = Request {
            principal: Principal::Aws("arn:aws:iam::111122223333:user/ann".to_owned()),
            action: "a:B".to_owned(),
            resource: "*".to_owned(),
            resource_account: None,
            context: [("AWS:UserName", ContextValue::from("bob"))].into_iter().collect(),
        };
        assert_eq!(Keys::new(&request).get("aws:username"), Found::Values(&["bob".to_owned()]));
        assert_eq!(Keys::as_given(&request).get("aws:PrincipalArn"), Found::Missing);
    }
}
