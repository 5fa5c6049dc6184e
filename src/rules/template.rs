//! Texts with references in them: `${queue.Arn}`, `${AWS::AccountId}`, `${notify}`.
//!
//! They look like those of CloudFormation's `Sub`. `${name}` is a parameter, or the physical name of a resource (unlike
//! CloudFormation's `Ref`). IAM's own variables (`${aws:username}`, one colon) and escapes (`${*}`, `${?}`, `${$}`) are
//! left as they are, and `${!x}` writes a literal `${x}`.

use std::fmt;

/// A text with references in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template(pub Vec<Piece>);

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text that stands for itself.
    Text(String),
    /// Text that a parameter gave: it stands for itself even where `*` means more.
    Given(String),
    /// Something that is known when the account is.
    Reference(Reference),
}

/// What a reference stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference {
    /// `${AWS::AccountId}`
    AccountId,
    /// `${AWS::Region}`: the region that the rules file is about.
    Region,
    /// `${AWS::Partition}`
    Partition,
    /// `${name}`: the physical name of a resource.
    Name(String),
    /// `${name.Attribute}`: the resource, the attribute as written, and the field of its kind that holds it.
    Attribute(String, String, String),
}

/// A piece as it was written, before anyone knows what the names stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Written<'a> {
    Text(String),
    /// What stands between `${` and `}`, and at which byte of the text it begins.
    Reference(&'a str, usize),
    /// A `${` without its `}`, at this byte.
    Unclosed(usize),
}

/// Takes `text` apart.
pub(super) fn pieces(text: &str) -> Vec<Written<'_>> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut at = 0;
    while let Some(start) = text[at..].find("${").map(|found| at + found) {
        plain.push_str(&text[at..start]);
        let Some(end) = text[start..].find('}').map(|found| start + found) else {
            pieces.push(Written::Text(plain));
            pieces.push(Written::Unclosed(start));
            return pieces;
        };
        let inner = &text[start + 2..end];
        at = end + 1;
        if let Some(literal) = inner.strip_prefix('!') {
            plain.push_str(&format!("${{{literal}}}"));
        } else if is_iams_own(inner) {
            plain.push_str(&text[start..at]);
        } else {
            pieces.push(Written::Text(std::mem::take(&mut plain)));
            pieces.push(Written::Reference(inner, start));
        }
    }
    plain.push_str(&text[at..]);
    pieces.push(Written::Text(plain));
    pieces.retain(|piece| !matches!(piece, Written::Text(text) if text.is_empty()));
    pieces
}

/// Whether `${inner}` is IAM's: an escaped character, or a key with one colon, perhaps with a default.
fn is_iams_own(inner: &str) -> bool {
    matches!(inner, "*" | "?" | "$") || (inner.contains(':') && !inner.contains("::"))
}

impl Template {
    /// A template without references.
    pub fn literal(text: &str) -> Self {
        Self(vec![Piece::Text(text.to_owned())])
    }

    /// The references in it.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Reference(reference) => Some(reference),
            _ => None,
        })
    }

    /// The text, with each reference replaced by what `bind` gives for it; the first thing it refuses ends it.
    pub fn bind<E>(&self, bind: &mut impl FnMut(&Reference) -> Result<String, E>) -> Result<String, E> {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(piece) | Piece::Given(piece) => text.push_str(piece),
                Piece::Reference(reference) => text.push_str(&bind(reference)?),
            }
        }
        Ok(text)
    }
}

impl fmt::Display for Template {
    /// As it was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.0 {
            match piece {
                Piece::Text(text) | Piece::Given(text) => f.write_str(text)?,
                Piece::Reference(reference) => write!(f, "{reference}")?,
            }
        }
        Ok(())
    }
}

impl Reference {
    /// The resource that it speaks of, by its name in the rules file; none if it speaks of the account itself.
    pub fn resource(&self) -> Option<&str> {
        match self {
            Self::AccountId | Self::Region | Self::Partition => None,
            Self::Name(name) | Self::Attribute(name, ..) => Some(name),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AccountId => f.write_str("${AWS::AccountId}"),
            Self::Region => f.write_str("${AWS::Region}"),
            Self::Partition => f.write_str("${AWS::Partition}"),
            Self::Name(name) => write!(f, "${{{name}}}"),
            Self::Attribute(name, attribute, _) => write!(f, "${{{name}.{attribute}}}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_told_from_what_iam_and_the_writer_mean_literally() {
        let text = |text: &str| Written::Text(text.to_owned());
        assert_eq!(pieces("a${q.Arn}b"), [text("a"), Written::Reference("q.Arn", 1), text("b")]);
        assert_eq!(pieces("${!queue}"), [text("${queue}")]);
        assert_eq!(pieces("home/${aws:username}/${*}"), [text("home/${aws:username}/${*}")]);
        assert_eq!(pieces("${AWS::Region}"), [Written::Reference("AWS::Region", 0)]);
        assert_eq!(pieces("x${y"), [text("x"), Written::Unclosed(1)]);
        assert_eq!(pieces(""), []);
        assert_eq!(pieces("é${q}"), [text("é"), Written::Reference("q", 2)]);
    }
}
