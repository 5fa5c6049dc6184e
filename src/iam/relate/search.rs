//! Is there a request in a region that no blocker holds?
//!
//! A region says something of each dimension; a blocker is a box that takes requests away. A request escapes a blocker
//! by violating one of its literals. The search adds to the region the negation of a literal that must be violated,
//! and tries one after another where there is a choice; each question about a single dimension is decided exactly and
//! remembered.

use std::collections::HashMap;
use std::sync::Arc;

use super::compile::Literal;
use super::effort::Effort;
use super::key::{self, Common, Say, State};
use super::text::{self, Found, Texts, Word};

/// A literal of this comparison: its number doubled, and one more if it is negated.
pub(super) type Lit = u32;
/// Zero is the resource, others are condition keys.
pub(super) type Dimension = u32;

/// What was chosen for a dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Choice {
    Resource(Word),
    Key(State),
}

#[derive(Debug, Clone)]
enum Settled {
    Possible(Choice),
    Impossible { doubtful: bool },
    Unsettled(&'static str),
}

/// Why no answer was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GaveUp(pub(super) &'static str);

const STEPS: &str = "the conditions overlap in too many ways to go through";
/// Choices of one search before it is given up.
const BUDGET: u32 = 4_000;

/// The literals of one comparison and what is known of them.
#[derive(Default)]
pub(super) struct Table {
    keys: Vec<Arc<str>>,
    key_ids: HashMap<Arc<str>, Dimension>,
    literals: Vec<(Dimension, Stored, Stored)>,
    ids: HashMap<(Dimension, Stored), u32>,
    settled: HashMap<(Dimension, Vec<Lit>), Settled>,
    pub(super) effort: Effort,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Stored {
    Resource(Texts),
    Key(Say),
}

/// A region: of each dimension that it speaks of, the literals that hold, sorted.
pub(super) type Region = Vec<(Dimension, Vec<Lit>)>;
/// A box that takes requests away.
pub(super) type Blocker = Vec<(Dimension, Lit)>;

/// A point of a region.
pub(super) type Point = Vec<(Dimension, Choice)>;

pub(super) const RESOURCE: Dimension = 0;
/// What no condition key begins with: keys are in lower case.
const QUESTION: &str = "Question: ";

impl Table {
    pub(super) fn key(&mut self, name: &Arc<str>) -> Dimension {
        if let Some(known) = self.key_ids.get(name) {
            return *known;
        }
        self.keys.push(Arc::clone(name));
        let id = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        self.key_ids.insert(Arc::clone(name), id);
        id
    }

    /// A literal of a question that documentation leaves open: a dimension of its own, in which both answers are
    /// possible. What holds on either answer is certain; a request that needs one of them is not confirmed.
    pub(super) fn question(&mut self, question: &str, answer: bool) -> (Dimension, Lit) {
        let dimension = self.key(&format!("{QUESTION}{question}").into());
        let yes = self.say(dimension, Say::present());
        (dimension, if answer { yes } else { yes ^ 1 })
    }

    /// The open questions that a region settles: of what is written behind them only the sentence.
    pub(super) fn questions<'r>(&'r self, region: &'r Region) -> impl Iterator<Item = &'r str> {
        let named = region.iter().filter(|(dimension, _)| *dimension != RESOURCE).map(|(at, _)| &**self.name(*at));
        named.filter_map(|name| name.strip_prefix(QUESTION)?.split('\0').next())
    }

    /// The name of a key, in lower case.
    pub(super) fn name(&self, dimension: Dimension) -> &Arc<str> {
        &self.keys[dimension as usize - 1]
    }

    /// The condition keys.
    pub(super) fn keys(&self) -> impl Iterator<Item = (Dimension, &Arc<str>)> {
        (1..).zip(&self.keys).filter(|(_, name)| !name.starts_with(QUESTION))
    }

    /// The number of a literal.
    pub(super) fn literal(&mut self, literal: &Literal) -> (Dimension, Lit) {
        match literal {
            Literal::Resource(texts) => (RESOURCE, self.intern(RESOURCE, Stored::Resource(texts.clone()))),
            Literal::Key(name, say) => {
                let dimension = self.key(name);
                (dimension, self.say(dimension, say.clone()))
            }
            Literal::Open(question) => self.question(question, true),
        }
    }

    pub(super) fn say(&mut self, dimension: Dimension, say: Say) -> Lit {
        self.intern(dimension, Stored::Key(say))
    }

    fn intern(&mut self, dimension: Dimension, stored: Stored) -> Lit {
        if let Some(known) = self.ids.get(&(dimension, stored.clone())) {
            return *known;
        }
        let complement = match &stored {
            Stored::Resource(texts) => Stored::Resource(texts.complement()),
            Stored::Key(say) => Stored::Key(say.complement()),
        };
        let id = u32::try_from(self.literals.len() * 2).unwrap_or(u32::MAX);
        self.literals.push((dimension, stored.clone(), complement.clone()));
        self.ids.insert((dimension, stored), id);
        self.ids.insert((dimension, complement), id + 1);
        id
    }

    /// The resource of a point of a region; none if the region says nothing of resources.
    pub(super) fn resource(&self, region: &Region, hints: &[String]) -> Option<Word> {
        let hints: Vec<Word> = hints.iter().map(|hint| text::word(hint)).collect();
        let (_, literals) = region.iter().find(|(dimension, _)| *dimension == RESOURCE)?;
        match self.decide(RESOURCE, literals, &hints, &Effort::for_a_request()) {
            Settled::Possible(Choice::Resource(word)) => Some(word),
            _ => None,
        }
    }

    /// A point of a region that is not empty; for the resource the `hints` are tried first.
    pub(super) fn choose(&self, region: &Region, hints: &[String]) -> Point {
        let hints: &[Word] = &hints.iter().map(|hint| text::word(hint)).collect::<Vec<_>>();
        let choice = |(dimension, literals): &(Dimension, Vec<Lit>)| {
            let of_key;
            let hints = if *dimension == RESOURCE {
                hints
            } else if self.name(*dimension).starts_with(QUESTION) {
                return None;
            } else {
                of_key = [text::word(&key::example(self.name(*dimension)))];
                &of_key[..]
            };
            match self.decide(*dimension, literals, hints, &Effort::for_a_request()) {
                Settled::Possible(choice) => Some((*dimension, choice)),
                Settled::Impossible { .. } | Settled::Unsettled(_) => None,
            }
        };
        region.iter().filter_map(choice).collect()
    }

    fn stored(&self, literal: Lit) -> &Stored {
        let (_, plain, negated) = &self.literals[literal as usize / 2];
        if literal.is_multiple_of(2) { plain } else { negated }
    }

    fn settle(&mut self, dimension: Dimension, literals: &[Lit]) -> &Settled {
        let key = (dimension, literals.to_vec());
        if !self.settled.contains_key(&key) {
            let settled = self.decide(dimension, literals, &[], &self.effort);
            self.settled.insert(key.clone(), settled);
        }
        &self.settled[&key]
    }

    fn decide(&self, dimension: Dimension, literals: &[Lit], hints: &[Word], effort: &Effort) -> Settled {
        if literals.windows(2).any(|pair| pair[0] / 2 == pair[1] / 2) {
            return Settled::Impossible { doubtful: false };
        }
        let mut texts: Vec<&Texts> = Vec::new();
        let mut says: Vec<&Say> = Vec::new();
        for literal in literals {
            match self.stored(*literal) {
                Stored::Resource(set) => texts.push(set),
                Stored::Key(say) => says.push(say),
            }
        }
        if dimension == RESOURCE {
            return match text::find(&texts, hints, effort) {
                Found::Word(word) => Settled::Possible(Choice::Resource(word)),
                Found::Nothing { doubtful } => Settled::Impossible { doubtful },
                Found::TooHard => Settled::Unsettled("the resources were too many to go through"),
            };
        }
        match key::common(&says, is_usual(self.name(dimension)), hints, effort) {
            Common::State(state) => Settled::Possible(Choice::Key(state)),
            Common::Nothing { doubtful } => Settled::Impossible { doubtful },
            Common::Unsettled(why) => Settled::Unsettled(why),
        }
    }
}

/// Whether most requests have a key, so that one that is missing would look strange.
fn is_usual(key: &str) -> bool {
    matches!(
        key,
        "aws:currenttime"
            | "aws:epochtime"
            | "aws:principalaccount"
            | "aws:principalarn"
            | "aws:principaltype"
            | "aws:requestedregion"
            | "aws:securetransport"
            | "aws:sourceip"
            | "aws:useragent"
            | "aws:userid"
    )
}

/// A dimension's literals with one more.
fn with(region: &Region, dimension: Dimension, literal: Lit) -> Vec<Lit> {
    let mut literals = region.iter().find(|(known, _)| *known == dimension).map(|(_, l)| l.clone()).unwrap_or_default();
    if let Err(at) = literals.binary_search(&literal) {
        literals.insert(at, literal);
    }
    literals
}

fn set(region: &mut Region, dimension: Dimension, literals: Vec<Lit>) {
    match region.iter_mut().find(|(known, _)| *known == dimension) {
        Some((_, found)) => *found = literals,
        None => region.push((dimension, literals)),
    }
}

/// Adds literals to a region.
pub(super) fn narrow(region: &mut Region, literals: impl IntoIterator<Item = (Dimension, Lit)>) {
    for (dimension, literal) in literals {
        let literals = with(region, dimension, literal);
        set(region, dimension, literals);
    }
}

/// Whether a blocker holds in the whole region, as it is written.
fn is_within(region: &Region, blocker: &Blocker) -> bool {
    blocker.iter().all(|(dimension, literal)| {
        region.iter().any(|(known, literals)| known == dimension && literals.binary_search(literal).is_ok())
    })
}

/// One search for a point.
pub(super) struct Search<'t> {
    pub(super) table: &'t mut Table,
    /// Whether a conclusion rested on one that does not hold for every value of a variable.
    pub(super) doubtful: bool,
    left: u32,
}

impl<'t> Search<'t> {
    pub(super) fn new(table: &'t mut Table) -> Self {
        Self { table, doubtful: false, left: BUDGET }
    }

    /// A part of the region, not empty, that meets none of the blockers.
    pub(super) fn point(&mut self, region: Region, blockers: &[&Blocker]) -> Result<Option<Region>, GaveUp> {
        // The same words on both sides: nothing of what they mean needs to be settled.
        if blockers.iter().any(|blocker| is_within(&region, blocker)) {
            return Ok(None);
        }
        let mut doubtful = false;
        let mut unsettled = None;
        for (dimension, literals) in &region {
            match self.possible(*dimension, literals) {
                Ok((true, _)) => {}
                Ok((false, false)) => return Ok(None),
                Ok((false, true)) => doubtful = true,
                Err(why) => unsettled = Some(why),
            }
        }
        if doubtful {
            self.doubtful = true;
            return Ok(None);
        }
        if let Some(why) = unsettled {
            return Err(why);
        }
        self.solve(region, blockers.to_vec())
    }

    /// Whether the literals of a dimension can hold together; with it, whether a no is doubtful.
    fn possible(&mut self, dimension: Dimension, literals: &[Lit]) -> Result<(bool, bool), GaveUp> {
        match self.table.settle(dimension, literals) {
            Settled::Possible(_) => Ok((true, false)),
            Settled::Impossible { doubtful } => Ok((false, *doubtful)),
            Settled::Unsettled(why) => Err(GaveUp(why)),
        }
    }

    fn solve(&mut self, mut region: Region, mut blockers: Vec<&Blocker>) -> Result<Option<Region>, GaveUp> {
        let branch = loop {
            if blockers.iter().any(|blocker| is_within(&region, blocker)) {
                return Ok(None);
            }
            if !self.table.effort.spend(blockers.iter().map(|blocker| 64 + 64 * blocker.len()).sum()) {
                return Err(GaveUp(STEPS));
            }
            let mut left = Vec::new();
            let mut fewest: Option<(&Blocker, Open)> = None;
            let mut narrowed = false;
            for blocker in blockers {
                if narrowed {
                    left.push(blocker);
                    continue;
                }
                let Some(open) = self.open(&region, blocker)? else { continue };
                match open.literals.len() {
                    0 => {
                        self.doubtful |= open.doubtful;
                        return Ok(None);
                    }
                    1 => {
                        self.doubtful |= open.doubtful;
                        let literals = open.literals.into_iter();
                        narrow(&mut region, literals.map(|(dimension, literal)| (dimension, literal ^ 1)));
                        narrowed = true;
                    }
                    count => {
                        if fewest.as_ref().is_none_or(|(_, least)| count < least.literals.len()) {
                            fewest = Some((blocker, open));
                        }
                        left.push(blocker);
                    }
                }
            }
            blockers = left;
            if !narrowed {
                break fewest;
            }
        };
        let Some((chosen, open)) = branch else { return Ok(Some(region)) };
        self.left = self.left.checked_sub(1).ok_or(GaveUp(STEPS))?;
        self.doubtful |= open.doubtful;
        blockers.retain(|blocker| !std::ptr::eq(*blocker, chosen));
        for (dimension, literal) in open.literals {
            let mut narrower = region.clone();
            narrow(&mut narrower, [(dimension, literal ^ 1)]);
            if let Some(point) = self.solve(narrower, blockers.clone())? {
                return Ok(Some(point));
            }
            // What follows need only look where this literal holds.
            narrow(&mut region, [(dimension, literal)]);
        }
        Ok(None)
    }

    /// The literals of a blocker that something in the region violates; `None` if the blocker does not meet the region.
    /// That something is apart may be doubtful: leaving a blocker out can only find more, and what is found is checked.
    fn open(&mut self, region: &Region, blocker: &Blocker) -> Result<Option<Open>, GaveUp> {
        let mut open = Open { literals: Vec::new(), doubtful: false };
        for (dimension, literal) in blocker {
            if region.iter().any(|(known, literals)| known == dimension && literals.contains(literal)) {
                continue;
            }
            if !self.possible(*dimension, &with(region, *dimension, *literal))?.0 {
                return Ok(None);
            }
            match self.possible(*dimension, &with(region, *dimension, literal ^ 1))? {
                (true, _) => open.literals.push((*dimension, *literal)),
                (false, doubtful) => open.doubtful |= doubtful,
            }
        }
        Ok(Some(open))
    }
}

/// The literals of a blocker that can be violated; `doubtful`: for some value of a variable others might be.
struct Open {
    literals: Vec<(Dimension, Lit)>,
    doubtful: bool,
}
