//! Mistakes in what policies allow, and in whom they let in, each with its exact effect on the verdicts.
//!
//! Every document is one that a person pastes or clicks together; each has its near miss in `near_misses`.

mod content;
mod queue;
mod roles;
mod trust;

use crate::case::{Case, shows_each};
use crate::support::servers::Kind;

/// All of them.
pub(crate) fn cases() -> Vec<Case> {
    [queue::CASES, trust::CASES, content::CASES, roles::CASES].concat()
}

#[tokio::test]
async fn ministack_shows_each_grant() {
    shows_each(Kind::Ministack, &cases()).await;
}

#[tokio::test]
async fn moto_shows_each_grant() {
    shows_each(Kind::Moto, &cases()).await;
}
