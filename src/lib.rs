//! Plimsoll: a compliance and drift auditor for AWS accounts.
pub mod model;
pub mod services;
