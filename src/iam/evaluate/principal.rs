//! Who a request comes from, and whether a policy names them.

use std::borrow::Cow;

use super::keys::is_account;
use super::truth::Truth;
use crate::iam::document::{Effect, Element, PrincipalName};
use crate::iam::{Principal, Request};

/// A principal of an account, read from its ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity<'a> {
    pub(super) partition: &'a str,
    pub(super) account: &'a str,
    pub(super) kind: Kind<'a>,
}

/// What kind of principal it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// The account's root user; in a policy, the account itself.
    Root,
    /// A user, by path and name.
    User(&'a str),
    /// A role, by path and name. As the principal of a request: any session of it.
    Role(&'a str),
    /// A session of a role, which is named without its path.
    Session { role: &'a str, session: &'a str },
    /// A session of `GetFederationToken`, taken to be of the user with the same name.
    FederatedUser(&'a str),
}

impl<'a> Identity<'a> {
    pub(super) fn of(arn: &'a str) -> Option<Self> {
        let [_, partition, service, _, account, resource] = super::arn::parts_of(arn)?;
        let (word, rest) = resource.split_once('/').unwrap_or((resource, ""));
        let kind = match (service, word) {
            ("iam", "root") if rest.is_empty() => Kind::Root,
            ("iam", "user") => Kind::User(rest),
            ("iam", "role") => Kind::Role(rest),
            ("sts", "assumed-role") => {
                let (role, session) = rest.split_once('/')?;
                Kind::Session { role, session }
            }
            ("sts", "federated-user") => Kind::FederatedUser(rest),
            _ => return None,
        };
        Some(Self { partition, account, kind })
    }

    /// `aws:PrincipalArn`: of a session the ARN of its role, which is taken to have no path.
    pub(super) fn arn_of_principal(&self, arn: &'a str) -> Cow<'a, str> {
        match self.kind {
            Kind::Session { role, .. } => {
                Cow::Owned(format!("arn:{}:iam::{}:role/{role}", self.partition, self.account))
            }
            _ => Cow::Borrowed(arn),
        }
    }

    /// Whether it is a session of a role that is known by its name to have a path, and not which.
    pub(super) fn is_of_role_with_path(&self) -> bool {
        let prefixes = ["AWSReservedSSO_", "AWSServiceRoleFor"];
        matches!(self.kind, Kind::Session { role, .. } if prefixes.iter().any(|prefix| role.starts_with(prefix)))
    }

    /// Whether it is a role that a service made for itself, or a session of one.
    pub(super) fn is_service_linked(&self) -> bool {
        match self.kind {
            Kind::Role(path) => path.starts_with("aws-service-role/"),
            Kind::Session { role, .. } => role.starts_with("AWSServiceRoleFor"),
            _ => false,
        }
    }
}

/// How a policy names the one who asks, each of these for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Named {
    /// By their own ARN or name, or as everyone.
    pub(super) direct: Truth,
    /// By the ARN of the role or user that the session is of: a boundary and a session policy still count.
    pub(super) parent: Truth,
    /// By their account: delegation to the policies of identities.
    pub(super) account: Truth,
}

impl Named {
    /// Whether they are named at all.
    pub(super) fn at_all(self) -> Truth {
        self.direct | self.parent | self.account
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self {
            direct: self.direct | other.direct,
            parent: self.parent | other.parent,
            account: self.account | other.account,
        }
    }

    /// Each way, if `also` holds too.
    pub(super) fn and(self, also: Truth) -> Self {
        Self { direct: self.direct & also, parent: self.parent & also, account: self.account & also }
    }

    fn directly(truth: Truth) -> Self {
        Self { direct: truth, ..Self::default() }
    }
}

/// Whether `Principal` or `NotPrincipal` of a statement means the one who asks. `bounded` if they have a permissions
/// boundary.
pub(super) fn means(element: &Element<PrincipalName>, effect: Effect, request: &Request, bounded: bool) -> Named {
    if !element.not {
        return element.values.iter().fold(Named::default(), |found, name| found.or(named(name, request)));
    }
    // Documented: a Deny with NotPrincipal always denies principals that have a permissions boundary.
    if effect == Effect::Deny && bounded {
        return Named::directly(Truth::Yes);
    }
    Named::directly(match (&request.principal, effect) {
        (Principal::Aws(arn), Effect::Deny) => !is_excepted(&element.values, arn, request),
        _ => !Truth::any(element.values.iter().map(|name| named(name, request).at_all())),
    })
}

/// Whether a Deny with NotPrincipal spares a principal of an account.
///
/// Documented: the account must be listed beside the user or role, and account and role beside a session; listing the
/// user alone "might" deny it, and listing the account does not spare those of its principals that are not listed,
/// where others are. Listing an account alone can be read both ways.
fn is_excepted(values: &[PrincipalName], arn: &str, request: &Request) -> Truth {
    let ways = values.iter().fold(Named::default(), |found, name| found.or(named(name, request)));
    if values.iter().any(is_everyone) {
        return Truth::Yes;
    }
    let Some(identity) = Identity::of(arn) else { return Truth::Unknown };
    let account = ways.account;
    let own = match identity.kind {
        Kind::Root => return account,
        Kind::Session { .. } => ways.direct & ways.parent,
        Kind::User(_) | Kind::Role(_) | Kind::FederatedUser(_) => ways.direct | ways.parent,
    };
    let in_part = ways.direct | ways.parent;
    match (own & account, in_part, account) {
        (Truth::Yes, ..) => Truth::Yes,
        (_, Truth::No, Truth::No) => Truth::No,
        (_, Truth::No, _) => {
            let of_account = |name: &PrincipalName| {
                matches!(name, PrincipalName::Aws(text)
                    if Identity::of(text).is_some_and(|other| other.account == identity.account && other.kind != Kind::Root))
            };
            if values.iter().any(of_account) { Truth::No } else { Truth::Unknown }
        }
        _ => Truth::Unknown,
    }
}

fn is_everyone(name: &PrincipalName) -> bool {
    matches!(name, PrincipalName::Everyone) || matches!(name, PrincipalName::Aws(text) if text == "*")
}

fn named(name: &PrincipalName, request: &Request) -> Named {
    if is_everyone(name) {
        // Services too: AWS's resource control policies carve them out of a Deny, and its queue and topic policies
        // let them in by an Allow for everyone with `aws:SourceArn`.
        return Named::directly(Truth::Yes);
    }
    match (name, &request.principal) {
        (PrincipalName::Aws(text), Principal::Aws(arn)) => aws(text, arn, request),
        (PrincipalName::Service(text), Principal::Service(service)) => {
            Named::directly(text.eq_ignore_ascii_case(service).into())
        }
        (PrincipalName::Federated(text), Principal::Federated(provider)) => {
            Named::directly((text == "*" || text == provider).into())
        }
        (PrincipalName::CanonicalUser(text), Principal::CanonicalUser(id)) => Named::directly((text == id).into()),
        // A canonical user id is an account by another name, and nothing here tells which.
        (PrincipalName::CanonicalUser(_), Principal::Aws(_)) | (PrincipalName::Aws(_), Principal::CanonicalUser(_)) => {
            Named { account: Truth::Unknown, ..Named::default() }
        }
        _ => Named::default(),
    }
}

/// A value under `AWS`: an account id, an ARN, or the unique id of a deleted principal, which is nobody.
fn aws(text: &str, arn: &str, request: &Request) -> Named {
    let Some(who) = Identity::of(arn) else { return Named::directly((text == arn).into()) };
    if is_account(text) {
        return Named { account: (text == who.account).into(), ..Named::default() };
    }
    if text.contains(['*', '?']) {
        // Documented: a wildcard cannot stand for a part of a name or of an ARN here.
        return Named::default();
    }
    let Some(named) = Identity::of(text) else { return Named::default() };
    if named.partition != who.partition || named.account != who.account {
        return Named::default();
    }
    let parent = |same: bool| Named { parent: same.into(), ..Named::default() };
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    match (named.kind, who.kind) {
        (Kind::Root, _) => Named { account: Truth::Yes, ..Named::default() },
        (Kind::Role(one), Kind::Role(two)) => parent(one == two),
        (Kind::Role(path), Kind::Session { role, .. }) => match request.context.get("aws:PrincipalArn") {
            Some(said) => parent(said.values() == [text]),
            // In an account no two roles have the same name, whatever their paths.
            None => parent(last(path) == role),
        },
        (Kind::User(path), Kind::FederatedUser(name)) => parent(last(path) == name),
        _ => Named::directly((text == arn).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::Context;

    const USER: &str = "arn:aws:iam::111122223333:user/team/ann";
    const ROLE: &str = "arn:aws:iam::111122223333:role/service-role/worker";
    const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/worker/one";
    const ROOT: &str = "arn:aws:iam::111122223333:root";

    fn request(principal: Principal) -> Request {
        Request {
            principal,
            action: "sqs:SendMessage".to_owned(),
            resource: "*".to_owned(),
            resource_account: None,
            context: Context::new(),
        }
    }

    fn ways(text: &str, arn: &str) -> (Truth, Truth, Truth) {
        let element = Element { not: false, values: vec![PrincipalName::Aws(text.to_owned())] };
        let named = means(&element, Effect::Allow, &request(Principal::Aws(arn.to_owned())), false);
        (named.direct, named.parent, named.account)
    }

    #[test]
    fn each_form_names_in_its_own_way() {
        use Truth::{No, Yes};
        for (text, arn, expected) in [
            ("*", USER, (Yes, No, No)),
            ("111122223333", USER, (No, No, Yes)),
            (ROOT, SESSION, (No, No, Yes)),
            (ROOT, ROOT, (No, No, Yes)),
            ("444455556666", USER, (No, No, No)),
            (USER, USER, (Yes, No, No)),
            (USER, "arn:aws:sts::111122223333:federated-user/ann", (No, Yes, No)),
            (ROLE, ROLE, (No, Yes, No)),
            (ROLE, SESSION, (No, Yes, No)),
            (ROLE, "arn:aws:sts::444455556666:assumed-role/worker/one", (No, No, No)),
            (SESSION, SESSION, (Yes, No, No)),
            (SESSION, ROLE, (No, No, No)),
            (SESSION, "arn:aws:sts::111122223333:assumed-role/worker/two", (No, No, No)),
            ("AROAEXAMPLEEXAMPLE", SESSION, (No, No, No)),
            ("AIDAEXAMPLEEXAMPLE", USER, (No, No, No)),
            ("arn:aws:iam::111122223333:role/*", ROLE, (No, No, No)),
            ("arn:aws-cn:iam::111122223333:root", USER, (No, No, No)),
        ] {
            assert_eq!(ways(text, arn), expected, "{text} {arn}");
        }
    }

    #[test]
    fn a_session_says_which_role_it_is_of() {
        let element = Element { not: false, values: vec![PrincipalName::Aws(ROLE.to_owned())] };
        let mut request = request(Principal::Aws(SESSION.to_owned()));
        request.context.set("aws:PrincipalArn", "arn:aws:iam::111122223333:role/other/worker".into());
        assert_eq!(means(&element, Effect::Allow, &request, false).parent, Truth::No);
        request.context.set("aws:PrincipalArn", ROLE.into());
        assert_eq!(means(&element, Effect::Allow, &request, false).parent, Truth::Yes);
    }

    #[test]
    fn others_are_named_by_their_own_types() {
        let names = |name: PrincipalName, effect, principal: &Principal| {
            let element = Element { not: false, values: vec![name] };
            means(&element, effect, &request(principal.clone()), false).at_all()
        };
        let sns = Principal::Service("sns.amazonaws.com".to_owned());
        let service = |name: &str| PrincipalName::Service(name.to_owned());
        assert_eq!(names(service("sns.amazonaws.com"), Effect::Allow, &sns), Truth::Yes);
        assert_eq!(names(service("s3.amazonaws.com"), Effect::Allow, &sns), Truth::No);
        assert_eq!(names(PrincipalName::Everyone, Effect::Allow, &sns), Truth::Yes);
        assert_eq!(names(PrincipalName::Everyone, Effect::Deny, &sns), Truth::Yes);
        assert_eq!(names(PrincipalName::Everyone, Effect::Allow, &Principal::Anonymous), Truth::Yes);
        assert_eq!(names(PrincipalName::Aws(ROOT.to_owned()), Effect::Allow, &Principal::Anonymous), Truth::No);
        let provider = Principal::Federated("accounts.google.com".to_owned());
        assert_eq!(names(PrincipalName::Federated("*".to_owned()), Effect::Allow, &provider), Truth::Yes);
        assert_eq!(names(PrincipalName::Federated("www.amazon.com".to_owned()), Effect::Allow, &provider), Truth::No);
        let canonical = PrincipalName::CanonicalUser("79a5".to_owned());
        assert_eq!(names(canonical.clone(), Effect::Allow, &Principal::CanonicalUser("79a5".to_owned())), Truth::Yes);
        assert_eq!(names(canonical, Effect::Allow, &Principal::Aws(USER.to_owned())), Truth::Unknown);
    }

    #[test]
    fn a_deny_with_not_principal_spares_those_whose_whole_chain_is_listed() {
        let spares = |names: &[&str], arn: &str, bounded| {
            let values = names.iter().map(|name| PrincipalName::Aws((*name).to_owned())).collect();
            let element = Element { not: true, values };
            !means(&element, Effect::Deny, &request(Principal::Aws(arn.to_owned())), bounded).at_all()
        };
        let other = "arn:aws:iam::111122223333:user/bob";
        assert_eq!(spares(&[USER, ROOT], USER, false), Truth::Yes);
        assert_eq!(spares(&[USER, ROOT], USER, true), Truth::No);
        assert_eq!(spares(&[USER], USER, false), Truth::Unknown);
        assert_eq!(spares(&[USER, ROOT], other, false), Truth::No);
        assert_eq!(spares(&[ROOT], other, false), Truth::Unknown);
        assert_eq!(spares(&[SESSION, ROLE, ROOT], SESSION, false), Truth::Yes);
        assert_eq!(spares(&[SESSION, ROOT], SESSION, false), Truth::Unknown);
        assert_eq!(spares(&["444455556666"], USER, false), Truth::No);
        assert_eq!(spares(&["*"], USER, false), Truth::Yes);
        assert_eq!(spares(&[ROOT], ROOT, false), Truth::Yes);
    }

    #[test]
    fn an_allow_with_not_principal_grants_everyone_else() {
        let grants = |names: &[&str], principal: Principal| {
            let values = names.iter().map(|name| PrincipalName::Aws((*name).to_owned())).collect();
            means(&Element { not: true, values }, Effect::Allow, &request(principal), false).at_all()
        };
        assert_eq!(grants(&[USER], Principal::Aws(USER.to_owned())), Truth::No);
        assert_eq!(grants(&[ROOT], Principal::Aws(USER.to_owned())), Truth::No);
        assert_eq!(grants(&[USER], Principal::Anonymous), Truth::Yes);
        assert_eq!(grants(&["*"], Principal::Anonymous), Truth::No);
    }
}
