//! A bound pattern against a value: true, false, or unknown because part of the value was not read.

use super::policies::compare as compare_policies;
use crate::model::{Arn, Truth, Value};
use crate::rules::{Bound, Pattern, Template, glob};
use std::collections::BTreeMap;

/// How many characters of a value a report shows.
const LONGEST: usize = 600;

/// Whether `value` is as `pattern` says.
///
/// Nothing that was not read is ever true or false. What is absent matches no matcher but `$absent`; `$not` inverts.
pub fn judge(pattern: &Pattern, value: &Value) -> Truth {
    if let Value::Unread(_) = value {
        return Truth::Unknown;
    }
    let present = *value != Value::Absent;
    match pattern {
        Pattern::Absent => (!present).into(),
        Pattern::Present => present.into(),
        Pattern::Not(pattern) => !judge(pattern, value),
        Pattern::All(patterns) => Truth::all(patterns.iter().map(|pattern| judge(pattern, value))),
        Pattern::OneOf(patterns) => Truth::any(patterns.iter().map(|pattern| judge(pattern, value))),
        _ if !present => Truth::False,
        Pattern::Policy(bounds) => match value {
            Value::Policy(text) => compare_policies(bounds, text).truth,
            _ => Truth::False,
        },
        Pattern::Bool(wanted) => (*value == Value::Bool(*wanted)).into(),
        Pattern::Number(wanted) => (*value == Value::Number(*wanted)).into(),
        Pattern::Text(wanted) => (value.as_text() == Some(wanted.to_string())).into(),
        Pattern::Arn(wanted) => is_arn(wanted, value).into(),
        Pattern::Time(wanted) => value.as_text().is_some_and(|time| time.starts_with(wanted.as_str())).into(),
        Pattern::Like(wanted) => value.as_text().is_some_and(|text| glob(wanted).matches(&text)).into(),
        Pattern::Min(bound) => compare(value, bound).is_some_and(std::cmp::Ordering::is_ge).into(),
        Pattern::Max(bound) => compare(value, bound).is_some_and(std::cmp::Ordering::is_le).into(),
        Pattern::Fields { fields, exact } => match value {
            Value::Map(parts) => fields_match(fields, *exact, parts),
            _ => Truth::False,
        },
        Pattern::Contains(patterns) => match value {
            Value::List(items) | Value::Set(items) => {
                Truth::all(patterns.iter().map(|pattern| Truth::any(items.iter().map(|item| judge(pattern, item)))))
            }
            _ => Truth::False,
        },
        Pattern::Items(patterns) => match value {
            Value::List(items) if items.len() == patterns.len() => {
                Truth::all(patterns.iter().zip(items).map(|(pattern, item)| judge(pattern, item)))
            }
            Value::Set(items) if items.len() == patterns.len() => pairing(patterns, items),
            _ => Truth::False,
        },
    }
}

fn is_arn(wanted: &Template, value: &Value) -> bool {
    let wanted = wanted.to_string();
    match (value, wanted.parse::<Arn>()) {
        (Value::Arn(arn), Ok(wanted)) => *arn == wanted,
        _ => value.as_text() == Some(wanted),
    }
}

fn compare(value: &Value, bound: &Bound) -> Option<std::cmp::Ordering> {
    match (value, bound) {
        (Value::Number(number), Bound::Number(bound)) => Some(number.cmp(bound)),
        (Value::Text(time), Bound::Time(bound)) => Some(time.get(..bound.len()).unwrap_or(time).cmp(bound)),
        _ => None,
    }
}

fn fields_match(fields: &[(String, Pattern)], exact: bool, parts: &BTreeMap<String, Value>) -> Truth {
    let named =
        Truth::all(fields.iter().map(|(name, pattern)| judge(pattern, parts.get(name).unwrap_or(&Value::Absent))));
    if !exact {
        return named;
    }
    let others = parts.iter().filter(|(name, _)| !fields.iter().any(|(field, _)| field == *name));
    named.and(Truth::all(others.map(|(_, part)| judge(&Pattern::Absent, part))))
}

/// Whether each pattern can be given an item of its own: surely, surely not, or depending on what was not read.
fn pairing(patterns: &[Pattern], items: &[Value]) -> Truth {
    let truths: Vec<Vec<Truth>> =
        patterns.iter().map(|pattern| items.iter().map(|item| judge(pattern, item)).collect()).collect();
    let perfect = |fits: &dyn Fn(Truth) -> bool| {
        let mut owner: Vec<Option<usize>> = vec![None; items.len()];
        (0..patterns.len()).all(|pattern| assign(pattern, &truths, fits, &mut owner, &mut vec![false; items.len()]))
    };
    if perfect(&|truth| truth == Truth::True) {
        Truth::True
    } else if perfect(&|truth| truth != Truth::False) {
        Truth::Unknown
    } else {
        Truth::False
    }
}

/// Gives `pattern` an item, moving earlier patterns to other items where that helps. The path of moves is kept in a
/// list of its own, since a set may be large.
fn assign(
    pattern: usize,
    truths: &[Vec<Truth>],
    fits: &dyn Fn(Truth) -> bool,
    owner: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    let mut path: Vec<(usize, usize)> = vec![(pattern, 0)];
    while let Some((pattern, item)) = path.last().copied() {
        if item == owner.len() {
            path.pop();
            if let Some(last) = path.last_mut() {
                last.1 += 1;
            }
            continue;
        }
        if tried[item] || !fits(truths[pattern][item]) {
            if let Some(last) = path.last_mut() {
                last.1 += 1;
            }
            continue;
        }
        tried[item] = true;
        match owner[item] {
            Some(other) => path.push((other, 0)),
            None => {
                for (pattern, item) in path {
                    owner[item] = Some(pattern);
                }
                return true;
            }
        }
    }
    false
}

/// What was found where `pattern` looked, in words: what differs, and nothing that was not asked about.
pub fn found(pattern: &Pattern, value: &Value) -> String {
    let mut text = describe(pattern, value);
    if text.chars().count() > LONGEST {
        text = text.chars().take(LONGEST).chain(['…']).collect();
    }
    text
}

fn describe(pattern: &Pattern, value: &Value) -> String {
    match (pattern, value) {
        (Pattern::Fields { fields, exact }, Value::Map(parts)) => {
            let part = |name: &str| parts.get(name).unwrap_or(&Value::Absent);
            let differs = |(name, pattern): &&(String, Pattern)| judge(pattern, part(name)) != Truth::True;
            let shown: Vec<_> = match fields.iter().any(|field| differs(&field)) {
                true => fields.iter().filter(differs).collect(),
                false => fields.iter().collect(),
            };
            let mut shown: Vec<String> =
                shown.iter().map(|(name, pattern)| format!("{name}: {}", describe(pattern, part(name)))).collect();
            if *exact {
                let others = parts
                    .iter()
                    .filter(|(name, part)| **part != Value::Absent && !fields.iter().any(|(field, _)| field == *name));
                shown.extend(others.map(|(name, part)| format!("{name}: {part} (not wanted)")));
            }
            if shown.is_empty() { "{ }".to_owned() } else { format!("{{ {} }}", shown.join(", ")) }
        }
        (Pattern::Contains(patterns), Value::List(items) | Value::Set(items)) => {
            let lacking = lacking(patterns, items);
            if lacking.is_empty() { value.to_string() } else { format!("{value}, without {}", lacking.join(" and ")) }
        }
        (Pattern::Items(patterns), Value::List(items) | Value::Set(items)) => {
            let lacking = lacking(patterns, items);
            let mut extra: Vec<String> = items
                .iter()
                .filter(|item| patterns.iter().all(|pattern| judge(pattern, item) == Truth::False))
                .map(ToString::to_string)
                .collect();
            if matches!(value, Value::Set(_)) {
                extra.sort();
            }
            let mut text = value.to_string();
            if !lacking.is_empty() {
                text.push_str(&format!(", without {}", lacking.join(" and ")));
            }
            if !extra.is_empty() && !patterns.is_empty() {
                text.push_str(&format!(", with {} beside", extra.join(" and ")));
            }
            text
        }
        (Pattern::Policy(bounds), Value::Policy(text)) => compare_policies(bounds, text).found,
        (Pattern::All(patterns) | Pattern::OneOf(patterns), Value::Policy(_)) => {
            let found: Vec<String> = patterns.iter().map(|pattern| describe(pattern, value)).collect();
            found.join("; ")
        }
        (Pattern::Not(pattern), Value::Policy(_)) => describe(pattern, value),
        _ => value.to_string(),
    }
}

/// The patterns that no item can match.
fn lacking(patterns: &[Pattern], items: &[Value]) -> Vec<String> {
    patterns
        .iter()
        .filter(|pattern| items.iter().all(|item| judge(pattern, item) == Truth::False))
        .map(ToString::to_string)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Call, Gap, Reason};
    use proptest::prelude::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn is(text: &str) -> Pattern {
        Pattern::Text(Template::literal(text))
    }

    fn unread() -> Value {
        Value::Unread(Box::new(Gap {
            call: Call::new("sqs", "GetQueueAttributes", "us-east-1", "q"),
            action: "sqs:GetQueueAttributes".into(),
            reason: Reason::Denied("AccessDenied".into()),
        }))
    }

    #[test]
    fn nothing_unread_is_ever_true_or_false() {
        for pattern in
            [is("x"), Pattern::Absent, Pattern::Present, Pattern::Not(Box::new(is("x"))), Pattern::Items(vec![])]
        {
            assert_eq!(judge(&pattern, &unread()), Truth::Unknown, "{pattern}");
        }
    }

    #[test]
    fn on_what_is_absent_every_matcher_is_false_but_absent() {
        for pattern in [is("x"), Pattern::Present, Pattern::Like(Template::literal("*")), Pattern::Items(vec![])] {
            assert_eq!(judge(&pattern, &Value::Absent), Truth::False, "{pattern}");
            assert_eq!(judge(&Pattern::Not(Box::new(pattern)), &Value::Absent), Truth::True);
        }
        assert_eq!(judge(&Pattern::Absent, &Value::Absent), Truth::True);
    }

    #[test]
    fn a_single_part_that_was_read_can_refute_but_not_prove() {
        let subset =
            |a: &str, b: &str| Pattern::Fields { fields: vec![("A".into(), is(a)), ("B".into(), is(b))], exact: false };
        let value = Value::Map(BTreeMap::from([("A".into(), text("1")), ("B".into(), unread())]));
        assert_eq!(judge(&subset("2", "x"), &value), Truth::False);
        assert_eq!(judge(&subset("1", "x"), &value), Truth::Unknown);
    }

    #[test]
    fn order_matters_in_a_list_and_not_in_a_set() {
        let pattern = Pattern::Items(vec![is("a"), is("b")]);
        let backwards = vec![text("b"), text("a")];
        assert_eq!(judge(&pattern, &Value::Set(backwards.clone())), Truth::True);
        assert_eq!(judge(&pattern, &Value::List(backwards)), Truth::False);
        assert_eq!(judge(&pattern, &Value::Set(vec![text("a"), text("b"), text("c")])), Truth::False);
        assert_eq!(judge(&pattern, &Value::Set(vec![text("a"), unread()])), Truth::Unknown);
        assert_eq!(judge(&pattern, &Value::Set(vec![text("c"), unread()])), Truth::False);
    }

    #[test]
    fn an_item_counts_for_one_pattern_only() {
        let any = Pattern::Like(Template::literal("*"));
        let pattern = Pattern::Items(vec![any, is("a")]);
        assert_eq!(judge(&pattern, &Value::Set(vec![text("a"), text("b")])), Truth::True);
        assert_eq!(judge(&pattern, &Value::Set(vec![text("b"), text("c")])), Truth::False);
    }

    #[test]
    fn times_compare_by_day_or_by_second() {
        let at = text("2026-11-23T08:44:00Z");
        let min = |time: &str| judge(&Pattern::Min(Bound::Time(time.into())), &at);
        let max = |time: &str| judge(&Pattern::Max(Bound::Time(time.into())), &at);
        assert_eq!((min("2026-11-23"), max("2026-11-23")), (Truth::True, Truth::True));
        assert_eq!((min("2026-11-24"), max("2026-11-22")), (Truth::False, Truth::False));
        assert_eq!(min("2026-11-23T08:44:01Z"), Truth::False);
    }

    #[test]
    fn arns_compare_by_their_parts() {
        let arn = |text: &str| Pattern::Arn(Template::literal(text));
        let value = Value::Arn("arn:aws:sqs:us-east-1:123456789012:q".parse().expect("an ARN"));
        assert_eq!(judge(&arn("arn:aws:sqs:us-east-1:123456789012:q"), &value), Truth::True);
        assert_eq!(judge(&arn("arn:aws-cn:sqs:us-east-1:123456789012:q"), &value), Truth::False);
        assert_eq!(judge(&arn("arn:aws:sqs:us-east-1:123456789012:Q"), &value), Truth::False);
    }

    fn truth(a: bool, b: bool) -> Truth {
        if b { a.into() } else { Truth::Unknown }
    }

    proptest! {
        /// What a gap hides never matters to a verdict that was given: whatever the unread items turn out to be, a
        /// set that was judged true or false is judged the same.
        #[test]
        fn a_verdict_given_despite_a_gap_holds_whatever_the_gap_hides(
            wanted in prop::collection::vec("[ab]", 0..4),
            items in prop::collection::vec(("[abc]", any::<bool>()), 0..4),
        ) {
            let pattern = Pattern::Items(wanted.iter().map(|w| is(w)).collect());
            let partial = Value::Set(items.iter().map(|(t, read)| if *read { text(t) } else { unread() }).collect());
            let whole = Value::Set(items.iter().map(|(t, _)| text(t)).collect());
            let (partial, whole) = (judge(&pattern, &partial), judge(&pattern, &whole));
            prop_assert!(partial == Truth::Unknown || partial == whole);
        }

        #[test]
        fn de_morgan_holds_with_unknowns(a: bool, b: bool, ra: bool, rb: bool) {
            let (x, y) = (truth(a, ra), truth(b, rb));
            prop_assert_eq!(!(x.and(y)), (!x).or(!y));
        }
    }
}
