//! What one set of policies allows beyond another, as a few grants that a person can read.
//!
//! The same search decides as for containment; it only does not stop at the first request. Each resource of a statement
//! is asked about by itself, and what is found is grouped by the statements that grant and by what keeps the ceiling
//! from allowing it. A request is found for each grant, and none is shown that the evaluator has not confirmed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::actions::{self, Class};
use super::compare::{At, Comparison, Pins};
use super::compile::Compiled;
use super::names::{ActionNames, Listed};
use super::search::{GaveUp, RESOURCE, narrow};
use super::who::{self, Who};
use super::witness::{self, Witness, World};
use super::{Grants, Relation};
use crate::iam::catalogue::{Action, Catalogue};
use crate::iam::document::{Condition, Effect, Place, Policy, Statement};
use crate::iam::evaluate::{self, Missed, Outcome};
use crate::iam::request::Request;

/// What one set of policies allows beyond another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// The grants, in the order of their statements.
    pub grants: Vec<Excess>,
    /// Grants beside these that are not listed.
    pub left_out: usize,
    /// What could not be decided, each reason once.
    pub unknown: Vec<String>,
}

/// Something that is allowed and that the ceiling does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excess {
    /// The statements that allow it together, one of each layer.
    pub allowed_by: Vec<Place>,
    /// The actions.
    pub actions: ActionNames,
    /// The resources of the statement that are not covered, or not covered whole, as it writes them; of several layers
    /// what each writes. Empty if the statement names none, as in a trust policy.
    pub resources: Listed,
    /// The conditions under which the statements allow it.
    pub conditions: Vec<String>,
    /// Who is let in; empty if the policies name no principals.
    pub principals: Listed,
    /// What keeps the ceiling from allowing it.
    pub lack: Lack,
    /// One such request.
    pub witness: Witness,
}

/// What keeps a ceiling from allowing a request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// No statement of it allows the action at all.
    NoStatement,
    /// This statement allows the action, and comes the nearest.
    Narrower {
        /// The statement.
        place: Place,
        /// It names other principals.
        principals: bool,
        /// It names other resources.
        resources: bool,
        /// These conditions of it need not hold: `StringEquals aws:SourceAccount 111122223333`.
        conditions: Vec<String>,
    },
    /// This statement denies it.
    Denied(Place),
}

/// Grants that are listed.
pub(super) const MOST: usize = 20;
/// Statements that a document may have once each resource stands in one of its own.
const SPLIT: usize = 1_000;
/// Regions that are looked into before the rest is left undecided: seconds at the most.
const REGIONS: usize = 20_000;

/// What `left` allows beyond `ceiling`: at most `most` grants, the rest counted.
pub(super) fn of(left: &Grants, ceiling: &Grants, most: usize) -> Difference {
    let split = Grants {
        layers: left.layers.iter().map(|layer| layer.iter().map(one_resource_a_statement).collect()).collect(),
        ..left.clone()
    };
    let mut found = Found { all: BTreeMap::new(), unknown: BTreeSet::new(), regions: REGIONS };
    found.look(&mut Comparison::new(&split, ceiling, Pins::none()));
    found.grouped(left, ceiling, most)
}

/// The same document with each resource that a statement allows in a statement of its own. The places stay what they
/// were.
fn one_resource_a_statement(compiled: &Arc<Compiled>) -> Arc<Compiled> {
    fn several(statement: &Statement) -> Option<&Vec<String>> {
        let listed = statement.resource.as_ref().filter(|element| !element.not && element.values.len() > 1);
        listed.filter(|_| statement.effect == Effect::Allow).map(|element| &element.values)
    }
    let policy = &compiled.policy;
    let total: usize = policy.statements.iter().map(|statement| several(statement).map_or(1, Vec::len)).sum();
    if total == policy.statements.len() || total > SPLIT {
        return Arc::clone(compiled);
    }
    let split = |statement: &Statement| match several(statement) {
        None => vec![statement.clone()],
        Some(values) => {
            let with = |value: &String| {
                let mut one = statement.clone();
                one.resource.iter_mut().for_each(|element| element.values = vec![value.clone()]);
                one
            };
            values.iter().map(with).collect()
        }
    };
    let statements = policy.statements.iter().flat_map(split).collect();
    Arc::new(Compiled::of(&Policy { statements, ..policy.clone() }))
}

/// What the grants of one group have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Common {
    allowed_by: Vec<Place>,
    conditions: Vec<String>,
    lack: Lack,
}

/// What was found of one class of actions, for one class of principals.
#[derive(Debug, Default)]
struct OfClass {
    resources: BTreeSet<String>,
    witness: Option<Witness>,
}

/// The actions of one class.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Acts {
    known: Vec<u32>,
    future: bool,
}

/// The number of a class of actions, and the actions.
type Numbered = (usize, Acts);
/// What was found for one class of principals.
type ByClass = BTreeMap<Numbered, OfClass>;

/// Classes of actions, or of principals, that have all else in common.
#[derive(Debug)]
struct Group<T> {
    members: Vec<T>,
    /// The first that was found.
    witness: Option<Witness>,
}

impl<T> Default for Group<T> {
    fn default() -> Self {
        Self { members: Vec::new(), witness: None }
    }
}

impl<T> Group<T> {
    fn add(&mut self, member: T, witness: Option<Witness>) {
        self.members.push(member);
        self.witness = self.witness.take().or(witness);
    }
}

struct Found {
    /// By what they have in common, then by principals.
    all: BTreeMap<Common, BTreeMap<Who, ByClass>>,
    unknown: BTreeSet<String>,
    /// Regions that may still be looked into.
    regions: usize,
}

impl Found {
    fn look(&mut self, comparison: &mut Comparison<'_>) {
        let documents: Vec<Arc<Compiled>> = comparison.documents.iter().map(|document| Arc::clone(document)).collect();
        let of: Vec<&actions::Actions> = documents.iter().map(|document| &document.actions).collect();
        let known = actions::known(&of);
        let relevant = |statements: &[actions::Statements]| comparison.could_allow(statements);
        let future = actions::future(&of, relevant, &comparison.table.effort).unwrap_or_else(|actions::TooMany| {
            self.unknown.insert("the patterns of actions were too many to tell apart".to_owned());
            Vec::new()
        });
        let also_known = |class: &Class| known.iter().any(|known| known.statements == class.statements);
        let added = future.iter().filter(|class| !also_known(class)).map(|class| (class, World::Future));
        let classes = known.iter().map(|class| (class, World::Known)).chain(added);
        for (number, (class, world)) in classes.enumerate() {
            if !comparison.could_allow(&class.statements) {
                continue;
            }
            let grows = world == World::Future || future.iter().any(|later| later.statements == class.statements);
            let acts = Acts { known: class.known.clone(), future: grows };
            for who in 0..comparison.whos.len() {
                if self.regions == 0 {
                    return;
                }
                self.pair(comparison, class, who, world, &(number, acts.clone()));
            }
        }
    }

    fn pair(&mut self, comparison: &mut Comparison<'_>, class: &Class, who: usize, world: World, acts: &Numbered) {
        let goals = comparison.goals(class, who);
        let allowing = comparison.allowing(class, who).unwrap_or_else(|GaveUp(why)| {
            self.unknown.insert(why.to_owned());
            Vec::new()
        });
        for chosen in allowing {
            for (deny, blocking) in &goals {
                if self.regions == 0 {
                    return;
                }
                if !self.region(comparison, (class, world), who, (&chosen, deny.as_ref(), blocking), None, acts) {
                    continue;
                }
                // Beside other resources it may want more on its own: that is seen where only they are looked at.
                let near: Vec<&At> =
                    blocking.iter().filter(|at| deny.is_none() && wants_more(comparison, at)).collect();
                for near in near {
                    if self.regions == 0 {
                        return;
                    }
                    self.region(comparison, (class, world), who, (&chosen, None, blocking), Some(near), acts);
                }
                break;
            }
        }
    }

    /// Looks into one region, `within` the resources of a statement of the ceiling; whether something was found.
    fn region(
        &mut self,
        comparison: &mut Comparison<'_>,
        (class, world): (&Class, World),
        who: usize,
        (chosen, deny, blocking): (&[At], Option<&At>, &[At]),
        within: Option<&At>,
        acts: &Numbered,
    ) -> bool {
        self.regions -= 1;
        if self.regions == 0 || !comparison.table.effort.spend(256 * (1 + blocking.len())) {
            self.unknown
                .insert("the difference is too large to go through: what is listed is not all of it".to_owned());
            self.regions = 0;
            return false;
        }
        let of_resource = |at: &At| -> Vec<_> {
            comparison.literals(at).into_iter().filter(|(dimension, _)| *dimension == RESOURCE).collect()
        };
        let mut within_region = comparison.whos[who].1.clone();
        narrow(&mut within_region, within.map(of_resource).unwrap_or_default());
        match comparison.region_within(within_region, (class, who, world), chosen, deny, blocking) {
            Relation::Contained => false,
            Relation::Unknown(why) => {
                self.unknown.insert(why);
                false
            }
            Relation::NotContained(witness) => {
                self.add(comparison, who, chosen, *witness, acts);
                true
            }
        }
    }

    fn add(&mut self, comparison: &Comparison<'_>, who: usize, chosen: &[At], witness: Witness, acts: &Numbered) {
        let statement = |at: &At| &comparison.documents[at.document].policy.statements[at.statement];
        let mut resources: Vec<String> = chosen.iter().filter_map(|at| resource(statement(at))).collect();
        resources.dedup();
        if resources.len() > 1 {
            resources.retain(|text| text != "*");
        }
        let conditions = chosen.iter().flat_map(|at| &statement(at).conditions).map(condition).collect();
        let common = Common {
            allowed_by: witness.allowed_by.clone(),
            conditions,
            lack: lack(comparison.right, &witness.request),
        };
        let of_who = self.all.entry(common).or_default().entry(comparison.whos[who].0.clone()).or_default();
        let of_class = of_who.entry(acts.clone()).or_default();
        if !resources.is_empty() {
            of_class.resources.insert(resources.join(" within "));
        }
        of_class.witness.get_or_insert_with(|| likely(witness, &acts.1.known));
    }

    fn grouped(self, left: &Grants, ceiling: &Grants, most: usize) -> Difference {
        let mut difference = Difference { unknown: self.unknown.into_iter().collect(), ..Difference::default() };
        for (common, by_who) in self.all {
            // Classes of actions that have the same resources, then principals that have the same of both.
            let mut groups: BTreeMap<(Vec<String>, Vec<Numbered>), Group<Who>> = BTreeMap::new();
            for (who, by_class) in by_who {
                let mut by_resources: BTreeMap<Vec<String>, Group<Numbered>> = BTreeMap::new();
                for (acts, found) in by_class {
                    let group = by_resources.entry(found.resources.into_iter().collect()).or_default();
                    group.add(acts, found.witness);
                }
                for (resources, group) in by_resources {
                    let of_who = groups.entry((resources, group.members)).or_default();
                    of_who.add(who.clone(), group.witness);
                }
            }
            for ((resources, acts), Group { members: whos, witness }) in groups {
                let Some(witness) = witness else { continue };
                if difference.grants.len() >= most {
                    difference.left_out += 1;
                    continue;
                }
                // It was confirmed for statements of one resource each; it is shown for the policies as they are.
                match witness::verify(witness, left, ceiling) {
                    Ok(witness) => difference.grants.push(excess(left, &common, resources, &acts, &whos, witness)),
                    Err(why) => difference.unknown.push(why),
                }
            }
        }
        difference
    }
}

fn excess(
    left: &Grants,
    common: &Common,
    resources: Vec<String>,
    acts: &[Numbered],
    whos: &[Who],
    witness: Witness,
) -> Excess {
    let known: BTreeSet<u32> = acts.iter().flat_map(|(_, acts)| acts.known.iter().copied()).collect();
    let future = acts.iter().any(|(_, acts)| acts.future);
    let patterns: Vec<&str> = common.allowed_by.iter().flat_map(|place| patterns(left, place)).collect();
    // The federated sessions of a user are the user's own.
    let is_own = |who: &Who| {
        let Who::Named(arn) = who else { return false };
        let has = |other: &Who| matches!(other, Who::Named(user) if who::is_session_of(arn, user));
        arn.contains(":federated-user/") && whos.iter().any(has)
    };
    Excess {
        allowed_by: common.allowed_by.clone(),
        actions: ActionNames::of(&known, &patterns, future),
        resources: Listed::of(resources),
        conditions: common.conditions.clone(),
        principals: Listed::of(whos.iter().filter(|who| !is_own(who)).filter_map(principal)),
        lack: common.lack.clone(),
        witness,
    }
}

/// The request with an action of its class that is asked about resources, if it names one. All actions of a class are
/// decided alike.
fn likely(mut witness: Witness, known: &[u32]) -> Witness {
    let catalogue = Catalogue::embedded();
    let idle = |action: Action| action.is_wildcard_only() && witness.request.resource != "*";
    if catalogue.action(&witness.request.action).is_some_and(idle) {
        let mut actions = known.iter().filter_map(|id| catalogue.action_at(*id as usize));
        if let Some(better) = actions.find(|action| !action.is_wildcard_only()) {
            witness.request.action = better.full_name();
        }
    }
    witness
}

/// What the statement at this place writes as `Action`.
fn patterns<'g>(grants: &'g Grants, place: &Place) -> Vec<&'g str> {
    let policies = grants.layers.iter().flatten().map(|compiled| &compiled.policy);
    let statements = policies.filter(|policy| policy.origin == place.origin).flat_map(|policy| &policy.statements);
    let at_place = statements.filter(|statement| statement.index == place.index && statement.line == place.line);
    let written = at_place.filter(|statement| !statement.action.not).flat_map(|statement| &statement.action.values);
    written.map(String::as_str).collect()
}

/// Whether a statement of the ceiling names resources and has conditions: it may want more on those resources.
fn wants_more(comparison: &Comparison<'_>, at: &At) -> bool {
    let statement = &comparison.documents[at.document].policy.statements[at.statement];
    let star = |element: &crate::iam::document::Element<String>| element.values.iter().any(|value| value == "*");
    statement.effect == Effect::Allow
        && !statement.conditions.is_empty()
        && statement.resource.as_ref().is_some_and(|element| element.not || !star(element))
}

fn resource(statement: &Statement) -> Option<String> {
    let element = statement.resource.as_ref()?;
    let values = element.values.join(", ");
    Some(if element.not { format!("everything but {values}") } else { values })
}

/// A condition in one line.
fn condition(entry: &Condition) -> String {
    let operator = entry.operator.as_ref().map_or_else(Clone::clone, ToString::to_string);
    format!("{operator} {} {}", entry.key, entry.values.join(" or "))
}

/// What keeps a ceiling from allowing a request, as the evaluator sees it.
fn lack(ceiling: &Grants, request: &Request) -> Lack {
    let policies = || ceiling.layers.iter().flatten().map(|compiled| &compiled.policy);
    for policy in policies() {
        if let Some(at) = evaluate::denying(policy, request) {
            return Lack::Denied(policy.place(&policy.statements[at]));
        }
    }
    let silent = |layer: &&Vec<Arc<Compiled>>| {
        let policies: Vec<&Policy> = layer.iter().map(|compiled| &compiled.policy).collect();
        evaluate::grants(&policies, request) == Outcome::ImplicitlyDenied
    };
    let layer = ceiling.layers.iter().find(silent).map_or(&[][..], Vec::as_slice);
    let near = layer.iter().flat_map(|compiled| {
        let near = evaluate::near_grants(&compiled.policy, request);
        near.into_iter().map(|(at, missed)| (&compiled.policy, at, missed))
    });
    // Who is meant is further away than which resource, and that is further away than a condition.
    let distance = |missed: &[Missed]| {
        let has = |wanted: &Missed| missed.contains(wanted);
        (has(&Missed::Principal), has(&Missed::Resource), missed.len())
    };
    let Some((policy, at, missed)) = near.min_by_key(|(_, _, missed)| distance(missed)) else {
        return Lack::NoStatement;
    };
    let statement = &policy.statements[at];
    let is_missed = |entry: &&Condition| {
        let operator = entry.operator.as_ref().map_or_else(Clone::clone, ToString::to_string);
        missed.contains(&Missed::Condition(operator, entry.key.clone()))
    };
    Lack::Narrower {
        place: policy.place(statement),
        principals: missed.contains(&Missed::Principal),
        resources: missed.contains(&Missed::Resource),
        conditions: statement.conditions.iter().filter(is_missed).map(condition).collect(),
    }
}

/// A class of principals in words; `None` for the one whom the policies are attached to.
fn principal(who: &Who) -> Option<String> {
    Some(match who {
        Who::Holder => return None,
        Who::Anonymous => "anonymous callers".to_owned(),
        Who::Stranger(_) => "principals of any other account".to_owned(),
        Who::OfAccount(account, _) => format!("principals of account {account}"),
        Who::Service(name) if name == who::OTHER_SERVICE => "any other service".to_owned(),
        Who::Federated(name) if name == who::OTHER_PROVIDER => "users of any other identity provider".to_owned(),
        Who::CanonicalUser(id) => format!("canonical user {id}"),
        Who::Named(name) | Who::Service(name) | Who::Federated(name) => name.clone(),
    })
}

#[cfg(test)]
mod tests;
