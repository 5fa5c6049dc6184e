//! Effective access: who in an account can do one thing to one resource, by all the policies that have a say.
//!
//! [`Effective`] reads the principals of an account once: their own policies, those attached to them, those of their
//! groups, their boundaries. A question is then about an action and a [`Target`]. It is decided for every principal by
//! the statements that speak of the action and cover the resource, and for outsiders by the resource's own policy:
//!
//! - where no condition and no variable has a say, by whether such statements allow and none denies;
//! - everywhere else by the search over all contexts, and what it finds counts only once the evaluator, which shares no
//!   code with it, has decided the request by the whole policies.
//!
//! What was not read of a principal or of the resource's policy makes the answer about that principal unknown, unless it
//! cannot matter. Service and resource control policies of the organization are not read. Of a principal of another
//! account only the resource's side is seen. It is not known what a session policy takes away.

mod administrators;
mod answer;
mod door;
mod holder;
mod index;
mod may;
mod through;
mod verdict;

use super::Reach;
use crate::iam::Context;
use crate::model::{Account, GROUP, Gap, ROLE, Resource, USER};
use holder::{Document, Holder};
use index::Index;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

pub use administrators::{Administrator, Fact};
pub(crate) use answer::ABOUT_OTHERS;
pub use answer::{Entry, Undecided, WhoCan};
pub use door::Target;
pub use may::{Decided, Does, MayDo, OnResource, Who, goes_with};
pub(crate) use through::Assumers;
pub use through::Through;
pub use verdict::{By, Way};

use verdict::{Remembered, Verdict};

/// What is not read, and so not taken into account.
pub const NOT_CHECKED: [&str; 2] = [
    "service control policies and resource control policies of the organization, which can take more away",
    "session policies, which can make a session of a role smaller than the role",
];

/// The condition keys that are the same in all requests of a role or user in its own name.
pub(crate) fn known_of(principal: &Resource) -> Context {
    Holder::known(principal)
}

/// The principals of an account and what their policies say, read once for any number of questions.
pub struct Effective<'a> {
    pub(super) reach: Reach<'a>,
    holders: Vec<Holder<'a>>,
    documents: Vec<Document>,
    /// By document: the principals it holds for.
    held_by: Vec<Vec<u32>>,
    /// By ARN, the position of a principal.
    by_arn: BTreeMap<&'a str, u32>,
    /// What kept the lists of principals from their end.
    unlisted: Vec<Gap>,
    indexes: RefCell<BTreeMap<String, Rc<Index>>>,
    remembered: RefCell<HashMap<Remembered, Verdict>>,
    own_grants: RefCell<BTreeMap<u32, Rc<administrators::Facts>>>,
}

impl<'a> Effective<'a> {
    /// Reads the principals of `account`; `region` is where requests to what has no region are made.
    #[must_use]
    pub fn read(account: &'a Account, region: &'a str) -> Self {
        let reach = Reach::new(account, region);
        let mut documents = holder::Documents::default();
        let mut holders = Vec::new();
        for type_name in [ROLE, USER] {
            for resource in reach.listed(type_name, "") {
                holders.push(Holder::read(&reach, resource, &mut documents));
            }
        }
        let unlisted = [ROLE, USER].iter().flat_map(|type_name| reach.lists(type_name, "", None).1).collect();
        let documents = documents.into_all();
        let mut held_by = vec![Vec::new(); documents.len()];
        for (at, holder) in (0..).zip(&holders) {
            for document in holder.documents() {
                held_by[document as usize].push(at);
            }
        }
        let by_arn = (0..).zip(&holders).map(|(at, holder): (u32, &Holder<'a>)| (holder.arn(), at)).collect();
        Self {
            reach,
            holders,
            documents,
            held_by,
            by_arn,
            unlisted,
            indexes: RefCell::default(),
            remembered: RefCell::default(),
            own_grants: RefCell::default(),
        }
    }

    /// How many principals there are.
    #[must_use]
    pub fn principals(&self) -> usize {
        self.holders.len()
    }

    /// What kept the lists of principals from their end: there may be others.
    #[must_use]
    pub fn unlisted(&self) -> &[Gap] {
        &self.unlisted
    }

    fn holder(&self, at: u32) -> &Holder<'a> {
        &self.holders[at as usize]
    }

    fn document(&self, at: u32) -> &Document {
        &self.documents[at as usize]
    }

    /// The groups of the account.
    fn groups(&self) -> &[&'a Resource] {
        self.reach.listed(GROUP, "")
    }

    /// The statements that speak of `action`, found once.
    fn index(&self, action: &str) -> Rc<Index> {
        if let Some(known) = self.indexes.borrow().get(action) {
            return Rc::clone(known);
        }
        let index = Rc::new(Index::of(&self.documents, action));
        self.indexes.borrow_mut().insert(action.to_owned(), Rc::clone(&index));
        index
    }
}
