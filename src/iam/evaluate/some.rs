//! Whether some resource like a pattern is allowed.
//!
//! Which statements cover a resource depends only on which of their patterns it is like. So one resource stands for all
//! that are like the same patterns: these are found by walking all patterns at once, letter by letter, and each is
//! decided for itself. The walk is bounded; where the bound is met without an answer, the answer is unknown.

use std::collections::{HashSet, VecDeque};

use super::arn;
use super::decision::{Decision, Outcome, Reason};
use super::keys::{Keys, account_of};
use super::pattern::{self, Glyph};
use super::policies::Policies;
use super::statement::Asked;
use super::truth::Truth;
use super::weigh::{self, Weighed};
use crate::iam::{Policy, Request};

/// How many places of patterns the walk may visit, over all its states; this bounds its time and its memory.
const MOST_PLACES: usize = 3_000_000;
/// How many resources are decided.
const MOST_DECIDED: usize = 2_000;
/// What stands for a letter that no pattern asks for.
const FILLERS: &str = "xyzuvw0123456789abcdefghijklmnopqrstXYZ-_.~+=@,";

pub(super) fn decide(request: &Request, policies: &Policies) -> Decision {
    let mut one = request.clone();
    one.resource_account = account_of(request).map(str::to_owned);
    if one.resource_account.is_none() && request.resource == "*" {
        one.resource_account = request.principal.account().map(str::to_owned);
    }
    let mut walk = Walk::new(request, policies);
    let mut decided: Option<Weighed> = None;
    for _ in 0..MOST_DECIDED {
        let Some(resource) = walk.next() else {
            return decided.filter(|_| !walk.is_over_budget).map_or_else(too_many, |weighed| weighed.decision);
        };
        one.resource = resource;
        let mut weighed = weigh::decide(&one, policies);
        weighed.decision.resource = Some(one.resource.clone());
        if weighed.decision.outcome == Outcome::Allowed {
            return weighed.decision;
        }
        decided = Some(match decided {
            Some(earlier) if rank(&earlier) >= rank(&weighed) => earlier,
            _ => weighed,
        });
    }
    too_many()
}

/// Which of two denials says more: one that hides an answer, then a Deny in the way of a grant, then a missing grant, and
/// last a Deny where nothing was granted, which counts if it covers everything.
fn rank(weighed: &Weighed) -> u8 {
    match weighed.decision.outcome {
        Outcome::Allowed => 4,
        Outcome::Unknown => 3,
        Outcome::ExplicitlyDenied if weighed.granted == Truth::Yes => 2,
        Outcome::ImplicitlyDenied => 1,
        Outcome::ExplicitlyDenied => 0,
    }
}

fn too_many() -> Decision {
    let reason = "the patterns of resources overlap in more ways than were tried".to_owned();
    Decision {
        outcome: Outcome::Unknown,
        statements: Vec::new(),
        reason: Reason::Unsettled(vec![reason]),
        resource: None,
    }
}

/// One place of a pattern; `within` a part of an ARN a wildcard takes no colon.
#[derive(Debug, Clone, Copy)]
enum Token {
    Char(char),
    One { within: bool },
    Any { within: bool },
}

/// For each pattern, the places that it can be at; sorted.
type State = Vec<(u32, u32)>;

/// Walks all patterns at once and yields one resource for each set of patterns that it can be like.
struct Walk {
    /// The first is what was asked for.
    patterns: Vec<Vec<Token>>,
    /// Each state's letter, and the state before it.
    steps: Vec<(usize, char)>,
    queue: VecDeque<(usize, State)>,
    seen: HashSet<State>,
    yielded: HashSet<Vec<u32>>,
    places: usize,
    is_over_budget: bool,
}

impl Walk {
    fn new(request: &Request, policies: &Policies) -> Self {
        let asked = Asked::new(request, Keys::new(request), false);
        let all = if request.resource == "*" { "arn:*:*:*:*:*" } else { &request.resource };
        let mut patterns = vec![tokens(&pattern::plain(all))];
        let mut known = HashSet::new();
        for policy in every(policies) {
            for statement in policy.statements.iter().filter(|one| asked.is_of_action(one) != Truth::No) {
                for value in statement.resource.iter().flat_map(|element| &element.values) {
                    let Ok(glyphs) = pattern::read(value, policy.version, &asked.keys) else { continue };
                    if !arn::is_everything(&glyphs) && known.insert(glyphs.clone()) {
                        patterns.push(tokens(&glyphs));
                    }
                }
            }
        }
        let mut walk = Self {
            patterns,
            steps: vec![(0, '\0')],
            queue: VecDeque::new(),
            seen: HashSet::new(),
            yielded: HashSet::new(),
            places: 0,
            is_over_budget: false,
        };
        let start = (0..walk.patterns.len()).flat_map(|at| walk.closure(number(at), 0)).collect();
        walk.queue.push_back((0, start));
        walk
    }

    /// A place, and those that are reached from it without a letter.
    fn closure(&self, pattern: u32, mut at: u32) -> Vec<(u32, u32)> {
        let mut places = vec![(pattern, at)];
        while let Some(Token::Any { .. }) = self.token(pattern, at) {
            at += 1;
            places.push((pattern, at));
        }
        places
    }

    fn token(&self, pattern: u32, at: u32) -> Option<Token> {
        self.patterns.get(pattern as usize)?.get(at as usize).copied()
    }

    fn after(&self, state: &State, letter: char) -> State {
        let mut next = State::new();
        for (pattern, at) in state {
            let to = match self.token(*pattern, *at) {
                Some(Token::Char(wanted)) if wanted == letter => at + 1,
                Some(Token::One { within }) if !(within && letter == ':') => at + 1,
                Some(Token::Any { within }) if !(within && letter == ':') => *at,
                _ => continue,
            };
            next.extend(self.closure(*pattern, to));
        }
        next.sort_unstable();
        next.dedup();
        next
    }

    /// The letters that tell patterns apart here, and one that none asks for.
    fn letters(&self, state: &State) -> Vec<char> {
        let mut letters = vec![':'];
        for (pattern, at) in state {
            if let Some(Token::Char(letter)) = self.token(*pattern, *at)
                && !letters.contains(&letter)
            {
                letters.push(letter);
            }
        }
        letters.extend(FILLERS.chars().find(|filler| !letters.contains(filler)));
        letters
    }

    fn word(&self, mut step: usize) -> String {
        let mut letters = Vec::new();
        while step != 0 {
            let (before, letter) = self.steps[step];
            letters.push(letter);
            step = before;
        }
        letters.iter().rev().collect()
    }
}

impl Iterator for Walk {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        while let Some((step, state)) = self.queue.pop_front() {
            for letter in self.letters(&state) {
                self.places += state.len();
                if self.places > MOST_PLACES {
                    self.is_over_budget = true;
                    return None;
                }
                let next = self.after(&state, letter);
                // What was asked for comes first, so a state without it leads nowhere.
                if next.first().is_some_and(|(pattern, _)| *pattern == 0) && self.seen.insert(next.clone()) {
                    self.steps.push((step, letter));
                    self.queue.push_back((self.steps.len() - 1, next));
                }
            }
            let ends = |(pattern, at): &&(u32, u32)| self.token(*pattern, *at).is_none();
            let like: Vec<u32> = state.iter().filter(ends).map(|(pattern, _)| *pattern).collect();
            if like.first() == Some(&0) && self.yielded.insert(like) {
                return Some(self.word(step));
            }
        }
        None
    }
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The places of a pattern, with what is left out of a short ARN.
fn tokens(glyphs: &[Glyph]) -> Vec<Token> {
    let mut parts = arn::split(glyphs);
    let is_arn = parts.len() > 1 && pattern::is_like(parts[0], "arn", true);
    if is_arn {
        parts.resize(6, &[Glyph::Any]);
    }
    let last = parts.len() - 1;
    let mut found = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let within = is_arn && at < last;
        found.extend(part.iter().map(|glyph| match glyph {
            Glyph::Char(letter) | Glyph::Given(letter) => Token::Char(*letter),
            Glyph::One => Token::One { within },
            Glyph::Any => Token::Any { within },
        }));
        if at < last {
            found.push(Token::Char(':'));
        }
    }
    found
}

fn every(policies: &Policies) -> impl Iterator<Item = &Policy> {
    let levels = policies.scps.iter().chain(&policies.rcps).flat_map(|level| &level.policies);
    let optional = [&policies.boundary, &policies.session, &policies.endpoint];
    let limits = optional.into_iter().flatten().flatten();
    policies.identity.iter().chain(limits).chain(levels).chain(&policies.resource)
}
