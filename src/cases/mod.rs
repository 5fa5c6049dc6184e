//! Cases for rules: accounts written by hand or saved, and the verdicts that must come out.
//!
//! A file of cases stands beside a rules file. [`Suite::read`] reads what it says, with the place of every word; then
//! [`Suite::judge`] makes the account of each case, judges it, and holds the verdicts against those that are expected,
//! and counts which rules and matchers were seen to hold and not to hold. This module knows nothing of files, terminals
//! or AWS: rules and saved accounts are handed in by [`Inputs`].

mod coverage;
mod file;
mod fragment;
mod judge;
mod patch;
mod reason;
mod rewrite;
mod schema;
mod value;

pub use coverage::{Coverage, MatcherSeen, RuleSeen};
pub use file::{Saved, Suite};
pub use judge::{Inputs, Judged, JudgedCase, Mismatch};
pub use schema::schema;
