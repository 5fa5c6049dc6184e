//! Plimsoll: a compliance and drift auditor for AWS accounts.
#[cfg(feature = "live")]
pub mod aws;
pub mod model;
pub mod scan;
pub mod services;
