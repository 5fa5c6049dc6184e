//! The policy language of IAM.
//!
//! | module | its one job |
//! |---|---|
//! | [`catalogue`] | what can be asked of AWS: services, actions, resource types, condition keys |
//!
//! Nothing here reads a file, a clock or an account.

pub mod catalogue;
