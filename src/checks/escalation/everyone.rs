//! All of the account that somebody could become: its roles, users and groups, strongest first; the functions that run
//! as a role; and what was worked out of them.

use super::open::{Ways, ways};
use super::paths::Runs;
use super::subject::Subject;
use super::{Memo, TELLING};
use crate::checks::Case;
use crate::iam::Policy;
use crate::model::{FUNCTION, GROUP, Gap, IdentityPolicies, ROLE, Resource, USER, Value, Verdict, not_read};
use crate::reach::effective::Assumers;
use crate::reach::{Answer, Missing, Proof, Who, admits, policy_in, within};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A function that runs as a role.
pub(in crate::checks) struct Runner {
    pub(in crate::checks) arn: String,
    pub(in crate::checks) name: String,
    /// The ARN of the role; the gap if it was not read.
    pub(in crate::checks) role: Result<Option<String>, Gap>,
}

/// Whether more is gained: with what shows it, or why it is not known.
pub(in crate::checks) type More = Result<Option<Proof>, String>;

/// The answer to a question of two sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::checks) enum Says {
    No,
    Yes,
    Unknown(String),
}

/// All that somebody could become.
pub(crate) struct Everyone {
    /// Administrators first, then by ARN.
    pub(in crate::checks) all: Vec<Rc<Subject>>,
    /// The trust policies of the roles, by ARN.
    trust: BTreeMap<String, Result<Option<Policy>, Missing>>,
    pub(in crate::checks) functions: Vec<Runner>,
    /// What kept the lists from their end, by type.
    pub(in crate::checks) gaps: BTreeMap<&'static str, Vec<Gap>>,
    more: RefCell<BTreeMap<(String, bool, String), More>>,
    lets_in: RefCell<BTreeMap<(String, Runs), Says>>,
    assumers: RefCell<BTreeMap<String, Rc<Assumers>>>,
    ways: RefCell<BTreeMap<String, Rc<Ways>>>,
}

/// Everyone of the account of `case`, read once for all cases of it.
pub(in crate::checks) fn everyone<'c>(case: &Case<'c>) -> &'c Everyone {
    let Memo { everyone } = case.memo;
    everyone.get_or_init(|| Everyone::read(case))
}

impl Everyone {
    fn read(case: &Case<'_>) -> Self {
        let reach = case.reach;
        let mut gaps: BTreeMap<&'static str, Vec<Gap>> = BTreeMap::new();
        let mut all = Vec::new();
        let mut trust = BTreeMap::new();
        for (type_name, bounded, groups) in [(ROLE, true, false), (USER, true, true), (GROUP, false, false)] {
            gaps.insert(type_name, reach.lists(type_name, "", None).1);
            for resource in reach.listed(type_name, "") {
                let of = IdentityPolicies::Identity { bounded, groups };
                all.push(Rc::new(Subject::read(reach, of, resource)));
                if type_name == ROLE {
                    let policy = policy_in(resource.properties.get("AssumeRolePolicyDocument"), "the trust policy");
                    trust.insert(resource.id.clone(), policy);
                }
            }
        }
        all.sort_by_key(|subject| (!subject.is_administrator(), subject.arn.clone()));
        let region = &case.place.region;
        gaps.insert(FUNCTION, reach.lists(FUNCTION, region, None).1);
        let runner = |function: &&Resource| Runner {
            arn: crate::checks::settings::arn(function),
            name: function.name.clone(),
            role: match function.properties.get("Role") {
                Value::Unread(gap) => Err((**gap).clone()),
                role => Ok(role.as_text()),
            },
        };
        let mut functions: Vec<Runner> = reach.listed(FUNCTION, region).iter().map(runner).collect();
        functions.sort_by(|a, b| a.arn.cmp(&b.arn));
        Self {
            all,
            trust,
            functions,
            gaps,
            more: RefCell::default(),
            lets_in: RefCell::default(),
            assumers: RefCell::default(),
            ways: RefCell::default(),
        }
    }

    /// The one with this ARN, if it is among them.
    pub(in crate::checks) fn subject(&self, arn: &str) -> Option<Rc<Subject>> {
        self.all.iter().find(|subject| subject.arn == arn).cloned()
    }

    /// What is open to `subject`, worked out once.
    pub(in crate::checks) fn ways(&self, case: &Case<'_>, subject: &Subject) -> Rc<Ways> {
        if let Some(known) = self.ways.borrow().get(&subject.arn) {
            return Rc::clone(known);
        }
        let found = Rc::new(ways(case, self, subject));
        self.ways.borrow_mut().insert(subject.arn.clone(), Rc::clone(&found));
        found
    }

    /// What kept the list of roles from its end.
    pub(in crate::checks) fn roles_not_listed(&self) -> &[Gap] {
        self.gaps.get(ROLE).map_or(&[], Vec::as_slice)
    }

    /// Those beside `subject` who are administrators, have a way open, or of whom neither is known.
    pub(in crate::checks) fn that_matter(&self, case: &Case<'_>, subject: &Subject) -> Vec<Rc<Subject>> {
        let matters = |other: &&Rc<Subject>| {
            other.arn != subject.arn && (other.is_administrator() || self.ways(case, other).verdict() != Verdict::Pass)
        };
        self.all.iter().filter(matters).cloned().collect()
    }

    /// Whether what `gained` may do (what it could give itself, if `potential`) is more than `subject` may do: with what
    /// shows it, which is nothing for an administrator.
    pub(in crate::checks) fn more(&self, gained: &Subject, potential: bool, subject: &Subject) -> More {
        if !gained.gathered.is_whole() {
            return Err(format!("whether {} may do more: {}", gained.name, gained.gathered.why()));
        }
        if gained.is_administrator() {
            return match subject.is_administrator() {
                true => Ok(None),
                false => Ok(Some(Proof::default())),
            };
        }
        let key = (gained.arn.clone(), potential, subject.arn.clone());
        if let Some(known) = self.more.borrow().get(&key) {
            return known.clone();
        }
        let mut ceiling = subject.gathered.read();
        ceiling.policies.extend(Policy::parse(TELLING));
        let authority = if potential { gained.potential() } else { gained.authority.clone() };
        let answer = match within(&authority, &ceiling) {
            Answer::Yes => Ok(None),
            Answer::No(proof) => Ok(Some(*proof)),
            Answer::Unknown(why) => Err(format!("whether {} may do more: {why}", gained.name)),
        };
        self.more.borrow_mut().insert(key, answer.clone());
        answer
    }

    /// Whether the trust policy of the role with this ARN lets `runs` assume it, in some context.
    pub(in crate::checks) fn lets_in(&self, case: &Case<'_>, role: &Subject, runs: Runs) -> Says {
        let key = (role.arn.clone(), runs);
        if let Some(known) = self.lets_in.borrow().get(&key) {
            return known.clone();
        }
        let (who, action) = match runs {
            Runs::Service(name) => (Who::Service { name: name.to_owned(), source: None }, "sts:AssumeRole"),
            Runs::Federated(provider) => (Who::Federated(provider.to_owned()), "sts:AssumeRoleWithWebIdentity"),
        };
        let says = match self.trust.get(&role.arn) {
            None | Some(Ok(None)) => Says::No,
            Some(Err(Missing::Unread(gap))) => Says::Unknown(not_read(std::slice::from_ref(&**gap))),
            Some(Err(Missing::Malformed(why))) => Says::Unknown(why.clone()),
            Some(Ok(Some(policy))) => {
                let guarded =
                    crate::reach::Guarded { arn: role.arn.clone(), account: case.reach.account.caller.account.clone() };
                match admits(policy, &guarded, action, &who) {
                    Answer::Yes => Says::Yes,
                    Answer::No(_) => Says::No,
                    Answer::Unknown(why) => Says::Unknown(why),
                }
            }
        };
        self.lets_in.borrow_mut().insert(key, says.clone());
        says
    }

    /// Who of the account can assume a role.
    pub(in crate::checks) fn assumers(&self, case: &Case<'_>, role: &Subject) -> Rc<Assumers> {
        if let Some(known) = self.assumers.borrow().get(&role.arn) {
            return Rc::clone(known);
        }
        let found = case.reach.listed(ROLE, "").iter().find(|resource| resource.id == role.arn);
        let assumers = Rc::new(found.map(|resource| (case.assumers)(resource)).unwrap_or_default());
        self.assumers.borrow_mut().insert(role.arn.clone(), Rc::clone(&assumers));
        assumers
    }
}
