//! Which of its actions a statement allows on every resource of a type.

use super::super::generic::{Generic, asks};
use super::super::grant::Grant;
use crate::iam::catalogue::{Action, ArnFormat, Catalogue};
use crate::iam::{Effect, Statement};
use crate::reach::{Answer, Authority, within};
use std::collections::{BTreeMap, BTreeSet};

/// Questions to the engine for one statement.
const QUESTIONS: usize = 1_000;

/// The answers of the engine on one statement, within the denials and the boundary beside it.
pub(super) struct Stars<'a> {
    authority: &'a Authority,
    grant: &'a Grant<'a>,
    generic: Generic,
    partition: &'a str,
    account: &'a str,
    /// The actions that each statement is about, the boundary's last: actions that the same statements are about have
    /// the same answers.
    about: Vec<BTreeSet<Action>>,
    /// Which of the statements are the boundary's and allow.
    lets_in: Vec<usize>,
    /// Whether actions that these statements are about are allowed on everything.
    on_everything: BTreeMap<Alike, bool>,
    /// The same, for single resources.
    on: BTreeMap<(String, Alike), bool>,
    left: usize,
}

/// For each statement, whether it is about an action.
type Alike = Vec<bool>;

impl<'a> Stars<'a> {
    /// `None` if the resources of the policies use up every letter that a name could be made of.
    pub(super) fn new(
        grant: &'a Grant<'a>,
        authority: &'a Authority,
        partition: &'a str,
        account: &'a str,
    ) -> Option<Self> {
        let beside = authority.boundary.iter().flatten();
        let first = authority.policies.iter().map(|policy| policy.statements.len()).sum::<usize>();
        let statements: Vec<&Statement> =
            authority.policies.iter().chain(beside).flat_map(|policy| &policy.statements).collect();
        let allows = |at: &usize| statements[*at].effect == Effect::Allow;
        Some(Self {
            authority,
            grant,
            generic: Generic::new(authority)?,
            partition,
            account,
            about: statements.iter().map(|statement| about(statement)).collect(),
            lets_in: (first..statements.len()).filter(allows).collect(),
            on_everything: BTreeMap::new(),
            on: BTreeMap::new(),
            left: QUESTIONS,
        })
    }

    /// Whether it allows `action` on every resource of one of the action's types.
    ///
    /// # Errors
    /// Why that was not decided.
    pub(super) fn means_all(&mut self, action: Action) -> Result<bool, String> {
        let alike: Alike = self.about.iter().map(|about| about.contains(&action)).collect();
        if self.authority.boundary.is_some() && !self.lets_in.iter().any(|at| alike[*at]) {
            return Ok(false);
        }
        let on_everything = match self.on_everything.get(&alike) {
            Some(known) => *known,
            None => {
                let found = self.ask(&action.full_name(), "*")?;
                self.on_everything.insert(alike.clone(), found);
                found
            }
        };
        if on_everything {
            return Ok(true);
        }
        let forms = action.resource_types().flat_map(|target| target.resource_type().arn_formats());
        for form in forms.collect::<Vec<ArnFormat>>() {
            let key = (self.generic.arn(form, self.partition, self.account), alike.clone());
            let known = match self.on.get(&key) {
                Some(known) => *known,
                None => {
                    let found = self.ask(&action.full_name(), &key.0)?;
                    self.on.insert(key, found);
                    found
                }
            };
            if known {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether it allows `action`, which the catalogue may not have, on everything.
    ///
    /// # Errors
    /// Why that was not decided.
    pub(super) fn means_everything(&mut self, action: &str) -> Result<bool, String> {
        self.ask(action, "*")
    }

    fn ask(&mut self, action: &str, arn: &str) -> Result<bool, String> {
        self.left = self.left.checked_sub(1).ok_or("its actions and resources are too many to compare")?;
        let asked = asks(action, arn, self.grant.policy, self.grant.statement);
        match within(&asked, self.authority) {
            Answer::Yes => Ok(true),
            Answer::No(_) => Ok(false),
            Answer::Unknown(why) => Err(format!("not decided: {why}")),
        }
    }
}

/// The actions of the catalogue that a statement is about.
fn about(statement: &Statement) -> BTreeSet<Action> {
    let catalogue = Catalogue::embedded();
    let named: BTreeSet<Action> = statement.action.values.iter().flat_map(|value| catalogue.matching(value)).collect();
    if statement.action.not { catalogue.actions().filter(|action| !named.contains(action)).collect() } else { named }
}
