//! Principals, told apart only as far as the policies of a comparison do, and what follows for the condition keys
//! from who asks.

use std::collections::BTreeSet;

use super::Scene;
use super::key::{Empty, Many, Say, Values};
use super::text::{Pattern, Texts, Token};
use crate::iam::document::{Base, Effect, Element, Policy, PrincipalName};
use crate::iam::request::Principal;

/// A class of principals: those that every policy of the comparison treats alike, but for condition keys.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    /// Whoever the policies are attached to: none of them names principals.
    Holder,
    /// No credentials.
    Anonymous,
    /// Any principal of an account that no policy names; the account stands for all of them.
    Stranger(String),
    /// Any principal of this account, in this partition, but for those that stand in a class of their own.
    OfAccount(String, String),
    /// The root user, a user, a role (a session of it that is not named), a session or a federated user.
    Named(String),
    /// A service; a name that no policy names stands for all others.
    Service(String),
    /// Someone whom an identity provider vouches for; likewise.
    Federated(String),
    CanonicalUser(String),
}

/// A service that no policy names.
pub(super) const OTHER_SERVICE: &str = "other-service.amazonaws.com";
/// An identity provider that no policy names.
pub(super) const OTHER_PROVIDER: &str = "other-provider.example.com";

/// The account of a principal ARN.
pub(super) fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| !account.is_empty() && account.bytes().all(|byte| byte.is_ascii_digit()))
}

fn partition_of(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:")?.split(':').next()
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The account that a principal of a policy stands for: an id, or the ARN of its root.
pub(super) fn whole_account(name: &str) -> Option<&str> {
    if is_account(name) {
        return Some(name);
    }
    let mut parts = name.split(':');
    let is_arn = parts.next() == Some("arn") && parts.nth(1) == Some("iam");
    (is_arn && name.ends_with(":root")).then(|| account_of(name))?
}

/// The classes of principals that policies tell apart.
pub(super) fn classes<'p>(policies: impl Iterator<Item = &'p Policy> + Clone) -> Vec<Who> {
    if !policies.clone().any(Policy::names_principals) {
        return vec![Who::Holder];
    }
    let mut classes = BTreeSet::from([
        Who::Anonymous,
        Who::Service(OTHER_SERVICE.to_owned()),
        Who::Federated(OTHER_PROVIDER.to_owned()),
    ]);
    let mut accounts = BTreeSet::new();
    let statements = policies.flat_map(|policy| &policy.statements);
    for statement in statements {
        for name in statement.principal.iter().flat_map(|element| &element.values) {
            match name {
                PrincipalName::Aws(name) => {
                    let partition = partition_of(name).unwrap_or("aws");
                    let account = account_of(name).or(whole_account(name));
                    accounts.extend(account.map(|account| (account.to_owned(), partition.to_owned())));
                    let is_arn = name.starts_with("arn:") && !name.contains(['*', '?']);
                    if is_arn && whole_account(name).is_none() && account_of(name).is_some() {
                        classes.insert(Who::Named(name.clone()));
                        classes.extend(federated_user_of(name).map(Who::Named));
                    }
                }
                PrincipalName::Service(name) => drop(classes.insert(Who::Service(name.clone()))),
                PrincipalName::Federated(name) if name == "*" => {}
                PrincipalName::Federated(name) => drop(classes.insert(Who::Federated(name.clone()))),
                PrincipalName::CanonicalUser(name) => drop(classes.insert(Who::CanonicalUser(name.clone()))),
                PrincipalName::Everyone => {}
            }
        }
        for entry in &statement.conditions {
            let key = entry.key.to_ascii_lowercase();
            if key == "aws:principalservicename" {
                let named = entry.values.iter().filter(|name| !name.contains(['*', '?', '$']));
                classes.extend(named.cloned().map(Who::Service));
            }
            let texts = entry.operator.as_ref().is_ok_and(|operator| !matches!(operator.base, Base::Null));
            if !texts || !matches!(key.as_str(), "aws:principalarn" | "aws:principalaccount") {
                continue;
            }
            for value in &entry.values {
                let account =
                    if key == "aws:principalarn" { value.split(':').nth(4).unwrap_or_default() } else { value };
                let partition = if key == "aws:principalarn" { value.split(':').nth(1) } else { None };
                let partition = partition.filter(|partition| !partition.contains(['*', '?'])).unwrap_or("aws");
                accounts.extend(sample_account(account).map(|account| (account, partition.to_owned())));
            }
        }
    }
    let stranger = ["999988887777", "999988887776", "999988887775"];
    let stranger =
        stranger.into_iter().find(|id| !accounts.iter().any(|(known, _)| known == id)).unwrap_or("999988887774");
    classes.insert(Who::Stranger(stranger.to_owned()));
    classes.extend(accounts.into_iter().map(|(account, partition)| Who::OfAccount(account, partition)));
    classes.into_iter().collect()
}

/// An account that a pattern of an account id matches; none if it matches every id.
fn sample_account(pattern: &str) -> Option<String> {
    if is_account(pattern) {
        return Some(pattern.to_owned());
    }
    let fixed = pattern.bytes().filter(u8::is_ascii_digit).count();
    let others = pattern.bytes().any(|byte| !byte.is_ascii_digit() && byte != b'*' && byte != b'?');
    if fixed == 0 || fixed > 12 || others || !pattern.contains(['*', '?']) {
        return None;
    }
    let single = pattern.replace('?', "0");
    let missing = 12_usize.checked_sub(single.bytes().filter(u8::is_ascii_digit).count())?;
    let filled = single.replacen('*', &"0".repeat(missing), 1).replace('*', "");
    is_account(&filled).then_some(filled)
}

/// Whether an element holds for a class of principals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Held {
    Yes,
    No,
    /// Documentation does not say. Each is a question, the same wherever it comes up, and the answer on which the
    /// element holds; all must be so.
    If(Vec<(String, bool)>),
}

/// Whether an element holds for a class. `document_names`: some statement of the document names principals.
pub(super) fn holds(element: Option<&Element<PrincipalName>>, effect: Effect, document_names: bool, who: &Who) -> Held {
    let Some(element) = element else {
        // In a policy of a resource a statement without principal is for nobody.
        return if document_names { Held::No } else { Held::Yes };
    };
    if *who == Who::Holder {
        return Held::Yes;
    }
    if element.not && effect == Effect::Deny && matches!(who, Who::OfAccount(..) | Who::Stranger(_) | Who::Named(_)) {
        return denied_by_not_principal(&element.values, who);
    }
    let mut doubts = Vec::new();
    for name in &element.values {
        match covers(name, who) {
            Covers::Yes => return if element.not { Held::No } else { Held::Yes },
            Covers::No => {}
            Covers::Doubt(question) => doubts.push(question),
        }
    }
    match (doubts.is_empty(), element.not) {
        (true, true) => Held::Yes,
        (true, false) => Held::No,
        (false, true) => Held::If(doubts.into_iter().map(|question| (question, false)).collect()),
        // That any of several doubts is so would be a choice; one of them is all that occurs.
        (false, false) => Held::If(vec![(doubts.join("; "), true)]),
    }
}

/// A Deny with `NotPrincipal` spares a user or role whose account is listed beside it, and a session whose account and
/// role are; listing one of them alone is documented as "might deny", and so is an account alone.
fn denied_by_not_principal(values: &[PrincipalName], who: &Who) -> Held {
    if values.iter().any(|name| matches!(name, PrincipalName::Everyone) || *name == PrincipalName::Aws("*".to_owned()))
    {
        return Held::No;
    }
    let names = || values.iter().filter_map(|name| if let PrincipalName::Aws(name) = name { Some(name) } else { None });
    let (account, arn) = match who {
        Who::OfAccount(account, _) | Who::Stranger(account) => (account.as_str(), None),
        Who::Named(arn) => (account_of(arn).unwrap_or_default(), Some(arn)),
        _ => return Held::Yes,
    };
    let account_listed = names().any(|name| whole_account(name) == Some(account));
    // To name a user is to name the federated sessions of that user.
    let is_own = |arn: &str, name: &str| arn.contains(":federated-user/") && is_session_of(arn, name);
    let listed = arn.is_some_and(|arn| names().any(|name| name == arn || is_own(arn, name)));
    let session = arn.is_some_and(|arn| arn.contains(":assumed-role/") || arn.contains(":federated-user/"));
    let role_listed = session && names().any(|name| arn.is_some_and(|arn| is_session_of(arn, name)));
    let spared = listed && account_listed && (!session || role_listed);
    if spared {
        return Held::No;
    }
    let others = names().any(|name| whole_account(name).is_none() && account_of(name) == Some(account));
    let in_part = listed || role_listed;
    if !in_part && (!account_listed || others) {
        return Held::Yes;
    }
    let question =
        format!("it is not documented whether NotPrincipal {} spares {}", list(values), arn.map_or(account, |arn| arn));
    Held::If(vec![(question, false)])
}

fn list(values: &[PrincipalName]) -> String {
    let text = |name: &PrincipalName| match name {
        PrincipalName::Everyone => "*".to_owned(),
        PrincipalName::Aws(name)
        | PrincipalName::Service(name)
        | PrincipalName::Federated(name)
        | PrincipalName::CanonicalUser(name) => name.clone(),
    };
    values.iter().map(text).collect::<Vec<_>>().join(", ")
}

enum Covers {
    Yes,
    No,
    /// Documentation does not answer this question.
    Doubt(String),
}

impl From<bool> for Covers {
    fn from(covers: bool) -> Self {
        if covers { Self::Yes } else { Self::No }
    }
}

/// Whether one principal of a policy covers a class.
fn covers(name: &PrincipalName, who: &Who) -> Covers {
    let name = match (name, who) {
        (PrincipalName::Everyone, _) => return Covers::Yes,
        (PrincipalName::Service(name), Who::Service(service)) => return name.eq_ignore_ascii_case(service).into(),
        (PrincipalName::Federated(name), Who::Federated(provider)) => return (name == "*" || name == provider).into(),
        (PrincipalName::CanonicalUser(name), Who::CanonicalUser(id)) => return (name == id).into(),
        // Whoever it is, it is an account that is named.
        (PrincipalName::CanonicalUser(_), Who::Stranger(_)) => return Covers::No,
        (PrincipalName::CanonicalUser(id), Who::OfAccount(..) | Who::Named(_)) => {
            return Covers::Doubt(format!("a policy does not say whose canonical user id {id} is"));
        }
        (PrincipalName::Aws(name), _) => name,
        _ => return Covers::No,
    };
    if name == "*" {
        return Covers::Yes;
    }
    if let Who::CanonicalUser(id) = who {
        return Covers::Doubt(format!("a policy does not say whose canonical user id {id} is"));
    }
    if let Some(account) = whole_account(name) {
        // An id alone means the account whatever the partition.
        let within = |partition: &str| partition_of(name).is_none_or(|named| named == partition);
        return match who {
            Who::OfAccount(id, partition) => id == account && within(partition),
            Who::Stranger(id) => id == account && within("aws"),
            Who::Named(arn) => account_of(arn) == Some(account) && partition_of(arn).is_none_or(within),
            _ => false,
        }
        .into();
    }
    // Documented: a wildcard cannot stand for a part of a name or of an ARN here, so it is a plain character.
    match who {
        Who::Named(arn) => arn == name || is_session_of(arn, name),
        _ => false,
    }
    .into()
}

/// The ARN of the federated user of a user's name.
fn federated_user_of(user: &str) -> Option<String> {
    let (head, path) = user.split_once(":user/")?;
    let mut parts = head.split(':');
    let (_, partition) = (parts.next()?, parts.next()?);
    let name = path.rsplit('/').next().unwrap_or(path);
    Some(format!("arn:{partition}:sts::{}:federated-user/{name}", account_of(user)?))
}

/// Whether an ARN is that of a session of a role, or of the federated user of a user: the session's has the role's name
/// without its path.
pub(super) fn is_session_of(session: &str, role: &str) -> bool {
    if federated_user_of(role).is_some_and(|user| user == session) {
        return true;
    }
    let (Some(account), Some((_, named))) = (account_of(role), role.split_once(":role/")) else { return false };
    let Some((_, rest)) = session.split_once(":assumed-role/") else { return false };
    let name = named.rsplit('/').next().unwrap_or(named);
    account_of(session) == Some(account) && rest.split('/').next() == Some(name)
}

impl Who {
    /// A request's principal of this class; `arn`: the value of `aws:PrincipalArn`, if one was chosen.
    pub(super) fn principal(&self, arn: Option<&str>, scene: &Scene) -> Principal {
        let user =
            |account: &str, partition: &str| Principal::Aws(format!("arn:{partition}:iam::{account}:user/someone"));
        let chosen = arn.map(|arn| Principal::Aws(arn.to_owned()));
        match self {
            Self::Holder => match (chosen, &scene.principal) {
                (Some(chosen), _) => chosen,
                (None, Some(principal)) => Principal::Aws(principal.clone()),
                (None, None) => user(&scene.account, &scene.partition),
            },
            Self::Stranger(account) => chosen.unwrap_or_else(|| user(account, "aws")),
            Self::OfAccount(account, partition) => chosen.unwrap_or_else(|| user(account, partition)),
            Self::Anonymous => Principal::Anonymous,
            Self::Named(arn) => Principal::Aws(arn.clone()),
            Self::Service(name) => Principal::Service(name.clone()),
            Self::Federated(name) => Principal::Federated(name.clone()),
            Self::CanonicalUser(id) => Principal::CanonicalUser(id.clone()),
        }
    }

    /// What is always so of a key, in lower case, in requests of this class; `None` if nothing is.
    pub(super) fn fixes(&self, key: &str) -> Option<Say> {
        let exactly = |text: &str| Some(Say::one_of(Texts::exactly(text)));
        match (key, self) {
            ("aws:principalaccount" | "aws:principaltype" | "aws:userid", Self::Holder) => Some(one()),
            ("aws:principalarn", Self::Holder) => Some(arns_in("*", "*")),
            ("aws:principalarn", Self::Stranger(account)) => Some(arns_in("aws", account)),
            ("aws:principalarn", Self::OfAccount(account, partition)) => Some(arns_in(partition, account)),
            ("aws:principalarn", Self::Named(arn)) => match arn.split_once(":assumed-role/") {
                // A session's key holds the ARN of its role, whose path the session's ARN does not tell.
                Some((_, rest)) => {
                    let (account, role) = (account_of(arn)?, rest.split('/').next()?);
                    let role_arn = |path: &str| glob(&format!("arn:*:iam::{account}:role/{path}{role}"));
                    Some(Say::one_of(Texts::of(vec![role_arn(""), role_arn("*/")], false)))
                }
                None => exactly(arn),
            },
            ("aws:principalaccount", Self::OfAccount(account, _) | Self::Stranger(account)) => exactly(account),
            ("aws:principalaccount", Self::Named(arn)) => exactly(account_of(arn)?),
            ("aws:principalaccount" | "aws:userid", Self::Anonymous) => exactly("anonymous"),
            ("aws:principaltype", Self::Anonymous) => exactly("Anonymous"),
            ("aws:principaltype" | "aws:userid", Self::OfAccount(..) | Self::Stranger(_) | Self::Named(_)) => {
                Some(one())
            }
            ("aws:principalisawsservice", Self::Service(_)) => exactly("true"),
            ("aws:principalisawsservice", Self::OfAccount(..) | Self::Stranger(_) | Self::Named(_)) => exactly("false"),
            ("aws:principalservicename", Self::Service(name)) => exactly(name),
            ("aws:principalservicename" | "aws:principalservicenameslist", _)
                if *self != Self::Holder && !self.is_service() =>
            {
                Some(Say::missing())
            }
            (
                "aws:principalarn"
                | "aws:principalorgid"
                | "aws:principalorgpaths"
                | "aws:username"
                | "aws:principalisawsservice"
                | "aws:multifactorauthpresent"
                | "aws:multifactorauthage",
                Self::Anonymous,
            ) => Some(Say::missing()),
            (
                "aws:principalarn"
                | "aws:username"
                | "aws:principalaccount"
                | "aws:principalorgid"
                | "aws:principalorgpaths"
                | "aws:principaltype"
                | "aws:userid",
                Self::Service(_),
            ) => Some(Say::missing()),
            (tag, Self::Anonymous | Self::Service(_)) if tag.starts_with("aws:principaltag/") => Some(Say::missing()),
            _ => None,
        }
    }

    fn is_service(&self) -> bool {
        matches!(self, Self::Service(_))
    }
}

fn one() -> Say {
    Say { missing: false, empty: Empty::Out, one: Values::Texts(Texts::all()), many: Many::Never }
}

/// The values that `aws:PrincipalArn` has for principals of an account; `*` is any.
fn arns_in(partition: &str, account: &str) -> Say {
    let forms = ["iam::{}:user/*", "iam::{}:role/*", "iam::{}:root", "sts::{}:federated-user/*"];
    let patterns = forms.map(|form| glob(&format!("arn:{partition}:{}", form.replace("{}", account))));
    Say::one_of(Texts::of(patterns.to_vec(), false))
}

/// The pattern of an ARN written with `*`.
pub(super) fn glob(text: &str) -> Pattern {
    let mut colons = 0;
    let token = |c| match c {
        '*' => Token::Many { within: colons < 5 },
        c => {
            colons += usize::from(c == ':');
            Token::Char(c)
        }
    };
    text.chars().map(token).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_belongs_to_its_role_whatever_the_path() {
        let session = "arn:aws:sts::111122223333:assumed-role/reader/me";
        assert!(is_session_of(session, "arn:aws:iam::111122223333:role/team/reader"));
        assert!(!is_session_of(session, "arn:aws:iam::111122223333:role/readers"));
        assert!(!is_session_of(session, "arn:aws:iam::444455556666:role/reader"));
        assert!(!is_session_of(session, "arn:aws:iam::111122223333:user/reader"));
    }

    #[test]
    fn a_pattern_of_accounts_is_sampled() {
        assert_eq!(sample_account("1234*").as_deref(), Some("123400000000"));
        assert_eq!(sample_account("12345678901?").as_deref(), Some("123456789010"));
        assert_eq!(sample_account("*"), None);
        assert_eq!(sample_account(""), None);
    }
}
