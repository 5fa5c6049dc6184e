//! What is asked of the IAM engine, and the answers in words for findings: the only place beside the commands on policy
//! documents that names how the engine compares policies.

mod principals;
mod ready;

use crate::iam::catalogue::{Action, Catalogue};
use crate::iam::{Context, Difference, Effect, Grants, Policy, Relation, Scene, Statement, Witness, World};
use std::collections::BTreeSet;

pub(crate) use principals::{admits, admitted, beyond, outsider, unproven};
pub(crate) use ready::{May, Ready};

/// An answer on policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is so, in every case.
    Yes,
    /// It is not so: this request shows it.
    No(Box<Proof>),
    /// It cannot be decided, for this reason.
    Unknown(String),
}

/// A request that one side allows and the other does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Proof {
    /// The request, on one line.
    pub(crate) line: String,
    /// What it asks for.
    pub(crate) action: String,
    /// The statements that allow it.
    pub(crate) allowed_by: Vec<String>,
    /// The statement of the other side that denies it; none if nothing there allows it.
    pub(crate) denied_by: Option<String>,
    /// Whether the action is one that AWS does not have, and may add.
    pub(crate) future: bool,
}

impl Proof {
    /// What is allowed, and by what: `sqs:PurgeQueue is allowed, by statement "all" of the inline policy more`.
    pub(crate) fn allowed(&self) -> String {
        let by =
            if self.allowed_by.is_empty() { String::new() } else { format!(", by {}", self.allowed_by.join(" and ")) };
        let future = match (self.future, Catalogue::embedded().near(&self.action)) {
            (false, _) => String::new(),
            (true, Some(near)) => format!(", which AWS has not today (did you mean {near}?),"),
            (true, None) => ", a name that AWS may give to an action,".to_owned(),
        };
        format!("{}{future} is allowed{by}", self.action)
    }

    /// What is not allowed, and why: `sqs:PurgeQueue is not allowed: statement 1 of the boundary denies it`.
    pub(crate) fn refused(&self) -> String {
        match &self.denied_by {
            Some(place) => format!("{} is not allowed: {place} denies it", self.action),
            None => format!("{} is not allowed", self.action),
        }
    }
}

/// What somebody may do: what the policies allow together, less what they deny, within a boundary if there is one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Authority {
    /// The policies.
    pub(crate) policies: Vec<Policy>,
    /// The policies of the boundary.
    pub(crate) boundary: Option<Vec<Policy>>,
    /// Whose they are, for the requests that are shown.
    pub(crate) scene: Option<Scene>,
}

/// A resource that carries a policy of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Guarded {
    /// Its ARN.
    pub(crate) arn: String,
    /// The account that owns it.
    pub(crate) account: String,
}

/// Who is let in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    Anyone,
    Account(String),
    Arn(String),
    Service { name: String, source: Option<String> },
    Federated(String),
    CanonicalUser(String),
}

/// Somebody whom a policy lets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Admitted {
    /// Who.
    pub(crate) who: Who,
    /// The statements that do so, such as `statement "open" of the queue policy`.
    pub(crate) by: Vec<String>,
    /// The conditions under which they do.
    pub(crate) conditions: Vec<String>,
    /// A request of theirs that is allowed, on one line.
    pub(crate) witness: String,
}

/// Those whom a policy lets in, and why there may be others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Admission {
    pub(crate) admitted: Vec<Admitted>,
    pub(crate) unknown: Option<String>,
}

impl Authority {
    /// What one policy allows.
    pub(crate) fn of(policy: Policy) -> Self {
        Self { policies: vec![policy], ..Self::default() }
    }

    fn grants(&self) -> Grants {
        let grants = Grants::of(&self.policies);
        let grants = match &self.scene {
            Some(scene) => grants.set_in(scene.clone()),
            None => grants,
        };
        match &self.boundary {
            Some(boundary) => grants.bounded_by(boundary),
            None => grants,
        }
    }
}

impl From<Relation> for Answer {
    fn from(relation: Relation) -> Self {
        match relation {
            Relation::Contained => Self::Yes,
            Relation::NotContained(witness) => Self::No(Box::new(proof(&witness))),
            Relation::Unknown(why) => Self::Unknown(why),
        }
    }
}

fn proof(witness: &Witness) -> Proof {
    Proof {
        line: witness.to_string(),
        action: witness.request.action.clone(),
        allowed_by: witness.allowed_by.iter().map(ToString::to_string).collect(),
        denied_by: witness.denied_by.as_ref().map(ToString::to_string),
        future: witness.world == World::Future,
    }
}

/// Whether all that `authority` allows is allowed by `ceiling`, in every context.
pub(crate) fn within(authority: &Authority, ceiling: &Authority) -> Answer {
    authority.grants().within(&ceiling.grants()).into()
}

/// Whether `authority` allows nothing of what `asked` allows, in any context; else a request that both allow.
pub(crate) fn apart_from(authority: &Authority, asked: &Policy) -> Answer {
    authority.grants().and(&Grants::of([asked])).is_empty().into()
}

/// The actions of the catalogue of which `authority` allows some request; else why that is not known.
pub(crate) fn actions_of(authority: &Authority) -> Result<BTreeSet<Action>, String> {
    let allowed = authority.grants().allowed();
    if !allowed.unknown.is_empty() {
        return Err(allowed.unknown.join("; "));
    }
    let places = allowed.grants.iter().flat_map(|excess| &excess.actions.places);
    Ok(places.filter_map(|place| Catalogue::embedded().action_at(*place as usize)).collect())
}

/// Whether all that `floor` asks for is allowed by `authority` in `context`.
pub(crate) fn granted(floor: &Policy, authority: &Authority, context: &Context) -> Answer {
    Grants::of([floor]).granted_by(&authority.grants(), context).into()
}

/// Whether `authority` has all that `floor` asks for: in every context, or in `context` at least.
pub(crate) fn reaches(authority: &Authority, floor: &Policy, context: &Context) -> Answer {
    match within(&Authority::of(floor.clone()), authority) {
        Answer::Yes => Answer::Yes,
        Answer::No(_) | Answer::Unknown(_) => granted(floor, authority, context),
    }
}

/// What `authority` allows beyond `ceiling`, for people to read.
pub(crate) fn excess(authority: &Authority, ceiling: &Authority) -> Difference {
    authority.grants().beyond(&ceiling.grants())
}

/// Whether two statements mean the same: both allow or both deny, and the same requests.
pub(crate) fn same_statement(one: (&Policy, &Statement), other: (&Policy, &Statement)) -> Answer {
    if one.1.effect != other.1.effect {
        return Answer::No(Box::default());
    }
    let alone = |(policy, statement): (&Policy, &Statement)| {
        // What a denial covers is what it would allow with the other effect.
        let statement = Statement { effect: Effect::Allow, ..statement.clone() };
        Authority::of(Policy { statements: vec![statement], ..policy.clone() })
    };
    let (one, other) = (alone(one), alone(other));
    match within(&one, &other) {
        Answer::Yes => within(&other, &one),
        answer => answer,
    }
}
