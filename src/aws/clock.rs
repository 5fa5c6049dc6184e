//! Time as it is written: UTC, in ISO 8601. Knows no time zone and no calendar but the Gregorian.

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

/// The time `seconds` after the start of 1970, in UTC: `2026-11-23T08:44:00Z`.
///
/// Times outside the years 0 to 9999 are held at the nearest second within them.
pub(crate) fn utc_seconds(seconds: i64) -> String {
    const FIRST: i64 = -62_167_219_200;
    const LAST: i64 = 253_402_300_799;
    let seconds = seconds.clamp(FIRST, LAST);
    let (days, time) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Counting from 1 March of the year 0 puts the leap day at the end of a year.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", time / 3600, time / 60 % 60, time % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_dates() {
        for (seconds, written) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_423_440, "2026-11-23T08:44:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (i64::MAX, "9999-12-31T23:59:59Z"),
            (i64::MIN, "0000-01-01T00:00:00Z"),
        ] {
            assert_eq!(utc_seconds(seconds), written);
        }
    }

    #[test]
    fn the_clock_has_milliseconds_and_a_recording_keeps_its_time() {
        assert_eq!(Clock::System.now().len(), "2026-11-23T08:44:00.250Z".len());
        assert_eq!(Clock::Recorded("then".into()).now(), "then");
    }
}
