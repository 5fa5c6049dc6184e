//! `exactly`, `at_least` and `at_most`: the one triple of the language, whatever it bounds.

use super::interpret::Interpreter;
use super::node::Entry;
use super::source::Span;

/// What something is held against: the same, or a floor and a ceiling of which one may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bounds<T> {
    /// `exactly`: floor and ceiling in one.
    Exactly(T),
    /// `at_least` and `at_most`. Without either nothing is compared, which is so only where the rule hangs on an
    /// optional parameter that was not given.
    Between {
        /// The floor.
        at_least: Option<T>,
        /// The ceiling.
        at_most: Option<T>,
    },
}

/// Which of the triple a bound is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Floor and ceiling in one.
    Exactly,
    /// The floor.
    AtLeast,
    /// The ceiling.
    AtMost,
}

/// The words of the triple.
pub(super) const WORDS: [&str; 3] = ["exactly", "at_least", "at_most"];

impl Side {
    /// The word for it in a rules file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exactly => "exactly",
            Self::AtLeast => "at_least",
            Self::AtMost => "at_most",
        }
    }

    /// The words for it in a sentence.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Exactly => "exactly",
            Self::AtLeast => "at least",
            Self::AtMost => "at most",
        }
    }

    /// Whether it says what there must be.
    pub fn is_floor(self) -> bool {
        self != Self::AtMost
    }

    /// Whether it says what there may be.
    pub fn is_ceiling(self) -> bool {
        self != Self::AtLeast
    }
}

impl<T> Bounds<T> {
    /// The bounds there are, floor first.
    pub fn iter(&self) -> impl Iterator<Item = (Side, &T)> {
        let (exactly, at_least, at_most) = match self {
            Self::Exactly(bound) => (Some(bound), None, None),
            Self::Between { at_least, at_most } => (None, at_least.as_ref(), at_most.as_ref()),
        };
        let bounds = [(Side::Exactly, exactly), (Side::AtLeast, at_least), (Side::AtMost, at_most)];
        bounds.into_iter().filter_map(|(side, bound)| Some((side, bound?)))
    }

    /// The same bounds with each replaced by what `make` gives; the first thing it refuses ends it.
    pub fn try_map<U, E>(&self, mut make: impl FnMut(&T) -> Result<U, E>) -> Result<Bounds<U>, E> {
        Ok(match self {
            Self::Exactly(bound) => Bounds::Exactly(make(bound)?),
            Self::Between { at_least, at_most } => Bounds::Between {
                at_least: at_least.as_ref().map(&mut make).transpose()?,
                at_most: at_most.as_ref().map(&mut make).transpose()?,
            },
        })
    }
}

impl Interpreter<'_> {
    /// The bounds among `entries`, each read by `read`, which gives `None` after a mistake and `Some(None)` for what an
    /// optional parameter leaves out. Where there are none, the mistake is noted at `span`.
    pub(super) fn bounds<T>(
        &mut self,
        entries: &[Entry],
        span: &Span,
        mut read: impl FnMut(&mut Self, Side, &Entry) -> Option<Option<T>>,
    ) -> Option<Bounds<T>> {
        let sides = [Side::Exactly, Side::AtLeast, Side::AtMost];
        let given = |side: Side| entries.iter().find(|entry| entry.key == side.as_str());
        let [exactly, at_least, at_most] = sides.map(given);
        if let (Some(_), Some(other)) = (exactly, at_least.or(at_most)) {
            self.diagnostics
                .error(
                    "two-bounds",
                    &other.key_span,
                    format!("`exactly` is both bounds already, and `{}` stands beside it", other.key),
                )
                .help("write `exactly` alone, or `at_least` and `at_most`");
        }
        if exactly.or(at_least).or(at_most).is_none() {
            self.diagnostics
                .error("missing-field", span, "nothing says what this is held against")
                .help("there are `exactly`, `at_least` and `at_most`");
            return None;
        }
        // All are read, so that the mistakes in each are told.
        let mut read = |side: Side, entry: Option<&Entry>| entry.map(|entry| read(self, side, entry));
        let exactly = read(Side::Exactly, exactly);
        let (at_least, at_most) = (read(Side::AtLeast, at_least), read(Side::AtMost, at_most));
        Some(match exactly {
            Some(bound) => match bound? {
                Some(bound) => Bounds::Exactly(bound),
                None => Bounds::Between { at_least: None, at_most: None },
            },
            None => Bounds::Between {
                at_least: at_least.map_or(Some(None), |bound| bound)?,
                at_most: at_most.map_or(Some(None), |bound| bound)?,
            },
        })
    }
}
