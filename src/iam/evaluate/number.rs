//! Decimal numbers, compared exactly: no rounding, whatever their length.

use std::cmp::Ordering;

/// Longer texts are no numbers that a condition key has.
const LONGEST: usize = 1024;
/// Larger exponents would make a short text a long number.
const LARGEST_EXPONENT: u32 = 400;

/// A decimal number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    negative: bool,
    /// Digits before the point, without zeros in front.
    whole: Vec<u8>,
    /// Digits after the point, without zeros behind.
    fraction: Vec<u8>,
}

impl Number {
    /// Reads `-12.50`, `+3`, `.5`, `1e3`; `None` for anything else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let (negative, rest) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (digits, exponent) = match rest.split_once(['e', 'E']) {
            None => (rest, 0),
            Some((digits, exponent)) => (digits, self::exponent(exponent)?),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let (mut whole, mut fraction) = (whole.as_bytes().to_vec(), fraction.as_bytes().to_vec());
        let places = usize::try_from(exponent.unsigned_abs()).ok()?;
        if exponent >= 0 {
            fraction.resize(fraction.len().max(places), b'0');
            whole.extend(fraction.drain(..places));
        } else {
            let mut zeros = vec![b'0'; places.saturating_sub(whole.len())];
            zeros.append(&mut whole);
            let moved = zeros.split_off(zeros.len() - places);
            whole = zeros;
            fraction.splice(0..0, moved);
        }
        let leading = whole.iter().take_while(|digit| **digit == b'0').count();
        whole.drain(..leading);
        while fraction.last() == Some(&b'0') {
            fraction.pop();
        }
        let zero = whole.is_empty() && fraction.is_empty();
        Some(Self { negative: negative && !zero, whole, fraction })
    }
}

fn exponent(text: &str) -> Option<i32> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size = digits.parse::<u32>().ok().filter(|size| *size <= LARGEST_EXPONENT)?;
    let size = i32::try_from(size).ok()?;
    Some(if negative { -size } else { size })
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let size = |one: &Self, two: &Self| {
            one.whole
                .len()
                .cmp(&two.whole.len())
                .then_with(|| one.whole.cmp(&two.whole))
                .then_with(|| one.fraction.cmp(&two.fraction))
        };
        match (self.negative, other.negative) {
            (false, false) => size(self, other),
            (true, true) => size(other, self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_number_are_equal() {
        for group in [
            &["10", "10.0", "+10", "010", "1e1", "100e-1", "0.1E2", "1000e-2"][..],
            &["0", "-0", "0.000", ".0", "0.", "0e7"],
            &["-0.5", "-.5", "-5e-1", "-50e-2"],
        ] {
            for text in group {
                assert_eq!(Number::parse(text), Number::parse(group[0]), "{text}");
                assert!(Number::parse(text).is_some(), "{text}");
            }
        }
    }

    #[test]
    fn order_is_exact() {
        let ascending =
            ["-100", "-99.9", "-1", "-0.11", "-0.1", "0", "0.1", "0.11", "0.9", "1", "9", "10", "9007199254740993"];
        for pair in ascending.windows(2) {
            assert!(Number::parse(pair[0]) < Number::parse(pair[1]), "{pair:?}");
        }
        assert!(Number::parse("9007199254740992") < Number::parse("9007199254740993"));
        assert!(Number::parse("0.30000000000000000001") > Number::parse("0.3"));
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in ["", "-", ".", "1.2.3", "1,5", "0x10", "1e", "e1", "1e999", "1e1.5", "--1", " 1", "1 ", "٣", "NaN"]
        {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }
}
