//! Outsiders of one kind each: what a policy lets a stranger do, a member of an organisation that it names, a service
//! that calls for somebody else, or another account that proves nothing beside who it is.

use super::{Admitted, Asking, Grantee, Guarded, OTHER_SERVICE, Pinned, Who, for_services, names_any, with_allows};
use crate::iam::document::{Policy, PrincipalName};
use crate::iam::relate::key::{Empty, Many, Say, Values};
use crate::iam::relate::stranger::{self, Network};
use crate::iam::relate::text::Texts;
use crate::iam::relate::who;
use crate::iam::request::Request;

/// Somebody outside of the account that owns a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outsider<'o> {
    /// An unsigned caller, or a principal of an account that nobody named, with nothing that only the owner can give.
    Stranger,
    /// The same, but not unsigned: a principal of an account that nobody named.
    SignedStranger,
    /// A stranger of an organisation that the policy names.
    Member,
    /// This service, on behalf of a stranger.
    Deputy(&'o str),
    /// This service (or one that nobody named), on behalf of a resource of this account.
    For(Option<&'o str>, &'o str),
    /// Whom an identity provider vouches for, but not with a value of one of these keys that the policy writes out.
    Bearer(&'o str, &'o [String]),
}

/// A request of such an outsider that the policy allows; nothing if there is none.
///
/// # Errors
/// Why it was not settled.
pub fn outsider(
    policy: &Policy,
    on: &Guarded<'_>,
    action: &str,
    outsider: Outsider<'_>,
) -> Result<Option<Request>, String> {
    let mut asking = Asking::new(policy, on, action);
    let found = match outsider {
        Outsider::Stranger => asking.public(),
        Outsider::SignedStranger => asking.strangers_request(|who| *who != Who::Anonymous, |_| true),
        Outsider::Member => asking.member(),
        Outsider::Deputy(service) => {
            let policy = for_services(&asking.policy);
            let pins = stranger::source(&policy);
            asking.reach(&policy, &Who::Service(service.to_owned()), &pins).map(|reached| reached.witness)
        }
        Outsider::For(service, account) => {
            let policy = asking.policy.clone();
            let who = Who::Service(service.unwrap_or(OTHER_SERVICE).to_owned());
            asking.reach(&policy, &who, &on_behalf_of(account)).map(|reached| reached.witness)
        }
        Outsider::Bearer(provider, claims) => {
            let is_provider = |name: &PrincipalName| matches!(name, PrincipalName::Federated(_));
            let policy = with_allows(&asking.policy, |statement| names_any(statement, is_provider));
            let pins = stranger::bearer(&policy, claims);
            asking.reach(&policy, &Who::Federated(provider.to_owned()), &pins).map(|reached| reached.witness)
        }
    };
    found.map_or_else(|| asking.unknown.map_or(Ok(None), Err), |request| Ok(Some(request)))
}

/// The services that a policy names, as principals or in conditions.
#[must_use]
pub fn services(policy: &Policy) -> Vec<String> {
    let service = |who| match who {
        Who::Service(name) if name != OTHER_SERVICE => Some(name),
        _ => None,
    };
    who::classes([policy].into_iter()).into_iter().filter_map(service).collect()
}

/// The other accounts that are let in though they give no external id, have no MFA, and belong to no organisation that
/// the policy asks for; and why there may be more.
#[must_use]
pub fn unproven(policy: &Policy, on: &Guarded<'_>, action: &str) -> (Vec<Admitted>, Option<String>) {
    const PROOFS: [&str; 5] = [
        "sts:externalid",
        "aws:multifactorauthpresent",
        "aws:multifactorauthage",
        "aws:principalorgid",
        "aws:principalorgpaths",
    ];
    let mut asking = Asking::new(policy, on, action);
    let pins: Vec<Pinned> = PROOFS.into_iter().map(|key| (key.to_owned(), Say::missing())).collect();
    let others: Vec<Admitted> = asking
        .admitted()
        .into_iter()
        .filter(|admitted| match &admitted.who {
            Grantee::Account(account) => account != on.account,
            Grantee::Arn(arn) => who::account_of(arn) != Some(on.account),
            Grantee::CanonicalUser(_) => true,
            Grantee::Anyone | Grantee::Service { .. } | Grantee::Federated(_) => false,
        })
        .collect();
    let unproven = others.iter().filter_map(|admitted| asking.again(admitted, pins.clone())).collect();
    (unproven, asking.unknown)
}

impl Asking<'_> {
    /// A request of a stranger who belongs to whatever organisation the policy asks for.
    fn member(&mut self) -> Option<Request> {
        let is_tied = |key: &str| !matches!(key, "aws:principalorgid" | "aws:principalorgpaths");
        self.strangers_request(|_| true, is_tied)
    }

    /// A request of one of those strangers whom `meant` holds, with the keys that `tied` holds as strangers have them.
    fn strangers_request(&mut self, meant: impl Fn(&Who) -> bool, tied: impl Fn(&str) -> bool) -> Option<Request> {
        let policy = self.policy.clone();
        for network in [Network::Internet, Network::Endpoint] {
            let mut pins = stranger::caller(&policy, network);
            pins.retain(|(key, _)| tied(key));
            for who in self.strangers(&policy).into_iter().filter(&meant) {
                if let Some(reached) = self.reach(&policy, &who, &pins) {
                    return Some(reached.witness);
                }
            }
        }
        None
    }
}

/// What is so of a call that a service makes for a resource of an account; the ARNs of some, as of buckets, have none.
fn on_behalf_of(account: &str) -> Vec<Pinned> {
    let of = |account: &str| who::glob(&format!("*:*:*:*:{account}:*"));
    let arns = Values::Texts(Texts::of(vec![of(account), of("")], false));
    let source = Say { missing: true, empty: Empty::Out, one: arns, many: Many::Never };
    let owner = |key: &str| (key.to_owned(), Say { missing: true, ..stranger::exactly(account) });
    vec![("aws:sourcearn".to_owned(), source), owner("aws:sourceaccount"), owner("aws:sourceowner")]
}
