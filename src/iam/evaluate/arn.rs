//! ARNs as patterns: part by part.
//!
//! `*` and `?` of one part do not reach into the next. The documentation adds that a `*` which ends a part of a
//! Resource "can expand to match beyond the colon boundaries" and does not say when: where only that reading
//! matches, the answer is unknown. So it is where the first five parts are the same but for letter case.

use super::pattern::{Glyph, is_like};
use super::truth::Truth;

/// How many parts an ARN has; the last may hold colons.
const PARTS: usize = 6;

/// What a pattern with fewer than six parts means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Short {
    /// Policies of identities, boundaries, SCPs: what is left out is anything.
    Padded,
    /// Policies of resources: what is left out is anything, if the pattern has a wildcard at all.
    PaddedWithWildcard,
}

/// Whether a value of `Resource` covers a resource.
pub(super) fn covers(pattern: &[Glyph], resource: &str, short: Short) -> Truth {
    if is_everything(pattern) {
        return Truth::Yes;
    }
    let Some(parts) = parts_of(resource) else { return is_like(pattern, resource, false).into() };
    let mut patterns = split(pattern);
    if patterns.len() < PARTS {
        let wild = pattern.iter().any(|glyph| matches!(glyph, Glyph::Any | Glyph::One));
        let begins_as_arn = is_like(patterns[0], "arn", true);
        if !begins_as_arn || (short == Short::PaddedWithWildcard && !wild) {
            return Truth::No;
        }
        patterns.resize(PARTS, &[Glyph::Any]);
    } else if is_like(pattern, resource, false) && !by_parts(&patterns, &parts, false) {
        return Truth::Unknown;
    }
    by_parts_in_doubt(&patterns, &parts)
}

/// Whether an ARN in a condition is like a pattern: part by part. What is no ARN is like none. `*` alone is taken to be
/// every ARN, as AWS's own wording does; where another pattern of fewer parts would match as plain text
/// (`arn:aws:sns:*`), practice and documentation differ, so that is unknown.
pub(super) fn is_arn_like(pattern: &[Glyph], value: &str) -> Truth {
    let patterns = split(pattern);
    match parts_of(value) {
        None => Truth::No,
        Some(_) if is_everything(pattern) => Truth::Yes,
        Some(_) if patterns.len() < PARTS => {
            if is_like(pattern, value, false) {
                Truth::Unknown
            } else {
                Truth::No
            }
        }
        Some(parts) => by_parts_in_doubt(&patterns, &parts),
    }
}

/// Whether it is `*`, however often.
pub(super) fn is_everything(pattern: &[Glyph]) -> bool {
    !pattern.is_empty() && pattern.iter().all(|glyph| *glyph == Glyph::Any)
}

/// The parts of an ARN; `None` if it is none.
pub(super) fn parts_of(text: &str) -> Option<[&str; PARTS]> {
    let mut parts = text.splitn(PARTS, ':');
    let parts = [parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    parts[0].eq_ignore_ascii_case("arn").then_some(parts)
}

/// The parts of a pattern. A colon that a variable brought separates nothing.
pub(super) fn split(pattern: &[Glyph]) -> Vec<&[Glyph]> {
    pattern.splitn(PARTS, |glyph| *glyph == Glyph::Char(':')).collect()
}

fn by_parts_in_doubt(patterns: &[&[Glyph]], parts: &[&str; PARTS]) -> Truth {
    if by_parts(patterns, parts, false) {
        Truth::Yes
    } else if by_parts(patterns, parts, true) {
        Truth::Unknown
    } else {
        Truth::No
    }
}

/// With `fold`, the first five parts in any letter case.
fn by_parts(patterns: &[&[Glyph]], parts: &[&str; PARTS], fold: bool) -> bool {
    let last = PARTS - 1;
    patterns.iter().zip(parts).enumerate().all(|(at, (pattern, part))| is_like(pattern, part, fold && at < last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glyphs(text: &str) -> Vec<Glyph> {
        let of = |c| match c {
            '*' => Glyph::Any,
            '?' => Glyph::One,
            other => Glyph::Char(other),
        };
        text.chars().map(of).collect()
    }

    #[test]
    fn a_resource_is_covered_part_by_part() {
        let queue = "arn:aws:sqs:us-east-1:111122223333:orders";
        for (pattern, resource, expected) in [
            ("*", queue, Truth::Yes),
            ("*", "*", Truth::Yes),
            ("arn:aws:sqs:us-east-1:111122223333:orders", queue, Truth::Yes),
            ("arn:aws:sqs:*:111122223333:ord*", queue, Truth::Yes),
            ("arn:aws:sqs:us-east-?:*:*", queue, Truth::Yes),
            ("arn:aws:sqs:*", queue, Truth::Yes),
            ("arn:aws:sqs", queue, Truth::Yes),
            ("arn:aws:sns", queue, Truth::No),
            ("arn:aws:sqs:us-east-1:111122223333:Orders", queue, Truth::No),
            ("arn:aws:SQS:us-east-1:111122223333:orders", queue, Truth::Unknown),
            ("arn:aws:sqs:us-east-1:111122223333:orders", "*", Truth::No),
            ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a/b:c", Truth::Yes),
            ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket", Truth::No),
            ("arn:aws:x:*:*:stack/A/*", "arn:aws:x:r:1:stack/B/1", Truth::No),
            ("arn:aws:logs:*:log-group:g", "arn:aws:logs:us-east-1:111122223333:log-group:g", Truth::Unknown),
            ("orders", queue, Truth::No),
        ] {
            assert_eq!(covers(&glyphs(pattern), resource, Short::Padded), expected, "{pattern} {resource}");
        }
    }

    #[test]
    fn a_short_arn_in_the_policy_of_a_resource_needs_a_wildcard() {
        let queue = "arn:aws:sqs:us-east-1:111122223333:orders";
        assert_eq!(covers(&glyphs("arn:aws:sqs"), queue, Short::PaddedWithWildcard), Truth::No);
        assert_eq!(covers(&glyphs("arn:aws:sqs:*"), queue, Short::PaddedWithWildcard), Truth::Yes);
    }

    #[test]
    fn an_arn_in_a_condition_has_six_parts() {
        let topic = "arn:aws:sns:us-east-1:111122223333:news";
        for (pattern, value, expected) in [
            ("arn:aws:sns:*:111122223333:*", topic, Truth::Yes),
            ("arn:aws:sns:us-east-1:*:news", topic, Truth::Yes),
            ("arn:*:*:*:*:*", topic, Truth::Yes),
            ("arn:aws:sns:us-east-1:111122223333:old", topic, Truth::No),
            ("*", topic, Truth::Yes),
            ("*", "news", Truth::No),
            ("arn:aws:sns:*", topic, Truth::Unknown),
            ("arn:aws:sqs:*", topic, Truth::No),
            ("arn:aws:sns:*:111122223333:*", "news", Truth::No),
            ("arn:aws:iam::*:role/*", "arn:aws:iam::1:role/a/b", Truth::Yes),
        ] {
            assert_eq!(is_arn_like(&glyphs(pattern), value), expected, "{pattern} {value}");
        }
    }
}
