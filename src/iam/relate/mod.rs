//! What policies allow, compared over every request there is.
//!
//! [`Grants`] is what a set of policies allows. [`Grants::within`] decides whether a second set allows all of it, and
//! names a request if not. There is no solver and no sampling: a statement is a box with one side for each dimension
//! (the action, who asks, the resource, each condition key), what is allowed is a union of boxes less a union of boxes,
//! and the question is whether some region is covered by others.
//!
//! Two rules keep the answers honest. A request is shown only after the [evaluator](super::evaluate), which shares no
//! code with this module but the documents, has decided it the same way. And [`Relation::Contained`] is said only if
//! no step on the way was an approximation that could hide a request: what cannot be read counts as allowed on the
//! left and as not allowed on the right.

mod actions;
mod admission;
mod compare;
mod compile;
mod difference;
mod effort;
mod key;
mod names;
mod points;
mod possible;
mod product;
mod search;
mod spans;
mod stranger;
mod text;
mod who;
mod witness;

use std::fmt;
use std::sync::Arc;

pub use self::admission::{
    Admission, Admitted, Grantee, Guarded, Outsider, admission, admits, beyond, outsider, services, unproven,
};
use self::compare::{Comparison, Pins};
use self::compile::Compiled;
pub use self::difference::{Difference, Excess, Lack};
pub use self::names::{ActionNames, Listed};
pub use self::possible::Aim;
pub use self::witness::{Witness, World};
use super::document::Policy;
use super::evaluate::{self, Outcome};
use super::request::Context;

/// What a set of policies allows: in each layer some statement must allow it, and no statement of any layer may deny it.
///
/// Cheap to clone; a policy is read into the form of the search once, however often it is compared.
#[derive(Debug, Clone)]
pub struct Grants {
    layers: Vec<Vec<Arc<Compiled>>>,
    scene: Option<Arc<Scene>>,
}

/// Where a request that is shown takes place, as far as nothing else decides it. It changes no answer, only the names in
/// the example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scene {
    /// The principal that the policies are attached to, by its ARN.
    pub principal: Option<String>,
    /// Such as `aws`.
    pub partition: String,
    /// The region of the resource.
    pub region: String,
    /// The account of the resource and of the principal.
    pub account: String,
}

impl Default for Scene {
    /// The account of AWS's own examples, in `us-east-1`.
    fn default() -> Self {
        Self {
            principal: None,
            partition: "aws".to_owned(),
            region: "us-east-1".to_owned(),
            account: "123456789012".to_owned(),
        }
    }
}

/// The answer to "does this allow nothing that that does not?".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relation {
    /// Every request that the first allows is allowed by the second.
    Contained,
    /// The request is allowed by the first and not by the second.
    NotContained(Box<Witness>),
    /// It was not decided, for this reason.
    Unknown(String),
}

impl Grants {
    /// What these policies allow together: a request that one of them allows and none denies.
    ///
    /// Policies that name principals are those of a resource, others those of an identity, whoever it is.
    pub fn of<'p>(policies: impl IntoIterator<Item = &'p Policy>) -> Self {
        Self { layers: vec![compiled(policies)], scene: None }
    }

    /// The same, with the names that examples are to bear.
    #[must_use]
    pub fn set_in(self, scene: Scene) -> Self {
        Self { scene: Some(Arc::new(scene)), ..self }
    }

    /// What allows nothing.
    fn nothing() -> Self {
        Self::of([])
    }

    /// What is left of it under a further set of policies that must allow as well: a permissions boundary, a session
    /// policy, the service control policies of one level.
    #[must_use]
    pub fn bounded_by<'p>(mut self, policies: impl IntoIterator<Item = &'p Policy>) -> Self {
        self.layers.push(compiled(policies));
        self
    }

    /// What both allow.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.layers.extend(other.layers.iter().cloned());
        self
    }

    /// Whether `ceiling` allows all that this does.
    #[must_use]
    pub fn within(&self, ceiling: &Self) -> Relation {
        Comparison::new(self, ceiling, Pins::none()).decide()
    }

    /// What these allow beyond `ceiling`, grouped so that a person can read it: by the statement that grants, and by
    /// what keeps the ceiling from allowing it. If nothing is found and nothing is unknown, all is contained.
    #[must_use]
    pub fn beyond(&self, ceiling: &Self) -> Difference {
        difference::of(self, ceiling, difference::MOST)
    }

    /// All that these allow, grouped in the same way, nothing left out.
    #[must_use]
    pub fn allowed(&self) -> Difference {
        difference::of(self, &Self::nothing(), usize::MAX)
    }

    /// Whether nothing is allowed at all; else a request that is.
    #[must_use]
    pub fn is_empty(&self) -> Relation {
        self.within(&Self::nothing())
    }

    /// Whether `grants` allow all that these ask for, in the context that is given: its keys have just these values,
    /// and those with an empty list are missing. An answer that rests on any other key is [`Relation::Unknown`].
    #[must_use]
    pub fn granted_by(&self, grants: &Self, context: &Context) -> Relation {
        let pins = Pins::of(context);
        match Comparison::new(self, grants, pins.clone()).decide() {
            Relation::NotContained(witness) => {
                match Comparison::new(self, grants, pins.hopeful()).decide() {
                    // Even with every other condition met something is missing.
                    Relation::NotContained(surely) => Relation::NotContained(surely),
                    _ => Relation::Unknown(format!("it rests on conditions that were not given: {witness}")),
                }
            }
            decided => decided,
        }
    }
}

fn compiled<'p>(policies: impl IntoIterator<Item = &'p Policy>) -> Vec<Arc<Compiled>> {
    policies.into_iter().map(|policy| Arc::new(Compiled::of(policy))).collect()
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contained => f.write_str("contained"),
            Self::NotContained(witness) => write!(f, "not contained: {witness}"),
            Self::Unknown(why) => write!(f, "unknown: {why}"),
        }
    }
}

/// Whether a set of policies allows a request, as the evaluator decides it; `None` if it cannot tell.
fn allows(grants: &Grants, request: &super::Request) -> Option<bool> {
    let mut unknown = false;
    let mut allowed = true;
    for layer in &grants.layers {
        let policies: Vec<&Policy> = layer.iter().map(|compiled| &compiled.policy).collect();
        match evaluate::grants(&policies, request) {
            Outcome::Allowed => {}
            Outcome::ExplicitlyDenied => return Some(false),
            Outcome::ImplicitlyDenied => allowed = false,
            Outcome::Unknown => unknown = true,
        }
    }
    if unknown && allowed { None } else { Some(allowed) }
}
