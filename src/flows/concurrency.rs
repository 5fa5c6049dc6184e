//! That a function may run at all: one whose reserved concurrency is zero is never called.

use super::Edge;
use super::link::{Link, read};
use crate::model::{FUNCTION, Value};

/// The link, where there is something to say.
pub(super) fn of(edge: &Edge<'_>) -> Option<Link> {
    debug_assert_eq!(edge.to.type_name, FUNCTION);
    let wanted = format!("{} may run", edge.to.name);
    match read(&edge.to.properties, &["ReservedConcurrentExecutions"]) {
        Ok(Some(Value::Number(0))) => Some(Link::fail(
            "concurrency",
            wanted,
            "its reserved concurrency is 0, so that every call of it is refused",
        )),
        Ok(_) => None,
        Err(gap) => Some(Link::unread("concurrency", wanted, gap)),
    }
}
