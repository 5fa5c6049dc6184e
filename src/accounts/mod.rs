//! The accounts that one run reads: the file that lists them, and what each entry may say.
//!
//! Reads nothing that an entry names: a role that cannot be assumed, or a recording that is not there, is that account's
//! result.

mod list;
mod name;
mod schema;
mod whom;

pub use list::{List, Listed, TABLES, list};
pub use name::is_safe;
pub use schema::schema;
pub use whom::{Whom, check_account, check_region, check_role};
