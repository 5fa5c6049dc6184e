//! Plimsoll: a compliance and drift auditor for AWS accounts.
pub mod audit;
pub mod cli;
pub mod model;
pub mod report;
pub mod rules;
pub mod services;
