//! Sets of texts: unions of patterns and complements of them. Whether several have a text in common is decided
//! exactly, and the text is named.
//!
//! A pattern is a row of [`Token`]s; a policy variable is a [`Letter`] of its own, which only itself and `*` match. That
//! reads every value of the variable at once; when a conclusion drawn from it does not hold for every value, the
//! answer says so ([`Found::Nothing`] with `doubtful`).

use std::sync::Arc;

use super::effort::Effort;
use super::key::Empty;

/// One place of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Token {
    /// This character.
    Char(char),
    /// This character of ASCII, which is in lower case, in either letter case.
    Fold(char),
    /// `?`: one character; `within` a part of an ARN it is not `:`.
    One { within: bool },
    /// `*`: any text; `within` a part of an ARN it holds no `:`.
    Many { within: bool },
    /// `${…}`: the value of this key, in lower case.
    Variable(Arc<str>),
    /// The value of this key in any letter case.
    FoldVariable(Arc<str>),
}

/// One place of a text that a set was found to hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Letter {
    Char(char),
    /// The value of this key, whatever it is.
    Variable(Arc<str>),
    /// The same in other letters: some in upper case, some in lower case.
    FoldVariable(Arc<str>),
}

pub(super) type Word = Vec<Letter>;
pub(super) type Pattern = Vec<Token>;

/// The texts that one of the patterns matches, or those that none does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Texts {
    /// Sorted, none twice.
    pub(super) patterns: Arc<[Pattern]>,
    pub(super) not: bool,
}

/// Whether sets of texts have one in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    Word(Word),
    /// They have none; `doubtful`: for some value of a variable they might.
    Nothing {
        doubtful: bool,
    },
    /// The search was given up.
    TooHard,
}

/// The work of holding a text against one pattern.
const EACH: usize = 12;

impl Texts {
    pub(super) fn of(mut patterns: Vec<Pattern>, not: bool) -> Self {
        for pattern in &mut patterns {
            // `**` is `*`, and would cost states.
            pattern.dedup_by(|later, earlier| matches!((later, earlier), (Token::Many { within: a }, Token::Many { within: b }) if a == b));
        }
        patterns.sort_unstable();
        patterns.dedup();
        Self { patterns: patterns.into(), not }
    }

    pub(super) fn all() -> Self {
        Self::of(Vec::new(), true)
    }

    pub(super) fn none() -> Self {
        Self::of(Vec::new(), false)
    }

    pub(super) fn exactly(text: &str) -> Self {
        Self::of(vec![text.chars().map(Token::Char).collect()], false)
    }

    pub(super) fn complement(&self) -> Self {
        Self { patterns: Arc::clone(&self.patterns), not: !self.not }
    }

    pub(super) fn holds(&self, word: &[Letter]) -> bool {
        self.patterns.iter().any(|pattern| matches(pattern, word)) != self.not
    }

    /// The texts, if they are finitely many and written out.
    pub(super) fn listed(&self) -> Option<Vec<String>> {
        let exact = |pattern: &Pattern| {
            let char_of = |token: &Token| if let Token::Char(c) = token { Some(*c) } else { None };
            pattern.iter().map(char_of).collect::<Option<String>>()
        };
        if self.not { None } else { self.patterns.iter().map(exact).collect() }
    }

    /// Whether the empty text is in it.
    pub(super) fn holds_nothing(&self) -> Empty {
        // Variables may be nothing.
        let may_be = |token: &Token| matches!(token, Token::Many { .. }) || token.is_variable();
        let surely = self.patterns.iter().any(|pattern| matches(pattern, &[]));
        match (surely, self.patterns.iter().any(|pattern| pattern.iter().all(may_be))) {
            (false, true) => Empty::Depends,
            _ => (surely != self.not).into(),
        }
    }

    /// The same with the values of the variables that are known.
    pub(super) fn filled(&self, value: &dyn Fn(&str) -> Option<String>) -> Self {
        let tokens = |token: &Token| -> Pattern {
            let filled = match token {
                // A colon that a variable brings separates nothing.
                Token::Variable(key) => {
                    value(key).filter(|text| !text.contains(':')).map(|text| text.chars().map(Token::Char).collect())
                }
                Token::FoldVariable(key) => value(key)
                    .filter(|text| text.is_ascii())
                    .map(|text| text.chars().map(|c| Token::Fold(c.to_ascii_lowercase())).collect()),
                _ => None,
            };
            filled.unwrap_or_else(|| vec![token.clone()])
        };
        Self::of(self.patterns.iter().map(|pattern| pattern.iter().flat_map(tokens).collect()).collect(), self.not)
    }

    pub(super) fn has_variable(&self) -> bool {
        self.patterns.iter().flatten().any(Token::is_variable)
    }

    fn is_everything(&self) -> bool {
        if self.not { self.patterns.is_empty() } else { self.patterns.iter().any(|pattern| is_star(pattern)) }
    }
}

fn is_star(pattern: &[Token]) -> bool {
    matches!(pattern, [Token::Many { within: false }])
}

/// The text of a word without variables.
pub(super) fn plain(word: &[Letter]) -> Option<String> {
    word.iter().map(|letter| if let Letter::Char(c) = letter { Some(*c) } else { None }).collect()
}

/// The word of a plain text.
pub(super) fn word(text: &str) -> Word {
    text.chars().map(Letter::Char).collect()
}

impl Token {
    pub(super) fn is_variable(&self) -> bool {
        matches!(self, Self::Variable(_) | Self::FoldVariable(_))
    }

    pub(super) fn takes(&self, letter: &Letter) -> bool {
        match (self, letter) {
            (Self::Char(wanted), Letter::Char(c)) => wanted == c,
            (Self::Fold(wanted), Letter::Char(c)) => lower(*c) == *wanted,
            (Self::One { within }, Letter::Char(c)) => !(*within && *c == ':'),
            (Self::Many { within }, Letter::Char(c)) => !(*within && *c == ':'),
            // What a variable stands for may hold a colon.
            (Self::Many { within }, Letter::Variable(_) | Letter::FoldVariable(_)) => !within,
            (Self::Variable(wanted), Letter::Variable(name))
            | (Self::FoldVariable(wanted), Letter::Variable(name) | Letter::FoldVariable(name)) => wanted == name,
            (Self::Char(_) | Self::Fold(_) | Self::One { .. } | Self::Variable(_), _) | (Self::FoldVariable(_), _) => {
                false
            }
        }
    }
}

/// One character in lower case; what has no single one stays as it is.
pub(super) fn lower(c: char) -> char {
    let mut low = c.to_lowercase();
    match (low.next(), low.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// The characters that are this one of ASCII in lower case, in any letter case.
pub(super) fn cases(c: char) -> impl Iterator<Item = char> {
    // The sign for Kelvin is the one character beyond ASCII that is one of ASCII in lower case.
    [c, c.to_ascii_uppercase()].into_iter().chain((c == 'k').then_some('\u{212a}'))
}

/// Whether a pattern matches a word. It is enough to go back to the last `*`: one that stops at `:` is followed by
/// that `:` in the pattern, and the others stand in the last part of an ARN.
pub(super) fn matches(pattern: &[Token], word: &[Letter]) -> bool {
    let (mut at, mut taken) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while taken < word.len() {
        match pattern.get(at) {
            Some(Token::Many { .. }) => {
                back = Some((at, taken));
                at += 1;
            }
            Some(token) if token.takes(&word[taken]) => {
                at += 1;
                taken += 1;
            }
            _ => match back {
                Some((star, from)) if pattern[star].takes(&word[from]) => {
                    back = Some((star, from + 1));
                    at = star + 1;
                    taken = from + 1;
                }
                _ => return false,
            },
        }
    }
    pattern[at..].iter().all(|token| matches!(token, Token::Many { .. }))
}

/// Whether everything that `narrow` matches is plainly matched by `wide`: `wide` is laid over the places of `narrow`,
/// where only `*` covers `*`. No is not a proof of the contrary.
fn covers(wide: &[Token], narrow: &[Token]) -> bool {
    let takes = |token: &Token, place: &Token| match (token, place) {
        (Token::Many { within: false }, _) => true,
        (Token::Many { within: true }, Token::Many { within }) => *within,
        (Token::Many { within: true } | Token::One { within: true }, Token::Char(c) | Token::Fold(c)) => *c != ':',
        (Token::Many { within: true }, Token::One { within }) => *within,
        (Token::FoldVariable(wanted), Token::Variable(name)) => wanted == name,
        (Token::One { within: false }, Token::Char(_) | Token::Fold(_) | Token::One { .. }) => true,
        (Token::One { within: true }, Token::One { within }) => *within,
        (Token::Fold(wanted), Token::Char(c)) => lower(*c) == *wanted,
        (token, place) => token == place && !matches!(token, Token::Many { .. }),
    };
    let (mut at, mut taken) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while taken < narrow.len() {
        match wide.get(at) {
            Some(Token::Many { .. }) => {
                back = Some((at, taken));
                at += 1;
            }
            Some(token) if takes(token, &narrow[taken]) => {
                at += 1;
                taken += 1;
            }
            _ => match back {
                Some((star, from)) if takes(&wide[star], &narrow[from]) => {
                    back = Some((star, from + 1));
                    at = star + 1;
                    taken = from + 1;
                }
                _ => return false,
            },
        }
    }
    wide[at..].iter().all(|token| matches!(token, Token::Many { .. }))
}

/// Finds a text that all the sets hold; the `hints` are tried first, in their order.
pub(super) fn find(sets: &[&Texts], hints: &[Word], effort: &Effort) -> Found {
    let everything = [];
    let mut sets: Vec<&Texts> = sets.iter().copied().filter(|set| !set.is_everything()).collect();
    sets.sort_by_key(|set| set.patterns.len());
    // A text held against every pattern; most part from it at once.
    let round = 1 + sets.iter().map(|set| set.patterns.len() * EACH).sum::<usize>();
    if !effort.spend(round * (1 + hints.len())) {
        return Found::TooHard;
    }
    let in_all = |word: &Word| sets.iter().all(|set| set.holds(word));
    if let Some(hint) = hints.iter().find(|hint| in_all(hint)) {
        return Found::Word(hint.clone());
    }
    let excluded: Vec<&Pattern> = sets.iter().filter(|set| set.not).flat_map(|set| set.patterns.iter()).collect();
    if excluded.iter().any(|pattern| is_star(pattern)) {
        return Found::Nothing { doubtful: false };
    }
    // A pattern that is excluded as it stands needs no more thought, and most are where two long lists differ little.
    let excluding: Vec<&[Pattern]> = sets.iter().filter(|set| set.not).map(|set| &*set.patterns).collect();
    let is_excluded = |pattern: &Pattern| excluding.iter().any(|patterns| patterns.binary_search(pattern).is_ok());
    let narrowest = sets.iter().find(|set| !set.not).map_or(&everything[..], |set| &set.patterns);
    let free = sets.iter().all(|set| set.not);
    for pattern in narrowest.iter().filter(|pattern| !is_excluded(pattern)) {
        if !effort.spend(round * 2) {
            return Found::TooHard;
        }
        for filling in [Filling::Words, Filling::Least] {
            let tried = filled(pattern, filling);
            if in_all(&tried) {
                return Found::Word(tried);
            }
        }
    }
    if free {
        for text in ["value", "other-value"] {
            let tried = word(text);
            if in_all(&tried) {
                return Found::Word(tried);
            }
        }
    }
    for set in sets.iter().filter(|set| !set.not) {
        let left: Vec<&Pattern> = set.patterns.iter().filter(|pattern| !is_excluded(pattern)).collect();
        if !effort.spend(left.len() * excluded.len() * EACH) {
            return Found::TooHard;
        }
        if left.iter().all(|narrow| excluded.iter().any(|wide| covers(wide, narrow))) {
            return Found::Nothing { doubtful: false };
        }
    }
    let positives = sets.iter().filter(|set| !set.not).count();
    let doubtful = positives > 1 && sets.iter().any(|set| !set.not && set.has_variable());
    match super::product::word_in_all(&sets, effort) {
        Found::Nothing { .. } => Found::Nothing { doubtful },
        found => found,
    }
}

#[derive(Clone, Copy)]
enum Filling {
    /// Readable words where `*` stands.
    Words,
    /// Nothing where `*` stands.
    Least,
}

/// A text that a pattern matches.
fn filled(pattern: &[Token], filling: Filling) -> Word {
    let mut filled = Word::new();
    let mut part = 0;
    let is_arn = pattern.starts_with(&[Token::Char('a'), Token::Char('r'), Token::Char('n'), Token::Char(':')]);
    for (at, token) in pattern.iter().enumerate() {
        match token {
            Token::Char(c) | Token::Fold(c) => {
                part += usize::from(*c == ':');
                filled.push(Letter::Char(*c));
            }
            Token::One { .. } => filled.push(Letter::Char('x')),
            Token::Variable(name) => filled.push(Letter::Variable(Arc::clone(name))),
            Token::FoldVariable(name) => filled.push(Letter::FoldVariable(Arc::clone(name))),
            Token::Many { .. } => {
                let alone = at.checked_sub(1).is_none_or(|before| pattern[before] == Token::Char(':'))
                    && pattern.get(at + 1).is_none_or(|after| *after == Token::Char(':'));
                let text = match (filling, is_arn && alone, part) {
                    (Filling::Least, ..) => "",
                    (Filling::Words, true, 1) => "aws",
                    (Filling::Words, true, 3) => "us-east-1",
                    (Filling::Words, true, 4) => "123456789012",
                    (Filling::Words, ..) => "any",
                };
                filled.extend(text.chars().map(Letter::Char));
            }
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pattern(text: &str) -> Pattern {
        let token = |c| match c {
            '*' => Token::Many { within: false },
            '?' => Token::One { within: false },
            other => Token::Char(other),
        };
        text.chars().map(token).collect()
    }

    fn set(texts: &[&str], not: bool) -> Texts {
        Texts::of(texts.iter().map(|text| pattern(text)).collect(), not)
    }

    fn finds(sets: &[&Texts]) -> Option<String> {
        match find(sets, &[], &Effort::default()) {
            Found::Word(word) => {
                Some(word.iter().map(|letter| if let Letter::Char(c) = letter { *c } else { '♦' }).collect::<String>())
            }
            Found::Nothing { .. } => None,
            Found::TooHard => panic!("too hard"),
        }
    }

    #[test]
    fn a_cover_of_several_patterns_is_seen() {
        let every = set(&["*"], false);
        let covered = [set(&["?*"], true), set(&[""], true)];
        assert_eq!(finds(&[&every, &covered[0], &covered[1]]), None);
        assert_eq!(finds(&[&every, &covered[0]]).as_deref(), Some(""));
        let ends = set(&["*a", "*b"], false);
        assert_eq!(finds(&[&ends, &set(&["*a"], true), &set(&["b", "?*b"], true)]), None);
    }

    #[test]
    fn infix_patterns_are_intersected() {
        let sets = [set(&["*ab*"], false), set(&["*bc*"], false), set(&["*abc*"], true)];
        let found = finds(&[&sets[0], &sets[1], &sets[2]]).expect("a text");
        assert!(found.contains("ab") && found.contains("bc") && !found.contains("abc"));
    }

    proptest! {
        /// Against every text of up to four letters: over two letters these tell such short patterns apart.
        #[test]
        fn agrees_with_trying_every_text(
            texts in proptest::collection::vec((proptest::collection::vec("[ab*?]{0,3}", 1..3), any::<bool>()), 1..4)
        ) {
            let sets: Vec<Texts> = texts.iter().map(|(patterns, not)| {
                set(&patterns.iter().map(String::as_str).collect::<Vec<_>>(), *not)
            }).collect();
            let refs: Vec<&Texts> = sets.iter().collect();
            let mut all = vec![String::new()];
            for from in 0..121 {
                // "c" stands for every other letter.
                all.extend(["a", "b", "c"].map(|letter| all[from].clone() + letter));
            }
            let some = all.iter().any(|text| refs.iter().all(|set| set.holds(&word(text))));
            match find(&refs, &[], &Effort::default()) {
                Found::Word(found) => prop_assert!(refs.iter().all(|set| set.holds(&found))),
                Found::Nothing { .. } => prop_assert!(!some),
                Found::TooHard => prop_assert!(false, "too hard"),
            }
        }
    }
}
