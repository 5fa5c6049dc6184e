//! The policy language of IAM: documents, one request decided, and all requests compared.
//!
//! | module | its one job |
//! |---|---|
//! | [`document`] | what a policy document says, and where each statement stands |
//! | [`request`] | a request, as authorization sees it |
//! | [`catalogue`] | what can be asked of AWS: services, actions, resource types, condition keys |
//! | [`evaluate`] | whether a request is allowed, and by which statements |
//! | [`relate`] | whether one set of policies allows all that another does, decided over every request; what it allows beyond; whom the policy of a resource lets in |
//! | [`check`] | what is wrong, doubtful or without effect in one document |
//!
//! Nothing here reads a file, a clock or an account.

pub mod catalogue;
pub mod check;
pub mod document;
pub mod evaluate;
pub mod relate;
pub mod request;

pub use document::{Effect, Malformed, Place, Policy, Statement};
pub use evaluate::{Decision, Outcome, Policies, decide};
pub use relate::{
    Admission, Admitted, Aim, Difference, Excess, Grantee, Grants, Guarded, Lack, Outsider, Relation, Scene, Witness,
    World, admission, admits, beyond, outsider, services, unproven,
};
pub use request::{Context, ContextValue, Principal, Request};
