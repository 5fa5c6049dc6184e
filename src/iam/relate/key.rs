//! What a condition says of its key, and whether several conditions on one key can hold together.
//!
//! A key is in one of four states in a request: missing, one value, several values, or empty: an empty text is a value
//! to plain operators, and none to set operators and `Null`. An empty list of values is as good as missing. A [`Say`] is a set of states; the complement of one is one, which is what lets the search negate.

use super::effort::Effort;
use super::points::Points;
use super::text::{self, Found, Letter, Texts, Word};
use crate::iam::catalogue::{Catalogue, ValueType};

/// A set of the states of one key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Say {
    /// Whether the state "missing" is in the set.
    pub(super) missing: bool,
    /// Whether the empty text is, as the only value.
    pub(super) empty: Empty,
    /// The values that are, as the only one, if it is not empty.
    pub(super) one: Values,
    /// Which lists of two and more values are.
    pub(super) many: Many,
}

/// A set of values.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Values {
    Texts(Texts),
    Points(Points),
}

/// Whether a set has the state of one empty text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Empty {
    In,
    Out,
    /// In for some values of the variables.
    Depends,
}

impl From<bool> for Empty {
    fn from(is_in: bool) -> Self {
        if is_in { Self::In } else { Self::Out }
    }
}

/// A set of lists of two or more values, in terms of [`Say::one`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Many {
    /// All values are in it.
    Every,
    /// Some value is in it.
    Some,
    Always,
    Never,
}

/// A state of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    Missing,
    One(Word),
    Many(Vec<Word>),
}

/// Whether sets of states have one in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Common {
    State(State),
    /// None; `doubtful`: for some value of a variable they might.
    Nothing {
        doubtful: bool,
    },
    /// It could not be settled, for this reason.
    Unsettled(&'static str),
}

impl Say {
    pub(super) fn complement(&self) -> Self {
        let many = match self.many {
            Many::Every => Many::Some,
            Many::Some => Many::Every,
            Many::Always => Many::Never,
            Many::Never => Many::Always,
        };
        let empty = match self.empty {
            Empty::In => Empty::Out,
            Empty::Out => Empty::In,
            Empty::Depends => Empty::Depends,
        };
        Self { missing: !self.missing, empty, one: self.one.complement(), many }
    }

    /// The key is there, with one value: what a variable needs. The value may be empty.
    pub(super) fn has_one() -> Self {
        Self { missing: false, empty: Empty::In, one: Values::Texts(Texts::all()), many: Many::Never }
    }

    pub(super) fn missing() -> Self {
        Self { missing: true, empty: Empty::In, one: Values::Texts(Texts::none()), many: Many::Never }
    }

    pub(super) fn present() -> Self {
        Self { missing: false, empty: Empty::Out, one: Values::Texts(Texts::all()), many: Many::Always }
    }

    /// Missing, or one value: a key that never has several.
    pub(super) fn single() -> Self {
        Self { missing: true, empty: Empty::In, one: Values::Texts(Texts::all()), many: Many::Never }
    }

    /// One of these values, alone.
    pub(super) fn one_of(texts: Texts) -> Self {
        let empty = texts.holds(&[]).into();
        Self { missing: false, empty, one: Values::Texts(texts), many: Many::Never }
    }

    /// Two values or more.
    pub(super) fn several() -> Self {
        Self { missing: false, empty: Empty::Out, one: Values::Texts(Texts::none()), many: Many::Always }
    }
}

impl Values {
    pub(super) fn complement(&self) -> Self {
        match self {
            Self::Texts(texts) => Self::Texts(texts.complement()),
            Self::Points(points) => Self::Points(points.complement()),
        }
    }

    /// Whether a value is one of them; `None` if it cannot be read.
    fn holds(&self, value: &[Letter]) -> Option<bool> {
        match self {
            Self::Texts(texts) => Some(texts.holds(value)),
            Self::Points(points) => points.holds(&text::plain(value)?),
        }
    }
}

/// A value that tells of which key it is, and is no other key's.
pub(super) fn example(key: &str) -> String {
    let name = format!("some-{}", key.rsplit(':').next().unwrap_or("value").replace('/', "-"));
    match Catalogue::embedded().condition_key(key) {
        Some(known) if known.value_type() == ValueType::Arn => {
            format!("arn:aws:sns:us-east-1:999988887777:{name}")
        }
        Some(known) if known.value_type() == ValueType::Bool => "true".to_owned(),
        _ => name,
    }
}

/// A state that all the sets have, the one that is the least to say first. `usual`: the key is in most requests. The
/// `hints` are the values to try first.
pub(super) fn common(says: &[&Say], usual: bool, hints: &[Word], effort: &Effort) -> Common {
    let missing = says.iter().all(|say| say.missing);
    if missing && !usual {
        return Common::State(State::Missing);
    }
    let one: Vec<&Values> = says.iter().map(|say| &say.one).collect();
    let single = values(&one, &[Word::new()], hints, effort);
    if let Found::Word(word) = single {
        return Common::State(State::One(word));
    }
    if missing {
        return Common::State(State::Missing);
    }
    if says.iter().all(|say| say.empty == Empty::In) {
        return Common::State(State::One(Word::new()));
    }
    // What depends on the variables in one way cannot depend on them in the opposite way.
    let unlike = |say: &&Say| {
        let other = say.one.complement();
        say.empty != Empty::Depends || !says.iter().any(|two| two.empty == Empty::Depends && two.one == other)
    };
    let depends = says.iter().all(|say| say.empty != Empty::Out) && says.iter().all(unlike);
    let several = several(says, effort);
    match (single, several) {
        (_, Ok(Some(words))) => Common::State(State::Many(words)),
        (Found::TooHard, _) | (_, Err(Hard)) => Common::Unsettled(TOO_HARD),
        (Found::Nothing { doubtful }, Ok(None)) => Common::Nothing { doubtful: doubtful || depends },
        (Found::Word(word), Ok(None)) => Common::State(State::One(word)),
    }
}

pub(super) const TOO_HARD: &str = "the values of one condition key were too many to go through";

struct Hard;

/// Two or more values that, as a list, are in all the sets.
fn several(says: &[&Say], effort: &Effort) -> Result<Option<Vec<Word>>, Hard> {
    if says.iter().any(|say| say.many == Many::Never) {
        return Ok(None);
    }
    let every: Vec<&Values> = says.iter().filter(|say| say.many == Many::Every).map(|say| &say.one).collect();
    let mut words: Vec<Word> = Vec::new();
    for say in says.iter().filter(|say| say.many == Many::Some) {
        if words.iter().any(|word| say.one.holds(word) == Some(true)) {
            continue;
        }
        let mut sets = every.clone();
        sets.push(&say.one);
        match values(&sets, &[], &[], effort) {
            Found::Word(word) => words.push(word),
            Found::Nothing { doubtful: false } => return Ok(None),
            Found::Nothing { doubtful: true } | Found::TooHard => return Err(Hard),
        }
    }
    while words.len() < 2 {
        match values(&every, &words, &[], effort) {
            Found::Word(word) => words.push(word),
            Found::Nothing { doubtful: false } => return Ok(None),
            Found::Nothing { doubtful: true } | Found::TooHard => return Err(Hard),
        }
    }
    words.sort();
    Ok(Some(words))
}

/// A value that all the sets have, other than the `known` ones.
fn values(sets: &[&Values], known: &[Word], hints: &[Word], effort: &Effort) -> Found {
    let mut texts: Vec<&Texts> = Vec::new();
    let mut points: Option<Points> = None;
    let mut mixed = false;
    for set in sets {
        match (set, &mut points) {
            (Values::Texts(set), _) => texts.push(set),
            (Values::Points(set), Some(so_far)) if so_far.line == set.line => *so_far = so_far.intersect(set),
            (Values::Points(_), Some(_)) => mixed = true,
            (Values::Points(set), found @ None) => *found = Some(set.clone()),
        }
    }
    let Some(points) = points else {
        let known: Vec<Texts> =
            known.iter().filter_map(|word| Some(Texts::exactly(&text::plain(word)?).complement())).collect();
        texts.extend(&known);
        return text::find(&texts, hints, effort);
    };
    let holds = |word: &Word| !known.contains(word) && sets.iter().all(|set| set.holds(word) == Some(true));
    // Values that are written out one by one can be tried one by one, whatever they are compared as.
    if let Some(listed) = texts.iter().find_map(|set| set.listed()) {
        let listed: Vec<Word> =
            listed.iter().map(|text| text::word(text)).filter(|word| !known.contains(word)).collect();
        let readable = |word: &Word| sets.iter().all(|set| set.holds(word).is_some());
        return match listed.iter().find(|word| holds(word)) {
            Some(word) => Found::Word(word.clone()),
            None if listed.iter().all(readable) => Found::Nothing { doubtful: false },
            None => Found::TooHard,
        };
    }
    if points.is_empty() && !mixed {
        return Found::Nothing { doubtful: false };
    }
    match points.samples().iter().map(|text| text::word(text)).find(holds) {
        Some(word) => Found::Word(word),
        None => Found::TooHard,
    }
}
