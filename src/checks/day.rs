//! Days: which it is for a check, and how many lie between two.
//!
//! What day it is says the answer that told of the resource, and never the clock of the machine, so that a recording is
//! judged alike whenever it is replayed.

use super::Case;

/// The length of `YYYY-MM-DD`.
const DAY: usize = 10;

/// The day on which the resource of `case` was read, `YYYY-MM-DD`; none where no answer has a time.
pub(super) fn today(case: &Case<'_>) -> Option<String> {
    let answers = &case.reach.account.answers;
    let days = case.resource.calls.iter().filter_map(|call| answers.get(call)?.at.get(..DAY));
    days.max().map(str::to_owned)
}

/// The days from one time to another, both of which begin with `YYYY-MM-DD`; none if one does not.
pub(super) fn days_between(from: &str, to: &str) -> Option<i64> {
    Some(number(to)? - number(from)?)
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
    use super::days_between;

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
}
