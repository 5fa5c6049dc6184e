//! Sets of texts: unions of patterns and complements of them. Whether several have a text in common is decided
//! exactly, and the text is named.
//!
//! A pattern is a row of [`Token`]s; a policy variable is a [`Letter`] of its own, which only itself and `*` match. That
//! reads every value of the variable at once; when a conclusion drawn from it does not hold for every value, the
//! answer says so ([`Found::Nothing`] with `doubtful`).

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
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
/// States of the search before it is given up: some tenths of a second.
const STATES: usize = 40_000;
/// Their memory, in words of eight bytes.
const WORDS: usize = 8_000_000;

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

    fn takes(&self, letter: &Letter) -> bool {
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
fn cases(c: char) -> impl Iterator<Item = char> {
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
    match product(&sets, effort) {
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

/// The places of all patterns of all sets, side by side, so that one row of bits is a state of the search.
struct Places<'t> {
    tokens: Vec<Option<&'t Token>>,
    /// Of each set: its places, those at the end of a pattern, and those from which every text is matched.
    sets: Vec<SetPlaces>,
    words: usize,
}

struct SetPlaces {
    not: bool,
    all: Bits,
    ends: Bits,
    absorbing: Bits,
}

type Bits = Box<[u64]>;

fn insert(bits: &mut [u64], at: usize) {
    bits[at / 64] |= 1 << (at % 64);
}

fn meet(a: &[u64], b: &[u64]) -> bool {
    a.iter().zip(b).any(|(a, b)| a & b != 0)
}

fn each(bits: &[u64]) -> impl Iterator<Item = usize> {
    bits.iter().enumerate().flat_map(|(at, word)| {
        let mut left = *word;
        std::iter::from_fn(move || {
            let bit = left.trailing_zeros() as usize;
            (left != 0).then(|| {
                left &= left - 1;
                at * 64 + bit
            })
        })
    })
}

impl<'t> Places<'t> {
    fn of(sets: &[&'t Texts]) -> (Self, Bits) {
        let count = sets.iter().flat_map(|set| set.patterns.iter()).map(|pattern| pattern.len() + 1).sum::<usize>();
        let words = count.div_ceil(64);
        let empty = || vec![0; words].into_boxed_slice();
        let mut places = Self { tokens: Vec::with_capacity(count), sets: Vec::new(), words };
        let mut starts = Vec::new();
        for set in sets {
            let mut of_set = SetPlaces { not: set.not, all: empty(), ends: empty(), absorbing: empty() };
            for pattern in set.patterns.iter() {
                starts.push(places.tokens.len());
                for token in pattern {
                    insert(&mut of_set.all, places.tokens.len());
                    places.tokens.push(Some(token));
                }
                if pattern.last() == Some(&Token::Many { within: false }) {
                    insert(&mut of_set.absorbing, places.tokens.len() - 1);
                }
                insert(&mut of_set.all, places.tokens.len());
                insert(&mut of_set.ends, places.tokens.len());
                places.tokens.push(None);
            }
            places.sets.push(of_set);
        }
        let mut start = empty();
        for at in starts {
            places.enter(&mut start, at);
        }
        (places, start)
    }

    /// Adds a place, and those behind a `*` that may be nothing.
    fn enter(&self, bits: &mut [u64], mut at: usize) {
        insert(bits, at);
        while let Some(Some(Token::Many { .. })) = self.tokens.get(at) {
            at += 1;
            insert(bits, at);
        }
    }

    fn step(&self, from: &[u64], letter: &Letter) -> Bits {
        let mut to = vec![0; self.words].into_boxed_slice();
        for at in each(from) {
            let Some(token) = self.tokens[at] else { continue };
            if token.takes(letter) {
                let next = if matches!(token, Token::Many { .. }) { at } else { at + 1 };
                self.enter(&mut to, next);
            }
        }
        // A set that holds every text from here on has one state, whatever else its patterns wait for.
        for set in &self.sets {
            if let Some(first) = each(&set.absorbing).next().filter(|_| meet(&to, &set.absorbing)) {
                to.iter_mut().zip(set.all.iter()).for_each(|(bits, drop)| *bits &= !drop);
                insert(&mut to, first);
                insert(&mut to, first + 1);
            }
        }
        to
    }

    /// The work of one step from a state.
    fn cost(&self, state: &[u64]) -> usize {
        4 * (self.words * (2 + self.sets.len()) + state.iter().map(|bits| bits.count_ones() as usize).sum::<usize>())
    }

    fn accepts(&self, state: &[u64]) -> bool {
        self.sets.iter().all(|set| meet(state, &set.ends) != set.not)
    }

    /// Whether no text from here on can be in all sets.
    fn is_dead(&self, state: &[u64]) -> bool {
        self.sets.iter().any(|set| if set.not { meet(state, &set.absorbing) } else { !meet(state, &set.all) })
    }

    /// One letter of each kind that the places of a state tell apart.
    fn letters(&self, state: &[u64]) -> Vec<Letter> {
        let mut chars = BTreeSet::from([':']);
        let mut letters = BTreeSet::new();
        for at in each(state) {
            match self.tokens[at] {
                Some(Token::Char(c)) => drop(chars.insert(*c)),
                Some(Token::Fold(c)) => chars.extend(cases(*c)),
                Some(Token::Variable(name)) => drop(letters.insert(Letter::Variable(Arc::clone(name)))),
                Some(Token::FoldVariable(name)) => {
                    letters.extend([Letter::Variable(Arc::clone(name)), Letter::FoldVariable(Arc::clone(name))]);
                }
                Some(Token::One { .. } | Token::Many { .. }) | None => {}
            }
        }
        let other = ('a'..='z').rev().skip(2).chain('0'..='9').chain('A'..='Z').chain('\u{c0}'..);
        letters.extend(other.filter(|c| !chars.contains(c)).take(1).map(Letter::Char));
        letters.extend(chars.into_iter().map(Letter::Char));
        letters.into_iter().collect()
    }
}

/// Walks the product of all sets, shortest texts first.
fn product(sets: &[&Texts], effort: &Effort) -> Found {
    let (places, start) = Places::of(sets);
    if places.is_dead(&start) {
        return Found::Nothing { doubtful: false };
    }
    let start: Rc<[u64]> = start.into();
    let mut seen: HashMap<Rc<[u64]>, ()> = HashMap::from([(Rc::clone(&start), ())]);
    let mut queue: Vec<(Rc<[u64]>, usize, Option<Letter>)> = vec![(start, 0, None)];
    let mut at = 0;
    while at < queue.len() {
        let state = Rc::clone(&queue[at].0);
        if places.accepts(&state) {
            let mut word = Word::new();
            let mut from = at;
            while let (_, before, Some(letter)) = &queue[from] {
                word.push(letter.clone());
                from = *before;
            }
            word.reverse();
            return Found::Word(word);
        }
        let letters = places.letters(&state);
        let cost = letters.len() * places.cost(&state);
        if !effort.spend(cost) {
            return Found::TooHard;
        }
        for letter in letters {
            let next: Rc<[u64]> = places.step(&state, &letter).into();
            if !places.is_dead(&next) && seen.insert(Rc::clone(&next), ()).is_none() {
                queue.push((next, at, Some(letter)));
            }
        }
        if seen.len() > STATES || seen.len() * places.words > WORDS {
            return Found::TooHard;
        }
        at += 1;
    }
    Found::Nothing { doubtful: false }
}

/// The kinds of names that sets of patterns tell apart: the sets that match, and one name of the kind. Names are of
/// the letters `a` to `z` and digits, at least one; one that `is_known` is passed over for another of its kind where
/// there is one. Sets that are `whole` match `prefix` and the name, others the name. `None`: more than `limit` states.
pub(super) fn kinds(
    sets: &[Texts],
    whole: &[bool],
    prefix: &str,
    is_known: &dyn Fn(&str) -> bool,
    limit: usize,
    effort: &Effort,
) -> Option<Vec<(Vec<usize>, String)>> {
    let refs: Vec<&Texts> = sets.iter().collect();
    let (places, mut start) = Places::of(&refs);
    let keep = |state: &mut Bits, of_whole: bool| {
        for (set, _) in places.sets.iter().zip(whole).filter(|(_, whole)| **whole != of_whole) {
            state.iter_mut().zip(set.all.iter()).for_each(|(bits, drop)| *bits &= !drop);
        }
    };
    let mut of_whole = start.clone();
    keep(&mut of_whole, true);
    keep(&mut start, false);
    for c in prefix.chars() {
        of_whole = places.step(&of_whole, &Letter::Char(c));
    }
    start.iter_mut().zip(of_whole.iter()).for_each(|(bits, more)| *bits |= more);

    let mut states: Vec<(Rc<[u64]>, String)> = vec![(start.into(), String::new())];
    let mut seen: HashMap<Rc<[u64]>, usize> = HashMap::from([(Rc::clone(&states[0].0), 0)]);
    let mut at = 0;
    while at < states.len() {
        let (state, name) = states[at].clone();
        let mut chars: BTreeSet<char> = each(&state)
            .filter_map(|at| if let Some(Token::Char(c)) = places.tokens[at] { Some(*c) } else { None })
            .filter(char::is_ascii_alphanumeric)
            .collect();
        chars.extend(('a'..='z').rev().chain('0'..='9').find(|c| !chars.contains(c)));
        if !effort.spend(chars.len() * places.cost(&state)) {
            return None;
        }
        for c in chars {
            let next: Rc<[u64]> = places.step(&state, &Letter::Char(c)).into();
            let longer = format!("{name}{c}");
            match seen.get(&next) {
                // The name of nothing, and one that AWS has, give way.
                Some(other) if states[*other].1.is_empty() || (is_known(&states[*other].1) && !is_known(&longer)) => {
                    states[*other].1 = longer;
                }
                Some(_) => {}
                None => {
                    seen.insert(Rc::clone(&next), states.len());
                    states.push((next, longer));
                }
            }
        }
        if states.len() > limit || states.len() * places.words > WORDS {
            return None;
        }
        at += 1;
    }
    // Names that AWS does not have stand for their kind before those that it has.
    states.sort_by_key(|(_, name)| is_known(name));
    let mut found: Vec<(Vec<usize>, String)> = Vec::new();
    for (state, name) in states.into_iter().filter(|(_, name)| !name.is_empty()) {
        let matched = |(at, set): (usize, &SetPlaces)| meet(&state, &set.ends).then_some(at);
        let kind: Vec<usize> = places.sets.iter().enumerate().filter_map(matched).collect();
        if !found.iter().any(|(known, _)| *known == kind) {
            found.push((kind, name));
        }
    }
    Some(found)
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
