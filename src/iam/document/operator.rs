//! The names of condition operators.

use std::fmt;

/// A condition operator, such as `ForAllValues:StringNotLikeIfExists`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operator {
    /// How a key with several values is judged.
    pub quantifier: Option<Quantifier>,
    /// The comparison.
    pub base: Base,
    /// `…IfExists`: true if the request has no such key.
    pub if_exists: bool,
}

/// The set operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantifier {
    /// `ForAllValues:`: every value of the request passes.
    ForAllValues,
    /// `ForAnyValue:`: some value of the request passes.
    ForAnyValue,
}

macro_rules! bases {
    ($($name:ident $doc:literal),+ $(,)?) => {
        /// The comparisons that IAM has, by their names.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Base { $(#[doc = $doc] $name),+ }

        impl Base {
            /// Every comparison.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The name as AWS writes it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),+ }
            }
        }
    };
}

bases! {
    StringEquals "Equal text.",
    StringNotEquals "Equal to none of the values.",
    StringEqualsIgnoreCase "Equal text, in any letter case.",
    StringNotEqualsIgnoreCase "Equal to none of the values in any letter case.",
    StringLike "A pattern with `*` and `?`.",
    StringNotLike "Like none of the patterns.",
    NumericEquals "Equal number.",
    NumericNotEquals "Equal to none of the numbers.",
    NumericLessThan "Less.",
    NumericLessThanEquals "Less or equal.",
    NumericGreaterThan "Greater.",
    NumericGreaterThanEquals "Greater or equal.",
    DateEquals "The same instant.",
    DateNotEquals "None of the instants.",
    DateLessThan "Before.",
    DateLessThanEquals "Not after.",
    DateGreaterThan "After.",
    DateGreaterThanEquals "Not before.",
    Bool "`true` or `false`.",
    BinaryEquals "Equal bytes, written in base64.",
    IpAddress "An address within a block.",
    NotIpAddress "An address in none of the blocks.",
    ArnEquals "An ARN, part by part; the same as `ArnLike`.",
    ArnNotEquals "Like none of the ARNs; the same as `ArnNotLike`.",
    ArnLike "An ARN, part by part, each a pattern.",
    ArnNotLike "Like none of the ARNs.",
    Null "`true`: the request has no such key; `false`: it has.",
}

impl Base {
    /// Whether it is the negation of another comparison: true if none of the values match, and if the key is missing.
    #[must_use]
    pub fn is_negated(self) -> bool {
        matches!(
            self,
            Self::StringNotEquals
                | Self::StringNotEqualsIgnoreCase
                | Self::StringNotLike
                | Self::NumericNotEquals
                | Self::DateNotEquals
                | Self::NotIpAddress
                | Self::ArnNotEquals
                | Self::ArnNotLike
        )
    }
}

impl Operator {
    /// Reads a name. AWS reads operators without regard to letter case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (quantifier, rest) = match text.split_once(':') {
            None => (None, text),
            Some((word, rest)) if word.eq_ignore_ascii_case("ForAllValues") => (Some(Quantifier::ForAllValues), rest),
            Some((word, rest)) if word.eq_ignore_ascii_case("ForAnyValue") => (Some(Quantifier::ForAnyValue), rest),
            Some(_) => return None,
        };
        let ending = "IfExists";
        let (name, if_exists) = match rest.len().checked_sub(ending.len()).and_then(|at| rest.split_at_checked(at)) {
            Some((name, end)) if end.eq_ignore_ascii_case(ending) => (name, true),
            _ => (rest, false),
        };
        let base = Base::ALL.iter().copied().find(|base| base.name().eq_ignore_ascii_case(name))?;
        // AWS has no NullIfExists, and no sets of Null.
        let possible = base != Base::Null || (!if_exists && quantifier.is_none());
        possible.then_some(Self { quantifier, base, if_exists })
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quantifier = match self.quantifier {
            None => "",
            Some(Quantifier::ForAllValues) => "ForAllValues:",
            Some(Quantifier::ForAnyValue) => "ForAnyValue:",
        };
        write!(f, "{quantifier}{}{}", self.base.name(), if self.if_exists { "IfExists" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for base in Base::ALL {
            for quantifier in [None, Some(Quantifier::ForAllValues), Some(Quantifier::ForAnyValue)] {
                for if_exists in [false, true] {
                    let operator = Operator { quantifier, base: *base, if_exists };
                    let read = Operator::parse(&operator.to_string().to_uppercase());
                    let possible = *base != Base::Null || (!if_exists && quantifier.is_none());
                    assert_eq!(read, possible.then_some(operator), "{operator}");
                }
            }
        }
    }

    #[test]
    fn other_names_are_none() {
        for name in ["", "StringMatches", "IfExists", "ForAllValues:", "ForSome:Bool", "Bool:IfExists", "é"] {
            assert_eq!(Operator::parse(name), None, "{name}");
        }
    }
}
