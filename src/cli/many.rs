//! Many accounts in one run: what a class of students and a list of accounts have in common. Each account is asked about
//! by itself, so many at once; what comes of it is written when it is there, and a run that was stopped goes on.
//!
//! Knows nothing of what is asked, of grades, and of reports.

mod folder;
mod pool;
mod progress;
mod source;

pub(super) use folder::{Done, Folder, Layout, Run, hash_of};
pub(super) use progress::Progress;
pub(super) use source::{check_answered, source};

use super::Failure;
use std::future::Future;

/// Runs `jobs`, at most `at_once` at a time, and hands to `done` what each gave, by its place. A job that panics gives why,
/// and takes no other with it.
///
/// # Errors
/// If the person stops it, or the system gives no event loop.
pub(super) fn side_by_side<T: 'static, F: Future<Output = Result<T, String>> + 'static>(
    jobs: impl Iterator<Item = F>,
    at_once: usize,
    mut done: impl FnMut(usize, Result<T, String>),
) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::could_not_run(format!("the system gives no event loop: {error}"), "try again"))?;
    let fault = |panic: String| Err(format!("Plimsoll has a fault: {panic}; please report it"));
    runtime.block_on(async {
        tokio::select! {
            () = pool::side_by_side(jobs, at_once, |nth, given| done(nth, given.unwrap_or_else(fault))) => Ok(()),
            _ = tokio::signal::ctrl_c() => Err(Failure::interrupted_for_now()),
        }
    })
}
