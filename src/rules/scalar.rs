//! Scalars into patterns: a text as it was written, read as what the property holds.

use super::interpret::{Interpreter, ParameterValue, Read};
use super::node::Node;
use super::pattern::Pattern;
use super::template::{Reference, Template, Written, pieces};
use crate::model::{Arn, Shape};

impl Interpreter<'_> {
    pub(super) fn scalar(&mut self, shape: &Shape, node: &Node, path: &str) -> Read {
        let Some(text) = node.text() else { return self.wrong_type(shape, node) };
        let template = match self.template(text, &node.span) {
            None => return Read::Wrong,
            Some(Err(parameter)) => {
                self.left_out.push((path.to_owned(), parameter));
                return Read::LeftOut;
            }
            Some(Ok(template)) => template,
        };
        if self.is_open(text) {
            return Read::Pattern(Pattern::Text(template));
        }
        let known = template.references().next().is_none();
        let text = template.to_string();
        let mut wrong = |message: String| {
            self.diagnostics.error("wrong-type", &node.span, message);
            Read::Wrong
        };
        match shape {
            Shape::Bool => match text.as_str() {
                "true" => Read::Pattern(Pattern::Bool(true)),
                "false" => Read::Pattern(Pattern::Bool(false)),
                _ => wrong(format!("`true` or `false` is wanted here, and this is `{text}`")),
            },
            Shape::Integer => match integer(&text) {
                Some(number) => Read::Pattern(Pattern::Number(number)),
                None => wrong(format!("a whole number is wanted here, such as 30, and this is `{text}`")),
            },
            Shape::Time => match time(&text) {
                Some(time) => Read::Pattern(Pattern::Time(time)),
                None => wrong(format!(
                    "a time is wanted here, such as 2026-11-23 or 2026-11-23T08:44:00Z, and this is `{text}`"
                )),
            },
            Shape::OneOf(values) if known && !values.contains(&text) => {
                let (list, values) = (values.join(", "), values.clone());
                self.diagnostics
                    .error("wrong-value", &node.span, format!("`{text}` is none of the values of this property"))
                    .help(format!("it is one of {list}"))
                    .did_you_mean(&text, values.iter().map(String::as_str));
                Read::Wrong
            }
            Shape::Arn => match self.plausible(&template).parse::<Arn>() {
                Ok(_) => Read::Pattern(Pattern::Arn(template)),
                Err(why) => {
                    self.diagnostics
                        .error("wrong-arn", &node.span, format!("`{text}` is no ARN and can match none: {why}"))
                        .help("the ARN of a named resource is \"${name.Arn}\"; for a part of one, use `$like`");
                    Read::Wrong
                }
            },
            _ => Read::Pattern(Pattern::Text(template)),
        }
    }

    /// Whether `text` holds a parameter whose value is not known yet, so that nothing can be said of what comes out.
    pub(super) fn is_open(&self, text: &str) -> bool {
        pieces(text).iter().any(|piece| {
            matches!(piece, Written::Reference(name, _) if self.parameters.get(*name) == Some(&ParameterValue::Open))
        })
    }

    /// `template` as it could come out, to see whether it can be an ARN at all.
    pub(super) fn plausible(&self, template: &Template) -> String {
        let Ok(text) = template.bind::<std::convert::Infallible>(&mut |reference| Ok(self.plausible_value(reference)));
        text
    }

    /// What `reference` could stand for.
    pub(super) fn plausible_value(&self, reference: &Reference) -> String {
        let text = match reference {
            Reference::AccountId => "000000000000",
            Reference::Region => "region",
            Reference::Partition => "aws",
            Reference::Name(_) => "name",
            Reference::Attribute(name, _, field) => {
                let kind = self.resources.get(name).copied().flatten();
                match kind.and_then(|kind| kind.field(field)).map(|field| &field.shape) {
                    Some(Shape::Arn) => "arn:aws:service:region:000000000000:resource",
                    _ => "text",
                }
            }
        };
        text.to_owned()
    }
}

/// The whole number in `text`. Leading zeros and a plus are refused: `0777` could be meant in base eight.
fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits == "0" || digits.starts_with(|first: char| ('1'..='9').contains(&first));
    if plain { text.parse().ok() } else { None }
}

/// A day or a time in UTC, as it was written, if it is one.
fn time(text: &str) -> Option<String> {
    let shape = |text: &str, shape: &str| {
        text.len() == shape.len()
            && text.bytes().zip(shape.bytes()).all(|(b, s)| if s == b'0' { b.is_ascii_digit() } else { b == s })
    };
    let number = |range: std::ops::Range<usize>| text.get(range).and_then(|digits| digits.parse::<u32>().ok());
    let day = text.get(..10).is_some_and(|day| shape(day, "0000-00-00"));
    let in_range = (1..=12).contains(&number(5..7)?) && (1..=31).contains(&number(8..10)?);
    let clock = text.len() == 10
        || (shape(text.get(10..)?, "T00:00:00Z")
            && number(11..13)? < 24
            && number(14..16)? < 60
            && number(17..19)? < 60);
    (day && in_range && clock).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn days_and_times_are_told_from_other_texts() {
        for right in ["2026-11-23", "2026-11-23T08:44:00Z"] {
            assert_eq!(time(right).as_deref(), Some(right));
        }
        for wrong in ["", "2026-13-01", "2026-11-23T25:00:00Z", "2026-11-23 08:44", "yesterday", "2026-11-2€"] {
            assert_eq!(time(wrong), None, "{wrong}");
        }
    }
}
