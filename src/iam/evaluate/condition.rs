//! Conditions: one operator on one key of the request.
//!
//! Choices where the documentation is silent: a plain operator on a key with several values, an empty list of values,
//! and values that cannot be read are unknown; `ForAnyValue:…IfExists` on a missing key is true, as `IfExists` says.

use std::net::IpAddr;

use super::address::Block;
use super::bytes::decode;
use super::date::Instant;
use super::keys::{Found, Keys};
use super::number::Number;
use super::pattern::{self, Glyph, Unfilled, is_like};
use super::truth::Truth;
use crate::iam::document::{Base, Condition, Quantifier, Version};

/// Whether a condition holds. Why it is unknown, if it is, goes to `doubts`.
pub(super) fn holds(condition: &Condition, version: Version, keys: &Keys<'_>, doubts: &mut Vec<String>) -> Truth {
    let operator = match &condition.operator {
        Ok(operator) => *operator,
        Err(name) => {
            doubts.push(format!("`{name}` is no condition operator"));
            return Truth::Unknown;
        }
    };
    if condition.values.is_empty() {
        doubts.push(format!("the condition on `{}` has no values", condition.key));
        return Truth::Unknown;
    }
    let derived: [String; 1];
    let values: &[String] = match keys.get(&condition.key) {
        Found::Missing => &[],
        Found::Values(values) => values,
        Found::Derived(value) => {
            derived = [value.into_owned()];
            &derived
        }
        Found::Unsaid if operator.base == Base::Null => return null(condition, true, doubts),
        Found::Unsaid => {
            doubts.push(format!("the request does not say its `{}`", condition.key));
            return Truth::Unknown;
        }
    };
    // A null data set, such as an empty string.
    let nothing = values.iter().all(String::is_empty);
    if operator.base == Base::Null {
        return null(condition, !nothing, doubts);
    }
    let mut test = |value: &String| one(condition, operator.base, value, version, keys, doubts);
    match (operator.quantifier, values) {
        (Some(Quantifier::ForAllValues), _) if nothing => Truth::Yes,
        (Some(Quantifier::ForAllValues), values) => Truth::all(values.iter().map(test)),
        (Some(Quantifier::ForAnyValue), []) => operator.if_exists.into(),
        (Some(Quantifier::ForAnyValue), _) if nothing => Truth::No,
        (Some(Quantifier::ForAnyValue), values) => Truth::any(values.iter().map(test)),
        (None, []) => (operator.if_exists || operator.base.is_negated()).into(),
        (None, [value]) => test(value),
        (None, _) => {
            doubts.push(format!(
                "`{}` has several values, and `{operator}` is no ForAllValues or ForAnyValue",
                condition.key
            ));
            Truth::Unknown
        }
    }
}

/// `Null`: `true` if there is no such key, `false` if there is.
fn null(condition: &Condition, exists: bool, doubts: &mut Vec<String>) -> Truth {
    Truth::any(condition.values.iter().map(|value| match boolean(value) {
        Some(wanted) => (wanted != exists).into(),
        None => {
            doubts.push(format!("`{value}` is neither true nor false"));
            Truth::Unknown
        }
    }))
}

/// Whether one value of the request passes: it is like one of the values of the policy or, for a negated operator, like
/// none.
fn one(
    condition: &Condition,
    base: Base,
    value: &str,
    version: Version,
    keys: &Keys<'_>,
    doubts: &mut Vec<String>,
) -> Truth {
    let found = Truth::any(condition.values.iter().map(|wanted| {
        let like = is(base, wanted, value, version, keys);
        like.unwrap_or_else(|doubt| {
            doubts.push(doubt.unwrap_or_else(|| {
                format!("whether `{value}` is `{wanted}` by the operator {} is not settled", base.name())
            }));
            Truth::Unknown
        })
    }));
    if base.is_negated() { !found } else { found }
}

/// Whether a value is as the policy says, negation left aside; `Err` if that is unknown, with the reason where it is
/// one that a person can mend.
fn is(base: Base, wanted: &str, value: &str, version: Version, keys: &Keys<'_>) -> Result<Truth, Option<String>> {
    use Base as B;
    let filled = |judge: &dyn Fn(&[Glyph]) -> Truth| match pattern::read(wanted, version, keys) {
        Ok(glyphs) => match judge(&glyphs) {
            Truth::Unknown => Err(None),
            settled => Ok(settled),
        },
        // A value without a variable's value is like nothing, so that a negated operator holds.
        Err(Unfilled::Missing) => Ok(Truth::No),
        Err(Unfilled::Unreadable(why)) => Err(Some(why)),
    };
    let cannot = |text: &str, what: &str| Some(format!("`{text}` is no {what}"));
    match base {
        B::StringEquals | B::StringNotEquals => filled(&|glyphs| (pattern::literal(glyphs) == value).into()),
        B::StringEqualsIgnoreCase | B::StringNotEqualsIgnoreCase => {
            filled(&|glyphs| (pattern::literal(glyphs).to_lowercase() == value.to_lowercase()).into())
        }
        B::StringLike | B::StringNotLike => filled(&|glyphs| is_like(glyphs, value, false).into()),
        B::ArnEquals | B::ArnLike | B::ArnNotEquals | B::ArnNotLike => {
            filled(&|glyphs| super::arn::is_arn_like(glyphs, value))
        }
        B::Bool => filled(&|glyphs| match (boolean(&pattern::literal(glyphs)), boolean(value)) {
            (Some(wanted), Some(value)) => (wanted == value).into(),
            _ => Truth::Unknown,
        }),
        B::NumericEquals
        | B::NumericNotEquals
        | B::NumericLessThan
        | B::NumericLessThanEquals
        | B::NumericGreaterThan
        | B::NumericGreaterThanEquals => {
            let number = |text| Number::parse(text).ok_or_else(|| cannot(text, "number"));
            Ok(compares(base, &number(value)?, &number(wanted)?))
        }
        B::DateEquals
        | B::DateNotEquals
        | B::DateLessThan
        | B::DateLessThanEquals
        | B::DateGreaterThan
        | B::DateGreaterThanEquals => {
            let instant = |text| Instant::parse(text).ok_or_else(|| cannot(text, "date"));
            Ok(compares(base, &instant(value)?, &instant(wanted)?))
        }
        B::IpAddress | B::NotIpAddress => {
            let block = Block::parse(wanted).ok_or_else(|| cannot(wanted, "block of IP addresses"))?;
            let address: IpAddr = value.parse().map_err(|_| cannot(value, "IP address"))?;
            Ok(block.holds(address).into())
        }
        B::BinaryEquals => {
            let bytes = |text| decode(text).ok_or_else(|| cannot(text, "base64"));
            Ok((bytes(value)? == bytes(wanted)?).into())
        }
        B::Null => Err(None),
    }
}

/// Whether a value of a policy, without variables, is one that the comparison can read.
pub(super) fn is_readable(base: Base, value: &str) -> bool {
    let name = base.name();
    match base {
        Base::Bool | Base::Null => boolean(value).is_some(),
        Base::BinaryEquals => decode(value).is_some(),
        Base::IpAddress | Base::NotIpAddress => Block::parse(value).is_some(),
        Base::ArnEquals | Base::ArnNotEquals | Base::ArnLike | Base::ArnNotLike => {
            value == "*" || super::arn::parts_of(value).is_some()
        }
        _ if name.starts_with("Numeric") => Number::parse(value).is_some(),
        _ if name.starts_with("Date") => Instant::parse(value).is_some(),
        _ => true,
    }
}

/// How a value of the request compares with one of the policy.
fn compares<T: Ord>(base: Base, value: &T, wanted: &T) -> Truth {
    use Base as B;
    match base {
        B::NumericLessThan | B::DateLessThan => value < wanted,
        B::NumericLessThanEquals | B::DateLessThanEquals => value <= wanted,
        B::NumericGreaterThan | B::DateGreaterThan => value > wanted,
        B::NumericGreaterThanEquals | B::DateGreaterThanEquals => value >= wanted,
        _ => value == wanted,
    }
    .into()
}

fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{No, Unknown, Yes};
    use super::*;
    use crate::iam::document::Operator;
    use crate::iam::{ContextValue, Principal, Request};

    /// Judges `operator` on a key with `values` (`None`: no such key).
    fn judge(operator: &str, wanted: &[&str], values: Option<&[&str]>) -> Truth {
        let context = values.map(|values| {
            let value = match values {
                [one] => ContextValue::One((*one).to_owned()),
                several => ContextValue::Many(several.iter().map(|value| (*value).to_owned()).collect()),
            };
            ("aws:Key", value)
        });
        let request = Request {
            principal: Principal::Anonymous,
            action: "a:B".to_owned(),
            resource: "*".to_owned(),
            resource_account: None,
            context: context.into_iter().collect(),
        };
        let condition = Condition {
            operator: Operator::parse(operator).ok_or_else(|| operator.to_owned()),
            key: "AWS:key".to_owned(),
            values: wanted.iter().map(|value| (*value).to_owned()).collect(),
            line: 1,
        };
        let mut doubts = Vec::new();
        let truth = holds(&condition, Version::V2012, &Keys::as_given(&request), &mut doubts);
        assert!(truth != Unknown || !doubts.is_empty(), "an unknown has a reason");
        truth
    }

    #[test]
    fn operators_on_one_value() {
        for (operator, wanted, value, expected) in [
            ("StringEquals", "a", "a", Yes),
            ("StringEquals", "a*", "ab", No),
            ("StringEquals", "a*", "a*", Yes),
            ("StringEquals", "A", "a", No),
            ("StringEqualsIgnoreCase", "A", "a", Yes),
            ("StringEquals", "${*}", "*", Yes),
            ("StringEquals", "${aws:none}", "", No),
            ("StringNotEquals", "${aws:none}", "x", Yes),
            ("StringNotEqualsIgnoreCase", "A", "a", No),
            ("StringLike", "a*", "ab", Yes),
            ("StringLike", "a${*}", "ab", No),
            ("StringNotLike", "a?", "ab", No),
            ("NumericEquals", "10", "10.0", Yes),
            ("NumericNotEquals", "10", "1e1", No),
            ("NumericLessThan", "10", "9", Yes),
            ("NumericLessThanEquals", "10", "10", Yes),
            ("NumericGreaterThan", "10", "10", No),
            ("NumericGreaterThanEquals", "10", "10", Yes),
            ("NumericLessThan", "ten", "9", Unknown),
            ("NumericNotEquals", "10", "nine", Unknown),
            ("DateEquals", "2026-11-23T01:00:00+01:00", "2026-11-23", Yes),
            ("DateNotEquals", "2026-11-23", "2026-11-24", Yes),
            ("DateLessThan", "2026-11-23", "2026-11-22", Yes),
            ("DateLessThanEquals", "0", "1970-01-01", Yes),
            ("DateGreaterThan", "2026-11-23", "2026-11-23", No),
            ("DateGreaterThanEquals", "2026-11-23", "now", Unknown),
            ("Bool", "true", "TRUE", Yes),
            ("Bool", "false", "true", No),
            ("Bool", "yes", "true", Unknown),
            ("BinaryEquals", "Zm8=", "Zm8=", Yes),
            ("BinaryEquals", "Zm8=", "Zm9v", No),
            ("BinaryEquals", "Zm8", "Zm8=", Unknown),
            ("IpAddress", "10.0.0.0/8", "10.1.2.3", Yes),
            ("IpAddress", "10.0.0.0/8", "::1", No),
            ("NotIpAddress", "10.0.0.0/8", "11.0.0.1", Yes),
            ("IpAddress", "10.0.0.0/40", "10.0.0.1", Unknown),
            ("ArnEquals", "arn:aws:sns:*:*:n*", "arn:aws:sns:r:1:news", Yes),
            ("ArnNotLike", "arn:aws:sns:*:*:n*", "arn:aws:sns:r:1:news", No),
            ("ArnLike", "arn:aws:sns:*:*:n*", "news", No),
            ("ArnLike", "*", "arn:aws:sns:r:1:news", Yes),
            ("Null", "true", "x", No),
            ("Null", "false", "x", Yes),
            ("Null", "false", "", No),
            ("Null", "no", "x", Unknown),
            ("StringMatches", "a", "a", Unknown),
        ] {
            assert_eq!(judge(operator, &[wanted], Some(&[value])), expected, "{operator} {wanted} {value}");
        }
    }

    #[test]
    fn several_values_in_the_policy_are_an_or_and_negated_a_nor() {
        assert_eq!(judge("StringEquals", &["a", "b"], Some(&["b"])), Yes);
        assert_eq!(judge("StringNotEquals", &["a", "b"], Some(&["b"])), No);
        assert_eq!(judge("StringNotEquals", &["a", "b"], Some(&["c"])), Yes);
        assert_eq!(judge("NumericEquals", &["x", "1"], Some(&["1"])), Yes);
        assert_eq!(judge("NumericEquals", &["x", "1"], Some(&["2"])), Unknown);
        assert_eq!(judge("Null", &["true", "false"], None), Yes);
        assert_eq!(judge("StringEquals", &[], Some(&["a"])), Unknown);
    }

    #[test]
    fn a_missing_key() {
        for (operator, expected) in [
            ("StringEquals", No),
            ("StringNotEquals", Yes),
            ("NumericLessThan", No),
            ("NumericNotEquals", Yes),
            ("DateLessThan", No),
            ("Bool", No),
            ("IpAddress", No),
            ("NotIpAddress", Yes),
            ("ArnLike", No),
            ("ArnNotLike", Yes),
            ("BinaryEquals", No),
            ("StringEqualsIfExists", Yes),
            ("BoolIfExists", Yes),
            ("ForAllValues:StringEquals", Yes),
            ("ForAllValues:StringNotEquals", Yes),
            ("ForAnyValue:StringEquals", No),
            ("ForAnyValue:StringNotEquals", No),
            ("ForAnyValue:StringEqualsIfExists", Yes),
            ("ForAllValues:StringEqualsIfExists", Yes),
        ] {
            assert_eq!(judge(operator, &["1"], None), expected, "{operator}");
            assert_eq!(judge(operator, &["1"], Some(&[])), expected, "{operator} on an empty list");
        }
        assert_eq!(judge("Null", &["true"], None), Yes);
        assert_eq!(judge("Null", &["false"], None), No);
    }

    #[test]
    fn sets() {
        for (operator, wanted, values, expected) in [
            ("ForAllValues:StringEquals", &["a", "b"][..], &["a", "b"][..], Yes),
            ("ForAllValues:StringEquals", &["a"], &["a", "b"], No),
            ("ForAllValues:StringEquals", &["a"], &[""], Yes),
            ("ForAllValues:StringNotEquals", &["c"], &["a", "b"], Yes),
            ("ForAllValues:StringNotEquals", &["b"], &["a", "b"], No),
            ("ForAnyValue:StringEquals", &["b"], &["a", "b"], Yes),
            ("ForAnyValue:StringEquals", &["c"], &["a", "b"], No),
            ("ForAnyValue:StringNotEquals", &["a"], &["a", "b"], Yes),
            ("ForAnyValue:StringNotEquals", &["a", "b"], &["a", "b"], No),
            ("ForAnyValue:StringLike", &["*"], &[""], No),
            ("StringEquals", &["a"], &["a", "b"], Unknown),
            ("StringNotEquals", &["c"], &["a", "b"], Unknown),
        ] {
            assert_eq!(judge(operator, wanted, Some(values)), expected, "{operator} {wanted:?} {values:?}");
        }
    }
}
