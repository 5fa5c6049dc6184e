//! A pace below the rates that AWS allows for all callers of an account together: pauses before calls, so that an audit
//! neither is refused nor takes what others need.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Lets no more than so many calls begin within any such span of time.
#[derive(Debug)]
pub(crate) struct Pace {
    most: usize,
    within: Duration,
    /// When the last calls begin, at most `most` of them, the earliest first.
    begun: Mutex<VecDeque<Instant>>,
}

impl Pace {
    /// At most `most` calls, which must not be none, within any span of `within`; no pause if that is zero.
    pub(crate) fn new(most: usize, within: Duration) -> Self {
        Self { most, within, begun: Mutex::default() }
    }

    /// Waits until the next call may begin.
    pub(crate) async fn turn(&self) {
        let pause = self.pause(Instant::now());
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }

    /// Whether a call at `now` could have to wait.
    fn is_still_felt(&self, now: Instant) -> bool {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.back().is_some_and(|last| *last + self.within > now)
    }

    /// How long a call that is ready at `now` has to wait; it is counted as begun then.
    fn pause(&self, now: Instant) -> Duration {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let earliest = match begun.front() {
            Some(first) if begun.len() >= self.most => *first + self.within,
            _ => now,
        };
        let at = earliest.max(now);
        begun.push_back(at);
        if begun.len() > self.most {
            begun.pop_front();
        }
        at.duration_since(now)
    }
}

/// The paces of all accounts that one run reads. Sessions that share it keep one pace between them where they read the
/// same account: AWS counts the calls of an account, whoever makes them.
#[derive(Debug, Clone, Default)]
pub struct Paces(Arc<Mutex<BTreeMap<String, Arc<Pace>>>>);

impl Paces {
    /// The pace of at most `most` calls within any span of `within` for what `key` names.
    pub(crate) fn of(&self, key: String, most: usize, within: Duration) -> Arc<Pace> {
        let mut paces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What nobody uses and nobody has to wait for any more would only grow.
        let now = Instant::now();
        paces.retain(|_, pace| Arc::strong_count(pace) > 1 || pace.is_still_felt(now));
        Arc::clone(paces.entry(key).or_insert_with(|| Arc::new(Pace::new(most, within))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_so_many_begin_within_any_span() {
        let (most, within) = (5, Duration::from_secs(2));
        let pace = Pace::new(most, within);
        let start = Instant::now();
        let begun: Vec<Duration> = (0..23).map(|_| pace.pause(start)).collect();
        assert_eq!(begun[..5], [Duration::ZERO; 5]);
        assert_eq!(begun[5..10], [within; 5]);
        assert!(begun.windows(most + 1).all(|few| few[most] - few[0] >= within), "{begun:?}");
        // Who comes late has nothing to wait for.
        let late = start + Duration::from_secs(60);
        assert!((0..5).all(|_| pace.pause(late).is_zero()));
        assert_eq!(pace.pause(late), within);
    }

    #[test]
    fn sessions_that_read_the_same_keep_one_pace_and_what_is_over_is_forgotten() {
        let (paces, within) = (Paces::default(), Duration::from_secs(2));
        let of = |key: &str| paces.of(key.to_owned(), 1, within);
        let now = Instant::now();
        let first = of("111122223333 us-east-1");
        assert!(first.pause(now).is_zero());
        assert_eq!(of("111122223333 us-east-1").pause(now), within);
        assert!(of("111122223333 eu-west-1").pause(now).is_zero());
        drop(first);
        // The calls that were made count for whoever comes next.
        assert!(of("111122223333 us-east-1").pause(now) > within);
        let idle = Paces::default();
        drop(idle.of("a".to_owned(), 1, Duration::ZERO));
        drop(idle.of("b".to_owned(), 1, Duration::ZERO));
        assert_eq!(idle.0.lock().expect("a lock").len(), 1);
    }

    #[test]
    fn without_a_span_nothing_waits() {
        let pace = Pace::new(1, Duration::ZERO);
        let now = Instant::now();
        assert!((0..100).all(|_| pace.pause(now).is_zero()));
    }
}
