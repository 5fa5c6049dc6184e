//! One scan: what the rules need, fetched once and assembled to an account.
//!
//! Knows that services are read side by side and what belongs into an [`crate::model::Account`]; does not know what
//! any service's answers look like. The calls of a scan are planned by `services::plan`, without the feature `live`.

#[cfg(feature = "live")]
mod fetch;
#[cfg(feature = "live")]
mod locate;

#[cfg(feature = "live")]
pub use fetch::fetch;
#[cfg(feature = "live")]
pub use locate::{Missing, locate};
