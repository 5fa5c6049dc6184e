//! A bound on the work of one comparison, counted in steps and not in time, so that the same documents always get the
//! same answer.

use std::cell::Cell;

/// The work that is left.
#[derive(Debug)]
pub(super) struct Effort(Cell<u64>);

/// Steps of one comparison: about a second of work.
const STEPS: u64 = 300_000_000;
/// Steps for putting together a request that is known to exist.
const LAST: u64 = 20_000_000;

impl Default for Effort {
    fn default() -> Self {
        Self(Cell::new(STEPS))
    }
}

impl Effort {
    /// A little more, for showing what was found.
    pub(super) fn for_a_request() -> Self {
        Self(Cell::new(LAST))
    }

    /// Takes some steps; whether there were so many left.
    pub(super) fn spend(&self, steps: usize) -> bool {
        let left = self.0.get().checked_sub(steps as u64);
        self.0.set(left.unwrap_or(0));
        left.is_some()
    }
}
