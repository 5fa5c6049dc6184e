//! Which day it is for a check.
//!
//! What day it is says the answer that told of the resource, and never the clock of the machine, so that a recording is
//! judged alike whenever it is replayed.

use super::Case;
pub(super) use crate::model::days_between;

/// The length of `YYYY-MM-DD`.
const DAY: usize = 10;

/// The day on which the resource of `case` was read, `YYYY-MM-DD`; none where no answer has a time.
pub(super) fn today(case: &Case<'_>) -> Option<String> {
    let answers = &case.reach.account.answers;
    let days = case.resource.calls.iter().filter_map(|call| answers.get(call)?.at.get(..DAY));
    days.max().map(str::to_owned)
}
