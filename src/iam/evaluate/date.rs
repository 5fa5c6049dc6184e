//! Instants, as the date operators read them: the W3C profile of ISO 8601, or seconds since 1970.

/// An instant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Instant {
    /// Seconds since the beginning of 1970, UTC.
    seconds: i64,
    /// Digits of the fraction of a second, without zeros behind: in this form they compare as text.
    fraction: String,
}

impl Instant {
    /// Reads `2026`-like forms of the W3C profile (`2026-11`, `2026-11-23`, `2026-11-23T12:00Z`,
    /// `2026-11-23T12:00:00.5+01:00`; without a time, midnight UTC) and whole seconds since 1970.
    ///
    /// `None` for anything else, and for four digits, which are a year in the one form and seconds in the other.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let whole = text.strip_prefix('-').unwrap_or(text);
        if !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit()) {
            let ambiguous = text.len() == 4;
            return (!ambiguous && whole.len() <= 15)
                .then(|| text.parse().ok().map(|seconds| Self { seconds, fraction: String::new() }))?;
        }
        let (date, time) = match text.split_once('T') {
            None => (text, None),
            Some((date, time)) => (date, Some(time)),
        };
        let mut parts = date.split('-');
        let year = digits(parts.next()?, 4)?;
        let month = parts.next().map_or(Some(1), |part| digits(part, 2))?;
        let day = parts.next().map(|part| digits(part, 2));
        if parts.next().is_some() || (time.is_some() && day.is_none()) {
            return None;
        }
        let day = day.unwrap_or(Some(1))?;
        if !(1..=12).contains(&month) || !(1..=days_of(year, month)).contains(&day) {
            return None;
        }
        let midnight = days_since_1970(year, month, day) * 86_400;
        let Some(time) = time else { return Some(Self { seconds: midnight, fraction: String::new() }) };
        let (seconds, fraction) = of_day(time)?;
        Some(Self { seconds: midnight + seconds, fraction })
    }
}

/// Seconds from midnight UTC of the date that is written, with the fraction.
fn of_day(text: &str) -> Option<(i64, String)> {
    let (clock, offset) = if let Some(clock) = text.strip_suffix('Z') {
        (clock, 0)
    } else {
        let at = text.rfind(['+', '-'])?;
        let (clock, zone) = text.split_at(at);
        let (hours, minutes) = zone[1..].split_once(':')?;
        let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
        if hours > 23 || minutes > 59 {
            return None;
        }
        let offset = hours * 3600 + minutes * 60;
        (clock, if zone.starts_with('-') { -offset } else { offset })
    };
    let mut parts = clock.split(':');
    let (hours, minutes) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let (seconds, fraction) = match parts.next() {
        None => (0, ""),
        Some(part) => match part.split_once('.') {
            None => (digits(part, 2)?, ""),
            Some((whole, fraction)) => {
                let all_digits = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
                (digits(whole, 2)?, all_digits.then_some(fraction)?)
            }
        },
    };
    if parts.next().is_some() || hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    Some((hours * 3600 + minutes * 60 + seconds - offset, fraction.trim_end_matches('0').to_owned()))
}

/// A number of exactly so many digits.
fn digits(text: &str, count: usize) -> Option<i64> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn is_leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from the first of January 1970, in the Gregorian calendar for all years from 0.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    // The leap years that are over when `year` begins, year 0 among them.
    let leap_years = |year: i64| if year == 0 { 0 } else { (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 + 1 };
    let to_year = year * 365 + leap_years(year);
    let to_month: i64 = (1..month).map(|month| days_of(year, month)).sum();
    to_year + to_month + day - 1 - 719_528
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_makes_an_instant() {
        for group in [
            &["1970-01-01", "1970-01", "0", "1970-01-01T00:00Z", "1970-01-01T01:00:00+01:00", "1969-12-31T23:30-00:30"]
                [..],
            &["2026-11-23T12:00:00Z", "1795435200", "2026-11-23T13:00:00.000+01:00"],
            &["2000-03-01T00:00:00Z", "951868800", "2000-02-29T20:00:00-04:00"],
            &["0000-03-01", "-62162035200"],
        ] {
            for text in group {
                assert_eq!(Instant::parse(text), Instant::parse(group[0]), "{text}");
                assert!(Instant::parse(text).is_some(), "{text}");
            }
        }
    }

    #[test]
    fn order_reaches_into_fractions() {
        let ascending = [
            "1899-12-31",
            "1969-12-31T23:59:59.9Z",
            "1970-01-01T00:00:00Z",
            "1970-01-01T00:00:00.09Z",
            "1970-01-01T00:00:00.1Z",
            "1970-01-01T00:00:00.11Z",
            "1",
            "2026-11-23T12:00:00+02:00",
            "2026-11-23T11:00:00Z",
        ];
        for pair in ascending.windows(2) {
            assert!(Instant::parse(pair[0]) < Instant::parse(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn other_texts_are_no_dates() {
        for text in [
            "",
            "2013",
            "-",
            "13:00",
            "2026-13-01",
            "2026-00-01",
            "2026-02-29",
            "2026-1-1",
            "2026-11-23T12:00:00",
            "2026-11T12:00Z",
            "2026-11-23T24:00Z",
            "2026-11-23T12:60Z",
            "2026-11-23T12Z",
            "2026-11-23 12:00Z",
            "2026-11-23T12:00:00.Z",
            "2026-11-23T12:00+0100",
            "20261123T120000Z",
            "2026-11-23T12:00:00+25:00",
            "99999999999999999999",
            "tomorrow",
            "2026-11-23T12:00é",
            "２026-11-23",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }
}
