//! Days: how a time is written, whether a text is a day, and how many lie between two. UTC and the Gregorian calendar;
//! what day it is, this does not know.

/// The length of `YYYY-MM-DD`.
const DAY: usize = 10;

/// The time `seconds` after the start of 1970, in UTC: `2026-11-23T08:44:00Z`.
///
/// Times outside the years 0 to 9999 are held at the nearest second within them.
pub fn utc_seconds(seconds: i64) -> String {
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

/// The days from one time to another, both of which begin with `YYYY-MM-DD`; none if one does not.
pub fn days_between(from: &str, to: &str) -> Option<i64> {
    Some(number(to)? - number(from)?)
}

/// Whether `text` is a day of the calendar, written `YYYY-MM-DD`.
pub fn is_day(text: &str) -> bool {
    let digits = |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    // The days of 1970 have the number 719,468 and beyond; the same day comes back only if it is one.
    text.len() == DAY
        && text.bytes().enumerate().all(digits)
        && number(text).is_some_and(|number| utc_seconds((number - 719_468) * 86_400).starts_with(text))
}

/// The number of a day, counted from 1 March of the year 0 in the Gregorian calendar.
fn number(time: &str) -> Option<i64> {
    let parts: Vec<&str> = time.get(..DAY)?.split('-').collect();
    let [year, month, day] = parts[..] else { return None };
    let (year, month, day) = (year.parse::<i64>().ok()?, month.parse::<i64>().ok()?, day.parse::<i64>().ok()?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // With the leap day at the end of a year, a month begins where this formula says.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    Some(
        365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 + day - 1,
    )
}

#[cfg(test)]
mod tests {
    use super::{days_between, is_day, utc_seconds};

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
    fn days_are_counted_over_months_and_leap_years() {
        for (from, to, days) in [
            ("2026-11-23", "2026-11-23T23:59:59Z", 0),
            ("2026-08-25T10:00:00Z", "2026-11-23", 90),
            ("2026-08-26", "2026-11-23", 89),
            ("2024-02-28", "2024-03-01", 2),
            ("2025-02-28", "2025-03-01", 1),
            ("2000-02-28", "2000-03-01", 2),
            ("2100-02-28", "2100-03-01", 1),
            ("1970-01-01", "2026-11-23", 20_780),
        ] {
            assert_eq!(days_between(from, to), Some(days), "{from} {to}");
            assert_eq!(days_between(to, from), Some(-days), "{to} {from}");
        }
        for text in ["", "2026", "2026-13-01", "2026-00-01", "2026-01-00", "yesterday!", "2026/01/01"] {
            assert_eq!(days_between(text, "2026-11-23"), None, "{text}");
        }
    }

    #[test]
    fn a_day_is_one_of_the_calendar() {
        for day in ["2026-11-23", "2024-02-29", "2000-02-29", "1969-12-31", "9999-12-31"] {
            assert!(is_day(day), "{day}");
        }
        for text in ["2026-02-29", "2100-02-29", "2026-04-31", "2026-1-1", "2026-11-23Z", "+026-11-23", "2026-11-2é"] {
            assert!(!is_day(text), "{text}");
        }
    }
}
