//! What time it is: by the clock of the machine, or as a recording has it.

pub(crate) use crate::model::utc_seconds;
use std::time::{SystemTime, UNIX_EPOCH};

/// Where the time of an answer comes from.
#[derive(Debug, Clone)]
pub(crate) enum Clock {
    /// The clock of the machine.
    System,
    /// The time that a recording was made.
    Recorded(String),
}

impl Clock {
    /// Now, in UTC with milliseconds: `2026-11-23T08:44:00.250Z`.
    pub(crate) fn now(&self) -> String {
        match self {
            Self::Recorded(at) => at.clone(),
            Self::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                let seconds = utc_seconds(i64::try_from(since.as_secs()).unwrap_or(i64::MAX));
                format!("{}.{:03}Z", seconds.trim_end_matches('Z'), since.subsec_millis())
            }
        }
    }
}

/// Now by the clock of the machine, in UTC with milliseconds.
pub(crate) fn now() -> String {
    Clock::System.now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_has_milliseconds_and_a_recording_keeps_its_time() {
        assert_eq!(Clock::System.now().len(), "2026-11-23T08:44:00.250Z".len());
        assert_eq!(Clock::Recorded("then".into()).now(), "then");
    }
}
