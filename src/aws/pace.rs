//! A pace below the rates that AWS allows for all callers of an account together: pauses before calls, so that an audit
//! neither is refused nor takes what others need.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
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
    fn without_a_span_nothing_waits() {
        let pace = Pace::new(1, Duration::ZERO);
        let now = Instant::now();
        assert!((0..100).all(|_| pace.pause(now).is_zero()));
    }
}
