//! Jobs side by side on one thread, so many at once and no more. A job that panics takes no other with it.

use std::collections::BTreeMap;
use std::future::Future;
use tokio::task::{Id, JoinError, JoinSet, LocalSet};

/// Runs `jobs`, at most `at_once` at a time, and hands to `done` what each gave, by its place, or what it panicked with.
pub(super) async fn side_by_side<T: 'static, F: Future<Output = T> + 'static>(
    jobs: impl Iterator<Item = F>,
    at_once: usize,
    mut done: impl FnMut(usize, Result<T, String>),
) {
    let local = LocalSet::new();
    local
        .run_until(async {
            let mut running = JoinSet::new();
            let mut places: BTreeMap<Id, usize> = BTreeMap::new();
            let mut jobs = jobs.enumerate();
            loop {
                while running.len() < at_once.max(1) {
                    let Some((at, job)) = jobs.next() else { break };
                    places.insert(running.spawn_local(job).id(), at);
                }
                let Some(ended) = running.join_next_with_id().await else { break };
                let (id, given) = match ended {
                    Ok((id, given)) => (id, Ok(given)),
                    Err(error) => (error.id(), Err(said(error))),
                };
                if let Some(at) = places.remove(&id) {
                    done(at, given);
                }
            }
        })
        .await;
}

fn said(error: JoinError) -> String {
    let Ok(panic) = error.try_into_panic() else { return "it was stopped".to_owned() };
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("no message").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::rc::Rc;

    #[test]
    fn one_that_panics_takes_no_other_with_it_and_no_more_run_than_may() {
        let (running, most) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let jobs = (0..20).map(|at| {
            let (running, most) = (Rc::clone(&running), Rc::clone(&most));
            async move {
                running.set(running.get() + 1);
                most.set(most.get().max(running.get()));
                tokio::task::yield_now().await;
                running.set(running.get() - 1);
                assert!(at != 7, "seven");
                at
            }
        });
        let mut given = BTreeMap::new();
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(side_by_side(jobs, 3, |at, of| drop(given.insert(at, of))));
        assert_eq!(given.len(), 20);
        assert_eq!(given[&7], Err("seven".to_owned()));
        assert!(given.iter().all(|(at, of)| *at == 7 || *of == Ok(*at)), "{given:?}");
        assert_eq!(most.get(), 3);
    }
}
