//! The search through texts: all patterns of all sets are walked at once, character by character.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use super::effort::Effort;
use super::text::{Found, Letter, Texts, Token, Word, cases};

/// States of the search before it is given up: some tenths of a second.
const STATES: usize = 40_000;
/// Their memory, in words of eight bytes.
const WORDS: usize = 8_000_000;

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
pub(super) fn word_in_all(sets: &[&Texts], effort: &Effort) -> Found {
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
