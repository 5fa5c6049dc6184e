//! Whom the policy of a resource lets in.
//!
//! "Public" has one meaning here: an unsigned caller, or a principal of an account that nobody named, can make a request
//! that the policy allows, with nothing that only the owner can give. It is decided by asking whether such a request
//! exists, in a context where a stranger has what strangers can have: any tags, names, headers, time and region, an
//! organisation, a network and a VPC of their own, and no others.

mod outside;

use std::collections::BTreeSet;
use std::fmt;

use super::compare::{Comparison, Pins};
use super::stranger::{self, Network};
use super::who::{self, OTHER_PROVIDER, OTHER_SERVICE, Who};
use super::witness::Witness;
use super::{Grants, Relation};
use crate::iam::document::{Effect, Place, Policy, PrincipalName, Statement};
use crate::iam::evaluate::{self, Outcome};
use crate::iam::request::Request;

pub use outside::{Outsider, outsider, services, unproven};

/// A resource that carries a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guarded<'r> {
    /// Its ARN; a pattern with `*` where any that is like it will do.
    pub arn: &'r str,
    /// The account that owns it.
    pub account: &'r str,
}

/// Somebody, or a kind of somebody, who can be let in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grantee {
    /// Nobody in particular: everyone, unless conditions narrow it.
    Anyone,
    /// An account: its administrators decide which of its principals it is passed on to.
    Account(String),
    /// A user, a role, a session or a federated user; a pattern where a condition on `aws:PrincipalArn` has one.
    Arn(String),
    /// A service, and the resource on whose behalf it must call; `None`: on anyone's.
    Service {
        /// Such as `sns.amazonaws.com`.
        name: String,
        /// An ARN.
        source: Option<String>,
    },
    /// An identity provider.
    Federated(String),
    /// An account by its canonical user id.
    CanonicalUser(String),
}

/// A grantee that a policy lets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// Who.
    pub who: Grantee,
    /// The statements that let them in.
    pub statements: Vec<Place>,
    /// The conditions of those statements, such as `ArnEquals aws:SourceArn arn:…`.
    pub conditions: Vec<String>,
    /// Whether it is only that the owning account's own administrators may pass the action on.
    pub delegation: bool,
    /// A request of theirs that the policy allows.
    pub witness: Request,
}

/// Whom a policy lets in to an action.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Admission {
    /// Each once, in order.
    pub admitted: Vec<Admitted>,
    /// Whether strangers are let in; `None` if that was not settled.
    pub public: Option<bool>,
    /// A stranger's request that the policy allows.
    pub public_by: Option<Request>,
    /// A request that a service makes on a stranger's behalf, which the policy allows.
    pub confused_deputy: Option<Request>,
    /// Why somebody may be missing, or why it was not settled.
    pub unknown: Option<String>,
}

/// A pin of a condition key.
type Pinned = (String, super::key::Say);

/// Whom a policy lets in to an action, in some context.
#[must_use]
pub fn admission(policy: &Policy, on: &Guarded<'_>, action: &str) -> Admission {
    let mut asking = Asking::new(policy, on, action);
    let admitted = asking.admitted();
    let undecided = asking.unknown.take();
    let public_by = asking.public();
    let confused_deputy = asking.confused_deputy();
    let unsettled = asking.unknown.take();
    let public = match (&public_by, &unsettled) {
        (Some(_), _) => Some(true),
        (None, None) => Some(false),
        (None, Some(_)) => None,
    };
    Admission { admitted, public, public_by, confused_deputy, unknown: undecided.or(unsettled) }
}

/// Who is let in beyond those who may be, and why there may be more.
#[must_use]
pub fn beyond(policy: &Policy, on: &Guarded<'_>, action: &str, allowed: &[Grantee]) -> (Vec<Admitted>, Option<String>) {
    let mut asking = Asking::new(policy, on, action);
    let mut extra = Vec::new();
    for admitted in asking.admitted().into_iter().filter(|admitted| !admitted.delegation) {
        if allowed.contains(&Grantee::Anyone) {
            continue;
        }
        let pins = match &admitted.who {
            Grantee::Service { name, .. } => {
                let mut sources = Vec::new();
                let mut any = false;
                for grantee in allowed {
                    if let Grantee::Service { name: other, source } = grantee
                        && other.eq_ignore_ascii_case(name)
                    {
                        any |= source.is_none();
                        sources.extend(source.clone());
                    }
                }
                if any {
                    continue;
                }
                vec![("aws:sourcearn".to_owned(), stranger::not_any_of(&sources))]
            }
            Grantee::Arn(arn) => {
                let covered = |grantee: &Grantee| match grantee {
                    Grantee::Arn(other) => other == arn || who::is_session_of(arn, other),
                    Grantee::Account(account) => who::account_of(arn) == Some(account.as_str()),
                    _ => false,
                };
                if allowed.iter().any(covered) {
                    continue;
                }
                others_than(allowed)
            }
            Grantee::Anyone | Grantee::Account(_) if !allowed.contains(&admitted.who) => others_than(allowed),
            other if allowed.contains(other) => continue,
            _ => Vec::new(),
        };
        if pins.is_empty() {
            extra.push(admitted);
        } else if let Some(again) = asking.again(&admitted, pins) {
            extra.push(again);
        }
    }
    (extra, asking.unknown)
}

/// Whether a policy lets somebody in to an action in some context: the statements that do; `Err` if that was not
/// settled. What the owning account's administrators may pass on does not count.
///
/// # Errors
/// Why it was not settled.
pub fn admits(policy: &Policy, on: &Guarded<'_>, action: &str, grantee: &Grantee) -> Result<Option<Admitted>, String> {
    let mut asking = Asking::new(policy, on, action);
    let (whos, pins) = match grantee {
        Grantee::Anyone => (vec![Who::Anonymous, asking.stranger()], Vec::new()),
        Grantee::Account(account) => (vec![Who::OfAccount(account.clone(), asking.partition.clone())], Vec::new()),
        Grantee::Arn(arn) => (vec![Who::Named(arn.clone())], Vec::new()),
        Grantee::Service { name, source } => {
            let pins = source.iter().map(|arn| ("aws:sourcearn".to_owned(), stranger::exactly(arn))).collect();
            (vec![Who::Service(name.clone())], pins)
        }
        Grantee::Federated(provider) => (vec![Who::Federated(provider.clone())], Vec::new()),
        Grantee::CanonicalUser(id) => (vec![Who::CanonicalUser(id.clone())], Vec::new()),
    };
    let policy = match grantee {
        Grantee::Account(account) if account == on.account => asking.policy.clone(),
        _ => without_delegation(&asking.policy, on.account),
    };
    for who in whos {
        if let Some(found) = asking.reach(&policy, &who, &pins) {
            return Ok(Some(asking.entry(grantee.clone(), found)));
        }
    }
    asking.unknown.map_or(Ok(None), Err)
}

/// Pins that leave out the principals who are allowed by name.
fn others_than(allowed: &[Grantee]) -> Vec<Pinned> {
    let arns =
        allowed.iter().filter_map(|grantee| if let Grantee::Arn(arn) = grantee { Some(arn.clone()) } else { None });
    let accounts =
        allowed.iter().filter_map(|grantee| if let Grantee::Account(id) = grantee { Some(id.clone()) } else { None });
    vec![
        ("aws:principalarn".to_owned(), stranger::not_any_of(&arns.collect::<Vec<_>>())),
        ("aws:principalaccount".to_owned(), stranger::not_any_of(&accounts.collect::<Vec<_>>())),
    ]
}

/// One policy, one resource, one action, and what could not be settled so far.
struct Asking<'a> {
    /// The policy, with what follows from the resource filled in.
    policy: Policy,
    original: &'a Policy,
    on: &'a Guarded<'a>,
    action: &'a str,
    partition: String,
    /// The condition keys that the policy asks about or uses as variables, in lower case.
    asked: BTreeSet<String>,
    unknown: Option<String>,
}

/// What lets somebody in.
struct Reached {
    places: Vec<Place>,
    witness: Request,
}

impl<'a> Asking<'a> {
    fn new(policy: &'a Policy, on: &'a Guarded<'a>, action: &'a str) -> Self {
        let partition = on.arn.split(':').nth(1).unwrap_or("aws").to_owned();
        let asked = stranger::asked(policy);
        Self {
            policy: stranger::filled_in(policy, on.account),
            original: policy,
            on,
            action,
            partition,
            asked,
            unknown: None,
        }
    }

    fn stranger(&self) -> Who {
        let classes = who::classes([&self.policy].into_iter());
        classes.into_iter().find(|who| matches!(who, Who::Stranger(_))).unwrap_or(Who::Anonymous)
    }

    /// The statements by which a class of principals is let in, and a request.
    fn reach(&mut self, policy: &Policy, who: &Who, pins: &[Pinned]) -> Option<Reached> {
        let mut places = Vec::new();
        let mut witness = None;
        for (instance, of_instance) in stranger::instances(policy, self.on.arn) {
            // Keys that nothing asks about would only make the request longer.
            let pins = pins.iter().cloned().chain(of_instance).chain(stranger::always(self.on.account));
            let pinned = Pins::of_request(self.on.arn, pins.filter(|(key, _)| self.asked.contains(key)));
            let (grants, nothing) = (Grants::of([&instance]), Grants::nothing());
            for relation in Comparison::of(&grants, &nothing, pinned, Some(vec![who.clone()])).reach(self.action) {
                match relation {
                    Relation::Contained => {}
                    Relation::Unknown(why) => drop(self.unknown.get_or_insert(why)),
                    Relation::NotContained(found) => {
                        let Witness { mut request, allowed_by, .. } = *found;
                        request.resource_account = Some(self.on.account.to_owned());
                        // Variables were filled in: the policy as it was written has the last word.
                        if evaluate::grants(&[self.original], &request) != Outcome::Allowed {
                            self.unknown.get_or_insert_with(|| {
                                format!("the request that was found was not confirmed by the evaluator: {request}")
                            });
                            continue;
                        }
                        places.extend(allowed_by);
                        witness.get_or_insert(request);
                    }
                }
            }
        }
        places.sort();
        places.dedup();
        witness.map(|witness| Reached { places, witness })
    }

    fn entry(&self, who: Grantee, reached: Reached) -> Admitted {
        let statements = self.original.statements.iter();
        let lets_in = statements.filter(|statement| reached.places.iter().any(|place| place.index == statement.index));
        let mut conditions: Vec<String> = lets_in
            .flat_map(|statement| &statement.conditions)
            .map(|entry| {
                let operator = entry.operator.as_ref().map_or_else(Clone::clone, ToString::to_string);
                format!("{operator} {} {}", entry.key, entry.values.join(" or "))
            })
            .collect();
        conditions.dedup();
        let delegation = match &who {
            Grantee::Account(account) => {
                account == self.on.account
                    && reached.places.iter().all(|place| {
                        let of = |statement: &&Statement| statement.index == place.index;
                        self.original.statements.iter().find(of).is_some_and(|found| names_account(found, account))
                    })
            }
            _ => false,
        };
        Admitted { who, statements: reached.places, conditions, delegation, witness: reached.witness }
    }

    /// Everyone who is let in, each once, in order.
    fn admitted(&mut self) -> Vec<Admitted> {
        let policy = self.policy.clone();
        let stranger = self.stranger();
        for who in [Who::Anonymous, stranger] {
            if let Some(reached) = self.reach(&policy, &who, &[]) {
                return vec![self.entry(Grantee::Anyone, reached)];
            }
        }
        // Callers from a source are let in by statements for everyone too, when a service calls for them.
        let for_sources = with_sources(&policy);
        if let Some(reached) = self.reach(&for_sources, &Who::Service(OTHER_SERVICE.to_owned()), &[]) {
            return vec![self.entry(Grantee::Anyone, reached)];
        }
        let mut found = Vec::new();
        let for_providers =
            with_allows(&policy, |statement| names_any(statement, |name| matches!(name, PrincipalName::Federated(_))));
        for who in who::classes([&policy].into_iter()) {
            match &who {
                Who::Anonymous | Who::Stranger(_) | Who::Holder => {}
                Who::OfAccount(account, _) => {
                    let account = account.clone();
                    self.of_account(&policy, &who, &account, &mut found);
                }
                Who::Named(arn) => {
                    if let Some(reached) = self.reach(&without_delegation(&policy, self.on.account), &who, &[]) {
                        found.push(self.entry(Grantee::Arn(arn.clone()), reached));
                    }
                }
                Who::Service(name) if name == OTHER_SERVICE => {}
                Who::Service(name) => {
                    if let Some(reached) = self.reach(&policy, &who, &[]) {
                        found.push(self.entry(Grantee::Service { name: name.clone(), source: None }, reached));
                    }
                }
                Who::Federated(provider) => {
                    if let Some(reached) = self.reach(&for_providers, &who, &[]) {
                        let provider = if provider == OTHER_PROVIDER { "*" } else { provider };
                        found.push(self.entry(Grantee::Federated(provider.to_owned()), reached));
                    }
                }
                Who::CanonicalUser(id) => {
                    if let Some(reached) = self.reach(&policy, &who, &[]) {
                        found.push(self.entry(Grantee::CanonicalUser(id.clone()), reached));
                    }
                }
            }
        }
        // Any provider stands for those that are named beside it; a whole account for its principals.
        let has = |found: &[Admitted], who: &Grantee| {
            found.iter().any(|admitted| admitted.who == *who && !admitted.delegation)
        };
        if has(&found, &Grantee::Federated("*".to_owned())) {
            found.retain(|admitted| !matches!(&admitted.who, Grantee::Federated(provider) if provider != "*"));
        }
        let named = |arn: &str| policy.statements.iter().any(|statement| names(statement, arn));
        let accounts: Vec<Grantee> = found.iter().map(|admitted| admitted.who.clone()).collect();
        found.retain(|admitted| match &admitted.who {
            // Of classes that the policy does not name, a user's federated sessions are the user's own.
            Grantee::Arn(arn) if arn.contains(":federated-user/") => named(arn),
            Grantee::Arn(arn) => {
                let account = who::account_of(arn).map(|account| Grantee::Account(account.to_owned()));
                named(arn) || !account.is_some_and(|account| accounts.contains(&account))
            }
            _ => true,
        });
        found.sort_by(|a, b| a.who.cmp(&b.who));
        found.dedup_by(|a, b| a.who == b.who);
        found
    }

    /// The principals of an account: all of them, or those that conditions on `aws:PrincipalArn` single out.
    fn of_account(&mut self, policy: &Policy, who: &Who, account: &str, found: &mut Vec<Admitted>) {
        let Some(reached) = self.reach(policy, who, &[]) else { return };
        let fresh = |kind: &str| {
            let arn = format!("arn:{}:iam::{account}:{kind}/some-{kind}", self.partition);
            vec![("aws:principalarn".to_owned(), stranger::exactly(&arn))]
        };
        let (user, role) = (fresh("user"), fresh("role"));
        let patterns = stranger::principal_arns(policy, account);
        let whole = self.reach(policy, who, &user).is_some() && self.reach(policy, who, &role).is_some();
        if whole || patterns.is_empty() {
            found.push(self.entry(Grantee::Account(account.to_owned()), reached));
            return;
        }
        for (pattern, says) in patterns {
            if let Some(reached) = self.reach(policy, who, &[("aws:principalarn".to_owned(), says)]) {
                found.push(self.entry(Grantee::Arn(pattern), reached));
            }
        }
    }

    /// The same grantee, with a request that the pins leave possible.
    fn again(&mut self, admitted: &Admitted, pins: Vec<Pinned>) -> Option<Admitted> {
        let policy = without_delegation(&self.policy, self.on.account);
        let account = |id: &str| Who::OfAccount(id.to_owned(), self.partition.clone());
        let mut whos: Vec<Who> = match &admitted.who {
            Grantee::Anyone => vec![Who::Anonymous, self.stranger(), Who::Service(OTHER_SERVICE.to_owned())],
            Grantee::Account(id) => vec![account(id)],
            Grantee::Arn(arn) if arn.contains(['*', '?']) => who::account_of(arn).map(account).into_iter().collect(),
            Grantee::Arn(arn) => {
                // One who is let in by a condition is none that the policy names.
                let classes = who::classes([&policy].into_iter());
                let named = Who::Named(arn.clone());
                let of = who::account_of(arn).map(account);
                if classes.contains(&named) { vec![named] } else { of.into_iter().collect() }
            }
            Grantee::Service { name, .. } => vec![Who::Service(name.clone())],
            Grantee::Federated(provider) => vec![Who::Federated(provider.clone())],
            Grantee::CanonicalUser(id) => vec![Who::CanonicalUser(id.clone())],
        };
        let found = whos.drain(..).find_map(|who| self.reach(&policy, &who, &pins));
        found.map(|reached| self.entry(admitted.who.clone(), reached))
    }

    /// A stranger's request that is allowed.
    fn public(&mut self) -> Option<Request> {
        let policy = self.policy.clone();
        for network in [Network::Internet, Network::Endpoint] {
            let pins = stranger::caller(&policy, network);
            for who in self.strangers(&policy) {
                if let Some(reached) = self.reach(&policy, &who, &pins) {
                    return Some(reached.witness);
                }
            }
        }
        let for_sources = with_sources(&policy);
        let service = Who::Service(OTHER_SERVICE.to_owned());
        if let Some(reached) = self.reach(&for_sources, &service, &stranger::source(&policy)) {
            return Some(reached.witness);
        }
        None
    }

    /// Unsigned callers and principals of accounts that nobody named.
    fn strangers(&self, policy: &Policy) -> Vec<Who> {
        let classes = who::classes([policy].into_iter());
        let of = |who: &Who| match who {
            Who::Anonymous | Who::Stranger(_) => true,
            // A part of an account id names no account.
            Who::OfAccount(account, _) => !stranger::is_written(policy, account) && account != self.on.account,
            _ => false,
        };
        classes.into_iter().filter(of).collect()
    }

    /// A request that a service makes for a stranger, and that a statement for the service allows.
    fn confused_deputy(&mut self) -> Option<Request> {
        let policy = for_services(&self.policy);
        let pins = stranger::source(&policy);
        let services = who::classes([&policy].into_iter()).into_iter();
        let named = services.filter(|who| matches!(who, Who::Service(name) if name != OTHER_SERVICE));
        named.into_iter().find_map(|who| self.reach(&policy, &who, &pins)).map(|reached| reached.witness)
    }
}

/// The policy with those of its Allow statements that `keep` holds.
fn with_allows(policy: &Policy, keep: impl Fn(&Statement) -> bool) -> Policy {
    let mut policy = policy.clone();
    policy.statements.retain(|statement| statement.effect == Effect::Deny || keep(statement));
    policy
}

/// With the Allow statements alone that ask for the source of a service's call.
fn with_sources(policy: &Policy) -> Policy {
    with_allows(policy, |statement| statement.conditions.iter().any(|entry| stranger::is_source(&entry.key)))
}

/// With the Allow statements alone that name a service, as principal or in a condition.
fn for_services(policy: &Policy) -> Policy {
    with_allows(policy, |statement| {
        let by_condition = statement.conditions.iter().any(|entry| entry.key.eq_ignore_ascii_case(SERVICE_NAME));
        by_condition || names_any(statement, |name| matches!(name, PrincipalName::Service(_)))
    })
}

/// The key that holds the name of the service that asks.
const SERVICE_NAME: &str = "aws:PrincipalServiceName";

fn names_any(statement: &Statement, is: impl Fn(&PrincipalName) -> bool) -> bool {
    statement.principal.iter().any(|element| !element.not && element.values.iter().any(&is))
}

/// Without what lets the administrators of the owning account pass the action on.
fn without_delegation(policy: &Policy, account: &str) -> Policy {
    let mut policy = policy.clone();
    for statement in policy.statements.iter_mut().filter(|statement| statement.effect == Effect::Allow) {
        if let Some(element) = statement.principal.as_mut().filter(|element| !element.not) {
            let is_account = |name: &PrincipalName| matches!(name, PrincipalName::Aws(name) if who::whole_account(name) == Some(account));
            element.values.retain(|name| !is_account(name));
        }
    }
    policy
}

fn names(statement: &Statement, arn: &str) -> bool {
    statement.effect == Effect::Allow
        && names_any(statement, |name| matches!(name, PrincipalName::Aws(name) if name == arn))
}

fn names_account(statement: &Statement, account: &str) -> bool {
    names_any(statement, |name| matches!(name, PrincipalName::Aws(name) if who::whole_account(name) == Some(account)))
}

impl Admission {
    /// Those who are let in, each as one word; see [`Grantee`].
    pub fn grantees(&self) -> BTreeSet<&Grantee> {
        self.admitted.iter().map(|admitted| &admitted.who).collect()
    }
}

impl fmt::Display for Grantee {
    /// One word: `anyone`, `account:123456789012`, an ARN, `service:sns.amazonaws.com`, `federated:…`, `canonical:…`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anyone => f.write_str("anyone"),
            Self::Account(account) => write!(f, "account:{account}"),
            Self::Arn(arn) => f.write_str(arn),
            Self::Service { name, source: None } => write!(f, "service:{name}"),
            Self::Service { name, source: Some(source) } => write!(f, "service:{name} for {source}"),
            Self::Federated(provider) => write!(f, "federated:{provider}"),
            Self::CanonicalUser(id) => write!(f, "canonical:{id}"),
        }
    }
}
