//! Plimsoll: a compliance and drift auditor for AWS accounts.
pub mod audit;
pub mod model;
pub mod rules;
pub mod services;
