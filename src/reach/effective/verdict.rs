//! Whether one principal of the account can do one thing to one resource, in some context.
//!
//! There are two ways in: by the principal's own policies within its boundary, and by the resource's policy. No
//! statement of any of them may deny. Each way is looked for by itself, so that both are told.

use super::Effective;
use super::door::{Door, is_delegation};
use super::holder::Holder;
use super::index::Hit;
use crate::iam::document::{Element, Place, PrincipalName, Version};
use crate::iam::{
    self, Aim, Context, ContextValue, Effect, Grants, Outcome, Policies, Policy, Principal, Relation, Request,
    Statement,
};
use crate::model::{Gap, not_read};
use crate::reach::asked::blanket;
use crate::reach::policies::Missing;
use serde::Serialize;
use std::collections::BTreeSet;
use std::rc::Rc;

/// The answer for one principal.
#[derive(Debug, Clone)]
pub(super) enum Verdict {
    /// In no context.
    No,
    /// In these ways.
    Yes(Rc<Vec<Found>>),
    /// It was not read, or is not decided.
    Unknown(Rc<Doubt>),
}

/// Why an answer is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Doubt {
    pub(super) why: String,
    pub(super) gaps: Vec<Gap>,
}

/// A way in, and the context in which it was found open.
#[derive(Debug, Clone)]
pub(super) struct Found {
    by: By,
    statements: Vec<String>,
    conditions: Vec<String>,
    unless: Vec<String>,
    context: Context,
}

/// What lets somebody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// The policies of the principal.
    Identity,
    /// The policy of the resource.
    Resource,
}

/// A way in which somebody can do it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Way {
    /// What lets them in.
    pub by: By,
    /// The statements that do: those of a boundary among them, which must allow it as well.
    pub statements: Vec<String>,
    /// The conditions of these statements.
    pub conditions: Vec<String>,
    /// The conditions under which other statements deny it.
    pub unless: Vec<String>,
    /// A request that is allowed, as the evaluator has decided.
    pub request: Request,
}

/// What an answer hangs on: the principal, its statements, and what the resource's policy says.
pub(super) type Remembered = (u32, Rc<str>, Vec<Hit>);

/// The most answers that are remembered: beyond, a large account would cost more memory than time.
const REMEMBERED: usize = 200_000;

impl Effective<'_> {
    /// Whether the principal can do it.
    pub(super) fn verdict(&self, at: u32, door: &Door<'_>, hits: &[Hit]) -> Verdict {
        let holder = self.holder(at);
        let of_identity = |hit: &&Hit| holder.identity.contains(&hit.document);
        let of_boundary = |hit: &&Hit| holder.boundary.iter().flatten().any(|document| *document == hit.document);
        let denied = |hit: &Hit| hit.denies && hit.plain;
        if hits.iter().any(denied) {
            return Verdict::No;
        }
        let by_resource = door.missing.is_some() || door.lets_in.means(holder.arn());
        let allows = |hit: &&Hit| !hit.denies;
        if holder.is_whole() {
            let by_identity = hits.iter().filter(of_identity).any(|hit| !hit.denies)
                && (holder.boundary.is_none() || hits.iter().filter(of_boundary).any(|hit| !hit.denies));
            if !by_identity && !by_resource {
                return Verdict::No;
            }
        }
        let key = (at, Rc::clone(&door.says), hits.to_vec());
        let has_variables = |hit: &Hit| {
            let statement = &self.document(hit.document).policy.statements[usize::from(hit.statement)];
            let resources = statement.resource.iter().flat_map(|element| &element.values);
            resources.chain(statement.conditions.iter().flat_map(|entry| &entry.values)).any(|text| text.contains("${"))
        };
        // Where variables have a say, what holds of one resource need not hold of the next.
        let remember = door.missing.is_none() && !door.says.contains("${") && !hits.iter().any(has_variables);
        if remember && let Some(known) = self.remembered.borrow().get(&key) {
            return known.clone();
        }
        let plain =
            holder.is_whole() && !by_resource && !door.strict && !door.denies() && hits.iter().all(|hit| !hit.denies);
        let open = |layer: &dyn Fn(&&Hit) -> bool| hits.iter().filter(layer).filter(allows).any(|hit| hit.plain);
        let verdict = if plain && open(&of_identity) && (holder.boundary.is_none() || open(&of_boundary)) {
            let plain = hits.iter().filter(|hit| hit.plain);
            let statements = plain.map(|hit| self.place(hit).to_string()).collect();
            Verdict::Yes(Rc::new(vec![Found {
                by: By::Identity,
                statements,
                conditions: Vec::new(),
                unless: Vec::new(),
                context: Context::new(),
            }]))
        } else {
            self.search(holder, door, hits)
        };
        let mut remembered = self.remembered.borrow_mut();
        if remember && remembered.len() < REMEMBERED {
            remembered.insert(key, verdict.clone());
        }
        verdict
    }

    /// The same of one principal alone.
    pub(super) fn verdict_of(&self, at: u32, door: &Door<'_>) -> Verdict {
        let index = self.index(&door.action);
        let hits = index.hits_of(&self.documents, self.holder(at), &door.target.arn);
        self.verdict(at, door, &hits)
    }

    /// Whether the principal could do it if its own policies were to allow everything: what its boundary, its denials
    /// and the resource leave.
    pub(super) fn if_granted(&self, at: u32, door: &Door<'_>) -> bool {
        let holder = self.holder(at);
        let index = self.index(&door.action);
        let hits = index.hits_of(&self.documents, holder, &door.target.arn);
        let mut layers = self.layers(holder, &hits);
        layers.identity.push(blanket(Effect::Allow, false));
        let by = self.ways(holder, door, &layers);
        by.iter().any(|(_, relation)| !matches!(relation, Relation::Contained))
    }

    fn place(&self, hit: &Hit) -> Place {
        let policy = &self.document(hit.document).policy;
        policy.place(&policy.statements[usize::from(hit.statement)])
    }

    /// The documents of a principal with the statements that speak of the action and the resource.
    fn layers(&self, holder: &Holder<'_>, hits: &[Hit]) -> Layers {
        let of = |documents: &[u32]| -> Vec<Policy> {
            let speaking = |document: &u32| {
                let policy = &self.document(*document).policy;
                let statements: Vec<Statement> = hits
                    .iter()
                    .filter(|hit| hit.document == *document)
                    .filter_map(|hit| {
                        let statement = &policy.statements[usize::from(hit.statement)];
                        can_match(statement, policy.version, &holder.known)
                    })
                    .collect();
                let head = Policy { origin: policy.origin.clone(), version: policy.version, ..crate::reach::nothing() };
                (!statements.is_empty()).then_some(Policy { statements, ..head })
            };
            documents.iter().filter_map(speaking).collect()
        };
        let mut layers = Layers { identity: of(&holder.identity), boundary: holder.boundary.as_deref().map(of) };
        if holder.lacking.0 {
            layers.identity.push(blanket(Effect::Allow, false));
        }
        if holder.lacking.1 {
            layers.boundary = Some(vec![blanket(Effect::Allow, false)]);
        }
        layers
    }

    fn search(&self, holder: &Holder<'_>, door: &Door<'_>, hits: &[Hit]) -> Verdict {
        let layers = self.layers(holder, hits);
        let mut found = Vec::new();
        let mut doubts: BTreeSet<String> = BTreeSet::new();
        for (by, relation) in self.ways(holder, door, &layers) {
            match relation {
                Relation::Contained => {}
                Relation::Unknown(why) => drop(doubts.insert(why)),
                Relation::NotContained(witness) => {
                    let confirmed = self.confirmed(holder, door, &witness.request);
                    if confirmed || !holder.is_whole() || door.missing.is_some() {
                        found.push(self.found(by, door, &layers, &witness));
                    } else {
                        doubts.insert(format!(
                            "the request that was found was not confirmed by the evaluator: {}",
                            witness.request
                        ));
                    }
                }
            }
        }
        let (mut why, mut gaps) = (Vec::new(), Vec::new());
        if !holder.is_whole() {
            why.push(holder.why.clone());
            gaps.extend(holder.gaps.iter().cloned());
        }
        match door.missing {
            Some(Missing::Unread(gap)) => {
                why.push(not_read(std::slice::from_ref(&**gap)));
                gaps.push((**gap).clone());
            }
            Some(Missing::Malformed(reason)) => why.push(reason.clone()),
            None => {}
        }
        match (found.is_empty(), why.is_empty(), doubts.is_empty()) {
            (true, _, true) => Verdict::No,
            (false, true, _) => Verdict::Yes(Rc::new(found)),
            (_, false, _) => Verdict::Unknown(Rc::new(Doubt { why: why.join("; "), gaps })),
            (true, true, false) => {
                let why = doubts.into_iter().collect::<Vec<_>>().join("; ");
                Verdict::Unknown(Rc::new(Doubt { why, gaps }))
            }
        }
    }

    /// Each way in that there may be, and whether it is open.
    fn ways(&self, holder: &Holder<'_>, door: &Door<'_>, layers: &Layers) -> Vec<(By, Relation)> {
        let known = self.known(holder, door);
        let aim = Aim {
            principal: holder.arn(),
            action: &door.action,
            resource: &door.target.arn,
            account: &door.target.account,
            known: &known,
        };
        let account = &door.target.account;
        let everyone = || blanket(Effect::Allow, true);
        let holder_may = || blanket(Effect::Allow, false);
        let denials = |policies: &[Policy]| -> Vec<Policy> {
            policies.iter().map(|policy| keep(policy, |_| false)).chain([holder_may()]).collect()
        };
        let mut ways = Vec::new();
        let allows = |policies: &[Policy]| policies.iter().any(Policy::allows);
        // By its own policies, where the resource's does not deny; the account must be let in where that is asked for.
        let of_resource = if door.missing.is_some() {
            vec![everyone()]
        } else if door.strict {
            vec![keep(&door.speaking, |name| is_delegation(name, account))]
        } else {
            vec![keep(&door.speaking, |_| false), everyone()]
        };
        if allows(&layers.identity) && layers.boundary.as_deref().is_none_or(allows) && allows(&of_resource) {
            let mut grants = Grants::of(&layers.identity).and(&Grants::of(&of_resource));
            if let Some(boundary) = &layers.boundary {
                grants = grants.bounded_by(boundary);
            }
            ways.push((By::Identity, grants.in_some_context(&aim)));
        }
        if door.missing.is_some() {
            let grants = Grants::of(&denials(&layers.identity));
            ways.push((By::Resource, grants.in_some_context(&aim)));
            return ways;
        }
        if !door.lets_in.means(holder.arn()) {
            return ways;
        }
        // By the resource's policy. A role that it names is still limited by its boundary; a user that it names, and
        // anybody whom it lets in as one of everyone, is not.
        let limited = keep(&door.speaking, |name| !is_delegation(name, account));
        let is_free = |name: &PrincipalName| match name {
            PrincipalName::Everyone => true,
            PrincipalName::Aws(name) => name == "*" || (!holder.is_role() && name == holder.arn()),
            _ => false,
        };
        let free = keep(&door.speaking, is_free);
        let by_resource = |policy: &Policy, boundary: Option<&[Policy]>| {
            let mut grants = Grants::of([policy]).and(&Grants::of(&denials(&layers.identity)));
            if let Some(boundary) = boundary {
                grants = grants.bounded_by(boundary);
            }
            grants.in_some_context(&aim)
        };
        let mut relation = by_resource(&limited, layers.boundary.as_deref());
        if let (Relation::Contained, Some(boundary)) = (&relation, &layers.boundary)
            && free.allows()
        {
            relation = by_resource(&free, Some(&denials(boundary)));
        }
        ways.push((By::Resource, relation));
        ways
    }

    /// The condition keys that are the same in all requests of a principal to the resource.
    fn known(&self, holder: &Holder<'_>, door: &Door<'_>) -> Context {
        let mut known = holder.known.clone();
        let region = door.target.arn.split(':').nth(3).unwrap_or_default();
        if !region.is_empty() {
            known.set("aws:RequestedRegion", region.into());
        }
        known
    }

    fn found(&self, by: By, door: &Door<'_>, layers: &Layers, witness: &iam::Witness) -> Found {
        let policies = || layers.identity.iter().chain(layers.boundary.iter().flatten()).chain([&door.speaking]);
        let statements = || policies().flat_map(|policy| policy.statements.iter().map(move |of| (policy, of)));
        let named = |place: &&Place| !place.origin.name.is_empty();
        let places: Vec<&Place> = witness.allowed_by.iter().filter(named).collect();
        let of_places = || statements().filter(|(policy, of)| places.contains(&&policy.place(of)));
        let mut conditions: Vec<String> = of_places().flat_map(|(_, of)| conditions_of(of)).collect();
        conditions.dedup();
        Found {
            by,
            statements: places.iter().map(ToString::to_string).collect(),
            conditions,
            unless: denials(&policies().collect::<Vec<_>>()),
            context: witness.request.context.clone(),
        }
    }

    fn request(&self, holder: &Holder<'_>, door: &Door<'_>, context: Context) -> Request {
        Request {
            principal: Principal::Aws(holder.arn().to_owned()),
            action: door.action.clone(),
            resource: door.target.arn.clone(),
            resource_account: Some(door.target.account.clone()),
            context,
        }
    }

    /// Whether the evaluator allows the request by all that was read, the policies whole.
    fn confirmed(&self, holder: &Holder<'_>, door: &Door<'_>, request: &Request) -> bool {
        let request = self.request(holder, door, request.context.clone());
        iam::decide(&request, &self.policies(holder, door)).outcome == Outcome::Allowed
    }

    /// All that has a say in what a principal asks.
    pub(super) fn policies(&self, holder: &Holder<'_>, door: &Door<'_>) -> Policies {
        let of = |documents: &Vec<u32>| documents.iter().map(|at| self.document(*at).policy.clone()).collect();
        Policies {
            identity: of(&holder.identity),
            boundary: holder.boundary.as_ref().map(of),
            resource: door.policy.cloned(),
            ..Policies::default()
        }
    }

    /// The ways in, each with a request that the evaluator has decided. What was remembered of another resource and is
    /// not confirmed of this one is looked for anew.
    pub(super) fn shown(&self, at: u32, door: &Door<'_>, found: &[Found]) -> Result<Vec<Way>, Rc<Doubt>> {
        let holder = self.holder(at);
        let policies = self.policies(holder, door);
        let way = |found: &Found| {
            let context: Context = found
                .context
                .iter()
                .filter(|(_, value)| **value != ContextValue::Many(Vec::new()))
                .map(|(k, v)| (k, v.clone()))
                .collect();
            let request = self.request(holder, door, context);
            let Found { by, statements, conditions, unless, .. } = found.clone();
            let decided = iam::decide(&request, &policies).outcome == Outcome::Allowed;
            decided.then_some(Way { by, statements, conditions, unless, request })
        };
        if let Some(ways) = found.iter().map(way).collect::<Option<Vec<Way>>>() {
            return Ok(ways);
        }
        let hits = self.index(&door.action).hits_of(&self.documents, holder, &door.target.arn);
        let again = match self.search(holder, door, &hits) {
            Verdict::Yes(again) => again,
            Verdict::Unknown(doubt) => return Err(doubt),
            Verdict::No => Rc::new(Vec::new()),
        };
        let ways: Vec<Way> = again.iter().filter_map(way).collect();
        if ways.is_empty() {
            let why = "the request that was found was not confirmed by the evaluator".to_owned();
            return Err(Rc::new(Doubt { why, gaps: Vec::new() }));
        }
        Ok(ways)
    }
}

/// The documents of a principal, as far as they speak of what is asked.
struct Layers {
    identity: Vec<Policy>,
    boundary: Option<Vec<Policy>>,
}

/// The statement without those of its resources that a variable keeps from matching anything, because it has no value in
/// any request of the principal; `None` if none is left.
fn can_match(statement: &Statement, version: Version, known: &Context) -> Option<Statement> {
    let mut statement = statement.clone();
    if let Some(Element { not: false, values }) = &mut statement.resource
        && version == Version::V2012
    {
        let is_missing = |key: &str| known.get(key).is_some_and(|value| value.values().is_empty());
        let has_value = |text: &String| {
            let variables = text.split("${").skip(1).filter_map(|rest| rest.split_once('}'));
            variables.into_iter().all(|(key, _)| !is_missing(key))
        };
        values.retain(has_value);
        if values.is_empty() {
            return None;
        }
    }
    Some(statement)
}

/// The policy with all its Deny statements, and of its Allow statements the principals that `keeps` holds.
fn keep(policy: &Policy, keeps: impl Fn(&PrincipalName) -> bool) -> Policy {
    let mut policy = policy.clone();
    policy.statements.retain_mut(|statement| match (&mut statement.principal, statement.effect) {
        (_, Effect::Deny) => true,
        (Some(Element { not: true, .. }), Effect::Allow) => keeps(&PrincipalName::Everyone),
        (Some(element), Effect::Allow) => {
            element.values.retain(&keeps);
            !element.values.is_empty()
        }
        (None, Effect::Allow) => false,
    });
    policy
}

/// When statements of these policies deny: each is one that may apply, and does not always.
pub(super) fn denials(policies: &[&Policy]) -> Vec<String> {
    let denies = |(policy, of): (&Policy, &Statement)| {
        let when = conditions_of(of).collect::<Vec<_>>().join(" and ");
        let what = if when.is_empty() { "it names them".to_owned() } else { when };
        (of.effect == Effect::Deny).then(|| format!("{what} ({})", policy.place(of)))
    };
    let statements = policies.iter().flat_map(|policy| policy.statements.iter().map(move |of| (*policy, of)));
    statements.filter_map(denies).collect()
}

fn conditions_of(statement: &Statement) -> impl Iterator<Item = String> {
    statement.conditions.iter().map(|entry| {
        let operator = entry.operator.as_ref().map_or_else(Clone::clone, ToString::to_string);
        format!("{operator} {} {}", entry.key, entry.values.join(" or "))
    })
}
