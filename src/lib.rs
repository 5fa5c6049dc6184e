//! Plimsoll: a compliance and drift auditor for AWS accounts.
pub mod audit;
#[cfg(feature = "live")]
pub mod aws;
pub mod model;
pub mod rules;
pub mod scan;
pub mod services;
