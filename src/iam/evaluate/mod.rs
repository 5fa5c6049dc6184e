//! One request decided, as AWS decides it.
//!
//! [`decide`] weighs all policies that may have a say; [`grants`] reads a set of documents alone. Both are exact: where
//! something cannot be read, or the documentation leaves it open, the answer is [`Outcome::Unknown`] with the reason,
//! unless it does not matter.
//!
//! The order of things: a Deny that applies, in any layer, settles it. Then, unless a rule of the service decides,
//!
//! - in one account, the identity policies or the resource policy must allow. Naming the account in a resource policy
//!   delegates to its identity policies; naming the role (or, for a federated user, the user) needs no identity
//!   policy, and the boundary and the session policy still limit it; naming the user, the session itself or everyone
//!   needs nothing more. Keys of KMS, and roles that are assumed, take the word of identity policies only if their
//!   own policy names the account;
//! - across accounts, both the identity policies and the resource policy must allow;
//! - for anonymous callers, services and those whom an identity provider vouches for, the resource policy must allow;
//! - the boundary, the session policy, every level of service control policies and the endpoint's policy must allow
//!   as well. The root user is limited by none but the last two.
//!
//! A request whose resource has wildcards asks whether *some* resource of that form is allowed: see [`decide_some`].
//! `*` alone is what an action without resource-level permissions is asked on.
//!
//! This shares nothing with the engine that compares policies but the documents and the request, so that each can
//! show the other wrong.

mod address;
mod arn;
mod bytes;
mod condition;
mod date;
mod decision;
mod keys;
mod number;
mod pattern;
mod policies;
mod principal;
mod services;
mod some;
mod statement;
mod truth;
mod weigh;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;

pub use decision::{Applied, Decision, Missed, Outcome, Reason};
pub use policies::{Layer, Level, Policies};

use crate::iam::{Policy, Request, Statement};

/// Decides a request by all policies that have a say.
#[must_use]
pub fn decide(request: &Request, policies: &Policies) -> Decision {
    if request.resource != "*" && request.resource.contains(['*', '?']) {
        return decide_some(request, policies);
    }
    weigh::decide(request, policies).decision
}

/// Decides whether some resource is allowed that is like the pattern in [`Request::resource`].
///
/// Allowed if there is one, which [`Decision::resource`] then names. Otherwise explicitly denied if a Deny is what stands
/// in the way of one that would be allowed without it, or covers all of them; implicitly denied if not.
/// Conditions are judged by the one context of the request.
#[must_use]
pub fn decide_some(request: &Request, policies: &Policies) -> Decision {
    some::decide(request, policies)
}

/// What a set of documents alone says to a request: denied if a Deny applies in any of them, else allowed if an Allow
/// does.
///
/// Documents that name principals somewhere are policies of resources: a statement of theirs without Principal means
/// nobody. Others are policies of identities, and mean whoever asks. The request is taken as it stands: nothing is added to its context,
/// and wildcards in its resource are characters.
#[must_use]
pub fn grants(policies: &[&Policy], request: &Request) -> Outcome {
    weigh::grants(policies, request)
}

/// Whether a value of a policy's condition, without variables, is one that the comparison can read: a number, a date, a
/// block of addresses, an ARN, as the comparison wants it. Any text is read by the comparisons of text.
#[must_use]
pub fn is_readable(base: super::document::Base, value: &str) -> bool {
    condition::is_readable(base, value)
}

/// The statements of one document that allow the action and not this request, by their position, each with all that
/// keeps it from applying. The request is read as [`grants`] reads it.
#[must_use]
pub fn near_grants(policy: &Policy, request: &Request) -> Vec<(usize, Vec<Missed>)> {
    weigh::near_grants(policy, request)
}

/// Whether a statement speaks of an action, whatever its effect.
#[must_use]
pub fn speaks_of(statement: &Statement, action: &str) -> bool {
    // An action is like a pattern or not: nothing about it is left open.
    statement::speaks_of(statement, action) != truth::Truth::No
}

/// Whether a statement of an identity's policy covers a resource; `None` if that hangs on variables, or is not settled.
#[must_use]
pub fn covers(policy: &Policy, statement: &Statement, resource: &str) -> Option<bool> {
    statement::covers(policy, statement, resource)
}

/// The position of the first statement of a document that denies the request. The request is read as [`grants`] reads it.
#[must_use]
pub fn denying(policy: &Policy, request: &Request) -> Option<usize> {
    weigh::denying(policy, request)
}
