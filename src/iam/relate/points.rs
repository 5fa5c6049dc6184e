//! Numbers, instants and addresses as points of [`Spans`], and back as text.
//!
//! The evaluator that re-checks what is found here reads such values by its own code.

use std::net::IpAddr;

use super::spans::Spans;

/// What the points of a condition key are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Line {
    Number,
    Date,
    Address,
}

/// A set of points: of addresses those of version 4 and of version 6, else the second is empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Points {
    pub(super) line: Line,
    pub(super) first: Spans,
    pub(super) second: Spans,
    /// Whether texts that cannot be read as points are in it.
    pub(super) unreadable: bool,
}

/// Where zero stands on the line of numbers and of instants.
const ZERO: u128 = 1 << 127;
/// Places of a number that a policy may write. The line has one more, so that there are points between two neighbours.
const NUMBER_PLACES: usize = 17;
/// Steps of one whole number.
const NUMBER: i128 = 1_000_000_000_000_000_000;
/// Places of a second, likewise.
const SECOND_PLACES: usize = 9;
/// Steps of one second.
const SECOND: i128 = 10_000_000_000;
/// What a policy may write is smaller than this, so that there are points beyond it.
const LARGEST: i128 = 1_000_000_000_000_000_000;

/// How a value of the policy bounds the value of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Points {
    fn new(line: Line, first: Spans) -> Self {
        Self { line, first, second: Spans::default(), unreadable: false }
    }

    pub(super) fn all(line: Line) -> Self {
        match line {
            Line::Number | Line::Date => Self::new(line, Spans::all()),
            Line::Address => Self {
                line,
                first: Spans::of(vec![(0, u128::from(u32::MAX))]),
                second: Spans::all(),
                unreadable: false,
            },
        }
    }

    /// The points that one value of a policy stands for; `None` if it cannot be read.
    pub(super) fn of(line: Line, bound: Bound, value: &str) -> Option<Self> {
        if line == Line::Address {
            return block(value);
        }
        let at = point(line, value)?;
        let (written, unit) = (steps(at), if line == Line::Number { NUMBER } else { SECOND });
        if written % 10 != 0 || written.abs() >= LARGEST * unit {
            return None;
        }
        let run = match bound {
            Bound::Equal => (at, at),
            Bound::Less => (0, at.checked_sub(1)?),
            Bound::LessOrEqual => (0, at),
            Bound::Greater => (at.checked_add(1)?, u128::MAX),
            Bound::GreaterOrEqual => (at, u128::MAX),
        };
        Some(Self::new(line, Spans::of(vec![run])))
    }

    pub(super) fn union(sets: &[Self], line: Line) -> Self {
        let gather = |of: fn(&Self) -> &Spans| Spans::of(sets.iter().flat_map(|set| of(set).runs().to_vec()).collect());
        let unreadable = sets.iter().any(|set| set.unreadable);
        Self { line, first: gather(|set| &set.first), second: gather(|set| &set.second), unreadable }
    }

    pub(super) fn complement(&self) -> Self {
        let all = Self::all(self.line);
        Self {
            line: self.line,
            first: self.first.complement().intersect(&all.first),
            second: self.second.complement().intersect(&all.second),
            unreadable: !self.unreadable,
        }
    }

    pub(super) fn intersect(&self, other: &Self) -> Self {
        Self {
            line: self.line,
            first: self.first.intersect(&other.first),
            second: self.second.intersect(&other.second),
            unreadable: self.unreadable && other.unreadable,
        }
    }

    /// Whether nothing at all is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.first.runs().is_empty() && self.second.runs().is_empty() && !self.unreadable
    }

    /// Whether a text is one of the points; `None` if it cannot be read as one.
    pub(super) fn holds(&self, text: &str) -> Option<bool> {
        if self.line == Line::Address {
            return match text.parse().ok()? {
                IpAddr::V4(address) => Some(self.first.holds(u128::from(u32::from(address)))),
                IpAddr::V6(address) => Some(self.second.holds(u128::from(address))),
            };
        }
        Some(self.first.holds(point(self.line, text)?))
    }

    /// Some of the points, as texts, the most readable first.
    pub(super) fn samples(&self) -> Vec<String> {
        let second = self.second.runs().iter().take(4).flat_map(|run| [run.0, run.1]);
        let second = second.map(|at| std::net::Ipv6Addr::from(at).to_string());
        let runs = self.first.runs().iter().take(8);
        match self.line {
            Line::Address => {
                let usual = [0xCB00_7105_u128, 0xC633_6405].into_iter().filter(|at| self.first.holds(*at));
                let ends = runs.flat_map(|run| [run.0, run.1]);
                let first = usual.chain(ends).filter_map(|at| u32::try_from(at).ok());
                first.map(|at| std::net::Ipv4Addr::from(at).to_string()).chain(second).collect()
            }
            Line::Number => runs.flat_map(|run| near(*run, NUMBER)).map(decimal).collect(),
            Line::Date => {
                // The first of 2026, unless it must be another instant.
                let usual = of_steps(1_767_225_600 * SECOND).filter(|at| self.first.holds(*at));
                let rest = runs.flat_map(|run| near(*run, SECOND)).map(steps);
                usual.map(steps).into_iter().chain(rest).filter_map(instant).collect()
            }
        }
    }
}

/// Points of a run that are whole, else its ends.
fn near((from, to): (u128, u128), whole: i128) -> Vec<u128> {
    let (low, high) = (steps(from), steps(to));
    let above =
        low.div_euclid(whole).checked_mul(whole).and_then(|at| if at < low { at.checked_add(whole) } else { Some(at) });
    let below = high.div_euclid(whole).checked_mul(whole);
    let zero = (low <= 0 && 0 <= high).then_some(0);
    let inside = [zero, above, below].into_iter().flatten().filter(|at| (low..=high).contains(at));
    inside.filter_map(of_steps).chain([from, to]).collect()
}

fn steps(point: u128) -> i128 {
    // Both halves of the line fit, and wrap onto each other.
    point.wrapping_sub(ZERO) as i128
}

fn of_steps(steps: i128) -> Option<u128> {
    Some(ZERO.wrapping_add(steps as u128))
}

fn decimal(point: u128) -> String {
    let at = steps(point);
    let (whole, part) = (at.unsigned_abs() / NUMBER.unsigned_abs(), at.unsigned_abs() % NUMBER.unsigned_abs());
    let sign = if at < 0 { "-" } else { "" };
    let part = format!("{part:0places$}", places = NUMBER_PLACES + 1);
    let part = part.trim_end_matches('0');
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

/// The point of a text on a line.
fn point(line: Line, text: &str) -> Option<u128> {
    let text = text.trim();
    match line {
        Line::Number => of_steps(scaled(text, NUMBER_PLACES)?),
        Line::Date => {
            let epoch = text.strip_prefix('-').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit());
            // Four digits are a year in the one form and seconds in the other.
            let ambiguous = epoch && text.len() == 4;
            if ambiguous {
                return None;
            }
            of_steps(if epoch { scaled(text, SECOND_PLACES)? } else { iso(text)? })
        }
        Line::Address => None,
    }
}

/// A decimal number of at most one more than so many `places`, in units of that one.
fn scaled(text: &str, places: usize) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = part.trim_end_matches('0');
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !(all_digits(whole) && all_digits(part)) || (whole.is_empty() && part.is_empty()) || part.len() > places + 1 {
        return None;
    }
    let value: i128 = format!("0{whole}{part}{}", "0".repeat(places + 1 - part.len())).parse().ok()?;
    Some(if negative { -value } else { value })
}

/// The instant of a date and time after ISO 8601, as the W3C's profile has it: `2026`, `2026-11`, `2026-11-23`, or with a
/// time and `Z` or an offset.
fn iso(text: &str) -> Option<i128> {
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let digits = |text: &str, count: usize| {
        (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse::<i64>().ok())?
    };
    let mut parts = date.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |part| digits(part, 2))?;
    let day = parts.next().map_or(Some(1), |part| digits(part, 2))?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let in_month = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if parts.next().is_some() || !(1..=in_month).contains(&day) {
        return None;
    }
    let days = days_from_epoch(year, month, day);
    let mut at = i128::from(days) * 86_400 * SECOND;
    if let Some(time) = time {
        let zone = time.rfind(['Z', 'z', '+', '-'])?;
        let (clock, zone) = time.split_at(zone);
        let mut parts = clock.split(':');
        let hour = digits(parts.next()?, 2).filter(|hour| *hour < 24)?;
        let minute = digits(parts.next()?, 2).filter(|minute| *minute < 60)?;
        let second = match parts.next() {
            None => 0,
            Some(text) => {
                let whole = text.split('.').next()?;
                digits(whole, 2).filter(|second| *second < 60)?;
                scaled(text, SECOND_PLACES)?
            }
        };
        let offset = match zone {
            "Z" | "z" => 0,
            _ => {
                let (hours, minutes) = zone.get(1..)?.split_once(':')?;
                let hours = digits(hours, 2).filter(|hours| *hours < 24)?;
                let minutes = digits(minutes, 2).filter(|minutes| *minutes < 60)?;
                (hours * 60 + minutes) * if zone.starts_with('-') { -1 } else { 1 }
            }
        };
        if parts.next().is_some() {
            return None;
        }
        at += i128::from((hour * 60 + minute - offset) * 60) * SECOND + second;
    }
    Some(at)
}

/// Days from 1970-01-01 to a day of the Gregorian calendar, counted in years that begin in March.
fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// An instant as `2026-11-23T00:00:00Z`; `None` if its year has not four digits.
fn instant(steps: i128) -> Option<String> {
    let seconds = i64::try_from(steps.div_euclid(SECOND)).ok()?;
    let nanos = steps.rem_euclid(SECOND);
    let (days, clock) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march + 2) / 5 + 1;
    let month = if march < 10 { march + 3 } else { march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    if !(0..=9999).contains(&year) {
        return None;
    }
    let part = if nanos == 0 {
        String::new()
    } else {
        format!(".{nanos:0places$}", places = SECOND_PLACES + 1).trim_end_matches('0').to_owned()
    };
    let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{part}Z"))
}

/// The addresses of a block such as `10.0.0.0/8`; an address alone is a block of one.
fn block(text: &str) -> Option<Points> {
    let text = text.trim();
    let (address, length) = match text.split_once('/') {
        Some((address, length)) if length.bytes().all(|byte| byte.is_ascii_digit()) => {
            (address, Some(length.parse::<u32>().ok()?))
        }
        Some(_) => return None,
        None => (text, None),
    };
    let run = |at: u128, bits: u32| {
        let length = length.unwrap_or(bits);
        // Host bits may be set: AWS reads 10.1.2.3/8 as 10.0.0.0/8.
        let host = (length <= bits).then(|| (u128::MAX.checked_shr(128 - bits + length)).unwrap_or(0))?;
        Some(Spans::of(vec![(at & !host, at | host)]))
    };
    Some(match address.parse().ok()? {
        IpAddr::V4(address) => Points::new(Line::Address, run(u128::from(u32::from(address)), 32)?),
        IpAddr::V6(address) => Points {
            line: Line::Address,
            first: Spans::default(),
            second: run(u128::from(address), 128)?,
            unreadable: false,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_have_one_point() {
        for (a, b) in [
            ("2026-01-01T01:00:00+01:00", "2026-01-01T00:00:00Z"),
            ("1767225600", "2026-01-01"),
            ("2026-01", "2026-01-01T00:00Z"),
            ("1969-12-31T23:59:59.5Z", "1969-12-31T18:59:59.500-05:00"),
        ] {
            assert_eq!(point(Line::Date, a), point(Line::Date, b), "{a}");
        }
        for wrong in ["2026", "2026-02-29", "2026-13", "2026-01-01T24:00Z", "2026-01-01T00:00", "x", "", "2026-1-1"] {
            assert_eq!(point(Line::Date, wrong), None, "{wrong}");
        }
        for text in ["2026-11-23T13:00:05Z", "1600-02-29T00:00:00Z", "2000-12-31T23:59:59.25Z"] {
            assert_eq!(point(Line::Date, text).map(steps).and_then(instant).as_deref(), Some(text));
        }
    }

    #[test]
    fn numbers_are_exact() {
        assert_eq!(point(Line::Number, "10"), point(Line::Number, "+10.000"));
        assert!(point(Line::Number, "0.1") < point(Line::Number, "0.10000000000000001"));
        assert!(point(Line::Number, "-2") < point(Line::Number, "-1.5"));
        for wrong in ["", ".", "1e3", "0x1", "1_0", "99999999999999999999999"] {
            assert_eq!(point(Line::Number, wrong), None, "{wrong}");
        }
        let between = Points::of(Line::Number, Bound::Greater, "2").expect("a bound");
        assert_eq!(between.samples().first().map(String::as_str), Some("3"));
    }

    #[test]
    fn blocks_hold_their_addresses() {
        let holds = |block: &str, address: &str| super::block(block).expect("a block").holds(address);
        assert_eq!(holds("10.1.2.3/8", "10.255.0.1"), Some(true));
        assert_eq!(holds("10.0.0.0/8", "11.0.0.0"), Some(false));
        assert_eq!(holds("0.0.0.0/0", "::1"), Some(false));
        assert_eq!(holds("0.0.0.0/0", "255.255.255.255"), Some(true));
        assert_eq!(holds("2001:db8::/32", "2001:db8:1::5"), Some(true));
        assert_eq!(holds("::/0", "ffff::"), Some(true));
        assert_eq!(holds("1.2.3.4", "1.2.3.4"), Some(true));
        for wrong in ["10.0.0.0/33", "10.0.0/8", "::/129", "x", "10.0.0.0/", "10.0.0.0/+8"] {
            assert_eq!(super::block(wrong), None, "{wrong}");
        }
        let all = super::block("0.0.0.0/0").expect("a block");
        assert_eq!(all.complement().first, Spans::default());
    }
}
