//! The policy language of IAM: documents, one request decided, and all requests compared.
//!
//! | module | its one job |
//! |---|---|
//! | [`document`] | what a policy document says, and where each statement stands |
//! | [`evaluate`] | one request decided by the policies that have a say, with the statements that made the decision |
//! | [`request`] | a request, as authorization sees it |
//! | [`catalogue`] | what can be asked of AWS: services, actions, resource types, condition keys |
//!
//! Nothing here reads a file, a clock or an account.

pub mod catalogue;
pub mod document;
pub mod evaluate;
pub mod request;

pub use document::{Effect, Malformed, Policy, Statement};
pub use evaluate::{Decision, Outcome, Policies};
pub use request::{Context, ContextValue, Principal, Request};
