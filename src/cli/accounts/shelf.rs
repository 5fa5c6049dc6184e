//! The rules of the accounts: those that were used last are kept, the others are loaded again when they are needed.

use crate::accounts::Listed;
use crate::cli::Failure;
use crate::cli::given::{Unexpected, types};
use crate::rules::{Origin, Request, Rules, load};
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::rc::Rc;

/// How many are kept. Most lists have one or two; the memory of a run must not grow with the number of accounts.
const KEPT: usize = 4;

/// Which rules: where they come from, and the values of their parameters.
pub(super) type Which = (Vec<String>, BTreeMap<String, String>);

/// The rules of the accounts.
pub(super) struct Shelf {
    /// The file that lists the accounts: rules are named from it.
    list: PathBuf,
    /// The rules and the parameters of the command line, for those that say nothing else.
    rules: Option<String>,
    set: BTreeMap<String, String>,
    /// Whether things that nobody declared are told.
    unexpected: Unexpected,
    kept: RefCell<VecDeque<(Which, Rc<Rules>)>>,
}

impl Shelf {
    pub(super) fn new(
        list: PathBuf,
        rules: Option<String>,
        set: BTreeMap<String, String>,
        unexpected: Unexpected,
    ) -> Self {
        Self { list, rules, set, unexpected, kept: RefCell::default() }
    }

    /// Which rules `listed` is judged by; none if nobody says.
    pub(super) fn which(&self, listed: &Listed) -> Option<Which> {
        let mut set = self.set.clone();
        set.extend(listed.set.clone());
        // What is typed is named from where one is, and marked by standing apart; what is listed, from the list.
        if !listed.rules.is_empty() {
            return Some((listed.rules.clone(), set));
        }
        self.rules.as_ref().map(|_| (Vec::new(), set))
    }

    /// The rules `which`.
    ///
    /// # Errors
    /// Every mistake in them.
    pub(super) fn rules(&self, which: &Which) -> Result<Rc<Rules>, Failure> {
        let mut kept = self.kept.borrow_mut();
        if let Some(at) = kept.iter().position(|(one, _)| one == which) {
            let found = kept.remove(at);
            kept.extend(found);
        } else {
            let request =
                Request { origin: self.origin(&which.0), parameters: &which.1, complete: true, types: types() };
            let rules = Rc::new(self.unexpected.asked(load(&request)?)?);
            kept.push_back((which.clone(), rules));
            if kept.len() > KEPT {
                kept.pop_front();
            }
        }
        match kept.back() {
            Some((_, rules)) => Ok(Rc::clone(rules)),
            None => unreachable!("it was put there above"),
        }
    }

    fn origin(&self, listed: &[String]) -> Origin {
        let beside = Origin::File(self.list.clone());
        match (listed, &self.rules) {
            ([], Some(typed)) => Origin::named(typed),
            ([one], _) => beside.beside(one),
            (several, _) => Origin::Several(several.iter().map(|one| beside.beside(one)).collect()),
        }
    }
}
